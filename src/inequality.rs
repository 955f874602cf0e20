//! Inequality between territories, within and between groups.
//!
//! A [`Distribution`] holds what each unit has per head and how many heads it counts; the measures
//! are its methods. Units of weight zero have no influence on any of them.

use std::num::FpCategory;

use serde::{Deserialize, Serialize};

use crate::check::check_amounts;
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;

/// An amount per head for each of n units, with the heads as weights.
///
/// ```
/// use rurban::inequality::Distribution;
/// use rurban::labels::Labels;
///
/// // 30 € among 10 inhabitants, 10 € among 10 inhabitants.
/// let d = Distribution::per_capita(&[30.0, 10.0], &[10.0, 10.0])?;
/// assert_eq!(d.mean(), 2.0);
/// assert_eq!(d.gini()?, 0.25);
/// assert!((d.theil_t()? - 0.130_812).abs() < 1e-6);
/// assert_eq!(d.ratio(&Labels::new(vec![0, 1], 2)?, 0, 1)?, 3.0);
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distribution {
    values: Vec<f64>,
    weights: Vec<f64>,
    heads: f64,
    mean: f64,
}

/// Inequality split into a part between groups and a part within them; the two add up to the total.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Decomposition {
    /// Inequality among all units.
    pub total: f64,
    /// What would remain if every head had the mean of its group.
    pub between: f64,
    /// Mean of the groups' own inequalities, each with its share (of the amount for T, of heads for L).
    pub within: f64,
    /// The groups, in the order of the labels; a last one for units without a label, if there are any.
    pub groups: Vec<Group>,
    /// Units without a label; they make up the last group.
    pub unlabelled: usize,
}

/// A group's place in a [`Decomposition`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Share of all heads.
    pub population_share: f64,
    /// Share of the whole amount.
    pub value_share: f64,
    /// Amount per head; NaN in a group without heads.
    pub mean: f64,
    /// Inequality inside the group; NaN in a group without heads, or (T) without any amount.
    pub inequality: f64,
}

/// Cumulated shares of heads and of the amount, poorest first, from (0, 0) to (1, 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Lorenz {
    /// Cumulated share of heads.
    pub population: Vec<f64>,
    /// Cumulated share of the amount.
    pub value: Vec<f64>,
}

/// Least share of heads: with less, a ratio to the mean and its logarithm may not be numbers.
const LEAST_SHARE: f64 = 1e-300;

#[derive(Clone, Copy)]
enum Index {
    T,
    L,
}

impl Index {
    const fn name(self) -> &'static str {
        match self {
            Self::T => "Theil T",
            Self::L => "Theil L",
        }
    }

    /// What a part with ratio `r` to the mean adds, per share of heads.
    fn term(self, r: f64) -> f64 {
        match self {
            Self::T if r > 0.0 => r * r.ln(),
            Self::T => 0.0,
            Self::L => -r.ln(),
        }
    }
}

impl Distribution {
    /// Units that count the same.
    ///
    /// # Errors
    /// As [`Distribution::weighted`].
    ///
    /// # Complexity
    /// O(n).
    pub fn new(values: &[f64]) -> Result<Self> {
        Self::weighted(values, &vec![1.0; values.len()])
    }

