//! What is French: codes and their vintages, density labels, programmes, names of firms, research
//! projects as funders publish them, the embedded default data.

mod commune_changes;
#[cfg(feature = "france-data")]
mod embedded;
pub mod names;
mod prefectures;
pub mod programmes;
mod research;
#[cfg(feature = "france-data")]
mod sources;
pub mod vintage;
pub mod zones;

/// The box of mainland France and Corsica in degrees, as maps show it.
pub const MAINLAND: crate::space::Bounds = crate::space::Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] };

pub use commune_changes::commune_changes;
#[cfg(feature = "france-data")]
pub use embedded::{
    AccessIndicators, Agreement, AgreementScope, EmbeddedFrance, EmploymentZone, EpciKind, Establishments,
    Flow, FranceOptions, IlabTie, LeaderGroups, OwnBeside, Postcode, ReciprocityContract, SectorCount,
    SectorTable, StateGrant,
};
pub use prefectures::PREFECTURES;
pub use research::{
    FirmLaboratoryPair, ParticipantClass, ResearchParticipant, ResearchProject, ResearchProjects,
    ResearchScope, ResearchShare, ResearchStructure, Supervisor,
};
