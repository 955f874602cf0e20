//! What it costs to get from origins to facilities: distances, minutes, francs.

use std::collections::HashMap;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use crate::check::check_amounts;
use crate::error::{Error, Result};
use crate::matrix::{Csr, Matrix};
use crate::parallel;
use crate::space::LonLat;
use crate::space::index::PlaceIndex;
use crate::space::neighbours::PointSet;

/// Origins searched by one task.
const CHUNK: usize = 512;

/// The costs of the pairs of origin and facility that are within reach of each other.
///
/// It may be incomplete and asymmetric: a pair that is not in it cannot be travelled. A cost of zero
/// is a cost. The unit is whatever the costs were given in; cut-offs and decays use the same.
///
/// ```
/// use rurban::accessibility::CostTable;
///
/// let costs = CostTable::from_triplets(2, 2, &[(0, 0, 5.0), (0, 1, 0.0)])?;
/// assert_eq!((costs.pairs(), costs.get(0, 1), costs.get(1, 0)), (2, Some(0.0), None));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostTable {
    pub(super) pairs: Csr,
}

impl CostTable {
    /// Costs by origin (row) and facility (column).
    ///
    /// # Errors
    /// [`Error::Value`] for a negative cost.
    ///
    /// # Complexity
    /// O(pairs).
    pub fn from_csr(pairs: Csr) -> Result<Self> {
        match pairs.parts().2.iter().position(|c| !(c.is_finite() && *c >= 0.0)) {
            Some(index) => Err(bad_cost(index, pairs.parts().2[index])),
            None => Ok(Self { pairs }),
        }
    }

    /// `(origin, facility, cost)` in any order.
    ///
    /// # Errors
    /// [`Error::Value`] when an origin or facility is out of range, a cost is negative or not finite, or a
    /// pair is given twice.
    ///
    /// # Complexity
    /// O(origins + facilities + pairs).
    pub fn from_triplets(origins: usize, facilities: usize, triplets: &[(u32, u32, f64)]) -> Result<Self> {
        let pairs = Csr::from_triplets(origins, facilities, triplets)?;
        if let Some(index) = triplets.iter().position(|t| t.2 < 0.0) {
            return Err(bad_cost(index, triplets[index].2));
        }
        if pairs.entries() < triplets.len() {
            let mut seen: Vec<(u32, u32, usize)> =
                triplets.iter().enumerate().map(|(at, t)| (t.0, t.1, at)).collect();
            seen.sort_unstable();
            let twice = seen.windows(2).find(|s| (s[0].0, s[0].1) == (s[1].0, s[1].1));
            let (i, j, index) = twice.map_or((0, 0, 0), |s| s[1]);
            return Err(Error::Value {
                what: "triplets",
                index,
                value: format!("({i}, {j})"),
                must: "must not repeat an earlier pair; keep its least cost",
            });
        }
        Ok(Self { pairs })
    }

    /// A full origins × facilities matrix, in which infinity stands for a pair that cannot be travelled.
    ///
    /// # Errors
    /// [`Error::Value`] for a negative cost or NaN.
    ///
    /// # Complexity
    /// O(origins × facilities).
    pub fn from_matrix(costs: &Matrix) -> Result<Self> {
        let mut offsets = vec![0];
        let (mut indices, mut values) = (Vec::new(), Vec::new());
        for i in 0..costs.rows() {
            for (j, &cost) in costs.row(i).iter().enumerate() {
                if cost.is_nan() || cost < 0.0 {
                    return Err(bad_cost(i * costs.columns() + j, cost));
                }
                if cost.is_finite() {
                    indices.push(j as u32);
                    values.push(cost);
                }
            }
            offsets.push(indices.len());
        }
        Ok(Self { pairs: Csr::from_sorted(costs.columns(), offsets, indices, values) })
    }

