//! Greedy choice and interchange.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::instance::Instance;
use super::problem::Sites;
use crate::parallel;

/// Costs below this share of the whole are rounding.
const EPSILON: f64 = 1e-11;

/// New places that are open, and the nearest and second nearest of each demand.
#[derive(Clone)]
pub(super) struct State {
    pub open: Vec<u32>,
    /// Position of each candidate in `open`.
    slot: Vec<u32>,
    pub d1: Vec<f64>,
    pub n1: Vec<u32>,
    pub d2: Vec<f64>,
    n2: Vec<u32>,
    pub spent: f64,
}

#[derive(PartialEq)]
struct Gain {
    worth: f64,
    candidate: u32,
    step: usize,
}

impl Eq for Gain {}

impl PartialOrd for Gain {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Gain {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then(other.candidate.cmp(&self.candidate))
    }
}

impl State {
    pub(super) fn new(instance: &Instance) -> Self {
        Self {
            open: Vec::new(),
            slot: vec![Sites::NONE; instance.candidates],
            d1: instance.base.clone(),
            n1: instance.base_place.clone(),
            d2: instance.base.clone(),
            n2: instance.base_place.clone(),
            spent: 0.0,
        }
    }

    pub(super) fn of(instance: &Instance, open: &[u32]) -> Self {
        let mut state = Self::new(instance);
        open.iter().for_each(|&h| state.insert(instance, h));
        state
    }

    pub(super) fn value(&self, instance: &Instance) -> f64 {
        self.d1.iter().zip(&instance.weights).map(|(d, w)| d * w).sum()
    }

    pub(super) fn is_open(&self, candidate: u32) -> bool {
        self.slot[candidate as usize] != Sites::NONE
    }

    pub(super) fn affordable(&self, instance: &Instance, extra: f64) -> bool {
        self.spent + extra <= instance.budget * (1.0 + 1e-12) + 1e-12
    }

    /// What a further place would save.
    fn gain(&self, instance: &Instance, reach: &[f64], candidate: u32) -> f64 {
        let mut gain = 0.0;
        instance.visit(candidate, reach, |i, cost| {
            if cost < self.d1[i] {
                gain += instance.weights[i] * (self.d1[i] - cost);
            }
        });
        gain
    }

    pub(super) fn insert(&mut self, instance: &Instance, h: u32) {
        let reach = instance.cell_reach(&self.d2);
        let Self { d1, n1, d2, n2, .. } = self;
        instance.visit(h, &reach, |i, cost| {
            if cost < d1[i] {
                (d2[i], n2[i]) = (d1[i], n1[i]);
                (d1[i], n1[i]) = (cost, h);
            } else if cost < d2[i] {
                (d2[i], n2[i]) = (cost, h);
            }
        });
        self.slot[h as usize] = self.open.len() as u32;
        self.open.push(h);
        self.spent += instance.price[h as usize];
    }

    fn remove(&mut self, instance: &Instance, r: u32) {
        let at = self.slot[r as usize] as usize;
        self.open.swap_remove(at);
        if let Some(&moved) = self.open.get(at) {
            self.slot[moved as usize] = at as u32;
        }
        self.slot[r as usize] = Sites::NONE;
        self.spent -= instance.price[r as usize];
        for i in 0..self.d1.len() {
            if self.n1[i] != r && self.n2[i] != r {
                continue;
            }
            if self.n1[i] == r {
                (self.d1[i], self.n1[i]) = (self.d2[i], self.n2[i]);
            }
            // The next one after the nearest: the base, or an open place.
            let first = self.n1[i];
            let (mut d, mut n) = (instance.base[i], instance.base_place[i]);
            for &j in &self.open {
                if j != first
                    && let Some(cost) = instance.cost(i, j)
                    && cost < d
                {
                    (d, n) = (cost, j);
                }
            }
            (self.d2[i], self.n2[i]) = (d, n);
        }
    }

    /// Position in `candidates` of the one that saves most.
    pub(super) fn best_of(&self, instance: &Instance, candidates: &[u32]) -> Option<usize> {
        let reach = instance.cell_reach(&self.d1);
        let gains = parallel::map(candidates.len(), |k| self.gain(instance, &reach, candidates[k]));
        (0..gains.len()).max_by(|&a, &b| gains[a].total_cmp(&gains[b]).then(b.cmp(&a)))
    }

