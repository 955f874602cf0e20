//! What several test binaries share.

#![allow(dead_code, reason = "not every binary needs everything")]

use std::path::PathBuf;

pub(crate) mod contours;

/// A file or folder of the real data that are too large, or not free, to be kept in the repository.
/// Tests that need them are ignored unless asked for.
pub(crate) fn real_data(part: &str) -> PathBuf {
    let folder = std::env::var_os("RURBAN_DATA").expect("RURBAN_DATA names the folder of real data");
    let path = PathBuf::from(folder).join(part);
    assert!(path.exists(), "RURBAN_DATA holds no {}", path.display());
    path
}
