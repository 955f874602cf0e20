//! Your own territories and actors: GeoJSON and CSV in, the same map and tables out.
//!
//! `cargo run --release --example my_territory -- --territories COMMUNES.geojson --actors ACTORS.csv`
//!
//! Without arguments it first writes a sample (communes, actors and ties of Occitanie from the embedded
//! data) and runs on that. Commune
//! codes are looked up in the embedded France for density levels, populations and the levels above.

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Account, Bar, Fallible, Reading, check_use, output};
use rurban::diagnostics::Strictness;
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::model::Level;
use rurban::read::{ActorFile, OwnFiles, Role, TerritoryReader};
use rurban::report::{AtlasOptions, Language, StudyFiles, study_summary, write_sample};
use rurban::space::simplify::simplify;
use rurban::study::{RuralityDefinition, Study, StudyOptions};

/// Map your own territories, actors and cooperations.
#[derive(Parser)]
struct Arguments {
    /// GeoJSON file of the finest level of territories.
    #[arg(long, value_parser = common::file)]
    territories: Option<PathBuf>,
    /// Which level that is: commune, epci, `petr_pays`, gal, departement, region, or a name.
    #[arg(long, default_value = "commune")]
    level: Level,
    /// Property that holds the code of a territory; looked for when not given.
    #[arg(long)]
    code: Option<String>,
    /// Property that holds the name of a territory; looked for when not given.
    #[arg(long)]
    name: Option<String>,
    /// Table or GeoJSON file of actors, as FILE or FILE=KIND (cluster, laboratoire, tiers-lieu,
    /// entreprise …); may be given several times.
    #[arg(long)]
    actors: Vec<ActorFile>,
    /// Table of ties between actors (source, target, weight …), by identifier or name.
    #[arg(long, value_parser = common::file)]
    cooperations: Vec<PathBuf>,
    /// CSV file of participations (actor, project …).
    #[arg(long, value_parser = common::file)]
    participations: Vec<PathBuf>,
    /// Level of metrics.geojson and of the table of territories.
    #[arg(long)]
    by: Option<Level>,
    /// Simplify outlines for the map by this many degrees (0.001 is about 100 m); borders stay shared.
    #[arg(long, default_value_t = 0.001)]
    simplify: f64,
    /// What is rural: density, density:small_town, outside:attraction_area, class:NAME=CLASS|CLASS.
    #[arg(long, default_value = "density")]
    rurality: RuralityDefinition,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    #[command(flatten)]
    reading: Reading,
    /// Do not look codes up in the embedded France.
    #[arg(long)]
    alone: bool,
    /// Folder to write to.
    #[arg(long, default_value = "out/my_territory")]
    out: PathBuf,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let mut account = Account::default();
    let outcome = run(&a, &mut account);
    account.finish(&a.reading, outcome)
}

fn run(a: &Arguments, account: &mut Account) -> Fallible {
    let mut own = OwnFiles {
        actors: a.actors.clone(),
        cooperations: a.cooperations.clone(),
        participations: a.participations.clone(),
        columns: a.reading.columns()?,
    };
    own.check()?;
    let strictness = a.reading.strictness();
    let bar = Bar::default();
    let territories = match &a.territories {
        Some(path) => path.clone(),
        None if own.is_empty() => {
            let folder = output(&output(&a.out)?.join("sample"))?;
            let sample = write_sample("Occitanie", &folder, &bar)?;
            say!("No --territories: running on a sample written to {}", folder.display());
            own.actors = vec![sample.actors.display().to_string().parse()?];
            own.cooperations = vec![sample.cooperations];
            sample.territories
        }
        None => {
            return Err(
                "your actors need territories: give --territories FILE, or map them on the embedded \
                        France with `map_cooperations --actors …`"
                    .into(),
            );
        }
    };
    let out = output(&a.out)?;
    let mut columns = own.columns.only(&[Role::Territory, Role::Population, Role::Density]);
    for (role, property) in [(Role::Territory, &a.code), (Role::Name, &a.name)] {
        if let Some(property) = property {
            columns = columns.with(role, property);
        }
    }
    let reader =
        TerritoryReader::new(a.level.clone()).check_crossings().strictness(strictness).columns(columns);
    let (mut atlas, found) = reader.read_path(&territories)?;
    account.add(&format!("TERRITORIES {}", territories.display()), &found);
    let book = EmbeddedFrance::code_book()?;
    if !a.alone {
        let france = EmbeddedFrance::load()?;
        let renamed = EmbeddedFrance::commune_code_history()?
            .into_iter()
            .map(|(old, new)| (old.to_string(), new.to_string()))
            .collect();
        let found = atlas.fill_from(&france.atlas, &renamed, Strictness::Lenient)?;
        account.add("LOOKED UP IN THE EMBEDDED FRANCE", &found);
    }
    let by = a.by.as_ref().unwrap_or(&a.level);
    if atlas.level(by).is_err() {
        let levels: Vec<&str> = atlas.levels().iter().map(|l| l.level().key()).collect();
        return Err(
            format!("--by {}: there is no such level; levels are {}", by.key(), levels.join(", ")).into()
        );
    }

    let mut builder = Inventory::builder(strictness);
    let communes = (a.level == Level::Commune).then_some(&atlas);
    let mut on_file = |what: &str, path: &Path, found: &_| {
        account.add(&format!("{} {}", what.to_uppercase(), path.display()), found);
    };
    let ties = own.read(&mut builder, communes, &book, &mut on_file)?;
    let (inventory, found) = builder.finish();
    account.add("INVENTORY", &found);

    // Actors are placed in the outlines as they are; the map shows simplified ones.
    let options = StudyOptions::default().rurality(a.rurality.clone());
    let (study, found) = Study::new(atlas, inventory, &options, &bar)?;
    account.add("PLACING AND TYING", &found);
    let study = study.with_display_outlines(|layer| simplify(layer, a.simplify), &bar)?;
    let files = StudyFiles::measure(&study, &bar)?;
    say!("{}", study_summary(&files, a.lang)?);
    say!("\nWRITTEN");
    for path in files.write(
        &out,
        by,
        &AtlasOptions::default().language(a.lang).title("Mon territoire", "My territory"),
        &bar,
    )? {
        say!("{:>7} kB  {}", std::fs::metadata(&path)?.len() / 1000, path.display());
    }
    if own.is_empty() { Ok(()) } else { check_use(&study, ties, |_| true) }
}
