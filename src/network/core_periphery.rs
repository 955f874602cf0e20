//! A core that is tied to everyone, and a periphery tied to the core only.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Network;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null};
use crate::parallel;
use crate::progress::Progress;
use crate::random::{Seed, Stream};

const MEASURE: &str = "core and periphery";

/// The core of least errors (Lip 2011).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct LipCore {
    /// Ties missing in the core and ties inside the periphery.
    pub errors: u64,
    /// Nodes of the core, by degree, then by node.
    pub core: Vec<u32>,
}

/// The core and periphery of least errors, exactly.
///
/// # Formula
/// `Z(S) = m + k(k − 1)/2 − Σ_{i∈S} d_i`: ties missing among the k nodes of the core S plus ties among
/// the others. The best core of k nodes has the k highest degrees; k goes up while it pays.
///
/// # Range
/// 0 (a star, a full core) to m.
///
/// # Direction
/// Lower: nearer to a perfect core and periphery.
///
/// # Undefined
/// Without ties.
///
/// # Errors
/// [`Error::Undefined`] then; [`Error::Parameter`] on a directed graph.
///
/// # Complexity
/// O(nodes + ties + nodes log nodes).
///
/// # References
/// Lip (2011), A fast algorithm for the discrete core/periphery bipartitioning problem,
/// arXiv:1102.5511.
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, lip_core};
/// let star = [(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)];
/// let (g, _) = Network::from_edges(4, &star, Direction::Undirected)?;
/// let best = lip_core(&g)?;
/// assert_eq!((best.errors, best.core), (0, vec![0]));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn lip_core(network: &Network) -> Result<LipCore> {
    check(network)?;
    let order = by_degree(network);
    let degrees: Vec<usize> = order.iter().map(|&i| network.degree(i as usize)).collect();
    let (size, errors) = lip(&degrees, network.edges());
    Ok(LipCore { errors, core: order[..size].to_vec() })
}

/// Core size and errors from degrees in falling order. Adding node k (from 0) to the core changes Z by
/// `k − d_k`.
fn lip(degrees: &[usize], edges: usize) -> (usize, u64) {
    let (mut size, mut errors) = (0, edges as u64);
    while let Some(&d) = degrees.get(size)
        && d > size
    {
        errors = errors + size as u64 - d as u64;
        size += 1;
    }
    (size, errors)
}

/// Nodes by falling degree, then by node: sorted by counting.
fn by_degree(network: &Network) -> Vec<u32> {
    let n = network.nodes();
    let most = (0..n).map(|i| network.degree(i)).max().unwrap_or(0);
    let mut start = vec![0_usize; most + 2];
    (0..n).for_each(|i| start[most - network.degree(i) + 1] += 1);
    (1..start.len()).for_each(|d| start[d] += start[d - 1]);
    let mut order = vec![0_u32; n];
    for i in 0..n {
        let slot = &mut start[most - network.degree(i)];
        order[*slot] = i as u32;
        *slot += 1;
    }
    order
}

/// The core whose pattern the ties are most like (Borgatti & Everett 2000).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct PatternCore {
    /// Correlation of the ties with the pattern, over all pairs of nodes.
    pub correlation: f64,
    /// Nodes of the core, increasing.
    pub core: Vec<u32>,
}

/// Discrete core and periphery by the correlation of the ties with the pattern in which a pair is tied
/// when at least one end is in the core.
///
/// # Formula
/// `corr(A_ij, c_i ∨ c_j)` over pairs i < j, largest by local search: from the best core of highest
/// degrees, nodes move in or out and change places while the correlation grows. Ties count once,
/// whatever their weight.
///
/// # Range
/// Up to 1. A lower bound of the best there is: the search is not exhaustive.
///
/// # Direction
/// Higher: nearer to a core and periphery.
///
/// # Undefined
/// Without ties, and when all pairs are tied.
///
/// # Errors
/// [`Error::Undefined`] then; [`Error::Parameter`] on a directed graph.
///
/// # Complexity
/// O((moves + 1) × nodes + ties).
///
/// # References
/// Borgatti & Everett (2000), Models of core/periphery structures, doi:10.1016/S0378-8733(99)00019-2.
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, pattern_core};
/// let star = [(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)];
/// let (g, _) = Network::from_edges(4, &star, Direction::Undirected)?;
/// let best = pattern_core(&g)?;
/// assert_eq!((best.correlation, best.core), (1.0, vec![0]));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn pattern_core(network: &Network) -> Result<PatternCore> {
    check(network)?;
    let n = network.nodes();
    if network.edges() == n * (n - 1) / 2 {
        return Err(Error::undefined(MEASURE, Undefined::ZeroVariance));
    }
    let neighbours: Vec<&[u32]> = (0..n).map(|i| network.neighbours(i)).collect();
    let (correlation, core) = Search::new(&neighbours, network.edges()).run();
    Ok(PatternCore { correlation, core })
}

