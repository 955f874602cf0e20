use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Undefined};
use crate::network::{Network, TieWeights};
use crate::parallel;
use crate::progress::Progress;

/// Steps after which the power series of Katz and the power method count as not converging.
const MOST_STEPS: usize = 10_000;

/// How alike or complementary two nodes of an undirected graph are by whom they are tied to.
///
/// W is the matrix of the ties: 0 and 1 with [`TieWeights::Ignored`], the weights with
/// [`TieWeights::Used`]; s are its row sums. With weights of 1 both give the same, but for
/// Adamic–Adar.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Similarity {
    /// `Σ_z w_iz w_zj`: partners in common.
    CommonNeighbours,
    /// `Σ_z 1 / ln k_z` over common partners; with weights `Σ_z w_iz w_zj / ln(1 + s_z)`, as strengths
    /// may be below one (Adamic & Adar 2003; Lü & Zhou 2010).
    AdamicAdar,
    /// `Σ_z w_iz w_zj / s_z` (Zhou, Lü & Zhang 2009).
    ResourceAllocation,
    /// Common partners over all partners of both; with weights `Σ min(w_iz, w_jz) / Σ max(w_iz, w_jz)`.
    Jaccard,
    /// `s_i s_j`.
    PreferentialAttachment,
    /// `W² + ε W³` (Lü, Jin & Zhou 2009).
    LocalPath {
        /// Weight of walks of three steps, ε.
        epsilon: f64,
    },
    /// `W S^-½ W S^-½ W`: paths of three steps, which lead to complementary rather than similar nodes
    /// (Kovács et al. 2019).
    LengthThree,
    /// `(I − β W)⁻¹ − I`: all walks, each step costing a factor β, which must be below 1/λ₁ (Katz 1953).
    Katz {
        /// Factor of each step, β.
        beta: f64,
    },
}

impl Similarity {
    /// Local path with ε = 0.01, the value of its authors.
    pub const LOCAL_PATH: Self = Self::LocalPath { epsilon: 0.01 };
}

/// Whether pairs that are tied already are among the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TiedPairs {
    /// They are left out.
    #[default]
    LeftOut,
    /// They are shown.
    Shown,
}

/// A node and its score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// The node.
    pub node: u32,
    /// Its score.
    pub score: f64,
}

/// Similarities of one graph, ready for row after row.
#[derive(Debug, Clone)]
pub struct Similarities<'a> {
    network: &'a Network,
    kind: Similarity,
    weights: TieWeights,
    strength: Vec<f64>,
}

/// Room for one row, reused.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    value: Vec<f64>,
    second: Vec<f64>,
    listed: Vec<bool>,
}

impl Room {
    pub(crate) fn new(nodes: usize) -> Self {
        Self { value: vec![0.0; nodes], second: vec![0.0; nodes], listed: vec![false; nodes] }
    }
}

impl<'a> Similarities<'a> {
    /// Prepares a similarity.
    ///
    /// # Errors
    /// [`Error::Parameter`] on a directed graph, an ε that is negative, or a β that is not in (0, 1/λ₁): the
    /// message says λ₁.
    ///
    /// # Complexity
    /// O(nodes); for [`Similarity::Katz`] that of [`spectral_radius`] too.
    pub fn new(network: &'a Network, kind: Similarity, weights: TieWeights) -> Result<Self> {
        if network.is_directed() {
            let must = "similarity of nodes is for undirected graphs; drop the direction first";
            return Err(Error::Parameter { name: "network", value: "directed".to_owned(), must });
        }
        match kind {
            Similarity::LocalPath { epsilon } if !(epsilon.is_finite() && epsilon >= 0.0) => {
                let must = "must not be negative";
                return Err(Error::Parameter { name: "epsilon", value: epsilon.to_string(), must });
            }
            Similarity::Katz { beta } => check_beta(network, weights, beta)?,
            _ => {}
        }
        let strength = (0..network.nodes())
            .map(|i| match weights {
                TieWeights::Ignored => network.degree(i) as f64,
                TieWeights::Used => network.strength(i),
            })
            .collect();
        Ok(Self { network, kind, weights, strength })
    }

    const fn amount(&self, w: f64) -> f64 {
        match self.weights {
            TieWeights::Ignored => 1.0,
            TieWeights::Used => w,
        }
    }

    /// How similar node `i` is to every node it has a similarity above zero to, by increasing node, itself
    /// left out.
    ///
    /// # Formula
    /// See [`Similarity`].
    ///
    /// # Range
    /// Above 0; Jaccard at most 1.
    ///
    /// # Direction
    /// As [`similarity()`].
    ///
    /// # Undefined
    /// Empty when there is no such node.
    ///
    /// # Complexity
    /// O(nodes + ties two, or three, steps away); O(nodes) for preferential attachment, O(steps × ties) for
    /// Katz.
    #[must_use]
    pub fn row(&self, i: usize) -> Vec<Scored> {
        self.row_in(i, &mut Room::new(self.network.nodes()))
    }

