//! What one territory offers against what another one needs.

use super::table::{ActivityTable, check_shape};
use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::matrix::Matrix;
use crate::parallel;

/// How well the supply of one region fits the demand of another (Michaely's index).
///
/// # Formula
/// `C = 1 − ½ Σ_i |supply share_i − demand share_i|`, over goods i. Directed: the supply of r for the demand
/// of s.
///
/// # Range
/// [0, 1].
///
/// # Direction
/// 1 when both have the same profile, 0 when nothing offered is wanted.
///
/// # Undefined
/// An error when a total is zero: there are no shares.
///
/// # Errors
/// [`Error::Shape`] when the lists differ in length; [`Error::Value`] when an entry is negative or not
/// finite; [`Error::Undefined`] when a total is zero.
///
/// # Complexity
/// O(activities).
///
/// # References
/// Michaely (1996). From the definition, not checked against a peer.
pub fn michaely(supply: &[f64], demand: &[f64]) -> Result<f64> {
    check_len("demand", demand.len(), supply.len())?;
    check_weights("supply", supply)?;
    check_weights("demand", demand)?;
    let fit = fit(&shares(supply), &shares(demand));
    if fit.is_nan() { Err(Error::undefined("Michaely index", Undefined::ZeroTotal)) } else { Ok(fit) }
}

/// How well the supply of each region fits the demand of each other one.
///
/// # Formula
/// [`michaely()`] of every pair. Shape supplying regions (rows) × demanding regions (columns).
///
/// # Range
/// [0, 1].
///
/// # Direction
/// As [`michaely()`].
///
/// # Undefined
/// NaN where a region supplies or demands nothing.
///
/// # Errors
/// [`Error::Shape`] when the tables do not have the same activities.
///
/// # Complexity
/// O(regions² · activities).
pub fn michaely_pairs(supply: &ActivityTable, demand: &ActivityTable) -> Result<Matrix> {
    check_len("demand activities", demand.activities(), supply.activities())?;
    let profiles = |table: &ActivityTable| -> Vec<Vec<f64>> {
        (0..table.regions())
            .map(|r| {
                let mut dense = vec![0.0; table.activities()];
                table.counts().row(r).for_each(|(i, x)| dense[i as usize] = x);
                shares(&dense)
            })
            .collect()
    };
    let (supply, demand) = (profiles(supply), profiles(demand));
    Ok(pairs(supply.len(), demand.len(), |r, s| fit(&supply[r], &demand[s])))
}

/// How much of what s lacks could be filled by what r has to spare.
///
/// # Formula
/// `G_rs = Σ_i min(surplus_ri, deficit_si) / Σ_i deficit_si`, with surplus and deficit the positive parts of
/// supply − demand and demand − supply. `supply` and `demand` are regions × goods in the same unit. Row =
/// region with the surplus, column = region with the deficit. Each pair is taken alone: a surplus can fill
/// several deficits.
///
/// # Range
/// [0, 1].
///
/// # Direction
/// 1 when r could fill all that s lacks, 0 when it has none of it to spare.
///
/// # Undefined
/// NaN where a region lacks nothing.
///
/// # Errors
/// [`Error::Shape`] when the two differ in shape; [`Error::Value`] when an entry is negative or not finite.
///
/// # Complexity
/// O(regions² · goods).
///
/// # References
/// From the definition, not checked against a peer.
pub fn gap_fill(supply: &Matrix, demand: &Matrix) -> Result<Matrix> {
    check_shape("demand", (demand.rows(), demand.columns()), (supply.rows(), supply.columns()))?;
    check_weights("supply", supply.as_slice())?;
    check_weights("demand", demand.as_slice())?;
    let n = supply.rows();
    let excess = |a: &Matrix, b: &Matrix, r: usize| -> Vec<f64> {
        a.row(r).iter().zip(b.row(r)).map(|(a, b)| (a - b).max(0.0)).collect()
    };
    let surplus: Vec<Vec<f64>> = (0..n).map(|r| excess(supply, demand, r)).collect();
    let deficit: Vec<Vec<f64>> = (0..n).map(|r| excess(demand, supply, r)).collect();
    Ok(pairs(n, n, |r, s| {
        let filled: f64 = surplus[r].iter().zip(&deficit[s]).map(|(a, b)| a.min(*b)).sum();
        filled / deficit[s].iter().sum::<f64>()
    }))
}

/// Shares of a list; NaN when its total is zero.
fn shares(values: &[f64]) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.iter().map(|v| v / total).collect()
}

fn fit(supply: &[f64], demand: &[f64]) -> f64 {
    if supply.is_empty() {
        return f64::NAN;
    }
    let gap: f64 = supply.iter().zip(demand).map(|(a, b)| (a - b).abs()).sum();
    // `clamp` keeps NaN.
    (1.0 - gap / 2.0).clamp(0.0, 1.0)
}

/// Matrix of `f(row, column)`.
pub(super) fn pairs(rows: usize, columns: usize, f: impl Fn(usize, usize) -> f64 + Sync + Send) -> Matrix {
    let mut out = Matrix::filled(rows, columns, 0.0);
    parallel::for_each_chunk(out.as_mut_slice(), columns, |r, row| {
        row.iter_mut().enumerate().for_each(|(s, v)| *v = f(r, s));
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supply_meets_demand() {
        assert_eq!(michaely(&[2.0, 2.0], &[7.0, 7.0]).unwrap(), 1.0);
        assert_eq!(michaely(&[2.0, 0.0], &[0.0, 7.0]).unwrap(), 0.0);
        assert_eq!(michaely(&[1.0, 3.0], &[3.0, 1.0]).unwrap(), 0.5);
        assert!(michaely(&[0.0, 0.0], &[3.0, 1.0]).is_err());
        assert!(michaely(&[], &[]).is_err());
    }

    #[test]
    fn gaps_are_filled_by_what_is_to_spare() {
        let supply = Matrix::from_rows(2, 2, vec![10.0, 0.0, 2.0, 4.0]).unwrap();
        let demand = Matrix::from_rows(2, 2, vec![4.0, 3.0, 6.0, 6.0]).unwrap();
        let g = gap_fill(&supply, &demand).unwrap();
        // Region 1 lacks 4 of good 0 and 2 of good 1; region 0 has 6 of good 0 to spare.
        assert_eq!(g[(0, 1)], 4.0 / 6.0);
        assert_eq!(g[(1, 0)], 0.0);
        assert!(gap_fill(&demand, &supply).unwrap()[(0, 1)].is_nan());
    }

    #[test]
    fn pairs_agree_with_the_single_index() {
        let cells = [(0, 0, Some(1.0)), (0, 1, Some(3.0)), (1, 0, Some(3.0)), (1, 1, Some(1.0))];
        let t = ActivityTable::from_cells(3, 2, &cells).unwrap();
        let m = michaely_pairs(&t, &t).unwrap();
        assert_eq!((m[(0, 0)], m[(0, 1)]), (1.0, 0.5));
        assert!(m[(2, 0)].is_nan() && m[(0, 2)].is_nan());
    }
}
