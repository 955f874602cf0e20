//! One place to meet: nearest on average, and nearest for whoever comes from farthest.

use serde::{Deserialize, Serialize};

use super::problem::SitingCosts;
use crate::check::check_amounts;
use crate::error::{Error, Result, Undefined};
use crate::parallel;
use crate::space::distance::planar_m;

/// A place to meet, and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MeetingPlace {
    /// The candidate.
    pub candidate: u32,
    /// Mean cost over all who come, weighted.
    pub mean: f64,
    /// Cost for whoever comes from farthest.
    pub worst: f64,
}

/// Both places to meet, side by side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Meeting {
    /// The 1-median: least mean cost.
    pub median: MeetingPlace,
    /// The 1-centre: least worst cost.
    pub centre: MeetingPlace,
    /// Candidates that all can reach.
    pub candidates: usize,
}

/// Where to meet: the candidate of least mean cost and the one of least worst cost.
///
/// # Formula
/// 1-median `argmin_j Σ_i w_i d_ij / Σ w`, then by worst cost; 1-centre `argmin_j max_{i: w_i > 0} d_ij`,
/// then by mean; then by position. w the weights of demands, d the costs.
///
/// # Range
/// Costs, [0, ∞); `median.mean ≤ centre.mean` and `centre.worst ≤ median.worst`.
///
/// # Direction
/// Low is good.
///
/// # Undefined
/// Without anybody who comes ([`Undefined::ZeroTotal`]), without candidates, or when no candidate can be
/// reached by all ([`Undefined::Disconnected`]).
///
/// # Errors
/// [`Error::Shape`] and [`Error::Value`] for weights out of their domain; [`Error::Undefined`] as above.
///
/// # Complexity
/// O(demands × candidates).
///
/// # References
/// Hakimi (1964), Operations Research, <https://doi.org/10.1287/opre.12.3.450>.
///
/// # Example
/// ```
/// use geo_types::Coord;
/// use rurban::siting::{SitingCosts, meeting};
///
/// let at = [0.0, 1.0, 2.0, 9.0].map(|x| Coord { x, y: 0.0 });
/// let found = meeting(&[1.0; 4], &SitingCosts::Planar { demands: &at, candidates: &at })?;
/// assert_eq!((found.median.candidate, found.median.mean, found.centre.candidate), (2, 2.5, 2));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn meeting(weights: &[f64], costs: &SitingCosts<'_>) -> Result<Meeting> {
    let (n, m) = match costs {
        SitingCosts::Planar { demands, candidates } => (demands.len(), candidates.len()),
        SitingCosts::Table { table, .. } => (table.origins(), table.facilities()),
    };
    check_amounts("weights of demands", weights, n)?;
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return Err(Error::undefined("meeting place", Undefined::ZeroTotal));
    }
    if m == 0 {
        return Err(Error::undefined("meeting place", Undefined::Empty));
    }
    let who: Vec<usize> = (0..n).filter(|&i| weights[i] > 0.0).collect();
    let places = parallel::map(m, |j| {
        let (mut sum, mut worst) = (0.0, 0.0_f64);
        for &i in &who {
            let cost = match costs {
                SitingCosts::Planar { demands, candidates } => planar_m(demands[i], candidates[j]),
                SitingCosts::Table { table, .. } => table.get(i, j as u32)?,
            };
            sum += weights[i] * cost;
            worst = worst.max(cost);
        }
        Some(MeetingPlace { candidate: j as u32, mean: sum / total, worst }).filter(|p| p.mean.is_finite())
    });
    let reached = || places.iter().flatten();
    let median = reached().min_by(|a, b| a.mean.total_cmp(&b.mean).then(a.worst.total_cmp(&b.worst)));
    let centre = reached().min_by(|a, b| a.worst.total_cmp(&b.worst).then(a.mean.total_cmp(&b.mean)));
    match (median, centre) {
        (Some(&median), Some(&centre)) => Ok(Meeting { median, centre, candidates: reached().count() }),
        _ => Err(Error::undefined("meeting place", Undefined::Disconnected)),
    }
}
