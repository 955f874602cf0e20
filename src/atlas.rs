//! The territories of a study: a base level (communes, or the finest one there is) and the levels
//! it nests into, with names, populations, density levels and geometry.

mod fill;
mod membership;
mod outlines;
mod rurality;
mod search;
mod stored;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub use membership::Memberships;
pub use rurality::TerritoryRurality;

use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::{DensityLevel, GeometryQuality, Level, Rurality, TerritoryCode};
use crate::space::crs::Zones;
use crate::space::index::EnvelopeIndex;
use crate::space::{Layer, LonLat};

/// A polygon unit with a code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Territory {
    /// Code, unique at its level.
    pub code: TerritoryCode,
    /// Name.
    pub name: String,
    /// Inhabitants.
    pub population: Option<f64>,
    /// Area in km².
    pub area_km2: Option<f64>,
    /// A point inside.
    pub point: Option<LonLat>,
    /// Level on the seven-level density grid.
    pub density: Option<DensityLevel>,
    /// Base territories it has in all, where it is known that the atlas holds only some of them: what is
    /// said of it is said of that part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members_in_all: Option<u32>,
}

impl Territory {
    /// A territory with the required fields; set the others on the value.
    #[must_use]
    pub fn new(code: TerritoryCode, name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            code,
            name,
            population: None,
            area_km2: None,
            point: None,
            density: None,
            members_in_all: None,
        }
    }
}

/// All territories of one level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AtlasLevel {
    level: Level,
    territories: Vec<Territory>,
    #[serde(skip)]
    index: HashMap<TerritoryCode, u32>,
    #[serde(with = "stored::outlines")]
    geometry: Option<(Arc<Layer>, GeometryQuality)>,
    /// The first territory of this level given for each base territory.
    membership: Labels,
    memberships: Memberships,
}

impl AtlasLevel {
    /// Which level it is.
    #[must_use]
    pub const fn level(&self) -> &Level {
        &self.level
    }

    /// The territories, in the order they were given.
    #[must_use]
    pub fn territories(&self) -> &[Territory] {
        &self.territories
    }

    /// Index of a territory.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<usize> {
        self.index.get(code).map(|&i| i as usize)
    }

    /// The territory of this level of each base territory. Where perimeters overlap this is the
    /// first one given; [`AtlasLevel::memberships`] has all.
    #[must_use]
    pub const fn membership(&self) -> &Labels {
        &self.membership
    }

    /// All territories of this level that each base territory lies in.
    pub const fn memberships(&self) -> &Memberships {
        &self.memberships
    }

    /// The territories of this level that a base territory lies in, the first one given first.
    pub fn territories_of(&self, base: usize) -> impl Iterator<Item = usize> + '_ {
        let first = self.membership.get(base);
        let others = self.memberships.of(base).iter().map(|&t| t as usize).filter(move |&t| Some(t) != first);
        first.into_iter().chain(others)
    }

    /// Outlines in longitude and latitude, in the order of the territories, if there are any.
    #[must_use]
    pub fn geometry(&self) -> Option<&Layer> {
        self.geometry.as_ref().map(|(layer, _)| layer.as_ref())
    }

    /// The outline of one territory, for `geo`; `None` without outlines or beyond the last territory.
    #[must_use]
    pub fn polygon(&self, territory: usize) -> Option<MultiPolygon<f64>> {
        let layer = self.geometry()?;
        (territory < layer.len()).then(|| layer.to_multi_polygon(territory))
    }

    /// The envelopes of the outlines in an R-tree: which territories a place or a window touches. Empty
    /// without outlines. O(territories log territories).
    ///
    /// # Errors
    /// [`Error::Value`] for an outline whose bounds are not finite.
    pub fn envelope_index(&self) -> Result<EnvelopeIndex> {
        self.geometry().map_or_else(|| EnvelopeIndex::from_bounds(&[]), EnvelopeIndex::new)
    }

    /// How far the outlines can be trusted.
    #[must_use]
    pub fn geometry_quality(&self) -> Option<GeometryQuality> {
        self.geometry.as_ref().map(|(_, quality)| *quality)
    }
}

