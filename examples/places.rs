//! Where new places would be within reach of most people, and what that answer is worth.
//!
//! `cargo run --release --example places -- [--new 10] [--cover-km 30] [--region NAME] [--candidates FILE] [--existing FILE] [--lang en]`

mod common;

use clap::Parser;
use common::{Fallible, Reading};
use rurban::read::ActorFile;
use rurban::report::places::{PlacesRequest, Served};
use rurban::siting::WorkshopOptions;

/// Where new innovation places would be within reach of most people.
#[derive(Parser)]
struct Arguments {
    /// How many new places.
    #[arg(long, default_value_t = 10)]
    new: usize,
    /// Up to how many kilometres, in a straight line, a place is within reach.
    #[arg(long, default_value_t = 30.0)]
    cover_km: f64,
    /// Only the people and communes of this région.
    #[arg(long)]
    region: Option<String>,
    /// Count all inhabitants, and not only those of rural communes.
    #[arg(long)]
    everybody: bool,
    /// File of the existing places (CSV, `GeoJSON`), instead of the innovation places of the embedded data.
    #[arg(long, value_name = "FILE")]
    existing: Option<ActorFile>,
    /// File of the candidates (CSV, `GeoJSON`), instead of the communes.
    #[arg(long, value_name = "FILE")]
    candidates: Option<ActorFile>,
    /// Communes are candidates from this population on.
    #[arg(long, default_value_t = 500.0)]
    least_population: f64,
    /// Also group the existing places into workshops of 8 to 12, by what they can do.
    #[arg(long)]
    workshops: bool,
    #[command(flatten)]
    reading: Reading,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let request = PlacesRequest::default()
        .new_places(a.new)
        .cover_km(a.cover_km)
        .region(a.region)
        .served(if a.everybody { Served::Everybody } else { Served::RuralPeople })
        .files(a.existing, a.candidates)
        .least_population(a.least_population)
        .workshops(a.workshops.then(|| WorkshopOptions::new(8, 12)));
    a.reading.run(|outlet, columns, strictness| Ok(request.reading(columns, strictness).run(outlet)?))
}
