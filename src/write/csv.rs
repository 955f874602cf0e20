//! Tables as CSV.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};
use crate::write::table::Cell;
use crate::write::{Table, push_float, stream_error, to_file};

/// How cells are separated and numbers written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum CsvStyle {
    /// Commas and decimal points, UTF-8 without a mark: what programs read.
    #[default]
    Standard,
    /// Semicolons, decimal commas, CRLF and a UTF-8 byte order mark: what a spreadsheet under a French
    /// locale opens without asking. Text that a spreadsheet would take for a formula (it begins with
    /// `=`, `+`, `-`, `@`, a tabulator or a carriage return) has an apostrophe before it.
    FrenchSpreadsheet,
}

/// Writes `table` as CSV in UTF-8: a header line, one line per row, quotes (RFC 4180) where a cell
/// needs them. Lines end in LF, for spreadsheets in CRLF.
///
/// Missing values are empty cells; numbers are the shortest text that reads back as the same value
/// (infinities are `inf` and `-inf`); booleans are `true` and `false`.
///
/// # Errors
/// [`Error::Io`] when `out` fails.
///
/// ```
/// use rurban::write::{csv::{write_csv, CsvStyle}, Table};
/// let table = Table::new().with("nom", vec!["Bourg, l'", "Ars"])?.with("lq", vec![0.5, f64::NAN])?;
/// let mut out = Vec::new();
/// write_csv(&mut out, &table, CsvStyle::Standard)?;
/// assert_eq!(String::from_utf8_lossy(&out), "nom,lq\n\"Bourg, l'\",0.5\nArs,\n");
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn write_csv(mut out: impl Write, table: &Table<'_>, style: CsvStyle) -> Result<()> {
    if style == CsvStyle::FrenchSpreadsheet {
        out.write_all("\u{feff}".as_bytes()).map_err(stream_error)?;
    }
    if table.columns().is_empty() {
        return Ok(());
    }
    let mut writer = writer(&mut out, style);
    for (name, _) in table.columns() {
        writer.write_field(inert(name, style).as_bytes()).map_err(fail)?;
    }
    writer.write_record(None::<&[u8]>).map_err(fail)?;
    write_rows(writer, table, style)
}

fn writer<W: Write>(out: W, style: CsvStyle) -> csv::Writer<W> {
    let mut builder = csv::WriterBuilder::new();
    if style == CsvStyle::FrenchSpreadsheet {
        builder.delimiter(b';').terminator(csv::Terminator::CRLF);
    }
    builder.from_writer(out)
}

/// Text that no spreadsheet runs.
fn inert(text: &str, style: CsvStyle) -> Cow<'_, str> {
    if style == CsvStyle::FrenchSpreadsheet && text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

fn fail(e: csv::Error) -> Error {
    match e.into_kind() {
        csv::ErrorKind::Io(source) => stream_error(source),
        other => stream_error(std::io::Error::other(format!("{other:?}"))),
    }
}

fn write_rows<W: Write>(mut writer: csv::Writer<W>, table: &Table<'_>, style: CsvStyle) -> Result<()> {
    let french = style == CsvStyle::FrenchSpreadsheet;
    let mut text = String::new();
    let mut safe;
    for row in 0..table.rows() {
        for (_, column) in table.columns() {
            text.clear();
            let cell = match column.cell(row) {
                Cell::Missing => "",
                Cell::Text(t) => {
                    safe = inert(t, style);
                    &safe
                }
                Cell::Integer(i) => {
                    text.push_str(&i.to_string());
                    &text
                }
                Cell::Number(x) => {
                    push_float(&mut text, x);
                    if french {
                        text = text.replace('.', ",");
                    }
                    &text
                }
                Cell::Boolean(true) => "true",
                Cell::Boolean(false) => "false",
            };
            writer.write_field(cell).map_err(fail)?;
        }
        writer.write_record(None::<&[u8]>).map_err(fail)?;
    }
    writer.flush().map_err(stream_error)
}

/// Writes `table` to a CSV file, replacing it; see [`write_csv`].
///
/// # Errors
/// [`Error::Io`], naming the path.
pub fn write_csv_file(path: impl AsRef<Path>, table: &Table<'_>, style: CsvStyle) -> Result<(), Error> {
    to_file(path.as_ref(), |out| write_csv(out, table, style))
}

