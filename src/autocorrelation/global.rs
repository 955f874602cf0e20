//! Measures with one value for the whole map.

use std::borrow::Cow;

use super::{Diagonal, Islands, Pairs, Sample, Test, deviations, extreme, replicates, sum_of_squares};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null, beyond_rounding, unit_scale};
use crate::matrix::Csr;

/// Moran's I: how alike neighbours are, as a correlation of places with their neighbours.
///
/// # Formula
/// I = (n/S₀) Σᵢⱼ wᵢⱼ zᵢ zⱼ / Σ zᵢ², z deviations from the mean, w the weights, S₀ = Σ wᵢⱼ. The value does
/// not change when `values` are shifted or scaled. Islands follow the policy and are counted in
/// [`Evidence::isolates`].
///
/// # Range
/// Usually within `[−1, 1]`.
///
/// # Direction
/// Positive: neighbours are alike; near −1/(n − 1): chance; negative: they differ.
///
/// # Undefined
/// [`Undefined::ZeroVariance`] when values do not vary, [`Undefined::NoTies`] without weights,
/// [`Undefined::TooFew`] below 4 places, [`Undefined::Empty`] without any.
///
/// # Errors
/// [`Error::Shape`] and [`Error::Value`] on wrong lengths, values that are not finite and places that are
/// their own neighbours; [`Error::Undefined`] when values do not vary, there are no weights or fewer than 4
/// places; [`Error::Parameter`] for 0 permutations.
///
/// # Complexity
/// O(entries), times the number of permutations.
///
/// # References
/// Moran (1950), Notes on continuous stochastic phenomena, doi:10.1093/biomet/37.1-2.17. Moments: Cliff &
/// Ord (1981), Spatial processes.
pub fn moran(values: &[f64], weights: &Csr, test: Test, islands: Islands) -> Result<Evidence> {
    const NAME: &str = "Moran's I";
    let sample = Sample::new(weights, islands, Diagonal::Refused)?;
    let x = sample.values("values", values)?;
    let Moments { n, z, m2, kurtosis, pairs } = Moments::new(NAME, &sample, &x)?;
    let scale = n / (pairs.s0 * n * m2);
    let value = |z: &[f64]| scale * pairs.sum(z, |a, b| a * b);
    let (s02, s1, s2) = (pairs.s0.powi(2), pairs.s1, pairs.s2);
    let size = scale.abs() * pairs.sum(&z, |a, b| (a * b).abs()).abs();
    let (observed, expected) = (value(&z), -1.0 / (n - 1.0));
    let evidence = match test {
        Test::Normality => {
            let below = (n * n - 1.0) * s02;
            let second = (n * n * s1 - n * s2 + 3.0 * s02) / below;
            let terms = (n * n * s1 + n * s2 + 3.0 * s02) / below;
            let variance = beyond_rounding(second - expected * expected, terms);
            Evidence::closed_form(Null::Normality, observed, expected, Some(variance), z.len())
        }
        Test::Randomisation => {
            let a = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s02);
            let b = kurtosis * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s02);
            let below = (n - 1.0) * (n - 2.0) * (n - 3.0) * s02;
            let terms = n * ((n * n - 3.0 * n + 3.0) * s1 + n * s2 + 3.0 * s02)
                + kurtosis * ((n * n - n) * s1 + 2.0 * n * s2 + 6.0 * s02);
            let variance = beyond_rounding((a - b) / below - expected * expected, terms / below);
            Evidence::closed_form(Null::LabelPermutation, observed, expected, Some(variance), z.len())
        }
        Test::Permutation { permutations, seed } => {
            let drawn = replicates(&z, permutations, seed, value)?;
            Evidence::monte_carlo_of(Null::LabelPermutation, observed, &drawn, z.len(), size)
        }
    };
    Ok(evidence.with_counts(sample.isolates, 0))
}