    /// What closing each open place would cost, in the order of `open`.
    fn losses(&self, instance: &Instance) -> Vec<f64> {
        let mut losses = vec![0.0; self.open.len()];
        for i in 0..self.d1.len() {
            if self.n1[i] != Sites::NONE
                && let slot = self.slot[self.n1[i] as usize]
                && slot != Sites::NONE
            {
                losses[slot as usize] += instance.weights[i] * (self.d2[i] - self.d1[i]);
            }
        }
        losses
    }

    /// Opens what saves most for its price until the limit is reached or nothing saves anything. Gains only
    /// shrink as places open, so that an old gain is an upper bound of the new one (Minoux 1978).
    pub(super) fn greedy(&mut self, instance: &Instance) {
        let worth = |gain: f64, j: u32| {
            let price = instance.price[j as usize];
            if price > 0.0 {
                gain / price
            } else if gain > 0.0 {
                f64::INFINITY
            } else {
                0.0
            }
        };
        let reach = instance.cell_reach(&self.d1);
        let candidates: Vec<u32> = (0..instance.candidates as u32)
            .filter(|&j| instance.allowed[j as usize] && !self.is_open(j))
            .collect();
        let gains = parallel::map(candidates.len(), |k| self.gain(instance, &reach, candidates[k]));
        let mut heap: BinaryHeap<Gain> = (candidates.iter().zip(gains))
            .map(|(&candidate, gain)| Gain { worth: worth(gain, candidate), candidate, step: 0 })
            .collect();
        let (mut step, mut reach) = (0, reach);
        while let Some(top) = heap.pop() {
            if top.worth <= 0.0 {
                break;
            }
            if !self.affordable(instance, instance.price[top.candidate as usize]) {
                continue;
            }
            if top.step == step {
                self.insert(instance, top.candidate);
                step += 1;
                reach = instance.cell_reach(&self.d1);
            } else {
                let gain = self.gain(instance, &reach, top.candidate);
                heap.push(Gain { worth: worth(gain, top.candidate), step, ..top });
            }
        }
    }

    /// Swaps an open place for a closed one as soon as that saves anything, until no swap does; what is left
    /// of the limit is spent on the way. One round of all candidates looks at each pair of demand and
    /// candidate once (Whitaker 1983; Resende and Werneck 2007).
    pub(super) fn interchange(&mut self, instance: &Instance) -> usize {
        let m = instance.candidates as u32;
        let (mut swaps, mut idle, mut h) = (0, 0, 0);
        let mut losses = self.losses(instance);
        let mut reach = instance.cell_reach(&self.d2);
        let tiny = EPSILON * self.value(instance).max(f64::MIN_POSITIVE);
        let mut change = vec![0.0; losses.len()];
        while idle < m {
            let candidate = h;
            h = (h + 1) % m;
            idle += 1;
            if !instance.allowed[candidate as usize] || self.is_open(candidate) {
                continue;
            }
            change.copy_from_slice(&losses);
            let mut shared = 0.0;
            instance.visit(candidate, &reach, |i, cost| {
                if cost < self.d2[i] {
                    let n1 = self.n1[i];
                    let slot = if n1 == Sites::NONE { Sites::NONE } else { self.slot[n1 as usize] };
                    let w = instance.weights[i];
                    if cost < self.d1[i] {
                        shared += w * (cost - self.d1[i]);
                        if slot != Sites::NONE {
                            change[slot as usize] += w * (self.d1[i] - self.d2[i]);
                        }
                    } else if slot != Sites::NONE {
                        change[slot as usize] += w * (cost - self.d2[i]);
                    }
                }
            });
            let price = instance.price[candidate as usize];
            if self.affordable(instance, price) {
                if shared < -tiny {
                    self.insert(instance, candidate);
                } else {
                    continue;
                }
            } else {
                let affordable =
                    |slot: usize| self.affordable(instance, price - instance.price[self.open[slot] as usize]);
                let best = (0..change.len())
                    .filter(|&s| affordable(s))
                    .min_by(|&a, &b| change[a].total_cmp(&change[b]).then(self.open[a].cmp(&self.open[b])));
                let Some(slot) = best.filter(|&s| shared + change[s] < -tiny) else { continue };
                let closing = self.open[slot];
                self.remove(instance, closing);
                self.insert(instance, candidate);
            }
            swaps += 1;
            idle = 0;
            losses = self.losses(instance);
            change.resize(losses.len(), 0.0);
            reach = instance.cell_reach(&self.d2);
        }
        swaps
    }
}
