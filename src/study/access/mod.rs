//! Who can reach what from where: territories as demand, actors as supply.

mod costs;
mod method;
mod summary;
mod supply;

use serde::{Deserialize, Serialize};

pub use costs::AccessCosts;
pub use method::AccessMethod;
pub use summary::{AccessInequality, AccessSummary, ReachedShare};
pub use supply::{Capacity, Offer, Supply};

use super::Study;
use crate::accessibility::{
    Access, AgentAccess, AgentOptions, Catchment, Choice, Nearest, balanced, cumulative_opportunities,
    potential, rational_agents, three_step, two_step,
};
use crate::error::{Error, Result};
use crate::model::Rurality;
use crate::progress::Progress;

/// What the score of a territory is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccessMeasure {
    /// Supply within the cut-off, whatever the decay: [`cumulative_opportunities`].
    Opportunities,
    /// Supply within the cut-off, weighted by the decay: [`potential`].
    Potential,
    /// Supply per inhabitant, shared with all who reach it: [`two_step`]; 2SFCA without decay, E2SFCA
    /// with one.
    #[default]
    TwoStep,
    /// As `TwoStep`, where a choice of facilities eases the demand on each: [`three_step`].
    ThreeStep(Choice),
    /// Neither demand nor offers counted twice: [`balanced`].
    Balanced,
    /// Travel plus crowding within the cut-off once nobody can do better elsewhere, whatever the
    /// decay: [`rational_agents`]. The only score of which a low one is good; there is none where
    /// nothing is within reach.
    RationalAgents(AgentOptions),
}

impl AccessMeasure {
    /// Short stable key: `opportunities`, `potential`, `2sfca`, `3sfca`, `bfca`, `raam`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Opportunities => "opportunities",
            Self::Potential => "potential",
            Self::TwoStep => "2sfca",
            Self::ThreeStep(_) => "3sfca",
            Self::Balanced => "bfca",
            Self::RationalAgents(_) => "raam",
        }
    }
}

/// Who offers what, how it is reached, and how access is scored.
///
/// All costs (cut-off, decay, bands) are in the unit of [`AccessOptions::costs`]: metres for straight
/// lines, whatever the table or the roads were given in otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessOptions<'a> {
    /// The facilities.
    pub supply: Supply,
    /// What it costs to get there.
    pub costs: AccessCosts<'a>,
    /// The score.
    pub measure: AccessMeasure,
    /// How far facilities are reached, and how they fade on the way.
    pub catchment: Catchment,
    /// Costs for which the share of the population is given that has a facility within; increasing.
    pub bands: Vec<f64>,
    /// How many of the nearest facilities are named for each territory.
    pub nearest: usize,
    /// Facilities at a higher cost are nobody's nearest: one across an ocean says nothing of a region,
    /// and in a mean it drowns all others. Infinity for no limit.
    pub nearest_within: f64,
}

impl<'a> AccessOptions<'a> {
    /// Straight lines, 2SFCA within 30 km, bands at 10, 20, 30 and 60 km, the three nearest within 500 km.
    #[must_use]
    pub fn new(supply: Supply) -> Self {
        Self {
            supply,
            costs: AccessCosts::StraightLine,
            measure: AccessMeasure::default(),
            catchment: Catchment::within(30_000.0),
            bands: vec![10_000.0, 20_000.0, 30_000.0, 60_000.0],
            nearest: 3,
            nearest_within: 500_000.0,
        }
    }

    /// Sets [`AccessOptions::costs`].
    #[must_use]
    pub fn costs(self, costs: AccessCosts<'a>) -> Self {
        Self { costs, ..self }
    }

    /// Sets [`AccessOptions::measure`].
    #[must_use]
    pub fn measure(self, measure: AccessMeasure) -> Self {
        Self { measure, ..self }
    }

    /// Sets [`AccessOptions::catchment`].
    #[must_use]
    pub fn catchment(self, catchment: Catchment) -> Self {
        Self { catchment, ..self }
    }

    /// Sets [`AccessOptions::bands`].
    #[must_use]
    pub fn bands(self, bands: Vec<f64>) -> Self {
        Self { bands, ..self }
    }

    /// Sets [`AccessOptions::nearest`].
    #[must_use]
    pub fn nearest(self, nearest: usize) -> Self {
        Self { nearest, ..self }
    }

