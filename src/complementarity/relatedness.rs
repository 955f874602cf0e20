//! How related activities are, told by how often regions have both.

use serde::{Deserialize, Serialize};

use super::table::{Presence, check_shape};
use crate::check::check_weights;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::parallel;

/// How likely a region with one activity has the other (proximity): the smaller of the two conditional
/// probabilities.
///
/// # Formula
/// `φ_ij = #(regions with both) / max(u_i, u_j)`, u the ubiquity. Shape activities × activities, symmetric.
/// The diagonal is 1 (peers put 1 or 0 there; [`super::density::SelfInclusion`] decides whether it is used).
/// Rows and columns of activities that no region has are 0.
///
/// # Range
/// [0, 1].
///
/// # Direction
/// High where regions that have one activity have the other too.
///
/// # Complexity
/// O(activities² · regions / 64).
///
/// # References
/// Hidalgo, Klinger, Barabási & Hausmann (2007), Science, <https://doi.org/10.1126/science.1144581>.
///
/// # Example
/// ```
/// use rurban::complementarity::{Presence, proximity};
/// use rurban::matrix::Matrix;
/// # fn main() -> rurban::Result<()> {
/// let lq = Matrix::from_rows(3, 2, vec![2.0, 0.0, 1.0, 1.0, 1.5, 0.5])?;
/// let phi = proximity(&Presence::at_least(&lq, 1.0)?);
/// assert_eq!(phi[(0, 1)], 1.0 / 3.0);
/// # Ok(()) }
/// ```
#[must_use]
pub fn proximity(presence: &Presence) -> Matrix {
    let mut phi = presence.co_occurrence();
    let ubiquity = presence.ubiquity();
    for i in 0..phi.rows() {
        for (j, v) in phi.row_mut(i).iter_mut().enumerate() {
            let most = ubiquity[i].max(ubiquity[j]);
            *v = if most == 0 { 0.0 } else { *v / f64::from(most) };
        }
    }
    phi
}

/// How co-occurrences are made comparable between frequent and rare activities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// Observed over expected, the expectation counting that an activity does not meet itself
    /// (Steijn 2017): `C_ij / ([S_i/T · S_j/(T−S_i) + S_j/T · S_i/(T−S_j)] · T/2)`. 1 = chance.
    #[default]
    Probability,
    /// Association strength, `C_ij T / (S_i S_j)`. About 1 = chance.
    Association,
    /// `C_ij / √(S_i S_j)`. Range [0, 1].
    Cosine,
    /// `C_ij / (S_i + S_j − C_ij)`. Range [0, 1].
    Jaccard,
}

/// How much more two activities are found together than their frequency explains, from a matrix of
/// co-occurrences.
///
/// # Formula
/// That of the [`Normalisation`], with `C_ij` the co-occurrences, `S_i` the sum of row i without its
/// diagonal, which is ignored, and `T` the sum of all S. Symmetric with a zero diagonal, and 0 where nothing
/// co-occurs (0/0 too).
///
/// # Range
/// [0, ∞) for [`Normalisation::Probability`] and [`Normalisation::Association`], otherwise [0, 1].
///
/// # Direction
/// High where the two activities are found together more than their frequency explains.
///
/// # Errors
/// [`Error::Shape`] when the matrix is not square; [`Error::Value`] when an entry is negative, not finite, or
/// differs from its mirror image.
///
/// # Complexity
/// O(activities²).
///
/// # References
/// van Eck & Waltman (2009), Journal of the American Society for Information Science and Technology,
/// <https://doi.org/10.1002/asi.21075>; Steijn (2017) for the probability.
pub fn relatedness(co_occurrence: &Matrix, normalisation: Normalisation) -> Result<Matrix> {
    let n = co_occurrence.rows();
    check_shape("co-occurrence columns", (n, co_occurrence.columns()), (n, n))?;
    check_weights("co-occurrence", co_occurrence.as_slice())?;
    for i in 0..n {
        if let Some(j) = (0..i).find(|&j| co_occurrence[(i, j)] != co_occurrence[(j, i)]) {
            return Err(Error::Value {
                what: "co-occurrence",
                index: i * n + j,
                value: co_occurrence[(i, j)].to_string(),
                must: "must equal its mirror image: co-occurrences are symmetric",
            });
        }
    }
    let sums: Vec<f64> =
        (0..n).map(|i| co_occurrence.row(i).iter().sum::<f64>() - co_occurrence[(i, i)]).collect();
    let total: f64 = sums.iter().sum();
    let mut out = Matrix::filled(n, n, 0.0);
    for i in 0..n {
        for j in (0..n).filter(|&j| j != i) {
            let (c, a, b) = (co_occurrence[(i, j)], sums[i], sums[j]);
            if c > 0.0 {
                out[(i, j)] = match normalisation {
                    Normalisation::Probability => 2.0 * c / (a * b * (1.0 / (total - a) + 1.0 / (total - b))),
                    Normalisation::Association => c * total / (a * b),
                    Normalisation::Cosine => c / (a * b).sqrt(),
                    Normalisation::Jaccard => c / (a + b - c),
                };
            }
        }
    }
    Ok(out)
}

/// How the level of a family of tests is controlled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MultipleTesting {
    /// Benjamini & Hochberg (1995): the expected share of false discoveries is at most the level.
    #[default]
    FalseDiscoveryRate,
    /// Bonferroni: the probability of a single false discovery is at most the level.
    Bonferroni,
}

/// Which pairs of activities are found together more often than chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct ValidatedProjection {
    /// Probability of at least as many joint regions by chance, symmetric; NaN on the diagonal.
    pub p: Matrix,
    /// The largest p-value that is kept, if any pair is.
    pub threshold: Option<f64>,
    /// Pairs tested.
    pub tested: usize,
    /// Pairs kept.
    pub kept: usize,
}

