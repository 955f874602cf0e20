//! Access of 35,000 places to 3,000 facilities within 60 km: finding the pairs, and each measure.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use rurban::accessibility::{
    AgentOptions, Catchment, Choice, CostTable, Decay, balanced, nearest_k, nearest_k_planar, potential,
    rational_agents, road_network, three_step, two_step,
};
use rurban::network::Direction;
use rurban::progress::Silent;
use rurban::random::Seed;

mod common;

const REACH_M: f64 = 60_000.0;

fn access(c: &mut Criterion) {
    let common::Country { points: origins, population: demand, ties, .. } = common::country();
    let at = common::draw_distinct(&demand, 3_000, Seed(12));
    let facilities: Vec<_> = at.iter().map(|&n| origins[n as usize]).collect();
    let mut random = Seed(13).stream(0);
    let supply: Vec<f64> = at.iter().map(|_| 1.0 + f64::from(random.below(19))).collect();

    let table = || CostTable::planar(&origins, &facilities, REACH_M).unwrap();
    let gauss = Catchment::within(REACH_M).decay(Decay::Gaussian { sigma: 20_000.0 });
    let kilometres = [(10_000.0, 1.0), (20_000.0, 0.68), (30_000.0, 0.22), (60_000.0, 0.1)];
    let steps = Catchment::within(REACH_M).decay(Decay::Steps(kilometres.to_vec()));
    let plain = Catchment::within(REACH_M);
    let costs = table();
    eprintln!("{} pairs", costs.pairs());
    {
        let mut group = c.benchmark_group("access_with_pairs");
        group.sample_size(10).measurement_time(Duration::from_secs(3));
        let whole = |catchment: &Catchment| two_step(&table(), &demand, &supply, catchment).unwrap();
        group.bench_function("pairs_only", |b| b.iter(table));
        group.bench_function("2sfca", |b| b.iter(|| whole(black_box(&plain))));
        group.bench_function("2sfca_gaussian", |b| b.iter(|| whole(black_box(&gauss))));
        group.bench_function("e2sfca_steps", |b| b.iter(|| whole(black_box(&steps))));
        group.bench_function("3sfca", |b| {
            b.iter(|| three_step(&table(), &demand, &supply, &gauss, Choice::WithinCutoff).unwrap());
        });
        group.finish();
    }
    let mut group = c.benchmark_group("access");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    group.bench_function("2sfca", |b| b.iter(|| two_step(&costs, &demand, &supply, &plain).unwrap()));
    group
        .bench_function("2sfca_gaussian", |b| b.iter(|| two_step(&costs, &demand, &supply, &gauss).unwrap()));
    group.bench_function("e2sfca_steps", |b| b.iter(|| two_step(&costs, &demand, &supply, &steps).unwrap()));
    group.bench_function("3sfca", |b| {
        b.iter(|| three_step(&costs, &demand, &supply, &gauss, Choice::WholeTable).unwrap());
    });
    group.bench_function("balanced", |b| b.iter(|| balanced(&costs, &demand, &supply, &gauss).unwrap()));
    group.bench_function("potential", |b| b.iter(|| potential(&costs, &supply, &gauss).unwrap()));
    group.bench_function("nearest_3_of_table", |b| b.iter(|| nearest_k(&costs, 3).unwrap()));
    group.bench_function("nearest_3_planar", |b| {
        b.iter(|| nearest_k_planar(&origins, &facilities, 3).unwrap());
    });
    let everybody: Vec<u32> = (0..origins.len() as u32).collect();
    let length = |u: u32, v: u32| {
        let (a, b) = (origins[u as usize], origins[v as usize]);
        (u, v, (a.x - b.x).hypot(a.y - b.y).max(1.0))
    };
    let roads: Vec<_> = ties.iter().map(|t| length(t.0, t.1)).collect();
    let net = road_network(origins.len(), &roads, Direction::Undirected).unwrap();
    group.bench_function("over_roads", |b| {
        b.iter(|| CostTable::over_roads(&net, &everybody, &at, REACH_M, &Silent).unwrap());
    });
    let paths = CostTable::over_roads(&net, &everybody, &at, REACH_M, &Silent).unwrap();
    eprintln!("{} pairs by road", paths.pairs());
    group.finish();

    let mut group = c.benchmark_group("access_at_equilibrium");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    let options = AgentOptions::default().tau(REACH_M);
    let mut rounds = 0;
    group.bench_function("rational_agents", |b| {
        b.iter(|| rounds = rational_agents(&costs, &demand, &supply, &options, &Silent).unwrap().rounds);
    });
    eprintln!("{rounds} rounds to equilibrium");
    group.finish();
}

/// The embedded France: communes to research centres (many at one spot) and to public services.
#[cfg(feature = "france-data")]
fn study(c: &mut Criterion) {
    use rurban::france::EmbeddedFrance;
    use rurban::model::ActorKind;
    use rurban::study::{AccessOptions, Capacity, Study, StudyOptions};

    let france = EmbeddedFrance::load().unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    let mut group = c.benchmark_group("study_access");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    for kind in [ActorKind::ResearchCentre, ActorKind::PublicService] {
        for km in [30.0, 60.0] {
            let supply = study.supply(&[kind], Capacity::One).unwrap();
            let options = AccessOptions::new(supply).catchment(Catchment::within(km * 1e3));
            group.bench_function(format!("{}_{km}_km", kind.key()), |b| {
                b.iter(|| study.access(black_box(&options), &Silent).unwrap());
            });
        }
    }
}

#[cfg(not(feature = "france-data"))]
fn study(_: &mut Criterion) {}

criterion_group!(benches, access, study);
criterion_main!(benches);