    /// Straight-line distances in metres, for all pairs at most `cutoff_m` apart; coordinates are planar
    /// metres (see [`crate::space::crs`]). Scale with [`CostTable::scaled`] for cut-offs in kilometres.
    ///
    /// # Errors
    /// [`Error::Value`] for a coordinate that is not finite; [`Error::Parameter`] when the cut-off is
    /// negative or not finite.
    ///
    /// # Complexity
    /// O(origins + facilities + pairs looked at), on all threads.
    pub fn planar(origins: &[Coord<f64>], facilities: &[Coord<f64>], cutoff_m: f64) -> Result<Self> {
        let places = PointSet::new(facilities)?;
        check_origins(origins)?;
        places.within(Coord { x: 0.0, y: 0.0 }, cutoff_m)?;
        let chunks = parallel::map(origins.len().div_ceil(CHUNK), |c| {
            let mut rows = Rows::default();
            let mut order = Order::new(facilities.len());
            let mut found = Vec::new();
            for &at in &origins[c * CHUNK..((c + 1) * CHUNK).min(origins.len())] {
                found.clear();
                places.collect(at, cutoff_m, None, &mut found);
                order.emit(&mut found, &mut rows);
            }
            rows
        });
        Ok(Self { pairs: Rows::join(facilities.len(), &chunks) })
    }

    /// Geodesic distances in metres on WGS 84, for all pairs at most `cutoff_m` apart: right within every
    /// zone, across zones and overseas. [`CostTable::planar`] is far quicker within one zone.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the cut-off is negative or not finite.
    ///
    /// # Complexity
    /// O(facilities log facilities + origins log facilities + pairs), about 1 µs per pair of origin and
    /// facility position looked at, on all threads.
    ///
    /// # Example
    /// ```
    /// use rurban::accessibility::CostTable;
    /// use rurban::space::LonLat;
    ///
    /// let (paris, saint_denis) = (LonLat::new(2.35, 48.86)?, LonLat::new(55.45, -20.88)?);
    /// let costs = CostTable::geodesic(&[paris, saint_denis], &[paris], 100_000.0)?;
    /// assert_eq!((costs.get(0, 0), costs.get(1, 0)), (Some(0.0), None));
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn geodesic(origins: &[LonLat], facilities: &[LonLat], cutoff_m: f64) -> Result<Self> {
        // Many lists place all facilities of a town at one spot: each spot is measured once.
        let (spots, spot_of) = distinct(facilities);
        let index = PlaceIndex::of(&spots)?;
        index.within(Coord { x: 0.0, y: 0.0 }, cutoff_m)?;
        let rows: Result<Vec<_>> = parallel::map(origins.len(), |i| {
            let mut row = index.within(origins[i].into(), cutoff_m)?;
            row.sort_unstable_by_key(|n| n.id);
            Ok(row)
        })
        .into_iter()
        .collect();
        let mut offsets = vec![0];
        let (mut indices, mut values) = (Vec::new(), Vec::new());
        for row in rows? {
            indices.extend(row.iter().map(|n| n.id));
            values.extend(row.iter().map(|n| n.distance_m));
            offsets.push(indices.len());
        }
        let to_spots = Self { pairs: Csr::from_sorted(spots.len(), offsets, indices, values) };
        if spots.len() == facilities.len() {
            return Ok(to_spots);
        }
        to_spots.select(&(0..origins.len() as u32).collect::<Vec<_>>(), &spot_of)
    }

    /// The table of other origins and facilities that stand where some of this table do: origin `i` of the
    /// new table has the costs of origin `origins[i]`, and likewise for facilities. Each may be taken several
    /// times or not at all.
    ///
    /// # Errors
    /// [`Error::Value`] for an origin or facility that is not in the table.
    ///
    /// # Complexity
    /// O(facilities + pairs of the new table, sorted by row).
    pub fn select(&self, origins: &[u32], facilities: &[u32]) -> Result<Self> {
        let check = |what, chosen: &[u32], n: usize| match chosen.iter().position(|&c| c as usize >= n) {
            Some(index) => Err(Error::Value {
                what,
                index,
                value: chosen[index].to_string(),
                must: "must be in the cost table",
            }),
            None => Ok(()),
        };
        check("origins", origins, self.origins())?;
        check("facilities", facilities, self.facilities())?;
        let mut taken = vec![Vec::new(); self.facilities()];
        for (new, &old) in facilities.iter().enumerate() {
            taken[old as usize].push(new as u32);
        }
        let rows = parallel::map(origins.len(), |i| {
            let all = self.pairs.row(origins[i] as usize);
            let mut row: Vec<(u32, f64)> =
                all.flat_map(|(old, cost)| taken[old as usize].iter().map(move |&new| (new, cost))).collect();
            row.sort_unstable_by_key(|pair| pair.0);
            row
        });
        let mut offsets = vec![0];
        let (mut indices, mut values) = (Vec::new(), Vec::new());
        for row in rows {
            indices.extend(row.iter().map(|pair| pair.0));
            values.extend(row.iter().map(|pair| pair.1));
            offsets.push(indices.len());
        }
        Ok(Self { pairs: Csr::from_sorted(facilities.len(), offsets, indices, values) })
    }

