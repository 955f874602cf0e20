use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Network, TieWeights};
use crate::check::{check_amounts, check_sum};
use crate::error::{Error, Result};
use crate::evidence::ROUNDING;
use crate::labels::Labels;

/// How far two partitions of the same items agree; 1 when they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Agreement {
    /// Normalised mutual information, in [0, 1] (arithmetic mean of the entropies).
    pub nmi: f64,
    /// Mutual information adjusted for chance: 0 on average for random partitions (Vinh, Epps &
    /// Bailey 2010).
    pub ami: f64,
    /// Rand index adjusted for chance (Hubert & Arabie 1985, doi:10.1007/BF01908075).
    pub ari: f64,
}

/// How far two partitions of the same items agree, by the conventions of scikit-learn.
///
/// Unlabelled items form a class.
///
/// # Formula
/// With the mutual information I of the partitions and the mean M of their entropies: `NMI = I / M`;
/// `AMI = (I − E[I]) / (M − E[I])`; ARI likewise of the pairs of items that are together in both.
/// Expectations are those of partitions dealt at random with the same class sizes.
///
/// # Range
/// NMI 0 to 1; AMI and ARI up to 1.
///
/// # Direction
/// 1: the same partition; AMI and ARI of 0: no more than chance gives.
///
/// # Undefined
/// Never: two partitions into a single class each (or both empty) agree fully, one of a single class with
/// another has 0.
///
/// # Errors
/// [`Error::Shape`] when lengths differ.
///
/// # Complexity
/// O(n log n), and for AMI the pairs of different class sizes: those that occur several times are worked
/// out once.
///
/// # References
/// Hubert & Arabie (1985), Comparing partitions, doi:10.1007/BF01908075. Vinh, Epps & Bailey (2010),
/// Information theoretic measures for clusterings comparison, JMLR 11.
///
/// # Example
/// ```
/// use rurban::{labels::Labels, network::agreement};
/// let a = Labels::new(vec![0, 0, 1, 1], 2)?;
/// let b = Labels::new(vec![1, 1, 0, 0], 2)?;
/// assert!((agreement(&a, &b)?.ami - 1.0).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn agreement(a: &Labels, b: &Labels) -> Result<Agreement> {
    if a.len() != b.len() {
        return Err(Error::Shape { what: "labels", expected: a.len(), got: b.len() });
    }
    let (a, b) = (a.with_unlabelled_class(), b.with_unlabelled_class());
    let mut cells: Vec<(u32, u32)> = a.as_slice().iter().copied().zip(b.as_slice().iter().copied()).collect();
    cells.sort_unstable();
    let (rows, columns) = (a.sizes(), b.sizes());
    let used = |sizes: &[usize]| sizes.iter().filter(|&&s| s > 0).count();
    let (r, c, n) = (used(&rows), used(&columns), a.len());
    if r == c && (r <= 1 || r == n) {
        return Ok(Agreement { nmi: 1.0, ami: 1.0, ari: 1.0 });
    }
    let total = n as f64;
    let entropy = |sizes: &[usize]| -> f64 {
        sizes.iter().filter(|&&s| s > 0).map(|&s| -(s as f64 / total) * (s as f64 / total).ln()).sum()
    };
    let choose = |k: usize| k as f64 * (k as f64 - 1.0) / 2.0;
    let (mut mutual, mut together) = (0.0, 0.0);
    for cell in cells.chunk_by(|x, y| x == y) {
        let k = cell.len() as f64;
        let (s, t) = (rows[cell[0].0 as usize] as f64, columns[cell[0].1 as usize] as f64);
        mutual += k / total * (k * total / (s * t)).ln();
        together += choose(cell.len());
    }
    let mean = f64::midpoint(entropy(&rows), entropy(&columns));
    let nmi = if r == 1 || c == 1 { 0.0 } else { (mutual / mean).clamp(0.0, 1.0) };
    let expected = expected_mutual_information(&rows, &columns, n);
    let ami = if r == 1 || c == 1 { 0.0 } else { (mutual - expected) / (mean - expected) };
    let pairs = |sizes: &[usize]| sizes.iter().map(|&s| choose(s)).sum::<f64>();
    let (x, y) = (pairs(&rows), pairs(&columns));
    let chance = x * y / choose(n);
    let ari = (together - chance) / (f64::midpoint(x, y) - chance);
    Ok(Agreement { nmi, ami, ari })
}

