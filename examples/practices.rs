//! Two surveys and a census of practices, from the files people have to pages they can publish.
//!
//! Without arguments it reads the made-up files of `fixtures/surveys`.
//! `cargo run --release --example practices -- [--survey FILE [--mapping FILE]] [--lang en]`

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::{Path, PathBuf};

use clap::Parser;
use common::{Account, Bar, Fallible, output};
use rurban::diagnostics::Strictness;
use rurban::france::EmbeddedFrance;
use rurban::model::{ActorKind, PracticeForm, Rurality};
use rurban::progress::Silent;
use rurban::read::surveys::{Mapping, Sheet, Survey};
use rurban::read::vocabulary::Vocabulary;
use rurban::read::{ActorReader, PracticeReader, csv, read_cooperations};
use rurban::report::Language;
use rurban::report::practices::{
    PageFrame, adoption_table, answer_table, census_page, practice_table, survey_page, word_table,
};
use rurban::space::Layer;
use rurban::study::{AnswersOptions, PracticeFilter, PracticesOptions, Study, StudyOptions};
use rurban::write::csv::{CsvStyle, write_csv_file};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/surveys");

/// Surveys and a census of innovative practices.
#[derive(Parser)]
struct Arguments {
    /// Export of a survey, as the tool wrote it; may be given several times.
    #[arg(long)]
    survey: Vec<PathBuf>,
    /// What each column of the export is (CSV); one for each survey, proposed and written out when missing.
    #[arg(long)]
    mapping: Vec<PathBuf>,
    /// Bodies that were asked: id, name, kind, commune.
    #[arg(long)]
    asked: Option<PathBuf>,
    /// Practices; and adoptions, one in a row.
    #[arg(long, num_args = 1..=2)]
    census: Vec<PathBuf>,
    /// Only practices of this theme.
    #[arg(long)]
    theme: Vec<String>,
    /// Only practices of this form: cluster, ptce, incubator, third_place, shared_place …
    #[arg(long, value_parser = |f: &str| PracticeForm::from_key(f).ok_or("is no form"))]
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
    let fixture = |name: &str| Path::new(FOLDER).join(name);
    if made_up {
        arguments.survey = ["clusters_limesurvey.csv", "territories_kobo.csv"].map(fixture).into();
        arguments.mapping = vec![PathBuf::new(), fixture("territories_mapping.csv")];
        arguments.asked = Some(fixture("bodies.csv"));
        arguments.census = ["practices.csv", "adoptions.csv"].map(fixture).into();
    }
    let (out, mut account) = (output(&arguments.out)?, Account::default());
    let france = EmbeddedFrance::load()?;
    let codes = EmbeddedFrance::code_book()?;
    let mut builder = france.inventory.into_builder(Strictness::Lenient);
    let mut asked = builder.actors().len()..builder.actors().len();
    if let Some(file) = &arguments.asked {
        let reader = ActorReader::new(ActorKind::Organisation, "asked").codes(codes.clone());
        account.add("Bodies asked", &reader.read_path(file, &mut builder)?);
        asked.end = builder.actors().len();
    }
    let (themes, _) = Vocabulary::read(csv::Reader::default().open_path(fixture("themes.csv"))?)?;
    let reader = PracticeReader::new("census").codes(codes.clone()).themes(themes.clone());
    if let Some(file) = arguments.census.first() {
        let (words, found) = reader.read_path(file, &mut builder)?;
        account.add("Practices", &found);
        write_csv_file(out.join("words.csv"), &word_table(&words, Some(&themes))?, CsvStyle::French)?;
    }
    if let Some(file) = arguments.census.get(1) {
        let table = csv::Reader::default().open_path(file)?;
        account.add("Adoptions", &reader.read_adoptions(table, &mut builder)?);
    }
    if made_up {
        read_cooperations(&fixture("cooperations.csv"), &mut builder)?;
    }
    let (inventory, found) = builder.finish();
    account.add("Inventory", &found);
    let (study, _) = Study::new(france.atlas, inventory, StudyOptions::default(), &Bar::default())?;
    let land = Layer::from_features([&EmbeddedFrance::land()?]);
    let notice = l.pick(
        "Réponses, structures et pratiques inventées pour l’exemple\u{202f}; seules les communes sont réelles.",
        "Answers, bodies and practices are made up for the example; only the municipalities are real.",
    );
    let frame = PageFrame::default().notice(if made_up { notice } else { "" }).land(&land);
    let kinds = |file: &str| -> Vec<u32> {
        let is_cluster = |k| matches!(k, ActorKind::Cluster | ActorKind::InnovationPlace);
        let of = |i: &usize| is_cluster(study.inventory().actors()[*i].kind) == file.contains("cluster");
        asked.clone().filter(of).map(|i| i as u32).collect()
    };
    for (i, file) in arguments.survey.iter().enumerate() {
        let name = file.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let (sheet, _) = Sheet::open_path(file)?;
        let mapping = match arguments.mapping.get(i).filter(|m| !m.as_os_str().is_empty()) {
            Some(mapping) => Mapping::open_path(mapping)?.0,
            None => {
                let (proposed, path) = (Mapping::propose(&sheet), out.join(format!("{name}_mapping.csv")));
                std::fs::write(&path, proposed.to_csv())?;
                say!("Mapping proposed for {name}: {}", path.display());
                proposed
            }
        };
        let (survey, found) = Survey::read(&sheet, &mapping, Strictness::Lenient)?;
        account.add(&name, &found);
        let (who, found) = survey.match_respondents(study.inventory(), study.atlas(), &codes, &name)?;
        account.add("Respondents", &found);
        let mut options = AnswersOptions::default().vocabulary(themes.clone());
        options.asked = (!asked.is_empty()).then(|| kinds(&name)).filter(|_| made_up);
        let report = study.answers(&survey, &who, &options)?;
        survey_page(&report, &survey, &frame, l)?.write_html(out.join(format!("{name}.html")))?;
        write_csv_file(out.join(format!("{name}_answers.csv")), &answer_table(&report)?, CsvStyle::French)?;
    }
    let mut filter = PracticeFilter::default().themes(arguments.theme).forms(arguments.form).text(arguments.search);
    filter.origin = arguments.rural.then_some(Rurality::Rural);
    let labels = themes.terms().iter().map(|t| t.label.clone()).collect();
    let report = study.practices(&PracticesOptions::default().filter(filter).themes(labels))?;
    census_page(&study, &report, &frame, l)?.write_html(out.join("census.html"))?;
    write_csv_file(out.join("practices.csv"), &practice_table(&study, &report)?, CsvStyle::French)?;
    write_csv_file(out.join("adoptions.csv"), &adoption_table(&study, &report)?, CsvStyle::French)?;
    let _ = Silent;
    say!("\nPages and tables are in {}", out.display());
    Ok(())
}
