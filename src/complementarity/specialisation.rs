//! What a region is specialised in, and how far its profile departs from the whole.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

use super::table::ActivityTable;
use crate::check::{check_len, check_weights};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::parallel;

/// How many times over an activity is present in a region, compared with its share in the whole (location
/// quotient, revealed comparative advantage).
///
/// # Formula
/// `LQ_ri = (X_ri / X_r.) / (X_.i / X_..)`, computed as `X_ri · X_.. / (X_r. · X_.i)` so that with whole
/// counts an LQ of exactly 1 is exactly 1; X the counts, a dot their sum. Shape regions × activities. For
/// each activity, the mean of LQ weighted by region totals is 1.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// Above 1 the region is specialised in the activity.
///
/// # Undefined
/// NaN in all cells of a region or an activity without any count, and in masked cells.
///
/// # Complexity
/// O(regions × activities).
///
/// # References
/// Hoover (1936), Review of Economic Statistics, <https://doi.org/10.2307/1927875>; Balassa (1965), The
/// Manchester School.
///
/// # Example
/// ```
/// use rurban::complementarity::{ActivityTable, location_quotient};
/// use rurban::matrix::Matrix;
/// # fn main() -> rurban::Result<()> {
/// let table = ActivityTable::from_matrix(&Matrix::from_rows(2, 2, vec![3.0, 1.0, 1.0, 3.0])?)?;
/// assert_eq!(location_quotient(&table).row(0), [1.5, 0.5]);
/// # Ok(()) }
/// ```
#[must_use]
pub fn location_quotient(table: &ActivityTable) -> Matrix {
    quotients(table, |x, size, activity, total| x * total / (size * activity))
}

/// Fills a regions × activities matrix with `f(count, region total, activity total, total)`, NaN
/// where a total is zero or the cell is masked.
fn quotients(table: &ActivityTable, f: impl Fn(f64, f64, f64, f64) -> f64 + Sync + Send) -> Matrix {
    let mut out = Matrix::filled(table.regions(), table.activities(), f64::NAN);
    let (activities, total) = (table.activity_totals(), table.total());
    parallel::for_each_chunk(out.as_mut_slice(), table.activities(), |r, row| {
        let size = table.region_totals()[r];
        if size <= 0.0 {
            return;
        }
        for (cell, &activity) in row.iter_mut().zip(activities).filter(|(_, a)| **a > 0.0) {
            *cell = f(0.0, size, activity, total);
        }
        for (i, x) in table.counts().row(r).filter(|(_, x)| *x > 0.0) {
            row[i as usize] = f(x, size, activities[i as usize], total);
        }
    });
    table.blank_masked(&mut out);
    out
}

/// Location quotients pulled towards 1 in proportion to how little a cell can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct ShrunkenQuotients {
    /// Posterior mean of every location quotient; NaN where the location quotient is undefined.
    pub values: Matrix,
    /// For each activity, how much location quotients truly vary between regions beyond counting
    /// noise (variance of the prior); 0 where they do not, and all its values are then 1.
    pub variance: Vec<f64>,
}

/// How specialised regions are when counts are small: location quotients pulled towards 1 in proportion to
/// how little a cell can tell. One firm in a hamlet no longer gives a location quotient of 40.
///
/// # Formula
/// The empirical-Bayes Gamma–Poisson model: `X_ri` is Poisson with mean `E_ri θ_ri`,
/// `E_ri = X_r. X_.i / X_..`, and `θ_ri` follows over the regions a Gamma law with mean 1 and variance `A_i`.
/// The value is the posterior mean `1 + (LQ_ri − 1) · A_i / (A_i + 1 / E_ri)`; `A_i` is estimated by moments,
/// `A_i = max(0, Σ_r E_ri (LQ_ri − 1)² / Σ_r E_ri − n / Σ_r E_ri)`. Counts are taken as whole numbers of
/// independent units. Shape regions × activities.
///
/// # Range
/// [0, ∞), between 1 and the location quotient, whose direction it shares.
///
/// # Undefined
/// NaN where the location quotient is.
///
/// # Complexity
/// O(regions × activities).
///
/// # References
/// Clayton & Kaldor (1987), Biometrics, <https://doi.org/10.2307/2532003>; moment estimator of Marshall
/// (1991), Applied Statistics, <https://doi.org/10.2307/2347593>. From the literature, not checked against a
/// peer.
pub fn shrunken_location_quotient(table: &ActivityTable) -> ShrunkenQuotients {
    let mut values = location_quotient(table);
    let total = table.total();
    let expected = |r: usize, i: usize| table.region_totals()[r] * table.activity_totals()[i] / total;
    let mut variance = vec![0.0; table.activities()];
    for (i, variance) in variance.iter_mut().enumerate() {
        let (mut weight, mut spread, mut n) = (0.0, 0.0, 0.0);
        for r in 0..table.regions() {
            let lq = values[(r, i)];
            if !lq.is_nan() {
                let e = expected(r, i);
                weight += e;
                spread += e * (lq - 1.0).powi(2);
                n += 1.0;
            }
        }
        if weight > 0.0 {
            *variance = ((spread - n) / weight).max(0.0);
        }
    }
    for r in 0..table.regions() {
        for (i, &a) in variance.iter().enumerate() {
            let e = expected(r, i);
            let lq = &mut values[(r, i)];
            *lq = 1.0 + (*lq - 1.0) * (a * e / (a * e + 1.0));
        }
    }
    ShrunkenQuotients { values, variance }
}

