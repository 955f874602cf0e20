//! Whom to tell first, how far word of mouth carries, how uptake goes on.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Study;
use crate::diffusion::{
    ArcProbability, Barrier, BassFit, Budget, CascadeOptions, ContactField, InfluenceGraph, SeedChoice,
    SeedOptions, SpreadModel, TellingOptions, TellingReport, choose_seeds, fit_bass, simulate, tell,
};
use crate::error::{Error, Result, Undefined};
use crate::evidence::Measured;
use crate::labels::Labels;
use crate::model::{ActorKind, Level, Rurality, Year};
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;

/// Dated adoptions below which no curve is fitted.
const LEAST_ADOPTERS: f64 = 5.0;

/// What reaching an actor is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Each actor counts 1.
    Actors,
    /// Each rural actor counts 1, others nothing.
    #[default]
    RuralActors,
    /// The population of each rural base territory (commune) is shared among the actors in it: those
    /// who live there have been reached when all its actors have.
    RuralPopulation,
}

impl Objective {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Actors, Self::RuralActors, Self::RuralPopulation];

    /// Short stable key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Actors => "actors",
            Self::RuralActors => "rural",
            Self::RuralPopulation => "population",
        }
    }
}

keyed!(Objective, "objective", shown);

/// How many actors may be told at first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DiffusionBudget {
    /// At most this many.
    Count(usize),
    /// As many as cost no more than `total` together.
    KindCosts {
        /// What telling an actor costs, by the kinds that cost something else than the others.
        costs: Vec<(ActorKind, f64)>,
        /// What telling any other actor costs.
        other: f64,
        /// What may be spent.
        total: f64,
    },
}

/// Lines that word of mouth seldom crosses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Barriers {
    /// The borders of the territories of a level (départements, régions).
    Level {
        /// The level.
        level: Level,
        /// Probability that a telling over a border arrives.
        passing: f64,
    },
    /// Between rural and urban territories.
    Rurality {
        /// Probability that a telling from one side to the other arrives.
        passing: f64,
    },
}

/// How word of mouth goes from territory to territory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WordOfMouthOptions {
    /// The level whose territories tell each other.
    pub level: Level,
    /// No telling goes farther than this, metres.
    pub reach_m: f64,
    /// Distance over which the chance of a telling halves, metres.
    pub half_distance_m: f64,
    /// Tellings that a rural territory needs before it adopts.
    pub rural_tellings: u32,
    /// Tellings that an urban territory needs before it adopts.
    pub urban_tellings: u32,
    /// Lines that are seldom crossed.
    pub barriers: Vec<Barriers>,
    /// Practice whose holders tell first; the seeds when `None`.
    pub practice: Option<usize>,
    /// Periods, runs and seed.
    pub telling: TellingOptions,
}

impl WordOfMouthOptions {
    setters! {
        level: Level,
        reach_m: f64,
        half_distance_m: f64,
        rural_tellings: u32,
        urban_tellings: u32,
        barriers: Vec<Barriers>,
        practice: Option<usize>,
        telling: TellingOptions,
    }
}

impl Default for WordOfMouthOptions {
    /// EPCI within 100 km, halving over 20 km, one telling, half of what goes over a border of
    /// départements arrives, 10 periods, 200 runs.
    fn default() -> Self {
        Self {
            level: Level::Epci,
            reach_m: 100_000.0,
            half_distance_m: 20_000.0,
            rural_tellings: 1,
            urban_tellings: 1,
            barriers: vec![Barriers::Level { level: Level::Departement, passing: 0.5 }],
            practice: None,
            telling: TellingOptions::default().runs(200),
        }
    }
}

/// How a practice is thought to spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiffusionOptions {
    /// What reaching an actor is worth.
    pub objective: Objective,
    /// How many may be told at first.
    pub budget: DiffusionBudget,
    /// How a tie carries a practice on.
    pub model: SpreadModel,
    /// With what probability.
    pub probability: ArcProbability,
    /// How far below the guarantee of the greedy choice the result may fall.
    pub epsilon: f64,
    /// Cascades that check the choice and what it is compared with.
    pub cascades: usize,
    /// Word of mouth over distance; none when `None`.
    pub word_of_mouth: Option<WordOfMouthOptions>,
    /// Last year that the census covers; that of its last adoption when `None`.
    pub until: Option<Year>,
    /// Seed of all random streams.
    pub seed: Seed,
}

