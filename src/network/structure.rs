use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Direction, Network};
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::matrix::Csr;

/// Whether a measure uses the weights of ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieWeights {
    /// Every tie counts 1.
    Ignored,
    /// Ties count their weight.
    #[default]
    Used,
}

impl TieWeights {
    pub(super) fn of(self, weight: f64) -> f64 {
        match self {
            Self::Ignored => 1.0,
            Self::Used => weight,
        }
    }
}

/// The graph without directions: weights `w_ij + w_ji` when directed, itself when not.
pub(super) fn symmetric(network: &Network, weights: TieWeights) -> Result<Cow<'_, Network>> {
    if !network.is_directed() && weights == TieWeights::Used {
        return Ok(Cow::Borrowed(network));
    }
    let mut triplets = Vec::with_capacity(network.as_csr().entries() * 2);
    for (i, j, w) in network.edge_list() {
        let w = weights.of(w);
        triplets.push((i, j, w));
        triplets.push((j, i, w));
    }
    let n = network.nodes();
    Ok(Cow::Owned(Network::from_csr(Csr::from_triplets(n, n, &triplets)?, Direction::Undirected)))
}

/// Gives classes the numbers 0, 1, … in the order in which they first appear.
pub(super) fn renumbered(of: &[u32], bound: usize) -> (Vec<u32>, usize) {
    let mut number = vec![u32::MAX; bound];
    let mut next = 0;
    let out = of
        .iter()
        .map(|&c| {
            let slot = &mut number[c as usize];
            if *slot == u32::MAX {
                *slot = next;
                next += 1;
            }
            *slot
        })
        .collect();
    (out, next as usize)
}

/// Components of a graph, numbered by their smallest node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct Components {
    /// Component of every node.
    pub of: Labels,
    /// Number of nodes of each component.
    pub sizes: Vec<usize>,
}

impl Components {
    fn new(of: &[u32]) -> Result<Self> {
        let (of, count) = renumbered(of, of.len());
        let of = Labels::new(of, count)?;
        Ok(Self { sizes: of.sizes(), of })
    }

    /// Number of components.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.sizes.len()
    }

    /// Size of the largest component; 0 on an empty graph.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.sizes.iter().copied().max().unwrap_or(0)
    }
}

/// Parts of the graph between which there is no path, whatever the directions of ties.
///
/// An isolate is a component of its own.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(nodes + ties).
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, weak_components};
/// let (g, _) = Network::from_edges(4, &[(0, 2, 1.0), (3, 2, 1.0)], Direction::Directed)?;
/// assert_eq!(weak_components(&g)?.sizes, [3, 1]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn weak_components(network: &Network) -> Result<Components> {
    fn root(parent: &mut [u32], mut i: u32) -> u32 {
        while parent[i as usize] != i {
            parent[i as usize] = parent[parent[i as usize] as usize];
            i = parent[i as usize];
        }
        i
    }
    let mut parent: Vec<u32> = (0..network.nodes() as u32).collect();
    for (i, j, _) in network.edge_list() {
        let (a, b) = (root(&mut parent, i), root(&mut parent, j));
        parent[a.max(b) as usize] = a.min(b);
    }
    let of: Vec<u32> = (0..network.nodes() as u32).map(|i| root(&mut parent, i)).collect();
    Components::new(&of)
}

