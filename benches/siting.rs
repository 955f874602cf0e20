//! Siting 100 places among 3,000 for the people of all communes: the value, the bound and the gap are
//! printed, the time of each is measured.

#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use geo_types::Coord;
use rurban::accessibility::CostTable;
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::siting::{Limit, Proof, SitingCosts, SitingOptions, max_covering, p_median};

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

criterion_group!(benches, siting);
criterion_main!(benches);
