//! Polygons of a GeoJSON file, read with nothing of the crate under test.

#![allow(clippy::unwrap_used, clippy::panic, reason = "also part of a bench")]

use std::path::Path;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use serde::Deserialize;

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

pub(crate) fn features(path: &Path) -> Vec<MultiPolygon<f64>> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let collection: Collection = serde_json::from_str(&text).unwrap();
    let polygon = |rings: Vec<Vec<[f64; 2]>>| {
        let mut rings =
            rings.into_iter().map(|r| LineString(r.into_iter().map(|[x, y]| Coord { x, y }).collect()));
        let outer = rings.next().unwrap();
        Polygon::new(outer, rings.collect())
    };
    let multi = |geometry| match geometry {
        None => MultiPolygon(vec![]),
        Some(Geometry::Polygon(rings)) => MultiPolygon(vec![polygon(rings)]),
        Some(Geometry::MultiPolygon(parts)) => MultiPolygon(parts.into_iter().map(polygon).collect()),
    };
    collection.features.into_iter().map(|f| multi(f.geometry)).collect()
}
