//! Travel times that pyarrow and Polars wrote (`write.py`), against the same table as CSV.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::path::PathBuf;

use rurban::Error;
use rurban::accessibility::CostTable;
use rurban::diagnostics::{Diagnostics, Strictness};
use rurban::read::csv::Reader;
use rurban::read::{CostColumns, CostEnds, travel_costs, travel_costs_parquet};

const CSV: &str = "origin,destination,minutes\n01001,01002,12.5\n01001,01004,20\n01002,01001,14\n\
                   01002,01001,13\n01004,01001,21.25\n,01001,5\n99999,01001,5\n01004,01002,\n01005,01001,-1\n";

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/parquet_costs").join(name)
}

/// Communes 01001 to 01005, with or without the zero that integers lose.
fn communes() -> CostEnds<'static> {
    CostEnds::new("commune", 5, |code| {
        let index = code.trim_start_matches('0').parse::<u32>().ok()?.checked_sub(1001)?;
        (index < 5).then_some(index)
    })
}

fn read(name: &str, strictness: Strictness) -> Result<(CostTable, Diagnostics), Error> {
    travel_costs_parquet(path(name), &CostColumns::default(), &communes(), &communes(), strictness)
}

#[test]
fn types_codecs_and_writers_give_what_csv_gives() {
    let table = Reader::default().open_str(CSV, "times.csv").unwrap();
    let (want, account) = travel_costs(table, &CostColumns::default(), &communes(), &communes()).unwrap();
    assert_eq!((want.pairs(), want.get(1, 0)), (4, Some(13.0)));
    let kinds = ["unknown_origin", "repeated_way", "blank_cost", "negative_cost"];
    for name in ["text_snappy.parquet", "numbers_plain.parquet", "polars_zstd.parquet"] {
        let (got, found) = read(name, Strictness::Lenient).unwrap();
        assert_eq!(got, want, "{name}");
        assert_eq!((found.seen(), found.kept(), found.dropped()), (9, 4, 5), "{name}");
        assert_eq!(kinds.map(|k| found.count(k)), kinds.map(|k| account.count(k)), "{name}");
        let negative = found.findings().iter().find(|f| f.kind == "negative_cost").unwrap();
        assert_eq!(negative.place.record, Some(8));
        assert!(negative.to_string().contains(name));
    }
}

#[test]
fn bad_files_are_named() {
    let strict = read("text_snappy.parquet", Strictness::Strict).unwrap_err();
    assert!(matches!(strict, Error::Data(_)), "{strict}");
    let nested = read("nested.parquet", Strictness::Lenient).unwrap_err().to_string();
    assert!(nested.contains("nested.parquet") && nested.contains("minutes"), "{nested}");
    assert!(matches!(read("no.parquet", Strictness::Lenient), Err(Error::Io { .. })));
    assert!(matches!(read("write.py", Strictness::Lenient), Err(Error::Format { .. })));
    let columns = CostColumns::default().cost(&["francs"]);
    let file = path("text_snappy.parquet");
    let missing = travel_costs_parquet(file, &columns, &communes(), &communes(), Strictness::Lenient);
    let missing = missing.unwrap_err().to_string();
    assert!(missing.contains("francs") && missing.contains("minutes"), "{missing}");
}

#[test]
fn damaged_files_are_errors() {
    let whole = std::fs::read(path("text_snappy.parquet")).unwrap();
    let file = std::env::temp_dir().join(format!("rurban-damaged-{}.parquet", std::process::id()));
    let read = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        travel_costs_parquet(&file, &CostColumns::default(), &communes(), &communes(), Strictness::Lenient)
    };
    let mut refused = 0;
    // Cut short anywhere, and any byte changed: an answer or an error, never a panic.
    for cut in (0..whole.len()).step_by(7) {
        assert!(read(&whole[..cut]).is_err());
    }
    for at in 0..whole.len() {
        for other in [0x00, 0x7f, 0xff, whole[at] ^ 1] {
            let mut bytes = whole.clone();
            bytes[at] = other;
            refused += usize::from(read(&bytes).is_err());
        }
    }
    std::fs::remove_file(&file).unwrap();
    assert!(refused > whole.len() / 2, "{refused}");
}
