//! Rurality, spatial structure and inequality, told, drawn and as tables.

use std::path::PathBuf;

use super::{inequality, rural_funding, score_name, structure, typologies, what_if};
use crate::error::{Error, Result};
use crate::model::Level;
use crate::read::csv::Reader;
use crate::read::{CodeBook, ColumnNames, Role, territory_values_by};
use crate::report::Outlet;
use crate::study::{SpatialOptions, Study, TerritoryScore};

/// Inhabitants that amounts are counted per.
const PER_INHABITANTS: f64 = 10_000.0;

/// What figures of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum FigureKind {
    /// Taken as they are: densities, rates, shares.
    #[default]
    AsTheyAre,
    /// Amounts, to be counted per 10,000 inhabitants.
    Amounts,
}

/// A table with a figure for each territory.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FigureTable {
    /// The file.
    pub path: PathBuf,
    /// Its column of figures; [`FigureTable::new`] says how it may be named.
    pub column: String,
    /// Other columns by what they tell.
    pub names: ColumnNames,
    /// What the figures are.
    pub kind: FigureKind,
    /// Puts codes of territories right.
    pub codes: CodeBook,
}

impl FigureTable {
    /// A file with its columns: the name of that of figures, and others as `ROLE=NAME`. Where none of figures
    /// is named the request says which columns there are.
    ///
    /// # Errors
    /// Those of [`ColumnNames::parse`].
    pub fn new(path: impl Into<PathBuf>, columns: &[String]) -> Result<Self> {
        let names = ColumnNames::parse(columns.iter().filter(|c| c.contains('=')).collect::<Vec<_>>())?;
        let plain = columns.iter().find(|c| !c.contains('=')).map(String::as_str);
        let (path, column) = (path.into(), plain.or(names.get(Role::Figure)).unwrap_or_default().to_owned());
        Ok(Self { path, column, names, kind: FigureKind::AsTheyAre, codes: CodeBook::default() })
    }

    /// Sets what the figures are.
    #[must_use]
    pub const fn kind(mut self, kind: FigureKind) -> Self {
        self.kind = kind;
        self
    }

    /// Sets what puts codes right.
    #[must_use]
    pub fn codes(mut self, book: CodeBook) -> Self {
        self.codes = book;
        self
    }

    /// What it says of the territories of a level, and what to call that.
    fn read(&self, study: &Study, level: &Level, outlet: &mut Outlet<'_>) -> Result<(String, Vec<f64>)> {
        let level = study.atlas().level(level)?;
        let table = Reader::default().open_path(&self.path)?;
        if self.column.is_empty() {
            let (file, columns) = (table.file(), table.header().join(", "));
            return Err(Error::Request(outlet.language.pick(
                format!(
                    "--column\u{a0}: nommez la colonne des chiffres, --column NOM\u{202f}; les colonnes de {file} sont \
                     {columns}"
                ),
                format!("--column: name the column of figures, --column NAME; {file} has the columns {columns}"),
            )));
        }
        let (mut values, found) = territory_values_by(table, level, &self.column, &self.names, &self.codes)?;
        outlet.account(&format!("FIGURES {}", self.path.display()), &found);
        if self.kind == FigureKind::AsTheyAre {
            return Ok((self.column.clone(), values));
        }
        for (value, territory) in values.iter_mut().zip(level.territories()) {
            *value *= PER_INHABITANTS / territory.population.filter(|p| *p > 0.0).unwrap_or(f64::NAN);
        }
        let unit = outlet.language.pick("pour 10\u{202f}000 habitants", "per 10,000 inhabitants");
        Ok((format!("{} {unit}", self.column), values))
    }
}

/// What is measured of which territories.
///
/// ```no_run
/// use rurban::france::{EmbeddedFrance, FranceOptions};
/// use rurban::model::Level;
/// use rurban::report::rurality::RuralityRequest;
/// use rurban::report::{Language, Outlet};
/// use rurban::study::StudyOptions;
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// let france = EmbeddedFrance::load_drawn(&FranceOptions::default(), outlet.observer())?;
/// let (study, _) = france.into_study(&StudyOptions::default(), outlet.observer())?;
/// RuralityRequest::default().level(Level::PetrPays).run(&study, &mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RuralityRequest {
    /// Level whose spatial structure is measured.
    pub level: Level,
    /// What is measured of its territories.
    pub value: TerritoryScore,
    /// Figures of the user's own to measure instead.
    pub table: Option<FigureTable>,
    /// How spatial structure is tested.
    pub options: SpatialOptions,
}

impl Default for RuralityRequest {
    /// The way to research, by EPCI.
    fn default() -> Self {
        let value = TerritoryScore::ResearchDistance;
        Self { level: Level::Epci, value, table: None, options: SpatialOptions::default() }
    }
}

impl RuralityRequest {
    setters! {
        level: Level,
        value: TerritoryScore,
        table: Option<FigureTable>,
        options: SpatialOptions,
    }

    /// Says who lives in what kind of territory, how much thresholds decide, whether like territories lie side
    /// by side and how unequally they are endowed; writes the tables and pictures. Gives what it wrote.
    ///
    /// # Errors
    /// [`Error::Unknown`] for a level or column there is not, [`Error::Request`] where the column of figures is
    /// not named; those of [`Study::spatial_structure`];
    /// [`Error::Io`].
    pub fn run(&self, study: &Study, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let (label, values) = if let Some(table) = &self.table {
            table.read(study, &self.level, outlet)?
        } else {
            let measures = study.territory_measures(&self.level, &study.reach(outlet.progress)?)?;
            let label = score_name(self.value, outlet.language).to_owned();
            (label, measures.iter().map(|m| self.value.of(m)).collect())
        };
        let (wording, named) = (outlet.wording(), (label.as_str(), values.as_slice()));
        let mut report = typologies(study, &wording)?;
        report.append(what_if(study, &wording)?);
        report.append(structure(study, &self.level, named, &self.options, &wording)?);
        report.append(inequality(study, &self.level, named, &wording)?);
        report.append(rural_funding(study, &wording)?);
        outlet.deliver(&report)
    }
}
