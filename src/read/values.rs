//! Figures of the user's own, one for each territory.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::codes::{CodeBook, CodeRepair};
use super::names::{ColumnNames, Role, fold};
use super::number::Number;
use super::records::{Records, Row};
use crate::atlas::AtlasLevel;
use crate::diagnostics::{Diagnostics, printable};
use crate::error::{Error, Result};

/// The territories of a level as tables write them: by code, put right by a book, else by a name that one
/// of them has.
pub(super) struct TerritoryFinder<'a> {
    level: &'a AtlasLevel,
    book: &'a CodeBook,
    /// Those of each name, made when the first name is met.
    named: OnceCell<HashMap<String, Vec<usize>>>,
}

impl<'a> TerritoryFinder<'a> {
    pub(super) const fn new(level: &'a AtlasLevel, book: &'a CodeBook) -> Self {
        Self { level, book, named: OnceCell::new() }
    }

    /// The territory in a cell; what was done to find it is reported. `None` when there is no such territory.
    pub(super) fn find(&self, row: &Row<'_>, column: usize, found: &mut Diagnostics) -> Option<usize> {
        let written = row.get(column);
        if let Some(at) = self.level.find(written) {
            return Some(at);
        }
        if let Some(code) = self.book.find(written, |c| self.level.find(c).is_some()) {
            if let Some(repair) = code.repair {
                let message = repair.message(written, &code.code);
                match repair {
                    CodeRepair::Unglued => found.remark(repair.kind(), row.place_of(column), message),
                    _ => found.repaired(repair.kind(), row.place_of(column), message),
                }
            }
            return self.level.find(&code.code);
        }
        let [one] = *self.called(written) else { return None };
        let code = &self.level.territories()[one].code;
        let message = format!("{:?} is the name of {code}, which is taken", printable(written, 60));
        found.remark("territory_by_name", row.place_of(column), message);
        Some(one)
    }

    /// The territories of a name.
    pub(super) fn called(&self, written: &str) -> &[usize] {
        let named = self.named.get_or_init(|| {
            let mut named = HashMap::<String, Vec<usize>>::new();
            for (i, t) in self.level.territories().iter().enumerate() {
                named.entry(name_key(&t.name)).or_default().push(i);
            }
            named
        });
        let key = name_key(written);
        named.get(&key).filter(|_| key.contains(char::is_alphabetic)).map_or(&[], Vec::as_slice)
    }

    /// What to say of a code that no territory has.
    pub(super) fn unknown(&self, written: &str) -> String {
        let hint = match self.called(written) {
            [] if written == "20" => "; Corse is 2A and 2B".to_owned(),
            [] if matches!(written, "69D" | "69M") => "; the parts of the Rhône are 69 here".to_owned(),
            [] => String::new(),
            all => {
                let few = all.iter().take(4).map(|&i| self.level.territories()[i].code.to_string());
                format!("; it is the name of {}: give codes", few.collect::<Vec<_>>().join(", "))
            }
        };
        format!("there is no territory {:?}{hint}", printable(written, 60))
    }
}

/// A name folded, with what intercommunalities are in short.
fn name_key(name: &str) -> String {
    let name = fold(name);
    let kinds =
        [("communautedecommunes", "cc"), ("communautedagglomeration", "ca"), ("communauteurbaine", "cu")];
    let short = kinds.iter().find_map(|(long, short)| Some(format!("{short}{}", name.strip_prefix(long)?)));
    short.unwrap_or(name)
}

/// Reads one figure for each territory of a level: a column of territory codes (any of the usual
/// names), or of names that one territory has, and the column `value`.
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
    let finder = TerritoryFinder::new(level, book);
    let mut values = vec![f64::NAN; level.territories().len()];
    let found = table.for_each(|row, found| {
        let Some(at) = finder.find(row, code, found) else {
            let message = finder.unknown(row.get(code));
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
    fn a_name_that_one_territory_has_is_its_code() {
        let mut builder = Atlas::builder(Level::Epci, Strictness::Strict);
        let names = ["CC du Pays de Foix", "CA Grand Auch", "CC des Vallées", "CC des Vallées"];
        for (i, name) in names.into_iter().enumerate() {
            let territory = Territory::new(TerritoryCode::new(format!("20000000{i}")).unwrap(), name);
            builder.add(territory, Place::file("epci")).unwrap();
        }
        let atlas = builder.finish().unwrap().0;
        let text = "EPCI;valeur\nCC DU PAYS DE FOIX;4\nCommunauté d’agglomération Grand Auch;5\nCC des Vallées;6\n\
                    CC d’ailleurs;7\n200000003;8\n";
        let columns = ColumnNames::default().with(Role::Territory, "EPCI");
        let table = Reader::default().open_str(text, "v.csv").unwrap();
        let (values, found) =
            territory_values_by(table, atlas.base(), "valeur", &columns, &CodeBook::default()).unwrap();
        assert_eq!((values[0], values[1], values[2].is_nan(), values[3]), (4.0, 5.0, true, 8.0));
        let counts = ["territory_by_name", "unknown_territory"].map(|k| found.count(k));
        assert_eq!((found.kept(), found.dropped(), counts), (3, 2, [2, 2]), "{found}");
        assert!(found.to_string().contains("the name of 200000002, 200000003: give codes"), "{found}");
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
