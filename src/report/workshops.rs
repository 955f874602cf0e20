//! Who sits together and where, in words and as tables.

use std::borrow::Cow;

use super::Language;
use crate::error::Result;
use crate::study::{MeetingSite, MeetingSites, Study, WorkshopsReport};
use crate::write::{Column, Table};

fn site(site: &MeetingSite, language: Language) -> String {
    format!(
        "{} ({} {}, {} {})",
        site.name,
        language.kilometres(site.mean_m),
        language.pick("en moyenne", "on average"),
        language.kilometres(site.worst_m),
        language.pick("au plus", "at most"),
    )
}

fn meeting(found: Option<&MeetingSites>, language: Language) -> String {
    let Some(found) = found else {
        return language
            .pick("lieu de réunion\u{a0}: aucune adresse connue", "meeting place: no known address")
            .to_owned();
    };
    language.pick(
        format!(
            "se réunir à {}, ou, pour qui vient de plus loin, à {}",
            site(&found.median, language),
            site(&found.centre, language)
        ),
        format!(
            "to meet in {}, or, for whoever comes from farthest, in {}",
            site(&found.median, language),
            site(&found.centre, language)
        ),
    )
}

/// The groups as text: weights, each group with its members and meeting places, where all would meet, who meets
/// for the first time, and how good the grouping is.
#[must_use]
pub fn workshops_text(report: &WorkshopsReport, study: &Study, language: Language) -> String {
    let found = &report.workshops;
    let colon = language.colon();
    let number = |v: f64| language.decimal(v, 2);
    let o = &report.options;
    let mut lines = vec![
        format!(
            "{} {} {}",
            language.count(
                report.participants.len(),
                "participant",
                "participants",
                "participant",
                "participants"
            ),
            language.pick("en", "in"),
            language.count(found.groups.len(), "atelier", "ateliers", "workshop", "workshops"),
        ),
        language.pick(
            format!(
                "Poids\u{a0}: thèmes communs {}, mixité rural–urbain {}, distance {} (pour {}).",
                number(o.themes),
                number(o.mix),
                number(o.travel),
                language.kilometres(o.travel_scale)
            ),
            format!(
                "Weights: shared themes {}, mix of rural and urban {}, travel {} (for {}).",
                number(o.themes),
                number(o.mix),
                number(o.travel),
                language.kilometres(o.travel_scale)
            ),
        ),
    ];
    let name = |m: u32| study.inventory().actors()[report.participants[m as usize] as usize].name.as_str();
    for (k, (group, meet)) in found.groups.iter().zip(&report.meetings).enumerate() {
        lines.push(format!(
            "{} {}{colon}{}, {} {}, {} {}{}{} {}, {} {}",
            language.pick("Atelier", "Workshop"),
            k + 1,
            language.count(group.members.len(), "participant", "participants", "participant", "participants"),
            language.integer(group.rural),
            language.pick("du rural", "rural"),
            language.integer(group.urban),
            language.pick("de l’urbain", "urban"),
            language.semicolon(),
            language.pick("thèmes communs", "shared themes"),
            number(group.overlap),
            language.pick("distance moyenne entre participants", "mean way between participants"),
            language.kilometres(group.travel),
        ));
        lines.push(format!("  {}", group.members.iter().map(|&m| name(m)).collect::<Vec<_>>().join(" – ")));
        lines.push(format!("  {}", meeting(meet.as_ref(), language)));
    }
    lines.push(format!(
        "{}{colon}{}",
        language.pick("Tous ensemble", "All together"),
        meeting(report.all.as_ref(), language)
    ));
    let first = report.first;
    lines.push(language.pick(
        format!(
            "Rencontres\u{a0}: {} paires, dont {} sans coopération connue ({} rural–urbain) et {} déjà liées.",
            language.integer(first.pairs), language.integer(first.first), language.integer(first.first_rural_urban), language.integer(first.tied)
        ),
        format!(
            "Meetings: {} pairs, of which {} without a known cooperation ({} rural–urban) and {} tied already.",
            language.integer(first.pairs), language.integer(first.first), language.integer(first.first_rural_urban), language.integer(first.tied)
        ),
    ));
    lines.push(if found.exact {
        language.pick(
            format!("Note {}\u{a0}: tous les groupements possibles ont été comparés.", number(found.score)),
            format!("Score {}: all groupings were compared.", number(found.score)),
        )
    } else {
        language.pick(
            format!(
                "Note {}\u{202f}; aucun groupement ne peut dépasser {}.",
                number(found.score),
                number(found.bound)
            ),
            format!(
                "Score {}; no grouping can score more than {}.",
                number(found.score),
                number(found.bound)
            ),
        )
    });
    if report.without_place > 0 {
        lines.push(format!(
            "{} {}",
            language.count(
                report.without_place,
                "participant",
                "participants",
                "participant",
                "participants"
            ),
            language.pick(
                "sans adresse connue\u{a0}: distance prise égale à la moyenne.",
                "without a known address: the mean way is taken."
            )
        ));
    }
    if found.without_themes > 0 {
        lines.push(format!(
            "{} {}",
            language.count(
                found.without_themes,
                "participant",
                "participants",
                "participant",
                "participants"
            ),
            language.pick("sans thème connu.", "without a known theme.")
        ));
    }
    lines.join("\n")
}

/// One row per participant: workshop, rural or urban, and where the workshop would meet.
///
/// # Errors
/// None: all columns come from the same rows.
pub fn workshops_table<'a>(report: &'a WorkshopsReport, study: &'a Study) -> Result<Table<'a>> {
    let actors = study.inventory().actors();
    let who = || report.participants.iter().map(|&a| &actors[a as usize]);
    let group = || report.workshops.of.iter().map(|&g| g as usize);
    let meet = |pick: &dyn Fn(&'a MeetingSites) -> &'a str| {
        Column::Text(group().map(|g| report.meetings[g].as_ref().map(|m| Cow::Borrowed(pick(m)))).collect())
    };
    Table::new()
        .with("workshop", Column::Integer(group().map(|g| Some(g as i64 + 1)).collect()))?
        .with("id", Column::Text(who().map(|a| Some(Cow::Borrowed(a.id.as_str()))).collect()))?
        .with("name", Column::Text(who().map(|a| Some(Cow::Borrowed(a.name.as_str()))).collect()))?
        .with(
            "rurality",
            Column::Text(
                (report.participants.iter())
                    .map(|&a| study.places()[a as usize].rurality().map(|r| Cow::Owned(r.to_string())))
                    .collect(),
            ),
        )?
        .with("meeting_place", meet(&|m| m.median.name.as_str()))?
        .with("meeting_place_for_the_farthest", meet(&|m| m.centre.name.as_str()))
}
