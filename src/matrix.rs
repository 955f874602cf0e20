//! Dense and sparse matrices that the kernels read and return.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A dense matrix in row-major order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matrix<T = f64> {
    rows: usize,
    columns: usize,
    data: Vec<T>,
}

impl<T: Copy> Matrix<T> {
    /// A matrix with every entry `value`.
    #[must_use]
    pub fn filled(rows: usize, columns: usize, value: T) -> Self {
        Self { rows, columns, data: vec![value; rows * columns] }
    }

    /// A matrix from its entries in row-major order.
    ///
    /// # Errors
    /// [`Error::Shape`] when `data` does not hold `rows × columns` entries.
    pub fn from_rows(rows: usize, columns: usize, data: Vec<T>) -> Result<Self> {
        if data.len() == rows * columns {
            Ok(Self { rows, columns, data })
        } else {
            Err(Error::Shape { what: "matrix entries", expected: rows * columns, got: data.len() })
        }
    }

    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Row `i` as a slice; empty when there is no such row.
    #[must_use]
    pub fn row(&self, i: usize) -> &[T] {
        self.data.get(i * self.columns..(i + 1) * self.columns).unwrap_or_default()
    }

    /// Row `i` as a mutable slice; empty when there is no such row.
    pub fn row_mut(&mut self, i: usize) -> &mut [T] {
        self.data.get_mut(i * self.columns..(i + 1) * self.columns).unwrap_or_default()
    }

    /// All entries in row-major order.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.data
    }

    /// All entries in row-major order, mutable.
    pub fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// The transpose.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut data = Vec::with_capacity(self.data.len());
        for j in 0..self.columns {
            data.extend((0..self.rows).map(|i| self.data[i * self.columns + j]));
        }
        Self { rows: self.columns, columns: self.rows, data }
    }
}

impl<T> std::ops::Index<(usize, usize)> for Matrix<T> {
    type Output = T;

    fn index(&self, (i, j): (usize, usize)) -> &T {
        assert!(j < self.columns, "column {j} of {}", self.columns);
        &self.data[i * self.columns + j]
    }
}

impl<T> std::ops::IndexMut<(usize, usize)> for Matrix<T> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut T {
        assert!(j < self.columns, "column {j} of {}", self.columns);
        &mut self.data[i * self.columns + j]
    }
}

/// A sparse matrix in compressed-row form: graphs, spatial weights and cost tables.
///
/// Column indices are strictly increasing in each row and values are finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Csr {
    columns: usize,
    offsets: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f64>,
}