    /// Sets [`AccessOptions::nearest_within`].
    #[must_use]
    pub fn nearest_within(self, cost: f64) -> Self {
        Self { nearest_within: cost, ..self }
    }

    fn check(&self) -> Result<()> {
        let parameter = |name, value, must| Err(Error::Parameter { name, value, must });
        let cutoff = self.catchment.cutoff();
        if cutoff.is_nan() || cutoff <= 0.0 {
            return parameter("cutoff", cutoff.to_string(), "must be above zero");
        }
        if self.costs.is_straight() && !cutoff.is_finite() {
            return parameter("cutoff", cutoff.to_string(), "must be finite for straight lines");
        }
        let above = self.bands.iter().all(|b| b.is_finite() && *b > 0.0);
        if !(above && self.bands.windows(2).all(|b| b[0] < b[1])) {
            let value = format!("{:?}", self.bands);
            return parameter("bands", value, "must be finite, above zero and increasing");
        }
        if self.nearest == 0 {
            return parameter("nearest", "0".to_owned(), "must be at least 1");
        }
        if self.nearest_within.is_nan() || self.nearest_within <= 0.0 {
            return parameter("nearest_within", self.nearest_within.to_string(), "must be above zero");
        }
        Ok(())
    }

    /// Costs that matter: beyond them no pair is needed.
    fn farthest(&self) -> f64 {
        self.bands.iter().copied().fold(self.catchment.cutoff(), f64::max)
    }
}

/// Whether a territory has a facility within reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Covered {
    /// At least one within the cut-off, at a weight above zero.
    Yes,
    /// None: its score is 0, or none at all for [`AccessMeasure::RationalAgents`].
    No,
    /// It has no point to measure from.
    NoPoint,
    /// It is farther from every road than roads are looked for.
    OffRoads,
    /// The cost table has no cost at all from it.
    NoCosts,
}

impl Covered {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Yes, Self::No, Self::NoPoint, Self::OffRoads, Self::NoCosts];

    /// Short stable key: `yes`, `no`, `no_point`, `off_roads`, `no_costs`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NoPoint => "no_point",
            Self::OffRoads => "off_roads",
            Self::NoCosts => "no_costs",
        }
    }
}

keyed!(Covered, "coverage of a territory", shown);

/// A facility near a territory.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct NearFacility {
    /// Index of the actor.
    pub actor: u32,
    /// Cost to get there; metres for straight lines.
    pub cost: f64,
}

/// Access of one territory of the base level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TerritoryAccess {
    /// Inhabitants, as the atlas knows them.
    pub population: Option<f64>,
    /// Rural or urban, as the study defines it.
    pub rurality: Option<Rurality>,
    /// Whether it has a facility within reach, or why that is not known.
    pub covered: Covered,
    /// The nearest facilities, nearest first, as far as [`AccessOptions::nearest_within`] and, but for
    /// straight lines, as costs are known.
    pub nearest: Vec<NearFacility>,
    /// Supply within the cut-off; `None` when it was not measured.
    pub opportunities: Option<f64>,
    /// The score; `None` when it was not measured, or when there is none
    /// ([`AccessMeasure::RationalAgents`] without a facility within reach).
    pub score: Option<f64>,
}

impl TerritoryAccess {
    /// Cost to the nearest facility.
    #[must_use]
    pub fn nearest_cost(&self) -> Option<f64> {
        self.nearest.first().map(|n| n.cost)
    }

    /// Whether it could be measured.
    #[must_use]
    pub const fn is_measured(&self) -> bool {
        matches!(self.covered, Covered::Yes | Covered::No)
    }
}

/// A facility that was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FacilityAccess {
    /// Index of the actor.
    pub actor: u32,
    /// What it has to offer.
    pub supply: f64,
    /// What it offers per unit of the demand that reaches it (in measures without competition its
    /// supply); `None` when no demand does.
    pub offer: Option<f64>,
}