    /// Amounts per head, and heads.
    ///
    /// # Errors
    /// [`Error::Shape`] when lengths differ; [`Error::Value`] for a negative or non-finite entry, and for
    /// a weight with less than 10⁻³⁰⁰ of all heads; [`Error::Parameter`] when the sum of the weights or the mean
    /// is no number of full precision; [`Error::Undefined`] when no unit has a head.
    ///
    /// # Complexity
    /// O(n).
    pub fn weighted(values: &[f64], weights: &[f64]) -> Result<Self> {
        check_amounts("weights", weights, values.len())?;
        check_amounts("values", values, values.len())?;
        let heads: f64 = weights.iter().sum();
        if heads <= 0.0 {
            return Err(Error::undefined("inequality", Undefined::Empty));
        }
        if let Some(index) = weights.iter().position(|w| *w > 0.0 && w / heads < LEAST_SHARE) {
            return Err(Error::Value {
                what: "weights",
                index,
                value: format!("{:e}", weights[index]),
                must: "is too small beside the others to have a share of heads: leave the unit out",
            });
        }
        let mean = values.iter().zip(weights).map(|(y, w)| y * (w / heads)).sum();
        for (name, sum) in [("sum of weights", heads), ("mean of values", mean)] {
            let must = match sum.classify() {
                FpCategory::Infinite | FpCategory::Nan => "must be finite; choose a larger unit",
                FpCategory::Subnormal => "loses digits so near to 0; choose a smaller unit",
                FpCategory::Zero | FpCategory::Normal => continue,
            };
            return Err(Error::Parameter { name, value: format!("{sum:e}"), must });
        }
        Ok(Self { values: values.to_vec(), weights: weights.to_vec(), heads, mean })
    }

    /// Whole amounts (a budget) and the population that shares each.
    ///
    /// # Errors
    /// As [`Distribution::weighted`], and [`Error::Value`] for an amount without population: per head it is
    /// infinite.
    ///
    /// # Complexity
    /// O(n).
    pub fn per_capita(totals: &[f64], population: &[f64]) -> Result<Self> {
        check_amounts("population", population, totals.len())?;
        check_amounts("totals", totals, totals.len())?;
        if let Some(index) = (0..totals.len()).find(|&i| totals[i] > 0.0 && population[i] == 0.0) {
            return Err(Error::Value {
                what: "totals",
                index,
                value: totals[index].to_string(),
                must: "must be zero where the population is zero",
            });
        }
        let per_head = |(t, p): (&f64, &f64)| if *p > 0.0 { t / p } else { 0.0 };
        let values: Vec<f64> = totals.iter().zip(population).map(per_head).collect();
        Self::weighted(&values, population)
    }

    /// Number of units.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no units: never.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Amount per head of all.
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// Theil's T: inequality with most weight on what the rich have.
    ///
    /// # Formula
    /// `T = Σ p_i r_i ln r_i`, with `p_i` the share of heads and `r_i = y_i / mean`, `y_i` the amount per
    /// head. Units with nothing contribute 0.
    ///
    /// # Range
    /// 0 to ln(heads of all / heads of the richest unit).
    ///
    /// # Direction
    /// 0: all equal; high: unequal.
    ///
    /// # Undefined
    /// [`Undefined::ZeroTotal`] when the whole amount is zero.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the whole amount is zero.
    ///
    /// # Complexity
    /// O(n).
    ///
    /// # References
    /// Theil (1967), *Economics and Information Theory*.
    pub fn theil_t(&self) -> Result<f64> {
        self.theil(Index::T)
    }

    /// Theil's L, the mean logarithmic deviation: inequality with most weight on who has little.
    ///
    /// # Formula
    /// `L = −Σ p_i ln r_i`, symbols as for [`Distribution::theil_t`]. From the literature, not checked
    /// against a peer.
    ///
    /// # Range
    /// 0 to infinity.
    ///
    /// # Direction
    /// 0: all equal; high: unequal.
    ///
    /// # Undefined
    /// [`Undefined::ZeroTotal`] when the whole amount, or what a unit with heads has, is zero.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the whole amount, or what a unit with heads has, is zero.
    ///
    /// # Complexity
    /// O(n).
    ///
    /// # References
    /// Theil (1967), *Economics and Information Theory*.
    pub fn theil_l(&self) -> Result<f64> {
        self.theil(Index::L)
    }

