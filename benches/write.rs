//! Throughput of the writers on a country of 35,000 hexagons.

#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::io;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use geo::MapCoords;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::model::Contours;
use rurban::network::Direction;
use rurban::space::Layer;
use rurban::write::GraphDocument;
use rurban::write::Table;
use rurban::write::csv::{CsvStyle, write_csv};
use rurban::write::geojson::{DEFAULT_DECIMALS, Shapes, write_geojson};
use rurban::write::graphml::write_graphml;

const CELLS: usize = 35_000;

fn country() -> (Layer, Vec<String>, Vec<String>, Vec<f64>) {
    let cells: Vec<MultiPolygon<f64>> = (0..CELLS)
        .map(|i| {
            let (x, y) = (f64::from(i as u32 % 200) * 0.06 - 4.0, f64::from(i as u32 / 200) * 0.05 + 42.0);
            let corner = |k: u32| {
                let angle = f64::from(k).mul_add(std::f64::consts::FRAC_PI_3, 0.1);
                Coord { x: x + 0.03 * angle.cos(), y: y + 0.03 * angle.sin() }
            };
            MultiPolygon(vec![Polygon::new(LineString((0..6).map(corner).collect()), vec![])])
        })
        .collect();
    let codes = (0..CELLS).map(|i| format!("{i:05}")).collect();
    let names = (0..CELLS).map(|i| format!("Saint-Étienne-du-N° {i}")).collect();
    let values = (0..CELLS).map(|i| (i as f64 * 0.618).fract() * 1e3).collect();
    (Layer::from_features(&cells), codes, names, values)
}

/// Bytes a writer gives.
fn size(write: impl Fn(&mut Vec<u8>)) -> u64 {
    let mut bytes = Vec::new();
    write(&mut bytes);
    bytes.len() as u64
}

fn tables(c: &mut Criterion) {
    let (layer, codes, names, values) = country();
    let table = Table::new()
        .with("code", codes.as_slice())
        .unwrap()
        .with("name", names.as_slice())
        .unwrap()
        .with("value", values.as_slice())
        .unwrap();
    let mut group = c.benchmark_group("write");
    let csv = |out: &mut Vec<u8>| write_csv(out, &table, CsvStyle::Standard).unwrap();
    group.throughput(Throughput::Bytes(size(csv)));
    group.bench_function("csv/35k rows", |b| {
        b.iter(|| write_csv(io::sink(), black_box(&table), CsvStyle::Standard).unwrap());
    });
    let shapes = Shapes::Polygons(&layer, Contours::Surveyed);
    let geojson = |out: &mut Vec<u8>| write_geojson(out, shapes, &table, DEFAULT_DECIMALS).unwrap();
    group.throughput(Throughput::Bytes(size(geojson)));
    group.bench_function("geojson/35k polygons", |b| {
        b.iter(|| write_geojson(io::sink(), black_box(shapes), &table, DEFAULT_DECIMALS).unwrap());
    });
    // The crate's writer, with coordinates rounded beforehand as ours are: what a change to it would cost.
    group.bench_function("geojson::FeatureWriter/35k polygons", |b| {
        let scale = 10_f64.powi(i32::from(DEFAULT_DECIMALS));
        b.iter(|| {
            let mut writer = geojson::FeatureWriter::from_writer(io::sink());
            for i in 0..layer.len() {
                let shape = layer.to_multi_polygon(i).map_coords(|c| Coord {
                    x: (c.x * scale).round() / scale,
                    y: (c.y * scale).round() / scale,
                });
                let properties =
                    serde_json::json!({ "code": codes[i], "name": names[i], "value": values[i] });
                let mut feature = geojson::Feature::from(geojson::GeometryValue::from(&shape));
                feature.properties = properties.as_object().cloned();
                writer.write_feature(&feature).unwrap();
            }
            writer.finish().unwrap();
        });
    });
    let edges: Vec<(u32, u32)> = (0..100_000_u32).map(|i| (i % 35_000, (i * 7 + 1) % 35_000)).collect();
    let weights: Vec<f64> = (0..edges.len()).map(|i| (i % 9) as f64).collect();
    let graph = GraphDocument::new(Direction::Undirected, &codes, &edges)
        .weights(weights)
        .node_attributes(table.clone());
    let graphml = |out: &mut Vec<u8>| drop(write_graphml(out, &graph).unwrap());
    group.throughput(Throughput::Bytes(size(graphml)));
    group.bench_function("graphml/35k nodes, 100k ties", |b| {
        b.iter(|| write_graphml(io::sink(), black_box(&graph)).unwrap());
    });
    group.finish();
}

#[cfg(feature = "html")]
fn atlas(c: &mut Criterion) {
    use rurban::write::atlas_html::{AtlasPage, MapLayer, MeasureColumn, Scale, Text, write_atlas_html};

    let (layer, codes, names, values) = country();
    let measure = |k: usize| MeasureColumn {
        key: format!("measure_{k}"),
        group: Text::default(),
        name: Text::same(format!("measure {k}")),
        unit: Text::default(),
        description: Text::default(),
        values: values.as_slice().into(),
        decimals: 1,
        scale: Scale::Sequential,
        cases: None,
        whole: None,
    };
    let mut page = AtlasPage::new(Text::same("Bench"));
    page.layers.push(MapLayer {
        key: "commune".to_owned(),
        name: Text::same("commune"),
        plural: Text::same("communes"),
        shapes: &layer,
        contours: Contours::Approximate,
        codes: &codes,
        names: &names,
        points: vec![None; codes.len()],
        parents: Vec::new(),
        members: Vec::new(),
        measures: (0..5).map(measure).collect(),
    });
    let mut group = c.benchmark_group("write");
    group.throughput(Throughput::Bytes(size(|out| write_atlas_html(out, &page).unwrap())));
    group.bench_function("atlas_html/35k territories, 5 measures", |b| {
        b.iter(|| write_atlas_html(io::sink(), black_box(&page)).unwrap());
    });
    group.finish();
}

#[cfg(not(feature = "html"))]
fn atlas(_: &mut Criterion) {}

criterion_group!(benches, tables, atlas);
criterion_main!(benches);
