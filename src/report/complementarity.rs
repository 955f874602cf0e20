//! What a territory lacks, who has it, and whether ties join what complements each other: tables,
//! sentences and pictures.

use std::str::FromStr;

use geo_types::Coord;

use super::maps::{Over, contours, frame, value_map};
use super::{Language, Part, Wording};
use crate::complementarity::nomenclature::MaskedCells;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};
use crate::evidence::{Evidence, Measured};
#[cfg(feature = "france-data")]
use crate::france::{EmbeddedFrance, ReciprocityContract, SectorCount, SectorTable};
use crate::matrix::Matrix;
use crate::model::{ActorKind, Level};
use crate::profiles::{Activity, Profiles};
use crate::progress::Progress;
#[cfg(feature = "france-data")]
use crate::study::{ActivitySource, Counting, Giving};
use crate::study::{
    Complementarity, ComplementarityReport, Holder, Need, Needs, ProfileMeasures, Search, SideGain, Study,
};
use crate::write::Table;
use crate::write::report::{Align, TextTable};
use crate::write::svg::{Colours, HeatMap, Svg};

/// What of the embedded France is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nomenclature {
    /// Employment by sector: a proxy by département.
    Sectors,
    /// Fields of research organisations, read from their names.
    Fields,
    /// What fablabs can do.
    Capabilities,
    /// Official domains of research structures (RNSR); the study must hold them.
    Domains,
    /// Establishments by size, end of 2014.
    Establishments,
    /// Kinds of bodies: research centres, innovation places, public services …
    Bodies,
}

