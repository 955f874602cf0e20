#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "tests use most of the room and may panic")]

use rurban::labels::Labels;
use rurban::matrix::Matrix;
use rurban::typology::*;

use crate::support::{all_close, records, text};

fn table(file: &str) -> Vec<f64> {
    text(file).lines().flat_map(|l| l.split(',')).map(|v| v.trim().parse().unwrap()).collect()
}

fn grid() -> PopulationGrid {
    PopulationGrid::new(120, 120, 1.0, table("inputs/degurba_pop_120x120.csv")).unwrap()
}

#[test]
fn g29_grid_levels_1_and_2() {
    let grid = grid();
    let standard = GridRules::default();
    let raw = standard.smoothing(EdgeSmoothing::None).max_gap_km2(0.0);
    let cases = [
        ("G29_degurba_L1_R2023A", standard, false),
        ("G29_degurba_L1_R2022A", standard.smoothing(EdgeSmoothing::R2022A), false),
        ("G29_degurba_L1_raw", raw, false),
        ("G29_degurba_L2", standard, true),
    ];
    for (file, rules, level2) in cases {
        let want = table(&format!("outputs/{file}.csv"));
        let got = degurba_grid(&grid, &rules).unwrap().classes;
        let code = |c: CellClass| if level2 { c.code() } else { c.level1() };
        let got: Vec<f64> = got.into_iter().map(|c| f64::from(code(c.unwrap()))).collect();
        // = class of each cell
        all_close(&got, &want, 0.0);
    }
}

#[test]
fn g30_units_under_both_rules() {
    let grid = grid();
    let want = records("outputs/G30_degurba_units.csv");
    // Blocks of 10 × 10 cells, row by row.
    let of: Vec<u32> = (0..120 * 120).map(|i| (i / 120 / 10 * 12 + i % 120 / 10) as u32).collect();
    let blocks = Labels::new(of, 144).unwrap();
    let classes = degurba_grid(&grid, &GridRules::default()).unwrap();
    let got = unit_shares(&grid, &classes, &blocks).unwrap();
    all_close(&got.population, &want.numbers("pop"), 0.0);
    let columns = ["s30", "s23", "s22", "s21", "s13", "s12", "s11"].map(|c| want.numbers(c));
    for (c, shares) in columns.iter().enumerate() {
        let own: Vec<f64> = (0..144).map(|u| got.shares[(u, c)]).collect();
        // = shares of units
        all_close(&own, shares, 1e-12);
    }
    let codes = |classes: &[Option<UnitClass>], code: fn(UnitClass) -> u8| -> Vec<f64> {
        classes.iter().map(|c| f64::from(code(c.unwrap()))).collect()
    };
    let new = degurba_units(&got.shares, &UnitRules::July2024).unwrap();
    let old = degurba_units(&got.shares, &UnitRules::Manual2021).unwrap();
    all_close(&codes(&new, UnitClass::level1), &want.numbers("L1"), 0.0);
    all_close(&codes(&old, UnitClass::level1), &want.numbers("L1"), 0.0);
    all_close(&codes(&new, UnitClass::code), &want.numbers("L2_2024"), 0.0);
    all_close(&codes(&old, UnitClass::code), &want.numbers("L2_2021"), 0.0);
    let (before, after) =
        (Degurba { units: UnitRules::Manual2021, ..Degurba::default() }, Degurba::default());
    let switched = before.what_if(&after, &grid, &blocks).unwrap();
    let differ = (0..144).filter(|&u| want.rows[u][10] != want.rows[u][11]).count();
    assert_eq!(switched.len(), differ);
    assert!(differ > 0);
    assert!(degurba_units(&Matrix::filled(1, 6, 0.0), &UnitRules::July2024).is_err());
}
