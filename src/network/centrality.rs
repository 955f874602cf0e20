use std::cmp::Ordering;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::Network;
use super::structure::symmetric;
use crate::error::{Error, Result};
use crate::evidence::ROUNDING;
use crate::matrix::Csr;
use crate::network::TieWeights;
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;

/// How long a tie is on a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PathLength {
    /// Every tie is 1 long.
    #[default]
    Hops,
    /// A tie is as long as its weight: weights are distances or costs.
    Weight,
    /// A tie is 1 / weight long: weights are strengths.
    InverseWeight,
}

/// Number of chunks sources are dealt to: fixed, so sums do not depend on the number of threads.
const CHUNKS: usize = 64;

/// The graph renumbered breadth-first, so that neighbours lie near each other in memory.
struct Paths {
    starts: Vec<u32>,
    targets: Vec<u32>,
    /// Empty for hops.
    lengths: Vec<f64>,
    /// Old number of every new one.
    old: Vec<u32>,
}

impl Paths {
    fn new(graph: &Csr, length: PathLength) -> Self {
        let n = graph.rows();
        let mut by_degree: Vec<u32> = (0..n as u32).collect();
        by_degree.sort_by_key(|&i| std::cmp::Reverse(graph.row_len(i as usize)));
        let (mut old, mut new) = (Vec::with_capacity(n), vec![u32::MAX; n]);
        for &root in &by_degree {
            if new[root as usize] != u32::MAX {
                continue;
            }
            let mut at = old.len();
            new[root as usize] = at as u32;
            old.push(root);
            while at < old.len() {
                for &j in graph.indices(old[at] as usize) {
                    if new[j as usize] == u32::MAX {
                        new[j as usize] = old.len() as u32;
                        old.push(j);
                    }
                }
                at += 1;
            }
        }
        let mut paths = Self { starts: vec![0], targets: Vec::new(), lengths: Vec::new(), old };
        // No path is longer than the largest number.
        let longest = f64::MAX / (n as f64 + 1.0);
        for &i in &paths.old {
            for (j, w) in graph.row(i as usize) {
                paths.targets.push(new[j as usize]);
                match length {
                    PathLength::Hops => {}
                    PathLength::Weight => paths.lengths.push(w.min(longest)),
                    PathLength::InverseWeight => paths.lengths.push((1.0 / w).min(longest)),
                }
            }
            paths.starts.push(paths.targets.len() as u32);
        }
        paths
    }

    fn nodes(&self) -> usize {
        self.old.len()
    }

    /// All nodes but leaves, with the number of leaves on each; all nodes when ties have directions.
    fn sources(&self, directed: bool) -> Vec<(u32, u32)> {
        let all = 0..self.nodes() as u32;
        if directed {
            return all.map(|i| (i, 0)).collect();
        }
        let leaf = |i: u32| self.range(i).len() == 1;
        // Two leaves on each other are a component without anything between.
        let leaves = |i: u32| self.targets[self.range(i)].iter().filter(|&&j| leaf(j)).count() as u32;
        all.filter(|&i| !leaf(i)).map(|i| (i, leaves(i))).collect()
    }

    fn range(&self, i: u32) -> std::ops::Range<usize> {
        self.starts[i as usize] as usize..self.starts[i as usize + 1] as usize
    }
}

#[derive(PartialEq)]
struct Reached(f64, u32);

impl Eq for Reached {}
impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}
impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Scratch of single-source searches; every search leaves it as new.
struct Search {
    /// Hops from the source; with lengths, the position in `order`.
    hops: Vec<u32>,
    distance: Vec<f64>,
    /// Number of shortest paths.
    count: Vec<f64>,
    /// (1 + dependency) / count.
    share: Vec<f64>,
    order: Vec<u32>,
    /// Successors on shortest paths of the nodes in `order`, and where each one's begin.
    next: Vec<u32>,
    begin: Vec<u32>,
    heap: BinaryHeap<Reached>,
}

impl Search {
    fn new(paths: &Paths) -> Self {
        let n = paths.nodes();
        let weighted = if paths.lengths.is_empty() { 0 } else { n };
        Self {
            hops: vec![u32::MAX; n],
            distance: vec![f64::INFINITY; weighted],
            count: vec![0.0; n],
            share: vec![0.0; n],
            order: Vec::with_capacity(n),
            next: vec![0; paths.targets.len() + 1],
            begin: Vec::with_capacity(n + 1),
            heap: BinaryHeap::new(),
        }
    }

