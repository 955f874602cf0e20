use serde::{Deserialize, Serialize};

use super::HoldOut;
use crate::error::{Error, Result, Undefined};
use crate::evidence::Interval;
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;

const MEASURE: &str = "evaluation of a score";

/// How a score is judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvaluationOptions {
    /// Length of the list of each node that recall looks at.
    pub top: usize,
    /// Times the nodes are drawn anew for the intervals; none when 0.
    pub resamples: usize,
    /// Probability that the intervals are to hold.
    pub level: f64,
    /// Seed of the draws.
    pub seed: Seed,
}

impl Default for EvaluationOptions {
    /// Lists of ten, 200 draws, 90 %.
    fn default() -> Self {
        Self { top: 10, resamples: 200, level: 0.9, seed: Seed::default() }
    }
}

impl EvaluationOptions {
    setters! {
        resamples: usize,
        seed: Seed,
        top: usize,
        level: f64,
    }
}

/// A value and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The value.
    pub value: f64,
    /// Its interval; `None` where it was not asked for or no draw had a new tie.
    pub interval: Option<Interval>,
}

/// How well a score foresees new ties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Evaluation {
    /// Pairs judged.
    pub pairs: usize,
    /// New ties among them.
    pub new_ties: usize,
    /// Nodes with at least one of them.
    pub nodes: usize,
    /// Area under the ROC curve: how often a new tie scores above another pair.
    pub auc: Measure,
    /// The same with the other pairs drawn in proportion to the degrees of both ends, so that a score
    /// that only knows degrees gains nothing; `None` when no such pair has ends with ties.
    pub degree_corrected_auc: Option<Measure>,
    /// Area under the precision–recall curve (average precision); its chance level is
    /// `new_ties / pairs`.
    pub aupr: Measure,
    /// Mean over nodes of the share of their new ties in their own top list.
    pub recall: Measure,
    /// Mean over nodes of one over the rank of their first new tie.
    pub mrr: Measure,
}

