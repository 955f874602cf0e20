//! Typologies, spatial structure and inequality of the embedded France.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::sync::LazyLock;

use geo_types::Coord;
use rurban::Error;
use rurban::autocorrelation::{Islands, LocalInference, LocalOptions, Test, local_moran, moran};
use rurban::error::Undefined;
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::region_of_programme;
use rurban::labels::Labels;
use rurban::model::{DensityLevel, Level, LinkClass, Rurality};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::contiguity::Rule;
use rurban::space::distance::geodesic_m;
use rurban::space::neighbours::{Neighbour, Neighbours};
use rurban::space::weights::{SpatialWeights, Transform};
use rurban::study::{
    Amounts, Neighbourhood, RuralityDefinition, RuralityRules, SpatialClass, SpatialOptions, Study,
    StudyOptions, TerritoryScore, Typology,
};

static FRANCE: LazyLock<Study> = LazyLock::new(|| {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
});

fn quick() -> SpatialOptions {
    SpatialOptions::default().local(LocalInference::ClosedForm)
}

fn density(level: &Level) -> Vec<f64> {
    let ratio = |t: &rurban::atlas::Territory| Some(t.population? / t.area_km2.filter(|a| *a > 0.0)?);
    FRANCE.atlas().level(level).unwrap().territories().iter().map(|t| ratio(t).unwrap_or(f64::NAN)).collect()
}

#[test]
fn published_shares_come_out() {
    let rules = RuralityRules::default();
    let communes = FRANCE.typology(&Typology::Rurality(Level::Commune), &rules).unwrap();
    assert!((100.0 * communes.shares[0].population_share.unwrap() - 31.8).abs() < 0.05);
    let areas = FRANCE.atlas().level(&Level::AttractionArea).unwrap();
    assert_eq!(areas.territories().len(), 699);
    let base = FRANCE.atlas().base().territories();
    let all: f64 = base.iter().filter_map(|t| t.population).sum();
    let inside: f64 = (0..base.len())
        .filter(|&i| areas.membership().get(i).is_some())
        .filter_map(|i| base[i].population)
        .sum();
    assert!((100.0 * inside / all - 92.7).abs() < 0.05);
}

#[test]
fn classes_add_up_to_everybody() {
    let rules = RuralityRules::default();
    for typology in [
        Typology::Density,
        Typology::Degree3,
        Typology::Setting,
        Typology::Rurality(Level::Commune),
        Typology::Rurality(Level::PetrPays),
        Typology::Intermunicipal(Level::Epci),
        Typology::Regional(Level::Departement),
        Typology::Attribute("rural typology".to_owned()),
    ] {
        let classes = FRANCE.typology(&typology, &rules).unwrap();
        let territories = FRANCE.atlas().level(&classes.level).unwrap().territories();
        let all: f64 = territories.iter().filter_map(|t| t.population).sum();
        let sum: f64 = classes.shares.iter().map(|s| s.population).sum();
        assert!((sum - all).abs() < 1e-6 * all, "{typology:?}");
        assert_eq!(classes.shares.iter().map(|s| s.territories).sum::<usize>(), territories.len());
    }
}

/// INSEE types the rural communes of the mainland: none of its types may fall on a city of ours.
#[test]
fn rural_communes_are_those_of_the_official_rural_typology() {
    let rules = RuralityRules::default();
    let sides = FRANCE.typology(&Typology::Rurality(Level::Commune), &rules).unwrap();
    let official = FRANCE.typology(&Typology::Attribute("rural typology".to_owned()), &rules).unwrap();
    let table = sides.compare(&official, FRANCE.atlas().base().territories()).unwrap();
    let typed = |row: usize| -> f64 {
        (0..table.columns.len())
            .filter(|&c| table.columns[c].starts_with("Les "))
            .map(|c| table.population.row(row)[c])
            .sum()
    };
    assert!(typed(0) / (typed(0) + typed(1)) > 0.97, "{} {}", typed(0), typed(1));
}

#[test]
fn the_majority_rule_is_that_of_the_atlas() {
    for level in [Level::Epci, Level::PetrPays, Level::Departement] {
        let ours = FRANCE.typology(&Typology::Rurality(level.clone()), &RuralityRules::default()).unwrap();
        for (i, of) in FRANCE.atlas().rurality(&level).unwrap().iter().enumerate() {
            assert_eq!(ours.labels.get(i), of.class.map(|c| c as usize));
        }
    }
}

