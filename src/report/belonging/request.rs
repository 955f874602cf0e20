//! Belonging, told and drawn level by level.

use std::path::PathBuf;

use super::{belonging_map, belonging_text, change_text, core_text, membership_text};
use crate::error::Result;
use crate::model::Level;
use crate::read::csv::Reader;
use crate::report::Outlet;
use crate::report::partners::PartnerGround;
use crate::study::{BelongingOptions, Perimeters, Study};

/// Ties drawn on a map, at most.
const MOST_TIES: usize = 60;

/// Which perimeters are asked whether cooperation follows them.
///
/// ```no_run
/// use rurban::france::EmbeddedFrance;
/// use rurban::report::{Language, Outlet, belonging::BelongingRequest};
/// use rurban::study::{Study, StudyOptions};
/// let france = EmbeddedFrance::load()?;
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// let (study, _) = france.into_study(&StudyOptions::default(), &rurban::progress::Silent)?;
/// BelongingRequest::default().top(5).run(&study, None, &mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct BelongingRequest {
    /// The levels, the first of which is set beside `perimeters`.
    pub levels: Vec<Level>,
    /// A table `code, perimeter, name`: perimeters of another year, one row per base territory.
    pub perimeters: Option<PathBuf>,
    /// Perimeters shown for each level.
    pub top: usize,
    /// How belonging is measured.
    pub options: BelongingOptions,
}

impl Default for BelongingRequest {
    /// Régions, départements, PETR/Pays and EPCI, ten perimeters shown of each.
    fn default() -> Self {
        let levels = vec![Level::Region, Level::Departement, Level::PetrPays, Level::Epci];
        Self { levels, perimeters: None, top: 10, options: BelongingOptions::default() }
    }
}

impl BelongingRequest {
    setters! {
        levels: Vec<Level>,
        options: BelongingOptions,
    }

    /// Sets the table of other perimeters.
    #[must_use]
    pub fn perimeters(mut self, file: Option<PathBuf>) -> Self {
        self.perimeters = file;
        self
    }

    /// Sets how many perimeters are shown for each level.
    #[must_use]
    pub const fn top(mut self, most: usize) -> Self {
        self.top = most;
        self
    }

    /// Says for each level whether cooperation follows its perimeters, writes a map of it (`region.svg` …), and
    /// says at last which kinds of groups actors belong to. Gives the maps.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) for a level that the study lacks, [`Error::Io`](crate::Error::Io)
    /// for a file that cannot be read or written, those of [`Study::belonging`].
    pub fn run(
        &self,
        study: &Study,
        ground: Option<PartnerGround<'_>>,
        outlet: &mut Outlet<'_>,
    ) -> Result<Vec<PathBuf>> {
        let (l, progress, folder) = (outlet.language, outlet.progress, outlet.folder()?);
        // The core, which takes the replicates, does not depend on the perimeters.
        let plain = self.options.clone().replicates(0);
        let mut written = Vec::new();
        for (k, level) in self.levels.iter().enumerate() {
            let perimeters = Perimeters::of_level(study.atlas(), level)?;
            let report =
                study.belonging(&perimeters, if k == 0 { &self.options } else { &plain }, progress)?;
            outlet.say(format!("{}\n", belonging_text(&report, self.top, l)));
            if k == 0 {
                outlet.say(format!("{}\n", core_text(&report, l)));
            }
            let path = folder.join(format!("{}.svg", level.key()));
            belonging_map(study, &perimeters, &report, MOST_TIES, ground, l)?.write_file(&path)?;
            written.push(path);
            if let (0, Some(path)) = (k, &self.perimeters) {
                let table = Reader::default().open_path(path)?;
                let (other, unknown) = Perimeters::from_table(study.atlas(), table)?;
                let after = study.belonging(&other, &plain, progress)?;
                let change = change_text(&report.change(&after)?, l);
                outlet.say(format!("{}\n{change}", belonging_text(&after, self.top, l)));
                let said = l.pick("codes que l’atlas n’a pas\u{a0}:", "codes that the atlas does not have:");
                outlet.say(format!("{said} {}\n", unknown.len()));
            }
        }
        outlet.say(membership_text(&study.memberships(study.groups_by_kind())?, l));
        Ok(written)
    }
}
