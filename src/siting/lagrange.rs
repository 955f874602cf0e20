//! The Lagrangian bound, and places that it suggests.

use super::engine::State;
use super::instance::Instance;
use super::problem::SitingOptions;
use crate::parallel;
use crate::progress::Progress;

/// Demands handled by one task: a fixed number, so that sums do not depend on the threads.
const TASKS: usize = 16;
/// Pairs beyond this multiple of the second nearest open place are left out: multipliers are kept below
/// what they would cost, so that the bound stays valid without them.
const RADIUS: f64 = 1.8;
/// Suggestions improved by interchange.
const SUGGESTIONS: usize = 12;

/// How the multipliers are moved.
struct Steps {
    /// First step, as a share of the way to the best value.
    first: f64,
    /// Rounds without gain after which steps become shorter.
    patience: usize,
    /// What of the last direction is kept.
    memory: f64,
    /// Steps below this end the search.
    last: f64,
    /// First round whose choice is improved, and rounds until the next one is.
    suggest: [usize; 2],
}

impl Steps {
    /// Coverings and small instances gain most from long steps.
    const LONG: Self = Self { first: 1.0, patience: 20, memory: 0.3, last: 1e-4, suggest: [30, 1] };
    /// On the communes of France as a p-median long steps leave a gap of 0.95 % after 600 rounds, these one of
    /// 0.5 % after 242.
    const SMOOTH: Self = Self { first: 0.2, patience: 12, memory: 0.9, last: 2e-5, suggest: [30, 12] };
    /// Demands below which every choice is improved.
    const SMALL: usize = 2_000;

    const fn of(demands: usize, covering: bool) -> Self {
        if demands < Self::SMALL {
            Self { suggest: [0, 1], ..Self::LONG }
        } else if covering {
            Self::LONG
        } else {
            Self::SMOOTH
        }
    }
}

pub(super) struct Relaxation {
    pub bound: f64,
    pub rounds: usize,
    pub swaps: usize,
    /// Reduced costs of the candidates at the best bound.
    pub reduced: Vec<f64>,
}

/// Pairs by demand, cheapest first, costs already weighted.
struct Lists {
    offsets: Vec<usize>,
    costs: Vec<f64>,
    candidates: Vec<u32>,
    cap: Vec<f64>,
}

impl Lists {
    fn new(instance: &Instance, state: &State) -> Self {
        let radius: Vec<f64> =
            state.d2.iter().zip(&instance.base).map(|(d2, base)| (RADIUS * d2).min(*base)).collect();
        let rows = instance.nearest(&radius);
        let pairs = rows.iter().map(Vec::len).sum();
        let (mut offsets, mut costs, mut candidates) =
            (vec![0], Vec::with_capacity(pairs), Vec::with_capacity(pairs));
        for (row, w) in rows.into_iter().zip(&instance.weights) {
            costs.extend(row.iter().map(|p| p.0 * w));
            candidates.extend(row.iter().map(|p| p.1));
            offsets.push(costs.len());
        }
        let cap = radius.iter().zip(&instance.weights).map(|(r, w)| r * w).collect();
        Self { offsets, costs, candidates, cap }
    }

    fn row(&self, i: usize) -> impl Iterator<Item = (f64, u32)> + '_ {
        let at = self.offsets[i]..self.offsets[i + 1];
        self.costs[at.clone()].iter().copied().zip(self.candidates[at].iter().copied())
    }
}

/// What one task adds up.
struct Sums {
    reduced: Vec<f64>,
    multipliers: f64,
}

