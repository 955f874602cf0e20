//! Invariants over generated inputs.

mod read_csv;
mod read_geojson;
mod vintage;
