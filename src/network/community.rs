use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::structure::{renumbered, symmetric};
use super::{Network, TieWeights};
use crate::error::{Error, Result, Undefined};
use crate::evidence::exponent;
use crate::labels::Labels;
use crate::random::{Seed, Stream};

/// Options of [`leiden`] and [`louvain`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct CommunityOptions {
    /// Resolution γ: higher values give more and smaller communities.
    pub resolution: f64,
    /// Whether weights count.
    pub weights: TieWeights,
    /// Passes over the whole graph at most; a run ends earlier when a pass gains nothing.
    pub passes: usize,
    /// Independent runs, of which the best is kept; run r uses stream r of the seed.
    pub runs: usize,
    /// Seed of the order in which nodes are visited.
    pub seed: Seed,
}

impl Default for CommunityOptions {
    fn default() -> Self {
        Self { resolution: 1.0, weights: TieWeights::Used, passes: 4, runs: 1, seed: Seed::default() }
    }
}

impl CommunityOptions {
    setters! {
        resolution: f64,
        weights: TieWeights,
        passes: usize,
        runs: usize,
        seed: Seed,
    }
}

/// A partition of the nodes into communities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Communities {
    /// Community of every node, numbered by smallest node; an isolate is one of its own.
    pub of: Labels,
    /// Modularity of the partition at the resolution asked for, directions ignored: that of a directed
    /// graph with its directions is told by [`modularity()`].
    pub modularity: f64,
}

/// Share of tie weight inside groups less what strengths alone would put there.
///
/// # Formula
/// `Q = Σ_ij (w_ij − γ s_i s_j / 2W) δ(c_i, c_j) / 2W`, s the strengths, W the total weight, c the groups,
/// γ the resolution; with `s_out s_in / W` when directed. Unlabelled nodes form a group.
///
/// # Range
/// [−1/2, 1] at γ = 1.
///
/// # Direction
/// High: more inside the groups than strengths give; 0: as much.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties.
///
/// # Errors
/// [`Error::Undefined`] without ties, [`Error::Shape`] when labels do not match the nodes,
/// [`Error::Parameter`] for a resolution that is not finite.
///
/// # Complexity
/// O(ties).
///
/// # References
/// Newman & Girvan (2004), doi:10.1103/PhysRevE.69.026113. Leicht & Newman (2008),
/// doi:10.1103/PhysRevLett.100.118703 (directed). Reichardt & Bornholdt (2006),
/// doi:10.1103/PhysRevE.74.016110 (γ).
pub fn modularity(network: &Network, groups: &Labels, resolution: f64, weights: TieWeights) -> Result<f64> {
    let n = network.nodes();
    if groups.len() != n {
        return Err(Error::Shape { what: "groups", expected: n, got: groups.len() });
    }
    if !resolution.is_finite() {
        let must = "must be finite";
        return Err(Error::Parameter { name: "resolution", value: resolution.to_string(), must });
    }
    let groups = groups.with_unlabelled_class();
    let of = groups.as_slice();
    let (mut out, mut into) = (vec![0.0; groups.classes()], vec![0.0; groups.classes()]);
    let (mut inside, mut total) = (0.0, 0.0);
    for i in 0..n {
        for (j, w) in network.ties(i) {
            let (w, j) = (weights.of(w), j as usize);
            total += w;
            out[of[i] as usize] += w;
            into[of[j] as usize] += w;
            if of[i] == of[j] {
                inside += w;
            }
        }
    }
    if total == 0.0 {
        return Err(Error::undefined("modularity", Undefined::NoTies));
    }
    let expected: f64 = out.iter().zip(&into).map(|(a, b)| (a / total) * (b / total)).sum();
    Ok(inside / total - resolution * expected)
}

