use geo_types::Coord;

use super::grid::{Density, Grid};
use super::{BLOCK, Block, EMPTY, LONG, Locator, TEST, contains};
use crate::parallel;
use crate::space::{Bounds, Layer};

/// Most cells of a grid.
const MOST_CELLS: f64 = (4096 * 4096) as f64;
/// Most cells that the bounds of all features together may cover: what features that overlap cost.
const MOST_COVERED: f64 = 32e6;
/// The same for features with few edges: this many, and [`COVERED_PER_EDGE`] more for each edge.
const COVERED: f64 = 1e6;
const COVERED_PER_EDGE: f64 = 24.0;
/// Features, or rings, that one task looks at.
const CHUNK: usize = 512;

/// What one task found out about its features.
struct Part {
    first_row: Vec<u32>,
    /// Number of rows of each feature.
    rows: Vec<u32>,
    /// Number of edges of each row of each feature.
    row_lengths: Vec<u32>,
    edges: Vec<u32>,
    /// Cell and entry, by feature.
    entries: Vec<(u32, u32)>,
}

pub(super) fn build(layer: &Layer) -> Locator {
    let coords = layer.coords().to_vec();
    let bounds = parallel::map(layer.len(), |i| ring_bounds(layer, i));
    let grid = choose_grid(layer, &bounds);
    let parts = parallel::map_init(layer.len().div_ceil(CHUNK), Vec::new, |flags, i| {
        index_features(layer, &bounds, &grid, i * CHUNK..((i + 1) * CHUNK).min(layer.len()), flags)
    });

    let mut first_row = Vec::with_capacity(layer.len());
    let mut feature_rows = Vec::with_capacity(layer.len());
    let mut row_ends = Vec::new();
    let mut edges = Vec::with_capacity(parts.iter().map(|p| p.edges.len()).sum());
    let (mut rows, mut end) = (0u32, 0u32);
    for part in &parts {
        first_row.extend_from_slice(&part.first_row);
        for n in &part.rows {
            feature_rows.push(rows);
            rows += n;
        }
        row_ends.extend(part.row_lengths.iter().map(|n| {
            end += n;
            end
        }));
        edges.extend_from_slice(&part.edges);
    }
    let (cells, lists) = gather(&grid, &parts);
    let (long_rows, blocks) = blocks_of(&coords, &row_ends, &mut edges);
    Locator { grid, coords, cells, lists, first_row, feature_rows, row_ends, edges, long_rows, blocks }
}

/// Sorts the edges of long rows from left to right and tells them in blocks.
fn blocks_of(coords: &[Coord<f64>], row_ends: &[u32], edges: &mut [u32]) -> (Vec<(u32, u32)>, Vec<Block>) {
    let (mut long, mut blocks) = (Vec::new(), Vec::new());
    let mut start = 0;
    for (at, &end) in (0..).zip(row_ends) {
        let row = &mut edges[start..end as usize];
        start = end as usize;
        if row.len() <= LONG {
            continue;
        }
        let ends = |e: u32| (coords[e as usize], coords[e as usize + 1]);
        let left = |e: u32| ends(e).0.x.min(ends(e).1.x);
        row.sort_unstable_by(|&e, &f| left(e).total_cmp(&left(f)).then(e.cmp(&f)));
        long.push((at, blocks.len() as u32));
        blocks.extend(row.chunks(BLOCK).map(|run| {
            let none = Block {
                left: f64::INFINITY,
                right: f64::NEG_INFINITY,
                low: f64::NEG_INFINITY,
                high: f64::INFINITY,
            };
            run.iter().fold(none, |block, &e| {
                let (a, b) = ends(e);
                Block {
                    left: block.left.min(a.x.min(b.x)),
                    right: block.right.max(a.x.max(b.x)),
                    low: block.low.max(a.y.min(b.y)),
                    high: block.high.min(a.y.max(b.y)),
                }
            })
        }));
    }
    (long, blocks)
}

/// Bounds of all rings: unlike [`Layer::bounds`] also right when a hole leaves its polygon.
fn ring_bounds(layer: &Layer, i: usize) -> Bounds {
    let mut bounds = Bounds::EMPTY;
    layer.rings(i).flatten().for_each(|&c| bounds.include(c));
    bounds
}

