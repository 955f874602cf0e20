//! Whether rural and urban actors are tied, through whom, how far, and against which chance.

use std::collections::BTreeMap;

use geo_types::Coord;
use serde::Serialize;

use super::{Link, Study, StudyOptions, links};
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null};
use crate::france::zones::ZONES;
use crate::labels::Labels;
use crate::linkage::{
    Dyads, Effects, Exposure, GravityFit, MixingEvidence, MixingMatrix, NominalAssortativity, NullModel,
    Roles, StandardErrors, TerritoryBridging, Weighting, brokerage, deterrence, exposure, gravity_model,
    mixing_evidence, nominal_assortativity, territory_bridging,
};
use crate::matrix::Matrix;
use crate::model::{ActorKind, CooperationKind, Level, LinkClass, Period, Rurality};
use crate::network::{
    Agreement, CommunityOptions, Direction, Network, Participation, PathLength, StructuralHoles, SwapOptions,
    TieWeights, agreement, betweenness, deal_participations, degree_preserving, leiden, modularity,
    participation_coefficient, project, sampled_betweenness, structural_holes,
};
use crate::progress::Progress;
use crate::random::Seed;
use crate::space::distance::Places;

/// Rural and urban, as [`Study::rurality_labels`] numbers them.
const RURAL: usize = 0;
const URBAN: usize = 1;

/// Above this many tied actors betweenness is estimated.
const EXACT_BETWEENNESS: usize = 5_000;
const PIVOTS: usize = 500;

/// How linkage is measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LinkageOptions {
    /// Whether a pair of actors counts once or by its weight. Counts have exact variances.
    pub weighting: Weighting,
    /// Random permutations within kinds of actor and within régions; none when 0.
    pub permutations: usize,
    /// Graphs rewired with degrees kept, and deals of participations; none when 0.
    pub swaps: usize,
    /// Width of the bins of distance, in metres.
    pub bin_m: f64,
    /// Number of top brokers kept.
    pub brokers: usize,
    /// Seed of all that is random.
    pub seed: Seed,
    /// What to say of the state of the data (dates of the sources); copied into the report.
    pub vintage: String,
}

impl Default for LinkageOptions {
    /// Counts of ties, 999 permutations, 199 rewired graphs, bins of 25 km, 20 brokers.
    fn default() -> Self {
        Self {
            weighting: Weighting::Edges,
            permutations: 999,
            swaps: 199,
            bin_m: 25_000.0,
            brokers: 20,
            seed: Seed::default(),
            vintage: String::new(),
        }
    }
}

impl LinkageOptions {
    /// Sets what a tie counts.
    #[must_use]
    pub fn weighting(mut self, weighting: Weighting) -> Self {
        self.weighting = weighting;
        self
    }

    /// Sets the number of permutations within strata.
    #[must_use]
    pub fn permutations(mut self, permutations: usize) -> Self {
        self.permutations = permutations;
        self
    }

    /// Sets the number of rewired graphs.
    #[must_use]
    pub fn swaps(mut self, swaps: usize) -> Self {
        self.swaps = swaps;
        self
    }

    /// Sets the width of the bins of distance.
    #[must_use]
    pub fn bin_m(mut self, bin_m: f64) -> Self {
        self.bin_m = bin_m;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// Sets what is said of the state of the data.
    #[must_use]
    pub fn vintage(mut self, vintage: impl Into<String>) -> Self {
        self.vintage = vintage.into();
        self
    }
}

/// A value, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured<T> {
    /// The value.
    Value(T),
    /// Why it is undefined.
    Undefined(String),
}

impl<T> Measured<T> {
    /// The value, if there is one.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(v) => Some(v),
            Self::Undefined(_) => None,
        }
    }

    /// Why there is no value, if so.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Value(_) => None,
            Self::Undefined(reason) => Some(reason),
        }
    }

    /// Keeps what is undefined as its reason; other errors stay errors.
    pub(super) fn of(result: Result<T>) -> Result<Self> {
        match result {
            Ok(value) => Ok(Self::Value(value)),
            Err(e) if e.as_undefined().is_some() => Ok(Self::Undefined(e.to_string())),
            Err(e) => Err(e),
        }
    }
}

/// What the numbers of a part stand on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkageCoverage {
    /// All actors of the study.
    pub actors: usize,
    /// Those with at least one tie of this part.
    pub tied: usize,
    /// Those without.
    pub isolates: usize,
    /// Actors of unknown rurality.
    pub unlabelled: usize,
    /// Tied actors of unknown rurality.
    pub tied_unlabelled: usize,
    /// Links: pairs by kind and source.
    pub links: usize,
    /// Tied pairs of actors.
    pub ties: usize,
    /// Ties between two actors of known rurality, which the tests against chance use.
    pub labelled_ties: usize,
    /// What the caller said of the state of the data.
    pub vintage: String,
}

/// Rural–urban ties against one meaning of chance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkageTest {
    /// What chance means here, in words.
    pub against: String,
    /// Ties between a rural and an urban actor.
    pub cross: Measured<Evidence>,
    /// E-I index of the same ties.
    pub ei: Measured<Evidence>,
    /// Observed over expected rural–urban ties: at equal degree for the configuration, at equal
    /// degree and distance for the gravity null.
    pub ratio: Option<f64>,
    /// Tied actors of known rurality that this test leaves out.
    pub left_out: usize,
}

