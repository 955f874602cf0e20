//! Portraits of territories: one page each that prints on A4, with Markdown and CSV beside it.
//!
//! `cargo run --release --example portrait -- [--territory NAME] [--level petr_pays] [--all] [--compare A B] [--memento]`

mod common;

use clap::Parser;
use common::{Fallible, Output};
use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::model::Level;
use rurban::report::memento::deliver_mementos;
use rurban::report::portrait::{PortraitOptions, PortraitPages, deliver_portraits};
use rurban::study::StudyOptions;

/// Portraits of territories from the embedded data.
#[derive(Parser)]
struct Arguments {
    /// Territory, by name or code.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Level: `petr_pays`, epci, departement, region …
    #[arg(long, default_value = "petr_pays", value_parser = EmbeddedFrance::level)]
    level: Level,
    /// All territories of the level, with an index page.
    #[arg(long)]
    all: bool,
    /// Two territories side by side.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    compare: Option<Vec<String>>,
    /// The four mémentos of the programme instead.
    #[arg(long)]
    memento: bool,
    /// Leave out laboratories and the research projects in which they meet firms.
    #[arg(long)]
    without_research: bool,
    /// Date to be shown on the pages.
    #[arg(long, default_value = "")]
    date: String,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let scope = if a.without_research { ResearchScope::None } else { ResearchScope::FirmsWithLaboratories };
    a.output.run(|outlet| {
        let options = FranceOptions::default().research(scope);
        let mut france = EmbeddedFrance::load_drawn(&options, outlet.observer())?;
        france.add_funding(EmbeddedFrance::state_grant_lines()?, "state_grants_2019.csv")?;
        let (study, _) = france.into_study(StudyOptions::default(), outlet.observer())?;
        if a.memento {
            return Ok(deliver_mementos(&study, outlet).map(drop)?);
        }
        let one = if a.all { PortraitPages::All } else { PortraitPages::One(a.territory) };
        let pages = a.compare.and_then(|pair| pair.try_into().ok()).map_or(one, PortraitPages::Pair);
        let options = PortraitOptions::default().language(a.output.lang).date(a.date);
        Ok(deliver_portraits(&study, a.level, &pages, options, outlet).map(drop)?)
    })
}