/// Lower and upper bounds of location quotients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct QuotientInterval {
    /// Lower bounds; NaN where the location quotient is undefined.
    pub lower: Matrix,
    /// Upper bounds; NaN where the location quotient is undefined.
    pub upper: Matrix,
}

/// How sure each location quotient is: its confidence interval, the count taken as Poisson and its
/// expectation as known.
///
/// # Formula
/// Byar's approximation of the exact Poisson limits, divided by `E_ri = X_r. X_.i / X_..`: lower
/// `x (1 − 1/(9x) − z/(3√x))³` (0 for x = 0), upper the same with `x + 1` and `+z`; z the normal quantile of
/// `level`, two-sided. From 5 units on the lower bound is within 3 % and the upper within 0.3 % of the exact
/// limits. Both bounds are regions × activities.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// A region is safely specialised where the lower bound is above 1.
///
/// # Undefined
/// NaN where the location quotient is.
///
/// # Errors
/// [`Error::Parameter`] when `level` is not strictly between 0 and 1.
///
/// # Complexity
/// O(regions × activities).
///
/// # References
/// Breslow & Day (1987), Statistical Methods in Cancer Research II, p. 69. From the literature, not checked
/// against a peer.
pub fn location_quotient_interval(table: &ActivityTable, level: f64) -> Result<QuotientInterval> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::Parameter {
            name: "level",
            value: level.to_string(),
            must: "must be strictly between 0 and 1",
        });
    }
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let bound = |x: f64, z: f64| x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).powi(3).max(0.0);
    Ok(QuotientInterval {
        lower: quotients(
            table,
            |x, size, activity, total| {
                if x > 0.0 { bound(x, -z) * total / (size * activity) } else { 0.0 }
            },
        ),
        upper: quotients(table, |x, size, activity, total| bound(x + 1.0, z) * total / (size * activity)),
    })
}

/// On which scale location quotients are standardised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotientScale {
    /// As they are.
    Linear,
    /// Their natural logarithm; zeros have none and come out as NaN.
    Logarithmic,
}

/// How many standard deviations a region's location quotient is above the mean of all regions, activity by
/// activity.
///
/// # Formula
/// `(LQ_ri − mean_i) / sd_i`, over the regions where it is defined, divisor n − 1; on
/// [`QuotientScale::Logarithmic`] with `ln LQ_ri` in place of LQ. Shape regions × activities.
///
/// # Range
/// Unbounded; mean 0 for each activity.
///
/// # Direction
/// Above 1.96 a region is exceptional at 5 % where location quotients (or their logarithms) are about normal;
/// check that first.
///
/// # Undefined
/// NaN where the location quotient (or its logarithm) is undefined, or where the quotients of an activity do
/// not vary.
///
/// # Complexity
/// O(regions × activities).
///
/// # References
/// O'Donoghue & Gleave (2004), Regional Studies 38(4):419–427. From the literature, not checked against a
/// peer.
#[must_use]
pub fn standardised_location_quotient(table: &ActivityTable, scale: QuotientScale) -> Matrix {
    let mut values = location_quotient(table);
    if scale == QuotientScale::Logarithmic {
        for v in values.as_mut_slice() {
            *v = if *v > 0.0 { v.ln() } else { f64::NAN };
        }
    }
    for i in 0..values.columns() {
        let (mut n, mut mean, mut ss) = (0.0, 0.0, 0.0);
        for r in 0..values.rows() {
            let v = values[(r, i)];
            if !v.is_nan() {
                n += 1.0;
                let step = v - mean;
                mean += step / n;
                ss += step * (v - mean);
            }
        }
        let sd = if n > 1.0 && ss > 0.0 { (ss / (n - 1.0)).sqrt() } else { f64::NAN };
        for r in 0..values.rows() {
            values[(r, i)] = (values[(r, i)] - mean) / sd;
        }
    }
    values
}