    /// As [`Similarities::row`] in room that is used again; the room is left clean.
    pub(crate) fn row_in(&self, i: usize, room: &mut Room) -> Vec<Scored> {
        if i >= self.network.nodes() {
            return Vec::new();
        }
        let ties: Vec<(u32, f64)> = self.network.ties(i).collect();
        let mut row = self.row_of(&ties, room);
        row.retain(|s| s.node as usize != i);
        row
    }

    /// Of somebody outside the graph who has these ties to its nodes, with every node it has a
    /// similarity above zero to: the nodes tied are among them where paths lead back to them.
    pub(crate) fn row_of(&self, ties: &[(u32, f64)], room: &mut Room) -> Vec<Scored> {
        let own: f64 = ties.iter().map(|t| self.amount(t.1)).sum();
        match self.kind {
            Similarity::CommonNeighbours => self.through(ties, room, |_| 1.0),
            Similarity::ResourceAllocation => self.through(ties, room, |z| 1.0 / self.strength[z]),
            Similarity::AdamicAdar => self.through(ties, room, |z| match self.weights {
                // A partner in common has at least two ties.
                TieWeights::Ignored => 1.0 / self.strength[z].max(2.0).ln(),
                TieWeights::Used => 1.0 / self.strength[z].ln_1p(),
            }),
            Similarity::Jaccard => self.jaccard(ties, own, room),
            Similarity::PreferentialAttachment => (0..self.network.nodes())
                .map(|j| Scored { node: j as u32, score: own * self.strength[j] })
                .filter(|s| s.score > 0.0)
                .collect(),
            Similarity::LocalPath { epsilon } => {
                let two = self.through(ties, room, |_| 1.0);
                let three = self.step(&two, room, |s, w| s * w);
                Self::merge(room, &two, &three, epsilon)
            }
            Similarity::LengthThree => {
                let first: Vec<Scored> = ties
                    .iter()
                    .map(|&(u, w)| Scored {
                        node: u,
                        score: self.amount(w) / self.strength[u as usize].sqrt(),
                    })
                    .collect();
                let mut second = self.step(&first, room, |s, w| s * w);
                for s in &mut second {
                    s.score /= self.strength[s.node as usize].sqrt();
                }
                self.step(&second, room, |s, w| s * w)
            }
            Similarity::Katz { beta } => self.katz(ties, beta, room),
        }
    }

    /// Nodes two steps away, with the sum of `weight(z)` over the partners z between.
    fn through(&self, ties: &[(u32, f64)], room: &mut Room, weight: impl Fn(usize) -> f64) -> Vec<Scored> {
        let first: Vec<Scored> = ties
            .iter()
            .map(|&(z, w)| Scored { node: z, score: self.amount(w) * weight(z as usize) })
            .collect();
        self.step(&first, room, |s, w| s * w)
    }

    /// One step on from a sparse row: sums over its nodes, in their order.
    fn step(&self, from: &[Scored], room: &mut Room, along: impl Fn(f64, f64) -> f64) -> Vec<Scored> {
        let mut nodes: Vec<u32> = Vec::new();
        for s in from {
            for (j, w) in self.network.ties(s.node as usize) {
                let at = j as usize;
                if !room.listed[at] {
                    room.listed[at] = true;
                    nodes.push(j);
                }
                room.value[at] += along(s.score, self.amount(w));
            }
        }
        nodes.sort_unstable();
        nodes
            .into_iter()
            .map(|node| {
                room.listed[node as usize] = false;
                Scored { node, score: std::mem::take(&mut room.value[node as usize]) }
            })
            .collect()
    }

    fn merge(room: &mut Room, a: &[Scored], b: &[Scored], factor: f64) -> Vec<Scored> {
        let mut nodes: Vec<u32> = Vec::with_capacity(a.len() + b.len());
        for (list, factor) in [(a, 1.0), (b, factor)] {
            for s in list {
                room.value[s.node as usize] += s.score * factor;
                nodes.push(s.node);
            }
        }
        nodes.sort_unstable();
        nodes.dedup();
        nodes
            .into_iter()
            .map(|node| Scored { node, score: std::mem::take(&mut room.value[node as usize]) })
            .collect()
    }

