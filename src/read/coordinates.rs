//! Which system coordinates are in: what a file declares, and what its numbers show.

use geo_types::Coord;

use crate::space::Bounds;
use crate::space::crs::{Crs, Epsg, projector};

/// The coordinate reference system of a file's coordinates, as the file or the caller declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeclaredCrs {
    /// Longitude and latitude in degrees, WGS 84: the default of GeoJSON, CRS84, EPSG:4326.
    #[default]
    LonLat,
    /// Another system, by its EPSG code: convert with [`FeatureTable::into_lon_lat`](super::geojson::FeatureTable::into_lon_lat).
    Epsg(u32),
}

impl DeclaredCrs {
    pub(super) const fn from_epsg(code: u32) -> Self {
        if code == 4326 { Self::LonLat } else { Self::Epsg(code) }
    }
}

/// Which of a position's two numbers comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AxisOrder {
    /// Longitude (or easting), as GeoJSON demands.
    #[default]
    LonLat,
    /// Latitude (or northing): the file is at fault, and is put right while reading.
    LatLon,
}

/// Takes a position in the system of an EPSG code (easting or longitude first) to WGS 84 degrees.
pub type ToLonLat<'a> = &'a dyn Fn(u32, [f64; 2]) -> Option<[f64; 2]>;

/// [`ToLonLat`] by the CRS this crate knows.
pub(super) fn to_lon_lat(code: u32, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
    let mut c = [Coord { x, y }];
    projector(Epsg(code).crs(), Crs::LON_LAT).ok()?.project(&mut c).ok()?;
    Some([c[0].x, c[0].y])
}

/// Where on Earth (or not) a feature's numbers lie, when they are read as longitude and latitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spot {
    Nowhere,
    Earth,
    /// In France, if the numbers were the other way round.
    Swapped,
    Lambert93,
    Outside,
}

impl Spot {
    pub(super) fn of(bounds: &Bounds) -> Self {
        let within = |x: [f64; 2], y: [f64; 2]| {
            bounds.min[0] >= x[0] && bounds.max[0] <= x[1] && bounds.min[1] >= y[0] && bounds.max[1] <= y[1]
        };
        if bounds.is_empty() {
            Self::Nowhere
        } else if SWAPPED_FRANCE.iter().any(|[lat, lon]| within(*lat, *lon)) {
            Self::Swapped
        } else if within([-180.000_001, 180.000_001], [-90.000_001, 90.000_001]) {
            Self::Earth
        } else if within(LAMBERT_93[0], LAMBERT_93[1]) {
            Self::Lambert93
        } else {
            Self::Outside
        }
    }
}

/// Easting and northing of mainland France and Corsica in EPSG:2154.
pub(super) const LAMBERT_93: [[f64; 2]; 2] = [[0.0, 1.3e6], [6.0e6, 7.2e6]];

/// Latitude and longitude of mainland France with Corsica, the Antilles, Guyane, La Réunion, Mayotte,
/// Saint-Pierre-et-Miquelon.
pub(super) const SWAPPED_FRANCE: [[[f64; 2]; 2]; 6] = [
    [[41.0, 51.6], [-5.5, 10.0]],
    [[14.0, 18.3], [-63.5, -60.5]],
    [[2.0, 6.0], [-55.0, -51.0]],
    [[-21.6, -20.7], [55.0, 56.0]],
    [[-13.2, -12.4], [44.8, 45.5]],
    [[46.6, 47.3], [-56.6, -56.0]],
];

/// The system a `crs` member of GeoJSON 2008 names.
pub(super) fn declared_crs(crs: &serde_json::Value) -> Option<DeclaredCrs> {
    let properties = &crs["properties"];
    match crs["type"].as_str()? {
        "name" => {
            let name = properties["name"].as_str()?.to_ascii_uppercase();
            if name.ends_with(":CRS84") || name == "CRS84" || name == "WGS84" || name == "WGS 84" {
                return Some(DeclaredCrs::LonLat);
            }
            // "EPSG:2154", "urn:ogc:def:crs:EPSG::2154", "http://www.opengis.net/def/crs/EPSG/0/2154"
            let at = name.rfind("EPSG")?;
            let code = name[at..].rsplit([':', '/']).next()?;
            Some(DeclaredCrs::from_epsg(code.parse().ok()?))
        }
        "EPSG" => {
            let code = &properties["code"];
            let code = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
            Some(DeclaredCrs::from_epsg(u32::try_from(code).ok()?))
        }
        _ => None,
    }
}
