//! Features with properties as `GeoParquet` 1.1, for `QGIS`, GDAL, `GeoPandas`, `DuckDB` and engines.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Point, Polygon};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type};
use serde_json::json;
use wkb::writer::{WriteOptions, geometry_wkb_size, write_geometry};

use crate::error::{Error, Result};
use crate::model::Contours;
use crate::space::{Bounds, Layer};
use crate::write::geojson::{Shapes, check_finite, signed_area};
use crate::write::{Column, Table, stream_error, to_file};

/// Rows of a row group: few enough to be read alone, many enough to be packed well.
const GROUP: usize = 50_000;
/// The column of the geometries.
const GEOMETRY: &str = "geometry";
/// The column of their bounds.
const BBOX: &str = "bbox";
/// The bounds' own columns.
const ENDS: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// Writes features as `GeoParquet` 1.1, packed with Zstandard: `shapes[i]` with row `i` of `properties`, then
/// their bounds (`bbox`, which lets readers skip what lies elsewhere) and their `geometry` as WKB in longitude
/// and latitude (OGC:CRS84), at full precision.
///
/// Text stays text, so codes keep their zeros; missing values and features without polygons are null. Outer
/// rings run counter-clockwise and holes clockwise, whatever the input did. Approximate contours are said to
/// be so in the file's `description`.
///
/// # Errors
/// [`Error::Shape`] when the table has another number of rows than there are shapes, [`Error::Value`] for a
/// coordinate that is not finite, [`Error::Parameter`] when a property is called `geometry` or `bbox`,
/// [`Error::Io`] when `out` fails.
///
/// ```
/// use geo_types::Coord;
/// use rurban::write::{Table, geojson::Shapes, geoparquet::write_geoparquet};
///
/// let table = Table::new().with("code", vec!["01001"])?;
/// let mut file = Vec::new();
/// write_geoparquet(&mut file, Shapes::Points(&[Coord { x: 4.92, y: 46.15 }]), &table)?;
/// assert!(file.starts_with(b"PAR1") && file.ends_with(b"PAR1"));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn write_geoparquet(out: impl Write + Send, shapes: Shapes<'_>, properties: &Table<'_>) -> Result<()> {
    properties.check_rows("properties", shapes.len())?;
    if let Some((name, _)) = properties.columns().iter().find(|(name, _)| [GEOMETRY, BBOX].contains(&&**name))
    {
        return Err(Error::Parameter {
            name: "property",
            value: name.to_string(),
            must: "must not be called geometry or bbox, which are the file's own columns",
        });
    }
    check_finite(shapes)?;
    file(out, shapes, properties).map_err(|e| match e {
        ParquetError::External(e) => match e.downcast::<std::io::Error>() {
            Ok(source) => stream_error(*source),
            Err(other) => stream_error(std::io::Error::other(other)),
        },
        other => stream_error(std::io::Error::other(other)),
    })
}

/// Writes features to a file, replacing it; see [`write_geoparquet`].
///
/// # Errors
/// As [`write_geoparquet`]; [`Error::Io`] names the path.
pub fn write_geoparquet_file(
    path: impl AsRef<Path>,
    shapes: Shapes<'_>,
    properties: &Table<'_>,
) -> Result<()> {
    to_file(path.as_ref(), |out| write_geoparquet(out, shapes, properties))
}