/// Lengths of the ties of a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TieLengths {
    /// Where the ends are.
    pub class: LinkClass,
    /// Ties measured.
    pub ties: usize,
    /// Ties with an end of unknown position.
    pub left_out: usize,
    /// Mean length in metres.
    pub mean_m: Option<f64>,
    /// Median length in metres.
    pub median_m: Option<f64>,
}

/// One bin of the deterrence function.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DecayBin {
    /// Middle of the bin, in metres.
    pub distance_m: f64,
    /// Ties over the product of the strengths of both ends, summed over the pairs in the bin.
    pub f: f64,
}

/// How ties fall off with distance, and what communities owe to it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DistanceDecay {
    /// The deterrence function, empty bins at the end cut off.
    pub curve: Vec<DecayBin>,
    /// Spatial modularity of the communities (Expert et al. 2011).
    pub spatial_modularity: f64,
    /// Tied actors in the zone.
    pub actors: usize,
    /// Tied actors outside it or without position.
    pub left_out: usize,
}

/// An actor that stands between others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Broker {
    /// Index of the actor.
    pub actor: u32,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: ActorKind,
    /// Its rurality.
    pub rurality: Option<Rurality>,
    /// Gould–Fernandez roles between rural and urban actors.
    pub roles: Roles,
    /// Their z-scores against graphs of the same density and group sizes.
    pub z: Roles,
    /// Burt's constraint.
    pub constraint: f64,
    /// Burt's effective size.
    pub effective_size: f64,
}

/// Roles of the actors of a kind, added up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindBrokerage {
    /// The kind.
    pub kind: ActorKind,
    /// Tied actors of the kind.
    pub actors: usize,
    /// Sums of their roles.
    pub roles: Roles,
}

/// Communities against the borders of a level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BorderAgreement {
    /// The level.
    pub level: Level,
    /// How far communities are its territories.
    pub agreement: Agreement,
    /// Modularity of its territories as groups.
    pub modularity: f64,
    /// Mean participation coefficient over tied actors: ties spread over territories.
    pub participation: f64,
}

/// Communities of the tied actors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommunityReport {
    /// Number of communities.
    pub communities: usize,
    /// Modularity.
    pub modularity: f64,
    /// Against départements and régions, where the atlas has them.
    pub borders: Vec<BorderAgreement>,
}

/// One coefficient of the gravity model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GravityTerm {
    /// The covariate.
    pub name: String,
    /// Its coefficient.
    pub coefficient: f64,
    /// Standard error, clustered by pair.
    pub standard_error: f64,
    /// 95 % confidence interval.
    pub interval: (f64, f64),
}

/// Gravity of ties between départements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GravityReport {
    /// Coefficients.
    pub terms: Vec<GravityTerm>,
    /// Départements, those without ties included.
    pub departements: usize,
    /// Ties within a département or with an end outside, left out.
    pub left_out_ties: f64,
    /// The fit; its standard errors count each pair twice, those of `terms` once.
    pub fit: GravityFit,
}

/// All that is measured on the links of one part of a study.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkagePart {
    /// Kind of cooperation; all of them when `None`.
    pub kind: Option<CooperationKind>,
    /// What the numbers stand on.
    pub coverage: LinkageCoverage,
    /// Ties between the 7 density levels; a further class holds unlabelled actors, if any. The
    /// cells of an undirected graph add up to twice the ties.
    pub density_mixing: MixingMatrix,
    /// Ties between rural (0), urban (1) and, if any, unlabelled (2) actors.
    pub rurality_mixing: MixingMatrix,
    /// Assortativity by rurality, over ties between actors of known rurality.
    pub rurality_assortativity: Measured<NominalAssortativity>,
    /// Assortativity by density level, over the same.
    pub density_assortativity: Measured<NominalAssortativity>,
    /// Rural–urban ties against chance, degree and distance.
    pub tests: Vec<LinkageTest>,
    /// What rural actors see of urban ones.
    pub rural_exposure: Measured<Exposure>,
    /// Lengths of ties, by class in the order of [`LinkClass::ALL`].
    pub lengths: Vec<TieLengths>,
    /// Ties by distance, in mainland France and Corsica.
    pub decay: Measured<DistanceDecay>,
    /// Brokerage roles by kind of actor, kinds without tied actors left out.
    pub brokerage: Vec<KindBrokerage>,
    /// Who stands most often between rural and urban actors: all roles but the coordinator's.
    pub brokers: Vec<Broker>,
    /// Communities.
    pub communities: Measured<CommunityReport>,
    /// Gravity between the départements of mainland France and Corsica.
    pub gravity: Measured<GravityReport>,
}

impl LinkagePart {
    /// The test against one null model, if it was made (the first one, where there are several).
    #[must_use]
    pub fn against(&self, null: Null) -> Option<&Evidence> {
        self.tests.iter().filter_map(|t| t.cross.value()).find(|e| e.null == null)
    }
}

/// Linkage of a study: all cooperations, then each kind that has links.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[must_use]
pub struct LinkageReport {
    /// The options it was made with.
    pub options: LinkageOptions,
    /// All kinds together first, then by kind.
    pub parts: Vec<LinkagePart>,
    /// EPCI and PETR/Pays by bridging, best first, those without ties left out.
    pub bridges: Vec<Bridge>,
}

/// A territory as a bridge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bridge {
    /// Its level.
    pub level: Level,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How it bridges.
    pub bridging: TerritoryBridging,
}

