use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ActorId, Period, ProjectId, Rurality};

/// What a cooperation consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CooperationKind {
    /// Research and development project.
    ResearchProject,
    /// Territorial cooperation project (Interreg …).
    TerritorialProject,
    /// *Contrat de réciprocité*, or another signed agreement, between a city and a rural territory.
    ReciprocityContract,
    /// Jointly run research unit.
    JointUnit,
    /// Shared place.
    SharedPlace,
    /// Membership of one in the other.
    Membership,
    /// Cooperation project of LEADER groups.
    LeaderCooperation,
    /// Workshop.
    Workshop,
    /// A practice taken over by one from the other.
    PracticeTransfer,
    /// Anything else.
    Other,
}

impl CooperationKind {
    /// All kinds, in the order used everywhere.
    pub const ALL: [Self; 10] = [
        Self::ResearchProject,
        Self::TerritorialProject,
        Self::ReciprocityContract,
        Self::JointUnit,
        Self::SharedPlace,
        Self::Membership,
        Self::LeaderCooperation,
        Self::Workshop,
        Self::PracticeTransfer,
        Self::Other,
    ];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ResearchProject => "research_project",
            Self::TerritorialProject => "territorial_project",
            Self::ReciprocityContract => "reciprocity_contract",
            Self::JointUnit => "joint_unit",
            Self::SharedPlace => "shared_place",
            Self::Membership => "membership",
            Self::LeaderCooperation => "leader_cooperation",
            Self::Workshop => "workshop",
            Self::PracticeTransfer => "practice_transfer",
            Self::Other => "other",
        }
    }
}

keyed!(CooperationKind, "kind of cooperation");

impl fmt::Display for CooperationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.key().replace('_', " "))
    }
}

/// A tie between two actors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cooperation {
    /// One end (the giving or leading one, where there is a direction).
    pub from: ActorId,
    /// The other end.
    pub to: ActorId,
    /// What it consists of.
    pub kind: CooperationKind,
    /// How strong it is: number of joint projects, units …
    pub weight: f64,
    /// When.
    pub period: Option<Period>,
    /// About what.
    pub themes: Vec<String>,
    /// With how much money, in euros.
    pub funding_eur: Option<f64>,
    /// Data set it comes from.
    pub source: String,
}

impl Cooperation {
    /// A tie of weight 1 with the required fields; set the others on the value.
    #[must_use]
    pub const fn new(from: ActorId, to: ActorId, kind: CooperationKind) -> Self {
        Self {
            from,
            to,
            kind,
            weight: 1.0,
            period: None,
            themes: Vec::new(),
            funding_eur: None,
            source: String::new(),
        }
    }
}

/// What an actor does in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectRole {
    /// Leads it.
    Lead,
    /// Takes part in it.
    #[default]
    Partner,
}

/// An actor's part in a project: the two-mode form of cooperation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Participation {
    /// Who takes part.
    pub actor: ActorId,
    /// In what.
    pub project: ProjectId,
    /// As what.
    pub role: ProjectRole,
    /// What kind of ties the project makes between its participants.
    pub kind: CooperationKind,
    /// When.
    pub period: Option<Period>,
    /// What the project is about.
    pub themes: Vec<String>,
    /// With how much money for this actor, in euros.
    pub funding_eur: Option<f64>,
    /// Data set it comes from.
    pub source: String,
}

impl Participation {
    /// A participation with the required fields; set the others on the value.
    #[must_use]
    pub const fn new(actor: ActorId, project: ProjectId, kind: CooperationKind) -> Self {
        Self {
            actor,
            project,
            role: ProjectRole::Partner,
            kind,
            period: None,
            themes: Vec::new(),
            funding_eur: None,
            source: String::new(),
        }
    }
}

/// Where the two ends of a tie are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkClass {
    /// Both urban.
    UrbanUrban,
    /// One of each.
    UrbanRural,
    /// Both rural.
    RuralRural,
    /// The rurality of an end is not known.
    Unclassed,
}

impl LinkClass {
    /// All classes, in the order used everywhere.
    pub const ALL: [Self; 4] = [Self::UrbanUrban, Self::UrbanRural, Self::RuralRural, Self::Unclassed];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::UrbanUrban => "urban_urban",
            Self::UrbanRural => "urban_rural",
            Self::RuralRural => "rural_rural",
            Self::Unclassed => "unclassed",
        }
    }

    /// The class of a tie between ends of these ruralities.
    #[must_use]
    pub const fn of(a: Option<Rurality>, b: Option<Rurality>) -> Self {
        match (a, b) {
            (Some(Rurality::Urban), Some(Rurality::Urban)) => Self::UrbanUrban,
            (Some(Rurality::Rural), Some(Rurality::Rural)) => Self::RuralRural,
            (Some(_), Some(_)) => Self::UrbanRural,
            _ => Self::Unclassed,
        }
    }
}

keyed!(LinkClass, "class of links");

impl fmt::Display for LinkClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::UrbanUrban => "urban–urban",
            Self::UrbanRural => "urban–rural",
            Self::RuralRural => "rural–rural",
            Self::Unclassed => "unclassed",
        })
    }
}
