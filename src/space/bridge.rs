#![allow(missing_docs)]
use super::{Layer, LonLat};
use crate::error::Result;
use geo::{Contains, Distance, Geodesic as G};
use geo_types::{Coord, Point};
use rstar::RTree;
use rstar::primitives::GeomWithData;

#[derive(Debug, Clone)]
pub struct PointIndex(RTree<GeomWithData<[f64; 3], u32>>, Vec<LonLat>);
#[derive(Debug, Clone, Copy)]
pub struct Neighbour {
    pub index: usize,
    pub distance_m: f64,
}
fn unit(p: LonLat) -> [f64; 3] {
    let (l, f) = (p.lon().to_radians(), p.lat().to_radians());
    [f.cos() * l.cos(), f.cos() * l.sin(), f.sin()]
}
impl PointIndex {
    pub fn new(points: &[LonLat]) -> Result<Self> {
        Ok(Self(
            RTree::bulk_load(
                points.iter().enumerate().map(|(i, p)| GeomWithData::new(unit(*p), i as u32)).collect(),
            ),
            points.to_vec(),
        ))
    }
    pub fn nearest(&self, p: LonLat, k: usize, keep: impl Fn(usize) -> bool) -> Vec<Neighbour> {
        self.0
            .nearest_neighbor_iter(unit(p))
            .filter(|n| keep(n.data as usize))
            .take(k)
            .map(|n| Neighbour {
                index: n.data as usize,
                distance_m: G.distance(
                    Point::new(p.lon(), p.lat()),
                    Point::new(self.1[n.data as usize].lon(), self.1[n.data as usize].lat()),
                ),
            })
            .collect()
    }
}
#[derive(Debug)]
pub struct Locator(
    Vec<geo_types::MultiPolygon<f64>>,
    RTree<GeomWithData<rstar::primitives::Rectangle<[f64; 2]>, u32>>,
);
impl Locator {
    pub fn new(layer: &Layer) -> Result<Self> {
        let polys = (0..layer.len()).map(|i| layer.to_multi_polygon(i)).collect();
        let boxes = (0..layer.len())
            .filter(|&i| !layer.bounds(i).is_empty())
            .map(|i| {
                let b = layer.bounds(i);
                GeomWithData::new(rstar::primitives::Rectangle::from_corners(b.min, b.max), i as u32)
            })
            .collect();
        Ok(Self(polys, RTree::bulk_load(boxes)))
    }
    pub fn locate(&self, c: Coord<f64>) -> Option<usize> {
        self.1
            .locate_all_at_point([c.x, c.y])
            .filter(|b| self.0[b.data as usize].contains(&Point(c)))
            .map(|b| b.data as usize)
            .min()
    }
}
