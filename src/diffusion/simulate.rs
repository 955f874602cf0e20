use serde::{Deserialize, Serialize};

use super::{InfluenceGraph, SpreadModel};
use crate::check::check_amounts;
use crate::error::{Error, Result};
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;

/// Runs that a chunk of work holds.
const CHUNK: usize = 64;

/// How cascades are simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CascadeOptions {
    /// Number of cascades.
    pub runs: usize,
    /// Seed of their random streams. Cascades of one seed share their coins, so that two sets of
    /// seeds are compared on the same luck.
    pub seed: Seed,
}

impl Default for CascadeOptions {
    /// 10,000 cascades.
    fn default() -> Self {
        Self { runs: 10_000, seed: Seed::default() }
    }
}

impl CascadeOptions {
    setters! {
        runs: usize,
        seed: Seed,
    }
}

/// What simulated cascades reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct CascadeReport {
    /// Mean weight reached (number of adopters when the weights are 1), the seeds included.
    pub mean: f64,
    /// Standard error of the mean; `None` with a single run.
    pub standard_error: Option<f64>,
    /// Share of the runs in which each node adopted.
    pub probability: Vec<f64>,
    /// Mean number of adopters in each generation, from the seeds on.
    pub generations: Vec<f64>,
    /// Number of cascades.
    pub runs: usize,
}

/// One adopter of a cascade, in the order of adoption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CascadeStep {
    /// Who adopted.
    pub node: u32,
    /// Whom from; `None` for a seed.
    pub from: Option<u32>,
    /// In which generation, 0 for a seed.
    pub generation: u32,
}

/// How far a practice told to `seeds` first is expected to reach, by simulation.
///
/// # Formula
/// Mean over the runs of Σ weights of the nodes reached in a live-edge graph (see
/// [`exact_spread`](super::exact_spread)); `weights` of 1 count adopters, the population of rural actors'
/// territories measures rural reach. Standard error with divisor R − 1. The coins of an arc in a run depend
/// on the seed, the run and the arc only, so that the estimate is monotone and submodular in the seeds as the
/// expectation is.
///
/// # Range
/// From the weight of the seeds to that of all.
///
/// # Direction
/// Higher reaches more.
///
/// # Undefined
/// Never; without seeds it is 0.
///
/// # Errors
/// [`Error::Parameter`] for no runs, [`Error::Value`] when a seed is no node, a weight is negative or
/// linear-threshold weights pass 1, [`Error::Shape`] when weights do not fit.
///
/// # Complexity
/// O(runs · arcs out of those reached).
///
/// # References
/// Kempe, Kleinberg & Tardos (2003), doi:10.1145/956750.956769.
///
/// # Example
/// ```
/// use rurban::diffusion::{Arc, CascadeOptions, InfluenceGraph, SpreadModel, simulate};
/// use rurban::progress::Silent;
/// let graph = InfluenceGraph::new(2, &[Arc { from: 0, to: 1, probability: 1.0 }])?;
/// let options = CascadeOptions::default().runs(100);
/// let report = simulate(&graph, SpreadModel::IndependentCascade, &[0], None, &options, &Silent)?;
/// assert_eq!((report.mean, report.generations), (2.0, vec![1.0, 1.0]));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn simulate(
    graph: &InfluenceGraph,
    model: SpreadModel,
    seeds: &[u32],
    weights: Option<&[f64]>,
    options: &CascadeOptions,
    progress: &dyn Progress,
) -> Result<CascadeReport> {
    graph.check(model)?;
    let seeds = graph.check_seeds(seeds)?;
    if let Some(weights) = weights {
        check_amounts("weights", weights, graph.nodes())?;
    }
    if options.runs == 0 {
        return Err(Error::Parameter { name: "runs", value: "0".to_owned(), must: "must be at least 1" });
    }
    progress.begin("simulate cascades", Some(options.runs as u64));
    let chunks = parallel::map_init(
        options.runs.div_ceil(CHUNK),
        || Walker::new(graph, model),
        |walker, chunk| {
            let runs = chunk * CHUNK..options.runs.min((chunk + 1) * CHUNK);
            let (mut met, mut generations, mut reached) = (Vec::new(), Vec::new(), Vec::<f64>::new());
            let done = runs.len() as u64;
            for run in runs {
                walker.run(&seeds, options.seed.child(run as u64));
                reached.push(walker.steps.iter().map(|s| weights.map_or(1.0, |w| w[s.node as usize])).sum());
                for step in &walker.steps {
                    met.push(step.node);
                    let generation = step.generation as usize;
                    if generations.len() <= generation {
                        generations.resize(generation + 1, 0_u64);
                    }
                    generations[generation] += 1;
                }
            }
            met.sort_unstable();
            progress.advance(done);
            (counted(&met), generations, reached)
        },
    );
    progress.end();
    let (mut times, mut generations) = (vec![0_u64; graph.nodes()], Vec::new());
    let mut reached: Vec<f64> = Vec::with_capacity(options.runs);
    for (met, of_chunk, values) in chunks {
        for (node, count) in met {
            times[node as usize] += u64::from(count);
        }
        generations.resize(generations.len().max(of_chunk.len()), 0_u64);
        generations.iter_mut().zip(&of_chunk).for_each(|(sum, n)| *sum += n);
        reached.extend(values);
    }
    let runs = options.runs as f64;
    let mean = reached.iter().sum::<f64>() / runs;
    let squares: f64 = reached.iter().map(|x| (x - mean).powi(2)).sum();
    Ok(CascadeReport {
        mean,
        standard_error: (options.runs > 1).then(|| (squares / (runs - 1.0) / runs).sqrt()),
        probability: times.into_iter().map(|t| t as f64 / runs).collect(),
        generations: generations.into_iter().map(|n| n as f64 / runs).collect(),
        runs: options.runs,
    })
}

