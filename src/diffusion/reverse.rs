use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::cover::{Cover, Sets, greedy};
use super::{InfluenceGraph, SpreadModel};
use crate::check::check_amounts;
use crate::error::{Error, Result, Undefined};
use crate::parallel;
use crate::progress::Progress;
use crate::random::{Seed, Stream};

/// Sets that a chunk of work holds.
const CHUNK: usize = 32;
/// From this probability on a coin for each arc is cheaper than a jump.
const COINS_FROM: f64 = 0.4;
/// Small graphs take no fewer sets than this, whatever the formula allows.
const LEAST_SETS: f64 = 512.0;

/// How many seeds there may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// At most this many.
    Count(usize),
    /// As many as cost no more than `total` together.
    Costs {
        /// Cost of telling each node, positive.
        costs: Vec<f64>,
        /// What may be spent.
        total: f64,
    },
}

/// How seeds are chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SeedOptions {
    /// How far below the guarantee of the greedy choice the result may fall.
    pub epsilon: f64,
    /// What reaching each node is worth (rural population for rural reach); 1 each when `None`.
    pub weights: Option<Vec<f64>>,
    /// Sampling stops, with what it has, when the sets hold this many nodes together (4 bytes each,
    /// twice while choosing).
    pub most_members: usize,
    /// Seed of the random streams.
    pub seed: Seed,
}

impl Default for SeedOptions {
    /// ε = 0.1, all nodes worth 1, at most 100 million members.
    fn default() -> Self {
        Self { epsilon: 0.1, weights: None, most_members: 100_000_000, seed: Seed::default() }
    }
}

impl SeedOptions {
    setters! {
        epsilon: f64,
        seed: Seed,
        most_members: usize,
    }

    /// Sets what reaching each node is worth.
    #[must_use]
    pub fn weights(mut self, weights: Vec<f64>) -> Self {
        self.weights = Some(weights);
        self
    }
}

/// Whom to tell first, and between which bounds the reach lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use]
pub struct SeedChoice {
    /// The seeds, the most useful first; fewer than allowed when no other adds anything.
    pub seeds: Vec<u32>,
    /// Estimated reach of the first 1, 2, … seeds, from sets that played no part in the choice.
    pub reach: Vec<f64>,
    /// The reach of the seeds is at least this, with probability 1 − min(1/n, 1/1000).
    pub lower: f64,
    /// Unbiased estimate of their reach.
    pub estimate: f64,
    /// No affordable choice reaches more than this, with probability 1 − min(1/n, 1/1000).
    pub upper: f64,
    /// lower / upper: the share of the best reach that these seeds are sure to have.
    pub ratio: Option<f64>,
    /// The ratio that was asked for.
    pub target: f64,
    /// Reverse reachable sets in each of the two halves.
    pub sets: usize,
    /// Mean number of nodes in a set.
    pub mean_set_size: f64,
    /// What reaching everybody would be worth.
    pub total_weight: f64,
}

impl SeedChoice {
    /// Whether the ratio asked for was reached.
    #[must_use]
    pub fn is_target_reached(&self) -> bool {
        self.ratio.is_some_and(|r| r >= self.target)
    }
}