impl Nomenclature {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Sectors, Self::Fields, Self::Capabilities, Self::Domains, Self::Establishments, Self::Bodies];

    /// Short stable key, as in files and on command lines.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sectors => "sectors",
            Self::Fields => "fields",
            Self::Capabilities => "capabilities",
            Self::Domains => "domains",
            Self::Establishments => "establishments",
            Self::Bodies => "bodies",
        }
    }

    /// What is compared, as a heading.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let (french, english) = match self {
            Self::Sectors => ("secteurs d’activité", "sectors"),
            Self::Fields => ("domaines de recherche", "fields of research"),
            Self::Capabilities => ("équipements des fablabs", "capabilities of fablabs"),
            Self::Domains => {
                ("domaines officiels de recherche (RNSR)", "official domains of research (RNSR)")
            }
            Self::Establishments => ("établissements par taille", "establishments by size"),
            Self::Bodies => ("types d’organismes", "kinds of bodies"),
        };
        language.pick(french, english)
    }

    /// What the figures are not.
    #[must_use]
    pub fn limits(self, language: Language) -> &'static str {
        let (french, english) = match self {
            Self::Sectors => (
                "Limites\u{a0}: salariés concernés par des demandes d’activité partielle en juillet 2020, 17 groupes par \
                 département\u{a0}: une approximation, pas un recensement. L’agriculture, la finance et les services \
                 publics y sont sous-comptés, et un territoire a le profil de son département. De meilleurs chiffres se \
                 donnent avec --table.",
                "Limits: employees concerned by applications for short-time work in July 2020, 17 groups by \
                 département: a proxy, not a census. It under-counts farming, finance and public services, and a \
                 territory has the profile of its département. Bring better figures with --table.",
            ),
            Self::Fields => (
                "Limites\u{a0}: les domaines sont lus dans les mots du nom des organismes de ROR (six sur dix en ont un), \
                 placés à leur ville. Un organisme compte 1 quelle que soit sa taille.",
                "Limits: fields are read from words of the names of organisations in ROR (six in ten have one), \
                 which are placed by city. An organisation counts 1 whatever its size.",
            ),
            Self::Capabilities => (
                "Limites\u{a0}: les fablabs de 2017 tels qu’ils se décrivent\u{202f}; les plus récents manquent.",
                "Limits: fablabs of 2017 as they describe themselves; later ones are missing.",
            ),
            Self::Domains => (
                "Limites\u{a0}: domaines officiels du répertoire national des structures de recherche, 2022, par \
                 commune\u{202f}; une structure compte 1 quelle que soit sa taille, et les entreprises n’en ont pas.",
                "Limits: official domains of the national directory of research structures, 2022, by commune; a \
                 structure counts 1 whatever its size, and firms have none.",
            ),
            Self::Establishments => (
                "Limites\u{a0}: établissements par classe de taille à la fin de 2014, sur les communes d’aujourd’hui, \
                 sans secteur d’activité.",
                "Limits: establishments by size class at the end of 2014 on communes of today, without sector.",
            ),
            Self::Bodies => (
                "Limites\u{a0}: les organismes des listes embarquées\u{202f}; le type des partenaires Interreg est lu dans \
                 leur nom.",
                "Limits: bodies as the embedded lists have them; kinds of Interreg partners are read from names.",
            ),
        };
        language.pick(french, english)
    }

    /// Where the figures come from, as their producers name it.
    const fn source(self) -> &'static str {
        match self {
            Self::Sectors => "DGEFP/Dares, 2020",
            Self::Fields => "Research Organization Registry (ROR), 2026",
            Self::Capabilities => "fablabs.io, 2017",
            Self::Domains => "Répertoire national des structures de recherche (RNSR), 2022",
            Self::Establishments => "Insee, 2014",
            Self::Bodies => "ROR, ANCT, keep.eu, fablabs.io",
        }
    }

    /// What is asked of a receiving row under this nomenclature.
    #[must_use]
    pub fn subject(self, row: usize, radius_m: f64, language: Language) -> Subject {
        Subject {
            title: self.title(language).to_owned(),
            file: self.key().to_owned(),
            row,
            radius_m,
            limits: Some(self.limits(language).to_owned()),
            source: Some(self.source().to_owned()),
        }
    }

    /// Profiles of those that could give (départements for sectors, EPCI for the rest) and of the
    /// territories of a level.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks a level.
    #[cfg(feature = "france-data")]
    pub fn sides(self, study: &Study, sectors: &SectorTable, level: &Level) -> Result<Sides> {
        let source = match self {
            Self::Sectors => {
                let (giving, found) = sectors.profiles(study.atlas(), SectorCount::Employees)?;
                return Sides::summed(study, giving, found, level);
            }
            Self::Fields => ActivitySource::Themes("field"),
            Self::Capabilities => ActivitySource::Themes("capability"),
            Self::Domains => ActivitySource::Themes("domain"),
            Self::Establishments => {
                let (communes, found) = EmbeddedFrance::establishment_profiles(study.atlas())?;
                let giving = communes.to_level(study.atlas(), &Level::Epci, MaskedCells::Propagate)?.profiles;
                let mut sides = Sides { giving, receiving: None, found, split: 0 };
                if *level != Level::Epci {
                    let sum = communes.to_level(study.atlas(), level, MaskedCells::Propagate)?;
                    (sides.receiving, sides.split) = (Some(sum.profiles), sum.split);
                }
                return Ok(sides);
            }
            Self::Bodies => ActivitySource::Kinds,
        };
        let (giving, found) = study.profiles(&Level::Epci, source, Counting::Full)?;
        let receiving = match level {
            Level::Epci => None,
            _ => Some(study.profiles(level, source, Counting::Full)?.0),
        };
        Ok(Sides { giving, receiving, found, split: 0 })
    }
}

/// Profiles of those that could give and of those that could receive.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sides {
    /// Of those that could give.
    pub giving: Profiles,
    /// Of those that could receive, where they are others.
    pub receiving: Option<Profiles>,
    /// What counting or reading them found.
    pub found: Diagnostics,
    /// Giving territories whose figures are split by population among receiving ones.
    pub split: usize,
}

impl Sides {
    /// The same figures summed up for the territories of another level.
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks the level.
    pub fn summed(study: &Study, giving: Profiles, found: Diagnostics, level: &Level) -> Result<Self> {
        if giving.level()? == level {
            return Ok(Self { giving, receiving: None, found, split: 0 });
        }
        let sum = giving.to_level(study.atlas(), level, MaskedCells::Propagate)?;
        Ok(Self { giving, receiving: Some(sum.profiles), found, split: sum.split })
    }
}

impl FromStr for Nomenclature {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let key = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|n| n.key() == key).ok_or_else(|| Error::Unknown {
            kind: "nomenclature",
            value: text.to_owned(),
            hint: Some(format!("there are {}", Self::ALL.map(Self::key).join(", "))),
        })
    }
}

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
    if let Some(kind) = ActorKind::from_key(activity.code.as_str()) {
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
    picture("heatmap", heat_map(&told, &needs, subject, wording)?);
    picture("map", map(&told, &needs, subject, wording)?);
    Ok(part)
}

