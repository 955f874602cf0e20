//! Partners worth exploring: reasons in words, a map, a page.

mod files;
#[cfg(feature = "france-data")]
mod request;

#[cfg(feature = "france-data")]
pub use files::foresight_text;
pub use files::write_recommendations;
#[cfg(feature = "france-data")]
pub use request::{PartnerSeeker, PartnersRequest, deliver_foresight};

use geo_types::Coord;

use super::Language;
use crate::error::Result;
use crate::matching::{Evaluation, FittedScore, Measure, ProximityDimension, Term};
use crate::model::Contours;
use crate::space::{Bounds, Layer};
use crate::study::{
    Basis, Constraint, JudgedScore, JudgedScores, KnownRanks, PartnerUnit, ReciprocalRank, Recommendation,
    Recommendations, RegionMatching, RegionPair, TermReason,
};
use crate::write::Table;
use crate::write::page::{Page, PageTable, PageWords};
use crate::write::report::Align;
use crate::write::svg::{Background, Flow, FlowClass, FlowMap, FlowPoint, LineStyle, Svg};

/// A distance, or that it is not known.
fn kilometres(distance_m: Option<f64>, language: Language) -> String {
    let unknown = language.pick("distance inconnue", "distance not known");
    distance_m.map_or_else(|| unknown.to_owned(), |d| language.kilometres(d))
}

fn term(term: Term, language: Language) -> &'static str {
    let (french, english) = match term {
        Term::Participations => ("participations", "participations"),
        Term::RecentParticipations => ("participations récentes", "recent participations"),
        Term::Degrees => ("nombre de partenaires", "number of partners"),
        Term::Distance => ("distance", "distance"),
        Term::AdamicAdar => ("partenaires en commun (Adamic–Adar)", "partners in common (Adamic–Adar)"),
        Term::ResourceAllocation { .. } => {
            ("partenaires en commun (allocation de ressources)", "partners in common (resource allocation)")
        }
        Term::LengthThree => ("chemins de trois pas", "paths of three steps"),
        Term::LocalPath => ("chemins de deux et trois pas", "walks of two and three steps"),
        Term::CommonPartner => ("un partenaire en commun", "a partner in common"),
        Term::Complementarity { .. } => ("complémentarité", "complementarity"),
        Term::Proximity(ProximityDimension::Cognitive) => ("thèmes partagés", "shared themes"),
        Term::Proximity(_) => ("proximité institutionnelle", "institutional proximity"),
        _ => ("autre raison", "another reason"),
    };
    language.pick(french, english)
}

/// How much a term speaks for a partner, in steps: a factor of thousands says no more than "much".
fn strength(advantage: f64, language: Language) -> Option<&'static str> {
    let factor = advantage.exp();
    let words = if factor >= 20.0 {
        ("bien plus que le candidat médian", "far more than the median candidate")
    } else if factor >= 3.0 {
        ("nettement plus que le candidat médian", "clearly more than the median candidate")
    } else if factor >= 1.5 {
        ("plus que le candidat médian", "more than the median candidate")
    } else if factor >= 1.05 {
        ("un peu plus que le candidat médian", "a little more than the median candidate")
    } else {
        return None;
    };
    Some(language.pick(words.0, words.1))
}

/// One term as a reason, with the numbers behind it; `None` where it does not speak for the partner.
fn reason(t: &TermReason, r: &Recommendation, language: Language) -> Option<String> {
    let strong = strength(t.advantage(), language)?;
    let colon = language.colon();
    Some(match t.contribution.term {
        Term::Distance => {
            let median = language.kilometres((t.median_number.exp() - 10.0).max(0.0) * 1e3);
            let own = kilometres(r.distance_m, language);
            language.pick(
                format!("proche{colon}{own}, candidat médian à {median}"),
                format!("near: {own}, the median candidate at {median}"),
            )
        }
        Term::Participations => {
            let n = language.count(
                r.partner.participations as usize,
                "participation",
                "participations",
                "participation",
                "participations",
            );
            format!("{n}, {strong}")
        }
        Term::Proximity(_) | Term::Complementarity { .. } => {
            format!("{}{colon}{strong}", term(t.contribution.term, language))
        }
        // Named with the partners in common.
        Term::AdamicAdar
        | Term::ResourceAllocation { .. }
        | Term::CommonPartner
        | Term::LengthThree
        | Term::LocalPath
            if r.common_total > 0 =>
        {
            return None;
        }
        other => format!("{}{colon}{strong}", term(other, language)),
    })
}

