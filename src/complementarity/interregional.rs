//! Complementary interregional linkages: what one region could gain from another.
//!
//! Region r gains from region s where s has activities that r lacks and that are related to what r
//! could enter. With presence x, relatedness φ and `Φ_i = Σ_{j≠i} φ_ij`, the relatedness density that
//! s adds to activity i of r is
//!
//! `RDadd_{i,r←s} = 100 · Σ_{j≠i} φ_ij (1 − x_rj) x_sj / Φ_i`   (per cent),
//!
//! and the **score** of the pair is its mean over the activities that r lacks, in [0, 100]. It is
//! directed: r can gain much from s and s nothing from r. A region without any activity lacks
//! everything and can gain most; a region that has everything has no score.
//!
//! The score is linear in the portfolio of s: `score(r, s) = Σ_j v_rj x_sj` with
//! `v_rj = (1 − x_rj) · 100 / |missing_r| · Σ_{i missing, i≠j} φ_ij / Φ_i`, which is computed once for
//! each r. All pairs then cost one table look-up for every eight activities.
//!
//! Balland & Boschma (2021), <https://doi.org/10.1080/00343404.2020.1861240>. The six steps are taken
//! from secondary sources and a toy case checked by hand; there is no packaged peer.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::density::{SelfInclusion, Shares};
use super::table::{Presence, check_shape};
use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::matrix::{Csr, Matrix};
use crate::parallel;
use crate::progress::Progress;
use crate::space::distance::square_within;

/// Rows of all pairs that share one allocation of look-up tables.
const ROWS: usize = 16;

/// Regions that search for partners between two reports of progress.
const BLOCK: usize = 256;

/// What every region could gain from every other, ready to be asked.
///
/// ```
/// use rurban::complementarity::{Interregional, Presence};
/// use rurban::matrix::Matrix;
/// # fn main() -> rurban::Result<()> {
/// let portfolios = Matrix::from_rows(2, 3, vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0])?;
/// let phi = Matrix::from_rows(3, 3, vec![0.0, 0.5, 0.0, 0.5, 0.0, 1.0, 0.0, 1.0, 0.0])?;
/// let linkages = Interregional::new(&Presence::at_least(&portfolios, 1.0)?, &phi)?;
/// // Activity 2 is related to activity 1 only, which region 0 lacks and region 1 has: it gains 100 %
/// // there and, having two activities to gain, 50 % on average.
/// assert_eq!(linkages.added_density(0, 1)[2], 100.0);
/// assert_eq!(linkages.score(0, 1), 50.0);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Interregional {
    presence: Presence,
    /// Activities that each region has, or of which that is not known: it does not lack them.
    settled: Presence,
    shares: Shares,
    /// v of the module's formula, regions × activities; NaN in regions without anything to gain.
    gain: Matrix,
    /// Activities each region lacks that are related to any other.
    missing: Vec<u32>,
    /// Presence again, one byte for eight activities.
    bytes: Vec<u8>,
    stride: usize,
}

/// Ties between regions that weight what they bring each other.
#[derive(Debug, Clone, Copy)]
pub enum Ties<'a> {
    /// Every other region weighs 1: what could be gained if all were tied.
    Potential,
    /// Weights of existing ties, row = receiving region; undirected ties are stored both ways.
    Sparse(&'a Csr),
    /// As [`Ties::Sparse`], dense.
    Dense(&'a Matrix),
}

/// Restriction to what one class of regions gains from another, such as rural from urban.
#[derive(Debug, Clone, Copy)]
pub struct Between<'a> {
    /// Class of every region; regions without a class neither receive nor give.
    pub labels: &'a Labels,
    /// Class of the regions that gain.
    pub receiving: usize,
    /// Class of the regions they gain from.
    pub giving: usize,
}

/// For which activities linkages are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cells {
    /// Those the region lacks and could enter; NaN elsewhere.
    #[default]
    Missing,
    /// All, the region's own too (what strengthens them).
    All,
}

