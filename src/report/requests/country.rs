//! Cooperation in a country of one's own.

use std::path::{Path, PathBuf};

use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::model::Level;
use crate::read::{CodeBook, OwnFiles, TerritoryReader, TerritoryTable, csv};
use crate::report::{ExportFormat, Outlet, StudyFiles, study_summary};
use crate::study::{RuralityDefinition, Study, StudyOptions};

/// Territories and actors of any country, without a word of the embedded France.
///
/// ```no_run
/// use rurban::model::Level;
/// use rurban::read::TerritoryTable;
/// use rurban::report::{CountryRequest, Language, Outlet};
/// let level = |name: &str| Level::Custom(name.to_owned());
/// let table = TerritoryTable::new(level("lau"), "lau").parent(level("nuts3"), "nuts3").classes("degurba");
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// CountryRequest::new(table, "territories.csv", level("nuts3"), "class:degurba=3".parse()?).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CountryRequest {
    /// What the columns of the table of territories are.
    pub table: TerritoryTable,
    /// That table.
    pub territories: PathBuf,
    /// Outlines of its territories, matched by code.
    pub outlines: Option<PathBuf>,
    /// Files of actors and ties.
    pub own: OwnFiles,
    /// What is rural.
    pub rurality: RuralityDefinition,
    /// Level of the territories written.
    pub level: Level,
}

impl CountryRequest {
    /// The territories of a table, without outlines and actors.
    #[must_use]
    pub fn new(
        table: TerritoryTable,
        territories: impl Into<PathBuf>,
        level: Level,
        rurality: RuralityDefinition,
    ) -> Self {
        Self {
            table,
            territories: territories.into(),
            outlines: None,
            own: OwnFiles::default(),
            rurality,
            level,
        }
    }

    /// Sets the outlines.
    #[must_use]
    pub fn outlines(mut self, file: Option<PathBuf>) -> Self {
        self.outlines = file;
        self
    }

    /// Sets the files of actors and ties.
    #[must_use]
    pub fn own(mut self, files: OwnFiles) -> Self {
        self.own = files;
        self
    }

    /// Says what was read and found, writes the tables for programs, `metrics.geojson` and the network as GEXF and
    /// GraphML, and says which. Gives them.
    ///
    /// # Errors
    /// Those of the readers and of [`Study::new`]; [`Error::Unknown`](crate::Error::Unknown) for a level there is
    /// not; [`Error::Io`](crate::Error::Io).
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let (folder, progress) = (outlet.folder()?, outlet.progress);
        let (mut atlas, found) =
            self.table.clone().read(csv::Reader::default().open_path(&self.territories)?)?;
        outlet.account("TERRITORIES", &found);
        if let Some(path) = &self.outlines {
            let level = Level::Custom("outlines".to_owned());
            let (outlines, found) = TerritoryReader::new(level).read_path(path)?;
            outlet.account("OUTLINES", &found);
            outlet.account("TAKEN FOR THE TERRITORIES", &atlas.take_outlines(&outlines)?.1);
        }
        let mut builder = Inventory::builder(Strictness::Lenient);
        let mut on_file = |what: &str, path: &Path, found: &Diagnostics| outlet.on_file(what, path, found);
        self.own.read(&mut builder, None, &CodeBook::default(), &mut on_file)?;
        let options = StudyOptions::default().rurality(self.rurality.clone());
        let (study, found) = Study::new(atlas, builder.finish().0, &options, progress)?;
        outlet.account("PLACING AND TYING", &found);

        let files = StudyFiles::measure(&study, progress)?;
        outlet.say(study_summary(&files, outlet.language)?);
        let formats = [ExportFormat::Gexf, ExportFormat::GraphMl];
        let mut written = files.write_tables(&folder, &self.level, progress)?;
        written.extend(files.export(&folder, &self.level, &formats, progress)?.0);
        written.iter().for_each(|path| outlet.say(path.display().to_string()));
        Ok(written)
    }
}
