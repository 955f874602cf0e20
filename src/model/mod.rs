//! The vocabulary as types: codes, levels, rurality, actors, cooperations, practices, funding.

mod actor;
mod code;
mod contours;
mod cooperation;
mod funding;
mod level;
mod period;
mod practice;
mod rurality;

pub use actor::{Actor, ActorKind, EnterpriseSize};
pub use code::{ActorId, CommuneCode, PracticeId, ProjectId, SectorCode, TerritoryCode};
pub use contours::{Contours, GeometryQuality};
pub use cooperation::{Cooperation, CooperationKind, LinkClass, Participation, ProjectRole};
pub use funding::{AsOf, Beneficiary, FundingCode, FundingLine, FundingStatus, Measure, MoneySource, Scheme};
pub use level::Level;
pub use period::{Period, Year};
pub use practice::{Adoption, Maturity, Means, Practice, PracticeForm};
pub use rurality::{DensityLevel, Rurality, Typology3};