/// What a region's profile is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// All regions, the region itself among them (`EconGeo`'s convention).
    #[default]
    Whole,
    /// All other regions.
    Rest,
}

/// How far every region's profile departs from that of the reference (Krugman's specialisation index).
///
/// # Formula
/// `Σ_i |s_ri − s_i|`, with s the shares of the activities in the region and in the reference. One value for
/// each region.
///
/// # Range
/// [0, 2].
///
/// # Direction
/// 0 where the region's profile is that of the reference, 2 where they have no activity in common.
///
/// # Undefined
/// NaN for regions without any count, and with [`Reference::Rest`] when the other regions have none.
///
/// # Complexity
/// O(regions + stored cells).
///
/// # References
/// Krugman (1991), Geography and Trade.
#[must_use]
pub fn krugman(table: &ActivityTable, reference: Reference) -> Vec<f64> {
    let activities = table.activity_totals();
    by_region(table, |r| {
        let size = table.region_totals()[r];
        let rest = if reference == Reference::Rest { 1.0 } else { 0.0 };
        let outside = table.total() - rest * size;
        if outside <= 0.0 {
            return f64::NAN;
        }
        // What the reference has of everything the region lacks adds up to 1 minus the others.
        let (mut gap, mut missing) = (0.0, 1.0);
        for (i, x) in table.counts().row(r) {
            let share = (activities[i as usize] - rest * x) / outside;
            gap += (x / size - share).abs();
            missing -= share;
        }
        gap + missing.max(0.0)
    })
}

/// Which share of a region's activity would have to change for its profile to be the reference's (coefficient
/// of specialisation).
///
/// # Formula
/// Half of [`krugman()`], with its direction.
///
/// # Range
/// [0, 1].
///
/// # Undefined
/// NaN where [`krugman()`] is.
///
/// # Complexity
/// O(regions + stored cells).
#[must_use]
pub fn specialisation_coefficient(table: &ActivityTable, reference: Reference) -> Vec<f64> {
    krugman(table, reference).into_iter().map(|k| k / 2.0).collect()
}

/// How much few activities dominate every region's profile (Herfindahl–Hirschman index).
///
/// # Formula
/// `Σ_i s_ri²`, with s the shares of the activities in the region. One value for each region.
///
/// # Range
/// [1 / activities, 1].
///
/// # Direction
/// High where one activity dominates.
///
/// # Undefined
/// NaN for regions without any count.
///
/// # Complexity
/// O(regions + stored cells).
#[must_use]
pub fn herfindahl(table: &ActivityTable) -> Vec<f64> {
    by_region(table, |r| shares(table, r).map(|(_, s)| s * s).sum())
}

/// How diverse every region's profile is, in bits (Shannon entropy).
///
/// # Formula
/// `−Σ_i s_ri log₂ s_ri`, with s the shares of the activities in the region. An activity without counts
/// adds 0. One value for each region.
///
/// # Range
/// [0, log₂ activities].
///
/// # Direction
/// High where activities are many and even.
///
/// # Undefined
/// NaN for regions without any count.
///
/// # Complexity
/// O(regions + stored cells).
#[must_use]
pub fn shannon(table: &ActivityTable) -> Vec<f64> {
    by_region(table, |r| entropy(shares(table, r).map(|(_, s)| s)))
}

/// How much every region's profile is like the whole's (Hachman index).
///
/// # Formula
/// `1 / Σ_i LQ_ri s_ri`, with LQ the location quotients and s the shares of the activities in the region. One
/// value for each region.
///
/// # Range
/// (0, 1].
///
/// # Direction
/// 1 for the very profile of the whole.
///
/// # Undefined
/// NaN for regions without any count.
///
/// # Complexity
/// O(regions + stored cells).
#[must_use]
pub fn hachman(table: &ActivityTable) -> Vec<f64> {
    by_region(table, |r| {
        1.0 / shares(table, r).map(|(i, s)| s * s * table.total() / table.activity_totals()[i]).sum::<f64>()
    })
}

