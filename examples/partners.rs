//! Who should cooperate with whom, and why: partners worth exploring from the embedded data.
//!
//! `cargo run --release --example partners -- [--territory NAME | --actor NAME | --region NAME | --evaluate]
//! [--out FOLDER] [--lang en]`
//!
//! Prints partners with their reasons and writes `partners.html`, `partners.svg` and `partners.csv`;
//! `--evaluate` prints how well the scores foresee later cooperation, and their coefficients.

mod common;

use clap::Parser;
use common::{Fallible, Output};
use rurban::report::partners::{PartnerSeeker, PartnersRequest, deliver_foresight};

/// Partners worth exploring, with their reasons.
#[derive(Parser)]
struct Arguments {
    /// PETR or Pays, by name or code.
    #[arg(long, default_value = "Portes de Gascogne")]
    territory: String,
    /// Actor, by name or identifier.
    #[arg(long, conflicts_with_all = ["territory", "region", "evaluate"])]
    actor: Option<String>,
    /// Région: match its rural EPCI with urban ones, one partner each, up to three for a city.
    #[arg(long, conflicts_with_all = ["territory", "evaluate"])]
    region: Option<String>,
    /// Judge the scores by the cooperations of later years.
    #[arg(long)]
    evaluate: bool,
    /// Longest distance in kilometres; 150 for a région when not given.
    #[arg(long)]
    within: Option<f64>,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    if a.evaluate {
        return a.output.run(|outlet| Ok(deliver_foresight(outlet)?));
    }
    let seeker = match (a.actor, a.region) {
        (Some(actor), _) => PartnerSeeker::Actor(actor),
        (None, Some(region)) => PartnerSeeker::Region(region),
        (None, None) => PartnerSeeker::Territory(a.territory),
    };
    let request = PartnersRequest::new(seeker).within_km(a.within);
    a.output.run(|outlet| Ok(request.run(outlet)?))
}
