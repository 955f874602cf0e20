//! Whether the rings of a feature are simple and lie in each other as they should.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use geo_types::{Coord, LineString, MultiPolygon};

use super::noding::{Edge, Strips, crossing, touching};
use super::sweep::{Active, before, turn};

/// Pairs of edges in the same strips, per edge, up to which all of them are looked at.
const LIGHT: usize = 256;

/// What [`validity`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Validity {
    /// Rings are simple, touch each other at single points at most, and lie as they should.
    Valid,
    /// A ring meets itself, or rings cross or share a line.
    Meeting,
    /// Rings that do not cross and yet are not where they belong: holes outside their shell or in
    /// another hole, parts inside others; by polygon and ring.
    Misplaced(Vec<(usize, usize)>),
}

struct Ring {
    polygon: usize,
    number: usize,
    start: usize,
    end: usize,
}

/// Looks at the rings of a feature whose coordinates are finite. That a polygon's inside hangs together
/// is not looked at. O(n log n).
pub(super) fn validity(feature: &MultiPolygon<f64>) -> Validity {
    let mut rings = Vec::new();
    let mut edges: Vec<Edge> = Vec::new();
    for (polygon, parts) in feature.iter().enumerate() {
        for (ring, line) in std::iter::once(parts.exterior()).chain(parts.interiors()).enumerate() {
            let start = edges.len();
            edges.extend(edges_of(line));
            rings.push(Ring { polygon, number: ring, start, end: edges.len() });
        }
    }
    let strips = Strips::new(&edges);
    let mut touched = vec![false; edges.len()];
    // Where many edges run side by side, looking at pairs costs too much.
    let sound = if strips.load() > LIGHT * edges.len() {
        only_touching(&edges, &rings, &mut touched)
    } else {
        let pairs = touching(&edges);
        pairs.is_empty() || touch_at_points(&edges, &pairs, &rings, &mut touched)
    };
    if !sound {
        return Validity::Meeting;
    }
    let misplaced = misplaced(&edges, &rings, &touched, &strips);
    if misplaced.is_empty() { Validity::Valid } else { Validity::Misplaced(misplaced) }
}

fn edges_of(line: &LineString<f64>) -> impl Iterator<Item = Edge> + '_ {
    // −0 and 0 are the same place.
    let plain = |c: Coord<f64>| Coord { x: c.x + 0.0, y: c.y + 0.0 };
    line.0.windows(2).map(move |e| (plain(e[0]), plain(e[1]))).filter(|e| e.0 != e.1)
}

/// Of rings that do not cross, any place of one that is on no other tells which others it is in.
fn misplaced(edges: &[Edge], rings: &[Ring], touched: &[bool], strips: &Strips) -> Vec<(usize, usize)> {
    if rings.len() < 2 {
        return Vec::new();
    }
    let ring_of = rings_of(rings, edges.len());
    let mut inside = vec![false; rings.len()];
    let mut met: Vec<usize> = Vec::new();
    let mut out = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        let Some(at) = lone_place(&edges[ring.start..ring.end], &touched[ring.start..ring.end]) else {
            continue;
        };
        for &e in strips.at(at.y) {
            let other = ring_of[e as usize] as usize;
            if other != i && crossing(at, edges[e as usize]) != 0 {
                inside[other] ^= true;
                met.push(other);
            }
        }
        let around = |shell: bool, polygon: usize| {
            met.iter().any(|&r| inside[r] && (rings[r].number == 0) == shell && rings[r].polygon == polygon)
        };
        let in_hole_of = |polygon| around(false, polygon);
        let sound = if ring.number > 0 {
            around(true, ring.polygon) && !in_hole_of(ring.polygon)
        } else {
            met.iter().all(|&r| !inside[r] || rings[r].number > 0 || in_hole_of(rings[r].polygon))
        };
        if !sound {
            out.push((ring.polygon, ring.number));
        }
        for r in met.drain(..) {
            inside[r] = false;
        }
    }
    out
}

/// A vertex that is on no other ring, or where there is none the middle of the longest edge.
fn lone_place(edges: &[Edge], touched: &[bool]) -> Option<Coord<f64>> {
    if let Some(free) = touched.iter().position(|t| !t) {
        return Some(edges[free].0);
    }
    let length = |e: &Edge| (e.1.x - e.0.x).abs().max((e.1.y - e.0.y).abs());
    let longest = edges.iter().max_by(|e, f| length(e).total_cmp(&length(f)))?;
    Some(Coord { x: longest.0.x.midpoint(longest.1.x), y: longest.0.y.midpoint(longest.1.y) })
}

/// Whether two edges cross, or share more than a point.
fn cross(one: &Active, other: &Active) -> bool {
    let theirs = [turn(one.from, one.to, other.from), turn(one.from, one.to, other.to)];
    let ours = [turn(other.from, other.to, one.from), turn(other.from, other.to, one.to)];
    if theirs == [Ordering::Equal; 2] {
        let first = if before(one.from, other.from).is_gt() { one.from } else { other.from };
        let last = if before(one.to, other.to).is_lt() { one.to } else { other.to };
        return before(first, last).is_lt();
    }
    let across = |[a, b]: [Ordering; 2]| a.is_ne() && a == b.reverse();
    across(theirs) && across(ours)
}

