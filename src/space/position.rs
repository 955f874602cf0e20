use geo_types::Coord;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A place on Earth: longitude and latitude in degrees, WGS 84, checked to be finite and in range.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct LonLat {
    lon: f64,
    lat: f64,
}

impl LonLat {
    /// A position from longitude (−180 to 180) and latitude (−90 to 90), in this order.
    ///
    /// # Errors
    /// [`Error::Value`] when one is not finite or out of range.
    pub fn new(lon: f64, lat: f64) -> Result<Self> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(Error::Value {
                what: "longitude",
                index: 0,
                value: lon.to_string(),
                must: "must be within -180 and 180 degrees (are these metres of a projection?)",
            });
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(Error::Value {
                what: "latitude",
                index: 0,
                value: lat.to_string(),
                must: "must be within -90 and 90 degrees (are longitude and latitude swapped?)",
            });
        }
        Ok(Self { lon, lat })
    }

    /// Longitude in degrees.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// Latitude in degrees.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }
}

impl From<LonLat> for Coord<f64> {
    fn from(p: LonLat) -> Self {
        Self { x: p.lon, y: p.lat }
    }
}

impl TryFrom<[f64; 2]> for LonLat {
    type Error = Error;

    fn try_from([lon, lat]: [f64; 2]) -> Result<Self> {
        Self::new(lon, lat)
    }
}

impl From<LonLat> for [f64; 2] {
    fn from(p: LonLat) -> Self {
        [p.lon, p.lat]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_on_earth() {
        assert!(LonLat::new(2.35, 48.85).is_ok());
        for (lon, lat) in [(652_000.0, 6_862_000.0), (48.0, 95.0), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert!(LonLat::new(lon, lat).is_err());
        }
    }
}