#[test]
fn what_if_lists_who_switches_and_nobody_without_a_change() {
    let rules = RuralityRules::default();
    let petr = Typology::Rurality(Level::PetrPays);
    for typology in [&petr, &Typology::Setting, &Typology::Regional(Level::Departement)] {
        assert!(FRANCE.typology_what_if(typology, &rules, &rules).unwrap().is_empty());
    }
    let stricter = FRANCE.typology_what_if(&petr, &rules, &rules.rural_above(0.6)).unwrap();
    assert!(!stricter.is_empty());
    for s in &stricter {
        assert_eq!((s.from.as_deref(), s.to.as_deref()), (Some("rural"), Some("urban")));
        let share = FRANCE.atlas().rurality(&Level::PetrPays).unwrap()[s.territory].rural_share.unwrap();
        assert!(share > 0.5 && share <= 0.6);
    }
    let towns = FRANCE.typology_what_if(&petr, &rules, &rules.rural_from(DensityLevel::SmallTown)).unwrap();
    assert!(towns.iter().all(|s| s.to.as_deref() == Some("rural")));
    assert!(matches!(FRANCE.typology(&petr, &rules.rural_above(1.5)), Err(Error::Parameter { .. })));
    assert!(matches!(
        FRANCE.typology(&Typology::Attribute("colour".to_owned()), &rules),
        Err(Error::Unknown { .. })
    ));
    assert!(matches!(
        FRANCE.typology(&Typology::Setting, &rules.periurban_pole(-1.0)),
        Err(Error::Parameter { .. })
    ));
}

#[test]
fn moran_is_that_of_weights_made_by_hand() {
    let territories = FRANCE.atlas().level(&Level::Departement).unwrap().territories();
    let values = density(&Level::Departement);
    let reach_m = 150_000.0;
    let options = quick().neighbourhood(Neighbourhood::Within { radius_m: reach_m });
    let found = FRANCE.spatial_structure(&Level::Departement, &values, &options).unwrap();

    let kept: Vec<usize> = (0..values.len()).filter(|&i| values[i].is_finite()).collect();
    let point = |i: usize| territories[kept[i]].point.map(Coord::from);
    let lists: Vec<Vec<Neighbour>> = (0..kept.len())
        .map(|i| {
            (0..kept.len())
                .filter(|&j| j != i)
                .filter_map(|j| {
                    Some(Neighbour { id: j as u32, distance_m: geodesic_m(point(i)?, point(j)?).ok()? })
                })
                .filter(|n| n.distance_m <= reach_m)
                .collect()
        })
        .collect();
    let weights = SpatialWeights::binary(&Neighbours::from_lists(&lists))
        .unwrap()
        .transformed(Transform::RowStandardised);
    let x: Vec<f64> = kept.iter().map(|&i| values[i]).collect();
    let by_hand = moran(&x, weights.matrix(), Test::Randomisation, Islands::Exclude).unwrap();
    assert!((found.moran.observed - by_hand.observed).abs() < 1e-12);
    assert!((found.moran.z.unwrap() - by_hand.z.unwrap()).abs() < 1e-9);
    let c = found.coverage;
    assert_eq!((c.islands, c.without_value), (weights.islands().len(), values.len() - kept.len()));

    let local = LocalOptions::default().inference(LocalInference::ClosedForm).islands(Islands::Exclude);
    let local = local_moran(&x, weights.matrix(), &local).unwrap();
    for (at, &i) in kept.iter().enumerate() {
        let t = &found.territories[i];
        assert_eq!(t.local_moran.is_some(), local.observed[at].is_finite());
        assert!(t.local_moran.is_none_or(|v| (v - local.observed[at]).abs() < 1e-12));
    }
}

#[test]
fn overseas_is_no_neighbour_of_the_mainland() {
    let values = density(&Level::Departement);
    let options = quick().neighbourhood(Neighbourhood::NEAREST);
    let found = FRANCE.spatial_structure(&Level::Departement, &values, &options).unwrap();
    let level = FRANCE.atlas().level(&Level::Departement).unwrap();
    let reunion = &found.territories[level.find("974").unwrap()];
    assert_eq!((reunion.class, reunion.neighbours), (SpatialClass::Island, 0));
    assert_eq!(found.class_counts().iter().sum::<usize>(), values.len());
    let refused = options.islands(Islands::Refuse);
    assert!(matches!(
        FRANCE.spatial_structure(&Level::Departement, &values, &refused),
        Err(Error::Value { .. })
    ));
}

