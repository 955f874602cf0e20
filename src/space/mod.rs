//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

mod layer;
mod position;

pub use layer::{Bounds, Layer, Rings};
pub use position::LonLat;
