//! What a report says and what it writes: lines and tables for the terminal, named files for a folder.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use super::Language;
use crate::error::{Error, Result};
use crate::finding::printable;
use crate::write::Table;
use crate::write::csv::{CsvStyle, write_csv_file};
use crate::write::report::TextTable;
use crate::write::svg::Svg;

/// Characters of a line of text; what is longer is cut, with `…`.
const LONGEST_LINE: usize = 2_000;

/// How a report is worded: its language, and the sources its pictures name.
///
/// ```
/// use rurban::report::{Language, Wording};
/// let wording = Wording::new(Language::English).source("keep.eu").source("ANCT");
/// assert!(wording.source_line().starts_with("Sources: keep.eu; ANCT; computed with rurban "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Wording {
    /// The language.
    pub language: Language,
    /// Where the data come from, as their producers name them.
    pub sources: Vec<String>,
    /// The day the figures were computed, as it is to be read; left out when empty, for the library does
    /// not read the clock.
    pub date: String,
}

impl Wording {
    /// A language and no source.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language, sources: Vec::new(), date: String::new() }
    }

    /// Names one more source.
    #[must_use]
    pub fn source(mut self, title: impl Into<String>) -> Self {
        self.sources.push(title.into());
        self
    }

    /// Sets the day the figures were computed.
    #[must_use]
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = date.into();
        self
    }

    /// The line under a picture: the sources and what computed the figures.
    #[must_use]
    pub fn source_line(&self) -> String {
        let l = self.language;
        let head = match (self.sources.len(), l) {
            (0 | 1, _) => "Source",
            _ => "Sources",
        };
        let computed = l.pick("calculs rurban", "computed with rurban");
        let mut computed = format!("{computed} {}", env!("CARGO_PKG_VERSION"));
        if !self.date.is_empty() {
            computed.push_str(", ");
            computed.push_str(&self.date);
        }
        let all: Vec<&str> =
            self.sources.iter().map(String::as_str).chain(std::iter::once(computed.as_str())).collect();
        format!("{head}{}{}.", l.colon(), all.join(l.semicolon()))
    }
}

/// One thing the terminal shows.
#[derive(Debug, Clone)]
enum Block {
    Line(String),
    Table(TextTable),
}

/// One file of a report.
#[derive(Debug, Clone)]
enum Content<'a> {
    Table(Table<'a>),
    Picture(Svg),
}

/// A part of a report: what the terminal shows, and the files that belong to it.
///
/// Control characters of names are made visible in lines and blank in tables, so that a name from a
/// file of somebody else cannot steer the terminal.
///
/// ```
/// use rurban::report::Part;
/// use rurban::write::Table;
/// let mut part = Part::new();
/// part.say("5 of 6 known ties lead to a city\u{1b}[2J");
/// part.table("ties.csv", Table::new().with("ties", vec![6_i64])?);
/// assert_eq!(part.to_string(), "5 of 6 known ties lead to a city\\u{1b}[2J\n");
/// assert_eq!(part.file_names().collect::<Vec<_>>(), ["ties.csv"]);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Part<'a> {
    blocks: Vec<Block>,
    files: Vec<(String, Content<'a>)>,
}

impl<'a> Part<'a> {
    /// Nothing yet.
    pub const fn new() -> Self {
        Self { blocks: Vec::new(), files: Vec::new() }
    }

    /// Adds a line of text.
    pub fn say(&mut self, line: impl AsRef<str>) {
        self.blocks.push(Block::Line(printable(line.as_ref(), LONGEST_LINE)));
    }

    /// Adds a table to what the terminal shows, and an empty line after it.
    pub fn show(&mut self, table: TextTable) {
        self.blocks.push(Block::Table(table));
    }

    /// Adds a table to the files, as CSV.
    pub fn table(&mut self, file: impl AsRef<str>, table: Table<'a>) {
        self.files.push((file_name(file.as_ref()), Content::Table(table)));
    }

    /// Adds a picture to the files.
    pub fn picture(&mut self, file: impl AsRef<str>, picture: Svg) {
        self.files.push((file_name(file.as_ref()), Content::Picture(picture)));
    }

    /// Adds all of another part after this one, with an empty line between.
    pub fn append(&mut self, other: Self) {
        if !self.blocks.is_empty() && !other.blocks.is_empty() {
            self.say("");
        }
        self.blocks.extend(other.blocks);
        self.files.extend(other.files);
    }

    /// The names of the files, in the order they are written.
    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|f| f.0.as_str())
    }

    /// What the terminal shows, with tables that take at most so many columns of it.
    #[must_use]
    pub fn text(&self, width: Option<usize>) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            // Writing to a string cannot fail.
            let _ = match (block, width) {
                (Block::Line(line), _) => writeln!(text, "{line}"),
                (Block::Table(table), None) => writeln!(text, "{table}"),
                (Block::Table(table), Some(width)) => writeln!(text, "{}", table.clone().fit(width)),
            };
        }
        text
    }

    /// Writes the files into a folder, which is made where it is missing, and returns their paths.
    ///
    /// # Errors
    /// [`Error::Io`], naming the path, when the folder or a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        std::fs::create_dir_all(folder).map_err(|source| Error::Io { path: folder.to_path_buf(), source })?;
        let mut written = Vec::with_capacity(self.files.len());
        for (name, content) in &self.files {
            let path = folder.join(name);
            match content {
                Content::Table(table) => write_csv_file(&path, table, CsvStyle::Standard)?,
                Content::Picture(picture) => picture.write_file(&path)?,
            }
            written.push(path);
        }
        Ok(written)
    }
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(None))
    }
}

/// The name of a file in the folder of the report, never of one elsewhere.
fn file_name(name: &str) -> String {
    name.chars().map(|c| if c.is_control() || "/\\:".contains(c) { '_' } else { c }).collect()
}

/// A text with a capital at its beginning, for headings that begin with a noun.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The line that says which files were written, and where.
#[must_use]
pub fn written_text(written: &[PathBuf], folder: &Path, language: Language) -> String {
    let names: Vec<String> =
        written.iter().filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned())).collect();
    let count =
        language.count(names.len(), "fichier écrit", "fichiers écrits", "file written", "files written");
    let place = language.pick("dans", "to");
    let line = format!("{count} {place} {}{}{}", folder.display(), language.colon(), names.join(", "));
    printable(&line, LONGEST_LINE)
}
