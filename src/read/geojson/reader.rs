//! The reader and what it can be told.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::settle::{Output, Said, settle};
use super::table::FeatureTable;
use super::walk::Walk;
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::{Error, Result};
use crate::read::coordinates::{AxisOrder, DeclaredCrs};

/// Which properties to keep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Wanted {
    #[default]
    All,
    Named(BTreeSet<String>),
}

/// Reads GeoJSON; set what differs from the default, then call one of the `read_` methods.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    wanted: Wanted,
    strictness: Strictness,
    said: Said,
}

impl Reader {
    /// Keeps only the properties of these names (by default all are kept).
    #[must_use]
    pub fn properties<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.wanted = Wanted::Named(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets what to do at an error-level finding.
    #[must_use]
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Says which system the coordinates are in, whatever the file declares.
    #[must_use]
    pub const fn epsg(mut self, code: u32) -> Self {
        self.said.crs = Some(DeclaredCrs::from_epsg(code));
        self
    }

    /// Leaves coordinates in the system that the file or the caller declares; by default they are
    /// converted to longitude and latitude.
    #[must_use]
    pub const fn as_declared(mut self) -> Self {
        self.said.output = Output::AsDeclared;
        self
    }

    /// Says which number of a position comes first in this file; by default latitudes before
    /// longitudes are found out where nearly everything is in France, and swapped.
    #[must_use]
    pub const fn axis_order(mut self, order: AxisOrder) -> Self {
        self.said.axes = Some(order);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be read, [`Error::Format`] when it is no JSON or no GeoJSON,
    /// [`Error::Crs`] when the `crs` member cannot be understood or most coordinates are no
    /// longitudes and latitudes though they are declared so, [`Error::Data`] in strict mode.
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<(FeatureTable, Diagnostics)> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        self.read(Box::new(file), path.to_owned())
    }

    /// Reads bytes from anywhere; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`Reader::read_path`].
    pub fn read_from<'a>(
        &self,
        source: impl Read + 'a,
        name: impl Into<PathBuf>,
    ) -> Result<(FeatureTable, Diagnostics)> {
        self.read(Box::new(source), name.into())
    }

    /// Reads text in memory; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`Reader::read_path`].
    pub fn read_str(&self, text: &str, name: impl Into<PathBuf>) -> Result<(FeatureTable, Diagnostics)> {
        self.read(Box::new(text.as_bytes()), name.into())
    }

    fn read<'a>(&self, source: Box<dyn Read + 'a>, name: PathBuf) -> Result<(FeatureTable, Diagnostics)> {
        let names = match &self.wanted {
            Wanted::All => None,
            Wanted::Named(names) => Some(names),
        };
        settle(Walk::new(source, name, names, self.strictness).document()?, self.said)
    }
}
