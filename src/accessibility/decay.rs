//! How far supply reaches, and how it fades on the way.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a facility still counts at a cost: the weight `W(cost)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Decay {
    /// 1 at any cost.
    Uniform,
    /// `(limit, weight)` with increasing limits: the weight of the first limit that the cost does not
    /// exceed, 0 beyond the last.
    Steps(Vec<(f64, f64)>),
    /// `max(cost, min_cost)^−exponent`.
    Power {
        /// How steeply it falls; not negative.
        exponent: f64,
        /// Costs below count as this one, as the power has no value at 0; above 0.
        min_cost: f64,
    },
    /// `exp(−rate · cost)`.
    Exponential {
        /// Share lost per unit of cost; not negative.
        rate: f64,
    },
    /// `exp(−cost² / (2 sigma²))`, 1 at cost 0.
    Gaussian {
        /// Cost at which the weight is 0.607; above 0.
        sigma: f64,
    },
}

impl Decay {
    /// The steps of Luo & Qi (2009) as minutes: 1 up to 10, 0.68 up to 20, 0.22 up to 30.
    #[must_use]
    pub fn luo_qi() -> Self {
        Self::Steps(vec![(10.0, 1.0), (20.0, 0.68), (30.0, 0.22)])
    }

    /// How much a facility still counts at a cost that is not negative.
    ///
    /// # Formula
    /// That of the [`Decay`]. Nothing is checked here, measures check once.
    ///
    /// # Range
    /// [0, ∞); [0, 1] for [`Decay::Uniform`], [`Decay::Exponential`] and [`Decay::Gaussian`].
    ///
    /// # Direction
    /// High for what is near.
    ///
    /// # Complexity
    /// O(1); O(steps) for [`Decay::Steps`].
    #[must_use]
    pub fn weight(&self, cost: f64) -> f64 {
        match self {
            Self::Uniform => 1.0,
            Self::Steps(steps) => steps.iter().find(|s| cost <= s.0).map_or(0.0, |s| s.1),
            Self::Power { exponent, min_cost } => cost.max(*min_cost).powf(-exponent),
            Self::Exponential { rate } => (-rate * cost).exp(),
            Self::Gaussian { sigma } => (-0.5 * (cost / sigma) * (cost / sigma)).exp(),
        }
    }

    fn check(&self) -> Result<()> {
        let at_least_zero = |v: f64| v.is_finite() && v >= 0.0;
        let (sound, must) = match self {
            Self::Uniform => (true, ""),
            Self::Steps(steps) => (
                steps.iter().all(|s| !s.0.is_nan() && at_least_zero(s.1))
                    && steps.windows(2).all(|s| s[0].0 < s[1].0),
                "limits must increase, weights must be finite and not negative",
            ),
            Self::Power { exponent, min_cost } => (
                at_least_zero(*exponent) && at_least_zero(*min_cost) && min_cost.powf(-exponent).is_finite(),
                "the exponent must not be negative, min_cost must be above zero",
            ),
            Self::Exponential { rate } => (at_least_zero(*rate), "the rate must be finite and not negative"),
            Self::Gaussian { sigma } => {
                (at_least_zero(*sigma) && *sigma > 0.0, "sigma must be finite and above zero")
            }
        };
        // x^-0 is 1 for any min_cost, yet a floor of zero is never what was meant.
        let sound = sound && !matches!(self, Self::Power { min_cost, .. } if *min_cost == 0.0);
        if sound { Ok(()) } else { Err(Error::Parameter { name: "decay", value: format!("{self:?}"), must }) }
    }
}

/// Up to what cost facilities are reached, and their weight within.
///
/// ```
/// use rurban::accessibility::{Catchment, Decay};
///
/// let c = Catchment::within(60.0).decay(Decay::Gaussian { sigma: 20.0 });
/// assert_eq!((c.weight(0.0), c.weight(60.1)), (1.0, 0.0));
/// assert_eq!(Catchment::luo_qi().weight(20.0), 0.68);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Catchment {
    pub(super) cutoff: f64,
    pub(super) decay: Decay,
}

impl Catchment {
    /// Facilities at a cost of at most `cutoff`, the cut-off included, all with weight 1.
    #[must_use]
    pub const fn within(cutoff: f64) -> Self {
        Self { cutoff, decay: Decay::Uniform }
    }

    /// All facilities in the cost table, with weight 1.
    #[must_use]
    pub const fn all() -> Self {
        Self::within(f64::INFINITY)
    }

    /// Steps of Luo & Qi (2009) up to 30 minutes: see [`Decay::luo_qi`].
    #[must_use]
    pub fn luo_qi() -> Self {
        Self::within(30.0).decay(Decay::luo_qi())
    }

    /// The same reach, with weights that fall.
    #[must_use]
    pub fn decay(self, decay: Decay) -> Self {
        Self { decay, ..self }
    }

    /// Cost up to which facilities are reached.
    #[must_use]
    pub const fn cutoff(&self) -> f64 {
        self.cutoff
    }

    /// How much a facility counts at a cost.
    ///
    /// # Formula
    /// [`Decay::weight`] up to the cut-off (inclusive), 0 beyond.
    ///
    /// # Range
    /// As [`Decay::weight`].
    ///
    /// # Direction
    /// High for what is near.
    ///
    /// # Complexity
    /// As [`Decay::weight`].
    #[must_use]
    pub fn weight(&self, cost: f64) -> f64 {
        if cost <= self.cutoff { self.decay.weight(cost) } else { 0.0 }
    }

    pub(super) fn check(&self) -> Result<()> {
        if self.cutoff.is_nan() || self.cutoff < 0.0 {
            return Err(Error::Parameter {
                name: "cutoff",
                value: self.cutoff.to_string(),
                must: "must not be negative or NaN",
            });
        }
        self.decay.check()
    }

    /// Weights of many facilities; the kind of decay is looked at once.
    pub(super) fn weights(&self, costs: &[f64], out: &mut Vec<f64>) {
        fn fill(costs: &[f64], cutoff: f64, out: &mut Vec<f64>, weight: impl Fn(f64) -> f64) {
            out.extend(costs.iter().map(|&c| if c <= cutoff { weight(c) } else { 0.0 }));
        }
        out.clear();
        match self.decay {
            Decay::Uniform => fill(costs, self.cutoff, out, |_| 1.0),
            Decay::Gaussian { sigma } => {
                fill(costs, self.cutoff, out, |c| Decay::Gaussian { sigma }.weight(c));
            }
            _ => fill(costs, self.cutoff, out, |c| self.decay.weight(c)),
        }
    }
}
