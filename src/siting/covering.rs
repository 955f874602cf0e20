//! Covering everybody: with fewest places, or as near as a number of places allows.

use super::cover::{Cover, Covering, Effort};
use super::median::nearest_of;
use super::problem::{Limit, Proof, Sites, SitingNote, SitingOptions};
use crate::accessibility::CostTable;
use crate::check::check_amounts;
use crate::error::{Error, Result, Undefined};
use crate::matrix::Csr;
use crate::progress::Progress;

/// Nodes of branch and bound for one step of a bisection: what they do not decide stays between the value and
/// the bound.
const NODES_OF_STEP: u64 = 300;

/// Demands that must be covered, and what may cover them.
struct Question<'a> {
    weights: &'a [f64],
    costs: &'a Csr,
    allowed: Vec<bool>,
    existing: Vec<u32>,
    price: Vec<f64>,
    /// Demands of a weight that something reaches.
    demands: Vec<u32>,
    /// Cost to the nearest existing place of each of them, NaN without one.
    base: Vec<f64>,
    effort: Effort,
    notes: Vec<SitingNote>,
}

impl<'a> Question<'a> {
    fn new(weights: &'a [f64], costs: &'a CostTable, options: &SitingOptions) -> Result<Self> {
        let m = costs.facilities();
        check_amounts("weights of demands", weights, costs.origins())?;
        options.check(m)?;
        let costs = costs.as_csr();
        let mut allowed = vec![true; m];
        let mut notes = Vec::new();
        let mut existing = Vec::new();
        for &e in &options.existing {
            if std::mem::replace(&mut allowed[e as usize], false) {
                existing.push(e);
            } else {
                notes.push(SitingNote::OnExisting { candidate: e });
            }
        }
        let wanted: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] > 0.0).collect();
        let (reached, out): (Vec<usize>, Vec<usize>) =
            wanted.into_iter().partition(|&i| costs.row_len(i) > 0);
        if !out.is_empty() {
            let weight = out.iter().map(|&i| weights[i]).sum();
            notes.push(SitingNote::OutOfReach { demands: out.len(), weight });
        }
        let (_, near) = nearest_of(costs, &existing);
        let base = reached.iter().map(|&i| near[i]).collect();
        let unit = options.costs.is_empty() || matches!(options.limit, Limit::Places(_));
        Ok(Self {
            weights,
            costs,
            allowed,
            existing,
            price: if unit { vec![1.0; m] } else { options.costs.clone() },
            demands: reached.into_iter().map(|i| i as u32).collect(),
            base,
            effort: Effort {
                rounds: options.rounds,
                exact_below: options.exact_below,
                exact_nodes: options.exact_nodes,
            },
            notes,
        })
    }

    /// The covering at a cut-off; `None` when a demand has neither an existing place nor a candidate within.
    fn at(&self, cutoff: f64) -> Option<Cover> {
        let mut rows = Vec::new();
        for (&i, base) in self.demands.iter().zip(&self.base) {
            if *base <= cutoff {
                continue;
            }
            let near = self.costs.row(i as usize).filter(|p| p.1 <= cutoff && self.allowed[p.0 as usize]);
            let row: Vec<u32> = near.map(|p| p.0).collect();
            if row.is_empty() {
                return None;
            }
            rows.push(row);
        }
        Some(Cover::new(rows, &self.price))
    }

    /// The worst cost of the demands with these new places open.
    fn worst(&self, open: &[u32]) -> f64 {
        let all: Vec<u32> = self.existing.iter().chain(open).copied().collect();
        let (_, costs) = nearest_of(self.costs, &all);
        let worst = |&i: &u32| if costs[i as usize].is_nan() { f64::INFINITY } else { costs[i as usize] };
        self.demands.iter().map(worst).fold(0.0, f64::max)
    }

    /// Open places, each the one that covers most weight after those before it, and what it adds.
    fn ordered(&self, open: &[u32], cutoff: f64) -> (Vec<u32>, Vec<f64>) {
        let within = |j: &u32, i: usize| self.costs.get(i, *j).is_some_and(|c| c <= cutoff);
        let mut missing: Vec<u32> =
            (self.demands.iter().zip(&self.base)).filter(|d| !(*d.1 <= cutoff)).map(|d| *d.0).collect();
        let mut left = open.to_vec();
        let (mut order, mut gains) = (Vec::new(), Vec::new());
        while !left.is_empty() {
            let mut gain = vec![0.0; left.len()];
            for &i in &missing {
                for (j, gain) in left.iter().zip(&mut gain) {
                    *gain += if within(j, i as usize) { self.weights[i as usize] } else { 0.0 };
                }
            }
            let Some(at) = (0..left.len()).max_by(|&a, &b| gain[a].total_cmp(&gain[b]).then(b.cmp(&a)))
            else {
                break;
            };
            let j = left.remove(at);
            missing.retain(|&i| !within(&j, i as usize));
            order.push(j);
            gains.push(gain[at]);
        }
        (order, gains)
    }

    fn sites(self, opened: Vec<u32>, gains: Vec<f64>, before: Option<f64>, proof: Proof) -> Sites {
        let all: Vec<u32> = self.existing.iter().chain(&opened).copied().collect();
        let (assigned, costs) = nearest_of(self.costs, &all);
        Sites { opened, gains, existing: self.existing, assigned, costs, before, proof, notes: self.notes }
    }
}

