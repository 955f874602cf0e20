//! What is kept of a file: one row per feature.

use std::fmt;

use geo_types::Coord;

use crate::diagnostics::Place;
use crate::error::{Error, Result};
use crate::read::coordinates::DeclaredCrs;
use crate::read::shown::listed;
use crate::space::Layer;

/// The form of a feature's geometry in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GeometryKind {
    /// `null`, absent, or without coordinates.
    None,
    /// One point.
    Point,
    /// Several points.
    MultiPoint,
    /// Lines, which are not kept.
    Line,
    /// One polygon.
    Polygon,
    /// Several polygons.
    MultiPolygon,
    /// A collection: its polygons are in the layer, its points in the points.
    Collection,
}

/// One property of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// `null`, or a number such as `NaN` that JSON does not have.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// An array or object, as JSON text.
    Json(&'a str),
}

impl<'a> Value<'a> {
    /// The text, when it is one.
    #[must_use]
    pub const fn as_text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, when it is one.
    #[must_use]
    pub const fn as_number(self) -> Option<f64> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }

    /// The truth value, when it is one.
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(value) } else { None }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(text) | Self::Json(text) => f.write_str(text),
        }
    }
}

/// A [`Value`] whose text is in the table's common text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::read) enum Stored {
    Null,
    Bool(bool),
    Number(f64),
    Text { start: usize, len: u32 },
    Json { start: usize, len: u32 },
}

impl Stored {
    pub(super) fn shifted(self, by: usize) -> Self {
        match self {
            Self::Text { start, len } => Self::Text { start: start + by, len },
            Self::Json { start, len } => Self::Json { start: start + by, len },
            plain => plain,
        }
    }

    fn value(self, text: &str) -> Value<'_> {
        let piece = |start: usize, len: u32| text.get(start..start + len as usize).unwrap_or_default();
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(value) => Value::Number(value),
            Self::Text { start, len } => Value::Text(piece(start, len)),
            Self::Json { start, len } => Value::Json(piece(start, len)),
        }
    }
}

/// The features of a file in order: polygons, points, properties.
///
/// Row `i` of every part is the same feature. Dropped features have no row;
/// [`FeatureTable::record`] gives the place in the file.
#[derive(Debug, Clone, Default)]
pub struct FeatureTable {
    pub(super) layer: Layer,
    pub(super) points: Vec<Coord<f64>>,
    pub(super) point_ends: Vec<u32>,
    pub(super) kinds: Vec<GeometryKind>,
    pub(super) records: Vec<u32>,
    pub(super) lines: Vec<u32>,
    pub(super) ids: Vec<Option<Stored>>,
    pub(in crate::read) names: Vec<String>,
    pub(super) entries: Vec<(u32, Stored)>,
    pub(super) entry_ends: Vec<usize>,
    pub(super) text: String,
    pub(super) crs: DeclaredCrs,
    pub(in crate::read) file: String,
}

impl FeatureTable {
    /// Number of features.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are no features.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The polygons; features without polygons are empty there.
    #[must_use]
    pub const fn layer(&self) -> &Layer {
        &self.layer
    }

    /// The polygons alone, without a copy.
    #[must_use]
    pub fn into_layer(self) -> Layer {
        self.layer
    }

    /// The points of feature `i`, in the order of the file; none for polygons.
    ///
    /// # Panics
    /// When `i` is not below [`FeatureTable::len`].
    #[must_use]
    pub fn points(&self, i: usize) -> &[Coord<f64>] {
        let start = if i == 0 { 0 } else { self.point_ends[i - 1] as usize };
        &self.points[start..self.point_ends[i] as usize]
    }

    /// The form that feature `i` has in the file.
    ///
    /// # Panics
    /// When `i` is not below [`FeatureTable::len`].
    #[must_use]
    pub fn kind(&self, i: usize) -> GeometryKind {
        self.kinds[i]
    }

    /// Index of feature `i` in the file, from 0, dropped features counted.
    ///
    /// # Panics
    /// When `i` is not below [`FeatureTable::len`].
    #[must_use]
    pub fn record(&self, i: usize) -> usize {
        self.records[i] as usize
    }

    /// Where feature `i` begins in the file, for findings.
    ///
    /// # Panics
    /// When `i` is not below [`FeatureTable::len`].
    #[must_use]
    pub fn place(&self, i: usize) -> Place {
        let line = Some(u64::from(self.lines[i])).filter(|&line| line > 0);
        Place { line, ..Place::file(self.file.as_str()).record(self.record(i)) }
    }

