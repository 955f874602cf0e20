//! Graph kernels on a frozen compressed-row snapshot.

mod backbone;
mod centrality;
mod community;
mod core_periphery;
mod graph;
mod null_model;
mod overlap;
mod partition;
mod projection;
mod rich_club;
mod structural_holes;
mod structure;
mod two_mode;

pub use backbone::{BackboneTie, disparity_filter, noise_corrected};
pub use centrality::{
    Closeness, PathLength, SampledBetweenness, betweenness, bridging_centrality, bridging_coefficient,
    closeness, sampled_betweenness,
};
pub use community::{Communities, CommunityOptions, leiden, louvain, modularity};
pub use core_periphery::{
    CoreMeasure, CoreNull, Coreness, LipCore, PatternCore, core_evidence, coreness, lip_core, pattern_core,
};
pub use graph::{BuildReport, Direction, Network};
pub use null_model::{SwapOptions, degree_preserving};
pub use overlap::{Overlap, overlap};
pub use partition::{Agreement, agreement, dominant_share, participation_coefficient, within_module_z};
pub use projection::{Participation, Projection, ProjectionRule, project};
pub use rich_club::{rich_club, rich_club_normalised};
pub(crate) use structural_holes::structural_holes_of;
pub use structural_holes::{StructuralHoles, structural_holes};
pub use structure::{
    Clustering, Components, Reciprocity, TieWeights, clustering, core_numbers, k_core, reciprocity,
    strong_components, weak_components,
};
pub use two_mode::deal_participations;
