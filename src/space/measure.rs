//! Size and shape of features: area, perimeter, centroid, interior point, compactness.

use geo_types::Coord;

use super::distance::geodesic_unchecked;
use super::layer::{Layer, Rings};
use crate::parallel;

/// What the coordinates of a layer are, and so how lengths and areas are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Surface {
    /// Easting and northing on a plane; results are in the layer's unit (m², m for metres).
    Plane,
    /// Longitude and latitude in degrees on the WGS 84 (= GRS 80) ellipsoid; results in m², m.
    Ellipsoid,
}

/// Equatorial radius of WGS 84, metres.
const A: f64 = 6_378_137.0;
/// Radians that an edge turns round the axis from which on its area is worked out on the sphere.
const LONG_TURN: f64 = 0.02;
/// Sine of the latitude from which on it is: 75°.
const NEAR_POLE: f64 = 0.966;
/// First eccentricity squared of WGS 84.
const E2: f64 = 0.006_694_379_990_141_317;

/// Area of the ellipsoid between the equator and a latitude of sine `s`, per radian of longitude.
///
/// The series of a²(1−e²)∫ds/(1−e²s²)²; what is left out is below 10⁻¹² of the area.
#[inline]
fn zone(s: f64) -> f64 {
    let t = E2 * s * s;
    let series =
        1.0 + t * (2.0 / 3.0 + t * (3.0 / 5.0 + t * (4.0 / 7.0 + t * (5.0 / 9.0 + t * (6.0 / 11.0)))));
    A * A * (1.0 - E2) * s * series
}

/// How far an edge turns round the axis, in degrees: the short way, but all round where it goes from one
/// side of the map to the other.
fn turn_of(from: f64, to: f64) -> f64 {
    let turn = to - from;
    if turn.abs() > 180.0 && turn.abs() < 360.0 { turn - 360.0 * turn.signum() } else { turn }
}

/// Area between the equator and the great circle from one point to another on the sphere with the
/// ellipsoid's area, at the latitudes with the same zones: exact near poles and for long edges, where the
/// series of [`ring_area`] is not.
fn under_long_edge(from: f64, to: f64, turn: f64) -> f64 {
    let whole = zone(1.0);
    if turn == 0.0 {
        return 0.0;
    }
    if turn.abs() >= std::f64::consts::PI {
        // Half-way round or more: along the parallel.
        return turn * 0.5 * (from + to);
    }
    let half = |z: f64| {
        let sin = (z / whole).clamp(-1.0, 1.0);
        sin / (1.0 + ((1.0 - sin) * (1.0 + sin)).sqrt())
    };
    let (p, q) = (half(from), half(to));
    2.0 * whole * ((0.5 * turn).tan() * (p + q) / (1.0 + p * q)).atan()
}

/// How large the area inside a closed ring is, signed by its winding.
///
/// # Formula
/// On [`Surface::Plane`] `½ Σ (x_k y_{k+1} − x_{k+1} y_k)` over the edges, in squared coordinate units; on
/// [`Surface::Ellipsoid`] in m², as in [`areas`]. An edge then goes the short way round, over the
/// antimeridian where that is shorter, and a ring round a pole holds the pole that is nearer.
///
/// # Direction
/// Positive when counter-clockwise, negative when clockwise.
///
/// # Undefined
/// 0 without coordinates; NaN when a coordinate is NaN.
///
/// # Complexity
/// O(coordinates).
#[must_use]
pub fn ring_area(ring: &[Coord<f64>], surface: Surface) -> f64 {
    let Some(&first) = ring.first() else { return 0.0 };
    match surface {
        // Relative to the first vertex: national coordinates are large against a parcel.
        Surface::Plane => {
            ring.windows(2)
                .map(|e| (e[0].x - first.x) * (e[1].y - first.y) - (e[1].x - first.x) * (e[0].y - first.y))
                .sum::<f64>()
                * 0.5
        }
        Surface::Ellipsoid => {
            let mut sine = first.y.to_radians().sin();
            let mut before = zone(sine);
            let (mut sum, mut turned, mut middle_zone) = (0.0, 0.0, 0.0);
            for e in ring.windows(2) {
                let next = e[1].y.to_radians().sin();
                let here = zone(next);
                let turn = turn_of(e[0].x, e[1].x).to_radians();
                turned += turn;
                middle_zone += here;
                if turn.abs() > LONG_TURN || next.abs() > NEAR_POLE || sine.abs() > NEAR_POLE {
                    sum -= 2.0 * under_long_edge(before, here, turn);
                    (before, sine) = (here, next);
                    continue;
                }
                // What the great circle bulges over the straight line in (longitude, sine of
                // latitude), to third order in the length of the edge.
                let (middle, rise) = (0.5 * (sine + next), next - sine);
                let cos2 = (1.0 - middle * middle).max(1e-6);
                let bulge = A * A / 6.0 * middle * (cos2 * turn * turn + 3.0 * rise * rise / cos2);
                sum -= turn * (before + here + bulge);
                (before, sine) = (here, next);
            }
            // All round: what is on the poleward side.
            let round = (turned / std::f64::consts::TAU).round();
            sum * 0.5 + round * std::f64::consts::TAU * zone(1.0).copysign(middle_zone)
        }
    }
}

