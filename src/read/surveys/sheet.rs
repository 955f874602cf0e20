use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::csv;
use super::super::names::fold;
use super::super::number::Number;
use super::super::records::Records;
use super::super::vocabulary::folded;
use crate::diagnostics::{Diagnostics, Place, printable};
use crate::error::{Error, Result};

/// The tool that wrote an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SurveyTool {
    /// `LimeSurvey`.
    LimeSurvey,
    /// `KoboToolbox`.
    KoboToolbox,
    /// Framaforms (Drupal webform).
    Framaforms,
    /// Google Forms.
    GoogleForms,
    /// Microsoft Forms.
    MicrosoftForms,
    /// Sphinx.
    Sphinx,
    /// Another one, or a table made by hand.
    Other,
}

impl SurveyTool {
    /// What stands between the options in one cell.
    #[must_use]
    pub const fn separator(self) -> &'static str {
        match self {
            Self::KoboToolbox => " ",
            Self::Framaforms | Self::GoogleForms => ",",
            _ => ";",
        }
    }

    fn of(names: &[String]) -> Self {
        let names: Vec<String> = names.iter().map(|n| folded(n)).collect();
        let has = |name: &str| names.iter().any(|n| *n == folded(name));
        if has("submitdate") || has("date de soumission") || (has("lastpage") && has("startlanguage")) {
            Self::LimeSurvey
        } else if has("SID") && (has("Serial") || has("Numéro de série")) {
            // Before KoboToolbox: it has a column UUID, too.
            Self::Framaforms
        } else if has("_uuid") || has("_submission_time") {
            Self::KoboToolbox
        } else if has("Horodateur") || has("Timestamp") {
            Self::GoogleForms
        } else if (has("Heure de début") && has("Heure de fin"))
            || (has("Start time") && has("Completion time"))
        {
            Self::MicrosoftForms
        } else if has("CLE") || has("DATE_SAISIE") || has("Date de saisie") {
            Self::Sphinx
        } else {
            Self::Other
        }
    }
}

/// One row of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetRow {
    /// Line in the file, from 1.
    pub line: u64,
    /// The cells.
    pub cells: Vec<String>,
}

impl SheetRow {
    /// The cell of a column, trimmed; empty when the row is too short.
    #[must_use]
    pub fn get(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |c| c.trim())
    }
}

/// An export as it came: names of columns and rows of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The file, as findings name it.
    pub file: String,
    /// The tool it looks like.
    pub tool: SurveyTool,
    /// Names of the columns; `question [option]` where several heading rows say so.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<SheetRow>,
}

impl Sheet {
    /// Reads an export: delimited text, or a spreadsheet with the feature `xlsx`.
    ///
    /// # Errors
    /// Those of [`csv::Reader::open_path`] and [`Records::for_each`].
    pub fn open_path(path: impl AsRef<Path>) -> Result<(Self, Diagnostics)> {
        Self::read(csv::Reader::default().layout(csv::Layout::Titled).open_path(path)?)
    }

    /// Reads a table, opened with [`Layout::Plain`](crate::read::csv::Layout::Titled): what looks like a
    /// second header is a row of answers here. Framaforms' three heading rows become one; titles above the
    /// header are left out, totals and the notes under the answers dropped, and both are reported.
    ///
    /// # Errors
    /// Those of [`Records::for_each`].
    pub fn read(table: Records<'_>) -> Result<(Self, Diagnostics)> {
        let (mut header, file) = (table.header().to_vec(), table.file().to_owned());
        let width = header.len();
        let mut rows = Vec::new();
        let mut found = table.for_each(|row, found| {
            let cells = (0..width).map(|c| row.get(c).to_owned()).collect();
            rows.push(SheetRow { line: row.line().unwrap_or(row.record() as u64 + 2), cells });
            found.keep();
            Ok(())
        })?;
        let heading = |row: &SheetRow| SurveyTool::of(&row.cells) == SurveyTool::Framaforms;
        if let Some(last) = rows.iter().take(3).position(heading) {
            let questions: Vec<String> =
                if last == 0 { header.clone() } else { rows[last - 1].cells.clone() };
            let mut question = String::new();
            for (column, name) in header.iter_mut().enumerate() {
                let above = questions.get(column).map_or("", |q| q.trim());
                // The csv reader gives a name to columns without one.
                let unnamed = above.is_empty() || above == format!("column {}", column + 1);
                if !unnamed {
                    question = above.to_owned();
                }
                let below = rows[last].get(column);
                *name = match (below.is_empty(), question.is_empty()) {
                    (true, _) => question.clone(),
                    (false, true) => below.to_owned(),
                    (false, false) => format!("{question} [{below}]"),
                };
                if ["serial", "sid", "submitted time", "draft"].contains(&below.to_lowercase().as_str()) {
                    *name = below.to_owned();
                    question.clear();
                }
            }
            rows.drain(..=last);
            take_totals(&mut rows, &file, &mut found)?;
            return Ok((Self { file, tool: SurveyTool::Framaforms, header, rows }, found));
        }
        take_totals(&mut rows, &file, &mut found)?;
        let tool = SurveyTool::of(&header);
        Ok((Self { file, tool, header, rows }, found))
    }

    /// Index of a column.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the columns there are.
    pub fn column(&self, name: &str) -> Result<usize> {
        let exact = self.header.iter().position(|h| h == name);
        exact.or_else(|| self.header.iter().position(|h| folded(h) == folded(name))).ok_or_else(|| {
            Error::Unknown {
                kind: "column",
                value: name.to_owned(),
                hint: Some(format!("{} has the columns {}", self.file, self.header.join(", "))),
            }
        })
    }

    /// The cells of a column that are not empty.
    pub(super) fn values(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().map(move |r| r.get(column)).filter(|c| !c.is_empty())
    }
}

/// Takes totals out of the rows, and counts anew: headings are no records.
fn take_totals(rows: &mut Vec<SheetRow>, file: &str, found: &mut Diagnostics) -> Result<()> {
    let mut counted = Diagnostics::new(found.strictness());
    let mut answers = Vec::with_capacity(rows.len());
    for row in rows.drain(..) {
        if is_total(&row) {
            let text = row.cells.iter().find(|c| !c.is_empty()).map_or("", String::as_str);
            let message = format!("{:?} begins a row of totals, no answer", printable(text, 60));
            counted.drop_record("total_row", Place::file(file).line(row.line), message)?;
        } else {
            counted.keep();
            answers.push(row);
        }
    }
    *rows = answers;
    found.unfold(counted);
    Ok(())
}

/// Words of the cell that a row of totals begins with, folded.
const TOTAL_WORDS: [&str; 14] = [
    "total",
    "totaux",
    "totals",
    "general",
    "generale",
    "des",
    "de",
    "of",
    "reponse",
    "reponses",
    "repondants",
    "answers",
    "responses",
    "respondents",
];

/// Whether a row is `Total : 4 réponses`, with nothing but numbers after it: an organisation may be called
/// so, but it answers something.
fn is_total(row: &SheetRow) -> bool {
    let mut filled = row.cells.iter().filter(|c| !c.is_empty());
    let Some(first) = filled.next() else { return false };
    let words: Vec<String> =
        first.split(|c: char| !c.is_alphabetic()).map(fold).filter(|w| !w.is_empty()).collect();
    words.first().is_some_and(|w| w.starts_with("tota"))
        && words.iter().all(|w| TOTAL_WORDS.contains(&w.as_str()))
        && filled.all(|c| matches!(Number::parse(c.trim_end_matches('%').trim()), Number::Value(_)))
}
