//! Features with properties as GeoJSON (RFC 7946).

use std::io::{self, Write};
use std::path::Path;

use geo_types::Coord;

use crate::error::{Error, Result};
use crate::model::Contours;
use crate::space::Layer;
use crate::write::table::Cell;
use crate::write::{Table, push_float, stream_error, to_file};

/// The geometries of a feature collection. Coordinates are longitude and latitude in degrees
/// (WGS 84), as RFC 7946 asks; nothing is projected here.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Shapes<'a> {
    /// Polygons and multipolygons; a feature without polygons gets `null`. Contours that are
    /// approximate are said to be in the collection's `description`, which GIS software shows.
    Polygons(&'a Layer, Contours),
    /// Points.
    Points(&'a [Coord<f64>]),
    /// Points, where there are any; a feature without one gets `null`.
    Places(&'a [Option<Coord<f64>>]),
    /// Straight ties between two points.
    Lines(&'a [[Coord<f64>; 2]]),
}

impl Shapes<'_> {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::Polygons(layer, _) => layer.len(),
            Self::Points(points) => points.len(),
            Self::Places(places) => places.len(),
            Self::Lines(lines) => lines.len(),
        }
    }
}

/// Decimals of coordinates that keep positions to about 0.1 m.
pub const DEFAULT_DECIMALS: u8 = 6;

/// Writes a feature collection, one feature per line: `shapes[i]` with row `i` of `properties`.
///
/// Coordinates are rounded to `decimals` (at most 12; 6 is about 0.1 m) without trailing zeros.
/// Positions that become equal to the one before are left out; a ring too small to survive that is
/// written at full precision. Outer rings run counter-clockwise and holes clockwise, whatever the
/// input did. Missing values and infinities are `null`.
///
/// # Errors
/// [`Error::Shape`] when the table has another number of rows than there are shapes,
/// [`Error::Value`] for a coordinate that is not finite, [`Error::Parameter`] for more than 12
/// decimals, [`Error::Io`] when `out` fails.
///
/// ```
/// use geo_types::Coord;
/// use rurban::write::{geojson::{write_geojson, Shapes}, Table};
/// let mut out = Vec::new();
/// let table = Table::new().with("nom", vec!["Paris"])?;
/// write_geojson(&mut out, Shapes::Points(&[Coord { x: 2.3522, y: 48.8566 }]), &table, 3)?;
/// assert!(String::from_utf8_lossy(&out).contains(r#""coordinates":[2.352,48.857]"#));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn write_geojson(
    out: impl Write,
    shapes: Shapes<'_>,
    properties: &Table<'_>,
    decimals: u8,
) -> Result<()> {
    properties.check_rows("properties", shapes.len())?;
    if decimals > 12 {
        return Err(Error::Parameter {
            name: "decimals",
            value: decimals.to_string(),
            must: "must be at most 12 (6 is about 0.1 m)",
        });
    }
    check_finite(shapes)?;
    let mut writer = Writer { out, text: String::new(), scale: 10_f64.powi(i32::from(decimals)) };
    writer.collection(shapes, properties).map_err(stream_error)
}

/// Writes a feature collection to a file, replacing it; see [`write_geojson`].
///
/// # Errors
/// As [`write_geojson`]; [`Error::Io`] names the path.
pub fn write_geojson_file(
    path: impl AsRef<Path>,
    shapes: Shapes<'_>,
    properties: &Table<'_>,
    decimals: u8,
) -> Result<()> {
    to_file(path.as_ref(), |out| write_geojson(out, shapes, properties, decimals))
}

pub(super) fn check_finite(shapes: Shapes<'_>) -> Result<()> {
    let bad = |c: &Coord<f64>| !(c.x.is_finite() && c.y.is_finite());
    let found = match shapes {
        Shapes::Polygons(layer, _) => {
            let mut rings = (0..layer.len()).flat_map(|i| layer.rings(i).map(move |r| (i, r)));
            rings.find_map(|(i, ring)| ring.iter().find(|c| bad(c)).map(|&c| (i, c)))
        }
        Shapes::Points(points) => points.iter().position(bad).map(|i| (i, points[i])),
        Shapes::Places(places) => {
            let mut places = places.iter().enumerate().filter_map(|(i, c)| Some((i, (*c)?)));
            places.find(|(_, c)| bad(c))
        }
        Shapes::Lines(lines) => {
            let mut ends = lines.iter().enumerate().flat_map(|(i, l)| l.iter().map(move |&c| (i, c)));
            ends.find(|(_, c)| bad(c))
        }
    };
    match found {
        Some((index, c)) => Err(Error::Value {
            what: "shapes",
            index,
            value: format!("({}, {})", c.x, c.y),
            must: "must have finite coordinates",
        }),
        None => Ok(()),
    }
}

/// Collects a line of text at a time.
struct Writer<W> {
    out: W,
    text: String,
    scale: f64,
}

