//! How unequally something is shared between people, within and between groups of territories.

use serde::{Deserialize, Serialize};

use super::Study;
use crate::error::{Error, Result};
use crate::evidence::Measured;
use crate::inequality::{Decomposition, Distribution, Lorenz};
use crate::labels::Labels;
use crate::model::Level;

/// What the values of territories are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amounts {
    /// Whole amounts (euros, links, actors) that the inhabitants share.
    Total,
    /// What each inhabitant has or meets (euros per head, density, distance).
    PerInhabitant,
}

/// Inequality within and between groups of territories.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupSpread {
    /// Theil's T, split; more weight to the top.
    pub theil_t: Measured<Decomposition>,
    /// Theil's L (mean log deviation), split; undefined where a territory has nothing.
    pub theil_l: Measured<Decomposition>,
    /// Amount per inhabitant of each group over that of all, in the order of the labels; `None`
    /// for a group without inhabitants, or when nobody has anything.
    pub relative_mean: Vec<Option<f64>>,
}

/// How unequally inhabitants of the territories of a level are endowed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    /// Amount per inhabitant.
    pub mean: f64,
    /// Gini coefficient, in [0, 1]; 0 when all have the same.
    pub gini: Measured<f64>,
    /// Theil's T.
    pub theil_t: Measured<f64>,
    /// Theil's L.
    pub theil_l: Measured<f64>,
    /// Lorenz curve.
    pub lorenz: Measured<Lorenz>,
    /// Territories that count.
    pub counted: usize,
    /// Territories without a value: left out.
    pub without_value: usize,
    /// Territories with a value and without inhabitants: left out.
    pub without_population: usize,
    /// The index at the level of each territory that counts.
    of: Vec<u32>,
    #[serde(skip)]
    distribution: Distribution,
}

impl Study {
    /// How unequally the inhabitants of a level's territories are endowed with something; every
    /// inhabitant counts the same, and has the mean of the territory.
    ///
    /// `values` has one entry for each territory of the level, [`f64::NAN`] where there is none.
    /// Formulas are in [`crate::inequality`]. O(territories log territories).
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level; [`Error::Shape`] when values are not one for
    /// each territory; [`Error::Value`] for a value that is negative or infinite;
    /// [`Error::Undefined`] when no territory has both a value and inhabitants.
    pub fn spread(&self, level: &Level, values: &[f64], amounts: Amounts) -> Result<Spread> {
        let territories = self.atlas().level(level)?.territories();
        if values.len() != territories.len() {
            return Err(Error::Shape { what: "values", expected: territories.len(), got: values.len() });
        }
        // Before territories are left out, so that the error names the caller's index.
        if let Some(index) = values.iter().position(|v| *v < 0.0 || v.is_infinite()) {
            let value = values[index].to_string();
            let must = "must be finite and not negative, or NaN where there is no value";
            return Err(Error::Value { what: "values", index, value, must });
        }
        let (mut of, mut kept, mut people) = (Vec::new(), Vec::new(), Vec::new());
        let (mut without_value, mut without_population) = (0, 0);
        for (i, (t, &value)) in territories.iter().zip(values).enumerate() {
            if value.is_nan() {
                without_value += 1;
            } else if let Some(population) = t.population.filter(|p| *p > 0.0) {
                of.push(i as u32);
                kept.push(value);
                people.push(population);
            } else {
                without_population += 1;
            }
        }
        let distribution = match amounts {
            Amounts::Total => Distribution::per_capita(&kept, &people),
            Amounts::PerInhabitant => Distribution::weighted(&kept, &people),
        }?;
        Ok(Spread {
            mean: distribution.mean(),
            gini: Measured::of(distribution.gini())?,
            theil_t: Measured::of(distribution.theil_t())?,
            theil_l: Measured::of(distribution.theil_l())?,
            lorenz: Measured::of(distribution.lorenz())?,
            counted: of.len(),
            without_value,
            without_population,
            of,
            distribution,
        })
    }
}

impl Spread {
    /// Within and between groups of the level's territories (régions, rural and urban ones).
    /// Territories without a group are a last group of their own.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is a territory that counts without an entry in `groups`.
    pub fn by(&self, groups: &Labels) -> Result<GroupSpread> {
        let groups = self.counted_of(groups)?;
        let theil_t = Measured::of(self.distribution.theil_t_by(&groups))?;
        let relative_mean = theil_t.value().map_or_else(Vec::new, |d| {
            let relative = |mean: f64| (mean.is_finite() && self.mean > 0.0).then(|| mean / self.mean);
            d.groups.iter().map(|g| relative(g.mean)).collect()
        });
        Ok(GroupSpread {
            theil_t,
            theil_l: Measured::of(self.distribution.theil_l_by(&groups))?,
            relative_mean,
        })
    }

    /// Amount per inhabitant of group `a` over that of group `b`.
    ///
    /// # Errors
    /// As [`Spread::by`], and those of [`Distribution::ratio`].
    pub fn ratio(&self, groups: &Labels, a: usize, b: usize) -> Result<f64> {
        self.distribution.ratio(&self.counted_of(groups)?, a, b)
    }

    /// The groups of the territories that count.
    fn counted_of(&self, groups: &Labels) -> Result<Labels> {
        let last = self.of.last().map_or(0, |&i| i as usize + 1);
        if groups.len() < last {
            return Err(Error::Shape { what: "groups", expected: last, got: groups.len() });
        }
        let of = self.of.iter().map(|&i| groups.as_slice()[i as usize]).collect();
        Labels::new(of, groups.classes())
    }
}
