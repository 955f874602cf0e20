//! What is wrong with a polygon feature, and its repair where that is safe.

use geo::Area;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::boolean::union;
use super::layer::Bounds;
use super::measure::{Surface, ring_area};
use super::validity::{Validity, validity};
use crate::evidence::beyond_rounding;

/// A fault of a polygon feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Fault {
    /// A coordinate is NaN or infinite: not repaired.
    NotFinite,
    /// A coordinate is out of the range given: not repaired.
    OutOfRange,
    /// The last coordinate of a ring is not the first: closed.
    Unclosed,
    /// Equal consecutive vertices: the later ones are removed.
    RepeatedVertex,
    /// A ring with fewer than three distinct corners or without area: removed, and with a shell
    /// its holes.
    Degenerate,
    /// A shell that is clockwise or a hole that is not (RFC 7946): turned round.
    WrongWinding,
    /// Rings meet themselves, cross each other or share a line: merged again by a polygon union when
    /// that changes the area by less than one part in a thousand.
    Invalid,
    /// A hole outside its shell: one that runs like a shell becomes a part of its own, another one
    /// goes. Or a hole in another hole, a part inside another: merged as [`Fault::Invalid`].
    Misplaced,
}

/// A fault and whether it was mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Repair {
    /// What was wrong.
    pub fault: Fault,
    /// Polygon of the feature, from 0.
    pub polygon: u32,
    /// Ring of the polygon, 0 for the shell.
    pub ring: u32,
    /// Whether the returned geometry is free of it.
    pub mended: bool,
}

/// How far [`check`] looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Ring by ring, linear time.
    Rings,
    /// Also crossings and misplaced rings, O(n log n).
    Crossings,
}

/// Checks one feature and mends what can be mended safely. `range` bounds the coordinates (for degrees, −180
/// … 180 and −90 … 90). The findings are empty exactly when the geometry comes back as it was.
///
/// # Complexity
/// That of the [`Depth`]: O(n) ring by ring, O(n log n) with crossings.
///
/// # Example
/// ```
/// use geo_types::polygon;
/// use rurban::space::repair::{check, Depth, Fault};
/// let clockwise = polygon![(x: 0., y: 0.), (x: 0., y: 1.), (x: 1., y: 0.)].into();
/// let (mended, found) = check(&clockwise, None, Depth::Crossings);
/// assert_eq!(found[0].fault, Fault::WrongWinding);
/// assert!(check(&mended, None, Depth::Crossings).1.is_empty());
/// ```
#[must_use]
pub fn check(
    feature: &MultiPolygon<f64>,
    range: Option<Bounds>,
    depth: Depth,
) -> (MultiPolygon<f64>, Vec<Repair>) {
    let mut found = Vec::new();
    let mut polygons = Vec::new();
    // Holes that ran like shells, where they are now.
    let mut turned = Vec::new();
    for (p, polygon) in feature.iter().enumerate() {
        let mut rings: Vec<LineString<f64>> = Vec::new();
        for (r, ring) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
            let mut note = |fault, mended| {
                found.push(Repair { fault, polygon: p as u32, ring: r as u32, mended });
            };
            match mend_ring(&ring.0, r == 0, range, &mut note) {
                Some(ring) => {
                    let is_turned = |f: &Repair| f.fault == Fault::WrongWinding && f.ring == r as u32;
                    if r > 0 && found.last().is_some_and(is_turned) {
                        turned.push((polygons.len(), rings.len()));
                    }
                    rings.push(LineString(ring));
                }
                None if r == 0 => break,
                None => {}
            }
        }
        let mut rings = rings.into_iter();
        if let Some(outer) = rings.next() {
            polygons.push(Polygon::new(outer, rings.collect()));
        }
    }
    let mut mended = MultiPolygon(polygons);
    let hopeless = found.iter().any(|f| f.fault == Fault::NotFinite);
    if depth == Depth::Rings || hopeless {
        return (mended, found);
    }
    let mut state = validity(&mended);
    if let Validity::Misplaced(rings) = &state
        && rings.iter().any(|r| r.1 > 0)
    {
        for &(polygon, ring) in rings.iter().filter(|r| r.1 > 0) {
            let (polygon, ring) = (polygon as u32, ring as u32);
            found.push(Repair { fault: Fault::Misplaced, polygon, ring, mended: true });
        }
        mended = placed(mended, rings, &turned);
        state = validity(&mended);
    }
    let fault = match state {
        Validity::Valid => return (mended, found),
        Validity::Meeting => Fault::Invalid,
        Validity::Misplaced(_) => Fault::Misplaced,
    };
    let before = mended.unsigned_area();
    // A union is rounded: it may have slivers of its own to mend.
    let union = check(&union(&mended.0), None, Depth::Rings).0;
    let ok = (union.unsigned_area() - before).abs() <= 1e-3 * before && validity(&union) == Validity::Valid;
    found.push(Repair { fault, polygon: 0, ring: 0, mended: ok });
    (if ok { union } else { mended }, found)
}

