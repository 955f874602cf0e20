//! Which feature a point lies in.
//!
//! ```
//! use geo_types::{Coord, MultiPolygon, polygon};
//! use rurban::space::{Layer, locate::Locator};
//!
//! let left = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)];
//! let right = polygon![(x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 1.), (x: 1., y: 1.)];
//! let layer = Layer::from_features(&[MultiPolygon::from(left), MultiPolygon::from(right)]);
//! let locator = Locator::new(&layer)?;
//! assert_eq!(locator.locate(Coord { x: 1.5, y: 0.5 }), Some(1));
//! assert_eq!(locator.locate(Coord { x: 1.0, y: 0.5 }), Some(0)); // on the shared boundary
//! assert_eq!(locator.locate(Coord { x: 3.0, y: 0.5 }), None);
//! # Ok::<(), rurban::Error>(())
//! ```

mod build;
mod grid;

use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::Coord;
use serde::Serialize;

use super::Layer;
use crate::error::{Error, Result};
use crate::parallel;
use grid::Grid;

/// Set in a cell entry when the feature has to be tested, clear when it covers the whole cell.
const TEST: u32 = 1 << 31;
/// A cell that no feature reaches.
const EMPTY: u32 = u32::MAX;
/// Points of a batch handled by one task.
const CHUNK: usize = 8192;
/// Batches from this size on are taken in spatial order.
const SORT_FROM: usize = 4096;

/// Finds the features that contain a point.
///
/// **Rule.** A point is in a feature when it is inside by the even–odd rule over all its rings, or
/// exactly on one of them; so holes are outside, their edges inside. A point in several features
/// (overlaps, shared boundaries) belongs first to the one with the lowest index. Decisions are exact
/// for the coordinates given: near edges the sign is computed in exact arithmetic. Edges are straight
/// in the layer's coordinates. Where the parts of one feature overlap each other (which is invalid)
/// the overlap counts as outside.
///
/// In longitude and latitude nothing wraps: a feature across the antimeridian has to be cut there,
/// as RFC 7946 demands.
///
/// **Cost.** Built in time and memory linear in vertices plus grid cells (the grid shrinks when
/// features overlap a lot); a point costs a table look-up when its cell lies in one feature, else a
/// test against the few edges in its row of the grid.
#[derive(Debug, Clone)]
pub struct Locator {
    grid: Grid,
    coords: Vec<Coord<f64>>,
    /// Per cell: `EMPTY`, a feature that covers it all, or `TEST | position` in `lists`.
    cells: Vec<u32>,
    /// Runs of: number of entries, then the entries by feature (with `TEST` where to be tested).
    lists: Vec<u32>,
    /// Per feature: its first grid row, and where its rows start in `row_ends`.
    first_row: Vec<u32>,
    feature_rows: Vec<u32>,
    /// End in `edges` of each row of each feature.
    row_ends: Vec<u32>,
    /// Edges by feature and row, each as the index of its first coordinate.
    edges: Vec<u32>,
    /// Rows with many edges, as their place in `row_ends`, and where their blocks start; increasing.
    long_rows: Vec<(u32, u32)>,
    blocks: Vec<Block>,
}

/// Edges of a row from which on it is told in blocks.
const LONG: usize = 512;
/// Edges of one block.
const BLOCK: usize = 64;

/// What successive edges of a long row, taken from left to right, have in common.
#[derive(Debug, Clone, Copy)]
struct Block {
    left: f64,
    right: f64,
    /// All edges cross the heights from here …
    low: f64,
    /// … to below here.
    high: f64,
}

/// A feature near a point that may lie off all features.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Snapped {
    /// The feature.
    pub feature: u32,
    /// How far the point is from it: 0 when inside, else in the layer's units (degrees or metres).
    pub distance: f64,
}

