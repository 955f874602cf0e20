//! Gravity of cooperation: Poisson regression of ties on distance, borders and proximities.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Undefined};
use crate::matrix::Matrix;

/// Dyads to fit a gravity model on, one entry per dyad.
#[derive(Debug, Clone, Copy)]
pub struct Dyads<'a> {
    /// Number or weight of ties, zeros included.
    pub flow: &'a [f64],
    /// Covariates, one row per dyad: ln distance, crossing rural–urban, border, proximities …
    pub covariates: &'a Matrix,
    /// Origin of each dyad.
    pub origin: &'a [u32],
    /// Destination of each dyad.
    pub destination: &'a [u32],
}

/// What stands beside the covariates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effects {
    /// One constant, reported as the first coefficient.
    Constant,
    /// A fixed effect for every origin and every destination, concentrated out.
    #[default]
    OriginDestination,
}

/// How standard errors are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StandardErrors {
    /// From the information matrix: right when the variance equals the mean.
    Model,
    /// Robust to any variance, without small-sample factor (HC0).
    Hc0,
    /// Robust, times n / (n − parameters), fixed effects counted (HC1).
    #[default]
    Hc1,
}

/// A fitted gravity model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct GravityFit {
    /// Coefficients: the constant first, if there is one, then the covariates in order.
    pub coefficients: Vec<f64>,
    /// Their standard errors.
    pub standard_errors: Vec<f64>,
    /// Deviance, twice the log-likelihood short of a perfect fit.
    pub deviance: f64,
    /// 1 − deviance over the deviance of a constant alone; NaN when flows do not vary.
    pub pseudo_r2: f64,
    /// Dyads used.
    pub n: usize,
    /// Dyads left out because their origin or destination has no flow at all, which its fixed
    /// effect fits perfectly.
    pub separated: usize,
    /// Dyads left out because they are the only one of their origin or destination.
    pub singletons: usize,
    /// Rounds of reweighted least squares.
    pub iterations: usize,
}

