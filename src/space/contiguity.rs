//! Which features touch: rook (a common border) and queen (a common border or point).

use geo_types::Coord;

use super::layer::Layer;
use super::topology::{NONE, Vertices, ring_starts};
use crate::error::{Error, Result};
use crate::matrix::Csr;

/// What counts as touching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Rule {
    /// A common stretch of border.
    Rook,
    /// A common point or stretch of border.
    Queen,
}

/// Pairs of features that touch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[must_use]
pub struct Contiguity {
    /// Pairs `(i, j)` with `i < j`, in increasing order.
    pub pairs: Vec<(u32, u32)>,
    /// Number of features.
    pub features: usize,
    /// Features without neighbours, increasing.
    pub islands: Vec<u32>,
}

impl Contiguity {
    fn from_pairs(mut pairs: Vec<(u32, u32)>, features: usize) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut touched = vec![false; features];
        for &(i, j) in &pairs {
            touched[i as usize] = true;
            touched[j as usize] = true;
        }
        let islands = (0..features as u32).filter(|&i| !touched[i as usize]).collect();
        Self { pairs, features, islands }
    }

    /// The symmetric 0/1 matrix of the pairs.
    ///
    /// # Errors
    /// [`Error::Value`] when the pairs were altered and one is out of range.
    ///
    /// # Complexity
    /// O(features + pairs).
    pub fn to_csr(&self) -> Result<Csr> {
        let both: Vec<(u32, u32, f64)> =
            self.pairs.iter().flat_map(|&(i, j)| [(i, j, 1.0), (j, i, 1.0)]).collect();
        Csr::from_triplets(self.features, self.features, &both)
    }
}

/// Which features of a clean layer touch, whose neighbours have the same vertices along what they share.
///
/// # Formula
/// Rook by equal edges, queen by equal vertices. Exact on clean layers and equal to PySAL's
/// `Queen`/`Rook.from_dataframe`; for gaps, slivers and vertices in the middle of another's edge use
/// [`contiguity_within`].
///
/// # Complexity
/// O(coordinates).
///
/// # Example
/// ```
/// use geo_types::polygon;
/// use rurban::space::{Layer, contiguity::{contiguity, Rule}};
/// let square = |x: f64, y: f64| {
///     polygon![(x: x, y: y), (x: x + 1., y: y), (x: x + 1., y: y + 1.), (x: x, y: y + 1.)].into()
/// };
/// let layer = Layer::from_features([&square(0., 0.), &square(1., 0.), &square(1., 1.)]);
/// assert_eq!(contiguity(&layer, Rule::Rook).pairs, [(0, 1), (1, 2)]);
/// assert_eq!(contiguity(&layer, Rule::Queen).pairs, [(0, 1), (0, 2), (1, 2)]);
/// ```
pub fn contiguity(layer: &Layer, rule: Rule) -> Contiguity {
    let vertices = Vertices::new(layer);
    let starts = ring_starts(layer);
    let mut passes = vec![0_u32; vertices.count];
    vertices.of.iter().for_each(|&v| passes[v as usize] += 1);
    // Lists of (other end, feature) at one end of each edge, or of features at each vertex.
    let mut head = vec![NONE; vertices.count];
    let mut entries: Vec<(u32, u32, u32)> = Vec::with_capacity(vertices.of.len());
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for feature in 0..layer.len() {
        let f = feature as u32;
        for r in layer.ring_range(feature) {
            for e in vertices.of[starts[r]..starts[r + 1]].windows(2) {
                let (at, other) = match rule {
                    Rule::Queen => (e[0], 0),
                    Rule::Rook if e[0] == e[1] => continue,
                    Rule::Rook => {
                        // At the end that fewer edges have: many meet at a hub.
                        let rank = |v: u32| (passes[v as usize], v);
                        if rank(e[0]) < rank(e[1]) { (e[0], e[1]) } else { (e[1], e[0]) }
                    }
                };
                let mut entry = head[at as usize];
                let mut known = false;
                while entry != NONE {
                    let (o, g, next) = entries[entry as usize];
                    if o == other {
                        if g == f {
                            known = true;
                        } else if pairs.last() != Some(&(g, f)) {
                            pairs.push((g, f));
                        }
                    }
                    entry = next;
                }
                if !known {
                    entries.push((other, f, head[at as usize]));
                    head[at as usize] = entries.len() as u32 - 1;
                }
            }
        }
    }
    Contiguity::from_pairs(pairs, layer.len())
}

