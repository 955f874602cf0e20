//! Ties between rural and urban actors against what chance, degree and distance would give.

mod bridging;
mod brokerage;
mod deterrence;
mod gravity_model;
mod mixing;
mod null;
mod proximity;
mod segregation;
mod separation;
mod two_sided;

pub use bridging::{Exposure, TerritoryBridging, exposure, territory_bridging};
pub use brokerage::{Brokerage, RoleMoments, Roles, brokerage};
pub use deterrence::{Deterrence, deterrence};
pub use gravity_model::{Dyads, Effects, GravityFit, StandardErrors, gravity_model, intrazonal_distance_km};
pub use mixing::{
    DegreeEnd, Margins, MixingMatrix, NominalAssortativity, NumericAssortativity, Weighting,
    degree_assortativity, nominal_assortativity, numeric_assortativity,
};
pub(crate) use null::mixing_evidence_among;
pub use null::{MixingEvidence, NullModel, mixing_evidence};
pub use proximity::{Proximity, ProximityProfile, proximity};
pub use segregation::{
    ArealSegregation, EiIndex, MultigroupSegregation, OddsCorrection, areal_segregation, coleman_homophily,
    coleman_homophily_of, ei_index, freeman_segregation, freeman_segregation_of, multigroup_segregation,
    odds_ratio_within,
};
pub use two_sided::{TwoSidedNull, TwoSidedTies, two_sided_evidence};
pub(crate) use two_sided::{great_circle_m, unit_vector};
