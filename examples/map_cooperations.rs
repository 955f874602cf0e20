//! The main job: map cooperations on the embedded France.
//!
//! `cargo run --release --example map_cooperations -- [--out FOLDER] [--level LEVEL]
//! [--actors FILE[=KIND]] [--cooperations FILE] [--participations FILE] [--contours FILE]`
//!
//! Without files of your own it maps the embedded actors and cooperations. Prints a summary and writes
//! `atlas.html` (interactive, one file, works offline), the tables of territories, actors and links for
//! programs (`tables/`) and for spreadsheets (`excel/`) with their `dictionnaire.csv`, `network.graphml` and
//! `metrics.geojson`; with `--export gexf,json` also for other programs (and, with
//! `--features parquet,xlsx`, `geoparquet` and `xlsx`).

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Account, Bar, Fallible, Reading, check_use, known_level, output};
use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::inventory::Inventory;
use rurban::model::Level;
use rurban::read::{ActorFile, OwnFiles, TerritoryReader};
use rurban::report::research::firm_laboratory_ties_text;
use rurban::report::{
    AtlasOptions, ExportFormat, Language, StudyFiles, definitions_side_by_side, study_summary,
};
use rurban::study::{RuralityDefinition, Study, StudyOptions};

/// Map cooperations on the embedded France: the embedded ones, or your own.
#[derive(Parser)]
struct Arguments {
    /// Folder to write to.
    #[arg(long, default_value = "out/map_cooperations")]
    out: PathBuf,
    /// Level of metrics.geojson and of the table of territories: region, departement, `petr_pays`, epci, commune.
    #[arg(long, default_value = "epci", value_parser = known_level)]
    level: Level,
    /// Table or GeoJSON file of your own actors, as FILE or FILE=KIND (cluster, laboratoire, tiers-lieu,
    /// entreprise …); may be given several times.
    #[arg(long)]
    actors: Vec<ActorFile>,
    /// Table of ties between two actors, by identifier or name.
    #[arg(long, value_parser = common::file)]
    cooperations: Vec<PathBuf>,
    /// Table of participations of actors in projects.
    #[arg(long, value_parser = common::file)]
    participations: Vec<PathBuf>,
    /// Add your actors to the embedded ones instead of mapping them alone.
    #[arg(long)]
    with_embedded: bool,
    /// Formats of other programs to write too, separated by commas: gexf, graphml, json (networks),
    /// geoparquet (layers; with --features parquet), xlsx (tables; with --features xlsx).
    #[arg(long, value_delimiter = ',')]
    export: Vec<ExportFormat>,
    /// GeoJSON (or, with --features parquet, GeoParquet) file of outlines of one level, matched by code, instead of the approximate ones.
    #[arg(long, value_parser = common::file)]
    contours: Option<PathBuf>,
    /// What is rural: density, density:small_town, outside:attraction_area, class:NAME=CLASS|CLASS.
    #[arg(long, default_value = "density")]
    rurality: RuralityDefinition,
    /// A second definition of what is rural, to set beside the first one: which conclusions change?
    #[arg(long, value_name = "RURALITY")]
    against: Option<RuralityDefinition>,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    /// The day it is made, to be written on the atlas; today when not given.
    #[arg(long)]
    date: Option<String>,
    #[command(flatten)]
    reading: Reading,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let mut account = Account::default();
    let outcome = run(&a, &mut account);
    account.finish(&a.reading, outcome)
}

fn run(a: &Arguments, account: &mut Account) -> Fallible {
    let own = OwnFiles {
        actors: a.actors.clone(),
        cooperations: a.cooperations.clone(),
        participations: a.participations.clone(),
        columns: a.reading.columns()?,
    };
    own.check()?;
    if own.actors.is_empty() && !own.is_empty() && !a.with_embedded {
        return Err(
            "ties need actors: give --actors FILE, or --with-embedded to tie the embedded ones".into()
        );
    }
    let out = output(&a.out)?;
    let bar = Bar::default();
    let firms = own.is_empty() || a.with_embedded;
    let scope = if firms { ResearchScope::FirmsWithLaboratories } else { ResearchScope::None };
    let mut france = EmbeddedFrance::load_with(&FranceOptions::default().research(scope))?;
    france.draw_approximate_outlines(&bar)?;
    account.add("EMBEDDED FRANCE", &france.diagnostics);
    if let Some(path) = &a.contours {
        let level = Level::Custom("contours".to_owned());
        let (contours, found) = TerritoryReader::new(level)
            .columns(a.reading.columns()?)
            .strictness(a.reading.strictness())
            .read_path(path)?;
        account.add(&format!("CONTOURS {}", path.display()), &found);
        let (level, found) = france.atlas.take_outlines(&contours)?;
        account.add(&format!("TAKEN FOR LEVEL {level}"), &found);
    }
    let embedded = france.inventory.actors().len();
    let mut titles = ["Coopérations rurales et urbaines de France", "Rural and urban cooperation in France"];
    let mut ties = None;
    if !own.is_empty() {
        titles = ["Coopérations rurales et urbaines", "Rural and urban cooperation"];
        let strictness = a.reading.strictness();
        let mut builder = if a.with_embedded {
            france.inventory.into_builder(strictness)
        } else {
            Inventory::builder(strictness)
        };
        let book = EmbeddedFrance::code_book()?;
        let mut on_file = |what: &str, path: &std::path::Path, found: &_| {
            account.add(&format!("{} {}", what.to_uppercase(), path.display()), found);
        };
        ties = Some(own.read(&mut builder, Some(&france.atlas), &book, &mut on_file)?);
        let (inventory, found) = builder.finish();
        account.add("INVENTORY", &found);
        france.inventory = inventory;
    }
    let options = StudyOptions::default().rurality(a.rurality.clone());
    let (study, found) = Study::new(france.atlas, france.inventory, &options, &bar)?;
    account.add("PLACING AND TYING", &found);

    let files = StudyFiles::measure(&study, &bar)?;
    say!("{}", study_summary(&files, a.lang)?);
    if firms {
        say!("{}", firm_laboratory_ties_text(&study, a.lang));
    }
    if let Some(other) = &a.against {
        say!("{}", definitions_side_by_side(&study, &study.under(other.clone(), &bar)?, a.lang)?);
    }
    say!("\nWRITTEN");
    let [french, english] =
        [Language::French, Language::English].map(|l| a.date.clone().unwrap_or_else(|| common::today(l)));
    let atlas = AtlasOptions::default().language(a.lang).title(titles[0], titles[1]).date(french, english);
    for path in files.write(&out, &a.level, &atlas, &bar)? {
        say!("{:>7} kB  {}", std::fs::metadata(&path)?.len() / 1000, path.display());
    }
    let (exported, found) = files.export(&out, &a.level, &a.export, &bar)?;
    for path in exported {
        say!("{:>7} kB  {}", std::fs::metadata(&path)?.len() / 1000, path.display());
    }
    if !found.is_clean() {
        account.add("EXPORT", &found);
    }
    let Some(ties) = ties else { return Ok(()) };
    let skip = if a.with_embedded { embedded } else { 0 };
    let own: std::collections::HashSet<_> =
        study.inventory().actors().iter().skip(skip).map(|actor| actor.id.clone()).collect();
    check_use(&study, ties, |actor| own.contains(&actor.id))
}
