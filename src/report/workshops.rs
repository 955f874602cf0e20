//! Who sits together and where, in words and as tables.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::Language;
use crate::error::Result;
use crate::siting::Workshop;
use crate::study::{MeetingSite, MeetingSites, Study, WorkshopsReport};
use crate::write::csv::{CsvStyle, write_csv_file};
use crate::write::page::{Page, PageTable, PageWords};
use crate::write::report::Align;
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

fn participants(n: usize, l: Language) -> String {
    l.count(n, "participant", "participants", "participant", "participants")
}

fn overview(report: &WorkshopsReport, l: Language) -> String {
    format!(
        "{} {} {}",
        participants(report.participants.len(), l),
        l.pick("en", "in"),
        l.count(report.workshops.groups.len(), "atelier", "ateliers", "workshop", "workshops"),
    )
}

fn weights(report: &WorkshopsReport, l: Language) -> String {
    let o = &report.options;
    let [themes, mix, travel] = [o.themes, o.mix, o.travel].map(|v| l.decimal(v, 2));
    let scale = l.kilometres(o.travel_scale);
    l.pick(
        format!(
            "Poids\u{a0}: thèmes communs {themes}, mixité rural–urbain {mix}, distance {travel} (pour {scale})."
        ),
        format!("Weights: shared themes {themes}, mix of rural and urban {mix}, travel {travel} (for {scale})."),
    )
}

/// What a group is like, after its number.
fn traits(group: &Workshop, l: Language) -> String {
    format!(
        "{}, {} {}, {} {}{}{} {}, {} {}",
        participants(group.members.len(), l),
        l.integer(group.rural),
        l.pick("du rural", "rural"),
        l.integer(group.urban),
        l.pick("de l’urbain", "urban"),
        l.semicolon(),
        l.pick("thèmes communs", "shared themes"),
        l.decimal(group.overlap, 2),
        l.pick("distance moyenne entre participants", "mean way between participants"),
        l.kilometres(group.travel),
    )
}

fn first_meetings(report: &WorkshopsReport, l: Language) -> String {
    let f = report.first;
    let [pairs, first, crossing, tied] =
        [f.pairs, f.first, f.first_rural_urban, f.tied].map(|n| l.integer(n));
    l.pick(
        format!(
            "Rencontres\u{a0}: {pairs} paires, dont {first} sans coopération connue ({crossing} rural–urbain) et \
             {tied} déjà liées."
        ),
        format!(
            "Meetings: {pairs} pairs, of which {first} without a known cooperation ({crossing} rural–urban) and \
             {tied} tied already."
        ),
    )
}

/// How good the grouping is.
fn proof(report: &WorkshopsReport, l: Language) -> String {
    let [score, bound] = [report.workshops.score, report.workshops.bound].map(|v| l.decimal(v, 2));
    if report.workshops.exact {
        return l.pick(
            format!("Note {score}\u{a0}: tous les groupements possibles ont été comparés."),
            format!("Score {score}: all groupings were compared."),
        );
    }
    l.pick(
        format!("Note {score}\u{202f}; aucun groupement ne peut dépasser {bound}."),
        format!("Score {score}; no grouping can score more than {bound}."),
    )
}

/// What is not known of participants.
fn gaps(report: &WorkshopsReport, l: Language) -> Vec<String> {
    let mut lines = Vec::new();
    if report.without_place > 0 {
        let why = l.pick(
            "sans adresse connue\u{a0}: distance prise égale à la moyenne.",
            "without a known address: the mean way is taken.",
        );
        lines.push(format!("{} {why}", participants(report.without_place, l)));
    }
    if report.workshops.without_themes > 0 {
        let why = l.pick("sans thème connu.", "without a known theme.");
        lines.push(format!("{} {why}", participants(report.workshops.without_themes, l)));
    }
    lines
}

