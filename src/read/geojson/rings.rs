//! Positions as they stand in a file, and the rings made of them.

use geo_types::Coord;

use super::table::GeometryKind;
use crate::diagnostics::{Diagnostics, Place};
use crate::space::Layer;

/// The geometry of one object of the file, before its `type` is known or trusted.
#[derive(Debug, Default)]
pub(in crate::read) struct Raw {
    pub(in crate::read) kind: Option<GeometryKind>,
    pub(in crate::read) coords: Vec<Coord<f64>>,
    /// Ends of the arrays of positions, in `coords`.
    pub(in crate::read) lines: Vec<u32>,
    /// Ends of the arrays of those, in `lines`.
    pub(in crate::read) groups: Vec<u32>,
    /// Brackets around a position, its own included; 0 before the first position.
    pub(super) depth: u32,
    /// Nesting of the arrays that ended empty before the first position.
    pub(super) leading: Vec<u8>,
    pub(in crate::read) third_dimension: bool,
}

impl Raw {
    pub(super) fn clear(&mut self) {
        self.kind = None;
        self.coords.clear();
        self.lines.clear();
        self.groups.clear();
        self.depth = 0;
        self.leading.clear();
        self.third_dimension = false;
    }

    /// An array ends inside `nesting - 1` others; `false` when arrays do not end there.
    pub(super) fn end(&mut self, nesting: u32) -> bool {
        if self.depth == 0 {
            self.leading.push(nesting as u8);
        } else if nesting + 1 == self.depth {
            self.lines.push(self.coords.len() as u32);
        } else if nesting + 2 == self.depth {
            self.groups.push(self.lines.len() as u32);
        }
        nesting < self.depth || self.depth == 0
    }

    /// The first position was met inside `nesting` arrays.
    pub(super) fn set_depth(&mut self, nesting: u32) -> bool {
        self.depth = nesting;
        let leading = std::mem::take(&mut self.leading);
        leading.into_iter().all(|n| self.end(u32::from(n)))
    }
}

/// What was amiss with the rings of one feature.
#[derive(Debug, Default)]
pub(super) struct RingFaults {
    unclosed: usize,
    short: usize,
    repeated: usize,
}

impl RingFaults {
    pub(super) fn report(&self, place: &Place, diagnostics: &mut Diagnostics) {
        for (n, kind, message) in [
            (self.unclosed, "unclosed_ring", "rings closed: their last position was not their first"),
            (self.short, "short_ring", "rings of fewer than four positions dropped, and the holes of such"),
            (self.repeated, "repeated_vertex", "repeated positions left out"),
        ] {
            if n > 0 {
                diagnostics.repaired(kind, place.clone(), format!("{n} {message}"));
            }
        }
    }
}

/// Adds the polygons of a geometry to the feature being built, rings closed and cleaned; their number.
pub(super) fn push_polygons(raw: &Raw, layer: &mut Layer, faults: &mut RingFaults) -> usize {
    let mut polygons = 0;
    let (mut line, mut start) = (0, 0);
    for &group_end in &raw.groups {
        let mut rings = 0;
        let mut outer_lost = false;
        let first = line;
        while line < group_end as usize {
            let end = raw.lines[line] as usize;
            let ring = &raw.coords[start..end];
            start = end;
            let is_outer = line == first;
            line += 1;
            if outer_lost || !push_ring(ring, layer, faults) {
                faults.short += 1;
                outer_lost |= is_outer;
            } else {
                rings += 1;
            }
        }
        if rings > 0 {
            layer.end_polygon();
            polygons += 1;
        }
    }
    polygons
}

/// Adds a ring; `false` when too little is left of it.
fn push_ring(ring: &[Coord<f64>], layer: &mut Layer, faults: &mut RingFaults) -> bool {
    let repeated = ring.windows(2).filter(|w| w[0] == w[1]).count();
    let closed = ring.first() == ring.last();
    let vertices = ring.len() - repeated + usize::from(!closed);
    if ring.is_empty() || vertices < 4 {
        return false;
    }
    faults.repeated += repeated;
    faults.unclosed += usize::from(!closed);
    if repeated == 0 {
        layer.push_all(ring);
    } else {
        let mut cleaned = ring.to_vec();
        cleaned.dedup();
        layer.push_all(&cleaned);
    }
    layer.end_ring();
    true
}

/// A geometry's kind and how deep its positions nest, from its `type`.
pub(super) fn geometry_kind(name: &str) -> Option<(GeometryKind, u32)> {
    Some(match name {
        "Point" => (GeometryKind::Point, 1),
        "MultiPoint" => (GeometryKind::MultiPoint, 2),
        "LineString" => (GeometryKind::Line, 2),
        "MultiLineString" => (GeometryKind::Line, 3),
        "Polygon" => (GeometryKind::Polygon, 3),
        "MultiPolygon" => (GeometryKind::MultiPolygon, 4),
        "GeometryCollection" => (GeometryKind::Collection, 0),
        _ => return None,
    })
}