fn proof(value: f64, bound: f64, greedy: f64, work: &Covering, nodes: Option<u64>) -> Proof {
    let gap = if value > 0.0 { ((value - bound) / value).max(0.0) } else { 0.0 };
    Proof { value, bound, gap, greedy, rounds: work.rounds, swaps: work.improvements, nodes }
}

fn check_cutoff(cutoff: f64) -> Result<()> {
    if cutoff.is_nan() || cutoff < 0.0 {
        let must = "must not be negative";
        return Err(Error::Parameter { name: "cutoff", value: cutoff.to_string(), must });
    }
    Ok(())
}

/// Which fewest new places give every demand a place within the cut-off; with [`SitingOptions::costs`] and no
/// number of places as limit, which cheapest ones.
///
/// # Formula
/// Minimise `Σ_j c_j y_j` with `Σ_{j: d_ij ≤ cutoff} y_j ≥ 1` for every demand; `y_j` is 1 for a place that
/// is opened, `c_j` its cost, `d_ij` the cost to it. Demands of weight 0 need not be covered. Greedy choice,
/// places of the Lagrangian bound, and branch and bound over the candidates that the bound leaves. Gains are
/// weights newly covered.
///
/// # Range
/// The value is a number of new places or a sum of costs, [0, ∞).
///
/// # Direction
/// A low value is good; a gap of 0 is the optimum.
///
/// # Undefined
/// Nothing: without demands in reach no place is needed. What nobody reaches within the cut-off is left out
/// and noted ([`SitingNote::OutOfReach`]); when more places are needed than the limit allows that is noted
/// too ([`SitingNote::MoreNeeded`]), and all that are needed are given.
///
/// # Errors
/// [`Error::Shape`], [`Error::Value`] and [`Error::Parameter`] for weights, options and a cut-off out of
/// their domain.
///
/// # Complexity
/// O(pairs within the cut-off) for each round.
///
/// # References
/// Toregas, Swain, `ReVelle` and Bergman (1971), <https://doi.org/10.1287/opre.19.6.1363>; Chvátal (1979);
/// Beasley (1990), from the literature.
///
/// # Example
/// ```
/// use rurban::accessibility::CostTable;
/// use rurban::progress::Silent;
/// use rurban::siting::{Limit, SitingOptions, set_covering};
///
/// let pairs = [(0, 0, 5.0), (1, 0, 2.0), (1, 1, 1.0), (2, 1, 4.0), (2, 2, 1.0)];
/// let costs = CostTable::from_triplets(3, 3, &pairs)?;
/// let sites = set_covering(&[1.0; 3], &costs, 5.0, &SitingOptions::new(Limit::Unlimited), &Silent)?;
/// assert_eq!((sites.proof.value, sites.proof.bound), (2.0, 2.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn set_covering(
    weights: &[f64],
    costs: &CostTable,
    cutoff: f64,
    options: &SitingOptions,
    progress: &dyn Progress,
) -> Result<Sites> {
    check_cutoff(cutoff)?;
    let near = costs.within(cutoff);
    let question = Question::new(weights, &near, options)?;
    // A demand whose only places are candidates dropped as existing ones is covered by those.
    let Some(cover) = question.at(cutoff) else {
        return Err(Error::undefined("set covering", Undefined::Disconnected));
    };
    progress.begin("cover everybody", None);
    let mut found = cover.solve(question.effort, None);
    progress.end();
    let mut question = question;
    let limit = match options.limit {
        Limit::Places(p) => p as f64,
        Limit::Budget(budget) => budget,
        Limit::Unlimited => f64::INFINITY,
    };
    if found.value > limit {
        question.notes.push(SitingNote::MoreNeeded { limit, needed: found.value, at_least: found.bound });
    }
    let proof = proof(found.value, found.bound, found.greedy, &found, found.nodes);
    let (opened, gains) = question.ordered(&std::mem::take(&mut found.open), cutoff);
    Ok(question.sites(opened, gains, None, proof))
}

