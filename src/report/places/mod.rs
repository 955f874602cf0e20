//! Where new places would be within reach of whom: text, tables and page.

mod files;
mod page;
#[cfg(feature = "france-data")]
mod request;

pub use files::write_places;
#[cfg(feature = "france-data")]
pub use request::{PlacesRequest, Served};

use std::borrow::Cow;

use super::Language;
use crate::error::Result;
use crate::model::ActorKind;
use crate::siting::{Proof, SitingNote};
use crate::study::{NewSite, PlaceForms, ReachOf, SitingGoal, SitingReport, Study};
use crate::write::{Column, Table};

/// What the places are called, and who is served.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlacesWords {
    /// The places in the plural: `lieux d’innovation`.
    pub places: String,
    /// Who is served: `habitants des communes rurales`.
    pub served: String,
    /// Where: `en France`, `pour : Occitanie`.
    pub ground: String,
    /// Whether costs are metres; otherwise minutes.
    pub metres: bool,
}

impl PlacesWords {
    /// Innovation places for the rural people of all France, in metres.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            places: language.actor_kinds(ActorKind::InnovationPlace).to_owned(),
            served: rural_people(language).to_owned(),
            ground: language.pick("France entière", "all of France").to_owned(),
            metres: true,
        }
    }

    /// Sets [`PlacesWords::ground`] to a territory by name.
    #[must_use]
    pub fn ground(self, name: impl Into<String>) -> Self {
        Self { ground: name.into(), ..self }
    }

    /// Sets [`PlacesWords::places`].
    #[must_use]
    pub fn places(self, places: impl Into<String>) -> Self {
        Self { places: places.into(), ..self }
    }

    /// Sets [`PlacesWords::served`].
    #[must_use]
    pub fn served(self, served: impl Into<String>) -> Self {
        Self { served: served.into(), ..self }
    }

    /// Sets [`PlacesWords::metres`] to false.
    #[must_use]
    pub fn minutes(self) -> Self {
        Self { metres: false, ..self }
    }

    fn cost(&self, cost: f64, language: Language) -> String {
        if self.metres {
            language.kilometres(cost)
        } else if cost.is_nan() {
            "–".to_owned()
        } else {
            format!("{}\u{a0}min", language.decimal(cost, 0))
        }
    }
}

fn rural_people(language: Language) -> &'static str {
    language.pick("habitants des communes rurales", "people of rural municipalities")
}

/// A share of people with its numbers: `85 % (1 200 sur 1 400)`.
fn share(part: f64, whole: f64, language: Language) -> String {
    if !(whole > 0.0) {
        return language.missing().to_owned();
    }
    format!(
        "{} ({} {} {})",
        language.percent(part / whole, 1),
        language.integer(part.round() as i64),
        language.pick("sur", "of"),
        language.integer(whole.round() as i64)
    )
}

fn question(report: &SitingReport, words: &PlacesWords, language: Language) -> String {
    let n = language.count(report.opened.len(), "lieu nouveau", "lieux nouveaux", "new place", "new places");
    let cutoff = words.cost(report.cutoff, language);
    let PlacesWords { served, ground, .. } = words;
    match report.goal {
        SitingGoal::Cover => language.pick(
            format!("{ground}\u{a0}: où {n} seraient à moins de {cutoff} du plus grand nombre ({served})"),
            format!("{ground}: where {n} would be within {cutoff} of most ({served})"),
        ),
        SitingGoal::CoverAll => language.pick(
            format!("{ground}\u{a0}: {n} pour que tous soient à moins de {cutoff} ({served})"),
            format!("{ground}: {n} for everybody to be within {cutoff} ({served})"),
        ),
        SitingGoal::Median => language.pick(
            format!("{ground}\u{a0}: où {n} rendraient les trajets les plus courts en moyenne ({served})"),
            format!("{ground}: where {n} would make ways shortest on average ({served})"),
        ),
        SitingGoal::Centre => language.pick(
            format!(
                "{ground}\u{a0}: où {n} rendraient le plus long trajet le plus court possible ({served})"
            ),
            format!("{ground}: where {n} would make the longest way shortest ({served})"),
        ),
    }
}

/// The gap; what rounds to nothing is not nothing.
fn gap(proof: &Proof, language: Language) -> String {
    language.percent(proof.gap.max(1e-4), 2)
}

