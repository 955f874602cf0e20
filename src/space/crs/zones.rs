use geo_types::Coord;

use super::{Crs, Epsg};
use crate::space::Bounds;

/// A part of the world and the planar system to measure it in.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Zone {
    /// What it is called.
    pub name: &'static str,
    /// Its system, in metres.
    pub crs: Epsg,
    /// Where it holds, in degrees, edges included.
    pub bounds: Bounds,
}

/// A country's zones: which planar system holds where. Where zones overlap the first one counts.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Zones {
    zones: &'static [Zone],
}

impl Zones {
    /// No zones: everything is measured on the ellipsoid.
    pub const NONE: Self = Self::new(&[]);

    /// The given zones.
    #[must_use]
    pub const fn new(zones: &'static [Zone]) -> Self {
        Self { zones }
    }

    /// All zones, in order.
    #[must_use]
    pub const fn as_slice(&self) -> &'static [Zone] {
        self.zones
    }

    /// The zone of a longitude and latitude, `None` outside all of them (or when not a number).
    #[must_use]
    pub fn zone_of(&self, lon_lat: Coord<f64>) -> Option<&'static Zone> {
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
            Some(z) if points.iter().all(|&p| self.zone_of(p) == zone) => Some(z.crs.crs()),
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
    fn a_common_system_over_the_antimeridian() {
        let fiji = [Coord { x: 179.5, y: -17.0 }, Coord { x: -179.5, y: -17.0 }];
        let crs = Zones::NONE.common(&fiji).unwrap();
        let mut at = fiji;
        projector(Crs::LON_LAT, crs).unwrap().project(&mut at).unwrap();
        assert!((planar_m(at[0], at[1]) - 106_486.0).abs() < 100.0, "{}", planar_m(at[0], at[1]));
    }
}
