use serde::{Deserialize, Serialize};

use super::structure::symmetric;
use super::{Network, TieWeights};
use crate::error::Result;
use crate::parallel;

/// Burt's measures of structural holes, by node; NaN for isolates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct StructuralHoles {
    /// How far a node's ties lead back to the same contacts. Low values mark brokers.
    pub constraint: Vec<f64>,
    /// Number of contacts less their redundancy, in [1, degree]. High values mark brokers.
    pub effective_size: Vec<f64>,
}

/// How far a node's contacts lead to each other, or to different people: Burt's constraint and effective
/// size.
///
/// # Formula
/// Constraint `c_i = Σ_j (p_ij + Σ_q p_iq p_qj)²` and effective size `Σ_j (1 − Σ_q p_iq m_jq)`, over
/// neighbours j and q, with `p_ij = (w_ij + w_ji) / Σ_k (w_ik + w_ki)` and
/// `m_jq = (w_jq + w_qj) / max_k (w_jk + w_kj)`. With weights ignored on undirected graphs the effective
/// size is Borgatti's `k − 2 t / k`, t the ties among the k neighbours.
///
/// # Range
/// Constraint above 0; it can exceed 1 (two partners who share a third). Effective size 1 to the degree.
///
/// # Direction
/// Low constraint and high effective size mark brokers.
///
/// # Undefined
/// NaN for isolates.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(Σ over ties of the smaller degree, times its logarithm): a star is linear, a complete graph of n nodes
/// O(n³) (3,000 nodes: about 40 s on a core). In parallel.
///
/// # References
/// Burt (1992), Structural Holes. Borgatti (1997), Structural holes: unpacking Burt's redundancy measures,
/// Connections 20(1).
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, TieWeights, structural_holes};
/// let star = [(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0), (0, 4, 1.0)];
/// let (g, _) = Network::from_edges(5, &star, Direction::Undirected)?;
/// let s = structural_holes(&g, TieWeights::Used)?;
/// assert_eq!((s.constraint[0], s.effective_size[0], s.constraint[1]), (0.25, 4.0, 1.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn structural_holes(network: &Network, weights: TieWeights) -> Result<StructuralHoles> {
    let nodes: Vec<u32> = (0..network.nodes() as u32).collect();
    structural_holes_of(network, weights, &nodes)
}

/// Those of some nodes, in their order.
pub(crate) fn structural_holes_of(
    network: &Network,
    weights: TieWeights,
    nodes: &[u32],
) -> Result<StructuralHoles> {
    let g = symmetric(network, weights)?;
    let n = g.nodes();
    let strength: Vec<f64> = (0..n).map(|i| g.strength(i)).collect();
    let largest: Vec<f64> = (0..n).map(|i| g.weights(i).iter().copied().fold(0.0, f64::max)).collect();
    let pairs = parallel::map_init(
        nodes.len(),
        || (vec![u32::MAX; n], vec![0.0_f64; n]),
        |(near, via), k| {
            let i = nodes[k] as usize;
            if g.degree(i) == 0 {
                return (f64::NAN, f64::NAN);
            }
            // `near` may hold the mark of another node, never of this one: each is visited once.
            for (j, w) in g.ties(i) {
                near[j as usize] = i as u32;
                via[j as usize] = w / strength[i];
            }
            let mut redundancy = 0.0;
            for (q, w) in g.ties(i) {
                let (p, q) = (w / strength[i], q as usize);
                let through = p / strength[q];
                let mut common = |j: usize, w: f64| {
                    via[j] += through * w;
                    redundancy += p * w / largest[j];
                };
                // A hub among few neighbours is asked for each of them.
                if g.degree(q) / 16 > g.degree(i) {
                    for &j in g.neighbours(i) {
                        if let Some(w) = g.weight(q, j) {
                            common(j as usize, w);
                        }
                    }
                } else {
                    for (j, w) in g.ties(q).filter(|t| near[t.0 as usize] == i as u32) {
                        common(j as usize, w);
                    }
                }
            }
            let constraint = g.neighbours(i).iter().map(|&j| via[j as usize].powi(2)).sum();
            (constraint, g.degree(i) as f64 - redundancy)
        },
    );
    let (constraint, effective_size) = pairs.into_iter().unzip();
    Ok(StructuralHoles { constraint, effective_size })
}
