//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

mod bridge;
mod layer;
mod position;

pub use bridge::*;
pub use layer::{Bounds, Layer, Rings};
pub use position::LonLat;