/// How well a score foresees the ties a hold-out keeps back.
///
/// # Formula
/// `keep` says which pairs are judged at all (rural–urban ones only, say); pairs that are tied already and
/// nodes that were not active before never are. `score` fills the scores of node i with every node. Average
/// precision, recall and reciprocal rank are expectations over a random order of equal scores, so that the
/// order of a file decides nothing. Degree-corrected AUC gives each other pair the weight `k_i k_j` of the
/// known ties. Intervals: nodes are drawn with repetition; a pair counts the product of the times its ends
/// were drawn.
///
/// # Range
/// [0, 1]; chance is ½ for the AUC, `new_ties / pairs` for the AUPR.
///
/// # Direction
/// Higher is better. Under few new ties look at the interval, not the point; AUC flatters where new ties are
/// rare.
///
/// # Undefined
/// When no pair that is judged is a new tie, or all are.
///
/// # Errors
/// [`Error::Undefined`] then; [`Error::Value`] when a score is NaN; [`Error::Parameter`] on an empty list or
/// a level outside (0, 1).
///
/// # Complexity
/// O(pairs log pairs + resamples × pairs) time, O(pairs) memory.
///
/// # References
/// Yang, Lichtenwalter & Chawla (2015), doi:10.1007/s10115-014-0789-0; Aiyappa et al. (2024), Implicit degree
/// bias in the link prediction task, arXiv:2405.14985; `McSherry` & Najork (2008),
/// doi:10.1007/978-3-540-78646-7_38 (ties).
///
/// # Example
/// ```
/// use rurban::matching::{EvaluationOptions, evaluate, random_hold_out};
/// use rurban::network::{Direction, Network};
/// use rurban::progress::Silent;
/// use rurban::random::Seed;
/// let ring: Vec<_> = (0..20).map(|i| (i, (i + 1) % 20, 1.0)).collect();
/// let (g, _) = Network::from_edges(20, &ring, Direction::Undirected)?;
/// let hidden = random_hold_out(&g, 0.25, Seed(1))?;
/// // Near along the ring is likely: a score that knows this is never wrong.
/// let near = |i: usize, row: &mut [f64]| {
///     row.iter_mut().enumerate().for_each(|(j, s)| *s = -((i.abs_diff(j)).min(20 - i.abs_diff(j)) as f64));
/// };
/// let e = evaluate(&hidden, |_, _| true, near, &EvaluationOptions::default(), &Silent)?;
/// assert_eq!((e.auc.value, e.aupr.value), (1.0, 1.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn evaluate(
    hold_out: &HoldOut,
    keep: impl Fn(usize, usize) -> bool + Sync + Send,
    score: impl Fn(usize, &mut [f64]) + Sync + Send,
    options: &EvaluationOptions,
    progress: &dyn Progress,
) -> Result<Evaluation> {
    let parameter = |name, value: String, must| Err(Error::Parameter { name, value, must });
    if options.top == 0 {
        return parameter("top", "0".to_owned(), "must be at least 1");
    }
    if !(options.level > 0.0 && options.level < 1.0) {
        return parameter("level", options.level.to_string(), "must be above 0 and below 1");
    }
    let n = hold_out.network.nodes();
    let new: std::collections::BTreeSet<(u32, u32)> = hold_out.new_ties.iter().copied().collect();
    let of_node = |i: usize| -> Vec<u32> {
        hold_out
            .new_ties
            .iter()
            .filter_map(|&(a, b)| match i as u32 {
                i if i == a => Some(b),
                i if i == b => Some(a),
                _ => None,
            })
            .filter(|&j| keep(i, j as usize))
            .collect()
    };
    progress.begin("score pairs", Some(n as u64));
    let rows = parallel::map_init(
        n,
        || vec![0.0; n],
        |scores, i| {
            progress.advance(1);
            if !hold_out.eligible[i] {
                return Row::default();
            }
            scores.fill(0.0);
            score(i, scores);
            let judged: Vec<u32> = (0..n)
                .filter(|&j| {
                    j != i
                        && hold_out.eligible[j]
                        && hold_out.network.weight(i, j as u32).is_none()
                        && keep(i, j)
                })
                .map(|j| j as u32)
                .collect();
            let undefined = judged.iter().find(|&&j| scores[j as usize].is_nan()).copied();
            let partners = of_node(i);
            let own = (!partners.is_empty()).then(|| {
                let list: Vec<(f64, bool)> =
                    judged.iter().map(|&j| (scores[j as usize], partners.contains(&j))).collect();
                ranked(list, options.top)
            });
            let pairs = judged
                .iter()
                .filter(|&&j| j as usize > i)
                .map(|&j| Pair {
                    score: scores[j as usize],
                    ends: [i as u32, j],
                    new: new.contains(&(i as u32, j)),
                })
                .collect();
            Row { pairs, own, undefined }
        },
    );
    progress.end();
    if let Some((i, j)) = rows.iter().enumerate().find_map(|(i, r)| Some((i, r.undefined?))) {
        let must = "must be a number for every pair that is judged";
        return Err(Error::Value { what: "scores", index: i, value: format!("NaN with {j}"), must });
    }
    let own: Vec<(usize, [f64; 2])> =
        rows.iter().enumerate().filter_map(|(i, r)| Some((i, r.own?))).collect();
    let mut pairs: Vec<Pair> = rows.into_iter().flat_map(|r| r.pairs).collect();
    let new_ties = pairs.iter().filter(|p| p.new).count();
    if new_ties == 0 || new_ties == pairs.len() {
        return Err(Error::undefined(MEASURE, Undefined::SingleClass));
    }
    pairs.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.ends.cmp(&b.ends)));
    let degree: Vec<f64> = (0..n).map(|i| hold_out.network.degree(i) as f64).collect();
    let once = vec![1_u32; n];
    let values = |times: &[u32]| -> [f64; 5] {
        let [auc, corrected, aupr] = areas(&pairs, times, &degree);
        let drawn: f64 = own.iter().map(|(i, _)| f64::from(times[*i])).sum();
        let mean = |k: usize| own.iter().map(|(i, v)| f64::from(times[*i]) * v[k]).sum::<f64>() / drawn;
        [auc, corrected, aupr, mean(0), mean(1)]
    };
    let observed = values(&once);
    let members: Vec<u32> = (0..n as u32).filter(|&i| hold_out.eligible[i as usize]).collect();
    progress.begin("resample nodes", Some(options.resamples as u64));
    let drawn = parallel::map(options.resamples, |r| {
        let mut random = options.seed.stream(r as u64);
        let mut times = vec![0_u32; n];
        for _ in 0..members.len() {
            times[members[random.below(members.len() as u32) as usize] as usize] += 1;
        }
        progress.advance(1);
        values(&times)
    });
    progress.end();
    let measure = |k: usize| {
        let mut sample: Vec<f64> = drawn.iter().map(|v| v[k]).filter(|v| v.is_finite()).collect();
        sample.sort_by(f64::total_cmp);
        let at = |q: f64| sample[((sample.len() - 1) as f64 * q).round() as usize];
        let tail = (1.0 - options.level) / 2.0;
        let interval = (!sample.is_empty()).then(|| Interval { low: at(tail), high: at(1.0 - tail) });
        Measure { value: observed[k], interval }
    };
    Ok(Evaluation {
        pairs: pairs.len(),
        new_ties,
        nodes: own.len(),
        auc: measure(0),
        degree_corrected_auc: Some(measure(1)).filter(|m| m.value.is_finite()),
        aupr: measure(2),
        recall: measure(3),
        mrr: measure(4),
    })
}

