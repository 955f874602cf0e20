//! The page on new places.

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
            format!("+{} {}", language.decimal(report.demand_after - report.demand_before, 0), words.served),
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
    let caption = language
        .pick("Lieux nouveaux, chacun après ceux qui le précèdent", "New places, each after those before it");
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
    let caption =
        language.pick("Qui est à portée d’un lieu, avant et après", "Who is within reach, before and after");
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
        for (b, t) in atlas.level(&Level::Epci)?.memberships().iter() {
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
        (0..base.len()).filter(|&b| report.inside[b]).filter_map(|b| Some((Coord::from(base[b].point?), b)))
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
