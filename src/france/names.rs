//! When two spellings name the same firm.

/// Words that tell a legal form, or join words, and no firm from another.
const LEGAL_FORMS: [&str; 22] = [
    "sa", "sas", "sasu", "sarl", "eurl", "snc", "sca", "scea", "scic", "scop", "se", "gmbh", "ltd", "inc",
    "societe", "s", "a", "r", "l", "u", "et", "and",
];

/// Lower case without accents and punctuation, words one space apart.
///
/// ```
/// use rurban::france::names::plain;
/// assert_eq!(plain("Électricité — S.A. d’Œuvres"), "electricite s a d oeuvres");
/// ```
#[must_use]
pub fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' => text.push('a'),
            'é' | 'è' | 'ê' | 'ë' => text.push('e'),
            'î' | 'ï' | 'í' => text.push('i'),
            'ô' | 'ö' | 'ó' | 'õ' => text.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => text.push('u'),
            'ç' => text.push('c'),
            'ñ' => text.push('n'),
            'œ' => text.push_str("oe"),
            'æ' => text.push_str("ae"),
            // Combining accents of decomposed text.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_alphanumeric() => text.push(c),
            _ => text.push(' '),
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name without its department or contact, which follow ` / `.
#[must_use]
pub fn without_department(name: &str) -> &str {
    match name.split_once(" / ") {
        Some((firm, _)) if !firm.trim().is_empty() => firm.trim(),
        _ => name.trim(),
    }
}

/// What two spellings of one firm have in common: the name without department, case, accents,
/// punctuation, spaces, legal form and brackets (brackets that hold a number stay: they number
/// works and units). Two participants with the same key **in the same commune** are taken to be one
/// firm; across communes the key says nothing.
///
/// ```
/// use rurban::france::names::firm_key;
/// assert_eq!(firm_key("LIPHATECH / R&D"), firm_key("Liphatech S.A.S."));
/// assert_eq!(firm_key("Nano-H"), firm_key("NANOH SAS"));
/// assert_ne!(firm_key("STMicroelectronics (Crolles 2) SAS"), firm_key("STMicroelectronics SA"));
/// ```
#[must_use]
pub fn firm_key(name: &str) -> String {
    let name = without_department(name);
    let mut open = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('(') {
        let (inside, behind) = after.split_once(')').unwrap_or((after, ""));
        open.push_str(before);
        open.push(' ');
        if inside.contains(|c: char| c.is_ascii_digit()) {
            open.push_str(inside);
            open.push(' ');
        }
        rest = behind;
    }
    open.push_str(rest);
    let plain_name = plain(&open);
    let key: String = plain_name.split(' ').filter(|w| !LEGAL_FORMS.contains(w)).collect();
    // A name of legal forms or signs alone stands for itself.
    let whole = || Some(plain(name).replace(' ', "")).filter(|k| !k.is_empty());
    if key.is_empty() { whole().unwrap_or_else(|| name.to_owned()) } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_firm_share_a_key() {
        for (a, b) in [
            ("THALES COMMUNICATIONS & SECURITY SAS", "Thales Communications and Security"),
            ("Peugeot Citroën Automobiles", "PEUGEOT CITROEN AUTOMOBILES SA"),
            ("ALGOSOURCE TECHNOLOGIES (AST)", "Algosource Technologies"),
            ("Société OCamlPro", "OCAMLPRO"),
        ] {
            assert_eq!(firm_key(a), firm_key(b), "{a} – {b}");
        }
        assert_ne!(firm_key("Airbus Operations"), firm_key("Airbus Defence and Space"));
    }

    #[test]
    fn any_text_has_a_key_and_only_blank_text_an_empty_one() {
        for name in ["SA", "(", "(12", "a / b", " / b", "S.A.R.L.", "№ 7 (bis) (2)"] {
            assert!(!firm_key(name).is_empty(), "{name}");
        }
        assert_eq!(firm_key("  "), "");
    }
}
