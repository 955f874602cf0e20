//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

pub mod crs;
pub mod distance;
pub mod index;
mod layer;
pub mod locate;
pub mod neighbours;

pub use layer::{Bounds, Layer, Rings};
