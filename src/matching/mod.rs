//! Who could work with whom: similarity of nodes, scores that explain themselves, hold-out
//! evaluation, and matching of whole regions.

mod assignment;
mod evaluation;
mod hold_out;
mod logistic;
mod score;
mod similarity;
mod stable;

pub use assignment::{Assignment, assignment};
pub use evaluation::{Evaluation, EvaluationOptions, Measure, evaluate};
pub use hold_out::{
    DatedProject, HoldOut, TemporalSplit, UnpredictedTies, random_hold_out, temporal_hold_out,
};
pub use logistic::{LogisticFit, LogisticOptions, Penalty, logistic};
pub use score::{
    Coefficient, Contribution, FitOptions, FittedScore, NodeNumber, NodeProximity, PairNumber, PairProximity,
    Pairs, ProximityDimension, ScoreModel, Scorer, Seeker, Term, fit_score,
};
pub use similarity::{
    Scored, Similarities, Similarity, TiedPairs, most_similar, similar_within, similarity, spectral_radius,
};
pub use stable::{ScoredPair, StableMatching, blocking_pairs, stable_matching};
