//! Geometry and values as compact text: variable-length integers and little-endian floats in
//! base64. `page.js` holds the other half.

use geo_types::Coord;
use serde_json::{Value, json};

use crate::space::Layer;

/// Steps per degree of points: about 11 m each.
pub(super) const FINE: f64 = 1e4;

/// Steps per degree of contours with more vertices than a browser draws with ease: about 110 m.
/// Neighbours are rounded alike, so that a border they share stays one.
const COARSE: f64 = 1e3;

/// The most vertices that are kept at the fine step.
const MANY_VERTICES: usize = 600_000;

/// Steps per degree of the contours of a layer.
pub(super) fn steps_per_degree(layer: &Layer) -> f64 {
    if layer.coords().len() > MANY_VERTICES { COARSE } else { FINE }
}

/// All contours of a layer: per feature the number of polygons, per polygon the number of rings,
/// per ring the number of vertices (the closing one left out) and the steps from the vertex before,
/// running on over the whole layer.
pub(super) fn shapes(layer: &Layer) -> String {
    let per_degree = steps_per_degree(layer);
    let mut bytes = Vec::with_capacity(layer.coords().len() * 4);
    let mut pen = Pen::default();
    let mut vertices: Vec<(i64, i64)> = Vec::new();
    for i in 0..layer.len() {
        // Rings that fall together at this precision would only be specks; they are left out, and
        // so is a polygon whose outer ring does.
        let mut polygons: Vec<Vec<Vec<(i64, i64)>>> = Vec::new();
        for rings in layer.polygons(i) {
            let mut kept = Vec::new();
            for (r, ring) in rings.enumerate() {
                simplify(ring.iter().map(|&c| steps(c, per_degree)), &mut vertices);
                if encloses_something(&vertices) {
                    kept.push(vertices.clone());
                } else if r == 0 {
                    break;
                }
            }
            if !kept.is_empty() {
                polygons.push(kept);
            }
        }
        push_varint(&mut bytes, polygons.len() as u64);
        for polygon in polygons {
            push_varint(&mut bytes, polygon.len() as u64);
            for ring in polygon {
                push_varint(&mut bytes, ring.len() as u64);
                for vertex in ring {
                    pen.go(&mut bytes, vertex);
                }
            }
        }
    }
    base64(&bytes)
}

/// Points one after the other, each as the steps from the one before.
pub(super) fn points(points: impl Iterator<Item = Coord<f64>>) -> String {
    let mut bytes = Vec::new();
    let mut pen = Pen::default();
    for point in points {
        pen.go(&mut bytes, steps(point, FINE));
    }
    base64(&bytes)
}

/// The values of a measure: single precision unless there are whole numbers it cannot hold.
pub(super) fn values(values: &[f64]) -> Value {
    let wide = values.iter().any(|&v| v.is_finite() && v.fract() == 0.0 && f64::from(v as f32) != v)
        || values.iter().any(|&v| v.is_finite() && (v as f32).is_infinite());
    let bytes: Vec<u8> = if wide {
        values.iter().flat_map(|v| v.to_le_bytes()).collect()
    } else {
        values.iter().flat_map(|&v| (v as f32).to_le_bytes()).collect()
    };
    json!([if wide { 8 } else { 4 }, base64(&bytes)])
}

/// The vertices without repeated ones, those on the straight way to the next one and the closing one.
/// None of this changes the area covered.
fn simplify(ring: impl Iterator<Item = (i64, i64)>, vertices: &mut Vec<(i64, i64)>) {
    vertices.clear();
    for c in ring {
        if vertices.last() == Some(&c) {
            continue;
        }
        if let [.., a, b] = vertices[..] {
            let ((ux, uy), (vx, vy)) = ((b.0 - a.0, b.1 - a.1), (c.0 - b.0, c.1 - b.1));
            if ux * vy == uy * vx && ux * vx + uy * vy > 0 {
                vertices.pop();
            }
        }
        vertices.push(c);
    }
    if vertices.len() > 1 && vertices.first() == vertices.last() {
        vertices.pop();
    }
}

