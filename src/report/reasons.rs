//! Why measures have no value, in the language of the reader: results hold the reason as English text.

use super::Language;
use crate::error::Undefined;

/// What stands between the name of a measure and the reason in English.
const IS_UNDEFINED: &str = " is undefined: ";

impl Language {
    /// Why a measure has no value.
    #[must_use]
    pub fn undefined(self, why: Undefined) -> String {
        if self == Self::English {
            return why.to_string();
        }
        match why {
            Undefined::Empty => "il n’y a pas d’observation".to_owned(),
            Undefined::TooFew { needed } => {
                format!("il y a trop peu d’observations (il en faut au moins {})", self.integer(needed))
            }
            Undefined::NoTies => "il n’y a pas de lien".to_owned(),
            Undefined::SingleClass => "toutes les observations sont dans une seule classe".to_owned(),
            Undefined::ZeroTotal => "le total est nul".to_owned(),
            Undefined::ZeroVariance => "les valeurs ne varient pas".to_owned(),
            Undefined::Tied => "plusieurs réponses se valent".to_owned(),
            Undefined::Disconnected => {
                "les données sont en plusieurs parties sans lien entre elles".to_owned()
            }
            Undefined::NoConvergence { iterations } => {
                format!("pas de convergence après {} itérations", self.integer(iterations))
            }
            Undefined::TooManyPairs { places, most } => format!(
                "il y a {} lieux, et l’on ne parcourt que les paires de {} au plus",
                self.integer(places),
                self.integer(most)
            ),
            Undefined::Separation => {
                "séparation ou colinéarité\u{a0}: les estimations n’existent pas".to_owned()
            }
        }
    }

    /// The reason of a [`Measured::Undefined`](crate::evidence::Measured::Undefined): the text itself in
    /// English, in French what it stands for. Words of other texts stay as they are.
    #[must_use]
    pub fn reason(self, why: &str) -> String {
        if self == Self::English {
            return why.to_owned();
        }
        let (measure, reason) = why.split_once(IS_UNDEFINED).map_or((None, why), |(m, r)| (Some(m), r));
        let said = parsed(reason).map(|why| self.undefined(why)).or_else(|| other(reason));
        let Some(said) = said else { return why.to_owned() };
        match measure {
            None => said,
            Some(measure) => {
                let name = MEASURES.iter().find(|(english, _)| *english == measure);
                let name = name.map_or_else(String::new, |(_, french)| format!("{french}\u{a0}: "));
                format!("{name}pas de valeur, {said}")
            }
        }
    }
}

/// Reasons that no [`Undefined`] is.
fn other(reason: &str) -> Option<String> {
    if reason == "some values are negative" {
        return Some("des valeurs sont négatives".to_owned());
    }
    let (level, levels) =
        reason.strip_prefix("there is no level `")?.split_once("` in this atlas, which has ")?;
    Some(format!("cet atlas n’a pas de niveau {level}\u{202f}; il a {levels}"))
}

/// The reason that was written as this text.
fn parsed(text: &str) -> Option<Undefined> {
    let plain = [
        Undefined::Empty,
        Undefined::NoTies,
        Undefined::SingleClass,
        Undefined::ZeroTotal,
        Undefined::ZeroVariance,
        Undefined::Tied,
        Undefined::Disconnected,
        Undefined::Separation,
    ];
    if let Some(found) = plain.into_iter().find(|u| u.to_string() == text) {
        return Some(found);
    }
    let numbers: Vec<usize> =
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    // What is written anew as the same text is what was written.
    let with_numbers = match numbers[..] {
        [n] => vec![Undefined::TooFew { needed: n }, Undefined::NoConvergence { iterations: n }],
        [places, most] => vec![Undefined::TooManyPairs { places, most }],
        _ => Vec::new(),
    };
    with_numbers.into_iter().find(|u| u.to_string() == text)
}

