//! Gravity of cooperation: Poisson regression of ties on distance, borders and proximities.

use nalgebra::{DMatrix, DVector};
use serde::{Deserialize, Serialize};

use super::separation::{Sample, separated};
use crate::check::{check_sum, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{beyond_rounding, exponent, extreme};
use crate::matrix::Matrix;
use crate::network::{Direction, Network, weak_components};
use crate::parallel;

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
    /// Clustered by origin (CRV1): times G/(G − 1) · (n − 1)/(n − parameters) with G clusters. Fixed
    /// effects nested in the clusters count as one parameter (as fixest and pyfixest do).
    /// A single cluster is [`Undefined::SingleClass`].
    ClusteredOrigin,
    /// Clustered by destination, as [`Self::ClusteredOrigin`].
    ClusteredDestination,
    /// Clustered by origin and by destination: the sum of both less that by pair, with G the smaller
    /// number of clusters (Cameron, Gelbach & Miller 2011, doi:10.1198/jbes.2010.07136). NaN when
    /// the difference gives a negative variance.
    ClusteredTwoWay,
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
    /// Dyads left out because they are separated: without flow, and fitted perfectly by a fixed effect
    /// (an origin or destination without any flow, or between parts that no flow ties) or by a
    /// covariate that is above its bound nowhere else.
    pub separated: usize,
    /// Which dyads these are, increasing.
    pub separated_dyads: Vec<usize>,
    /// Dyads left out because they are the only one of their origin or destination.
    pub singletons: usize,
    /// Rounds of reweighted least squares.
    pub iterations: usize,
}

