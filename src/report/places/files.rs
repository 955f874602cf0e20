//! New places as files.

use std::path::{Path, PathBuf};

use super::{PlacesWords, new_places_table, places_page, reach_table};
use crate::error::Result;
use crate::report::Language;
use crate::study::{PlaceForms, SitingReport, Study};
use crate::write::csv::{CsvStyle, write_csv_file};

/// Writes `new_places.csv`, `communes.csv` and `places.html` into a folder that exists. Returns what it wrote.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn write_places(
    report: &SitingReport,
    study: &Study,
    forms: Option<&PlaceForms>,
    words: &PlacesWords,
    folder: &Path,
    language: Language,
) -> Result<Vec<PathBuf>> {
    let written = ["new_places.csv", "communes.csv", "places.html"].map(|name| folder.join(name));
    write_csv_file(&written[0], &new_places_table(report, words)?, CsvStyle::Standard)?;
    write_csv_file(&written[1], &reach_table(report, study, words)?, CsvStyle::Standard)?;
    places_page(report, study, forms, words, language, None)?.write_html(&written[2])?;
    Ok(written.into())
}