    fn jaccard(&self, ties: &[(u32, f64)], own: f64, room: &mut Room) -> Vec<Scored> {
        for &(z, w) in ties {
            room.second[z as usize] = self.amount(w);
        }
        // The smaller of both weights, summed over common partners.
        let mut nodes: Vec<u32> = Vec::new();
        for &(z, _) in ties {
            for (j, w) in self.network.ties(z as usize) {
                let at = j as usize;
                if !room.listed[at] {
                    room.listed[at] = true;
                    nodes.push(j);
                }
                room.value[at] += room.second[z as usize].min(self.amount(w));
            }
        }
        nodes.sort_unstable();
        let row = nodes
            .into_iter()
            .map(|node| {
                let j = node as usize;
                room.listed[j] = false;
                let common = std::mem::take(&mut room.value[j]);
                Scored { node, score: common / (own + self.strength[j] - common) }
            })
            .collect();
        for &(z, _) in ties {
            room.second[z as usize] = 0.0;
        }
        row
    }

    /// The power series Σ βᵗ Wᵗ, to the last digit that counts.
    fn katz(&self, ties: &[(u32, f64)], beta: f64, room: &mut Room) -> Vec<Scored> {
        let n = self.network.nodes();
        let mut sum = vec![0.0; n];
        let mut last: Vec<Scored> =
            ties.iter().map(|&(node, w)| Scored { node, score: beta * self.amount(w) }).collect();
        for _ in 0..MOST_STEPS {
            let (mut added, mut total) = (0.0_f64, 0.0_f64);
            for s in &last {
                sum[s.node as usize] += s.score;
                added = added.max(s.score);
                total = total.max(sum[s.node as usize]);
            }
            if added <= 1e-16 * total {
                break;
            }
            last = self.step(&last, room, |s, w| s * w * beta);
        }
        sum.into_iter()
            .enumerate()
            .filter(|(_, v)| *v > 0.0)
            .map(|(j, score)| Scored { node: j as u32, score })
            .collect()
    }
}

fn check_beta(network: &Network, weights: TieWeights, beta: f64) -> Result<()> {
    if network.edges() == 0 {
        return Ok(());
    }
    let largest = spectral_radius(network, weights)?;
    if beta > 0.0 && beta < 1.0 / largest {
        return Ok(());
    }
    Err(Error::Parameter {
        name: "beta",
        value: format!("{beta} with λ₁ = {largest:.6}"),
        must: "must be above 0 and below 1/λ₁, λ₁ the largest eigenvalue of the ties",
    })
}

/// How far walks along the ties of an undirected graph multiply at each step: the largest eigenvalue λ₁ of
/// the ties.
///
/// # Formula
/// `max_x xᵀWx / xᵀx`, W the ties, by the power method; the iteration runs on W + I, whose largest eigenvalue
/// is alone at the top on bipartite graphs too.
///
/// # Range
/// Above 0; at least the mean degree, at most the largest (strengths with weights).
///
/// # Direction
/// Higher: denser around its best tied nodes. Katz's β must be below `1/λ₁`.
///
/// # Undefined
/// On a graph without ties.
///
/// # Errors
/// [`Error::Undefined`] then, and when the iteration does not settle; [`Error::Parameter`] on a directed
/// graph.
///
/// # Complexity
/// O(ties) for each step.
pub fn spectral_radius(network: &Network, weights: TieWeights) -> Result<f64> {
    if network.is_directed() {
        let must = "the spectral radius is for undirected graphs";
        return Err(Error::Parameter { name: "network", value: "directed".to_owned(), must });
    }
    if network.edges() == 0 {
        return Err(Error::undefined("spectral radius", Undefined::NoTies));
    }
    let n = network.nodes();
    let mut x = vec![1.0 / (n as f64).sqrt(); n];
    let mut before = 0.0;
    for _ in 0..MOST_STEPS {
        let y = parallel::map(n, |i| {
            let row: f64 = network
                .ties(i)
                .map(|(j, w)| x[j as usize] * if weights == TieWeights::Ignored { 1.0 } else { w })
                .sum();
            row + x[i]
        });
        let norm = y.iter().map(|v| v * v).sum::<f64>().sqrt();
        x = y.into_iter().map(|v| v / norm).collect();
        if (norm - before).abs() <= 1e-13 * norm {
            return Ok(norm - 1.0);
        }
        before = norm;
    }
    Err(Error::undefined("spectral radius", Undefined::NoConvergence { iterations: MOST_STEPS }))
}

