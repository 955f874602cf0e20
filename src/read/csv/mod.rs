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

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use super::coordinates::ToLonLat;
use super::coordinates::{LAMBERT_93, SWAPPED_FRANCE};
pub use super::decode::Encoding;
use super::decode::Utf8;

use super::number::Number;
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};

/// Bytes looked at to find the delimiter.
const SAMPLE: u64 = 64 * 1024;
/// Longest record accepted: a quote that is never closed must not swallow ten million lines.
const LONGEST_RECORD: usize = 16 * 1024 * 1024;
const TOO_LONG: &str = "record too long";

/// What to do with a row that has more or fewer cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ragged {
    /// Keep it: absent cells are empty, cells beyond the header are left out.
    #[default]
    Keep,
    /// Drop it.
    Drop,
}

/// Opens tables; set what differs from the default, then call one of the `open_` methods.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reader {
    delimiter: Option<u8>,
    ragged: Ragged,
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

    /// Sets what to do at an error-level finding.
    #[must_use]
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, [`Error::Format`] when it has no header.
    pub fn open_path(&self, path: impl AsRef<Path>) -> Result<Table<'static>> {
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
    ) -> Result<Table<'a>> {
        self.open(Box::new(source), name.into())
    }

    /// Opens text in memory; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`Reader::open_path`].
    pub fn open_str<'a>(&self, text: &'a str, name: impl Into<PathBuf>) -> Result<Table<'a>> {
        self.open(Box::new(text.as_bytes()), name.into())
    }

    fn open<'a>(self, source: Box<dyn Read + Send + 'a>, path: PathBuf) -> Result<Table<'a>> {
        let mut rows = Splitter::new(Utf8::new(source), b',');
        rows.fill(SAMPLE).map_err(|source| Error::Io { path: path.clone(), source })?;
        rows.delimiter = self.delimiter.unwrap_or_else(|| find_delimiter(&rows.buffer));
        let mut table = Table {
            rows,
            ragged: self.ragged,
            header: Vec::new(),
            file: path.display().to_string(),
            path,
            line: 1,
            diagnostics: Diagnostics::new(self.strictness),
        };
        let mut record = Cells::default();
        if !table.next_record(&mut record)? {
            return Err(table.format_error(1, "the file is empty; expected a header"));
        }
        table.set_header(&record);
        Ok(table)
    }
}

/// Splits text into records. (The `csv` crate gives a record after blank lines the wrong line, and
/// holds a quote that is never closed without bound.)
struct Splitter<'a> {
    text: Utf8<'a>,
    buffer: Vec<u8>,
    at: usize,
    delimiter: u8,
    /// Line of the next byte, from 1.
    line: u64,
    unclosed: bool,
}

/// The cells of one record.
#[derive(Debug, Clone, Default)]
struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    const fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, i: usize) -> Option<&str> {
        let start = if i == 0 { 0 } else { *self.ends.get(i - 1)? };
        self.text.get(start..*self.ends.get(i)?)
    }

    fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|i| self.get(i))
    }
}

impl<'a> Splitter<'a> {
    fn new(text: Utf8<'a>, delimiter: u8) -> Self {
        Self { text, buffer: Vec::new(), at: 0, delimiter, line: 1, unclosed: false }
    }

    /// Makes the buffer hold the next `n` bytes, or what is left.
    fn fill(&mut self, n: u64) -> std::io::Result<usize> {
        self.buffer.clear();
        self.at = 0;
        self.text.by_ref().take(n).read_to_end(&mut self.buffer)
    }

    fn peek(&mut self) -> std::io::Result<Option<u8>> {
        if self.at == self.buffer.len() && self.fill(SAMPLE)? == 0 {
            return Ok(None);
        }
        Ok(Some(self.buffer[self.at]))
    }

    /// Takes the line end that begins with `first`, which is next.
    fn end_line(&mut self, first: u8) -> std::io::Result<()> {
        self.at += 1;
        self.line += 1;
        if first == b'\r' && self.peek()? == Some(b'\n') {
            self.at += 1;
        }
        Ok(())
    }

