//! Do territories that are alike lie side by side, and where?

use std::fmt;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::{Study, TerritoryMeasures};
use crate::atlas::AtlasLevel;
use crate::autocorrelation::{
    Islands, JoinCounts, Local, LocalInference, LocalOptions, Quadrant, SelfWeight, Test, geary, general_g,
    gi_star, join_counts, lee_l, local_moran, moran, moran_bivariate,
};
use crate::error::{Error, Result, Undefined};
use crate::evidence::Evidence;
use crate::evidence::Measured;
use crate::labels::Labels;
use crate::matrix::Csr;
use crate::model::{Level, LinkClass};
use crate::multiple_testing::benjamini_hochberg;
use crate::random::Seed;
use crate::space::contiguity::{Rule, contiguity};
use crate::space::index::PlaceIndex;
use crate::space::neighbours::{Neighbour, Neighbours};
use crate::space::weights::{SpatialWeights, Transform};

/// A score of territories that [`TerritoryMeasures`] give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TerritoryScore {
    /// Inhabitants per km².
    PopulationDensity,
    /// Share of the population in rural communes, in [0, 1].
    RuralShare,
    /// Actors per 10,000 inhabitants.
    ActorDensity,
    /// Links that touch the territory per 10,000 inhabitants.
    LinkDensity,
    /// Share of urban–rural links among its classed links, in [0, 1].
    UrbanRuralLinkShare,
    /// Urban exposure of its rural actors, in [0, 1].
    UrbanExposure,
    /// Metres to the nearest research centre, mean over its inhabitants; none beyond [`Self::FAR_M`].
    ResearchDistance,
    /// Metres to the nearest innovation place, mean over its inhabitants; none beyond [`Self::FAR_M`].
    InnovationDistance,
}

impl TerritoryScore {
    /// All scores.
    pub const ALL: [Self; 8] = [
        Self::PopulationDensity,
        Self::RuralShare,
        Self::ActorDensity,
        Self::LinkDensity,
        Self::UrbanRuralLinkShare,
        Self::UrbanExposure,
        Self::ResearchDistance,
        Self::InnovationDistance,
    ];

    /// Beyond this distance in metres nothing is in reach: an overseas territory whose organisations the
    /// inventory lacks would otherwise lie thousands of kilometres from those of the mainland, and a few
    /// such values would make up all of the spatial structure.
    pub const FAR_M: f64 = 500_000.0;

    /// Short stable key, as in files and on command lines.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::PopulationDensity => "population_density",
            Self::RuralShare => "rural_share",
            Self::ActorDensity => "actor_density",
            Self::LinkDensity => "link_density",
            Self::UrbanRuralLinkShare => "urban_rural_link_share",
            Self::UrbanExposure => "urban_exposure",
            Self::ResearchDistance => "research_distance",
            Self::InnovationDistance => "innovation_distance",
        }
    }

    /// What it is, with its unit.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::PopulationDensity => "inhabitants per km²",
            Self::RuralShare => "share of rural population",
            Self::ActorDensity => "actors per 10,000 inhabitants",
            Self::LinkDensity => "links per 10,000 inhabitants",
            Self::UrbanRuralLinkShare => "share of urban–rural links",
            Self::UrbanExposure => "urban exposure of rural actors",
            Self::ResearchDistance => "metres to research",
            Self::InnovationDistance => "metres to innovation",
        }
    }

    /// The score of a territory; [`f64::NAN`] where it has none (no population, no area, no link,
    /// nothing in reach).
    #[must_use]
    pub fn of(self, m: &TerritoryMeasures) -> f64 {
        let per = |amount: f64, of: Option<f64>| of.filter(|of| *of > 0.0).map(|of| amount / of);
        let people = m.territory.population;
        let near = |distance_m: Option<f64>| distance_m.filter(|d| *d <= Self::FAR_M);
        let value = match self {
            Self::PopulationDensity => people.and_then(|p| per(p, m.territory.area_km2)),
            Self::RuralShare => m.rural_population_share,
            Self::ActorDensity => per(1e4 * m.actor_count() as f64, people),
            Self::LinkDensity => {
                per(1e4 * LinkClass::ALL.iter().zip(m.links).map(|(_, n)| n).sum::<usize>() as f64, people)
            }
            Self::UrbanRuralLinkShare => m.urban_rural_link_share,
            Self::UrbanExposure => m.urban_exposure,
            Self::ResearchDistance => near(m.research_distance_m),
            Self::InnovationDistance => near(m.innovation_distance_m),
        };
        value.unwrap_or(f64::NAN)
    }
}