impl<W: Write> Writer<W> {
    fn collection(&mut self, shapes: Shapes<'_>, properties: &Table<'_>) -> io::Result<()> {
        let keys: Vec<String> = properties
            .columns()
            .iter()
            .map(|(name, _)| serde_json::to_string(name))
            .collect::<Result<_, _>>()
            .map_err(io::Error::other)?;
        self.out.write_all(b"{\"type\":\"FeatureCollection\",")?;
        if matches!(shapes, Shapes::Polygons(_, Contours::Approximate)) {
            write!(self.out, "\"description\":\"{}\",", Contours::APPROXIMATE)?;
        }
        self.out.write_all(b"\"features\":[")?;
        for i in 0..shapes.len() {
            self.text.push_str(if i == 0 { "\n" } else { ",\n" });
            self.text.push_str("{\"type\":\"Feature\",\"geometry\":");
            match shapes {
                Shapes::Polygons(layer, _) => self.polygons(layer, i),
                Shapes::Points(points) => self.point(Some(points[i])),
                Shapes::Places(places) => self.point(places[i]),
                Shapes::Lines(lines) => {
                    self.text.push_str("{\"type\":\"LineString\",\"coordinates\":[");
                    self.position(lines[i][0], self.scale);
                    self.text.push(',');
                    self.position(lines[i][1], self.scale);
                    self.text.push_str("]}");
                }
            }
            self.text.push_str(",\"properties\":{");
            for (k, ((_, column), key)) in properties.columns().iter().zip(&keys).enumerate() {
                if k > 0 {
                    self.text.push(',');
                }
                self.text.push_str(key);
                self.text.push(':');
                self.value(column.cell(i))?;
            }
            self.text.push_str("}}");
            self.out.write_all(self.text.as_bytes())?;
            self.text.clear();
        }
        self.out.write_all(b"\n]}\n")
    }

    fn value(&mut self, cell: Cell<'_>) -> io::Result<()> {
        match cell {
            Cell::Text(t) => self.text.push_str(&serde_json::to_string(t)?),
            Cell::Integer(i) => self.text.push_str(&i.to_string()),
            Cell::Number(x) if x.is_finite() => push_float(&mut self.text, x),
            Cell::Missing | Cell::Number(_) => self.text.push_str("null"),
            Cell::Boolean(b) => self.text.push_str(if b { "true" } else { "false" }),
        }
        Ok(())
    }

    fn point(&mut self, place: Option<Coord<f64>>) {
        let Some(c) = place else { return self.text.push_str("null") };
        self.text.push_str("{\"type\":\"Point\",\"coordinates\":");
        self.position(c, self.scale);
        self.text.push('}');
    }

    fn polygons(&mut self, layer: &Layer, i: usize) {
        let count = layer.polygons(i).count();
        if count == 0 {
            self.text.push_str("null");
            return;
        }
        self.text.push_str(if count == 1 {
            "{\"type\":\"Polygon\",\"coordinates\":"
        } else {
            "{\"type\":\"MultiPolygon\",\"coordinates\":["
        });
        for (p, rings) in layer.polygons(i).enumerate() {
            self.text.push_str(if p == 0 { "[" } else { ",[" });
            for (r, ring) in rings.enumerate() {
                if r > 0 {
                    self.text.push(',');
                }
                self.ring(ring, r == 0);
            }
            self.text.push(']');
        }
        self.text.push_str(if count == 1 { "}" } else { "]}" });
    }

    fn ring(&mut self, ring: &[Coord<f64>], outer: bool) {
        let rounded = |c: Coord<f64>| ((c.x * self.scale).round(), (c.y * self.scale).round());
        let moves = ring.windows(2).filter(|w| rounded(w[0]) != rounded(w[1])).count();
        // A closed ring needs three moves to enclose anything.
        let scale = if moves >= 3 { self.scale } else { f64::INFINITY };
        let forwards = (signed_area(ring) >= 0.0) == outer;
        self.text.push('[');
        let mut last: Option<(f64, f64)> = None;
        for k in 0..ring.len() {
            let c = ring[if forwards { k } else { ring.len() - 1 - k }];
            let key =
                if scale.is_finite() { ((c.x * scale).round(), (c.y * scale).round()) } else { c.x_y() };
            if last == Some(key) {
                continue;
            }
            if last.is_some() {
                self.text.push(',');
            }
            last = Some(key);
            self.position(c, scale);
        }
        self.text.push(']');
    }

    fn position(&mut self, c: Coord<f64>, scale: f64) {
        for (value, end) in [(c.x, ','), (c.y, ']')] {
            if end == ',' {
                self.text.push('[');
            }
            let scaled = value * scale;
            // Past the largest number there are no decimals to round.
            let rounded = if scaled.is_finite() { scaled.round() / scale } else { value };
            // Adding 0 turns -0 into 0.
            push_float(&mut self.text, rounded + 0.0);
            self.text.push(end);
        }
    }
}

