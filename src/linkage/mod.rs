//! Ties between rural and urban actors against what chance, degree and distance would give.

mod bridging;
mod brokerage;
mod gravity_model;
mod mixing;
mod null;
mod proximity;
mod segregation;

pub use bridging::{Exposure, TerritoryBridging, exposure, territory_bridging};
pub use brokerage::{Brokerage, RoleMoments, Roles, brokerage};
pub use gravity_model::{Dyads, Effects, GravityFit, StandardErrors, gravity_model, intrazonal_distance_km};
pub use mixing::{
    DegreeEnd, MixingMatrix, NominalAssortativity, NumericAssortativity, Weighting, degree_assortativity,
    nominal_assortativity, numeric_assortativity,
};
pub use null::{Deterrence, MixingEvidence, NullModel, deterrence, mixing_evidence};
pub use proximity::{Proximity, ProximityProfile, proximity};
pub use segregation::{
    ArealSegregation, EiIndex, MultigroupSegregation, OddsCorrection, areal_segregation, coleman_homophily,
    ei_index, freeman_segregation, multigroup_segregation, odds_ratio_within,
};
