use geo::algorithm::Validation;
use geo_types::{Polygon, Rect};

use super::*;
use crate::random::Seed;

fn valid(feature: &MultiPolygon<f64>) -> bool {
    validity(feature) == Validity::Valid
}

fn square(at: f64, side: f64) -> Vec<Coord<f64>> {
    Rect::new(Coord { x: at, y: at }, Coord { x: at + side, y: at + side }).to_polygon().into_inner().0.0
}

fn holed(at: f64, side: f64, holes: &[(f64, f64)]) -> Polygon<f64> {
    Polygon::new(LineString(square(at, side)), holes.iter().map(|h| LineString(square(h.0, h.1))).collect())
}

#[test]
fn islands_and_holes_are_in_their_places() {
    let of = |parts: Vec<Polygon<f64>>| validity(&MultiPolygon(parts));
    let misplaced = |at: &[(usize, usize)]| Validity::Misplaced(at.to_vec());
    let islands = vec![holed(0.0, 9.0, &[(1.0, 7.0)]), holed(2.0, 5.0, &[(3.0, 1.0), (5.0, 1.0)])];
    assert_eq!(of(islands), Validity::Valid);
    assert_eq!(of(vec![holed(0.0, 9.0, &[]), holed(2.0, 5.0, &[])]), misplaced(&[(1, 0)]));
    assert_eq!(of(vec![holed(0.0, 9.0, &[(10.0, 1.0)])]), misplaced(&[(0, 1)]));
    assert_eq!(of(vec![holed(0.0, 9.0, &[(1.0, 7.0), (2.0, 1.0)])]), misplaced(&[(0, 2)]));
    assert_eq!(of(vec![holed(1.0, 1.0, &[(0.0, 9.0)])]), misplaced(&[(0, 1)]));
    // Holes that touch the shell in one corner, from inside and from outside.
    assert_eq!(of(vec![holed(0.0, 9.0, &[(2.0, 1.0), (3.0, 1.0)])]), Validity::Valid);
    assert_eq!(of(vec![holed(0.0, 2.0, &[(2.0, 1.0)])]), misplaced(&[(0, 1)]));
    assert_eq!(of(vec![holed(0.0, 2.0, &[(1.0, 2.0)])]), Validity::Meeting);
    assert_eq!(of(vec![holed(0.0, 2.0, &[]), holed(2.0, 2.0, &[])]), Validity::Valid);
    // A hole all of whose corners are on the shell.
    let corners = [(4.0, 0.0), (8.0, 4.0), (4.0, 8.0), (0.0, 4.0), (4.0, 0.0)];
    let diamond = LineString(corners.map(|(x, y)| Coord { x, y }).to_vec());
    let inside = Polygon::new(LineString(square(0.0, 8.0)), vec![diamond.clone()]);
    assert_eq!(of(vec![inside]), Validity::Valid);
    assert_eq!(of(vec![Polygon::new(diamond, vec![LineString(square(0.0, 8.0))])]), misplaced(&[(0, 1)]));
}

#[test]
fn agrees_with_the_general_check() {
    // Small integer corners, so that rings often touch, overlap and fold.
    let mut seen = [0; 2];
    for seed in 0..20_000 {
        let mut random = Seed(seed).stream(0);
        let mut ring = |low: u32, high: u32| {
            let mut corner = || f64::from(low + random.below(high - low));
            let n = 3 + corner() as usize % 4;
            LineString((0..n).map(|_| Coord { x: corner(), y: corner() }).collect())
        };
        let shapes = [
            Polygon::new(ring(0, 12), vec![]),
            Polygon::new(ring(0, 40), vec![ring(8, 30), ring(8, 30)]),
            Polygon::new(ring(5, 25), vec![ring(9, 20)]),
            Polygon::new(ring(0, 6), vec![ring(0, 5)]),
        ];
        for parts in [&shapes[..1], &shapes[1..2], &shapes[..2], &shapes[1..3], &shapes[3..]] {
            let closed = super::super::repair::check(
                &MultiPolygon(parts.to_vec()),
                None,
                super::super::repair::Depth::Rings,
            );
            let want = closed.0.is_valid();
            assert_eq!(valid(&closed.0), want, "{seed} {:?}", closed.0);
            seen[usize::from(want)] += 1;
        }
    }
    assert!(seen[0] > 10_000 && seen[1] > 10_000, "{seen:?}");
}

/// A ring of `n` vertices around 0, 0 whose radius goes from `low` to 1 and back.
fn star(n: u32, low: f64) -> Vec<Coord<f64>> {
    let mut ring: Vec<_> = (0..n)
        .map(|i| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / f64::from(n)).sin_cos();
            let r = if i % 2 == 0 { 1.0 } else { low };
            Coord { x: r * cos, y: r * sin }
        })
        .collect();
    ring.push(ring[0]);
    ring
}

#[test]
fn many_vertices_take_no_long() {
    let n = 40_000;
    for low in [0.1, 0.999_999] {
        let fine = star(n, low);
        assert!(valid(&Polygon::new(LineString(fine.clone()), vec![]).into()));
        let mut crossed = fine.clone();
        crossed[20_000] = Coord { x: 2.0, y: 0.1 };
        assert_eq!(validity(&Polygon::new(LineString(crossed), vec![]).into()), Validity::Meeting);
        // A hole that touches the shell in one vertex.
        let hole: Vec<_> =
            star(n, low).iter().map(|c| Coord { x: 1.0 + (c.x - 1.0) * 0.01, y: c.y * 0.01 }).collect();
        let touching = Polygon::new(LineString(star(n, 1.0)), vec![LineString(hole)]);
        assert!(valid(&touching.into()));
    }
    // Triangles round one vertex, as parts of one feature.
    let corners = star(2 * n, 1.0);
    let fan = (0..n as usize).map(|i| {
        let ring = [Coord { x: 0.0, y: 0.0 }, corners[2 * i], corners[2 * i + 1], Coord { x: 0.0, y: 0.0 }];
        Polygon::new(LineString(ring.to_vec()), vec![])
    });
    assert!(valid(&fan.collect()));
}
