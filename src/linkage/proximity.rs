use serde::{Deserialize, Serialize};

use crate::check::check_weights;
use crate::complementarity::dissimilarity::{Dissimilarity, dissimilarity};
use crate::error::{Error, Result};
use crate::network::Network;

/// What is known of one actor for its proximity to another.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProximityProfile<'a> {
    /// Weights over activities, the same ones for both actors; empty when not known.
    pub activities: &'a [f64],
    /// Parents, consortia or networks it belongs to, in any order; empty when not known.
    pub parents: &'a [u32],
    /// Institutional attributes (legal form, région, pole …), in the same order for both actors.
    pub institutions: &'a [Option<u32>],
}

/// How close two actors are in five dimensions, each in [0, 1] with 1 closest; `None` where nothing
/// is known, which is not the same as far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proximity {
    /// In space: `1 − ln(1 + d) / ln(1 + D)` with d and the reach D in km, 0 beyond the reach.
    pub geographical: Option<f64>,
    /// In what they do: cosine of their activities.
    pub cognitive: Option<f64>,
    /// In the organisations they belong to: common ones over all of both (Jaccard).
    pub organisational: Option<f64>,
    /// In whom they work with: 1 when they are tied, else common partners over all partners of both
    /// (Jaccard), whichever way ties go.
    pub social: Option<f64>,
    /// In rules and habits: equal attributes among those known of both.
    pub institutional: Option<f64>,
}

/// How close two actors are in the five dimensions of Boschma (2005).
///
/// `distance_m` is how far apart they are, `reach_m` the distance from which on they count as not close at
/// all; `past` gives earlier cooperations and the nodes of both actors in it.
///
/// # Formula
/// Geographical `1 − ln(1 + d) / ln(1 + D)` with distance d and reach D in km, cognitive the cosine of the
/// activities, organisational the Jaccard index of the parents, social 1 when tied and else the Jaccard
/// index of the partners, institutional the share of equal attributes among those known of both. The
/// measures of the dimensions are the usual ones of the literature that followed; there is no peer package.
///
/// # Range
/// Each in [0, 1].
///
/// # Direction
/// 1 is closest, 0 not close at all.
///
/// # Undefined
/// `None` in a dimension of which nothing is known of one of them, which is not the same as far.
///
/// # Errors
/// [`Error::Parameter`] when the distance is negative or the reach not positive, [`Error::Shape`] when
/// activities or institutions differ in number, [`Error::Value`] when an activity is negative or not finite
/// or a node is not in the network.
///
/// # Complexity
/// O(activities + parents log parents + degrees log degrees); with a directed past also O(nodes log
/// degree).
///
/// # References
/// Boschma (2005), Proximity and innovation: a critical assessment, Regional Studies 39(1),
/// doi:10.1080/0034340052000320887.
///
/// # Example
/// ```
/// use rurban::linkage::{proximity, ProximityProfile};
/// let lab = ProximityProfile { activities: &[1.0, 0.0], parents: &[3, 7], institutions: &[Some(1), None] };
/// let firm = ProximityProfile { activities: &[1.0, 1.0], parents: &[7], institutions: &[Some(2), Some(5)] };
/// let p = proximity(Some(0.0), 500_000.0, lab, firm, None)?;
/// assert_eq!((p.geographical, p.organisational, p.institutional), (Some(1.0), Some(0.5), Some(0.0)));
/// assert!((p.cognitive.unwrap_or(0.0) - 0.5f64.sqrt()).abs() < 1e-12);
/// assert_eq!(p.social, None);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn proximity(
    distance_m: Option<f64>,
    reach_m: f64,
    a: ProximityProfile<'_>,
    b: ProximityProfile<'_>,
    past: Option<(&Network, [usize; 2])>,
) -> Result<Proximity> {
    if !(reach_m > 0.0 && reach_m.is_finite()) {
        return Err(Error::Parameter {
            name: "reach_m",
            value: reach_m.to_string(),
            must: "must be positive",
        });
    }
    if let Some(d) = distance_m
        && !(d >= 0.0 && d.is_finite())
    {
        return Err(Error::Parameter {
            name: "distance_m",
            value: d.to_string(),
            must: "must not be negative",
        });
    }
    for (what, x, y) in [
        ("activities", a.activities.len(), b.activities.len()),
        ("institutions", a.institutions.len(), b.institutions.len()),
    ] {
        // Nothing known of one side is no mismatch.
        if x != y && x > 0 && y > 0 {
            return Err(Error::Shape { what, expected: x, got: y });
        }
    }
    for activities in [a.activities, b.activities] {
        check_weights("activities", activities)?;
    }
    let far = |m: f64| (m / 1e3).ln_1p();
    let known = |activities: &[f64]| activities.iter().any(|&v| v > 0.0);
    let cognitive = if known(a.activities) && known(b.activities) {
        Some((1.0 - dissimilarity(a.activities, b.activities, Dissimilarity::Cosine)?).clamp(0.0, 1.0))
    } else {
        None
    };
    let social = match past {
        None => None,
        Some((network, nodes)) => {
            if let Some(&node) = nodes.iter().find(|&&i| i >= network.nodes()) {
                let value = node.to_string();
                return Err(Error::Value {
                    what: "past nodes",
                    index: 0,
                    value,
                    must: "must be in the network",
                });
            }
            let [i, j] = nodes;
            let tied = network.weight(i, j as u32).or(network.weight(j, i as u32)).is_some();
            if tied { Some(1.0) } else { jaccard(&partners(network, i), &partners(network, j)) }
        }
    };
    let both: Vec<bool> =
        a.institutions.iter().zip(b.institutions).filter_map(|(x, y)| Some((*x)? == (*y)?)).collect();
    Ok(Proximity {
        geographical: distance_m.map(|d| (1.0 - far(d) / far(reach_m)).max(0.0)),
        cognitive,
        organisational: if a.parents.is_empty() || b.parents.is_empty() {
            None
        } else {
            jaccard(a.parents, b.parents)
        },
        social,
        institutional: (!both.is_empty())
            .then(|| both.iter().filter(|same| **same).count() as f64 / both.len() as f64),
    })
}

