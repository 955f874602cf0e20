//! Join counts of classes.

use serde::Serialize;

use super::{Diagonal, Islands, Pairs, Sample, Test, replicates};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null, beyond_rounding};
use crate::labels::Labels;
use crate::matrix::Csr;

/// Joins between places by class, each against chance.
#[derive(Debug, Clone, Serialize)]
#[must_use]
pub struct JoinCounts {
    /// Joins within each class.
    pub same: Vec<Evidence>,
    /// Joins between two classes r < s, in order (0, 1), (0, 2), …, (1, 2), ….
    pub different: Vec<ClassPair>,
    /// Joins between any two places of different classes, unlabelled ones left out.
    pub unlike: Evidence,
    /// All joins, ½ Σ wᵢⱼ; those with unlabelled places included.
    pub total: f64,
}

/// Joins between the places of two classes.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClassPair {
    /// The classes, the lower one first.
    pub classes: [u32; 2],
    /// Their joins against chance.
    pub joins: Evidence,
}

/// Join counts: do places of a class lie beside their like?
///
/// For two classes these are the BB, WW and BW counts of the literature; here for any number of classes.
///
/// # Formula
/// Jᵣᵣ = ½ Σ wᵢⱼ \[i, j in r\]; Jᵣₛ = ½ Σ wᵢⱼ \[one in r, the other in s\]; weights usually binary. The
/// null deals the labels (unlabelled places are one more colour that is not reported, counted in
/// [`Evidence::unlabelled`]); its mean and variance are exact.
///
/// # Range
/// 0 to all joins.
///
/// # Direction
/// Jᵣᵣ above expectation: the class gathers.
///
/// # Undefined
/// [`Undefined::SingleClass`] when all places are in one class, [`Undefined::NoTies`] without weights,
/// [`Undefined::TooFew`] below 4 places. Classes without places have observed and expected 0 and no z.
///
/// # Errors
/// [`Error::Shape`] on wrong lengths; [`Error::Value`] on places that are their own neighbours;
/// [`Error::Undefined`] when all places are in one class, there are no weights or fewer than 4 places;
/// [`Error::Parameter`] for [`Test::Normality`] and 0 permutations.
///
/// # Complexity
/// O(entries + classes²), times the number of permutations.
///
/// # References
/// Moran (1948), The interpretation of statistical maps, doi:10.1111/j.2517-6161.1948.tb00012.x. Cliff &
/// Ord (1981), Spatial processes.
pub fn join_counts(labels: &Labels, weights: &Csr, test: Test, islands: Islands) -> Result<JoinCounts> {
    const NAME: &str = "join counts";
    let sample = Sample::new(weights, islands, Diagonal::Refused)?;
    if labels.len() != weights.rows() {
        return Err(Error::Shape { what: "labels", expected: weights.rows(), got: labels.len() });
    }
    let k = labels.classes();
    let of: Vec<u32> = sample.take(labels.as_slice()).iter().map(|&c| c.min(k as u32)).collect();
    let n = of.len();
    if n < 4 {
        return Err(Error::undefined(NAME, Undefined::TooFew { needed: 4 }));
    }
    if of.iter().all(|c| *c == of[0]) {
        return Err(Error::undefined(NAME, Undefined::SingleClass));
    }
    let pairs = Pairs::new(NAME, &sample.weights)?;
    let mut size = vec![0.0; k + 1];
    for &c in &of {
        size[c as usize] += 1.0;
    }
    let unlabelled = size[k] as usize;
    // Row r, column s ≥ r of a square table of k + 1 colours.
    let count = |of: &[u32]| {
        let mut table = vec![0.0; (k + 1) * (k + 1)];
        for i in 0..n {
            let own = of[i] as usize;
            for (j, s) in pairs.upper.row(i) {
                let other = of[j as usize] as usize;
                table[own.min(other) * (k + 1) + own.max(other)] += 0.5 * s;
            }
        }
        for v in &mut table {
            *v = libm::ldexp(*v, pairs.unit);
        }
        table
    };
    let observed = count(&of);
    let drawn = match test {
        Test::Normality => {
            return Err(Error::Parameter {
                name: "test",
                value: "Normality".into(),
                must: "must be Randomisation or Permutation: classes are not normal",
            });
        }
        Test::Randomisation => None,
        Test::Permutation { permutations, seed } => Some(replicates(&of, permutations, seed, count)?),
    };
    let evidence = |r: usize, s: usize| {
        let at = r * (k + 1) + s;
        let e = if let Some(drawn) = &drawn {
            let values: Vec<f64> = drawn.iter().map(|table| table[at]).collect();
            Evidence::monte_carlo(Null::LabelPermutation, observed[at], &values, n)
        } else {
            let (mean, variance) = if r == s {
                moments_same(&pairs, n, size[r])
            } else {
                moments_different(&pairs, n, size[r], size[s])
            };
            Evidence::closed_form(Null::LabelPermutation, observed[at], mean, Some(variance), n)
        };
        e.with_counts(sample.isolates, unlabelled)
    };
    let unlike = |table: &[f64]| -> f64 {
        (0..k).flat_map(|r| (r + 1..k).map(move |s| r * (k + 1) + s)).map(|at| table[at]).sum()
    };
    let all = unlike(&observed);
    let unlike = if let Some(drawn) = &drawn {
        let values: Vec<f64> = drawn.iter().map(|table| unlike(table)).collect();
        let size = observed.iter().map(|v| v.abs()).sum();
        Evidence::monte_carlo_of(Null::LabelPermutation, all, &values, n, size)
    } else {
        let (mean, variance) = moments_unlike(&pairs, n, &size[..k]);
        Evidence::closed_form(Null::LabelPermutation, all, mean, Some(variance), n)
    };
    Ok(JoinCounts {
        unlike: unlike.with_counts(sample.isolates, unlabelled),
        same: (0..k).map(|r| evidence(r, r)).collect(),
        different: (0..k)
            .flat_map(|r| (r + 1..k).map(move |s| (r, s)))
            .map(|(r, s)| ClassPair { classes: [r as u32, s as u32], joins: evidence(r, s) })
            .collect(),
        total: pairs.s0 / 2.0,
    })
}