    /// The table without the pairs that cost more than `cutoff`.
    ///
    /// # Complexity
    /// O(pairs).
    #[must_use]
    pub fn within(&self, cutoff: f64) -> Self {
        let mut offsets = vec![0];
        let (mut indices, mut values) = (Vec::new(), Vec::new());
        for i in 0..self.origins() {
            for (j, cost) in self.pairs.row(i).filter(|pair| pair.1 <= cutoff) {
                indices.push(j);
                values.push(cost);
            }
            offsets.push(indices.len());
        }
        Self { pairs: Csr::from_sorted(self.facilities(), offsets, indices, values) }
    }

    /// The table with what it costs to set out from each origin and to arrive at each facility added to every
    /// pair: the ways to and from the nearest roads, say, or waiting times.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one cost for each origin and each facility; [`Error::Value`] for
    /// one that is negative or not finite, or a cost that becomes infinite.
    ///
    /// # Complexity
    /// O(pairs).
    ///
    /// # Example
    /// ```
    /// use rurban::accessibility::CostTable;
    ///
    /// let costs = CostTable::from_triplets(1, 2, &[(0, 0, 5.0), (0, 1, 0.0)])?;
    /// let costs = costs.with_end_costs(&[2.0], &[1.0, 3.0])?;
    /// assert_eq!((costs.get(0, 0), costs.get(0, 1)), (Some(8.0), Some(5.0)));
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn with_end_costs(mut self, origins: &[f64], facilities: &[f64]) -> Result<Self> {
        check_amounts("costs of origins", origins, self.origins())?;
        check_amounts("costs of facilities", facilities, self.facilities())?;
        for (i, origin) in origins.iter().enumerate() {
            for (j, cost) in self.pairs.row_mut(i) {
                *cost += origin + facilities[j as usize];
            }
        }
        Self::from_csr(self.pairs)
    }

    /// The table with `cost` from each origin to the facility of the same index where it has none: in tables
    /// from place to place the way within a place is often missing.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a cost that is negative or not finite; [`Error::Shape`] when there are not as
    /// many facilities as origins.
    ///
    /// # Complexity
    /// O(origins + pairs).
    pub fn with_own_costs(&self, cost: f64) -> Result<Self> {
        let (origins, facilities) = (self.origins(), self.facilities());
        if origins != facilities {
            let what = "facilities of a table from place to place";
            return Err(Error::Shape { what, expected: origins, got: facilities });
        }
        if !(cost.is_finite() && cost >= 0.0) {
            let must = "must be finite and not negative";
            return Err(Error::Parameter { name: "own cost", value: cost.to_string(), must });
        }
        let mut offsets = vec![0];
        let capacity = self.pairs() + origins;
        let (mut indices, mut values) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        for i in 0..origins {
            let (row, costs) = (self.pairs.indices(i), self.pairs.values(i));
            let at = row.partition_point(|&j| (j as usize) < i);
            let missing = row.get(at).is_none_or(|&j| j as usize != i);
            indices.extend_from_slice(&row[..at]);
            values.extend_from_slice(&costs[..at]);
            if missing {
                indices.push(i as u32);
                values.push(cost);
            }
            indices.extend_from_slice(&row[at..]);
            values.extend_from_slice(&costs[at..]);
            offsets.push(indices.len());
        }
        Ok(Self { pairs: Csr::from_sorted(facilities, offsets, indices, values) })
    }

    /// Number of origins.
    #[must_use]
    pub const fn origins(&self) -> usize {
        self.pairs.rows()
    }

    /// Number of facilities.
    #[must_use]
    pub const fn facilities(&self) -> usize {
        self.pairs.columns()
    }

