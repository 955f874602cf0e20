use nalgebra::{DMatrix, DVector, Matrix3, Vector3};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::check::check_weights;
use crate::error::{Error, Result, Undefined};

/// A Bass curve of uptake: those who adopt of themselves and those who follow adopters.
///
/// # Formula
/// N(t) = m (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t})
///
/// # References
/// Bass 1969, doi:10.1287/mnsc.15.5.215.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bass {
    /// Coefficient of innovation, per period.
    pub p: f64,
    /// Coefficient of imitation, per period.
    pub q: f64,
    /// Adopters in the end.
    pub m: f64,
}

impl Bass {
    /// A curve.
    ///
    /// # Errors
    /// [`Error::Parameter`] when p or m is not above 0, or q is below 0.
    ///
    /// # Complexity
    /// O(1).
    pub fn new(p: f64, q: f64, m: f64) -> Result<Self> {
        for (name, value, sound) in [("p", p, p > 0.0), ("q", q, q >= 0.0), ("m", m, m > 0.0)] {
            if !(sound && value.is_finite()) {
                return Err(Error::Parameter {
                    name,
                    value: value.to_string(),
                    must: "p and m must be above 0, q not below 0, all finite",
                });
            }
        }
        Ok(Self { p, q, m })
    }

    /// Adopters up to time `t`.
    ///
    /// # Formula
    /// `N(t) = m (1 − e^{−(p+q)t}) / (1 + (q/p) e^{−(p+q)t})`, t in periods from the start.
    ///
    /// # Range
    /// [0, m); 0 before the start.
    ///
    /// # Direction
    /// High where uptake is far advanced.
    ///
    /// # Complexity
    /// O(1).
    ///
    /// # Example
    /// ```
    /// use rurban::diffusion::Bass;
    /// let curve = Bass::new(0.03, 0.38, 1000.0)?;
    /// assert!((curve.adopters(1.0) - 35.758_164_256_441_62).abs() < 1e-9);
    /// # Ok::<(), rurban::Error>(())
    /// ```
    #[must_use]
    pub fn adopters(&self, t: f64) -> f64 {
        let decay = (-(self.p + self.q) * t.max(0.0)).exp();
        self.m * (1.0 - decay) / (1.0 + self.q / self.p * decay)
    }

    /// When most adopt per period.
    ///
    /// # Formula
    /// `ln(q/p) / (p+q)`, in periods from the start; 0 when imitation is weaker than innovation.
    ///
    /// # Range
    /// [0, ∞).
    ///
    /// # Direction
    /// Low where uptake is fast.
    ///
    /// # Complexity
    /// O(1).
    #[must_use]
    pub fn peak_time(&self) -> f64 {
        ((self.q / self.p).ln() / (self.p + self.q)).max(0.0)
    }

    fn increments(&self, periods: usize) -> DVector<f64> {
        DVector::from_fn(periods, |i, _| self.adopters(i as f64 + 1.0) - self.adopters(i as f64))
    }

    fn of_logs(x: &Vector3<f64>) -> Self {
        Self { p: x[0].exp(), q: x[1].exp(), m: x[2].exp() }
    }
}

/// Whether the series reaches past the period in which most adopt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeakState {
    /// It does: the level in the end can be told within its interval.
    Passed,
    /// It does not: many levels fit the series as well, and none should be quoted.
    NotPassed,
}

/// An interval whose upper end may be out of reach.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ProfileInterval {
    /// Lower end.
    pub low: f64,
    /// Upper end; `None` when the series sets no limit.
    pub high: Option<f64>,
}

/// A Bass curve fitted to a series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use]
pub struct BassFit {
    /// The curve of least squares.
    pub curve: Bass,
    /// 90 % profile interval of p.
    pub p: ProfileInterval,
    /// 90 % profile interval of q.
    pub q: ProfileInterval,
    /// 90 % profile interval of m.
    pub m: ProfileInterval,
    /// Whether the peak lies within the series.
    pub peak: PeakState,
    /// Period in which most adopt, by the curve.
    pub peak_time: f64,
    /// Share of the variation of the series that the curve accounts for.
    pub r_squared: Option<f64>,
    /// Number of periods.
    pub n: usize,
}

