//! Potential and floating-catchment measures: supply within reach, shared with who else reaches it.

use serde::{Deserialize, Serialize};

use super::{Catchment, CostTable};
use crate::check::{check_amounts, check_sum};
use crate::error::Result;
use crate::parallel;

/// Most parts into which sums over origins are cut; fixed, so that threads do not change them.
const PARTS: usize = 64;

/// What every origin has within reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Access {
    /// Score of every origin; 0 when no facility is within reach.
    pub scores: Vec<f64>,
    /// Origins without any facility within reach (at a weight above zero).
    pub uncovered: Vec<u32>,
    /// What every facility offers per unit of the demand that reaches it (`R_j`); its supply in
    /// measures without competition. 0 when no demand reaches it; the largest number where demand is so
    /// far away that the offer is beyond it (scores are right all the same).
    pub offers: Vec<f64>,
    /// Facilities that no demand reaches, so that their supply is in no score.
    pub unused: Vec<u32>,
}

/// Over which facilities an origin's probability of choosing one is spread in [`three_step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Choice {
    /// Those within the cut-off, as Wan, Zou & Sternberg (2012) define it.
    #[default]
    WithinCutoff,
    /// All in the cost table, as `PySAL access` computes it: what lies beyond the cut-off draws
    /// demand off without serving it.
    WholeTable,
}

/// How much supply is within reach, each unit weighted by how well it is reached (Hansen's potential).
///
/// # Formula
/// `A_i = Σ_j S_j W(c_ij)` over the facilities within the cut-off; S the supply of each facility, c the
/// costs, W the catchment's weight. One score for each origin, in units of supply.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// High is good. 0 when no facility is within reach; such origins are listed.
///
/// # Errors
/// [`Error::Shape`] when there is not one supply per facility; [`Error::Value`] for a negative or non-finite
/// supply; [`Error::Parameter`] for a cut-off or decay out of its domain.
///
/// [`Error::Shape`]: crate::Error::Shape
/// [`Error::Value`]: crate::Error::Value
/// [`Error::Parameter`]: crate::Error::Parameter
///
/// # Complexity
/// O(pairs).
///
/// # References
/// Hansen (1959), Journal of the American Institute of Planners, <https://doi.org/10.1080/01944365908978307>.
///
/// # Example
/// ```
/// use rurban::accessibility::{Catchment, CostTable, Decay, potential};
/// # fn main() -> rurban::Result<()> {
/// let costs = CostTable::from_triplets(2, 2, &[(0, 0, 1.0), (0, 1, 2.0)])?;
/// let decay = Decay::Power { exponent: 1.0, min_cost: 1.0 };
/// let access = potential(&costs, &[3.0, 4.0], &Catchment::all().decay(decay))?;
/// assert_eq!((access.scores, access.uncovered), (vec![5.0, 0.0], vec![1]));
/// # Ok(()) }
/// ```
pub fn potential(costs: &CostTable, supply: &[f64], catchment: &Catchment) -> Result<Access> {
    catchment.check()?;
    check_amounts("supply", supply, costs.facilities())?;
    check_sum("supply", supply)?;
    let offers = Offers { per_unit: supply.to_vec(), far: vec![false; supply.len()], unused: Vec::new() };
    Ok(Reach { costs, catchment, rows: Rows::Plain }.scores(offers))
}

/// How much supply is at a cost of at most `cutoff` (inclusive; cumulative opportunities).
///
/// # Formula
/// `A_i = Σ_{j: c_ij ≤ cutoff} S_j`; [`potential`] without decay.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// High is good.
///
/// # Errors
/// As [`potential`].
///
/// # Complexity
/// O(pairs).
pub fn cumulative_opportunities(costs: &CostTable, supply: &[f64], cutoff: f64) -> Result<Access> {
    potential(costs, supply, &Catchment::within(cutoff))
}