    /// The next record and the line it begins on; blank lines are passed over.
    fn next(&mut self, cells: &mut Cells) -> std::io::Result<Option<u64>> {
        let mut text = std::mem::take(&mut cells.text).into_bytes();
        text.clear();
        cells.ends.clear();
        while let Some(end @ (b'\n' | b'\r')) = self.peek()? {
            self.end_line(end)?;
        }
        if self.peek()?.is_none() {
            return Ok(None);
        }
        let start = self.line;
        let (mut quoted, mut fresh) = (false, true);
        loop {
            if text.len() > LONGEST_RECORD {
                self.line = start;
                return Err(std::io::Error::other(TOO_LONG));
            }
            match self.peek()? {
                None => {
                    self.unclosed |= quoted;
                    break;
                }
                Some(b'"') if quoted => {
                    self.at += 1;
                    if self.peek()? == Some(b'"') {
                        self.at += 1;
                        text.push(b'"');
                    } else {
                        quoted = false;
                    }
                }
                Some(b'"') if fresh => {
                    self.at += 1;
                    quoted = true;
                }
                Some(b) if b == self.delimiter && !quoted => {
                    self.at += 1;
                    cells.ends.push(text.len());
                    fresh = true;
                    continue;
                }
                Some(end @ (b'\n' | b'\r')) if !quoted => {
                    self.end_line(end)?;
                    break;
                }
                Some(first) => {
                    // As it is, up to the next byte that may mean something.
                    let rest = &self.buffer[self.at + 1..];
                    let special = |b: &u8| *b == self.delimiter || matches!(b, b'"' | b'\n' | b'\r');
                    let run = 1 + rest.iter().position(special).unwrap_or(rest.len());
                    text.extend_from_slice(&self.buffer[self.at..self.at + run]);
                    self.at += run;
                    self.line += u64::from(first == b'\n');
                }
            }
            fresh = false;
        }
        cells.ends.push(text.len());
        // The decoder gives UTF-8 only.
        cells.text = String::from_utf8(text).unwrap_or_default();
        Ok(Some(start))
    }
}

/// The delimiter with which the most records of `sample` are as long as the first one.
fn find_delimiter(sample: &[u8]) -> u8 {
    let mut best = (b',', 0, 0);
    for delimiter in *b",;\t|" {
        let mut rows = Splitter::new(Utf8::new(Box::new(sample)), delimiter);
        let mut cells = Cells::default();
        let mut lengths = Vec::new();
        while lengths.len() < 50 && matches!(rows.next(&mut cells), Ok(Some(_))) {
            lengths.push(cells.len());
        }
        let Some(&first) = lengths.first() else { continue };
        let fitting = lengths.iter().filter(|&&n| n == first).count() * 1000 / lengths.len();
        if first > 1 && (fitting, first) > (best.1, best.2) {
            best = (delimiter, fitting, first);
        }
    }
    best.0
}

/// An open table: its header is read, its rows come one by one.
pub struct Table<'a> {
    rows: Splitter<'a>,
    ragged: Ragged,
    header: Vec<String>,
    path: PathBuf,
    file: String,
    line: u64,
    diagnostics: Diagnostics,
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("file", &self.file)
            .field("delimiter", &char::from(self.rows.delimiter))
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

