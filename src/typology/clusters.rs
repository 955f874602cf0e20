//! Clusters of cells on a grid: contiguity, size, smoothing, gaps.

use super::EdgeSmoothing;
use crate::labels::Labels;

/// Size of a grid whose cells are stored row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub rows: usize,
    pub columns: usize,
}

impl Shape {
    /// The up to eight cells around cell `i`.
    fn around(self, i: usize) -> impl Iterator<Item = usize> {
        let (r, c) = (i / self.columns, i % self.columns);
        let rows = r.saturating_sub(1)..(r + 2).min(self.rows);
        let columns = c.saturating_sub(1)..(c + 2).min(self.columns);
        rows.flat_map(move |r| columns.clone().map(move |c| r * self.columns + c)).filter(move |&j| j != i)
    }
}

/// Which cells touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contiguity {
    /// Those that share a side.
    Rook,
    /// Those that share a side or a corner.
    Queen,
}

/// Cluster of each cell, or [`Labels::NONE`]; numbered by their first cell.
pub(super) struct Clusters {
    pub of: Vec<u32>,
    pub count: usize,
}

impl Clusters {
    pub(super) fn has(&self, i: usize) -> bool {
        self.of[i] != Labels::NONE
    }

    /// Keeps the clusters whose `weight` sums to at least `least`.
    pub(super) fn retain(&mut self, weight: &[f64], least: f64) {
        let mut total = vec![0.0; self.count];
        for (&c, w) in self.of.iter().zip(weight).filter(|e| *e.0 != Labels::NONE) {
            total[c as usize] += w;
        }
        // Populations of cells are often fractions: a sum that is the least but for rounding reaches it.
        self.keep(|c| total[c] >= least * (1.0 - 1e-12));
    }

    /// Drops the clusters that have a cell in `mask`.
    pub(super) fn drop_touching(&mut self, mask: &[bool]) {
        let mut touches = vec![false; self.count];
        for (&c, &m) in self.of.iter().zip(mask).filter(|e| *e.0 != Labels::NONE) {
            touches[c as usize] |= m;
        }
        self.keep(|c| !touches[c]);
    }

    fn keep(&mut self, keep: impl Fn(usize) -> bool) {
        let mut kept = 0;
        let number: Vec<u32> = (0..self.count)
            .map(|c| {
                let number = if keep(c) { kept } else { Labels::NONE };
                kept += u32::from(number != Labels::NONE);
                number
            })
            .collect();
        for c in self.of.iter_mut().filter(|c| **c != Labels::NONE) {
            *c = number[*c as usize];
        }
        self.count = kept as usize;
    }
}

/// Connected components of the cells in `mask`: two passes with union–find, O(cells).
pub(super) fn components(shape: Shape, mask: &[bool], contiguity: Contiguity) -> Clusters {
    fn root(parent: &mut [u32], mut a: u32) -> u32 {
        while parent[a as usize] != a {
            parent[a as usize] = parent[parent[a as usize] as usize];
            a = parent[a as usize];
        }
        a
    }
    let columns = shape.columns;
    let mut of = vec![Labels::NONE; mask.len()];
    let mut parent: Vec<u32> = Vec::new();
    for i in (0..mask.len()).filter(|&i| mask[i]) {
        let (r, c) = (i / columns, i % columns);
        let west = (c > 0).then(|| i - 1);
        let north = (r > 0).then(|| i - columns);
        let corners = contiguity == Contiguity::Queen && r > 0;
        let north_west = (corners && c > 0).then(|| i - columns - 1);
        let north_east = (corners && c + 1 < columns).then(|| i - columns + 1);
        let mut own = Labels::NONE;
        for j in [west, north, north_west, north_east].into_iter().flatten().filter(|&j| mask[j]) {
            let other = root(&mut parent, of[j]);
            if own == Labels::NONE {
                own = other;
            } else if other != own {
                // The older root stays, so that clusters are numbered by their first cell.
                parent[own.max(other) as usize] = own.min(other);
                own = own.min(other);
            }
        }
        if own == Labels::NONE {
            own = parent.len() as u32;
            parent.push(own);
        }
        of[i] = own;
    }
    let mut count = 0;
    let mut number = vec![Labels::NONE; parent.len()];
    for p in 0..parent.len() as u32 {
        let root = root(&mut parent, p);
        if root == p {
            number[p as usize] = count;
            count += 1;
        } else {
            number[p as usize] = number[root as usize];
        }
    }
    for c in of.iter_mut().filter(|c| **c != Labels::NONE) {
        *c = number[*c as usize];
    }
    Clusters { of, count: count as usize }
}

