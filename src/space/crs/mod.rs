//! Coordinate reference systems: which ones there are, how to move between them, and which one fits
//! where.
//!
//! Coordinates are always **x then y: longitude then latitude in degrees, or easting then northing
//! in metres**, whatever axis order the registry states. RGF93, RGAF09, RGFG95, RGR92, RGM04 and
//! WGS 84 are taken as one datum (they agree within decimetres, which is what EPSG's null
//! transformations between them say).
//!
//! ```
//! use geo_types::Coord;
//! use rurban::space::crs::{self, Crs, Epsg, Projector};
//!
//! let lambert = crs::projector(Crs::LON_LAT, Crs::Epsg(Epsg::LAMBERT_93))?;
//! let paris = lambert.point(Coord { x: 2.3522, y: 48.8566 })?;
//! assert!((paris.x - 652_469.0227).abs() < 1e-3);
//! assert!((paris.y - 6_862_035.2594).abs() < 1e-3);
//! # Ok::<(), rurban::Error>(())
//! ```

mod lambert;
#[cfg(feature = "proj")]
mod library;
mod projector;
mod zones;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Bounds;
use crate::error::{Error, Result};

#[cfg(feature = "proj")]
pub use library::ProjLibrary;
pub use projector::{Projector, PureRust, projector};
pub use zones::{Zone, Zones};

pub(crate) use projector::check_lon_lat;

/// Code of a coordinate reference system in the EPSG registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epsg(pub u32);

impl Epsg {
    /// WGS 84, degrees.
    pub const WGS84: Self = Self(4326);
    /// RGF93 v1, degrees.
    pub const RGF93: Self = Self(4171);
    /// RGF93 v1 / Lambert-93: mainland France and Corsica.
    pub const LAMBERT_93: Self = Self(2154);
    /// RGAF09 / UTM zone 20N: Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy.
    pub const ANTILLES: Self = Self(5490);
    /// RGFG95 / UTM zone 22N: Guyane.
    pub const GUYANE: Self = Self(2972);
    /// RGR92 / UTM zone 40S: La Réunion.
    pub const REUNION: Self = Self(2975);
    /// RGM04 / UTM zone 38S: Mayotte.
    pub const MAYOTTE: Self = Self(4471);
    /// WGS 84 / Pseudo-Mercator: web maps; its metres are not metres on the ground.
    pub const WEB_MERCATOR: Self = Self(3857);
    /// ETRS89-extended / LAEA Europe: equal area, the grid of European statistics.
    pub const LAEA_EUROPE: Self = Self(3035);

    /// The system as a [`Crs`].
    #[must_use]
    pub const fn crs(self) -> Crs {
        Crs::Epsg(self)
    }
}

impl fmt::Display for Epsg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EPSG:{}", self.0)
    }
}

/// A coordinate reference system, as a small value that any thread may hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Crs {
    /// A system of the EPSG registry.
    Epsg(Epsg),
    /// A projection made for one extent, in metres.
    Local(LocalProjection),
}

impl Crs {
    /// Longitude and latitude in degrees on WGS 84 (CRS84), as RFC 7946 GeoJSON has them.
    pub const LON_LAT: Self = Self::Epsg(Epsg::WGS84);

    /// A projection in metres chosen for `extent` (degrees): transverse Mercator through its middle
    /// when it reaches at most 250 km east and west of it (scale off by less than 0.08 %), else
    /// Lambert azimuthal equal-area around its middle (areas exact).
    ///
    /// An extent over the antimeridian has to be given with one side beyond ±180 (e.g. 178 to 183).
    ///
    /// # Errors
    /// [`Error::Parameter`] when the extent is empty, not finite or not in degrees.
    pub fn local(extent: Bounds) -> Result<Self> {
        let ([west, south], [east, north]) = (extent.min, extent.max);
        let sound = west <= east
            && south <= north
            && (-360.0..=360.0).contains(&west)
            && (-360.0..=360.0).contains(&east)
            && east - west <= 360.0
            && south >= -90.0
            && north <= 90.0;
        if !sound {
            return Err(Error::Parameter {
                name: "extent",
                value: format!("{west} {south} … {east} {north}"),
                must: "must be a non-empty extent in degrees, longitude before latitude",
            });
        }
        // Round to a thousandth of a degree so that small changes of the data keep the system.
        let round = |v: f64| (v * 1000.0).round() / 1000.0;
        let mut longitude = round(west.midpoint(east));
        if longitude > 180.0 {
            longitude -= 360.0;
        } else if longitude < -180.0 {
            longitude += 360.0;
        }
        let latitude = round(south.midpoint(north));
        let widest = if south <= 0.0 && north >= 0.0 { 0.0 } else { south.abs().min(north.abs()) };
        let reach_km = (east - west) / 2.0 * 111.32 * widest.to_radians().cos();
        let family = if reach_km <= 250.0 && south > -85.0 && north < 85.0 {
            Family::TransverseMercator
        } else {
            Family::LambertAzimuthalEqualArea
        };
        Ok(Self::Local(LocalProjection { family, longitude, latitude }))
    }

    /// Whether coordinates are degrees; `false` too for systems only PROJ knows.
    #[must_use]
    pub const fn is_geographic(&self) -> bool {
        // ETRS89, the two later versions of RGF93, RGFG95, RGR92, RGAF09, RGM04, RGSPM06.
        let Self::Epsg(Epsg(code)) = self else { return false };
        matches!(code, 4326 | 4171 | 4258 | 9777 | 9782 | 4624 | 4627 | 5489 | 4470 | 4463)
    }