fn file(out: impl Write + Send, shapes: Shapes<'_>, properties: &Table<'_>) -> Result<(), ParquetError> {
    let n = shapes.len();
    let geometries = crate::parallel::map(n, |i| encoded(shapes, i));
    let mut notes = vec![KeyValue::new("geo".to_owned(), about(shapes, &geometries))];
    if matches!(shapes, Shapes::Polygons(_, Contours::Approximate)) {
        notes.push(KeyValue::new("description".to_owned(), Contours::APPROXIMATE.to_owned()));
    }
    let mut options = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_created_by(concat!("rurban ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_key_value_metadata(Some(notes))
        .set_column_dictionary_enabled(ColumnPath::from(GEOMETRY), false)
        .set_column_statistics_enabled(ColumnPath::from(GEOMETRY), EnabledStatistics::None);
    for end in ENDS {
        let path = ColumnPath::from(vec![BBOX.to_owned(), end.to_owned()]);
        options = options.set_column_dictionary_enabled(path, false);
    }
    let mut writer =
        SerializedFileWriter::new(out, Arc::new(schema(properties)?), Arc::new(options.build()))?;
    let mut start = 0;
    while start < n {
        let rows = start..(start + GROUP).min(n);
        let mut group = writer.next_row_group()?;
        for (_, column) in properties.columns() {
            if let Some(writer) = group.next_column()? {
                values(writer, column, rows.clone())?;
            }
        }
        for end in 0..4 {
            if let Some(mut writer) = group.next_column()? {
                let some = geometries[rows.clone()].iter().flatten();
                let values: Vec<f64> = some.map(|(_, b)| [b.min, b.max].concat()[end]).collect();
                // The bounds are there or not as a whole; within them nothing is missing.
                let levels: Vec<i16> =
                    geometries[rows.clone()].iter().map(|g| i16::from(g.is_some())).collect();
                if let ColumnWriter::DoubleColumnWriter(w) = writer.untyped() {
                    w.write_batch(&values, Some(&levels), None)?;
                }
                writer.close()?;
            }
        }
        if let Some(mut writer) = group.next_column()? {
            let present = geometries[rows.clone()].iter().flatten();
            let values: Vec<ByteArray> = present.map(|(bytes, _)| bytes.clone()).collect();
            let levels: Vec<i16> = geometries[rows.clone()].iter().map(|g| i16::from(g.is_some())).collect();
            if let ColumnWriter::ByteArrayColumnWriter(w) = writer.untyped() {
                w.write_batch(&values, Some(&levels), None)?;
            }
            writer.close()?;
        }
        group.close()?;
        start = rows.end;
    }
    writer.close().map(drop)
}

fn schema(properties: &Table<'_>) -> Result<Type, ParquetError> {
    fn optional(name: &str, kind: Physical) -> parquet::schema::types::PrimitiveTypeBuilder<'_> {
        Type::primitive_type_builder(name, kind).with_repetition(Repetition::OPTIONAL)
    }
    let mut fields = Vec::with_capacity(properties.columns().len() + 2);
    for (name, column) in properties.columns() {
        fields.push(Arc::new(match column {
            Column::Text(_) => {
                optional(name, Physical::BYTE_ARRAY).with_logical_type(Some(LogicalType::String)).build()?
            }
            Column::Integer(_) => optional(name, Physical::INT64).build()?,
            Column::Number(_) => optional(name, Physical::DOUBLE).build()?,
            Column::Boolean(_) => optional(name, Physical::BOOLEAN).build()?,
        }));
    }
    let mut ends = Vec::with_capacity(4);
    for end in ENDS {
        let end = Type::primitive_type_builder(end, Physical::DOUBLE).with_repetition(Repetition::REQUIRED);
        ends.push(Arc::new(end.build()?));
    }
    let bbox =
        Type::group_type_builder(BBOX).with_repetition(Repetition::OPTIONAL).with_fields(ends).build()?;
    fields.push(Arc::new(bbox));
    fields.push(Arc::new(optional(GEOMETRY, Physical::BYTE_ARRAY).build()?));
    Type::group_type_builder("schema").with_fields(fields).build()
}

/// The cells of a column, missing ones as nulls.
fn values(
    mut writer: SerializedColumnWriter<'_>,
    column: &Column<'_>,
    rows: std::ops::Range<usize>,
) -> Result<(), ParquetError> {
    let levels = |present: &mut dyn Iterator<Item = bool>| -> Vec<i16> { present.map(i16::from).collect() };
    match (column, writer.untyped()) {
        (Column::Text(cells), ColumnWriter::ByteArrayColumnWriter(w)) => {
            let levels = levels(&mut cells[rows.clone()].iter().map(Option::is_some));
            let values: Vec<ByteArray> =
                cells[rows].iter().flatten().map(|t| ByteArray::from(t.as_bytes().to_vec())).collect();
            w.write_batch(&values, Some(&levels), None)?;
        }
        (Column::Integer(cells), ColumnWriter::Int64ColumnWriter(w)) => {
            let levels = levels(&mut cells[rows.clone()].iter().map(Option::is_some));
            let values: Vec<i64> = cells[rows].iter().copied().flatten().collect();
            w.write_batch(&values, Some(&levels), None)?;
        }
        (Column::Number(cells), ColumnWriter::DoubleColumnWriter(w)) => {
            let levels = levels(&mut cells[rows.clone()].iter().map(|v| !v.is_nan()));
            let values: Vec<f64> = cells[rows].iter().copied().filter(|v| !v.is_nan()).collect();
            w.write_batch(&values, Some(&levels), None)?;
        }
        (Column::Boolean(cells), ColumnWriter::BoolColumnWriter(w)) => {
            let levels = levels(&mut cells[rows.clone()].iter().map(Option::is_some));
            let values: Vec<bool> = cells[rows].iter().copied().flatten().collect();
            w.write_batch(&values, Some(&levels), None)?;
        }
        _ => return Err(ParquetError::General("a column is not of the type the schema says".to_owned())),
    }
    writer.close()
}

/// A feature's geometry as WKB and its bounds; `None` where it has none.
fn encoded(shapes: Shapes<'_>, i: usize) -> Option<(ByteArray, Bounds)> {
    let mut bounds = Bounds::EMPTY;
    let geometry = match shapes {
        Shapes::Polygons(layer, _) => {
            bounds = layer.bounds(i);
            polygons(layer, i)?
        }
        Shapes::Points(points) => {
            bounds.include(points[i]);
            Geometry::Point(Point(points[i]))
        }
        Shapes::Places(places) => {
            bounds.include(places[i]?);
            Geometry::Point(Point(places[i]?))
        }
        Shapes::Lines(lines) => {
            lines[i].iter().for_each(|&c| bounds.include(c));
            Geometry::LineString(LineString(lines[i].to_vec()))
        }
    };
    let mut bytes = Vec::with_capacity(geometry_wkb_size(&geometry));
    // Writing to memory cannot fail.
    write_geometry(&mut bytes, &geometry, &WriteOptions::default()).ok()?;
    Some((ByteArray::from(bytes), bounds))
}

/// The polygons of a feature, rings turned as the file says.
fn polygons(layer: &Layer, i: usize) -> Option<Geometry<f64>> {
    let turned = |ring: &[Coord<f64>], outer: bool| {
        let mut ring = ring.to_vec();
        if (signed_area(&ring) >= 0.0) != outer {
            ring.reverse();
        }
        LineString(ring)
    };
    let mut parts: Vec<Polygon<f64>> = layer
        .polygons(i)
        .map(|mut rings| {
            let outer = turned(rings.next().unwrap_or_default(), true);
            Polygon::new(outer, rings.map(|hole| turned(hole, false)).collect())
        })
        .collect();
    match parts.len() {
        0 => None,
        1 => parts.pop().map(Geometry::Polygon),
        _ => Some(Geometry::MultiPolygon(MultiPolygon(parts))),
    }
}

/// What the key `geo` says of the file.
fn about(shapes: Shapes<'_>, geometries: &[Option<(ByteArray, Bounds)>]) -> String {
    let mut kinds = std::collections::BTreeSet::new();
    let mut all = Bounds::EMPTY;
    for (i, (_, bounds)) in geometries.iter().enumerate().filter_map(|(i, g)| Some((i, g.as_ref()?))) {
        kinds.insert(match shapes {
            Shapes::Polygons(layer, _) if layer.polygons(i).count() > 1 => "MultiPolygon",
            Shapes::Polygons(..) => "Polygon",
            Shapes::Points(_) | Shapes::Places(_) => "Point",
            Shapes::Lines(_) => "LineString",
        });
        for [x, y] in [bounds.min, bounds.max] {
            all.include(Coord { x, y });
        }
    }
    let covering: serde_json::Map<_, _> =
        ENDS.iter().map(|end| ((*end).to_owned(), json!([BBOX, end]))).collect();
    let mut column = json!({
        "encoding": "WKB",
        "geometry_types": kinds,
        "orientation": "counterclockwise",
        "covering": {"bbox": covering},
    });
    if !all.is_empty() {
        column["bbox"] = json!([all.min[0], all.min[1], all.max[0], all.max[1]]);
    }
    json!({"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}).to_string()
}