/// n(n − 1)…(n − k + 1).
fn falling(n: f64, k: u32) -> f64 {
    (0..k).map(|i| n - f64::from(i)).product()
}

/// Mean and variance of Jᵣᵣ when labels are dealt at random.
fn moments_same(pairs: &Pairs, n: usize, size: f64) -> (f64, f64) {
    let chance = |k| falling(size, k) / falling(n as f64, k);
    let Pairs { s0, s1, s2, .. } = *pairs;
    let mean = 0.5 * s0 * chance(2);
    let second = s1 * chance(2) + (s2 - 2.0 * s1) * chance(3) + (s0 * s0 + s1 - s2) * chance(4);
    in_units(pairs, mean, second)
}

/// Mean and variance of Jᵣₛ: of the ways two ordered joins can share places, only those that give no
/// place two colours count.
fn moments_different(pairs: &Pairs, n: usize, r: f64, s: f64) -> (f64, f64) {
    let n = n as f64;
    let Pairs { s0, s1, s2, .. } = *pairs;
    let mean = s0 * r * s / falling(n, 2);
    let same_pair = 2.0 * s1 * r * s / falling(n, 2);
    let one_shared = (s2 - 2.0 * s1) * r * s * (r + s - 2.0) / falling(n, 3);
    let distinct = 4.0 * (s0 * s0 + s1 - s2) * falling(r, 2) * falling(s, 2) / falling(n, 4);
    in_units(pairs, mean, same_pair + one_shared + distinct)
}

/// Mean and variance of all joins between different classes of these sizes.
fn moments_unlike(pairs: &Pairs, n: usize, sizes: &[f64]) -> (f64, f64) {
    let n = n as f64;
    let Pairs { s0, s1, s2, .. } = *pairs;
    let power = |p: i32| sizes.iter().map(|a| a.powi(p)).sum::<f64>();
    let (all, squares) = (power(1), power(2));
    // Ordered ways to take two unlike places, a place and two unlike it, two pairs of unlike ones.
    let two = all * all - squares;
    let three: f64 = sizes.iter().map(|a| a * (all - a) * (all - a - 1.0)).sum();
    let four = two * ((all - 2.0).powi(2) - squares - 2.0) + 4.0 * (squares * all - power(3));
    let mean = 0.5 * s0 * two / falling(n, 2);
    let second = s1 * two / falling(n, 2)
        + (s2 - 2.0 * s1) * three / falling(n, 3)
        + (s0 * s0 + s1 - s2) * four / falling(n, 4);
    in_units(pairs, mean, second)
}

/// Mean and variance in the unit in which weights were given, from the mean and four times the second
/// moment.
fn in_units(pairs: &Pairs, mean: f64, second: f64) -> (f64, f64) {
    let variance = beyond_rounding(0.25 * second - mean * mean, 0.25 * second.abs() + mean * mean);
    (libm::ldexp(mean, pairs.unit), libm::ldexp(variance, 2 * pairs.unit))
}
