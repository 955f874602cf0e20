use std::ops::{Range, RangeInclusive};

use geo_types::Coord;

use crate::space::Bounds;

/// Side of a block of cells, as a power of two.
const BLOCK: u32 = 5;

/// A regular grid over some bounds. Rows and columns are monotone functions of y and x, so that what
/// lies between two coordinates lies between their cells, whatever rounding does.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    bounds: Bounds,
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Cells per unit of x and y.
    scale: [f64; 2],
    /// Size of a cell.
    pub(super) size: [f64; 2],
}

impl Grid {
    pub(super) fn new(bounds: Bounds, rows: usize, columns: usize) -> Self {
        let side = |i: usize, n: usize| {
            let length = bounds.max[i] - bounds.min[i];
            let scale = n as f64 / length;
            if length > 0.0 && scale.is_finite() && scale > 0.0 {
                (scale, length / n as f64, n)
            } else {
                (0.0, length.max(0.0), 1)
            }
        };
        let (sx, wx, columns) = side(0, columns);
        let (sy, wy, rows) = side(1, rows);
        Self { bounds, rows, columns, scale: [sx, sy], size: [wx, wy] }
    }

    #[inline]
    pub(super) fn column(&self, x: f64) -> usize {
        // The cast saturates: below the bounds is column 0.
        (((x - self.bounds.min[0]) * self.scale[0]) as usize).min(self.columns - 1)
    }

    #[inline]
    pub(super) fn row(&self, y: f64) -> usize {
        (((y - self.bounds.min[1]) * self.scale[1]) as usize).min(self.rows - 1)
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
            x: self.bounds.min[0] + (column as f64 + 0.5) * self.size[0],
            y: self.bounds.min[1] + (row as f64 + 0.5) * self.size[1],
        }
    }

    /// About where row `row` starts.
    pub(super) fn row_start(&self, row: usize) -> f64 {
        self.bounds.min[1] + row as f64 * self.size[1]
    }

    /// More than rounding can displace the borders of cells.
    pub(super) fn slack(&self) -> f64 {
        let b = &self.bounds;
        let largest = b.min.iter().chain(&b.max).fold(0.0f64, |m, v| m.max(v.abs()));
        (self.size[0].max(self.size[1]) * 1e-9).max(largest * 8.0 * f64::EPSILON)
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
