use serde::{Deserialize, Serialize};
use statrs::distribution::{DiscreteCDF, Hypergeometric};

use crate::error::{Error, Result};

/// How far two networks (or other memberships) have the same members.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Overlap {
    /// Members of the first.
    pub first: usize,
    /// Members of the second.
    pub second: usize,
    /// Members of both.
    pub common: usize,
    /// Bodies that could be members.
    pub eligible: usize,
    /// Common members expected when both choose theirs at random.
    pub expected: f64,
    /// Common over all members of both; `None` when there are none.
    pub jaccard: Option<f64>,
    /// Common over the smaller of both; `None` when it is empty.
    pub coefficient: Option<f64>,
    /// Probability of at least as many common members by chance, one-sided.
    pub p: f64,
}

/// The overlap of two memberships among `eligible` bodies, against chance.
///
/// # Formula
/// Jaccard `|A∩B|/|A∪B|`, overlap coefficient `|A∩B|/min(|A|,|B|)`, and the upper tail `P(X ≥ |A∩B|)` of
/// the hypergeometric distribution: |B| members drawn from the eligible ones, |A| of which are in A.
/// For many pairs adjust `p` by
/// [`benjamini_hochberg`](crate::multiple_testing::benjamini_hochberg).
///
/// # Range
/// All in [0, 1].
///
/// # Direction
/// A low p: more members in common than chance gives.
///
/// # Undefined
/// Jaccard and coefficient of empty memberships are `None`; p is then 1.
///
/// # Errors
/// [`Error::Parameter`] when there are more common members than members, or more members than eligible
/// ones.
///
/// # Complexity
/// O(common members).
///
/// # References
/// Tumminello, Miccichè, Lillo, Piilo & Mantegna (2011), doi:10.1371/journal.pone.0017994.
///
/// # Example
/// ```
/// use rurban::network::overlap;
/// let o = overlap(40, 25, 14, 124)?;
/// assert!((o.p - 0.005_475_485_042_428_01).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn overlap(first: usize, second: usize, common: usize, eligible: usize) -> Result<Overlap> {
    let wrong = |name, value: usize, must| Error::Parameter { name, value: value.to_string(), must };
    let all = first + second - common.min(first).min(second);
    if common > first.min(second) {
        return Err(wrong("common", common, "must be at most the members of each"));
    }
    if all > eligible {
        return Err(wrong("eligible", eligible, "must be at least the members of both together"));
    }
    let p = if common == 0 {
        1.0
    } else {
        let law = Hypergeometric::new(eligible as u64, first as u64, second as u64)
            .map_err(|_| wrong("eligible", eligible, "must be at least the members"))?;
        law.sf(common as u64 - 1).clamp(0.0, 1.0)
    };
    Ok(Overlap {
        first,
        second,
        common,
        eligible,
        expected: if eligible > 0 { first as f64 * second as f64 / eligible as f64 } else { 0.0 },
        jaccard: (all > 0).then(|| common as f64 / all as f64),
        coefficient: (first.min(second) > 0).then(|| common as f64 / first.min(second) as f64),
        p,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_that_of_counting() {
        // Of 6 bodies 3 are in A; 2 are drawn: P(X ≥ 1) = 1 − 3/15, P(X = 2) = 3/15.
        assert!((overlap(3, 2, 1, 6).unwrap().p - 0.8).abs() < 1e-12);
        let o = overlap(3, 2, 2, 6).unwrap();
        assert!((o.p - 0.2).abs() < 1e-12);
        assert_eq!((o.expected, o.jaccard, o.coefficient), (1.0, Some(2.0 / 3.0), Some(1.0)));
        let empty = overlap(0, 0, 0, 0).unwrap();
        assert_eq!((empty.jaccard, empty.coefficient, empty.p), (None, None, 1.0));
        assert!(overlap(3, 2, 3, 6).is_err() && overlap(5, 5, 1, 6).is_err());
    }
}
