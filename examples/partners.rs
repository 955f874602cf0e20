//! Who should cooperate with whom, and why: partners worth exploring from the embedded data.
//!
//! `cargo run --release --example partners -- [--territory NAME | --actor NAME | --region NAME] [--lang en]`

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use clap::Parser;
use common::{Bar, Fallible};
use rurban::france::EmbeddedFrance;
use rurban::model::{Level, Rurality};
use rurban::report::Language;
use rurban::report::partners::{recommendations_text, region_text};
use rurban::study::{
    ActivitySource, ComplementarityOptions, Counting, PartnerUnits, PartnersOptions, Study, StudyOptions,
};

/// Partners worth exploring, with their reasons.
#[derive(Parser)]
struct Arguments {
    /// PETR or Pays, by name or code.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Actor, by name or identifier.
    #[arg(long)]
    actor: Option<String>,
    /// Région: match its rural EPCI with urban ones, one partner each, up to three for a city.
    #[arg(long)]
    region: Option<String>,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let language = arguments.lang;
    let france = EmbeddedFrance::load()?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Bar::default())?;
    if let Some(name) = arguments.actor {
        let partners = study.partners(PartnersOptions::new(PartnerUnits::Actors), None)?;
        say!("{}", recommendations_text(&partners.recommend(partners.find(&name)?)?, language));
        return Ok(());
    }
    if let Some(name) = arguments.region {
        let region = study.atlas().level(&Level::Region)?.search(&name)? as u32;
        let partners = study.partners(PartnersOptions::new(PartnerUnits::Territories(Level::Epci)), None)?;
        let epci = study.atlas().level(&Level::Epci)?.membership();
        let inside: std::collections::BTreeSet<usize> = (study.atlas().memberships(&Level::Region)?.iter())
            .filter(|m| m.1 == region)
            .filter_map(|m| epci.get(m.0 as usize))
            .collect();
        let rural: Vec<usize> =
            inside.into_iter().filter(|&e| partners.seekers()[e].rurality == Some(Rurality::Rural)).collect();
        say!("{}", region_text(&partners.match_region(&rural, 1, 3)?, language));
        return Ok(());
    }
    let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full);
    let (cities, pays) = (fields(&Level::Epci)?.0, fields(&Level::PetrPays)?.0);
    let complementarity = study.complementarity(&cities, Some(&pays), ComplementarityOptions::default())?;
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays));
    let partners = study.partners(options, Some(&complementarity))?;
    say!("{}", recommendations_text(&partners.recommend(partners.find(&arguments.territory)?)?, language));
    Ok(())
}
