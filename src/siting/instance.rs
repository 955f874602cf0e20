//! Demands, candidates and costs as the search needs them: existing places folded into what each demand
//! pays if nothing is opened.

use geo_types::Coord;

use super::problem::{Limit, Sites, SitingCosts, SitingNote, SitingOptions};
use crate::check::check_amounts;
use crate::error::{Error, Result};
use crate::matrix::Csr;
use crate::parallel;

/// Demands of one square are looked at together.
const PER_CELL: usize = 24;

pub(super) enum Ways {
    /// Costs by demand, and by candidate.
    Table {
        rows: Csr,
        columns: Csr,
    },
    Planar {
        demands: Vec<Coord<f64>>,
        candidates: Vec<Coord<f64>>,
        cells: Vec<Cell>,
    },
}

/// Consecutive demands and the box they lie in.
pub(super) struct Cell {
    from: usize,
    to: usize,
    min: Coord<f64>,
    max: Coord<f64>,
}

pub(super) struct Instance {
    /// Demands in the order of the search: those of one cell follow each other.
    pub weights: Vec<f64>,
    /// Position of each demand in what the caller gave.
    pub of: Vec<u32>,
    /// What each demand pays if nothing is opened.
    pub base: Vec<f64>,
    /// The existing place it goes to then.
    pub base_place: Vec<u32>,
    pub candidates: usize,
    pub allowed: Vec<bool>,
    pub price: Vec<f64>,
    pub budget: f64,
    pub existing: Vec<u32>,
    pub ways: Ways,
    pub notes: Vec<SitingNote>,
}

impl Instance {
    pub(super) fn new(weights: &[f64], costs: &SitingCosts<'_>, options: &SitingOptions) -> Result<Self> {
        let (n, m) = match costs {
            SitingCosts::Planar { demands, candidates } => (demands.len(), candidates.len()),
            SitingCosts::Table { table, .. } => (table.origins(), table.facilities()),
        };
        check_amounts("weights of demands", weights, n)?;
        options.check(m)?;
        let mut notes = Vec::new();
        let mut allowed = vec![true; m];
        let mut existing: Vec<u32> = Vec::new();
        for &e in &options.existing {
            if allowed[e as usize] {
                allowed[e as usize] = false;
                existing.push(e);
            } else {
                notes.push(SitingNote::OnExisting { candidate: e });
            }
        }
        let (ways, of, base) = match *costs {
            SitingCosts::Planar { demands, candidates } => {
                check_coords("demands", demands)?;
                check_coords("candidates", candidates)?;
                drop_on_existing(candidates, &existing, &mut allowed, &mut notes);
                let of = by_square(demands);
                let demands: Vec<_> = of.iter().map(|&i| demands[i as usize]).collect();
                let base = demands.iter().map(|&d| beyond(d, candidates)).collect();
                let cells = cells_of(&demands);
                (Ways::Planar { demands, candidates: candidates.to_vec(), cells }, of, base)
            }
            SitingCosts::Table { table, unreached } => {
                if !(unreached.is_finite() && unreached >= 0.0) {
                    let value = unreached.to_string();
                    let must = "must be finite and not negative";
                    return Err(Error::Parameter { name: "unreached", value, must });
                }
                let rows = table.within(unreached).as_csr().clone();
                let columns = rows.transposed();
                (Ways::Table { rows, columns }, (0..n as u32).collect(), vec![unreached; n])
            }
        };
        let weights = of.iter().map(|&i| weights[i as usize]).collect();
        let mut price = if options.costs.is_empty() { vec![1.0; m] } else { options.costs.clone() };
        let budget = match options.limit {
            Limit::Budget(budget) => budget,
            Limit::Unlimited => f64::INFINITY,
            Limit::Places(p) => {
                price.fill(1.0);
                let open_to = allowed.iter().filter(|a| **a).count();
                if p > open_to {
                    notes.push(SitingNote::FewerCandidates { asked: p, candidates: open_to });
                }
                p.min(open_to) as f64
            }
        };
        let mut instance = Self {
            weights,
            of,
            base,
            base_place: vec![Sites::NONE; n],
            candidates: m,
            allowed,
            price,
            budget,
            existing,
            ways,
            notes,
        };
        instance.fold_existing();
        instance.note_out_of_reach();
        Ok(instance)
    }

