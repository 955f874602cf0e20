//! How much of each feature of one layer lies in each feature of another.

use std::collections::BTreeSet;

use geo::Area;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::boolean::intersection;
use super::layer::{Bounds, Layer};
use super::locate::Locator;
use super::measure::{Surface, areas, interior_points};
use super::topology::{Vertices, ring_starts};
use super::window::Window;
use crate::check::{check_coords, check_weights};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::parallel;

/// What features `a` and `b` have in common.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Share {
    /// Feature of the first layer.
    pub a: u32,
    /// Feature of the second layer.
    pub b: u32,
    /// Common area in squared coordinate units, or common point weight.
    pub amount: f64,
    /// Part of `a` that lies in `b`; NaN when `a` has nothing.
    pub of_a: f64,
    /// Part of `b` that lies in `a`; NaN when `b` has nothing.
    pub of_b: f64,
}

/// The common parts of two layers.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[must_use]
pub struct Overlay {
    /// Pairs with something in common, by `a`, then `b`.
    pub shares: Vec<Share>,
    /// For every feature of the first layer, the amount that lies in no feature of the second.
    pub remainder: Vec<f64>,
}

/// How much of each feature of one layer lies in each feature of another, by area.
///
/// # Formula
/// The common area of each pair in the plane of the coordinates, in squared units, and its parts of both: use
/// an equal-area projection where areas matter (shares of small features are right in any).
///
/// # Range
/// Amounts from 0 to the smaller of both areas, parts in [0, 1].
///
/// # Direction
/// A high `of_a` says that `a` lies in `b` for the most part.
///
/// # Undefined
/// A part is NaN when its feature has no area. Pairs with nothing in common are left out.
///
/// # Errors
/// [`Error::Value`] when a coordinate is not finite (or beyond 10¹⁰⁰).
///
/// # Complexity
/// O(edges log edges), and one polygon intersection for each pair in which an edge of `b` comes near `a`,
/// with the part of `b` around `a`; all others are a table look-up.
pub fn overlay_areas(a: &Layer, b: &Layer) -> Result<Overlay> {
    check_coords("first layer", a.coords())?;
    check_coords("second layer", b.coords())?;
    let locator = Locator::new(b)?;
    let edges = (0..b.len())
        .flat_map(|j| b.rings(j).map(move |ring| (j, ring)))
        .flat_map(|(j, ring)| {
            ring.windows(2).map(move |e| {
                let corners = Rectangle::from_corners([e[0].x, e[0].y], [e[1].x, e[1].y]);
                GeomWithData::new(corners, j as u32)
            })
        })
        .collect();
    let edges = RTree::bulk_load(edges);
    let outlines: Vec<Outline> = parallel::map(b.len(), |j| Outline::new(b, j));
    let sizes = areas(a, Surface::Plane);
    let common = parallel::map(a.len(), |i| {
        let bounds = a.bounds(i);
        let Some(&corner) = a.rings(i).next().and_then(|ring| ring.first()) else { return Vec::new() };
        // Only features with an edge near this one need to be cut; it lies wholly inside or outside
        // of all others.
        let mut cut: Vec<u32> = edges
            .locate_in_envelope_intersecting(AABB::from_corners(bounds.min, bounds.max))
            .map(|g| g.data)
            .collect();
        cut.sort_unstable();
        cut.dedup();
        if sizes[i] <= 0.0 {
            return Vec::new();
        }
        let mut found: Vec<(u32, u32, f64)> = locator
            .locate_all(corner)
            .into_iter()
            .filter(|j| cut.binary_search(j).is_err())
            .map(|j| (i as u32, j, sizes[i]))
            .collect();
        if !cut.is_empty() {
            let shape = a.to_multi_polygon(i);
            found.extend(
                cut.into_iter()
                    .map(|j| {
                        let common = intersection(&shape, &outlines[j as usize].near(bounds)).unsigned_area();
                        // A ring that crosses itself has less area than what it covers.
                        (i as u32, j, common.min(sizes[i]))
                    })
                    .filter(|c| c.2 > 0.0),
            );
            found.sort_unstable_by_key(|c| c.1);
        }
        found
    });
    let common: Vec<(u32, u32, f64)> = common.into_iter().flatten().collect();
    Ok(shares(&common, &sizes, &areas(b, Surface::Plane)))
}

