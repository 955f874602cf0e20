//! Spatial weights: who counts as whose neighbour, and how much.

use super::contiguity::Contiguity;
use super::neighbours::Neighbours;
use crate::error::{Error, Result};
use crate::matrix::Csr;

/// Spatial weights `w_ij` of n places, with the places that have no neighbour. Islands keep their
/// (empty) row in every transform.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[must_use]
pub struct SpatialWeights {
    matrix: Csr,
    islands: Vec<u32>,
}

/// How weights are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Transform {
    /// Every stored weight becomes 1.
    Binary,
    /// Rows sum to 1 (PySAL `r`).
    RowStandardised,
    /// Variance-stabilising after Tiefelsdorf, Griffith & Boots (1999): rows are divided by their
    /// Euclidean norm, then all so that the total is n (PySAL `v`). Counts all n, islands included.
    VarianceStabilising,
}

/// Decay of weight with distance, of z = d / bandwidth in `[0, 1]` (0 beyond; the Gaussian too, as
/// in PySAL).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Kernel {
    /// 1 − z.
    Triangular,
    /// exp(−z²/2)/√(2π).
    Gaussian,
    /// ¾(1 − z²).
    Epanechnikov,
    /// 15/16 (1 − z²)² (PySAL `quartic`).
    Bisquare,
}

impl Kernel {
    /// How much a neighbour weighs at z = distance / bandwidth.
    ///
    /// # Formula
    /// See [`Kernel`]; 0 for z outside `[0, 1]`.
    ///
    /// # Range
    /// [0, 1].
    ///
    /// # Direction
    /// High for near neighbours.
    ///
    /// # Complexity
    /// O(1).
    #[must_use]
    pub fn weight(self, z: f64) -> f64 {
        if !(0.0..=1.0).contains(&z) {
            return 0.0;
        }
        match self {
            Self::Triangular => 1.0 - z,
            Self::Gaussian => (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt(),
            Self::Epanechnikov => 0.75 * (1.0 - z * z),
            Self::Bisquare => 15.0 / 16.0 * (1.0 - z * z).powi(2),
        }
    }
}

/// Bandwidth of a kernel.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Bandwidth {
    /// The same distance for all places.
    Fixed(f64),
    /// For each place, the distance of the furthest neighbour given.
    Adaptive,
}

impl SpatialWeights {
    /// Wraps a square matrix; rows without entries are islands.
    ///
    /// # Errors
    /// [`Error::Shape`] when the matrix is not square.
    pub fn new(matrix: Csr) -> Result<Self> {
        if matrix.rows() != matrix.columns() {
            return Err(Error::Shape { what: "weights", expected: matrix.rows(), got: matrix.columns() });
        }
        let islands = (0..matrix.rows()).filter(|&i| matrix.row_len(i) == 0).map(|i| i as u32).collect();
        Ok(Self { matrix, islands })
    }

    /// Weight 1 for every pair that touches.
    ///
    /// # Errors
    /// As [`Contiguity::to_csr`].
    ///
    /// ```
    /// use rurban::matrix::Csr;
    /// use rurban::space::weights::{SpatialWeights, Transform};
    /// let w = SpatialWeights::new(Csr::from_triplets(3, 3, &[(0, 1, 1.0), (0, 2, 1.0), (1, 0, 1.0)])?)?;
    /// assert_eq!(w.islands(), [2]);
    /// assert_eq!(w.transformed(Transform::RowStandardised).matrix().values(0), [0.5, 0.5]);
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn from_contiguity(contiguity: &Contiguity) -> Result<Self> {
        Self::new(contiguity.to_csr()?)
    }

    /// Weights from the neighbours of each place (k nearest, or all within a band):
    /// `weight(i, distance_m)` gives the weight. Pairs of weight 0 are left out, the place itself is skipped.
    ///
    /// # Errors
    /// [`Error::Value`] when a neighbour is out of range or a weight is not finite.
    ///
    /// # Complexity
    /// O(places + listed neighbours).
    pub fn from_neighbours(neighbours: &Neighbours, weight: impl Fn(usize, f64) -> f64) -> Result<Self> {
        let n = neighbours.len();
        let mut triplets = Vec::new();
        for i in 0..n {
            for (&j, &d) in neighbours.ids(i).iter().zip(neighbours.distances_m(i)) {
                let w = if j as usize == i { 0.0 } else { weight(i, d) };
                if w != 0.0 {
                    triplets.push((i as u32, j, w));
                }
            }
        }
        Self::new(Csr::from_triplets(n, n, &triplets)?)
    }

    /// Weight 1 for every listed neighbour.
    ///
    /// # Errors
    /// As [`SpatialWeights::from_neighbours`].
    pub fn binary(neighbours: &Neighbours) -> Result<Self> {
        Self::from_neighbours(neighbours, |_, _| 1.0)
    }

