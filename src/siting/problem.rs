//! What is asked of a siting, and what it answers.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use crate::accessibility::CostTable;
use crate::check::check_weights;
use crate::error::{Error, Result};

/// What it costs to get from demands to candidates.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum SitingCosts<'a> {
    /// Straight lines in the plane, in metres, however long; nothing is stored but the coordinates.
    Planar {
        /// Where the demands are, in planar metres.
        demands: &'a [Coord<f64>],
        /// Where the candidates are, in planar metres.
        candidates: &'a [Coord<f64>],
    },
    /// A table with demands as origins and candidates as facilities.
    Table {
        /// The table.
        table: &'a CostTable,
        /// What it counts for a demand to have no open place in the table; pairs that cost more count
        /// for this.
        unreached: f64,
    },
}

/// How much may be opened besides the existing places.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// So many new places.
    Places(usize),
    /// New places whose costs ([`SitingOptions::costs`]) add up to no more than this.
    Budget(f64),
    /// As many as are of any use.
    Unlimited,
}

/// What a siting is asked for besides demands and costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SitingOptions {
    /// How much may be opened.
    pub limit: Limit,
    /// Candidates that exist already: open, never closed, and not counted in the limit.
    pub existing: Vec<u32>,
    /// What each candidate costs, for [`Limit::Budget`]; 1 each when empty.
    pub costs: Vec<f64>,
    /// The search ends as soon as the gap is no more than this share.
    pub gap: f64,
    /// At most so many rounds of the bound.
    pub rounds: usize,
    /// Solved to the optimum by branch and bound when no more pairs of demand and candidate than this have a
    /// cost (in the plane all have; a covering has those within its cut-off, of demands that the same
    /// candidates cover one).
    pub exact_below: usize,
    /// At most so many nodes of branch and bound.
    pub exact_nodes: u64,
}

impl SitingOptions {
    setters! {
        limit: Limit,
        exact_nodes: u64,
    }

    /// Gap 0.1 %, 600 rounds, exact up to 20,000 pairs (200 demands × 100 candidates).
    #[must_use]
    pub const fn new(limit: Limit) -> Self {
        Self {
            limit,
            existing: Vec::new(),
            costs: Vec::new(),
            gap: 0.001,
            rounds: 600,
            exact_below: 20_000,
            exact_nodes: 20_000,
        }
    }

    /// Sets [`SitingOptions::existing`].
    #[must_use]
    pub fn existing(self, existing: Vec<u32>) -> Self {
        Self { existing, ..self }
    }

    /// Sets [`SitingOptions::costs`].
    #[must_use]
    pub fn costs(self, costs: Vec<f64>) -> Self {
        Self { costs, ..self }
    }

    /// Sets [`SitingOptions::gap`].
    #[must_use]
    pub fn gap(self, gap: f64) -> Self {
        Self { gap, ..self }
    }

    /// Sets [`SitingOptions::rounds`].
    #[must_use]
    pub fn rounds(self, rounds: usize) -> Self {
        Self { rounds, ..self }
    }

    /// Sets [`SitingOptions::exact_below`].
    #[must_use]
    pub fn exact_below(self, pairs: usize) -> Self {
        Self { exact_below: pairs, ..self }
    }

    pub(super) fn check(&self, candidates: usize) -> Result<()> {
        let parameter = |name, value: String, must| Err(Error::Parameter { name, value, must });
        if !self.costs.is_empty() {
            if self.costs.len() != candidates {
                let (expected, got) = (candidates, self.costs.len());
                return Err(Error::Shape { what: "costs of candidates", expected, got });
            }
            check_weights("costs of candidates", &self.costs)?;
        }
        if let Some(index) = self.existing.iter().position(|&e| e as usize >= candidates) {
            let value = self.existing[index].to_string();
            return Err(Error::Value { what: "existing", index, value, must: "must be a candidate" });
        }
        if let Limit::Budget(budget) = self.limit
            && !(budget.is_finite() && budget >= 0.0)
        {
            return parameter("budget", budget.to_string(), "must be finite and not negative");
        }
        if !(self.gap.is_finite() && self.gap >= 0.0) {
            return parameter("gap", self.gap.to_string(), "must be finite and not negative");
        }
        Ok(())
    }
}

/// What was found about the question itself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SitingNote {
    /// More places were asked for than there are candidates to open; all of them were opened.
    FewerCandidates {
        /// Places asked for.
        asked: usize,
        /// Candidates that could be opened.
        candidates: usize,
    },
    /// A candidate stands where an existing place does, or is given as existing twice; it was left out.
    OnExisting {
        /// The candidate.
        candidate: u32,
    },
    /// Fewer places were opened than asked for: no further one would have changed anything.
    NothingToGain {
        /// Places opened.
        opened: usize,
    },
    /// Covering everybody takes more than the limit.
    MoreNeeded {
        /// Places, or sum of costs, asked for.
        limit: f64,
        /// What the answer takes.
        needed: f64,
        /// What every answer takes at least.
        at_least: f64,
    },
    /// Demands that no candidate and no existing place can serve.
    OutOfReach {
        /// How many demands.
        demands: usize,
        /// Their weight.
        weight: f64,
    },
}

/// How good an answer is proved to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Value of the answer.
    pub value: f64,
    /// No answer can be better than this: a lower bound where the value is a cost, an upper bound where it
    /// is an amount covered.
    pub bound: f64,
    /// Share by which the answer may miss the optimum: 0 when it is proved optimal.
    pub gap: f64,
    /// Value after the greedy choice, before interchange.
    pub greedy: f64,
    /// Rounds of the bound.
    pub rounds: usize,
    /// Swaps made by interchange.
    pub swaps: usize,
    /// Nodes of branch and bound; `None` when the instance was too large for it, or needed none.
    pub nodes: Option<u64>,
}

impl Proof {
    /// Whether the answer is proved optimal, to rounding.
    #[must_use]
    pub fn is_optimal(&self) -> bool {
        self.gap <= 1e-9
    }
}

/// The places chosen and who goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[must_use]
pub struct Sites {
    /// New places, in the order in which each adds most to those before it.
    pub opened: Vec<u32>,
    /// What each of [`Sites::opened`] adds to the existing places and those opened before it: cost saved,
    /// or weight newly covered.
    pub gains: Vec<f64>,
    /// Existing places, as given, each once.
    pub existing: Vec<u32>,
    /// The open place of least cost for each demand; [`Sites::NONE`] where none is in reach.
    pub assigned: Vec<u32>,
    /// The cost to it; NaN where none is in reach.
    pub costs: Vec<f64>,
    /// Value with the existing places alone; `None` when there are none.
    pub before: Option<f64>,
    /// How good the answer is.
    pub proof: Proof,
    /// What was found about the question.
    pub notes: Vec<SitingNote>,
}

impl Sites {
    /// Stands for "no place" in [`Sites::assigned`].
    pub const NONE: u32 = u32::MAX;
}