/// Which Bass curve is nearest to the numbers of new adopters in consecutive periods.
///
/// # Formula
/// Least squares of `m (F(i) − F(i−1))` in `ln p`, `ln q`, `ln m` (Levenberg–Marquardt), started from Bass's
/// regression `X = a + bN + cN²` and from a grid; F is [`Bass::adopters`] over m. Intervals: the values of
/// one parameter at which the sum of squares, the others fitted anew, is at most `1 + t²₀.₉₅,ₙ₋₃ / (n − 3)`
/// times the least.
///
/// # Range
/// p, q, m above 0.
///
/// # Direction
/// None.
///
/// # Undefined
/// [`Undefined::TooFew`] under 5 periods, [`Undefined::ZeroTotal`] without adopters,
/// [`Undefined::NoConvergence`] when no start leads to a curve. Before the peak m is not identified:
/// [`BassFit::peak`] says so and the interval of m has no upper end as a rule. On short series m and p come
/// out too low (Van den Bulte & Lilien 1997, doi:10.1287/mksc.16.4.338; from the literature, not measured
/// here).
///
/// # Errors
/// [`Error::Value`] for numbers below 0 or not finite; [`Error::Undefined`] as above.
///
/// # Complexity
/// O(periods), some thousands of evaluations of the curve.
///
/// # References
/// Bass (1969), Management Science, doi:10.1287/mnsc.15.5.215; Srinivasan & Mason (1986), Marketing Science,
/// doi:10.1287/mksc.5.2.169.
///
/// # Example
/// ```
/// use rurban::diffusion::{Bass, PeakState, fit_bass};
/// let curve = Bass::new(0.03, 0.38, 1000.0)?;
/// let series: Vec<f64> = (0..12).map(|t| curve.adopters(t as f64 + 1.0) - curve.adopters(t as f64)).collect();
/// let fit = fit_bass(&series)?;
/// assert!((fit.curve.m - 1000.0).abs() < 1e-3);
/// assert_eq!(fit.peak, PeakState::Passed);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn fit_bass(new_adopters: &[f64]) -> Result<BassFit> {
    check_weights("new adopters", new_adopters)?;
    let n = new_adopters.len();
    if n < 5 {
        return Err(Error::undefined("Bass curve", Undefined::TooFew { needed: 5 }));
    }
    let series = DVector::from_column_slice(new_adopters);
    let total = series.sum();
    if total <= 0.0 {
        return Err(Error::undefined("Bass curve", Undefined::ZeroTotal));
    }
    let mut best: Option<(Vector3<f64>, f64)> = None;
    for start in starts(&series, total) {
        let fit = minimise(&series, start, None);
        if fit.1.is_finite() && best.as_ref().is_none_or(|b| fit.1 < b.1) {
            best = Some(fit);
        }
    }
    let Some((x, least)) = best else {
        return Err(Error::undefined("Bass curve", Undefined::NoConvergence { iterations: STEPS }));
    };
    let curve = Bass::of_logs(&x);
    let mean = total / n as f64;
    let variation: f64 = series.iter().map(|v| (v - mean).powi(2)).sum();
    let last_is_highest = series.iter().enumerate().all(|(i, v)| i + 1 == n || *v < series[n - 1]);
    let passed = !last_is_highest && curve.peak_time() < n as f64 - 0.5;
    // A perfect fit would leave no room at all: rounding is the least noise there is.
    let noise = least.max(1e-18 * series.norm_squared());
    let quantile = StudentsT::new(0.0, 1.0, (n - 3) as f64).map_or(f64::NAN, |t| t.inverse_cdf(0.95));
    let most = noise * (1.0 + quantile * quantile / (n - 3) as f64);
    let interval = |k: usize| ProfileInterval {
        low: profile_end(&series, &x, k, -1.0, most).map_or(0.0, f64::exp),
        high: profile_end(&series, &x, k, 1.0, most).map(f64::exp),
    };
    Ok(BassFit {
        curve,
        p: interval(0),
        q: interval(1),
        m: interval(2),
        peak: if passed { PeakState::Passed } else { PeakState::NotPassed },
        peak_time: curve.peak_time(),
        r_squared: (variation > 0.0).then(|| 1.0 - least / variation),
        n,
    })
}

/// Most steps of one minimisation.
const STEPS: usize = 400;