/// What a class of regions gains from another through weighted ties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct DirectedGain {
    /// `Σ w_rs score(r, s)` over receiving r and giving s ≠ r.
    pub total: f64,
    /// `Σ w_rs` over the same pairs.
    pub weight: f64,
    /// `total / weight`: mean score of a tie, in [0, 100].
    pub mean: f64,
    /// The part of `total` of each region; NaN for regions that do not receive or lack nothing.
    pub by_region: Vec<f64>,
    /// The part of `total` of each activity gained.
    pub by_activity: Vec<f64>,
    /// Ties (or pairs) of weight above zero.
    pub ties: usize,
    /// Regions without a class.
    pub unlabelled: usize,
}

/// A score taken apart, both ways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Contributions {
    /// By activity that r could enter; adds up to the score.
    pub gained: Vec<f64>,
    /// By activity that s brings; adds up to the score.
    pub brought: Vec<f64>,
}

/// A region to cooperate with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Partner {
    /// The region.
    pub region: u32,
    /// What is gained from it, in [0, 100].
    pub score: f64,
    /// How far away it is.
    pub distance_m: f64,
}

impl Interregional {
    /// Prepares all scores.
    ///
    /// The diagonal of `relatedness` is ignored. An activity related to no other can be gained by nobody and
    /// does not count among the missing ones.
    ///
    /// # Errors
    /// [`Error::Shape`] when `relatedness` is not activities × activities; [`Error::Value`] when one of its
    /// entries is negative or not finite.
    ///
    /// # Complexity
    /// O(regions · activities²), vectorised; keeps one number per region and activity.
    pub fn new(presence: &Presence, relatedness: &Matrix) -> Result<Self> {
        Self::with_unknown(presence, relatedness, &[])
    }

    /// As [`Interregional::new`], with cells `(region, activity)` of which it is not known whether the region
    /// has the activity (statistical secrecy, see [`ActivityTable::masked`](super::ActivityTable::masked)):
    /// it neither gains nor is brought it.
    ///
    /// # Errors
    /// As [`Interregional::new`]; [`Error::Value`] for a cell outside the table.
    pub fn with_unknown(presence: &Presence, relatedness: &Matrix, unknown: &[(u32, u32)]) -> Result<Self> {
        let settled = presence.with(unknown)?;
        let (regions, n) = (presence.regions(), presence.activities());
        let shares = Shares::of(relatedness, n, SelfInclusion::Excluded)?;
        // Row i: the per cent that each activity j adds to i.
        let mut adds = shares.to_each.transposed();
        for (i, scale) in shares.scale.iter().enumerate() {
            adds.row_mut(i).iter_mut().for_each(|v| *v *= scale);
        }
        let lacks = |r: usize, i: usize| !settled.has(r, i) && !shares.scale[i].is_nan();
        let missing: Vec<u32> =
            (0..regions).map(|r| (0..n).filter(|&i| lacks(r, i)).count() as u32).collect();
        let mut gain = Matrix::filled(regions, n, 0.0);
        parallel::for_each_chunk(gain.as_mut_slice(), n, |r, row| {
            for i in (0..n).filter(|&i| lacks(r, i)) {
                for (v, add) in row.iter_mut().zip(adds.row(i)) {
                    *v += add;
                }
            }
            settled.present(r).for_each(|j| row[j] = 0.0);
            let count = f64::from(missing[r]);
            for v in row {
                *v /= count;
            }
        });
        let stride = n.div_ceil(8);
        let mut bytes = Vec::with_capacity(regions * stride);
        for r in 0..regions {
            bytes.extend(presence.row(r).iter().flat_map(|w| w.to_le_bytes()).take(stride));
        }
        Ok(Self { presence: presence.clone(), settled, shares, gain, missing, bytes, stride })
    }

    /// Number of regions.
    pub const fn regions(&self) -> usize {
        self.presence.regions()
    }