impl Default for DiffusionOptions {
    /// Ten actors, rural reach, independent cascade with 1 / number of partners, ε = 0.1, 10,000
    /// cascades, word of mouth by its own defaults.
    fn default() -> Self {
        Self {
            objective: Objective::default(),
            budget: DiffusionBudget::Count(10),
            model: SpreadModel::IndependentCascade,
            probability: ArcProbability::default(),
            epsilon: 0.1,
            cascades: 10_000,
            word_of_mouth: Some(WordOfMouthOptions::default()),
            until: None,
            seed: Seed::default(),
        }
    }
}

impl DiffusionOptions {
    setters! {
        objective: Objective,
        budget: DiffusionBudget,
        epsilon: f64,
        cascades: usize,
        seed: Seed,
        model: SpreadModel,
        probability: ArcProbability,
        until: Option<Year>,
    }

    /// Sets how a tie carries a practice on, and with what probability.
    #[must_use]
    pub const fn spread(mut self, model: SpreadModel, probability: ArcProbability) -> Self {
        (self.model, self.probability) = (model, probability);
        self
    }

    /// Sets word of mouth over distance.
    #[must_use]
    pub fn word_of_mouth(mut self, options: Option<WordOfMouthOptions>) -> Self {
        self.word_of_mouth = options;
        self
    }
}

/// An actor to be told first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SeedActor {
    /// Index of the actor.
    pub actor: u32,
    /// Its rurality.
    pub rurality: Option<Rurality>,
    /// Number of its partners.
    pub partners: usize,
    /// What is reached by it and those before it.
    pub reach: f64,
    /// What it costs, under a budget of costs.
    pub cost: Option<f64>,
}

/// Which actors are told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedSet {
    /// Those chosen.
    Chosen,
    /// As many of those with most partners.
    MostPartners,
    /// As many drawn at random from those with a partner.
    Random,
}

/// What a set of first actors reaches, by cascades that played no part in the choice.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SeedSetReach {
    /// Which actors.
    pub set: SeedSet,
    /// Their indices.
    pub actors: Vec<u32>,
    /// Mean of what is reached, as the objective counts it.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Mean number of rural actors reached.
    pub rural_actors: f64,
    /// Mean number of actors reached.
    pub actors_reached: f64,
}

/// Where word of mouth had come after some periods.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WordOfMouth {
    /// The level.
    pub level: Level,
    /// Indices of the territories with a point, in whose order the reports are.
    pub territories: Vec<u32>,
    /// Rurality of each of them.
    pub rurality: Vec<Option<Rurality>>,
    /// Positions in `territories` of those who tell first.
    pub first: Vec<u32>,
    /// Without barriers.
    pub free: TellingReport,
    /// With the barriers, when there are any.
    pub hindered: Option<TellingReport>,
}

impl WordOfMouth {
    /// Mean number of territories of a rurality that have adopted at the end.
    #[must_use]
    pub fn adopters_of(&self, report: &TellingReport, side: Rurality) -> f64 {
        let of_side = self.rurality.iter().zip(&report.probability).filter(|(r, _)| **r == Some(side));
        of_side.map(|(_, p)| p).sum()
    }
}

/// The uptake of one practice of the census.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PracticeUptake {
    /// Index of the practice.
    pub practice: usize,
    /// First year of the series: when it began, else its first dated adoption.
    pub from: Year,
    /// Dated new adopters in each year, the last one that the census covers included.
    pub new_adopters: Vec<f64>,
    /// Bass's curve, or why there is none.
    pub curve: Measured<BassFit>,
}

