//! The GeoJSON reader against the `geojson` crate, on all real files there are, on generated documents
//! and on damaged ones.

use std::path::{Path, PathBuf};

use geo::CoordsIter as _;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use geojson::{FeatureCollection, GeometryValue, Position};
use proptest::prelude::*;
use rurban::diagnostics::Diagnostics;
use rurban::read::geojson::{AxisOrder, Reader, Value};
use serde_json::json;

use crate::common::real_data;

const HALF: f64 = 90.0;

/// The polygons and points of a geometry as our reader keeps them: closed, without repetitions, at
/// least four positions to a ring.
fn expected(geometry: &geojson::Geometry, polygons: &mut Vec<Polygon<f64>>, points: &mut Vec<Coord<f64>>) {
    let coord = |p: &Position| Coord { x: p[0], y: p[1] };
    let mut polygon = |rings: &Vec<Vec<Position>>| {
        let mut kept: Vec<LineString<f64>> = Vec::new();
        for (i, ring) in rings.iter().enumerate() {
            let mut ring: Vec<_> = ring.iter().map(coord).collect();
            ring.dedup();
            if ring.first() != ring.last() {
                ring.push(ring[0]);
            }
            if ring.len() >= 4 {
                kept.push(LineString(ring));
            } else if i == 0 {
                return;
            }
        }
        if !kept.is_empty() {
            let outer = kept.remove(0);
            polygons.push(Polygon::new(outer, kept));
        }
    };
    match &geometry.value {
        GeometryValue::Point { coordinates } => points.push(coord(coordinates)),
        GeometryValue::MultiPoint { coordinates } => points.extend(coordinates.iter().map(coord)),
        GeometryValue::Polygon { coordinates } => polygon(coordinates),
        GeometryValue::MultiPolygon { coordinates } => coordinates.iter().for_each(polygon),
        GeometryValue::GeometryCollection { geometries } => {
            for geometry in geometries {
                expected(geometry, polygons, points);
            }
        }
        GeometryValue::LineString { .. } | GeometryValue::MultiLineString { .. } => {}
    }
}

/// Equal but for the last bit, which `serde_json` rounds its own way; ours is compared with the
/// standard library's where it is read.
fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 4e-16 * a.abs()
}

fn same_value(ours: Value<'_>, theirs: &serde_json::Value) -> bool {
    match theirs {
        serde_json::Value::Null => ours == Value::Null,
        serde_json::Value::Bool(b) => ours == Value::Bool(*b),
        serde_json::Value::Number(n) => near(ours.as_number().unwrap(), n.as_f64().unwrap()),
        serde_json::Value::String(s) => ours.as_text() == Some(s),
        nested => match ours {
            Value::Json(text) => serde_json::from_str::<serde_json::Value>(text).unwrap() == *nested,
            _ => false,
        },
    }
}

/// Asserts that we read `text` as the `geojson` crate does.
fn same_as_peer(text: &str) -> Diagnostics {
    let (ours, diagnostics) =
        Reader::default().axis_order(AxisOrder::LonLat).read_str(text, "generated").unwrap();
    // The peer refuses a document with a polygon without rings; we keep the feature, empty.
    let Ok(theirs) = text.parse::<FeatureCollection>() else {
        assert!(diagnostics.count("no_geometry") > 0 || text.contains("[]"));
        return diagnostics;
    };
    assert_eq!(diagnostics.seen(), theirs.features.len());
    assert_eq!(diagnostics.kept() + diagnostics.dropped(), diagnostics.seen());
    assert_eq!(ours.len(), diagnostics.kept());
    for i in 0..ours.len() {
        let feature = &theirs.features[ours.record(i)];
        let (mut polygons, mut points) = (Vec::new(), Vec::new());
        if let Some(geometry) = &feature.geometry {
            expected(geometry, &mut polygons, &mut points);
        }
        // A point at 0, 0 is an empty cell of some form: we leave it out with a finding.
        points.retain(|p| (p.x, p.y) != (0.0, 0.0));
        let kept = ours.layer().to_multi_polygon(i);
        let sizes = |m: &[Polygon<f64>]| -> Vec<_> {
            m.iter().map(|p| (p.coords_count(), p.interiors().len())).collect()
        };
        assert_eq!(sizes(&kept.0), sizes(&polygons), "feature {i}");
        let got = kept.coords_iter().chain(ours.points(i).iter().copied());
        let want: Vec<_> = MultiPolygon(polygons).coords_iter().chain(points).collect();
        assert!(got.zip(&want).all(|(a, b)| near(a.x, b.x) && near(a.y, b.y)), "feature {i}");
        assert_eq!(kept.coords_count() + ours.points(i).len(), want.len(), "feature {i}");
        let properties = feature.properties.as_ref();
        assert_eq!(ours.properties(i).count(), properties.map_or(0, serde_json::Map::len));
        for (name, value) in properties.into_iter().flatten() {
            let got = ours.property(i, name).unwrap();
            assert!(same_value(got, value), "feature {i}, {name}: {got:?}, not {value:?}");
        }
    }
    diagnostics
}