/// Largest parts in which every node reaches every other along the directions of ties.
///
/// Equal to [`weak_components`] on undirected graphs; without recursion.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Tarjan (1972), Depth-first search and linear graph algorithms, doi:10.1137/0201010.
pub fn strong_components(network: &Network) -> Result<Components> {
    const NEW: u32 = u32::MAX;
    if !network.is_directed() {
        return weak_components(network);
    }
    let n = network.nodes();
    let (mut index, mut low, mut of) = (vec![NEW; n], vec![0_u32; n], vec![NEW; n]);
    let (mut stack, mut calls): (Vec<u32>, Vec<(u32, usize)>) = (Vec::new(), Vec::new());
    let mut next = 0;
    for start in 0..n {
        if index[start] != NEW {
            continue;
        }
        calls.push((start as u32, 0));
        while let Some((v, at)) = calls.pop() {
            let i = v as usize;
            if at == 0 {
                index[i] = next;
                low[i] = next;
                next += 1;
                stack.push(v);
            } else {
                low[i] = low[i].min(low[network.neighbours(i)[at - 1] as usize]);
            }
            let mut deeper = false;
            for (k, &j) in network.neighbours(i).iter().enumerate().skip(at) {
                if index[j as usize] == NEW {
                    calls.push((v, k + 1));
                    calls.push((j, 0));
                    deeper = true;
                    break;
                } else if of[j as usize] == NEW {
                    low[i] = low[i].min(index[j as usize]);
                }
            }
            if !deeper && low[i] == index[i] {
                while let Some(j) = stack.pop() {
                    of[j as usize] = v;
                    if j == v {
                        break;
                    }
                }
            }
        }
    }
    Components::new(&of)
}

/// How deep every node lies in the dense heart of the graph: its core number.
///
/// # Formula
/// The largest k such that the node is in a part of the graph where everybody has at least k ties within
/// the part. Directions are ignored.
///
/// # Range
/// 0 to the degree.
///
/// # Direction
/// High values mark the dense heart; isolates have 0.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Batagelj & Zaversnik (2003), An O(m) algorithm for cores decomposition of networks, arXiv:cs/0310049.
pub fn core_numbers(network: &Network) -> Result<Vec<u32>> {
    let g = symmetric(network, TieWeights::Used)?;
    let n = g.nodes();
    let mut core: Vec<u32> = (0..n).map(|i| g.degree(i) as u32).collect();
    let largest = core.iter().copied().max().unwrap_or(0) as usize;
    let mut start = vec![0_usize; largest + 2];
    for &d in &core {
        start[d as usize + 1] += 1;
    }
    for d in 0..=largest {
        start[d + 1] += start[d];
    }
    let (mut order, mut place, mut free) = (vec![0_u32; n], vec![0_usize; n], start.clone());
    for i in 0..n {
        place[i] = free[core[i] as usize];
        order[place[i]] = i as u32;
        free[core[i] as usize] += 1;
    }
    for at in 0..n {
        let v = order[at] as usize;
        for &u in g.neighbours(v) {
            let u = u as usize;
            if core[u] > core[v] {
                // Move u to the front of its bin, then the bin's border past it.
                let (front, d) = (start[core[u] as usize].max(at + 1), core[u] as usize);
                let other = order[front] as usize;
                order.swap(front, place[u]);
                place[other] = place[u];
                place[u] = front;
                start[d] = front + 1;
                core[u] -= 1;
            }
        }
    }
    Ok(core)
}

/// Nodes of the k-core, increasing: those with a [core number](core_numbers) of at least `k`.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(nodes + ties).
pub fn k_core(network: &Network, k: u32) -> Result<Vec<u32>> {
    let core = core_numbers(network)?;
    Ok((0..core.len() as u32).filter(|&i| core[i as usize] >= k).collect())
}

/// How far ties are returned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Reciprocity {
    /// Share of arcs whose reverse is an arc, in [0, 1].
    pub share: f64,
    /// `(share − a) / (1 − a)` with density a = m / (n (n − 1)): above 0 when more ties are
    /// returned than chance would, below 0 when fewer. `None` when every possible arc is there.
    pub rho: Option<f64>,
    /// Share of weight that is returned: `Σ min(w_ij, w_ji) / Σ w_ij`.
    pub weighted: f64,
}

