//! Surveys and a census of practices beside the embedded France, as pages and tables.

use std::path::{Path, PathBuf};

use super::{PageFrame, SurveyFile, write_census};
use crate::error::Result;
use crate::france::EmbeddedFrance;
use crate::read::CensusFiles;
use crate::read::vocabulary::Vocabulary;
use crate::report::Outlet;
use crate::study::{PracticeFilter, PracticesOptions, StudyOptions};

/// Which surveys, and which practices of which census, are told.
///
/// ```no_run
/// use rurban::report::practices::{PracticesRequest, SurveyFile};
/// use rurban::report::{Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// PracticesRequest::default().surveys(vec![SurveyFile::new("answers.csv")]).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PracticesRequest {
    /// Surveys.
    pub surveys: Vec<SurveyFile>,
    /// The census, whose themes are those of the surveys too.
    pub census: CensusFiles,
    /// Practices that are told.
    pub filter: PracticeFilter,
    /// A warning at the top of the pages; none when empty.
    pub notice: String,
}

impl PracticesRequest {
    setters! {
        surveys: Vec<SurveyFile>,
        filter: PracticeFilter,
    }

    /// Sets the census.
    #[must_use]
    pub fn census(mut self, files: CensusFiles) -> Self {
        self.census = files;
        self
    }

    /// Sets the warning.
    #[must_use]
    pub fn notice(mut self, notice: impl Into<String>) -> Self {
        self.notice = notice.into();
        self
    }

    /// Reads all, writes the pages and tables of [`SurveyFile::write`] and [`write_census`] and says which. Gives
    /// them.
    ///
    /// # Errors
    /// Those of [`CensusFiles::read`], [`SurveyFile::write`] and [`write_census`].
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let (l, folder) = (outlet.language, outlet.folder()?);
        let mut france = EmbeddedFrance::load()?;
        let mut on_file = |what: &str, path: &Path, found: &_| outlet.on_file(what, path, found);
        let census = france.read_census(&self.census, &mut on_file)?;
        let (study, _) = france.into_study(&StudyOptions::default(), outlet.progress)?;
        let land = EmbeddedFrance::land_layer()?;
        let frame = PageFrame::default().notice(&self.notice).land(&land);
        let codes = EmbeddedFrance::code_book()?;
        let mut written = Vec::new();
        for survey in &self.surveys {
            let mut options = survey.options.clone();
            options.vocabulary = census.themes.clone().or(options.vocabulary);
            if let Some(kinds) = &survey.asked {
                let actors = study.inventory().actors();
                let got = |a: &u32| kinds.contain(actors[*a as usize].kind);
                options = options.asked(census.bodies.clone().filter(got).collect());
            }
            let survey = survey.clone().codes(codes.clone()).options(options);
            let (files, found) = survey.write(&study, &frame, l, &folder)?;
            outlet.account(&survey.export.display().to_string(), &found);
            written.extend(files);
        }
        if !study.inventory().practices().is_empty() {
            let labels = census.themes.iter().flat_map(Vocabulary::terms).map(|t| t.label.clone()).collect();
            let options = PracticesOptions::default().filter(self.filter.clone()).themes(labels);
            let themes = census.themes.as_ref();
            written.extend(write_census(&study, &options, &census.words, themes, &frame, l, &folder)?);
        }
        outlet.say("");
        written.iter().for_each(|path| outlet.say(path.display().to_string()));
        Ok(written)
    }
}
