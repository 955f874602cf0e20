//! GeoJSON (RFC 7946, and what programs write in its name) to flat tables.
//!
//! [`Reader`] streams: memory is what is kept plus a small window, whatever the size of the file.
//! Polygons go to a [`Layer`], points beside it, properties to a table that keeps the rows' order.
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

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use geo_types::Coord;

use super::json::{Scanner, Text};
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, Strictness};
use crate::error::{Error, Result};
use crate::space::{Bounds, Layer};

/// Deepest nesting of geometry collections.
const DEEPEST_COLLECTION: usize = 16;

/// The coordinate reference system of a file's coordinates, as the file or the caller declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeclaredCrs {
    /// Longitude and latitude in degrees, WGS 84: the default of GeoJSON, CRS84, EPSG:4326.
    #[default]
    LonLat,
    /// Another system, by its EPSG code: convert with [`FeatureTable::into_lon_lat`].
    Epsg(u32),
}

impl DeclaredCrs {
    const fn from_epsg(code: u32) -> Self {
        if code == 4326 { Self::LonLat } else { Self::Epsg(code) }
    }
}

/// Which of a position's two numbers comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AxisOrder {
    /// Longitude (or easting), as GeoJSON demands.
    #[default]
    LonLat,
    /// Latitude (or northing): the file is at fault, and is put right while reading.
    LatLon,
}

/// Which properties to keep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Wanted {
    #[default]
    All,
    Named(BTreeSet<String>),
}

/// Reads GeoJSON; set what differs from the default, then call one of the `read_` methods.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    wanted: Wanted,
    strictness: Strictness,
    crs: Option<DeclaredCrs>,
    axis_order: AxisOrder,
}

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
enum Stored {
    Null,
    Bool(bool),
    Number(f64),
    Text { start: usize, len: u32 },
    Json { start: usize, len: u32 },
}

impl Stored {
    fn shifted(self, by: usize) -> Self {
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
    layer: Layer,
    points: Vec<Coord<f64>>,
    point_ends: Vec<u32>,
    kinds: Vec<GeometryKind>,
    records: Vec<u32>,
    ids: Vec<Option<Stored>>,
    names: Vec<String>,
    entries: Vec<(u32, Stored)>,
    entry_ends: Vec<usize>,
    text: String,
    crs: DeclaredCrs,
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
                hint: Some(format!("the features have {}", self.names.join(", "))),
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
        let mut out = Self { names: self.names.clone(), crs: self.crs, ..Self::default() };
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

    fn keep_text(&mut self, text: &str) -> usize {
        let start = self.text.len();
        self.text.push_str(text);
        start
    }
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
        self.crs = Some(DeclaredCrs::from_epsg(code));
        self
    }

    /// Says which number of a position comes first in this file.
    #[must_use]
    pub const fn axis_order(mut self, order: AxisOrder) -> Self {
        self.axis_order = order;
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
        let file = name.display().to_string();
        let mut names = HashMap::new();
        let mut table = FeatureTable::default();
        if let Wanted::Named(wanted) = &self.wanted {
            table.names = wanted.iter().cloned().collect();
            names = wanted.iter().cloned().zip(0..).collect();
        }
        let mut walk = Walk {
            scan: Scanner::new(source, name),
            options: self,
            file,
            met: vec![(0, 0); table.names.len()],
            rows: 0,
            table,
            name_ids: names,
            last_row: 0,
            spots: Vec::new(),
            diagnostics: Diagnostics::new(self.strictness),
            draft: Draft::default(),
            key: String::new(),
            string: String::new(),
            record: 0,
        };
        walk.document()?;
        walk.settle_crs()
    }
}

/// The geometry of one object of the file, before its `type` is known or trusted.
#[derive(Debug, Default)]
struct Raw {
    kind: Option<GeometryKind>,
    coords: Vec<Coord<f64>>,
    /// Ends of the arrays of positions, in `coords`.
    lines: Vec<u32>,
    /// Ends of the arrays of those, in `lines`.
    groups: Vec<u32>,
    /// Brackets around a position, its own included; 0 before the first position.
    depth: u32,
    /// Nesting of the arrays that ended empty before the first position.
    leading: Vec<u8>,
    third_dimension: bool,
}

impl Raw {
    fn clear(&mut self) {
        self.kind = None;
        self.coords.clear();
        self.lines.clear();
        self.groups.clear();
        self.depth = 0;
        self.leading.clear();
        self.third_dimension = false;
    }

    /// An array ends inside `nesting - 1` others; `false` when arrays do not end there.
    fn end(&mut self, nesting: u32) -> bool {
        if self.depth == 0 {
            self.leading.push(nesting as u8);
        } else if nesting + 1 == self.depth {
            self.lines.push(self.coords.len() as u32);
        } else if nesting + 2 == self.depth {
            self.groups.push(self.lines.len() as u32);
        }
        nesting < self.depth || self.depth == 0
    }

    /// The first position was met inside `nesting` arrays.
    fn set_depth(&mut self, nesting: u32) -> bool {
        self.depth = nesting;
        let leading = std::mem::take(&mut self.leading);
        leading.into_iter().all(|n| self.end(u32::from(n)))
    }
}

