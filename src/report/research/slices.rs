//! Rural–urban ties between two kinds of actors by source and period, and signed agreements.

use std::path::Path;

use super::sentences::{chance, verdict};
use crate::error::Result;
use crate::evidence::Evidence;
use crate::inventory::Tie;
use crate::model::Period;
use crate::progress::Progress;
use crate::report::Language;
use crate::study::{KindPair, LinkSummary, LinkageOptions, LinkageSlice, Study};
use crate::write::Table;
use crate::write::csv::{CsvStyle, write_csv_file};
use crate::write::report::{Align, TextTable};

/// One row per source, period and meaning of chance.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn linkage_slice_table(slices: &[LinkageSlice]) -> Result<Table<'static>> {
    let rows: Vec<(&LinkageSlice, &crate::evidence::Measured<Evidence>)> =
        slices.iter().flat_map(|s| s.tests.iter().map(move |t| (s, t))).collect();
    let of = |f: fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        rows.iter().map(|(_, t)| t.value().and_then(f)).collect()
    };
    let text =
        |f: &dyn Fn(&LinkageSlice) -> String| -> Vec<String> { rows.iter().map(|(s, _)| f(s)).collect() };
    let count = |f: fn(&LinkageSlice) -> usize| -> Vec<usize> { rows.iter().map(|(s, _)| f(s)).collect() };
    Table::new()
        .with("source", text(&|s| s.source.clone()))?
        .with("period", text(&|s| s.period.map(|p| p.to_string()).unwrap_or_default()))?
        .with("between", text(&|s| format!("{}–{}", s.between.a.key(), s.between.b.key())))?
        .with("ties", count(|s| s.ties))?
        .with("labelled_ties", count(|s| s.labelled))?
        .with("cross_ties", count(|s| s.cross))?
        .with(
            "null",
            rows.iter().map(|(_, t)| t.value().map(|e| super::tables::key(&e.null))).collect::<Vec<_>>(),
        )?
        .with("observed", of(|e| Some(e.observed)))?
        .with("expected", of(|e| Some(e.expected)))?
        .with("sd", of(|e| e.sd))?
        .with("z", of(|e| e.z))?
        .with("p", of(|e| e.p))?
        .with("undefined", rows.iter().map(|(_, t)| t.reason().map(str::to_owned)).collect::<Vec<_>>())
}

/// The same for a terminal.
///
/// # Errors
/// None on slices of this study.
pub fn linkage_slices_text(study: &Study, slices: &[LinkageSlice], language: Language) -> Result<String> {
    let l = language;
    let names = l.pick(
        ["source", "période", "rural–urbain, attendus", "observé", "attendu", "z", "p", "n", ""],
        ["source", "period", "rural–urban ties expected", "observed", "expected", "z", "p", "n", ""],
    );
    let left = [0, 1, 2, 8];
    let columns =
        (0..names.len()).map(|i| (names[i], if left.contains(&i) { Align::Left } else { Align::Right }));
    let mut table = TextTable::new(columns);
    for s in slices {
        let period =
            s.period.map_or_else(|| l.pick("toutes les années", "all years").to_owned(), |p| p.to_string());
        for test in &s.tests {
            let Some(e) = test.value() else {
                table.row(
                    [s.source.clone(), period.clone(), l.too_few(s.labelled)]
                        .into_iter()
                        .chain(std::iter::repeat_n(String::new(), names.len() - 3)),
                )?;
                continue;
            };
            let decimals = usize::from(e.observed.fract() != 0.0);
            table.row([
                s.source.clone(),
                period.clone(),
                chance(e.null, l).to_owned(),
                l.decimal(e.observed, decimals),
                l.decimal(e.expected, 1),
                e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1)),
                e.p.map_or_else(|| "–".to_owned(), |p| l.p_value(p)),
                l.integer(e.n),
                verdict(e, l).to_owned(),
            ])?;
        }
    }
    let mut sources: Vec<&str> = slices.iter().map(|s| s.source.as_str()).collect();
    sources.dedup();
    let listed: Vec<String> = sources
        .into_iter()
        .map(|s| format!("{s}{}{}", l.colon(), l.source(study.inventory(), s).to_owned()))
        .collect();
    Ok(format!("{table}\n{}", listed.join("\n")))
}

