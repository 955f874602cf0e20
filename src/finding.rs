//! One finding about data: what was found, where, how serious it is, what was done with the record.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing was changed.
    Info,
    /// Something was repaired or left out of a record that was kept.
    Warning,
    /// A record was dropped, or cannot mean what it says.
    Error,
}

/// What happened to the record a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The record is in the result as it was.
    Kept,
    /// The record is in the result after a stated repair.
    Repaired,
    /// The record is not in the result.
    Dropped,
}

/// Where in the input a finding is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// File name, or the name the caller gave to in-memory data.
    pub file: String,
    /// Line in the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Feature or record index, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<usize>,
    /// Column or property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Place {
    /// A place in `file`.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// Adds the line, from 1.
    #[must_use]
    pub const fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Adds the feature or record index, from 0.
    #[must_use]
    pub const fn record(mut self, record: usize) -> Self {
        self.record = Some(record);
        self
    }

    /// Adds the column or property.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ", field {field:?}")?;
        }
        Ok(())
    }
}

/// Longest message shown on a line.
pub(crate) const LONGEST_MESSAGE: usize = 600;

/// A text as a terminal may show it: control characters made visible, cut after `longest` characters.
///
/// ```
/// use rurban::diagnostics::printable;
/// assert_eq!(printable("a\u{1b}[31mb\n", 20), "a\\u{1b}[31mb\\n");
/// assert_eq!(printable("abcdef", 3), "abc…");
/// ```
#[must_use]
pub fn printable(text: &str, longest: usize) -> String {
    let mut out = String::with_capacity(text.len().min(longest) + 4);
    for (i, c) in text.chars().enumerate() {
        if i == longest {
            out.push('…');
            break;
        }
        if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// One finding about the data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How serious it is.
    pub severity: Severity,
    /// Short stable name of the kind of finding (`duplicate_code`, `self_loop` …), for counting.
    pub kind: &'static str,
    /// Where it is.
    pub place: Place,
    /// What was found and what to do about it.
    pub message: String,
    /// What happened to the record.
    pub outcome: Outcome,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, printable(&self.message, LONGEST_MESSAGE), self.kind)
    }
}

/// What a reader does when it meets an error-level finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Strictness {
    /// Keep what is sound, drop the rest, count and report everything.
    #[default]
    Lenient,
    /// Stop at the first error-level finding.
    Strict,
}
