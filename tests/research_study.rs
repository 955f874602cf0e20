//! Firms that work with laboratories, on a small study made by hand and on the embedded France.

use rurban::atlas::{Atlas, Territory};
use rurban::diagnostics::{Place, Strictness};
use rurban::evidence::Null;
use rurban::inventory::{Inventory, SourceTitle};
use rurban::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, DensityLevel, EnterpriseSize,
    Level, Participation, Period, ProjectId, Rurality, TerritoryCode,
};
use rurban::progress::Silent;
use rurban::space::LonLat;
use rurban::study::{
    FirmGround, FirmLaboratoryOptions, FirmLaboratoryStatistic, FirmsAndLaboratories, Study, StudyOptions,
};

const COMMUNES: [&str; 4] = ["01001", "01002", "02001", "02002"];

/// Four communes in a row, 0.5° apart, the outer ones rural; each is its own EPCI, two make a région.
fn atlas() -> Atlas {
    let mut builder = Atlas::builder(Level::Commune, Strictness::Strict);
    for (i, code) in COMMUNES.into_iter().enumerate() {
        let mut t = Territory::new(TerritoryCode::new(code).unwrap(), code);
        t.population = Some(100.0 * (i + 1) as f64);
        t.point = Some(LonLat::new(1.0 + 0.5 * i as f64, 46.0).unwrap());
        let rural = i == 0 || i == 3;
        t.density = Some(if rural { DensityLevel::DispersedRural } else { DensityLevel::LargeUrbanCentre });
        builder.add(t, Place::file("atlas")).unwrap();
    }
    let (mut atlas, _) = builder.finish().unwrap();
    for (level, of) in [(Level::Epci, ["a", "b", "c", "d"]), (Level::Region, ["w", "w", "e", "e"])] {
        let mut names = of.to_vec();
        names.dedup();
        let units = names.iter().map(|n| (TerritoryCode::new(*n).unwrap(), (*n).to_owned()));
        atlas.add_level(level, units, COMMUNES.into_iter().zip(of), Strictness::Strict).unwrap();
    }
    atlas
}

fn title(french: &str, english: &str) -> SourceTitle {
    SourceTitle { french: french.to_owned(), english: english.to_owned() }
}

fn id(name: &str) -> ActorId {
    ActorId::new(name).unwrap()
}

/// Firms fA, fB, fD in communes 1, 2, 4, fX nowhere; laboratories lA, lB, lC in communes 1, 2, 3.
fn inventory() -> Inventory {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let place = || Place::file("t");
    for (name, commune) in [
        ("fA", Some(0)),
        ("fB", Some(1)),
        ("fD", Some(3)),
        ("fX", None),
        ("lA", Some(0)),
        ("lB", Some(1)),
        ("lC", Some(2)),
    ] {
        let kind = if name.starts_with('f') { ActorKind::Enterprise } else { ActorKind::ResearchCentre };
        let mut actor = Actor::new(id(name), name, kind);
        actor.commune = commune.map(|c: usize| CommuneCode::new(COMMUNES[c]).unwrap());
        actor.size = (name == "fD").then_some(EnterpriseSize::Micro);
        if name == "lC" {
            actor.themes = vec!["domain:Physics".to_owned(), "other".to_owned()];
        }
        builder.add_actor(actor, place()).unwrap();
    }
    for (project, year, source, members) in [
        // fA twice, as sources have it: one pair all the same.
        ("p1", Some(2010), "anr", &["fA", "lB", "lC", "fA"][..]),
        ("p2", Some(2011), "anr", &["fB", "lB"]),
        ("p3", Some(2011), "h2020", &["fA", "fD", "lC"]),
        ("p4", None, "anr", &["fX", "lA"]),
        ("p5", Some(2012), "anr", &["fA"]),
        ("p6", Some(2012), "anr", &["lA", "lB"]),
    ] {
        for member in members {
            let mut p = Participation::new(
                id(member),
                ProjectId::new(project).unwrap(),
                CooperationKind::ResearchProject,
            );
            p.period = year.and_then(|y| Period::new(y, y + 2).ok());
            p.source = source.to_owned();
            builder.add_participation(p, place()).unwrap();
        }
    }
    let mut tie = Cooperation::new(id("fD"), id("lA"), CooperationKind::ResearchProject);
    tie.period = Period::new(2012, 2012).ok();
    tie.source = "ilab".to_owned();
    builder.add_cooperation(tie, place()).unwrap();
    builder.finish().0
}