/// How long a closed ring is.
///
/// # Formula
/// The sum of the lengths of its edges, in coordinate units on [`Surface::Plane`]; on [`Surface::Ellipsoid`]
/// in metres, as in [`perimeters`].
///
/// # Range
/// [0, ∞).
///
/// # Undefined
/// 0 without coordinates; NaN when a coordinate is NaN.
///
/// # Complexity
/// O(coordinates).
#[must_use]
pub fn ring_length(ring: &[Coord<f64>], surface: Surface) -> f64 {
    ring.windows(2)
        .map(|e| match surface {
            Surface::Plane => (e[1].x - e[0].x).hypot(e[1].y - e[0].y),
            // Radii of curvature at the middle of the edge: exact to 10⁻⁶ for edges below 50 km.
            Surface::Ellipsoid => {
                let turn = turn_of(e[0].x, e[1].x);
                let long = turn.abs() > 0.5 || (e[1].y - e[0].y).abs() > 0.5;
                if turn.abs() < 180.0 && (long || e[0].y.abs().max(e[1].y.abs()) > 80.0) {
                    return geodesic_unchecked(e[0], e[1]);
                }
                let (sin, cos) = (0.5 * (e[0].y + e[1].y)).to_radians().sin_cos();
                let w2 = 1.0 - E2 * sin * sin;
                let normal = A / w2.sqrt();
                let meridian = normal * (1.0 - E2) / w2;
                (normal * cos * turn.to_radians()).hypot(meridian * (e[1].y - e[0].y).to_radians())
            }
        })
        .sum()
}

/// Shell minus holes; the winding of the rings does not matter.
fn polygon_area(rings: Rings<'_>, surface: Surface) -> f64 {
    rings
        .enumerate()
        .map(|(k, r)| {
            let area = ring_area(r, surface).abs();
            if k == 0 { area } else { -area }
        })
        .sum()
}

/// How large the area of every feature is: shells minus holes, whatever way the rings wind.
///
/// # Formula
/// The sum of [`ring_area`] without sign, holes subtracted, in squared coordinate units on
/// [`Surface::Plane`], m² on [`Surface::Ellipsoid`]. There edges are geodesics to third order in their
/// length, over the exact zones of the ellipsoid: within 10⁻⁵ of Karney's area for edges below 100 km, within
/// 10⁻³ for longer ones. Edges go the short way round, over the antimeridian too; an edge from −180 to 180
/// goes all round along its parallel; a ring round a pole holds the nearer pole.
///
/// # Range
/// [0, ∞) for valid features.
///
/// # Undefined
/// A feature without geometry has area 0; one with a coordinate that is not finite, NaN.
///
/// # Complexity
/// O(coordinates).
///
/// # Example
/// ```
/// use geo_types::polygon;
/// use rurban::space::{Layer, measure::{areas, Surface}};
/// let square = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)].into();
/// assert_eq!(areas(&Layer::from_features([&square]), Surface::Plane), [4.0]);
/// // One degree at the equator: 12,308.8 km² (Karney's geodesic area: 12,308,778,361 m²).
/// let degree = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)].into();
/// let area = areas(&Layer::from_features([&degree]), Surface::Ellipsoid)[0];
/// assert!((area / 12_308_778_361.0 - 1.0).abs() < 1e-4);
/// ```
#[must_use]
pub fn areas(layer: &Layer, surface: Surface) -> Vec<f64> {
    parallel::map(layer.len(), |i| layer.polygons(i).map(|p| polygon_area(p, surface)).sum())
}

/// How long the boundary of every feature is, holes included.
///
/// # Formula
/// The sum of [`ring_length`], in coordinate units on [`Surface::Plane`], metres on [`Surface::Ellipsoid`]:
/// there within 10⁻⁶, edges above half a degree and beyond 80° of latitude as exact geodesics.
///
/// # Range
/// [0, ∞).
///
/// # Undefined
/// A feature without geometry has length 0; one with a coordinate that is NaN, NaN.
///
/// # Complexity
/// O(coordinates).
#[must_use]
pub fn perimeters(layer: &Layer, surface: Surface) -> Vec<f64> {
    parallel::map(layer.len(), |i| layer.rings(i).map(|r| ring_length(r, surface)).sum())
}

