//! Does cooperation follow the perimeters of PETR/Pays, EPCI, départements and régions more than distance gives?
//!
//! `cargo run --release --example belonging -- [--perimeters FILE] [--out FOLDER] [--top N] [--lang en]`
//!
//! Writes a map for each level. `--perimeters` names a CSV file `code,perimeter,name` (perimeters of
//! another year, one line per commune), which is set beside the régions: what changes side?

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, Output};
use rurban::france::EmbeddedFrance;
use rurban::report::belonging::BelongingRequest;
use rurban::report::partners::PartnerGround;
use rurban::study::StudyOptions;

/// Whether cooperation follows perimeters.
#[derive(Parser)]
struct Arguments {
    /// CSV file of other perimeters: code of the commune, code and name of its perimeter.
    #[arg(long)]
    perimeters: Option<PathBuf>,
    /// Perimeters shown for each level.
    #[arg(long, default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    a.output.run(|outlet| {
        let (land, france) = (EmbeddedFrance::land_layer()?, EmbeddedFrance::load()?);
        let (study, _) = france.into_study(StudyOptions::default(), outlet.observer())?;
        let request = BelongingRequest::default().perimeters(a.perimeters).top(a.top);
        Ok(request.run(&study, Some(PartnerGround::surveyed(&land)), outlet)?)
    })
}
