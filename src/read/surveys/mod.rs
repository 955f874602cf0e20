//! Exports of survey tools as they come: `LimeSurvey`, `KoboToolbox`, Framaforms, Google Forms, Microsoft
//! Forms, Sphinx.
//!
//! Read the file into a [`Sheet`], let [`Mapping::propose`] say which column is what (or read a mapping
//! of your own), and take the answers with [`Survey::read`].
//!
//! ```
//! use rurban::diagnostics::Strictness;
//! use rurban::read::csv::{Layout, Reader};
//! use rurban::read::surveys::{Answer, Mapping, Sheet, Survey};
//!
//! let text = "Horodateur,Organisation,Thèmes\n1,PETR A,\"Bois, Eau\"\n2,PETR B,Eau\n3,Pays C,\"Bois, Eau\"\n";
//! let (sheet, _) = Sheet::read(Reader::default().layout(Layout::Titled).open_str(text, "export.csv")?)?;
//! let (survey, found) = Survey::read(&sheet, &Mapping::propose(&sheet), Strictness::Lenient)?;
//! let themes = survey.question("Thèmes")?;
//! assert_eq!(survey.questions[themes].options, ["Bois", "Eau"]);
//! assert_eq!(survey.respondents[1].answers[themes], Answer::Options(vec![1]));
//! assert_eq!(found.kept(), 3);
//! # Ok::<(), rurban::Error>(())
//! ```

mod mapping;
mod matching;
mod sheet;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use mapping::{ColumnUse, MappedColumn, Mapping};
pub use matching::RespondentMatch;
pub use sheet::{Sheet, SheetRow, SurveyTool};

use super::names::{fold, listed};
use super::vocabulary::folded;
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, Strictness};
use crate::error::{Error, Result};

/// A question with its options.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Name, as the mapping has it.
    pub name: String,
    /// Options, in the order of the mapping or, when it lists none, of the alphabet; none for open questions.
    pub options: Vec<String>,
    /// How often each value was met that is no option.
    pub strangers: BTreeMap<String, usize>,
}

/// What one respondent answered to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing, or the question was not shown.
    Blank,
    /// Indices of the options chosen; none of them when empty.
    Options(Vec<u32>),
    /// Free text.
    Text(String),
}

/// One complete answer to a survey. Names of people, e-mails and telephones are not in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Respondent {
    /// Line in the file.
    pub line: u64,
    /// Identifier of the actor, when the survey asked for it.
    pub id: Option<String>,
    /// SIREN.
    pub siren: Option<String>,
    /// INSEE code or name of the commune, as answered.
    pub commune: Option<String>,
    /// Postcode.
    pub postcode: Option<String>,
    /// Organisation.
    pub organisation: Option<String>,
    /// An answer for each question.
    pub answers: Vec<Answer>,
}

/// The cleaned answers of a survey.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Survey {
    /// The questions, in the order of the columns.
    pub questions: Vec<Question>,
    /// The respondents kept, in the order of the file.
    pub respondents: Vec<Respondent>,
}

/// What a cell under an option means.
enum Mark {
    Chosen,
    NotChosen,
    NotShown,
    Stranger,
}

impl Mark {
    fn of(cell: &str, option: &str) -> Self {
        match cell.trim().to_lowercase().as_str() {
            "y" | "yes" | "oui" | "o" | "1" | "x" | "true" | "vrai" => Self::Chosen,
            "" | "n" | "no" | "non" | "0" | "false" | "faux" => Self::NotChosen,
            "n/a" | "na" => Self::NotShown,
            c if c == option.to_lowercase() => Self::Chosen,
            _ => Self::Stranger,
        }
    }
}

