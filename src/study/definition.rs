use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::atlas::Atlas;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::model::{DensityLevel, Level, Rurality};

/// What is rural: a rule that calls every base territory rural or urban, or leaves it without a call.
///
/// Levels above follow one rule whatever the definition: a territory is rural where more than half of
/// its inhabitants live in rural base territories ([`Atlas::rurality`]). An actor is rural where the
/// territory it speaks for is, else where its base territory is.
///
/// Read from and written as text, for options of commands: `density` (the default),
/// `density:small_town` (rural from that level of the grid on), `outside:attraction_area`,
/// `class:NAME=CLASS|CLASS`.
///
/// ```
/// use rurban::study::RuralityDefinition;
/// let rule: RuralityDefinition = "outside:attraction_area".parse()?;
/// assert_eq!(rule.to_string(), "outside:attraction_area");
/// assert!("dense".parse::<RuralityDefinition>().unwrap_err().to_string().contains("density"));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuralityDefinition {
    /// By the seven-level density grid: rural from this level on. INSEE's own rule starts at *bourgs
    /// ruraux* and is the default.
    DensityGrid {
        /// The densest level that is rural.
        rural_from: DensityLevel,
    },
    /// Rural outside all territories of a level (attraction areas of cities), urban inside.
    Outside(Level),
    /// By a classification of the base territories that the atlas holds: these classes are rural, all
    /// others urban.
    Classes {
        /// Name of the classification.
        attribute: String,
        /// Its rural classes.
        rural: Vec<String>,
    },
    /// One call for each base territory, in their order (a column of the user).
    Given(Vec<Option<Rurality>>),
}

impl Default for RuralityDefinition {
    fn default() -> Self {
        Self::DensityGrid { rural_from: DensityLevel::RuralTown }
    }
}

impl RuralityDefinition {
    /// Rural or urban for each base territory of an atlas; `None` where it cannot be told.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a level, a classification or a class that the atlas does not have,
    /// [`Error::Shape`] for given calls that are not one for each base territory.
    pub fn labels(&self, atlas: &Atlas) -> Result<Vec<Option<Rurality>>> {
        let base = atlas.base().territories();
        let call = |rural: bool| if rural { Rurality::Rural } else { Rurality::Urban };
        match self {
            Self::DensityGrid { rural_from } => {
                Ok(base.iter().map(|t| t.density.map(|d| call(d >= *rural_from))).collect())
            }
            Self::Outside(level) => {
                let membership = atlas.level(level)?.membership();
                Ok((0..base.len()).map(|i| Some(call(membership.get(i).is_none()))).collect())
            }
            Self::Classes { attribute, rural } => {
                let found = atlas.attribute(attribute).ok_or_else(|| {
                    unknown("classification", attribute, atlas.attributes().iter().map(|a| a.name.as_str()))
                })?;
                if let Some(class) = rural.iter().find(|c| !found.classes.contains(c)) {
                    return Err(unknown("class", class, found.classes.iter().map(String::as_str)));
                }
                let is_rural: Vec<bool> = found.classes.iter().map(|c| rural.contains(c)).collect();
                let of = found.labels.as_slice().iter();
                Ok(of.map(|&c| (c != Labels::NONE).then(|| call(is_rural[c as usize]))).collect())
            }
            Self::Given(labels) if labels.len() == base.len() => Ok(labels.clone()),
            Self::Given(labels) => Err(Error::Shape {
                what: "rurality of the base territories",
                expected: base.len(),
                got: labels.len(),
            }),
        }
    }
}

fn unknown<'a>(kind: &'static str, value: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let hint = format!("this atlas has: {}", known.collect::<Vec<_>>().join(", "));
    Error::Unknown { kind, value: value.to_owned(), hint: Some(hint) }
}

impl fmt::Display for RuralityDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DensityGrid { rural_from: DensityLevel::RuralTown } => f.write_str("density"),
            Self::DensityGrid { rural_from } => write!(f, "density:{}", rural_from.key()),
            Self::Outside(level) => write!(f, "outside:{}", level.key()),
            Self::Classes { attribute, rural } => write!(f, "class:{attribute}={}", rural.join("|")),
            Self::Given(_) => f.write_str("given"),
        }
    }
}

impl FromStr for RuralityDefinition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = || Error::Parameter {
            name: "rurality",
            value: text.to_owned(),
            must: "is density, density:LEVEL (large_urban_centre, intermediate_urban_centre, urban_belt, \
                   small_town, rural_town, dispersed_rural, very_dispersed_rural), outside:LEVEL \
                   (outside:attraction_area) or class:CLASSIFICATION=CLASS|CLASS",
        };
        match text.trim().split_once(':') {
            None if text.trim() == "density" => Ok(Self::default()),
            Some(("density", level)) => (level.parse().ok())
                .or_else(|| DensityLevel::from_label(level))
                .map(|rural_from| Self::DensityGrid { rural_from })
                .ok_or_else(refused),
            Some(("outside", level)) => {
                let Ok(level) = level.parse::<Level>();
                Ok(Self::Outside(level))
            }
            Some(("class", rule)) => {
                let (attribute, classes) = rule.split_once('=').ok_or_else(refused)?;
                let rural = classes.split('|').map(str::to_owned).collect();
                Ok(Self::Classes { attribute: attribute.to_owned(), rural })
            }
            _ => Err(refused()),
        }
    }
}
