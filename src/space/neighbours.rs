//! Nearest and near points among many, in the plane and in metres.

use geo_types::Coord;

use super::Bounds;
use super::distance::square_within;
use crate::error::{Error, Result};
use crate::parallel;

/// Points aimed at per cell of the grid.
const PER_CELL: f64 = 2.0;
/// Largest coordinate whose square is safe to compare.
const LARGEST: f64 = 1e100;
/// Cells with more points are looked through for points that coincide.
const CROWDED: usize = 32;
/// Pairs of neighbours that one answer may hold: 3 GB.
const MOST_PAIRS: u64 = 1 << 28;
/// Points handled by one task.
const CHUNK: usize = 2048;

/// Points of one planar system in metres, indexed by a uniform grid.
///
/// Distances are compared as they are told, the root of the sum of squares, so that a radius as wide
/// as a distance holds it; equal ones go by the lower index, coincident points are neighbours at
/// distance 0. Built in O(n); a query costs what the few cells around it hold, points that coincide
/// counted once.
///
/// ```
/// use geo_types::Coord;
/// use rurban::space::neighbours::PointSet;
///
/// let set = PointSet::new(&[0.0, 1.0, 3.0, 7.0].map(|x| Coord { x, y: 0.0 }))?;
/// let two = set.k_nearest(2);
/// assert_eq!(two.ids(2), [1, 0]);
/// assert_eq!(two.distances_m(2), [2.0, 3.0]);
/// assert_eq!(set.within_each(2.0)?.pairs(), 4); // 0–1 and 1–2, both ways
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PointSet {
    min: [f64; 2],
    scale: [f64; 2],
    size: [f64; 2],
    columns: usize,
    rows: usize,
    /// First point of each cell, and the end of the last.
    starts: Vec<u32>,
    /// Points by cell, then by index.
    points: Vec<Coord<f64>>,
    ids: Vec<u32>,
    /// Where the points that coincide with each end; empty unless some cell is crowded.
    runs: Vec<u32>,
    /// More than rounding can displace the borders of cells.
    slack: f64,
}

/// A point found by a query.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Neighbour {
    /// Index of the point.
    pub id: u32,
    /// Distance to it.
    pub distance_m: f64,
}

/// The neighbours of every point.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Neighbours {
    offsets: Vec<usize>,
    ids: Vec<u32>,
    distances_m: Vec<f64>,
}

impl Neighbours {
    /// From the lists of neighbours of each point, found elsewhere.
    #[must_use]
    pub fn from_lists(lists: &[Vec<Neighbour>]) -> Self {
        let mut offsets = vec![0];
        offsets.extend(lists.iter().scan(0, |end, list| {
            *end += list.len();
            Some(*end)
        }));
        let all = || lists.iter().flatten();
        Self {
            offsets,
            ids: all().map(|n| n.id).collect(),
            distances_m: all().map(|n| n.distance_m).collect(),
        }
    }

    /// Number of points.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no points.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of ordered pairs of neighbours.
    #[must_use]
    pub const fn pairs(&self) -> usize {
        self.ids.len()
    }

    /// Neighbours of point `i`; empty when there is no such point.
    #[must_use]
    pub fn ids(&self, i: usize) -> &[u32] {
        self.range(i).map_or(&[], |r| &self.ids[r])
    }

    /// Distances to the neighbours of point `i`, as [`Neighbours::ids`] has them.
    #[must_use]
    pub fn distances_m(&self, i: usize) -> &[f64] {
        self.range(i).map_or(&[], |r| &self.distances_m[r])
    }

    fn range(&self, i: usize) -> Option<std::ops::Range<usize>> {
        (i < self.len()).then(|| self.offsets[i]..self.offsets[i + 1])
    }

