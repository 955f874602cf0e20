//! The search for groups: dealt to medoids, swapped, or all compared, with a bound.

use super::workshops::WorkshopOptions;
use crate::error::{Error, Result, Undefined};
use crate::matching::assignment;
use crate::matrix::Matrix;
use crate::parallel;
use crate::random::Stream;

/// Up to so many participants all groupings are compared.
pub(super) const EXACT: usize = 12;

/// Changes of the score below this are rounding.
const TINY: f64 = 1e-12;

/// Rounds of the bound.
const ROUNDS: usize = 60;

/// What a pair is worth, who is rural, and how groups are added up.
pub(super) struct Problem {
    pub(super) n: usize,
    pub(super) groups: usize,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) pairs: Matrix,
    /// 0 rural, 1 urban, 2 neither.
    pub(super) side: Vec<usize>,
    pub(super) mix: f64,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Group {
    size: usize,
    pub(super) sides: [usize; 3],
    pairs: f64,
}

impl Group {
    pub(super) fn add(mut self, side: usize, pairs: f64) -> Self {
        self.size += 1;
        self.sides[side] += 1;
        self.pairs += pairs;
        self
    }

    fn take(mut self, side: usize, pairs: f64) -> Self {
        self.size -= 1;
        self.sides[side] -= 1;
        self.pairs -= pairs;
        self
    }
}

impl Problem {
    /// Score of a group times its members.
    pub(super) fn worth(&self, g: Group) -> f64 {
        let pairs = if g.size > 1 { 2.0 * g.pairs / (g.size - 1) as f64 } else { 0.0 };
        pairs + self.mix * (2 * g.sides[0].min(g.sides[1])) as f64
    }
}

pub(super) struct Grouping {
    pub(super) of: Vec<u32>,
    pub(super) groups: Vec<Group>,
    /// Sum of the pair values of each participant with the members of each group.
    pub(super) sums: Matrix,
    pub(super) swaps: usize,
}

impl Grouping {
    pub(super) fn new(problem: &Problem, of: Vec<u32>) -> Self {
        let mut sums = Matrix::filled(problem.n, problem.groups, 0.0);
        for i in 0..problem.n {
            for (j, v) in problem.pairs.row(i).iter().enumerate().filter(|p| p.0 != i) {
                sums[(i, of[j] as usize)] += v;
            }
        }
        let mut groups = vec![Group::default(); problem.groups];
        for (i, &g) in of.iter().enumerate() {
            let g = g as usize;
            groups[g] = groups[g].add(problem.side[i], sums[(i, g)] / 2.0);
        }
        Self { of, groups, sums, swaps: 0 }
    }

    pub(super) fn total(&self, problem: &Problem) -> f64 {
        self.groups.iter().map(|&g| problem.worth(g)).sum()
    }

    fn put(&mut self, problem: &Problem, i: usize, to: usize) {
        let from = self.of[i] as usize;
        self.of[i] = to as u32;
        self.groups[from] = self.groups[from].take(problem.side[i], self.sums[(i, from)]);
        self.groups[to] = self.groups[to].add(problem.side[i], self.sums[(i, to)]);
        for (j, v) in problem.pairs.row(i).iter().enumerate().filter(|p| p.0 != i) {
            self.sums[(j, from)] -= v;
            self.sums[(j, to)] += v;
        }
    }

    /// Swaps two participants, or moves one, as long as that makes the score better.
    fn improve(&mut self, problem: &Problem) {
        let mut idle = 0;
        let mut i = 0;
        while idle < problem.n {
            if let Some((to, with)) = self.best_change(problem, i) {
                let from = self.of[i] as usize;
                self.put(problem, i, to);
                if let Some(k) = with {
                    self.put(problem, k, from);
                }
                self.swaps += 1;
                idle = 0;
            } else {
                idle += 1;
            }
            i = (i + 1) % problem.n;
        }
    }

