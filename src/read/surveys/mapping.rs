use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::csv;
use super::super::names::{Role, fold};
use super::super::records::Records;
use super::super::vocabulary::folded;
use super::{Mark, Sheet, SurveyTool, parts};
use crate::diagnostics::Diagnostics;
use crate::error::Result;

/// What a column of an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnUse {
    /// One option of a multiple-choice question, marked or not.
    Mark,
    /// One option of several in a cell.
    Single,
    /// Several options in a cell.
    Multiple,
    /// Free text.
    Text,
    /// Identifier of the actor.
    Id,
    /// SIREN of the organisation.
    Siren,
    /// INSEE code or name of the commune.
    Commune,
    /// Postcode: tells communes of one name apart.
    Postcode,
    /// Name of the organisation.
    Organisation,
    /// Access token.
    Token,
    /// E-mail: tells double answers, and is left out.
    Email,
    /// Name or telephone of a person: left out.
    Personal,
    /// Empty when the answer is unfinished.
    Finished,
    /// 1 when the answer is a draft.
    Draft,
    /// Nothing of use.
    Ignored,
}

impl ColumnUse {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Mark,
        Self::Single,
        Self::Multiple,
        Self::Text,
        Self::Id,
        Self::Siren,
        Self::Commune,
        Self::Postcode,
        Self::Organisation,
        Self::Token,
        Self::Email,
        Self::Personal,
        Self::Finished,
        Self::Draft,
        Self::Ignored,
    ];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Mark => "mark",
            Self::Single => "single",
            Self::Multiple => "multiple",
            Self::Text => "text",
            Self::Id => "id",
            Self::Siren => "siren",
            Self::Commune => "commune",
            Self::Postcode => "postcode",
            Self::Organisation => "organisation",
            Self::Token => "token",
            Self::Email => "email",
            Self::Personal => "personal",
            Self::Finished => "finished",
            Self::Draft => "draft",
            Self::Ignored => "ignored",
        }
    }

    pub(super) const fn is_answer(self) -> bool {
        matches!(self, Self::Mark | Self::Single | Self::Multiple | Self::Text)
    }

    pub(super) const fn is_personal(self) -> bool {
        matches!(self, Self::Email | Self::Personal)
    }
}

keyed!(ColumnUse, "use of a column", shown);

/// One column of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// Name in the export.
    pub column: String,
    /// What it is.
    pub used: ColumnUse,
    /// The question it belongs to.
    pub question: String,
    /// The option it marks, for [`ColumnUse::Mark`].
    pub option: Option<String>,
    /// What stands between options in a cell, for [`ColumnUse::Multiple`].
    pub separator: Option<String>,
    /// The options there are; those met when empty.
    pub options: Vec<String>,
}

/// Which column of an export is what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The columns, in the order of the export.
    pub columns: Vec<MappedColumn>,
}

