//! The table of activities by region, and the presence bits drawn from it.

use serde::Serialize;

use crate::check::check_sum;
use crate::error::{Error, Result};
use crate::matrix::{Csr, Matrix};
use crate::parallel;

/// Counts of something (jobs, firms, projects …) by region and activity.
///
/// Counts are finite and not negative; they need not be whole. Cells under statistical secrecy are
/// not zeros: they are kept as *masked* cells, add nothing to any total, and come out as NaN where a
/// measure is reported by cell. Stored sparsely, so that 35,000 regions × 88 activities in long
/// format cost memory only for the cells that exist.
///
/// ```
/// use rurban::complementarity::ActivityTable;
/// # fn main() -> rurban::Result<()> {
/// let table = ActivityTable::from_cells(2, 3, &[(0, 0, Some(8.0)), (0, 2, None), (1, 1, Some(2.0))])?;
/// assert_eq!((table.total(), table.masked().len()), (10.0, 1));
/// assert_eq!((table.count(0, 2), table.count(1, 0)), (None, Some(0.0)));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ActivityTable {
    counts: Csr,
    masked: Vec<(u32, u32)>,
    region_totals: Vec<f64>,
    activity_totals: Vec<f64>,
    total: f64,
}

impl ActivityTable {
    /// From a dense regions × activities matrix.
    ///
    /// # Errors
    /// [`Error::Value`] when a count is negative, NaN or infinite (index in row-major order).
    ///
    /// # Complexity
    /// O(regions × activities).
    pub fn from_matrix(counts: &Matrix) -> Result<Self> {
        check_counts(counts.as_slice())?;
        let mut cells = Vec::with_capacity(counts.as_slice().iter().filter(|v| **v > 0.0).count());
        for r in 0..counts.rows() {
            let row = counts.row(r).iter().enumerate().filter(|(_, v)| **v > 0.0);
            cells.extend(row.map(|(i, v)| (r as u32, i as u32, *v)));
        }
        Self::of(Csr::from_triplets(counts.rows(), counts.columns(), &cells)?, Vec::new())
    }

    /// From a sparse regions × activities matrix; cells that are not stored are zeros.
    ///
    /// # Errors
    /// [`Error::Value`] when a count is negative, NaN or infinite (index among stored values).
    ///
    /// # Complexity
    /// O(regions + activities + stored cells).
    pub fn from_csr(counts: Csr) -> Result<Self> {
        check_counts(counts.parts().2)?;
        Self::of(counts, Vec::new())
    }

    /// From long format: `(region, activity, count)` in any order, `None` for a masked cell. Counts of the
    /// same cell are added up; a cell masked once is masked whatever else is given for it.
    ///
    /// # Errors
    /// [`Error::Value`] when an index is out of range or a count is negative, NaN or infinite, or the sum of
    /// all is.
    ///
    /// # Complexity
    /// O(cells log masked + regions + activities).
    pub fn from_cells(regions: usize, activities: usize, cells: &[(u32, u32, Option<f64>)]) -> Result<Self> {
        let mut masked: Vec<(u32, u32)> = Vec::new();
        let mut known = Vec::with_capacity(cells.len());
        for (index, &(r, i, count)) in cells.iter().enumerate() {
            if r as usize >= regions || i as usize >= activities {
                return Err(Error::Value {
                    what: "cells",
                    index,
                    value: format!("({r}, {i})"),
                    must: "region and activity must be within the table",
                });
            }
            match count {
                Some(v) => {
                    check_count(index, v)?;
                    known.push((r, i, v));
                }
                None => masked.push((r, i)),
            }
        }
        masked.sort_unstable();
        masked.dedup();
        if !masked.is_empty() {
            known.retain(|&(r, i, _)| masked.binary_search(&(r, i)).is_err());
        }
        Self::of(Csr::from_triplets(regions, activities, &known)?, masked)
    }

