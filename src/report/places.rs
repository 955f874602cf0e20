//! Where new places would be within reach of whom: text, tables and page.

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

mod page {
    use geo_types::Coord;

    use super::{
        Language, PlaceForms, PlacesWords, Result, SitingReport, Study, forms_text, gap, groups, mean, proof,
        question, reach_label, remarks, site_name, theil,
    };
    use crate::model::{Contours, Level};
    use crate::space::Bounds;
    use crate::write::page::{KeyFigure, Page, PageTable, PageWords};
    use crate::write::report::Align;
    use crate::write::svg::{Choropleth, Colours, Coordinates, Svg};

    /// The page: key figures, the new places, maps before and after, who is within reach, how good the answer
    /// is. The maps are left out where the atlas has no outlines of EPCI. `date` is that of the calculation.
    ///
    /// # Errors
    /// None on a report of this study.
    pub fn places_page(
        report: &SitingReport,
        study: &Study,
        forms: Option<&PlaceForms>,
        words: &PlacesWords,
        language: Language,
        date: Option<&str>,
    ) -> Result<Page> {
        let cutoff = words.cost(report.cutoff, language);
        let page_words = language.pick(PageWords::french(), PageWords::english());
        let mut page = Page::new(question(report, words, language), page_words).lead(language.pick(
            format!(
                "{} {} existants, {} candidats\u{202f}; distances à vol d’oiseau depuis le point de chaque commune. Des lieux à explorer, non une décision.",
                language.integer(report.existing.len()), words.places, language.integer(report.candidates)
            ),
            format!(
                "{} existing {}, {} candidates; straight lines from the point of each municipality. Places worth exploring, not a decision.",
                language.integer(report.existing.len()), words.places, language.integer(report.candidates)
            ),
        ));
        let section = page.section(language.pick("En bref", "In brief"));
        section.figures([
            KeyFigure::new(
                language.pick(format!("À moins de {cutoff} aujourd’hui"), format!("Within {cutoff} today")),
                language.percent(report.demand_before / report.demand, 1),
                language.pick(
                    format!(
                        "{} sur {} {}",
                        language.decimal(report.demand_before, 0),
                        language.decimal(report.demand, 0),
                        words.served
                    ),
                    format!(
                        "{} of {} {}",
                        language.decimal(report.demand_before, 0),
                        language.decimal(report.demand, 0),
                        words.served
                    ),
                ),
            ),
            KeyFigure::new(
                language.pick("Avec les lieux nouveaux", "With the new places"),
                language.percent(report.demand_after / report.demand, 1),
                format!(
                    "+{} {}",
                    language.decimal(report.demand_after - report.demand_before, 0),
                    words.served
                ),
            ),
            KeyFigure::new(
                language.pick("Écart au meilleur choix possible", "Distance from the best choice possible"),
                if report.proof.is_optimal() {
                    language.pick("aucun", "none").to_owned()
                } else {
                    format!("≤ {}", gap(&report.proof, language))
                },
                language.pick("borne démontrée", "proved bound"),
            ),
        ]);
        section.paragraph(proof(report.goal, &report.proof, words, language));
        let section = page.section(language.pick("Lieux nouveaux à explorer", "New places worth exploring"));
        section.table(opened_table(report, words, language));

        let section = page.section(language.pick("Avant et après", "Before and after"));
        if let Some([before, after]) = maps(report, study, words, language)? {
            let reading = language.pick(
                format!("plus l’EPCI est foncé, plus grande est la part de ses habitants à moins de {cutoff} d’un lieu\u{202f}; les points sont les lieux."),
                format!("the darker an EPCI, the larger the share of its people within {cutoff} of a place; the dots are the places."),
            );
            section.picture(
                before,
                language.pick(
                    format!("Part des habitants à moins de {cutoff} d’un lieu, aujourd’hui"),
                    format!("Share of people within {cutoff} of a place, today"),
                ),
                Some(reading),
            );
            section.picture(
                after,
                language.pick(format!("Part des habitants à moins de {cutoff} d’un lieu, avec les lieux nouveaux (croix\u{a0}: lieux nouveaux)"), format!("Share of people within {cutoff} of a place, with the new ones (crosses: new places)")),
                None,
            );
        }
        section.table(groups_table(report, words, language));
        if let Some(text) = theil(report, language) {
            section.paragraph(text);
        }
        if let Some(forms) = forms {
            let section =
                page.section(language.pick("Formes des lieux existants", "Forms of the existing places"));
            forms_text(forms, study, 8, language).lines().for_each(|line| {
                section.paragraph(line);
            });
        }
        let remarks = remarks(report, language);
        if !remarks.is_empty() {
            page.section(language.pick("Limites", "Limits")).list(remarks);
        }
        page.source(language.pick(
            "Insee, populations et grille communale de densité\u{a0}: sont rurales les communes des trois niveaux les moins denses (bourgs ruraux, habitat dispersé, très dispersé)",
            "Insee, populations and density grid of municipalities: rural are the three least dense levels",
        ));
        let mut keys: Vec<&str> = (report.existing.iter())
            .filter_map(|s| Some(study.inventory().actors()[s.actor? as usize].source.as_str()))
            .filter(|s| !s.is_empty())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().for_each(|key| page.source(language.source(study.inventory(), key)));
        page.source(language.pick(
            "Méthode\u{a0}: choix glouton, échanges, borne lagrangienne (Church et ReVelle 1974\u{202f}; Beasley 1993)\u{202f}; distances géodésiques",
            "Method: greedy choice, interchange, Lagrangian bound (Church and ReVelle 1974; Beasley 1993); geodesic distances",
        ));
        let program = format!("rurban {}", env!("CARGO_PKG_VERSION"));
        let program = language.pick(format!("Calculs {program}"), format!("Computed with {program}"));
        Ok(page.footer(match date {
            Some(date) => format!("{program}, {date}"),
            None => program,
        }))
    }

