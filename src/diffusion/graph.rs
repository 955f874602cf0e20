use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::network::Network;

/// How what one actor does carries over to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpreadModel {
    /// Independent cascade: each new adopter has one chance on each of its arcs.
    #[default]
    IndependentCascade,
    /// Linear threshold: an actor adopts when the arcs from adopters weigh more than a threshold
    /// drawn uniformly; the weights of the arcs into an actor add up to at most 1.
    LinearThreshold,
}

/// An arc along which a practice may pass.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Arc {
    /// Who tells.
    pub from: u32,
    /// Who hears.
    pub to: u32,
    /// Probability of passing (independent cascade) or weight (linear threshold), in [0, 1].
    pub probability: f64,
}

/// How the ties of a network become probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArcProbability {
    /// The same on every arc.
    Uniform(f64),
    /// 1 / number of arcs into the hearer ("weighted cascade"): everybody listens to one voice on
    /// average, however many they hear. Valid for both models.
    InverseIndegree,
    /// 1 − (1 − p)^weight: each unit of weight is a chance of its own.
    PerUnitOfWeight(f64),
    /// weight / strength into the hearer. Valid for both models.
    ShareOfStrength,
}

impl Default for ArcProbability {
    /// 1 / number of arcs into the hearer.
    fn default() -> Self {
        Self::InverseIndegree
    }
}

/// Arcs by node, in compressed rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Rows {
    start: Vec<u32>,
    /// The other end of each arc.
    pub(super) end: Vec<u32>,
    pub(super) probability: Vec<f64>,
    /// Position of each arc in the list of outgoing ones, by which its coin is known.
    pub(super) id: Vec<u32>,
}

impl Rows {
    pub(super) fn of(&self, i: u32) -> std::ops::Range<usize> {
        self.start[i as usize] as usize..self.start[i as usize + 1] as usize
    }

    /// Groups arcs `(row, end, probability, id)` by row, keeping their order within a row.
    fn group(nodes: usize, arcs: impl Iterator<Item = (u32, u32, f64, u32)> + Clone) -> Self {
        let mut start = vec![0_u32; nodes + 1];
        for (row, ..) in arcs.clone() {
            start[row as usize + 1] += 1;
        }
        for i in 0..nodes {
            start[i + 1] += start[i];
        }
        let total = start[nodes] as usize;
        let mut next = start.clone();
        let (mut end, mut probability, mut id) = (vec![0; total], vec![0.0; total], vec![0; total]);
        for (row, other, p, arc) in arcs {
            let at = next[row as usize] as usize;
            next[row as usize] += 1;
            (end[at], probability[at], id[at]) = (other, p, arc);
        }
        Self { start, end, probability, id }
    }
}

/// A frozen graph of who may tell whom, with the probability of each arc.
///
/// Arcs of probability 0 and from a node to itself are left out: they pass nothing on. Parallel arcs
/// stay, each with its own chance.
#[derive(Debug, Clone)]
pub struct InfluenceGraph {
    nodes: usize,
    pub(super) out: Rows,
    /// Arcs into each node, the most probable first.
    pub(super) into: Rows,
    /// 1 / ln(1 − probability) of each of those arcs.
    pub(super) per_log: Vec<f64>,
    /// Sum of the probabilities of the arcs into each node.
    load: Vec<f64>,
}