    /// The file, as findings name it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The `id` member of feature `i`.
    #[must_use]
    pub fn id(&self, i: usize) -> Option<Value<'_>> {
        Some((*self.ids.get(i)?)?.value(&self.text))
    }

    /// Names of the properties, in the order in which they were first met.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    fn row(&self, i: usize) -> &[(u32, Stored)] {
        let Some(&end) = self.entry_ends.get(i) else { return &[] };
        let start = if i == 0 { 0 } else { self.entry_ends[i - 1] };
        &self.entries[start..end]
    }

    /// Property `name` of feature `i`; `None` when the feature does not have it.
    #[must_use]
    pub fn property(&self, i: usize, name: &str) -> Option<Value<'_>> {
        let found = self.row(i).iter().find(|(n, _)| self.names[*n as usize] == name)?;
        Some(found.1.value(&self.text))
    }

    /// All properties of feature `i`, in the order of the file.
    pub fn properties(&self, i: usize) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.row(i).iter().map(|(n, v)| (self.names[*n as usize].as_str(), v.value(&self.text)))
    }

    /// Property `name` of every feature.
    ///
    /// # Errors
    /// [`Error::Unknown`] when no feature has it, with the names there are.
    pub fn column<'a>(&'a self, name: &str) -> Result<impl Iterator<Item = Option<Value<'a>>>> {
        let Some(wanted) = self.names.iter().position(|n| n == name) else {
            return Err(Error::Unknown {
                kind: "property",
                value: name.to_owned(),
                hint: Some(format!("the features have {}", listed(&self.names))),
            });
        };
        Ok((0..self.len()).map(move |i| {
            let found = self.row(i).iter().find(|(n, _)| *n as usize == wanted)?;
            Some(found.1.value(&self.text))
        }))
    }

    /// The coordinate reference system that the file or the caller declared.
    #[must_use]
    pub const fn crs(&self) -> DeclaredCrs {
        self.crs
    }

    /// The table in longitude and latitude: `convert` takes the EPSG code and a position in that
    /// system (easting or longitude first) to WGS 84 degrees, or says that it cannot.
    ///
    /// # Errors
    /// [`Error::Crs`] when a position cannot be converted.
    pub fn into_lon_lat(
        mut self,
        convert: impl Fn(u32, [f64; 2]) -> Option<[f64; 2]> + Sync + Send,
    ) -> Result<Self> {
        let DeclaredCrs::Epsg(code) = self.crs else { return Ok(self) };
        let move_one = |c: Coord<f64>| {
            let [x, y] = convert(code, [c.x, c.y]).unwrap_or([f64::NAN; 2]);
            Coord { x, y }
        };
        self.layer = std::mem::take(&mut self.layer).map_coords(move_one);
        for c in &mut self.points {
            *c = move_one(*c);
        }
        if self.layer.coords().iter().chain(&self.points).any(|c| !c.x.is_finite() || !c.y.is_finite()) {
            return Err(Error::Crs {
                crs: format!("EPSG:{code}"),
                message: "some positions cannot be converted to longitude and latitude; is the CRS right?"
                    .to_owned(),
            });
        }
        self.crs = DeclaredCrs::LonLat;
        Ok(self)
    }

    /// The rows for which `keep` holds, in order.
    #[must_use]
    pub fn select(&self, keep: impl Fn(usize) -> bool) -> Self {
        let (names, file) = (self.names.clone(), self.file.clone());
        let mut out = Self { names, file, crs: self.crs, ..Self::default() };
        for i in (0..self.len()).filter(|&i| keep(i)) {
            for polygon in self.layer.polygons(i) {
                for ring in polygon {
                    out.layer.push_all(ring);
                    out.layer.end_ring();
                }
                out.layer.end_polygon();
            }
            out.layer.end_feature();
            out.points.extend_from_slice(self.points(i));
            out.point_ends.push(out.points.len() as u32);
            out.kinds.push(self.kinds[i]);
            out.records.push(self.records[i]);
            out.lines.push(self.lines[i]);
            let copied = |out: &mut Self, stored: Stored| match stored.value(&self.text) {
                Value::Text(text) => Stored::Text { start: out.keep_text(text), len: text.len() as u32 },
                Value::Json(text) => Stored::Json { start: out.keep_text(text), len: text.len() as u32 },
                _ => stored,
            };
            let id = self.ids[i].map(|id| copied(&mut out, id));
            out.ids.push(id);
            for &(name, stored) in self.row(i) {
                let stored = copied(&mut out, stored);
                out.entries.push((name, stored));
            }
            out.entry_ends.push(out.entries.len());
        }
        out
    }

    pub(super) fn keep_text(&mut self, text: &str) -> usize {
        let start = self.text.len();
        self.text.push_str(text);
        start
    }
}
