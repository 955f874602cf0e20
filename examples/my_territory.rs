//! Your own territories and actors: GeoJSON and CSV in, the same map and tables out.
//!
//! `cargo run --release --example my_territory -- --territories COMMUNES.geojson --actors ACTORS.csv`
//!
//! Without arguments it first writes a sample (communes, actors and ties of Occitanie from the embedded
//! data) and runs on that. Commune codes are looked up in the embedded France for density levels, populations
//! and the levels above.

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, own::Own, values};
use rurban::model::Level;
use rurban::report::{Lookup, TerritoryRequest};

/// Map your own territories, actors and cooperations.
#[derive(Parser)]
struct Arguments {
    /// `GeoJSON` file of the finest level of territories.
    #[arg(long, value_parser = values::file)]
    territories: Option<PathBuf>,
    /// Which level that is: commune, epci, `petr_pays`, gal, departement, region, or a name.
    #[arg(long, default_value = "commune")]
    level: Level,
    /// Property that holds the code of a territory; looked for when not given.
    #[arg(long)]
    code: Option<String>,
    /// Property that holds the name of a territory; looked for when not given.
    #[arg(long)]
    name: Option<String>,
    /// Level of metrics.geojson and of the table of territories.
    #[arg(long)]
    by: Option<Level>,
    /// Simplify outlines for the map by this many degrees (0.001 is about 100 m); borders stay shared.
    #[arg(long, default_value_t = 0.001)]
    simplify: f64,
    /// Do not look codes up in the embedded France.
    #[arg(long)]
    alone: bool,
    #[command(flatten)]
    own: Own,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let lookup = if a.alone { Lookup::Nowhere } else { Lookup::EmbeddedFrance };
    let request = TerritoryRequest::default()
        .territories(a.territories)
        .level(a.level)
        .properties(a.code, a.name)
        .by(a.by)
        .simplify_degrees(a.simplify)
        .rurality(a.own.rurality.clone())
        .lookup(lookup);
    a.own.run(|outlet, files, strictness| Ok(request.own(files, strictness).run(outlet)?))
}