    /// How much the listed neighbours weigh by a kernel; the diagonal is left out.
    ///
    /// # Formula
    /// `K(d / h)`, K the [`Kernel`], d the distance, h the [`Bandwidth`].
    ///
    /// # Range
    /// [0, 1].
    ///
    /// # Direction
    /// High for near neighbours.
    ///
    /// # Errors
    /// As [`SpatialWeights::from_neighbours`]; [`Error::Parameter`] when a fixed bandwidth is not positive.
    ///
    /// # Complexity
    /// O(places + listed neighbours).
    pub fn kernel(neighbours: &Neighbours, kernel: Kernel, bandwidth: Bandwidth) -> Result<Self> {
        if let Bandwidth::Fixed(h) = bandwidth
            && !(h > 0.0 && h.is_finite())
        {
            return Err(Error::Parameter {
                name: "bandwidth",
                value: h.to_string(),
                must: "must be positive",
            });
        }
        let furthest: Vec<f64> = (0..neighbours.len())
            .map(|i| neighbours.distances_m(i).iter().copied().fold(0.0, f64::max))
            .collect();
        Self::from_neighbours(neighbours, |i, d| {
            let h = match bandwidth {
                Bandwidth::Fixed(h) => h,
                Bandwidth::Adaptive => furthest[i],
            };
            // All neighbours of an adaptive bandwidth 0 are at the place itself.
            kernel.weight(if h == 0.0 { 0.0 } else { d / h })
        })
    }

    /// How much the listed neighbours weigh by the inverse of their distance.
    ///
    /// # Formula
    /// `d^−power`, d the distance.
    ///
    /// # Range
    /// Above 0.
    ///
    /// # Direction
    /// High for near neighbours.
    ///
    /// # Errors
    /// As [`SpatialWeights::from_neighbours`]: a distance of 0 has no finite weight.
    ///
    /// # Complexity
    /// O(places + listed neighbours).
    pub fn inverse_distance(neighbours: &Neighbours, power: f64) -> Result<Self> {
        Self::from_neighbours(neighbours, |_, d| d.powf(-power))
    }

    /// The weights, row i holding the neighbours of i.
    #[must_use]
    pub const fn matrix(&self) -> &Csr {
        &self.matrix
    }

    /// Places without neighbours, increasing.
    #[must_use]
    pub fn islands(&self) -> &[u32] {
        &self.islands
    }

    /// The weights rescaled.
    ///
    /// # Complexity
    /// O(places + pairs).
    pub fn transformed(&self, transform: Transform) -> Self {
        let mut matrix = self.matrix.clone();
        let n = matrix.rows();
        let lengths: Vec<usize> = (0..n).map(|i| matrix.row_len(i)).collect();
        let mut rest = matrix.values_mut();
        let mut total = 0.0;
        for length in lengths {
            let (row, after) = rest.split_at_mut(length);
            rest = after;
            let scale = match transform {
                Transform::Binary => {
                    row.fill(1.0);
                    continue;
                }
                Transform::RowStandardised => row.iter().sum::<f64>(),
                Transform::VarianceStabilising => row.iter().map(|w| w * w).sum::<f64>().sqrt(),
            };
            if scale != 0.0 {
                for w in row.iter_mut() {
                    *w /= scale;
                    total += *w;
                }
            }
        }
        if transform == Transform::VarianceStabilising && total != 0.0 {
            for w in matrix.values_mut() {
                *w *= n as f64 / total;
            }
        }
        Self { matrix, islands: self.islands.clone() }
    }

    /// Neighbours whichever side names them.
    ///
    /// # Formula
    /// `(W + Wᵀ)/2`.
    ///
    /// # Errors
    /// None in practice: the entries come from a valid matrix.
    ///
    /// # Complexity
    /// O(places + pairs).
    pub fn symmetrised(&self) -> Result<Self> {
        let n = self.matrix.rows();
        let mut triplets = Vec::with_capacity(2 * self.matrix.entries());
        for i in 0..n {
            for (j, w) in self.matrix.row(i) {
                triplets.push((i as u32, j, 0.5 * w));
                triplets.push((j, i as u32, 0.5 * w));
            }
        }
        Self::new(Csr::from_triplets(n, n, &triplets)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::neighbours::Neighbour;

    #[test]
    fn kernels_and_transforms() {
        let near = |id, distance_m| Neighbour { id, distance_m };
        let lists = Neighbours::from_lists(&[vec![near(1, 1.0), near(2, 2.0)], vec![near(0, 1.0)], vec![]]);
        let w = SpatialWeights::kernel(&lists, Kernel::Triangular, Bandwidth::Fixed(4.0)).unwrap();
        assert_eq!(w.matrix().values(0), [0.75, 0.5]);
        assert_eq!(w.islands(), [2]);
        let adaptive = SpatialWeights::kernel(&lists, Kernel::Bisquare, Bandwidth::Adaptive).unwrap();
        assert_eq!(adaptive.matrix().values(0), [15.0 / 16.0 * 0.5625]);
        let v = w.transformed(Transform::VarianceStabilising);
        assert!(((0..3).map(|i| v.matrix().row_sum(i)).sum::<f64>() - 3.0).abs() < 1e-12);
        let s = w.symmetrised().unwrap();
        assert_eq!(s.matrix(), &s.matrix().transposed());
        assert!(s.islands().is_empty());
        assert!(
            SpatialWeights::inverse_distance(&Neighbours::from_lists(&[vec![near(1, 0.0)], vec![]]), 1.0)
                .is_err()
        );
        assert!(SpatialWeights::kernel(&lists, Kernel::Gaussian, Bandwidth::Fixed(0.0)).is_err());
        assert!(SpatialWeights::new(Csr::from_triplets(1, 2, &[]).unwrap()).is_err());
    }
}
