//! A country that is not France: Belgium and its French neighbours, without a line of the embedded France.
//!
//! `cargo run --release --no-default-features --features parallel --example europe -- [--out FOLDER]
//! [--territories FILE] [--outlines FILE] [--actors FILE] [--participations FILE]`
//!
//! Territories are a table of local administrative units (LAU) with their NUTS 3 region, their degree of
//! urbanisation (DEGURBA) and a point; `--outlines` adds their contours. Actors are the Belgian and French
//! partners of a sample of Horizon 2020 projects.

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
#[path = "common/say.rs"]
mod say;

use std::path::PathBuf;

use clap::Parser;
use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::inventory::Inventory;
use rurban::model::{ActorKind, Level};
use rurban::progress::Silent;
use rurban::read::{ActorFile, CodeBook, OwnFiles, TerritoryReader, TerritoryTable, csv};
use rurban::report::{ExportFormat, Language, StudyFiles, study_summary};
use rurban::study::{RuralityDefinition, Study, StudyOptions};

/// Study the cooperation of rural and urban actors in a country of your own.
#[derive(Parser)]
struct Arguments {
    /// Folder to write to.
    #[arg(long, default_value = "out/europe")]
    out: PathBuf,
    /// Table of LAU: lau, name, nuts3, population, area_km2, degurba, lon, lat.
    #[arg(long, default_value = "fixtures/europe/territories.csv")]
    territories: PathBuf,
    /// GeoJSON or GeoParquet outlines of the LAU, matched by code.
    #[arg(long)]
    outlines: Option<PathBuf>,
    /// Table of actors: id, name, kind, lon, lat.
    #[arg(long, default_value = "fixtures/europe/actors.csv")]
    actors: PathBuf,
    /// Table of participations: project, actor.
    #[arg(long, default_value = "fixtures/europe/participations.csv")]
    participations: PathBuf,
    /// What is rural: class:degurba=3 (rural areas), class:degurba=2|3 (towns too).
    #[arg(long, default_value = "class:degurba=3")]
    rurality: RuralityDefinition,
    /// Level of the territories written: lau, nuts3, nuts2 or country.
    #[arg(long, default_value = "nuts3")]
    level: Level,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let a = Arguments::parse();
    std::fs::create_dir_all(&a.out)?;
    let level = |name: &str| Level::Custom(name.to_owned());
    let table = TerritoryTable::new(level("lau"), "lau")
        .parent(level("nuts3"), "nuts3")
        .parent_prefix(level("nuts2"), "nuts3", 4)
        .parent_prefix(level("country"), "nuts3", 2)
        .classes("degurba");
    let (mut atlas, found) = table.read(csv::Reader::default().open_path(&a.territories)?)?;
    say!("TERRITORIES\n{found}");
    if let Some(path) = &a.outlines {
        let (outlines, found) = TerritoryReader::new(level("outlines")).read_path(path)?;
        say!("OUTLINES\n{found}\n{}", atlas.take_outlines(&outlines)?.1);
    }
    let own = OwnFiles {
        actors: vec![ActorFile { path: a.actors, kind: ActorKind::Organisation }],
        participations: vec![a.participations],
        ..OwnFiles::default()
    };
    let mut builder = Inventory::builder(Strictness::Lenient);
    let mut on_file = |what: &str, _: &std::path::Path, found: &Diagnostics| say!("{what}\n{found}");
    own.read(&mut builder, None, &CodeBook::default(), &mut on_file)?;
    let options = StudyOptions::default().rurality(a.rurality);
    let (study, found) = Study::new(atlas, builder.finish().0, &options, &Silent)?;
    say!("PLACING AND TYING\n{found}");

    let files = StudyFiles::measure(&study, &Silent)?;
    say!("{}", study_summary(&files, Language::English)?);
    let formats = [ExportFormat::Gexf, ExportFormat::GraphMl];
    let mut written = files.write_tables(&a.out, &a.level, &Silent)?;
    written.extend(files.export(&a.out, &a.level, &formats, &Silent)?.0);
    written.iter().for_each(|path| say!("{}", path.display()));
    Ok(())
}