/// A grid with about three cells per edge, finer where edges are dense; fewer cells where features
/// overlap or edges are long.
fn choose_grid(layer: &Layer, bounds: &[Bounds]) -> Grid {
    let mut all = Bounds::EMPTY;
    for b in bounds.iter().filter(|b| !b.is_empty()) {
        all.include(Coord { x: b.min[0], y: b.min[1] });
        all.include(Coord { x: b.max[0], y: b.max[1] });
    }
    let [width, height] = [all.max[0] - all.min[0], all.max[1] - all.min[1]];
    if all.is_empty() || !(width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite()) {
        let even = Density::new(std::iter::empty());
        return Grid::new(all, 1, 1, &[even.clone(), even]);
    }
    let edges = layer.coords().len() as f64;
    // Shares of the whole, so that nothing overflows; then of the edges before a place.
    let part = |c: Coord<f64>| [(c.x - all.min[0]) / width, (c.y - all.min[1]) / height];
    let density = parallel::map(2, |k| Density::new(layer.coords().iter().map(|&c| part(c)[k])));
    let density: [Density; 2] = [density[0].clone(), density[1].clone()];
    let share = |c: Coord<f64>| {
        let [x, y] = part(c);
        [density[0].before(x), density[1].before(y)]
    };
    let covered: f64 = bounds
        .iter()
        .filter(|b| !b.is_empty())
        .map(|b| {
            let [low, high] = [b.min, b.max].map(|[x, y]| share(Coord { x, y }));
            (high[0] - low[0]) * (high[1] - low[1])
        })
        .sum();
    let most_covered = (COVERED + COVERED_PER_EDGE * edges).min(MOST_COVERED);
    let cells = (3.0 * edges).clamp(64.0, MOST_CELLS).min(most_covered / covered.max(1.0)).max(1.0);
    let rises = parallel::map(layer.ring_count().div_ceil(CHUNK), |chunk| {
        let mut rise = [0.0; 2];
        for r in chunk * CHUNK..((chunk + 1) * CHUNK).min(layer.ring_count()) {
            let mut last: Option<[f64; 2]> = None;
            for &c in layer.ring(r) {
                let at = share(c);
                if let Some(last) = last {
                    rise[0] += (at[0] - last[0]).abs();
                    rise[1] += (at[1] - last[1]).abs();
                }
                last = Some(at);
            }
        }
        rise
    });
    let rise = [0, 1].map(|k| rises.iter().map(|r| r[k]).sum::<f64>());
    // As many rows as columns, because the axes are scaled by density; and no more of them than
    // leave the average edge in about four.
    let limit = |rise: f64| cells.sqrt().min(4.0 * edges / rise.max(1e-9)).clamp(1.0, 65_536.0) as usize;
    Grid::new(all, limit(rise[1]), limit(rise[0]), &density)
}

