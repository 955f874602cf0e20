//! Two surveys and a census of practices, from the files people have to pages they can publish.
//!
//! Without arguments it reads the made-up files of `fixtures/surveys`.
//! `cargo run --release --example practices -- [--survey FILE [--mapping FILE]] [--census FILE] [--lang en]`

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Account, Bar, Fallible, output};
use rurban::diagnostics::Strictness;
use rurban::france::EmbeddedFrance;
use rurban::model::{ActorKind, CooperationKind, PracticeForm, Rurality};
use rurban::read::vocabulary::Vocabulary;
use rurban::read::{ActorReader, CensusWords, PracticeReader, TieColumns, csv, read_cooperations};
use rurban::report::Language;
use rurban::report::practices::{PageFrame, SurveyFile, write_census};
use rurban::space::Layer;
use rurban::study::{AnswersOptions, PracticeFilter, PracticesOptions, Study, StudyOptions};

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
    /// Folder to write to.
    #[arg(long, default_value = "out/practices")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let mut arguments = Arguments::parse();
    let (made_up, l) = (arguments.survey.is_empty() && arguments.census.is_empty(), arguments.lang);
    let fixture = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/surveys").join(name);
    let (out, mut account) = (output(&arguments.out)?, Account::default());
    let (france, codes) = (EmbeddedFrance::load()?, EmbeddedFrance::code_book()?);
    let mut builder = france.inventory.into_builder(Strictness::Lenient);
    if made_up {
        arguments.survey = ["clusters_limesurvey.csv", "territories_kobo.csv"].map(fixture).into();
        arguments.actors = Some(fixture("bodies.csv"));
        arguments.census = ["practices.csv", "adoptions.csv"].map(fixture).into();
    }
    let first = builder.actors().len() as u32;
    if let Some(file) = &arguments.actors {
        let reader = ActorReader::new(ActorKind::Organisation, "asked").codes(codes.clone());
        account.add("Bodies", &reader.read_path(file, &mut builder)?);
    }
    let asked = first..builder.actors().len() as u32;
    if made_up {
        let (columns, kind) = (TieColumns::default(), CooperationKind::Other);
        read_cooperations(fixture("cooperations.csv"), &columns, kind, "made up", &mut builder)?;
    }
    let (themes, _) = Vocabulary::read(csv::Reader::default().open_path(fixture("themes.csv"))?)?;
    let reader = PracticeReader::new("census").codes(codes.clone()).themes(themes.clone());
    let mut words = CensusWords::default();
    if let Some(file) = arguments.census.first() {
        let (met, found) = reader.read_path(file, &mut builder)?;
        account.add("Practices", &found);
        words = met;
    }
    if let Some(file) = arguments.census.get(1) {
        let table = csv::Reader::default().open_path(file)?;
        account.add("Adoptions", &reader.read_adoptions(table, &mut builder)?);
    }
    let (inventory, found) = builder.finish();
    account.add("Inventory", &found);
    let (study, _) = Study::new(france.atlas, inventory, &StudyOptions::default(), &Bar::default())?;

    let land = Layer::from_features([&EmbeddedFrance::land()?]);
    let notice = l.pick(
        "Réponses, structures et pratiques inventées pour l’exemple\u{202f}; seules les communes sont réelles.",
        "Answers, bodies and practices are made up for the example; only the municipalities are real.",
    );
    let frame = PageFrame::default().notice(if made_up { notice } else { "" }).land(&land);
    let mut written = Vec::new();
    for (i, export) in arguments.survey.iter().enumerate() {
        let mut survey = SurveyFile::new(export).codes(codes.clone());
        let mut options = AnswersOptions::default().vocabulary(themes.clone());
        if made_up {
            // Clusters got one questionnaire, territories the other.
            let territory = |a: &u32| {
                let kind = study.inventory().actors()[*a as usize].kind;
                matches!(kind, ActorKind::PetrPays | ActorKind::Epci | ActorKind::Gal)
            };
            options = options.asked(asked.clone().filter(|a| territory(a) == (i == 1)).collect());
            if i == 1 {
                survey = survey.mapping(fixture("territories_mapping.csv"));
            }
        }
        if let Some(mapping) = arguments.mapping.get(i) {
            survey = survey.mapping(mapping);
        }
        let (files, found) = survey.options(options).write(&study, &frame, l, &out)?;
        account.add(&export.display().to_string(), &found);
        written.extend(files);
    }
    if !study.inventory().practices().is_empty() {
        let mut filter = PracticeFilter::default().themes(arguments.theme).forms(arguments.form);
        filter = filter.text(arguments.search);
        filter.origin = arguments.rural.then_some(Rurality::Rural);
        let labels = themes.terms().iter().map(|t| t.label.clone()).collect();
        let options = PracticesOptions::default().filter(filter).themes(labels);
        written.extend(write_census(&study, &options, &words, Some(&themes), &frame, l, &out)?);
    }
    say!("");
    written.iter().for_each(|path| say!("{}", path.display()));
    Ok(())
}