fn expected_mutual_information(rows: &[usize], columns: &[usize], n: usize) -> f64 {
    let tally = |sizes: &[usize]| {
        let mut times: BTreeMap<usize, f64> = BTreeMap::new();
        for &s in sizes.iter().filter(|&&s| s > 0) {
            *times.entry(s).or_default() += 1.0;
        }
        times
    };
    let mut log_factorial = vec![0.0; n + 1];
    for k in 1..=n {
        log_factorial[k] = log_factorial[k - 1] + (k as f64).ln();
    }
    let f = |k: usize| log_factorial[k];
    let (rows, columns, total) = (tally(rows), tally(columns), n as f64);
    let mut sum = 0.0;
    for (&a, &times_a) in &rows {
        for (&b, &times_b) in &columns {
            // Terms fall off on either side of the most likely overlap: those that count are few.
            let chance = |k: usize| {
                (f(a) + f(b) + f(n - a) + f(n - b) - f(n) - f(k) - f(a - k) - f(b - k) - f(n + k - a - b))
                    .exp()
            };
            let (least, most) = ((a + b).saturating_sub(n).max(1), a.min(b));
            let mode = (((a + 1) as f64 * (b + 1) as f64 / (n as f64 + 2.0)) as usize).clamp(least, most);
            let top = chance(mode);
            // P(k + 1) / P(k).
            let ratio =
                |k: usize| (a - k) as f64 * (b - k) as f64 / ((k + 1) as f64 * (n + k + 1 - a - b) as f64);
            let log = |k: usize| f(k) - f(k - 1);
            let base = total.ln() - log(a) - log(b);
            let term = |k: usize, p: f64| k as f64 / total * (log(k) + base) * p;
            let mut inner = term(mode, top);
            let mut p = top;
            for k in mode..most {
                p *= ratio(k);
                inner += term(k + 1, p);
                if p < 1e-18 * top {
                    break;
                }
            }
            p = top;
            for k in (least..mode).rev() {
                p /= ratio(k);
                inner += term(k, p);
                if p < 1e-18 * top {
                    break;
                }
            }
            sum += times_a * times_b * inner;
        }
    }
    sum
}

/// For each community, the share of its items in the territory that holds most of it.
///
/// `weight` gives each item its weight (1 when `None`). Items without a territory count in the total only;
/// items without a community are left out.
///
/// # Formula
/// `max_t W_ct / W_c`, `W_ct` the weight of community c in territory t and `W_c` all of it.
///
/// # Range
/// 0 to 1.
///
/// # Direction
/// High: the community follows one territory.
///
/// # Undefined
/// NaN for communities without weight.
///
/// # Errors
/// [`Error::Shape`] when lengths differ; [`Error::Value`] for a weight that is negative or not finite, or
/// weights whose sum is not.
///
/// # Complexity
/// O(items × log cells).
pub fn dominant_share(
    communities: &Labels,
    territories: &Labels,
    weight: Option<&[f64]>,
) -> Result<Vec<f64>> {
    let n = communities.len();
    for (what, got) in [("territories", territories.len()), ("weights", weight.map_or(n, <[f64]>::len))] {
        if got != n {
            return Err(Error::Shape { what, expected: n, got });
        }
    }
    if let Some(weight) = weight {
        check_amounts("weights", weight, n)?;
        check_sum("weights", weight)?;
    }
    let mut cells: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    let mut total = vec![0.0; communities.classes()];
    for i in 0..n {
        let Some(c) = communities.get(i) else { continue };
        let w = weight.map_or(1.0, |w| w[i]);
        total[c] += w;
        if let Some(t) = territories.get(i) {
            *cells.entry((c, t)).or_default() += w;
        }
    }
    let mut largest = vec![0.0_f64; total.len()];
    for ((c, _), w) in cells {
        largest[c] = largest[c].max(w);
    }
    Ok(largest.iter().zip(&total).map(|(l, t)| l / t).collect())
}

