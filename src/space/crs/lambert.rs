//! Lambert's conformal conic projection with two standard parallels on GRS 80: the projection of
//! most French data, and the hot path of every study.
//!
//! Formulas: Snyder (1987), Map Projections – A Working Manual, pp. 107–109, written with the
//! isometric latitude; the inverse uses the series of Karney (2011), doi:10.1007/s00190-011-0445-3.

use geo_types::Coord;

use super::Epsg;

const A: f64 = 6_378_137.0;
const INVERSE_FLATTENING: f64 = 298.257_222_101;

/// What defines one such system.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    parallels: [f64; 2],
    origin: [f64; 2],
    offset: [f64; 2],
}

impl Parameters {
    /// Lambert-93 and the nine conformal conic zones.
    pub(super) fn of(code: Epsg) -> Option<Self> {
        match code.0 {
            2154 | 9793 | 9794 => {
                Some(Self { parallels: [49.0, 44.0], origin: [3.0, 46.5], offset: [700_000.0, 6_600_000.0] })
            }
            3942..=3950 => {
                let zone = code.0 - 3900;
                let latitude = f64::from(zone);
                Some(Self {
                    parallels: [latitude - 0.75, latitude + 0.75],
                    origin: [3.0, latitude],
                    offset: [1_700_000.0, 200_000.0 + 1_000_000.0 * f64::from(zone - 41)],
                })
            }
            _ => None,
        }
    }

    pub(super) fn proj_string(&self) -> String {
        let ([lat_1, lat_2], [lon_0, lat_0], [x_0, y_0]) = (self.parallels, self.origin, self.offset);
        format!(
            "+proj=lcc +lat_0={lat_0} +lon_0={lon_0} +lat_1={lat_1} +lat_2={lat_2} +x_0={x_0} +y_0={y_0} \
             +ellps=GRS80 +units=m +no_defs"
        )
    }
}

/// One projection, ready to run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lambert {
    n: f64,
    /// Radius at isometric latitude 0.
    radius: f64,
    /// Easting of the central meridian and northing of the pole.
    x0: f64,
    pole: f64,
    longitude: f64,
    /// Coefficients of sin 2χ, sin 4χ … in φ − χ.
    series: [f64; 6],
}

impl Lambert {
    pub(super) fn new(p: &Parameters) -> Self {
        let [phi1, phi2] = p.parallels.map(f64::to_radians);
        let [lon0, lat0] = p.origin.map(f64::to_radians);
        let e2 = eccentricity_squared();
        let m = |phi: f64| phi.cos() / (1.0 - e2 * phi.sin().powi(2)).sqrt();
        let (q1, q2) = (isometric(phi1.sin()), isometric(phi2.sin()));
        let n = (m(phi1) / m(phi2)).ln() / (q2 - q1);
        let radius = A * m(phi1) / n * (n * q1).exp();
        let pole = p.offset[1] + radius * (-n * isometric(lat0.sin())).exp();
        Self { n, radius, x0: p.offset[0], pole, longitude: lon0, series: series() }
    }

    /// Degrees to metres.
    #[inline]
    pub(super) fn forward(&self, c: Coord<f64>) -> Coord<f64> {
        let q = isometric(c.y.to_radians().sin());
        let rho = self.radius * (-self.n * q).exp();
        let mut delta = c.x.to_radians() - self.longitude;
        if delta > std::f64::consts::PI {
            delta -= std::f64::consts::TAU;
        } else if delta < -std::f64::consts::PI {
            delta += std::f64::consts::TAU;
        }
        let (sin, cos) = (self.n * delta).sin_cos();
        Coord { x: self.x0 + rho * sin, y: self.pole - rho * cos }
    }

    /// Metres to degrees; `None` for what lies in the gap of the unrolled cone, behind the pole.
    #[inline]
    pub(super) fn inverse(&self, c: Coord<f64>) -> Option<Coord<f64>> {
        let (dx, dy) = (c.x - self.x0, self.pole - c.y);
        let q = -(dx.hypot(dy) / self.radius).ln() / self.n;
        let turn = dx.atan2(dy) / self.n;
        if turn.abs() > std::f64::consts::PI {
            return None;
        }
        let mut longitude = (turn + self.longitude).to_degrees();
        if longitude.abs() > 180.0 {
            longitude -= 360.0_f64.copysign(longitude);
        }
        // sin χ = tanh q, cos χ = sech q.
        let (sin, cos) = (q.tanh(), 1.0 / q.cosh());
        let (sin2, cos2) = (2.0 * sin * cos, (cos - sin) * (cos + sin));
        let (mut b1, mut b2) = (0.0, 0.0);
        for &coefficient in self.series.iter().rev() {
            (b1, b2) = (2.0 * cos2 * b1 - b2 + coefficient, b1);
        }
        Some(Coord { x: longitude, y: (sin.atan2(cos) + sin2 * b1).to_degrees() })
    }
}

fn eccentricity_squared() -> f64 {
    let f = 1.0 / INVERSE_FLATTENING;
    f * (2.0 - f)
}

/// Isometric latitude from the sine of the latitude.
#[inline]
fn isometric(sin: f64) -> f64 {
    const F: f64 = 1.0 / INVERSE_FLATTENING;
    const E2: f64 = F * (2.0 - F);
    // e·atanh(e·s) as its series: e² is so small that seven terms reach the last bit.
    let z = E2 * sin * sin;
    let tail = E2
        * sin
        * (1.0
            + z * (1.0 / 3.0
                + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z / 13.0))))));
    0.5 * ((1.0 + sin) / (1.0 - sin)).ln() - tail
}

/// Series from conformal to geographic latitude, in the third flattening.
fn series() -> [f64; 6] {
    let f = 1.0 / INVERSE_FLATTENING;
    let n = f / (2.0 - f);
    let polynomial = |k: i32, c: &[f64]| c.iter().rev().fold(0.0, |s, &c| s * n + c) * n.powi(k);
    [
        polynomial(1, &[2.0, -2.0 / 3.0, -2.0, 116.0 / 45.0, 26.0 / 45.0, -2854.0 / 675.0]),
        polynomial(2, &[7.0 / 3.0, -8.0 / 5.0, -227.0 / 45.0, 2704.0 / 315.0, 2323.0 / 945.0]),
        polynomial(3, &[56.0 / 15.0, -136.0 / 35.0, -1262.0 / 105.0, 73_814.0 / 2835.0]),
        polynomial(4, &[4279.0 / 630.0, -332.0 / 35.0, -399_572.0 / 14_175.0]),
        polynomial(5, &[4174.0 / 315.0, -144_838.0 / 6237.0]),
        polynomial(6, &[601_676.0 / 22_275.0]),
    ]
}