/// Variety of every region's activities, split by how related they are; in bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Variety {
    /// Entropy between groups of activities: spread over things that have little in common.
    pub unrelated: Vec<f64>,
    /// Entropy within groups, weighted by the groups' shares: spread over kindred activities.
    pub related: Vec<f64>,
}

/// How diverse every region is between and within the parent groups of its activities (unrelated and related
/// variety), in bits.
///
/// # Formula
/// `UV_r = −Σ_g P_g log₂ P_g`, `RV_r = Σ_g P_g H_g`, with `P_g` the share of group g and `H_g` the entropy
/// within it. Their sum is [`shannon()`]. An activity without a parent is a group of its own. One value of
/// each for each region.
///
/// # Range
/// [0, log₂ activities].
///
/// # Direction
/// High unrelated variety where a region is spread over things that have little in common, high related
/// variety where it is spread over kindred activities.
///
/// # Undefined
/// NaN for regions without any count.
///
/// # Errors
/// [`Error::Shape`] when `parents` has not one label per activity.
///
/// # Complexity
/// O(stored cells + regions × groups).
///
/// # References
/// Frenken, Van Oort & Verburg (2007), Regional Studies, <https://doi.org/10.1080/00343400601120296>; the
/// split follows from its definition and is not checked against a peer.
pub fn variety(table: &ActivityTable, parents: &Labels) -> Result<Variety> {
    check_len("parents", parents.len(), table.activities())?;
    let total = shannon(table);
    let unrelated = by_region(table, |r| {
        let mut groups = vec![0.0; parents.classes()];
        let mut alone = Vec::new();
        for (i, s) in shares(table, r) {
            match parents.get(i) {
                Some(g) => groups[g] += s,
                None => alone.push(s),
            }
        }
        entropy(groups.into_iter().chain(alone))
    });
    // Rounding can leave the difference of two equal entropies slightly below zero.
    let related = total.iter().zip(&unrelated).map(|(h, u)| if h.is_nan() { *h } else { (h - u).max(0.0) });
    Ok(Variety { related: related.collect(), unrelated })
}

/// How concentrated each activity is in few regions (Gini coefficient of its spread over regions).
///
/// # Formula
/// 1 − twice the area below the Lorenz curve of the activity's shares against the shares of `weights`,
/// regions in increasing order of their ratio. With `weights` of `None` every region counts the same; with
/// the region totals it is the locational Gini, for which `EconGeo` prints half this value (the area itself).
/// Regions of weight zero stand at the end of the curve. One value for each activity.
///
/// # Range
/// [0, 1]; below 1 where no weight is zero.
///
/// # Direction
/// High where an activity is concentrated, 0 where it is spread as `weights` are.
///
/// # Undefined
/// NaN for activities without any count, and when the weights add up to zero.
///
/// # Errors
/// [`Error::Shape`] when `weights` has not one entry per region; [`Error::Value`] when one is negative or not
/// finite.
///
/// # Complexity
/// O(regions log regions) per activity.
///
/// # References
/// Krugman (1991), Geography and Trade.
pub fn spatial_gini(table: &ActivityTable, weights: Option<&[f64]>) -> Result<Vec<f64>> {
    let (weights, sum) = region_weights(table, weights)?;
    let by_activity = table.counts().transposed();
    Ok(by_activity_value(table, sum, |i, total| {
        let mut counts = vec![0.0; table.regions()];
        for (r, x) in by_activity.row(i) {
            counts[r as usize] = x;
        }
        let ratio = |r: usize| if weights[r] > 0.0 { counts[r] / weights[r] } else { f64::INFINITY };
        let mut order: Vec<usize> = (0..counts.len()).collect();
        order.sort_by(|&a, &b| ratio(a).total_cmp(&ratio(b)));
        let (mut below, mut reached) = (0.0, 0.0);
        for r in order {
            let next = reached + counts[r] / total;
            below += weights[r] / sum * (reached + next);
            reached = next;
        }
        1.0 - below
    }))
}

