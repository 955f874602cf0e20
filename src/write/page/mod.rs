//! Pages for people: one self-contained HTML file, and the same as Markdown.
//!
//! A [`Page`] is headings, paragraphs, key figures, tables and pictures in the order they are read. The
//! HTML needs no other file and no script, prints on A4, follows the reader's dark mode, and is made to be
//! read aloud: ordered headings, captioned tables with scopes, pictures with names. Every text is
//! escaped; the page speaks the language it is told and knows none itself.
//!
//! ```
//! use rurban::write::page::{Page, PageTable, PageWords};
//! use rurban::write::report::Align;
//! let mut page = Page::new("Portes de Gascogne", PageWords::english());
//! let section = page.section("Ties");
//! section.paragraph("5 of 6 known ties lead to a city.");
//! section.table(
//!     PageTable::new("Partners", [("partner", Align::Left), ("km", Align::Right)]).row(["Toulouse", "60"]),
//! );
//! let html = page.to_html()?;
//! assert!(html.contains("<h2 id=\"s1\">Ties</h2>") && html.contains("Table 1. Partners</caption>"));
//! assert!(page.to_markdown().contains("| Toulouse | 60 |"));
//! # Ok::<(), rurban::Error>(())
//! ```

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use askama::Template;

use crate::error::{Error, Result};
use crate::write::csv::CsvStyle;
use crate::write::report::{Align, TextTable};
use crate::write::svg::Svg;
use crate::write::{Column, Table, to_file};

/// The words every page has, in the language of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PageWords {
    /// BCP 47 tag of the language.
    pub tag: String,
    /// The link that jumps over the contents.
    pub skip: String,
    /// Heading of the list of sections.
    pub contents: String,
    /// Heading of the sources.
    pub sources: String,
    /// What a figure's or a table's number is put after: `Figure`, `Table`.
    pub figure: String,
    /// See [`PageWords::figure`].
    pub table: String,
    /// What introduces the sentence that shows how to read a figure.
    pub reading: String,
    /// The decimal mark of its numbers.
    pub decimal: char,
}

impl PageWords {
    /// French.
    #[must_use]
    pub fn french() -> Self {
        Self {
            tag: "fr".into(),
            skip: "Aller au contenu".into(),
            contents: "Sommaire".into(),
            sources: "Sources et méthode".into(),
            figure: "Figure".into(),
            table: "Tableau".into(),
            reading: "Lecture\u{a0}:".into(),
            decimal: ',',
        }
    }

    /// English.
    #[must_use]
    pub fn english() -> Self {
        Self {
            tag: "en".into(),
            skip: "Skip to content".into(),
            contents: "Contents".into(),
            sources: "Sources and method".into(),
            figure: "Figure".into(),
            table: "Table".into(),
            reading: "How to read:".into(),
            decimal: '.',
        }
    }
}

/// A number that stands out, with what it is compared with.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct KeyFigure {
    /// What it measures.
    pub label: String,
    /// The number as it is shown.
    pub value: String,
    /// Rank, region, country, certainty.
    pub comparison: String,
    /// A small picture, such as the strip of all peers.
    pub picture: Option<Svg>,
}

impl KeyFigure {
    /// A figure without a picture.
    pub fn new(label: impl Into<String>, value: impl Into<String>, comparison: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), comparison: comparison.into(), picture: None }
    }

    /// With a small picture under it.
    #[must_use]
    pub fn picture(mut self, picture: Svg) -> Self {
        self.picture = Some(picture);
        self
    }
}

/// A table of a page: texts as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct PageTable {
    caption: String,
    columns: Vec<TableColumn>,
    rows: Vec<Vec<String>>,
    reading: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct TableColumn {
    name: String,
    align: Align,
}

impl PageTable {
    /// A table without rows.
    pub fn new<S: Into<String>>(
        caption: impl Into<String>,
        columns: impl IntoIterator<Item = (S, Align)>,
    ) -> Self {
        let columns =
            columns.into_iter().map(|(name, align)| TableColumn { name: name.into(), align }).collect();
        Self { caption: caption.into(), columns, rows: Vec::new(), reading: None, note: None }
    }

    /// Adds a row; missing cells are empty and those beyond the columns are left out.
    pub fn row<S: Into<String>>(mut self, cells: impl IntoIterator<Item = S>) -> Self {
        self.push(cells);
        self
    }