impl Mapping {
    /// A mapping found from the names of the columns and what is in them; write it out with
    /// [`Mapping::to_csv`], mend it and read it back.
    #[must_use]
    pub fn propose(sheet: &Sheet) -> Self {
        let splits: Vec<Option<(String, String)>> =
            sheet.header.iter().map(|h| question_and_option(h, sheet)).collect();
        let mut siblings: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, split) in splits.iter().enumerate() {
            if let Some((question, _)) = split {
                siblings.entry(question).or_default().push(at);
            }
        }
        let marks: BTreeSet<usize> = siblings
            .values()
            .filter(|columns| {
                let marked = |at: &usize| {
                    let option = splits[*at].as_ref().map_or("", |s| s.1.as_str());
                    folded(option) == folded("other")
                        || folded(option) == folded("autre")
                        || sheet.values(*at).all(|v| !matches!(Mark::of(v, option), Mark::Stranger))
                };
                columns.len() > 1 && columns.iter().all(marked)
            })
            .flatten()
            .copied()
            .collect();
        let whole = |at: usize| {
            // Kobo writes the choices in one cell besides the columns.
            let name = &sheet.header[at];
            siblings.get(last_segment(name)).is_some_and(|c| c.iter().any(|k| marks.contains(k)))
        };
        let columns = (0..sheet.header.len()).map(|at| {
            let name = &sheet.header[at];
            let mut column = MappedColumn {
                column: name.clone(),
                used: ColumnUse::Ignored,
                question: last_segment(name).to_owned(),
                option: None,
                separator: None,
                options: Vec::new(),
            };
            if let (true, Some((question, option))) = (marks.contains(&at), splits[at].clone()) {
                (column.used, column.question, column.option) = (ColumnUse::Mark, question, Some(option));
            } else if let Some(used) = by_name(last_segment(name)) {
                column.used = used;
            } else if !whole(at) {
                column.used = by_values(sheet, at);
                if let Some(stem) = numbered_stem(name)
                    && column.used != ColumnUse::Text
                    && sheet.header.iter().filter(|h| numbered_stem(h) == Some(stem)).count() > 1
                {
                    (column.used, column.question) = (ColumnUse::Multiple, stem.to_owned());
                }
                if column.used == ColumnUse::Multiple {
                    column.separator = Some(sheet.tool.separator().to_owned());
                }
            }
            column
        });
        Self { columns: columns.collect() }
    }

    /// Sets the options of a question, so that those that hold the separator are told apart.
    #[must_use]
    pub fn with_options(mut self, question: &str, options: &[&str]) -> Self {
        for column in self.columns.iter_mut().filter(|c| c.question == question) {
            column.options = options.iter().map(|o| (*o).to_owned()).collect();
        }
        self
    }

    /// The mapping as CSV, for people to mend: column;use;question;option;separator;options.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let quote = |text: &str| {
            let special = text.contains([';', '"', '\n', '\r']) || text.trim() != text;
            if special { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
        };
        let mut out = "column;use;question;option;separator;options\n".to_owned();
        for c in &self.columns {
            let separator = match c.separator.as_deref() {
                Some(" ") => "space",
                other => other.unwrap_or_default(),
            };
            let option = c.option.as_deref().unwrap_or_default();
            let cells = [&c.column, c.used.key(), &c.question, option, separator, &c.options.join("|")];
            out.push_str(&cells.map(quote).join(";"));
            out.push('\n');
        }
        out
    }

    /// Reads a file that [`Mapping::to_csv`] wrote and people mended.
    ///
    /// # Errors
    /// Those of [`csv::Reader::open_path`] and [`Mapping::read`].
    pub fn open_path(path: impl AsRef<Path>) -> Result<(Self, Diagnostics)> {
        Self::read(csv::Reader::default().layout(csv::Layout::Plain).open_path(path)?)
    }

    /// Reads what [`Mapping::to_csv`] writes; rows with a use that is none are dropped and reported.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when a column is missing; those of
    /// [`Records::for_each`].
    pub fn read(table: Records<'_>) -> Result<(Self, Diagnostics)> {
        let (name, used) =
            (table.require(&["column", "colonne"])?, table.require(&["use", "usage", "type"])?);
        let question = table.column(&["question"]);
        let option = table.column(&["option"]);
        let separator = table.column(&["separator", "separateur"]);
        let options = table.column(&["options"]);
        let mut columns = Vec::new();
        let found = table.for_each(|row, found| {
            let Ok(role) = row.get(used).parse::<ColumnUse>() else {
                let keys = ColumnUse::ALL.map(ColumnUse::key);
                let message = format!("{:?} is none of {}", row.get(used), keys.join(", "));
                return found.drop_record("unknown_use", row.place_of(used), message);
            };
            let text = |column| row.optional(column).map(str::to_owned);
            columns.push(MappedColumn {
                column: row.get(name).to_owned(),
                used: role,
                question: text(question).unwrap_or_else(|| row.get(name).to_owned()),
                option: text(option),
                separator: text(separator).map(|s| if s == "space" { " ".to_owned() } else { s }),
                options: text(options)
                    .map(|o| o.split('|').map(|o| o.trim().to_owned()).collect())
                    .unwrap_or_default(),
            });
            found.keep();
            Ok(())
        })?;
        Ok((Self { columns }, found))
    }
}

/// The question and option in the name of a column: `Q[SQ001]`, `Q [Label]`, `Q.SQ001.`, `q/choice`.
fn question_and_option(name: &str, sheet: &Sheet) -> Option<(String, String)> {
    let pair = |q: &str, o: &str| Some((q.trim().to_owned(), o.trim().to_owned()));
    if let Some((question, option)) = name.strip_suffix(']').and_then(|n| n.rsplit_once('[')) {
        return pair(question, option);
    }
    match sheet.tool {
        SurveyTool::LimeSurvey => name.strip_suffix('.')?.rsplit_once('.').and_then(|(q, o)| pair(q, o)),
        SurveyTool::KoboToolbox => {
            name.rsplit_once('/').and_then(|(question, option)| pair(last_segment(question), option))
        }
        _ => None,
    }
}