/// Why one partner is worth exploring: what speaks for it against the median candidate, partners in
/// common, what is lacked and who has it. The strongest reason comes first.
#[must_use]
pub fn reasons(r: &Recommendation, language: Language) -> String {
    let mut parts: Vec<String> = r.reasons.iter().filter_map(|t| reason(t, r, language)).collect();
    if !r.reasons.iter().any(|t| t.contribution.term == Term::Distance && t.advantage().exp() >= 1.05) {
        parts.insert(0, kilometres(r.distance_m, language));
    }
    let colon = language.colon();
    if r.common_total > 0 {
        let names: Vec<&str> = r.common.iter().map(|c| c.name.as_str()).collect();
        let head = language.count(
            r.common_total,
            "partenaire en commun",
            "partenaires en commun",
            "partner in common",
            "partners in common",
        );
        let more = if r.common_total > names.len() { language.pick(" notamment", " such as") } else { "" };
        let names = language.list(&names);
        parts.push(if more.is_empty() {
            format!("{head}{colon}{names}")
        } else {
            language.pick(format!("{head}, notamment {names}"), format!("{head}, such as {names}"))
        });
    }
    if let Some(lacks) = lacks(r, language) {
        let head = language.pick("ce qui manque et s’y trouve", "what is lacked and found there");
        parts.push(format!("{head}{colon}{lacks}"));
    }
    parts.join(language.semicolon())
}

fn lacks(r: &Recommendation, language: Language) -> Option<String> {
    let list: Vec<String> = r
        .lacks
        .iter()
        .map(|l| match l.holders.first() {
            Some(holder) => format!("{} ({holder})", language.field(&l.name).unwrap_or(&l.name)),
            None => language.field(&l.name).unwrap_or(&l.name).to_owned(),
        })
        .collect();
    (!list.is_empty()).then(|| list.join(", "))
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
    language.pick(french, english)
}

fn heading(found: &Recommendations, language: Language) -> String {
    format!(
        "{}{}{} ({})",
        language.pick("Partenaires à explorer pour", "Partners worth exploring for"),
        language.colon(),
        found.unit.name,
        found.unit.code
    )
}

/// What the recommendations rest on.
fn basis(found: &Recommendations, language: Language) -> String {
    let (tied, n) = (language.integer(found.tied), language.integer(found.considered));
    match found.basis {
        Basis::Cooperations => language.pick(
            format!("Partenaires déjà connus\u{a0}: {tied}. Candidats examinés\u{a0}: {n}."),
            format!("Partners known already: {tied}. Candidates considered: {n}."),
        ),
        Basis::DistanceAndComplementarity => language.pick(
            format!(
                "Aucune coopération connue\u{a0}: seules la distance, les participations des candidats et la \
                 complémentarité jouent. Candidats examinés\u{a0}: {n}."
            ),
            format!(
                "No known cooperation: distance, the candidates’ participations and complementarity decide \
                 alone. Candidates considered: {n}."
            ),
        ),
    }
}

fn removals(found: &Recommendations, language: Language) -> Option<String> {
    let removed: Vec<String> = found
        .removals
        .iter()
        .map(|r| format!("{} {}", constraint(r.constraint, language), language.integer(r.removed)))
        .collect();
    let of = language.integer(found.candidates);
    (!removed.is_empty()).then(|| {
        language.pick(
            format!("Écartés, sur {of}\u{a0}: {}.", removed.join(", ")),
            format!("Taken away, of {of}: {}.", removed.join(", ")),
        )
    })
}

/// The partners of one seeker as text: what it rests on, each partner with its reasons, and what each
/// constraint took away.
#[must_use]
pub fn recommendations_text(found: &Recommendations, language: Language) -> String {
    let mut lines = vec![heading(found, language), basis(found, language)];
    for (rank, r) in found.partners.iter().enumerate() {
        lines.push(format!("{:>2}. {} – {}", rank + 1, r.partner.name, reasons(r, language)));
    }
    if found.partners.is_empty() {
        lines.push(language.pick("Aucun candidat ne reste.", "No candidate is left.").to_owned());
    }
    lines.extend(removals(found, language));
    lines.join("\n")
}

