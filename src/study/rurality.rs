//! How many people live in what kind of territory, and how much depends on thresholds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Study;
use crate::atlas::{Attribute, Territory};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::model::{DensityLevel, Level};
use crate::network::{Agreement, agreement};
use crate::typology::{
    PERIURBAN_POLE, RegionClass, RegionPopulation, RegionRules, RuralSetting, epci_typology,
    regional_typology, rural_setting, switches,
};

/// A way to class territories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Typology {
    /// Base territories by the seven-level density grid, densest first.
    Density,
    /// Base territories as rural, intermediate or urban: the same grid in three.
    Degree3,
    /// Territories of a level as rural or urban, by the share of people in rural base territories.
    Rurality(Level),
    /// Rural base territories as periurban or not, by the pole of their attraction area; urban
    /// ones are a class of their own.
    Setting,
    /// Intermunicipal groups as rural, intermediate or urban ([`epci_typology`]).
    Intermunicipal(Level),
    /// Statistical regions as predominantly rural, intermediate or urban ([`regional_typology`]);
    /// an urban centre is the *grands centres urbains* communes of one urban unit.
    Regional(Level),
    /// Base territories by an attribute of the atlas, such as INSEE's rural typology.
    Attribute(String),
}

/// Thresholds of typologies; the default is the official one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RuralityRules {
    /// This density level and the sparser ones are rural: [`DensityLevel::RuralTown`].
    pub rural_from: DensityLevel,
    /// A territory is rural above this share of rural population: 0.5.
    pub rural_above: f64,
    /// Inhabitants above which a pole makes rural communes periurban: [`PERIURBAN_POLE`].
    pub periurban_pole: f64,
    /// Thresholds of the regional typology.
    pub regions: RegionRules,
}

impl Default for RuralityRules {
    fn default() -> Self {
        Self {
            rural_from: DensityLevel::RuralTown,
            rural_above: 0.5,
            periurban_pole: PERIURBAN_POLE,
            regions: RegionRules::default(),
        }
    }
}

impl RuralityRules {
    /// Sets the densest level that is rural.
    #[must_use]
    pub const fn rural_from(mut self, level: DensityLevel) -> Self {
        self.rural_from = level;
        self
    }

    /// Sets the share of rural population above which a territory is rural.
    #[must_use]
    pub const fn rural_above(mut self, share: f64) -> Self {
        self.rural_above = share;
        self
    }

    /// Sets the size of poles that make rural communes periurban.
    #[must_use]
    pub const fn periurban_pole(mut self, inhabitants: f64) -> Self {
        self.periurban_pole = inhabitants;
        self
    }

    /// Sets the thresholds of the regional typology.
    #[must_use]
    pub const fn regions(mut self, rules: RegionRules) -> Self {
        self.regions = rules;
        self
    }

    fn is_rural(&self, density: DensityLevel) -> bool {
        density >= self.rural_from
    }
}

/// The territories in a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassShare {
    /// Name of the class.
    pub class: String,
    /// How many territories are in it.
    pub territories: usize,
    /// Their inhabitants.
    pub population: f64,
    /// Their share of the inhabitants of all territories of the level, unclassed ones included;
    /// `None` when nobody lives there.
    pub population_share: Option<f64>,
    /// Their area in km².
    pub area_km2: f64,
}

/// The territories of a level by class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TerritoryClasses {
    /// How they were classed.
    pub typology: Typology,
    /// Their level.
    pub level: Level,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Class of each territory of the level.
    pub labels: Labels,
    /// Population by class, in their order, and last the territories without a class.
    pub shares: Vec<ClassShare>,
}

/// A territory whose class depends on a threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuralitySwitch {
    /// Index of the territory at its level.
    pub territory: usize,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its inhabitants.
    pub population: Option<f64>,
    /// Its class before; `None` when it had none.
    pub from: Option<String>,
    /// Its class after.
    pub to: Option<String>,
}

/// Two typologies of the same territories against each other.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossTable {
    /// Classes of the first typology, the rows.
    pub rows: Vec<String>,
    /// Classes of the second one, the columns.
    pub columns: Vec<String>,
    /// Inhabitants of the territories in both classes.
    pub population: Matrix,
    /// Agreement of both over the territories that have a class in each.
    pub agreement: Agreement,
    /// Territories without a class in either: in no cell.
    pub left_out: usize,
}

