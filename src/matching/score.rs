use serde::{Deserialize, Serialize};

use super::logistic::{LogisticFit, LogisticOptions, logistic};
use super::similarity::{Room, Similarities, Similarity};
use super::{HoldOut, Scored};
use crate::check::check_amounts;
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::network::{Network, TieWeights};
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;

/// Kilometres added to every distance, so that neighbours do not count without limit.
pub(crate) const NEAR_KM: f64 = 10.0;

/// One reason why two nodes might work together: a number for every pair, on the scale of logarithms.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Term {
    /// `ln(a_i + ½) + ln(a_j + ½)`, a the participations.
    Participations,
    /// The same of the recent years.
    RecentParticipations,
    /// `ln(k_i + ½) + ln(k_j + ½)`, k the partners.
    Degrees,
    /// `ln(d + 10)`, d in kilometres.
    Distance,
    /// `ln(1 + AA)`, Adamic–Adar over common partners.
    AdamicAdar,
    /// `ln(1 + γ RA)`, resource allocation over common partners.
    ResourceAllocation {
        /// Weight γ.
        gamma: f64,
    },
    /// `ln(1 + L3)`, paths of three steps.
    LengthThree,
    /// `ln(1 + LP)`, walks of two steps and, at a hundredth, of three.
    LocalPath,
    /// 1 with a partner in common, else 0.
    CommonPartner,
    /// `ln(1 + κ C)`, C in [0, 1] what one has that the other lacks and could use.
    Complementarity {
        /// Weight κ.
        kappa: f64,
    },
    /// Proximity in a dimension that neither distance nor ties tell, in [0, 1].
    Proximity(ProximityDimension),
    /// A number of the caller's own, by its position in [`Pairs::own`].
    Own(u32),
}

/// Dimensions of proximity (Boschma 2005) beside the geographical one, which is [`Term::Distance`], and
/// the social one, which is what partners in common tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProximityDimension {
    /// What both do: the same themes.
    Cognitive,
    /// Rules and habits they share: the same kind of body, the same région.
    Institutional,
}

/// A term and what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// The term.
    pub term: Term,
    /// What one unit of it adds to the score.
    pub value: f64,
}

/// A score as a sum of terms: each of them is its own explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreModel {
    /// The terms with their coefficients.
    pub coefficients: Vec<Coefficient>,
}

impl Default for ScoreModel {
    /// `ln S = ln(a_i + ½) + ln(a_j + ½) − 1.5 ln(d + 10) + ln(1 + 10 RA) + ln(1 + C)`.
    fn default() -> Self {
        let with = |term, value| Coefficient { term, value };
        Self {
            coefficients: vec![
                with(Term::Participations, 1.0),
                with(Term::Distance, -1.5),
                with(Term::ResourceAllocation { gamma: 10.0 }, 1.0),
                with(Term::Complementarity { kappa: 1.0 }, 1.0),
            ],
        }
    }
}

impl ScoreModel {
    /// A score of one term.
    #[must_use]
    pub fn of(term: Term, value: f64) -> Self {
        Self { coefficients: vec![Coefficient { term, value }] }
    }

    /// Adds a term.
    #[must_use]
    pub fn with(mut self, term: Term, value: f64) -> Self {
        self.coefficients.push(Coefficient { term, value });
        self
    }

    /// The same without the terms for which `test` holds.
    #[must_use]
    pub fn without(mut self, test: impl Fn(Term) -> bool) -> Self {
        self.coefficients.retain(|c| !test(c.term));
        self
    }
}

/// A number for each pair of nodes.
pub type PairNumber<'a> = &'a (dyn Fn(usize, usize) -> f64 + Sync + Send);

/// Proximity of a pair of nodes in a dimension.
pub type PairProximity<'a> = &'a (dyn Fn(ProximityDimension, usize, usize) -> f64 + Sync + Send);