/// What is known of the feature being read.
#[derive(Debug, Default)]
struct Draft {
    geometries: Vec<Raw>,
    used: usize,
    kind: Option<GeometryKind>,
    /// Why the feature cannot be kept.
    problem: Option<(&'static str, String)>,
    entries: Vec<(u32, Stored)>,
    text: String,
    id: Option<Stored>,
    has_properties: bool,
    repairs: Vec<Repair>,
}

/// What was put right in a feature's properties: kind of finding and message.
type Repair = (&'static str, &'static str);

const NOT_UTF8: Repair = ("not_utf8", "text that is not UTF-8 was read as Windows-1252");
const NOT_A_NUMBER: Repair = ("not_a_number", "NaN or an infinity among the properties was read as null");
const REPEATED: Repair = ("repeated_property", "a property is given twice; the last one counts");

impl Draft {
    fn clear(&mut self) {
        self.used = 0;
        self.kind = None;
        self.problem = None;
        self.id = None;
        self.clear_properties();
        self.has_properties = false;
        self.repairs.clear();
    }

    fn clear_properties(&mut self) {
        // The id's text, when there is one, lies in the same place and stays.
        if self.id.is_none() {
            self.text.clear();
        }
        self.entries.clear();
    }

    fn clear_geometry(&mut self) {
        self.used = 0;
        self.kind = None;
        self.problem = None;
    }

    /// A cleared geometry to fill; its index.
    fn begin(&mut self) -> usize {
        if self.used == self.geometries.len() {
            self.geometries.push(Raw::default());
        } else {
            self.geometries[self.used].clear();
        }
        self.used += 1;
        self.used - 1
    }

    fn repair(&mut self, repair: Repair) {
        if !self.repairs.contains(&repair) {
            self.repairs.push(repair);
        }
    }

    fn fault(&mut self, kind: &'static str, message: impl Into<String>) {
        self.problem.get_or_insert_with(|| (kind, message.into()));
    }
}

/// Where on Earth (or not) a feature's numbers lie, when they are read as longitude and latitude.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spot {
    Nowhere,
    Earth,
    /// In France, if the numbers were the other way round.
    Swapped,
    Lambert93,
    Outside,
}

impl Spot {
    fn of(bounds: &Bounds) -> Self {
        let within = |x: [f64; 2], y: [f64; 2]| {
            bounds.min[0] >= x[0] && bounds.max[0] <= x[1] && bounds.min[1] >= y[0] && bounds.max[1] <= y[1]
        };
        if bounds.is_empty() {
            Self::Nowhere
        } else if SWAPPED_FRANCE.iter().any(|[lat, lon]| within(*lat, *lon)) {
            Self::Swapped
        } else if within([-180.000_001, 180.000_001], [-90.000_001, 90.000_001]) {
            Self::Earth
        } else if within(LAMBERT_93[0], LAMBERT_93[1]) {
            Self::Lambert93
        } else {
            Self::Outside
        }
    }
}

/// Easting and northing of mainland France and Corsica in EPSG:2154.
pub(super) const LAMBERT_93: [[f64; 2]; 2] = [[0.0, 1.3e6], [6.0e6, 7.2e6]];

/// Latitude and longitude of mainland France with Corsica, the Antilles, Guyane, La Réunion, Mayotte,
/// Saint-Pierre-et-Miquelon.
pub(super) const SWAPPED_FRANCE: [[[f64; 2]; 2]; 6] = [
    [[41.0, 51.6], [-5.5, 10.0]],
    [[14.0, 18.3], [-63.5, -60.5]],
    [[2.0, 6.0], [-55.0, -51.0]],
    [[-21.6, -20.7], [55.0, 56.0]],
    [[-13.2, -12.4], [44.8, 45.5]],
    [[46.6, 47.3], [-56.6, -56.0]],
];

struct Walk<'a, 'o> {
    scan: Scanner<'a>,
    options: &'o Reader,
    file: String,
    table: FeatureTable,
    name_ids: HashMap<String, u32>,
    /// For each name, the row it was last met in and its place there; and how many rows there were.
    met: Vec<(usize, usize)>,
    rows: usize,
    /// Start of the last row in the table's entries: features mostly have the same names in order.
    last_row: usize,
    spots: Vec<Spot>,
    diagnostics: Diagnostics,
    draft: Draft,
    key: String,
    string: String,
    record: usize,
}

/// What the members of an object showed it to be.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    features: bool,
    own_geometry: Option<usize>,
}

impl Walk<'_, '_> {
    fn document(&mut self) -> Result<()> {
        if self.scan.skip_bom()? {
            self.diagnostics.remark("byte_order_mark", Place::file(&self.file), "byte order mark skipped");
        }
        match self.scan.peek()? {
            None => return Err(self.scan.error("the file is empty; expected a GeoJSON object")),
            Some(b'{') => {}
            Some(_) => return Err(self.scan.error("expected '{' at the start of a GeoJSON object")),
        }
        let line = self.scan.line();
        let members = self.object(true)?;
        if self.scan.peek()?.is_some() {
            return Err(self.scan.error("something follows the GeoJSON object"));
        }
        match members.kind.as_deref() {
            Some("FeatureCollection") if members.features => Ok(()),
            Some("FeatureCollection") => {
                Err(self.scan.error("the FeatureCollection has no array \"features\""))
            }
            Some(kind) if members.features => Err(self.scan.error(format_args!(
                "an object with \"features\" must be a FeatureCollection, not {kind:?}"
            ))),
            Some("Feature") => self.commit(line),
            Some(kind) => {
                if geometry_kind(kind).is_none() {
                    return Err(self.scan.error(format_args!("{kind:?} is no type of GeoJSON object")));
                }
                self.draft.entries.clear();
                self.draft.has_properties = true;
                self.end_geometry(&members, 0);
                self.commit(line)
            }
            None => Err(self.scan.error("the object has no member \"type\"; is this GeoJSON?")),
        }
    }