    fn fold_existing(&mut self) {
        for at in 0..self.existing.len() {
            let place = self.existing[at];
            let (mut base, mut of) = (std::mem::take(&mut self.base), std::mem::take(&mut self.base_place));
            self.visit(place, &self.cell_reach(&base), |i, cost| {
                // An existing place at the cost of none at all is still a place.
                if cost < base[i] || (cost <= base[i] && of[i] == Sites::NONE) {
                    base[i] = cost;
                    of[i] = place;
                }
            });
            (self.base, self.base_place) = (base, of);
        }
    }

    fn note_out_of_reach(&mut self) {
        if let Ways::Table { rows, .. } = &self.ways {
            let out = |i: usize| {
                self.base_place[i] == Sites::NONE
                    && rows.indices(i).iter().all(|&j| !self.allowed[j as usize])
            };
            let (demands, weight) = (0..self.weights.len())
                .filter(|&i| out(i))
                .fold((0, 0.0), |(n, w), i| (n + 1, w + self.weights[i]));
            if demands > 0 {
                self.notes.push(SitingNote::OutOfReach { demands, weight });
            }
        }
    }

    pub(super) fn demands(&self) -> usize {
        self.weights.len()
    }

    /// Pairs of demand and candidate that have a cost.
    pub(super) fn pairs(&self) -> usize {
        match &self.ways {
            Ways::Table { rows, .. } => rows.entries(),
            Ways::Planar { candidates, .. } => self.demands().saturating_mul(candidates.len()),
        }
    }

    /// Whether candidates all cost the same, so that the budget is a number of places.
    pub(super) fn unit_price(&self) -> bool {
        self.price.iter().all(|p| *p == 1.0)
    }

    /// For each cell the greatest of the demands' costs: what is farther from the whole cell can be passed.
    pub(super) fn cell_reach(&self, costs: &[f64]) -> Vec<f64> {
        match &self.ways {
            Ways::Table { .. } => Vec::new(),
            Ways::Planar { cells, .. } => {
                cells.iter().map(|c| costs[c.from..c.to].iter().copied().fold(0.0, f64::max)).collect()
            }
        }
    }

    /// Calls `f(demand, cost)` for the demands of a candidate; those that are in the plane farther off than
    /// the reach of their cell are passed over.
    #[inline]
    pub(super) fn visit(&self, candidate: u32, reach: &[f64], mut f: impl FnMut(usize, f64)) {
        match &self.ways {
            Ways::Table { columns, .. } => {
                columns.row(candidate as usize).for_each(|(i, cost)| f(i as usize, cost));
            }
            Ways::Planar { demands, candidates, cells } => {
                let at = candidates[candidate as usize];
                for (cell, &reach) in cells.iter().zip(reach) {
                    let dx = (cell.min.x - at.x).max(at.x - cell.max.x).max(0.0);
                    let dy = (cell.min.y - at.y).max(at.y - cell.max.y).max(0.0);
                    // A little more than the reach, lest rounding pass over a demand on its edge.
                    if dx * dx + dy * dy > reach * reach * (1.0 + 1e-12) {
                        continue;
                    }
                    for (i, d) in (cell.from..).zip(&demands[cell.from..cell.to]) {
                        f(i, distance(*d, at));
                    }
                }
            }
        }
    }

    /// Cost of one pair, if it can be travelled.
    pub(super) fn cost(&self, demand: usize, candidate: u32) -> Option<f64> {
        match &self.ways {
            Ways::Table { rows, .. } => rows.get(demand, candidate),
            Ways::Planar { demands, candidates, .. } => {
                Some(distance(demands[demand], candidates[candidate as usize]))
            }
        }
    }

