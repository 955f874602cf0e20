//! Studies of the embedded France. One program for all of them: the library is linked once.

#![cfg(feature = "france-data")]

mod access;
mod belonging;
#[path = "../common/mod.rs"]
mod common;
mod complementarity;
mod embedded;
mod linkage;
mod partners;
mod portrait;
mod practices;
mod research;
mod rurality;
mod siting;
mod surveys;