/// How similar two nodes are by whom they are tied to; 0 when no path of the kind leads from one to the
/// other.
///
/// # Formula
/// See [`Similarity`].
///
/// # Range
/// At least 0; Jaccard at most 1.
///
/// # Direction
/// Higher: more alike (length three: more complementary) by the ties they have.
///
/// # Errors
/// As [`Similarities::new`]; [`Error::Value`] when there is no such node.
///
/// # Complexity
/// O(ties two, or three, steps away).
///
/// # References
/// Lü & Zhou (2011), Link prediction in complex networks: a survey, Physica A,
/// doi:10.1016/j.physa.2010.11.027; Kovács et al. (2019), Nature Communications,
/// doi:10.1038/s41467-019-09177-y.
///
/// # Example
/// ```
/// use rurban::matching::{Similarity, similarity};
/// use rurban::network::{Direction, Network, TieWeights};
/// let square = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)];
/// let (g, _) = Network::from_edges(4, &square, Direction::Undirected)?;
/// assert_eq!(similarity(&g, Similarity::CommonNeighbours, TieWeights::Used, 0, 2)?, 2.0);
/// assert_eq!(similarity(&g, Similarity::ResourceAllocation, TieWeights::Used, 0, 2)?, 1.0);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn similarity(
    network: &Network,
    kind: Similarity,
    weights: TieWeights,
    i: usize,
    j: usize,
) -> Result<f64> {
    for index in [i, j] {
        if index >= network.nodes() {
            let must = "must be a node of the graph";
            return Err(Error::Value { what: "nodes", index: 0, value: index.to_string(), must });
        }
    }
    let row = Similarities::new(network, kind, weights)?.row(i);
    Ok(row.iter().find(|s| s.node as usize == j).map_or(0.0, |s| s.score))
}

/// Which `k` nodes are most similar to each node, best first, equal scores by node.
///
/// # Formula
/// The `k` largest [`similarity()`] of each node; nodes without any similarity above zero are not among them.
///
/// # Range
/// Above 0; Jaccard at most 1.
///
/// # Direction
/// As [`similarity()`].
///
/// # Errors
/// As [`Similarities::new`].
///
/// # Complexity
/// O(Σ ties two, or three, steps away); O(nodes²) for preferential attachment and Katz. In parallel, the same
/// for any number of threads.
///
/// # Example
/// ```
/// use rurban::matching::{Similarity, TiedPairs, most_similar};
/// use rurban::network::{Direction, Network, TieWeights};
/// use rurban::progress::Silent;
/// let path = [(0, 1, 1.0), (1, 2, 1.0)];
/// let (g, _) = Network::from_edges(3, &path, Direction::Undirected)?;
/// let kind = Similarity::CommonNeighbours;
/// let best = most_similar(&g, kind, TieWeights::Used, 5, TiedPairs::LeftOut, &Silent)?;
/// assert_eq!((best[0][0].node, best[1].len()), (2, 0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn most_similar(
    network: &Network,
    kind: Similarity,
    weights: TieWeights,
    k: usize,
    tied: TiedPairs,
    progress: &dyn Progress,
) -> Result<Vec<Vec<Scored>>> {
    rows(network, kind, weights, tied, progress, |_, row| {
        row.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.node.cmp(&b.node)));
        row.truncate(k);
    })
}

/// How similar the nodes of all pairs at most `radius_m` apart are, by node.
///
/// # Formula
/// Every [`similarity()`] above zero of a pair whose distance, in metres, is at most `radius_m`.
///
/// # Range
/// Above 0; Jaccard at most 1.
///
/// # Direction
/// As [`similarity()`].
///
/// # Undefined
/// A pair of unknown distance is left out.
///
/// # Errors
/// As [`Similarities::new`]; [`Error::Parameter`] when the radius is negative or not a number.
///
/// # Complexity
/// As [`most_similar`], and one distance for each pair with a similarity above zero.
pub fn similar_within(
    network: &Network,
    kind: Similarity,
    weights: TieWeights,
    tied: TiedPairs,
    (distance_m, radius_m): (impl Fn(usize, usize) -> Option<f64> + Sync + Send, f64),
    progress: &dyn Progress,
) -> Result<Vec<Vec<Scored>>> {
    if radius_m.is_nan() || radius_m < 0.0 {
        let must = "must not be negative";
        return Err(Error::Parameter { name: "radius_m", value: radius_m.to_string(), must });
    }
    rows(network, kind, weights, tied, progress, |i, row| {
        row.retain(|s| distance_m(i, s.node as usize).is_some_and(|d| d <= radius_m));
    })
}

fn rows(
    network: &Network,
    kind: Similarity,
    weights: TieWeights,
    tied: TiedPairs,
    progress: &dyn Progress,
    keep: impl Fn(usize, &mut Vec<Scored>) + Sync + Send,
) -> Result<Vec<Vec<Scored>>> {
    let similarities = Similarities::new(network, kind, weights)?;
    let n = network.nodes();
    progress.begin("similarity of nodes", Some(n as u64));
    let rows = parallel::map_init(
        n,
        || Room::new(n),
        |room, i| {
            let mut row = similarities.row_in(i, room);
            if tied == TiedPairs::LeftOut {
                row.retain(|s| network.weight(i, s.node).is_none());
            }
            keep(i, &mut row);
            row.shrink_to_fit();
            progress.advance(1);
            row
        },
    );
    progress.end();
    Ok(rows)
}

#[cfg(test)]
mod tests;