/// Communities by the Leiden algorithm: groups with more ties inside than strengths alone would put there.
///
/// Every community is connected. Directions are ignored (`w_ij + w_ji`). Same seed, same result.
///
/// # Formula
/// The partition of largest [`modularity`] found by moving nodes, refining and aggregating.
///
/// # Range
/// Modularity as [`modularity()`] has it.
///
/// # Direction
/// High modularity: clear communities.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties.
///
/// # Errors
/// [`Error::Undefined`] without ties; [`Error::Parameter`] for a resolution that is not positive and
/// finite, or no run.
///
/// # Complexity
/// Near-linear in the ties.
///
/// # References
/// Traag, Waltman & van Eck (2019), From Louvain to Leiden, doi:10.1038/s41598-019-41695-z.
///
/// # Example
/// ```
/// use rurban::network::{CommunityOptions, Direction, Network, leiden};
/// let ties = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0)];
/// let (g, _) = Network::from_edges(6, &ties, Direction::Undirected)?;
/// assert_eq!(leiden(&g, &CommunityOptions::default())?.of.as_slice(), [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn leiden(network: &Network, options: &CommunityOptions) -> Result<Communities> {
    optimise(network, *options, true)
}

/// Communities by the Louvain algorithm; prefer [`leiden`]: these may be disconnected.
///
/// # Formula
/// The partition of largest [`modularity`] found by moving nodes and aggregating.
///
/// # Range
/// As [`leiden`].
///
/// # Direction
/// As [`leiden`].
///
/// # Undefined
/// As [`leiden`].
///
/// # Errors
/// As [`leiden`].
///
/// # Complexity
/// Near-linear in the ties.
///
/// # References
/// Blondel, Guillaume, Lambiotte & Lefebvre (2008), Fast unfolding of communities in large networks,
/// doi:10.1088/1742-5468/2008/10/P10008.
pub fn louvain(network: &Network, options: &CommunityOptions) -> Result<Communities> {
    optimise(network, *options, false)
}

fn optimise(network: &Network, options: CommunityOptions, refined: bool) -> Result<Communities> {
    let resolution = options.resolution;
    if !(resolution.is_finite() && resolution > 0.0) {
        return Err(Error::Parameter {
            name: "resolution",
            value: resolution.to_string(),
            must: "must be positive and finite",
        });
    }
    let g = symmetric(network, options.weights)?;
    let base = Level::new(&g, resolution);
    let run = |run: usize| -> Result<Option<Communities>> {
        let mut best: Option<Communities> = None;
        let mut random = options.seed.stream(run as u64);
        let mut of: Vec<u32> = (0..g.nodes() as u32).collect();
        let mut quality = f64::NEG_INFINITY;
        for _ in 0..options.passes.max(1) {
            let mut next = pass(&base, &of, refined, &mut random);
            if refined {
                next = connected(&base, &next);
            }
            let (numbers, count) = renumbered(&next, g.nodes());
            let labels = Labels::new(numbers, count)?;
            let q = modularity(&g, &labels, resolution, TieWeights::Used)?;
            let gained = q > quality + 1e-10;
            of = labels.as_slice().to_vec();
            quality = q;
            if best.as_ref().is_none_or(|b| q > b.modularity) {
                best = Some(Communities { of: labels, modularity: q });
            }
            if !gained {
                break;
            }
        }
        Ok(best)
    };
    let mut best: Option<Communities> = None;
    for found in crate::parallel::map(options.runs, run) {
        if let Some(found) = found?
            && best.as_ref().is_none_or(|b| found.modularity > b.modularity)
        {
            best = Some(found);
        }
    }
    best.ok_or(Error::Parameter { name: "runs", value: "0".into(), must: "must be at least 1" })
}

/// An aggregated graph; ties within an aggregate do not matter to any move and are left out.
struct Level {
    starts: Vec<usize>,
    ends: Vec<u32>,
    weights: Weights,
    strength: Vec<f64>,
    /// γ / 2W.
    scale: f64,
    /// Gains are told apart from rounding by this part of a node's strength: they are of its ties, and of
    /// γ times as much.
    slack: f64,
}

