//! Degree of urbanisation of units (communes) from the cells in them.

use serde::{Deserialize, Serialize};

use super::{CellClass, GridClasses, GridRules, PopulationGrid, degurba_grid};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::matrix::Matrix;

/// Rules of the unit classification at level 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum UnitRules {
    /// Majorities of nested groups of cells (Eurostat, July 2024).
    #[default]
    July2024,
    /// Pluralities between kinds of cells (Eurostat 2021).
    Manual2021,
}

/// Class of a unit at level 2 of the degree of urbanisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitClass {
    /// City (30).
    City,
    /// Dense town (23).
    DenseTown,
    /// Semi-dense town (22).
    SemiDenseTown,
    /// Suburb or peri-urban area (21).
    Suburb,
    /// Village (13).
    Village,
    /// Dispersed rural area (12).
    DispersedRural,
    /// Mostly uninhabited area (11).
    MostlyUninhabited,
}

impl UnitClass {
    /// Code at level 2: 30, 23, 22, 21, 13, 12, 11.
    #[must_use]
    pub const fn code(self) -> u8 {
        [30, 23, 22, 21, 13, 12, 11][self as usize]
    }

    /// Code at level 1: 3 city, 2 town or semi-dense area, 1 rural area.
    #[must_use]
    pub const fn level1(self) -> u8 {
        self.code() / 10
    }
}

/// Population of units by class of cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct UnitShares {
    /// Population of each unit.
    pub population: Vec<f64>,
    /// Share of each unit in each class of cell, urban centre to very low density (columns in the order
    /// of [`CellClass`], water left out): of its population or, when it has none, of its land. NaN where
    /// a unit has neither.
    pub shares: Matrix,
}

/// Which shares of units (communes) are in the classes of cells; `units` gives the unit of each cell.
///
/// # Formula
/// The share of each unit's population in each class of cell or, when it has none, of its land. Shape units ×
/// 7, urban centre to very low density. Cells without data or unit, and water, are left out.
///
/// # Range
/// [0, 1]; each row adds up to 1.
///
/// # Undefined
/// NaN where a unit has neither people nor land.
///
/// # Errors
/// [`Error::Shape`] when the grid, the classes and the units do not have the same number of cells.
///
/// # Complexity
/// O(cells + units).
pub fn unit_shares(grid: &PopulationGrid, classes: &GridClasses, units: &Labels) -> Result<UnitShares> {
    let cells = grid.population().len();
    for (what, got) in [("classes", classes.classes.len()), ("units", units.len())] {
        if got != cells {
            return Err(Error::Shape { what, expected: cells, got });
        }
    }
    let mut people = Matrix::filled(units.classes(), 7, 0.0);
    let mut land = people.clone();
    for (i, (&unit, class)) in units.as_slice().iter().zip(&classes.classes).enumerate() {
        if let Some(class) = class.filter(|c| unit != Labels::NONE && *c != CellClass::Water) {
            people[(unit as usize, class as usize)] += grid.population()[i];
            land[(unit as usize, class as usize)] += grid.land_km2(i);
        }
    }
    let mut population = Vec::with_capacity(units.classes());
    for unit in 0..units.classes() {
        let total: f64 = people.row(unit).iter().sum();
        population.push(total);
        let row = people.row_mut(unit);
        if total == 0.0 {
            row.copy_from_slice(land.row(unit));
        }
        let total: f64 = row.iter().sum();
        for share in row {
            // 0/0 is NaN: neither people nor land.
            *share /= total;
        }
    }
    Ok(UnitShares { population, shares: people })
}

/// How urban each unit is: the degree of urbanisation, levels 1 and 2 ([`UnitClass::level1`]), from
/// [`unit_shares`].
///
/// # Formula
/// City: ≥ 50 % in urban centres. Rural: > 50 % in rural cells. Otherwise a town or semi-dense area. With the
/// rules of July 2024, towns are dense when centres and dense clusters hold ≥ 50 %, suburbs when suburban and
/// rural cells hold ≥ 50 %, else semi-dense; rural units are villages when rural clusters and anything urban
/// hold ≥ 50 %, mostly uninhabited when very low-density cells hold ≥ 50 %, else dispersed. With those of
/// 2021 the larger share decides: dense and semi-dense clusters against suburban cells, then dense against
/// semi-dense; rural clusters, low or very low density. Ties go to the denser class.
///
/// # Range
/// The classes of [`UnitClass`], one for each unit.
///
/// # Direction
/// A higher [`UnitClass::code`] is more urban.
///
/// # Undefined
/// `None` where shares are NaN.
///
/// # Errors
/// [`Error::Shape`] when there are not 7 columns.
///
/// # Complexity
/// O(units).
///
/// # References
/// Eurostat, *Applying the degree of urbanisation: a methodological manual* (2021, revised online 2024).
pub fn degurba_units(shares: &Matrix, rules: &UnitRules) -> Result<Vec<Option<UnitClass>>> {
    if shares.columns() != 7 {
        return Err(Error::Shape { what: "columns of shares", expected: 7, got: shares.columns() });
    }
    Ok((0..shares.rows()).map(|u| class_of(shares.row(u), rules)).collect())
}

