//! Complementarity through what activities buy from and sell to each other.

use super::supply_demand::pairs;
use super::table::{ActivityTable, check_shape};
use crate::check::check_weights;
use crate::error::Result;
use crate::matrix::Matrix;

/// How much activities buy from and sell to each other, from a matrix of flows (row sells to column).
///
/// # Formula
/// `IO_ij = max(a_ij, a_ji, b_ij, b_ji)`, with `a_ij` the share of i in what j buys and `b_ij` the share of j
/// in what i sells. An activity that buys (or sells) nothing has shares of 0; the diagonal is what an
/// activity trades with itself. Shape activities × activities, symmetric.
///
/// # Range
/// [0, 1].
///
/// # Direction
/// High where one is a main supplier or customer of the other.
///
/// # Errors
/// [`crate::Error::Shape`] when the matrix is not square; [`crate::Error::Value`] when a flow is negative or
/// not finite.
///
/// # Complexity
/// O(activities²).
///
/// # References
/// Ellison, Glaeser & Kerr (2010), American Economic Review, <https://doi.org/10.1257/aer.100.3.1195>. From
/// the definition, not checked against a peer.
pub fn input_output_relatedness(flows: &Matrix) -> Result<Matrix> {
    let n = flows.rows();
    check_shape("flows", (n, flows.columns()), (n, n))?;
    check_weights("flows", flows.as_slice())?;
    let bought: Vec<f64> = (0..n).map(|j| (0..n).map(|i| flows[(i, j)]).sum()).collect();
    let sold: Vec<f64> = (0..n).map(|i| flows.row(i).iter().sum()).collect();
    let share = |part: f64, of: f64| if of > 0.0 { part / of } else { 0.0 };
    let one_way = |i: usize, j: usize| share(flows[(i, j)], bought[j]).max(share(flows[(i, j)], sold[i]));
    Ok(pairs(n, n, |i, j| one_way(i, j).max(one_way(j, i))))
}

/// How much the activities of two regions buy from and sell to each other, for every pair of regions.
///
/// # Formula
/// `Σ_ij s_ri IO_ij s_sj`, with s the regions' activity shares and IO the `relatedness`: the mean relatedness
/// of a job here and a job there. Shape regions × regions, symmetric up to rounding when `relatedness` is.
///
/// # Range
/// [0, largest IO].
///
/// # Direction
/// High where each side works in activities that supply or buy from the other's.
///
/// # Undefined
/// NaN for regions without any count.
///
/// # Errors
/// [`crate::Error::Shape`] when `relatedness` is not activities × activities; [`crate::Error::Value`] when
/// one of its entries is negative or not finite.
///
/// # Complexity
/// O(stored cells · activities + regions² · activities).
///
/// # References
/// Essletzbichler (2015), Regional Studies, <https://doi.org/10.1080/00343404.2013.806793>. From the
/// definition, not checked against a peer.
pub fn input_output_complementarity(table: &ActivityTable, relatedness: &Matrix) -> Result<Matrix> {
    let n = table.activities();
    check_shape("relatedness", (relatedness.rows(), relatedness.columns()), (n, n))?;
    check_weights("relatedness", relatedness.as_slice())?;
    let share = |r: usize| {
        let size = table.region_totals()[r];
        table.counts().row(r).map(move |(i, x)| (i as usize, x / size))
    };
    let reach: Vec<Vec<f64>> = (0..table.regions())
        .map(|r| {
            let mut reach = vec![if table.region_totals()[r] > 0.0 { 0.0 } else { f64::NAN }; n];
            for (i, s) in share(r) {
                reach.iter_mut().zip(relatedness.row(i)).for_each(|(v, io)| *v += s * io);
            }
            reach
        })
        .collect();
    Ok(pairs(table.regions(), table.regions(), |r, s| {
        if table.region_totals()[s] > 0.0 { share(s).map(|(j, v)| v * reach[r][j]).sum() } else { f64::NAN }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn main_supplier_and_customer_count() {
        // 0 sells 8 to 1 and 2 to itself; 1 sells 1 to 0.
        let flows = Matrix::from_rows(2, 2, vec![2.0, 8.0, 1.0, 0.0]).unwrap();
        let io = input_output_relatedness(&flows).unwrap();
        // Activity 1 buys only from 0.
        assert_eq!((io[(0, 1)], io[(1, 0)]), (1.0, 1.0));
        assert_eq!(io[(0, 0)], 2.0 / 3.0);
        assert_eq!(io[(1, 1)], 0.0);
        let cells = [(0, 0, Some(5.0)), (1, 0, Some(1.0)), (1, 1, Some(1.0))];
        let t = ActivityTable::from_cells(3, 2, &cells).unwrap();
        let c = input_output_complementarity(&t, &io).unwrap();
        assert!((c[(0, 1)] - f64::midpoint(2.0 / 3.0, 1.0)).abs() < 1e-15);
        assert!((c[(1, 0)] - c[(0, 1)]).abs() < 1e-15);
        assert!(c[(0, 2)].is_nan() && c[(2, 0)].is_nan() && c[(2, 2)].is_nan());
    }
}
