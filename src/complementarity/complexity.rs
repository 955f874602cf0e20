//! Economic complexity of regions and activities.

use nalgebra::{DMatrix, SymmetricEigen};
use serde::{Deserialize, Serialize};

use super::table::Presence;
use crate::error::{Error, Result, Undefined};
use crate::network::{Direction, Network, weak_components};

/// What to do when regions and activities fall into parts that share nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Parts {
    /// Refuse: the index would only say which part a region is in.
    #[default]
    Refuse,
    /// Compute on the part with most regions (the first of them), NaN elsewhere.
    Largest,
}

/// Economic complexity index of regions (ECI) and of activities (PCI).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct EconomicComplexity {
    /// Index of each region, z-scored (divisor n); NaN without any activity.
    pub regions: Vec<f64>,
    /// Index of each activity on the scale of the regions' (a region's index is the mean of its
    /// activities'); NaN where no region has it.
    pub activities: Vec<f64>,
    /// Second singular value: the correlation between a region's index and its activities', in
    /// [0, 1].
    pub singular_value: f64,
    /// Third singular value; close to the second one, the index is poorly determined.
    pub next_singular_value: f64,
    /// Connected parts of the presence matrix.
    pub parts: usize,
}

/// How sophisticated regions (ECI) and activities (PCI) are: one score each such that regions score high that
/// have high-scoring activities, the trivial solution (all the same) left out.
///
/// # Formula
/// With M the presence matrix, `D_r` and `D_i` its row and column sums, `u` and `v` the second left and right
/// singular vectors of `D_r^-½ M D_i^-½`: ECI = `D_r^-½ u`, PCI = `D_i^-½ v`. ECI is z-scored with divisor n,
/// PCI put on its scale such that a region's ECI is the mean PCI of its activities (the convention of
/// `ecomplexity`). Exact; the method of reflections stopped early is another measure.
///
/// # Range
/// Unbounded; ECI with mean 0 and standard deviation 1.
///
/// # Direction
/// Both are signed so that ECI correlates positively with diversity (when it does not correlate at all, so
/// that the first region's index is not negative).
///
/// # Undefined
/// NaN for regions without any activity and activities that no region has, and outside the part computed on;
/// an error where no second vector is determined.
///
/// # Errors
/// [`Error::Undefined`]: [`Undefined::Empty`] without any present activity; [`Undefined::TooFew`] with fewer
/// than two regions or activities; [`Undefined::Disconnected`] with several parts unless [`Parts::Largest`];
/// [`Undefined::ZeroVariance`] when the second singular value is zero, as when all regions are alike;
/// [`Undefined::Tied`] when the third is as large as the second. [`Error::Parameter`] when regions and
/// activities are too many to number.
///
/// # Complexity
/// By the symmetric matrix of the shorter side: O(present² + shorter³) time, O(shorter²) memory.
///
/// # References
/// Hidalgo & Hausmann (2009), PNAS, <https://doi.org/10.1073/pnas.0900943106>; Mealy, Farmer & Teytelboym
/// (2019), Science Advances, <https://doi.org/10.1126/sciadv.aau1705>.
pub fn economic_complexity(presence: &Presence, parts: Parts) -> Result<EconomicComplexity> {
    const MEASURE: &str = "economic complexity";
    let components = Components::of(presence)?;
    if components.count == 0 {
        return Err(Error::undefined(MEASURE, Undefined::Empty));
    }
    if components.count > 1 && parts == Parts::Refuse {
        return Err(Error::undefined(MEASURE, Undefined::Disconnected));
    }
    let part = components.largest();
    let regions: Vec<usize> =
        (0..presence.regions()).filter(|&r| components.regions[r] == Some(part)).collect();
    let activities: Vec<usize> =
        (0..presence.activities()).filter(|&i| components.activities[i] == Some(part)).collect();
    if regions.len() < 2 || activities.len() < 2 {
        return Err(Error::undefined(MEASURE, Undefined::TooFew { needed: 2 }));
    }
    let by_activity = presence.transposed();
    let sides = [Side { of: presence, kept: &regions }, Side { of: &by_activity, kept: &activities }];
    let swap = activities.len() > regions.len();
    let (long, short) = if swap { (&sides[1], &sides[0]) } else { (&sides[0], &sides[1]) };
    let (values, vector) =
        second_eigenvector(long, short).ok_or_else(|| Error::undefined(MEASURE, Undefined::ZeroVariance))?;
    // With two axes as strong as each other any mixture of them would do as well.
    if values.0 - values.1 <= 1e-9 * values.0 {
        return Err(Error::undefined(MEASURE, Undefined::Tied));
    }
    let short_scores = short.full(|k| vector[k] / short.degree(k).sqrt());
    let [region_side, activity_side] = &sides;
    let mut pci = if swap { activity_side.means(&short_scores) } else { short_scores };
    let mut eci = region_side.means(&pci);
    let scale = Scale::of(&eci);
    eci.iter_mut().chain(&mut pci).for_each(|v| *v = (*v - scale.mean) / scale.sd);
    let diversity = presence.diversity();
    let mean = regions.iter().map(|&r| f64::from(diversity[r])).sum::<f64>() / regions.len() as f64;
    let along: f64 = regions.iter().map(|&r| (f64::from(diversity[r]) - mean) * eci[r]).sum();
    let uncorrelated = along.abs() <= 1e-9 * mean * regions.len() as f64;
    if if uncorrelated { eci[regions[0]] < 0.0 } else { along < 0.0 } {
        eci.iter_mut().chain(&mut pci).for_each(|v| *v = -*v);
    }
    Ok(EconomicComplexity {
        regions: eci,
        activities: pci,
        singular_value: values.0,
        next_singular_value: values.1,
        parts: components.count,
    })
}

