//! Fewest or cheapest sets of candidates that cover all demands: what set covering and the p-centre share.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOptions, Variable};

use crate::matrix::Csr;

/// How much work is put into one covering.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub rounds: usize,
    pub exact_below: usize,
    pub exact_nodes: u64,
}

/// Demands, each with the candidates that would cover it; demands with the same ones are one.
pub(super) struct Cover {
    rows: Csr,
    columns: Csr,
    price: Vec<f64>,
    /// Whether all prices are whole numbers, so that bounds may be rounded up.
    whole: bool,
}

pub(super) struct Covering {
    pub open: Vec<u32>,
    pub value: f64,
    pub greedy: f64,
    pub bound: f64,
    pub rounds: usize,
    pub improvements: usize,
    pub nodes: Option<u64>,
}

#[derive(PartialEq)]
struct Worth {
    worth: f64,
    candidate: u32,
}

impl Eq for Worth {}

impl PartialOrd for Worth {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Worth {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then(other.candidate.cmp(&self.candidate))
    }
}

impl Cover {
    /// Rows must not be empty and list candidates in increasing order.
    pub(super) fn new(mut rows: Vec<Vec<u32>>, price: &[f64]) -> Self {
        rows.sort_unstable();
        rows.dedup();
        let mut offsets = vec![0];
        let mut indices = Vec::with_capacity(rows.iter().map(Vec::len).sum());
        for row in &rows {
            indices.extend_from_slice(row);
            offsets.push(indices.len());
        }
        let values = vec![1.0; indices.len()];
        let rows = Csr::from_sorted(price.len(), offsets, indices, values);
        let whole = price.iter().all(|p| p.fract() == 0.0);
        Self { columns: rows.transposed(), rows, price: price.to_vec(), whole }
    }

    fn value(&self, open: &[u32]) -> f64 {
        open.iter().map(|&j| self.price[j as usize]).sum()
    }

    fn round_up(&self, bound: f64) -> f64 {
        if self.whole { (bound - 1e-6).ceil().max(0.0) } else { bound.max(0.0) }
    }

    /// Takes what covers most demands for its price, again and again (Chvátal 1979).
    fn greedy(&self) -> Vec<u32> {
        let mut covered = vec![false; self.rows.rows()];
        let mut left = covered.len();
        let worth = |j: u32, covered: &[bool]| {
            let new = self.columns.indices(j as usize).iter().filter(|&&i| !covered[i as usize]).count();
            // A candidate without price comes before all others.
            if new == 0 { 0.0 } else { new as f64 / self.price[j as usize].max(1e-300) }
        };
        let mut heap: BinaryHeap<Worth> = (0..self.price.len() as u32)
            .map(|candidate| Worth { worth: worth(candidate, &covered), candidate })
            .collect();
        let mut open = Vec::new();
        while left > 0
            && let Some(top) = heap.pop()
        {
            let now = Worth { worth: worth(top.candidate, &covered), ..top };
            if heap.peek().is_some_and(|next| *next > now) {
                heap.push(now);
                continue;
            }
            if now.worth <= 0.0 {
                break;
            }
            open.push(now.candidate);
            for &i in self.columns.indices(now.candidate as usize) {
                left -= usize::from(!std::mem::replace(&mut covered[i as usize], true));
            }
        }
        self.pruned(open, &self.price)
    }

    /// Without the places that the others make superfluous, the dearest first.
    fn pruned(&self, mut open: Vec<u32>, cost: &[f64]) -> Vec<u32> {
        let mut count = vec![0_u32; self.rows.rows()];
        let rows_of = |j: u32| self.columns.indices(j as usize).iter().map(|&i| i as usize);
        open.iter().for_each(|&j| rows_of(j).for_each(|i| count[i] += 1));
        open.sort_unstable_by(|&a, &b| cost[b as usize].total_cmp(&cost[a as usize]).then(b.cmp(&a)));
        open.retain(|&j| {
            let superfluous = rows_of(j).all(|i| count[i] > 1);
            if superfluous {
                rows_of(j).for_each(|i| count[i] -= 1);
            }
            !superfluous
        });
        open.sort_unstable();
        open
    }