/// Places just inside its border that a feature is asked about at most.
const PLACES: usize = 256;

/// Whether the edge that begins at each coordinate stands twice in the layer, once each way.
fn edges_shared_by_two(layer: &Layer) -> Vec<bool> {
    let vertices = Vertices::new(layer).of;
    let mut edges: Vec<(u64, u32)> = Vec::with_capacity(vertices.len());
    for ring in ring_starts(layer).windows(2) {
        for e in ring[0]..ring[1].saturating_sub(1) {
            let (a, b) = (u64::from(vertices[e]), u64::from(vertices[e + 1]));
            edges.push((a.min(b) << 32 | a.max(b), e as u32));
        }
    }
    edges.sort_unstable();
    let mut shared = vec![false; vertices.len()];
    for same in edges.chunk_by(|x, y| x.0 == y.0) {
        if let [(_, e), (_, f)] = *same
            && vertices[e as usize] == vertices[f as usize + 1]
            && vertices[e as usize] != vertices[e as usize + 1]
        {
            (shared[e as usize], shared[f as usize]) = (true, true);
        }
    }
    shared
}

/// Pairs of features of one layer, the lesser first, that may overlap: a place just inside the border of one,
/// or in its middle, lies in the other too. Features that only touch are no such pair; an overlap that holds
/// none of some 250 places along either border is not seen.
///
/// # Errors
/// [`Error::Value`] when a coordinate is not finite (or beyond 10¹⁰⁰).
///
/// # Complexity
/// O(features log features).
pub fn overlapping_pairs(layer: &Layer) -> Result<Vec<[u32; 2]>> {
    check_coords("layer", layer.coords())?;
    if layer.len() < 2 {
        return Ok(Vec::new());
    }
    let locator = Locator::new(layer)?;
    let middles = interior_points(layer);
    // Where two features alone share an edge, one to each side, no third lies unless one of its own edges or its
    // middle shows it: most edges of a clean layer need no question.
    let alone = edges_shared_by_two(layer);
    let starts = ring_starts(layer);
    let ask_all = |features: &[usize], every_edge: bool| {
        parallel::map(features.len(), |k| {
            let i = features[k];
            let mut met: Vec<u32> = Vec::new();
            let mut ask = |place: Coord<f64>| {
                let all = locator.locate_all(place);
                if all.contains(&(i as u32)) {
                    met.extend(all.into_iter().filter(|&j| j != i as u32));
                }
            };
            ask(middles[i]);
            let edges: Vec<usize> = (layer.ring_range(i))
                .flat_map(|r| starts[r]..starts[r + 1].saturating_sub(1))
                .filter(|&e| every_edge || !alone[e])
                .collect();
            let step = edges.len().div_ceil(PLACES).max(1);
            let pieces = (PLACES / edges.len().max(1)).clamp(1, 16);
            for &e in edges.iter().step_by(step) {
                let (from, to) = (layer.coords()[e], layer.coords()[e + 1]);
                let (dx, dy) = (to.x - from.x, to.y - from.y);
                let aside = 0.05 / pieces as f64;
                for piece in 0..pieces {
                    let along = (piece as f64 + 0.5) / pieces as f64;
                    let (x, y) = (from.x + along * dx, from.y + along * dy);
                    // On one side or the other, whichever way the ring runs.
                    ask(Coord { x: x - aside * dy, y: y + aside * dx });
                    ask(Coord { x: x + aside * dy, y: y - aside * dx });
                }
            }
            met.sort_unstable();
            met.dedup();
            met
        })
    };
    let all: Vec<usize> = (0..layer.len()).collect();
    let mut found = ask_all(&all, false);
    // Those that do overlap something are asked along their whole border: it may be more than one.
    let met: BTreeSet<usize> = (found.iter().enumerate().filter(|(_, met)| !met.is_empty()))
        .flat_map(|(i, met)| met.iter().map(|&j| j as usize).chain([i]))
        .collect();
    let met: Vec<usize> = met.into_iter().collect();
    for (i, whole) in met.iter().zip(ask_all(&met, true)) {
        found[*i].extend(whole);
    }
    let pair = |(i, j): (u32, u32)| [i.min(j), i.max(j)];
    let mut pairs: Vec<[u32; 2]> =
        (0..).zip(found).flat_map(|(i, met)| met.into_iter().map(move |j| pair((i, j)))).collect();
    pairs.sort_unstable();
    pairs.dedup();
    Ok(pairs)
}