/// Ties between firms and laboratories and what `signed` agreements (ties of the source `agreements`) tie, in
/// words; writes `firms_and_laboratories.csv`, their ties by source and period, into a folder that exists.
///
/// # Errors
/// Those of [`Study::linkage_slices`]; [`Error::Io`](crate::Error::Io) when the file cannot be written.
pub fn write_linkage_slices(
    study: &Study,
    signed: usize,
    periods: &[Period],
    options: &LinkageOptions,
    folder: &Path,
    language: Language,
    progress: &dyn Progress,
) -> Result<String> {
    let slices = study.linkage_slices(KindPair::FIRMS_LABORATORIES, periods, options, progress)?;
    let path = folder.join("firms_and_laboratories.csv");
    write_csv_file(path, &linkage_slice_table(&slices)?, CsvStyle::Standard)?;
    Ok(format!(
        "{}\n{}\n\n{}",
        firm_laboratory_ties_text(study, language),
        linkage_slices_text(study, &slices, language)?,
        agreements_text(study, "agreements", signed, language)
    ))
}

/// Ties between firms and laboratories: how many, how many of them rural–urban.
#[must_use]
pub fn firm_laboratory_ties_text(study: &Study, language: Language) -> String {
    let l = language;
    let kind = |i: u32| study.inventory().actors()[i as usize].kind;
    let pair = KindPair::FIRMS_LABORATORIES;
    let ties = study.links().iter().filter(|t| pair.joins(kind(t.a), kind(t.b)));
    let s = LinkSummary::of(ties);
    let known = s.total() - s.unclassed;
    let cross = l.share(s.urban_rural, known);
    l.pick(
        format!(
            "Entreprises et laboratoires\u{a0}: {}, dont {cross} rural–urbain parmi ceux dont les deux bouts sont classés.",
            l.count(s.total(), "lien", "liens", "tie", "ties")
        ),
        format!(
            "Firms and laboratories: {}, {cross} of those classed at both ends rural–urban.",
            l.count(s.total(), "lien", "liens", "tie", "ties")
        ),
    )
}

/// What agreements between territories tie: pairs, rural–urban ones, how far.
#[must_use]
pub fn agreements_text(study: &Study, source: &str, signed: usize, language: Language) -> String {
    let l = language;
    let ties: Vec<&Tie> = study.inventory().ties().iter().filter(|t| t.source == source).collect();
    let place = |i: u32| &study.places()[i as usize];
    let rurality = |t: &Tie| [t.from, t.to].map(|i| place(i).rurality());
    let cross = ties.iter().filter(|t| matches!(rurality(t), [Some(a), Some(b)] if a != b)).count();
    let mut metres: Vec<f64> = ties
        .iter()
        .filter_map(|t| {
            let (a, b) = place(t.from).point.zip(place(t.to).point)?;
            crate::space::distance::geodesic_m(a.into(), b.into()).ok()
        })
        .collect();
    metres.sort_by(f64::total_cmp);
    let median = metres.get(metres.len() / 2).map_or_else(|| l.missing().to_owned(), |m| l.kilometres(*m));
    let (pairs, share) = (l.integer(ties.len()), l.share(cross, ties.len()));
    let signed = l.integer(signed);
    l.pick(
        format!(
            "Accords signés entre villes et territoires ruraux\u{a0}: {signed}, soit {pairs} paires d’EPCI\u{202f}; {share} \
             relient un EPCI urbain et un EPCI rural, distance médiane {median}. Liste établie à la main\u{a0}: elle ne \
             compte que des accords ville–campagne, aucun hasard ne s’y compare."
        ),
        format!(
            "Signed agreements between cities and rural territories: {signed}, {pairs} pairs of EPCI; {share} join an \
             urban and a rural EPCI, median distance {median}. A hand-made list of urban–rural agreements alone: no \
             chance compares with it."
        ),
    )
}
