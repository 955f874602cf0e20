//! Vintages of commune codes, on the real history and on made-up ones.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proptest::prelude::*;
use rurban::france::commune_changes;
use rurban::france::vintage::{Absence, Change, Share, Vintages, commune_of_arrondissement};
use rurban::read::csv as csv_reader;
use rurban::read::geojson::Reader;

use crate::common::real_data;

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn history() -> Vintages {
    let table =
        csv_reader::Reader::default().open_path(real_data("communes/commune-changes-2025.csv")).unwrap();
    let (changes, found) = commune_changes(table).unwrap();
    assert!(found.is_clean() && found.kept() == 13_534, "{found}");
    Vintages::from_changes(changes).unwrap()
}

/// Codes of a file of contours, municipal arrondissements left out.
fn codes(path: &Path) -> Vec<String> {
    let (table, _) = Reader::default().properties(["code"]).read_path(path).unwrap();
    table
        .column("code")
        .unwrap()
        .map(|v| v.unwrap().as_text().unwrap().to_owned())
        .filter(|c| commune_of_arrondissement(c).is_none())
        .collect()
}

#[test]
#[ignore = "needs RURBAN_DATA: communes/commune-c*-2025.csv, contours/communes-*.geojson"]
fn contours_reach_the_codes_of_2025() {
    let vintages = history();
    let listed: BTreeMap<String, String> = rows(&real_data("communes/commune-code-history-2025.csv"))
        .into_iter()
        .map(|r| (r[0].clone(), r[1].clone()))
        .collect();
    let current: BTreeSet<&String> = listed.values().collect();
    for (file, year) in [("communes-2022-1000m.geojson", 2022), ("communes-2023.geojson", 2023)] {
        let codes = codes(&real_data("contours").join(file));
        let path = vintages.path(year, 2025);
        let mut merged = 0;
        for code in &codes {
            assert_eq!(path.absence(code), None, "{code} of {year}");
            let targets = path.targets(code, &Share::Equal).unwrap();
            // Overseas collectivities are not in the history.
            let Some(want) = listed.get(code) else {
                assert!(code.starts_with("98") || code.starts_with("97"), "{code} of {year}");
                assert_eq!(targets, [(code.as_str(), 1.0)]);
                continue;
            };
            assert!(targets.iter().any(|(t, _)| t == want), "{code} of {year}: {targets:?}, not {want}");
            for (target, _) in &targets {
                assert!(current.contains(&(*target).to_owned()), "{code} of {year}: {target} is not of 2025");
            }
            if targets.len() == 1 && targets[0].0 != code {
                merged += 1;
            }
        }
        assert!(merged > 50, "{year}: {merged} merged");

        // One inhabitant each, and back.
        let table: Vec<(&str, f64)> = codes.iter().map(|c| (c.as_str(), 1.0)).collect();
        let (rows, report) = vintages.convert(&table, year, 2025, &Share::Equal).unwrap();
        assert!(report.unmatched.is_empty(), "{:?}", report.unmatched);
        let total: f64 = rows.iter().map(|r| r.1).sum();
        assert!((total - codes.len() as f64).abs() < 1e-6);
        let (back, report) = vintages.convert(&rows, 2025, year, &Share::Equal).unwrap();
        assert!(report.unmatched.is_empty(), "{:?}", report.unmatched);
        assert_eq!(
            back.iter().map(|r| r.0.as_str()).collect::<BTreeSet<_>>(),
            codes.iter().map(String::as_str).collect::<BTreeSet<_>>()
        );
    }
}

#[test]
#[ignore = "needs RURBAN_DATA: communes/commune-changes-2025.csv, communes/communes-2026.csv"]
fn populations_are_conserved_over_all_vintages() {
    let vintages = history();
    let table: Vec<(String, f64)> = rows(&real_data("communes/communes-2026.csv"))
        .into_iter()
        .map(|r| (r[0].clone(), r[7].parse().unwrap_or(0.0)))
        .collect();
    let total: f64 = table.iter().map(|r| r.1).sum();
    assert!(total > 6e7);
    for year in [1962, 1975, 1999, 2013, 2017, 2024] {
        let (then, report) = vintages.convert(&table, 2025, year, &Share::Equal).unwrap();
        let lost: f64 = report.unmatched.iter().map(|u| u.1).sum();
        let sum: f64 = then.iter().map(|r| r.1).sum();
        assert!((sum + lost - total).abs() < 1e-5 * total.sqrt(), "{year}: {sum} + {lost}, not {total}");
        assert!(lost < 0.002 * total, "{year}: {lost} in {:?}", report.unmatched);
        let (now, _) = vintages.convert(&then, year, 2025, &Share::Equal).unwrap();
        let sum_now: f64 = now.iter().map(|r| r.1).sum();
        assert!((sum_now - sum).abs() < 1e-5 * total.sqrt(), "{year}");
    }
}

/// A world of at most eight communes in which a few things happen.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let one = (prop::sample::select(vec![20u8, 21, 30, 31, 32, 33, 41, 50]), 2001u16..2006, 0..8u8, 0..8u8);
    prop::collection::vec(one, 0..12).prop_map(|all| {
        all.into_iter()
            .map(|(kind, year, before, after)| Change {
                kind,
                date: format!("{year}-01-01"),
                type_before: "COM".into(),
                before: format!("{before}"),
                type_after: "COM".into(),
                after: format!("{after}"),
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn totals_are_conserved_whatever_happens(
        changes in changes(),
        values in prop::collection::vec(0.0..100.0f64, 9),
        from in 2000u16..2007,
        to in 2000u16..2007,
        weigh in any::<bool>(),
    ) {
        let vintages = Vintages::from_changes(changes).unwrap();
        let table: Vec<(String, f64)> = values.iter().enumerate().map(|(i, v)| (i.to_string(), *v)).collect();
        let weight = |code: &str| code.parse::<f64>().unwrap();
        let share = if weigh { Share::Weights(&weight) } else { Share::Equal };
        let (rows, report) = vintages.convert(&table, from, to, &share).unwrap();
        let total: f64 = rows.iter().map(|r| r.1).chain(report.unmatched.iter().map(|u| u.1)).sum();
        prop_assert!((total - values.iter().sum::<f64>()).abs() < 1e-9);
        prop_assert_eq!(report.unchanged + report.recoded + report.split + report.unmatched.len(), table.len());
        let distinct: BTreeSet<_> = rows.iter().map(|r| &r.0).collect();
        prop_assert_eq!(distinct.len(), rows.len());
        if from == to {
            let there = |why: &Absence| matches!(why, Absence::Earlier);
            prop_assert!(report.unmatched.iter().all(|u| there(&u.2)));
            prop_assert_eq!(report.unchanged + report.unmatched.len(), table.len());
        }
    }
}
