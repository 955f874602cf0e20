//! The feature being read, before it is known whether it can be kept.

use super::rings::Raw;
use super::table::{GeometryKind, Stored};

/// What is known of the feature being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) geometries: Vec<Raw>,
    pub(super) used: usize,
    pub(super) kind: Option<GeometryKind>,
    /// Why the feature cannot be kept.
    pub(super) problem: Option<(&'static str, String)>,
    pub(super) entries: Vec<(u32, Stored)>,
    pub(super) text: String,
    pub(super) id: Option<Stored>,
    pub(super) has_properties: bool,
    pub(super) repairs: Vec<Repair>,
}

/// What was put right in a feature's properties: kind of finding and message.
pub(super) type Repair = (&'static str, &'static str);

pub(super) const NOT_UTF8: Repair = ("not_utf8", "text that is not UTF-8 was read as Windows-1252");
pub(super) const NOT_A_NUMBER: Repair =
    ("not_a_number", "NaN or an infinity among the properties was read as null");
pub(super) const REPEATED: Repair = ("repeated_property", "a property is given twice; the last one counts");

impl Draft {
    pub(super) fn clear(&mut self) {
        self.used = 0;
        self.kind = None;
        self.problem = None;
        self.id = None;
        self.clear_properties();
        self.has_properties = false;
        self.repairs.clear();
    }

    pub(super) fn clear_properties(&mut self) {
        // The id's text, when there is one, lies in the same place and stays.
        if self.id.is_none() {
            self.text.clear();
        }
        self.entries.clear();
    }

    pub(super) fn clear_geometry(&mut self) {
        self.used = 0;
        self.kind = None;
        self.problem = None;
    }

    /// A cleared geometry to fill; its index.
    pub(super) fn begin(&mut self) -> usize {
        if self.used == self.geometries.len() {
            self.geometries.push(Raw::default());
        } else {
            self.geometries[self.used].clear();
        }
        self.used += 1;
        self.used - 1
    }

    pub(super) fn repair(&mut self, repair: Repair) {
        if !self.repairs.contains(&repair) {
            self.repairs.push(repair);
        }
    }

    pub(super) fn fault(&mut self, kind: &'static str, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| (kind, message.into()));
    }
}
