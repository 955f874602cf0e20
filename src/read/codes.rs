//! Codes of territories as spreadsheets and exports leave them: one place that puts them right.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{CommuneCode, Level};

/// What was done to a code so that it names a territory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CodeRepair {
    /// Quotes, an equals sign, decimals, spaces, a prefix … were taken off.
    Unglued,
    /// A leading zero was given back.
    LeadingZero,
    /// The code was found among other words.
    AmongWords,
    /// A municipal arrondissement became its commune.
    Arrondissement,
    /// A code of the past became the present one.
    Former,
}

impl CodeRepair {
    /// Short stable name, as a kind of finding.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Unglued => "code_unglued",
            Self::LeadingZero => "lost_zero",
            Self::AmongWords => "code_among_words",
            Self::Arrondissement => "arrondissement",
            Self::Former => "former_code",
        }
    }

    /// What was done, in words.
    #[must_use]
    pub fn message(self, written: &str, code: &str) -> String {
        match self {
            Self::Unglued => format!("{written:?} is read as {code}"),
            Self::LeadingZero => format!("{written:?} has lost its leading zero; read as {code}"),
            Self::AmongWords => format!("{code} is taken out of {written:?}"),
            Self::Arrondissement => format!("{written} is an arrondissement of {code}; read as that commune"),
            Self::Former => format!("{written} is {code} today"),
        }
    }
}

/// A code put right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundCode {
    /// The code.
    pub code: String,
    /// What had to be done, the weightiest of several things.
    pub repair: Option<CodeRepair>,
}

/// Puts codes right by what is known: the codes of a level, communes of the past, arrondissements.
///
/// ```
/// use rurban::model::CommuneCode;
/// use rurban::read::{CodeBook, CodeRepair};
///
/// let book = CodeBook::new(&[(CommuneCode::new("01091")?, CommuneCode::new("01033")?)]);
/// let known = ["01033", "01053", "31555", "2A004", "75056"];
/// let find = |text: &str| book.find(text, |code| known.contains(&code)).map(|f| f.code);
/// for (written, code) in [
///     ("=\"31555\"", "31555"), ("31555.0", "31555"), ("31\u{a0}555", "31555"), ("1053", "01053"),
///     ("2a004", "2A004"), ("31555 - Toulouse", "31555"), ("75101", "75056"), ("01091", "01033"),
/// ] {
///     assert_eq!(find(written).as_deref(), Some(code), "{written}");
/// }
/// assert_eq!(book.find("1053", |c| known.contains(&c)).and_then(|f| f.repair), Some(CodeRepair::LeadingZero));
/// assert_eq!(find("Toulouse"), None);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct CodeBook {
    former: HashMap<CommuneCode, CommuneCode>,
    /// Shared, for each reader has its own book.
    postcodes: Arc<HashMap<String, Vec<CommuneCode>>>,
}

impl CodeBook {
    /// A book that knows these codes of the past, as `(old code, new code)`.
    #[must_use]
    pub fn new(former: &[(CommuneCode, CommuneCode)]) -> Self {
        Self { former: former.iter().copied().collect(), ..Self::default() }
    }

    /// With the communes that each postcode serves: readers of actors then place a postcode that has one
    /// commune, and hold a name of a commune against the postcode beside it.
    ///
    /// ```
    /// use rurban::model::CommuneCode;
    /// use rurban::read::CodeBook;
    /// let book = CodeBook::default().with_postcodes([("91000".to_owned(), vec![CommuneCode::new("91228")?])]);
    /// assert_eq!(book.served_by("91000").map(|c| c[0].as_str()), Some("91228"));
    /// # Ok::<(), rurban::Error>(())
    /// ```
    #[must_use]
    pub fn with_postcodes(mut self, postcodes: impl IntoIterator<Item = (String, Vec<CommuneCode>)>) -> Self {
        self.postcodes = Arc::new(postcodes.into_iter().collect());
        self
    }

    /// The communes that a postcode of five digits serves, where the book has it.
    #[must_use]
    pub fn served_by(&self, postcode: &str) -> Option<&[CommuneCode]> {
        self.postcodes.get(postcode).map(Vec::as_slice)
    }

    /// Whether postcodes are in the book.
    pub(super) fn has_postcodes(&self) -> bool {
        !self.postcodes.is_empty()
    }

    /// The code that a text stands for, among those `known`.
    #[must_use]
    pub fn find(&self, written: &str, known: impl Fn(&str) -> bool) -> Option<FoundCode> {
        let found = |code: &str, repair| Some(FoundCode { code: code.to_owned(), repair });
        if known(written) {
            return found(written, None);
        }
        let forms = forms(written);
        if let Some((code, repair)) = forms.iter().find(|(code, _)| known(code)) {
            return found(code, Some(*repair));
        }
        let as_is = std::iter::once(Cow::Borrowed(written.trim()));
        for code in as_is.chain(forms.iter().map(|(code, _)| Cow::Borrowed(code.as_ref()))) {
            let Ok(code) = CommuneCode::new(&*code) else { continue };
            if let Some(commune) = code.of_arrondissement().filter(|c| known(c.as_str())) {
                return found(commune.as_str(), Some(CodeRepair::Arrondissement));
            }
            if let Some(now) = self.former.get(&code).filter(|c| known(c.as_str())) {
                return found(now.as_str(), Some(CodeRepair::Former));
            }
        }
        None
    }