    /// How much of Theil's T is between groups, and how much within them.
    ///
    /// # Formula
    /// [`Distribution::theil_t`] = between + within. Between: T of the groups' means. Within:
    /// `Σ_g (share of the amount)_g T_g`. Units without a label form a group of their own.
    ///
    /// # Range
    /// Both parts 0 to T.
    ///
    /// # Direction
    /// A high part between: the groups differ more than their members do.
    ///
    /// # Undefined
    /// As [`Distribution::theil_t`]; NaN for the mean or inequality of a group without heads or amount.
    ///
    /// # Errors
    /// As [`Distribution::theil_t`]; [`Error::Shape`] when the labels are not as many as the units.
    ///
    /// # Complexity
    /// O(n + groups).
    ///
    /// # References
    /// Shorrocks (1980), The class of additively decomposable inequality measures,
    /// <https://doi.org/10.2307/1913126>.
    pub fn theil_t_by(&self, groups: &Labels) -> Result<Decomposition> {
        self.decompose(Index::T, groups)
    }

    /// How much of Theil's L is between groups, and how much within them.
    ///
    /// # Formula
    /// [`Distribution::theil_l`] = between + within. Between: L of the groups' means. Within:
    /// `Σ_g (share of heads)_g L_g`. Units without a label form a group of their own. From the literature,
    /// not checked against a peer.
    ///
    /// # Range
    /// Both parts 0 to L.
    ///
    /// # Direction
    /// A high part between: the groups differ more than their members do.
    ///
    /// # Undefined
    /// As [`Distribution::theil_l`]; NaN for the mean and inequality of a group without heads.
    ///
    /// # Errors
    /// As [`Distribution::theil_l`]; [`Error::Shape`] when the labels are not as many as the units.
    ///
    /// # Complexity
    /// O(n + groups).
    ///
    /// # References
    /// Shorrocks (1980), The class of additively decomposable inequality measures,
    /// <https://doi.org/10.2307/1913126>.
    pub fn theil_l_by(&self, groups: &Labels) -> Result<Decomposition> {
        self.decompose(Index::L, groups)
    }

    /// Gini coefficient: half the mean difference between two heads, relative to the mean.
    ///
    /// # Formula
    /// `G = Σ_i Σ_j p_i p_j |y_i − y_j| / (2 mean)`, with `p_i` the share of heads and `y_i` the amount per
    /// head: twice the area between the Lorenz curve and the diagonal. No small-sample correction.
    ///
    /// # Range
    /// 0 to below 1.
    ///
    /// # Direction
    /// 0: all equal; high: few have much.
    ///
    /// # Undefined
    /// [`Undefined::ZeroTotal`] when the whole amount is zero.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the whole amount is zero.
    ///
    /// # Complexity
    /// O(n log n).
    ///
    /// # References
    /// Gini (1912), Variabilità e mutabilità.
    pub fn gini(&self) -> Result<f64> {
        self.check_mean("Gini")?;
        let (mut below, mut twice_area) = (0.0, 0.0);
        for i in self.poorest_first() {
            let p = self.weights[i] / self.heads;
            // p r (F_before + F_after − 1): each head against the middle of the ranking.
            twice_area += p * (self.values[i] / self.mean) * (2.0 * below + p - 1.0);
            below += p;
        }
        Ok(twice_area.clamp(0.0, 1.0))
    }

