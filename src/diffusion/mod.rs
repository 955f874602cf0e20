//! How a practice spreads: who would hear of it through ties and distance, and whom to tell first.
//!
//! Kernels on graphs and distances; they know nothing of files and studies.
//!
//! | question | function |
//! |---|---|
//! | how many would a practice reach from these actors? | [`simulate`], exactly on small graphs [`exact_spread`] |
//! | which few actors should be told first? | [`choose_seeds`] (large graphs, with bounds), [`celf`] (small ones) |
//! | is the uptake still growing, and to what level? | [`Bass`], [`fit_bass`] |
//! | how does word of mouth carry it over distance and barriers? | [`ContactField`], [`tell`] |
//!
//! ```
//! use rurban::diffusion::{Arc, InfluenceGraph, SpreadModel, exact_spread};
//!
//! let arcs = [Arc { from: 0, to: 1, probability: 0.5 }, Arc { from: 1, to: 2, probability: 0.4 }];
//! let graph = InfluenceGraph::new(3, &arcs)?;
//! let spread = exact_spread(&graph, SpreadModel::IndependentCascade, &[0])?;
//! assert!((spread.expected - 1.7).abs() < 1e-12);
//! # Ok::<(), rurban::Error>(())
//! ```

mod bass;
mod celf;
mod contact;
mod cover;
mod exact;
mod graph;
mod reverse;
mod simulate;

pub use bass::{Bass, BassFit, PeakState, ProfileInterval, fit_bass};
pub use celf::{Pick, celf};
pub use contact::{Barrier, ContactField, HAGERSTRAND_FIELD, Telling, TellingOptions, TellingReport, tell};
pub use exact::{ExactSpread, exact_spread};
pub use graph::{Arc, ArcProbability, InfluenceGraph, SpreadModel};
pub use reverse::{Budget, SeedChoice, SeedOptions, choose_seeds};
pub use simulate::{CascadeOptions, CascadeReport, CascadeStep, cascade, simulate};
