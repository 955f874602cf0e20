//! What does a rural territory lack that fits what it does, who has it, how far, and do those that
//! cooperate already complement each other?
//!
//! `cargo run --release --example complementarity -- --territory "Portes de Gascogne" --nomenclature fields`

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, Reading, values};
use rurban::report::complementarity::{ActivityTable, ComplementarityRequest, Nomenclature};
use rurban::study::{ComplementarityOptions, PresenceRule};
use rurban::{france::EmbeddedFrance, model::Level};

/// What a territory lacks, who has it, and whether ties are complementary.
#[derive(Parser)]
struct Arguments {
    /// Name or code of the territory.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Its level: `petr_pays`, `epci`, `departement`, `region`, `attraction_area`.
    #[arg(long, default_value = "petr_pays", value_parser = EmbeddedFrance::level)]
    level: Level,
    /// What is compared, with commas between: sectors, fields, capabilities, domains, establishments, bodies.
    #[arg(long, value_delimiter = ',', default_value = "sectors,fields,capabilities")]
    nomenclature: Vec<Nomenclature>,
    /// Your own figures by territory and activity (CSV, long or wide) in place of the embedded ones.
    #[arg(long, value_parser = values::file)]
    table: Option<PathBuf>,
    /// Level of the territories in your table.
    #[arg(long, default_value = "epci", requires = "table", value_parser = EmbeddedFrance::level)]
    table_level: Level,
    /// Cut the codes of your table to this many characters (NAF divisions: 2).
    #[arg(long, requires = "table")]
    digits: Option<usize>,
    /// How far away partners may be.
    #[arg(long, default_value_t = 300.0, value_parser = values::positive, allow_negative_numbers = true)]
    radius_km: f64,
    /// An activity is present where the location quotient, shrunken for small counts, is at least 1.
    #[arg(long)]
    shrunken: bool,
    #[command(flatten)]
    chance: values::Chance,
    #[command(flatten)]
    reading: Reading,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let options = ComplementarityOptions::default().permutations(a.chance.permutations).seed(a.chance.seed());
    let options = if a.shrunken { options.presence(PresenceRule::Shrunken) } else { options };
    let request = ComplementarityRequest::new(a.territory).level(a.level).radius_km(a.radius_km);
    let request = request.compared(a.nomenclature).options(options);
    a.reading.run(|outlet, columns, strictness| {
        let table = a.table.map(|path| ActivityTable::new(path, a.table_level).digits(a.digits));
        let table = table.map(|table| table.reading(columns, strictness));
        Ok(request.table(table).run(outlet)?)
    })
}
