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
        let (table, _) = Reader::default().as_declared().read_str(&with(crs), "t").unwrap();
        assert_eq!(table.crs(), want, "{crs}");
    }
}

#[test]
fn absurd_systems_are_judged_by_the_numbers_and_reported() {
    let with = |crs: &str, x: f64, y: f64| {
        let point = feature(&format!(r#"{{"type":"Point","coordinates":[{x},{y}]}}"#));
        format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[{point}]}}"#)
    };
    let named = |name: &str| format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#);
    let absurd = [
        r#"{"type":"link","properties":{}}"#.to_owned(),
        "7".to_owned(),
        "[]".to_owned(),
        named("NTF"),
        named("urn:ogc:def:crs:EPSG::99999999999999"),
        named("EPSG:0"),
        named("EPSG:-1"),
        named(&"\\u001b[31m".repeat(50_000)),
    ];
    for crs in absurd {
        for (x, y) in [(1.44, 43.6), (574_357.0, 6_279_642.0)] {
            let (table, found) = read(&with(&crs, x, y));
            let unknown = found.findings().iter().find(|f| f.kind == "unknown_crs").unwrap();
            assert!(unknown.message.len() < 300 && !unknown.message.contains(char::is_control));
            let at = table.points(0)[0];
            assert!((at.x - 1.44).abs() < 0.02 && (at.y - 43.6).abs() < 0.02, "{crs}: {at:?}");
        }
        assert!(Reader::default().read_str(&with(&crs, 5e7, 5e7), "t").is_err());
    }
    // A system that only PROJ knows; without it the file is named, and what to do.
    let irish = with(&named("EPSG:29902"), 3e5, 2e5);
    if cfg!(feature = "proj") {
        let at = read(&irish).0.points(0)[0];
        assert!((at.x + 6.51).abs() < 0.01 && (at.y - 53.04).abs() < 0.01, "{at:?}");
    } else {
        let error = refused(&irish);
        assert!(
            error.contains("EPSG:29902") && error.contains("t is in") && error.contains("reproject"),
            "{error}"
        );
    }
    // One that its own numbers contradict.
    let (table, found) = read(&with(&named("EPSG:2154"), 1.44, 43.6));
    assert_eq!((table.points(0)[0].x, found.count("crs_contradicted")), (1.44, 1));
    let (table, found) = read(&with(&named("EPSG:4326"), 6_279_642.0, 574_357.0));
    assert!((table.points(0)[0].x - 1.44).abs() < 0.02 && found.count("lambert_93") == 1);
    let (table, _) = read(&with(&named("EPSG:2154"), 6_279_642.0, 574_357.0));
    assert!((table.points(0)[0].x - 1.44).abs() < 0.02);
    let lambert =
        ["ESRI:102110", "RGF93 / Lambert-93", "IGNF:LAMB93", "urn:ogc:def:crs:EPSG:9.9:2154"].map(named);
    for crs in lambert.into_iter().chain([r#""EPSG:2154""#.to_owned()]) {
        let (table, found) = read(&with(&crs, 574_357.0, 6_279_642.0));
        assert!((table.points(0)[0].x - 1.44).abs() < 0.02 && found.is_clean(), "{crs}: {found}");
    }
}

fn points(at: &[(f64, f64)]) -> String {
    let point = |&(x, y): &(f64, f64)| feature(&format!(r#"{{"type":"Point","coordinates":[{x},{y}]}}"#));
    collection(&at.iter().map(point).collect::<Vec<_>>())
}

#[test]
fn lambert_93_is_found_converted_and_reported() {
    let (table, found) = read(&points(&[(574_357.0, 6_279_642.0), (652_000.0, 6_862_000.0)]));
    assert_eq!((found.count("lambert_93"), found.kept(), table.crs()), (1, 2, DeclaredCrs::LonLat));
    let near = |c: Coord<f64>, x: f64, y: f64| (c.x - x).abs() < 0.01 && (c.y - y).abs() < 0.01;
    assert!(near(table.points(0)[0], 1.443, 43.604) && near(table.points(1)[0], 2.346, 48.856));
    // Outlines too, and one among degrees, which the finding places.
    let square = "[[501000,6282000],[517000,6282000],[517000,6304000],[501000,6282000]]";
    let outline = feature(&format!(r#"{{"type":"Polygon","coordinates":[{square}]}}"#));
    let (table, found) = read(&collection(std::slice::from_ref(&outline)));
    assert!(near(table.layer().coords()[0], 0.535, 43.605), "{:?}", table.layer().coords());
    assert_eq!(found.count("lambert_93"), 1);
    let degrees = feature(r#"{"type":"Point","coordinates":[2.3,48.8]}"#);
    let (table, found) = read(&collection(&[degrees, outline]));
    assert_eq!((found.count("lambert_93"), found.findings()[0].place.record), (1, Some(1)));
    assert!(near(table.layer().coords()[0], 0.535, 43.605) && near(table.points(0)[0], 2.3, 48.8));
    // Northing first.
    let (table, found) = read(&points(&[(6_279_642.0, 574_357.0)]));
    assert!(near(table.points(0)[0], 1.443, 43.604) && found.count("lambert_93") == 1);
    // Declared, nothing is to be said; and as declared it stays.
    let text = points(&[(652_000.0, 6_862_000.0)]);
    let (table, found) = Reader::default().epsg(2154).read_str(&text, "t").unwrap();
    assert!(near(table.points(0)[0], 2.346, 48.856) && found.is_clean());
    let (table, _) = Reader::default().epsg(2154).as_declared().read_str(&text, "t").unwrap();
    assert_eq!((table.points(0)[0].x, table.crs()), (652_000.0, DeclaredCrs::Epsg(2154)));
    let table = table.into_lon_lat(|code, [x, y]| (code == 2154).then_some([x / 1e6, y / 1e6])).unwrap();
    assert_eq!(table.points(0), [Coord { x: 0.652, y: 6.862 }]);
}

#[test]
fn web_mercator_is_not_taken_for_lambert_93() {
    // Paris, Lille, Strasbourg: all of them lie in the box of Lambert-93.
    let north = [(261_845.0, 6_250_566.0), (340_500.0, 6_555_000.0), (862_600.0, 6_203_500.0)];
    let (table, found) = read(&points(&north));
    assert_eq!((found.count("web_mercator"), found.count("lambert_93")), (1, 0), "{found}");
    for (i, (x, y)) in [(2.352, 48.857), (3.059, 50.631), (7.749, 48.58)].into_iter().enumerate() {
        let c = table.points(i)[0];
        assert!((c.x - x).abs() < 0.02 && (c.y - y).abs() < 0.02, "{c:?}");
    }
    let reunion = read(&points(&[(6_170_000.0, -2_378_000.0)]));
    assert_eq!(reunion.1.count("web_mercator"), 1);
}

#[test]
fn swapped_axes_are_put_right_and_reported() {
    let (table, found) = read(&points(&[(48.8, 2.3), (16.2, -61.5)]));
    assert_eq!((found.count("swapped_axes"), found.kept()), (1, 2));
    assert_eq!([table.points(0)[0], table.points(1)[0]].map(|c| c.x_y()), [(2.3, 48.8), (-61.5, 16.2)]);
    // One among others in France, with its place.
    let (table, found) = read(&points(&[(2.3, 48.8), (1.4, 43.6), (43.5, 1.5)]));
    assert_eq!((table.points(2)[0].x_y(), found.findings()[0].place.record), ((1.5, 43.5), Some(2)));
    // One among others elsewhere stays, with a warning.
    let (table, found) = read(&points(&[(45.3, 2.0), (36.8, -1.3), (38.7, 9.0)]));
    assert_eq!((table.points(0)[0].x, found.count("swapped_axes")), (45.3, 1));
    // The caller knows better.
    let text = points(&[(48.8, 2.3), (16.2, -61.5)]);
    let (table, found) = Reader::default().axis_order(AxisOrder::LatLon).read_str(&text, "t").unwrap();
    assert_eq!((table.points(0)[0].x, found.is_clean()), (2.3, true));
    let (table, found) = Reader::default().axis_order(AxisOrder::LonLat).read_str(&text, "t").unwrap();
    assert_eq!((table.points(0)[0].x, found.count("swapped_axes")), (48.8, 2));
}

#[test]
fn coordinates_that_are_no_places_are_told() {
    let error = refused(&points(&[(5e6, 5e6), (700_000.0, 1.0)]));
    assert!(error.contains("t: 2 of 2") && error.contains("reproject") && !error.contains("::"), "{error}");

    let one_off = points(&[(2.0, 48.0), (652_000.0, 1.0), (3.0, 45.0)]);
    let (table, found) = read(&one_off);
    assert_eq!((table.len(), found.seen(), found.dropped(), found.count("out_of_range")), (2, 3, 1, 1));
    assert_eq!((table.record(1), table.points(1)[0].x), (2, 3.0));
    let strict = Reader::default().strictness(Strictness::Strict);
    assert!(matches!(strict.read_str(&one_off, "t"), Err(Error::Data(_))));

    let (table, found) = read(&points(&[(0.0, 0.0), (1.45, 43.6)]));
    assert_eq!((found.count("null_island"), found.kept()), (1, 2));
    assert!(table.points(0).is_empty() && table.kind(0) == GeometryKind::None && table.points(1).len() == 1);
    let (_, found) = Reader::default().epsg(2154).read_str(&points(&[(0.0, 0.0)]), "t").unwrap();
    assert_eq!(found.count("null_island"), 1);
}

#[test]
fn a_bad_feature_is_not_the_end_of_the_file() {
    let good = |code: u32| {
        format!(
            r#"{{"type":"Feature","properties":{{"c":{code}}},"geometry":{{"type":"Polygon","coordinates":[{SQUARE}]}}}}"#
        )
    };
    for bad in [
        r#"{"type":"Feature","properties":{"c":2,},"geometry":null}"#,
        r#"{"type":"Feature","properties":{"c":2},"geometry":{"type":"Point","coordinates":[1,4..5]}}"#,
        r#"{"type":"Feature","properties":{c:2},"geometry":null}"#,
        r#"{"type":"Feature","properties":{"c":"a"b"},"geometry":null}"#,
        r#"{"type":"Feature","properties":{"c":2},"geometry":null"#,
        r#"{"type":"Feature","properties":{"c":undefined},"geometry":null}"#,
    ] {
        let middle =
            format!("{{\"type\":\"FeatureCollection\",\"features\":[{},\n{bad},\n{}]}}", good(1), good(3));
        let (table, found) = read(&middle);
        assert_eq!(
            (table.len(), found.kept(), found.dropped(), found.seen()),
            (2, 2, 1, 3),
            "{bad}: {found}"
        );
        assert_eq!((found.count("malformed_feature"), table.record(1)), (1, 2), "{bad}");
        assert!(matches!(found.findings()[0].place.line, Some(2 | 3)), "{bad}: {found}");
        assert_eq!(table.property(1, "c").and_then(Value::as_number), Some(3.0));
        let last = format!("{{\"type\":\"FeatureCollection\",\"features\":[{},\n{bad}]}}", good(1));
        let (table, found) = read(&last);
        assert_eq!((table.len(), found.seen()), (1, 2), "{bad}: {found}");
        let strict = Reader::default().strictness(Strictness::Strict);
        assert!(matches!(strict.read_str(&middle, "t"), Err(Error::Data(_))));
        // One in a line.
        let lines = format!("{}\n{bad}\n{}\n", good(1), good(3));
        let (table, found) = read(&lines);
        assert_eq!((table.len(), found.seen(), found.kept()), (2, 3, 2), "{bad}: {found}");
    }
    let (table, found) =
        read(&format!("{{\"type\":\"FeatureCollection\",\"features\":[{} {}]}}", good(1), good(2)));
    assert_eq!((table.len(), found.count("missing_comma")), (2, 1));
}

#[test]
fn sequences_are_read() {
    let point = |x: u32| feature(&format!(r#"{{"type":"Point","coordinates":[{x},45]}}"#));
    for (mark, end) in [("", "\n"), ("\u{1e}", "\n"), ("", "\r\n"), ("\u{feff}", " "), ("", "")] {
        let text = format!("{mark}{}{end}{}{end}{}", point(1), point(2).replace(mark, ""), point(3));
        let (table, found) = read(&text);
        assert_eq!(
            (table.len(), found.kept(), table.record(2), table.points(2)[0].x),
            (3, 3, 2, 3.0),
            "{text}"
        );
    }
    let marked: String = (1..4).fold(String::new(), |text, x| text + "\u{1e}" + &point(x) + "\n");
    assert!(read(&marked).1.is_clean());
    let text = format!("{}\n{}", collection(&[point(1)]), "</body>");
    let (table, found) = read(&text);
    assert_eq!((table.len(), found.count("trailing_text"), found.findings()[0].place.line), (1, 1, Some(2)));
    assert!(Reader::default().read_str(&format!("{}\n{}", point(1), &point(2)[..40]), "t").is_err());
}
