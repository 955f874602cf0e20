//! Who should cooperate with whom, and why: partners worth exploring from the embedded data.
//!
//! `cargo run --release --example partners -- [--territory NAME | --actor NAME | --region NAME | --evaluate]
//! [--out FOLDER] [--lang en]`
//!
//! Prints partners with their reasons and writes `partners.html`, `partners.svg` and `partners.csv`;
//! `--evaluate` prints how well the scores foresee later cooperation, and their coefficients.

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Bar, Fallible, output};
use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::model::{Contours, CooperationKind, Level};
use rurban::report::Language;
use rurban::report::partners::{
    PartnerGround, foresight_text, recommendations_text, region_map, region_text, write_recommendations,
};
use rurban::space::Layer;
use rurban::study::{
    ActivitySource, ComplementarityOptions, Counting, PartnerUnits, PartnersOptions, Recommendations, Study,
    StudyOptions,
};

/// Partners worth exploring, with their reasons.
#[derive(Parser)]
struct Arguments {
    /// PETR or Pays, by name or code.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Actor, by name or identifier.
    #[arg(long, conflicts_with_all = ["territory", "region", "evaluate"])]
    actor: Option<String>,
    /// Région: match its rural EPCI with urban ones, one partner each, up to three for a city.
    #[arg(long, conflicts_with_all = ["territory", "evaluate"])]
    region: Option<String>,
    /// Judge the scores by the cooperations of later years.
    #[arg(long)]
    evaluate: bool,
    /// Longest distance in kilometres; 150 for a région when not given.
    #[arg(long)]
    within: Option<f64>,
    /// Folder to write to.
    #[arg(long, default_value = "out/partners")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    if a.evaluate {
        return evaluate(a.lang);
    }
    let land = Layer::from_features([&EmbeddedFrance::land()?]);
    let ground = Some(PartnerGround { layer: &land, contours: Contours::Surveyed });
    let france = EmbeddedFrance::load()?;
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Bar::default())?;
    // Without a limit the last to be served are matched across the country.
    let within = a.within.or(a.region.as_ref().map(|_| 150.0));
    let limit = |options: PartnersOptions| match within {
        Some(km) => options.max_distance_m(km * 1e3),
        None => options,
    };
    let folder = output(&a.out)?;
    let write = |found: &Recommendations| -> Fallible {
        say!("{}", recommendations_text(found, a.lang));
        let written = write_recommendations(found, ground, &folder, a.lang)?;
        say!("\n{}", written[0].display());
        Ok(())
    };
    if let Some(name) = a.actor {
        let partners = study.partners(&limit(PartnersOptions::new(PartnerUnits::Actors)), None)?;
        return write(&partners.recommend(partners.find(&name)?)?);
    }
    if let Some(name) = a.region {
        let options = limit(PartnersOptions::new(PartnerUnits::Territories(Level::Epci)));
        let partners = study.partners(&options, None)?;
        let region = study.atlas().level(&Level::Region)?.search(&name)?;
        let rural = study.atlas().rural_within(&Level::Epci, &Level::Region, region)?;
        let matched = partners.match_region(&rural, 1, 3)?;
        say!("{}", region_text(&matched, a.lang));
        return Ok(region_map(&matched, ground, a.lang)?.write_file(folder.join("partners.svg"))?);
    }
    let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full);
    let (cities, pays) = (fields(&Level::Epci)?.0, fields(&Level::PetrPays)?.0);
    let complementarity = study.complementarity(&cities, Some(&pays), &ComplementarityOptions::default())?;
    let options = limit(PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)));
    let partners = study.partners(&options, Some(&complementarity))?;
    write(&partners.recommend(partners.find(&a.territory)?)?)
}

/// Interreg by EPCI, and signed agreements between cities and rural EPCI.
fn evaluate(language: Language) -> Fallible {
    let options = FranceOptions::default().research(ResearchScope::None);
    let france = EmbeddedFrance::load_with(&options)?;
    let kinds = CooperationKind::ALL.into_iter().filter(|k| *k != CooperationKind::ReciprocityContract);
    let options = StudyOptions::default().kinds(kinds.collect());
    let (study, _) = Study::new(france.atlas, france.inventory, &options, &Bar::default())?;
    say!("{}", foresight_text(&study, &france.agreements, language, &Bar::default())?);
    Ok(())
}
