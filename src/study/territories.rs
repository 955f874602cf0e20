//! What each territory has: people, actors, links, distances.

use std::borrow::Cow;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Study;
use crate::atlas::Territory;
use crate::error::Result;
use crate::model::{ActorKind, Level, LinkClass, Rurality};
use crate::progress::Progress;
use crate::space::index::PlaceIndex;

/// Measures of one territory.
///
/// Shares and means are `None` where their total is zero: no population, no link, no actor of the
/// kind within reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TerritoryMeasures {
    /// The territory.
    pub territory: Territory,
    /// Communes (base territories) it has.
    pub members: usize,
    /// Share of its population in rural communes, in [0, 1]; members without a density level or a
    /// population do not count.
    pub rural_population_share: Option<f64>,
    /// Rural or urban: where more than half of its population lives.
    pub rurality: Option<Rurality>,
    /// Actors in it, by kind in the order of [`ActorKind::ALL`].
    pub actors: [usize; ActorKind::ALL.len()],
    /// Links with both ends in it.
    pub internal_links: usize,
    /// Links with one end in it.
    pub external_links: usize,
    /// Links that touch it, by class in the order of [`LinkClass::ALL`].
    pub links: [usize; LinkClass::ALL.len()],
    /// Urban–rural links among the classed links that touch it, in [0, 1]; high means that it
    /// ties the two sides.
    pub urban_rural_link_share: Option<f64>,
    /// Weighted share of the classed ties of its rural actors that go to urban actors, in [0, 1]
    /// (interaction index P*, Bell 1954).
    pub urban_exposure: Option<f64>,
    /// Ends of ties that this share is of: a tie between two of its rural actors counts twice.
    pub urban_exposure_ends: usize,
    /// Distance in metres to the nearest research centre, mean over its communes weighted by
    /// population.
    pub research_distance_m: Option<f64>,
    /// Distance in metres to the nearest innovation place, mean over its communes weighted by
    /// population.
    pub innovation_distance_m: Option<f64>,
}

impl TerritoryMeasures {
    /// Its name, followed by how many of its members are known where that is not all of them, as in
    /// `Gers (10/461)`: what is said of it is said of these.
    #[must_use]
    pub fn shown_name(&self) -> Cow<'_, str> {
        let name = self.territory.name.as_str();
        match self.territory.members_in_all {
            Some(all) if all as usize > self.members => {
                Cow::Owned(format!("{name} ({}/{all})", self.members))
            }
            _ => Cow::Borrowed(name),
        }
    }

    /// Actors of all kinds.
    #[must_use]
    pub fn actor_count(&self) -> usize {
        self.actors.iter().sum()
    }
}

/// A mean of some members, by weight.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    fn add(&mut self, value: f64, weight: f64) {
        self.sum += value * weight;
        self.weight += weight;
    }

    fn value(self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }
}

/// Distances from each base territory, computed once and grouped at any level.
#[derive(Debug, Clone)]
pub struct Reach {
    research_m: Vec<f64>,
    innovation_m: Vec<f64>,
}

/// How far what is called near may be, in metres: beyond, "the nearest" would say how far an island is
/// from its mainland.
pub const NEAR_M: f64 = 1_000_000.0;

impl Study {
    /// Geodesic distance in metres from each base territory's point to the nearest actor of a
    /// kind; `NaN` for territories without a point, and when no such actor has a place
    /// ([`super::ActorPlace::point`]) within 1,000 km: there is none near.
    /// O((territories + actors) log actors).
    ///
    /// # Errors
    /// None on the positions of a study.
    pub fn nearest_actor_m(&self, kind: ActorKind) -> Result<Vec<f64>> {
        let places: Vec<Coord<f64>> = self
            .inventory()
            .actors()
            .iter()
            .zip(self.places())
            .filter(|(a, _)| a.kind == kind)
            .filter_map(|(_, p)| p.point.map(Coord::from))
            .collect();
        let index = PlaceIndex::new(&places)?;
        let territories = self.atlas().base().territories();
        Ok(crate::parallel::map(territories.len(), |i| {
            territories[i]
                .point
                .and_then(|p| index.nearest(p.into(), 1, |_| true).ok()?.first().map(|n| n.distance_m))
                .filter(|d| *d <= NEAR_M)
                .unwrap_or(f64::NAN)
        }))
    }

    /// Distances of all base territories to the nearest research centre and innovation place.
    ///
    /// # Errors
    /// As [`Study::nearest_actor_m`].
    pub fn reach(&self, progress: &dyn Progress) -> Result<Reach> {
        progress.begin("measure distances", Some(2));
        let research_m = self.nearest_actor_m(ActorKind::ResearchCentre)?;
        progress.advance(1);
        let innovation_m = self.nearest_actor_m(ActorKind::InnovationPlace)?;
        progress.advance(1);
        progress.end();
        Ok(Reach { research_m, innovation_m })
    }

