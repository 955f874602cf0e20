//! Invariants over generated inputs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod read_csv;
mod read_geojson;
mod vintage;