/// The search for the best pattern.
struct Search<'a> {
    neighbours: &'a [&'a [u32]],
    edges: usize,
    inside: Vec<bool>,
    size: usize,
    /// Ties with an end in the core.
    covered: usize,
    /// Partners of each node that are not in the core.
    outside: Vec<u32>,
}

impl<'a> Search<'a> {
    fn new(neighbours: &'a [&'a [u32]], edges: usize) -> Self {
        let n = neighbours.len();
        let outside = neighbours.iter().map(|l| l.len() as u32).collect();
        Self { neighbours, edges, inside: vec![false; n], size: 0, covered: 0, outside }
    }

    /// Correlation for a core of this size that covers so many ties.
    fn correlation(&self, size: usize, covered: usize) -> f64 {
        let n = self.neighbours.len() as f64;
        let (pairs, k) = (n * (n - 1.0) / 2.0, size as f64);
        let (p, q) = (self.edges as f64 / pairs, (k * (k - 1.0) / 2.0 + k * (n - k)) / pairs);
        let variance = p * (1.0 - p) * q * (1.0 - q);
        if variance > 1e-300 { (covered as f64 / pairs - p * q) / variance.sqrt() } else { f64::NEG_INFINITY }
    }

    fn flip(&mut self, i: usize) {
        let enters = !self.inside[i];
        self.inside[i] = enters;
        if enters {
            self.size += 1;
            self.covered += self.outside[i] as usize;
        } else {
            self.size -= 1;
            self.covered -= self.outside[i] as usize;
        }
        for &j in self.neighbours[i] {
            if enters {
                self.outside[j as usize] -= 1;
            } else {
                self.outside[j as usize] += 1;
            }
        }
    }

    /// The node outside that would cover most, and the one inside that covers least.
    fn candidates(&self) -> [Option<usize>; 2] {
        let (mut best, mut worst) = (None, None);
        let (mut most, mut least) = (0, u32::MAX);
        for (i, (&inside, &count)) in self.inside.iter().zip(&self.outside).enumerate() {
            if inside {
                if count < least {
                    (least, worst) = (count, Some(i));
                }
            } else if best.is_none() || count > most {
                (most, best) = (count, Some(i));
            }
        }
        [best, worst]
    }

    fn run(mut self) -> (f64, Vec<u32>) {
        let n = self.neighbours.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&i| (std::cmp::Reverse(self.neighbours[i].len()), i));
        let (mut best, mut size) = (f64::NEG_INFINITY, 0);
        for (k, &i) in order.iter().enumerate() {
            if self.neighbours[i].is_empty() {
                break;
            }
            self.flip(i);
            let value = self.correlation(k + 1, self.covered);
            if value > best {
                (best, size) = (value, k + 1);
            }
        }
        for &i in &order[size..] {
            if self.inside[i] {
                self.flip(i);
            }
        }
        // Every move gains, so it ends.
        loop {
            let [enter, leave] = self.candidates();
            let mut moves: Vec<(f64, [Option<usize>; 2])> = Vec::new();
            if let Some(i) = enter {
                let covered = self.covered + self.outside[i] as usize;
                moves.push((self.correlation(self.size + 1, covered), [Some(i), None]));
            }
            if let Some(i) = leave {
                let covered = self.covered - self.outside[i] as usize;
                moves.push((self.correlation(self.size - 1, covered), [None, Some(i)]));
            }
            if let (Some(i), Some(j)) = (enter, leave) {
                // What j leaves uncovered are its ties to others outside, i (about to enter) not among
                // them: outside[i] counts no tie to j, which is inside, and outside[j] counts one to i.
                let tied = usize::from(self.neighbours[i].binary_search(&(j as u32)).is_ok());
                let covered = self.covered + self.outside[i] as usize + tied - self.outside[j] as usize;
                moves.push((self.correlation(self.size, covered), [Some(i), Some(j)]));
            }
            let chosen = moves.into_iter().max_by(|a, b| a.0.total_cmp(&b.0));
            match chosen {
                Some((value, nodes)) if value > best + 1e-12 => {
                    best = value;
                    nodes.into_iter().flatten().for_each(|i| self.flip(i));
                }
                _ => break,
            }
        }
        let core = (0..n).filter(|&i| self.inside[i]).map(|i| i as u32).collect();
        (best, core)
    }
}