/// How much two features of a layer have in common.
///
/// # Formula
/// Their common area in the plane of the coordinates, in squared units, and its parts of both.
///
/// # Range
/// Amounts from 0 to the smaller of both areas, parts in [0, 1].
///
/// # Undefined
/// A part is NaN when its feature has no area.
///
/// # Complexity
/// One polygon intersection, O(n log n) in the edges of both as a rule.
#[must_use]
pub fn common_part(layer: &Layer, [a, b]: [u32; 2]) -> Share {
    let bounds = layer.bounds(a as usize);
    let shape = layer.to_multi_polygon(a as usize);
    let amount = intersection(&shape, &Outline::new(layer, b as usize).near(bounds)).unsigned_area();
    let of = |i: u32| amount / layer.to_multi_polygon(i as usize).unsigned_area();
    let (of_a, of_b) = (of(a), of(b));
    Share { a, b, amount, of_a, of_b }
}

/// A feature of which the parts near others are asked.
struct Outline {
    polygons: Vec<(Bounds, Vec<Window>)>,
}

impl Outline {
    fn new(layer: &Layer, feature: usize) -> Self {
        let polygons = layer.polygons(feature).map(|rings| {
            let mut bounds = Bounds::EMPTY;
            rings.outer().iter().for_each(|&c| bounds.include(c));
            (bounds, rings.map(|r| Window::new(r.to_vec())).collect())
        });
        Self { polygons: polygons.collect() }
    }

    /// The feature within a window a little wider than `bounds`, so that what the window cuts runs
    /// clear of them.
    fn near(&self, bounds: Bounds) -> MultiPolygon<f64> {
        let margin = 0.01 * (bounds.max[0] - bounds.min[0] + bounds.max[1] - bounds.min[1]);
        let largest = bounds.min.iter().chain(&bounds.max).fold(0.0_f64, |m, v| m.max(v.abs()));
        let margin = margin.max(largest * 1e-12);
        let window = Bounds { min: bounds.min.map(|v| v - margin), max: bounds.max.map(|v| v + margin) };
        let meets = |own: &Bounds| (0..2).all(|k| own.max[k] >= window.min[k] && own.min[k] <= window.max[k]);
        let polygons = self.polygons.iter().filter(|(own, _)| meets(own)).filter_map(|(_, rings)| {
            let mut cut =
                rings.iter().map(|r| r.clipped(window)).map(LineString).map(|r| (r.0.len() > 2).then_some(r));
            Some(Polygon::new(cut.next()??, cut.flatten().collect()))
        });
        MultiPolygon(polygons.collect())
    }
}

/// Units assigned to features by area.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Assigned {
    /// The feature of `base` that holds most of each unit; unlabelled when none has any of it.
    pub labels: Labels,
    /// Which part of the unit that is, 0 to 1; NaN without label.
    pub shares: Vec<f64>,
}