    fn opened_table(report: &SitingReport, words: &PlacesWords, language: Language) -> PageTable {
        let columns = [
            (language.pick("Rang", "Rank"), Align::Right),
            (language.pick("Commune", "Municipality"), Align::Left),
            (language.pick("Ruraux en plus", "Rural people added"), Align::Right),
            (language.pick("Urbains en plus", "Urban people added"), Align::Right),
            (language.pick("Communes en plus", "Municipalities added"), Align::Right),
            (language.pick("Lieu existant le plus proche", "Nearest existing place"), Align::Right),
        ];
        let caption = language.pick(
            "Lieux nouveaux, chacun après ceux qui le précèdent",
            "New places, each after those before it",
        );
        let mut table = PageTable::new(caption, columns);
        for (rank, new) in report.opened.iter().enumerate() {
            table.push([
                language.rank(rank + 1),
                site_name(new),
                language.decimal(new.rural_reached, 0),
                language.decimal(new.urban_reached, 0),
                language.integer(new.territories_reached),
                mean(new.nearest_existing, words, language),
            ]);
        }
        match report.opened.first() {
            Some(first) => table.reading(language.pick(
                format!(
                    "un lieu à {} mettrait {} habitants ruraux de plus à moins de {}.",
                    site_name(first),
                    language.decimal(first.rural_reached, 0),
                    words.cost(report.cutoff, language)
                ),
                format!(
                    "a place at {} would put {} more rural people within {}.",
                    site_name(first),
                    language.decimal(first.rural_reached, 0),
                    words.cost(report.cutoff, language)
                ),
            )),
            None => table,
        }
    }

    fn groups_table(report: &SitingReport, words: &PlacesWords, language: Language) -> PageTable {
        let columns = [
            (language.pick("Communes", "Municipalities"), Align::Left),
            (language.pick("Habitants", "People"), Align::Right),
            (language.pick("À portée avant", "Within reach before"), Align::Right),
            (language.pick("À portée après", "Within reach after"), Align::Right),
            (language.pick("Distance moyenne avant", "Mean way before"), Align::Right),
            (language.pick("Distance moyenne après", "Mean way after"), Align::Right),
        ];
        let caption = language
            .pick("Qui est à portée d’un lieu, avant et après", "Who is within reach, before and after");
        let mut table = PageTable::new(caption, columns);
        for (at, r) in groups(report) {
            table.push([
                format!("{} ({})", reach_label(at, language), language.integer(r.territories)),
                language.decimal(r.population, 0),
                language.percent(r.before / r.population, 1),
                language.percent(r.after / r.population, 1),
                mean(r.mean_before, words, language),
                mean(r.mean_after, words, language),
            ]);
        }
        table
    }

