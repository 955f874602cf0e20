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

/// An interval: of confidence, by resampling, or of what is possible.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
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
    /// From closed-form moments; p is the two-sided normal probability. No variation beyond the
    /// rounding of the values (or a variance that is not finite) gives no `sd`, `z` and `p`.
    pub fn closed_form(null: Null, observed: f64, expected: f64, variance: Option<f64>, n: usize) -> Self {
        let least = 4.0 * f64::EPSILON * observed.abs().max(expected.abs());
        // Rounding can leave a variance of zero slightly negative.
        let sd = variance
            .filter(|v| *v > 0.0 && v.is_finite())
            .map(f64::sqrt)
            .filter(|sd| *sd > least && observed.is_finite() && expected.is_finite());
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
    ///
    /// Values within 10⁻¹⁰ of the largest of them count as equal: sums of the same numbers in another
    /// order are no variation. The distance is from the mean of the replicates, so that on small or
    /// lopsided nulls p differs from an exact or a doubled one-sided p. Without replicates, or when a
    /// value is not finite, there is no `sd`, `z` and `p`.
    pub fn monte_carlo(null: Null, observed: f64, replicates: &[f64], n: usize) -> Self {
        Self::monte_carlo_of(null, observed, replicates, n, 0.0)
    }

    /// As [`Evidence::monte_carlo`], for values that are differences of larger ones: what counts as
    /// equal is relative to `size` too, the size of what was added up and taken away.
    pub fn monte_carlo_of(null: Null, observed: f64, replicates: &[f64], n: usize, size: f64) -> Self {
        let count = replicates.len();
        let size = replicates.iter().fold(observed.abs().max(size.abs()), |m, x| m.max(x.abs()));
        let slack = ROUNDING * size;
        let unit = if size > 0.0 { size } else { 1.0 };
        // What counts as equal to the observed value is equal to it; units keep squares finite.
        let difference =
            |x: f64| if (x - observed).abs() <= slack { 0.0 } else { x / unit - observed / unit };
        let mean = replicates.iter().map(|&x| difference(x)).sum::<f64>() / count as f64;
        let ss: f64 = replicates.iter().map(|&x| (difference(x) - mean).powi(2)).sum();
        let sound = size.is_finite() && !observed.is_nan() && mean.is_finite();
        let (low, high) = replicates
            .iter()
            .map(|&x| difference(x))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), d| (low.min(d), high.max(d)));
        let varies = sound && count > 1 && high - low > ROUNDING;
        let sd = varies.then(|| (ss / (count - 1) as f64).sqrt());
        let far = mean.abs() - ROUNDING;
        let extreme = replicates.iter().filter(|x| (difference(**x) - mean).abs() >= far).count();
        Self {
            observed,
            expected: if mean == 0.0 { observed } else { observed + mean * unit },
            sd: sd.map(|sd| sd * unit),
            z: sd.map(|sd| -mean / sd),
            p: (sound && count > 0).then(|| (extreme + 1) as f64 / (count + 1) as f64),
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

/// Part of the size of what is added up within which two results are the same number: sums of a
/// million terms in another order differ by less, values that differ in earnest by more.
pub(crate) const ROUNDING: f64 = 1e-10;

/// `value`, a difference of numbers as large as `of`, or 0 when rounding alone can have left it.
pub(crate) fn beyond_rounding(value: f64, of: f64) -> f64 {
    if value.abs() <= 1e-12 * of.abs() { 0.0 } else { value }
}

/// Whether values differ by more than the rounding of what they were computed from.
pub(crate) fn vary(values: &[f64]) -> bool {
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &v| (low.min(v), high.max(v)));
    // Halves, so that the range of the largest numbers is finite.
    0.5 * high - 0.5 * low > 1e-13 * low.abs().max(high.abs())
}

/// Values times the power of two that brings the largest to [½, 1): the same digits, and squares and
/// fourth powers that neither overflow nor vanish. The exponent taken out comes with them.
pub(crate) fn unit_scale(values: &mut [f64]) -> i32 {
    let exponent = exponent(values);
    for v in values {
        *v = libm::ldexp(*v, -exponent);
    }
    exponent
}

/// The power of two just above the largest value, 0 when there is none.
pub(crate) fn exponent(values: &[f64]) -> i32 {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 || !largest.is_finite() { 0 } else { libm::frexp(largest).1 }
}

/// Whether powers of the values may overflow or vanish.
pub(crate) fn extreme(values: &[f64]) -> bool {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    largest > 0.0 && !(1e-30..=1e30).contains(&largest)
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
    fn rounding_is_no_variation() {
        let null = Null::LabelPermutation;
        // 0.1 added up in different orders, and replicates that are all alike.
        let sums = [0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1, 0.6];
        let e = Evidence::monte_carlo(null, 0.6, &sums, 3);
        assert_eq!((e.sd, e.z, e.p), (None, None, Some(1.0)));
        let e = Evidence::monte_carlo(null, 0.1 * (1.0 + 1e-7), &[0.1; 99], 3);
        assert_eq!((e.sd, e.z, e.p), (None, None, Some(0.01)));
        assert!((e.expected - 0.1).abs() < 1e-16);
        // A difference of sums of about 1 that is 0 but for rounding.
        let e = Evidence::monte_carlo_of(null, 1e-16, &[-1e-16, 0.0, 2e-16], 3, 1.0);
        assert_eq!((e.sd, e.z, e.p), (None, None, Some(1.0)));
        let e = Evidence::monte_carlo(null, 1.0, &[1.0, f64::NAN], 3);
        assert_eq!((e.sd, e.z, e.p), (None, None, None));
        let e = Evidence::closed_form(null, 1.0, 1.0, Some(1e-32), 3);
        assert_eq!((e.sd, e.z, e.p), (None, None, None));
        assert!(!vary(&[0.3, 0.1 + 0.2]) && vary(&[1e12, 1e12 + 1.0]) && !vary(&[]));
    }

    #[test]
    fn units_do_not_matter() {
        let replicates: Vec<f64> = (0..99).map(|r| f64::from(r * 7 % 13)).collect();
        let of = |unit: f64| {
            let scaled: Vec<f64> = replicates.iter().map(|x| x * unit).collect();
            Evidence::monte_carlo(Null::Model, 11.0 * unit, &scaled, 9)
        };
        for unit in [0.1, 1e-12, 1e80, 1e-300, 1e300] {
            assert_eq!(of(unit).p, of(1.0).p, "{unit}");
            assert!((of(unit).z.unwrap() - of(1.0).z.unwrap()).abs() < 1e-12, "{unit}");
        }
        let mut values = [3e-300, -6e300];
        assert_eq!((unit_scale(&mut values), unit_scale(&mut [0.0])), (1000, 0));
        assert!(values[1] < -0.5 && values[1] > -1.0);
    }

    #[test]
    fn monte_carlo_p_counts_both_tails() {
        let e = Evidence::monte_carlo(Null::LabelPermutation, 3.0, &[0.0, 1.0, 2.0, 3.0, -1.0, 1.0], 4);
        assert_eq!(e.expected, 1.0);
        // Two replicates (3 and -1) are as far from the mean as the observed value.
        assert_eq!(e.p, Some(3.0 / 7.0));
    }
}
