//! What is said of firms and laboratories, one function per sentence.

use crate::evidence::{Evidence, Measured, Null};
use crate::report::Language;
use crate::study::{
    FirmLaboratoryStatistic, FirmSide, FirmsAndLaboratories, ResearchTrend, Study, TerritoryResearch,
};

/// How many firms, and how many of them are rural.
pub(super) fn how_many(r: &FirmsAndLaboratories, l: Language) -> String {
    let c = &r.coverage;
    let known = r.rural().firms + r.urban().firms;
    let firms = l.integer(c.firms);
    let (labs, projects) = (l.integer(c.laboratories), l.integer(c.projects));
    let rural = l.share(r.rural().firms, known);
    l.pick(
        format!(
            "{firms} entreprises travaillent avec {labs} laboratoires dans {projects} projets\u{202f}; parmi \
             celles dont la commune est connue, {rural} sont en commune rurale."
        ),
        format!(
            "{firms} firms work with {labs} laboratories in {projects} projects; of those whose commune is known, \
             {rural} are in rural communes."
        ),
    )
}

/// The share of rural firms beside that of people and of what firms could come from.
pub(super) fn beside(r: &FirmsAndLaboratories, l: Language) -> Option<String> {
    let known = r.rural().firms + r.urban().firms;
    let own = l.percent(r.rural().firms as f64 / known.max(1) as f64, 1);
    let people = l.percent(r.rural_population_share?, 1);
    let ground = r.rural_ground_share.zip(r.options.ground.as_ref()).map(|(share, ground)| {
        let share = l.percent(share, 1);
        l.pick(
            format!(" et {share} des {}", ground.title.french),
            format!(" and {share} of {}", ground.title.english),
        )
    });
    let ground = ground.unwrap_or_default();
    Some(l.pick(
        format!(
            "Les communes rurales ont {people} de la population{ground}, et {own} des entreprises qui travaillent \
             avec un laboratoire (n\u{a0}= {}).",
            l.integer(known)
        ),
        format!(
            "Rural communes have {people} of the population{ground}, and {own} of the firms that work with a \
             laboratory (n = {}).",
            l.integer(known)
        ),
    ))
}

/// With whom: how often elsewhere.
pub(super) fn elsewhere(r: &FirmsAndLaboratories, l: Language) -> String {
    let (s, level) = (r.rural(), l.levels(&r.options.level));
    if s.pairs_placed + s.pairs_around + s.pairs_classed == 0 {
        return l.too_few(0);
    }
    // Each over the pairs of which it is known: few firms may be in a territory of the level.
    let out = l.share(s.elsewhere, s.pairs_placed);
    let beyond = l.share(s.beyond, s.pairs_around);
    let urban = l.share(s.with_urban, s.pairs_classed);
    let around = l.levels(&r.options.around);
    l.pick(
        format!(
            "Paires entreprise rurale × laboratoire localisées\u{a0}: {out} franchissent la limite de deux {level}, \
             {beyond} celle de deux {around}\u{202f}; {urban} vont vers un laboratoire urbain."
        ),
        format!(
            "Located pairs of a rural firm and a laboratory: {out} join two {level}, {beyond} two {around}; {urban} go \
             to an urban laboratory."
        ),
    )
}

/// How far, beside urban firms.
pub(super) fn how_far(r: &FirmsAndLaboratories, l: Language) -> String {
    let of = |s: &FirmSide| {
        s.quartiles_m.map(|q| {
            let [low, middle, high] = q.map(|m| l.kilometres(m));
            let n = l.integer(s.measured);
            l.pick(
                format!("{middle} (la moitié entre {low} et {high}, n\u{a0}= {n})"),
                format!("{middle} (half of them between {low} and {high}, n = {n})"),
            )
        })
    };
    let missing = || l.missing().to_owned();
    let (rural, urban) = (of(r.rural()).unwrap_or_else(missing), of(r.urban()).unwrap_or_else(missing));
    l.pick(
        format!(
            "Distance médiane entre l’entreprise et son laboratoire\u{a0}: {rural} pour les entreprises rurales, \
             {urban} pour les urbaines."
        ),
        format!("Median distance from firm to laboratory: {rural} for rural firms, {urban} for urban ones."),
    )
}