    /// Shares of people within reach by EPCI, before and after.
    fn maps(
        report: &SitingReport,
        study: &Study,
        words: &PlacesWords,
        language: Language,
    ) -> Result<Option<[Svg; 2]>> {
        let atlas = study.atlas();
        let Ok(level) = atlas.level(&Level::Epci) else { return Ok(None) };
        let (Some(layer), Some(quality)) = (level.geometry(), level.geometry_quality()) else {
            return Ok(None);
        };
        let base = atlas.base().territories();
        let shares = |costs: &[f64]| -> Result<Vec<f64>> {
            let mut sums = vec![(0.0, 0.0); level.territories().len()];
            for (b, t) in atlas.memberships(&Level::Epci)? {
                let b = b as usize;
                if report.inside[b] {
                    let people = base[b].population.unwrap_or(0.0);
                    sums[t as usize].0 += people;
                    sums[t as usize].1 += if costs[b] <= report.cutoff { people } else { 0.0 };
                }
            }
            Ok(sums
                .into_iter()
                .map(|(all, within)| if all > 0.0 { 100.0 * within / all } else { f64::NAN })
                .collect())
        };
        let bounds = bounds(report, study);
        let points = |sites: &mut dyn Iterator<Item = Coord<f64>>| -> Vec<Coord<f64>> {
            sites.filter(|&c| bounds.is_none_or(|b| b.contains(c))).collect()
        };
        let old = points(&mut report.existing.iter().map(|s| s.point.into()));
        let new = points(&mut report.opened.iter().map(|n| n.site.point.into()));
        // A dot is lost on a dark map; new places get a cross of a size that is seen.
        let arm = bounds.map_or(0.1, |b| (b.max[1] - b.min[1]) / 50.0);
        let crosses: Vec<[Coord<f64>; 2]> = (new.iter())
            .flat_map(|&c| {
                let end = |dx: f64, dy: f64| Coord { x: c.x + dx * arm * 1.4, y: c.y + dy * arm };
                [[end(-1.0, -1.0), end(1.0, 1.0)], [end(-1.0, 1.0), end(1.0, -1.0)]]
            })
            .collect();
        let draw =
            |title: &str, costs: &[f64], points: &[Coord<f64>], lines: &[[Coord<f64>; 2]]| -> Result<Svg> {
                Choropleth {
                    title,
                    value_label: language.pick("% des habitants", "% of people"),
                    layer,
                    contours: Contours::from(quality),
                    values: &shares(costs)?,
                    colours: Colours::Sequential,
                    lines,
                    points,
                    coordinates: Coordinates::Degrees,
                    bounds,
                }
                .render_in(language.pictures())
            };
        let cutoff = words.cost(report.cutoff, language);
        let share = |costs: &[f64]| {
            let inside = || (0..base.len()).filter(|&b| report.inside[b]);
            let people = |b: usize| base[b].population.unwrap_or(0.0);
            let near: f64 = inside().filter(|&b| costs[b] <= report.cutoff).map(people).sum();
            language.percent(near / inside().map(people).sum::<f64>(), 0)
        };
        let (today, then) = (share(&report.cost_before), share(&report.cost_after));
        Ok(Some([
            draw(
                &language.pick(
                    format!("{today} des habitants à moins de {cutoff}, aujourd’hui"),
                    format!("{today} of the people within {cutoff}, today"),
                ),
                &report.cost_before,
                &old,
                &[],
            )?,
            draw(
                &language.pick(
                    format!("{then} des habitants à moins de {cutoff}, avec les lieux nouveaux"),
                    format!("{then} of the people within {cutoff}, with the new places"),
                ),
                &report.cost_after,
                &new,
                &crosses,
            )?,
        ]))
    }

    /// The part of the world in which most of the people asked for live.
    fn bounds(report: &SitingReport, study: &Study) -> Option<Bounds> {
        let zones = study.atlas().zones();
        let base = study.atlas().base().territories();
        let inside = || {
            (0..base.len())
                .filter(|&b| report.inside[b])
                .filter_map(|b| Some((Coord::from(base[b].point?), b)))
        };
        let mut people = vec![0.0; zones.as_slice().len()];
        let zone = |c: Coord<f64>| zones.as_slice().iter().position(|z| z.bounds.contains(c));
        for (c, b) in inside() {
            if let Some(z) = zone(c) {
                people[z] += base[b].population.unwrap_or(0.0);
            }
        }
        let most = (0..people.len()).max_by(|&a, &b| people[a].total_cmp(&people[b]).then(b.cmp(&a)));
        let mut bounds = Bounds::EMPTY;
        inside().filter(|(c, _)| zone(*c) == most).for_each(|(c, _)| bounds.include(c));
        (!bounds.is_empty()).then(|| Bounds {
            min: [bounds.min[0] - 0.15, bounds.min[1] - 0.1],
            max: [bounds.max[0] + 0.15, bounds.max[1] + 0.1],
        })
    }
}