    /// How many activities each region lacks that are related to any other: what a score is the mean
    /// over.
    pub fn missing(&self) -> &[u32] {
        &self.missing
    }

    /// How much relatedness density s adds to each activity r lacks, in per cent.
    ///
    /// # Formula
    /// `RDadd_{i,r←s} = 100 · Σ_{j≠i} φ_ij (1 − x_rj) x_sj / Φ_i`, `Φ_i = Σ_{j≠i} φ_ij`, x the presence bits,
    /// φ the relatedness. One value for each activity i.
    ///
    /// # Range
    /// [0, 100].
    ///
    /// # Direction
    /// High where s has what is related to i and r has not.
    ///
    /// # Undefined
    /// NaN for activities that r has and for those related to no other. Empty when r or s is no region.
    ///
    /// # Complexity
    /// O(activities²).
    #[must_use]
    pub fn added_density(&self, r: usize, s: usize) -> Vec<f64> {
        if r.max(s) >= self.regions() {
            return Vec::new();
        }
        let mut brought = vec![0.0; self.presence.activities()];
        self.presence.present(s).for_each(|j| brought[j] = 1.0);
        let mut row = vec![0.0; brought.len()];
        self.added(r, &brought, Cells::Missing, &mut row);
        row
    }

    /// What r could gain from s, in per cent.
    ///
    /// # Formula
    /// The mean of [`Interregional::added_density`] over the activities that r lacks; 0 for r = s.
    ///
    /// # Range
    /// [0, 100].
    ///
    /// # Direction
    /// High where s has much of what is related to what r lacks. Directed: r can gain much from s and s
    /// nothing from r.
    ///
    /// # Undefined
    /// NaN when r lacks nothing that is related to anything, or when r or s is no region.
    ///
    /// # Complexity
    /// O(activities).
    #[must_use]
    pub fn score(&self, r: usize, s: usize) -> f64 {
        if r.max(s) >= self.regions() || self.missing[r] == 0 {
            return f64::NAN;
        }
        // The order of addition is that of `Lookup`, so that both give the same bytes.
        let part = |(b, &byte): (usize, &u8)| {
            let of_byte = (0..8).rev().filter(|bit| byte >> bit & 1 == 1);
            of_byte.fold(0.0, |sum, bit| sum + self.gain[(r, b * 8 + bit)])
        };
        self.portfolio(s).iter().enumerate().map(part).fold(0.0, |sum, v| sum + v)
    }

    /// What each activity gained and each activity brought has to do with a score: [`Interregional::score`]
    /// taken apart.
    ///
    /// # Formula
    /// Gained: [`Interregional::added_density`] divided by the number of missing activities; brought:
    /// `v_rj x_sj` of the module's formula. One value for each activity, 0 without part in it; both lists add
    /// up to the score.
    ///
    /// # Undefined
    /// Both lists are empty when r or s is no region.
    ///
    /// # Complexity
    /// O(activities²).
    pub fn contributions(&self, r: usize, s: usize) -> Contributions {
        let count = self.missing.get(r).map_or(f64::NAN, |m| f64::from(*m));
        let gained = self.added_density(r, s);
        let brought =
            (0..gained.len()).map(|j| if self.presence.has(s, j) { self.gain[(r, j)] } else { 0.0 });
        Contributions {
            brought: brought.collect(),
            gained: gained.into_iter().map(|v| if v.is_nan() { 0.0 } else { v / count }).collect(),
        }
    }