/// Whom to tell first and what may come of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct DiffusionReport {
    /// Whom to tell first, the most useful first.
    pub seeds: Vec<SeedActor>,
    /// The choice with its bounds.
    pub choice: SeedChoice,
    /// What reaching everybody would be worth.
    pub objective: Objective,
    /// The chosen actors beside others, checked by cascades; empty without seeds or cascades.
    pub compared: Vec<SeedSetReach>,
    /// Actors without any partner: nobody can tell them, and they can tell nobody.
    pub isolates: usize,
    /// Rural actors of the study.
    pub rural_actors: usize,
    /// Word of mouth over distance.
    pub word_of_mouth: Option<WordOfMouth>,
    /// Uptake of each practice with a dated adoption.
    pub uptake: Vec<PracticeUptake>,
}

impl Study {
    /// Whom to tell first so that a practice reaches the most, along the cooperation graph; how far word
    /// of mouth would carry it; and how the uptake of each practice of the census goes on.
    ///
    /// Every tie is an arc each way; parallel ties add up. The probabilities are assumptions, not
    /// measured: compare sets of first actors by it, not years or shares. Costs are those of
    /// [`choose_seeds`], [`simulate`], [`tell`] and [`fit_bass`].
    ///
    /// # Errors
    /// Those of [`choose_seeds`] and [`ContactField::from_distances`]; [`Error::Unknown`] for a level the
    /// atlas does not have; [`Error::Parameter`] when the practice that tells first is none of the
    /// census or the half distance not above 0.
    pub fn diffusion(&self, options: &DiffusionOptions, progress: &dyn Progress) -> Result<DiffusionReport> {
        let network = self.network(|_| true)?;
        let graph = InfluenceGraph::from_network(&network, options.probability)?;
        let weights = self.worth(options.objective);
        let costs = self.costs(&options.budget);
        let budget = match (&options.budget, &costs) {
            (DiffusionBudget::KindCosts { total, .. }, Some(costs)) => {
                Budget::Costs { costs: costs.clone(), total: *total }
            }
            (DiffusionBudget::Count(k), _) => Budget::Count(*k),
            (DiffusionBudget::KindCosts { .. }, None) => Budget::Count(0),
        };
        let seed_options = SeedOptions::default()
            .epsilon(options.epsilon)
            .weights(weights.clone())
            .seed(options.seed.child(0));
        let choice = choose_seeds(&graph, options.model, &budget, &seed_options, progress)?;
        let seeds = choice
            .seeds
            .iter()
            .zip(&choice.reach)
            .map(|(&actor, &reach)| SeedActor {
                actor,
                rurality: self.places()[actor as usize].rurality(),
                partners: network.degree(actor as usize),
                reach,
                cost: costs.as_ref().map(|c| c[actor as usize]),
            })
            .collect();
        let degrees: Vec<usize> = (0..network.nodes()).map(|i| network.degree(i)).collect();
        let rural: Vec<f64> = self.worth(Objective::RuralActors);
        let mut compared = Vec::new();
        if !choice.seeds.is_empty() && options.cascades > 0 {
            for (set, actors) in sets(&choice.seeds, &degrees, options.seed.child(1)) {
                let runs = CascadeOptions::default().runs(options.cascades).seed(options.seed.child(2));
                let report = simulate(&graph, options.model, &actors, Some(&weights), &runs, progress)?;
                compared.push(SeedSetReach {
                    set,
                    actors,
                    mean: report.mean,
                    standard_error: report.standard_error,
                    rural_actors: report.probability.iter().zip(&rural).map(|(p, w)| p * w).sum(),
                    actors_reached: report.probability.iter().sum(),
                });
            }
        }
        let word_of_mouth = match &options.word_of_mouth {
            Some(word) => Some(self.word_of_mouth(word, &choice.seeds, progress)?),
            None => None,
        };
        Ok(DiffusionReport {
            seeds,
            objective: options.objective,
            compared,
            isolates: degrees.iter().filter(|d| **d == 0).count(),
            rural_actors: rural.iter().filter(|w| **w > 0.0).count(),
            word_of_mouth,
            uptake: self.uptake(options.until)?,
            choice,
        })
    }

