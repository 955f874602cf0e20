//! The p-median and maximal covering: the same search over costs, and over missed or not.

use serde::{Deserialize, Serialize};

use super::engine::State;
use super::exact;
use super::instance::{Instance, Ways};
use super::lagrange;
use super::problem::{Proof, Sites, SitingCosts, SitingNote, SitingOptions};
use crate::accessibility::CostTable;
use crate::error::{Error, Result};
use crate::matrix::Csr;
use crate::progress::Progress;

/// Which places make the ways of all demands to the nearest open place together shortest.
///
/// # Formula
/// Minimise `Σ_i w_i min_{j open} d_ij` over the sets within [`SitingOptions::limit`]; w the weights of
/// demands, d the costs. A demand without a place in the table counts its `unreached` cost. Greedy choice
/// with lazy gains, eager interchange, and the Lagrangian bound, whose choices are improved too; small
/// instances by branch and bound.
///
/// # Range
/// The value is in cost × weight, [0, ∞); the gap is `(value − bound) / value`, in [0, 1].
///
/// # Direction
/// A low value is good; a gap of 0 is the optimum.
///
/// # Undefined
/// With no place open in the plane (no existing place, limit 0) there is no cost: an error.
///
/// # Errors
/// [`Error::Shape`], [`Error::Value`] and [`Error::Parameter`] for weights, costs and options out of their
/// domain; [`Error::Undefined`] without demands or candidates, or without a place to go to.
///
/// # Complexity
/// One round of interchange is O(demands × candidates) at most, one round of the bound O(pairs up to 1.8
/// times as far as the second nearest place).
///
/// # References
/// Whitaker (1983), <https://doi.org/10.1080/03155986.1983.11731889>; Resende and Werneck (2007),
/// <https://doi.org/10.1016/j.ejor.2005.05.028>; Beasley (1993); Barahona and Anbil (2000), from the
/// literature.
///
/// # Example
/// ```
/// use geo_types::Coord;
/// use rurban::progress::Silent;
/// use rurban::siting::{Limit, SitingCosts, SitingOptions, p_median};
///
/// let at = [0.0, 1.0, 2.0, 10.0, 11.0].map(|x| Coord { x, y: 0.0 });
/// let costs = SitingCosts::Planar { demands: &at, candidates: &at };
/// let sites = p_median(&[1.0; 5], &costs, &SitingOptions::new(Limit::Places(2)), &Silent)?;
/// assert_eq!(sites.proof.value, 3.0);
/// assert!(sites.proof.is_optimal() && sites.opened.contains(&1));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn p_median(
    weights: &[f64],
    costs: &SitingCosts<'_>,
    options: &SitingOptions,
    progress: &dyn Progress,
) -> Result<Sites> {
    let instance = Instance::new(weights, costs, options)?;
    if instance.demands() == 0 || instance.candidates == 0 {
        return Err(Error::undefined("p-median", crate::Undefined::Empty));
    }
    let planar = matches!(instance.ways, Ways::Planar { .. });
    if planar && instance.existing.is_empty() && instance.budget <= 0.0 {
        return Err(Error::undefined("p-median without any place", crate::Undefined::TooFew { needed: 1 }));
    }
    let mut sites = search(&instance, options, f64::INFINITY, progress);
    if planar && instance.existing.is_empty() {
        // What the first place saves is against no place at all, which has no cost in the plane.
        if let Some(first) = sites.gains.first_mut() {
            *first = f64::NAN;
        }
    }
    Ok(sites)
}

/// Places and how much they cover.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Coverage {
    /// The places; their value, bound, gains and the value before are weights covered.
    pub sites: Sites,
    /// Weight of all demands.
    pub weight: f64,
}

/// Which places are within a cut-off of as much demand as possible.
///
/// # Formula
/// Maximise `Σ_i w_i [some open j with d_ij ≤ cutoff]` over the sets within [`SitingOptions::limit`]: the
/// p-median of "missed or not", and solved as such, after demands that the same candidates cover are put
/// together. Upper bound: `Σ max(0, w_i − λ_i) + Σ over the p largest Σ_{i ∈ N_j} λ_i`.
///
/// # Range
/// Value and bound in [0, Σ w]; the gap is `(bound − value) / bound`, in [0, 1].
///
/// # Direction
/// A high value is good; a gap of 0 is the optimum.
///
/// # Undefined
/// Nothing: with no demand in reach the value is 0 and proved.
///
/// # Errors
/// As [`p_median`]; [`Error::Parameter`] for a cut-off that is negative or NaN.
///
/// # Complexity
/// O(pairs within the cut-off) for each round.
///
/// # References
/// Church and `ReVelle` (1974), <https://doi.org/10.1007/BF01942293>.
///
/// # Example
/// ```
/// use rurban::accessibility::CostTable;
/// use rurban::progress::Silent;
/// use rurban::siting::{Limit, SitingOptions, max_covering};
///
/// let costs = CostTable::from_triplets(3, 2, &[(0, 0, 5.0), (1, 0, 9.0), (1, 1, 1.0), (2, 1, 2.0)])?;
/// let found = max_covering(&[1.0, 2.0, 4.0], &costs, 6.0, &SitingOptions::new(Limit::Places(1)), &Silent)?;
/// assert_eq!((found.sites.opened, found.sites.proof.value), (vec![1], 6.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn max_covering(
    weights: &[f64],
    costs: &CostTable,
    cutoff: f64,
    options: &SitingOptions,
    progress: &dyn Progress,
) -> Result<Coverage> {
    if cutoff.is_nan() || cutoff < 0.0 {
        let must = "must not be negative";
        return Err(Error::Parameter { name: "cutoff", value: cutoff.to_string(), must });
    }
    crate::check::check_amounts("weights of demands", weights, costs.origins())?;
    let near = costs.within(cutoff);
    let (merged, merged_weights) = merge(near.as_csr(), weights)?;
    let flat = SitingCosts::Table { table: &merged, unreached: 1.0 };
    let mut instance = Instance::new(&merged_weights, &flat, options)?;
    instance.notes.retain(|n| !matches!(n, SitingNote::OutOfReach { .. }));
    let weight: f64 = weights.iter().sum();
    let mut sites = search(&instance, options, weight, progress);
    let p = &mut sites.proof;
    (p.value, p.bound, p.greedy) = (weight - p.value, weight - p.bound, weight - p.greedy);
    p.gap = if p.bound > 0.0 { ((p.bound - p.value) / p.bound).max(0.0) } else { 0.0 };
    sites.before = sites.before.map(|missed| weight - missed);
    // Who goes where is told by the real costs: the nearest of the open places.
    let open: Vec<u32> = sites.existing.iter().chain(&sites.opened).copied().collect();
    (sites.assigned, sites.costs) = nearest_of(near.as_csr(), &open);
    let out = |i: usize| near.as_csr().row_len(i) == 0;
    let (demands, left) =
        (0..weights.len()).filter(|&i| out(i)).fold((0, 0.0), |(n, w), i| (n + 1, w + weights[i]));
    if demands > 0 {
        sites.notes.push(SitingNote::OutOfReach { demands, weight: left });
    }
    Ok(Coverage { sites, weight })
}

