//! Whether edges meet at common ends only, by a sweep from left to right.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::Coord;

use super::noding::{Edge, meet};

/// An edge from its lesser end to its greater one, with its number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Active {
    pub(super) from: Coord<f64>,
    pub(super) to: Coord<f64>,
    pub(super) edge: u32,
}

impl Active {
    pub(super) fn new(edge: u32, (a, b): Edge) -> Self {
        let (from, to) = if before(a, b).is_le() { (a, b) } else { (b, a) };
        Self { from, to, edge }
    }

    /// On which side of this edge another one that starts later runs.
    fn side(&self, other: &Self) -> Ordering {
        let of = |p| turn(self.from, self.to, p);
        let start = if other.from == self.from { Ordering::Equal } else { of(other.from) };
        start.then_with(|| of(other.to))
    }
}

/// From left to right, then from below to above.
pub(super) fn before(a: Coord<f64>, b: Coord<f64>) -> Ordering {
    a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y))
}

/// Whether `c` is right of the way from `a` to `b` (greater), on it, or left of it.
pub(super) fn turn(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Ordering {
    match RobustKernel::orient2d(a, b, c) {
        Orientation::CounterClockwise => Ordering::Less,
        Orientation::Clockwise => Ordering::Greater,
        Orientation::Collinear => Ordering::Equal,
    }
}

impl Ord for Active {
    /// From below to above, where both are; that does not change while edges do not cross.
    fn cmp(&self, other: &Self) -> Ordering {
        let order =
            if before(self.from, other.from).is_le() { self.side(other) } else { other.side(self).reverse() };
        order.then(self.edge.cmp(&other.edge))
    }
}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Active {}

/// Whether no two edges meet elsewhere than at common ends or all along (Shamos & Hoey 1976): where some
/// do, the first that do are next to each other in the order of the sweep. Exact; O(n log n).
pub(super) fn apart_but_for_ends(edges: &[Edge]) -> bool {
    // −0 and 0 are the same place.
    let plain = |c: Coord<f64>| Coord { x: c.x + 0.0, y: c.y + 0.0 };
    let all: Vec<Active> = edges
        .iter()
        .zip(0..)
        .filter(|(e, _)| e.0 != e.1)
        .map(|(e, i)| Active::new(i, (plain(e.0), plain(e.1))))
        .collect();
    // Edges that end somewhere go before those that start there.
    let mut events: Vec<(Coord<f64>, bool, u32)> =
        (0..all.len() as u32).zip(&all).flat_map(|(i, a)| [(a.to, false, i), (a.from, true, i)]).collect();
    events.sort_unstable_by(|p, q| before(p.0, q.0).then(p.1.cmp(&q.1)).then(p.2.cmp(&q.2)));
    let mut status: BTreeSet<Active> = BTreeSet::new();
    let clear = |a: &Active, b: &Active| !meet(edges[a.edge as usize], edges[b.edge as usize]);
    for (_, starts, i) in events {
        let own = all[i as usize];
        if starts {
            let clear_of = |next: Option<&Active>| next.is_none_or(|next| clear(&own, next));
            if !clear_of(status.range(..own).next_back()) || !clear_of(status.range(own..).next()) {
                return false;
            }
            status.insert(own);
        } else {
            if !status.remove(&own) {
                return false;
            }
            if let (Some(below), Some(above)) = (status.range(..own).next_back(), status.range(own..).next())
                && !clear(below, above)
            {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::space::noding::pairs_meeting;

    #[test]
    fn agrees_with_all_pairs() {
        let mut s = Seed(31).stream(0);
        let mut seen = [0; 2];
        for case in 0..3000_u32 {
            let side = 2 + case % 9;
            let mut place = || Coord { x: f64::from(s.below(side)), y: f64::from(s.below(side)) };
            let edges: Vec<Edge> =
                (0..=(case % 7)).map(|_| (place(), place())).filter(|e| e.0 != e.1).collect();
            let want = pairs_meeting(&edges).is_empty();
            assert_eq!(apart_but_for_ends(&edges), want, "{edges:?}");
            seen[usize::from(want)] += 1;
        }
        assert!(seen[0] > 500 && seen[1] > 300, "{seen:?}");
    }

    #[test]
    fn a_star_and_a_fan() {
        let n = 20_000_u32;
        let at = |i: u32, r: f64| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(i) / f64::from(n)).sin_cos();
            Coord { x: r * cos, y: r * sin }
        };
        let corner = |i: u32| at(i % n, if i.is_multiple_of(2) { 1.0 } else { 0.1 });
        let mut star: Vec<Edge> = (0..n).map(|i| (corner(i), corner(i + 1))).collect();
        assert!(apart_but_for_ends(&star));
        let centre = Coord { x: 0.0, y: 0.0 };
        let fan: Vec<Edge> = (0..n)
            .flat_map(|i| {
                let (p, q) = (at(i, 1.0), at((i + 1) % n, 1.0));
                [(centre, p), (p, q), (q, centre)]
            })
            .collect();
        assert!(apart_but_for_ends(&fan));
        star.push((at(1, 0.5), at(5, 0.5)));
        assert!(!apart_but_for_ends(&star));
    }
}
