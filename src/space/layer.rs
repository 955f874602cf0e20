use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// Many polygon features in flat arrays: one allocation for all coordinates, so that all communes
/// of France load, project and scan at memory speed.
///
/// A feature has polygons (none when its geometry was null), a polygon has rings (outer first), a
/// ring is closed (first coordinate repeated last). Coordinates are `x` then `y`: longitude and
/// latitude in degrees, or easting and northing in metres, as the owner of the layer says.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(into = "Vec<MultiPolygon<f64>>", from = "Vec<MultiPolygon<f64>>")]
pub struct Layer {
    coords: Vec<Coord<f64>>,
    /// End of each ring in `coords`.
    ring_ends: Vec<u32>,
    /// End of each polygon in `ring_ends`.
    polygon_ends: Vec<u32>,
    /// End of each feature in `polygon_ends`.
    feature_ends: Vec<u32>,
}

impl From<Vec<MultiPolygon<f64>>> for Layer {
    fn from(features: Vec<MultiPolygon<f64>>) -> Self {
        Self::from_features(&features)
    }
}

impl From<Layer> for Vec<MultiPolygon<f64>> {
    fn from(layer: Layer) -> Self {
        (0..layer.len()).map(|i| layer.to_multi_polygon(i)).collect()
    }
}

impl Default for Layer {
    fn default() -> Self {
        Self::new()
    }
}

/// Axis-aligned bounds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bounds {
    /// Least x and y.
    pub min: [f64; 2],
    /// Greatest x and y.
    pub max: [f64; 2],
}

impl Bounds {
    /// Bounds that contain nothing; growing them by a point gives that point.
    pub const EMPTY: Self = Self { min: [f64::INFINITY; 2], max: [f64::NEG_INFINITY; 2] };

    /// Grows to hold `c`.
    pub const fn include(&mut self, c: Coord<f64>) {
        self.min = [self.min[0].min(c.x), self.min[1].min(c.y)];
        self.max = [self.max[0].max(c.x), self.max[1].max(c.y)];
    }

    /// Whether nothing is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.min[0] > self.max[0]
    }

    /// Whether `c` is inside or on the edge.
    #[must_use]
    pub fn contains(&self, c: Coord<f64>) -> bool {
        c.x >= self.min[0] && c.x <= self.max[0] && c.y >= self.min[1] && c.y <= self.max[1]
    }
}

impl Layer {
    /// A layer without features.
    #[must_use]
    pub const fn new() -> Self {
        Self { coords: Vec::new(), ring_ends: Vec::new(), polygon_ends: Vec::new(), feature_ends: Vec::new() }
    }