/// Where minimisations begin: Bass's regression when it gives a curve, and a grid.
fn starts(series: &DVector<f64>, total: f64) -> Vec<Vector3<f64>> {
    let n = series.len();
    let mut before = 0.0;
    let design = DMatrix::from_row_iterator(
        n,
        3,
        series.iter().flat_map(|x| {
            let row = [1.0, before / total, (before / total).powi(2)];
            before += x;
            row
        }),
    );
    let mut starts = Vec::new();
    if let Ok(c) = design.svd(true, true).solve(series, 1e-12) {
        let (a, b, c) = (c[0], c[1] / total, c[2] / (total * total));
        let m = (-b - (b * b - 4.0 * a * c).sqrt()) / (2.0 * c);
        let (p, q) = (a / m, -c * m);
        if [p, q, m].iter().all(|v| v.is_finite() && *v > 0.0) {
            starts.push(Vector3::new(p.ln(), q.ln(), m.ln()));
        }
    }
    for (p, q) in [(0.03, 0.4), (0.005, 0.6), (0.1, 0.1), (0.01, 0.2)] {
        for m in [1.2, 3.0, 10.0] {
            starts.push(Vector3::new(f64::ln(p), f64::ln(q), f64::ln(m * total)));
        }
    }
    starts
}

/// Least squares from `x`, with one parameter held when `held` names it.
fn minimise(series: &DVector<f64>, mut x: Vector3<f64>, held: Option<usize>) -> (Vector3<f64>, f64) {
    let n = series.len();
    let residuals = |x: &Vector3<f64>| series - Bass::of_logs(x).increments(n);
    let mut r = residuals(&x);
    let mut sum = r.norm_squared();
    let mut damping = 1e-3;
    for _ in 0..STEPS {
        let mut normal = Matrix3::zeros();
        let mut gradient = Vector3::zeros();
        let columns: [DVector<f64>; 3] = std::array::from_fn(|k| {
            let mut step = Vector3::zeros();
            step[k] = 1e-6;
            (residuals(&(x - step)) - residuals(&(x + step))) / 2e-6
        });
        for a in 0..3 {
            gradient[a] = columns[a].dot(&r);
            for b in 0..3 {
                normal[(a, b)] = columns[a].dot(&columns[b]);
            }
        }
        if let Some(k) = held {
            normal.row_mut(k).fill(0.0);
            normal.column_mut(k).fill(0.0);
            normal[(k, k)] = 1.0;
            gradient[k] = 0.0;
        }
        let scale = normal.diagonal().map(|d| d.max(1e-12));
        let mut improved = false;
        while damping < 1e12 {
            let step = (normal + Matrix3::from_diagonal(&(scale * damping))).lu().solve(&gradient);
            if let Some(step) = step
                && step.iter().all(|s| s.abs() < 5.0)
            {
                let next = x + step;
                let next_r = residuals(&next);
                let next_sum = next_r.norm_squared();
                if next_sum < sum {
                    improved = sum - next_sum > 1e-14 * sum;
                    (x, r, sum) = (next, next_r, next_sum);
                    damping = (damping / 10.0).max(1e-12);
                    break;
                }
            }
            damping *= 10.0;
        }
        if !improved {
            break;
        }
    }
    (x, sum)
}

/// Where, going from the best value of parameter `k`, the least sum of squares passes `most`; `None`
/// when it does not within a factor of a thousand.
fn profile_end(series: &DVector<f64>, best: &Vector3<f64>, k: usize, sign: f64, most: f64) -> Option<f64> {
    let at = |value: f64, mut from: Vector3<f64>| {
        from[k] = value;
        minimise(series, from, Some(k))
    };
    let (mut inside, mut from) = (best[k], *best);
    let mut reach = 0.01;
    while reach < 6.9 {
        let value = best[k] + sign * reach;
        let (fitted, sum) = at(value, from);
        if sum > most {
            let (mut low, mut high) = (inside, value);
            for _ in 0..30 {
                let middle = f64::midpoint(low, high);
                if at(middle, from).1 > most { high = middle } else { low = middle }
            }
            return Some(f64::midpoint(low, high));
        }
        (inside, from) = (value, fitted);
        reach *= 1.5;
    }
    None
}