impl TerritoryClasses {
    /// How far two typologies of the same level agree.
    ///
    /// # Errors
    /// [`Error::Shape`] when they are not of as many territories.
    pub fn compare(&self, other: &Self, territories: &[Territory]) -> Result<CrossTable> {
        for (what, got) in [("other typology", other.labels.len()), ("territories", territories.len())] {
            if got != self.labels.len() {
                return Err(Error::Shape { what, expected: self.labels.len(), got });
            }
        }
        let (rows, columns) = (self.classes.len(), other.classes.len());
        let mut cells = vec![0.0; rows * columns];
        let mut kept = (Vec::new(), Vec::new());
        for (i, t) in territories.iter().enumerate() {
            if let (Some(r), Some(c)) = (self.labels.get(i), other.labels.get(i)) {
                cells[r * columns + c] += t.population.unwrap_or(0.0);
                kept.0.push(r as u32);
                kept.1.push(c as u32);
            }
        }
        let left_out = territories.len() - kept.0.len();
        let agreement = agreement(&Labels::new(kept.0, rows)?, &Labels::new(kept.1, columns)?)?;
        Ok(CrossTable {
            rows: self.classes.clone(),
            columns: other.classes.clone(),
            population: Matrix::from_rows(rows, columns, cells)?,
            agreement,
            left_out,
        })
    }
}

const REGION_CLASSES: [&str; 3] = ["rural", "intermediate", "urban"];

const fn region_class(class: RegionClass) -> u32 {
    match class {
        RegionClass::Rural => 0,
        RegionClass::Intermediate => 1,
        RegionClass::Urban => 2,
    }
}

impl Study {
    /// Classes territories and adds up who lives in what class.
    ///
    /// Base territories without a density level, and territories without inhabitants where shares
    /// decide, have no class and are counted last. Where perimeters overlap, a member counts in
    /// each of them. O(territories + memberships).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::Level;
    /// use rurban::progress::Silent;
    /// use rurban::study::{RuralityRules, Study, StudyOptions, Typology};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let communes = study.typology(&Typology::Rurality(Level::Commune), &RuralityRules::default())?;
    /// let rural = communes.shares[0].population_share.unwrap_or(0.0);
    /// assert!((100.0 * rural - 31.8).abs() < 0.05);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks the level or attribute a typology needs;
    /// [`Error::Parameter`] for thresholds out of their domain.
    pub fn typology(&self, typology: &Typology, rules: &RuralityRules) -> Result<TerritoryClasses> {
        let base = self.atlas().base();
        let by_density = |class: &dyn Fn(DensityLevel) -> usize| -> Vec<Option<u32>> {
            base.territories().iter().map(|t| t.density.map(|d| class(d) as u32)).collect()
        };
        let names = |names: &[&str]| -> Vec<String> { names.iter().map(|&n| n.to_owned()).collect() };
        let (level, classes, of) = match typology {
            Typology::Density => (
                base.level(),
                DensityLevel::ALL.iter().map(|d| d.label().to_owned()).collect(),
                by_density(&DensityLevel::rank),
            ),
            Typology::Degree3 => {
                (base.level(), names(&REGION_CLASSES), by_density(&|d| d.typology3() as usize))
            }
            Typology::Rurality(level) => {
                (level, names(&["rural", "urban"]), self.rural_or_urban(level, rules)?)
            }
            Typology::Setting => (
                base.level(),
                names(&["non-periurban rural", "periurban rural", "urban"]),
                self.settings(rules)?,
            ),
            Typology::Intermunicipal(level) => {
                let people = self.population_by_density(level)?;
                let of = people.iter().map(|p| Ok(epci_typology(p)?.map(region_class)));
                (level, names(&REGION_CLASSES), of.collect::<Result<_>>()?)
            }
            Typology::Regional(level) => {
                let of = regional_typology(&self.region_populations(level, rules)?, &rules.regions)?;
                (level, names(&REGION_CLASSES), of.into_iter().map(|c| c.map(region_class)).collect())
            }
            Typology::Attribute(name) => {
                let a = self.base_attribute(name)?;
                let of = (0..a.labels.len()).map(|i| a.labels.get(i).map(|c| c as u32)).collect();
                (base.level(), a.classes.clone(), of)
            }
        };
        let of = of.into_iter().map(|c| c.unwrap_or(Labels::NONE)).collect();
        let labels = Labels::new(of, classes.len())?;
        let shares = shares(self.atlas().level(level)?.territories(), &labels, &classes);
        Ok(TerritoryClasses { typology: typology.clone(), level: level.clone(), classes, labels, shares })
    }