/// How good the answer is proved to be, in a sentence.
fn proof(goal: SitingGoal, proof: &Proof, words: &PlacesWords, language: Language) -> String {
    let number = |v: f64| match goal {
        SitingGoal::Centre => words.cost(v, language),
        SitingGoal::Median if words.metres => {
            format!(
                "{}\u{a0}{}",
                language.decimal(v / 1e3, 0),
                language.pick("personnes × km", "people × km")
            )
        }
        SitingGoal::Median => {
            format!("{}\u{a0}{}", language.decimal(v, 0), language.pick("personnes × min", "people × min"))
        }
        _ => language.decimal(v, 0),
    };
    let (value, bound) = (number(proof.value), number(proof.bound));
    if proof.is_optimal() {
        return language.pick(
            format!("Preuve\u{a0}: aucun autre choix parmi les candidats ne fait mieux ({value})."),
            format!("Proof: no other choice among the candidates does better ({value})."),
        );
    }
    let gap = gap(proof, language);
    language.pick(
        format!("Preuve\u{a0}: ce choix donne {value}\u{202f}; aucun autre ne peut faire mieux que {bound}\u{202f}: l’écart au meilleur possible est d’au plus {gap}."),
        format!("Proof: this choice gives {value}; no other can be better than {bound}: it misses the best possible by {gap} at most."),
    )
}

fn note(note: &SitingNote, language: Language) -> String {
    let number = |n: usize| language.integer(n);
    match note {
        SitingNote::FewerCandidates { asked, candidates } => language.pick(
            format!(
                "{} lieux demandés, {} candidats seulement\u{a0}: tous sont retenus.",
                number(*asked),
                number(*candidates)
            ),
            format!(
                "{} places asked for, {} candidates only: all are taken.",
                number(*asked),
                number(*candidates)
            ),
        ),
        SitingNote::OnExisting { .. } => language.pick(
            "Un candidat est au même endroit qu’un lieu existant\u{a0}: il est écarté.".to_owned(),
            "A candidate is where a place exists already: it is left out.".to_owned(),
        ),
        SitingNote::NothingToGain { opened } => language.pick(
            format!(
                "Au-delà de {}, un lieu de plus ne changerait rien.",
                language.count(*opened, "lieu", "lieux", "", "")
            ),
            format!(
                "Beyond {} one more would change nothing.",
                language.count(*opened, "", "", "place", "places")
            ),
        ),
        SitingNote::MoreNeeded { limit, needed, at_least } => language.pick(
            format!(
                "Il en faut {} (au moins {}), et non {}.",
                language.decimal(*needed, 0),
                language.decimal(*at_least, 0),
                language.decimal(*limit, 0)
            ),
            format!(
                "It takes {} (at least {}), not {}.",
                language.decimal(*needed, 0),
                language.decimal(*at_least, 0),
                language.decimal(*limit, 0)
            ),
        ),
        SitingNote::OutOfReach { demands, weight } => language.pick(
            format!(
                "{} ({} personnes) n’ont aucun candidat à portée.",
                language.count(*demands, "commune", "communes", "", ""),
                language.decimal(*weight, 0)
            ),
            format!(
                "{} ({} people) have no candidate within reach.",
                language.count(*demands, "", "", "municipality", "municipalities"),
                language.decimal(*weight, 0)
            ),
        ),
    }
}

/// What was left out, and what else was found.
fn remarks(report: &SitingReport, language: Language) -> Vec<String> {
    let mut lines: Vec<String> = report.notes.iter().map(|n| note(n, language)).collect();
    if report.on_existing > 0 {
        lines.push(format!(
            "{} {}",
            language.count(
                report.on_existing,
                "candidat est",
                "candidats sont",
                "candidate is",
                "candidates are"
            ),
            language.pick(
                "au même endroit qu’un lieu existant\u{a0}: écarté(s).",
                "where a place exists already: left out."
            )
        ));
    }
    if report.without_place > 0 {
        lines.push(format!(
            "{} {}",
            language.count(report.without_place, "lieu", "lieux", "place", "places"),
            language
                .pick("sans adresse connue\u{a0}: non compté(s).", "without a known address: not counted.")
        ));
    }
    if report.without_point > 0 {
        lines.push(format!(
            "{} {}",
            language.count(report.without_point, "commune", "communes", "municipality", "municipalities"),
            language.pick("sans coordonnées\u{a0}: non comptée(s).", "without coordinates: not counted.")
        ));
    }
    lines
}

fn theil(report: &SitingReport, language: Language) -> Option<String> {
    let (Some(before), Some(after)) = (&report.inequality_before, &report.inequality_after) else {
        return None;
    };
    let d = |v: f64| language.decimal(v, 3);
    let between = |t: &crate::inequality::Decomposition| {
        language.percent(t.between / t.total.max(f64::MIN_POSITIVE), 0)
    };
    Some(language.pick(
        format!(
            "Inégalité de la distance au lieu le plus proche (Theil)\u{a0}: {} avant, {} après\u{202f}; part entre rural et urbain {} puis {}.",
            d(before.total), d(after.total), between(before), between(after)
        ),
        format!(
            "Inequality of the distance to the nearest place (Theil): {} before, {} after; share between rural and urban {}, then {}.",
            d(before.total), d(after.total), between(before), between(after)
        ),
    ))
}