#[derive(Debug, Default)]
struct Row {
    pairs: Vec<Pair>,
    /// Recall in the top list and reciprocal rank.
    own: Option<[f64; 2]>,
    undefined: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    score: f64,
    ends: [u32; 2],
    new: bool,
}

/// Recall in the first `top` and expected reciprocal rank of the first new tie, equal scores in random
/// order.
fn ranked(mut list: Vec<(f64, bool)>, top: usize) -> [f64; 2] {
    list.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = list.iter().filter(|l| l.1).count() as f64;
    let (mut before, mut found, mut first) = (0_usize, 0.0, None);
    for block in list.chunk_by(|a, b| a.0 == b.0) {
        let (size, new) = (block.len(), block.iter().filter(|b| b.1).count());
        let room = top.saturating_sub(before).min(size);
        found += new as f64 * room as f64 / size as f64;
        if new > 0 && first.is_none() {
            // Probability that the first new tie is the k-th of the block: it is not among the
            // first k − 1, each time a draw without replacement.
            let (mut still, mut sum) = (1.0, 0.0);
            for k in 0..=(size - new) {
                let hit = new as f64 / (size - k) as f64;
                sum += still * hit / (before + k + 1) as f64;
                still *= 1.0 - hit;
            }
            first = Some(sum);
        }
        before += size;
        if first.is_some() && before >= top {
            break;
        }
    }
    [found / all, first.unwrap_or(0.0)]
}