/// A named classification of the base territories (typology, mountain range, employment zone …).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// Name of the classification.
    pub name: String,
    /// Class of each base territory.
    pub labels: Labels,
    /// Name of each class.
    pub classes: Vec<String>,
}

/// The territories of a study at all their levels. Written and read back with serde; what is read is
/// checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "stored::Stored")]
pub struct Atlas {
    /// The base level first, then the others as they were added.
    levels: Vec<AtlasLevel>,
    attributes: Vec<Attribute>,
    /// Where distances are measured in which plane; from the extent of the territories when unset.
    zones: Option<Zones>,
    /// Rural or urban for each base territory; by the density grid when unset.
    rurality: Option<Vec<Option<Rurality>>>,
}

impl Atlas {
    /// Starts an atlas at its base level.
    #[must_use]
    pub fn builder(base: Level, strictness: Strictness) -> AtlasBuilder {
        AtlasBuilder {
            level: base,
            territories: Vec::new(),
            index: HashMap::new(),
            diagnostics: Diagnostics::new(strictness),
        }
    }

    /// The finest level, which the others group.
    #[must_use]
    pub fn base(&self) -> &AtlasLevel {
        &self.levels[0]
    }

    /// All levels, the base first.
    #[must_use]
    pub fn levels(&self) -> &[AtlasLevel] {
        &self.levels
    }

    /// The level of this kind.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no such level.
    pub fn level(&self, level: &Level) -> Result<&AtlasLevel> {
        self.levels.iter().find(|l| l.level == *level).ok_or_else(|| Error::Unknown {
            kind: "level",
            value: level.to_string(),
            hint: Some(format!(
                "this atlas has: {}",
                self.levels.iter().map(|l| l.level.to_string()).collect::<Vec<_>>().join(", ")
            )),
        })
    }

