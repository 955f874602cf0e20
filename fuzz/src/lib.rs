//! What the fuzz targets do with their bytes, and the invariants they hold.
#![allow(clippy::all, clippy::pedantic, unused_must_use)]

pub mod input;
pub mod network;
pub mod readers;
pub mod space;
pub mod tables;
pub mod writers;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What is done with the bytes of the fuzzer; a broken invariant panics.
pub type Target = fn(&[u8]);

/// Every target by its name; those of files need their feature.
pub const TARGETS: &[(&str, Target)] = &[
    ("read_geojson", readers::geojson),
    ("read_tables", readers::csv),
    ("read_codes", readers::codes),
    #[cfg(feature = "parquet")]
    ("read_parquet", readers::parquet),
    #[cfg(feature = "xlsx")]
    ("read_sheet", readers::sheet),
    ("layers", space::any_layers),
    ("grids", space::grids),
    ("points", space::points_and_cells),
    ("network", network::run),
    ("complementarity", tables::complementarity),
    ("accessibility", tables::accessibility),
    ("values", tables::values),
    ("write_files", writers::files),
    ("write_pages", writers::pages),
];

thread_local!(static LAST: RefCell<(String, String)> = RefCell::default());

/// Runs the target that `RURBAN_FUZZ_TARGET` names. With `RURBAN_FUZZ_FINDS=folder` a failed invariant is
/// written there, the smallest input for each place, and fuzzing goes on; without, the first one ends the run.
pub fn run(data: &[u8]) {
    static SETTINGS: OnceLock<(&'static str, Target, Option<PathBuf>)> = OnceLock::new();
    let (name, target, finds) = SETTINGS.get_or_init(|| {
        let wanted = std::env::var("RURBAN_FUZZ_TARGET").unwrap_or_default();
        let Some(&(name, target)) = TARGETS.iter().find(|t| t.0 == wanted) else {
            panic!(
                "RURBAN_FUZZ_TARGET is {wanted:?}, not one of {:?}",
                TARGETS.iter().map(|t| t.0).collect::<Vec<_>>()
            );
        };
        let finds = std::env::var_os("RURBAN_FUZZ_FINDS").map(PathBuf::from);
        if finds.is_some() {
            std::panic::set_hook(Box::new(remember));
        }
        (name, target, finds)
    });
    let Some(folder) = finds else { return target(data) };
    let begun = std::time::Instant::now();
    let failed = std::panic::catch_unwind(|| target(data)).is_err();
    let taken = begun.elapsed();
    if failed {
        let (place, said) = LAST.with(|l| l.borrow().clone());
        keep(folder, name, data, &place, &said);
    } else if taken.as_secs_f64() > 2.0 {
        keep(folder, name, data, "slow", &format!("{taken:?}"));
    }
}

/// Notes where a panic is, and what it says.
fn remember(info: &std::panic::PanicHookInfo<'_>) {
    let place = info.location().map(|l| format!("{}_{}", l.file(), l.line())).unwrap_or_default();
    let said = info.payload_as_str().unwrap_or_default().to_owned();
    LAST.with(|l| *l.borrow_mut() = (place, said));
}

/// Keeps an input, unless a smaller one of the same place is there.
fn keep(folder: &Path, name: &str, data: &[u8], place: &str, said: &str) {
    let place: String =
        place.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let file = folder.join(format!("{name}__{}", &place[place.len().saturating_sub(90)..]));
    if std::fs::metadata(&file).is_ok_and(|m| m.len() <= data.len() as u64) {
        return;
    }
    let _ = std::fs::create_dir_all(folder);
    let _ = std::fs::write(&file, data);
    let _ = std::fs::write(format!("{}.txt", file.display()), format!("{name}: {place}\n{said}\n"));
}
