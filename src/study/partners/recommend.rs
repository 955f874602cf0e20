use serde::Serialize;

use super::units::PartnerUnit;
use super::{Constraint, Partners, Sides};
use crate::error::{Error, Result};
use crate::matching::{Contribution, Scorer, Seeker, Term, TiedPairs};
use crate::parallel;
use crate::progress::Progress;

/// What recommendations rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The seeker has ties: whom it works with counts.
    Cooperations,
    /// It has none: distance and complementarity only.
    DistanceAndComplementarity,
}

/// How many candidates a constraint took away, after those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// The constraint.
    pub constraint: Constraint,
    /// Candidates it took away.
    pub removed: usize,
}

/// A term of a score against the median candidate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TermReason {
    /// The term and what it adds.
    pub contribution: Contribution,
    /// What it adds for the median candidate of the same seeker.
    pub median: f64,
    /// The term's number for that candidate.
    pub median_number: f64,
}

impl TermReason {
    /// What speaks for the partner: its contribution less the median one.
    #[must_use]
    pub const fn advantage(&self) -> f64 {
        self.contribution.value - self.median
    }
}

/// A partner that seeker and candidate have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommonPartner {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its own partners: the fewer, the more it tells.
    pub degree: usize,
}

/// Something the seeker lacks and the candidate has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lack {
    /// Code of the activity.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How much of the complementarity it makes.
    pub share: f64,
    /// Actors of the candidate that have it, by name; empty where profiles do not name any.
    pub holders: Vec<String>,
}

/// One partner worth exploring, with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Recommendation {
    /// Position among the candidates.
    pub candidate: usize,
    /// The partner.
    pub partner: PartnerUnit,
    /// The score: orders the candidates of this seeker.
    pub score: f64,
    /// Distance in metres.
    pub distance_m: Option<f64>,
    /// Weight of the ties there are already; `None` without any.
    pub tied: Option<f64>,
    /// The terms, those that speak most for it first.
    pub reasons: Vec<TermReason>,
    /// Partners in common, those with the fewest partners of their own first.
    pub common: Vec<CommonPartner>,
    /// All partners in common.
    pub common_total: usize,
    /// What the seeker lacks and this partner has, the most useful first.
    pub lacks: Vec<Lack>,
}

/// Partners for one seeker.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct Recommendations {
    /// Position among the seekers.
    pub seeker: usize,
    /// Who looks.
    pub unit: PartnerUnit,
    /// What the recommendations rest on.
    pub basis: Basis,
    /// Candidates it has ties with already.
    pub tied: usize,
    /// Candidates before any constraint.
    pub candidates: usize,
    /// Those left after all constraints, one per territory not applied yet.
    pub considered: usize,
    /// What each constraint took away, in order.
    pub removals: Vec<Removal>,
    /// The partners, best first; equal scores by code.
    pub partners: Vec<Recommendation>,
}

