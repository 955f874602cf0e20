//! Invariants and brute-force comparisons on generated inputs.

mod accessibility;
mod autocorrelation;
#[path = "../common/mod.rs"]
mod common;
mod complementarity;
mod inequality;
mod network;
mod read_csv;
mod read_geojson;
mod space;
mod typology;
mod vintage;