/// Which features of a layer that is not clean touch.
///
/// # Formula
/// Queen when two boundaries come within `tolerance` (in coordinate units; at 0, within rounding) of each other, rook
/// when they run within it for more than four times the tolerance in all (more than nothing at 0), so that a crossing or a
/// corner is no border. Finds vertices on the edges of others (T-junctions) with a small positive tolerance.
/// Compares boundaries only: a feature inside another and further than the tolerance from its boundary is no
/// neighbour.
///
/// # Errors
/// [`Error::Parameter`] when the tolerance is negative or not finite; [`Error::Value`] when a coordinate is
/// not finite.
///
/// # Complexity
/// O(edges × edges in their surroundings).
pub fn contiguity_within(layer: &Layer, rule: Rule, tolerance: f64) -> Result<Contiguity> {
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(Error::Parameter {
            name: "tolerance",
            value: tolerance.to_string(),
            must: "must be zero or positive",
        });
    }
    if let Some(index) = layer.coords().iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
        return Err(Error::Value {
            what: "coordinates",
            index,
            value: format!("{:?}", layer.coords()[index]),
            must: "must be finite",
        });
    }
    let mut edges: Vec<(Coord<f64>, Coord<f64>, u32)> = Vec::new();
    for f in 0..layer.len() {
        for ring in layer.rings(f) {
            let before = edges.len();
            edges.extend(ring.windows(2).filter(|e| e[0] != e[1]).map(|e| (e[0], e[1], f as u32)));
            // A ring that is a single place has no border to share, but may be touched.
            if let ([at, _, ..], true) = (ring, rule == Rule::Queen && edges.len() == before) {
                edges.push((*at, *at, f as u32));
            }
        }
    }
    // A packed tree over the edges: robust where edge lengths differ by orders of magnitude.
    let tree = rstar::RTree::bulk_load(
        edges
            .iter()
            .enumerate()
            .map(|(i, (a, b, _))| {
                rstar::primitives::GeomWithData::new(
                    rstar::primitives::Rectangle::from_corners([a.x, a.y], [b.x, b.y]),
                    i as u32,
                )
            })
            .collect(),
    );
    let found: Vec<Vec<(u32, u32, f64)>> = crate::parallel::map(edges.len(), |i| {
        let (a, b, f) = edges[i];
        let low = [a.x.min(b.x) - tolerance, a.y.min(b.y) - tolerance];
        let high = [a.x.max(b.x) + tolerance, a.y.max(b.y) + tolerance];
        let mut near: Vec<(u32, u32, f64)> = tree
            .locate_in_envelope_intersecting(rstar::AABB::from_corners(low, high))
            .filter_map(|other| {
                let (c, d, g) = edges[other.data as usize];
                if g <= f {
                    return None;
                }
                match rule {
                    Rule::Rook => {
                        let length = common_length(a, b, c, d, tolerance);
                        (length > 0.0).then_some((f, g, length))
                    }
                    Rule::Queen => {
                        let reach = tolerance.max(2.0 * rounding(a, b));
                        (distance2(a, b, c, d) <= reach * reach).then_some((f, g, 1.0))
                    }
                }
            })
            .collect();
        near.sort_unstable_by(|p, q| {
            (p.1, p.2).partial_cmp(&(q.1, q.2)).unwrap_or(std::cmp::Ordering::Equal)
        });
        near
    });
    let mut lengths: Vec<(u32, u32, f64)> = found.into_iter().flatten().collect();
    lengths.sort_by_key(|l| (l.0, l.1));
    let least = if rule == Rule::Rook { 4.0 * tolerance } else { 0.0 };
    let pairs = lengths
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .filter(|group| group.iter().map(|g| g.2).sum::<f64>() > least)
        .map(|group| (group[0].0, group[0].1))
        .collect();
    Ok(Contiguity::from_pairs(pairs, layer.len()))
}

/// Length of the part of `a b` that lies within `tolerance` of the line and span of `c d`.
fn common_length(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>, d: Coord<f64>, tolerance: f64) -> f64 {
    let (u, v) = (b - a, d - c);
    let (ab, cd) = (u.x.hypot(u.y), v.x.hypot(v.y));
    let (p, q) = (a - c, b - c);
    // Offsets across `c d` and positions along it, of both ends of `a b`.
    let across = [(v.x * p.y - v.y * p.x) / cd, (v.x * q.y - v.y * q.x) / cd];
    let along = [(v.x * p.x + v.y * p.y) / cd, (v.x * q.x + v.y * q.y) / cd];
    // So that tolerance 0 still finds collinear edges.
    let tolerance = tolerance.max(rounding(a, b));
    let mut span = (0.0, 1.0);
    for (ends, low, high) in [(across, -tolerance, tolerance), (along, 0.0, cd)] {
        let slope: f64 = ends[1] - ends[0];
        if slope.abs() < 1e-300 {
            if ends[0] < low || ends[0] > high {
                return 0.0;
            }
            continue;
        }
        let (s, t) = ((low - ends[0]) / slope, (high - ends[0]) / slope);
        span = (f64::max(span.0, s.min(t)), f64::min(span.1, s.max(t)));
    }
    let length = (span.1 - span.0) * ab;
    // A crossing at an angle has a common part of the size of the rounding only.
    if length > 4.0 * rounding(a, b) { length } else { 0.0 }
}

/// What rounding of coordinates of this size leaves.
fn rounding(a: Coord<f64>, b: Coord<f64>) -> f64 {
    4.0 * f64::EPSILON * (a.x.abs() + a.y.abs() + (b.x - a.x).hypot(b.y - a.y))
}

/// Squared distance of two segments; 0 when they cross.
fn distance2(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>, d: Coord<f64>) -> f64 {
    let cross =
        |o: Coord<f64>, p: Coord<f64>, q: Coord<f64>| (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x);
    if cross(a, b, c) * cross(a, b, d) < 0.0 && cross(c, d, a) * cross(c, d, b) < 0.0 {
        return 0.0;
    }
    let to_segment = |p: Coord<f64>, a: Coord<f64>, b: Coord<f64>| {
        let v = b - a;
        let length2 = v.x * v.x + v.y * v.y;
        let along = (p.x - a.x) * v.x + (p.y - a.y) * v.y;
        let t = if length2 > 0.0 { (along / length2).clamp(0.0, 1.0) } else { 0.0 };
        let (x, y) = (a.x + t * v.x - p.x, a.y + t * v.y - p.y);
        x * x + y * y
    };
    to_segment(a, c, d).min(to_segment(b, c, d)).min(to_segment(c, a, b)).min(to_segment(d, a, b))
}