fn class_of(shares: &[f64], rules: &UnitRules) -> Option<UnitClass> {
    let &[centre, dense, semi, suburban, cluster, low, very_low] = shares else { return None };
    let rural = cluster + low + very_low;
    let urban = centre + dense + semi + suburban;
    if (rural + urban).is_nan() {
        return None;
    }
    // Shares are added up: halves and ties are exact only to their rounding.
    let above = |a: f64, b: f64| a - b > 1e-12 * (rural + urban);
    let half = |share: f64| !above(0.5, share);
    Some(match rules {
        _ if half(centre) => UnitClass::City,
        UnitRules::July2024 if above(rural, 0.5) => {
            if half(urban + cluster) {
                UnitClass::Village
            } else if half(very_low) {
                UnitClass::MostlyUninhabited
            } else {
                UnitClass::DispersedRural
            }
        }
        UnitRules::Manual2021 if above(rural, 0.5) => {
            if !above(low.max(very_low), cluster) {
                UnitClass::Village
            } else if !above(very_low, low) {
                UnitClass::DispersedRural
            } else {
                UnitClass::MostlyUninhabited
            }
        }
        UnitRules::July2024 => {
            if half(centre + dense) {
                UnitClass::DenseTown
            } else if half(suburban + rural) {
                UnitClass::Suburb
            } else {
                UnitClass::SemiDenseTown
            }
        }
        UnitRules::Manual2021 => {
            if above(suburban, dense + semi) {
                UnitClass::Suburb
            } else if !above(semi, dense) {
                UnitClass::DenseTown
            } else {
                UnitClass::SemiDenseTown
            }
        }
    })
}

/// A unit whose class differs between two typologies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch<C> {
    /// Index of the unit.
    pub unit: usize,
    /// Its class before; `None` when it had none.
    pub from: Option<C>,
    /// Its class after.
    pub to: Option<C>,
}

/// The units that switch class between two typologies of any kind, and from what to what.
///
/// # Errors
/// [`Error::Shape`] when the lengths differ.
///
/// # Complexity
/// O(units).
///
/// # Example
/// ```
/// use rurban::typology::switches;
/// let changed = switches(&[Some('A'), Some('B')], &[Some('A'), None])?;
/// assert_eq!((changed.len(), changed[0].unit, changed[0].from, changed[0].to), (1, 1, Some('B'), None));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn switches<C: Copy + PartialEq>(before: &[Option<C>], after: &[Option<C>]) -> Result<Vec<Switch<C>>> {
    if before.len() != after.len() {
        return Err(Error::Shape { what: "after", expected: before.len(), got: after.len() });
    }
    let pairs = before.iter().zip(after).enumerate();
    Ok(pairs.filter(|(_, (b, a))| b != a).map(|(unit, (&from, &to))| Switch { unit, from, to }).collect())
}

/// All thresholds of the degree of urbanisation, of cells and of units.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Degurba {
    /// Rules of cells.
    pub grid: GridRules,
    /// Rules of units.
    pub units: UnitRules,
}

impl Degurba {
    /// How urban each unit is, straight from the grid.
    ///
    /// # Formula
    /// [`degurba_grid`], [`unit_shares`] and [`degurba_units`] in turn.
    ///
    /// # Range
    /// The classes of [`UnitClass`], one for each unit.
    ///
    /// # Undefined
    /// `None` for units without people and land.
    ///
    /// # Errors
    /// As [`degurba_grid`] and [`unit_shares`].
    ///
    /// # Complexity
    /// O(cells + units).
    pub fn classify(&self, grid: &PopulationGrid, units: &Labels) -> Result<Vec<Option<UnitClass>>> {
        let classes = degurba_grid(grid, &self.grid)?;
        degurba_units(&unit_shares(grid, &classes, units)?.shares, &self.units)
    }

    /// What if the thresholds were `changed`: which units would switch, and from what to what?
    ///
    /// # Errors
    /// As [`Degurba::classify`].
    ///
    /// # Complexity
    /// As [`Degurba::classify`], twice.
    pub fn what_if(
        &self,
        changed: &Self,
        grid: &PopulationGrid,
        units: &Labels,
    ) -> Result<Vec<Switch<UnitClass>>> {
        switches(&self.classify(grid, units)?, &changed.classify(grid, units)?)
    }
}
