use geo::{BoundingRect, Intersects};
use geo_types::{MultiPolygon, Polygon, polygon};
use proptest::prelude::*;

use super::*;

fn c(x: f64, y: f64) -> Coord<f64> {
    Coord { x, y }
}

fn square(x: f64, y: f64, side: f64) -> Polygon<f64> {
    polygon![(x: x, y: y), (x: x + side, y: y), (x: x + side, y: y + side), (x: x, y: y + side)]
}

#[test]
fn holes_enclaves_parts_and_overlaps() {
    let ring =
        Polygon::new(square(0., 0., 10.).exterior().clone(), vec![square(4., 4., 2.).exterior().clone()]);
    let features = [
        MultiPolygon::from(ring),
        MultiPolygon::from(square(4., 4., 2.)), // fills the hole
        MultiPolygon(vec![square(20., 0., 1.), square(30., 0., 1.)]),
        MultiPolygon::from(square(1., 1., 2.)), // overlaps the first
        MultiPolygon(vec![]),
    ];
    let l = Locator::new(&Layer::from_features(&features)).unwrap();
    assert_eq!(l.locate_all(c(5., 5.)), [1]);
    assert_eq!(l.locate_all(c(4., 5.)), [0, 1]);
    assert_eq!(l.locate_all(c(10., 10.)), [0]);
    assert_eq!(l.locate_all(c(2., 2.)), [0, 3]);
    assert_eq!(l.locate(c(2., 2.)), Some(0));
    assert_eq!(l.locate(c(30.5, 0.5)), Some(2));
    assert_eq!(l.locate(c(25.5, 0.5)), None);
    assert_eq!(l.locate(c(f64::NAN, 0.5)), None);
    assert!(matches!(l.locate_many(&[c(0., 0.), c(0., f64::NAN)]), Err(Error::Value { index: 1, .. })));
    assert_eq!(l.snap(c(11., 5.), 2.0), Some(Snapped { feature: 0, distance: 1.0 }));
    assert_eq!(l.snap(c(5., 5.), 2.0), Some(Snapped { feature: 1, distance: 0.0 }));
    assert_eq!(l.snap(c(21.0 + 4.5, 0.5), 4.5), Some(Snapped { feature: 2, distance: 4.5 }));
    assert_eq!(l.snap(c(12.1, 5.), 2.0), None);
    assert_eq!(l.snap(c(12.1, 5.), f64::NAN), None);
}

#[test]
fn empty_and_degenerate_layers() {
    let none = Locator::new(&Layer::new()).unwrap();
    assert!(none.is_empty());
    assert_eq!((none.locate(c(0., 0.)), none.snap(c(0., 0.), 1.0)), (None, None));
    assert_eq!(none.locate_many(&vec![c(0., 0.); 5000]).unwrap(), vec![None; 5000]);
    let point = MultiPolygon::from(polygon![(x: 1., y: 1.), (x: 1., y: 1.), (x: 1., y: 1.)]);
    let line = MultiPolygon::from(polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 0., y: 0.)]);
    let level = MultiPolygon::from(polygon![(x: 0., y: 2.), (x: 2., y: 2.), (x: 0., y: 2.)]);
    let l = Locator::new(&Layer::from_features(&[point.clone(), line, level])).unwrap();
    assert_eq!(l.locate_all(c(1., 1.)), [0, 1]);
    assert_eq!(l.locate_all(c(0.5, 0.5)), [1]);
    assert_eq!(l.locate_all(c(1., 2.)), [2]);
    assert_eq!(l.locate(c(0.5, 0.6)), None);
    let alone = Locator::new(&Layer::from_features(&[point])).unwrap();
    assert_eq!((alone.locate(c(1., 1.)), alone.locate(c(1., 1.1))), (Some(0), None));
    let bad = MultiPolygon::from(polygon![(x: 0., y: 0.), (x: f64::INFINITY, y: 0.), (x: 0., y: 1.)]);
    assert!(matches!(Locator::new(&Layer::from_features(&[bad])), Err(Error::Value { .. })));
}

