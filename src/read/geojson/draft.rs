//! The feature being read, before it is known whether it can be kept.

use super::rings::{Raw, RingFaults, push_polygons};
use super::table::{FeatureTable, GeometryKind, Stored};
use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;

/// What is known of the feature being read.
#[derive(Debug, Default)]
pub(in crate::read) struct Draft {
    pub(in crate::read) geometries: Vec<Raw>,
    pub(in crate::read) used: usize,
    pub(in crate::read) kind: Option<GeometryKind>,
    /// Why the feature cannot be kept.
    pub(in crate::read) problem: Option<(&'static str, String)>,
    pub(in crate::read) entries: Vec<(u32, Stored)>,
    pub(in crate::read) text: String,
    pub(in crate::read) id: Option<Stored>,
    pub(in crate::read) has_properties: bool,
    pub(in crate::read) repairs: Vec<Repair>,
}

/// What was put right in a feature's properties: kind of finding and message.
pub(in crate::read) type Repair = (&'static str, &'static str);

pub(in crate::read) const NOT_UTF8: Repair = ("not_utf8", "text that is not UTF-8 was read as Windows-1252");
pub(in crate::read) const NOT_A_NUMBER: Repair =
    ("not_a_number", "NaN or an infinity among the properties was read as null");
pub(in crate::read) const REPEATED: Repair =
    ("repeated_property", "a property is given twice; the last one counts");

impl Draft {
    pub(in crate::read) fn clear(&mut self) {
        self.used = 0;
        self.kind = None;
        self.problem = None;
        self.id = None;
        self.clear_properties();
        self.has_properties = false;
        self.repairs.clear();
    }

    pub(in crate::read) fn clear_properties(&mut self) {
        // The id's text, when there is one, lies in the same place and stays.
        if self.id.is_none() {
            self.text.clear();
        }
        self.entries.clear();
    }

    pub(in crate::read) fn clear_geometry(&mut self) {
        self.used = 0;
        self.kind = None;
        self.problem = None;
    }

    /// A cleared geometry to fill; its index.
    pub(in crate::read) fn begin(&mut self) -> usize {
        if self.used == self.geometries.len() {
            self.geometries.push(Raw::default());
        } else {
            self.geometries[self.used].clear();
        }
        self.used += 1;
        self.used - 1
    }

    pub(in crate::read) fn repair(&mut self, repair: Repair) {
        if !self.repairs.contains(&repair) {
            self.repairs.push(repair);
        }
    }

    pub(in crate::read) fn fault(&mut self, kind: &'static str, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| (kind, message.into()));
    }

    /// Adds the feature to the table, or drops it.
    pub(in crate::read) fn commit(
        &mut self,
        table: &mut FeatureTable,
        line: Option<u64>,
        record: usize,
        found: &mut Diagnostics,
    ) -> Result<()> {
        let place = Place { line, ..Place::file(table.file.as_str()).record(record) };
        let mut coords = self.geometries[..self.used].iter().flat_map(|g| &g.coords);
        if !coords.all(|c| c.x.is_finite() && c.y.is_finite()) {
            self.fault("non_finite", "a coordinate is not a finite number");
        }
        if let Some((kind, message)) = self.problem.take() {
            return found.drop_record(kind, place, message);
        }
        let points_before = table.points.len();
        let polygons = self.commit_geometry(table, &place, found);
        table.layer.end_feature();
        table.point_ends.push(table.points.len() as u32);
        let kind = self.kind.unwrap_or(GeometryKind::None);
        let empty = polygons == 0 && table.points.len() == points_before;
        table.kinds.push(if empty && kind != GeometryKind::Line { GeometryKind::None } else { kind });
        table.records.push(record as u32);
        table.lines.push(line.map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX)));
        let shift = table.keep_text(&self.text);
        table.ids.push(self.id.map(|id| id.shifted(shift)));
        table.entries.extend(self.entries.iter().map(|&(name, value)| (name, value.shifted(shift))));
        table.entry_ends.push(table.entries.len());
        self.text.clear();

        if empty {
            found.remark(
                "no_geometry",
                place.clone(),
                "the feature has no polygon and no point; kept without geometry",
            );
        }
        if !self.has_properties {
            found.remark("no_properties", place.clone(), "the feature has no object \"properties\"");
        }
        for &(kind, message) in &self.repairs {
            found.repaired(kind, place.clone(), message);
        }
        Ok(())
    }

    /// Moves the geometry to the table; the number of polygons.
    fn commit_geometry(&self, table: &mut FeatureTable, place: &Place, found: &mut Diagnostics) -> usize {
        let mut polygons = 0;
        let (mut third, mut lines) = (false, false);
        let mut faults = RingFaults::default();
        for raw in &self.geometries[..self.used] {
            third |= raw.third_dimension;
            match raw.kind {
                Some(GeometryKind::Point | GeometryKind::MultiPoint) => {
                    table.points.extend_from_slice(&raw.coords);
                }
                Some(GeometryKind::Line) => lines |= !raw.coords.is_empty(),
                Some(GeometryKind::Polygon | GeometryKind::MultiPolygon) => {
                    polygons += push_polygons(raw, &mut table.layer, &mut faults);
                }
                _ => {}
            }
        }
        if third {
            found.remark(
                "third_dimension",
                place.clone(),
                "heights and further numbers of positions left out",
            );
        }
        if lines {
            found.repaired("line", place.clone(), "lines left out; only points and polygons are kept");
        }
        faults.report(place, found);
        polygons
    }
}