    /// The candidates the multipliers ask for, with the least reduced one for each demand they leave out.
    fn suggested(&self, reduced: &[f64]) -> Vec<u32> {
        let mut is_open: Vec<bool> = reduced.iter().map(|r| *r < 0.0).collect();
        for i in 0..self.rows.rows() {
            let row = self.rows.indices(i);
            if !row.iter().any(|&j| is_open[j as usize])
                && let Some(&best) = row
                    .iter()
                    .min_by(|&&a, &&b| reduced[a as usize].total_cmp(&reduced[b as usize]).then(a.cmp(&b)))
            {
                is_open[best as usize] = true;
            }
        }
        let open = (0..reduced.len() as u32).filter(|&j| is_open[j as usize]).collect();
        self.pruned(open, reduced)
    }

    /// The cheapest covering that is found and a bound that none goes below. With a target the search ends as
    /// soon as a covering of at most that price is found, or none is proved to exist.
    pub(super) fn solve(&self, effort: Effort, target: Option<f64>) -> Covering {
        let n = self.rows.rows();
        let mut open = self.greedy();
        let greedy = self.value(&open);
        let mut found = Covering {
            value: greedy,
            greedy,
            bound: if n == 0 { greedy } else { 0.0 },
            rounds: 0,
            improvements: 0,
            nodes: None,
            open: Vec::new(),
        };
        // Each demand asks for its share of the cheapest candidate that covers it.
        let share = |j: u32| self.price[j as usize] / self.columns.row_len(j as usize).max(1) as f64;
        let mut lambda: Vec<f64> = (0..n)
            .map(|i| self.rows.indices(i).iter().map(|&j| share(j)).fold(f64::INFINITY, f64::min))
            .collect();
        let mut best_reduced = self.price.clone();
        let mut best = f64::NEG_INFINITY;
        let mut direction = vec![0.0; n];
        let (mut pi, mut without_gain) = (1.0, 0);
        let decided = |found: &Covering| {
            found.value <= found.bound * (1.0 + 1e-9)
                || target.is_some_and(|t| found.value <= t + 1e-9 || found.bound > t + 1e-9)
        };
        while !decided(&found) && found.rounds < effort.rounds && pi > 1e-3 {
            found.rounds += 1;
            let mut reduced = self.price.clone();
            for (i, l) in lambda.iter().enumerate() {
                self.rows.indices(i).iter().for_each(|&j| reduced[j as usize] -= l);
            }
            let lagrangian: f64 =
                lambda.iter().sum::<f64>() + reduced.iter().map(|r| r.min(0.0)).sum::<f64>();
            if lagrangian > best {
                without_gain = if lagrangian > best + 1e-4 * found.value { 0 } else { without_gain + 1 };
                best = lagrangian;
                best_reduced.clone_from(&reduced);
                found.bound = found.bound.max(self.round_up(best - 1e-9 * found.value)).min(found.value);
            } else {
                without_gain += 1;
            }
            if without_gain >= 15 {
                (pi, without_gain) = (pi * 0.66, 0);
            }
            if found.rounds % 3 == 1 {
                let other = self.suggested(&reduced);
                let value = self.value(&other);
                if value < found.value {
                    (found.value, open) = (value, other);
                    found.improvements += 1;
                }
            }
            let mut square = 0.0;
            for (i, d) in direction.iter_mut().enumerate() {
                let count = self.rows.indices(i).iter().filter(|&&j| reduced[j as usize] < 0.0).count();
                *d = 0.7 * (1.0 - count as f64) + 0.3 * *d;
                square += *d * *d;
            }
            if square <= 0.0 {
                break;
            }
            let step = pi * (1.05 * found.value - lagrangian).max(0.0) / square;
            lambda.iter_mut().zip(&direction).for_each(|(l, d)| *l = (*l + step * d).max(0.0));
        }
        if !decided(&found) {
            self.prove(&mut found, &mut open, best, &best_reduced, effort);
        }
        found.open = open;
        found
    }