/// The cities they work with most.
pub(super) fn cities(r: &FirmsAndLaboratories, l: Language) -> String {
    let named: Vec<String> = r
        .cities()
        .iter()
        .take(5)
        .map(|t| format!("{} ({})", t.name, l.integer(t.pairs_with_rural)))
        .collect();
    if named.is_empty() {
        return l.too_few(0);
    }
    let list = l.list(&named);
    l.pick(
        format!("Les laboratoires partenaires sont d’abord à\u{a0}: {list} (paires)."),
        format!("Partner laboratories are first of all in: {list} (pairs)."),
    )
}

/// Whether a test finds more or less than chance.
pub(super) fn verdict(e: &Evidence, l: Language) -> &'static str {
    match (e.p, e.observed > e.expected) {
        (None, _) => l.pick("indéterminé", "undetermined"),
        (Some(p), _) if p >= 0.05 => l.pick("pas d’écart net", "no clear difference"),
        (_, true) => l.pick("plus que le hasard", "more than chance"),
        (_, false) => l.pick("moins que le hasard", "less than chance"),
    }
}

/// What a null model means.
pub(super) fn chance(null: Null, l: Language) -> &'static str {
    match null {
        Null::Configuration => l.pick("à nombre de liens égal", "at equal numbers of ties"),
        Null::Gravity => {
            l.pick("à nombre de liens et à distance égaux", "at equal numbers of ties and distance")
        }
        Null::TwoMode => {
            l.pick("si les participations étaient redistribuées", "if participations were dealt anew")
        }
        _ => l.pick("au hasard", "by chance"),
    }
}

/// What is held against chance.
pub(super) fn statistic(s: FirmLaboratoryStatistic, r: &FirmsAndLaboratories, l: Language) -> String {
    let (level, around) = (l.levels(&r.options.level), l.levels(&r.options.around));
    match s {
        FirmLaboratoryStatistic::RuralPairs => {
            l.pick("paires des entreprises rurales", "pairs of rural firms").to_owned()
        }
        FirmLaboratoryStatistic::RuralUrban => l
            .pick("liens entreprise rurale – laboratoire urbain", "ties of rural firms to urban laboratories")
            .to_owned(),
        FirmLaboratoryStatistic::SameTerritory => l.pick(
            format!("liens des entreprises rurales restés dans le même territoire ({level})"),
            format!("ties of rural firms within one territory ({level})"),
        ),
        FirmLaboratoryStatistic::SameAround => l.pick(
            format!("liens des entreprises rurales restés dans le même territoire ({around})"),
            format!("ties of rural firms within one territory ({around})"),
        ),
        FirmLaboratoryStatistic::MeanDistance => l
            .pick(
                "distance moyenne des paires des entreprises rurales",
                "mean distance of the pairs of rural firms",
            )
            .to_owned(),
    }
}

/// A value of a statistic as it is shown: shares of a deal in percent, distances in kilometres.
pub(super) fn shown(s: FirmLaboratoryStatistic, null: Null, value: f64, l: Language) -> String {
    match s {
        FirmLaboratoryStatistic::SameTerritory | FirmLaboratoryStatistic::SameAround
            if null == Null::TwoMode =>
        {
            l.percent(value, 1)
        }
        FirmLaboratoryStatistic::MeanDistance => l.kilometres(value),
        _ => l.decimal(value, usize::from(value.fract() != 0.0)),
    }
}

/// Whether rural firms stay near more than chance: the null that counts.
pub(super) fn against_chance(r: &FirmsAndLaboratories, l: Language) -> Option<String> {
    let s = FirmLaboratoryStatistic::SameAround;
    let e = r.dealt(s)?;
    let [observed, expected] = [e.observed, e.expected].map(|v| shown(s, e.null, v, l));
    let (around, said) = (l.levels(&r.options.around), verdict(e, l));
    let z = e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1));
    let p = e.p.map_or_else(String::new, |p| format!(", {}", l.p_value(p)));
    let n = l.integer(e.n);
    Some(l.pick(
        format!(
            "{observed} des paires rurales restent dans la même unité ({around}), {expected} attendus si les \
             participations étaient redistribuées (écart réduit z\u{a0}= {z}{p}, n\u{a0}= {n} entreprises)\u{a0}: {said}."
        ),
        format!(
            "{observed} of rural pairs stay within one unit ({around}), {expected} expected if participations were \
             dealt anew (z = {z}{p}, n = {n} firms): {said}."
        ),
    ))
}