/// Which feature of `base` (territories) each feature of `units` (communes) belongs to by area.
///
/// # Formula
/// The one that holds the largest part of the unit, the one with the lower index among equals. How large that
/// part is is told, so that doubtful ones can be looked at. Areas as in [`overlay_areas`].
///
/// # Range
/// Parts in [0, 1].
///
/// # Direction
/// A part near 1 is a sure membership.
///
/// # Undefined
/// Unlabelled, with a part of NaN, where no feature of `base` has any of the unit.
///
/// # Errors
/// As [`overlay_areas`].
///
/// # Complexity
/// As [`overlay_areas`].
pub fn assign(base: &Layer, units: &Layer) -> Result<Assigned> {
    let mut labels = vec![Labels::NONE; units.len()];
    let mut shares = vec![f64::NAN; units.len()];
    // Shares come by unit, then by index of the base: only a larger one takes over.
    for share in overlay_areas(units, base)?.shares {
        let unit = share.a as usize;
        if shares[unit].is_nan() || share.of_a > shares[unit] {
            shares[unit] = share.of_a;
            labels[unit] = share.b;
        }
    }
    Ok(Assigned { labels: Labels::new(labels, base.len())?, shares })
}

/// How much weight (population, jobs) two groupings of weighted points have in common.
///
/// # Formula
/// The sum of the `weights` of the points that are in feature a of the one and b of the other, and its parts
/// of both; `in_a` and `in_b` give the feature that holds each point in either layer, if any.
///
/// # Range
/// Amounts in [0, ∞), parts in [0, 1].
///
/// # Direction
/// A high `of_a` says that `a` lies in `b` for the most part.
///
/// # Undefined
/// A part is NaN when its feature has no weight.
///
/// # Errors
/// [`Error::Shape`] when lengths differ; [`Error::Value`] when a weight is negative or not finite or a
/// feature is out of range.
///
/// # Complexity
/// O(points log points).
pub fn overlay_points(
    in_a: &crate::labels::Labels,
    in_b: &crate::labels::Labels,
    weights: &[f64],
) -> Result<Overlay> {
    for (what, got) in [("in_b", in_b.len()), ("weights", weights.len())] {
        if got != in_a.len() {
            return Err(Error::Shape { what, expected: in_a.len(), got });
        }
    }
    check_weights("weights", weights)?;
    let (mut total_a, mut total_b) = (vec![0.0; in_a.classes()], vec![0.0; in_b.classes()]);
    let mut common = Vec::new();
    for (p, &w) in weights.iter().enumerate() {
        let (i, j) = (in_a.get(p), in_b.get(p));
        if let Some(i) = i {
            total_a[i] += w;
        }
        if let Some(j) = j {
            total_b[j] += w;
        }
        if let (Some(i), Some(j)) = (i, j) {
            common.push((i as u32, j as u32, w));
        }
    }
    common.sort_by_key(|c| (c.0, c.1));
    let common: Vec<_> = common
        .chunk_by(|p, q| (p.0, p.1) == (q.0, q.1))
        .map(|g| (g[0].0, g[0].1, g.iter().map(|c| c.2).sum()))
        .collect();
    Ok(shares(&common, &total_a, &total_b))
}