/// All a node is tied with, either way.
fn partners(network: &Network, i: usize) -> Vec<u32> {
    let mut all = network.neighbours(i).to_vec();
    if network.is_directed() {
        all.extend((0..network.nodes()).filter(|&a| network.weight(a, i as u32).is_some()).map(|a| a as u32));
    }
    all
}

/// Common members over all members of two sets, whatever their order and repetitions; `None` when both
/// are empty.
fn jaccard(a: &[u32], b: &[u32]) -> Option<f64> {
    let set = |list: &[u32]| {
        let mut set = list.to_vec();
        set.sort_unstable();
        set.dedup();
        set
    };
    let (a, b) = (set(a), set(b));
    let common = a.iter().filter(|x| b.binary_search(x).is_ok()).count();
    let all = a.len() + b.len() - common;
    (all > 0).then(|| common as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Direction;

    #[test]
    fn nothing_known_is_not_far() {
        let none = ProximityProfile::default();
        let p = proximity(None, 1e5, none, none, None).unwrap();
        let empty = Proximity {
            geographical: None,
            cognitive: None,
            organisational: None,
            social: None,
            institutional: None,
        };
        assert_eq!(p, empty);
        assert_eq!(proximity(Some(2e5), 1e5, none, none, None).unwrap().geographical, Some(0.0));
    }

    #[test]
    fn partners_in_common_make_social_proximity() {
        let ties = [(0, 2, 1.0), (1, 2, 1.0), (1, 3, 1.0), (0, 4, 1.0)];
        let (g, _) = Network::from_edges(6, &ties, Direction::Undirected).unwrap();
        let none = ProximityProfile::default();
        let social = |i, j| proximity(None, 1e5, none, none, Some((&g, [i, j]))).unwrap().social;
        assert_eq!(social(0, 1), Some(1.0 / 3.0));
        assert_eq!(social(0, 2), Some(1.0));
        assert_eq!(social(5, 5), None);
        assert!(proximity(None, 1e5, none, none, Some((&g, [0, 9]))).is_err());
    }

    #[test]
    fn sets_have_no_order_and_no_repetitions() {
        let organisational = |a: &[u32], b: &[u32]| {
            let of = |parents| ProximityProfile { parents, ..ProximityProfile::default() };
            proximity(None, 1e5, of(a), of(b), None).unwrap().organisational
        };
        assert_eq!(organisational(&[3, 3, 3, 7], &[3]), Some(0.5));
        assert_eq!(organisational(&[3], &[3, 3, 3, 7]), Some(0.5));
        assert_eq!(organisational(&[7, 3], &[3, 7]), Some(1.0));
        assert_eq!(organisational(&[3, 7], &[7, 3]), Some(1.0));
        // Partners who came to both.
        let arcs = [(2, 0, 1.0), (2, 1, 1.0)];
        let (g, _) = Network::from_edges(3, &arcs, Direction::Directed).unwrap();
        let none = ProximityProfile::default();
        let p = proximity(None, 1e5, none, none, Some((&g, [0, 1]))).unwrap();
        assert_eq!(p.social, Some(1.0));
    }

    #[test]
    fn bad_input_is_refused() {
        let p = ProximityProfile { activities: &[1.0, 2.0], ..ProximityProfile::default() };
        let q = ProximityProfile { activities: &[1.0], ..ProximityProfile::default() };
        let r = ProximityProfile { activities: &[f64::NAN, 1.0], ..ProximityProfile::default() };
        assert!(proximity(None, 1e5, p, q, None).is_err());
        assert!(proximity(None, 1e5, p, r, None).is_err());
        assert!(proximity(Some(-1.0), 1e5, p, p, None).is_err());
        assert!(proximity(None, 0.0, p, p, None).is_err());
    }
}
