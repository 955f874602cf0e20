//! The crate's error type: what went wrong, where, and what to do about it.

use std::path::PathBuf;

use crate::finding::Finding;

/// Shorthand for results whose error is [`enum@Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong in this crate.
///
/// Each message says what was wrong, where it was found and what would mend it. Measures that have
/// no value for sound reasons (no ties, one class only) report [`Error::Undefined`] with the reason;
/// they never stand in a number such as `0` for it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{path}: {source}{}", hint(.source))]
    Io {
        /// The file concerned.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is not in the format it should be in.
    #[error("{path}:{line}: {message}", path = .path.display())]
    Format {
        /// The file concerned, or a name the caller gave to in-memory text.
        path: PathBuf,
        /// Line in the file, from 1.
        line: u64,
        /// What was expected and what was found.
        message: String,
    },
    /// Strict reading met an error-level finding.
    #[error("{0}")]
    Data(Box<Finding>),
    /// Reading went on, found what it says in `account`, and then had to give up.
    #[error("{source}\n{account}")]
    Read {
        /// Why it gave up.
        source: Box<Error>,
        /// What the reader kept, repaired and dropped until then.
        account: String,
    },
    /// Two inputs that must have the same length or shape do not.
    #[error("{what}: expected {expected} entries, got {got}")]
    Shape {
        /// The input concerned.
        what: &'static str,
        /// Length or size needed.
        expected: usize,
        /// Length or size given.
        got: usize,
    },
    /// One value of an input is out of its domain.
    #[error("{what}[{index}] is {value}: {must}")]
    Value {
        /// The input concerned.
        what: &'static str,
        /// Position in it, from 0.
        index: usize,
        /// The value found.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// A parameter is out of its domain.
    #[error("{name} = {value}: {must}")]
    Parameter {
        /// Name of the parameter.
        name: &'static str,
        /// The value given.
        value: String,
        /// What it must be.
        must: &'static str,
    },
    /// A code does not have the form its kind requires.
    #[error("{value:?} is no {kind}: {must}")]
    Code {
        /// The kind of code (`commune code`, `SIREN` …).
        kind: &'static str,
        /// The text given.
        value: String,
        /// The form it must have.
        must: &'static str,
    },
    /// A name or code that is not in the study.
    #[error("no {kind} {value:?}{}", .hint.as_ref().map(|h| format!("; {h}")).unwrap_or_default())]
    Unknown {
        /// What was looked for.
        kind: &'static str,
        /// The name or code given.
        value: String,
        /// Near matches, or where to look.
        hint: Option<String>,
    },
    /// A coordinate reference system that cannot be used.
    #[error("CRS {crs}: {message}")]
    Crs {
        /// The CRS as it was named.
        crs: String,
        /// Why it cannot be used and what can.
        message: String,
    },
    /// What was asked for cannot be done with what was given: files came to nothing, or one is missing.
    #[error("{0}")]
    Request(String),
    /// A measure has no value on this input.
    #[error("{measure} is undefined: {reason}")]
    Undefined {
        /// The measure.
        measure: &'static str,
        /// Why it has no value.
        reason: Undefined,
    },
}

impl Error {
    /// Builds an [`Error::Undefined`].
    #[must_use]
    pub const fn undefined(measure: &'static str, reason: Undefined) -> Self {
        Self::Undefined { measure, reason }
    }

    /// The error with what the reader had found before it; in strict mode the finding says it all.
    #[must_use]
    pub fn after(self, account: impl std::fmt::Display) -> Self {
        match self {
            Self::Read { .. } | Self::Data(_) => self,
            other => Self::Read { source: Box::new(other), account: account.to_string() },
        }
    }

    /// The reason, when a measure was undefined on this input.
    #[must_use]
    pub const fn as_undefined(&self) -> Option<Undefined> {
        match self {
            Self::Undefined { reason, .. } => Some(*reason),
            _ => None,
        }
    }
}

/// What to do about what the operating system said.
fn hint(source: &std::io::Error) -> &'static str {
    match source.kind() {
        std::io::ErrorKind::NotFound => "; check that the path exists",
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "; check that it may be read or written"
        }
        std::io::ErrorKind::StorageFull => "; what was there before is left as it was",
        _ => "",
    }
}

/// Why a measure has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[non_exhaustive]
pub enum Undefined {
    /// There is no node, region or observation.
    #[error("there are no observations")]
    Empty,
    /// There are fewer observations than the measure needs.
    #[error("there are too few observations (at least {needed} are needed)")]
    TooFew {
        /// The least number that works.
        needed: usize,
    },
    /// The graph has no ties (of the kind measured).
    #[error("there are no ties")]
    NoTies,
    /// All observations fall in one class.
    #[error("all observations are in one class")]
    SingleClass,
    /// A total that should divide is zero.
    #[error("the total is zero")]
    ZeroTotal,
    /// The values do not vary.
    #[error("the values do not vary")]
    ZeroVariance,
    /// Several answers are as good as each other.
    #[error("several answers are equally good")]
    Tied,
    /// The graph or matrix falls into parts that cannot be compared.
    #[error("the data fall into disconnected parts")]
    Disconnected,
    /// An iteration did not converge.
    #[error("no convergence after {iterations} iterations")]
    NoConvergence {
        /// Iterations made.
        iterations: usize,
    },
    /// The pairs of so many places would take too long to go through.
    #[error("there are {places} places, and the pairs of at most {most} are gone through")]
    TooManyPairs {
        /// Places there are.
        places: usize,
        /// The most whose pairs are gone through.
        most: usize,
    },
    /// A regression whose estimates do not exist.
    #[error("separation or collinearity: the estimates do not exist")]
    Separation,
}
