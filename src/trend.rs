//! Whether something grows: counts over time, and shares over time.

use serde::{Deserialize, Serialize};

use crate::check::check_len;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null};

/// A monotone trend of values over time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use]
pub struct Trend {
    /// Kendall's S against values dealt to the times at random.
    pub evidence: Evidence,
    /// Kendall's τ-b between value and time, −1 … 1.
    pub tau: f64,
    /// Median slope between two times (Theil–Sen), by unit of time.
    pub slope: f64,
}

/// Whether values rise or fall with time.
///
/// # Formula
/// S = Σ sign(yⱼ − yᵢ) over the pairs with tᵢ < tⱼ; variance of S with ties, exact when values are dealt
/// to times at random; p from the normal distribution, without continuity correction.
///
/// # Range
/// τ in −1 … 1.
///
/// # Direction
/// Positive: later values are higher.
///
/// # Undefined
/// [`Undefined::TooFew`] below 3 values; [`Undefined::ZeroVariance`] when all values, or all times, are equal.
///
/// # Errors
/// [`Error::Shape`] when lengths differ, [`Error::Value`] for numbers that are not finite, [`Error::Undefined`]
/// as above.
///
/// # Complexity
/// O(n²).
///
/// # References
/// Mann 1945, doi:10.2307/1907187; Kendall 1975; Sen 1968, doi:10.1080/01621459.1968.10480934.
///
/// # Example
/// ```
/// use rurban::trend::mann_kendall;
/// let trend = mann_kendall(&[2010.0, 2011.0, 2012.0, 2013.0], &[3.0, 5.0, 4.0, 9.0])?;
/// assert_eq!((trend.evidence.observed, trend.slope), (4.0, 2.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn mann_kendall(times: &[f64], values: &[f64]) -> Result<Trend> {
    check_len("values", values.len(), times.len())?;
    for (what, list) in [("times", times), ("values", values)] {
        if let Some(index) = list.iter().position(|v| !v.is_finite()) {
            return Err(Error::Value { what, index, value: list[index].to_string(), must: "must be finite" });
        }
    }
    let n = values.len();
    if n < 3 {
        return Err(Error::undefined("trend", Undefined::TooFew { needed: 3 }));
    }
    let sign = |d: f64| {
        if d > 0.0 {
            1.0
        } else if d < 0.0 {
            -1.0
        } else {
            0.0
        }
    };
    let (mut s, mut slopes) = (0.0, Vec::with_capacity(n * (n - 1) / 2));
    for i in 0..n {
        for j in i + 1..n {
            let (dt, dy) = (times[j] - times[i], values[j] - values[i]);
            s += sign(dt) * sign(dy);
            if dt != 0.0 {
                slopes.push(dy / dt);
            }
        }
    }
    let (x, y) = (ties(times), ties(values));
    let pairs = (n * (n - 1)) as f64;
    let spread = ((pairs - x.pairs) * (pairs - y.pairs)).sqrt() / 2.0;
    if spread == 0.0 {
        return Err(Error::undefined("trend", Undefined::ZeroVariance));
    }
    let m = n as f64;
    let variance = (pairs * (2.0 * m + 5.0) - x.weighted - y.weighted) / 18.0
        + x.triples * y.triples / (9.0 * pairs * (m - 2.0))
        + x.pairs * y.pairs / (2.0 * pairs);
    slopes.sort_by(f64::total_cmp);
    let middle = slopes.len() / 2;
    let slope = if slopes.len() % 2 == 1 {
        slopes[middle]
    } else {
        f64::midpoint(slopes[middle - 1], slopes[middle])
    };
    let evidence = Evidence::closed_form(Null::LabelPermutation, s, 0.0, Some(variance), n);
    Ok(Trend { evidence, tau: s / spread, slope })
}

/// Sums over groups of equal values of t(t−1), t(t−1)(2t+5) and t(t−1)(t−2).
struct Ties {
    pairs: f64,
    weighted: f64,
    triples: f64,
}

fn ties(values: &[f64]) -> Ties {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut sums = Ties { pairs: 0.0, weighted: 0.0, triples: 0.0 };
    for group in sorted.chunk_by(|a, b| a == b) {
        let t = group.len() as f64;
        sums.pairs += t * (t - 1.0);
        sums.weighted += t * (t - 1.0) * (2.0 * t + 5.0);
        sums.triples += t * (t - 1.0) * (t - 2.0);
    }
    sums
}

