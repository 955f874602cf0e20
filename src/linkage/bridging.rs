//! Territories as bridges, and what one class sees of another.

use serde::{Deserialize, Serialize};

use super::mixing::{MixingMatrix, Weighting, node_labels};
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::network::Network;

/// How well one territory bridges others (Bergé, Wanzenböck & Scherngell 2017).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TerritoryBridging {
    /// Ties within the territory, each counted once.
    pub within: f64,
    /// Ties to other territories: the intensity of outer links.
    pub outer: f64,
    /// `outer / (outer + within)`, the outward orientation; NaN without ties.
    pub outward: f64,
    /// Concentration of outer ties, `Σ_j (w_ij / outer)²`; NaN without outer ties.
    pub herfindahl: f64,
    /// `outer · outward · (1 − herfindahl)`; 0 without outer ties. High for many outer ties, few
    /// inner ones and many partners.
    pub bridging: f64,
}

/// How well every class of a mixing matrix bridges others; the last class is that of unlabelled nodes, if
/// any.
///
/// Build the matrix from the territories of nodes ([`MixingMatrix::new`]). Ties of both directions are
/// added up.
///
/// # Formula
/// `outer · outward · (1 − Σ_j (w_ij / outer)²)` with outer the ties to other territories, outward their
/// share of all ties of the territory, `w_ij` those with territory j. The product form was not checked
/// against a peer package.
///
/// # Range
/// 0 to the outer ties.
///
/// # Direction
/// High for many outer ties, few inner ones and many partners.
///
/// # Undefined
/// Outward orientation is NaN without ties, concentration without outer ties; bridging is then 0.
///
/// # Complexity
/// O(classes + cells with ties).
///
/// # References
/// Bergé, Wanzenböck & Scherngell (2017), Centrality of regions in R&D networks, Regional Studies 51(8).
///
/// # Example
/// ```
/// # use rurban::{labels::Labels, linkage::*, network::{Direction, Network}};
/// let ties = [(0, 1, 1.0), (0, 2, 1.0)];
/// let (graph, _) = Network::from_edges(3, &ties, Direction::Undirected)?;
/// let m = MixingMatrix::new(&graph, &Labels::new(vec![0, 1, 2], 3)?, Weighting::Weights)?;
/// assert_eq!(territory_bridging(&m)[0].bridging, 1.0);
/// # Ok::<(), rurban::Error>(())
/// ```
#[must_use]
pub fn territory_bridging(mixing: &MixingMatrix) -> Vec<TerritoryBridging> {
    let partners = mixing.partners();
    (partners.iter().enumerate())
        .map(|(r, partners)| {
            let within = mixing.ties(r, r);
            let outer: f64 = partners.iter().sum();
            let outward = outer / (outer + within);
            let herfindahl = partners.iter().map(|w| (w / outer).powi(2)).sum::<f64>();
            if outer > 0.0 {
                let bridging = outer * outward * (1.0 - herfindahl);
                TerritoryBridging { within, outer, outward, herfindahl, bridging }
            } else {
                TerritoryBridging { within, outer, outward, herfindahl: f64::NAN, bridging: 0.0 }
            }
        })
        .collect()
}

/// What nodes of one class see of another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Exposure {
    /// Share of the ties of the first class that go to the second (P* interaction).
    pub index: f64,
    /// Ties of the first class (out-ties if directed), those within counted at both ends.
    pub strength: f64,
    /// Those of them that go to the second class.
    pub to_other: f64,
    /// Mean over nodes with ties of the share of their own ties.
    pub mean_over_nodes: f64,
    /// Share of all nodes of the first class, isolates included, with at least one tie to the second.
    pub share_with_any: f64,
    /// Nodes of the first class.
    pub nodes: usize,
    /// Those of them without (out-)ties.
    pub isolates: usize,
}

/// How much of class `from` goes to class `to`: of rural nodes' ties to urban ones, say.
///
/// # Formula
/// `Σ s_i,to / Σ s_i` over the nodes i of `from`, `s_i` their (out-)ties by number or weight and `s_i,to`
/// those that go to `to` (P* interaction); also the mean of `s_i,to / s_i` over nodes with ties, and the
/// share of nodes with any.
///
/// # Range
/// [0, 1].
///
/// # Direction
/// 1: all ties go to the other class; 0: none.
///
/// # Undefined
/// [`Undefined::Empty`] when `from` has no nodes, [`Undefined::NoTies`] when they have no ties.
///
/// # Errors
/// [`Error::Undefined`] when `from` has no nodes or no ties; [`Error::Parameter`] when there is no such
/// class; [`Error::Shape`].
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Bell (1954), A probability model for the measurement of ecological segregation, Social Forces 32(4),
/// doi:10.2307/2574118. Lieberson (1981), An asymmetrical approach to segregation.
pub fn exposure(
    network: &Network,
    labels: &Labels,
    from: usize,
    to: usize,
    weighting: Weighting,
) -> Result<Exposure> {
    let labels = node_labels(network, labels)?;
    for (name, class) in [("from", from), ("to", to)] {
        if class >= labels.classes() {
            return Err(Error::Parameter {
                name,
                value: class.to_string(),
                must: "must be a class of the labels",
            });
        }
    }
    let (mut nodes, mut isolates, mut any) = (0usize, 0usize, 0usize);
    let (mut strength, mut to_other, mut shares) = (0.0, 0.0, 0.0);
    for i in (0..network.nodes()).filter(|&i| labels.get(i) == Some(from)) {
        nodes += 1;
        if network.degree(i) == 0 {
            isolates += 1;
            continue;
        }
        let (mut all, mut other, mut count) = (0.0, 0.0, 0);
        for (j, w) in network.ties(i) {
            let w = if weighting == Weighting::Edges { 1.0 } else { w };
            all += w;
            if labels.get(j as usize) == Some(to) {
                other += w;
                count += 1;
            }
        }
        any += usize::from(count > 0);
        strength += all;
        to_other += other;
        shares += other / all;
    }
    if nodes == 0 {
        return Err(Error::undefined("exposure", Undefined::Empty));
    }
    if strength == 0.0 {
        return Err(Error::undefined("exposure", Undefined::NoTies));
    }
    Ok(Exposure {
        index: to_other / strength,
        strength,
        to_other,
        mean_over_nodes: shares / (nodes - isolates) as f64,
        share_with_any: any as f64 / nodes as f64,
        nodes,
        isolates,
    })
}
