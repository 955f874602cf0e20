//! The rural development programmes of 2014–2020 and the régions they cover.

use crate::atlas::AtlasLevel;
use crate::error::{Error, Result};
use crate::finding::printable;
use crate::labels::Labels;
use crate::model::{FundingCode, FundingLine, Level, TerritoryCode};
use crate::read::Records;

/// Where a programme of 2014–2022 applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgrammeArea {
    /// One région of before 2016.
    Region {
        /// Its code then.
        before_2016: &'static str,
        /// Code of the région that holds it today.
        today: &'static str,
    },
    /// All of France: risk management, the rural network.
    National,
}

/// Where a programme applies, by its CCI identifier; `None` for identifiers that are not of French rural
/// development.
///
/// ```
/// use rurban::france::programmes::{ProgrammeArea, programme_area};
/// let alsace = ProgrammeArea::Region { before_2016: "42", today: "44" };
/// assert_eq!(programme_area("2014FR06RDRP042"), Some(alsace));
/// assert_eq!(programme_area("2014FR06RDRN001"), Some(ProgrammeArea::National));
/// assert_eq!(programme_area("2014DE06RDRP003"), None);
/// ```
#[must_use]
pub fn programme_area(cci: &str) -> Option<ProgrammeArea> {
    if cci.starts_with("2014FR06RDNP") || cci.starts_with("2014FR06RDRN") {
        return Some(ProgrammeArea::National);
    }
    let (before_2016, today) = region_codes(cci)?;
    Some(ProgrammeArea::Region { before_2016, today })
}

/// Gives lines without a territory the région their programme lies in; national programmes keep none.
/// Returns how many lines got one.
pub fn place_lines(lines: &mut [FundingLine]) -> usize {
    let mut placed = 0;
    for line in lines.iter_mut().filter(|l| l.territory.is_none()) {
        if let Some(code) = region_of_programme(&line.programme_id).and_then(|c| TerritoryCode::new(c).ok()) {
            line.territory = Some((Level::Region, code));
            placed += 1;
        }
    }
    placed
}

/// Mainland (class 0, Corsica included) and overseas (class 1) régions, by the overseas codes 01 to 06;
/// collectivities (97x, 98x) are in neither.
#[must_use]
pub fn overseas_regions(level: &AtlasLevel) -> Labels {
    let class = |code: &str| match code.parse::<u16>() {
        Ok(1..=6) => 1,
        Ok(n) if n > 900 => Labels::NONE,
        _ => 0,
    };
    Labels::from_dense(level.territories().iter().map(|t| class(t.code.as_str())).collect(), 2)
}

/// How far a code of one scheme stands for one of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The same object under another number.
    Certain,
    /// A part of it, or differently by région.
    Partial,
}

/// A pair of the crosswalk: both codes as written there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Correspondence {
    /// Measure or sub-measure of 2014–2022.
    pub of_2014: FundingCode,
    /// Intervention of 2023–2027, or the beginning of several: `77.05`, `73`.
    pub of_2023: String,
    /// How far they agree.
    pub certainty: Certainty,
    /// Why, or with what reserve.
    pub note: String,
}

/// Measures of 2014–2022 against interventions of 2023–2027, many to many.
///
/// ```
/// # #[cfg(feature = "france-data")] {
/// use rurban::france::programmes::{Certainty, Crosswalk};
/// use rurban::model::FundingCode;
/// let crosswalk = Crosswalk::embedded()?;
/// let leader = crosswalk.of_2014(FundingCode::new("77.05")?);
/// let certain: Vec<_> = leader.iter().filter(|c| c.certainty == Certainty::Certain).collect();
/// assert_eq!((certain.len(), certain[0].of_2014.to_string()), (1, "M19".to_owned()));
/// # }
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[must_use]
pub struct Crosswalk {
    /// The pairs, in the order of the table.
    pub pairs: Vec<Correspondence>,
}

impl Crosswalk {
    /// The one that comes with the crate.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    #[cfg(feature = "france-data")]
    pub fn embedded() -> Result<Self> {
        let text = include_str!("../../fixtures/france/eafrd_crosswalk.csv");
        Self::read(crate::read::csv::Reader::default().open_str(text, "eafrd_crosswalk.csv")?)
    }

