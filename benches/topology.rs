//! Growth of contiguity, dissolve, simplification, tessellation and area with the number of cells, and
//! the same on the official outlines of communes where `RURBAN_DATA` has them.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use geo_types::{Coord, LineString, Polygon, Rect};
use rurban::labels::Labels;
use rurban::model::Level;
use rurban::random::Seed;
use rurban::read::TerritoryReader;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::measure::{Surface, areas};
use rurban::space::repair::{Depth, check};
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};

mod common;

fn topology(c: &mut Criterion) {
    let land = Rect::new(Coord { x: 0.0, y: 40.0 }, Coord { x: 10.0, y: 50.0 }).to_polygon().into();
    let mut group = c.benchmark_group("topology");
    group.sample_size(10);
    for n in [1_000usize, 35_000] {
        let mut random = Seed(1).stream(0);
        let points: Vec<_> =
            (0..n).map(|_| Coord { x: 10.0 * random.unit(), y: 40.0 + 10.0 * random.unit() }).collect();
        let layer = tessellate(&points, &land, &TessellationOptions::default()).unwrap().layer;
        let one = Labels::new(vec![0; n], 1).unwrap();
        group.bench_function(BenchmarkId::new("tessellate", n), |b| {
            b.iter(|| tessellate(&points, &land, &TessellationOptions::default()));
        });
        group.bench_function(BenchmarkId::new("queen", n), |b| b.iter(|| contiguity(&layer, Rule::Queen)));
        group.bench_function(BenchmarkId::new("rook", n), |b| b.iter(|| contiguity(&layer, Rule::Rook)));
        group.bench_function(BenchmarkId::new("dissolve", n), |b| b.iter(|| dissolve(&layer, &one)));
        group.bench_function(BenchmarkId::new("simplify", n), |b| b.iter(|| simplify(&layer, 0.01)));
        group.bench_function(BenchmarkId::new("areas", n), |b| b.iter(|| areas(&layer, Surface::Ellipsoid)));
    }
    group.finish();
}

/// A circle of `n` vertices; the one before the last is moved by `by` of the step.
fn circle(n: u32, radius: f64, by: f64) -> LineString<f64> {
    let at = |i: f64| {
        let (sin, cos) = (std::f64::consts::TAU * i / f64::from(n)).sin_cos();
        Coord { x: radius * cos, y: radius * sin }
    };
    let mut ring: Vec<_> = (0..n).map(|i| at(f64::from(i))).collect();
    ring[n as usize - 2] = at(f64::from(n - 2) + by);
    ring.push(ring[0]);
    LineString(ring)
}

/// Outlines whose rings meet: one crossing, and a hole that touches the shell in one vertex.
fn validity(c: &mut Criterion) {
    let mut group = c.benchmark_group("validity");
    group.sample_size(10);
    for n in [16_384, 65_536, 131_072, 1_000_000] {
        let crossing = Polygon::new(circle(n, 1.0, 1.5), Vec::new()).into();
        let mut hole = circle(n, 0.5, 0.0);
        hole.0.iter_mut().for_each(|c| c.x += 0.5);
        hole.0.reverse();
        let touching = Polygon::new(circle(n, 1.0, 0.0), vec![hole]).into();
        group.bench_function(BenchmarkId::new("crossing", n), |b| {
            b.iter(|| check(&crossing, None, Depth::Crossings));
        });
        group.bench_function(BenchmarkId::new("touching", n), |b| {
            b.iter(|| check(&touching, None, Depth::Crossings));
        });
    }
    group.finish();
}

fn communes(c: &mut Criterion) {
    let Some(path) = common::real_data("contours/communes-2023.geojson") else { return };
    let reader = TerritoryReader::new(Level::Commune);
    let (atlas, _) = reader.read_path(&path).unwrap();
    let layer = atlas.base().geometry().unwrap();
    let departement = |code: &str| code[..if code.starts_with("97") { 3 } else { 2 }].to_owned();
    let codes = atlas.base().territories().iter().map(|t| Some(departement(t.code.as_str())));
    let (departements, names) = Labels::from_keys(codes);
    eprintln!("{} communes, {} departements, {} vertices", layer.len(), names.len(), layer.coords().len());
    let mut group = c.benchmark_group("communes");
    group.sample_size(10);
    group.bench_function("read", |b| b.iter(|| reader.read_path(&path).unwrap()));
    let thorough = reader.clone().check_crossings();
    group.bench_function("read_check_crossings", |b| b.iter(|| thorough.read_path(&path).unwrap()));
    group.bench_function("queen", |b| b.iter(|| contiguity(layer, Rule::Queen)));
    group.bench_function("rook", |b| b.iter(|| contiguity(layer, Rule::Rook)));
    group.bench_function("dissolve_to_departements", |b| b.iter(|| dissolve(layer, &departements).unwrap()));
    group.bench_function("simplify_0.001", |b| b.iter(|| simplify(layer, 0.001).unwrap()));
    group.finish();
}

criterion_group!(benches, topology, validity, communes);
criterion_main!(benches);
