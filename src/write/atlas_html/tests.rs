use super::*;
use std::io::Read;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use geo_types::{MultiPolygon, polygon};

fn square(x: f64, y: f64) -> MultiPolygon<f64> {
    MultiPolygon(vec![polygon![(x: x, y: y), (x: x + 1., y: y), (x: x + 1., y: y + 1.), (x: x, y: y + 1.)]])
}

fn measure(scale: Scale, values: &[f64]) -> MeasureColumn<'_> {
    MeasureColumn {
        name: "m".to_owned(),
        unit: "€".to_owned(),
        description: "d".to_owned(),
        values: values.into(),
        scale,
    }
}

fn text(page: &AtlasPage<'_>) -> String {
    let mut out = Vec::new();
    write_atlas_html(&mut out, page).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without its scripts, which hold other people's markup.
fn data_of(page: &str, id: &str) -> serde_json::Value {
    let start = format!("<script type=\"application/json\" id=\"{id}\">");
    let from = page.find(&start).expect("the data are there") + start.len();
    let to = from + page[from..].find("</script>").unwrap();
    serde_json::from_str(&page[from..to]).unwrap()
}

#[test]
fn texts_cannot_break_out() {
    let nasty = "</script><script>alert(1)</script> <!-- & \" ' {{title}}";
    let shapes = Layer::from_features([&square(2.0, 46.0)]);
    let names = [nasty.to_owned()];
    let mut page = AtlasPage::new(nasty);
    page.subtitle = nasty.to_owned();
    page.language = "fr\" onload=\"".to_owned();
    page.notes.push(nasty.to_owned());
    page.layers.push(MapLayer {
        name: nasty.to_owned(),
        shapes: &shapes,
        contours: Contours::Approximate,
        codes: &names,
        names: &names,
        measures: vec![measure(Scale::Sequential, &[f64::NAN])],
    });
    page.actors.push(ActorPoint {
        name: nasty.to_owned(),
        kind: nasty.to_owned(),
        detail: nasty.to_owned(),
        position: Coord { x: 2.0, y: 46.0 },
    });
    let written = text(&page);
    assert!(!written.contains("alert(1)</script>"));
    assert!(written.contains("<html lang=\"fr&quot; onload=&quot;\">"));
    assert_eq!(data_of(&written, "page")["notes"][0], nasty);
    assert_eq!(data_of(&written, "layer-0")["names"][0], nasty);
    // Two data elements, plotly.js and the page's own: nothing else starts a script.
    let own_markup = |s: &str| s.matches("<script").count();
    let plain = own_markup(&text(&AtlasPage::new("")));
    assert_eq!(own_markup(&written), plain + 1);
    assert_eq!(written, text(&page));
}

#[test]
fn nothing_can_be_fetched_and_the_licences_stay() {
    let page = text(&AtlasPage::new("t"));
    let head = &page[..page.find("</head>").unwrap()];
    assert!(head.contains("Content-Security-Policy\" content=\"default-src 'none'"));
    assert!(!head.contains("http:") && !head.contains("https:"));
    assert!(!page.contains("<script src") && !page.contains("MathJax.js"));
    assert!(page.contains("plotly.js v3") && page.contains("Licensed under the MIT license"));
    assert!(page.contains("MapLibre GL JS") && page.contains("3-Clause BSD"));
    assert!(page.trim_end().ends_with("</html>"));
}

#[test]
fn kinds_and_classes_are_tables() {
    let mut page = AtlasPage::new("t");
    for kind in ["lab", "fab", "lab"] {
        let (name, detail) = (kind.to_owned(), String::new());
        let position = Coord { x: 0.0, y: 1.0 };
        page.actors.push(ActorPoint { name, kind: kind.to_owned(), detail, position });
    }
    let ends = [Coord { x: 0.0, y: 1.0 }, Coord { x: 2.0, y: 3.0 }];
    page.links
        .push(LinkLine { ends, class: LinkClass::RuralRural, weight: 2.0, label: "a – b".to_owned() });
    let data = data_of(&text(&page), "page");
    assert_eq!(data["actors"]["kinds"], json!(["lab", "fab"]));
    assert_eq!(data["actors"]["kind"], json!([0, 1, 0]));
    assert_eq!(data["links"]["classes"][data["links"]["class"][0].as_u64().unwrap() as usize], "rural–rural");
}

#[test]
fn bad_input_is_named() {
    let shapes = Layer::from_features([&square(2.0, 46.0)]);
    let metres = Layer::from_features([&square(652_000.0, 6_862_000.0)]);
    let names = ["a".to_owned(), "b".to_owned()];
    let page = |shapes, first| {
        let mut page = AtlasPage::new("t");
        page.first_layer = first;
        page.layers.push(MapLayer {
            name: "l".to_owned(),
            shapes,
            contours: Contours::Surveyed,
            codes: &names[..1],
            names: &names[..1],
            measures: vec![],
        });
        page
    };
    let fails = |page: &AtlasPage<'_>| write_atlas_html(std::io::sink(), page).unwrap_err();

    assert!(matches!(fails(&page(&metres, 0)), Error::Value { what: "shapes of a map layer", .. }));
    assert!(matches!(fails(&page(&shapes, 1)), Error::Parameter { name: "first_layer", .. }));
    let mut p = page(&shapes, 0);
    p.layers[0].names = &names;
    assert!(matches!(fails(&p), Error::Shape { expected: 1, got: 2, .. }));
    let bad = [
        measure(Scale::Sequential, &[1.0, 2.0]),
        measure(Scale::Categorical { labels: vec!["x".to_owned()] }, &[1.0]),
        measure(Scale::Categorical { labels: vec!["x".to_owned()] }, &[0.5]),
        measure(Scale::Diverging { centre: f64::NAN }, &[1.0]),
    ];
    for measure in bad {
        let mut p = page(&shapes, 0);
        p.layers[0].measures = vec![measure];
        let _ = fails(&p);
    }
    let mut p = page(&shapes, 0);
    let ends = [Coord { x: 0.0, y: 0.0 }; 2];
    p.links.push(LinkLine { ends, class: LinkClass::Unclassed, weight: -1.0, label: String::new() });
    assert!(matches!(fails(&p), Error::Value { what: "links", index: 0, .. }));
    p.links[0].weight = 1.0;
    p.links[0].ends[1].y = 91.0;
    assert!(matches!(fails(&p), Error::Value { what: "links", index: 0, .. }));
}

/// A page that holds the atlas in a frame and reports how it went.
const WATCHER: &str =
    "<!doctype html><iframe id=f style='width:1000px;height:700px' src=/atlas></iframe><script>
const timer = setInterval(() => {
  const root = document.getElementById('f').contentDocument?.documentElement;
  if (!root?.dataset.ready && !root?.dataset.failed) return;
  clearInterval(timer);
  const busy = root.querySelector('#busy').textContent, legend = root.querySelector('#legend').innerText;
  fetch('/done', { method: 'POST', body: JSON.stringify({ ...root.dataset, busy, legend }) });
}, 50);
</script>";

/// Serves the watcher and the page until the watcher reports; gives the report.
fn serve(listener: &TcpListener, page: &str) -> serde_json::Value {
    loop {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 8192];
        loop {
            let read = stream.read(&mut buffer).unwrap_or(0);
            request.extend_from_slice(&buffer[..read]);
            let text = String::from_utf8_lossy(&request);
            if read == 0 || text.contains("\r\n\r\n") && (!text.starts_with("POST") || text.ends_with('}')) {
                break;
            }
        }
        let request = String::from_utf8_lossy(&request);
        let body = match request.split(' ').nth(1) {
            Some("/") => WATCHER,
            Some("/atlas") => page,
            Some("/done") => return serde_json::from_str(&request[request.find('{').unwrap()..]).unwrap(),
            _ => "",
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
        let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
    }
}

#[test]
#[ignore = "needs chromium or google-chrome on the path"]
fn a_browser_draws_pages_at_the_edge() {
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
        .expect("chromium, chromium-browser or google-chrome on the path");
    let shapes = Layer::from_features([&square(2.0, 46.0), &MultiPolygon(vec![]), &square(4.0, 46.0)]);
    let names = ["a", "b", "c"].map(str::to_owned);
    let nothing = [f64::NAN; 3];
    let layer = |values| MapLayer {
        name: "département".to_owned(),
        shapes: &shapes,
        contours: Contours::Surveyed,
        codes: &names,
        names: &names,
        measures: vec![measure(Scale::Diverging { centre: 1.0 }, values)],
    };
    let mut pages = [AtlasPage::new("empty"), AtlasPage::new("no values"), AtlasPage::new("values")];
    pages[1].layers.push(layer(&nothing));
    pages[2].layers.push(layer(&[0.5, 2.0, f64::INFINITY]));
    let ends = [Coord { x: 2.5, y: 46.5 }, Coord { x: 4.5, y: 46.5 }];
    for class in LinkClass::ALL {
        pages[2].links.push(LinkLine { ends, class, weight: 1.0, label: "a – c, a long label ".repeat(4) });
    }
    pages[2].actors.push(ActorPoint {
        name: "a".to_owned(),
        kind: "lab".to_owned(),
        detail: "d".to_owned(),
        position: ends[0],
    });
    for page in &pages {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let text = text(page);
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || tell.send(serve(&listener, &text)));
        let profile = std::env::temp_dir().join(format!("rurban-atlas-{}", address.port()));
        let mut child = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader"])
            .args(["--enable-unsafe-swiftshader", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("http://{address}/"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let report = told.recv_timeout(Duration::from_secs(90));
        let _ = child.kill();
        let _ = child.wait();
        let _ = std::fs::remove_dir_all(profile);
        let report = report.expect("the page reports within 90 s");
        assert!(report["ready"].is_string() && report["busy"] == "", "{}: {report}", page.title);
        let missing =
            ["", "no value\t3", "no value\t1"][pages.iter().position(|p| p.title == page.title).unwrap()];
        assert!(report["legend"].as_str().unwrap().contains(missing), "{}: {report}", page.title);
    }
}
