//! Ties between rural and urban actors against what chance, degree and distance would give.

mod mixing;

pub use mixing::{
    DegreeEnd, MixingMatrix, NominalAssortativity, NumericAssortativity, Weighting, degree_assortativity,
    nominal_assortativity, numeric_assortativity,
};
