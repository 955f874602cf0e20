use serde::{Deserialize, Serialize};

use super::Network;

/// A tie and how surprising its weight is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BackboneTie {
    /// First node (the smaller when undirected).
    pub source: u32,
    /// Second node.
    pub target: u32,
    /// Weight of the tie.
    pub weight: f64,
    /// Probability of so large a weight under the null: keep ties with a small one.
    pub p: f64,
}

/// How surprising each tie's share of its ends' strength is: ties that carry more than chance would give
/// them.
///
/// # Formula
/// `p = (1 − w_ij / s_i)^(k_i − 1)`, w the weight, s the strength and k the degree; the smaller of its
/// values at the two ends (out-strength of the source and in-strength of the target when directed). An end
/// with a single tie gives 1.
///
/// # Range
/// 0 to 1.
///
/// # Direction
/// Low: keep the tie.
///
/// # Complexity
/// O(ties).
///
/// # References
/// Serrano, Boguñá & Vespignani (2009), Extracting the multiscale backbone of complex weighted networks,
/// PNAS 106(16), doi:10.1073/pnas.0808904106.
///
/// # Example
/// ```
/// use rurban::network::{Direction, Network, disparity_filter};
/// let star = [(0, 1, 8.0), (0, 2, 1.0), (0, 3, 1.0)];
/// let (g, _) = Network::from_edges(4, &star, Direction::Undirected)?;
/// assert!((disparity_filter(&g)[0].p - 0.04).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
#[must_use]
pub fn disparity_filter(network: &Network) -> Vec<BackboneTie> {
    let (out, into) = ends(network);
    let alpha = |w: f64, (strength, degree): (f64, usize)| {
        if degree > 1 { (1.0 - w / strength).max(0.0).powf((degree - 1) as f64) } else { 1.0 }
    };
    network
        .edge_list()
        .map(|(source, target, weight)| {
            let p = alpha(weight, out[source as usize]).min(alpha(weight, into[target as usize]));
            BackboneTie { source, target, weight, p }
        })
        .collect()
}

/// How surprising each tie is given its ends' strengths, with the noise of small counts allowed for.
///
/// # Formula
/// `p = P(X > w_ij)`, X binomial with N trials of probability `s_i s_j / N²`, N the total weight (each tie
/// once) and s the out-strength of i and in-strength of j when directed: the p-value form of the
/// noise-corrected backbone. Weights are meant to be counts; fractions are rounded down and N to the
/// nearest integer.
///
/// Tails are summed to 10⁻¹²; near the mean of counts of more than about 10⁷ the uniform expansion of Temme
/// takes over, whose relative error is below 10⁻⁶.
///
/// # Range
/// 0 to 1.
///
/// # Direction
/// Low: keep the tie.
///
/// # Complexity
/// O(ties), up to 20,000 terms for each.
///
/// # References
/// Coscia & Neffke (2017), Network backboning with noisy data, doi:10.1109/ICDE.2017.100.
#[must_use]
pub fn noise_corrected(network: &Network) -> Vec<BackboneTie> {
    let (out, into) = ends(network);
    let total = network.total_weight();
    let trials = total.round();
    network
        .edge_list()
        .map(|(source, target, weight)| {
            let chance = (out[source as usize].0 / total * (into[target as usize].0 / total)).min(1.0);
            let k = weight.floor();
            let p = if k >= trials { 0.0 } else { binomial_above(k, trials, chance) };
            BackboneTie { source, target, weight, p }
        })
        .collect()
}

/// P(X > k) for X binomial with n trials of probability p, k below n.
fn binomial_above(k: f64, n: f64, p: f64) -> f64 {
    if p >= 1.0 {
        return 1.0;
    }
    let (odds, mean, sd) = (p / (1.0 - p), n * p, (n * p * (1.0 - p)).sqrt());
    if k >= mean {
        // Terms fall from the first on: each is this part of the one before, or less.
        let from = k + 1.0;
        let ratio = (n - from) / (from + 1.0) * odds;
        if terms(ratio, sd) > MOST_TERMS {
            return near_the_mean(k, n, p);
        }
        sum_of_terms(binomial(from, n, p), |j| (n - from - j) / (from + 1.0 + j) * odds)
    } else {
        let ratio = k / ((n - k + 1.0) * odds);
        if terms(ratio, sd) > MOST_TERMS {
            return near_the_mean(k, n, p);
        }
        1.0 - sum_of_terms(binomial(k, n, p), |j| (k - j) / ((n - k + 1.0 + j) * odds))
    }
}

