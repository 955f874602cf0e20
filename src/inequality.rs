//! Inequality between territories, within and between groups.
//!
//! `amounts` are totals per unit (a budget, an income); with `population` they are judged per
//! head, without it every unit counts once. A unit without population is refused: its amount per
//! head does not exist.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;

/// An index with its parts between and within groups; `total = between + within`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Decomposition {
    /// The index over all units.
    pub total: f64,
    /// The index if every unit had its group's amount per head.
    pub between: f64,
    /// The share-weighted sum of the groups' own indices.
    pub within: f64,
    /// Units without a group; together they form one further group.
    pub unlabelled: usize,
}

/// Theil's T and its parts: how far amounts per head are from equal, weighted by amounts.
///
/// `T = Σ sᵢ ln(sᵢ / qᵢ)` with `sᵢ` the unit's share of the amounts and `qᵢ` its share of the
/// population; 0 (equal) to `ln(1 / min qᵢ)` (one unit has all), higher is more unequal. Units with
/// amount 0 contribute 0. Theil 1967. O(n).
///
/// ```
/// use rurban::{inequality::theil_t, labels::Labels};
/// let t = theil_t(&[1.0, 1.0, 3.0, 3.0], None, &Labels::new(vec![0, 0, 1, 1], 2)?)?;
/// assert!((t.total - t.between).abs() < 1e-15 && t.within.abs() < 1e-15);
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Error::Shape`] and [`Error::Value`] on bad input; [`Error::Undefined`] without units or when
/// the amounts add up to 0.
pub fn theil_t(amounts: &[f64], population: Option<&[f64]>, groups: &Labels) -> Result<Decomposition> {
    decompose("Theil T", amounts, population, groups, |s, q| if s == 0.0 { 0.0 } else { s * (s / q).ln() })
}

/// Theil's L (mean logarithmic deviation) and its parts, weighted by population.
///
/// `L = Σ qᵢ ln(qᵢ / sᵢ)` with shares as in [`theil_t`]; 0 (equal) upwards, higher is more unequal.
/// Infinite, as is the part it arises in, when a unit's amount is 0; the other part is then NaN
/// where it is `∞ - ∞`. Theil 1967. O(n).
///
/// # Errors
/// As [`theil_t`].
pub fn theil_l(amounts: &[f64], population: Option<&[f64]>, groups: &Labels) -> Result<Decomposition> {
    decompose("Theil L", amounts, population, groups, |s, q| q * (q / s).ln())
}

/// The Lorenz curve: share of the amounts (`.1`) held by the poorest share of the population
/// (`.0`), from (0, 0) to (1, 1). O(n log n).
///
/// # Errors
/// As [`theil_t`].
pub fn lorenz(amounts: &[f64], population: Option<&[f64]>) -> Result<Vec<(f64, f64)>> {
    let (weights, amount, people) = checked("Lorenz curve", amounts, population)?;
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by(|&i, &j| (amounts[i] / weights[i]).total_cmp(&(amounts[j] / weights[j])));
    let (mut q, mut s) = (0.0, 0.0);
    let mut curve = Vec::with_capacity(amounts.len() + 1);
    curve.push((0.0, 0.0));
    for i in order {
        q += weights[i];
        s += amounts[i];
        curve.push((q / people, s / amount));
    }
    Ok(curve)
}

/// The Gini index: twice the area between the Lorenz curve and equality.
///
/// 0 (equal) to `1 - min qᵢ`, higher is more unequal; no small-sample factor `n / (n - 1)`.
/// Gini 1912. O(n log n).
///
/// ```
/// assert_eq!(rurban::inequality::gini(&[0.0, 1.0], None)?, 0.5);
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// As [`theil_t`].
pub fn gini(amounts: &[f64], population: Option<&[f64]>) -> Result<f64> {
    let curve = lorenz(amounts, population)?;
    Ok(1.0 - curve.windows(2).map(|w| (w[1].0 - w[0].0) * (w[1].1 + w[0].1)).sum::<f64>())
}

/// Atkinson's index: the share of the amounts that could be given up if the rest were spread
/// equally, for inequality aversion `epsilon > 0`.
///
/// `1 - (Σ qᵢ (yᵢ/μ)^(1-ε))^(1/(1-ε))`, for ε = 1 `1 - exp(Σ qᵢ ln(yᵢ/μ))`; 0 (equal) to 1, and 1
/// for ε ≥ 1 when a unit's amount is 0. From the definition (Atkinson 1970,
/// doi:10.1016/0022-0531(70)90039-6), not checked against a peer. O(n).
///
/// # Errors
/// As [`theil_t`]; [`Error::Parameter`] when `epsilon` is not positive and finite.
pub fn atkinson(amounts: &[f64], population: Option<&[f64]>, epsilon: f64) -> Result<f64> {
    if !(epsilon.is_finite() && epsilon > 0.0) {
        let must = "must be positive and finite";
        return Err(Error::Parameter { name: "epsilon", value: epsilon.to_string(), must });
    }
    let (weights, amount, people) = checked("Atkinson index", amounts, population)?;
    let mean = |f: &dyn Fn(f64) -> f64| -> f64 {
        let terms = amounts.iter().zip(&weights);
        terms.map(|(x, w)| w / people * f((x / amount) / (w / people))).sum()
    };
    let power = 1.0 - epsilon;
    Ok(1.0 - if power == 0.0 { mean(&f64::ln).exp() } else { mean(&|y| y.powf(power)).powf(power.recip()) })
}

