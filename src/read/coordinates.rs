//! Which system coordinates are in: what a file declares, and what its numbers show.

use std::sync::LazyLock;

use geo_types::Coord;

use crate::space::Bounds;
use crate::space::crs::{Crs, Epsg, Projector, projector};

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

/// The systems that numbers are tried for, each with its way to degrees.
static TRIED: LazyLock<Vec<(u32, Box<dyn Projector>)>> = LazyLock::new(|| {
    let codes = Reading::METRIC.iter().map(|r| r.epsg().0);
    codes.filter_map(|code| Some((code, projector(Epsg(code).crs(), Crs::LON_LAT).ok()?))).collect()
});

/// [`ToLonLat`] by the CRS this crate knows.
pub(super) fn to_lon_lat(code: u32, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
    let mut c = [Coord { x, y }];
    match TRIED.iter().find(|(tried, _)| *tried == code) {
        Some((_, back)) => back.project(&mut c).ok()?,
        None => projector(Epsg(code).crs(), Crs::LON_LAT).ok()?.project(&mut c).ok()?,
    }
    Some([c[0].x, c[0].y])
}

/// A way to take two numbers for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Longitude and latitude.
    Degrees,
    /// Latitude and longitude, in France.
    SwappedDegrees,
    /// Easting and northing of EPSG:2154, in mainland France or Corsica.
    Lambert93,
    /// Northing and easting of EPSG:2154.
    SwappedLambert93,
    /// Metres of web maps (EPSG:3857), in France.
    WebMercator,
    /// Easting and northing of one of the nine conic zones (EPSG:3942 to 3950), by its parallel.
    Conic(u8),
    /// Easting and northing of Lambert II étendu (EPSG:27572), the system before Lambert-93.
    LambertTwo,
}

impl Reading {
    /// Those for numbers that are no degrees, the first that fits being taken.
    const METRIC: [Self; 13] = [
        Self::Lambert93,
        Self::SwappedLambert93,
        Self::WebMercator,
        Self::Conic(42),
        Self::Conic(43),
        Self::Conic(44),
        Self::Conic(45),
        Self::Conic(46),
        Self::Conic(47),
        Self::Conic(48),
        Self::Conic(49),
        Self::Conic(50),
        Self::LambertTwo,
    ];

    /// All but plain degrees.
    pub(super) fn repairs() -> impl Iterator<Item = Self> {
        std::iter::once(Self::SwappedDegrees).chain(Self::METRIC)
    }

    /// Number of a reading, from 0.
    const fn rank(self) -> usize {
        match self {
            Self::Degrees => 0,
            Self::SwappedDegrees => 1,
            Self::Lambert93 => 2,
            Self::SwappedLambert93 => 3,
            Self::WebMercator => 4,
            Self::Conic(parallel) => 5 + (parallel as usize - 42),
            Self::LambertTwo => 14,
        }
    }

    /// The reading with the numbers in the order they should have; one system has both.
    const fn system(self) -> Self {
        match self {
            Self::SwappedLambert93 => Self::Lambert93,
            other => other,
        }
    }

    /// Kind of finding and what was done, for numbers that were read otherwise than they say.
    pub(super) const fn repair(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Degrees => None,
            Self::SwappedDegrees => Some(("swapped_axes", "latitude and longitude were swapped")),
            Self::Lambert93 => Some(("lambert_93", "coordinates in Lambert-93 were converted")),
            Self::SwappedLambert93 => {
                Some(("lambert_93", "swapped coordinates in Lambert-93 were converted"))
            }
            Self::WebMercator => {
                Some(("web_mercator", "coordinates in Web Mercator (EPSG:3857) were converted"))
            }
            Self::Conic(_) => {
                Some(("conic_zone", "coordinates in a conic zone (EPSG:3942 to 3950) were converted"))
            }
            Self::LambertTwo => {
                Some(("lambert_2", "coordinates in Lambert II étendu were converted, to a few metres"))
            }
        }
    }

    /// Whether northing or latitude comes first.
    pub(super) const fn is_swapped(self) -> bool {
        matches!(self, Self::SwappedDegrees | Self::SwappedLambert93)
    }

    /// The system of the numbers, easting or longitude first.
    pub(super) const fn epsg(self) -> Epsg {
        match self {
            Self::Degrees | Self::SwappedDegrees => Epsg::WGS84,
            Self::Lambert93 | Self::SwappedLambert93 => Epsg::LAMBERT_93,
            Self::WebMercator => Epsg::WEB_MERCATOR,
            Self::Conic(parallel) => Epsg(3900 + parallel as u32),
            Self::LambertTwo => Epsg(27_572),
        }
    }
}

/// The readings under which numbers lie where one expects them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Fits {
    readings: u16,
    france: bool,
    anywhere: bool,
    /// Whether the numbers could also be Guadeloupe in its own system.
    antilles: bool,
}