/// Whether a ring (closing vertex left out) has an area.
fn encloses_something(ring: &[(i64, i64)]) -> bool {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<i64>() != 0
}

fn steps(c: Coord<f64>, per_degree: f64) -> (i64, i64) {
    ((c.x * per_degree).round() as i64, (c.y * per_degree).round() as i64)
}

/// The vertex written last.
#[derive(Default)]
struct Pen(i64, i64);

impl Pen {
    fn go(&mut self, bytes: &mut Vec<u8>, (x, y): (i64, i64)) {
        for (to, from) in [(x, self.0), (y, self.1)] {
            let step = to - from;
            // Zigzag: small steps either way become small numbers.
            push_varint(bytes, ((step << 1) ^ (step >> 63)) as u64);
        }
        *self = Self(x, y);
    }
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push((value as u8 & 0x7f) | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, &b| (word << 8) | u32::from(b)) << (8 * (3 - chunk.len()));
        for k in 0..4 {
            text.push(if k <= chunk.len() {
                DIGITS[(word >> (18 - 6 * k)) as usize & 63] as char
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{MultiPolygon, polygon};

    #[test]
    fn base64_as_everybody_writes_it() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfd]), "//79");
    }

    #[test]
    fn varints_and_zigzag() {
        let mut bytes = Vec::new();
        for value in [0, 127, 128, 300, u64::MAX] {
            push_varint(&mut bytes, value);
        }
        assert_eq!(bytes[..6], [0, 127, 0x80, 1, 0xac, 2]);
        assert_eq!(bytes.len(), 16);
        let mut bytes = Vec::new();
        let mut pen = Pen::default();
        pen.go(&mut bytes, (-1, 1));
        pen.go(&mut bytes, (0, -63));
        assert_eq!(bytes, [1, 2, 2, 127]);
    }

    #[test]
    fn specks_are_left_out_and_features_kept() {
        let speck =
            MultiPolygon(vec![polygon![(x: 1., y: 1.), (x: 1.000_001, y: 1.), (x: 1., y: 1.000_001)]]);
        let square = MultiPolygon(vec![polygon![
            (x: 0., y: 0.), (x: 0.001, y: 0.), (x: 0.001, y: 0.000_000_1), (x: 0.001, y: 0.001), (x: 0., y: 0.001)
        ]]);
        let layer = Layer::from_features([&speck, &square, &MultiPolygon(vec![])]);
        // 0 polygons; 1 polygon, 1 ring, 4 vertices from (0, 0) in steps of 10 (zigzag 20, 19); 0.
        let expected = [0, 1, 1, 4, 0, 0, 20, 0, 0, 20, 19, 0, 0];
        assert_eq!(shapes(&layer), base64(&expected));
    }

    #[test]
    fn straight_ways_keep_their_ends_only() {
        let ring = [(0, 0), (1, 1), (1, 1), (3, 3), (2, 2), (2, 5), (0, 5), (0, 0)];
        let mut vertices = vec![(9, 9)];
        simplify(ring.into_iter(), &mut vertices);
        // The way back from (3, 3) is no straight way on.
        assert_eq!(vertices, [(0, 0), (3, 3), (2, 2), (2, 5), (0, 5)]);
    }

    #[test]
    fn long_layers_get_coarser_steps() {
        let ring: Vec<Coord<f64>> =
            (0..700_000).map(|k| f64::from(k) * 1e-5).map(|a| Coord { x: a.cos(), y: a.sin() }).collect();
        let circle = MultiPolygon(vec![geo_types::Polygon::new(ring.into(), vec![])]);
        let long = Layer::from_features([&circle]);
        assert_eq!((steps_per_degree(&Layer::new()), steps_per_degree(&long)), (FINE, COARSE));
        assert!(shapes(&long).len() < 30_000);
    }

    #[test]
    fn values_are_single_unless_whole_and_large() {
        assert_eq!(values(&[1.0, 0.1, f64::NAN])[0], 4);
        assert_eq!(values(&[16_777_217.0])[0], 8);
        assert_eq!(values(&[1e300])[0], 8);
        assert_eq!(values(&[])[1], "");
    }
}
