//! Where new places would be within reach of whom, and what that changes.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::Study;
use crate::accessibility::{CostTable, nearest_k, nearest_k_geodesic};
use crate::error::{Error, Result, Undefined};
use crate::inequality::{Decomposition, Distribution};
use crate::labels::Labels;
use crate::model::{ActorKind, Level, Rurality, TerritoryCode};
use crate::progress::Progress;
use crate::siting::{
    Limit, Proof, Sites, SitingCosts, SitingNote, SitingOptions, max_covering, p_centre, p_median,
    set_covering,
};
use crate::space::LonLat;

/// What new places are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SitingGoal {
    /// Be within the cut-off of as much demand as possible ([`max_covering`]).
    #[default]
    Cover,
    /// Be within the cut-off of all demand, as few as possible ([`set_covering`]).
    CoverAll,
    /// Make all ways together shortest ([`p_median`]).
    Median,
    /// Make the longest way shortest ([`p_centre`]).
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
    /// travelled. Actors are in the base territory that [`Study::places`] puts them in.
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

    fn check(&self) -> Result<()> {
        for (name, value) in [("cutoff", self.cutoff), ("farthest", self.farthest)] {
            if !(value.is_finite() && value > 0.0) {
                let must = "must be finite and above zero";
                return Err(Error::Parameter { name, value: value.to_string(), must });
            }
        }
        Ok(())
    }
}

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

impl Study {
    /// The actors of some kinds, by index: existing places, candidates, participants.
    #[must_use]
    pub fn actors_of(&self, kinds: &[ActorKind]) -> Vec<u32> {
        let actors = self.inventory().actors().iter().enumerate();
        actors.filter(|(_, a)| kinds.contains(&a.kind)).map(|(i, _)| i as u32).collect()
    }