/// How near every feature's shape is to a disc (compactness after Polsby & Popper).
///
/// # Formula
/// `4πA/P²`, A the area and P the length of the boundary.
///
/// # Range
/// [0, 1] in the plane.
///
/// # Direction
/// 1 for a disc, towards 0 for ragged or long shapes.
///
/// # Undefined
/// NaN without boundary.
///
/// # Complexity
/// O(coordinates).
///
/// # References
/// Polsby & Popper (1991), Yale Law & Policy Review. From the definition; not checked against a peer.
///
/// # Example
/// ```
/// use geo_types::polygon;
/// use rurban::space::{Layer, measure::{compactness, Surface}};
/// let square = polygon![(x: 0., y: 0.), (x: 2., y: 0.), (x: 2., y: 2.), (x: 0., y: 2.)].into();
/// let c = compactness(&Layer::from_features([&square]), Surface::Plane)[0];
/// assert!((c - std::f64::consts::FRAC_PI_4).abs() < 1e-12);
/// ```
#[must_use]
pub fn compactness(layer: &Layer, surface: Surface) -> Vec<f64> {
    let areas = areas(layer, surface);
    let perimeters = perimeters(layer, surface);
    areas
        .iter()
        .zip(&perimeters)
        .map(|(&a, &p)| if p > 0.0 { 4.0 * std::f64::consts::PI * a / (p * p) } else { f64::NAN })
        .collect()
}

/// Where the centre of mass of every feature is, in the plane of its coordinates.
///
/// # Formula
/// The mean of the places in it, shells minus holes. It may lie outside the feature: see [`interior_points`].
/// On degrees it is the centroid of the plate carrée drawing, metres away from the geodesic one for a
/// commune.
///
/// # Undefined
/// NaN without area.
///
/// # Complexity
/// O(coordinates).
#[must_use]
pub fn centroids(layer: &Layer) -> Vec<Coord<f64>> {
    parallel::map(layer.len(), |i| {
        let Some(&base) = layer.rings(i).find_map(|r| r.first()) else {
            return Coord { x: f64::NAN, y: f64::NAN };
        };
        let (mut sx, mut sy, mut sa) = (0.0, 0.0, 0.0);
        for polygon in layer.polygons(i) {
            for (k, ring) in polygon.enumerate() {
                let (mut x, mut y, mut a) = (0.0, 0.0, 0.0);
                for e in ring.windows(2) {
                    let (p, q) = (e[0] - base, e[1] - base);
                    let cross = p.x * q.y - q.x * p.y;
                    x += (p.x + q.x) * cross;
                    y += (p.y + q.y) * cross;
                    a += cross;
                }
                let sign = if (a >= 0.0) == (k == 0) { 1.0 } else { -1.0 };
                sx += sign * x;
                sy += sign * y;
                sa += sign * a;
            }
        }
        // 0/0 is NaN, which is what a feature without area has.
        Coord { x: base.x + sx / (3.0 * sa), y: base.y + sy / (3.0 * sa) }
    })
}

