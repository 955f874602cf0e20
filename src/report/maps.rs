//! What the maps of a report have in common: their frame, and how they are finished.

use geo_types::Coord;

use super::Wording;
use super::output::capital;
use crate::atlas::AtlasLevel;
use crate::error::Result;
use crate::labels::Labels;
use crate::model::Contours;
use crate::space::{Bounds, Layer};
use crate::write::svg::{Choropleth, ClassColours, ClassMap, Colours, Coordinates, Svg};

/// Mainland France and Corsica, in degrees.
const MAINLAND: Bounds = Bounds { min: [-5.3, 41.2], max: [9.8, 51.3] };

fn meet(a: Bounds, b: Bounds) -> bool {
    (0..2).all(|k| a.min[k] <= b.max[k] && a.max[k] >= b.min[k])
}

/// Both bounds together, with a margin around them.
fn around(parts: impl Iterator<Item = Bounds>, margin: f64) -> Option<Bounds> {
    let mut all = Bounds::EMPTY;
    for [x, y] in parts.flat_map(|part| [part.min, part.max]) {
        all.include(Coord { x, y });
    }
    let margin = margin * (all.max[1] - all.min[1]);
    let grown = Bounds { min: all.min.map(|v| v - margin), max: all.max.map(|v| v + margin) };
    (!all.is_empty()).then_some(grown)
}

/// What a map of a layer shows: what lies on the mainland, where anything does; everything elsewhere.
pub(super) fn frame(layer: &Layer) -> Option<Bounds> {
    let parts = (0..layer.len()).map(|i| layer.bounds(i));
    around(parts.filter(|part| meet(*part, MAINLAND)), 0.01)
}

/// What a map of some features of a layer shows, and the features in sight.
pub(super) fn close_up(layer: &Layer, inside: impl Fn(usize) -> bool) -> Option<(Bounds, Vec<usize>)> {
    let bounds = around((0..layer.len()).filter(|&i| inside(i)).map(|i| layer.bounds(i)), 0.1)?;
    Some((bounds, (0..layer.len()).filter(|&i| meet(layer.bounds(i), bounds)).collect()))
}

/// The contours of a level, as maps name them.
pub(super) fn contours(level: &AtlasLevel) -> Contours {
    level.geometry_quality().map_or(Contours::Surveyed, Contours::from)
}

/// What a map of values shows beside them: ties, points, and a note before the sources.
#[derive(Default)]
pub(super) struct Over<'a> {
    pub(super) note: &'a str,
    pub(super) lines: &'a [[Coord<f64>; 2]],
    pub(super) points: &'a [Coord<f64>],
}

/// A finished map of values.
pub(super) fn value_map(
    [title, label]: [&str; 2],
    (layer, contours, bounds): (&Layer, Contours, Option<Bounds>),
    values: &[f64],
    over: &Over<'_>,
    wording: &Wording,
) -> Result<Svg> {
    let map = Choropleth {
        title: &capital(title),
        value_label: label,
        layer,
        contours,
        values,
        colours: Colours::Sequential,
        lines: over.lines,
        points: over.points,
        coordinates: Coordinates::Degrees,
        bounds,
    };
    Ok(map.render_in(wording.language.pictures())?.captioned(&format!(
        "{} {}",
        over.note,
        wording.source_line()
    )))
}

/// A finished map of classes, or none for a level without outlines.
pub(super) fn class_map(
    [title, legend]: [&str; 2],
    level: &AtlasLevel,
    (labels, classes): (&Labels, &[String]),
    colours: ClassColours,
    wording: &Wording,
) -> Result<Option<Svg>> {
    let Some(layer) = level.geometry() else { return Ok(None) };
    let map = ClassMap {
        title: &capital(title),
        legend,
        layer,
        contours: contours(level),
        classes,
        labels,
        colours,
        coordinates: Coordinates::Degrees,
        bounds: frame(layer),
    };
    Ok(Some(map.render_in(wording.language.pictures())?.captioned(&wording.source_line())))
}
