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
use rurban::matching::TiedPairs;
use rurban::model::{Contours, CooperationKind, Level, Rurality};
use rurban::random::Seed;
use rurban::report::Language;
use rurban::report::partners::{
    PartnerGround, judged_text, ranks_text, recommendations_map, recommendations_page, recommendations_table,
    recommendations_text, region_map, region_text,
};
use rurban::space::Layer;
use rurban::study::{
    ActivitySource, ComplementarityOptions, Counting, JudgeOptions, PartnerUnits, PartnersOptions,
    Recommendations, Study, StudyOptions,
};
use rurban::write::csv::{CsvStyle, write_csv_file};

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
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Bar::default())?;
    // Without a limit the last to be served are matched across the country.
    let within = a.within.or(a.region.as_ref().map(|_| 150.0));
    let limit = |options: PartnersOptions| match within {
        Some(km) => options.max_distance_m(km * 1e3),
        None => options,
    };
    let folder = output(&a.out)?;
    let write = |found: &Recommendations| -> Fallible {
        say!("{}", recommendations_text(found, a.lang));
        recommendations_page(found, ground, a.lang)?.write_html(folder.join("partners.html"))?;
        recommendations_map(found, ground, a.lang)?.write_file(folder.join("partners.svg"))?;
        let table = recommendations_table(found, a.lang)?;
        write_csv_file(folder.join("partners.csv"), &table, CsvStyle::Standard)?;
        say!("\n{}", folder.join("partners.html").display());
        Ok(())
    };
    if let Some(name) = a.actor {
        let partners = study.partners(limit(PartnersOptions::new(PartnerUnits::Actors)), None)?;
        return write(&partners.recommend(partners.find(&name)?)?);
    }
    if let Some(name) = a.region {
        let options = limit(PartnersOptions::new(PartnerUnits::Territories(Level::Epci)));
        let partners = study.partners(options, None)?;
        let rural = rural_epci(&study, &name)?;
        let matched = partners.match_region(&rural, 1, 3)?;
        say!("{}", region_text(&matched, a.lang));
        return Ok(region_map(&matched, ground, a.lang)?.write_file(folder.join("partners.svg"))?);
    }
    let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full);
    let (cities, pays) = (fields(&Level::Epci)?.0, fields(&Level::PetrPays)?.0);
    let complementarity = study.complementarity(&cities, Some(&pays), ComplementarityOptions::default())?;
    let options = limit(PartnersOptions::new(PartnerUnits::Territories(Level::PetrPays)));
    let partners = study.partners(options, Some(&complementarity))?;
    write(&partners.recommend(partners.find(&a.territory)?)?)
}

/// Positions of the rural EPCI of a région.
fn rural_epci(study: &Study, region: &str) -> Fallible<Vec<usize>> {
    let region = study.atlas().level(&Level::Region)?.search(region)? as u32;
    let epci = study.atlas().level(&Level::Epci)?.membership();
    let ruralities = study.atlas().rurality(&Level::Epci)?;
    let inside: std::collections::BTreeSet<usize> = (study.atlas().memberships(&Level::Region)?.iter())
        .filter(|m| m.1 == region)
        .filter_map(|m| epci.get(m.0 as usize))
        .collect();
    Ok(inside.into_iter().filter(|&e| ruralities[e].0 == Some(Rurality::Rural)).collect())
}

/// Interreg by EPCI, and signed agreements between cities and rural EPCI.
fn evaluate(language: Language) -> Fallible {
    let options = FranceOptions::default().research(ResearchScope::None);
    let france = EmbeddedFrance::load_with(&options)?;
    let kinds = CooperationKind::ALL.into_iter().filter(|k| *k != CooperationKind::ReciprocityContract);
    let options = StudyOptions::default().kinds(kinds.collect());
    let (study, _) = Study::new(france.atlas, france.inventory, options, &Bar::default())?;
    let (fields, _) = study.profiles(&Level::Epci, ActivitySource::Themes("field"), Counting::Full)?;
    let complementarity = study.complementarity(&fields, None, ComplementarityOptions::default())?;
    // What either side could gain.
    let gain = |i: usize, j: usize| {
        let of = |a, b| Some(complementarity.score(a, b) / 100.0).filter(|c: &f64| c.is_finite());
        of(i, j).into_iter().chain(of(j, i)).fold(f64::NAN, f64::max)
    };
    let history = study.partner_history(&PartnerUnits::Territories(Level::Epci))?;
    let judged = history.judge(&JudgeOptions::new(2006, 2013), Some(&gain), &Bar::default())?;
    say!("INTERREG, EPCI, 2000–2013 → 2014–2020\n{}\n", judged_text(&judged, language));
    let epci = study.atlas().level(&Level::Epci)?;
    let pairs: Vec<(usize, usize)> = (france.agreements.iter())
        .filter(|agreement| agreement.is_signed())
        .flat_map(|agreement| {
            let urban = epci.find(agreement.urban_epci.as_str());
            let rural = agreement.rural_epci.iter().filter_map(|code| epci.find(code.as_str()));
            rural.filter_map(|r| Some((r, urban?))).collect::<Vec<_>>()
        })
        .collect();
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::Epci)).tied(TiedPairs::Shown);
    let partners = study.partners(options, Some(&complementarity))?;
    let title = language.pick(
        "Accords signés : rang de la ville parmi les EPCI urbains (score / population/d² / distance)",
        "Signed agreements: rank of the city among urban EPCI (score / population/d² / distance)",
    );
    say!("{}", ranks_text(title, &partners.rank_known(&pairs, Seed::default())?, language));
    Ok(())
}
