//! What people read: tables of a study, the files of the main job, the content of the atlas page.
//!
//! The top room: the only one that knows both a study and a format.
//!
//! Whoever wants a deliverable whole makes its request (such as [`FranceRequest`] or
//! [`belonging::BelongingRequest`]) or calls its `deliver_…`, and gives an [`Outlet`]: what is said comes to a
//! listener, files go to a folder, and their paths come back. Whoever wants a part of it calls the functions of
//! sentences, tables, pictures and pages that these are made of.

pub mod access;
#[cfg(feature = "html")]
mod atlas;
pub mod belonging;
pub mod complementarity;
mod dictionary;
pub mod diffusion;
mod export;
mod files;
pub mod funding;
pub mod linkage;
mod maps;
pub mod memento;
mod outlet;
mod output;
#[cfg(feature = "france-data")]
mod own;
pub mod partners;
pub mod places;
pub mod portrait;
pub mod practices;
mod reasons;
mod requests;
pub mod research;
pub mod rurality;
#[cfg(feature = "france-data")]
mod sample;
mod summary;
mod tables;
mod words;
pub mod workshops;

pub use export::ExportFormat;
pub use files::{AtlasOptions, StudyFiles};
pub use outlet::Outlet;
pub use output::{Part, Wording, written_text};
pub use requests::CountryRequest;
#[cfg(feature = "france-data")]
pub use requests::{FranceRequest, Lookup, TerritoryRequest};
#[cfg(feature = "france-data")]
pub use sample::{Sample, write_sample};
pub use summary::{definitions_side_by_side, study_summary};
pub use tables::{actor_table, link_table, territory_table};
pub use words::Language;
