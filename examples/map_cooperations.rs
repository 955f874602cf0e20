//! The main job: map the cooperations of France from the embedded data.
//!
//! `cargo run --release --example map_cooperations -- [--out FOLDER] [--level LEVEL]`
//!
//! Prints a summary and writes `atlas.html` (interactive, one file, works offline),
//! `metrics.geojson`, `territories.csv`, `actors.csv` and `links.csv`.

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Bar, Fallible, output};
use rurban::france::EmbeddedFrance;
use rurban::model::Level;
use rurban::study::{Study, StudyOptions};
use rurban::write::study_files::{StudyFiles, summary};

/// Map the cooperations of France from the embedded data.
#[derive(Parser)]
struct Arguments {
    /// Folder to write to.
    #[arg(long, default_value = "out/map_cooperations")]
    out: PathBuf,
    /// Level of metrics.geojson and territories.csv: region, departement, petr_pays, epci, commune.
    #[arg(long, default_value = "epci")]
    level: Level,
}

fn main() -> Fallible {
    let Arguments { out, level } = Arguments::parse();
    let out = output(&out)?;
    let bar = Bar::default();
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(&bar)?;
    println!("Embedded France: {}\n", france.diagnostics);
    let (study, diagnostics) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    println!("Study: {diagnostics}\n");

    let files = StudyFiles::measure(&study, &bar)?;
    println!("{}", summary(&study)?);
    let written = files.write(&out, &level, &bar)?;
    for path in written {
        println!("{:>9} kB  {}", std::fs::metadata(&path)?.len() / 1000, path.display());
    }
    Ok(())
}
