//! Rural–urban typologies: degree of urbanisation of cells and units, statistical regions,
//! intermunicipal groups, functional areas by commuting; and what changes when thresholds do.

mod clusters;
mod degurba;
mod functional_area;
mod regions;
mod units;

pub use degurba::{
    CellClass, ClusterRule, EdgeSmoothing, GridClasses, GridRules, PopulationGrid, degurba_grid,
};
pub use functional_area::{AreaRole, FunctionalAreas, functional_areas};
pub use regions::{
    PERIURBAN_POLE, RegionClass, RegionPopulation, RegionRules, RuralSetting, epci_typology,
    regional_typology, rural_setting,
};
pub use units::{Degurba, Switch, UnitClass, UnitRules, UnitShares, degurba_units, switches, unit_shares};