    /// The group participant `i` should go to, and who should come from there.
    fn best_change(&self, problem: &Problem, i: usize) -> Option<(usize, Option<usize>)> {
        let (from, side) = (self.of[i] as usize, problem.side[i]);
        let worths: Vec<f64> = self.groups.iter().map(|&g| problem.worth(g)).collect();
        let without = self.groups[from].take(side, self.sums[(i, from)]);
        let mut best = (TINY * problem.n as f64, None);
        if without.size >= problem.least {
            for (to, &g) in self.groups.iter().enumerate() {
                if to != from && g.size < problem.most {
                    let with = g.add(side, self.sums[(i, to)]);
                    let gain = problem.worth(without) + problem.worth(with) - worths[from] - worths[to];
                    if gain > best.0 {
                        best = (gain, Some((to, None)));
                    }
                }
            }
        }
        for k in 0..problem.n {
            let to = self.of[k] as usize;
            if to == from {
                continue;
            }
            let (v, other) = (problem.pairs[(i, k)], problem.side[k]);
            let here = without.add(other, self.sums[(k, from)] - v);
            let there = self.groups[to].take(other, self.sums[(k, to)]).add(side, self.sums[(i, to)] - v);
            let gain = problem.worth(here) + problem.worth(there) - worths[from] - worths[to];
            if gain > best.0 {
                best = (gain, Some((to, Some(k))));
            }
        }
        best.1
    }
}

/// Numbers the groups by their first members.
pub(super) fn in_order_of_first(of: &[u32], groups: usize) -> Vec<u32> {
    let mut number = vec![u32::MAX; groups];
    let mut next = 0;
    let mut named = Vec::with_capacity(of.len());
    for &g in of {
        let slot = &mut number[g as usize];
        if *slot == u32::MAX {
            *slot = next;
            next += 1;
        }
        named.push(*slot);
    }
    named
}

/// The best of several starts.
pub(super) fn search(problem: &Problem, options: &WorkshopOptions) -> Result<(Vec<u32>, usize)> {
    let found: Result<Vec<Grouping>> = parallel::map(options.starts.max(1), |s| {
        let mut stream = options.seed.stream(s as u64);
        let mut grouping = Grouping::new(problem, dealt(problem, &mut stream)?);
        grouping.improve(problem);
        Ok(grouping)
    })
    .into_iter()
    .collect();
    let found = found?;
    let swaps = found.iter().map(|g| g.swaps).sum();
    let totals: Vec<f64> = found.iter().map(|g| g.total(problem)).collect();
    let best = (0..found.len()).max_by(|&a, &b| totals[a].total_cmp(&totals[b]).then(b.cmp(&a)));
    let best = best.and_then(|b| found.into_iter().nth(b));
    best.map(|g| (g.of, swaps)).ok_or(Error::undefined("workshops", Undefined::Empty))
}

/// Participants dealt to medoids, medoids chosen anew, and dealt again.
fn dealt(problem: &Problem, stream: &mut Stream) -> Result<Vec<u32>> {
    let Problem { n, groups, least, most, pairs, .. } = problem;
    let mut order: Vec<u32> = (0..*n as u32).collect();
    stream.shuffle(&mut order);
    let mut medoids: Vec<u32> = order[..*groups].to_vec();
    let (low, high) = pairs.as_slice().iter().fold((0.0_f64, 0.0_f64), |(l, h), &v| (l.min(v), h.max(v)));
    // The first places of each group are worth more than all that can be lost elsewhere, and a medoid stays.
    let span = high - low + 1.0;
    let (bonus, stay) = (span * (*n as f64 + 1.0), 2.0 * span);
    let mut capacity = vec![*least as u32; *groups];
    capacity.extend(vec![(*most - *least) as u32; *groups]);
    let mut of = Vec::new();
    for _ in 0..2 {
        let mut scores = Matrix::filled(*n, 2 * groups, 0.0);
        for i in 0..*n {
            for (g, &medoid) in medoids.iter().enumerate() {
                let own = medoid as usize == i;
                let value = pairs[(i, medoid as usize)] + if own { stay } else { 0.0 };
                scores[(i, g)] = value + bonus;
                scores[(i, groups + g)] = value;
            }
        }
        let found = assignment(&scores, &vec![1; *n], &capacity)?;
        of = vec![0; *n];
        found.pairs.iter().for_each(|p| of[p.left as usize] = p.right % *groups as u32);
        let grouping = Grouping::new(problem, of.clone());
        let mut best = vec![(f64::NEG_INFINITY, 0); *groups];
        for (i, &g) in of.iter().enumerate() {
            let sum = grouping.sums[(i, g as usize)];
            if sum > best[g as usize].0 {
                best[g as usize] = (sum, i as u32);
            }
        }
        medoids = best.into_iter().map(|b| b.1).collect();
    }
    Ok(of)
}