/// Twice the signed area, positive when counter-clockwise; taken about the first vertex so that
/// small rings far from the origin keep their sign.
pub(super) fn signed_area(ring: &[Coord<f64>]) -> f64 {
    let Some(&o) = ring.first() else { return 0.0 };
    ring.windows(2).map(|w| (w[0].x - o.x) * (w[1].y - o.y) - (w[1].x - o.x) * (w[0].y - o.y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{MultiPolygon, polygon};

    fn text(shapes: Shapes<'_>, table: &Table<'_>, decimals: u8) -> String {
        let mut out = Vec::new();
        write_geojson(&mut out, shapes, table, decimals).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn huge_coordinates_stay_numbers() {
        let points = [Coord { x: 1e300, y: -f64::MAX }];
        let json: serde_json::Value =
            serde_json::from_str(&text(Shapes::Points(&points), &Table::new(), 12)).unwrap();
        assert_eq!(json["features"][0]["geometry"]["coordinates"][0], 1e300);
    }

    fn layer() -> Layer {
        // The outer ring clockwise, the hole counter-clockwise: both against RFC 7946.
        let holed = MultiPolygon(vec![polygon!(
            exterior: [(x: 0., y: 0.), (x: 0., y: 4.), (x: 4., y: 4.), (x: 4., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.)]],
        )]);
        let two = MultiPolygon(vec![
            polygon![(x: 9., y: 9.), (x: 10., y: 9.), (x: 9., y: 10.)],
            polygon![(x: 19.000_000_1, y: 9.), (x: 19.000_000_4, y: 9.), (x: 19.000_000_2, y: 9.000_000_3)],
        ]);
        Layer::from_features([&holed, &MultiPolygon(vec![]), &two])
    }

    #[test]
    fn the_library_reads_it_back_with_the_right_winding() {
        let layer = layer();
        let table = Table::new()
            .with("nom \"x\"", vec!["</script>", "tab\t", "é\u{2028}"])
            .unwrap()
            .with("v", vec![0.1, f64::NAN, f64::INFINITY])
            .unwrap()
            .with("n", vec![Some(1_i64), None, Some(3)])
            .unwrap();
        let written = text(Shapes::Polygons(&layer, Contours::Surveyed), &table, 6);
        assert_eq!(written, text(Shapes::Polygons(&layer, Contours::Surveyed), &table, 6));
        let read: geojson::FeatureCollection = written.parse().unwrap();
        assert_eq!(read.features.len(), 3);
        assert!(read.features[1].geometry.is_none());
        let properties = read.features[2].properties.as_ref().unwrap();
        assert!(properties["v"].is_null() && properties["n"] == 3 && properties["nom \"x\""] == "é\u{2028}");
        let json: serde_json::Value = serde_json::from_str(&written).unwrap();
        let rings = json["features"][0]["geometry"]["coordinates"].as_array().unwrap();
        let area = |ring: &serde_json::Value| {
            let coords: Vec<Coord<f64>> = ring
                .as_array()
                .unwrap()
                .iter()
                .map(|p| Coord { x: p[0].as_f64().unwrap(), y: p[1].as_f64().unwrap() })
                .collect();
            signed_area(&coords)
        };
        assert_eq!((area(&rings[0]), area(&rings[1])), (32.0, -1.0));
    }

    #[test]
    fn approximate_contours_say_so() {
        let written = text(Shapes::Polygons(&layer(), Contours::Approximate), &Table::new(), 6);
        let read: geojson::FeatureCollection = written.parse().unwrap();
        assert_eq!(read.foreign_members.unwrap()["description"], Contours::APPROXIMATE);
    }

    #[test]
    fn a_ring_too_small_for_the_precision_keeps_its_own() {
        let written = text(Shapes::Polygons(&layer(), Contours::Surveyed), &Table::new(), 6);
        assert!(written.contains("19.0000001,9") && written.contains("9.0000003"), "{written}");
        assert!(!text(Shapes::Polygons(&layer(), Contours::Surveyed), &Table::new(), 7).contains("0000000"));
    }

    #[test]
    fn points_and_lines_and_rounding() {
        let (a, b) = (Coord { x: -0.000_1, y: 48.123_456 }, Coord { x: 2.0, y: -21.5 });
        let points = text(Shapes::Points(&[a, b]), &Table::new(), 2);
        assert!(points.contains("[0,48.12]") && points.contains("[2,-21.5]"), "{points}");
        let lines = text(Shapes::Lines(&[[a, b]]), &Table::new(), 3);
        assert!(
            lines.contains("{\"type\":\"LineString\",\"coordinates\":[[0,48.123],[2,-21.5]]}"),
            "{lines}"
        );
        assert_eq!(text(Shapes::Points(&[]), &Table::new(), 6).lines().count(), 2);
    }

    #[test]
    fn bad_input_is_named() {
        let points = [Coord { x: 0.0, y: 0.0 }, Coord { x: f64::NAN, y: 1.0 }];
        let mut out = Vec::new();
        let table = Table::new().with("a", vec![1.0]).unwrap();
        let err = write_geojson(&mut out, Shapes::Points(&points), &table, 6).unwrap_err();
        assert!(matches!(err, Error::Shape { expected: 2, got: 1, .. }));
        let err = write_geojson(&mut out, Shapes::Points(&points), &Table::new(), 6).unwrap_err();
        assert!(matches!(err, Error::Value { index: 1, .. }), "{err}");
        assert!(write_geojson(&mut out, Shapes::Points(&points[..1]), &Table::new(), 13).is_err());
        assert!(out.is_empty());
    }
}