/// Weights of the ties of a level, in their order. Where all are one (cooperations counted once), a large graph has
/// a quarter of the memory to go through.
enum Weights {
    All(f64),
    Each(Vec<f64>),
}

impl Level {
    fn new(g: &Network, resolution: f64) -> Self {
        let (starts, ends, weights) = g.as_csr().parts();
        // In units of the largest weight (a power of two, so that nothing is rounded) no sum is too
        // small or too large, and moves do not depend on the unit.
        let unit = exponent(weights);
        let scaled = |w: f64| libm::ldexp(w, -unit);
        let weights = match weights.first() {
            Some(&one) if weights.iter().all(|&w| w == one) => Weights::All(scaled(one)),
            _ => Weights::Each(weights.iter().map(|&w| scaled(w)).collect()),
        };
        let mut level = Self {
            starts: starts.to_vec(),
            ends: ends.to_vec(),
            weights,
            strength: Vec::new(),
            scale: 0.0,
            slack: 1e-12 * resolution.max(1.0),
        };
        level.strength = (0..g.nodes()).map(|i| level.ties(i).map(|t| t.1).sum()).collect();
        level.scale = resolution / level.strength.iter().sum::<f64>();
        level
    }

    fn nodes(&self) -> usize {
        self.strength.len()
    }

    fn neighbours(&self, i: usize) -> &[u32] {
        &self.ends[self.starts[i]..self.starts[i + 1]]
    }

    fn ties(&self, i: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let from = self.starts[i];
        self.neighbours(i).iter().enumerate().map(move |(k, &j)| {
            let w = match &self.weights {
                Weights::All(w) => *w,
                Weights::Each(weights) => weights[from + k],
            };
            (j, w)
        })
    }

    /// One node per group of `of`, which are numbered `0..count`.
    fn aggregated(&self, of: &[u32], count: usize) -> Self {
        let mut starts = vec![0_usize; count + 1];
        for &c in of {
            starts[c as usize + 1] += 1;
        }
        for c in 0..count {
            starts[c + 1] += starts[c];
        }
        let (mut free, mut members) = (starts.clone(), vec![0_u32; of.len()]);
        for (i, &c) in of.iter().enumerate() {
            members[free[c as usize]] = i as u32;
            free[c as usize] += 1;
        }
        let (mut ends, mut weights) = (Vec::new(), Vec::new());
        let mut next = Self {
            starts: vec![0],
            ends: Vec::new(),
            weights: Weights::Each(Vec::new()),
            strength: vec![0.0; count],
            scale: self.scale,
            slack: self.slack,
        };
        let mut sums = Sums::new(count);
        for c in 0..count {
            for &i in &members[starts[c]..starts[c + 1]] {
                next.strength[c] += self.strength[i as usize];
                for (j, w) in self.ties(i as usize) {
                    if of[j as usize] as usize != c {
                        sums.add(of[j as usize], w);
                    }
                }
            }
            ends.extend_from_slice(&sums.touched);
            weights.extend(sums.touched.iter().map(|&d| sums.of[d as usize]));
            sums.clear();
            next.starts.push(ends.len());
        }
        (next.ends, next.weights) = (ends, Weights::Each(weights));
        next
    }
}

/// Sums by group, cleared in the time it took to fill them.
struct Sums {
    of: Vec<f64>,
    touched: Vec<u32>,
    groups: Vec<u32>,
}

impl Sums {
    fn new(n: usize) -> Self {
        Self { of: vec![0.0; n], touched: Vec::new(), groups: Vec::new() }
    }

    /// Adds ties by the group of their other end. Groups are looked up first, and whether one is met for the
    /// first time is added, not asked: a large graph waits for memory here, and so does not wait for one look
    /// after the other.
    fn add_ties(&mut self, level: &Level, i: usize, group: &[u32]) {
        self.groups.clear();
        self.groups.extend(level.neighbours(i).iter().map(|&j| group[j as usize]));
        let mut met = self.touched.len();
        self.touched.resize(met + self.groups.len(), 0);
        let mut add = |c: u32, w: f64| {
            let sum = &mut self.of[c as usize];
            self.touched[met] = c;
            met += usize::from(*sum == 0.0);
            *sum += w;
        };
        match &level.weights {
            Weights::All(w) => self.groups.iter().for_each(|&c| add(c, *w)),
            Weights::Each(weights) => {
                self.groups.iter().zip(&weights[level.starts[i]..]).for_each(|(&c, &w)| add(c, w));
            }
        }
        self.touched.truncate(met);
    }

