//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

pub mod crs;
pub mod distance;
mod layer;

pub use layer::{Bounds, Layer, Rings};