/// Writes a table that comes in parts with the same columns to a CSV file, replacing it: only one part is
/// held at a time; see [`write_csv`].
///
/// # Errors
/// [`Error::Io`], naming the path; those of the parts.
pub fn write_csv_parts<'a>(
    path: impl AsRef<Path>,
    parts: impl IntoIterator<Item = Result<Table<'a>>>,
    style: CsvStyle,
) -> Result<()> {
    to_file(path.as_ref(), |out| {
        for (i, part) in parts.into_iter().enumerate() {
            if i == 0 {
                write_csv(&mut *out, &part?, style)?;
            } else {
                write_rows(writer(&mut *out, style), &part?, style)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_one_table() {
        let path = std::env::temp_dir().join(format!("rurban-parts-{}.csv", std::process::id()));
        let part = |x: &[f64]| Table::new().with("x", x.to_vec());
        write_csv_parts(&path, [part(&[1.0]), part(&[2.5, 3.0])], CsvStyle::FrenchSpreadsheet).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "\u{feff}x\r\n1\r\n2,5\r\n3\r\n");
        std::fs::remove_file(path).unwrap();
    }

    fn text(table: &Table<'_>, style: CsvStyle) -> String {
        let mut out = Vec::new();
        write_csv(&mut out, table, style).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn awkward_cells_read_back() {
        let awkward = ["", "a,b", "say \"oui\"", "two\nlines", " spaces ", "é;à", "=1+1", "CR\rLF\r\n"];
        let numbers: Vec<f64> = (0..8).map(|i| f64::from(i) / 3.0 - 1e20).collect();
        let table = Table::new()
            .with("text, \"quoted\"", awkward.to_vec())
            .unwrap()
            .with("x", numbers.as_slice())
            .unwrap()
            .with("n", (0..8).map(|i| (i % 2 == 0).then_some(i64::MIN + i)).collect::<Vec<_>>())
            .unwrap()
            .with("b", vec![true; 8])
            .unwrap();
        let written = text(&table, CsvStyle::Standard);
        let mut reader = csv::Reader::from_reader(written.as_bytes());
        assert_eq!(reader.headers().unwrap(), &["text, \"quoted\"", "x", "n", "b"][..]);
        for ((i, n), record) in (0..).zip(0_i64..).zip(reader.records().map(Result::unwrap)) {
            assert_eq!(&record[0], awkward[i]);
            assert_eq!(record[1].parse::<f64>().unwrap(), numbers[i]);
            assert_eq!(record[2].parse::<i64>().ok(), (n % 2 == 0).then(|| i64::MIN + n));
            assert_eq!(&record[3], "true");
        }
        assert_eq!(text(&table, CsvStyle::Standard), written);
    }

    #[test]
    fn a_lone_empty_cell_is_still_a_row() {
        let table = Table::new().with("x", vec![f64::NAN, 1.0, f64::NEG_INFINITY]).unwrap();
        assert_eq!(text(&table, CsvStyle::Standard), "x\n\"\"\n1\n-inf\n");
    }

    #[test]
    fn french_spreadsheets_get_commas_as_decimals() {
        let table = Table::new().with("nom", vec!["a;b"]).unwrap().with("x", vec![-1234.5]).unwrap();
        assert_eq!(text(&table, CsvStyle::FrenchSpreadsheet), "\u{feff}nom;x\r\n\"a;b\";-1234,5\r\n");
    }

    #[test]
    fn formulas_are_inert_in_spreadsheets_and_untouched_elsewhere() {
        let cells = vec!["=1+1", "+33 5", "-x", "@a", "\tb", "a=b", "1-2", ""];
        let table = Table::new().with("=t", cells).unwrap();
        let french = "\u{feff}'=t\r\n'=1+1\r\n'+33 5\r\n'-x\r\n'@a\r\n'\tb\r\na=b\r\n1-2\r\n\"\"\r\n";
        assert_eq!(text(&table, CsvStyle::FrenchSpreadsheet), french);
        assert!(text(&table, CsvStyle::Standard).starts_with("=t\n=1+1\n"));
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(text(&Table::new(), CsvStyle::Standard), "");
        let headers_only = Table::new().with("a", Vec::<f64>::new()).unwrap();
        assert_eq!(text(&headers_only, CsvStyle::Standard), "a\n");
    }
}
