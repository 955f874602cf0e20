//! One row of a table.

use super::codes::unglued;
use super::csv::splitter::Cells;
use super::number::{Marks, Number};
use crate::diagnostics::Place;

/// A cell without what is around it: blanks, and characters that nobody sees.
pub(super) fn trimmed(cell: &str) -> &str {
    cell.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    })
}

/// One row of a table.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    pub(super) cells: &'a Cells,
    pub(super) header: &'a [String],
    pub(super) marks: &'a [Marks],
    pub(super) file: &'a str,
    pub(super) line: u64,
    /// Whether rows are told by their lines.
    pub(super) lined: bool,
    pub(super) record: usize,
}

impl<'a> Row<'a> {
    /// The cell of a column, trimmed; empty when the row is too short.
    #[must_use]
    pub fn get(&self, column: usize) -> &'a str {
        trimmed(self.cells.get(column).unwrap_or_default())
    }

    /// The cell of a column that may not be there; `None` when it is not or the cell is empty.
    #[must_use]
    pub fn optional(&self, column: Option<usize>) -> Option<&'a str> {
        column.map(|c| self.get(c)).filter(|cell| !cell.is_empty())
    }

    /// The number in a column.
    #[must_use]
    pub fn number(&self, column: usize) -> Number {
        Number::parse_with(self.get(column), self.marks.get(column).copied().unwrap_or_default())
    }

    /// The identifier in a column, without what spreadsheets glue to it.
    #[must_use]
    pub fn id(&self, column: usize) -> &'a str {
        unglued(self.get(column))
    }

    /// Line where the row begins, from 1; `None` for features and JSON.
    #[must_use]
    pub const fn line(&self) -> Option<u64> {
        if self.lined { Some(self.line) } else { None }
    }

    /// Index of the row in the file, from 0, the header not counted.
    #[must_use]
    pub const fn record(&self) -> usize {
        self.record
    }

    /// The row as a place for findings.
    #[must_use]
    pub fn place(&self) -> Place {
        let place = Place::file(self.file);
        if self.lined { place.line(self.line).record(self.record) } else { place.record(self.line as usize) }
    }

    /// A cell of the row as a place for findings.
    #[must_use]
    pub fn place_of(&self, column: usize) -> Place {
        self.place().field(self.header.get(column).map_or("", String::as_str))
    }
}