/// What the figures stand on: everything that was left out, and why.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AccessCoverage {
    /// Territories of the base level.
    pub territories: usize,
    /// Those with a score, uncovered ones (score 0) included.
    pub measured: usize,
    /// Territories left out as they have no point.
    pub without_point: usize,
    /// Territories left out as they are too far from every road.
    pub off_roads: usize,
    /// Territories left out as the cost table has no cost from them.
    pub without_costs: usize,
    /// Measured territories without a population: they have a score, but no weight and no demand.
    pub without_population: usize,
    /// Measured territories of unknown rurality.
    pub unknown_rurality: usize,
    /// Measured territories with no facility within reach.
    pub uncovered: usize,
    /// Population of the measured territories.
    pub population: f64,
    /// Population of the territories left out.
    pub population_left_out: f64,
    /// Population of the measured territories with no facility within reach.
    pub population_uncovered: f64,
    /// Facilities measured.
    pub facilities: usize,
    /// Supply of the facilities measured.
    pub supply: f64,
    /// Facilities left out as they state no capacity, or one that is not finite or negative.
    pub facilities_without_capacity: usize,
    /// Facilities measured that state no position: they are at the point of their base territory.
    pub facilities_without_position: usize,
    /// Facilities left out as they have no place (or, where costs are between territories, are in
    /// none).
    pub facilities_without_place: usize,
    /// Facilities left out as they are too far from every road.
    pub facilities_off_roads: usize,
    /// Facilities measured that no demand reaches.
    pub facilities_unreached: usize,
    /// Supply of the facilities that no demand reaches.
    pub supply_unreached: f64,
}

/// Access of all territories of the base level.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct AccessReport {
    /// What the scores are.
    pub measure: AccessMeasure,
    /// How far facilities were reached.
    pub catchment: Catchment,
    /// Costs for which summaries give the share of the population with a facility within.
    pub bands: Vec<f64>,
    /// What was left out and why.
    pub coverage: AccessCoverage,
    /// Access of each base territory, in the order of the atlas.
    pub territories: Vec<TerritoryAccess>,
    /// The facilities that were measured.
    pub facilities: Vec<FacilityAccess>,
}

impl Study {
    /// How well the population of each base territory reaches the facilities of a supply.
    ///
    /// Demand is the population at the point of each territory; what cannot be measured is left out
    /// and counted in [`AccessCoverage`]. Scores of [`AccessMeasure::TwoStep`] are supply per
    /// inhabitant, range [0, ∞), high is good; those of the others are told at [`AccessMeasure`]. O(pairs within reach), and for straight lines
    /// O((territories + facilities) log facilities).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::{ActorKind, Rurality};
    /// use rurban::progress::Silent;
    /// use rurban::study::{AccessOptions, Capacity, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let supply = study.supply(&[ActorKind::ResearchCentre], Capacity::One)?;
    /// let report = study.access(&AccessOptions::new(supply), &Silent)?;
    /// let [rural, urban] = [Rurality::Rural, Rurality::Urban].map(|side| report.of_rurality(side));
    /// assert!(rural.covered_share < urban.covered_share);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for an option out of its domain, [`Error::Unknown`] when no facility can
    /// be located, [`Error::Shape`] for a cost table of another size.
    pub fn access(&self, options: &AccessOptions<'_>, progress: &dyn Progress) -> Result<AccessReport> {
        options.check()?;
        let reach = costs::find(self, options, progress)?;
        progress.begin("score access", None);
        let base = self.atlas().base().territories();
        let supply: Vec<f64> =
            reach.facilities.iter().map(|&f| options.supply.amounts()[f as usize]).collect();
        let demand: Vec<f64> =
            reach.rows.iter().map(|&b| base[b as usize].population.unwrap_or(0.0)).collect();
        let (costs, catchment) = (&reach.costs, &options.catchment);
        let within = cumulative_opportunities(costs, &supply, catchment.cutoff())?;
        let access = match options.measure {
            AccessMeasure::Opportunities => within.clone(),
            AccessMeasure::Potential => potential(costs, &supply, catchment)?,
            AccessMeasure::TwoStep => two_step(costs, &demand, &supply, catchment)?,
            AccessMeasure::ThreeStep(choice) => three_step(costs, &demand, &supply, catchment, choice)?,
            AccessMeasure::Balanced => balanced(costs, &demand, &supply, catchment)?,
            AccessMeasure::RationalAgents(agents) => {
                let costs = costs.within(catchment.cutoff());
                served(rational_agents(&costs, &demand, &supply, &agents, progress)?, &supply)
            }
        };
        progress.end();

        let actor_of = |column: u32| options.supply.actors()[reach.facilities[column as usize] as usize];
        let mut territories: Vec<TerritoryAccess> = base
            .iter()
            .zip(&reach.left_out)
            .enumerate()
            .map(|(i, (t, why))| TerritoryAccess {
                population: t.population,
                rurality: self.atlas.base_rurality(i),
                covered: why.unwrap_or(Covered::Yes),
                nearest: Vec::new(),
                opportunities: None,
                score: None,
            })
            .collect();
        for (row, &b) in reach.rows.iter().enumerate() {
            let t = &mut territories[b as usize];
            t.nearest = near(&reach.nearest, row, options.nearest_within, actor_of);
            t.opportunities = Some(within.scores[row]);
            t.score = Some(access.scores[row]).filter(|score| !score.is_nan());
        }
        for &row in &access.uncovered {
            territories[reach.rows[row as usize] as usize].covered = Covered::No;
        }
        let facilities = facilities(&access, &supply, actor_of);
        let coverage = AccessCoverage {
            facilities_without_capacity: options.supply.without_capacity(),
            facilities_without_position: (facilities.iter())
                .filter(|f| self.inventory().actors()[f.actor as usize].position.is_none())
                .count(),
            facilities_without_place: reach.without_place,
            facilities_off_roads: reach.facilities_off_roads,
            ..count(&territories, &facilities)
        };
        Ok(AccessReport {
            measure: options.measure,
            catchment: catchment.clone(),
            bands: options.bands.clone(),
            coverage,
            territories,
            facilities,
        })
    }
}

