//! Groups of people who share themes, mix rural and urban, and do not travel far.

use serde::{Deserialize, Serialize};

use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::matching::assignment;
use crate::matrix::Matrix;
use crate::network::Network;
use crate::parallel;
use crate::random::{Seed, Stream};

/// Up to so many participants all groupings are compared.
const EXACT: usize = 12;
/// Changes of the score below this are rounding.
const TINY: f64 = 1e-12;
/// Rounds of the bound.
const ROUNDS: usize = 60;

/// Who takes part.
#[derive(Debug, Clone, Copy)]
pub struct Participants<'a> {
    /// Themes of each participant, as numbers; in any order, doubles count once.
    pub themes: &'a [Vec<u32>],
    /// Rural (class 0) or urban (class 1); participants without a class count for neither.
    pub rurality: &'a Labels,
    /// Distance or time between any two, symmetric; NaN where it is not known, which counts as the mean
    /// of those that are.
    pub travel: &'a Matrix,
}

/// Sizes of the groups, and what counts how much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WorkshopOptions {
    /// Members of the smallest group, at least 2.
    pub least: usize,
    /// Members of the largest group.
    pub most: usize,
    /// Number of groups; `None` for the one with which groups are nearest to the middle of both sizes.
    pub groups: Option<usize>,
    /// Weight α of shared themes.
    pub themes: f64,
    /// Weight β of the mix of rural and urban.
    pub mix: f64,
    /// Weight γ of travel.
    pub travel: f64,
    /// The travel that counts for 1.
    pub travel_scale: f64,
    /// Searches from different groups to begin with.
    pub starts: usize,
    /// Seed of the starts.
    pub seed: Seed,
}

impl WorkshopOptions {
    /// Weights of 1 each, 100,000 (100 km in metres) as the travel that counts for 1, four starts.
    #[must_use]
    pub const fn new(least: usize, most: usize) -> Self {
        Self {
            least,
            most,
            groups: None,
            themes: 1.0,
            mix: 1.0,
            travel: 1.0,
            travel_scale: 100_000.0,
            starts: 4,
            seed: Seed(1),
        }
    }

    /// Sets [`WorkshopOptions::groups`].
    #[must_use]
    pub const fn groups(mut self, groups: usize) -> Self {
        self.groups = Some(groups);
        self
    }

    /// Sets the weights of themes, mix and travel.
    #[must_use]
    pub const fn weights(mut self, themes: f64, mix: f64, travel: f64) -> Self {
        (self.themes, self.mix, self.travel) = (themes, mix, travel);
        self
    }

    /// Sets [`WorkshopOptions::travel_scale`].
    #[must_use]
    pub const fn travel_scale(mut self, travel: f64) -> Self {
        self.travel_scale = travel;
        self
    }

