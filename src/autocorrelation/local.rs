//! Measures with one value per place.

use serde::{Deserialize, Serialize};

use super::{Diagonal, Islands, Sample, check_permutations, deviations, extreme, sum_of_squares};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Inference, Null, ROUNDING, beyond_rounding, exponent, two_sided_normal_p};
use crate::matrix::Csr;
use crate::multiple_testing::benjamini_hochberg;
use crate::parallel;
use crate::random::{Seed, Stream};

/// Where a place lies: its own value, then that of its neighbours, against the mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quadrant {
    /// High among high: a hot spot.
    HighHigh,
    /// Low among high.
    LowHigh,
    /// Low among low: a cold spot.
    LowLow,
    /// High among low.
    HighLow,
}

impl Quadrant {
    /// Numbers 1–4 of PySAL: HH, LH, LL, HL.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Short label: `HH`, `LH`, `LL`, `HL`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::HighHigh => "HH",
            Self::LowHigh => "LH",
            Self::LowLow => "LL",
            Self::HighLow => "HL",
        }
    }

    /// From deviations of a place and of its neighbours; 0 counts as low.
    fn of(own: f64, neighbours: f64) -> Self {
        match (own > 0.0, neighbours > 0.0) {
            (true, true) => Self::HighHigh,
            (false, true) => Self::LowHigh,
            (false, false) => Self::LowLow,
            (true, false) => Self::HighLow,
        }
    }
}

/// How local measures are held against chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LocalInference {
    /// Exact mean and variance under conditional permutation, p from the normal distribution.
    ClosedForm,
    /// The place keeps its value, those of its neighbours are drawn without replacement from all other
    /// places, `permutations` times. Place i uses stream i of the seed.
    ConditionalPermutation {
        /// Number of replicates R.
        permutations: usize,
        /// Seed of the replicates.
        seed: Seed,
    },
}

/// What divides the local Moran's I. z and p do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum LocalMoranDivisor {
    /// Σz²/(n − 1) (PySAL).
    #[default]
    NMinusOne,
    /// Σz²/n (Anselin 1995; spdep): larger by n/(n − 1).
    N,
}

/// Options of the local measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalOptions {
    /// 999 conditional permutations with the default seed.
    pub inference: LocalInference,
    /// Islands are kept.
    pub islands: Islands,
    /// n − 1.
    pub divisor: LocalMoranDivisor,
}

impl Default for LocalOptions {
    fn default() -> Self {
        Self {
            inference: LocalInference::ConditionalPermutation { permutations: 999, seed: Seed::default() },
            islands: Islands::default(),
            divisor: LocalMoranDivisor::default(),
        }
    }
}

impl LocalOptions {
    setters! {
        inference: LocalInference,
        islands: Islands,
        divisor: LocalMoranDivisor,
    }
}

/// A local measure at every place, against chance. Slots of islands are NaN (`None`); `sd` is 0 and
/// `z`, `p` NaN where chance leaves no variation.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct Local {
    /// The value at each place.
    pub observed: Vec<f64>,
    /// Its expectation under the null.
    pub expected: Vec<f64>,
    /// Its standard deviation under the null.
    pub sd: Vec<f64>,
    /// (observed − expected) / sd.
    pub z: Vec<f64>,
    /// Two-sided p: normal for the closed form, else twice [`Local::p_directed`], at most 1.
    pub p: Vec<f64>,
    /// One-sided p in the direction of the deviation (the `p_sim` of PySAL); (r + 1)/(R + 1) with r the
    /// replicates at least as extreme, for permutations.
    pub p_directed: Vec<f64>,
    /// Own value and that of the neighbours against the mean.
    pub quadrant: Vec<Option<Quadrant>>,
    /// The null model.
    pub null: Null,
    /// Closed form or Monte-Carlo.
    pub inference: Inference,
    /// Number of places in the sample.
    pub n: usize,
    /// Places without neighbours.
    pub isolates: usize,
}

impl Local {
    /// Clusters and outliers: the quadrant where two-sided p ≤ `alpha`, `None` elsewhere.
    ///
    /// # Complexity
    /// O(places).
    #[must_use]
    pub fn clusters(&self, alpha: f64) -> Vec<Option<Quadrant>> {
        self.at_most(&self.p, alpha)
    }

