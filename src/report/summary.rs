//! What the main job says on the terminal: territories, actors, links, and whether rural and urban actors
//! are tied more than chance gives.

use std::fmt::Write as _;

use super::{Language, StudyFiles};
use crate::error::Result;
use crate::evidence::{Evidence, Measured};
use crate::linkage::{MixingEvidence, NullModel};
use crate::model::{ActorKind, CooperationKind, Level, LinkClass, Rurality};
use crate::study::{LinkSummary, Study};
use crate::write::report::{Align, TextTable};

/// The null models of the summary, with what each lets be drawn at random.
const NULLS: [NullModel<'static>; 2] = [NullModel::LabelPermutation, NullModel::Configuration];

fn null_name(null: &NullModel<'_>, language: Language) -> &'static str {
    match null {
        NullModel::Configuration => language.pick("à nombre de liens égal", "degrees kept"),
        _ => language.pick("étiquettes tirées au sort", "labels dealt at random"),
    }
}

/// A table whose first `text` columns are text and the others numbers.
fn table(text: usize, columns: &[&str]) -> TextTable {
    let align = |i| if i < text { Align::Left } else { Align::Right };
    TextTable::new(columns.iter().enumerate().map(|(i, c)| (*c, align(i))))
}

fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), show)
}

/// The summary of a study: what it holds, how actors are tied, by kind of cooperation against two null
/// models, and the PETR and Pays with most urban–rural links.
///
/// # Errors
/// None on a study.
pub fn study_summary(files: &StudyFiles<'_>, language: Language) -> Result<String> {
    let study = files.study;
    let mut out = String::new();
    let mut part = |head: &str, body: String| {
        let _ = write!(out, "\n{head}\n{body}");
    };
    part(language.pick("TERRITOIRES", "TERRITORIES"), territories(study, language)?);
    part(language.pick("ACTEURS", "ACTORS"), actors(study, language)?);
    part(language.pick("LIENS", "LINKS"), links(study, language)?);
    part(
        language.pick(
            "LES ACTEURS RURAUX ET URBAINS SONT-ILS PLUS LIÉS QUE LE HASARD NE LE DONNE\u{202f}?",
            "ARE RURAL AND URBAN ACTORS TIED MORE THAN CHANCE?",
        ),
        evidence(study, language)?,
    );
    if let Ok(rows) = files.of(&Level::PetrPays) {
        let mut rows: Vec<_> = rows.iter().collect();
        let cross = LinkClass::UrbanRural as usize;
        rows.sort_by(|a, b| {
            b.links[cross].cmp(&a.links[cross]).then(a.territory.code.cmp(&b.territory.code))
        });
        let columns = language.pick(
            [
                "PETR ou Pays",
                "habitants",
                "part rurale",
                "liens rural–urbain",
                "exposition urbaine",
                "n",
                "recherche à",
                "innovation à",
            ],
            [
                "PETR/Pays",
                "population",
                "rural",
                "urban–rural links",
                "urban exposure",
                "n",
                "research at",
                "innovation at",
            ],
        );
        let mut table = table(1, &columns);
        let percent = |s| language.percent(s, 1);
        for m in rows.iter().take(10) {
            let classed: usize = m.links.iter().sum::<usize>() - m.links[LinkClass::Unclassed as usize];
            table.row([
                m.shown_name().into_owned(),
                or_dash(m.territory.population, |p| language.decimal(p, 0)),
                or_dash(m.rural_population_share, percent),
                language.integer(m.links[cross] as i64),
                or_dash(m.urban_exposure, percent),
                language.integer(classed as i64),
                or_dash(m.research_distance_m, |d| language.kilometres(d)),
                or_dash(m.innovation_distance_m, |d| language.kilometres(d)),
            ])?;
        }
        let head = language.pick(
            "PETR ET PAYS QUI ONT LE PLUS DE LIENS RURAL–URBAIN",
            "PETR/PAYS WITH MOST URBAN–RURAL LINKS",
        );
        part(head, table.to_string());
    }
    Ok(out)
}

/// People of the base territories that pass a test.
fn people(study: &Study, test: impl Fn(usize) -> bool) -> f64 {
    let base = study.atlas().base().territories();
    (0..base.len()).filter(|&i| test(i)).filter_map(|i| base[i].population).sum()
}

fn is_rural(study: &Study, base: usize) -> bool {
    study.atlas().base_rurality(base) == Some(Rurality::Rural)
}