impl Survey {
    /// Takes the answers of a sheet by a mapping.
    ///
    /// Unfinished answers are dropped; of those who answered twice (by token, else e-mail, else
    /// organisation and commune, else a person's name and all that was answered) the last answer is kept. Values that are no option are counted in
    /// [`Question::strangers`] and reported. Rows kept + dropped = rows seen. O(cells · options).
    ///
    /// # Errors
    /// [`Error::Unknown`] when a column of the mapping is not in the sheet; in strict mode the first
    /// error-level finding.
    pub fn read(sheet: &Sheet, mapping: &Mapping, strictness: Strictness) -> Result<(Self, Diagnostics)> {
        let mut found = Diagnostics::new(strictness);
        let columns: Vec<(usize, &MappedColumn)> =
            mapping.columns.iter().map(|c| Ok((sheet.column(&c.column)?, c))).collect::<Result<_>>()?;
        let mut survey = Self { questions: questions(sheet, &columns), respondents: Vec::new() };
        let mut last: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept: Vec<Option<Respondent>> = Vec::new();
        for row in &sheet.rows {
            let place = || Place::file(sheet.file.as_str()).line(row.line);
            let cell = |used: ColumnUse| {
                columns.iter().find(|(_, c)| c.used == used).map_or("", |(at, _)| row.get(*at))
            };
            let (finished, draft) = (ColumnUse::Finished, ColumnUse::Draft);
            let has = |used| columns.iter().any(|(_, c)| c.used == used);
            if has(finished) && cell(finished).is_empty() || matches!(cell(draft), "1" | "Oui" | "Yes" | "X")
            {
                found.drop_record("unfinished_answer", place(), "the answer was not sent off")?;
                continue;
            }
            let text = |used| Some(cell(used).to_owned()).filter(|t| !t.is_empty());
            let mut respondent = Respondent {
                line: row.line,
                id: text(ColumnUse::Id),
                siren: text(ColumnUse::Siren).map(|s| s.replace([' ', '\u{a0}', '\u{202f}'], "")),
                commune: text(ColumnUse::Commune),
                postcode: text(ColumnUse::Postcode),
                organisation: text(ColumnUse::Organisation),
                answers: Vec::new(),
            };
            respondent.answers = survey.answers(row, &columns, &place, &mut found);
            let key = key(&respondent, cell(ColumnUse::Token), cell(ColumnUse::Email));
            let key = key.or_else(|| whole(row, &columns));
            if let Some(earlier) = key.and_then(|k| last.insert(k, kept.len()))
                && let Some(gone) = kept.get_mut(earlier).and_then(Option::take)
            {
                let message = format!("answered again on line {}; the last answer is kept", row.line);
                let earlier = Place::file(sheet.file.as_str()).line(gone.line);
                found.drop_record("answered_twice", earlier, message)?;
            }
            kept.push(Some(respondent));
        }
        survey.respondents = kept.into_iter().flatten().collect();
        survey.respondents.iter().for_each(|_| found.keep());
        say_uses(sheet, mapping, &mut found);
        let personal = mapping.columns.iter().filter(|c| c.used.is_personal()).count();
        if personal > 0 {
            let message = format!("{personal} columns on persons (names, e-mails, telephones) are left out");
            found.remark("personal_columns", Place::file(sheet.file.as_str()), message);
        }
        Ok((survey, found))
    }

    /// Index of a question.
    ///
    /// # Errors
    /// [`Error::Unknown`] with the questions there are.
    pub fn question(&self, name: &str) -> Result<usize> {
        let wanted = folded(name);
        self.questions.iter().position(|q| folded(&q.name) == wanted).ok_or_else(|| Error::Unknown {
            kind: "question",
            value: name.to_owned(),
            hint: Some(self.questions.iter().map(|q| q.name.as_str()).collect::<Vec<_>>().join(", ")),
        })
    }