    /// Adds a row, see [`PageTable::row`].
    pub fn push<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(cells);
    }

    /// The sentence that reads one row aloud.
    pub fn reading(mut self, sentence: impl Into<String>) -> Self {
        self.reading = Some(sentence.into());
        self
    }

    /// A remark under the table.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A link of a list of links.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PageLink {
    text: String,
    target: String,
    note: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Block {
    Heading(String),
    Paragraph(String),
    Remark(String),
    List(Vec<String>),
    Links(Vec<PageLink>),
    Figures(Vec<KeyFigure>),
    Table { number: usize, table: PageTable, folded: bool },
    Picture { number: usize, picture: Svg, caption: String, reading: Option<String> },
}

/// A part of a page under its own heading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    title: String,
    blocks: Vec<Block>,
    /// Tables and pictures before this section, for their numbers.
    tables: usize,
    pictures: usize,
}

impl Section {
    /// A heading inside the section.
    pub fn heading(&mut self, text: impl Into<String>) -> &mut Self {
        self.add(Block::Heading(text.into()))
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: impl Into<String>) -> &mut Self {
        self.add(Block::Paragraph(text.into()))
    }

    /// A paragraph set apart: a limit, a warning.
    pub fn remark(&mut self, text: impl Into<String>) -> &mut Self {
        self.add(Block::Remark(text.into()))
    }

    /// A list; nothing where it is empty.
    pub fn list<S: Into<String>>(&mut self, items: impl IntoIterator<Item = S>) -> &mut Self {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        if items.is_empty() { self } else { self.add(Block::List(items)) }
    }

    /// A link to another page of the same folder, or to a web address; any other target is written as
    /// text. `note` stands after it.
    pub fn link(
        &mut self,
        text: impl Into<String>,
        target: impl Into<String>,
        note: impl Into<String>,
    ) -> &mut Self {
        let link = PageLink { text: text.into(), target: target.into(), note: note.into() };
        if let Some(Block::Links(links)) = self.blocks.last_mut() {
            links.push(link);
            return self;
        }
        self.add(Block::Links(vec![link]))
    }

    /// Key figures side by side.
    pub fn figures(&mut self, figures: impl IntoIterator<Item = KeyFigure>) -> &mut Self {
        let figures: Vec<KeyFigure> = figures.into_iter().collect();
        if figures.is_empty() { self } else { self.add(Block::Figures(figures)) }
    }

    /// A table.
    pub fn table(&mut self, table: PageTable) -> &mut Self {
        self.tables += 1;
        self.add(Block::Table { number: self.tables, table, folded: false })
    }

    /// A long table that the reader opens; it is open in print.
    pub fn folded_table(&mut self, table: PageTable) -> &mut Self {
        self.tables += 1;
        self.add(Block::Table { number: self.tables, table, folded: true })
    }

    /// A picture with its caption and, where there is one, the sentence that shows how to read it.
    pub fn picture(
        &mut self,
        picture: Svg,
        caption: impl Into<String>,
        reading: Option<String>,
    ) -> &mut Self {
        self.pictures += 1;
        self.add(Block::Picture { number: self.pictures, picture, caption: caption.into(), reading })
    }

    fn add(&mut self, block: Block) -> &mut Self {
        self.blocks.push(block);
        self
    }
}

/// A page, see the [module](self).
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Page {
    title: String,
    lead: Option<String>,
    words: PageWords,
    sections: Vec<Section>,
    sources: Vec<String>,
    footer: Option<String>,
    /// Label of the field that searches the links.
    search: Option<String>,
}

#[derive(Template)]
#[template(path = "page.html")]
struct PageHtml<'a> {
    page: &'a Page,
    style: &'static str,
}

impl Page {
    /// An empty page.
    pub fn new(title: impl Into<String>, words: PageWords) -> Self {
        Self {
            title: title.into(),
            lead: None,
            words,
            sections: Vec::new(),
            sources: Vec::new(),
            footer: None,
            search: None,
        }
    }

