//! Made-up points: establishments scattered around the communes by population.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

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

/// Writes `rows` points with their activity and jobs.
pub fn write(file: &Path, rows: usize) -> Fallible {
    let communes: Vec<_> = functions::reference()?.atlas.base().territories().iter().collect();
    let mut up_to = Vec::new();
    let mut total = 0.0;
    for commune in &communes {
        total += if commune.point.is_some() { commune.population.unwrap_or(0.0) } else { 0.0 };
        up_to.push(total);
    }
    let mut seed = 1;
    let unit = |seed: &mut u64| (next(seed) >> 11) as f64 / (1_u64 << 53) as f64;
    let mut writer: Option<ArrowWriter<File>> = None;
    let mut left = rows;
    while left > 0 {
        let n = left.min(GROUP);
        let (mut lon, mut lat, mut activity, mut jobs) = (vec![], vec![], vec![], vec![]);
        for _ in 0..n {
            let drawn = unit(&mut seed) * total;
            let at = up_to.partition_point(|&u| u <= drawn).min(communes.len() - 1);
            let centre = communes[at].point.ok_or("a commune without a point was drawn")?;
            lon.push(centre.lon() + 0.06 * (unit(&mut seed) - 0.5));
            lat.push(centre.lat() + 0.04 * (unit(&mut seed) - 0.5));
            activity.push((next(&mut seed) % ACTIVITIES) as i32);
            // Whole numbers, so that sums are the same in any order.
            jobs.push((1 + next(&mut seed) % 20) as f64);
        }
        let columns: [(&str, ArrayRef); 4] = [
            ("lon", Arc::new(Float64Array::from(lon))),
            ("lat", Arc::new(Float64Array::from(lat))),
            ("activity", Arc::new(Int32Array::from(activity))),
            ("jobs", Arc::new(Float64Array::from(jobs))),
        ];
        let batch = RecordBatch::try_from_iter(columns)?;
        let options = || -> Fallible<WriterProperties> {
            let zstd = Compression::ZSTD(ZstdLevel::try_new(1)?);
            Ok(WriterProperties::builder().set_compression(zstd).set_max_row_group_row_count(Some(GROUP)).build())
        };
        if writer.is_none() {
            writer = Some(ArrowWriter::try_new(File::create(file)?, batch.schema(), Some(options()?))?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch)?;
        }
        left -= n;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}
