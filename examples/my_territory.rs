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
use common::{Bar, Fallible, output, read_actors, report_study};
use rurban::diagnostics::Strictness;
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::model::Contours;
use rurban::model::{Actor, CooperationKind, Level};
use rurban::read::{TerritoryReader, TieColumns, read_cooperations, read_participations};
use rurban::report::StudyFiles;
use rurban::space::simplify::simplify;
use rurban::space::{Layer, LonLat};
use rurban::study::{Study, StudyOptions};
use rurban::write::Table;
use rurban::write::csv::{CsvStyle, write_csv_file};
use rurban::write::geojson::{Shapes, write_geojson_file};

/// Map your own territories, actors and cooperations.
#[derive(Parser)]
struct Arguments {
    /// GeoJSON file of the finest level of territories.
    #[arg(long)]
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
    /// CSV or GeoJSON file of actors, as FILE or FILE=KIND (cluster, `research_centre`,
    /// `innovation_place`, enterprise …); may be given several times.
    #[arg(long)]
    actors: Vec<String>,
    /// CSV file of ties between actors (source, target, weight …).
    #[arg(long)]
    cooperations: Vec<PathBuf>,
    /// CSV file of participations (actor, project …).
    #[arg(long)]
    participations: Vec<PathBuf>,
    /// Level of metrics.geojson and territories.csv.
    #[arg(long)]
    by: Option<Level>,
    /// Simplify outlines for the map by this many degrees (0.001 is about 100 m); borders stay shared.
    #[arg(long, default_value_t = 0.001)]
    simplify: f64,
    /// Stop at the first error in the data.
    #[arg(long)]
    strict: bool,
    /// Do not look codes up in the embedded France.
    #[arg(long)]
    alone: bool,
    /// Folder to write to.
    #[arg(long, default_value = "out/my_territory")]
    out: PathBuf,
}

fn main() -> Fallible {
    let mut a = Arguments::parse();
    let out = output(&a.out)?;
    let bar = Bar::default();
    let strictness = if a.strict { Strictness::Strict } else { Strictness::Lenient };
    if a.territories.is_none() {
        let sample = write_sample(&out, &bar)?;
        say!("No --territories: running on a sample written to {}", sample.display());
        a.territories = Some(sample.join("territories.geojson"));
        a.actors = vec![sample.join("actors.csv").display().to_string()];
        a.cooperations = vec![sample.join("cooperations.csv")];
    }
    let territories = a.territories.ok_or("no file of territories")?;

    let mut reader = TerritoryReader::new(a.level.clone()).check_crossings().strictness(strictness);
    if let Some(code) = a.code {
        reader = reader.code(code);
    }
    if let Some(name) = a.name {
        reader = reader.name(name);
    }
    let (mut atlas, found) = reader.read_path(&territories)?;
    say!("\nTERRITORIES {}\n{found}", territories.display());
    if !a.alone && a.level == Level::Commune {
        let france = EmbeddedFrance::load()?;
        let renamed = EmbeddedFrance::commune_code_history()?
            .into_iter()
            .map(|(old, new)| (old.to_string(), new.to_string()))
            .collect();
        let found = atlas.fill_from(&france.atlas, &renamed, Strictness::Lenient)?;
        say!("\nLOOKED UP IN THE EMBEDDED FRANCE\n{found}");
    }

    let mut builder = Inventory::builder(strictness);
    read_actors(&a.actors, strictness, &mut builder)?;
    for path in &a.cooperations {
        let columns = TieColumns::default();
        let found = read_cooperations(path, &columns, CooperationKind::Other, "cooperations", &mut builder)?;
        say!("\nCOOPERATIONS {}\n{found}", path.display());
    }
    for path in &a.participations {
        let (columns, kind) = (TieColumns::default(), CooperationKind::TerritorialProject);
        let found = read_participations(path, &columns, kind, "participations", &mut builder)?;
        say!("\nPARTICIPATIONS {}\n{found}", path.display());
    }
    let (inventory, found) = builder.finish();
    say!("\nINVENTORY\n{found}");

    // Actors are placed in the outlines as they are; the map shows simplified ones.
    let options = StudyOptions::default();
    let (study, diagnostics) = Study::new(atlas, inventory, options, &bar)?;
    say!("\nPLACING AND TYING\n{diagnostics}");
    let study = study.with_display_outlines(|layer| simplify(layer, a.simplify), &bar)?;
    let files = StudyFiles::measure(&study, &bar)?;
    report_study(&study, &files)?;
    say!("\nWRITTEN");
    let by = a.by.unwrap_or(a.level);
    for path in files.write(&out, &by, "My territory", &bar)? {
        say!("{:>7} kB  {}", std::fs::metadata(&path)?.len() / 1000, path.display());
    }
    Ok(())
}