/// How much supply per head is within reach, where each facility is shared by all who reach it: the two-step
/// floating catchment area (2SFCA), and with a decay its enhanced form (E2SFCA).
///
/// # Formula
/// `R_j = S_j / Σ_i P_i W(c_ij)`, `A_i = Σ_j R_j W(c_ij)`, both over pairs within the cut-off (inclusive); S
/// the supply, P the demand, c the costs, W the catchment's weight. One score for each origin, in units of
/// supply per unit of demand. What is handed out is what there is: `Σ_i P_i A_i` equals the supply of all
/// facilities that demand reaches.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// High is good. 0 when no facility is within reach; such origins are listed. Origins without demand of their
/// own have a score too.
///
/// # Errors
/// As [`potential`], for demand too.
///
/// # Complexity
/// O(pairs).
///
/// # References
/// Luo & Wang (2003), Environment and Planning B, <https://doi.org/10.1068/b29120>; with decay Luo & Qi
/// (2009), Health & Place, <https://doi.org/10.1016/j.healthplace.2009.06.002>, whose steps are
/// [`Catchment::luo_qi`].
///
/// # Example
/// ```
/// use rurban::accessibility::{Catchment, CostTable, two_step};
/// # fn main() -> rurban::Result<()> {
/// let costs = CostTable::from_triplets(3, 1, &[(0, 0, 5.0), (1, 0, 10.0), (2, 0, 31.0)])?;
/// let access = two_step(&costs, &[100.0, 300.0, 50.0], &[8.0], &Catchment::within(30.0))?;
/// assert_eq!((access.scores, access.uncovered), (vec![0.02, 0.02, 0.0], vec![2]));
/// # Ok(()) }
/// ```
pub fn two_step(costs: &CostTable, demand: &[f64], supply: &[f64], catchment: &Catchment) -> Result<Access> {
    compete(costs, demand, supply, catchment, Rows::Plain)
}

/// How much supply per head is within reach when who can choose between many facilities asks less of each:
/// the three-step floating catchment area (3SFCA).
///
/// # Formula
/// `G_ij = W(c_ij) / Σ_j W(c_ij)`, `R_j = S_j / Σ_i G_ij W(c_ij) P_i`, `A_i = Σ_j G_ij W(c_ij) R_j`. `choice`
/// says over which facilities the sum in `G` goes; the two are the same when the table ends at the cut-off.
/// Symbols, units and balance as [`two_step`].
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// High is good, as [`two_step`].
///
/// # Errors
/// As [`two_step`].
///
/// # Complexity
/// O(pairs).
///
/// # References
/// Wan, Zou & Sternberg (2012), International Journal of Geographical Information Science,
/// <https://doi.org/10.1080/13658816.2011.624987>.
pub fn three_step(
    costs: &CostTable,
    demand: &[f64],
    supply: &[f64],
    catchment: &Catchment,
    choice: Choice,
) -> Result<Access> {
    compete(costs, demand, supply, catchment, Rows::Preference(choice))
}

/// How much is within reach when neither demand nor what facilities offer is counted more than once, as
/// overlapping catchments do in [`two_step`]: the balanced floating catchment area (BFCA).
///
/// # Formula
/// With `V_ij = W(c_ij) / Σ_j W(c_ij)` and `U_ij = W(c_ij) / Σ_i W(c_ij)`, `R_j = S_j / Σ_i V_ij P_i`,
/// `A_i = Σ_j U_ij R_j`; other symbols as [`two_step`]. All covered demand falls on the facilities once, and
/// `Σ_i A_i = Σ_j R_j` over the facilities that demand reaches. The scores are shares of offers, not supply
/// per head.
///
/// # Range
/// [0, ∞).
///
/// # Direction
/// High is good.
///
/// # Errors
/// As [`two_step`].
///
/// # Complexity
/// O(pairs).
///
/// # References
/// Páez, Higgins & Vivona (2019), PLOS ONE, <https://doi.org/10.1371/journal.pone.0218773>. From the
/// literature, not checked against a peer.
pub fn balanced(costs: &CostTable, demand: &[f64], supply: &[f64], catchment: &Catchment) -> Result<Access> {
    catchment.check()?;
    check_amounts("demand", demand, costs.origins())?;
    check_amounts("supply", supply, costs.facilities())?;
    let reached = Reach { costs, catchment, rows: Rows::Standardised }.sums(demand);
    let offers = Offers::new(supply, &reached)?;
    let plain = Reach { costs, catchment, rows: Rows::Plain };
    let weight = plain.sums(&vec![1.0; costs.origins()]);
    let unused = offers.unused.clone();
    let offers = offers.told();
    let parts = Offers::new(&offers, &weight)?;
    Ok(Access { offers, unused, ..plain.scores(parts) })
}

fn compete(
    costs: &CostTable,
    demand: &[f64],
    supply: &[f64],
    catchment: &Catchment,
    rows: Rows,
) -> Result<Access> {
    catchment.check()?;
    check_amounts("demand", demand, costs.origins())?;
    check_amounts("supply", supply, costs.facilities())?;
    let reach = Reach { costs, catchment, rows };
    let offers = Offers::new(supply, &reach.sums(demand))?;
    Ok(reach.scores(offers))
}

/// Demand that reaches a facility so thinly that supply over it is beyond the largest number is counted
/// in units this much smaller.
const THIN: f64 = 1.0 / (1u128 << 127) as f64 / (1u128 << 127) as f64 / (1u128 << 127) as f64;

