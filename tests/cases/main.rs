//! Cases of readers and kernels, each with what is expected. One program for all of them.

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod diffusion;
mod extremes;
mod hand_made;
mod kernels;
mod overlay;
mod own_files;
#[cfg(feature = "france-data")]
mod places;
mod vocabulary;