fn territories(study: &Study, language: Language) -> Result<String> {
    let mut table = table(1, &language.pick(["échelon", "territoires"], ["level", "territories"]));
    for level in study.atlas().levels() {
        let name = language.levels(level.level()).to_owned();
        table.row([name, language.integer(level.territories().len() as i64)])?;
    }
    let mut out = table.to_string();
    let all = people(study, |_| true);
    if all > 0.0 {
        let rural = people(study, |i| is_rural(study, i));
        let _ = writeln!(
            out,
            "{} {}{} {}",
            language.decimal(all, 0),
            language.pick("habitants, dont ", "inhabitants, "),
            language.percent(rural / all, 1),
            if *study.atlas().base().level() == Level::Commune {
                language.pick("dans des communes rurales", "of them in rural communes")
            } else {
                language.pick("dans des territoires ruraux", "of them in rural territories")
            },
        );
        if let Ok(areas) = study.atlas().level(&Level::AttractionArea) {
            let inside = people(study, |i| areas.membership().get(i).is_some());
            let n = language.integer(areas.territories().len() as i64);
            let share = language.percent(inside / all, 1);
            let _ = writeln!(
                out,
                "{}",
                language.pick(
                    format!("{n} aires d’attraction réunissent {share} des habitants"),
                    format!("{n} attraction areas hold {share} of the inhabitants"),
                )
            );
        }
    }
    Ok(out)
}

fn actors(study: &Study, language: Language) -> Result<String> {
    let columns = language.pick(
        ["type d’acteur", "acteurs", "ruraux", "urbains", "ruralité inconnue", "avec un lien"],
        ["kind", "actors", "rural", "urban", "unclassed", "with links"],
    );
    let mut table = table(1, &columns);
    let whole = study.network(|_| true)?;
    for kind in ActorKind::ALL {
        let mut counts = [0_i64; 5];
        for (i, place) in study.places().iter().enumerate() {
            if study.inventory().actors()[i].kind == kind {
                counts[0] += 1;
                counts[match place.rurality() {
                    Some(Rurality::Rural) => 1,
                    Some(Rurality::Urban) => 2,
                    None => 3,
                }] += 1;
                counts[4] += i64::from(whole.degree(i) > 0);
            }
        }
        if counts[0] > 0 {
            let name = language.actor_kinds(kind).to_owned();
            table.row(std::iter::once(name).chain(counts.map(|n| language.integer(n))))?;
        }
    }
    Ok(table.to_string())
}

fn links(study: &Study, language: Language) -> Result<String> {
    let columns = language.pick(["coopérations", "liens"], ["kind", "links"]);
    let classes = LinkClass::ALL.map(|c| language.link_class(c));
    let mut table = table(1, &[&columns[..], &classes[..]].concat());
    for kind in CooperationKind::ALL {
        let s = LinkSummary::of(study.links().iter().filter(|l| l.kind == kind));
        if s.total() > 0 {
            let counts = [s.total(), s.urban_urban, s.urban_rural, s.rural_rural, s.unclassed];
            let name = language.cooperation_kinds(kind).to_owned();
            table.row(std::iter::once(name).chain(counts.map(|n| language.integer(n as i64))))?;
        }
    }
    Ok(table.to_string())
}

/// Kinds of cooperation that tie anyone.
fn kinds(study: &Study) -> impl Iterator<Item = CooperationKind> + '_ {
    CooperationKind::ALL.into_iter().filter(|k| study.links().iter().any(|l| l.kind == *k))
}

fn evidence(study: &Study, language: Language) -> Result<String> {
    let columns = language.pick(
        [
            "coopérations",
            "hasard",
            "liens rural–urbain",
            "attendus",
            "écart-type",
            "z",
            "p",
            "E-I",
            "E-I attendu",
            "n",
            "isolés",
            "sans étiquette",
        ],
        [
            "cooperations",
            "null model",
            "urban–rural ties",
            "expected",
            "sd",
            "z",
            "p",
            "E-I",
            "expected E-I",
            "n",
            "isolates",
            "unlabelled",
        ],
    );
    let mut table = table(2, &columns);
    let mut undefined = String::new();
    for kind in kinds(study) {
        for null in NULLS {
            let name = language.cooperation_kinds(kind);
            let against = null_name(&null, language);
            let e = match Measured::of(study.rurality_evidence(Some(kind), null))? {
                Measured::Value(e) => e,
                Measured::Undefined(why) => {
                    let _ =
                        writeln!(undefined, "{name}, {against}{}{}", language.colon(), language.reason(&why));
                    continue;
                }
            };
            let cross = &e.cells[(0, 1)];
            table.row([
                name.to_owned(),
                against.to_owned(),
                language.decimal(cross.observed, 0),
                language.decimal(cross.expected, 1),
                or_dash(cross.sd, |v| language.decimal(v, 1)),
                or_dash(cross.z, |v| language.decimal(v, 2)),
                or_dash(cross.p, |p| p_cell(p, language)),
                language.decimal(e.ei.observed, 3),
                language.decimal(e.ei.expected, 3),
                language.integer(cross.n as i64),
                language.integer(cross.isolates as i64),
                language.integer(cross.unlabelled as i64),
            ])?;
        }
    }
    Ok(table.to_string() + &undefined)
}

