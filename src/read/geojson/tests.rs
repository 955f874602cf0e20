use std::io::Read;

use geo_types::Coord;

use super::*;
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::Error;

const SQUARE: &str = "[[0,45],[1,45],[1,46],[0,45]]";

fn feature(geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn read(text: &str) -> (FeatureTable, Diagnostics) {
    Reader::default().read_str(text, "t").unwrap()
}

fn refused(text: &str) -> String {
    Reader::default().read_str(text, "t").unwrap_err().to_string()
}

#[test]
fn each_fault_has_its_finding_and_the_counts_balance() {
    let cases = [
        (r#"{"type":"Polygon","coordinates":[[[0,45],[1,45],[1,46]]]}"#, "unclosed_ring", 1),
        (r#"{"type":"Polygon","coordinates":[[[0,45],[1,45],[0,45]]]}"#, "short_ring", 1),
        (r#"{"type":"Polygon","coordinates":[[[0,45],[1,45],[1,45],[1,46],[0,45]]]}"#, "repeated_vertex", 1),
        (r#"{"type":"Polygon","coordinates":[[],[[0,45],[1,45],[1,46],[0,45]]]}"#, "no_geometry", 1),
        (r#"{"type":"MultiPolygon","coordinates":[]}"#, "no_geometry", 1),
        (r#"{"type":"Point","coordinates":[]}"#, "no_geometry", 1),
        (r#"{"type":"Point","coordinates":null}"#, "no_geometry", 1),
        ("null", "no_geometry", 1),
        (r#"{"type":"Point","coordinates":[1,45,200]}"#, "third_dimension", 1),
        (r#"{"type":"LineString","coordinates":[[1,45],[2,45]]}"#, "line", 1),
        (r#"{"type":"Point","coordinates":[1,NaN]}"#, "non_finite", 0),
        (r#"{"type":"Point","coordinates":[1,1e999]}"#, "non_finite", 0),
        (r#"{"type":"Point","coordinates":[1]}"#, "malformed_geometry", 0),
        (r#"{"type":"Point","coordinates":["1","45"]}"#, "malformed_geometry", 0),
        (r#"{"type":"Point","coordinates":[1,[2],{"a":[]}]}"#, "malformed_geometry", 0),
        (r#"{"type":"Point","coordinates":"1 45"}"#, "malformed_geometry", 0),
        (r#"{"type":"Polygon","coordinates":[[1,45],[2,45]]}"#, "malformed_geometry", 0),
        (r#"{"type":"Polygon","coordinates":[[[1,45],[],[2,45]]]}"#, "malformed_geometry", 0),
        (r#"{"type":"Polygon","coordinates":[[[1,45],2]]}"#, "malformed_geometry", 0),
        (r#"{"type":"Polygon","coordinates":[[[[[[1]]]]]]}"#, "malformed_geometry", 0),
        (r#"{"type":"Circle","coordinates":[1,45]}"#, "unknown_geometry_type", 0),
        (r#"{"coordinates":[1,45]}"#, "unknown_geometry_type", 0),
        ("[1,45]", "malformed_geometry", 0),
    ];
    for (geometry, kind, kept) in cases {
        let good = feature(&format!(r#"{{"type":"Polygon","coordinates":[{SQUARE}]}}"#));
        let (table, found) = read(&collection(&[good.clone(), feature(geometry), good]));
        assert_eq!((found.count(kind), table.len()), (1, 2 + kept), "{geometry}: {found}");
        assert_eq!((found.seen(), found.kept()), (3, 2 + kept), "{geometry}");
        assert_eq!(table.record(1 + kept), 2);
        assert_eq!(table.layer().rings(1 + kept).count(), 1);
    }
}

#[test]
fn collections_keep_polygons_and_points() {
    let geometry = format!(
        r#"{{"geometries":[{{"coordinates":[2,45],"type":"Point"}},{{"type":"GeometryCollection","geometries":
        [{{"type":"MultiPolygon","coordinates":[[{SQUARE}],[{SQUARE},{SQUARE}]]}}]}}],"type":"GeometryCollection"}}"#
    );
    for text in [geometry.clone(), feature(&geometry), collection(&[feature(&geometry)])] {
        let (table, found) = read(&text);
        assert!(found.is_clean(), "{found}");
        assert_eq!(table.kind(0), GeometryKind::Collection);
        assert_eq!(table.points(0), [Coord { x: 2.0, y: 45.0 }]);
        assert_eq!(table.layer().polygons(0).map(Iterator::count).collect::<Vec<_>>(), [1, 2]);
    }
}

#[test]
fn properties_are_chosen_and_typed() {
    let text = r#"{"features":[{"properties":{"a":1,"b":"x","c":[1,"é"],"d":null,"e":true,"a":2,"n":NaN},"id":"k",
        "type":"Feature","geometry":null},7,{"type":"Feature","geometry":null}],"type":"FeatureCollection"}"#;
    let (table, found) = read(text);
    let row: Vec<_> = table.properties(0).map(|(n, v)| format!("{n}={v:?}")).collect();
    assert_eq!(row.join(" "), r#"a=Number(2.0) b=Text("x") c=Json("[1,\"é\"]") d=Null e=Bool(true) n=Null"#);
    assert_eq!(table.id(0), Some(Value::Text("k")));
    assert_eq!(table.properties(1).count(), 0);
    for kind in ["repeated_property", "not_a_number", "not_a_feature", "no_properties"] {
        assert_eq!(found.count(kind), 1, "{kind}");
    }
    let (table, _) = Reader::default().properties(["b", "zz"]).read_str(text, "t").unwrap();
    assert_eq!(table.properties(0).collect::<Vec<_>>(), [("b", Value::Text("x"))]);
    assert_eq!(table.column("b").unwrap().collect::<Vec<_>>(), [Some(Value::Text("x")), None]);
    assert!(table.column("nom").is_err());
}

#[test]
fn what_is_no_geojson_is_refused_with_its_place() {
    for (text, message) in [
        ("", "empty"),
        ("  \n", "empty"),
        ("code;nom\n01001;A", "expected '{'"),
        ("[1,2]", "expected '{'"),
        ("{}", "no member \"type\""),
        (r#"{"type":"Topology","objects":{}}"#, "no type of GeoJSON"),
        (r#"{"type":"FeatureCollection"}"#, "no array"),
        (r#"{"type":"FeatureCollection","features":{}}"#, "no array"),
        (r#"{"type":"FeatureCollection","features":[]} x"#, "follows"),
        ("{\"type\":\"FeatureCollection\",\n\"features\":[{\"type\":", "t:2"),
    ] {
        let error = refused(text);
        assert!(error.contains(message), "{text}: {error}");
    }
    assert!(
        Reader::default().read_from(&b"\xFF\xFE{\0"[..], "t").unwrap_err().to_string().contains("UTF-16")
    );
    assert!(matches!(Reader::default().read_path("no/such.geojson"), Err(Error::Io { .. })));
    let deep = format!(r#"{{"type":"Feature","geometry":null,"x":{}"#, "[".repeat(1_000_000));
    assert!(refused(&deep).contains("deeper"));
    let nested = r#"{"type":"GeometryCollection","geometries":["#.repeat(100_000);
    assert!(Reader::default().read_str(&nested, "t").is_err());
}

#[test]
fn rubbish_of_any_length_is_refused_at_once() {
    /// Endless text, counted.
    struct Rubbish<'a>(&'a std::cell::Cell<usize>);
    impl Read for Rubbish<'_> {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            buf.fill(b'x');
            self.0.set(self.0.get() + buf.len());
            Ok(buf.len())
        }
    }
    let read = std::cell::Cell::new(0);
    assert!(Reader::default().read_from(Rubbish(&read), "t").is_err());
    assert!(read.get() <= 1 << 20);
}

#[test]
fn declared_systems_are_honoured() {
    let with = |crs: &str| format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[]}}"#);
    for (crs, want) in [
        (r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}"#, DeclaredCrs::LonLat),
        (r#"{"type":"name","properties":{"name":"EPSG:4326"}}"#, DeclaredCrs::LonLat),
        (r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}"#, DeclaredCrs::Epsg(2154)),
        (r#"{"type":"EPSG","properties":{"code":2154}}"#, DeclaredCrs::Epsg(2154)),
        ("null", DeclaredCrs::LonLat),
    ] {
        assert_eq!(read(&with(crs)).0.crs(), want, "{crs}");
    }
    for crs in [r#"{"type":"link","properties":{}}"#, "7", r#"{"type":"name","properties":{"name":"NTF"}}"#] {
        assert!(matches!(Reader::default().read_str(&with(crs), "t"), Err(Error::Crs { .. })), "{crs}");
    }
}

#[test]
fn coordinates_that_are_no_degrees_are_told() {
    let point = |x: f64, y: f64| feature(&format!(r#"{{"type":"Point","coordinates":[{x},{y}]}}"#));
    let lambert = collection(&[point(652_000.0, 6_862_000.0), point(700_000.0, 6_600_000.0)]);
    assert!(refused(&lambert).contains("Reader::epsg(2154)"));
    let (table, _) = Reader::default().epsg(2154).read_str(&lambert, "t").unwrap();
    let table = table.into_lon_lat(|code, [x, y]| (code == 2154).then_some([x / 1e6, y / 1e6])).unwrap();
    assert_eq!(table.points(0), [Coord { x: 0.652, y: 6.862 }]);

    let one_off = collection(&[point(2.0, 48.0), point(652_000.0, 6_862_000.0), point(3.0, 45.0)]);
    let (table, found) = read(&one_off);
    assert_eq!((table.len(), found.seen(), found.dropped(), found.count("out_of_range")), (2, 3, 1, 1));
    assert_eq!((table.record(1), table.points(1)[0].x), (2, 3.0));
    let strict = Reader::default().strictness(Strictness::Strict);
    assert!(matches!(strict.read_str(&one_off, "t"), Err(Error::Data(_))));

    let swapped = collection(&[point(48.8, 2.3), point(16.2, -61.5)]);
    assert_eq!(read(&swapped).1.count("swapped_axes"), 1);
    let (table, found) = Reader::default().axis_order(AxisOrder::LatLon).read_str(&swapped, "t").unwrap();
    assert!(found.is_clean());
    assert_eq!(table.points(0), [Coord { x: 2.3, y: 48.8 }]);
}
