//! One source of records for all tables: named columns and rows of text with their place, whether they
//! come from delimited text, a spreadsheet or the properties of GeoJSON.

mod account;
mod header;

use header::mend_cut;
use std::collections::VecDeque;
use std::path::PathBuf;

use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, Strictness, printable};
use crate::error::{Error, Result};
use crate::read::csv::splitter::{Cells, Quotes, Record, Splitter, TOO_LONG};
use crate::read::csv::{Encoding, Layout, Ragged};
use crate::read::geojson::FeatureTable;
use crate::read::names::{self, ColumnNames, Role};
use crate::read::number::{MarkCounts, Marks};
pub use crate::read::row::Row;
use crate::read::row::trimmed;

/// Where records come from.
pub(in crate::read) enum Source<'a> {
    Text(Box<Splitter<'a>>),
    /// Rows that are held: of a spreadsheet, of a list of objects.
    Rows(std::vec::IntoIter<Record>, Numbering),
    /// Features, from this one on.
    Features(&'a FeatureTable, usize),
}

/// What the numbers of rows that are held count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) enum Numbering {
    /// Lines of a sheet, from 1.
    #[cfg_attr(not(feature = "xlsx"), expect(dead_code, reason = "read with the feature xlsx"))]
    Lines,
    /// Records, from 0.
    Records,
}

impl Source<'_> {
    /// Whether rows are told by their lines.
    const fn has_lines(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Rows(_, Numbering::Lines))
    }
}

/// A table whose header is read and whose rows come one by one.
pub struct Records<'a> {
    source: Source<'a>,
    /// Records read ahead, to look at what columns hold.
    ahead: VecDeque<Record>,
    header: Vec<String>,
    /// Names in a second line of headers.
    other_names: Vec<String>,
    ragged: Ragged,
    layout: Layout,
    marks: Vec<Marks>,
    /// Columns whose numbers a delimiter cuts at their decimal comma, in order.
    cut_numbers: Vec<usize>,
    taken: Vec<(Role, usize)>,
    path: PathBuf,
    file: String,
    diagnostics: Diagnostics,
}

impl std::fmt::Debug for Records<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records")
            .field("file", &self.file)
            .field("delimiter", &self.delimiter().map(char::from))
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Rows looked at to find the header and what columns hold.
const AHEAD: usize = 200;
/// Rows without but their first cell that are held back, being perhaps notes under the table.
const NOTES: usize = 50;

/// What notes under a table begin with.
const NOTE_WORDS: [&str; 14] = [
    "source",
    "note",
    "champ",
    "lecture",
    "total",
    "ensemble",
    "*",
    "©",
    "(",
    "nb",
    "remarque",
    "licence",
    "avertissement",
    "fin",
];

impl<'a> Records<'a> {
    /// Records of which nothing was read yet.
    fn before_header(
        source: Source<'a>,
        path: PathBuf,
        ragged: Ragged,
        layout: Layout,
        strictness: Strictness,
    ) -> Self {
        Self {
            source,
            ahead: VecDeque::new(),
            header: Vec::new(),
            other_names: Vec::new(),
            ragged,
            layout,
            marks: Vec::new(),
            cut_numbers: Vec::new(),
            taken: Vec::new(),
            file: path.display().to_string(),
            path,
            diagnostics: Diagnostics::new(strictness),
        }
    }

    pub(in crate::read) fn open(
        source: Source<'a>,
        path: PathBuf,
        ragged: Ragged,
        layout: Layout,
        strictness: Strictness,
    ) -> Result<Self> {
        let mut table = Self::before_header(source, path, ragged, layout, strictness);
        let mut record = Record::default();
        while table.ahead.len() < AHEAD && table.read_source(&mut record)? {
            table.ahead.push_back(std::mem::take(&mut record));
        }
        table.find_header()?;
        Ok(table)
    }

    /// The properties of features as records; the `id` of features is the column `@id` when none of
    /// their properties has that name.
    #[must_use]
    pub fn of_features(table: &'a FeatureTable, name: impl Into<PathBuf>, strictness: Strictness) -> Self {
        let mut header = table.names().to_vec();
        header.push("@id".to_owned());
        let source = Source::Features(table, 0);
        let mut records = Self::before_header(source, name.into(), Ragged::Keep, Layout::Plain, strictness);
        records.set_header(&header, 0);
        let mut record = Record::default();
        while records.ahead.len() < AHEAD && matches!(records.read_source(&mut record), Ok(true)) {
            records.ahead.push_back(std::mem::take(&mut record));
        }
        records
    }

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

