//! Tables for people: aligned in the terminal, or as Markdown.

use std::fmt;

use crate::error::Result;
use crate::write::table::Cell;
use crate::write::{Column, Table, same_length};

/// Where the text of a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Numbers.
    Right,
}

/// A table of text with aligned columns; [`Display`](fmt::Display) draws it for a terminal.
///
/// ```
/// use rurban::write::{report::TextTable, Table};
/// let table = Table::new()
///     .with("territory", vec!["Pays Basque", "Morvan"])?
///     .with("ties", vec![1204_i64, 7])?
///     .with("E-I index", vec![-0.25, f64::NAN])?;
/// let drawn = TextTable::from_table(&table, 2).to_string();
/// assert_eq!(drawn, "\
/// territory     ties  E-I index
/// ───────────  ─────  ─────────
/// Pays Basque  1,204      -0.25
/// Morvan           7          –
/// ");
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use]
pub struct TextTable {
    headers: Vec<String>,
    align: Vec<Align>,
    rows: Vec<Vec<String>>,
    widest: Option<usize>,
    /// As `widest`, for columns of text alone.
    widest_text: Option<usize>,
}

impl TextTable {
    /// A table with the given columns and no rows.
    pub fn new<S: Into<String>>(columns: impl IntoIterator<Item = (S, Align)>) -> Self {
        let (headers, align) = columns.into_iter().map(|(name, align)| (name.into(), align)).unzip();
        Self { headers, align, rows: Vec::new(), widest: None, widest_text: None }
    }

    /// All of a table; numbers to the right with `decimals` decimals, `–` where a value is missing.
    pub fn from_table(table: &Table<'_>, decimals: usize) -> Self {
        let align = |column: &Column<'_>| match column {
            Column::Integer(_) | Column::Number(_) => Align::Right,
            Column::Text(_) | Column::Boolean(_) => Align::Left,
        };
        let mut text = Self::new(table.columns().iter().map(|(name, column)| (name.as_ref(), align(column))));
        let show = |cell: Cell<'_>| match cell {
            Cell::Missing => "–".to_owned(),
            Cell::Text(t) => t.to_owned(),
            Cell::Integer(i) => integer(i),
            Cell::Number(x) => number(x, decimals),
            Cell::Boolean(b) => if b { "yes" } else { "no" }.to_owned(),
        };
        text.rows = (0..table.rows())
            .map(|row| table.columns().iter().map(|(_, column)| show(column.cell(row))).collect())
            .collect();
        text
    }

    /// Adds a row at the end.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when it has not one cell for each column.
    pub fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) -> Result<()> {
        let cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        same_length("cells of a row", self.headers.len(), cells.len())?;
        self.rows.push(cells);
        Ok(())
    }

    /// Cuts cells to at most `width` columns of the terminal, with `…` for what is cut.
    pub fn cut(mut self, width: usize) -> Self {
        self.widest = Some(width.max(1));
        self
    }

    /// Cuts the cells of text columns until the table takes at most `width` columns of the terminal, but
    /// none to less than eight: numbers are never cut.
    pub fn fit(mut self, width: usize) -> Self {
        let widths = self.widths();
        let total = |cap: usize| -> usize {
            let column = |(w, a): (&usize, &Align)| if *a == Align::Left { (*w).min(cap) } else { *w };
            widths.iter().zip(&self.align).map(column).sum::<usize>() + 2 * widths.len().saturating_sub(1)
        };
        let natural = widths.iter().copied().max().unwrap_or(0);
        self.widest_text = (8..natural).rev().find(|&cap| total(cap) <= width).or(Some(8));
        if total(natural) <= width {
            self.widest_text = None;
        }
        self
    }

    /// Keeps the first `rows` rows.
    pub fn first(mut self, rows: usize) -> Self {
        self.rows.truncate(rows);
        self
    }

    /// The table as Markdown, with numbers to the right.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        if self.headers.is_empty() {
            return String::new();
        }
        let escape = |row: &Vec<String>| -> Vec<String> {
            let marks = |cell: String| cell.replace('\\', "\\\\").replace('|', "\\|").replace('<', "\\<");
            self.clean(row).into_iter().map(marks).collect()
        };
        let mut out = String::new();
        let mut line = |cells: Vec<String>| {
            out.push_str("| ");
            out.push_str(&cells.join(" | "));
            out.push_str(" |\n");
        };
        line(escape(&self.headers));
        line(self.align.iter().map(|a| if *a == Align::Right { "---:" } else { "---" }.to_owned()).collect());
        for row in &self.rows {
            line(escape(row));
        }
        out
    }

    /// The cells of a row on one line each and within their greatest widths.
    fn clean(&self, row: &[String]) -> Vec<String> {
        let cell = |(cell, align): (&String, &Align)| {
            let text = self.widest_text.filter(|_| *align == Align::Left);
            let cell = cell.chars().map(|c| if steers(c) { ' ' } else { c }).collect::<String>();
            match self.widest.into_iter().chain(text).min() {
                Some(widest) if width(&cell) > widest => {
                    let mut room = widest - 1;
                    let fits = |c: &char| {
                        let fits = char_width(*c) <= room;
                        room = room.saturating_sub(char_width(*c));
                        fits
                    };
                    cell.chars().take_while(fits).chain(['…']).collect()
                }
                _ => cell,
            }
        };
        row.iter().zip(&self.align).map(cell).collect()
    }

    /// Columns of the terminal that each column takes.
    fn widths(&self) -> Vec<usize> {
        let rows: Vec<Vec<String>> =
            std::iter::once(&self.headers).chain(&self.rows).map(|row| self.clean(row)).collect();
        let widest = |k: usize| rows.iter().map(|row| width(&row[k])).max().unwrap_or(0);
        (0..self.headers.len()).map(widest).collect()
    }
}