    /// What every region could gain from every other.
    ///
    /// # Formula
    /// [`Interregional::score`] of every pair: row = receiving region, column = giving region.
    ///
    /// # Undefined
    /// NaN in the rows of regions that lack nothing that is related to anything.
    ///
    /// # Complexity
    /// O(regions² · activities / 8); holds regions² numbers.
    #[must_use]
    pub fn all_pairs(&self) -> Matrix {
        let n = self.regions();
        let mut scores = Matrix::filled(n, n, 0.0);
        parallel::for_each_chunk(scores.as_mut_slice(), ROWS * n, |block, rows| {
            let mut lookup = Lookup::new(self.stride);
            for (k, row) in rows.chunks_mut(n).enumerate() {
                lookup.load(self.gain.row(block * ROWS + k), self.missing[block * ROWS + k]);
                for (s, score) in row.iter_mut().enumerate() {
                    *score = lookup.sum(self.portfolio(s));
                }
            }
        });
        scores
    }

    /// What every region gains through its ties in every activity (complementary linkages).
    ///
    /// # Formula
    /// `CL_ri = Σ_{s≠r} w_rs RDadd_{i,r←s}`, in per cent × unit of the weights w; `RDadd` as in
    /// [`Interregional::added_density`]. Shape regions × activities; a region without ties has 0.
    ///
    /// # Undefined
    /// NaN for activities related to no other, for regions outside the receiving class, and for the region's
    /// own activities unless [`Cells::All`].
    ///
    /// # Errors
    /// [`Error::Shape`] when ties or labels do not fit the regions; [`Error::Value`] when a weight is
    /// negative or not finite; [`Error::Parameter`] when a class does not exist.
    ///
    /// # Complexity
    /// O(ties · activities / 64 + regions · activities²).
    pub fn linkages(&self, ties: Ties<'_>, between: Option<Between<'_>>, cells: Cells) -> Result<Matrix> {
        let supply = Supply::new(self, ties, between)?;
        let n = self.presence.activities();
        let mut out = Matrix::filled(self.regions(), n, f64::NAN);
        parallel::for_each_chunk(out.as_mut_slice(), n, |r, row| {
            if supply.receives(r) {
                self.added(r, &supply.of(r).brought, cells, row);
            }
        });
        Ok(out)
    }

    /// What one class gains from another over the ties given, with its parts by region and activity.
    ///
    /// # Formula
    /// `Σ w_rs score(r, s)` over receiving r and giving s ≠ r, and the same divided by `Σ w_rs`; w the
    /// weights of the ties. The mean is in [0, 100].
    ///
    /// # Undefined
    /// Regions that do not receive or lack nothing have NaN and are in no sum; an error when the two classes
    /// are not tied.
    ///
    /// # Errors
    /// As [`Interregional::linkages`]; [`Error::Undefined`] when the two classes are not tied.
    ///
    /// # Complexity
    /// O(ties · activities / 64 + regions · activities²).
    pub fn directed_gain(&self, ties: Ties<'_>, between: Between<'_>) -> Result<DirectedGain> {
        let supply = Supply::new(self, ties, Some(between))?;
        let n = self.presence.activities();
        let rows = parallel::map(self.regions(), |r| {
            let mut row = vec![0.0; n];
            if !supply.receives(r) || self.missing[r] == 0 {
                return (Given::default(), row, f64::NAN);
            }
            let given = supply.of(r);
            self.added(r, &given.brought, Cells::Missing, &mut row);
            for v in &mut row {
                *v = if v.is_nan() { 0.0 } else { *v / f64::from(self.missing[r]) };
            }
            let sum = row.iter().sum();
            (given, row, sum)
        });
        let mut gain = DirectedGain {
            total: 0.0,
            weight: 0.0,
            mean: 0.0,
            by_region: Vec::with_capacity(rows.len()),
            by_activity: vec![0.0; n],
            ties: 0,
            unlabelled: between.labels.unlabelled(),
        };
        for (given, row, sum) in rows {
            gain.by_region.push(sum);
            if !sum.is_nan() {
                gain.total += sum;
                gain.weight += given.weight;
                gain.ties += given.ties;
                gain.by_activity.iter_mut().zip(row).for_each(|(all, v)| *all += v);
            }
        }
        if gain.weight <= 0.0 {
            return Err(Error::undefined("directed complementarity", Undefined::NoTies));
        }
        gain.mean = gain.total / gain.weight;
        Ok(gain)
    }

