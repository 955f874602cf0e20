//! Whether cooperation follows perimeters, in words.

use super::Language;
use crate::evidence::Evidence;
use crate::study::BelongingReport;

fn sentence(name: &str, e: &Evidence, language: Language) -> String {
    let p = e.p.unwrap_or(1.0);
    let z = e.z.map_or("–".to_owned(), |z| format!("{z:.1}"));
    match language {
        Language::French => {
            let verdict = match (p < 0.05, e.observed > e.expected) {
                (true, true) => "plus que la distance ne le donne",
                (true, false) => "moins que la distance ne le donne",
                _ => "pas d’écart net avec la distance",
            };
            let text = format!(
                "{:.1} attendus à nombre de liens et à distance égaux (z\u{a0}= {z}, n\u{a0}= {} acteurs)",
                e.expected, e.n
            );
            format!(
                "{name}\u{a0}: {:.0} liens à l’intérieur, {}\u{202f}; {verdict}.",
                e.observed,
                text.replace('.', ",")
            )
        }
        Language::English => {
            let verdict = match (p < 0.05, e.observed > e.expected) {
                (true, true) => "more than distance gives",
                (true, false) => "less than distance gives",
                _ => "no clear difference from distance",
            };
            format!(
                "{name}: {:.0} ties inside, {:.1} expected at equal degrees and distance (z = {z}, n = {} actors); {verdict}.",
                e.observed, e.expected, e.n
            )
        }
    }
}

/// The whole, then the perimeters with ties inside or expected, most ties first.
#[must_use]
pub fn belonging_text(report: &BelongingReport, most: usize, language: Language) -> String {
    let mut lines = Vec::new();
    match &report.beyond_distance {
        crate::evidence::Measured::Value(e) => lines.push(sentence(&report.perimeters, e, language)),
        crate::evidence::Measured::Undefined(why) => lines.push(format!("{}: {why}", report.perimeters)),
    }
    let mut rows: Vec<_> =
        report.territories.iter().filter_map(|t| Some((t, t.beyond_distance.value()?))).collect();
    rows.sort_by(|a, b| {
        b.1.observed.total_cmp(&a.1.observed).then(a.0.perimeter.code.cmp(&b.0.perimeter.code))
    });
    lines.extend(
        rows.iter().take(most).map(|(t, e)| format!("  {}", sentence(&t.perimeter.name, e, language))),
    );
    lines.join("\n")
}
