//! Several actors in one row: numbered columns of partners, and lists in one cell.

use super::codes::unglued;
use super::names::{fold, matching};
use super::records::Records;

/// What numbered columns of partners are called before their number, folded.
const NUMBERED: [&str; 9] = [
    "partenaire",
    "partner",
    "nompartenaire",
    "nomdupartenaire",
    "copartenaire",
    "membre",
    "member",
    "participant",
    "autrepartenaire",
];

/// Words of a heading under which a cell may hold a list, folded.
const PLURALS: [&str; 16] = [
    "partenaires",
    "partners",
    "copartenaires",
    "acteurs",
    "actors",
    "participants",
    "membres",
    "members",
    "structures",
    "organismes",
    "organisations",
    "beneficiaires",
    "beneficiaries",
    "cooperateurs",
    "porteurs",
    "etablissements",
];

/// What separates actors in a cell, the surest first, and how sure it is.
const SEPARATORS: [(&str, Sure); 12] = [
    ("\n", Sure::Yes),
    ("\r", Sure::Yes),
    (";", Sure::Yes),
    ("|", Sure::Yes),
    ("•", Sure::Yes),
    (" / ", Sure::InLists),
    ("/", Sure::WithOneKnown),
    (" + ", Sure::WithOneKnown),
    (",", Sure::WithOneKnown),
    (" et ", Sure::No),
    (" & ", Sure::No),
    (" and ", Sure::No),
];

/// When a separator separates, though not all of its parts are known actors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// Under a plural heading, else with one known actor.
    Yes,
    /// Under a plural heading.
    InLists,
    /// Under a plural heading with one known actor.
    WithOneKnown,
    No,
}

/// The numbered or lettered columns of partners (`Partenaire 1`, `partner_2`) in order of the table, a bare `Partenaire`
/// being the first one where none has that number.
pub(super) fn numbered(header: &[String]) -> Vec<usize> {
    let is_numbered = |name: &String| {
        let folded = fold(name);
        let word = folded.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = folded.len() - word.len();
        // `Partenaire A`, `Partenaire B`
        if folded.strip_suffix(['a', 'b', 'c', 'd']).is_some_and(is_word) {
            return true;
        }
        let word = ["numero", "no", "n"].iter().find_map(|n| word.strip_suffix(n).filter(|w| is_word(w)));
        (1..=2).contains(&digits) && (word.is_some() || is_word(&folded[..folded.len() - digits]))
    };
    let mut all: Vec<usize> = (0..header.len()).filter(|&c| is_numbered(&header[c])).collect();
    let first = all.iter().any(|&c| {
        let digits = header[c].rsplit(|c: char| !c.is_ascii_digit()).find(|d| !d.is_empty());
        digits.is_some_and(|d| d.trim_start_matches('0') == "1")
    });
    if !all.is_empty() && !first {
        all.extend(
            (0..header.len()).filter(|&c| matches!(fold(&header[c]).as_str(), "partenaire" | "partner")),
        );
        all.sort_unstable();
    }
    all
}

fn is_word(folded: &str) -> bool {
    NUMBERED.contains(&folded)
}

/// Whether a heading announces a list: `Partenaires`, `Liste des membres`.
pub(super) fn is_plural(heading: &str) -> bool {
    heading.split(|c: char| !c.is_alphanumeric()).any(|w| PLURALS.contains(&fold(w).as_str()))
}

/// The actors that a cell names: itself, or the parts of a list, which only a cell is that names no actor
/// as a whole.
pub(super) fn several<'c>(cell: &'c str, known: &dyn Fn(&str) -> bool, plural: bool) -> Vec<&'c str> {
    let mut parts = Vec::new();
    split(cell, known, plural, &SEPARATORS, &mut parts);
    parts
}

fn split<'c>(
    cell: &'c str,
    known: &dyn Fn(&str) -> bool,
    plural: bool,
    separators: &[(&str, Sure)],
    parts: &mut Vec<&'c str>,
) {
    if !known(cell) {
        for (i, (separator, sure)) in separators.iter().enumerate() {
            let pieces = pieces(cell, separator);
            if pieces.len() < 2 {
                continue;
            }
            let mut inner = Vec::new();
            pieces.iter().for_each(|p| split(p, known, plural, &separators[i + 1..], &mut inner));
            let hits = inner.iter().filter(|p| known(p)).count();
            let accepted = hits == inner.len()
                || match sure {
                    Sure::Yes => plural || hits > 0,
                    Sure::InLists => plural,
                    Sure::WithOneKnown => plural && hits > 0,
                    Sure::No => false,
                };
            if accepted {
                parts.extend(inner);
                return;
            }
        }
    }
    parts.push(cell);
}

