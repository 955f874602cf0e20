use std::borrow::Cow;

use geo_types::Coord;

use super::Crs;
use crate::space::Bounds;
use crate::space::distance::haversine_m;

/// A part of the world and the planar system to measure it in.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Zone {
    /// What it is called.
    pub name: Cow<'static, str>,
    /// Its system, in metres.
    pub crs: Crs,
    /// Where it holds, in degrees, edges included.
    pub bounds: Bounds,
}

/// A country's zones: which planar system holds where. Where zones overlap the first one counts.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Zones {
    zones: Cow<'static, [Zone]>,
}

impl Zones {
    /// No zones: everything is measured on the ellipsoid.
    pub const NONE: Self = Self::new(&[]);

    /// The given zones.
    #[must_use]
    pub const fn new(zones: &'static [Zone]) -> Self {
        Self { zones: Cow::Borrowed(zones) }
    }

    /// One zone for the extent of `points` (degrees), measured in a [local projection](Crs::local), where
    /// that keeps distances to 0.3 %: nothing further than 1,000 km from the middle. It reaches 25 km beyond
    /// the points, so that what belongs to the outer ones is inside. [`Zones::NONE`] without points or over a
    /// wider extent.
    #[must_use]
    pub fn of_extent(points: &[Coord<f64>]) -> Self {
        const WIDEST_M: f64 = 1e6;
        const MARGIN_M: f64 = 25e3;
        const DEGREE_M: f64 = 111_195.0;
        let mut bounds = Bounds::EMPTY;
        points.iter().filter(|p| p.x.abs() <= 180.0 && p.y.abs() <= 90.0).for_each(|&p| bounds.include(p));
        let ([west, south], [east, north]) = (bounds.min, bounds.max);
        let middle = Coord { x: west.midpoint(east), y: south.midpoint(north) };
        let corners =
            [(west, south), (west, north), (east, south), (east, north)].map(|(x, y)| Coord { x, y });
        let near = corners.iter().all(|&c| haversine_m(middle, c).is_ok_and(|d| d <= WIDEST_M));
        match Crs::local(bounds) {
            Ok(crs) if near => {
                let up = MARGIN_M / DEGREE_M;
                let (south, north) = ((south - up).max(-90.0), (north + up).min(90.0));
                let along = up / south.abs().max(north.abs()).min(85.0).to_radians().cos();
                let (west, east) = ((west - along).max(-180.0), (east + along).min(180.0));
                let bounds = Bounds { min: [west, south], max: [east, north] };
                Self { zones: Cow::Owned(vec![Zone { name: "extent of the data".into(), crs, bounds }]) }
            }
            _ => Self::NONE,
        }
    }

    /// All zones, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Zone] {
        &self.zones
    }

    /// The zone that models over one plane are fitted in: the first one.
    #[must_use]
    pub fn main(&self) -> Option<&Zone> {
        self.zones.first()
    }

    /// Position among the zones of the one that holds a longitude and latitude.
    #[must_use]
    pub fn index_of(&self, lon_lat: Coord<f64>) -> Option<u32> {
        self.zones.iter().position(|z| z.bounds.contains(lon_lat)).map(|i| i as u32)
    }

    /// The zone of a longitude and latitude, `None` outside all of them (or when not a number).
    #[must_use]
    pub fn zone_of(&self, lon_lat: Coord<f64>) -> Option<&Zone> {
        self.zones.iter().find(|z| z.bounds.contains(lon_lat))
    }

    /// The one system in which all of `points` (degrees) can be measured: that of their common zone,
    /// or a local projection of their extent when they share none. `None` without points or when one
    /// is no longitude and latitude.
    #[must_use]
    pub fn common(&self, points: &[Coord<f64>]) -> Option<Crs> {
        let first = points.first()?;
        let zone = self.zone_of(*first);
        let mut extent = Bounds::EMPTY;
        for &p in points {
            if !(p.x.abs() <= 180.0 && p.y.abs() <= 90.0) {
                return None;
            }
            extent.include(p);
        }
        match zone {
            Some(z) if points.iter().all(|&p| self.zone_of(p) == zone) => Some(z.crs),
            _ => Crs::local(narrowest(extent, points)).ok(),
        }
    }
}

/// The extent the other way round, over the antimeridian, where that is narrower.
fn narrowest(extent: Bounds, points: &[Coord<f64>]) -> Bounds {
    let mut longitudes: Vec<f64> = points.iter().map(|p| p.x).collect();
    longitudes.sort_unstable_by(f64::total_cmp);
    let gap = longitudes.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    match gap {
        Some(gap) if gap[1] - gap[0] > extent.min[0] + 360.0 - extent.max[0] => {
            Bounds { min: [gap[1], extent.min[1]], max: [gap[0] + 360.0, extent.max[1]] }
        }
        _ => extent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::crs::projector;
    use crate::space::distance::planar_m;

    #[test]
    fn an_extent_is_one_zone_where_distances_hold() {
        let belgium = [Coord { x: 2.55, y: 49.5 }, Coord { x: 6.4, y: 51.5 }];
        let zones = Zones::of_extent(&belgium);
        let places = crate::space::distance::Places::new(&zones, belgium.to_vec()).unwrap();
        let geodesic = crate::space::distance::geodesic_m(belgium[0], belgium[1]).unwrap();
        let planar = planar_m(places.planar(0).unwrap(), places.planar(1).unwrap());
        assert!((planar / geodesic - 1.0).abs() < 0.003, "{planar} {geodesic}");
        // 20 km beyond a corner is in it, 40 km is not.
        let beyond = |km: f64| Coord { x: 6.4, y: 51.5 + km / 111.2 };
        assert!(zones.zone_of(beyond(20.0)).is_some() && zones.zone_of(beyond(40.0)).is_none());
        let world = [Coord { x: -61.0, y: 14.6 }, Coord { x: 55.5, y: -21.1 }];
        assert_eq!((Zones::of_extent(&world), Zones::of_extent(&[])), (Zones::NONE, Zones::NONE));
    }

    #[test]
    fn a_common_system_over_the_antimeridian() {
        let fiji = [Coord { x: 179.5, y: -17.0 }, Coord { x: -179.5, y: -17.0 }];
        let crs = Zones::NONE.common(&fiji).unwrap();
        let mut at = fiji;
        projector(Crs::LON_LAT, crs).unwrap().project(&mut at).unwrap();
        assert!((planar_m(at[0], at[1]) - 106_486.0).abs() < 100.0, "{}", planar_m(at[0], at[1]));
    }
}