    fn answers(
        &mut self,
        row: &SheetRow,
        columns: &[(usize, &MappedColumn)],
        place: &dyn Fn() -> Place,
        found: &mut Diagnostics,
    ) -> Vec<Answer> {
        self.questions
            .iter_mut()
            .map(|question| {
                let mut chosen: Vec<u32> = Vec::new();
                let mut texts: Vec<&str> = Vec::new();
                let (mut shown, mut marks, mut said) = (false, false, false);
                let mut strangers: Vec<String> = Vec::new();
                for (at, column) in columns.iter().filter(|(_, c)| c.question == question.name) {
                    let cell = row.get(*at);
                    match column.used {
                        ColumnUse::Mark => {
                            marks = true;
                            let option = column.option.as_deref().unwrap_or_default();
                            let index = question.options.iter().position(|o| o == option);
                            said |= !cell.is_empty() && !not_shown(cell);
                            match Mark::of(cell, option) {
                                Mark::Chosen => {
                                    shown = true;
                                    chosen.extend(index.map(|i| i as u32));
                                }
                                Mark::NotChosen => shown = true,
                                Mark::NotShown => {}
                                Mark::Stranger => {
                                    shown = true;
                                    strangers.push(cell.to_owned());
                                }
                            }
                        }
                        ColumnUse::Single | ColumnUse::Multiple if !cell.is_empty() && !not_shown(cell) => {
                            (shown, said) = (true, true);
                            let separator = column.separator.as_deref().filter(|s| !s.is_empty());
                            let separator = separator.filter(|_| column.used == ColumnUse::Multiple);
                            let (options, unknown) = split(cell, separator, &question.options);
                            chosen.extend(options);
                            strangers.extend(unknown);
                        }
                        ColumnUse::Text if !cell.is_empty() && !not_shown(cell) => texts.push(cell),
                        _ => {}
                    }
                }
                for stranger in strangers {
                    let message = format!("{stranger:?} is no option of this question; it is counted apart");
                    found.remark("no_option", place().field(question.name.as_str()), message);
                    *question.strangers.entry(stranger).or_default() += 1;
                }
                if !texts.is_empty() {
                    return Answer::Text(texts.join(" "));
                }
                // Where nothing at all is marked, the question was passed over: marks are blank or no.
                if !shown || (marks && !said) {
                    return Answer::Blank;
                }
                chosen.sort_unstable();
                chosen.dedup();
                Answer::Options(chosen)
            })
            .collect()
    }
}

fn not_shown(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("n/a")
}

/// What tells a respondent who answered twice.
fn key(r: &Respondent, token: &str, email: &str) -> Option<String> {
    // Microsoft Forms writes `anonymous` where it keeps no addresses.
    let email = Some(email.to_lowercase()).filter(|e| e.contains('@')).unwrap_or_default();
    [token, email.as_str()].into_iter().find(|k| !k.is_empty()).map(str::to_owned).or_else(|| {
        let commune = r.commune.as_deref().unwrap_or_default();
        // Not the folding of vocabularies, which drops short words and plurals: PETR A is not PETR E.
        Some(format!("{}|{}", fold(r.organisation.as_deref()?), fold(commune)))
    })
}

/// The whole answer of one who gave a name, for surveys that ask neither organisation nor e-mail: two
/// respondents may well tick the same boxes, but not with the same name.
fn whole(row: &SheetRow, columns: &[(usize, &MappedColumn)]) -> Option<String> {
    let named = [ColumnUse::Personal, ColumnUse::Id, ColumnUse::Siren];
    let is_named = |(at, c): &(usize, &MappedColumn)| named.contains(&c.used) && !row.get(*at).is_empty();
    let told = columns
        .iter()
        .filter(|(_, c)| !matches!(c.used, ColumnUse::Ignored | ColumnUse::Finished | ColumnUse::Draft));
    let cells = || told.map(|(at, _)| row.get(*at)).collect::<Vec<_>>().join("\u{1f}");
    columns.iter().any(is_named).then(cells)
}

/// Says which columns tell who answered, how many are answers, and which are not used.
fn say_uses(sheet: &Sheet, mapping: &Mapping, found: &mut Diagnostics) {
    let of = |used: ColumnUse| -> Vec<String> {
        mapping.columns.iter().filter(|c| c.used == used).map(|c| c.column.clone()).collect()
    };
    let who = ColumnUse::ALL.into_iter().filter(|u| !u.is_answer() && *u != ColumnUse::Ignored);
    let mut parts: Vec<String> = who
        .map(|used| (used, of(used)))
        .filter(|(_, columns)| !columns.is_empty())
        .map(|(used, columns)| format!("{}: {}", used.key(), listed(&columns)))
        .collect();
    let answers = mapping.columns.iter().filter(|c| c.used.is_answer()).count();
    parts.push(format!("answers: {answers} columns"));
    let ignored = of(ColumnUse::Ignored);
    if !ignored.is_empty() {
        parts.push(format!("not used: {}", listed(&ignored)));
    }
    found.remark("columns", Place::file(sheet.file.as_str()), parts.join("; "));
}

