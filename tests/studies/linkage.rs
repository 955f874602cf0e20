//! Linkage of the embedded France and of small studies with little to measure.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use rurban::atlas::{Atlas, Territory};
use rurban::diagnostics::{Place, Strictness};
use rurban::evidence::Null;
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::linkage::{NullModel, Weighting, mixing_evidence};
use rurban::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, DensityLevel, Level, Period,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::study::{LinkageOptions, Study, StudyOptions};

fn france() -> Study {
    let france = EmbeddedFrance::load().unwrap();
    Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
}

fn quick() -> LinkageOptions {
    LinkageOptions::default().permutations(99).swaps(19)
}

#[test]
fn the_embedded_france_adds_up() {
    let study = france();
    let report = study.linkage(&quick(), &Silent).unwrap();
    let interreg = report.parts.iter().find(|p| p.kind == Some(CooperationKind::TerritorialProject)).unwrap();
    assert_eq!(interreg.coverage.links, 1_309);
    let by_kind: usize = report.parts[1..].iter().map(|p| p.coverage.links).sum();
    assert_eq!(by_kind, report.parts[0].coverage.links);
    for part in &report.parts {
        let c = &part.coverage;
        assert_eq!(c.tied + c.isolates, c.actors);
        for m in [&part.density_mixing, &part.rurality_mixing] {
            let cells: f64 = m.cells().as_slice().iter().sum();
            assert_eq!(cells, 2.0 * c.ties as f64);
        }
        assert_eq!(part.lengths.iter().map(|l| l.ties + l.left_out).sum::<usize>(), c.ties);
        // Every test of the same actors sees the same rural–urban ties.
        let cross = part.rurality_mixing.ties(0, 1);
        let full = part.tests.iter().filter(|t| t.left_out == 0).filter_map(|t| t.cross.value());
        assert!(full.clone().all(|e| e.observed == cross));
        // Only Interreg comes as participations; its ties are all projected.
        let dealt = part.against(Null::TwoMode);
        let of_projects = part.kind == Some(CooperationKind::TerritorialProject);
        assert_eq!((part.tests.len(), dealt.is_some()), (7 + usize::from(of_projects), of_projects));
        assert!(dealt.is_none_or(|e| e.observed == cross));
        println!("{:?} {c:?}", part.kind);
        for t in &part.tests {
            println!("  {} {:?}", t.against, t.cross);
        }
        println!("  {:?}\n  {:?}", part.gravity, part.communities);
    }
    let all = &report.parts[0];
    let (swaps, exact) =
        (all.against(Null::DegreePreservingSwaps).unwrap(), all.against(Null::Configuration).unwrap());
    assert!((swaps.expected / exact.expected - 1.0).abs() < 0.2, "{swaps:?} {exact:?}");
    // Projects tie their participants all at once: chance varies more than single ties would.
    let sd = |null| interreg.against(null).unwrap().sd.unwrap();
    assert!(sd(Null::TwoMode) > 1.5 * sd(Null::Configuration));
    assert!(serde_json::to_string(&report).unwrap().len() > 10_000);
}

#[test]
fn closed_form_and_random_labels_agree() {
    let study = france();
    let network = study.network(|_| true).unwrap();
    let labels = study.rurality_labels();
    let test = |null| mixing_evidence(&network, &labels, Weighting::Edges, null, &Silent).unwrap();
    let exact = test(NullModel::LabelPermutation);
    let random =
        test(NullModel::LabelPermutationMonteCarlo { permutations: 2_000, seed: Seed(11), strata: None });
    let (e, r) = (exact.cells.row(0)[1], random.cells.row(0)[1]);
    let sd = e.sd.unwrap();
    assert!((e.expected - r.expected).abs() < 4.0 * sd / 2_000_f64.sqrt(), "{e:?} {r:?}");
    assert!((r.sd.unwrap() / sd - 1.0).abs() < 0.1, "{e:?} {r:?}");
}

#[test]
fn territories_and_actors_add_up() {
    let study = france();
    let actors = study.actor_linkage(&quick(), &Silent).unwrap();
    assert_eq!(actors.len(), study.places().len());
    let network = study.network(|_| true).unwrap();
    assert_eq!(actors.iter().map(|a| a.degree).sum::<usize>(), 2 * network.edges());
    for a in &actors {
        assert_eq!(a.roles.is_some(), a.degree > 0);
        assert_eq!(a.betweenness.is_some(), a.degree > 0);
    }
    for level in [Level::Region, Level::Departement, Level::PetrPays, Level::Epci] {
        let rows = study.linkage_by(&level).unwrap();
        assert_eq!(rows.len(), study.atlas().level(&level).unwrap().territories().len());
        for r in &rows {
            assert_eq!(r.cross.value().is_none(), r.ties == 0.0);
            assert!(r.urban_exposure.is_none_or(|x| (0.0..=1.0).contains(&x)));
            if let Some(e) = r.cross.value() {
                assert!(e.observed <= r.ties && e.expected < r.ties);
            }
        }
        assert!(rows.iter().any(|r| r.cross.value().is_some()));
    }
}