#[test]
fn decisions_at_edges_are_exact() {
    // Thirds have no exact binary form, so points meant to lie on this edge lie beside it; exact
    // arithmetic says on which side.
    let triangle = MultiPolygon::from(polygon![(x: 0., y: 0.), (x: 3., y: 1.), (x: 0., y: 1.)]);
    let l = Locator::new(&Layer::from_features(&[triangle])).unwrap();
    for i in 1..1000 {
        let y = f64::from(i) / 1000.0;
        let x = 3.0 * y;
        let below = RobustKernel::orient2d(c(0., 0.), c(3., 1.), c(x, y)) == Orientation::Clockwise;
        assert_eq!(l.locate(c(x, y)).is_none(), below, "{i}");
        assert_eq!(l.locate(c(x.next_up().next_up(), y)), None);
        assert_eq!(l.locate(c(x.next_down().next_down(), y)), Some(0));
    }
}

#[test]
fn far_from_the_origin_cells_finer_than_numbers_do_no_harm() {
    let (x, y) = (7e15, 6e15);
    let features: Vec<_> = (0..6).map(|i| square(x + f64::from(i), y, 1.).into()).collect();
    let l = Locator::new(&Layer::from_features(&features)).unwrap();
    for i in 0..6 {
        assert_eq!(l.locate(c(x + f64::from(i) + 1.0, y + 1.0)), Some(i as u32), "{i}");
    }
}

#[test]
fn a_million_vertices_and_whole_overlaps() {
    let n = 1_000_000;
    let wheel = (0..n).map(|i| {
        let (sin, cos) = (f64::from(i) / f64::from(n) * std::f64::consts::TAU).sin_cos();
        let r = if i % 2 == 0 { 1.0 } else { 0.5 };
        c(r * cos, r * sin)
    });
    let star = Polygon::new(wheel.collect(), vec![]);
    let l = Locator::new(&Layer::from_features(&[MultiPolygon::from(star)])).unwrap();
    assert_eq!(l.locate(c(0.1, 0.2)), Some(0));
    assert_eq!(l.locate(c(0.8, 0.8)), None);
    let stack: Vec<MultiPolygon<f64>> =
        (0..3000).map(|i| square(0., 0., 1.0 + f64::from(i)).into()).collect();
    let l = Locator::new(&Layer::from_features(&stack)).unwrap();
    assert_eq!(l.locate_all(c(2990.5, 1.0)).len(), 10);
}

/// Star-shaped rings on a coarse lattice, so that vertices, edges and points coincide often.
fn feature() -> impl Strategy<Value = MultiPolygon<f64>> {
    let part = (0i32..40, 0i32..40, 3usize..9, 1i32..12, any::<bool>(), any::<bool>()).prop_map(
        |(x, y, n, r, hole, turned)| {
            let ring = |r: f64| {
                let at = |i: usize| {
                    let a = (i as f64 + f64::from(u8::from(turned)) / 2.0) / n as f64 * std::f64::consts::TAU;
                    c((f64::from(x) + r * a.cos()).round(), (f64::from(y) + r * a.sin()).round())
                };
                (0..n).map(at).collect()
            };
            let holes = if hole && r > 6 { vec![ring(f64::from(r) / 2.0)] } else { vec![] };
            Polygon::new(ring(f64::from(r)), holes)
        },
    );
    // Parts far enough apart not to overlap, which would be invalid.
    prop::collection::vec(part, 0..3).prop_map(|parts| {
        let mut kept: Vec<Polygon<f64>> = Vec::new();
        for p in parts {
            let apart = |k: &Polygon<f64>| match (k.bounding_rect(), p.bounding_rect()) {
                (Some(a), Some(b)) => !a.intersects(&b),
                _ => true,
            };
            if kept.iter().all(apart) {
                kept.push(p);
            }
        }
        MultiPolygon(kept)
    })
}

/// The rule, edge by edge, in exact arithmetic and without any index.
fn brute(feature: &MultiPolygon<f64>, p: Coord<f64>) -> bool {
    let mut inside = false;
    for polygon in feature {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            for line in ring.lines() {
                if line.intersects(&p) {
                    return true;
                }
                let (a, b) = (line.start, line.end);
                if (a.y > p.y) != (b.y > p.y) {
                    let left = RobustKernel::orient2d(a, b, p) == Orientation::CounterClockwise;
                    inside ^= left == (b.y > a.y);
                }
            }
        }
    }
    inside
}

