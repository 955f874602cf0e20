//! Figures of the user's own, one for each territory.

use super::costs::CostEnds;
use super::csv::Table;
use super::number::Number;
use super::profiles::TERRITORY;
use crate::atlas::AtlasLevel;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result};

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
/// [`Error::Unknown`] when a column is missing or both are one; those of [`Table::for_each`].
pub fn territory_values(
    table: Table<'_>,
    level: &AtlasLevel,
    value: &str,
) -> Result<(Vec<f64>, Diagnostics)> {
    let figure = table.require(&[value])?;
    let code = table.require(&TERRITORY)?;
    if code == figure {
        return Err(Error::Unknown {
            kind: "column",
            value: TERRITORY.join(" or "),
            hint: Some(format!("{value:?} is the column of values; one of territory codes is needed")),
        });
    }
    let territories = CostEnds::territories(level);
    let mut values = vec![f64::NAN; level.territories().len()];
    let found = table.for_each(|row, found| {
        let at = territories.find(row.get(code), || row.place_of(code), "unknown_territory", found)?;
        let Some(at) = at.map(|at| at as usize) else { return Ok(()) };
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
            Number::Invalid => ("bad_value", format!("\"{}\" is no number", row.get(figure))),
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
        assert!(values[0].is_nan());
        assert_eq!(values[1..], [-1234.5, 0.0]);
        assert_eq!((found.seen(), found.kept(), found.dropped()), (5, 2, 3));
        for kind in ["unknown_territory", "bad_value", "blank_value"] {
            assert_eq!(found.count(kind), 1, "{kind}: {found}");
        }
        assert!(found.to_string().contains("lost its leading zero"), "{found}");
        let error = read(text, Strictness::Strict).unwrap_err().to_string();
        assert!(error.starts_with("v.csv:2"), "{error}");
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
