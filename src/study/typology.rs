//! What is rural, by which typology, and what changes when a threshold does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Study;
use crate::atlas::{AtlasLevel, Attribute};
use crate::error::{Error, Result};
use crate::inequality::{Decomposition, Distribution, Lorenz};
use crate::labels::Labels;
use crate::model::{DensityLevel, Level, Rurality, Typology3};
use crate::network::{Agreement, agreement};
use crate::typology::{
    PERIURBAN_POLE, RegionClass, RegionPopulation, RegionRules, RuralSetting, Switch, epci_typology,
    regional_typology, rural_setting, switches,
};

/// Thresholds of the typologies of a study.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TypologyRules {
    /// A territory is rural where more than this share of its people live in rural communes: 0.5.
    pub rural_share: f64,
    /// Rural communes attracted by a pole of more inhabitants are periurban: 50,000.
    pub periurban_pole: f64,
    /// Thresholds of the typology of regions.
    pub regions: RegionRules,
}

impl Default for TypologyRules {
    fn default() -> Self {
        Self { rural_share: 0.5, periurban_pole: PERIURBAN_POLE, regions: RegionRules::default() }
    }
}

impl TypologyRules {
    /// Sets the share of rural people above which a territory is rural.
    #[must_use]
    pub const fn rural_share(mut self, share: f64) -> Self {
        self.rural_share = share;
        self
    }

    /// Sets the size of the poles that make rural communes periurban.
    #[must_use]
    pub const fn periurban_pole(mut self, inhabitants: f64) -> Self {
        self.periurban_pole = inhabitants;
        self
    }

    /// Sets the thresholds of the typology of regions.
    #[must_use]
    pub const fn regions(mut self, rules: RegionRules) -> Self {
        self.regions = rules;
        self
    }
}

/// A classification of the territories of a level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Typology {
    /// What it is called.
    pub name: String,
    /// The level it classes.
    pub level: Level,
    /// Its classes, from urban to rural.
    pub classes: Vec<TypologyClass>,
    /// Class of each territory, in the order of the atlas.
    pub labels: Labels,
    /// Territories without a class, and their people.
    pub unclassed: (usize, f64),
}

/// A class of a [`Typology`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypologyClass {
    /// What it is called.
    pub name: String,
    /// Territories in it.
    pub territories: usize,
    /// Their people.
    pub population: f64,
    /// Their share of all people in a class, in [0, 1]; NaN when there are none.
    pub share: f64,
}

impl Typology {
    fn class(&self, territory: usize) -> Option<usize> {
        self.labels.get(territory)
    }
}

/// Territories that switch class in a typology when thresholds change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypologySwitches {
    /// The typology.
    pub name: String,
    /// The level it classes.
    pub level: Level,
    /// Its classes.
    pub classes: Vec<String>,
    /// Who switches, from which class to which; units are territories of the level.
    pub switches: Vec<Switch<usize>>,
    /// People of those that switch.
    pub population: f64,
}

/// Inequality of an amount over the territories of a level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InequalityReport {
    /// Territories measured.
    pub territories: usize,
    /// Territories left out: without an amount or without people.
    pub left_out: usize,
    /// Amount per head.
    pub mean: f64,
    /// Gini coefficient, in [0, 1).
    pub gini: f64,
    /// Theil's T, weighted by amounts.
    pub theil_t: f64,
    /// Cumulated shares, for the curve.
    pub lorenz: Lorenz,
    /// Theil's T between and within the groups asked for, in their order.
    pub by: Vec<GroupInequality>,
}

/// Inequality between and within the groups of a grouping.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupInequality {
    /// What the groups are.
    pub name: String,
    /// Theil's T, taken apart.
    pub theil: Decomposition,
}

/// A name and a label for each territory.
pub type Grouping<'a> = (&'a str, &'a Labels);

