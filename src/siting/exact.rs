//! Branch and bound for small instances.

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolveOptions, Variable};

use super::engine::State;
use super::instance::Instance;
use super::lagrange::Relaxation;

pub(super) struct Exact {
    pub open: Vec<u32>,
    pub bound: f64,
    pub nodes: u64,
}

/// The optimum by mixed-integer programming: for each demand a chain of its distinct costs, each step paid
/// unless a place at most that far is open (Cornuéjols, Nemhauser and Wolsey 1980; Elloumi 2010).
/// Candidates that the Lagrangian bound proves to be in no better answer are left out.
pub(super) fn solve(instance: &Instance, best: &State, bound: &Relaxation, nodes: u64) -> Option<Exact> {
    let value = best.value(instance);
    let kept = kept(instance, best, bound, value);
    let scale = (value / instance.demands() as f64).max(f64::MIN_POSITIVE);
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let mut open: Vec<Option<Variable>> = vec![None; instance.candidates];
    let mut budget = LinearExpr::empty();
    for &j in &kept {
        let y = problem.add_binary_var(0.0);
        budget.add(y, instance.price[j as usize]);
        open[j as usize] = Some(y);
    }
    if instance.budget.is_finite() {
        problem.add_constraint(budget, ComparisonOp::Le, instance.budget);
    }
    let mut constant = 0.0;
    for (i, row) in instance.nearest(&instance.base).into_iter().enumerate() {
        let w = instance.weights[i];
        let row: Vec<(f64, Variable)> =
            row.into_iter().filter_map(|(d, j)| Some((d, open[j as usize]?))).collect();
        if w <= 0.0 {
            continue;
        }
        let Some(first) = row.first() else {
            constant += w * instance.base[i];
            continue;
        };
        constant += w * first.0;
        let mut before: Option<Variable> = None;
        let mut at = 0;
        while at < row.len() {
            let cost = row[at].0;
            let end = at + row[at..].partition_point(|p| p.0 <= cost);
            let next = row.get(end).map_or(instance.base[i], |p| p.0);
            let z = problem.add_var(w * (next - cost) / scale, (0.0, 1.0));
            let mut expr = LinearExpr::empty();
            expr.add(z, 1.0);
            row[at..end].iter().for_each(|p| expr.add(p.1, 1.0));
            let right = match before {
                Some(z) => {
                    expr.add(z, -1.0);
                    0.0
                }
                None => 1.0,
            };
            problem.add_constraint(expr, ComparisonOp::Ge, right);
            before = Some(z);
            at = end;
        }
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(nodes);
    let solution = problem.solve_with(options).ok()?.into_solution().ok()?;
    let stats = solution.stats();
    let proved = stats.best_bound? * scale + constant;
    let chosen =
        kept.iter().copied().filter(|&j| open[j as usize].is_some_and(|y| solution.var_value(y) > 0.5));
    Some(Exact { open: chosen.collect(), bound: proved, nodes: stats.nodes_solved })
}

/// Candidates that some better answer may open: with any other one in it the bound is above the best value.
fn kept(instance: &Instance, best: &State, bound: &Relaxation, value: f64) -> Vec<u32> {
    let mut all: Vec<u32> =
        (0..instance.candidates as u32).filter(|&j| instance.allowed[j as usize]).collect();
    let p = instance.budget as usize;
    if instance.unit_price() && p > 0 && all.len() > p {
        let mut sorted: Vec<f64> = all.iter().map(|&j| bound.reduced[j as usize]).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let worst = sorted[p - 1].min(0.0);
        let limit = value * (1.0 + 1e-9);
        all.retain(|&j| best.is_open(j) || bound.bound + bound.reduced[j as usize].min(0.0) - worst <= limit);
    }
    all
}
