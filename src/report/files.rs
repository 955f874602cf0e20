//! Everything the main job writes: a GeoJSON of measures, the tables and the atlas page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Language;
use super::tables::{actor_parts, link_table, territory_table_of};
use crate::atlas::AtlasLevel;
use crate::error::Result;
use crate::model::Contours;
use crate::model::Level;
use crate::progress::Progress;
use crate::space::Layer;
use crate::study::{Study, TerritoryMeasures};
use crate::write::csv::{CsvStyle, write_csv_file, write_csv_parts};
use crate::write::geojson::{DEFAULT_DECIMALS, Shapes, write_geojson_file};

/// What the atlas page says besides the study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AtlasOptions {
    /// The language it opens in; the reader can switch.
    pub language: Language,
    /// Its title in French and in English; a general one when empty.
    pub title: [String; 2],
    /// The day it was made, as it is to be read in French and in English; left out when empty, for the
    /// library does not read the clock.
    pub date: [String; 2],
}

impl AtlasOptions {
    /// Sets the language it opens in.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// Sets the title.
    #[must_use]
    pub fn title(mut self, french: impl Into<String>, english: impl Into<String>) -> Self {
        self.title = [french.into(), english.into()];
        self
    }

    /// Sets the day it was made.
    #[must_use]
    pub fn date(mut self, french: impl Into<String>, english: impl Into<String>) -> Self {
        self.date = [french.into(), english.into()];
        self
    }
}

/// Measures of all levels of a study, ready to be written.
#[derive(Debug)]
pub struct StudyFiles<'a> {
    pub(super) study: &'a Study,
    measures: BTreeMap<Level, Vec<TerritoryMeasures>>,
}

impl<'a> StudyFiles<'a> {
    /// Measures every territory of every level.
    ///
    /// # Errors
    /// None on a study.
    pub fn measure(study: &'a Study, progress: &dyn Progress) -> Result<Self> {
        let reach = study.reach(progress)?;
        let levels = study.atlas().levels();
        progress.begin("measure territories", Some(levels.len() as u64));
        let mut measures = BTreeMap::new();
        for level in levels {
            measures.insert(level.level().clone(), study.territory_measures(level.level(), &reach)?);
            progress.advance(1);
        }
        progress.end();
        Ok(Self { study, measures })
    }

    /// The measures of a level.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the study has no such level.
    pub fn of(&self, level: &Level) -> Result<&[TerritoryMeasures]> {
        self.study.atlas().level(level)?;
        Ok(self.measures.get(level).map_or(&[], Vec::as_slice))
    }

    /// Writes `territories.csv`, `actors.csv`, `links.csv`, `metrics.geojson` (territories of the
    /// level, with the same columns) and, with the feature `html`, `atlas.html` (all levels) into a
    /// folder that exists. Returns what it wrote.
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the study has no such level, [`crate::Error::Io`] when a file cannot be
    /// written.
    pub fn write(
        &self,
        folder: &Path,
        level: &Level,
        atlas: &AtlasOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>> {
        let mut written = self.write_tables(folder, level, progress)?;
        #[cfg(feature = "html")]
        {
            let path = folder.join("atlas.html");
            super::atlas::write_atlas(self, &path, atlas, progress)?;
            written.push(path);
        }
        #[cfg(not(feature = "html"))]
        let _ = atlas;
        Ok(written)
    }

    /// Writes `territories.csv`, `actors.csv`, `links.csv` and `metrics.geojson` as [`StudyFiles::write`]
    /// does, without a page.
    ///
    /// # Errors
    /// As [`StudyFiles::write`].
    pub fn write_tables(
        &self,
        folder: &Path,
        level: &Level,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>> {
        progress.begin("write files", Some(4));
        let step = |path: PathBuf, written: &mut Vec<PathBuf>| {
            written.push(path);
            progress.advance(1);
        };
        let mut written = Vec::new();
        let territories = territory_table_of(self.study, self.of(level)?)?;
        let path = folder.join("territories.csv");
        write_csv_file(&path, &territories, CsvStyle::Standard)?;
        step(path, &mut written);
        let path = folder.join("actors.csv");
        write_csv_parts(&path, actor_parts(self.study), CsvStyle::Standard)?;
        step(path, &mut written);
        let path = folder.join("links.csv");
        write_csv_file(&path, &link_table(self.study)?, CsvStyle::Standard)?;
        step(path, &mut written);
        let units = self.study.atlas().level(level)?;
        let path = folder.join("metrics.geojson");
        let (layer, contours) = outlines(units);
        let shapes = Shapes::Polygons(&layer, contours);
        write_geojson_file(&path, shapes, &territories, DEFAULT_DECIMALS)?;
        step(path, &mut written);
        progress.end();
        Ok(written)
    }
}

/// The outlines of a level, and how they were made; features without geometry where it has none.
pub(super) fn outlines(level: &AtlasLevel) -> (Cow<'_, Layer>, Contours) {
    if let (Some(layer), Some(quality)) = (level.geometry(), level.geometry_quality()) {
        return (Cow::Borrowed(layer), Contours::from(quality));
    }
    let mut layer = Layer::new();
    level.territories().iter().for_each(|_| layer.end_feature());
    (Cow::Owned(layer), Contours::Surveyed)
}