/// Regions with their activities, or activities with their regions.
struct Side<'a> {
    of: &'a Presence,
    kept: &'a [usize],
}

impl Side<'_> {
    fn degree(&self, k: usize) -> f64 {
        self.of.row(self.kept[k]).iter().map(|w| f64::from(w.count_ones())).sum()
    }

    /// Mean score of what each kept member is tied to, NaN at the others.
    fn means(&self, scores: &[f64]) -> Vec<f64> {
        let sum = |k: usize| self.of.present(self.kept[k]).map(|i| scores[i]).sum::<f64>();
        self.full(|k| sum(k) / self.degree(k))
    }

    /// `f` of each kept member at its place, NaN at the others.
    fn full(&self, f: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.of.regions()];
        for (k, &at) in self.kept.iter().enumerate() {
            out[at] = f(k);
        }
        out
    }
}

/// Second and third singular values, and the second singular vector on the short side; `None` when
/// the second value is zero.
fn second_eigenvector(long: &Side<'_>, short: &Side<'_>) -> Option<((f64, f64), Vec<f64>)> {
    let n = short.kept.len();
    let mut place = vec![0; short.of.regions()];
    short.kept.iter().enumerate().for_each(|(k, &at)| place[at] = k);
    let mut s = vec![0.0; n * n];
    for (k, &member) in long.kept.iter().enumerate() {
        let tied: Vec<usize> = long.of.present(member).map(|i| place[i]).collect();
        let share = 1.0 / long.degree(k);
        for (at, &i) in tied.iter().enumerate() {
            let row = &mut s[i * n..(i + 1) * n];
            for &j in &tied[..=at] {
                row[j] += share;
            }
        }
    }
    let root: Vec<f64> = (0..n).map(|k| short.degree(k).sqrt()).collect();
    for i in 0..n {
        for j in 0..=i {
            let v = s[i * n + j] / (root[i] * root[j]);
            // The known first eigenvector, degree^½ with value 1, is taken out: where values tie
            // it cannot mix with the one wanted.
            let trivial = root[i] * root[j] / root.iter().map(|r| r * r).sum::<f64>();
            s[i * n + j] = v - trivial;
            s[j * n + i] = v - trivial;
        }
    }
    let eigen = SymmetricEigen::new(DMatrix::from_vec(n, n, s));
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let value = |rank: usize| order.get(rank).map_or(0.0, |&k| eigen.eigenvalues[k].max(0.0).sqrt().min(1.0));
    // The square root of rounding around zero.
    (value(0) > 1e-7)
        .then(|| ((value(0), value(1)), eigen.eigenvectors.column(order[0]).iter().copied().collect()))
}

/// Mean and standard deviation (divisor n) of the values that are not NaN.
struct Scale {
    mean: f64,
    sd: f64,
}

