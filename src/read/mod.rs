//! From files to records, with an account of everything kept, repaired and dropped.
//!
//! The readers here are the first of two steps: they give plain records, close to the file, and say
//! what was wrong with it. What the records mean is settled by the collections built from them.

/// Setters of the names that columns may have.
macro_rules! column_setters {
    ($($field:ident),*) => {$(
        #[doc = concat!("Sets the names for `", stringify!($field), "`.")]
        #[must_use]
        pub fn $field(mut self, names: &[&'a str]) -> Self {
            self.$field = names.to_vec();
            self
        }
    )*};
}

mod actors;
mod commune_changes;
mod costs;
pub mod csv;
mod decode;
pub mod geojson;
mod json;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
mod profiles;
pub mod surveys;
mod territories;
mod ties;
mod values;
pub mod vocabulary;

pub use actors::{ActorReader, read_cooperations, read_participations};
pub use commune_changes::commune_changes;
pub use costs::{CostColumns, CostEnds, roads, travel_costs};
pub use number::Number;
#[cfg(feature = "parquet")]
pub use parquet::travel_costs_parquet;
pub use profiles::ProfileReader;
pub use territories::TerritoryReader;
pub use ties::{
    EdgeRecord, ParticipationRecord, Participations, Resolve, TieColumns, TieRecord, edges, participations,
};
pub use values::territory_values;
