use super::{Network, SwapOptions, TieWeights, degree_preserving};
use crate::error::Result;
use crate::network::structure::symmetric;
use crate::progress::Progress;

/// How densely the well-tied are tied to each other.
///
/// # Formula
/// `φ(k) = 2 E / (N (N − 1))` of the N nodes with more than k ties and the E ties among them, for k = 0, 1,
/// … as long as N ≥ 2. Directions and weights are ignored.
///
/// # Range
/// 0 to 1.
///
/// # Direction
/// High: nodes with more than k ties form a club. Compare with [`rich_club_normalised`].
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(ties).
///
/// # References
/// Zhou & Mondragón (2004), The rich-club phenomenon in the Internet topology,
/// doi:10.1109/LCOMM.2004.823426.
pub fn rich_club(network: &Network) -> Result<Vec<f64>> {
    let g = symmetric(network, TieWeights::Used)?;
    let degree: Vec<usize> = (0..g.nodes()).map(|i| g.degree(i)).collect();
    let ties: Vec<(u32, u32)> = g.edge_list().map(|(a, b, _)| (a, b)).collect();
    Ok(phi(&degree, &ties))
}

/// How much more densely the well-tied are tied to each other than their degrees make them.
///
/// # Formula
/// [`rich_club`] over its mean on `options.replicates` graphs with the same degrees
/// ([`degree_preserving`]).
///
/// # Range
/// 0 or more.
///
/// # Direction
/// Above 1: the well-tied club together more than their degrees make them.
///
/// # Undefined
/// NaN where no random graph has such ties.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(replicates × swaps), in parallel.
///
/// # References
/// Colizza, Flammini, Serrano & Vespignani (2006), Detecting rich-club ordering in complex networks,
/// doi:10.1038/nphys209.
pub fn rich_club_normalised(
    network: &Network,
    options: &SwapOptions,
    progress: &dyn Progress,
) -> Result<Vec<f64>> {
    let g = symmetric(network, TieWeights::Used)?;
    let degree: Vec<usize> = (0..g.nodes()).map(|i| g.degree(i)).collect();
    let random = degree_preserving(&g, options, |ties| phi(&degree, ties), progress);
    let observed = rich_club(&g)?;
    Ok((0..observed.len())
        .map(|k| {
            let mean = random.iter().map(|r| r[k]).sum::<f64>() / random.len() as f64;
            if mean > 0.0 { observed[k] / mean } else { f64::NAN }
        })
        .collect())
}

fn phi(degree: &[usize], ties: &[(u32, u32)]) -> Vec<f64> {
    let largest = degree.iter().copied().max().unwrap_or(0);
    let (mut nodes, mut edges) = (vec![0_usize; largest + 1], vec![0_usize; largest + 1]);
    for &d in degree {
        nodes[d] += 1;
    }
    for &(a, b) in ties {
        edges[degree[a as usize].min(degree[b as usize])] += 1;
    }
    // From counts by exact degree to counts above each k.
    for k in (0..largest).rev() {
        nodes[k] += nodes[k + 1];
        edges[k] += edges[k + 1];
    }
    (1..=largest)
        .take_while(|&k| nodes[k] >= 2)
        .map(|k| 2.0 * edges[k] as f64 / (nodes[k] as f64 * (nodes[k] as f64 - 1.0)))
        .collect()
}