/// How far ties are returned: share, against chance and by weight.
///
/// # Formula
/// Share r of arcs whose reverse is an arc; `ρ = (r − a) / (1 − a)` with density `a = m / (n (n − 1))`, m
/// the arcs; by weight `Σ min(w_ij, w_ji) / Σ w_ij`.
///
/// # Range
/// Shares 0 to 1; ρ up to 1.
///
/// # Direction
/// ρ above 0: more ties are returned than chance would; all undirected ties are returned.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties; ρ is `None` when every possible arc is there.
///
/// # Errors
/// [`Error::Undefined`] without ties.
///
/// # Complexity
/// O(ties × log degree).
///
/// # References
/// Garlaschelli & Loffredo (2004), Patterns of link reciprocity in directed networks,
/// doi:10.1103/PhysRevLett.93.268701. Squartini, Picciolo, Ruzzenenti & Garlaschelli (2013), Reciprocity of
/// weighted networks, doi:10.1038/srep02729.
pub fn reciprocity(network: &Network) -> Result<Reciprocity> {
    let n = network.nodes() as f64;
    let arcs = network.as_csr().entries() as f64;
    if arcs == 0.0 {
        return Err(Error::undefined("reciprocity", Undefined::NoTies));
    }
    let (mut returned, mut shared, mut total) = (0_usize, 0.0, 0.0);
    for i in 0..network.nodes() {
        for (j, w) in network.ties(i) {
            total += w;
            if let Some(back) = network.weight(j as usize, i as u32) {
                returned += 1;
                shared += w.min(back);
            }
        }
    }
    let share = returned as f64 / arcs;
    let a = arcs / (n * (n - 1.0));
    Ok(Reciprocity { share, rho: (a < 1.0).then(|| (share - a) / (1.0 - a)), weighted: shared / total })
}

/// Triangles, by node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Clustering {
    /// Triangles each node is part of.
    pub triangles: Vec<u64>,
    /// Share of the pairs of a node's neighbours that are tied; NaN with fewer than two neighbours.
    pub local: Vec<f64>,
    /// Share of all two-paths that are closed; `None` when there are no two-paths.
    pub transitivity: Option<f64>,
}

/// How far one's partners are partners of each other: triangles and clustering.
///
/// # Formula
/// Of node i with k neighbours and t triangles: `t / (k (k − 1) / 2)`; transitivity: closed two-paths over
/// all two-paths, `Σ t / Σ k (k − 1) / 2`. Directions and weights are ignored.
///
/// # Range
/// 0 to 1.
///
/// # Direction
/// High: partners are partners of each other.
///
/// # Undefined
/// NaN with fewer than two neighbours; transitivity is `None` when there are no two-paths.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(ties^1.5).
///
/// # References
/// Watts & Strogatz (1998), Collective dynamics of small-world networks, doi:10.1038/30918.
pub fn clustering(network: &Network) -> Result<Clustering> {
    let g = symmetric(network, TieWeights::Used)?;
    let n = g.nodes();
    let later = |i: usize, j: u32| (g.degree(i), i) < (g.degree(j as usize), j as usize);
    let forward: Vec<Vec<u32>> =
        (0..n).map(|i| g.neighbours(i).iter().copied().filter(|&j| later(i, j)).collect()).collect();
    let mut triangles = vec![0_u64; n];
    let mut seen = vec![u32::MAX; n];
    for i in 0..n {
        for &j in &forward[i] {
            seen[j as usize] = i as u32;
        }
        for &j in &forward[i] {
            for &k in &forward[j as usize] {
                if seen[k as usize] == i as u32 {
                    triangles[i] += 1;
                    triangles[j as usize] += 1;
                    triangles[k as usize] += 1;
                }
            }
        }
    }
    let pairs: Vec<f64> =
        (0..n).map(|i| (g.degree(i) * g.degree(i).saturating_sub(1)) as f64 / 2.0).collect();
    let local = triangles.iter().zip(&pairs).map(|(&t, &p)| t as f64 / p).collect();
    let paths: f64 = pairs.iter().sum();
    let transitivity = (paths > 0.0).then(|| triangles.iter().sum::<u64>() as f64 / paths);
    Ok(Clustering { triangles, local, transitivity })
}