impl Locator {
    /// Indexes a layer; features without geometry contain nothing.
    ///
    /// # Errors
    /// [`Error::Value`] for a coordinate that is not finite.
    ///
    /// # Complexity
    /// O(vertices + cells of the grid), time and memory.
    pub fn new(layer: &Layer) -> Result<Self> {
        if let Some(index) = layer.coords().iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
            let c = layer.coords()[index];
            return Err(Error::Value {
                what: "layer coordinates",
                index,
                value: format!("({}, {})", c.x, c.y),
                must: "must be finite",
            });
        }
        Ok(build::build(layer))
    }

    /// Number of features indexed.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.first_row.len()
    }

    /// Whether there are no features.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.first_row.is_empty()
    }

    /// The feature with the lowest index that contains `point`; `None` for points that are no numbers.
    ///
    /// # Complexity
    /// A table look-up when its cell lies in one feature, else a test against the few edges in its row of the
    /// grid.
    #[must_use]
    #[inline]
    pub fn locate(&self, point: Coord<f64>) -> Option<u32> {
        let (row, column) = self.grid.cell(point)?;
        let code = self.cells[self.grid.index(row, column)];
        if code == EMPTY {
            None
        } else if code & TEST == 0 {
            Some(code)
        } else {
            let found = self.entries(code).iter().find(|&&e| self.entry_contains(e, row, point));
            found.map(|e| e & !TEST)
        }
    }

    /// All features that contain `point`, by index.
    #[must_use]
    pub fn locate_all(&self, point: Coord<f64>) -> Vec<u32> {
        let Some((row, column)) = self.grid.cell(point) else { return Vec::new() };
        let code = self.cells[self.grid.index(row, column)];
        if code == EMPTY {
            Vec::new()
        } else if code & TEST == 0 {
            vec![code]
        } else {
            let entries = self.entries(code).iter();
            entries.filter(|&&e| self.entry_contains(e, row, point)).map(|e| e & !TEST).collect()
        }
    }

    /// [`Locator::locate`] for many points, in their order.
    ///
    /// Points are taken in the order of the grid and on all threads; the result does not depend on
    /// either.
    ///
    /// # Errors
    /// [`Error::Value`] for a point that is not finite.
    pub fn locate_many(&self, points: &[Coord<f64>]) -> Result<Vec<Option<u32>>> {
        if let Some(index) = points.iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
            let c = points[index];
            return Err(Error::Value {
                what: "points",
                index,
                value: format!("({}, {})", c.x, c.y),
                must: "must be finite",
            });
        }
        let mut found = vec![None; points.len()];
        if points.len() < SORT_FROM || self.is_mostly_ordered(points) {
            parallel::for_each_chunk(&mut found, CHUNK, |i, chunk| {
                for (slot, &point) in chunk.iter_mut().zip(&points[i * CHUNK..]) {
                    *slot = self.locate(point);
                }
            });
            return Ok(found);
        }
        // Points with their place, bucketed by band of rows and then by block of columns: the part
        // of the index in use stays in cache.
        let buckets = self.grid.blocks() + 1;
        let block = |c: Coord<f64>| self.grid.cell(c).map_or(buckets - 1, |(r, k)| self.grid.block(r, k));
        let mut starts = vec![0u32; buckets + 1];
        let keys: Vec<u32> = points.iter().map(|&c| block(c) as u32).collect();
        for &k in &keys {
            starts[k as usize + 1] += 1;
        }
        for k in 0..buckets {
            starts[k + 1] += starts[k];
        }
        let inside = starts[buckets - 1] as usize;
        let mut order = vec![(Coord { x: 0.0, y: 0.0 }, 0u32); inside];
        for (i, &k) in keys.iter().enumerate() {
            if (k as usize) < buckets - 1 {
                order[starts[k as usize] as usize] = (points[i], i as u32);
                starts[k as usize] += 1;
            }
        }
        let mut answers = vec![EMPTY; inside];
        parallel::for_each_chunk(&mut answers, CHUNK, |i, chunk| {
            for (slot, &(point, _)) in chunk.iter_mut().zip(&order[i * CHUNK..]) {
                *slot = self.locate(point).unwrap_or(EMPTY);
            }
        });
        for (&(_, i), &answer) in order.iter().zip(&answers) {
            found[i as usize] = (answer != EMPTY).then_some(answer);
        }
        Ok(found)
    }

    /// The feature that contains `point`, or else the nearest one at most `within` away, both by lowest index
    /// among equals. Distances are in the layer's own units and planar, so that a layer in metres is what
    /// this is for; `None` when there is none or a number is not finite.
    ///
    /// # Complexity
    /// As [`Locator::locate`] inside a feature, else what the cells within reach hold.
    #[must_use]
    pub fn snap(&self, point: Coord<f64>, within: f64) -> Option<Snapped> {
        if let Some(feature) = self.locate(point) {
            return Some(Snapped { feature, distance: 0.0 });
        }
        if !(within >= 0.0 && within.is_finite() && point.x.is_finite() && point.y.is_finite()) {
            return None;
        }
        let mut best: Option<(f64, u32)> = None;
        let mut seen = Vec::new();
        let (rows, columns) = self.grid.window(point, within)?;
        for row in rows {
            seen.clear();
            for column in columns.clone() {
                let code = self.cells[self.grid.index(row, column)];
                if code != EMPTY && code & TEST != 0 {
                    seen.extend(self.entries(code).iter().filter(|&&e| e & TEST != 0).map(|e| e & !TEST));
                }
            }
            seen.sort_unstable();
            seen.dedup();
            for &feature in &seen {
                for &e in self.row_edges(feature, row) {
                    let d = distance_to_segment(point, self.coords[e as usize], self.coords[e as usize + 1]);
                    if d <= within && best.is_none_or(|b| (d, feature) < b) {
                        best = Some((d, feature));
                    }
                }
            }
        }
        best.map(|(distance, feature)| Snapped { feature, distance })
    }

    /// Whether successive points mostly fall near each other, so that sorting would not pay.
    fn is_mostly_ordered(&self, points: &[Coord<f64>]) -> bool {
        let step = (points.len() / 1024).max(1);
        let (mut pairs, mut near) = (0, 0);
        for pair in points.windows(2).step_by(step) {
            if let (Some(a), Some(b)) = (self.grid.cell(pair[0]), self.grid.cell(pair[1])) {
                pairs += 1;
                near += usize::from(a.0.abs_diff(b.0) <= 8 && a.1.abs_diff(b.1) <= 8);
            }
        }
        near * 10 >= pairs * 9
    }

    fn entries(&self, code: u32) -> &[u32] {
        let at = (code & !TEST) as usize;
        &self.lists[at + 1..=at + self.lists[at] as usize]
    }

    #[inline]
    fn entry_contains(&self, entry: u32, row: usize, point: Coord<f64>) -> bool {
        if entry & TEST == 0 {
            return true;
        }
        let edges = self.row_edges(entry & !TEST, row);
        if edges.len() <= LONG {
            contains(&self.coords, edges, point)
        } else {
            self.long_row_contains(self.row_at(entry & !TEST, row), edges, point)
        }
    }

    /// As [`contains`], passing over the blocks that are left of the point and counting those that are
    /// right of it and cross its height.
    fn long_row_contains(&self, at: usize, edges: &[u32], p: Coord<f64>) -> bool {
        let Ok(long) = self.long_rows.binary_search_by_key(&(at as u32), |r| r.0) else {
            return contains(&self.coords, edges, p);
        };
        let blocks = &self.blocks[self.long_rows[long].1 as usize..];
        let mut inside = false;
        for (edges, block) in edges.chunks(BLOCK).zip(blocks) {
            if block.right < p.x {
                continue;
            }
            if p.x < block.left && block.low <= p.y && p.y < block.high {
                inside ^= edges.len() % 2 == 1;
            } else {
                match crossings(&self.coords, edges, p) {
                    Some(odd) => inside ^= odd,
                    None => return true,
                }
            }
        }
        inside
    }

    /// Place in `row_ends` of a grid row of a feature.
    #[inline]
    fn row_at(&self, feature: u32, row: usize) -> usize {
        let f = feature as usize;
        self.feature_rows[f] as usize + row - self.first_row[f] as usize
    }

    /// The edges of a feature in a grid row.
    #[inline]
    fn row_edges(&self, feature: u32, row: usize) -> &[u32] {
        let at = self.row_at(feature, row);
        let start = if at == 0 { 0 } else { self.row_ends[at - 1] as usize };
        &self.edges[start..self.row_ends[at] as usize]
    }
}