fn shares(common: &[(u32, u32, f64)], total_a: &[f64], total_b: &[f64]) -> Overlay {
    let mut remainder = total_a.to_vec();
    let part = |amount: f64, total: f64| if total > 0.0 { amount / total } else { f64::NAN };
    let shares = common
        .iter()
        .map(|&(a, b, amount)| {
            remainder[a as usize] -= amount;
            let (of_a, of_b) = (part(amount, total_a[a as usize]), part(amount, total_b[b as usize]));
            Share { a, b, amount, of_a, of_b }
        })
        .collect();
    Overlay { shares, remainder }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::BooleanOps;
    use geo_types::{Coord, Rect};

    fn boxed(x: f64, width: f64) -> MultiPolygon<f64> {
        Rect::new(Coord { x, y: 0.0 }, Coord { x: x + width, y: 1.0 }).to_polygon().into()
    }

    #[test]
    fn shares_and_remainder() {
        let a = Layer::from_features([&boxed(0.0, 4.0), &boxed(10.0, 1.0)]);
        let b = Layer::from_features([&boxed(1.0, 1.0), &boxed(3.0, 2.0)]);
        let o = overlay_areas(&a, &b).unwrap();
        let found: Vec<_> =
            o.shares.iter().map(|s| (s.a, s.b, (s.of_a * 1e6).round(), (s.of_b * 1e6).round())).collect();
        assert_eq!(found, [(0, 0, 250_000.0, 1_000_000.0), (0, 1, 250_000.0, 500_000.0)]);
        assert!((o.remainder[0] - 2.0).abs() < 1e-6 && o.remainder[1] == 1.0);
        let bad = Layer::from_features([&boxed(f64::NAN, 1.0)]);
        assert!(overlay_areas(&a, &bad).is_err());
    }

    #[test]
    fn the_part_near_a_unit_gives_what_the_whole_does() {
        use crate::random::Seed;
        // A ragged disc with a ragged hole and an island in it.
        let ring = |radius: f64, n: usize, seed: u64| -> Vec<Coord<f64>> {
            let mut s = Seed(seed).stream(0);
            (0..n)
                .map(|i| {
                    let (sin, cos) = (std::f64::consts::TAU * i as f64 / n as f64).sin_cos();
                    let r = radius * (1.0 + 0.02 * s.unit());
                    Coord { x: r * cos, y: r * sin }
                })
                .collect()
        };
        let disc = Polygon::new(LineString(ring(10.0, 3000, 1)), vec![LineString(ring(5.0, 700, 2))]);
        let shape = MultiPolygon(vec![disc, Polygon::new(LineString(ring(2.0, 150, 3)), Vec::new())]);
        let base = Layer::from_features([&shape]);
        let mut s = Seed(4).stream(0);
        let units: Vec<MultiPolygon<f64>> = (0..120)
            .map(|_| {
                let (x, y, w) = (s.unit() * 24.0 - 12.0, s.unit() * 24.0 - 12.0, 0.2 + 3.0 * s.unit());
                Rect::new(Coord { x, y }, Coord { x: x + w, y: y + w }).to_polygon().into()
            })
            .collect();
        let found = overlay_areas(&Layer::from_features(&units), &base).unwrap();
        for (i, unit) in units.iter().enumerate() {
            let want = unit.intersection(&shape).unsigned_area();
            let got: f64 = found.shares.iter().filter(|s| s.a as usize == i).map(|s| s.amount).sum();
            assert!((got - want).abs() < 1e-6, "{i}: {got} {want}");
        }
    }

    #[test]
    fn the_largest_share_wins_and_ties_go_by_index() {
        let high = |x: f64, width: f64| -> MultiPolygon<f64> {
            Rect::new(Coord { x, y: -1.0 }, Coord { x: x + width, y: 2.0 }).to_polygon().into()
        };
        let base = Layer::from_features([&high(0.0, 4.0), &high(4.0, 4.0)]);
        // Wholly inside, three quarters right, halves, outside.
        let units =
            Layer::from_features([&boxed(1.0, 1.0), &boxed(3.5, 2.0), &boxed(3.0, 2.0), &boxed(9.0, 1.0)]);
        let found = assign(&base, &units).unwrap();
        let labels: Vec<Option<usize>> = (0..4).map(|i| found.labels.get(i)).collect();
        assert_eq!(labels, [Some(0), Some(1), Some(0), None]);
        for (share, want) in found.shares.iter().zip([1.0, 0.75, 0.5]) {
            assert!((share - want).abs() < 1e-6, "{share}");
        }
        assert!(found.shares[3].is_nan());
    }

    #[test]
    fn points_carry_weight() {
        let a = Labels::new(vec![0, 0, 0, 1], 2).unwrap();
        let b = Labels::new(vec![0, 1, Labels::NONE, 1], 2).unwrap();
        let o = overlay_points(&a, &b, &[1.0, 2.0, 1.0, 2.0]).unwrap();
        assert_eq!(o.shares.len(), 3);
        assert_eq!((o.shares[1].of_a, o.shares[1].of_b), (0.5, 0.5));
        assert_eq!(o.remainder, [1.0, 0.0]);
        assert!(overlay_points(&a, &b, &[1.0]).is_err());
        assert!(overlay_points(&a, &b, &[f64::NAN; 4]).is_err());
    }
}
