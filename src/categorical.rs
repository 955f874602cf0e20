//! Statistics of counted answers: shares with intervals, and whether two classifications go together.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::check::check_weights;
use crate::error::{Error, Result, Undefined};
use crate::matrix::Matrix;

/// The 97.5 % point of the normal distribution.
const Z95: f64 = 1.959_963_984_540_054;

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Proportion {
    /// How many of the observations have the property.
    pub count: usize,
    /// Number of observations.
    pub n: usize,
    /// count / n.
    pub share: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// The share `count / n` with Wilson's 95 % interval.
///
/// # Formula
/// (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n); with a finite `population` N, n becomes
/// n (N − 1) / (N − n): an answer from everybody leaves no uncertainty.
///
/// # Range
/// 0 … 1.
///
/// # Direction
/// None.
///
/// # Undefined
/// [`Undefined::Empty`] without observations.
///
/// # Errors
/// [`Error::Parameter`] when `count` is above `n` or `n` above the population; [`Error::Undefined`] as above.
///
/// # Complexity
/// O(1).
///
/// # References
/// Wilson 1927, doi:10.1080/01621459.1927.10502953.
///
/// # Example
/// ```
/// use rurban::categorical::wilson;
/// let share = wilson(12, 17, None)?;
/// assert!((share.low - 0.4687).abs() < 1e-4 && (share.high - 0.8672).abs() < 1e-4);
/// assert_eq!(wilson(12, 17, Some(17))?.low, 12.0 / 17.0);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn wilson(count: usize, n: usize, population: Option<usize>) -> Result<Proportion> {
    if n == 0 {
        return Err(Error::undefined("share", Undefined::Empty));
    }
    if count > n || population.is_some_and(|all| n > all) {
        return Err(Error::Parameter {
            name: "count, n, population",
            value: format!("{count}, {n}, {population:?}"),
            must: "must not decrease",
        });
    }
    let share = count as f64 / n as f64;
    let size = match population {
        Some(all) if all == n => return Ok(Proportion { count, n, share, low: share, high: share }),
        Some(all) => n as f64 * (all as f64 - 1.0) / (all - n) as f64,
        None => n as f64,
    };
    let z2 = Z95 * Z95;
    let middle = share + z2 / (2.0 * size);
    let half = Z95 * (share * (1.0 - share) / size + z2 / (4.0 * size * size)).sqrt();
    let scale = 1.0 + z2 / size;
    Ok(Proportion {
        count,
        n,
        share,
        low: ((middle - half) / scale).max(0.0),
        high: ((middle + half) / scale).min(1.0),
    })
}

/// Fisher's exact test of a 2 × 2 table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Fisher {
    /// Two-sided p-value: the probability of all tables no more likely than this one.
    pub p: f64,
    /// ad / bc; infinite or NaN where a cell of the divisor is 0.
    pub sample_odds_ratio: f64,
    /// Odds ratio of greatest likelihood given the margins.
    pub conditional_odds_ratio: f64,
    /// Lower end of its exact 95 % interval.
    pub low: f64,
    /// Upper end of its exact 95 % interval.
    pub high: f64,
}

