//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

mod boolean;
pub mod contiguity;
pub mod crs;
pub mod dissolve;
pub mod distance;
pub mod index;
mod layer;
pub mod locate;
pub mod measure;
pub mod neighbours;
mod noding;
pub mod overlay;
mod position;
pub mod repair;
pub mod simplify;
mod sweep;
pub mod tessellation;
mod topology;
mod validity;
pub mod weights;
mod window;

pub use layer::{Bounds, Layer, Rings};
pub use position::LonLat;
