//! Invariants and brute-force comparisons on generated inputs.

mod complementarity;
mod read_csv;
mod read_geojson;
mod vintage;
