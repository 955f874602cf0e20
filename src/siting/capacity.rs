//! Places that can take only so much.

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOptions, Variable};
use serde::{Deserialize, Serialize};

use super::median::p_median;
use super::problem::{Limit, Proof, Sites, SitingCosts, SitingNote, SitingOptions};
use crate::accessibility::CostTable;
use crate::check::check_amounts;
use crate::error::{Error, Result, Undefined};
use crate::matrix::Csr;
use crate::progress::Progress;

/// A pair of demand and candidate weighs this many pairs of a p-median in branch and bound.
const HEAVIER: usize = 10;
/// Swaps that are tried when there are too many pairs for branch and bound.
const TRIALS: usize = 400;

/// Who goes where.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// The demand.
    pub demand: u32,
    /// The place.
    pub candidate: u32,
    /// How much of the demand.
    pub amount: f64,
}

/// Places with capacities, and who goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use]
pub struct CapacitatedSites {
    /// New places, increasing.
    pub opened: Vec<u32>,
    /// Existing places, as given, each once.
    pub existing: Vec<u32>,
    /// Who goes where; a demand may be split.
    pub flows: Vec<Flow>,
    /// Demand that no open place within reach has room for; it counts the unreached cost.
    pub unserved: f64,
    /// How good the answer is. Where branch and bound ended, the value is the optimum; otherwise the value is
    /// that of a search, and the bound that of places without limits of capacity.
    pub proof: Proof,
    /// What was found about the question.
    pub notes: Vec<SitingNote>,
}

struct Case<'a> {
    weights: &'a [f64],
    rows: Csr,
    capacities: &'a [f64],
    unreached: f64,
}

struct Plan {
    flows: Vec<Flow>,
    value: f64,
    unserved: f64,
}

impl Case<'_> {
    /// Everybody to the nearest open place that has room, those first who would lose most elsewhere.
    fn deal(&self, open: &[u32]) -> Plan {
        let mut room: Vec<f64> = vec![0.0; self.capacities.len()];
        open.iter().for_each(|&j| room[j as usize] = self.capacities[j as usize]);
        let mut near: Vec<_> = (0..self.weights.len())
            .filter(|&i| self.weights[i] > 0.0)
            .map(|i| {
                let all = self.rows.row(i).filter(|p| room[p.0 as usize] > 0.0);
                let mut row: Vec<(f64, u32)> = all.map(|(j, cost)| (cost, j)).collect();
                row.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let cost = |k: usize| row.get(k).map_or(self.unreached, |p: &(f64, u32)| p.0);
                (cost(1) - cost(0), i as u32, row)
            })
            .collect();
        near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut plan = Plan { flows: Vec::new(), value: 0.0, unserved: 0.0 };
        for (_, demand, row) in near {
            let mut left = self.weights[demand as usize];
            for (cost, candidate) in row {
                let amount = left.min(room[candidate as usize]);
                if amount > 0.0 {
                    room[candidate as usize] -= amount;
                    left -= amount;
                    plan.value += cost * amount;
                    plan.flows.push(Flow { demand, candidate, amount });
                }
                if left <= 0.0 {
                    break;
                }
            }
            plan.unserved += left;
            plan.value += left * self.unreached;
        }
        plan.flows.sort_by_key(|f| (f.demand, f.candidate));
        plan
    }

    /// The optimum, by branch and bound over what is open; what goes where is continuous.
    fn exact(
        &self,
        existing: &[u32],
        price: &[f64],
        budget: f64,
        nodes: u64,
    ) -> Option<(Vec<u32>, Plan, f64, u64)> {
        let total: f64 = self.weights.iter().sum();
        let scale = (self.unreached * total).max(f64::MIN_POSITIVE) / self.weights.len() as f64;
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let is_existing = |j: u32| existing.contains(&j);
        let open: Vec<Variable> =
            (0..price.len() as u32)
                .map(|j| {
                    if is_existing(j) {
                        problem.add_var(0.0, (1.0, 1.0))
                    } else {
                        problem.add_binary_var(0.0)
                    }
                })
                .collect();
        let mut paid = LinearExpr::empty();
        (0..price.len()).filter(|&j| !is_existing(j as u32)).for_each(|j| paid.add(open[j], price[j]));
        if budget.is_finite() {
            problem.add_constraint(paid, ComparisonOp::Le, budget);
        }
        let mut taken: Vec<LinearExpr> = (0..price.len()).map(|_| LinearExpr::empty()).collect();
        let mut shares: Vec<(u32, u32, Variable)> = Vec::new();
        for (i, &w) in self.weights.iter().enumerate().filter(|p| *p.1 > 0.0) {
            let none = problem.add_var(w * self.unreached / scale, (0.0, 1.0));
            let mut all = LinearExpr::empty();
            all.add(none, 1.0);
            for (j, cost) in self.rows.row(i) {
                let share = problem.add_var(w * cost / scale, (0.0, 1.0));
                all.add(share, 1.0);
                taken[j as usize].add(share, w / total);
                let mut link = LinearExpr::empty();
                link.add(share, 1.0);
                link.add(open[j as usize], -1.0);
                problem.add_constraint(link, ComparisonOp::Le, 0.0);
                shares.push((i as u32, j, share));
            }
            problem.add_constraint(all, ComparisonOp::Eq, 1.0);
        }
        for (j, mut expr) in taken.into_iter().enumerate() {
            expr.add(open[j], -self.capacities[j].min(total) / total);
            problem.add_constraint(expr, ComparisonOp::Le, 0.0);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(nodes);
        let solution = problem.solve_with(options).ok()?.into_solution().ok()?;
        let stats = solution.stats();
        let opened = (0..price.len() as u32)
            .filter(|&j| !is_existing(j) && solution.var_value(open[j as usize]) > 0.5)
            .collect();
        let mut plan = Plan { flows: Vec::new(), value: 0.0, unserved: 0.0 };
        let mut served = vec![0.0; self.weights.len()];
        for (demand, candidate, share) in shares {
            let amount = solution.var_value(share) * self.weights[demand as usize];
            if amount > 1e-9 * self.weights[demand as usize] {
                plan.value += amount * self.rows.get(demand as usize, candidate).unwrap_or(self.unreached);
                served[demand as usize] += amount;
                plan.flows.push(Flow { demand, candidate, amount });
            }
        }
        let left = self.weights.iter().zip(&served).map(|(w, s)| w - s).filter(|l| *l > 1e-9 * total);
        plan.unserved = left.sum();
        plan.value += plan.unserved * self.unreached;
        Some((opened, plan, stats.best_bound? * scale, stats.nodes_solved))
    }
}

