use serde::{Deserialize, Serialize};

use super::StudyOptions;
use crate::atlas::Atlas;
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::model::{Actor, DensityLevel, Rurality};
use crate::progress::Progress;

/// How an actor was put into its territory.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacedBy {
    /// The source names a commune of the atlas.
    Code,
    /// Its position is inside the outline.
    Outline,
    /// Its position is outside all outlines; the nearest one is this far.
    Snapped {
        /// Distance in metres.
        distance_m: f64,
    },
    /// The atlas has no outlines; this territory's point is the nearest one.
    NearestPoint {
        /// Distance in metres.
        distance_m: f64,
    },
}

/// Where an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ActorPlace {
    /// Index of its base territory, when it is in one.
    pub base: Option<u32>,
    /// How that was found.
    pub placed_by: Option<PlacedBy>,
    /// Density level of the base territory.
    pub density: Option<DensityLevel>,
}

impl ActorPlace {
    /// Rural or urban, when the density level is known.
    #[must_use]
    pub fn rurality(&self) -> Option<Rurality> {
        self.density.map(DensityLevel::rurality)
    }
}
