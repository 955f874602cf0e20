//! Greedy choice of nodes that meet the most of a family of sets.

use super::reverse::Budget;

/// Sets of nodes, one after the other.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    start: Vec<usize>,
    pub(super) members: Vec<u32>,
}

impl Sets {
    pub(super) fn new() -> Self {
        Self { start: vec![0], members: Vec::new() }
    }

    pub(super) const fn len(&self) -> usize {
        self.start.len() - 1
    }

    pub(super) fn of(&self, i: usize) -> &[u32] {
        &self.members[self.start[i]..self.start[i + 1]]
    }

    pub(super) fn push(&mut self, set: &[u32]) {
        self.members.extend_from_slice(set);
        self.start.push(self.members.len());
    }

    pub(super) fn extend(&mut self, other: &Self) {
        let shift = self.members.len();
        self.members.extend_from_slice(&other.members);
        self.start.extend(other.start[1..].iter().map(|s| s + shift));
    }

    /// The sets that each node is in.
    fn inverted(&self, nodes: usize) -> Self {
        let mut start = vec![0_usize; nodes + 1];
        self.members.iter().for_each(|m| start[*m as usize + 1] += 1);
        for i in 0..nodes {
            start[i + 1] += start[i];
        }
        let mut next = start.clone();
        let mut members = vec![0; self.members.len()];
        for i in 0..self.len() {
            for &m in self.of(i) {
                members[next[m as usize]] = i as u32;
                next[m as usize] += 1;
            }
        }
        Self { start, members }
    }
}

/// What a greedy choice meets, and what no choice can pass.
#[derive(Debug, Clone)]
pub(super) struct Cover {
    /// The chosen nodes, in order.
    pub(super) seeds: Vec<u32>,
    /// No affordable choice meets more sets than this.
    pub(super) upper: f64,
}

/// Chooses nodes one by one, each the one that meets the most further sets (per unit of cost).
pub(super) fn greedy(nodes: usize, sets: &Sets, budget: &Budget) -> Cover {
    let index = sets.inverted(nodes);
    let mut state = State::new(nodes, &index);
    match budget {
        Budget::Count(k) => by_count(&mut state, sets, &index, (*k).min(nodes)),
        Budget::Costs { costs, total } => by_cost(&mut state, sets, &index, costs, *total),
    }
}

struct State {
    gain: Vec<u32>,
    /// Number of nodes of each gain.
    histogram: Vec<u32>,
    covered: Vec<bool>,
    met: u64,
}

impl State {
    fn new(nodes: usize, index: &Sets) -> Self {
        let gain: Vec<u32> = (0..nodes).map(|i| index.of(i).len() as u32).collect();
        let mut histogram = vec![0; gain.iter().max().map_or(1, |g| *g as usize + 1)];
        gain.iter().for_each(|g| histogram[*g as usize] += 1);
        let sets = index.members.iter().max().map_or(0, |m| *m as usize + 1);
        Self { gain, histogram, covered: vec![false; sets], met: 0 }
    }

    fn take(&mut self, node: u32, sets: &Sets, index: &Sets) {
        self.met += u64::from(self.gain[node as usize]);
        for &set in index.of(node as usize) {
            if !std::mem::replace(&mut self.covered[set as usize], true) {
                for &m in sets.of(set as usize) {
                    let gain = &mut self.gain[m as usize];
                    self.histogram[*gain as usize] -= 1;
                    *gain -= 1;
                    self.histogram[*gain as usize] += 1;
                }
            }
        }
    }

    /// Sets met so far and the `k` largest remaining gains.
    fn bound(&self, k: usize) -> u64 {
        let (mut left, mut sum) = (k as u64, self.met);
        for (gain, &count) in self.histogram.iter().enumerate().rev() {
            let taken = left.min(u64::from(count));
            sum += taken * gain as u64;
            left -= taken;
            if left == 0 {
                break;
            }
        }
        sum
    }

    /// Sets met so far and the remaining gains that fill `total`, the last one in part.
    fn fractional_bound(&self, costs: &[f64], total: f64) -> f64 {
        let mut order: Vec<usize> =
            (0..self.gain.len()).filter(|&i| self.gain[i] > 0 && costs[i] <= total).collect();
        let rate = |i: usize| f64::from(self.gain[i]) / costs[i];
        order.sort_by(|&a, &b| rate(b).total_cmp(&rate(a)));
        let (mut left, mut sum) = (total, self.met as f64);
        for i in order {
            let part = if costs[i] <= left { 1.0 } else { left / costs[i] };
            sum += part * f64::from(self.gain[i]);
            left -= part * costs[i];
            if left <= 0.0 {
                break;
            }
        }
        sum
    }
}

fn by_count(state: &mut State, sets: &Sets, index: &Sets, k: usize) -> Cover {
    let mut seeds = Vec::with_capacity(k);
    let mut upper = state.bound(k);
    while seeds.len() < k {
        // The first of the best ones.
        let best = (0..state.gain.len()).rev().max_by_key(|&i| state.gain[i]);
        let Some(best) = best.filter(|&i| state.gain[i] > 0) else { break };
        state.take(best as u32, sets, index);
        seeds.push(best as u32);
        upper = upper.min(state.bound(k));
    }
    Cover { seeds, upper: upper as f64 }
}

fn by_cost(state: &mut State, sets: &Sets, index: &Sets, costs: &[f64], total: f64) -> Cover {
    let single = (0..state.gain.len())
        .rev()
        .filter(|&i| costs[i] <= total && state.gain[i] > 0)
        .max_by_key(|&i| state.gain[i]);
    let Some(single) = single else { return Cover { seeds: Vec::new(), upper: 0.0 } };
    let single_gain = u64::from(state.gain[single]);
    let (mut seeds, mut left) = (Vec::new(), total);
    let mut upper = state.fractional_bound(costs, total);
    loop {
        let rate = |i: usize| f64::from(state.gain[i]) / costs[i];
        let best = (0..state.gain.len())
            .rev()
            .filter(|&i| state.gain[i] > 0 && costs[i] <= left)
            .max_by(|&a, &b| rate(a).total_cmp(&rate(b)));
        let Some(best) = best else { break };
        state.take(best as u32, sets, index);
        seeds.push(best as u32);
        left -= costs[best];
        // The bound sorts all nodes: at steps 1, 2, 4, 8, … it is nearly as tight as at all.
        if seeds.len().is_power_of_two() {
            upper = upper.min(state.fractional_bound(costs, total));
        }
    }
    upper = upper.min(state.fractional_bound(costs, total));
    if single_gain > state.met {
        seeds = vec![single as u32];
    }
    Cover { seeds, upper }
}