/// Fits `E[flow] = exp(a_o + b_d + Σ β x)` by Poisson pseudo-maximum likelihood.
///
/// Reweighted least squares; fixed effects are concentrated out by alternating projections.
/// Origins and destinations without any flow, or with a single dyad, are dropped first, again and
/// again, and counted.
/// O(rounds · projections · dyads · covariates).
///
/// # Errors
/// [`Error::Undefined`] with [`Undefined::Separation`] when covariates are collinear (also with
/// the fixed effects) or estimates run away, [`Undefined::NoConvergence`], or
/// [`Undefined::Empty`] when no flow is left; [`Error::Shape`]; [`Error::Value`] on
/// flows that are negative or not finite and on covariates that are not finite.
///
/// # References
/// Santos Silva & Tenreyro (2006), The log of gravity, Rev. Econ. Stat. 88(4).
pub fn gravity_model(dyads: Dyads<'_>, effects: Effects, errors: StandardErrors) -> Result<GravityFit> {
    const MEASURE: &str = "gravity model";
    const ROUNDS: usize = 100;
    let all = dyads.flow.len();
    for (what, got) in [
        ("covariates", dyads.covariates.rows()),
        ("origin", dyads.origin.len()),
        ("destination", dyads.destination.len()),
    ] {
        if got != all {
            return Err(Error::Shape { what, expected: all, got });
        }
    }
    if let Some(index) = dyads.flow.iter().position(|y| !(*y >= 0.0 && y.is_finite())) {
        let value = dyads.flow[index].to_string();
        return Err(Error::Value { what: "flow", index, value, must: "must be finite and not negative" });
    }
    if let Some(index) = dyads.covariates.as_slice().iter().position(|x| !x.is_finite()) {
        let value = dyads.covariates.as_slice()[index].to_string();
        return Err(Error::Value { what: "covariates", index, value, must: "must be finite" });
    }
    let fixed = effects == Effects::OriginDestination;
    let mut kept: Vec<usize> = (0..all).collect();
    let (mut separated, mut singletons) = (0, 0);
    let mut units = [0, 0];
    let mut groups: [Vec<usize>; 2] = [vec![], vec![]];
    loop {
        let before = kept.len();
        for (side, of) in [dyads.origin, dyads.destination].into_iter().enumerate() {
            let start = kept.len();
            let mut codes: Vec<u32> = kept.iter().filter(|&&d| dyads.flow[d] > 0.0).map(|&d| of[d]).collect();
            codes.sort_unstable();
            codes.dedup();
            if fixed {
                let at = |d: usize| codes.binary_search(&of[d]).ok();
                kept.retain(|&d| at(d).is_some());
                separated += start - kept.len();
                let mut sizes = vec![0usize; codes.len()];
                kept.iter().filter_map(|&d| at(d)).for_each(|c| sizes[c] += 1);
                let some = kept.len();
                kept.retain(|&d| at(d).is_some_and(|c| sizes[c] > 1));
                singletons += some - kept.len();
                let mut c = 0;
                codes.retain(|_| {
                    c += 1;
                    sizes[c - 1] > 1
                });
            }
            units[side] = codes.len();
            groups[side] = kept.iter().map(|&d| codes.binary_search(&of[d]).unwrap_or(0)).collect();
        }
        if kept.len() == before {
            break;
        }
    }
    let n = kept.len();
    let y: Vec<f64> = kept.iter().map(|&d| dyads.flow[d]).collect();
    let total: f64 = y.iter().sum();
    if total == 0.0 {
        return Err(Error::undefined(MEASURE, Undefined::Empty));
    }
    let constant = usize::from(!fixed);
    let k = dyads.covariates.columns() + constant;
    // One column per covariate.
    let x: Vec<Vec<f64>> = (0..k)
        .map(|c| {
            kept.iter()
                .map(|&d| if c < constant { 1.0 } else { dyads.covariates.row(d)[c - constant] })
                .collect()
        })
        .collect();
    let mean = total / n as f64;
    let deviance = |mu: &dyn Fn(usize) -> f64| {
        let term = |i: usize| (if y[i] > 0.0 { y[i] * (y[i] / mu(i)).ln() } else { 0.0 }) - (y[i] - mu(i));
        2.0 * (0..n).map(term).sum::<f64>()
    };
    let mut mu: Vec<f64> = y.iter().map(|y| (y + mean) / 2.0).collect();
    let mut eta: Vec<f64> = mu.iter().map(|m| m.ln()).collect();
    let mut last = f64::INFINITY;
    let projection = Projection { groups: &groups, units };
    // Projected columns start the next round: weights change little between rounds.
    let mut projected = x.clone();
    let mut response = vec![0.0; n];
    let mut previous = vec![0.0; n];
    for round in 1..=ROUNDS {
        for i in 0..n {
            let z = eta[i] + (y[i] - mu[i]) / mu[i];
            response[i] += z - previous[i];
            previous[i] = z;
        }
        if fixed {
            for column in projected.iter_mut().chain([&mut response]) {
                if !projection.apply(column, &mu) {
                    return Err(Error::undefined(MEASURE, Undefined::NoConvergence { iterations: round }));
                }
            }
        }
        let mut information = DMatrix::<f64>::zeros(k, k);
        let mut score = DVector::<f64>::zeros(k);
        for a in 0..k {
            for b in a..k {
                let s: f64 = (0..n).map(|i| mu[i] * projected[a][i] * projected[b][i]).sum();
                information[(a, b)] = s;
                information[(b, a)] = s;
            }
            score[a] = (0..n).map(|i| mu[i] * projected[a][i] * response[i]).sum();
            let raw: f64 = (0..n).map(|i| mu[i] * x[a][i] * x[a][i]).sum();
            if information[(a, a)] <= 1e-12 * raw {
                return Err(Error::undefined(MEASURE, Undefined::Separation));
            }
        }
        // Scaled to unit diagonal, a singular matrix shows whatever the units of the covariates.
        let scale = DVector::from_fn(k, |a, _| information[(a, a)].sqrt());
        let unit = DMatrix::from_fn(k, k, |a, b| information[(a, b)] / (scale[a] * scale[b]));
        let inverse = unit
            .clone()
            .cholesky()
            .filter(|l| (0..k).all(|a| l.l_dirty()[(a, a)] > 1e-5))
            .map(|l| DMatrix::from_fn(k, k, |a, b| l.inverse()[(a, b)] / (scale[a] * scale[b])))
            .ok_or(Error::undefined(MEASURE, Undefined::Separation))?;
        let beta = &inverse * score;
        for i in 0..n {
            let residual = response[i] - (0..k).map(|c| projected[c][i] * beta[c]).sum::<f64>();
            eta[i] = previous[i] - residual;
            mu[i] = eta[i].exp();
        }
        let now = deviance(&|i| mu[i]);
        if !now.is_finite() || mu.iter().any(|m| m.is_nan() || *m <= 1e-250) {
            return Err(Error::undefined(MEASURE, Undefined::Separation));
        }
        if (now - last).abs() > 1e-12 * (0.1 + now.abs()) {
            last = now;
            continue;
        }
        let covariance = if errors == StandardErrors::Model {
            inverse
        } else {
            let meat = DMatrix::from_fn(k, k, |a, b| {
                (0..n).map(|i| (y[i] - mu[i]).powi(2) * projected[a][i] * projected[b][i]).sum()
            });
            let parameters = k + if fixed { units[0] + units[1] - 1 } else { 0 };
            let factor =
                if errors == StandardErrors::Hc1 { n as f64 / (n as f64 - parameters as f64) } else { 1.0 };
            &inverse * meat * &inverse * factor
        };
        let null = deviance(&|_| mean);
        return Ok(GravityFit {
            coefficients: beta.iter().copied().collect(),
            standard_errors: (0..k).map(|a| covariance[(a, a)].sqrt()).collect(),
            deviance: now,
            pseudo_r2: if null > 0.0 { 1.0 - now / null } else { f64::NAN },
            n,
            separated,
            singletons,
            iterations: round,
        });
    }
    Err(Error::undefined(MEASURE, Undefined::NoConvergence { iterations: ROUNDS }))
}

