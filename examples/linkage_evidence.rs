//! Are rural and urban actors tied, through whom, how far, and more or less than chance, degree
//! and distance would give?
//!
//! `cargo run --release --example linkage_evidence -- --kind interreg --out linkage`

mod common;

use clap::Parser;
use common::{Fallible, Output};
use rurban::random::Seed;
use rurban::report::linkage::{LinkageRequest, LinkageScope};
use rurban::study::RuralityDefinition;

/// Rural–urban ties of the embedded France against chance.
#[derive(Parser)]
struct Arguments {
    /// Which cooperations: interreg, `joint_unit` or all.
    #[arg(long, default_value = "all")]
    kind: LinkageScope,
    /// What is rural: density, `density:small_town`, `outside:attraction_area`, class:NAME=CLASS|CLASS.
    #[arg(long, default_value = "density")]
    rurality: RuralityDefinition,
    /// Seed of all that is random.
    #[arg(long, default_value_t = 2015)]
    seed: u64,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let request = LinkageRequest::default().scope(a.kind).rurality(a.rurality).seed(Seed(a.seed));
    a.output.run(|outlet| Ok(request.run(outlet)?))
}
