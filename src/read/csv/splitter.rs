//! Text into records: quotes as people and programs use them.

use std::borrow::Cow;
use std::io::{Error, Read, Result};
use std::ops::Range;

use crate::read::decode::Utf8;

/// Bytes of text held at once: most files whole, so that decisions can be taken with all in view.
pub(in crate::read) const VIEW: usize = 32 * 1024 * 1024;
/// Longest record accepted.
const LONGEST_RECORD: usize = 16 * 1024 * 1024;
pub(in crate::read) const TOO_LONG: &str = "record too long";

/// The cells of one record.
#[derive(Debug, Clone, Default)]
pub(in crate::read) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    pub(in crate::read) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(in crate::read) fn get(&self, i: usize) -> Option<&str> {
        let start = if i == 0 { 0 } else { *self.ends.get(i - 1)? };
        self.text.get(start..*self.ends.get(i)?)
    }

    pub(in crate::read) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    pub(in crate::read) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
    }

    /// All cells in one.
    pub(in crate::read) fn text(&self) -> &str {
        &self.text
    }

    /// Adds a cell.
    pub(in crate::read) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// Cells that are not blank.
    pub(in crate::read) fn filled(&self) -> usize {
        self.iter().filter(|c| !c.trim().is_empty()).count()
    }
}

/// What was odd about the quotes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::read) enum Quotes {
    /// Nothing.
    #[default]
    Sound,
    /// Quotes within a quoted cell that are not doubled.
    Inner,
    /// A quote that opens a cell is not closed; the line stands alone.
    Unclosed,
}

/// A record and where it stands.
#[derive(Debug, Clone, Default)]
pub(in crate::read) struct Record {
    pub(in crate::read) cells: Cells,
    /// Line where it begins, from 1.
    pub(in crate::read) line: u64,
    pub(in crate::read) quotes: Quotes,
}

/// Splits text into records. (The `csv` crate gives a record after blank lines the wrong line, and lets
/// one quote that is never closed take in all lines to the next one.)
pub(in crate::read) struct Splitter<'a> {
    pub(in crate::read) text: Utf8<'a>,
    buffer: Cow<'a, [u8]>,
    at: usize,
    ended: bool,
    pub(in crate::read) delimiter: u8,
    /// Line of the next byte, from 1.
    pub(in crate::read) line: u64,
    /// Cells a record should have; 0 when that is not known yet.
    pub(in crate::read) width: usize,
}

/// How an attempt to take a record ended.
enum Attempt {
    /// Up to this byte, over this many line ends.
    Whole { end: usize, lines: u64, quotes: Quotes },
    /// The buffer ends before the record does.
    More,
    /// A quote opens a cell and is not closed as quotes are.
    Stray,
}

