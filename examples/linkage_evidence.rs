//! Are rural and urban actors tied, through whom, how far, and more or less than chance, degree
//! and distance would give?
//!
//! `cargo run --release --example linkage_evidence -- --kind interreg --out linkage`

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use common::Fallible;
use rurban::france::{AgreementScope, EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::model::{CooperationKind, Level, Period};
use rurban::random::Seed;
use rurban::report::Language;
use rurban::report::linkage::{
    actor_linkage_table, brokers_picture, decay_picture, linkage_evidence_table, linkage_limits,
    linkage_text, mixing_picture, territory_linkage_table,
};
use rurban::report::research::{
    agreements_text, firm_laboratory_ties_text, linkage_slice_table, linkage_slices_text,
};
use rurban::space::{Bounds, Layer};
use rurban::study::{KindPair, LinkageOptions, RuralityDefinition, Study, StudyOptions};
use rurban::write::csv::{CsvStyle, write_csv_file};

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    Interreg,
    JointUnit,
    All,
}

/// Rural–urban ties of the embedded France against chance.
#[derive(Parser)]
struct Arguments {
    /// Which cooperations.
    #[arg(long, value_enum, default_value = "all")]
    kind: Kind,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/linkage_evidence")]
    out: PathBuf,
    /// What is rural: density, density:small_town, outside:attraction_area, class:NAME=CLASS|CLASS.
    #[arg(long, default_value = "density")]
    rurality: RuralityDefinition,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let bar = common::Bar::default();
    let france = EmbeddedFrance::load()?;
    let mut options = StudyOptions::default().rurality(arguments.rurality.clone());
    options.kinds = match arguments.kind {
        Kind::Interreg => Some(vec![CooperationKind::TerritorialProject]),
        Kind::JointUnit => Some(vec![CooperationKind::JointUnit]),
        Kind::All => None,
    };
    let (study, _) = Study::new(france.atlas, france.inventory, options, &bar)?;
    let options = LinkageOptions::default()
        .seed(Seed(arguments.seed))
        .vintage("communes of 2026; cooperations as embedded (see fixtures/README.md)");
    let report = study.linkage(&options, &bar)?;
    for part in &report.parts {
        say!("{}", linkage_text(part, arguments.lang)?);
    }
    say!("{}", linkage_limits(arguments.lang));

    let out = common::output(&arguments.out)?;
    write_csv_file(out.join("evidence.csv"), &linkage_evidence_table(&report)?, CsvStyle::Standard)?;
    let actors = actor_linkage_table(&study, &options, &bar)?;
    write_csv_file(out.join("actors.csv"), &actors, CsvStyle::Standard)?;
    for level in [Level::Region, Level::Departement, Level::PetrPays, Level::Epci] {
        let name = format!("territories_{}.csv", level.key());
        write_csv_file(out.join(name), &territory_linkage_table(&study, &level)?, CsvStyle::Standard)?;
    }
    std::fs::write(out.join("report.json"), serde_json::to_string_pretty(&report)?)?;
    let whole = &report.parts[0];
    let source = common::wording(arguments.lang).source("keep.eu").source("ROR").source("ANCT").source_line();
    mixing_picture(whole, arguments.lang)?.captioned(&source).write_file(out.join("mixing.svg"))?;
    if let Some(decay) = decay_picture(whole, arguments.lang)? {
        decay.captioned(&source).write_file(out.join("decay.svg"))?;
    }
    let land = Layer::from_features([&EmbeddedFrance::land()?]);
    let mainland = Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] };
    brokers_picture(&study, whole, &land, mainland, arguments.lang)?
        .captioned(&source)
        .write_file(out.join("brokers.svg"))?;
    if matches!(arguments.kind, Kind::All) {
        firms_and_agreements(&arguments, &options, &bar)?;
    }
    say!("\n{}", out.display());
    Ok(())
}

/// Firms and laboratories by source and period, and what signed agreements tie.
fn firms_and_agreements(a: &Arguments, options: &LinkageOptions, bar: &common::Bar) -> Fallible {
    let all = FranceOptions::default()
        .research(ResearchScope::FirmsWithLaboratories)
        .agreements(AgreementScope::Tied);
    let france = EmbeddedFrance::load_with(&all)?;
    let signed = france.agreements.iter().filter(|a| a.is_signed()).count();
    let rules = StudyOptions::default().rurality(a.rurality.clone());
    let (study, _) = Study::new(france.atlas, france.inventory, rules, bar)?;
    let periods = [Period::new(2010, 2013)?, Period::new(2014, 2017)?, Period::new(2018, 2021)?];
    let slices = study.linkage_slices(KindPair::FIRMS_LABORATORIES, &periods, options, bar)?;
    say!("\n{}", firm_laboratory_ties_text(&study, a.lang));
    say!("{}", linkage_slices_text(&study, &slices, a.lang)?);
    say!("\n{}", agreements_text(&study, "agreements", signed, a.lang));
    let path = a.out.join("firms_and_laboratories.csv");
    write_csv_file(path, &linkage_slice_table(&slices)?, CsvStyle::Standard)?;
    Ok(())
}