    /// Reads a table with the columns `measure_2014_2022`, `intervention_2023_2027`, `certainty` (certain or
    /// partial) and, if there, `note`.
    ///
    /// # Errors
    /// [`Error::Unknown`] when a column is missing, [`Error::Format`] for a row that is none of these, with
    /// its line.
    pub fn read(table: Records<'_>) -> Result<Self> {
        let [old, new, certainty] =
            ["measure_2014_2022", "intervention_2023_2027", "certainty"].map(|name| table.require(&[name]));
        let (old, new, certainty, note) = (old?, new?, certainty?, table.column(&["note"]));
        let file = table.file().to_owned();
        let mut pairs = Vec::new();
        table.for_each(|row, found| {
            let wrong = |message: String| Error::Format {
                path: file.as_str().into(),
                line: row.line().unwrap_or(1),
                message,
            };
            let of_2014 = FundingCode::new(row.get(old)).map_err(|e| wrong(e.to_string()))?;
            let of_2023 = row.get(new).to_owned();
            let article = of_2023.split('.').next().and_then(|a| a.parse::<u8>().ok());
            if !article.is_some_and(|a| (70..=78).contains(&a)) {
                return Err(wrong(format!(
                    "{:?} is no intervention: must begin with an article from 70 to 78, as 77.05 or 73",
                    printable(&of_2023, 40)
                )));
            }
            let certainty = match row.get(certainty).to_lowercase().as_str() {
                "certain" => Certainty::Certain,
                "partial" | "partiel" => Certainty::Partial,
                other => {
                    return Err(wrong(format!("{:?} must be certain or partial", printable(other, 40))));
                }
            };
            let note = row.optional(note).unwrap_or_default().to_owned();
            pairs.push(Correspondence { of_2014, of_2023, certainty, note });
            found.keep();
            Ok(())
        })?;
        Ok(Self { pairs })
    }

    /// What a measure or sub-measure of 2014–2022 became; its own sub-measures included.
    #[must_use]
    pub fn of_2023(&self, code: FundingCode) -> Vec<&Correspondence> {
        self.pairs.iter().filter(|p| code.is_within(p.of_2014) || p.of_2014.is_within(code)).collect()
    }

    /// What an intervention of 2023–2027 was.
    #[must_use]
    pub fn of_2014(&self, code: FundingCode) -> Vec<&Correspondence> {
        let text = code.to_string();
        let matches = |pattern: &str| {
            text == pattern || text.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('.'))
        };
        self.pairs.iter().filter(|p| matches(&p.of_2023)).collect()
    }
}

/// Code of the région (since 2016) that holds the area of a regional programme, by the programme's
/// CCI identifier; `None` for the national programme, the rural network and unknown ones.
///
/// The last two digits of a regional programme are the code of its région before 2016; several
/// programmes make up one région of today.
///
/// ```
/// use rurban::france::programmes::region_of_programme;
/// assert_eq!(region_of_programme("2014FR06RDRP042"), Some("44")); // Alsace: Grand Est
/// assert_eq!(region_of_programme("2014FR06RDNP001"), None); // national
/// ```
#[must_use]
pub fn region_of_programme(cci: &str) -> Option<&'static str> {
    region_codes(cci).map(|(_, today)| today)
}

/// The région of before 2016 and the one of today.
fn region_codes(cci: &str) -> Option<(&'static str, &'static str)> {
    const CODES: [(&str, &str); 27] = [
        ("01", "01"),
        ("02", "02"),
        ("03", "03"),
        ("04", "04"),
        ("06", "06"),
        ("11", "11"),
        ("21", "44"),
        ("22", "32"),
        ("23", "28"),
        ("24", "24"),
        ("25", "28"),
        ("26", "27"),
        ("31", "32"),
        ("41", "44"),
        ("42", "44"),
        ("43", "27"),
        ("52", "52"),
        ("53", "53"),
        ("54", "75"),
        ("72", "75"),
        ("73", "76"),
        ("74", "75"),
        ("82", "84"),
        ("83", "84"),
        ("91", "76"),
        ("93", "93"),
        ("94", "94"),
    ];
    let code = cci.strip_prefix("2014FR06RDRP0")?;
    CODES.into_iter().find(|(before, _)| *before == code)
}
