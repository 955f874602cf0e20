//! Linkage kernels on networks of 35,000 nodes: a drawn country, and one at random.

#![allow(missing_docs, clippy::unwrap_used, clippy::wildcard_imports, reason = "benches may panic")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rurban::geo_types::Coord;
use rurban::labels::Labels;
use rurban::linkage::*;
use rurban::network::{Direction, Network};
use rurban::progress::Silent;
use rurban::random::Seed;

mod common;

struct Case {
    name: &'static str,
    graph: Network,
    ru: Labels,
    kind: Labels,
    positions_m: Vec<Coord<f64>>,
}

fn random() -> Case {
    let (n, mut s) = (35_000, Seed(1).stream(0));
    let ties: Vec<_> = (0..150_000).map(|_| (s.below(n), s.below(n), 1.0)).collect();
    let graph = Network::from_edges(n as usize, &ties, Direction::Undirected).unwrap().0;
    let mut labels = |k: u32| Labels::new((0..n).map(|_| s.below(k)).collect(), k as usize).unwrap();
    let (ru, kind) = (labels(2), labels(7));
    let positions_m = (0..n).map(|_| Coord { x: s.unit() * 1e6, y: s.unit() * 1e6 }).collect();
    Case { name: "random", graph, ru, kind, positions_m }
}

fn country() -> Case {
    let country = common::country();
    Case {
        name: "country",
        graph: country.network(),
        positions_m: country.points.clone(),
        ru: country.rural_urban,
        kind: country.kind,
    }
}

fn linkage(c: &mut Criterion) {
    for case in [random(), country()] {
        let mut group = c.benchmark_group(format!("linkage/{}", case.name));
        let (g, ru) = (&case.graph, &case.ru);
        group.sample_size(10);
        group.bench_function("mixing and assortativity", |b| {
            b.iter(|| nominal_assortativity(black_box(g), ru, Weighting::Edges).unwrap());
        });
        let evidence = |null| mixing_evidence(black_box(g), ru, Weighting::Edges, null, &Silent).unwrap();
        group.bench_function("permutation moments", |b| b.iter(|| evidence(NullModel::LabelPermutation)));
        let mc = NullModel::LabelPermutationMonteCarlo { permutations: 999, seed: Seed(1), strata: None };
        group.bench_function("999 permutations", |b| b.iter(|| evidence(mc)));
        group.bench_function("brokerage of 7 kinds", |b| {
            b.iter(|| brokerage(black_box(g), &case.kind).unwrap());
        });
        let gravity = NullModel::Gravity { positions_m: &case.positions_m, bin_m: 20e3 };
        group.bench_function("gravity null", |b| b.iter(|| evidence(gravity)));
    }
}

criterion_group!(benches, linkage);
criterion_main!(benches);
