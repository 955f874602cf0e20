//! Graph kernels on a frozen compressed-row snapshot.

mod graph;

pub use graph::{BuildReport, Direction, Network};