    /// Reads a feature, or (`top`) the outermost object, whatever that is.
    fn object(&mut self, top: bool) -> Result<Members> {
        self.scan.advance();
        let mut members = Members::default();
        let mut key = std::mem::take(&mut self.key);
        let mut first = true;
        while self.scan.member(first, &mut key)? {
            first = false;
            match key.as_str() {
                "type" => members.kind = self.optional_string()?,
                "geometry" => {
                    self.draft.clear_geometry();
                    self.geometry(0)?;
                }
                "properties" => self.properties()?,
                "id" => self.id()?,
                "features" if top => {
                    if self.scan.token()? == b'[' {
                        let draft = std::mem::take(&mut self.draft);
                        self.features()?;
                        self.draft = draft;
                        members.features = true;
                    } else {
                        self.scan.skip()?;
                    }
                }
                "coordinates" if top => {
                    let own = *members.own_geometry.get_or_insert_with(|| self.draft.begin());
                    self.draft.geometries[own].clear();
                    self.coordinates(own)?;
                }
                "geometries" if top => {
                    members.own_geometry.get_or_insert_with(|| self.draft.begin());
                    self.geometries(0)?;
                }
                "crs" if top => self.crs_member()?,
                _ => self.scan.skip()?,
            }
        }
        self.key = key;
        Ok(members)
    }

    fn features(&mut self) -> Result<()> {
        self.scan.advance();
        let mut first = true;
        while self.scan.element(first)? {
            first = false;
            self.scan.feature = Some(self.record);
            let line = self.scan.line();
            self.draft.clear();
            if self.scan.token()? == b'{' {
                let members = self.object(false)?;
                match members.kind.as_deref() {
                    Some("Feature") => {}
                    Some(kind) => {
                        self.draft.problem =
                            Some(("not_a_feature", format!("its type is {kind:?}, not \"Feature\"")));
                    }
                    None => {
                        self.draft.problem = Some(("not_a_feature", "it has no member \"type\"".to_owned()));
                    }
                }
            } else {
                self.scan.skip()?;
                self.draft.problem = Some(("not_a_feature", "it is not an object".to_owned()));
            }
            self.commit(line)?;
        }
        self.scan.feature = None;
        Ok(())
    }

    /// A string; anything else is skipped.
    fn optional_string(&mut self) -> Result<Option<String>> {
        if self.scan.token()? != b'"' {
            self.scan.skip()?;
            return Ok(None);
        }
        let mut text = String::new();
        self.scan.string(&mut text)?;
        Ok(Some(text))
    }

    fn geometry(&mut self, level: usize) -> Result<()> {
        match self.scan.token()? {
            b'{' => self.scan.advance(),
            b'n' => return self.scan.word("null"),
            _ => {
                self.draft.fault("malformed_geometry", "its geometry is neither an object nor null");
                return self.scan.skip();
            }
        }
        let own = self.draft.begin();
        let mut members = Members { own_geometry: Some(own), ..Members::default() };
        let mut key = String::new();
        let mut first = true;
        while self.scan.member(first, &mut key)? {
            first = false;
            match key.as_str() {
                "type" => members.kind = self.optional_string()?,
                "coordinates" => {
                    self.draft.geometries[own].clear();
                    self.coordinates(own)?;
                }
                "geometries" => self.geometries(level)?,
                _ => self.scan.skip()?,
            }
        }
        self.end_geometry(&members, level);
        Ok(())
    }

    fn geometries(&mut self, level: usize) -> Result<()> {
        if self.scan.token()? != b'[' || level >= DEEPEST_COLLECTION {
            self.draft.fault(
                "malformed_geometry",
                format!("\"geometries\" is no array, or nested deeper than {DEEPEST_COLLECTION}"),
            );
            return self.scan.skip();
        }
        self.scan.advance();
        let mut first = true;
        while self.scan.element(first)? {
            first = false;
            self.geometry(level + 1)?;
        }
        Ok(())
    }

    /// Settles what the geometry just read is, now that all its members are known.
    fn end_geometry(&mut self, members: &Members, level: usize) {
        let kind = members.kind.as_deref().and_then(geometry_kind);
        let Some((kind, depth)) = kind else {
            let named = members.kind.as_deref().unwrap_or("missing");
            return self
                .draft
                .fault("unknown_geometry_type", format!("the type of its geometry is {named:?}"));
        };
        let own = members.own_geometry.unwrap_or_else(|| self.draft.begin());
        if kind != GeometryKind::Collection {
            self.draft.used = own + 1;
            let found = self.draft.geometries[own].depth;
            if found != 0 && found != depth {
                let type_name = members.kind.as_deref().unwrap_or_default();
                self.draft.fault(
                    "malformed_geometry",
                    format!("a {type_name} nests its positions {depth} deep, this one {found}"),
                );
            }
        }
        self.draft.geometries[own].kind = Some(kind);
        if level == 0 {
            self.draft.kind = Some(kind);
        }
    }