/// How evenly a node's ties are spread over groups.
///
/// # Formula
/// `1 − Σ_r (k_ir / k_i)²`, `k_ir` the (out-)ties of node i to group r, by number or weight, and `k_i` all
/// of them. Unlabelled nodes form a group.
///
/// # Range
/// 0 to 1 − 1 / groups.
///
/// # Direction
/// 0 when all of a node's ties go to one group, near 1 when spread evenly over many.
///
/// # Undefined
/// NaN for nodes without ties.
///
/// # Errors
/// [`Error::Shape`] when labels do not match the nodes.
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Guimerà & Amaral (2005), Functional cartography of complex metabolic networks, doi:10.1038/nature03288.
pub fn participation_coefficient(
    network: &Network,
    groups: &Labels,
    weights: TieWeights,
) -> Result<Vec<f64>> {
    let groups = matching(network, groups)?;
    let mut sums = vec![0.0; groups.classes()];
    Ok((0..network.nodes())
        .map(|i| {
            let mut total = 0.0;
            for (j, w) in network.ties(i) {
                sums[groups.as_slice()[j as usize] as usize] += weights.of(w);
                total += weights.of(w);
            }
            let mut squares = 0.0;
            for &j in network.neighbours(i) {
                let sum = std::mem::take(&mut sums[groups.as_slice()[j as usize] as usize]);
                squares += (sum / total).powi(2);
            }
            if total > 0.0 { 1.0 - squares } else { f64::NAN }
        })
        .collect())
}

/// How much better tied a node is within its own group than the group's others.
///
/// # Formula
/// `(k_i − mean) / sd`, `k_i` the (out-)ties of node i into its own group, by number or weight, mean and sd
/// (divisor n) those of the group's nodes. Unlabelled nodes form a group.
///
/// # Range
/// Any number.
///
/// # Direction
/// High: a hub of its group.
///
/// # Undefined
/// Never: 0 in groups without variation.
///
/// # Errors
/// [`Error::Shape`] when labels do not match the nodes.
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Guimerà & Amaral (2005), Functional cartography of complex metabolic networks, doi:10.1038/nature03288.
pub fn within_module_z(network: &Network, groups: &Labels, weights: TieWeights) -> Result<Vec<f64>> {
    let groups = matching(network, groups)?;
    let of = groups.as_slice();
    let within: Vec<f64> = (0..network.nodes())
        .map(|i| network.ties(i).filter(|t| of[t.0 as usize] == of[i]).map(|t| weights.of(t.1)).sum())
        .collect();
    let sizes = groups.sizes();
    let (mut mean, mut variance) = (vec![0.0; sizes.len()], vec![0.0; sizes.len()]);
    for (i, &k) in within.iter().enumerate() {
        mean[of[i] as usize] += k / sizes[of[i] as usize] as f64;
    }
    for (i, &k) in within.iter().enumerate() {
        variance[of[i] as usize] += (k - mean[of[i] as usize]).powi(2) / sizes[of[i] as usize] as f64;
    }
    Ok(within
        .iter()
        .zip(of)
        .map(|(k, &c)| {
            let sd = variance[c as usize].sqrt();
            if sd > ROUNDING * mean[c as usize] { (k - mean[c as usize]) / sd } else { 0.0 }
        })
        .collect())
}

fn matching(network: &Network, groups: &Labels) -> Result<Labels> {
    if groups.len() == network.nodes() {
        Ok(groups.with_unlabelled_class())
    } else {
        Err(Error::Shape { what: "groups", expected: network.nodes(), got: groups.len() })
    }
}
