//! Communes called by their names, as people write them.

use std::collections::HashMap;

use super::names::fold;
use crate::atlas::Atlas;
use crate::model::{CommuneCode, Level, TerritoryCode};

/// Communes by name, with what else tells namesakes apart.
#[derive(Debug, Clone)]
pub(super) struct CommuneNames {
    by_name: HashMap<String, Vec<u32>>,
    codes: Vec<TerritoryCode>,
    above: Vec<Coarser>,
}

/// A coarser level: its territories by folded name, and the one that holds each commune.
#[derive(Debug, Clone)]
struct Coarser {
    named: HashMap<String, Vec<u32>>,
    of: Vec<Option<u32>>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// One commune.
    One(TerritoryCode),
    /// Several are called so.
    Several(Vec<TerritoryCode>),
    /// None is.
    None,
}

impl CommuneNames {
    /// Of the base territories of an atlas whose codes are those of communes, or of all where they are the
    /// communes of another country.
    pub(super) fn of(atlas: &Atlas) -> Self {
        let abroad = matches!(atlas.base().level(), Level::Custom(_));
        let base = atlas.base().territories();
        let (mut by_name, mut codes) = (HashMap::<String, Vec<u32>>::new(), Vec::with_capacity(base.len()));
        for territory in base {
            if !abroad && CommuneCode::new(territory.code.as_str()).is_err() {
                continue;
            }
            by_name.entry(Written::of(&territory.name).name).or_default().push(codes.len() as u32);
            codes.push(territory.code.clone());
        }
        let all = codes.len() == base.len();
        let above = atlas.levels()[1..].iter().filter(|_| all).map(|level| {
            let mut named = HashMap::<String, Vec<u32>>::new();
            for (i, t) in level.territories().iter().enumerate() {
                named.entry(fold(&t.name)).or_default().push(i as u32);
            }
            let of = (0..base.len()).map(|b| level.membership().get(b).map(|u| u as u32)).collect();
            Coarser { named, of }
        });
        Self { above: above.collect(), by_name, codes }
    }

    /// The commune of this name; what else is written in the cell or in cells beside it (a postcode, the
    /// number or name of a département) tells namesakes apart.
    pub(super) fn find<'a>(&self, written: &str, beside: impl IntoIterator<Item = &'a str>) -> Named {
        let mut written = Written::of(written);
        for cell in beside {
            let further = Written::of(cell);
            written.numbers.extend(further.numbers);
            written.hints.extend(further.hints);
            written.hints.push(further.name);
        }
        let Some(called) = self.called(&written.words) else { return Named::None };
        let mut left: Vec<u32> = called.clone();
        let narrow = |left: &mut Vec<u32>, fits: &dyn Fn(u32) -> bool| {
            let fitting: Vec<u32> = left.iter().copied().filter(|&c| fits(c)).collect();
            // What fits nobody is no hint: a postcode may lie across the border.
            if !fitting.is_empty() {
                *left = fitting;
            }
        };
        for number in &written.numbers {
            narrow(&mut left, &|c| within(self.codes[c as usize].as_str(), number));
        }
        for hint in written.hints.iter().filter(|h| !h.is_empty()) {
            for Coarser { named, of } in &self.above {
                if let Some(holders) = named.get(hint) {
                    narrow(&mut left, &|c| of[c as usize].is_some_and(|u| holders.contains(&u)));
                }
            }
        }
        match left[..] {
            [one] => Named::One(self.codes[one as usize].clone()),
            _ => Named::Several(left.iter().map(|&c| self.codes[c as usize].clone()).collect()),
        }
    }

    /// Those called so: by all the words, else without what the post adds (`Lyon 3e`, `Toulouse Cedex 9`).
    fn called(&self, words: &[String]) -> Option<&Vec<u32>> {
        let of = |words: &[String]| self.by_name.get(&words.concat());
        of(words).or_else(|| {
            let adds = |w: &String| {
                w.starts_with(|c: char| c.is_ascii_digit())
                    || matches!(w.as_str(), "cedex" | "arrondissement" | "er" | "e" | "eme")
            };
            let rest = words.len() - words.iter().rev().take_while(|w| adds(w)).count();
            (rest > 0 && rest < words.len()).then(|| of(&words[..rest])).flatten()
        })
    }
}

