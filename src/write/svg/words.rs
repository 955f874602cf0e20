//! What pictures write by themselves.

use super::canvas::digits;

/// Words and signs that pictures write by themselves; all other texts come from the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Words {
    /// Between whole and fraction.
    pub decimal: &'static str,
    /// Between thousands.
    pub thousands: &'static str,
    /// After a name and before what it stands for.
    pub colon: &'static str,
    /// Where there is no value.
    pub no_value: &'static str,
    /// Where there is no class.
    pub no_class: &'static str,
    /// What lies outside the part that is shown.
    pub off_map: &'static str,
    /// Of pairs that axes cannot show, after their number.
    pub left_out: &'static str,
    /// Of contours that are not the real ones.
    pub approximate: &'static str,
}

impl Words {
    /// In English.
    pub const ENGLISH: Self = Self {
        decimal: ".",
        thousands: ",",
        colon: ": ",
        no_value: "no value",
        no_class: "no class",
        off_map: "off the map",
        left_out: "pairs cannot be shown on these axes",
        approximate: crate::model::Contours::APPROXIMATE,
    };

    /// In French.
    pub const FRENCH: Self = Self {
        decimal: ",",
        thousands: "\u{202f}",
        colon: "\u{a0}: ",
        no_value: "donnée absente",
        no_class: "sans classe",
        off_map: "hors de la carte",
        left_out: "couples hors de ces axes",
        approximate: "contours approchés (polygones de Thiessen)",
    };

    /// A whole number, its thousands set apart.
    pub(super) fn count(&self, n: usize) -> String {
        let plain = n.to_string();
        let mut text = String::new();
        for (i, digit) in plain.chars().enumerate() {
            if i > 0 && (plain.len() - i).is_multiple_of(3) {
                text.push_str(self.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// A number with four significant digits, `–` for none.
    pub(super) fn number(&self, value: f64) -> String {
        self.digits(value, 4)
    }

    /// A number with so many significant digits, whole ones with all; `–` for none.
    pub(super) fn digits(&self, value: f64, significant: i32) -> String {
        if (10_000.0..1e15).contains(&value.abs()) {
            let sign = if value < 0.0 { "−" } else { "" };
            return format!("{sign}{}", self.count(value.abs().round() as usize));
        }
        digits(value, significant).replace('.', self.decimal).replace('-', "−")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let said = |w: Words| [1_234_567.0, -0.25, 9_999.0, f64::NAN].map(|v| w.number(v));
        assert_eq!(said(Words::FRENCH), ["1\u{202f}234\u{202f}567", "−0,25", "9999", "–"]);
        assert_eq!(said(Words::ENGLISH), ["1,234,567", "−0.25", "9999", "–"]);
    }
}
