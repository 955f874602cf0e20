//! The rational agent access model: an equilibrium of travel and crowding.

use serde::{Deserialize, Serialize};

use super::CostTable;
use crate::check::{check_amounts, check_sum, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::parallel;
use crate::progress::Progress;

/// How [`rational_agents`] weighs travel against crowding, and how far it goes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AgentOptions {
    /// Travel cost that weighs as much as crowding at the mean level (`τ`), in the unit of the table.
    pub tau: f64,
    /// Demand per unit of supply that counts as crowding of 1 (`ρ`); all demand over all supply if
    /// `None`.
    pub rho: Option<f64>,
    /// Share of the whole cost that could still be saved by changing facility, at which to stop. At the
    /// default 10⁻⁴ scores of the test case are within 0.4 % of their limit.
    pub tolerance: f64,
    /// Most rounds in which everybody reconsiders.
    pub max_rounds: usize,
}

impl Default for AgentOptions {
    fn default() -> Self {
        Self { tau: 60.0, rho: None, tolerance: 1e-4, max_rounds: 10_000 }
    }
}

impl AgentOptions {
    /// Sets [`AgentOptions::tau`].
    #[must_use]
    pub const fn tau(self, tau: f64) -> Self {
        Self { tau, ..self }
    }

    /// Sets [`AgentOptions::rho`].
    #[must_use]
    pub const fn rho(self, rho: f64) -> Self {
        Self { rho: Some(rho), ..self }
    }

    /// Sets [`AgentOptions::tolerance`].
    #[must_use]
    pub const fn tolerance(self, tolerance: f64) -> Self {
        Self { tolerance, ..self }
    }

    /// Sets [`AgentOptions::max_rounds`].
    #[must_use]
    pub const fn max_rounds(self, max_rounds: usize) -> Self {
        Self { max_rounds, ..self }
    }

    fn check(&self) -> Result<()> {
        let above = |name, v: f64| {
            if v.is_finite() && v > 0.0 {
                return Ok(());
            }
            Err(Error::Parameter { name, value: v.to_string(), must: "must be finite and above zero" })
        };
        above("tau", self.tau)?;
        above("rho", self.rho.unwrap_or(1.0))?;
        above("tolerance", self.tolerance)
    }
}

/// Equilibrium of [`rational_agents`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct AgentAccess {
    /// Least total cost (travel / τ + crowding) open to each origin; NaN when it reaches no facility.
    pub costs: Vec<f64>,
    /// Demand that ends up at every facility.
    pub loads: Vec<f64>,
    /// Origins that reach no facility with supply.
    pub uncovered: Vec<u32>,
    /// Share of the whole cost that could still be saved by changing facility.
    pub gap: f64,
    /// Rounds made.
    pub rounds: usize,
}

