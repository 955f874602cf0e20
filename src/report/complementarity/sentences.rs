//! Its sentences.

use super::{Subject, Told, activity_name, km, null_name, short, unit_name};
use crate::error::Result;
use crate::evidence::Measured;
use crate::report::{Language, Part};
use crate::study::{ComplementarityReport, Needs};
use crate::write::report::{Align, TextTable};

pub(super) fn needs_text(
    part: &mut Part<'_>,
    told: &Told<'_>,
    needs: &Needs,
    subject: &Subject,
) -> Result<()> {
    let (l, compared) = (told.l, told.compared);
    let right = |french, english| (l.pick(french, english), Align::Right);
    let left = |french, english| (l.pick(french, english), Align::Left);
    let (name, level) = (&needs.row.name, compared.receiving().level()?);
    let rurality = needs.row.rurality.map_or_else(
        || l.pick("ruralité inconnue", "of unknown rurality").to_owned(),
        |r| l.rurality(r).to_owned(),
    );
    let (n, others) = (l.integer(needs.considered), l.levels(compared.giving().level()?));
    let radius = l.decimal(subject.radius_m / 1e3, usize::from((subject.radius_m / 1e3).fract() != 0.0));
    part.say(match l {
        Language::French => format!(
            "{name} ({level}, {rurality}), face à {n} lignes ({others}) de l’autre côté à {radius}\u{a0}km au plus"
        ),
        Language::English => format!(
            "{name} ({level}, {rurality}), against {n} rows ({others}) of the other side within {radius}\u{a0}km"
        ),
    });
    if needs.has.is_empty() && !needs.unknown.is_empty() {
        part.say(l.pick(
            "Aucun des chiffres connus n’est au-dessus de zéro\u{a0}: rien ne dit ce qui conviendrait.",
            "None of the figures known of it is above zero: nothing tells what would fit.",
        ));
    } else if needs.has.is_empty() {
        part.say(l.pick(
            "Aucune de ces activités n’y est connue\u{a0}: tout manque, et rien ne dit ce qui conviendrait.",
            "It has none of these activities: it lacks everything, and nothing tells what would fit.",
        ));
    } else {
        let mut table = TextTable::new([
            left("ses spécialités", "what it is specialised in"),
            (unit_name(compared.giving().unit(), l), Align::Right),
            right("indice de spécialisation", "location quotient"),
            right("intervalle à 95\u{202f}%", "95 % interval"),
        ]);
        for s in needs.has.iter().take(6) {
            let bound = |v| l.decimal(v, 2);
            let interval =
                format!("{} {} {}", bound(s.interval.low), l.pick("à", "to"), bound(s.interval.high));
            let lq = l.decimal(s.location_quotient, 2);
            table.row([told.activity(s.activity), l.decimal(s.count, 0), lq, interval])?;
        }
        part.show(table);
    }
    let mut table = TextTable::new([
        left("ce qui manque", "what it lacks"),
        right("indice de spécialisation", "location quotient"),
        right("densité de proximité (sur 100)", "fit (of 100)"),
        right("qui l’a", "who has it"),
        left("les plus proches", "nearest"),
    ]);
    for need in needs.lacks.iter().take(8) {
        let nearest: Vec<String> = (need.holders.iter())
            .map(|h| {
                let links = match h.links.len() {
                    0 => String::new(),
                    n => format!(", {}", l.count(n, "lien", "liens", "link", "links")),
                };
                format!("{} ({}{links})", told.giver(h.row), km(h.distance_m, l))
            })
            .collect();
        table.row([
            told.activity(need.activity),
            l.decimal(need.location_quotient, 2),
            l.decimal(need.fit, 0),
            l.integer(need.holders_within),
            nearest.join(l.semicolon()),
        ])?;
    }
    part.show(table);
    if !needs.unknown.is_empty() {
        let unknown: Vec<String> = needs.unknown.iter().map(|&i| told.activity(i)).collect();
        let head =
            l.pick("Inconnu (secret ou absent de la source)", "Not known (withheld or not in the source)");
        part.say(format!("{head}{}{}", l.colon(), unknown.join(l.semicolon())));
    }
    let mut table = TextTable::new([
        left("partenaire à explorer", "partner to explore"),
        right("apport", "gained"),
        right("retour", "given back"),
        right("distance", "distance"),
        right("liens", "links"),
        left("surtout", "mostly"),
    ]);
    for p in needs.partners.iter().take(8) {
        let mostly: Vec<String> = p.gained.iter().take(2).map(|g| told.activity(g.activity)).collect();
        table.row([
            told.giver(p.row).to_owned(),
            l.decimal(p.score, 1),
            l.decimal(p.returned, 1),
            km(p.distance_m, l),
            l.integer(p.links.len()),
            mostly.join(l.semicolon()),
        ])?;
    }
    part.show(table);
    in_short(part, told, needs);
    Ok(())
}

