//! Spatial autocorrelation of values (income, density) and of node-level scores (linkage of a
//! commune): are neighbours more alike than chance would have it, and where?
//!
//! | question | measure |
//! |---|---|
//! | Are neighbours alike as to one variable? | [`moran`], [`geary`] |
//! | Do high values gather, or low ones? | [`general_g`] |
//! | Does x go with y next door? | [`moran_bivariate`], [`lee_l`] |
//! | Where? | [`local_moran`], [`local_moran_bivariate`], [`gi`], [`gi_star`] |
//! | Do classes gather? | [`join_counts`] |
//!
//! Weights are a square [`Csr`], row i holding the neighbours of i, binary, row-standardised or of
//! any other kind (see [`SpatialWeights`](crate::space::weights::SpatialWeights)); they need not be
//! symmetric. No place may be its own neighbour, except in [`gi_star`] and [`lee_l`].
//!
//! ```
//! use rurban::autocorrelation::{Islands, Test, moran};
//! use rurban::matrix::Csr;
//! // Four places in a row.
//! let w = Csr::from_triplets(4, 4, &[(0, 1, 1.), (1, 0, 1.), (1, 2, 1.), (2, 1, 1.), (2, 3, 1.), (3, 2, 1.)])?;
//! let test = moran(&[1., 2., 3., 4.], &w, Test::Randomisation, Islands::Keep)?;
//! assert!((test.observed - 1. / 3.).abs() < 1e-12);
//! assert!((test.expected + 1. / 3.).abs() < 1e-12);
//! # Ok::<(), rurban::Error>(())
//! ```

mod global;
mod join_count;
mod local;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Undefined};
use crate::evidence::{beyond_rounding, extreme, unit_scale, vary};
use crate::matrix::Csr;
use crate::parallel;
use crate::random::Seed;

pub use global::{geary, general_g, lee_l, moran, moran_bivariate};
pub use join_count::{ClassPair, JoinCounts, join_counts};
pub use local::{
    Local, LocalInference, LocalMoranDivisor, LocalOptions, Quadrant, SelfWeight, gi, gi_star, local_moran,
    local_moran_bivariate,
};

/// How a global measure is held against chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// Values are independent normal draws; closed form.
    Normality,
    /// The observed values are dealt to places at random; closed-form moments, normal p.
    Randomisation,
    /// The observed values are dealt to places at random `permutations` times; p = (r + 1)/(R + 1),
    /// two-sided. Replicate r uses stream r of the seed.
    Permutation {
        /// Number of replicates R.
        permutations: usize,
        /// Seed of the replicates.
        seed: Seed,
    },
}

/// What to do with islands: places whose row of weights is empty (or zero).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Islands {
    /// They count in n, in the mean and in the permutations (PySAL; spdep with `adjust.n = FALSE`).
    #[default]
    Keep,
    /// They are left out altogether, also as neighbours of others; remaining weights stay as they are.
    Exclude,
    /// They are an error.
    Refuse,
}

/// Whether places may be their own neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Diagonal {
    Allowed,
    Refused,
}

/// The places a measure works on, after the policy on islands.
struct Sample<'a> {
    weights: Cow<'a, Csr>,
    /// Number of places in the input.
    places: usize,
    /// Index of each kept place in the input; `None` when all are kept.
    kept: Option<Vec<u32>>,
    isolates: usize,
}

impl<'a> Sample<'a> {
    fn new(weights: &'a Csr, islands: Islands, diagonal: Diagonal) -> Result<Self> {
        let n = weights.rows();
        if weights.columns() != n {
            return Err(Error::Shape { what: "columns of weights", expected: n, got: weights.columns() });
        }
        if n == 0 {
            return Err(Error::undefined("autocorrelation", Undefined::Empty));
        }
        let own = |i: usize| weights.get(i, i as u32).is_some_and(|w| w != 0.0);
        if diagonal == Diagonal::Refused
            && let Some(index) = (0..n).find(|&i| own(i))
        {
            return Err(Error::Value {
                what: "weights",
                index,
                value: "its own neighbour".into(),
                must: "no place may be its own neighbour: leave the diagonal out",
            });
        }
        let island = |i: usize| weights.row(i).all(|(j, w)| w == 0.0 || j as usize == i);
        let isolates = (0..n).filter(|&i| island(i)).count();
        match islands {
            Islands::Refuse if isolates > 0 => Err(Error::Value {
                what: "weights",
                index: (0..n).find(|&i| island(i)).unwrap_or(0),
                value: "an island".into(),
                must: "every place must have a neighbour: join it, or keep or exclude islands",
            }),
            Islands::Exclude if isolates > 0 => {
                let kept: Vec<u32> = (0..n).filter(|&i| !island(i)).map(|i| i as u32).collect();
                let mut position = vec![u32::MAX; n];
                for (at, &i) in kept.iter().enumerate() {
                    position[i as usize] = at as u32;
                }
                let triplets: Vec<(u32, u32, f64)> = kept
                    .iter()
                    .flat_map(|&i| weights.row(i as usize).map(move |(j, w)| (i, j, w)))
                    .map(|(i, j, w)| (position[i as usize], position[j as usize], w))
                    .filter(|t| t.1 != u32::MAX)
                    .collect();
                let weights = Csr::from_triplets(kept.len(), kept.len(), &triplets)?;
                Ok(Self { weights: Cow::Owned(weights), places: n, kept: Some(kept), isolates })
            }
            _ => Ok(Self { weights: Cow::Borrowed(weights), places: n, kept: None, isolates }),
        }
    }