#[test]
fn rural_territories_gather_away_from_dense_ones() {
    let level = Level::Departement;
    let measures = FRANCE.territory_measures(&level, &FRANCE.reach(&Silent).unwrap()).unwrap();
    let of = |s: TerritoryScore| measures.iter().map(|m| s.of(m)).collect::<Vec<f64>>();
    let (rural, dense) = (of(TerritoryScore::RuralShare), of(TerritoryScore::PopulationDensity));
    let permuted = quick().test(Test::Permutation { permutations: 99, seed: Seed(1) });
    let both = FRANCE.spatial_association(&level, &rural, &dense, &permuted).unwrap();
    assert!(both.moran.observed < 0.0 && both.lee.observed < 0.0);
    assert_eq!(both, FRANCE.spatial_association(&level, &rural, &dense, &permuted).unwrap());
    let sides = FRANCE.typology(&Typology::Rurality(level.clone()), &RuralityRules::default()).unwrap();
    let joins = FRANCE.class_joins(&level, &sides.labels, &quick()).unwrap();
    let counted: f64 = joins.joins.same.iter().map(|e| e.observed).sum();
    assert!((counted + joins.joins.unlike.observed - joins.joins.total).abs() < 1e-9);
    // EPCI are fine enough to show that like lies beside like; départements hardly are.
    let epci = FRANCE.typology(&Typology::Rurality(Level::Epci), &RuralityRules::default()).unwrap();
    let joins = FRANCE.class_joins(&Level::Epci, &epci.labels, &quick()).unwrap().joins;
    assert!(joins.same[0].z > Some(3.0) && joins.different[0].joins.z < Some(-3.0), "{joins:?}");
    for score in TerritoryScore::ALL {
        assert!(of(score).iter().all(|v| v.is_nan() || *v >= 0.0), "{}", score.label());
        assert_eq!(score.key().parse::<TerritoryScore>().unwrap(), score);
    }
    // The inventory has no research centre in Mayotte, and those of La Réunion are out of reach.
    let far = of(TerritoryScore::ResearchDistance);
    assert!(far.iter().any(|v| v.is_nan()) && far.iter().all(|v| v.is_nan() || *v <= TerritoryScore::FAR_M));
}

#[test]
fn bad_input_is_refused() {
    let level = Level::Departement;
    let values = density(&level);
    let run = |values: &[f64], options: &SpatialOptions| {
        FRANCE.spatial_structure(&level, values, options).map(|_| ()).unwrap_err()
    };
    let gal = FRANCE.spatial_structure(&Level::Gal, &values, &quick());
    assert!(matches!(gal, Err(Error::Unknown { .. })));
    assert!(matches!(run(&values[1..], &quick()), Error::Shape { .. }));
    assert_eq!(run(&vec![f64::NAN; values.len()], &quick()).as_undefined(), Some(Undefined::Empty));
    assert_eq!(run(&vec![1.0; values.len()], &quick()).as_undefined(), Some(Undefined::ZeroVariance));
    let mut infinite = values.clone();
    infinite[3] = f64::INFINITY;
    assert!(matches!(run(&infinite, &quick()), Error::Value { index: 3, .. }));
    let none = quick().test(Test::Permutation { permutations: 0, seed: Seed(1) });
    assert!(matches!(run(&values, &none), Error::Parameter { .. }));
    let none = quick().local(LocalInference::ConditionalPermutation { permutations: 0, seed: Seed(1) });
    assert!(matches!(run(&values, &none), Error::Parameter { .. }));
    let touching = quick().neighbourhood(Neighbourhood::Contiguity(Rule::Queen));
    assert!(matches!(run(&values, &touching), Error::Unknown { .. }));
    for bad in [
        Neighbourhood::Nearest { k: 0, reach_m: 1e5 },
        Neighbourhood::Nearest { k: 3, reach_m: f64::NAN },
        Neighbourhood::Within { radius_m: 0.0 },
    ] {
        assert!(matches!(run(&values, &quick().neighbourhood(bad)), Error::Parameter { .. }));
    }
    assert!(matches!(run(&values, &quick().false_discovery_rate(0.0)), Error::Parameter { .. }));
    assert!(matches!(
        FRANCE.class_joins(&level, &Labels::new(vec![0], 1).unwrap(), &quick()),
        Err(Error::Shape { .. })
    ));
}