/// Where a point inside every feature is.
///
/// # Formula
/// The middle of the widest stretch that the polygon of largest area has at half its height.
///
/// # Undefined
/// NaN when there is no such stretch (no geometry, no area).
///
/// # Complexity
/// O(coordinates), and a logarithm of the edges at that height.
#[must_use]
pub fn interior_points(layer: &Layer) -> Vec<Coord<f64>> {
    parallel::map_init(layer.len(), Vec::new, |crossings: &mut Vec<f64>, i| {
        let nowhere = Coord { x: f64::NAN, y: f64::NAN };
        let largest = layer
            .polygons(i)
            .map(|p| (polygon_area(p.clone(), Surface::Plane), p))
            .reduce(|best, p| if p.0 > best.0 { p } else { best });
        let Some((_, rings)) = largest else { return nowhere };
        let (low, high) = rings
            .outer()
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), c| (l.min(c.y), h.max(c.y)));
        let y = 0.5 * (low + high);
        crossings.clear();
        for ring in rings {
            crossings.extend(
                ring.windows(2)
                    .filter(|e| (e[0].y > y) != (e[1].y > y))
                    .map(|e| e[0].x + (y - e[0].y) / (e[1].y - e[0].y) * (e[1].x - e[0].x)),
            );
        }
        crossings.sort_unstable_by(f64::total_cmp);
        crossings
            .chunks_exact(2)
            .map(|c| (c[1] - c[0], 0.5 * (c[0] + c[1])))
            .reduce(|best, c| if c.0 > best.0 { c } else { best })
            .map_or(nowhere, |(_, x)| Coord { x, y })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{MultiPolygon, polygon};

    fn ring_with_hole() -> Layer {
        // Clockwise shell on purpose.
        let p = polygon!(
            exterior: [(x: 0., y: 0.), (x: 0., y: 4.), (x: 4., y: 4.), (x: 4., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 3.), (x: 1., y: 3.)]],
        );
        Layer::from_features([&MultiPolygon(vec![p]), &MultiPolygon(vec![])])
    }

    #[test]
    fn holes_and_winding() {
        let layer = ring_with_hole();
        assert_eq!(areas(&layer, Surface::Plane), [14.0, 0.0]);
        assert_eq!(perimeters(&layer, Surface::Plane), [22.0, 0.0]);
        let c = centroids(&layer);
        assert!((c[0].x - (16.0 * 2.0 - 2.0 * 1.5) / 14.0).abs() < 1e-12);
        assert!((c[0].y - 2.0).abs() < 1e-12 && c[1].x.is_nan());
        let inside = interior_points(&layer);
        assert_eq!(inside[0], Coord { x: 3.0, y: 2.0 });
        assert!(inside[1].x.is_nan());
        assert!(compactness(&layer, Surface::Plane)[1].is_nan());
    }

    #[test]
    fn poles_and_the_antimeridian() {
        let ring = |c: &[(f64, f64)]| {
            let mut ring: Vec<Coord<f64>> = c.iter().map(|&(x, y)| Coord { x, y }).collect();
            ring.push(ring[0]);
            ring
        };
        let area = |c: &[(f64, f64)]| ring_area(&ring(c), Surface::Ellipsoid);
        // The cap north of 80°: a degree at a time, a quarter at a time (a square), as a rectangle.
        let cap = std::f64::consts::TAU * (zone(1.0) - zone(80f64.to_radians().sin()));
        for y in [80.0, -80.0] {
            let round: Vec<(f64, f64)> = (0..3600).map(|i| (f64::from(i) * 0.1 - 180.0, y)).collect();
            assert!((area(&round).abs() / cap - 1.0).abs() < 1e-5, "{} {cap}", area(&round));
        }
        let rectangle = [(-180.0, 80.0), (180.0, 80.0), (180.0, 90.0), (-180.0, 90.0)];
        assert!((area(&rectangle) / cap - 1.0).abs() < 1e-12 && (cap / 3.9e12 - 1.0).abs() < 0.01);
        // 15.8 km edges round the pole: a flat square but for 10⁻⁵.
        let square = [(0.0, 89.9), (90.0, 89.9), (180.0, 89.9), (-90.0, 89.9)];
        assert!((area(&square) / 2.495e8 - 1.0).abs() < 1e-3, "{}", area(&square));
        let length = ring_length(&ring(&square), Surface::Ellipsoid);
        assert!((length / 4.0 / 15_795.0 - 1.0).abs() < 1e-3, "{length}");
        // The whole Earth, and a degree over the antimeridian as one anywhere.
        let world = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0)];
        assert!((area(&world) / 5.100_656_217e14 - 1.0).abs() < 1e-9);
        let here = [(10.0, 1.0), (11.0, 1.0), (11.0, 2.0), (10.0, 2.0)];
        let over = [(179.5, 1.0), (-179.5, 1.0), (-179.5, 2.0), (179.5, 2.0)];
        assert!((area(&here) / area(&over) - 1.0).abs() < 1e-12);
        let lengths = [&here, &over].map(|c| ring_length(&ring(c), Surface::Ellipsoid));
        assert!((lengths[0] / lengths[1] - 1.0).abs() < 1e-9);
        // A triangle of 20° edges against Karney's area.
        let p = polygon![(x: -10.0, y: 40.0), (x: 12.0, y: 38.0), (x: 2.0, y: 58.0)];
        let wide = area(&[(-10.0, 40.0), (12.0, 38.0), (2.0, 58.0)]);
        assert!((wide / geo::GeodesicArea::geodesic_area_signed(&p) - 1.0).abs() < 1e-3, "{wide}");
    }

    #[test]
    fn ellipsoidal_area_and_length_are_geodesic() {
        use geo::{Length, line_measures::Geodesic};
        let p = polygon![(x: 2.0, y: 48.0), (x: 2.0, y: 48.1), (x: 2.2, y: 48.15), (x: 2.15, y: 47.98)];
        let layer = Layer::from_features([&p.clone().into()]);
        let area = areas(&layer, Surface::Ellipsoid)[0];
        assert!((area / geo::GeodesicArea::geodesic_area_signed(&p).abs() - 1.0).abs() < 1e-5);
        let length = perimeters(&layer, Surface::Ellipsoid)[0];
        let expected = Geodesic.length(p.exterior());
        assert!((length / expected - 1.0).abs() < 1e-6, "{length} {expected}");
    }
}