impl fmt::Display for TextTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.headers.is_empty() {
            return Ok(());
        }
        let headers = self.clean(&self.headers);
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| self.clean(row)).collect();
        let widths = self.widths();
        let rule: Vec<String> = widths.iter().map(|w| "─".repeat(*w)).collect();
        for row in [&headers, &rule].into_iter().chain(&rows) {
            let mut line = String::new();
            for (k, cell) in row.iter().enumerate() {
                let pad = " ".repeat(widths[k] - width(cell));
                let gap = if k == 0 { "" } else { "  " };
                match self.align[k] {
                    Align::Left => line.extend([gap, cell, &pad]),
                    Align::Right => line.extend([gap, &pad, cell]),
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A whole number with commas between thousands: `1,234,567`.
#[must_use]
pub fn integer(value: i64) -> String {
    grouped(&value.to_string())
}

/// A number with the given decimals and commas between thousands: `1,234.50`; `–` for NaN, `∞` for
/// infinity. No `-0.00`.
#[must_use]
pub fn number(value: f64, decimals: usize) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞" } else { "-∞" }.to_owned();
    }
    let text = format!("{value:.decimals$}");
    let zero = text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
    grouped(if zero { text.trim_start_matches('-') } else { &text })
}

/// Puts commas into the whole part of a decimal number.
fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

/// Whether a character steers the terminal instead of being shown: controls and changes of direction.
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns a text takes in a terminal.
fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Columns a character takes: none for combining marks and joiners, two for wide East Asian
/// characters and emoji, one for the rest.
const fn char_width(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036f | 0x200b..=0x200f | 0x20d0..=0x20ff | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1_f300..=0x1_faff
        | 0x2_0000..=0x3_fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        let shown =
            [0.0, -0.001, 1234.5, -1_234_567.891, 999.999, f64::NAN, f64::NEG_INFINITY].map(|v| number(v, 2));
        assert_eq!(shown, ["0.00", "0.00", "1,234.50", "-1,234,567.89", "1,000.00", "–", "-∞"]);
        assert_eq!(
            [0, 999, -1000, i64::MIN].map(integer),
            ["0", "999", "-1,000", "-9,223,372,036,854,775,808"]
        );
    }

    #[test]
    fn wide_and_combining_characters_keep_the_columns() {
        let mut table = TextTable::new([("name", Align::Left), ("n", Align::Right)]);
        table.row(["e\u{301}te\u{301}", "1"]).unwrap();
        table.row(["東京", "22"]).unwrap();
        table.row(["two\nlines", "3"]).unwrap();
        let drawn = table.to_string();
        let widths: Vec<usize> = drawn.lines().map(width).collect();
        assert_eq!(widths, [13; 5], "{drawn}");
        assert!(drawn.contains("two lines   3"));
    }

    #[test]
    fn long_cells_are_cut_and_pipes_escaped() {
        let mut table = TextTable::new([("a|b", Align::Left), ("x", Align::Right)]).cut(6);
        table.row(["Communauté", "1"]).unwrap();
        table.row(["東京都庁", "2"]).unwrap();
        table.row(["sixsix", "3"]).unwrap();
        let markdown = table.to_markdown();
        assert_eq!(
            markdown,
            "| a\\|b | x |\n| --- | ---: |\n| Commu… | 1 |\n| 東京… | 2 |\n| sixsix | 3 |\n"
        );
        assert_eq!(table.clone().first(1).to_string().lines().count(), 3);
    }

    #[test]
    fn tables_fit_the_terminal_and_keep_their_numbers() {
        let mut table =
            TextTable::new([("who", Align::Left), ("inhabitants", Align::Right), ("with", Align::Left)]);
        table.row(["Communauté de communes du Pays d'Auge", "123,456", "short"]).unwrap();
        let widest = |t: &TextTable| t.to_string().lines().map(width).max().unwrap();
        assert_eq!(widest(&table.clone().fit(40)), 40);
        assert!(table.clone().fit(40).to_string().contains("123,456"));
        assert_eq!(table.clone().fit(200), table);
        // Nothing is left to cut: wider than asked rather than without its numbers.
        assert_eq!(widest(&table.clone().fit(3)), 8 + 2 + 11 + 2 + 5);
        assert_eq!(TextTable::default().fit(3).to_string(), "");
    }

    #[test]
    fn rows_must_fit_and_nothing_is_nothing() {
        let mut table = TextTable::new([("a", Align::Left)]);
        assert!(matches!(table.row(["x", "y"]), Err(crate::Error::Shape { expected: 1, got: 2, .. })));
        assert_eq!(TextTable::default().to_string(), "");
        assert_eq!(TextTable::default().to_markdown(), "");
        assert_eq!(TextTable::from_table(&Table::new(), 2).to_string(), "");
    }
}