/// Which share of an activity would have to move for it to be spread as `weights` are (Hoover's index).
///
/// # Formula
/// `½ Σ_r |X_ri / X_.i − w_r / Σ w|`, with X the counts, a dot their sum. With `weights` of `None` every
/// region counts the same. `EconGeo` prints it in per cent. One value for each activity.
///
/// # Range
/// [0, 1]; below 1 where no weight is zero.
///
/// # Direction
/// High where an activity is concentrated, 0 where it is spread as `weights` are.
///
/// # Undefined
/// NaN for activities without any count, and when the weights add up to zero.
///
/// # Errors
/// As [`spatial_gini()`].
///
/// # Complexity
/// O(regions + activities + stored cells).
///
/// # References
/// Hoover (1936), Review of Economic Statistics, <https://doi.org/10.2307/1927875>.
pub fn hoover(table: &ActivityTable, weights: Option<&[f64]>) -> Result<Vec<f64>> {
    let (weights, sum) = region_weights(table, weights)?;
    let by_activity = table.counts().transposed();
    Ok(by_activity_value(table, sum, |i, total| {
        let (mut gap, mut elsewhere) = (0.0, 1.0);
        for (r, x) in by_activity.row(i) {
            let share = weights[r as usize] / sum;
            gap += (x / total - share).abs();
            elsewhere -= share;
        }
        f64::midpoint(gap, elsewhere.max(0.0))
    }))
}

/// Income level of each activity (PRODY): the mean of the regions' `income`, weighted by how large the
/// activity's share in each region is.
///
/// # Formula
/// `PRODY_i = Σ_r y_r s_ri / Σ_r s_ri`, in the unit of `income` y; s the shares of the activities in the
/// region. One value for each activity.
///
/// # Range
/// Between the smallest and the largest income.
///
/// # Direction
/// High for activities that weigh most in regions of high income.
///
/// # Undefined
/// NaN for activities without any count.
///
/// # Errors
/// [`Error::Shape`] when `income` has not one entry per region; [`Error::Value`] when one is not finite.
///
/// # Complexity
/// O(regions + activities + stored cells).
///
/// # References
/// Hausmann, Hwang & Rodrik (2007), Journal of Economic Growth, <https://doi.org/10.1007/s10887-006-9009-4>.
pub fn prody(table: &ActivityTable, income: &[f64]) -> Result<Vec<f64>> {
    check_len("income", income.len(), table.regions())?;
    if let Some(index) = income.iter().position(|y| !y.is_finite()) {
        let value = income[index].to_string();
        return Err(Error::Value { what: "income", index, value, must: "must be finite" });
    }
    let (mut weighted, mut weight) = (vec![0.0; table.activities()], vec![0.0; table.activities()]);
    for (r, &y) in income.iter().enumerate().filter(|&(r, _)| table.region_totals()[r] > 0.0) {
        for (i, s) in shares(table, r) {
            weighted[i] += y * s;
            weight[i] += s;
        }
    }
    Ok(weighted.iter().zip(&weight).map(|(y, w)| if *w > 0.0 { y / w } else { f64::NAN }).collect())
}

/// Income level of each region's profile (EXPY).
///
/// # Formula
/// `Σ_i s_ri PRODY_i`, in the unit of `income`; s the shares of the activities in the region, [`prody()`] of
/// each activity. One value for each region.
///
/// # Range
/// Between the smallest and the largest income.
///
/// # Undefined
/// NaN for regions without any count.
///
/// # Errors
/// As [`prody()`].
///
/// # Complexity
/// O(regions + activities + stored cells).
///
/// # References
/// Hausmann, Hwang & Rodrik (2007), Journal of Economic Growth, <https://doi.org/10.1007/s10887-006-9009-4>.
pub fn expy(table: &ActivityTable, income: &[f64]) -> Result<Vec<f64>> {
    let prody = prody(table, income)?;
    Ok(by_region(table, |r| shares(table, r).map(|(i, s)| s * prody[i]).sum()))
}

/// Positive shares of the activities in region `r`, whose total must not be zero.
fn shares(table: &ActivityTable, r: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
    let size = table.region_totals()[r];
    table.counts().row(r).filter(|(_, x)| *x > 0.0).map(move |(i, x)| (i as usize, x / size))
}

fn entropy(shares: impl Iterator<Item = f64>) -> f64 {
    // Starting from 0.0 keeps a single share from printing as -0.
    shares.filter(|s| *s > 0.0).fold(0.0, |h, s| h - s * s.log2()).max(0.0)
}

/// `f(region)` for regions with counts, NaN for the others.
fn by_region(table: &ActivityTable, f: impl Fn(usize) -> f64) -> Vec<f64> {
    let value = |(r, size): (usize, &f64)| if *size > 0.0 { f(r) } else { f64::NAN };
    table.region_totals().iter().enumerate().map(value).collect()
}

/// `f(activity, its total)` for activities with counts, NaN for the others.
fn by_activity_value(table: &ActivityTable, weight: f64, f: impl Fn(usize, f64) -> f64) -> Vec<f64> {
    let value = |(i, &total): (usize, &f64)| if total > 0.0 && weight > 0.0 { f(i, total) } else { f64::NAN };
    table.activity_totals().iter().enumerate().map(value).collect()
}