impl Fits {
    /// Of a place, or of the extent of a feature.
    pub(super) fn of(extent: &Bounds) -> Self {
        let zero = extent.min == [0.0; 2] && extent.max == [0.0; 2];
        if extent.is_empty() || zero {
            return Self::default();
        }
        let mut fits = Self { anywhere: true, ..Self::default() };
        let [[west, south], [east, north]] = [extent.min, extent.max];
        let within = |[x, y]: [[f64; 2]; 2]| west >= x[0] && east <= x[1] && south >= y[0] && north <= y[1];
        let turned = |[x, y]: [[f64; 2]; 2]| within([y, x]);
        if within([[-180.000_001, 180.000_001], [-90.000_001, 90.000_001]]) {
            fits.add(Reading::Degrees);
            fits.france = FRANCE.iter().any(|&part| within(part));
            if FRANCE.iter().any(|&part| turned(part)) {
                fits.add(Reading::SwappedDegrees);
            }
            return fits;
        }
        let middle = [west.midpoint(east), south.midpoint(north)];
        let lands =
            |reading: Reading, [x, y]: [f64; 2]| to_lon_lat(reading.epsg().0, [x, y]).is_some_and(is_french);
        if within(LAMBERT_93) && lands(Reading::Lambert93, middle) {
            fits.add(Reading::Lambert93);
        }
        if turned(LAMBERT_93) && lands(Reading::SwappedLambert93, [middle[1], middle[0]]) {
            fits.add(Reading::SwappedLambert93);
        }
        if within([[-2.0e7, 2.0e7]; 2]) && lands(Reading::WebMercator, middle) {
            fits.add(Reading::WebMercator);
        }
        if within(LAMBERT_2) && lands(Reading::LambertTwo, middle) {
            fits.add(Reading::LambertTwo);
            fits.antilles = within(GUADELOUPE);
        }
        if let Some(conic) = conic_zone(middle).filter(|&conic| lands(conic, middle)) {
            fits.add(conic);
        }
        fits
    }

    /// Of a place.
    pub(super) fn at([x, y]: [f64; 2]) -> Self {
        Self::of(&Bounds { min: [x, y], max: [x, y] })
    }

    const fn add(&mut self, reading: Reading) {
        self.readings |= 1 << reading.rank();
    }

    pub(super) const fn has(self, reading: Reading) -> bool {
        self.readings >> reading.rank() & 1 == 1
    }

    /// Whether there is a place at all; 0, 0 stands for none.
    pub(super) const fn is_somewhere(self) -> bool {
        self.anywhere
    }
}

/// Counts what the places of a file or column may be, to settle what they are together: one place
/// alone fits several systems.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    places: usize,
    french: usize,
    /// Places that are no degrees and fit some system.
    fitting: usize,
    /// Places in Lambert II étendu that cannot be Guadeloupe.
    clear: usize,
    /// By reading; swapped ones count for their system too.
    by: [usize; READINGS],
}

/// Number of readings.
const READINGS: usize = 2 + Reading::METRIC.len();

impl Tally {
    pub(super) fn add(&mut self, fits: Fits) {
        self.places += usize::from(fits.anywhere);
        self.french += usize::from(fits.france && !fits.has(Reading::SwappedDegrees));
        let degrees = 1 << Reading::Degrees.rank() | 1 << Reading::SwappedDegrees.rank();
        self.fitting += usize::from(fits.readings & !degrees != 0);
        for (reading, count) in self.by.iter_mut().enumerate() {
            *count += usize::from(fits.readings >> reading & 1);
        }
        self.clear += usize::from(fits.has(Reading::LambertTwo) && !fits.antilles);
        let turned = fits.has(Reading::SwappedLambert93) && !fits.has(Reading::Lambert93);
        self.by[Reading::Lambert93.rank()] += usize::from(turned);
    }

    /// Places counted.
    pub(super) const fn places(&self) -> usize {
        self.places
    }

    const fn count(&self, reading: Reading) -> usize {
        self.by[reading.rank()]
    }

    /// What the places are: latitudes before longitudes where nearly everything is in France, and of
    /// the systems in metres the one that puts the most of them there, at least half of those that fit any.
    pub(super) fn verdict(&self) -> Verdict {
        let swapped = self.count(Reading::SwappedDegrees);
        let (mut metric, mut most) = (None, 0);
        let told = |r: &Reading| *r != Reading::LambertTwo || self.clear > 0;
        for reading in Reading::METRIC.into_iter().filter(|r| r.system() == *r && told(r)) {
            if self.count(reading) > most && 2 * self.count(reading) >= self.fitting {
                (metric, most) = (Some(reading), self.count(reading));
            }
        }
        Verdict { swap: 4 * (self.french + swapped + most) >= 3 * self.places, metric }
    }
}

