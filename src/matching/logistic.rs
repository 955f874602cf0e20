use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use crate::check::check_len;
use crate::error::{Error, Result, Undefined};
use crate::matrix::Matrix;

const MEASURE: &str = "logistic regression";

/// What keeps the coefficients of a logistic regression finite when positives are few.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Penalty {
    /// `λ/2 Σ β²` over standardised features, the intercept left free.
    L2 {
        /// Strength λ; 0 for none.
        lambda: f64,
    },
    /// Firth (1993): half the logarithm of the determinant of the information, which removes the
    /// first-order bias of rare events.
    Firth,
}

/// How a logistic regression is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogisticOptions {
    /// The penalty.
    pub penalty: Penalty,
    /// Steps after which it counts as not converging.
    pub iterations: usize,
}

impl Default for LogisticOptions {
    /// L2 with λ = 1, 100 steps.
    fn default() -> Self {
        Self { penalty: Penalty::L2 { lambda: 1.0 }, iterations: 100 }
    }
}

impl LogisticOptions {
    setters! {
        penalty: Penalty,
        iterations: usize,
    }
}

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct LogisticFit {
    /// Log odds where all features are 0.
    pub intercept: f64,
    /// Change of the log odds for one unit of each feature; 0 for a feature that does not vary.
    pub coefficients: Vec<f64>,
    /// Standard errors of the coefficients, from the inverse of the penalised information; NaN for a
    /// feature that does not vary.
    pub standard_errors: Vec<f64>,
    /// Mean of each feature, by weight.
    pub means: Vec<f64>,
    /// Standard deviation of each feature, by weight.
    pub deviations: Vec<f64>,
    /// Log-likelihood, the penalty left out.
    pub log_likelihood: f64,
    /// Observations.
    pub n: usize,
    /// Those that are 1.
    pub positives: usize,
    /// Steps made.
    pub iterations: usize,
}

