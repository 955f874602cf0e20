//! How well scores foresee what came later.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Partners;
use super::units::{PartnerHistory, PartnerUnit, PartnerUnits};
use crate::error::{Error, Result};
use crate::evidence::Interval;
use crate::evidence::Measured;
use crate::matching::{
    Evaluation, EvaluationOptions, FitOptions, FittedScore, HoldOut, PairNumber, Pairs, ScoreModel, Scorer,
    TemporalSplit, Term, UnpredictedTies, evaluate, fit_score, temporal_hold_out,
};
use crate::model::Rurality;
use crate::progress::{Progress, Silent};
use crate::random::Seed;
use crate::space::distance::haversine_m;

/// Where the years are cut, and what is fitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JudgeOptions {
    /// Last year that scores are fitted on.
    pub fitted_until: i32,
    /// Last year that is known; the ties between that year and this one are what coefficients are
    /// fitted to.
    pub known_until: i32,
    /// Last year to foresee; everything later too when `None`.
    pub test_until: Option<i32>,
    /// Projects of more participants make no ties.
    pub largest_project: Option<usize>,
    /// Terms of the fitted score, complementarity left aside.
    pub terms: Vec<Term>,
    /// Draws of nodes for the 90 % intervals; none when 0.
    pub resamples: usize,
    /// Seed of the draws.
    pub seed: Seed,
}

impl JudgeOptions {
    /// What is known up to a year, with coefficients from the ties that came after an earlier one.
    #[must_use]
    pub fn new(fitted_until: i32, known_until: i32) -> Self {
        Self {
            fitted_until,
            known_until,
            test_until: None,
            largest_project: None,
            terms: vec![
                Term::Participations,
                Term::RecentParticipations,
                Term::Degrees,
                Term::Distance,
                Term::AdamicAdar,
                Term::ResourceAllocation { gamma: 10.0 },
                Term::LengthThree,
                Term::CommonPartner,
            ],
            resamples: 200,
            seed: Seed::default(),
        }
    }

    /// Sets the last year to foresee.
    #[must_use]
    pub const fn test_until(mut self, year: i32) -> Self {
        self.test_until = Some(year);
        self
    }

    /// Sets the largest project that makes ties.
    #[must_use]
    pub const fn largest_project(mut self, participants: usize) -> Self {
        self.largest_project = Some(participants);
        self
    }

    setters! {
        terms: Vec<Term>,
        resamples: usize,
        seed: Seed,
    }
}

/// A score that is judged.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JudgedScore {
    /// The same for all pairs.
    Chance,
    /// The nearer the better.
    Distance,
    /// Partners of both.
    Degrees,
    /// Participations of both.
    Participations,
    /// Adamic–Adar.
    AdamicAdar,
    /// Resource allocation.
    ResourceAllocation,
    /// Walks of two and three steps.
    LocalPath,
    /// Paths of three steps.
    LengthThree,
    /// Participations over distance to this power.
    Gravity {
        /// The power.
        exponent: f64,
    },
    /// The default score without its complementarity.
    Default,
    /// The default score.
    DefaultWithComplementarity,
    /// Fitted on the earlier window.
    Fitted,
    /// The same with complementarity among the terms.
    FittedWithComplementarity,
}

/// One score and how well it foresees.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// The score.
    pub score: JudgedScore,
    /// Its terms and coefficients.
    pub model: ScoreModel,
    /// All pairs.
    pub all: Measured<Evaluation>,
    /// Rural–urban pairs.
    pub mixed: Measured<Evaluation>,
}

/// Scores judged by what came later. From [`PartnerHistory::judge`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct JudgedScores {
    /// Units active before: the nodes of the hold-out.
    pub active: usize,
    /// New ties that nobody can foresee.
    pub unpredicted: UnpredictedTies,
    /// The scores.
    pub scores: Vec<Judgement>,
    /// The regression of [`JudgedScore::Fitted`], with standard errors.
    pub fitted: Measured<FittedScore>,
    /// That of [`JudgedScore::FittedWithComplementarity`]; `None` when none was given.
    pub fitted_with_complementarity: Option<Measured<FittedScore>>,
}