/// What facilities offer per unit of the demand that reaches them.
struct Offers {
    per_unit: Vec<f64>,
    /// Facilities whose offer is per [`THIN`] of a unit.
    far: Vec<bool>,
    unused: Vec<u32>,
}

impl Offers {
    fn new(amounts: &[f64], among: &[f64]) -> Result<Self> {
        check_sum("supply", amounts)?;
        check_sum("demand within reach", among)?;
        let unused = (0..among.len() as u32).filter(|&j| among[j as usize] <= 0.0).collect();
        let far: Vec<bool> =
            amounts.iter().zip(among).map(|(s, d)| *d > 0.0 && (s / d).is_infinite()).collect();
        let of = |((s, d), far): ((&f64, &f64), &bool)| match (*d > 0.0, far) {
            (false, _) => 0.0,
            (true, false) => s / d,
            (true, true) => s / (d / THIN),
        };
        Ok(Self { per_unit: amounts.iter().zip(among).zip(&far).map(of).collect(), far, unused })
    }

    /// Offers per unit, the largest number where they are beyond it.
    fn told(mut self) -> Vec<f64> {
        for (offer, _) in self.per_unit.iter_mut().zip(&self.far).filter(|o| *o.1) {
            *offer = (*offer / THIN).min(f64::MAX);
        }
        self.per_unit
    }
}

/// What becomes of the weights of an origin.
#[derive(Clone, Copy)]
enum Rows {
    /// `W`.
    Plain,
    /// `W / Σ_j W`.
    Standardised,
    /// `W² / Σ_j W`.
    Preference(Choice),
}

/// Pairs of origin and facility with their weights, which are computed where they are needed.
struct Reach<'a> {
    costs: &'a CostTable,
    catchment: &'a Catchment,
    rows: Rows,
}

impl Reach<'_> {
    fn weights(&self, i: usize, out: &mut Vec<f64>) {
        let costs = self.costs.pairs.values(i);
        self.catchment.weights(costs, out);
        let sum: f64 = match self.rows {
            Rows::Plain => return,
            Rows::Preference(Choice::WholeTable) => {
                costs.iter().map(|&c| self.catchment.decay.weight(c)).sum()
            }
            Rows::Standardised | Rows::Preference(Choice::WithinCutoff) => out.iter().sum(),
        };
        let again = matches!(self.rows, Rows::Preference(_));
        for w in out.iter_mut().filter(|w| **w > 0.0) {
            // A quotient first: the reciprocal of a sum of very small weights is infinite.
            *w = if again { *w * (*w / sum) } else { *w / sum };
        }
    }

    /// For every facility, the amounts of the origins that reach it, weighted.
    fn sums(&self, amounts: &[f64]) -> Vec<f64> {
        let (n, m) = (amounts.len(), self.costs.facilities());
        // Sums of parts must cost less than the pairs themselves.
        let parts = (self.costs.pairs() / (8 * m.max(1))).clamp(1, PARTS);
        let size = n.div_ceil(parts);
        let sums = parallel::map(parts, |part| {
            let mut sums = vec![0.0; m];
            let mut weights = Vec::new();
            for (i, &amount) in amounts.iter().enumerate().take((part + 1) * size).skip(part * size) {
                if amount > 0.0 {
                    self.weights(i, &mut weights);
                    for (&j, w) in self.costs.pairs.indices(i).iter().zip(&weights) {
                        sums[j as usize] += amount * w;
                    }
                }
            }
            sums
        });
        let mut total = vec![0.0; m];
        for sums in sums {
            total.iter_mut().zip(sums).for_each(|(t, s)| *t += s);
        }
        total
    }

    /// For every origin, what the facilities it reaches offer, weighted.
    fn scores(&self, offers: Offers) -> Access {
        let Offers { per_unit, far, unused } = &offers;
        let found = parallel::map_init(self.costs.origins(), Vec::new, |weights, i| {
            self.weights(i, weights);
            let facilities = self.costs.pairs.indices(i);
            let thin = |j: u32, w: f64| if far[j as usize] { w / THIN } else { w };
            let score = facilities
                .iter()
                .zip(&*weights)
                .map(|(&j, &w)| thin(j, w) * per_unit[j as usize])
                .sum::<f64>();
            (score, weights.iter().any(|w| *w > 0.0))
        });
        let uncovered = (0..found.len() as u32).filter(|&i| !found[i as usize].1).collect();
        // An empty sum is -0.
        let scores = found.into_iter().map(|f| f.0 + 0.0).collect();
        let unused = unused.clone();
        Access { scores, uncovered, unused, offers: offers.told() }
    }
}
