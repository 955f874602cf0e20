//! What each side has, lacks and could use, given how activities relate.
//!
//! The walk: counts of something (jobs, firms, patents, projects) by region and activity become an
//! [`ActivityTable`]; [`location_quotient`] says what a region is specialised in and [`Presence`]
//! keeps that as bits; [`proximity`] or [`relatedness()`] says which activities are related, and
//! [`relatedness_density`] how close each region is to each activity. [`Interregional`] then says what
//! each region could gain from each other one.

pub mod agglomeration;
pub mod complexity;
pub mod composite;
pub mod density;
pub mod dissimilarity;
pub mod input_output;
pub mod interregional;
pub mod nomenclature;
pub mod relatedness;
pub mod specialisation;
pub mod supply_demand;
mod table;

pub use complexity::{economic_complexity, fitness};
pub use density::{SelfInclusion, relatedness_density};
pub use interregional::Interregional;
pub use relatedness::{Normalisation, proximity, relatedness};
pub use specialisation::location_quotient;
pub use table::{ActivityTable, Presence};