keyed!(TerritoryScore, "score of territories", shown);

/// Who is whose neighbour at a level.
///
/// Points are compared by geodesic distance and never beyond the reach given, so that an overseas
/// territory is no neighbour of the mainland because nothing else is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Neighbourhood {
    /// Territories whose outlines touch.
    Contiguity(Rule),
    /// The `k` nearest points at most `reach_m` metres away.
    Nearest {
        /// How many.
        k: usize,
        /// No neighbour lies further, in metres.
        reach_m: f64,
    },
    /// All points at most `radius_m` metres away.
    Within {
        /// The distance in metres.
        radius_m: f64,
    },
}

impl Neighbourhood {
    /// The six nearest within 500 km.
    pub const NEAREST: Self = Self::Nearest { k: 6, reach_m: 500_000.0 };
}

impl fmt::Display for Neighbourhood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contiguity(Rule::Queen) => f.write_str("outlines touch"),
            Self::Contiguity(Rule::Rook) => f.write_str("outlines share a border"),
            Self::Nearest { k, reach_m } => write!(f, "{k} nearest within {:.0} km", reach_m / 1e3),
            Self::Within { radius_m } => write!(f, "within {:.0} km", radius_m / 1e3),
        }
    }
}

/// How the spatial structure of a level is measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpatialOptions {
    /// Who is whose neighbour; when `None`, touching outlines (queen) where the level has outlines,
    /// [`Neighbourhood::NEAREST`] where it has none.
    pub neighbourhood: Option<Neighbourhood>,
    /// How global measures are held against chance.
    pub test: Test,
    /// How local measures are.
    pub local: LocalInference,
    /// What becomes of territories without a neighbour.
    pub islands: Islands,
    /// The false discovery rate of clusters, outliers and hot spots, in (0, 1).
    pub false_discovery_rate: f64,
}

impl Default for SpatialOptions {
    /// Closed-form moments under randomisation for global measures, 9,999 conditional permutations for
    /// local ones, islands left out, 5 % of false discoveries.
    ///
    /// Local measures of skewed scores (most are) are far from normal, so that their closed form finds
    /// too many clusters; and R permutations show no p below 2/(R + 1), so that 999 are too few for the
    /// correction over a thousand territories.
    fn default() -> Self {
        Self {
            neighbourhood: None,
            test: Test::Randomisation,
            local: LocalInference::ConditionalPermutation { permutations: 9_999, seed: Seed::default() },
            islands: Islands::Exclude,
            false_discovery_rate: 0.05,
        }
    }
}

impl SpatialOptions {
    /// Permutation tests: so many replicates of each global one, so many of that of each territory.
    #[must_use]
    pub fn permuted(global: usize, of_each: usize, seed: Seed) -> Self {
        let local = LocalInference::ConditionalPermutation { permutations: of_each, seed };
        Self::default().test(Test::Permutation { permutations: global, seed }).local(local)
    }

    /// Sets who is whose neighbour.
    #[must_use]
    pub const fn neighbourhood(mut self, neighbourhood: Neighbourhood) -> Self {
        self.neighbourhood = Some(neighbourhood);
        self
    }

    setters! {
        test: Test,
        local: LocalInference,
        islands: Islands,
    }

    /// Sets the false discovery rate.
    #[must_use]
    pub const fn false_discovery_rate(mut self, rate: f64) -> Self {
        self.false_discovery_rate = rate;
        self
    }

    fn local_options(&self) -> Result<LocalOptions> {
        if !(self.false_discovery_rate > 0.0 && self.false_discovery_rate < 1.0) {
            return Err(Error::Parameter {
                name: "false_discovery_rate",
                value: self.false_discovery_rate.to_string(),
                must: "must lie between 0 and 1",
            });
        }
        Ok(LocalOptions::default().inference(self.local).islands(self.islands))
    }
}