fn direction(p: Option<f64>, up: bool, l: Language) -> &'static str {
    match (p, up) {
        (Some(p), true) if p < 0.05 => l.pick("en hausse", "rising"),
        (Some(p), false) if p < 0.05 => l.pick("en baisse", "falling"),
        _ => l.pick("sans tendance nette", "without a clear trend"),
    }
}

/// Growing or not.
pub(super) fn growth(t: &ResearchTrend, l: Language) -> String {
    let p = |p: Option<f64>| p.map_or_else(|| "–".to_owned(), |p| l.p_value(p));
    let number = match &t.participations {
        Measured::Value(trend) => {
            let e = &trend.evidence;
            let slope = l.decimal(trend.slope, 1);
            let said = direction(e.p, e.observed > 0.0, l);
            l.pick(
                format!(
                    "participations d’entreprises rurales {said} ({slope} par an, τ\u{a0}= {}, {}, n\u{a0}= {} années)",
                    l.decimal(trend.tau, 2),
                    p(e.p),
                    e.n
                ),
                format!(
                    "participations of rural firms {said} ({slope} a year, τ = {}, {}, n = {} years)",
                    l.decimal(trend.tau, 2),
                    p(e.p),
                    e.n
                ),
            )
        }
        Measured::Undefined(_) => l.too_few(t.years),
    };
    let share = match (&t.share, t.halves) {
        (Measured::Value(e), Some([before, after])) => {
            let said = direction(e.p, e.observed > 0.0, l);
            let [before, after] = [before, after].map(|s| l.percent(s, 1));
            l.pick(
                format!(
                    "leur part {said}\u{a0}: {before} dans la première moitié des années, {after} dans la seconde ({}, \
                     n\u{a0}= {})",
                    p(e.p),
                    l.integer(e.n)
                ),
                format!(
                    "their share {said}: {before} in the first half of the years, {after} in the second ({}, n = {})",
                    p(e.p),
                    l.integer(e.n)
                ),
            )
        }
        _ => l.too_few(t.years),
    };
    format!("{number}{}{share}.", l.semicolon())
}

/// The territories that have none.
pub(super) fn without(r: &FirmsAndLaboratories, l: Language) -> String {
    let (w, level) = (&r.without, l.levels(&r.options.level));
    let (none, rural) = (l.share(w.without, w.territories), l.share(w.rural_without, w.rural));
    let people = w.population_share.map_or_else(|| l.missing().to_owned(), |s| l.percent(s, 1));
    let mut text = l.pick(
        format!(
            "Territoires sans aucune entreprise connue travaillant avec un laboratoire ({level})\u{a0}: {none}, où vit \
             {people} de la population\u{202f}; parmi les ruraux, {rural}."
        ),
        format!(
            "Territories without a known firm that works with a laboratory ({level}): {none}, with {people} of the \
             population; of rural ones, {rural}."
        ),
    );
    if let (Some(Measured::Value(e)), Some(ground)) = (&w.against_ground, &r.options.ground) {
        let (expected, said) = (l.decimal(e.expected, 0), verdict(e, l));
        let z = e.z.map_or_else(|| "–".to_owned(), |z| l.decimal(z, 1));
        text.push_str(&l.pick(
            format!(
                " Si les entreprises étaient réparties comme les {}, {expected} seraient sans (z\u{a0}= {z})\u{a0}: {said}.",
                ground.title.french
            ),
            format!(
                " Were firms spread like {}, {expected} would have none (z = {z}): {said}.",
                ground.title.english
            ),
        ));
    }
    text
}

