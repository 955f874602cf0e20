//! Degree of urbanisation of grid cells.

use serde::{Deserialize, Serialize};

use super::clusters::{Contiguity, Shape, components, dilated, fill_gaps, smooth_edges};
use crate::error::{Error, Result};
use crate::labels::Labels;

/// Population on a regular grid, usually cells of 1 km².
#[derive(Debug, Clone, PartialEq)]
pub struct PopulationGrid {
    shape: Shape,
    cell_area_km2: f64,
    population: Vec<f64>,
    land: Option<Vec<f64>>,
    built: Option<Vec<f64>>,
}

impl PopulationGrid {
    /// A grid from the population of its cells in row-major order; NaN is a cell without data (outside the
    /// study area), which is never classified and belongs to no cluster. All cells are land.
    ///
    /// # Errors
    /// [`Error::Shape`] when `population` does not hold rows × columns cells; [`Error::Value`] for a negative
    /// or infinite population; [`Error::Parameter`] when the area of a cell is not positive.
    ///
    /// # Complexity
    /// O(cells).
    pub fn new(rows: usize, columns: usize, cell_area_km2: f64, population: Vec<f64>) -> Result<Self> {
        if !(cell_area_km2 > 0.0 && cell_area_km2.is_finite()) {
            return Err(Error::Parameter {
                name: "cell_area_km2",
                value: cell_area_km2.to_string(),
                must: "must be positive",
            });
        }
        let shape = Shape { rows, columns };
        if rows.checked_mul(columns) != Some(population.len()) || u32::try_from(population.len()).is_err() {
            return Err(Error::Shape {
                what: "population",
                expected: rows.saturating_mul(columns),
                got: population.len(),
            });
        }
        check(&population, "population", f64::INFINITY, "must be finite and not negative (NaN: no data)")?;
        Ok(Self { shape, cell_area_km2, population, land: None, built: None })
    }

    /// Sets the share of each cell that is permanent land; NaN makes the cell one without data.
    ///
    /// # Errors
    /// [`Error::Shape`] on a wrong length; [`Error::Value`] outside `[0, 1]`.
    pub fn with_land(mut self, share: Vec<f64>) -> Result<Self> {
        self.land = Some(self.checked(share, "land")?);
        Ok(self)
    }

    /// Sets the share of each cell that is built up; NaN counts as 0.
    ///
    /// # Errors
    /// As [`PopulationGrid::with_land`].
    pub fn with_built_up(mut self, share: Vec<f64>) -> Result<Self> {
        self.built = Some(self.checked(share, "built")?);
        Ok(self)
    }

    fn checked(&self, share: Vec<f64>, what: &'static str) -> Result<Vec<f64>> {
        if share.len() != self.population.len() {
            return Err(Error::Shape { what, expected: self.population.len(), got: share.len() });
        }
        check(&share, what, 1.0, "must be a share from 0 to 1 (NaN: no data)")?;
        Ok(share)
    }

    /// Number of rows.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.shape.rows
    }

    /// Number of columns.
    #[must_use]
    pub const fn columns(&self) -> usize {
        self.shape.columns
    }

    /// Population of each cell, row by row.
    #[must_use]
    pub fn population(&self) -> &[f64] {
        &self.population
    }

    /// Area of land in cell `i`, km².
    pub(super) fn land_km2(&self, i: usize) -> f64 {
        self.land_share(i) * self.cell_area_km2
    }

    fn land_share(&self, i: usize) -> f64 {
        self.land.as_ref().map_or(1.0, |l| l[i])
    }

    fn built_share(&self, i: usize) -> f64 {
        self.built.as_ref().map_or(0.0, |b| if b[i].is_nan() { 0.0 } else { b[i] })
    }

    fn has_data(&self, i: usize) -> bool {
        !self.population[i].is_nan() && !self.land_share(i).is_nan()
    }

    fn is_water(&self, i: usize) -> bool {
        self.population[i] == 0.0 && self.built_share(i) == 0.0 && self.land_share(i) < 0.5
    }

    /// Inhabitants per km² of land; of the whole cell where people live without land.
    fn density_per_km2(&self, i: usize) -> f64 {
        let land = self.land_km2(i);
        self.population[i] / if land > 0.0 { land } else { self.cell_area_km2 }
    }
}

