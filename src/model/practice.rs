use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ActorId, Period, PracticeId, Year};

/// The form in which a practice is organised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PracticeForm {
    /// Business cluster or *pôle de compétitivité*.
    Cluster,
    /// *Pôle territorial de coopération économique*.
    Ptce,
    /// Incubator, *pépinière*, business nursery.
    Incubator,
    /// Third place, coworking, fablab.
    ThirdPlace,
    /// A place, equipment or service that several bodies share.
    SharedPlace,
    /// Living lab or other open experiment.
    LivingLab,
    /// Contract between territories (reciprocity contract, city–country agreement).
    TerritorialContract,
    /// Network of bodies.
    Network,
    /// Another form.
    Other,
}

impl PracticeForm {
    /// All forms, in the order used everywhere.
    pub const ALL: [Self; 9] = [
        Self::Cluster,
        Self::Ptce,
        Self::Incubator,
        Self::ThirdPlace,
        Self::SharedPlace,
        Self::LivingLab,
        Self::TerritorialContract,
        Self::Network,
        Self::Other,
    ];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Ptce => "ptce",
            Self::Incubator => "incubator",
            Self::ThirdPlace => "third_place",
            Self::SharedPlace => "shared_place",
            Self::LivingLab => "living_lab",
            Self::TerritorialContract => "territorial_contract",
            Self::Network => "network",
            Self::Other => "other",
        }
    }
}

keyed!(PracticeForm, "form of practice");

impl fmt::Display for PracticeForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Cluster => "cluster",
            Self::Ptce => "PTCE",
            Self::Incubator => "incubator",
            Self::ThirdPlace => "third place",
            Self::SharedPlace => "shared place or service",
            Self::LivingLab => "living lab",
            Self::TerritorialContract => "contract between territories",
            Self::Network => "network",
            Self::Other => "other form",
        })
    }
}

/// How far a practice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maturity {
    /// An idea or a study.
    Idea,
    /// Tried out by a few.
    Experiment,
    /// In regular use.
    Established,
    /// Handed on to others on purpose.
    Transferred,
    /// Given up.
    Ended,
}

impl Maturity {
    /// All stages, from the first.
    pub const ALL: [Self; 5] =
        [Self::Idea, Self::Experiment, Self::Established, Self::Transferred, Self::Ended];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Idea => "idea",
            Self::Experiment => "experiment",
            Self::Established => "established",
            Self::Transferred => "transferred",
            Self::Ended => "ended",
        }
    }
}

keyed!(Maturity, "stage of a practice", shown);

/// What a practice takes; `None` where nobody said.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Means {
    /// Posts, in full-time equivalents.
    pub posts_fte: Option<f64>,
    /// Meetings a year.
    pub meetings_per_year: Option<f64>,
    /// Money a year, in euros.
    pub funds_eur: Option<f64>,
}

/// An innovative practice: where it began, what it is about, what it takes, who took it up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Practice {
    /// Identifier, unique in the census.
    pub id: PracticeId,
    /// Name.
    pub name: String,
    /// The actor it began with; the body of a territory when it began with a territory.
    pub origin: Option<ActorId>,
    /// What it is about.
    pub themes: Vec<String>,
    /// How it is organised.
    pub form: Option<PracticeForm>,
    /// How far it has come.
    pub maturity: Option<Maturity>,
    /// What it takes.
    pub means: Means,
    /// From when to when; to the same year when it goes on.
    pub period: Option<Period>,
    /// What made it work.
    pub success_factors: Vec<String>,
    /// What stood in its way.
    pub pitfalls: Vec<String>,
    /// Who took it up, and when, in the order they were given.
    pub adoptions: Vec<Adoption>,
    /// What it is, in a few words.
    pub description: String,
}

impl Practice {
    /// A practice with the required fields; set the others on the value.
    #[must_use]
    pub fn new(id: PracticeId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            origin: None,
            themes: Vec::new(),
            form: None,
            maturity: None,
            means: Means::default(),
            period: None,
            success_factors: Vec::new(),
            pitfalls: Vec::new(),
            adoptions: Vec::new(),
            description: String::new(),
        }
    }
}

/// One actor taking up a practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// Who.
    pub actor: ActorId,
    /// When, if known.
    pub year: Option<Year>,
    /// From whom, where the adopter or the census says so.
    pub from: Option<ActorId>,
}
