//! Territories by what people write of them.

use super::AtlasLevel;
use crate::error::{Error, Result};
use crate::read::names::{alike, meant};

/// Levels of no more territories than this are listed where none is like what was asked for.
const LISTED: usize = 30;

impl AtlasLevel {
    /// The territory with this code, or whose name this is: as written, else without case, accents and
    /// punctuation, else as a part of it; when several names hold the text, the error lists them, and
    /// when none does, those that are like it.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is none or more than one.
    pub fn search(&self, text: &str) -> Result<usize> {
        if let Some(i) = self.find(text.trim()) {
            return Ok(i);
        }
        let territories = self.territories();
        let names: Vec<&str> = territories.iter().map(|t| t.name.as_str()).collect();
        let found = meant(text, &names);
        if let [one] = found[..] {
            return Ok(one);
        }
        let shown = |rows: &[usize]| -> String {
            let name = |&i: &usize| format!("{} ({})", territories[i].name, territories[i].code);
            rows.iter().map(name).collect::<Vec<_>>().join(", ")
        };
        let none = || format!("no {} has this code or a name that contains it", self.level());
        let mut near = alike(text, &names, |i| territories[i].population.unwrap_or(0.0));
        near.retain(|i| !found.contains(i));
        near.truncate(3);
        let hint = if !found.is_empty() {
            // What was meant may be none of them: many names hold a short word.
            let or = if near.is_empty() { String::new() } else { format!("; or {}", shown(&near)) };
            format!("several match: {}{or}", shown(&found[..found.len().min(8)]))
        } else if !near.is_empty() {
            format!("{}; did you mean {}?", none(), shown(&near))
        } else if names.len() <= LISTED {
            format!("{}; there are {}", none(), names.join(", "))
        } else {
            none()
        };
        Err(Error::Unknown { kind: "territory", value: text.to_owned(), hint: Some(hint) })
    }
}

#[cfg(all(test, feature = "france-data"))]
mod tests {
    use crate::france::EmbeddedFrance;
    use crate::model::Level;

    #[test]
    fn names_are_found_however_written_and_near_ones_are_proposed() {
        let atlas = EmbeddedFrance::load().unwrap().atlas;
        let search = |level: Level, text: &str| {
            let level = atlas.level(&level).unwrap();
            level.search(text).map(|i| level.territories()[i].code.to_string()).map_err(|e| e.to_string())
        };
        assert_eq!(search(Level::Departement, "ariege").unwrap(), "09");
        assert_eq!(search(Level::Departement, "HAUTE GARONNE").unwrap(), "31");
        assert_eq!(search(Level::Commune, "castelnau magnoac").unwrap(), "65129");
        let error = search(Level::Commune, "Fois").unwrap_err();
        assert!(error.contains("several match") && error.contains("Foix (09122)"), "{error}");
        let error = search(Level::Departement, "Haute-Garone").unwrap_err();
        assert!(error.contains("did you mean Haute-Garonne (31)"), "{error}");
        let error = search(Level::Region, "Midi-Pyrénées").unwrap_err();
        assert!(error.contains("there are") && error.contains("Occitanie"), "{error}");
        let error = search(Level::Region, "Occitannie").unwrap_err();
        assert!(error.contains("did you mean Occitanie"), "{error}");
    }
}