    /// The delimiter found or given, of delimited text.
    #[must_use]
    pub const fn delimiter(&self) -> Option<u8> {
        if let Source::Text(rows) = &self.source { Some(rows.delimiter) } else { None }
    }

    /// The encoding found so far, of delimited text.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        if let Source::Text(rows) = &self.source { Some(rows.text.encoding()) } else { None }
    }

    /// The first column that has one of these names, the first name first; case, accents and
    /// punctuation do not count.
    #[must_use]
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names::matching(&self.header, names)
            .first()
            .copied()
            .or_else(|| names::matching(&self.other_names, names).first().copied())
    }

    /// As [`Records::column`], for a column that must be there.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the columns there are.
    pub fn require(&self, names: &[&str]) -> Result<usize> {
        self.column(names).ok_or_else(|| names::no_column(&self.header, names, &self.file))
    }

    /// The column for a role: the one given, else the first of those with one of these names that
    /// holds what it should and has no other role yet. What was taken is reported with the account.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a column that was given and is not there.
    pub fn find(&mut self, role: Role, names: &[&str], given: &ColumnNames) -> Result<Option<usize>> {
        let found = self.optional(role, names, given)?;
        if let Some(column) = found {
            self.take(role, column);
        }
        Ok(found)
    }

    /// Whether a column that is not taken has a name and content of this role.
    pub(super) fn has(&self, role: Role, given: &ColumnNames) -> bool {
        if given.get(role).is_some() {
            return true;
        }
        let matching = [&self.header, &self.other_names].map(|h| names::matching(h, role.names()));
        matching.concat().into_iter().any(|c| {
            self.taken.iter().all(|(_, taken)| *taken != c)
                && role.content().fits(self.sample(c)) == Some(true)
        })
    }

    /// As [`Records::find`], for a column that must be there.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the columns there are.
    pub fn need(&mut self, role: Role, names: &[&str], given: &ColumnNames) -> Result<usize> {
        if let Some(column) = self.find(role, names, given)? {
            return Ok(column);
        }
        // Better one that looks odd than none.
        let column = self.require(names).map_err(|e| match e {
            Error::Unknown { kind, value, hint } => {
                let hint = hint.map(|h| format!("{h}; name the one meant: {role}=COLUMN"));
                Error::Unknown { kind, value, hint }
            }
            other => other,
        })?;
        self.take(role, column);
        Ok(column)
    }

    /// As [`Records::find`], without saying that the column is taken.
    pub(in crate::read) fn optional(
        &mut self,
        role: Role,
        names: &[&str],
        given: &ColumnNames,
    ) -> Result<Option<usize>> {
        if let Some(name) = given.get(role) {
            let found = names::exact(&self.header, name).or_else(|| names::exact(&self.other_names, name));
            return match found {
                Some(column) => Ok(Some(column)),
                None => Err(names::no_column(&self.header, &[name], &self.file)),
            };
        }
        let mut all = names::matching(&self.header, names);
        for column in names::matching(&self.other_names, names) {
            if !all.contains(&column) {
                all.push(column);
            }
        }
        let content = role.content();
        let (mut blank, mut odd) = (None, None);
        for column in all.into_iter().filter(|c| self.taken.iter().all(|(_, taken)| taken != c)) {
            match content.fits(self.sample(column)) {
                Some(true) => return Ok(Some(column)),
                Some(false) => odd = odd.or(Some(column)),
                None => blank = blank.or(Some(column)),
            }
        }
        if let (Some(column), None) = (odd, blank) {
            // An identifier that is not unique is one all the same; duplicates are reported.
            if role == Role::Id {
                return Ok(Some(column));
            }
            let example = self.sample(column).find(|c| !c.is_empty()).unwrap_or_default();
            let message = format!(
                "column {:?} is named like the {role}, but holds {:?}; not taken (give {role}=COLUMN to take one)",
                self.header[column],
                printable(example, 40)
            );
            let place = Place::file(self.file.as_str()).field(self.header[column].as_str());
            self.diagnostics.remark("column_content", place, message);
        }
        Ok(blank)
    }

    /// Says that a column has a role.
    pub(in crate::read) fn take(&mut self, role: Role, column: usize) {
        if !self.taken.contains(&(role, column)) {
            self.taken.push((role, column));
        }
    }

    /// The cells of a column in the rows looked at ahead.
    pub(in crate::read) fn sample(&self, column: usize) -> impl Iterator<Item = &str> {
        self.ahead.iter().map(move |r| trimmed(r.cells.get(column).unwrap_or_default()))
    }

    /// The account so far, for findings of the caller's own.
    pub(in crate::read) const fn diagnostics(&mut self) -> &mut Diagnostics {
        &mut self.diagnostics
    }

    /// Calls `each` with the cells of all rows that are in view: most files whole.
    pub(in crate::read) fn each_in_view(&self, mut each: impl FnMut(&Cells)) {
        self.ahead.iter().for_each(|r| each(&r.cells));
        match &self.source {
            Source::Text(rows) => {
                let mut view = rows.of_view();
                let mut record = Record::default();
                while matches!(view.next(&mut record), Ok(true)) {
                    mend_cut(&mut record, &self.cut_numbers, self.header.len());
                    each(&record.cells);
                }
            }
            Source::Rows(rows, _) => rows.as_slice().iter().for_each(|r| each(&r.cells)),
            Source::Features(..) => {}
        }
    }

    /// Settles for each of these columns what commas and dots stand for, with all rows in view;
    /// [`Row::number`] reads by it.
    pub(in crate::read) fn judge_numbers(&mut self, columns: &[usize]) {
        let mut counts = vec![MarkCounts::default(); self.header.len()];
        self.each_in_view(|cells| {
            for &c in columns {
                if let (Some(count), Some(cell)) = (counts.get_mut(c), cells.get(c)) {
                    count.add(cell);
                }
            }
        });
        let mut file = MarkCounts::default();
        counts.iter().for_each(|c| file.merge(c));
        self.marks = counts.iter().map(|c| c.marks(&file, self.delimiter())).collect();
        for (column, marks) in self.marks.iter().enumerate().filter(|(_, m)| **m != Marks::Decimal) {
            let what = if *marks == Marks::DotsGroup { "dots" } else { "commas" };
            let place = Place::file(self.file.as_str()).field(self.header[column].as_str());
            let message = format!("{what} group thousands in this column: 1.234 and 1,234 are read as 1234");
            self.diagnostics.remark("grouped_thousands", place, message);
        }
    }

    /// Calls `each` with every row that is not blank, no note under the table and fits; it must count
    /// the row with [`Diagnostics::keep`] or [`Diagnostics::drop_record`]. Gives the account of all
    /// rows.
    ///
    /// # Errors
    /// [`Error::Format`] for text that is no table, [`Error::Io`] while reading, those of `each`,
    /// [`Error::Data`] in strict mode; all with the account of the rows before.
    pub fn for_each(
        mut self,
        mut each: impl FnMut(&Row<'_>, &mut Diagnostics) -> Result<()>,
    ) -> Result<Diagnostics> {
        self.say_what_was_taken();
        match self.rows(&mut each) {
            Ok(()) => Ok(self.diagnostics),
            Err(e @ Error::Data(_)) => Err(e),
            Err(e) if self.diagnostics.seen() > 0 => Err(e.after(&self.diagnostics)),
            Err(e) => Err(e),
        }
    }

    fn rows(&mut self, each: &mut impl FnMut(&Row<'_>, &mut Diagnostics) -> Result<()>) -> Result<()> {
        let mut index = 0;
        let mut held: Vec<Record> = Vec::new();
        let mut record = Record::default();
        while self.next_record(&mut record)? {
            if self.may_be_note(&record) && held.len() < NOTES {
                held.push(std::mem::take(&mut record));
                continue;
            }
            for earlier in held.drain(..) {
                self.row(&earlier, index, each)?;
                index += 1;
            }
            self.row(&record, index, each)?;
            index += 1;
        }
        for note in held {
            let place = self.place(note.line, index);
            let text = printable(note.cells.get(0).unwrap_or_default().trim(), 60);
            self.diagnostics.drop_record("note", place, format!("{text:?} is a note under the table"))?;
            index += 1;
        }
        self.say_how_it_was_read();
        Ok(())
    }

    fn place(&self, line: u64, record: usize) -> Place {
        let place = Place::file(self.file.as_str());
        if self.source.has_lines() { place.line(line).record(record) } else { place.record(line as usize) }
    }

    /// Whether a record has but its first cell, as notes under a table have.
    fn may_be_note(&self, record: &Record) -> bool {
        let cells = &record.cells;
        if self.layout == Layout::Plain || self.header.len() < 3 || cells.filled() != 1 {
            return false;
        }
        let first = cells.get(0).unwrap_or_default().trim();
        let folded = first.to_lowercase();
        !first.is_empty() && (cells.len() == 1 || NOTE_WORDS.iter().any(|w| folded.starts_with(w)))
    }

    fn row(
        &mut self,
        record: &Record,
        index: usize,
        each: &mut impl FnMut(&Row<'_>, &mut Diagnostics) -> Result<()>,
    ) -> Result<()> {
        let place = self.place(record.line, index);
        let cells = &record.cells;
        let found = &mut self.diagnostics;
        match record.quotes {
            Quotes::Sound => {}
            Quotes::Inner => {
                found.repaired(
                    "inner_quotes",
                    place.clone(),
                    "quotes within a quoted cell are not doubled; kept as they are",
                );
            }
            Quotes::Unclosed => found.repaired(
                "unclosed_quote",
                place.clone(),
                "a quote opened in this line is not closed; the line is read by itself, without it",
            ),
        }
        if cells.filled() == 0 {
            if matches!(self.source, Source::Features(..)) {
                // A feature without properties may have a place all the same.
            } else {
                return found.drop_record("blank_row", place, "the row is blank");
            }
        }
        let (got, want) = (cells.len(), self.header.len());
        if got < want || cells.iter().skip(want).any(|c| !c.trim().is_empty()) {
            let message = format!("{got} cells under {want} columns");
            if self.ragged == Ragged::Drop {
                return found.drop_record("ragged_row", place, message);
            }
            found.repaired("ragged_row", place.clone(), message);
        }
        let row = Row {
            cells,
            header: &self.header,
            marks: &self.marks,
            file: &self.file,
            line: record.line,
            lined: self.source.has_lines(),
            record: index,
        };
        each(&row, found)
    }

    /// The next record, those read ahead first.
    fn next_record(&mut self, record: &mut Record) -> Result<bool> {
        if let Some(next) = self.ahead.pop_front() {
            *record = next;
            return Ok(true);
        }
        self.read_source(record)
    }

    fn read_source(&mut self, record: &mut Record) -> Result<bool> {
        let more = match &mut self.source {
            Source::Text(rows) => match rows.next(record) {
                Ok(more) => more,
                Err(e) if e.to_string() == TOO_LONG => {
                    let line = rows.line;
                    return Err(self.format_error(
                        line,
                        "a record of more than 16 MB begins here; is a quote not closed, or is this no table?",
                    ));
                }
                Err(source) => return Err(Error::Io { path: self.path.clone(), source }),
            },
            Source::Rows(rows, _) => rows.next().map(|next| *record = next).is_some(),
            Source::Features(table, at) => {
                let i = *at;
                *at += 1;
                (i < table.len()).then(|| feature(table, i, record)).is_some()
            }
        };
        if more {
            self.clean(record);
            mend_cut(record, &self.cut_numbers, self.header.len());
        }
        Ok(more)
    }

    /// Takes control characters and the formulas `="…"` of spreadsheets out of the cells.
    fn clean(&mut self, record: &mut Record) {
        let bad = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        let text = record.cells.text();
        let (control, formula) =
            (text.bytes().any(|b| b < 32 || b == 127) && text.chars().any(bad), text.contains("=\""));
        if !control && !formula {
            return;
        }
        let place = self.place(record.line, 0);
        let place = Place { record: None, ..place };
        let mut cells = Cells::default();
        for cell in record.cells.iter() {
            let cell: String =
                if control { cell.chars().filter(|c| !bad(*c)).collect() } else { cell.to_owned() };
            let plain = cell.trim().strip_prefix("=\"").and_then(|c| c.strip_suffix('"'));
            cells.push(plain.unwrap_or(&cell));
        }
        record.cells = cells;
        if control {
            self.diagnostics.repaired(
                "control_characters",
                place.clone(),
                "control characters were left out",
            );
        }
        if formula {
            self.diagnostics.repaired("formula_cells", place, "cells written =\"…\" were read as their text");
        }
    }

    fn format_error(&self, line: u64, message: &str) -> Error {
        Error::Format { path: self.path.clone(), line, message: message.to_owned() }
    }
}

/// The properties of a feature as cells, its id last.
fn feature(table: &FeatureTable, i: usize, record: &mut Record) {
    let names = table.names();
    let mut values = vec![String::new(); names.len()];
    for (name, value) in table.properties(i) {
        if let Some(at) = names.iter().position(|n| n == name) {
            values[at] = value.to_string();
        }
    }
    record.cells.clear();
    values.iter().for_each(|v| record.cells.push(v));
    record.cells.push(&table.id(i).map(|id| id.to_string()).unwrap_or_default());
    record.line = table.record(i) as u64;
}

/// A warning about a record that stays as it is.
pub(in crate::read) fn warning(kind: &'static str, place: Place, message: impl Into<String>) -> Finding {
    Finding { severity: Severity::Warning, kind, place, message: message.into(), outcome: Outcome::Kept }
}