fn needs_text(part: &mut Part<'_>, told: &Told<'_>, needs: &Needs, subject: &Subject) -> Result<()> {
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
            let interval = format!("{} {} {}", bound(s.interval.0), l.pick("à", "to"), bound(s.interval.1));
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
        let mostly: Vec<String> = p.gained.iter().take(2).map(|g| told.activity(g.0)).collect();
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

fn report_text(part: &mut Part<'_>, report: &ComplementarityReport, l: Language) -> Result<()> {
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
            part.say(format!("  {against}{}{}", l.colon(), t.evidence.reason().unwrap_or_default()));
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

fn needs_table<'a>(compared: &Complementarity<'_>, needs: &Needs) -> Result<Table<'a>> {
    let actors = compared.study().inventory().actors();
    let mut rows: Vec<(&Need, Option<&Holder>)> = Vec::new();
    for need in &needs.lacks {
        let none = need.holders.is_empty().then_some(None);
        rows.extend(need.holders.iter().map(Some).chain(none).map(|holder| (need, holder)));
    }
    let giver = |h: &Holder| compared.giving_row(h.row);
    let activity = |need: &Need| &compared.activities()[need.activity];
    let text = |f: &dyn Fn(&Need, Option<&Holder>) -> String| -> Vec<String> {
        rows.iter().map(|r| f(r.0, r.1)).collect()
    };
    let figure = |f: &dyn Fn(&Need, Option<&Holder>) -> Option<f64>| -> Vec<Option<f64>> {
        rows.iter().map(|r| f(r.0, r.1)).collect()
    };
    Table::new()
        .with("activity", text(&|n, _| activity(n).code.to_string()))?
        .with("name", text(&|n, _| activity(n).name.clone()))?
        .with("count", figure(&|n, _| Some(n.count)))?
        .with("location_quotient", figure(&|n, _| Some(n.location_quotient)))?
        .with("fit", figure(&|n, _| Some(n.fit)))?
        .with("holders", rows.iter().map(|r| r.0.holders_within as i64).collect::<Vec<_>>())?
        .with("holder_code", text(&|_, h| h.and_then(giver).map_or_else(String::new, |g| g.code.clone())))?
        .with("holder", text(&|_, h| h.and_then(giver).map_or_else(String::new, |g| g.name.clone())))?
        .with("distance_m", figure(&|_, h| h.and_then(|h| h.distance_m)))?
        .with("holder_count", figure(&|_, h| h.map(|h| h.count)))?
        .with("holder_quotient", figure(&|_, h| h.map(|h| h.location_quotient)))?
        .with("links", rows.iter().map(|r| r.1.map_or(0, |h| h.links.len() as i64)).collect::<Vec<_>>())?
        .with(
            "actors",
            text(&|_, h| {
                let names = h.iter().flat_map(|h| &h.actors).take(5);
                names.map(|&a| actors[a as usize].name.as_str()).collect::<Vec<_>>().join("; ")
            }),
        )
}

fn partners_table<'a>(compared: &Complementarity<'_>, needs: &Needs) -> Result<Table<'a>> {
    let all = &needs.partners;
    let parts = |list: &[(usize, f64)]| {
        let part = |p: &(usize, f64)| {
            format!("{} {}", compared.activities()[p.0].name, Language::English.decimal(p.1, 1))
        };
        list.iter().take(5).map(part).collect::<Vec<_>>().join("; ")
    };
    let row = |r: usize| compared.giving_row(r);
    let code = |r: usize| row(r).map_or_else(String::new, |r| r.code.clone());
    let name = |r: usize| row(r).map_or_else(String::new, |r| r.name.clone());
    Table::new()
        .with("code", all.iter().map(|p| code(p.row)).collect::<Vec<_>>())?
        .with("name", all.iter().map(|p| name(p.row)).collect::<Vec<_>>())?
        .with("gained", all.iter().map(|p| Some(p.score)).collect::<Vec<_>>())?
        .with("returned", all.iter().map(|p| Some(p.returned)).collect::<Vec<_>>())?
        .with("distance_m", all.iter().map(|p| p.distance_m).collect::<Vec<_>>())?
        .with("links", all.iter().map(|p| p.links.len() as i64).collect::<Vec<_>>())?
        .with("gained_in", all.iter().map(|p| parts(&p.gained)).collect::<Vec<_>>())?
        .with("brought_by", all.iter().map(|p| parts(&p.brought)).collect::<Vec<_>>())
}

