//! Values computed by peers, held to their stated tolerance; `fixtures/golden` says which and how.

mod accessibility;
mod autocorrelation;
#[path = "../common/mod.rs"]
mod common;
mod complementarity;
mod diffusion;
mod functional_area;
mod inequality;
mod linkage;
mod matching;
mod network;
mod space;
mod support;
mod topology;
mod typology;
mod validation;
