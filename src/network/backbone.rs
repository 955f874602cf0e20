use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

use super::Network;

/// A tie and how surprising its weight is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BackboneTie {
    /// First node (the smaller when undirected).
    pub source: u32,
    /// Second node.
    pub target: u32,
    /// Weight of the tie.
    pub weight: f64,
    /// Probability of so large a weight under the null: keep ties with a small one.
    pub p: f64,
}

/// Ties that carry more of their ends' strength than chance would give them.
///
/// `p = (1 − w_ij / s_i)^(k_i − 1)`, the smaller of its values at the two ends (out-strength of the
/// source and in-strength of the target when directed); an end with a single tie gives 1 (Serrano,
/// Boguñá & Vespignani 2009, doi:10.1073/pnas.0808904106). O(ties).
///
/// ```
/// use rurban::network::{Direction, Network, disparity_filter};
/// let star = [(0, 1, 8.0), (0, 2, 1.0), (0, 3, 1.0)];
/// let (g, _) = Network::from_edges(4, &star, Direction::Undirected)?;
/// assert!((disparity_filter(&g)[0].p - 0.04).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
#[must_use]
pub fn disparity_filter(network: &Network) -> Vec<BackboneTie> {
    let (out, into) = ends(network);
    let alpha = |w: f64, (strength, degree): (f64, usize)| {
        if degree > 1 { (1.0 - w / strength).max(0.0).powf((degree - 1) as f64) } else { 1.0 }
    };
    network
        .edge_list()
        .map(|(source, target, weight)| {
            let p = alpha(weight, out[source as usize]).min(alpha(weight, into[target as usize]));
            BackboneTie { source, target, weight, p }
        })
        .collect()
}

/// Ties heavier than their ends' strengths make them, with the noise of small counts allowed for.
///
/// `p = P(X > w_ij)`, X binomial with N trials of probability `s_i s_j / N²`, N the total weight
/// (each tie once) and s the out-strength of i and in-strength of j when directed: the p-value form
/// of the noise-corrected backbone (Coscia & Neffke 2017, doi:10.1109/ICDE.2017.100). Weights are
/// meant to be counts; fractions are rounded down and N to the nearest integer. O(ties).
#[must_use]
pub fn noise_corrected(network: &Network) -> Vec<BackboneTie> {
    let (out, into) = ends(network);
    let total = network.total_weight();
    let trials = total.round();
    network
        .edge_list()
        .map(|(source, target, weight)| {
            let chance = (out[source as usize].0 * into[target as usize].0 / (total * total)).min(1.0);
            let k = weight.floor();
            // P(X > k) = I_p(k + 1, N − k).
            let p = if k >= trials {
                0.0
            } else {
                checked_beta_reg(k + 1.0, trials - k, chance).unwrap_or(f64::NAN)
            };
            BackboneTie { source, target, weight, p }
        })
        .collect()
}

type End = (f64, usize);

/// Strength and degree of every node as a source and as a target.
fn ends(network: &Network) -> (Vec<End>, Vec<End>) {
    let mut out = vec![(0.0, 0); network.nodes()];
    let mut into = out.clone();
    for (i, j, w) in network.edge_list() {
        let add = |list: &mut Vec<End>, i: u32| {
            list[i as usize].0 += w;
            list[i as usize].1 += 1;
        };
        add(&mut out, i);
        add(&mut into, j);
        if !network.is_directed() {
            add(&mut out, j);
            add(&mut into, i);
        }
    }
    (out, into)
}