/// What rational agents get, in the terms of the other measures.
fn served(agents: AgentAccess, supply: &[f64]) -> Access {
    let used = |(s, load): (&f64, &f64)| if *load > 0.0 { s / load } else { 0.0 };
    Access {
        offers: supply.iter().zip(&agents.loads).map(used).collect(),
        unused: (0..).zip(&agents.loads).filter(|(_, load)| **load == 0.0).map(|(f, _)| f).collect(),
        scores: agents.costs,
        uncovered: agents.uncovered,
    }
}

fn near(nearest: &Nearest, row: usize, within: f64, actor_of: impl Fn(u32) -> u32) -> Vec<NearFacility> {
    let found = nearest.facilities.row(row).iter().zip(nearest.costs.row(row));
    found
        .take_while(|(f, cost)| **f != Nearest::NONE && **cost <= within)
        .map(|(&f, &cost)| NearFacility { actor: actor_of(f), cost })
        .collect()
}

fn facilities(access: &Access, supply: &[f64], actor_of: impl Fn(u32) -> u32) -> Vec<FacilityAccess> {
    let mut all: Vec<FacilityAccess> = (0..)
        .zip(supply.iter().zip(&access.offers))
        .map(|(f, (&supply, &offer))| FacilityAccess { actor: actor_of(f), supply, offer: Some(offer) })
        .collect();
    for &f in &access.unused {
        all[f as usize].offer = None;
    }
    all
}

fn count(territories: &[TerritoryAccess], facilities: &[FacilityAccess]) -> AccessCoverage {
    let mut c = AccessCoverage {
        territories: territories.len(),
        facilities: facilities.len(),
        supply: facilities.iter().map(|f| f.supply).sum(),
        facilities_unreached: facilities.iter().filter(|f| f.offer.is_none()).count(),
        supply_unreached: facilities.iter().filter(|f| f.offer.is_none()).map(|f| f.supply).sum::<f64>()
            + 0.0,
        ..AccessCoverage::default()
    };
    for t in territories {
        let population = t.population.unwrap_or(0.0);
        let why = match t.covered {
            Covered::NoPoint => &mut c.without_point,
            Covered::OffRoads => &mut c.off_roads,
            Covered::NoCosts => &mut c.without_costs,
            Covered::No => {
                c.population_uncovered += population;
                &mut c.uncovered
            }
            Covered::Yes => &mut 0,
        };
        *why += 1;
        if t.is_measured() {
            c.measured += 1;
            c.population += population;
            c.without_population += usize::from(t.population.is_none());
            c.unknown_rurality += usize::from(t.rurality.is_none());
        } else {
            c.population_left_out += population;
        }
    }
    c
}