/// The parts of a cell without blanks, bullets and what spreadsheets glue to them.
fn pieces<'c>(cell: &'c str, separator: &str) -> Vec<&'c str> {
    let bare = |p: &'c str| unglued(p.trim().trim_start_matches(['-', '*', '–', '•']).trim());
    cell.split(separator).map(bare).filter(|p| !p.is_empty()).collect()
}

/// What to say of an unknown actor whose name may be those of several.
pub(super) fn hint(cell: &str) -> &'static str {
    if [";", "|", "\n", " / ", "/", ","].iter().any(|s| pieces(cell, s).len() > 1) {
        "; are these several actors in one cell? Write each as the list of actors does, separated by semicolons, \
         or in rows of their own"
    } else {
        ""
    }
}

/// What the actor is called whose partners are in other columns, folded.
const NAMING: [&str; 22] = [
    "structure",
    "porteur",
    "porteurprojet",
    "structureporteuse",
    "chefdefile",
    "acteur",
    "actor",
    "nomacteur",
    "idacteur",
    "actorid",
    "nomstructure",
    "organisme",
    "nomorganisme",
    "organisation",
    "etablissement",
    "entite",
    "pilote",
    "coordinateur",
    "coordinator",
    "beneficiaire",
    "node",
    "adherent",
];

/// The column whose actors those in columns of partners are partners of: one with a usual name, best one that
/// holds actors, else the only one that holds actors among those before the partners.
pub(super) fn naming(table: &Records<'_>, partners: &[usize], known: &dyn Fn(&str) -> bool) -> Option<usize> {
    let holding = |c: &usize| holds(table, *c, known);
    let mut named = matching(table.header(), &NAMING);
    named.retain(|c| !partners.contains(c));
    // `Nom` may be that of the project.
    let mut names = matching(table.header(), &["nom", "name", "raisonsociale", "denomination"]);
    names.retain(|c| !partners.contains(c) && holding(c));
    let first = partners.first().copied().unwrap_or_default();
    // Who pays is tied to nobody by that.
    let pays =
        |c: &usize| ["financ", "cofinanc", "funder"].iter().any(|w| fold(&table.header()[*c]).starts_with(w));
    let before: Vec<usize> = (0..first).filter(|c| !pays(c) && holding(c)).collect();
    let only = before.first().copied().filter(|_| before.len() == 1);
    let best = named.iter().copied().find(holding).or(names.first().copied());
    best.or(named.first().copied()).or(only)
}

/// Whether at least half of the cells of a column that are looked at name actors.
pub(super) fn holds(table: &Records<'_>, column: usize, known: &dyn Fn(&str) -> bool) -> bool {
    let cells = || table.sample(column).filter(|cell| !cell.is_empty());
    let names = |cell: &str| known(cell) || several(cell, known, false).len() > 1;
    let hits = cells().filter(|cell| names(cell)).count();
    hits > 0 && 2 * hits >= cells().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_in_a_cell_are_told_from_names_with_commas() {
        let known = |name: &str| ["A", "B", "C", "Chambre, Gers"].contains(&name);
        let list = |cell, plural| several(cell, &known, plural).join("+");
        for cell in ["A / B / C", "A ; B;C", "A\r\nB\n- C", "A, B, C", "A, B et C", "A/B | C"] {
            assert_eq!(list(cell, false), "A+B+C", "{cell:?}");
        }
        assert_eq!(list("Chambre, Gers", true), "Chambre, Gers");
        assert_eq!(list("Chambre, Gers ; A", false), "Chambre, Gers+A");
        // Unknown parts: a list under a plural heading, or where one is known and no comma is meant.
        assert_eq!(list("A, Z", false), "A, Z");
        assert_eq!(list("A, Z", true), "A+Z");
        assert_eq!(list("A ; Z", false), "A+Z");
        assert_eq!(list("Y ; Z", false), "Y ; Z");
        assert_eq!(list("Y / Z", true), "Y+Z");
        assert_eq!(list("Ferme des Monts, Auch", true), "Ferme des Monts, Auch");
        assert!(!hint("Y, Z").is_empty() && hint("Y").is_empty());
    }

    #[test]
    fn numbered_partners_are_known() {
        let header = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        let names = [
            "Structure",
            "Partenaire 1",
            "partner_2",
            "Partenaire n°3",
            "Nom du partenaire 4",
            "Partenaires",
        ];
        assert_eq!(numbered(&header(&names)), [1, 2, 3, 4]);
        assert_eq!(numbered(&header(&["Structure", "Partenaire", "Partenaire 2"])), [1, 2]);
        assert_eq!(numbered(&header(&["Structure", "Partenaire A", "Partenaire B"])), [1, 2]);
        assert_eq!(numbered(&header(&["Partenaire", "Partenaire 01", "Partenaire 11"])), [1, 2]);
        assert!(numbered(&header(&["Structure", "Partenaire", "Année 2"])).is_empty());
        assert!(is_plural("Partenaires du projet") && !is_plural("Partenaire"));
    }
}