/// How ties depend on distance, borders and proximities: a Poisson pseudo-maximum likelihood fit.
///
/// # Formula
/// `E[flow] = exp(a_o + b_d + Σ β x)` with effects `a_o` of origins and `b_d` of destinations (or one
/// constant), covariates x and their coefficients β, by reweighted least squares; fixed effects are
/// concentrated out by conjugate gradients on the normal equations of destinations, one column per thread.
/// Dyads that are separated (their estimate would run to minus infinity) are found before fitting (Correia,
/// Guimarães & Zylkin 2019) and dropped with origins and destinations that have a single dyad, again and
/// again; both are counted. A covariate that then varies no more has no estimate.
///
/// # Range
/// Coefficients any number, standard errors and deviance 0 or more, pseudo-R² up to 1.
///
/// # Direction
/// One more of x multiplies the flow by exp(β): β below 0 of ln distance says that ties weaken with it.
///
/// # Undefined
/// [`Undefined::Separation`] when covariates are collinear (also with the fixed effects, or once separated
/// dyads are gone), [`Undefined::TooFew`] when there are not more dyads than parameters,
/// [`Undefined::SingleClass`] when errors are clustered by a side that has a single member,
/// [`Undefined::NoConvergence`], or [`Undefined::Empty`] when no flow is left. Pseudo-R² is NaN when flows
/// do not vary.
///
/// # Errors
/// [`Error::Undefined`] as said above; [`Error::Shape`] when inputs have not one entry per dyad;
/// [`Error::Value`] on flows that are negative or not finite and on covariates that are not finite.
///
/// # Complexity
/// O(rounds · projections · dyads · covariates).
///
/// # References
/// Santos Silva & Tenreyro (2006), The log of gravity, Rev. Econ. Stat. 88(4), doi:10.1162/rest.88.4.641.
/// Correia, Guimarães & Zylkin (2019), Verifying the existence of maximum likelihood estimates for
/// generalized linear models, arXiv:1903.01633.
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
    check_weights("flow", dyads.flow)?;
    check_sum("flow", dyads.flow)?;
    if let Some(index) = dyads.covariates.as_slice().iter().position(|x| !x.is_finite()) {
        let value = dyads.covariates.as_slice()[index].to_string();
        return Err(Error::Value { what: "covariates", index, value, must: "must be finite" });
    }
    let fixed = effects == Effects::OriginDestination;
    let constant = usize::from(!fixed);
    let k = dyads.covariates.columns() + constant;
    // Numbers whose squares may overflow or vanish are taken in another unit, a power of two.
    let unit = |values: &[f64]| if extreme(values) { exponent(values) } else { 0 };
    let flow_unit = unit(dyads.flow);
    let mut x_units = vec![0; constant];
    x_units.extend(
        (0..dyads.covariates.columns())
            .map(|c| unit(&(0..all).map(|d| dyads.covariates.row(d)[c]).collect::<Vec<f64>>())),
    );
    let sides = [dense(dyads.origin), dense(dyads.destination)];
    let mut kept: Vec<usize> = (0..all).collect();
    let (mut dropped, mut singletons) = (Vec::new(), 0);
    let (groups, units, y, x) = loop {
        if fixed {
            drop_perfect(dyads.flow, &sides, &mut kept, &mut dropped, &mut singletons);
        }
        // Dyads of one origin stand together, so that projections pass over them once.
        kept.sort_by_key(|&d| (sides[0].0[d], sides[1].0[d]));
        let groups = [0, 1].map(|side| dense(&kept.iter().map(|&d| sides[side].0[d]).collect::<Vec<u32>>()));
        let units = [groups[0].1, groups[1].1];
        let groups = groups.map(|(of, _)| of);
        let y: Vec<f64> = kept.iter().map(|&d| libm::ldexp(dyads.flow[d], -flow_unit)).collect();
        if y.iter().sum::<f64>() == 0.0 {
            return Err(Error::undefined(MEASURE, Undefined::Empty));
        }
        // One column per covariate.
        let x: Vec<Vec<f64>> = (0..k)
            .map(|c| {
                kept.iter()
                    .map(|&d| if c < constant { 1.0 } else { dyads.covariates.row(d)[c - constant] })
                    .map(|v| libm::ldexp(v, -x_units[c]))
                    .collect()
            })
            .collect();
        let sample = Sample { flow: &y, x: &x, groups: fixed.then_some((&groups, units)) };
        let separated = separated(&sample)?;
        if !separated.contains(&true) {
            break (groups, units, y, x);
        }
        let mut separated = separated.into_iter();
        kept.retain(|&d| {
            let keep = !separated.next().unwrap_or(false);
            if !keep {
                dropped.push(d);
            }
            keep
        });
    };
    let n = kept.len();
    dropped.sort_unstable();
    let parameters = k + if fixed { rank(&groups, units)? } else { 0 };
    if n <= parameters {
        return Err(Error::undefined(MEASURE, Undefined::TooFew { needed: parameters + 1 }));
    }
    let clusters = match errors {
        StandardErrors::ClusteredOrigin => units[0],
        StandardErrors::ClusteredDestination => units[1],
        StandardErrors::ClusteredTwoWay => units[0].min(units[1]),
        StandardErrors::Model | StandardErrors::Hc0 | StandardErrors::Hc1 => usize::MAX,
    };
    if clusters < 2 {
        return Err(Error::undefined(MEASURE, Undefined::SingleClass));
    }
    let total: f64 = y.iter().sum();
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
            let mass = projection.mass(&mu);
            projected.push(std::mem::take(&mut response));
            let mut columns: Vec<(Vec<f64>, bool)> = projected.drain(..).map(|c| (c, false)).collect();
            parallel::for_each_chunk(&mut columns, 1, |_, columns| {
                for (column, done) in columns {
                    *done = projection.apply(column, &mu, &mass);
                }
            });
            if columns.iter().any(|c| !c.1) {
                return Err(Error::undefined(MEASURE, Undefined::NoConvergence { iterations: round }));
            }
            projected.extend(columns.into_iter().map(|c| c.0));
            response = projected.pop().unwrap_or_default();
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
        if !now.is_finite() || mu.iter().any(|m| m.is_nan() || *m <= 1e-250 * mean) {
            return Err(Error::undefined(MEASURE, Undefined::Separation));
        }
        // In units of flow: what is left to gain, and what rounding leaves.
        if (now - last).abs() > 1e-12 * (0.1 * mean + now.abs()) + 4.0 * f64::EPSILON * total {
            last = now;
            continue;
        }
        let covariance = if errors == StandardErrors::Model {
            inverse
        } else {
            let scores = Scores { y: &y, mu: &mu, projected: &projected, groups: &groups, units };
            &inverse * scores.meat(errors, fixed, parameters) * &inverse
        };
        let null = deviance(&|_| mean);
        let mut coefficients: Vec<f64> = (0..k).map(|a| libm::ldexp(beta[a], -x_units[a])).collect();
        if !fixed {
            coefficients[0] += f64::from(flow_unit) * std::f64::consts::LN_2;
        }
        // Of these alone does the unit of flow change the standard errors.
        let root =
            if errors == StandardErrors::Model { libm::exp2(-0.5 * f64::from(flow_unit)) } else { 1.0 };
        let standard_errors: Vec<f64> =
            (0..k).map(|a| libm::ldexp(root * covariance[(a, a)].sqrt(), -x_units[a])).collect();
        let deviance = libm::ldexp(now, flow_unit);
        if deviance.is_infinite() {
            let must = "leaves a deviance beyond the largest number: use a larger unit";
            return Err(Error::Value { what: "flow", index: 0, value: format!("{:e}", dyads.flow[0]), must });
        }
        if let Some(index) =
            (0..k).find(|&a| coefficients[a].is_infinite() || standard_errors[a].is_infinite())
        {
            let must = "leaves a coefficient or its error beyond the largest number: use a smaller unit";
            let largest = libm::ldexp(1.0, x_units[index]);
            return Err(Error::Value { what: "covariates", index, value: format!("{largest:e}"), must });
        }
        return Ok(GravityFit {
            coefficients,
            standard_errors,
            deviance,
            pseudo_r2: if beyond_rounding(null, total) > 0.0 { 1.0 - now / null } else { f64::NAN },
            n,
            separated: dropped.len(),
            separated_dyads: dropped,
            singletons,
            iterations: round,
        });
    }
    Err(Error::undefined(MEASURE, Undefined::NoConvergence { iterations: ROUNDS }))
}