    /// The `k` regions within `radius_m` from which each region could gain most, best first.
    ///
    /// `places` are planar coordinates in metres. Only regions that `accept(receiving, giving)` lets through
    /// and that bring something (score above 0) are partners; equal scores are ordered by region index.
    /// Distances are inclusive. A uniform grid finds the candidates: O(pairs within the radius · activities /
    /// 8), memory O(regions · (activities + k)).
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one place per region; [`Error::Value`] when a coordinate is not
    /// finite; [`Error::Parameter`] when `k` is 0 or `radius_m` is not above zero.
    pub fn partners(
        &self,
        places: &[Coord<f64>],
        radius_m: f64,
        k: usize,
        accept: impl Fn(u32, u32) -> bool + Sync + Send,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Partner>>> {
        let n = self.regions();
        check_len("places", places.len(), n)?;
        if let Some(index) = places.iter().position(|p| !(p.x.is_finite() && p.y.is_finite())) {
            let value = format!("({}, {})", places[index].x, places[index].y);
            return Err(Error::Value { what: "places", index, value, must: "must be finite" });
        }
        if k == 0 {
            let must = "must be at least 1";
            return Err(Error::Parameter { name: "k", value: k.to_string(), must });
        }
        if radius_m.is_nan() || radius_m <= 0.0 {
            let must = "must be above zero";
            return Err(Error::Parameter { name: "radius_m", value: radius_m.to_string(), must });
        }
        let grid = Grid::new(places, radius_m);
        // Portfolios in the grid's order are read from memory in one go.
        let mut portfolios = Vec::with_capacity(self.bytes.len());
        for &s in &grid.order {
            portfolios.extend_from_slice(self.portfolio(s as usize));
        }
        progress.begin("complementary partners", Some(n as u64));
        let blocks = parallel::map_init(
            n.div_ceil(BLOCK),
            || Lookup::new(self.stride),
            |lookup, block| {
                let slots = block * BLOCK..((block + 1) * BLOCK).min(n);
                let found: Vec<Vec<Partner>> = slots
                    .map(|slot| {
                        let r = grid.order[slot];
                        lookup.load(self.gain.row(r as usize), self.missing[r as usize]);
                        let mut best = Best { k, found: Vec::with_capacity(k.min(n)) };
                        grid.near(grid.places[slot], radius_m, |candidate, distance_squared| {
                            let s = grid.order[candidate];
                            let at = candidate * self.stride;
                            let score = lookup.sum(&portfolios[at..at + self.stride]);
                            if best.wants(score, s) && s != r && accept(r, s) {
                                best.insert(Partner {
                                    region: s,
                                    score,
                                    distance_m: distance_squared.sqrt(),
                                });
                            }
                        });
                        best.found
                    })
                    .collect();
                progress.advance(found.len() as u64);
                found
            },
        );
        progress.end();
        let mut partners = vec![Vec::new(); n];
        for (found, &r) in blocks.into_iter().flatten().zip(&grid.order) {
            partners[r as usize] = found;
        }
        Ok(partners)
    }

    fn portfolio(&self, s: usize) -> &[u8] {
        &self.bytes[s * self.stride..(s + 1) * self.stride]
    }

    /// Density added to the activities of r by what is brought, as a row of per cents.
    fn added(&self, r: usize, brought: &[f64], cells: Cells, row: &mut [f64]) {
        row.fill(0.0);
        for (j, &w) in brought.iter().enumerate() {
            if w > 0.0 && !self.settled.has(r, j) {
                for (v, phi) in row.iter_mut().zip(self.shares.to_each.row(j)) {
                    *v += w * phi;
                }
            }
        }
        for (i, (v, scale)) in row.iter_mut().zip(&self.shares.scale).enumerate() {
            let reported = cells == Cells::All || !self.settled.has(r, i);
            *v = if reported { *v * scale } else { f64::NAN };
        }
    }
}

/// What the partners of a region bring it.
#[derive(Default)]
struct Given {
    brought: Vec<f64>,
    weight: f64,
    ties: usize,
}

/// Ties and classes, checked against the regions.
struct Supply<'a> {
    presence: &'a Presence,
    ties: Ties<'a>,
    between: Option<Between<'a>>,
    /// With [`Ties::Potential`]: how many giving regions have each activity, and how many there are.
    everybody: (Vec<f64>, usize),
}

