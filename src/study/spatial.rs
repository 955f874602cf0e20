//! Where a score gathers: values of the territories of a level against those of their neighbours.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::{Measured, Study};
use crate::atlas::AtlasLevel;
use crate::autocorrelation::{
    Islands, JoinCounts, Local, LocalInference, LocalOptions, Quadrant, SelfWeight, Test, benjamini_hochberg,
    geary, general_g, gi_star, join_counts, lee_l, local_moran, moran, moran_bivariate,
};
use crate::error::{Error, Result, Undefined};
use crate::evidence::Evidence;
use crate::france::zones::ZONES;
use crate::labels::Labels;
use crate::matrix::Csr;
use crate::model::Level;
use crate::random::Seed;
use crate::space::contiguity::{Rule, contiguity, contiguity_within};
use crate::space::distance::Places;
use crate::space::neighbours::PointSet;
use crate::space::weights::{SpatialWeights, Transform};

/// Whose neighbour a territory is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Neighbourhood {
    /// Territories whose outlines share a border (rook) or a point (queen).
    Contiguity(Rule),
    /// As [`Neighbourhood::Contiguity`] on outlines that do not fit exactly: within a tolerance, in the
    /// unit of their coordinates.
    ContiguityWithin {
        /// Border or point.
        rule: Rule,
        /// How far apart outlines may be.
        tolerance: f64,
    },
    /// The k nearest points.
    Nearest(usize),
    /// All points at most this far.
    Within {
        /// Distance in metres.
        radius_m: f64,
    },
}

/// How spatial structure is measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpatialOptions {
    /// Whose neighbour a territory is.
    pub neighbourhood: Neighbourhood,
    /// Permutations of each global test; closed forms (randomisation) when 0.
    pub permutations: usize,
    /// Permutations at each place; closed forms when 0. The least p is 2 / (permutations + 1), and of n
    /// places the k most extreme can only be told from chance when that is below k / n of the rate of
    /// false discoveries: take many.
    pub local_permutations: usize,
    /// What to do with territories without neighbours.
    pub islands: Islands,
    /// Share of false discoveries among the places called clusters, outliers, hot or cold.
    pub false_discovery_rate: f64,
    /// Seed of the permutations.
    pub seed: Seed,
}

impl Default for SpatialOptions {
    /// Eight nearest points, 999 permutations, 9,999 at each place, islands kept, 5 % false discoveries.
    fn default() -> Self {
        Self {
            neighbourhood: Neighbourhood::Nearest(8),
            permutations: 999,
            local_permutations: 9_999,
            islands: Islands::default(),
            false_discovery_rate: 0.05,
            seed: Seed::default(),
        }
    }
}

impl SpatialOptions {
    /// Sets whose neighbour a territory is.
    #[must_use]
    pub const fn neighbourhood(mut self, neighbourhood: Neighbourhood) -> Self {
        self.neighbourhood = neighbourhood;
        self
    }

    /// Sets the number of permutations of global tests.
    #[must_use]
    pub const fn permutations(mut self, permutations: usize) -> Self {
        self.permutations = permutations;
        self
    }

    /// Sets the number of permutations at each place.
    #[must_use]
    pub const fn local_permutations(mut self, permutations: usize) -> Self {
        self.local_permutations = permutations;
        self
    }

    /// Sets the policy on territories without neighbours.
    #[must_use]
    pub const fn islands(mut self, islands: Islands) -> Self {
        self.islands = islands;
        self
    }

