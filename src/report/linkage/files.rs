//! Linkage as files.

use std::path::{Path, PathBuf};

use super::{
    actor_linkage_table, brokers_picture, decay_picture, linkage_evidence_table, mixing_picture,
    territory_linkage_table,
};
use crate::error::{Error, Result};
use crate::france::MAINLAND;
use crate::model::Level;
use crate::progress::Progress;
use crate::report::Wording;
use crate::space::{Bounds, Layer};
use crate::study::{LinkageOptions, LinkageReport, Study};
use crate::write::csv::{CsvStyle, write_csv_file};

/// The files of a linkage report: tables of the evidence, of actors and of territories, the whole report as
/// JSON, and pictures.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LinkageFiles<'a> {
    /// Levels that get a table of territories.
    pub levels: Vec<Level>,
    /// Land under the map of brokers.
    pub land: &'a Layer,
    /// What that map shows, in degrees.
    pub bounds: Bounds,
    /// Language of the pictures, and the sources they name.
    pub wording: Wording,
}

impl<'a> LinkageFiles<'a> {
    /// Tables by région, département, PETR and EPCI, and a map of mainland France.
    #[must_use]
    pub fn new(land: &'a Layer, wording: Wording) -> Self {
        Self {
            levels: vec![Level::Region, Level::Departement, Level::PetrPays, Level::Epci],
            land,
            bounds: MAINLAND,
            wording,
        }
    }

    /// Sets the levels that get a table.
    #[must_use]
    pub fn levels(mut self, levels: Vec<Level>) -> Self {
        self.levels = levels;
        self
    }

    /// Sets what the map shows, in degrees.
    #[must_use]
    pub const fn bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Writes the files into a folder that exists: `evidence.csv`, `actors.csv`, `territories_….csv`,
    /// `report.json`, `mixing.svg`, `decay.svg` where distances are known, `brokers.svg`. Returns what it wrote.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be written; [`Error::Unknown`] for a level that the atlas lacks.
    pub fn write(
        &self,
        study: &Study,
        report: &LinkageReport,
        options: &LinkageOptions,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>> {
        let mut written = Vec::new();
        let mut next = |name: &str| {
            written.push(folder.join(name));
            folder.join(name)
        };
        write_csv_file(next("evidence.csv"), &linkage_evidence_table(report)?, CsvStyle::Standard)?;
        let actors = actor_linkage_table(study, options, progress)?;
        write_csv_file(next("actors.csv"), &actors, CsvStyle::Standard)?;
        for level in &self.levels {
            let table = territory_linkage_table(study, level)?;
            write_csv_file(next(&format!("territories_{}.csv", level.key())), &table, CsvStyle::Standard)?;
        }
        let path = next("report.json");
        let json = serde_json::to_string_pretty(report).map_err(std::io::Error::from);
        json.and_then(|text| std::fs::write(&path, text)).map_err(|source| Error::Io { path, source })?;
        let Some(whole) = report.parts.first() else { return Ok(written) };
        let (language, source) = (self.wording.language, self.wording.source_line());
        mixing_picture(whole, language)?.captioned(&source).write_file(next("mixing.svg"))?;
        if let Some(decay) = decay_picture(whole, language)? {
            decay.captioned(&source).write_file(next("decay.svg"))?;
        }
        brokers_picture(study, whole, self.land, self.bounds, language)?
            .captioned(&source)
            .write_file(next("brokers.svg"))?;
        Ok(written)
    }
}
