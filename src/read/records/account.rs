//! What is told of how a table was read.

use std::collections::BTreeMap;

use super::{Records, Source};
use crate::diagnostics::{Place, printable};
use crate::read::csv::Encoding;
use crate::read::names::{self, Role};

impl Records<'_> {
    pub(super) fn say_what_was_taken(&mut self) {
        if self.taken.is_empty() {
            return;
        }
        let mut roles: BTreeMap<Role, Vec<String>> = BTreeMap::new();
        for (role, column) in &self.taken {
            let name = self.header.get(*column).map_or("", String::as_str);
            roles.entry(*role).or_default().push(format!("`{}`", printable(name, 40)));
        }
        let parts: Vec<String> =
            roles.iter().map(|(role, names)| format!("{role}: {}", names.join(", "))).collect();
        let unused: Vec<String> = (0..self.header.len())
            .filter(|c| self.taken.iter().all(|(_, taken)| taken != c))
            .filter(|c| self.header[*c] != "@id" || self.sample(*c).any(|v| !v.is_empty()))
            .map(|c| self.header[c].clone())
            .collect();
        let unused =
            if unused.is_empty() { String::new() } else { format!("; not used: {}", names::listed(&unused)) };
        let place = Place::file(self.file.as_str());
        self.diagnostics.remark("columns", place, format!("{}{unused}", parts.join("; ")));
    }

    pub(super) fn say_how_it_was_read(&mut self) {
        let Source::Text(rows) = &self.source else { return };
        let text = &rows.text;
        let place = Place::file(self.file.as_str());
        match text.encoding() {
            Encoding::Utf8 if text.mended > 0 => {
                let name = text.of_strays().name();
                let message = format!("{} bytes that are not UTF-8 were read as {name}", text.mended);
                self.diagnostics.repaired("not_utf8", place, message);
            }
            Encoding::Windows1252 => {
                let message = "the text is not UTF-8; read as Windows-1252";
                self.diagnostics.remark("windows_1252", place, message);
            }
            encoding @ (Encoding::MacRoman | Encoding::Cp850) => {
                let message = format!(
                    "the text is not UTF-8; by its letters it is {}; check the accents, or save it as UTF-8",
                    encoding.name()
                );
                self.diagnostics.repaired("old_encoding", place, message);
            }
            _ => {}
        }
    }
}
