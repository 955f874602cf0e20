//! Growth of contiguity, dissolve, simplification, tessellation and area with the number of cells.
#![allow(missing_docs, clippy::unwrap_used)]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use geo_types::{Coord, Rect};
use rurban::labels::Labels;
use rurban::random::Seed;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::measure::{Surface, areas};
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};

fn topology(c: &mut Criterion) {
    let land = Rect::new(Coord { x: 0.0, y: 40.0 }, Coord { x: 10.0, y: 50.0 }).to_polygon().into();
    let mut group = c.benchmark_group("topology");
    group.sample_size(10);
    for n in [1_000usize, 35_000] {
        let mut random = Seed(1).stream(0);
        let points: Vec<_> =
            (0..n).map(|_| Coord { x: 10.0 * random.unit(), y: 40.0 + 10.0 * random.unit() }).collect();
        let layer = tessellate(&points, &land, TessellationOptions::default()).unwrap().layer;
        let one = Labels::new(vec![0; n], 1).unwrap();
        group.bench_function(BenchmarkId::new("tessellate", n), |b| {
            b.iter(|| tessellate(&points, &land, TessellationOptions::default()));
        });
        group.bench_function(BenchmarkId::new("queen", n), |b| b.iter(|| contiguity(&layer, Rule::Queen)));
        group.bench_function(BenchmarkId::new("rook", n), |b| b.iter(|| contiguity(&layer, Rule::Rook)));
        group.bench_function(BenchmarkId::new("dissolve", n), |b| b.iter(|| dissolve(&layer, &one)));
        group.bench_function(BenchmarkId::new("simplify", n), |b| b.iter(|| simplify(&layer, 0.01)));
        group.bench_function(BenchmarkId::new("areas", n), |b| b.iter(|| areas(&layer, Surface::Ellipsoid)));
    }
    group.finish();
}

criterion_group!(benches, topology);
criterion_main!(benches);