/// Number of effects of origins and destinations that are free: each part that dyads tie together has
/// one too many.
fn rank(groups: &[Vec<u32>; 2], units: [usize; 2]) -> Result<usize> {
    let nodes = units[0] + units[1];
    let ties: Vec<(u32, u32, f64)> =
        groups[0].iter().zip(&groups[1]).map(|(&o, &d)| (o, units[0] as u32 + d, 1.0)).collect();
    let (graph, _) = Network::from_edges(nodes, &ties, Direction::Undirected)?;
    Ok(nodes - weak_components(&graph)?.count())
}

/// Drops dyads of units without flow (separated) and those alone in their unit, until none is left.
fn drop_perfect(
    flow: &[f64],
    sides: &[(Vec<u32>, usize); 2],
    kept: &mut Vec<usize>,
    separated: &mut Vec<usize>,
    singletons: &mut usize,
) {
    loop {
        let before = kept.len();
        for (of, units) in sides {
            let mut sizes = vec![0usize; *units];
            let mut flows = vec![false; *units];
            for &d in kept.iter() {
                sizes[of[d] as usize] += 1;
                flows[of[d] as usize] |= flow[d] > 0.0;
            }
            kept.retain(|&d| {
                let keep = flows[of[d] as usize];
                if !keep {
                    separated.push(d);
                }
                keep
            });
            let some = kept.len();
            kept.retain(|&d| sizes[of[d] as usize] > 1);
            *singletons += some - kept.len();
        }
        if kept.len() == before {
            return;
        }
    }
}

