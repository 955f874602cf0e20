//! The rural development programmes from the angle of local development.
//!
//! `cargo run --release --example funding_pdr -- [--lines FILE] [--out FOLDER] [--lang en]`

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, Output};
use rurban::france::{EmbeddedFrance, FranceOptions, programmes::overseas_regions};
use rurban::model::Level;
use rurban::read::ColumnNames;
use rurban::report::funding::deliver_funding;
use rurban::study::{FundingOptions, StudyOptions};

/// Amounts of measures 6, 7, 16 and 19 by région: page, Markdown and CSV.
#[derive(Parser)]
struct Arguments {
    /// A table of funding lines of your own, added to the embedded ones.
    #[arg(long)]
    lines: Option<PathBuf>,
    /// Column of that table, as role=column (programme, measure, status, `as_of`, money, unit, figure, territory …).
    #[arg(long)]
    column: Vec<String>,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    a.output.run(|outlet| {
        let mut france = EmbeddedFrance::load_drawn(&FranceOptions::default(), outlet.observer())?;
        if let Some(path) = &a.lines {
            let found = france.read_funding(path, ColumnNames::parse(&a.column)?)?;
            outlet.say(found.to_string());
        }
        let (study, _) = france.into_study(StudyOptions::default(), outlet.observer())?;
        let groups = overseas_regions(study.atlas().level(&Level::Region)?);
        Ok(deliver_funding(&study, &FundingOptions::default(), Some(&groups), outlet)?)
    })
}