impl Study {
    /// The typologies that the study's data allow, classes from urban to rural with their people:
    /// INSEE's seven density levels and their three groups, urban or periurban or other rural
    /// communes, rural or urban territories of every higher level, EPCI by density (*Observatoire des
    /// territoires*), départements by the OECD–Eurostat typology of regions.
    ///
    /// Periurban communes need the attributes `attraction category` (11 and 12 being a pole) and the
    /// level of attraction areas; the typology of regions takes as urban centre the communes of the
    /// densest level in one `urban unit`, as there is no 1 km² grid. A typology whose data are not
    /// there is left out. O(communes × levels).
    ///
    /// # Errors
    /// [`Error::Parameter`] for thresholds out of their domain.
    pub fn typologies(&self, rules: &TypologyRules) -> Result<Vec<Typology>> {
        if !(0.0..=1.0).contains(&rules.rural_share) {
            let must = "must be in [0, 1]";
            return Err(Error::Parameter { name: "rural_share", value: rules.rural_share.to_string(), must });
        }
        let base = self.atlas().base();
        let territories = base.territories();
        let levels: Vec<Option<DensityLevel>> = territories.iter().map(|t| t.density).collect();
        if levels.iter().all(Option::is_none) {
            return Ok(Vec::new());
        }
        let at_base = base.level().clone();
        let typology3 = |d: DensityLevel| match d.typology3() {
            Typology3::Urban => 0,
            Typology3::Intermediate => 1,
            Typology3::Rural => 2,
        };
        let names: Vec<&str> = DensityLevel::ALL.iter().map(|d| d.label()).collect();
        let mut found = vec![
            self.typology(
                "density level",
                &at_base,
                &names,
                levels.iter().map(|d| d.map(DensityLevel::rank)),
            )?,
            self.typology(
                "density, three classes",
                &at_base,
                &["urban", "intermediate", "rural"],
                levels.iter().map(|d| d.map(typology3)),
            )?,
        ];
        if let Some(poles) = self.poles() {
            let class = |(i, d): (usize, &Option<DensityLevel>)| -> Result<Option<usize>> {
                let Some(d) = d else { return Ok(None) };
                if d.rurality() == Rurality::Urban {
                    return Ok(Some(0));
                }
                Ok(Some(match rural_setting(poles[i], rules.periurban_pole)? {
                    RuralSetting::Periurban => 1,
                    RuralSetting::NonPeriurban => 2,
                }))
            };
            let classes = levels.iter().enumerate().map(class).collect::<Result<Vec<_>>>()?;
            let names = ["urban", "rural, periurban", "rural, not periurban"];
            found.push(self.typology("rural setting", &at_base, &names, classes)?);
        }
        for level in self.atlas().levels().iter().map(AtlasLevel::level).filter(|l| **l != at_base) {
            let shares = self.atlas().rurality(level)?;
            let class = |share: f64| usize::from(share > rules.rural_share);
            let classes = shares.into_iter().map(|(_, share)| share.map(class));
            found.push(self.typology("share of rural people", level, &["urban", "rural"], classes)?);
        }
        let three = ["urban", "intermediate", "rural"];
        let rank = |c: RegionClass| match c {
            RegionClass::Urban => 0,
            RegionClass::Intermediate => 1,
            RegionClass::Rural => 2,
        };
        if self.atlas().level(&Level::Epci).is_ok() {
            let people = self.people_by_density(&Level::Epci)?;
            let classes = people.iter().map(epci_typology).collect::<Result<Vec<_>>>()?;
            let classes = classes.into_iter().map(|c| c.map(rank));
            found.push(self.typology("EPCI by density", &Level::Epci, &three, classes)?);
        }
        if self.atlas().level(&Level::Departement).is_ok() {
            let regions = self.regions(&Level::Departement)?;
            let classes = regional_typology(&regions, &rules.regions)?.into_iter().map(|c| c.map(rank));
            found.push(self.typology("OECD–Eurostat regions", &Level::Departement, &three, classes)?);
        }
        Ok(found)
    }

