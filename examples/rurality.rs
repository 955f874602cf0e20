//! Who lives in what kind of territory, how much thresholds decide, do like territories lie side
//! by side, and how unequally are they endowed?
//!
//! `cargo run --release --example rurality -- --level petr_pays --value link_density`

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, Output, values};
use rurban::france::{EmbeddedFrance, FranceOptions};
use rurban::model::Level;
use rurban::report::rurality::{FigureKind, FigureTable, RuralityRequest};
use rurban::study::{SpatialOptions, StudyOptions, TerritoryScore};

/// Rurality, spatial structure and inequality of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Level whose spatial structure is measured: commune, epci, `petr_pays`, departement …
    #[arg(long, default_value = "epci", value_parser = EmbeddedFrance::level)]
    level: Level,
    /// What is measured of its territories: `population_density`, `rural_share`, `actor_density`,
    /// `link_density`, `urban_rural_link_share`, `urban_exposure`, `research_distance` or
    /// `innovation_distance`.
    #[arg(long, default_value = "research_distance")]
    value: TerritoryScore,
    /// CSV file with territory codes and figures of your own to measure instead.
    #[arg(long, value_parser = values::file)]
    table: Option<PathBuf>,
    /// Its column of figures, or another one by what it tells (territory=NAME); may be given several times.
    #[arg(long, requires = "table", value_name = "NAME")]
    column: Vec<String>,
    /// The figures are amounts: count them per 10,000 inhabitants.
    #[arg(long, requires = "table")]
    per_inhabitant: bool,
    /// Random replicates of the test of each territory.
    #[arg(long, default_value_t = 9_999, value_parser = values::replicates, allow_negative_numbers = true)]
    local_permutations: usize,
    #[command(flatten)]
    chance: values::Chance,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let options = SpatialOptions::permuted(a.chance.permutations, a.local_permutations, a.chance.seed());
    let request = RuralityRequest::default().level(a.level).value(a.value).options(options);
    let kind = if a.per_inhabitant { FigureKind::Amounts } else { FigureKind::AsTheyAre };
    a.output.run(|outlet| {
        let table = a.table.map(|path| FigureTable::new(path, &a.column)).transpose()?;
        let table = table.map(|t| t.kind(kind));
        let france = EmbeddedFrance::load_drawn(&FranceOptions::default(), outlet.observer())?;
        let (study, _) = france.into_study(&StudyOptions::default(), outlet.observer())?;
        Ok(request.table(table).run(&study, outlet)?)
    })
}
