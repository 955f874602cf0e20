//! R-trees over places anywhere on Earth and over the envelopes of features.

use geo_types::Coord;
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, PointDistance, RTree};

use super::crs::check_lon_lat;
use super::distance::geodesic_unchecked;
use super::neighbours::Neighbour;
use super::{Bounds, Layer, LonLat};
use crate::error::{Error, Result};

/// Places in longitude and latitude, for queries whose distances are geodesics on WGS 84: across
/// zones, across the antimeridian, at the poles.
///
/// Places are indexed by their position in space (earth-centred, in metres). The straight line
/// through the Earth is never longer than the geodesic, so searching by it and stopping when it
/// exceeds the answers in hand finds exactly the geodesic neighbours. Equal distances go by the lower
/// index. Within one zone [`PointSet`](super::neighbours::PointSet) is several times as fast.
///
/// ```
/// use geo_types::Coord;
/// use rurban::space::index::PlaceIndex;
///
/// let index = PlaceIndex::new(&[(2.35, 48.86), (4.84, 45.76), (55.45, -20.88)].map(|(x, y)| Coord { x, y }))?;
/// let near = index.nearest(Coord { x: 4.0, y: 46.0 }, 1, |_| true)?;
/// assert_eq!(near[0].id, 1);
/// let others = index.nearest(Coord { x: 4.0, y: 46.0 }, 1, |id| id != 1)?;
/// assert_eq!(others[0].id, 0);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PlaceIndex {
    /// Places by where they are, then by index.
    ids: Vec<u32>,
    /// Where each spot is, and the first of its places in `ids`.
    spots: Vec<(Coord<f64>, u32)>,
    tree: RTree<GeomWithData<[f64; 3], u32>>,
}

impl PlaceIndex {
    /// Indexes places.
    ///
    /// # Errors
    /// [`Error::Value`] for a place that is no longitude and latitude.
    ///
    /// # Complexity
    /// O(n log n).
    pub fn new(places: &[Coord<f64>]) -> Result<Self> {
        check_lon_lat("places", places)?;
        let mut ids: Vec<u32> = (0..places.len() as u32).collect();
        let place = |i: u32| places[i as usize];
        ids.sort_unstable_by(|&i, &j| {
            let (p, q) = (place(i), place(j));
            p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(i.cmp(&j))
        });
        let mut spots: Vec<(Coord<f64>, u32)> = Vec::new();
        for (at, &i) in ids.iter().enumerate() {
            if spots.last().is_none_or(|last| last.0 != place(i)) {
                spots.push((place(i), at as u32));
            }
        }
        let entries = spots.iter().zip(0..).map(|(s, i)| GeomWithData::new(earth_centred(s.0), i));
        Ok(Self { tree: RTree::bulk_load(entries.collect()), ids, spots })
    }

    /// Indexes positions.
    ///
    /// # Errors
    /// None on valid positions.
    pub fn of(positions: &[LonLat]) -> Result<Self> {
        Self::new(&positions.iter().map(|&p| p.into()).collect::<Vec<_>>())
    }

    /// Number of places.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where a spot is and the places there, by index.
    fn spot(&self, s: u32) -> (Coord<f64>, &[u32]) {
        let (place, from) = self.spots[s as usize];
        let to = self.spots.get(s as usize + 1).map_or(self.ids.len(), |next| next.1 as usize);
        (place, &self.ids[from as usize..to])
    }

    /// The `k` places nearest to `at` of those that `accept` takes, nearest first.
    ///
    /// # Errors
    /// [`Error::Value`] when `at` is no longitude and latitude.
    ///
    /// # Complexity
    /// O(k log n) as a rule, and one geodesic for each spot looked at.
    pub fn nearest(
        &self,
        at: Coord<f64>,
        k: usize,
        mut accept: impl FnMut(u32) -> bool,
    ) -> Result<Vec<Neighbour>> {
        check_lon_lat("at", &[at])?;
        let mut best: Vec<Neighbour> = Vec::new();
        if k == 0 {
            return Ok(best);
        }
        for (entry, chord2) in self.tree.nearest_neighbor_iter_with_distance_2(earth_centred(at)) {
            if best.len() >= k && least_geodesic(chord2) > best[k - 1].distance_m {
                break;
            }
            let (place, ids) = self.spot(entry.data);
            let distance_m = geodesic_unchecked(at, place);
            // The first k of a spot are enough.
            for id in ids.iter().copied().filter(|&id| accept(id)).take(k) {
                let new = Neighbour { id, distance_m };
                let slot = best.partition_point(|b| before(b, &new));
                if slot < k {
                    best.truncate(k - 1);
                    best.insert(slot, new);
                }
            }
        }
        Ok(best)
    }

