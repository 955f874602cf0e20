//! Cooperation on territories of the user's own.

use std::path::{Path, PathBuf};

use crate::diagnostics::Strictness;
use crate::error::{Error, Result};
use crate::france::EmbeddedFrance;
use crate::inventory::Inventory;
use crate::model::Level;
use crate::read::{OwnFiles, Role, TerritoryReader};
use crate::report::own::check_use;
use crate::report::{AtlasOptions, Outlet, StudyFiles, study_summary, write_sample};
use crate::space::simplify::simplify;
use crate::study::{RuralityDefinition, Study, StudyOptions};

/// The région whose files stand in for those of a user who has none.
const SAMPLE: &str = "Occitanie";

/// Whether codes of territories are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Lookup {
    /// In the embedded France, for density levels, populations and the levels above.
    #[default]
    EmbeddedFrance,
    /// Nowhere.
    Nowhere,
}

/// Which territories and actors of the user's own are mapped, and how.
///
/// ```no_run
/// use rurban::diagnostics::Strictness;
/// use rurban::read::OwnFiles;
/// use rurban::report::{Language, Outlet, TerritoryRequest};
/// let own = OwnFiles { actors: vec!["actors.csv".parse()?], ..OwnFiles::default() };
/// let request = TerritoryRequest::default().territories(Some("communes.geojson".into()));
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// request.own(own, Strictness::Lenient).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TerritoryRequest {
    /// GeoJSON file of the finest level; a sample is written and taken when there is neither this nor any other
    /// file.
    pub territories: Option<PathBuf>,
    /// Which level that is.
    pub level: Level,
    /// Property that holds the code of a territory; looked for when `None`.
    pub code: Option<String>,
    /// Property that holds its name; looked for when `None`.
    pub name: Option<String>,
    /// Files of actors and ties.
    pub own: OwnFiles,
    /// Whether reading stops at the first error.
    pub strictness: Strictness,
    /// Level of `metrics.geojson` and of the table of territories; the finest when `None`.
    pub by: Option<Level>,
    /// By how many degrees outlines are simplified for the map (0.001 is about 100 m); borders stay shared.
    pub simplify_degrees: f64,
    /// What is rural.
    pub rurality: RuralityDefinition,
    /// Whether codes are looked up.
    pub lookup: Lookup,
}

impl Default for TerritoryRequest {
    /// Communes, looked up in the embedded France, simplified by about 100 m.
    fn default() -> Self {
        Self {
            territories: None,
            level: Level::Commune,
            code: None,
            name: None,
            own: OwnFiles::default(),
            strictness: Strictness::Lenient,
            by: None,
            simplify_degrees: 0.001,
            rurality: RuralityDefinition::default(),
            lookup: Lookup::EmbeddedFrance,
        }
    }
}

impl TerritoryRequest {
    /// Sets the file of territories.
    #[must_use]
    pub fn territories(mut self, file: Option<PathBuf>) -> Self {
        self.territories = file;
        self
    }

    setters! {
        level: Level,
        lookup: Lookup,
    }

    /// Sets the properties that hold the code and the name of a territory.
    #[must_use]
    pub fn properties(mut self, code: Option<String>, name: Option<String>) -> Self {
        (self.code, self.name) = (code, name);
        self
    }

    /// Sets the files of actors and ties, and whether reading stops at the first error.
    #[must_use]
    pub fn own(mut self, files: OwnFiles, strictness: Strictness) -> Self {
        (self.own, self.strictness) = (files, strictness);
        self
    }

    /// Sets the level of the tables.
    #[must_use]
    pub fn by(mut self, level: Option<Level>) -> Self {
        self.by = level;
        self
    }

    /// Sets by how much outlines are simplified for the map.
    #[must_use]
    pub const fn simplify_degrees(mut self, degrees: f64) -> Self {
        self.simplify_degrees = degrees;
        self
    }

    /// Sets what is rural.
    #[must_use]
    pub fn rurality(mut self, definition: RuralityDefinition) -> Self {
        self.rurality = definition;
        self
    }