fn reach_label(at: usize, language: Language) -> &'static str {
    match at {
        0 => language.pick("Communes rurales", "Rural municipalities"),
        1 => language.pick("Communes urbaines", "Urban municipalities"),
        _ => language.pick("Ruralité inconnue", "Rurality not known"),
    }
}

fn groups(report: &SitingReport) -> impl Iterator<Item = (usize, &ReachOf)> {
    report.by_rurality.iter().enumerate().filter(|(_, r)| r.territories > 0)
}

fn mean(cost: Option<f64>, words: &PlacesWords, language: Language) -> String {
    cost.map_or_else(|| "–".to_owned(), |c| words.cost(c, language))
}

fn site_name(site: &NewSite) -> String {
    match &site.site.territory {
        Some(code) => format!("{} ({code})", site.site.name),
        None => site.site.name.clone(),
    }
}

/// The answer as text for a terminal.
#[must_use]
pub fn places_text(report: &SitingReport, words: &PlacesWords, language: Language) -> String {
    let colon = language.colon();
    let mut lines = vec![question(report, words, language)];
    lines.push(format!(
        "{} {}{colon}{}, {} {}",
        words.served,
        language.pick(
            format!("à moins de {}", words.cost(report.cutoff, language)),
            format!("within {}", words.cost(report.cutoff, language))
        ),
        share(report.demand_before, report.demand, language),
        language.pick("puis", "then"),
        share(report.demand_after, report.demand, language),
    ));
    lines.push(proof(report.goal, &report.proof, words, language));
    for (rank, new) in report.opened.iter().enumerate() {
        let near = new.nearest_existing.map_or_else(
            || language.pick("aucun lieu existant proche", "no existing place near").to_owned(),
            |c| {
                language.pick(
                    format!("lieu existant à {}", words.cost(c, language)),
                    format!("existing place at {}", words.cost(c, language)),
                )
            },
        );
        lines.push(format!(
            "{:>3}. {}{colon}+{} {}, +{} {} ({near})",
            rank + 1,
            site_name(new),
            language.decimal(new.rural_reached, 0),
            language.pick("ruraux", "rural"),
            language.decimal(new.urban_reached, 0),
            language.pick("urbains", "urban"),
        ));
    }
    for (at, r) in groups(report) {
        lines.push(format!(
            "{}{colon}{} {} {}{} {} {} {}",
            reach_label(at, language),
            share(r.before, r.population, language),
            language.pick("avant,", "before,"),
            share(r.after, r.population, language),
            language.pick(" après\u{202f}; distance moyenne", " after; mean way"),
            mean(r.mean_before, words, language),
            language.pick("puis", "then"),
            mean(r.mean_after, words, language),
        ));
    }
    lines.extend(theil(report, language));
    lines.extend(remarks(report, language));
    lines.join("\n")
}

/// One row per new place: where, what it adds, how far the nearest existing one is. Kilometres or minutes.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn new_places_table<'a>(report: &'a SitingReport, words: &PlacesWords) -> Result<Table<'a>> {
    let rows = || report.opened.iter();
    let (scale, unit) = if words.metres { (1e-3, "km") } else { (1.0, "min") };
    let text =
        |values: Vec<&'a str>| Column::Text(values.into_iter().map(|t| Some(Cow::Borrowed(t))).collect());
    let numbers = |values: Vec<f64>| Column::Number(values.into());
    Table::new()
        .with("rank", Column::Integer((1..=report.opened.len() as i64).map(Some).collect()))?
        .with("name", text(rows().map(|n| n.site.name.as_str()).collect()))?
        .with("code", text(rows().map(|n| n.site.territory.as_ref().map_or("", |c| c.as_str())).collect()))?
        .with("lon", numbers(rows().map(|n| n.site.point.lon()).collect()))?
        .with("lat", numbers(rows().map(|n| n.site.point.lat()).collect()))?
        .with("gain", numbers(rows().map(|n| n.gain).collect()))?
        .with("rural_people_newly_reached", numbers(rows().map(|n| n.rural_reached).collect()))?
        .with("urban_people_newly_reached", numbers(rows().map(|n| n.urban_reached).collect()))?
        .with(
            "municipalities_newly_reached",
            Column::Integer(rows().map(|n| i64::try_from(n.territories_reached).ok()).collect()),
        )?
        .with(
            format!("nearest_existing_{unit}"),
            numbers(rows().map(|n| n.nearest_existing.map_or(f64::NAN, |c| c * scale)).collect()),
        )
}

