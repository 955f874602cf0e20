//! What the examples share: a progress bar, files of actors, the folder they write to.

#![allow(dead_code, reason = "each example uses what it needs")]

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use rurban::atlas::Atlas;
use rurban::diagnostics::{Diagnostics, Strictness, printable};
use rurban::france::EmbeddedFrance;
use rurban::inventory::Inventory;
use rurban::model::{Actor, Level};
use rurban::progress::Progress;
use rurban::read::{ActorFile, ColumnNames, OwnFiles, TieCount};
use rurban::report::{Language, Part, Wording, written_text};
use rurban::study::Study;
use rurban::write::write_findings_file;

#[macro_use]
pub mod say;
pub mod travel;

/// Errors of an example: printed as they read, not handled.
pub type Fallible<T = ()> = Result<T, Failure>;

/// Any error, which `main` prints in words and not as code.
pub struct Failure(Box<dyn std::error::Error>);

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Debug for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.0.to_string();
        let mut lines = text.lines().map(|line| printable(line, 2000));
        f.write_str(&lines.next().unwrap_or_default())?;
        lines.try_for_each(|line| write!(f, "\n{line}"))
    }
}

/// Shows the progress of the library as a bar on the terminal.
#[derive(Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Progress for Bar {
    fn begin(&self, task: &str, steps: Option<u64>) {
        let bar = match steps {
            Some(steps) => ProgressBar::new(steps).with_style(
                ProgressStyle::with_template("{msg:34} {bar:30} {pos:>9}/{len} {elapsed}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            ),
            None => ProgressBar::new_spinner(),
        };
        bar.set_message(task.to_owned());
        if let Ok(mut current) = self.0.lock() {
            *current = Some(bar);
        }
    }

    fn advance(&self, steps: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = current.as_ref()
        {
            bar.inc(steps);
        }
    }

    fn end(&self) {
        if let Ok(mut current) = self.0.lock()
            && let Some(bar) = current.take()
        {
            bar.finish();
        }
    }
}

/// Creates the output folder and returns it.
pub fn output(folder: &Path) -> Fallible<PathBuf> {
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder.to_owned())
}

/// Options of every example that reads files of the user.
#[derive(clap::Args, Debug)]
pub struct Reading {
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
    pub strict: bool,
}

impl Reading {
    pub fn columns(&self) -> Fallible<ColumnNames> {
        Ok(ColumnNames::parse(&self.columns)?)
    }

    pub const fn strictness(&self) -> Strictness {
        if self.strict { Strictness::Strict } else { Strictness::Lenient }
    }
}

/// What was found in all files: printed as it comes, written at the end.
#[derive(Default)]
pub struct Account(Diagnostics);

impl Account {
    pub fn add(&mut self, title: &str, found: &Diagnostics) {
        say!("\n{title}\n{found}");
        self.0.merge(found.clone());
    }

    /// Writes all findings where the user wants them, whatever came of the run.
    pub fn finish(&self, reading: &Reading, outcome: Fallible) -> Fallible {
        if let Some(path) = &reading.findings {
            write_findings_file(path, &self.0)?;
            say!("\nAll findings are in {}", path.display());
        } else if !self.0.is_clean() {
            say!("\nOnly the first finding of each kind is shown; --findings FILE writes them all.");
        }
        outcome
    }
}

/// Fails when files of the user came to nothing: no tie is left, or no actor has a place.
pub fn check_use(study: &Study, ties: TieCount, own: impl Fn(&Actor) -> bool) -> Fallible {
    let actors = || study.inventory().actors().iter().zip(study.places()).filter(|(a, _)| own(a));
    let (all, placed) = (actors().count(), actors().filter(|(_, p)| p.base.is_some()).count());
    if all == 0 {
        return Err(
            "NO ACTOR WAS READ: the files hold none, or all rows were dropped. See the findings above".into(),
        );
    }
    if placed == 0 {
        return Err(format!(
            "NONE OF YOUR {all} ACTORS IS PLACED: the map shows none of them. See the findings above"
        )
        .into());
    }
    if ties.seen > 0 && ties.kept == 0 {
        let seen = ties.seen;
        return Err(format!(
            "ALL {seen} TIES WERE DROPPED: no actor was found for them. See the findings above"
        )
        .into());
    }
    say!("\n{placed} of {all} actors of yours are placed, {} of {} ties kept", ties.kept, ties.seen);
    Ok(())
}