/// What a territory is to its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpatialClass {
    /// High among high.
    HighHigh,
    /// Low among low.
    LowLow,
    /// High among low.
    HighLow,
    /// Low among high.
    LowHigh,
    /// Not told from chance at the false discovery rate.
    NotSignificant,
    /// Has a value and no neighbour.
    Island,
    /// Has no value.
    NoValue,
}

impl SpatialClass {
    /// All classes, in the order of legends.
    pub const ALL: [Self; 7] = [
        Self::HighHigh,
        Self::LowLow,
        Self::HighLow,
        Self::LowHigh,
        Self::NotSignificant,
        Self::Island,
        Self::NoValue,
    ];

    /// What it says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::HighHigh => "high among high",
            Self::LowLow => "low among low",
            Self::HighLow => "high among low",
            Self::LowHigh => "low among high",
            Self::NotSignificant => "not significant",
            Self::Island => "no neighbour",
            Self::NoValue => "no value",
        }
    }
}

impl From<Quadrant> for SpatialClass {
    fn from(q: Quadrant) -> Self {
        match q {
            Quadrant::HighHigh => Self::HighHigh,
            Quadrant::LowHigh => Self::LowHigh,
            Quadrant::LowLow => Self::LowLow,
            Quadrant::HighLow => Self::HighLow,
        }
    }
}

/// Whether values around a territory, its own included, are high or low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// High values gather (Gᵢ* above expectation).
    Hot,
    /// Low values gather.
    Cold,
}

/// A territory among its neighbours. Numbers are `None` where it has no value or no neighbour.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TerritorySpatial {
    /// Its value.
    pub value: Option<f64>,
    /// Number of neighbours that have a value.
    pub neighbours: usize,
    /// Mean value of the neighbours.
    pub lag: Option<f64>,
    /// Local Moran's I; positive within a cluster, negative for an outlier.
    pub local_moran: Option<f64>,
    /// Its two-sided p-value, adjusted for the false discovery rate.
    pub local_moran_q: Option<f64>,
    /// What it is to its neighbours.
    pub class: SpatialClass,
    /// z of Getis and Ord's Gᵢ*; high where high values gather.
    pub gi_star_z: Option<f64>,
    /// Its two-sided p-value, adjusted for the false discovery rate.
    pub gi_star_q: Option<f64>,
    /// Hot or cold spot at the false discovery rate.
    pub spot: Option<Spot>,
}

/// Counts of what took part in a spatial measure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpatialCoverage {
    /// Who is whose neighbour.
    pub neighbourhood: Neighbourhood,
    /// Territories of the level.
    pub territories: usize,
    /// Of which without a value: left out, also as neighbours.
    pub without_value: usize,
    /// Of those with a value, the ones without a neighbour that has one.
    pub islands: usize,
    /// Of which without a point, so that nothing is near (neighbourhoods of points only).
    pub without_point: usize,
    /// Mean number of neighbours of the territories with a value.
    pub mean_neighbours: f64,
}

/// The spatial structure of a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpatialStructure {
    /// What took part.
    pub coverage: SpatialCoverage,
    /// Moran's I over row-standardised weights: above expectation when neighbours are alike.
    pub moran: Evidence,
    /// Geary's c over row-standardised weights: below 1 when neighbours are alike.
    pub geary: Evidence,
    /// Getis and Ord's G over binary weights: above expectation when high values gather; undefined
    /// for negative values.
    pub general_g: Measured<Evidence>,
    /// Each territory of the level, in their order.
    pub territories: Vec<TerritorySpatial>,
}

impl SpatialStructure {
    /// Number of territories in each class, in the order of [`SpatialClass::ALL`].
    #[must_use]
    pub fn class_counts(&self) -> [usize; SpatialClass::ALL.len()] {
        SpatialClass::ALL.map(|c| self.territories.iter().filter(|t| t.class == c).count())
    }