    /// All places at most `radius_m` from `at`, nearest first.
    ///
    /// # Errors
    /// [`Error::Value`] when `at` is no longitude and latitude, [`Error::Parameter`] when the radius is
    /// negative or not finite.
    ///
    /// # Complexity
    /// O(log n + found log found) as a rule, and one geodesic for each spot found.
    pub fn within(&self, at: Coord<f64>, radius_m: f64) -> Result<Vec<Neighbour>> {
        check_lon_lat("at", &[at])?;
        if !(radius_m >= 0.0 && radius_m.is_finite()) {
            return Err(Error::Parameter {
                name: "radius_m",
                value: radius_m.to_string(),
                must: "must be finite and not negative",
            });
        }
        let reach = radius_m + 1e-3;
        let mut found: Vec<Neighbour> = self
            .tree
            .locate_within_distance(earth_centred(at), reach * reach)
            .map(|e| self.spot(e.data))
            .map(|(place, ids)| (geodesic_unchecked(at, place), ids))
            .filter(|(distance_m, _)| *distance_m <= radius_m)
            .flat_map(|(distance_m, ids)| ids.iter().map(move |&id| Neighbour { id, distance_m }))
            .collect();
        found.sort_unstable_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.id.cmp(&b.id)));
        Ok(found)
    }
}

fn before(a: &Neighbour, b: &Neighbour) -> bool {
    (a.distance_m, a.id) < (b.distance_m, b.id)
}

/// A lower bound of the geodesic from the square of the chord, with room for rounding.
fn least_geodesic(chord2: f64) -> f64 {
    chord2.sqrt() - 1e-3
}

/// Position on the WGS 84 ellipsoid, in metres from the centre of the Earth.
fn earth_centred(c: Coord<f64>) -> [f64; 3] {
    const A: f64 = 6_378_137.0;
    const F: f64 = 1.0 / 298.257_223_563;
    const E2: f64 = F * (2.0 - F);
    let (sin_lat, cos_lat) = c.y.to_radians().sin_cos();
    let (sin_lon, cos_lon) = c.x.to_radians().sin_cos();
    let n = A / (1.0 - E2 * sin_lat * sin_lat).sqrt();
    [n * cos_lat * cos_lon, n * cos_lat * sin_lon, n * (1.0 - E2) * sin_lat]
}

/// The bounds of features: which of them a place or a window touches, which are nearest.
///
/// Units are those of the layer; distances are planar, so that nearest means something in metres.
#[derive(Debug, Clone)]
pub struct EnvelopeIndex {
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, u32>>,
}

impl EnvelopeIndex {
    /// Indexes the bounds of a layer's features; those without geometry are left out.
    ///
    /// # Errors
    /// [`Error::Value`] for a feature whose bounds are not finite.
    ///
    /// # Complexity
    /// O(coordinates + features log features).
    pub fn new(layer: &Layer) -> Result<Self> {
        Self::from_bounds(&(0..layer.len()).map(|i| layer.bounds(i)).collect::<Vec<_>>())
    }

    /// Indexes the given bounds; empty ones are left out.
    ///
    /// # Errors
    /// [`Error::Value`] for bounds that are not finite.
    pub fn from_bounds(bounds: &[Bounds]) -> Result<Self> {
        let mut entries = Vec::with_capacity(bounds.len());
        for (index, b) in bounds.iter().enumerate() {
            if *b == Bounds::EMPTY {
                continue;
            }
            let sound = b.min.iter().chain(&b.max).all(|v| v.is_finite())
                && b.min[0] <= b.max[0]
                && b.min[1] <= b.max[1];
            if !sound {
                return Err(Error::Value {
                    what: "bounds",
                    index,
                    value: format!("{:?} … {:?}", b.min, b.max),
                    must: "must be finite, least before greatest",
                });
            }
            entries.push(GeomWithData::new(Rectangle::from_corners(b.min, b.max), index as u32));
        }
        Ok(Self { tree: RTree::bulk_load(entries) })
    }

    /// Features whose bounds hold `at` (edges included), by index.
    #[must_use]
    pub fn at(&self, at: Coord<f64>) -> Vec<u32> {
        self.touching(&Bounds { min: [at.x, at.y], max: [at.x, at.y] })
    }

    /// Features whose bounds touch `window` (edges included), by index; none when the window is
    /// empty or not finite.
    #[must_use]
    pub fn touching(&self, window: &Bounds) -> Vec<u32> {
        let sound = window.min[0] <= window.max[0] && window.min[1] <= window.max[1];
        if !sound {
            return Vec::new();
        }
        let envelope = AABB::from_corners(window.min, window.max);
        let mut found: Vec<u32> =
            self.tree.locate_in_envelope_intersecting(envelope).map(|e| e.data).collect();
        found.sort_unstable();
        found
    }

