//! Network kernels on a synthetic seeded graph of growing size, on a million ties, and on a drawn country.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "benches stop on failure and say what they found"
)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rurban::labels::Labels;
use rurban::linkage::{NullModel, Weighting, mixing_evidence};
use rurban::network::{
    CommunityOptions, Direction, Network, Participation, PathLength, ProjectionRule, SwapOptions, TieWeights,
    agreement, betweenness, core_numbers, degree_preserving, disparity_filter, leiden, louvain, project,
    sampled_betweenness, structural_holes, weak_components,
};
use rurban::progress::Silent;
use rurban::random::Seed;

mod common;

/// Four ties per node on average, mostly to near numbers.
fn synthetic(nodes: u32) -> Network {
    let mut random = Seed(7).stream(0);
    let ties: Vec<(u32, u32, f64)> = (0..nodes * 4)
        .map(|_| {
            let a = random.below(nodes);
            let span = if random.unit() < 0.8 { 50 } else { nodes };
            (a, (a + 1 + random.below(span)) % nodes, 1.0 + f64::from(random.below(3)))
        })
        .collect();
    Network::from_edges(nodes as usize, &ties, Direction::Undirected).unwrap().0
}

fn measures(c: &mut Criterion) {
    let mut graphs: Vec<(String, Network)> =
        [1_000, 10_000, 35_000, 100_000].map(|n| (format!("synthetic{n}"), synthetic(n))).into();
    graphs.push(("country".to_owned(), common::country().network()));
    for (name, g) in &graphs {
        let mut run = |measure: &str, f: &mut dyn FnMut()| {
            let mut group = c.benchmark_group(measure);
            group.sample_size(10);
            group.bench_function(BenchmarkId::from_parameter(name), |b| b.iter(&mut *f));
            group.finish();
        };
        let options = CommunityOptions::default();
        run("leiden", &mut || drop(black_box(leiden(g, &options))));
        run("louvain", &mut || drop(black_box(louvain(g, &options))));
        run("structural_holes", &mut || drop(black_box(structural_holes(g, TieWeights::Used))));
        run("disparity_filter", &mut || drop(black_box(disparity_filter(g))));
        run("core_numbers", &mut || drop(black_box(core_numbers(g))));
        run("weak_components", &mut || drop(black_box(weak_components(g))));
        let swaps = SwapOptions::default().replicates(2);
        run("degree_preserving_2", &mut || {
            drop(black_box(degree_preserving(g, &swaps, <[_]>::len, &Silent)))
        });
        run("sampled_betweenness_256", &mut || {
            drop(black_box(sampled_betweenness(g, PathLength::Hops, 256, Seed(1), &Silent)));
        });
        let parts = [1, 2].map(|s| leiden(g, &options.seed(Seed(s))).unwrap());
        eprintln!("{name}: Q = {} / {}", parts[0].modularity, parts[1].modularity);
        run("agreement", &mut || drop(black_box(agreement(&parts[0].of, &parts[1].of))));
        if g.nodes() <= 10_000 {
            run("betweenness", &mut || drop(black_box(betweenness(g, PathLength::Hops, &Silent))));
        }
    }
}

/// A million ties from two-mode data: 200,000 actors in 150,000 projects of two to six, mostly near.
fn million(c: &mut Criterion) {
    let actors = 200_000;
    let mut random = Seed(7).stream(0);
    let mut parts = Vec::new();
    for project in 0..150_000 {
        let home = random.below(actors);
        for _ in 0..2 + random.below(5) {
            let span = if random.unit() < 0.9 { 300 } else { actors };
            parts.push(Participation { actor: (home + random.below(span)) % actors, project });
        }
    }
    let labels = Labels::new((0..actors).map(|a| u32::from(a % 3 == 0)).collect(), 2).unwrap();
    let rule = ProjectionRule::Newman;
    let edges = project(&parts, None, rule).unwrap().edges;
    let build = || Network::from_edges(actors as usize, &edges, Direction::Undirected).unwrap().0;
    let g = build();
    eprintln!("{} participations, {} ties", parts.len(), g.edges());
    let mut group = c.benchmark_group("million_ties");
    group.sample_size(10);
    group.bench_function("project", |b| b.iter(|| project(black_box(&parts), None, rule).unwrap()));
    group.bench_function("build", |b| b.iter(build));
    group.bench_function("components", |b| b.iter(|| weak_components(&g).unwrap()));
    let permuted = NullModel::LabelPermutationMonteCarlo { permutations: 99, seed: Seed(1), strata: None };
    let nulls = [
        ("mixing_permutation_moments", NullModel::LabelPermutation),
        ("mixing_configuration", NullModel::Configuration),
        ("mixing_permutations_99", permuted),
    ];
    for (name, null) in nulls {
        group.bench_function(name, |b| {
            b.iter(|| mixing_evidence(&g, &labels, Weighting::Edges, null, &Silent).unwrap());
        });
    }
    let options = CommunityOptions::default().runs(1);
    group.bench_function("leiden", |b| b.iter(|| leiden(&g, &options).unwrap()));
    group.finish();
    let found = leiden(&g, &options).unwrap();
    eprintln!("{} communities, Q = {}", found.of.classes(), found.modularity);
}

criterion_group!(benches, measures, million);
criterion_main!(benches);
