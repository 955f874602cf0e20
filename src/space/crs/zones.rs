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
            _ => Crs::local(extent).ok(),
        }
    }
}