    /// Reads `coordinates` without knowing how deep they should nest.
    fn coordinates(&mut self, own: usize) -> Result<()> {
        let Self { scan, draft, .. } = self;
        match scan.token()? {
            b'[' => scan.advance(),
            b'n' => return scan.word("null"),
            _ => {
                draft.fault("malformed_geometry", "its coordinates are no array");
                return scan.skip();
            }
        }
        let raw = &mut draft.geometries[own];
        let mut nesting = 1;
        let fault = 'values: loop {
            // A value inside `nesting` arrays is next, or the end of an empty array.
            match scan.token()? {
                b'[' if nesting + 1 == raw.depth => {
                    let coords = &mut raw.coords;
                    if scan.plain_positions(&mut |x, y| coords.push(Coord { x, y }))? == 0 {
                        scan.advance();
                        nesting += 1;
                        continue;
                    }
                }
                b'[' if nesting == 4 => break ("arrays nest too deep", true),
                b'[' => {
                    scan.advance();
                    nesting += 1;
                    continue;
                }
                b']' => {
                    scan.advance();
                    let sound = raw.end(nesting);
                    nesting -= 1;
                    if !sound {
                        break ("a position is empty", false);
                    }
                }
                b'-' | b'0'..=b'9' | b'N' | b'I' => {
                    if raw.depth != nesting && (raw.depth != 0 || !raw.set_depth(nesting)) {
                        break ("positions are at different depths", true);
                    }
                    let x = scan.number()?;
                    let mut y = None;
                    while scan.element(false)? {
                        if !matches!(scan.token()?, b'-' | b'0'..=b'9' | b'N' | b'I') {
                            break 'values ("a position holds something else than numbers", true);
                        }
                        let value = scan.number()?;
                        if y.is_some() {
                            raw.third_dimension = true;
                        } else {
                            y = Some(value);
                        }
                    }
                    nesting -= 1;
                    let Some(y) = y else { break ("a position has one number only", false) };
                    raw.coords.push(Coord { x, y });
                }
                _ => break ("positions are not numbers", true),
            }
            // After a value inside `nesting` arrays.
            while nesting > 0 {
                if scan.element(false)? {
                    continue 'values;
                }
                raw.end(nesting);
                nesting -= 1;
            }
            return Ok(());
        };
        let (message, value_next) = fault;
        draft.fault("malformed_geometry", format!("in its coordinates {message}"));
        if value_next { scan.skip_arrays(nesting) } else { scan.skip_arrays_after(nesting) }
    }

    fn properties(&mut self) -> Result<()> {
        self.draft.clear_properties();
        self.draft.has_properties = true;
        match self.scan.token()? {
            b'{' => self.scan.advance(),
            b'n' => return self.scan.word("null"),
            _ => {
                self.draft.has_properties = false;
                return self.scan.skip();
            }
        }
        self.rows += 1;
        let mut key = String::new();
        let mut first = true;
        let mut column = 0;
        while self.scan.member(first, &mut key)? {
            first = false;
            let Some(name) = self.name_id(&key, column) else {
                self.scan.skip()?;
                continue;
            };
            let value = self.value()?;
            let (row, place) = &mut self.met[name as usize];
            if *row == self.rows {
                self.draft.entries[*place].1 = value;
                self.draft.repair(REPEATED);
            } else {
                (*row, *place) = (self.rows, self.draft.entries.len());
                self.draft.entries.push((name, value));
            }
            column += 1;
        }
        Ok(())
    }

    /// The number of a property's name; `None` when it is not wanted.
    fn name_id(&mut self, key: &str, column: usize) -> Option<u32> {
        if let Some(&(name, _)) = self.table.entries.get(self.last_row + column)
            && self.table.names[name as usize] == key
        {
            return Some(name);
        }
        if let Some(&name) = self.name_ids.get(key) {
            return Some(name);
        }
        if self.options.wanted != Wanted::All {
            return None;
        }
        let name = self.table.names.len() as u32;
        self.table.names.push(key.to_owned());
        self.met.push((0, 0));
        self.name_ids.insert(key.to_owned(), name);
        Some(name)
    }

    fn value(&mut self) -> Result<Stored> {
        Ok(match self.scan.token()? {
            b'"' => {
                let state = self.scan.string(&mut self.string)?;
                let (start, len) = self.store_text(state);
                Stored::Text { start, len }
            }
            b'n' => {
                self.scan.word("null")?;
                Stored::Null
            }
            b't' => {
                self.scan.word("true")?;
                Stored::Bool(true)
            }
            b'f' => {
                self.scan.word("false")?;
                Stored::Bool(false)
            }
            b'{' | b'[' => {
                let state = self.scan.skip_keeping(&mut self.string)?;
                let (start, len) = self.store_text(state);
                Stored::Json { start, len }
            }
            _ => {
                let number = self.scan.number()?;
                if number.is_finite() {
                    Stored::Number(number)
                } else {
                    self.draft.repair(NOT_A_NUMBER);
                    Stored::Null
                }
            }
        })
    }

    fn store_text(&mut self, state: Text) -> (usize, u32) {
        if state == Text::Mended {
            self.draft.repair(NOT_UTF8);
        }
        let start = self.draft.text.len();
        self.draft.text.push_str(&self.string);
        (start, self.string.len() as u32)
    }

    fn id(&mut self) -> Result<()> {
        self.draft.id = match self.value()? {
            Stored::Null => None,
            id => Some(id),
        };
        Ok(())
    }

    /// Reads the `crs` member of GeoJSON 2008.
    fn crs_member(&mut self) -> Result<()> {
        let mut text = String::new();
        self.scan.token()?;
        self.scan.skip_keeping(&mut text)?;
        if self.options.crs.is_some() {
            return Ok(());
        }
        let crs: serde_json::Value = serde_json::from_str(&text).map_err(|e| self.scan.error(e))?;
        if crs.is_null() {
            return Ok(());
        }
        self.table.crs = declared_crs(&crs).ok_or_else(|| Error::Crs {
            crs: text,
            message:
                "the \"crs\" member is none that is understood; name it as \"EPSG:2154\", or say which it is \
                      with `Reader::epsg`"
                    .to_owned(),
        })?;
        Ok(())
    }

    /// Adds the drafted feature to the table, or drops it.
    fn commit(&mut self, line: u64) -> Result<()> {
        let record = self.record;
        self.record += 1;
        let place = Place::file(self.file.as_str()).line(line).record(record);
        if self.options.axis_order == AxisOrder::LatLon {
            for c in self.draft.geometries[..self.draft.used].iter_mut().flat_map(|g| &mut g.coords) {
                *c = Coord { x: c.y, y: c.x };
            }
        }
        let mut bounds = Bounds::EMPTY;
        let mut finite = true;
        for c in self.draft.geometries[..self.draft.used].iter().flat_map(|g| &g.coords) {
            finite &= c.x.is_finite() & c.y.is_finite();
            bounds.include(*c);
        }
        if !finite {
            self.draft.fault("non_finite", "a coordinate is not a finite number");
        }
        if let Some((kind, message)) = self.draft.problem.take() {
            return self.diagnostics.drop_record(kind, place, message);
        }
        let points_before = self.table.points.len();
        let polygons = self.commit_geometry(&place);
        self.spots.push(Spot::of(&bounds));
        let table = &mut self.table;
        table.layer.end_feature();
        table.point_ends.push(table.points.len() as u32);
        let kind = self.draft.kind.unwrap_or(GeometryKind::None);
        let empty = polygons == 0 && table.points.len() == points_before;
        table.kinds.push(if empty && kind != GeometryKind::Line { GeometryKind::None } else { kind });
        table.records.push(record as u32);
        let shift = table.keep_text(&self.draft.text);
        table.ids.push(self.draft.id.map(|id| id.shifted(shift)));
        self.last_row = table.entries.len();
        table.entries.extend(self.draft.entries.iter().map(|&(name, value)| (name, value.shifted(shift))));
        table.entry_ends.push(table.entries.len());
        self.draft.text.clear();

        let found = &mut self.diagnostics;
        if empty {
            found.remark(
                "no_geometry",
                place.clone(),
                "the feature has no polygon and no point; kept without geometry",
            );
        }
        if !self.draft.has_properties {
            found.remark("no_properties", place.clone(), "the feature has no object \"properties\"");
        }
        for &(kind, message) in &self.draft.repairs {
            found.repaired(kind, place.clone(), message);
        }
        Ok(())
    }

    /// Moves the drafted geometry to the table; the number of polygons.
    fn commit_geometry(&mut self, place: &Place) -> usize {
        let Self { draft, table, diagnostics, .. } = self;
        let mut polygons = 0;
        let (mut third, mut lines) = (false, false);
        let mut faults = RingFaults::default();
        for raw in &draft.geometries[..draft.used] {
            third |= raw.third_dimension;
            match raw.kind {
                Some(GeometryKind::Point | GeometryKind::MultiPoint) => {
                    table.points.extend_from_slice(&raw.coords);
                }
                Some(GeometryKind::Line) => lines |= !raw.coords.is_empty(),
                Some(GeometryKind::Polygon | GeometryKind::MultiPolygon) => {
                    polygons += push_polygons(raw, &mut table.layer, &mut faults);
                }
                _ => {}
            }
        }
        if third {
            diagnostics.remark(
                "third_dimension",
                place.clone(),
                "heights and further numbers of positions left out",
            );
        }
        if lines {
            diagnostics.repaired("line", place.clone(), "lines left out; only points and polygons are kept");
        }
        faults.report(place, diagnostics);
        polygons
    }

    /// Checks the coordinates against what they were declared to be.
    fn settle_crs(mut self) -> Result<(FeatureTable, Diagnostics)> {
        if let Some(crs) = self.options.crs {
            self.table.crs = crs;
        }
        if self.table.crs != DeclaredCrs::LonLat {
            return Ok(self.finish());
        }
        let count = |spot| self.spots.iter().filter(|&&s| s == spot).count();
        let (lambert, outside, swapped) =
            (count(Spot::Lambert93), count(Spot::Outside), count(Spot::Swapped));
        let bad = lambert + outside;
        let located = self.spots.len() - count(Spot::Nowhere);
        let is_bad = |s: &Spot| matches!(s, Spot::Lambert93 | Spot::Outside);
        if let Some(first) = self.spots.iter().position(is_bad)
            && 2 * bad >= located
        {
            let c = self.table.layer.rings(first).flatten().chain(self.table.points(first)).next();
            let (x, y) = c.map_or((f64::NAN, f64::NAN), |c| (c.x, c.y));
            let what = if lambert > outside {
                "they look like Lambert-93 (EPSG:2154): say so with `Reader::epsg(2154)` or a \"crs\" member"
            } else {
                "say which system they are in with `Reader::epsg` or a \"crs\" member"
            };
            return Err(Error::Crs {
                crs: "WGS 84 longitude/latitude".to_owned(),
                message: format!(
                    "{}: {bad} of {located} located features have coordinates out of range, the first one \
                     feature {} with ({x}, {y}); {what}",
                    self.file,
                    self.table.record(first)
                ),
            });
        }
        if swapped > 0 {
            let all = 10 * swapped >= 9 * located;
            for i in (0..self.spots.len()).filter(|&i| self.spots[i] == Spot::Swapped) {
                let place = Place::file(self.file.as_str());
                self.diagnostics.report(Finding {
                    severity: Severity::Warning,
                    kind: "swapped_axes",
                    place: if all { place } else { place.record(self.table.record(i)) },
                    message: if all {
                        format!(
                            "{swapped} of {located} located features lie in France if latitude and longitude are \
                             swapped; read again with `AxisOrder::LatLon` if that is so"
                        )
                    } else {
                        "the feature lies in France if latitude and longitude are swapped".to_owned()
                    },
                    outcome: Outcome::Kept,
                })?;
                if all {
                    break;
                }
            }
        }
        if bad > 0 {
            for i in (0..self.spots.len()).filter(|&i| is_bad(&self.spots[i])) {
                self.diagnostics.drop_record(
                    "out_of_range",
                    Place::file(self.file.as_str()).record(self.table.record(i)),
                    "its coordinates are no longitudes and latitudes in degrees, unlike those of most features",
                )?;
            }
            self.table = self.table.select(|i| !is_bad(&self.spots[i]));
        }
        Ok(self.finish())
    }

    /// Counts what is kept, now that it is certain.
    fn finish(mut self) -> (FeatureTable, Diagnostics) {
        for _ in 0..self.table.len() {
            self.diagnostics.keep();
        }
        (self.table, self.diagnostics)
    }
}

