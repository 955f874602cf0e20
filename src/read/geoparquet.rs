//! `GeoParquet` to flat tables.

use std::fs::File;
use std::path::{Path, PathBuf};

use geo_traits::{
    CoordTrait, Dimensions, GeometryCollectionTrait, GeometryTrait, GeometryType, LineStringTrait,
    MultiLineStringTrait, MultiPointTrait, MultiPolygonTrait, PointTrait, PolygonTrait,
};
use geo_types::Coord;
use parquet::basic::Type;
use parquet::errors::ParquetError;
use parquet::file::metadata::FileMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::{Value, json};
use wkb::reader::{Wkb, read_wkb};

use super::geojson::{
    Draft, FeatureTable, GeometryKind, NOT_A_NUMBER, NOT_UTF8, Raw, Said, Stored, Walked, settle,
};
use super::parquet::{BATCH, Cell, Column, check, check_range, guarded};
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::read::coordinates::AxisOrder;

/// Reads `GeoParquet` 1.0 and 1.1 (WKB) to the same table as GeoJSON; set what differs from the default,
/// then call [`GeoParquetReader::read_path`].
///
/// A row without geometry is kept and counted (`no_geometry`), a geometry that is no WKB drops its row
/// (`malformed_geometry`). Codes that are text stay text. Coordinates in another system than longitude and
/// latitude are converted where the system is known.
///
/// ```no_run
/// use rurban::read::GeoParquetReader;
///
/// let (table, found) = GeoParquetReader::default().read_path("communes.parquet")?;
/// println!("{found}\n{} features with {:?}", table.len(), table.names());
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct GeoParquetReader {
    strictness: Strictness,
}

impl GeoParquetReader {
    /// Sets what to do at an error-level finding.
    #[must_use]
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads a file, which must be one: Parquet is read from its end. O(coordinates).
    ///
    /// # Errors
    /// [`Error::Io`] when the file cannot be opened; [`Error::Format`] when it is no Parquet file, says
    /// nothing of a geometry (no `geo` key), or has it in another encoding than WKB; [`Error::Crs`] when the
    /// coordinates are in a system that is not known; [`Error::Data`] in strict mode.
    pub fn read_path(&self, path: impl AsRef<Path>) -> Result<(FeatureTable, Diagnostics)> {
        let path = path.as_ref();
        let bad = |message: String| Error::Format { path: path.to_owned(), line: 1, message };
        let io = |source| Error::Io { path: path.to_owned(), source };
        let open = File::open(path).map_err(io)?;
        let length = open.metadata().map_err(io)?.len();
        let file = guarded(|| SerializedFileReader::new(open)).map_err(|e| bad(e.to_string()))?;
        let geo = Geo::of(file.metadata().file_metadata()).map_err(bad)?;
        let mut table = FeatureTable::default();
        table.file = path.display().to_string();
        let mut walked = Walked { table, crs: geo.crs, diagnostics: Diagnostics::new(self.strictness) };
        if geo.unknown_crs {
            let message = "the file says that its system is not known; longitudes and latitudes are supposed";
            walked.diagnostics.remark("unknown_crs", Place::file(&walked.table.file).field("crs"), message);
        }
        let chosen = choose(file.metadata().file_metadata(), &geo.column, &mut walked).map_err(bad)?;
        Rows { path: path.to_owned(), length, chosen, record: 0 }.read(&file, &mut walked)?;
        // The format says which number comes first.
        let mut said = Said::default();
        said.axes = Some(AxisOrder::LonLat);
        settle(walked, said)
    }
}

/// What the key `geo` says.
struct Geo {
    column: String,
    /// The system, as the `crs` member of GeoJSON would say it.
    crs: Option<String>,
    unknown_crs: bool,
}

