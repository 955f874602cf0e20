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
use rurban::model::{CooperationKind, Period};
use rurban::random::Seed;
use rurban::report::Language;
use rurban::report::linkage::{LinkageFiles, linkage_limits, linkage_text};
use rurban::report::research::write_linkage_slices;
use rurban::space::Layer;
use rurban::study::{LinkageOptions, RuralityDefinition, Study, StudyOptions};

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
    let (study, _) = Study::new(france.atlas, france.inventory, &options, &bar)?;
    let options = LinkageOptions::default()
        .seed(Seed(arguments.seed))
        .vintage("communes of 2026; cooperations as embedded (see fixtures/README.md)");
    let report = study.linkage(&options, &bar)?;
    for part in &report.parts {
        say!("{}", linkage_text(part, arguments.lang)?);
    }
    say!("{}", linkage_limits(arguments.lang));

    let out = common::output(&arguments.out)?;
    let land = Layer::from_features([&EmbeddedFrance::land()?]);
    let wording = common::wording(arguments.lang).source("keep.eu").source("ROR").source("ANCT");
    LinkageFiles::new(&land, wording).write(&study, &report, &options, &out, &bar)?;
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
    let (study, _) = Study::new(france.atlas, france.inventory, &rules, bar)?;
    let periods = [Period::new(2010, 2013)?, Period::new(2014, 2017)?, Period::new(2018, 2021)?];
    say!("\n{}", write_linkage_slices(&study, signed, &periods, options, &a.out, a.lang, bar)?);
    Ok(())
}
