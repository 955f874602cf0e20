#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use rurban::matching::{ScoredPair, assignment, stable_matching};
use rurban::matrix::Matrix;

use crate::support::{all_close, close, number, numbers, text, values};

#[test]
fn g22_assignment_and_stable_matching() {
    let want = values("G22_matching");
    let scores: Vec<f64> = text("inputs/match_scores_12x9.csv")
        .lines()
        .flat_map(|l| l.split(','))
        .map(|v| v.trim().parse().unwrap())
        .collect();
    let scores = Matrix::from_rows(12, 9, scores).unwrap();
    let best = assignment(&scores, &[1; 12], &[1; 9]).unwrap();
    close(best.total, number(&want["total"]), 1e-9);
    let mut pairs: Vec<[f64; 2]> =
        best.pairs.iter().map(|p| [f64::from(p.left), f64::from(p.right)]).collect();
    pairs.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let peer: Vec<f64> = want["assign"].as_array().unwrap().iter().flat_map(numbers).collect();
    // = pairs of the assignment
    all_close(&pairs.concat(), &peer, 0.0);

    let all: Vec<ScoredPair> = (0..12)
        .flat_map(|left| (0..9).map(move |right| (left, right)))
        .map(|(left, right)| ScoredPair { left, right, score: scores[(left as usize, right as usize)] })
        .collect();
    let stable = stable_matching(&all, &[1; 12], &[1; 9]).unwrap();
    // The peer writes −1 for a row without a partner.
    let mut partner = vec![-1.0; 12];
    for p in &stable.pairs {
        partner[p.left as usize] = f64::from(p.right);
    }
    all_close(&partner, &numbers(&want["stable"]), 0.0);
}