/// How the places of a file or column are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    swap: bool,
    metric: Option<Reading>,
}

impl Verdict {
    /// As [`Self::reading`], where the caller says which number comes first.
    pub(super) fn unswapped(self, fits: Fits) -> Option<Reading> {
        Self { swap: false, ..self }.reading(fits)
    }

    /// The reading of one place; `None` when it fits none.
    pub(super) fn reading(self, fits: Fits) -> Option<Reading> {
        if self.swap && fits.has(Reading::SwappedDegrees) {
            Some(Reading::SwappedDegrees)
        } else if fits.has(Reading::Degrees) || !fits.anywhere {
            Some(Reading::Degrees)
        } else {
            let metric = self.metric?;
            Reading::METRIC.into_iter().find(|r| r.system() == metric && fits.has(*r))
        }
    }
}

/// Easting and northing of mainland France and Corsica in EPSG:2154.
const LAMBERT_93: [[f64; 2]; 2] = [[90_000.0, 1.25e6], [6.04e6, 7.12e6]];

/// Longitude and latitude of mainland France with Corsica, the Antilles, Guyane, La Réunion, Mayotte,
/// Saint-Pierre-et-Miquelon.
const FRANCE: [[[f64; 2]; 2]; 6] = [
    [[-5.5, 10.0], [41.0, 51.6]],
    [[-63.5, -60.5], [14.0, 18.3]],
    [[-55.0, -51.0], [2.0, 6.0]],
    [[55.0, 56.0], [-21.6, -20.7]],
    [[44.8, 45.5], [-13.2, -12.4]],
    [[-56.6, -56.0], [46.6, 47.3]],
];

/// The conic zone whose northings a position has.
fn conic_zone([x, y]: [f64; 2]) -> Option<Reading> {
    let zone = (y / 1e6).floor();
    let within = (1.1e6..2.4e6).contains(&x) && (1.0..=9.0).contains(&zone);
    (within && (y - zone * 1e6 - 2e5).abs() < 1.7e5).then(|| Reading::Conic(41 + zone as u8))
}

/// Easting and northing of mainland France and Corsica in EPSG:27572.
const LAMBERT_2: [[f64; 2]; 2] = [[0.0, 1.3e6], [1.6e6, 2.75e6]];

/// Easting and northing of Guadeloupe in EPSG:5490, which are those of the Aude in EPSG:27572.
const GUADELOUPE: [[f64; 2]; 2] = [[6.2e5, 7.2e5], [1.74e6, 1.84e6]];

/// The system that a position alone could be in, for messages.
pub(super) fn hint(fits: Fits) -> String {
    let alone = Reading::METRIC.into_iter().find(|r| fits.has(*r));
    alone.map(|r| format!("; alone they could be in {}", r.epsg())).unwrap_or_default()
}

/// A line some ten kilometres outside the mainland's coasts and borders, longitude and latitude.
const MAINLAND: [[f64; 2]; 45] = [
    [2.5, 51.25],
    [1.4, 50.95],
    [1.35, 50.2],
    [-0.05, 49.85],
    [-1.1, 49.8],
    [-2.1, 49.85],
    [-2.05, 48.95],
    [-3.5, 49.0],
    [-5.3, 48.65],
    [-5.3, 48.25],
    [-4.5, 47.6],
    [-3.4, 47.15],
    [-2.5, 46.6],
    [-1.75, 46.25],
    [-1.4, 45.5],
    [-1.4, 44.6],
    [-1.65, 43.6],
    [-1.95, 43.35],
    [-1.5, 42.95],
    [-0.7, 42.7],
    [0.7, 42.55],
    [1.5, 42.35],
    [2.5, 42.2],
    [3.3, 42.35],
    [3.25, 43.0],
    [4.0, 43.3],
    [5.2, 43.1],
    [6.2, 42.85],
    [6.8, 43.0],
    [7.6, 43.65],
    [7.85, 44.1],
    [7.1, 44.55],
    [7.3, 45.4],
    [7.1, 46.0],
    [6.95, 46.5],
    [6.6, 46.9],
    [7.3, 47.3],
    [7.75, 47.55],
    [8.4, 48.95],
    [6.7, 49.5],
    [5.6, 49.65],
    [4.95, 50.3],
    [4.2, 50.4],
    [3.2, 50.9],
    [2.6, 51.2],
];

const CORSICA: [[f64; 2]; 2] = [[8.4, 9.7], [41.2, 43.15]];

/// Whether a longitude and latitude is in France or hardly outside.
fn is_french([x, y]: [f64; 2]) -> bool {
    let within = |[a, b]: &[[f64; 2]; 2]| x >= a[0] && x <= a[1] && y >= b[0] && y <= b[1];
    if within(&CORSICA) || FRANCE[1..].iter().any(within) {
        return true;
    }
    let next = MAINLAND.iter().cycle().skip(1);
    let crossed = |a: &[f64; 2], b: &[f64; 2]| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    };
    MAINLAND.iter().zip(next).filter(|(a, b)| crossed(a, b)).count() % 2 == 1
}

