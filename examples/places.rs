//! Where new places would be within reach of most people, and what that answer is worth.
//!
//! `cargo run --release --example places -- [--new 10] [--cover-km 30] [--region NAME] [--candidates FILE] [--existing FILE] [--lang en]`

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Account, Bar, Fallible, Reading, output};
use rurban::france::EmbeddedFrance;
use rurban::inventory::{Inventory, InventoryBuilder};
use rurban::model::{ActorKind, Level};
use rurban::read::{ActorFile, OwnFiles};
use rurban::report::Language;
use rurban::report::places::{PlacesWords, forms_text, places_text, write_places};
use rurban::report::workshops::{workshops_text, write_workshops};
use rurban::siting::{Limit, WorkshopOptions};
use rurban::study::{SitesOptions, SitingCandidates, SitingDemand, Study, StudyOptions, WorkshopsOptions};

/// Where new innovation places would be within reach of most people.
#[derive(Parser)]
struct Arguments {
    /// How many new places.
    #[arg(long, default_value_t = 10)]
    new: usize,
    /// Up to how many kilometres, in a straight line, a place is within reach.
    #[arg(long, default_value_t = 30.0)]
    cover_km: f64,
    /// Only the people and communes of this région.
    #[arg(long)]
    region: Option<String>,
    /// Count all inhabitants, and not only those of rural communes.
    #[arg(long)]
    everybody: bool,
    /// File of the existing places (CSV, GeoJSON), instead of the innovation places of the embedded data.
    #[arg(long, value_name = "FILE")]
    existing: Option<ActorFile>,
    /// File of the candidates (CSV, GeoJSON), instead of the communes.
    #[arg(long, value_name = "FILE")]
    candidates: Option<ActorFile>,
    /// Communes are candidates from this population on.
    #[arg(long, default_value_t = 500.0)]
    least_population: f64,
    /// Also group the existing places into workshops of 8 to 12, by what they can do.
    #[arg(long)]
    workshops: bool,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    /// Folder for the page and the tables.
    #[arg(long, default_value = "out/places")]
    out: PathBuf,
    #[command(flatten)]
    reading: Reading,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let mut account = Account::default();
    let outcome = run(&arguments, &mut account);
    account.finish(&arguments.reading, outcome)
}

/// Reads a file of places; gives their indices in the inventory.
fn read(
    file: &ActorFile,
    builder: &mut InventoryBuilder,
    france: &EmbeddedFrance,
    arguments: &Arguments,
    account: &mut Account,
) -> Fallible<Vec<u32>> {
    let own =
        OwnFiles { actors: vec![file.clone()], columns: arguments.reading.columns()?, ..OwnFiles::default() };
    own.check()?;
    let before = builder.actors().len() as u32;
    let mut on_file = |what: &str, path: &Path, found: &_| {
        account.add(&format!("{} {}", what.to_uppercase(), path.display()), found);
    };
    own.read(builder, Some(&france.atlas), &EmbeddedFrance::code_book()?, &mut on_file)?;
    let after = builder.actors().len() as u32;
    if before == after {
        return Err(format!("NO PLACE WAS READ from {}. See the findings above", file.path.display()).into());
    }
    Ok((before..after).collect())
}

fn run(arguments: &Arguments, account: &mut Account) -> Fallible {
    let (bar, language) = (Bar::default(), arguments.lang);
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(&bar)?;
    let mut builder = match &arguments.existing {
        Some(_) => Inventory::builder(arguments.reading.strictness()),
        None => std::mem::take(&mut france.inventory).into_builder(arguments.reading.strictness()),
    };
    let files = [&arguments.existing, &arguments.candidates];
    let mut found = [None, None];
    for (file, found) in files.into_iter().zip(&mut found) {
        if let Some(file) = file {
            *found = Some(read(file, &mut builder, &france, arguments, account)?);
        }
    }
    let [existing, candidates] = found;
    let (inventory, _) = builder.finish();
    let (study, _) = Study::new(france.atlas, inventory, &StudyOptions::default(), &bar)?;

    let existing = existing.unwrap_or_else(|| study.actors_of(&[ActorKind::InnovationPlace]));
    let mut words = PlacesWords::new(language);
    let mut options = SitesOptions::new(Limit::Places(arguments.new))
        .existing(existing.clone())
        .candidates(match candidates {
            Some(actors) => SitingCandidates::Actors(actors),
            None => SitingCandidates::Territories { least_population: arguments.least_population },
        })
        .cutoff(arguments.cover_km * 1e3);
    if arguments.everybody {
        words = words.served(language.pick("habitants", "inhabitants"));
    } else {
        options = options.demand(SitingDemand::RuralPopulation);
    }
    let mut within = None;
    if let Some(name) = &arguments.region {
        let region = study.atlas().level(&Level::Region)?.search(name)?;
        words = words.ground(study.atlas().level(&Level::Region)?.territories()[region].name.clone());
        within = Some(region as u32);
        options = options.within(Level::Region, region as u32);
    }
    let report = study.siting(&options, &bar)?;
    say!("{}", places_text(&report, &words, language));
    let forms =
        study.place_forms(&existing, &["form", "service", "member", "success", "capability"], 50e3).ok();

    let out = output(&arguments.out)?;
    write_places(&report, &study, forms.as_ref(), &words, &out, language)?;
    if let Some(forms) = &forms {
        say!("\n{}", forms_text(forms, &study, 5, language));
    }
    if arguments.workshops {
        let who = existing.into_iter().filter(|&a| match (within, study.places()[a as usize].base) {
            (None, _) => true,
            (Some(_), base) => base.is_some_and(|b| report.inside[b as usize]),
        });
        let options = WorkshopsOptions::new(who.collect(), WorkshopOptions::new(8, 12));
        let workshops = study.workshops(&options)?;
        say!("\n{}", workshops_text(&workshops, &study, language));
        write_workshops(&workshops, &study, &out, language)?;
    }
    say!("\n{} {}", language.pick("Page et tableaux dans", "Page and tables are in"), out.display());
    Ok(())
}
