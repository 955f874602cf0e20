use super::*;
use crate::Error;
use flate2::read::DeflateDecoder;
use geo_types::{MultiPolygon, polygon};
use std::io::Read;

fn square(x: f64, y: f64) -> MultiPolygon<f64> {
    MultiPolygon(vec![polygon![(x: x, y: y), (x: x + 1., y: y), (x: x + 1., y: y + 1.), (x: x, y: y + 1.)]])
}

fn measure(scale: Scale, values: &[f64]) -> MeasureColumn<'_> {
    MeasureColumn {
        key: "m".to_owned(),
        group: Text::same("g"),
        name: Text::new("mesure", "measure"),
        unit: Text::same("€"),
        description: Text::same("d"),
        values: values.into(),
        decimals: 1,
        scale,
        cases: None,
        whole: None,
    }
}

fn layer<'a>(shapes: &'a Layer, names: &'a [String], measures: Vec<MeasureColumn<'a>>) -> MapLayer<'a> {
    MapLayer {
        key: "l".to_owned(),
        name: Text::same("l"),
        plural: Text::same("ls"),
        shapes,
        contours: Contours::Approximate,
        codes: names,
        names,
        points: vec![Some(Coord { x: 2.5, y: 46.5 }); names.len()],
        parents: Vec::new(),
        members: Vec::new(),
        measures,
    }
}

fn actor(name: &str) -> ActorPoint {
    ActorPoint {
        name: name.to_owned(),
        kind: 0,
        rurality: Some(Rurality::Rural),
        detail: Text::same(name),
        position: Some(Coord { x: 2.2, y: 46.2 }),
    }
}

fn text(page: &AtlasPage<'_>) -> String {
    let mut out = Vec::new();
    write_atlas_html(&mut out, page).unwrap();
    String::from_utf8(out).unwrap()
}

fn unpacked(page: &str, id: &str) -> Vec<u8> {
    let start = format!("<script type=\"application/octet-stream\" id=\"{id}\">");
    let from = page.find(&start).expect("the data are there") + start.len();
    let coded = &page[from..from + page[from..].find("</script>").unwrap()];
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for chunk in coded.trim_end_matches('=').as_bytes().chunks(4) {
        let word =
            chunk.iter().fold(0_u32, |w, &c| (w << 6) | u32::from(digit(c))) << (6 * (4 - chunk.len()));
        bytes.extend_from_slice(&word.to_be_bytes()[1..chunk.len()]);
    }
    let mut out = Vec::new();
    DeflateDecoder::new(bytes.as_slice()).read_to_end(&mut out).unwrap();
    out
}

fn data_of(page: &str, id: &str) -> Value {
    serde_json::from_slice(&unpacked(page, id)).unwrap()
}

#[test]
fn texts_cannot_break_out() {
    let nasty = "</script><script>alert(1)</script> <!--title--> & \" ' \u{202e}\u{1f600}";
    let shapes = Layer::from_features([&square(2.0, 46.0)]);
    let names = [nasty.to_owned()];
    let mut page = AtlasPage::new(Text::same(nasty));
    page.subtitle = Text::same(nasty);
    page.notes.push(Text::same(nasty));
    page.layers.push(layer(&shapes, &names, vec![measure(Scale::Sequential, &[f64::NAN])]));
    page.actor_kinds.push(Text::same(nasty));
    page.actors.push(actor(nasty));
    let written = text(&page);
    assert!(!written.contains("alert(1)</script>"));
    assert_eq!(data_of(&written, "page")["notes"][0]["fr"], nasty);
    assert_eq!(data_of(&written, "page")["actors"]["name"][0], nasty);
    assert_eq!(data_of(&written, "table-0")["names"][0], nasty);
    // Three elements of data and the page's own script: nothing else starts one.
    let scripts = |s: &str| s.matches("<script").count();
    assert_eq!(scripts(&written), scripts(&text(&AtlasPage::new(Text::same("")))) + 2);
    assert_eq!(written, text(&page));
}