/// Which places make the longest way of any demand shortest.
///
/// # Formula
/// Minimise `max_i min_{j open} d_ij` within [`SitingOptions::limit`]: the least of the costs in the table at
/// which all demands can be covered, found by bisection; every step is a set covering that ends as soon as it
/// has enough places or proves that there are none. Where a step proves neither, the bound stays at the
/// highest cost that is proved too low.
///
/// # Range
/// The value and the bound are costs of the table, [0, ∞).
///
/// # Direction
/// A low value is good; a gap of 0 is the optimum.
///
/// # Undefined
/// Without demands in reach; when no number of places within the limit reaches all demands
/// ([`Undefined::Disconnected`]): [`set_covering`] with an infinite cut-off says how many it takes. Demands
/// of weight 0 do not count, those that nothing in the table reaches are left out and noted.
///
/// # Errors
/// As [`set_covering`]; [`Error::Undefined`] as above.
///
/// # Complexity
/// O(log pairs) set coverings.
///
/// # References
/// Hakimi (1964); Minieka (1970), from the literature.
///
/// # Example
/// ```
/// use rurban::accessibility::CostTable;
/// use rurban::progress::Silent;
/// use rurban::siting::{Limit, SitingOptions, p_centre};
/// use geo_types::Coord;
///
/// let at = [0.0, 1.0, 2.0, 10.0, 14.0].map(|x| Coord { x, y: 0.0 });
/// let costs = CostTable::planar(&at, &at, 100.0)?;
/// let sites = p_centre(&[1.0; 5], &costs, &SitingOptions::new(Limit::Places(2)), &Silent)?;
/// assert_eq!((sites.proof.value, sites.proof.bound), (4.0, 4.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn p_centre(
    weights: &[f64],
    costs: &CostTable,
    options: &SitingOptions,
    progress: &dyn Progress,
) -> Result<Sites> {
    let mut question = Question::new(weights, costs, options)?;
    if question.demands.is_empty() {
        return Err(Error::undefined("p-centre", Undefined::Empty));
    }
    let budget = match options.limit {
        Limit::Places(p) => {
            let candidates = question.allowed.iter().filter(|a| **a).count();
            if p > candidates {
                question.notes.push(SitingNote::FewerCandidates { asked: p, candidates });
            }
            p.min(candidates) as f64
        }
        Limit::Budget(budget) => budget,
        Limit::Unlimited => f64::INFINITY,
    };
    // No value below the nearest candidate or existing place of the worst placed demand.
    let floor = (question.demands.iter())
        .map(|&i| question.costs.values(i as usize).iter().copied().fold(f64::INFINITY, f64::min))
        .fold(0.0, f64::max);
    let mut values: Vec<f64> =
        question.demands.iter().flat_map(|&i| question.costs.values(i as usize)).copied().collect();
    values.retain(|v| *v >= floor);
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    progress.begin("bisect the longest way", None);
    let mut work = Covering {
        open: Vec::new(),
        value: 0.0,
        greedy: 0.0,
        bound: 0.0,
        rounds: 0,
        improvements: 0,
        nodes: None,
    };
    let mut step = |at: usize| -> (Option<Vec<u32>>, bool) {
        progress.advance(1);
        let Some(cover) = question.at(values[at]) else { return (None, true) };
        let effort =
            Effort { exact_nodes: question.effort.exact_nodes.min(NODES_OF_STEP), ..question.effort };
        let found = cover.solve(effort, Some(budget));
        work.rounds += found.rounds;
        work.improvements += found.improvements;
        work.nodes = work.nodes.map_or(found.nodes, |n| Some(n + found.nodes.unwrap_or(0)));
        if found.value <= budget + 1e-9 {
            (Some(found.open), true)
        } else {
            (None, found.bound > budget + 1e-9)
        }
    };
    let last = values.len() - 1;
    let (first, _) = step(last);
    let Some(mut open) = first else {
        progress.end();
        return Err(Error::undefined("p-centre within the limit", Undefined::Disconnected));
    };
    // Below `low` nothing was found, below `proved` there is nothing.
    let (mut low, mut high, mut proved) = (0, last, 0);
    let mut greedy = f64::NAN;
    let mut undecided = last;
    while low < high {
        let middle = usize::midpoint(low, high);
        match step(middle) {
            (Some(better), _) => {
                high = values.partition_point(|v| *v < question.worst(&better)).min(middle);
                if greedy.is_nan() {
                    greedy = values[high];
                }
                open = better;
            }
            (None, sure) => {
                low = middle + 1;
                if sure {
                    proved = low;
                } else {
                    undecided = undecided.min(middle);
                }
            }
        }
    }
    // Proofs between what is proved and what was not decided.
    let mut upper = undecided.min(high);
    while proved < upper {
        let middle = usize::midpoint(proved, upper);
        match step(middle) {
            (None, true) => proved = middle + 1,
            (Some(better), _) if middle < high => {
                high = values.partition_point(|v| *v < question.worst(&better)).min(middle);
                open = better;
                upper = middle;
            }
            _ => upper = middle,
        }
    }
    progress.end();
    let value = question.worst(&open);
    let bound = values[proved].min(value);
    let proof = proof(value, bound, if greedy.is_nan() { value } else { greedy }, &work, work.nodes);
    let (opened, _) = question.ordered(&open, value);
    let before = question.worst(&[]);
    let mut gains = Vec::new();
    let mut so_far = before;
    for k in 1..=opened.len() {
        let now = question.worst(&opened[..k]);
        // Infinity less infinity or less a number says nothing.
        gains.push(if so_far.is_finite() { so_far - now } else { f64::NAN });
        so_far = now;
    }
    Ok(question.sites(opened, gains, Some(before).filter(|b| b.is_finite()), proof))
}