    /// Sets the share of false discoveries.
    #[must_use]
    pub const fn false_discovery_rate(mut self, rate: f64) -> Self {
        self.false_discovery_rate = rate;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub const fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    fn test(&self, tag: u64) -> Test {
        match self.permutations {
            0 => Test::Randomisation,
            permutations => Test::Permutation { permutations, seed: self.seed.child(tag) },
        }
    }

    fn local(&self, tag: u64) -> LocalOptions {
        let inference = match self.local_permutations {
            0 => LocalInference::ClosedForm,
            permutations => {
                LocalInference::ConditionalPermutation { permutations, seed: self.seed.child(tag) }
            }
        };
        LocalOptions::default().inference(inference).islands(self.islands)
    }
}

/// What the numbers stand on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpatialCoverage {
    /// Territories of the level.
    pub territories: usize,
    /// Those without a value, left out altogether.
    pub without_value: usize,
    /// Those with a value but without a point or an outline: they have no neighbours.
    pub without_place: usize,
    /// Those with a value and without neighbours, the former included.
    pub islands: usize,
    /// Mean number of neighbours.
    pub mean_neighbours: f64,
}

/// What a territory is in the pattern of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClusterClass {
    /// High among high.
    HighHigh,
    /// Low among low.
    LowLow,
    /// High among low.
    HighLow,
    /// Low among high.
    LowHigh,
    /// As chance would have it.
    NotSignificant,
    /// Without neighbours.
    Island,
    /// Without a value.
    NoValue,
}

impl ClusterClass {
    /// All classes, in the order of maps' legends.
    pub const ALL: [Self; 7] = [
        Self::HighHigh,
        Self::LowLow,
        Self::HighLow,
        Self::LowHigh,
        Self::NotSignificant,
        Self::Island,
        Self::NoValue,
    ];

    /// What it is called on maps.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::HighHigh => "high among high",
            Self::LowLow => "low among low",
            Self::HighLow => "high among low",
            Self::LowHigh => "low among high",
            Self::NotSignificant => "not significant",
            Self::Island => "without neighbours",
            Self::NoValue => "without value",
        }
    }
}

/// A territory against its surroundings; NaN for those without a value and, but for the value, without
/// neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LocalStructure {
    /// Its value in standard deviations from the mean.
    pub standardised: f64,
    /// The mean of its neighbours' standardised values: with the former, the Moran scatter plot.
    pub lag: f64,
    /// Local Moran's I.
    pub moran: f64,
    /// p of the former, adjusted for the number of places (Benjamini–Hochberg).
    pub moran_p: f64,
    /// What it is, at the rate of false discoveries asked for.
    pub class: ClusterClass,
    /// Standardised Getis–Ord Gᵢ*: above 0 high values gather here, the place itself included.
    pub gi_star_z: f64,
    /// p of the former, adjusted.
    pub gi_star_p: f64,
    /// Hot (`Some(true)`), cold (`Some(false)`) or neither at the rate of false discoveries.
    pub hot: Option<bool>,
}

/// Spatial structure of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpatialStructure {
    /// What the numbers stand on.
    pub coverage: SpatialCoverage,
    /// Moran's I: above its expectation where neighbours are alike.
    pub moran: Measured<Evidence>,
    /// Geary's C: below 1 where neighbours are alike.
    pub geary: Measured<Evidence>,
    /// Getis–Ord general G: above its expectation where high values gather. Undefined for negative
    /// values.
    pub general_g: Measured<Evidence>,
    /// Every territory, in the order of the atlas.
    pub local: Vec<LocalStructure>,
}

impl SpatialStructure {
    /// Number of territories of a class.
    #[must_use]
    pub fn count(&self, class: ClusterClass) -> usize {
        self.local.iter().filter(|l| l.class == class).count()
    }
}

/// How two scores go together in space.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpatialAssociation {
    /// What the numbers stand on: territories with both values.
    pub coverage: SpatialCoverage,
    /// Bivariate Moran's I: the first score against the second one next door.
    pub moran: Measured<Evidence>,
    /// Lee's L: correlation of the smoothed scores.
    pub lee: Measured<Evidence>,
}

/// The territories with values, and who is whose neighbour among them.
struct Ground {
    kept: Vec<usize>,
    weights: SpatialWeights,
    coverage: SpatialCoverage,
}