    /// The paragraph under the title.
    pub fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead = Some(text.into());
        self
    }

    /// The last line of the page: program, version, date given by the caller.
    pub fn footer(mut self, text: impl Into<String>) -> Self {
        self.footer = Some(text.into());
        self
    }

    /// A new section at the end.
    pub fn section(&mut self, title: impl Into<String>) -> &mut Section {
        let (tables, pictures) = self.sections.last().map_or((0, 0), |s| (s.tables, s.pictures));
        self.sections.push(Section { title: title.into(), tables, pictures, ..Section::default() });
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }

    /// Puts a field above the sections that hides the links without the text typed. It is the one thing on
    /// a page that needs a script; without it all links are there.
    pub fn search(&mut self, label: impl Into<String>) {
        self.search = Some(label.into());
    }

    /// Adds a source, a vintage or a remark on method.
    pub fn source(&mut self, text: impl Into<String>) {
        self.sources.push(text.into());
    }

    /// The page as one HTML file.
    ///
    /// # Errors
    /// [`Error::Io`] when a text cannot be written, which memory alone decides.
    pub fn to_html(&self) -> Result<String> {
        let style = include_str!("page.css");
        let html = PageHtml { page: self, style }
            .render()
            .map_err(|e| Error::Io { path: "page".into(), source: std::io::Error::other(e) })?;
        // HTML has no way to hold it.
        Ok(html.replace('\0', "\u{fffd}"))
    }

    /// The page as Markdown, without its pictures but with their captions.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut parts = vec![format!("# {}", plain(&self.title))];
        parts.extend(self.lead.as_deref().map(plain));
        for section in &self.sections {
            parts.push(format!("## {}", plain(&section.title)));
            parts.extend(section.blocks.iter().map(|b| self.block_as_markdown(b)));
        }
        if !self.sources.is_empty() {
            parts.push(format!("## {}", self.words.sources));
            parts.push(bullets(self.sources.iter().map(|s| plain(s))));
        }
        parts.extend(self.footer.as_deref().map(plain));
        parts.join("\n\n") + "\n"
    }

    fn block_as_markdown(&self, block: &Block) -> String {
        let reading = |sentence: &Option<String>| {
            sentence.as_ref().map(|s| format!("\n\n{} {}", self.words.reading, plain(s))).unwrap_or_default()
        };
        match block {
            Block::Heading(text) => format!("### {}", plain(text)),
            Block::Paragraph(text) => plain(text),
            Block::Remark(text) => format!("> {}", plain(text)),
            Block::List(items) => bullets(items.iter().map(|s| plain(s))),
            Block::Links(links) => bullets(links.iter().map(|l| {
                let text = if l.is_safe() {
                    format!("[{}](<{}>)", plain(&l.text), l.target.replace(['<', '>', '\n', '\r'], ""))
                } else {
                    plain(&l.text)
                };
                format!("{text} {}", plain(&l.note)).trim_end().to_owned()
            })),
            Block::Figures(figures) => bullets(figures.iter().map(|f| {
                format!("**{}** – {} – {}", plain(&f.value), plain(&f.label), plain(&f.comparison))
            })),
            Block::Table { number, table, .. } => {
                let mut text = TextTable::new(table.columns.iter().map(|c| (c.name.as_str(), c.align)));
                for row in &table.rows {
                    // Rows were made as long as the columns.
                    let _ = text.row(row.iter().map(String::as_str));
                }
                let note = table.note.as_ref().map(|n| format!("\n\n{}", plain(n))).unwrap_or_default();
                format!(
                    "{} {number}. {}\n\n{}{}{note}",
                    self.words.table,
                    plain(&table.caption),
                    text.to_markdown().trim_end(),
                    reading(&table.reading)
                )
            }
            Block::Picture { number, caption, reading: sentence, .. } => {
                format!("*{} {number}. {}*{}", self.words.figure, plain(caption), reading(sentence))
            }
        }
    }

    /// All that is said on the page, one row for each cell of a table, key figure, sentence and list item:
    /// `section`, `block` (`table 2`, `figure`, `text`), `row`, `column`, the text as `shown`, and its
    /// `value` where it is a number, percentages as shares.
    ///
    /// # Errors
    /// None: all columns come from the same rows.
    pub fn to_table(&self) -> Result<Table<'static>> {
        let mut cells: Vec<[String; 5]> = Vec::new();
        let mut add = |section: &str, block: &str, row: &str, column: &str, shown: &str| {
            if !shown.is_empty() {
                cells.push([section, block, row, column, shown].map(str::to_owned));
            }
        };
        add("", "text", "", "", &self.title);
        add("", "text", "", "", self.lead.as_deref().unwrap_or_default());
        for section in &self.sections {
            let title = section.title.as_str();
            for block in &section.blocks {
                match block {
                    Block::Heading(text) | Block::Paragraph(text) | Block::Remark(text) => {
                        add(title, "text", "", "", text);
                    }
                    Block::List(items) => items.iter().for_each(|i| add(title, "text", "", "", i)),
                    Block::Links(links) => {
                        links.iter().for_each(|l| add(title, "text", &l.text, "", &l.note));
                    }
                    Block::Figures(figures) => figures.iter().for_each(|f| {
                        add(title, "figure", &f.label, "", &f.value);
                        add(title, "figure", &f.label, "comparison", &f.comparison);
                    }),
                    Block::Table { number, table, .. } => {
                        let name = format!("table {number}");
                        add(title, &name, "", "caption", &table.caption);
                        add(title, &name, "", "reading", table.reading.as_deref().unwrap_or_default());
                        add(title, &name, "", "note", table.note.as_deref().unwrap_or_default());
                        for row in &table.rows {
                            for (column, cell) in table.columns.iter().zip(row) {
                                add(title, &name, &row[0], &column.name, cell);
                            }
                        }
                    }
                    Block::Picture { number, caption, reading, .. } => {
                        let name = format!("picture {number}");
                        add(title, &name, "", "caption", caption);
                        add(title, &name, "", "reading", reading.as_deref().unwrap_or_default());
                    }
                }
            }
        }
        self.sources.iter().for_each(|s| add(&self.words.sources, "text", "", "", s));
        add("", "text", "", "", self.footer.as_deref().unwrap_or_default());
        let values: Vec<f64> =
            cells.iter().map(|c| shown_number(&c[4], self.words.decimal).unwrap_or(f64::NAN)).collect();
        let mut table = Table::new();
        for (i, name) in ["section", "block", "row", "column", "shown"].into_iter().enumerate() {
            let column =
                cells.iter().map(|c| Some(c[i].clone().into()).filter(|t: &Cow<'_, str>| !t.is_empty()));
            table.push(name, Column::Text(column.collect()))?;
        }
        table.with("value", Column::Number(values.into()))
    }

    /// Writes [`Page::to_table`] as CSV, replacing the file whole.
    ///
    /// # Errors
    /// [`Error::Io`], naming the path.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        crate::write::csv::write_csv_file(path, &self.to_table()?, CsvStyle::default())
    }

    /// Writes the page as `name.html`, `name.md` and `name.csv` into a folder that exists; gives the path of
    /// the HTML.
    ///
    /// # Errors
    /// [`Error::Io`], naming the path.
    pub fn write_files(&self, folder: &Path, name: &str) -> Result<PathBuf> {
        let path = folder.join(format!("{name}.html"));
        self.write_html(&path)?;
        self.write_markdown(folder.join(format!("{name}.md")))?;
        self.write_csv(folder.join(format!("{name}.csv")))?;
        Ok(path)
    }

    /// Writes the HTML to a file, replacing it whole.
    ///
    /// # Errors
    /// [`Error::Io`], naming the path.
    pub fn write_html(&self, path: impl AsRef<Path>) -> Result<()> {
        write_text(path.as_ref(), &self.to_html()?)
    }

    /// Writes the Markdown to a file, replacing it whole.
    ///
    /// # Errors
    /// [`Error::Io`], naming the path.
    pub fn write_markdown(&self, path: impl AsRef<Path>) -> Result<()> {
        write_text(path.as_ref(), &self.to_markdown())
    }
}