impl ValidatedProjection {
    /// Whether the pair is kept; `false` for an activity with itself and outside the matrix.
    pub fn is_kept(&self, i: usize, j: usize) -> bool {
        i != j && i.max(j) < self.p.rows() && self.threshold.is_some_and(|t| self.p[(i, j)] <= t)
    }

    /// A relatedness with the pairs that are not kept set to 0; the diagonal stays.
    ///
    /// # Errors
    /// [`Error::Shape`] when the matrices differ in shape.
    ///
    /// # Complexity
    /// O(activities²).
    pub fn restrict(&self, relatedness: &Matrix) -> Result<Matrix> {
        let n = self.p.rows();
        check_shape("relatedness", (relatedness.rows(), relatedness.columns()), (n, n))?;
        let mut out = relatedness.clone();
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i && !self.is_kept(i, j)) {
                out[(i, j)] = 0.0;
            }
        }
        Ok(out)
    }
}

/// Which pairs of activities are found together in more regions than chance would have it.
///
/// # Formula
/// Given the ubiquities `u_i`, `u_j` and n regions, the number of joint regions is hypergeometric by chance;
/// `p` is its exact upper tail, tested over all pairs of activities that some region has. Shape activities ×
/// activities, symmetric.
///
/// # Range
/// `p` in [0, 1].
///
/// # Direction
/// A small `p` says that the pair is found together more than chance would have it.
///
/// # Undefined
/// `p` is NaN on the diagonal.
///
/// # Errors
/// [`Error::Parameter`] when `level` is not strictly between 0 and 1.
///
/// # Complexity
/// O(activities² · joint regions).
///
/// # References
/// Tumminello, Miccichè, Lillo, Piilo & Mantegna (2011), PLOS ONE,
/// <https://doi.org/10.1371/journal.pone.0017994>. From the literature, not checked against a peer.
pub fn validated_projection(
    presence: &Presence,
    testing: MultipleTesting,
    level: f64,
) -> Result<ValidatedProjection> {
    if !(level > 0.0 && level < 1.0) {
        let must = "must be strictly between 0 and 1";
        return Err(Error::Parameter { name: "level", value: level.to_string(), must });
    }
    let n = presence.activities();
    let ubiquity = presence.ubiquity();
    let joint = presence.co_occurrence();
    let log_factorial = LogFactorials::up_to(presence.regions());
    let rows = parallel::map(n, |i| {
        let tail = |j: usize| {
            // The smaller ubiquity first gives both orders of a pair the same bytes.
            let (a, b) = (ubiquity[i].min(ubiquity[j]), ubiquity[i].max(ubiquity[j]));
            log_factorial.upper_tail(joint[(i, j)] as usize, a as usize, b as usize)
        };
        (0..n).map(|j| if i == j { f64::NAN } else { tail(j) }).collect::<Vec<f64>>()
    });
    let p = Matrix::from_rows(n, n, rows.concat())?;
    let mut tests: Vec<f64> = (0..n)
        .flat_map(|i| (0..i).map(move |j| (i, j)))
        .filter(|&(i, j)| ubiquity[i] > 0 && ubiquity[j] > 0)
        .map(|cell| p[cell])
        .collect();
    tests.sort_unstable_by(f64::total_cmp);
    let tested = tests.len();
    let allowed = |rank: usize| match testing {
        MultipleTesting::FalseDiscoveryRate => level * (rank + 1) as f64 / tested as f64,
        MultipleTesting::Bonferroni => level / tested as f64,
    };
    let threshold = (0..tested).rev().find(|&k| tests[k] <= allowed(k)).map(|k| tests[k]);
    let kept = threshold.map_or(0, |t| tests.partition_point(|p| *p <= t));
    Ok(ValidatedProjection { p, threshold, tested, kept })
}

/// `ln k!` for k up to the number of regions.
struct LogFactorials(Vec<f64>);

impl LogFactorials {
    fn up_to(n: usize) -> Self {
        let mut ln = vec![0.0; n + 1];
        for k in 1..=n {
            ln[k] = ln[k - 1] + (k as f64).ln();
        }
        Self(ln)
    }

    /// P(X ≥ `joint`) for the overlap X of random sets of `a` and `b` of the n regions.
    fn upper_tail(&self, joint: usize, a: usize, b: usize) -> f64 {
        let ln = &self.0;
        let n = ln.len() - 1;
        if joint <= (a + b).saturating_sub(n) {
            return 1.0;
        }
        let fixed = ln[a] + ln[n - a] + ln[b] + ln[n - b] - ln[n];
        let mass = |x: usize| (fixed - ln[x] - ln[a - x] - ln[b - x] - ln[n + x - a - b]).exp();
        (joint..=a.min(b)).rev().map(mass).sum::<f64>().min(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hypergeometric_tail_is_exact() {
        let ln = LogFactorials::up_to(10);
        // C(4,3) C(6,2) + C(4,4) C(6,1) of the C(10,5) ways.
        assert!((ln.upper_tail(3, 4, 5) - 66.0 / 252.0).abs() < 1e-12);
        assert_eq!(ln.upper_tail(0, 4, 5), 1.0);
        assert_eq!(ln.upper_tail(7, 8, 9), 1.0);
    }

    #[test]
    fn asymmetric_co_occurrence_is_refused() {
        let c = Matrix::from_rows(2, 2, vec![0.0, 1.0, 2.0, 0.0]).unwrap();
        assert!(relatedness(&c, Normalisation::Cosine).is_err());
        assert!(relatedness(&Matrix::filled(2, 3, 1.0), Normalisation::Cosine).is_err());
    }
}