impl Study {
    /// Spatial autocorrelation of a score over the territories of a level, global and local.
    ///
    /// `values` has one entry per territory, NaN for none. Weights are row-standardised (binary for
    /// general G). Contiguity needs outlines at the level; points are compared within their zone of
    /// projection, so that no overseas place neighbours the mainland. Local p-values are two-sided and
    /// adjusted for all places (Benjamini & Hochberg 1995). Formulas: [`crate::autocorrelation`].
    /// O(neighbour pairs × permutations).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::Level;
    /// use rurban::progress::Silent;
    /// use rurban::study::{SpatialOptions, Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, StudyOptions::default(), &Silent)?;
    /// let rural: Vec<f64> = study.atlas().rurality(&Level::Epci)?.iter().map(|r| r.1.unwrap_or(f64::NAN)).collect();
    /// let options = SpatialOptions::default().permutations(99).local_permutations(99);
    /// let structure = study.spatial_structure(&Level::Epci, &rural, &options)?;
    /// // Rural EPCI lie beside rural ones.
    /// assert!(structure.moran.value().is_some_and(|m| m.observed > 0.3 && m.p < Some(0.05)));
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no such level, or no outlines for contiguity;
    /// [`Error::Shape`] when there is not one value for each territory; [`Error::Value`] for an infinite
    /// one; [`Error::Parameter`] for options out of their domain; [`Error::Undefined`] when no territory has a
    /// value or, with [`Islands::Refuse`], one has no neighbours.
    pub fn spatial_structure(
        &self,
        level: &Level,
        values: &[f64],
        options: &SpatialOptions,
    ) -> Result<SpatialStructure> {
        let rate = options.false_discovery_rate;
        if !(rate > 0.0 && rate < 1.0) {
            let must = "must be strictly between 0 and 1";
            return Err(Error::Parameter { name: "false_discovery_rate", value: rate.to_string(), must });
        }
        let ground = self.ground(level, &[values], options)?;
        let x: Vec<f64> = ground.kept.iter().map(|&i| values[i]).collect();
        let rows = ground.weights.transformed(Transform::RowStandardised);
        let (w, binary, islands) = (rows.matrix(), ground.weights.matrix(), options.islands);
        let general = if x.iter().all(|v| *v >= 0.0) {
            Measured::of(general_g(&x, binary, options.test(3), islands))?
        } else {
            Measured::Undefined("general G is undefined: some values are negative".to_owned())
        };
        let local = Measured::of(local_moran(&x, w, &options.local(4)))?;
        let hot = Measured::of(gi_star(&x, binary, SelfWeight::Largest, &options.local(5)))?;
        Ok(SpatialStructure {
            moran: Measured::of(moran(&x, w, options.test(1), islands))?,
            geary: Measured::of(geary(&x, w, options.test(2), islands))?,
            general_g: general,
            local: spread(values.len(), &ground, &x, w, (local.value(), hot.value()), rate)?,
            coverage: ground.coverage,
        })
    }

    /// Whether one score goes with another one next door: bivariate Moran's I and Lee's L.
    ///
    /// Over the territories that have both values; see [`Study::spatial_structure`].
    ///
    /// # Errors
    /// As [`Study::spatial_structure`].
    pub fn spatial_association(
        &self,
        level: &Level,
        x: &[f64],
        y: &[f64],
        options: &SpatialOptions,
    ) -> Result<SpatialAssociation> {
        let ground = self.ground(level, &[x, y], options)?;
        let take = |values: &[f64]| -> Vec<f64> { ground.kept.iter().map(|&i| values[i]).collect() };
        let (x, y) = (take(x), take(y));
        let rows = ground.weights.transformed(Transform::RowStandardised);
        let (w, islands) = (rows.matrix(), options.islands);
        Ok(SpatialAssociation {
            moran: Measured::of(moran_bivariate(&x, &y, w, options.test(1), islands))?,
            lee: Measured::of(lee_l(&x, &y, w, options.test(2), islands))?,
            coverage: ground.coverage,
        })
    }

