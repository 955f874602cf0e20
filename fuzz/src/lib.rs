//! What the fuzz targets do with their bytes, and the invariants they hold.
#![allow(clippy::all, unused_must_use)]
pub mod input;
pub mod network;
pub mod readers;
pub mod space;
pub mod tables;
pub mod writers;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Once;

static INIT: Once = Once::new();
thread_local!(static LAST: RefCell<(String, String)> = RefCell::default());

/// Runs `target` on `data`. With `RURBAN_FUZZ_FINDS=folder` a failed invariant is written there, the
/// smallest input for each place, and fuzzing goes on; without, the first one ends the run.
pub fn run(name: &str, data: &[u8], target: fn(&[u8])) {
    let Some(folder) = std::env::var_os("RURBAN_FUZZ_FINDS").map(PathBuf::from) else { return target(data) };
    INIT.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let place = info.location().map(|l| format!("{}_{}", l.file(), l.line())).unwrap_or_default();
            let said = info.payload();
            let said = said.downcast_ref::<String>().cloned().or_else(|| said.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            LAST.with(|l| *l.borrow_mut() = (place, said.unwrap_or_default()));
        }));
    });
    let begun = std::time::Instant::now();
    let failed = std::panic::catch_unwind(|| target(data)).is_err();
    let slow = begun.elapsed().as_secs_f64() > 2.0;
    if !failed && !slow {
        return;
    }
    let (place, said) = if failed { LAST.with(|l| l.borrow().clone()) } else { ("slow".to_owned(), format!("{:?}", begun.elapsed())) };
    let place: String = place.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let file = folder.join(format!("{name}__{}", &place[place.len().saturating_sub(90)..]));
    if std::fs::metadata(&file).is_ok_and(|m| m.len() <= data.len() as u64) {
        return;
    }
    let _ = std::fs::create_dir_all(&folder);
    let _ = std::fs::write(&file, data);
    let _ = std::fs::write(format!("{}.txt", file.display()), format!("{name}: {place}\n{said}\n"));
}
