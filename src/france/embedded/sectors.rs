use serde::{Deserialize, Serialize};

use super::table::{number, table};
use crate::atlas::Atlas;
use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::matrix::Matrix;
use crate::model::Level;
use crate::profiles::{Activity, ProfileCell, ProfileRules, Profiles};

/// Employees and establishments by département and sector: a proxy for the structure of employment
/// (applications for short-time work in 2020), not a census. It under-counts farming, finance and
/// public services.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SectorTable {
    /// Département codes: the rows.
    pub departements: Vec<String>,
    /// Sector codes (NACE rev. 2, 17 groups): the columns.
    pub sectors: Vec<String>,
    /// Sector names.
    pub sector_names: Vec<String>,
    /// Employees; `NaN` where the source has no cell.
    pub employees: Matrix,
    /// Establishments; `NaN` where the source has no cell.
    pub establishments: Matrix,
}

/// What [`SectorTable::profiles`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectorCount {
    /// Employees.
    Employees,
    /// Establishments.
    Establishments,
}

impl SectorTable {
    /// The table as profiles of the départements. Cells that the source does not have are masked: it
    /// does not say whether they are zero.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas has no départements.
    pub fn profiles(&self, atlas: &Atlas, count: SectorCount) -> Result<(Profiles, Diagnostics)> {
        let (unit, values) = match count {
            SectorCount::Employees => ("employees", &self.employees),
            SectorCount::Establishments => ("establishments", &self.establishments),
        };
        let activities: Vec<Activity> = self
            .sectors
            .iter()
            .zip(&self.sector_names)
            .map(|(code, name)| Activity::new(code, name))
            .collect::<Result<_>>()?;
        let rules = ProfileRules::default().nomenclature(activities);
        let level = atlas.level(&Level::Departement)?;
        let mut profiles = Profiles::builder(unit, level, &rules, "employees_by_departement.csv");
        for (d, territory) in self.departements.iter().enumerate() {
            for (s, activity) in self.sectors.iter().enumerate() {
                let count = Some(values[(d, s)]).filter(|v| !v.is_nan());
                profiles.add(ProfileCell { territory, activity, name: None, count, line: None })?;
            }
        }
        profiles.finish()
    }
}

pub(super) fn read_sectors() -> Result<SectorTable> {
    let names = table!("sectors").read()?;
    let cells = table!("employees_by_departement").read()?;
    let sectors: Vec<String> = names.rows.iter().map(|r| r[0].to_owned()).collect();
    let mut departements: Vec<String> = cells.rows.iter().map(|r| r[0].to_owned()).collect();
    departements.sort_unstable();
    departements.dedup();
    let mut employees = Matrix::filled(departements.len(), sectors.len(), f64::NAN);
    let mut establishments = employees.clone();
    for r in &cells.rows {
        if let (Ok(d), Some(s)) = (
            departements.binary_search_by(|x| x.as_str().cmp(&r[0])),
            sectors.iter().position(|s| *s == r[1]),
        ) {
            employees[(d, s)] = number(&r[2]).unwrap_or(f64::NAN);
            establishments[(d, s)] = number(&r[3]).unwrap_or(f64::NAN);
        }
    }
    let sector_names = names.rows.iter().map(|r| r[1].to_owned()).collect();
    Ok(SectorTable { departements, sectors, sector_names, employees, establishments })
}