/// Largest territories without, rural ones first.
pub(super) fn largest_without(r: &FirmsAndLaboratories) -> Vec<&TerritoryResearch> {
    let mut list: Vec<&TerritoryResearch> =
        r.territories.iter().filter(|t| t.firms == 0 && t.population.is_some()).collect();
    list.sort_by(|a, b| {
        let people = |t: &TerritoryResearch| t.population.unwrap_or(0.0);
        people(b).total_cmp(&people(a)).then(a.code.cmp(&b.code))
    });
    list
}

/// What the data cannot say, with numbers.
pub(super) fn limits(r: &FirmsAndLaboratories, l: Language) -> Vec<String> {
    let c = &r.coverage;
    let placed = l.share(c.pairs_placed, c.pairs);
    let firms = l.share(c.firms_without_place, c.firms);
    let labs = l.share(c.laboratories_without_place, c.laboratories);
    let once = l.share(r.rural().firms_once, r.rural().firms);
    let mut list = vec![
        l.pick(
            format!("{placed} des paires ont leurs deux bouts localisés\u{202f}; sans place\u{a0}: entreprises {firms}, laboratoires {labs}."),
            format!("{placed} of pairs have both ends located; without a place: firms {firms}, laboratories {labs}."),
        ),
        l.pick(
            "Une entreprise est là où la source situe le participant ou son siège, qui n’est pas toujours le lieu du travail commun\u{202f}; les points sont ceux des communes.".to_owned(),
            "A firm is where the source puts the participant or its seat, which is not always where the work is done; positions are those of communes.".to_owned(),
        ),
        l.pick(
            "Les paires d’un même projet viennent ensemble\u{202f}: seul le hasard qui redistribue les participations en tient compte, les deux autres sont donnés pour comparaison.".to_owned(),
            "Pairs of one project come together: only the chance that deals participations anew allows for it, the two others are for comparison.".to_owned(),
        ),
        l.pick(
            format!("Seuls les projets financés que ces sources publient sont vus\u{202f}: contrats directs, thèses en entreprise et prestations n’y sont pas. Entreprises rurales vues dans un seul projet\u{a0}: {once}."),
            format!("Only the funded projects that these sources publish are seen: direct contracts, doctoral contracts with firms and services are not among them. Rural firms seen in one project: {once}."),
        ),
    ];
    let partial: Vec<String> = r
        .years
        .iter()
        .filter(|y| y.source.is_none() && !y.whole && y.projects > 0)
        .map(|y| y.year.to_string())
        .collect();
    if !partial.is_empty() {
        let years = l.list(&partial);
        list.push(l.pick(
            format!("Année incomplète dans les sources, hors des tendances\u{a0}: {years}."),
            format!("Year that the sources cover in part, left out of trends: {years}."),
        ));
    }
    if c.undated > 0 {
        let n = l.integer(c.undated);
        list.push(l.pick(format!("Projets sans date\u{a0}: {n}."), format!("Projects without a date: {n}.")));
    }
    list
}

/// Titles of the sources of the projects and of the laboratories.
pub(super) fn sources(study: &Study, r: &FirmsAndLaboratories, l: Language) -> Vec<String> {
    let actors = study.inventory().actors();
    let mut keys: Vec<&str> = r.sources.iter().map(|s| s.source.as_str()).collect();
    keys.extend(r.laboratories.iter().map(|x| actors[x.actor as usize].source.as_str()));
    keys.retain(|k| !k.is_empty());
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|k| l.source(study.inventory(), k).to_owned()).collect()
}

/// The whole in about ten lines, for a terminal.
#[must_use]
pub fn research_text(found: &FirmsAndLaboratories, language: Language) -> String {
    let (r, l) = (found, language);
    let mut lines = vec![how_many(r, l)];
    lines.extend(beside(r, l));
    lines.extend([elsewhere(r, l), how_far(r, l), cities(r, l)]);
    lines.extend(against_chance(r, l));
    if let Some(trend) = r.trends.first() {
        let text = growth(trend, l);
        let mut letters = text.chars();
        lines.extend(letters.next().map(|c| c.to_uppercase().chain(letters).collect::<String>()));
    }
    lines.push(without(r, l));
    lines.extend(limits(r, l));
    lines.join("\n")
}