fn sides_table<'a>(report: &ComplementarityReport) -> Result<Table<'a>> {
    let rows: Vec<(&SideGain, usize, &Activity)> = (report.sides.iter())
        .flat_map(|s| report.activities.iter().enumerate().map(move |(i, a)| (s, i, a)))
        .collect();
    let text = |f: &dyn Fn(&SideGain, &Activity) -> String| -> Vec<String> {
        rows.iter().map(|r| f(r.0, r.2)).collect()
    };
    let part = |f: &dyn Fn(&SideGain) -> &[f64]| -> Vec<Option<f64>> {
        rows.iter().map(|r| f(r.0).get(r.1).copied()).collect()
    };
    Table::new()
        .with("receiving", text(&|s, _| s.receiving.to_string()))?
        .with("giving", text(&|s, _| s.giving.to_string()))?
        .with("activity", text(&|_, a| a.code.to_string()))?
        .with("name", text(&|_, a| a.name.clone()))?
        .with("potential", part(&|s| &s.potential_by_activity))?
        .with("realised", part(&|s| &s.realised_by_activity))
}

fn evidence_table<'a>(report: &ComplementarityReport) -> Result<Table<'a>> {
    let of = |f: &dyn Fn(&Evidence) -> Option<f64>| -> Vec<Option<f64>> {
        report.tests.iter().map(|t| t.evidence.value().and_then(f)).collect()
    };
    Table::new()
        .with("against", report.tests.iter().map(|t| t.against.clone()).collect::<Vec<_>>())?
        .with("observed", of(&|e| Some(e.observed)))?
        .with("expected", of(&|e| Some(e.expected)))?
        .with("sd", of(&|e| e.sd))?
        .with("z", of(&|e| e.z))?
        .with("p", of(&|e| e.p))?
        .with("ratio", report.tests.iter().map(|t| t.ratio).collect::<Vec<_>>())
}

fn measures_table<'a>(compared: &Complementarity<'_>) -> Result<Table<'a>> {
    let rows = compared.profile_measures()?;
    let value = |f: &dyn Fn(&ProfileMeasures) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
    Table::new()
        .with("code", rows.iter().map(|r| r.row.code.clone()).collect::<Vec<_>>())?
        .with("name", rows.iter().map(|r| r.row.name.clone()).collect::<Vec<_>>())?
        .with("total", value(&|r| r.total))?
        .with("diversity", rows.iter().map(|r| i64::from(r.diversity)).collect::<Vec<_>>())?
        .with("herfindahl", value(&|r| r.herfindahl))?
        .with("shannon", value(&|r| r.shannon))?
        .with("hachman", value(&|r| r.hachman))?
        .with("krugman", value(&|r| r.krugman))?
        .with("complexity", value(&|r| r.complexity))
}

/// The three best partners of every receiving row within 150 km.
fn pairs_table<'a>(compared: &Complementarity<'_>, progress: &dyn Progress) -> Result<Table<'a>> {
    let partners = compared.partners(Search::default().radius_m(150e3).limits(0, 0, 3), progress)?;
    let rows: Vec<_> =
        partners.iter().enumerate().flat_map(|(r, list)| list.iter().map(move |p| (r, p))).collect();
    let names = |row: &dyn Fn(usize) -> String| (0..rows.len()).map(row).collect::<Vec<String>>();
    let receiver = |i: usize| compared.receiving_row(rows[i].0);
    let giver = |i: usize| compared.giving_row(rows[i].1.region as usize);
    Table::new()
        .with("receiving_code", names(&|i| receiver(i).map_or_else(String::new, |r| r.code.clone())))?
        .with("receiving", names(&|i| receiver(i).map_or_else(String::new, |r| r.name.clone())))?
        .with("giving_code", names(&|i| giver(i).map_or_else(String::new, |r| r.code.clone())))?
        .with("giving", names(&|i| giver(i).map_or_else(String::new, |r| r.name.clone())))?
        .with("score", rows.iter().map(|r| r.1.score).collect::<Vec<_>>())?
        .with("distance_m", rows.iter().map(|r| r.1.distance_m).collect::<Vec<_>>())
}

