use std::fmt;

use serde::{Deserialize, Serialize};

/// Level of a territory in the hierarchy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Level {
    /// Municipality.
    Commune,
    /// Inter-municipal body (*établissement public de coopération intercommunale*).
    Epci,
    /// *Pôle d'équilibre territorial et rural* or *Pays*: a federation of EPCI.
    PetrPays,
    /// LEADER local action group.
    Gal,
    /// *Département*.
    Departement,
    /// *Région*.
    Region,
    /// Functional area of a city (*aire d'attraction des villes*).
    AttractionArea,
    /// Any other perimeter, by name.
    Custom(String),
}

impl Level {
    /// Short stable key, for file names and identifiers.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Commune => "commune",
            Self::Epci => "epci",
            Self::PetrPays => "petr_pays",
            Self::Gal => "gal",
            Self::Departement => "departement",
            Self::Region => "region",
            Self::AttractionArea => "attraction_area",
            Self::Custom(name) => name,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Commune => "commune",
            Self::Epci => "EPCI",
            Self::PetrPays => "PETR/Pays",
            Self::Gal => "GAL",
            Self::Departement => "département",
            Self::Region => "région",
            Self::AttractionArea => "aire d'attraction",
            Self::Custom(name) => name,
        })
    }
}

impl std::str::FromStr for Level {
    type Err = std::convert::Infallible;

    /// The level of this key or French name; any other text is a custom level.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Ok(match s.trim().to_lowercase().as_str() {
            "commune" | "communes" => Self::Commune,
            "epci" => Self::Epci,
            "petr_pays" | "petr/pays" | "petr" | "pays" => Self::PetrPays,
            "gal" => Self::Gal,
            "departement" | "département" | "departements" | "départements" => Self::Departement,
            "region" | "région" | "regions" | "régions" => Self::Region,
            "attraction_area" | "aav" => Self::AttractionArea,
            _ => Self::Custom(s.trim().to_owned()),
        })
    }
}
