//! What each side has that the other lacks and could use.

mod needs;
mod quotients;
mod report;
mod rows;

use std::collections::BTreeMap;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Study;
use crate::complementarity::relatedness::{MultipleTesting, validated_projection};
use crate::complementarity::{
    Interregional, Normalisation, Presence, SelfInclusion, proximity, relatedness, relatedness_density,
};
use crate::error::{Error, Result, Undefined};
use crate::matrix::{Csr, Matrix};
use crate::profiles::{Activity, Profiles};
use crate::random::Seed;
use crate::space::distance::Places;
use quotients::{quotients, quotients_against};
use rows::{Rows, links_between, shared_ground, tie};

pub use needs::*;
pub use report::*;
pub use rows::{ComplementarityCoverage, ProfiledRow};

const MEASURE: &str = "complementarity";

/// Rural and urban, as classes.
const RURAL: usize = 0;

const URBAN: usize = 1;

/// When a row has an activity.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresenceRule {
    /// Its location quotient is at least 1, as in most of the literature.
    #[default]
    LocationQuotient,
    /// Its location quotient, shrunken for small counts, is at least 1.
    Shrunken,
    /// The lower bound of the confidence interval of its location quotient is at least 1.
    Confident {
        /// Level of the interval, such as 0.95.
        level: f64,
    },
    /// It has any of it at all.
    Any,
}

/// How related two activities are.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelatednessRule {
    /// The lesser of the two conditional probabilities of having one with the other (Hidalgo et al.
    /// 2007).
    #[default]
    Proximity,
    /// Co-occurrences, normalised.
    CoOccurrence(Normalisation),
    /// Proximity of the pairs that are together more often than chance at this rate of false
    /// discoveries; 0 for all others.
    Validated {
        /// Share of false discoveries, such as 0.05.
        level: f64,
    },
    /// The caller's own, activities × activities (from input–output tables, patents …).
    Given(Matrix),
}

/// How complementarity is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ComplementarityOptions {
    /// When a row has an activity.
    pub presence: PresenceRule,
    /// How related two activities are.
    pub relatedness: RelatednessRule,
    /// Random permutations of labels and of profiles; none when 0.
    pub permutations: usize,
    /// Rewired graphs and sets of ties drawn by gravity; none when 0.
    pub draws: usize,
    /// Width of the bins of distance of the gravity null, in metres.
    pub bin_m: f64,
    /// Seed of all that is random.
    pub seed: Seed,
}

impl Default for ComplementarityOptions {
    /// Location quotient of at least 1, proximity, 999 permutations, 199 draws, bins of 25 km.
    fn default() -> Self {
        Self {
            presence: PresenceRule::default(),
            relatedness: RelatednessRule::default(),
            permutations: 999,
            draws: 199,
            bin_m: 25_000.0,
            seed: Seed::default(),
        }
    }
}

impl ComplementarityOptions {
    /// Sets when a row has an activity.
    #[must_use]
    pub const fn presence(mut self, rule: PresenceRule) -> Self {
        self.presence = rule;
        self
    }

    /// Sets how related activities are.
    #[must_use]
    pub fn relatedness(mut self, rule: RelatednessRule) -> Self {
        self.relatedness = rule;
        self
    }

    setters! {
        permutations: usize,
        draws: usize,
        seed: Seed,
        bin_m: f64,
    }
}

/// Profiles compared: what each row has and lacks, and what it could gain from each giving row.
///
/// From [`Study::complementarity`].
#[derive(Debug)]
pub struct Complementarity<'a> {
    study: &'a Study,
    giving: &'a Profiles,
    receiving: Option<&'a Profiles>,
    options: ComplementarityOptions,
    /// Giving rows, then the receiving ones when they are others.
    rows: Vec<ProfiledRow>,
    quotients: Matrix,
    presence: Presence,
    relatedness: Matrix,
    density: Matrix,
    linkages: Interregional,
    places: Places,
    /// Place of each row with a point.
    place_of: Vec<Option<usize>>,
    /// Ties between giving rows, both ways.
    ties: Csr,
    /// Links of each receiving row with each giving row, by stacked index.
    links: BTreeMap<(u32, u32), Vec<u32>>,
    /// Giving rows that share ground with each receiving row, itself included; sorted.
    shared: Vec<Vec<u32>>,
    coverage: ComplementarityCoverage,
}