/// Geary's C: how much neighbours differ, against any two places.
///
/// # Formula
/// C = ((n − 1)/2S₀) Σᵢⱼ wᵢⱼ (xᵢ − xⱼ)² / Σ zᵢ², symbols and islands as for [`moran()`]. The sign of z is
/// that of C − 1 (spdep reports the opposite).
///
/// # Range
/// Never negative when weights are not.
///
/// # Direction
/// Below 1: neighbours are alike (the opposite direction to Moran's I); 1: chance; above 1: they differ.
///
/// # Undefined
/// As [`moran()`].
///
/// # Errors
/// As [`moran()`].
///
/// # Complexity
/// As [`moran()`].
///
/// # References
/// Geary (1954), The contiguity ratio and statistical mapping, doi:10.2307/2986645.
pub fn geary(values: &[f64], weights: &Csr, test: Test, islands: Islands) -> Result<Evidence> {
    const NAME: &str = "Geary's C";
    let sample = Sample::new(weights, islands, Diagonal::Refused)?;
    let x = sample.values("values", values)?;
    let Moments { n, z, m2, kurtosis: k, pairs } = Moments::new(NAME, &sample, &x)?;
    let scale = (n - 1.0) / (2.0 * pairs.s0 * n * m2);
    let value = |z: &[f64]| scale * pairs.sum(z, |a, b| (a - b) * (a - b));
    let (s02, s1, s2) = (pairs.s0.powi(2), pairs.s1, pairs.s2);
    let observed = value(&z);
    let evidence = match test {
        Test::Normality => {
            let terms = (2.0 * s1 + s2) * (n - 1.0);
            let variance = beyond_rounding(terms - 4.0 * s02, terms) / (2.0 * (n + 1.0) * s02);
            Evidence::closed_form(Null::Normality, observed, 1.0, Some(variance), z.len())
        }
        Test::Randomisation => {
            let a = (n - 1.0) * s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * k);
            let b = 0.25 * (n - 1.0) * s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * k);
            let c = s02 * (n * n - 3.0 - (n - 1.0).powi(2) * k);
            let terms = (n - 1.0) * s1 * (n * n + 3.0 * n + 3.0 + (n - 1.0) * k)
                + 0.25 * (n - 1.0) * s2 * (n * n + 3.0 * n + 6.0 + (n * n - n + 2.0) * k)
                + s02 * (n * n + 3.0 + (n - 1.0).powi(2) * k);
            let variance = beyond_rounding(a - b + c, terms) / (n * (n - 2.0) * (n - 3.0) * s02);
            Evidence::closed_form(Null::LabelPermutation, observed, 1.0, Some(variance), z.len())
        }
        Test::Permutation { permutations, seed } => {
            let drawn = replicates(&z, permutations, seed, value)?;
            Evidence::monte_carlo(Null::LabelPermutation, observed, &drawn, z.len())
        }
    };
    Ok(evidence.with_counts(sample.isolates, 0))
}

/// Getis–Ord general G: whether high values gather, or low ones do.
///
/// # Formula
/// G = Σᵢⱼ wᵢⱼ xᵢ xⱼ / Σᵢ≠ⱼ xᵢ xⱼ, for x ≥ 0 with a natural zero (counts, population); usually with binary
/// weights. Expectation S₀/(n(n − 1)). Islands as for [`moran()`].
///
/// # Range
/// `[0, 1]` with binary weights.
///
/// # Direction
/// Above the expectation: high values gather; below: low ones do.
///
/// # Undefined
/// As [`moran()`], and [`Undefined::ZeroTotal`] when at most one value is not 0.
///
/// # Errors
/// As [`moran()`]; [`Error::Value`] when a value is negative; [`Error::Parameter`] for [`Test::Normality`],
/// under which G has no known moments; [`Error::Undefined`] when at most one value is not 0.
///
/// # Complexity
/// As [`moran()`].
///
/// # References
/// Getis & Ord (1992), The analysis of spatial association by use of distance statistics,
/// doi:10.1111/j.1538-4632.1992.tb00261.x.
pub fn general_g(values: &[f64], weights: &Csr, test: Test, islands: Islands) -> Result<Evidence> {
    const NAME: &str = "general G";
    let sample = Sample::new(weights, islands, Diagonal::Refused)?;
    let x = sample.values("values", values)?;
    if let Some(index) = values.iter().position(|v| *v < 0.0) {
        return Err(Error::Value {
            what: "values",
            index,
            value: values[index].to_string(),
            must: "must not be negative: G is for values with a natural zero",
        });
    }
    if x.iter().filter(|v| **v > 0.0).count() < 2 {
        return Err(Error::undefined(NAME, Undefined::ZeroTotal));
    }
    let Moments { n, pairs, .. } = Moments::new(NAME, &sample, &x)?;
    let products = Products::of(&x);
    let total = 2.0 * products.two;
    let unit = |v: f64| libm::ldexp(v, pairs.unit);
    let value = |x: &[f64]| unit(pairs.sum(x, |a, b| a * b) / total);
    let observed = value(&x);
    let evidence = match test {
        Test::Normality => {
            return Err(Error::Parameter {
                name: "test",
                value: "Normality".into(),
                must: "must be Randomisation or Permutation: G has no moments under normality",
            });
        }
        Test::Randomisation => {
            let (s02, s1, s2) = (pairs.s0.powi(2), pairs.s1, pairs.s2);
            let (two, three, four) = (n * (n - 1.0), n - 2.0, n - 3.0);
            // A pair with itself, two pairs that share a place, two that do not.
            let itself = s1 * 2.0 * products.squares / two;
            let shared = (s2 - 2.0 * s1) * 2.0 * products.square_and_two / (two * three);
            let apart = (s02 + s1 - s2) * 24.0 * products.four / (two * three * four);
            let expected = pairs.s0 / two;
            let second = (itself + shared + apart) / (total * total);
            let terms = (itself.abs() + shared.abs() + apart.abs()) / (total * total);
            let variance = beyond_rounding(second - expected * expected, terms + expected * expected);
            let sd = unit(variance.max(0.0).sqrt());
            let null = Null::LabelPermutation;
            Evidence::closed_form(null, observed, unit(expected), Some(sd * sd), x.len())
        }
        Test::Permutation { permutations, seed } => {
            let drawn = replicates(&x, permutations, seed, value)?;
            Evidence::monte_carlo(Null::LabelPermutation, observed, &drawn, x.len())
        }
    };
    Ok(evidence.with_counts(sample.isolates, 0))
}

