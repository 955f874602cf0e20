use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A calendar year.
pub type Year = i16;

/// A span of calendar years, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// First year.
    pub from: Year,
    /// Last year, included.
    pub to: Year,
}

impl Period {
    /// A period of years.
    ///
    /// # Errors
    /// [`Error::Parameter`] when it ends before it begins.
    pub fn new(from: Year, to: Year) -> Result<Self> {
        if to < from {
            return Err(Error::Parameter {
                name: "period",
                value: format!("{from}–{to}"),
                must: "must not end before it begins",
            });
        }
        Ok(Self { from, to })
    }

    /// The first period written in a text: two four-digit years (`2007 - 2013 Atlantic Area`), or
    /// one (`2016-11-04`).
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let mut years = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|s| s.len() == 4)
            .filter_map(|s| s.parse::<Year>().ok())
            .filter(|y| (1800..2200).contains(y));
        let from = years.next()?;
        match years.next() {
            Some(to) if to >= from => Some(Self { from, to }),
            _ => Some(Self { from, to: from }),
        }
    }

    /// Whether the two share a year.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            write!(f, "{}", self.from)
        } else {
            write!(f, "{}–{}", self.from, self.to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_found_in_text() {
        assert_eq!(Period::find("2007 - 2013 Atlantic Area"), Some(Period { from: 2007, to: 2013 }));
        assert_eq!(Period::find("2016-11-04"), Some(Period { from: 2016, to: 2016 }));
        assert_eq!(Period::find("URBACT III 12345"), None);
        assert!(Period::new(2013, 2007).is_err());
    }
}