/// Fisher's exact test of `[[a, b], [c, d]]`.
///
/// # Formula
/// Hypergeometric probabilities of the tables with the same margins; the conditional odds ratio
/// solves E(a) = a in the noncentral one, its interval gives each tail 2.5 %.
///
/// # Range
/// p in (0, 1]; odds ratios 0 … ∞.
///
/// # Direction
/// Odds ratios above 1: the first row has more of the first column.
///
/// # Undefined
/// [`Undefined::SingleClass`] when a row or column is empty.
///
/// # Errors
/// [`Error::Undefined`] as above.
///
/// # Complexity
/// O(the smallest margin).
///
/// # References
/// Fisher 1935, doi:10.2307/2342435.
///
/// # Example
/// ```
/// use rurban::categorical::fisher;
/// let test = fisher([[12, 5], [7, 16]])?;
/// assert!((test.p - 0.023_836_895_850_244).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn fisher(table: [[u64; 2]; 2]) -> Result<Fisher> {
    let [[a, b], [c, d]] = table;
    let (row, other, column, n) = (a + b, c + d, a + c, a + b + c + d);
    if row == 0 || other == 0 || column == 0 || column == n {
        return Err(Error::undefined("Fisher's exact test", Undefined::SingleClass));
    }
    let (least, most) = (column.saturating_sub(other), column.min(row));
    let log_choose = |n: u64, k: u64| {
        libm::lgamma(n as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((n - k) as f64 + 1.0)
    };
    let logs: Vec<f64> = (least..=most).map(|x| log_choose(row, x) + log_choose(other, column - x)).collect();
    // Probabilities of all tables when the odds ratio is e^t.
    let tables = |t: f64| -> Vec<f64> {
        let tilted: Vec<f64> = logs.iter().enumerate().map(|(x, l)| l + t * x as f64).collect();
        let top = tilted.iter().copied().fold(f64::MIN, f64::max);
        let weights: Vec<f64> = tilted.iter().map(|l| (l - top).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|w| w / sum).collect()
    };
    let at = (a - least) as usize;
    let null = tables(0.0);
    // As scipy and R: tables equally likely up to rounding count.
    let p: f64 = null.iter().filter(|q| **q <= null[at] * (1.0 + 1e-7)).sum();
    let mean = |t: f64| tables(t).iter().enumerate().map(|(x, q)| x as f64 * q).sum::<f64>();
    let above = |t: f64| tables(t)[at..].iter().sum::<f64>();
    let below = |t: f64| tables(t)[..=at].iter().sum::<f64>();
    let (first, last) = (a == least, a == most);
    let conditional = match (first, last) {
        (true, _) => 0.0,
        (_, true) => f64::INFINITY,
        _ => solve(|t| mean(t) - at as f64),
    };
    Ok(Fisher {
        p: p.min(1.0),
        sample_odds_ratio: (a * d) as f64 / (b * c) as f64,
        conditional_odds_ratio: conditional,
        low: if first { 0.0 } else { solve(|t| above(t) - 0.025) },
        high: if last { f64::INFINITY } else { solve(|t| 0.025 - below(t)) },
    })
}

/// e^t where an increasing function of t is 0.
fn solve(f: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (-60.0, 60.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high).exp()
}

/// χ² test of a table of counts, with the strength of what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct ChiSquaredTest {
    /// χ² without correction.
    pub statistic: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: usize,
    /// p-value.
    pub p: f64,
    /// χ² with Yates' correction, for 2 × 2 tables.
    pub yates: Option<f64>,
    /// Log-likelihood ratio G.
    pub g: f64,
    /// Cramér's V.
    pub v: f64,
    /// Cramér's V, corrected for the value that chance alone gives.
    pub v_corrected: f64,
    /// Least expected count: below 5 the p-value is doubtful.
    pub least_expected: f64,
    /// Number of observations.
    pub n: f64,
}

