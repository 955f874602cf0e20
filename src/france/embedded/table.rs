//! The tables of the build and their cells.

use crate::diagnostics::Place;
use crate::error::{Error, Result};
use crate::space::LonLat;

/// One embedded table: its file name and text.
pub(super) struct Table(pub(super) &'static str, pub(super) &'static str);

/// The records of an embedded table.
pub(super) struct Records {
    pub(super) file: &'static str,
    pub(super) header: csv::StringRecord,
    pub(super) rows: Vec<csv::StringRecord>,
}

impl Table {
    pub(super) fn read(&self) -> Result<Records> {
        let Self(file, text) = self;
        let format = |e: csv::Error| Error::Format {
            path: file.into(),
            line: e.position().map_or(1, csv::Position::line),
            message: e.to_string(),
        };
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().map_err(format)?.clone();
        let rows = reader.records().collect::<Result<_, _>>().map_err(format)?;
        Ok(Records { file, header, rows })
    }
}

impl Records {
    /// The position of each of these columns.
    pub(super) fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[usize; N]> {
        let mut at = [0; N];
        for (slot, name) in at.iter_mut().zip(names) {
            *slot = self.header.iter().position(|h| h == name).ok_or_else(|| Error::Format {
                path: self.file.into(),
                line: 1,
                message: format!("no column {name:?}"),
            })?;
        }
        Ok(at)
    }

    pub(super) fn place(&self, row: usize) -> Place {
        Place::file(self.file).line(row as u64 + 2)
    }
}

/// Number in a cell; `None` when it is empty.
pub(super) fn number(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

pub(super) fn position(lon: &str, lat: &str) -> Option<LonLat> {
    LonLat::new(number(lon)?, number(lat)?).ok()
}

macro_rules! table {
    ($name:literal) => {
        $crate::france::embedded::table::Table(
            concat!($name, ".csv"),
            include_str!(concat!("../../../fixtures/france/", $name, ".csv")),
        )
    };
}

pub(super) use table;
