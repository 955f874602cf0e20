//! A table of territories without outlines to an [`Atlas`].

use std::collections::BTreeMap;

use super::number::Number;
use super::records::{Records, Row};
use crate::atlas::{Atlas, Attribute, Territory};
use crate::diagnostics::{Diagnostics, Strictness, printable};
use crate::error::Result;
use crate::labels::Labels;
use crate::model::{Level, TerritoryCode};
use crate::space::LonLat;

/// A level that a column of the table tells: by its codes, or by their first characters (`BE21` of `BE211`).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parent {
    level: Level,
    column: String,
    characters: Option<usize>,
}

/// Reads the territories of any country from a table: one row each, columns by name, levels above and
/// classifications as columns.
///
/// ```
/// use rurban::model::Level;
/// use rurban::read::{TerritoryTable, csv::Reader};
///
/// let text = "lau,name,nuts3,population,degurba,lon,lat\nBE21004,Bruxelles,BE100,181726,1,4.35,50.85\n\
///             BE82003,Bastogne,BE342,16000,3,5.72,50.0\n";
/// let table = TerritoryTable::new(Level::Custom("lau".to_owned()), "lau")
///     .parent(Level::Custom("nuts3".to_owned()), "nuts3")
///     .parent_prefix(Level::Custom("country".to_owned()), "nuts3", 2)
///     .classes("degurba");
/// let (atlas, found) = table.read(Reader::default().open_str(text, "lau.csv")?)?;
/// assert_eq!((atlas.levels().len(), found.kept()), (3, 2));
/// assert_eq!(atlas.attribute("degurba").unwrap().classes, ["1", "3"]);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct TerritoryTable {
    level: Level,
    code: String,
    parents: Vec<Parent>,
    classes: Vec<String>,
    strictness: Strictness,
}

impl TerritoryTable {
    /// Territories of this level, their codes in this column. Names, populations, areas in km² and points
    /// are in the columns `name`, `population`, `area_km2`, `lon` and `lat`, where there are such.
    pub fn new(level: Level, code: impl Into<String>) -> Self {
        let strictness = Strictness::Lenient;
        Self { level, code: code.into(), parents: Vec::new(), classes: Vec::new(), strictness }
    }

    /// A level above, by the codes of a column.
    pub fn parent(mut self, level: Level, column: impl Into<String>) -> Self {
        self.parents.push(Parent { level, column: column.into(), characters: None });
        self
    }

    /// A level above, by the first characters of the codes of a column.
    pub fn parent_prefix(mut self, level: Level, column: impl Into<String>, characters: usize) -> Self {
        self.parents.push(Parent { level, column: column.into(), characters: Some(characters) });
        self
    }

    /// A classification of the territories, by a column.
    pub fn classes(mut self, column: impl Into<String>) -> Self {
        self.classes.push(column.into());
        self
    }

    /// Sets what to do at the first error-level finding.
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads the rows. Rows without a code and second rows of a code are dropped, figures that are none left
    /// out; all is reported. O(rows log rows).
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when a named column is not there or no territory is left;
    /// those of [`Records::for_each`].
    pub fn read(&self, table: Records<'_>) -> Result<(Atlas, Diagnostics)> {
        let code = table.require(&[&self.code])?;
        let [name, population, area, lon, lat] =
            ["name", "population", "area_km2", "lon", "lat"].map(|column| table.column(&[column]));
        let parents = self.parents.iter().map(|p| table.require(&[&p.column])).collect::<Result<Vec<_>>>()?;
        let classes = self.classes.iter().map(|c| table.require(&[c])).collect::<Result<Vec<_>>>()?;
        let mut builder = Atlas::builder(self.level.clone(), self.strictness);
        let mut above: Vec<Vec<(String, String)>> = vec![Vec::new(); parents.len()];
        let mut class_of: Vec<Vec<Option<String>>> = vec![Vec::new(); classes.len()];
        let found = table.for_each(|row, found| {
            let written = row.id(code);
            let Ok(key) = TerritoryCode::new(written) else {
                return found.drop_record("no_code", row.place_of(code), "the row has no code");
            };
            let mut territory = Territory::new(key, row.optional(name).unwrap_or(written));
            territory.population = figure(row, population, found);
            territory.area_km2 = figure(row, area, found);
            territory.point = point(row, [lon, lat], found);
            if !builder.add(territory, row.place())? {
                let message = format!("{} {written} is already there; the first one is kept", self.level);
                return found.drop_record("duplicate_code", row.place(), message);
            }
            found.keep();
            for (held, (parent, &column)) in above.iter_mut().zip(self.parents.iter().zip(&parents)) {
                let cell = row.get(column);
                let end = parent
                    .characters
                    .and_then(|n| cell.char_indices().nth(n))
                    .map_or(cell.len(), |(at, _)| at);
                if !cell.is_empty() {
                    held.push((written.to_owned(), cell[..end].to_owned()));
                }
            }
            for (held, &column) in class_of.iter_mut().zip(&classes) {
                held.push(row.optional(Some(column)).map(str::to_owned));
            }
            Ok(())
        })?;
        // The builder counted the same rows.
        let (mut atlas, _) = builder.finish().map_err(|e| e.after(&found))?;
        let mut found = found;
        for (members, parent) in above.into_iter().zip(&self.parents) {
            let groups: BTreeMap<&str, TerritoryCode> =
                members.iter().filter_map(|(_, g)| Some((g.as_str(), TerritoryCode::new(g).ok()?))).collect();
            let groups = groups.into_iter().map(|(name, code)| (code, name.to_owned()));
            let pairs = members.iter().map(|(member, group)| (member.as_str(), group.as_str()));
            found.refine(atlas.add_level(parent.level.clone(), groups, pairs, self.strictness)?);
        }
        for (cells, name) in class_of.into_iter().zip(&self.classes) {
            let mut known: Vec<String> = cells.iter().flatten().cloned().collect();
            known.sort_unstable();
            known.dedup();
            let of = cells.iter().map(|cell| {
                cell.as_ref().and_then(|c| known.binary_search(c).ok()).map_or(Labels::NONE, |c| c as u32)
            });
            let labels = Labels::new(of.collect(), known.len())?;
            atlas.add_attribute(Attribute { name: name.clone(), labels, classes: known })?;
        }
        Ok((atlas, found))
    }
}

/// The figure in a cell; what is none is reported.
fn figure(row: &Row<'_>, column: Option<usize>, found: &mut Diagnostics) -> Option<f64> {
    let column = column?;
    match row.number(column) {
        Number::Value(v) => Some(v),
        Number::Blank | Number::Secret => None,
        Number::Invalid => {
            let message = format!("{:?} is no number; left out", printable(row.get(column), 60));
            found.repaired("bad_figure", row.place_of(column), message);
            None
        }
    }
}

/// The point in two cells; what is none is reported.
fn point(row: &Row<'_>, [lon, lat]: [Option<usize>; 2], found: &mut Diagnostics) -> Option<LonLat> {
    let at = [figure(row, lon, found)?, figure(row, lat, found)?];
    LonLat::try_from(at).map_err(|e| found.repaired("bad_point", row.place(), format!("{e}; left out"))).ok()
}
