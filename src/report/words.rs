//! The languages of what people read: numbers, plurals and the names of the vocabulary in French and in
//! English. Sentences live beside the page they stand on; what all pages say alike lives here.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::inventory::Inventory;
use crate::model::{ActorKind, CooperationKind, DensityLevel, EnterpriseSize, Level, LinkClass, Rurality};
use crate::write::report::{integer, number};
use crate::write::svg::Words;

/// The language of a text. French by default: the people who read pages work in France.
///
/// Whatever is said in two languages takes both at once ([`Language::pick`]), so that the compiler
/// finds a missing one.
///
/// ```
/// use rurban::report::Language;
/// let french: Language = "fr".parse()?;
/// assert_eq!(french.decimal(1234.5, 1), "1\u{202f}234,5");
/// assert_eq!(french.share(17, 20), "85\u{202f}% (17 sur 20)");
/// assert_eq!(Language::English.count(1, "lien", "liens", "tie", "ties"), "1\u{a0}tie");
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// French.
    #[default]
    French,
    /// English.
    English,
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_lowercase().as_str() {
            "fr" | "french" | "français" => Ok(Self::French),
            "en" | "english" | "anglais" => Ok(Self::English),
            other => Err(Error::Parameter { name: "language", value: other.to_owned(), must: "is fr or en" }),
        }
    }
}