    /// Fills `order`, `next`, `begin`, `count` from `source`.
    fn forward(&mut self, paths: &Paths, source: u32) {
        self.order.clear();
        self.begin.clear();
        self.count[source as usize] = 1.0;
        let mut used = 0;
        if paths.lengths.is_empty() {
            self.hops[source as usize] = 0;
            self.order.push(source);
            let mut at = 0;
            while at < self.order.len() {
                let v = self.order[at];
                let (depth, count) = (self.hops[v as usize] + 1, self.count[v as usize]);
                self.begin.push(used as u32);
                for &t in &paths.targets[paths.range(v)] {
                    let hops = self.hops[t as usize];
                    if hops == u32::MAX {
                        self.hops[t as usize] = depth;
                        self.order.push(t);
                        self.count[t as usize] = count;
                        self.next[used] = t;
                        used += 1;
                    } else if hops == depth {
                        self.count[t as usize] += count;
                        self.next[used] = t;
                        used += 1;
                    }
                }
                at += 1;
            }
        } else {
            self.distance[source as usize] = 0.0;
            self.heap.push(Reached(0.0, source));
            while let Some(Reached(d, v)) = self.heap.pop() {
                if d > self.distance[v as usize] || self.hops[v as usize] != u32::MAX {
                    continue;
                }
                self.hops[v as usize] = self.order.len() as u32;
                self.order.push(v);
                for e in paths.range(v) {
                    let (t, through) = (paths.targets[e], d + paths.lengths[e]);
                    if through < self.distance[t as usize] {
                        self.distance[t as usize] = through;
                        self.heap.push(Reached(through, t));
                    }
                }
            }
            for &v in &self.order {
                self.begin.push(used as u32);
                for e in paths.range(v) {
                    let t = paths.targets[e];
                    let (through, least) =
                        (self.distance[v as usize] + paths.lengths[e], self.distance[t as usize]);
                    // Ties too short to lengthen a path lead on in the order of the search only, so that
                    // paths never turn back.
                    if self.hops[v as usize] < self.hops[t as usize] && through - least <= ROUNDING * least {
                        self.count[t as usize] += self.count[v as usize];
                        self.next[used] = t;
                        used += 1;
                    }
                }
            }
        }
        self.begin.push(used as u32);
    }

    /// Calls `add(node, dependency)` for every node but the source, and clears up.
    fn backward(&mut self, mut add: impl FnMut(usize, f64)) {
        for at in (0..self.order.len()).rev() {
            let v = self.order[at] as usize;
            let mut sum = 0.0;
            for &t in &self.next[self.begin[at] as usize..self.begin[at + 1] as usize] {
                sum += self.share[t as usize];
            }
            let dependency = self.count[v] * sum;
            self.share[v] = (1.0 + dependency) / self.count[v];
            if at > 0 {
                add(v, dependency);
            }
        }
        self.clear();
    }

    fn distance(&self, v: u32) -> f64 {
        if self.distance.is_empty() { f64::from(self.hops[v as usize]) } else { self.distance[v as usize] }
    }

    fn clear(&mut self) {
        for &v in &self.order {
            self.hops[v as usize] = u32::MAX;
            self.count[v as usize] = 0.0;
            if !self.distance.is_empty() {
                self.distance[v as usize] = f64::INFINITY;
            }
        }
    }
}

/// Sums of dependencies and of their squares over `sources` (new numbers, each with the leaves that hang
/// on it), by old number.
///
/// From a leaf all paths go through the node it hangs on: its dependencies are those of that node, and
/// that node's own is the number of other nodes it reaches.
fn dependencies(
    paths: &Paths,
    sources: &[(u32, u32)],
    squares: bool,
    progress: &dyn Progress,
) -> (Vec<f64>, Vec<f64>) {
    let n = paths.nodes();
    let chunks = CHUNKS.min(sources.len());
    progress.begin("betweenness", Some(sources.len() as u64));
    let parts = parallel::map_init(
        chunks,
        || Search::new(paths),
        |search, chunk| {
            let (mut sum, mut square) = (vec![0.0; n], vec![0.0; if squares { n } else { 0 }]);
            let own = &sources[chunk * sources.len() / chunks..(chunk + 1) * sources.len() / chunks];
            for &(source, leaves) in own {
                search.forward(paths, source);
                let times = f64::from(leaves) + 1.0;
                if leaves > 0 {
                    sum[source as usize] += f64::from(leaves) * (search.order.len() as f64 - 2.0);
                }
                if squares {
                    search.backward(|v, d| {
                        sum[v] += d;
                        square[v] += d * d;
                    });
                } else {
                    search.backward(|v, d| sum[v] += times * d);
                }
            }
            progress.advance(own.len() as u64);
            (sum, square)
        },
    );
    progress.end();
    let (mut sum, mut square) = (vec![0.0; n], vec![0.0; n]);
    for (part, squared) in &parts {
        for (v, &old) in paths.old.iter().enumerate() {
            sum[old as usize] += part[v];
            if squares {
                square[old as usize] += squared[v];
            }
        }
    }
    (sum, square)
}

