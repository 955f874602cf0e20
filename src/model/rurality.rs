use std::fmt;

use serde::{Deserialize, Serialize};

/// Level on the seven-level density grid of communes (INSEE's *grille communale de densité*, the
/// national form of DEGURBA level 2).
///
/// Levels are named, never numbered: public data sets disagree on which of *ceintures urbaines* and
/// *petites villes* is 3 and which is 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DensityLevel {
    /// *Grands centres urbains*.
    LargeUrbanCentre,
    /// *Centres urbains intermédiaires*.
    IntermediateUrbanCentre,
    /// *Ceintures urbaines*.
    UrbanBelt,
    /// *Petites villes*.
    SmallTown,
    /// *Bourgs ruraux*.
    RuralTown,
    /// *Rural à habitat dispersé*.
    DispersedRural,
    /// *Rural à habitat très dispersé*.
    VeryDispersedRural,
}

impl DensityLevel {
    /// All levels, densest first.
    pub const ALL: [Self; 7] = [
        Self::LargeUrbanCentre,
        Self::IntermediateUrbanCentre,
        Self::UrbanBelt,
        Self::SmallTown,
        Self::RuralTown,
        Self::DispersedRural,
        Self::VeryDispersedRural,
    ];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::LargeUrbanCentre => "large_urban_centre",
            Self::IntermediateUrbanCentre => "intermediate_urban_centre",
            Self::UrbanBelt => "urban_belt",
            Self::SmallTown => "small_town",
            Self::RuralTown => "rural_town",
            Self::DispersedRural => "dispersed_rural",
            Self::VeryDispersedRural => "very_dispersed_rural",
        }
    }

    /// The French label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::LargeUrbanCentre => "Grands centres urbains",
            Self::IntermediateUrbanCentre => "Centres urbains intermédiaires",
            Self::UrbanBelt => "Ceintures urbaines",
            Self::SmallTown => "Petites villes",
            Self::RuralTown => "Bourgs ruraux",
            Self::DispersedRural => "Rural à habitat dispersé",
            Self::VeryDispersedRural => "Rural à habitat très dispersé",
        }
    }

    /// The level of a French label, case and surrounding space aside.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        let label = label.trim().to_lowercase();
        Self::ALL.into_iter().find(|l| l.label().to_lowercase() == label)
    }

    /// Rank from 0 (densest) to 6.
    #[must_use]
    pub const fn rank(self) -> usize {
        self as usize
    }

    /// Rural or urban, by INSEE's rule: *bourgs ruraux* and below are rural.
    #[must_use]
    pub const fn rurality(self) -> Rurality {
        match self {
            Self::RuralTown | Self::DispersedRural | Self::VeryDispersedRural => Rurality::Rural,
            _ => Rurality::Urban,
        }
    }

    /// Three classes, as DEGURBA level 1: *grands centres urbains* are cities, the other urban levels
    /// intermediate, *bourgs ruraux* and below rural.
    #[must_use]
    pub const fn typology3(self) -> Typology3 {
        match self {
            Self::LargeUrbanCentre => Typology3::Urban,
            Self::IntermediateUrbanCentre | Self::UrbanBelt | Self::SmallTown => Typology3::Intermediate,
            _ => Typology3::Rural,
        }
    }
}

keyed!(DensityLevel, "density level");

impl fmt::Display for DensityLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// Rural or urban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rurality {
    /// Rural.
    Rural,
    /// Urban.
    Urban,
}

impl Rurality {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rural, Self::Urban];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rural => "rural",
            Self::Urban => "urban",
        }
    }
}

keyed!(Rurality, "rurality", shown);

/// Rural, intermediate or urban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Typology3 {
    /// Rural.
    Rural,
    /// Towns, suburbs, small cities.
    Intermediate,
    /// Cities.
    Urban,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_name_levels_and_numbers_do_not() {
        for level in DensityLevel::ALL {
            assert_eq!(DensityLevel::from_label(level.label()), Some(level));
        }
        assert_eq!(DensityLevel::from_label(" bourgs ruraux"), Some(DensityLevel::RuralTown));
        assert_eq!(DensityLevel::from_label("3"), None);
        let rural = DensityLevel::ALL.iter().filter(|l| l.rurality() == Rurality::Rural).count();
        assert_eq!(rural, 3);
    }
}
