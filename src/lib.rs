//! The reference engine for rural–urban cooperation analysis.
//!
//! Clusters, research centres, innovation places, *Pays*/PETR (*pôles d'équilibre territoriaux et
//! ruraux*) and other bodies are geolocated nodes of a cooperation graph; territories are polygons at
//! several levels. A [`study::Study`] puts the ones into the others and answers: are rural and urban
//! actors tied, through whom, how far, and is it more than chance would give? What has one side that
//! the other lacks and could use?
//!
//! ```
//! # #[cfg(feature = "france-data")] {
//! use rurban::france::EmbeddedFrance;
//! use rurban::linkage::{mixing_evidence, NullModel, Weighting};
//! use rurban::model::CooperationKind;
//! use rurban::progress::Silent;
//! use rurban::study::{LinkSummary, Study, StudyOptions};
//!
//! let france = EmbeddedFrance::load()?;
//! let (study, diagnostics) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
//! assert_eq!(diagnostics.seen(), diagnostics.kept() + diagnostics.dropped());
//!
//! let interreg = |l: &&rurban::study::Link| l.kind == CooperationKind::TerritorialProject;
//! let classes = LinkSummary::of(study.links().iter().filter(interreg));
//! assert_eq!((classes.total(), classes.urban_rural), (1_309, 186));
//!
//! // Against dealing the labels rural and urban to the actors at random:
//! let network = study.network(|l| l.kind == CooperationKind::TerritorialProject)?;
//! let labels = study.rurality_labels();
//! let evidence = mixing_evidence(&network, &labels, Weighting::Edges, NullModel::LabelPermutation, &Silent)?;
//! let cross = &evidence.cells[(0, 1)];
//! assert_eq!(cross.observed, 186.0);
//! assert!(cross.z.is_some_and(|z| z < 0.0));
//! # }
//! # Ok::<(), rurban::Error>(())
//! ```
//!
//! New here? The [`guide`] leads from files to answers: the [words and the walk](guide::concepts),
//! [which null model to use](guide::null_models), [how to read a result](guide::reading), a page per
//! [family of measures](guide::families), [how to add another country](guide::another_country) and
//! [how to use it in another program](guide::embedding).
//!
//! # Rooms
//!
//! Data walks in one direction: files → [`read`] → [`atlas`] and [`inventory`] → [`study`] → measures →
//! [`write`](mod@write). A caller with a graph or a matrix of their own skips all that and calls the
//! kernels, which know nothing of files and studies.
//!
//! | room | what is in it |
//! |---|---|
//! | [`space`] | CRS, distance, indexes, point location, contiguity, weights, dissolve, simplify, tessellation |
//! | [`model`], [`atlas`], [`inventory`], [`france`] | the vocabulary, territories, actors and ties, what is French |
//! | [`profiles`] | what territories and actors do: amounts by activity, at any level |
//! | [`network`] | centrality, communities, structural holes, backbone, degree-preserving null |
//! | [`linkage`] | mixing, assortativity, segregation, brokerage, bridging, null models, gravity model |
//! | [`complementarity`] | location quotients, relatedness, density, interregional complementarity, complexity |
//! | [`accessibility`] | who can reach what: nearest, potential, floating catchments, rational agents |
//! | [`autocorrelation`], [`typology`], [`inequality`] | where scores cluster, what is rural, how unequal |
//! | [`study`] | the facade: one file per question a user asks |
//! | [`read`], [`write`](mod@write) | GeoJSON and CSV in; GeoJSON, CSV, GraphML, SVG and the HTML atlas out |
//! | [`evidence`], [`labels`], [`matrix`], [`random`], [`finding`], [`diagnostics`], [`progress`], [`error`] | what all rooms share |
//!
//! # Conventions
//!
//! Coordinates are longitude then latitude in degrees (RFC 7946) or metres of a stated CRS; names carry
//! units (`distance_m`, `area_km2`). Undefined is never zero: scalars give [`Error::Undefined`] with
//! the reason, slots of vectors hold `NaN`. Same input and seed give the same bytes, whatever the
//! number of threads. Readers return what they kept, repaired and dropped.
//!
//! # Features
//!
//! `parallel` (rayon), `france-data` (embedded France) and `html` (the atlas page) are on by default;
//! `parquet` reads travel times and layers from Parquet and writes GeoParquet, `xlsx` reads and writes
//! spreadsheets, `proj` adds PROJ itself as the CRS backend. Each can be switched off.

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

#[macro_use]
mod macros;

pub mod accessibility;
pub mod atlas;
pub mod autocorrelation;
pub mod categorical;
mod check;
pub mod complementarity;
pub mod diagnostics;
pub mod diffusion;
pub mod error;
pub mod evidence;
pub mod finding;
pub mod france;
#[cfg(feature = "france-data")]
pub mod guide;
pub mod inequality;
pub mod inventory;
pub mod labels;
mod likeness;
pub mod linkage;
pub mod matching;
pub mod matrix;
pub mod model;
pub mod multiple_testing;
pub mod network;
mod parallel;
pub mod profiles;
pub mod progress;
pub mod random;
pub mod read;
pub mod report;
pub mod siting;
pub mod space;
pub mod study;
pub mod trend;
pub mod typology;
pub mod write;

pub use error::{Error, Result, Undefined};
/// Coordinates, points and polygons, as this crate takes and gives them.
pub use geo_types;
/// Graphs, as this crate takes and gives them.
pub use petgraph;

/// The program of the README compiles and runs.
#[cfg(all(doctest, feature = "france-data"))]
#[doc = include_str!("../README.md")]
struct Readme;
