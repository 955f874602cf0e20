use serde::{Deserialize, Serialize};

use super::{InfluenceGraph, SpreadModel};
use crate::error::{Error, Result};

/// Outcomes that may be enumerated, about a second's work.
const MOST_OUTCOMES: f64 = 16_777_216.0;

/// The expected spread from a set of seeds, exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct ExactSpread {
    /// Expected number of adopters, the seeds included.
    pub expected: f64,
    /// Probability of each node to adopt.
    pub probability: Vec<f64>,
}

/// How many actors a practice is expected to reach from `seeds`, by going through all outcomes.
///
/// # Formula
/// σ(S) = Σ over live-edge graphs L of P(L) · |nodes reached from S in L|. Independent cascade: each arc
/// lives with its probability. Linear threshold: each node keeps at most one of its arcs, each with its
/// weight.
///
/// # Range
/// From the number of seeds to that of nodes.
///
/// # Direction
/// Higher reaches more.
///
/// # Undefined
/// Never; without seeds it is 0.
///
/// # Errors
/// [`Error::Parameter`] when there are more than 2²⁴ outcomes (use [`simulate`](super::simulate) there),
/// [`Error::Value`] when a seed is no node or linear-threshold weights pass 1.
///
/// # Complexity
/// O(2^arcs) in the worst case; arcs that cannot be reached or lead to adopters cost nothing.
///
/// # References
/// Kempe, Kleinberg & Tardos (2003), doi:10.1145/956750.956769.
///
/// # Example
/// ```
/// use rurban::diffusion::{Arc, InfluenceGraph, SpreadModel, exact_spread};
/// let graph = InfluenceGraph::new(2, &[Arc { from: 0, to: 1, probability: 0.25 }])?;
/// assert_eq!(exact_spread(&graph, SpreadModel::LinearThreshold, &[0])?.expected, 1.25);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn exact_spread(graph: &InfluenceGraph, model: SpreadModel, seeds: &[u32]) -> Result<ExactSpread> {
    graph.check(model)?;
    let seeds = graph.check_seeds(seeds)?;
    let outcomes: f64 = match model {
        SpreadModel::IndependentCascade => {
            2_f64.powi(graph.out.probability.iter().filter(|p| **p < 1.0).count() as i32)
        }
        SpreadModel::LinearThreshold => {
            (0..graph.nodes() as u32).map(|i| graph.into.of(i).len() as f64 + 1.0).product()
        }
    };
    if outcomes > MOST_OUTCOMES {
        return Err(Error::Parameter {
            name: "arcs",
            value: graph.arcs().to_string(),
            must: "must give at most 2^24 outcomes to be enumerated; simulate larger graphs",
        });
    }
    let mut probability = vec![0.0; graph.nodes()];
    match model {
        SpreadModel::IndependentCascade => {
            let mut active = vec![false; graph.nodes()];
            seeds.iter().for_each(|s| active[*s as usize] = true);
            let mut queue = seeds;
            branch(graph, &mut active, &mut queue, 0, 0, 1.0, &mut probability);
        }
        SpreadModel::LinearThreshold => {
            let mut kept = vec![u32::MAX; graph.nodes()];
            choose(graph, &seeds, &mut kept, 0, 1.0, &mut probability);
        }
    }
    Ok(ExactSpread { expected: probability.iter().sum(), probability })
}

/// Goes on with arc `arc` of the adopter at `at` in the queue, both ways.
fn branch(
    graph: &InfluenceGraph,
    active: &mut [bool],
    queue: &mut Vec<u32>,
    at: usize,
    arc: usize,
    p: f64,
    sum: &mut [f64],
) {
    let (mut at, mut arc) = (at, arc);
    while let Some(&node) = queue.get(at) {
        let arcs = graph.out.of(node);
        let open = (arcs.start + arc..arcs.end).find(|&k| !active[graph.out.end[k] as usize]);
        let Some(k) = open else {
            (at, arc) = (at + 1, 0);
            continue;
        };
        let (to, passes, next) = (graph.out.end[k], graph.out.probability[k], k + 1 - arcs.start);
        active[to as usize] = true;
        queue.push(to);
        branch(graph, active, queue, at, next, p * passes, sum);
        queue.pop();
        active[to as usize] = false;
        if passes < 1.0 {
            branch(graph, active, queue, at, next, p * (1.0 - passes), sum);
        }
        return;
    }
    queue.iter().for_each(|i| sum[*i as usize] += p);
}

/// Lets node `node` keep each of its arcs in turn, or none.
fn choose(graph: &InfluenceGraph, seeds: &[u32], kept: &mut [u32], node: usize, p: f64, sum: &mut [f64]) {
    if node == kept.len() {
        let mut active = vec![false; kept.len()];
        seeds.iter().for_each(|s| active[*s as usize] = true);
        while let Some(i) =
            (0..kept.len()).find(|&i| !active[i] && active.get(kept[i] as usize).copied().unwrap_or(false))
        {
            active[i] = true;
        }
        (0..kept.len()).filter(|&i| active[i]).for_each(|i| sum[i] += p);
        return;
    }
    for at in graph.into.of(node as u32) {
        kept[node] = graph.into.end[at];
        choose(graph, seeds, kept, node + 1, p * graph.into.probability[at], sum);
    }
    kept[node] = u32::MAX;
    let none = 1.0 - graph.load(node as u32);
    if none > 0.0 {
        choose(graph, seeds, kept, node + 1, p * none, sum);
    }
}
