//! From files to records, with an account of everything kept, repaired and dropped.
//!
//! The readers here are the first of two steps: they give plain records, close to the file, and say
//! what was wrong with it. What the records mean is settled by the collections built from them.

pub mod csv;
mod decode;
pub mod geojson;
mod json;
mod number;

pub use number::Number;
