//! How far are rural and urban people from research, innovation places or public services, and how
//! much is there for each of them?
//!
//! `cargo run --release --example accessibility -- --kind public_service --measure e2sfca`
//!
//! `--actors services.csv` takes your own list, and `--by petr_pays --territory Gimont` looks at one
//! territory, commune by commune. `--costs times.csv` takes travel times instead of straight lines,
//! `--roads sections.csv --nodes nodes.csv` computes them on roads.

mod common;

use clap::Parser;
use common::{Fallible, Reading, travel::TravelOptions, values::positive};
use rurban::read::{ActorFile, OwnFiles};
use rurban::report::access::{AccessRequest, FacilityKinds};
use rurban::study::{AccessMethod, Capacity};
use rurban::{france::EmbeddedFrance, model::Level};

/// Access of rural and urban people to the actors of the embedded France.
#[derive(Parser)]
struct Arguments {
    /// Kinds of actor (`research_centre`, `public_service` …) with commas between, or `any`;
    /// `research_centre` when not given, `any` with your own actors.
    #[arg(long)]
    kind: Option<FacilityKinds>,
    /// File of your own actors instead of the embedded ones, as FILE or FILE=KIND; may be given several times.
    #[arg(long)]
    actors: Vec<ActorFile>,
    /// What each actor counts for: one, or capacity (its column of that name).
    #[arg(long, default_value = "one")]
    supply: Capacity,
    /// How access is scored: opportunities, potential, 2sfca, e2sfca, 3sfca, bfca or raam.
    #[arg(long, default_value = "2sfca")]
    measure: AccessMethod,
    /// How far people go, in kilometres.
    #[arg(long, default_value_t = 30.0, value_parser = positive, allow_negative_numbers = true)]
    reach_km: f64,
    /// Level of the maps, and of `--territory`.
    #[arg(long, default_value = "epci", value_parser = EmbeddedFrance::level)]
    by: Level,
    /// Name or code of the one territory to look at, whose communes are listed and drawn.
    #[arg(long)]
    territory: Option<String>,
    #[command(flatten)]
    travel: TravelOptions,
    #[command(flatten)]
    reading: Reading,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let request =
        AccessRequest::default().kinds(a.kind).supply(a.supply).method(a.measure).reach_km(a.reach_km);
    let request = request.by(a.by).territory(a.territory).travel(a.travel.travel());
    a.reading.run(|outlet, columns, strictness| {
        let own = OwnFiles { actors: a.actors, columns, ..OwnFiles::default() };
        Ok(request.own(own, strictness).run(outlet)?)
    })
}