impl Language {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::French, Self::English];

    /// The BCP 47 tag, for the `lang` attribute.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// The text of this language.
    #[must_use]
    pub fn pick<T>(self, french: T, english: T) -> T {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    /// A whole number with its thousands apart: `1 234` (narrow no-break space), `1,234`.
    #[must_use]
    pub fn integer(self, value: impl TryInto<i64>) -> String {
        self.typeset(&integer(value.try_into().unwrap_or(i64::MAX)))
    }

    /// A number with the given decimals; `–` for one that is not known.
    #[must_use]
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        self.typeset(&number(value, decimals))
    }

    /// English digits in the language's own typography.
    fn typeset(self, english: &str) -> String {
        match self {
            Self::English => english.to_owned(),
            Self::French => english
                .chars()
                .map(|c| match c {
                    ',' => '\u{202f}',
                    '.' => ',',
                    '-' => '\u{2212}',
                    other => other,
                })
                .collect(),
        }
    }

    /// A share between 0 and 1 as a percentage: `86 %`, `86%`. Where it stands alone, say its n: see
    /// [`Language::share`].
    #[must_use]
    pub fn percent(self, share: f64, decimals: usize) -> String {
        if share.is_nan() {
            return "–".to_owned();
        }
        format!("{}{}%", self.decimal(share * 100.0, decimals), self.pick("\u{202f}", ""))
    }

    /// A part of a whole with its numbers: `85 % (17 sur 20)`; without a percentage below five cases,
    /// where it would say more than is known.
    #[must_use]
    pub fn share(self, part: usize, whole: usize) -> String {
        let of = format!("{} {} {}", self.integer(part), self.pick("sur", "of"), self.integer(whole));
        if whole < 5 { of } else { format!("{} ({of})", self.percent(part as f64 / whole as f64, 0)) }
    }

    /// A length in kilometres, without decimals from 10 km on; `–` where it is not known.
    #[must_use]
    pub fn kilometres(self, distance_m: f64) -> String {
        if distance_m.is_nan() {
            return "–".to_owned();
        }
        let km = distance_m / 1e3;
        format!("{}\u{a0}km", self.decimal(km, usize::from(km < 9.95)))
    }

    /// A number with its noun. French takes the singular for 0 and 1, English for 1.
    #[must_use]
    pub fn count(
        self,
        n: usize,
        french_one: &str,
        french_many: &str,
        english_one: &str,
        english_many: &str,
    ) -> String {
        let noun = match self {
            Self::French => {
                if n < 2 {
                    french_one
                } else {
                    french_many
                }
            }
            Self::English => {
                if n == 1 {
                    english_one
                } else {
                    english_many
                }
            }
        };
        format!("{}\u{a0}{noun}", self.integer(n))
    }

    /// The day of so many seconds since 1970 (UTC), as it is read: `25/01/2026`, `2026-01-25`.
    #[must_use]
    pub fn day(self, unix_s: i64) -> String {
        // Days of the proleptic Gregorian calendar, years from March on (Hinnant).
        let days = unix_s.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day = days.rem_euclid(146_097);
        let of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
        let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let date = of_year - (153 * month + 2) / 5 + 1;
        let (month, late) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = of_era + era * 400 + late;
        self.pick(format!("{date:02}/{month:02}/{year}"), format!("{year}-{month:02}-{date:02}"))
    }

    /// A rank: `1er`, `6e`; `1st`, `6th`.
    #[must_use]
    pub fn rank(self, rank: usize) -> String {
        let ending = match self {
            Self::French => {
                if rank == 1 {
                    "er"
                } else {
                    "e"
                }
            }
            Self::English => match (rank % 100, rank % 10) {
                (11..=13, _) => "th",
                (_, 1) => "st",
                (_, 2) => "nd",
                (_, 3) => "rd",
                _ => "th",
            },
        };
        format!("{}{ending}", self.integer(rank))
    }

    /// Names after each other: `a, b et c`, `a, b and c`.
    #[must_use]
    pub fn list<S: AsRef<str>>(self, names: &[S]) -> String {
        match names {
            [] => String::new(),
            [one] => one.as_ref().to_owned(),
            [head @ .., last] => {
                let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
                format!("{} {} {}", head.join(", "), self.pick("et", "and"), last.as_ref())
            }
        }
    }

    /// A colon with the space the language puts before and after it.
    #[must_use]
    pub const fn colon(self) -> &'static str {
        match self {
            Self::French => "\u{a0}: ",
            Self::English => ": ",
        }
    }

    /// A semicolon with the space the language puts before and after it.
    #[must_use]
    pub const fn semicolon(self) -> &'static str {
        match self {
            Self::French => "\u{202f}; ",
            Self::English => "; ",
        }
    }

    /// A text in the language's quotation marks.
    #[must_use]
    pub fn quote(self, text: &str) -> String {
        self.pick(format!("«\u{a0}{text}\u{a0}»"), format!("“{text}”"))
    }

    /// What stands where a value is not known.
    #[must_use]
    pub const fn missing(self) -> &'static str {
        match self {
            Self::French => "donnée absente",
            Self::English => "not known",
        }
    }

    /// What is said where there are too few cases to conclude.
    #[must_use]
    pub fn too_few(self, n: usize) -> String {
        let n = self.integer(n);
        self.pick(
            format!("pas assez de cas pour conclure (n\u{a0}=\u{a0}{n})"),
            format!("too few cases to conclude (n\u{a0}=\u{a0}{n})"),
        )
    }

    /// A p-value: three decimals, `< 0,001` below.
    #[must_use]
    pub fn p_value(self, p: f64) -> String {
        if p < 0.001 {
            format!("p\u{a0}<\u{a0}{}", self.decimal(0.001, 3))
        } else {
            format!("p\u{a0}=\u{a0}{}", self.decimal(p, 3))
        }
    }

    /// A kind of actor, in the plural, as a heading or a legend names it.
    #[must_use]
    pub const fn actor_kinds(self, kind: ActorKind) -> &'static str {
        let (french, english) = match kind {
            ActorKind::Cluster => ("pôles et clusters", "clusters"),
            ActorKind::PetrPays => ("PETR et Pays", "PETR and Pays"),
            ActorKind::Gal => ("GAL (LEADER)", "LEADER groups (GAL)"),
            ActorKind::Epci => ("EPCI", "EPCI"),
            ActorKind::ResearchCentre => ("laboratoires et organismes de recherche", "research centres"),
            ActorKind::InnovationPlace => ("lieux d’innovation", "innovation places"),
            ActorKind::Enterprise => ("entreprises", "enterprises"),
            ActorKind::Network => ("réseaux", "networks"),
            ActorKind::PublicService => ("services publics", "public services"),
            ActorKind::Organisation => ("autres organismes", "other organisations"),
        };
        self.of(french, english)
    }

    /// A size of enterprise.
    #[must_use]
    pub const fn enterprise_size(self, size: EnterpriseSize) -> &'static str {
        let (french, english) = match size {
            EnterpriseSize::Micro => ("très petite entreprise", "micro enterprise"),
            EnterpriseSize::Sme => ("PME", "SME"),
            EnterpriseSize::Large => ("grande entreprise", "large enterprise"),
        };
        self.of(french, english)
    }

    /// A kind of cooperation, in the plural.
    #[must_use]
    pub const fn cooperation_kinds(self, kind: CooperationKind) -> &'static str {
        let (french, english) = match kind {
            CooperationKind::ResearchProject => ("projets de recherche", "research projects"),
            CooperationKind::TerritorialProject => {
                ("projets de coopération territoriale", "territorial cooperation projects")
            }
            CooperationKind::ReciprocityContract => {
                ("contrats de réciprocité et accords signés", "reciprocity contracts and signed agreements")
            }
            CooperationKind::JointUnit => ("unités mixtes", "joint units"),
            CooperationKind::SharedPlace => ("lieux partagés", "shared places"),
            CooperationKind::Membership => ("adhésions", "memberships"),
            CooperationKind::LeaderCooperation => ("coopérations LEADER", "LEADER cooperation"),
            CooperationKind::Workshop => ("ateliers", "workshops"),
            CooperationKind::PracticeTransfer => ("transferts de pratiques", "transfers of practices"),
            CooperationKind::Other => ("autres coopérations", "other cooperation"),
        };
        self.of(french, english)
    }

    /// A class of links.
    #[must_use]
    pub const fn link_class(self, class: LinkClass) -> &'static str {
        let (french, english) = match class {
            LinkClass::UrbanUrban => ("urbain–urbain", "urban–urban"),
            LinkClass::UrbanRural => ("rural–urbain", "rural–urban"),
            LinkClass::RuralRural => ("rural–rural", "rural–rural"),
            LinkClass::Unclassed => ("ruralité inconnue", "rurality not known"),
        };
        self.of(french, english)
    }

    /// A level, in the plural.
    #[must_use]
    pub fn levels(self, level: &Level) -> &str {
        let (french, english) = match level {
            Level::Commune => ("communes", "municipalities"),
            Level::Epci => ("EPCI", "EPCI"),
            Level::PetrPays => ("PETR et Pays", "PETR and Pays"),
            Level::Gal => ("GAL", "LEADER groups (GAL)"),
            Level::Departement => ("départements", "départements"),
            Level::Region => ("régions", "régions"),
            Level::AttractionArea => ("aires d’attraction", "attraction areas"),
            Level::Custom(name) => (name.as_str(), name.as_str()),
        };
        self.pick(french, english)
    }

    /// What pictures write by themselves.
    #[must_use]
    pub const fn pictures(self) -> &'static Words {
        match self {
            Self::French => &Words::FRENCH,
            Self::English => &Words::ENGLISH,
        }
    }

    /// A class of rurality.
    #[must_use]
    pub const fn rurality(self, rurality: Rurality) -> &'static str {
        let (french, english) = match rurality {
            Rurality::Rural => ("rural", "rural"),
            Rurality::Urban => ("urbain", "urban"),
        };
        self.of(french, english)
    }

    /// A level of the density grid of communes.
    #[must_use]
    pub const fn density(self, level: DensityLevel) -> &'static str {
        let english = match level {
            DensityLevel::LargeUrbanCentre => "Large urban centres",
            DensityLevel::IntermediateUrbanCentre => "Intermediate urban centres",
            DensityLevel::UrbanBelt => "Urban belts",
            DensityLevel::SmallTown => "Small towns",
            DensityLevel::RuralTown => "Rural towns",
            DensityLevel::DispersedRural => "Dispersed rural",
            DensityLevel::VeryDispersedRural => "Very dispersed rural",
        };
        self.of(level.label(), english)
    }

    /// A field of research or a capability of the embedded data in words other than its own name; `None`
    /// where its name is the word.
    #[must_use]
    pub fn field(self, key: &str) -> Option<&'static str> {
        let french = match key {
            "agronomy, food and forest" => "agronomie, alimentation et forêt",
            "biology" => "biologie",
            "chemistry" => "chimie",
            "computing" => "informatique",
            "earth and climate" => "terre et climat",
            "ecology and water" => "écologie et eau",
            "economics and management" => "économie et gestion",
            "energy" => "énergie",
            "health" => "santé",
            "humanities and arts" => "lettres et arts",
            "marine" => "mer",
            "materials and engineering" => "matériaux et ingénierie",
            "mathematics" => "mathématiques",
            "physics" => "physique",
            "social sciences" => "sciences sociales",
            "transport and space" => "transports et espace",
            "circuit_production" => "fabrication de circuits",
            "cnc_milling" => "fraisage numérique",
            "laser" => "découpe laser",
            "precision_milling" => "fraisage de précision",
            "three_d_printing" => "impression 3D",
            "vinyl_cutting" => "découpe de vinyle",
            _ => return None,
        };
        self.pick(Some(french), None)
    }

    /// What a source is called where sources are named: its title, where the data came with one.
    #[must_use]
    pub fn source<'a>(self, inventory: &'a Inventory, source: &'a str) -> &'a str {
        inventory.source_title(source).map_or(source, |t| self.pick(&*t.french, &*t.english))
    }

    const fn of(self, french: &'static str, english: &'static str) -> &'static str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        // `date -u -d @…`: the epoch, a leap day, the day after one, a day before 1970.
        let days = [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (1_709_251_199, "2024-02-29")];
        for (seconds, day) in days.into_iter().chain([(1_709_251_200, "2024-03-01"), (-1, "1969-12-31")]) {
            assert_eq!(Language::English.day(seconds), day);
        }
        assert_eq!(Language::French.day(1_700_000_000), "14/11/2023");
    }

    #[test]
    fn french_typography() {
        let fr = Language::French;
        assert_eq!(fr.integer(68_550), "68\u{202f}550");
        assert_eq!(fr.decimal(-0.25, 2), "\u{2212}0,25");
        assert_eq!(fr.decimal(f64::NAN, 2), "–");
        assert_eq!(fr.percent(0.861, 0), "86\u{202f}%");
        assert_eq!(fr.share(1, 3), "1 sur 3");
        assert_eq!(fr.count(0, "lien", "liens", "tie", "ties"), "0\u{a0}lien");
        assert_eq!(Language::English.count(0, "lien", "liens", "tie", "ties"), "0\u{a0}ties");
        assert_eq!((fr.rank(1), fr.rank(21)), ("1er".to_owned(), "21e".to_owned()));
        assert_eq!([11, 22, 103].map(|r| Language::English.rank(r)), ["11th", "22nd", "103rd"]);
        assert_eq!(fr.list(&["a", "b", "c"]), "a, b et c");
        assert_eq!(
            (fr.kilometres(4_200.0), fr.kilometres(24_400.0)),
            ("4,2\u{a0}km".into(), "24\u{a0}km".into())
        );
        assert_eq!(fr.p_value(0.0002), "p\u{a0}<\u{a0}0,001");
    }

    #[test]
    fn languages_are_read_as_people_write_them() {
        assert_eq!("EN".parse::<Language>().unwrap(), Language::English);
        assert!("de".parse::<Language>().unwrap_err().to_string().contains("fr or en"));
    }
}
