//! What the examples share: the options that most of them take, and a run on the terminal.

#![allow(dead_code, reason = "each example uses what it needs")]

use std::path::PathBuf;
use std::time::Instant;

use rurban::diagnostics::Strictness;
use rurban::read::ColumnNames;
use rurban::report::{Language, Outlet};
use rurban::write::write_findings_file;

mod bar;
#[cfg(feature = "france-data")]
pub mod made_up;
pub mod own;
#[cfg(feature = "france-data")]
pub mod travel;
pub mod values;
mod words;

pub use words::{Fallible, say};

/// Where a report goes.
#[derive(clap::Args)]
pub struct Output {
    /// Folder to write to.
    #[arg(long, default_value = concat!("out/", env!("CARGO_BIN_NAME")))]
    pub out: PathBuf,
    /// Language: fr or en.
    #[arg(long, default_value = "fr")]
    pub lang: Language,
}

impl Output {
    /// Runs a report: its words and its progress go to the terminal, its files to the folder.
    pub fn run<T>(&self, report: impl FnOnce(&mut Outlet<'_>) -> Fallible<T>) -> Fallible {
        let bar = bar::Bar::default();
        report(&mut self.outlet(&bar)).map(drop)
    }

    fn outlet<'a>(&self, bar: &'a bar::Bar) -> Outlet<'a> {
        let width = console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
        let ([french, english], start) = (values::today(), Instant::now());
        let outlet = Outlet::new(&self.out, self.lang, say).progress(bar).width(width);
        outlet.day(french, english).clock(move || start.elapsed())
    }
}

/// How files of the user are read.
#[derive(clap::Args)]
pub struct Reading {
    #[command(flatten)]
    pub output: Output,
    /// Column by what it tells, as ROLE=NAME (commune=Code du lieu); may be given several times. Roles:
    /// id, name, commune, kind, themes, capacity, x, y, position, epsg, source, target, actor, project, lead,
    /// weight, start, end, territory, activity, figure, population, density …
    #[arg(long = "column", value_name = "ROLE=NAME")]
    columns: Vec<String>,
    /// CSV file to write every finding to.
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// Stop at the first error in the data.
    #[arg(long)]
    strict: bool,
}

impl Reading {
    /// As [`Output::run`], for reports on files of the user: what was found in them is written where the user
    /// wants it, whatever came of the run.
    pub fn run<T>(
        &self,
        report: impl FnOnce(&mut Outlet<'_>, ColumnNames, Strictness) -> Fallible<T>,
    ) -> Fallible {
        let strictness = if self.strict { Strictness::Strict } else { Strictness::Lenient };
        let (columns, bar) = (ColumnNames::parse(&self.columns)?, bar::Bar::default());
        let mut outlet = self.output.outlet(&bar);
        let outcome = report(&mut outlet, columns, strictness);
        if let Some(path) = &self.findings {
            write_findings_file(path, outlet.found())?;
            let [french, english] = ["Toutes les remarques sont dans", "All findings are in"];
            say(&format!("\n{} {}", self.output.lang.pick(french, english), path.display()));
        } else if !outlet.found().is_clean() {
            say(self.output.lang.pick(
                "\nSeule la première remarque de chaque sorte est montrée\u{a0}; --findings FICHIER les écrit toutes.",
                "\nOnly the first finding of each kind is shown; --findings FILE writes them all.",
            ));
        }
        outcome.map(drop)
    }
}