    /// As [`Local::clusters`] with the false discovery rate held at `q` (Benjamini–Hochberg).
    ///
    /// # Errors
    /// None in practice: the p-values are within `[0, 1]`.
    ///
    /// # Complexity
    /// O(places × log places).
    pub fn clusters_fdr(&self, q: f64) -> Result<Vec<Option<Quadrant>>> {
        Ok(self.at_most(&benjamini_hochberg(&self.p)?, q))
    }

    fn at_most(&self, p: &[f64], alpha: f64) -> Vec<Option<Quadrant>> {
        self.quadrant.iter().zip(p).map(|(q, p)| q.filter(|_| *p <= alpha)).collect()
    }
}

/// Local Moran's I: which places are alike, or unlike, their neighbours.
///
/// # Formula
/// Iᵢ = zᵢ Σⱼ wᵢⱼ zⱼ / m₂, z deviations from the mean, w the weights, m₂ = Σz²/(n − 1) or Σz²/n
/// ([`LocalMoranDivisor`]). With row-standardised weights, no islands and the divisor n the mean of all Iᵢ
/// is Moran's I. The closed form is exact under conditional permutation.
///
/// # Range
/// Any number.
///
/// # Direction
/// Positive: part of a cluster (high or low, see [`Local::quadrant`]); negative: an outlier.
///
/// # Undefined
/// [`Undefined::ZeroVariance`] when values do not vary, [`Undefined::TooFew`] below 3 places,
/// [`Undefined::Empty`] without any; NaN for islands, and z and p where chance leaves no variation.
///
/// # Errors
/// [`Error::Shape`] and [`Error::Value`] on wrong lengths, values that are not finite and places that are
/// their own neighbours; [`Error::Undefined`] when values do not vary or there are fewer than 3 places;
/// [`Error::Parameter`] for 0 permutations.
///
/// # Complexity
/// O(entries × permutations).
///
/// # References
/// Anselin (1995), Local indicators of spatial association, doi:10.1111/j.1538-4632.1995.tb00338.x.
/// Moments: Sokal, Oden & Thomson (1998), Local spatial autocorrelation in a biological model,
/// doi:10.1111/j.1538-4632.1998.tb00406.x.
pub fn local_moran(values: &[f64], weights: &Csr, options: &LocalOptions) -> Result<Local> {
    local_moran_bivariate(values, values, weights, options)
}

/// Bivariate local Moran's I: where x goes with y next door.
///
/// # Formula
/// Iᵢ = zxᵢ Σⱼ wᵢⱼ zyⱼ / √(m₂(x) m₂(y)), symbols as for [`local_moran`]. The null keeps x and draws y at
/// the neighbours from all other places.
///
/// # Range
/// Any number.
///
/// # Direction
/// Positive: x and y next door are both high or both low; negative: one is high, the other low.
///
/// # Undefined
/// As [`local_moran`].
///
/// # Errors
/// As [`local_moran`].
///
/// # Complexity
/// As [`local_moran`].
///
/// # References
/// As [`local_moran`].
pub fn local_moran_bivariate(x: &[f64], y: &[f64], weights: &Csr, options: &LocalOptions) -> Result<Local> {
    const NAME: &str = "local Moran's I";
    let sample = Sample::new(weights, options.islands, Diagonal::Refused)?;
    let zx = deviations(NAME, &sample.values("x", x)?)?;
    let zy = deviations(NAME, &sample.values("y", y)?)?;
    let divisor = match options.divisor {
        LocalMoranDivisor::NMinusOne => zx.len() as f64 - 1.0,
        LocalMoranDivisor::N => zx.len() as f64,
    };
    let m2 = sum_of_squares(&zx).sqrt() * sum_of_squares(&zy).sqrt() / divisor;
    let form = |i: usize| Linear { factor: zx[i] / m2, own: 0.0 };
    measure(NAME, &sample, &zx, &zy, None, form, options.inference)
}

