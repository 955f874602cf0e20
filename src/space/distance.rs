//! Distances in metres: on the ellipsoid, on the sphere, in the plane, and the rule which to use.

use geo::line_measures::{Distance, Geodesic, HaversineMeasure};
use geo_types::{Coord, Point};
use serde::Serialize;

use super::crs::{Crs, Zones, check_lon_lat, projector};
use crate::error::{Error, Result};

/// Radius of the sphere with the mean radius of the Earth, in metres.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// How long the shortest line on the WGS 84 ellipsoid between two longitudes and latitudes is, in metres.
///
/// # Formula
/// Karney's solution of the inverse problem: exact to nanometres; GRS 80 gives the same to 0.1 mm. Needs no
/// care at the antimeridian or the poles.
///
/// # Range
/// From 0 to half-way round the Earth, 20,004 km.
///
/// # Errors
/// [`Error::Value`] when a point is no longitude and latitude.
///
/// # Complexity
/// O(1), about 1 µs.
///
/// # References
/// Karney (2013), Journal of Geodesy, doi:10.1007/s00190-012-0578-z.
///
/// # Example
/// ```
/// use geo_types::Coord;
/// let (paris, lyon) = (Coord { x: 2.3522, y: 48.8566 }, Coord { x: 4.8357, y: 45.764 });
/// let d = rurban::space::distance::geodesic_m(paris, lyon)?;
/// assert!((d - 391_712.705).abs() < 1e-3);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn geodesic_m(a: Coord<f64>, b: Coord<f64>) -> Result<f64> {
    check_lon_lat("points", &[a, b])?;
    Ok(geodesic_unchecked(a, b))
}

/// The same bytes from `a` to `b` as from `b` to `a`, so that a reach as long as either holds both.
pub(crate) fn geodesic_unchecked(a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (a, b) = if (b.x, b.y) < (a.x, a.y) { (b, a) } else { (a, b) };
    Geodesic.distance(Point(a), Point(b))
}

/// How long the great circle between two longitudes and latitudes is on a sphere, in metres.
///
/// # Formula
/// `2 R asin √(sin²(Δφ/2) + cos φ₁ cos φ₂ sin²(Δλ/2))`, φ the latitudes, λ the longitudes, R =
/// [`EARTH_RADIUS_M`]: within 0.6 % of [`geodesic_m`].
///
/// # Range
/// From 0 to πR, 20,015 km.
///
/// # Errors
/// [`Error::Value`] when a point is no longitude and latitude.
///
/// # Complexity
/// O(1), twenty times as fast as [`geodesic_m`].
pub fn haversine_m(a: Coord<f64>, b: Coord<f64>) -> Result<f64> {
    check_lon_lat("points", &[a, b])?;
    Ok(HaversineMeasure::new(EARTH_RADIUS_M).distance(Point(a), Point(b)))
}

/// How long the straight line between two points of one planar system is, in metres.
///
/// # Formula
/// `√(Δx² + Δy²)`. The system's scale applies: in Lambert-93 up to 0.3 % off the ground.
///
/// # Range
/// [0, ∞).
///
/// # Undefined
/// NaN when a coordinate is.
///
/// # Complexity
/// O(1).
#[must_use]
pub fn planar_m(a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    let square = dx * dx + dy * dy;
    // The root of the square is what indexes of points compare with; beyond its range hypot holds.
    if square > 1e-290 && square.is_finite() { square.sqrt() } else { dx.hypot(dy) }
}

/// The largest square whose root is at most `radius`: comparing squares with it is comparing
/// distances, so that a radius as wide as a distance holds it.
pub(crate) fn square_within(radius: f64) -> f64 {
    let mut square = radius * radius;
    while square.sqrt() > radius {
        square = square.next_down();
    }
    while square.next_up().sqrt() <= radius && square.is_finite() {
        square = square.next_up();
    }
    square
}

/// Bins of distance of one width: bin b holds what is b widths or more and less than b + 1, a distance
/// that is a whole number of widths but for rounding counting as that number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bins {
    factor: f64,
}

