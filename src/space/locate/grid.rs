use std::ops::{Range, RangeInclusive};

use geo_types::Coord;

use crate::space::Bounds;

/// Side of a block of cells, as a power of two.
const BLOCK: u32 = 5;

/// Equal steps in which the density of edges along an axis is told.
const STEPS: usize = 512;

/// Cells along one axis: equal within a step, and more of them in steps with more edges, so that
/// far-off territories do not make the cells of the mainland large. Cell numbers are a monotone
/// function of the coordinate, so that what lies between two coordinates lies between their cells,
/// whatever rounding does.
#[derive(Debug, Clone)]
struct Axis {
    min: f64,
    /// Steps per unit.
    scale: f64,
    steps: Vec<Step>,
    /// About where cells start, and the end of the last one.
    borders: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    origin: f64,
    /// Cells per unit.
    scale: f64,
    first: u32,
    last: u32,
}

impl Axis {
    fn new(min: f64, max: f64, cells: usize, density: &Density) -> Self {
        let length = max - min;
        // Few cells are told in few steps.
        let few = STEPS.min(1 << cells.max(1).ilog2());
        let scale = few as f64 / length;
        let width = length / few as f64;
        if cells <= 1 || !(length > 0.0 && scale.is_finite() && scale > 0.0 && width > 0.0) {
            let whole = Step { origin: min, scale: 0.0, first: 0, last: 0 };
            return Self { min, scale: 0.0, steps: vec![whole], borders: vec![min, max] };
        }
        let mut steps = Vec::with_capacity(few);
        let mut borders = Vec::with_capacity(cells + few + 1);
        let before = |k: usize| density.0[k * (STEPS / few)];
        for k in 0..few {
            let share = before(k + 1) - before(k);
            let n = ((share * cells as f64).round() as usize).max(1);
            let origin = min + k as f64 * width;
            let first = borders.len() as u32;
            borders.extend((0..n).map(|i| origin + i as f64 * (width / n as f64)));
            steps.push(Step { origin, scale: n as f64 / width, first, last: borders.len() as u32 - 1 });
        }
        borders.push(max);
        Self { min, scale, steps, borders }
    }

    #[inline]
    fn cell(&self, v: f64) -> usize {
        // Casts saturate: below the bounds is cell 0.
        let step = &self.steps[(((v - self.min) * self.scale) as usize).min(self.steps.len() - 1)];
        (step.first.saturating_add(((v - step.origin) * step.scale) as u32)).min(step.last) as usize
    }

    fn cells(&self) -> usize {
        self.borders.len() - 1
    }

    fn largest(&self) -> f64 {
        self.borders.windows(2).map(|b| b[1] - b[0]).fold(0.0, f64::max)
    }
}

/// Cumulative share of the edges by step along an axis, from 0 to 1.
#[derive(Debug, Clone)]
pub(super) struct Density([f64; STEPS + 1]);

impl Density {
    /// Density of places given as parts of the length, 0 to 1.
    pub(super) fn new(places: impl Iterator<Item = f64>) -> Self {
        let mut counts = [0.0; STEPS + 1];
        // A little everywhere, so that no step is without cells.
        counts[1..].fill(1e-3);
        for p in places {
            counts[((p * STEPS as f64) as usize).min(STEPS - 1) + 1] += 1.0;
        }
        for k in 0..STEPS {
            counts[k + 1] += counts[k];
        }
        let total = counts[STEPS];
        for c in &mut counts {
            *c /= total;
        }
        Self(counts)
    }

    /// Share of the edges before a place, both as parts of the whole.
    pub(super) fn before(&self, place: f64) -> f64 {
        let k = ((place * STEPS as f64) as usize).min(STEPS - 1);
        self.0[k] + (self.0[k + 1] - self.0[k]) * (place * STEPS as f64 - k as f64).clamp(0.0, 1.0)
    }
}

/// A grid over some bounds.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    bounds: Bounds,
    pub(super) rows: usize,
    pub(super) columns: usize,
    x: Axis,
    y: Axis,
    slack: f64,
}

impl Grid {
    /// A grid with about so many rows and columns, at least one in each of the steps that densities are
    /// told in.
    pub(super) fn new(bounds: Bounds, rows: usize, columns: usize, density: &[Density; 2]) -> Self {
        let x = Axis::new(bounds.min[0], bounds.max[0], columns, &density[0]);
        let y = Axis::new(bounds.min[1], bounds.max[1], rows, &density[1]);
        let magnitude = bounds.min.iter().chain(&bounds.max).fold(0.0f64, |m, v| m.max(v.abs()));
        let slack = (x.largest().max(y.largest()) * 1e-9).max(magnitude * 8.0 * f64::EPSILON);
        Self { bounds, rows: y.cells(), columns: x.cells(), x, y, slack }
    }

    #[inline]
    pub(super) fn column(&self, x: f64) -> usize {
        self.x.cell(x)
    }

    #[inline]
    pub(super) fn row(&self, y: f64) -> usize {
        self.y.cell(y)
    }

    /// Row and column of a point, `None` outside.
    #[inline]
    pub(super) fn cell(&self, c: Coord<f64>) -> Option<(usize, usize)> {
        self.bounds.contains(c).then(|| (self.row(c.y), self.column(c.x)))
    }

    #[inline]
    pub(super) const fn index(&self, row: usize, column: usize) -> usize {
        row * self.columns + column
    }

    /// A point in the middle of a cell.
    pub(super) fn middle(&self, row: usize, column: usize) -> Coord<f64> {
        Coord {
            x: 0.5 * (self.x.borders[column] + self.x.borders[column + 1]),
            y: 0.5 * (self.y.borders[row] + self.y.borders[row + 1]),
        }
    }

    /// About where row `row` starts.
    pub(super) fn row_start(&self, row: usize) -> f64 {
        self.y.borders[row]
    }

    /// More than rounding can displace the borders of cells.
    pub(super) const fn slack(&self) -> f64 {
        self.slack
    }

    /// Rows and columns that hold everything within `reach` of `c`.
    pub(super) fn window(
        &self,
        c: Coord<f64>,
        reach: f64,
    ) -> Option<(RangeInclusive<usize>, RangeInclusive<usize>)> {
        let reach = reach + self.slack();
        let b = &self.bounds;
        let outside = self.bounds.is_empty()
            || c.x + reach < b.min[0]
            || c.x - reach > b.max[0]
            || c.y + reach < b.min[1]
            || c.y - reach > b.max[1];
        (!outside).then(|| {
            (
                self.row(c.y - reach)..=self.row(c.y + reach),
                self.column(c.x - reach)..=self.column(c.x + reach),
            )
        })
    }

    /// Number of blocks of cells.
    pub(super) const fn blocks(&self) -> usize {
        ((self.rows >> BLOCK) + 1) * ((self.columns >> BLOCK) + 1)
    }

    /// The block of a cell.
    pub(super) const fn block(&self, row: usize, column: usize) -> usize {
        (row >> BLOCK) * ((self.columns >> BLOCK) + 1) + (column >> BLOCK)
    }

    /// Rows that bounds reach.
    pub(super) fn row_range(&self, b: &Bounds) -> Range<usize> {
        if b.is_empty() { 0..0 } else { self.row(b.min[1])..self.row(b.max[1]) + 1 }
    }

    /// Columns that bounds reach.
    pub(super) fn column_range(&self, b: &Bounds) -> Range<usize> {
        if b.is_empty() { 0..0 } else { self.column(b.min[0])..self.column(b.max[0]) + 1 }
    }
}
