//! Ties between rural and urban actors against what chance, degree and distance would give.

mod mixing;
mod null;

pub use mixing::{
    DegreeEnd, MixingMatrix, NominalAssortativity, NumericAssortativity, Weighting, degree_assortativity,
    nominal_assortativity, numeric_assortativity,
};
pub use null::{Deterrence, MixingEvidence, NullModel, deterrence, mixing_evidence};
