//! The nearest facilities.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::CostTable;
use super::costs::{check_origins, distinct};
use crate::error::{Error, Result};
use crate::matrix::Matrix;
use crate::parallel;
use crate::space::LonLat;
use crate::space::index::PlaceIndex;
use crate::space::neighbours::PointSet;

/// The nearest facilities of every origin, one row each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Nearest {
    /// Facilities, nearest first, equals by index; [`Nearest::NONE`] where there are no more.
    pub facilities: Matrix<u32>,
    /// Costs to them, in the unit of the table (metres for coordinates); NaN where there are no more.
    pub costs: Matrix,
    /// Origins that reach no facility at all.
    pub uncovered: Vec<u32>,
}

impl Nearest {
    /// Stands for "no facility" in [`Nearest::facilities`].
    pub const NONE: u32 = u32::MAX;

    fn gather(k: usize, rows: &[Vec<(f64, u32)>]) -> Self {
        let mut facilities = Matrix::filled(rows.len(), k, Self::NONE);
        let mut costs = Matrix::filled(rows.len(), k, f64::NAN);
        let mut uncovered = Vec::new();
        for (i, row) in rows.iter().enumerate() {
            if row.is_empty() {
                uncovered.push(i as u32);
            }
            for (at, &(cost, id)) in row.iter().enumerate() {
                facilities.row_mut(i)[at] = id;
                costs.row_mut(i)[at] = cost;
            }
        }
        Self { facilities, costs, uncovered }
    }
}

/// How far the nearest facilities are: the `k` of least cost in a table (all, when there are fewer). How far
/// the nearest notary, and how far the next when it closes.
///
/// # Formula
/// The `k` smallest `c_ij` of each origin, with their facilities; equal costs by index. Shape origins × k, in
/// the unit of the table.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// Low is good.
///
/// # Undefined
/// Rows are filled up with [`Nearest::NONE`] and NaN; origins that reach no facility are listed.
///
/// # Errors
/// [`Error::Parameter`] when `k` is 0.
///
/// # Complexity
/// O(pairs + origins · k log k).
///
/// # Example
/// ```
/// use rurban::accessibility::{CostTable, nearest_k};
///
/// let costs = CostTable::from_triplets(1, 3, &[(0, 0, 5.0), (0, 1, 2.0), (0, 2, 2.0)])?;
/// let nearest = nearest_k(&costs, 2)?;
/// assert_eq!((nearest.facilities.row(0), nearest.costs.row(0)), (&[1, 2][..], &[2.0, 2.0][..]));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn nearest_k(costs: &CostTable, k: usize) -> Result<Nearest> {
    let k = check_k(k, costs.facilities())?;
    let rows = parallel::map(costs.origins(), |i| {
        let mut row: Vec<(f64, u32)> = costs.pairs.row(i).map(|(j, c)| (c, j)).collect();
        let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
        if row.len() > k {
            row.select_nth_unstable_by(k - 1, order);
            row.truncate(k);
        }
        row.sort_unstable_by(order);
        row
    });
    Ok(Nearest::gather(k, &rows))
}

/// How far the `k` facilities nearest in a straight line are (all, when there are fewer), however far they
/// be.
///
/// # Formula
/// The `k` smallest distances of each origin, with their facilities; planar coordinates and costs in metres.
/// Exact. Shape origins × k.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// Low is good.
///
/// # Undefined
/// As [`nearest_k`].
///
/// # Errors
/// [`Error::Parameter`] when `k` is 0; [`Error::Value`] for a coordinate that is not finite.
///
/// # Complexity
/// O(facilities + origins · k) for facilities that are not all in one spot.
pub fn nearest_k_planar(origins: &[Coord<f64>], facilities: &[Coord<f64>], k: usize) -> Result<Nearest> {
    let k = check_k(k, facilities.len())?;
    let places = PointSet::new(facilities)?;
    check_origins(origins)?;
    let rows: Result<Vec<_>> = parallel::map(origins.len(), |i| {
        let found = places.nearest(origins[i], k)?;
        Ok(found.into_iter().map(|n| (n.distance_m, n.id)).collect())
    })
    .into_iter()
    .collect();
    Ok(Nearest::gather(k, &rows?))
}

/// How far the `k` facilities nearest on the ellipsoid are (all, when there are fewer), right across zones
/// and overseas.
///
/// # Formula
/// As [`nearest_k_planar`], with costs that are geodesics on WGS 84 in metres.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// Low is good.
///
/// # Undefined
/// As [`nearest_k`].
///
/// # Errors
/// [`Error::Parameter`] when `k` is 0.
///
/// # Complexity
/// O((facilities + origins · k) log facilities).
pub fn nearest_k_geodesic(origins: &[LonLat], facilities: &[LonLat], k: usize) -> Result<Nearest> {
    let k = check_k(k, facilities.len())?;
    let (spots, spot_of) = distinct(facilities);
    let mut at = vec![Vec::new(); spots.len()];
    for (id, &spot) in (0..).zip(&spot_of) {
        at[spot as usize].push(id);
    }
    let index = PlaceIndex::of(&spots)?;
    let rows: Result<Vec<_>> = parallel::map(origins.len(), |i| {
        // The k nearest facilities are at the k nearest spots, which go by their first facility.
        let found = index.nearest(origins[i].into(), k, |_| true)?;
        let there = found.iter().flat_map(|n| at[n.id as usize].iter().take(k).map(|&id| (n.distance_m, id)));
        let mut row: Vec<(f64, u32)> = there.collect();
        row.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        row.truncate(k);
        Ok(row)
    })
    .into_iter()
    .collect();
    Ok(Nearest::gather(k, &rows?))
}

fn check_k(k: usize, facilities: usize) -> Result<usize> {
    if k == 0 {
        return Err(Error::Parameter { name: "k", value: k.to_string(), must: "must be at least 1" });
    }
    Ok(k.min(facilities))
}
