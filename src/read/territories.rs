//! GeoJSON territories to an [`Atlas`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use geo_types::Coord;

use super::codes::{self, FoundCode};
use super::geojson::{FeatureTable, Reader};
use super::names::{self, ColumnNames, Role};
use super::number::Number;
use super::records::{Records, Row};
use crate::atlas::{Atlas, Territory};
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, Strictness, printable};
use crate::error::{Error, Result};
use crate::model::GeometryQuality;
use crate::model::{DensityLevel, Level, TerritoryCode};
use crate::space::measure::{Surface, areas, interior_points};
use crate::space::overlay::{common_part, overlapping_pairs};
use crate::space::repair::{Depth, Fault, Repair, check};
use crate::space::{Layer, LonLat};

/// Property names that usually hold a parent territory's code.
const PARENTS: [(Level, &[&str]); 4] = [
    (
        Level::Epci,
        &[
            "epci",
            "sirenepci",
            "codeepci",
            "codesirenepci",
            "epcicode",
            "codesirendelepci",
            "codessirendesepci",
        ],
    ),
    (
        Level::Departement,
        &["departement", "inseedep", "codedepartement", "codedep", "dep", "codeinseedudepartement"],
    ),
    (Level::Region, &["region", "inseereg", "coderegion", "codereg", "reg", "codeinseedelaregion"]),
    (Level::PetrPays, &["petr", "codepetr", "petrpays"]),
];

/// Reads the territories of one level from GeoJSON; properties that are not named are looked for
/// under their usual names.
#[derive(Debug, Clone)]
#[must_use]
pub struct TerritoryReader {
    level: Level,
    columns: ColumnNames,
    parents: Option<Vec<(Level, String)>>,
    depth: Depth,
    strictness: Strictness,
}

impl TerritoryReader {
    /// A reader for territories of this level.
    pub fn new(level: Level) -> Self {
        Self {
            level,
            columns: ColumnNames::default(),
            parents: None,
            depth: Depth::Rings,
            strictness: Strictness::Lenient,
        }
    }

    /// Also looks for rings that cross themselves or each other (a few tenths of a second for all communes),
    /// mends what can be mended safely and reports it, and for territories that overlap.
    pub const fn check_crossings(mut self) -> Self {
        self.depth = Depth::Crossings;
        self
    }