impl<'a> Supply<'a> {
    fn new(kernel: &'a Interregional, ties: Ties<'a>, between: Option<Between<'a>>) -> Result<Self> {
        let presence = &kernel.presence;
        let n = presence.regions();
        match ties {
            Ties::Potential => {}
            Ties::Sparse(w) => {
                check_shape("ties", (w.rows(), w.columns()), (n, n))?;
                check_weights("ties", w.parts().2)?;
            }
            Ties::Dense(w) => {
                check_shape("ties", (w.rows(), w.columns()), (n, n))?;
                check_weights("ties", w.as_slice())?;
            }
        }
        if let Some(b) = between {
            check_len("labels", b.labels.len(), n)?;
            for (name, class) in [("receiving", b.receiving), ("giving", b.giving)] {
                if class >= b.labels.classes() {
                    let must = "must be a class of the labels";
                    return Err(Error::Parameter { name, value: class.to_string(), must });
                }
            }
        }
        let mut supply = Self { presence, ties, between, everybody: (vec![0.0; presence.activities()], 0) };
        for s in (0..n).filter(|&s| supply.gives(s)).collect::<Vec<_>>() {
            supply.everybody.1 += 1;
            presence.present(s).for_each(|j| supply.everybody.0[j] += 1.0);
        }
        Ok(supply)
    }

    fn receives(&self, r: usize) -> bool {
        self.between.is_none_or(|b| b.labels.get(r) == Some(b.receiving))
    }

    fn gives(&self, s: usize) -> bool {
        self.between.is_none_or(|b| b.labels.get(s) == Some(b.giving))
    }

    /// What region r is brought. With [`Ties::Potential`] its own activities are in the sum, which
    /// never looks at them.
    fn of(&self, r: usize) -> Given {
        let mut given = Given { brought: vec![0.0; self.presence.activities()], ..Given::default() };
        let mut add = |s: usize, w: f64| {
            if s != r && w > 0.0 && self.gives(s) {
                given.weight += w;
                given.ties += 1;
                self.presence.present(s).for_each(|j| given.brought[j] += w);
            }
        };
        match self.ties {
            Ties::Sparse(ties) => ties.row(r).for_each(|(s, w)| add(s as usize, w)),
            Ties::Dense(ties) => ties.row(r).iter().enumerate().for_each(|(s, &w)| add(s, w)),
            Ties::Potential => {
                let others = self.everybody.1 - usize::from(self.gives(r));
                return Given { brought: self.everybody.0.clone(), weight: others as f64, ties: others };
            }
        }
        given
    }
}

/// Sums of one region's gains for every combination of eight activities.
struct Lookup {
    sums: Vec<[f64; 256]>,
    /// 0, or NaN when the region has nothing to gain.
    base: f64,
}

impl Lookup {
    fn new(stride: usize) -> Self {
        Self { sums: vec![[0.0; 256]; stride], base: 0.0 }
    }

    fn load(&mut self, gain: &[f64], missing: u32) {
        self.base = if missing == 0 { f64::NAN } else { 0.0 };
        for (sums, gain) in self.sums.iter_mut().zip(gain.chunks(8)) {
            // Bits beyond the last activity are never set: their sums need no value.
            for m in 1..1usize << gain.len() {
                sums[m] = sums[m & (m - 1)] + gain[m.trailing_zeros() as usize];
            }
        }
    }

