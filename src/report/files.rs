//! Everything the main job writes: the tables, their dictionary, the network, a GeoJSON of measures and the
//! atlas page.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Language;
use super::dictionary::{dictionary, in_words};
use super::export::write_network;
use super::tables::{actor_parts, link_table, link_table_of, no_actors, territory_table_of};
use crate::atlas::AtlasLevel;
use crate::error::{Error, Result};
use crate::model::Contours;
use crate::model::Level;
use crate::progress::Progress;
#[cfg(feature = "html")]
use crate::progress::Silent;
use crate::space::Layer;
use crate::study::{Study, TerritoryMeasures};
use crate::write::Table;
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
    setters! {
        language: Language,
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

    /// Writes into a folder that exists, and returns what it wrote:
    ///
    /// - `tables/territories.csv`, `tables/actors.csv`, `tables/links.csv`: UTF-8, commas, for programs;
    /// - `excel/…`, the same tables as a French spreadsheet opens them, with headings in the language of
    ///   the page, units in them;
    /// - `dictionnaire.csv`: what each column means, in which unit and from where, in both languages;
    /// - `network.graphml`: actors and ties with their attributes;
    /// - `metrics.geojson`: the territories of the level, with the columns of the table;
    /// - with the feature `html`, `atlas.html` (all levels).
    ///
    /// Shares go from 0 to 1 in all of them; the page, which people read, says per cent.
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
        let all: Vec<Output> = Output::ALL.into_iter().filter(|o| o.is_built()).collect();
        self.put_all(&all, folder, level, atlas, progress)
    }

    /// Writes the tables for programs and `metrics.geojson` as [`StudyFiles::write`] does, without a page and
    /// without files in French.
    ///
    /// # Errors
    /// As [`StudyFiles::write`].
    pub fn write_tables(
        &self,
        folder: &Path,
        level: &Level,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>> {
        let tables = [Output::Metrics, Output::Links, Output::Actors, Output::Territories];
        self.put_all(&tables, folder, level, &AtlasOptions::default(), progress)
    }

    /// Writes files that do not depend on each other, the dearest first.
    fn put_all(
        &self,
        all: &[Output],
        folder: &Path,
        level: &Level,
        atlas: &AtlasOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<PathBuf>> {
        self.of(level)?;
        for path in all.iter().filter_map(|o| Some(folder.join(Path::new(o.name()).parent()?))) {
            std::fs::create_dir_all(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        }
        progress.begin("write files", Some(all.len() as u64));
        let written = crate::parallel::map(all.len(), |i| {
            let path = folder.join(all[i].name());
            let done = self.put(all[i], &path, level, atlas);
            progress.advance(1);
            done.map(|()| path)
        });
        progress.end();
        written.into_iter().collect()
    }

    fn put(&self, output: Output, path: &Path, level: &Level, atlas: &AtlasOptions) -> Result<()> {
        let words = |name: &str, table| in_words(name, table, atlas.language);
        let french = CsvStyle::FrenchSpreadsheet;
        match output {
            #[cfg(feature = "html")]
            Output::Atlas => super::atlas::write_atlas(self, path, atlas, &Silent),
            #[cfg(not(feature = "html"))]
            Output::Atlas => Ok(()),
            Output::Territories => {
                write_csv_file(path, &territory_table_of(self.study, self.of(level)?)?, CsvStyle::Standard)
            }
            Output::ExcelTerritories => write_csv_file(
                path,
                &words("territories", territory_table_of(self.study, self.of(level)?)?),
                french,
            ),
            Output::Actors => write_csv_parts(path, actor_parts(self.study), CsvStyle::Standard),
            Output::ExcelActors => {
                let parts = actor_parts(self.study).map(|part| Ok(words("actors", part?)));
                write_csv_parts(path, parts, french)
            }
            Output::Links => write_csv_file(path, &link_table(self.study)?, CsvStyle::Standard),
            Output::ExcelLinks => write_csv_file(path, &words("links", link_table(self.study)?), french),
            Output::Dictionary => write_csv_file(path, &self.dictionary()?, CsvStyle::Standard),
            Output::ExcelDictionary => write_csv_file(path, &self.dictionary()?, french),
            Output::Network => write_network(self.study, path),
            Output::Metrics => write_shapes(
                path,
                self.study.atlas().level(level)?,
                &territory_table_of(self.study, self.of(level)?)?,
            ),
        }
    }

    fn dictionary(&self) -> Result<Table<'static>> {
        let names = |table: &Table<'_>| table.columns().iter().map(|(name, _)| name.to_string()).collect();
        dictionary(&[
            ("territories", names(&territory_table_of(self.study, &[])?)),
            ("actors", names(&no_actors(self.study)?)),
            ("links", names(&link_table_of(self.study, &[])?)),
        ])
    }
}

/// What the main job writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Output {
    Atlas,
    Network,
    ExcelLinks,
    Links,
    Metrics,
    ExcelActors,
    Actors,
    ExcelTerritories,
    Territories,
    ExcelDictionary,
    Dictionary,
}

impl Output {
    const ALL: [Self; 11] = [
        Self::Atlas,
        Self::Network,
        Self::ExcelLinks,
        Self::Links,
        Self::Metrics,
        Self::ExcelActors,
        Self::Actors,
        Self::ExcelTerritories,
        Self::Territories,
        Self::ExcelDictionary,
        Self::Dictionary,
    ];

    const fn is_built(self) -> bool {
        cfg!(feature = "html") || !matches!(self, Self::Atlas)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Atlas => "atlas.html",
            Self::Network => "network.graphml",
            Self::ExcelLinks => "excel/links.csv",
            Self::Links => "tables/links.csv",
            Self::Metrics => "metrics.geojson",
            Self::ExcelActors => "excel/actors.csv",
            Self::Actors => "tables/actors.csv",
            Self::ExcelTerritories => "excel/territories.csv",
            Self::Territories => "tables/territories.csv",
            Self::ExcelDictionary => "excel/dictionnaire.csv",
            Self::Dictionary => "dictionnaire.csv",
        }
    }
}

fn write_shapes(path: &Path, units: &AtlasLevel, table: &Table<'_>) -> Result<()> {
    let (layer, contours) = outlines(units);
    write_geojson_file(path, Shapes::Polygons(&layer, contours), table, DEFAULT_DECIMALS)
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