/// Cells within `by` cells of `mask` (queen): along rows, then along columns.
pub(super) fn dilated(shape: Shape, mask: &[bool], by: usize) -> Vec<bool> {
    let (rows, columns) = (shape.rows, shape.columns);
    let mut along = vec![false; mask.len()];
    for i in (0..mask.len()).filter(|&i| mask[i]) {
        let (r, c) = (i / columns, i % columns);
        let range = r * columns + c.saturating_sub(by)..r * columns + c.saturating_add(by + 1).min(columns);
        along[range].fill(true);
    }
    let mut out = vec![false; mask.len()];
    for r in 0..rows {
        for near in r.saturating_sub(by)..r.saturating_add(by + 1).min(rows) {
            let (to, from) = (r * columns, near * columns);
            for c in 0..columns {
                out[to + c] |= along[from + c];
            }
        }
    }
    out
}

/// Lets cells join the cluster that has the majority around them, all at once, until none joins.
pub(super) fn smooth_edges(
    shape: Shape,
    of: &mut [u32],
    rule: EdgeSmoothing,
    data: &[bool],
    water: &[bool],
    counts: impl Fn(usize) -> bool,
) {
    if rule == EdgeSmoothing::None {
        return;
    }
    let free = |of: &[u32], i: usize| {
        of[i] == Labels::NONE && data[i] && !(rule == EdgeSmoothing::R2023A && water[i])
    };
    let majority = |of: &[u32], i: usize| {
        // (cluster, cells): at most eight neighbours.
        let mut tally: [(u32, u32); 8] = [(Labels::NONE, 0); 8];
        let mut total = 0;
        for j in shape.around(i) {
            if rule == EdgeSmoothing::R2023A && !(data[j] && counts(j)) {
                continue;
            }
            total += 1;
            if of[j] != Labels::NONE
                && let Some(slot) = tally.iter_mut().find(|t| t.1 == 0 || t.0 == of[j])
            {
                *slot = (of[j], slot.1 + 1);
            }
        }
        let enough = |cells: u32| if rule == EdgeSmoothing::R2022A { cells >= 5 } else { 2 * cells > total };
        tally.iter().find(|t| t.1 > 0 && enough(t.1)).map(|t| t.0)
    };
    // Only cells beside a change can change.
    let mut changed: Vec<usize> = (0..of.len()).filter(|&i| of[i] != Labels::NONE).collect();
    while !changed.is_empty() {
        let mut edge: Vec<usize> =
            changed.iter().flat_map(|&i| shape.around(i)).filter(|&i| free(of, i)).collect();
        edge.sort_unstable();
        edge.dedup();
        let joins: Vec<(usize, u32)> =
            edge.into_iter().filter_map(|i| majority(of, i).map(|c| (i, c))).collect();
        for &(i, c) in &joins {
            of[i] = c;
        }
        changed = joins.into_iter().map(|j| j.0).collect();
    }
}

/// Adds to each cluster the cells with data of the holes in it that have fewer than `most` cells. A
/// cluster inside such a hole becomes part of the cluster around it.
pub(super) fn fill_gaps(shape: Shape, clusters: &mut Clusters, most: f64, data: &[bool]) {
    let columns = shape.columns;
    let mut bounds = vec![[usize::MAX, usize::MAX, 0, 0]; clusters.count];
    for (i, &c) in clusters.of.iter().enumerate().filter(|e| *e.1 != Labels::NONE) {
        let (r, c, b) = (i / columns, i % columns, &mut bounds[c as usize]);
        *b = [b[0].min(r), b[1].min(c), b[2].max(r), b[3].max(c)];
    }
    for (own, [top, left, bottom, right]) in bounds.into_iter().enumerate() {
        let window = Shape { rows: bottom + 1 - top, columns: right + 1 - left };
        let cell = |w: usize| (top + w / window.columns) * columns + left + w % window.columns;
        let size = window.rows * window.columns;
        let outside: Vec<bool> = (0..size).map(|w| clusters.of[cell(w)] != own as u32).collect();
        let holes = components(window, &outside, Contiguity::Rook);
        let mut cells = vec![0.0; holes.count];
        for (w, &h) in holes.of.iter().enumerate().filter(|e| *e.1 != Labels::NONE) {
            let (r, c) = (w / window.columns, w % window.columns);
            let open = r == 0 || c == 0 || r + 1 == window.rows || c + 1 == window.columns;
            cells[h as usize] += if open { f64::INFINITY } else { 1.0 };
        }
        for (w, &h) in holes.of.iter().enumerate().filter(|e| *e.1 != Labels::NONE) {
            if cells[h as usize] < most && data[cell(w)] {
                clusters.of[cell(w)] = own as u32;
            }
        }
    }
    let mut left = vec![false; clusters.count];
    for &c in clusters.of.iter().filter(|c| **c != Labels::NONE) {
        left[c as usize] = true;
    }
    clusters.keep(|c| left[c]);
}