/// Which few actors to tell first so that a practice reaches the most, on graphs of any size.
///
/// # Formula
/// σ(S) = W · P(S meets a random reverse reachable set), W = Σ weights; a set holds whoever could have told a
/// node that is drawn by its weight. Two families of sets of equal size are doubled until lower / upper ≥
/// target: seeds are chosen greedily on the first, `lower` and `estimate` come from the second, `upper` from
/// the first (min over the steps of what is met and the largest gains that the budget could still add). The
/// target is 1 − 1/e − ε for a number of seeds and ½(1 − 1/e) − ε for costs, where the greedy choice by gain
/// per cost competes with the best single node. Walks jump over arcs that do not live.
///
/// # Range
/// lower ≤ upper ≤ W.
///
/// # Direction
/// Higher reaches more.
///
/// # Undefined
/// [`Undefined::Empty`] without nodes, [`Undefined::ZeroTotal`] when all weights are 0. A budget of 0 gives
/// no seeds and no ratio.
///
/// # Errors
/// [`Error::Parameter`] when ε is not in (0, 1) or the total cost is negative, [`Error::Value`] for weights
/// below 0, costs not above 0 and linear-threshold weights above 1, [`Error::Shape`] for lists that do not
/// fit, [`Error::Undefined`] as above.
///
/// # Complexity
/// About (k log n + log n) n / ε² members in the worst case, far fewer as a rule; `sets` and `mean_set_size`
/// say how many there were.
///
/// # References
/// Borgs et al. (2014); Tang, Tang, Xiao & Yuan (2018; OPIM-C), doi:10.1145/3183713.3183749; Guo, Wang, Wei &
/// Chen (2020; SUBSIM), doi:10.1145/3318464.3389740; Khuller, Moss & Naor (1999; costs), Information
/// Processing Letters, doi:10.1016/S0020-0190(99)00031-9.
///
/// # Example
/// ```
/// use rurban::diffusion::{Arc, Budget, InfluenceGraph, SeedOptions, SpreadModel, choose_seeds};
/// use rurban::progress::Silent;
/// let arcs = [(0, 1), (0, 2), (3, 4)].map(|(from, to)| Arc { from, to, probability: 1.0 });
/// let graph = InfluenceGraph::new(5, &arcs)?;
/// let model = SpreadModel::IndependentCascade;
/// let choice = choose_seeds(&graph, model, &Budget::Count(2), &SeedOptions::default(), &Silent)?;
/// assert_eq!(choice.seeds, [0, 3]);
/// assert!(choice.lower <= 5.0 && choice.upper >= 5.0);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn choose_seeds(
    graph: &InfluenceGraph,
    model: SpreadModel,
    budget: &Budget,
    options: &SeedOptions,
    progress: &dyn Progress,
) -> Result<SeedChoice> {
    let n = graph.nodes();
    graph.check(model)?;
    if !(options.epsilon > 0.0 && options.epsilon < 1.0) {
        return Err(Error::Parameter {
            name: "epsilon",
            value: options.epsilon.to_string(),
            must: "must be between 0 and 1",
        });
    }
    let k = most_seeds(budget, n)?;
    let roots = Roots::new(n, options.weights.as_deref())?;
    let total_weight = roots.total();
    let best_share = 1.0 - (-1.0_f64).exp();
    let guarantee = if matches!(budget, Budget::Count(_)) { best_share } else { best_share / 2.0 };
    let mut choice = SeedChoice {
        seeds: Vec::new(),
        reach: Vec::new(),
        lower: 0.0,
        estimate: 0.0,
        upper: 0.0,
        ratio: None,
        target: guarantee - options.epsilon,
        sets: 0,
        mean_set_size: 0.0,
        total_weight,
    };
    if k == 0 {
        return Ok(choice);
    }
    let plan = Plan::new(n, k, total_weight, roots.heaviest(k), best_share, options.epsilon);
    progress.begin("sample reverse reachable sets", None);
    let mut halves = [Sets::new(), Sets::new()];
    let mut wanted = plan.first;
    for round in 0..=plan.rounds {
        for (half, sets) in halves.iter_mut().enumerate() {
            sample(graph, model, &roots, options.seed.child(half as u64), wanted, sets);
        }
        progress.advance(wanted as u64);
        let mut cover = greedy(n, &halves[0], budget);
        if let Budget::Count(_) = budget {
            // Once all sets are met, whoever is worth something still reaches itself.
            let chosen: BTreeSet<u32> = cover.seeds.iter().copied().collect();
            let others = (0..n as u32).filter(|i| !chosen.contains(i) && roots.weight(*i as usize) > 0.0);
            cover.seeds.extend(others.take(k - chosen.len()));
        }
        choice.judge(&cover, &halves, plan.a, &roots);
        let members = halves[0].members.len() + halves[1].members.len();
        if choice.is_target_reached() || round == plan.rounds || members * 2 > options.most_members {
            break;
        }
        wanted *= 2;
    }
    progress.end();
    Ok(choice)
}

