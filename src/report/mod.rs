//! What people read.

pub mod belonging;
pub mod partners;
