use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Defines a text code that is trimmed and never empty.
macro_rules! text_code {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Parses the code, trimming white space around it.
            ///
            /// # Errors
            /// [`Error::Code`] when nothing is left.
            pub fn new(text: impl AsRef<str>) -> Result<Self> {
                let text = text.as_ref().trim();
                if text.is_empty() {
                    return Err(Error::Code { kind: $kind, value: String::new(), must: "must not be empty" });
                }
                Ok(Self(text.into()))
            }

            /// The code as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        code_traits!($name);
    };
}

/// The conversions all codes share.
macro_rules! code_traits {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl std::str::FromStr for $name {
            type Err = Error;

            fn from_str(s: &str) -> Result<Self> {
                Self::new(s)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(s: String) -> Result<Self> {
                Self::new(s)
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.as_str().to_owned()
            }
        }
    };
}

text_code!(
    /// Code of a territory at any level: INSEE code, SIREN of an EPCI, identifier of a contract …
    TerritoryCode,
    "territory code"
);
text_code!(
    /// Identifier of an actor, unique in an inventory.
    ActorId,
    "actor id"
);
text_code!(
    /// Identifier of a project, unique in an inventory.
    ProjectId,
    "project id"
);
text_code!(
    /// Identifier of a practice, unique in a census.
    PracticeId,
    "practice id"
);
text_code!(
    /// Code of an activity in some nomenclature (NAF/NACE, research field, theme …).
    SectorCode,
    "sector code"
);

/// INSEE code of a commune: five characters, the first two or three of which name the département
/// (`2A` and `2B` in Corsica, `97x` and `98x` overseas).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommuneCode([u8; 5]);

impl CommuneCode {
    /// Parses an INSEE commune code. A four-digit code is refused: it has lost its leading zero
    /// in a spreadsheet and may mean another commune.
    ///
    /// ```
    /// use rurban::model::CommuneCode;
    /// assert_eq!(CommuneCode::new("2A004")?.departement(), "2A");
    /// assert_eq!(CommuneCode::new(" 97411 ")?.departement(), "974");
    /// assert!(CommuneCode::new("1004").is_err());
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Code`] when the text is no five-character commune code.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        let text = text.as_ref().trim();
        let wrong = |must| Error::Code { kind: "commune code", value: text.to_owned(), must };
        let bytes: [u8; 5] = text
            .as_bytes()
            .try_into()
            .map_err(|_| wrong("must have five characters, leading zeros included"))?;
        let corsican = bytes[0] == b'2' && matches!(bytes[1], b'A' | b'B');
        let digits = |b: &[u8]| b.iter().all(u8::is_ascii_digit);
        if digits(&bytes[2..]) && (corsican || digits(&bytes[..2])) && &bytes[..2] != b"00" {
            Ok(Self(bytes))
        } else {
            Err(wrong("must be digits, with 2A or 2B for Corsica"))
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The bytes were checked to be ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Code of the département (or overseas collectivity).
    #[must_use]
    pub fn departement(&self) -> &str {
        let overseas = self.0.starts_with(b"97") || self.0.starts_with(b"98");
        &self.as_str()[..if overseas { 3 } else { 2 }]
    }

    /// The commune of a municipal arrondissement of Paris, Lyon or Marseille; `None` for communes.
    ///
    /// ```
    /// use rurban::model::CommuneCode;
    /// let paris = CommuneCode::new("75101")?.of_arrondissement();
    /// assert_eq!(paris, Some(CommuneCode::new("75056")?));
    /// # Ok::<(), rurban::Error>(())
    /// ```
    #[must_use]
    pub fn of_arrondissement(&self) -> Option<Self> {
        match self.as_str().parse::<u32>().ok()? {
            75_101..=75_120 => Some(Self(*b"75056")),
            69_381..=69_389 => Some(Self(*b"69123")),
            13_201..=13_216 => Some(Self(*b"13055")),
            _ => None,
        }
    }
}

code_traits!(CommuneCode);

impl From<CommuneCode> for TerritoryCode {
    fn from(code: CommuneCode) -> Self {
        Self(code.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_parsed_once() {
        assert!(TerritoryCode::new("  ").is_err());
        assert_eq!(TerritoryCode::new(" 200069193 ").unwrap().as_str(), "200069193");
        for bad in ["", "1001", "2C001", "ABCDE", "00123", "750560", "é0123"] {
            assert!(CommuneCode::new(bad).is_err(), "{bad}");
        }
        for (good, departement) in
            [("01001", "01"), ("2B033", "2B"), ("97411", "974"), ("98818", "988"), ("75056", "75")]
        {
            assert_eq!(CommuneCode::new(good).unwrap().departement(), departement);
        }
        let json = serde_json::to_string(&CommuneCode::new("2A004").unwrap()).unwrap();
        assert_eq!(json, "\"2A004\"");
        assert!(serde_json::from_str::<CommuneCode>("\"4\"").is_err());
    }
}