fn check(values: &[f64], what: &'static str, most: f64, must: &'static str) -> Result<()> {
    match values.iter().position(|v| *v < 0.0 || v.is_infinite() || *v > most) {
        Some(index) => Err(Error::Value { what, index, value: values[index].to_string(), must }),
        None => Ok(()),
    }
}

/// Least density of the cells of a cluster and least population of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ClusterRule {
    /// Inhabitants per km² of land.
    pub density_per_km2: f64,
    /// Inhabitants of the cluster.
    pub population: f64,
}

impl ClusterRule {
    /// A rule from its two thresholds.
    #[must_use]
    pub const fn new(density_per_km2: f64, population: f64) -> Self {
        Self { density_per_km2, population }
    }
}

/// How the edges of urban centres are smoothed: cells join a centre, all at once and again until none
/// does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum EdgeSmoothing {
    /// Not at all.
    None,
    /// When at least 5 of the 8 surrounding cells are in the centre (GHSL R2022A).
    R2022A,
    /// When more than half of the surrounding cells that are populated or mostly land are in the
    /// centre; water never joins (GHSL R2023A).
    #[default]
    R2023A,
}

/// Thresholds of the grid classification; the default is Eurostat's method.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GridRules {
    /// Urban centres: 1,500 per km², 50,000 inhabitants (rook).
    pub urban_centre: ClusterRule,
    /// Dense urban clusters: 1,500 per km², 5,000 inhabitants (rook).
    pub dense_cluster: ClusterRule,
    /// Semi-dense urban clusters: 900 per km², 2,500 inhabitants (rook).
    pub semi_dense_cluster: ClusterRule,
    /// Urban clusters: 300 per km², 5,000 inhabitants (queen).
    pub urban_cluster: ClusterRule,
    /// Rural clusters: 300 per km², 500 inhabitants (queen).
    pub rural_cluster: ClusterRule,
    /// Low-density rural cells: 50 per km².
    pub low_density_per_km2: f64,
    /// Cells of urban centres and dense clusters may instead be built up to this share of their land
    /// (Eurostat: optional, 0.2 or more). Default: no such criterion.
    pub built_up: Option<f64>,
    /// Gaps in urban centres smaller than this are filled: 15 km²; 0 fills none.
    pub max_gap_km2: f64,
    /// Smoothing of the edges of urban centres.
    pub smoothing: EdgeSmoothing,
    /// A semi-dense cluster has no cell within so many cells (queen) of a denser one: 2.
    pub buffer_cells: usize,
}

impl Default for GridRules {
    fn default() -> Self {
        Self {
            urban_centre: ClusterRule::new(1500.0, 50_000.0),
            dense_cluster: ClusterRule::new(1500.0, 5000.0),
            semi_dense_cluster: ClusterRule::new(900.0, 2500.0),
            urban_cluster: ClusterRule::new(300.0, 5000.0),
            rural_cluster: ClusterRule::new(300.0, 500.0),
            low_density_per_km2: 50.0,
            built_up: None,
            max_gap_km2: 15.0,
            smoothing: EdgeSmoothing::default(),
            buffer_cells: 2,
        }
    }
}

impl GridRules {
    setters! {
        urban_centre: ClusterRule,
        dense_cluster: ClusterRule,
        semi_dense_cluster: ClusterRule,
        urban_cluster: ClusterRule,
        rural_cluster: ClusterRule,
        low_density_per_km2: f64,
        built_up: Option<f64>,
        max_gap_km2: f64,
        smoothing: EdgeSmoothing,
        buffer_cells: usize,
    }