/// What was amiss with the rings of one feature.
#[derive(Debug, Default)]
struct RingFaults {
    unclosed: usize,
    short: usize,
    repeated: usize,
}

impl RingFaults {
    fn report(&self, place: &Place, diagnostics: &mut Diagnostics) {
        for (n, kind, message) in [
            (self.unclosed, "unclosed_ring", "rings closed: their last position was not their first"),
            (self.short, "short_ring", "rings of fewer than four positions dropped, and the holes of such"),
            (self.repeated, "repeated_vertex", "repeated positions left out"),
        ] {
            if n > 0 {
                diagnostics.repaired(kind, place.clone(), format!("{n} {message}"));
            }
        }
    }
}

/// Adds the polygons of a geometry to the feature being built, rings closed and cleaned; their number.
fn push_polygons(raw: &Raw, layer: &mut Layer, faults: &mut RingFaults) -> usize {
    let mut polygons = 0;
    let (mut line, mut start) = (0, 0);
    for &group_end in &raw.groups {
        let mut rings = 0;
        let mut outer_lost = false;
        let first = line;
        while line < group_end as usize {
            let end = raw.lines[line] as usize;
            let ring = &raw.coords[start..end];
            start = end;
            let is_outer = line == first;
            line += 1;
            if outer_lost || !push_ring(ring, layer, faults) {
                faults.short += 1;
                outer_lost |= is_outer;
            } else {
                rings += 1;
            }
        }
        if rings > 0 {
            layer.end_polygon();
            polygons += 1;
        }
    }
    polygons
}