    /// Pairs `(cost, candidate)` of every demand that may be opened and cost less than `below`, cheapest
    /// first.
    pub(super) fn nearest(&self, below: &[f64]) -> Vec<Vec<(f64, u32)>> {
        parallel::map(self.demands(), |i| {
            let mut row: Vec<(f64, u32)> = match &self.ways {
                Ways::Table { rows, .. } => {
                    rows.row(i).filter(|pair| pair.1 < below[i]).map(|(j, cost)| (cost, j)).collect()
                }
                Ways::Planar { demands, candidates, .. } => {
                    let (at, limit) = (demands[i], below[i] * below[i] * (1.0 + 1e-12));
                    let near = candidates.iter().enumerate().filter(|(_, c)| {
                        let (dx, dy) = (c.x - at.x, c.y - at.y);
                        dx * dx + dy * dy <= limit
                    });
                    near.map(|(j, &c)| (distance(at, c), j as u32)).filter(|p| p.0 < below[i]).collect()
                }
            };
            row.retain(|pair| self.allowed[pair.1 as usize]);
            row.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            row.shrink_to_fit();
            row
        })
    }
}

#[inline]
fn distance(a: Coord<f64>, b: Coord<f64>) -> f64 {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    (dx * dx + dy * dy).sqrt()
}

fn check_coords(what: &'static str, coords: &[Coord<f64>]) -> Result<()> {
    match coords.iter().position(|c| !(c.x.is_finite() && c.y.is_finite())) {
        Some(index) => {
            let value = format!("({}, {})", coords[index].x, coords[index].y);
            Err(Error::Value { what, index, value, must: "must be finite" })
        }
        None => Ok(()),
    }
}

/// Candidates at the very spot of an existing place are no alternative to it.
fn drop_on_existing(
    candidates: &[Coord<f64>],
    existing: &[u32],
    allowed: &mut [bool],
    notes: &mut Vec<SitingNote>,
) {
    let bits = |c: Coord<f64>| ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits());
    let mut spots: Vec<_> = existing.iter().map(|&e| bits(candidates[e as usize])).collect();
    spots.sort_unstable();
    for (j, &c) in candidates.iter().enumerate() {
        if allowed[j] && spots.binary_search(&bits(c)).is_ok() {
            allowed[j] = false;
            notes.push(SitingNote::OnExisting { candidate: j as u32 });
        }
    }
}

/// A cost no candidate is at: what a demand would pay without any place in the plane.
fn beyond(at: Coord<f64>, candidates: &[Coord<f64>]) -> f64 {
    candidates.iter().map(|&c| distance(at, c)).fold(0.0, f64::max) * 2.0 + 1.0
}

/// Demands ordered by the square they are in.
fn by_square(demands: &[Coord<f64>]) -> Vec<u32> {
    let bound = |pick: fn(&Coord<f64>) -> f64, fold: fn(f64, f64) -> f64, from| {
        demands.iter().map(pick).fold(from, fold)
    };
    let (x0, x1) = (bound(|c| c.x, f64::min, f64::INFINITY), bound(|c| c.x, f64::max, f64::NEG_INFINITY));
    let (y0, y1) = (bound(|c| c.y, f64::min, f64::INFINITY), bound(|c| c.y, f64::max, f64::NEG_INFINITY));
    let side = ((x1 - x0).max(y1 - y0) / (demands.len() as f64 / PER_CELL as f64).sqrt().max(1.0)).max(1e-9);
    let key = |i: &u32| {
        let c = demands[*i as usize];
        (((c.y - y0) / side) as i64, ((c.x - x0) / side) as i64, *i)
    };
    let mut of: Vec<u32> = (0..demands.len() as u32).collect();
    of.sort_unstable_by_key(key);
    of
}

fn cells_of(demands: &[Coord<f64>]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (at, chunk) in demands.chunks(PER_CELL).enumerate() {
        let fold = |f: fn(f64, f64) -> f64, from: f64| Coord {
            x: chunk.iter().map(|c| c.x).fold(from, f),
            y: chunk.iter().map(|c| c.y).fold(from, f),
        };
        let from = at * PER_CELL;
        cells.push(Cell {
            from,
            to: from + chunk.len(),
            min: fold(f64::min, f64::INFINITY),
            max: fold(f64::max, f64::NEG_INFINITY),
        });
    }
    cells
}
