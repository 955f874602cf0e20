//! What columns may be called, in French and English and in the exports people have; which one is
//! taken is decided by name and by what the cells hold.

use super::codes;
use super::number::Number;
pub use super::roles::Role;
use crate::diagnostics::printable;
use crate::error::{Error, Result};
pub(super) use crate::likeness::fold;

/// What cells must hold so that a column can be taken by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Any,
    /// Codes of communes, however glued.
    CommuneCode,
    /// Codes of some territory: digits in them, or short.
    Code,
    Number,
    /// No value twice.
    Distinct,
}

impl Content {
    /// Whether most of these cells (blank ones left out) are so; `None` when there are none.
    pub(super) fn fits<'a>(self, cells: impl Iterator<Item = &'a str>) -> Option<bool> {
        let (mut all, mut good) = (0_usize, 0_usize);
        let mut met = std::collections::BTreeSet::new();
        // `#N/A` in a column of codes is what a look-up left that found none.
        let blank = |c: &str| c.is_empty() || self == Self::CommuneCode && Number::parse(c) == Number::Blank;
        for cell in cells.filter(|c| !blank(c)) {
            all += 1;
            good += usize::from(match self {
                Self::Any => true,
                Self::CommuneCode => codes::is_commune(cell),
                Self::Code => cell.chars().any(|c| c.is_ascii_digit()) || cell.chars().count() <= 3,
                Self::Number => !matches!(Number::parse(cell), Number::Invalid),
                Self::Distinct => met.insert(cell),
            });
        }
        match self {
            _ if all == 0 => None,
            Self::Distinct => Some(good == all),
            _ => Some(2 * good >= all),
        }
    }
}

/// Columns given by name for what they tell: these are taken, whatever else there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnNames(Vec<(Role, String)>);

impl ColumnNames {
    /// Adds the name of a column.
    #[must_use]
    pub fn with(mut self, role: Role, column: impl Into<String>) -> Self {
        self.0.push((role, column.into()));
        self
    }