impl Table<'_> {
    /// Names of the columns, trimmed.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The file, as findings name it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The delimiter found or given.
    #[must_use]
    pub const fn delimiter(&self) -> u8 {
        self.rows.delimiter
    }

    /// The encoding found so far.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.rows.text.encoding
    }

    /// The first column that has one of these names, the first name first; case, accents and
    /// punctuation do not count.
    #[must_use]
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        find_column(&self.header, names)
    }

    /// As [`Table::column`], for a column that must be there.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the columns there are.
    pub fn require(&self, names: &[&str]) -> Result<usize> {
        require_column(&self.header, names, &self.file)
    }

    /// Calls `each` with every row that is not blank and fits; it must count the row with
    /// [`Diagnostics::keep`] or [`Diagnostics::drop_record`]. Gives the account of all rows.
    ///
    /// # Errors
    /// [`Error::Format`] for text that is no table, [`Error::Io`] while reading, those of `each`,
    /// [`Error::Data`] in strict mode.
    pub fn for_each(
        mut self,
        mut each: impl FnMut(&Row<'_>, &mut Diagnostics) -> Result<()>,
    ) -> Result<Diagnostics> {
        let mut cells = Cells::default();
        let mut record = 0;
        while self.next_record(&mut cells)? {
            let row = Row { cells: &cells, header: &self.header, file: &self.file, line: self.line, record };
            record += 1;
            let found = &mut self.diagnostics;
            if cells.iter().all(|c| c.trim().is_empty()) {
                found.drop_record("blank_row", row.place(), "the row is blank")?;
                continue;
            }
            let (got, want) = (cells.len(), self.header.len());
            if got < want || cells.iter().skip(want).any(|c| !c.trim().is_empty()) {
                let message = format!("{got} cells under {want} columns");
                if self.ragged == Ragged::Drop {
                    found.drop_record("ragged_row", row.place(), message)?;
                    continue;
                }
                found.repaired("ragged_row", row.place(), message);
            }
            each(&row, found)?;
        }
        if self.rows.unclosed {
            let place = Place::file(self.file.as_str()).line(self.line);
            self.diagnostics.repaired(
                "unclosed_quote",
                place,
                "a quote opened in this record is never closed",
            );
        }
        let text = &self.rows.text;
        if text.encoding == Encoding::Windows1252 {
            let message = "the text is not UTF-8; read as Windows-1252";
            self.diagnostics.remark("windows_1252", Place::file(self.file.as_str()), message);
        }
        if text.mended > 0 {
            let message = format!("{} bytes that are not UTF-8 were read as Windows-1252", text.mended);
            self.diagnostics.repaired("not_utf8", Place::file(self.file.as_str()), message);
        }
        Ok(self.diagnostics)
    }

    fn next_record(&mut self, cells: &mut Cells) -> Result<bool> {
        match self.rows.next(cells) {
            Ok(line) => {
                self.line = line.unwrap_or(self.line);
                Ok(line.is_some())
            }
            Err(e) if e.to_string() == TOO_LONG => Err(self.format_error(
                self.rows.line,
                "a record of more than 16 MB begins here; is a quote not closed, or is this no table?",
            )),
            Err(source) => Err(Error::Io { path: self.path.clone(), source }),
        }
    }

    fn format_error(&self, line: u64, message: &str) -> Error {
        Error::Format { path: self.path.clone(), line, message: message.to_owned() }
    }

    fn set_header(&mut self, record: &Cells) {
        let mut met: BTreeMap<String, usize> = BTreeMap::new();
        for (i, name) in record.iter().enumerate() {
            let name = name.trim();
            let mut name = if name.is_empty() { format!("column {}", i + 1) } else { name.to_owned() };
            let times = met.entry(fold(&name)).or_default();
            *times += 1;
            if *times > 1 {
                let place = Place::file(self.file.as_str()).line(self.line).field(name.as_str());
                name = format!("{name} ({times})");
                let message = format!("the header has this name again; the column is called {name:?}");
                self.diagnostics.repaired("duplicate_header", place, message);
            }
            self.header.push(name);
        }
    }
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    cells: &'a Cells,
    header: &'a [String],
    file: &'a str,
    line: u64,
    record: usize,
}

impl<'a> Row<'a> {
    /// The cell of a column, trimmed; empty when the row is too short.
    #[must_use]
    pub fn get(&self, column: usize) -> &'a str {
        self.cells.get(column).unwrap_or_default().trim()
    }

    /// The cell of a column that may not be there; `None` when it is not or the cell is empty.
    #[must_use]
    pub fn optional(&self, column: Option<usize>) -> Option<&'a str> {
        column.map(|c| self.get(c)).filter(|cell| !cell.is_empty())
    }

    /// The number in a column.
    #[must_use]
    pub fn number(&self, column: usize) -> Number {
        Number::parse(self.get(column))
    }

    /// Line where the row begins, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Index of the row in the file, from 0, the header not counted.
    #[must_use]
    pub const fn record(&self) -> usize {
        self.record
    }

    /// The row as a place for findings.
    #[must_use]
    pub fn place(&self) -> Place {
        Place::file(self.file).line(self.line).record(self.record)
    }

    /// A cell of the row as a place for findings.
    #[must_use]
    pub fn place_of(&self, column: usize) -> Place {
        self.place().field(self.header.get(column).map_or("", String::as_str))
    }
}

/// A name without case, accents and punctuation: `Code INSEE` and `code_insee` are the same.
fn find_column(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| {
        let name = fold(name);
        header.iter().position(|h| fold(h) == name)
    })
}

/// Index of the column with the first of the names that is there.
pub(super) fn require_column(header: &[String], names: &[&str], file: &str) -> Result<usize> {
    find_column(header, names).ok_or_else(|| Error::Unknown {
        kind: "column",
        value: names.join(" or "),
        hint: Some(format!("{file} has the columns {}", header.join(", "))),
    })
}

fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' => out.push('a'),
            'ç' => out.push('c'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' | 'í' => out.push('i'),
            'ô' | 'ö' | 'ó' => out.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => out.push('u'),
            'ÿ' => out.push('y'),
            'ñ' => out.push('n'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            // Combining accents, as some systems write them.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

/// The two columns that hold a place, and how to read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoordinateColumns {
    /// Column of longitudes or eastings.
    pub x: usize,
    /// Column of latitudes or northings.
    pub y: usize,
    /// EPSG code of the coordinates; when none is given, degrees and Lambert-93 are told apart.
    pub epsg: Option<u32>,
}

impl CoordinateColumns {
    /// The coordinate columns of a table, by their usual names.
    #[must_use]
    pub fn find(table: &Table<'_>) -> Option<Self> {
        let pairs: [(&[&str], &[&str]); 4] = [
            (&["longitude", "lon", "lng", "long"], &["latitude", "lat"]),
            (&["x_wgs84", "longitude_wgs84"], &["y_wgs84", "latitude_wgs84"]),
            (&["x_lambert93", "x_l93", "x_lambert_93"], &["y_lambert93", "y_l93", "y_lambert_93"]),
            (&["x", "coord_x", "coordonnee_x"], &["y", "coord_y", "coordonnee_y"]),
        ];
        pairs.iter().find_map(|(x, y)| Some(Self { x: table.column(x)?, y: table.column(y)?, epsg: None }))
    }

    /// Says which system the coordinates are in.
    #[must_use]
    pub const fn epsg(mut self, code: u32) -> Self {
        self.epsg = Some(code);
        self
    }

    /// Longitude and latitude of a row, or `None` with a finding that says why there is none.
    ///
    /// Without a declared system, numbers in the range of Lambert-93 are converted from it, and
    /// numbers that lie in France only when swapped are swapped; both are reported as repairs.
    pub fn locate(&self, row: &Row<'_>, convert: ToLonLat<'_>, found: &mut Diagnostics) -> Option<[f64; 2]> {
        let place = || row.place_of(self.x);
        let (x, y) = match (row.number(self.x), row.number(self.y)) {
            (Number::Value(x), Number::Value(y)) => (x, y),
            (Number::Blank, Number::Blank) => {
                found.remark("no_coordinates", place(), "the row has no coordinates");
                return None;
            }
            _ => {
                let message = format!("{:?}, {:?} are no coordinates", row.get(self.x), row.get(self.y));
                found.repaired("bad_coordinates", place(), message);
                return None;
            }
        };
        let within = |[a, b]: [[f64; 2]; 2], x: f64, y: f64| x >= a[0] && x <= a[1] && y >= b[0] && y <= b[1];
        let degrees = |x: f64, y: f64| within([[-180.0, 180.0], [-90.0, 90.0]], x, y);
        let code = match self.epsg {
            Some(4326) | None if x == 0.0 && y == 0.0 => {
                found.repaired("null_island", place(), "0, 0 stands for no coordinates");
                return None;
            }
            None if within(LAMBERT_93, x, y) => {
                found.repaired("lambert_93", place(), "coordinates in Lambert-93 were converted");
                2154
            }
            None if within(LAMBERT_93, y, x) => {
                found.repaired("lambert_93", place(), "swapped coordinates in Lambert-93 were converted");
                return Self::converted(2154, [y, x], convert, &place, found);
            }
            None if SWAPPED_FRANCE.iter().any(|&range| within(range, x, y)) => {
                found.repaired("swapped_axes", place(), "latitude and longitude were swapped");
                return Some([y, x]);
            }
            Some(code) if code != 4326 => code,
            _ if degrees(x, y) => return Some([x, y]),
            _ => {
                let message = format!("{x}, {y} are no longitude and latitude in degrees, nor Lambert-93");
                found.repaired("bad_coordinates", place(), message);
                return None;
            }
        };
        Self::converted(code, [x, y], convert, &place, found)
    }

    fn converted(
        code: u32,
        at: [f64; 2],
        convert: ToLonLat<'_>,
        place: &dyn Fn() -> Place,
        found: &mut Diagnostics,
    ) -> Option<[f64; 2]> {
        let lon_lat = convert(code, at).filter(|p| p.iter().all(|v| v.is_finite()));
        if lon_lat.is_none() {
            let message = format!("{}, {} cannot be converted from EPSG:{code}", at[0], at[1]);
            found.repaired("bad_coordinates", place(), message);
        }
        lon_lat
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All cells joined by `|`, with line numbers, and the account.
    fn rows(reader: Reader, bytes: &[u8]) -> (Vec<String>, Diagnostics) {
        let mut out = Vec::new();
        let table = reader.open_from(bytes, "t.csv").unwrap();
        let width = table.header().len();
        let found = table
            .for_each(|row, found| {
                let cells: Vec<_> = (0..width).map(|c| row.get(c)).collect();
                out.push(format!("{}:{}", row.line(), cells.join("|")));
                found.keep();
                Ok(())
            })
            .unwrap();
        (out, found)
    }

    #[test]
    fn delimiters_encodings_and_line_ends_make_no_difference() {
        for delimiter in [",", ";", "\t", "|"] {
            for end in ["\n", "\r\n", "\r"] {
                let text = ["code|Département|n", "01|\"Ni|\"\"è\"\"vre\nbis\"|1", "", "02|Ain|2"].join(end);
                let text = text.replace('|', delimiter);
                let mut utf16 = vec![0xFE, 0xFF];
                utf16.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
                let encoded = [
                    text.clone().into_bytes(),
                    format!("\u{FEFF}{text}").into_bytes(),
                    encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
                    utf16,
                ];
                for bytes in encoded {
                    let (got, found) = rows(Reader::default(), &bytes);
                    let want = [format!("2:01|Ni{delimiter}\"è\"vre\nbis|1"), "5:02|Ain|2".to_owned()];
                    assert_eq!(got, want, "{delimiter:?} {end:?}");
                    assert_eq!((found.seen(), found.kept()), (2, 2));
                }
            }
        }
    }

    #[test]
    fn decimal_commas_do_not_hide_the_semicolons() {
        let table = Reader::default().open_str("a;b\n1,5;2,5\n3,5;4,5\n", "t").unwrap();
        assert_eq!(table.delimiter(), b';');
    }

    #[test]
    fn ragged_and_blank_rows_follow_the_policy() {
        let text = b"a,b,c\n1,2\n1,2,3,4\n1,2,3,\n , ,\n4,5,6\n";
        let (got, found) = rows(Reader::default(), text);
        assert_eq!(got, ["2:1|2|", "3:1|2|3", "4:1|2|3", "6:4|5|6"]);
        assert_eq!((found.count("ragged_row"), found.count("blank_row"), found.seen()), (2, 1, 5));
        let (got, found) = rows(Reader::default().ragged(Ragged::Drop), text);
        assert_eq!((got.len(), found.dropped(), found.seen()), (2, 3, 5));
    }

    #[test]
    fn columns_are_found_by_any_spelling_of_their_names() {
        let table = Reader::default().open_str(" Code INSEE ,Région,région,,x\n", "t").unwrap();
        assert_eq!(table.header(), ["Code INSEE", "Région", "région (2)", "column 4", "x"]);
        assert_eq!(table.column(&["insee", "code_insee"]), Some(0));
        assert_eq!(table.column(&["REGION"]), Some(1));
        let error = table.require(&["nom", "libellé"]).unwrap_err().to_string();
        assert_eq!(
            error,
            "no column \"nom or libellé\"; t has the columns Code INSEE, Région, région (2), column 4, x"
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(matches!(Reader::default().open_str("", "t"), Err(Error::Format { line: 1, .. })));
        assert!(matches!(Reader::default().open_path("no/such.csv"), Err(Error::Io { .. })));
        // A quote that is never closed, before endless text.
        let endless = &b"a,b\n1,2\n3,\""[..];
        let table = Reader::default().open_from(endless.chain(std::io::repeat(b'x')), "t").unwrap();
        let error = table.for_each(|_, found| {
            found.keep();
            Ok(())
        });
        assert!(matches!(error, Err(Error::Format { line: 3, .. })), "{error:?}");
    }

    #[test]
    fn places_are_read_in_whatever_system() {
        let text = "lon;lat;n\n2,35;48,85;\n48,85;2,35;\n652000;6862000;\n6862000;652000;\n0;0;\n;;a\nx;1;\n500;1;\n-61,5;16,2;\n";
        let table = Reader::default().open_str(text, "t").unwrap();
        let columns = CoordinateColumns::find(&table).unwrap();
        let convert = |code: u32, [x, y]: [f64; 2]| (code == 2154).then_some([x / 1e6, y / 1e6]);
        let mut got = Vec::new();
        let found = table
            .for_each(|row, found| {
                got.push(columns.locate(row, &convert, found));
                found.keep();
                Ok(())
            })
            .unwrap();
        let paris = Some([2.35, 48.85]);
        let l93 = Some([0.652, 6.862]);
        assert_eq!(got, [paris, paris, l93, l93, None, None, None, None, Some([-61.5, 16.2])]);
        let counts = ["swapped_axes", "lambert_93", "null_island", "no_coordinates", "bad_coordinates"];
        assert_eq!(counts.map(|k| found.count(k)), [1, 2, 1, 1, 2]);
    }

    #[test]
    fn millions_of_bad_rows_cost_no_memory() {
        let n = 200_000;
        let text = "a,b\n".to_owned() + &"x\n".repeat(n);
        let (_, found) = rows(Reader::default().ragged(Ragged::Drop), text.as_bytes());
        assert_eq!((found.dropped(), found.findings().len()), (n, Diagnostics::FULL_FINDINGS_PER_KIND));
    }
}