    /// Rows found in some order of the points, put in the order of their index.
    fn gather(n: usize, order: &[u32], chunks: &[Rows]) -> Self {
        let mut offsets = vec![0; n + 1];
        for (&id, len) in order.iter().zip(chunks.iter().flat_map(|c| &c.lengths)) {
            offsets[id as usize + 1] = *len as usize;
        }
        for i in 0..n {
            offsets[i + 1] += offsets[i];
        }
        let mut ids = vec![0; offsets[n]];
        let mut distances_m = vec![0.0; offsets[n]];
        let mut order = order.iter();
        for chunk in chunks {
            let mut at = 0;
            for (&len, &id) in chunk.lengths.iter().zip(&mut order) {
                let to = offsets[id as usize];
                for (k, &(d2, other)) in chunk.found[at..at + len as usize].iter().enumerate() {
                    ids[to + k] = other;
                    distances_m[to + k] = d2.sqrt();
                }
                at += len as usize;
            }
        }
        Self { offsets, ids, distances_m }
    }
}

/// Neighbours of consecutive points of the grid: squared distance and index.
struct Rows {
    lengths: Vec<u32>,
    found: Vec<(f64, u32)>,
}

impl PointSet {
    /// Indexes the points.
    ///
    /// # Errors
    /// [`Error::Value`] for a point that is not finite (or beyond 10¹⁰⁰).
    ///
    /// # Complexity
    /// O(n).
    pub fn new(points: &[Coord<f64>]) -> Result<Self> {
        if let Some(index) = points.iter().position(|&c| !sound(c)) {
            let c = points[index];
            return Err(Error::Value {
                what: "points",
                index,
                value: format!("({}, {})", c.x, c.y),
                must: "must be finite",
            });
        }
        let bounds = core_bounds(points);
        let length = [0, 1].map(|i| (bounds.max[i] - bounds.min[i]).max(0.0));
        let cells = (points.len() as f64 / PER_CELL).max(1.0);
        let count = |i: usize| {
            // Square cells; one row when the points lie on a line.
            let ratio = length[i] / length[1 - i];
            let n = if length[i] == 0.0 { 1.0 } else { (cells * ratio).sqrt().min(cells) };
            n.clamp(1.0, 1e6) as usize
        };
        let (columns, rows) = (count(0), count(1));
        let scale_of = |n: usize, length: f64| {
            let scale = n as f64 / length;
            if scale.is_finite() { scale } else { 0.0 }
        };
        let largest = bounds.min.iter().chain(&bounds.max).fold(0.0f64, |m, v| m.max(v.abs()));
        let size = [length[0] / columns as f64, length[1] / rows as f64];
        let mut set = Self {
            min: bounds.min,
            scale: [scale_of(columns, length[0]), scale_of(rows, length[1])],
            size,
            columns,
            rows,
            starts: vec![0; columns * rows + 1],
            points: vec![Coord { x: 0.0, y: 0.0 }; points.len()],
            ids: vec![0; points.len()],
            runs: Vec::new(),
            slack: (size[0].max(size[1]) * 1e-9).max(largest * 8.0 * f64::EPSILON),
        };
        let cells: Vec<u32> =
            points.iter().map(|c| (set.row(c.y) * set.columns + set.column(c.x)) as u32).collect();
        for &cell in &cells {
            set.starts[cell as usize + 1] += 1;
        }
        for i in 1..set.starts.len() {
            set.starts[i] += set.starts[i - 1];
        }
        let mut next = set.starts.clone();
        for (i, (&cell, &point)) in cells.iter().zip(points).enumerate() {
            let at = &mut next[cell as usize];
            set.points[*at as usize] = point;
            set.ids[*at as usize] = i as u32;
            *at += 1;
        }
        set.find_runs();
        Ok(set)
    }

    /// Puts points that coincide in crowded cells next to each other.
    fn find_runs(&mut self) {
        let cells = self.starts.windows(2).map(|s| s[0] as usize..s[1] as usize);
        let crowded: Vec<_> = cells.filter(|c| c.len() > CROWDED).collect();
        if crowded.is_empty() {
            return;
        }
        self.runs = (1..=self.len() as u32).collect();
        for cell in crowded {
            let mut members: Vec<(Coord<f64>, u32)> =
                cell.clone().map(|at| (self.points[at], self.ids[at])).collect();
            members.sort_unstable_by(|(p, i), (q, j)| {
                p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(i.cmp(j))
            });
            let mut at = cell.start;
            for run in members.chunk_by(|p, q| p.0 == q.0) {
                let end = (at + run.len()) as u32;
                for &(point, id) in run {
                    (self.points[at], self.ids[at], self.runs[at]) = (point, id, end);
                    at += 1;
                }
            }
        }
    }

