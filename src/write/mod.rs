//! From results to files: GeoJSON, CSV, graphs, workbooks, pictures and the self-contained atlas.
//!
//! Every writer takes plain input (a [`Table`], a [`Layer`](crate::space::Layer), slices) and any
//! [`std::io::Write`], and has a `*_file` twin that takes a path. The same input always gives the
//! same bytes. A missing value is [`f64::NAN`] or `None` and is written as the format's own "nothing"
//! (an empty cell, `null`, a left-out attribute), never as 0.
//!
//! | you have | you want | use |
//! |---|---|---|
//! | columns | a spreadsheet | [`csv`] |
//! | columns and polygons, points or lines | a GIS layer | [`geojson`] |
//! | nodes and ties with attributes | Gephi, igraph, NetworkX, D3 | [`gexf`], [`graphml`], [`node_link`] |
//! | columns and polygons, points or lines | a large GIS layer | `geoparquet` (feature `parquet`) |
//! | tables | a workbook | `xlsx` (feature `xlsx`) |
//! | columns | a table in the terminal or in Markdown | [`report`] |
//! | numbers | a small picture | [`svg`] |
//! | sentences, tables and pictures | a page to read and to print | [`page`] |
//! | territories, actors and ties | an interactive map in one file | `atlas_html` (feature `html`) |

#[cfg(feature = "html")]
pub mod atlas_html;
pub mod csv;
mod findings;
pub mod geojson;
#[cfg(feature = "parquet")]
pub mod geoparquet;
pub mod gexf;
mod graph;
pub mod graphml;
pub mod node_link;
pub mod page;
pub mod report;
pub mod svg;
mod table;
#[cfg(feature = "xlsx")]
pub mod xlsx;

pub use findings::write_findings_file;
pub use graph::GraphDocument;
pub use table::{Column, Table};

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Hands a buffered writer to `write` and puts what it wrote under `path` when all of it is there: a
/// full disk or an interruption leaves the file that was there before. Names the path in whatever goes
/// wrong with the file.
fn to_file<T>(path: &Path, write: impl FnOnce(&mut BufWriter<&mut File>) -> Result<T>) -> Result<T> {
    let named = |source| Error::Io { path: path.to_path_buf(), source };
    let whole = |file: &mut File| {
        let mut out = BufWriter::new(file);
        match write(&mut out) {
            Err(Error::Io { source, .. }) => Err(named(source)),
            Err(other) => Err(other),
            Ok(account) => out.flush().map_err(named).map(|()| account),
        }
    };
    // A link stays one, and what is no file (a pipe, a device) is written to as it is.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if std::fs::metadata(path).is_ok_and(|m| !m.is_file()) {
        return whole(&mut File::create(path).map_err(named)?);
    }
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".part-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut part = builder.tempfile_in(folder).map_err(named)?;
    let account = whole(part.as_file_mut())?;
    part.persist(path).map_err(|e| named(e.error)).map(|_| account)
}

/// The error of a writer that has no path.
fn stream_error(source: io::Error) -> Error {
    Error::Io { path: PathBuf::from("output stream"), source }
}

/// [`Error::Shape`] unless `got` is `expected`.
const fn same_length(what: &'static str, expected: usize, got: usize) -> Result<()> {
    if expected == got { Ok(()) } else { Err(Error::Shape { what, expected, got }) }
}

/// Appends the shortest decimal text that reads back as the same number; `inf` for infinity.
/// Exponents are used only where plain digits would be long.
fn push_float(text: &mut String, value: f64) {
    let size = value.abs();
    // Writing to a String cannot fail.
    let _ = if value == 0.0 || (1e-5..1e16).contains(&size) || !value.is_finite() {
        write!(text, "{value}")
    } else {
        write!(text, "{value:e}")
    };
}

/// Escapes text for XML and HTML, in elements and in quoted attributes. Characters that XML 1.0
/// cannot hold become U+FFFD.
fn escape_markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(c),
            '\r' => out.push_str("&#13;"),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_short_and_read_back() {
        let cases = [0.1, 1.0, -2.5, 1e300, 1e-300, 123_456_789.125, 5e-324, f64::MAX, 0.000_01];
        for value in cases {
            let mut text = String::new();
            push_float(&mut text, value);
            assert_eq!(text.parse::<f64>().unwrap(), value, "{text}");
            assert!(text.len() < 25, "{text}");
        }
    }

    #[test]
    fn markup_is_inert() {
        assert_eq!(escape_markup("<a b=\"c\">&'\u{1}é"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\u{fffd}é");
    }

    #[test]
    fn a_file_that_cannot_be_created_is_named() {
        let err = to_file(Path::new("/nonexistent/x.csv"), |_| Ok(())).unwrap_err();
        assert!(err.to_string().starts_with("/nonexistent/x.csv: "), "{err}");
        let err = to_file(Path::new("/dev/full"), |out| out.write_all(&[0; 100]).map_err(stream_error));
        if let Err(err) = err {
            assert!(err.to_string().starts_with("/dev/full: "), "{err}");
        }
    }

    #[test]
    fn files_are_old_or_new_and_never_half() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let write =
            |text: &'static [u8]| to_file(&path, move |out| out.write_all(text).map_err(stream_error));
        write(b"old").unwrap();
        let broken = to_file::<()>(&path, |out| {
            out.write_all(b"half").map_err(stream_error)?;
            Err(stream_error(io::Error::other("the disk is full")))
        });
        assert!(broken.unwrap_err().to_string().contains("a.csv: the disk is full"));
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
        write(b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