    /// Classifications of the base territories.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The classification of this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|a| a.name == name)
    }

    /// Adds a classification of the base territories.
    ///
    /// # Errors
    /// [`Error::Shape`] when it does not classify as many territories as there are.
    pub fn add_attribute(&mut self, attribute: Attribute) -> Result<()> {
        let expected = self.base().territories.len();
        if attribute.labels.len() != expected {
            return Err(Error::Shape { what: "attribute labels", expected, got: attribute.labels.len() });
        }
        self.attributes.push(attribute);
        Ok(())
    }

    /// Adds a level by naming its territories and the members of each, as
    /// `(code of the base territory, code of the group)`.
    ///
    /// Population and area of a group are the sums over its members (over those that have one);
    /// its point is the one of its most populous member. Members or groups that do not exist are
    /// reported and left out.
    ///
    /// # Errors
    /// In strict mode, the first error-level finding.
    pub fn add_level<'a>(
        &mut self,
        level: Level,
        groups: impl IntoIterator<Item = (TerritoryCode, String)>,
        members: impl IntoIterator<Item = (&'a str, &'a str)>,
        strictness: Strictness,
    ) -> Result<Diagnostics> {
        let file = format!("level {level}");
        let mut builder = Self::builder(level, strictness);
        for (i, (code, name)) in groups.into_iter().enumerate() {
            builder.add(Territory::new(code, name), Place::file(&*file).record(i))?;
        }
        let AtlasBuilder { level, mut territories, index, mut diagnostics } = builder;
        let base = self.base();
        let mut of = vec![Labels::NONE; base.territories.len()];
        let mut pairs = Vec::new();
        for (i, (member, group)) in members.into_iter().enumerate() {
            let place = Place::file(format!("{file} members")).record(i);
            match (base.index.get(member), index.get(group)) {
                (Some(&m), Some(&g)) => {
                    diagnostics.keep();
                    pairs.push((m, g));
                    if of[m as usize] == Labels::NONE {
                        of[m as usize] = g;
                    }
                }
                (None, _) => diagnostics.drop_record(
                    "unknown_member",
                    place,
                    format!("{member:?} is no {} of the atlas", base.level),
                )?,
                (_, None) => diagnostics.drop_record(
                    "unknown_group",
                    place,
                    format!("{group:?} is no {level} of the list"),
                )?,
            }
        }
        let memberships = Memberships::from_pairs(base.territories.len(), &pairs)?;
        let mut largest = vec![f64::NEG_INFINITY; territories.len()];
        for (m, g) in memberships.iter() {
            let member = &base.territories[m as usize];
            let group = &mut territories[g as usize];
            group.population = sum(group.population, member.population);
            group.area_km2 = sum(group.area_km2, member.area_km2);
            let size = member.population.unwrap_or(-1.0);
            if member.point.is_some() && size > largest[g as usize] {
                largest[g as usize] = size;
                group.point = member.point;
            }
        }
        let classes = territories.len();
        let membership = Labels::new(of, classes)?;
        self.levels.push(AtlasLevel { level, territories, index, geometry: None, membership, memberships });
        Ok(diagnostics)
    }

    /// Fills what this atlas does not know of its base territories from another one, by code:
    /// names, populations, points, density levels, and every level and classification it lacks.
    ///
    /// A code the other atlas does not have is looked up in `renamed` (old code to new code: see
    /// `france::EmbeddedFrance::commune_code_history`). Territories found in neither way are
    /// reported and left as they are.
    ///
    /// # Errors
    /// In strict mode, the first error-level finding.
    pub fn fill_from(
        &mut self,
        other: &Self,
        renamed: &HashMap<String, String>,
        strictness: Strictness,
    ) -> Result<Diagnostics> {
        self.zones = self.zones.take().or_else(|| other.zones.clone());
        if self.base().level != other.base().level {
            return self.fill_upper(other, strictness);
        }
        let mut diagnostics = Diagnostics::new(strictness);
        let base = &mut self.levels[0];
        let find = |code: &str| other.base().find(code).or_else(|| other.base().find(renamed.get(code)?));
        let found: Vec<Option<usize>> = base.territories.iter().map(|t| find(t.code.as_str())).collect();
        for (i, (mine, theirs)) in base.territories.iter_mut().zip(&found).enumerate() {
            let Some(theirs) = theirs.map(|t| &other.base().territories[t]) else {
                let message =
                    format!("{} {} is not in the other atlas; nothing filled", base.level, mine.code);
                diagnostics.remark("unmatched_territory", Place::file("atlas").record(i), message);
                continue;
            };
            if mine.name == mine.code.as_str() {
                mine.name.clone_from(&theirs.name);
            }
            // Several old territories may have merged into one: only what a part shares with the
            // whole is taken over.
            if mine.code != theirs.code {
                let message = format!(
                    "{} {} is {} today; its density level and the levels above are taken from there",
                    base.level, mine.code, theirs.code
                );
                diagnostics.remark("former_code", Place::file("atlas").record(i), message);
            }
            if mine.code == theirs.code {
                mine.population = mine.population.or(theirs.population);
                mine.area_km2 = mine.area_km2.or(theirs.area_km2);
                mine.point = mine.point.or(theirs.point);
            }
            mine.density = mine.density.or(theirs.density);
        }
        let codes: Vec<TerritoryCode> = self.base().territories.iter().map(|t| t.code.clone()).collect();
        for level in &other.levels[1..] {
            if let Some(mine) = self.levels.iter_mut().find(|l| l.level == level.level) {
                for t in mine.territories.iter_mut().filter(|t| t.name == t.code.as_str()) {
                    if let Some(theirs) = level.find(t.code.as_str()) {
                        t.name.clone_from(&level.territories[theirs].name);
                    }
                }
                continue;
            }
            let mut members: Vec<(&str, &str)> = Vec::new();
            for (code, theirs) in codes.iter().zip(&found) {
                let Some(theirs) = *theirs else { continue };
                let groups = level.territories_of(theirs).map(|g| level.territories[g].code.as_str());
                members.extend(groups.map(|group| (code.as_str(), group)));
            }
            // Only the groups that have a member here.
            let used: HashSet<&str> = members.iter().map(|(_, group)| *group).collect();
            let groups: Vec<_> = level
                .territories
                .iter()
                .filter(|t| used.contains(t.code.as_str()))
                .map(|t| (t.code.clone(), t.name.clone()))
                .collect();
            diagnostics.merge(self.add_level(level.level.clone(), groups, members, strictness)?);
        }
        self.count_missing_members(other, &mut diagnostics);
        for attribute in &other.attributes {
            if self.attribute(&attribute.name).is_none() {
                let of = found
                    .iter()
                    .map(|t| t.and_then(|t| attribute.labels.get(t)).map_or(Labels::NONE, |c| c as u32))
                    .collect();
                self.add_attribute(Attribute {
                    labels: Labels::from_dense(of, attribute.labels.classes()),
                    ..attribute.clone()
                })?;
            }
        }
        Ok(diagnostics)
    }

    /// Notes for the territories of upper levels how many base territories they have in another atlas of the
    /// same base, where that is more than here.
    fn count_missing_members(&mut self, other: &Self, found: &mut Diagnostics) {
        for mine in &mut self.levels[1..] {
            let level = &mine.level;
            let Ok(theirs) = other.level(level) else { continue };
            let here = mine.memberships.counts(mine.territories.len());
            let all = theirs.memberships.counts(theirs.territories.len());
            for (i, t) in mine.territories.iter_mut().enumerate() {
                let Some(known) = theirs.find(t.code.as_str()).map(|u| all[u]) else { continue };
                if here[i] < known {
                    t.members_in_all = Some(known);
                    let message = format!(
                        "{level} {} ({}): {} of its {known} territories are in the atlas; what is said of it is \
                         said of these",
                        t.code, t.name, here[i]
                    );
                    found.remark("partial_territory", Place::file("atlas").record(i), message);
                }
            }
        }
    }

    /// Gives a level its outlines: one feature per territory, in their order.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level, [`Error::Shape`] when the layer does not
    /// have one feature per territory.
    pub fn set_geometry(&mut self, level: &Level, layer: Arc<Layer>, quality: GeometryQuality) -> Result<()> {
        let expected = self.level(level)?.territories.len();
        if layer.len() != expected {
            return Err(Error::Shape { what: "features of the layer", expected, got: layer.len() });
        }
        for l in &mut self.levels {
            if l.level == *level {
                l.geometry = Some((Arc::clone(&layer), quality));
            }
        }
        Ok(())
    }

    /// The planes in which distances are measured: those set, else one for the extent of the base
    /// territories (see [`Zones::of_extent`]).
    #[must_use]
    pub fn zones(&self) -> Zones {
        self.zones.clone().unwrap_or_else(|| {
            let points: Vec<_> =
                self.base().territories.iter().filter_map(|t| Some(t.point?.into())).collect();
            Zones::of_extent(&points)
        })
    }

    /// Sets the planes in which distances are measured (a country's official ones).
    pub fn set_zones(&mut self, zones: Zones) {
        self.zones = Some(zones);
    }
}