    fn of(counts: Csr, masked: Vec<(u32, u32)>) -> Result<Self> {
        check_sum("counts", counts.parts().2)?;
        let mut activity_totals = vec![0.0; counts.columns()];
        let mut region_totals = Vec::with_capacity(counts.rows());
        for r in 0..counts.rows() {
            region_totals.push(counts.row_sum(r));
            for (i, v) in counts.row(r) {
                activity_totals[i as usize] += v;
            }
        }
        let total = region_totals.iter().sum();
        Ok(Self { counts, masked, region_totals, activity_totals, total })
    }

    /// Number of regions.
    pub const fn regions(&self) -> usize {
        self.counts.rows()
    }

    /// Number of activities.
    pub const fn activities(&self) -> usize {
        self.counts.columns()
    }

    /// The counts, regions × activities; masked cells are not stored.
    pub const fn counts(&self) -> &Csr {
        &self.counts
    }

    /// Count of activity `i` in region `r`: 0 where nothing was recorded, `None` where it is masked
    /// or outside the table.
    pub fn count(&self, r: usize, i: usize) -> Option<f64> {
        if r >= self.regions() || i >= self.activities() || self.is_masked(r, i) {
            return None;
        }
        Some(self.counts.get(r, i as u32).unwrap_or(0.0))
    }

    /// Sum of each region's known counts.
    pub fn region_totals(&self) -> &[f64] {
        &self.region_totals
    }

    /// Sum of each activity's known counts.
    pub fn activity_totals(&self) -> &[f64] {
        &self.activity_totals
    }

    /// Sum of all known counts.
    pub const fn total(&self) -> f64 {
        self.total
    }

    /// Masked cells `(region, activity)`, in increasing order.
    pub fn masked(&self) -> &[(u32, u32)] {
        &self.masked
    }

    /// Whether the cell is masked.
    pub fn is_masked(&self, r: usize, i: usize) -> bool {
        self.masked.binary_search(&(r as u32, i as u32)).is_ok()
    }

    /// Regions whose known total is zero.
    pub fn empty_regions(&self) -> Vec<usize> {
        (0..self.regions()).filter(|&r| self.region_totals[r] <= 0.0).collect()
    }

    /// Activities whose known total is zero.
    pub fn empty_activities(&self) -> Vec<usize> {
        (0..self.activities()).filter(|&i| self.activity_totals[i] <= 0.0).collect()
    }

    /// The counts as a dense matrix, NaN in masked cells.
    pub fn to_matrix(&self) -> Matrix {
        let mut dense = Matrix::filled(self.regions(), self.activities(), 0.0);
        for r in 0..self.regions() {
            for (i, v) in self.counts.row(r) {
                dense[(r, i as usize)] = v;
            }
        }
        self.blank_masked(&mut dense);
        dense
    }

    /// Writes NaN into the masked cells of a regions × activities result.
    pub(crate) fn blank_masked(&self, values: &mut Matrix) {
        for &(r, i) in &self.masked {
            values[(r as usize, i as usize)] = f64::NAN;
        }
    }
}

fn check_count(index: usize, v: f64) -> Result<()> {
    if v.is_finite() && v >= 0.0 {
        return Ok(());
    }
    let must = "a count must be finite and not negative (give an unknown count as None)";
    Err(Error::Value { what: "counts", index, value: v.to_string(), must })
}

fn check_counts(values: &[f64]) -> Result<()> {
    values.iter().enumerate().try_for_each(|(index, &v)| check_count(index, v))
}

/// Which activities are present in which region, one bit each.
///
/// A region *has* an activity when its location quotient is at least 1. This is the threshold of
/// most of the literature; peers differ at exactly 1, where this crate says present. A masked or
/// undefined cell counts as absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Presence {
    regions: usize,
    activities: usize,
    words: usize,
    bits: Vec<u64>,
}

impl Presence {
    /// The location quotient from which on an activity is present.
    pub const THRESHOLD: f64 = 1.0;