/// Which places of limited capacity make the ways of all demands together shortest.
///
/// # Formula
/// Minimise `Σ_ij d_ij f_ij + u Σ_i (w_i − Σ_j f_ij)` over open places within [`SitingOptions::limit`] and
/// amounts `f_ij ≥ 0` with `Σ_j f_ij ≤ w_i` and `Σ_i f_ij ≤ capacity_j`; `u` is `unreached`. A demand may be
/// split.
///
/// **Exact** up to [`SitingOptions::exact_below`] / 10 pairs, by branch and bound. Beyond that a **search**:
/// the p-median's places, everybody to the nearest with room, those first who would lose most elsewhere, and
/// swaps of places; the **bound** is then that of places without limits, which no answer can beat.
///
/// # Range
/// The value is in cost × weight, [0, ∞).
///
/// # Direction
/// A low value is good; a gap of 0 is the optimum.
///
/// # Undefined
/// Without demands or candidates.
///
/// # Errors
/// As [`p_median`]; [`Error::Shape`] and [`Error::Value`] for capacities that are not one for each candidate,
/// or negative.
///
/// # Complexity
/// Of a search, that of [`p_median`] and O(pairs log pairs) for each swap tried, 400 at most.
///
/// # References
/// Mulvey and Beck (1984), European Journal of Operational Research,
/// <https://doi.org/10.1016/0377-2217(84)90155-3>, from the literature.
///
/// # Example
/// ```
/// use rurban::accessibility::CostTable;
/// use rurban::progress::Silent;
/// use rurban::siting::{Limit, SitingOptions, capacitated};
///
/// let costs = CostTable::from_triplets(2, 2, &[(0, 0, 1.0), (0, 1, 2.0), (1, 0, 1.0), (1, 1, 5.0)])?;
/// let options = SitingOptions::new(Limit::Places(2));
/// let found = capacitated(&[10.0, 10.0], &costs, 100.0, &[10.0, 10.0], &options, &Silent)?;
/// assert!(found.proof.is_optimal() && (found.proof.value - 30.0).abs() < 1e-6);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn capacitated(
    weights: &[f64],
    costs: &CostTable,
    unreached: f64,
    capacities: &[f64],
    options: &SitingOptions,
    progress: &dyn Progress,
) -> Result<CapacitatedSites> {
    let m = costs.facilities();
    check_amounts("capacities of candidates", capacities, m)?;
    if weights.is_empty() || m == 0 {
        return Err(Error::undefined("capacitated siting", Undefined::Empty));
    }
    let table = SitingCosts::Table { table: costs, unreached };
    let free: Sites = p_median(weights, &table, options, progress)?;
    let case = Case { weights, rows: costs.within(unreached).as_csr().clone(), capacities, unreached };
    let by_number = matches!(options.limit, Limit::Places(_));
    let price = if options.costs.is_empty() || by_number { vec![1.0; m] } else { options.costs.clone() };
    let budget = match options.limit {
        Limit::Places(p) => p as f64,
        Limit::Budget(budget) => budget,
        Limit::Unlimited => f64::INFINITY,
    };
    let existing = free.existing.clone();
    let all = |opened: &[u32]| -> Vec<u32> { existing.iter().chain(opened).copied().collect() };
    let affordable =
        |opened: &[u32]| opened.iter().map(|&j| price[j as usize]).sum::<f64>() <= budget * (1.0 + 1e-12);
    let mut opened = free.opened.clone();
    // What the p-median had no use for may have room.
    let mut order: Vec<u32> = (0..m as u32).filter(|j| !existing.contains(j)).collect();
    order.sort_by(|&a, &b| capacities[b as usize].total_cmp(&capacities[a as usize]).then(a.cmp(&b)));
    let mut best = case.deal(&all(&opened));
    for &j in &order {
        if best.unserved <= 0.0 {
            break;
        }
        if !opened.contains(&j) {
            opened.push(j);
            let plan = if affordable(&opened) { Some(case.deal(&all(&opened))) } else { None };
            match plan.filter(|p| p.value < best.value) {
                Some(plan) => best = plan,
                None => drop(opened.pop()),
            }
        }
    }
    let greedy = best.value;
    let (mut swaps, mut trials, mut idle, mut at) = (0, 0, 0, 0);
    let pairs = costs.pairs();
    let small = pairs.saturating_mul(HEAVIER) <= options.exact_below;
    while !small && trials < TRIALS && idle < order.len() && !opened.is_empty() {
        let candidate = order[at % order.len()];
        (at, idle) = (at + 1, idle + 1);
        if opened.contains(&candidate) {
            continue;
        }
        for k in 0..opened.len() {
            let closed = std::mem::replace(&mut opened[k], candidate);
            trials += 1;
            let plan = affordable(&opened).then(|| case.deal(&all(&opened)));
            if let Some(plan) = plan.filter(|p| p.value < best.value * (1.0 - 1e-12)) {
                (best, swaps, idle) = (plan, swaps + 1, 0);
                break;
            }
            opened[k] = closed;
        }
    }
    let (mut bound, mut nodes) = (free.proof.bound.min(best.value), None);
    if small
        && let Some((set, plan, proved, tried)) = case.exact(&existing, &price, budget, options.exact_nodes)
    {
        nodes = Some(tried);
        if plan.value < best.value {
            (opened, best) = (set, plan);
        }
        bound = bound.max(proved.min(best.value));
        if best.value - bound <= 1e-7 * best.value {
            bound = best.value;
        }
    }
    opened.sort_unstable();
    let gap = if best.value > 0.0 { ((best.value - bound) / best.value).max(0.0) } else { 0.0 };
    let rounds = free.proof.rounds;
    let proof = Proof { value: best.value, bound, gap, greedy, rounds, swaps, nodes };
    let mut notes = free.notes;
    notes.retain(|n| !matches!(n, SitingNote::NothingToGain { .. }));
    Ok(CapacitatedSites { opened, existing, flows: best.flows, unserved: best.unserved, proof, notes })
}
