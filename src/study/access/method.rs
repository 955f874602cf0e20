//! The usual ways to score access, by the names the literature gives them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AccessMeasure, AccessOptions};
use crate::accessibility::{AgentOptions, Catchment, Choice, Decay};
use crate::error::Result;

/// A way to score access: a measure and how facilities fade on the way.
///
/// Where near counts more, weights fall in the steps of Luo & Qi (2009): 1, 0.68 and 0.22, at each third
/// of the reach.
///
/// ```
/// use rurban::study::{AccessMeasure, AccessMethod};
/// let method: AccessMethod = "e2sfca".parse()?;
/// assert_eq!(method.measure(30_000.0), AccessMeasure::TwoStep);
/// assert_eq!(method.to_string(), "E2SFCA");
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AccessMethod {
    /// Supply within reach.
    Opportunities,
    /// Supply within reach, near counting more.
    Potential,
    /// Supply per head.
    #[default]
    TwoStep,
    /// Supply per head, near counting more.
    Enhanced,
    /// Supply per head, near counting more, with a choice of facilities.
    ThreeStep,
    /// Balanced supply, near counting more.
    Balanced,
    /// Travel plus crowding once nobody can do better elsewhere; a low score is good.
    RationalAgents,
}

impl AccessMethod {
    /// All ways.
    pub const ALL: [Self; 7] = [
        Self::Opportunities,
        Self::Potential,
        Self::TwoStep,
        Self::Enhanced,
        Self::ThreeStep,
        Self::Balanced,
        Self::RationalAgents,
    ];

    /// Short stable key, as on command lines.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Opportunities => "opportunities",
            Self::Potential => "potential",
            Self::TwoStep => "2sfca",
            Self::Enhanced => "e2sfca",
            Self::ThreeStep => "3sfca",
            Self::Balanced => "bfca",
            Self::RationalAgents => "raam",
        }
    }

    /// Its measure, for people who go so far (in the unit of the costs).
    #[must_use]
    pub fn measure(self, reach: f64) -> AccessMeasure {
        match self {
            Self::Opportunities => AccessMeasure::Opportunities,
            Self::Potential => AccessMeasure::Potential,
            Self::TwoStep | Self::Enhanced => AccessMeasure::TwoStep,
            Self::ThreeStep => AccessMeasure::ThreeStep(Choice::WithinCutoff),
            Self::Balanced => AccessMeasure::Balanced,
            Self::RationalAgents => AccessMeasure::RationalAgents(AgentOptions::default().tau(reach)),
        }
    }

    /// How facilities fade on the way.
    #[must_use]
    pub fn catchment(self, reach: f64) -> Catchment {
        let all = Catchment::within(reach);
        match self {
            Self::Opportunities | Self::TwoStep => all,
            _ => all.decay(Decay::Steps(vec![(reach / 3.0, 1.0), (reach / 1.5, 0.68), (reach, 0.22)])),
        }
    }
}

impl AccessOptions<'_> {
    /// Sets [`AccessOptions::measure`] and [`AccessOptions::catchment`] to those of a usual way, for people
    /// who go so far (in the unit of the costs).
    #[must_use]
    pub fn method(self, method: AccessMethod, reach: f64) -> Self {
        self.measure(method.measure(reach)).catchment(method.catchment(reach))
    }
}

impl fmt::Display for AccessMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.key().to_uppercase())
    }
}

keyed!(AccessMethod, "way to score access");
