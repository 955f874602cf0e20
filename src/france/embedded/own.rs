//! The embedded France with data of the user's own, and as a study.

use std::path::Path;

use super::{EmbeddedFrance, FranceOptions};
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::france::programmes::place_lines;
use crate::inventory::Inventory;
use crate::model::{FundingLine, Level};
use crate::progress::Progress;
use crate::read::{Census, CensusFiles, ColumnNames, FundingReader, OnFile, OwnFiles, TieCount, csv};
use crate::space::Layer;
use crate::study::{Study, StudyOptions};

/// What stands beside the actors of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum OwnBeside {
    /// They stand alone.
    #[default]
    Nothing,
    /// The embedded actors and cooperations.
    Embedded,
}

impl EmbeddedFrance {
    /// The levels it has, finest first.
    pub const LEVELS: [Level; 6] = [
        Level::Commune,
        Level::Epci,
        Level::PetrPays,
        Level::Departement,
        Level::Region,
        Level::AttractionArea,
    ];

    /// One of its levels, by key.
    ///
    /// # Errors
    /// [`Error::Unknown`] for another one, with those there are.
    pub fn level(key: &str) -> Result<Level> {
        let Ok(level) = key.parse::<Level>();
        if Self::LEVELS.contains(&level) {
            return Ok(level);
        }
        let keys: Vec<&str> = Self::LEVELS.iter().map(Level::key).collect();
        let hint = Some(format!("levels are {}", keys.join(", ")));
        Err(Error::Unknown { kind: "level", value: key.to_owned(), hint })
    }

    /// Loads it and gives every level approximate outlines, for maps.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn load_drawn(options: &FranceOptions, progress: &dyn Progress) -> Result<Self> {
        let mut france = Self::load_with(options)?;
        france.draw_approximate_outlines(progress)?;
        Ok(france)
    }

    /// The land outline as a layer of one feature, to lie under maps.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn land_layer() -> Result<Layer> {
        Ok(Layer::from_features([&Self::land()?]))
    }

    /// The study of its territories and its inventory.
    ///
    /// # Errors
    /// Those of [`Study::new`].
    pub fn into_study(self, options: StudyOptions, progress: &dyn Progress) -> Result<(Study, Diagnostics)> {
        Study::new(self.atlas, self.inventory, &options, progress)
    }

    /// Reads files of a user into the inventory; codes and names of communes are looked up here. Each file's
    /// account goes to `on_file`; the ties there were and the account of the inventory come back.
    ///
    /// # Errors
    /// Those of [`OwnFiles::check`] and [`OwnFiles::read`].
    pub fn read_own(
        &mut self,
        own: &OwnFiles,
        beside: OwnBeside,
        strictness: Strictness,
        on_file: OnFile<'_>,
    ) -> Result<(TieCount, Diagnostics)> {
        own.check()?;
        let mut builder = match beside {
            OwnBeside::Nothing => Inventory::builder(strictness),
            OwnBeside::Embedded => std::mem::take(&mut self.inventory).into_builder(strictness),
        };
        let ties = own.read(&mut builder, Some(&self.atlas), &Self::code_book()?, on_file)?;
        let (inventory, found) = builder.finish();
        self.inventory = inventory;
        Ok((ties, found))
    }

    /// Reads a census of practices into the inventory; commune codes of the past are put right. Each file's
    /// account goes to `on_file`, with that of the inventory at the end, which has no file.
    ///
    /// # Errors
    /// Those of [`CensusFiles::read`].
    pub fn read_census(&mut self, files: &CensusFiles, on_file: OnFile<'_>) -> Result<Census> {
        let mut builder = std::mem::take(&mut self.inventory).into_builder(Strictness::Lenient);
        let census = files.read(&mut builder, &Self::code_book()?, on_file)?;
        let (inventory, found) = builder.finish();
        self.inventory = inventory;
        on_file("Inventory", Path::new(""), &found);
        Ok(census)
    }

    /// Adds funding lines to the inventory; `file` is where findings place them.
    ///
    /// # Errors
    /// None: lines that cannot be used are dropped and reported.
    pub fn add_funding(&mut self, lines: impl IntoIterator<Item = FundingLine>, file: &str) -> Result<()> {
        let mut builder = std::mem::take(&mut self.inventory).into_builder(Strictness::Lenient);
        for (i, line) in lines.into_iter().enumerate() {
            builder.add_funding(line, Place::file(file).record(i))?;
        }
        let (inventory, found) = builder.finish();
        self.inventory = inventory;
        self.diagnostics.merge(found);
        Ok(())
    }

    /// Reads a table of funding lines into the inventory; lines without a région get that of their programme.
    /// Gives the account of the table.
    ///
    /// # Errors
    /// Those of [`FundingReader::read`].
    pub fn read_funding(&mut self, path: &Path, columns: ColumnNames) -> Result<Diagnostics> {
        let reader = FundingReader::default().columns(columns).territories(self.atlas.level(&Level::Region)?);
        let (mut lines, found) = reader.read(csv::Reader::default().open_path(path)?)?;
        place_lines(&mut lines);
        self.add_funding(lines, &path.display().to_string())?;
        Ok(found)
    }
}
