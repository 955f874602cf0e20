//! Tables as a workbook that spreadsheet programs open without spoiling codes.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::diagnostics::{Diagnostics, Place};
use crate::error::{Error, Result};
use crate::write::table::Cell;
use crate::write::{Table, stream_error, to_file};

/// One sheet of a workbook.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sheet<'a> {
    /// Its name: at most 31 characters, none of `[]:*?/\\`.
    pub name: String,
    /// Its table: a header, then a row for each row.
    pub table: Table<'a>,
}

impl<'a> Sheet<'a> {
    /// A sheet of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, table: Table<'a>) -> Self {
        Self { name: name.into(), table }
    }
}

/// Rows of a sheet, the header included.
const MOST_ROWS: usize = 1_048_576;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// UTF-16 units of a cell.
const LONGEST_CELL: usize = 32_767;

/// Writes a workbook; gives the account of the rows written.
///
/// Text is text, whatever it looks like: `01001` and `2A004` keep their characters, also when a cell is
/// edited, and what begins with `=` is no formula. Missing values are empty cells. Infinities, which a
/// spreadsheet has not, are the words `Infinity` and `-Infinity`, and a text too long for a cell is cut; both
/// are counted. The header stays in view and can be filtered. The same tables give the same bytes.
///
/// # Errors
/// [`Error::Parameter`] for a sheet with more rows or columns than a spreadsheet holds, or whose name it does
/// not take or has already, [`Error::Io`] when `out` fails.
///
/// ```
/// use rurban::write::{Table, xlsx::{Sheet, write_xlsx}};
///
/// let table = Table::new().with("code", vec!["01001", "2A004"])?.with("share", vec![0.5, f64::NAN])?;
/// let mut file = Vec::new();
/// let found = write_xlsx(&mut file, &[Sheet::new("territories", table)])?;
/// assert_eq!((found.kept(), found.is_clean()), (2, true));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn write_xlsx(mut out: impl Write, sheets: &[Sheet<'_>]) -> Result<Diagnostics> {
    let mut found = Diagnostics::default();
    let mut book = Workbook::new();
    // The library does not read the clock.
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(|e| failed("workbook", &e))?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for sheet in sheets {
        fill(book.add_worksheet(), sheet, &mut found)?;
    }
    let bytes = book.save_to_buffer().map_err(|e| failed("workbook", &e))?;
    out.write_all(&bytes).map_err(stream_error)?;
    Ok(found)
}

