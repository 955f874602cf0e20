//! Partners of all territories, assignment of thousands, cores of networks.

#![allow(clippy::unwrap_used, missing_docs, reason = "benches stop on failure")]

mod common;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rurban::france::EmbeddedFrance;
use rurban::geo_types::Coord;
use rurban::matching::assignment;
use rurban::matrix::Matrix;
use rurban::model::Level;
use rurban::network::{CoreMeasure, CoreNull, Direction, Network, core_evidence, lip_core, pattern_core};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::study::{PartnerUnits, PartnersOptions, Study, StudyOptions};

/// Ten partners for each of 129 PETR and Pays and 1,255 EPCI.
fn partners(c: &mut Criterion) {
    let france = EmbeddedFrance::load().unwrap();
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
    let mut group = c.benchmark_group("partners");
    group.sample_size(10);
    group.bench_function("top_ten_1384", |b| {
        b.iter(|| {
            for level in [Level::PetrPays, Level::Epci] {
                let options = PartnersOptions::new(PartnerUnits::Territories(level));
                let partners = study.partners(&options, None).unwrap();
                black_box(partners.recommend_all(&Silent).unwrap());
            }
        });
    });
    group.finish();
}

/// Two sets of places in a square, the nearer the better: the instances of `matching_scipy.py`.
fn spatial(n: usize) -> Matrix {
    let (a, b) = (common::peer_points(1, n).0, common::peer_points(2, n).0);
    let cells = a.iter().flat_map(|p| b.iter().map(|q| -(p.x - q.x).hypot(p.y - q.y)));
    Matrix::from_rows(n, n, cells.collect()).unwrap()
}

fn assignments(c: &mut Criterion) {
    let mut group = c.benchmark_group("assignment");
    group.sample_size(10);
    for n in [500, 2_000, 5_000] {
        let (scores, one) = (spatial(n), vec![1; n]);
        eprintln!("spatial_{n}: total {}", assignment(&scores, &one, &one).unwrap().total);
        group.bench_function(format!("spatial_{n}"), |b| {
            b.iter(|| black_box(assignment(&scores, &one, &one).unwrap()));
        });
    }
    group.finish();
}

/// Ties at random among so many nodes, four for each.
fn network(nodes: u32) -> Network {
    let mut random = Seed(7).stream(0);
    let ties: Vec<(u32, u32, f64)> = (0..nodes * 4)
        .map(|_| {
            let a = random.below(nodes);
            (a, (a + 1 + random.below(nodes - 1)) % nodes, 1.0)
        })
        .collect();
    Network::from_edges(nodes as usize, &ties, Direction::Undirected).unwrap().0
}

fn cores(c: &mut Criterion) {
    let (small, large) = (network(1_000), network(35_000));
    let mut random = Seed(3).stream(0);
    let at: Vec<Coord<f64>> =
        (0..1_000).map(|_| Coord { x: random.unit() * 8e5, y: random.unit() * 8e5 }).collect();
    let mut group = c.benchmark_group("cores");
    group.sample_size(10);
    group.bench_function("lip_35k", |b| b.iter(|| black_box(lip_core(&large).unwrap())));
    group.bench_function("pattern_1k", |b| b.iter(|| black_box(pattern_core(&small).unwrap())));
    group.bench_function("evidence_999_two_nulls", |b| {
        b.iter(|| {
            for null in [CoreNull::Density, CoreNull::Distance { positions_m: &at, bin_m: 25e3 }] {
                let measure = CoreMeasure::LipErrors;
                let _ = black_box(core_evidence(&small, measure, null, 999, Seed(1), &Silent).unwrap());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, partners, assignments, cores);
criterion_main!(benches);
