//! Where a report goes: who hears what it says, the folder of its files, its language and its day.

use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use super::{Language, Part, written_text};
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};
#[cfg(feature = "france-data")]
use crate::finding::Finding;
use crate::finding::{LONGEST_MESSAGE, printable};
use crate::progress::{Progress, Silent};

/// Where a report goes. What it says comes to a listener as soon as it is known, so that a run that fails
/// late has still said what came before; files go to a folder; accounts of what was read are kept.
///
/// ```
/// use rurban::report::{Language, Outlet};
/// let mut heard = String::new();
/// let mut outlet = Outlet::new("out", Language::English, |text| heard.push_str(text));
/// outlet.say("5 of 6 known ties lead to a city");
/// drop(outlet);
/// assert_eq!(heard, "5 of 6 known ties lead to a city");
/// ```
#[must_use]
pub struct Outlet<'a> {
    folder: PathBuf,
    pub(super) language: Language,
    /// In French and in English.
    pub(super) day: [String; 2],
    pub(super) progress: &'a dyn Progress,
    width: Option<usize>,
    clock: Option<Box<dyn Fn() -> Duration + Send + 'a>>,
    listener: Box<dyn FnMut(&str) + Send + 'a>,
    /// What was found in files of the user, and in the embedded data.
    own: Diagnostics,
    embedded: Diagnostics,
    /// The two, in this order.
    found: Diagnostics,
}

impl fmt::Debug for Outlet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl<'a> Outlet<'a> {
    /// Writes to a folder, which is made when the first file needs it; gives each text to the listener, which
    /// ends its last line.
    pub fn new(
        folder: impl Into<PathBuf>,
        language: Language,
        listener: impl FnMut(&str) + Send + 'a,
    ) -> Self {
        Self {
            folder: folder.into(),
            language,
            day: Default::default(),
            progress: &Silent,
            width: None,
            clock: None,
            listener: Box::new(listener),
            own: Diagnostics::default(),
            embedded: Diagnostics::default(),
            found: Diagnostics::default(),
        }
    }