    /// Which territories change class when the rules do, and how many people live there; in their
    /// order.
    ///
    /// # Errors
    /// As [`Study::typology`].
    pub fn typology_what_if(
        &self,
        typology: &Typology,
        before: &RuralityRules,
        after: &RuralityRules,
    ) -> Result<Vec<RuralitySwitch>> {
        let (before, after) = (self.typology(typology, before)?, self.typology(typology, after)?);
        let territories = self.atlas().level(&before.level)?.territories();
        let of = |c: &TerritoryClasses| (0..territories.len()).map(|i| c.labels.get(i)).collect::<Vec<_>>();
        let name = |class: Option<usize>| class.map(|c| before.classes[c].clone());
        let switch = |s: crate::typology::Switch<usize>| {
            let t = &territories[s.unit];
            RuralitySwitch {
                territory: s.unit,
                code: t.code.as_str().to_owned(),
                name: t.name.clone(),
                population: t.population,
                from: name(s.from),
                to: name(s.to),
            }
        };
        Ok(switches(&of(&before), &of(&after))?.into_iter().map(switch).collect())
    }

    /// The territory of a coarser level that holds most of the inhabitants of each territory of a
    /// level; equals go to the first. Territories without inhabitants in it have none.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level.
    pub fn containing(&self, level: &Level, coarser: &Level) -> Result<Labels> {
        let coarse = self.atlas().level(coarser)?;
        let n = self.atlas().level(level)?.territories().len();
        let mut people: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); n];
        for (member, unit) in self.atlas().level(level)?.memberships().iter() {
            let population = self.atlas().base().territories()[member as usize].population.unwrap_or(0.0);
            if let Some(group) = coarse.membership().get(member as usize) {
                *people[unit as usize].entry(group as u32).or_default() += population;
            }
        }
        let most = |groups: &BTreeMap<u32, f64>| {
            let best = groups.iter().filter(|g| *g.1 > 0.0).reduce(|a, b| if b.1 > a.1 { b } else { a });
            best.map_or(Labels::NONE, |(&g, _)| g)
        };
        Labels::new(people.iter().map(most).collect(), coarse.territories().len())
    }

    fn base_attribute(&self, name: &str) -> Result<&Attribute> {
        self.atlas().attribute(name).ok_or_else(|| {
            let known: Vec<&str> = self.atlas().attributes().iter().map(|a| a.name.as_str()).collect();
            Error::Unknown {
                kind: "attribute",
                value: name.to_owned(),
                hint: Some(format!("the atlas has: {}", known.join(", "))),
            }
        })
    }

    /// Inhabitants of each territory of a level by density level of its members.
    fn population_by_density(&self, level: &Level) -> Result<Vec<[f64; 7]>> {
        let mut people = vec![[0.0; 7]; self.atlas().level(level)?.territories().len()];
        for (member, unit) in self.atlas().level(level)?.memberships().iter() {
            let t = &self.atlas().base().territories()[member as usize];
            if let Some(density) = t.density {
                people[unit as usize][density.rank()] += t.population.unwrap_or(0.0);
            }
        }
        Ok(people)
    }

    fn rural_or_urban(&self, level: &Level, rules: &RuralityRules) -> Result<Vec<Option<u32>>> {
        if !(0.0..=1.0).contains(&rules.rural_above) {
            return Err(Error::Parameter {
                name: "rural_above",
                value: rules.rural_above.to_string(),
                must: "must be a share in [0, 1]",
            });
        }
        let base = self.atlas().base();
        // A base territory is of one density level: no share to take, and none needed without people.
        if level == base.level() {
            let class = |d: DensityLevel| u32::from(!rules.is_rural(d));
            return Ok(base.territories().iter().map(|t| t.density.map(class)).collect());
        }
        let class = |people: &[f64; 7]| {
            let total: f64 = people.iter().sum();
            let rural: f64 =
                DensityLevel::ALL.iter().filter(|d| rules.is_rural(**d)).map(|d| people[d.rank()]).sum();
            (total > 0.0).then(|| u32::from(rural / total <= rules.rural_above))
        };
        Ok(self.population_by_density(level)?.iter().map(class).collect())
    }

    /// Non-periurban rural, periurban rural or urban for each base territory.
    fn settings(&self, rules: &RuralityRules) -> Result<Vec<Option<u32>>> {
        let areas = self.atlas().level(&Level::AttractionArea)?;
        let category = self.base_attribute("attraction category")?;
        let territories = self.atlas().base().territories();
        let mut poles = vec![0.0; areas.territories().len()];
        for (i, t) in territories.iter().enumerate() {
            // Categories 11 and 12 make up the main pole; 13 is a secondary one.
            let main = category.labels.get(i).is_some_and(|c| matches!(&*category.classes[c], "11" | "12"));
            if let (true, Some(area)) = (main, areas.membership().get(i)) {
                poles[area] += t.population.unwrap_or(0.0);
            }
        }
        let class = |(i, t): (usize, &Territory)| {
            let Some(density) = t.density else { return Ok(None) };
            if !rules.is_rural(density) {
                return Ok(Some(2));
            }
            let pole = areas.membership().get(i).map(|a| poles[a]);
            Ok(Some(u32::from(rural_setting(pole, rules.periurban_pole)? == RuralSetting::Periurban)))
        };
        territories.iter().enumerate().map(class).collect()
    }

    fn region_populations(&self, level: &Level, rules: &RuralityRules) -> Result<Vec<RegionPopulation>> {
        let units = self.base_attribute("urban unit")?;
        let base = self.atlas().base().territories();
        let centre_people = |i: usize| {
            let dense = base[i].density == Some(DensityLevel::LargeUrbanCentre);
            Some((units.labels.get(i).filter(|_| dense)?, base[i].population?))
        };
        let mut size = vec![0.0; units.labels.classes()];
        for (unit, people) in (0..base.len()).filter_map(centre_people) {
            size[unit] += people;
        }
        let by_density = self.population_by_density(level)?;
        let mut within: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); by_density.len()];
        for (member, region) in self.atlas().level(level)?.memberships().iter() {
            if let Some((unit, people)) = centre_people(member as usize) {
                *within[region as usize].entry(unit).or_default() += people;
            }
        }
        let region = |(people, within): (&[f64; 7], &BTreeMap<usize, f64>)| {
            let largest = within.iter().reduce(|a, b| if size[*b.0] > size[*a.0] { b } else { a });
            let rural = DensityLevel::ALL.iter().filter(|d| rules.is_rural(**d)).map(|d| people[d.rank()]);
            RegionPopulation {
                total: people.iter().sum(),
                rural: rural.sum(),
                largest_centre: largest.map_or(0.0, |(&unit, _)| size[unit]),
                largest_centre_within: largest.map_or(0.0, |(_, &people)| people),
            }
        };
        Ok(by_density.iter().zip(&within).map(region).collect())
    }
}

fn shares(territories: &[Territory], labels: &Labels, classes: &[String]) -> Vec<ClassShare> {
    let all: f64 = territories.iter().filter_map(|t| t.population).sum();
    let empty = |class: String| ClassShare {
        class,
        territories: 0,
        population: 0.0,
        population_share: None,
        area_km2: 0.0,
    };
    let mut shares: Vec<ClassShare> =
        classes.iter().cloned().chain(["without a class".to_owned()]).map(empty).collect();
    for (i, t) in territories.iter().enumerate() {
        let share = &mut shares[labels.get(i).unwrap_or(classes.len())];
        share.territories += 1;
        share.population += t.population.unwrap_or(0.0);
        share.area_km2 += t.area_km2.unwrap_or(0.0);
    }
    for share in &mut shares {
        share.population_share = (all > 0.0).then(|| share.population / all);
    }
    shares
}