/// χ² test of independence of rows and columns, and Cramér's V.
///
/// # Formula
/// χ² = Σ (O − E)² / E, E = row · column / n; V = √(χ² / (n min(r − 1, c − 1))); corrected: φ² =
/// max(0, χ²/n − (r−1)(c−1)/(n−1)), r̃ = r − (r−1)²/(n−1), c̃ alike, V = √(φ² / min(r̃ − 1, c̃ − 1)).
/// Empty rows and columns are left out.
///
/// # Range
/// V 0 … 1.
///
/// # Direction
/// Higher V: the classifications go together more.
///
/// # Undefined
/// [`Undefined::SingleClass`] when fewer than two rows or columns have counts.
///
/// # Errors
/// [`Error::Value`] for counts below 0 or not finite; [`Error::Undefined`] as above.
///
/// # Complexity
/// O(cells).
///
/// # References
/// Cramér 1946; Bergsma 2013, doi:10.1016/j.jkss.2012.10.002.
///
/// # Example
/// ```
/// use rurban::{categorical::chi_squared, matrix::Matrix};
/// let test = chi_squared(&Matrix::from_rows(2, 2, vec![12.0, 5.0, 7.0, 16.0])?)?;
/// assert!((test.v - 0.397_488_735_724_486_9).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn chi_squared(table: &Matrix<f64>) -> Result<ChiSquaredTest> {
    for i in 0..table.rows() {
        check_weights("counts", table.row(i))?;
    }
    let rows: Vec<usize> = (0..table.rows()).filter(|&i| table.row(i).iter().any(|v| *v > 0.0)).collect();
    let columns: Vec<usize> =
        (0..table.columns()).filter(|&j| (0..table.rows()).any(|i| table.row(i)[j] > 0.0)).collect();
    if rows.len() < 2 || columns.len() < 2 {
        return Err(Error::undefined("χ² test", Undefined::SingleClass));
    }
    let at = |i: usize, j: usize| table.row(i)[j];
    let n: f64 = rows.iter().map(|&i| table.row(i).iter().sum::<f64>()).sum();
    let of_column: Vec<f64> = columns.iter().map(|&j| rows.iter().map(|&i| at(i, j)).sum()).collect();
    let (mut statistic, mut yates, mut g, mut least_expected) = (0.0, 0.0, 0.0, f64::INFINITY);
    for &i in &rows {
        let of_row: f64 = table.row(i).iter().sum();
        for (&j, &of_column) in columns.iter().zip(&of_column) {
            let (seen, expected) = (at(i, j), of_row * of_column / n);
            let gap = (seen - expected).abs();
            statistic += gap * gap / expected;
            yates += (gap - gap.min(0.5)).powi(2) / expected;
            if seen > 0.0 {
                g += 2.0 * seen * (seen / expected).ln();
            }
            least_expected = least_expected.min(expected);
        }
    }
    let (r, c) = (rows.len() as f64, columns.len() as f64);
    let degrees_of_freedom = (rows.len() - 1) * (columns.len() - 1);
    let p = ChiSquared::new(degrees_of_freedom as f64).map_or(f64::NAN, |d| d.sf(statistic));
    let phi2 = (statistic / n - (r - 1.0) * (c - 1.0) / (n - 1.0)).max(0.0);
    let shrunk = |k: f64| k - (k - 1.0).powi(2) / (n - 1.0);
    let side = shrunk(r).min(shrunk(c)) - 1.0;
    Ok(ChiSquaredTest {
        statistic,
        degrees_of_freedom,
        p,
        yates: (degrees_of_freedom == 1).then_some(yates),
        g,
        v: (statistic / (n * (r.min(c) - 1.0))).sqrt(),
        v_corrected: if side > 0.0 { (phi2 / side).sqrt().min(1.0) } else { 0.0 },
        least_expected,
        n,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-9 * want.abs().max(1.0), "got {got}, want {want}");
    }

    #[test]
    fn two_by_two_as_scipy_has_it() {
        // scipy 1.17.1
        let f = fisher([[12, 5], [7, 16]]).unwrap();
        close(f.p, 0.023_836_895_850_244_018);
        close(f.sample_odds_ratio, 5.485_714_285_714_286);
        close(f.conditional_odds_ratio, 5.229_654_455_542_601);
        close(f.low, 1.169_356_015_468_845_2);
        close(f.high, 27.305_924_031_258_47);
        let c = chi_squared(&Matrix::from_rows(2, 2, vec![12.0, 5.0, 7.0, 16.0]).unwrap()).unwrap();
        close(c.statistic, 6.319_891_801_114_041);
        close(c.p, 0.011_939_091_377_912_247);
        close(c.yates.unwrap(), 4.812_286_470_652_336);
        close(c.v, 0.397_488_735_724_486_9);
    }

    #[test]
    fn three_by_three_as_scipy_has_it() {
        let counts = vec![8.0, 3.0, 2.0, 5.0, 9.0, 4.0, 1.0, 6.0, 11.0];
        let c = chi_squared(&Matrix::from_rows(3, 3, counts).unwrap()).unwrap();
        close(c.statistic, 15.690_170_940_170_939);
        close(c.p, 0.003_464_373_470_014_375_3);
        close(c.v, 0.400_129_710_348_763_1);
        close(c.v_corrected, 0.351_548_799_413_633_43);
        close(c.g, 15.951_610_299_695_778);
        assert_eq!((c.degrees_of_freedom, c.n, c.yates), (4, 49.0, None));
    }

    #[test]
    fn empty_margins_and_extremes() {
        assert!(fisher([[0, 0], [3, 4]]).unwrap_err().as_undefined().is_some());
        assert!(fisher([[3, 0], [4, 0]]).unwrap_err().as_undefined().is_some());
        let f = fisher([[0, 5], [5, 0]]).unwrap();
        assert_eq!((f.conditional_odds_ratio, f.low), (0.0, 0.0));
        close(f.p, 2.0 / 252.0);
        let padded = Matrix::from_rows(3, 3, vec![12.0, 0.0, 5.0, 0.0, 0.0, 0.0, 7.0, 0.0, 16.0]).unwrap();
        close(chi_squared(&padded).unwrap().v, 0.397_488_735_724_486_9);
        let single = Matrix::from_rows(2, 2, vec![1.0, 0.0, 2.0, 0.0]).unwrap();
        assert!(chi_squared(&single).unwrap_err().as_undefined().is_some());
        assert!(wilson(3, 2, None).is_err() && wilson(2, 3, Some(2)).is_err());
        assert!(wilson(0, 0, None).unwrap_err().as_undefined().is_some());
        let (free, finite) = (wilson(5, 20, None).unwrap(), wilson(5, 20, Some(40)).unwrap());
        assert!(finite.low > free.low && finite.high < free.high);
        assert_eq!(wilson(0, 4, None).unwrap().low, 0.0);
    }
}