/// Getis–Ord Gᵢ: where high or low values gather around a place, itself left out.
///
/// # Formula
/// Gᵢ = Σⱼ≠ᵢ wᵢⱼ xⱼ / Σⱼ≠ᵢ xⱼ; the z of the closed form is that of Ord & Getis and needs no positive
/// values.
///
/// # Range
/// `[0, 1]` for values not below 0 and binary weights; z any number.
///
/// # Direction
/// z > 0: high values gather; z < 0: low ones.
///
/// # Undefined
/// As [`local_moran`]; NaN where the total of the others is 0.
///
/// # Errors
/// As [`local_moran`].
///
/// # Complexity
/// As [`local_moran`].
///
/// # References
/// Ord & Getis (1995), Local spatial autocorrelation statistics, doi:10.1111/j.1538-4632.1995.tb00912.x.
pub fn gi(values: &[f64], weights: &Csr, options: &LocalOptions) -> Result<Local> {
    const NAME: &str = "Gi";
    let sample = Sample::new(weights, options.islands, Diagonal::Refused)?;
    let x = sample.values("values", values)?;
    let z = deviations(NAME, &x)?;
    let (total, size) = totals(&x);
    let form = |i: usize| Linear { factor: ratio(1.0, total - x[i], size), own: 0.0 };
    measure(NAME, &sample, &z, &x, None, form, options.inference)
}

/// The weight a place has in its own Gᵢ*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SelfWeight {
    /// The diagonal as it is stored, 0 when absent.
    Stored,
    /// The largest weight of the row: 1 for binary weights.
    #[default]
    Largest,
    /// The largest weight of the row, then the row rescaled to its former sum: 1/(k + 1) for a
    /// row-standardised row of k neighbours. z is the same as for [`SelfWeight::Largest`]. NaN where
    /// negative weights cancel the own one.
    LargestSameSum,
}

/// Getis–Ord Gᵢ*: where high or low values gather around a place, itself included.
///
/// # Formula
/// Gᵢ* = Σⱼ wᵢⱼ xⱼ / Σⱼ xⱼ. The closed form deals all values, that of the place too, the permutations keep
/// it.
///
/// # Range
/// `[0, 1]` for values not below 0 and binary weights; z any number.
///
/// # Direction
/// As [`gi`].
///
/// # Undefined
/// As [`local_moran`]; islands, whose weight would be their own only, are NaN; all places are where the
/// values add up to 0.
///
/// # Errors
/// As [`local_moran`]; the diagonal is allowed.
///
/// # Complexity
/// As [`local_moran`].
///
/// # References
/// Ord & Getis (1995), Local spatial autocorrelation statistics, doi:10.1111/j.1538-4632.1995.tb00912.x.
pub fn gi_star(values: &[f64], weights: &Csr, own: SelfWeight, options: &LocalOptions) -> Result<Local> {
    const NAME: &str = "Gi*";
    let sample = Sample::new(weights, options.islands, Diagonal::Allowed)?;
    let x = sample.values("values", values)?;
    let z = deviations(NAME, &x)?;
    let (total, size) = totals(&x);
    let (mut diagonal, mut scales) = (Vec::with_capacity(x.len()), Vec::with_capacity(x.len()));
    for i in 0..x.len() {
        let row = || sample.weights.row(i).filter(|e| e.0 as usize != i);
        let largest = row().map(|e| e.1).fold(f64::NEG_INFINITY, f64::max);
        let (sum, weight) = row().fold((0.0, 0.0), |(sum, size), e| (sum + e.1, size + e.1.abs()));
        let (w, scale) = match own {
            SelfWeight::Stored => (sample.weights.get(i, i as u32).unwrap_or(0.0), 1.0),
            SelfWeight::Largest => (largest, 1.0),
            SelfWeight::LargestSameSum => (largest, ratio(sum, sum + largest, weight)),
        };
        diagonal.push(w);
        scales.push(scale);
    }
    let form = |i: usize| Linear { factor: ratio(scales[i], total, size), own: diagonal[i] * x[i] };
    measure(NAME, &sample, &z, &x, Some(&diagonal), form, options.inference)
}

/// Sum of the values and of their sizes.
fn totals(x: &[f64]) -> (f64, f64) {
    x.iter().fold((0.0, 0.0), |(sum, size), v| (sum + v, size + v.abs()))
}