/// Reads a number above zero, for options that take one.
pub fn positive(text: &str) -> Result<f64, String> {
    let number = text.replace(',', ".").parse().ok().filter(|v: &f64| v.is_finite() && *v > 0.0);
    number.ok_or_else(|| "must be a number above 0".to_owned())
}

/// Reads how many random replicates a test takes.
pub fn replicates(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|n: &usize| (1..=10_000_000).contains(n));
    number.ok_or_else(|| "must be a whole number from 1 to 10000000; 999 is usual".to_owned())
}

/// A file that is there, for options that take one.
pub fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match std::fs::metadata(&path) {
        Ok(found) if found.is_dir() => Err("this is a folder; give a file".to_owned()),
        Ok(_) => Ok(path),
        Err(e) => Err(e.to_string()),
    }
}

/// Reads a level of the embedded France, for options that take one.
pub fn known_level(text: &str) -> Result<Level, String> {
    let levels = [
        Level::Commune,
        Level::Epci,
        Level::PetrPays,
        Level::Departement,
        Level::Region,
        Level::AttractionArea,
    ];
    let Ok(level) = text.parse::<Level>();
    let keys: Vec<&str> = levels.iter().map(Level::key).collect();
    if levels.contains(&level) { Ok(level) } else { Err(format!("levels are {}", keys.join(", "))) }
}

/// The actors of the user's files, in place of the embedded ones.
pub fn own_actors(
    actors: &[ActorFile],
    reading: &Reading,
    atlas: &Atlas,
    account: &mut Account,
) -> Fallible<Inventory> {
    let own = OwnFiles { actors: actors.to_vec(), columns: reading.columns()?, ..OwnFiles::default() };
    own.check()?;
    let mut builder = Inventory::builder(reading.strictness());
    let mut on_file = |what: &str, path: &Path, found: &_| {
        account.add(&format!("{} {}", what.to_uppercase(), path.display()), found);
    };
    own.read(&mut builder, Some(atlas), &EmbeddedFrance::code_book()?, &mut on_file)?;
    let (inventory, found) = builder.finish();
    account.add("INVENTORY", &found);
    Ok(inventory)
}

/// The language of a report, and the sources of the embedded territories.
pub fn wording(language: Language) -> Wording {
    Wording::new(language)
        .source(language.pick(
            "Insee et ANCT, communes de 2026 et grille de densité",
            "INSEE and ANCT, communes of 2026 and density grid",
        ))
        .date(today(language))
}

/// The day, as it is read in the language; that of `SOURCE_DATE_EPOCH` where it is set, for builds that are
/// to give the same bytes again.
pub fn today(language: Language) -> String {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|s| s.parse::<i64>().ok());
    let seconds = set.unwrap_or_else(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since.map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(0))
    });
    // Days of the proleptic Gregorian calendar, years from March on (Hinnant).
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day = days.rem_euclid(146_097);
    let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let date = of_year - (153 * month + 2) / 5 + 1;
    let (month, late) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = of_era + era * 400 + late;
    language.pick(format!("{date:02}/{month:02}/{year}"), format!("{year}-{month:02}-{date:02}"))
}

/// Shows what a report says within the width of the terminal, writes its files and says which.
pub fn deliver(part: &Part<'_>, folder: &Path, language: Language) -> Fallible {
    let width = console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns));
    say!("{}", part.text(width));
    say!("{}", written_text(&part.write(folder)?, folder, language));
    Ok(())
}