/// AUC, degree-corrected AUC and average precision with nodes counted `times`; NaN where undefined.
fn areas(pairs: &[Pair], times: &[u32], degree: &[f64]) -> [f64; 3] {
    let (mut wins, mut corrected_wins, mut precision) = (0.0, 0.0, 0.0);
    let (mut new_before, mut before) = (0_u64, 0_u64);
    let (mut others, mut corrected) = (0.0, 0.0);
    for block in pairs.chunk_by(|a, b| a.score == b.score) {
        let (mut new, mut size, mut weight) = (0_u64, 0_u64, 0.0);
        for p in block {
            let [i, j] = p.ends.map(|e| e as usize);
            let count = u64::from(times[i]) * u64::from(times[j]);
            size += count;
            if p.new {
                new += count;
            } else {
                weight += count as f64 * degree[i] * degree[j];
            }
        }
        let rest = (size - new) as f64;
        wins += new as f64 * (others + rest / 2.0);
        corrected_wins += new as f64 * (corrected + weight / 2.0);
        others += rest;
        corrected += weight;
        if new > 0 {
            // Place k of the block holds a new tie with probability new / size; the other new ties are
            // then evenly spread over the other places.
            let share = new as f64 / size as f64;
            let slope = if size > 1 { (new - 1) as f64 / (size - 1) as f64 } else { 0.0 };
            let mut sum = 0.0;
            for k in 0..size {
                sum += (new_before as f64 + 1.0 + k as f64 * slope) / (before + k + 1) as f64;
            }
            precision += share * sum;
        }
        new_before += new;
        before += size;
    }
    let new = new_before as f64;
    // Wins were counted from above: the others that score higher.
    [1.0 - wins / (new * others), 1.0 - corrected_wins / (new * corrected), precision / new]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Direction, Network};
    use crate::progress::Silent;

    fn pair(score: f64, new: bool) -> Pair {
        Pair { score, ends: [0, 1], new }
    }

    #[test]
    fn areas_are_those_by_hand() {
        // sklearn: y = [1, 0, 1, 0, 0], scores 5…1: average precision (1 + 2/3) / 2, AUC 5/6.
        let pairs: Vec<Pair> = [true, false, true, false, false]
            .iter()
            .enumerate()
            .map(|(k, &new)| pair(5.0 - k as f64, new))
            .collect();
        let [auc, _, aupr] = areas(&pairs, &[1, 1], &[1.0, 1.0]);
        assert!((auc - 5.0 / 6.0).abs() < 1e-12 && (aupr - 5.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn equal_scores_are_an_expectation() {
        // Six pairs, two of them new, in blocks of 1, 4 (both new) and 1: all orders of the block.
        let flags = [false, true, true, false, false, false];
        let score = |k: usize| [3.0, 2.0, 2.0, 2.0, 2.0, 1.0][k];
        let pairs: Vec<Pair> = (0..6).map(|k| pair(score(k), flags[k])).collect();
        let (mut precision, mut reciprocal, mut recall, mut orders) = (0.0, 0.0, 0.0, 0.0);
        for a in 1..5 {
            for b in (1..5).filter(|&b| b != a) {
                let (first, second) = (a.min(b), a.max(b));
                precision += f64::midpoint(1.0 / f64::from(first + 1), 2.0 / f64::from(second + 1));
                reciprocal += 1.0 / f64::from(first + 1);
                recall += [a, b].iter().filter(|&&x| x < 3).count() as f64 / 2.0;
                orders += 1.0;
            }
        }
        assert!((areas(&pairs, &[1, 1], &[1.0, 1.0])[2] - precision / orders).abs() < 1e-12);
        let [r, mrr] = ranked((0..6).map(|k| (score(k), flags[k])).collect(), 3);
        assert!((r - recall / orders).abs() < 1e-12 && (mrr - reciprocal / orders).abs() < 1e-12);
    }

    #[test]
    fn bad_input_and_windows_without_news() {
        let (network, _) = Network::from_edges(4, &[(0, 1, 1.0)], Direction::Undirected).unwrap();
        let hold_out = |new_ties: Vec<(u32, u32)>| HoldOut {
            network: network.clone(),
            participations: vec![1.0; 4],
            recent: vec![1.0; 4],
            eligible: vec![true; 4],
            new_ties,
            unpredicted: super::super::UnpredictedTies::default(),
        };
        let o = EvaluationOptions::default().resamples(20);
        let zero = |_: usize, _: &mut [f64]| {};
        let none = evaluate(&hold_out(vec![]), |_, _| true, zero, &o, &Silent).unwrap_err();
        assert_eq!(none.as_undefined(), Some(Undefined::SingleClass));
        let nan = |_: usize, row: &mut [f64]| row.fill(f64::NAN);
        assert!(evaluate(&hold_out(vec![(1, 2)]), |_, _| true, nan, &o, &Silent).is_err());
        let e = evaluate(&hold_out(vec![(1, 2)]), |_, _| true, zero, &o, &Silent).unwrap();
        assert_eq!((e.pairs, e.new_ties, e.nodes, e.auc.value), (5, 1, 2, 0.5));
        assert!(evaluate(&hold_out(vec![(1, 2)]), |_, _| false, zero, &o, &Silent).is_err());
        let all = EvaluationOptions { top: 0, ..o };
        assert!(evaluate(&hold_out(vec![(1, 2)]), |_, _| true, zero, &all, &Silent).is_err());
    }
}
