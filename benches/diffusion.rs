//! Whom to tell first on 35,000 actors and 150,000 ties, as in the wider literature: weighted cascade
//! and uniform probabilities, 50 seeds. And the words of a census: 100,000 rows brought to 25 themes.

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
use rurban::read::csv::Reader;
use rurban::read::vocabulary::{Normalised, Vocabulary};

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

/// The rows of a large census as people write them (few distinct texts), and all of them distinct.
fn words(c: &mut Criterion) {
    let open = |name: &str| {
        let path = format!("{}/fixtures/surveys/{name}", env!("CARGO_MANIFEST_DIR"));
        Reader::default().open_path(path).unwrap()
    };
    let vocabulary = Vocabulary::read(open("themes.csv")).unwrap().0;
    let mut variants = Vec::new();
    open("variants.csv")
        .for_each(|row, found| {
            variants.push(row.get(0).to_owned());
            found.keep();
            Ok(())
        })
        .unwrap();
    let rows: Vec<&str> = (0..100_000).map(|i| variants[i * 7 % variants.len()].as_str()).collect();
    let distinct: Vec<String> = rows.iter().enumerate().map(|(i, text)| format!("{text} {i}")).collect();
    let mut group = c.benchmark_group("vocabulary/100k rows, 25 themes");
    group.sample_size(10);
    group.bench_function("as people write them", |b| {
        b.iter(|| black_box(Normalised::of(&vocabulary, rows.iter().copied())));
    });
    group.bench_function("all distinct", |b| {
        b.iter(|| black_box(Normalised::of(&vocabulary, distinct.iter().map(String::as_str))));
    });
    group.finish();
}

criterion_group!(benches, influence, words);
criterion_main!(benches);