/// All groupings of few participants, by sets: the best one of each set into each number of groups.
pub(super) fn compare_all(problem: &Problem) -> Vec<u32> {
    let Problem { n, groups, least, most, .. } = *problem;
    let sets = 1_usize << n;
    let members = |set: usize| (0..n).filter(move |i| set >> i & 1 == 1);
    let worth: Vec<f64> = (0..sets)
        .map(|set| {
            let mut group = Group::default();
            for i in members(set) {
                let inside: f64 = members(set & ((1 << i) - 1)).map(|j| problem.pairs[(i, j)]).sum();
                group = group.add(problem.side[i], inside);
            }
            problem.worth(group)
        })
        .collect();
    let mut best = vec![vec![f64::NEG_INFINITY; sets]; groups + 1];
    let mut last = vec![vec![0_usize; sets]; groups + 1];
    best[0][0] = 0.0;
    for g in 1..=groups {
        for set in 1..sets {
            let first = set & set.wrapping_neg();
            let rest = set ^ first;
            // All subsets that hold the first member.
            let mut part = rest;
            loop {
                let group = part | first;
                let size = group.count_ones() as usize;
                if (least..=most).contains(&size) {
                    let value = best[g - 1][set ^ group] + worth[group];
                    if value > best[g][set] {
                        (best[g][set], last[g][set]) = (value, group);
                    }
                }
                if part == 0 {
                    break;
                }
                part = (part - 1) & rest;
            }
        }
    }
    let (mut of, mut set) = (vec![0; n], sets - 1);
    for g in (1..=groups).rev() {
        let group = last[g][set];
        members(group).for_each(|i| of[i] = (g - 1) as u32);
        set ^= group;
    }
    of
}

/// What no grouping scores more than.
pub(super) fn upper_bound(problem: &Problem, value: f64) -> f64 {
    let n = problem.n;
    let company = problem.least - 1;
    let sides = |s: usize| problem.side.iter().filter(|&&side| side == s).count();
    let mix = problem.mix * (2 * sides(0).min(sides(1))) as f64;
    let mut lambda = vec![0.0; n];
    let (mut best, mut pi, mut idle) = (f64::INFINITY, 1.0, 0);
    for _ in 0..ROUNDS {
        let rows = parallel::map(n, |i| {
            let mut row: Vec<(f64, u32)> = (problem.pairs.row(i).iter().zip(&lambda).enumerate())
                .filter(|(j, _)| *j != i)
                .map(|(j, (v, l))| (v - l, j as u32))
                .collect();
            if row.len() > company {
                row.select_nth_unstable_by(company - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                row.truncate(company);
            }
            row.sort_unstable_by_key(|p| p.1);
            row
        });
        let mut given = vec![0.0; n];
        let mut total: f64 = lambda.iter().sum::<f64>() + mix;
        for (v, j) in rows.iter().flatten() {
            total += v / company as f64;
            given[*j as usize] += 1.0 / company as f64;
        }
        if total < best {
            (best, idle) = (total, 0);
        } else {
            idle += 1;
            if idle >= 5 {
                (pi, idle) = (pi * 0.66, 0);
            }
        }
        let square: f64 = given.iter().map(|g| (g - 1.0) * (g - 1.0)).sum();
        if square <= 0.0 {
            break;
        }
        let step = pi * (total - value).max(0.0) / square;
        lambda.iter_mut().zip(&given).for_each(|(l, g)| *l += step * (g - 1.0));
    }
    (best + 1e-9 * best.abs()) / n as f64
}
