//! Spatial autocorrelation of 35,000 places with 8 nearest neighbours each: gathered as in a country, and
//! at random.

#![allow(missing_docs, clippy::unwrap_used, clippy::wildcard_imports, reason = "benches may panic")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use geo_types::Coord;
use rurban::autocorrelation::*;
use rurban::labels::Labels;
use rurban::matrix::Csr;
use rurban::random::Seed;
use rurban::space::neighbours::PointSet;
use rurban::space::weights::{SpatialWeights, Transform};

mod common;

struct Case {
    name: &'static str,
    binary: Csr,
    standardised: Csr,
    y: Vec<f64>,
}

fn case(name: &'static str, points: &[Coord<f64>], y: Vec<f64>) -> Case {
    let near = PointSet::new(points).unwrap().k_nearest(8);
    let w = SpatialWeights::binary(&near).unwrap();
    let standardised = w.transformed(Transform::RowStandardised).matrix().clone();
    Case { name, binary: w.matrix().clone(), standardised, y }
}

fn random() -> Case {
    let mut s = Seed(1).stream(0);
    let points: Vec<Coord<f64>> =
        (0..35_000).map(|_| Coord { x: s.unit() * 1e6, y: s.unit() * 1e6 }).collect();
    let y = points.iter().map(|c| 1.0 + c.x / 1e6 + s.unit()).collect();
    case("random", &points, y)
}

fn country() -> Case {
    let country = common::country();
    case("country", &country.points, country.population.iter().map(|p| p.log10()).collect())
}

fn autocorrelation(c: &mut Criterion) {
    let test = Test::Permutation { permutations: 999, seed: Seed(1) };
    for case in [random(), country()] {
        let mut group = c.benchmark_group(format!("autocorrelation/{}", case.name));
        group.sample_size(10);
        let (w, b, y) = (&case.standardised, &case.binary, &case.y);
        let keep = Islands::Keep;
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        let labels = Labels::new(y.iter().map(|v| u32::from(*v > mean)).collect(), 2).unwrap();
        let options = LocalOptions::default();
        group.bench_function("moran_999", |b| b.iter(|| moran(black_box(y), w, test, keep).unwrap()));
        group.bench_function("geary_999", |b| b.iter(|| geary(black_box(y), w, test, keep).unwrap()));
        group.bench_function("general_g_999", |c| c.iter(|| general_g(black_box(y), b, test, keep).unwrap()));
        group.bench_function("lee_l_999", |b| b.iter(|| lee_l(black_box(y), y, w, test, keep).unwrap()));
        group.bench_function("join_counts_999", |c| {
            c.iter(|| join_counts(black_box(&labels), b, test, keep).unwrap());
        });
        group.bench_function("local_moran_999", |b| {
            b.iter(|| local_moran(black_box(y), w, &options).unwrap());
        });
        group.bench_function("gi_star_999", |c| {
            c.iter(|| gi_star(black_box(y), b, SelfWeight::Largest, &options).unwrap());
        });
    }
}

criterion_group!(benches, autocorrelation);
criterion_main!(benches);
