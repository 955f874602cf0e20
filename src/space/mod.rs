//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

mod bridge;
pub mod crs;
pub mod distance;
mod layer;
pub mod measure;
mod position;
pub mod locate;
pub mod neighbours;

pub use bridge::*;
pub use layer::{Bounds, Layer, Rings};
pub use position::LonLat;