    /// Which territories switch class when thresholds change: for every typology of
    /// [`Study::typologies`].
    ///
    /// # Errors
    /// As [`Study::typologies`].
    pub fn typology_what_if(
        &self,
        rules: &TypologyRules,
        changed: &TypologyRules,
    ) -> Result<Vec<TypologySwitches>> {
        let (before, after) = (self.typologies(rules)?, self.typologies(changed)?);
        let pairs = before.into_iter().zip(after);
        pairs
            .map(|(before, after)| {
                let territories = self.atlas().level(&before.level)?.territories();
                let classes = |t: &Typology| (0..territories.len()).map(|i| t.class(i)).collect::<Vec<_>>();
                let switches = switches(&classes(&before), &classes(&after))?;
                let population = switches.iter().filter_map(|s| territories[s.unit].population).sum();
                Ok(TypologySwitches {
                    name: before.name,
                    level: before.level,
                    classes: before.classes.into_iter().map(|c| c.name).collect(),
                    switches,
                    population,
                })
            })
            .collect()
    }

    /// How far two classifications of the base territories agree: a typology with an attribute of the
    /// atlas (such as `rural typology`).
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no such attribute; [`Error::Shape`] when the typology is not
    /// one of base territories; [`Error::Undefined`] without territories.
    pub fn typology_agreement(&self, typology: &Typology, attribute: &str) -> Result<Agreement> {
        agreement(&typology.labels, &self.attribute(attribute)?.labels)
    }