    /// The commune code that a text stands for when it is not known which communes there are:
    /// any code of the right form, arrondissements being their commune.
    #[must_use]
    pub fn commune(&self, written: &str) -> Option<FoundCode> {
        let plain = |c: &str| CommuneCode::new(c).is_ok_and(|c| c.of_arrondissement().is_none());
        self.find(written, plain)
    }
}

/// Whether a cell holds a commune code, however written.
pub(super) fn is_commune(cell: &str) -> bool {
    let good = |c: &str| CommuneCode::new(c).is_ok();
    good(cell) || forms(cell).iter().any(|(c, _)| good(c))
}

/// The code of a level that a cell holds, put right by its form alone; `None` when it has not the form
/// that codes of the level have. Levels whose codes have no common form take any text.
pub(super) fn of_level(level: &Level, cell: &str) -> Option<FoundCode> {
    let digits = |c: &str, n: usize| c.len() == n && c.bytes().all(|b| b.is_ascii_digit());
    let book = CodeBook::default();
    let found = match level {
        Level::Commune => book.find(cell, |c| CommuneCode::new(c).is_ok()),
        Level::Epci => book.find(cell, |c| digits(c, 9)),
        Level::Departement => book
            .find(cell, |c| digits(c, 2) || matches!(c, "2A" | "2B") || digits(c, 3) && c.starts_with('9')),
        Level::Region => book.find(cell, |c| digits(c, 2)),
        _ => {
            return Some(FoundCode { code: unglued(cell).to_owned(), repair: None })
                .filter(|f| !f.code.is_empty());
        }
    };
    // A word among others is a guess too far where it is not known which codes there are.
    found.filter(|f| f.repair != Some(CodeRepair::AmongWords) || *level == Level::Commune)
}

/// A text without what spreadsheets and programs glue to it: quotes, an equals sign, invisible
/// characters, decimals that are zero.
pub(super) fn unglued(text: &str) -> &str {
    let glue = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '"' | '\''
                    | '’'
                    | '‘'
                    | '“'
                    | '”'
                    | '«'
                    | '»'
                    | '='
                    | '`'
                    | '´'
                    | '#'
                    | ';'
                    | '*'
                    | '<'
                    | '>'
                    | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'
            )
    };
    let text = text.trim_matches(glue);
    match text.split_once(['.', ',']) {
        Some((whole, zeros))
            if !whole.is_empty()
                && !zeros.is_empty()
                && zeros.bytes().all(|b| b == b'0')
                && whole.bytes().all(|b| b.is_ascii_alphanumeric())
                && !(zeros.len() == 3 && whole.len() <= 3) =>
        {
            whole
        }
        _ => text,
    }
}

