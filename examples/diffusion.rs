//! Whom to tell first so that a practice reaches rural territories, how far word of mouth carries it, and
//! how the practices of a census are taken up.
//!
//! Without arguments: the cooperations of the embedded data, the made-up census of `fixtures/surveys`.
//! `cargo run --release --example diffusion -- [--first 10] [--objective population] [--lang en]`

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Bar, Fallible, output};
use rurban::diagnostics::Strictness;
use rurban::france::EmbeddedFrance;
use rurban::model::ActorKind;
use rurban::read::{ActorReader, PracticeReader, csv};
use rurban::report::Language;
use rurban::report::diffusion::{diffusion_page, seed_table};
use rurban::report::practices::PageFrame;
use rurban::study::{DiffusionBudget, DiffusionOptions, Objective, Study, StudyOptions};
use rurban::write::csv::{CsvStyle, write_csv_file};

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
    /// Folder to write to.
    #[arg(long, default_value = "out/diffusion")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let (l, bar) = (arguments.lang, Bar::default());
    let fixture = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/surveys").join(name);
    let made_up = arguments.census.is_empty();
    let (france, codes) = (EmbeddedFrance::load()?, EmbeddedFrance::code_book()?);
    let mut builder = france.inventory.into_builder(Strictness::Lenient);
    let files = if made_up {
        ActorReader::new(ActorKind::Organisation, "made up")
            .read_path(fixture("bodies.csv"), &mut builder)?;
        ["practices.csv", "adoptions.csv"].map(fixture).into()
    } else {
        arguments.census
    };
    let reader = PracticeReader::new("census").codes(codes);
    reader.read_path(&files[0], &mut builder)?;
    reader.read_adoptions(csv::Reader::default().open_path(&files[1])?, &mut builder)?;
    let (study, _) = Study::new(france.atlas, builder.finish().0, StudyOptions::default(), &bar)?;

    let options = DiffusionOptions::default()
        .objective(arguments.objective)
        .budget(DiffusionBudget::Count(arguments.first))
        .epsilon(arguments.epsilon);
    let report = study.diffusion(&options, &bar)?;
    let notice = l.pick(
        "Coopérations réelles, mais partielles\u{202f}; les pratiques et leurs reprises sont inventées pour l’exemple.",
        "Cooperations are real, but not all there are; practices and their uptake are made up for the example.",
    );
    let frame = PageFrame::default().notice(if made_up { notice } else { "" });
    let out = output(&arguments.out)?;
    diffusion_page(&study, &report, &frame, l)?.write_html(out.join("diffusion.html"))?;
    write_csv_file(out.join("seeds.csv"), &seed_table(&study, &report)?, CsvStyle::FrenchSpreadsheet)?;
    let choice = &report.choice;
    say!(
        "{:.0} / {:.0} / {:.0}, ratio {:.3}",
        choice.lower,
        choice.estimate,
        choice.upper,
        choice.ratio.unwrap_or(0.0)
    );
    say!("Pages and tables are in {}", out.display());
    Ok(())
}