/// Adds a ring; `false` when too little is left of it.
fn push_ring(ring: &[Coord<f64>], layer: &mut Layer, faults: &mut RingFaults) -> bool {
    let repeated = ring.windows(2).filter(|w| w[0] == w[1]).count();
    let closed = ring.first() == ring.last();
    let vertices = ring.len() - repeated + usize::from(!closed);
    if ring.is_empty() || vertices < 4 {
        return false;
    }
    faults.repeated += repeated;
    faults.unclosed += usize::from(!closed);
    if repeated == 0 {
        layer.push_all(ring);
    } else {
        let mut cleaned = ring.to_vec();
        cleaned.dedup();
        layer.push_all(&cleaned);
    }
    layer.end_ring();
    true
}

/// A geometry's kind and how deep its positions nest, from its `type`.
fn geometry_kind(name: &str) -> Option<(GeometryKind, u32)> {
    Some(match name {
        "Point" => (GeometryKind::Point, 1),
        "MultiPoint" => (GeometryKind::MultiPoint, 2),
        "LineString" => (GeometryKind::Line, 2),
        "MultiLineString" => (GeometryKind::Line, 3),
        "Polygon" => (GeometryKind::Polygon, 3),
        "MultiPolygon" => (GeometryKind::MultiPolygon, 4),
        "GeometryCollection" => (GeometryKind::Collection, 0),
        _ => return None,
    })
}