/// How near to the core each node is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Coreness {
    /// Coreness c of each node, at least 0.
    pub of: Vec<f64>,
    /// Share of the squares of the ties that `c_i c_j` accounts for, in [0, 1].
    pub explained: f64,
}

/// Continuous core and periphery by minimum residuals.
///
/// # Formula
/// The c ≥ 0 that makes `Σ_{i≠j} (w_ij − c_i c_j)²` least; the diagonal does not count.
///
/// # Range
/// c from 0; `explained` in [0, 1].
///
/// # Direction
/// Higher: nearer to the core.
///
/// # Undefined
/// Without ties; when the steps do not settle, as on a star, where a centre that grows for ever leaves
/// ever smaller residuals.
///
/// # Errors
/// [`Error::Undefined`] then; [`Error::Parameter`] on a directed graph.
///
/// # Complexity
/// O(steps × (nodes + ties)).
///
/// # References
/// Boyd, Fitzgerald, Mahutga & Smith (2010), Computing continuous core/periphery structures for social
/// relations data with MINRES/SVD, doi:10.1016/j.socnet.2009.09.003.
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, coreness};
/// // w = c cᵀ with c = (2, 1, 1).
/// let ties = [(0, 1, 2.0), (0, 2, 2.0), (1, 2, 1.0)];
/// let (g, _) = Network::from_edges(3, &ties, Direction::Undirected)?;
/// let c = coreness(&g)?;
/// assert!((c.of[0] - 2.0).abs() < 1e-6 && (c.explained - 1.0).abs() < 1e-9);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn coreness(network: &Network) -> Result<Coreness> {
    const MOST: usize = 10_000;
    check(network)?;
    let n = network.nodes();
    let total: f64 = (0..n).flat_map(|i| network.weights(i)).map(|w| w * w).sum();
    let mut c: Vec<f64> = (0..n).map(|i| network.strength(i)).collect();
    // Of the size that fits the sum of all ties.
    let sum: f64 = c.iter().sum();
    c.iter_mut().for_each(|v| *v /= sum.sqrt());
    let mut squares: f64 = c.iter().map(|v| v * v).sum();
    for step in 1..=MOST {
        let mut change = 0.0_f64;
        for i in 0..n {
            // Given all others, the best c_i; squares are kept up to date.
            let near: f64 = network.ties(i).map(|(j, w)| w * c[j as usize]).sum();
            let rest = squares - c[i] * c[i];
            let next = if rest > 1e-300 { near / rest } else { 0.0 };
            change = change.max((next - c[i]).abs());
            squares = rest + next * next;
            c[i] = next;
        }
        squares = c.iter().map(|v| v * v).sum();
        if change <= 1e-12 * squares.sqrt() {
            break;
        }
        if step == MOST {
            return Err(Error::undefined(MEASURE, Undefined::NoConvergence { iterations: MOST }));
        }
    }
    let fourth: f64 = c.iter().map(|v| v.powi(4)).sum();
    let cross: f64 = (0..n)
        .flat_map(|i| network.ties(i).map(move |(j, w)| (i, j, w)))
        .map(|(i, j, w)| w * c[i] * c[j as usize])
        .sum();
    let residual = total - 2.0 * cross + (squares * squares - fourth);
    Ok(Coreness { of: c, explained: (1.0 - residual / total).clamp(0.0, 1.0) })
}

/// Which measure of a core is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoreMeasure {
    /// Errors of [`lip_core`]; fewer than by chance means a core.
    LipErrors,
    /// Correlation of [`pattern_core`]; more than by chance means a core.
    PatternCorrelation,
}

/// What chance means for a core.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum CoreNull<'a> {
    /// As many ties between any pairs.
    Density,
    /// As many ties at each distance between any pairs so far apart.
    Distance {
        /// Projected coordinates (x, y) of each node, in metres.
        positions_m: &'a [Coord<f64>],
        /// Width of the bins of distance, in metres.
        bin_m: f64,
    },
}