const fn is_blank(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

impl<'a> Splitter<'a> {
    pub(super) fn new(text: Utf8<'a>, delimiter: u8) -> Self {
        Self { text, buffer: Cow::Borrowed(&[]), at: 0, ended: false, delimiter, line: 1, width: 0 }
    }

    /// Over text that is held, from `line` on.
    pub(super) fn over(text: &'a [u8], delimiter: u8, line: u64) -> Self {
        let mut rows = Self::new(Utf8::new(Box::new(std::io::empty())), delimiter);
        rows.buffer = Cow::Borrowed(text);
        (rows.ended, rows.line) = (true, line);
        rows
    }

    /// The text held that was not split yet, and whether it is all there is.
    pub(super) fn view(&self) -> (&[u8], bool) {
        (self.buffer.get(self.at..).unwrap_or_default(), self.ended)
    }

    /// Another one over what is held and was not split yet.
    pub(in crate::read) fn of_view(&self) -> Splitter<'_> {
        let mut rows = Splitter::over(self.view().0, self.delimiter, self.line);
        rows.width = self.width;
        rows
    }

    /// The number of cells that most records in view have.
    pub(super) fn usual_width(&self) -> usize {
        let mut rows = self.of_view();
        let mut record = Record::default();
        let mut lengths = Vec::new();
        while lengths.len() < 100 && matches!(rows.next(&mut record), Ok(true)) {
            lengths.push(record.cells.len());
        }
        most_common(&lengths).map_or(0, |(width, _)| width)
    }

    /// Goes on after `bytes` of the view and `lines` line ends.
    pub(super) const fn skip(&mut self, bytes: usize, lines: u64) {
        self.at += bytes;
        self.line += lines;
    }

    /// Makes the buffer hold `bytes` more, or what is left.
    pub(super) fn fill(&mut self, bytes: usize) -> Result<()> {
        let buffer = self.buffer.to_mut();
        buffer.drain(..self.at);
        self.at = 0;
        let got = self.text.by_ref().take(bytes as u64).read_to_end(buffer)?;
        self.ended = got < bytes;
        Ok(())
    }

    /// The next record; blank lines are passed over.
    pub(in crate::read) fn next(&mut self, record: &mut Record) -> Result<bool> {
        loop {
            match self.buffer.get(self.at) {
                Some(b'\r') if self.at + 1 == self.buffer.len() && !self.ended => self.fill(VIEW)?,
                Some(b'\r') if self.buffer.get(self.at + 1) == Some(&b'\n') => self.skip(2, 1),
                Some(b'\n' | b'\r') => self.skip(1, 1),
                Some(_) => break,
                None if self.ended => return Ok(false),
                None => self.fill(VIEW)?,
            }
        }
        record.line = self.line;
        let mut text = std::mem::take(&mut record.cells.text).into_bytes();
        let mut more = VIEW;
        loop {
            text.clear();
            record.cells.ends.clear();
            let mut attempt = self.attempt(&mut text, &mut record.cells.ends, true);
            if matches!(attempt, Attempt::Stray) {
                text.clear();
                record.cells.ends.clear();
                attempt = self.attempt(&mut text, &mut record.cells.ends, false);
            }
            match attempt {
                Attempt::Whole { end, lines, quotes } => {
                    if end - self.at > LONGEST_RECORD {
                        return Err(Error::other(TOO_LONG));
                    }
                    (self.at, self.line) = (end, self.line + lines);
                    record.quotes = quotes;
                    break;
                }
                _ if self.buffer.len() - self.at > LONGEST_RECORD => return Err(Error::other(TOO_LONG)),
                _ => {
                    self.fill(more)?;
                    more *= 2;
                }
            }
        }
        // The decoder gives UTF-8 only, and cells are cut at ASCII.
        record.cells.text = String::from_utf8(text).unwrap_or_default();
        Ok(true)
    }

    /// Takes the record at the buffer's place; without `quoting` a quote is a letter like others, but
    /// for one that opens a cell, which is left out.
    fn attempt(&self, text: &mut Vec<u8>, ends: &mut Vec<usize>, quoting: bool) -> Attempt {
        let b = &self.buffer;
        let mut i = self.at;
        let mut lines = 0;
        let mut quotes = if quoting { Quotes::Sound } else { Quotes::Unclosed };
        loop {
            // A cell begins at i.
            let start = i + b[i..].iter().take_while(|c| is_blank(**c) && **c != self.delimiter).count();
            if b.get(start) == Some(&b'"') {
                if quoting {
                    match self.quoted(start, text) {
                        Attempt::Whole { end, lines: over, quotes: odd } => {
                            i = end;
                            lines += over;
                            if odd == Quotes::Inner {
                                quotes = odd;
                            }
                        }
                        other => return other,
                    }
                } else {
                    i = start + 1;
                }
            }
            let special = |c: &u8| *c == self.delimiter || matches!(c, b'\n' | b'\r');
            let run = b[i..].iter().position(special);
            let stop = run.map_or(b.len(), |run| i + run);
            text.extend_from_slice(&b[i..stop]);
            ends.push(text.len());
            match b.get(stop) {
                None if !self.ended => return Attempt::More,
                None => return Attempt::Whole { end: stop, lines, quotes },
                Some(b'\r') if stop + 1 == b.len() && !self.ended => return Attempt::More,
                Some(b'\r') if b.get(stop + 1) == Some(&b'\n') => {
                    return Attempt::Whole { end: stop + 2, lines: lines + 1, quotes };
                }
                Some(b'\n' | b'\r') => return Attempt::Whole { end: stop + 1, lines: lines + 1, quotes },
                Some(_) => i = stop + 1,
            }
        }
    }

    /// Takes the quoted cell whose quote is at `open`, up to the byte after its closing quote.
    fn quoted(&self, open: usize, text: &mut Vec<u8>) -> Attempt {
        let b = &self.buffer;
        let (mut i, mut lines, mut quotes) = (open + 1, 0, Quotes::Sound);
        loop {
            let Some(run) = b[i..].iter().position(|c| matches!(c, b'"' | b'\n' | b'\r')) else {
                return if self.ended { Attempt::Stray } else { Attempt::More };
            };
            text.extend_from_slice(&b[i..i + run]);
            i += run;
            if b[i] != b'"' {
                text.push(b[i]);
                lines += u64::from(b[i] == b'\n' || b.get(i + 1) != Some(&b'\n'));
                i += 1;
                continue;
            }
            let after =
                i + 1 + b[i + 1..].iter().take_while(|c| is_blank(**c) && **c != self.delimiter).count();
            match b.get(after) {
                None if !self.ended => return Attempt::More,
                _ if b.get(i + 1) == Some(&b'"') => {
                    text.push(b'"');
                    i += 2;
                }
                Some(c) if *c != self.delimiter && !matches!(c, b'\n' | b'\r') => {
                    // A quote in the middle of a cell that is open over lines: it opens another one.
                    if lines > 0 {
                        return Attempt::Stray;
                    }
                    if text.last() == Some(&b'\\') {
                        text.pop();
                    }
                    quotes = Quotes::Inner;
                    text.push(b'"');
                    i += 1;
                }
                _ if lines > 0 && self.are_records(open..after) => return Attempt::Stray,
                _ => return Attempt::Whole { end: i + 1, lines, quotes },
            }
        }
    }

    /// Whether the lines that a quoted cell lies in are records by themselves: then it is none.
    fn are_records(&self, cell: Range<usize>) -> bool {
        if self.width < 2 {
            return false;
        }
        let b = &self.buffer;
        let end =
            |i: usize| b[i..].iter().position(|c| matches!(c, b'\n' | b'\r')).map_or(b.len(), |n| i + n);
        let lines = b[self.at..end(cell.end)].split(|c| matches!(c, b'\n' | b'\r')).filter(|l| !l.is_empty());
        let full: Vec<bool> = lines
            .map(|line| line.iter().filter(|c| **c == self.delimiter).count() + 1 == self.width)
            .collect();
        let count = full.iter().filter(|f| **f).count();
        if self.width == 2 || full.len() < 3 {
            count == full.len() && self.width > 2
        } else {
            2 * count > full.len()
        }
    }
}

/// The delimiter with which most records of `sample` have the same number of cells, more than one.
pub(super) fn find_delimiter(sample: &[u8]) -> u8 {
    let mut best = (b',', (0, 0));
    for delimiter in *b",;\t|" {
        let mut rows = Splitter::over(sample, delimiter, 1);
        let mut record = Record::default();
        let mut lengths = Vec::new();
        while lengths.len() < 100 && matches!(rows.next(&mut record), Ok(true)) {
            lengths.push(record.cells.len());
        }
        let Some((width, count)) = most_common(&lengths) else { continue };
        let score = (count * 1000 / lengths.len(), width);
        if width > 1 && score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// The most common of some lengths above one, the largest of equals, and how often it is there.
pub(in crate::read) fn most_common(lengths: &[usize]) -> Option<(usize, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for &n in lengths.iter().filter(|n| **n > 1) {
        *counts.entry(n).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|&(n, count)| (count, n))
}
