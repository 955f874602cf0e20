//! Graph kernels on a frozen compressed-row snapshot.

mod backbone;
mod graph;
mod projection;
mod structural_holes;
mod structure;

pub use backbone::{BackboneTie, disparity_filter, noise_corrected};
pub use graph::{BuildReport, Direction, Network};
pub use projection::{Participation, Projection, ProjectionRule, project};
pub use structural_holes::{StructuralHoles, structural_holes};
pub use structure::{
    Clustering, Components, Reciprocity, TieWeights, clustering, core_numbers, k_core, reciprocity,
    strong_components, weak_components,
};
