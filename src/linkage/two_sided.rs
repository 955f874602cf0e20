//! Ties between two kinds of nodes (firms and laboratories) against chance.

use geo_types::Coord;

use crate::check::check_len;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null, beyond_rounding};
use crate::parallel;
use crate::space::distance::{Bins, EARTH_RADIUS_M};

/// Ties between nodes of one kind (rows) and of another (columns).
#[derive(Debug, Clone, Copy)]
pub struct TwoSidedTies<'a> {
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub columns: usize,
    /// `(row, column)` of each tie.
    pub ties: &'a [(u32, u32)],
}

/// What chance means for ties between two kinds of nodes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum TwoSidedNull<'a> {
    /// Ends of ties matched at random, each node keeps its number of ties; multi-ties allowed.
    Degrees,
    /// A tie falls on a pair of its bin of distance in proportion to the degrees of both.
    DegreesAndDistance {
        /// Longitude and latitude of each row.
        rows: &'a [Coord<f64>],
        /// Longitude and latitude of each column.
        columns: &'a [Coord<f64>],
        /// Width of the bins, in metres.
        bin_m: f64,
    },
}

/// How many ties fall on some pairs of rows and columns, against chance.
///
/// # Formula
/// With M ties, degrees Rᵢ and Cⱼ and the set S of pairs for which `counts` holds. `Degrees`:
/// E = T / M, T = Σ_S Rᵢ Cⱼ; E\[X(X−1)\] = (T² − Σᵢ Rᵢ aᵢ² − Σⱼ Cⱼ bⱼ² + T) / (M (M−1)),
/// aᵢ = Σ_{j:(i,j)∈S} Cⱼ, bⱼ = Σ_{i:(i,j)∈S} Rᵢ (exact; hypergeometric when S is a product).
/// `DegreesAndDistance`: Σ_b t_b q_b with q_b = Σ_{S in b} Rᵢ Cⱼ / Σ_b Rᵢ Cⱼ, t_b the ties of bin b;
/// variance Σ_b t_b q_b (1 − q_b). Distances are on the sphere.
///
/// # Range
/// 0 to the number of ties.
///
/// # Direction
/// More than expected: the pairs of S are tied more than chance gives.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties.
///
/// # Errors
/// [`Error::Shape`] when positions do not match; [`Error::Value`] for a tie of no row or column or a
/// position that is not finite; [`Error::Parameter`] on a bin that is not positive or too narrow.
///
/// # Complexity
/// O(rows × columns) time, the same for any number of threads.
///
/// # References
/// Expert, Evans, Blondel & Lambiotte (2011), doi:10.1073/pnas.1018962108, for two kinds of nodes.
///
/// # Example
/// ```
/// use rurban::linkage::{TwoSidedNull, TwoSidedTies, two_sided_evidence};
/// let ties = TwoSidedTies { rows: 2, columns: 2, ties: &[(0, 0), (1, 1), (1, 0)] };
/// let e = two_sided_evidence(ties, |row, column| row == 0 && column == 0, TwoSidedNull::Degrees)?;
/// assert_eq!(e.observed, 1.0);
/// assert!((e.expected - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn two_sided_evidence(
    ties: TwoSidedTies<'_>,
    counts: impl Fn(usize, usize) -> bool + Sync + Send,
    null: TwoSidedNull<'_>,
) -> Result<Evidence> {
    let (mut of_row, mut of_column) = (vec![0.0; ties.rows], vec![0.0; ties.columns]);
    for (index, &(r, c)) in ties.ties.iter().enumerate() {
        let ends = of_row.get_mut(r as usize).zip(of_column.get_mut(c as usize));
        let Some((row, column)) = ends else {
            let value = format!("({r}, {c})");
            return Err(Error::Value { what: "ties", index, value, must: "must be a row and a column" });
        };
        *row += 1.0;
        *column += 1.0;
    }
    if ties.ties.is_empty() {
        return Err(Error::undefined("ties between two sides against chance", Undefined::NoTies));
    }
    let observed = ties.ties.iter().filter(|(r, c)| counts(*r as usize, *c as usize)).count() as f64;
    let n = ties.ties.len();
    let (null, mean, variance) = match null {
        TwoSidedNull::Degrees => {
            let (mean, variance) = degrees(&of_row, &of_column, n as f64, counts);
            (Null::Configuration, mean, variance)
        }
        TwoSidedNull::DegreesAndDistance { rows, columns, bin_m } => {
            check_len("positions of rows", rows.len(), ties.rows)?;
            check_len("positions of columns", columns.len(), ties.columns)?;
            let at = [on_sphere("positions of rows", rows)?, on_sphere("positions of columns", columns)?];
            let (mean, variance) = distance(ties.ties, &at, &of_row, &of_column, bin_m, counts)?;
            (Null::Gravity, mean, variance)
        }
    };
    let isolates = of_row.iter().chain(&of_column).filter(|d| **d == 0.0).count();
    Ok(Evidence::closed_form(null, observed, mean, Some(variance), n).with_counts(isolates, 0))
}