#[test]
fn a_comb_is_told_in_blocks() {
    // Teeth of different heights on a bar, and some points on its edges and corners.
    let teeth = 4000;
    let mut random = crate::random::Seed(3).stream(0);
    let mut ring = vec![c(0.0, 0.0)];
    for i in (0..teeth).rev() {
        let (x, top) = (f64::from(i), 2.0 + f64::from(random.below(8)));
        ring.extend([c(x + 0.75, 1.0), c(x + 0.75, top), c(x + 0.25, top), c(x + 0.25, 1.0)]);
    }
    ring.insert(1, c(f64::from(teeth), 0.0));
    ring.push(c(0.0, 0.0));
    let comb = MultiPolygon::from(Polygon::new(geo_types::LineString(ring.clone()), vec![]));
    let layer = Layer::from_features(&[comb]);
    let l = Locator::new(&layer).unwrap();
    assert!(!l.long_rows.is_empty());
    let all: Vec<u32> = (0..layer.coords().len() as u32 - 1).collect();
    let mut seen = [0; 2];
    for i in 0..4000 {
        let p = if i % 4 == 0 {
            ring[random.below(ring.len() as u32) as usize]
        } else {
            c(f64::from(random.below(4 * teeth as u32)) / 4.0, f64::from(random.below(44)) / 4.0)
        };
        let want = contains(layer.coords(), &all, p);
        assert_eq!(l.locate(p).is_some(), want, "{p:?}");
        seen[usize::from(want)] += 1;
    }
    assert!(seen[0] > 500 && seen[1] > 500, "{seen:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn agrees_with_brute_force(
        features in prop::collection::vec(feature(), 0..12),
        lattice in prop::collection::vec((-12i32..104, -12i32..104), 60),
        free in prop::collection::vec((-15.0f64..55.0, -15.0f64..55.0), 30),
    ) {
        let l = Locator::new(&Layer::from_features(&features)).unwrap();
        let points = lattice.iter().map(|&(x, y)| c(f64::from(x) / 2.0, f64::from(y) / 2.0));
        let points: Vec<_> = points.chain(free.iter().map(|&(x, y)| c(x, y))).collect();
        let many = l.locate_many(&points).unwrap();
        // Enough points to be taken in spatial order.
        let repeated: Vec<_> = points.iter().copied().cycle().take(SORT_FROM + 7).collect();
        let ordered = l.locate_many(&repeated).unwrap();
        for (i, &p) in points.iter().enumerate() {
            let want: Vec<u32> =
                (0..features.len()).filter(|&f| brute(&features[f], p)).map(|f| f as u32).collect();
            prop_assert_eq!(&l.locate_all(p), &want, "{:?}", p);
            prop_assert_eq!(l.locate(p), want.first().copied());
            prop_assert_eq!(many[i], want.first().copied());
            prop_assert_eq!(ordered[i], want.first().copied());
        }
    }

    #[test]
    fn snapping_agrees_with_brute_force(
        features in prop::collection::vec(feature(), 1..8),
        points in prop::collection::vec((-20.0f64..60.0, -20.0f64..60.0), 20),
        within in 0.0f64..20.0,
    ) {
        let layer = Layer::from_features(&features);
        let l = Locator::new(&layer).unwrap();
        for &(x, y) in &points {
            let p = c(x, y);
            let nearest = (0..features.len())
                .flat_map(|f| layer.rings(f).flat_map(|r| r.windows(2)).map(move |e| (f, e)))
                .map(|(f, e)| (distance_to_segment(p, e[0], e[1]), f as u32))
                .min_by(|a, b| a.partial_cmp(b).unwrap());
            let want = match l.locate(p) {
                Some(feature) => Some(Snapped { feature, distance: 0.0 }),
                None => nearest.filter(|n| n.0 <= within).map(|n| Snapped { feature: n.1, distance: n.0 }),
            };
            prop_assert_eq!(l.snap(p, within), want);
        }
    }
}