    /// Names the property that holds the code.
    pub fn code(mut self, property: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Territory, property);
        self
    }

    /// Names the property that holds the name.
    pub fn name(mut self, property: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Name, property);
        self
    }

    /// Names the property that holds the population.
    pub fn population(mut self, property: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Population, property);
        self
    }

    /// Names the property that holds the density level, as a French label.
    pub fn density(mut self, property: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Density, property);
        self
    }

    /// Names properties by what they tell.
    pub fn columns(mut self, names: ColumnNames) -> Self {
        self.columns = names;
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

    /// Reads a file: GeoJSON, or `GeoParquet` with the feature `parquet`.
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
        let io = |source| Error::Io { path: path.to_owned(), source };
        let mut file = std::fs::File::open(path).map_err(io)?;
        let mut start = [0; 4];
        let read = file.read(&mut start).map_err(io)?;
        let start = &start[..read];
        if start == b"PAR1" {
            return self.read_geoparquet(path);
        }
        self.read_from(start.chain(file), &path.display().to_string())
    }

    #[cfg(feature = "parquet")]
    fn read_geoparquet(&self, path: &Path) -> Result<(Atlas, Diagnostics)> {
        let (table, found) =
            super::GeoParquetReader::default().strictness(self.strictness).read_path(path)?;
        self.atlas(table, &path.display().to_string(), found)
    }

    #[cfg(not(feature = "parquet"))]
    #[expect(clippy::unused_self, reason = "read with the feature parquet")]
    fn read_geoparquet(&self, path: &Path) -> Result<(Atlas, Diagnostics)> {
        let message =
            "this is Parquet, which is read with the feature `parquet`; without it, give GeoJSON".to_owned();
        Err(Error::Format { path: path.to_owned(), line: 1, message })
    }

    /// Reads bytes from anywhere; `file` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`TerritoryReader::read_path`].
    pub fn read_from(&self, source: impl std::io::Read, file: &str) -> Result<(Atlas, Diagnostics)> {
        let reader = Reader::default().strictness(self.strictness);
        let (table, found) = reader.read_from(source, file)?;
        self.atlas(table, file, found)
    }

    /// Reads text in memory; `file` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`TerritoryReader::read_path`].
    pub fn read_str(&self, text: &str, file: &str) -> Result<(Atlas, Diagnostics)> {
        self.read_from(text.as_bytes(), file)
    }

    /// The outlines with crossings mended; everything found is reported.
    fn mended(&self, layer: Layer, table: &[usize], file: &str, found: &mut Diagnostics) -> Result<Layer> {
        if self.depth == Depth::Rings {
            return Ok(layer);
        }
        let checked = crate::parallel::map(layer.len(), |i| {
            let (mended, faults) = check(&layer.to_multi_polygon(i), None, Depth::Crossings);
            let wrong = |f: &Repair| matches!(f.fault, Fault::Invalid | Fault::Misplaced);
            let (sound, fault) =
                (faults.iter().filter(|f| wrong(f)).all(|f| f.mended), faults.iter().find(|f| wrong(f))?);
            Some((mended, sound, fault.fault))
        });
        if checked.iter().all(Option::is_none) {
            return Ok(layer);
        }
        let mut features = Vec::with_capacity(layer.len());
        for (i, checked) in checked.into_iter().enumerate() {
            let place = Place::file(file).record(table[i]);
            match checked {
                None => features.push(layer.to_multi_polygon(i)),
                Some((shape, sound, fault)) => {
                    let (kind, what) = match fault {
                        Fault::Misplaced => {
                            ("misplaced_ring", "a hole is outside its outline or rings lie in each other")
                        }
                        _ => ("self_intersection", "rings meet themselves or cross"),
                    };
                    if sound {
                        found.repaired(kind, place, format!("{what}; mended"));
                    } else {
                        let message = format!("{what}, and mending would change the area; kept as it is");
                        let (severity, outcome) = (Severity::Error, Outcome::Kept);
                        found.report(Finding { severity, kind, place, message, outcome })?;
                    }
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
        let mut records = Records::of_features(&table, file, self.strictness);
        let columns = self
            .find_columns(&mut records)
            .map_err(|e| if diagnostics.seen() > 0 { e.after(&diagnostics) } else { e })?;
        let mut drafts: Vec<Draft> = Vec::with_capacity(table.len());
        let mut later = Diagnostics::new(self.strictness);
        let mut groups: HashMap<String, usize> = HashMap::new();
        let mut i = 0;
        let read = records.for_each(|row, found| {
            let feature = i;
            i += 1;
            let Some(code) = self.code_of(row, columns.code, found) else {
                let message = "the feature has no code";
                return found.drop_record("no_code", row.place_of(columns.code), message);
            };
            let name = row.optional(columns.name).unwrap_or(&code).to_owned();
            if let Some(&earlier) = groups.get(&code) {
                let first: &mut Draft = &mut drafts[earlier];
                let new = first.name == name
                    && table.layer().polygons(feature).next().is_some()
                    && first.features.iter().all(|&f| !same_shape(table.layer(), f, feature));
                if !new {
                    let message = format!("{} {code} is already there; the first one is kept", self.level);
                    return found.drop_record("duplicate_code", row.place(), message);
                }
                first.features.push(feature);
                found.repaired(
                    "part",
                    row.place(),
                    format!("another part of {} {code}; joined with it", self.level),
                );
                found.keep();
                return Ok(());
            }
            groups.insert(code.clone(), drafts.len());
            found.keep();
            let place =
                table.points(feature).first().filter(|_| table.layer().polygons(feature).next().is_none());
            if place.is_some() {
                let message =
                    format!("{} {code} is a point: it has no outline, no area and no neighbours", self.level);
                found.remark("no_outline", row.place(), message);
            }
            drafts.push(Draft {
                code,
                name,
                features: vec![feature],
                population: columns.population.and_then(|c| population(row, c, found)),
                density: columns.density.and_then(|c| density(row, c, found)),
                parents: columns.parents.iter().map(|(level, c)| parent(row, level, *c, found)).collect(),
                point: place.copied(),
                place: row.place(),
            });
            Ok(())
        });
        later.merge(read.map_err(|e| e.after(&diagnostics))?);
        diagnostics.refine(later);

        let plain = drafts.len() == table.len();
        let layer = if plain { table.layer().clone() } else { joined(table.layer(), &drafts) };
        let records: Vec<usize> = drafts.iter().map(|d| table.record(d.features[0])).collect();
        drop(table);
        let layer = self.mended(layer, &records, file, &mut diagnostics)?;
        let (areas_m2, points) = (areas(&layer, Surface::Ellipsoid), interior_points(&layer));
        let mut builder = Atlas::builder(self.level.clone(), self.strictness);
        for (i, draft) in drafts.iter().enumerate() {
            let mut territory = Territory::new(TerritoryCode::new(&draft.code)?, draft.name.clone());
            territory.population = draft.population;
            territory.area_km2 = Some(areas_m2[i] / 1e6).filter(|a| *a > 0.0);
            let point = draft.point.unwrap_or(points[i]);
            territory.point = LonLat::new(point.x, point.y).ok();
            territory.density = draft.density;
            builder.add(territory, draft.place.clone())?;
        }
        // The reader below counted the same features; only what it could not know is added.
        let (mut atlas, found) = builder.finish().map_err(|e| e.after(&diagnostics))?;
        diagnostics.refine(found);
        for (at, (level, _)) in columns.parents.iter().enumerate() {
            self.add_parents(&mut atlas, &drafts, at, level, &mut diagnostics)?;
        }
        if self.depth == Depth::Crossings {
            report_overlaps(&layer, &drafts, &mut diagnostics)?;
        }
        atlas.set_geometry(&self.level, Arc::new(layer), GeometryQuality::Given)?;
        Ok((atlas, diagnostics))
    }

    /// The properties that tell what a territory is.
    fn find_columns(&self, records: &mut Records<'_>) -> Result<Columns> {
        let given = &self.columns;
        let code = if given.get(Role::Territory).is_some() {
            records.need(Role::Territory, &[], given)?
        } else {
            let usual = [Role::Territory.names(), Role::Commune.names()].concat();
            let all = names::matching(records.header(), &usual);
            let fits = |c: &usize| {
                let cells = || records.sample(*c).filter(|v| !v.is_empty());
                let good = cells().filter(|v| codes::of_level(&self.level, v).is_some()).count();
                (good > 0 && 2 * good >= cells().count(), *c)
            };
            let has = |c: &usize| records.sample(*c).any(|v| !v.is_empty());
            // A code names one territory: that of a group, which many have, comes after.
            let own = |c: usize| {
                let mut seen = BTreeSet::new();
                records.sample(c).filter(|v| !v.is_empty()).all(|v| seen.insert(v))
            };
            let good: Vec<usize> = all.iter().map(fits).filter(|f| f.0).map(|(_, c)| c).collect();
            let best = good.iter().copied().find(|&c| own(c)).or_else(|| good.first().copied());
            let best = best.or_else(|| all.iter().copied().find(has)).or_else(|| all.first().copied());
            let Some(code) = best.filter(|&c| c + 1 < records.header().len() || has(&c)) else {
                let header = &records.header()[..records.header().len() - 1];
                return Err(Error::Unknown {
                    kind: "property",
                    value: "code".to_owned(),
                    hint: Some(format!(
                        "{}: name the one that holds it (territory=PROPERTY); {}",
                        records.file(),
                        if header.is_empty() {
                            "the features have no properties".to_owned()
                        } else {
                            format!("the features have {}", names::listed(header))
                        }
                    )),
                });
            };
            code
        };
        records.take(Role::Territory, code);
        let mut parents = Vec::new();
        match &self.parents {
            Some(list) => {
                for (level, property) in list {
                    let column = names::exact(records.header(), property)
                        .ok_or_else(|| names::no_column(records.header(), &[property], records.file()))?;
                    parents.push((level.clone(), column));
                }
            }
            None => {
                for (level, names) in PARENTS.iter().filter(|(level, _)| *level != self.level) {
                    let found = names::matching(records.header(), names);
                    let has = |c: &usize| *c != code && records.sample(*c).any(|v| !v.is_empty());
                    let coded = |c: &usize| records.sample(*c).any(|v| codes::of_level(level, v).is_some());
                    let all: Vec<usize> = found.into_iter().filter(has).collect();
                    let best = all.iter().copied().find(coded).or_else(|| all.first().copied());
                    if let Some(column) = best {
                        if !coded(&column) {
                            let place =
                                Place::file(records.file().to_owned()).field(&records.header()[column]);
                            let message =
                                format!("holds names, not codes: the level {level} is made of names");
                            records.diagnostics().remark("parent_names", place, message);
                        }
                        parents.push((level.clone(), column));
                    }
                }
            }
        }
        Ok(Columns {
            code,
            name: records.find(Role::Name, Role::Name.names(), given)?,
            population: records.find(Role::Population, Role::Population.names(), given)?,
            density: match given.get(Role::Density) {
                Some(_) => records.find(Role::Density, &[], given)?,
                None => None,
            },
            parents,
        })
    }

    /// The code of a feature, put right; what was done is reported.
    fn code_of(&self, row: &Row<'_>, column: usize, found: &mut Diagnostics) -> Option<String> {
        let written = row.get(column);
        if written.is_empty() {
            return None;
        }
        match codes::of_level(&self.level, written) {
            Some(FoundCode { code, repair: Some(repair) }) => {
                found.repaired(repair.kind(), row.place_of(column), repair.message(written, &code));
                Some(code)
            }
            Some(FoundCode { code, .. }) => Some(code),
            None => Some(written.to_owned()),
        }
    }

    /// Adds the level whose codes a property holds.
    fn add_parents(
        &self,
        atlas: &mut Atlas,
        drafts: &[Draft],
        at: usize,
        level: &Level,
        diagnostics: &mut Diagnostics,
    ) -> Result<()> {
        let parent = |d: &Draft| d.parents.get(at).cloned().flatten();
        let groups: BTreeMap<String, TerritoryCode> = drafts
            .iter()
            .filter_map(parent)
            .filter_map(|p| Some((p.clone(), TerritoryCode::new(p).ok()?)))
            .collect();
        let members: Vec<(String, String)> =
            drafts.iter().filter_map(|d| Some((d.code.clone(), parent(d)?))).collect();
        let members = members.iter().map(|(c, p)| (c.as_str(), p.as_str()));
        let groups = groups.into_values().map(|c| (c.clone(), c.to_string()));
        let found = atlas.add_level(level.clone(), groups, members, self.strictness)?;
        diagnostics.refine(found);
        Ok(())
    }
}

/// The properties that tell what a territory is.
struct Columns {
    code: usize,
    name: Option<usize>,
    population: Option<usize>,
    density: Option<usize>,
    parents: Vec<(Level, usize)>,
}

/// A territory as its features tell it.
struct Draft {
    code: String,
    name: String,
    /// Its parts.
    features: Vec<usize>,
    population: Option<f64>,
    density: Option<DensityLevel>,
    parents: Vec<Option<String>>,
    /// Where it is, when it has no outline.
    point: Option<Coord<f64>>,
    place: Place,
}

/// Whether two features have the same rings.
fn same_shape(layer: &Layer, a: usize, b: usize) -> bool {
    layer.rings(a).eq(layer.rings(b))
}

/// The outlines of territories, each of all its parts.
fn joined(layer: &Layer, drafts: &[Draft]) -> Layer {
    let mut out = Layer::default();
    for draft in drafts {
        for polygon in draft.features.iter().flat_map(|&f| layer.polygons(f)) {
            for ring in polygon {
                out.push_all(ring);
                out.end_ring();
            }
            out.end_polygon();
        }
        out.end_feature();
    }
    out
}

/// Part of the smaller of two territories above which an overlap is no matter of drawing.
const OVERLAP: f64 = 0.005;
/// Pairs that are measured.
const MOST_PAIRS: usize = 2000;

/// Reports the territories that overlap: what lies in both is put into the first.
fn report_overlaps(layer: &Layer, drafts: &[Draft], found: &mut Diagnostics) -> Result<()> {
    let pairs = overlapping_pairs(layer)?;
    if pairs.len() > MOST_PAIRS {
        let message = format!(
            "{} pairs of territories overlap: is this one level? What lies in several is put into the first",
            pairs.len()
        );
        found.repaired("overlap", drafts[pairs[0][0] as usize].place.clone(), message);
        return Ok(());
    }
    for common in crate::parallel::map(pairs.len(), |i| common_part(layer, pairs[i])) {
        let part = common.of_a.max(common.of_b);
        if part > OVERLAP {
            let [first, second] = [common.a, common.b].map(|i| &drafts[i as usize]);
            let smaller = if common.of_a > common.of_b { first } else { second };
            let message = format!(
                "{} and {} overlap in {:.1} % of {}: what lies in both is put into {}",
                first.code,
                second.code,
                100.0 * part,
                smaller.code,
                first.code
            );
            found.repaired("overlap", second.place.clone(), message);
        }
    }
    Ok(())
}

/// The population in a cell; what is none is reported.
fn population(row: &Row<'_>, column: usize, found: &mut Diagnostics) -> Option<f64> {
    match row.number(column) {
        Number::Value(v) => Some(v),
        Number::Blank | Number::Secret => None,
        Number::Invalid => {
            let message = format!("{:?} is no population; left out", printable(row.get(column), 60));
            found.repaired("bad_population", row.place_of(column), message);
            None
        }
    }
}

/// The density level in a cell: a French label, or 1 (densest) to 7; what is none is reported.
fn density(row: &Row<'_>, column: usize, found: &mut Diagnostics) -> Option<DensityLevel> {
    let text = row.optional(Some(column))?;
    let by_rank = || {
        let rank = codes::unglued(text).parse::<usize>().ok()?.checked_sub(1)?;
        DensityLevel::ALL.into_iter().find(|l| l.rank() == rank)
    };
    let level = DensityLevel::from_label(text).or_else(by_rank);
    if level.is_none() {
        let message = format!("{:?} is no level of the density grid; left out", printable(text, 60));
        found.repaired("bad_density", row.place_of(column), message);
    }
    level
}

/// The code of a parent in a cell, put right where it can be; a word such as `NC` is none.
fn parent(row: &Row<'_>, level: &Level, column: usize, found: &mut Diagnostics) -> Option<String> {
    let written = row.optional(Some(column))?;
    if matches!(written.to_uppercase().as_str(), "NC" | "NR" | "ZZZZZZZZZ" | "N/A" | "NULL") {
        return None;
    }
    // Of several (`200069193/200054781`), the first one counts.
    let first = written.split(['/', ';', '|']).next().unwrap_or(written);
    let Some(right) = codes::of_level(level, first) else { return Some(written.to_owned()) };
    if first != written {
        found.remark("several_parents", row.place_of(column), format!("{written:?}: the first one counts"));
    }
    if let Some(repair) = right.repair {
        found.remark(repair.kind(), row.place_of(column), repair.message(first, &right.code));
    }
    Some(right.code)
}
