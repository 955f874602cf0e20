//! Typologies, spatial structure and inequality of the embedded France, against facts of the sources
//! and formulas written out anew.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use geo_types::Coord;
use rurban::autocorrelation::Islands;
use rurban::error::Undefined;
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::{add_regions_2015, funding_by_region_2015, region_2015_level};
use rurban::france::zones::ZONES;
use rurban::labels::Labels;
use rurban::model::{DensityLevel, Level, Measure, Rurality};
use rurban::progress::Silent;
use rurban::space::contiguity::Rule;
use rurban::space::distance::Places;
use rurban::study::{
    ClusterClass, Neighbourhood, SpatialOptions, Study, StudyOptions, Typology, TypologyRules,
};
use rurban::typology::RegionRules;

fn france() -> Study {
    let mut france = EmbeddedFrance::load().unwrap();
    let found = add_regions_2015(&mut france.atlas).unwrap();
    assert_eq!(found.dropped(), 0);
    Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent).unwrap().0
}

fn find<'a>(all: &'a [Typology], name: &str, level: &Level) -> &'a Typology {
    all.iter().find(|t| t.name == name && t.level == *level).unwrap()
}

fn quick() -> SpatialOptions {
    SpatialOptions::default().permutations(99).local_permutations(199)
}

#[test]
fn classes_hold_everybody_once() {
    let study = france();
    let all = study.typologies(&TypologyRules::default()).unwrap();
    for t in &all {
        let territories = study.atlas().level(&t.level).unwrap().territories();
        assert_eq!(t.labels.len(), territories.len());
        let counted: usize = t.classes.iter().map(|c| c.territories).sum();
        assert_eq!(counted + t.unclassed.0, territories.len(), "{}", t.name);
        let people: f64 = t.classes.iter().map(|c| c.population).sum();
        let whole: f64 = territories.iter().filter_map(|t| t.population).sum();
        assert!((people + t.unclassed.1 - whole).abs() < 1e-6 * whole, "{}", t.name);
        assert!((t.classes.iter().map(|c| c.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }
    // INSEE: a third of the people in rural communes; 699 areas with 93 % of them.
    let density = find(&all, "density level", &Level::Commune);
    let rural: f64 = density.classes[4..].iter().map(|c| c.population).sum();
    let everyone: f64 = study.atlas().base().territories().iter().filter_map(|t| t.population).sum();
    assert_eq!((1e3 * rural / everyone).round(), 318.0);
    assert_eq!(study.atlas().level(&Level::AttractionArea).unwrap().territories().len(), 699);
    // The three classes are the seven, summed.
    let three = find(&all, "density, three classes", &Level::Commune);
    assert_eq!(three.classes[2].population, rural);
    assert_eq!(three.classes[0].population, density.classes[0].population);

    // The ruralities of the ANCT leave out urban communes and overseas: our urban communes, for a
    // typology of its own making.
    let setting = find(&all, "rural setting", &Level::Commune);
    let anct = study.atlas().attribute("rural typology").unwrap();
    let outside = anct.classes.iter().position(|c| c.starts_with("Hors champ")).unwrap();
    let mainland = |i: usize| !study.atlas().base().territories()[i].code.as_str().starts_with("97");
    let same = |i: &usize| (setting.labels.get(*i) == Some(0)) == (anct.labels.get(*i) == Some(outside));
    let compared: Vec<usize> = (0..setting.labels.len())
        .filter(|&i| mainland(i) && setting.labels.get(i).is_some() && anct.labels.get(i).is_some())
        .collect();
    let agree = compared.iter().filter(|i| same(i)).count();
    assert!(compared.len() > 34_000 && agree as f64 > 0.99 * compared.len() as f64, "{agree}");
    assert!(study.typology_agreement(setting, "rural typology").unwrap().nmi > 0.2);
    assert!(study.typology_agreement(setting, "no such thing").is_err());

    let departements = find(&all, "OECD–Eurostat regions", &Level::Departement);
    let of = |code: &str| {
        departements.labels.get(study.atlas().level(&Level::Departement).unwrap().find(code).unwrap())
    };
    for code in ["75", "92", "93", "94", "69", "13"] {
        assert_eq!(of(code), Some(0), "{code} is predominantly urban");
    }
    for code in ["23", "48", "15", "32", "09", "12"] {
        assert_eq!(of(code), Some(2), "{code} is predominantly rural");
    }
}

#[test]
fn thresholds_switch_whom_they_should() {
    let study = france();
    let rules = TypologyRules::default();
    assert!(study.typology_what_if(&rules, &rules).unwrap().iter().all(|s| s.switches.is_empty()));
    let what_if = study.typology_what_if(&rules, &TypologyRules::default().rural_share(0.7)).unwrap();
    let shares = study.atlas().rurality(&Level::Epci).unwrap();
    let expected: Vec<usize> =
        (0..shares.len()).filter(|&i| shares[i].1.is_some_and(|s| s > 0.5 && s <= 0.7)).collect();
    let epci = what_if.iter().find(|s| s.name == "share of rural people" && s.level == Level::Epci).unwrap();
    assert!(!expected.is_empty());
    assert_eq!(epci.switches.iter().map(|s| s.unit).collect::<Vec<_>>(), expected);
    assert!(epci.switches.iter().all(|s| (s.from, s.to) == (Some(1), Some(0))));
    let territories = study.atlas().level(&Level::Epci).unwrap().territories();
    let people: f64 = expected.iter().filter_map(|&i| territories[i].population).sum();
    assert_eq!(epci.population, people);
    // Without a least pole every commune of an area is periurban; with a huge one none is.
    let setting = |pole| {
        let all = study.typologies(&TypologyRules::default().periurban_pole(pole)).unwrap();
        find(&all, "rural setting", &Level::Commune).classes.iter().map(|c| c.territories).collect::<Vec<_>>()
    };
    let (small, huge) = (setting(0.0), setting(1e9));
    assert_eq!((huge[1], huge[0], huge[2]), (0, small[0], small[1] + small[2]));
    for bad in [
        TypologyRules::default().rural_share(1.5),
        TypologyRules::default().periurban_pole(-1.0),
        TypologyRules::default().regions(RegionRules::default().bounds(0.6, 0.5)),
    ] {
        assert!(study.typologies(&bad).is_err());
    }
}

#[test]
fn moran_is_that_of_the_formula() {
    let study = france();
    let level = Level::Departement;
    let territories = study.atlas().level(&level).unwrap().territories();
    let x: Vec<f64> =
        study.atlas().rurality(&level).unwrap().iter().map(|r| r.1.unwrap_or(f64::NAN)).collect();
    let options = quick().neighbourhood(Neighbourhood::Nearest(4)).islands(Islands::Exclude);
    let got = study.spatial_structure(&level, &x, &options).unwrap();
    let text = |s: &rurban::study::SpatialStructure| serde_json::to_string(s).unwrap();
    assert!(text(&got) == text(&study.spatial_structure(&level, &x, &options).unwrap()));

    // The four nearest points within the zone, one by one.
    let kept: Vec<usize> = (0..x.len()).filter(|&i| !x[i].is_nan()).collect();
    let points: Vec<Coord<f64>> = kept.iter().map(|&i| territories[i].point.unwrap().into()).collect();
    let places = Places::new(&ZONES, points).unwrap();
    let nearest: Vec<Vec<usize>> = (0..kept.len())
        .map(|a| {
            let same = |b: &usize| *b != a && places.zones()[*b] == places.zones()[a];
            let mut others: Vec<usize> = (0..kept.len()).filter(same).collect();
            others.sort_by(|&b, &c| {
                places.distance_m(a, b).unwrap().total_cmp(&places.distance_m(a, c).unwrap())
            });
            others.truncate(4);
            others
        })
        .collect();
    let used: Vec<usize> = (0..kept.len()).filter(|&a| !nearest[a].is_empty()).collect();
    let lonely = kept.len() - used.len();
    // Guyane, La Réunion and Mayotte are alone in their zones.
    assert_eq!((got.coverage.islands, lonely), (3, 3));
    assert_eq!(got.coverage.without_value, x.len() - kept.len());
    let mean = used.iter().map(|&a| x[kept[a]]).sum::<f64>() / used.len() as f64;
    let z = |a: usize| x[kept[a]] - mean;
    let pairs: f64 = used
        .iter()
        .map(|&a| z(a) * nearest[a].iter().map(|&b| z(b)).sum::<f64>() / nearest[a].len() as f64)
        .sum();
    let moran = pairs / used.iter().map(|&a| z(a) * z(a)).sum::<f64>();
    let observed = got.moran.value().unwrap().observed;
    assert!((observed - moran).abs() < 1e-12, "{observed} {moran}");
    assert_eq!(got.count(ClusterClass::Island), 3);
    assert_eq!(got.count(ClusterClass::NoValue), x.len() - kept.len());
    let classes: usize = ClusterClass::ALL.iter().map(|c| got.count(*c)).sum();
    assert_eq!(classes, x.len());
    // Neighbours of the capital are urban.
    let paris = study.atlas().level(&level).unwrap().find("75").unwrap();
    assert!(got.local[paris].standardised < -1.0 && got.local[paris].lag < -1.0);
    let with_itself = study.spatial_association(&level, &x, &x, &options).unwrap();
    assert!((with_itself.moran.value().unwrap().observed - observed).abs() < 1e-12);
}

#[test]
fn overseas_places_neighbour_each_other_only() {
    let study = france();
    let level = study.atlas().level(&Level::Epci).unwrap();
    let region = study.atlas().level(&Level::Region).unwrap();
    let reunion = region.find("04").unwrap();
    let members = study.atlas().memberships(&Level::Epci).unwrap();
    let mut inside = vec![0.0; level.territories().len()];
    for (b, t) in members {
        if region.membership().get(b as usize) == Some(reunion) {
            inside[t as usize] = 1.0;
        }
    }
    assert_eq!(inside.iter().sum::<f64>(), 5.0);
    for neighbourhood in [Neighbourhood::Nearest(8), Neighbourhood::Within { radius_m: 60_000.0 }] {
        let options = quick().neighbourhood(neighbourhood);
        let got = study.spatial_structure(&Level::Epci, &inside, &options).unwrap();
        for (local, own) in got.local.iter().zip(&inside).filter(|(l, _)| l.class != ClusterClass::Island) {
            assert!((local.lag - local.standardised).abs() < 1e-9, "{own}: {local:?}");
        }
        let joins = study
            .spatial_classes(
                &Level::Epci,
                &Labels::new(inside.iter().map(|v| *v as u32).collect(), 2).unwrap(),
                &options,
            )
            .unwrap();
        assert_eq!((joins.total_different(), joins.same[1].observed), (0.0, 10.0));
    }
}

#[test]
fn contiguity_needs_outlines_and_uses_them() {
    let mut france = EmbeddedFrance::load().unwrap();
    let bare = EmbeddedFrance::load().unwrap();
    let (bare, _) = Study::new(bare.atlas, bare.inventory, StudyOptions::default(), &Silent).unwrap();
    let x: Vec<f64> =
        bare.atlas().rurality(&Level::Departement).unwrap().iter().map(|r| r.1.unwrap_or(f64::NAN)).collect();
    let options = quick().neighbourhood(Neighbourhood::Contiguity(Rule::Queen));
    let error = bare.spatial_structure(&Level::Departement, &x, &options).unwrap_err().to_string();
    assert!(error.contains("outlines") && error.contains("nearest points"), "{error}");
    france.draw_approximate_outlines(&Silent).unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent).unwrap();
    let got = study.spatial_structure(&Level::Departement, &x, &options).unwrap();
    // French départements have five or six neighbours; the five overseas ones have none.
    assert!((4.5..6.0).contains(&got.coverage.mean_neighbours), "{:?}", got.coverage);
    assert_eq!(got.coverage.islands, 5);
    assert!(got.moran.value().unwrap().z.unwrap() > 3.0);
    let refused = study.spatial_structure(&Level::Departement, &x, &options.islands(Islands::Refuse));
    assert!(refused.unwrap_err().to_string().contains("971"));
}

#[test]
fn inequality_adds_up() {
    let study = france();
    let leader = Measure::new("M19").unwrap();
    let (sums, national) = funding_by_region_2015(study.inventory().funding(), |l| l.measure == Some(leader));
    // 712.9 M€ of EAFRD go to LEADER (European Commission).
    assert_eq!(((sums.iter().sum::<f64>() + national) / 1e5).round(), 7_129.0);
    let level = region_2015_level();
    let overseas = Labels::new((0..27).map(|r| u32::from(r < 5)).collect(), 2).unwrap();
    let r = study.inequality(&level, &sums, None, &[("overseas", &overseas)]).unwrap();
    assert_eq!((r.territories, r.left_out), (27, 0));
    let people: Vec<f64> =
        study.atlas().level(&level).unwrap().territories().iter().map(|t| t.population.unwrap()).collect();
    let whole: f64 = people.iter().sum();
    assert!((r.mean - sums.iter().sum::<f64>() / whole).abs() < 1e-9);
    let theil: f64 = (0..27)
        .map(|i| people[i] / whole * (sums[i] / people[i] / r.mean))
        .zip(sums.iter().zip(&people))
        .map(|(share, (s, p))| if *s > 0.0 { share * (s / p / r.mean).ln() } else { 0.0 })
        .sum();
    assert!((r.theil_t - theil).abs() < 1e-12, "{} {theil}", r.theil_t);
    let split = &r.by[0].theil;
    assert!((split.between + split.within - r.theil_t).abs() < 1e-12);
    // Communes without people share nothing: they are left out, not infinitely rich.
    let one = vec![1.0; study.atlas().base().territories().len()];
    let communes = study.inequality(&Level::Commune, &one, None, &[]).unwrap();
    assert!(communes.left_out >= 6 && communes.gini > 0.5);
    assert!(study.inequality(&Level::Commune, &one[1..], None, &[]).is_err());
    assert!(study.inequality(&Level::Gal, &one, None, &[]).is_err());
    let none = study.inequality(&level, &[f64::NAN; 27], None, &[]).unwrap_err();
    assert_eq!(none.as_undefined(), Some(Undefined::Empty));
    assert!(study.inequality(&level, &[-1.0; 27], None, &[]).is_err());
}

#[test]
fn what_has_no_structure_says_why() {
    let study = france();
    let n = study.atlas().level(&Level::Region).unwrap().territories().len();
    let run =
        |values: &[f64], options: SpatialOptions| study.spatial_structure(&Level::Region, values, &options);
    let flat = run(&vec![1.0; n], quick()).unwrap();
    assert!(
        flat.moran.reason().is_some() && flat.general_g.value().is_some_and(|g| g.z.is_none())
            || flat.general_g.reason().is_some()
    );
    assert!(
        flat.local.iter().all(|l| matches!(l.class, ClusterClass::NotSignificant | ClusterClass::Island))
    );
    let reason = run(&vec![f64::NAN; n], quick()).unwrap_err().as_undefined();
    assert_eq!(reason, Some(Undefined::Empty));
    assert!(run(&vec![1.0; n + 1], quick()).is_err());
    assert!(run(&vec![f64::INFINITY; n], quick()).is_err());
    assert!(study.spatial_structure(&Level::Gal, &[], &quick()).is_err());
    let ramp: Vec<f64> = (0..n).map(|i| i as f64 - 3.0).collect();
    assert!(run(&ramp, quick().neighbourhood(Neighbourhood::Nearest(0))).is_err());
    assert!(run(&ramp, quick().false_discovery_rate(0.0)).is_err());
    assert!(run(&ramp, quick().neighbourhood(Neighbourhood::Within { radius_m: -1.0 })).is_err());
    let got = run(&ramp, quick()).unwrap();
    assert!(got.general_g.reason().unwrap().contains("negative"));
    let nobody = run(&ramp, quick().neighbourhood(Neighbourhood::Within { radius_m: 1.0 })).unwrap();
    assert_eq!(nobody.coverage.islands, n);
    assert!(nobody.moran.reason().is_some());
    // Closed forms in place of permutations.
    let exact = run(&ramp, quick().permutations(0).local_permutations(0)).unwrap();
    assert_eq!(exact.moran.value().unwrap().observed, got.moran.value().unwrap().observed);
    let rurality: Vec<Option<Rurality>> =
        study.atlas().rurality(&Level::Region).unwrap().into_iter().map(|r| r.0).collect();
    assert!(rurality.iter().any(Option::is_some));
    assert_eq!(DensityLevel::ALL.len(), 7);
}