/// Bivariate Moran's I: whether x here goes with y next door.
///
/// It mixes the correlation of x and y at the same place with that across places ([`lee_l`] does too). With
/// x = y it is [`moran()`].
///
/// # Formula
/// I = (n/S₀) Σᵢⱼ wᵢⱼ zxᵢ zyⱼ / √(Σ zxᵢ² Σ zyⱼ²), zx and zy deviations from the means; the replicates deal
/// y to places at random.
///
/// # Range
/// Usually within `[−1, 1]`.
///
/// # Direction
/// Positive: high x beside high y; negative: high beside low.
///
/// # Undefined
/// [`Undefined::ZeroVariance`] when x or y does not vary, [`Undefined::NoTies`] without weights,
/// [`Undefined::Empty`] without places.
///
/// # Errors
/// As [`moran()`]; closed-form tests are an [`Error::Parameter`].
///
/// # Complexity
/// O(permutations × (n + entries)).
///
/// # References
/// Wartenberg (1985), Multivariate spatial correlation, doi:10.1111/j.1538-4632.1985.tb00849.x.
pub fn moran_bivariate(
    x: &[f64],
    y: &[f64],
    weights: &Csr,
    test: Test,
    islands: Islands,
) -> Result<Evidence> {
    const NAME: &str = "bivariate Moran's I";
    let sample = Sample::new(weights, islands, Diagonal::Refused)?;
    let zx = deviations(NAME, &sample.values("x", x)?)?;
    let zy = deviations(NAME, &sample.values("y", y)?)?;
    let n = zx.len();
    let weights = unit_weights(&sample.weights);
    let s0: f64 = weights.parts().2.iter().sum();
    if beyond_rounding(s0, weights.parts().2.iter().map(|w| w.abs()).sum()) == 0.0 {
        return Err(Error::undefined(NAME, Undefined::NoTies));
    }
    let scale = n as f64 / (s0 * (sum_of_squares(&zx).sqrt() * sum_of_squares(&zy).sqrt()));
    // Σ wᵢⱼ zxᵢ is the same in every replicate: one pass over places is enough.
    let mut weight_of_y = vec![0.0; n];
    for (i, own) in zx.iter().enumerate() {
        for (j, w) in weights.row(i) {
            weight_of_y[j as usize] += w * own;
        }
    }
    let size = scale.abs() * weight_of_y.iter().zip(&zy).map(|(a, b)| (a * b).abs()).sum::<f64>();
    let value = |zy: &[f64]| scale * weight_of_y.iter().zip(zy).map(|(a, b)| a * b).sum::<f64>();
    let drawn = draws(test, |permutations, seed| replicates(&zy, permutations, seed, value))?;
    Ok(Evidence::monte_carlo_of(Null::LabelPermutation, value(&zy), &drawn, n, size)
        .with_counts(sample.isolates, 0))
}