/// Writes communes (approximate outlines), actors and ties of Occitanie as a user's files could be.
fn write_sample(out: &Path, bar: &Bar) -> Fallible<PathBuf> {
    let folder = output(&out.join("sample"))?;
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(bar)?;
    let region = france.atlas.level(&Level::Region)?;
    let occitanie = region.search("Occitanie")?;
    let inside = |i: usize| region.membership().get(i) == Some(occitanie);
    let base = france.atlas.base();
    let communes: Vec<usize> = (0..base.territories().len()).filter(|&i| inside(i)).collect();
    let outlines = base.geometry().ok_or("no outlines")?;
    let outlines: Vec<_> = communes.iter().map(|&i| outlines.to_multi_polygon(i)).collect();
    let text = |f: &dyn Fn(usize) -> String| communes.iter().map(|&i| f(i)).collect::<Vec<_>>();
    let (codes, names) =
        (text(&|i| base.territories()[i].code.to_string()), text(&|i| base.territories()[i].name.clone()));
    let table = Table::new().with("code", codes.as_slice())?.with("nom", names.as_slice())?;
    let layer = Layer::from_features(&outlines);
    let shapes = Shapes::Polygons(&layer, Contours::Approximate);
    write_geojson_file(folder.join("territories.geojson"), shapes, &table, 5)?;

    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), bar)?;
    let region = study.territory_labels(&Level::Region)?;
    let there = |i: usize| region.get(i) == Some(occitanie);
    let actors: Vec<_> =
        study.inventory().actors().iter().enumerate().filter(|(i, _)| there(*i)).map(|(_, a)| a).collect();
    let column = |f: &dyn Fn(&Actor) -> String| actors.iter().map(|a| f(a)).collect::<Vec<_>>();
    let coordinate = |f: fn(LonLat) -> f64| actors.iter().map(|a| a.position.map(f)).collect::<Vec<_>>();
    let table = Table::new()
        .with("id", column(&|a| a.id.to_string()))?
        .with("name", column(&|a| a.name.clone()))?
        .with("kind", column(&|a| a.kind.key().to_owned()))?
        .with("lon", coordinate(LonLat::lon))?
        .with("lat", coordinate(LonLat::lat))?
        .with("themes", column(&|a| a.themes.join(";")))?;
    write_csv_file(folder.join("actors.csv"), &table, CsvStyle::FrenchSpreadsheet)?;

    let links: Vec<_> = study.links().iter().filter(|l| there(l.a as usize) && there(l.b as usize)).collect();
    let id = |i: u32| study.inventory().actors()[i as usize].id.to_string();
    let table = Table::new()
        .with("source", links.iter().map(|l| id(l.a)).collect::<Vec<_>>())?
        .with("target", links.iter().map(|l| id(l.b)).collect::<Vec<_>>())?
        .with("weight", links.iter().map(|l| l.weight).collect::<Vec<_>>())?
        .with("kind", links.iter().map(|l| l.kind.key().to_owned()).collect::<Vec<_>>())?;
    write_csv_file(folder.join("cooperations.csv"), &table, CsvStyle::Standard)?;
    Ok(folder)
}