    /// Inequality per head of an amount over the territories of a level, between and within groups.
    ///
    /// `amounts` are totals by territory (NaN where not known), `heads` the people that share them; the
    /// territory's population when `None`. Territories without an amount or without people are left out and
    /// counted. Measures: [`Distribution`]. O(territories log territories).
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no such level; [`Error::Shape`] on wrong lengths;
    /// [`Error::Value`] for negative amounts; [`Error::Undefined`] when nothing is left or nobody has any.
    pub fn inequality(
        &self,
        level: &Level,
        amounts: &[f64],
        heads: Option<&[f64]>,
        groupings: &[Grouping<'_>],
    ) -> Result<InequalityReport> {
        let territories = self.atlas().level(level)?.territories();
        let n = territories.len();
        let check = |what, got| {
            if got == n { Ok(()) } else { Err(Error::Shape { what, expected: n, got }) }
        };
        check("amounts", amounts.len())?;
        let own: Vec<f64>;
        let heads = if let Some(heads) = heads {
            heads
        } else {
            own = territories.iter().map(|t| t.population.unwrap_or(f64::NAN)).collect();
            &own
        };
        check("heads", heads.len())?;
        for (_, labels) in groupings {
            check("groups", labels.len())?;
        }
        let kept: Vec<usize> = (0..n).filter(|&i| !amounts[i].is_nan() && heads[i] > 0.0).collect();
        let take = |values: &[f64]| kept.iter().map(|&i| values[i]).collect::<Vec<f64>>();
        let distribution = Distribution::per_capita(&take(amounts), &take(heads))?;
        let by = groupings
            .iter()
            .map(|(name, labels)| {
                let of = kept.iter().map(|&i| labels.as_slice()[i]).collect();
                let theil = distribution.theil_t_by(&Labels::new(of, labels.classes())?)?;
                Ok(GroupInequality { name: (*name).to_owned(), theil })
            })
            .collect::<Result<_>>()?;
        Ok(InequalityReport {
            territories: kept.len(),
            left_out: n - kept.len(),
            mean: distribution.mean(),
            gini: distribution.gini()?,
            theil_t: distribution.theil_t()?,
            lorenz: distribution.lorenz()?,
            by,
        })
    }

    fn typology(
        &self,
        name: &str,
        level: &Level,
        classes: &[&str],
        of: impl IntoIterator<Item = Option<usize>>,
    ) -> Result<Typology> {
        let of = of.into_iter().map(|c| c.map_or(Labels::NONE, |c| c as u32)).collect();
        let labels = Labels::new(of, classes.len())?;
        let mut sums = vec![(0, 0.0); classes.len() + 1];
        for (i, t) in self.atlas().level(level)?.territories().iter().enumerate() {
            let (count, people) = &mut sums[labels.get(i).unwrap_or(classes.len())];
            *count += 1;
            *people += t.population.unwrap_or(0.0);
        }
        let unclassed = sums.pop().unwrap_or_default();
        let all: f64 = sums.iter().map(|s| s.1).sum();
        let class = |(name, (territories, population)): (&&str, (usize, f64))| TypologyClass {
            name: (*name).to_owned(),
            territories,
            population,
            share: population / all,
        };
        Ok(Typology {
            name: name.to_owned(),
            level: level.clone(),
            classes: classes.iter().zip(sums).map(class).collect(),
            labels,
            unclassed,
        })
    }

    fn attribute(&self, name: &str) -> Result<&Attribute> {
        self.atlas().attribute(name).ok_or_else(|| Error::Unknown {
            kind: "attribute",
            value: name.to_owned(),
            hint: Some(
                self.atlas().attributes().iter().map(|a| a.name.as_str()).collect::<Vec<_>>().join(", "),
            ),
        })
    }

    /// Population of the pole of the attraction area that each base territory is in; `None` without the
    /// data.
    fn poles(&self) -> Option<Vec<Option<f64>>> {
        let (Ok(category), Ok(areas)) =
            (self.attribute("attraction category"), self.atlas().level(&Level::AttractionArea))
        else {
            return None;
        };
        // 11: the municipality at the centre, 12: others of the main pole.
        let is_pole: Vec<bool> = category.classes.iter().map(|c| c == "11" || c == "12").collect();
        let mut people = vec![0.0; areas.territories().len()];
        let base = self.atlas().base().territories();
        for (i, t) in base.iter().enumerate() {
            if let (Some(class), Some(area)) = (category.labels.get(i), areas.membership().get(i))
                && is_pole[class]
            {
                people[area] += t.population.unwrap_or(0.0);
            }
        }
        Some((0..base.len()).map(|i| areas.membership().get(i).map(|a| people[a])).collect())
    }

    /// People of each territory of a level by density level.
    fn people_by_density(&self, level: &Level) -> Result<Vec<[f64; 7]>> {
        let mut people = vec![[0.0; 7]; self.atlas().level(level)?.territories().len()];
        let base = self.atlas().base().territories();
        for (b, t) in self.atlas().memberships(level)? {
            let commune = &base[b as usize];
            if let (Some(density), Some(population)) = (commune.density, commune.population) {
                people[t as usize][density.rank()] += population;
            }
        }
        Ok(people)
    }

    /// What the typology of regions needs of each territory of a level.
    fn regions(&self, level: &Level) -> Result<Vec<RegionPopulation>> {
        let people = self.people_by_density(level)?;
        let units = self.attribute("urban unit").ok();
        let base = self.atlas().base().territories();
        // Densest people of each urban unit, in all and by territory.
        let mut centres = vec![0.0; units.map_or(0, |u| u.classes.len())];
        let mut within: BTreeMap<(u32, usize), f64> = BTreeMap::new();
        let densest = |b: usize| {
            let unit = units?.labels.get(b)?;
            let people = base[b].population?;
            (base[b].density == Some(DensityLevel::LargeUrbanCentre)).then_some((unit, people))
        };
        for b in 0..base.len() {
            if let Some((unit, people)) = densest(b) {
                centres[unit] += people;
            }
        }
        for (b, t) in self.atlas().memberships(level)? {
            if let Some((unit, people)) = densest(b as usize) {
                *within.entry((t, unit)).or_default() += people;
            }
        }
        let rural = |p: &[f64; 7]| -> f64 {
            let of = DensityLevel::ALL.iter().zip(p);
            of.filter(|(d, _)| d.rurality() == Rurality::Rural).map(|(_, p)| p).sum()
        };
        let mut regions: Vec<RegionPopulation> = people
            .iter()
            .map(|p| RegionPopulation {
                total: p.iter().sum(),
                rural: rural(p),
                largest_centre: 0.0,
                largest_centre_within: 0.0,
            })
            .collect();
        for ((t, unit), inside) in within {
            let region = &mut regions[t as usize];
            if centres[unit] > region.largest_centre {
                (region.largest_centre, region.largest_centre_within) = (centres[unit], inside);
            }
        }
        Ok(regions)
    }
}
