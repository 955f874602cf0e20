//! Cooperation mapped on the embedded France.

use std::path::{Path, PathBuf};

use crate::diagnostics::{Finding, Strictness};
use crate::error::{Error, Result};
use crate::france::{EmbeddedFrance, FranceOptions, OwnBeside, ResearchScope};
use crate::model::Level;
use crate::read::{ColumnNames, OwnFiles, TerritoryReader};
use crate::report::own::{check_use, read_own};
use crate::report::research::firm_laboratory_ties_text;
use crate::report::{
    AtlasOptions, ExportFormat, Language, Outlet, StudyFiles, definitions_side_by_side, study_summary,
};
use crate::study::{RuralityDefinition, StudyOptions};

/// Which cooperations are mapped on the embedded France, and how.
///
/// ```no_run
/// use rurban::report::{FranceRequest, Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// FranceRequest::default().run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FranceRequest {
    /// Files of the user; the embedded actors and cooperations where there are none.
    pub own: OwnFiles,
    /// What stands beside them.
    pub beside: OwnBeside,
    /// Whether reading stops at the first error.
    pub strictness: Strictness,
    /// Outlines of one level, matched by code, instead of the approximate ones.
    pub contours: Option<PathBuf>,
    /// What is rural.
    pub rurality: RuralityDefinition,
    /// A second definition of what is rural, to be set beside the first.
    pub against: Option<RuralityDefinition>,
    /// Level of `metrics.geojson` and of the table of territories.
    pub level: Level,
    /// Formats of other programs to write too.
    pub export: Vec<ExportFormat>,
    /// The day it is made, as it is to be read; that of the outlet when `None`.
    pub day: Option<String>,
}

impl Default for FranceRequest {
    /// The embedded actors and cooperations, by EPCI.
    fn default() -> Self {
        Self {
            own: OwnFiles::default(),
            beside: OwnBeside::Nothing,
            strictness: Strictness::Lenient,
            contours: None,
            rurality: RuralityDefinition::default(),
            against: None,
            level: Level::Epci,
            export: Vec::new(),
            day: None,
        }
    }
}

impl FranceRequest {
    /// Sets the files of the user, what stands beside them and whether reading stops at the first error.
    #[must_use]
    pub fn own(mut self, files: OwnFiles, beside: OwnBeside, strictness: Strictness) -> Self {
        (self.own, self.beside, self.strictness) = (files, beside, strictness);
        self
    }

    /// Sets the outlines.
    #[must_use]
    pub fn contours(mut self, file: Option<PathBuf>) -> Self {
        self.contours = file;
        self
    }

    /// Sets what is rural, and a second definition to be set beside the first.
    #[must_use]
    pub fn rurality(mut self, first: RuralityDefinition, second: Option<RuralityDefinition>) -> Self {
        (self.rurality, self.against) = (first, second);
        self
    }

    setters! {
        level: Level,
        day: Option<String>,
    }

    /// Sets the formats of other programs.
    #[must_use]
    pub fn export(mut self, formats: Vec<ExportFormat>) -> Self {
        self.export = formats;
        self
    }

    /// Says what was read and found, writes all that [`StudyFiles::write`] and [`StudyFiles::export`] do, and
    /// says which. Gives it.
    ///
    /// # Errors
    /// Those of the readers and of [`Study::new`](crate::study::Study::new); [`Error::Request`] when files of the
    /// user came to nothing (after the rest is written); [`Error::Unknown`] for a level there is not;
    /// [`Error::Io`].
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let own = &self.own;
        own.check()?;
        let alone = !own.is_empty() && self.beside == OwnBeside::Nothing;
        if alone && own.actors.is_empty() {
            return Err(Error::Request(
                "ties need actors: give --actors FILE, or --with-embedded to tie the embedded ones"
                    .to_owned(),
            ));
        }
        let (folder, l, progress) = (outlet.folder()?, outlet.language, outlet.progress);
        let scope = if alone { ResearchScope::None } else { ResearchScope::FirmsWithLaboratories };
        let mut france = EmbeddedFrance::load_drawn(&FranceOptions::default().research(scope), progress)?;
        let embedded = france.diagnostics.clone();
        if let Some(path) = &self.contours {
            take_contours(&mut france, path, &own.columns, self.strictness, outlet)?;
        }
        let first_own = if alone { 0 } else { france.inventory.actors().len() };
        let mut ties = None;
        if !own.is_empty() {
            ties = Some(read_own(&mut france, own, self.beside, self.strictness, outlet)?);
        }
        // After the user's own files, which its hundreds of findings would hide.
        outlet.account_embedded("EMBEDDED FRANCE", &embedded);
        let (study, found) =
            france.into_study(&StudyOptions::default().rurality(self.rurality.clone()), progress)?;
        let is_own = |f: &Finding| !own.is_empty() && f.place.record.is_some_and(|r| r >= first_own);
        outlet.account_mixed("PLACING AND TYING", found, is_own);

        let files = StudyFiles::measure(&study, progress)?;
        outlet.say(study_summary(&files, l)?);
        if !alone {
            outlet.say(firm_laboratory_ties_text(&study, l));
        }
        if let Some(other) = &self.against {
            outlet.say(definitions_side_by_side(&study, &study.under(other.clone(), progress)?, l)?);
        }
        outlet.say(outlet.language.pick("\nÉCRIT", "\nWRITTEN"));
        let mut written = files.write(&folder, &self.level, &self.atlas(outlet), progress)?;
        outlet.list(&written)?;
        let (exported, found) = files.export(&folder, &self.level, &self.export, progress)?;
        outlet.list(&exported)?;
        written.extend(exported);
        if !found.is_clean() {
            outlet.account("EXPORT", &found);
        }
        if let Some(ties) = ties {
            check_use(&study, ties, first_own, outlet)?;
        }
        Ok(written)
    }

    fn atlas(&self, outlet: &Outlet<'_>) -> AtlasOptions {
        let [french, english] = if self.own.is_empty() {
            ["Coopérations rurales et urbaines de France", "Rural and urban cooperation in France"]
        } else {
            ["Coopérations rurales et urbaines", "Rural and urban cooperation"]
        };
        let day =
            |l: Language| self.day.clone().unwrap_or_else(|| l.pick(&outlet.day[0], &outlet.day[1]).clone());
        let options = AtlasOptions::default().language(outlet.language).title(french, english);
        options.date(day(Language::French), day(Language::English))
    }
}

/// Takes the outlines of a file for the level whose codes they have.
fn take_contours(
    france: &mut EmbeddedFrance,
    path: &Path,
    columns: &ColumnNames,
    strictness: Strictness,
    outlet: &mut Outlet<'_>,
) -> Result<()> {
    let reader = TerritoryReader::new(Level::Custom("contours".to_owned()));
    let (contours, found) = reader.columns(columns.clone()).strictness(strictness).read_path(path)?;
    outlet.account(&format!("CONTOURS {}", path.display()), &found);
    let (level, found) = france.atlas.take_outlines(&contours)?;
    outlet.account(&format!("TAKEN FOR LEVEL {level}"), &found);
    Ok(())
}
