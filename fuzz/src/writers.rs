use super::input::*;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::labels::Labels;
use rurban::matrix::Matrix;
use rurban::model::Contours;
use rurban::network::Direction;
use rurban::space::{Bounds, Layer};
use rurban::write::{atlas_html::*, csv::*, geojson::*, graphml::*, svg::*, *};
const NASTY: [&str; 24] = [
    "</script>",
    "<!--",
    "-->",
    "]]>",
    "\u{0}",
    "\u{1f}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{fffe}",
    "\u{ffff}",
    "\"",
    "'",
    "\\",
    "\r\n",
    "\n",
    "\t",
    ",;|",
    "=1+1",
    "\u{feff}",
    "<script>alert(1)</script>",
    "&amp;",
    "\u{202e}",
    "😀\u{7f}\u{9b}",
];
fn name(u: &mut U) -> String {
    let mut s = String::new();
    for _ in 0..u.n(4) {
        if u.bit() {
            s.push_str(NASTY[u.n(NASTY.len())]);
        } else {
            s.push_str(&u.text());
        }
    }
    s
}
fn coord(u: &mut U, m: u8) -> Coord<f64> {
    if m == 0 {
        Coord { x: f64::from(u.u16() as i16) / 190.0, y: f64::from(u.u16() as i16) / 380.0 }
    } else {
        Coord { x: u.f(m), y: u.f(m) }
    }
}
fn layer(u: &mut U, n: usize, m: u8) -> Layer {
    Layer::from_features(
        &(0..n)
            .map(|_| {
                MultiPolygon(
                    (0..u.n(3))
                        .map(|_| {
                            let r =
                                |u: &mut U| LineString((0..u.n(7)).map(|_| coord(u, m)).collect::<Vec<_>>());
                            let o = r(u);
                            Polygon::new(o, (0..u.n(2)).map(|_| r(u)).collect())
                        })
                        .collect(),
                )
            })
            .collect::<Vec<_>>(),
    )
}
/// Names of columns and texts in cells.
fn said_by<'a>(
    names: &'a [String],
    texts: &'a [(usize, Vec<Option<String>>)],
) -> impl Iterator<Item = &'a str> {
    let cells = texts.iter().flat_map(|(_, cells)| cells.iter().flatten());
    names.iter().chain(cells).map(String::as_str)
}
fn xml(s: &str) {
    for c in s.chars() {
        assert!(
            c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}'),
            "control character {c:?} in XML"
        );
    }
    let mut r = quick_xml::Reader::from_str(s);
    r.config_mut().check_end_names = true;
    let mut depth = 0i32;
    loop {
        match r.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(quick_xml::events::Event::Start(e)) => {
                depth += 1;
                attributes(&e);
            }
            Ok(quick_xml::events::Event::Empty(e)) => attributes(&e),
            Ok(quick_xml::events::Event::End(_)) => depth -= 1,
            Ok(_) => {}
            Err(e) => panic!("XML does not parse: {e}"),
        }
    }
    assert_eq!(depth, 0, "XML not closed");
}
/// Attributes parse, and none but a label says NaN or inf.
fn attributes(e: &quick_xml::events::BytesStart<'_>) {
    for a in e.attributes() {
        let a = a.expect("attribute");
        let value = a.normalized_value(quick_xml::XmlVersion::Implicit1_0).expect("attribute value");
        let mut words = value.split(|c: char| !c.is_ascii_alphabetic());
        if a.key.as_ref() != "aria-label" && words.any(|w| w == "NaN" || w == "inf") {
            panic!("no number in {}: {value:.200}", e.name().0);
        }
    }
}
/// Tables as GeoJSON, CSV, GraphML and pictures.
pub fn files(data: &[u8]) {
    write(data, |b| [0, 1, 2, 3][usize::from(b % 4)])
}
/// The report page, and the atlas page, which takes a hundred times as long, now and then.
pub fn pages(data: &[u8]) {
    if data.first().is_some_and(|b| b % 32 != 0) { report_page(data) } else { write(data, |_| 5) }
}
fn report_page(data: &[u8]) {
    use rurban::write::{page::*, report::Align};
    let mut u = U::new(data);
    u.b();
    let mut p = Page::new(name(&mut u), if u.bit() { PageWords::french() } else { PageWords::english() });
    for _ in 0..u.n(3) {
        let s = p.section(name(&mut u));
        for _ in 0..u.n(4) {
            match u.n(5) {
                0 => {
                    s.heading(name(&mut u));
                }
                1 => {
                    s.paragraph(name(&mut u));
                }
                2 => {
                    let mut t = PageTable::new(
                        name(&mut u),
                        [(name(&mut u), Align::Left), (name(&mut u), Align::Right)],
                    );
                    for _ in 0..u.n(4) {
                        t.push([name(&mut u), name(&mut u)]);
                    }
                    s.table(t.note(name(&mut u)));
                }
                3 => {
                    s.link(name(&mut u), name(&mut u), name(&mut u));
                }
                _ => {
                    s.list([name(&mut u), name(&mut u)]);
                }
            }
        }
    }
    let _ = p.to_markdown();
    if let Ok(s) = p.to_html() {
        let l = s.to_ascii_lowercase();
        static BASE: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
        let base = *BASE.get_or_init(|| {
            Page::new("x", PageWords::english())
                .to_html()
                .unwrap()
                .to_ascii_lowercase()
                .matches("<script")
                .count()
        });
        assert_eq!(l.matches("<script").count(), base, "text became a script");
        assert!(!l.contains("href=\"javascript:"), "a link runs a script");
        assert!(!s.contains('\0'), "NUL in page");
    }
}
fn write(data: &[u8], choose: impl Fn(u8) -> u8) {
    let mut u = U::new(data);
    let what = choose(u.b());
    let m = [0, 0, 0, 2, 3, 4][u.n(6)];
    let n = u.n(7);
    let cols = u.n(5);
    let mut names = vec![];
    let mut texts = vec![];
    let mut t = Table::new();
    for _ in 0..cols {
        let nm = name(&mut u);
        let c: Column<'static> = match u.n(4) {
            0 => {
                let v: Vec<Option<String>> =
                    (0..n).map(|_| if u.n(5) == 0 { None } else { Some(name(&mut u)) }).collect();
                texts.push((names.len(), v.clone()));
                Column::Text(v.into_iter().map(|x| x.map(std::borrow::Cow::Owned)).collect())
            }
            1 => Column::Integer(
                (0..n).map(|_| if u.n(5) == 0 { None } else { Some(u.u64() as i64) }).collect(),
            ),
            2 => Column::Number(
                (0..n)
                    .map(|_| {
                        let k = 2 + u.b() % 2;
                        u.f(k)
                    })
                    .collect::<Vec<f64>>()
                    .into(),
            ),
            _ => Column::Boolean((0..n).map(|_| if u.n(3) == 0 { None } else { Some(u.bit()) }).collect()),
        };
        if t.push(nm.clone(), c).is_ok() {
            names.push(nm)
        } else {
            texts.retain(|x| x.0 < names.len());
        }
    }
    match what {
        0 => {
            let (l, pts, lines);
            let dec = u.n(14) as u8;
            let sh = match u.n(3) {
                0 => {
                    l = layer(&mut u, n, m);
                    Shapes::Polygons(&l, if u.bit() { Contours::Surveyed } else { Contours::Approximate })
                }
                1 => {
                    pts = (0..n).map(|_| coord(&mut u, m)).collect::<Vec<_>>();
                    Shapes::Points(&pts)
                }
                _ => {
                    lines = (0..n).map(|_| [coord(&mut u, m), coord(&mut u, m)]).collect::<Vec<_>>();
                    Shapes::Lines(&lines)
                }
            };
            let mut o = vec![];
            if write_geojson(&mut o, sh, &t, dec).is_ok() {
                let v: serde_json::Value =
                    serde_json::from_slice(&o).unwrap_or_else(|e| panic!("GeoJSON does not parse: {e}"));
                let f = v["features"].as_array().expect("features");
                assert_eq!(f.len(), n, "features");
                for (c, vs) in &texts {
                    for (i, x) in vs.iter().enumerate() {
                        let got = &f[i]["properties"][&names[*c]];
                        match x {
                            Some(s) => assert_eq!(got.as_str(), Some(s.as_str()), "text property"),
                            None => assert!(got.is_null()),
                        }
                    }
                }
                if m != 0 {
                    return;
                }
                let r = rurban::read::geojson::Reader::default().read_from(&o[..], "x");
                match r {
                    Ok((tb, d)) => {
                        assert_eq!(d.seen(), n);
                        assert_eq!(d.dropped(), 0, "own GeoJSON drops records");
                        let _ = tb;
                    }
                    Err(e) => panic!("own GeoJSON is refused: {e}"),
                }
            }
        }
        1 => {
            for st in [CsvStyle::Standard, CsvStyle::FrenchSpreadsheet] {
                let mut o = vec![];
                // A byte order mark that begins the first name is taken for that of the file.
                if write_csv(&mut o, &t, st).is_ok() && !names.is_empty() && !names[0].starts_with('\u{feff}')
                {
                    let b = if st == CsvStyle::Standard { &o[..] } else { &o[3..] };
                    let mut r = ::csv::ReaderBuilder::new()
                        .delimiter(if st == CsvStyle::Standard { b',' } else { b';' })
                        .flexible(false)
                        .has_headers(true)
                        .from_reader(b);
                    // What a spreadsheet would take for a formula has an apostrophe before it.
                    let said = |s: &str| {
                        let formula = s.starts_with(['=', '+', '-', '@', '\t', '\r']);
                        if formula && st == CsvStyle::FrenchSpreadsheet {
                            format!("'{s}")
                        } else {
                            s.to_owned()
                        }
                    };
                    let h: Vec<String> = r.headers().expect("headers").iter().map(str::to_owned).collect();
                    let empty_single = names.len() == 1;
                    assert_eq!(h.len(), names.len(), "CSV columns");
                    if !(empty_single && names[0].is_empty()) {
                        if !names[0].starts_with('\u{feff}') {
                            let want: Vec<String> = names.iter().map(|s| said(s)).collect();
                            assert_eq!(h, want, "CSV header");
                        }
                    }
                    let rows: Vec<::csv::StringRecord> = r
                        .records()
                        .map(|x| x.unwrap_or_else(|e| panic!("CSV does not parse: {e}")))
                        .collect();
                    assert_eq!(rows.len(), n, "CSV rows");
                    for (c, vs) in &texts {
                        for (i, x) in vs.iter().enumerate() {
                            let want = said(x.as_deref().unwrap_or_default());
                            assert_eq!(&rows[i][*c], want, "CSV cell");
                        }
                    }
                    // and with the product's own reader
                    if st == CsvStyle::Standard
                        // With many control characters the reader takes it for a binary file.
                        && !o.iter().any(|b| matches!(b, 0..=8 | 14..=26 | 28..=31))
                        // Lines within a cell that are records by themselves are taken for such, and those
                        // of a header for several lines of it.
                        && !names.iter().any(|s| s.contains(['\n', '\r']))
                        && !(said_by(&names, &texts).any(|s| s.contains(['\n', '\r']))
                            && said_by(&names, &texts).any(|s| s.contains(',')))
                        // A column without a name may be left out.
                        && names.iter().all(|s| s.contains(|c: char| !c.is_whitespace() && !c.is_control() && c != '\u{feff}'))
                    {
                        let tb = rurban::read::csv::Reader::default()
                            .delimiter(b',')
                            .layout(rurban::read::csv::Layout::Plain)
                            .open_from(&o[..], "x");
                        match tb {
                            Ok(tb) => {
                                let k = tb.header().len();
                                assert_eq!(k, names.len(), "own reader: columns of {}", o.escape_ascii());
                                let mut q = 0;
                                let d = tb.for_each(|_, d| {
                                    q += 1;
                                    d.keep();
                                    Ok(())
                                });
                                if let Ok(d) = d {
                                    assert!(
                                        q == n || d.to_string().contains("blank"),
                                        "own reader: {q} rows of {n}: {d}"
                                    );
                                }
                            }
                            // A first name may begin as another format does (%PDF, PK).
                            Err(e) => {
                                let e = e.to_string();
                                assert!(e.contains("no table"), "own CSV is refused: {e}");
                            }
                        }
                    }
                }
            }
            let _ =
                rurban::write::report::TextTable::from_table(&t, 2).cut(u.n(20)).first(u.n(5)).to_markdown();
        }
        2 => {
            let ids: Vec<String> = (0..n)
                .map(|i| if u.bit() { format!("{i}{}", name(&mut u)) } else { format!("n{i}") })
                .collect();
            let ed: Vec<(u32, u32)> =
                (0..u.n(6)).map(|_| (u.n(n.max(1)) as u32, u.n(n.max(1)) as u32)).collect();
            let direction = if u.bit() { Direction::Directed } else { Direction::Undirected };
            let g = GraphDocument::new(direction, &ids, &ed).node_attributes(t);
            let mut o = vec![];
            if write_graphml(&mut o, &g).is_ok() {
                let s = String::from_utf8(o).expect("UTF-8");
                for c in s.chars() {
                    assert!(
                        c == '\t'
                            || c == '\n'
                            || c == '\r'
                            || (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}'),
                        "control character in GraphML"
                    );
                }
                let mut r = quick_xml::Reader::from_str(&s);
                let mut nodes = std::collections::HashSet::new();
                let mut cnt = 0;
                let mut refs = vec![];
                loop {
                    match r.read_event() {
                        Ok(quick_xml::events::Event::Eof) => break,
                        Ok(quick_xml::events::Event::Start(e)) | Ok(quick_xml::events::Event::Empty(e)) => {
                            for a in e.attributes() {
                                let a = a.expect("attr");
                                let v = a
                                    .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                                    .expect("value")
                                    .into_owned();
                                if e.name().as_ref() == "node" && a.key.as_ref() == "id" {
                                    cnt += 1;
                                    assert!(nodes.insert(v), "GraphML node ids collide after escaping");
                                } else if e.name().as_ref() == "edge"
                                    && (a.key.as_ref() == "source" || a.key.as_ref() == "target")
                                {
                                    refs.push(v);
                                }
                            }
                        }
                        Ok(_) => {}
                        Err(e) => panic!("GraphML does not parse: {e}"),
                    }
                }
                assert_eq!(cnt, n, "GraphML nodes");
                for x in refs {
                    assert!(nodes.contains(&x), "edge to an unknown node");
                }
            }
        }
        3 | 4 => {
            let (title, a, b) = (name(&mut u), name(&mut u), name(&mut u));
            let l = layer(&mut u, n, m);
            let vm = 2 + u.b() % 3;
            let vals: Vec<f64> = (0..n).map(|_| u.f(vm)).collect();
            let rows: Vec<String> = (0..n).map(|_| name(&mut u)).collect();
            let ys: Vec<f64> = (0..n).map(|_| u.f(vm)).collect();
            let col = if u.bit() { Colours::Sequential } else { Colours::Diverging { centre: u.f(2) } };
            let bounds = if u.bit() {
                None
            } else {
                let (p, q) = (coord(&mut u, m), coord(&mut u, m));
                Some(Bounds { min: [p.x, p.y], max: [q.x, q.y] })
            };
            let lines: Vec<[Coord<f64>; 2]> =
                (0..u.n(3)).map(|_| [coord(&mut u, m), coord(&mut u, m)]).collect();
            let pts: Vec<Coord<f64>> = (0..u.n(3)).map(|_| coord(&mut u, m)).collect();
            let sy = if u.bit() { Coordinates::Degrees } else { Coordinates::Metres };
            let mx = Matrix::from_rows(n, n, (0..n * n).map(|_| u.f(vm)).collect()).unwrap();
            let lab = Labels::new(
                (0..n)
                    .map(|_| match u.n(3) {
                        2 => Labels::NONE,
                        x => x as u32,
                    })
                    .collect(),
                2,
            )
            .unwrap();
            let cls = vec![a.clone(), b.clone()];
            // One picture an input: all of them would take five times as long.
            let drawn = match u.n(5) {
                0 => {
                    HeatMap { title: &title, rows: &rows, columns: &rows, values: &mx, colours: col }.render()
                }
                1 => Plot {
                    title: &title,
                    x_label: &a,
                    y_label: &b,
                    x_axis: if u.bit() { Axis::Log } else { Axis::Linear },
                    y_axis: if u.bit() { Axis::Log } else { Axis::Linear },
                    series: &[
                        Series { name: &a, x: &vals, y: &ys, marks: Marks::Dots },
                        Series { name: &b, x: &ys, y: &vals, marks: Marks::Line },
                    ],
                }
                .render(),
                2 => Bars { title: &title, value_label: &a, labels: &rows, values: &vals }.render(),
                3 => Choropleth {
                    title: &title,
                    value_label: &a,
                    layer: &l,
                    contours: Contours::Approximate,
                    values: &vals,
                    colours: col,
                    lines: &lines,
                    points: &pts,
                    coordinates: sy,
                    bounds,
                }
                .render(),
                _ => ClassMap {
                    title: &title,
                    legend: &b,
                    layer: &l,
                    contours: Contours::Surveyed,
                    classes: &cls,
                    labels: &lab,
                    colours: ClassColours::Unordered,
                    coordinates: sy,
                    bounds,
                }
                .render(),
            };
            if let Ok(s) = drawn {
                xml(s.as_str());
                assert!(s.as_str().len() < 200_000, "SVG of {} bytes", s.as_str().len());
            }
        }
        _ => {
            let l = layer(&mut u, n, m);
            let codes: Vec<String> = (0..n).map(|_| name(&mut u)).collect();
            let nms: Vec<String> = (0..n).map(|_| name(&mut u)).collect();
            let text = |u: &mut U| Text::new(name(u), name(u));
            let mut p = AtlasPage::new(text(&mut u));
            p.subtitle = text(&mut u);
            p.summary = vec![KeyFigure { label: text(&mut u), value: text(&mut u) }];
            p.notes = vec![text(&mut u)];
            p.sources = vec![text(&mut u)];
            p.frames.extend(Frame::around(Bounds { min: [-5.0, 41.0], max: [10.0, 51.0] }));
            p.actor_kinds = vec![text(&mut u)];
            p.tie_kinds = vec![text(&mut u)];
            let vals: Vec<f64> = (0..n).map(|_| u.f(2)).collect();
            let sc = match u.n(4) {
                0 => Scale::Sequential,
                1 => Scale::Diverging { centre: u.f(2) },
                2 => Scale::Total,
                _ => Scale::Classes {
                    labels: vec![text(&mut u), text(&mut u)],
                    colours: vec![ClassColour::Rural, ClassColour::Urban],
                },
            };
            let cat = matches!(sc, Scale::Classes { .. });
            p.layers.push(MapLayer {
                key: name(&mut u),
                name: text(&mut u),
                plural: text(&mut u),
                shapes: &l,
                contours: Contours::Approximate,
                codes: &codes,
                names: &nms,
                points: vec![],
                parents: vec![],
                members: vec![],
                measures: vec![MeasureColumn {
                    key: name(&mut u),
                    group: text(&mut u),
                    name: text(&mut u),
                    unit: text(&mut u),
                    description: text(&mut u),
                    values: if cat {
                        (0..n).map(|i| (i % 2) as f64).collect::<Vec<_>>().into()
                    } else {
                        vals.into()
                    },
                    decimals: u.b() % 12,
                    scale: sc,
                    cases: None,
                    whole: None,
                }],
            });
            let k = u.n(4);
            for _ in 0..k {
                p.actors.push(ActorPoint {
                    name: name(&mut u),
                    kind: u32::from(u.b() % 2),
                    rurality: None,
                    detail: text(&mut u),
                    position: if u.bit() { Some(coord(&mut u, m)) } else { None },
                });
            }
            for _ in 0..u.n(3) {
                p.ties.push(ActorTie {
                    ends: [u.n(k + 1) as u32, u.n(k + 1) as u32],
                    kind: u32::from(u.b() % 2),
                    class: rurban::model::LinkClass::UrbanRural,
                    weight: u.f(2),
                    years: None,
                });
            }
            let mut o = vec![];
            if write_atlas_html(&mut o, &p).is_ok() {
                let s = String::from_utf8(o).expect("UTF-8");
                html(&s);
            }
        }
    }
}
// walk the page as an HTML tokenizer would: script elements end at the first </script
fn html(s: &str) {
    static BASE: std::sync::OnceLock<(usize, usize)> = std::sync::OnceLock::new();
    let tags = |s: &str, tag: &str| {
        let is = |i: usize| {
            s.as_bytes()[i..].get(..tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag.as_bytes()))
        };
        s.match_indices('<').filter(|(i, _)| is(*i)).count()
    };
    let count = |s: &str| (tags(s, "<script"), tags(s, "</script"));
    let base = *BASE.get_or_init(|| {
        let mut o = vec![];
        write_atlas_html(&mut o, &AtlasPage::new(Text::same("x"))).unwrap();
        count(&String::from_utf8(o).unwrap())
    });
    // outside plotly's own text the number must not change with the data, apart from data blocks
    let got = count(s);
    // Of data: one for the page, and for each layer its borders and its table.
    const DATA: &str = "<script type=\"application/octet-stream\"";
    assert_eq!(got.0 - base.0, s.matches(DATA).count() - 1, "script elements beside the data blocks");
    assert_eq!(got.0 - base.0, got.1 - base.1, "script tags do not balance: {got:?} {base:?}");
    assert!(got.0 <= base.0 + 40, "script tags {got:?} base {base:?}");
    assert!(!s.as_bytes().contains(&0), "NUL in page");
    // Data are base64: nothing in them ends their element or opens a comment.
    for (i, _) in s.match_indices(DATA) {
        let st = s[i..].find('>').unwrap() + i + 1;
        let en = s[st..].find("</script").unwrap() + st;
        assert!(s[st..en].bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b)), "data block");
    }
}
