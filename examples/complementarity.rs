//! What does a rural territory lack that fits what it does, who has it, how far, and do those that
//! cooperate already complement each other?
//!
//! `cargo run --release --example complementarity -- --territory "Portes de Gascogne" --nomenclature fields`

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Account, Bar, Fallible, Reading, deliver, known_level, wording};
use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use rurban::model::Level;
use rurban::profiles::{Codes, ProfileRules};
use rurban::random::Seed;
use rurban::read::ProfileReader;
use rurban::report::Language;
use rurban::report::complementarity::{Nomenclature, Sides, Subject, complementarity, contracts};
use rurban::study::{ComplementarityOptions, PresenceRule, Study, StudyOptions};

/// What a territory lacks, who has it, and whether ties are complementary.
#[derive(Parser)]
struct Arguments {
    /// Name or code of the territory.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Its level: `petr_pays`, `epci`, `departement`, `region`, `attraction_area`.
    #[arg(long, default_value = "petr_pays", value_parser = known_level)]
    level: Level,
    /// What is compared, with commas between: sectors, fields, capabilities,
    /// domains, establishments, bodies.
    #[arg(long, value_delimiter = ',', default_value = "sectors,fields,capabilities")]
    nomenclature: Vec<Nomenclature>,
    /// Your own figures by territory and activity (CSV, long or wide) in place of the embedded ones.
    #[arg(long, value_parser = common::file)]
    table: Option<PathBuf>,
    /// Level of the territories in your table.
    #[arg(long, default_value = "epci", requires = "table", value_parser = known_level)]
    table_level: Level,
    /// Cut the codes of your table to this many characters (NAF divisions: 2).
    #[arg(long, requires = "table")]
    digits: Option<usize>,
    /// How far away partners may be.
    #[arg(long, default_value_t = 300.0, value_parser = common::positive, allow_negative_numbers = true)]
    radius_km: f64,
    /// An activity is present where the location quotient, shrunken for small counts, is at least 1.
    #[arg(long)]
    shrunken: bool,
    #[command(flatten)]
    reading: Reading,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/complementarity")]
    out: PathBuf,
    /// Permutations of each test.
    #[arg(long, default_value_t = 999, value_parser = common::replicates, allow_negative_numbers = true)]
    permutations: usize,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let mut account = Account::default();
    let outcome = run(&arguments, &mut account);
    account.finish(&arguments.reading, outcome)
}

fn run(a: &Arguments, account: &mut Account) -> Fallible {
    let bar = Bar::default();
    // Domains come with the directory of structures and the projects that tie them.
    let domains = a.nomenclature.contains(&Nomenclature::Domains);
    let scope = if domains { ResearchScope::FirmsWithLaboratories } else { ResearchScope::None };
    let mut france = EmbeddedFrance::load_with(&FranceOptions::default().research(scope))?;
    france.draw_approximate_outlines(&bar)?;
    let (sectors, pacts) = (france.sectors, france.reciprocity_contracts);
    let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &bar)?;
    let row = study.atlas().level(&a.level)?.search(&a.territory)?;
    let mut options = ComplementarityOptions::default().permutations(a.permutations).seed(Seed(a.seed));
    if a.shrunken {
        options = options.presence(PresenceRule::Shrunken);
    }
    let mut compared: Vec<(Subject, Sides)> = Vec::new();
    if let Some(path) = &a.table {
        let (giving, found) = reader(a)?.read_path(path, study.atlas())?;
        account.add(&format!("FIGURES {}", path.display()), &found);
        let title = path.file_stem().map_or("table".into(), |s| s.to_string_lossy().into_owned());
        let subject = Subject::new(row, title, a.radius_km * 1e3);
        compared.push((subject, Sides::summed(&study, giving, found, &a.level)?));
    } else {
        for nomenclature in &a.nomenclature {
            let subject = nomenclature.subject(row, a.radius_km * 1e3, a.lang);
            compared.push((subject, nomenclature.sides(&study, &sectors, &a.level)?));
        }
    }
    let wording = wording(a.lang);
    for (subject, sides) in &compared {
        let found = study.complementarity(&sides.giving, sides.receiving.as_ref(), &options.clone())?;
        let mut part = complementarity(&found, sides, subject, &bar, &wording)?;
        part.append(contracts(&found, &pacts, &wording)?);
        deliver(&part, &a.out, a.lang)?;
    }
    Ok(())
}

fn reader(a: &Arguments) -> Fallible<ProfileReader> {
    let rules = ProfileRules::default().strictness(a.reading.strictness());
    let rules = a.digits.map_or(rules.clone(), |digits| rules.codes(Codes::PrefixesOf(digits)));
    Ok(ProfileReader::new(a.table_level.clone(), "as in the table")
        .rules(rules)
        .columns(a.reading.columns()?)
        .renamed(&EmbeddedFrance::commune_code_history()?))
}