/// Proximity of each node in a dimension.
pub type NodeProximity<'a> = &'a dyn Fn(ProximityDimension, usize) -> f64;

/// A number for each node.
pub type NodeNumber<'a> = &'a dyn Fn(usize) -> f64;

/// Somebody who looks for partners among the nodes.
#[derive(Clone, Copy)]
pub struct Seeker<'a> {
    /// Its ties to the nodes, with weights.
    pub ties: &'a [(u32, f64)],
    /// Its participations.
    pub participations: f64,
    /// Those of recent years.
    pub recent: f64,
    /// Distance to each node in metres, NaN where it is not known.
    pub distance_m: NodeNumber<'a>,
    /// Complementarity with each node in [0, 1]; NaN where nothing is known, which counts 0.
    pub complementarity: Option<NodeNumber<'a>>,
    /// Proximity to each node in [0, 1]; NaN where nothing is known, which counts 0.
    pub proximity: Option<NodeProximity<'a>>,
    /// Numbers of the caller's own for [`Term::Own`].
    pub own: &'a [NodeNumber<'a>],
}

impl std::fmt::Debug for Seeker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut f = f.debug_struct("Seeker");
        f.field("ties", &self.ties.len())
            .field("participations", &self.participations)
            .finish_non_exhaustive()
    }
}

/// What is known of the nodes that terms are computed from.
#[derive(Clone)]
pub struct Pairs<'a> {
    /// The ties known.
    pub network: &'a Network,
    /// Participations of each node.
    pub participations: &'a [f64],
    /// Those of recent years; empty when not known.
    pub recent: &'a [f64],
    /// Distance in metres, NaN where an end has no position.
    pub distance_m: PairNumber<'a>,
    /// What stands for an unknown distance, in metres.
    pub unknown_distance_m: f64,
    /// Complementarity C in [0, 1]; NaN where nothing is known, which counts 0.
    pub complementarity: Option<PairNumber<'a>>,
    /// Proximity in [0, 1]; NaN where nothing is known, which counts 0.
    pub proximity: Option<PairProximity<'a>>,
    /// Numbers of the caller's own for [`Term::Own`]; NaN counts 0.
    pub own: &'a [PairNumber<'a>],
}

impl std::fmt::Debug for Pairs<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pairs").field("nodes", &self.network.nodes()).finish_non_exhaustive()
    }
}

impl<'a> Pairs<'a> {
    /// What a hold-out knows, with distances. An unknown distance counts as 400 km, about the mean of
    /// two places of mainland France.
    #[must_use]
    pub fn of(hold_out: &'a HoldOut, distance_m: PairNumber<'a>) -> Self {
        Self {
            network: &hold_out.network,
            participations: &hold_out.participations,
            recent: &hold_out.recent,
            distance_m,
            unknown_distance_m: 400_000.0,
            complementarity: None,
            proximity: None,
            own: &[],
        }
    }
}

/// What a term adds to the score of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The term.
    pub term: Term,
    /// Its number for the pair.
    pub number: f64,
    /// Coefficient times number.
    pub value: f64,
}

/// A score ready for row after row.
#[derive(Debug)]
pub struct Scorer<'a> {
    pairs: Pairs<'a>,
    coefficients: Vec<Coefficient>,
    /// The similarity each term needs.
    similarities: Vec<Option<Similarities<'a>>>,
}

