//! Every input that fuzzing kept or that once broke something, against the same invariants, without the
//! fuzzer: `fuzz/corpus/TARGET/…`. What the targets ask is in `fuzz/README.md`.

#![cfg(all(feature = "france-data", feature = "html"))]
#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::collections::BTreeSet;
use std::path::Path;

#[rustfmt::skip]
#[path = "../fuzz/src/lib.rs"]
#[allow(dead_code, missing_debug_implementations)]
mod harness;

/// Targets of features that are off.
const OFF: &[&str] = &[
    #[cfg(not(feature = "parquet"))]
    "read_parquet",
    #[cfg(not(feature = "xlsx"))]
    "read_sheet",
];

#[test]
fn nothing_kept_breaks_an_invariant() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let folders: BTreeSet<String> = (std::fs::read_dir(&corpus).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let names = harness::TARGETS.iter().map(|t| t.0).chain(OFF.iter().copied());
    assert_eq!(folders, names.map(str::to_owned).collect(), "a target without inputs, or inputs without one");
    let mut broken = Vec::new();
    for (name, target) in harness::TARGETS {
        let mut files: Vec<_> =
            std::fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files {
            let data = std::fs::read(&file).unwrap();
            if std::panic::catch_unwind(|| target(&data)).is_err() {
                broken.push(file);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