    /// Number of hot spots and of cold spots.
    pub fn spots(&self) -> SpotCounts {
        let count = |spot| self.territories.iter().filter(|t| t.spot == Some(spot)).count();
        SpotCounts { hot: count(Spot::Hot), cold: count(Spot::Cold) }
    }
}

/// How many territories are hot and cold spots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[must_use]
pub struct SpotCounts {
    /// High values among high ones.
    pub hot: usize,
    /// Low values among low ones.
    pub cold: usize,
}

/// Whether one score goes with another next door.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpatialAssociation {
    /// What took part.
    pub coverage: SpatialCoverage,
    /// Bivariate Moran's I of x here and y next door, over row-standardised weights.
    pub moran: Evidence,
    /// Lee's L of both, each smoothed over its neighbours.
    pub lee: Evidence,
}

/// Whether classes gather.
#[derive(Debug, Clone, Serialize)]
pub struct ClassJoins {
    /// What took part; territories without a class count as those without a value.
    pub coverage: SpatialCoverage,
    /// Joins within and between classes, over binary weights.
    pub joins: JoinCounts,
}

/// The territories that take part and their neighbours.
struct Sample {
    /// Index in the level of each.
    of: Vec<u32>,
    binary: SpatialWeights,
    coverage: SpatialCoverage,
}

impl Sample {
    fn new(level: &AtlasLevel, has_value: &[bool], wanted: Option<Neighbourhood>) -> Result<Self> {
        let territories = level.territories();
        let of: Vec<u32> = (0..has_value.len() as u32).filter(|&i| has_value[i as usize]).collect();
        if of.is_empty() {
            return Err(Error::undefined("spatial structure", Undefined::Empty));
        }
        let neighbourhood = wanted.unwrap_or(match level.geometry() {
            Some(_) => Neighbourhood::Contiguity(Rule::Queen),
            None => Neighbourhood::NEAREST,
        });
        let mut position = vec![None; territories.len()];
        for (at, &i) in of.iter().enumerate() {
            position[i as usize] = Some(at as u32);
        }
        let mut without_point = 0;
        let binary = match neighbourhood {
            Neighbourhood::Contiguity(rule) => {
                let layer = level.geometry().ok_or_else(|| Error::Unknown {
                    kind: "outlines of level",
                    value: level.level().to_string(),
                    hint: Some("give it outlines, or take the nearest points as neighbours".to_owned()),
                })?;
                let triplets: Vec<(u32, u32, f64)> = contiguity(layer, rule)
                    .pairs
                    .iter()
                    .filter_map(|&(a, b)| position[a as usize].zip(position[b as usize]))
                    .flat_map(|(a, b)| [(a, b, 1.0), (b, a, 1.0)])
                    .collect();
                SpatialWeights::new(Csr::from_triplets(of.len(), of.len(), &triplets)?)?
            }
            Neighbourhood::Nearest { .. } | Neighbourhood::Within { .. } => {
                let (ids, points): (Vec<u32>, Vec<Coord<f64>>) = of
                    .iter()
                    .zip(0..)
                    .filter_map(|(&i, at)| Some((at, Coord::from(territories[i as usize].point?))))
                    .unzip();
                without_point = of.len() - ids.len();
                let near = near(&points, neighbourhood)?;
                let mut lists = vec![Vec::new(); of.len()];
                for (&i, list) in ids.iter().zip(near) {
                    lists[i as usize] =
                        list.into_iter().map(|n| Neighbour { id: ids[n.id as usize], ..n }).collect();
                }
                SpatialWeights::binary(&Neighbours::from_lists(&lists))?
            }
        };
        let coverage = SpatialCoverage {
            neighbourhood,
            territories: territories.len(),
            without_value: territories.len() - of.len(),
            islands: binary.islands().len(),
            without_point,
            mean_neighbours: binary.matrix().entries() as f64 / of.len() as f64,
        };
        Ok(Self { of, binary, coverage })
    }

    fn take(&self, values: &[f64]) -> Vec<f64> {
        self.of.iter().map(|&i| values[i as usize]).collect()
    }
}