    /// Atkinson's index: the share of the amount that could be given up without loss of welfare if the rest
    /// were shared equally.
    ///
    /// # Formula
    /// `A = 1 − (Σ p_i r_i^(1−ε))^(1/(1−ε))`, and `1 − exp(Σ p_i ln r_i)` for ε = 1, symbols as for
    /// [`Distribution::theil_t`]; ε ≥ 0 is the aversion to inequality. From the literature, not checked
    /// against a peer.
    ///
    /// # Range
    /// 0 to 1.
    ///
    /// # Direction
    /// 0: all equal; with ε ≥ 1 it is 1 as soon as a head has nothing.
    ///
    /// # Undefined
    /// [`Undefined::ZeroTotal`] when the whole amount is zero.
    ///
    /// # Errors
    /// [`Error::Parameter`] when ε is negative or not finite; [`Error::Undefined`] when the whole amount is
    /// zero.
    ///
    /// # Complexity
    /// O(n).
    ///
    /// # References
    /// Atkinson (1970), On the measurement of inequality, <https://doi.org/10.1016/0022-0531(70)90039-6>.
    pub fn atkinson(&self, epsilon: f64) -> Result<f64> {
        if !(epsilon.is_finite() && epsilon >= 0.0) {
            return Err(Error::Parameter {
                name: "epsilon",
                value: epsilon.to_string(),
                must: "must be finite and not negative",
            });
        }
        self.check_mean("Atkinson")?;
        let power = 1.0 - epsilon;
        let logs = || self.heads_only().map(|(p, y)| (p, (y / self.mean).ln()));
        if power == 0.0 {
            return Ok((-logs().map(|(p, l)| p * l).sum::<f64>().exp_m1()).max(0.0));
        }
        // The power mean relative to its largest term neither overflows nor cancels near ε = 1.
        let extreme = logs().map(|(_, l)| l).fold(f64::NAN, if power > 0.0 { f64::max } else { f64::min });
        if extreme == f64::NEG_INFINITY {
            return Ok(1.0);
        }
        let sum: f64 = logs().map(|(p, l)| p * (power * (l - extreme)).exp_m1()).sum();
        // What is far from 1 is added up as it is: less 1, rounding may take it below 0.
        let log = if sum > -0.5 {
            sum.ln_1p()
        } else {
            logs().map(|(p, l)| p * (power * (l - extreme)).exp()).sum::<f64>().ln()
        };
        Ok((-(extreme + log / power).exp_m1()).clamp(0.0, 1.0))
    }

    /// The Lorenz curve: what share of the amount the poorest share of heads has.
    ///
    /// # Formula
    /// Cumulated shares of heads and of the amount, poorest first: one point per unit with heads after
    /// (0, 0).
    ///
    /// # Range
    /// (0, 0) to (1, 1).
    ///
    /// # Direction
    /// Near the diagonal: equal; far below it: unequal.
    ///
    /// # Undefined
    /// [`Undefined::ZeroTotal`] when the whole amount is zero.
    ///
    /// # Errors
    /// [`Error::Undefined`] when the whole amount is zero.
    ///
    /// # Complexity
    /// O(n log n).
    ///
    /// # References
    /// Lorenz (1905), Methods of measuring the concentration of wealth.
    pub fn lorenz(&self) -> Result<Lorenz> {
        self.check_mean("Lorenz curve")?;
        let (mut heads, mut amount) = (0.0, 0.0);
        let mut curve = Lorenz { population: vec![0.0], value: vec![0.0] };
        for i in self.poorest_first() {
            heads += self.weights[i] / self.heads;
            amount += self.weights[i] / self.heads * (self.values[i] / self.mean);
            curve.population.push(f64::min(heads, 1.0));
            curve.value.push(f64::min(amount, 1.0));
        }
        // Rounding must not leave the curve open.
        for end in [curve.population.last_mut(), curve.value.last_mut()].into_iter().flatten() {
            *end = 1.0;
        }
        Ok(curve)
    }

    /// Amount per head in class `a` relative to class `b` (rural to urban).
    ///
    /// # Formula
    /// `(Y_a / P_a) / (Y_b / P_b)`, Y the amount and P the heads of a class.
    ///
    /// # Range
    /// 0 or more.
    ///
    /// # Direction
    /// Above 1 when `a` has more.
    ///
    /// # Undefined
    /// [`Undefined::Empty`] when a class has no heads, [`Undefined::ZeroTotal`] when `b` has no amount.
    ///
    /// # Errors
    /// [`Error::Shape`] when the labels are not as many as the units; [`Error::Parameter`] when there is no
    /// such class; [`Error::Undefined`] when a class has no heads or `b` no amount.
    ///
    /// # Complexity
    /// O(n + classes).
    pub fn ratio(&self, groups: &Labels, a: usize, b: usize) -> Result<f64> {
        self.check_labels(groups)?;
        if a.max(b) >= groups.classes() {
            return Err(Error::Parameter {
                name: "class",
                value: a.max(b).to_string(),
                must: "must be below the number of classes",
            });
        }
        let sums = self.sums(groups);
        let [a, b] = [sums[a], sums[b]];
        if a.0 <= 0.0 || b.0 <= 0.0 {
            return Err(Error::undefined("per-capita ratio", Undefined::Empty));
        }
        if b.1 <= 0.0 {
            return Err(Error::undefined("per-capita ratio", Undefined::ZeroTotal));
        }
        Ok((a.1 / a.0) / (b.1 / b.0))
    }

