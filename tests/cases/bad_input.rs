//! Bad files end in a typed error or a counted diagnostic that says where: never in a panic, never in
//! silence, and counts in equal counts kept plus dropped.

use std::path::{Path, PathBuf};

use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::inventory::{Inventory, InventoryBuilder};
use rurban::model::{ActorKind, CooperationKind, Level};
use rurban::progress::Silent;
use rurban::read::{ActorReader, TerritoryReader, TieColumns, read_cooperations};
use rurban::study::{Study, StudyOptions};
use rurban::{Error, Result};

/// Writes a file of the test's own.
fn file(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("rurban-bad-input-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn territories(name: &str, text: impl AsRef<[u8]>) -> Result<(rurban::atlas::Atlas, Diagnostics)> {
    TerritoryReader::new(Level::Commune).check_crossings().read_path(file(name, text))
}

fn feature(code: &str, ring: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"code":{code}}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

const SQUARE: &str = "[[2,48],[2.1,48],[2.1,48.1],[2,48.1],[2,48]]";

fn actors(name: &str, text: impl AsRef<[u8]>) -> Result<(InventoryBuilder, Diagnostics)> {
    let mut builder = Inventory::builder(Strictness::Lenient);
    let found = ActorReader::new(ActorKind::Cluster, "test").read_path(file(name, text), &mut builder)?;
    assert_eq!(found.seen(), found.kept() + found.dropped(), "{found}");
    Ok((builder, found))
}

#[test]
fn a_path_that_does_not_exist_is_named() {
    let path = Path::new("/no/such/file.geojson");
    let err = TerritoryReader::new(Level::Commune).read_path(path).unwrap_err();
    assert!(matches!(err, Error::Io { .. }) && err.to_string().contains("/no/such/file.geojson"), "{err}");
    let mut builder = Inventory::builder(Strictness::Lenient);
    let reader = ActorReader::new(ActorKind::Cluster, "x");
    assert!(matches!(reader.read_path("/no/such.csv", &mut builder), Err(Error::Io { .. })));
}

#[test]
fn empty_and_truncated_files_say_where_they_end() {
    for (name, text) in [
        ("empty.geojson", String::new()),
        ("cut.geojson", collection(&[feature("\"A\"", SQUARE)])[..120].to_owned()),
        ("rubbish.geojson", "lorem ipsum\n".repeat(100_000)),
    ] {
        let err = territories(name, text).unwrap_err();
        assert!(matches!(err, Error::Format { .. }), "{name}: {err:?}");
        assert!(err.to_string().contains(name), "{err}");
    }
    assert!(actors("empty.csv", "").is_err());
}

#[test]
fn duplicate_and_missing_codes_are_counted() {
    let text = collection(&[
        feature("\"A\"", SQUARE),
        feature("\"A\"", SQUARE),
        feature("null", SQUARE),
        feature("\"B\"", SQUARE),
    ]);
    let (atlas, found) = territories("codes.geojson", text).unwrap();
    assert_eq!(atlas.base().territories().len(), 2);
    assert_eq!(atlas.base().geometry().unwrap().len(), 2);
    assert_eq!((found.seen(), found.kept(), found.dropped()), (4, 2, 2));
    assert_eq!((found.count("duplicate_code"), found.count("no_code")), (1, 1));
}

#[test]
fn a_missing_property_lists_those_there_are() {
    let path = file("props.geojson", collection(&[feature("\"A\"", SQUARE)]));
    let err = TerritoryReader::new(Level::Commune).code("insee_code").read_path(&path).unwrap_err();
    assert!(err.to_string().contains("insee_code") && err.to_string().contains("code"), "{err}");
    let err = actors("columns.csv", "foo;bar\n1;2\n").err().unwrap();
    assert!(err.to_string().contains("foo, bar"), "{err}");
}

#[test]
fn bow_ties_are_mended_or_reported() {
    let bow = "[[2,48],[2.1,48.1],[2.1,48],[2,48.1],[2,48]]";
    let (atlas, found) = territories("bow.geojson", collection(&[feature("\"A\"", bow)])).unwrap();
    assert_eq!(found.count("self_intersection"), 1, "{found}");
    assert_eq!(atlas.base().territories().len(), 1);
}

#[test]
fn coordinates_of_a_projection_are_not_taken_for_degrees() {
    let metres = "[[652000,6862000],[653000,6862000],[653000,6863000],[652000,6862000]]";
    let (detected, found) = territories("metres.geojson", collection(&[feature("\"A\"", metres)])).unwrap();
    assert_eq!(found.count("lambert_93"), 1, "{found}");
    let declared = collection(&[feature("\"A\"", metres)]).replacen(
        '{',
        r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}},"#,
        1,
    );
    let (atlas, _) = territories("declared.geojson", declared).unwrap();
    for atlas in [detected, atlas] {
        let point = atlas.base().territories()[0].point.unwrap();
        assert!((point.lon() - 2.35).abs() < 0.01 && (point.lat() - 48.86).abs() < 0.01, "{point:?}");
    }
}

