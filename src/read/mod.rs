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
mod census;
mod codes;
mod commune_names;
mod coordinates;
mod costs;
pub mod csv;
mod decode;
mod finder;
mod funding;
pub mod geojson;
#[cfg(feature = "parquet")]
mod geoparquet;
mod json_table;
mod kinds;
mod names;
mod number;
mod own;
#[cfg(feature = "parquet")]
mod parquet;
mod participants;
mod partners;
mod place;
mod practices;
mod profiles;
mod records;
mod roles;
mod row;
#[cfg(feature = "xlsx")]
mod sheet;
mod shown;
mod sniff;
pub mod surveys;
mod territories;
mod territory_rows;
mod tie_files;
mod tie_matrix;
mod ties;
mod totals;
mod travel;
mod values;
pub mod vocabulary;

pub use actors::ActorReader;
pub use census::{Census, CensusFiles};
pub use codes::{CodeBook, CodeRepair, FoundCode};
pub use costs::{CostColumns, CostEnds, roads, travel_costs};
pub use funding::{FindBeneficiary, FundingReader, YearRule};
#[cfg(feature = "parquet")]
pub use geoparquet::GeoParquetReader;
pub use kinds::{actor_kind, cooperation_kind};
pub use names::{ColumnNames, Role};
pub use number::{Marks, Number};
pub use own::{ActorFile, OnFile, OwnFiles, TieCount};
#[cfg(feature = "parquet")]
pub use parquet::travel_costs_parquet;
pub use participants::{ParticipantReader, participant_kind};
pub use practices::{CensusWords, PracticeReader, UnknownActors};
pub use profiles::ProfileReader;
pub use records::{Records, Row};
pub use territories::TerritoryReader;
pub use territory_rows::TerritoryTable;
pub use tie_files::{read_cooperations, read_participations};
pub use ties::{
    EdgeRecord, ParticipationRecord, Participations, Resolve, TieColumns, TieRecord, edges, participations,
};
pub use travel::{TravelEnd, TravelFiles, TravelTimes};
pub use values::{territory_values, territory_values_by};