/// The system a `crs` member of GeoJSON 2008 names.
fn declared_crs(crs: &serde_json::Value) -> Option<DeclaredCrs> {
    let properties = &crs["properties"];
    match crs["type"].as_str()? {
        "name" => {
            let name = properties["name"].as_str()?.to_ascii_uppercase();
            if name.ends_with(":CRS84") || name == "CRS84" || name == "WGS84" || name == "WGS 84" {
                return Some(DeclaredCrs::LonLat);
            }
            // "EPSG:2154", "urn:ogc:def:crs:EPSG::2154", "http://www.opengis.net/def/crs/EPSG/0/2154"
            let at = name.rfind("EPSG")?;
            let code = name[at..].rsplit([':', '/']).next()?;
            Some(DeclaredCrs::from_epsg(code.parse().ok()?))
        }
        "EPSG" => {
            let code = &properties["code"];
            let code = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
            Some(DeclaredCrs::from_epsg(u32::try_from(code).ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: &str = "[[0,45],[1,45],[1,46],[0,45]]";

    fn feature(geometry: &str) -> String {
        format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#)
    }

    fn collection(features: &[String]) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
    }

    fn read(text: &str) -> (FeatureTable, Diagnostics) {
        Reader::default().read_str(text, "t").unwrap()
    }

    fn refused(text: &str) -> String {
        Reader::default().read_str(text, "t").unwrap_err().to_string()
    }

    #[test]
    fn each_fault_has_its_finding_and_the_counts_balance() {
        let cases = [
            (r#"{"type":"Polygon","coordinates":[[[0,45],[1,45],[1,46]]]}"#, "unclosed_ring", 1),
            (r#"{"type":"Polygon","coordinates":[[[0,45],[1,45],[0,45]]]}"#, "short_ring", 1),
            (
                r#"{"type":"Polygon","coordinates":[[[0,45],[1,45],[1,45],[1,46],[0,45]]]}"#,
                "repeated_vertex",
                1,
            ),
            (r#"{"type":"Polygon","coordinates":[[],[[0,45],[1,45],[1,46],[0,45]]]}"#, "no_geometry", 1),
            (r#"{"type":"MultiPolygon","coordinates":[]}"#, "no_geometry", 1),
            (r#"{"type":"Point","coordinates":[]}"#, "no_geometry", 1),
            (r#"{"type":"Point","coordinates":null}"#, "no_geometry", 1),
            ("null", "no_geometry", 1),
            (r#"{"type":"Point","coordinates":[1,45,200]}"#, "third_dimension", 1),
            (r#"{"type":"LineString","coordinates":[[1,45],[2,45]]}"#, "line", 1),
            (r#"{"type":"Point","coordinates":[1,NaN]}"#, "non_finite", 0),
            (r#"{"type":"Point","coordinates":[1,1e999]}"#, "non_finite", 0),
            (r#"{"type":"Point","coordinates":[1]}"#, "malformed_geometry", 0),
            (r#"{"type":"Point","coordinates":["1","45"]}"#, "malformed_geometry", 0),
            (r#"{"type":"Point","coordinates":[1,[2],{"a":[]}]}"#, "malformed_geometry", 0),
            (r#"{"type":"Point","coordinates":"1 45"}"#, "malformed_geometry", 0),
            (r#"{"type":"Polygon","coordinates":[[1,45],[2,45]]}"#, "malformed_geometry", 0),
            (r#"{"type":"Polygon","coordinates":[[[1,45],[],[2,45]]]}"#, "malformed_geometry", 0),
            (r#"{"type":"Polygon","coordinates":[[[1,45],2]]}"#, "malformed_geometry", 0),
            (r#"{"type":"Polygon","coordinates":[[[[[[1]]]]]]}"#, "malformed_geometry", 0),
            (r#"{"type":"Circle","coordinates":[1,45]}"#, "unknown_geometry_type", 0),
            (r#"{"coordinates":[1,45]}"#, "unknown_geometry_type", 0),
            ("[1,45]", "malformed_geometry", 0),
        ];
        for (geometry, kind, kept) in cases {
            let good = feature(&format!(r#"{{"type":"Polygon","coordinates":[{SQUARE}]}}"#));
            let (table, found) = read(&collection(&[good.clone(), feature(geometry), good]));
            assert_eq!((found.count(kind), table.len()), (1, 2 + kept), "{geometry}: {found}");
            assert_eq!((found.seen(), found.kept()), (3, 2 + kept), "{geometry}");
            assert_eq!(table.record(1 + kept), 2);
            assert_eq!(table.layer().rings(1 + kept).count(), 1);
        }
    }

    #[test]
    fn collections_keep_polygons_and_points() {
        let geometry = format!(
            r#"{{"geometries":[{{"coordinates":[2,45],"type":"Point"}},{{"type":"GeometryCollection","geometries":
            [{{"type":"MultiPolygon","coordinates":[[{SQUARE}],[{SQUARE},{SQUARE}]]}}]}}],"type":"GeometryCollection"}}"#
        );
        for text in [geometry.clone(), feature(&geometry), collection(&[feature(&geometry)])] {
            let (table, found) = read(&text);
            assert!(found.is_clean(), "{found}");
            assert_eq!(table.kind(0), GeometryKind::Collection);
            assert_eq!(table.points(0), [Coord { x: 2.0, y: 45.0 }]);
            assert_eq!(table.layer().polygons(0).map(Iterator::count).collect::<Vec<_>>(), [1, 2]);
        }
    }

    #[test]
    fn properties_are_chosen_and_typed() {
        let text = r#"{"features":[{"properties":{"a":1,"b":"x","c":[1,"é"],"d":null,"e":true,"a":2,"n":NaN},"id":"k",
            "type":"Feature","geometry":null},7,{"type":"Feature","geometry":null}],"type":"FeatureCollection"}"#;
        let (table, found) = read(text);
        let row: Vec<_> = table.properties(0).map(|(n, v)| format!("{n}={v:?}")).collect();
        assert_eq!(
            row.join(" "),
            r#"a=Number(2.0) b=Text("x") c=Json("[1,\"é\"]") d=Null e=Bool(true) n=Null"#
        );
        assert_eq!(table.id(0), Some(Value::Text("k")));
        assert_eq!(table.properties(1).count(), 0);
        for kind in ["repeated_property", "not_a_number", "not_a_feature", "no_properties"] {
            assert_eq!(found.count(kind), 1, "{kind}");
        }
        let (table, _) = Reader::default().properties(["b", "zz"]).read_str(text, "t").unwrap();
        assert_eq!(table.properties(0).collect::<Vec<_>>(), [("b", Value::Text("x"))]);
        assert_eq!(table.column("b").unwrap().collect::<Vec<_>>(), [Some(Value::Text("x")), None]);
        assert!(table.column("nom").is_err());
    }

    #[test]
    fn what_is_no_geojson_is_refused_with_its_place() {
        for (text, message) in [
            ("", "empty"),
            ("  \n", "empty"),
            ("code;nom\n01001;A", "expected '{'"),
            ("[1,2]", "expected '{'"),
            ("{}", "no member \"type\""),
            (r#"{"type":"Topology","objects":{}}"#, "no type of GeoJSON"),
            (r#"{"type":"FeatureCollection"}"#, "no array"),
            (r#"{"type":"FeatureCollection","features":{}}"#, "no array"),
            (r#"{"type":"FeatureCollection","features":[]} x"#, "follows"),
            ("{\"type\":\"FeatureCollection\",\n\"features\":[{\"type\":", "t:2"),
        ] {
            let error = refused(text);
            assert!(error.contains(message), "{text}: {error}");
        }
        assert!(
            Reader::default().read_from(&b"\xFF\xFE{\0"[..], "t").unwrap_err().to_string().contains("UTF-16")
        );
        assert!(matches!(Reader::default().read_path("no/such.geojson"), Err(Error::Io { .. })));
        let deep = format!(r#"{{"type":"Feature","geometry":null,"x":{}"#, "[".repeat(1_000_000));
        assert!(refused(&deep).contains("deeper"));
        let nested = r#"{"type":"GeometryCollection","geometries":["#.repeat(100_000);
        assert!(Reader::default().read_str(&nested, "t").is_err());
    }

    #[test]
    fn rubbish_of_any_length_is_refused_at_once() {
        /// Endless text, counted.
        struct Rubbish<'a>(&'a std::cell::Cell<usize>);
        impl Read for Rubbish<'_> {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                buf.fill(b'x');
                self.0.set(self.0.get() + buf.len());
                Ok(buf.len())
            }
        }
        let read = std::cell::Cell::new(0);
        assert!(Reader::default().read_from(Rubbish(&read), "t").is_err());
        assert!(read.get() <= 1 << 20);
    }

    #[test]
    fn declared_systems_are_honoured() {
        let with = |crs: &str| format!(r#"{{"type":"FeatureCollection","crs":{crs},"features":[]}}"#);
        for (crs, want) in [
            (r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}"#, DeclaredCrs::LonLat),
            (r#"{"type":"name","properties":{"name":"EPSG:4326"}}"#, DeclaredCrs::LonLat),
            (
                r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}"#,
                DeclaredCrs::Epsg(2154),
            ),
            (r#"{"type":"EPSG","properties":{"code":2154}}"#, DeclaredCrs::Epsg(2154)),
            ("null", DeclaredCrs::LonLat),
        ] {
            assert_eq!(read(&with(crs)).0.crs(), want, "{crs}");
        }
        for crs in
            [r#"{"type":"link","properties":{}}"#, "7", r#"{"type":"name","properties":{"name":"NTF"}}"#]
        {
            assert!(matches!(Reader::default().read_str(&with(crs), "t"), Err(Error::Crs { .. })), "{crs}");
        }
    }

    #[test]
    fn coordinates_that_are_no_degrees_are_told() {
        let point = |x: f64, y: f64| feature(&format!(r#"{{"type":"Point","coordinates":[{x},{y}]}}"#));
        let lambert = collection(&[point(652_000.0, 6_862_000.0), point(700_000.0, 6_600_000.0)]);
        assert!(refused(&lambert).contains("Reader::epsg(2154)"));
        let (table, _) = Reader::default().epsg(2154).read_str(&lambert, "t").unwrap();
        let table = table.into_lon_lat(|code, [x, y]| (code == 2154).then_some([x / 1e6, y / 1e6])).unwrap();
        assert_eq!(table.points(0), [Coord { x: 0.652, y: 6.862 }]);

        let one_off = collection(&[point(2.0, 48.0), point(652_000.0, 6_862_000.0), point(3.0, 45.0)]);
        let (table, found) = read(&one_off);
        assert_eq!((table.len(), found.seen(), found.dropped(), found.count("out_of_range")), (2, 3, 1, 1));
        assert_eq!((table.record(1), table.points(1)[0].x), (2, 3.0));
        let strict = Reader::default().strictness(Strictness::Strict);
        assert!(matches!(strict.read_str(&one_off, "t"), Err(Error::Data(_))));

        let swapped = collection(&[point(48.8, 2.3), point(16.2, -61.5)]);
        assert_eq!(read(&swapped).1.count("swapped_axes"), 1);
        let (table, found) = Reader::default().axis_order(AxisOrder::LatLon).read_str(&swapped, "t").unwrap();
        assert!(found.is_clean());
        assert_eq!(table.points(0), [Coord { x: 2.3, y: 48.8 }]);
    }
}