    fn add(&mut self, group: u32, w: f64) {
        // Weights are positive: a sum of 0 is a group not met yet.
        if self.of[group as usize] == 0.0 {
            self.touched.push(group);
        }
        self.of[group as usize] += w;
    }

    fn clear(&mut self) {
        for &c in &self.touched {
            self.of[c as usize] = 0.0;
        }
        self.touched.clear();
    }
}

/// One pass from the partition `of`: moves, refines and aggregates until nothing changes.
fn pass(base: &Level, of: &[u32], refined: bool, random: &mut Stream) -> Vec<u32> {
    let mut node: Vec<u32> = (0..base.nodes() as u32).collect();
    let (mut of, _) = renumbered(of, base.nodes());
    let mut owned: Option<Level> = None;
    loop {
        let level = owned.as_ref().unwrap_or(base);
        move_nodes(level, &mut of, random);
        let (coarse, count) = renumbered(&of, level.nodes());
        of = coarse;
        if count == level.nodes() {
            break;
        }
        let (mut parts, mut parts_count) = if refined {
            renumbered(&refine(level, &of, count, random), level.nodes())
        } else {
            (of.clone(), count)
        };
        if parts_count == level.nodes() {
            // Refinement merged nothing: go on from the communities themselves.
            (parts, parts_count) = (of.clone(), count);
        }
        let mut upper = vec![0; parts_count];
        for (&p, &c) in parts.iter().zip(&of) {
            upper[p as usize] = c;
        }
        for v in &mut node {
            *v = parts[*v as usize];
        }
        owned = Some(level.aggregated(&parts, parts_count));
        of = upper;
    }
    node.iter().map(|&v| of[v as usize]).collect()
}

/// The nodes in random order. Those of a large graph are taken in blocks, at random within and between them: where
/// neighbours have near numbers (see [`Network::reordered`]) a block stays in the cache.
fn visiting_order(n: usize, random: &mut Stream) -> Vec<u32> {
    const LARGE: usize = 1 << 17;
    const BLOCK: usize = 1 << 10;
    let mut order: Vec<u32> = (0..n as u32).collect();
    if n < LARGE {
        random.shuffle(&mut order);
        return order;
    }
    let mut blocks: Vec<&[u32]> = order.chunks(BLOCK).collect();
    random.shuffle(&mut blocks);
    let mut order = blocks.concat();
    order.chunks_mut(BLOCK).for_each(|block| random.shuffle(block));
    order
}

/// Moves nodes to the neighbouring group that gains most until no move gains (fast local moving).
fn move_nodes(level: &Level, of: &mut [u32], random: &mut Stream) {
    let n = level.nodes();
    let (mut total, mut size) = (vec![0.0; n], vec![0_u32; n]);
    for (i, &c) in of.iter().enumerate() {
        total[c as usize] += level.strength[i];
        size[c as usize] += 1;
    }
    let mut empty: Vec<u32> = (0..n as u32).filter(|&c| size[c as usize] == 0).collect();
    let mut queue: VecDeque<u32> = visiting_order(n, random).into();
    let mut queued = vec![true; n];
    let mut sums = Sums::new(n);
    // Every move gains: of weights so unlike that their sums drift, none may be the last.
    let mut moves = 1_000 * n;
    while let Some(i) = queue.pop_front() {
        let i = i as usize;
        queued[i] = false;
        let own = of[i];
        sums.add_ties(level, i, of);
        let pull = level.strength[i] * level.scale;
        let slack = level.slack * level.strength[i];
        total[own as usize] -= level.strength[i];
        size[own as usize] -= 1;
        let mut best = (sums.of[own as usize] - pull * total[own as usize], own);
        for &c in &sums.touched {
            let gain = sums.of[c as usize] - pull * total[c as usize];
            if gain > best.0 + slack {
                best = (gain, c);
            }
        }
        if best.0 < -slack
            && size[own as usize] > 0
            && let Some(c) = empty.pop()
        {
            best.1 = c;
        }
        sums.clear();
        let to = best.1;
        total[to as usize] += level.strength[i];
        size[to as usize] += 1;
        if to != own {
            of[i] = to;
            moves -= 1;
            if moves == 0 {
                break;
            }
            if size[own as usize] == 0 {
                empty.push(own);
            }
            for &j in level.neighbours(i) {
                if !queued[j as usize] && of[j as usize] != to {
                    queued[j as usize] = true;
                    queue.push_back(j);
                }
            }
        }
    }
}