/// The partners of one seeker as a table for spreadsheets.
///
/// # Errors
/// None: the columns have one row for each partner.
pub fn recommendations_table(found: &Recommendations, language: Language) -> Result<Table<'static>> {
    let of =
        |f: &dyn Fn(&Recommendation) -> String| -> Vec<String> { found.partners.iter().map(f).collect() };
    Table::new()
        .with("rank", (1..=found.partners.len()).collect::<Vec<usize>>())?
        .with("code", of(&|r| r.partner.code.clone()))?
        .with("name", of(&|r| r.partner.name.clone()))?
        .with("score", found.partners.iter().map(|r| r.score).collect::<Vec<f64>>())?
        .with(
            "distance_km",
            found.partners.iter().map(|r| r.distance_m.map_or(f64::NAN, |d| d / 1e3)).collect::<Vec<f64>>(),
        )?
        .with(
            "participations",
            found.partners.iter().map(|r| r.partner.participations).collect::<Vec<f64>>(),
        )?
        .with("common_partners", found.partners.iter().map(|r| r.common_total).collect::<Vec<usize>>())?
        .with("reasons", of(&|r| reasons(r, language)))
}

/// The land, or other territories, under a map of partners, in degrees.
#[derive(Debug, Clone, Copy)]
pub struct PartnerGround<'a> {
    /// The polygons.
    pub layer: &'a Layer,
    /// How they were made.
    pub contours: Contours,
}

impl<'a> PartnerGround<'a> {
    /// Polygons as they were surveyed.
    #[must_use]
    pub const fn surveyed(layer: &'a Layer) -> Self {
        Self { layer, contours: Contours::Surveyed }
    }
}

fn point(unit: &PartnerUnit) -> Option<Coord<f64>> {
    unit.point.map(Coord::from)
}

/// Bounds of some points with room around them.
fn around(points: &[FlowPoint]) -> Option<Bounds> {
    let mut bounds = Bounds::EMPTY;
    points.iter().for_each(|p| bounds.include(p.at));
    if bounds.is_empty() {
        return None;
    }
    let room = (0..2).map(|k| bounds.max[k] - bounds.min[k]).fold(0.3, f64::max) * 0.12;
    Some(Bounds { min: bounds.min.map(|v| v - room), max: bounds.max.map(|v| v + room) })
}

fn source(language: Language) -> &'static str {
    language.pick(
        "Sources\u{a0}: Insee, grille communale de densité\u{202f}; keep.eu, ROR, ANCT\u{202f}; calculs rurban.",
        "Sources: Insee, density grid of municipalities; keep.eu, ROR, ANCT; computed by rurban.",
    )
}

/// A map of one seeker and its partners: dashed arcs to those worth exploring, solid ones to those tied
/// already. Partners without a place are not on it.
///
/// # Errors
/// As [`FlowMap::render`].
pub fn recommendations_map(
    found: &Recommendations,
    ground: Option<PartnerGround<'_>>,
    language: Language,
) -> Result<Svg> {
    let mut points = Vec::new();
    let mut flows = Vec::new();
    let home = point(&found.unit);
    points.extend(home.map(|at| FlowPoint::new(at, 0, &found.unit.name).labelled().size(4.0)));
    let score = |r: &Recommendation| r.score - found.partners.last().map_or(0.0, |l| l.score) + 0.5;
    for r in &found.partners {
        let Some(at) = point(&r.partner) else { continue };
        points.push(FlowPoint::new(at, 1, &r.partner.name).labelled());
        if home.is_some() {
            let text = format!("{}{}{}", r.partner.name, language.colon(), reasons(r, language));
            let class = u32::from(r.tied.is_some());
            flows.push(Flow::new(0, points.len() as u32 - 1, class).weight(score(r)).detail(text));
        }
    }
    let classes = [
        language.pick("Territoire ou acteur qui cherche", "Who looks for partners").to_owned(),
        language.pick("Partenaire", "Partner").to_owned(),
    ];
    let kinds = [
        FlowClass::new(language.pick("À explorer", "Worth exploring"), LineStyle::Dashed),
        FlowClass::new(language.pick("Coopération connue", "Known cooperation"), LineStyle::Solid),
    ];
    let near: Vec<f64> = found.partners.iter().filter_map(|r| r.distance_m).collect();
    let within = near.iter().filter(|d| **d <= 100e3).count();
    let title = if near.is_empty() {
        heading(found, language)
    } else {
        let share = language.share(within, near.len());
        language.pick(
            format!("{}\u{a0}: partenaires à explorer, {share} à moins de 100\u{a0}km", found.unit.name),
            format!("{}: partners worth exploring, {share} within 100\u{a0}km", found.unit.name),
        )
    };
    let notes = [language
        .pick(
            "Largeur\u{a0}: score, du dixième au premier. Pointer un arc montre les raisons.",
            "Width: score, from the last to the first. Point at an arc for its reasons.",
        )
        .to_owned()];
    let mut map = FlowMap::new(&title)
        .points(&classes, &points)
        .flows(&kinds, &flows)
        .notes(&notes)
        .off_map(language.pick("hors du cadre", "off the map"))
        .source(source(language));
    if let Some(bounds) = around(&points) {
        map = map.bounds(bounds);
    }
    if let Some(g) = ground {
        map = map.background(Background::new(g.layer, g.contours));
    }
    map.render_in(language.pictures())
}

