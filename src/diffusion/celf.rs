use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::error::Result;

/// One seed of a lazy greedy choice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pick {
    /// The node.
    pub node: u32,
    /// What it added.
    pub gain: f64,
    /// Reach with it.
    pub reach: f64,
}

/// A gain with a total order.
#[derive(PartialEq)]
struct Gain(f64);

impl Eq for Gain {}

impl PartialOrd for Gain {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Gain {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Which up to `k` of `nodes` nodes reach most together, by the greedy choice with few evaluations.
///
/// # Formula
/// s = argmax reach(S ∪ {s}) − reach(S), k times; the first node of those that tie. For a monotone,
/// submodular `reach` gains only shrink, so a gain that is still the largest after being computed anew needs
/// no others. For small graphs, with [`exact_spread`](super::exact_spread) or [`simulate`](super::simulate)
/// as `reach`; [`choose_seeds`](super::choose_seeds) serves large ones.
///
/// # Range
/// At least 1 − 1/e of the best reach of k nodes.
///
/// # Direction
/// Higher reaches more.
///
/// # Undefined
/// Never; `k` above `nodes` takes all of them.
///
/// # Errors
/// Those of `reach`.
///
/// # Complexity
/// nodes + a few evaluations a seed, as a rule.
///
/// # References
/// Leskovec et al. (2007), doi:10.1145/1281192.1281239.
///
/// # Example
/// ```
/// use rurban::diffusion::celf;
/// let worth = [1.0, 5.0, 3.0];
/// let picks = celf(3, 2, |seeds| Ok(seeds.iter().map(|s| worth[*s as usize]).sum()))?;
/// assert_eq!(picks.iter().map(|p| p.node).collect::<Vec<_>>(), [1, 2]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn celf(nodes: usize, k: usize, mut reach: impl FnMut(&[u32]) -> Result<f64>) -> Result<Vec<Pick>> {
    let mut queue = BinaryHeap::with_capacity(nodes);
    for node in 0..nodes as u32 {
        queue.push((Gain(reach(&[node])?), Reverse(node), 0_usize));
    }
    let (mut seeds, mut picks, mut total) = (Vec::new(), Vec::new(), 0.0);
    while seeds.len() < k
        && let Some((gain, Reverse(node), round)) = queue.pop()
    {
        if round == seeds.len() {
            total += gain.0;
            seeds.push(node);
            picks.push(Pick { node, gain: gain.0, reach: total });
        } else {
            seeds.push(node);
            let now = reach(&seeds);
            seeds.pop();
            queue.push((Gain(now? - total), Reverse(node), seeds.len()));
        }
    }
    Ok(picks)
}
