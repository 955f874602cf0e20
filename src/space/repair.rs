//! What is wrong with a polygon feature, and its repair where that is safe.

use geo::algorithm::Validation;
use geo::{Area, unary_union};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::layer::Bounds;
use super::measure::{Surface, ring_area};
use super::noding::{Edge, apart, crossing};

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
    /// Rings cross themselves or each other, or a hole is outside its shell: merged again by a
    /// polygon union when that changes the area by less than one part in a thousand.
    Invalid,
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
    /// Also crossings and misplaced holes: O(n log n) in the usual case, quadratic for features whose
    /// rings meet.
    Crossings,
}

/// Checks one feature and mends what can be mended safely. `range` bounds the coordinates (for
/// degrees, −180 … 180 and −90 … 90). The findings are empty exactly when the geometry comes back
/// as it was.
///
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
    for (p, polygon) in feature.iter().enumerate() {
        let mut rings: Vec<LineString<f64>> = Vec::new();
        for (r, ring) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
            let mut note = |fault, mended| {
                found.push(Repair { fault, polygon: p as u32, ring: r as u32, mended });
            };
            match mend_ring(&ring.0, r == 0, range, &mut note) {
                Some(ring) => rings.push(LineString(ring)),
                None if r == 0 => break,
                None => {}
            }
        }
        let mut rings = rings.into_iter();
        if let Some(outer) = rings.next() {
            polygons.push(Polygon::new(outer, rings.collect()));
        }
    }
    let mended = MultiPolygon(polygons);
    let hopeless = found.iter().any(|f| f.fault == Fault::NotFinite);
    if depth == Depth::Crossings && !hopeless && !(clearly_valid(&mended) || mended.is_valid()) {
        let before = mended.unsigned_area();
        let union = unary_union(&mended.0);
        let ok = (union.unsigned_area() - before).abs() <= 1e-3 * before && union.is_valid();
        found.push(Repair { fault: Fault::Invalid, polygon: 0, ring: 0, mended: ok });
        return (if ok { union } else { mended }, found);
    }
    (mended, found)
}

/// Whether rings are simple, meet nowhere and lie in each other as they should. That settles nearly
/// all features at once; where rings meet only the general check can tell.
fn clearly_valid(feature: &MultiPolygon<f64>) -> bool {
    struct Ring<'a> {
        polygon: usize,
        hole: bool,
        coords: &'a [Coord<f64>],
        bounds: Bounds,
    }
    let mut rings = Vec::new();
    for (polygon, parts) in feature.iter().enumerate() {
        for (k, ring) in std::iter::once(parts.exterior()).chain(parts.interiors()).enumerate() {
            let mut bounds = Bounds::EMPTY;
            ring.0.iter().for_each(|&c| bounds.include(c));
            rings.push(Ring { polygon, hole: k > 0, coords: &ring.0, bounds });
        }
    }
    let edges: Vec<Edge> = rings.iter().flat_map(|r| r.coords.windows(2).map(|e| (e[0], e[1]))).collect();
    if !apart(&edges) {
        return false;
    }
    // Of rings that do not meet, any vertex tells which is in which.
    let mut around: Vec<&Ring> = Vec::new();
    rings.iter().enumerate().all(|(i, ring)| {
        let at = ring.coords[0];
        around.clear();
        around.extend(rings.iter().enumerate().filter(|&(o, _)| o != i).map(|(_, r)| r).filter(|r| {
            let crossed = || r.coords.windows(2).filter(|e| crossing(at, (e[0], e[1])) != 0).count();
            r.bounds.contains(at) && crossed() % 2 == 1
        }));
        let in_hole_of = |polygon| around.iter().any(|r| r.hole && r.polygon == polygon);
        if ring.hole {
            around.iter().any(|r| !r.hole && r.polygon == ring.polygon) && !in_hole_of(ring.polygon)
        } else {
            around.iter().all(|r| r.hole || in_hole_of(r.polygon))
        }
    })
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
    let area = ring_area(&mended, Surface::Plane);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
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
    fn the_fast_check_agrees_with_the_general_one() {
        // Small integer corners, so that rings often touch, overlap and fold.
        let (mut clear, mut valid) = (0, 0);
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
            ];
            for parts in [&shapes[..1], &shapes[1..2], &shapes[..2], &shapes[1..]] {
                let (mended, found) = check(&MultiPolygon(parts.to_vec()), None, Depth::Rings);
                if clearly_valid(&mended) {
                    clear += 1;
                    assert!(mended.is_valid(), "{seed} {found:?} {mended:?}");
                }
                valid += usize::from(mended.is_valid());
            }
        }
        // Of the valid ones most are clear: the rest have rings that meet in a point.
        assert!(clear > valid * 3 / 4, "{clear} of {valid}");
    }

    #[test]
    fn islands_and_holes_are_in_their_places() {
        let square = |at: f64, side: f64| {
            geo_types::Rect::new(Coord { x: at, y: at }, Coord { x: at + side, y: at + side })
                .to_polygon()
                .into_inner()
                .0
        };
        let holed = |at: f64, side: f64, holes: &[(f64, f64)]| {
            Polygon::new(square(at, side), holes.iter().map(|h| square(h.0, h.1)).collect())
        };
        let clear = |parts: Vec<Polygon<f64>>| clearly_valid(&MultiPolygon(parts));
        assert!(clear(vec![holed(0.0, 9.0, &[(1.0, 7.0)]), holed(2.0, 5.0, &[(3.0, 1.0), (5.0, 1.0)])]));
        assert!(!clear(vec![holed(0.0, 9.0, &[]), holed(2.0, 5.0, &[])]));
        assert!(!clear(vec![holed(0.0, 9.0, &[(10.0, 1.0)])]));
        assert!(!clear(vec![holed(0.0, 9.0, &[(1.0, 7.0), (2.0, 1.0)])]));
        assert!(!clear(vec![holed(1.0, 1.0, &[(0.0, 9.0)])]));
        assert!(!clear(vec![holed(0.0, 2.0, &[(2.0, 1.0)])]));
    }
}
