//! Groups of people who share themes, mix rural and urban, and do not travel far.

use serde::{Deserialize, Serialize};

use super::grouping::{EXACT, Grouping, Problem, compare_all, in_order_of_first, search, upper_bound};
use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::network::Network;
use crate::random::Seed;

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

    setters! {
        starts: usize,
        seed: Seed,
        least: usize,
        most: usize,
        themes: f64,
        mix: f64,
        travel: f64,
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

/// Which groups of people share themes, mix rural and urban, and do not travel far.
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
/// travel; [`Error::Parameter`] for options out of their domain, and when the participants do not fit the
/// sizes: the message has the numbers.
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

/// How many meet whom for the first time in the groups.
///
/// # Formula
/// The number of pairs of one group that have no tie in the network, with those that have one, those between
/// rural and urban, and those of whom nothing is known. `nodes` are the participants' nodes.
///
/// # Range
/// From 0 to the number of pairs in groups.
///
/// # Direction
/// Higher: more new ties can begin.
///
/// # Errors
/// [`Error::Shape`] when there is not one node for each participant; [`Error::Value`] for a node that is not
/// in the network.
///
/// # Complexity
/// O(pairs in groups).
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