impl Scale {
    fn of(values: &[f64]) -> Self {
        let defined = || values.iter().copied().filter(|v| !v.is_nan());
        let n = defined().count() as f64;
        let mean = defined().sum::<f64>() / n;
        Self { mean, sd: (defined().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt() }
    }
}

/// Connected parts of the bipartite graph of regions and activities.
struct Components {
    count: usize,
    regions: Vec<Option<usize>>,
    activities: Vec<Option<usize>>,
}

impl Components {
    /// Parts numbered by their first region.
    ///
    /// # Errors
    /// [`Error::Parameter`] when regions and activities are too many to number.
    fn of(presence: &Presence) -> Result<Self> {
        let regions = presence.regions();
        let ties: Vec<(u32, u32, f64)> = (0..regions)
            .flat_map(|r| presence.present(r).map(move |i| (r as u32, (regions + i) as u32, 1.0)))
            .collect();
        let nodes = regions + presence.activities();
        let (graph, _) = Network::from_edges(nodes, &ties, Direction::Undirected)?;
        let parts = weak_components(&graph)?;
        // A region or activity on its own has no part.
        let mut number = vec![None; parts.count()];
        let mut count = 0;
        for r in 0..regions {
            if graph.degree(r) > 0
                && let Some(part) = parts.of.get(r)
                && number[part].is_none()
            {
                number[part] = Some(count);
                count += 1;
            }
        }
        let all: Vec<Option<usize>> = (0..nodes).map(|v| parts.of.get(v).and_then(|p| number[p])).collect();
        Ok(Self { count, activities: all[regions..].to_vec(), regions: all[..regions].to_vec() })
    }

    fn largest(&self) -> usize {
        let mut sizes = vec![0; self.count];
        self.regions.iter().flatten().for_each(|&c| sizes[c] += 1);
        let most = sizes.iter().max().copied().unwrap_or(0);
        sizes.iter().position(|&s| s == most).unwrap_or(0)
    }
}

/// When the iteration of fitness and complexity ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// When no value changed by more than this share of the mean, 1.
    Change(f64),
    /// When the ranking of regions stayed the same for so many iterations.
    StableRanks(usize),
    /// Only at the cap.
    Never,
}

/// Fitness of regions and complexity of activities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Fitness {
    /// Fitness of each region, mean 1; NaN without any activity. High for diverse regions with
    /// activities that few, and fit, regions have.
    pub regions: Vec<f64>,
    /// Complexity of each activity, mean 1; NaN where no region has it.
    pub activities: Vec<f64>,
    /// Iterations made.
    pub iterations: usize,
    /// Whether the stopping rule was met before the cap.
    pub converged: bool,
    /// Largest change of a value in the last iteration.
    pub change: f64,
}

/// How fit regions and how complex activities are: a region's fitness is the sum of its activities'
/// complexities, an activity's complexity is bounded by the least fit regions that have it.
///
/// # Formula
/// `F ← M Q` and `Q_i ← 1 / Σ_r M_ri / F_r`, both from the values of the step before and divided by their
/// means, from all ones; M the presence matrix.
///
/// # Range
/// [0, ∞), mean 1. A fitness that underflows is 0 and gives its activities complexity 0.
///
/// # Direction
/// High fitness for diverse regions with activities that few, and fit, regions have. The fitness of many
/// regions can go to 0 (as 1/t or faster) when presence is close to nested: the ranking settles long before
/// the values do, so look at `converged` and prefer [`Stop::StableRanks`].
///
/// # Undefined
/// NaN for regions without any activity and activities that no region has.
///
/// # Errors
/// [`Error::Undefined`] without any present activity; [`Error::Parameter`] when `cap` is 0.
///
/// # Complexity
/// O(iterations · present), and O(regions log regions) for each iteration with [`Stop::StableRanks`].
///
/// # References
/// Tacchella, Cristelli, Caldarelli, Gabrielli & Pietronero (2012), Scientific Reports,
/// <https://doi.org/10.1038/srep00723>; Pugliese, Zaccaria & Pietronero (2016), European Physical Journal
/// Special Topics, <https://doi.org/10.1140/epjst/e2015-50118-1>.
pub fn fitness(presence: &Presence, stop: Stop, cap: usize) -> Result<Fitness> {
    if cap == 0 {
        let must = "must be at least 1";
        return Err(Error::Parameter { name: "cap", value: cap.to_string(), must });
    }
    if presence.count() == 0 {
        return Err(Error::undefined("fitness", Undefined::Empty));
    }
    let by_activity = presence.transposed();
    let tied =
        |p: &Presence| -> Vec<Vec<usize>> { (0..p.regions()).map(|r| p.present(r).collect()).collect() };
    let (of_region, of_activity) = (tied(presence), tied(&by_activity));
    let start = |tied: &[Vec<usize>]| -> Vec<f64> {
        tied.iter().map(|t| if t.is_empty() { f64::NAN } else { 1.0 }).collect()
    };
    let (mut f, mut q) = (start(&of_region), start(&of_activity));
    let (mut ranks, mut stable) = (Vec::new(), 0);
    for iterations in 1..=cap {
        let new_f = normalised(&of_region, |t| t.iter().map(|&i| q[i]).sum());
        let new_q = normalised(&of_activity, |t| 1.0 / t.iter().map(|&r| 1.0 / f[r]).sum::<f64>());
        let change = largest_change(&f, &new_f).max(largest_change(&q, &new_q));
        (f, q) = (new_f, new_q);
        let met = match stop {
            Stop::Never => false,
            Stop::Change(limit) => change <= limit,
            Stop::StableRanks(times) => {
                let now = ranking(&f);
                stable = if now == ranks { stable + 1 } else { 0 };
                ranks = now;
                stable >= times
            }
        };
        if met || iterations == cap {
            return Ok(Fitness { regions: f, activities: q, iterations, converged: met, change });
        }
    }
    Err(Error::undefined("fitness", Undefined::NoConvergence { iterations: cap }))
}

