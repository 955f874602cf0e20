//! Numbers as French spreadsheets write them.

/// What a cell meant for a number holds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Number {
    /// A number.
    Value(f64),
    /// Nothing: an empty cell, `-`, `…`, `nd`, `nc`, `nr`, `ns`, `na`, `#N/A`, `///`.
    Blank,
    /// A figure withheld: `s` or `c` (statistical secrecy).
    Secret,
    /// Something else.
    Invalid,
}

impl Number {
    /// Reads a cell: `1 234,5`, `1.234,5`, `1,234.5`, `1'234`, `12,5 %` (which is 0.125), `850 €`.
    ///
    /// Spaces (also no-break ones) and apostrophes may group thousands. With both a comma and a dot,
    /// the last one is the decimal mark. A single comma or a single dot is a decimal mark; several of
    /// one kind group thousands, and then every group must have three digits. `1.234` is therefore
    /// 1.234: columns that group by dots alone cannot be told from decimals, cell by cell.
    ///
    /// ```
    /// use rurban::read::Number;
    /// assert_eq!(Number::parse("1 234,5"), Number::Value(1234.5));
    /// assert_eq!(Number::parse("12,5 %"), Number::Value(0.125));
    /// assert_eq!(Number::parse("s"), Number::Secret);
    /// assert_eq!(Number::parse("nd"), Number::Blank);
    /// ```
    #[must_use]
    pub fn parse(cell: &str) -> Self {
        Self::parse_with(cell, Marks::default())
    }

    /// As [`Number::parse`], with the marks that were found for the whole column.
    #[must_use]
    pub fn parse_with(cell: &str, marks: Marks) -> Self {
        let text = cell.trim();
        if text.len() <= 8 {
            match text.to_lowercase().as_str() {
                "" | "-" | "–" | "—" | "." | ".." | "..." | "…" | "nd" | "n.d." | "n.d" | "na" | "n/a"
                | "#n/a" | "null" | "none" | "nr" | "n.r." | "nc" | "n.c." | "nsp" | "ns" | "///" | "//" => {
                    return Self::Blank;
                }
                "s" | "c" | "(s)" | "(c)" => return Self::Secret,
                _ => {}
            }
        }
        let joined;
        let text = match marks {
            Marks::DotsGroup if text.contains('.') => {
                joined = text.replace('.', "");
                joined.as_str()
            }
            Marks::CommasGroup if text.contains(',') => {
                joined = text.replace(',', "");
                joined.as_str()
            }
            _ => text,
        };
        let (text, scale) = match text.strip_suffix('%') {
            Some(text) => (text.trim_end(), 100.0),
            None => (text.strip_suffix('€').unwrap_or(text).trim_end(), 1.0),
        };
        plain(text).map_or(Self::Invalid, |v| Self::Value(v / scale))
    }

    /// The number, when there is one.
    #[must_use]
    pub const fn value(self) -> Option<f64> {
        if let Self::Value(value) = self { Some(value) } else { None }
    }
}

/// What commas and dots stand for in a column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Marks {
    /// A single one is the decimal mark.
    #[default]
    Decimal,
    /// Dots group thousands.
    DotsGroup,
    /// Commas group thousands.
    CommasGroup,
}

/// Counts what commas and dots do in the cells of a column, so that one rule can be found for all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct MarkCounts {
    /// Cells with a single dot, or comma, before just three digits and after one to three: `1.234`.
    thousands: [usize; 2],
    /// Cells with one that can only be the decimal mark: `1.5`, `0.125`, `1234.500`.
    decimals: [usize; 2],
    /// Whole numbers of four digits or more without a mark.
    bare: usize,
}

impl MarkCounts {
    pub(super) fn add(&mut self, cell: &str) {
        let text = cell.trim().trim_start_matches(['-', '+', '−']);
        if text.len() >= 4 && text.bytes().all(|b| b.is_ascii_digit()) {
            self.bare += 1;
            return;
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) {
            return;
        }
        for (which, mark) in ['.', ','].into_iter().enumerate() {
            if text.contains(if mark == '.' { ',' } else { '.' }) {
                continue;
            }
            let mut parts = text.split(mark);
            let (Some(head), Some(tail), None) = (parts.next(), parts.next(), parts.next()) else { continue };
            let grouping = tail.len() == 3 && (1..=3).contains(&head.len()) && !head.starts_with('0');
            *(if grouping { &mut self.thousands[which] } else { &mut self.decimals[which] }) += 1;
        }
    }

