//! What is French: codes and their vintages, density labels, programmes, the embedded default data.

#[cfg(feature = "france-data")]
mod embedded;
pub mod programmes;
mod sources;
pub mod zones;

#[cfg(feature = "france-data")]
pub use embedded::{EmbeddedFrance, ReciprocityContract, SectorCount, SectorTable};
pub mod vintage;

pub use sources::source_title;