/// Codes 0, 1, … in the order of the values, and how many there are.
fn dense(values: &[u32]) -> (Vec<u32>, usize) {
    let mut codes = values.to_vec();
    codes.sort_unstable();
    codes.dedup();
    let of = values.iter().map(|v| codes.partition_point(|c| c < v) as u32).collect();
    (of, codes.len())
}

/// What each dyad adds to the first-order conditions.
struct Scores<'a> {
    y: &'a [f64],
    mu: &'a [f64],
    projected: &'a [Vec<f64>],
    groups: &'a [Vec<u32>; 2],
    units: [usize; 2],
}

impl Scores<'_> {
    /// The middle of the sandwich, small-sample factors included.
    fn meat(&self, errors: StandardErrors, fixed: bool, parameters: usize) -> DMatrix<f64> {
        let (n, k) = (self.y.len() as f64, self.projected.len());
        let [o, d] = self.units;
        let effects = |left: usize| k + if fixed { left } else { 0 };
        // Effects of parts that nothing ties are one constant fewer each.
        let all = n / (n - parameters as f64);
        // A fixed effect inside a cluster costs no degree of freedom; one constant is kept for each.
        let clustered = |left: usize, clusters: usize| {
            let g = clusters as f64;
            (n - 1.0) / (n - effects(left) as f64) * g / (g - 1.0)
        };
        let each: Vec<u32> = (0..self.y.len() as u32).collect();
        let of = |groups: &[u32], units: usize| self.outer(groups, units);
        match errors {
            StandardErrors::Model | StandardErrors::Hc0 => of(&each, each.len()),
            StandardErrors::Hc1 => of(&each, each.len()) * all,
            StandardErrors::ClusteredOrigin => of(&self.groups[0], o) * clustered(d, o),
            StandardErrors::ClusteredDestination => of(&self.groups[1], d) * clustered(o, d),
            StandardErrors::ClusteredTwoWay => {
                let mut pair = 0;
                // Dyads come sorted by origin and destination.
                let pairs: Vec<u32> = (0..self.y.len())
                    .map(|i| {
                        let changed = i > 0 && self.groups.iter().any(|g| g[i] != g[i - 1]);
                        pair += u32::from(changed);
                        pair
                    })
                    .collect();
                let sum = of(&self.groups[0], o) + of(&self.groups[1], d) - of(&pairs, pair as usize + 1);
                sum * clustered(1, o.min(d))
            }
        }
    }

    /// Sum, over groups, of the outer product of the group's score with itself.
    fn outer(&self, groups: &[u32], units: usize) -> DMatrix<f64> {
        let sums: Vec<Vec<f64>> = self
            .projected
            .iter()
            .map(|x| {
                let mut sums = vec![0.0; units];
                for (i, &g) in groups.iter().enumerate() {
                    sums[g as usize] += (self.y[i] - self.mu[i]) * x[i];
                }
                sums
            })
            .collect();
        let k = sums.len();
        DMatrix::from_fn(k, k, |a, b| sums[a].iter().zip(&sums[b]).map(|(x, y)| x * y).sum())
    }
}

/// Takes fixed effects out of columns; dyads are sorted by origin.
pub(super) struct Projection<'a> {
    pub(super) groups: &'a [Vec<u32>; 2],
    pub(super) units: [usize; 2],
}

