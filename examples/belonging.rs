//! Does cooperation follow the perimeters of PETR/Pays, EPCI, départements and régions more than distance gives?
//!
//! `cargo run --release --example belonging -- [--lang en]`

#[macro_use]
mod common;

use clap::Parser;
use common::{Bar, Fallible};
use rurban::france::EmbeddedFrance;
use rurban::model::Level;
use rurban::report::Language;
use rurban::report::belonging::belonging_text;
use rurban::study::{BelongingOptions, Perimeters, Study, StudyOptions};

/// Whether cooperation follows perimeters.
#[derive(Parser)]
struct Arguments {
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    /// Perimeters shown for each level.
    #[arg(long, default_value_t = 10)]
    top: usize,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let language = arguments.lang;
    let bar = Bar::default();
    let france = EmbeddedFrance::load()?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    for level in [Level::Region, Level::Departement, Level::PetrPays, Level::Epci] {
        let perimeters = Perimeters::of_level(study.atlas(), &level)?;
        let report = study.belonging(&perimeters, &BelongingOptions::default(), &bar)?;
        say!("{}\n", belonging_text(&report, arguments.top, language));
    }
    Ok(())
}
