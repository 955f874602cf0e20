//! Tables of figures by territory and activity.

use std::path::{Path, PathBuf};

use super::codes::CodeBook;
use super::csv::Reader;
use super::names::{self, ColumnNames, Role, fold};
use super::number::Number;
use super::records::{Records, Row};
use super::values::TerritoryFinder;
use crate::atlas::{Atlas, AtlasLevel};
use crate::diagnostics::{Diagnostics, Place, printable};
use crate::error::{Error, Result};
use crate::model::{CommuneCode, Level};
use crate::profiles::{ProfileCell, ProfileRules, Profiles};

/// Columns of wide tables that hold no figures by activity: names, years, totals, populations.
const NO_ACTIVITIES: [&str; 30] = [
    "name",
    "nom",
    "libgeo",
    "libelle",
    "libterritoire",
    "departementname",
    "annee",
    "year",
    "an",
    "periode",
    "total",
    "totaux",
    "ensemble",
    "tous",
    "toutes",
    "totalgeneral",
    "soustotal",
    "all",
    "sum",
    "somme",
    "population",
    "pop",
    "populationmunicipale",
    "pmun",
    "habitants",
    "superficie",
    "surface",
    "densite",
    "lon",
    "lat",
];

/// Reads figures by territory and activity from any spreadsheet's CSV: *long*, one row for each
/// figure, or *wide*, a row for each territory and a column for each activity (where there is no
/// column of activities).
///
/// Figures withheld (`s`, `c`) and cells without one (empty, `nd`) are masked, not zero; a figure
/// that has no row or column is zero.
///
/// ```no_run
/// use rurban::france::EmbeddedFrance;
/// use rurban::model::Level;
/// use rurban::profiles::{Codes, ProfileRules};
/// use rurban::read::ProfileReader;
/// # fn main() -> rurban::Result<()> {
/// # #[cfg(feature = "france-data")] {
/// let france = EmbeddedFrance::load()?;
/// let rules = ProfileRules::default().codes(Codes::PrefixesOf(2));
/// let reader = ProfileReader::new(Level::Commune, "jobs")
///     .rules(rules)
///     .renamed(&EmbeddedFrance::commune_code_history()?);
/// let (jobs, found) = reader.read_path("jobs.csv", &france.atlas)?;
/// println!("{} divisions; {found}", jobs.activities().len());
/// # }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct ProfileReader {
    level: Level,
    unit: String,
    columns: ColumnNames,
    rules: ProfileRules,
    codes: CodeBook,
}

impl ProfileReader {
    /// A reader for figures by territory of this level, `unit` being what they count.
    pub fn new(level: Level, unit: impl Into<String>) -> Self {
        Self {
            level,
            unit: unit.into(),
            columns: ColumnNames::default(),
            rules: ProfileRules::default(),
            codes: CodeBook::default(),
        }
    }