/// Names of measures in English, as errors have them, and in French.
const MEASURES: [(&str, &str); 44] = [
    ("rural–urban ties against chance", "liens rural–urbain face au hasard"),
    ("ties between two sides against chance", "liens entre deux côtés face au hasard"),
    ("mixing against chance", "mélange face au hasard"),
    ("ties of rural firms", "liens des entreprises rurales"),
    ("cooperation of rural firms", "coopération des entreprises rurales"),
    ("territories without firms", "territoires sans entreprise"),
    ("nominal assortativity", "assortativité"),
    ("numeric assortativity", "assortativité"),
    ("degree assortativity", "assortativité de degré"),
    ("exposure", "exposition"),
    ("E-I index", "indice E-I"),
    ("Freeman segregation", "ségrégation de Freeman"),
    ("areal segregation", "ségrégation dans l’espace"),
    ("multigroup segregation", "ségrégation entre groupes"),
    ("odds ratio within groups", "rapport des chances dans les groupes"),
    ("modularity", "modularité"),
    ("core and periphery", "cœur et périphérie"),
    ("modularity beyond distance", "modularité au-delà de la distance"),
    ("belonging", "appartenance"),
    ("belonging beyond distance", "appartenance au-delà de la distance"),
    ("degrees and distance", "nombre de liens et distance"),
    ("gravity model", "modèle gravitaire"),
    ("deterrence", "effet de la distance"),
    ("decay with distance", "effet de la distance"),
    ("reciprocity", "réciprocité"),
    ("spectral radius", "rayon spectral"),
    ("complementarity", "complémentarité"),
    ("complementarity of ties", "complémentarité des liens"),
    ("directed complementarity", "complémentarité orientée"),
    ("logistic regression", "régression logistique"),
    ("evaluation of a score", "évaluation d’un score"),
    ("spatial structure", "structure spatiale"),
    ("autocorrelation", "autocorrélation"),
    ("Moran's I", "I de Moran"),
    ("Geary's C", "C de Geary"),
    ("general G", "G général"),
    ("join counts", "paires de voisins"),
    ("Theil T", "T de Theil"),
    ("Theil L", "L de Theil"),
    ("inequality", "inégalité"),
    ("trend", "tendance"),
    ("trend of a share", "tendance d’une part"),
    ("share", "part"),
    ("Bass curve", "courbe de Bass"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn reasons_are_told_in_the_language_of_the_page() {
        let all = [
            Undefined::Empty,
            Undefined::TooFew { needed: 5 },
            Undefined::NoTies,
            Undefined::SingleClass,
            Undefined::ZeroTotal,
            Undefined::ZeroVariance,
            Undefined::Tied,
            Undefined::Disconnected,
            Undefined::NoConvergence { iterations: 200 },
            Undefined::TooManyPairs { places: 20_000, most: 12_000 },
            Undefined::Separation,
        ];
        for why in all {
            assert_eq!(parsed(&why.to_string()), Some(why));
            let written = Error::undefined("rural–urban ties against chance", why).to_string();
            let said = Language::French.reason(&written);
            let french = Language::French.undefined(why);
            assert_eq!(said, format!("liens rural–urbain face au hasard\u{a0}: pas de valeur, {french}"));
            assert_eq!(Language::English.reason(&written), written);
            let unnamed = Error::undefined("some new measure", why).to_string();
            assert_eq!(Language::French.reason(&unnamed), format!("pas de valeur, {french}"));
        }
        assert_eq!(Language::French.reason("there are no ties"), "il n’y a pas de lien");
        assert!(
            Language::French
                .reason("general G is undefined: some values are negative")
                .ends_with("négatives")
        );
        let level = "there is no level `canton` in this atlas, which has commune, epci";
        assert!(Language::French.reason(level).starts_with("cet atlas n’a pas de niveau canton"));
        assert_eq!(Language::French.reason("words of a user"), "words of a user");
    }
}