    /// The measures of every territory of a level, in their order. Members of overlapping
    /// perimeters count in each of them. O(territories + actors + links).
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the atlas has no such level.
    pub fn territory_measures(&self, level: &Level, reach: &Reach) -> Result<Vec<TerritoryMeasures>> {
        let units = self.atlas().level(level)?.territories();
        let memberships = self.atlas().level(level)?.memberships();
        let rurality = self.atlas().rurality(level)?;
        let base = self.atlas().base().territories();
        let mut measures: Vec<TerritoryMeasures> = units
            .iter()
            .map(|t| TerritoryMeasures {
                territory: t.clone(),
                members: 0,
                rural_population_share: None,
                rurality: None,
                actors: [0; ActorKind::ALL.len()],
                internal_links: 0,
                external_links: 0,
                links: [0; LinkClass::ALL.len()],
                urban_rural_link_share: None,
                urban_exposure: None,
                urban_exposure_ends: 0,
                research_distance_m: None,
                innovation_distance_m: None,
            })
            .collect();

        // Perimeters of each base territory, for the ends of links.
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); base.len()];
        let (mut research, mut innovation) =
            (vec![Mean::default(); units.len()], vec![Mean::default(); units.len()]);
        for (b, u) in memberships.iter() {
            let (commune, u) = (&base[b as usize], u as usize);
            of_base[b as usize].push(u as u32);
            measures[u].members += 1;
            let population = commune.population.unwrap_or(0.0);
            for (mean, distances) in
                [(&mut research[u], &reach.research_m), (&mut innovation[u], &reach.innovation_m)]
            {
                if distances[b as usize].is_finite() {
                    mean.add(distances[b as usize], population);
                }
            }
        }
        for (u, m) in measures.iter_mut().enumerate() {
            (m.rurality, m.rural_population_share) = (rurality[u].class, rurality[u].rural_share);
            m.research_distance_m = research[u].value();
            m.innovation_distance_m = innovation[u].value();
        }

        let units_of = |actor: usize| -> &[u32] {
            self.places()[actor].base.map_or(&[], |b| of_base[b as usize].as_slice())
        };
        for (i, actor) in self.inventory().actors().iter().enumerate() {
            if let Some(kind) = ActorKind::ALL.iter().position(|k| *k == actor.kind) {
                for &u in units_of(i) {
                    measures[u as usize].actors[kind] += 1;
                }
            }
        }
        let mut exposure = vec![Mean::default(); units.len()];
        for link in self.links() {
            let ends = [link.a as usize, link.b as usize];
            let class = LinkClass::ALL.iter().position(|c| *c == link.class).unwrap_or(0);
            let [first, second] = ends.map(units_of);
            for &u in first {
                let m = &mut measures[u as usize];
                m.links[class] += 1;
                if second.contains(&u) { m.internal_links += 1 } else { m.external_links += 1 }
            }
            for &u in second.iter().filter(|u| !first.contains(u)) {
                let m = &mut measures[u as usize];
                m.links[class] += 1;
                m.external_links += 1;
            }
            for (own, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
                let sides = (self.places()[own].rurality(), self.places()[other].rurality());
                if let (Some(Rurality::Rural), Some(other)) = sides {
                    for &u in units_of(own) {
                        measures[u as usize].urban_exposure_ends += 1;
                        exposure[u as usize].add(f64::from(u8::from(other == Rurality::Urban)), link.weight);
                    }
                }
            }
        }
        for (m, exposure) in measures.iter_mut().zip(exposure) {
            let classed: usize = LinkClass::ALL
                .iter()
                .zip(m.links)
                .filter(|(c, _)| **c != LinkClass::Unclassed)
                .map(|(_, n)| n)
                .sum();
            let cross: usize = LinkClass::ALL
                .iter()
                .zip(m.links)
                .filter(|(c, _)| **c == LinkClass::UrbanRural)
                .map(|(_, n)| n)
                .sum();
            m.urban_rural_link_share = (classed > 0).then(|| cross as f64 / classed as f64);
            m.urban_exposure = exposure.value();
        }
        Ok(measures)
    }
}

#[cfg(all(test, feature = "france-data"))]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::study::StudyOptions;

    #[test]
    fn a_territory_of_which_a_part_is_known_says_so() {
        let france = crate::france::EmbeddedFrance::load().unwrap();
        let (study, _) =
            Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap();
        let mut measures =
            study.territory_measures(&Level::Departement, &study.reach(&Silent).unwrap()).unwrap();
        assert_eq!(measures[0].shown_name(), "Ain");
        measures[0].territory.members_in_all = Some(9_999);
        assert_eq!(measures[0].shown_name(), format!("Ain ({}/9999)", measures[0].members));
    }
}
