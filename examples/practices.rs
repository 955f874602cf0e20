//! Two surveys and a census of practices, from the files people have to pages they can publish.
//!
//! Without arguments it reads the made-up files of `fixtures/surveys`.
//! `cargo run --release --example practices -- [--survey FILE [--mapping FILE]] [--census FILE] [--lang en]`

mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Fallible, Output, made_up};
use rurban::model::{PracticeForm, Rurality};
use rurban::report::practices::{PracticesRequest, SurveyFile};
use rurban::{read::CensusFiles, study::PracticeFilter};

/// Surveys and a census of innovative practices.
#[derive(Parser)]
struct Arguments {
    /// Export of a survey, as the tool wrote it; may be given several times.
    #[arg(long)]
    survey: Vec<PathBuf>,
    /// What each column of the exports is, in their order; proposed and written out when missing.
    #[arg(long)]
    mapping: Vec<PathBuf>,
    /// Bodies that were asked and that the census names: id, name, kind, commune.
    #[arg(long)]
    actors: Option<PathBuf>,
    /// Practices; then, if there is one, the file of adoptions.
    #[arg(long, num_args = 1..=2)]
    census: Vec<PathBuf>,
    /// Only practices of this theme.
    #[arg(long)]
    theme: Vec<String>,
    /// Only practices of this form: `cluster`, `ptce`, `incubator`, `third_place`, `shared_place` …
    #[arg(long)]
    form: Vec<PracticeForm>,
    /// Only practices that began in rural territories.
    #[arg(long)]
    rural: bool,
    /// Only practices whose card holds these words.
    #[arg(long, default_value = "")]
    search: String,
    #[command(flatten)]
    output: Output,
}

fn main() -> Fallible {
    let a = Arguments::parse();
    let mut filter = PracticeFilter::default().themes(a.theme).forms(a.form).text(a.search);
    filter.origin = a.rural.then_some(Rurality::Rural);
    let request = if a.survey.is_empty() && a.census.is_empty() {
        made_up::practices(a.output.lang)
    } else {
        let mut census = a.census.into_iter();
        let files = CensusFiles::default().bodies(a.actors).practices(census.next(), census.next());
        let files = files.themes(Some(made_up::fixture("themes.csv")));
        PracticesRequest::default().surveys(SurveyFile::with_mappings(a.survey, a.mapping)).census(files)
    };
    a.output.run(|outlet| Ok(request.filter(filter).run(outlet)?))
}
