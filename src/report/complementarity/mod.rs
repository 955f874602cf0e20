//! What a territory lacks, who has it, and whether ties join what complements each other: tables,
//! sentences and pictures.

mod nomenclature;
mod pictures;
#[cfg(feature = "france-data")]
mod request;
mod sentences;
mod tables;

pub use nomenclature::{Nomenclature, Sides};
use pictures::{Shown, heat_map, map};
#[cfg(feature = "france-data")]
pub use request::{ActivityTable, ComplementarityRequest};
use sentences::{needs_text, report_text};
use tables::{evidence_table, measures_table, needs_table, pairs_table, partners_table, sides_table};

use crate::error::Result;
#[cfg(feature = "france-data")]
use crate::evidence::Evidence;
#[cfg(feature = "france-data")]
use crate::france::ReciprocityContract;
use crate::model::ActorKind;
use crate::profiles::Activity;
use crate::progress::Progress;
use crate::report::{Language, Part, Wording};
#[cfg(feature = "france-data")]
use crate::study::Giving;
use crate::study::{Complementarity, Search};
use crate::write::svg::Svg;

/// The one row that is looked at closely, and what is compared.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Subject {
    /// What is compared, as a heading.
    pub title: String,
    /// What names of files begin with.
    pub file: String,
    /// Index of the receiving row.
    pub row: usize,
    /// How far partners may be, in metres.
    pub radius_m: f64,
    /// What the figures are not.
    pub limits: Option<String>,
    /// Where they come from.
    pub source: Option<String>,
}

impl Subject {
    /// A row compared under a title, which names of files begin with as well.
    pub fn new(row: usize, title: impl Into<String>, radius_m: f64) -> Self {
        let title = title.into();
        Self { file: title.clone(), title, row, radius_m, limits: None, source: None }
    }
}

/// An activity as people read it. Fields, capabilities and kinds of the embedded data have names in both
/// languages; others stand for themselves.
#[must_use]
pub fn activity_name(activity: &Activity, language: Language) -> &str {
    if let Ok(kind) = activity.code.as_str().parse::<ActorKind>() {
        return language.actor_kinds(kind);
    }
    match language.field(activity.code.as_str()) {
        Some(french) => french,
        None => &activity.name,
    }
}

/// What amounts are.
fn unit_name(unit: &str, l: Language) -> &str {
    let french = match unit {
        "employees" => "salariés",
        "establishments" => "établissements",
        "actors" => "acteurs",
        "links" => "liens",
        "cooperations" => "coopérations",
        "practices" => "pratiques",
        "as in the table" => "selon la table",
        other => other,
    };
    l.pick(french, unit)
}

/// What chance means in a test.
fn null_name(against: &str, l: Language) -> &str {
    let french = match against {
        "labels dealt to rows" => "étiquettes tirées au sort",
        "profiles dealt to rows" => "profils tirés au sort",
        "tied pairs rewired, degrees kept" => "liens redistribués, à nombre de liens égal",
        "ties drawn by strength and distance" => "liens tirés selon la taille et la distance",
        other => other,
    };
    l.pick(french, against)
}

/// Names of sectors are long.
fn short(name: &str) -> String {
    if name.chars().count() <= 56 {
        return name.to_owned();
    }
    name.chars().take(55).chain(['…']).collect()
}

fn km(distance_m: Option<f64>, l: Language) -> String {
    distance_m.map_or_else(|| "–".to_owned(), |d| format!("{}\u{a0}km", l.decimal(d / 1e3, 0)))
}

/// What is compared, and the words for it.
struct Told<'a> {
    compared: &'a Complementarity<'a>,
    l: Language,
}

impl Told<'_> {
    fn activity(&self, i: usize) -> String {
        short(activity_name(&self.compared.activities()[i], self.l))
    }

    fn giver(&self, row: usize) -> &str {
        self.compared.giving_row(row).map_or("", |r| r.name.as_str())
    }

    /// Who is tied to whom by these links.
    fn cooperations(&self, links: &[u32]) -> String {
        let (study, l) = (self.compared.study(), self.l);
        let name = |actor: u32| study.inventory().actors()[actor as usize].name.as_str();
        let mut shown: Vec<String> = links
            .iter()
            .take(3)
            .map(|&link| &study.links()[link as usize])
            .map(|link| {
                let kind = match l {
                    Language::French => l.cooperation_kinds(link.kind).to_owned(),
                    Language::English => link.kind.to_string(),
                };
                format!("{} – {} ({kind})", name(link.a), name(link.b))
            })
            .collect();
        match links.len() {
            0 => shown.push(l.pick("aucune", "none").to_owned()),
            n if n > 3 => shown.push(format!("{} {}", l.integer(n - 3), l.pick("de plus", "more"))),
            _ => {}
        }
        shown.join(l.semicolon())
    }
}