fn small(options: &FirmLaboratoryOptions) -> FirmsAndLaboratories {
    let (study, _) = Study::new(atlas(), inventory(), StudyOptions::default(), &Silent).unwrap();
    study.firms_and_laboratories(options, &Silent).unwrap()
}

#[test]
fn a_small_study_is_counted_by_hand() {
    let ground = FirmGround { title: title("ateliers", "workshops"), of_base: vec![1.0; 4] };
    let r = small(&FirmLaboratoryOptions::default().ground(ground).deals(19));
    let c = &r.coverage;
    assert_eq!((c.projects_seen, c.projects, c.undated), (7, 5, 1));
    assert_eq!((c.firms, c.firms_without_place, c.laboratories, c.laboratories_without_place), (4, 1, 3, 0));
    assert_eq!((c.pairs, c.pairs_placed, c.ties), (7, 6, 6));
    let sources: Vec<_> =
        r.sources.iter().map(|s| (s.source.as_str(), s.projects, s.pairs, s.rural_pairs)).collect();
    assert_eq!(sources, [("anr", 3, 4, 2), ("h2020", 1, 2, 2), ("ilab", 1, 1, 1)]);

    let rural = r.rural();
    assert_eq!((rural.rurality, rural.firms, rural.by_size), (Some(Rurality::Rural), 2, [1, 0, 0, 1]));
    assert_eq!((rural.projects, rural.pairs, rural.laboratories, rural.firms_once), (3, 5, 3, 0));
    assert_eq!((rural.pairs_placed, rural.elsewhere, rural.beyond, rural.with_urban), (5, 5, 3, 4));
    assert_eq!((r.urban().firms, r.urban().elsewhere, r.sides[2].firms), (1, 0, 1));
    assert_eq!((r.rural_population_share, r.rural_ground_share), (Some(0.5), Some(0.5)));
    // fB is where its laboratory is.
    assert_eq!(r.urban().quartiles_m, Some([0.0; 3]));
    assert_eq!(r.distances.iter().map(|d| d.rural).collect::<Vec<_>>(), [0, 0, 2, 2, 1, 0, 0]);

    let years: Vec<_> = r
        .years
        .iter()
        .filter(|y| y.source.is_none())
        .map(|y| (y.year, y.projects, y.rural_projects, y.participations, y.rural_participations))
        .collect();
    assert_eq!(years, [(2010, 1, 1, 1, 1), (2011, 2, 1, 3, 2), (2012, 1, 1, 1, 1)]);
    let trend = r.trends[0].participations.value().unwrap();
    assert_eq!((r.trends[0].years, trend.evidence.observed, trend.slope), (3, 0.0, 0.0));
    assert!(r.trends[1].participations.reason().unwrap().contains("too few"));

    let cities: Vec<_> =
        r.cities().iter().map(|t| (t.code.clone(), t.pairs_with_rural, t.rural_partners)).collect();
    assert_eq!(cities, [("c".to_owned(), 3, 2), ("a".to_owned(), 1, 1), ("b".to_owned(), 1, 1)]);
    let w = &r.without;
    assert_eq!((w.territories, w.without, w.rural, w.rural_without), (4, 1, 2, 0));
    assert_eq!(w.population_share, Some(0.3));
    // Three firms in four cells: 4 (3/4)³ are empty; variance Σ p(1−p) + Σ_{i≠j} ((2/4)³ − p²).
    let chance = w.against_ground.as_ref().unwrap().value().unwrap();
    assert_eq!(chance.observed, 1.0);
    assert!((chance.expected - 1.6875).abs() < 1e-12);
    assert!((chance.sd.unwrap().powi(2) - 0.339_843_75).abs() < 1e-12);

    let actors = inventory();
    let name = |a: u32| actors.actors()[a as usize].name.as_str();
    let best = &r.laboratories[0];
    assert_eq!((name(best.actor), best.rural_firms, best.rural_projects, best.pairs), ("lC", 2, 2, 3));
    let firms: Vec<_> = r.firms.iter().map(|f| (name(f.actor), f.projects, f.laboratories, f.near)).collect();
    assert_eq!(firms, [("fA", 2, 2, 0), ("fD", 2, 2, 0)]);
    assert!((r.firms[0].nearest_m.unwrap() / 1e3 - 38.74).abs() < 0.05, "{:?}", r.firms[0].nearest_m);
    assert_eq!(
        (r.fields[0].field.as_str(), r.fields[0].rural_pairs, r.fields[0].urban_pairs),
        ("Physics", 3, 0)
    );
    assert_eq!((r.flows.len(), r.flows[0].pairs), (4, 2));
}

