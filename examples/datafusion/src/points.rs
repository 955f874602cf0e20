//! Tables in files: made-up points (establishments scattered around the communes by population), the communes
//! and the ties between them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BinaryBuilder, Float64Array, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;
use rurban::atlas::Territory;
use rurban::space::LonLat;

use crate::memory::Tie;
use crate::{Fallible, functions};

/// Activities: the divisions of NACE.
pub const ACTIVITIES: u64 = 88;
/// Rows of a batch and of a row group.
const GROUP: usize = 500_000;

/// The next number of a sequence (`SplitMix64`), the same everywhere.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A table on its way into a file.
type Columns = Vec<(&'static str, ArrayRef)>;

/// Points in WKB, as GeoParquet has them.
pub fn geometry(points: impl Iterator<Item = Option<LonLat>>) -> ArrayRef {
    let mut column = BinaryBuilder::new();
    for point in points {
        let wkb = |p: LonLat| [&[1, 1, 0, 0, 0][..], &p.lon().to_le_bytes(), &p.lat().to_le_bytes()].concat();
        column.append_option(point.map(wkb));
    }
    Arc::new(column.finish())
}

/// Writes one table in parts: GeoParquet 1.1 where it has a geometry.
pub fn write_table(path: &Path, parts: impl IntoIterator<Item = Fallible<Columns>>) -> Fallible {
    let mut writer: Option<ArrowWriter<File>> = None;
    for part in parts {
        let batch = RecordBatch::try_from_iter(part?)?;
        if writer.is_none() {
            let column = r#"{"encoding": "WKB", "geometry_types": ["Point"]}"#;
            let geo = format!(
                r#"{{"version": "1.1.0", "primary_column": "geometry", "columns": {{"geometry": {column}}}}}"#
            );
            let notes = batch.column_by_name("geometry").map(|_| vec![KeyValue::new("geo".to_owned(), geo)]);
            let options = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
                .set_column_dictionary_enabled(ColumnPath::from("geometry"), false)
                .set_max_row_group_row_count(Some(GROUP))
                .set_key_value_metadata(notes);
            writer = Some(ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(options.build()))?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch)?;
        }
    }
    writer.map_or(Ok(()), |w| w.close().map(drop).map_err(Into::into))
}

/// Writes `rows` points with their activity and jobs.
pub fn write(path: &Path, rows: usize) -> Fallible {
    let communes = functions::reference()?.atlas.base().territories();
    let mut up_to = Vec::new();
    let mut total = 0.0;
    for commune in communes {
        total += if commune.point.is_some() { commune.population.unwrap_or(0.0) } else { 0.0 };
        up_to.push(total);
    }
    let mut seed = 1;
    let unit = |seed: &mut u64| (next(seed) >> 11) as f64 / (1_u64 << 53) as f64;
    let part = |n: usize| -> Fallible<Columns> {
        let (mut places, mut activity, mut jobs) = (vec![], vec![], vec![]);
        for _ in 0..n {
            let drawn = unit(&mut seed) * total;
            let at = up_to.partition_point(|&u| u <= drawn).min(communes.len() - 1);
            let centre = communes[at].point.ok_or("a commune without a point was drawn")?;
            let lon = centre.lon() + 0.06 * (unit(&mut seed) - 0.5);
            places.push(Some(LonLat::new(lon, centre.lat() + 0.04 * (unit(&mut seed) - 0.5))?));
            activity.push((next(&mut seed) % ACTIVITIES) as i32);
            // Whole numbers, so that sums are the same in any order.
            jobs.push((1 + next(&mut seed) % 20) as f64);
        }
        Ok(vec![
            ("geometry", geometry(places.into_iter())),
            ("activity", Arc::new(Int32Array::from(activity))),
            ("jobs", Arc::new(Float64Array::from(jobs))),
        ])
    };
    write_table(path, (0..rows).step_by(GROUP).map(|from| GROUP.min(rows - from)).map(part))
}

/// Writes the communes of the embedded France with their points.
pub fn write_communes(path: &Path) -> Fallible {
    let communes = functions::reference()?.atlas.base().territories();
    let text = |of: fn(&Territory) -> &str| -> ArrayRef {
        Arc::new(communes.iter().map(|t| Some(of(t))).collect::<StringArray>())
    };
    let columns = vec![
        ("code", text(|t| t.code.as_str())),
        ("name", text(|t| t.name.as_str())),
        ("geometry", geometry(communes.iter().map(|t| t.point))),
    ];
    write_table(path, [Ok(columns)])
}

/// Writes ties between communes.
pub fn write_ties(path: &Path, ties: &[Tie]) -> Fallible {
    let text = |of: fn(&Tie) -> &str| -> ArrayRef {
        Arc::new(ties.iter().map(|t| Some(of(t))).collect::<StringArray>())
    };
    let weights: Float64Array = ties.iter().map(|t| Some(t.weight)).collect();
    let columns = vec![
        ("source", text(|t| &t.source)),
        ("target", text(|t| &t.target)),
        ("weight", Arc::new(weights) as _),
    ];
    write_table(path, [Ok(columns)])
}