/// What a text may stand for, the plainest form first.
fn forms(written: &str) -> Vec<(Cow<'_, str>, CodeRepair)> {
    let mut out: Vec<(Cow<'_, str>, CodeRepair)> = Vec::new();
    let text = unglued(written);
    if text != written {
        out.push((text.into(), CodeRepair::Unglued));
    }
    if text.bytes().any(|b| b.is_ascii_lowercase()) {
        out.push((text.to_uppercase().into(), CodeRepair::Unglued));
    }
    // Grouped as numbers are, or with spaces and dashes for the eye.
    let is_gap = |c: char| c.is_whitespace() || matches!(c, '\'' | '’' | '.' | ',' | '-' | '_' | '/');
    let closed: String = text.chars().filter(|c| !is_gap(*c)).collect::<String>().to_uppercase();
    let one_word = closed.bytes().filter(u8::is_ascii_alphabetic).count() <= 1;
    let bare: &str = if one_word && !closed.is_empty() { &closed } else { text };
    if bare != text {
        out.push((bare.to_owned().into(), CodeRepair::Unglued));
    }
    // A number in the notation of science.
    let number = scientific(text);
    if let Some(number) = &number {
        out.push((number.clone().into(), CodeRepair::Unglued));
    }
    let digits = number.as_deref().unwrap_or(bare);
    if (1..=8).contains(&digits.len()) && digits.bytes().skip(1).all(|b| b.is_ascii_digit()) {
        out.push((format!("0{digits}").into(), CodeRepair::LeadingZero));
    }
    // A word among others: 31555 - Toulouse, COM-31555, 2023-DEP-01, Auch (32013), FR31555.
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    if words().count() > 1 || text.bytes().any(|b| b.is_ascii_alphabetic()) {
        let mut with_digits: Vec<&str> = words().filter(|w| w.bytes().any(|b| b.is_ascii_digit())).collect();
        // Of several, those as long as codes are.
        with_digits.sort_by_key(|w| !matches!(w.len(), 5 | 9));
        let alone = with_digits.iter().filter(|w| CommuneCode::new(w).is_ok()).count() <= 1;
        for word in with_digits {
            if word != text && alone {
                out.push((word.to_owned().into(), CodeRepair::AmongWords));
                out.push((word.to_uppercase().into(), CodeRepair::AmongWords));
            }
            let tail = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
            if tail != word && tail.len() >= 2 {
                out.push((tail.to_owned().into(), CodeRepair::Unglued));
            }
        }
    }
    out
}

/// A whole number written `3.1555E+04`.
fn scientific(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    if !mantissa.contains(['.', ',']) && mantissa.len() != 1 {
        return None;
    }
    let value: f64 = format!("{}e{exponent}", mantissa.replace(',', ".")).parse().ok()?;
    let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
    let whole = value.fract() == 0.0 && (1.0..1e15).contains(&value);
    // Only when all digits are there: a rounded number is no code.
    Some(format!("{value:.0}")).filter(|text| whole && text.len() <= digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(s: &str) -> CommuneCode {
        CommuneCode::new(s).unwrap()
    }

    #[test]
    fn communes_come_out_of_whatever_holds_them() {
        let book = CodeBook::new(&[(code("01091"), code("01033"))]);
        let known =
            ["01033", "01053", "31555", "32013", "2A004", "75056", "13055", "69123", "97411", "01004"];
        for (written, want, repair) in [
            ("31555", "31555", None),
            (" 31555 ", "31555", Some(CodeRepair::Unglued)),
            ("=\"31555\"", "31555", Some(CodeRepair::Unglued)),
            ("'31555", "31555", Some(CodeRepair::Unglued)),
            ("\"31555\"", "31555", Some(CodeRepair::Unglued)),
            ("« 31555 »", "31555", Some(CodeRepair::Unglued)),
            ("32013.0", "32013", Some(CodeRepair::Unglued)),
            ("32013,00", "32013", Some(CodeRepair::Unglued)),
            ("31 555", "31555", Some(CodeRepair::Unglued)),
            ("31\u{202f}555", "31555", Some(CodeRepair::Unglued)),
            ("31,555", "31555", Some(CodeRepair::Unglued)),
            ("3.1555E+04", "31555", Some(CodeRepair::Unglued)),
            ("\u{feff}31555\u{200b}", "31555", Some(CodeRepair::Unglued)),
            ("2a004", "2A004", Some(CodeRepair::Unglued)),
            ("2A 004", "2A004", Some(CodeRepair::Unglued)),
            ("1053", "01053", Some(CodeRepair::LeadingZero)),
            ("1053.0", "01053", Some(CodeRepair::LeadingZero)),
            ("=\"1053\"", "01053", Some(CodeRepair::LeadingZero)),
            ("1\u{a0}053", "01053", Some(CodeRepair::LeadingZero)),
            ("31555 - Toulouse", "31555", Some(CodeRepair::AmongWords)),
            ("Auch (32013)", "32013", Some(CodeRepair::AmongWords)),
            ("COM-31555", "31555", Some(CodeRepair::AmongWords)),
            ("2023-COM-31555", "31555", Some(CodeRepair::AmongWords)),
            ("FR31555", "31555", Some(CodeRepair::Unglued)),
            ("INSEE: 2a004", "2A004", Some(CodeRepair::AmongWords)),
            ("75101", "75056", Some(CodeRepair::Arrondissement)),
            ("13201", "13055", Some(CodeRepair::Arrondissement)),
            ("=\"69381\"", "69123", Some(CodeRepair::Arrondissement)),
            ("01091", "01033", Some(CodeRepair::Former)),
            ("1091", "01033", Some(CodeRepair::Former)),
        ] {
            let got = book.find(written, |c| known.contains(&c));
            let want = FoundCode { code: want.to_owned(), repair };
            assert_eq!(got, Some(want), "{written}");
        }
        for none in ["Toulouse", "", "99999", "3,50E+13", "31555 32013", "310", "-"] {
            assert_eq!(book.find(none, |c| known.contains(&c)), None, "{none}");
        }
        assert_eq!(book.commune("75101").map(|f| f.code).as_deref(), Some("75056"));
        assert_eq!(book.commune("1053").map(|f| f.code).as_deref(), Some("01053"));
        assert_eq!(book.commune("Auch"), None);
    }

    #[test]
    fn codes_of_other_levels_are_found_among_those_there_are() {
        let book = CodeBook::default();
        let departements = ["01", "2A", "31", "974"];
        let find = |t: &str| book.find(t, |c| departements.contains(&c)).map(|f| f.code);
        for (written, want) in
            [("1", "01"), ("2a", "2A"), ("2023-DEP-01", "01"), ("31 - Haute-Garonne", "31"), ("974.0", "974")]
        {
            assert_eq!(find(written).as_deref(), Some(want), "{written}");
        }
        assert_eq!(find("20"), None);
        let epci = ["200066926"];
        for written in ["200 066 926", "200066926.0", "2.00066926E8", "EPCI 200066926"] {
            assert!(book.find(written, |c| epci.contains(&c)).is_some(), "{written}");
        }
    }
}