#[test]
fn periods_are_tied_anew() {
    let study = france();
    let periods = [Period::new(2000, 2006).unwrap(), Period::new(2007, 2013).unwrap()];
    let rows = study.linkage_periods(&periods, &quick().permutations(0).swaps(0), &Silent).unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].change, None);
    if let (Some(a), Some(b)) = (rows[0].cross_share, rows[1].cross_share) {
        assert_eq!(rows[1].change, Some(b - a));
    }
    assert!(rows.iter().all(|r| r.part.coverage.links < study.links().len()));
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_change_a_byte() {
    let study = france();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let report = study.linkage(&quick().permutations(19), &Silent).unwrap();
            let rows = study.linkage_by(&Level::Departement).unwrap();
            serde_json::to_string(&(report, rows)).unwrap()
        })
    };
    let one = run(1);
    assert!(one == run(2));
    assert!(one == run(8));
}

/// Actors in communes of these density levels (none: nowhere), all tied in a row if `tied`.
fn small(levels: &[Option<DensityLevel>], tied: bool) -> Study {
    let mut atlas = Atlas::builder(Level::Commune, Strictness::Strict);
    let mut inventory = Inventory::builder(Strictness::Strict);
    let place = || Place::file("test");
    for (i, level) in levels.iter().enumerate() {
        let code = CommuneCode::new(format!("010{i:02}")).unwrap();
        let mut territory = Territory::new(code.into(), format!("commune {i}"));
        territory.density = *level;
        atlas.add(territory, place()).unwrap();
        let id = ActorId::new(format!("a{i}")).unwrap();
        let mut actor = Actor::new(id, format!("actor {i}"), ActorKind::Epci);
        actor.commune = level.map(|_| code);
        inventory.add_actor(actor, place()).unwrap();
    }
    for i in 1..levels.len() * usize::from(tied) {
        let id = |i: usize| ActorId::new(format!("a{i}")).unwrap();
        let tie = Cooperation::new(id(i - 1), id(i), CooperationKind::JointUnit);
        inventory.add_cooperation(tie, place()).unwrap();
    }
    let (atlas, _) = atlas.finish().unwrap();
    let (inventory, _) = inventory.finish();
    Study::new(atlas, inventory, &StudyOptions::default(), &Silent).unwrap().0
}

#[test]
fn what_cannot_be_measured_says_why() {
    let (city, village) = (Some(DensityLevel::ALL[0]), Some(DensityLevel::ALL[6]));
    for (levels, tied) in [
        (vec![city, village, city], false),
        (vec![village, village, village], true),
        (vec![None, None, None], true),
        (vec![village], true),
    ] {
        let study = small(&levels, tied);
        let report = study.linkage(&quick(), &Silent).unwrap();
        let part = &report.parts[0];
        assert!(part.rurality_assortativity.reason().is_some(), "{levels:?}");
        assert!(part.gravity.reason().is_some());
        for t in &part.tests[1..] {
            assert!(t.cross.reason().is_some_and(|r| r.contains("undefined")), "{levels:?} {t:?}");
            assert_eq!(t.ratio, None);
        }
        assert!(part.lengths.iter().all(|l| l.mean_m.is_none()));
        assert_eq!(study.actor_linkage(&quick(), &Silent).unwrap().len(), levels.len());
        assert_eq!(study.linkage_by(&Level::Commune).unwrap().len(), levels.len());
        assert!(study.linkage_by(&Level::Region).is_err());
    }
}

#[test]
fn a_row_of_three_is_measured_by_hand() {
    let (city, village) = (Some(DensityLevel::ALL[0]), Some(DensityLevel::ALL[6]));
    let study = small(&[village, city, village], true);
    let part = &study.linkage(&quick(), &Silent).unwrap().parts[0];
    // Two ties, both between rural and urban; 4 of 6 ordered pairs differ.
    let e = part.against(Null::LabelPermutation).unwrap();
    assert_eq!(e.observed, 2.0);
    assert!((e.expected - 4.0 / 3.0).abs() < 1e-12);
    assert_eq!(part.brokers[0].roles.itinerant, 2.0);
    assert_eq!(part.brokers.len(), 1);
    assert_eq!(part.rural_exposure.value().unwrap().index, 1.0);
}