    /// Where new places would be within reach of whom, how good that answer is proved to be, and who is within
    /// reach before and after.
    ///
    /// # Formula
    /// See [`max_covering`], [`set_covering`], [`p_median`] and [`p_centre`]; demand is at the points of the base
    /// territories.
    ///
    /// # Range
    /// Costs in metres or the unit of the table; people and demand in their own unit.
    ///
    /// # Direction
    /// A gap of 0 is the optimum.
    ///
    /// # Undefined
    /// Without demand, candidates or, for [`SitingGoal::Centre`], a way to all of the demand.
    ///
    /// # Errors
    /// [`Error::Parameter`], [`Error::Shape`] and [`Error::Value`] for options out of their domain (a negative
    /// demand among them), [`Error::Unknown`] for a level the atlas lacks, [`Error::Undefined`] as above.
    ///
    /// # Complexity
    /// That of the kernels, over the pairs of demand and candidate within the cut-off (covering) or the
    /// farthest way.
    ///
    /// # Example
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::{ActorKind, Level};
    /// use rurban::progress::Silent;
    /// use rurban::siting::Limit;
    /// use rurban::study::{SitesOptions, SitingDemand, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent)?;
    /// let corse = study.atlas().level(&Level::Region)?.search("Corse")? as u32;
    /// let options = SitesOptions::new(Limit::Places(3))
    ///     .existing(study.actors_of(&[ActorKind::InnovationPlace]))
    ///     .demand(SitingDemand::RuralPopulation)
    ///     .within(Level::Region, corse);
    /// let found = study.siting(&options, &Silent)?;
    /// assert!(found.opened.len() <= 3 && found.demand_after > found.demand_before);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn siting(&self, options: &SitesOptions<'_>, progress: &dyn Progress) -> Result<SitingReport> {
        options.check()?;
        let base = self.atlas().base().territories();
        let inside = self.inside(options.within.as_ref())?;
        let demand = self.demand(options.demand)?;
        // Everybody counts in what is reported, the demand in what is asked.
        let rows: Vec<u32> = (0..base.len() as u32)
            .filter(|&b| inside[b as usize] && base[b as usize].point.is_some())
            .collect();
        let without_point = inside.iter().zip(base).filter(|(i, t)| **i && t.point.is_none()).count();
        let (existing, lost) = self.sites_of_actors(&options.existing);
        let (candidates, prices, on_existing, lost_too) = self.candidates(options, &existing, &inside)?;
        if candidates.is_empty() || rows.is_empty() {
            return Err(Error::undefined("siting", Undefined::Empty));
        }
        let ways = Ways { study: self, costs: options.costs };
        progress.begin("measure ways to existing places", None);
        let before = ways.nearest(&rows, &existing)?;
        progress.end();
        let asked = |k: &usize| demand[rows[*k] as usize] > 0.0;
        let missing = |k: &usize| !(before[*k] <= options.cutoff);
        let cover = matches!(options.goal, SitingGoal::Cover | SitingGoal::CoverAll);
        let chosen: Vec<usize> = (0..rows.len()).filter(|k| asked(k) && (!cover || missing(k))).collect();
        let chosen_rows: Vec<u32> = chosen.iter().map(|&k| rows[k]).collect();
        let weights: Vec<f64> = chosen_rows.iter().map(|&b| demand[b as usize]).collect();
        let total: f64 = rows.iter().map(|&b| demand[b as usize]).sum();
        if !(total > 0.0) {
            return Err(Error::undefined("siting without demand", Undefined::ZeroTotal));
        }
        let reach = if cover { options.cutoff } else { options.farthest };
        // Existing places come after the candidates.
        let columns: Vec<&Site> =
            if cover { candidates.iter().collect() } else { candidates.iter().chain(&existing).collect() };
        progress.begin("measure ways to candidates", None);
        let table = ways.table(&chosen_rows, &columns, reach)?;
        progress.end();
        let kept: Vec<u32> = (candidates.len() as u32..columns.len() as u32).collect();
        let mut costs_of = prices;
        costs_of.resize(if costs_of.is_empty() { 0 } else { columns.len() }, 0.0);
        let search = SitingOptions::new(options.limit).existing(kept).costs(costs_of).gap(options.gap);
        let (sites, base_value): (Sites, f64) = match options.goal {
            SitingGoal::Cover => {
                let covered = total - weights.iter().sum::<f64>();
                (max_covering(&weights, &table, reach, &search, progress)?.sites, covered)
            }
            SitingGoal::CoverAll => (set_covering(&weights, &table, reach, &search, progress)?, 0.0),
            SitingGoal::Median => {
                let costs = SitingCosts::Table { table: &table, unreached: reach };
                (p_median(&weights, &costs, &search, progress)?, 0.0)
            }
            SitingGoal::Centre => (p_centre(&weights, &table, &search, progress)?, 0.0),
        };
        let mut proof = sites.proof;
        if options.goal == SitingGoal::Cover {
            proof.value += base_value;
            proof.bound += base_value;
            proof.greedy += base_value;
            proof.gap = if proof.bound > 0.0 { (proof.bound - proof.value) / proof.bound } else { 0.0 };
        }
        let new: Vec<Site> = sites.opened.iter().map(|&j| candidates[j as usize].clone()).collect();
        // One after the other, to tell what each adds to the people within reach.
        let mut after = before.clone();
        let mut opened = Vec::with_capacity(new.len());
        for (site, &gain) in new.iter().zip(&sites.gains) {
            let to = ways.nearest(&rows, std::slice::from_ref(site))?;
            let mut reached = [0.0; 3];
            let mut territories = 0;
            for (k, &cost) in to.iter().enumerate() {
                let t = &base[rows[k] as usize];
                if cost <= options.cutoff && !(after[k] <= options.cutoff) {
                    reached[self.side(rows[k])] += t.population.unwrap_or(0.0);
                    territories += 1;
                }
                after[k] = after[k].min(cost);
            }
            let near = ways.to_existing(site, &existing)?.filter(|c| *c <= options.farthest);
            opened.push(NewSite {
                site: site.clone(),
                gain,
                rural_reached: reached[0],
                urban_reached: reached[1],
                territories_reached: territories,
                nearest_existing: near,
            });
        }
        let within = |costs: &[f64]| -> f64 {
            let pairs = rows.iter().zip(costs).filter(|p| *p.1 <= options.cutoff);
            pairs.map(|p| demand[*p.0 as usize]).sum()
        };
        let spread = |costs: &[f64]| {
            let mut all = vec![f64::NAN; base.len()];
            rows.iter().zip(costs).for_each(|(&b, &c)| all[b as usize] = c);
            all
        };
        let (inequality_before, inequality_after) =
            self.inequality(&rows, &before, &after, options.farthest)?;
        Ok(SitingReport {
            goal: options.goal,
            cutoff: options.cutoff,
            opened,
            proof,
            demand: total,
            demand_before: within(&before),
            demand_after: within(&after),
            by_rurality: self.reach_of(&rows, &before, &after, options),
            inequality_before,
            inequality_after,
            cost_before: spread(&before),
            cost_after: spread(&after),
            inside,
            candidates: candidates.len(),
            existing,
            on_existing,
            without_point,
            without_place: lost + lost_too,
            notes: sites.notes,
        })
    }

    pub(super) fn inside(&self, within: Option<&(Level, u32)>) -> Result<Vec<bool>> {
        let n = self.atlas().base().territories().len();
        let Some((level, territory)) = within else { return Ok(vec![true; n]) };
        let mut inside = vec![false; n];
        for (b, t) in self.atlas().memberships(level)? {
            inside[b as usize] |= t == *territory;
        }
        Ok(inside)
    }

    fn demand(&self, demand: SitingDemand<'_>) -> Result<Vec<f64>> {
        let base = self.atlas().base().territories();
        let values: Vec<f64> = match demand {
            SitingDemand::Population => base.iter().map(|t| t.population.unwrap_or(0.0)).collect(),
            SitingDemand::RuralPopulation => {
                let people = |b: usize| if self.side(b as u32) == 0 { base[b].population } else { None };
                (0..base.len()).map(|b| people(b).unwrap_or(0.0)).collect()
            }
            SitingDemand::Values(values) => {
                crate::check::check_len("demand of base territories", values.len(), base.len())?;
                values.iter().map(|v| if v.is_nan() { 0.0 } else { *v }).collect()
            }
        };
        crate::check::check_weights("demand of base territories", &values)?;
        Ok(values)
    }

    /// Rural (0), urban (1) or neither (2).
    fn side(&self, b: u32) -> usize {
        match self.atlas().base_rurality(b as usize) {
            Some(Rurality::Rural) => 0,
            Some(Rurality::Urban) => 1,
            None => 2,
        }
    }

    fn site_of_base(&self, b: u32) -> Option<Site> {
        let t = &self.atlas().base().territories()[b as usize];
        Some(Site { name: t.name.clone(), territory: Some(t.code.clone()), point: t.point?, actor: None })
    }

    /// Actors as sites, and how many have no place.
    fn sites_of_actors(&self, actors: &[u32]) -> (Vec<Site>, usize) {
        let base = self.atlas().base().territories();
        let sites: Vec<Site> = (actors.iter())
            .filter_map(|&a| {
                let (actor, place) = (self.inventory().actors().get(a as usize)?, &self.places()[a as usize]);
                Some(Site {
                    name: actor.name.clone(),
                    territory: Some(base[place.base? as usize].code.clone()),
                    point: place.point?,
                    actor: Some(a),
                })
            })
            .collect();
        let lost = actors.len() - sites.len();
        (sites, lost)
    }

    /// Candidates and their prices, how many are on an existing place, and how many nobody knows where.
    fn candidates(
        &self,
        options: &SitesOptions<'_>,
        existing: &[Site],
        inside: &[bool],
    ) -> Result<(Vec<Site>, Vec<f64>, usize, usize)> {
        let base = self.atlas().base().territories();
        let of = |list: &[u32]| -> Vec<Site> { list.iter().filter_map(|&b| self.site_of_base(b)).collect() };
        let in_it = |b: &u32| inside[*b as usize] && base[*b as usize].point.is_some();
        let population = |b: u32| base[b as usize].population.unwrap_or(0.0);
        let (sites, lost) = match &options.candidates {
            SitingCandidates::Territories { least_population } => {
                let all =
                    (0..base.len() as u32).filter(in_it).filter(|&b| population(b) >= *least_population);
                (of(&all.collect::<Vec<_>>()), 0)
            }
            SitingCandidates::Thousand => {
                let mut all: Vec<u32> = (0..base.len() as u32).filter(in_it).collect();
                all.sort_by(|&a, &b| population(b).total_cmp(&population(a)).then(a.cmp(&b)));
                all.truncate(1_000);
                all.sort_unstable();
                (of(&all), 0)
            }
            SitingCandidates::Actors(actors) => {
                let (all, lost) = self.sites_of_actors(actors);
                let in_it = |s: &Site| {
                    let code = s.territory.as_ref().map_or("", |c| c.as_str());
                    self.atlas().base().find(code).is_some_and(|b| inside[b])
                };
                if options.prices.is_empty() {
                    (all.into_iter().filter(in_it).collect(), lost)
                } else if lost == 0 && all.iter().all(in_it) {
                    (all, lost)
                } else {
                    let must = "must all be placed, and in the territory asked for, when they have prices";
                    return Err(Error::Parameter {
                        name: "candidates",
                        value: actors.len().to_string(),
                        must,
                    });
                }
            }
        };
        if !options.prices.is_empty() {
            crate::check::check_amounts("prices of candidates", &options.prices, sites.len())?;
        }
        let spot = |p: LonLat| (p.lon().to_bits(), p.lat().to_bits());
        let taken: HashSet<(u64, u64)> = existing.iter().map(|s| spot(s.point)).collect();
        let free: Vec<usize> = (0..sites.len()).filter(|&j| !taken.contains(&spot(sites[j].point))).collect();
        let prices = if options.prices.is_empty() {
            Vec::new()
        } else {
            free.iter().map(|&j| options.prices[j]).collect()
        };
        let on_existing = sites.len() - free.len();
        Ok((free.into_iter().map(|j| sites[j].clone()).collect(), prices, on_existing, lost))
    }

    fn reach_of(
        &self,
        rows: &[u32],
        before: &[f64],
        after: &[f64],
        options: &SitesOptions<'_>,
    ) -> [ReachOf; 3] {
        let base = self.atlas().base().territories();
        let mut of = [ReachOf::default(); 3];
        let mut sums = [[0.0; 3]; 3];
        for (k, &b) in rows.iter().enumerate() {
            let t = &base[b as usize];
            let (at, people) = (self.side(b), t.population.unwrap_or(0.0));
            let r = &mut of[at];
            r.territories += 1;
            r.population += people;
            if before[k] <= options.cutoff {
                r.territories_before += 1;
                r.before += people;
            }
            if after[k] <= options.cutoff {
                r.territories_after += 1;
                r.after += people;
            }
            if before[k] <= options.farthest {
                sums[at][0] += people;
                sums[at][1] += people * before[k];
                sums[at][2] += people * after[k];
            }
        }
        for (r, s) in of.iter_mut().zip(sums) {
            if s[0] > 0.0 {
                (r.mean_before, r.mean_after) = (Some(s[1] / s[0]), Some(s[2] / s[0]));
            }
        }
        of
    }

    fn inequality(
        &self,
        rows: &[u32],
        before: &[f64],
        after: &[f64],
        farthest: f64,
    ) -> Result<(Option<Decomposition>, Option<Decomposition>)> {
        let base = self.atlas().base().territories();
        let some_before = before.iter().any(|c| *c <= farthest);
        let known = |k: &usize| if some_before { before[*k] <= farthest } else { after[*k] <= farthest };
        let kept: Vec<usize> = (0..rows.len()).filter(known).collect();
        let people: Vec<f64> =
            kept.iter().map(|&k| base[rows[k] as usize].population.unwrap_or(0.0)).collect();
        if !(people.iter().sum::<f64>() > 0.0) {
            return Ok((None, None));
        }
        let label = |k: &usize| match self.side(rows[*k]) {
            2 => Labels::NONE,
            s => s as u32,
        };
        let labels = Labels::new(kept.iter().map(label).collect(), 2)?;
        let theil = |costs: &[f64]| -> Result<Option<Decomposition>> {
            let values: Vec<f64> = kept.iter().map(|&k| costs[k]).collect();
            match Distribution::weighted(&values, &people)?.theil_t_by(&labels) {
                Ok(d) => Ok(Some(d)),
                // Everybody is at a place.
                Err(e) if e.as_undefined().is_some() => Ok(None),
                Err(e) => Err(e),
            }
        };
        Ok((if some_before { theil(before)? } else { None }, theil(after)?))
    }
}