fn index_features(
    layer: &Layer,
    bounds: &[Bounds],
    grid: &Grid,
    features: std::ops::Range<usize>,
    flags: &mut Vec<bool>,
) -> Part {
    let mut part = Part {
        first_row: Vec::with_capacity(features.len()),
        rows: Vec::with_capacity(features.len()),
        row_lengths: Vec::new(),
        edges: Vec::new(),
        entries: Vec::new(),
    };
    let slack = grid.slack();
    for f in features {
        let rows = grid.row_range(&bounds[f]);
        let columns = grid.column_range(&bounds[f]);
        part.first_row.push(rows.start as u32);
        part.rows.push(rows.len() as u32);

        // Edges by row, by counting.
        let lengths_at = part.row_lengths.len();
        part.row_lengths.resize(lengths_at + rows.len(), 0);
        let lengths = &mut part.row_lengths[lengths_at..];
        each_edge(layer, f, |_, a, b| {
            for r in grid.row(a.y.min(b.y))..=grid.row(a.y.max(b.y)) {
                lengths[r - rows.start] += 1;
            }
        });
        let edges_at = part.edges.len();
        let mut next: Vec<usize> = Vec::with_capacity(rows.len() + 1);
        let mut total = edges_at;
        for &n in lengths.iter() {
            next.push(total);
            total += n as usize;
        }
        let starts = next.clone();
        part.edges.resize(total, 0);

        // Cells its boundary reaches, with some to spare.
        let width = columns.len();
        flags.clear();
        flags.resize(rows.len() * width, false);
        let edges = &mut part.edges;
        each_edge(layer, f, |at, a, b| {
            let (low, high) = if a.y <= b.y { (a, b) } else { (b, a) };
            let slope = if high.y > low.y { (high.x - low.x) / (high.y - low.y) } else { 0.0 };
            let (left, right) = (a.x.min(b.x), a.x.max(b.x));
            let (first, last) = (grid.row(low.y), grid.row(high.y));
            for r in first..=last {
                let k = r - rows.start;
                edges[next[k]] = at;
                next[k] += 1;
                let (mut from, mut to) = (left, right);
                if first != last {
                    let x_at = |y: f64| low.x + (y.clamp(low.y, high.y) - low.y) * slope;
                    let ends = [x_at(grid.row_start(r) - slack), x_at(grid.row_start(r + 1) + slack)];
                    from = (ends[0].min(ends[1]) - slack).clamp(left, right);
                    to = (ends[0].max(ends[1]) + slack).clamp(left, right);
                }
                let run = grid.column(from - slack).max(columns.start)
                    ..=grid.column(to + slack).min(columns.end - 1);
                for c in run {
                    flags[k * width + c - columns.start] = true;
                }
            }
        });

        // Between them it covers runs of cells wholly or not at all: one test tells which.
        for (k, row) in rows.clone().enumerate() {
            let edges = &part.edges[starts[k]..next[k]];
            let flags = &flags[k * width..(k + 1) * width];
            let mut c = 0;
            while c < width {
                let cell = grid.index(row, columns.start + c) as u32;
                if flags[c] {
                    part.entries.push((cell, f as u32 | TEST));
                    c += 1;
                    continue;
                }
                let run = flags[c..].iter().position(|&flag| flag).unwrap_or(width - c);
                let probe = grid.middle(row, columns.start + c);
                let entry = if grid.cell(probe) != Some((row, columns.start + c)) {
                    // Cells finer than numbers: leave the answer to the edges.
                    Some(f as u32 | TEST)
                } else if contains(layer.coords(), edges, probe) {
                    Some(f as u32)
                } else {
                    None
                };
                if let Some(entry) = entry {
                    part.entries.extend((0..run as u32).map(|i| (cell + i, entry)));
                }
                c += run;
            }
        }
    }
    part
}

/// Calls `f(index of a, a, b)` for every edge of a feature.
fn each_edge(layer: &Layer, feature: usize, mut f: impl FnMut(u32, Coord<f64>, Coord<f64>)) {
    for r in layer.ring_range(feature) {
        let start = layer.ring_start(r) as u32;
        for (i, e) in layer.ring(r).windows(2).enumerate() {
            f(start + i as u32, e[0], e[1]);
        }
    }
}

/// Entries by cell: one covering feature is told in the cell itself, more go to lists.
fn gather(grid: &Grid, parts: &[Part]) -> (Vec<u32>, Vec<u32>) {
    let n = grid.rows * grid.columns;
    let entries = || parts.iter().flat_map(|p| &p.entries);
    let mut counts = vec![0u32; n];
    let mut cells = vec![EMPTY; n];
    for &(cell, entry) in entries() {
        counts[cell as usize] += 1;
        cells[cell as usize] = entry;
    }
    let mut lists = Vec::new();
    let listed = |count: u32, cell: u32| count > 1 || (count == 1 && cell & TEST != 0);
    for (cell, &count) in cells.iter_mut().zip(&counts) {
        if listed(count, *cell) {
            *cell = TEST | lists.len() as u32;
            lists.push(0);
            lists.resize(lists.len() + count as usize, 0);
        }
    }
    for &(cell, entry) in entries() {
        let code = cells[cell as usize];
        if code & TEST != 0 {
            let at = (code & !TEST) as usize;
            lists[at] += 1;
            let end = at + lists[at] as usize;
            lists[end] = entry;
        }
    }
    (cells, lists)
}