/// Terms that are summed at most.
const MOST_TERMS: f64 = 20_000.0;

/// How many terms a tail has before they no longer count.
fn terms(ratio: f64, sd: f64) -> f64 {
    (30.0 / (1.0 - ratio).max(0.0)).min(8.0 * sd)
}

/// `first (1 + r₀ + r₀r₁ + …)`.
fn sum_of_terms(first: f64, ratio: impl Fn(f64) -> f64) -> f64 {
    let (mut sum, mut term, mut j) = (1.0, 1.0, 0.0);
    while term > 1e-13 * sum {
        term *= ratio(j);
        sum += term;
        j += 1.0;
    }
    (first * sum).min(1.0)
}

/// P(X = x), by the saddle point with exact remainders (Loader 2000).
fn binomial(x: f64, n: f64, p: f64) -> f64 {
    let q = 1.0 - p;
    if x == 0.0 {
        return (n * (-p).ln_1p()).exp();
    }
    if x >= n {
        return (n * p.ln()).exp();
    }
    let exponent = stirling_error(n)
        - stirling_error(x)
        - stirling_error(n - x)
        - deviance(x, n * p)
        - deviance(n - x, n * q);
    exponent.exp() * (n / (std::f64::consts::TAU * x * (n - x))).sqrt()
}

/// ln n! less Stirling's formula.
fn stirling_error(n: f64) -> f64 {
    if n < 16.0 {
        return libm::lgamma(n + 1.0) - (n + 0.5) * n.ln() + n - 0.5 * std::f64::consts::TAU.ln();
    }
    let n2 = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / n2) / n2) / n2) / n2) / n
}

