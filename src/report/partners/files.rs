//! Partners as files, and how well the scores foresee.

use std::path::{Path, PathBuf};

use super::{PartnerGround, recommendations_map, recommendations_page, recommendations_table};
use crate::error::Result;
use crate::report::Language;
use crate::study::Recommendations;
use crate::write::csv::{CsvStyle, write_csv_file};
#[cfg(feature = "france-data")]
use crate::{
    france::Agreement,
    matching::TiedPairs,
    model::Level,
    progress::Progress,
    random::Seed,
    report::partners::{judged_text, ranks_text},
    study::{
        ActivitySource, ComplementarityOptions, Counting, JudgeOptions, PartnerUnits, PartnersOptions, Study,
    },
};

/// Writes `partners.html`, `partners.svg` and `partners.csv` into a folder that exists. Returns what it wrote.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) when a file cannot be written.
pub fn write_recommendations(
    found: &Recommendations,
    ground: Option<PartnerGround<'_>>,
    folder: &Path,
    language: Language,
) -> Result<Vec<PathBuf>> {
    let written = ["partners.html", "partners.svg", "partners.csv"].map(|name| folder.join(name));
    recommendations_page(found, ground, language)?.write_html(&written[0])?;
    recommendations_map(found, ground, language)?.write_file(&written[1])?;
    write_csv_file(&written[2], &recommendations_table(found, language)?, CsvStyle::Standard)?;
    Ok(written.into())
}

/// How well the scores foresee: the Interreg ties of 2014–2020 from those of 2000–2013, by EPCI, and where
/// signed agreements rank the city for its rural partner. The agreements should not be among the ties of the
/// study: leave out their kind.
///
/// # Errors
/// Those of [`PartnerHistory::judge`](crate::study::PartnerHistory::judge) and
/// [`Partners::rank_known`](crate::study::Partners::rank_known).
#[cfg(feature = "france-data")]
pub fn foresight_text(
    study: &Study,
    agreements: &[Agreement],
    language: Language,
    progress: &dyn Progress,
) -> Result<String> {
    let (fields, _) = study.profiles(&Level::Epci, ActivitySource::Themes("field"), Counting::Full)?;
    let complementarity = study.complementarity(&fields, None, &ComplementarityOptions::default())?;
    // What either side could gain.
    let gain = |i: usize, j: usize| {
        let of = |a, b| Some(complementarity.score(a, b) / 100.0).filter(|c: &f64| c.is_finite());
        of(i, j).into_iter().chain(of(j, i)).fold(f64::NAN, f64::max)
    };
    let history = study.partner_history(&PartnerUnits::Territories(Level::Epci))?;
    let judged = history.judge(&JudgeOptions::new(2006, 2013), Some(&gain), progress)?;
    let epci = study.atlas().level(&Level::Epci)?;
    let signed = agreements.iter().filter(|agreement| agreement.is_signed());
    let pairs: Vec<(usize, usize)> = signed
        .flat_map(Agreement::pairs)
        .filter_map(|[urban, rural]| Some((epci.find(rural.as_str())?, epci.find(urban.as_str())?)))
        .collect();
    let options = PartnersOptions::new(PartnerUnits::Territories(Level::Epci)).tied(TiedPairs::Shown);
    let known = study.partners(&options, Some(&complementarity))?.rank_known(&pairs, Seed::default())?;
    let title = language.pick(
        "Accords signés : rang de la ville parmi les EPCI urbains (score / population/d² / distance)",
        "Signed agreements: rank of the city among urban EPCI (score / population/d² / distance)",
    );
    Ok(format!(
        "INTERREG, EPCI, 2000–2013 → 2014–2020\n{}\n\n{}",
        judged_text(&judged, language),
        ranks_text(title, &known, language)
    ))
}