    /// The rule for a column, with all columns of the file in view: a mark groups when every cell
    /// that has it could, several do, and nothing in the file shows it as the decimal mark.
    pub(super) fn marks(&self, file: &Self, delimiter: Option<u8>) -> Marks {
        let groups = |which: usize| self.thousands[which] >= 3 && self.bare == 0 && file.decimals[which] == 0;
        // The decimal mark of the spreadsheet that writes this delimiter is not one that groups.
        if groups(0) && delimiter != Some(b',') {
            Marks::DotsGroup
        } else if groups(1) && delimiter != Some(b';') {
            Marks::CommasGroup
        } else {
            Marks::Decimal
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for which in 0..2 {
            self.thousands[which] += other.thousands[which];
            self.decimals[which] += other.decimals[which];
        }
        self.bare += other.bare;
    }
}

fn plain(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(digits[at + 1..].parse::<i16>().ok()?)),
        None => (digits, None),
    };
    let last = digits.rfind([',', '.']);
    let decimal = last.filter(|&at| {
        let mark = &digits[at..=at];
        // Repeated, it groups; alone or after marks of the other kind, it is the decimal mark.
        digits.matches(mark).count() == 1
    });
    let (whole, fraction) = match decimal {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, ""),
    };
    let is_mark = |c: char| matches!(c, ',' | '.' | '\'' | '’') || c.is_whitespace();
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let mut marks = whole.chars().filter(|&c| is_mark(c));
    let first_mark = marks.next();
    let same = marks.all(|c| Some(c) == first_mark);
    let mut groups = whole.split(is_mark);
    let head = groups.next()?;
    let grouped = first_mark.is_none() || (1..=3).contains(&head.len());
    if !same
        || !grouped
        || !all_digits(head)
        || !all_digits(fraction)
        || (whole.is_empty() && fraction.is_empty())
    {
        return None;
    }
    let mut clean = format!("{sign}{head}");
    for group in groups {
        if group.len() != 3 || !all_digits(group) {
            return None;
        }
        clean.push_str(group);
    }
    if !fraction.is_empty() {
        clean.push('.');
        clean.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        clean.push('e');
        clean.push_str(&exponent.to_string());
    }
    clean.parse().ok().filter(|v: &f64| v.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spreadsheet_numbers() {
        for (cell, want) in [
            ("12", 12.0),
            (" -12,5 ", -12.5),
            ("−3", -3.0),
            ("+3", 3.0),
            (",5", 0.5),
            ("5,", 5.0),
            ("1 234", 1234.0),
            ("1\u{a0}234\u{a0}567,25", 1_234_567.25),
            ("1\u{202f}234", 1234.0),
            ("1'234'567", 1_234_567.0),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1.234.567", 1_234_567.0),
            ("1,234,567", 1_234_567.0),
            ("1.234", 1.234),
            ("12 %", 0.12),
            ("850 €", 850.0),
            ("1e3", 1000.0),
            ("1,5E-3", 0.0015),
        ] {
            assert_eq!(Number::parse(cell), Number::Value(want), "{cell}");
        }
        for cell in ["", " ", "\u{a0}", "-", "nd", "N.D.", "NA", "n/a", "///"] {
            assert_eq!(Number::parse(cell), Number::Blank, "{cell}");
        }
        for cell in ["s", "S", "c"] {
            assert_eq!(Number::parse(cell), Number::Secret);
        }
        for cell in [
            "x",
            "1 23",
            "1 2345",
            "12 34 567",
            "1,23,456",
            "1.2,3.4",
            "--1",
            "inf",
            "NaN",
            "1_000",
            "0x1",
            "%",
            ",",
            "1e",
            "1e999",
            "1 234.567,8",
            "12.345 678,9",
            "é",
            "1e5e5",
            "'123",
            "1,2,3",
        ] {
            assert_eq!(Number::parse(cell), Number::Invalid, "{cell}");
        }
    }

    #[test]
    fn a_column_has_one_rule() {
        let rule = |cells: &[&str], delimiter| {
            let mut counts = MarkCounts::default();
            cells.iter().for_each(|c| counts.add(c));
            counts.marks(&counts, Some(delimiter))
        };
        assert_eq!(rule(&["164.189", "67.863", "950", "1.234"], b';'), Marks::DotsGroup);
        assert_eq!(rule(&["164.189", "67.863", "1.234", "0.125"], b';'), Marks::Decimal);
        assert_eq!(rule(&["164.189", "67.863", "1.234", "12.5"], b';'), Marks::Decimal);
        assert_eq!(rule(&["164.189", "67.863", "1.234", "12345"], b';'), Marks::Decimal);
        assert_eq!(rule(&["164.189", "67.863", "1.234"], b','), Marks::Decimal);
        assert_eq!(rule(&["164,189", "67,863", "1,234"], b','), Marks::CommasGroup);
        assert_eq!(rule(&["164,189", "67,863", "1,234"], b';'), Marks::Decimal);
        assert_eq!(Number::parse_with("164.189", Marks::DotsGroup), Number::Value(164_189.0));
    }

    proptest! {
        #[test]
        fn whatever_is_formatted_is_read_back(whole in 0u64..1_000_000_000, cents in 0u32..100, mark in 0usize..5) {
            let (group, decimal) = [(" ", ","), ("\u{202f}", ","), (".", ","), (",", "."), ("", ".")][mark];
            let digits = whole.to_string();
            let mut text = String::new();
            for (i, c) in digits.chars().enumerate() {
                if i > 0 && (digits.len() - i) % 3 == 0 {
                    text.push_str(group);
                }
                text.push(c);
            }
            let want: f64 = format!("{whole}.{cents:02}").parse().unwrap();
            prop_assert_eq!(Number::parse(&format!("{text}{decimal}{cents:02}")), Number::Value(want));
        }

        #[test]
        fn nothing_panics(cell in "\\PC*|[0-9., '%e+-]{0,12}") {
            if let Number::Value(v) = Number::parse(&cell) {
                prop_assert!(v.is_finite());
            }
        }
    }
}