/// The questions of a mapping with their options; where it lists none, the values met.
fn questions(sheet: &Sheet, columns: &[(usize, &MappedColumn)]) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for (at, column) in columns.iter().filter(|(_, c)| c.used.is_answer()) {
        let q = questions.iter().position(|q| q.name == column.question).unwrap_or_else(|| {
            let name = column.question.clone();
            questions.push(Question { name, options: Vec::new(), strangers: BTreeMap::new() });
            questions.len() - 1
        });
        let mut add = |option: &str| {
            if !option.is_empty() && !questions[q].options.iter().any(|o| o == option) {
                questions[q].options.push(option.to_owned());
            }
        };
        match column.used {
            ColumnUse::Mark => add(column.option.as_deref().unwrap_or_default()),
            ColumnUse::Single | ColumnUse::Multiple if column.options.is_empty() => {
                let separator = column.separator.as_deref().filter(|_| column.used == ColumnUse::Multiple);
                let mut values: Vec<&str> = sheet
                    .rows
                    .iter()
                    .flat_map(|row| parts(row.get(*at), separator))
                    .filter(|v| !not_shown(v))
                    .collect();
                values.sort_unstable();
                values.into_iter().for_each(add);
            }
            ColumnUse::Single | ColumnUse::Multiple => column.options.iter().for_each(|o| add(o)),
            _ => {}
        }
    }
    questions
}

/// The trimmed, non-empty parts of a cell.
fn parts<'a>(cell: &'a str, separator: Option<&str>) -> Vec<&'a str> {
    match separator.map(str::trim) {
        Some("") => cell.split_whitespace().collect(),
        Some(s) => cell.split(s).map(str::trim).filter(|p| !p.is_empty()).collect(),
        None => Some(cell.trim()).filter(|p| !p.is_empty()).into_iter().collect(),
    }
}

/// The options in a cell, the longest that fits first (options may hold the separator), and what is
/// no option.
fn split(cell: &str, separator: Option<&str>, options: &[String]) -> (Vec<u32>, Vec<String>) {
    let mut by_length: Vec<usize> = (0..options.len()).collect();
    by_length.sort_by_key(|&i| std::cmp::Reverse(options[i].len()));
    let (mut chosen, mut strangers) = (Vec::new(), Vec::new());
    let mut rest = cell.trim();
    // A blank separator stands for white space.
    let mark = separator.map(|s| if s.trim().is_empty() { " " } else { s.trim() });
    while !rest.is_empty() {
        let fits = |i: &usize| {
            let tail = rest.strip_prefix(options[*i].as_str())?;
            let ends = match mark {
                Some(" ") => tail.is_empty() || tail.starts_with(char::is_whitespace),
                Some(mark) => tail.trim_start().is_empty() || tail.trim_start().starts_with(mark),
                None => tail.is_empty(),
            };
            ends.then_some((*i, tail))
        };
        let tail = if let Some((i, tail)) = by_length.iter().find_map(fits) {
            chosen.push(i as u32);
            tail
        } else {
            let end = mark.and_then(|m| rest.find(m)).unwrap_or(rest.len());
            let part = rest[..end].trim();
            // The same option in another case or with other spaces is the option.
            match options.iter().position(|o| folded(o) == folded(part)) {
                Some(i) => chosen.push(i as u32),
                None if !part.is_empty() => strangers.push(part.to_owned()),
                None => {}
            }
            &rest[end..]
        };
        rest = tail.trim_start();
        rest = mark.and_then(|m| rest.strip_prefix(m)).unwrap_or(rest).trim_start();
    }
    (chosen, strangers)
}

/// A warning about a record that stays.
fn warning(kind: &'static str, place: Place, message: String) -> Finding {
    Finding { severity: Severity::Warning, kind, place, message, outcome: Outcome::Kept }
}
