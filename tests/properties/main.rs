//! Invariants over generated inputs.

mod read_geojson;
mod vintage;