/// `a / b`, where `b` is a sum of numbers that make up `size`; NaN where rounding alone can have left `b`.
fn ratio(a: f64, b: f64, size: f64) -> f64 {
    let b = beyond_rounding(b, size);
    if b == 0.0 { f64::NAN } else { a / b }
}

/// A measure as factor × (own + Σⱼ wᵢⱼ yⱼ).
struct Linear {
    factor: f64,
    own: f64,
}

/// Everything about one place.
#[derive(Clone, Copy)]
struct Row {
    observed: f64,
    expected: f64,
    sd: f64,
    z: f64,
    p: f64,
    p_directed: f64,
    quadrant: Option<Quadrant>,
}

impl Row {
    const NONE: Self = Self {
        observed: f64::NAN,
        expected: f64::NAN,
        sd: f64::NAN,
        z: f64::NAN,
        p: f64::NAN,
        p_directed: f64::NAN,
        quadrant: None,
    };
}

/// All local measures are linear in the sum over neighbours of values drawn without replacement, so
/// one sampler and one pair of moments serve them. `diagonal`: weights of places in their own sum.
fn measure(
    name: &'static str,
    sample: &Sample<'_>,
    own: &[f64],
    y: &[f64],
    diagonal: Option<&[f64]>,
    form: impl Fn(usize) -> Linear + Sync + Send,
    inference: LocalInference,
) -> Result<Local> {
    let n = sample.len();
    if n < 3 {
        return Err(Error::undefined(name, Undefined::TooFew { needed: 3 }));
    }
    if let LocalInference::ConditionalPermutation { permutations, .. } = inference {
        check_permutations(permutations)?;
    }
    let mean = y.iter().sum::<f64>() / n as f64;
    // Sums of deviations lose nothing to a mean that is large against them.
    let z: Vec<f64> = y.iter().map(|v| v - mean).collect();
    let squares = sum_of_squares(&z);
    let all = sample.weights.parts().2;
    let unit = if extreme(all) { exponent(all) } else { 0 };
    let place = |draw: &mut Draw, i: usize| {
        draw.weights.clear();
        draw.size = 0.0;
        let mut lag = 0.0;
        for (j, w) in sample.weights.row(i).filter(|&(j, w)| j as usize != i && w != 0.0) {
            let w = libm::ldexp(w, -unit);
            draw.weights.push(w);
            lag += w * z[j as usize];
            draw.size += (w * z[j as usize]).abs();
        }
        if draw.weights.is_empty() {
            return Row::NONE;
        }
        let Linear { factor, own: fixed } = form(i);
        let (factor, fixed) = (libm::ldexp(factor, unit), libm::ldexp(fixed, -unit));
        let own_weight = diagonal.map(|d| libm::ldexp(d[i], -unit));
        let weight: f64 = draw.weights.iter().sum();
        let quadrant = Some(Quadrant::of(own[i], if lag.abs() <= ROUNDING * draw.size { 0.0 } else { lag }));
        let level = fixed + weight * mean;
        let observed = factor * (level + lag);
        match inference {
            LocalInference::ClosedForm => {
                let mut square = sum_of_squares(&draw.weights);
                // Draws of all n values for Gi*, of the n − 1 others without itself.
                let (size, expected, spread) = if let Some(own) = own_weight {
                    square += own * own;
                    (n as f64, mean * (weight + own), squares)
                } else {
                    let others = n as f64 - 1.0;
                    let deviation = z[i];
                    let spread = squares - deviation * deviation * n as f64 / others;
                    (others, weight * (mean - deviation / others), beyond_rounding(spread, squares))
                };
                let weight = weight + own_weight.unwrap_or(0.0);
                let unequal = beyond_rounding(square - weight * weight / size, square);
                let variance = (spread / (size - 1.0) * unequal).max(0.0);
                let (expected, sd) = (factor * expected, (factor * factor * variance).sqrt());
                let z = if sd > 0.0 { (observed - expected) / sd } else { f64::NAN };
                let p = two_sided_normal_p(z);
                Row { observed, expected, sd, z, p, p_directed: p / 2.0, quadrant }
            }
            LocalInference::ConditionalPermutation { permutations, seed } => {
                let Tally { mean, sd, extreme } =
                    draw.tally(&z, i as u32, lag, permutations, &mut seed.stream(i as u64));
                let (expected, sd) = (factor * (level + mean), (factor * sd).abs());
                let varies = sd > 0.0 && sd.is_finite();
                let z = if varies { (observed - expected) / sd } else { f64::NAN };
                let p_directed =
                    if varies { (extreme + 1) as f64 / (permutations + 1) as f64 } else { f64::NAN };
                let p = if varies { (2.0 * p_directed).min(1.0) } else { f64::NAN };
                Row { observed, expected, sd, z, p, p_directed, quadrant }
            }
        }
    };
    let rows = sample.spread(parallel::map_init(n, || Draw::new(n), place), Row::NONE);
    let column = |f: fn(&Row) -> f64| rows.iter().map(f).collect();
    Ok(Local {
        observed: column(|r| r.observed),
        expected: column(|r| r.expected),
        sd: column(|r| r.sd),
        z: column(|r| r.z),
        p: column(|r| r.p),
        p_directed: column(|r| r.p_directed),
        quadrant: rows.iter().map(|r| r.quadrant).collect(),
        null: match (inference, diagonal) {
            (LocalInference::ClosedForm, Some(_)) => Null::LabelPermutation,
            _ => Null::ConditionalPermutation,
        },
        inference: match inference {
            LocalInference::ClosedForm => Inference::ClosedForm,
            LocalInference::ConditionalPermutation { permutations, .. } => {
                Inference::MonteCarlo { permutations }
            }
        },
        n,
        isolates: sample.isolates,
    })
}

