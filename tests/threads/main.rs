//! Results are the same bytes whatever the number of threads, for every public call that uses them.

#![cfg(feature = "parallel")]
#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::path::Path;

mod kernels;
#[cfg(feature = "france-data")]
mod studies;

/// A public call, or several of a family, and the files of `src` whose use of threads it reaches.
struct Call<T> {
    files: &'static str,
    name: &'static str,
    run: fn(&T) -> String,
}

impl<T> Call<T> {
    const fn new(files: &'static str, name: &'static str, run: fn(&T) -> String) -> Self {
        Self { files, name, run }
    }
}

/// All digits of a result: numbers print so that they read back the same.
fn digits(result: impl Debug) -> String {
    format!("{result:?}")
}

/// Makes the case and all calls on one thread, then on others.
fn same_on_any_number_of_threads<T>(case: fn() -> T, calls: &[Call<T>], others: &[usize]) {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        // The case stays on its thread: what it is made of need not be sent.
        pool.install(|| {
            let case = case();
            calls.iter().map(|call| (call.run)(&case)).collect::<Vec<String>>()
        })
    };
    let one = on(1);
    for &threads in others {
        for ((call, a), b) in calls.iter().zip(&one).zip(on(threads)) {
            let failed = a.find("Err(").map(|at| a[at..].chars().take(200).collect::<String>());
            assert_eq!(failed, None, "{} fails", call.name);
            assert!(*a == b, "{} differs on {threads} threads", call.name);
        }
    }
}

#[test]
fn kernels() {
    same_on_any_number_of_threads(kernels::case, kernels::CALLS, &[3]);
}

#[cfg(feature = "france-data")]
#[test]
fn studies() {
    same_on_any_number_of_threads(studies::case, studies::CALLS, &[3]);
}

/// A file that begins to use threads is named here with a call that reaches it.
#[cfg(all(feature = "france-data", feature = "html"))]
#[test]
fn every_file_that_uses_threads_is_reached() {
    fn visit(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
            } else if std::fs::read_to_string(&path).is_ok_and(|text| {
                let calls = ["map(", "map_init(", "for_each_chunk(", "join("];
                calls.iter().any(|call| text.contains(&format!("parallel::{call}")))
            }) {
                found.push(path.with_extension("").to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    let src = format!("{}/src/", env!("CARGO_MANIFEST_DIR").replace('\\', "/"));
    let mut files = Vec::new();
    visit(Path::new(&src), &mut files);
    let using: BTreeSet<&str> = files.iter().map(|f| f.strip_prefix(&src).unwrap()).collect();
    let reached: BTreeSet<&str> = (kernels::CALLS.iter().flat_map(|c| c.files.split(' ')))
        .chain(studies::CALLS.iter().flat_map(|c| c.files.split(' ')))
        .collect();
    let built = |file: &str| cfg!(feature = "parquet") || file != "write/geoparquet";
    let missing: Vec<_> = using.difference(&reached).filter(|f| built(f)).collect();
    assert!(missing.is_empty(), "no call of this test reaches {missing:?}");
}
