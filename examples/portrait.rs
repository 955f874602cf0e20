//! Portraits of territories: one page each that prints on A4, with Markdown and CSV beside it.
//!
//! `cargo run --release --example portrait -- [--territory NAME] [--level petr_pays] [--all] [--compare A B] [--memento]`

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use common::{Bar, Fallible, known_level, output};
use rurban::diagnostics::{Place, Strictness};
use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::model::Level;
use rurban::report::Language;
use rurban::report::memento::{Theme, memento};
use rurban::report::portrait::{PortraitOptions, Portraits};
use rurban::study::{Study, StudyOptions};

/// Portraits of territories from the embedded data.
#[derive(Parser)]
struct Arguments {
    /// Territory, by name or code.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Level: petr_pays, epci, departement, region …
    #[arg(long, default_value = "petr_pays", value_parser = known_level)]
    level: Level,
    /// All territories of the level, with an index page.
    #[arg(long)]
    all: bool,
    /// Two territories side by side.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    compare: Option<Vec<String>>,
    /// The four mémentos of the programme instead.
    #[arg(long)]
    memento: bool,
    /// Leave out laboratories and the research projects in which they meet firms.
    #[arg(long)]
    without_research: bool,
    /// Date to be shown on the pages.
    #[arg(long, default_value = "")]
    date: String,
    /// Folder of the files.
    #[arg(long, default_value = "out/portrait")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let scope =
        if arguments.without_research { ResearchScope::None } else { ResearchScope::FirmsWithLaboratories };
    let mut france = EmbeddedFrance::load_with(&FranceOptions::default().research(scope))?;
    france.draw_approximate_outlines(&Bar::default())?;
    let mut builder = france.inventory.into_builder(Strictness::Lenient);
    for (i, line) in EmbeddedFrance::state_grant_lines()?.into_iter().enumerate() {
        builder.add_funding(line, Place::file("state_grants_2019.csv").record(i))?;
    }
    let (study, _) = Study::new(france.atlas, builder.finish().0, &StudyOptions::default(), &Bar::default())?;
    let folder = output(&arguments.out)?;
    if arguments.memento {
        for theme in Theme::ALL {
            let page = memento(&study, theme, arguments.lang, &Bar::default())?;
            say!("{}", page.write_files(&folder, theme.key())?.display());
        }
        return Ok(());
    }
    let start = Instant::now();
    let options = PortraitOptions::default().language(arguments.lang).date(arguments.date);
    let portraits = Portraits::new(&study, arguments.level, &options, &Bar::default())?;
    say!("prepared in {:.1} s", start.elapsed().as_secs_f64());
    let written = if let Some([a, b]) = arguments.compare.as_deref() {
        let page = portraits.comparison(portraits.find(a)?, portraits.find(b)?)?;
        page.write_files(&folder, "comparison")?
    } else if arguments.all {
        let index = portraits.write_all(&folder)?;
        say!("{} pages in {:.1} s", portraits.len(), start.elapsed().as_secs_f64());
        index
    } else {
        let t = portraits.find(&arguments.territory)?;
        portraits.page(t)?.write_files(&folder, &portraits.file_name(t)?)?
    };
    say!("{}", written.display());
    Ok(())
}
