//! What each side has, lacks and could use, given how activities relate.
//!
//! The walk: counts of something (jobs, firms, patents, projects) by region and activity become an
//! [`ActivityTable`]; [`location_quotient`] says what a region is specialised in and [`Presence`]
//! keeps that as bits; [`proximity`] or [`relatedness()`] says which activities are related, and
//! [`relatedness_density`] how close each region is to each activity. [`Interregional`] then says what
//! each region could gain from each other one.
//!
//! | question | answer |
//! |---|---|
//! | What is a region specialised in? | [`location_quotient`]; with small counts [`specialisation::shrunken_location_quotient`], [`specialisation::location_quotient_interval`] |
//! | How special, how diverse is it? | [`specialisation::krugman`], [`specialisation::herfindahl`], [`specialisation::shannon`], [`specialisation::hachman`], [`specialisation::variety`] |
//! | Where is an activity concentrated? | [`specialisation::spatial_gini`], [`specialisation::hoover`], [`agglomeration::ellison_glaeser`] |
//! | Which activities go together? | [`proximity`], [`relatedness()`], [`relatedness::validated_projection`], [`agglomeration::coagglomeration`], [`input_output::input_output_relatedness`] |
//! | What could a region take up next? | [`relatedness_density`] |
//! | What could one region gain from another, and with whom near by should it cooperate? | [`Interregional`] |
//! | Does one offer what the other needs? | [`supply_demand`], [`input_output::input_output_complementarity`] |
//! | Are existing ties complementary, more than by chance? | [`composite`] |
//! | How sophisticated are regions and activities? | [`economic_complexity`], [`fitness`], [`specialisation::prody`] |
//! | How different are two profiles? | [`dissimilarity`] |
//! | How do I sum up a nomenclature or to larger territories? | [`nomenclature`] |

pub mod agglomeration;
pub mod complexity;
pub mod composite;
pub mod density;
pub mod dissimilarity;
pub mod input_output;
pub mod interregional;
pub mod nomenclature;
pub mod relatedness;
pub mod specialisation;
pub mod supply_demand;
mod table;

pub use complexity::{economic_complexity, fitness};
pub use density::{SelfInclusion, relatedness_density};
pub use interregional::Interregional;
pub use relatedness::{Normalisation, proximity, relatedness};
pub use specialisation::location_quotient;
pub use table::{ActivityTable, Presence};
