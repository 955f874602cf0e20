//! Where to put places, who sits together, and how good the answer is proved to be.
//!
//! | question | function |
//! |---|---|
//! | Which p places make all ways together shortest? | [`p_median`] |
//! | Which p places are within reach of most people? | [`max_covering`] |
//! | How few places are within reach of everybody? | [`set_covering`] |
//! | Which p places make the longest way shortest? | [`p_centre`] |
//! | Which p places of limited capacity make all ways together shortest? | [`capacitated`] |
//! | Who should sit in which workshop? | [`workshops()`], [`first_meetings`] |
//! | Where should a group meet? | [`meeting()`] |
//!
//! Costs are straight lines in the plane or a [`CostTable`](crate::accessibility::CostTable): a table of
//! one's own, geodesics, or shortest paths on roads. Existing places are kept, candidates may have costs
//! of their own and a budget. Every answer comes with a bound that no answer can beat, and the gap to it:
//! small instances are solved to the optimum by branch and bound, large ones by greedy choice, interchange
//! and a Lagrangian bound.

mod capacity;
mod cover;
mod covering;
mod engine;
mod exact;
mod grouping;
mod instance;
mod lagrange;
mod median;
mod meeting;
mod problem;
mod workshops;

pub use capacity::{CapacitatedSites, Flow, capacitated};
pub use covering::{p_centre, set_covering};
pub use median::{Coverage, max_covering, p_median};
pub use meeting::{Meeting, MeetingPlace, meeting};
pub use problem::{Limit, Proof, Sites, SitingCosts, SitingNote, SitingOptions};
pub use workshops::{
    FirstMeetings, Participants, Workshop, WorkshopOptions, Workshops, first_meetings, workshops,
};
