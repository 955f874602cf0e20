#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "tests use most of the room and may panic")]

use rurban::typology::*;

use crate::support::golden_dir;

fn table(file: &str) -> Option<Vec<f64>> {
    let text = std::fs::read_to_string(golden_dir()?.join(file)).unwrap();
    Some(text.lines().flat_map(|l| l.split(',')).map(|v| v.trim().parse().unwrap()).collect())
}

fn grid() -> Option<PopulationGrid> {
    Some(PopulationGrid::new(120, 120, 1.0, table("inputs/degurba_pop_120x120.csv")?).unwrap())
}

#[test]
fn g29_grid_levels_1_and_2() {
    let Some(grid) = grid() else { return };
    let standard = GridRules::default();
    let raw = standard.smoothing(EdgeSmoothing::None).max_gap_km2(0.0);
    let cases = [
        ("G29_degurba_L1_R2023A", standard, false),
        ("G29_degurba_L1_R2022A", standard.smoothing(EdgeSmoothing::R2022A), false),
        ("G29_degurba_L1_raw", raw, false),
        ("G29_degurba_L2", standard, true),
    ];
    for (file, rules, level2) in cases {
        let want = table(&format!("outputs/{file}.csv")).unwrap();
        let got = degurba_grid(&grid, &rules).unwrap().classes;
        let code = |c: CellClass| if level2 { c.code() } else { c.level1() };
        let wrong: Vec<_> = (0..want.len())
            .map(|i| (i, f64::from(code(got[i].unwrap())), want[i]))
            .filter(|(_, got, want)| got != want)
            .collect();
        assert!(wrong.is_empty(), "{file}: {} cells differ (cell, got, want): {wrong:?}", wrong.len());
    }
}