/// One row per base territory asked for: how far the nearest place is before and after.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn reach_table<'a>(report: &SitingReport, study: &'a Study, words: &PlacesWords) -> Result<Table<'a>> {
    let base = study.atlas().base().territories();
    let kept: Vec<usize> = (0..base.len()).filter(|&b| report.inside[b]).collect();
    let (scale, unit) = if words.metres { (1e-3, "km") } else { (1.0, "min") };
    let cost = |costs: &[f64]| -> Column<'a> {
        let value = |c: f64| if c.is_finite() { c * scale } else { f64::NAN };
        Column::Number(kept.iter().map(|&b| value(costs[b])).collect())
    };
    Table::new()
        .with(
            "code",
            Column::Text(kept.iter().map(|&b| Some(Cow::Borrowed(base[b].code.as_str()))).collect()),
        )?
        .with(
            "name",
            Column::Text(kept.iter().map(|&b| Some(Cow::Borrowed(base[b].name.as_str()))).collect()),
        )?
        .with(
            "population",
            Column::Number(kept.iter().map(|&b| base[b].population.unwrap_or(f64::NAN)).collect()),
        )?
        .with(
            "density",
            Column::Text(kept.iter().map(|&b| base[b].density.map(|d| Cow::Borrowed(d.label()))).collect()),
        )?
        .with(format!("nearest_before_{unit}"), cost(&report.cost_before))?
        .with(format!("nearest_after_{unit}"), cost(&report.cost_after))
}

/// What a feature is called; the capabilities of fablabs.io have names of their own.
fn feature_name(name: &str, language: Language) -> String {
    let french = match name {
        "three_d_printing" => "impression 3D",
        "cnc_milling" => "fraisage numérique",
        "precision_milling" => "fraisage de précision",
        "vinyl_cutting" => "découpe vinyle",
        "laser" => "découpe laser",
        "circuit_production" => "circuits imprimés",
        _ => return name.replace('_', " "),
    };
    let english = if name == "three_d_printing" { "3D printing".to_owned() } else { name.replace('_', " ") };
    language.pick(french.to_owned(), english)
}

/// Places near each other: what is shared and what is lacking, as text; the places with most lacks first.
#[must_use]
pub fn forms_text(forms: &PlaceForms, study: &Study, most: usize, language: Language) -> String {
    let colon = language.colon();
    let name = |a: u32| study.inventory().actors()[a as usize].name.as_str();
    let shown = |f: &crate::study::Feature| feature_name(&f.name, language);
    let head: Vec<String> =
        forms.features.iter().map(|(f, n)| format!("{} ({})", shown(f), language.integer(*n))).collect();
    let mut lines = vec![format!(
        "{}{colon}{}",
        language.count(
            forms.places.len(),
            "lieu décrit",
            "lieux décrits",
            "place described",
            "places described"
        ),
        head.join(", ")
    )];
    let mut rows: Vec<_> = forms.places.iter().filter(|p| !p.near.is_empty()).collect();
    rows.sort_by(|a, b| b.lacks.len().cmp(&a.lacks.len()).then(a.actor.cmp(&b.actor)));
    for place in rows.iter().take(most) {
        let list =
            |features: &[crate::study::Feature]| features.iter().map(shown).collect::<Vec<_>>().join(", ");
        let lacks: Vec<String> = (place.lacks.iter().take(3))
            .map(|l| {
                let holder = l.holders.first().map_or("", |&h| name(h));
                format!("{} ({holder})", shown(&l.feature))
            })
            .collect();
        let none = language.pick("rien", "nothing");
        let or_none = |text: String| if text.is_empty() { none.to_owned() } else { text };
        lines.push(format!(
            "{}{colon}{}{colon}{}{}{}{colon}{}",
            name(place.actor),
            language.pick("partagé avec les voisins", "shared with near ones"),
            or_none(list(&place.shared)),
            language.semicolon(),
            language.pick("connu chez eux seulement", "known there only"),
            or_none(lacks.join(", ")),
        ));
    }
    lines.push(format!(
        "{} {}",
        language.count(
            forms.without_features,
            "lieu sans description",
            "lieux sans description",
            "place without a description",
            "places without a description"
        ),
        language.pick(
            "(non comparés\u{a0}: ce qui n’est pas écrit n’est pas forcément absent).",
            "(not compared: what is not written down may be there all the same)."
        )
    ));
    lines.join("\n")
}

pub use page::places_page;
