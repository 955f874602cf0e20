//! Whom to tell first so that a practice reaches rural territories, how far word of mouth carries it, and
//! how the practices of a census are taken up.
//!
//! Without arguments: the cooperations of the embedded data, the made-up census of `fixtures/surveys`.
//! `cargo run --release --example diffusion -- [--first 10] [--objective population] [--lang en]`

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, Output, made_up};
use rurban::france::EmbeddedFrance;
use rurban::read::CensusFiles;
use rurban::report::diffusion::deliver_diffusion;
use rurban::report::practices::PageFrame;
use rurban::study::{DiffusionBudget, DiffusionOptions, Objective, StudyOptions};

/// Whom to tell first.
#[derive(Parser)]
struct Arguments {
    /// How many actors may be told first.
    #[arg(long, default_value_t = 10)]
    first: usize,
    /// What counts: actors, rural (actors) or population (of rural municipalities).
    #[arg(long, default_value = "rural")]
    objective: Objective,
    /// How far below the guarantee the choice may fall.
    #[arg(long, default_value_t = 0.1)]
    epsilon: f64,
    /// Practices, and the file of adoptions.
    #[arg(long, num_args = 2)]
    census: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let options = DiffusionOptions::default().objective(a.objective).epsilon(a.epsilon);
    let options = options.budget(DiffusionBudget::Count(a.first));
    let mut files = a.census.into_iter();
    let (files, frame) = match (files.next(), files.next()) {
        (None, _) => (made_up::census(), made_up::frame(a.output.lang)),
        (practices, adoptions) => {
            (CensusFiles::default().practices(practices, adoptions), PageFrame::default())
        }
    };
    a.output.run(|outlet| {
        let mut france = EmbeddedFrance::load()?;
        france.read_census(&files, &mut |_, _, _| {})?;
        let (study, _) = france.into_study(StudyOptions::default(), outlet.observer())?;
        Ok(deliver_diffusion(&study, &options, &frame, outlet)?)
    })
}
