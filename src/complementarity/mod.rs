//! What each side has, lacks and could use, given how activities relate.
//!
//! The walk: counts of something (jobs, firms, patents, projects) by region and activity become an
//! [`ActivityTable`]; [`location_quotient`] says what a region is specialised in and [`Presence`]
//! keeps that as bits.

pub mod specialisation;
mod table;

pub use specialisation::location_quotient;
pub use table::{ActivityTable, Presence};