/// The groups as text: weights, each group with its members and meeting places, where all would meet, who meets
/// for the first time, and how good the grouping is.
#[must_use]
pub fn workshops_text(report: &WorkshopsReport, study: &Study, language: Language) -> String {
    let colon = language.colon();
    let name = |m: u32| study.inventory().actors()[report.participants[m as usize] as usize].name.as_str();
    let mut lines = vec![overview(report, language), weights(report, language)];
    for (k, (group, meet)) in report.workshops.groups.iter().zip(&report.meetings).enumerate() {
        let workshop = language.pick("Atelier", "Workshop");
        lines.push(format!("{workshop} {}{colon}{}", k + 1, traits(group, language)));
        lines.push(format!("  {}", group.members.iter().map(|&m| name(m)).collect::<Vec<_>>().join(" – ")));
        lines.push(format!("  {}", meeting(meet.as_ref(), language)));
    }
    let all = language.pick("Tous ensemble", "All together");
    lines.push(format!("{all}{colon}{}", meeting(report.all.as_ref(), language)));
    lines.push(first_meetings(report, language));
    lines.push(proof(report, language));
    lines.extend(gaps(report, language));
    lines.join("\n")
}

/// The groups as a page that can be sent to those who are to meet.
pub fn workshops_page(report: &WorkshopsReport, study: &Study, language: Language) -> Page {
    let l = language;
    let base = study.atlas().base().territories();
    let mut page = Page::new(
        l.pick("Ateliers\u{a0}: qui s’assied avec qui, et où", "Workshops: who sits together, and where"),
        l.pick(PageWords::french(), PageWords::english()),
    )
    .lead(format!("{}.", overview(report, l)));
    let section = page.section(l.pick("Ce que cela donne", "What comes of it"));
    section.paragraph(first_meetings(report, l));
    section.paragraph(proof(report, l));
    let all = l.pick("Tous ensemble", "All together");
    section.paragraph(format!("{all}{}{}.", l.colon(), meeting(report.all.as_ref(), l)));
    for (k, (group, meet)) in report.workshops.groups.iter().zip(&report.meetings).enumerate() {
        let title = format!("{} {}", l.pick("Atelier", "Workshop"), k + 1);
        let mut table = PageTable::new(
            format!("{title}{}{}", l.colon(), l.pick("les participants", "the participants")),
            [
                (l.pick("nom", "name"), Align::Left),
                (l.pick("commune", "commune"), Align::Left),
                (l.pick("côté", "side"), Align::Left),
                (l.pick("thèmes", "themes"), Align::Left),
            ],
        );
        for &member in &group.members {
            let actor = report.participants[member as usize] as usize;
            let (who, place) = (&study.inventory().actors()[actor], &study.places()[actor]);
            table.push([
                who.name.clone(),
                place.base.map_or_else(|| "–".to_owned(), |b| base[b as usize].name.clone()),
                place.rurality().map_or_else(|| "–".to_owned(), |r| l.rurality(r).to_owned()),
                who.themes.join(", "),
            ]);
        }
        let section = page.section(title);
        section.paragraph(format!("{}.", traits(group, l)));
        let place = meeting(meet.as_ref(), l);
        section.paragraph(format!("{}{}{place}.", l.pick("Où", "Where"), l.colon()));
        section.table(table);
    }
    let method = page.section(l.pick("Méthode", "Method"));
    method.paragraph(weights(report, l));
    gaps(report, l).into_iter().for_each(|line| {
        method.paragraph(line);
    });
    page.source(l.pick(
        "Distances à vol d’oiseau\u{202f}; coopérations connues de l’étude.",
        "Distances as the crow flies; cooperations known to the study.",
    ));
    page
}

/// Writes `workshops.html`, `workshops.csv` (one row per participant) and gives what it wrote.
///
/// # Errors
/// [`crate::Error::Io`] when a file cannot be written.
pub fn write_workshops(
    report: &WorkshopsReport,
    study: &Study,
    folder: &Path,
    language: Language,
) -> Result<Vec<PathBuf>> {
    let paths = ["workshops.html", "workshops.csv"].map(|name| folder.join(name));
    workshops_page(report, study, language).write_html(&paths[0])?;
    write_csv_file(&paths[1], &workshops_table(report, study)?, CsvStyle::Standard)?;
    Ok(paths.into())
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