impl Bins {
    pub(crate) fn of_width(width: f64) -> Self {
        Self { factor: (1.0 + 1e-12) / width }
    }

    #[inline]
    pub(crate) fn of(self, distance: f64) -> usize {
        (distance * self.factor) as usize
    }
}

/// How a distance was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum Method {
    /// Along the shortest line on the ellipsoid.
    Geodesic,
    /// Along the straight line in the plane of the zone at this position among the zones.
    Planar(u32),
}

/// Places given by longitude and latitude, each with its position in the plane of its zone.
///
/// **The rule**: two places of the same zone are as far apart as their planar coordinates say; any
/// other two, and places outside all zones, as the geodesic on the ellipsoid says.
#[derive(Debug, Clone)]
pub struct Places {
    lon_lat: Vec<Coord<f64>>,
    planar: Vec<Coord<f64>>,
    zone: Vec<Option<u32>>,
}

impl Places {
    /// Projects every place into its zone.
    ///
    /// # Errors
    /// [`Error::Value`] for a place that is no longitude and latitude, [`Error::Crs`] for a zone whose system
    /// cannot be set up.
    ///
    /// # Complexity
    /// O(places × zones).
    pub fn new(zones: &Zones, lon_lat: Vec<Coord<f64>>) -> Result<Self> {
        check_lon_lat("places", &lon_lat)?;
        let zone: Vec<_> = lon_lat.iter().map(|&c| zones.index_of(c)).collect();
        let mut planar = lon_lat.clone();
        for (z, one) in zones.as_slice().iter().enumerate() {
            let members: Vec<usize> = (0..zone.len()).filter(|&i| zone[i] == Some(z as u32)).collect();
            let mut coords: Vec<_> = members.iter().map(|&i| lon_lat[i]).collect();
            if !coords.is_empty() {
                projector(Crs::LON_LAT, one.crs)?.project(&mut coords)?;
            }
            for (&i, c) in members.iter().zip(coords) {
                planar[i] = c;
            }
        }
        Ok(Self { lon_lat, planar, zone })
    }

    /// Number of places.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.lon_lat.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.lon_lat.is_empty()
    }

    /// Position among the zones of the one each place is in.
    #[must_use]
    pub fn zones(&self) -> &[Option<u32>] {
        &self.zone
    }

    /// Longitude and latitude of each place.
    #[must_use]
    pub fn lon_lat(&self) -> &[Coord<f64>] {
        &self.lon_lat
    }

    /// Position of place `i` in the plane of its zone, in metres; `None` outside all zones.
    #[must_use]
    pub fn planar(&self, i: usize) -> Option<Coord<f64>> {
        self.zone.get(i).copied().flatten().map(|_| self.planar[i])
    }

    /// How the distance from place `i` to place `j` is measured.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such place.
    pub fn method(&self, i: usize, j: usize) -> Result<Method> {
        for (name, at) in [("i", i), ("j", j)] {
            if at >= self.len() {
                return Err(Error::Parameter {
                    name,
                    value: at.to_string(),
                    must: "must be less than the number of places",
                });
            }
        }
        Ok(match (self.zone[i], self.zone[j]) {
            (Some(a), Some(b)) if a == b => Method::Planar(a),
            _ => Method::Geodesic,
        })
    }

    /// How far place `j` is from place `i`, in metres.
    ///
    /// # Formula
    /// By the rule of this type: [`planar_m`] within a zone, [`geodesic_m`] otherwise.
    ///
    /// # Range
    /// [0, ∞).
    ///
    /// # Errors
    /// [`Error::Parameter`] when there is no such place.
    ///
    /// # Complexity
    /// O(1).
    pub fn distance_m(&self, i: usize, j: usize) -> Result<f64> {
        Ok(match self.method(i, j)? {
            Method::Planar(_) => planar_m(self.planar[i], self.planar[j]),
            Method::Geodesic => geodesic_unchecked(self.lon_lat[i], self.lon_lat[j]),
        })
    }
}