    #[inline]
    fn sum(&self, portfolio: &[u8]) -> f64 {
        self.sums.iter().zip(portfolio).fold(self.base, |sum, (sums, &byte)| sum + sums[byte as usize])
    }
}

/// The best partners so far, best first.
struct Best {
    k: usize,
    found: Vec<Partner>,
}

impl Best {
    #[inline]
    fn wants(&self, score: f64, region: u32) -> bool {
        score > 0.0
            && (self.found.len() < self.k || self.found.last().is_some_and(|l| better(score, region, l)))
    }

    fn insert(&mut self, partner: Partner) {
        if self.found.len() == self.k {
            self.found.pop();
        }
        let at = self.found.partition_point(|p| !better(partner.score, partner.region, p));
        self.found.insert(at, partner);
    }
}

fn better(score: f64, region: u32, than: &Partner) -> bool {
    score > than.score || (score == than.score && region < than.region)
}

/// Places sorted by the cells of a square grid.
struct Grid {
    origin: Coord<f64>,
    cell_m: f64,
    columns: usize,
    rows: usize,
    starts: Vec<u32>,
    /// Region of each slot, and its place.
    order: Vec<u32>,
    places: Vec<Coord<f64>>,
}

impl Grid {
    /// Cells of a sixth of the radius waste little area around the circle; at most 1,024 a side.
    fn new(places: &[Coord<f64>], radius_m: f64) -> Self {
        let bound = |f: fn(f64, f64) -> f64, of: fn(&Coord<f64>) -> f64| {
            places.iter().map(of).reduce(f).unwrap_or(0.0)
        };
        let origin = Coord { x: bound(f64::min, |p| p.x), y: bound(f64::min, |p| p.y) };
        let (width, height) = (bound(f64::max, |p| p.x) - origin.x, bound(f64::max, |p| p.y) - origin.y);
        let extent = width.max(height).max(1.0);
        let cell_m = (radius_m / 6.0).clamp(extent / 1023.0, extent * 2.0);
        let (columns, rows) = ((width / cell_m) as usize + 1, (height / cell_m) as usize + 1);
        let cell = |p: &Coord<f64>| {
            ((p.y - origin.y) / cell_m) as usize * columns + ((p.x - origin.x) / cell_m) as usize
        };
        let mut starts = vec![0u32; columns * rows + 1];
        for p in places {
            starts[cell(p) + 1] += 1;
        }
        for c in 0..columns * rows {
            starts[c + 1] += starts[c];
        }
        let mut next = starts.clone();
        let mut order = vec![0; places.len()];
        for (r, p) in places.iter().enumerate() {
            let slot = &mut next[cell(p)];
            order[*slot as usize] = r as u32;
            *slot += 1;
        }
        let places = order.iter().map(|&r| places[r as usize]).collect();
        Self { origin, cell_m, columns, rows, starts, order, places }
    }

    /// Calls `f(slot, squared distance)` for the slots within the radius.
    #[inline]
    fn near(&self, centre: Coord<f64>, radius_m: f64, mut f: impl FnMut(usize, f64)) {
        let index = |v: f64, count: usize| ((v / self.cell_m).max(0.0) as usize).min(count - 1);
        let (x, y) = (centre.x - self.origin.x, centre.y - self.origin.y);
        let (limit, reach) = (square_within(radius_m), radius_m * (1.0 + 1e-9) + self.cell_m * 1e-9);
        let (left, right) = (index(x - reach, self.columns), index(x + reach, self.columns));
        for row in index(y - reach, self.rows)..=index(y + reach, self.rows) {
            let from = self.starts[row * self.columns + left] as usize;
            let to = self.starts[row * self.columns + right + 1] as usize;
            for (k, p) in self.places[from..to].iter().enumerate() {
                let d2 = (p.x - centre.x).powi(2) + (p.y - centre.y).powi(2);
                if d2 <= limit {
                    f(from + k, d2);
                }
            }
        }
    }
}