/// Number of shortest paths between others that pass through each node, a share of each where there are
/// several.
///
/// # Formula
/// `B_v = Σ_{s ≠ v ≠ t} σ_st(v) / σ_st`, `σ_st` the shortest paths from s to t and `σ_st(v)` those through
/// v; each undirected pair counts once. Lengths within 10⁻¹⁰ of each other are equal: sums of tenths tie as
/// those of whole numbers do; a tie too short to lengthen a path counts as no way back.
///
/// # Range
/// 0 to (n − 1)(n − 2), half of it when undirected.
///
/// # Direction
/// High values mark go-betweens; isolates have 0.
///
/// # Complexity
/// O(nodes × ties), times log nodes with lengths, nodes with one tie at no cost (a star is linear, a
/// complete graph of 3,000 nodes takes about 20 s on a core); in parallel over sources with the same bytes
/// for any number of threads.
///
/// # References
/// Freeman (1977), A set of measures of centrality based on betweenness, Sociometry 40(1),
/// doi:10.2307/3033543. Brandes (2001), A faster algorithm for betweenness centrality,
/// doi:10.1080/0022250X.2001.9990249.
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, PathLength, betweenness};
/// use rurban::progress::Silent;
/// let (g, _) = Network::from_edges(3, &[(0, 1, 1.0), (1, 2, 1.0)], Direction::Undirected)?;
/// assert_eq!(betweenness(&g, PathLength::Hops, &Silent), [0.0, 1.0, 0.0]);
/// # Ok::<(), rurban::Error>(())
/// ```
#[must_use]
pub fn betweenness(network: &Network, length: PathLength, progress: &dyn Progress) -> Vec<f64> {
    let paths = Paths::new(network.as_csr(), length);
    let sources = paths.sources(network.is_directed());
    let (mut sum, _) = dependencies(&paths, &sources, false, progress);
    let scale = if network.is_directed() { 1.0 } else { 0.5 };
    for b in &mut sum {
        *b *= scale;
    }
    sum
}

/// Betweenness estimated from some sources.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct SampledBetweenness {
    /// Unbiased estimates, on the scale of [`betweenness`].
    pub estimate: Vec<f64>,
    /// Standard error of each estimate; 0 when all nodes were pivots, NaN with a single pivot.
    /// It is itself estimated, and is too small for nodes that matter to few sources only.
    pub standard_error: Vec<f64>,
    /// All estimates are within this of the exact values with probability 95 % or more, whatever the
    /// graph: Hoeffding's bound for dependencies in [0, n − 2], over all nodes at once.
    pub bound: f64,
    /// Number of pivots used.
    pub pivots: usize,
}

