//! Unions and intersections by `geo`, which rounds to a grid of 2³⁰ steps over what it is given. The step
//! must be a number: coordinates near the end of the range of floats are taken in another unit.

use geo::{BooleanOps, MapCoords, unary_union};
use geo_types::{Coord, MultiPolygon, Polygon};

use crate::evidence::{exponent, extreme};

/// As [`geo::unary_union`].
pub(super) fn union(polygons: &[Polygon<f64>]) -> MultiPolygon<f64> {
    match unit(polygons) {
        0 => unary_union(polygons),
        unit => {
            let scaled: Vec<Polygon<f64>> = polygons.iter().map(|p| in_unit(p, unit)).collect();
            in_unit(&unary_union(&scaled), -unit)
        }
    }
}

/// As [`BooleanOps::intersection`].
pub(super) fn intersection(a: &MultiPolygon<f64>, b: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    match unit(a.iter().chain(b)) {
        0 => a.intersection(b),
        unit => in_unit(&in_unit(a, unit).intersection(&in_unit(b, unit)), -unit),
    }
}

/// The power of two to divide coordinates by, 0 for those of ordinary size.
fn unit<'a>(polygons: impl IntoIterator<Item = &'a Polygon<f64>>) -> i32 {
    let largest = (polygons.into_iter())
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .flat_map(|ring| &ring.0)
        .fold(0.0_f64, |m, c| m.max(c.x.abs()).max(c.y.abs()));
    if extreme(&[largest]) { exponent(&[largest]) } else { 0 }
}

fn in_unit<G: MapCoords<f64, f64, Output = G>>(shape: &G, unit: i32) -> G {
    shape.map_coords(|c| Coord { x: libm::ldexp(c.x, -unit), y: libm::ldexp(c.y, -unit) })
}

#[cfg(test)]
mod tests {
    use geo::Area;
    use geo_types::Rect;

    use super::*;

    #[test]
    fn the_size_of_coordinates_does_not_matter() {
        for unit in [-1060, -400, 0, 400, 1020] {
            let square = |x: f64| -> MultiPolygon<f64> {
                let from = Coord { x: libm::ldexp(x, unit), y: 0.0 };
                let to = Coord { x: libm::ldexp(x + 2.0, unit), y: libm::ldexp(2.0, unit) };
                Rect::new(from, to).to_polygon().into()
            };
            let (a, b) = (square(0.0), square(1.0));
            let plain = |m: &MultiPolygon<f64>| in_unit(m, unit).unsigned_area();
            assert_eq!(plain(&intersection(&a, &b)), 2.0, "{unit}");
            assert_eq!(plain(&union(&[a.0, b.0].concat())), 6.0, "{unit}");
        }
    }
}
