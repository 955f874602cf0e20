//! Rows of a list that are none of its things: totals and headings of sections.

use super::names::fold;
use super::number::Number;
use super::records::{Records, Row};

/// What a row is, if it is none of the things that the table lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoThing {
    Total,
    Section,
}

impl NoThing {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Total => "total_row",
            Self::Section => "section_row",
        }
    }

    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::Total => "the row is a total, no actor",
            Self::Section => {
                "the row has but a name, the others more: taken for the heading of a section, no actor (fill in \
                 an identifier or a place if it is one)"
            }
        }
    }
}

/// Rows that a table must have so that one with only a name stands out.
const ROWS: usize = 5;

/// How the rows of a table are filled, and the columns that tell what is a thing.
#[derive(Debug, Clone, Default)]
pub(super) struct Filling {
    name: Option<usize>,
    id: Option<usize>,
    places: Vec<usize>,
    /// Whether a row with one filled cell is a heading.
    sections: bool,
}

impl Filling {
    /// By the rows looked at ahead: nine in ten of those that are no totals must have three cells, as a name
    /// and another cell may be all that is known of a thing, and each with but one must stand before
    /// others that have more.
    pub(super) fn of(
        table: &Records<'_>,
        name: Option<usize>,
        id: Option<usize>,
        places: Vec<usize>,
    ) -> Self {
        let mut filling = Self { name, id, places, sections: false };
        let mut rows = vec![Vec::new(); table.sample(0).count()];
        for column in 0..table.header().len() {
            rows.iter_mut().zip(table.sample(column)).for_each(|(row, cell)| row.push(cell));
        }
        let mut filled = Vec::new();
        for row in &rows {
            let cell = |c: usize| row.get(c).copied().unwrap_or_default();
            let count = row.iter().filter(|cell| !cell.is_empty()).count();
            if count > 0 && !filling.is_total(row.len(), &cell) {
                filled.push(count);
            }
        }
        let (mut full, mut poor, mut lone) = (0_usize, 0_usize, 0_usize);
        for count in &filled {
            *(match count {
                1 => &mut lone,
                2 => &mut poor,
                _ => &mut full,
            }) += 1;
        }
        let is_head = |i: usize| filled.get(i + 1).is_some_and(|next| *next > 1);
        let heads = (0..filled.len()).filter(|&i| filled[i] == 1).all(is_head);
        filling.sections = heads && full >= ROWS && full >= 9 * poor && full >= 3 * lone;
        filling
    }

    /// What a row is; `None` for one of the things.
    pub(super) fn of_row(&self, row: &Row<'_>) -> Option<NoThing> {
        let width = row.header.len();
        if self.is_total(width, &|c| row.get(c)) {
            return Some(NoThing::Total);
        }
        let filled = || (0..width).filter(|&c| !row.get(c).is_empty()).count();
        let section = self.sections && row.optional(self.name).is_some() && filled() == 1;
        section.then_some(NoThing::Section)
    }

    fn is_total<'c>(&self, width: usize, cell: &dyn Fn(usize) -> &'c str) -> bool {
        let text = |c: Option<usize>| c.map(cell).filter(|text| !text.is_empty());
        let (name, id) = (text(self.name), text(self.id));
        if !name.into_iter().chain(id).any(|text| begins_as_total(&words(text)).is_some()) {
            return false;
        }
        let placed = self.places.iter().any(|&c| !cell(c).is_empty());
        let others: Vec<&str> =
            (0..width).filter(|c| Some(*c) != self.name).map(cell).filter(|t| !t.is_empty()).collect();
        let figure =
            !others.is_empty() && others.iter().all(|t| matches!(Number::parse(t), Number::Value(_)));
        let beside = match others.len() {
            _ if placed => Beside::More,
            0 => Beside::Nothing,
            _ if figure => Beside::Figures,
            _ => Beside::More,
        };
        // What has an identifier may be called `Ensemble`, but nobody is called `Total`.
        let named = |name: &str| match id {
            None => is_total(name, beside),
            Some(_) => beside != Beside::More && is_total(name, Beside::More) && fold(name) != "ensemble",
        };
        id.is_some_and(|id| is_total(id, Beside::More)) || name.is_some_and(named)
    }
}

/// What stands beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nothing,
    Figures,
    More,
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|w| !w.is_empty()).collect()
}

/// Whether these are the words of a subtotal or, else, of a total, and those that follow.
fn begins_as_total(words: &[String]) -> Option<(bool, &[String])> {
    let first: Vec<&str> = words.iter().take(2).map(String::as_str).collect();
    let (subtotal, length) = match first.as_slice() {
        ["sous" | "sub", "total" | "totaux"] => (true, 2),
        ["soustotal" | "soustotaux" | "subtotal", ..] => (true, 1),
        ["total", "general"] | ["grand", "total"] => (false, 2),
        ["total" | "totaux" | "ensemble" | "totalgeneral" | "grandtotal", ..] => (false, 1),
        _ => return None,
    };
    Some((subtotal, &words[length..]))
}

/// Whether a text is `Total`, `Ensemble`, `Sous-total : 3` …; where it has nothing but figures beside it,
/// also one that names a group: `Total laboratoires`, `Ensemble des clusters : 4`.
fn is_total(text: &str, beside: Beside) -> bool {
    let words = words(text);
    let Some((subtotal, rest)) = begins_as_total(&words) else { return false };
    let number = |w: &String| w.bytes().all(|b| b.is_ascii_digit());
    let counted = text.contains([':', '=', '(']);
    let group = ["des", "de", "du", "par"].contains(&rest.first().map_or("", String::as_str));
    // `Ensemble 2030` has a name of its own where more is known of it.
    rest.is_empty()
        || subtotal
        || (counted && rest.iter().all(number))
        || match beside {
            Beside::More => false,
            Beside::Nothing => counted || group || rest.last().is_some_and(number),
            Beside::Figures => true,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_from_names_that_begin_so() {
        for text in [
            "Total",
            "TOTAUX",
            "Total général",
            "Sous-total laboratoires : 3",
            "sous total",
            "Ensemble",
            "Total : 15",
            "Total (15)",
        ] {
            assert!(is_total(text, Beside::More), "{text}");
        }
        for text in ["Total laboratoires : 3", "Ensemble des clusters", "Total des acteurs", "Ensemble 2030"]
        {
            assert!(is_total(text, Beside::Nothing) && !is_total(text, Beside::More), "{text}");
        }
        assert!(is_total("Total pôles", Beside::Figures) && !is_total("Total pôles", Beside::Nothing));
        for text in ["TotalEnergies", "Totalement", "Sous le total", "Ensemblier", ""] {
            assert!(!is_total(text, Beside::Figures), "{text}");
        }
    }
}