/// Number of the ring of each edge.
fn rings_of(rings: &[Ring], edges: usize) -> Vec<u32> {
    let mut of = vec![0; edges];
    for (i, ring) in rings.iter().enumerate() {
        of[ring.start..ring.end].fill(i as u32);
    }
    of
}

/// As [`only_touching`], where the pairs of edges that meet are known.
fn touch_at_points(edges: &[Edge], pairs: &[[u32; 2]], rings: &[Ring], touched: &mut [bool]) -> bool {
    let mut at: Vec<(Coord<f64>, u32)> = Vec::with_capacity(2 * pairs.len());
    for &[i, j] in pairs {
        let [one, other] = [i, j].map(|e| Active::new(e, edges[e as usize]));
        if cross(&one, &other) {
            return false;
        }
        // They meet in the end of one.
        let is_on = |p: Coord<f64>, a: &Active| {
            before(a.from, p).is_le() && before(p, a.to).is_le() && turn(a.from, a.to, p).is_eq()
        };
        let ends = [(one.from, &other), (one.to, &other), (other.from, &one), (other.to, &one)];
        let Some((place, _)) = ends.into_iter().find(|(p, a)| is_on(*p, a)) else { return false };
        at.extend([(place, i), (place, j)]);
    }
    at.sort_unstable_by(|p, q| before(p.0, q.0).then(p.1.cmp(&q.1)));
    at.dedup();
    let ring_of = rings_of(rings, edges.len());
    let mut spokes: Vec<(u32, Coord<f64>)> = Vec::new();
    at.chunk_by(|p, q| p.0 == q.0).all(|here| {
        let place = here[0].0;
        spokes.clear();
        for &(_, e) in here {
            let (from, to) = edges[e as usize];
            touched[e as usize] |= from == place;
            spokes.extend([from, to].into_iter().filter(|p| *p != place).map(|p| (ring_of[e as usize], p)));
        }
        nested(place, &mut spokes)
    })
}

/// Whether rings are simple and meet others only in points where they do not cross, by a sweep from
/// left to right (Shamos and Hoey 1976): the first two edges that cross are next to each other before
/// they do. Marks the edges that start on another ring.
fn only_touching(edges: &[Edge], rings: &[Ring], touched: &mut [bool]) -> bool {
    let ring_of = rings_of(rings, edges.len());
    let active: Vec<Active> = edges.iter().zip(0..).map(|(&edge, i)| Active::new(i, edge)).collect();
    let mut events: Vec<(Coord<f64>, u32)> =
        active.iter().flat_map(|a| [(a.from, a.edge), (a.to, a.edge)]).collect();
    events.sort_unstable_by(|p, q| before(p.0, q.0).then(p.1.cmp(&q.1)));
    let mut status: BTreeSet<Active> = BTreeSet::new();
    let mut spokes: Vec<(u32, Coord<f64>)> = Vec::new();
    for here in events.chunk_by(|p, q| p.0 == q.0) {
        let at = here[0].0;
        let all = || here.iter().map(|e| &active[e.1 as usize]);
        if !all().filter(|a| a.to == at).all(|a| status.remove(a)) {
            return false;
        }
        let probe = Active { from: at, to: at, edge: 0 };
        let next = status.range(probe..).next();
        if let (Some(below), Some(above)) = (status.range(..probe).next_back(), next)
            && cross(below, above)
        {
            return false;
        }
        spokes.clear();
        spokes.extend(all().map(|a| (ring_of[a.edge as usize], if a.from == at { a.to } else { a.from })));
        if let Some(through) = next.filter(|a| turn(a.from, a.to, at).is_eq()) {
            let ring = ring_of[through.edge as usize];
            spokes.extend([(ring, through.from), (ring, through.to)]);
        }
        if spokes.len() > 2 {
            if !nested(at, &mut spokes) {
                return false;
            }
            for (_, edge) in here {
                touched[*edge as usize] |= edges[*edge as usize].0 == at;
            }
        }
        for a in all().filter(|a| a.from == at) {
            let clear = |other: Option<&Active>| other.is_none_or(|other| !cross(a, other));
            if !clear(status.range(..a).next_back()) || !clear(status.range(a..).next()) {
                return false;
            }
            status.insert(*a);
        }
    }
    true
}

/// Whether every ring passes a place once and none crosses another there; `spokes` are the ends of the
/// edges around it.
fn nested(at: Coord<f64>, spokes: &mut [(u32, Coord<f64>)]) -> bool {
    let upper = |c: Coord<f64>| c.y > at.y || (c.y == at.y && c.x > at.x);
    spokes.sort_unstable_by(|p, q| {
        upper(q.1).cmp(&upper(p.1)).then_with(|| turn(at, p.1, q.1)).then(p.0.cmp(&q.0))
    });
    let mut open: Vec<u32> = Vec::new();
    for (ring, _) in spokes.iter() {
        if open.last() == Some(ring) {
            open.pop();
        } else {
            open.push(*ring);
        }
    }
    let mut passing: Vec<u32> = spokes.iter().map(|s| s.0).collect();
    passing.sort_unstable();
    open.is_empty() && passing.chunk_by(|a, b| a == b).all(|same| same.len() == 2)
}

#[cfg(test)]
mod tests;
