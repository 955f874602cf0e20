//! The main job: map cooperations on the embedded France, or your own on it.
//!
//! `cargo run --release --example map_cooperations -- [--out FOLDER] [--level LEVEL]
//! [--actors FILE[=KIND]] [--cooperations FILE] [--participations FILE] [--contours FILE]`
//!
//! Prints a summary and writes `atlas.html` (interactive, one file, works offline), the tables of territories,
//! actors and links for programs (`tables/`) and for spreadsheets (`excel/`) with their `dictionnaire.csv`,
//! `network.graphml` and `metrics.geojson`.

mod common;

use clap::Parser;
use common::{Fallible, own::Own, values};
use rurban::france::{EmbeddedFrance, OwnBeside};
use rurban::model::Level;
use rurban::report::{ExportFormat, FranceRequest};
use rurban::study::RuralityDefinition;

/// Map cooperations on the embedded France: the embedded ones, or your own.
#[derive(Parser)]
struct Arguments {
    /// Level of metrics.geojson and of the table of territories: region, departement, `petr_pays`, epci, commune.
    #[arg(long, default_value = "epci", value_parser = EmbeddedFrance::level)]
    level: Level,
    /// Add your actors to the embedded ones instead of mapping them alone.
    #[arg(long)]
    with_embedded: bool,
    /// Formats of other programs to write too, separated by commas: gexf, graphml, json (networks),
    /// geoparquet (layers; with --features parquet), xlsx (tables; with --features xlsx).
    #[arg(long, value_delimiter = ',')]
    export: Vec<ExportFormat>,
    /// `GeoJSON` (or, with --features parquet, `GeoParquet`) file of outlines of one level, matched by code, instead of the approximate ones.
    #[arg(long, value_parser = values::file)]
    contours: Option<std::path::PathBuf>,
    /// A second definition of what is rural, to set beside the first one: which conclusions change?
    #[arg(long, value_name = "RURALITY")]
    against: Option<RuralityDefinition>,
    /// The day it is made, to be written on the atlas; today when not given.
    #[arg(long)]
    date: Option<String>,
    #[command(flatten)]
    own: Own,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let beside = if a.with_embedded { OwnBeside::Embedded } else { OwnBeside::Nothing };
    let request = FranceRequest::default().level(a.level).contours(a.contours).export(a.export).day(a.date);
    let request = request.rurality(a.own.rurality.clone(), a.against);
    a.own.run(|outlet, files, strictness| Ok(request.own(files, beside, strictness).run(outlet)?))
}