/// Splits each group into well-connected parts, by merging single nodes only where they gain, with
/// a probability that grows with the gain.
fn refine(level: &Level, of: &[u32], count: usize, random: &mut Stream) -> Vec<u32> {
    /// Randomness θ of the choice, relative to the mean tie weight of the graph.
    const THETA: f64 = 0.01;
    let n = level.nodes();
    let mut group = vec![0.0; count];
    for (i, &c) in of.iter().enumerate() {
        group[c as usize] += level.strength[i];
    }
    let mut part: Vec<u32> = (0..n as u32).collect();
    let mut total = level.strength.clone();
    let mut single = vec![true; n];
    // Weight from each part to the rest of its group.
    let mut cut: Vec<f64> =
        (0..n).map(|i| level.ties(i).filter(|t| of[t.0 as usize] == of[i]).map(|t| t.1).sum()).collect();
    let well = |cut: f64, part: f64, group: f64| cut >= level.scale * part * (group - part);
    let order = visiting_order(n, random);
    let mut sums = Sums::new(n);
    let mut choices: Vec<(u32, f64)> = Vec::new();
    for &i in &order {
        let i = i as usize;
        let whole = group[of[i] as usize];
        if !single[i] || !well(cut[i], total[i], whole) {
            continue;
        }
        for (j, w) in level.ties(i) {
            if of[j as usize] == of[i] {
                sums.add(part[j as usize], w);
            }
        }
        choices.clear();
        let mut top = 0.0_f64;
        for &p in &sums.touched {
            let gain = sums.of[p as usize] - level.strength[i] * level.scale * total[p as usize];
            if gain > 0.0 && well(cut[p as usize], total[p as usize], whole) {
                choices.push((p, gain));
                top = top.max(gain);
            }
        }
        let mut sum = 0.0;
        for choice in &mut choices {
            sum += ((choice.1 - top) / (THETA * level.strength[i])).exp();
            choice.1 = sum;
        }
        let draw = random.unit() * sum;
        if let Some(&(p, _)) = choices.iter().find(|c| draw < c.1) {
            let between = sums.of[p as usize];
            single[p as usize] = false;
            single[i] = false;
            cut[p as usize] += cut[i] - 2.0 * between;
            total[p as usize] += total[i];
            part[i] = p;
        }
        sums.clear();
    }
    part
}

/// The same groups, with those that are not connected split into their connected parts (which
/// never lowers modularity).
fn connected(level: &Level, of: &[u32]) -> Vec<u32> {
    let mut part = vec![u32::MAX; of.len()];
    let mut stack = Vec::new();
    for start in 0..of.len() {
        if part[start] != u32::MAX {
            continue;
        }
        part[start] = start as u32;
        stack.push(start);
        while let Some(i) = stack.pop() {
            for &j in level.neighbours(i) {
                let j = j as usize;
                if part[j] == u32::MAX && of[j] == of[i] {
                    part[j] = start as u32;
                    stack.push(j);
                }
            }
        }
    }
    part
}
