//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

mod layer;

pub use layer::{Bounds, Layer, Rings};