/// Ways from base territories to sites.
struct Ways<'a> {
    study: &'a Study,
    costs: SiteCosts<'a>,
}

impl Ways<'_> {
    fn points(&self, rows: &[u32]) -> Vec<LonLat> {
        let base = self.study.atlas().base().territories();
        rows.iter().filter_map(|&b| base[b as usize].point).collect()
    }

    /// Base territories of sites.
    fn bases(&self, sites: &[&Site]) -> Vec<u32> {
        let find = |s: &&Site| self.study.atlas().base().find(s.territory.as_ref()?.as_str());
        sites.iter().filter_map(find).map(|b| b as u32).collect()
    }

    fn between<'t>(&self, table: &'t CostTable) -> Result<&'t CostTable> {
        let n = self.study.atlas().base().territories().len();
        for (what, got) in [("origins", table.origins()), ("facilities", table.facilities())] {
            if got != n {
                let what = if what == "origins" {
                    "origins of the costs between territories"
                } else {
                    "destinations of the costs between territories"
                };
                return Err(Error::Shape { what, expected: n, got });
            }
        }
        Ok(table)
    }

    /// Cost of each row to the nearest site, infinite where there is none.
    fn nearest(&self, rows: &[u32], sites: &[Site]) -> Result<Vec<f64>> {
        if sites.is_empty() {
            return Ok(vec![f64::INFINITY; rows.len()]);
        }
        let found = match self.costs {
            SiteCosts::StraightLine => {
                let to: Vec<LonLat> = sites.iter().map(|s| s.point).collect();
                nearest_k_geodesic(&self.points(rows), &to, 1)?
            }
            SiteCosts::BetweenTerritories(table) => {
                let to = self.bases(&sites.iter().collect::<Vec<_>>());
                nearest_k(&self.between(table)?.select(rows, &to)?, 1)?
            }
        };
        let cost = |k: usize| found.costs.row(k).first().copied().filter(|c| !c.is_nan());
        Ok((0..rows.len()).map(|k| cost(k).unwrap_or(f64::INFINITY)).collect())
    }

    fn table(&self, rows: &[u32], sites: &[&Site], reach: f64) -> Result<CostTable> {
        match self.costs {
            SiteCosts::StraightLine => {
                let to: Vec<LonLat> = sites.iter().map(|s| s.point).collect();
                CostTable::geodesic(&self.points(rows), &to, reach)
            }
            SiteCosts::BetweenTerritories(table) => {
                Ok(self.between(table)?.select(rows, &self.bases(sites))?.within(reach))
            }
        }
    }

    /// Cost from a new place to the nearest existing one.
    fn to_existing(&self, site: &Site, existing: &[Site]) -> Result<Option<f64>> {
        if existing.is_empty() {
            return Ok(None);
        }
        match self.costs {
            SiteCosts::StraightLine => {
                let to: Vec<LonLat> = existing.iter().map(|s| s.point).collect();
                let found = nearest_k_geodesic(&[site.point], &to, 1)?;
                Ok(found.costs.row(0).first().copied().filter(|c| !c.is_nan()))
            }
            SiteCosts::BetweenTerritories(_) => {
                let from = self.bases(&[site]);
                Ok(self.nearest(&from, existing)?.first().copied().filter(|c| c.is_finite()))
            }
        }
    }
}
