use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A pair that could be matched, one of each side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoredPair {
    /// Position on the left side.
    pub left: u32,
    /// Position on the right side.
    pub right: u32,
    /// How good the pair is, for both sides alike.
    pub score: f64,
}

/// Pairs that no two members of both sides would leave for each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct StableMatching {
    /// The pairs, best first.
    pub pairs: Vec<ScoredPair>,
    /// Sum of their scores.
    pub total: f64,
    /// Members of the left side without any partner.
    pub left_unmatched: Vec<u32>,
    /// Members of the right side without any partner.
    pub right_unmatched: Vec<u32>,
}

/// The stable matching of two sides with capacities, when a pair is worth the same to both.
///
/// # Formula
/// Pairs in order of score (equal ones by left, then right), each taken when both ends have capacity
/// left. With scores shared by both sides this *is* deferred acceptance; no taken pair blocks it, and
/// the matching is the only stable one when no two scores are equal.
///
/// # Direction
/// Higher scores first. A pair that is not among `pairs` is not acceptable.
///
/// # Errors
/// [`Error::Value`] when an end has no capacity entry or a score is not finite.
///
/// # Complexity
/// O(pairs log pairs).
///
/// # References
/// Gale & Shapley (1962), doi:10.1080/00029890.1962.11989827; Abraham, Levavi, Manlove & O'Malley
/// (2008), The stable roommates problem with globally ranked pairs, doi:10.1080/15427951.2008.10129167.
///
/// # Example
/// ```
/// use rurban::matching::{ScoredPair, stable_matching};
/// let pair = |left, right, score| ScoredPair { left, right, score };
/// let pairs = [pair(0, 0, 3.0), pair(0, 1, 2.0), pair(1, 0, 2.5), pair(1, 1, 1.0)];
/// let m = stable_matching(&pairs, &[1, 1], &[1, 1])?;
/// assert_eq!((m.pairs[0].right, m.pairs[1].right, m.total), (0, 1, 4.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn stable_matching(
    pairs: &[ScoredPair],
    left_capacity: &[u32],
    right_capacity: &[u32],
) -> Result<StableMatching> {
    check_pairs(pairs, left_capacity.len(), right_capacity.len())?;
    let mut order: Vec<&ScoredPair> = pairs.iter().collect();
    order.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.left, a.right).cmp(&(b.left, b.right))));
    // A pair given twice counts once, by its best score.
    let mut taken_pairs = std::collections::BTreeSet::new();
    let mut left = left_capacity.to_vec();
    let mut right = right_capacity.to_vec();
    let mut taken = Vec::new();
    for pair in order {
        let (l, r) = (pair.left as usize, pair.right as usize);
        if left[l] > 0 && right[r] > 0 && taken_pairs.insert((pair.left, pair.right)) {
            left[l] -= 1;
            right[r] -= 1;
            taken.push(*pair);
        }
    }
    let unmatched = |left: &[u32], capacity: &[u32]| -> Vec<u32> {
        (0..left.len()).filter(|&i| left[i] == capacity[i]).map(|i| i as u32).collect()
    };
    Ok(StableMatching {
        total: taken.iter().map(|p| p.score).sum(),
        left_unmatched: unmatched(&left, left_capacity),
        right_unmatched: unmatched(&right, right_capacity),
        pairs: taken,
    })
}