/// What the replicates of one place say of Σⱼ wⱼ yⱼ.
struct Tally {
    mean: f64,
    sd: f64,
    /// Replicates at least as extreme, on the side that has fewer.
    extreme: usize,
}

/// Scratch of the sampler.
struct Draw {
    weights: Vec<f64>,
    /// Σⱼ |wⱼ yⱼ|.
    size: f64,
    drawn: Vec<u32>,
    /// 0, 1, …: always restored.
    places: Vec<u32>,
}

/// Up to this many neighbours, redrawing repeated places is cheaper than swapping.
const FEW: usize = 24;

impl Draw {
    fn new(n: usize) -> Self {
        Self { weights: Vec::new(), size: 0.0, drawn: Vec::new(), places: (0..n as u32).collect() }
    }

    /// Draws as many other places as there are weights, `permutations` times.
    fn tally(
        &mut self,
        y: &[f64],
        own: u32,
        observed: f64,
        permutations: usize,
        stream: &mut Stream,
    ) -> Tally {
        let k = self.weights.len();
        let others = y.len() as u32 - 1;
        // Sums that are equal but for the order of additions count as equal.
        let slack = ROUNDING * self.size;
        // Values relative to the observed sum keep the variance accurate.
        let (mut sum, mut squares, mut above, mut below) = (0.0, 0.0, 0_usize, 0_usize);
        let skip = |d: u32| if d >= own { d + 1 } else { d };
        for _ in 0..permutations {
            let mut lag = 0.0;
            self.drawn.clear();
            if k <= FEW && 4 * k < y.len() {
                while self.drawn.len() < k {
                    let d = stream.below(others);
                    if !self.drawn.contains(&d) {
                        lag += self.weights[self.drawn.len()] * y[skip(d) as usize];
                        self.drawn.push(d);
                    }
                }
            } else {
                for (t, w) in self.weights.iter().enumerate() {
                    let d = t as u32 + stream.below(others - t as u32);
                    self.places.swap(t, d as usize);
                    self.drawn.push(d);
                    lag += w * y[skip(self.places[t]) as usize];
                }
                for (t, &d) in self.drawn.iter().enumerate().rev() {
                    self.places.swap(t, d as usize);
                }
            }
            let d = if (lag - observed).abs() <= slack { 0.0 } else { lag - observed };
            sum += d;
            squares += d * d;
            above += usize::from(d >= 0.0);
            below += usize::from(d <= 0.0);
        }
        let r = permutations as f64;
        let variance = (squares - sum * sum / r) / (r - 1.0);
        let sd = if variance > 1e-24 * squares / r { variance.sqrt() } else { 0.0 };
        Tally { mean: observed + sum / r, sd, extreme: above.min(below) }
    }
}