impl Geo {
    fn of(file: &FileMetaData) -> Result<Self, String> {
        let entries = file.key_value_metadata().into_iter().flatten();
        let Some(text) = entries.filter(|e| e.key == "geo").find_map(|e| e.value.as_deref()) else {
            return Err(
                "the file has no `geo` key: it is Parquet, but not GeoParquet. Write it with a program \
                        that knows geometries (GeoPandas' to_parquet, ogr2ogr -f Parquet, DuckDB spatial)"
                    .to_owned(),
            );
        };
        let geo: Value = serde_json::from_str(text).map_err(|e| format!("its `geo` key is no JSON: {e}"))?;
        let version = geo["version"].as_str().unwrap_or("none");
        if !version.starts_with("1.") {
            return Err(format!("its GeoParquet version is {version}; versions 1.0 and 1.1 are read"));
        }
        let column = geo["primary_column"].as_str().unwrap_or_default().to_owned();
        let about = &geo["columns"][&column];
        if !about.is_object() {
            return Err(format!("its `geo` key names the column {column:?} and says nothing of it"));
        }
        match about["encoding"].as_str() {
            Some("WKB") => {}
            other => {
                return Err(format!(
                    "the geometries of column {column:?} are encoded as {}; WKB is read: write the file with it \
                     (GeoPandas: geometry_encoding=\"WKB\")",
                    other.unwrap_or("nothing")
                ));
            }
        }
        let system = about.get("crs");
        let name = system.filter(|s| !s.is_null()).map(|s| {
            let id = &s["id"];
            let code =
                id["code"].as_str().map(str::to_owned).or_else(|| Some(id["code"].as_u64()?.to_string()));
            match (id["authority"].as_str(), code) {
                (Some(authority), Some(code)) => format!("{authority}:{code}"),
                _ => s["name"].as_str().unwrap_or("without a name").to_owned(),
            }
        });
        Ok(Self {
            column,
            crs: name.map(|name| json!({"type": "name", "properties": {"name": name}}).to_string()),
            unknown_crs: system.is_some_and(Value::is_null),
        })
    }
}

/// Columns to read: the geometry, and the properties in their order.
struct Chosen {
    geometry: usize,
    properties: Vec<usize>,
}

/// Chooses the columns and names the properties; what cannot be one is left out and reported, but for what
/// covers the geometries.
fn choose(file: &FileMetaData, geometry: &str, walked: &mut Walked) -> Result<Chosen, String> {
    let columns = file.schema_descr().columns();
    let Some(at) = columns.iter().position(|c| c.path().string() == geometry) else {
        return Err(format!("it has no column {geometry:?}, which its `geo` key names"));
    };
    if columns[at].physical_type() != Type::BYTE_ARRAY {
        return Err(format!("its column {geometry:?} holds no binary values"));
    }
    check(&columns[at]).map_err(|m| format!("column {geometry:?} {m}"))?;
    let mut properties = Vec::new();
    for (i, column) in columns.iter().enumerate().filter(|(i, _)| *i != at) {
        let name = column.path().string();
        if ["xmin", "ymin", "xmax", "ymax"].iter().any(|end| name == format!("bbox.{end}")) {
            continue;
        }
        let boolean = column.physical_type() == Type::BOOLEAN && column.max_rep_level() == 0;
        if check(column).is_ok() || (boolean && column.max_def_level() <= 1) {
            walked.table.names.push(name);
            properties.push(i);
        } else {
            let message = "neither text, number nor truth value, or nested; left out";
            walked.diagnostics.repaired(
                "column_left_out",
                Place::file(&walked.table.file).field(name),
                message,
            );
        }
    }
    Ok(Chosen { geometry: at, properties })
}

/// Rows on their way into a table.
struct Rows {
    path: PathBuf,
    length: u64,
    chosen: Chosen,
    record: usize,
}

impl Rows {
    fn read(mut self, file: &SerializedFileReader<File>, walked: &mut Walked) -> Result<()> {
        let mut draft = Draft::default();
        let wanted: Vec<usize> =
            std::iter::once(self.chosen.geometry).chain(self.chosen.properties.iter().copied()).collect();
        for group in 0..file.num_row_groups() {
            for &column in &wanted {
                let chunk = file.metadata().row_group(group).column(column);
                check_range(chunk, self.length).map_err(|e| self.damaged(&e))?;
            }
            let group = guarded(|| file.get_row_group(group)).map_err(|e| self.damaged(&e))?;
            let mut columns = Vec::with_capacity(wanted.len());
            for &column in &wanted {
                columns.push(guarded(|| Column::open(&*group, column)).map_err(|e| self.damaged(&e))?);
            }
            let mut left = group.metadata().num_rows() as usize;
            while left > 0 {
                let rows = left.min(BATCH);
                let mut cells = Vec::with_capacity(columns.len());
                for column in &mut columns {
                    let read = guarded(|| column.read(rows)).map_err(|e| self.damaged(&e))?;
                    if read.len() < rows {
                        return Err(self.damaged(&"a column ends before the others"));
                    }
                    cells.push(read);
                }
                for row in 0..rows {
                    draft.clear();
                    fill(&mut draft, &cells, row);
                    draft.commit(&mut walked.table, None, self.record, &mut walked.diagnostics)?;
                    self.record += 1;
                }
                left -= rows;
            }
        }
        Ok(())
    }

    fn damaged(&self, error: &dyn std::fmt::Display) -> Error {
        Error::Format { path: self.path.clone(), line: self.record as u64 + 1, message: error.to_string() }
    }
}