/// How often each value of a sorted list is there.
fn counted(sorted: &[u32]) -> Vec<(u32, u32)> {
    sorted.chunk_by(|a, b| a == b).filter_map(|c| Some((*c.first()?, c.len() as u32))).collect()
}

/// Who adopts from whom and in which generation in one cascade.
///
/// # Formula
/// One live-edge graph of [`simulate`], its coins known by `seed` and arc; adopters in the order of adoption.
///
/// # Undefined
/// Never; without seeds nobody adopts.
///
/// # Errors
/// As [`simulate`].
///
/// # Complexity
/// O(nodes + arcs out of those reached).
pub fn cascade(
    graph: &InfluenceGraph,
    model: SpreadModel,
    seeds: &[u32],
    seed: Seed,
) -> Result<Vec<CascadeStep>> {
    graph.check(model)?;
    let seeds = graph.check_seeds(seeds)?;
    let mut walker = Walker::new(graph, model);
    walker.run(&seeds, seed);
    Ok(walker.steps)
}

/// Walks live-edge graphs, whose coins are known by seed and arc.
pub(super) struct Walker<'a> {
    graph: &'a InfluenceGraph,
    model: SpreadModel,
    /// Run in which each node was last reached.
    reached: Vec<u32>,
    run: u32,
    pub(super) steps: Vec<CascadeStep>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(graph: &'a InfluenceGraph, model: SpreadModel) -> Self {
        Self { graph, model, reached: vec![0; graph.nodes()], run: 0, steps: Vec::new() }
    }

    /// Reaches what `seeds` (sorted, each once) reach in the live-edge graph of `coins`.
    pub(super) fn run(&mut self, seeds: &[u32], coins: Seed) {
        self.run = self.run.wrapping_add(1);
        if self.run == 0 {
            self.reached.fill(0);
            self.run = 1;
        }
        self.steps.clear();
        for &node in seeds {
            self.reached[node as usize] = self.run;
            self.steps.push(CascadeStep { node, from: None, generation: 0 });
        }
        let mut at = 0;
        while let Some(&CascadeStep { node, generation, .. }) = self.steps.get(at) {
            at += 1;
            for arc in self.graph.out.of(node) {
                let to = self.graph.out.end[arc];
                if self.reached[to as usize] != self.run && self.lives(arc, to, coins) {
                    self.reached[to as usize] = self.run;
                    self.steps.push(CascadeStep { node: to, from: Some(node), generation: generation + 1 });
                }
            }
        }
    }

    fn lives(&self, arc: usize, to: u32, coins: Seed) -> bool {
        match self.model {
            SpreadModel::IndependentCascade => {
                unit(coins.child(arc as u64)) < self.graph.out.probability[arc]
            }
            SpreadModel::LinearThreshold => {
                // The one arc that `to` keeps in this live-edge graph.
                let mut left = unit(coins.child(u64::from(to)));
                self.graph.into.of(to).find_map(|at| {
                    left -= self.graph.into.probability[at];
                    (left < 0.0).then(|| self.graph.into.id[at] as usize == arc)
                }) == Some(true)
            }
        }
    }
}

/// A number in `[0, 1)` known by its seed.
fn unit(seed: Seed) -> f64 {
    (seed.0 >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}