    fn len(&self) -> usize {
        self.weights.rows()
    }

    /// The entries of the kept places.
    fn take<'b, T: Copy>(&self, all: &'b [T]) -> Cow<'b, [T]> {
        match &self.kept {
            None => Cow::Borrowed(all),
            Some(kept) => Cow::Owned(kept.iter().map(|&i| all[i as usize]).collect()),
        }
    }

    /// The values of the kept places, checked.
    fn values<'b>(&self, what: &'static str, all: &'b [f64]) -> Result<Cow<'b, [f64]>> {
        if all.len() != self.places {
            return Err(Error::Shape { what, expected: self.places, got: all.len() });
        }
        if let Some(index) = all.iter().position(|v| !v.is_finite()) {
            let value = all[index].to_string();
            return Err(Error::Value {
                what,
                index,
                value,
                must: "must be finite: give every place a value",
            });
        }
        let mut kept = self.take(all);
        // Values so large or small that their powers are not finite say the same in another unit.
        if extreme(&kept) {
            unit_scale(kept.to_mut());
        }
        Ok(kept)
    }

    /// Values of row i of the full output from those of the kept places.
    fn spread<T: Copy>(&self, values: Vec<T>, fill: T) -> Vec<T> {
        let Some(kept) = &self.kept else { return values };
        let mut all = vec![fill; self.places];
        for (&i, v) in kept.iter().zip(values) {
            all[i as usize] = v;
        }
        all
    }
}

/// Deviations from the mean; undefined when the values do not vary.
fn deviations(measure: &'static str, x: &[f64]) -> Result<Vec<f64>> {
    // A constant whose mean is rounded would otherwise pass as varying.
    if !vary(x) {
        return Err(Error::undefined(measure, Undefined::ZeroVariance));
    }
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    Ok(x.iter().map(|v| v - mean).collect())
}

fn sum_of_squares(z: &[f64]) -> f64 {
    z.iter().map(|v| v * v).sum()
}

/// Unordered pairs i < j with sᵢⱼ = wᵢⱼ + wⱼᵢ, and the sums that moments need.
///
/// Weights are in units of 2ᵘ: in those they are given in when these are neither huge nor tiny.
struct Pairs {
    upper: Csr,
    /// u.
    unit: i32,
    /// Σ w.
    s0: f64,
    /// ½ Σ (wᵢⱼ + wⱼᵢ)².
    s1: f64,
    /// Σ (row sum + column sum)².
    s2: f64,
}

impl Pairs {
    fn new(measure: &'static str, w: &Csr) -> Result<Self> {
        let n = w.rows();
        let mut triplets = Vec::with_capacity(w.entries());
        let mut marginal = vec![0.0; n];
        let mut size = 0.0;
        let mut scaled = Cow::Borrowed(w);
        let unit = if extreme(w.parts().2) { unit_scale(scaled.to_mut().values_mut()) } else { 0 };
        for i in 0..n {
            for (j, v) in scaled.row(i) {
                size += v.abs();
                triplets.push(((i as u32).min(j), (i as u32).max(j), v));
                marginal[i] += v;
                marginal[j as usize] += v;
            }
        }
        let upper = Csr::from_triplets(n, n, &triplets)?;
        let s0 = marginal.iter().sum::<f64>() / 2.0;
        if beyond_rounding(s0, size) == 0.0 {
            return Err(Error::undefined(measure, Undefined::NoTies));
        }
        let s1 = sum_of_squares(upper.parts().2);
        Ok(Self { upper, unit, s0, s1, s2: sum_of_squares(&marginal) })
    }

    /// Σ over i < j of sᵢⱼ f(vᵢ, vⱼ).
    #[inline]
    fn sum<T: Copy>(&self, v: &[T], f: impl Fn(T, T) -> f64) -> f64 {
        let (offsets, indices, weights) = self.upper.parts();
        let mut total = 0.0;
        for (ends, &own) in offsets.windows(2).zip(v) {
            let mut row = 0.0;
            for (&j, s) in indices[ends[0]..ends[1]].iter().zip(&weights[ends[0]..ends[1]]) {
                row += s * f(own, v[j as usize]);
            }
            total += row;
        }
        total
    }
}

fn check_permutations(permutations: usize) -> Result<()> {
    if permutations == 0 {
        return Err(Error::Parameter {
            name: "permutations",
            value: "0".into(),
            must: "must be positive: 999 is usual",
        });
    }
    Ok(())
}

/// `statistic` of `permutations` random orders of `values`.
fn replicates<T: Copy + Send + Sync, R: Send>(
    values: &[T],
    permutations: usize,
    seed: Seed,
    statistic: impl Fn(&[T]) -> R + Sync + Send,
) -> Result<Vec<R>> {
    check_permutations(permutations)?;
    Ok(parallel::map_init(
        permutations,
        || values.to_vec(),
        |scratch, r| {
            scratch.copy_from_slice(values);
            seed.stream(r as u64).shuffle(scratch);
            statistic(scratch)
        },
    ))
}