/// Takes misplaced holes out: those that ran like shells are parts.
fn placed(
    feature: MultiPolygon<f64>,
    misplaced: &[(usize, usize)],
    turned: &[(usize, usize)],
) -> MultiPolygon<f64> {
    let mut parts = Vec::new();
    for (p, polygon) in feature.into_iter().enumerate() {
        let (shell, holes) = polygon.into_inner();
        let mut kept = Vec::with_capacity(holes.len());
        for (r, mut hole) in (1..).zip(holes) {
            if !misplaced.contains(&(p, r)) {
                kept.push(hole);
            } else if turned.contains(&(p, r)) {
                hole.0.reverse();
                parts.push(Polygon::new(hole, Vec::new()));
            }
        }
        parts.push(Polygon::new(shell, kept));
    }
    MultiPolygon(parts)
}

/// The ring mended, or `None` when it has to go.
fn mend_ring(
    ring: &[Coord<f64>],
    shell: bool,
    range: Option<Bounds>,
    note: &mut impl FnMut(Fault, bool),
) -> Option<Vec<Coord<f64>>> {
    if ring.iter().any(|c| !(c.x.is_finite() && c.y.is_finite())) {
        note(Fault::NotFinite, false);
        return Some(ring.to_vec());
    }
    if range.is_some_and(|b| ring.iter().any(|&c| !b.contains(c))) {
        note(Fault::OutOfRange, false);
    }
    let mut mended = ring.to_vec();
    if mended.first() != mended.last() {
        note(Fault::Unclosed, true);
        mended.push(mended[0]);
    }
    let length = mended.len();
    mended.dedup();
    if mended.len() < length && mended.len() > 1 {
        note(Fault::RepeatedVertex, true);
    }
    let area = beyond_rounding(ring_area(&mended, Surface::Plane), size(&mended));
    // A bow-tie may have no area and yet enclose some: only rings that fold flat go.
    if mended.len() < 4 || (area == 0.0 && mended.len() == 4) {
        note(Fault::Degenerate, true);
        return None;
    }
    if area != 0.0 && (area > 0.0) != shell {
        note(Fault::WrongWinding, true);
        mended.reverse();
    }
    Some(mended)
}

/// A measure of a ring's extent to hold its area against: far below, rounding chooses the sign.
fn size(ring: &[Coord<f64>]) -> f64 {
    let mut bounds = Bounds::EMPTY;
    ring.iter().for_each(|&c| bounds.include(c));
    1e-3 * ring.len() as f64 * (bounds.max[0] - bounds.min[0]) * (bounds.max[1] - bounds.min[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;

    fn faults(p: Polygon<f64>) -> Vec<(Fault, bool)> {
        check(&p.into(), None, Depth::Crossings).1.iter().map(|f| (f.fault, f.mended)).collect()
    }

    #[test]
    fn every_fault_is_named() {
        let fine = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 0., y: 1.)];
        assert!(faults(fine).is_empty());
        let repeated = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 0.), (x: 0., y: 1.)];
        assert_eq!(faults(repeated), [(Fault::RepeatedVertex, true)]);
        let flat = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 2., y: 0.)];
        assert_eq!(faults(flat), [(Fault::Degenerate, true)]);
        let nan = polygon![(x: 0., y: 0.), (x: f64::NAN, y: 0.), (x: 2., y: 1.)];
        assert_eq!(faults(nan), [(Fault::NotFinite, false)]);
        let bow = polygon![(x: 0., y: 0.), (x: 2., y: 2.), (x: 2., y: 0.), (x: 0., y: 2.)];
        assert_eq!(faults(bow).last(), Some(&(Fault::Invalid, false)));
    }

    #[test]
    fn holes_outside_are_parts_or_go() {
        let part = [(3., 0.), (4., 0.), (3., 1.), (3., 0.)].map(|(x, y)| Coord { x, y });
        let shell = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 0., y: 2.)].into_inner().0;
        let run = |ring: Vec<Coord<f64>>| {
            check(&Polygon::new(shell.clone(), vec![LineString(ring)]).into(), None, Depth::Crossings)
        };
        let (mended, found) = run(part.to_vec());
        assert_eq!((mended.0.len(), mended.unsigned_area()), (2, 2.5));
        assert_eq!(found.last().map(|f| (f.fault, f.ring, f.mended)), Some((Fault::Misplaced, 1, true)));
        let (mended, found) = run(part.into_iter().rev().collect());
        assert_eq!((mended.0.len(), mended.unsigned_area(), found.len()), (1, 2.0, 1));
    }
}