    fn check(&self) -> Result<()> {
        let all = [
            ("urban_centre", self.urban_centre),
            ("dense_cluster", self.dense_cluster),
            ("semi_dense_cluster", self.semi_dense_cluster),
            ("urban_cluster", self.urban_cluster),
            ("rural_cluster", self.rural_cluster),
            ("low_density_per_km2", ClusterRule::new(self.low_density_per_km2, 0.0)),
            ("built_up", ClusterRule::new(self.built_up.unwrap_or(0.0), 0.0)),
            ("max_gap_km2", ClusterRule::new(self.max_gap_km2, 0.0)),
        ];
        for (name, rule) in all {
            for value in [rule.density_per_km2, rule.population] {
                if value.is_nan() || value < 0.0 {
                    return Err(Error::Parameter {
                        name,
                        value: value.to_string(),
                        must: "must not be negative",
                    });
                }
            }
        }
        Ok(())
    }
}

/// Class of a grid cell at level 2 of the degree of urbanisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellClass {
    /// Urban centre (30).
    UrbanCentre,
    /// Dense urban cluster (23).
    DenseUrbanCluster,
    /// Semi-dense urban cluster (22).
    SemiDenseUrbanCluster,
    /// Suburban or peri-urban cell (21).
    Suburban,
    /// Rural cluster (13).
    RuralCluster,
    /// Low-density rural cell (12).
    LowDensityRural,
    /// Very low-density rural cell (11).
    VeryLowDensityRural,
    /// Water (10).
    Water,
}

impl CellClass {
    /// Code at level 2: 30, 23, 22, 21, 13, 12, 11, 10.
    #[must_use]
    pub const fn code(self) -> u8 {
        [30, 23, 22, 21, 13, 12, 11, 10][self as usize]
    }

    /// Code at level 1: 3 urban centre, 2 urban cluster, 1 rural, 0 water.
    #[must_use]
    pub const fn level1(self) -> u8 {
        self.code() / 10 - matches!(self, Self::Water) as u8
    }
}

/// The classified cells.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct GridClasses {
    /// Class of each cell, row by row; `None` where the grid has no data.
    pub classes: Vec<Option<CellClass>>,
    /// The urban centre of each cell, if it is in one.
    pub centres: Labels,
    /// Population of each urban centre, filled and smoothed cells included.
    pub centre_population: Vec<f64>,
}

