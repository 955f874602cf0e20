use serde::{Deserialize, Serialize};

use super::{ActorId, Year};

/// An innovative practice: where it began, what it is about, who took it up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Practice {
    /// Name.
    pub name: String,
    /// The actor it began with.
    pub origin: Option<ActorId>,
    /// What it is about.
    pub themes: Vec<String>,
    /// Who took it up, and when.
    pub adoptions: Vec<Adoption>,
}

/// One actor taking up a practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adoption {
    /// Who.
    pub actor: ActorId,
    /// When, if known.
    pub year: Option<Year>,
}