impl JudgedScores {
    /// What was found of a score.
    #[must_use]
    pub fn of(&self, score: JudgedScore) -> Option<&Judgement> {
        self.scores.iter().find(|s| s.score == score)
    }
}

impl PartnerHistory {
    /// The hold-out of these years.
    ///
    /// # Errors
    /// As [`temporal_hold_out`].
    pub fn hold_out(&self, split: TemporalSplit) -> Result<HoldOut> {
        temporal_hold_out(&self.projects, self.units.len(), split)
    }

    /// Judges scores by the ties of a later window: simple ones, the default and one fitted on an
    /// earlier window, over all pairs and over rural–urban ones. Nothing is fitted to the window that
    /// judges.
    ///
    /// `complementarity` is a number in [0, 1] for two units, higher for more; with it the scores that
    /// use it are judged beside those that do not, so that what it adds can be read off.
    ///
    /// # Undefined
    /// A score over a window without new ties, or a fit to one, says so in place of its numbers.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the years are not in order, or terms do not serve.
    ///
    /// # Complexity
    /// O(scores × (pairs log pairs + draws × pairs)).
    ///
    /// # References
    /// See [`evaluate`] and [`fit_score`].
    pub fn judge(
        &self,
        options: &JudgeOptions,
        complementarity: Option<PairNumber<'_>>,
        progress: &dyn Progress,
    ) -> Result<JudgedScores> {
        if options.fitted_until >= options.known_until {
            let must = "must be before the last year that is known";
            let value = options.fitted_until.to_string();
            return Err(Error::Parameter { name: "fitted_until", value, must });
        }
        let split = |until, end: Option<i32>| {
            let split = TemporalSplit { test_until: end, ..TemporalSplit::after(until) };
            options.largest_project.map_or(split, |most| split.largest_project(most))
        };
        let earlier = self.hold_out(split(options.fitted_until, Some(options.known_until)))?;
        let ground = self.hold_out(split(options.known_until, options.test_until))?;
        let points: Vec<Option<Coord<f64>>> = self.units.iter().map(|u| u.point.map(Coord::from)).collect();
        let distance = |i: usize, j: usize| {
            points[i].zip(points[j]).map_or(f64::NAN, |(a, b)| haversine_m(a, b).unwrap_or(f64::NAN))
        };
        let rural = |i: usize| self.units[i].rurality.map(|r| r == Rurality::Rural);
        let mixed = |i: usize, j: usize| rural(i).zip(rural(j)).is_some_and(|(a, b)| a != b);
        let fit = |terms: &[Term]| {
            let pairs = Pairs { complementarity, ..Pairs::of(&earlier, &distance) };
            let options = FitOptions { seed: options.seed, ..FitOptions::default() };
            Measured::of(fit_score(&earlier, pairs, terms, |_, _| true, &options, progress))
        };
        let fitted = fit(&options.terms)?;
        let kappa = Term::Complementarity { kappa: 1.0 };
        let with: Vec<Term> = options.terms.iter().copied().chain([kappa]).collect();
        let fitted_with = complementarity.map(|_| fit(&with)).transpose()?;

        let plain = ScoreModel::default().without(|t| matches!(t, Term::Complementarity { .. }));
        let gravity = |b: f64| ScoreModel::of(Term::Participations, 1.0).with(Term::Distance, -b);
        let mut models = vec![
            (JudgedScore::Chance, ScoreModel::of(Term::Participations, 0.0)),
            (JudgedScore::Distance, ScoreModel::of(Term::Distance, -1.0)),
            (JudgedScore::Degrees, ScoreModel::of(Term::Degrees, 1.0)),
            (JudgedScore::Participations, ScoreModel::of(Term::Participations, 1.0)),
            (JudgedScore::AdamicAdar, ScoreModel::of(Term::AdamicAdar, 1.0)),
            (JudgedScore::ResourceAllocation, ScoreModel::of(Term::ResourceAllocation { gamma: 1.0 }, 1.0)),
            (JudgedScore::LocalPath, ScoreModel::of(Term::LocalPath, 1.0)),
            (JudgedScore::LengthThree, ScoreModel::of(Term::LengthThree, 1.0)),
            (JudgedScore::Gravity { exponent: 0.5 }, gravity(0.5)),
            (JudgedScore::Gravity { exponent: 1.0 }, gravity(1.0)),
            (JudgedScore::Gravity { exponent: 1.5 }, gravity(1.5)),
            (JudgedScore::Default, plain),
        ];
        if complementarity.is_some() {
            models.push((JudgedScore::DefaultWithComplementarity, ScoreModel::default()));
        }
        if let Measured::Value(f) = &fitted {
            models.push((JudgedScore::Fitted, f.model.clone()));
        }
        if let Some(Measured::Value(f)) = &fitted_with {
            models.push((JudgedScore::FittedWithComplementarity, f.model.clone()));
        }
        let judged = EvaluationOptions::default().resamples(options.resamples).seed(options.seed);
        progress.begin("scores judged", Some(models.len() as u64));
        let mut scores = Vec::new();
        for (score, model) in models {
            let scorer = Scorer::new(Pairs { complementarity, ..Pairs::of(&ground, &distance) }, &model)?;
            let judge = |only_mixed: bool| {
                let keep = |i: usize, j: usize| !only_mixed || mixed(i, j);
                Measured::of(evaluate(&ground, keep, |i, row| scorer.fill(i, row), &judged, &Silent))
            };
            let (all, mixed) = (judge(false)?, judge(true)?);
            scores.push(Judgement { score, model, all, mixed });
            progress.advance(1);
        }
        progress.end();
        Ok(JudgedScores {
            active: ground.eligible.iter().filter(|e| **e).count(),
            unpredicted: ground.unpredicted,
            scores,
            fitted,
            fitted_with_complementarity: fitted_with,
        })
    }
}

