//! Which actors are facilities, and what each has to offer.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Actor, ActorKind};
use crate::study::{ActorPlace, Study};

/// How much a facility counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// Each counts for one.
    #[default]
    One,
    /// Each counts for the capacity it states ([`Actor::capacity`]); those that state none are left
    /// out and counted.
    Stated,
}

impl FromStr for Capacity {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_lowercase().as_str() {
            "one" => Ok(Self::One),
            "capacity" | "stated" => Ok(Self::Stated),
            _ => Err(Error::Unknown {
                kind: "way to count facilities",
                value: text.to_owned(),
                hint: Some("there are one, capacity".to_owned()),
            }),
        }
    }
}

/// What an actor has to offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Offer {
    /// It is no facility of this kind.
    None,
    /// It is one, but how much it offers is not known: left out and counted.
    Unknown,
    /// It is one and offers this much. What is not finite or negative counts as unknown.
    Of(f64),
}

/// The facilities of a study that offer something, and how much each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Supply {
    actors: Vec<u32>,
    amounts: Vec<f64>,
    without_capacity: usize,
}

impl Supply {
    /// Indices of the actors that are facilities, increasing.
    #[must_use]
    pub fn actors(&self) -> &[u32] {
        &self.actors
    }

    /// What each of them offers.
    #[must_use]
    pub fn amounts(&self) -> &[f64] {
        &self.amounts
    }

    /// Facilities left out as it is not known what they offer.
    #[must_use]
    pub const fn without_capacity(&self) -> usize {
        self.without_capacity
    }
}

impl Study {
    /// The actors of some kinds as facilities ([`ActorKind::ALL`] for any).
    ///
    /// # Errors
    /// [`Error::Unknown`] when the study has no such actor, or none whose capacity is known; the
    /// error says which kinds it has.
    pub fn supply(&self, kinds: &[ActorKind], capacity: Capacity) -> Result<Supply> {
        let supply = self.supply_by(|actor, _| match capacity {
            _ if !kinds.contains(&actor.kind) => Offer::None,
            Capacity::One => Offer::Of(1.0),
            Capacity::Stated => actor.capacity.map_or(Offer::Unknown, Offer::Of),
        });
        supply.map_err(|e| match e {
            Error::Unknown { kind, hint, .. } => {
                let value = kinds.iter().map(|k| k.key()).collect::<Vec<_>>().join(" or ");
                Error::Unknown { kind, value, hint }
            }
            other => other,
        })
    }

    /// The facilities that `offer` finds among the actors. O(actors).
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none, or none whose capacity is known.
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::{ActorKind, Rurality};
    /// use rurban::progress::Silent;
    /// use rurban::study::{Offer, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let rural = study.supply_by(|actor, place| match actor.kind {
    ///     ActorKind::InnovationPlace if place.rurality() == Some(Rurality::Rural) => Offer::Of(1.0),
    ///     _ => Offer::None,
    /// })?;
    /// assert!(!rural.actors().is_empty());
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn supply_by(&self, mut offer: impl FnMut(&Actor, &ActorPlace) -> Offer) -> Result<Supply> {
        let mut supply = Supply { actors: Vec::new(), amounts: Vec::new(), without_capacity: 0 };
        for (i, (actor, place)) in self.inventory().actors().iter().zip(self.places()).enumerate() {
            match offer(actor, place) {
                Offer::None => {}
                Offer::Of(amount) if amount.is_finite() && amount >= 0.0 => {
                    supply.actors.push(i as u32);
                    supply.amounts.push(amount);
                }
                Offer::Of(_) | Offer::Unknown => supply.without_capacity += 1,
            }
        }
        if supply.actors.is_empty() {
            return Err(Error::Unknown {
                kind: "facility",
                value: "of this supply".to_owned(),
                hint: Some(match supply.without_capacity {
                    0 => format!("the actors of this study are: {}", self.kinds_there_are()),
                    n => format!("there are {n}, but none states what it offers; count each as one instead"),
                }),
            });
        }
        Ok(supply)
    }

    /// The kinds of the actors and how many there are of each, in words.
    fn kinds_there_are(&self) -> String {
        let count = |kind| self.inventory().actors().iter().filter(|a| a.kind == kind).count();
        let counts = ActorKind::ALL.map(|kind| (kind.key(), count(kind)));
        let listed: Vec<String> =
            counts.iter().filter(|c| c.1 > 0).map(|(key, n)| format!("{n} {key}")).collect();
        if listed.is_empty() { "none at all".to_owned() } else { listed.join(", ") }
    }
}