/// A map of a matched région: the stable pairs as dashed arcs.
///
/// # Errors
/// As [`FlowMap::render`].
pub fn region_map(m: &RegionMatching, ground: Option<PartnerGround<'_>>, language: Language) -> Result<Svg> {
    let mut points: Vec<FlowPoint> = Vec::new();
    let mut codes: Vec<String> = Vec::new();
    let mut flows = Vec::new();
    for pair in &m.stable {
        let (Some(a), Some(b)) = (point(&pair.seeker), point(&pair.partner)) else { continue };
        let mut of = |unit: &PartnerUnit, at, class| {
            codes.iter().position(|c| *c == unit.code).unwrap_or_else(|| {
                codes.push(unit.code.clone());
                let p = FlowPoint::new(at, class, &unit.name);
                points.push(if class == 1 { p.labelled().size(2.0) } else { p });
                points.len() - 1
            }) as u32
        };
        let ends = (of(&pair.seeker, a, 0), of(&pair.partner, b, 1));
        let text = format!(
            "{} – {} ({})",
            pair.seeker.name,
            pair.partner.name,
            kilometres(pair.distance_m, language)
        );
        flows.push(Flow::new(ends.0, ends.1, 0).detail(text));
    }
    let classes = [
        language.pick("EPCI rural", "Rural EPCI").to_owned(),
        language.pick("EPCI urbain", "Urban EPCI").to_owned(),
    ];
    let kinds = [FlowClass::new(
        language.pick("Appariement stable, à explorer", "Stable matching, to explore"),
        LineStyle::Dashed,
    )];
    let mut away: Vec<f64> = m.stable.iter().filter_map(|p| p.distance_m).collect();
    away.sort_by(f64::total_cmp);
    let middle = away.get(away.len() / 2).map_or(f64::NAN, |d| *d);
    let (n, middle) = (language.integer(m.stable.len()), language.kilometres(middle));
    let title = language.pick(
        format!("{n} paires rurales–urbaines à explorer, à {middle} en médiane"),
        format!("{n} rural–urban pairs to explore, {middle} apart at the median"),
    );
    let mut map =
        FlowMap::new(&title).points(&classes, &points).flows(&kinds, &flows).source(source(language));
    if let Some(bounds) = around(&points) {
        map = map.bounds(bounds);
    }
    if let Some(g) = ground {
        map = map.background(Background::new(g.layer, g.contours));
    }
    map.render_in(language.pictures())
}

fn words(language: Language) -> PageWords {
    match language {
        Language::French => PageWords::french(),
        Language::English => PageWords::english(),
    }
}