fn geojson_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if path.is_dir() {
            geojson_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "geojson") {
            found.push(path);
        }
    }
}

#[test]
#[ignore = "needs RURBAN_DATA: its GeoJSON files"]
fn real_files_are_read_as_the_peer_reads_them() {
    let mut paths = Vec::new();
    geojson_files(&real_data("."), &mut paths);
    assert!(paths.len() > 10);
    for path in paths {
        let found = same_as_peer(&std::fs::read_to_string(&path).unwrap());
        assert_eq!((found.dropped(), found.count("swapped_axes")), (0, 0), "{found}");
        eprintln!("{}: {found}", path.file_name().unwrap().to_string_lossy());
    }
}

fn position() -> impl Strategy<Value = serde_json::Value> {
    let number = || prop_oneof![-HALF..HALF, (-900..900).prop_map(|i| f64::from(i) / 10.0), Just(0.0)];
    prop_oneof![
        4 => (number(), number()).prop_map(|(x, y)| json!([x, y])),
        1 => (number(), number(), number()).prop_map(|(x, y, z)| json!([x, y, z])),
    ]
}

fn ring() -> impl Strategy<Value = serde_json::Value> {
    (prop::collection::vec(position(), 0..7), any::<bool>()).prop_map(|(mut ring, close)| {
        if close && let Some(first) = ring.first().cloned() {
            ring.push(first);
        }
        json!(ring)
    })
}

fn geometry() -> impl Strategy<Value = serde_json::Value> {
    let polygon = || prop::collection::vec(ring(), 0..3);
    let leaf = prop_oneof![
        position().prop_map(|c| json!({"type": "Point", "coordinates": c})),
        prop::collection::vec(position(), 0..4).prop_map(|c| json!({"type": "MultiPoint", "coordinates": c})),
        prop::collection::vec(position(), 2..4).prop_map(|c| json!({"coordinates": c, "type": "LineString"})),
        polygon().prop_map(|c| json!({"coordinates": c, "type": "Polygon"})),
        polygon().prop_map(|c| json!({"type": "Polygon", "bbox": [0, 0, 1, 1], "coordinates": c})),
        prop::collection::vec(polygon(), 0..3)
            .prop_map(|c| json!({"type": "MultiPolygon", "coordinates": c})),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop::collection::vec(inner, 0..3)
            .prop_map(|g| json!({"type": "GeometryCollection", "geometries": g}))
    })
}

fn property() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(|b| json!(b)),
        any::<i32>().prop_map(|b| json!(b)),
        (-1e9..1e9).prop_map(|b: f64| json!(b)),
        any::<String>().prop_map(|s| json!(s)),
        Just(json!({"a": [1, {"b": "é]}"}]})),
    ]
}

fn document() -> impl Strategy<Value = String> {
    let feature = (
        prop::option::weighted(0.9, geometry()),
        prop::collection::btree_map("[a-d]{1,2}|\\PC", property(), 0..4),
        any::<bool>(),
    )
        .prop_map(|(geometry, properties, pretty)| {
            let geometry = serde_json::to_string(&geometry).unwrap();
            let properties = json!(properties).to_string();
            // Members in either order, foreign ones between.
            if pretty {
                format!("{{\"geometry\" : {geometry},\n \"x\":[{{}},\"\\\"\"], \"type\": \"Feature\", \"properties\":{properties} }}")
            } else {
                format!("{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{geometry}}}")
            }
        });
    (prop::collection::vec(feature, 0..6), any::<bool>()).prop_map(|(features, late)| {
        let features = features.join(", ");
        if late {
            format!("{{\"name\": \"x\", \"features\": [{features}], \"type\": \"FeatureCollection\"}}")
        } else {
            format!("{{\"type\":\"FeatureCollection\",\"features\":[{features}]}}")
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn documents_are_read_as_the_peer_reads_them(text in document()) {
        same_as_peer(&text);
    }

    #[test]
    fn damaged_documents_never_panic(
        text in document(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            any::<u8>(), prop::sample::select(b"[]{},:\"\\0-eN".to_vec()),
        ]), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = text.into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok((table, found)) = Reader::default().read_from(bytes.as_slice(), "damaged") {
            prop_assert_eq!(found.seen(), found.kept() + found.dropped());
            prop_assert_eq!(table.len(), found.kept());
            prop_assert_eq!(table.layer().len(), table.len());
            for i in 0..table.len() {
                prop_assert!(table.layer().rings(i).all(|r| r.len() >= 4 && r.first() == r.last()));
                let _ = (table.points(i), table.properties(i).count(), table.id(i));
            }
        }
    }

    #[test]
    fn whatever_is_cut_off_is_an_error(text in document(), cut in any::<prop::sample::Index>()) {
        let mut end = cut.index(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert!(Reader::default().read_str(&text[..end], "cut").is_err());
    }
}
