//! What a region is specialised in, and how far its profile departs from the whole.

use super::table::ActivityTable;

use crate::matrix::Matrix;

/// Location quotient (revealed comparative advantage): how many times over an activity is present in
/// a region, compared with its share in the whole.
///
/// Formula: `LQ_ri = (X_ri / X_r.) / (X_.i / X_..)`, computed as `X_ri · X_.. / (X_r. · X_.i)` so
/// that with whole counts an LQ of exactly 1 is exactly 1. Range [0, ∞); above 1 the region is
/// specialised in the activity. For each activity, the mean of LQ weighted by region totals is 1.
///
/// Undefined cells are NaN: all cells of a region or an activity without any count, and masked
/// cells. O(regions × activities). Hoover (1936), <https://doi.org/10.2307/1927875>; Balassa (1965).
///
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
fn quotients(table: &ActivityTable, f: impl Fn(f64, f64, f64, f64) -> f64) -> Matrix {
    let mut out = Matrix::filled(table.regions(), table.activities(), f64::NAN);
    let (sizes, activities, total) = (table.region_totals(), table.activity_totals(), table.total());
    for (r, &size) in sizes.iter().enumerate().filter(|(_, size)| **size > 0.0) {
        let row = out.row_mut(r);
        for (cell, &activity) in row.iter_mut().zip(activities).filter(|(_, a)| **a > 0.0) {
            *cell = f(0.0, size, activity, total);
        }
        for (i, x) in table.counts().row(r).filter(|(_, x)| *x > 0.0) {
            row[i as usize] = f(x, size, activities[i as usize], total);
        }
    }
    table.blank_masked(&mut out);
    out
}