impl<'a> Scorer<'a> {
    /// Prepares a score.
    ///
    /// # Errors
    /// [`Error::Shape`] when participations do not match the nodes, [`Error::Value`] when they are negative
    /// or not finite; [`Error::Parameter`] on a coefficient that is not finite, a γ or κ that is negative, a
    /// term whose numbers are missing, or an unknown distance that is not positive.
    ///
    /// # Complexity
    /// O(terms × nodes).
    pub fn new(pairs: Pairs<'a>, model: &ScoreModel) -> Result<Self> {
        let n = pairs.network.nodes();
        check_amounts("participations", pairs.participations, n)?;
        let needs_recent = model.coefficients.iter().any(|c| c.term == Term::RecentParticipations);
        if needs_recent || !pairs.recent.is_empty() {
            check_amounts("recent participations", pairs.recent, n)?;
        }
        let wrong = |name, value: f64, must| Err(Error::Parameter { name, value: value.to_string(), must });
        if !(pairs.unknown_distance_m.is_finite() && pairs.unknown_distance_m > 0.0) {
            return wrong("unknown_distance_m", pairs.unknown_distance_m, "must be positive");
        }
        let mut similarities = Vec::new();
        for c in &model.coefficients {
            if !c.value.is_finite() {
                return wrong("coefficient", c.value, "must be finite");
            }
            let similarity = match c.term {
                Term::AdamicAdar => Some(Similarity::AdamicAdar),
                Term::ResourceAllocation { gamma } if !(gamma.is_finite() && gamma >= 0.0) => {
                    return wrong("gamma", gamma, "must not be negative");
                }
                Term::ResourceAllocation { .. } => Some(Similarity::ResourceAllocation),
                Term::LengthThree => Some(Similarity::LengthThree),
                Term::LocalPath => Some(Similarity::LOCAL_PATH),
                Term::CommonPartner => Some(Similarity::CommonNeighbours),
                Term::Complementarity { kappa } if !(kappa.is_finite() && kappa >= 0.0) => {
                    return wrong("kappa", kappa, "must not be negative");
                }
                Term::Own(k) if k as usize >= pairs.own.len() => {
                    return wrong(
                        "own",
                        f64::from(k),
                        "must be the position of a number of the caller's own",
                    );
                }
                _ => None,
            };
            let prepared = similarity
                .map(|kind| Similarities::new(pairs.network, kind, TieWeights::Ignored))
                .transpose()?;
            similarities.push(prepared);
        }
        Ok(Self { pairs, coefficients: model.coefficients.clone(), similarities })
    }