    /// Presence where the location quotient is at least [`Presence::THRESHOLD`], straight from the counts.
    ///
    /// # Complexity
    /// O(stored cells); one bit for each region and activity.
    pub fn of(table: &ActivityTable) -> Self {
        let mut presence = Self::empty(table.regions(), table.activities());
        let whole = table.counts().parts().2.iter().all(|v| v.fract() == 0.0);
        let slack = if whole { 1.0 } else { 1.0 - 1e-12 };
        for r in 0..table.regions() {
            let size = table.region_totals()[r];
            for (i, v) in table.counts().row(r) {
                // The same products as in `location_quotient`: whole counts at exactly 1 are not rounded,
                // and fractions reach it within their rounding.
                let least = Self::THRESHOLD * slack * (size * table.activity_totals()[i as usize]);
                if v > 0.0 && v * table.total() >= least {
                    presence.set(r, i as usize);
                }
            }
        }
        presence
    }

    /// Presence where any matrix of scores (location quotients, shrunken or not) is at least `threshold`, or
    /// falls short of it by rounding only; NaN is absent.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `threshold` is NaN.
    ///
    /// # Complexity
    /// O(regions × activities).
    pub fn at_least(scores: &Matrix, threshold: f64) -> Result<Self> {
        if threshold.is_nan() {
            return Err(Error::Parameter {
                name: "threshold",
                value: threshold.to_string(),
                must: "must be a number",
            });
        }
        let least = threshold - 1e-12 * threshold.abs();
        let mut presence = Self::empty(scores.rows(), scores.columns());
        for r in 0..scores.rows() {
            for (i, &v) in scores.row(r).iter().enumerate() {
                if v >= least {
                    presence.set(r, i);
                }
            }
        }
        Ok(presence)
    }

    fn empty(regions: usize, activities: usize) -> Self {
        let words = activities.div_ceil(64);
        Self { regions, activities, words, bits: vec![0; regions * words] }
    }

    fn set(&mut self, r: usize, i: usize) {
        self.bits[r * self.words + i / 64] |= 1 << (i % 64);
    }

    /// Number of regions.
    pub const fn regions(&self) -> usize {
        self.regions
    }

    /// Number of activities.
    pub const fn activities(&self) -> usize {
        self.activities
    }

    /// Whether region `r` has activity `i`; `false` outside the table.
    #[inline]
    pub fn has(&self, r: usize, i: usize) -> bool {
        i < self.activities && self.row(r).get(i / 64).is_some_and(|w| w >> (i % 64) & 1 == 1)
    }

    /// The bits of region `r`, 64 activities a word, activity 0 lowest; empty when there is no such
    /// region.
    #[inline]
    pub fn row(&self, r: usize) -> &[u64] {
        self.bits.get(r * self.words..(r + 1) * self.words).unwrap_or_default()
    }

    /// Activities that region `r` has, increasing.
    pub fn present(&self, r: usize) -> impl Iterator<Item = usize> + '_ {
        set_bits(self.row(r))
    }

    /// Number of present cells.
    pub fn count(&self) -> usize {
        self.bits.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// How many activities each region has.
    ///
    /// # Formula
    /// `Σ_i x_ri`, x the presence bits. One count for each region.
    ///
    /// # Range
    /// From 0 to the number of activities.
    ///
    /// # Direction
    /// High for regions with many specialisations.
    ///
    /// # Complexity
    /// O(regions · activities / 64).
    pub fn diversity(&self) -> Vec<u32> {
        (0..self.regions).map(|r| self.row(r).iter().map(|w| w.count_ones()).sum()).collect()
    }

    /// How many regions have each activity.
    ///
    /// # Formula
    /// `Σ_r x_ri`, x the presence bits. One count for each activity.
    ///
    /// # Range
    /// From 0 to the number of regions.
    ///
    /// # Direction
    /// High for activities that are found in many places.
    ///
    /// # Complexity
    /// O(regions · activities / 64 + present cells).
    pub fn ubiquity(&self) -> Vec<u32> {
        let mut ubiquity = vec![0; self.activities];
        for r in 0..self.regions {
            for i in self.present(r) {
                ubiquity[i] += 1;
            }
        }
        ubiquity
    }

    /// The same with more cells present.
    pub(crate) fn with(&self, cells: &[(u32, u32)]) -> Result<Self> {
        let mut more = self.clone();
        for (index, &(r, i)) in cells.iter().enumerate() {
            if r as usize >= self.regions || i as usize >= self.activities {
                return Err(Error::Value {
                    what: "cells",
                    index,
                    value: format!("({r}, {i})"),
                    must: "region and activity must be within the table",
                });
            }
            more.set(r as usize, i as usize);
        }
        Ok(more)
    }

    /// The same with regions and activities exchanged.
    pub(crate) fn transposed(&self) -> Self {
        let mut other = Self::empty(self.activities, self.regions);
        for r in 0..self.regions {
            for i in self.present(r) {
                other.set(i, r);
            }
        }
        other
    }

    /// In how many regions each pair of activities is found together.
    ///
    /// # Formula
    /// The number of regions that have both activities, for every pair; the diagonal is the ubiquity. Shape
    /// activities × activities, symmetric.
    ///
    /// # Range
    /// From 0 to the number of regions.
    ///
    /// # Direction
    /// High for activities that many regions have together; see [`super::relatedness()`] for rarer ones.
    ///
    /// # Complexity
    /// O(activities² · regions / 64).
    pub fn co_occurrence(&self) -> Matrix {
        let by_activity = self.transposed();
        let n = self.activities;
        let mut counts = Matrix::filled(n, n, 0.0);
        parallel::for_each_chunk(counts.as_mut_slice(), n, |i, row| {
            let a = by_activity.row(i);
            for (j, both) in row.iter_mut().enumerate() {
                let common: u32 = a.iter().zip(by_activity.row(j)).map(|(x, y)| (x & y).count_ones()).sum();
                *both = f64::from(common);
            }
        });
        counts
    }
}

