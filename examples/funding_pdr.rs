//! The rural development programmes from the angle of local development.
//!
//! `cargo run --release --example funding_pdr -- [--lines FILE] [--out FOLDER] [--lang en]`

#![allow(clippy::doc_markdown, reason = "doc comments of arguments are the text of --help")]

#[macro_use]
mod common;

use std::path::PathBuf;

use clap::Parser;
use common::{Bar, Fallible, output};
use rurban::diagnostics::{Place, Strictness};
use rurban::france::EmbeddedFrance;
use rurban::france::programmes::{overseas_regions, place_lines};
use rurban::model::Level;
use rurban::read::{ColumnNames, FundingReader, csv::Reader};
use rurban::report::Language;
use rurban::report::funding::{funding_page, funding_sentences};
use rurban::study::{FundingOptions, Study, StudyOptions};

/// Amounts of measures 6, 7, 16 and 19 by région: page, Markdown and CSV.
#[derive(Parser)]
struct Arguments {
    /// A table of funding lines of your own, added to the embedded ones.
    #[arg(long)]
    lines: Option<PathBuf>,
    /// Column of that table, as role=column (programme, measure, status, as_of, money, unit, figure, territory …).
    #[arg(long)]
    column: Vec<String>,
    /// Folder of the files.
    #[arg(long, default_value = "out/funding_pdr")]
    out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    lang: Language,
}

fn main() -> Fallible {
    let arguments = Arguments::parse();
    let mut france = EmbeddedFrance::load()?;
    france.draw_approximate_outlines(&Bar::default())?;
    let mut builder = france.inventory.into_builder(Strictness::Lenient);
    if let Some(path) = &arguments.lines {
        let reader = FundingReader::default()
            .columns(ColumnNames::parse(&arguments.column)?)
            .territories(france.atlas.level(&Level::Region)?);
        let (mut lines, found) = reader.read(Reader::default().open_path(path)?)?;
        place_lines(&mut lines);
        for (i, line) in lines.into_iter().enumerate() {
            builder.add_funding(line, Place::file(path.display().to_string()).record(i))?;
        }
        say!("{found}");
    }
    let (study, _) = Study::new(france.atlas, builder.finish().0, &StudyOptions::default(), &Bar::default())?;
    let groups = overseas_regions(study.atlas().level(&Level::Region)?);
    let report = study.funding(&FundingOptions::default(), Some(&groups))?;
    for sentence in funding_sentences(&report, arguments.lang) {
        say!("{sentence}");
    }
    let page = funding_page(&study, &report, arguments.lang)?;
    let folder = output(&arguments.out)?;
    say!("{}", page.write_files(&folder, "funding")?.display());
    Ok(())
}