/// Amount per head of group `a` over that of group `b` (rural / urban): below 1, `a` gets less.
/// Units outside both groups do not matter. O(n).
///
/// # Errors
/// As [`theil_t`]; [`Error::Undefined`] when a group has no unit or `b` has no amount.
pub fn per_capita_ratio(
    amounts: &[f64],
    population: Option<&[f64]>,
    groups: &Labels,
    (a, b): (usize, usize),
) -> Result<f64> {
    const MEASURE: &str = "per-capita ratio";
    let (weights, ..) = checked(MEASURE, amounts, population)?;
    same_length("groups", amounts.len(), groups.len())?;
    let sum = |class, of: &[f64]| -> f64 {
        (0..of.len()).filter(|&i| groups.get(i) == Some(class)).map(|i| of[i]).sum()
    };
    let (people_a, people_b, amount_b) = (sum(a, &weights), sum(b, &weights), sum(b, amounts));
    if people_a == 0.0 || people_b == 0.0 {
        return Err(Error::undefined(MEASURE, Undefined::Empty));
    }
    if amount_b == 0.0 {
        return Err(Error::undefined(MEASURE, Undefined::ZeroTotal));
    }
    Ok(sum(a, amounts) / people_a / (amount_b / people_b))
}

fn decompose(
    measure: &'static str,
    amounts: &[f64],
    population: Option<&[f64]>,
    groups: &Labels,
    term: impl Fn(f64, f64) -> f64,
) -> Result<Decomposition> {
    let (weights, amount, people) = checked(measure, amounts, population)?;
    same_length("groups", amounts.len(), groups.len())?;
    let classes = groups.with_unlabelled_class();
    let mut shares = vec![(0.0, 0.0); classes.classes()];
    let mut total = 0.0;
    for (i, (x, w)) in amounts.iter().zip(&weights).enumerate() {
        total += term(x / amount, w / people);
        if let Some(c) = classes.get(i) {
            shares[c].0 += x / amount;
            shares[c].1 += w / people;
        }
    }
    let between: f64 = shares.iter().filter(|g| g.1 > 0.0).map(|&(s, q)| term(s, q)).sum();
    Ok(Decomposition { total, between, within: total - between, unlabelled: groups.unlabelled() })
}

/// Weights, sum of the amounts and sum of the weights.
fn checked(
    measure: &'static str,
    amounts: &[f64],
    population: Option<&[f64]>,
) -> Result<(Vec<f64>, f64, f64)> {
    let bad = |what, values: &[f64], good: fn(f64) -> bool, must| {
        let at = values.iter().position(|&v| !(v.is_finite() && good(v)));
        at.map_or(Ok(()), |index| Err(Error::Value { what, index, value: values[index].to_string(), must }))
    };
    if amounts.is_empty() {
        return Err(Error::undefined(measure, Undefined::Empty));
    }
    bad("amounts", amounts, |v| v >= 0.0, "must be finite and not negative")?;
    let weights = population.map_or_else(|| vec![1.0; amounts.len()], <[f64]>::to_vec);
    same_length("population", amounts.len(), weights.len())?;
    bad("population", &weights, |v| v > 0.0, "must be finite and positive")?;
    let amount: f64 = amounts.iter().sum();
    if amount == 0.0 {
        return Err(Error::undefined(measure, Undefined::ZeroTotal));
    }
    let people = weights.iter().sum();
    Ok((weights, amount, people))
}

const fn same_length(what: &'static str, expected: usize, got: usize) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::Shape { what, expected, got }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edge_cases() {
        let groups = Labels::new(vec![0, 1, Labels::NONE], 2).unwrap();
        let t = theil_t(&[0.0, 1.0, 2.0], None, &groups).unwrap();
        assert!(t.total > 0.0 && t.within.abs() < 1e-15 && t.unlabelled == 1);
        assert!(theil_l(&[0.0, 1.0, 2.0], None, &groups).unwrap().total.is_infinite());
        assert!(gini(&[], None).unwrap_err().as_undefined() == Some(Undefined::Empty));
        assert!(gini(&[0.0], None).unwrap_err().as_undefined() == Some(Undefined::ZeroTotal));
        assert!(gini(&[1.0], Some(&[0.0])).is_err() && gini(&[-1.0], None).is_err());
        assert_eq!(atkinson(&[0.0, 1.0], None, 1.0).unwrap(), 1.0);
        assert!(atkinson(&[2.0, 4.0], Some(&[1.0, 2.0]), 0.5).unwrap().abs() < 1e-15);
        assert_eq!(per_capita_ratio(&[1.0, 4.0, 9.0], None, &groups, (0, 1)).unwrap(), 0.25);
    }
}
