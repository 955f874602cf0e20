//! Who can reach what: potential and floating-catchment measures.
//!
//! | question | function |
//! |---|---|
//! | How far are the nearest facilities? | [`nearest_k`], [`nearest_k_planar`], [`nearest_k_geodesic`] |
//! | How much supply is within reach? | [`cumulative_opportunities`] |
//! | How much, when near counts more? | [`potential`] |
//! | How much per head, when others come too? | [`two_step`] (2SFCA, E2SFCA) |
//! | … and who has a choice asks less of each? | [`three_step`] (3SFCA) |
//! | … and overlapping catchments inflate nothing? | [`balanced`] (BFCA) |
//! | What do travel and crowding cost once all have chosen? | [`rational_agents`] (RAAM) |
//!
//! All read a [`CostTable`]: straight lines in the plane or on the ellipsoid, a table of the user's own, or
//! shortest paths on a road network ([`Roads`], [`road_network`], [`CostTable::over_roads`]).

mod catchment;
mod costs;
mod decay;
mod nearest;
mod raam;
mod roads;

pub use catchment::{Access, Choice, balanced, cumulative_opportunities, potential, three_step, two_step};
pub use costs::CostTable;
pub use decay::{Catchment, Decay};
pub use nearest::{Nearest, nearest_k, nearest_k_geodesic, nearest_k_planar};
pub use raam::{AgentAccess, AgentOptions, rational_agents};
pub use roads::{Roads, road_network};
