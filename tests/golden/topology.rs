//! Real layers: areas against the published ones, counts of neighbours, France dissolved.

use std::path::Path;

use geo::{Area, GeodesicArea};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::labels::Labels;
use rurban::space::Layer;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::measure::{Surface, areas};
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};

use serde_json::Value;

use crate::common::real_data;

/// Features of a GeoJSON file, with the property `code`.
fn features(path: &Path) -> (Vec<String>, Layer) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let collection: Value = serde_json::from_str(&text).unwrap();
    let mut codes = Vec::new();
    let mut shapes: Vec<MultiPolygon<f64>> = Vec::new();
    for feature in collection["features"].as_array().unwrap() {
        codes.push(feature["properties"]["code"].as_str().unwrap_or_default().to_owned());
        let parts = &feature["geometry"]["coordinates"];
        let single = feature["geometry"]["type"] == "Polygon";
        let polygons = if single { vec![parts] } else { parts.as_array().unwrap().iter().collect() };
        shapes.push(MultiPolygon(polygons.into_iter().map(polygon).collect()));
    }
    (codes, Layer::from_features(&shapes))
}

fn polygon(rings: &Value) -> Polygon<f64> {
    let mut rings = rings.as_array().unwrap().iter().map(|ring| {
        let place = |c: &Value| Coord { x: c[0].as_f64().unwrap(), y: c[1].as_f64().unwrap() };
        LineString(ring.as_array().unwrap().iter().map(place).collect())
    });
    let outer = rings.next().unwrap();
    Polygon::new(outer, rings.collect())
}

/// Parts and area (squared degrees) of the union by GEOS 3.14.1, shapely 2.2.0: `unary_union` of
/// `make_valid` (without it, and in `coverage_union_all`, GEOS fails on this file).
const GEOS_PARTS: usize = 476;
const GEOS_AREA: f64 = 71.715_390_463_473_57;

#[test]
#[ignore = "needs RURBAN_DATA: contours/communes-2023.geojson"]
fn communes_of_france() {
    let (codes, layer) = features(&real_data("contours/communes-2023.geojson"));
    let sizes = areas(&layer, Surface::Ellipsoid);
    for i in (0..layer.len()).step_by(500) {
        let geodesic: f64 = layer.to_multi_polygon(i).0.iter().map(|p| p.geodesic_area_signed().abs()).sum();
        assert!((sizes[i] / geodesic - 1.0).abs() < 1e-5, "{} {} {geodesic}", codes[i], sizes[i]);
    }
    let metropolitan: f64 =
        codes.iter().zip(&sizes).filter(|(c, _)| !c.starts_with("97")).map(|(_, a)| a / 1e6).sum();
    // PostGIS and DuckDB: 549,164.30 km² with the features as they wind in the file.
    assert!((metropolitan / 549_164.30 - 1.0).abs() < 1e-4, "{metropolitan}");
    let queen = contiguity(&layer, Rule::Queen);
    let rook = contiguity(&layer, Rule::Rook);
    // libpysal 4.14.1 `Queen`/`Rook.from_dataframe` on the same file, and sets of equal vertices and
    // edges counted apart.
    assert_eq!((queen.pairs.len(), queen.islands.len()), (103_798, 15));
    assert_eq!((rook.pairs.len(), rook.islands.len()), (101_905, 15));
    let (departments, _) = Labels::from_keys(codes.iter().map(|c| Some(c[..2].to_owned())));
    let merged = dissolve(&layer, &departments).unwrap();
    assert!(merged.unclean.is_empty());
    // Communes on either side of a département border are drawn differently: 12,330 pairs of
    // edges cross or touch. Cut there, the union is that of GEOS.
    let france = dissolve(&layer, &Labels::new(vec![0; layer.len()], 1).unwrap()).unwrap();
    assert_eq!(france.unclean, [0]);
    assert_eq!(france.layer.polygons(0).count(), GEOS_PARTS);
    let area = areas(&france.layer, Surface::Plane)[0];
    assert!((area / GEOS_AREA - 1.0).abs() < 1e-9, "{area}");
    let simple = simplify(&layer, 0.002).unwrap();
    // Arcs between the same two junctions may fall together, which makes a few new borders.
    let kept = contiguity(&simple, Rule::Rook).pairs;
    assert!(rook.pairs.iter().all(|p| kept.binary_search(p).is_ok()));
    assert!(kept.len() - rook.pairs.len() < rook.pairs.len() / 1000, "{}", kept.len());
}

#[test]
fn cells_of_the_communes() {
    let france = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/france");
    let (_, land) = features(&france.join("land.geojson"));
    let land = land.to_multi_polygon(0);
    let mut reader = csv::Reader::from_path(france.join("communes.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (x, y) = (at("lon"), at("lat"));
    let points: Vec<Coord<f64>> = reader
        .records()
        .filter_map(|r| {
            let r = r.unwrap();
            Some(Coord { x: r[x].parse().ok()?, y: r[y].parse().ok()? })
        })
        .collect();
    let cells = tessellate(&points, &land, &TessellationOptions::default()).unwrap();
    assert_eq!(cells.layer.len(), points.len());
    let without: std::collections::BTreeSet<u32> = cells.without_land.iter().copied().collect();
    let total: f64 = areas(&cells.layer, Surface::Plane)
        .iter()
        .enumerate()
        .filter(|(i, _)| !without.contains(&(*i as u32)))
        .map(|(_, a)| a)
        .sum();
    assert!((total / land.unsigned_area() - 1.0).abs() < 1e-6, "{total}");
    let groups = Labels::new(
        (0..points.len() as u32).map(|i| if without.contains(&i) { Labels::NONE } else { 0 }).collect(),
        1,
    )
    .unwrap();
    let d = dissolve(&cells.layer, &groups).unwrap();
    assert!(d.unclean.is_empty());
    // One part more than the outline has, though nothing overlaps: the cause is not established.
    assert!(d.layer.polygons(0).count() - land.0.len() <= 1);
    assert!((areas(&d.layer, Surface::Plane)[0] / land.unsigned_area() - 1.0).abs() < 1e-6);
}
