use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ActorId, CommuneCode, Level, TerritoryCode};
use crate::error::Result;
use crate::space::LonLat;

/// What kind of body an actor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActorKind {
    /// Business cluster, *pôle de compétitivité*, PTCE (*pôle territorial de coopération économique*).
    Cluster,
    /// *Pôle d'équilibre territorial et rural* or *Pays*.
    PetrPays,
    /// LEADER local action group.
    Gal,
    /// Inter-municipal body.
    Epci,
    /// Research centre, university, laboratory.
    ResearchCentre,
    /// Fablab, third place, incubator, living lab …
    InnovationPlace,
    /// Enterprise.
    Enterprise,
    /// Network of bodies.
    Network,
    /// Public service point.
    PublicService,
    /// Another organisation, or one whose kind the source does not say.
    Organisation,
}

impl ActorKind {
    /// All kinds, in the order used everywhere.
    pub const ALL: [Self; 10] = [
        Self::Cluster,
        Self::PetrPays,
        Self::Gal,
        Self::Epci,
        Self::ResearchCentre,
        Self::InnovationPlace,
        Self::Enterprise,
        Self::Network,
        Self::PublicService,
        Self::Organisation,
    ];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::PetrPays => "petr_pays",
            Self::Gal => "gal",
            Self::Epci => "epci",
            Self::ResearchCentre => "research_centre",
            Self::InnovationPlace => "innovation_place",
            Self::Enterprise => "enterprise",
            Self::Network => "network",
            Self::PublicService => "public_service",
            Self::Organisation => "organisation",
        }
    }
}

keyed!(ActorKind, "kind of actor");

impl fmt::Display for ActorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cluster => "cluster",
            Self::PetrPays => "PETR/Pays",
            Self::Gal => "GAL",
            Self::Epci => "EPCI",
            Self::ResearchCentre => "research centre",
            Self::InnovationPlace => "innovation place",
            Self::Enterprise => "enterprise",
            Self::Network => "network",
            Self::PublicService => "public service",
            Self::Organisation => "other organisation",
        })
    }
}

/// How large an enterprise is, in the classes that funders use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnterpriseSize {
    /// Fewer than 10 employees (*TPE*).
    Micro,
    /// Fewer than 250 employees (*PME*), or a small one where the source does not tell micro firms apart.
    Sme,
    /// 250 employees or more.
    Large,
}

impl EnterpriseSize {
    /// All sizes, from the smallest.
    pub const ALL: [Self; 3] = [Self::Micro, Self::Sme, Self::Large];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Sme => "sme",
            Self::Large => "large",
        }
    }
}

keyed!(EnterpriseSize, "size of an enterprise", shown);

/// A geolocated body: a node of the cooperation graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Actor {
    /// Identifier, unique in the inventory.
    pub id: ActorId,
    /// Name as the source writes it.
    pub name: String,
    /// What kind of body it is.
    pub kind: ActorKind,
    /// Where it is, when the source says so.
    pub position: Option<LonLat>,
    /// The commune the source puts it in, when it names one.
    pub commune: Option<CommuneCode>,
    /// The territory it speaks for, when it is the body of one (PETR, Pays, EPCI, GAL): it is as
    /// rural or urban as that territory, wherever its seat is. One of the base level is also where it is,
    /// which places actors of countries whose codes are not those of [`Actor::commune`].
    pub territory: Option<(Level, TerritoryCode)>,
    /// What it works on: research fields, capabilities, themes.
    pub themes: Vec<String>,
    /// Size of what it offers (projects, places, staff), for access measures.
    pub capacity: Option<f64>,
    /// How large it is, when it is an enterprise and the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<EnterpriseSize>,
    /// Data set it comes from.
    pub source: String,
}

impl Actor {
    /// An actor with the required fields; set the others on the value.
    #[must_use]
    pub fn new(id: ActorId, name: impl Into<String>, kind: ActorKind) -> Self {
        Self {
            id,
            name: name.into(),
            kind,
            position: None,
            commune: None,
            territory: None,
            themes: Vec::new(),
            capacity: None,
            size: None,
            source: String::new(),
        }
    }
}