#[test]
fn spread_splits_into_within_and_between() {
    let level = Level::Epci;
    let values = density(&level);
    let spread = FRANCE.spread(&level, &values, Amounts::PerInhabitant).unwrap();
    assert_eq!(spread.counted + spread.without_value + spread.without_population, values.len());
    let regions = FRANCE.containing(&level, &Level::Region).unwrap();
    let by = spread.by(&regions).unwrap();
    let split = by.theil_t.value().unwrap();
    assert!((split.total - split.between - split.within).abs() < 1e-9);
    assert!((split.total - spread.theil_t.value().unwrap()).abs() < 1e-12);
    let sides = FRANCE.typology(&Typology::Rurality(level.clone()), &RuralityRules::default()).unwrap();
    assert!(spread.ratio(&sides.labels, 1, 0).unwrap() > 5.0);
    let same = FRANCE.spread(&level, &vec![2.0; values.len()], Amounts::PerInhabitant).unwrap();
    assert!(same.gini.value().unwrap().abs() < 1e-12);
    let none = FRANCE.spread(&level, &vec![f64::NAN; values.len()], Amounts::Total).unwrap_err();
    assert_eq!(none.as_undefined(), Some(Undefined::Empty));
    let mut negative = values.clone();
    negative[7] = -1.0;
    assert!(matches!(
        FRANCE.spread(&level, &negative, Amounts::PerInhabitant),
        Err(Error::Value { index: 7, .. })
    ));
    assert!(matches!(spread.by(&Labels::new(vec![0], 1).unwrap()), Err(Error::Shape { .. })));
}

/// Every programme but the national one and the rural network has a région, each of them known.
#[test]
fn programmes_cover_the_regions() {
    let regions = FRANCE.atlas().level(&Level::Region).unwrap();
    let without: std::collections::BTreeSet<&str> = FRANCE
        .inventory()
        .funding()
        .iter()
        .filter(|l| region_of_programme(&l.programme_id).and_then(|r| regions.find(r)).is_none())
        .map(|l| l.programme_id.as_str())
        .collect();
    assert_eq!(without.into_iter().collect::<Vec<_>>(), ["2014FR06RDNP001", "2014FR06RDRN001"]);
}

/// Share of the population of the base territories that is rural.
fn rural_share(study: &Study) -> f64 {
    let base = study.atlas().base().territories();
    let people = |rural: bool| -> f64 {
        let all = base.iter().enumerate().filter(|(i, _)| match study.atlas().base_rurality(*i) {
            Some(r) => (r == Rurality::Rural) == rural,
            None => false,
        });
        all.filter_map(|(_, t)| t.population).sum()
    };
    people(true) / (people(true) + people(false))
}

#[test]
fn the_definition_of_rural_is_an_argument_and_every_measure_follows() {
    let grid = &*FRANCE;
    let outside: RuralityDefinition = "outside:attraction_area".parse().unwrap();
    let areas = grid.under(outside, &Silent).unwrap();
    // INSEE: 33 % of people live in rural communes, 92.7 % in attraction areas.
    assert!((rural_share(grid) - 0.33).abs() < 0.01, "{}", rural_share(grid));
    assert!((rural_share(&areas) - 0.073).abs() < 0.001, "{}", rural_share(&areas));
    let rural_actors = |s: &Study| s.rurality_labels().sizes()[0];
    assert!(rural_actors(&areas) < rural_actors(grid));
    let rural_pays = |s: &Study| {
        let of = s.atlas().rurality(&Level::PetrPays).unwrap();
        of.iter().filter(|r| r.class == Some(Rurality::Rural)).count()
    };
    assert!(rural_pays(&areas) < rural_pays(grid));
    let classes = |s: &Study| s.links().iter().filter(|l| l.class == LinkClass::UrbanRural).count();
    assert_ne!(classes(&areas), classes(grid));

    let town: RuralityDefinition = "density:small_town".parse().unwrap();
    assert!(rural_share(&grid.under(town, &Silent).unwrap()) > rural_share(grid));
    let same = RuralityDefinition::Given(
        (0..grid.atlas().base().territories().len()).map(|i| grid.atlas().base_rurality(i)).collect(),
    );
    assert_eq!(grid.under(same, &Silent).unwrap().places(), grid.places());
}

#[test]
fn definitions_that_cannot_be_applied_say_why() {
    let refused = |text: &str| {
        let definition: RuralityDefinition = text.parse().unwrap();
        FRANCE.under(definition, &Silent).unwrap_err().to_string()
    };
    assert!(refused("outside:canton").contains("this atlas has"));
    assert!(refused("class:none=a").contains("this atlas has"));
    let short = FRANCE.under(RuralityDefinition::Given(vec![None]), &Silent).unwrap_err();
    assert!(short.to_string().contains("expected 3"), "{short}");
    for text in ["", "dense", "density:9", "class:none"] {
        assert!(text.parse::<RuralityDefinition>().is_err(), "{text}");
    }
}