/// Whether a share rises or falls over groups with scores, such as years.
///
/// # Formula
/// T = Σ rᵢ (tᵢ − t̄), rᵢ the marked of the nᵢ of group i; against marks dealt at random to all N:
/// E = 0, Var = r (N − r) / (N (N − 1)) · Σ nᵢ (tᵢ − t̄)² (Cochran–Armitage with the exact variance).
///
/// # Range
/// Any; the evidence's `n` is N.
///
/// # Direction
/// Positive: groups with higher scores have higher shares.
///
/// # Undefined
/// [`Undefined::Empty`] without observations; [`Undefined::SingleClass`] when none or all are marked;
/// [`Undefined::ZeroVariance`] when all scores are equal.
///
/// # Errors
/// [`Error::Shape`] when lengths differ, [`Error::Value`] for a group with more marked than there are or a
/// score that is not finite, [`Error::Undefined`] as above.
///
/// # Complexity
/// O(groups).
///
/// # References
/// Cochran 1954, doi:10.2307/3001616; Armitage 1955, doi:10.2307/3001775.
///
/// # Example
/// ```
/// use rurban::trend::share_trend;
/// let e = share_trend(&[1.0, 2.0, 3.0], &[2, 4, 9], &[20, 20, 20])?;
/// assert!((e.observed - 7.0).abs() < 1e-12 && e.p.is_some_and(|p| p < 0.05));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn share_trend(scores: &[f64], marked: &[usize], of: &[usize]) -> Result<Evidence> {
    check_len("marked", marked.len(), scores.len())?;
    check_len("totals", of.len(), scores.len())?;
    if let Some(index) = scores.iter().position(|s| !s.is_finite()) {
        let value = scores[index].to_string();
        return Err(Error::Value { what: "scores", index, value, must: "must be finite" });
    }
    if let Some(index) = marked.iter().zip(of).position(|(r, n)| r > n) {
        let value = marked[index].to_string();
        return Err(Error::Value { what: "marked", index, value, must: "must be at most the total" });
    }
    let n: usize = of.iter().sum();
    let r: usize = marked.iter().sum();
    let undefined = |reason| Err(Error::undefined("trend of a share", reason));
    if n == 0 {
        return undefined(Undefined::Empty);
    }
    if r == 0 || r == n {
        return undefined(Undefined::SingleClass);
    }
    let mean = scores.iter().zip(of).map(|(t, n)| t * *n as f64).sum::<f64>() / n as f64;
    let spread: f64 = scores.iter().zip(of).map(|(t, n)| *n as f64 * (t - mean).powi(2)).sum();
    if spread == 0.0 {
        return undefined(Undefined::ZeroVariance);
    }
    let observed: f64 = scores.iter().zip(marked).map(|(t, r)| *r as f64 * (t - mean)).sum();
    let (r, total) = (r as f64, n as f64);
    let variance = r * (total - r) / (total * (total - 1.0)) * spread;
    Ok(Evidence::closed_form(Null::LabelPermutation, observed, 0.0, Some(variance), n))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.kendalltau(method="asymptotic") and scipy.stats.theilslopes.
    #[test]
    fn trends_are_those_of_scipy() {
        let years: Vec<f64> = (2010..=2021).map(f64::from).collect();
        let values = [12.0, 15.0, 15.0, 11.0, 18.0, 22.0, 19.0, 22.0, 22.0, 25.0, 17.0, 30.0];
        let t = mann_kendall(&years, &values).unwrap();
        assert_eq!(t.evidence.observed, 42.0);
        assert!((t.tau - 0.656_570_669_454_758_5).abs() < 1e-12, "{}", t.tau);
        assert!((t.evidence.p.unwrap() - 0.003_589_203_042_568_38).abs() < 1e-12, "{:?}", t.evidence.p);
        assert!((t.slope - 1.4).abs() < 1e-12, "{}", t.slope);
    }

    /// `statsmodels.stats.contingency_tables.Table.test_ordinal_association`.
    #[test]
    fn trends_of_shares_are_those_of_statsmodels() {
        let e = share_trend(&[0.0, 1.0, 2.0, 3.0], &[3, 7, 6, 14], &[30, 40, 35, 50]).unwrap();
        assert!((e.z.unwrap() - 1.934_730_537_259_014).abs() < 1e-12, "{:?}", e.z);
        assert!((e.p.unwrap() - 0.053_023_370_989_539_034).abs() < 1e-12, "{:?}", e.p);
        assert!((e.sd.unwrap() - 5.518_814_713_063_716).abs() < 1e-12, "{:?}", e.sd);
    }

    #[test]
    fn what_has_no_trend_says_why() {
        let why = |r: Result<Evidence>| r.unwrap_err().as_undefined();
        assert_eq!(why(share_trend(&[], &[], &[])), Some(Undefined::Empty));
        assert_eq!(why(share_trend(&[1.0, 2.0], &[0, 0], &[3, 4])), Some(Undefined::SingleClass));
        assert_eq!(why(share_trend(&[1.0, 1.0], &[1, 0], &[3, 4])), Some(Undefined::ZeroVariance));
        assert!(share_trend(&[1.0], &[2], &[1]).is_err());
        let flat = mann_kendall(&[1.0, 2.0, 3.0], &[4.0; 3]).unwrap_err();
        assert_eq!(flat.as_undefined(), Some(Undefined::ZeroVariance));
        assert!(mann_kendall(&[1.0, 2.0], &[1.0, 2.0]).unwrap_err().as_undefined().is_some());
        assert!(mann_kendall(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0]).is_err());
    }
}
