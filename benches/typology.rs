//! Degree of urbanisation of a grid of 1,000 × 1,000 cells, made from a seed.

#![allow(missing_docs, clippy::unwrap_used, reason = "benches may panic")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rurban::labels::Labels;
use rurban::random::Seed;
use rurban::typology::{Degurba, EdgeSmoothing, GridRules, PopulationGrid, degurba_grid};

const SIDE: usize = 1000;

/// A thinly peopled plain with 400 towns whose density falls off with distance.
fn grid() -> PopulationGrid {
    let mut s = Seed(1).stream(0);
    let mut population: Vec<f64> = (0..SIDE * SIDE).map(|_| (s.unit() * 60.0).floor()).collect();
    for _ in 0..400 {
        let (row, column) = (i64::from(s.below(SIDE as u32)), i64::from(s.below(SIDE as u32)));
        let (peak, reach) = (500.0 + 12_000.0 * s.unit().powi(4), 2.0 + 12.0 * s.unit());
        for r in (row - 40).max(0)..(row + 41).min(SIDE as i64) {
            for c in (column - 40).max(0)..(column + 41).min(SIDE as i64) {
                let distance = ((r - row) as f64).hypot((c - column) as f64);
                population[r as usize * SIDE + c as usize] +=
                    (peak * (-distance / reach).exp() * (0.5 + s.unit())).floor();
            }
        }
    }
    PopulationGrid::new(SIDE, SIDE, 1.0, population).unwrap()
}

fn typology(c: &mut Criterion) {
    let grid = grid();
    let mut group = c.benchmark_group("typology");
    group.sample_size(10);
    for (name, smoothing) in [("R2022A", EdgeSmoothing::R2022A), ("R2023A", EdgeSmoothing::R2023A)] {
        let rules = GridRules::default().smoothing(smoothing);
        group.bench_function(format!("degurba_grid_1000x1000_{name}"), |b| {
            b.iter(|| degurba_grid(black_box(&grid), &rules).unwrap());
        });
    }
    let of = (0..SIDE * SIDE).map(|i| (i / SIDE / 10 * 100 + i % SIDE / 10) as u32).collect();
    let units = Labels::new(of, 10_000).unwrap();
    group.bench_function("degurba_units_10000", |b| {
        b.iter(|| Degurba::default().classify(black_box(&grid), &units).unwrap());
    });
}

criterion_group!(benches, typology);
criterion_main!(benches);
