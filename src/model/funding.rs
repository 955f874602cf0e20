use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A measure of a rural development programme: `M06`, `M19` …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Measure(u8);

impl Measure {
    /// Farm and business development.
    pub const BUSINESS_DEVELOPMENT: Self = Self(6);
    /// Basic services and village renewal.
    pub const VILLAGE_RENEWAL: Self = Self(7);
    /// Cooperation.
    pub const COOPERATION: Self = Self(16);
    /// LEADER.
    pub const LEADER: Self = Self(19);

    /// Parses `M06`, `m6` or `6`.
    ///
    /// # Errors
    /// [`Error::Code`] when the text is no measure number.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        let text = text.as_ref().trim();
        text.trim_start_matches(['M', 'm']).parse().map(Self).map_err(|_| Error::Code {
            kind: "measure of a rural development programme",
            value: text.to_owned(),
            must: "must be M and a number, as M06 or M19",
        })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "M{:02}", self.0)
    }
}

impl TryFrom<String> for Measure {
    type Error = Error;

    fn try_from(s: String) -> Result<Self> {
        Self::new(s)
    }
}

impl From<Measure> for String {
    fn from(m: Measure) -> Self {
        m.to_string()
    }
}

/// Planned money of a programme's measure, in euros.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FundingLine {
    /// Programme identifier (CCI).
    pub programme_id: String,
    /// Programme name.
    pub programme: String,
    /// Measure; `None` for money the programme gives to no measure.
    pub measure: Option<Measure>,
    /// Measure name as the source writes it.
    pub measure_name: String,
    /// From the European Union.
    pub eu_eur: f64,
    /// From the state and local authorities.
    pub national_eur: f64,
}