    /// What reaching each actor is worth.
    fn worth(&self, objective: Objective) -> Vec<f64> {
        let rural = |i: usize| self.places()[i].rurality() == Some(Rurality::Rural);
        let n = self.places().len();
        match objective {
            Objective::Actors => vec![1.0; n],
            Objective::RuralActors => (0..n).map(|i| f64::from(u8::from(rural(i)))).collect(),
            Objective::RuralPopulation => {
                let territories = self.atlas().base().territories();
                let mut actors = vec![0_u32; territories.len()];
                self.places().iter().filter_map(|p| p.base).for_each(|b| actors[b as usize] += 1);
                let worth = |i: usize| {
                    let base = self.places()[i].base? as usize;
                    let is_rural = self.atlas().base_rurality(base) == Some(Rurality::Rural);
                    is_rural.then(|| territories[base].population.unwrap_or(0.0) / f64::from(actors[base]))
                };
                (0..n).map(|i| worth(i).unwrap_or(0.0)).collect()
            }
        }
    }

    fn costs(&self, budget: &DiffusionBudget) -> Option<Vec<f64>> {
        let DiffusionBudget::KindCosts { costs, other, .. } = budget else { return None };
        let of = |kind: ActorKind| costs.iter().find(|(k, _)| *k == kind).map_or(*other, |(_, c)| *c);
        Some(self.inventory().actors().iter().map(|a| of(a.kind)).collect())
    }

