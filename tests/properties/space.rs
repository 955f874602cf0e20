//! Space against brute force and against itself on another number of threads.

use geo_types::{Coord, MultiPolygon, Rect};
use proptest::prelude::*;
use rurban::labels::Labels;
use rurban::space::Layer;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::locate::Locator;
use rurban::space::measure::{Surface, areas};
use rurban::space::neighbours::PointSet;
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};

fn points(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Coord<f64>>> {
    prop::collection::vec((1.0..99.0, 1.0..99.0).prop_map(|(x, y)| Coord { x, y }), n)
}

fn land() -> MultiPolygon<f64> {
    Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 100.0, y: 100.0 }).to_polygon().into()
}

fn distance2(a: Coord<f64>, b: Coord<f64>) -> f64 {
    (a.x - b.x).powi(2) + (a.y - b.y).powi(2)
}

/// A clean layer: cells of random points.
fn cells(points: &[Coord<f64>]) -> Layer {
    tessellate(points, &land(), &TessellationOptions::default()).unwrap().layer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn cells_partition_the_land_and_hold_what_is_nearest(sites in points(3..40), tests in points(20..21)) {
        let layer = cells(&sites);
        let total: f64 = areas(&layer, Surface::Plane).iter().sum();
        prop_assert!((total - 1e4).abs() < 1e-2, "{total}");
        let locator = Locator::new(&layer).unwrap();
        for p in tests {
            let nearest = sites.iter().map(|s| distance2(*s, p)).fold(f64::INFINITY, f64::min);
            let found = locator.locate_all(p);
            prop_assert!(!found.is_empty());
            for f in found {
                let d = distance2(sites[f as usize], p);
                prop_assert!(d.sqrt() <= nearest.sqrt() + 1e-4, "{p:?} in the cell of {f}");
            }
        }
    }

    #[test]
    fn a_union_has_the_area_of_its_parts_and_no_inner_border(sites in points(4..40), split in 1_usize..4) {
        let layer = cells(&sites);
        let of: Vec<u32> = (0..sites.len()).map(|i| (i % split) as u32).collect();
        let joined = dissolve(&layer, &Labels::new(of.clone(), split).unwrap()).unwrap().layer;
        let parts = areas(&layer, Surface::Plane);
        for (class, area) in areas(&joined, Surface::Plane).into_iter().enumerate() {
            let sum: f64 = (0..of.len()).filter(|&i| of[i] as usize == class).map(|i| parts[i]).sum();
            prop_assert!((area - sum).abs() < 1e-6 * sum.max(1.0), "{area} {sum}");
        }
    }

    #[test]
    fn simplified_neighbours_stay_neighbours(sites in points(4..40)) {
        let layer = cells(&sites);
        let before = contiguity(&layer, Rule::Rook);
        let simple = simplify(&layer, 0.5).unwrap();
        let after = contiguity(&simple, Rule::Rook);
        let kept: std::collections::HashSet<_> = after.pairs.iter().collect();
        prop_assert!(before.pairs.iter().all(|p| kept.contains(p)));
        // Neither gaps nor overlaps: the union is as large as its parts, and near the land.
        let total: f64 = areas(&simple, Surface::Plane).iter().sum();
        let union = dissolve(&simple, &Labels::new(vec![0; sites.len()], 1).unwrap()).unwrap();
        prop_assert!(union.unclean.is_empty());
        let whole = areas(&union.layer, Surface::Plane)[0];
        prop_assert!((whole - total).abs() < 1e-6 * total && (total - 1e4).abs() < 0.5 * 400.0);
    }

    #[test]
    fn neighbours_are_those_of_brute_force(set in points(2..60), k in 1_usize..6, radius in 1.0..60.0_f64) {
        let index = PointSet::new(&set).unwrap();
        for (i, &p) in set.iter().enumerate() {
            let mut all: Vec<(f64, usize)> =
                set.iter().enumerate().map(|(j, q)| (distance2(p, *q).sqrt(), j)).collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let nearest: Vec<usize> = index.nearest(p, k).unwrap().iter().map(|n| n.id as usize).collect();
            let want: Vec<usize> = all.iter().take(k).map(|(_, j)| *j).collect();
            prop_assert_eq!(&nearest, &want);
            let near = index.within(p, radius).unwrap().len();
            prop_assert_eq!(near, all.iter().filter(|(d, _)| *d <= radius).count(), "point {}", i);
        }
    }
}

#[cfg(feature = "parallel")]
#[test]
fn the_number_of_threads_does_not_show() {
    let sites: Vec<Coord<f64>> = (0..3_000_u32)
        .map(|i| Coord {
            x: 1.0 + f64::from(i.wrapping_mul(2_654_435_761) % 98_000) / 1e3,
            y: 1.0 + f64::from(i.wrapping_mul(40_503) % 98_000) / 1e3,
        })
        .collect();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let layer = cells(&sites);
            let of = (0..sites.len() as u32).map(|i| i % 7).collect();
            let joined = dissolve(&layer, &Labels::new(of, 7).unwrap()).unwrap();
            let found = Locator::new(&layer).unwrap().locate_many(&sites).unwrap();
            let simple = simplify(&layer, 0.2).unwrap();
            (contiguity(&layer, Rule::Queen).pairs, joined, found, simple, layer)
        })
    };
    let one = run(1);
    assert!(run(2) == one && run(8) == one);
}