    /// Sets [`WorkshopOptions::starts`].
    #[must_use]
    pub const fn starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// Sets [`WorkshopOptions::seed`].
    #[must_use]
    pub const fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The number of groups for `n` participants.
    fn count(&self, n: usize) -> Result<usize> {
        check_weights("weights of themes, mix and travel", &[self.themes, self.mix, self.travel])?;
        if !(self.travel_scale.is_finite() && self.travel_scale > 0.0) {
            let value = self.travel_scale.to_string();
            return Err(Error::Parameter { name: "travel_scale", value, must: "must be above zero" });
        }
        let (least, most) = (self.least, self.most);
        if least < 2 || most < least {
            let value = format!("{least} to {most}");
            let must = "must be at least 2, the largest no smaller than the smallest";
            return Err(Error::Parameter { name: "sizes of groups", value, must });
        }
        let fits = |g: usize| g * least <= n && n <= g * most;
        let found = if let Some(g) = self.groups {
            Some(g).filter(|&g| g > 0 && fits(g))
        } else {
            let middle = (least + most) as f64 / 2.0;
            let off = |g: usize| (n as f64 / g as f64 - middle).abs();
            (1..=n / least).filter(|&g| fits(g)).min_by(|&a, &b| off(a).total_cmp(&off(b)))
        };
        found.ok_or_else(|| {
            let holds = |g: usize| format!("{g} × {least}–{most} holds {} to {}", g * least, g * most);
            let value = if let Some(g) = self.groups {
                format!("{n} participants ({})", holds(g))
            } else {
                let below = n / most;
                format!("{n} participants ({}; {})", holds(below), holds(below + 1))
            };
            let must =
                "must fit the sizes of the groups: change a size, the number of groups or who takes part";
            Error::Parameter { name: "participants", value, must }
        })
    }
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Workshop {
    /// Positions of the members, increasing.
    pub members: Vec<u32>,
    /// Mean Jaccard overlap of the themes of two members.
    pub overlap: f64,
    /// Rural members.
    pub rural: usize,
    /// Urban members.
    pub urban: usize,
    /// Twice the share of whichever of rural and urban is fewer: 1 for half and half, 0 for one side only.
    pub mix: f64,
    /// Mean travel between two members.
    pub travel: f64,
}

/// All groups, and how good they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use]
pub struct Workshops {
    /// The groups, in the order of their first members.
    pub groups: Vec<Workshop>,
    /// Group of each participant.
    pub of: Vec<u32>,
    /// Mean over participants of α overlap + β mix − γ travel / scale of their group.
    pub score: f64,
    /// No grouping into as many groups scores more.
    pub bound: f64,
    /// Whether all groupings were compared.
    pub exact: bool,
    /// Swaps and moves made.
    pub swaps: usize,
    /// Pairs of participants whose travel is not known.
    pub unknown_travel: usize,
    /// Participants without any theme.
    pub without_themes: usize,
}

/// Who meets whom in the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstMeetings {
    /// Pairs in one group.
    pub pairs: usize,
    /// Those with a tie already.
    pub tied: usize,
    /// Those without one, that is who meet for the first time as far as the network knows.
    pub first: usize,
    /// Those of [`FirstMeetings::first`] between rural and urban.
    pub first_rural_urban: usize,
    /// Pairs of which one is not in the network: nothing is known of them.
    pub unknown: usize,
}

/// What a pair is worth, who is rural, and how groups are added up.
struct Problem {
    n: usize,
    groups: usize,
    least: usize,
    most: usize,
    pairs: Matrix,
    /// 0 rural, 1 urban, 2 neither.
    side: Vec<usize>,
    mix: f64,
}

#[derive(Clone, Copy, Default)]
struct Group {
    size: usize,
    sides: [usize; 3],
    pairs: f64,
}

