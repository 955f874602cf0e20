//! The official projected systems of France, by where they hold (arrêté of 26 December 2000 and its
//! amendments on the national reference of coordinates).

use std::borrow::Cow;

use crate::space::Bounds;
use crate::space::crs::{Crs, Epsg, Zone, Zones};

/// Lambert-93 for mainland France and Corsica, UTM on the local reference overseas.
///
/// Saint-Pierre-et-Miquelon, Wallis-et-Futuna, French Polynesia and New Caledonia have no zone here:
/// what lies there is measured on the ellipsoid or in a local projection.
///
/// ```
/// use geo_types::Coord;
/// use rurban::france::zones::ZONES;
/// use rurban::space::crs::{Crs, Epsg};
///
/// let zone = |x, y| ZONES.zone_of(Coord { x, y }).map(|z| z.crs);
/// assert_eq!(zone(8.74, 41.92), Some(Crs::Epsg(Epsg(2154)))); // Ajaccio
/// assert_eq!(zone(-61.07, 14.60), Some(Crs::Epsg(Epsg(5490)))); // Fort-de-France
/// assert_eq!(zone(166.44, -22.27), None); // Nouméa
/// ```
pub static ZONES: Zones = Zones::new(&FRANCE);

static FRANCE: [Zone; 5] = [
    zone("mainland France and Corsica", Epsg::LAMBERT_93, [-5.8, 41.0], [10.0, 51.6]),
    zone(
        "Guadeloupe, Martinique, Saint-Martin, Saint-Barthélemy",
        Epsg::ANTILLES,
        [-63.6, 14.0],
        [-60.4, 18.6],
    ),
    zone("Guyane", Epsg::GUYANE, [-54.9, 2.0], [-51.0, 6.3]),
    zone("La Réunion", Epsg::REUNION, [55.0, -21.7], [56.2, -20.6]),
    zone("Mayotte", Epsg::MAYOTTE, [44.7, -13.3], [45.6, -12.3]),
];

const fn zone(name: &'static str, crs: Epsg, min: [f64; 2], max: [f64; 2]) -> Zone {
    Zone { name: Cow::Borrowed(name), crs: Crs::Epsg(crs), bounds: Bounds { min, max } }
}