#[test]
fn spreadsheets_are_read_as_they_are() {
    // Byte-order mark, semicolons, decimal commas, swapped and Lambert-93 coordinates, out of range.
    let text = "\u{feff}Identifiant;Nom;Latitude;Longitude\n\
                a;Échirolles;45,14;5,71\n\
                b;inversé;2,35;48,85\n\
                c;Lambert;6862000;652000\n\
                d;nulle part;NaN;inf\n\
                e;loin;145,1;5,7\n\
                a;encore;45;5\n";
    let (builder, found) = actors("tableur.csv", text).unwrap();
    assert_eq!((found.seen(), found.kept(), found.dropped()), (6, 5, 1), "{found}");
    let (inventory, own) = builder.finish();
    assert_eq!(own.count("duplicate_actor"), 1);
    let places: Vec<_> =
        inventory.actors().iter().map(|a| a.position.map(|p| (p.lon().round(), p.lat().round()))).collect();
    assert_eq!(places, [Some((6.0, 45.0)), Some((2.0, 49.0)), Some((2.0, 49.0)), None, None], "{found}");
    let windows = b"id,nom,lat,lon\n1,\xc9chirolles,45.1,5.7\n";
    let (builder, _) = actors("windows.csv", windows).unwrap();
    assert_eq!(builder.finish().0.actors()[0].name, "Échirolles");
}

#[test]
fn bad_ties_are_counted_with_their_line() {
    let (mut builder, _) = actors("ends.csv", "id,lat,lon\na,48,2\nb,49,3\n").unwrap();
    let ties = file("ties.csv", "source,target,weight\na,b,1\na,a,1\na,z,1\na,b,-2\na,b,NaN\nb,a,1\n");
    let columns = TieColumns::default();
    let found = read_cooperations(&ties, &columns, CooperationKind::Other, "test", &mut builder).unwrap();
    assert_eq!((found.seen(), found.kept(), found.dropped()), (6, 3, 3), "{found}");
    assert_eq!(
        (found.count("self_loop"), found.count("unknown_actor"), found.count("duplicate_edge")),
        (1, 1, 2)
    );
    assert_eq!(found.count("bad_weight"), 1);
    let first = found.findings().iter().find(|f| f.kind == "self_loop").unwrap();
    assert_eq!(first.place.line, Some(3));
    assert_eq!(builder.finish().0.ties().len(), 3);
}

#[test]
fn strict_reading_stops_at_the_first_error() {
    let path = file("strict.geojson", collection(&[feature("\"A\"", SQUARE), feature("\"A\"", SQUARE)]));
    let err =
        TerritoryReader::new(Level::Commune).strictness(Strictness::Strict).read_path(&path).unwrap_err();
    assert!(matches!(err, Error::Data(_)) && err.to_string().contains("record 1"), "{err}");
}

#[test]
fn a_study_without_links_or_places_still_stands() {
    let (atlas, _) = territories("one.geojson", collection(&[feature("\"A\"", SQUARE)])).unwrap();
    let (builder, _) = actors("nowhere.csv", "id,name\n1,one\n2,two\n").unwrap();
    let (study, found) = Study::new(atlas, builder.finish().0, &StudyOptions::default(), &Silent).unwrap();
    assert_eq!((found.seen(), found.kept(), found.count("no_position")), (2, 2, 2));
    assert_eq!(study.rurality_labels().unlabelled(), 2);
    let reach = study.reach(&Silent).unwrap();
    let rows = study.territory_measures(&Level::Commune, &reach).unwrap();
    assert_eq!(rows[0].research_distance_m, None);
    assert_eq!(rows[0].urban_rural_link_share, None);
    assert!(study.territory_measures(&Level::Epci, &reach).is_err());
}

#[test]
#[ignore = "writes a file of 130 MB; run with --ignored"]
fn ten_million_lines_of_rubbish_stay_bounded() {
    let text = "lorem;ipsum;dolor\n".repeat(10_000_000);
    let (builder, found) = actors("rubbish.csv", format!("id;lat;lon\n{text}")).unwrap();
    assert_eq!(found.seen(), 10_000_000);
    assert!(found.findings().len() <= 2 * Diagnostics::FULL_FINDINGS_PER_KIND);
    assert_eq!(builder.finish().0.actors().len(), 1);
}
