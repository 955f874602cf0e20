//! Spatial autocorrelation of 35,000 places with 8 nearest neighbours each: read from the shared
//! folder when it is there, and at random.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::wildcard_imports,
    clippy::print_stderr,
    reason = "benches may panic and say what they skip"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use geo_types::Coord;
use rurban::autocorrelation::*;
use rurban::labels::Labels;
use rurban::matrix::Csr;
use rurban::random::Seed;
use rurban::space::neighbours::PointSet;
use rurban::space::weights::{SpatialWeights, Transform};

struct Case {
    name: &'static str,
    binary: Csr,
    standardised: Csr,
    y: Vec<f64>,
}

fn case(name: &'static str, points: &[Coord<f64>], y: Vec<f64>) -> Case {
    let near = PointSet::new(points).unwrap().k_nearest(8);
    let lists: Vec<Vec<(u32, f64)>> = (0..points.len())
        .map(|i| near.ids(i).iter().copied().zip(near.distances_m(i).iter().copied()).collect())
        .collect();
    let w = SpatialWeights::binary(&lists).unwrap();
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

fn net35k() -> Option<Case> {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden/inputs/net35k_nodes.csv");
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        eprintln!("skipped: no net35k beside the repository");
        return None;
    };
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let points: Vec<Coord<f64>> =
        rows.iter().map(|r| Coord { x: r[1].parse().unwrap(), y: r[2].parse().unwrap() }).collect();
    let y = rows.iter().map(|r| r[3].parse::<f64>().unwrap().max(1.0).log10()).collect();
    Some(case("net35k", &points, y))
}

fn autocorrelation(c: &mut Criterion) {
    let test = Test::Permutation { permutations: 999, seed: Seed(1) };
    for case in [Some(random()), net35k()].into_iter().flatten() {
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