    /// The `k` features whose bounds are nearest to `at` of those that `accept` takes, nearest first, equals
    /// by index; the distance is 0 inside.
    ///
    /// # Errors
    /// [`Error::Parameter`] when `at` is not finite.
    ///
    /// # Complexity
    /// O(k log n) as a rule.
    pub fn nearest(
        &self,
        at: Coord<f64>,
        k: usize,
        mut accept: impl FnMut(u32) -> bool,
    ) -> Result<Vec<Neighbour>> {
        if !(at.x.is_finite() && at.y.is_finite()) {
            return Err(Error::Parameter {
                name: "at",
                value: format!("({}, {})", at.x, at.y),
                must: "must be finite",
            });
        }
        let mut best: Vec<Neighbour> = Vec::new();
        for entry in self.tree.nearest_neighbor_iter([at.x, at.y]) {
            let distance_m = entry.geom().distance_2(&[at.x, at.y]).sqrt();
            if best.len() >= k && best.last().is_none_or(|b| distance_m > b.distance_m) {
                break;
            }
            if accept(entry.data) {
                best.push(Neighbour { id: entry.data, distance_m });
            }
        }
        best.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.id.cmp(&b.id)));
        best.truncate(k);
        Ok(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;

    fn c(x: f64, y: f64) -> Coord<f64> {
        Coord { x, y }
    }

    #[test]
    fn geodesic_neighbours_are_exact() {
        let mut s = Seed(5).stream(0);
        // Whole degrees give coincident places and ties; the whole globe gives poles and antipodes.
        let mut whole = |n: f64| (s.unit() * n).floor();
        let mut places: Vec<_> = (0..400).map(|_| c(whole(361.0) - 180.0, whole(181.0) - 90.0)).collect();
        places.extend((0..200).map(|_| c(2.0 + whole(9.0) / 4.0, 46.0)));
        let index = PlaceIndex::new(&places).unwrap();
        for at in [c(2.5, 46.0), c(180.0, 0.0), c(-179.5, -16.0), c(12.0, 90.0), c(55.5, -21.0), places[0]] {
            let odd = |id: u32| id % 2 == 1;
            let mut all: Vec<Neighbour> = (0..places.len())
                .map(|i| Neighbour { id: i as u32, distance_m: geodesic_unchecked(at, places[i]) })
                .collect();
            all.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m).then(a.id.cmp(&b.id)));
            assert_eq!(index.nearest(at, 50, |_| true).unwrap(), all[..50]);
            assert_eq!(index.nearest(at, 1000, |_| true).unwrap(), all);
            for radius in [0.0, 150e3, 5e6, 3e7] {
                let want: Vec<_> = all.iter().copied().filter(|n| n.distance_m <= radius).collect();
                assert_eq!(index.within(at, radius).unwrap(), want, "{radius}");
            }
            let want: Vec<_> = all.iter().copied().filter(|n| odd(n.id)).take(7).collect();
            assert_eq!(index.nearest(at, 7, odd).unwrap(), want);
        }
        assert!(index.nearest(c(f64::NAN, 0.0), 1, |_| true).is_err());
        assert!(index.within(c(0.0, 0.0), -1.0).is_err());
        assert!(PlaceIndex::new(&[c(0.0, 90.5)]).is_err());
        assert!(PlaceIndex::new(&[]).unwrap().nearest(c(0.0, 0.0), 3, |_| true).unwrap().is_empty());
    }

    #[test]
    fn envelopes_are_found_and_ties_go_by_index() {
        let bounds: Vec<_> = (0..30)
            .map(|i| {
                let x = f64::from(i % 10);
                Bounds { min: [x, 0.0], max: [x + 1.0, 1.0] }
            })
            .chain([Bounds::EMPTY])
            .collect();
        let index = EnvelopeIndex::from_bounds(&bounds).unwrap();
        assert_eq!(index.at(c(3.0, 1.0)), [2, 3, 12, 13, 22, 23]);
        assert_eq!(index.at(c(3.5, 1.1)), [0u32; 0]);
        assert_eq!(index.at(c(f64::NAN, 1.1)), [0u32; 0]);
        assert_eq!(index.touching(&Bounds { min: [9.5, 0.5], max: [20.0, 20.0] }), [9, 19, 29]);
        let near: Vec<u32> =
            index.nearest(c(12.0, 0.5), 4, |id| id != 19).unwrap().iter().map(|n| n.id).collect();
        assert_eq!(near, [9, 29, 8, 18]);
        assert!(index.nearest(c(12.0, 0.5), 0, |_| true).unwrap().is_empty());
        let bad = Bounds { min: [0.0, f64::NAN], max: [1.0, 1.0] };
        assert!(EnvelopeIndex::from_bounds(&[bad]).is_err());
    }
}