    /// The terms.
    pub fn terms(&self) -> impl Iterator<Item = Term> + '_ {
        self.coefficients.iter().map(|c| c.term)
    }

    /// The numbers of each term for node `i` with every node (0 with itself).
    ///
    /// # Formula
    /// See [`Term`]. Shape terms × nodes.
    ///
    /// # Undefined
    /// Empty when there is no such node. A number that is not known (no proximity, complementarity or number
    /// of one's own) is 0, an unknown distance [`Pairs::unknown_distance_m`].
    ///
    /// # Complexity
    /// O(terms × nodes), and the ties two or three steps away for the terms that look at them.
    #[must_use]
    pub fn numbers(&self, i: usize) -> Vec<Vec<f64>> {
        if i >= self.pairs.network.nodes() {
            return Vec::new();
        }
        let ties: Vec<(u32, f64)> = self.pairs.network.ties(i).collect();
        let own: Vec<_> = self.pairs.own.iter().map(|own| move |j| own(i, j)).collect();
        let complementarity = self.pairs.complementarity.map(|c| move |j| c(i, j));
        let proximity = self.pairs.proximity.map(|p| move |dimension, j| p(dimension, i, j));
        let mut rows = self.numbers_of(Seeker {
            ties: &ties,
            participations: self.pairs.participations[i],
            recent: self.pairs.recent.get(i).copied().unwrap_or(0.0),
            distance_m: &|j| (self.pairs.distance_m)(i, j),
            complementarity: complementarity.as_ref().map(|c| c as NodeNumber<'_>),
            proximity: proximity.as_ref().map(|p| p as NodeProximity<'_>),
            own: &own.iter().map(|f| f as NodeNumber<'_>).collect::<Vec<_>>(),
        });
        rows.iter_mut().for_each(|row| row[i] = 0.0);
        rows
    }

    /// The numbers of each term for somebody outside the graph with every node.
    #[must_use]
    pub fn numbers_of(&self, seeker: Seeker<'_>) -> Vec<Vec<f64>> {
        let n = self.pairs.network.nodes();
        let mut room = Room::new(n);
        let half = |a: f64| (a + 0.5).ln();
        self.coefficients
            .iter()
            .zip(&self.similarities)
            .map(|(c, similarity)| {
                let spread = |room: &mut Room, of: &dyn Fn(f64) -> f64| {
                    let mut row = vec![0.0; n];
                    for Scored { node, score } in similarity.iter().flat_map(|s| s.row_of(seeker.ties, room))
                    {
                        row[node as usize] = of(score);
                    }
                    row
                };
                let fill = |of: &dyn Fn(usize) -> f64| -> Vec<f64> { (0..n).map(of).collect() };
                match c.term {
                    Term::AdamicAdar | Term::LengthThree | Term::LocalPath => spread(&mut room, &f64::ln_1p),
                    Term::ResourceAllocation { gamma } => spread(&mut room, &|s| (gamma * s).ln_1p()),
                    Term::CommonPartner => spread(&mut room, &|_| 1.0),
                    Term::Participations => {
                        fill(&|j| half(seeker.participations) + half(self.pairs.participations[j]))
                    }
                    Term::RecentParticipations => fill(&|j| half(seeker.recent) + half(self.pairs.recent[j])),
                    Term::Degrees => {
                        let own = half(seeker.ties.len() as f64);
                        fill(&|j| own + half(self.pairs.network.degree(j) as f64))
                    }
                    Term::Distance => fill(&|j| {
                        let d = (seeker.distance_m)(j);
                        let d = if d.is_finite() { d.max(0.0) } else { self.pairs.unknown_distance_m };
                        (d / 1e3 + NEAR_KM).ln()
                    }),
                    Term::Complementarity { kappa } => fill(&|j| {
                        let known = seeker.complementarity.map(|c| c(j)).filter(|c| c.is_finite());
                        known.map_or(0.0, |c| (kappa * c.max(0.0)).ln_1p())
                    }),
                    Term::Proximity(dimension) => fill(&|j| {
                        seeker.proximity.map(|p| p(dimension, j)).filter(|p| p.is_finite()).unwrap_or(0.0)
                    }),
                    Term::Own(k) => {
                        let own = seeker.own.get(k as usize);
                        fill(&|j| own.map(|own| own(j)).filter(|x| x.is_finite()).unwrap_or(0.0))
                    }
                }
            })
            .collect()
    }

    /// Fills in how good node `i` and every node are for each other: for [`evaluate`](super::evaluate).
    ///
    /// # Formula
    /// `Σ coefficient × number` over the terms, the numbers as in [`Scorer::numbers`].
    ///
    /// # Range
    /// Unbounded, on the scale of logarithms.
    ///
    /// # Direction
    /// Higher: likelier to work together, with the signs of the coefficients.
    ///
    /// # Complexity
    /// As [`Scorer::numbers`].
    pub fn fill(&self, i: usize, scores: &mut [f64]) {
        scores.fill(0.0);
        for (c, row) in self.coefficients.iter().zip(self.numbers(i)) {
            scores.iter_mut().zip(row).for_each(|(s, x)| *s += c.value * x);
        }
    }

    /// What each term adds to the score of `i` with each of `nodes`; nodes that are not there are left out.
    ///
    /// # Formula
    /// `coefficient × number` of each term; they add up to the score of [`Scorer::fill`]. Shape nodes ×
    /// terms.
    ///
    /// # Complexity
    /// As [`Scorer::numbers`].
    #[must_use]
    pub fn contributions(&self, i: usize, nodes: &[u32]) -> Vec<Vec<Contribution>> {
        let numbers = self.numbers(i);
        nodes
            .iter()
            .filter(|&&j| numbers.first().is_none_or(|row| (j as usize) < row.len()))
            .map(|&j| {
                self.coefficients
                    .iter()
                    .zip(&numbers)
                    .map(|(c, row)| {
                        let number = row[j as usize];
                        Contribution { term: c.term, number, value: c.value * number }
                    })
                    .collect()
            })
            .collect()
    }
}

/// How a score is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FitOptions {
    /// Pairs without a new tie to fit on, about; all of them when there are fewer.
    pub others: usize,
    /// The regression.
    pub logistic: LogisticOptions,
    /// Seed of the draw of other pairs.
    pub seed: Seed,
}

impl Default for FitOptions {
    /// 200,000 other pairs, L2 with λ = 1.
    fn default() -> Self {
        Self { others: 200_000, logistic: LogisticOptions::default(), seed: Seed::default() }
    }
}

impl FitOptions {
    setters! {
        others: usize,
        seed: Seed,
    }

    /// Sets the regression.
    #[must_use]
    pub const fn logistic(mut self, options: LogisticOptions) -> Self {
        self.logistic = options;
        self
    }
}

/// A score fitted on an earlier window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct FittedScore {
    /// The score.
    pub model: ScoreModel,
    /// The regression; its intercept stands for the drawn pairs, not for all.
    pub fit: LogisticFit,
}

