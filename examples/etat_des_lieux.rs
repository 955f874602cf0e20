//! Rural firms that work with laboratories: how many, where, how far, with whom, growing or not, against
//! chance, and the territories that have none.
//!
//! `cargo run --release --example etat_des_lieux -- [--out FOLDER] [--lang en]`

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Bar, Fallible, output};
use rurban::france::{EmbeddedFrance, FranceOptions, MAINLAND, ResearchScope};
use rurban::model::{Level, Period};
use rurban::report::Language;
use rurban::report::research::{ResearchMap, research_text, write_research};
use rurban::study::{FirmLaboratoryOptions, Study, StudyOptions};

/// Rural firms and laboratories in ANR, Horizon 2020 and i-Lab projects.
#[derive(Parser)]
struct Arguments {
    /// Folder to write to.
    #[arg(long, default_value = "out/etat_des_lieux")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    /// Level of the territories: commune, epci, `petr_pays`, departement, region.
    #[arg(long, default_value = "epci", value_parser = common::known_level)]
    level: Level,
    /// Sources: anr, pia, h2020, ilab; all when none is given.
    #[arg(long)]
    source: Vec<String>,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let out = output(&a.out)?;
    let bar = Bar::default();
    let options = FranceOptions::default().research(ResearchScope::FirmsWithLaboratories);
    let mut france = EmbeddedFrance::load_with(&options)?;
    france.draw_approximate_outlines(&bar)?;
    let years = Period::new(2010, 2022)?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default().period(years), &bar)?;
    // 2022 is a start of year in the data of the ANR.
    let mut options = FirmLaboratoryOptions::default()
        .level(a.level)
        .years(years)
        .whole_years(Period::new(2010, 2021)?)
        .ground(EmbeddedFrance::firm_ground(study.atlas())?);
    options.sources = Some(a.source).filter(|s| !s.is_empty());
    let found = study.firms_and_laboratories(&options, &bar)?;
    say!("{}\n", research_text(&found, a.lang));
    let footer = concat!("rurban ", env!("CARGO_PKG_VERSION"));
    let map = ResearchMap::default().bounds(MAINLAND).footer(footer);
    for path in write_research(&study, &found, &map, &out, a.lang, &bar)? {
        say!("{}", path.display());
    }
    Ok(())
}
