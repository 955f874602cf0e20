//! A country that is not France: Belgium and its French neighbours, without a line of the embedded France.
//!
//! `cargo run --release --no-default-features --features parallel --example europe -- [--out FOLDER]
//! [--territories FILE] [--outlines FILE] [--actors FILE] [--participations FILE]`
//!
//! Territories are a table of local administrative units (LAU) with their NUTS 3 region, their degree of
//! urbanisation (DEGURBA) and a point; actors are partners of a sample of Horizon 2020 projects.

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, say};
use rurban::model::{ActorKind, Level};
use rurban::read::{ActorFile, OwnFiles, TerritoryTable};
use rurban::report::{CountryRequest, Language, Outlet};
use rurban::study::RuralityDefinition;

/// Study the cooperation of rural and urban actors in a country of your own.
#[derive(Parser)]
struct Arguments {
    /// Folder to write to.
    #[arg(long, default_value = "out/europe")]
    out: PathBuf,
    /// Table of LAU: lau, name, nuts3, population, `area_km2`, degurba, lon, lat.
    #[arg(long, default_value = "fixtures/europe/territories.csv")]
    territories: PathBuf,
    /// `GeoJSON` or `GeoParquet` outlines of the LAU, matched by code.
    #[arg(long)]
    outlines: Option<PathBuf>,
    /// Table of actors: id, name, kind, lon, lat.
    #[arg(long, default_value = "fixtures/europe/actors.csv")]
    actors: PathBuf,
    /// Table of participations: project, actor.
    #[arg(long, default_value = "fixtures/europe/participations.csv")]
    participations: PathBuf,
    /// What is rural: class:degurba=3 (rural areas), class:degurba=2|3 (towns too).
    #[arg(long, default_value = "class:degurba=3")]
    rurality: RuralityDefinition,
    /// Level of the territories written: lau, nuts3, nuts2 or country.
    #[arg(long, default_value = "nuts3")]
    level: Level,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let level = |name: &str| Level::Custom(name.to_owned());
    let table = TerritoryTable::new(level("lau"), "lau")
        .parent(level("nuts3"), "nuts3")
        .parent_prefix(level("nuts2"), "nuts3", 4)
        .parent_prefix(level("country"), "nuts3", 2)
        .classes("degurba");
    let actors = vec![ActorFile { path: a.actors, kind: ActorKind::Organisation }];
    let own = OwnFiles { actors, participations: vec![a.participations], ..OwnFiles::default() };
    let request = CountryRequest::new(table, a.territories, a.level, a.rurality);
    request.outlines(a.outlines).own(own).run(&mut Outlet::new(a.out, Language::English, say))?;
    Ok(())
}
