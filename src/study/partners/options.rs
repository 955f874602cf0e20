use serde::{Deserialize, Serialize};

use super::units::PartnerUnits;
use crate::error::{Error, Result};
use crate::matching::{ScoreModel, TiedPairs};
use crate::model::{ActorKind, Level};

/// Which sides a partnership may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sides {
    /// Any.
    #[default]
    Any,
    /// One rural and one urban; where a rurality is not known, none.
    RuralUrban,
}

/// A rule that takes candidates away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Constraint {
    /// The seeker itself and those it shares ground with.
    SharedGround,
    /// Kinds of actors.
    Kinds,
    /// Rural–urban only.
    Sides,
    /// The longest distance; an unknown one is too long.
    Distance,
    /// The longest time; an unknown one is too long.
    Time,
    /// Tied already.
    Tied,
    /// One partner per territory.
    OnePerTerritory,
}

impl Constraint {
    /// All of them, in the order they are applied.
    pub const ALL: [Self; 7] = [
        Self::SharedGround,
        Self::Kinds,
        Self::Sides,
        Self::Distance,
        Self::Time,
        Self::Tied,
        Self::OnePerTerritory,
    ];
}

/// What a partner must be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartnerConstraints {
    /// Kinds of actors; all when `None`. Territories are of no kind and pass.
    pub kinds: Option<Vec<ActorKind>>,
    /// Which sides.
    pub sides: Sides,
    /// The longest distance in metres.
    pub max_distance_m: Option<f64>,
    /// The longest time in minutes, by [`Partners::with_times`](super::Partners::with_times); without
    /// times nobody is near enough.
    pub max_minutes: Option<f64>,
    /// At most one partner for each territory of a level.
    pub one_per: Option<Level>,
    /// Whether those tied already are shown.
    pub tied: TiedPairs,
}

/// How partners are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartnersOptions {
    /// Who looks.
    pub seekers: PartnerUnits,
    /// Who may be found.
    pub candidates: PartnerUnits,
    /// The score.
    pub model: ScoreModel,
    /// What a partner must be.
    pub constraints: PartnerConstraints,
    /// Partners for each seeker.
    pub top: usize,
    /// Common partners and needs named for each.
    pub named: usize,
    /// What stands for an unknown distance, in metres.
    pub unknown_distance_m: f64,
}

impl PartnersOptions {
    /// Partners for these seekers: actors among actors, territories among EPCI, rural–urban pairs that
    /// are not tied yet, the default score, ten partners with three names each.
    #[must_use]
    pub fn new(seekers: PartnerUnits) -> Self {
        let candidates = match seekers {
            PartnerUnits::Actors => PartnerUnits::Actors,
            PartnerUnits::Territories(_) => PartnerUnits::Territories(Level::Epci),
        };
        Self {
            seekers,
            candidates,
            model: ScoreModel::default(),
            constraints: PartnerConstraints { sides: Sides::RuralUrban, ..PartnerConstraints::default() },
            top: 10,
            named: 3,
            unknown_distance_m: 400_000.0,
        }
    }

    /// Sets who may be found.
    #[must_use]
    pub fn candidates(mut self, units: PartnerUnits) -> Self {
        self.candidates = units;
        self
    }

    setters! {
        model: ScoreModel,
        top: usize,
        constraints: PartnerConstraints,
        named: usize,
        unknown_distance_m: f64,
    }

    /// Sets the kinds of actors.
    #[must_use]
    pub fn kinds(mut self, kinds: Vec<ActorKind>) -> Self {
        self.constraints.kinds = Some(kinds);
        self
    }

    /// Sets which sides a pair may have.
    #[must_use]
    pub const fn sides(mut self, sides: Sides) -> Self {
        self.constraints.sides = sides;
        self
    }

    /// Sets the longest distance.
    #[must_use]
    pub const fn max_distance_m(mut self, distance_m: f64) -> Self {
        self.constraints.max_distance_m = Some(distance_m);
        self
    }

    /// Sets the longest time.
    #[must_use]
    pub const fn max_minutes(mut self, minutes: f64) -> Self {
        self.constraints.max_minutes = Some(minutes);
        self
    }

    /// Asks for at most one partner in each territory of a level.
    #[must_use]
    pub fn one_per(mut self, level: Level) -> Self {
        self.constraints.one_per = Some(level);
        self
    }

    /// Sets whether those tied already are shown.
    #[must_use]
    pub const fn tied(mut self, tied: TiedPairs) -> Self {
        self.constraints.tied = tied;
        self
    }

    pub(super) fn check(&self) -> Result<()> {
        let c = &self.constraints;
        for (name, value) in [("max_distance_m", c.max_distance_m), ("max_minutes", c.max_minutes)] {
            if let Some(v) = value
                && (v.is_nan() || v <= 0.0)
            {
                return Err(Error::Parameter { name, value: v.to_string(), must: "must be above zero" });
            }
        }
        if self.top == 0 {
            return Err(Error::Parameter { name: "top", value: "0".to_owned(), must: "must be at least 1" });
        }
        Ok(())
    }
}
