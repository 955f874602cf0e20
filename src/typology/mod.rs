//! Rural–urban typologies: functional areas by commuting.

mod functional_area;

pub use functional_area::{AreaRole, FunctionalAreas, functional_areas};