/// The system that a `crs` member of GeoJSON 2008 names.
pub(super) fn declared_crs(crs: &serde_json::Value) -> Option<DeclaredCrs> {
    let properties = &crs["properties"];
    match crs["type"].as_str() {
        Some("EPSG") => {
            let code = &properties["code"];
            let code = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
            Some(DeclaredCrs::from_epsg(u32::try_from(code).ok().filter(|&c| c > 0)?))
        }
        Some("name") => named_crs(properties["name"].as_str()?),
        // A name alone is no GeoJSON, but plain enough.
        _ => named_crs(crs.as_str()?),
    }
}

/// The system of a name such as `EPSG:2154`, `urn:ogc:def:crs:EPSG::2154`,
/// `http://www.opengis.net/def/crs/EPSG/0/2154`, and of the names that programs have for it.
fn named_crs(name: &str) -> Option<DeclaredCrs> {
    let name = name.trim().to_ascii_uppercase();
    let has = |part: &str| name.contains(part);
    if let Some(at) = name.rfind("EPSG") {
        let code: u32 = name[at..].rsplit([':', '/']).next()?.parse().ok()?;
        return (code > 0).then(|| DeclaredCrs::from_epsg(code));
    }
    if has("CRS84") || has("CRS:84") || has("IGNF:WGS84G") || has("IGNF:RGF93G") {
        return Some(DeclaredCrs::LonLat);
    }
    let esri = name.strip_prefix("ESRI:").or_else(|| name.strip_prefix("URN:OGC:DEF:CRS:ESRI::"));
    if has("LAMB93") || (has("LAMBERT") && has("93")) || esri == Some("102110") {
        return Some(DeclaredCrs::Epsg(Epsg::LAMBERT_93.0));
    }
    if has("MERCATOR") || matches!(esri, Some("102100" | "102113")) {
        return Some(DeclaredCrs::Epsg(Epsg::WEB_MERCATOR.0));
    }
    matches!(name.as_str(), "WGS84" | "WGS 84" | "WGS_84" | "GCS_WGS_1984").then_some(DeclaredCrs::LonLat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_around_the_mainland_is_outside_it() {
        let edges = [
            [2.37, 51.04],
            [-1.95, 49.72],
            [-5.1, 48.46],
            [-2.4, 46.71],
            [-1.78, 43.37],
            [3.16, 42.43],
            [6.4, 43.0],
            [7.53, 43.78],
            [7.04, 45.92],
            [7.59, 47.58],
            [8.23, 48.97],
            [4.83, 50.16],
            [9.2, 41.4],
            [9.4, 43.0],
            [-61.0, 14.6],
            [55.5, -21.1],
        ];
        assert!(edges.into_iter().all(is_french));
        // Santander, London, Genoa, Frankfurt, the sea, and numbers that are none.
        let others = [[-3.8, 43.46], [-0.1, 51.5], [8.93, 44.4], [8.7, 50.1], [-2.4, 43.2], [f64::NAN, 45.0]];
        assert!(!others.into_iter().any(is_french));
    }

    #[test]
    fn one_place_may_be_read_in_several_ways() {
        let lambert = Fits::at([574_357.0, 6_279_642.0]);
        assert!(lambert.has(Reading::Lambert93) && !lambert.has(Reading::Degrees));
        // Metz in Web Mercator is in the Tarn in Lambert-93: only its neighbours tell.
        let metz = Fits::at([687_000.0, 6_295_000.0]);
        assert!(metz.has(Reading::Lambert93) && metz.has(Reading::WebMercator));
        let mut tally = Tally::default();
        for fits in [metz, Fits::at([261_845.0, 6_250_566.0])] {
            tally.add(fits);
        }
        assert_eq!(tally.verdict().reading(metz), Some(Reading::WebMercator));
        // Guadeloupe in its own system is in the Aude in Lambert II étendu: only other places tell.
        let (aude, toulouse) = (Fits::at([654_000.0, 1_796_000.0]), Fits::at([527_900.0, 1_845_600.0]));
        let verdict = |places: &[Fits]| {
            let mut tally = Tally::default();
            places.iter().for_each(|&p| tally.add(p));
            tally.verdict()
        };
        assert_eq!(verdict(&[aude, aude]).reading(aude), None);
        assert_eq!(verdict(&[aude, toulouse]).reading(aude), Some(Reading::LambertTwo));
        assert!(!Fits::at([0.0, 0.0]).is_somewhere() && !Fits::of(&Bounds::EMPTY).is_somewhere());
        assert_eq!((tally.places(), tally.fitting), (2, 2));
    }
}
