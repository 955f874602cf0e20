use serde::{Deserialize, Serialize};

use super::stable::ScoredPair;
use crate::check::check_len;
use crate::error::{Error, Result};
use crate::matrix::Matrix;

const FREE: u32 = u32::MAX;

/// Pairs of largest total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Assignment {
    /// The pairs, by left member, then right.
    pub pairs: Vec<ScoredPair>,
    /// Sum of their scores.
    pub total: f64,
}

/// The matching of two sides with the largest total score, exactly.
///
/// # Formula
/// As many pairs as capacities and possible pairs allow, and among those matchings the one with the
/// largest `Σ score`. A member with capacity c is c members of capacity one. Solved by shortest
/// augmenting paths from a start by column and row reduction.
///
/// # Direction
/// Higher scores are better; NaN marks a pair that is not possible.
///
/// # Errors
/// [`Error::Shape`] when capacities do not match the scores, [`Error::Value`] for an infinite score,
/// [`Error::Parameter`] when the capacities of a side exceed 2³¹.
///
/// # Complexity
/// O(n² m) at worst for n ≤ m members (with their capacities), in practice far less; no memory beyond
/// the scores where all capacities are one and the left side is the smaller one.
///
/// # References
/// Jonker & Volgenant (1987), doi:10.1007/BF02278710; Crouse (2016), doi:10.1109/TAES.2016.140952.
///
/// # Example
/// ```
/// use rurban::matching::assignment;
/// use rurban::matrix::Matrix;
/// let scores = Matrix::from_rows(2, 2, vec![3.0, 2.0, 2.5, 0.0])?;
/// let best = assignment(&scores, &[1, 1], &[1, 1])?;
/// assert_eq!(best.total, 4.5);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn assignment(scores: &Matrix, left_capacity: &[u32], right_capacity: &[u32]) -> Result<Assignment> {
    check_len("left capacities", left_capacity.len(), scores.rows())?;
    check_len("right capacities", right_capacity.len(), scores.columns())?;
    if let Some(index) = scores.as_slice().iter().position(|s| s.is_infinite()) {
        let value = scores.as_slice()[index].to_string();
        return Err(Error::Value {
            what: "scores",
            index,
            value,
            must: "must be finite, or NaN for no pair",
        });
    }
    // More places than the other side has members are of no use.
    let copies = |capacity: &[u32], others: usize| -> Vec<u32> {
        let most = u32::try_from(others).unwrap_or(u32::MAX);
        (0..capacity.len())
            .flat_map(|i| std::iter::repeat_n(i as u32, capacity[i].min(most) as usize))
            .collect()
    };
    let left = copies(left_capacity, right_capacity.len());
    let right = copies(right_capacity, left_capacity.len());
    for (name, side) in [("left capacities", &left), ("right capacities", &right)] {
        if side.len() >= 1 << 31 {
            let must = "must add up to less than 2³¹";
            return Err(Error::Parameter { name, value: side.len().to_string(), must });
        }
    }
    let swapped = left.len() > right.len();
    let (short, long) = if swapped { (&right, &left) } else { (&left, &right) };
    let as_given = !swapped
        && short.len() == scores.rows()
        && long.len() == scores.columns()
        && left_capacity.iter().chain(right_capacity).all(|&c| c == 1);
    let score = |i: u32, j: u32| {
        if swapped { scores[(j as usize, i as usize)] } else { scores[(i as usize, j as usize)] }
    };
    let expanded;
    let table = if as_given {
        scores
    } else {
        let mut cells = Vec::with_capacity(short.len() * long.len());
        for &i in short {
            cells.extend(long.iter().map(|&j| score(i, j)));
        }
        expanded = Matrix::from_rows(short.len(), long.len(), cells)?;
        &expanded
    };
    let of = Solver::new(table).solve();
    let mut pairs: Vec<ScoredPair> = of
        .into_iter()
        .enumerate()
        .filter(|&(_, j)| j != FREE)
        .map(|(i, j)| {
            let (a, b) = (short[i], long[j as usize]);
            let (left, right) = if swapped { (b, a) } else { (a, b) };
            ScoredPair { left, right, score: score(a, b) }
        })
        .filter(|p| !p.score.is_nan())
        .collect();
    pairs.sort_by_key(|p| (p.left, p.right));
    Ok(Assignment { total: pairs.iter().map(|p| p.score).sum(), pairs })
}

