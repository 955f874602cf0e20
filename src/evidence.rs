//! A number against chance: the one result type of every test in the crate.

use serde::{Deserialize, Serialize};

use crate::error::Result;

/// What chance means in a test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Null {
    /// Labels (or values) are dealt to nodes at random; the graph stays.
    LabelPermutation,
    /// Labels are dealt at random within strata (kind of actor, région …).
    StratifiedPermutation,
    /// Ties are drawn at random with every node's degree kept, multi-edges allowed.
    Configuration,
    /// As [`Null::Configuration`] on simple graphs, by degree-preserving swaps.
    DegreePreservingSwaps,
    /// Participations in projects are dealt anew; actors keep their number of projects, projects
    /// their number of participants.
    TwoMode,
    /// Ties are as likely as strengths and distance make them.
    Gravity,
    /// Graphs with the same numbers of nodes, group sizes and density.
    ConditionalUniform,
    /// Values are independent normal draws.
    Normality,
    /// Values at other places are dealt at random, the place itself keeps its own.
    ConditionalPermutation,
    /// The sampling distribution of a fitted model.
    Model,
}

/// Where the moments of a test come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inference {
    /// Exact or asymptotic formulas; p from the normal distribution.
    ClosedForm,
    /// `permutations` random replicates; p = (r + 1) / (R + 1).
    MonteCarlo {
        /// Number of replicates R.
        permutations: usize,
    },
}

/// An observed value, what chance would give, and how far apart they are.
///
/// `sd`, `z` and `p` are `None` where the null fixes only the expectation or leaves no variation.
/// Isolates and unlabelled nodes are part of `n` and counted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Evidence {
    /// The value on the data.
    pub observed: f64,
    /// Its expectation under the null.
    pub expected: f64,
    /// Its standard deviation under the null.
    pub sd: Option<f64>,
    /// `(observed - expected) / sd`.
    pub z: Option<f64>,
    /// Two-sided p-value.
    pub p: Option<f64>,
    /// The null model.
    pub null: Null,
    /// Closed form or Monte-Carlo.
    pub inference: Inference,
    /// Number of observations (nodes, regions, dyads).
    pub n: usize,
    /// Observations without any tie or neighbour.
    pub isolates: usize,
    /// Observations without a label.
    pub unlabelled: usize,
}

impl Evidence {
    /// From closed-form moments; p is the two-sided normal probability.
    pub fn closed_form(null: Null, observed: f64, expected: f64, variance: Option<f64>, n: usize) -> Self {
        // Rounding can leave a variance of zero slightly negative.
        let sd = variance.filter(|v| *v > 0.0).map(f64::sqrt);
        let z = sd.map(|sd| (observed - expected) / sd);
        Self {
            observed,
            expected,
            sd,
            z,
            p: z.map(two_sided_normal_p),
            null,
            inference: Inference::ClosedForm,
            n,
            isolates: 0,
            unlabelled: 0,
        }
    }

    /// From random replicates: mean and standard deviation (divisor R − 1) of `replicates`, and
    /// p = (r + 1) / (R + 1) with r the replicates at least as far from their mean as the
    /// observed value.
    pub fn monte_carlo(null: Null, observed: f64, replicates: &[f64], n: usize) -> Self {
        let count = replicates.len();
        let mean = replicates.iter().sum::<f64>() / count as f64;
        let ss: f64 = replicates.iter().map(|x| (x - mean).powi(2)).sum();
        let sd = (count > 1).then(|| (ss / (count - 1) as f64).sqrt()).filter(|sd| *sd > 0.0);
        // A relative tolerance keeps replicates equal to the observed value on its side of the
        // tie whatever the rounding of the mean.
        let far = (observed - mean).abs() * (1.0 - 1e-12);
        let extreme = replicates.iter().filter(|x| (*x - mean).abs() >= far).count();
        Self {
            observed,
            expected: mean,
            sd,
            z: sd.map(|sd| (observed - mean) / sd),
            p: (count > 0).then(|| (extreme + 1) as f64 / (count + 1) as f64),
            null,
            inference: Inference::MonteCarlo { permutations: count },
            n,
            isolates: 0,
            unlabelled: 0,
        }
    }

    /// Adds the counts of observations without ties and without labels.
    pub const fn with_counts(mut self, isolates: usize, unlabelled: usize) -> Self {
        self.isolates = isolates;
        self.unlabelled = unlabelled;
        self
    }

    /// Observed over expected, when the expectation is not zero.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        (self.expected != 0.0).then(|| self.observed / self.expected)
    }
}

/// Probability that a standard normal variable is at least as far from 0 as `z`.
#[must_use]
pub fn two_sided_normal_p(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// A value, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured<T> {
    /// The value.
    Value(T),
    /// Why it is undefined.
    Undefined(String),
}

impl<T> Measured<T> {
    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(v) => Some(v),
            Self::Undefined(_) => None,
        }
    }

    /// Why there is no value, if so.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Undefined(reason) => Some(reason),
        }
    }

    /// Keeps what is undefined as its reason; other errors stay errors.
    pub(crate) fn of(result: Result<T>) -> Result<Self> {
        match result {
            Ok(value) => Ok(Self::Value(value)),
            Err(e) if e.as_undefined().is_some() => Ok(Self::Undefined(e.to_string())),
            Err(e) => Err(e),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_p_values() {
        assert!((two_sided_normal_p(1.959_963_984_540_054) - 0.05).abs() < 1e-12);
        // R: 2 * pnorm(-8)
        assert!((two_sided_normal_p(-8.0) / 1.244_192_114_854_357e-15 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn no_variation_gives_no_z() {
        let e = Evidence::closed_form(Null::LabelPermutation, 3.0, 3.0, Some(-1e-16), 4);
        assert_eq!((e.sd, e.z, e.p), (None, None, None));
    }

    #[test]
    fn monte_carlo_p_counts_both_tails() {
        let e = Evidence::monte_carlo(Null::LabelPermutation, 3.0, &[0.0, 1.0, 2.0, 3.0, -1.0, 1.0], 4);
        assert_eq!(e.expected, 1.0);
        // Two replicates (3 and -1) are as far from the mean as the observed value.
        assert_eq!(e.p, Some(3.0 / 7.0));
    }
}
