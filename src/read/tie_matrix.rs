//! Ties as a matrix: actors down the first column and along the header, and a mark where two are tied.

use std::collections::HashMap;

use super::names::{Role, fold};
use super::number::Number;
use super::partners;
use super::records::{Records, Row};
use super::ties::{EdgeRecord, FindActor, Match, TieRecord, actor};
use crate::diagnostics::{Diagnostics, Place, printable};
use crate::error::Result;

/// Names in the header that must be actors so that a table is a matrix.
const LEAST: usize = 3;

/// The columns of actors of a matrix; `None` where a table is none.
pub(super) fn columns(table: &Records<'_>, find: FindActor<'_>) -> Option<Vec<(usize, u32)>> {
    let actor_of = |name: &str| match find(name) {
        Match::Id(actor) | Match::Name(actor) => Some(actor),
        Match::Several(_) | Match::None => None,
    };
    let header = table.header();
    let named: Vec<(usize, u32)> =
        (1..header.len()).filter_map(|c| Some((c, actor_of(&header[c])?))).collect();
    let enough = named.len() >= LEAST && 2 * named.len() >= header.len() - 1;
    (enough && partners::holds(table, 0, &|name| actor_of(name).is_some())).then_some(named)
}

/// Reads the ties of a matrix: one for each pair that has a mark, above the diagonal, below it or on both
/// sides.
pub(super) fn edges(
    mut table: Records<'_>,
    columns: &[(usize, u32)],
    find: FindActor<'_>,
) -> Result<(Vec<EdgeRecord>, Diagnostics)> {
    table.take(Role::Source, 0);
    columns.iter().for_each(|(c, _)| table.take(Role::Target, *c));
    let place = Place::file(table.file().to_owned());
    let others: Vec<String> = (1..table.header().len())
        .filter(|c| columns.iter().all(|(named, _)| named != c))
        .map(|c| table.header()[c].clone())
        .collect();
    let message = format!(
        "read as a matrix: {} columns are actors, and a cell ties the actor of its row to that of its column",
        columns.len()
    );
    table.diagnostics().remark("tie_matrix", place.clone(), message);
    for name in others {
        let message = format!("there is no actor {:?}; the column is left out", printable(&name, 80));
        table.diagnostics().repaired("unknown_actor", place.clone().field(name), message);
    }
    let mut records: Vec<EdgeRecord> = Vec::new();
    let mut met: HashMap<(u32, u32), usize> = HashMap::new();
    let found = table.for_each(|row, found| {
        let Some(source) = actor(row, 0, find, found)? else { return Ok(()) };
        for &(column, target) in columns.iter().filter(|(_, target)| *target != source) {
            let Some((weight, kind)) = mark(row, column) else { continue };
            if weight < 0.0 {
                found.drop_record("negative_weight", row.place_of(column), "the weight is negative")?;
                continue;
            }
            let pair = (source.min(target), source.max(target));
            if let Some(&earlier) = met.get(&pair) {
                let first = &records[earlier].tie;
                if (first.weight, &first.kind) != (weight, &kind) {
                    let message = "the cell across the diagonal says otherwise; that one counts";
                    found.remark("lopsided_matrix", row.place_of(column), message);
                }
                continue;
            }
            met.insert(pair, records.len());
            found.keep();
            let tie =
                TieRecord { weight, kind, record: row.record(), line: row.line(), ..TieRecord::default() };
            records.push(EdgeRecord { source, target, tie });
        }
        Ok(())
    })?;
    Ok((records, found))
}

/// The weight and kind in a cell; `None` where it says that there is no tie.
fn mark(row: &Row<'_>, column: usize) -> Option<(f64, Option<String>)> {
    let text = row.get(column);
    match row.number(column) {
        Number::Value(0.0) | Number::Blank => None,
        Number::Value(weight) => Some((weight, None)),
        Number::Secret | Number::Invalid => match fold(text).as_str() {
            "" | "non" | "no" | "n" | "faux" | "false" => None,
            "x" | "oui" | "o" | "yes" | "y" | "vrai" | "true" => Some((1.0, None)),
            _ => Some((1.0, Some(text.to_owned()))),
        },
    }
}
