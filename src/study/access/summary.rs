//! Access of groups of territories: by rurality, by level, and how unequal it is.

use serde::{Deserialize, Serialize};

use super::{AccessReport, Covered, TerritoryAccess};
use crate::error::Result;
use crate::inequality::{Decomposition, Distribution};
use crate::labels::Labels;
use crate::model::{Level, Rurality};
use crate::study::Study;

/// Access of the population of a group of territories; all shares and means are weighted by it.
///
/// Shares and means are of the population of measured territories, and `None` where that is zero.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct AccessSummary {
    /// Base territories in the group.
    pub territories: usize,
    /// Those that could be measured.
    pub measured: usize,
    /// Population of the measured ones.
    pub population: f64,
    /// Population of the others, which is in no figure.
    pub population_left_out: f64,
    /// Share with a facility within reach, in [0, 1].
    pub covered_share: Option<f64>,
    /// Share with a facility within each of [`AccessReport::bands`] (inclusive), in [0, 1].
    pub within: Vec<Option<f64>>,
    /// Mean cost to the nearest facility, of those for whom one is known.
    pub nearest_mean: Option<f64>,
    /// Cost within which half of the population has a facility; `None` when fewer have one.
    pub nearest_median: Option<f64>,
    /// Population without a nearest facility: none within [`AccessOptions::nearest_within`](super::AccessOptions::nearest_within).
    pub population_without_nearest: f64,
    /// Mean supply within the cut-off.
    pub opportunities_mean: Option<f64>,
    /// Mean score, of those who have one.
    pub score_mean: Option<f64>,
}

/// How unequally a score is spread over the population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct AccessInequality {
    /// Gini coefficient, in [0, 1): 0 when all have the same.
    pub gini: f64,
    /// Theil's T, split into a part between the groups and a part within them.
    pub theil: Decomposition,
}

impl AccessSummary {
    fn of<'a>(members: impl Iterator<Item = &'a TerritoryAccess>, bands: &[f64]) -> Self {
        let mut all = 0;
        let mut left_out = 0.0;
        let mut measured: Vec<(f64, &TerritoryAccess)> = Vec::new();
        for t in members {
            all += 1;
            let population = t.population.unwrap_or(0.0);
            if t.is_measured() { measured.push((population, t)) } else { left_out += population }
        }
        let population: f64 = measured.iter().map(|m| m.0).sum();
        let mean = |value: &dyn Fn(&TerritoryAccess) -> Option<f64>| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for (w, value) in measured.iter().filter_map(|(w, t)| Some((w, value(t)?))) {
                sum += w * value;
                weight += w;
            }
            (weight > 0.0).then(|| sum / weight)
        };
        let share = |test: &dyn Fn(&TerritoryAccess) -> bool| mean(&|t| Some(f64::from(u8::from(test(t)))));
        let mut nearest: Vec<(f64, f64)> =
            measured.iter().filter_map(|(w, t)| Some((t.nearest_cost()?, *w))).collect();
        nearest.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let with_nearest: f64 = nearest.iter().map(|n| n.1).sum();
        Self {
            territories: all,
            measured: measured.len(),
            population,
            population_left_out: left_out,
            covered_share: share(&|t| t.covered == Covered::Yes),
            within: bands.iter().map(|b| share(&|t| t.nearest_cost().is_some_and(|c| c <= *b))).collect(),
            nearest_mean: mean(&TerritoryAccess::nearest_cost),
            nearest_median: median(&nearest, population),
            population_without_nearest: population - with_nearest,
            opportunities_mean: mean(&|t| t.opportunities),
            score_mean: mean(&|t| t.score),
        }
    }
}

/// The first of the increasing values up to which half of `population` is.
fn median(values: &[(f64, f64)], population: f64) -> Option<f64> {
    let mut reached = 0.0;
    values.iter().filter(|(_, weight)| *weight > 0.0).find_map(|&(value, weight)| {
        reached += weight;
        (reached >= population / 2.0).then_some(value)
    })
}

/// How many people have a facility within a cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReachedShare {
    /// The cost, in the unit of the travel costs.
    pub cost: f64,
    /// Share of the population, in [0, 1].
    pub share: f64,
}

