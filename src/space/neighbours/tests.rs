use proptest::prelude::*;

use super::*;

fn c(x: f64, y: f64) -> Coord<f64> {
    Coord { x, y }
}

fn brute(points: &[Coord<f64>], at: Coord<f64>, except: Option<usize>) -> Vec<(f64, u32)> {
    let mut all: Vec<(f64, u32)> =
        (0..points.len()).filter(|&j| Some(j) != except).map(|j| (square(at, points[j]), j as u32)).collect();
    all.sort_by(|a, b| a.partial_cmp(b).unwrap());
    all
}

/// Points on a lattice (many ties and coincidences), free, and far away.
fn points() -> impl Strategy<Value = Vec<Coord<f64>>> {
    let one = prop_oneof![
        4 => (0i32..12, 0i32..12).prop_map(|(x, y)| c(f64::from(x), f64::from(y))),
        4 => (0.0f64..12.0, 0.0f64..12.0).prop_map(|(x, y)| c(x, y)),
        1 => (-1e6f64..1e6, 5f64..6.0).prop_map(|(x, y)| c(x, y)),
    ];
    prop::collection::vec(one, 0..150)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn agrees_with_brute_force(
        points in points(), k in 0usize..20, r in 0i32..10, x in -20.0f64..30.0, y in -20.0f64..30.0,
    ) {
        let r = f64::from(r) / 2.0;
        let set = PointSet::new(&points).unwrap();
        let nearest = set.k_nearest(k);
        let within = set.within_each(r).unwrap();
        let counts = set.counts_within(r).unwrap();
        prop_assert_eq!(nearest.len(), points.len());
        for i in 0..points.len() {
            let all = brute(&points, points[i], Some(i));
            let want: Vec<u32> = all.iter().take(k).map(|n| n.1).collect();
            prop_assert_eq!(nearest.ids(i), &want[..]);
            let distances: Vec<f64> = all.iter().take(k).map(|n| n.0.sqrt()).collect();
            prop_assert_eq!(nearest.distances_m(i), &distances[..]);
            let mut near: Vec<u32> = all.iter().filter(|n| n.0.sqrt() <= r).map(|n| n.1).collect();
            near.sort_unstable();
            prop_assert_eq!(within.ids(i), &near[..]);
            prop_assert_eq!(counts[i] as usize, near.len());
        }
        let all = brute(&points, c(x, y), None);
        let want: Vec<_> = all.iter().take(k).map(|&n| neighbour(n)).collect();
        prop_assert_eq!(set.nearest(c(x, y), k).unwrap(), want);
        let want: Vec<_> = all.iter().filter(|n| n.0 <= 100.0).map(|&n| neighbour(n)).collect();
        prop_assert_eq!(set.within(c(x, y), 10.0).unwrap(), want);
    }
}

#[test]
fn a_band_as_wide_as_a_distance_holds_it() {
    let set = PointSet::new(&[c(0., 0.), c(2., 3.)]).unwrap();
    let r = set.k_nearest(1).distances_m(0)[0];
    assert_eq!(r, 3.605_551_275_463_989);
    assert_eq!((set.within_each(r).unwrap().pairs(), set.counts_within(r).unwrap()), (2, vec![1, 1]));
    assert_eq!(set.within(c(0., 0.), r).unwrap().len(), 2);
    let mut s = crate::random::Seed(6).stream(0);
    for _ in 0..300 {
        let points: Vec<_> = (0..50).map(|_| c(s.unit(), s.unit())).collect();
        let set = PointSet::new(&points).unwrap();
        let nearest = set.k_nearest(1);
        let band = (0..50).map(|i| nearest.distances_m(i)[0]).fold(0.0, f64::max);
        assert!(set.counts_within(band).unwrap().iter().all(|n| *n > 0));
    }
}

#[test]
fn points_in_one_spot_cost_what_one_does() {
    let mut points = vec![c(5., 5.); 60_000];
    points.extend((0..30_000).map(|i| c(f64::from(i), f64::from(i % 7))));
    let set = PointSet::new(&points).unwrap();
    let near = set.k_nearest(5);
    assert_eq!(near.ids(0), [1, 2, 3, 4, 5]);
    assert_eq!(near.ids(3), [0, 1, 2, 4, 5]);
    assert_eq!(near.ids(59_999), [0, 1, 2, 3, 4]);
    // (5, 5) is also a place of the line.
    assert_eq!(near.ids(60_005), [0, 1, 2, 3, 4]);
    let counts = set.counts_within(0.0).unwrap();
    assert_eq!((counts[0], counts[60_005], counts[60_000]), (60_000, 60_000, 0));
    assert!(set.within_each(1.0).is_err());
}

#[test]
fn few_points_lines_and_bad_input() {
    let none = PointSet::new(&[]).unwrap();
    assert!(none.k_nearest(3).is_empty() && none.nearest(c(0., 0.), 3).unwrap().is_empty());
    let same = PointSet::new(&[c(5., 5.); 40]).unwrap();
    assert_eq!(same.k_nearest(2).ids(7), [0, 1]);
    assert_eq!(same.within_each(0.0).unwrap().pairs(), 40 * 39);
    let line: Vec<_> = (0..1000).map(|i| c(f64::from(i), 3.0)).collect();
    assert_eq!(PointSet::new(&line).unwrap().k_nearest(3).ids(500), [499, 501, 498]);
    assert!(matches!(PointSet::new(&[c(0., 0.), c(f64::NAN, 0.)]), Err(Error::Value { index: 1, .. })));
    assert!(same.within_each(-1.0).is_err() && same.within(c(0., 0.), f64::INFINITY).is_err());
    assert!(same.nearest(c(f64::INFINITY, 0.), 1).is_err());
}