    /// Sets who sees the progress of long calls.
    pub fn progress(mut self, progress: &'a dyn Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Sets the day it is made, as it is to be read in French and in English; left out when empty, for the
    /// library does not read the clock.
    pub fn day(mut self, french: impl Into<String>, english: impl Into<String>) -> Self {
        self.day = [french.into(), english.into()];
        self
    }

    /// Sets how many columns tables may take; as many as they need when `None`.
    pub const fn width(mut self, columns: Option<usize>) -> Self {
        self.width = columns;
        self
    }

    /// Sets a clock (any beginning serves): reports that are long in the making then say how long.
    pub fn clock(mut self, clock: impl Fn() -> Duration + Send + 'a) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Says how many seconds have passed since an earlier reading of the clock.
    pub(super) fn say_seconds(&mut self, what: &str, since: Option<Duration>) {
        if let Some((now, since)) = self.now().zip(since) {
            let took = self.language.decimal(now.saturating_sub(since).as_secs_f64(), 1);
            self.say(format!("{what} {} {took}\u{a0}s", self.language.pick("en", "in")));
        }
    }

    pub(super) fn now(&self) -> Option<Duration> {
        self.clock.as_ref().map(|clock| clock())
    }

    /// Who sees the progress of long calls.
    #[must_use]
    pub const fn observer(&self) -> &'a dyn Progress {
        self.progress
    }

    /// Says a text.
    pub fn say(&mut self, text: impl AsRef<str>) {
        (self.listener)(text.as_ref());
    }

    /// Says what was found in a file or in a step of the work, under a title, and keeps it.
    pub fn account(&mut self, title: &str, found: &Diagnostics) {
        self.say(format!("\n{}\n{}", titled(title, self.language), told(found, self.language)));
        self.own.merge(found.clone());
        self.settle();
    }

    /// As [`Outlet::account`], of a file; of a step that has none where the path is empty.
    pub(super) fn on_file(&mut self, what: &str, path: &std::path::Path, found: &Diagnostics) {
        self.account(format!("{} {}", what.to_uppercase(), path.display()).trim_end(), found);
    }

    fn settle(&mut self) {
        self.found = self.own.clone();
        self.found.merge(self.embedded.clone());
    }

    /// All that was found until now, first in files of the user, then in the embedded data.
    #[must_use]
    pub const fn found(&self) -> &Diagnostics {
        &self.found
    }

    /// The folder of the files, made where it is missing.
    ///
    /// # Errors
    /// [`Error::Io`], naming the folder, when it cannot be made.
    pub fn folder(&self) -> Result<PathBuf> {
        let made = std::fs::create_dir_all(&self.folder);
        made.map_err(|source| Error::Io { path: self.folder.clone(), source })?;
        Ok(self.folder.clone())
    }

    /// Says a part, writes its files and says which.
    ///
    /// # Errors
    /// Those of [`Part::write`].
    pub fn deliver(&mut self, part: &Part<'_>) -> Result<Vec<PathBuf>> {
        self.say(part.text(self.width));
        let written = part.write(&self.folder)?;
        self.say(written_text(&written, &self.folder, self.language));
        Ok(written)
    }
}

/// Titles of accounts, in English and in French; what follows one (a file, a level) stays.
const TITLES: [(&str, &str); 20] = [
    ("ACTORS", "ACTEURS"),
    ("COOPERATIONS", "COOPÉRATIONS"),
    ("PARTICIPATIONS", "PARTICIPATIONS"),
    ("INVENTORY", "INVENTAIRE"),
    ("PLACING AND TYING", "LOCALISATION ET LIENS"),
    ("PLACING", "LOCALISATION"),
    ("EMBEDDED FRANCE", "FRANCE EMBARQUÉE"),
    ("FIGURES", "CHIFFRES"),
    ("CONTOURS", "CONTOURS"),
    ("OUTLINES", "CONTOURS"),
    ("TAKEN FOR THE TERRITORIES", "PRIS POUR LES TERRITOIRES"),
    ("TAKEN FOR LEVEL", "PRIS POUR L’ÉCHELON"),
    ("TERRITORIES", "TERRITOIRES"),
    ("LOOKED UP IN THE EMBEDDED FRANCE", "CHERCHÉ DANS LA FRANCE EMBARQUÉE"),
    ("TRAVEL TIMES", "TEMPS DE TRAJET"),
    ("ROADS", "ROUTES"),
    ("BODIES", "ORGANISMES"),
    ("PRACTICES", "PRATIQUES"),
    ("ADOPTIONS", "ADOPTIONS"),
    ("EXPORT", "EXPORT"),
];

fn titled(title: &str, language: Language) -> String {
    let known = TITLES.iter().find_map(|(english, french)| Some((french, title.strip_prefix(english)?)));
    match known {
        Some((french, rest)) if language == Language::French => format!("{french}{rest}"),
        _ => title.to_owned(),
    }
}

/// What was found, as its [`Display`](fmt::Display) has it, with the words around the messages in a language.
fn told(found: &Diagnostics, language: Language) -> String {
    if language == Language::English {
        return found.to_string();
    }
    let [seen, kept, dropped] =
        [found.seen(), found.kept(), found.dropped()].map(|n| language.integer(n as i64));
    let mut text = format!("lus\u{a0}: {seen}, gardés\u{a0}: {kept}, écartés\u{a0}: {dropped}");
    for (kind, count) in found.counts() {
        let _ = write!(text, "\n  {kind}\u{a0}: {}", language.integer(*count as i64));
        if let Some(first) = found.findings().iter().find(|f| f.kind == *kind) {
            let message = printable(&first.message, LONGEST_MESSAGE);
            let _ = write!(text, " (la première fois, {}\u{a0}: {message})", first.place);
        }
    }
    text
}

/// What requests on the embedded France need.
#[cfg(feature = "france-data")]
impl Outlet<'_> {
    /// As [`Outlet::account`], of the embedded data: it comes after all that was found in files of the user.
    pub(super) fn account_embedded(&mut self, title: &str, found: &Diagnostics) {
        self.account_mixed(title, found.clone(), |_| false);
    }

    /// As [`Outlet::account`], of a step over the embedded data and those of the user: what is said of the
    /// user's comes first, under a title of its own.
    pub(super) fn account_mixed(
        &mut self,
        title: &str,
        mut found: Diagnostics,
        is_own: impl Fn(&Finding) -> bool,
    ) {
        let own = found.take_findings(is_own);
        if !own.is_clean() {
            // Without the line of counts: records are counted below.
            let text = told(&own, self.language);
            let kinds = text.split_once('\n').map_or("", |(_, kinds)| kinds);
            let yours = self.language.pick("LES VÔTRES", "YOUR OWN");
            self.say(format!("\n{}, {yours}\n{kinds}", titled(title, self.language)));
        }
        self.say(format!("\n{}\n{}", titled(title, self.language), told(&found, self.language)));
        self.own.merge(own);
        self.embedded.merge(found);
        self.settle();
    }

    /// Says which files were written, one per line, with their sizes.
    ///
    /// # Errors
    /// [`Error::Io`] when one of them is not there.
    pub(super) fn list(&mut self, written: &[PathBuf]) -> Result<()> {
        for path in written {
            let size =
                std::fs::metadata(path).map_err(|source| Error::Io { path: path.clone(), source })?.len();
            self.say(format!("{:>7} kB  {}", size / 1000, path.display()));
        }
        Ok(())
    }