/// Positions of the set bits of consecutive words, increasing.
pub(crate) fn set_bits(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(k, &word)| {
        let mut left = word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            left &= left.wrapping_sub(1);
            (bit < 64).then_some(k * 64 + bit)
        })
    })
}

/// Refuses a matrix of another shape than a measure needs.
pub(crate) fn check_shape(what: &'static str, got: (usize, usize), expected: (usize, usize)) -> Result<()> {
    if got.0 != expected.0 {
        return Err(Error::Shape { what, expected: expected.0, got: got.0 });
    }
    if got.1 != expected.1 {
        return Err(Error::Shape { what, expected: expected.1, got: got.1 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_counts_are_refused() {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(ActivityTable::from_matrix(&Matrix::from_rows(1, 1, vec![bad]).unwrap()).is_err());
            assert!(ActivityTable::from_cells(1, 1, &[(0, 0, Some(bad))]).is_err());
        }
        assert!(ActivityTable::from_cells(1, 1, &[(0, 1, Some(1.0))]).is_err());
        assert!(ActivityTable::from_csr(Csr::from_triplets(1, 1, &[(0, 0, -2.0)]).unwrap()).is_err());
        let empty = ActivityTable::from_cells(0, 0, &[]).unwrap();
        assert_eq!((empty.total(), Presence::of(&empty).count()), (0.0, 0));
    }

    #[test]
    fn masked_cells_are_neither_zero_nor_counted() {
        let cells = [(0, 0, Some(3.0)), (0, 1, Some(9.0)), (0, 1, None), (1, 0, Some(1.0))];
        let t = ActivityTable::from_cells(2, 2, &cells).unwrap();
        assert_eq!((t.total(), t.count(0, 1), t.count(1, 1)), (4.0, None, Some(0.0)));
        assert!(t.to_matrix()[(0, 1)].is_nan());
    }

    #[test]
    fn bits_cross_word_borders() {
        let scores = Matrix::from_rows(2, 130, (0..260).map(|k| f64::from(k % 7 == 0)).collect()).unwrap();
        let p = Presence::at_least(&scores, 1.0).unwrap();
        let want: Vec<usize> = (0..130).filter(|i| (130 + i) % 7 == 0).collect();
        assert_eq!(p.present(1).collect::<Vec<_>>(), want);
        assert_eq!(p.transposed().transposed(), p);
        assert_eq!(p.diversity().iter().sum::<u32>(), p.ubiquity().iter().sum::<u32>());
        assert!(!p.has(0, 130) && !p.has(2, 0) && p.has(0, 63));
    }
}
