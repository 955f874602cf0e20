//! Values computed by peers, held to their stated tolerance; `fixtures/golden` says which and how.

mod accessibility;
mod autocorrelation;
#[path = "../common/mod.rs"]
mod common;
mod complementarity;
mod functional_area;
mod inequality;
mod linkage;
mod network;
mod space;
mod support;
mod topology;
mod typology;
