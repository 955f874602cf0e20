//! Whom to tell first on 35,000 actors and 150,000 ties, as in the wider literature: weighted cascade
//! and uniform probabilities, 50 seeds.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    reason = "benches stop on failure and say what they found"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rurban::diffusion::{
    ArcProbability, Budget, CascadeOptions, InfluenceGraph, SeedOptions, SpreadModel, cascade, choose_seeds,
    simulate,
};
use rurban::network::{Direction, Network};
use rurban::progress::Silent;
use rurban::random::Seed;

/// 35,000 nodes, 150,000 ties, mostly to near numbers and with a few hubs.
fn net35k() -> Network {
    let nodes = 35_000_u32;
    let mut random = Seed(35).stream(0);
    let ties: Vec<(u32, u32, f64)> = (0..150_000)
        .map(|_| {
            // The cube makes low numbers hubs.
            let a = (random.unit().powi(3) * f64::from(nodes)) as u32;
            let span = if random.unit() < 0.6 { 200 } else { nodes };
            (a, (a + 1 + random.below(span)) % nodes, 1.0)
        })
        .collect();
    Network::from_edges(nodes as usize, &ties, Direction::Undirected).unwrap().0
}

fn influence(c: &mut Criterion) {
    let network = net35k();
    let model = SpreadModel::IndependentCascade;
    let mut group = c.benchmark_group("diffusion/35k");
    group.sample_size(10);
    let cases = [
        ("choose 50, 1/indegree, e .01", ArcProbability::InverseIndegree, 0.01),
        ("choose 50, p .1, e .1", ArcProbability::Uniform(0.1), 0.1),
    ];
    for (name, rule, epsilon) in cases {
        let graph = InfluenceGraph::from_network(&network, rule).unwrap();
        let options = SeedOptions::default().epsilon(epsilon);
        let choose = || choose_seeds(&graph, model, &Budget::Count(50), &options, &Silent).unwrap();
        let choice = choose();
        let runs = CascadeOptions::default();
        let reach = simulate(&graph, model, &choice.seeds, None, &runs, &Silent).unwrap().mean;
        eprintln!(
            "{name}: {:.0} / {:.0} / {:.0}, ratio {:.3}, 2 x {} sets of {:.1}; 10,000 cascades: {reach:.0}",
            choice.lower,
            choice.estimate,
            choice.upper,
            choice.ratio.unwrap_or(f64::NAN),
            choice.sets,
            choice.mean_set_size,
        );
        assert!(choice.lower <= reach && reach <= choice.upper);
        group.bench_function(name, |b| b.iter(|| black_box(choose())));
    }
    let graph = InfluenceGraph::from_network(&network, ArcProbability::Uniform(0.05)).unwrap();
    let seeds: Vec<u32> = (0..50).collect();
    group.bench_function("one cascade, p .05, 50 seeds", |b| {
        b.iter(|| black_box(cascade(&graph, model, &seeds, Seed(1)).unwrap()));
    });
    group.finish();
}

criterion_group!(benches, influence);
criterion_main!(benches);