#[test]
fn nothing_can_be_fetched() {
    let page = text(&AtlasPage::new(Text::same("t")));
    let head = &page[..page.find("</head>").unwrap()];
    assert!(head.contains("Content-Security-Policy\" content=\"default-src 'none'"));
    assert!(!head.contains("http:") && !head.contains("https:"));
    assert!(!page.contains("<script src") && !page.contains("fetch(") && !page.contains("innerHTML"));
    assert!(page.starts_with("<!doctype html>\n<html lang=\"fr\">") && page.trim_end().ends_with("</html>"));
    assert!(!page.contains("<!--"), "all places are filled");
    let mut english = AtlasPage::new(Text::new("Carte", "Map"));
    english.opening = Opening::English;
    assert!(text(&english).contains("<html lang=\"en\">"));
    assert!(text(&english).contains("<title>Map</title>"));
}

#[test]
fn every_sentence_of_the_page_is_in_both_languages() {
    let script = include_str!("assets/page.js");
    let words = &script[script.find("const W = {").unwrap()..script.find("const CLASS_NAMES").unwrap()];
    let used = include_str!("assets/page.html");
    for key in
        used.split("data-t=\"").chain(used.split("data-label=\"")).skip(1).filter_map(|s| s.split('"').next())
    {
        if !key.starts_with('<') {
            assert!(words.contains(&format!(" {key}: [")), "{key}");
        }
    }
    // Each entry is a pair of texts.
    let entries = words.matches(": [\"").count();
    assert_eq!(words.matches("\", \"").count(), entries);
    assert!(entries > 80);
}

#[test]
fn values_and_classes_come_with_the_layer() {
    let shapes = Layer::from_features([&square(2.0, 46.0), &square(3.0, 46.0), &MultiPolygon(vec![])]);
    let names = ["a", "b", "c"].map(str::to_owned);
    let mut page = AtlasPage::new(Text::same("t"));
    page.layers.push(layer(&shapes, &names, vec![measure(Scale::Sequential, &[0.0, 12.345, f64::NAN])]));
    page.actor_kinds.push(Text::same("lab"));
    page.actors = vec![actor("x"), actor("y")];
    page.tie_kinds.push(Text::same("k"));
    let class = LinkClass::UrbanRural;
    page.ties.push(ActorTie { ends: [0, 1], kind: 0, class, weight: 2.0, years: Some([2014, 2020]) });
    page.layers[0].members = vec![(0, 0), (1, 1)];
    let written = text(&page);
    let table = data_of(&written, "table-0");
    assert_eq!(table["values"][0], json!([0, 123, null]));
    assert_eq!(table["unit"], json!([0, 1]));
    let shared = data_of(&written, "page");
    assert_eq!(shared["ties"]["class"], json!([0]));
    assert_eq!(shared["ties"]["from"], json!([2014]));
    assert_eq!(shared["layers"][0]["measures"][0]["breaks"], json!({"natural": [], "quantiles": []}));
    // Both squares have one ring, the third territory none; the border they share is one arc.
    let bytes = unpacked(&written, "shapes-0");
    assert_eq!(bytes[..2], [1, 2], "{bytes:?}");
    assert_eq!(bytes.last(), Some(&0));
    // Without frames the sheet is made for what is there.
    let at = shared["actors"]["at"][0].as_array().unwrap();
    assert!(at.iter().all(|v| v.as_i64().is_some_and(|v| (0..=60_000).contains(&v))), "{at:?}");
}

