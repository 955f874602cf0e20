//! Rural firms that work with laboratories: how many, where, how far, with whom, growing or not, against
//! chance, and the territories that have none.
//!
//! `cargo run --release --example etat_des_lieux -- [--out FOLDER] [--lang en]`

mod common;

use clap::Parser;
use common::{Fallible, Output};
use rurban::france::{EmbeddedFrance, FranceOptions, MAINLAND, ResearchScope};
use rurban::model::{Level, Period};
use rurban::report::research::{ResearchMap, deliver_research};
use rurban::study::{FirmLaboratoryOptions, StudyOptions};

/// Rural firms and laboratories in ANR, Horizon 2020 and i-Lab projects.
#[derive(Parser)]
struct Arguments {
    /// Level of the territories: commune, epci, `petr_pays`, departement, region.
    #[arg(long, default_value = "epci", value_parser = EmbeddedFrance::level)]
    level: Level,
    /// Sources: anr, pia, h2020, ilab; all when none is given.
    #[arg(long)]
    source: Vec<String>,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    a.output.run(|outlet| {
        let options = FranceOptions::default().research(ResearchScope::FirmsWithLaboratories);
        let france = EmbeddedFrance::load_drawn(&options, outlet.observer())?;
        let years = Period::new(2010, 2022)?;
        let (study, _) = france.into_study(StudyOptions::default().period(years), outlet.observer())?;
        // 2022 is a start of year in the data of the ANR.
        let mut options = FirmLaboratoryOptions::default()
            .level(a.level)
            .years(years)
            .whole_years(Period::new(2010, 2021)?)
            .ground(EmbeddedFrance::firm_ground(study.atlas())?);
        options.sources = Some(a.source).filter(|s| !s.is_empty());
        let map =
            ResearchMap::default().bounds(MAINLAND).footer(concat!("rurban ", env!("CARGO_PKG_VERSION")));
        Ok(deliver_research(&study, &options, &map, outlet)?)
    })
}