/// Drafts the feature of one row: the first column is its geometry.
fn fill(draft: &mut Draft, cells: &[Vec<Cell>], row: usize) {
    draft.has_properties = true;
    let Some((geometries, properties)) = cells.split_first() else { return };
    if let Cell::Text(bytes) = &geometries[row] {
        let read = guarded(|| {
            let geometry = read_wkb(bytes.data()).map_err(|e| ParquetError::General(e.to_string()))?;
            draft.kind = Some(shape(&geometry, draft, 0)?);
            Ok(())
        });
        if let Err(error) = read {
            let reason = match &error {
                ParquetError::General(reason) => reason.clone(),
                other => other.to_string(),
            };
            draft.fault("malformed_geometry", format!("its geometry is no WKB: {reason}"));
        }
    }
    for (name, column) in properties.iter().enumerate() {
        let value = match &column[row] {
            Cell::Null => Stored::Null,
            Cell::Boolean(v) => Stored::Bool(*v),
            Cell::Float(v) if v.is_finite() => Stored::Number(*v),
            Cell::Float(v) => {
                if v.is_infinite() {
                    draft.repair(NOT_A_NUMBER);
                }
                Stored::Null
            }
            Cell::Integer(v) if v.unsigned_abs() <= 1 << 53 => Stored::Number(*v as f64),
            // Beyond what a double holds: an identifier.
            Cell::Integer(v) => text(draft, &v.to_string()),
            Cell::Text(bytes) => {
                let lossy = String::from_utf8_lossy(bytes.data());
                if matches!(lossy, std::borrow::Cow::Owned(_)) {
                    draft.repair(NOT_UTF8);
                }
                text(draft, &lossy)
            }
        };
        draft.entries.push((name as u32, value));
    }
}

fn text(draft: &mut Draft, text: &str) -> Stored {
    let start = draft.text.len();
    draft.text.push_str(text);
    Stored::Text { start, len: text.len() as u32 }
}

/// Deepest nesting of geometry collections.
const DEEPEST: usize = 16;

/// Drafts a geometry; its kind.
fn shape(geometry: &Wkb<'_>, draft: &mut Draft, level: usize) -> Result<GeometryKind, ParquetError> {
    let other = || ParquetError::General("a kind of geometry that is not known".to_owned());
    if let GeometryType::GeometryCollection(parts) = geometry.as_type() {
        if level == DEEPEST {
            return Err(ParquetError::General("geometry collections nest too deep".to_owned()));
        }
        for part in parts.geometries() {
            shape(part, draft, level + 1)?;
        }
        return Ok(GeometryKind::Collection);
    }
    let at = draft.begin();
    let raw = &mut draft.geometries[at];
    raw.third_dimension = geometry.dim() != Dimensions::Xy;
    let kind = match geometry.as_type() {
        GeometryType::Point(point) => {
            // An empty point has no coordinates, or two that are no numbers.
            raw.coords
                .extend(point.coord().map(|c| position(&c)).filter(|c| !(c.x.is_nan() && c.y.is_nan())));
            GeometryKind::Point
        }
        GeometryType::MultiPoint(points) => {
            raw.coords.extend(points.points().filter_map(|p| Some(position(&p.coord()?))));
            GeometryKind::MultiPoint
        }
        GeometryType::LineString(line) => {
            raw.coords.extend(line.coords().map(|c| position(&c)));
            GeometryKind::Line
        }
        GeometryType::MultiLineString(lines) => {
            raw.coords.extend(
                lines.line_strings().flat_map(|l| l.coords().map(|c| position(&c)).collect::<Vec<_>>()),
            );
            GeometryKind::Line
        }
        GeometryType::Polygon(polygon) => {
            rings(polygon, raw);
            GeometryKind::Polygon
        }
        GeometryType::MultiPolygon(polygons) => {
            polygons.polygons().for_each(|p| rings(&p, raw));
            GeometryKind::MultiPolygon
        }
        _ => return Err(other()),
    };
    raw.kind = Some(kind);
    Ok(kind)
}

/// Adds the rings of a polygon.
fn rings(polygon: &impl PolygonTrait<T = f64>, raw: &mut Raw) {
    let mut add = |ring: &dyn Fn(&mut Vec<Coord<f64>>)| {
        ring(&mut raw.coords);
        raw.lines.push(raw.coords.len() as u32);
    };
    if let Some(outer) = polygon.exterior() {
        add(&|coords| coords.extend(outer.coords().map(|c| position(&c))));
        for hole in polygon.interiors() {
            add(&|coords| coords.extend(hole.coords().map(|c| position(&c))));
        }
        raw.groups.push(raw.lines.len() as u32);
    }
}

fn position(c: &impl CoordTrait<T = f64>) -> Coord<f64> {
    Coord { x: c.x(), y: c.y() }
}
