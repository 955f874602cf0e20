//! Places over all of France: project, locate, neighbours; each beside a peer in the same run.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use geo::Contains;
use geo_types::{Coord, MultiPolygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use rurban::random::Seed;
use rurban::space::crs::{self, Crs, Epsg};
use rurban::space::index::PlaceIndex;
use rurban::space::locate::Locator;
use rurban::space::neighbours::PointSet;
use rurban::space::{Bounds, Layer};

mod common;
#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/common/contours.rs"]
mod contours;

const FRANCE: Bounds = Bounds { min: [-5.1, 41.3], max: [9.6, 51.1] };
const MILLION: usize = 1_000_000;

fn uniform(n: usize, b: &Bounds) -> Vec<Coord<f64>> {
    let mut s = Seed(1).stream(0);
    let mut between = |i: usize| b.min[i] + s.unit() * (b.max[i] - b.min[i]);
    (0..n).map(|_| Coord { x: between(0), y: between(1) }).collect()
}

fn project(c: &mut Criterion) {
    let points = uniform(MILLION, &FRANCE);
    let mut group = c.benchmark_group("project");
    group.throughput(Throughput::Elements(MILLION as u64));
    let run = |projector: &dyn crs::Projector, points: &Vec<Coord<f64>>| {
        let mut points = points.clone();
        projector.project(&mut points).unwrap();
        points
    };
    let lambert = crs::projector(Crs::LON_LAT, Epsg::LAMBERT_93.crs()).unwrap();
    group.bench_function("lambert_93/forward", |b| b.iter(|| run(&*lambert, black_box(&points))));
    let planar = run(&*lambert, &points);
    let back = crs::projector(Epsg::LAMBERT_93.crs(), Crs::LON_LAT).unwrap();
    group.bench_function("lambert_93/inverse", |b| b.iter(|| run(&*back, black_box(&planar))));
    let ends = [Crs::LON_LAT, Epsg::LAMBERT_93.crs()]
        .map(|c| proj4rs::Proj::from_proj_string(&c.proj_string().unwrap()).unwrap());
    group.bench_function("proj4rs/forward", |b| {
        b.iter(|| {
            let one = |c: &Coord<f64>| {
                let (x, y) = (c.x.to_radians(), c.y.to_radians());
                proj4rs::adaptors::transform_xy(&ends[0], &ends[1], x, y).unwrap()
            };
            black_box(&points).iter().map(one).collect::<Vec<_>>()
        });
    });
    group.finish();
}

fn communes() -> Option<Vec<MultiPolygon<f64>>> {
    common::real_data("contours/communes-2023.geojson").map(|path| contours::features(&path))
}

fn locate(c: &mut Criterion) {
    let Some(features) = communes() else { return };
    let layer = Layer::from_features(&features);
    let mut group = c.benchmark_group("locate");
    group.bench_function("build", |b| b.iter(|| Locator::new(black_box(&layer)).unwrap()));
    let locator = Locator::new(&layer).unwrap();
    let points = uniform(MILLION, &FRANCE);
    let mut sorted = points.clone();
    let block = |c: &Coord<f64>| (((c.y - 41.0) * 20.0) as i32, ((c.x + 6.0) * 20.0) as i32);
    sorted.sort_by_key(block);
    let tree = RTree::bulk_load(
        (0..layer.len())
            .filter(|&i| !layer.bounds(i).is_empty())
            .map(|i| (i, layer.bounds(i)))
            .map(|(i, b)| GeomWithData::new(Rectangle::from_corners(b.min, b.max), i as u32))
            .collect(),
    );
    let peer = |p: &Coord<f64>| {
        tree.locate_in_envelope_intersecting(AABB::from_point([p.x, p.y]))
            .map(|e| e.data)
            .filter(|&i| features[i as usize].contains(p))
            .min()
    };
    let ours = locator.locate_many(&points).unwrap();
    assert_eq!(ours, points.iter().map(peer).collect::<Vec<_>>());
    eprintln!("{} of {MILLION} points lie in a commune", ours.iter().flatten().count());
    group.throughput(Throughput::Elements(MILLION as u64));
    for (name, points) in [("random", &points), ("sorted", &sorted)] {
        group.bench_function(BenchmarkId::new("one_by_one", name), |b| {
            b.iter(|| points.iter().filter_map(|&p| locator.locate(p)).count());
        });
        group.bench_function(BenchmarkId::new("locate_many", name), |b| {
            b.iter(|| locator.locate_many(black_box(points)).unwrap());
        });
        group.bench_function(BenchmarkId::new("rstar_contains", name), |b| {
            b.iter(|| points.iter().filter_map(peer).count());
        });
    }
    group.finish();
}

fn neighbours(c: &mut Criterion) {
    for n in [1_000, 10_000, 100_000] {
        let square = Bounds { min: [0.0; 2], max: [1_031_000.0; 2] };
        let points = uniform(n, &square);
        let set = PointSet::new(&points).unwrap();
        let tree = RTree::bulk_load(points.iter().map(|c| [c.x, c.y]).collect());
        let mut group = c.benchmark_group("knn_10");
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("own", n), |b| b.iter(|| black_box(&set).k_nearest(10)));
        group.bench_function(BenchmarkId::new("rstar", n), |b| {
            let ten = |c: &Coord<f64>| tree.nearest_neighbor_iter([c.x, c.y]).take(11).count();
            b.iter(|| points.iter().map(ten).sum::<usize>());
        });
        group.finish();
        let mut group = c.benchmark_group("range_join_5km");
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("own", n), |b| {
            b.iter(|| black_box(&set).within_each(5000.0).unwrap());
        });
        group.finish();
        let mut group = c.benchmark_group("index_build");
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("point_set", n), |b| {
            b.iter(|| PointSet::new(black_box(&points)).unwrap());
        });
        let places = uniform(n, &FRANCE);
        group.bench_function(BenchmarkId::new("place_index", n), |b| {
            b.iter_batched(|| (), |()| PlaceIndex::new(black_box(&places)).unwrap(), BatchSize::LargeInput);
        });
        group.finish();
    }
}

fn main() {
    let mut c = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    project(&mut c);
    locate(&mut c);
    neighbours(&mut c);
    c.final_summary();
}
