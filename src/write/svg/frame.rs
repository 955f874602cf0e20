//! Where coordinates of a map come to lie on its sheet.

use geo_types::Coord;

use super::maps::Coordinates;
use crate::check::check_coord;
use crate::error::Result;
use crate::space::Bounds;

pub(super) struct Frame {
    pub(super) bounds: Bounds,
    stretch: f64,
    /// Pixels for one unit of y.
    pub(super) scale: f64,
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Frame {
    /// Shows `bounds`, or all of the coordinates, in a square with sides of so many pixels; degrees with
    /// the width of the middle latitude.
    ///
    /// # Errors
    /// [`Error::Value`] for a coordinate, also of `bounds`, that is not finite or is beyond 10¹⁰⁰.
    pub(super) fn new(
        coords: impl Iterator<Item = Coord<f64>>,
        bounds: Option<Bounds>,
        coordinates: Coordinates,
        [left, top, side]: [f64; 3],
    ) -> Result<Self> {
        let mut all = Bounds::EMPTY;
        for (index, c) in coords.enumerate() {
            check_coord("coordinates of a map", index, c)?;
            all.include(c);
        }
        let mut bounds = bounds.unwrap_or(all);
        if bounds.is_empty() {
            bounds = Bounds { min: [0.0; 2], max: [1.0; 2] };
        }
        for (index, [x, y]) in [bounds.min, bounds.max].into_iter().enumerate() {
            check_coord("bounds of a map", index, Coord { x, y })?;
        }
        let middle = f64::midpoint(bounds.min[1], bounds.max[1]).to_radians();
        let stretch = if coordinates == Coordinates::Degrees { libm::cos(middle).abs() } else { 1.0 };
        let (wide, tall) = (
            ((bounds.max[0] - bounds.min[0]) * stretch).max(1e-9),
            (bounds.max[1] - bounds.min[1]).max(1e-9),
        );
        let scale = (side / wide).min(side / tall);
        Ok(Self { bounds, stretch, scale, left, top, width: wide * scale, height: tall * scale })
    }

    /// In pixels; what lies very far out is nearer, so that it is a number of a few digits.
    pub(super) fn at(&self, c: Coord<f64>) -> (f64, f64) {
        const FAR_OUT: f64 = 1e12;
        let x = self.left + (c.x - self.bounds.min[0]) * self.stretch * self.scale;
        let y = self.top + (self.bounds.max[1] - c.y) * self.scale;
        (x.clamp(-FAR_OUT, FAR_OUT), y.clamp(-FAR_OUT, FAR_OUT))
    }

    pub(super) fn shows(&self, b: Bounds) -> bool {
        (0..2).all(|k| b.min[k] <= self.bounds.max[k] && b.max[k] >= self.bounds.min[k])
    }

    /// The longer side of what a ring takes, in pixels.
    pub(super) fn pixels(&self, ring: &[Coord<f64>]) -> f64 {
        let mut b = Bounds::EMPTY;
        ring.iter().for_each(|&c| b.include(c));
        ((b.max[0] - b.min[0]) * self.stretch).max(b.max[1] - b.min[1]) * self.scale
    }
}