/// `x ln(x / m) + m − x` without cancellation.
fn deviance(x: f64, m: f64) -> f64 {
    let v = (x - m) / (x + m);
    if v.abs() > 0.1 {
        return x * (x / m).ln() + m - x;
    }
    let (mut sum, mut term) = ((x - m) * v, 2.0 * x * v);
    for j in 1..100 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// P(X > k) for a large mean: the uniform expansion of the incomplete beta function in its first two
/// terms (Temme 1992; <https://dlmf.nist.gov/8.18.E9>).
fn near_the_mean(k: f64, n: f64, p: f64) -> f64 {
    let (a, b) = (k + 1.0, n - k);
    let r = a + b;
    // ½η² = x₀ ln(x₀/p) + (1 − x₀) ln((1 − x₀)/(1 − p)), from deviances that do not cancel.
    let half = (deviance(a, r * p) + deviance(b, r * (1.0 - p))).max(0.0) / r;
    let (x0, y0) = (a / r, b / r);
    let step = p - x0;
    let eta = (2.0 * half).sqrt().copysign(step);
    // 1/η less √(x₀y₀)/(p − x₀), and its limit where they meet.
    let correction = if eta.abs() < 1e-5 {
        (1.0 - 2.0 * x0) / (3.0 * (x0 * y0).sqrt())
    } else {
        1.0 / eta - (x0 * y0).sqrt() / step
    };
    let below = 0.5 * libm::erfc(-eta * (0.5 * r).sqrt());
    (below + (-r * half).exp() / (std::f64::consts::TAU * r).sqrt() * correction).clamp(0.0, 1.0)
}

type End = (f64, usize);

/// Strength and degree of every node as a source and as a target.
fn ends(network: &Network) -> (Vec<End>, Vec<End>) {
    let mut out = vec![(0.0, 0); network.nodes()];
    let mut into = out.clone();
    for (i, j, w) in network.edge_list() {
        let add = |list: &mut Vec<End>, i: u32| {
            list[i as usize].0 += w;
            list[i as usize].1 += 1;
        };
        add(&mut out, i);
        add(&mut into, j);
        if !network.is_directed() {
            add(&mut out, j);
            add(&mut into, i);
        }
    }
    (out, into)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Direction;

    #[allow(clippy::unreadable_literal, reason = "digits as scipy prints them")]
    const TAILS: [(f64, f64, f64, f64); 12] = [
        (1000.0, 1e5, 0.01, 0.491590526648567),
        (1e6, 1e8, 0.01, 0.499734035155642),
        (1e7, 1e9, 0.01, 0.499915894521727),
        (1_003_000.0, 1e8, 0.01, 0.0012879112287744),
        (997_000.0, 1e8, 0.01, 0.9987190819081176),
        (5.0, 1e9, 2e-9, 0.016563608372346224),
        (0.0, 1e6, 1e-7, 0.09516258648822781),
        (1e8, 1e10, 0.01, 0.49997340351241404),
        (100_050_000.0, 1e10, 0.01, 2.519245244735948e-7),
        (1000.0, 1e12, 1e-9, 0.49159063283149573),
        (90.0, 100.0, 0.5, 1.6610244897268262e-18),
        (2.0, 10.0, 0.9, 0.9999996264),
    ];

    #[test]
    fn tails_are_those_of_scipy() {
        // scipy.stats.binom.sf(k, n, p).
        for (k, n, p, want) in TAILS {
            let got = binomial_above(k, n, p);
            assert!((got / want - 1.0).abs() < 1e-6, "{k} {n} {p}: {got} {want}");
        }
        for (k, n, p) in
            [(4e29, 1e30, 0.4), (4e29 + 1e15, 1e30, 0.4), (0.0, 1e30, 1e-30), (1e30 - 1.0, 1e30, 1.0)]
        {
            let got = binomial_above(k, n, p);
            assert!((0.0..=1.0).contains(&got), "{got}");
        }
        assert!((binomial_above(0.0, 1e30, 1e-30) - (1.0 - (-1.0f64).exp())).abs() < 1e-12);
    }

    #[test]
    fn both_ways_agree_where_they_meet() {
        for n in [1e9, 1e11, 1e13] {
            for p in [0.01, 0.3, 0.9] {
                let (mean, sd) = (n * p, f64::sqrt(n * p * (1.0 - p)));
                for z in [-3.0, -1.0, -0.1, 0.0, 0.5, 2.0, 4.0] {
                    let k = f64::floor(mean + z * sd);
                    let normal = 0.5 * libm::erfc((k + 0.5 - mean) / sd / std::f64::consts::SQRT_2);
                    let got = near_the_mean(k, n, p);
                    assert!((got / normal - 1.0).abs() < 20.0 / sd, "{n} {p} {z}: {got} {normal}");
                }
            }
        }
        let (n, p) = (1e8, 0.2);
        for k in [19_990_000.0, 19_999_999.0, 20_000_000.0, 20_003_000.0, 20_010_000.0] {
            let (a, b) = (near_the_mean(k, n, p), {
                let from = k + 1.0;
                let odds = p / (1.0 - p);
                sum_of_terms(binomial(from, n, p), |j| (n - from - j) / (from + 1.0 + j) * odds)
            });
            assert!((a / b - 1.0).abs() < 1e-7, "{k}: {a} {b}");
        }
    }

    #[test]
    fn large_weights_are_probabilities() {
        for w in [1e3, 1e6, 1e8, 1e10] {
            let all: Vec<_> =
                (0..10).flat_map(|a| (0..10).filter(move |&b| b != a).map(move |b| (a, b, w))).collect();
            let (g, _) = Network::from_edges(10, &all, Direction::Directed).unwrap();
            let p = noise_corrected(&g)[0].p;
            // The expectation is above the weight: 90 w · (9 w / 90 w)² = 0.9 w.
            assert!((0.0..=1.0).contains(&p) && p < 1e-3, "{w}: {p}");
        }
    }
}