struct Projection<'a> {
    groups: &'a [Vec<usize>; 2],
    units: [usize; 2],
}

impl Projection<'_> {
    /// Takes weighted group means out of `v` until none is left; `false` when that does not end.
    fn apply(&self, v: &mut [f64], weights: &[f64]) -> bool {
        let size = v.iter().fold(0.0f64, |m, x| m.max(x.abs())).max(1e-300);
        for _ in 0..10_000 {
            let mut moved = 0.0f64;
            for (groups, &units) in self.groups.iter().zip(&self.units) {
                let (mut sums, mut mass) = (vec![0.0; units], vec![0.0; units]);
                for ((&g, x), w) in groups.iter().zip(&*v).zip(weights) {
                    sums[g] += w * x;
                    mass[g] += w;
                }
                sums.iter_mut().zip(&mass).for_each(|(s, m)| *s /= m);
                moved = sums.iter().fold(moved, |m, s| m.max(s.abs()));
                v.iter_mut().zip(groups).for_each(|(x, &g)| *x -= sums[g]);
            }
            if moved <= 1e-11 * size {
                return true;
            }
        }
        false
    }
}

/// Mean distance within a zone of this area, `0.66 √(A / π)`, for dyads of a unit with itself.
#[must_use]
pub fn intrazonal_distance_km(area_km2: f64) -> f64 {
    0.66 * (area_km2 / std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(flow: &[f64], x: &[f64], effects: Effects) -> Result<GravityFit> {
        let origin: Vec<u32> = (0..flow.len() as u32).map(|i| i / 4).collect();
        let destination: Vec<u32> = (0..flow.len() as u32).map(|i| i % 4).collect();
        let covariates = Matrix::from_rows(flow.len(), 1, x.to_vec())?;
        let dyads = Dyads { flow, covariates: &covariates, origin: &origin, destination: &destination };
        gravity_model(dyads, effects, StandardErrors::Hc1)
    }

    #[test]
    fn undefined_fits_say_why() {
        let why = |r: Result<GravityFit>| r.unwrap_err().as_undefined();
        let y: Vec<f64> = (0..16).map(|i| f64::from(i * 7 % 5)).collect();
        // A covariate of origins alone is collinear with the fixed effects.
        let by_origin: Vec<f64> = (0..16).map(|i| f64::from(i / 4)).collect();
        assert_eq!(why(fit(&y, &by_origin, Effects::OriginDestination)), Some(Undefined::Separation));
        assert_eq!(why(fit(&y, &[2.0; 16], Effects::Constant)), Some(Undefined::Separation));
        assert_eq!(why(fit(&[0.0; 16], &by_origin, Effects::Constant)), Some(Undefined::Empty));
        assert_eq!(why(fit(&[], &[], Effects::OriginDestination)), Some(Undefined::Empty));
        // Flows only where the covariate is 1: its coefficient has no bound.
        let only: Vec<f64> = (0..16).map(|i| f64::from(i % 2)).collect();
        assert!(why(fit(&only, &only, Effects::Constant)).is_some());
        assert!(fit(&[-1.0; 16], &by_origin, Effects::Constant).is_err());
        assert!(fit(&y, &[f64::NAN; 16], Effects::Constant).is_err());
        assert!(fit(&y, &[1.0; 3], Effects::Constant).is_err());
    }

    #[test]
    fn exact_flows_are_recovered() {
        let x: Vec<f64> = (0..16).map(|i| f64::from(i * i % 11)).collect();
        let y: Vec<f64> = x
            .iter()
            .enumerate()
            .map(|(i, x)| (0.3 * x + (i / 4) as f64 - 0.5 * (i % 4) as f64).exp())
            .collect();
        let f = fit(&y, &x, Effects::OriginDestination).unwrap();
        assert!((f.coefficients[0] - 0.3).abs() < 1e-8 && f.n == 16);
        assert!((intrazonal_distance_km(std::f64::consts::PI) - 0.66).abs() < 1e-15);
    }
}