    fn theil(&self, index: Index) -> Result<f64> {
        self.check_mean(index.name())?;
        let sum: f64 = self.heads_only().map(|(p, y)| p * index.term(y / self.mean)).sum();
        // Only L can be infinite: somebody has nothing.
        if sum.is_finite() {
            Ok(sum.max(0.0))
        } else {
            Err(Error::undefined(index.name(), Undefined::ZeroTotal))
        }
    }

    fn decompose(&self, index: Index, groups: &Labels) -> Result<Decomposition> {
        self.check_labels(groups)?;
        let total = self.theil(index)?;
        let unlabelled = groups.unlabelled();
        let groups = groups.with_unlabelled_class();
        let sums = self.sums(&groups);
        let mut inside = vec![0.0; groups.classes()];
        for (i, (y, w)) in self.values.iter().zip(&self.weights).enumerate() {
            if let Some(g) = groups.get(i).filter(|&g| *w > 0.0 && sums[g].1 > 0.0) {
                inside[g] += w / self.heads / sums[g].0 * index.term(y / (sums[g].1 / sums[g].0));
            }
        }
        let mut out = Decomposition { total, between: 0.0, within: 0.0, groups: Vec::new(), unlabelled };
        for (&(population_share, amount), inside) in sums.iter().zip(inside) {
            let mean = amount / population_share;
            let ratio = mean / self.mean;
            let value_share = if population_share > 0.0 { population_share * ratio } else { 0.0 };
            let inequality = if amount > 0.0 { f64::max(inside, 0.0) } else { f64::NAN };
            if population_share > 0.0 {
                out.between += population_share * index.term(ratio);
            }
            if amount > 0.0 {
                out.within += inequality
                    * match index {
                        Index::T => value_share,
                        Index::L => population_share,
                    };
            }
            out.groups.push(Group { population_share, value_share, mean, inequality });
        }
        out.between = out.between.max(0.0);
        Ok(out)
    }

    /// Of every class, its share of heads and its amount per head of all.
    fn sums(&self, groups: &Labels) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0); groups.classes()];
        for (i, (y, w)) in self.values.iter().zip(&self.weights).enumerate() {
            if let Some(g) = groups.get(i) {
                sums[g].0 += w / self.heads;
                sums[g].1 += w / self.heads * y;
            }
        }
        sums
    }

    /// Share of heads and amount per head of the units with heads.
    fn heads_only(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        let pairs = self.weights.iter().zip(&self.values);
        pairs.filter(|(w, _)| **w > 0.0).map(|(w, y)| (w / self.heads, *y))
    }

    fn poorest_first(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).filter(|&i| self.weights[i] > 0.0).collect();
        order.sort_by(|&a, &b| self.values[a].total_cmp(&self.values[b]));
        order
    }

    fn check_mean(&self, measure: &'static str) -> Result<()> {
        if self.mean > 0.0 { Ok(()) } else { Err(Error::undefined(measure, Undefined::ZeroTotal)) }
    }

    fn check_labels(&self, groups: &Labels) -> Result<()> {
        if groups.len() == self.len() {
            Ok(())
        } else {
            Err(Error::Shape { what: "labels", expected: self.len(), got: groups.len() })
        }
    }
}
