//! Siting 100 places among 3,000 for the people of all communes: the value, the bound and the gap are
//! printed, the time of each is measured.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use geo_types::Coord;
use rurban::accessibility::CostTable;
use rurban::labels::Labels;
use rurban::matrix::Matrix;
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::siting::{
    Limit, Participants, Proof, SitingCosts, SitingOptions, WorkshopOptions, max_covering, p_centre,
    p_median, set_covering, workshops,
};

mod common;

const PLACES: usize = 100;

/// Demands with their weights, and candidates among them.
struct Case {
    name: &'static str,
    at: Vec<Coord<f64>>,
    weights: Vec<f64>,
    candidates: Vec<Coord<f64>>,
}

fn drawn() -> Case {
    let common::Country { points: at, population: weights, .. } = common::country();
    let candidates = common::draw_distinct(&weights, 3_000, Seed(12));
    let candidates = candidates.iter().map(|&n| at[n as usize]).collect();
    Case { name: "drawn", at, weights, candidates }
}

/// The communes of the mainland and Corsica, and the 3,000 most populous of them.
#[cfg(feature = "france-data")]
fn france() -> Case {
    use rurban::space::crs::{Crs, Epsg, projector};

    let france = rurban::france::EmbeddedFrance::load().unwrap();
    let communes = france.atlas.base().territories().iter().filter(|t| !t.code.as_str().starts_with("97"));
    let (mut at, weights): (Vec<Coord<f64>>, Vec<f64>) =
        communes.filter_map(|t| Some((Coord::from(t.point?), t.population?))).unzip();
    projector(Crs::LON_LAT, Epsg::LAMBERT_93.crs()).unwrap().project(&mut at).unwrap();
    let mut order: Vec<usize> = (0..at.len()).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]).then(a.cmp(&b)));
    let candidates = order[..3_000].iter().map(|&i| at[i]).collect();
    Case { name: "france", at, weights, candidates }
}

fn tell(what: &str, unit: f64, proof: &Proof) {
    eprintln!(
        "{what}: value {:.6e}, bound {:.6e}, gap {:.3} %, greedy {:.6e}, {} rounds, {} swaps",
        proof.value / unit,
        proof.bound / unit,
        100.0 * proof.gap,
        proof.greedy / unit,
        proof.rounds,
        proof.swaps
    );
}

fn siting(c: &mut Criterion) {
    let mut cases = vec![drawn()];
    #[cfg(feature = "france-data")]
    cases.push(france());
    let mut group = c.benchmark_group("siting");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(10));
    cases.retain(|case| {
        eprintln!("{}: {} demands × {} candidates", case.name, case.at.len(), case.candidates.len());
        !case.at.is_empty()
    });
    for Case { name, at, weights, candidates } in &cases {
        let costs = SitingCosts::Planar { demands: at, candidates };
        let options = SitingOptions::new(Limit::Places(PLACES)).gap(0.005);
        // Metres to kilometres.
        tell(&format!("p-median, {name}"), 1e3, &p_median(weights, &costs, &options, &Silent).unwrap().proof);
        group.bench_function(format!("p_median_{name}"), |b| {
            b.iter(|| p_median(weights, &costs, &options, &Silent).unwrap());
        });
        for km in [15.0, 25.0] {
            let cutoff = km * 1e3;
            let table = || CostTable::planar(at, candidates, cutoff).unwrap();
            let options = SitingOptions::new(Limit::Places(PLACES)).gap(0.01);
            let cover = || max_covering(weights, &table(), cutoff, &options, &Silent).unwrap();
            tell(&format!("covering {km} km, {name}"), 1.0, &cover().sites.proof);
            group.bench_function(format!("covering_{km}_{name}"), |b| b.iter(cover));
        }
    }
    group.finish();
}

/// Against spopt, see `siting_spopt.py`: distances and model built, and solved.
fn peer(c: &mut Criterion) {
    let mut group = c.benchmark_group("peer");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(3));
    for (n, m, p) in [(200, 100, 10), (1_000, 200, 20)] {
        let ((at, weights), (to, _)) = (common::peer_points(1, n), common::peer_points(2, m));
        let costs = SitingCosts::Planar { demands: &at, candidates: &to };
        let options = SitingOptions::new(Limit::Places(p)).gap(0.0);
        let table = || CostTable::planar(&at, &to, 200e3).unwrap();
        let median = || p_median(&weights, &costs, &options, &Silent).unwrap();
        let cover = || max_covering(&weights, &table(), 10e3, &options, &Silent).unwrap().sites;
        let all = || set_covering(&weights, &table(), 20e3, &options, &Silent).unwrap();
        let centre = || p_centre(&weights, &table(), &options, &Silent).unwrap();
        tell(&format!("p-median {n} × {m}, p = {p}"), 1.0, &median().proof);
        tell(&format!("covering {n} × {m}, p = {p}"), 1.0, &cover().proof);
        tell(&format!("set covering {n} × {m}"), 1.0, &all().proof);
        tell(&format!("p-centre {n} × {m}, p = {p}"), 1.0, &centre().proof);
        group.bench_function(format!("p_median_{n}_{m}"), |b| b.iter(median));
        group.bench_function(format!("covering_{n}_{m}"), |b| b.iter(cover));
        group.bench_function(format!("set_covering_{n}_{m}"), |b| b.iter(all));
        group.bench_function(format!("p_centre_{n}_{m}"), |b| b.iter(centre));
    }
    group.finish();
}

/// 500 people into groups of 8 to 12.
fn grouping(c: &mut Criterion) {
    let n = 500;
    let mut random = Seed(16).stream(0);
    let themes: Vec<Vec<u32>> =
        (0..n).map(|_| (0..=random.below(5)).map(|_| random.below(30)).collect()).collect();
    let sides = (0..n).map(|_| u32::from(random.unit() < 0.6)).collect();
    let rurality = Labels::new(sides, 2).unwrap();
    let (at, _) = common::peer_points(5, n);
    let mut travel = Matrix::filled(n, n, 0.0);
    for i in 0..n {
        for j in 0..n {
            travel[(i, j)] = (at[i].x - at[j].x).hypot(at[i].y - at[j].y);
        }
    }
    let who = Participants { themes: &themes, rurality: &rurality, travel: &travel };
    let options = WorkshopOptions::new(8, 12);
    let found = workshops(&who, &options).unwrap();
    eprintln!("workshops: score {:.4}, bound {:.4}, {} swaps", found.score, found.bound, found.swaps);
    let mut group = c.benchmark_group("workshops");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(5));
    group.bench_function("500_into_8_to_12", |b| b.iter(|| workshops(&who, &options).unwrap()));
    group.finish();
}

criterion_group!(benches, siting, peer, grouping);
criterion_main!(benches);