    /// From texts `role=column`.
    ///
    /// ```
    /// use rurban::read::{ColumnNames, Role};
    /// let names = ColumnNames::parse(["commune=Code du lieu", "name=Appellation"])?;
    /// assert_eq!(names.get(Role::Commune), Some("Code du lieu"));
    /// assert!(ColumnNames::parse(["colour=Teinte"]).is_err());
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unknown`] for a role there is not, [`Error::Parameter`] without `=`.
    pub fn parse<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut names = Self::default();
        for text in texts {
            let text = text.as_ref();
            let (role, column) = text.split_once('=').ok_or_else(|| Error::Parameter {
                name: "column",
                value: text.to_owned(),
                must: "must be written role=column",
            })?;
            names.0.push((role.parse()?, column.trim().to_owned()));
        }
        Ok(names)
    }

    /// The column given for a role, the last one when there are several.
    #[must_use]
    pub fn get(&self, role: Role) -> Option<&str> {
        self.0.iter().rev().find(|(r, _)| *r == role).map(|(_, name)| name.as_str())
    }

    /// Those of these roles only.
    #[must_use]
    pub fn only(&self, roles: &[Role]) -> Self {
        Self(self.0.iter().filter(|(r, _)| roles.contains(r)).cloned().collect())
    }
}

/// Words that say nothing about what a column tells.
const FILLERS: [&str; 40] = [
    "de",
    "la",
    "le",
    "les",
    "du",
    "des",
    "d",
    "l",
    "un",
    "une",
    "the",
    "of",
    "et",
    "en",
    "a",
    "au",
    "quel",
    "quelle",
    "est",
    "sont",
    "votre",
    "vos",
    "notre",
    "nos",
    "etablissement",
    "structure",
    "siege",
    "plg",
    "wgs84",
    "degres",
    "deg",
    "actuel",
    "officielle",
    "officiel",
    "n",
    "no",
    "num",
    "numero",
    "insee2024",
    "etab",
];

/// A folded name without what people and programs put around it: words in brackets, numbers of
/// questions, articles, `etablissement` …; `codeCommuneEtablissement` is `codecommune`.
fn reduced(name: &str) -> String {
    words(name).into_iter().filter(|w| !FILLERS.contains(&w.as_str())).collect()
}

/// The folded words of a name, without the number of a question and what is in brackets.
fn words(name: &str) -> Vec<String> {
    // "Q1. Nom", "G01Q02 - Nom", "1) Nom"
    let name = match name.split_once(['.', ')', ':', '-']) {
        Some((head, rest))
            if head.len() <= 8
                && head.chars().any(|c| c.is_ascii_digit())
                && head.chars().all(|c| c.is_ascii_alphanumeric())
                && !rest.trim().is_empty() =>
        {
            rest
        }
        _ => name,
    };
    let mut spaced = String::new();
    let (mut depth, mut before) = (0_usize, ' ');
    for c in name.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            c => {
                if before.is_lowercase() && c.is_uppercase() {
                    spaced.push(' ');
                }
                spaced.push(c);
            }
        }
        before = c;
    }
    spaced.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|w| !w.is_empty()).collect()
}

/// Words that tell by themselves what a column is, whatever stands beside them (`adresse_lat`), but for
/// those that make it something else.
const TELLING: [(&[&str], &[&str]); 4] = [
    (&["longitude", "lon", "lng", "latitude", "lat", "x", "y"], &["min", "max", "axe", "precision"]),
    (
        &["insee", "depcom", "cog"],
        &["departement", "dep", "region", "reg", "epci", "canton", "arrondissement"],
    ),
    (
        &["nom", "denomination", "libelle", "intitule", "name"],
        &[
            "commune",
            "com",
            "ville",
            "departement",
            "dep",
            "region",
            "reg",
            "epci",
            "voie",
            "rue",
            "contact",
            "responsable",
            "dirigeant",
            "president",
            "maire",
            "referent",
            "prenom",
            "projet",
            "fichier",
            "file",
            "user",
            "type",
            "categorie",
            "naf",
            "activite",
        ],
    ),
    (&["geopoint", "gps", "geolocalisation"], &["date", "precision", "source"]),
];

/// The words of a name that tell by themselves.
fn telling(name: &str) -> Vec<String> {
    let words = words(name);
    let tells = |word: &String| {
        TELLING.iter().any(|(telling, but)| {
            telling.contains(&word.as_str()) && words.iter().all(|w| !but.contains(&w.as_str()))
        })
    };
    words.iter().filter(|w| words.len() > 1 && words.len() < 6 && tells(w)).cloned().collect()
}

/// Whether a name is one that some role has.
pub(super) fn is_known(name: &str) -> bool {
    let (folded, reduced) = (fold(name), reduced(name));
    Role::ALL.iter().any(|r| r.names().iter().any(|n| *n == folded || *n == reduced))
}

/// Columns of a header that have one of these names, best first: by the whole name, by the name without
/// fillers, by one word that tells.
pub(super) fn matching(header: &[String], names: &[&str]) -> Vec<usize> {
    let names: Vec<String> = names.iter().map(|n| fold(n)).collect();
    let mut found = Vec::new();
    let forms: [fn(&str) -> Vec<String>; 3] = [|h| vec![fold(h)], |h| vec![reduced(h)], telling];
    for form in forms {
        let forms: Vec<Vec<String>> = header.iter().map(|h| form(h)).collect();
        for name in &names {
            for (i, _) in forms.iter().enumerate().filter(|(_, f)| f.contains(name)) {
                if !found.contains(&i) {
                    found.push(i);
                }
            }
        }
    }
    found
}

/// The column of this very name: as written, else folded.
pub(super) fn exact(header: &[String], name: &str) -> Option<usize> {
    let folded = fold(name);
    header.iter().position(|h| h == name).or_else(|| header.iter().position(|h| fold(h) == folded))
}

/// Index of the column with the first of the names that is there.
#[cfg(feature = "parquet")]
pub(super) fn require_column(header: &[String], names: &[&str], file: &str) -> Result<usize> {
    matching(header, names).first().copied().ok_or_else(|| no_column(header, names, file))
}

/// The error of a column that is not there.
pub(super) fn no_column(header: &[String], names: &[&str], file: &str) -> Error {
    let few = &names[..names.len().min(8)];
    let more = if few.len() < names.len() { " …" } else { "" };
    let near = names.first().filter(|_| names.len() == 1).and_then(|name| nearest(name, header));
    let near = near.map(|n| format!("; did you mean {:?}?", printable(n, 40))).unwrap_or_default();
    Error::Unknown {
        kind: "column",
        value: format!("{}{more}", few.join(" or ")),
        hint: Some(format!("{file} has the columns {}{near}", listed(header))),
    }
}

/// Some names for a message, the first ones of many.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 25;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|n| printable(n, 40)).collect();
    let more = names.len().saturating_sub(SHOWN);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// The one of some words that is most like `word`, when it is like it at all.
pub(crate) fn nearest<S: AsRef<str>>(word: &str, words: impl IntoIterator<Item = S>) -> Option<S> {
    let word = fold(word);
    words
        .into_iter()
        .map(|w| (strsim::jaro_winkler(&word, &fold(w.as_ref())), w))
        .filter(|(likeness, _)| *likeness > 0.78)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, w)| w)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_name_their_columns_in_many_ways() {
        for (header, role) in [
            ("codeCommuneEtablissement", Role::Commune),
            ("plg_code_commune", Role::Commune),
            ("#Code_commune_INSEE", Role::Commune),
            ("DEPCOM", Role::Commune),
            ("CODE_COMMU", Role::Commune),
            ("Code Insee", Role::Commune),
            ("coordonneeLambertAbscisseEtablissement", Role::X),
            ("Longitude (WGS84)", Role::X),
            ("longitude\n(WGS84)", Role::X),
            ("x_longitude", Role::X),
            ("coord_lat", Role::Y),
            ("LAMBERT_Y", Role::Y),
            ("Geo Point", Role::Position),
            ("_geopoint", Role::Position),
            ("geo_point_2d", Role::Position),
            ("N° SIREN", Role::Id),
            ("Nom du groupement", Role::Name),
            ("nom\nde la structure", Role::Name),
            ("Q1. Quel est le nom de votre structure ?", Role::Name),
            ("denominationUniteLegale", Role::Name),
            ("nom_officiel", Role::Name),
            ("Type d'acteur", Role::Kind),
            ("Type de lien", Role::Kind),
            ("adresse_lat", Role::Y),
            ("result_longitude", Role::X),
            ("point_x", Role::X),
            ("commune_insee_code", Role::Commune),
            ("Nom du tiers-lieu", Role::Name),
            ("nom_complet", Role::Name),
        ] {
            assert_eq!(matching(&[header.to_owned()], role.names()), [0], "{header} as {role}");
        }
        for (header, role) in [
            ("nombre", Role::Name),
            ("Nom du responsable", Role::Name),
            ("code_insee_du_departement", Role::Commune),
            ("lat_min", Role::Y),
        ] {
            assert!(matching(&[header.to_owned()], role.names()).is_empty(), "{header}");
        }
        assert_eq!(Role::X.names().len(), Role::Y.names().len());
    }

    #[test]
    fn roles_have_keys_that_read_back() {
        for role in Role::ALL {
            assert_eq!(role.key().parse::<Role>().unwrap(), role);
        }
        assert!("couleur".parse::<Role>().unwrap_err().to_string().contains("commune"));
        assert!(ColumnNames::parse(["commune"]).is_err());
    }

    #[test]
    fn messages_stay_short() {
        let header: Vec<String> = (0..50_000).map(|i| format!("c{i}\u{1b}[31m")).collect();
        let message = no_column(&header, &["id"], "wide.csv").to_string();
        assert!(message.len() < 600 && !message.contains('\u{1b}'), "{message}");
        assert_eq!(nearest("labratoire", ["laboratoire", "entreprise"]), Some("laboratoire"));
        assert_eq!(nearest("xyz", ["laboratoire", "entreprise"]), None);
    }
}