/// Mean and variance.
type Moments = (f64, f64);

fn degrees(
    of_row: &[f64],
    of_column: &[f64],
    m: f64,
    counts: impl Fn(usize, usize) -> bool + Sync + Send,
) -> Moments {
    let sum = |of: &[f64], holds: &dyn Fn(usize) -> bool| -> f64 {
        of.iter().enumerate().filter(|(k, d)| **d > 0.0 && holds(*k)).map(|(_, d)| d).sum()
    };
    let a = parallel::map(of_row.len(), |i| sum(of_column, &|j| counts(i, j)));
    let b = parallel::map(of_column.len(), |j| sum(of_row, &|i| counts(i, j)));
    let t: f64 = of_row.iter().zip(&a).map(|(r, a)| r * a).sum();
    let square = |of: &[f64], other: &[f64]| of.iter().zip(other).map(|(d, x)| d * x * x).sum::<f64>();
    let mean = t / m;
    let pairs = t * t - square(of_row, &a) - square(of_column, &b) + t;
    let second = if m > 1.0 { pairs / (m * (m - 1.0)) } else { 0.0 };
    (mean, beyond_rounding(second + mean - mean * mean, second + mean))
}

fn distance(
    ties: &[(u32, u32)],
    [rows, columns]: &[Vec<[f64; 3]>; 2],
    of_row: &[f64],
    of_column: &[f64],
    bin_m: f64,
    counts: impl Fn(usize, usize) -> bool + Sync + Send,
) -> Result<Moments> {
    const BLOCK: usize = 64;
    let half = std::f64::consts::PI * EARTH_RADIUS_M;
    if !(bin_m.is_finite() && bin_m >= half / 1e5) {
        return Err(Error::Parameter {
            name: "bin_m",
            value: bin_m.to_string(),
            must: "must be at least 200 m",
        });
    }
    let of = Bins::of_width(bin_m);
    let bins = of.of(half) + 1;
    let bin = |i: usize, j: usize| of.of(great_circle_m(rows[i], columns[j])).min(bins - 1);
    let blocks = parallel::map(of_row.len().div_ceil(BLOCK), |block| {
        let (mut mass, mut inside) = (vec![0.0; bins], vec![0.0; bins]);
        for i in (block * BLOCK..((block + 1) * BLOCK).min(of_row.len())).filter(|&i| of_row[i] > 0.0) {
            for j in (0..of_column.len()).filter(|&j| of_column[j] > 0.0) {
                let (at, product) = (bin(i, j), of_row[i] * of_column[j]);
                mass[at] += product;
                if counts(i, j) {
                    inside[at] += product;
                }
            }
        }
        (mass, inside)
    });
    let (mut mass, mut inside, mut tied) = (vec![0.0; bins], vec![0.0; bins], vec![0.0; bins]);
    for (m, s) in blocks {
        mass.iter_mut().zip(m).for_each(|(sum, part)| *sum += part);
        inside.iter_mut().zip(s).for_each(|(sum, part)| *sum += part);
    }
    for &(i, j) in ties {
        tied[bin(i as usize, j as usize)] += 1.0;
    }
    let mut moments = (0.0, 0.0);
    for b in (0..bins).filter(|&b| mass[b] > 0.0) {
        let q = inside[b] / mass[b];
        moments.0 += tied[b] * q;
        moments.1 += tied[b] * q * beyond_rounding(1.0 - q, 1.0);
    }
    Ok(moments)
}

/// Points of the unit sphere.
fn on_sphere(what: &'static str, at: &[Coord<f64>]) -> Result<Vec<[f64; 3]>> {
    if let Some(index) = at.iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
        return Err(Error::Value { what, index, value: format!("{:?}", at[index]), must: "must be finite" });
    }
    Ok(at.iter().copied().map(unit_vector).collect())
}

/// The point of the unit sphere at this longitude and latitude.
pub(crate) fn unit_vector(c: Coord<f64>) -> [f64; 3] {
    let (lon, lat) = (c.x.to_radians(), c.y.to_radians());
    let across = libm::cos(lat);
    [across * libm::cos(lon), across * libm::sin(lon), libm::sin(lat)]
}