/// What each possible partner could give, over the giving territories; none where they have no outlines.
fn map(told: &Told<'_>, needs: &Needs, subject: &Subject, wording: &Wording) -> Result<Option<Svg>> {
    let (l, compared) = (told.l, told.compared);
    let level = compared.study().atlas().level(compared.giving().level()?)?;
    let Some(layer) = level.geometry() else { return Ok(None) };
    let search = Search::default();
    let scores: Vec<f64> = (0..layer.len())
        .map(|s| {
            let shown = compared.rank(subject.row, s, search).ok().flatten().is_some();
            if shown { compared.score(subject.row, s) } else { f64::NAN }
        })
        .collect();
    let point = |p: Option<crate::space::LonLat>| p.map(Coord::from);
    let own = point(needs.row.point);
    let lines: Vec<[Coord<f64>; 2]> = (needs.partners.iter())
        .filter_map(|p| Some([own?, point(compared.giving_row(p.row)?.point)?]))
        .collect();
    let (name, what) = (&needs.row.name, &subject.title);
    let title = match (needs.partners.first(), l) {
        (None, Language::French) => format!("{name}, {what}\u{a0}: aucun partenaire à explorer"),
        (None, Language::English) => format!("{name}, {what}: no partner to explore"),
        (Some(best), _) => {
            let (best, score, far) = (told.giver(best.row), l.decimal(best.score, 1), km(best.distance_m, l));
            match l {
                Language::French => {
                    format!("{name}, {what}\u{a0}: à explorer d’abord, {best} (apport {score}, {far})")
                }
                Language::English => {
                    format!("{name}, {what}: explore {best} first (gain {score}, {far})")
                }
            }
        }
    };
    let label = l.pick("apport, sur 100", "gain, of 100");
    let n = l.integer(needs.partners.len());
    let note = match l {
        Language::French => format!("Traits\u{a0}: les {n} partenaires de plus grand apport."),
        Language::English => format!("Lines: the {n} partners of largest gain."),
    };
    let over = Over { note: &note, lines: &lines, points: own.as_slice() };
    let place = (layer, contours(level), frame(layer));
    value_map([&title, label], place, &scores, &over, wording).map(Some)
}

/// What each of the best partners adds to each activity that is lacking; none where nothing is lacking or
/// nobody could give.
fn heat_map(told: &Told<'_>, needs: &Needs, subject: &Subject, wording: &Wording) -> Result<Option<Svg>> {
    let (l, compared) = (told.l, told.compared);
    if needs.lacks.is_empty() || needs.partners.is_empty() {
        return Ok(None);
    }
    let stacked = compared.linkages().regions() - compared.receiving().table().regions() + subject.row;
    let activities: Vec<String> = needs.lacks.iter().map(|n| told.activity(n.activity)).collect();
    let partners: Vec<String> = needs.partners.iter().map(|p| told.giver(p.row).to_owned()).collect();
    let added: Vec<Vec<f64>> =
        needs.partners.iter().map(|p| compared.linkages().added_density(stacked, p.row)).collect();
    let values: Vec<f64> =
        needs.lacks.iter().flat_map(|n| added.iter().map(move |column| column[n.activity])).collect();
    let most = values.iter().enumerate().filter(|v| v.1.is_finite()).max_by(|a, b| a.1.total_cmp(b.1));
    let name = &needs.row.name;
    let title = match (most, l) {
        (None, Language::French) => format!("{name}\u{a0}: ce qu’apportent les partenaires"),
        (None, Language::English) => format!("{name}: what partners add"),
        (Some((i, value)), _) => {
            let (activity, partner) = (&activities[i / partners.len()], &partners[i % partners.len()]);
            let (activity, value) = (l.quote(activity), l.decimal(*value, 1));
            match l {
                Language::French => {
                    format!(
                        "{name}\u{a0}: l’apport le plus grand est celui de {partner} en {activity} ({value})"
                    )
                }
                Language::English => {
                    format!("{name}: the largest addition is that of {partner} in {activity} ({value})")
                }
            }
        }
    };
    let map = HeatMap {
        title: &title,
        rows: &activities,
        columns: &partners,
        values: &Matrix::from_rows(activities.len(), partners.len(), values)?,
        colours: Colours::Sequential,
    };
    let note = l.pick(
        "Lecture\u{a0}: densité de proximité (sur 100) que chaque partenaire ajoute à ce qui manque.",
        "How to read: relatedness density (of 100) that each partner adds to what is lacking.",
    );
    Ok(Some(map.render_in(l.pictures())?.captioned(&format!("{note} {}", wording.source_line()))))
}
