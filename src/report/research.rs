//! Firms that work with laboratories, for people: the page, the tables and the summary of
//! [`Study::firms_and_laboratories`].

mod page;
mod sentences;
mod slices;
mod tables;

use std::path::{Path, PathBuf};

pub use page::{ResearchMap, research_page};
pub use sentences::research_text;
pub use slices::{
    agreements_text, firm_laboratory_ties_text, linkage_slice_table, linkage_slices_text,
    write_linkage_slices,
};
pub use tables::{
    research_firm_table, research_laboratory_table, research_territory_table, research_test_table,
    research_year_table,
};

use super::{Language, Outlet};
use crate::error::Result;
use crate::progress::Progress;
use crate::study::{FirmLaboratoryOptions, FirmsAndLaboratories, Study};
use crate::write::csv::{CsvStyle, write_csv_file};

/// Says what is found of firms and laboratories, writes the files of [`write_research`] and says which. Gives
/// them.
///
/// # Errors
/// Those of [`Study::firms_and_laboratories`]; [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn deliver_research(
    study: &Study,
    options: &FirmLaboratoryOptions,
    map: &ResearchMap<'_>,
    outlet: &mut Outlet<'_>,
) -> Result<Vec<PathBuf>> {
    let (l, progress, folder) = (outlet.language, outlet.progress, outlet.folder()?);
    let found = study.firms_and_laboratories(options, progress)?;
    outlet.say(format!("{}\n", research_text(&found, l)));
    let written = write_research(study, &found, map, &folder, l, progress)?;
    written.iter().for_each(|path| outlet.say(path.display().to_string()));
    Ok(written)
}

/// Writes the page and the tables into a folder that exists: `etat_des_lieux.html` (`research.html` in
/// English), `territories.csv`, `firms.csv`, `laboratories.csv`, `years.csv`, `chance.csv`. Returns what it
/// wrote.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn write_research(
    study: &Study,
    found: &FirmsAndLaboratories,
    map: &ResearchMap<'_>,
    folder: &Path,
    language: Language,
    progress: &dyn Progress,
) -> Result<Vec<PathBuf>> {
    progress.begin("write files", Some(6));
    let mut written = vec![folder.join(language.pick("etat_des_lieux.html", "research.html"))];
    research_page(study, found, map, language)?.write_html(&written[0])?;
    progress.advance(1);
    for (name, table) in [
        ("territories.csv", research_territory_table(found)?),
        ("firms.csv", research_firm_table(study, found)?),
        ("laboratories.csv", research_laboratory_table(study, found)?),
        ("years.csv", research_year_table(found)?),
        ("chance.csv", research_test_table(found)?),
    ] {
        let path = folder.join(name);
        write_csv_file(&path, &table, CsvStyle::Standard)?;
        written.push(path);
        progress.advance(1);
    }
    progress.end();
    Ok(written)
}