/// Shortest augmenting paths over costs `−score`, rows at most as many as columns.
struct Solver<'a> {
    scores: &'a Matrix,
    /// Cost of a pair that is not possible: more than all other pairs together can differ.
    forbidden: f64,
    /// Duals: `cost − u − v ≥ 0`, and 0 on matched pairs.
    u: Vec<f64>,
    v: Vec<f64>,
    row_of: Vec<u32>,
    column_of: Vec<u32>,
}

impl<'a> Solver<'a> {
    fn new(scores: &'a Matrix) -> Self {
        let known = scores.as_slice().iter().copied().filter(|s| !s.is_nan());
        let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), s| (a.min(s), b.max(s)));
        let range = if low <= high { high - low } else { 0.0 };
        let start = if low <= high { -low } else { 0.0 };
        Self {
            scores,
            forbidden: start + (range + 1.0) * (scores.rows() + 1) as f64,
            u: vec![0.0; scores.rows()],
            v: vec![0.0; scores.columns()],
            row_of: vec![FREE; scores.columns()],
            column_of: vec![FREE; scores.rows()],
        }
    }

    #[inline]
    fn cost(score: f64, forbidden: f64) -> f64 {
        if score.is_nan() { forbidden } else { -score }
    }

    fn solve(mut self) -> Vec<u32> {
        self.start();
        let columns = self.scores.columns();
        let mut room = Paths {
            shortest: vec![f64::INFINITY; columns],
            before: vec![FREE; columns],
            open: Vec::with_capacity(columns),
            scanned: Vec::new(),
        };
        for i in 0..self.scores.rows() {
            if self.column_of[i] == FREE {
                self.augment(i, &mut room);
            }
        }
        self.column_of
    }

    /// Column reduction (only where every column will be matched), row reduction, and the pairs that
    /// these settle.
    fn start(&mut self) {
        let (rows, columns) = (self.scores.rows(), self.scores.columns());
        let forbidden = self.forbidden;
        if rows == columns {
            self.v.fill(f64::INFINITY);
            for i in 0..rows {
                for (v, &s) in self.v.iter_mut().zip(self.scores.row(i)) {
                    *v = v.min(Self::cost(s, forbidden));
                }
            }
        }
        for i in 0..rows {
            let (mut least, mut at) = (f64::INFINITY, FREE);
            for (j, (&s, &v)) in self.scores.row(i).iter().zip(&self.v).enumerate() {
                let reduced = Self::cost(s, forbidden) - v;
                if reduced < least
                    || (reduced == least
                        && self.row_of[j] == FREE
                        && at != FREE
                        && self.row_of[at as usize] != FREE)
                {
                    (least, at) = (reduced, j as u32);
                }
            }
            if at != FREE {
                self.u[i] = least;
                if self.row_of[at as usize] == FREE {
                    self.row_of[at as usize] = i as u32;
                    self.column_of[i] = at;
                }
            }
        }
    }

    /// The shortest path of reduced costs from a free row to a free column; duals follow.
    fn augment(&mut self, first: usize, room: &mut Paths) {
        let forbidden = self.forbidden;
        room.shortest.fill(f64::INFINITY);
        room.open.clear();
        room.open.extend(0..self.scores.columns() as u32);
        room.scanned.clear();
        let (mut row, mut reached) = (first, 0.0);
        let end = loop {
            let offset = reached - self.u[row];
            let scores = self.scores.row(row);
            let (mut least, mut at) = (f64::INFINITY, usize::MAX);
            for (k, &j) in room.open.iter().enumerate() {
                let j = j as usize;
                let length = offset + Self::cost(scores[j], forbidden) - self.v[j];
                let shortest = &mut room.shortest[j];
                if length < *shortest {
                    *shortest = length;
                    room.before[j] = row as u32;
                }
                if *shortest < least || (*shortest == least && self.row_of[j] == FREE) {
                    (least, at) = (*shortest, k);
                }
            }
            if at == usize::MAX {
                // No column is left: cannot be, as rows are at most as many.
                return;
            }
            reached = least;
            let j = room.open.swap_remove(at);
            room.scanned.push(j);
            match self.row_of[j as usize] {
                FREE => break j,
                next => row = next as usize,
            }
        };
        self.u[first] += reached;
        for &j in &room.scanned {
            if j != end {
                let slack = reached - room.shortest[j as usize];
                self.v[j as usize] -= slack;
                self.u[self.row_of[j as usize] as usize] += slack;
            }
        }
        let mut column = end;
        loop {
            let row = room.before[column as usize];
            self.row_of[column as usize] = row;
            std::mem::swap(&mut self.column_of[row as usize], &mut column);
            if row as usize == first {
                break;
            }
        }
    }
}