/// The neighbours of each point, itself left out.
fn near(points: &[Coord<f64>], neighbourhood: Neighbourhood) -> Result<Vec<Vec<Neighbour>>> {
    let reach = match neighbourhood {
        Neighbourhood::Nearest { reach_m, .. } => reach_m,
        Neighbourhood::Within { radius_m } => radius_m,
        Neighbourhood::Contiguity(_) => 0.0,
    };
    if !(reach > 0.0 && reach.is_finite()) {
        return Err(Error::Parameter {
            name: "reach of neighbours",
            value: reach.to_string(),
            must: "must be positive and finite, in metres",
        });
    }
    if let Neighbourhood::Nearest { k: 0, .. } = neighbourhood {
        return Err(Error::Parameter { name: "k", value: "0".to_owned(), must: "must be at least 1" });
    }
    let index = PlaceIndex::new(points)?;
    let lists = crate::parallel::map(points.len(), |i| {
        let found = match neighbourhood {
            Neighbourhood::Nearest { k, .. } => index.nearest(points[i], k, |j| j as usize != i)?,
            _ => index.within(points[i], reach)?,
        };
        Ok(found.into_iter().filter(|n| n.distance_m <= reach && n.id as usize != i).collect())
    });
    lists.into_iter().collect()
}

fn check(level: &AtlasLevel, what: &'static str, values: &[f64]) -> Result<()> {
    let expected = level.territories().len();
    if values.len() != expected {
        return Err(Error::Shape { what, expected, got: values.len() });
    }
    match values.iter().position(|v| v.is_infinite()) {
        Some(index) => {
            let value = values[index].to_string();
            Err(Error::Value { what, index, value, must: "must be finite, or NaN where there is no value" })
        }
        None => Ok(()),
    }
}

impl Study {
    /// Whether neighbouring territories of a level have like values, and where high and low values
    /// gather: Moran's I, Geary's c, the general G, local Moran's I and Gᵢ* with false discovery
    /// control.
    ///
    /// `values` has one entry for each territory of the level, [`f64::NAN`] where there is none;
    /// those are left out, also as neighbours, and counted. Moran, Geary and the local Moran have
    /// row-standardised weights, so that each territory is held against the mean of its
    /// neighbours; G and Gᵢ* have binary ones. Formulas are in [`crate::autocorrelation`].
    /// O(territories log territories + neighbours × permutations); contiguity O(outlines).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::Level;
    /// use rurban::progress::Silent;
    /// use rurban::study::{SpatialOptions, Study, StudyOptions, TerritoryScore};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let measures = study.territory_measures(&Level::Departement, &study.reach(&Silent)?)?;
    /// let rural: Vec<f64> = measures.iter().map(|m| TerritoryScore::RuralShare.of(m)).collect();
    /// let found = study.spatial_structure(&Level::Departement, &rural, &SpatialOptions::default())?;
    /// assert!(found.moran.z > Some(5.0)); // rural départements lie side by side
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such level, or no outlines for contiguity;
    /// [`Error::Shape`] when values are not one for each territory; [`Error::Value`] for an
    /// infinite value, and for islands that are refused; [`Error::Undefined`] when no territory has
    /// a value, values do not vary, nobody has a neighbour or too few take part;
    /// [`Error::Parameter`] for 0 permutations, a neighbourhood without reach or a false discovery
    /// rate outside (0, 1).
    pub fn spatial_structure(
        &self,
        level: &Level,
        values: &[f64],
        options: &SpatialOptions,
    ) -> Result<SpatialStructure> {
        let level = self.atlas().level(level)?;
        check(level, "values", values)?;
        let local_options = options.local_options()?;
        let has_value: Vec<bool> = values.iter().map(|v| v.is_finite()).collect();
        let sample = Sample::new(level, &has_value, options.neighbourhood)?;
        let x = sample.take(values);
        let standardised = sample.binary.transformed(Transform::RowStandardised);
        let (row, binary) = (standardised.matrix(), sample.binary.matrix());
        let (test, islands) = (options.test, options.islands);
        let negative = x.iter().any(|v| *v < 0.0);
        let general_g = if negative {
            Measured::Undefined("general G is undefined: some values are negative".to_owned())
        } else {
            Measured::of(general_g(&x, binary, test, islands))?
        };
        let moran = moran(&x, row, test, islands)?;
        let geary = geary(&x, row, test, islands)?;
        let local = local_moran(&x, row, &local_options)?;
        let star = gi_star(&x, binary, SelfWeight::Largest, &local_options)?;
        let territories = territories(values, &sample, &x, &local, &star, options.false_discovery_rate)?;
        Ok(SpatialStructure { coverage: sample.coverage, moran, geary, general_g, territories })
    }

