//! Names as people write them: folded, found by what is written, and those that are like it.

/// A name without case, accents and punctuation: `Code INSEE` and `code_insee` are the same.
pub(crate) fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' => out.push('a'),
            'ç' => out.push('c'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' | 'í' => out.push('i'),
            'ô' | 'ö' | 'ó' => out.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => out.push('u'),
            'ÿ' => out.push('y'),
            'ñ' => out.push('n'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            // Combining accents, as some systems write them.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_alphanumeric() => out.push(c),
            _ => {}
        }
    }
    out
}

/// Indices of the names that a text means: the name itself, case aside, else folded; else those it is a part
/// of, in the same order. Whatever comes first.
pub(crate) fn meant(text: &str, names: &[&str]) -> Vec<usize> {
    let of = |form: &dyn Fn(&str) -> String| -> (String, Vec<String>) {
        (form(text), names.iter().map(|n| form(n)).collect())
    };
    let forms = [of(&|n| n.trim().to_lowercase()), of(&fold)];
    let tests: [fn(&str, &str) -> bool; 2] = [|name, text| name == text, |name, text| name.contains(text)];
    for test in tests {
        for (text, names) in forms.iter().filter(|(text, _)| !text.is_empty()) {
            let found: Vec<usize> = (0..names.len()).filter(|&i| test(&names[i], text)).collect();
            if !found.is_empty() {
                return found;
            }
        }
    }
    Vec::new()
}

/// Indices of the names most like a text, as a whole or by one of their words: the fewest letters to change
/// first, then the heaviest.
pub(crate) fn alike(text: &str, names: &[&str], weight: impl Fn(usize) -> f64) -> Vec<usize> {
    let text = fold(text);
    let likeness = |name: &str| {
        // A word is less than a name.
        let words = name.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|w| w.len() > 3);
        let by_word = words.map(|w| 0.97 * strsim::normalized_damerau_levenshtein(&text, &w));
        strsim::normalized_damerau_levenshtein(&text, &fold(name)).max(by_word.fold(0.0, f64::max))
    };
    let mut all: Vec<(f64, usize)> =
        names.iter().enumerate().map(|(i, name)| (likeness(name), i)).filter(|(l, _)| *l > 0.7).collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0).then(weight(b.1).total_cmp(&weight(a.1))).then(a.1.cmp(&b.1)));
    all.into_iter().map(|(_, i)| i).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_miss_are_found_folded_or_proposed() {
        let names = ["Aerospace Valley", "Agri Sud-Ouest Innovation", "Foix", "Université de Foix"];
        assert_eq!(meant("aérospace valley", &names), [0]);
        assert_eq!(meant("FOIX", &names), [2]);
        assert_eq!(meant("sud ouest", &names), [1]);
        assert!(meant("Fois", &names).is_empty() && meant("", &names).is_empty());
        assert_eq!(alike("Fois", &names, |_| 0.0), [2, 3]);
        assert_eq!(alike("aerospase valey", &names, |_| 0.0), [0]);
        assert!(alike("xyz", &names, |_| 0.0).is_empty());
    }
}