/// Whether a graph has more of a core and periphery than graphs of the same density, or of the same ties by
/// distance.
///
/// Never against graphs of the same degrees: a single core and periphery *is* what degrees give (for
/// [`lip_core`] the degrees alone decide), so that such a test says nothing (Kojaku & Masuda 2018).
/// Replicate r uses stream r of the seed.
///
/// # Formula
/// The errors of [`lip_core`] or the correlation of [`pattern_core`] on the graph and on `replicates`
/// random ones; z and p as in [`Evidence::monte_carlo`].
///
/// # Range
/// That of the measure; z any number.
///
/// # Direction
/// Fewer errors, or more correlation, than by chance means a core.
///
/// # Undefined
/// As [`lip_core`] and [`pattern_core`]; no z and p where chance leaves no variation.
///
/// # Errors
/// As [`pattern_core`]; [`Error::Shape`], [`Error::Value`] and [`Error::Parameter`] on positions, a bin or
/// a number of replicates that do not serve.
///
/// # Complexity
/// O(replicates × ties), and O(nodes²) once (time and memory) for the distances.
///
/// # References
/// Kojaku & Masuda (2018), Core-periphery structure requires something else in the network,
/// doi:10.1088/1367-2630/aab547.
pub fn core_evidence(
    network: &Network,
    measure: CoreMeasure,
    null: CoreNull<'_>,
    replicates: usize,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<Evidence> {
    if replicates == 0 {
        let must = "must be at least 1";
        return Err(Error::Parameter { name: "replicates", value: "0".to_owned(), must });
    }
    let observed = match measure {
        CoreMeasure::LipErrors => lip_core(network)?.errors as f64,
        CoreMeasure::PatternCorrelation => pattern_core(network)?.correlation,
    };
    let (n, m) = (network.nodes(), network.edges());
    let bins = match null {
        CoreNull::Density => None,
        CoreNull::Distance { positions_m, bin_m } => Some(Bins::new(network, positions_m, bin_m)?),
    };
    progress.begin("random cores", Some(replicates as u64));
    let values = parallel::map_init(
        replicates,
        || (Vec::with_capacity(m), Adjacency::new(n)),
        |(ties, adjacency), r| {
            let mut random = seed.stream(r as u64);
            ties.clear();
            match &bins {
                None => draw(n as u64 * (n as u64 - 1) / 2, m, &mut random, |k| ties.push(pair_at(n, k))),
                Some(bins) => bins.draw(&mut random, ties),
            }
            progress.advance(1);
            match measure {
                CoreMeasure::LipErrors => {
                    let mut degrees = vec![0_usize; n];
                    for &(a, b) in ties.iter() {
                        degrees[a as usize] += 1;
                        degrees[b as usize] += 1;
                    }
                    degrees.sort_unstable_by(|a, b| b.cmp(a));
                    lip(&degrees, m).1 as f64
                }
                CoreMeasure::PatternCorrelation => {
                    adjacency.fill(n, ties);
                    let lists = adjacency.lists(n);
                    Search::new(&lists, m).run().0
                }
            }
        },
    );
    progress.end();
    let of = match null {
        CoreNull::Density => Null::ConditionalUniform,
        CoreNull::Distance { .. } => Null::Gravity,
    };
    Ok(Evidence::monte_carlo(of, observed, &values, n).with_counts(network.isolates(), 0))
}

/// `m` different numbers below `all`, each set equally likely (Floyd), handed to `take` increasing.
fn draw(all: u64, m: usize, random: &mut Stream, take: impl FnMut(u64)) {
    let below = |random: &mut Stream, n: u64| match u32::try_from(n) {
        Ok(n) => u64::from(random.below(n)),
        Err(_) => ((u128::from(random.bits()) * u128::from(n)) >> 64) as u64,
    };
    let m = (m as u64).min(all);
    let mut chosen: Vec<u64> = Vec::with_capacity(m as usize);
    if m * 4 > all {
        // Many of few: one draw for each.
        let mut left = m;
        for k in 0..all {
            if below(random, all - k) < left {
                chosen.push(k);
                left -= 1;
            }
        }
    } else {
        // Few of many: repeated ones are drawn again.
        let mut missing = m as usize;
        while missing > 0 {
            (0..missing).for_each(|_| chosen.push(below(random, all)));
            chosen.sort_unstable();
            chosen.dedup();
            missing = m as usize - chosen.len();
        }
    }
    chosen.into_iter().for_each(take);
}

/// Pair `k` of the pairs a < b in increasing order of (a, b).
fn pair_at(n: usize, k: u64) -> (u32, u32) {
    let n = n as u64;
    // Pairs whose first end is below a: a (2n − a − 1) / 2.
    let start = |a: u64| a * (2 * n - a - 1) / 2;
    let (b, disc) = ((2 * n - 1) as f64, k as f64);
    let mut a = ((b - (b * b - 8.0 * disc).max(0.0).sqrt()) / 2.0) as u64;
    a = a.min(n - 2);
    while start(a) > k {
        a -= 1;
    }
    while a + 2 < n && start(a + 1) <= k {
        a += 1;
    }
    (a as u32, (a + 1 + k - start(a)) as u32)
}

/// Pairs of nodes by distance, and the ties observed in each bin.
struct Bins {
    pairs: Vec<(u32, u32)>,
    /// Where the pairs of each bin begin.
    start: Vec<usize>,
    ties: Vec<usize>,
}

impl Bins {
    fn new(network: &Network, positions_m: &[Coord<f64>], bin_m: f64) -> Result<Self> {
        let n = network.nodes();
        crate::check::check_len("positions", positions_m.len(), n)?;
        if let Some(index) = positions_m.iter().position(|p| !(p.x.is_finite() && p.y.is_finite())) {
            let value = format!("{:?}", positions_m[index]);
            return Err(Error::Value { what: "positions", index, value, must: "must be finite" });
        }
        let wrong = |must| Error::Parameter { name: "bin_m", value: bin_m.to_string(), must };
        if !(bin_m.is_finite() && bin_m > 0.0) {
            return Err(wrong("must be positive"));
        }
        let bin = |i: usize, j: usize| {
            let (a, b) = (positions_m[i], positions_m[j]);
            ((a.x - b.x).hypot(a.y - b.y) / bin_m) as usize
        };
        let mut last = 0;
        for i in 0..n {
            for j in i + 1..n {
                last = last.max(bin(i, j));
            }
        }
        if last > 1 << 24 {
            return Err(wrong("too narrow for the extent"));
        }
        let mut start = vec![0_usize; last + 2];
        for i in 0..n {
            for j in i + 1..n {
                start[bin(i, j) + 1] += 1;
            }
        }
        (1..start.len()).for_each(|b| start[b] += start[b - 1]);
        let mut next = start.clone();
        let mut pairs = vec![(0, 0); n * n.saturating_sub(1) / 2];
        for i in 0..n {
            for j in i + 1..n {
                let slot = &mut next[bin(i, j)];
                pairs[*slot] = (i as u32, j as u32);
                *slot += 1;
            }
        }
        let mut ties = vec![0; last + 1];
        network.edge_list().for_each(|(a, b, _)| ties[bin(a as usize, b as usize)] += 1);
        Ok(Self { pairs, start, ties })
    }

    fn draw(&self, random: &mut Stream, ties: &mut Vec<(u32, u32)>) {
        for (b, &m) in self.ties.iter().enumerate() {
            let pairs = &self.pairs[self.start[b]..self.start[b + 1]];
            draw(pairs.len() as u64, m, random, |k| ties.push(pairs[k as usize]));
        }
    }
}

/// Partners of each node in one block, used again for each replicate.
struct Adjacency {
    start: Vec<usize>,
    partners: Vec<u32>,
}

impl Adjacency {
    fn new(n: usize) -> Self {
        Self { start: vec![0; n + 1], partners: Vec::new() }
    }

    fn fill(&mut self, n: usize, ties: &[(u32, u32)]) {
        self.start.fill(0);
        for &(a, b) in ties {
            self.start[a as usize + 1] += 1;
            self.start[b as usize + 1] += 1;
        }
        (1..=n).for_each(|i| self.start[i] += self.start[i - 1]);
        let mut next = self.start.clone();
        self.partners.clear();
        self.partners.resize(ties.len() * 2, 0);
        for &(a, b) in ties {
            for (from, to) in [(a, b), (b, a)] {
                let slot = &mut next[from as usize];
                self.partners[*slot] = to;
                *slot += 1;
            }
        }
        (0..n).for_each(|i| self.partners[self.start[i]..self.start[i + 1]].sort_unstable());
    }

    fn lists(&self, n: usize) -> Vec<&[u32]> {
        (0..n).map(|i| &self.partners[self.start[i]..self.start[i + 1]]).collect()
    }
}

fn check(network: &Network) -> Result<()> {
    if network.is_directed() {
        let must = "core and periphery are for undirected graphs; drop the direction first";
        return Err(Error::Parameter { name: "network", value: "directed".to_owned(), must });
    }
    if network.edges() == 0 {
        return Err(Error::undefined(MEASURE, Undefined::NoTies));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