impl Partners<'_> {
    /// Partners for one seeker.
    ///
    /// When nothing is left, [`Recommendations::removals`] says which constraint took how many.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such seeker.
    pub fn recommend(&self, seeker: usize) -> Result<Recommendations> {
        if seeker >= self.seekers.list.len() {
            let must = "must be the position of a seeker";
            return Err(Error::Parameter { name: "seeker", value: seeker.to_string(), must });
        }
        Ok(self.recommend_with(&self.scorer()?, seeker))
    }

    /// Partners for every seeker, in parallel, the same for any number of threads.
    ///
    /// # Errors
    /// None on a prepared study.
    pub fn recommend_all(&self, progress: &dyn Progress) -> Result<Vec<Recommendations>> {
        let scorer = self.scorer()?;
        progress.begin("partners", Some(self.seekers.list.len() as u64));
        let all = parallel::map(self.seekers.list.len(), |r| {
            let found = self.recommend_with(&scorer, r);
            progress.advance(1);
            found
        });
        progress.end();
        Ok(all)
    }

    /// Numbers of the terms for one seeker with every candidate.
    pub(super) fn numbers(&self, scorer: &Scorer<'_>, seeker: usize) -> Vec<Vec<f64>> {
        let distance = |s: usize| self.distance_m(seeker, s).unwrap_or(f64::NAN);
        let complementarity = |s: usize| self.complementarity_of(seeker, s);
        let proximity = |dimension, s: usize| -> f64 {
            self.nearness.as_ref().map_or(f64::NAN, |n| n.of(dimension, seeker, s))
        };
        scorer.numbers_of(Seeker {
            ties: &self.ties[seeker],
            participations: self.seekers.list[seeker].participations,
            recent: 0.0,
            distance_m: &distance,
            complementarity: Some(&complementarity),
            proximity: Some(&proximity),
            own: &[],
        })
    }

    /// Candidates that pass, and what each constraint took away.
    pub(super) fn admitted(&self, seeker: usize) -> (Vec<usize>, Vec<Removal>) {
        let rules = &self.options.constraints;
        let mut left: Vec<usize> = (0..self.candidates.list.len()).collect();
        let mut removals = Vec::new();
        let own = &self.seekers.list[seeker];
        for constraint in Constraint::ALL {
            let before = left.len();
            match constraint {
                Constraint::SharedGround => {
                    left.retain(|&s| self.shared[seeker].binary_search(&(s as u32)).is_err());
                }
                Constraint::Kinds => {
                    if let Some(kinds) = &rules.kinds {
                        left.retain(|&s| self.candidates.list[s].kind.is_none_or(|k| kinds.contains(&k)));
                    }
                }
                Constraint::Sides => {
                    if rules.sides == Sides::RuralUrban {
                        left.retain(|&s| {
                            own.rurality.zip(self.candidates.list[s].rurality).is_some_and(|(a, b)| a != b)
                        });
                    }
                }
                Constraint::Distance => {
                    if let Some(most) = rules.max_distance_m {
                        left.retain(|&s| self.distance_m(seeker, s).is_some_and(|d| d <= most));
                    }
                }
                Constraint::Time => {
                    if let Some(most) = rules.max_minutes {
                        let minutes = |s| self.times.and_then(|times| times(seeker, s));
                        left.retain(|&s| minutes(s).is_some_and(|t| t <= most));
                    }
                }
                Constraint::Tied => {
                    if rules.tied == TiedPairs::LeftOut {
                        left.retain(|&s| self.tie_weight(seeker, s).is_none());
                    }
                }
                // Applied to the ordered list.
                Constraint::OnePerTerritory => {}
            }
            if before > left.len() {
                removals.push(Removal { constraint, removed: before - left.len() });
            }
        }
        (left, removals)
    }

    fn tie_weight(&self, seeker: usize, candidate: usize) -> Option<f64> {
        let ties = &self.ties[seeker];
        ties.binary_search_by_key(&(candidate as u32), |t| t.0).ok().map(|at| ties[at].1)
    }

    fn recommend_with(&self, scorer: &Scorer<'_>, seeker: usize) -> Recommendations {
        let (left, mut removals) = self.admitted(seeker);
        let numbers = self.numbers(scorer, seeker);
        let coefficients = &self.options.model.coefficients;
        let score =
            |s: usize| -> f64 { coefficients.iter().zip(&numbers).map(|(c, row)| c.value * row[s]).sum() };
        let mut order: Vec<(usize, f64)> = left.iter().map(|&s| (s, score(s))).collect();
        order.sort_by(|a, b| {
            b.1.total_cmp(&a.1)
                .then_with(|| self.candidates.list[a.0].code.cmp(&self.candidates.list[b.0].code))
        });
        if let Some(groups) = &self.group {
            let before = order.len();
            let mut used = std::collections::BTreeSet::new();
            order.retain(|&(s, _)| {
                let free = groups[s].iter().all(|g| !used.contains(g));
                if free {
                    used.extend(groups[s].iter().copied());
                }
                free
            });
            if before > order.len() {
                let removed = before - order.len();
                removals.push(Removal { constraint: Constraint::OnePerTerritory, removed });
            }
        }
        order.truncate(self.options.top);
        let medians: Vec<f64> =
            numbers.iter().map(|row| median(left.iter().map(|&s| row[s]).collect())).collect();
        let partners = order
            .into_iter()
            .map(|(s, score)| {
                let mut reasons: Vec<TermReason> = coefficients
                    .iter()
                    .zip(&numbers)
                    .zip(&medians)
                    .map(|((c, row), &median)| TermReason {
                        contribution: Contribution { term: c.term, number: row[s], value: c.value * row[s] },
                        median: c.value * median,
                        median_number: median,
                    })
                    .collect();
                reasons.sort_by(|a, b| b.advantage().total_cmp(&a.advantage()));
                let (common, common_total) = self.common(seeker, s);
                Recommendation {
                    candidate: s,
                    partner: self.candidates.list[s].clone(),
                    score,
                    distance_m: self.distance_m(seeker, s),
                    tied: self.tie_weight(seeker, s),
                    reasons,
                    common,
                    common_total,
                    lacks: self.lacks(seeker, s),
                }
            })
            .collect();
        let tied = self.ties[seeker].len();
        Recommendations {
            seeker,
            unit: self.seekers.list[seeker].clone(),
            basis: if tied > 0 { Basis::Cooperations } else { Basis::DistanceAndComplementarity },
            tied,
            candidates: self.candidates.list.len(),
            considered: left.len(),
            removals,
            partners,
        }
    }

    fn common(&self, seeker: usize, candidate: usize) -> (Vec<CommonPartner>, usize) {
        let mut found: Vec<u32> = self.ties[seeker]
            .iter()
            .map(|t| t.0)
            .filter(|&z| self.network.weight(candidate, z).is_some())
            .collect();
        let total = found.len();
        found.sort_by_key(|&z| (self.network.degree(z as usize), z));
        let named = found
            .into_iter()
            .take(self.options.named)
            .map(|z| {
                let unit = &self.candidates.list[z as usize];
                let degree = self.network.degree(z as usize);
                CommonPartner { code: unit.code.clone(), name: unit.name.clone(), degree }
            })
            .collect();
        (named, total)
    }

    fn lacks(&self, seeker: usize, candidate: usize) -> Vec<Lack> {
        let Some(c) = self.complementarity else { return Vec::new() };
        let row = if self.same { seeker } else { self.candidates.list.len() + seeker };
        let gained = c.linkages().contributions(row, candidate).gained;
        let total: f64 = gained.iter().filter(|v| v.is_finite()).sum();
        // What others would bring nearer is no lack that this one can fill.
        let has = |i: usize| c.giving().table().count(candidate, i).is_some_and(|x| x > 0.0);
        let mut list: Vec<(usize, f64)> =
            gained.into_iter().enumerate().filter(|g| g.1 > 0.0 && has(g.0)).collect();
        list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let actors = self.study.inventory().actors();
        list.into_iter()
            .take(self.options.named)
            .map(|(activity, value)| {
                let one = &c.activities()[activity];
                Lack {
                    code: one.code.to_string(),
                    name: one.name.clone(),
                    share: value / total,
                    holders: (c.giving().actors(candidate, activity))
                        .take(self.options.named)
                        .map(|a| actors[a as usize].name.clone())
                        .collect(),
                }
            })
            .collect()
    }

    /// Whether complementarity has a part in the score.
    #[must_use]
    pub fn uses_complementarity(&self) -> bool {
        self.complementarity.is_some() && self.has(|t| matches!(t, Term::Complementarity { .. }))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let (_, m, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    *m
}