/// Maximises `L(λ) = Σ λ_i + min over affordable sets S of Σ_{j ∈ S} ρ_j`, `ρ_j = Σ_i min(0, w_i d_ij − λ_i)`
/// by deflected subgradients (Beasley 1993; Barahona and Anbil 2000), and improves `best` on the way.
pub(super) fn bound(
    instance: &Instance,
    best: &mut State,
    options: &SitingOptions,
    whole: f64,
    progress: &dyn Progress,
) -> Relaxation {
    let n = instance.demands();
    let mut value = best.value(instance);
    let lists = Lists::new(instance, best);
    // Between the nearest and the second nearest is where good multipliers are.
    let mut lambda: Vec<f64> = (0..n)
        .map(|i| (instance.weights[i] * f64::midpoint(best.d1[i], best.d2[i])).min(lists.cap[i]))
        .collect();
    let mut direction = vec![0.0; n];
    let mut found =
        Relaxation { bound: f64::NEG_INFINITY, rounds: 0, swaps: 0, reduced: vec![0.0; instance.candidates] };
    let steps = Steps::of(n, whole.is_finite());
    let (mut pi, mut without_gain, mut suggested) = (steps.first, 0, f64::INFINITY);
    let (mut suggestions, mut next) = (0, steps.suggest[0]);
    let size = n.div_ceil(TASKS).max(1);
    progress.begin("bound the siting", Some(options.rounds as u64));
    while found.rounds < options.rounds {
        found.rounds += 1;
        progress.advance(1);
        let parts = parallel::map(n.div_ceil(size), |c| {
            let mut sums = Sums { reduced: vec![0.0; instance.candidates], multipliers: 0.0 };
            for i in c * size..((c + 1) * size).min(n) {
                sums.multipliers += lambda[i];
                for (cost, j) in lists.row(i).take_while(|p| p.0 < lambda[i]) {
                    sums.reduced[j as usize] += cost - lambda[i];
                }
            }
            sums
        });
        let mut reduced = vec![0.0; instance.candidates];
        let mut lagrangian = 0.0;
        for part in parts {
            lagrangian += part.multipliers;
            reduced.iter_mut().zip(&part.reduced).for_each(|(r, p)| *r += p);
        }
        let chosen = choose(instance, &reduced);
        lagrangian += chosen.iter().map(|&(j, share)| share * reduced[j as usize]).sum::<f64>();
        if lagrangian > found.bound {
            let much = lagrangian > found.bound + 1e-5 * value.abs();
            found.bound = lagrangian;
            found.reduced = reduced;
            without_gain = if much { 0 } else { without_gain + 1 };
        } else {
            without_gain += 1;
        }
        if without_gain >= steps.patience {
            pi *= 0.66;
            without_gain = 0;
        }
        let mut share_of = vec![0.0; instance.candidates];
        chosen.iter().for_each(|&(j, share)| share_of[j as usize] = share);
        // How often each demand is served by the chosen, and the nearest of them.
        let served = parallel::map(n.div_ceil(size), |c| {
            let rows = (c * size..((c + 1) * size).min(n)).map(|i| {
                let (mut count, mut nearest) = (0.0, f64::NAN);
                for (cost, j) in lists.row(i).take_while(|p| p.0 < lambda[i]) {
                    let share = share_of[j as usize];
                    if share > 0.0 && nearest.is_nan() {
                        nearest = cost;
                    }
                    count += share;
                }
                (count, if nearest.is_nan() { lists.cap[i] } else { nearest })
            });
            rows.collect::<Vec<_>>()
        });
        let mut estimate = 0.0;
        for (d, (count, nearest)) in direction.iter_mut().zip(served.into_iter().flatten()) {
            *d = (1.0 - steps.memory) * (1.0 - count) + steps.memory * *d;
            estimate += nearest;
        }
        if estimate < suggested && suggestions < SUGGESTIONS && found.rounds >= next {
            next = found.rounds + steps.suggest[1];
            suggested = estimate;
            suggestions += 1;
            let whole_ones: Vec<u32> = chosen.iter().filter(|c| c.1 >= 1.0).map(|c| c.0).collect();
            let mut other = State::of(instance, &whole_ones);
            found.swaps += other.interchange(instance);
            let other_value = other.value(instance);
            if other_value < value {
                (value, *best) = (other_value, other);
            }
        }
        if (value - found.bound) <= options.gap * scale(value, found.bound, whole) || pi < steps.last {
            break;
        }
        let square: f64 = direction.iter().map(|d| d * d).sum();
        if square <= 0.0 {
            break;
        }
        let step = pi * (1.01 * value - lagrangian).max(0.0) / square;
        for ((l, d), cap) in lambda.iter_mut().zip(&direction).zip(&lists.cap) {
            *l = (*l + step * d).clamp(0.0, *cap);
        }
    }
    progress.end();
    // No cost is negative; sums of many terms are right to about this share.
    found.bound = (found.bound - 1e-12 * value.abs()).clamp(0.0, value);
    found
}

/// What the gap is a share of: the cost itself, or, where `whole` is what could be covered, the amount that
/// is covered by the bound.
fn scale(value: f64, bound: f64, whole: f64) -> f64 {
    if whole.is_finite() { whole - bound } else { value }
}

/// Candidates of least reduced cost within the budget, and the share of each: all but the last are whole.
fn choose(instance: &Instance, reduced: &[f64]) -> Vec<(u32, f64)> {
    let worth = |j: u32| {
        let price = instance.price[j as usize];
        if price > 0.0 { reduced[j as usize] / price } else { f64::NEG_INFINITY }
    };
    let mut of: Vec<u32> = (0..instance.candidates as u32)
        .filter(|&j| instance.allowed[j as usize] && reduced[j as usize] < 0.0)
        .collect();
    of.sort_unstable_by(|&a, &b| worth(a).total_cmp(&worth(b)).then(a.cmp(&b)));
    let mut left = instance.budget;
    let mut chosen = Vec::new();
    for j in of {
        let price = instance.price[j as usize];
        if price <= left {
            left -= price;
            chosen.push((j, 1.0));
        } else {
            if left > 0.0 {
                chosen.push((j, left / price));
            }
            break;
        }
    }
    chosen
}