/// Whether the code of a commune begins as a postcode or the number of a département says.
fn within(code: &str, number: &str) -> bool {
    let department = |text: &str| {
        let length = if text.starts_with("97") || text.starts_with("98") { 3 } else { 2 };
        text.get(..length).map(str::to_owned)
    };
    let Some(of_code) = department(code) else { return false };
    match number {
        // Post of Corse, and the département that was.
        _ if number == "20" || (number.len() == 5 && number.starts_with("20")) => {
            matches!(of_code.as_str(), "2A" | "2B")
        }
        _ if number.len() == 5 => department(number).is_some_and(|d| d == of_code),
        _ => of_code == number,
    }
}

/// A name as written: its folded words, numbers that tell where it is, and other words that do.
struct Written {
    name: String,
    words: Vec<String>,
    numbers: Vec<String>,
    hints: Vec<String>,
}

impl Written {
    /// `31000 TOULOUSE`, `Saint-Clar (32)`, `St Clar, Gers`, `Isle-Jourdain (L')`.
    fn of(text: &str) -> Self {
        let (mut words, mut numbers, mut hints) = (Vec::new(), Vec::new(), Vec::new());
        let (mut outside, mut inside) = (String::new(), Vec::new());
        let mut depth = 0;
        for c in text.chars() {
            match c {
                '(' | '[' => {
                    depth += 1;
                    inside.push(String::new());
                }
                ')' | ']' => depth = (depth - 1).max(0),
                c => match inside.last_mut().filter(|_| depth > 0) {
                    Some(aside) => aside.push(c),
                    None => outside.push(c),
                },
            }
        }
        let (first, rest) = outside.split_once([',', ';', '/']).unwrap_or((&outside, ""));
        for aside in inside.iter().map(String::as_str).chain(rest.split([',', ';', '/'])) {
            match fold(aside).as_str() {
                "" => {}
                article @ ("l" | "le" | "la" | "les") => words.push(article.to_owned()),
                _ if is_number(aside) => numbers.push(aside.trim().to_ascii_uppercase()),
                hint => hints.push(hint.to_owned()),
            }
        }
        // "31000 TOULOUSE", "Auch 32000": the post's number, before or after.
        for (i, word) in first.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).enumerate() {
            let postcode = word.len() == 5 && word.bytes().all(|b| b.is_ascii_digit());
            if postcode || (i == 0 && is_number(word)) {
                numbers.push(word.to_ascii_uppercase());
                continue;
            }
            words.push(match fold(word).as_str() {
                "st" => "saint".to_owned(),
                "ste" => "sainte".to_owned(),
                "sts" => "saints".to_owned(),
                "stes" => "saintes".to_owned(),
                other => other.to_owned(),
            });
        }
        Self { name: words.concat(), words, numbers, hints }
    }
}

/// A postcode or the number of a département.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    matches!((text.len(), digits), (2 | 3 | 5, true)) || matches!(text, "2A" | "2B" | "2a" | "2b")
}

#[cfg(all(test, feature = "france-data"))]
mod tests {
    use super::*;
    use crate::france::EmbeddedFrance;

    #[test]
    fn names_are_found_as_people_write_them() {
        let names = CommuneNames::of(&EmbeddedFrance::load().unwrap().atlas);
        let one = |written: &str, beside: &[&str]| match names.find(written, beside.iter().copied()) {
            Named::One(code) => code.to_string(),
            other => panic!("{written}: {other:?}"),
        };
        for (written, beside, code) in [
            ("Auch", &[][..], "32013"),
            ("AUCH CEDEX 9", &[], "32013"),
            ("31000 TOULOUSE", &[], "31555"),
            ("Lyon 3e", &[], "69123"),
            ("PARIS 12", &[], "75056"),
            ("Isle-Jourdain (L')", &["32"], "32160"),
            ("L Isle Jourdain", &["32600"], "32160"),
            ("L’Isle-Jourdain", &["Vienne"], "86112"),
            ("St Clar", &["32"], "32370"),
            ("Saint-Clar, Gers", &[], "32370"),
            ("Œuilly (51)", &[], "51410"),
            ("32 - Auch", &[], "32013"),
            ("Bastia", &["20200"], "2B033"),
            ("Saint-Denis", &["974"], "97411"),
            ("Saint-Denis", &["La Réunion"], "97411"),
            ("Vitry-le-François", &[], "51649"),
        ] {
            assert_eq!(one(written, beside), code, "{written} {beside:?}");
        }
        assert!(matches!(names.find("Saint-Martin", []), Named::Several(all) if all.len() > 1));
        assert_eq!(names.find("Nulle-Part-sur-Mer", ["32"]), Named::None);
        assert_eq!(names.find("", []), Named::None);
    }
}
