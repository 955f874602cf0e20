//! Where new places would be within reach of whom, and what that changes.

mod answer;
mod options;
mod ways;

pub use answer::{NewSite, ReachOf, Site, SitingReport};
pub use options::{SiteCosts, SitesOptions, SitingCandidates, SitingDemand, SitingGoal};
use ways::Ways;

use std::collections::HashSet;

use crate::error::{Error, Result, Undefined};
use crate::inequality::{Decomposition, Distribution};
use crate::labels::Labels;
use crate::model::{ActorKind, Level, Rurality};
use crate::progress::Progress;
use crate::siting::{Sites, SitingCosts, SitingOptions, max_covering, p_centre, p_median, set_covering};
use crate::space::LonLat;
use crate::study::Study;

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
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
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

    pub(in crate::study) fn inside(&self, within: Option<&(Level, u32)>) -> Result<Vec<bool>> {
        let n = self.atlas().base().territories().len();
        let Some((level, territory)) = within else { return Ok(vec![true; n]) };
        let mut inside = vec![false; n];
        for (b, t) in self.atlas().level(level)?.memberships().iter() {
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