    /// Whether territories of a class lie beside their like: join counts on binary weights.
    ///
    /// Territories without a label keep their place and count as unlabelled.
    ///
    /// # Errors
    /// As [`Study::spatial_structure`]; [`Error::Undefined`] when all are in one class.
    pub fn spatial_classes(
        &self,
        level: &Level,
        classes: &Labels,
        options: &SpatialOptions,
    ) -> Result<JoinCounts> {
        let all = vec![0.0; classes.len()];
        let ground = self.ground(level, &[&all], options)?;
        // Neighbourhood by nearest points is not mutual; a join is.
        let joins = ground.weights.symmetrised()?.transformed(Transform::Binary);
        join_counts(classes, joins.matrix(), options.test(1), options.islands)
    }

    fn ground(&self, level: &Level, scores: &[&[f64]], options: &SpatialOptions) -> Result<Ground> {
        let level = self.atlas().level(level)?;
        let territories = level.territories().len();
        for values in scores {
            if values.len() != territories {
                return Err(Error::Shape { what: "values", expected: territories, got: values.len() });
            }
            if let Some(index) = values.iter().position(|v| v.is_infinite()) {
                let value = values[index].to_string();
                return Err(Error::Value {
                    what: "values",
                    index,
                    value,
                    must: "must be finite, or NaN for none",
                });
            }
        }
        let kept: Vec<usize> =
            (0..territories).filter(|&i| scores.iter().all(|values| !values[i].is_nan())).collect();
        if kept.is_empty() {
            return Err(Error::undefined("spatial structure", Undefined::Empty));
        }
        let (weights, without_place) = neighbours(level, &kept, options.neighbourhood)?;
        if options.islands == Islands::Refuse && !weights.islands().is_empty() {
            let first = &level.territories()[kept[weights.islands()[0] as usize]];
            return Err(Error::Parameter {
                name: "islands",
                value: format!("{} territories, {} first", weights.islands().len(), first.code),
                must: "must have neighbours, or be kept or excluded",
            });
        }
        let coverage = SpatialCoverage {
            territories,
            without_value: territories - kept.len(),
            without_place,
            islands: weights.islands().len(),
            mean_neighbours: weights.matrix().entries() as f64 / kept.len() as f64,
        };
        Ok(Ground { kept, weights, coverage })
    }
}

/// Binary weights among the kept territories, and how many of them have no place.
fn neighbours(
    level: &AtlasLevel,
    kept: &[usize],
    neighbourhood: Neighbourhood,
) -> Result<(SpatialWeights, usize)> {
    let pairs = match neighbourhood {
        Neighbourhood::Contiguity(_) | Neighbourhood::ContiguityWithin { .. } => {
            let layer = level.geometry().ok_or_else(|| Error::Unknown {
                kind: "outlines of level",
                value: level.level().to_string(),
                hint: Some("draw or read them, or take the nearest points as neighbours".to_owned()),
            })?;
            let found = match neighbourhood {
                Neighbourhood::ContiguityWithin { rule, tolerance } => {
                    contiguity_within(layer, rule, tolerance)?
                }
                Neighbourhood::Contiguity(rule) => contiguity(layer, rule),
                _ => contiguity(layer, Rule::Queen),
            };
            let mut slot = vec![None; level.territories().len()];
            for (k, &i) in kept.iter().enumerate() {
                slot[i] = Some(k as u32);
            }
            let both = |&(i, j): &(u32, u32)| Some((slot[i as usize]?, slot[j as usize]?));
            let triplets: Vec<(u32, u32, f64)> =
                found.pairs.iter().filter_map(both).flat_map(|(i, j)| [(i, j, 1.0), (j, i, 1.0)]).collect();
            let without = kept.iter().filter(|&&i| layer.rings(i).next().is_none()).count();
            return Ok((
                SpatialWeights::new(Csr::from_triplets(kept.len(), kept.len(), &triplets)?)?,
                without,
            ));
        }
        Neighbourhood::Nearest(0) => {
            let must = "must be at least 1";
            return Err(Error::Parameter { name: "nearest", value: "0".to_owned(), must });
        }
        Neighbourhood::Nearest(k) => by_zone(level, kept, |set| Ok(set.k_nearest(k)))?,
        Neighbourhood::Within { radius_m } => by_zone(level, kept, |set| set.within_each(radius_m))?,
    };
    let (triplets, without) = pairs;
    Ok((SpatialWeights::new(Csr::from_triplets(kept.len(), kept.len(), &triplets)?)?, without))
}

