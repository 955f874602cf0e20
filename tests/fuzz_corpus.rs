//! Every input that fuzzing kept or that once broke something, against the same invariants, without the
//! fuzzer: `fuzz/corpus/TARGET/…`; and inputs made from them at random. What the targets ask is in
//! `fuzz/README.md`.

#![cfg(all(feature = "france-data", feature = "html"))]
#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand_core::{RngCore as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

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

fn kept(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

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
        for file in kept(name) {
            let data = std::fs::read(&file).unwrap();
            if std::panic::catch_unwind(|| target(&data)).is_err() {
                broken.push(file);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Longest inputs the fuzzer makes, for readers and for the others.
const LONGEST: [usize; 2] = [2_048, 400];

/// An input made from kept ones: bytes changed, put in, taken out, said again, or taken from another input.
fn mutated(rng: &mut Xoshiro256PlusPlus, inputs: &[Vec<u8>], longest: usize) -> Vec<u8> {
    let mut below = |n: usize| (rng.next_u64() % n.max(1) as u64) as usize;
    let mut data = inputs[below(inputs.len())].clone();
    for _ in 0..=below(8) {
        let at = below(data.len() + 1);
        let end = (at + 1 + below(16)).min(data.len());
        match below(6) {
            0 if at < data.len() => data[at] ^= 1 << below(8),
            1 if at < data.len() => data[at] = below(256) as u8,
            2 => data.insert(at, below(256) as u8),
            3 => drop(data.drain(at.min(end)..end)),
            4 => {
                let again = data[at.min(end)..end].to_vec();
                data.splice(at..at, again);
            }
            _ => {
                let other = &inputs[below(inputs.len())];
                let from = below(other.len() + 1);
                let part = &other[from..(from + 1 + below(64)).min(other.len()).max(from)];
                data.splice(at..end.max(at), part.iter().copied());
            }
        }
    }
    data.truncate(longest);
    data
}

/// The bounded run: as many inputs of each target as `RURBAN_FUZZ_RUNS` says (20,000), made from the kept
/// ones with the seed of `RURBAN_FUZZ_SEED` (1). The same inputs each time: that it fails means the change.
#[test]
#[ignore = "a minute, optimised: cargo test --release --test fuzz_corpus -- --ignored"]
fn nothing_made_from_them_breaks_an_invariant() {
    let setting = |name: &str, usual: u64| match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}, not a number")),
        Err(_) => usual,
    };
    let (runs, seed) = (setting("RURBAN_FUZZ_RUNS", 20_000), setting("RURBAN_FUZZ_SEED", 1));
    let finds = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (next, broken) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let keep = |name: &str, data: &[u8], what: &str| {
        let mut broken = broken.lock().unwrap();
        let file = finds.join(format!("{name}_{}", broken.len()));
        std::fs::write(&file, data).unwrap();
        broken.push(format!("{what}: fuzz/run.sh one {name} {}", file.display()));
    };
    let work = || {
        while let Some((name, target)) = harness::TARGETS.get(next.fetch_add(1, Ordering::Relaxed)) {
            let inputs: Vec<Vec<u8>> = kept(name).iter().map(|file| std::fs::read(file).unwrap()).collect();
            let longest = LONGEST[usize::from(!name.starts_with("read_"))];
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
            let begun = Instant::now();
            for _ in 0..runs {
                let data = mutated(&mut rng, &inputs, longest);
                let started = Instant::now();
                if std::panic::catch_unwind(|| target(&data)).is_err() {
                    keep(name, &data, "broken");
                    break;
                }
                if started.elapsed() > Duration::from_secs(10) {
                    keep(name, &data, "slow");
                }
            }
            println!("{name:<16} {runs:>8} inputs, {:5.1} s", begun.elapsed().as_secs_f64());
        }
    };
    std::thread::scope(|s| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            s.spawn(work);
        }
    });
    let broken = broken.into_inner().unwrap();
    assert!(broken.is_empty(), "{broken:#?}");
}