fn region_weights(table: &ActivityTable, weights: Option<&[f64]>) -> Result<(Vec<f64>, f64)> {
    let weights = weights.map_or_else(|| vec![1.0; table.regions()], <[f64]>::to_vec);
    check_len("weights", weights.len(), table.regions())?;
    check_weights("weights", &weights)?;
    let sum = weights.iter().sum();
    Ok((weights, sum))
}

#[cfg(test)]
mod tests {
    use statrs::distribution::Gamma;

    use super::*;

    fn mirrored() -> ActivityTable {
        ActivityTable::from_matrix(&Matrix::from_rows(2, 2, vec![9.0, 1.0, 1.0, 9.0]).unwrap()).unwrap()
    }

    #[test]
    fn shrinkage_by_hand() {
        // All expectations are 5, LQ 1.8 and 0.2: A = (2 · 5 · 0.64 − 2) / 10 = 0.44, and the
        // distance to 1 shrinks by 2.2 / 3.2.
        let s = shrunken_location_quotient(&mirrored());
        assert!((s.variance[0] - 0.44).abs() < 1e-12);
        assert!((s.values[(0, 0)] - 1.55).abs() < 1e-12 && (s.values[(1, 0)] - 0.45).abs() < 1e-12);
        // Without more variation than chance gives, nothing is left of it.
        let even = ActivityTable::from_matrix(&Matrix::from_rows(2, 2, vec![3.0, 2.0, 2.0, 3.0]).unwrap());
        assert_eq!(shrunken_location_quotient(&even.unwrap()).values.as_slice(), [1.0; 4]);
    }

    #[test]
    fn intervals_are_near_the_exact_poisson_limits() {
        let counts: Vec<f64> = (5..60).map(f64::from).collect();
        let t =
            ActivityTable::from_matrix(&Matrix::from_rows(counts.len(), 1, counts.clone()).unwrap()).unwrap();
        for level in [0.9, 0.95, 0.99] {
            let i = location_quotient_interval(&t, level).unwrap();
            // With one activity the expectation is the count itself.
            for (r, &x) in counts.iter().enumerate() {
                let limit = |shape: f64, p: f64| Gamma::new(shape, 1.0).unwrap().inverse_cdf(p) / x;
                let (low, high) = (limit(x, (1.0 - level) / 2.0), limit(x + 1.0, f64::midpoint(1.0, level)));
                assert!((i.lower[(r, 0)] / low - 1.0).abs() < 0.03, "{x}: {} {low}", i.lower[(r, 0)]);
                assert!((i.upper[(r, 0)] / high - 1.0).abs() < 0.003, "{x}: {} {high}", i.upper[(r, 0)]);
            }
        }
        for level in [0.0, 1.0, f64::NAN] {
            assert!(location_quotient_interval(&mirrored(), level).is_err());
        }
    }

    #[test]
    fn masked_cells_stay_unknown() {
        let cells = [(0, 0, Some(5.0)), (0, 1, None), (1, 0, Some(5.0)), (1, 1, Some(2.0))];
        let t = ActivityTable::from_cells(2, 2, &cells).unwrap();
        let lq = location_quotient(&t);
        assert!(lq[(0, 1)].is_nan() && lq[(0, 0)] == 1.2);
        assert!(shrunken_location_quotient(&t).values[(0, 1)].is_nan());
    }

    #[test]
    fn weights_and_incomes_must_fit() {
        let t = mirrored();
        assert!(spatial_gini(&t, Some(&[1.0])).is_err());
        assert!(hoover(&t, Some(&[1.0, -1.0])).is_err());
        assert!(hoover(&t, Some(&[0.0, 0.0])).unwrap().iter().all(|h| h.is_nan()));
        assert!(prody(&t, &[1.0, f64::NAN]).is_err());
        assert!(expy(&t, &[1.0]).is_err());
        assert!(variety(&t, &Labels::new(vec![0], 1).unwrap()).is_err());
    }

    #[test]
    fn variety_splits_entropy() {
        let t = ActivityTable::from_matrix(&Matrix::from_rows(1, 4, vec![1.0; 4]).unwrap()).unwrap();
        let v = variety(&t, &Labels::new(vec![0, 0, 1, 1], 2).unwrap()).unwrap();
        assert_eq!((v.unrelated[0], v.related[0]), (1.0, 1.0));
    }
}
