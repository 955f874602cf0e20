//! What a siting asks.

use serde::{Deserialize, Serialize};

use crate::accessibility::CostTable;
use crate::error::{Error, Result};
use crate::model::Level;
use crate::siting::Limit;

/// What new places are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SitingGoal {
    /// Be within the cut-off of as much demand as possible ([`max_covering`](crate::siting::max_covering)).
    #[default]
    Cover,
    /// Be within the cut-off of all demand, as few as possible ([`set_covering`](crate::siting::set_covering)).
    CoverAll,
    /// Make all ways together shortest ([`p_median`](crate::siting::p_median)).
    Median,
    /// Make the longest way shortest ([`p_centre`](crate::siting::p_centre)).
    Centre,
}

/// Who is to be served.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub enum SitingDemand<'a> {
    /// All inhabitants.
    #[default]
    Population,
    /// Inhabitants of rural base territories.
    RuralPopulation,
    /// A number for each base territory: jobs, firms, inhabitants by age, weighted as one likes. NaN where it
    /// is not known.
    Values(&'a [f64]),
}

/// Where new places may be.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum SitingCandidates {
    /// At the point of any base territory with at least this population.
    Territories {
        /// Least population.
        least_population: f64,
    },
    /// At the points of the most populous base territories, so many of them.
    #[default]
    Thousand,
    /// Where these actors are (projects of places, buildings that could become one), by index.
    Actors(Vec<u32>),
}

/// What it costs to get there.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub enum SiteCosts<'a> {
    /// Geodesic metres between points.
    #[default]
    StraightLine,
    /// A table from base territory to base territory (minutes by road, say); pairs it lacks cannot be
    /// travelled. Actors are in the base territory that [`Study::places`](crate::study::Study::places) puts them in.
    BetweenTerritories(&'a CostTable),
}

/// What a siting asks.
///
/// Cut-off and reach are metres for straight lines, and in the unit of the table otherwise.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SitesOptions<'a> {
    /// What new places are to do.
    pub goal: SitingGoal,
    /// How many, or for how much.
    pub limit: Limit,
    /// Actors that are such places already, by index.
    pub existing: Vec<u32>,
    /// Where new ones may be.
    pub candidates: SitingCandidates,
    /// Cost of each candidate in the order of [`SitingCandidates`], for a budget; 1 each when empty.
    pub prices: Vec<f64>,
    /// Who is to be served.
    pub demand: SitingDemand<'a>,
    /// Only demand and candidates of this territory; existing places count wherever they are.
    pub within: Option<(Level, u32)>,
    /// What it costs to get there.
    pub costs: SiteCosts<'a>,
    /// Up to here a place is within reach.
    pub cutoff: f64,
    /// Ways longer than this are as good as none: they count as long as this for [`SitingGoal::Median`], and
    /// are left out of means and inequality.
    pub farthest: f64,
    /// The search ends at this gap.
    pub gap: f64,
}

impl<'a> SitesOptions<'a> {
    /// As much of the population as possible within 30 km of a place of its own, the 1,000 most populous
    /// territories as candidates, ways of more than 150 km as good as none, a gap of 0.1 %.
    #[must_use]
    pub const fn new(limit: Limit) -> Self {
        Self {
            goal: SitingGoal::Cover,
            limit,
            existing: Vec::new(),
            candidates: SitingCandidates::Thousand,
            prices: Vec::new(),
            demand: SitingDemand::Population,
            within: None,
            costs: SiteCosts::StraightLine,
            cutoff: 30_000.0,
            farthest: 150_000.0,
            gap: 0.001,
        }
    }

    /// Sets [`SitesOptions::goal`].
    #[must_use]
    pub fn goal(self, goal: SitingGoal) -> Self {
        Self { goal, ..self }
    }

    /// Sets [`SitesOptions::limit`].
    #[must_use]
    pub fn limit(self, limit: Limit) -> Self {
        Self { limit, ..self }
    }

    /// Sets [`SitesOptions::existing`].
    #[must_use]
    pub fn existing(self, existing: Vec<u32>) -> Self {
        Self { existing, ..self }
    }

    /// Sets [`SitesOptions::candidates`].
    #[must_use]
    pub fn candidates(self, candidates: SitingCandidates) -> Self {
        Self { candidates, ..self }
    }

    /// Sets [`SitesOptions::prices`].
    #[must_use]
    pub fn prices(self, prices: Vec<f64>) -> Self {
        Self { prices, ..self }
    }

    /// Sets [`SitesOptions::demand`].
    #[must_use]
    pub fn demand(self, demand: SitingDemand<'a>) -> Self {
        Self { demand, ..self }
    }

    /// Sets [`SitesOptions::within`].
    #[must_use]
    pub fn within(self, level: Level, territory: u32) -> Self {
        Self { within: Some((level, territory)), ..self }
    }

    /// Sets [`SitesOptions::costs`].
    #[must_use]
    pub fn costs(self, costs: SiteCosts<'a>) -> Self {
        Self { costs, ..self }
    }

    /// Sets [`SitesOptions::cutoff`].
    #[must_use]
    pub fn cutoff(self, cutoff: f64) -> Self {
        Self { cutoff, ..self }
    }

    /// Sets [`SitesOptions::farthest`].
    #[must_use]
    pub fn farthest(self, farthest: f64) -> Self {
        Self { farthest, ..self }
    }

    /// Sets [`SitesOptions::gap`].
    #[must_use]
    pub fn gap(self, gap: f64) -> Self {
        Self { gap, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        for (name, value) in [("cutoff", self.cutoff), ("farthest", self.farthest)] {
            if !(value.is_finite() && value > 0.0) {
                let must = "must be finite and above zero";
                return Err(Error::Parameter { name, value: value.to_string(), must });
            }
        }
        Ok(())
    }
}
