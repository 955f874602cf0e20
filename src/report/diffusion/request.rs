//! Diffusion, told, as a page and as a table.

use std::path::PathBuf;

use super::{diffusion_page, seed_table};
use crate::error::Result;
use crate::report::Outlet;
use crate::report::practices::PageFrame;
use crate::study::{DiffusionOptions, Study};
use crate::write::csv::{CsvStyle, write_csv_file};

/// Says how many the chosen actors reach (between bounds, and the ratio that is guaranteed), writes
/// `diffusion.html` and `seeds.csv`. Gives what it wrote.
///
/// # Errors
/// Those of [`Study::diffusion`]; [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn deliver_diffusion(
    study: &Study,
    options: &DiffusionOptions,
    frame: &PageFrame<'_>,
    outlet: &mut Outlet<'_>,
) -> Result<Vec<PathBuf>> {
    let report = study.diffusion(options, outlet.progress)?;
    let folder = outlet.folder()?;
    let written = ["diffusion.html", "seeds.csv"].map(|name| folder.join(name));
    diffusion_page(study, &report, frame, outlet.language)?.write_html(&written[0])?;
    write_csv_file(&written[1], &seed_table(study, &report)?, CsvStyle::FrenchSpreadsheet)?;
    let choice = &report.choice;
    let ratio = choice.ratio.unwrap_or(0.0);
    outlet
        .say(format!("{:.0} / {:.0} / {:.0}, ratio {ratio:.3}", choice.lower, choice.estimate, choice.upper));
    let said = outlet.language.pick("Les pages et les tables sont dans", "Pages and tables are in");
    outlet.say(format!("{said} {}", folder.display()));
    Ok(written.into())
}
