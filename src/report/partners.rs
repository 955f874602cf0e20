//! Partners worth exploring, in words.

use super::Language;
use crate::matching::Term;
use crate::study::{Basis, Constraint, Recommendation, Recommendations, RegionMatching};

/// A whole number of kilometres, or that the distance is not known.
fn kilometres(distance_m: Option<f64>, language: Language) -> String {
    match (distance_m, language) {
        (Some(d), _) => format!("{:.0}\u{202f}km", d / 1e3),
        (None, Language::French) => "distance inconnue".to_owned(),
        (None, Language::English) => "distance not known".to_owned(),
    }
}

/// A factor with one decimal, as the language writes it.
fn factor(value: f64, language: Language) -> String {
    let text = format!("{value:.1}");
    if language == Language::French { text.replace('.', ",") } else { text }
}

fn term(term: Term, language: Language) -> &'static str {
    let (french, english) = match term {
        Term::Participations | Term::RecentParticipations => ("participations", "participations"),
        Term::Degrees => ("nombre de partenaires", "number of partners"),
        Term::Distance => ("distance", "distance"),
        Term::AdamicAdar | Term::ResourceAllocation { .. } | Term::LengthThree | Term::CommonPartner => {
            ("proximité dans le réseau", "proximity in the network")
        }
        Term::Complementarity { .. } => ("complémentarité", "complementarity"),
        _ => ("autre raison", "another reason"),
    };
    if language == Language::French { french } else { english }
}

/// Why one partner is worth exploring: distance, what speaks for it against the median candidate,
/// partners in common, what is lacked and who has it.
#[must_use]
pub fn reasons(r: &Recommendation, language: Language) -> String {
    let french = language == Language::French;
    let mut parts = vec![kilometres(r.distance_m, language)];
    let strong: Vec<String> = r
        .reasons
        .iter()
        .filter(|t| t.advantage() > 0.05)
        .map(|t| {
            format!(
                "{} ×\u{a0}{}",
                term(t.contribution.term, language),
                factor(t.advantage().exp(), language)
            )
        })
        .collect();
    if !strong.is_empty() {
        let head =
            if french { "par rapport au candidat médian\u{a0}: " } else { "against the median candidate: " };
        parts.push(format!("{head}{}", strong.join(", ")));
    }
    if r.common_total > 0 {
        let names: Vec<&str> = r.common.iter().map(|c| c.name.as_str()).collect();
        let rest = r.common_total - names.len();
        let head = match (french, r.common_total) {
            (true, 1) => "partenaire en commun\u{a0}: ",
            (true, _) => "partenaires en commun\u{a0}: ",
            (false, 1) => "partner in common: ",
            (false, _) => "partners in common: ",
        };
        let tail = match (rest, french) {
            (0, _) => String::new(),
            (n, true) => format!(" et {n} de plus"),
            (n, false) => format!(" and {n} more"),
        };
        parts.push(format!("{head}{}{tail}", names.join(", ")));
    }
    if !r.lacks.is_empty() {
        let head =
            if french { "ce qui manque et s’y trouve\u{a0}: " } else { "what is lacked and found there: " };
        let list: Vec<String> = r
            .lacks
            .iter()
            .map(|l| match l.holders.first() {
                Some(holder) => format!("{} ({holder})", l.name),
                None => l.name.clone(),
            })
            .collect();
        parts.push(format!("{head}{}", list.join(", ")));
    }
    parts.join(if french { "\u{202f}; " } else { "; " })
}

fn constraint(c: Constraint, language: Language) -> &'static str {
    let (french, english) = match c {
        Constraint::SharedGround => ("même territoire", "same ground"),
        Constraint::Kinds => ("type d’acteur", "kind of actor"),
        Constraint::Sides => ("rural–urbain seulement", "rural–urban only"),
        Constraint::Distance => ("distance maximale", "longest distance"),
        Constraint::Time => ("temps maximal", "longest time"),
        Constraint::Tied => ("coopération déjà connue", "tied already"),
        Constraint::OnePerTerritory => ("un partenaire par territoire", "one partner per territory"),
    };
    if language == Language::French { french } else { english }
}

/// The partners of one seeker as text: what it rests on, each partner with its reasons, and what each
/// constraint took away.
#[must_use]
pub fn recommendations_text(found: &Recommendations, language: Language) -> String {
    let french = language == Language::French;
    let mut lines = vec![if french {
        format!("Partenaires à explorer pour\u{a0}: {} ({})", found.unit.name, found.unit.code)
    } else {
        format!("Partners worth exploring for {} ({})", found.unit.name, found.unit.code)
    }];
    lines.push(match (found.basis, french) {
        (Basis::Cooperations, true) => {
            format!("Territoires ou acteurs déjà liés\u{a0}: {}. Candidats examinés\u{a0}: {}.", found.tied, found.considered)
        }
        (Basis::Cooperations, false) => {
            format!("Tied already with {}; candidates considered: {}.", found.tied, found.considered)
        }
        (Basis::DistanceAndComplementarity, true) => format!(
            "Aucune coopération connue\u{a0}: seules la distance, les participations des candidats et la complémentarité \
             jouent. Candidats examinés\u{a0}: {}.",
            found.considered
        ),
        (Basis::DistanceAndComplementarity, false) => format!(
            "No known cooperation: distance, the candidates' participations and complementarity decide alone. \
             Candidates considered: {}.",
            found.considered
        ),
    });
    for (rank, r) in found.partners.iter().enumerate() {
        lines.push(format!("{:>2}. {} – {}", rank + 1, r.partner.name, reasons(r, language)));
    }
    if found.partners.is_empty() {
        lines.push(if french { "Aucun candidat ne reste." } else { "No candidate is left." }.to_owned());
    }
    let removed: Vec<String> = found
        .removals
        .iter()
        .map(|r| format!("{} {}", constraint(r.constraint, language), r.removed))
        .collect();
    if !removed.is_empty() {
        let head = if french { "Écartés\u{a0}: " } else { "Taken away: " };
        lines.push(format!("{head}{} / {}.", removed.join(", "), found.candidates));
    }
    lines.join("\n")
}

/// Both matchings of a région as text.
#[must_use]
pub fn region_text(m: &RegionMatching, language: Language) -> String {
    let french = language == Language::French;
    let heads = if french {
        ["Appariement stable", "Appariement de plus grand total"]
    } else {
        ["Stable matching", "Matching of largest total"]
    };
    let mut lines = Vec::new();
    for (head, pairs, total) in [(heads[0], &m.stable, m.stable_total), (heads[1], &m.best, m.best_total)] {
        let sum = factor(total, language);
        lines.push(if french {
            format!("{head}\u{a0}: {} paires, somme des scores {sum}", pairs.len())
        } else {
            format!("{head}: {} pairs, sum of scores {sum}", pairs.len())
        });
        for p in pairs {
            lines.push(format!(
                "  {} – {} ({})",
                p.seeker.name,
                p.partner.name,
                kilometres(p.distance_m, language)
            ));
        }
    }
    lines.join("\n")
}