/// Lee's L: how far the smoothed maps of x and y agree (correlation × spatial smoothness).
///
/// # Formula
/// L = (n / Σᵢ(Σⱼ wᵢⱼ)²) Σᵢ (Σⱼ wᵢⱼ zxⱼ)(Σⱼ wᵢⱼ zyⱼ) / √(Σ zx² Σ zy²), zx and zy deviations from the means.
/// Weights may have a diagonal. Replicates deal the pairs (x, y) to places.
///
/// # Range
/// Usually within `[−1, 1]`.
///
/// # Direction
/// Positive: x and y are high in the same neighbourhoods; negative: one is high where the other is low.
///
/// # Undefined
/// As [`moran_bivariate`].
///
/// # Errors
/// As [`moran_bivariate`].
///
/// # Complexity
/// O(permutations × entries).
///
/// # References
/// Lee (2001), Developing a bivariate spatial association measure, doi:10.1007/s101090100064.
pub fn lee_l(x: &[f64], y: &[f64], weights: &Csr, test: Test, islands: Islands) -> Result<Evidence> {
    const NAME: &str = "Lee's L";
    let sample = Sample::new(weights, islands, Diagonal::Allowed)?;
    let zx = deviations(NAME, &sample.values("x", x)?)?;
    let zy = deviations(NAME, &sample.values("y", y)?)?;
    let n = zx.len();
    let w = &*unit_weights(&sample.weights);
    let row_size = |i: usize| w.values(i).iter().map(|w| w.abs()).sum::<f64>();
    let squares: f64 = (0..n).map(|i| beyond_rounding(w.row_sum(i), row_size(i)).powi(2)).sum();
    if squares == 0.0 {
        return Err(Error::undefined(NAME, Undefined::NoTies));
    }
    let scale = n as f64 / (squares * (sum_of_squares(&zx).sqrt() * sum_of_squares(&zy).sqrt()));
    let value = |z: &[[f64; 2]]| {
        let lags = (0..n).map(|i| {
            let (mut x, mut y) = (0.0, 0.0);
            for (j, w) in w.row(i) {
                let [a, b] = z[j as usize];
                x += w * a;
                y += w * b;
            }
            x * y
        });
        scale * lags.sum::<f64>()
    };
    let both: Vec<[f64; 2]> = zx.iter().zip(&zy).map(|(&a, &b)| [a, b]).collect();
    let drawn = draws(test, |permutations, seed| replicates(&both, permutations, seed, value))?;
    Ok(Evidence::monte_carlo(Null::LabelPermutation, value(&both), &drawn, n).with_counts(sample.isolates, 0))
}

/// The weights in a unit in which their squares are finite and not 0.
fn unit_weights(weights: &Csr) -> Cow<'_, Csr> {
    let mut scaled = Cow::Borrowed(weights);
    if extreme(weights.parts().2) {
        unit_scale(scaled.to_mut().values_mut());
    }
    scaled
}

/// Sums, over sets of different places, of products of their values, none of which is negative: no
/// large sums are taken from each other.
struct Products {
    /// Σ xᵢ xⱼ over i < j.
    two: f64,
    /// Σ xᵢ xⱼ xₖ xₗ over i < j < k < l.
    four: f64,
    /// Σ xᵢ² xⱼ² over i < j.
    squares: f64,
    /// Σ xᵢ² xⱼ xₖ over j < k, i neither.
    square_and_two: f64,
}

impl Products {
    fn of(x: &[f64]) -> Self {
        let (mut one, mut two, mut three, mut four) = (0.0, 0.0, 0.0, 0.0);
        let (mut square, mut squares) = (0.0, 0.0);
        let (mut square_and_one, mut square_and_two) = (0.0, 0.0);
        for &v in x {
            let v2 = v * v;
            square_and_two += v * square_and_one + v2 * two;
            square_and_one += v * square + v2 * one;
            squares += v2 * square;
            square += v2;
            four += v * three;
            three += v * two;
            two += v * one;
            one += v;
        }
        Self { two, four, squares, square_and_two }
    }
}

/// The replicates of a measure that has no closed form.
fn draws(test: Test, draw: impl FnOnce(usize, crate::random::Seed) -> Result<Vec<f64>>) -> Result<Vec<f64>> {
    match test {
        Test::Permutation { permutations, seed } => draw(permutations, seed),
        _ => Err(Error::Parameter {
            name: "test",
            value: format!("{test:?}"),
            must: "must be Permutation: this measure has no closed-form moments here",
        }),
    }
}

/// What the closed forms of I, C and G share.
struct Moments {
    n: f64,
    z: Vec<f64>,
    /// Σ z²/n.
    m2: f64,
    /// (Σ z⁴/n) / m2².
    kurtosis: f64,
    pairs: Pairs,
}

impl Moments {
    fn new(measure: &'static str, sample: &Sample<'_>, x: &[f64]) -> Result<Self> {
        if x.len() < 4 {
            return Err(Error::undefined(measure, Undefined::TooFew { needed: 4 }));
        }
        let z = deviations(measure, x)?;
        let n = z.len() as f64;
        let m2 = sum_of_squares(&z) / n;
        let kurtosis = z.iter().map(|v| v.powi(4)).sum::<f64>() / n / (m2 * m2);
        Ok(Self { n, m2, kurtosis, pairs: Pairs::new(measure, &sample.weights)?, z })
    }
}