    /// Branch and bound over the candidates that a better covering may have: with any other in it the bound
    /// is no better than what is known.
    fn prove(&self, found: &mut Covering, open: &mut Vec<u32>, bound: f64, reduced: &[f64], effort: Effort) {
        let needed = if self.whole { found.value - 1.0 + 1e-6 } else { found.value };
        let may = |j: u32| bound + reduced[j as usize].max(0.0) <= needed;
        let mut variables: Vec<Option<Variable>> = vec![None; self.price.len()];
        let kept: Vec<u32> = (0..self.price.len() as u32)
            .filter(|&j| self.columns.row_len(j as usize) > 0 && may(j))
            .collect();
        let entries: usize = kept.iter().map(|&j| self.columns.row_len(j as usize)).sum();
        if entries > effort.exact_below {
            return;
        }
        let Some((kept, rows)) = self.reduced(kept) else {
            // Nothing better covers some demand.
            found.bound = found.value;
            return;
        };
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        for &j in &kept {
            variables[j as usize] = Some(problem.add_binary_var(self.price[j as usize]));
        }
        for row in rows {
            let mut expr = LinearExpr::empty();
            row.iter().filter_map(|&j| variables[j as usize]).for_each(|y| expr.add(y, 1.0));
            problem.add_constraint(expr, ComparisonOp::Ge, 1.0);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(effort.exact_nodes);
        let Some(solution) = problem.solve_with(options).ok().and_then(|o| o.into_solution().ok()) else {
            return;
        };
        let stats = solution.stats();
        found.nodes = Some(stats.nodes_solved);
        let chosen: Vec<u32> = (kept.iter().copied())
            .filter(|&j| variables[j as usize].is_some_and(|y| solution.var_value(y) > 0.5))
            .collect();
        let covers = (0..self.rows.rows())
            .all(|i| self.rows.indices(i).iter().any(|j| chosen.binary_search(j).is_ok()));
        let value = self.value(&chosen);
        if covers && value < found.value {
            (found.value, *open) = (value, chosen);
            found.improvements += 1;
        }
        if let Some(proved) = stats.best_bound {
            // What was left out leads to nothing below the value that was known.
            found.bound = found.bound.max(self.round_up(proved)).min(found.value);
        }
    }

    /// The candidates and demands that are left when a demand whose candidates include all those of another one,
    /// and a candidate that a no dearer one can stand in for, are taken out; `None` when a demand has none.
    fn reduced(&self, mut kept: Vec<u32>) -> Option<(Vec<u32>, Vec<Vec<u32>>)> {
        let mut rows: Vec<Vec<u32>> = (0..self.rows.rows())
            .map(|i| self.rows.indices(i).iter().copied().filter(|j| kept.binary_search(j).is_ok()).collect())
            .collect();
        loop {
            if rows.iter().any(Vec::is_empty) {
                return None;
            }
            rows.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then(a.cmp(b)));
            let mut needed: Vec<Vec<u32>> = Vec::new();
            for row in rows {
                if !needed.iter().any(|other| is_subset(other, &row)) {
                    needed.push(row);
                }
            }
            rows = needed;
            let mut covered: Vec<(u32, Vec<u32>)> = kept.iter().map(|&j| (j, Vec::new())).collect();
            for (i, row) in rows.iter().enumerate() {
                for j in row {
                    if let Ok(at) = kept.binary_search(j) {
                        covered[at].1.push(i as u32);
                    }
                }
            }
            let price = |j: u32| self.price[j as usize];
            covered.sort_by(|a, b| {
                b.1.len().cmp(&a.1.len()).then(price(a.0).total_cmp(&price(b.0))).then(a.0.cmp(&b.0))
            });
            let mut left: Vec<(u32, Vec<u32>)> = Vec::new();
            for (j, of) in covered {
                let stands_in =
                    |other: &(u32, Vec<u32>)| price(other.0) <= price(j) && is_subset(&of, &other.1);
                if !of.is_empty() && !left.iter().any(stands_in) {
                    left.push((j, of));
                }
            }
            let before = kept.len();
            kept = left.into_iter().map(|l| l.0).collect();
            kept.sort_unstable();
            if kept.len() == before {
                return Some((kept, rows));
            }
            rows.iter_mut().for_each(|row| row.retain(|j| kept.binary_search(j).is_ok()));
        }
    }
}

/// Whether all of `a` are in `b`; both increase.
fn is_subset(a: &[u32], b: &[u32]) -> bool {
    let mut rest = b.iter();
    a.len() <= b.len() && a.iter().all(|x| rest.by_ref().find(|y| *y >= x) == Some(x))
}
