//! GeoJSON territories to an [`Atlas`].

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::geojson::{FeatureTable, Reader, Value, guess, in_degrees, known, property_text};
use crate::atlas::{Atlas, GeometryQuality, Territory};
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, Strictness};
use crate::error::{Error, Result};
use crate::model::{DensityLevel, Level, TerritoryCode};
use crate::space::measure::{Surface, areas, interior_points};
use crate::space::repair::{Depth, Fault, check};
use crate::space::{Layer, LonLat};

/// Property names that usually hold a territory's code, best first.
const CODE_NAMES: [&str; 14] = [
    "code",
    "insee",
    "code_insee",
    "insee_com",
    "codgeo",
    "code_commune",
    "insee_dep",
    "insee_reg",
    "siren",
    "siren_epci",
    "code_epci",
    "id_territoire",
    "id_geo",
    "id",
];
/// Property names that usually hold a territory's name, best first.
const NAME_NAMES: [&str; 10] =
    ["nom", "name", "lib", "libelle", "libgeo", "lib_dep", "lib_reg", "lib_territoire", "lib_geo", "nom_com"];
/// Property names that usually hold a population.
const POPULATION_NAMES: [&str; 4] = ["population", "pop", "population_municipale", "pmun"];
/// Property names that usually hold a parent territory's code.
const PARENT_NAMES: [(&str, Level); 4] = [
    ("epci", Level::Epci),
    ("departement", Level::Departement),
    ("region", Level::Region),
    ("petr", Level::PetrPays),
];

/// Reads the territories of one level from GeoJSON; properties that are not named are looked for
/// under their usual names.
#[derive(Debug, Clone)]
#[must_use]
pub struct TerritoryReader {
    level: Level,
    code: Option<String>,
    name: Option<String>,
    population: Option<String>,
    density: Option<String>,
    parents: Option<Vec<(Level, String)>>,
    depth: Depth,
    strictness: Strictness,
}

impl TerritoryReader {
    /// A reader for territories of this level.
    pub const fn new(level: Level) -> Self {
        Self {
            level,
            code: None,
            name: None,
            population: None,
            density: None,
            parents: None,
            depth: Depth::Rings,
            strictness: Strictness::Lenient,
        }
    }

    /// Also looks for rings that cross themselves or each other (a few tenths of a second for all communes),
    /// mends what can be mended safely and reports it.
    pub const fn check_crossings(mut self) -> Self {
        self.depth = Depth::Crossings;
        self
    }

    /// Names the property that holds the code.
    pub fn code(mut self, property: impl Into<String>) -> Self {
        self.code = Some(property.into());
        self
    }

    /// Names the property that holds the name.
    pub fn name(mut self, property: impl Into<String>) -> Self {
        self.name = Some(property.into());
        self
    }

    /// Names the property that holds the population.
    pub fn population(mut self, property: impl Into<String>) -> Self {
        self.population = Some(property.into());
        self
    }

    /// Names the property that holds the density level, as a French label.
    pub fn density(mut self, property: impl Into<String>) -> Self {
        self.density = Some(property.into());
        self
    }

    /// Names the properties that hold the codes of parent territories; none with an empty list.
    pub fn parents(mut self, parents: Vec<(Level, String)>) -> Self {
        self.parents = Some(parents);
        self
    }