    fn word_of_mouth(
        &self,
        options: &WordOfMouthOptions,
        seeds: &[u32],
        progress: &dyn Progress,
    ) -> Result<WordOfMouth> {
        if !(options.half_distance_m > 0.0) {
            return Err(Error::Parameter {
                name: "half_distance_m",
                value: options.half_distance_m.to_string(),
                must: "must be above 0",
            });
        }
        let census = self.inventory().practices().len();
        let tellers = match options.practice {
            Some(practice) if practice >= census => {
                return Err(Error::Parameter {
                    name: "practice",
                    value: practice.to_string(),
                    must: "must be a practice of the census",
                });
            }
            Some(practice) => self.holders(practice),
            None => seeds.to_vec(),
        };
        let level = self.atlas().level(&options.level)?;
        let sides = self.atlas().rurality(&options.level)?;
        let of_base = self.territory_labels(&options.level)?;
        let mut position = vec![None; level.territories().len()];
        let (mut territories, mut points, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (i, territory) in level.territories().iter().enumerate() {
            if let Some(point) = territory.point {
                position[i] = Some(territories.len() as u32);
                territories.push(i as u32);
                points.push(Coord::from(point));
                weights.push(territory.population.unwrap_or(0.0).max(0.0));
            }
        }
        let rurality: Vec<Option<Rurality>> = territories.iter().map(|t| sides[*t as usize].class).collect();
        let mut first: Vec<u32> =
            tellers.iter().filter_map(|a| position[of_base.get(*a as usize)?]).collect();
        first.sort_unstable();
        first.dedup();
        let needed: Vec<u32> = rurality
            .iter()
            .map(|r| match r {
                Some(Rurality::Urban) => options.urban_tellings,
                _ => options.rural_tellings,
            })
            .collect();
        let halving = -std::f64::consts::LN_2 / options.half_distance_m;
        let report = |barriers: &[Barrier]| {
            let decay = |distance_m: f64| (halving * distance_m).exp();
            let field = ContactField::from_distances(&points, &weights, options.reach_m, decay, barriers)?;
            tell(&field, &first, &needed, &options.telling, progress)
        };
        let free = report(&[])?;
        let barriers: Vec<Barrier> = options
            .barriers
            .iter()
            .map(|b| self.barrier(b, &options.level, &territories, &rurality))
            .collect::<Result<_>>()?;
        let hindered = if barriers.is_empty() { None } else { Some(report(&barriers)?) };
        Ok(WordOfMouth { level: options.level.clone(), territories, rurality, first, free, hindered })
    }

    fn barrier(
        &self,
        barrier: &Barriers,
        level: &Level,
        territories: &[u32],
        rurality: &[Option<Rurality>],
    ) -> Result<Barrier> {
        match barrier {
            Barriers::Rurality { passing } => {
                let side = |r: &Option<Rurality>| r.map_or(Labels::NONE, |r| u32::from(r == Rurality::Urban));
                let sides = Labels::from_dense(rurality.iter().map(side).collect(), 2);
                Ok(Barrier { sides, passing: *passing })
            }
            Barriers::Level { level: outer, passing } => {
                // The outer territory that most base territories of a unit lie in.
                let outer = self.atlas().level(outer)?;
                let mut votes: Vec<std::collections::BTreeMap<usize, usize>> =
                    vec![std::collections::BTreeMap::new(); self.atlas().level(level)?.territories().len()];
                for (base, unit) in self.atlas().level(level)?.memberships().iter() {
                    if let Some(side) = outer.membership().get(base as usize) {
                        *votes[unit as usize].entry(side).or_default() += 1;
                    }
                }
                let side = |unit: &u32| {
                    let votes = votes[*unit as usize].iter();
                    let most = votes.max_by_key(|(side, n)| (**n, std::cmp::Reverse(**side)));
                    most.map_or(Labels::NONE, |(side, _)| *side as u32)
                };
                let sides = territories.iter().map(side).collect();
                Ok(Barrier { sides: Labels::from_dense(sides, outer.territories().len()), passing: *passing })
            }
        }
    }

    fn uptake(&self, until: Option<Year>) -> Result<Vec<PracticeUptake>> {
        let census = self.inventory().practices();
        let years = || census.iter().flat_map(|p| p.adoptions.iter().filter_map(|a| a.year));
        let Some(last) = until.or_else(|| years().max()) else { return Ok(Vec::new()) };
        let mut series: Vec<(usize, Year, Vec<f64>)> = Vec::new();
        for (index, practice) in census.iter().enumerate() {
            let dated: Vec<Year> =
                practice.adoptions.iter().filter_map(|a| a.year).filter(|y| *y <= last).collect();
            let Some(first) = dated.iter().min().copied() else { continue };
            let from = practice.period.map_or(first, |p| p.from.min(first));
            let mut new_adopters = vec![0.0; (i32::from(last) - i32::from(from) + 1).max(0) as usize];
            for year in dated {
                new_adopters[(i32::from(year) - i32::from(from)) as usize] += 1.0;
            }
            series.push((index, from, new_adopters));
        }
        // Three parameters on fewer adopters than that say nothing.
        let too_few =
            || Error::undefined("Bass curve", Undefined::TooFew { needed: LEAST_ADOPTERS as usize });
        let fits = parallel::map(series.len(), |i| {
            let enough = series[i].2.iter().sum::<f64>() >= LEAST_ADOPTERS;
            if enough { fit_bass(&series[i].2) } else { Err(too_few()) }
        });
        let mut uptake = Vec::with_capacity(series.len());
        for ((practice, from, new_adopters), fit) in series.into_iter().zip(fits) {
            uptake.push(PracticeUptake { practice, from, new_adopters, curve: Measured::of(fit)? });
        }
        Ok(uptake)
    }
}

/// The seeds, as many of those with most partners, as many at random.
fn sets(seeds: &[u32], degrees: &[usize], seed: Seed) -> [(SeedSet, Vec<u32>); 3] {
    let mut by_degree: Vec<u32> = (0..degrees.len() as u32).filter(|i| degrees[*i as usize] > 0).collect();
    let mut at_random = by_degree.clone();
    seed.stream(0).shuffle(&mut at_random);
    at_random.truncate(seeds.len());
    by_degree.sort_by_key(|i| (std::cmp::Reverse(degrees[*i as usize]), *i));
    by_degree.truncate(seeds.len());
    [(SeedSet::Chosen, seeds.to_vec()), (SeedSet::MostPartners, by_degree), (SeedSet::Random, at_random)]
}