impl SeedChoice {
    fn judge(&mut self, cover: &Cover, [first, second]: &[Sets; 2], a: f64, roots: &Roots) {
        let mut rank = vec![u32::MAX; roots.cumulative.len()];
        cover.seeds.iter().enumerate().for_each(|(r, s)| rank[*s as usize] = r as u32);
        let mut met = vec![0_u64; cover.seeds.len()];
        for i in 0..second.len() {
            let earliest = second.of(i).iter().map(|m| rank[*m as usize]).min().unwrap_or(u32::MAX);
            if let Some(met) = met.get_mut(earliest as usize) {
                *met += 1;
            }
        }
        let scale = self.total_weight / second.len() as f64;
        let mut sum = 0;
        self.reach = met
            .iter()
            .map(|m| {
                sum += m;
                sum as f64 * scale
            })
            .collect();
        let met = sum as f64;
        let lower = ((met + 2.0 * a / 9.0).sqrt() - (a / 2.0).sqrt()).powi(2) - a / 18.0;
        let upper = ((cover.upper + a / 2.0).sqrt() + (a / 2.0).sqrt()).powi(2);
        let sure: f64 = cover.seeds.iter().map(|s| roots.weight(*s as usize)).sum();
        self.seeds.clone_from(&cover.seeds);
        self.estimate = met * scale;
        self.lower = (lower * scale).max(sure);
        self.upper = (upper * self.total_weight / first.len() as f64).min(self.total_weight).max(self.lower);
        self.ratio = (self.upper > 0.0).then(|| self.lower / self.upper);
        self.sets = first.len();
        self.mean_set_size =
            (first.members.len() + second.members.len()) as f64 / (first.len() + second.len()) as f64;
    }
}

/// The most seeds that a budget can pay for.
fn most_seeds(budget: &Budget, n: usize) -> Result<usize> {
    match budget {
        Budget::Count(k) => Ok((*k).min(n)),
        Budget::Costs { costs, total } => {
            check_amounts("costs", costs, n)?;
            if let Some(index) = costs.iter().position(|c| *c <= 0.0) {
                let value = costs[index].to_string();
                return Err(Error::Value { what: "costs", index, value, must: "must be above 0" });
            }
            if !(*total >= 0.0) || total.is_infinite() {
                return Err(Error::Parameter {
                    name: "total cost",
                    value: total.to_string(),
                    must: "must be finite and not negative",
                });
            }
            let mut sorted = costs.clone();
            sorted.sort_by(f64::total_cmp);
            let mut left = *total;
            Ok(sorted
                .iter()
                .take_while(|c| {
                    left -= **c;
                    left >= 0.0
                })
                .count())
        }
    }
}

/// Probability that a bound does not hold: 1/n, and at most 1/1000 on small graphs.
fn failure(n: usize) -> f64 {
    (1.0 / n as f64).min(1e-3)
}

/// How many sets to sample at first and how often to double.
struct Plan {
    first: usize,
    rounds: usize,
    a: f64,
}

impl Plan {
    fn new(n: usize, k: usize, total: f64, least_best: f64, share: f64, epsilon: f64) -> Self {
        let failure = failure(n);
        let log_six = (6.0 / failure).ln();
        let subsets =
            libm::lgamma(n as f64 + 1.0) - libm::lgamma(k as f64 + 1.0) - libm::lgamma((n - k) as f64 + 1.0);
        let root = share * log_six.sqrt() + (share * (subsets + log_six)).sqrt();
        let first = (2.0 * root * root).ceil().max(LEAST_SETS);
        let most = first * total / (epsilon * epsilon * least_best);
        let rounds = (most / first).log2().ceil().clamp(1.0, 40.0);
        Self { first: first as usize, rounds: rounds as usize, a: (3.0 * rounds / failure).ln() }
    }
}

/// Draws nodes by their weight.
struct Roots {
    cumulative: Vec<f64>,
    uniform: bool,
}

impl Roots {
    fn new(n: usize, weights: Option<&[f64]>) -> Result<Self> {
        if n == 0 {
            return Err(Error::undefined("choice of seeds", Undefined::Empty));
        }
        if let Some(weights) = weights {
            check_amounts("weights", weights, n)?;
        }
        let mut sum = 0.0;
        let cumulative: Vec<f64> = (0..n)
            .map(|i| {
                sum += weights.map_or(1.0, |w| w[i]);
                sum
            })
            .collect();
        if sum <= 0.0 {
            return Err(Error::undefined("choice of seeds", Undefined::ZeroTotal));
        }
        Ok(Self { cumulative, uniform: weights.is_none() })
    }