/// Demands that the same candidates cover, put together at cost 0; demands that none covers pay 1.
fn merge(near: &Csr, weights: &[f64]) -> Result<(CostTable, Vec<f64>)> {
    let mut order: Vec<usize> = (0..near.rows()).collect();
    order.sort_by(|&a, &b| near.indices(a).cmp(near.indices(b)));
    let (mut offsets, mut indices, mut merged): (Vec<usize>, Vec<u32>, Vec<f64>) =
        (vec![0], Vec::new(), Vec::new());
    let mut before: Option<usize> = None;
    for i in order {
        if let (Some(b), Some(sum)) = (before, merged.last_mut())
            && near.indices(b) == near.indices(i)
        {
            *sum += weights[i];
        } else {
            indices.extend_from_slice(near.indices(i));
            offsets.push(indices.len());
            merged.push(weights[i]);
        }
        before = Some(i);
    }
    let values = vec![0.0; indices.len()];
    Ok((CostTable::from_csr(Csr::from_sorted(near.columns(), offsets, indices, values))?, merged))
}

/// The nearest open place of each demand and the cost to it.
pub(super) fn nearest_of(costs: &Csr, open: &[u32]) -> (Vec<u32>, Vec<f64>) {
    let mut is_open = vec![false; costs.columns()];
    open.iter().for_each(|&j| is_open[j as usize] = true);
    let nearest = |i: usize| {
        let open = costs.row(i).filter(|p| is_open[p.0 as usize]);
        open.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))).unwrap_or((Sites::NONE, f64::NAN))
    };
    (0..costs.rows()).map(nearest).unzip()
}

/// Searches, bounds, proves. `whole` is what could be covered, or infinity where costs count.
fn search(instance: &Instance, options: &SitingOptions, whole: f64, progress: &dyn Progress) -> Sites {
    let base = State::new(instance);
    let before = (!instance.existing.is_empty()).then(|| base.value(instance));
    let mut best = base.clone();
    best.greedy(instance);
    let greedy = best.value(instance);
    let mut swaps = best.interchange(instance);
    let mut bound = lagrange::bound(instance, &mut best, options, whole, progress);
    swaps += bound.swaps;
    let mut value = best.value(instance);
    let mut nodes = None;
    let small = instance.pairs() <= options.exact_below;
    if small
        && value - bound.bound > 1e-9 * value
        && let Some(exact) = exact::solve(instance, &best, &bound, options.exact_nodes)
    {
        nodes = Some(exact.nodes);
        let other = State::of(instance, &exact.open);
        let fits = other.spent <= instance.budget * (1.0 + 1e-9);
        if fits && other.value(instance) < value {
            best = other;
            value = best.value(instance);
        }
        bound.bound = bound.bound.max(exact.bound.min(value));
        if value - bound.bound <= 1e-7 * value {
            bound.bound = value;
        }
    }
    let gap = if value > 0.0 { ((value - bound.bound) / value).max(0.0) } else { 0.0 };
    let proof = Proof { value, bound: bound.bound, gap, greedy, rounds: bound.rounds, swaps, nodes };
    let (opened, gains) = ordered(instance, &best);
    let mut notes = instance.notes.clone();
    if instance.unit_price() && instance.budget.is_finite() && (opened.len() as f64) < instance.budget {
        notes.push(SitingNote::NothingToGain { opened: opened.len() });
    }
    let (mut assigned, mut costs) = (vec![Sites::NONE; best.n1.len()], vec![f64::NAN; best.n1.len()]);
    for (i, &at) in instance.of.iter().enumerate() {
        if best.n1[i] != Sites::NONE {
            (assigned[at as usize], costs[at as usize]) = (best.n1[i], best.d1[i]);
        }
    }
    Sites { opened, gains, existing: instance.existing.clone(), assigned, costs, before, proof, notes }
}

/// The open places, each the one that saves most after those before it.
fn ordered(instance: &Instance, best: &State) -> (Vec<u32>, Vec<f64>) {
    let mut state = State::new(instance);
    let mut left = best.open.clone();
    left.sort_unstable();
    let mut gains = Vec::new();
    while let Some(at) = state.best_of(instance, &left) {
        let before = state.value(instance);
        state.insert(instance, left.remove(at));
        gains.push(before - state.value(instance));
    }
    (state.open, gains)
}
