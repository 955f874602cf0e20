//! The main job: map the cooperations of France from the embedded data.
//!
//! `cargo run --release --example map_cooperations -- [--out FOLDER] [--level LEVEL]`
//!
//! Prints a summary and writes `atlas.html` (interactive, one file, works offline),
//! `metrics.geojson`, `territories.csv`, `actors.csv` and `links.csv`.

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Bar, Fallible, output, report_study};
use rurban::france::EmbeddedFrance;
use rurban::model::Level;
use rurban::report::StudyFiles;
use rurban::study::{Study, StudyOptions};

/// Map the cooperations of France from the embedded data.
#[derive(Parser)]
struct Arguments {
    /// Folder to write to.
    #[arg(long, default_value = "out/map_cooperations")]
    out: PathBuf,
    /// Level of metrics.geojson and territories.csv: region, departement, `petr_pays`, epci, commune.
    #[arg(long, default_value = "epci")]
    level: Level,
}

fn main() -> Fallible {
    let Arguments { out, level } = Arguments::parse();
    let out = output(&out)?;
    let bar = Bar::default();
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(&bar)?;
    say!("\nEMBEDDED FRANCE\n{}", france.diagnostics);
    let (study, diagnostics) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    say!("\nPLACING AND TYING\n{diagnostics}");

    let files = StudyFiles::measure(&study, &bar)?;
    report_study(&study, &files)?;
    say!("\nWRITTEN");
    for path in files.write(&out, &level, "Cooperations of France", &bar)? {
        say!("{:>7} kB  {}", std::fs::metadata(&path)?.len() / 1000, path.display());
    }
    Ok(())
}