    fn total(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }

    fn weight(&self, i: usize) -> f64 {
        self.cumulative[i] - if i == 0 { 0.0 } else { self.cumulative[i - 1] }
    }

    /// Sum of the `k` largest weights, which any best choice reaches at least.
    fn heaviest(&self, k: usize) -> f64 {
        let mut weights: Vec<f64> = (0..self.cumulative.len()).map(|i| self.weight(i)).collect();
        weights.sort_by(|a, b| b.total_cmp(a));
        weights.iter().take(k).sum()
    }

    fn draw(&self, stream: &mut Stream) -> u32 {
        let n = self.cumulative.len();
        if self.uniform {
            return stream.below(n as u32);
        }
        let x = stream.unit() * self.total();
        self.cumulative.partition_point(|c| *c <= x).min(n - 1) as u32
    }
}

/// Adds sets until there are `wanted`; set `i` depends on `seed` and `i` only.
fn sample(
    graph: &InfluenceGraph,
    model: SpreadModel,
    roots: &Roots,
    seed: Seed,
    wanted: usize,
    sets: &mut Sets,
) {
    let done = sets.len();
    let chunks = parallel::map_init(
        (wanted - done).div_ceil(CHUNK),
        || BackWalker { reached: vec![0; graph.nodes()], run: 0, queue: Vec::new() },
        |walker, chunk| {
            let from = done + chunk * CHUNK;
            let mut made = Sets::new();
            for i in from..wanted.min(from + CHUNK) {
                let mut stream = seed.stream(i as u64);
                let root = roots.draw(&mut stream);
                made.push(walker.walk(graph, model, root, &mut stream));
            }
            made
        },
    );
    chunks.iter().for_each(|made| sets.extend(made));
}

/// Walks arcs backwards.
struct BackWalker {
    reached: Vec<u32>,
    run: u32,
    queue: Vec<u32>,
}

impl BackWalker {
    /// Whoever reaches `root` in a random live-edge graph.
    fn walk(&mut self, graph: &InfluenceGraph, model: SpreadModel, root: u32, stream: &mut Stream) -> &[u32] {
        self.run = self.run.wrapping_add(1);
        if self.run == 0 {
            self.reached.fill(0);
            self.run = 1;
        }
        self.queue.clear();
        self.visit(root);
        let mut at = 0;
        while let Some(&node) = self.queue.get(at) {
            at += 1;
            match model {
                SpreadModel::IndependentCascade => self.cascade(graph, node, stream),
                SpreadModel::LinearThreshold => {
                    let mut left = stream.unit();
                    let kept = graph.into.of(node).find(|&arc| {
                        left -= graph.into.probability[arc];
                        left < 0.0
                    });
                    if let Some(arc) = kept {
                        self.visit(graph.into.end[arc]);
                    }
                }
            }
        }
        &self.queue
    }

    /// Visits the tellers of `node` whose arc lives. Arcs come the most probable first, so a jump by
    /// the probability `p` of one passes over no living arc of lower probability too often; those it
    /// lands on live with their share of `p`.
    fn cascade(&mut self, graph: &InfluenceGraph, node: u32, stream: &mut Stream) {
        let into = &graph.into;
        let arcs = into.of(node);
        let mut at = arcs.start;
        while at < arcs.end {
            let p = into.probability[at];
            if p >= COINS_FROM {
                if p >= 1.0 || stream.unit() < p {
                    self.visit(into.end[at]);
                }
            } else {
                at = at.saturating_add((stream.unit().ln() * graph.per_log[at]) as usize);
                if at >= arcs.end {
                    break;
                }
                let own = into.probability[at];
                if own >= p || stream.unit() * p < own {
                    self.visit(into.end[at]);
                }
            }
            at += 1;
        }
    }

    fn visit(&mut self, node: u32) {
        if self.reached[node as usize] != self.run {
            self.reached[node as usize] = self.run;
            self.queue.push(node);
        }
    }
}