#[test]
fn insets_lie_where_they_are_put() {
    let mut page = AtlasPage::new(Text::same("t"));
    let bounds = |min, max| Bounds { min, max };
    page.frames = vec![
        Frame {
            name: Text::same("main"),
            crs: Crs::local(bounds([0.0, 45.0], [4.0, 48.0])).unwrap(),
            bounds: bounds([0.0, 45.0], [4.0, 48.0]),
            inset: None,
        },
        Frame {
            name: Text::same("island"),
            crs: Crs::local(bounds([55.2, -21.4], [55.8, -20.8])).unwrap(),
            bounds: bounds([55.2, -21.4], [55.8, -20.8]),
            inset: Some(bounds([-300_000.0, 0.0], [-200_000.0, 100_000.0])),
        },
    ];
    page.actor_kinds.push(Text::same("lab"));
    for (x, y) in [(2.0, 46.5), (55.5, -21.1), (-61.0, 16.0)] {
        page.actors.push(ActorPoint { position: Some(Coord { x, y }), ..actor("a") });
    }
    let shared = data_of(&text(&page), "page");
    let place = |i: usize| -> Vec<i64> { serde_json::from_value(shared["actors"]["at"][i].clone()).unwrap() };
    let inset: Vec<i64> = serde_json::from_value(shared["frames"][1]["rectangle"].clone()).unwrap();
    let within = |p: &[i64]| inset[0] <= p[0] && p[0] <= inset[2] && inset[1] <= p[1] && p[1] <= inset[3];
    assert!(within(&place(1)) && !within(&place(0)));
    // The middle of the island is the middle of its rectangle.
    assert!((place(1)[0] - (inset[0] + inset[2]) / 2).abs() < 60, "{inset:?} {:?}", place(1));
    assert!(shared["actors"]["at"][2].is_null(), "outside all frames");
}

#[test]
fn bad_input_is_named() {
    let shapes = Layer::from_features([&square(2.0, 46.0)]);
    let metres = Layer::from_features([&square(652_000.0, 6_862_000.0)]);
    let names = ["a".to_owned(), "b".to_owned()];
    let page = |shapes, first| {
        let mut page = AtlasPage::new(Text::same("t"));
        page.first_layer = first;
        page.layers.push(layer(shapes, &names[..1], vec![]));
        page
    };
    let fails = |page: &AtlasPage<'_>| write_atlas_html(std::io::sink(), page).unwrap_err();

    assert!(matches!(fails(&page(&metres, 0)), Error::Value { what: "shapes of a map layer", .. }));
    assert!(matches!(fails(&page(&shapes, 1)), Error::Parameter { name: "first_layer", .. }));
    let mut p = page(&shapes, 0);
    p.layers[0].names = &names;
    assert!(matches!(fails(&p), Error::Shape { expected: 1, got: 2, .. }));
    let classes = |colours| Scale::Classes { labels: vec![Text::same("x")], colours };
    let bad = [
        measure(Scale::Sequential, &[1.0, 2.0]),
        measure(classes(vec![ClassColour::Rural]), &[1.0]),
        measure(classes(vec![ClassColour::Rural]), &[0.5]),
        measure(classes(vec![]), &[0.0]),
        measure(Scale::Diverging { centre: f64::NAN }, &[1.0]),
    ];
    for measure in bad {
        let mut p = page(&shapes, 0);
        p.layers[0].measures = vec![measure];
        let _ = fails(&p);
    }
    let mut p = page(&shapes, 0);
    p.background = vec![1];
    assert!(matches!(fails(&p), Error::Value { what: "background", .. }));
    let mut p = page(&shapes, 0);
    p.actors.push(actor("of no kind"));
    assert!(matches!(fails(&p), Error::Value { what: "kinds of actors", .. }));
    p.actor_kinds.push(Text::same("k"));
    p.tie_kinds.push(Text::same("k"));
    let class = LinkClass::Unclassed;
    p.ties.push(ActorTie { ends: [0, 0], kind: 0, class, weight: -1.0, years: None });
    assert!(matches!(fails(&p), Error::Value { what: "weights of ties", .. }));
    p.ties[0].weight = 1.0;
    p.ties[0].ends = [0, 1];
    assert!(matches!(fails(&p), Error::Value { what: "ends of ties", .. }));
}