    /// Number of pairs with a cost.
    #[must_use]
    pub const fn pairs(&self) -> usize {
        self.pairs.entries()
    }

    /// Cost from an origin to a facility, if there is one.
    #[must_use]
    pub fn get(&self, origin: usize, facility: u32) -> Option<f64> {
        if origin < self.origins() { self.pairs.get(origin, facility) } else { None }
    }

    /// All costs, by origin (row) and facility (column).
    #[must_use]
    pub const fn as_csr(&self) -> &Csr {
        &self.pairs
    }

    /// All costs times a factor: 0.001 makes kilometres of metres.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the factor is negative or not finite, [`Error::Value`] when a cost becomes
    /// infinite.
    ///
    /// # Complexity
    /// O(pairs).
    pub fn scaled(mut self, factor: f64) -> Result<Self> {
        if !(factor.is_finite() && factor >= 0.0) {
            return Err(Error::Parameter {
                name: "factor",
                value: factor.to_string(),
                must: "must be finite and not negative",
            });
        }
        self.pairs.values_mut().iter_mut().for_each(|c| *c *= factor);
        Self::from_csr(self.pairs)
    }
}

/// The different positions, in the order they are met, and which one each position is.
pub(super) fn distinct(positions: &[LonLat]) -> (Vec<LonLat>, Vec<u32>) {
    let mut index = HashMap::new();
    let mut spots = Vec::new();
    let of = positions.iter().map(|p| {
        *index.entry((p.lon().to_bits(), p.lat().to_bits())).or_insert_with(|| {
            spots.push(*p);
            spots.len() as u32 - 1
        })
    });
    let of = of.collect();
    (spots, of)
}

fn bad_cost(index: usize, cost: f64) -> Error {
    Error::Value { what: "costs", index, value: cost.to_string(), must: "must be finite and not negative" }
}

pub(super) fn check_origins(origins: &[Coord<f64>]) -> Result<()> {
    match origins.iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
        Some(index) => Err(Error::Value {
            what: "origins",
            index,
            value: format!("({}, {})", origins[index].x, origins[index].y),
            must: "must be finite",
        }),
        None => Ok(()),
    }
}

/// Consecutive rows of a table.
#[derive(Default)]
struct Rows {
    lengths: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f64>,
}

impl Rows {
    fn join(columns: usize, chunks: &[Self]) -> Csr {
        let pairs = chunks.iter().map(|c| c.indices.len()).sum();
        let mut offsets = vec![0];
        let (mut indices, mut values) = (Vec::with_capacity(pairs), Vec::with_capacity(pairs));
        let mut end = 0;
        for chunk in chunks {
            offsets.extend(chunk.lengths.iter().map(|&len| {
                end += len as usize;
                end
            }));
            indices.extend_from_slice(&chunk.indices);
            values.extend_from_slice(&chunk.values);
        }
        Csr::from_sorted(columns, offsets, indices, values)
    }
}

/// Puts what a search found into the order of the facilities.
struct Order {
    squares: Vec<f64>,
    marks: Vec<u64>,
}

impl Order {
    fn new(facilities: usize) -> Self {
        Self { squares: vec![0.0; facilities], marks: vec![0; facilities.div_ceil(64)] }
    }

    /// Appends a row of distances, from squared distances.
    fn emit(&mut self, found: &mut [(f64, u32)], rows: &mut Rows) {
        rows.lengths.push(found.len() as u32);
        if found.len() * 8 < self.marks.len() {
            found.sort_unstable_by_key(|f| f.1);
            rows.indices.extend(found.iter().map(|f| f.1));
            rows.values.extend(found.iter().map(|f| f.0.sqrt()));
            return;
        }
        // Marking in a bit set and reading it in order is a sort without comparisons.
        for &mut (d2, id) in found {
            self.squares[id as usize] = d2;
            self.marks[id as usize / 64] |= 1 << (id % 64);
        }
        for (word, mark) in self.marks.iter_mut().enumerate() {
            while *mark != 0 {
                let id = word * 64 + mark.trailing_zeros() as usize;
                rows.indices.push(id as u32);
                rows.values.push(self.squares[id].sqrt());
                *mark &= *mark - 1;
            }
        }
    }
}