    /// Sets what to do at the first error-level finding.
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads a file.
    ///
    /// A feature without geometry is kept, and reported: it is in no spatial result. Features
    /// without a code are dropped; of several with the same code the first is kept. Areas are
    /// geodesic to 0.1 %; the point of a territory is inside it. O(coordinates).
    ///
    /// # Errors
    /// As [`Reader::read_path`]; [`Error::Unknown`] when a named property is in no feature, or no
    /// property looks like a code.
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<(Atlas, Diagnostics)> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        self.read_from(file, &path.display().to_string())
    }

    /// Reads bytes from anywhere; `file` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`TerritoryReader::read_path`].
    pub fn read_from(&self, source: impl std::io::Read, file: &str) -> Result<(Atlas, Diagnostics)> {
        let reader = Reader::default().strictness(self.strictness);
        let (table, found) = reader.read_from(source, file)?;
        let table = in_degrees(table)?;
        self.atlas(table, file, found)
    }

    /// The outlines with crossings mended; everything found is reported.
    fn mended(&self, layer: Layer, table: &[usize], file: &str, found: &mut Diagnostics) -> Result<Layer> {
        if self.depth == Depth::Rings {
            return Ok(layer);
        }
        let checked = crate::parallel::map(layer.len(), |i| {
            let (mended, faults) = check(&layer.to_multi_polygon(i), None, Depth::Crossings);
            let invalid = faults.into_iter().find(|f| f.fault == Fault::Invalid)?;
            Some((mended, invalid.mended))
        });
        if checked.iter().all(Option::is_none) {
            return Ok(layer);
        }
        let mut features = Vec::with_capacity(layer.len());
        for (i, checked) in checked.into_iter().enumerate() {
            let place = Place::file(file).record(table[i]);
            match checked {
                None => features.push(layer.to_multi_polygon(i)),
                Some((shape, true)) => {
                    found.repaired(
                        "self_intersection",
                        place,
                        "rings cross; merged again without a crossing",
                    );
                    features.push(shape);
                }
                Some((shape, false)) => {
                    found.report(Finding {
                        severity: Severity::Error,
                        kind: "self_intersection",
                        place,
                        message: "rings cross, and mending would change the area; kept as it is".to_owned(),
                        outcome: Outcome::Kept,
                    })?;
                    features.push(shape);
                }
            }
        }
        Ok(Layer::from_features(&features))
    }

    fn atlas(
        &self,
        table: FeatureTable,
        file: &str,
        mut diagnostics: Diagnostics,
    ) -> Result<(Atlas, Diagnostics)> {
        let code = match &self.code {
            Some(name) => known(&table, name)?,
            None => guess(&table, &CODE_NAMES).ok_or_else(|| Error::Unknown {
                kind: "property",
                value: "code".to_owned(),
                hint: Some(format!(
                    "name the one that holds it; the features have {}",
                    table.names().join(", ")
                )),
            })?,
        };
        let or_guess = |wanted: &Option<String>, usual: &[&str]| match wanted {
            Some(name) => known(&table, name).map(Some),
            None => Ok(guess(&table, usual)),
        };
        let name = or_guess(&self.name, &NAME_NAMES)?;
        let population = or_guess(&self.population, &POPULATION_NAMES)?;
        let density = or_guess(&self.density, &[])?;
        let parents: Vec<(Level, String)> = match &self.parents {
            Some(parents) => {
                parents.iter().map(|(l, p)| Ok((l.clone(), known(&table, p)?))).collect::<Result<_>>()?
            }
            None => PARENT_NAMES
                .iter()
                .filter(|(_, level)| *level != self.level)
                .filter_map(|(p, level)| Some((level.clone(), guess(&table, &[*p])?)))
                .collect(),
        };

        let (areas_m2, points) = (areas(table.layer(), Surface::Ellipsoid), interior_points(table.layer()));
        let mut builder = Atlas::builder(self.level.clone(), self.strictness);
        let mut kept = vec![false; table.len()];
        for (i, kept) in kept.iter_mut().enumerate() {
            let place = Place::file(file).record(table.record(i));
            let Some(code) = property_text(&table, i, &code).and_then(|c| TerritoryCode::new(c).ok()) else {
                builder.diagnostics().drop_record(
                    "no_code",
                    place.field(&code),
                    "the feature has no code",
                )?;
                continue;
            };
            let mut territory = Territory::new(
                code.clone(),
                name.as_ref().and_then(|n| property_text(&table, i, n)).unwrap_or_else(|| code.to_string()),
            );
            territory.population = population.as_ref().and_then(|p| number(table.property(i, p)?));
            territory.area_km2 = Some(areas_m2[i] / 1e6).filter(|a| *a > 0.0);
            territory.point = LonLat::new(points[i].x, points[i].y).ok();
            territory.density =
                density.as_ref().and_then(|d| DensityLevel::from_label(table.property(i, d)?.as_text()?));
            *kept = builder.add(territory, place)?;
        }
        // The reader below counted the same features; only what it could not know is added.
        let (mut atlas, found) = builder.finish()?;
        diagnostics.refine(found);
        for (level, property) in &parents {
            self.add_parents(&mut atlas, &table, &kept, level, property, &mut diagnostics)?;
        }
        let all = kept.iter().all(|k| *k);
        let records: Vec<usize> = (0..table.len()).filter(|&i| kept[i]).map(|i| table.record(i)).collect();
        let layer = if all { table.into_layer() } else { table.select(|i| kept[i]).into_layer() };
        let layer = self.mended(layer, &records, file, &mut diagnostics)?;
        atlas.set_geometry(&self.level, Arc::new(layer), GeometryQuality::Given)?;
        Ok((atlas, diagnostics))
    }

    /// Adds the level whose codes a property holds.
    fn add_parents(
        &self,
        atlas: &mut Atlas,
        table: &FeatureTable,
        kept: &[bool],
        level: &Level,
        property: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<()> {
        let rows = (0..table.len()).filter(|&i| kept[i]);
        let parents: Vec<Option<String>> = rows.map(|i| property_text(table, i, property)).collect();
        let codes: Vec<String> =
            atlas.base().territories().iter().map(|t| t.code.as_str().to_owned()).collect();
        let groups: BTreeMap<&str, TerritoryCode> = parents
            .iter()
            .flatten()
            .filter_map(|p| Some((p.as_str(), TerritoryCode::new(p).ok()?)))
            .collect();
        let members = codes.iter().zip(&parents).filter_map(|(c, p)| Some((c.as_str(), p.as_deref()?)));
        let groups = groups.into_values().map(|c| (c.clone(), c.to_string()));
        let found = atlas.add_level(level.clone(), groups, members, self.strictness)?;
        diagnostics.refine(found);
        Ok(())
    }
}

/// A number, also when it is written as text.
fn number(value: Value<'_>) -> Option<f64> {
    value.as_number().or_else(|| value.as_text()?.trim().replace(',', ".").parse().ok())
}
