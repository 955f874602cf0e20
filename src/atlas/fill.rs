//! What another atlas knows of the territories of this one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::{Atlas, GeometryQuality, Territory};
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::model::{DensityLevel, Level};
use crate::space::Layer;

impl Atlas {
    /// Fills territories of a level above the base of `other` (EPCI, départements …) from it: names,
    /// populations and areas as the sum of their members, the density level in which most of their
    /// people live among those of their rurality, and the levels above that hold most of their people.
    pub(super) fn fill_upper(&mut self, other: &Self, strictness: Strictness) -> Result<Diagnostics> {
        let mut diagnostics = Diagnostics::new(strictness);
        let level = self.base().level().clone();
        let Ok(theirs) = other.level(&level) else {
            let known: Vec<String> = other.levels.iter().map(|l| l.level().key().to_owned()).collect();
            let message = format!(
                "nothing is filled: the other atlas knows no level {:?}; it has {}",
                level.key(),
                known.join(", ")
            );
            diagnostics.repaired("unknown_level", Place::file("atlas"), message);
            return Ok(diagnostics);
        };
        let found: Vec<Option<usize>> =
            self.base().territories().iter().map(|t| theirs.find(t.code.as_str())).collect();
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); theirs.territories().len()];
        for (member, unit) in other.level(&level)?.memberships().iter() {
            members[unit as usize].push(member);
        }
        let base = other.base().territories();
        let sum = |unit: usize, of: &dyn Fn(usize) -> Option<f64>| {
            let all = members[unit].iter().filter_map(|&m| of(m as usize));
            Some(all.sum::<f64>()).filter(|s| *s > 0.0)
        };
        let rurality = other.rurality(&level)?;
        let density = |unit: usize| {
            let mut people = [0.0; DensityLevel::ALL.len()];
            for &m in &members[unit] {
                if let Some(level) =
                    base[m as usize].density.filter(|l| Some(l.rurality()) == rurality[unit].class)
                {
                    people[level.rank()] += base[m as usize].population.unwrap_or(0.0);
                }
            }
            DensityLevel::ALL
                .into_iter()
                .filter(|l| people[l.rank()] > 0.0)
                .max_by(|a, b| people[a.rank()].total_cmp(&people[b.rank()]))
        };
        for (i, (mine, at)) in self.levels[0].territories.iter_mut().zip(&found).enumerate() {
            let Some(at) = *at else {
                let message = format!("{level} {} is not in the other atlas; nothing filled", mine.code);
                diagnostics.remark("unmatched_territory", Place::file("atlas").record(i), message);
                continue;
            };
            if mine.name == mine.code.as_str() {
                mine.name.clone_from(&theirs.territories()[at].name);
            }
            mine.population = mine.population.or_else(|| sum(at, &|m| base[m].population));
            mine.area_km2 = mine.area_km2.or_else(|| sum(at, &|m| base[m].area_km2));
            mine.point = mine.point.or(theirs.territories()[at].point);
            mine.density = mine.density.or_else(|| density(at));
        }
        let codes: Vec<String> = self.base().territories().iter().map(|t| t.code.to_string()).collect();
        for above in other.levels[1..].iter().filter(|l| *l.level() != level) {
            if self.level(above.level()).is_ok() {
                continue;
            }
            let mut of: Vec<Vec<u32>> = vec![Vec::new(); base.len()];
            let mut people_of = vec![0.0; above.territories().len()];
            for (member, group) in other.level(above.level())?.memberships().iter() {
                of[member as usize].push(group);
                people_of[group as usize] += base[member as usize].population.unwrap_or(0.0);
            }
            let holder = |unit: usize| {
                let (mut all, mut inside) = (0.0, BTreeMap::new());
                for &m in &members[unit] {
                    let people = base[m as usize].population.unwrap_or(0.0);
                    all += people;
                    for &group in &of[m as usize] {
                        *inside.entry(group).or_insert(0.0) += people;
                    }
                }
                let best = inside.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
                (2.0 * best.1 > all && people_of[best.0 as usize] >= all).then_some(best.0 as usize)
            };
            let pairs: Vec<(&str, &str)> = codes
                .iter()
                .zip(&found)
                .filter_map(|(code, at)| {
                    Some((code.as_str(), above.territories()[holder((*at)?)?].code.as_str()))
                })
                .collect();
            if pairs.is_empty() {
                continue;
            }
            let used: HashSet<&str> = pairs.iter().map(|(_, group)| *group).collect();
            let groups: Vec<_> = above
                .territories()
                .iter()
                .filter(|t| used.contains(t.code.as_str()))
                .map(|t| (t.code.clone(), t.name.clone()))
                .collect();
            diagnostics.merge(self.add_level(above.level().clone(), groups, pairs, strictness)?);
        }
        Ok(diagnostics)
    }

    /// Takes the outlines of another atlas's base territories for the level of this one whose codes they
    /// have (where several do, as régions and départements share numbers, that with the same names, then the
    /// one with fewest territories); territories without one there keep theirs. Returns the level.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the other atlas has no outlines, or no level has their codes.
    pub fn take_outlines(&mut self, from: &Self) -> Result<(Level, Diagnostics)> {
        let theirs = from.base();
        let Some(outlines) = theirs.geometry() else {
            return Err(Error::Unknown {
                kind: "geometry of level",
                value: theirs.level().to_string(),
                hint: Some("the file has no outlines".to_owned()),
            });
        };
        let matches = |at: usize| {
            theirs.territories().iter().filter(|t| self.levels[at].find(t.code.as_str()).is_some()).count()
        };
        let named = |at: usize| {
            let level = &self.levels[at];
            let same = |t: &&Territory| {
                let own = level.find(t.code.as_str()).map(|i| &level.territories()[i].name);
                own.is_some_and(|name| name.to_lowercase() == t.name.to_lowercase())
            };
            theirs.territories().iter().filter(same).count()
        };
        let rank = |at: usize| (matches(at), named(at), Reverse((self.levels[at].territories().len(), at)));
        let best = (0..self.levels.len()).max_by_key(|&at| rank(at)).map(|at| (matches(at), at));
        let Some((count, at)) = best.filter(|(n, _)| *n > 0) else {
            return Err(Error::Unknown {
                kind: "level with codes such as",
                value: theirs.territories().first().map(|t| t.code.to_string()).unwrap_or_default(),
                hint: Some("outlines are matched by code; name the property that holds it".to_owned()),
            });
        };
        let mut diagnostics = Diagnostics::default();
        for (i, t) in theirs.territories().iter().enumerate() {
            if self.levels[at].find(t.code.as_str()).is_none() {
                let message = format!(
                    "{} {} has no outline to give: there is no such territory",
                    self.levels[at].level(),
                    t.code
                );
                diagnostics.remark("unmatched_outline", Place::file("outlines").record(i), message);
            }
        }
        let level = self.levels[at].level().clone();
        let mine = &self.levels[at];
        let features: Vec<_> = mine
            .territories()
            .iter()
            .enumerate()
            .map(|(i, t)| match (theirs.find(t.code.as_str()), mine.geometry()) {
                (Some(j), _) => outlines.to_multi_polygon(j),
                (None, Some(own)) => own.to_multi_polygon(i),
                (None, None) => geo_types::MultiPolygon(Vec::new()),
            })
            .collect();
        let whole = count == mine.territories().len() || mine.geometry().is_none();
        let quality = if whole {
            theirs.geometry_quality().unwrap_or(GeometryQuality::Given)
        } else {
            let left = mine.territories().len() - count;
            let message =
                format!("{count} outlines of level {level} were taken; {left} keep approximate ones");
            diagnostics.remark("mixed_outlines", Place::file("outlines"), message);
            GeometryQuality::Approximate
        };
        self.set_geometry(&level, Arc::new(Layer::from_features(&features)), quality)?;
        Ok((level, diagnostics))
    }
}
