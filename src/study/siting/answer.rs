//! What a siting found.

use serde::{Deserialize, Serialize};

use super::SitingGoal;
use crate::inequality::Decomposition;
use crate::model::TerritoryCode;
use crate::siting::{Proof, SitingNote};
use crate::space::LonLat;

/// A place, or where one may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Site {
    /// Name of the territory, or of the actor.
    pub name: String,
    /// Code of the base territory it is in.
    pub territory: Option<TerritoryCode>,
    /// Where it is.
    pub point: LonLat,
    /// The actor, when it is one.
    pub actor: Option<u32>,
}

/// A place that the siting opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewSite {
    /// The place.
    pub site: Site,
    /// What it adds to the goal after existing places and those before it: demand newly within reach, or cost
    /// saved; NaN where there was no way at all before.
    pub gain: f64,
    /// Inhabitants of rural territories newly within the cut-off.
    pub rural_reached: f64,
    /// Inhabitants of urban territories newly within the cut-off.
    pub urban_reached: f64,
    /// Base territories newly within the cut-off.
    pub territories_reached: usize,
    /// Cost to the nearest existing place; `None` where there is none within the farthest way.
    pub nearest_existing: Option<f64>,
}

/// Who is within reach before and after, of the rural, the urban, or those not known to be either.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReachOf {
    /// Base territories.
    pub territories: usize,
    /// Those within the cut-off before.
    pub territories_before: usize,
    /// Those within the cut-off after.
    pub territories_after: usize,
    /// Inhabitants.
    pub population: f64,
    /// Inhabitants within the cut-off before.
    pub before: f64,
    /// Inhabitants within the cut-off after.
    pub after: f64,
    /// Mean cost to the nearest place before, over inhabitants with one within the farthest way before.
    pub mean_before: Option<f64>,
    /// The same after, over the same inhabitants.
    pub mean_after: Option<f64>,
}

/// What a siting found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct SitingReport {
    /// What new places were to do.
    pub goal: SitingGoal,
    /// Up to here a place is within reach.
    pub cutoff: f64,
    /// New places, in the order in which each adds most to those before it.
    pub opened: Vec<NewSite>,
    /// Existing places.
    pub existing: Vec<Site>,
    /// How good the answer is; for [`SitingGoal::Cover`] demand within reach, that of existing places
    /// included.
    pub proof: Proof,
    /// All demand that has a point.
    pub demand: f64,
    /// Demand within the cut-off before and after.
    pub demand_before: f64,
    /// See [`SitingReport::demand_before`].
    pub demand_after: f64,
    /// Rural, urban and others: people before and after.
    pub by_rurality: [ReachOf; 3],
    /// Theil's T of the cost to the nearest place over inhabitants, between and within rural and urban, before;
    /// `None` without any way before.
    pub inequality_before: Option<Decomposition>,
    /// The same after, over the same inhabitants.
    pub inequality_after: Option<Decomposition>,
    /// Cost to the nearest place before of each base territory; NaN where there is none, or outside the
    /// territory asked for.
    pub cost_before: Vec<f64>,
    /// The same after.
    pub cost_after: Vec<f64>,
    /// Base territories asked for.
    pub inside: Vec<bool>,
    /// Candidates there were to choose from.
    pub candidates: usize,
    /// Candidates left out as an existing place is at the same spot.
    pub on_existing: usize,
    /// Territories left out as they have no point.
    pub without_point: usize,
    /// Existing places and candidates left out as nobody knows where they are.
    pub without_place: usize,
    /// What else was found about the question.
    pub notes: Vec<SitingNote>,
}
