//! Complementarity on the embedded France or on figures of a user, told, drawn and as tables.

use std::path::PathBuf;

use super::{Nomenclature, Sides, Subject, complementarity, contracts};
use crate::diagnostics::Strictness;
use crate::error::Result;
use crate::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use crate::model::Level;
use crate::profiles::{Codes, ProfileRules};
use crate::read::{ColumnNames, ProfileReader};
use crate::report::Outlet;
use crate::study::{ComplementarityOptions, Study, StudyOptions};

/// A table of figures by territory and activity, long or wide.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ActivityTable {
    /// The file.
    pub path: PathBuf,
    /// Level of its territories.
    pub level: Level,
    /// How its figures are taken.
    pub rules: ProfileRules,
    /// Columns given by name.
    pub columns: ColumnNames,
}

impl ActivityTable {
    /// A file of territories of a level, its figures taken as they are.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, level: Level) -> Self {
        Self { path: path.into(), level, rules: ProfileRules::default(), columns: ColumnNames::default() }
    }

    /// Cuts its codes of activities to so many characters, when given (NAF divisions: 2).
    #[must_use]
    pub fn digits(mut self, digits: Option<usize>) -> Self {
        if let Some(digits) = digits {
            self.rules = self.rules.codes(Codes::PrefixesOf(digits));
        }
        self
    }

    /// Sets how the file is read.
    #[must_use]
    pub fn reading(mut self, columns: ColumnNames, strictness: Strictness) -> Self {
        (self.columns, self.rules) = (columns, self.rules.strictness(strictness));
        self
    }
}

/// What one territory lacks, and under which nomenclatures.
///
/// ```no_run
/// use rurban::report::complementarity::{ComplementarityRequest, Nomenclature};
/// use rurban::report::{Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// ComplementarityRequest::new("Portes de Gascogne").compared(vec![Nomenclature::Fields]).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ComplementarityRequest {
    /// The territory, by name or code.
    pub territory: String,
    /// Its level.
    pub level: Level,
    /// What is compared.
    pub compared: Vec<Nomenclature>,
    /// Figures of the user's own to compare instead.
    pub table: Option<ActivityTable>,
    /// How far partners may be.
    pub radius_km: f64,
    /// How complementarity is measured.
    pub options: ComplementarityOptions,
}

impl ComplementarityRequest {
    /// A PETR or Pays with partners within 300 km, by sectors, fields of research and capabilities.
    #[must_use]
    pub fn new(territory: impl Into<String>) -> Self {
        Self {
            territory: territory.into(),
            level: Level::PetrPays,
            compared: vec![Nomenclature::Sectors, Nomenclature::Fields, Nomenclature::Capabilities],
            table: None,
            radius_km: 300.0,
            options: ComplementarityOptions::default(),
        }
    }

    setters! {
        level: Level,
        table: Option<ActivityTable>,
        options: ComplementarityOptions,
    }

    /// Sets what is compared.
    #[must_use]
    pub fn compared(mut self, nomenclatures: Vec<Nomenclature>) -> Self {
        self.compared = nomenclatures;
        self
    }

    /// Sets how far partners may be.
    #[must_use]
    pub const fn radius_km(mut self, km: f64) -> Self {
        self.radius_km = km;
        self
    }

    /// Says under each nomenclature what the territory lacks, who has it, whether ties join what complements
    /// each other, and where the cities of the reciprocity contracts stand; writes the tables and pictures.
    /// Gives what it wrote.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) for a level or territory there is not; those of
    /// [`ProfileReader::read_path`] and [`Study::complementarity`];
    /// [`Error::Io`](crate::Error::Io).
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        // Domains come with the directory of structures and the projects that tie them.
        let mut options = FranceOptions::default();
        if self.compared.contains(&Nomenclature::Domains) {
            options = options.research(ResearchScope::FirmsWithLaboratories);
        }
        let france = EmbeddedFrance::load_drawn(&options, outlet.progress)?;
        let EmbeddedFrance { atlas, inventory, sectors, reciprocity_contracts, .. } = france;
        let (study, _) = Study::new(atlas, inventory, &StudyOptions::default(), outlet.progress)?;
        let row = study.atlas().level(&self.level)?.search(&self.territory)?;
        let radius_m = self.radius_km * 1e3;
        let mut compared: Vec<(Subject, Sides)> = Vec::new();
        if let Some(table) = &self.table {
            let reader = ProfileReader::new(table.level.clone(), "as in the table")
                .rules(table.rules.clone())
                .columns(table.columns.clone())
                .renamed(&EmbeddedFrance::commune_code_history()?);
            let (giving, found) = reader.read_path(&table.path, study.atlas())?;
            outlet.account(&format!("FIGURES {}", table.path.display()), &found);
            let title = table.path.file_stem().map_or("table".into(), |s| s.to_string_lossy());
            let sides = Sides::summed(&study, giving, found, &self.level)?;
            compared.push((Subject::new(row, title, radius_m), sides));
        } else {
            for nomenclature in &self.compared {
                let subject = nomenclature.subject(row, radius_m, outlet.language);
                compared.push((subject, nomenclature.sides(&study, &sectors, &self.level)?));
            }
        }
        let (wording, mut written) = (outlet.wording(), Vec::new());
        for (subject, sides) in &compared {
            let found =
                study.complementarity(&sides.giving, sides.receiving.as_ref(), &self.options.clone())?;
            let mut part = complementarity(&found, sides, subject, outlet.progress, &wording)?;
            part.append(contracts(&found, &reciprocity_contracts, &wording)?);
            written.extend(outlet.deliver(&part)?);
        }
        Ok(written)
    }
}
