//! Places: coordinate systems, distances, indexes, point location, contiguity, weights, tessellation.

pub mod contiguity;
pub mod dissolve;
mod layer;
pub mod measure;
pub mod overlay;
pub mod repair;
pub mod simplify;
pub mod tessellation;
mod topology;
pub mod weights;

pub use layer::{Bounds, Layer, Rings};
