use serde::Serialize;

use super::Partners;
use super::units::PartnerUnit;
use crate::error::{Error, Result};
use crate::matching::{ScoredPair, assignment, stable_matching};
use crate::matrix::Matrix;
use crate::parallel;

/// A pair of a matching.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RegionPair {
    /// Who looks.
    pub seeker: PartnerUnit,
    /// Whom it is given.
    pub partner: PartnerUnit,
    /// Distance in metres.
    pub distance_m: Option<f64>,
    /// Score.
    pub score: f64,
}

/// Partners for many seekers at once, when each can only work with so many.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct RegionMatching {
    /// Seekers.
    pub seekers: usize,
    /// Candidates that at least one of them may have.
    pub candidates: usize,
    /// Pairs that pass the constraints.
    pub possible: usize,
    /// The stable pairs: no two would leave their partners for each other.
    pub stable: Vec<RegionPair>,
    /// Sum of their scores.
    pub stable_total: f64,
    /// As many pairs as there can be, with the largest sum of scores.
    pub best: Vec<RegionPair>,
    /// That sum.
    pub best_total: f64,
    /// Seekers the stable matching leaves alone.
    pub left_alone: Vec<PartnerUnit>,
}

impl Partners<'_> {
    /// Matches some seekers with candidates, each with so much capacity: stable, and of largest total.
    ///
    /// The totals are sums of log scores and compare only between matchings of the same number of
    /// pairs.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a seeker is not there.
    ///
    /// # Complexity
    /// O(pairs log pairs) for the stable one; that of [`assignment`] for the best.
    pub fn match_region(
        &self,
        seekers: &[usize],
        seeker_capacity: u32,
        candidate_capacity: u32,
    ) -> Result<RegionMatching> {
        if let Some(bad) = seekers.iter().find(|&&r| r >= self.seekers.list.len()) {
            let must = "must be positions of seekers";
            return Err(Error::Parameter { name: "seekers", value: bad.to_string(), must });
        }
        let scorer = self.scorer()?;
        let rows: Vec<Vec<(usize, f64)>> = parallel::map(seekers.len(), |k| {
            let numbers = self.numbers(&scorer, seekers[k]);
            let score = |s: usize| -> f64 {
                self.options.model.coefficients.iter().zip(&numbers).map(|(c, row)| c.value * row[s]).sum()
            };
            self.admitted(seekers[k]).0.into_iter().map(|s| (s, score(s))).collect()
        });
        let mut used: Vec<usize> = rows.iter().flatten().map(|p| p.0).collect();
        used.sort_unstable_by_key(|&s| &self.candidates.list[s].code);
        used.dedup();
        let mut column = vec![0_u32; self.candidates.list.len()];
        used.iter().enumerate().for_each(|(k, &s)| column[s] = k as u32);
        let pairs: Vec<ScoredPair> = rows
            .iter()
            .enumerate()
            .flat_map(|(k, row)| {
                row.iter()
                    .map(|&(s, score)| ScoredPair { left: k as u32, right: column[s], score })
                    .collect::<Vec<_>>()
            })
            .collect();
        let (left, right) = (vec![seeker_capacity; seekers.len()], vec![candidate_capacity; used.len()]);
        let stable = stable_matching(&pairs, &left, &right)?;
        let mut scores = Matrix::filled(seekers.len(), used.len(), f64::NAN);
        for p in &pairs {
            scores.row_mut(p.left as usize)[p.right as usize] = p.score;
        }
        let best = assignment(&scores, &left, &right)?;
        let named = |list: &[ScoredPair]| -> Vec<RegionPair> {
            list.iter()
                .map(|p| {
                    let (r, s) = (seekers[p.left as usize], used[p.right as usize]);
                    RegionPair {
                        seeker: self.seekers.list[r].clone(),
                        partner: self.candidates.list[s].clone(),
                        distance_m: self.distance_m(r, s),
                        score: p.score,
                    }
                })
                .collect()
        };
        Ok(RegionMatching {
            seekers: seekers.len(),
            candidates: used.len(),
            possible: pairs.len(),
            stable: named(&stable.pairs),
            stable_total: stable.total,
            best: named(&best.pairs),
            best_total: best.total,
            left_alone: stable
                .left_unmatched
                .iter()
                .map(|&k| self.seekers.list[seekers[k as usize]].clone())
                .collect(),
        })
    }
}
