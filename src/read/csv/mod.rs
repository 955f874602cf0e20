//! Delimited text as people have it: any of four delimiters, any of three encodings, ragged rows,
//! headers in any case.
//!
//! ```
//! use rurban::read::csv::Reader;
//!
//! let table = Reader::default().open_str("Code INSEE;Pop\n01001;1 234,5\n01002;s\n", "pop.csv")?;
//! let (code, pop) = (table.require(&["code_insee", "insee"])?, table.require(&["population", "pop"])?);
//! let mut rows = Vec::new();
//! let diagnostics = table.for_each(|row, found| {
//!     rows.push((row.get(code).to_owned(), row.number(pop).value()));
//!     found.keep();
//!     Ok(())
//! })?;
//! assert_eq!(rows, [("01001".to_owned(), Some(1234.5)), ("01002".to_owned(), None)]);
//! assert_eq!(diagnostics.kept(), 2);
//! # Ok::<(), rurban::Error>(())
//! ```

pub(super) mod splitter;

use std::io::Read;
use std::path::{Path, PathBuf};

pub use super::coordinates::ToLonLat;
pub use super::decode::Encoding;
use super::decode::Utf8;
pub use super::place::CoordinateColumns;
pub use super::records::Row;
use super::records::{Numbering, Records, Source};
use super::sniff::{self, Format};
use crate::diagnostics::Strictness;
use crate::error::{Error, Result};
use splitter::{Splitter, VIEW, find_delimiter};

/// What to do with a row that has more or fewer cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ragged {
    /// Keep it: absent cells are empty, cells beyond the header are left out.
    #[default]
    Keep,
    /// Drop it.
    Drop,
}

/// What stands around the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Titles above the header, a second line of headers, notes below: found out and left out.
    #[default]
    Found,
    /// Titles above the header and notes below, found out and left out, but one line of headers: below it
    /// are answers of people, which may look like anything.
    Titled,
    /// Nothing: the first line is the header, all others are rows.
    Plain,
}

/// Opens tables; set what differs from the default, then call one of the `open_` methods.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reader {
    delimiter: Option<u8>,
    ragged: Ragged,
    layout: Layout,
    strictness: Strictness,
}

impl Reader {
    /// Sets the delimiter (by default it is found out among `,` `;` tab `|`).
    #[must_use]
    pub const fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// Sets what happens to rows that do not fit the header.
    #[must_use]
    pub const fn ragged(mut self, ragged: Ragged) -> Self {
        self.ragged = ragged;
        self
    }

    /// Sets what stands around the rows.
    #[must_use]
    pub const fn layout(mut self, layout: Layout) -> Self {
        self.layout = layout;
        self
    }

    /// Sets what to do at an error-level finding.
    #[must_use]
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Opens a file and reads its header: delimited text, also compressed with gzip, a list of JSON
    /// objects (held whole), or a spreadsheet (feature `xlsx`), as its first bytes say.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, [`Error::Format`] when it has no header or is no table.
    pub fn open_path(&self, path: impl AsRef<Path>) -> Result<Records<'static>> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        self.open(Box::new(file), path.to_owned())
    }

    /// Opens bytes from anywhere; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`Reader::open_path`].
    pub fn open_from<'a>(
        &self,
        source: impl Read + Send + 'a,
        name: impl Into<PathBuf>,
    ) -> Result<Records<'a>> {
        self.open(Box::new(source), name.into())
    }

    /// Opens text in memory; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`Reader::open_path`].
    pub fn open_str<'a>(&self, text: &'a str, name: impl Into<PathBuf>) -> Result<Records<'a>> {
        self.open(Box::new(text.as_bytes()), name.into())
    }

    fn open<'a>(self, source: Box<dyn Read + Send + 'a>, path: PathBuf) -> Result<Records<'a>> {
        let io = |source| Error::Io { path: path.clone(), source };
        let refuse = |message: String| Err(Error::Format { path: path.clone(), line: 1, message });
        let (format, source) = sniff::opened(source).map_err(io)?;
        match format {
            Format::Text => {}
            #[cfg(feature = "xlsx")]
            Format::Workbook => {
                let (records, other) = super::sheet::records(source, &path)?;
                let rows = Source::Rows(records.into_iter(), Numbering::Lines);
                let mut table = Records::open(rows, path, self.ragged, self.layout, self.strictness)?;
                if let Some((message, place)) = other {
                    table.diagnostics().remark("sheet", place, message);
                }
                return Ok(table);
            }
            Format::Json | Format::GeoJson => {
                let records = super::json_table::records(source, &path)?;
                let rows = Source::Rows(records.into_iter(), Numbering::Records);
                return Records::open(rows, path, self.ragged, Layout::Plain, self.strictness);
            }
            other => return refuse(format!("this is {other}, no table; {}", other.advice())),
        }
        let mut rows = Splitter::new(Utf8::new(source), b',');
        rows.fill(VIEW).map_err(io)?;
        let (bytes, declared) = sniff::separator_line(rows.view().0);
        rows.skip(bytes, u64::from(bytes > 0));
        let sample = rows.view().0;
        let sample = &sample[..sample.len().min(1 << 20)];
        rows.delimiter = self.delimiter.or(declared).unwrap_or_else(|| find_delimiter(sample));
        rows.width = rows.usual_width();
        Records::open(Source::Text(Box::new(rows)), path, self.ragged, self.layout, self.strictness)
    }
}

#[cfg(test)]
mod tests;
