//! Many tests at once.

use crate::error::{Error, Result};

/// p-values adjusted so that, of what is called significant at level q, at most a share q is false
/// on average.
///
/// # Formula
/// p₍ᵢ₎ → minⱼ≥ᵢ min(1, m p₍ⱼ₎ / j), over the m values that are numbers.
///
/// # Range
/// p … 1.
///
/// # Direction
/// Lower is more evidence.
///
/// # Undefined
/// NaN where a test has no p-value; such tests are no part of the family.
///
/// # Errors
/// [`Error::Value`] for a p outside [0, 1].
///
/// # Complexity
/// O(m log m).
///
/// # References
/// Benjamini & Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
///
/// # Example
/// ```
/// use rurban::multiple_testing::benjamini_hochberg;
/// assert_eq!(benjamini_hochberg(&[0.04, 0.01, f64::NAN])?[..2], [0.04, 0.02]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>> {
    if let Some(index) = p.iter().position(|p| *p < 0.0 || *p > 1.0) {
        let value = p[index].to_string();
        return Err(Error::Value { what: "p", index, value, must: "must be in [0, 1]" });
    }
    let mut order: Vec<usize> = (0..p.len()).filter(|&i| !p[i].is_nan()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let m = order.len() as f64;
    let mut adjusted = vec![f64::NAN; p.len()];
    let mut least = 1.0_f64;
    for (rank, &i) in order.iter().enumerate().rev() {
        least = least.min(p[i] * m / (rank as f64 + 1.0));
        adjusted[i] = least;
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_benjamini_and_hochberg() {
        let p = [
            0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275,
            0.34,
        ];
        // scipy 1.17.1
        let mut want = vec![0.015, 0.06, 0.126, 0.126, 0.126, 0.15, 0.074 * 15.0 / 7.0];
        want.extend([0.275 * 15.0 / 14.0; 7]);
        want.push(0.34);
        for (got, want) in benjamini_hochberg(&p).unwrap().iter().zip(want) {
            assert!((got - want).abs() < 1e-12, "{got} {want}");
        }
        assert!(benjamini_hochberg(&[]).unwrap().is_empty());
    }
}
