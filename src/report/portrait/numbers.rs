//! The key figures of a portrait and how they compare.

use super::super::Language;
use crate::model::{ActorKind, LinkClass};
use crate::study::{LinkSummary, TerritoryMeasures};

/// A key figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Figure {
    Population,
    RuralShare,
    Actors,
    Links,
    RuralUrban,
    Innovation,
}

impl Figure {
    pub(super) const ALL: [Self; 6] =
        [Self::Population, Self::RuralShare, Self::Actors, Self::Links, Self::RuralUrban, Self::Innovation];

    /// Its value for a territory; NaN where it has none.
    pub(super) fn of(self, m: &TerritoryMeasures) -> f64 {
        let people = m.territory.population.filter(|p| *p > 0.0);
        let value = match self {
            Self::Population => m.territory.population,
            Self::RuralShare => m.rural_population_share,
            Self::Actors => people.map(|p| m.actor_count() as f64 / p * 1e4),
            Self::Links => people.map(|p| link_count(m) as f64 / p * 1e4),
            Self::RuralUrban => m.urban_rural_link_share,
            Self::Innovation => m.innovation_distance_m,
        };
        value.unwrap_or(f64::NAN)
    }

    pub(super) fn label(self, l: Language) -> &'static str {
        match self {
            Self::Population => l.pick("habitants", "inhabitants"),
            Self::RuralShare => {
                l.pick("des habitants en commune rurale", "of the people live in rural communes")
            }
            Self::Actors => {
                l.pick("acteurs connus pour 10\u{202f}000 habitants", "known actors per 10,000 inhabitants")
            }
            Self::Links => {
                l.pick("liens connus pour 10\u{202f}000 habitants", "known ties per 10,000 inhabitants")
            }
            Self::RuralUrban => {
                l.pick("des liens relient rural et urbain", "of the ties join rural and urban")
            }
            Self::Innovation => {
                l.pick("jusqu’au lieu d’innovation le plus proche", "to the nearest innovation place")
            }
        }
    }

    pub(super) fn shown(self, value: f64, l: Language) -> String {
        if value.is_nan() {
            return l.missing().to_owned();
        }
        match self {
            Self::Population => l.decimal(value, 0),
            Self::RuralShare | Self::RuralUrban => l.percent(value, 0),
            Self::Actors | Self::Links => l.decimal(value, if value < 10.0 { 1 } else { 0 }),
            Self::Innovation => l.kilometres(value),
        }
    }
}

/// Links that touch a territory.
pub(super) fn link_count(m: &TerritoryMeasures) -> usize {
    m.internal_links + m.external_links
}

/// Links of known sides that touch a territory.
pub(super) fn classed(m: &TerritoryMeasures) -> usize {
    m.links.iter().sum::<usize>() - of_class(m, LinkClass::Unclassed)
}

pub(super) fn of_class(m: &TerritoryMeasures, class: LinkClass) -> usize {
    LinkClass::ALL.iter().position(|c| *c == class).map_or(0, |i| m.links[i])
}

pub(super) fn of_kind(m: &TerritoryMeasures, kind: ActorKind) -> usize {
    ActorKind::ALL.iter().position(|k| *k == kind).map_or(0, |i| m.actors[i])
}

/// A key figure of all territories of the level.
#[derive(Debug, Clone)]
pub(super) struct Peers {
    pub(super) figure: Figure,
    pub(super) values: Vec<f64>,
    sorted: Vec<f64>,
    pub(super) country: f64,
}

impl Peers {
    pub(super) fn of(
        figure: Figure,
        all: &[TerritoryMeasures],
        regions: &[TerritoryMeasures],
        links: LinkSummary,
    ) -> Self {
        let values: Vec<f64> = all.iter().map(|m| figure.of(m)).collect();
        let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        Self { figure, values, sorted, country: country(figure, regions, links) }
    }

    /// Position from the highest (1), and of how many; `None` where there is no value.
    pub(super) fn rank(&self, value: f64) -> Option<Ranked> {
        if value.is_nan() {
            return None;
        }
        let higher = self.sorted.len() - self.sorted.partition_point(|v| *v <= value);
        Some(Ranked { rank: higher + 1, of: self.sorted.len() })
    }

    pub(super) fn median(&self) -> f64 {
        self.sorted.get(self.sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// A rank among peers that have a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked {
    pub(super) rank: usize,
    pub(super) of: usize,
}

/// The figure for the whole country, put together from its régions.
fn country(figure: Figure, regions: &[TerritoryMeasures], links: LinkSummary) -> f64 {
    let people = |m: &TerritoryMeasures| m.territory.population.unwrap_or(0.0);
    let all: f64 = regions.iter().map(people).sum();
    let weighted = |value: &dyn Fn(&TerritoryMeasures) -> Option<f64>| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for m in regions {
            if let Some(v) = value(m) {
                sum += v * people(m);
                weight += people(m);
            }
        }
        sum / weight
    };
    match figure {
        // A sum says nothing beside one territory.
        Figure::Population => f64::NAN,
        Figure::RuralShare => weighted(&|m| m.rural_population_share),
        Figure::Actors => regions.iter().map(|m| m.actor_count() as f64).sum::<f64>() / all * 1e4,
        Figure::Links => links.total() as f64 / all * 1e4,
        // 0 / 0, without ties, is not known.
        Figure::RuralUrban => links.urban_rural as f64 / (links.total() - links.unclassed) as f64,
        Figure::Innovation => weighted(&|m| m.innovation_distance_m),
    }
}
