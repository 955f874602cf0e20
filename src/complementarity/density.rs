//! How close a region's activities are to an activity it may or may not have.

use serde::{Deserialize, Serialize};

use super::table::{Presence, check_shape};
use crate::check::check_weights;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::parallel;

/// Whether an activity counts towards its own density.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfInclusion {
    /// Only other activities count (the literature's definition).
    #[default]
    Excluded,
    /// The activity itself counts with `φ_ii` as stored (`ecomplexity`'s convention, with a diagonal
    /// of 1): regions score higher on what they already have.
    Included,
}

/// How much of what is related to an activity a region has, in per cent (relatedness density).
///
/// # Formula
/// `RD_ri = 100 · Σ_j φ_ij x_rj / Σ_j φ_ij`, over j ≠ i unless the activity itself is included; x the
/// presence bits, φ the relatedness, which need not be symmetric. Shape regions × activities.
///
/// # Range
/// [0, 100].
///
/// # Direction
/// High where the region has the neighbouring activities, so that entering (or keeping) activity i is
/// plausible. A region without any activity has density 0.
///
/// # Undefined
/// NaN for an activity related to no other.
///
/// # Errors
/// [`crate::Error::Shape`] when `relatedness` is not activities × activities; [`crate::Error::Value`] when
/// one of its entries is negative or not finite.
///
/// # Complexity
/// O(present cells × activities).
///
/// # References
/// Hidalgo et al. (2007), Science, <https://doi.org/10.1126/science.1144581>; Boschma, Balland & Kogler
/// (2015), Industrial and Corporate Change, <https://doi.org/10.1093/icc/dtu012>.
///
/// # Example
/// ```
/// use rurban::complementarity::{Presence, SelfInclusion, relatedness_density};
/// use rurban::matrix::Matrix;
/// # fn main() -> rurban::Result<()> {
/// let phi = Matrix::from_rows(3, 3, vec![1.0, 0.5, 0.0, 0.5, 1.0, 1.0, 0.0, 1.0, 1.0])?;
/// let region = Presence::at_least(&Matrix::from_rows(1, 3, vec![2.0, 0.0, 0.0])?, 1.0)?;
/// let density = relatedness_density(&region, &phi, SelfInclusion::Excluded)?;
/// assert_eq!(density.row(0), [0.0, 100.0 / 3.0, 0.0]);
/// # Ok(()) }
/// ```
pub fn relatedness_density(presence: &Presence, relatedness: &Matrix, own: SelfInclusion) -> Result<Matrix> {
    let n = presence.activities();
    let share = Shares::of(relatedness, n, own)?;
    let mut density = Matrix::filled(presence.regions(), n, 0.0);
    parallel::for_each_chunk(density.as_mut_slice(), n, |r, row| {
        for j in presence.present(r) {
            for (cell, v) in row.iter_mut().zip(share.to_each.row(j)) {
                *cell += v;
            }
        }
        for (cell, scale) in row.iter_mut().zip(&share.scale) {
            let percent = *cell * scale;
            // Rounding of the sum must not push a full set of neighbours beyond 100.
            *cell = if percent > 100.0 { 100.0 } else { percent };
        }
    });
    Ok(density)
}

/// A relatedness matrix made ready for sums over the activities that bring something.
#[derive(Debug, Clone)]
pub(crate) struct Shares {
    /// Row j: what activity j adds to each activity i, `φ_ij`, unscaled.
    pub(crate) to_each: Matrix,
    /// `100 / Σ_j φ_ij` of each activity i; NaN where nothing is related to it.
    pub(crate) scale: Vec<f64>,
}

impl Shares {
    pub(crate) fn of(relatedness: &Matrix, activities: usize, own: SelfInclusion) -> Result<Self> {
        let n = activities;
        check_shape("relatedness", (relatedness.rows(), relatedness.columns()), (n, n))?;
        check_weights("relatedness", relatedness.as_slice())?;
        let mut to_each = relatedness.transposed();
        if own == SelfInclusion::Excluded {
            for i in 0..n {
                to_each[(i, i)] = 0.0;
            }
        }
        let mut sums = vec![0.0; n];
        for j in 0..n {
            for (sum, v) in sums.iter_mut().zip(to_each.row(j)) {
                *sum += v;
            }
        }
        let scale = sums.into_iter().map(|s| if s > 0.0 { 100.0 / s } else { f64::NAN }).collect();
        Ok(Self { to_each, scale })
    }
}