/// The page of one seeker: map, partners with their reasons, what was taken away.
///
/// # Errors
/// As [`recommendations_map`].
pub fn recommendations_page(
    found: &Recommendations,
    ground: Option<PartnerGround<'_>>,
    language: Language,
) -> Result<Page> {
    let mut page = Page::new(heading(found, language), words(language)).lead(basis(found, language));
    let section = page.section(language.pick("Partenaires à explorer", "Partners worth exploring"));
    let reading = found.partners.first().map(|r| {
        let (name, why) = (&r.partner.name, reasons(r, language));
        language.pick(format!("{name} vient en tête\u{a0}: {why}."), format!("{name} comes first: {why}."))
    });
    section.picture(
        recommendations_map(found, ground, language)?,
        language.pick(
            "Partenaires à explorer et coopérations connues",
            "Partners worth exploring, known cooperation",
        ),
        reading,
    );
    let mut table = PageTable::new(
        language.pick("Partenaires et raisons", "Partners and reasons"),
        language.pick(["Rang", "Partenaire", "Raisons"], ["Rank", "Partner", "Reasons"]).into_iter().zip([
            Align::Right,
            Align::Left,
            Align::Left,
        ]),
    );
    for (k, r) in found.partners.iter().enumerate() {
        table.push([(k + 1).to_string(), r.partner.name.clone(), reasons(r, language)]);
    }
    section.table(table);
    if let Some(text) = removals(found, language) {
        section.remark(text);
    }
    page.source(language.pick(
        "Score\u{a0}: somme de logarithmes (participations, distance, partenaires en commun, complémentarité). Il \
         ordonne les candidats d’un même demandeur et ne se compare pas d’un demandeur à l’autre.",
        "Score: a sum of logarithms (participations, distance, partners in common, complementarity). It orders \
         the candidates of one seeker and does not compare between seekers.",
    ));
    page.source(source(language));
    Ok(page)
}

fn pairs_total(language: Language, pairs: &[RegionPair], total: f64) -> String {
    let n = language.count(pairs.len(), "paire", "paires", "pair", "pairs");
    let sum = language.decimal(total, 1);
    language.pick(format!("{n}, somme des scores {sum}"), format!("{n}, sum of scores {sum}"))
}

/// Both matchings of a région as text.
#[must_use]
pub fn region_text(m: &RegionMatching, language: Language) -> String {
    let heads = language.pick(
        ["Appariement stable", "Appariement de plus grand total"],
        ["Stable matching", "Matching of largest total"],
    );
    let mut lines = Vec::new();
    for (head, pairs, total) in [(heads[0], &m.stable, m.stable_total), (heads[1], &m.best, m.best_total)] {
        lines.push(format!("{head}{}{}", language.colon(), pairs_total(language, pairs, total)));
        for p in pairs {
            lines.push(format!(
                "  {} – {} ({})",
                p.seeker.name,
                p.partner.name,
                kilometres(p.distance_m, language)
            ));
        }
    }
    if !m.left_alone.is_empty() {
        let names: Vec<&str> = m.left_alone.iter().map(|u| u.name.as_str()).collect();
        let head = language.pick("Sans partenaire", "Without a partner");
        lines.push(format!("{head}{}{}", language.colon(), language.list(&names)));
    }
    lines.join("\n")
}

fn score_name(score: JudgedScore, language: Language) -> String {
    let (french, english) = match score {
        JudgedScore::Chance => ("hasard", "chance"),
        JudgedScore::Distance => ("distance", "distance"),
        JudgedScore::Degrees => ("nombre de partenaires", "degrees"),
        JudgedScore::Participations => ("participations", "participations"),
        JudgedScore::AdamicAdar => ("Adamic–Adar", "Adamic–Adar"),
        JudgedScore::ResourceAllocation => ("allocation de ressources", "resource allocation"),
        JudgedScore::LocalPath => ("chemins de deux et trois pas", "local path"),
        JudgedScore::LengthThree => ("chemins de trois pas", "length three"),
        JudgedScore::Gravity { exponent } => {
            let b = language.decimal(exponent, 1);
            return language.pick(format!("gravité, b\u{a0}= {b}"), format!("gravity, b = {b}"));
        }
        JudgedScore::Default => ("score par défaut", "default score"),
        JudgedScore::DefaultWithComplementarity => ("… avec complémentarité", "… with complementarity"),
        JudgedScore::Fitted => ("score ajusté", "fitted score"),
        JudgedScore::FittedWithComplementarity => {
            ("score ajusté avec complémentarité", "fitted with complementarity")
        }
    };
    language.pick(french, english).to_owned()
}

fn measure(m: &Measure, language: Language) -> String {
    let value = language.decimal(m.value, 3);
    m.interval.map_or(value.clone(), |i| {
        format!("{value} [{}\u{a0}; {}]", language.decimal(i.low, 3), language.decimal(i.high, 3))
    })
}

fn judged(e: &Evaluation, language: Language) -> String {
    format!(
        "AUC {}, AUPR {}, {} {}, MRR {}",
        measure(&e.auc, language),
        measure(&e.aupr, language),
        language.pick("rappel à 10", "recall at 10"),
        measure(&e.recall, language),
        measure(&e.mrr, language)
    )
}