impl Study {
    /// Compares profiles: what each receiving row lacks, how well it would fit, which giving rows have
    /// it, and whether those that cooperate already complement each other.
    ///
    /// A row has an activity by [`PresenceRule`]; relatedness φ is taken over the giving rows; what r
    /// could gain from s is the mean over the activities r lacks of the relatedness density that s's
    /// activities would add ([`Interregional`]). `receiving` are rows of another kind (PETR/Pays beside
    /// EPCI, say) with the same activities; their location quotients are taken against the same whole.
    /// `None`: the giving rows themselves. O(rows × activities²).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::Level;
    /// use rurban::progress::Silent;
    /// use rurban::study::{ActivitySource, ComplementarityOptions, Counting, Search, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full);
    /// let (cities, pays) = (fields(&Level::Epci)?.0, fields(&Level::PetrPays)?.0);
    /// let options = ComplementarityOptions::default();
    /// let complementarity = study.complementarity(&cities, Some(&pays), &options)?;
    /// let needs = complementarity.needs(study.atlas().level(&Level::PetrPays)?.search("Portes de Gascogne")?, Search::default())?;
    /// let nearest = &needs.lacks[0].holders[0];
    /// println!("{} has it, {:?} m away", complementarity.giving_row(nearest.row).unwrap().name, nearest.distance_m);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas lacks a level; [`Error::Shape`] when profiles are those of
    /// another study; [`Error::Parameter`] when receiving and giving rows have different activities or
    /// an option is out of its domain; [`Error::Undefined`] when the giving rows have nothing at all.
    pub fn complementarity<'a>(
        &'a self,
        giving: &'a Profiles,
        receiving: Option<&'a Profiles>,
        options: &ComplementarityOptions,
    ) -> Result<Complementarity<'a>> {
        if giving.table().total() <= 0.0 {
            return Err(Error::undefined(MEASURE, Undefined::ZeroTotal));
        }
        if let Some(other) = receiving
            && !other.activities().iter().map(|a| &a.code).eq(giving.activities().iter().map(|a| &a.code))
        {
            return Err(Error::Parameter {
                name: "receiving",
                value: format!("{} activities", other.activities().len()),
                must: "must have the activities of the giving profiles, in the same order",
            });
        }
        let ground = Rows::of(self, giving)?;
        let other = receiving.map(|p| Rows::of(self, p)).transpose()?;
        let n = ground.list.len();

        let mut quotients = quotients(giving.table(), options.presence)?;
        if let Some(profiles) = receiving {
            let seen = quotients_against(profiles.table(), giving.table(), options.presence)?;
            let mut all = quotients.as_slice().to_vec();
            all.extend_from_slice(seen.as_slice());
            quotients = Matrix::from_rows(n + seen.rows(), seen.columns(), all)?;
        }
        let threshold = match options.presence {
            PresenceRule::Any => f64::MIN_POSITIVE,
            _ => Presence::THRESHOLD,
        };
        let presence = Presence::at_least(&quotients, threshold)?;
        let own = if receiving.is_none() {
            presence.clone()
        } else {
            let width = quotients.columns();
            let rows = quotients.as_slice()[..n * width].to_vec();
            Presence::at_least(&Matrix::from_rows(n, width, rows)?, threshold)?
        };
        let relatedness = match &options.relatedness {
            RelatednessRule::Proximity => proximity(&own),
            RelatednessRule::CoOccurrence(by) => relatedness(&own.co_occurrence(), *by)?,
            RelatednessRule::Validated { level } => {
                validated_projection(&own, MultipleTesting::FalseDiscoveryRate, *level)?
                    .restrict(&proximity(&own))?
            }
            RelatednessRule::Given(matrix) => matrix.clone(),
        };
        let density = relatedness_density(&presence, &relatedness, SelfInclusion::Excluded)?;
        let mut unknown = giving.table().masked().to_vec();
        if let Some(profiles) = receiving {
            unknown.extend(profiles.table().masked().iter().map(|&(r, i)| (r + n as u32, i)));
        }
        let linkages = Interregional::with_unknown(&presence, &relatedness, &unknown)?;

        let (ties, mut coverage) = tie(self, &ground)?;
        let links = links_between(self, other.as_ref().unwrap_or(&ground), &ground, other.is_some());
        let shared = shared_ground(other.as_ref(), &ground);
        let mut rows = ground.list;
        coverage.rows = n;
        coverage.empty_rows = giving.table().empty_regions().len();
        coverage.unlabelled = rows.iter().filter(|r| r.rurality.is_none()).count();
        coverage.without_point = rows.iter().filter(|r| r.point.is_none()).count();
        coverage.activities = giving.activities().len();
        coverage.empty_activities = giving.table().empty_activities().len();
        coverage.masked = giving.table().masked().len();
        rows.extend(other.into_iter().flat_map(|o| o.list));
        let mut points = Vec::with_capacity(rows.len());
        let place_of = rows
            .iter()
            .map(|row| {
                points.push(Coord::from(row.point?));
                Some(points.len() - 1)
            })
            .collect();
        Ok(Complementarity {
            study: self,
            giving,
            receiving,
            options: options.clone(),
            rows,
            quotients,
            presence,
            relatedness,
            density,
            linkages,
            places: Places::new(&self.atlas.zones(), points)?,
            place_of,
            ties,
            links,
            shared,
            coverage,
        })
    }
}

