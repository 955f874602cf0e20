//! Figures of the user's own, one for each territory.

use super::codes::{CodeBook, CodeRepair};
use super::names::{ColumnNames, Role};
use super::number::Number;
use super::records::{Records, Row};
use crate::atlas::AtlasLevel;
use crate::diagnostics::{Diagnostics, printable};
use crate::error::{Error, Result};

/// The territory whose code is in a column, put right by the book; what was done is reported. `None`
/// when there is no such territory.
pub(super) fn territory_of(
    row: &Row<'_>,
    column: usize,
    level: &AtlasLevel,
    book: &CodeBook,
    found: &mut Diagnostics,
) -> Option<usize> {
    let written = row.get(column);
    if let Some(at) = level.find(written) {
        return Some(at);
    }
    let code = book.find(written, |c| level.find(c).is_some())?;
    if let Some(repair) = code.repair {
        let message = repair.message(written, &code.code);
        match repair {
            CodeRepair::Unglued => found.remark(repair.kind(), row.place_of(column), message),
            _ => found.repaired(repair.kind(), row.place_of(column), message),
        }
    }
    level.find(&code.code)
}

/// What to say of a code that no territory of a level has.
pub(super) fn unknown_territory(written: &str, level: &AtlasLevel) -> String {
    let folded = super::names::fold(written);
    let named =
        level.territories().iter().find(|t| super::names::fold(&t.name) == folded && !folded.is_empty());
    let hint = match named {
        Some(t) => format!("; it is the name of {}: give codes", t.code),
        None if written == "20" => "; Corse is 2A and 2B".to_owned(),
        None if matches!(written, "69D" | "69M") => "; the parts of the Rhône are 69 here".to_owned(),
        None => String::new(),
    };
    format!("there is no territory {:?}{hint}", printable(written, 60))
}

/// Reads one figure for each territory of a level: a column of territory codes (any of the usual
/// names) and the column `value`.
///
/// Gives the values in the order of the territories, NaN where the table has none. Rows of unknown
/// territories, of territories already met (the first row is kept), and those whose figure is withheld
/// (`s`, `c`), missing (empty, `nd`) or no number are dropped, each kind counted and reported. O(rows).
///
/// ```
/// # #[cfg(feature = "france-data")] {
/// use rurban::france::EmbeddedFrance;
/// use rurban::model::Level;
/// use rurban::read::{csv::Reader, territory_values};
///
/// let france = EmbeddedFrance::load()?;
/// let departements = france.atlas.level(&Level::Departement)?;
/// let text = "dep;nom;medecins pour 1000\n32;Gers;2,9\n09;Ariège;s\n99;Ailleurs;1\n32;Gers;3\n";
/// let table = Reader::default().open_str(text, "doctors.csv")?;
/// let (values, found) = territory_values(table, departements, "medecins pour 1000")?;
/// let gers = departements.search("Gers")?;
/// assert_eq!((values[gers], values.iter().filter(|v| !v.is_nan()).count()), (2.9, 1));
/// let kinds = ["withheld_value", "unknown_territory", "repeated_territory"];
/// assert_eq!((found.kept(), kinds.map(|k| found.count(k))), (1, [1; 3]));
/// # }
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Error::Unknown`] when a column is missing or both are one; those of [`Records::for_each`].
pub fn territory_values(
    table: Records<'_>,
    level: &AtlasLevel,
    value: &str,
) -> Result<(Vec<f64>, Diagnostics)> {
    territory_values_by(table, level, value, &ColumnNames::default(), &CodeBook::default())
}

/// As [`territory_values`], with columns given by name and codes put right by a book.
///
/// # Errors
/// As [`territory_values`].
pub fn territory_values_by(
    mut table: Records<'_>,
    level: &AtlasLevel,
    value: &str,
    columns: &ColumnNames,
    book: &CodeBook,
) -> Result<(Vec<f64>, Diagnostics)> {
    let figure = match columns.get(Role::Figure) {
        Some(_) => table.need(Role::Figure, &[], columns)?,
        None => table.require(&[value])?,
    };
    table.take(Role::Figure, figure);
    let code = table.find(Role::Territory, Role::Territory.names(), columns)?;
    let Some(code) = code.filter(|c| *c != figure) else {
        return Err(Error::Unknown {
            kind: "column",
            value: "territory (codgeo, code_insee, dep, code …)".to_owned(),
            hint: Some(format!(
                "{value:?} is the column of values; one of territory codes is needed; {} has the columns {}; \
                 name the one meant: territory=COLUMN",
                table.file(),
                super::names::listed(table.header())
            )),
        });
    };
    table.judge_numbers(&[figure]);
    let mut values = vec![f64::NAN; level.territories().len()];
    let found = table.for_each(|row, found| {
        let Some(at) = territory_of(row, code, level, book, found) else {
            let message = unknown_territory(row.get(code), level);
            return found.drop_record("unknown_territory", row.place_of(code), message);
        };
        let (kind, message) = match row.number(figure) {
            Number::Value(v) if values[at].is_nan() => {
                values[at] = v;
                found.keep();
                return Ok(());
            }
            Number::Value(v) => {
                let message = format!("{} is there already; {v} is left out", row.get(code));
                return found.drop_record("repeated_territory", row.place_of(code), message);
            }
            Number::Secret => ("withheld_value", "the figure is withheld".to_owned()),
            Number::Blank => ("blank_value", "there is no figure".to_owned()),
            Number::Invalid => ("bad_value", format!("{:?} is no number", printable(row.get(figure), 60))),
        };
        found.drop_record(kind, row.place_of(figure), message)
    })?;
    Ok((values, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::{Atlas, Territory};
    use crate::diagnostics::{Place, Strictness};
    use crate::model::{Level, TerritoryCode};
    use crate::read::csv::Reader;

    fn atlas() -> Atlas {
        let mut builder = Atlas::builder(Level::Commune, Strictness::Strict);
        for code in ["01001", "32013", "31555"] {
            let territory = Territory::new(TerritoryCode::new(code).unwrap(), code);
            builder.add(territory, Place::file("communes")).unwrap();
        }
        builder.finish().unwrap().0
    }

    #[test]
    fn what_is_no_figure_is_counted_and_not_zero() {
        let atlas = atlas();
        let read = |text, strictness| {
            let table = Reader::default().strictness(strictness).open_str(text, "v.csv").unwrap();
            territory_values(table, atlas.base(), "valeur")
        };
        let text = "CODGEO;valeur\n1001;4\n32013;-1 234,5\n31555;beaucoup\n31555;\n31555;0\n";
        let (values, found) = read(text, Strictness::Lenient).unwrap();
        assert_eq!(values, [4.0, -1234.5, 0.0]);
        assert_eq!((found.seen(), found.kept(), found.dropped()), (5, 3, 2));
        for kind in ["lost_zero", "bad_value", "blank_value"] {
            assert_eq!(found.count(kind), 1, "{kind}: {found}");
        }
        assert!(found.to_string().contains("lost its leading zero"), "{found}");
        let error = read(text, Strictness::Strict).unwrap_err().to_string();
        assert!(error.starts_with("v.csv:4"), "{error}");
    }

    #[test]
    fn two_columns_are_needed() {
        let atlas = atlas();
        for (text, column) in [("codgeo,x\n32013,1\n", "y"), ("a,x\n32013,1\n", "x"), ("code\n1\n", "code")] {
            let table = Reader::default().open_str(text, "v.csv").unwrap();
            let found = territory_values(table, atlas.base(), column);
            assert!(matches!(found, Err(Error::Unknown { kind: "column", .. })), "{text}");
        }
    }
}