/// [`betweenness`] estimated from `pivots` sources drawn without replacement, with standard errors.
///
/// # Formula
/// The mean of the k pivots' dependencies times n, halved when undirected; standard error
/// `n √((1 − k/n) s² / k)`, s² the variance of the dependencies; bound that of Hoeffding
/// ([`SampledBetweenness::bound`]).
///
/// # Range
/// 0 or more, on the scale of [`betweenness`].
///
/// # Direction
/// As [`betweenness`].
///
/// # Undefined
/// The standard error is NaN with a single pivot.
///
/// # Errors
/// [`Error::Parameter`] when `pivots` is 0.
///
/// # Complexity
/// O(pivots × ties), times log nodes with lengths.
///
/// # References
/// Brandes & Pich (2007), Centrality estimation in large networks, doi:10.1142/S0218127407018403.
pub fn sampled_betweenness(
    network: &Network,
    length: PathLength,
    pivots: usize,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<SampledBetweenness> {
    if pivots == 0 {
        return Err(Error::Parameter { name: "pivots", value: "0".into(), must: "must be at least 1" });
    }
    let paths = Paths::new(network.as_csr(), length);
    let n = paths.nodes();
    let mut sources: Vec<u32> = (0..n as u32).collect();
    seed.stream(0).shuffle(&mut sources);
    sources.truncate(pivots);
    let k = sources.len() as f64;
    let sources: Vec<(u32, u32)> = sources.into_iter().map(|s| (s, 0)).collect();
    let (sum, square) = dependencies(&paths, &sources, true, progress);
    let n = n as f64;
    let scale = n * if network.is_directed() { 1.0 } else { 0.5 };
    let estimate = sum.iter().map(|s| s / k * scale).collect();
    let standard_error = sum
        .iter()
        .zip(&square)
        .map(|(s, q)| {
            if k == n {
                return 0.0;
            }
            let variance = ((q - s * s / k) / (k - 1.0)).max(0.0);
            if k < 2.0 { f64::NAN } else { scale * ((1.0 - k / n) * variance / k).sqrt() }
        })
        .collect();
    let bound =
        if k == n { 0.0 } else { scale * (n - 2.0).max(0.0) * ((2.0 * n / 0.05).ln() / (2.0 * k)).sqrt() };
    Ok(SampledBetweenness { estimate, standard_error, bound, pivots: sources.len() })
}

/// Nearness of every node to the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Closeness {
    /// `(r / Σd) (r / (n − 1))`, r the nodes that reach this one (Wasserman & Faust 1994, eq. 5.22
    /// for disconnected graphs); NaN for nodes nobody reaches.
    pub closeness: Vec<f64>,
    /// `Σ 1/d` over the nodes that reach this one (Marchiori & Latora 2000); 0 when nobody does.
    pub harmonic: Vec<f64>,
}

/// How near every node is to the others: closeness and harmonic centrality.
///
/// # Formula
/// Closeness `(r / Σ d) (r / (n − 1))` over the r nodes that reach this one of n, d their distance *to* it;
/// harmonic `Σ 1/d` over the same.
///
/// # Range
/// 0 to 1 by hops; harmonic 0 to n − 1.
///
/// # Direction
/// High values mean near.
///
/// # Undefined
/// Closeness is NaN for nodes nobody reaches; their harmonic centrality is 0.
///
/// # Complexity
/// O(nodes × ties), times log nodes with lengths, in parallel.
///
/// # References
/// Wasserman & Faust (1994), Social Network Analysis, eq. 5.22. Marchiori & Latora (2000), Harmony in the
/// small-world, doi:10.1016/S0378-4371(00)00311-3.
#[must_use = "this costs a search from every node"]
pub fn closeness(network: &Network, length: PathLength) -> Closeness {
    let reversed = network.reversed();
    let paths = Paths::new(reversed.as_csr(), length);
    let n = paths.nodes();
    let values = parallel::map_init(
        n,
        || Search::new(&paths),
        |search, v| {
            search.forward(&paths, v as u32);
            let (mut sum, mut inverse) = (0.0, 0.0);
            for &t in &search.order[1..] {
                let d = search.distance(t);
                sum += d;
                inverse += 1.0 / d;
            }
            let reached = (search.order.len() - 1) as f64;
            search.clear();
            (reached / sum * (reached / (n as f64 - 1.0)), inverse)
        },
    );
    let mut result = Closeness { closeness: vec![0.0; n], harmonic: vec![0.0; n] };
    for (v, &old) in paths.old.iter().enumerate() {
        (result.closeness[old as usize], result.harmonic[old as usize]) = values[v];
    }
    result
}

/// How far a node lies between better-tied ones.
///
/// # Formula
/// `k_v⁻¹ / Σ_u k_u⁻¹` over its neighbours u, k the degree, directions ignored.
///
/// # Range
/// Above 0.
///
/// # Direction
/// High: few ties, to nodes with many.
///
/// # Undefined
/// NaN for isolates.
///
/// # Errors
/// None on a well-formed [`Network`].
///
/// # Complexity
/// O(ties).
///
/// # References
/// Hwang, Cho, Zhang & Ramanathan (2006), Bridging centrality: identifying bridging nodes in scale-free
/// networks.
pub fn bridging_coefficient(network: &Network) -> Result<Vec<f64>> {
    let g = symmetric(network, TieWeights::Used)?;
    let inverse = |i: usize| 1.0 / g.degree(i) as f64;
    Ok((0..g.nodes())
        .map(|i| {
            if g.degree(i) == 0 {
                return f64::NAN;
            }
            inverse(i) / g.neighbours(i).iter().map(|&j| inverse(j as usize)).sum::<f64>()
        })
        .collect())
}

