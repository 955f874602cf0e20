//! Surveys and a census as files.

use std::path::{Path, PathBuf};

use super::{PageFrame, adoption_table, answer_table, census_page, practice_table, survey_page, word_table};
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::{Error, Result};
use crate::model::ActorKind;
use crate::read::surveys::{Mapping, Sheet, Survey};
use crate::read::vocabulary::Vocabulary;
use crate::read::{CensusWords, CodeBook};
use crate::report::Language;
use crate::study::{AnswersOptions, PracticesOptions, Study};
use crate::write::csv::{CsvStyle, write_csv_file};

/// Who of the bodies of a list got a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedKinds {
    /// Those of these kinds.
    Only(Vec<ActorKind>),
    /// Those of other kinds.
    AllBut(Vec<ActorKind>),
}

impl AskedKinds {
    /// Whether bodies of a kind did.
    #[must_use]
    pub fn contain(&self, kind: ActorKind) -> bool {
        match self {
            Self::Only(kinds) => kinds.contains(&kind),
            Self::AllBut(kinds) => !kinds.contains(&kind),
        }
    }
}

/// A survey to be told.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SurveyFile {
    /// The export, as the tool wrote it.
    pub export: PathBuf,
    /// What each column is; proposed, and written out for people to mend, when `None`.
    pub mapping: Option<PathBuf>,
    /// Who was asked, and how the answers are counted.
    pub options: AnswersOptions,
    /// Who of a list of bodies was asked, where the list is given with the survey.
    pub asked: Option<AskedKinds>,
    /// Puts commune codes right.
    pub codes: CodeBook,
}

impl SurveyFile {
    /// A survey by its export alone.
    #[must_use]
    pub fn new(export: impl Into<PathBuf>) -> Self {
        Self { export: export.into(), ..Self::default() }
    }

    /// Surveys by their exports, the first ones with what each of their columns is, in the same order.
    #[must_use]
    pub fn with_mappings(exports: Vec<PathBuf>, mappings: Vec<PathBuf>) -> Vec<Self> {
        let mut mappings = mappings.into_iter();
        exports.into_iter().map(|export| Self { mapping: mappings.next(), ..Self::new(export) }).collect()
    }

    /// Sets the file that says what each column is.
    #[must_use]
    pub fn mapping(mut self, path: impl Into<PathBuf>) -> Self {
        self.mapping = Some(path.into());
        self
    }

    /// Sets who was asked, and how the answers are counted.
    #[must_use]
    pub fn options(mut self, options: AnswersOptions) -> Self {
        self.options = options;
        self
    }

    /// Sets who of a list of bodies was asked.
    #[must_use]
    pub fn asked(mut self, kinds: AskedKinds) -> Self {
        self.asked = Some(kinds);
        self
    }

    /// Sets what puts commune codes right.
    #[must_use]
    pub fn codes(mut self, codes: CodeBook) -> Self {
        self.codes = codes;
        self
    }

    /// Reads the export and writes `NAME.html`, `NAME_answers.csv` and, when no mapping was given,
    /// `NAME_mapping.csv` into a folder that exists. Gives what it wrote and the account of the reading.
    ///
    /// # Errors
    /// Those of [`Sheet::open_path`], [`Mapping::open_path`] and [`Survey::read`]; [`Error::Io`] when a file
    /// cannot be written.
    pub fn write(
        &self,
        study: &Study,
        frame: &PageFrame<'_>,
        language: Language,
        folder: &Path,
    ) -> Result<(Vec<PathBuf>, Diagnostics)> {
        let name = self.export.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let mut written = Vec::new();
        let (sheet, mut found) = Sheet::open_path(&self.export)?;
        let mapping = if let Some(path) = &self.mapping {
            Mapping::open_path(path)?.0
        } else {
            let (proposed, path) = (Mapping::propose(&sheet), folder.join(format!("{name}_mapping.csv")));
            std::fs::write(&path, proposed.to_csv())
                .map_err(|source| Error::Io { path: path.clone(), source })?;
            written.push(path);
            proposed
        };
        let (survey, answered) = Survey::read(&sheet, &mapping, Strictness::Lenient)?;
        found.refine(answered);
        let (respondents, matched) =
            survey.match_respondents(study.inventory(), study.atlas(), &self.codes, &sheet.file)?;
        found.refine(matched);
        let report = study.answers(&survey, &respondents, &self.options)?;
        let path = folder.join(format!("{name}.html"));
        survey_page(study, &report, &survey, frame, language).write_html(&path)?;
        written.push(path);
        let path = folder.join(format!("{name}_answers.csv"));
        write_csv_file(&path, &answer_table(&report)?, CsvStyle::FrenchSpreadsheet)?;
        written.push(path);
        Ok((written, found))
    }
}

/// Writes `census.html`, `practices.csv`, `adoptions.csv` and `words.csv` (what was taken, proposed and
/// unknown) into a folder that exists. Gives what it wrote.
///
/// # Errors
/// Those of [`Study::practices`]; [`Error::Io`] when a file cannot be written.
pub fn write_census(
    study: &Study,
    options: &PracticesOptions,
    words: &CensusWords,
    themes: Option<&Vocabulary>,
    frame: &PageFrame<'_>,
    language: Language,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    let report = study.practices(options)?;
    let page = folder.join("census.html");
    census_page(study, &report, frame, language)?.write_html(&page)?;
    let mut written = vec![page];
    let tables = [
        ("practices.csv", practice_table(study, &report)?),
        ("adoptions.csv", adoption_table(study, &report)?),
        ("words.csv", word_table(words, themes)?),
    ];
    for (name, table) in tables {
        let path = folder.join(name);
        write_csv_file(&path, &table, CsvStyle::FrenchSpreadsheet)?;
        written.push(path);
    }
    Ok(written)
}
