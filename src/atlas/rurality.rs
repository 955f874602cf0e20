//! Which territories are rural and which urban.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Atlas;
use crate::error::{Error, Result};
use crate::model::{DensityLevel, Level, Rurality};

/// Whether a territory is rural.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TerritoryRurality {
    /// Rural or urban; `None` when nothing is known of its base territories.
    pub class: Option<Rurality>,
    /// Share of its population in rural base territories, in [0, 1].
    pub rural_share: Option<f64>,
}

impl Atlas {
    /// Whether a base territory is rural or urban: by the labelling set, else by the density grid.
    #[must_use]
    pub fn base_rurality(&self, base: usize) -> Option<Rurality> {
        match &self.rurality {
            Some(labels) => labels.get(base).copied().flatten(),
            None => self.base().territories.get(base)?.density.map(DensityLevel::rurality),
        }
    }

    /// Sets which base territories are rural and which urban; every level above and every measure
    /// follows. See `study::RuralityDefinition` for the definitions there are.
    ///
    /// # Errors
    /// [`Error::Shape`] when it does not have one label for each base territory.
    pub fn set_rurality(&mut self, labels: Vec<Option<Rurality>>) -> Result<()> {
        let expected = self.base().territories.len();
        if labels.len() != expected {
            return Err(Error::Shape {
                what: "rurality of the base territories",
                expected,
                got: labels.len(),
            });
        }
        self.rurality = Some(labels);
        Ok(())
    }

    /// Rural or urban for each territory of a level, with the share of its population that lives in
    /// rural base territories: rural where that is more than half. Members without a rurality
    /// or a population do not count; `None` where none does. A base
    /// territory is what its label says, also where its population is not known.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level.
    pub fn rurality(&self, level: &Level) -> Result<Vec<TerritoryRurality>> {
        if *level == self.base().level {
            let share = |r: Rurality| if r == Rurality::Rural { 1.0 } else { 0.0 };
            let of = (0..self.base().territories.len()).map(|i| self.base_rurality(i));
            return Ok(of.map(|r| TerritoryRurality { class: r, rural_share: r.map(share) }).collect());
        }
        let mut rural = vec![(0.0, 0.0); self.level(level)?.territories.len()];
        for (member, unit) in self.level(level)?.memberships().iter() {
            let population = self.base().territories[member as usize].population;
            if let (Some(rurality), Some(population)) = (self.base_rurality(member as usize), population) {
                let (inside, all) = &mut rural[unit as usize];
                *all += population;
                if rurality == Rurality::Rural {
                    *inside += population;
                }
            }
        }
        let class = |share: f64| if share > 0.5 { Rurality::Rural } else { Rurality::Urban };
        Ok(rural
            .into_iter()
            .map(|(inside, all)| (all > 0.0).then(|| inside / all))
            .map(|share: Option<f64>| TerritoryRurality { class: share.map(class), rural_share: share })
            .collect())
    }

    /// The territories of a level that are rural and lie, wholly or in part, in one of another level.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level.
    pub fn rural_within(&self, level: &Level, ground: &Level, territory: usize) -> Result<Vec<usize>> {
        let of = self.level(level)?.membership();
        let ruralities = self.rurality(level)?;
        let inside: BTreeSet<usize> = (self.level(ground)?.memberships().iter())
            .filter(|(_, there)| *there as usize == territory)
            .filter_map(|(base, _)| of.get(base as usize))
            .collect();
        Ok(inside.into_iter().filter(|&t| ruralities[t].class == Some(Rurality::Rural)).collect())
    }
}