    /// Says what was read and found, writes all that [`StudyFiles::write`] does, and says which. Gives it.
    ///
    /// # Errors
    /// Those of the readers and of [`Study::new`]; [`Error::Request`] for actors without territories, and when
    /// files of the user came to nothing (after the rest is written); [`Error::Unknown`] for a level there is not;
    /// [`Error::Io`].
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let (mut own, progress) = (self.own.clone(), outlet.progress);
        own.check()?;
        let territories = match &self.territories {
            Some(path) => path.clone(),
            None if own.is_empty() => sample(&mut own, outlet)?,
            None => {
                return Err(Error::Request(
                    "your actors need territories: give --territories FILE, or map them on the embedded \
                     France with `map_cooperations --actors …`"
                        .to_owned(),
                ));
            }
        };
        let folder = outlet.folder()?;
        let mut columns = own.columns.only(&[Role::Territory, Role::Population, Role::Density]);
        for (role, property) in [(Role::Territory, &self.code), (Role::Name, &self.name)] {
            if let Some(property) = property {
                columns = columns.with(role, property);
            }
        }
        let reader = TerritoryReader::new(self.level.clone()).check_crossings();
        let (mut atlas, found) =
            reader.strictness(self.strictness).columns(columns).read_path(&territories)?;
        outlet.account(&format!("TERRITORIES {}", territories.display()), &found);
        if self.lookup == Lookup::EmbeddedFrance {
            let france = EmbeddedFrance::load()?;
            let history = EmbeddedFrance::commune_code_history()?;
            let renamed = history.into_iter().map(|(old, new)| (old.to_string(), new.to_string())).collect();
            let found = atlas.fill_from(&france.atlas, &renamed, Strictness::Lenient)?;
            outlet.account("LOOKED UP IN THE EMBEDDED FRANCE", &found);
        }
        let by = self.by.as_ref().unwrap_or(&self.level);
        if atlas.level(by).is_err() {
            let levels: Vec<&str> = atlas.levels().iter().map(|l| l.level().key()).collect();
            let (by, levels) = (by.key(), levels.join(", "));
            return Err(Error::Request(format!("--by {by}: there is no such level; levels are {levels}")));
        }
        let mut builder = Inventory::builder(self.strictness);
        let communes = (self.level == Level::Commune).then_some(&atlas);
        let mut on_file = |what: &str, path: &Path, found: &_| outlet.on_file(what, path, found);
        let ties = own.read(&mut builder, communes, &EmbeddedFrance::code_book()?, &mut on_file)?;
        let (inventory, found) = builder.finish();
        outlet.account("INVENTORY", &found);

        // Actors are placed in the outlines as they are; the map shows simplified ones.
        let options = StudyOptions::default().rurality(self.rurality.clone());
        let (study, found) = Study::new(atlas, inventory, &options, progress)?;
        outlet.account("PLACING AND TYING", &found);
        let study = study.with_display_outlines(|layer| simplify(layer, self.simplify_degrees), progress)?;
        let files = StudyFiles::measure(&study, progress)?;
        outlet.say(study_summary(&files, outlet.language)?);
        outlet.say(outlet.language.pick("\nÉCRIT", "\nWRITTEN"));
        let page = AtlasOptions::default().language(outlet.language).title("Mon territoire", "My territory");
        let written = files.write(&folder, by, &page, progress)?;
        outlet.list(&written)?;
        if !own.is_empty() {
            check_use(&study, ties, 0, outlet)?;
        }
        Ok(written)
    }
}

/// Writes the sample, whose actors and ties become the user's; gives its territories.
fn sample(own: &mut OwnFiles, outlet: &mut Outlet<'_>) -> Result<PathBuf> {
    let folder = outlet.folder()?.join("sample");
    std::fs::create_dir_all(&folder).map_err(|source| Error::Io { path: folder.clone(), source })?;
    let sample = write_sample(SAMPLE, &folder, outlet.progress)?;
    let said = outlet.language.pick(
        "Sans --territories\u{a0}: sur un échantillon écrit dans",
        "No --territories: running on a sample written to",
    );
    outlet.say(format!("{said} {}", folder.display()));
    own.actors = vec![sample.actors.display().to_string().parse()?];
    own.cooperations = vec![sample.cooperations];
    Ok(sample.territories)
}