    /// Names the column of territory codes.
    pub fn territory(mut self, column: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Territory, column);
        self
    }

    /// Names the column of activity codes.
    pub fn activity(mut self, column: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Activity, column);
        self
    }

    /// Names the column of figures.
    pub fn count(mut self, column: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Figure, column);
        self
    }

    /// Names columns by what they tell.
    pub fn columns(mut self, names: ColumnNames) -> Self {
        self.columns = names;
        self
    }

    /// Sets how cells become profiles: nomenclature, codes, strictness.
    pub fn rules(mut self, rules: ProfileRules) -> Self {
        self.rules = rules;
        self
    }

    /// Looks codes that the atlas does not have up here, as `(old code, new code)`.
    pub fn renamed(mut self, codes: &[(CommuneCode, CommuneCode)]) -> Self {
        self.codes = CodeBook::new(codes);
        self
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Format`] for text that is no table, [`Error::Unknown`] for a level or a
    /// column that is not there, [`Error::Data`] in strict mode.
    pub fn read_path(&self, path: impl AsRef<Path>, atlas: &Atlas) -> Result<(Profiles, Diagnostics)> {
        let level = atlas.level(&self.level)?;
        self.read(Reader::default().strictness(self.rules.strictness).open_path(path)?, level)
    }

    /// Reads text in memory; `name` stands for the file in findings.
    ///
    /// # Errors
    /// As [`ProfileReader::read_path`].
    pub fn read_str(&self, text: &str, name: &str, atlas: &Atlas) -> Result<(Profiles, Diagnostics)> {
        let level = atlas.level(&self.level)?;
        self.read(Reader::default().strictness(self.rules.strictness).open_str(text, name)?, level)
    }

    /// Reads bytes from anywhere; `name` stands for the file in findings.
    ///
    /// # Errors
    /// As [`ProfileReader::read_path`].
    pub fn read_from(
        &self,
        source: impl std::io::Read + Send,
        name: impl Into<PathBuf>,
        atlas: &Atlas,
    ) -> Result<(Profiles, Diagnostics)> {
        let level = atlas.level(&self.level)?;
        self.read(Reader::default().strictness(self.rules.strictness).open_from(source, name)?, level)
    }

    fn read(&self, mut table: Records<'_>, level: &AtlasLevel) -> Result<(Profiles, Diagnostics)> {
        let territory = table.need(Role::Territory, Role::Territory.names(), &self.columns)?;
        let activity = table.find(Role::Activity, Role::Activity.names(), &self.columns)?;
        // The activity's code, name and figure in a row: of its own columns, or of the header.
        let parts = match activity {
            Some(code) => {
                let count = table.need(Role::Figure, Role::Figure.names(), &self.columns)?;
                let name = table.find(Role::ActivityName, Role::ActivityName.names(), &self.columns)?;
                vec![Part { code: Ok(code), name, count }]
            }
            None => Self::wide(&mut table, territory),
        };
        if parts.is_empty() {
            return Err(Error::Unknown {
                kind: "column",
                value: "activity (naf, activite, secteur …)".to_owned(),
                hint: Some(format!(
                    "there is neither a column of activities nor a column for each; {} has the columns {}; name \
                     the one meant: activity=COLUMN",
                    table.file(),
                    names::listed(table.header())
                )),
            });
        }
        table.judge_numbers(&parts.iter().map(|p| p.count).collect::<Vec<_>>());
        let file = table.file().to_owned();
        let mut profiles = Profiles::builder(self.unit.clone(), level, &self.rules.clone(), file);
        let finder = TerritoryFinder::new(level, &self.codes);
        // The total of a long table is told of once, as the column of a wide one is.
        let mut total_told = false;
        let mut found = table.for_each(|row, found| {
            if let Some(column) = activity.filter(|&c| is_total(row.get(c))) {
                if !std::mem::replace(&mut total_told, true) {
                    let message = format!(
                        "{:?} is the total of all activities, no activity; its rows are left out",
                        printable(row.get(column), 40)
                    );
                    found.remark("total_activity", row.place_of(column), message);
                }
                return Ok(());
            }
            let written = row.get(territory);
            let code = if let Some(at) = finder.find(row, territory, found) {
                level.territories()[at].code.as_str()
            } else {
                if !finder.called(written).is_empty() {
                    found.remark("name_for_code", row.place_of(territory), finder.unknown(written));
                }
                written
            };
            // The builder judges the figures of the row.
            found.keep();
            parts.iter().try_for_each(|part| profiles.add(part.cell(row, code)))
        })?;
        let (profiles, later) = profiles.finish().map_err(|e| e.after(&found))?;
        found.unfold(later);
        Ok((profiles, found))
    }

    /// The columns of a wide table that hold figures of an activity: those left over that hold numbers,
    /// totals and populations left out. What was taken for what is reported.
    fn wide(table: &mut Records<'_>, territory: usize) -> Vec<Part> {
        let header = table.header().to_vec();
        let (mut parts, mut out) = (Vec::new(), Vec::new());
        for (column, name) in header.iter().enumerate().filter(|(c, _)| *c != territory) {
            let folded = fold(name);
            let named = NO_ACTIVITIES.contains(&folded.as_str()) || folded.starts_with("total");
            let (mut cells, mut numbers) = (0_usize, 0_usize);
            for cell in table.sample(column).filter(|c| !c.is_empty()) {
                cells += 1;
                numbers += usize::from(Number::parse(cell) != Number::Invalid);
            }
            if named || 2 * numbers < cells {
                out.push(name.clone());
            } else {
                parts.push(Part { code: Err(name.clone()), name: None, count: column });
                table.take(Role::Activity, column);
            }
        }
        if !out.is_empty() {
            let place = Place::file(table.file().to_owned());
            let message = format!("no activities, left out: {}", names::listed(&out));
            table.diagnostics().remark("no_activity_column", place, message);
        }
        parts
    }
}

/// Whether a code stands for all activities together, as statistical offices write it.
fn is_total(code: &str) -> bool {
    code == "_T"
        || matches!(
            fold(code).as_str(),
            "total"
                | "totaux"
                | "totalgeneral"
                | "ensemble"
                | "tous"
                | "toutes"
                | "toutesactivites"
                | "soustotal"
        )
}

/// Where one figure of a row and its activity stand.
struct Part {
    /// Column of the code, or the code itself.
    code: Result<usize, String>,
    name: Option<usize>,
    count: usize,
}

impl Part {
    fn cell<'a>(&'a self, row: &Row<'a>, territory: &'a str) -> ProfileCell<'a> {
        let count = match row.number(self.count) {
            Number::Value(v) => Some(v),
            Number::Blank | Number::Secret => None,
            // Refused for its value, with its line.
            Number::Invalid => Some(f64::NAN),
        };
        let activity = match &self.code {
            Ok(column) => row.get(*column),
            Err(header) => header,
        };
        ProfileCell { territory, activity, name: row.optional(self.name), count, line: row.line() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atlas::Territory;
    use crate::diagnostics::{Place, Strictness};
    use crate::model::TerritoryCode;
    use crate::profiles::Codes;

    fn atlas() -> Atlas {
        let mut builder = Atlas::builder(Level::Commune, Strictness::Lenient);
        for code in ["32013", "31555"] {
            let territory = Territory::new(TerritoryCode::new(code).unwrap(), code);
            builder.add(territory, Place::file("communes")).unwrap();
        }
        builder.finish().unwrap().0
    }

    #[test]
    fn long_tables_keep_secrecy_apart_from_zero() {
        let text = "CODGEO;NAF;Libellé NAF;Effectifs\n32013;10.71Z;Boulangerie;1 200,5\n32013;25.11Z;;s\n\
                    31555;25.11Z;Structures métalliques;\n31555;10.71Z;;0\n99999;10.71Z;;3\n32013;;;3\n\
                    32013;10.71Z;;-4\n32013;62.01Z;;beaucoup\n31556;10.71Z;;2\n";
        let renamed = [(CommuneCode::new("31556").unwrap(), CommuneCode::new("31555").unwrap())];
        let reader = ProfileReader::new(Level::Commune, "jobs").renamed(&renamed);
        let (jobs, found) = reader.read_str(text, "jobs.csv", &atlas()).unwrap();
        assert_eq!(jobs.activities().len(), 2);
        assert_eq!(jobs.activities()[1].name, "Structures métalliques");
        let t = jobs.table();
        assert_eq!((t.count(0, 0), t.count(1, 0)), (Some(1200.5), Some(2.0)));
        assert_eq!(t.masked(), [(0, 1), (1, 1)]);
        for kind in ["unknown_territory", "no_activity", "former_code", "repeated_cell"] {
            assert_eq!(found.count(kind), 1, "{kind}: {found}");
        }
        assert_eq!(found.count("bad_count"), 2);
        assert_eq!((found.seen(), found.kept(), found.dropped()), (9, 5, 4));
        let bad = found.findings().iter().find(|f| f.kind == "unknown_territory").unwrap();
        assert!(bad.to_string().contains("jobs.csv:6"), "{bad}");
    }

    #[test]
    fn wide_tables_have_a_column_for_each_activity() {
        let text = "code,libgeo,industrie,agriculture\n32013,Auch,10,20\n31555,Toulouse,c,1\n";
        let (jobs, found) =
            ProfileReader::new(Level::Commune, "jobs").read_str(text, "w.csv", &atlas()).unwrap();
        let codes: Vec<&str> = jobs.activities().iter().map(|a| a.code.as_str()).collect();
        assert_eq!(codes, ["agriculture", "industrie"]);
        assert_eq!((jobs.table().total(), jobs.table().masked()), (31.0, &[(1, 1)][..]));
        assert_eq!((found.seen(), found.kept()), (4, 4));
        let reader = ProfileReader::new(Level::Commune, "jobs");
        assert!(reader.read_str("code,nom\n1,a\n", "w.csv", &atlas()).is_err());
        assert!(reader.read_str("code,naf\n1,a\n", "w.csv", &atlas()).is_err());
        assert!(ProfileReader::new(Level::Epci, "jobs").read_str(text, "w.csv", &atlas()).is_err());
    }

    #[test]
    fn the_total_of_a_long_table_is_no_activity() {
        let text = "code;NAF;effectifs\n32013;10.71Z;4\n32013;TOTAL;10\n31555;25.11Z;6\n31555;Ensemble;6\n";
        let rules = ProfileRules::default().codes(Codes::PrefixesOf(2));
        let reader = ProfileReader::new(Level::Commune, "jobs").rules(rules);
        let (jobs, found) = reader.read_str(text, "t.csv", &atlas()).unwrap();
        let codes: Vec<&str> = jobs.activities().iter().map(|a| a.code.as_str()).collect();
        assert_eq!((codes, jobs.table().total()), (vec!["10", "25"], 10.0));
        assert_eq!((found.count("total_activity"), found.kept(), found.dropped()), (1, 2, 0), "{found}");
    }

    #[test]
    fn mixed_levels_of_a_nomenclature_count_once() {
        let text = "territoire,naf,n\n32013,10,30\n32013,10.5,20\n32013,10.51,20\n32013,10.7,10\n31555,10,7\n\
                    31555,1,9\n";
        let read = |codes| {
            let rules = ProfileRules::default().codes(codes);
            ProfileReader::new(Level::Commune, "jobs").rules(rules).read_str(text, "m.csv", &atlas()).unwrap()
        };
        let (flat, found) = read(Codes::Flat);
        assert_eq!((flat.table().total(), found.count("mixed_levels")), (96.0, 4));
        let (finest, found) = read(Codes::Prefixes);
        assert_eq!((finest.table().region_totals(), found.count("subtotal")), (&[30.0, 7.0][..], 3));
        let (cut, found) = read(Codes::PrefixesOf(2));
        assert_eq!((cut.activities().len(), cut.table().region_totals()), (1, &[30.0, 7.0][..]));
        assert_eq!((found.count("part_of_a_total"), found.count("coarser_than_asked")), (3, 1));
        assert_eq!(found.seen(), found.kept() + found.dropped());
    }
}
