//! Where the header is, and what delimiters cut.

use std::collections::BTreeMap;

use super::{Records, Source};
use crate::diagnostics::Place;
use crate::error::Result;
use crate::read::csv::Layout;
use crate::read::csv::splitter::{Cells, Record};
use crate::read::names::{self, Role, fold};
use crate::read::number::Number;
use crate::read::row::trimmed;

impl Records<'_> {
    /// Finds the header among the first records: after lines of titles and remarks, perhaps two lines.
    pub(super) fn find_header(&mut self) -> Result<()> {
        if self.ahead.is_empty() {
            return Err(self.format_error(1, "the file is empty; expected a header"));
        }
        let plain = self.layout != Layout::Found;
        let filled: Vec<usize> = self.ahead.iter().map(|r| r.cells.filled()).collect();
        let known = |r: &Record| r.cells.iter().filter(|c| names::is_known(c)).count();
        let numbers = |r: &Record| {
            let is_number = |c: &str| matches!(Number::parse(c), Number::Value(_));
            r.cells.iter().filter(|c| is_number(c)).count()
        };
        let usual = crate::read::csv::splitter::most_common(&filled).map_or(1, |(width, _)| width);
        let untitled = match self.layout {
            Layout::Found => false,
            Layout::Titled => filled.first().is_some_and(|n| 2 * n > usual) || self.has_stacked_headings(),
            Layout::Plain => true,
        };
        let mut at = if untitled || usual < 2 {
            0
        } else {
            filled.iter().take(30).position(|n| 2 * n > usual).unwrap_or(0)
        };
        let is_second = |at: usize| {
            let (Some(top), Some(r)) = (self.ahead.get(at), self.ahead.get(at + 1)) else { return false };
            if plain {
                return false;
            }
            let rest = || self.ahead.iter().skip(at + 2).take(20);
            known(r) > 0
                && numbers(r) == 0
                && numbers(top) == 0
                && 2 * known(r) >= r.cells.filled()
                && r.cells.filled() > 1
                && rest().any(|r| numbers(r) > 0)
                && rest().all(|r| numbers(r) > 0 || r.cells.filled() <= 1)
        };
        if !plain && known(&self.ahead[at]) < 2 && !is_second(at) {
            let better = (at + 1..self.ahead.len().min(at + 8)).find(|&i| {
                let r = &self.ahead[i];
                known(r) >= 2 && known(r) > known(&self.ahead[at]) && numbers(r) == 0
            });
            at = better.unwrap_or(at);
        }
        let top = &self.ahead[at];
        let second = self.ahead.get(at + 1).filter(|_| is_second(at));
        let cells = |r: &Record| -> Vec<String> { r.cells.iter().map(|c| trimmed(c).to_owned()).collect() };
        let (mut header, line, mut lines) = (cells(top), top.line, at);
        if let Some(second) = second {
            let below = cells(second);
            let mut other = vec![String::new(); header.len().max(below.len())];
            header.resize(other.len(), String::new());
            for (c, name) in below.into_iter().enumerate().filter(|(_, n)| !n.is_empty()) {
                other[c] = std::mem::replace(&mut header[c], name);
            }
            self.other_names = other;
            lines += 1;
        }
        if lines > 0 {
            let what = match (at, second.is_some()) {
                (0, _) => {
                    "two lines of headers; the lower one names the columns where it says something".to_owned()
                }
                (n, two) => format!(
                    "the header is on {} {line}; {n} lines before it are left out",
                    if two { "the two lines from line" } else { "line" }
                ),
            };
            let place = Place::file(self.file.as_str()).line(line);
            self.diagnostics.remark("header_line", place, what);
        }
        // Empty columns on the right are none.
        let used = header.iter().rposition(|n| !n.is_empty()).map_or(0, |last| last + 1);
        let used_cells = self.ahead.iter().skip(lines + 1).map(|r| {
            let at = |i: usize| r.cells.get(i).is_some_and(|c| !c.trim().is_empty());
            (0..r.cells.len().min(header.len())).rev().find(|&i| at(i)).map_or(0, |i| i + 1)
        });
        let width = used_cells.max().unwrap_or(0).max(used);
        header.truncate(width.max(1));
        self.ahead.drain(..=lines);
        self.set_header(&header, line);
        if let Source::Text(rows) = &mut self.source {
            rows.width = self.header.len();
        }
        self.find_cut_numbers();
        Ok(())
    }

    /// Whether the first lines are the headings of Framaforms, one above the other: its reader wants all.
    fn has_stacked_headings(&self) -> bool {
        let has = |r: &Record, name: &str| r.cells.iter().any(|c| trimmed(c).eq_ignore_ascii_case(name));
        self.ahead.iter().take(4).any(|r| has(r, "SID") && (has(r, "Serial") || has(r, "Numéro de série")))
    }

    /// Finds out whether decimal commas in a file of commas cut numbers in two: rows have as many cells too
    /// many as there are columns of numbers, and these can be put together again.
    fn find_cut_numbers(&mut self) {
        if self.delimiter() != Some(b',') || self.ahead.is_empty() {
            return;
        }
        let width = self.header.len();
        let extra = |r: &Record| r.cells.len().checked_sub(width).filter(|n| *n > 0);
        let wide = self.ahead.iter().filter(|r| extra(r).is_some()).count();
        if 10 * wide < 9 * self.ahead.len() {
            return;
        }
        let numbers: Vec<usize> = {
            let roles =
                [Role::X, Role::Y, Role::Weight, Role::Capacity, Role::Figure, Role::Population, Role::Cost];
            let mut all: Vec<usize> =
                roles.iter().flat_map(|r| names::matching(&self.header, r.names())).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let whole = |r: &Record| extra(r) != Some(numbers.len()) || joined(&r.cells, &numbers).is_some();
        let fitting = self.ahead.iter().filter(|r| extra(r) == Some(numbers.len())).count();
        let place = Place::file(self.file.as_str());
        if !numbers.is_empty() && 2 * fitting > self.ahead.len() && self.ahead.iter().all(whole) {
            let columns: Vec<String> = numbers.iter().map(|&c| self.header[c].clone()).collect();
            let message = format!(
                "decimal commas cut the numbers of {} in two, as commas separate the cells too; they were put \
                 together again (better save the table with semicolons)",
                names::listed(&columns)
            );
            self.diagnostics.repaired("decimal_commas", place, message);
            for record in &mut self.ahead {
                mend_cut(record, &numbers, width);
            }
            self.cut_numbers = numbers;
        } else {
            let message = "nearly all rows have more cells than the header: if decimals are written with commas, \
                           save the table with semicolons between the cells, or write them with points";
            self.diagnostics.repaired("cells_too_many", place, message);
        }
    }

    pub(super) fn set_header(&mut self, names: &[String], line: u64) {
        let mut met: BTreeMap<String, usize> = BTreeMap::new();
        for (i, name) in names.iter().enumerate() {
            let mut name = if name.is_empty() { format!("column {}", i + 1) } else { name.clone() };
            let times = met.entry(fold(&name)).or_default();
            *times += 1;
            if *times > 1 && line > 0 {
                let place = Place::file(self.file.as_str()).line(line).field(name.as_str());
                name = format!("{name} ({times})");
                let message = format!("the header has this name again; the column is called {name:?}");
                self.diagnostics.repaired("duplicate_header", place, message);
            }
            self.header.push(name);
        }
    }
}

/// Puts numbers together again that a delimiter cut, where the row has as many cells too many.
pub(super) fn mend_cut(record: &mut Record, columns: &[usize], width: usize) {
    if !columns.is_empty()
        && record.cells.len() == width + columns.len()
        && let Some(cells) = joined(&record.cells, columns)
    {
        record.cells = cells;
    }
}

/// The cells with two made one at each of these columns; `None` when they are no whole number and its
/// decimals.
fn joined(cells: &Cells, columns: &[usize]) -> Option<Cells> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut out = Cells::default();
    let (mut at, mut column) = (0, 0);
    while at < cells.len() {
        let cell = cells.get(at)?.trim();
        if columns.contains(&column) {
            let decimals = cells.get(at + 1)?.trim();
            if cell.is_empty() && decimals.is_empty() {
                out.push("");
            } else if digits(cell.strip_prefix('-').unwrap_or(cell)) && digits(decimals) {
                out.push(&format!("{cell}.{decimals}"));
            } else {
                return None;
            }
            at += 1;
        } else {
            out.push(cells.get(at)?);
        }
        at += 1;
        column += 1;
    }
    Some(out)
}