impl Csr {
    /// Builds from `(row, column, value)` triplets in any order; values of the same cell are added
    /// up, in the order given. O(entries + rows + columns).
    ///
    /// # Errors
    /// [`Error::Value`] when a row or column is out of range or a value or sum is not finite;
    /// [`Error::Parameter`] when there are more than 2³² columns or rows.
    pub fn from_triplets(rows: usize, columns: usize, triplets: &[(u32, u32, f64)]) -> Result<Self> {
        if rows > u32::MAX as usize || columns > u32::MAX as usize {
            return Err(Error::Parameter {
                name: "rows, columns",
                value: format!("{rows}, {columns}"),
                must: "must be below 2^32",
            });
        }
        for (index, &(i, j, v)) in triplets.iter().enumerate() {
            if i as usize >= rows || j as usize >= columns {
                return Err(Error::Value {
                    what: "triplets",
                    index,
                    value: format!("({i}, {j})"),
                    must: "row and column must be within the matrix",
                });
            }
            if !v.is_finite() {
                return Err(Error::Value {
                    what: "triplets",
                    index,
                    value: v.to_string(),
                    must: "must be finite",
                });
            }
        }
        // Two stable counting sorts (by column, then by row) order every row by column in linear time.
        let by_column = counting_order(columns, triplets.len(), |e| triplets[e].1);
        let by_row = counting_order(rows, triplets.len(), |e| triplets[by_column[e] as usize].0);
        let mut offsets = Vec::with_capacity(rows + 1);
        let mut indices: Vec<u32> = Vec::with_capacity(triplets.len());
        let mut values: Vec<f64> = Vec::with_capacity(triplets.len());
        offsets.push(0);
        for &e in &by_row {
            let (i, j, v) = triplets[by_column[e as usize] as usize];
            while offsets.len() <= i as usize {
                offsets.push(indices.len());
            }
            let start = offsets[i as usize];
            if indices.len() > start && indices.last() == Some(&j) {
                if let Some(last) = values.last_mut() {
                    *last += v;
                }
            } else {
                indices.push(j);
                values.push(v);
            }
        }
        offsets.resize(rows + 1, indices.len());
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(Error::Value {
                what: "sums of triplets of one cell",
                index,
                value: values[index].to_string(),
                must: "must be finite: use a larger unit",
            });
        }
        Ok(Self { columns, offsets, indices, values })
    }

    /// Takes over rows whose columns are known to increase and values to be finite.
    pub(crate) fn from_sorted(
        columns: usize,
        offsets: Vec<usize>,
        indices: Vec<u32>,
        values: Vec<f64>,
    ) -> Self {
        debug_assert!(offsets.last() == Some(&indices.len()) && indices.len() == values.len());
        debug_assert!(
            offsets.windows(2).all(|r| {
                indices[r[0]..r[1]].windows(2).all(|p| p[0] < p[1] && (p[1] as usize) < columns)
            })
        );
        Self { columns, offsets, indices, values }
    }

    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Number of stored entries.
    #[must_use]
    pub const fn entries(&self) -> usize {
        self.indices.len()
    }

    /// Column indices of row `i`, increasing.
    #[inline]
    #[must_use]
    pub fn indices(&self, i: usize) -> &[u32] {
        &self.indices[self.offsets[i]..self.offsets[i + 1]]
    }

    /// Values of row `i`, in the order of [`Csr::indices`].
    #[inline]
    #[must_use]
    pub fn values(&self, i: usize) -> &[f64] {
        &self.values[self.offsets[i]..self.offsets[i + 1]]
    }

    /// `(column, value)` pairs of row `i`.
    #[inline]
    pub fn row(&self, i: usize) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
        self.indices(i).iter().copied().zip(self.values(i).iter().copied())
    }

    /// As [`Csr::row`], values mutable.
    pub(crate) fn row_mut(&mut self, i: usize) -> impl Iterator<Item = (u32, &mut f64)> + '_ {
        let row = self.offsets[i]..self.offsets[i + 1];
        self.indices[row.clone()].iter().copied().zip(&mut self.values[row])
    }

    /// Number of entries in row `i`.
    #[inline]
    #[must_use]
    pub fn row_len(&self, i: usize) -> usize {
        self.offsets[i + 1] - self.offsets[i]
    }

    /// Sum of row `i`.
    #[must_use]
    pub fn row_sum(&self, i: usize) -> f64 {
        self.values(i).iter().sum()
    }

    /// Value at `(i, j)`, if stored. O(log row length).
    #[must_use]
    pub fn get(&self, i: usize, j: u32) -> Option<f64> {
        let at = self.indices(i).binary_search(&j).ok()?;
        Some(self.values(i)[at])
    }

    /// All row offsets, all column indices and all values.
    #[must_use]
    pub fn parts(&self) -> (&[usize], &[u32], &[f64]) {
        (&self.offsets, &self.indices, &self.values)
    }

    /// All values, mutable; the pattern stays.
    pub(crate) fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The transpose. O(entries).
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut offsets = vec![0usize; self.columns + 1];
        for &j in &self.indices {
            offsets[j as usize + 1] += 1;
        }
        for j in 0..self.columns {
            offsets[j + 1] += offsets[j];
        }
        let mut next = offsets.clone();
        let mut indices = vec![0u32; self.indices.len()];
        let mut values = vec![0.0; self.values.len()];
        for i in 0..self.rows() {
            for (j, v) in self.row(i) {
                let at = next[j as usize];
                next[j as usize] += 1;
                indices[at] = i as u32;
                values[at] = v;
            }
        }
        Self { columns: self.rows(), offsets, indices, values }
    }
}

/// Indices `0..len` in stable order of `key`, whose values are below `keys`.
fn counting_order(keys: usize, len: usize, key: impl Fn(usize) -> u32) -> Vec<u32> {
    let mut start = vec![0u32; keys + 1];
    for e in 0..len {
        start[key(e) as usize + 1] += 1;
    }
    for k in 0..keys {
        start[k + 1] += start[k];
    }
    let mut order = vec![0u32; len];
    for e in 0..len {
        let slot = &mut start[key(e) as usize];
        order[*slot as usize] = e as u32;
        *slot += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triplets_are_sorted_and_added_up() {
        let m = Csr::from_triplets(4, 3, &[(2, 1, 1.0), (0, 2, 2.0), (2, 0, 3.0), (2, 1, 0.5)]).unwrap();
        assert_eq!(m.parts(), (&[0, 1, 1, 3, 3][..], &[2, 0, 1][..], &[2.0, 3.0, 1.5][..]));
        assert_eq!(m.get(2, 1), Some(1.5));
        assert_eq!(m.get(3, 1), None);
        assert_eq!(m.transposed().transposed(), m);
    }

    #[test]
    fn first_column_of_a_new_row_is_not_added_to_the_row_before() {
        let m = Csr::from_triplets(2, 2, &[(0, 1, 1.0), (1, 1, 5.0)]).unwrap();
        assert_eq!(m.parts(), (&[0, 1, 2][..], &[1, 1][..], &[1.0, 5.0][..]));
    }

    #[test]
    fn bad_triplets_are_refused() {
        assert!(Csr::from_triplets(1, 1, &[(0, 1, 1.0)]).is_err());
        assert!(Csr::from_triplets(1, 1, &[(0, 0, f64::NAN)]).is_err());
        assert!(Csr::from_triplets(1, 1, &[(0, 0, 1e308), (0, 0, 1e308)]).is_err());
        assert_eq!(Csr::from_triplets(0, 0, &[]).unwrap().rows(), 0);
    }
}
