//! Real layers: areas against the published ones, counts of neighbours, France dissolved.

use geo::Area;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::labels::Labels;
use rurban::space::Layer;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::measure::{Surface, areas};
use rurban::space::tessellation::{TessellationOptions, tessellate};

use serde_json::Value;

use crate::support;

/// Features of a GeoJSON file beside the repository, with the property `code`.
fn features(file: &str) -> Option<(Vec<String>, Layer)> {
    let path = support::data_dir()?.join(file);
    let text = std::fs::read_to_string(path).unwrap();
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
    Some((codes, Layer::from_features(&shapes)))
}

fn polygon(rings: &Value) -> Polygon<f64> {
    let mut rings = rings.as_array().unwrap().iter().map(|ring| {
        let place = |c: &Value| Coord { x: c[0].as_f64().unwrap(), y: c[1].as_f64().unwrap() };
        LineString(ring.as_array().unwrap().iter().map(place).collect())
    });
    let outer = rings.next().unwrap();
    Polygon::new(outer, rings.collect())
}

#[test]
fn communes_of_france() {
    let Some((codes, layer)) = features("contours/communes-2023.geojson") else { return };
    let t = std::time::Instant::now();
    let sizes = areas(&layer, Surface::Ellipsoid);
    eprintln!("areas {:?}", t.elapsed());
    let metropolitan: f64 =
        codes.iter().zip(&sizes).filter(|(c, _)| !c.starts_with("97")).map(|(_, a)| a / 1e6).sum();
    eprintln!("n {} coords {} sum {metropolitan}", layer.len(), layer.coords().len());
    for rule in [Rule::Rook, Rule::Queen] {
        let t = std::time::Instant::now();
        let c = contiguity(&layer, rule);
        eprintln!("{rule:?} {:?} pairs {} islands {}", t.elapsed(), c.pairs.len(), c.islands.len());
    }
    let t = std::time::Instant::now();
    let whole = dissolve(&layer, &Labels::new(vec![0; layer.len()], 1).unwrap()).unwrap();
    eprintln!(
        "dissolve {:?} unclean {:?} polygons {}",
        t.elapsed(),
        whole.unclean,
        whole.layer.polygons(0).count()
    );
    let (by_department, names) = Labels::from_keys(codes.iter().map(|c| Some(c[..2].to_owned())));
    let t = std::time::Instant::now();
    let d = dissolve(&layer, &by_department).unwrap();
    eprintln!("departments {} {:?} unclean {:?}", names.len(), t.elapsed(), d.unclean);
}

#[test]
fn cells_of_the_communes() {
    let Some((_, land)) = features("embeddable/france-land-naturalearth-10m.geojson") else { return };
    let land = land.to_multi_polygon(0);
    let path = support::data_dir().unwrap().join("communes/communes-2026.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
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
    let t = std::time::Instant::now();
    let cells = tessellate(&points, &land, TessellationOptions::default()).unwrap();
    eprintln!(
        "tessellate {} {:?} coincident {} off {} without {}",
        points.len(),
        t.elapsed(),
        cells.coincident.len(),
        cells.off_land.len(),
        cells.without_land.len()
    );
    let rook = contiguity(&cells.layer, Rule::Rook);
    eprintln!("rook {} islands {}", rook.pairs.len(), rook.islands.len());
    let without: std::collections::BTreeSet<u32> = cells.without_land.iter().copied().collect();
    let total: f64 = areas(&cells.layer, Surface::Plane)
        .iter()
        .enumerate()
        .filter(|(i, _)| !without.contains(&(*i as u32)))
        .map(|(_, a)| a)
        .sum();
    eprintln!("land {} cells {total}", land.unsigned_area());
    let groups = Labels::new(
        (0..points.len() as u32).map(|i| if without.contains(&i) { Labels::NONE } else { 0 }).collect(),
        1,
    )
    .unwrap();
    let d = dissolve(&cells.layer, &groups).unwrap();
    eprintln!(
        "dissolved unclean {:?} polygons {} rings {}",
        d.unclean,
        d.layer.polygons(0).count(),
        d.layer.ring_count()
    );
}
