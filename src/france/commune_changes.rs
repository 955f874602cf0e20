//! INSEE's table of commune changes.

use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::france::vintage::Change;
use crate::read::Records;

/// Reads the table of commune changes (`mvtcommune`) that
/// [`Vintages::from_changes`](crate::france::vintage::Vintages::from_changes) takes.
///
/// Rows whose `MOD` is no small number are dropped.
///
/// # Errors
/// [`Unknown`](crate::Error::Unknown) when a column is missing; those of [`Records::for_each`].
pub fn commune_changes(table: Records<'_>) -> Result<(Vec<Change>, Diagnostics)> {
    let kind = table.require(&["MOD"])?;
    let date = table.require(&["DATE_EFF"])?;
    let type_before = table.require(&["TYPECOM_AV"])?;
    let before = table.require(&["COM_AV"])?;
    let type_after = table.require(&["TYPECOM_AP"])?;
    let after = table.require(&["COM_AP"])?;
    let mut changes = Vec::new();
    let found = table.for_each(|row, found| {
        let Ok(number) = row.get(kind).parse() else {
            let message = format!("{:?} is no kind of change", row.get(kind));
            return found.drop_record("bad_kind", row.place_of(kind), message);
        };
        let text = |column| row.get(column).to_owned();
        changes.push(Change {
            kind: number,
            date: text(date),
            type_before: text(type_before),
            before: text(before),
            type_after: text(type_after),
            after: text(after),
        });
        found.keep();
        Ok(())
    })?;
    Ok((changes, found))
}