fn p_cell(p: f64, language: Language) -> String {
    if p < 1e-4 { format!("<{}", language.decimal(1e-4, 4)) } else { language.decimal(p, 4) }
}

/// Whether rural and urban actors are tied more or less than a null model gives, at 5 %.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    More,
    Less,
    NoDifference,
}

impl Verdict {
    fn of(cross: &Evidence) -> Option<Self> {
        let p = cross.p?;
        Some(match (p < 0.05, cross.observed > cross.expected) {
            (true, true) => Self::More,
            (true, false) => Self::Less,
            (false, _) => Self::NoDifference,
        })
    }

    fn text(self, language: Language) -> &'static str {
        match self {
            Self::More => language.pick("plus", "more"),
            Self::Less => language.pick("moins", "less"),
            Self::NoDifference => language.pick("pas d’écart net", "no clear difference"),
        }
    }
}

/// Two definitions of what is rural, side by side, and which conclusions change from one to the other.
///
/// Both studies must hold the same territories, actors and cooperations: see [`Study::under`].
///
/// # Errors
/// None on two studies of the same data.
pub fn definitions_side_by_side(first: &Study, second: &Study, language: Language) -> Result<String> {
    let studies = [first, second];
    let names = studies.map(|s| s.options().rurality.to_string());
    let what = language.pick("ce qui est compté", "what is counted");
    let mut counts = table(1, &[what, &names[0], &names[1]]);
    let mut count =
        |name: &str, of: &dyn Fn(&Study) -> String| counts.row([name.to_owned(), of(first), of(second)]);
    count(language.pick("communes rurales", "rural communes"), &|s| {
        let rural = (0..s.atlas().base().territories().len()).filter(|&i| is_rural(s, i)).count();
        language.integer(rural)
    })?;
    count(language.pick("part des habitants", "share of inhabitants"), &|s| {
        language.percent(people(s, |i| is_rural(s, i)) / people(s, |_| true), 1)
    })?;
    let rural_actors =
        |s: &Study| s.places().iter().filter(|p| p.rurality() == Some(Rurality::Rural)).count();
    count(language.pick("acteurs ruraux", "rural actors"), &|s| language.integer(rural_actors(s)))?;
    for class in LinkClass::ALL {
        let name = format!("{} {}", language.pick("liens", "links"), language.link_class(class));
        count(&name, &|s| language.integer(s.links().iter().filter(|l| l.class == class).count()))?;
    }

    let columns = language.pick(
        ["coopérations", "hasard", &names[0], "z", &names[1], "z", "la conclusion"],
        ["cooperations", "null model", &names[0], "z", &names[1], "z", "the conclusion"],
    );
    let mut verdicts = table(3, &columns);
    let mut changed = 0;
    for kind in kinds(first) {
        for null in NULLS {
            let found = studies.map(|s| Measured::of(s.rurality_evidence(Some(kind), null)));
            let [a, b] = found;
            let cells = [a?, b?].map(|e| e.value().map(|e: &MixingEvidence| e.cells[(0, 1)]));
            let said = cells.map(|c| c.as_ref().and_then(Verdict::of));
            let z = cells.map(|c| or_dash(c.and_then(|c| c.z), |z| language.decimal(z, 1)));
            let conclusion = match said {
                [Some(a), Some(b)] if a != b => {
                    changed += 1;
                    language.pick("change", "changes")
                }
                [Some(_), Some(_)] => language.pick("tient", "holds"),
                _ => language.pick("n’est pas comparable", "cannot be compared"),
            };
            let text = |v: Option<Verdict>| or_dash(v, |v| v.text(language).to_owned());
            verdicts.row([
                language.cooperation_kinds(kind).to_owned(),
                null_name(&null, language).to_owned(),
                text(said[0]),
                z[0].clone(),
                text(said[1]),
                z[1].clone(),
                conclusion.to_owned(),
            ])?;
        }
    }
    let last = language.count(
        changed,
        "conclusion change avec la définition",
        "conclusions changent avec la définition",
        "conclusion changes with the definition",
        "conclusions change with the definition",
    );
    let question = language.pick(
        "Liens rural–urbain par rapport au hasard (au seuil de 5\u{202f}%)",
        "Rural–urban ties against chance (at 5%)",
    );
    Ok(format!("{counts}\n{question}\n{verdicts}{last}\n"))
}
