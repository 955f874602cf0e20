//! Area, perimeter, centroid, compactness and a point inside, for every feature of a layer.

use std::f64::consts::PI;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Layer;

/// What can be measured of one feature on the Earth's surface.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeodesicMeasures {
    /// Area in km².
    pub area_km2: f64,
    /// A point inside the largest polygon, in degrees; `None` without geometry.
    pub point: Option<Coord<f64>>,
}

/// What can be measured of one feature in a plane of metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PlanarMeasures {
    /// Area in km².
    pub area_km2: f64,
    /// Length of all rings, holes included, in km.
    pub perimeter_km: f64,
    /// Centre of mass in the layer's units; `None` without area.
    pub centroid: Option<Coord<f64>>,
    /// Polsby–Popper compactness 4πA / P², in (0, 1]: 1 for a disc (Polsby & Popper 1991);
    /// `NaN` without geometry.
    pub compactness: f64,
}

/// Semi-major axis of GRS 80 in metres.
const A: f64 = 6_378_137.0;
/// Squared eccentricity of GRS 80.
const E2: f64 = 0.006_694_380_022_903_416;

/// Area on the GRS 80 ellipsoid and a point inside, for every feature of a layer in longitude and
/// latitude (degrees). O(coordinates), parallel.
///
/// Areas are exact for edges that are straight in longitude and authalic latitude, which agrees with
/// geodesic edges to 1 in 10⁵ where edges are shorter than 50 km (Snyder 1987, eq. 3-12). The winding
/// of rings does not matter: outer rings add, holes subtract.
#[must_use]
pub fn geodesic(layer: &Layer) -> Vec<GeodesicMeasures> {
    crate::parallel::map(layer.len(), |i| {
        let (mut area_m2, mut largest, mut point) = (0.0, 0.0, None);
        for rings in layer.polygons(i) {
            let mut polygon = 0.0;
            for (r, ring) in rings.clone().enumerate() {
                let ring = authalic_ring_m2(ring).abs();
                polygon += if r == 0 { ring } else { -ring };
            }
            let polygon = polygon.max(0.0);
            area_m2 += polygon;
            if polygon > largest || point.is_none() {
                largest = polygon;
                point = point_inside(rings).or(point);
            }
        }
        GeodesicMeasures { area_km2: area_m2 / 1e6, point }
    })
}

/// Authalic q(φ) = (1 − e²) [sin φ / (1 − e² sin² φ) + artanh(e sin φ) / e] by its power series in
/// e² sin² φ, which at eight terms is exact to the last digit.
fn q(sin: f64) -> f64 {
    let x = E2 * sin * sin;
    // Σ (1 + 1/(2k + 1)) xᵏ = Σ (2k + 2)/(2k + 1) xᵏ
    let mut sum = 0.0;
    for k in (0..7).rev() {
        let k = f64::from(k);
        sum = sum * x + (2.0 * k + 2.0) / (2.0 * k + 1.0);
    }
    (1.0 - E2) * sin * sum
}

/// Signed area of a ring in degrees, in m²: ∮ q dλ · a²/2.
fn authalic_ring_m2(ring: &[Coord<f64>]) -> f64 {
    let mut sum = 0.0;
    let mut last = ring.first().map_or(0.0, |c| q(c.y.to_radians().sin()));
    for pair in ring.windows(2) {
        let next = q(pair[1].y.to_radians().sin());
        sum += (pair[1].x - pair[0].x) * (last + next);
        last = next;
    }
    -sum.to_radians() * A * A / 4.0
}

/// A point inside a polygon: the middle of the widest part of a horizontal line that avoids all
/// vertices. `None` for a polygon without area.
fn point_inside<'a>(rings: impl Iterator<Item = &'a [Coord<f64>]> + Clone) -> Option<Coord<f64>> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for c in rings.clone().flatten() {
        low = low.min(c.y);
        high = high.max(c.y);
    }
    let middle = f64::midpoint(low, high);
    let (mut below, mut above) = (low, high);
    for c in rings.clone().flatten() {
        if c.y <= middle { below = below.max(c.y) } else { above = above.min(c.y) }
    }
    let y = f64::midpoint(below, above);
    let mut crossings: Vec<f64> = Vec::new();
    for ring in rings {
        for pair in ring.windows(2) {
            if (pair[0].y > y) != (pair[1].y > y) {
                let t = (y - pair[0].y) / (pair[1].y - pair[0].y);
                crossings.push(pair[0].x + t * (pair[1].x - pair[0].x));
            }
        }
    }
    crossings.sort_unstable_by(f64::total_cmp);
    let widest = crossings.chunks_exact(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    (widest[1] > widest[0]).then(|| Coord { x: f64::midpoint(widest[0], widest[1]), y })
}