/// Where one real partner stands among all candidates; 1 is best, equal ones share their mean rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairRank {
    /// Who looked.
    pub seeker: PartnerUnit,
    /// Whom it really worked with.
    pub partner: PartnerUnit,
    /// Candidates.
    pub candidates: usize,
    /// Rank by the score.
    pub by_score: f64,
    /// Rank by distance.
    pub by_distance: f64,
    /// Rank by population over `(d + 10 km)²`.
    pub by_population: f64,
}

/// Mean reciprocal rank of real partners.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReciprocalRank {
    /// The mean of one over the rank.
    pub mean: f64,
    /// 90 % interval by drawing seekers anew.
    pub interval: Interval,
}

/// Where real partners stand. From [`Partners::rank_known`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct KnownRanks {
    /// The pairs that pass the constraints, in order.
    pub pairs: Vec<PairRank>,
    /// Pairs left out: the constraints do not admit them.
    pub left_out: usize,
    /// By the score; `None` without pairs.
    pub by_score: Option<ReciprocalRank>,
    /// By distance.
    pub by_distance: Option<ReciprocalRank>,
    /// By population over squared distance.
    pub by_population: Option<ReciprocalRank>,
}

impl Partners<'_> {
    /// Ranks real partners (seeker, candidate) among the candidates that the constraints admit, by the
    /// score and, to compare, by distance and by population over squared distance.
    ///
    /// Ties that the study knows already speak for their own pair: load it without them, and let the
    /// options show tied pairs.
    ///
    /// # Errors
    /// [`Error::Parameter`] when a position is not there.
    ///
    /// # Complexity
    /// O(pairs × candidates).
    pub fn rank_known(&self, pairs: &[(usize, usize)], seed: Seed) -> Result<KnownRanks> {
        let population = self.populations()?;
        let scorer = self.scorer()?;
        let (mut ranks, mut left_out, mut seekers) = (Vec::new(), 0, Vec::new());
        for &(r, s) in pairs {
            if r >= self.seekers.list.len() || s >= self.candidates.list.len() {
                let value = format!("({r}, {s})");
                let must = "must be positions of a seeker and a candidate";
                return Err(Error::Parameter { name: "pairs", value, must });
            }
            let left = self.admitted(r).0;
            if !left.contains(&s) {
                left_out += 1;
                continue;
            }
            let numbers = self.numbers(&scorer, r);
            let score = |c: usize| -> f64 {
                self.options.model.coefficients.iter().zip(&numbers).map(|(k, row)| k.value * row[c]).sum()
            };
            let km = |c: usize| self.distance_m(r, c).unwrap_or(self.options.unknown_distance_m) / 1e3;
            let rank = |of: &dyn Fn(usize) -> f64| {
                let own = of(s);
                let better = left.iter().filter(|&&c| of(c) > own).count();
                let equal = left.iter().filter(|&&c| of(c) == own).count();
                better as f64 + f64::midpoint(equal as f64, 1.0)
            };
            seekers.push(r);
            ranks.push(PairRank {
                seeker: self.seekers.list[r].clone(),
                partner: self.candidates.list[s].clone(),
                candidates: left.len(),
                by_score: rank(&score),
                by_distance: rank(&|c| -km(c)),
                by_population: rank(&|c| population[c] / (km(c) + 10.0).powi(2)),
            });
        }
        let mean = |of: &dyn Fn(&PairRank) -> f64| reciprocal(&seekers, &ranks, of, seed);
        Ok(KnownRanks {
            left_out,
            by_score: mean(&|p| p.by_score),
            by_distance: mean(&|p| p.by_distance),
            by_population: mean(&|p| p.by_population),
            pairs: ranks,
        })
    }

    /// Population of the candidates; 0 where it is not known, and of actors.
    fn populations(&self) -> Result<Vec<f64>> {
        match &self.options.candidates {
            PartnerUnits::Actors => Ok(vec![0.0; self.candidates.list.len()]),
            PartnerUnits::Territories(level) => Ok((self.study.atlas().level(level)?.territories().iter())
                .map(|t| t.population.unwrap_or(0.0))
                .collect()),
        }
    }
}

