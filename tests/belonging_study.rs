//! Belonging on the embedded data.

#![cfg(feature = "france-data")]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests may panic")]

use rurban::france::EmbeddedFrance;
use rurban::model::Level;
use rurban::progress::Silent;
use rurban::study::{BelongingOptions, PerimeterName, Perimeters, Study, StudyOptions};

#[test]
fn ties_add_up_and_perimeters_of_another_year_change_sides() {
    let france = EmbeddedFrance::load().unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent).unwrap();
    let options = BelongingOptions::default();
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
    let all = study.belonging(&single, &options, &Silent).unwrap();
    let e = all.beyond_distance.value().unwrap();
    assert!((e.observed - e.expected).abs() < 1e-6 * e.observed);
    assert_eq!(all.territories[0].share, Some(1.0));
    let change = report.change(&all).unwrap();
    assert_eq!((change.now_inside.len(), change.now_outside.len()), (report.ties.len() - inside, 0));
    assert!(study.belonging(&Perimeters { of_base: vec![], ..single }, &options, &Silent).is_err());
}