    /// Number of points.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The `k` points nearest to `at`, nearest first, equals by index; fewer when there are fewer.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `at` is not finite.
    ///
    /// # Complexity
    /// What the few cells around `at` hold.
    pub fn nearest(&self, at: Coord<f64>, k: usize) -> Result<Vec<Neighbour>> {
        check_place(at)?;
        let mut best = Vec::new();
        self.search(at, None, k.min(self.len()), &mut best);
        Ok(best.into_iter().map(neighbour).collect())
    }

    /// All points at most `radius_m` from `at`, nearest first, equals by index.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `at` is not finite or the radius is negative or not finite.
    ///
    /// # Complexity
    /// What the cells that the radius reaches hold, and a logarithm of what is found.
    pub fn within(&self, at: Coord<f64>, radius_m: f64) -> Result<Vec<Neighbour>> {
        check_place(at)?;
        check_radius(radius_m)?;
        let mut found = Vec::new();
        self.collect(at, radius_m, None, &mut found);
        found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Ok(found.into_iter().map(neighbour).collect())
    }

    /// The `k` nearest other points of every point, nearest first, equals by index; all others when there are
    /// fewer than `k`.
    ///
    /// # Complexity
    /// What the few cells around each point hold; O(n · k) memory.
    #[must_use]
    pub fn k_nearest(&self, k: usize) -> Neighbours {
        let k = k.min(self.len().saturating_sub(1));
        self.each(|i, best, rows| {
            best.clear();
            self.search(self.points[i], Some(self.ids[i]), k, best);
            rows.extend_from_slice(best);
        })
    }

    /// The other points at most `radius_m` from every point, by index.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the radius is negative or not finite, or holds more than 2²⁸ pairs (many
    /// points in one spot): [`PointSet::counts_within`] counts them.
    ///
    /// # Complexity
    /// What the cells that the radius reaches hold, for each point; 12 bytes for each pair.
    pub fn within_each(&self, radius_m: f64) -> Result<Neighbours> {
        let pairs: u64 = self.counts_within(radius_m)?.into_iter().map(u64::from).sum();
        if pairs > MOST_PAIRS {
            return Err(Error::Parameter {
                name: "radius_m",
                value: radius_m.to_string(),
                must: "must hold at most 2^28 pairs: count them, or join the points of one spot first",
            });
        }
        Ok(self.each(|i, _, rows| {
            let start = rows.len();
            self.collect(self.points[i], radius_m, Some(self.ids[i]), rows);
            rows[start..].sort_unstable_by_key(|f| f.1);
        }))
    }

    /// How many other points lie at most `radius_m` from every point.
    ///
    /// # Formula
    /// The number of points j ≠ i with [`planar_m`](super::distance::planar_m) of at most `radius_m`, for
    /// each point i.
    ///
    /// # Range
    /// From 0 to the number of other points.
    ///
    /// # Direction
    /// High where points are dense.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the radius is negative or not finite.
    ///
    /// # Complexity
    /// What the cells that the radius reaches hold, points that coincide counted once, for each point.
    pub fn counts_within(&self, radius_m: f64) -> Result<Vec<u32>> {
        check_radius(radius_m)?;
        let r2 = square_within(radius_m);
        let counts = parallel::map(self.len(), |i| {
            let mut count = 0;
            let p = self.points[i];
            self.spans(p, radius_m, |span| {
                if self.runs.is_empty() {
                    count += self.points[span].iter().filter(|&&q| square(p, q) <= r2).count() as u32;
                    return;
                }
                let mut at = span.start;
                while at < span.end {
                    let next = self.runs[at] as usize;
                    if square(p, self.points[at]) <= r2 {
                        count += (next - at) as u32;
                    }
                    at = next;
                }
            });
            // The point itself is one of them.
            count - 1
        });
        let mut by_id = vec![0; self.len()];
        for (&id, count) in self.ids.iter().zip(counts) {
            by_id[id as usize] = count;
        }
        Ok(by_id)
    }