/// The pairs that would rather be matched than keep what they have: none in a stable matching. Both
/// ends of a blocking pair have capacity left or a matched pair of lower score.
///
/// # Errors
/// As [`stable_matching`].
///
/// # Complexity
/// O(pairs + matched pairs).
pub fn blocking_pairs(
    pairs: &[ScoredPair],
    left_capacity: &[u32],
    right_capacity: &[u32],
    matching: &StableMatching,
) -> Result<Vec<ScoredPair>> {
    check_pairs(pairs, left_capacity.len(), right_capacity.len())?;
    check_pairs(&matching.pairs, left_capacity.len(), right_capacity.len())?;
    // The worst score each member holds; −∞ with capacity left, +∞ when it takes nobody.
    let worst = |capacity: &[u32], end: &dyn Fn(&ScoredPair) -> u32| -> Vec<f64> {
        let mut held = vec![0_u32; capacity.len()];
        let mut worst = vec![f64::INFINITY; capacity.len()];
        for p in &matching.pairs {
            let i = end(p) as usize;
            held[i] += 1;
            worst[i] = worst[i].min(p.score);
        }
        for (i, w) in worst.iter_mut().enumerate() {
            if held[i] < capacity[i] {
                *w = f64::NEG_INFINITY;
            }
        }
        worst
    };
    let left = worst(left_capacity, &|p| p.left);
    let right = worst(right_capacity, &|p| p.right);
    let matched: std::collections::BTreeSet<(u32, u32)> =
        matching.pairs.iter().map(|p| (p.left, p.right)).collect();
    Ok(pairs
        .iter()
        .filter(|p| {
            p.score > left[p.left as usize]
                && p.score > right[p.right as usize]
                && !matched.contains(&(p.left, p.right))
        })
        .copied()
        .collect())
}

fn check_pairs(pairs: &[ScoredPair], left: usize, right: usize) -> Result<()> {
    for (index, p) in pairs.iter().enumerate() {
        let wrong = |value: String, must| Err(Error::Value { what: "pairs", index, value, must });
        if p.left as usize >= left || p.right as usize >= right {
            return wrong(format!("({}, {})", p.left, p.right), "both ends must have a capacity");
        }
        if !p.score.is_finite() {
            return wrong(p.score.to_string(), "must have a finite score");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn golden_case_of_twelve_by_nine() {
        let text = include_str!("../../fixtures/golden/inputs/match_scores_12x9.csv");
        let mut pairs = Vec::new();
        for (l, line) in text.lines().enumerate() {
            for (r, cell) in line.split(',').enumerate() {
                pairs.push(ScoredPair { left: l as u32, right: r as u32, score: cell.parse().unwrap() });
            }
        }
        let m = stable_matching(&pairs, &[1; 12], &[1; 9]).unwrap();
        let mut of = [-1_i32; 12];
        m.pairs.iter().for_each(|p| of[p.left as usize] = p.right as i32);
        // Gale–Shapley, rows proposing.
        assert_eq!(of, [-1, 6, 3, 5, 4, 1, 0, 8, 7, 2, -1, -1]);
        assert_eq!(m.left_unmatched, [0, 10, 11]);
    }

    #[test]
    fn no_pair_blocks_and_equal_scores_go_by_position() {
        let mut s = Seed(1).stream(0);
        for case in 0..40 {
            let pairs: Vec<ScoredPair> = (0..120)
                .map(|_| ScoredPair {
                    left: s.below(12),
                    right: s.below(9),
                    score: if case % 2 == 0 { s.unit() } else { f64::from(s.below(4)) },
                })
                .collect();
            let capacities: Vec<u32> = (0..21).map(|_| s.below(4)).collect();
            let m = stable_matching(&pairs, &capacities[..12], &capacities[12..]).unwrap();
            assert!(blocking_pairs(&pairs, &capacities[..12], &capacities[12..], &m).unwrap().is_empty());
            for (l, &most) in capacities[..12].iter().enumerate() {
                assert!(m.pairs.iter().filter(|p| p.left as usize == l).count() <= most as usize);
            }
        }
        let tied = |left, right| ScoredPair { left, right, score: 1.0 };
        let m = stable_matching(&[tied(1, 0), tied(0, 0)], &[1, 1], &[1]).unwrap();
        assert_eq!((m.pairs[0].left, m.left_unmatched), (0, vec![1]));
    }

    #[test]
    fn bad_pairs_are_refused() {
        let pair = |left, score| ScoredPair { left, right: 0, score };
        assert!(stable_matching(&[pair(1, 1.0)], &[1], &[1]).is_err());
        assert!(stable_matching(&[pair(0, f64::NAN)], &[1], &[1]).is_err());
        assert!(stable_matching(&[], &[], &[]).unwrap().pairs.is_empty());
    }
}
