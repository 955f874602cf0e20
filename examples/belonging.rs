//! Does cooperation follow the perimeters of PETR/Pays, EPCI, départements and régions more than distance gives?
//!
//! `cargo run --release --example belonging -- [--perimeters FILE] [--out FOLDER] [--top N] [--lang en]`
//!
//! Writes a map for each level. `--perimeters` names a CSV file `code,perimeter,name` (perimeters of
//! another year, one line per commune), which is set beside the régions: what changes side?

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Bar, Fallible, output};
use rurban::france::EmbeddedFrance;
use rurban::model::{Contours, Level};
use rurban::report::Language;
use rurban::report::belonging::{belonging_map, belonging_text, change_text, core_text, membership_text};
use rurban::report::partners::PartnerGround;
use rurban::space::Layer;
use rurban::study::{BelongingOptions, PerimeterName, Perimeters, Study, StudyOptions};

/// Whether cooperation follows perimeters.
#[derive(Parser)]
struct Arguments {
    /// CSV file of other perimeters: code of the commune, code and name of its perimeter.
    #[arg(long)]
    perimeters: Option<PathBuf>,
    /// Folder to write to.
    #[arg(long, default_value = "out/belonging")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
    /// Perimeters shown for each level.
    #[arg(long, default_value_t = 10)]
    top: usize,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let bar = Bar::default();
    let land = Layer::from_features([&EmbeddedFrance::land()?]);
    let ground = Some(PartnerGround { layer: &land, contours: Contours::Surveyed });
    let france = EmbeddedFrance::load()?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    let folder = output(&a.out)?;
    let (options, plain) = (BelongingOptions::default(), BelongingOptions::default().replicates(0));
    for (k, level) in [Level::Region, Level::Departement, Level::PetrPays, Level::Epci].iter().enumerate() {
        let perimeters = Perimeters::of_level(study.atlas(), level)?;
        // The core does not depend on the perimeters.
        let report = study.belonging(&perimeters, if k == 0 { &options } else { &plain }, &bar)?;
        say!("{}\n", belonging_text(&report, a.top, a.lang));
        if k == 0 {
            say!("{}\n", core_text(&report, a.lang));
        }
        let map = belonging_map(&study, &perimeters, &report, 60, ground, a.lang)?;
        map.write_file(folder.join(format!("{}.svg", level.key())))?;
        if let (0, Some(path)) = (k, &a.perimeters) {
            let rows: Vec<[String; 3]> =
                csv::Reader::from_path(path)?.deserialize().collect::<Result<_, _>>()?;
            let named = rows.iter().map(|[code, perimeter, name]| {
                (code.as_str(), PerimeterName { code: perimeter.clone(), name: name.clone() })
            });
            let (other, unknown) = Perimeters::from_rows(study.atlas(), path.display().to_string(), named);
            let after = study.belonging(&other, &plain, &bar)?;
            say!(
                "{}\n{}",
                belonging_text(&after, a.top, a.lang),
                change_text(&report.change(&after)?, a.lang)
            );
            say!("codes that the atlas does not have: {}\n", unknown.len());
        }
    }
    say!("{}", membership_text(&study.memberships(study.groups_by_kind())?, a.lang));
    Ok(())
}