/// Linkage of one territory.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TerritoryLinkage {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Actors in it.
    pub actors: usize,
    /// Those without ties.
    pub isolates: usize,
    /// Those of unknown rurality.
    pub unlabelled: usize,
    /// Ties that touch it, both ends of known rurality.
    pub ties: f64,
    /// Rural–urban ones among them, against labels dealt to all tied actors of known rurality.
    pub cross: Measured<Evidence>,
    /// E-I index of those ties, against the same.
    pub ei: Measured<Evidence>,
    /// Share of the ties of its rural actors that go to urban ones.
    pub urban_exposure: Option<f64>,
    /// How it bridges; `None` without ties.
    pub bridging: Option<TerritoryBridging>,
}

/// Linkage of one actor. Numbers of actors without ties are `None`, but degree and strength 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ActorLinkage {
    /// Index of the actor.
    pub actor: u32,
    /// Partners.
    pub degree: usize,
    /// Sum of the weights of its ties.
    pub strength: f64,
    /// Burt's constraint.
    pub constraint: Option<f64>,
    /// Burt's effective size.
    pub effective_size: Option<f64>,
    /// Gould–Fernandez roles between rural, urban and unlabelled actors.
    pub roles: Option<Roles>,
    /// Betweenness, exact up to 5,000 tied actors, else estimated from 500 of them.
    pub betweenness: Option<f64>,
    /// How its ties spread over communities.
    pub participation: Option<f64>,
    /// Its community.
    pub community: Option<u32>,
}

/// Linkage in a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodLinkage {
    /// The period.
    pub period: Period,
    /// Linkage of the cooperations dated in it.
    pub part: LinkagePart,
    /// Cooperations that are not dated and in no period.
    pub undated: usize,
    /// Rural–urban share of labelled ties.
    pub cross_share: Option<f64>,
    /// That share less the one of the period before in the list.
    pub change: Option<f64>,
}

/// The tied actors of a part, renumbered.
struct Ground {
    network: Network,
    /// Actor of each node.
    actors: Vec<u32>,
}

impl Ground {
    fn of(network: &Network, keep: impl Fn(usize) -> bool) -> Result<Self> {
        let mut new = vec![u32::MAX; network.nodes()];
        let mut actors = Vec::new();
        for i in (0..network.nodes()).filter(|&i| keep(i)) {
            new[i] = actors.len() as u32;
            actors.push(i as u32);
        }
        let edges: Vec<(u32, u32, f64)> = network
            .edge_list()
            .map(|(a, b, w)| (new[a as usize], new[b as usize], w))
            .filter(|&(a, b, _)| a != u32::MAX && b != u32::MAX)
            .collect();
        Ok(Self { network: Network::from_edges(actors.len(), &edges, Direction::Undirected)?.0, actors })
    }

    fn labels(&self, labels: &Labels) -> Result<Labels> {
        Labels::new(self.actors.iter().map(|&a| labels.as_slice()[a as usize]).collect(), labels.classes())
    }
}

/// Numbers classes anew so that only those in use count.
fn used(labels: &Labels) -> (Labels, Vec<u32>) {
    Labels::from_keys(labels.as_slice().iter().map(|&c| Some(c).filter(|&c| c != Labels::NONE)))
}

/// What a study needs of itself to measure linkage, worked out once.
struct Frame<'a> {
    study: &'a Study,
    rurality: Labels,
    density: Labels,
    kinds: Labels,
    /// Position of each actor among `places`.
    place_of: Vec<Option<usize>>,
    places: Places,
}

impl<'a> Frame<'a> {
    fn new(study: &'a Study) -> Result<Self> {
        let mut points: Vec<Coord<f64>> = Vec::new();
        let place_of = (study.places.iter())
            .map(|p| {
                points.push(p.point?.into());
                Some(points.len() - 1)
            })
            .collect();
        Ok(Self {
            study,
            rurality: study.rurality_labels(),
            density: study.density_labels(),
            kinds: study.kind_labels(),
            place_of,
            places: Places::new(&ZONES, points)?,
        })
    }

    /// Position in metres in mainland France and Corsica.
    fn mainland(&self, actor: usize) -> Option<(f64, f64)> {
        let at = self.place_of[actor]?;
        let zone = self.places.zones()[at]?;
        (Some(zone) == ZONES.as_slice().first()).then(|| self.places.planar(at)).flatten().map(|c| (c.x, c.y))
    }