#[test]
fn chance_keeps_what_it_must_and_reasons_are_kept() {
    let r = small(&FirmLaboratoryOptions::default().deals(49));
    let dealt = r.dealt(FirmLaboratoryStatistic::RuralUrban).unwrap();
    assert_eq!((dealt.null, dealt.observed), (Null::TwoMode, 4.0));
    // Firms × laboratories of each project stay: rural pairs are at most all of them.
    assert!(r.dealt(FirmLaboratoryStatistic::RuralPairs).unwrap().expected <= 7.0);
    assert_eq!(small(&FirmLaboratoryOptions::default().deals(49)), r);
    // One project of one urban firm: nothing rural is defined.
    let r = small(&FirmLaboratoryOptions::default().sources(&["nobody"]));
    assert_eq!((r.coverage.projects, r.rural().firms, r.years.len()), (0, 0, 0));
    assert!(r.tests.iter().all(|t| t.evidence.reason().is_some()));
    assert_eq!(r.without.without, 4);
    let bad =
        FirmLaboratoryOptions::default().ground(FirmGround { title: title("", ""), of_base: vec![1.0] });
    let (study, _) = Study::new(atlas(), inventory(), StudyOptions::default(), &Silent).unwrap();
    assert!(study.firms_and_laboratories(&bad, &Silent).is_err());
    let unknown = FirmLaboratoryOptions::default().level(Level::Gal);
    assert!(study.firms_and_laboratories(&unknown, &Silent).is_err());
}

#[cfg(feature = "france-data")]
#[test]
fn embedded_france() {
    use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
    let options = FranceOptions::default().research(ResearchScope::FirmsWithLaboratories);
    let france = EmbeddedFrance::load_with(&options).unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent).unwrap();
    let options = FirmLaboratoryOptions::default()
        .years(Period::new(2010, 2022).unwrap())
        .whole_years(Period::new(2010, 2021).unwrap())
        .ground(EmbeddedFrance::firm_ground(study.atlas()).unwrap());
    let start = std::time::Instant::now();
    let r = study.firms_and_laboratories(&options, &Silent).unwrap();
    println!("{:?}", start.elapsed());
    let anr = study.firms_and_laboratories(&options.clone().sources(&["anr", "pia"]), &Silent).unwrap();
    println!("{:#?} {:#?}", anr.coverage, anr.sides[0]);
    for c in anr.cities().iter().take(8) {
        println!("{c:?}");
    }
    println!("{:#?}\n{:#?}\n{:#?}", r.coverage, r.sources, r.sides);
    println!("{:?} {:?} {:#?}", r.rural_population_share, r.rural_ground_share, r.distances);
    for t in &r.tests {
        println!("{t:?}");
    }
    for y in &r.years {
        println!("{y:?}");
    }
    for y in &r.trends {
        println!("{y:?}");
    }
    println!("{:#?}", r.without);
    for c in r.cities().iter().take(15) {
        println!("{c:?}");
    }
    for l in r.laboratories.iter().take(10) {
        println!("{} {l:?}", study.inventory().actors()[l.actor as usize].name);
    }
    for l in r.firms.iter().take(10) {
        println!("{} {l:?}", study.inventory().actors()[l.actor as usize].name);
    }
    println!("{:#?} {:?}", r.fields, &r.flows[..5]);
}