    /// Whether territories with high x have neighbours with high y: bivariate Moran's I and Lee's
    /// L. Territories that lack either value are left out and counted.
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
        let level = self.atlas().level(level)?;
        check(level, "x", x)?;
        check(level, "y", y)?;
        let both: Vec<bool> = x.iter().zip(y).map(|(x, y)| x.is_finite() && y.is_finite()).collect();
        let sample = Sample::new(level, &both, options.neighbourhood)?;
        let standardised = sample.binary.transformed(Transform::RowStandardised);
        let (x, y) = (sample.take(x), sample.take(y));
        let (row, test, islands) = (standardised.matrix(), options.test, options.islands);
        Ok(SpatialAssociation {
            coverage: sample.coverage,
            moran: moran_bivariate(&x, &y, row, test, islands)?,
            lee: lee_l(&x, &y, row, test, islands)?,
        })
    }

    /// Whether territories of a class (rural and urban, or the classes of a typology) lie side by
    /// side: join counts. Territories without a class are left out and counted.
    ///
    /// # Errors
    /// As [`Study::spatial_structure`]; [`Error::Undefined`] when all are of one class.
    pub fn class_joins(
        &self,
        level: &Level,
        classes: &Labels,
        options: &SpatialOptions,
    ) -> Result<ClassJoins> {
        let level = self.atlas().level(level)?;
        let expected = level.territories().len();
        if classes.len() != expected {
            return Err(Error::Shape { what: "classes", expected, got: classes.len() });
        }
        let has_class: Vec<bool> = (0..expected).map(|i| classes.get(i).is_some()).collect();
        let sample = Sample::new(level, &has_class, options.neighbourhood)?;
        let of = sample.of.iter().map(|&i| classes.as_slice()[i as usize]).collect();
        let labels = Labels::new(of, classes.classes())?;
        let joins = join_counts(&labels, sample.binary.matrix(), options.test, options.islands)?;
        Ok(ClassJoins { coverage: sample.coverage, joins })
    }
}

fn territories(
    values: &[f64],
    sample: &Sample,
    x: &[f64],
    local: &Local,
    star: &Local,
    rate: f64,
) -> Result<Vec<TerritorySpatial>> {
    let (local_q, star_q) = (benjamini_hochberg(&local.p)?, benjamini_hochberg(&star.p)?);
    let none = |&v: &f64| TerritorySpatial {
        value: v.is_finite().then_some(v),
        neighbours: 0,
        lag: None,
        local_moran: None,
        local_moran_q: None,
        class: SpatialClass::NoValue,
        gi_star_z: None,
        gi_star_q: None,
        spot: None,
    };
    let mut all: Vec<TerritorySpatial> = values.iter().map(none).collect();
    let finite = |v: f64| v.is_finite().then_some(v);
    let binary = sample.binary.matrix();
    for (i, &of) in sample.of.iter().enumerate() {
        let t = &mut all[of as usize];
        t.neighbours = binary.row_len(i);
        if t.neighbours == 0 {
            t.class = SpatialClass::Island;
            continue;
        }
        t.lag = Some(binary.row(i).map(|(j, _)| x[j as usize]).sum::<f64>() / t.neighbours as f64);
        t.local_moran = finite(local.observed[i]);
        t.local_moran_q = finite(local_q[i]);
        t.class = match local.quadrant[i] {
            Some(quadrant) if local_q[i] <= rate => quadrant.into(),
            _ => SpatialClass::NotSignificant,
        };
        t.gi_star_z = finite(star.z[i]);
        t.gi_star_q = finite(star_q[i]);
        t.spot = (star_q[i] <= rate).then_some(if star.z[i] > 0.0 { Spot::Hot } else { Spot::Cold });
    }
    Ok(all)
}
