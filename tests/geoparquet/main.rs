//! `GeoParquet` of other programs is read, and what is written reads back.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

#[path = "../common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};
use std::time::Instant;

use geo_types::Coord;
use rurban::Error;
use rurban::diagnostics::Diagnostics;
use rurban::model::{Contours, Level};
use rurban::read::geojson::{FeatureTable, GeometryKind, Reader};
use rurban::read::{GeoParquetReader, TerritoryReader};
use rurban::write::Table;
use rurban::write::geojson::Shapes;
use rurban::write::geoparquet::write_geoparquet_file;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/geoparquet").join(name)
}

fn read(name: &str) -> Result<(FeatureTable, Diagnostics), Error> {
    GeoParquetReader::default().read_path(file(name))
}

#[test]
fn geopandas_files_are_read_whole() {
    let (table, found) = read("null_geometry.parquet").unwrap();
    assert_eq!((table.len(), found.kept(), found.count("no_geometry")), (3, 3, 1));
    assert_eq!(table.names(), ["code", "nom", "population", "ok"]);
    assert_eq!(table.property(0, "code").unwrap().as_text(), Some("01001"));
    assert_eq!(table.property(1, "population").unwrap().as_number(), Some(73_000.0));
    assert_eq!(table.property(2, "ok").unwrap().as_bool(), Some(false));
    assert_eq!([0, 1, 2].map(|i| table.layer().rings(i).count()), [2, 2, 0]);
    assert_eq!(
        [0, 1, 2].map(|i| table.kind(i)),
        [GeometryKind::Polygon, GeometryKind::MultiPolygon, GeometryKind::None]
    );
    let bounds = table.layer().bounds(1);
    assert_eq!((bounds.min, bounds.max), ([8.0, 41.0], [10.5, 42.0]));
}

#[test]
fn what_covers_geometries_is_no_property() {
    let (table, found) = read("covering.parquet").unwrap();
    assert_eq!((table.len(), table.names().len(), found.is_clean()), (2, 4, true));
}

#[test]
fn other_systems_are_converted_or_refused() {
    let (table, _) = read("lambert_93.parquet").unwrap();
    let paris = table.points(0)[0];
    assert!((paris.x - 2.3522).abs() < 1e-8 && (paris.y - 48.8566).abs() < 1e-8, "{paris:?}");
    // PROJ knows the British grid; without it the file is refused.
    match read("british_grid.parquet") {
        Ok((table, _)) if cfg!(feature = "proj") => {
            let paris = table.points(0)[0];
            assert!((paris.x - 2.3522).abs() < 1e-5 && (paris.y - 48.8566).abs() < 1e-5, "{paris:?}");
        }
        Err(e) if !cfg!(feature = "proj") => {
            let err = e.to_string();
            assert!(err.contains("EPSG:27700") && err.contains("reproject"), "{err}");
        }
        other => panic!("{other:?}"),
    }
    let (table, found) = read("no_crs.parquet").unwrap();
    assert_eq!((table.points(0)[0], found.count("unknown_crs")), (Coord { x: 2.3522, y: 48.8566 }, 1));
}

#[test]
fn what_is_no_wkb_says_what_to_do() {
    for (name, word) in
        [("no_geo.parquet", "no `geo` key"), ("geoarrow.parquet", "geometry_encoding=\"WKB\"")]
    {
        let err = read(name).unwrap_err();
        assert!(matches!(err, Error::Format { .. }) && err.to_string().contains(word), "{err}");
    }
    let (table, found) = read("cut_geometry.parquet").unwrap();
    assert_eq!((table.len(), found.dropped(), found.count("malformed_geometry")), (2, 1, 1));
    assert!(GeoParquetReader::default().read_path(file("write.py")).is_err());
}

#[test]
fn territories_come_from_geoparquet_too() {
    let (atlas, found) =
        TerritoryReader::new(Level::Commune).read_path(file("null_geometry.parquet")).unwrap();
    assert_eq!((atlas.base().territories().len(), found.kept()), (3, 3));
    assert_eq!(atlas.base().territories()[0].population, Some(860.0));
}

/// Every truncation and a spread of damaged bytes: an error or fewer features, never a panic.
#[test]
fn damaged_files_are_errors() {
    let bytes = std::fs::read(file("null_geometry.parquet")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.parquet");
    let mut refused = 0;
    for at in (0..bytes.len()).step_by(29) {
        for damaged in [bytes[..at].to_vec(), [&bytes[..at], &[!bytes[at]], &bytes[at + 1..]].concat()] {
            std::fs::write(&path, damaged).unwrap();
            refused += usize::from(GeoParquetReader::default().read_path(&path).is_err());
        }
    }
    assert!(refused > bytes.len() / 29, "{refused}");
}

fn same(a: &FeatureTable, b: &FeatureTable) {
    assert_eq!(a.layer(), b.layer());
    for i in 0..a.len() {
        assert_eq!(a.points(i), b.points(i));
        assert!(a.properties(i).eq(b.properties(i)), "feature {i}");
    }
}

/// Writes the features of a file with these text columns, and reads them back.
fn there_and_back(table: &FeatureTable, columns: &[&str], path: &Path) -> (FeatureTable, [f64; 2]) {
    let mut cells: Vec<Vec<Option<&str>>> = Vec::new();
    for column in columns {
        let column = table.column(column).unwrap();
        cells.push(column.map(|v| v.and_then(rurban::read::geojson::Value::as_text)).collect());
    }
    let mut properties = Table::new();
    for (name, cells) in columns.iter().zip(cells) {
        properties.push(*name, cells).unwrap();
    }
    let start = Instant::now();
    write_geoparquet_file(path, Shapes::Polygons(table.layer(), Contours::Surveyed), &properties).unwrap();
    let written = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let (again, found) = GeoParquetReader::default().read_path(path).unwrap();
    assert_eq!(found.dropped(), 0);
    (again, [written, start.elapsed().as_secs_f64()])
}

#[test]
fn what_is_written_reads_back_equal() {
    let text = r#"{"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": "01001", "nom": "é"}, "geometry": {"type": "Polygon", "coordinates":
            [[[4, 46], [6, 46], [6, 48], [4, 46]], [[5, 46.2], [5.5, 46.7], [5.5, 46.3], [5, 46.2]]]}},
        {"type": "Feature", "properties": {"code": "2A004", "nom": null}, "geometry": null}]}"#;
    let (table, _) = Reader::default().read_str(text, "two").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (again, _) = there_and_back(&table, &["code", "nom"], &folder.path().join("two.parquet"));
    same(&table, &again);
}

#[test]
#[ignore = "needs RURBAN_DATA"]
fn all_communes_go_there_and_back() {
    let path = common::real_data("contours/communes-2023.geojson");
    let (table, _) = Reader::default().read_path(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("communes.parquet");
    let (again, [written, read]) = there_and_back(&table, &["code", "nom", "departement"], &path);
    let size = std::fs::metadata(&path).unwrap().len();
    eprintln!("{} communes: written in {written:.3} s, read in {read:.3} s, {size} bytes", table.len());
    assert!(table.len() == again.len() && size <= 45_000_000);
    for i in 0..table.len() {
        assert_eq!(table.property(i, "code"), again.property(i, "code"));
        assert_eq!(table.layer().bounds(i), again.layer().bounds(i));
    }
}
