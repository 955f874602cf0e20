//! Money of programmes: measures and interventions, their status, where the money is from.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ActorId, ActorKind, Level, ProjectId, TerritoryCode, Year};
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

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("M{:02}", self.0))
    }
}

/// The rules a code of rural development belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scheme {
    /// Programmes of 2014–2022, Regulation (EU) 1305/2013: measures and sub-measures.
    Programmes2014,
    /// Strategic plan of 2023–2027, Regulation (EU) 2021/2115: interventions numbered by article.
    Plan2023,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Programmes2014 => "2014–2022",
            Self::Plan2023 => "2023–2027",
        })
    }
}

/// What money of rural development is for: a measure, a sub-measure or an intervention.
///
/// ```
/// use rurban::model::{FundingCode, Scheme};
/// let parsed = |text: &str| FundingCode::new(text).map(|c| (c.to_string(), c.scheme()));
/// assert_eq!(parsed("M19")?, ("M19".to_owned(), Scheme::Programmes2014));
/// assert_eq!(parsed("06.4")?, ("6.4".to_owned(), Scheme::Programmes2014));
/// assert_eq!(parsed("77.05")?, ("77.05".to_owned(), Scheme::Plan2023));
/// assert!(FundingCode::new("VOID").is_err());
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum FundingCode {
    /// A whole measure of 2014–2022: `M06`.
    Measure(Measure),
    /// A sub-measure of 2014–2022: `6.4`.
    SubMeasure {
        /// Its measure.
        measure: Measure,
        /// Its number within the measure.
        number: u8,
    },
    /// An intervention of 2023–2027 as France numbers them: `77.05` is number 5 of article 77.
    Intervention {
        /// Article of Regulation (EU) 2021/2115.
        article: u8,
        /// Number within the article.
        number: u8,
    },
}

impl FundingCode {
    /// Parses `M06`, `6`, `6.4`, `M06.4`, `7.2.1` (sub-measure 7.2) or `77.05`; a decimal comma passes.
    /// Articles of 2023–2027 (70 to 78) and measures (1 to 20) cannot be mistaken for each other.
    ///
    /// # Errors
    /// [`Error::Code`] when the text is none of them.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        let text = text.as_ref().trim();
        let wrong = || Error::Code {
            kind: "measure or intervention of rural development",
            value: text.to_owned(),
            must: "must be a measure (M06), a sub-measure (6.4) or an intervention (77.05)",
        };
        let bare = text.trim_start_matches(['M', 'm']).replace(',', ".");
        let mut parts = bare.split('.').map(str::trim).filter(|p| !p.is_empty());
        let first: u8 = parts.next().and_then(|p| p.parse().ok()).ok_or_else(wrong)?;
        let second: Option<u8> = parts.next().map(|p| p.parse().map_err(|_| wrong())).transpose()?;
        match (first, second) {
            (1..=20, None | Some(0)) => Ok(Self::Measure(Measure(first))),
            (1..=20, Some(number)) => Ok(Self::SubMeasure { measure: Measure(first), number }),
            (70..=78, Some(number)) => Ok(Self::Intervention { article: first, number }),
            _ => Err(wrong()),
        }
    }

    /// The rules it belongs to.
    #[must_use]
    pub const fn scheme(self) -> Scheme {
        match self {
            Self::Measure(_) | Self::SubMeasure { .. } => Scheme::Programmes2014,
            Self::Intervention { .. } => Scheme::Plan2023,
        }
    }

    /// The measure, of codes of 2014–2022.
    #[must_use]
    pub const fn measure(self) -> Option<Measure> {
        match self {
            Self::Measure(measure) | Self::SubMeasure { measure, .. } => Some(measure),
            Self::Intervention { .. } => None,
        }
    }

    /// Whether it is the other code or a part of it (`6.4` of `M06`).
    #[must_use]
    pub fn is_within(self, whole: Self) -> bool {
        self == whole || (matches!(whole, Self::Measure(_)) && self.measure() == whole.measure())
    }
}

impl From<Measure> for FundingCode {
    fn from(measure: Measure) -> Self {
        Self::Measure(measure)
    }
}

impl fmt::Display for FundingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::Measure(measure) => measure.to_string(),
            Self::SubMeasure { measure, number } => format!("{}.{number}", measure.0),
            Self::Intervention { article, number } => format!("{article}.{number:02}"),
        })
    }
}

/// Text in, text out.
macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(s: String) -> Result<Self> {
                Self::new(s)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl std::str::FromStr for $name {
            type Err = Error;

            fn from_str(s: &str) -> Result<Self> {
                Self::new(s)
            }
        }
    )*};
}

as_text!(Measure, FundingCode, AsOf);

/// How far money has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundingStatus {
    /// Set aside in a version of the programme.
    #[default]
    Planned,
    /// Promised to an operation.
    Committed,
    /// Paid out.
    Paid,
}

