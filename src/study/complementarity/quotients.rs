//! Location quotients of profiles by each rule of presence.

use std::ops::Range;

use super::PresenceRule;
use crate::complementarity::specialisation::{location_quotient_interval, shrunken_location_quotient};
use crate::complementarity::{ActivityTable, location_quotient};
use crate::error::Result;
use crate::matrix::Matrix;

/// What the rule of presence is applied to.
pub(super) fn quotients(table: &ActivityTable, rule: PresenceRule) -> Result<Matrix> {
    Ok(match rule {
        PresenceRule::LocationQuotient => location_quotient(table),
        PresenceRule::Shrunken => shrunken_location_quotient(table).values,
        PresenceRule::Confident { level } => location_quotient_interval(table, level)?.lower,
        PresenceRule::Any => table.to_matrix(),
    })
}

/// [`quotients`] of rows that are not those of the whole, against the whole.
pub(super) fn quotients_against(
    table: &ActivityTable,
    whole: &ActivityTable,
    rule: PresenceRule,
) -> Result<Matrix> {
    let (rows, columns) = (table.regions(), table.activities());
    let with_rest = quotients(&beside_rest(table, 0..rows, whole)?, rule)?;
    Matrix::from_rows(rows, columns, with_rest.as_slice()[..rows * columns].to_vec())
}

/// Some rows of a table and, as a last row, the rest of the whole: as if the country were made of
/// these, so that totals are those of the whole.
pub(super) fn beside_rest(
    table: &ActivityTable,
    rows: Range<usize>,
    whole: &ActivityTable,
) -> Result<ActivityTable> {
    let from = rows.start;
    let slot = |r: usize| (r - from) as u32;
    let mut cells: Vec<(u32, u32, Option<f64>)> =
        rows.clone().flat_map(|r| table.counts().row(r).map(move |(i, x)| (slot(r), i, Some(x)))).collect();
    let mut rest = whole.activity_totals().to_vec();
    for &(_, i, x) in &cells {
        // Overlapping perimeters can add up to more than there is.
        rest[i as usize] = (rest[i as usize] - x.unwrap_or(0.0)).max(0.0);
    }
    let masked = table.masked().iter().filter(|(r, _)| rows.contains(&(*r as usize)));
    cells.extend(masked.map(|&(r, i)| (slot(r as usize), i, None)));
    let last = rows.len();
    cells.extend(rest.into_iter().enumerate().map(|(i, x)| (last as u32, i as u32, Some(x))));
    ActivityTable::from_cells(last + 1, table.activities(), &cells)
}

/// Location quotient of one cell against a whole.
pub(super) fn quotient(table: &ActivityTable, whole: &ActivityTable, row: usize, activity: usize) -> f64 {
    let (size, total) = (table.region_totals()[row], whole.activity_totals()[activity]);
    table.count(row, activity).map_or(f64::NAN, |x| x * whole.total() / (size * total))
}