/// Even–odd test of `p` against all edges that reach its height; on an edge is inside.
fn contains(coords: &[Coord<f64>], edges: &[u32], p: Coord<f64>) -> bool {
    crossings(coords, edges, p).unwrap_or(true)
}

/// Whether the ray from `p` to the right crosses these edges an odd number of times; `None` on an edge.
fn crossings(coords: &[Coord<f64>], edges: &[u32], p: Coord<f64>) -> Option<bool> {
    let mut inside = false;
    for &e in edges {
        let (a, b) = (coords[e as usize], coords[e as usize + 1]);
        let (above_a, above_b) = (a.y > p.y, b.y > p.y);
        if above_a == above_b {
            // The edge does not cross the height of the point but may reach it from below.
            if !above_a && (a.y == p.y || b.y == p.y) {
                let level = a.y == b.y && p.x >= a.x.min(b.x) && p.x <= a.x.max(b.x);
                if level || a == p || b == p {
                    return None;
                }
            }
            continue;
        }
        if p.x < a.x.min(b.x) {
            inside = !inside;
        } else if p.x <= a.x.max(b.x) {
            let side = side(a, b, p);
            if side == 0.0 {
                return None;
            }
            // Left of an edge that goes up, right of one that goes down: the ray to the right hits.
            if (side > 0.0) == above_b {
                inside = !inside;
            }
        }
    }
    Some(inside)
}

/// Sign of the area of the triangle `a b p`, exact: the plain formula where its error bound
/// (Shewchuk 1997, doi:10.1007/PL00009321) allows, else adaptive arithmetic.
#[inline]
fn side(a: Coord<f64>, b: Coord<f64>, p: Coord<f64>) -> f64 {
    const BOUND: f64 = (3.0 + 16.0 * f64::EPSILON / 2.0) * f64::EPSILON / 2.0;
    let left = (a.x - p.x) * (b.y - p.y);
    let right = (a.y - p.y) * (b.x - p.x);
    let det = left - right;
    if det.abs() > BOUND * (left.abs() + right.abs()) {
        return det;
    }
    match RobustKernel::orient2d(a, b, p) {
        Orientation::CounterClockwise => 1.0,
        Orientation::Clockwise => -1.0,
        Orientation::Collinear => 0.0,
    }
}

fn distance_to_segment(p: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length2 = dx * dx + dy * dy;
    let t =
        if length2 > 0.0 { (((p.x - a.x) * dx + (p.y - a.y) * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (p.x - a.x - t * dx).hypot(p.y - a.y - t * dy)
}

#[cfg(test)]
mod tests;