type Pairs = (Vec<(u32, u32, f64)>, usize);

/// Neighbours among the points of each zone of projection; points outside all zones have none.
fn by_zone(
    level: &AtlasLevel,
    kept: &[usize],
    find: impl Fn(&PointSet) -> Result<crate::space::neighbours::Neighbours>,
) -> Result<Pairs> {
    let (slots, points): (Vec<u32>, Vec<Coord<f64>>) = kept
        .iter()
        .enumerate()
        .filter_map(|(k, &i)| Some((k as u32, Coord::from(level.territories()[i].point?))))
        .unzip();
    let places = Places::new(&ZONES, points)?;
    let mut triplets = Vec::new();
    for zone in ZONES.as_slice() {
        let (members, planar): (Vec<u32>, Vec<Coord<f64>>) = (0..places.len())
            .filter(|&p| places.zones()[p] == Some(zone))
            .filter_map(|p| Some((slots[p], places.planar(p)?)))
            .unzip();
        if members.is_empty() {
            continue;
        }
        let found = find(&PointSet::new(&planar)?)?;
        for (i, &from) in members.iter().enumerate() {
            let others = found.ids(i).iter().filter(|&&j| j as usize != i);
            triplets.extend(others.map(|&j| (from, members[j as usize], 1.0)));
        }
    }
    Ok((triplets, kept.len() - slots.len()))
}

/// Local results of the kept territories, over all of them.
fn spread(
    territories: usize,
    ground: &Ground,
    x: &[f64],
    w: &Csr,
    (local, hot): (Option<&Local>, Option<&Local>),
    rate: f64,
) -> Result<Vec<LocalStructure>> {
    const NONE: LocalStructure = LocalStructure {
        standardised: f64::NAN,
        lag: f64::NAN,
        moran: f64::NAN,
        moran_p: f64::NAN,
        class: ClusterClass::NoValue,
        gi_star_z: f64::NAN,
        gi_star_p: f64::NAN,
        hot: None,
    };
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let sd = (x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n).sqrt();
    // Values that do not vary are all at the mean.
    let z: Vec<f64> = x.iter().map(|v| if sd > 0.0 { (v - mean) / sd } else { 0.0 }).collect();
    let adjusted = |l: Option<&Local>| match l {
        Some(l) => benjamini_hochberg(&l.p),
        None => Ok(vec![f64::NAN; x.len()]),
    };
    let (moran_p, gi_star_p) = (adjusted(local)?, adjusted(hot)?);
    let mut out = vec![NONE; territories];
    for (k, &i) in ground.kept.iter().enumerate() {
        let own = &mut out[i];
        own.standardised = z[k];
        own.class = ClusterClass::Island;
        if w.row_len(k) == 0 {
            continue;
        }
        own.lag = w.row(k).map(|(j, weight)| weight * z[j as usize]).sum();
        own.class = ClusterClass::NotSignificant;
        own.moran_p = moran_p[k];
        own.gi_star_p = gi_star_p[k];
        if let Some(local) = local {
            own.moran = local.observed[k];
            if moran_p[k] <= rate {
                own.class = match local.quadrant[k] {
                    Some(Quadrant::HighHigh) => ClusterClass::HighHigh,
                    Some(Quadrant::LowLow) => ClusterClass::LowLow,
                    Some(Quadrant::HighLow) => ClusterClass::HighLow,
                    Some(Quadrant::LowHigh) => ClusterClass::LowHigh,
                    None => ClusterClass::NotSignificant,
                };
            }
        }
        if let Some(hot) = hot {
            own.gi_star_z = hot.z[k];
            own.hot = (gi_star_p[k] <= rate).then_some(hot.z[k] > 0.0);
        }
    }
    Ok(out)
}