/// What one territory lacks and who has it, and complementarity over all: sentences, six tables and two
/// pictures. `sides` are the profiles that are compared.
///
/// # Errors
/// Those of [`Complementarity::needs`] and [`Complementarity::report`].
pub fn complementarity<'a>(
    compared: &Complementarity<'_>,
    sides: &Sides,
    subject: &Subject,
    progress: &dyn Progress,
    wording: &Wording,
) -> Result<Part<'a>> {
    let l = wording.language;
    let wording = &subject.source.iter().fold(wording.clone(), Wording::source);
    let found = &sides.found;
    let needs = compared.needs(subject.row, Search::default().radius_m(subject.radius_m))?;
    let report = compared.report(progress)?;
    let mut part = Part::new();
    part.say(format!("=== {} ===", subject.title.to_uppercase()));
    let (kept, dropped) = (l.integer(found.kept()), l.integer(found.dropped()));
    let kinds: Vec<String> =
        found.counts().iter().map(|(kind, n)| format!("{}{kind} {}", l.semicolon(), l.integer(*n))).collect();
    part.say(match l {
        Language::French => {
            format!("chiffres retenus\u{a0}: {kept}, écartés\u{a0}: {dropped}{}", kinds.concat())
        }
        Language::English => format!("{kept} figures kept, {dropped} left out{}", kinds.concat()),
    });
    if sides.split > 0 {
        let (split, all) = (l.integer(sides.split), l.integer(sides.giving.table().regions()));
        let (giving, receiving) = (l.levels(sides.giving.level()?), l.levels(compared.receiving().level()?));
        part.say(match l {
            Language::French => format!(
                "{split} sur {all} {giving} sont à cheval sur plusieurs {receiving} ou en partie dans un seul\u{a0}: \
                 leurs chiffres sont répartis selon la population"
            ),
            Language::English => format!(
                "{split} of {all} {giving} lie in several {receiving} or partly in one: their figures are split \
                 by population"
            ),
        });
    }
    let told = Told { compared, l };
    needs_text(&mut part, &told, &needs, subject)?;
    report_text(&mut part, &report, l)?;
    part.say(subject.limits.as_deref().unwrap_or_default());

    let tables = [
        ("needs", needs_table(compared, &needs)?),
        ("partners", partners_table(compared, &needs)?),
        ("sides", sides_table(&report)?),
        ("evidence", evidence_table(&report)?),
        ("profiles", measures_table(compared)?),
        ("pairs", pairs_table(compared, progress)?),
    ];
    for (name, table) in tables {
        part.table(format!("{}_{name}.csv", subject.file), table);
    }
    let mut picture = |name: &str, svg: Option<Svg>| {
        if let Some(svg) = svg {
            part.picture(format!("{}_{name}.svg", subject.file), svg);
        }
    };
    let shown = Shown { told: &told, needs: &needs, subject, wording };
    picture("heatmap", heat_map(shown)?);
    picture("map", map(shown)?);
    Ok(part)
}

/// Where the city of each reciprocity contract stands for its rural partner: who knows the territory
/// chose it, so a measure that ranks it by chance would say little. Nothing where the rows compared are
/// not of the levels of the contracts.
///
/// # Errors
/// Those of [`Complementarity::rank`].
#[cfg(feature = "france-data")]
pub fn contracts<'a>(
    compared: &Complementarity<'_>,
    contracts: &[ReciprocityContract],
    wording: &Wording,
) -> Result<Part<'a>> {
    use crate::evidence::Null;
    use crate::model::Rurality;
    let l = wording.language;
    let study = compared.study();
    let territory = |id: &str| study.inventory().actors()[study.inventory().find(id)?].territory.clone();
    let (giving, receiving) = (compared.giving().level()?, compared.receiving().level()?);
    let mut part = Part::new();
    let mut ranks = Vec::new();
    for contract in contracts {
        let (Some((urban, city)), Some((rural, pays))) =
            (territory(contract.urban.as_str()), territory(contract.rural.as_str()))
        else {
            continue;
        };
        if urban != *giving || rural != *receiving {
            continue;
        }
        let (Some(s), Some(r)) = (
            study.atlas().level(giving)?.find(city.as_str()),
            study.atlas().level(receiving)?.find(pays.as_str()),
        ) else {
            continue;
        };
        let search = Search::default().giving(Giving::Side(Rurality::Urban)).radius_m(200e3);
        if let Some(rank) = compared.rank(r, s, search)? {
            let receiver = compared.receiving_row(r).map_or("", |r| r.name.as_str());
            let giver = compared.giving_row(s).map_or("", |r| r.name.as_str());
            let (n, of, levels) = (l.decimal(rank.rank, 0), l.integer(rank.of), l.levels(giving));
            part.say(match l {
                Language::French => format!(
                    "contrat {receiver} – {giver}\u{a0}: la ville est au rang {n} sur {of} {levels} de l’urbain à 200\u{a0}km \
                     au plus"
                ),
                Language::English => format!(
                    "contract {receiver} – {giver}: the city is number {n} of {of} urban {levels} within 200\u{a0}km"
                ),
            });
            ranks.push(rank.percentile());
        }
    }
    if ranks.len() > 1 {
        // The mean of n uniform numbers.
        let n = ranks.len();
        let mean = ranks.iter().sum::<f64>() / n as f64;
        let e = Evidence::closed_form(Null::Model, mean, 0.5, Some(1.0 / (12.0 * n as f64)), n);
        let (mean, z) = (l.decimal(mean, 2), l.decimal(e.z.unwrap_or(f64::NAN), 2));
        part.say(match l {
            Language::French => {
                format!("rang centile moyen de {n} contrats\u{a0}: {mean} (½ au hasard, z {z})")
            }
            Language::English => format!("mean percentile of {n} contracts {mean} (½ by chance, z {z})"),
        });
    }
    Ok(part)
}