/// How far a node holds dense parts of the graph together.
///
/// # Formula
/// [`betweenness`] × [`bridging_coefficient`].
///
/// # Range
/// 0 or more.
///
/// # Direction
/// High values mark the nodes that hold dense parts together.
///
/// # Undefined
/// Never: isolates have 0, as their betweenness.
///
/// # Errors
/// [`Error::Shape`] when `betweenness` has not one value per node.
///
/// # Complexity
/// O(ties), the betweenness given.
///
/// # References
/// Hwang, Cho, Zhang & Ramanathan (2006), Bridging centrality: identifying bridging nodes in scale-free
/// networks.
pub fn bridging_centrality(network: &Network, betweenness: &[f64]) -> Result<Vec<f64>> {
    if betweenness.len() != network.nodes() {
        return Err(Error::Shape { what: "betweenness", expected: network.nodes(), got: betweenness.len() });
    }
    let coefficient = bridging_coefficient(network)?;
    Ok(betweenness.iter().zip(coefficient).map(|(b, c)| if c.is_nan() { 0.0 } else { b * c }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Direction;
    use crate::progress::Silent;

    fn by_length(n: usize, ties: &[(u32, u32, f64)]) -> Vec<f64> {
        let (g, _) = Network::from_edges(n, ties, Direction::Undirected).unwrap();
        betweenness(&g, PathLength::Weight, &Silent)
    }

    #[test]
    fn lengths_of_very_different_size() {
        assert_eq!(by_length(4, &[(0, 1, 1.0), (1, 2, 1e-23), (2, 3, 1.0)]), [0.0, 2.0, 2.0, 0.0]);
        assert_eq!(by_length(4, &[(0, 2, 1.0), (2, 1, 1e-23), (1, 3, 1.0)]), [0.0, 2.0, 2.0, 0.0]);
        let five = [(0, 1, 1e-20), (0, 2, 1.0), (0, 3, 1.0), (0, 4, 1e-20), (3, 4, 1.0)];
        let b = by_length(5, &five);
        assert!(b.iter().all(|b| *b <= 6.0), "{b:?}");
        assert_eq!(b[0], 5.5, "{b:?}");
        assert_eq!(by_length(3, &[(0, 1, 4e307), (1, 2, 3e307)]), [0.0, 1.0, 0.0]);
        let (g, _) = Network::from_edges(3, &[(0, 1, 1e-310), (1, 2, 1.0)], Direction::Undirected).unwrap();
        assert_eq!(betweenness(&g, PathLength::InverseWeight, &Silent), [0.0, 1.0, 0.0]);
    }

    #[test]
    fn a_change_of_unit_changes_nothing() {
        let mut random = Seed(12).stream(0);
        for _ in 0..40 {
            let whole: Vec<_> = (0..60)
                .map(|_| (random.below(25), random.below(25), f64::from(1 + random.below(9))))
                .collect();
            let (g, _) = Network::from_edges(25, &whole, Direction::Undirected).unwrap();
            // Lengths of merged ties are sums: read them back.
            let whole: Vec<_> = g.edge_list().collect();
            let want = by_length(25, &whole);
            for unit in [0.1, 1e-12, 1e80] {
                let other: Vec<_> = whole.iter().map(|&(a, b, w)| (a, b, w * unit)).collect();
                let got = by_length(25, &other);
                assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-9), "{unit}");
            }
        }
    }

    #[test]
    fn leaves_cost_nothing_and_count() {
        // A star, and a path of leaves and hubs by hand.
        let star: Vec<_> = (1..50_001).map(|i| (0, i, 1.0)).collect();
        assert_eq!(by_length(50_001, &star)[0], 50_000.0 * 49_999.0 / 2.0);
        let tree = [(0, 1, 1.0), (1, 2, 2.0), (1, 3, 1.0), (3, 4, 1.0), (5, 6, 1.0)];
        assert_eq!(by_length(8, &tree), [0.0, 5.0, 0.0, 3.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