/// Mean of one over the ranks, with an interval by drawing seekers with all of their pairs.
fn reciprocal(
    seekers: &[usize],
    ranks: &[PairRank],
    of: &dyn Fn(&PairRank) -> f64,
    seed: Seed,
) -> Option<ReciprocalRank> {
    const DRAWS: u64 = 1000;
    let mut units = seekers.to_vec();
    units.sort_unstable();
    units.dedup();
    // Sum and number of each seeker's pairs.
    let parts: Vec<(f64, f64)> = units
        .iter()
        .map(|u| {
            let own = seekers.iter().zip(ranks).filter(|(s, _)| *s == u);
            own.fold((0.0, 0.0), |(sum, n), (_, rank)| (sum + 1.0 / of(rank), n + 1.0))
        })
        .collect();
    let mean = |parts: &mut dyn Iterator<Item = (f64, f64)>| {
        let (sum, n) = parts.fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
        sum / n
    };
    (!parts.is_empty()).then(|| {
        let mut draws: Vec<f64> = (0..DRAWS)
            .map(|r| {
                let mut random = seed.stream(r);
                mean(&mut parts.iter().map(|_| parts[random.below(parts.len() as u32) as usize]))
            })
            .collect();
        draws.sort_by(f64::total_cmp);
        let at = |q: f64| draws[((DRAWS - 1) as f64 * q).round() as usize];
        let interval = Interval { low: at(0.05), high: at(0.95) };
        ReciprocalRank { mean: mean(&mut parts.iter().copied()), interval }
    })
}