/// How much each feature changes the log odds of an outcome: logistic regression with a penalty.
///
/// # Formula
/// `max Σ w (y η − ln(1 + e^η)) − penalty` with `η = α + xβ`, x the features (observations × features), y the
/// outcomes, w the weights; by iteratively reweighted least squares. Features are standardised inside and the
/// coefficients given on their own scale.
///
/// # Range
/// Coefficients are unbounded.
///
/// # Direction
/// Above 0 the feature makes the outcome likelier.
///
/// # Undefined
/// When all observations are 0 or all 1, when features are collinear without a penalty, and when the steps do
/// not settle. A feature that does not vary has coefficient 0 and a standard error of NaN.
///
/// # Errors
/// [`Error::Undefined`] then; [`Error::Shape`] and [`Error::Value`] on inputs that do not fit or are not
/// finite; [`Error::Parameter`] on a negative λ.
///
/// # Complexity
/// O(steps × observations × features²).
///
/// # References
/// Firth (1993), Biometrika, doi:10.1093/biomet/80.1.27; Heinze & Schemper (2002), Statistics in Medicine,
/// doi:10.1002/sim.1047.
///
/// # Example
/// ```
/// use rurban::matching::{LogisticOptions, Penalty, logistic};
/// use rurban::matrix::Matrix;
/// // All ones lie above all zeros: finite only with a penalty.
/// let x = Matrix::from_rows(4, 1, vec![0.0, 1.0, 2.0, 3.0])?;
/// let y = [false, false, true, true];
/// let fit = logistic(&x, &y, None, &LogisticOptions::default().penalty(Penalty::Firth))?;
/// assert!(fit.coefficients[0] > 0.5 && fit.coefficients[0] < 3.0);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn logistic(
    features: &Matrix,
    outcome: &[bool],
    weights: Option<&[f64]>,
    options: &LogisticOptions,
) -> Result<LogisticFit> {
    let (n, k) = (features.rows(), features.columns());
    check_len("outcomes", outcome.len(), n)?;
    if let Some(weights) = weights {
        crate::check::check_amounts("weights", weights, n)?;
    }
    if let Some(index) = features.as_slice().iter().position(|v| !v.is_finite()) {
        let value = features.as_slice()[index].to_string();
        return Err(Error::Value { what: "features", index, value, must: "must be finite" });
    }
    let lambda = match options.penalty {
        Penalty::L2 { lambda } if !(lambda.is_finite() && lambda >= 0.0) => {
            let must = "must not be negative";
            return Err(Error::Parameter { name: "lambda", value: lambda.to_string(), must });
        }
        Penalty::L2 { lambda } => lambda,
        Penalty::Firth => 0.0,
    };
    let positives = outcome.iter().filter(|y| **y).count();
    if n == 0 {
        return Err(Error::undefined(MEASURE, Undefined::Empty));
    }
    if positives == 0 || positives == n {
        return Err(Error::undefined(MEASURE, Undefined::SingleClass));
    }
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    let total: f64 = (0..n).map(weight).sum();
    if total <= 0.0 {
        return Err(Error::undefined(MEASURE, Undefined::ZeroTotal));
    }
    let mut means = vec![0.0; k];
    for i in 0..n {
        means.iter_mut().zip(features.row(i)).for_each(|(m, x)| *m += weight(i) * x / total);
    }
    let mut deviations = vec![0.0; k];
    for i in 0..n {
        for ((d, x), m) in deviations.iter_mut().zip(features.row(i)).zip(&means) {
            *d += weight(i) * (x - m).powi(2) / total;
        }
    }
    for d in &mut deviations {
        *d = d.sqrt();
    }
    // Features that do not vary, up to rounding, have no part.
    let used: Vec<usize> = (0..k).filter(|&c| deviations[c] > 1e-12 * means[c].abs().max(1e-300)).collect();
    let p = used.len() + 1;
    let mut x = Vec::with_capacity(n * p);
    for i in 0..n {
        x.push(1.0);
        x.extend(used.iter().map(|&c| (features[(i, c)] - means[c]) / deviations[c]));
    }

    let firth = options.penalty == Penalty::Firth;
    let problem = Problem { x, p, outcome, weight: (0..n).map(weight).collect(), lambda, firth };
    let mut beta = DVector::zeros(p);
    beta[0] = (positives as f64 / (n - positives) as f64).ln();
    let mut iterations = 0;
    let information = loop {
        let (step, information) = problem.step(&beta)?;
        iterations += 1;
        // Steps of more than five standard deviations of a feature overshoot.
        let size = step.amax();
        let mut scale = if size > 5.0 { 5.0 / size } else { 1.0 };
        let mut settled = size < 1e-9;
        if !firth {
            // Nor may a step lose: features with long tails make Newton's method swing.
            let before = problem.objective(&beta);
            let gain = |scale: f64| problem.objective(&(&beta + &step * scale)) - before;
            while gain(scale) < 0.0 && scale > 1e-6 {
                scale /= 2.0;
            }
            settled |= gain(scale) <= 1e-13 * before.abs();
        }
        beta += &step * scale;
        if settled {
            break information;
        }
        if iterations >= options.iterations {
            return Err(Error::undefined(MEASURE, Undefined::NoConvergence { iterations }));
        }
    };
    let covariance = information.try_inverse().ok_or(Error::undefined(MEASURE, Undefined::Separation))?;
    let (mut coefficients, mut standard_errors) = (vec![0.0; k], vec![f64::NAN; k]);
    for (at, &c) in used.iter().enumerate() {
        coefficients[c] = beta[at + 1] / deviations[c];
        standard_errors[c] = covariance[(at + 1, at + 1)].sqrt() / deviations[c];
    }
    let shift: f64 = coefficients.iter().zip(&means).map(|(b, m)| b * m).sum();
    Ok(LogisticFit {
        intercept: beta[0] - shift,
        coefficients,
        standard_errors,
        means,
        deviations,
        log_likelihood: problem.log_likelihood(&beta),
        n,
        positives,
        iterations,
    })
}

