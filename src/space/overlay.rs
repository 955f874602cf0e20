//! How much of each feature of one layer lies in each feature of another.

use geo::{Area, BooleanOps};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use super::layer::Layer;
use super::locate::Locator;
use super::measure::{Surface, areas};
use crate::check::check_weights;
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

/// Common areas of two layers in the plane of their coordinates: use an equal-area projection
/// where areas matter (shares of small features are right in any). Only pairs in which an edge
/// of `b` comes near `a` are cut; all others are a table look-up.
///
/// # Errors
/// [`Error::Value`] when a coordinate is not finite.
pub fn overlay_areas(a: &Layer, b: &Layer) -> Result<Overlay> {
    for (what, layer) in [("first layer", a), ("second layer", b)] {
        if let Some(index) = layer.coords().iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
            return Err(Error::Value {
                what,
                index,
                value: format!("{:?}", layer.coords()[index]),
                must: "must be finite",
            });
        }
    }
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
                        let common = shape.intersection(&b.to_multi_polygon(j as usize)).unsigned_area();
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

/// Units assigned to features by area.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Assigned {
    /// The feature of `base` that holds most of each unit; unlabelled when none has any of it.
    pub labels: Labels,
    /// Which part of the unit that is, 0 to 1; NaN without label.
    pub shares: Vec<f64>,
}

/// Memberships by area: each feature of `units` (communes) goes to the feature of `base`
/// (territories) that holds the largest part of it, the one with the lower index among equals. How
/// large that part is is told, so that doubtful ones can be looked at. Areas and cost as in
/// [`overlay_areas`].
///
/// # Errors
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

/// Common weight (population, jobs) of two groupings of weighted points: `in_a` and `in_b` give the
/// feature that holds each point in either layer, if any. O(points log points).
///
/// # Errors
/// [`Error::Shape`] when lengths differ; [`Error::Value`] when a weight is negative or not finite
/// or a feature is out of range.
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
    use geo_types::{Coord, MultiPolygon, Rect};

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
