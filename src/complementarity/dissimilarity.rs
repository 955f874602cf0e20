//! How different two profiles of activities are.

use serde::{Deserialize, Serialize};

use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::matrix::Matrix;
use crate::parallel;

/// A measure of difference between profiles a and b; p and q are their shares. All are symmetric and
/// 0 for identical profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dissimilarity {
    /// `1 − a·b / (|a| |b|)`, in [0, 1].
    Cosine,
    /// `1 − #(both) / #(either)` of the activities above zero, in [0, 1].
    Jaccard,
    /// `Σ|a − b| / Σ(a + b)`, in [0, 1]; sees size, not only shape.
    BrayCurtis,
    /// `√½ · ‖√p − √q‖`, in [0, 1] (vegan leaves the √½ out).
    Hellinger,
    /// Jensen–Shannon *distance*: the square root of the divergence in bits, in [0, 1].
    JensenShannon,
    /// Krugman's index of a pair, `Σ|p − q|`, in [0, 2].
    Krugman,
}

/// How different two profiles are.
///
/// # Formula
/// That of the [`Dissimilarity`] asked for, for two lists of counts of the same length.
///
/// # Range
/// [0, 1]; [`Dissimilarity::Krugman`] [0, 2].
///
/// # Direction
/// 0 for identical profiles, the upper end for profiles that have nothing in common.
///
/// # Undefined
/// An error when a profile is all zero ([`Dissimilarity::Jaccard`] and [`Dissimilarity::BrayCurtis`]: when
/// both are), which has no shares, and when both are empty.
///
/// # Errors
/// [`Error::Shape`] when the profiles differ in length; [`Error::Value`] when an entry is negative or not
/// finite; [`Error::Undefined`] when a profile is all zero ([`Dissimilarity::Jaccard`] and
/// [`Dissimilarity::BrayCurtis`]: when both are).
///
/// # Complexity
/// O(activities).
///
/// # Example
/// ```
/// use rurban::complementarity::dissimilarity::{Dissimilarity, dissimilarity};
/// # fn main() -> rurban::Result<()> {
/// assert_eq!(dissimilarity(&[3.0, 1.0], &[1.0, 3.0], Dissimilarity::Krugman)?, 1.0);
/// assert_eq!(dissimilarity(&[3.0, 0.0], &[0.0, 7.0], Dissimilarity::JensenShannon)?, 1.0);
/// # Ok(()) }
/// ```
pub fn dissimilarity(a: &[f64], b: &[f64], measure: Dissimilarity) -> Result<f64> {
    check_len("profiles", b.len(), a.len())?;
    check_weights("profiles", a)?;
    check_weights("profiles", b)?;
    let d = measure.between(&measure.prepared(a), &measure.prepared(b));
    if d.is_nan() { Err(Error::undefined("dissimilarity", Undefined::ZeroTotal)) } else { Ok(d) }
}

/// How different every pair of rows of `profiles` (counts, or presence as 0 and 1) is.
///
/// # Formula
/// [`dissimilarity()`] of each pair. Shape rows × rows, symmetric.
///
/// # Range
/// As [`dissimilarity()`].
///
/// # Direction
/// As [`dissimilarity()`].
///
/// # Undefined
/// NaN where [`dissimilarity()`] is undefined, so that a row of zeros has NaN on the diagonal.
///
/// # Errors
/// [`Error::Value`] when an entry is negative or not finite.
///
/// # Complexity
/// O(rows² · columns / 2).
pub fn all_dissimilarities(profiles: &Matrix, measure: Dissimilarity) -> Result<Matrix> {
    check_weights("profiles", profiles.as_slice())?;
    let n = profiles.rows();
    let rows: Vec<Vec<f64>> = (0..n).map(|r| measure.prepared(profiles.row(r))).collect();
    let upper = parallel::map(n, |r| (r..n).map(|s| measure.between(&rows[r], &rows[s])).collect::<Vec<_>>());
    let mut out = Matrix::filled(n, n, 0.0);
    for (r, values) in upper.into_iter().enumerate() {
        for (s, d) in (r..n).zip(values) {
            out[(r, s)] = d;
            out[(s, r)] = d;
        }
    }
    Ok(out)
}

impl Dissimilarity {
    /// What is computed once for each profile; NaN throughout when it has no shares.
    fn prepared(self, a: &[f64]) -> Vec<f64> {
        let total: f64 = a.iter().sum();
        match self {
            Self::BrayCurtis => a.to_vec(),
            Self::Jaccard => a.iter().map(|v| f64::from(*v > 0.0)).collect(),
            Self::Cosine => {
                // Scaled by the largest entry first, so that squares neither overflow nor vanish.
                let most = a.iter().copied().fold(0.0, f64::max);
                let norm = a.iter().map(|v| (v / most).powi(2)).sum::<f64>().sqrt();
                a.iter().map(|v| v / most / norm).collect()
            }
            Self::Hellinger => a.iter().map(|v| (v / total).sqrt()).collect(),
            Self::JensenShannon | Self::Krugman => a.iter().map(|v| v / total).collect(),
        }
    }

    /// Dissimilarity of two prepared profiles, NaN where undefined.
    fn between(self, a: &[f64], b: &[f64]) -> f64 {
        let sum = |f: fn(f64, f64) -> f64| a.iter().zip(b).map(|(x, y)| f(*x, *y)).sum::<f64>();
        let clamp = |v: f64| v.clamp(0.0, 1.0);
        if a.is_empty() {
            return f64::NAN;
        }
        match self {
            Self::Cosine => clamp(1.0 - sum(|x, y| x * y)),
            Self::Jaccard => 1.0 - sum(|x, y| x * y) / sum(f64::max),
            Self::BrayCurtis => sum(|x, y| (x - y).abs()) / sum(|x, y| x + y),
            Self::Hellinger => clamp((sum(|x, y| (x - y).powi(2)) / 2.0).sqrt()),
            Self::JensenShannon => {
                let divergence = |x: f64, y: f64| {
                    let half = |p: f64| if p > 0.0 { p * (p / f64::midpoint(x, y)).log2() } else { p };
                    f64::midpoint(half(x), half(y))
                };
                // Rounding can leave the divergence of equal profiles slightly below zero.
                clamp(sum(divergence)).sqrt()
            }
            Self::Krugman => sum(|x, y| (x - y).abs()).clamp(0.0, 2.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_profiles_are_undefined() {
        use Dissimilarity::{BrayCurtis, Cosine, Hellinger, Jaccard, JensenShannon, Krugman};
        for measure in [Cosine, Hellinger, JensenShannon, Krugman] {
            assert!(dissimilarity(&[0.0, 0.0], &[1.0, 0.0], measure).is_err());
        }
        for measure in [Cosine, Jaccard, BrayCurtis, Hellinger, JensenShannon, Krugman] {
            assert!(dissimilarity(&[0.0, 0.0], &[0.0, 0.0], measure).is_err());
            assert!(dissimilarity(&[], &[], measure).is_err());
            assert!(dissimilarity(&[1.0], &[1.0, 2.0], measure).is_err());
            assert!(dissimilarity(&[1.0], &[f64::NAN], measure).is_err());
            assert_eq!(dissimilarity(&[2.0, 2.0, 1.0], &[2.0, 2.0, 1.0], measure).unwrap(), 0.0);
        }
        assert_eq!(dissimilarity(&[0.0, 0.0], &[1.0, 0.0], BrayCurtis).unwrap(), 1.0);
    }
}
