//! Reading all communes: ours, `serde_json` with the smallest structs that hold the same, and the
//! `geojson` crate. `cargo bench --bench read -- --peak` prints the peak memory of ours alone.
//! `RURBAN_DATA` names the folder that holds `contours/communes-2023.geojson`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a bench reports on the terminal")]

use std::fmt::Write as _;

use criterion::{Criterion, Throughput};
use rurban::read::geojson::Reader;
use serde::Deserialize;

mod common;

const COMMUNES: &str = "contours/communes-2023.geojson";

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Properties {
    code: String,
    nom: String,
    departement: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
#[allow(dead_code)]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

/// A document of the communes' shape, for machines without the real one.
fn synthetic() -> String {
    let mut text = String::from(r#"{"type":"FeatureCollection","features":["#);
    for i in 0..10_000 {
        let (x, y) = (f64::from(i % 100) * 0.1, 42.0 + f64::from(i / 100) * 0.08);
        let _ = write!(
            text,
            r#"{}{{"type":"Feature","properties":{{"code":"{i:05}","nom":"Commune {i}","departement":"{:02}"}},"geometry":{{"type":"Polygon","coordinates":[["#,
            if i == 0 { "" } else { "," },
            i % 95
        );
        for k in 0..=64 {
            let angle = f64::from(k % 64) * std::f64::consts::TAU / 64.0;
            let comma = if k == 0 { "" } else { "," };
            let _ = write!(text, "{comma}[{:.5},{:.5}]", x + 0.04 * angle.cos(), y + 0.03 * angle.sin());
        }
        text.push_str("]]}}");
    }
    text.push_str("]}");
    text
}

fn bench(c: &mut Criterion, text: &str) {
    let mut group = c.benchmark_group("read");
    group.sample_size(10).throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("ours", |b| {
        b.iter(|| Reader::default().read_str(text, "communes").map(|r| r.0.len()));
    });
    group.bench_function("serde_json/own structs", |b| {
        b.iter(|| serde_json::from_str::<Collection>(text).map(|c| c.features.len()));
    });
    group.bench_function("geojson/parse", |b| {
        b.iter(|| text.parse::<geojson::FeatureCollection>().map(|c| c.features.len()));
    });
    group.finish();
}

fn main() {
    if std::env::args().any(|a| a == "--peak") {
        let Some(path) = common::real_data(COMMUNES) else { return };
        let read = Reader::default().read_path(&path).map(|(table, _)| table.layer().coords().len());
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("no /proc here");
        println!("{read:?} vertices, {peak}");
        return;
    }
    let real = common::real_data(COMMUNES).and_then(|path| std::fs::read_to_string(path).ok());
    let text = real.unwrap_or_else(|| {
        eprintln!("reading a synthetic document instead");
        synthetic()
    });
    let mut criterion = Criterion::default().configure_from_args();
    bench(&mut criterion, &text);
    criterion.final_summary();
}