impl AccessReport {
    /// Access of the base territories, by index, that `keep` takes.
    pub fn summary(&self, keep: impl Fn(usize, &TerritoryAccess) -> bool) -> AccessSummary {
        let members = self.territories.iter().enumerate().filter(|(i, t)| keep(*i, t)).map(|(_, t)| t);
        AccessSummary::of(members, &self.bands)
    }

    /// Access of all territories.
    pub fn overall(&self) -> AccessSummary {
        self.summary(|_, _| true)
    }

    /// Access of the rural or the urban territories.
    pub fn of_rurality(&self, side: Rurality) -> AccessSummary {
        self.summary(|_, t| t.rurality == Some(side))
    }

    /// Share of the population (of the measured territories that `keep` takes) with a facility within
    /// each cost, in increasing order of both. What is missing from 1 at the end is the
    /// population without a nearest facility. O(n log n).
    #[must_use]
    pub fn cumulative_shares(&self, keep: impl Fn(usize, &TerritoryAccess) -> bool) -> Vec<ReachedShare> {
        let members = self.territories.iter().enumerate().filter(|(i, t)| t.is_measured() && keep(*i, t));
        let mut population = 0.0;
        let mut nearest = Vec::new();
        for (_, t) in members {
            let weight = t.population.unwrap_or(0.0);
            population += weight;
            let cost = t.nearest_cost().filter(|_| weight > 0.0);
            nearest.extend(cost.map(|cost| ReachedShare { cost, share: weight }));
        }
        nearest.sort_unstable_by(|a, b| a.cost.total_cmp(&b.cost));
        let mut reached = 0.0;
        for n in &mut nearest {
            reached += n.share;
            n.share = reached / population;
        }
        nearest
    }

    /// Rural (class 0) or urban (class 1) for each base territory.
    #[must_use]
    pub fn rurality_labels(&self) -> Labels {
        let class =
            |t: &TerritoryAccess| t.rurality.map_or(Labels::NONE, |r| u32::from(r == Rurality::Urban));
        Labels::from_dense(self.territories.iter().map(class).collect(), 2)
    }

    /// The scores, weighted by population; territories without a score weigh nothing.
    ///
    /// # Errors
    /// [`Error::Undefined`](crate::Error::Undefined) when no measured territory has a population.
    pub fn distribution(&self) -> Result<Distribution> {
        let (scores, weights): (Vec<f64>, Vec<f64>) = self
            .territories
            .iter()
            .map(|t| t.score.map_or((0.0, 0.0), |score| (score, t.population.unwrap_or(0.0))))
            .unzip();
        Distribution::weighted(&scores, &weights)
    }

    /// How unequal the scores are over the population, within and between groups of base
    /// territories ([`AccessReport::rurality_labels`], the membership of a level …).
    ///
    /// Uncovered territories count with their score of 0, if they have one. Where perimeters of a level overlap, the
    /// first membership counts.
    ///
    /// # Errors
    /// [`Error::Undefined`](crate::Error::Undefined) when all scores are 0 or nobody lives there;
    /// [`Error::Shape`](crate::Error::Shape) when there is not one label for each territory.
    pub fn inequality(&self, groups: &Labels) -> Result<AccessInequality> {
        let scores = self.distribution()?;
        Ok(AccessInequality { gini: scores.gini()?, theil: scores.theil_t_by(groups)? })
    }
}

impl Study {
    /// Access of the population of every territory of a level, in their order. Members of overlapping
    /// perimeters count in each of them. O(territories log territories).
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas has no such level;
    /// [`Error::Shape`](crate::Error::Shape) for a report of another study.
    pub fn access_by(&self, level: &Level, report: &AccessReport) -> Result<Vec<AccessSummary>> {
        let units = self.atlas().level(level)?.territories().len();
        let (expected, got) = (self.atlas().base().territories().len(), report.territories.len());
        if expected != got {
            let what = "territories of the access report";
            return Err(crate::Error::Shape { what, expected, got });
        }
        let mut members = vec![Vec::new(); units];
        for (base, unit) in self.atlas().level(level)?.memberships().iter() {
            members[unit as usize].push(&report.territories[base as usize]);
        }
        Ok(members.into_iter().map(|m| AccessSummary::of(m.into_iter(), &report.bands)).collect())
    }
}