impl Projection<'_> {
    /// Weight of each origin and each destination.
    pub(super) fn mass(&self, weights: &[f64]) -> [Vec<f64>; 2] {
        [0, 1].map(|side| {
            let mut mass = vec![0.0; self.units[side]];
            self.groups[side].iter().zip(weights).for_each(|(&g, w)| mass[g as usize] += w);
            mass
        })
    }

    /// Leaves the residuals of the weighted regression of `v` on all fixed effects; `false` when
    /// that does not end.
    ///
    /// Effects of origins are eliminated, those of destinations found by conjugate gradients with
    /// the weight of each destination as preconditioner.
    pub(super) fn apply(&self, v: &mut [f64], weights: &[f64], mass: &[Vec<f64>; 2]) -> bool {
        let size = v.iter().fold(0.0f64, |m, x| m.max(x.abs())).max(1e-300);
        let [origins, destinations] = self.groups;
        // Mean of `v` by origin first: what is left of the problem is in destinations alone.
        let centre = |v: &mut [f64]| {
            let mut sums = vec![0.0; self.units[0]];
            for ((&o, x), w) in origins.iter().zip(&*v).zip(weights) {
                sums[o as usize] += w * x;
            }
            sums.iter_mut().zip(&mass[0]).for_each(|(s, m)| *s /= m);
            v.iter_mut().zip(origins).for_each(|(x, &o)| *x -= sums[o as usize]);
        };
        centre(v);
        let mut residual = vec![0.0; self.units[1]];
        for ((&d, x), w) in destinations.iter().zip(&*v).zip(weights) {
            residual[d as usize] += w * x;
        }
        let preconditioned = |r: &[f64]| r.iter().zip(&mass[1]).map(|(r, m)| r / m).collect::<Vec<f64>>();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut z = preconditioned(&residual);
        let mut direction = z.clone();
        let mut effects = vec![0.0; self.units[1]];
        let mut rz = dot(&residual, &z);
        let small = |z: &[f64]| z.iter().all(|z| z.abs() <= 1e-11 * size);
        let mut rounds = 0;
        // In exact arithmetic there are as many rounds as destinations at most: long chains take them all.
        let most = 10_000.max(4 * self.units[1]);
        while !small(&z) {
            let image = self.reduced(&direction, weights, mass);
            let curvature = dot(&direction, &image);
            rounds += 1;
            if rounds > most || curvature.is_nan() || curvature <= 0.0 {
                return false;
            }
            let step = rz / curvature;
            for i in 0..effects.len() {
                effects[i] += step * direction[i];
                residual[i] -= step * image[i];
            }
            z = preconditioned(&residual);
            let next = dot(&residual, &z);
            let turn = next / rz;
            rz = next;
            direction.iter_mut().zip(&z).for_each(|(p, z)| *p = z + turn * *p);
        }
        if rounds > 0 {
            v.iter_mut().zip(destinations).for_each(|(x, &d)| *x -= effects[d as usize]);
            centre(v);
        }
        true
    }

    /// The normal equations of destinations, origins eliminated, applied to `b`.
    fn reduced(&self, b: &[f64], weights: &[f64], mass: &[Vec<f64>; 2]) -> Vec<f64> {
        let [origins, destinations] = self.groups;
        let mut image: Vec<f64> = b.iter().zip(&mass[1]).map(|(b, m)| b * m).collect();
        let mut from = 0;
        for row in origins.chunk_by(|a, b| a == b) {
            let span = from..from + row.len();
            from = span.end;
            let (ends, w) = (&destinations[span.clone()], &weights[span]);
            let mean =
                ends.iter().zip(w).map(|(&d, w)| w * b[d as usize]).sum::<f64>() / mass[0][row[0] as usize];
            ends.iter().zip(w).for_each(|(&d, w)| image[d as usize] -= w * mean);
        }
        image
    }
}

/// Mean distance within a zone of this area, for dyads of a unit with itself.
///
/// # Formula
/// `0.66 √(A / π)` km, A the area in km².
///
/// # Range
/// 0 or more, in km.
///
/// # Direction
/// High: a large zone.
///
/// # Undefined
/// NaN for a negative area.
///
/// # Complexity
/// O(1).
///
/// # References
/// Redding & Venables (2004), Economic geography and international inequality, J. Int. Econ. 62(1).
#[must_use]
pub fn intrazonal_distance_km(area_km2: f64) -> f64 {
    0.66 * (area_km2 / std::f64::consts::PI).sqrt()
}

#[cfg(test)]
mod tests;
