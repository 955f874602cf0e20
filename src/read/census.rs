//! The files of a census of practices: bodies, practices, adoptions, and a vocabulary of themes.

use std::ops::Range;
use std::path::PathBuf;

use super::vocabulary::Vocabulary;
use super::{ActorReader, CensusWords, CodeBook, OnFile, PracticeReader, TieColumns, csv, read_cooperations};
use crate::error::Result;
use crate::inventory::InventoryBuilder;
use crate::model::{ActorKind, CooperationKind};

/// The files of a census; none is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CensusFiles {
    /// Bodies that were asked or that the census names: id, name, kind, commune.
    pub bodies: Option<PathBuf>,
    /// Ties between them.
    pub cooperations: Option<PathBuf>,
    /// Practices.
    pub practices: Option<PathBuf>,
    /// Their adoptions.
    pub adoptions: Option<PathBuf>,
    /// Vocabulary of themes.
    pub themes: Option<PathBuf>,
}

/// What the files of a census hold besides what is in the inventory now.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Census {
    /// Indices of the bodies in the inventory.
    pub bodies: Range<u32>,
    /// The vocabulary of themes, where there is one.
    pub themes: Option<Vocabulary>,
    /// What became of the words of the practices.
    pub words: CensusWords,
}

impl CensusFiles {
    /// Sets the file of bodies.
    #[must_use]
    pub fn bodies(mut self, file: Option<PathBuf>) -> Self {
        self.bodies = file;
        self
    }

    /// Sets the file of ties between them.
    #[must_use]
    pub fn cooperations(mut self, file: Option<PathBuf>) -> Self {
        self.cooperations = file;
        self
    }

    /// Sets the files of practices and of their adoptions.
    #[must_use]
    pub fn practices(mut self, practices: Option<PathBuf>, adoptions: Option<PathBuf>) -> Self {
        (self.practices, self.adoptions) = (practices, adoptions);
        self
    }

    /// Sets the vocabulary of themes.
    #[must_use]
    pub fn themes(mut self, file: Option<PathBuf>) -> Self {
        self.themes = file;
        self
    }

    /// Reads them into an inventory; commune codes are put right by the book. Accounts of bodies, practices and
    /// adoptions go to `on_file`.
    ///
    /// # Errors
    /// Those of [`ActorReader::read_path`], [`read_cooperations`], [`Vocabulary::read`] and
    /// [`PracticeReader::read_path`].
    pub fn read(
        &self,
        inventory: &mut InventoryBuilder,
        codes: &CodeBook,
        on_file: OnFile<'_>,
    ) -> Result<Census> {
        let mut census = Census::default();
        let first = inventory.actors().len() as u32;
        if let Some(file) = &self.bodies {
            let reader = ActorReader::new(ActorKind::Organisation, "asked").codes(codes.clone());
            on_file("Bodies", file, &reader.read_path(file, inventory)?);
        }
        census.bodies = first..inventory.actors().len() as u32;
        if let Some(file) = &self.cooperations {
            let columns = TieColumns::default();
            read_cooperations(file, &columns, CooperationKind::Other, "census", inventory)?;
        }
        let mut reader = PracticeReader::new("census").codes(codes.clone());
        if let Some(file) = &self.themes {
            let themes = Vocabulary::read(csv::Reader::default().open_path(file)?)?.0;
            reader = reader.themes(themes.clone());
            census.themes = Some(themes);
        }
        if let Some(file) = &self.practices {
            let (words, found) = reader.read_path(file, inventory)?;
            on_file("Practices", file, &found);
            census.words = words;
        }
        if let Some(file) = &self.adoptions {
            let found = reader.read_adoptions(csv::Reader::default().open_path(file)?, inventory)?;
            on_file("Adoptions", file, &found);
        }
        Ok(census)
    }
}