impl Group {
    fn add(mut self, side: usize, pairs: f64) -> Self {
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
    fn worth(&self, g: Group) -> f64 {
        let pairs = if g.size > 1 { 2.0 * g.pairs / (g.size - 1) as f64 } else { 0.0 };
        pairs + self.mix * (2 * g.sides[0].min(g.sides[1])) as f64
    }
}

struct Grouping {
    of: Vec<u32>,
    groups: Vec<Group>,
    /// Sum of the pair values of each participant with the members of each group.
    sums: Matrix,
    swaps: usize,
}

impl Grouping {
    fn new(problem: &Problem, of: Vec<u32>) -> Self {
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

    fn total(&self, problem: &Problem) -> f64 {
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

/// Groups of people who share themes, of which some are rural and some urban, and who do not travel far.
///
/// # Formula
/// Maximise `1/n Σ_G |G| (α overlap(G) + β mix(G) − γ travel(G) / scale)` over groupings into groups of
/// [`WorkshopOptions::least`] to [`WorkshopOptions::most`]: overlap is the mean Jaccard overlap
/// `|A ∩ B| / |A ∪ B|` of the themes of two members (0 where neither has any), mix is
/// `2 min(rural, urban) / |G|`, travel the mean between two members. Members are dealt to medoids by an
/// assignment that keeps the sizes, medoids chosen anew, then any two participants of different groups
/// swapped, or one moved, until no change is better; the best of several starts. Up to 12 participants all
/// groupings are compared.
///
/// The bound is that of the linear programme in which everyone has one unit of company, no more than
/// `1 / (least − 1)` of it from any one, and gives one unit (its Lagrangian), with the largest mix there is.
///
/// # Range
/// The score is in [−γ max travel / scale, α + β].
///
/// # Direction
/// A high score is good; score and bound are equal where all groupings were compared.
///
/// # Undefined
/// Without participants.
///
/// # Errors
/// [`Error::Shape`] when inputs are not as many as each other; [`Error::Value`] for negative or infinite
/// travel; [`Error::Parameter`] for options out of their domain, and when the participants do not fit the sizes:
/// the message has the numbers.
///
/// # Complexity
/// O(n²) for each round of swaps and of the bound; O(n³) at worst for each dealing.
///
/// # References
/// Baker and Powell (2002), <https://doi.org/10.1287/mnsc.48.11.1453>, from the literature.
///
/// # Example
/// ```
/// use rurban::labels::Labels;
/// use rurban::matrix::Matrix;
/// use rurban::siting::{Participants, WorkshopOptions, workshops};
///
/// let themes = [vec![1], vec![1], vec![2], vec![2]];
/// let rurality = Labels::new(vec![0, 1, 0, 1], 2)?;
/// let travel = Matrix::filled(4, 4, 0.0);
/// let who = Participants { themes: &themes, rurality: &rurality, travel: &travel };
/// let found = workshops(&who, &WorkshopOptions::new(2, 2))?;
/// assert_eq!((found.of, found.score), (vec![0, 0, 1, 1], 2.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn workshops(who: &Participants<'_>, options: &WorkshopOptions) -> Result<Workshops> {
    let n = who.themes.len();
    check_len("rurality of participants", who.rurality.len(), n)?;
    check_len("rows of travel", who.travel.rows(), n)?;
    check_len("columns of travel", who.travel.columns(), n)?;
    if n == 0 {
        return Err(Error::undefined("workshops", Undefined::Empty));
    }
    let groups = options.count(n)?;
    let (travel, unknown_travel) = known_travel(who.travel)?;
    let themes: Vec<Vec<u32>> = who.themes.iter().map(|t| sorted(t)).collect();
    let pair = |i: usize, j: usize| {
        options.themes * jaccard(&themes[i], &themes[j])
            - options.travel * travel[(i, j)] / options.travel_scale
    };
    let mut pairs = Matrix::filled(n, n, 0.0);
    for i in 0..n {
        for j in 0..i {
            let v = pair(i, j);
            (pairs[(i, j)], pairs[(j, i)]) = (v, v);
        }
    }
    let side = (0..n).map(|i| who.rurality.get(i).filter(|&s| s < 2).unwrap_or(2)).collect();
    let (least, most, mix) = (options.least, options.most, options.mix);
    let problem = Problem { n, groups, least, most, pairs, side, mix };
    let exact = n <= EXACT;
    let (of, swaps) = if exact { (compare_all(&problem), 0) } else { search(&problem, options)? };
    let of = in_order_of_first(&of, groups);
    let found = Grouping::new(&problem, of);
    let score = found.total(&problem) / n as f64;
    let bound = if exact { score } else { upper_bound(&problem, score * n as f64).max(score) };
    let list = (0..groups as u32).map(|g| {
        let members: Vec<u32> = (0..n as u32).filter(|&i| found.of[i as usize] == g).collect();
        let mean = |f: &dyn Fn(usize, usize) -> f64| {
            let all = members.iter().enumerate();
            let pairs = all.flat_map(|(at, &a)| members[..at].iter().map(move |&b| (a as usize, b as usize)));
            let (count, sum) = pairs.fold((0, 0.0), |(count, sum), (a, b)| (count + 1, sum + f(a, b)));
            if count > 0 { sum / f64::from(count) } else { 0.0 }
        };
        let [rural, urban, _] = found.groups[g as usize].sides;
        Workshop {
            overlap: mean(&|a, b| jaccard(&themes[a], &themes[b])),
            travel: mean(&|a, b| travel[(a, b)]),
            rural,
            urban,
            mix: (2 * rural.min(urban)) as f64 / members.len() as f64,
            members,
        }
    });
    Ok(Workshops {
        groups: list.collect(),
        score,
        bound,
        exact,
        swaps,
        unknown_travel,
        without_themes: themes.iter().filter(|t| t.is_empty()).count(),
        of: found.of,
    })
}

/// Who meets whom for the first time: pairs of one group that have no tie in the network. `nodes` are the
/// participants' nodes. O(pairs in groups).
///
/// # Errors
/// [`Error::Shape`] when there is not one node for each participant; [`Error::Value`] for a node that is not in
/// the network.
pub fn first_meetings(
    found: &Workshops,
    rurality: &Labels,
    network: &Network,
    nodes: &[Option<u32>],
) -> Result<FirstMeetings> {
    check_len("nodes of participants", nodes.len(), found.of.len())?;
    check_len("rurality of participants", rurality.len(), found.of.len())?;
    if let Some(index) = nodes.iter().position(|n| n.is_some_and(|n| n as usize >= network.nodes())) {
        let value = format!("{:?}", nodes[index]);
        return Err(Error::Value {
            what: "nodes of participants",
            index,
            value,
            must: "must be in the network",
        });
    }
    let mut count = FirstMeetings { pairs: 0, tied: 0, first: 0, first_rural_urban: 0, unknown: 0 };
    for group in &found.groups {
        for (at, &a) in group.members.iter().enumerate() {
            for &b in &group.members[..at] {
                let (a, b) = (a as usize, b as usize);
                count.pairs += 1;
                let (Some(x), Some(y)) = (nodes[a], nodes[b]) else {
                    count.unknown += 1;
                    continue;
                };
                if x == y
                    || network.weight(x as usize, y).is_some()
                    || network.weight(y as usize, x).is_some()
                {
                    count.tied += 1;
                    continue;
                }
                count.first += 1;
                let sides = (rurality.get(a), rurality.get(b));
                count.first_rural_urban +=
                    usize::from(matches!(sides, (Some(0), Some(1)) | (Some(1), Some(0))));
            }
        }
    }
    Ok(count)
}

fn sorted(themes: &[u32]) -> Vec<u32> {
    let mut themes = themes.to_vec();
    themes.sort_unstable();
    themes.dedup();
    themes
}

fn jaccard(a: &[u32], b: &[u32]) -> f64 {
    let (mut x, mut y, mut both) = (0, 0, 0);
    while x < a.len() && y < b.len() {
        let (p, q) = (a[x], b[y]);
        both += usize::from(p == q);
        x += usize::from(p <= q);
        y += usize::from(q <= p);
    }
    let all = a.len() + b.len() - both;
    if all > 0 { both as f64 / all as f64 } else { 0.0 }
}

/// The travel with what is not known set to the mean, and how many pairs that were.
fn known_travel(travel: &Matrix) -> Result<(Matrix, usize)> {
    let n = travel.rows();
    let bad = |v: f64| v < 0.0 || v.is_infinite();
    if let Some(index) = travel.as_slice().iter().position(|&v| bad(v)) {
        let value = travel.as_slice()[index].to_string();
        return Err(Error::Value {
            what: "travel",
            index,
            value,
            must: "must be finite and not negative, or NaN",
        });
    }
    let off_diagonal = || (0..n).flat_map(|i| (0..i).map(move |j| (i, j)));
    let known = off_diagonal().filter(|&p| !travel[p].is_nan());
    let (count, sum) = known.fold((0_usize, 0.0), |(count, sum), p| (count + 1, sum + travel[p]));
    let mean = if count > 0 { sum / count as f64 } else { 0.0 };
    let mut full = travel.clone();
    full.as_mut_slice().iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = mean);
    Ok((full, off_diagonal().count() - count))
}

/// Numbers the groups by their first members.
fn in_order_of_first(of: &[u32], groups: usize) -> Vec<u32> {
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
fn search(problem: &Problem, options: &WorkshopOptions) -> Result<(Vec<u32>, usize)> {
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
fn compare_all(problem: &Problem) -> Vec<u32> {
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
fn upper_bound(problem: &Problem, value: f64) -> f64 {
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
