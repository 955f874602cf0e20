//! Workbooks of spreadsheet programs.

use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, Reader, open_workbook_auto_from_rs};

use super::csv::splitter::Record;
use crate::diagnostics::Place;
use crate::error::{Error, Result};

/// The rows of the sheet with most cells, the first one of equals; with a word when there are others.
pub(super) fn records(
    mut source: Box<dyn Read + Send + '_>,
    path: &Path,
) -> Result<(Vec<Record>, Option<(String, Place)>)> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    let bad =
        |e: &dyn std::fmt::Display| Error::Format { path: path.to_owned(), line: 1, message: e.to_string() };
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| bad(&e))?;
    let names = book.sheet_names();
    let mut best: Option<(usize, String, calamine::Range<Data>)> = None;
    let mut filled = 0;
    for name in &names {
        let Ok(range) = book.worksheet_range(name) else { continue };
        let count = range.used_cells().count();
        filled += usize::from(count > 0);
        if count > best.as_ref().map_or(0, |(most, ..)| *most) {
            best = Some((count, name.clone(), range));
        }
    }
    let Some((_, name, range)) = best else { return Err(bad(&"the workbook has no cells")) };
    let first = range.start().map_or(0, |(row, _)| u64::from(row)) + 1;
    let mut records = Vec::with_capacity(range.height());
    for (i, row) in range.rows().enumerate() {
        let mut record = Record { line: first + i as u64, ..Record::default() };
        row.iter().for_each(|cell| record.cells.push(&text(cell)));
        if record.cells.filled() > 0 {
            records.push(record);
        }
    }
    let word = (filled > 1).then(|| {
        let others: Vec<&str> = names.iter().map(String::as_str).filter(|n| *n != name).collect();
        let message = format!("sheet {name:?} is read; the others are left out: {}", others.join(", "));
        (message, Place::file(path.display().to_string()))
    });
    Ok((records, word))
}

/// A cell as text: whole numbers without decimals, dates as `2024-03-01`.
fn text(cell: &Data) -> String {
    match cell {
        Data::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Error(_) => String::new(),
        other => other.to_string(),
    }
}