/// How much each term has to do with the new ties of a hold-out: their coefficients by penalised logistic
/// regression.
///
/// # Formula
/// [`logistic()`] of being a new tie on the numbers of the terms, over all new ties and other pairs drawn at
/// random (each kept with the same probability, in streams by node) that `keep` takes. To judge the score,
/// use a later window: nothing of it may be in this one.
///
/// # Range
/// Coefficients are unbounded.
///
/// # Direction
/// Above 0 the term makes a new tie likelier.
///
/// # Undefined
/// As [`logistic()`].
///
/// # Errors
/// As [`Scorer::new`] and [`logistic`].
///
/// # Complexity
/// O(nodes² × terms) for the terms, then that of the regression.
pub fn fit_score(
    hold_out: &HoldOut,
    pairs: Pairs<'_>,
    terms: &[Term],
    keep: impl Fn(usize, usize) -> bool + Sync + Send,
    options: &FitOptions,
    progress: &dyn Progress,
) -> Result<FittedScore> {
    let unit =
        ScoreModel { coefficients: terms.iter().map(|&term| Coefficient { term, value: 1.0 }).collect() };
    let scorer = Scorer::new(pairs, &unit)?;
    let n = hold_out.network.nodes();
    let members = hold_out.eligible.iter().filter(|e| **e).count();
    let all = members as f64 * (members as f64 - 1.0) / 2.0;
    let probability = if all > 0.0 { (options.others as f64 / all).min(1.0) } else { 1.0 };
    let new: std::collections::BTreeSet<(u32, u32)> = hold_out.new_ties.iter().copied().collect();
    progress.begin("terms of pairs", Some(n as u64));
    let rows = parallel::map(n, |i| {
        progress.advance(1);
        if !hold_out.eligible[i] {
            return (Vec::new(), Vec::new());
        }
        let mut random = options.seed.stream(i as u64);
        let mut taken: Vec<(usize, bool)> = Vec::new();
        for j in (i + 1..n).filter(|&j| hold_out.eligible[j]) {
            let is_new = new.contains(&(i as u32, j as u32));
            // One draw for every pair, so that which pairs are new does not move the others.
            let drawn = random.unit() < probability;
            if (is_new || drawn) && hold_out.network.weight(i, j as u32).is_none() && keep(i, j) {
                taken.push((j, is_new));
            }
        }
        if taken.is_empty() {
            return (Vec::new(), Vec::new());
        }
        let numbers = scorer.numbers(i);
        let cells = taken.iter().flat_map(|&(j, _)| numbers.iter().map(move |row| row[j])).collect();
        (cells, taken.into_iter().map(|t| t.1).collect())
    });
    progress.end();
    let outcome: Vec<bool> = rows.iter().flat_map(|r| r.1.iter().copied()).collect();
    let cells: Vec<f64> = rows.into_iter().flat_map(|r| r.0).collect();
    let fit =
        logistic(&Matrix::from_rows(outcome.len(), terms.len(), cells)?, &outcome, None, &options.logistic)?;
    let coefficients =
        terms.iter().zip(&fit.coefficients).map(|(&term, &value)| Coefficient { term, value }).collect();
    Ok(FittedScore { model: ScoreModel { coefficients }, fit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::{DatedProject, TemporalSplit, temporal_hold_out};
    use crate::network::Direction;
    use crate::progress::Silent;

    #[test]
    fn the_sum_is_that_by_hand() {
        let ties = [(0, 1, 1.0), (1, 2, 1.0)];
        let (g, _) = Network::from_edges(4, &ties, Direction::Undirected).unwrap();
        let distance = |_: usize, j: usize| if j == 3 { f64::NAN } else { 40_000.0 };
        let complementarity = |_: usize, _: usize| 0.5;
        let own: [PairNumber<'_>; 1] = [&|i, j| if (i, j) == (0, 2) { 2.0 } else { f64::NAN }];
        let pairs = Pairs {
            network: &g,
            participations: &[1.0, 2.0, 3.0, 0.0],
            recent: &[],
            distance_m: &distance,
            unknown_distance_m: 90_000.0,
            complementarity: Some(&complementarity),
            proximity: None,
            own: &own,
        };
        let model = ScoreModel::default().with(Term::Own(0), 0.25);
        let scorer = Scorer::new(pairs.clone(), &model).unwrap();
        let mut row = [0.0; 4];
        scorer.fill(0, &mut row);
        let want = 1.5_f64.ln() + 3.5_f64.ln() - 1.5 * 50.0_f64.ln() + 6.0_f64.ln() + 1.5_f64.ln() + 0.5;
        assert!((row[2] - want).abs() < 1e-12);
        // An unknown distance, and nothing of the caller's own.
        let want_last = 1.5_f64.ln() + 0.5_f64.ln() - 1.5 * 100.0_f64.ln() + 1.5_f64.ln();
        assert!((row[3] - want_last).abs() < 1e-12);
        let parts = &scorer.contributions(0, &[2, 9])[0];
        assert!((parts.iter().map(|c| c.value).sum::<f64>() - want).abs() < 1e-12);
        assert!(scorer.numbers(9).is_empty());
        for bad in [Term::Own(1), Term::ResourceAllocation { gamma: -1.0 }, Term::RecentParticipations] {
            assert!(Scorer::new(pairs.clone(), &ScoreModel::of(bad, 1.0)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_fit_finds_what_made_the_ties() {
        // Two towns of ten nodes; new ties stay in town.
        let town = |i: u32| i / 10;
        let mut random = Seed(4).stream(0);
        let mut projects: Vec<DatedProject> =
            (0..20).map(|i| DatedProject { year: 2000, participants: vec![i] }).collect();
        for _ in 0..25 {
            let (a, b) = (random.below(20), random.below(20));
            if town(a) == town(b) {
                projects.push(DatedProject { year: 2010, participants: vec![a, b] });
            }
        }
        let h = temporal_hold_out(&projects, 20, TemporalSplit::after(2005)).unwrap();
        let distance = |i: usize, j: usize| if i / 10 == j / 10 { 1e3 } else { 500e3 };
        let terms = [Term::Participations, Term::Distance];
        let fitted =
            fit_score(&h, Pairs::of(&h, &distance), &terms, |_, _| true, &FitOptions::default(), &Silent)
                .unwrap();
        // Everyone takes part once: nothing to learn from that.
        assert_eq!(fitted.model.coefficients[0].value, 0.0);
        assert!(fitted.model.coefficients[1].value < -0.3);
        assert_eq!((fitted.fit.n, fitted.fit.positives), (190, h.new_ties.len()));
    }
}