/// How good access is once nobody can do better by choosing another facility: travel plus crowding in the
/// rational agent access model (RAAM).
///
/// # Formula
/// Demand `x_ij` of origin `i` at facility `j` costs `c_ij / τ + Σ_i x_ij / (ρ S_j)`, c the travel cost, S
/// the supply, τ and ρ as in [`AgentOptions`]; the score is the least cost open to `i` at equilibrium, which
/// exists and is unique. Demand is divisible here; the method's original heuristic moves whole people in 150
/// shrinking steps and ends near the same costs.
///
/// Each round, origins in turn share their demand out at best, most rounds among the facilities they already
/// use; the rounds stop when over all pairs no more than [`AgentOptions::tolerance`] is left to save.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// Low is good; about 1 for facilities at hand with mean crowding. Origins without demand get the cost they
/// would meet.
///
/// # Undefined
/// NaN for origins that reach no facility with supply. Facilities without supply are left out.
///
/// # Errors
/// As [`super::two_step`], and [`Error::Undefined`] when there is no supply, when `ρ` is to be computed and
/// there is no demand, or when the rounds do not suffice.
///
/// # Complexity
/// O(pairs) per round over all and O(pairs in use) per other round, each on one thread.
///
/// # References
/// Saxon & Snow (2020), Annals of the American Association of Geographers,
/// <https://doi.org/10.1080/24694452.2019.1629870>.
///
/// # Example
/// ```
/// use rurban::accessibility::{AgentOptions, CostTable, rational_agents};
/// use rurban::progress::Silent;
///
/// // Both facilities are at hand: demand follows supply.
/// let costs = CostTable::from_triplets(1, 2, &[(0, 0, 0.0), (0, 1, 0.0)])?;
/// let access = rational_agents(&costs, &[12.0], &[1.0, 3.0], &AgentOptions::default(), &Silent)?;
/// assert_eq!((access.loads, access.costs), (vec![3.0, 9.0], vec![1.0]));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn rational_agents(
    costs: &CostTable,
    demand: &[f64],
    supply: &[f64],
    options: &AgentOptions,
    progress: &dyn Progress,
) -> Result<AgentAccess> {
    options.check()?;
    check_amounts("demand", demand, costs.origins())?;
    check_amounts("supply", supply, costs.facilities())?;
    check_sum("demand", demand)?;
    check_sum("supply", supply)?;
    let (total, asked): (f64, f64) = (supply.iter().sum(), demand.iter().sum());
    if !(total > 0.0 && (options.rho.is_some() || asked > 0.0)) {
        return Err(Error::undefined("rational agent access", Undefined::ZeroTotal));
    }
    // Shares first: demand over a very small supply would be infinite.
    let capacity: Vec<f64> = match options.rho {
        Some(rho) => supply.iter().map(|s| s * rho).collect(),
        None => supply.iter().map(|s| s / total * asked).collect(),
    };
    check_weights("supply times rho", &capacity)?;
    let mut market = Market::new(costs, demand, capacity, options.tau);
    progress.begin("equilibrium", None);
    let outcome = market.settle(options, progress);
    progress.end();
    let Some((scores, gap, rounds)) = outcome else {
        let iterations = options.max_rounds;
        return Err(Error::undefined("rational agent access", Undefined::NoConvergence { iterations }));
    };
    let uncovered = (0..scores.len() as u32).filter(|&i| scores[i as usize].is_nan()).collect();
    Ok(AgentAccess { costs: scores, loads: market.loads, uncovered, gap, rounds })
}

/// Rounds among the facilities in use between two over all.
const ROUNDS_AMONG_USED: usize = 100;

/// Who goes where.
struct Market<'a> {
    costs: &'a CostTable,
    demand: &'a [f64],
    /// Demand at which a facility's crowding is 1.
    capacity: Vec<f64>,
    tau: f64,
    /// Demand of every pair of the table.
    flows: Vec<f64>,
    loads: Vec<f64>,
}

/// An origin's facility with room: position in the table, cost without the origin's own demand.
type Offer = (usize, f64);

impl<'a> Market<'a> {
    fn new(costs: &'a CostTable, demand: &'a [f64], capacity: Vec<f64>, tau: f64) -> Self {
        let (flows, loads) = (vec![0.0; costs.pairs()], vec![0.0; capacity.len()]);
        Self { costs, demand, capacity, tau, flows, loads }
    }

    /// Rounds until no more than the tolerance could be saved, or `None`.
    fn settle(&mut self, options: &AgentOptions, progress: &dyn Progress) -> Option<(Vec<f64>, f64, usize)> {
        let (offsets, _, _) = self.costs.pairs.parts();
        let all = |i: usize| offsets[i]..offsets[i + 1];
        let mut rounds = 0;
        while rounds < options.max_rounds {
            self.round(all);
            rounds += 1;
            progress.advance(1);
            let (scores, gap) = self.outcome(all);
            if gap <= options.tolerance {
                return Some((scores, gap, rounds));
            }
            // Few facilities of a long list are ever in use: most rounds look at these only.
            let (starts, used) = self.used();
            let used_by = |i: usize| used[starts[i]..starts[i + 1]].iter().copied();
            for _ in 0..ROUNDS_AMONG_USED.min(options.max_rounds - rounds) {
                self.round(used_by);
                rounds += 1;
                progress.advance(1);
                if self.outcome(used_by).1 <= options.tolerance / 2.0 {
                    break;
                }
            }
        }
        None
    }

