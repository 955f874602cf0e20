//! Where to put places, and how good the answer is proved to be.
//!
//! | question | function |
//! |---|---|
//! | Which p places make all ways together shortest? | [`p_median`] |
//! | Which p places are within reach of most people? | [`max_covering`] |
//!
//! Costs are straight lines in the plane or a [`CostTable`](crate::accessibility::CostTable): a table of
//! one's own, geodesics, or shortest paths on roads. Existing places are kept, candidates may have costs
//! of their own and a budget. Every answer comes with a bound that no answer can beat, and the gap to it:
//! small instances are solved to the optimum by branch and bound, large ones by greedy choice, interchange
//! and a Lagrangian bound.

mod engine;
mod exact;
mod instance;
mod lagrange;
mod median;
mod problem;

pub use median::{Coverage, max_covering, p_median};
pub use problem::{Limit, Proof, Sites, SitingCosts, SitingNote, SitingOptions};