/// The name without the groups a question is in.
fn last_segment(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// `Q` of `Q_2`.
fn numbered_stem(name: &str) -> Option<&str> {
    let (stem, number) = name.rsplit_once('_')?;
    (!stem.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(stem)
}

/// Whether a name is one of those of postcodes, with what its question adds.
fn is_postcode(name: &str) -> bool {
    let name = fold(name);
    name.contains("codepostal") || Role::Postcode.names().contains(&name.as_str())
}

fn by_name(name: &str) -> Option<ColumnUse> {
    let (postcode, name) = (is_postcode(name), folded(name));
    let is = |names: &[&str]| names.iter().any(|n| folded(n) == name);
    let has = |parts: &[&str]| parts.iter().any(|p| name.split(' ').any(|w| w == folded(p)));
    Some(if is(&["submitdate", "date de soumission"]) {
        ColumnUse::Finished
    } else if is(&["draft", "brouillon"]) {
        ColumnUse::Draft
    } else if is(&["token", "jeton", "code d'invitation"]) {
        ColumnUse::Token
    } else if has(&["email", "mail", "courriel"]) || is(&["e-mail", "adresse de messagerie"]) {
        ColumnUse::Email
    } else if has(&["telephone", "tel", "prenom"])
        || is(&["nom", "votre nom", "nom et prenom", "name", "contact", "nom du repondant"])
    {
        ColumnUse::Personal
    } else if has(&["siren"]) {
        ColumnUse::Siren
    } else if has(&["insee"]) || name.starts_with("commune") || name.starts_with("code commune") {
        ColumnUse::Commune
    } else if postcode {
        // "Code postal et ville": the commune, as an address has it.
        if has(&["commune", "ville"]) { ColumnUse::Commune } else { ColumnUse::Postcode }
    } else if has(&["organisme", "organisation", "structure"]) {
        ColumnUse::Organisation
    } else if is(&["identifiant", "actor", "acteur", "identifiant de l'acteur"]) {
        ColumnUse::Id
    } else if name.starts_with("start") && name != "start"
        || is(&[
            "id",
            "lastpage",
            "dernière page",
            "startlanguage",
            "langue de départ",
            "seed",
            "startdate",
            "datestamp",
            "ip",
            "ipaddr",
            "start",
            "end",
            "today",
            "horodateur",
            "horodatage",
            "date",
            "date de réponse",
            "date de la réponse",
            "timestamp",
            "serial",
            "sid",
            "submitted time",
            "completed time",
            "modified time",
            "ip address",
            "uid",
            "uuid",
            "username",
            "heure de début",
            "heure de fin",
            "start time",
            "completion time",
            "heure de la dernière modification",
            "cle",
            "date_saisie",
            "date de saisie",
            "_uuid",
            "_id",
            "_submission_time",
            "_index",
            "_version",
            "__version__",
            "_status",
            "_submitted_by",
            "_notes",
            "_tags",
            "_validation_status",
            "instanceid",
            "deviceid",
        ])
    {
        ColumnUse::Ignored
    } else {
        return None;
    })
}

fn by_values(sheet: &Sheet, at: usize) -> ColumnUse {
    let values: Vec<&str> = sheet.values(at).collect();
    if values.is_empty() {
        return ColumnUse::Ignored;
    }
    let separator = sheet.tool.separator();
    let all: Vec<&str> = values.iter().flat_map(|v| parts(v, Some(separator))).collect();
    let distinct_parts = all.iter().collect::<BTreeSet<_>>().len();
    let distinct = values.iter().collect::<BTreeSet<_>>().len();
    let several = values.iter().filter(|v| parts(v, Some(separator)).len() > 1).count();
    let trailing = values.iter().any(|v| v.ends_with(';'));
    let may_hold_several = match sheet.tool {
        // One column for each option.
        SurveyTool::LimeSurvey => false,
        // Names of choices, which hold neither accents nor punctuation.
        SurveyTool::KoboToolbox => {
            values.iter().all(|v| v.chars().all(|c| c.is_ascii_alphanumeric() || "_- ".contains(c)))
        }
        _ => true,
    };
    if may_hold_several
        && (several > 0 || trailing)
        && distinct_parts <= 40
        && distinct_parts * 3 <= all.len() * 2
    {
        ColumnUse::Multiple
    } else if distinct <= 12 && distinct * 3 <= values.len() * 2 && values.iter().all(|v| v.len() <= 80) {
        ColumnUse::Single
    } else {
        ColumnUse::Text
    }
}