    /// Runs `f(position, scratch, row)` over all points in the order of the grid.
    fn each(
        &self,
        f: impl Fn(usize, &mut Vec<(f64, u32)>, &mut Vec<(f64, u32)>) + Sync + Send,
    ) -> Neighbours {
        let n = self.len();
        let chunks = parallel::map(n.div_ceil(CHUNK), |c| {
            let positions = c * CHUNK..((c + 1) * CHUNK).min(n);
            let mut rows = Rows { lengths: Vec::with_capacity(positions.len()), found: Vec::new() };
            let mut scratch = Vec::new();
            for i in positions {
                let start = rows.found.len();
                f(i, &mut scratch, &mut rows.found);
                rows.lengths.push((rows.found.len() - start) as u32);
            }
            rows
        });
        Neighbours::gather(n, &self.ids, &chunks)
    }

    /// The `k` nearest into `best`, sorted.
    #[allow(clippy::cast_possible_wrap, reason = "rows and columns are at most a million")]
    fn search(&self, at: Coord<f64>, except: Option<u32>, k: usize, best: &mut Vec<(f64, u32)>) {
        if k == 0 {
            return;
        }
        let (row, column) = (self.row(at.y) as isize, self.column(at.x) as isize);
        let (rows, columns) = (self.rows as isize, self.columns as isize);
        let look = |best: &mut Vec<(f64, u32)>, r: isize, from: isize, to: isize| {
            let (from, to) = (from.max(0), to.min(columns - 1));
            if r >= 0 && r < rows && from <= to {
                self.offer(at, except, k, self.span(r as usize, from as usize, to as usize), best);
            }
        };
        // The cells next to it at once, then ring by ring.
        let mut reach = 1;
        for r in [0, -1, 1] {
            look(best, row + r, column - 1, column + 1);
        }
        loop {
            let mut clear = f64::INFINITY;
            if column - reach > 0 {
                clear = clear.min(at.x - self.border(0, column - reach));
            }
            if column + reach < columns - 1 {
                clear = clear.min(self.border(0, column + reach + 1) - at.x);
            }
            if row - reach > 0 {
                clear = clear.min(at.y - self.border(1, row - reach));
            }
            if row + reach < rows - 1 {
                clear = clear.min(self.border(1, row + reach + 1) - at.y);
            }
            // What was not looked at is farther than `clear`; one just as far could have a lower index.
            let clear = (clear - self.slack).max(0.0);
            if clear == f64::INFINITY || (best.len() == k && best[k - 1].0 < clear * clear) {
                return;
            }
            reach += 1;
            for r in [row - reach, row + reach] {
                look(best, r, column - reach, column + reach);
            }
            for r in (row - reach + 1).max(0)..(row + reach).min(rows) {
                look(best, r, column - reach, column - reach);
                look(best, r, column + reach, column + reach);
            }
        }
    }

    /// Puts the points of a span that are among the `k` nearest so far into `best`.
    #[inline]
    fn offer(
        &self,
        at: Coord<f64>,
        except: Option<u32>,
        k: usize,
        span: std::ops::Range<usize>,
        best: &mut Vec<(f64, u32)>,
    ) {
        if self.runs.is_empty() {
            return self.offer_all(at, except, k, span, best);
        }
        // Of points that coincide the first k (and the one left out) are enough.
        let mut from = span.start;
        while from < span.end {
            let next = self.runs[from] as usize;
            self.offer_all(at, except, k, from..next.min(from + k + 1), best);
            from = next;
        }
    }

