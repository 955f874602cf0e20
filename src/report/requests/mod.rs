//! The main job in three ways: on the embedded France, on territories of the user's own, on another country.

mod country;
#[cfg(feature = "france-data")]
mod france;
#[cfg(feature = "france-data")]
mod territory;

pub use country::CountryRequest;
#[cfg(feature = "france-data")]
pub use france::FranceRequest;
#[cfg(feature = "france-data")]
pub use territory::{Lookup, TerritoryRequest};
