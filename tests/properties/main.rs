//! Invariants and brute-force comparisons on generated inputs.

mod complementarity;
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "tests fail loudly and say what they skip")]

mod read_csv;
mod read_geojson;
mod vintage;
//! Invariants and brute force on random input.

mod network;