    /// How the report is worded, naming the sources of the embedded territories.
    pub(super) fn wording(&self) -> super::Wording {
        let l = self.language;
        super::Wording::new(l)
            .source(l.pick(
                "Insee et ANCT, communes de 2026 et grille de densité",
                "INSEE and ANCT, communes of 2026 and density grid",
            ))
            .date(l.pick(&self.day[0], &self.day[1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Strictness;
    use crate::finding::Place;

    #[test]
    fn what_is_said_comes_at_once_and_accounts_are_kept() {
        let mut heard = Vec::new();
        let mut outlet = Outlet::new("nowhere", Language::English, |text| heard.push(text.to_owned()));
        let mut found = Diagnostics::new(Strictness::Lenient);
        found.keep();
        found.drop_record("no_code", Place::file("a.csv"), "the row has no code").unwrap();
        outlet.account("ACTORS a.csv", &found);
        outlet.account("ACTORS b.csv", &found);
        assert_eq!(
            (outlet.found().seen(), outlet.found().kept(), outlet.found().count("no_code")),
            (4, 2, 2)
        );
        outlet.say_seconds("prepared", outlet.now());
        drop(outlet);
        assert_eq!(heard.len(), 2, "nothing is said of time without a clock");
        assert_eq!(heard[0], format!("\nACTORS a.csv\n{found}"));
    }

    #[cfg(feature = "france-data")]
    #[test]
    fn what_is_said_of_files_of_the_user_comes_first() {
        let mut heard = Vec::new();
        let mut outlet = Outlet::new("nowhere", Language::English, |text| heard.push(text.to_owned()));
        let of = |file: &str, records: std::ops::Range<usize>| {
            let mut found = Diagnostics::default();
            for i in records {
                found.keep();
                found.remark("no_point", Place::file(file).record(i), "it has no point");
            }
            found
        };
        outlet.account_embedded("EMBEDDED FRANCE", &of("communes.csv", 0..2));
        outlet.account("ACTORS mine.csv", &of("mine.csv", 0..1));
        outlet.account_mixed("PLACING", of("inventory", 0..4), |f| f.place.record >= Some(3));
        let order: Vec<&str> = outlet.found().findings().iter().map(|f| f.place.file.as_str()).collect();
        let inventory = ["inventory"; 3];
        assert_eq!(order[..4], ["mine.csv", "inventory", "communes.csv", "communes.csv"]);
        assert_eq!(order[4..], inventory);
        assert_eq!((outlet.found().seen(), outlet.found().count("no_point")), (7, 7));
        drop(outlet);
        let own = "\nPLACING, YOUR OWN\n  no_point: 1 (first: inventory, record 3: it has no point)";
        assert_eq!(heard[2], own);
        assert!(heard[3].starts_with("\nPLACING\n4 records: 4 kept, 0 dropped\n  no_point: 3"));
    }

    #[test]
    fn seconds_are_those_of_the_clock_since_the_reading() {
        let mut heard = String::new();
        let seconds = std::sync::Mutex::new([12.0, 10.0].to_vec());
        let clock = move || Duration::from_secs_f64(seconds.lock().unwrap().pop().unwrap());
        let mut outlet = Outlet::new("nowhere", Language::French, |text| heard.push_str(text)).clock(clock);
        let start = outlet.now();
        outlet.say_seconds("3 pages", start);
        drop(outlet);
        assert_eq!(heard, "3 pages en 2,0\u{a0}s");
    }

    #[test]
    fn files_go_to_the_folder_which_is_made() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        let mut heard = Vec::new();
        let mut outlet = Outlet::new(&folder, Language::English, |text| heard.push(text.to_owned()));
        let mut part = Part::new();
        part.say("six ties");
        part.table("ties.csv", crate::write::Table::new().with("ties", vec![6_i64]).unwrap());
        let written = outlet.deliver(&part).unwrap();
        drop(outlet);
        assert_eq!(written, [folder.join("ties.csv")]);
        assert_eq!(std::fs::read_to_string(&written[0]).unwrap().trim(), "ties\n6");
        assert_eq!(heard[0], "six ties\n");
        assert!(heard[1].ends_with("ties.csv"), "{heard:?}");
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = Outlet::new(file.join("out"), Language::English, |_| ()).folder().unwrap_err();
        assert!(matches!(error, Error::Io { path, .. } if path == file.join("out")));
    }

    #[test]
    fn accounts_are_in_the_language_of_the_report() {
        let mut found = Diagnostics::default();
        (0..3).for_each(|_| found.keep());
        found.remark("columns", crate::diagnostics::Place::file("mine.csv"), "id: `id`");
        let heard = |language| {
            let mut heard = String::new();
            Outlet::new("nowhere", language, |text| heard.push_str(text)).account("ACTORS mine.csv", &found);
            heard
        };
        let french = heard(Language::French);
        assert!(
            french.starts_with("\nACTEURS mine.csv\nlus\u{a0}: 3, gardés\u{a0}: 3, écartés\u{a0}: 0\n"),
            "{french}"
        );
        assert!(french.contains("columns\u{a0}: 1 (la première fois, mine.csv"), "{french}");
        assert!(heard(Language::English).starts_with("\nACTORS mine.csv\n3 records: 3 kept, 0 dropped"));
    }
}
