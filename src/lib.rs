//! Rural–urban cooperation analysis.

#![warn(missing_docs, unreachable_pub)]
#![cfg_attr(
    not(test),
    warn(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::todo,
        clippy::dbg_macro,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod accessibility;
pub mod atlas;
pub mod autocorrelation;
pub mod complementarity;
pub mod diagnostics;
pub mod error;
pub mod evidence;
pub mod france;
pub mod inequality;
pub mod inventory;
pub mod labels;
pub mod linkage;
pub mod matrix;
pub mod model;
pub mod network;
mod parallel;
pub mod progress;
pub mod random;
pub mod read;
pub mod space;
pub mod study;
pub mod typology;
pub mod write;

pub use error::{Error, Result, Undefined};