/// How far two longitudes and latitudes are apart, in metres.
///
/// # Formula
/// By the rule of [`Places`]: [`planar_m`] within a zone, [`geodesic_m`] otherwise.
///
/// # Range
/// [0, ∞).
///
/// # Errors
/// [`Error::Value`] when a point is no longitude and latitude.
///
/// # Complexity
/// O(zones), and what it takes to set up the projection of the zone.
pub fn distance_m(zones: &Zones, a: Coord<f64>, b: Coord<f64>) -> Result<f64> {
    Places::new(zones, vec![a, b])?.distance_m(0, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::france::zones::ZONES;

    #[test]
    fn zones_decide_how_distance_is_measured() {
        let c = |x, y| Coord { x, y };
        let cities = vec![c(2.3522, 48.8566), c(4.8357, 45.764), c(55.45, -20.88), c(166.44, -22.27)];
        let places = Places::new(&ZONES, cities.clone()).unwrap();
        assert!((places.distance_m(0, 1).unwrap() - 391_426.882).abs() < 1e-3);
        assert_eq!(places.method(0, 1).unwrap(), Method::Planar(0));
        for (i, j) in [(0, 2), (0, 3), (3, 2)] {
            assert_eq!(places.method(i, j).unwrap(), Method::Geodesic);
            let d = places.distance_m(i, j).unwrap();
            assert_eq!(d, geodesic_m(cities[i], cities[j]).unwrap());
            assert_eq!(d, distance_m(&ZONES, cities[i], cities[j]).unwrap());
        }
        assert_eq!(places.planar(3), None);
        assert!(places.distance_m(0, 4).is_err());
        let lonely = Places::new(&Zones::NONE, cities.clone()).unwrap();
        assert_eq!(lonely.distance_m(0, 1).unwrap(), geodesic_m(cities[0], cities[1]).unwrap());
    }

    #[test]
    fn boundaries_are_inside() {
        let c = |x, y| Coord { x, y };
        let mut s = crate::random::Seed(4).stream(0);
        for _ in 0..2000 {
            let (a, b) = (c(s.unit() * 180.0, s.unit() * 80.0), c(s.unit() * 180.0, s.unit() * 80.0));
            let r = planar_m(a, b);
            let (dx, dy) = (a.x - b.x, a.y - b.y);
            assert!(dx * dx + dy * dy <= square_within(r));
            assert!(square_within(r).next_up().sqrt() > r);
            assert_eq!(geodesic_unchecked(a, b), geodesic_unchecked(b, a));
        }
        assert_eq!(square_within(0.0), 0.0);
        assert!((planar_m(c(3e200, 0.0), c(0.0, 4e200)) / 5e200 - 1.0).abs() < 1e-15);
        for (distance, width, bin) in [
            (49.0, 49.0, 1),
            (98.0, 49.0, 2),
            (0.3, 0.1, 3),
            (0.29, 0.1, 2),
            (1700.0, 1700.0, 1),
            (0.0, 5.0, 0),
        ] {
            assert_eq!(Bins::of_width(width).of(distance), bin, "{distance} by {width}");
        }
    }

    #[test]
    fn distances_cross_the_antimeridian_and_meet_at_antipodes() {
        let c = |x, y| Coord { x, y };
        assert!((geodesic_m(c(179.9, 0.0), c(-179.9, 0.0)).unwrap() - 22_263.898).abs() < 1e-3);
        // Half a meridian: the quarter is 10 001 965.729 m on WGS 84.
        assert!((geodesic_m(c(0.0, 0.0), c(180.0, 0.0)).unwrap() - 20_003_931.459).abs() < 1e-3);
        assert_eq!(geodesic_m(c(1.0, 2.0), c(1.0, 2.0)).unwrap(), 0.0);
        assert!(haversine_m(c(1.0, 91.0), c(0.0, 0.0)).is_err());
        assert!(geodesic_m(c(f64::NAN, 0.0), c(0.0, 0.0)).is_err());
    }
}