/// Writes a workbook to a file, replacing it; see [`write_xlsx`].
///
/// # Errors
/// As [`write_xlsx`]; [`Error::Io`] names the path.
pub fn write_xlsx_file(path: impl AsRef<Path>, sheets: &[Sheet<'_>]) -> Result<Diagnostics> {
    let mut found = Diagnostics::default();
    to_file(path.as_ref(), |out| {
        found = write_xlsx(out, sheets)?;
        Ok(())
    })?;
    Ok(found)
}

fn failed(sheet: &str, error: &XlsxError) -> Error {
    match error {
        XlsxError::IoError(_) | XlsxError::ZipError(_) => {
            stream_error(std::io::Error::other(error.to_string()))
        }
        _ => Error::Parameter {
            name: "sheet",
            value: format!("{sheet:?} ({error})"),
            must: "must have a name of its own of 1 to 31 characters, none of []:*?/\\",
        },
    }
}

fn fill(page: &mut Worksheet, sheet: &Sheet<'_>, found: &mut Diagnostics) -> Result<()> {
    let table = &sheet.table;
    let limits = [
        ("rows of a sheet", table.rows() + 1, MOST_ROWS),
        ("columns of a sheet", table.columns().len(), MOST_COLUMNS),
    ];
    for (name, value, most) in limits {
        if value > most {
            let must = "must fit: a spreadsheet holds 1,048,576 rows and 16,384 columns; write CSV or Parquet instead";
            return Err(Error::Parameter { name, value: format!("{value} ({})", sheet.name), must });
        }
    }
    let failed = |e: XlsxError| failed(&sheet.name, &e);
    page.set_name(&sheet.name).map_err(failed)?;
    let (bold, text) = (Format::new().set_bold().set_text_wrap(), Format::new().set_num_format("@"));
    for (c, (name, column)) in (0_u16..).zip(table.columns()) {
        page.write_string_with_format(0, c, &**name, &bold).map_err(failed)?;
        let mut widest = name.chars().count().min(24);
        for (r, row) in (1_u32..).zip(0..table.rows()) {
            let place = || Place::file(sheet.name.as_str()).record(row).field(&**name);
            match column.cell(row) {
                Cell::Missing => {}
                Cell::Text(t) => {
                    let cut = cut(t);
                    if cut.len() < t.len() {
                        let message = "a text of more than 32,767 characters does not fit into a cell; cut";
                        found.repaired("long_text", place(), message);
                    }
                    widest = widest.max(cut.chars().take(60).count());
                    page.write_string_with_format(r, c, cut, &text).map_err(failed)?;
                }
                Cell::Integer(i) if i.unsigned_abs() > 1 << 53 => {
                    found.repaired(
                        "large_number",
                        place(),
                        "more digits than a spreadsheet keeps; written as text",
                    );
                    page.write_string_with_format(r, c, i.to_string(), &text).map_err(failed)?;
                }
                Cell::Integer(i) => {
                    page.write_number(r, c, i as f64).map_err(failed)?;
                }
                Cell::Number(x) if x.is_infinite() => {
                    let word = if x > 0.0 { "Infinity" } else { "-Infinity" };
                    found.repaired("infinite_number", place(), format!("written as the word {word}"));
                    page.write_string(r, c, word).map_err(failed)?;
                }
                Cell::Number(x) => {
                    page.write_number(r, c, x).map_err(failed)?;
                }
                Cell::Boolean(b) => {
                    page.write_boolean(r, c, b).map_err(failed)?;
                }
            }
        }
        page.set_column_width(c, widest as f64 + 2.0).map_err(failed)?;
    }
    if let Some(last) = table.columns().len().checked_sub(1) {
        page.set_freeze_panes(1, 0).map_err(failed)?;
        page.autofilter(0, 0, table.rows() as u32, last as u16).map_err(failed)?;
    }
    (0..table.rows()).for_each(|_| found.keep());
    Ok(())
}

/// As much of a text as a cell holds.
fn cut(text: &str) -> &str {
    if text.len() <= LONGEST_CELL {
        return text;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > LONGEST_CELL
    });
    end.map_or(text, |(at, _)| &text[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_said() {
        let long = "é".repeat(LONGEST_CELL + 5);
        assert_eq!(cut(&long).chars().count(), LONGEST_CELL);
        let table = Table::new().with("x", vec![f64::INFINITY]).unwrap().with("t", vec![long]).unwrap();
        let mut out = Vec::new();
        let found = write_xlsx(&mut out, &[Sheet::new("a", table.clone())]).unwrap();
        assert_eq!((found.count("infinite_number"), found.count("long_text"), found.kept()), (1, 1, 1));
        let mut again = Vec::new();
        write_xlsx(&mut again, &[Sheet::new("a", table)]).unwrap();
        assert_eq!(out, again);
        for name in ["", "a/b", "a name of more than thirty-one characters"] {
            let err = write_xlsx(std::io::sink(), &[Sheet::new(name, Table::new())]).unwrap_err();
            assert!(matches!(err, Error::Parameter { .. }), "{err}");
        }
        let twice = [Sheet::new("a", Table::new()), Sheet::new("a", Table::new())];
        assert!(write_xlsx(std::io::sink(), &twice).is_err());
        let tall = Table::new().with("x", vec![0.0; MOST_ROWS]).unwrap();
        let err = write_xlsx(std::io::sink(), &[Sheet::new("a", tall)]).unwrap_err();
        assert!(err.to_string().contains("1,048,576"), "{err}");
    }
}
