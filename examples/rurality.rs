//! Who lives in what kind of territory, how much thresholds decide, do like territories lie side
//! by side, and how unequally are they endowed?
//!
//! `cargo run --release --example rurality -- --level petr_pays --value link_density`

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Bar, Fallible, deliver, known_level, wording};
use rurban::autocorrelation::{LocalInference, Test};
use rurban::france::EmbeddedFrance;
use rurban::model::Level;
use rurban::random::Seed;
use rurban::read::csv::Reader;
use rurban::read::{ColumnNames, Role, territory_values_by};
use rurban::report::Language;
use rurban::report::rurality::{inequality, rural_funding, score_name, structure, typologies, what_if};
use rurban::study::{SpatialOptions, Study, StudyOptions, TerritoryScore};

/// Rurality, spatial structure and inequality of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Level whose spatial structure is measured: commune, epci, `petr_pays`, departement …
    #[arg(long, default_value = "epci", value_parser = known_level)]
    level: Level,
    /// What is measured of its territories: `population_density`, `rural_share`, `actor_density`,
    /// `link_density`, `urban_rural_link_share`, `urban_exposure`, `research_distance` or
    /// `innovation_distance`.
    #[arg(long, default_value = "research_distance")]
    value: TerritoryScore,
    /// CSV file with territory codes and figures of your own to measure instead.
    #[arg(long, requires = "column", value_parser = common::file)]
    table: Option<PathBuf>,
    /// Its column of figures, or another one by what it tells (territory=NAME); may be given several times.
    #[arg(long, requires = "table", value_name = "NAME")]
    column: Vec<String>,
    /// The figures are amounts: count them per 10,000 inhabitants.
    #[arg(long, requires = "table")]
    per_inhabitant: bool,
    /// Random replicates of each global test.
    #[arg(long, default_value_t = 999, value_parser = common::replicates, allow_negative_numbers = true)]
    permutations: usize,
    /// Random replicates of the test of each territory.
    #[arg(long, default_value_t = 9_999, value_parser = common::replicates, allow_negative_numbers = true)]
    local_permutations: usize,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/rurality")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let (bar, mut france) = (Bar::default(), EmbeddedFrance::load()?);
    france.draw_approximate_outlines(&bar)?;
    let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &bar)?;
    let (label, values) = if let Some(table) = &a.table {
        own_values(&study, &a, table)?
    } else {
        let measures = study.territory_measures(&a.level, &study.reach(&bar)?)?;
        (score_name(a.value, a.lang).to_owned(), measures.iter().map(|m| a.value.of(m)).collect())
    };
    let (permutations, seed, wording) = (a.permutations, Seed(a.seed), wording(a.lang));
    let local = LocalInference::ConditionalPermutation { permutations: a.local_permutations, seed };
    let options = SpatialOptions::default().test(Test::Permutation { permutations, seed }).local(local);
    let mut report = typologies(&study, &wording)?;
    report.append(what_if(&study, &wording)?);
    report.append(structure(&study, &a.level, (&label, &values), &options, &wording)?);
    report.append(inequality(&study, &a.level, (&label, &values), &wording)?);
    report.append(rural_funding(&study, &wording)?);
    deliver(&report, &a.out, a.lang)
}

/// What a table of the user's own says of the territories, and what to call it.
fn own_values(study: &Study, a: &Arguments, path: &Path) -> Fallible<(String, Vec<f64>)> {
    let level = study.atlas().level(&a.level)?;
    let names = ColumnNames::parse(a.column.iter().filter(|c| c.contains('=')).collect::<Vec<_>>())?;
    let plain = a.column.iter().find(|c| !c.contains('=')).map(String::as_str);
    let column = plain.or(names.get(Role::Figure)).ok_or("--column: name the column of figures")?;
    let book = EmbeddedFrance::code_book()?;
    let (mut values, found) =
        territory_values_by(Reader::default().open_path(path)?, level, column, &names, &book)?;
    say!("\nFIGURES {}\n{found}", path.display());
    if !a.per_inhabitant {
        return Ok((column.to_owned(), values));
    }
    for (value, territory) in values.iter_mut().zip(level.territories()) {
        *value *= 10_000.0 / territory.population.filter(|p| *p > 0.0).unwrap_or(f64::NAN);
    }
    let unit = a.lang.pick("pour 10\u{202f}000 habitants", "per 10,000 inhabitants");
    Ok((format!("{column} {unit}"), values))
}
