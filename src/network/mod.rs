//! Graph kernels on a frozen compressed-row snapshot.

mod graph;
mod projection;

pub use graph::{BuildReport, Direction, Network};
pub use projection::{Participation, Projection, ProjectionRule, project};
