//! Travel times from Parquet, column by column.

use std::borrow::Cow;
use std::fs::File;
use std::path::Path;

use parquet::basic::{ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::costs::{CostColumns, CostEnds, Ways};
use super::names::require_column;
use super::number::Number;
use crate::accessibility::CostTable;
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};

/// Rows decoded at a time.
pub(super) const BATCH: usize = 8192;

/// As [`travel_costs`](super::travel_costs), from a Parquet file: codes are text or integers, costs are
/// numbers or text; nulls and NaN are blank cells. Findings name the record, from 0.
///
/// Row groups and columns that are not needed are not read. O(rows log rows).
///
/// ```no_run
/// use rurban::diagnostics::Strictness;
/// use rurban::france::EmbeddedFrance;
/// use rurban::read::{CostColumns, CostEnds, travel_costs_parquet};
///
/// let france = EmbeddedFrance::load()?;
/// let communes = CostEnds::territories(france.atlas.base());
/// let columns = CostColumns::default();
/// let (costs, found) =
///     travel_costs_parquet("times.parquet", &columns, &communes, &communes, Strictness::Lenient)?;
/// println!("{found}\n{} ways", costs.pairs());
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Error::Io`] when the file cannot be opened; [`Error::Format`] when it is no Parquet file or a
/// column is nested or of another type (the line is that of the record, from 1);
/// [`Error::Unknown`] when a column is missing; [`Error::Data`] in strict mode.
pub fn travel_costs_parquet(
    path: impl AsRef<Path>,
    columns: &CostColumns<'_>,
    origins: &CostEnds<'_>,
    destinations: &CostEnds<'_>,
    strictness: Strictness,
) -> Result<(CostTable, Diagnostics)> {
    let path = path.as_ref();
    let bad = |row: u64, message: String| Error::Format { path: path.to_owned(), line: row + 1, message };
    let io = |source| Error::Io { path: path.to_owned(), source };
    let open = File::open(path).map_err(io)?;
    let length = open.metadata().map_err(io)?.len();
    let file = guarded(|| SerializedFileReader::new(open)).map_err(|e| bad(0, e.to_string()))?;
    let schema = file.metadata().file_metadata().schema_descr();
    let header: Vec<String> = schema.columns().iter().map(|c| c.path().string()).collect();
    let name = path.display().to_string();
    let find = |names: &[&str]| require_column(&header, names, &name);
    let at = [find(&columns.origin)?, find(&columns.destination)?, find(&columns.cost)?];
    for column in at {
        check(&schema.column(column)).map_err(|m| bad(0, format!("column {:?} {m}", header[column])))?;
    }

    let place = Place::file(name.as_str());
    let mut ways = Ways::new(origins, destinations);
    let mut found = Diagnostics::new(strictness);
    let mut row = 0_u64;
    for group in 0..file.num_row_groups() {
        let in_group = |row: u64| move |e: ParquetError| bad(row, e.to_string());
        for column in at {
            check_range(file.metadata().row_group(group).column(column), length).map_err(in_group(row))?;
        }
        let group = guarded(|| file.get_row_group(group)).map_err(in_group(row))?;
        let mut columns = Vec::with_capacity(at.len());
        for column in at {
            columns.push(guarded(|| Column::open(&*group, column)).map_err(in_group(row))?);
        }
        let mut left = group.metadata().num_rows() as usize;
        while left > 0 {
            let rows = left.min(BATCH);
            let mut next = |column: usize| {
                let cells = guarded(|| columns[column].read(rows)).map_err(in_group(row))?;
                if cells.len() < rows {
                    let name = &header[at[column]];
                    return Err(bad(row, format!("column {name:?} ends before the others")));
                }
                Ok(cells)
            };
            let (from, to, costs) = (next(0)?, next(1)?, next(2)?);
            for ((from, to), cost) in from.iter().zip(&to).zip(&costs) {
                let cell = |end: usize| place.clone().record(row as usize).field(header[at[end]].as_str());
                let codes = [&*from.code(), &*to.code()];
                ways.add(codes, cost.number(), cost, row, cell, &mut found)?;
                row += 1;
            }
            left -= rows;
        }
    }
    ways.finish(found, |row| place.clone().record(row as usize))
}

/// Fails when a column lies outside its file.
pub(super) fn check_range(
    column: &ColumnChunkMetaData,
    length: u64,
) -> std::result::Result<(), ParquetError> {
    let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    let inside = |start: i64, bytes: i64| {
        let end = u64::try_from(start).ok()?.checked_add(u64::try_from(bytes).ok()?)?;
        (end <= length).then_some(())
    };
    inside(start, column.compressed_size()).ok_or_else(|| {
        ParquetError::General("the file is damaged or cut short: write or download it again".to_owned())
    })
}

/// What the decoder gives. Where columns are is checked before; but that a page holds as many levels and
/// values as it says shows only while it is decoded, and there `parquet` asserts what a damaged file breaks.
pub(super) fn guarded<T>(
    f: impl FnOnce() -> std::result::Result<T, ParquetError>,
) -> std::result::Result<T, ParquetError> {
    // What was being decoded is dropped with the error: no broken state is seen again.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).unwrap_or_else(|_| {
        Err(ParquetError::General("the file is damaged: write or download it again".to_owned()))
    })
}

/// Whether cells of a column can be read as they are.
pub(super) fn check(column: &ColumnDescriptor) -> std::result::Result<(), String> {
    if column.max_rep_level() > 0 || column.max_def_level() > 1 {
        return Err("is nested; give it one value per row".to_owned());
    }
    let scaled = matches!(
        column.logical_type_ref(),
        Some(LogicalType::Decimal { .. } | LogicalType::Time { .. } | LogicalType::Timestamp { .. })
    ) || column.converted_type() == ConvertedType::DECIMAL;
    let plain = matches!(
        column.physical_type(),
        Type::INT32 | Type::INT64 | Type::FLOAT | Type::DOUBLE | Type::BYTE_ARRAY
    );
    if scaled || !plain {
        return Err("is neither text, integer nor floating-point; convert it to one of them".to_owned());
    }
    Ok(())
}

/// A value of a column.
#[derive(Debug)]
pub(super) enum Cell {
    Null,
    Integer(i64),
    Float(f64),
    Text(ByteArray),
    Boolean(bool),
}

impl Cell {
    fn code(&self) -> Cow<'_, str> {
        match self {
            Self::Text(bytes) => bytes.as_utf8().unwrap_or_default().trim().into(),
            _ => self.to_string().into(),
        }
    }

    fn number(&self) -> Number {
        match self {
            Self::Null => Number::Blank,
            Self::Float(v) if v.is_nan() => Number::Blank,
            Self::Boolean(_) => Number::Invalid,
            Self::Float(v) if v.is_infinite() => Number::Invalid,
            Self::Float(v) => Number::Value(*v),
            Self::Integer(v) => Number::Value(*v as f64),
            Self::Text(bytes) => bytes.as_utf8().map_or(Number::Invalid, Number::parse),
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Float(v) => write!(f, "{v}"),
            Self::Boolean(v) => write!(f, "{v}"),
            Self::Text(bytes) => f.write_str(&String::from_utf8_lossy(bytes.data())),
        }
    }
}

/// A column of a row group.
pub(super) struct Column {
    reader: ColumnReader,
    /// Without a sign: large values look negative in the file.
    unsigned: bool,
}

impl Column {
    pub(super) fn open(group: &dyn RowGroupReader, column: usize) -> std::result::Result<Self, ParquetError> {
        let descriptor = group.metadata().column(column).column_descr();
        let unsigned = matches!(
            descriptor.converted_type(),
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64
        );
        Ok(Self { unsigned, reader: group.get_column_reader(column)? })
    }

    pub(super) fn read(&mut self, rows: usize) -> std::result::Result<Vec<Cell>, ParquetError> {
        let unsigned = self.unsigned;
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(r) => batch(r, rows, Cell::Text),
            ColumnReader::DoubleColumnReader(r) => batch(r, rows, Cell::Float),
            ColumnReader::FloatColumnReader(r) => batch(r, rows, |v| Cell::Float(shortest(v))),
            ColumnReader::Int32ColumnReader(r) => batch(r, rows, |v| {
                Cell::Integer(if unsigned { i64::from(v.cast_unsigned()) } else { i64::from(v) })
            }),
            ColumnReader::Int64ColumnReader(r) => batch(r, rows, Cell::Integer),
            ColumnReader::BoolColumnReader(r) => batch(r, rows, Cell::Boolean),
            _ => Err(ParquetError::General("a column changed its type".to_owned())),
        }
    }
}

/// The double with the digits of a float: 12.1 stays 12.1.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or_else(|_| f64::from(value))
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    cell: impl Fn(T::T) -> Cell,
) -> std::result::Result<Vec<Cell>, ParquetError> {
    let (mut levels, mut values) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let (records, ..) = reader.read_records(rows, Some(&mut levels), None, &mut values)?;
    let mut values = values.into_iter();
    if levels.is_empty() {
        return Ok(values.map(cell).collect());
    }
    Ok(levels[..records]
        .iter()
        .map(|&l| if l == 0 { None } else { values.next() })
        .map(|v| v.map_or(Cell::Null, &cell))
        .collect())
}