impl<'a> Complementarity<'a> {
    /// The giving rows' profiles.
    #[must_use]
    pub const fn giving(&self) -> &'a Profiles {
        self.giving
    }

    /// The receiving rows' profiles: the giving ones where no others were given.
    #[must_use]
    pub fn receiving(&self) -> &'a Profiles {
        self.receiving.unwrap_or(self.giving)
    }

    /// A giving row.
    #[must_use]
    pub fn giving_row(&self, row: usize) -> Option<&ProfiledRow> {
        self.rows[..self.givers()].get(row)
    }

    /// A receiving row.
    #[must_use]
    pub fn receiving_row(&self, row: usize) -> Option<&ProfiledRow> {
        self.rows[self.offset()..].get(row)
    }

    /// The activities.
    #[must_use]
    pub fn activities(&self) -> &'a [Activity] {
        self.giving.activities()
    }

    /// Relatedness of the activities.
    #[must_use]
    pub const fn relatedness(&self) -> &Matrix {
        &self.relatedness
    }

    /// How well each activity fits each receiving row, in [0, 100]; NaN for an activity related to
    /// nothing. Empty when there is no such row.
    #[must_use]
    pub fn fit(&self, receiving: usize) -> &[f64] {
        if self.receiving_row(receiving).is_none() {
            return &[];
        }
        self.density.row(self.offset() + receiving)
    }

    /// The scores of all pairs: giving rows first, then the receiving ones where they are others.
    #[must_use]
    pub const fn linkages(&self) -> &Interregional {
        &self.linkages
    }

    /// Weights of the existing ties between giving rows, both ways.
    #[must_use]
    pub const fn ties(&self) -> &Csr {
        &self.ties
    }

    /// What a receiving row could gain from a giving row, in [0, 100]; NaN when it lacks nothing or
    /// there is no such row.
    #[must_use]
    pub fn score(&self, receiving: usize, giving: usize) -> f64 {
        if giving >= self.givers() {
            return f64::NAN;
        }
        self.linkages.score(self.offset() + receiving, giving)
    }

    /// Distance between a receiving and a giving row in metres, where both have a position.
    #[must_use]
    pub fn distance_m(&self, receiving: usize, giving: usize) -> Option<f64> {
        self.stacked_distance_m(self.offset() + receiving, giving)
    }

    fn stacked_distance_m(&self, r: usize, s: usize) -> Option<f64> {
        let place = |i: usize| self.place_of.get(i).copied().flatten();
        self.places.distance_m(place(r)?, place(s)?).ok()
    }

    fn givers(&self) -> usize {
        self.giving.table().regions()
    }

    fn offset(&self) -> usize {
        if self.receiving.is_some() { self.givers() } else { 0 }
    }

    /// The study the rows are of.
    #[must_use]
    pub const fn study(&self) -> &'a Study {
        self.study
    }
}