impl FundingStatus {
    /// All of them, in the order money goes through them.
    pub const ALL: [Self; 3] = [Self::Planned, Self::Committed, Self::Paid];
}

/// Where money comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneySource {
    /// The European Union (EAFRD).
    #[default]
    EuropeanUnion,
    /// National counterpart: the state, or the régions where a source does not tell them apart.
    National,
    /// Other public bodies.
    OtherPublic,
    /// Private.
    Private,
}

impl MoneySource {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::EuropeanUnion, Self::National, Self::OtherPublic, Self::Private];
}

/// The date a figure was true: a year, a month or a day; they sort as they follow.
///
/// ```
/// use rurban::model::AsOf;
/// assert_eq!(AsOf::new("31/12/2023")?, AsOf::new("2023-12-31")?);
/// assert!(AsOf::new("2023-06")? < AsOf::new("2023-12")?);
/// assert!(AsOf::new("soon").is_err());
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AsOf {
    year: Year,
    /// 0 when only the year is known.
    month: u8,
    /// 0 when only the month is known.
    day: u8,
}

impl AsOf {
    /// Parses `2023`, `2023-12`, `2023-12-31`, `12/2023` or `31/12/2023`.
    ///
    /// # Errors
    /// [`Error::Code`] when the text is no date.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        let text = text.as_ref().trim();
        let wrong = || Error::Code {
            kind: "date",
            value: text.to_owned(),
            must: "must be as 2023, 2023-12 or 31/12/2023",
        };
        // Times of the day do not matter.
        let date = text.split(['T', ' ']).next().unwrap_or_default();
        let mut parts: Vec<&str> = date.split(['-', '/', '.']).collect();
        if parts.len() > 1 && parts[0].len() != 4 {
            parts.reverse();
        }
        let number = |i: usize| parts.get(i).map_or(Some(0), |p| p.parse::<i16>().ok());
        let (Some(year), Some(month), Some(day)) = (number(0), number(1), number(2)) else {
            return Err(wrong());
        };
        let given = |i: usize, value: i16, most| i >= parts.len() || (1..=most).contains(&value);
        if parts.len() > 3 || !(1900..2200).contains(&year) || !given(1, month, 12) || !given(2, day, 31) {
            return Err(wrong());
        }
        Ok(Self { year, month: month as u8, day: day as u8 })
    }

    /// Its year.
    #[must_use]
    pub const fn year(self) -> Year {
        self.year
    }
}

impl fmt::Display for AsOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match (self.month, self.day) {
            (0, _) => self.year.to_string(),
            (month, 0) => format!("{}-{month:02}", self.year),
            (month, day) => format!("{}-{month:02}-{day:02}", self.year),
        })
    }
}

/// Who receives money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Beneficiary {
    /// As the source names it: a body, or a kind of bodies.
    pub name: String,
    /// The actor of the inventory it is.
    pub actor: Option<ActorId>,
    /// Its kind.
    pub kind: Option<ActorKind>,
}

impl Beneficiary {
    /// A beneficiary that is known by name alone.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), actor: None, kind: None }
    }
}

/// Money of one source that a programme gives, or plans to give, to one purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FundingLine {
    /// Programme identifier (CCI).
    pub programme_id: String,
    /// Programme name.
    pub programme: String,
    /// What it is for; `None` for money the programme gives to no measure.
    pub code: Option<FundingCode>,
    /// Name of the measure as the source writes it.
    pub code_name: String,
    /// How far the money has come.
    pub status: FundingStatus,
    /// When the figure was true.
    pub as_of: Option<AsOf>,
    /// The year it was committed or paid in, where the source tells years apart.
    pub year: Option<Year>,
    /// Where it comes from.
    pub money: MoneySource,
    /// How much, in euros; negative where a source corrects what it told before.
    pub amount_eur: f64,
    /// The territory it goes to; `None` for a national programme.
    pub territory: Option<(Level, TerritoryCode)>,
    /// Who receives it.
    pub beneficiary: Option<Beneficiary>,
    /// Who gives it, by name.
    pub funder: Option<String>,
    /// The operation it is part of.
    pub operation: Option<ProjectId>,
}

impl FundingLine {
    /// Planned money of the European Union without anything else known.
    #[must_use]
    pub fn new(programme_id: impl Into<String>, amount_eur: f64) -> Self {
        Self {
            programme_id: programme_id.into(),
            programme: String::new(),
            code: None,
            code_name: String::new(),
            status: FundingStatus::Planned,
            as_of: None,
            year: None,
            money: MoneySource::EuropeanUnion,
            amount_eur,
            territory: None,
            beneficiary: None,
            funder: None,
            operation: None,
        }
    }

    /// The measure, of lines of 2014–2022.
    #[must_use]
    pub fn measure(&self) -> Option<Measure> {
        self.code.and_then(FundingCode::measure)
    }
}