    /// Where the pairs with demand of every origin start, and their positions in the table.
    fn used(&self) -> (Vec<usize>, Vec<usize>) {
        let (offsets, _, _) = self.costs.pairs.parts();
        let used: Vec<usize> = (0..self.flows.len()).filter(|&at| self.flows[at] > 0.0).collect();
        (offsets.iter().map(|&start| used.partition_point(|&at| at < start)).collect(), used)
    }

    /// Every origin in turn shares its demand out so that all facilities it uses cost the same and no
    /// other one costs less.
    fn round<I: Iterator<Item = usize>>(&mut self, pairs: impl Fn(usize) -> I) {
        let (_, indices, travel) = self.costs.pairs.parts();
        let mut open: Vec<Offer> = Vec::new();
        for (i, &demand) in self.demand.iter().enumerate().filter(|d| *d.1 > 0.0) {
            open.clear();
            let (mut room, mut level) = (0.0, demand);
            for at in pairs(i) {
                let j = indices[at] as usize;
                let capacity = self.capacity[j];
                if capacity > 0.0 {
                    self.loads[j] = f64::max(self.loads[j] - self.flows[at], 0.0);
                    self.flows[at] = 0.0;
                    let cost = travel[at] / self.tau + self.loads[j] / capacity;
                    open.push((at, cost));
                    room += capacity;
                    level += capacity * cost;
                }
            }
            // Facilities above the common cost fall away until none is left above it.
            let mut common = level / room;
            loop {
                let before = open.len();
                open.retain(|&(_, cost)| cost < common);
                if open.len() == before || open.is_empty() {
                    break;
                }
                let capacity = |at: usize| self.capacity[indices[at] as usize];
                (room, level) = open
                    .iter()
                    .fold((0.0, demand), |(r, l), &(at, c)| (r + capacity(at), l + capacity(at) * c));
                common = level / room;
            }
            for &(at, cost) in &open {
                let j = indices[at] as usize;
                self.flows[at] = (common - cost) * self.capacity[j];
                self.loads[j] += self.flows[at];
            }
        }
        // Adding and taking away again leaves rounding behind.
        self.loads.fill(0.0);
        for at in (0..self.demand.len()).flat_map(pairs) {
            self.loads[indices[at] as usize] += self.flows[at];
        }
    }

    /// Least cost of every origin, and the share of the whole cost in excess of it.
    fn outcome<I>(&self, pairs: impl Fn(usize) -> I + Sync) -> (Vec<f64>, f64)
    where
        I: Iterator<Item = usize>,
    {
        let (_, indices, travel) = self.costs.pairs.parts();
        let paid = parallel::map(self.demand.len(), |i| {
            let (mut least, mut flow, mut paid) = (f64::NAN, 0.0, 0.0);
            for at in pairs(i) {
                let j = indices[at] as usize;
                if self.capacity[j] > 0.0 {
                    let cost = travel[at] / self.tau + self.loads[j] / self.capacity[j];
                    least = least.min(cost);
                    flow += self.flows[at];
                    paid += self.flows[at] * cost;
                }
            }
            (least, flow, paid)
        });
        let (needed, spent) = paid
            .iter()
            .filter(|(_, flow, _)| *flow > 0.0)
            .fold((0.0, 0.0), |(n, s), &(least, flow, paid)| (n + flow * least, s + paid));
        let gap = if spent > 0.0 { f64::max((spent - needed) / spent, 0.0) } else { 0.0 };
        (paid.into_iter().map(|p| p.0).collect(), gap)
    }
}