    #[inline]
    fn offer_all(
        &self,
        at: Coord<f64>,
        except: Option<u32>,
        k: usize,
        span: std::ops::Range<usize>,
        best: &mut Vec<(f64, u32)>,
    ) {
        for (&point, &id) in self.points[span.clone()].iter().zip(&self.ids[span]) {
            let new = (square(at, point), id);
            if (best.len() == k && new >= best[k - 1]) || Some(id) == except {
                continue;
            }
            if best.len() < k {
                best.push(new);
            }
            let mut slot = best.len() - 1;
            while slot > 0 && new < best[slot - 1] {
                best[slot] = best[slot - 1];
                slot -= 1;
            }
            best[slot] = new;
        }
    }

    /// Appends squared distance and index of the points at most `radius` from `at`, in no order.
    pub(crate) fn collect(
        &self,
        at: Coord<f64>,
        radius: f64,
        except: Option<u32>,
        found: &mut Vec<(f64, u32)>,
    ) {
        let r2 = square_within(radius);
        self.spans(at, radius, |span| {
            for i in span {
                let d2 = square(at, self.points[i]);
                if d2 <= r2 && Some(self.ids[i]) != except {
                    found.push((d2, self.ids[i]));
                }
            }
        });
    }

    /// Positions of the points in the cells that a circle reaches, row by row.
    fn spans(&self, at: Coord<f64>, radius: f64, mut f: impl FnMut(std::ops::Range<usize>)) {
        let reach = radius * (1.0 + 1e-9) + self.slack;
        let (from, to) = (self.column(at.x - reach), self.column(at.x + reach));
        for row in self.row(at.y - reach)..=self.row(at.y + reach) {
            f(self.span(row, from, to));
        }
    }

    fn span(&self, row: usize, from: usize, to: usize) -> std::ops::Range<usize> {
        let base = row * self.columns;
        self.starts[base + from] as usize..self.starts[base + to + 1] as usize
    }

    fn border(&self, axis: usize, at: isize) -> f64 {
        self.min[axis] + at as f64 * self.size[axis]
    }

    #[inline]
    fn column(&self, x: f64) -> usize {
        // The cast saturates, so what lies beyond the bounds is in the outermost cells.
        (((x - self.min[0]) * self.scale[0]) as usize).min(self.columns - 1)
    }

    #[inline]
    fn row(&self, y: f64) -> usize {
        (((y - self.min[1]) * self.scale[1]) as usize).min(self.rows - 1)
    }
}

fn check_place(at: Coord<f64>) -> Result<()> {
    if sound(at) {
        return Ok(());
    }
    Err(Error::Parameter { name: "at", value: format!("({}, {})", at.x, at.y), must: "must be finite" })
}

fn neighbour((d2, id): (f64, u32)) -> Neighbour {
    Neighbour { id, distance_m: d2.sqrt() }
}

fn sound(c: Coord<f64>) -> bool {
    c.x.abs() <= LARGEST && c.y.abs() <= LARGEST
}

fn check_radius(radius_m: f64) -> Result<()> {
    if (0.0..=LARGEST).contains(&radius_m) {
        return Ok(());
    }
    Err(Error::Parameter {
        name: "radius_m",
        value: radius_m.to_string(),
        must: "must be finite and not negative",
    })
}

#[inline]
fn square(a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    dx * dx + dy * dy
}

/// Bounds of the points, cut where a few far ones would leave the rest in a handful of cells.
fn core_bounds(points: &[Coord<f64>]) -> Bounds {
    let mut bounds = Bounds { min: [0.0; 2], max: [0.0; 2] };
    if points.is_empty() {
        return bounds;
    }
    let n = points.len();
    let mut values: Vec<f64> = Vec::with_capacity(n);
    for axis in 0..2 {
        values.clear();
        values.extend(points.iter().map(|c| if axis == 0 { c.x } else { c.y }));
        let (min, max) =
            values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
        let low = *values.select_nth_unstable_by(n / 50, f64::total_cmp).1;
        let high = *values.select_nth_unstable_by(n - 1 - n / 50, f64::total_cmp).1;
        let margin = (high - low) * 0.25;
        if margin > 0.0 {
            (bounds.min[axis], bounds.max[axis]) = (min.max(low - margin), max.min(high + margin));
        } else {
            (bounds.min[axis], bounds.max[axis]) = (min, max);
        }
    }
    bounds
}

#[cfg(test)]
mod tests;