fn coefficients(fit: &FittedScore, language: Language) -> Vec<String> {
    let rows = fit.model.coefficients.iter().zip(&fit.fit.standard_errors);
    rows.map(|(c, se)| {
        format!(
            "    {}{}{} ± {}",
            term(c.term, language),
            language.colon(),
            language.decimal(c.value, 3),
            language.decimal(*se, 3)
        )
    })
    .collect()
}

/// How well the scores foresee what came later, as text: what nobody can foresee, each score over all
/// pairs and over rural–urban ones with 90 % intervals, the coefficients of the fitted ones.
#[must_use]
pub fn judged_text(j: &JudgedScores, language: Language) -> String {
    let unpredicted = language.share(j.unpredicted.ties, j.unpredicted.all_ties);
    let mut lines = vec![language.pick(
        format!(
            "{} unités actives auparavant\u{202f}; liens nouveaux que nul score ne peut prévoir (un nouveau venu)\u{a0}: \
             {unpredicted}",
            language.integer(j.active)
        ),
        format!(
            "{} units active before; new ties that no score can foresee (a newcomer): {unpredicted}",
            language.integer(j.active)
        ),
    )];
    for (head, mixed) in [
        (language.pick("Toutes les paires", "All pairs"), false),
        (language.pick("Paires rurales–urbaines", "Rural–urban pairs"), true),
    ] {
        let of = |s: &crate::study::Judgement| if mixed { s.mixed.clone() } else { s.all.clone() };
        let sizes = j.scores.first().and_then(|s| of(s).value().map(|e| (e.new_ties, e.pairs)));
        lines.push(sizes.map_or(head.to_owned(), |(new, pairs)| {
            let (new, pairs) = (language.integer(new), language.integer(pairs));
            language.pick(
                format!("{head}\u{a0}: {new} liens nouveaux parmi {pairs} paires"),
                format!("{head}: {new} new ties among {pairs} pairs"),
            )
        }));
        for s in &j.scores {
            let found = of(s);
            let text = match &found {
                crate::evidence::Measured::Value(e) => judged(e, language),
                crate::evidence::Measured::Undefined(why) => language.reason(why),
            };
            lines.push(format!("  {}{}{text}", score_name(s.score, language), language.colon()));
        }
    }
    for (head, fit) in [
        (language.pick("Coefficients ajustés", "Fitted coefficients"), Some(&j.fitted)),
        (
            language.pick("… avec complémentarité", "… with complementarity"),
            j.fitted_with_complementarity.as_ref(),
        ),
    ] {
        let Some(fit) = fit else { continue };
        lines.push(format!("{head}{}", language.colon().trim_end()));
        match fit {
            crate::evidence::Measured::Value(f) => lines.extend(coefficients(f, language)),
            crate::evidence::Measured::Undefined(why) => lines.push(format!("    {}", language.reason(why))),
        }
    }
    lines.join("\n")
}

/// Where real partners stand, as text.
#[must_use]
pub fn ranks_text(title: &str, k: &KnownRanks, language: Language) -> String {
    let mut lines = vec![format!("{title} (n\u{a0}= {})", language.integer(k.pairs.len()))];
    for p in &k.pairs {
        lines.push(format!(
            "  {} – {}{}{} / {} / {} {} {}",
            p.seeker.name,
            p.partner.name,
            language.colon(),
            language.decimal(p.by_score, 0),
            language.decimal(p.by_population, 0),
            language.decimal(p.by_distance, 0),
            language.pick("sur", "of"),
            language.integer(p.candidates)
        ));
    }
    let mean = |r: Option<ReciprocalRank>| {
        r.map_or("–".to_owned(), |r| {
            measure(&Measure { value: r.mean, interval: Some(r.interval) }, language)
        })
    };
    lines.push(format!(
        "  {}{}{} {}, {} {}, {} {}",
        language.pick("Rang réciproque moyen", "Mean reciprocal rank"),
        language.colon(),
        language.pick("score", "score"),
        mean(k.by_score),
        language.pick("population/d²", "population/d²"),
        mean(k.by_population),
        language.pick("distance", "distance"),
        mean(k.by_distance)
    ));
    if k.left_out > 0 {
        lines.push(language.pick(
            format!("  Paires que les contraintes écartent\u{a0}: {}", language.integer(k.left_out)),
            format!("  Pairs that the constraints leave out: {}", language.integer(k.left_out)),
        ));
    }
    lines.join("\n")
}