struct Paths {
    shortest: Vec<f64>,
    before: Vec<u32>,
    open: Vec<u32>,
    scanned: Vec<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    #[test]
    fn golden_case_of_twelve_by_nine() {
        let text = include_str!("../../fixtures/golden/inputs/match_scores_12x9.csv");
        let cells: Vec<f64> = text.lines().flat_map(|l| l.split(',').map(|c| c.parse().unwrap())).collect();
        let m = Matrix::from_rows(12, 9, cells).unwrap();
        let best = assignment(&m, &[1; 12], &[1; 9]).unwrap();
        // scipy.optimize.linear_sum_assignment
        let pairs: Vec<(u32, u32)> = best.pairs.iter().map(|p| (p.left, p.right)).collect();
        assert_eq!(pairs, [(1, 6), (2, 3), (4, 4), (5, 1), (6, 0), (7, 5), (8, 7), (9, 2), (11, 8)]);
        assert!((best.total - 7.922_951).abs() < 1e-9);
    }

    /// The best by trying everything: most pairs first, then the largest total.
    fn brute(m: &Matrix, left: &[u32], right: &mut [u32], i: usize, used: u32, from: usize) -> (usize, f64) {
        if i == m.rows() {
            return (0, 0.0);
        }
        let mut best = brute(m, left, right, i + 1, 0, 0);
        if used < left[i] {
            for j in from..m.columns() {
                if right[j] > 0 && !m[(i, j)].is_nan() {
                    right[j] -= 1;
                    let rest = brute(m, left, right, i, used + 1, j + 1);
                    right[j] += 1;
                    let with = (rest.0 + 1, rest.1 + m[(i, j)]);
                    if with.0 > best.0 || (with.0 == best.0 && with.1 > best.1) {
                        best = with;
                    }
                }
            }
        }
        best
    }

    #[test]
    fn as_good_as_trying_everything() {
        let mut s = Seed(5).stream(0);
        for case in 0..120 {
            let (rows, columns) = (1 + s.below(4) as usize, 1 + s.below(4) as usize);
            let cells = (0..rows * columns)
                .map(|_| if s.below(5) == 0 { f64::NAN } else { s.unit() * 4.0 - 2.0 })
                .collect();
            let m = Matrix::from_rows(rows, columns, cells).unwrap();
            // One partner each on both sides in half of the cases.
            let most = if case % 2 == 0 { 2 } else { 1 };
            let left: Vec<u32> = (0..rows).map(|_| if most == 1 { 1 } else { s.below(3) }).collect();
            let mut right: Vec<u32> = (0..columns).map(|_| 1).collect();
            let got = assignment(&m, &left, &right).unwrap();
            let want = brute(&m, &left, &mut right, 0, 0, 0);
            assert_eq!(got.pairs.len(), want.0, "{case} {m:?} {left:?}");
            assert!((got.total - want.1).abs() < 1e-9, "{case}: {} {}", got.total, want.1);
        }
    }

    #[test]
    fn bad_input_is_refused() {
        let m = Matrix::from_rows(1, 1, vec![f64::INFINITY]).unwrap();
        assert!(assignment(&m, &[1], &[1]).is_err());
        assert!(assignment(&m, &[1, 1], &[1]).is_err());
        let none = Matrix::from_rows(0, 3, vec![]).unwrap();
        assert!(assignment(&none, &[], &[1; 3]).unwrap().pairs.is_empty());
        let closed = Matrix::from_rows(1, 1, vec![f64::NAN]).unwrap();
        assert!(assignment(&closed, &[1], &[1]).unwrap().pairs.is_empty());
    }
}