/// The first need and the best partner in three or four sentences.
fn in_short(part: &mut Part<'_>, told: &Told<'_>, needs: &Needs) {
    let l = told.l;
    let (Some(need), Some(best)) = (needs.lacks.first(), needs.partners.first()) else { return };
    let (name, activity) = (&needs.row.name, l.quote(&told.activity(need.activity)));
    let fit = l.decimal(need.fit, 0);
    let fits = match l {
        _ if !(need.fit > 0.0) => String::new(),
        Language::French => format!(", proche de ce qui s’y fait\u{a0}: {fit} sur 100"),
        Language::English => format!(", which fits what it does at {fit} of 100"),
    };
    part.say(match l {
        Language::French => format!("En bref\u{a0}: pour {name}, il manque {activity}{fits}."),
        Language::English => format!("In short: {name} lacks {activity}{fits}."),
    });
    let near: Vec<String> = (need.holders.iter())
        .map(|h| format!("{} {} {}", told.giver(h.row), l.pick("à", "at"), km(h.distance_m, l)))
        .collect();
    let near = if near.is_empty() { l.pick("personne", "none").to_owned() } else { near.join(", ") };
    part.say(format!("{}{}{near}.", l.pick("Qui l’a", "Those that have it"), l.colon()));
    let pointing: Vec<u32> = need.holders.iter().flat_map(|h| h.links.iter().copied()).collect();
    let head = l.pick("Coopérations qui y mènent déjà", "Cooperations that point there already");
    part.say(format!("{head}{}{}.", l.colon(), told.cooperations(&pointing)));
    let (best, far) = (told.giver(best.row), km(best.distance_m, l));
    part.say(match l {
        Language::French => {
            format!("Tout compris, le premier partenaire à explorer est\u{a0}: {best} ({far}).")
        }
        Language::English => format!("All in all the first partner to explore is {best} ({far})."),
    });
    part.say("");
}

pub(super) fn report_text(part: &mut Part<'_>, report: &ComplementarityReport, l: Language) -> Result<()> {
    let c = &report.coverage;
    let [rows, empty, unlabelled, activities, masked, links, within, outside] = [
        c.rows,
        c.empty_rows,
        c.unlabelled,
        c.activities,
        c.masked,
        c.links,
        c.links_within,
        c.links_outside,
    ]
    .map(|n| l.integer(n));
    part.say(match l {
        Language::French => format!(
            "Au total\u{a0}: {rows} lignes ({empty} sans activité, {unlabelled} de ruralité inconnue), {activities} \
             activités, {masked} cases sous secret,"
        ),
        Language::English => format!(
            "Over all: {rows} rows ({empty} without any activity, {unlabelled} of unknown rurality), {activities} \
             activities, {masked} cells withheld,"
        ),
    });
    part.say(match l {
        Language::French => {
            format!("{links} liens entre lignes, {within} à l’intérieur d’une ligne, {outside} avec un bout hors de toutes")
        }
        Language::English => {
            format!("{links} links between rows, {within} within one, {outside} with an end in none")
        }
    });
    let right = |french, english| (l.pick(french, english), Align::Right);
    let left = |french, english| (l.pick(french, english), Align::Left);
    let mut table = TextTable::new([
        left("qui gagne", "who gains"),
        left("de", "from"),
        right("toutes les paires", "all pairs"),
        right("paires liées", "tied pairs"),
        right("rapport", "ratio"),
        right("liens", "ties"),
        left("apport principal des liens", "most gained over ties"),
    ]);
    let shown = |v: Option<f64>, digits| l.decimal(v.unwrap_or(f64::NAN), digits);
    for s in &report.sides {
        let value = |m: &Measured<f64>| shown(m.value().copied(), 1);
        let most = (s.realised_by_activity.iter().enumerate())
            .max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)))
            .map_or_else(String::new, |(i, _)| short(activity_name(&report.activities[i], l)));
        table.row([
            l.rurality(s.receiving).to_owned(),
            l.rurality(s.giving).to_owned(),
            value(&s.potential),
            value(&s.realised),
            shown(s.ratio, 2),
            l.integer(s.ties),
            most,
        ])?;
    }
    part.show(table);
    let mut table = TextTable::new([
        left("liens rural–urbain, si…", "rural–urban ties against"),
        right("observé", "observed"),
        right("attendu", "expected"),
        right("rapport", "ratio"),
        right("écart réduit (z)", "z"),
        right("p", "p"),
    ]);
    for t in &report.tests {
        let against = null_name(&t.against, l);
        let Some(e) = t.evidence.value() else {
            part.say(format!(
                "  {against}{}{}",
                l.colon(),
                l.reason(t.evidence.reason().unwrap_or_default())
            ));
            continue;
        };
        table.row([
            against.to_owned(),
            l.decimal(e.observed, 2),
            l.decimal(e.expected, 2),
            shown(t.ratio, 2),
            shown(e.z, 2),
            shown(e.p, 3),
        ])?;
    }
    part.show(table);
    Ok(())
}