/// How urban each cell of a grid is: the degree of urbanisation, levels 1 and 2 ([`CellClass::level1`]).
///
/// # Formula
/// Urban centres are rook-contiguous clusters of cells of ≥ 1,500 inhabitants per km² of land with ≥ 50,000
/// inhabitants, their edges smoothed and gaps under 15 km² filled; urban clusters are queen-contiguous, ≥ 300
/// and ≥ 5,000, and divide into dense clusters (rook, ≥ 1,500, ≥ 5,000), semi-dense clusters (rook, ≥ 900, ≥
/// 2,500, further than 2 cells from any centre or dense cluster) and suburban cells. The rest is rural:
/// clusters (queen, ≥ 300, ≥ 500), low density (≥ 50), very low density, or water (no people, nothing built,
/// under half land).
///
/// A gap is a set of rook-contiguous cells wholly surrounded by one centre; it may hold water, which then is
/// part of the centre, and cells without data, which count in its area and stay unclassified. A populated
/// cell without land has the density of its whole area.
///
/// # Range
/// The classes of [`CellClass`], one for each cell.
///
/// # Direction
/// A higher [`CellClass::code`] is more urban.
///
/// # Undefined
/// `None` for cells without data.
///
/// # Errors
/// [`Error::Parameter`] when a threshold is negative or NaN.
///
/// # Complexity
/// O(cells).
///
/// # References
/// Eurostat (2021), *Applying the degree of urbanisation: a methodological manual*, doi:10.2785/706535;
/// Dijkstra et al. (2021), Journal of Urban Economics, doi:10.1016/j.jue.2020.103312. Held to flexurba on
/// land-only grids without built-up criterion; water and built-up follow the manual.
///
/// # Example
/// ```
/// use rurban::typology::{CellClass, GridRules, PopulationGrid, degurba_grid};
/// let grid = PopulationGrid::new(1, 4, 1.0, vec![30_000., 25_000., 60., 10.])?;
/// let classes = degurba_grid(&grid, &GridRules::default())?.classes;
/// assert_eq!(classes[0], Some(CellClass::UrbanCentre));
/// assert_eq!(classes[2..], [Some(CellClass::LowDensityRural), Some(CellClass::VeryLowDensityRural)]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn degurba_grid(grid: &PopulationGrid, rules: &GridRules) -> Result<GridClasses> {
    rules.check()?;
    let (shape, n) = (grid.shape, grid.population.len());
    let data: Vec<bool> = (0..n).map(|i| grid.has_data(i)).collect();
    let water: Vec<bool> = (0..n).map(|i| data[i] && grid.is_water(i)).collect();
    let density: Vec<f64> =
        (0..n).map(|i| if data[i] { grid.density_per_km2(i) } else { f64::NAN }).collect();
    // A density that is the threshold but for the rounding of land shares reaches it.
    let reaches = |value: f64, least: f64| value >= least * (1.0 - 1e-12);
    let dense = |least: f64, i: usize| reaches(density[i], least);
    let built = |i: usize| {
        let land = grid.land_share(i);
        data[i]
            && land > 0.0
            && rules.built_up.is_some_and(|least| reaches(grid.built_share(i) / land, least))
    };
    // Clusters of the cells that pass and that have the population the rule asks for.
    let clusters = |rule: ClusterRule, contiguity: Contiguity, pass: &dyn Fn(usize) -> bool| {
        let mask: Vec<bool> = (0..n).map(pass).collect();
        let mut found = components(shape, &mask, contiguity);
        found.retain(&grid.population, rule.population);
        found
    };
    let mut centres = clusters(rules.urban_centre, Contiguity::Rook, &|i| {
        dense(rules.urban_centre.density_per_km2, i) || built(i)
    });
    smooth_edges(shape, &mut centres.of, rules.smoothing, &data, &water, |i| {
        grid.population[i] > 0.0 || grid.land_share(i) > 0.5
    });
    let max_gap_cells = rules.max_gap_km2 / grid.cell_area_km2;
    fill_gaps(shape, &mut centres, max_gap_cells, &data);

    let dense_clusters = clusters(rules.dense_cluster, Contiguity::Rook, &|i| {
        dense(rules.dense_cluster.density_per_km2, i) || built(i)
    });
    let urban =
        clusters(rules.urban_cluster, Contiguity::Queen, &|i| dense(rules.urban_cluster.density_per_km2, i));
    let denser: Vec<bool> = (0..n).map(|i| centres.has(i) || dense_clusters.has(i)).collect();
    let near = dilated(shape, &denser, rules.buffer_cells);
    let mut semi_dense = clusters(rules.semi_dense_cluster, Contiguity::Rook, &|i| {
        urban.has(i) && !denser[i] && dense(rules.semi_dense_cluster.density_per_km2, i)
    });
    semi_dense.drop_touching(&near);
    let rural = clusters(rules.rural_cluster, Contiguity::Queen, &|i| {
        !urban.has(i) && !denser[i] && dense(rules.rural_cluster.density_per_km2, i)
    });
    let class = |i: usize| {
        if !data[i] {
            return None;
        }
        Some(if centres.has(i) {
            CellClass::UrbanCentre
        } else if dense_clusters.has(i) {
            CellClass::DenseUrbanCluster
        } else if semi_dense.has(i) {
            CellClass::SemiDenseUrbanCluster
        } else if urban.has(i) {
            CellClass::Suburban
        } else if water[i] {
            CellClass::Water
        } else if rural.has(i) {
            CellClass::RuralCluster
        } else if dense(rules.low_density_per_km2, i) {
            CellClass::LowDensityRural
        } else {
            CellClass::VeryLowDensityRural
        })
    };
    let classes = (0..n).map(class).collect();
    let mut centre_population = vec![0.0; centres.count];
    for (i, &c) in centres.of.iter().enumerate().filter(|c| *c.1 != Labels::NONE) {
        centre_population[c as usize] += grid.population[i];
    }
    let centres = Labels::from_dense(centres.of, centres.count);
    Ok(GridClasses { classes, centres, centre_population })
}
