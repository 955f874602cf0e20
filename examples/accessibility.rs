//! How far are rural and urban people from research, innovation places or public services, and how
//! much is there for each of them?
//!
//! `cargo run --release --example accessibility -- --kind public_service --measure e2sfca`
//!
//! `--actors services.csv` takes your own list, and `--by petr_pays --territory Gimont` looks at one
//! territory, commune by commune.
//! `--costs times.csv` (origin, destination, minutes; or Parquet with `--features parquet`) takes travel
//! times instead of straight lines, `--roads sections.csv --nodes nodes.csv` computes them on roads.

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::travel::Travel;
use common::{Account, Bar, Fallible, Reading, check_use, deliver, known_level, own_actors, wording};
use rurban::france::EmbeddedFrance;
use rurban::model::{ActorKind, Level};
use rurban::read::{ActorFile, TieCount};
use rurban::report::Language;
use rurban::report::access::{AccessView, CostUnit, Focus, access};
use rurban::study::{AccessMethod, AccessOptions, Capacity, Study, StudyOptions};

/// Access of rural and urban people to the actors of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Kinds of actor (`research_centre`, `public_service` …) with commas between, or `any`;
    /// `research_centre` when not given, `any` with your own actors.
    #[arg(long)]
    kind: Option<String>,
    /// File of your own actors instead of the embedded ones, as FILE or FILE=KIND; may be given several times.
    #[arg(long)]
    actors: Vec<ActorFile>,
    #[command(flatten)]
    reading: Reading,
    /// What each actor counts for: one, or capacity (its column of that name).
    #[arg(long, default_value = "one")]
    supply: Capacity,
    /// How access is scored: opportunities, potential, 2sfca, e2sfca, 3sfca, bfca or raam.
    #[arg(long, default_value = "2sfca")]
    measure: AccessMethod,
    /// How far people go, in kilometres.
    #[arg(long, default_value_t = 30.0, value_parser = common::positive, allow_negative_numbers = true)]
    reach_km: f64,
    /// Level of the maps, and of `--territory`.
    #[arg(long, default_value = "epci", value_parser = known_level)]
    by: Level,
    /// Name or code of the one territory to look at, whose communes are listed and drawn.
    #[arg(long)]
    territory: Option<String>,
    #[command(flatten)]
    travel: Travel,
    /// Folder for tables and pictures.
    #[arg(long, default_value = "out/accessibility")]
    out: PathBuf,
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
    let (bar, mut france) = (Bar::default(), EmbeddedFrance::load()?);
    let focus = a.territory.as_ref().map(|text| Focus::of(&france.atlas, &a.by, text)).transpose()?;
    france.draw_approximate_outlines(&bar)?;
    let own = !a.actors.is_empty();
    if own {
        france.inventory = own_actors(&a.actors, &a.reading, &france.atlas, account)?;
    }
    let (study, found) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &bar)?;
    if own {
        account.add("PLACING", &found);
        check_use(&study, TieCount::default(), |_| true)?;
    }
    let kinds = match a.kind.as_deref().unwrap_or(if own { "any" } else { "research_centre" }) {
        "any" => ActorKind::ALL.to_vec(),
        some => some.split(',').map(str::parse).collect::<Result<_, _>>()?,
    };
    let times = a.travel.read(&study, account)?;
    let (unit, reach) = match &times {
        Some(_) => (CostUnit::Minutes, a.travel.reach_minutes),
        None => (CostUnit::Kilometres, a.reach_km),
    };
    let options = AccessOptions::new(study.supply(&kinds, a.supply)?)
        .costs(a.travel.costs(times.as_ref()))
        .method(a.measure, reach * unit.size())
        .bands([10.0, 20.0, 30.0, 60.0].map(|band| band * unit.size()).to_vec());
    let view = AccessView::new(kinds, a.measure, reach, unit).by(a.by.clone()).focus(focus);
    let report = study.access(&options, &bar)?;
    deliver(&access(&study, &report, &view, &wording(a.lang))?, &a.out, a.lang)
}
