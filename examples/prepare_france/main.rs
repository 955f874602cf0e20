//! Writes the embedded France (`fixtures/france/*.csv`) from the public tables it is derived from.
//!
//! `cargo run --example prepare_france -- DATA_FOLDER [OUT_FOLDER]`
//!
//! Only facts and figures are selected and joined; no contour is copied or derived. What was left
//! out, and why, is printed with its count. `fixtures/README.md` gives sources and licences.

mod actors;
mod cooperations;
mod figures;
mod research;
mod territories;
mod words;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Parser;

type Fallible<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Derive the embedded France from the public tables.
#[derive(Parser)]
struct Arguments {
    /// Folder with the public tables (communes/, territories/, actors/, cooperations/ …).
    data: PathBuf,
    /// Where to write.
    #[arg(default_value = "fixtures/france")]
    out: PathBuf,
    /// Where to write the pairs of spellings that were taken to be one firm.
    #[arg(long)]
    merged: Option<PathBuf>,
}

/// A record of a source table, by column name.
type Record = HashMap<String, String>;

fn records(path: &Path) -> Fallible<Vec<Record>> {
    let mut reader = csv::Reader::from_path(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

/// Writes a table; returns nothing but says how many rows it has.
fn write(out: &Path, name: &str, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Fallible {
    let path = out.join(format!("{name}.csv"));
    let mut writer = csv::Writer::from_path(&path)?;
    writer.write_record(header)?;
    let mut count = 0;
    for row in rows {
        writer.write_record(&row)?;
        count += 1;
    }
    writer.flush()?;
    println!("{name}: {count} rows, {} kB", std::fs::metadata(&path)?.len() / 1000);
    Ok(())
}

/// Index of each label in order of first use, so that long labels are written once.
#[derive(Default)]
struct Dictionary(Vec<String>);

impl Dictionary {
    fn index(&mut self, label: &str) -> String {
        if label.is_empty() || label.starts_with("- ") {
            return String::new();
        }
        let at = self.0.iter().position(|l| l == label).unwrap_or_else(|| {
            self.0.push(label.to_owned());
            self.0.len() - 1
        });
        at.to_string()
    }
}

/// Coordinates to five decimals: a metre.
fn degrees(text: &str) -> String {
    text.parse::<f64>().map(|v| format!("{}", (v * 1e5).round() / 1e5)).unwrap_or_default()
}

fn main() -> Fallible {
    let Arguments { data, out, merged } = Arguments::parse();
    std::fs::create_dir_all(&out)?;
    let communes = records(&data.join("communes/communes-2026.csv"))?;
    territories::write_communes(&data, &out, &communes)?;
    let perimeters = territories::write_perimeters(&data, &out, &communes)?;
    actors::write_actors(&data, &out, &communes, &perimeters)?;
    cooperations::write_cooperations(&data, &out)?;
    cooperations::write_money_and_sectors(&data, &out)?;
    let known = research::Known::read(&data)?;
    let structures = research::write_structures(&data, &out, &known)?;
    let firms = research::write_anr(&data, &out, &known, &structures, merged.as_deref())?;
    research::write_h2020(&data, &out, &known)?;
    research::write_ilab(&data, &out, &communes, &known, &firms)?;
    research::write_agreements(&data, &out)?;
    figures::write_figures(&data, &out, &communes)?;
    std::fs::copy(data.join("embeddable/france-land-naturalearth-10m.geojson"), out.join("land.geojson"))?;
    Ok(())
}
