//! What people read: tables of a study, the files of the main job, the content of the atlas page.
//!
//! The top room: the only one that knows both a study and a format.

#[cfg(feature = "html")]
mod atlas;
mod files;
mod tables;

pub use files::StudyFiles;
pub use tables::{actor_table, link_table, territory_table};