impl PageLink {
    /// Whether the target is a file beside the page or a web address, never a script.
    fn is_safe(&self) -> bool {
        let scheme = self.target.split(['/', '?', '#']).next().unwrap_or_default();
        self.target.starts_with("https://")
            || (!scheme.contains(':') && !self.target.starts_with(['/', '\\']) && !self.target.contains('\\'))
    }
}

impl TableColumn {
    /// The class of its cells: numbers stand to the right.
    fn class(&self) -> &'static str {
        if self.align == Align::Right { " class=\"n\"" } else { "" }
    }
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    to_file(path, |out| {
        std::io::Write::write_all(out, text.as_bytes())
            .map_err(|source| Error::Io { path: path.to_owned(), source })
    })
}

/// The number a cell shows, whatever its unit: `1 234,5 €`, `86 %` (0.86), `−0,2`, `24 km`.
fn shown_number(text: &str, decimal: char) -> Option<f64> {
    let spaced = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let (digits, unit) = text.split_at(end);
    let unit = unit.trim_matches(spaced);
    if !matches!(unit, "" | "%" | "km" | "km²" | "€" | "k€" | "M€" | "min") {
        return None;
    }
    let mut plain = String::with_capacity(digits.len());
    for c in digits.chars() {
        match c {
            c if c == decimal => plain.push('.'),
            '\u{2212}' | '-' => plain.push('-'),
            c if spaced(c) || c == ',' => {}
            c => plain.push(c),
        }
    }
    let value: f64 = plain.parse().ok()?;
    Some(if unit == "%" { value / 100.0 } else { value })
}

/// Text in which Markdown finds no marks: on one line, with its special characters escaped.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '#' | '|' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn bullets(items: impl Iterator<Item = String>) -> String {
    items.map(|i| format!("- {i}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