impl InfluenceGraph {
    /// A graph of arcs between nodes `0..nodes`.
    ///
    /// # Errors
    /// [`Error::Value`] when an end is no node or a probability is not in [0, 1].
    ///
    /// # Complexity
    /// O(nodes + arcs log indegree).
    pub fn new(nodes: usize, arcs: &[Arc]) -> Result<Self> {
        for (index, arc) in arcs.iter().enumerate() {
            if arc.from as usize >= nodes || arc.to as usize >= nodes {
                let value = format!("{} → {}", arc.from, arc.to);
                return Err(Error::Value {
                    what: "arcs",
                    index,
                    value,
                    must: "both ends must be nodes of the graph",
                });
            }
            if !(0.0..=1.0).contains(&arc.probability) {
                return Err(Error::Value {
                    what: "probabilities of arcs",
                    index,
                    value: arc.probability.to_string(),
                    must: "must be from 0 to 1",
                });
            }
        }
        let kept = || arcs.iter().filter(|a| a.from != a.to && a.probability > 0.0);
        let out = Rows::group(nodes, kept().map(|a| (a.from, a.to, a.probability, 0)));
        let mut back = Vec::with_capacity(out.end.len());
        for i in 0..nodes as u32 {
            for at in out.of(i) {
                back.push((out.end[at], i, out.probability[at], at as u32));
            }
        }
        // Most probable first, so that the probability of one arc bounds those after it.
        back.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
        let into = Rows::group(nodes, back.into_iter());
        let load = (0..nodes as u32).map(|i| into.probability[into.of(i)].iter().sum()).collect();
        let per_log = into.probability.iter().map(|p| 1.0 / (-p).ln_1p()).collect();
        Ok(Self { nodes, out, into, per_log, load })
    }

    /// The arcs of a network with probabilities by a rule; an undirected tie is an arc each way.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the probability of the rule is not in [0, 1].
    ///
    /// # Complexity
    /// As [`InfluenceGraph::new`].
    pub fn from_network(network: &Network, rule: ArcProbability) -> Result<Self> {
        if let ArcProbability::Uniform(p) | ArcProbability::PerUnitOfWeight(p) = rule
            && !(0.0..=1.0).contains(&p)
        {
            return Err(Error::Parameter {
                name: "probability",
                value: p.to_string(),
                must: "must be from 0 to 1",
            });
        }
        let nodes = network.nodes();
        let (mut indegree, mut strength) = (vec![0_u32; nodes], vec![0.0; nodes]);
        for i in 0..nodes {
            for (j, w) in network.ties(i) {
                indegree[j as usize] += 1;
                strength[j as usize] += w;
            }
        }
        let mut arcs = Vec::with_capacity(network.as_csr().entries());
        for i in 0..nodes {
            arcs.extend(network.ties(i).map(|(j, w)| Arc {
                from: i as u32,
                to: j,
                probability: match rule {
                    ArcProbability::Uniform(p) => p,
                    ArcProbability::InverseIndegree => 1.0 / f64::from(indegree[j as usize]),
                    ArcProbability::PerUnitOfWeight(p) => 1.0 - (1.0 - p).powf(w),
                    ArcProbability::ShareOfStrength => (w / strength[j as usize]).min(1.0),
                },
            }));
        }
        Self::new(nodes, &arcs)
    }

    /// Number of nodes.
    #[must_use]
    pub const fn nodes(&self) -> usize {
        self.nodes
    }

    /// Number of arcs with a probability above 0.
    #[must_use]
    pub const fn arcs(&self) -> usize {
        self.out.end.len()
    }

    /// Sum of the probabilities of the arcs into node `i`.
    pub(super) fn load(&self, i: u32) -> f64 {
        self.load[i as usize]
    }

    /// Refuses weights that the linear threshold model cannot have.
    pub(super) fn check(&self, model: SpreadModel) -> Result<()> {
        // Sums of shares may pass 1 by rounding.
        match self.load.iter().position(|s| *s > 1.0 + 1e-9) {
            Some(index) if model == SpreadModel::LinearThreshold => Err(Error::Value {
                what: "weights into a node",
                index,
                value: self.load[index].to_string(),
                must: "must add up to at most 1 under the linear threshold model",
            }),
            _ => Ok(()),
        }
    }

    /// Refuses seeds that are no nodes; gives them sorted, each once.
    pub(super) fn check_seeds(&self, seeds: &[u32]) -> Result<Vec<u32>> {
        if let Some(index) = seeds.iter().position(|s| *s as usize >= self.nodes) {
            return Err(Error::Value {
                what: "seeds",
                index,
                value: seeds[index].to_string(),
                must: "must be nodes of the graph",
            });
        }
        let mut seeds = seeds.to_vec();
        seeds.sort_unstable();
        seeds.dedup();
        Ok(seeds)
    }
}