    /// The PROJ string of the system, `None` for a registry code that is not built in.
    ///
    /// Built in: 4326, 4171, 4258 and other degrees on the same ground, 3857, 3034, 3035, the French
    /// 2154 (also as 9793 and 9794), 5490, 4559, 2972, 2975, 4471, 4467, 3163, the nine conformal conic
    /// zones 3942–3950, 27572 (Lambert II étendu, to a few metres), WGS 84 UTM (326xx, 327xx), and local
    /// projections.
    #[must_use]
    pub fn proj_string(&self) -> Option<String> {
        let epsg = match self {
            Self::Epsg(Epsg(code)) => *code,
            Self::Local(local) => return Some(local.to_string()),
        };
        let utm = |zone: u32, south: bool, ellipsoid: &str| {
            let south = if south { " +south" } else { "" };
            format!("+proj=utm +zone={zone}{south} +ellps={ellipsoid} +units=m +no_defs")
        };
        Some(match epsg {
            4326 => "+proj=longlat +datum=WGS84 +no_defs".into(),
            _ if self.is_geographic() => "+proj=longlat +ellps=GRS80 +no_defs".into(),
            2154 | 9793 | 9794 | 3942..=3950 => lambert::Parameters::of(Epsg(epsg))?.proj_string(),
            27_572 => {
                "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=2.33722916666667 +k_0=0.99987742 +x_0=600000 \
                       +y_0=2200000 +a=6378249.2 +b=6356515 +towgs84=-168,-60,320,0,0,0,0 +units=m +no_defs"
                    .into()
            }
            3034 => {
                "+proj=lcc +lat_0=52 +lon_0=10 +lat_1=35 +lat_2=65 +x_0=4000000 +y_0=2800000 +ellps=GRS80 \
                     +units=m +no_defs"
                    .into()
            }
            3163 => "+proj=lcc +lat_0=-21.5 +lon_0=166 +lat_1=-20.6666666666667 +lat_2=-22.3333333333333 \
                     +x_0=400000 +y_0=300000 +ellps=GRS80 +units=m +no_defs"
                .into(),
            4467 => utm(21, false, "GRS80"),
            4559 | 5490 => utm(20, false, "GRS80"),
            2972 => utm(22, false, "GRS80"),
            2975 => utm(40, true, "GRS80"),
            4471 => utm(38, true, "GRS80"),
            32_601..=32_660 => utm(epsg - 32_600, false, "WGS84"),
            32_701..=32_760 => utm(epsg - 32_700, true, "WGS84"),
            3857 => {
                "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +no_defs"
                    .into()
            }
            3035 => "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m +no_defs"
                .into(),
            _ => return None,
        })
    }
}

impl From<Epsg> for Crs {
    fn from(code: Epsg) -> Self {
        Self::Epsg(code)
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Epsg(code) => code.fmt(f),
            Self::Local(local) => local.fmt(f),
        }
    }
}

impl FromStr for Crs {
    type Err = Error;

    /// Reads `EPSG:2154`, `urn:ogc:def:crs:EPSG::2154`, `http://www.opengis.net/def/crs/EPSG/0/2154`
    /// and the CRS84 names GeoJSON files carry.
    fn from_str(text: &str) -> Result<Self> {
        let name = text.trim();
        let upper = name.to_ascii_uppercase();
        if matches!(upper.as_str(), "CRS84" | "OGC:CRS84")
            || (upper.starts_with("URN:OGC:DEF:CRS:OGC:") && upper.ends_with(":CRS84"))
            || upper.ends_with("/DEF/CRS/OGC/1.3/CRS84")
        {
            return Ok(Self::LON_LAT);
        }
        let code = upper
            .strip_prefix("EPSG:")
            .or_else(|| upper.strip_prefix("URN:OGC:DEF:CRS:EPSG:").and_then(|r| r.rsplit(':').next()))
            .or_else(|| upper.split_once("/DEF/CRS/EPSG/").and_then(|(_, r)| r.rsplit('/').next()));
        match code.and_then(|c| c.trim_start_matches(':').parse().ok()) {
            Some(code) if code > 0 => Ok(Self::Epsg(Epsg(code))),
            _ => Err(Error::Crs {
                crs: text.to_owned(),
                message: "not a name of the form EPSG:2154, urn:ogc:def:crs:EPSG::2154 or OGC:CRS84".into(),
            }),
        }
    }
}

/// A projection made for one extent; see [`Crs::local`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LocalProjection {
    family: Family,
    longitude: f64,
    latitude: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Family {
    TransverseMercator,
    LambertAzimuthalEqualArea,
}

impl LocalProjection {
    /// Longitude and latitude of its origin, in degrees.
    #[must_use]
    pub const fn origin(&self) -> [f64; 2] {
        [self.longitude, self.latitude]
    }

    /// Whether it keeps areas (else it keeps angles).
    #[must_use]
    pub const fn is_equal_area(&self) -> bool {
        matches!(self.family, Family::LambertAzimuthalEqualArea)
    }
}

impl fmt::Display for LocalProjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `etmerc` is the series that stays exact far from the meridian, in either backend.
        let name = match self.family {
            Family::TransverseMercator => "etmerc",
            Family::LambertAzimuthalEqualArea => "laea",
        };
        write!(
            f,
            "+proj={name} +lat_0={} +lon_0={} +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs",
            self.latitude, self.longitude
        )
    }
}

#[cfg(test)]
mod tests;