fn sum(a: Option<f64>, b: Option<f64>) -> Option<f64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a + b),
        (a, b) => a.or(b),
    }
}

/// Collects the base territories of an [`Atlas`].
#[derive(Debug)]
pub struct AtlasBuilder {
    level: Level,
    territories: Vec<Territory>,
    index: HashMap<TerritoryCode, u32>,
    diagnostics: Diagnostics,
}

impl AtlasBuilder {
    /// Adds a territory. One whose code is already there is dropped and reported; an impossible
    /// population or area is emptied and reported. Returns whether it was kept.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add(&mut self, mut territory: Territory, place: Place) -> Result<bool> {
        if self.index.contains_key(&territory.code) {
            self.diagnostics.drop_record(
                "duplicate_code",
                place,
                format!("{} {} is already there; the first one is kept", self.level, territory.code),
            )?;
            return Ok(false);
        }
        for (field, value) in
            [("population", &mut territory.population), ("area_km2", &mut territory.area_km2)]
        {
            if value.is_some_and(|v| !(v.is_finite() && v >= 0.0)) {
                self.diagnostics.repaired(
                    "impossible_value",
                    place.clone().field(field),
                    format!(
                        "{} of {} must be finite and not negative; emptied",
                        value.unwrap_or(f64::NAN),
                        territory.code
                    ),
                );
                *value = None;
            }
        }
        self.diagnostics.keep();
        self.index.insert(territory.code.clone(), self.territories.len() as u32);
        self.territories.push(territory);
        Ok(true)
    }

    /// The account so far, for findings of the caller's own.
    pub const fn diagnostics(&mut self) -> &mut Diagnostics {
        &mut self.diagnostics
    }

    /// The atlas with its base level.
    ///
    /// # Errors
    /// [`Error::Unknown`] when no territory was added.
    pub fn finish(self) -> Result<(Atlas, Diagnostics)> {
        let Self { level, territories, index, diagnostics } = self;
        if territories.is_empty() {
            return Err(Error::Unknown {
                kind: "territory",
                value: level.to_string(),
                hint: Some(match diagnostics.seen() {
                    0 => "an atlas needs at least one".to_owned(),
                    _ => format!("an atlas needs at least one; {diagnostics}"),
                }),
            });
        }
        let n = territories.len();
        let membership = Labels::new((0..n as u32).collect(), n)?;
        let memberships = Memberships::identity(n);
        let base = AtlasLevel { level, territories, index, geometry: None, membership, memberships };
        Ok((Atlas { levels: vec![base], attributes: Vec::new(), zones: None, rurality: None }, diagnostics))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commune(code: &str, population: f64) -> Territory {
        let mut t = Territory::new(TerritoryCode::new(code).unwrap(), format!("Commune {code}"));
        t.population = Some(population);
        t.point = LonLat::new(population / 1e3, 45.0).ok();
        t
    }

    fn atlas() -> Atlas {
        let mut b = Atlas::builder(Level::Commune, Strictness::Lenient);
        for (code, population) in [("A", 10.0), ("B", 30.0), ("C", 5.0), ("A", 7.0), ("D", -1.0)] {
            b.add(commune(code, population), Place::file("t")).unwrap();
        }
        let (mut atlas, d) = b.finish().unwrap();
        assert_eq!(
            (d.seen(), d.kept(), d.count("duplicate_code"), d.count("impossible_value")),
            (5, 4, 1, 1)
        );
        let groups = ["X", "Y"].map(|c| (TerritoryCode::new(c).unwrap(), format!("Pays {c}")));
        let members = [("A", "X"), ("B", "X"), ("B", "Y"), ("C", "Y"), ("Z", "Y"), ("C", "Q")];
        let d = atlas.add_level(Level::PetrPays, groups, members, Strictness::Lenient).unwrap();
        assert_eq!((d.dropped(), d.count("unknown_member"), d.count("unknown_group")), (2, 1, 1));
        atlas
    }

    #[test]
    fn levels_sum_their_members_and_overlaps_are_kept() {
        let atlas = atlas();
        let level = atlas.level(&Level::PetrPays).unwrap();
        assert_eq!(level.territories()[0].population, Some(40.0));
        assert_eq!(level.territories()[1].population, Some(35.0));
        assert_eq!(level.territories()[0].point, LonLat::new(0.03, 45.0).ok());
        assert_eq!(level.membership().get(1), Some(0));
        assert_eq!(level.memberships().iter().collect::<Vec<_>>(), [(0, 0), (1, 0), (1, 1), (2, 1)]);
    }

    #[test]
    fn territories_are_found_by_code_or_name_or_the_error_helps() {
        let atlas = atlas();
        let level = atlas.level(&Level::PetrPays).unwrap();
        assert_eq!(level.search("Y").unwrap(), 1);
        assert_eq!(level.search("pays x").unwrap(), 0);
        assert!(level.search("pays").unwrap_err().to_string().contains("Pays X (X), Pays Y (Y)"));
        assert!(level.search("nowhere").is_err());
        assert!(atlas.level(&Level::Region).unwrap_err().to_string().contains("commune, PETR/Pays"));
    }

    #[test]
    fn strict_atlases_stop_at_duplicates() {
        let mut b = Atlas::builder(Level::Commune, Strictness::Strict);
        b.add(commune("A", 1.0), Place::file("t")).unwrap();
        assert!(b.add(commune("A", 1.0), Place::file("t")).is_err());
        assert!(Atlas::builder(Level::Commune, Strictness::Lenient).finish().is_err());
    }
}
