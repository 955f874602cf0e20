use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::write::same_length;

/// One column of a [`Table`]: values of one kind, each of which may be missing.
///
/// Made from vectors and slices by `From`: `Vec<f64>`, `&[f64]` (borrowed), `Vec<i64>`, `Vec<u32>`,
/// `Vec<usize>`, `Vec<bool>`, `Vec<String>`, `Vec<&str>`, `&[String]` (borrowed), and the vectors of
/// `Option` of these.
#[derive(Debug, Clone, PartialEq)]
pub enum Column<'a> {
    /// Text; `None` where missing.
    Text(Vec<Option<Cow<'a, str>>>),
    /// Whole numbers; `None` where missing.
    Integer(Vec<Option<i64>>),
    /// Numbers; [`f64::NAN`] where missing.
    Number(Cow<'a, [f64]>),
    /// Yes or no; `None` where missing.
    Boolean(Vec<Option<bool>>),
}

/// One value of a column, as the writers see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Boolean(bool),
}

impl Column<'_> {
    /// Number of values, missing ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(v) => v.len(),
            Self::Integer(v) => v.len(),
            Self::Number(v) => v.len(),
            Self::Boolean(v) => v.len(),
        }
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value in `row`, which is below [`Column::len`].
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Text(v) => v[row].as_deref().map_or(Cell::Missing, Cell::Text),
            Self::Integer(v) => v[row].map_or(Cell::Missing, Cell::Integer),
            Self::Number(v) if v[row].is_nan() => Cell::Missing,
            Self::Number(v) => Cell::Number(v[row]),
            Self::Boolean(v) => v[row].map_or(Cell::Missing, Cell::Boolean),
        }
    }
}

macro_rules! column_from {
    ($($kind:ident: $item:ty => $convert:expr;)*) => {$(
        impl<'a> From<Vec<$item>> for Column<'a> {
            fn from(values: Vec<$item>) -> Self {
                Self::$kind(values.into_iter().map(|v| Some($convert(v))).collect())
            }
        }
        impl<'a> From<Vec<Option<$item>>> for Column<'a> {
            fn from(values: Vec<Option<$item>>) -> Self {
                Self::$kind(values.into_iter().map(|v| v.map($convert)).collect())
            }
        }
    )*};
}

column_from! {
    Text: String => Cow::Owned;
    Text: &'a str => Cow::Borrowed;
    Integer: i64 => std::convert::identity;
    Integer: u32 => i64::from;
    // A count in memory is far below 2^63.
    Integer: usize => |v: usize| i64::try_from(v).unwrap_or(i64::MAX);
    Boolean: bool => std::convert::identity;
}

impl From<Vec<f64>> for Column<'_> {
    fn from(values: Vec<f64>) -> Self {
        Self::Number(Cow::Owned(values))
    }
}

impl<'a> From<&'a [f64]> for Column<'a> {
    fn from(values: &'a [f64]) -> Self {
        Self::Number(Cow::Borrowed(values))
    }
}

impl From<Vec<Option<f64>>> for Column<'_> {
    fn from(values: Vec<Option<f64>>) -> Self {
        values.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect::<Vec<_>>().into()
    }
}

impl<'a> From<&'a [String]> for Column<'a> {
    fn from(values: &'a [String]) -> Self {
        Self::Text(values.iter().map(|v| Some(Cow::Borrowed(v.as_str()))).collect())
    }
}

/// Named columns of equal length: rows of a CSV file, properties of GeoJSON features, attributes of
/// GraphML nodes and edges.
///
/// ```
/// use rurban::write::Table;
/// let table = Table::new()
///     .with("code", vec!["01001", "01002"])?
///     .with("location quotient", vec![1.25, f64::NAN])?;
/// assert_eq!((table.rows(), table.columns().len()), (2, 2));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table<'a> {
    columns: Vec<(Cow<'a, str>, Column<'a>)>,
}

impl<'a> Table<'a> {
    /// A table without columns.
    #[must_use]
    pub const fn new() -> Self {
        Self { columns: Vec::new() }
    }

    /// Adds a column at the end.
    ///
    /// # Errors
    /// [`Error::Shape`] when its length is not that of the columns before it, [`Error::Parameter`]
    /// when there is a column of that name already.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, column: impl Into<Column<'a>>) -> Result<()> {
        let (name, column) = (name.into(), column.into());
        if let Some((_, first)) = self.columns.first() {
            same_length("table column", first.len(), column.len())?;
        }
        if self.columns.iter().any(|(n, _)| *n == name) {
            return Err(Error::Parameter {
                name: "table column",
                value: name.into_owned(),
                must: "must have a name that no other column of the table has",
            });
        }
        self.columns.push((name, column));
        Ok(())
    }

    /// The table with a further column, for chaining.
    ///
    /// # Errors
    /// As [`Table::push`].
    pub fn with(mut self, name: impl Into<Cow<'a, str>>, column: impl Into<Column<'a>>) -> Result<Self> {
        self.push(name, column)?;
        Ok(self)
    }

    /// Number of rows; 0 without columns.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, c)| c.len())
    }

    /// The columns with their names, in order.
    #[must_use]
    pub fn columns(&self) -> &[(Cow<'a, str>, Column<'a>)] {
        &self.columns
    }

    /// The table with other names and columns, each made of a column by its name.
    ///
    /// `change` keeps the number of rows; names that come twice are the caller's to avoid.
    #[must_use]
    pub(crate) fn map(self, mut change: impl FnMut(&str, Column<'a>) -> (Cow<'a, str>, Column<'a>)) -> Self {
        Self { columns: self.columns.into_iter().map(|(name, column)| change(&name, column)).collect() }
    }

    /// Checks that the table describes `expected` things; a table without columns describes any
    /// number.
    pub(super) fn check_rows(&self, what: &'static str, expected: usize) -> Result<()> {
        if self.columns.is_empty() { Ok(()) } else { same_length(what, expected, self.rows()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_must_agree() {
        let table = Table::new().with("a", vec![1.0, 2.0]).unwrap();
        let short = table.clone().with("b", vec!["x"]).unwrap_err();
        assert!(matches!(short, Error::Shape { expected: 2, got: 1, .. }), "{short}");
        let twice = table.with("a", vec![1_i64, 2]).unwrap_err();
        assert!(matches!(twice, Error::Parameter { .. }), "{twice}");
    }

    #[test]
    fn missing_values_of_every_kind_are_missing() {
        let names = vec!["x".to_owned()];
        let columns: [Column<'_>; 5] = [
            vec![None, Some("t")].into(),
            vec![None, Some(3_u32)].into(),
            vec![None, Some(0.5)].into(),
            vec![None, Some(true)].into(),
            names.as_slice().into(),
        ];
        assert!(columns[..4].iter().all(|c| c.cell(0) == Cell::Missing));
        let present = [Cell::Text("t"), Cell::Integer(3), Cell::Number(0.5), Cell::Boolean(true)];
        assert!(columns[..4].iter().zip(present).all(|(c, p)| c.cell(1) == p));
        assert_eq!(columns[4].cell(0), Cell::Text("x"));
    }
}