    /// A layer of the given features. Rings are closed; polygons without coordinates are left out.
    #[must_use]
    pub fn from_features<'a>(features: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Self {
        let mut layer = Self::new();
        for feature in features {
            for polygon in feature {
                if polygon.exterior().0.is_empty() {
                    continue;
                }
                for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                    layer.coords.extend_from_slice(&ring.0);
                    layer.end_ring();
                }
                layer.end_polygon();
            }
            layer.end_feature();
        }
        layer
    }

    /// Adds coordinates to the ring being built.
    pub(crate) fn push_all(&mut self, coords: &[Coord<f64>]) {
        self.coords.extend_from_slice(coords);
    }

    /// Adds a coordinate to the ring being built.
    #[inline]
    pub(crate) fn push(&mut self, x: f64, y: f64) {
        self.coords.push(Coord { x, y });
    }

    /// Ends the ring being built, closing it when its ends differ.
    pub(crate) fn end_ring(&mut self) {
        let start = self.ring_ends.last().map_or(0, |&e| e as usize);
        if self.coords.len() > start && self.coords[start] != self.coords[self.coords.len() - 1] {
            self.coords.push(self.coords[start]);
        }
        self.ring_ends.push(self.coords.len() as u32);
    }

    /// Ends the polygon being built.
    pub(crate) fn end_polygon(&mut self) {
        self.polygon_ends.push(self.ring_ends.len() as u32);
    }

    /// Ends the feature being built; one without polygons is kept as an empty feature.
    pub(crate) fn end_feature(&mut self) {
        self.feature_ends.push(self.polygon_ends.len() as u32);
    }

    /// Number of features.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.feature_ends.len()
    }

    /// Whether there are no features.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.feature_ends.is_empty()
    }

    /// All coordinates of all features.
    #[must_use]
    pub fn coords(&self) -> &[Coord<f64>] {
        &self.coords
    }

    /// All coordinates, to be moved by a projection.
    pub(crate) fn coords_mut(&mut self) -> &mut [Coord<f64>] {
        &mut self.coords
    }

    /// The same layer with every coordinate replaced by `f` of it.
    #[must_use]
    pub fn map_coords(mut self, f: impl Fn(Coord<f64>) -> Coord<f64> + Sync + Send) -> Self {
        crate::parallel::for_each_chunk(&mut self.coords, 16_384, |_, chunk| {
            for c in chunk {
                *c = f(*c);
            }
        });
        self
    }

    /// The polygons of feature `i`, each as its rings, outer first.
    pub fn polygons(&self, i: usize) -> impl Iterator<Item = Rings<'_>> {
        range(&self.feature_ends, i).map(|p| Rings { layer: self, rings: range(&self.polygon_ends, p) })
    }

    /// All rings of feature `i`, of all its polygons.
    pub fn rings(&self, i: usize) -> impl Iterator<Item = &[Coord<f64>]> {
        self.polygons(i).flatten()
    }

    /// Index range of the rings of feature `i`, for use with [`Layer::ring`].
    #[must_use]
    pub fn ring_range(&self, i: usize) -> std::ops::Range<usize> {
        let polygons = range(&self.feature_ends, i);
        let start = polygons.start.checked_sub(1).map_or(0, |p| self.polygon_ends[p] as usize);
        let end = polygons.end.checked_sub(1).map_or(0, |p| self.polygon_ends[p] as usize);
        start..end
    }

    /// Number of rings of all features.
    #[must_use]
    pub const fn ring_count(&self) -> usize {
        self.ring_ends.len()
    }

    /// Ring `r` of the whole layer, closed.
    #[must_use]
    pub fn ring(&self, r: usize) -> &[Coord<f64>] {
        &self.coords[range(&self.ring_ends, r)]
    }

    /// Index of the first coordinate of ring `r`.
    pub(crate) fn ring_start(&self, r: usize) -> usize {
        range(&self.ring_ends, r).start
    }

    /// Bounds of feature `i`; [`Bounds::EMPTY`] when it has no geometry.
    #[must_use]
    pub fn bounds(&self, i: usize) -> Bounds {
        let mut bounds = Bounds::EMPTY;
        for polygon in self.polygons(i) {
            // The outer ring bounds the holes.
            for &c in polygon.outer() {
                bounds.include(c);
            }
        }
        bounds
    }

    /// Feature `i` as a geo-types geometry.
    #[must_use]
    pub fn to_multi_polygon(&self, i: usize) -> MultiPolygon<f64> {
        MultiPolygon(
            self.polygons(i)
                .map(|rings| {
                    let mut rings = rings.map(|r| LineString(r.to_vec()));
                    let outer = rings.next().unwrap_or_else(|| LineString(Vec::new()));
                    Polygon::new(outer, rings.collect())
                })
                .collect(),
        )
    }
}

/// Range of part `i` in the level below, from the table of ends.
fn range(ends: &[u32], i: usize) -> std::ops::Range<usize> {
    let start = if i == 0 { 0 } else { ends[i - 1] as usize };
    start..ends[i] as usize
}

/// The rings of one polygon, outer first.
#[derive(Debug, Clone)]
pub struct Rings<'a> {
    layer: &'a Layer,
    rings: std::ops::Range<usize>,
}

impl<'a> Rings<'a> {
    /// The outer ring.
    #[must_use]
    pub fn outer(&self) -> &'a [Coord<f64>] {
        if self.rings.is_empty() { &[] } else { self.layer.ring(self.rings.start) }
    }
}

impl<'a> Iterator for Rings<'a> {
    type Item = &'a [Coord<f64>];

    fn next(&mut self) -> Option<Self::Item> {
        self.rings.next().map(|r| self.layer.ring(r))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::polygon;

    #[test]
    fn features_survive_the_round_trip() {
        let a = MultiPolygon(vec![polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.), (x: 0., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 1.)]],
        )]);
        let b = MultiPolygon(vec![
            polygon![(x: 9., y: 9.), (x: 10., y: 9.), (x: 9., y: 10.)],
            polygon![(x: 19., y: 9.), (x: 20., y: 9.), (x: 19., y: 10.)],
        ]);
        let empty = MultiPolygon(vec![]);
        let layer = Layer::from_features([&a, &empty, &b]);
        assert_eq!(layer.len(), 3);
        assert_eq!([0, 1, 2].map(|i| layer.to_multi_polygon(i)), [a, empty, b]);
        assert_eq!([0, 1, 2].map(|i| layer.ring_range(i)), [0..2, 2..2, 2..4]);
        assert!(layer.bounds(1).is_empty());
        assert_eq!(layer.bounds(2), Bounds { min: [9., 9.], max: [20., 10.] });
    }
}
