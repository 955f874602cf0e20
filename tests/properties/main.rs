//! Invariants and brute-force comparisons on generated inputs.

mod autocorrelation;
mod complementarity;
mod network;
mod read_csv;
mod read_geojson;
mod typology;
mod vintage;