/// `f` of each member's ties divided by the mean, NaN for members without any.
fn normalised(tied: &[Vec<usize>], f: impl Fn(&[usize]) -> f64) -> Vec<f64> {
    let raw: Vec<f64> = tied.iter().map(|t| if t.is_empty() { f64::NAN } else { f(t) }).collect();
    let defined = raw.iter().filter(|v| !v.is_nan());
    let mean = defined.clone().sum::<f64>() / defined.count() as f64;
    raw.iter().map(|v| v / mean).collect()
}

fn largest_change(old: &[f64], new: &[f64]) -> f64 {
    old.iter().zip(new).map(|(a, b)| (a - b).abs()).filter(|d| !d.is_nan()).fold(0.0, f64::max)
}

fn ranking(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| values[b as usize].total_cmp(&values[a as usize]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::Matrix;

    fn presence(rows: usize, columns: usize, bits: &[u8]) -> Presence {
        let scores = bits.iter().map(|&b| f64::from(b)).collect();
        Presence::at_least(&Matrix::from_rows(rows, columns, scores).unwrap(), 1.0).unwrap()
    }

    fn reason(p: &Presence) -> Option<Undefined> {
        economic_complexity(p, Parts::Refuse).unwrap_err().as_undefined()
    }

    #[test]
    fn undefined_complexity_says_why() {
        assert_eq!(reason(&presence(2, 2, &[0, 0, 0, 0])), Some(Undefined::Empty));
        assert_eq!(reason(&presence(1, 2, &[1, 1])), Some(Undefined::TooFew { needed: 2 }));
        assert_eq!(reason(&presence(3, 1, &[1, 1, 1])), Some(Undefined::TooFew { needed: 2 }));
        assert_eq!(reason(&presence(2, 2, &[1, 0, 0, 1])), Some(Undefined::Disconnected));
        assert_eq!(reason(&presence(3, 2, &[1, 1, 1, 1, 1, 1])), Some(Undefined::ZeroVariance));
    }

    #[test]
    fn largest_part_is_computed_and_the_rest_is_nan() {
        let p = presence(4, 4, &[1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1]);
        let c = economic_complexity(&p, Parts::Largest).unwrap();
        assert_eq!((c.parts, c.regions[3].is_nan(), c.activities[3].is_nan()), (2, true, true));
        assert!(c.regions[..3].iter().all(|v| v.is_finite()));
    }

    #[test]
    fn nested_presence_reports_the_cap() {
        let p = presence(3, 3, &[1, 1, 1, 1, 1, 0, 1, 0, 0]);
        let f = fitness(&p, Stop::Change(1e-12), 50).unwrap();
        assert_eq!((f.iterations, f.converged), (50, false));
        assert!(fitness(&p, Stop::StableRanks(10), 500).unwrap().converged);
        assert!(fitness(&p, Stop::Never, 0).is_err());
    }
}