    fn level(&self, level: &Level) -> Result<Option<Labels>> {
        match self.study.territory_labels(level) {
            Ok(labels) => Ok(Some(labels)),
            Err(Error::Unknown { .. }) => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn part(
        &self,
        kind: Option<CooperationKind>,
        links: &[Link],
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<LinkagePart> {
        let links: Vec<&Link> = links.iter().filter(|l| kind.is_none_or(|k| l.kind == k)).collect();
        let edges: Vec<(u32, u32, f64)> = links.iter().map(|l| (l.a, l.b, l.weight)).collect();
        let (all, _) = Network::from_edges(self.rurality.len(), &edges, Direction::Undirected)?;
        let tied = Ground::of(&all, |i| all.degree(i) > 0)?;
        let known = |i: usize| self.rurality.get(i).is_some();
        let labelled = Ground::of(&all, |i| all.degree(i) > 0 && known(i))?;
        let tied_rurality = tied.labels(&self.rurality)?;
        let coverage = LinkageCoverage {
            actors: all.nodes(),
            tied: tied.actors.len(),
            isolates: all.nodes() - tied.actors.len(),
            unlabelled: self.rurality.unlabelled(),
            tied_unlabelled: tied_rurality.unlabelled(),
            links: links.len(),
            ties: all.edges(),
            labelled_ties: labelled.network.edges(),
            vintage: options.vintage.clone(),
        };
        let labelled_rurality = labelled.labels(&self.rurality)?;
        let labelled_density = labelled.labels(&self.density)?;
        let w = options.weighting;
        let communities =
            leiden(&tied.network, CommunityOptions::default().runs(5).seed(options.seed.child(1)));
        let (brokerage, brokers) = self.brokers(&tied, &tied_rurality, options.brokers)?;
        let (communities, decay) = match Measured::of(communities)? {
            Measured::Undefined(why) => (Measured::Undefined(why.clone()), Measured::Undefined(why)),
            Measured::Value(c) => (
                Measured::of(self.communities(&tied, &c.of, c.modularity))?,
                Measured::of(self.decay(&tied, &c.of, options, progress))?,
            ),
        };
        Ok(LinkagePart {
            kind,
            coverage,
            density_mixing: MixingMatrix::new(&all, &self.density, w)?,
            rurality_mixing: MixingMatrix::new(&all, &self.rurality, w)?,
            rurality_assortativity: Measured::of(nominal_assortativity(
                &labelled.network,
                &labelled_rurality,
                w,
            ))?,
            density_assortativity: Measured::of(nominal_assortativity(
                &labelled.network,
                &labelled_density,
                w,
            ))?,
            tests: self.tests(kind, &all, (&labelled, &labelled_rurality), options, progress)?,
            rural_exposure: Measured::of(exposure(&all, &self.rurality, RURAL, URBAN, w))?,
            lengths: self.lengths(&all)?,
            decay,
            brokerage,
            brokers,
            communities,
            gravity: Measured::of(self.gravity(&all))?,
        })
    }

    fn tests(
        &self,
        kind: Option<CooperationKind>,
        all: &Network,
        (labelled, rurality): (&Ground, &Labels),
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<LinkageTest>> {
        let w = options.weighting;
        let mut tests = Vec::new();
        let mut add = |against: &str, left_out: usize, result: Result<MixingEvidence>| -> Result<()> {
            let (cross, ei) = match Measured::of(result)? {
                Measured::Value(e) => (Measured::Value(e.cross), Measured::Value(e.ei)),
                Measured::Undefined(why) => (Measured::Undefined(why.clone()), Measured::Undefined(why)),
            };
            let ratio = cross.value().and_then(Evidence::ratio);
            tests.push(LinkageTest { against: against.to_owned(), cross, ei, ratio, left_out });
            Ok(())
        };
        let single = || {
            if rurality.sizes().iter().filter(|&&s| s > 0).count() < 2 && labelled.network.edges() > 0 {
                return Err(Error::undefined("rural–urban ties against chance", Undefined::SingleClass));
            }
            Ok(())
        };
        let test = |g: &Ground, labels: &Labels, null: NullModel<'_>| {
            single()?;
            mixing_evidence(&g.network, labels, w, null, progress)
        };
        let everyone = Ground::of(all, |i| self.rurality.get(i).is_some())?;
        let all_labels = everyone.labels(&self.rurality)?;
        add(
            "labels dealt to all actors",
            0,
            mixing_evidence(&everyone.network, &all_labels, w, NullModel::LabelPermutation, progress),
        )?;
        add("labels dealt to tied actors", 0, test(labelled, rurality, NullModel::LabelPermutation))?;
        if options.permutations > 0 {
            let region = self.level(&Level::Region)?;
            for (tag, against, strata) in [
                (2, "labels dealt within kinds of actor", Some(&self.kinds)),
                (3, "labels dealt within régions", region.as_ref()),
            ] {
                let Some(strata) = strata else { continue };
                let strata = labelled.labels(strata)?;
                let null = NullModel::LabelPermutationMonteCarlo {
                    permutations: options.permutations,
                    seed: options.seed.child(tag),
                    strata: Some(&strata),
                };
                add(against, 0, test(labelled, rurality, null))?;
            }
        }
        add("degrees alone", 0, test(labelled, rurality, NullModel::Configuration))?;
        let near = Ground::of(all, |i| {
            all.degree(i) > 0 && self.rurality.get(i).is_some() && self.mainland(i).is_some()
        })?;
        let positions: Vec<_> = near.actors.iter().filter_map(|&a| self.mainland(a as usize)).collect();
        let null = NullModel::Gravity { positions_m: &positions, bin_m: options.bin_m };
        let left_out = labelled.actors.len() - near.actors.len();
        add("degrees and distance (mainland)", left_out, test(&near, &near.labels(&self.rurality)?, null))?;
        if options.swaps > 0 && w == Weighting::Edges {
            tests.push(swapped(labelled, rurality, options, progress));
        }
        if options.swaps > 0
            && let Some(kind) = kind
        {
            tests.extend(self.dealt(kind, options, progress));
        }
        Ok(tests)
    }

    /// Ties of projects of a kind when participations are dealt anew; `None` without such projects.
    fn dealt(
        &self,
        kind: CooperationKind,
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Option<LinkageTest> {
        let projects = self.study.inventory.projects().iter().enumerate();
        let taken = projects
            .filter(|(_, p)| p.kind == kind && links::is_taken(self.study.options(), p.kind, p.period));
        let given: Vec<Participation> = taken
            .flat_map(|(i, p)| {
                let project = i as u32;
                p.participants.iter().map(move |&(actor, _)| Participation { actor, project })
            })
            .collect();
        let rule = self.study.options().projection;
        // Ties between the sides, and all between actors of known rurality.
        let count = |parts: &[Participation]| {
            let mut sums = [0.0; 2];
            for (a, b, weight) in project(parts, None, rule).map(|p| p.edges).unwrap_or_default() {
                if let (Some(a), Some(b)) = (self.rurality.get(a as usize), self.rurality.get(b as usize)) {
                    let value = if options.weighting == Weighting::Edges { 1.0 } else { weight };
                    sums[0] += if a == b { 0.0 } else { value };
                    sums[1] += value;
                }
            }
            sums
        };
        let observed = count(&given);
        if observed[1] == 0.0 {
            return None;
        }
        let deal =
            SwapOptions::default().swaps_per_tie(5).replicates(options.swaps).seed(options.seed.child(5));
        let replicates = deal_participations(&given, deal, count, progress);
        let mut actors: Vec<u32> = given.iter().map(|p| p.actor).collect();
        actors.sort_unstable();
        actors.dedup();
        let unlabelled = actors.iter().filter(|a| self.rurality.get(**a as usize).is_none()).count();
        let evidence = |f: fn([f64; 2]) -> f64| {
            let values: Vec<f64> = replicates.iter().map(|r| f(*r)).collect();
            Evidence::monte_carlo(Null::TwoMode, f(observed), &values, actors.len())
                .with_counts(0, unlabelled)
        };
        let cross = evidence(|s| s[0]);
        Some(LinkageTest {
            against: "participations dealt anew (project ties)".to_owned(),
            ratio: cross.ratio(),
            cross: Measured::Value(cross),
            ei: Measured::Value(evidence(|s| 2.0 * s[0] / s[1] - 1.0)),
            left_out: unlabelled,
        })
    }

    fn lengths(&self, all: &Network) -> Result<Vec<TieLengths>> {
        let mut by_class: Vec<(Vec<f64>, usize)> = vec![(Vec::new(), 0); LinkClass::ALL.len()];
        let place = |i: u32| self.study.places[i as usize].rurality();
        for (a, b, _) in all.edge_list() {
            let class = LinkClass::of(place(a), place(b));
            let Some(slot) = LinkClass::ALL.iter().position(|c| *c == class) else { continue };
            match (self.place_of[a as usize], self.place_of[b as usize]) {
                (Some(i), Some(j)) => by_class[slot].0.push(self.places.distance_m(i, j)?),
                _ => by_class[slot].1 += 1,
            }
        }
        Ok(LinkClass::ALL
            .into_iter()
            .zip(by_class)
            .map(|(class, (mut d, left_out))| {
                d.sort_by(f64::total_cmp);
                let n = d.len();
                let mean_m = (n > 0).then(|| d.iter().sum::<f64>() / n as f64);
                let median_m = (n > 0).then(|| f64::midpoint(d[(n - 1) / 2], d[n / 2]));
                TieLengths { class, ties: n, left_out, mean_m, median_m }
            })
            .collect())
    }

    fn decay(
        &self,
        tied: &Ground,
        communities: &Labels,
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<DistanceDecay> {
        let here = |i: usize| self.mainland(tied.actors[i] as usize);
        let near = Ground::of(&tied.network, |i| here(i).is_some())?;
        let positions: Vec<_> = near.actors.iter().filter_map(|&i| here(i as usize)).collect();
        let (groups, _) = used(&near.labels(communities)?);
        let d = deterrence(&near.network, &groups, options.weighting, &positions, options.bin_m, progress)?;
        let last = d.f.iter().rposition(|f| *f > 0.0).map_or(0, |l| l + 1);
        let curve = d.f[..last]
            .iter()
            .enumerate()
            .map(|(b, &f)| DecayBin { distance_m: (b as f64 + 0.5) * d.bin_m, f })
            .collect();
        Ok(DistanceDecay {
            curve,
            spatial_modularity: d.spatial_modularity,
            actors: near.actors.len(),
            left_out: tied.actors.len() - near.actors.len(),
        })
    }

    fn brokers(
        &self,
        tied: &Ground,
        rurality: &Labels,
        top: usize,
    ) -> Result<(Vec<KindBrokerage>, Vec<Broker>)> {
        let roles = brokerage(&tied.network, rurality)?;
        let holes = structural_holes(&tied.network, TieWeights::Used)?;
        let kinds = tied.labels(&self.kinds)?;
        let sizes = kinds.sizes();
        let by_kind = ActorKind::ALL
            .into_iter()
            .zip(sizes)
            .zip(roles.by_kind(&kinds)?)
            .filter(|((_, actors), _)| *actors > 0)
            .map(|((kind, actors), roles)| KindBrokerage { kind, actors, roles })
            .collect();
        let between = |r: &Roles| r.total - r.coordinator;
        let mut order: Vec<usize> =
            (0..tied.actors.len()).filter(|&i| between(&roles.nodes[i]) > 0.0).collect();
        order.sort_by(|&i, &j| between(&roles.nodes[j]).total_cmp(&between(&roles.nodes[i])).then(i.cmp(&j)));
        let brokers = order
            .into_iter()
            .take(top)
            .map(|i| {
                let actor = &self.study.inventory.actors()[tied.actors[i] as usize];
                Broker {
                    actor: tied.actors[i],
                    name: actor.name.clone(),
                    kind: actor.kind,
                    rurality: self.study.places[tied.actors[i] as usize].rurality(),
                    roles: roles.nodes[i],
                    z: roles.z[i],
                    constraint: holes.constraint[i],
                    effective_size: holes.effective_size[i],
                }
            })
            .collect();
        Ok((by_kind, brokers))
    }

    fn communities(&self, tied: &Ground, of: &Labels, q: f64) -> Result<CommunityReport> {
        let mut borders = Vec::new();
        for level in [Level::Departement, Level::Region] {
            let Some(labels) = self.level(&level)? else { continue };
            let labels = tied.labels(&labels)?;
            let spread = participation_coefficient(&tied.network, &labels, TieWeights::Used)?;
            borders.push(BorderAgreement {
                level,
                agreement: agreement(of, &labels)?,
                modularity: modularity(&tied.network, &labels, 1.0, TieWeights::Used)?,
                participation: spread.iter().sum::<f64>() / spread.len() as f64,
            });
        }
        Ok(CommunityReport { communities: of.classes(), modularity: q, borders })
    }

    /// Ties between départements: both directions of every pair, so that each département has the
    /// same effect on both sides. Counting every pair twice halves the robust variance, which is
    /// undone: the standard errors are those clustered by pair.
    fn gravity(&self, all: &Network) -> Result<GravityReport> {
        const MEASURE: &str = "gravity between départements";
        let (Some(of_actor), Ok(level)) =
            (self.level(&Level::Departement)?, self.study.atlas.level(&Level::Departement))
        else {
            return Err(Error::undefined(MEASURE, Undefined::Empty));
        };
        let base = self.study.atlas.base().territories();
        let units = level.territories();
        let regions = self.study.atlas.level(&Level::Region).ok().map(crate::atlas::AtlasLevel::membership);
        // Rural share, middle (mean of communes by population) and région of each département.
        let mut sums = vec![[0.0; 4]; units.len()];
        let mut region = vec![None; units.len()];
        for (m, t) in base.iter().enumerate() {
            let (Some(d), Some(population)) = (level.membership().get(m), t.population) else { continue };
            region[d] = region[d].or_else(|| regions.and_then(|r| r.get(m)));
            if let Some(point) = t.point {
                let rural = t.density.is_some_and(|l| l.rurality() == Rurality::Rural);
                let add = [1.0, f64::from(u8::from(rural)), point.lon(), point.lat()];
                sums[d].iter_mut().zip(add).for_each(|(s, a)| *s += a * population);
            }
        }
        let centre = |d: usize| Coord { x: sums[d][2] / sums[d][0], y: sums[d][3] / sums[d][0] };
        let mainland = ZONES.as_slice().first();
        let kept: Vec<usize> =
            (0..units.len()).filter(|&d| sums[d][0] > 0.0 && ZONES.zone_of(centre(d)) == mainland).collect();
        let mut at = vec![usize::MAX; units.len()];
        kept.iter().enumerate().for_each(|(k, &d)| at[d] = k);
        let places = Places::new(&ZONES, kept.iter().map(|&d| centre(d)).collect())?;
        let k = kept.len();
        let mut flow = Matrix::filled(k, k, 0.0);
        let mut left_out_ties = 0.0;
        for (a, b, _) in all.edge_list() {
            let end = |i: u32| of_actor.get(i as usize).map(|d| at[d]).filter(|&d| d != usize::MAX);
            match (end(a), end(b)) {
                (Some(p), Some(q)) if p != q => {
                    flow.row_mut(p)[q] += 1.0;
                    flow.row_mut(q)[p] += 1.0;
                }
                _ => left_out_ties += 1.0,
            }
        }
        let names = ["ln distance", "same région", "difference in rural share"];
        let (mut y, mut x, mut origin, mut destination) = (vec![], vec![], vec![], vec![]);
        for p in 0..k {
            for q in (0..k).filter(|&q| q != p) {
                y.push(flow.row(p)[q]);
                let share = |i: usize| sums[kept[i]][1] / sums[kept[i]][0];
                let same = region[kept[p]].is_some() && region[kept[p]] == region[kept[q]];
                x.extend([
                    (places.distance_m(p, q)? / 1e3).max(1.0).ln(),
                    f64::from(u8::from(same)),
                    (share(p) - share(q)).abs(),
                ]);
                origin.push(p as u32);
                destination.push(q as u32);
            }
        }
        let covariates = Matrix::from_rows(y.len(), names.len(), x)?;
        let dyads = Dyads { flow: &y, covariates: &covariates, origin: &origin, destination: &destination };
        let fit = gravity_model(dyads, Effects::OriginDestination, StandardErrors::Hc1)?;
        let terms = names
            .iter()
            .zip(fit.coefficients.iter().zip(&fit.standard_errors))
            .map(|(name, (&coefficient, se))| {
                let standard_error = se * std::f64::consts::SQRT_2;
                let half = 1.959_963_984_540_054 * standard_error;
                GravityTerm {
                    name: (*name).to_owned(),
                    coefficient,
                    standard_error,
                    interval: (coefficient - half, coefficient + half),
                }
            })
            .collect();
        Ok(GravityReport { terms, departements: k, left_out_ties, fit })
    }
}

/// Rural–urban ties on simple graphs with the same degrees.
fn swapped(
    labelled: &Ground,
    rurality: &Labels,
    options: &LinkageOptions,
    progress: &dyn Progress,
) -> LinkageTest {
    let against = "degrees alone, no double ties (swaps)".to_owned();
    let n = labelled.actors.len();
    let (m, classes) = (labelled.network.edges(), rurality.sizes());
    let undefined = if m == 0 {
        Some(Undefined::NoTies)
    } else if classes.contains(&0) {
        Some(Undefined::SingleClass)
    } else {
        None
    };
    if let Some(reason) = undefined {
        let why = Error::undefined("rural–urban ties against chance", reason).to_string();
        let (cross, ei) = (Measured::Undefined(why.clone()), Measured::Undefined(why));
        return LinkageTest { against, cross, ei, ratio: None, left_out: 0 };
    }
    let crosses = |a: u32, b: u32| rurality.get(a as usize) != rurality.get(b as usize);
    let observed = labelled.network.edge_list().filter(|&(a, b, _)| crosses(a, b)).count() as f64;
    let swaps = SwapOptions::default().replicates(options.swaps).seed(options.seed.child(4));
    let count = |ties: &[(u32, u32)]| ties.iter().filter(|&&(a, b)| crosses(a, b)).count() as f64;
    let replicates = degree_preserving(&labelled.network, swaps, count, progress);
    let evidence = |observed, replicates: &[f64]| {
        Evidence::monte_carlo(Null::DegreePreservingSwaps, observed, replicates, n)
            .with_counts(labelled.network.isolates(), 0)
    };
    let ei = |x: f64| 2.0 * x / m as f64 - 1.0;
    let cross = evidence(observed, &replicates);
    let indices: Vec<f64> = replicates.iter().map(|&x| ei(x)).collect();
    LinkageTest {
        against,
        ratio: cross.ratio(),
        cross: Measured::Value(cross),
        ei: Measured::Value(evidence(ei(observed), &indices)),
        left_out: 0,
    }
}

/// Bridging of the classes in use of some labels, by class.
fn bridging(
    network: &Network,
    labels: &Labels,
    weighting: Weighting,
) -> Result<BTreeMap<u32, TerritoryBridging>> {
    const MOST: usize = 8_192;
    let tied = Ground::of(network, |i| network.degree(i) > 0)?;
    let (labels, classes) = used(&tied.labels(labels)?);
    if classes.len() > MOST {
        return Err(Error::Parameter {
            name: "level",
            value: format!("{} territories with ties", classes.len()),
            must: "must have at most 8192 of them; take a coarser level",
        });
    }
    let mixing = MixingMatrix::new(&tied.network, &labels, weighting)?;
    Ok(classes.into_iter().zip(territory_bridging(&mixing)).collect())
}

impl Study {
    /// Linkage of rural and urban actors: mixing, tests against chance, degree and distance,
    /// brokers, communities, distance and gravity, for all cooperations and for each kind.
    ///
    /// The tests use ties between actors of known rurality; every part says how many are left out.
    /// What is undefined keeps its reason. O(tied actors²) for the gravity null.
    ///
    /// # Errors
    /// [`Error::Parameter`] on options out of their domain.
    pub fn linkage(&self, options: &LinkageOptions, progress: &dyn Progress) -> Result<LinkageReport> {
        let frame = Frame::new(self)?;
        let mut parts = vec![frame.part(None, &self.links, options, progress)?];
        for kind in CooperationKind::ALL {
            if self.links.iter().any(|l| l.kind == kind) {
                parts.push(frame.part(Some(kind), &self.links, options, progress)?);
            }
        }
        let network = self.network(|_| true)?;
        let mut bridges = Vec::new();
        for level in [Level::Epci, Level::PetrPays] {
            let Some(labels) = frame.level(&level)? else { continue };
            let units = self.atlas.level(&level)?.territories();
            let mut ranked: Vec<Bridge> = bridging(&network, &labels, options.weighting)?
                .into_iter()
                .map(|(u, bridging)| {
                    let t = &units[u as usize];
                    let code = t.code.as_str().to_owned();
                    Bridge { level: level.clone(), code, name: t.name.clone(), bridging }
                })
                .collect();
            ranked.sort_by(|a, b| b.bridging.bridging.total_cmp(&a.bridging.bridging));
            bridges.append(&mut ranked);
        }
        Ok(LinkageReport { options: options.clone(), parts, bridges })
    }

    /// Linkage of every territory of a level, in their order, over all cooperations of the study.
    /// Each pair of actors counts once. Actors in overlapping perimeters count in each; bridging
    /// uses the first one. O(territories × tied actors + ties).
    ///
    /// # Errors
    /// [`Error::Unknown`] when the atlas has no such level; [`Error::Parameter`] when more than
    /// 8,192 of its territories have ties.
    pub fn linkage_by(&self, level: &Level) -> Result<Vec<TerritoryLinkage>> {
        let units = self.atlas.level(level)?.territories();
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); self.atlas.base().territories().len()];
        for (b, u) in self.atlas.memberships(level)? {
            of_base[b as usize].push(u);
        }
        let of = |actor: usize| self.places[actor].base.map_or(&[][..], |b| &of_base[b as usize]);
        let rurality = self.rurality_labels();
        let network = self.network(|_| true)?;
        let bridges = bridging(&network, &self.territory_labels(level)?, Weighting::Edges)?;
        let labelled = Ground::of(&network, |i| network.degree(i) > 0 && rurality.get(i).is_some())?;
        let labels = labelled.labels(&rurality)?;

        let mut counts = vec![[0usize; 3]; units.len()];
        for i in 0..network.nodes() {
            for &u in of(i) {
                let c = &mut counts[u as usize];
                c[0] += 1;
                c[1] += usize::from(network.degree(i) == 0);
                c[2] += usize::from(rurality.get(i).is_none());
            }
        }
        let mut ties: Vec<Vec<(u32, u32, f64)>> = vec![Vec::new(); units.len()];
        let mut seen = vec![(0usize, 0usize); units.len()];
        for (a, b, _) in labelled.network.edge_list() {
            let ends = [a, b].map(|i| of(labelled.actors[i as usize] as usize));
            for &u in ends[0].iter().chain(ends[1].iter().filter(|u| !ends[0].contains(u))) {
                ties[u as usize].push((a, b, 1.0));
            }
        }
        for (i, &actor) in labelled.actors.iter().enumerate().filter(|(i, _)| labels.get(*i) == Some(RURAL)) {
            let urban =
                labelled.network.neighbours(i).iter().filter(|&&j| labels.get(j as usize) == Some(URBAN));
            let urban = urban.count();
            for &u in of(actor as usize) {
                seen[u as usize].0 += labelled.network.degree(i);
                seen[u as usize].1 += urban;
            }
        }
        crate::parallel::map(units.len(), |u| {
            let tested = || {
                let (own, _) = Network::from_edges(labels.len(), &ties[u], Direction::Undirected)?;
                let silent = &crate::progress::Silent;
                mixing_evidence(&own, &labels, Weighting::Edges, NullModel::LabelPermutation, silent)
            };
            let (cross, ei) = match Measured::of(tested())? {
                Measured::Value(e) => (Measured::Value(e.cross), Measured::Value(e.ei)),
                Measured::Undefined(why) => (Measured::Undefined(why.clone()), Measured::Undefined(why)),
            };
            Ok(TerritoryLinkage {
                code: units[u].code.as_str().to_owned(),
                name: units[u].name.clone(),
                actors: counts[u][0],
                isolates: counts[u][1],
                unlabelled: counts[u][2],
                ties: ties[u].len() as f64,
                cross,
                ei,
                urban_exposure: (seen[u].0 > 0).then(|| seen[u].1 as f64 / seen[u].0 as f64),
                bridging: bridges.get(&(u as u32)).copied(),
            })
        })
        .into_iter()
        .collect()
    }

    /// Linkage of every actor, in their order, over all cooperations of the study.
    ///
    /// # Errors
    /// None on the links of a study.
    pub fn actor_linkage(
        &self,
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<ActorLinkage>> {
        let network = self.network(|_| true)?;
        let tied = Ground::of(&network, |i| network.degree(i) > 0)?;
        let mut rows: Vec<ActorLinkage> = (0..network.nodes())
            .map(|i| ActorLinkage {
                actor: i as u32,
                degree: network.degree(i),
                strength: network.strength(i),
                constraint: None,
                effective_size: None,
                roles: None,
                betweenness: None,
                participation: None,
                community: None,
            })
            .collect();
        if tied.actors.is_empty() {
            return Ok(rows);
        }
        let StructuralHoles { constraint, effective_size } =
            structural_holes(&tied.network, TieWeights::Used)?;
        let roles = brokerage(&tied.network, &tied.labels(&self.rurality_labels())?)?;
        let between = if tied.actors.len() <= EXACT_BETWEENNESS {
            betweenness(&tied.network, PathLength::Hops, progress)
        } else {
            let seed = options.seed.child(5);
            sampled_betweenness(&tied.network, PathLength::Hops, PIVOTS, seed, progress)?.estimate
        };
        let communities =
            leiden(&tied.network, CommunityOptions::default().runs(5).seed(options.seed.child(1)))?.of;
        let spread = participation_coefficient(&tied.network, &communities, TieWeights::Used)?;
        for (k, &a) in tied.actors.iter().enumerate() {
            let finite = |x: f64| Some(x).filter(|x| x.is_finite());
            let row = &mut rows[a as usize];
            row.constraint = finite(constraint[k]);
            row.effective_size = finite(effective_size[k]);
            row.roles = Some(roles.nodes[k]);
            row.betweenness = finite(between[k]);
            row.participation = finite(spread[k]);
            row.community = communities.get(k).map(|c| c as u32);
        }
        Ok(rows)
    }

    /// Linkage of each period: ties are made anew from the cooperations dated in it, so that a
    /// later project does not count for an earlier period. Cooperations without a date are in none.
    ///
    /// # Errors
    /// As [`Study::linkage`].
    pub fn linkage_periods(
        &self,
        periods: &[Period],
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<PeriodLinkage>> {
        let frame = Frame::new(self)?;
        let wanted = |k: CooperationKind| self.options.kinds.as_ref().is_none_or(|kinds| kinds.contains(&k));
        let undated = self.inventory.ties().iter().filter(|t| wanted(t.kind) && t.period.is_none()).count()
            + self.inventory.projects().iter().filter(|p| wanted(p.kind) && p.period.is_none()).count();
        let mut rows: Vec<PeriodLinkage> = Vec::with_capacity(periods.len());
        for &period in periods {
            let own = StudyOptions { period: Some(period), ..self.options.clone() };
            let mut diagnostics = Diagnostics::new(self.options.strictness);
            let links = links::tie(&self.inventory, &self.places, &own, progress, &mut diagnostics)?;
            let part = frame.part(None, &links, options, progress)?;
            let m = &part.rurality_mixing;
            let labelled = m.ties(RURAL, RURAL) + m.ties(RURAL, URBAN) + m.ties(URBAN, URBAN);
            let cross_share = (labelled > 0.0).then(|| m.ties(RURAL, URBAN) / labelled);
            let before = rows.last().and_then(|r| r.cross_share);
            let change = cross_share.zip(before).map(|(now, before)| now - before);
            rows.push(PeriodLinkage { period, part, undated, cross_share, change });
        }
        Ok(rows)
    }
}
