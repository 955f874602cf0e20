//! GeoJSON (RFC 7946, and what programs write in its name) to flat tables.
//!
//! [`Reader`] streams: memory is what is kept plus a small window, whatever the size of the file.
//! Polygons go to a [`Layer`](crate::space::Layer), points beside it, properties to a table that keeps the rows' order.
//! Rings may run either way round; whether they cross themselves is not looked at here, that is for
//! whoever needs valid polygons.
//!
//! ```
//! use rurban::read::geojson::Reader;
//!
//! let text = r#"{"type": "FeatureCollection", "features": [
//!   {"type": "Feature", "properties": {"code": "01001", "pop": 860},
//!    "geometry": {"type": "Polygon", "coordinates": [[[4.9, 46.1], [5, 46.1], [5, 46.2], [4.9, 46.1]]]}},
//!   {"type": "Feature", "properties": {"code": "01002"}, "geometry": null}]}"#;
//! let (table, diagnostics) = Reader::default().read_str(text, "two.geojson")?;
//! assert_eq!(table.len(), 2);
//! assert_eq!(table.property(0, "code").and_then(|v| v.as_text()), Some("01001"));
//! assert_eq!(table.property(0, "pop").and_then(|v| v.as_number()), Some(860.0));
//! assert_eq!(table.layer().rings(0).count(), 1);
//! assert_eq!(diagnostics.count("no_geometry"), 1);
//! # Ok::<(), rurban::Error>(())
//! ```

mod draft;
mod json;
mod numbers;
mod reader;
mod rings;
mod settle;
mod table;
#[cfg(test)]
mod tests;
mod walk;

#[cfg(feature = "parquet")]
pub(super) use draft::{Draft, NOT_A_NUMBER, NOT_UTF8};
#[cfg(feature = "parquet")]
pub(super) use rings::Raw;
#[cfg(feature = "parquet")]
pub(super) use settle::{Said, settle};
#[cfg(feature = "parquet")]
pub(super) use table::Stored;
#[cfg(feature = "parquet")]
pub(super) use walk::Walked;

pub use super::coordinates::{AxisOrder, DeclaredCrs};
pub use reader::Reader;
pub use table::{FeatureTable, GeometryKind, Value};
