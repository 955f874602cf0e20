//! How far outlines can be trusted, and what outputs say of it.

use serde::{Deserialize, Serialize};

/// How far the outlines of a level can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeometryQuality {
    /// As the source draws them.
    Given,
    /// Thiessen cells of one point each, clipped to a land outline: right to a kilometre or two.
    Approximate,
}

/// How contours were made; every output says so where they are not the real ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
pub enum Contours {
    /// As surveyed, possibly generalised.
    #[default]
    Surveyed,
    /// Thiessen cells around points.
    Approximate,
}

impl Contours {
    /// What outputs say of contours that are not the real ones.
    pub(crate) const APPROXIMATE: &str = "approximate contours (Thiessen cells)";
}

impl From<GeometryQuality> for Contours {
    fn from(quality: GeometryQuality) -> Self {
        match quality {
            GeometryQuality::Approximate => Self::Approximate,
            GeometryQuality::Given => Self::Surveyed,
        }
    }
}
