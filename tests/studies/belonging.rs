//! Belonging on the embedded data.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests may panic")]

use rurban::france::EmbeddedFrance;
use rurban::model::Level;
use rurban::progress::Silent;
use rurban::study::{BelongingOptions, MemberGroup, PerimeterName, Perimeters, Study, StudyOptions};

#[test]
fn ties_add_up_and_perimeters_of_another_year_change_sides() {
    let france = EmbeddedFrance::load().unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    let options = BelongingOptions::default().replicates(19);
    let plain = BelongingOptions::default().replicates(0);
    let regions = Perimeters::of_level(study.atlas(), &Level::Region).unwrap();
    let report = study.belonging(&regions, &options, &Silent).unwrap();
    let inside = report.ties.iter().filter(|t| t.inside).count();
    assert_eq!(report.territories.iter().map(|t| t.inside).sum::<usize>(), inside);
    let leaving: usize = report.territories.iter().map(|t| t.leaving).sum();
    assert_eq!(leaving, 2 * (report.ties.len() - inside));
    let whole = report.beyond_distance.value().unwrap();
    let parts: f64 =
        report.territories.iter().filter_map(|t| t.beyond_distance.value()).map(|e| e.expected).sum();
    assert!((parts - whole.expected).abs() < 1e-6 * whole.expected);

    // One perimeter for all: every tie is inside, as expected, and nothing is left to test.
    let base = study.atlas().base().territories();
    let one = || PerimeterName { code: "F".into(), name: "France".into() };
    let rows = base.iter().map(|t| (t.code.as_str(), one())).chain([("00000", one())]);
    let (single, unknown) = Perimeters::from_rows(study.atlas(), "one", rows);
    assert_eq!(unknown, ["00000"]);
    let text = "insee;ensemble;nom\n01001;X;Tout\n99999;X;Tout\n01001;Y;Autre\n";
    let table = rurban::read::csv::Reader::default().open_str(text, "2012.csv").unwrap();
    let (read, outside) = Perimeters::from_table(study.atlas(), table).unwrap();
    assert_eq!((read.name.as_str(), outside), ("2012.csv", vec!["99999".to_owned()]));
    let names: Vec<_> = read.territories.iter().map(|t| (t.code.as_str(), t.name.as_str())).collect();
    assert_eq!(names, [("X", "Tout"), ("Y", "Autre")]);
    let first = study.atlas().base().find("01001").unwrap();
    assert_eq!((&read.of_base[first][..], read.of_base.iter().flatten().count()), (&[0, 1][..], 2));
    let short =
        rurban::read::csv::Reader::default().open_str("insee;ensemble\n01001;X\n", "2012.csv").unwrap();
    assert!(Perimeters::from_table(study.atlas(), short).is_err());
    let all = study.belonging(&single, &options, &Silent).unwrap();
    let e = all.beyond_distance.value().unwrap();
    assert!((e.observed - e.expected).abs() < 1e-6 * e.observed);
    assert_eq!(all.territories[0].share, Some(1.0));
    let change = report.change(&all).unwrap();
    assert_eq!((change.now_inside.len(), change.now_outside.len()), (report.ties.len() - inside, 0));
    assert!(study.belonging(&Perimeters { of_base: vec![], ..single }, &options, &Silent).is_err());

    // The core does not hang on the perimeters.
    let core = report.core.value().unwrap();
    assert_eq!(report.core, all.core);
    assert!(!core.actors.is_empty() && core.rural <= core.classed);
    let [density, distance] = [&core.against_density, &core.against_distance].map(|e| e.as_ref().unwrap());
    assert!(density.z.unwrap() < distance.z.unwrap() && density.observed == distance.observed);

    // Overlapping perimeters: each territory counts the tie, the whole counts it once.
    let petr =
        study.belonging(&Perimeters::of_level(study.atlas(), &Level::PetrPays).unwrap(), &plain, &Silent);
    let petr = petr.unwrap();
    let parts: usize = petr.territories.iter().map(|t| t.inside).sum();
    assert!(parts >= petr.ties.iter().filter(|t| t.inside).count());
    assert!(petr.core.value().unwrap().against_density.is_none());
}

#[test]
fn networks_share_members() {
    let france = EmbeddedFrance::load().unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    let group = |name: &str, members: std::ops::Range<u32>| MemberGroup {
        name: name.to_owned(),
        members: members.collect(),
    };
    // Of 124 bodies 40 and 25, 14 of them in both.
    let groups = vec![group("a", 0..40), group("b", 26..51), group("rest", 51..124)];
    let report = study.memberships(groups).unwrap();
    assert_eq!((report.eligible, report.memberships.clone()), (124, vec![110, 14]));
    assert!((report.pairs[0].overlap.p - 0.005_475_485_042_428_01).abs() < 1e-12);
    assert!((report.pairs[0].q - 3.0 * report.pairs[0].overlap.p).abs() < 1e-12);
    assert!(study.memberships(vec![group("far", 0..1_000_000)]).is_err());
    assert!(study.memberships(Vec::new()).unwrap().pairs.is_empty());
    let kinds = study.memberships(study.groups_by_kind()).unwrap();
    assert!(kinds.groups.len() >= 2 && kinds.eligible > 1000);
}