struct Problem<'a> {
    x: Vec<f64>,
    p: usize,
    outcome: &'a [bool],
    weight: Vec<f64>,
    lambda: f64,
    firth: bool,
}

impl Problem<'_> {
    fn eta(&self, i: usize, beta: &DVector<f64>) -> f64 {
        self.x[i * self.p..][..self.p].iter().zip(beta.iter()).map(|(x, b)| x * b).sum()
    }

    fn log_likelihood(&self, beta: &DVector<f64>) -> f64 {
        (0..self.outcome.len())
            .map(|i| {
                let eta = self.eta(i, beta);
                // ln(1 + e^η) without overflow.
                let softplus = eta.max(0.0) + (-eta.abs()).exp().ln_1p();
                self.weight[i] * (if self.outcome[i] { eta } else { 0.0 } - softplus)
            })
            .sum()
    }

    /// What is made largest under an L2 penalty.
    fn objective(&self, beta: &DVector<f64>) -> f64 {
        let squares: f64 = beta.iter().skip(1).map(|b| b * b).sum();
        self.log_likelihood(beta) - self.lambda / 2.0 * squares
    }

    /// A Newton step and the penalised information it was made with.
    fn step(&self, beta: &DVector<f64>) -> Result<(DVector<f64>, DMatrix<f64>)> {
        let (n, p) = (self.outcome.len(), self.p);
        let probability: Vec<f64> = (0..n).map(|i| 1.0 / (1.0 + (-self.eta(i, beta)).exp())).collect();
        let mut information = DMatrix::zeros(p, p);
        for i in 0..n {
            let w = self.weight[i] * probability[i] * (1.0 - probability[i]);
            let row = &self.x[i * p..][..p];
            for a in 0..p {
                for b in 0..=a {
                    information[(a, b)] += w * row[a] * row[b];
                }
            }
        }
        for a in 0..p {
            for b in 0..a {
                information[(b, a)] = information[(a, b)];
            }
            if a > 0 {
                information[(a, a)] += self.lambda;
            }
        }
        let collinear = || Error::undefined(MEASURE, Undefined::Separation);
        let inverse =
            if self.firth { Some(information.clone().try_inverse().ok_or_else(collinear)?) } else { None };
        let mut gradient = DVector::zeros(p);
        for i in 0..n {
            let row = &self.x[i * p..][..p];
            let q = probability[i];
            let mut residual = if self.outcome[i] { 1.0 - q } else { -q };
            if let Some(inverse) = &inverse {
                let mut leverage = 0.0;
                for a in 0..p {
                    for b in 0..p {
                        leverage += row[a] * inverse[(a, b)] * row[b];
                    }
                }
                // The hat value of the observation, with its weight taken out again below.
                residual += q * (1.0 - q) * leverage * (0.5 - q);
            }
            gradient.iter_mut().zip(row).for_each(|(g, x)| *g += self.weight[i] * residual * x);
        }
        for a in 1..p {
            gradient[a] -= self.lambda * beta[a];
        }
        let step = information.clone().cholesky().ok_or_else(collinear)?.solve(&gradient);
        Ok((step, information))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn a_two_by_two_table_has_the_log_odds_ratio() {
        // 3 of 10 against 6 of 8: odds (3/7) and (6/2).
        let counts = [(0.0, true, 3), (0.0, false, 7), (1.0, true, 6), (1.0, false, 2)];
        let mut x = Vec::new();
        let mut y = Vec::new();
        for (v, outcome, count) in counts {
            x.extend(std::iter::repeat_n(v, count));
            y.extend(std::iter::repeat_n(outcome, count));
        }
        let m = Matrix::from_rows(18, 1, x).unwrap();
        let none = LogisticOptions::default().penalty(Penalty::L2 { lambda: 0.0 });
        let fit = logistic(&m, &y, None, &none).unwrap();
        assert!((fit.intercept - (3.0_f64 / 7.0).ln()).abs() < 1e-9);
        assert!((fit.coefficients[0] - (3.0_f64 / (3.0 / 7.0)).ln()).abs() < 1e-9);
        // Woolf: √(1/3 + 1/7 + 1/6 + 1/2).
        let woolf = (1.0_f64 / 3.0 + 1.0 / 7.0 + 1.0 / 6.0 + 0.5).sqrt();
        assert!((fit.standard_errors[0] - woolf).abs() < 1e-9);
        // On a saturated 2 × 2 table Firth's penalty adds half an observation to each cell.
        let firth = logistic(&m, &y, None, &LogisticOptions::default().penalty(Penalty::Firth)).unwrap();
        let want = ((6.5_f64 / 2.5) / (3.5 / 7.5)).ln();
        assert!((firth.coefficients[0] - want).abs() < 1e-8, "{} {want}", firth.coefficients[0]);
        // Cells by weight are the same as repeated ones.
        let cells = Matrix::from_rows(4, 1, counts.iter().map(|c| c.0).collect()).unwrap();
        let weights: Vec<f64> = counts.iter().map(|c| c.2 as f64).collect();
        let outcomes: Vec<bool> = counts.iter().map(|c| c.1).collect();
        let weighted = logistic(&cells, &outcomes, Some(&weights), &none).unwrap();
        assert!((weighted.coefficients[0] - fit.coefficients[0]).abs() < 1e-9);
    }

    #[test]
    fn the_penalised_optimum_has_no_slope() {
        let mut s = Seed(2).stream(0);
        let n = 400;
        let cells: Vec<f64> = (0..n * 3).map(|_| s.unit() * 4.0).collect();
        let y: Vec<bool> = (0..n)
            .map(|i| s.unit() < 1.0 / (1.0 + (2.0 - cells[i * 3] + 0.5 * cells[i * 3 + 1]).exp()))
            .collect();
        let m = Matrix::from_rows(n, 3, cells).unwrap();
        let lambda = 3.0;
        let fit =
            logistic(&m, &y, None, &LogisticOptions::default().penalty(Penalty::L2 { lambda })).unwrap();
        for c in 0..3 {
            let slope: f64 = (0..n)
                .map(|i| {
                    let eta: f64 = fit.intercept
                        + m.row(i).iter().zip(&fit.coefficients).map(|(x, b)| x * b).sum::<f64>();
                    let residual = f64::from(u8::from(y[i])) - 1.0 / (1.0 + (-eta).exp());
                    residual * (m[(i, c)] - fit.means[c]) / fit.deviations[c]
                })
                .sum::<f64>()
                - lambda * fit.coefficients[c] * fit.deviations[c];
            assert!(slope.abs() < 1e-6, "{c}: {slope}");
        }
    }

    #[test]
    fn undefined_fits_say_why() {
        let m = Matrix::from_rows(3, 1, vec![1.0, 2.0, 3.0]).unwrap();
        let options = LogisticOptions::default();
        let why = |y: &[bool], o| logistic(&m, y, None, o).unwrap_err().as_undefined();
        assert_eq!(why(&[true; 3], &options), Some(Undefined::SingleClass));
        let none = options.penalty(Penalty::L2 { lambda: 0.0 });
        assert!(why(&[false, false, true], &none).is_some());
        assert!(logistic(&m, &[true], None, &options).is_err());
        assert!(
            logistic(&m, &[true, false, true], None, &options.penalty(Penalty::L2 { lambda: -1.0 })).is_err()
        );
        let flat = Matrix::from_rows(3, 1, vec![1.0; 3]).unwrap();
        let fit = logistic(&flat, &[true, false, true], None, &options).unwrap();
        assert_eq!(fit.coefficients, [0.0]);
        assert!(fit.standard_errors[0].is_nan() && (fit.intercept - 2.0_f64.ln()).abs() < 1e-9);
    }
}