/// Area, perimeter, centroid and compactness for every feature of a layer in metres. O(coordinates),
/// parallel.
#[must_use]
pub fn planar(layer: &Layer) -> Vec<PlanarMeasures> {
    crate::parallel::map(layer.len(), |i| {
        let (mut area, mut perimeter, mut moment) = (0.0, 0.0, (0.0, 0.0));
        for rings in layer.polygons(i) {
            for (r, ring) in rings.enumerate() {
                let Some(&origin) = ring.first() else { continue };
                let (mut doubled, mut mx, mut my) = (0.0, 0.0, 0.0);
                for pair in ring.windows(2) {
                    // Relative to the ring's own start: no digits are lost to large coordinates.
                    let (a, b) = (pair[0] - origin, pair[1] - origin);
                    let cross = a.x * b.y - b.x * a.y;
                    doubled += cross;
                    mx += (a.x + b.x) * cross;
                    my += (a.y + b.y) * cross;
                    perimeter += (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
                }
                let sign = if (doubled >= 0.0) == (r == 0) { 0.5 } else { -0.5 };
                area += sign * doubled;
                moment.0 += sign * (mx / 3.0 + origin.x * doubled);
                moment.1 += sign * (my / 3.0 + origin.y * doubled);
            }
        }
        PlanarMeasures {
            area_km2: area / 1e6,
            perimeter_km: perimeter / 1e3,
            centroid: (area > 0.0).then(|| Coord { x: moment.0 / area, y: moment.1 / area }),
            compactness: if perimeter > 0.0 { 4.0 * PI * area / (perimeter * perimeter) } else { f64::NAN },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{GeodesicArea, InteriorPoint};
    use geo_types::{MultiPolygon, polygon};

    fn ring_with_hole() -> MultiPolygon<f64> {
        MultiPolygon(vec![polygon!(
            exterior: [(x: 2.0, y: 48.0), (x: 2.0, y: 48.3), (x: 2.4, y: 48.3), (x: 2.4, y: 48.0), (x: 2.0, y: 48.0)],
            interiors: [[(x: 2.1, y: 48.1), (x: 2.3, y: 48.1), (x: 2.3, y: 48.2), (x: 2.1, y: 48.2), (x: 2.1, y: 48.1)]],
        )])
    }

    #[test]
    fn areas_agree_with_karney_whatever_the_winding() {
        for lat in [-20.0, 0.5, 45.0, 60.0] {
            let shape = MultiPolygon(vec![polygon![
                (x: 1.0, y: lat), (x: 1.2, y: lat), (x: 1.25, y: lat + 0.2), (x: 1.0, y: lat + 0.1)
            ]]);
            let want = shape.geodesic_area_signed().abs() / 1e6;
            let mut reversed = shape.clone();
            reversed.0[0].exterior_mut(|r| r.0.reverse());
            for s in [&shape, &reversed] {
                let got = geodesic(&Layer::from_features([s]))[0].area_km2;
                assert!((got / want - 1.0).abs() < 1e-5, "{lat}: {got} {want}");
            }
        }
        let got = geodesic(&Layer::from_features([&ring_with_hole()]))[0].area_km2;
        // The outer ring is clockwise: geo's signed area of the whole is negative.
        let want = ring_with_hole().geodesic_area_signed().abs() / 1e6;
        assert!((got / want - 1.0).abs() < 1e-4, "{got} {want}");
    }

    #[test]
    fn the_point_is_inside_and_not_in_the_hole() {
        use geo::Contains;
        let shape = ring_with_hole();
        let point = geodesic(&Layer::from_features([&shape]))[0].point.unwrap();
        assert!(shape.contains(&geo_types::Point(point)), "{point:?}");
        assert!(shape.interior_point().is_some());
    }

    #[test]
    fn planar_measures_of_a_square_ring() {
        let shape = MultiPolygon(vec![polygon!(
            exterior: [(x: 0., y: 0.), (x: 3e3, y: 0.), (x: 3e3, y: 3e3), (x: 0., y: 3e3), (x: 0., y: 0.)],
            interiors: [[(x: 1e3, y: 1e3), (x: 2e3, y: 1e3), (x: 2e3, y: 2e3), (x: 1e3, y: 2e3), (x: 1e3, y: 1e3)]],
        )]);
        let m = planar(&Layer::from_features([&shape]))[0];
        assert!((m.area_km2 - 8.0).abs() < 1e-12 && (m.perimeter_km - 16.0).abs() < 1e-12);
        let c = m.centroid.unwrap();
        assert!((c.x - 1.5e3).abs() < 1e-9 && (c.y - 1.5e3).abs() < 1e-9);
        assert!((m.compactness - 4.0 * PI * 8.0 / 256.0).abs() < 1e-12);
        let none = planar(&Layer::from_features([&MultiPolygon(vec![])]))[0];
        assert!(none.centroid.is_none() && none.compactness.is_nan() && none.area_km2 == 0.0);
    }
}