/// Length of the great circle between two points of the unit sphere, in metres on the Earth.
pub(crate) fn great_circle_m(a: [f64; 3], b: [f64; 3]) -> f64 {
    let square: f64 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
    2.0 * EARTH_RADIUS_M * libm::asin((square.sqrt() / 2.0).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::space::distance::haversine_m;

    #[test]
    fn a_product_of_sides_is_hypergeometric() {
        // Rows 0–6 and columns 0–11 of 20 ties with one end each: scipy.stats.hypergeom(20, 7, 12).
        let ties: Vec<(u32, u32)> = (0..20).map(|i| (i, i)).collect();
        let ties = TwoSidedTies { rows: 20, columns: 20, ties: &ties };
        let e = two_sided_evidence(ties, |r, c| r < 7 && c < 12, TwoSidedNull::Degrees).unwrap();
        assert_eq!((e.observed, e.isolates), (7.0, 0));
        assert!((e.expected - 4.2).abs() < 1e-12);
        assert!((e.sd.unwrap().powi(2) - 1.149_473_684_210_526_4).abs() < 1e-12);
    }

    #[test]
    fn moments_are_those_of_matched_ends() {
        let mut s = Seed(7).stream(0);
        let ties: Vec<(u32, u32)> = (0..60).map(|_| (s.below(9), s.below(14))).collect();
        let counts = |r: usize, c: usize| r % 3 == c % 3;
        let e = two_sided_evidence(
            TwoSidedTies { rows: 9, columns: 14, ties: &ties },
            counts,
            TwoSidedNull::Degrees,
        )
        .unwrap();
        let mut ends: Vec<u32> = ties.iter().map(|t| t.1).collect();
        let draws: Vec<f64> = (0..20_000)
            .map(|_| {
                s.shuffle(&mut ends);
                ties.iter().zip(&ends).filter(|(t, c)| counts(t.0 as usize, **c as usize)).count() as f64
            })
            .collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let sd = (draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19_999.0).sqrt();
        assert!((e.expected - mean).abs() < 0.04 * sd, "{} {mean}", e.expected);
        assert!((e.sd.unwrap() / sd - 1.0).abs() < 0.03, "{:?} {sd}", e.sd);
    }

    #[test]
    fn what_distance_explains_is_expected() {
        let at = |x: f64| Coord { x, y: 45.0 };
        let rows: Vec<_> = (0..6).map(|i| at(f64::from(i))).collect();
        let columns: Vec<_> = (0..6).map(|i| at(f64::from(i) + 0.01)).collect();
        // Each row is tied to the column beside it: no more near pairs than distance gives.
        let ties: Vec<(u32, u32)> = (0..6).map(|i| (i, i)).collect();
        let ties = TwoSidedTies { rows: 6, columns: 6, ties: &ties };
        let null = TwoSidedNull::DegreesAndDistance { rows: &rows, columns: &columns, bin_m: 10_000.0 };
        let near = two_sided_evidence(ties, |r, c| r == c, null).unwrap();
        assert_eq!((near.observed, near.expected, near.z), (6.0, 6.0, None));
        let half = two_sided_evidence(ties, |r, _| r < 3, null).unwrap();
        assert_eq!((half.observed, half.expected, half.sd), (3.0, 3.0, Some(1.5_f64.sqrt())));
        let a = haversine_m(rows[0], columns[5]).unwrap();
        assert!((great_circle_m(unit_vector(rows[0]), unit_vector(columns[5])) / a - 1.0).abs() < 1e-12);
    }

    #[test]
    fn bad_input_is_refused() {
        let none = TwoSidedTies { rows: 1, columns: 1, ties: &[] };
        let all = |_: usize, _: usize| true;
        let why = two_sided_evidence(none, all, TwoSidedNull::Degrees).unwrap_err().as_undefined();
        assert_eq!(why, Some(Undefined::NoTies));
        let bad = TwoSidedTies { ties: &[(0, 1)], ..none };
        assert!(two_sided_evidence(bad, all, TwoSidedNull::Degrees).is_err());
        let one = TwoSidedTies { ties: &[(0, 0)], ..none };
        let at = [Coord { x: 0.0, y: 0.0 }];
        for (rows, bin_m) in [(&at[..0], 1e4), (&at[..], 0.0), (&[Coord { x: f64::NAN, y: 0.0 }], 1e4)] {
            let null = TwoSidedNull::DegreesAndDistance { rows, columns: &at, bin_m };
            assert!(two_sided_evidence(one, all, null).is_err());
        }
    }
}
