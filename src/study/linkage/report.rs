//! What the study of linkage reports.

use serde::Serialize;

use super::LinkageOptions;
use crate::evidence::Interval;
use crate::evidence::Measured;
use crate::evidence::{Evidence, Null};
use crate::linkage::{Exposure, GravityFit, MixingMatrix, NominalAssortativity, Roles, TerritoryBridging};
use crate::model::{ActorKind, CooperationKind, Level, LinkClass, Period, Rurality};
use crate::network::Agreement;

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

/// Rural–urban ties against one meaning of chance. The `n` of its evidence counts actors; ties are in
/// [`LinkageCoverage::labelled_ties`].
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
    /// Tied actors of known rurality that this test leaves out; those outside the main zone
    /// ([`Zones::main`](crate::space::crs::Zones::main)), where it goes by distance.
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
    /// Against the territories of [`LinkageOptions::units`] and [`LinkageOptions::grouping`], where the atlas
    /// has them.
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
    pub interval: Interval,
}

/// Gravity of ties between territories of [`LinkageOptions::units`](super::LinkageOptions::units).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GravityReport {
    /// Coefficients.
    pub terms: Vec<GravityTerm>,
    /// Territories, those without ties included.
    pub units: usize,
    /// Ties within a territory or with an end outside, left out.
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
    /// Rural–urban ties against chance, degree and distance. Participations are dealt for a kind whose ties
    /// come from projects, not for all kinds together; labels within territories where the atlas has the
    /// level of [`LinkageOptions::grouping`].
    pub tests: Vec<LinkageTest>,
    /// What rural actors see of urban ones.
    pub rural_exposure: Measured<Exposure>,
    /// Lengths of ties, by class in the order of [`LinkClass::ALL`].
    pub lengths: Vec<TieLengths>,
    /// Ties by distance, in the main zone ([`Zones::main`](crate::space::crs::Zones::main)).
    pub decay: Measured<DistanceDecay>,
    /// Brokerage roles by kind of actor, kinds without tied actors left out.
    pub brokerage: Vec<KindBrokerage>,
    /// Who stands most often between rural and urban actors: all roles but the coordinator's.
    pub brokers: Vec<Broker>,
    /// Communities.
    pub communities: Measured<CommunityReport>,
    /// Gravity between the territories of [`LinkageOptions::units`] in the main zone.
    pub gravity: Measured<GravityReport>,
}

impl LinkagePart {
    /// The test against one null model, if it was made and defined; the first one, where there are several.
    /// Of [`Null::LabelPermutation`] that is labels dealt to *all* actors; labels dealt to the tied ones only
    /// are the next in `tests`, or [`Study::rurality_evidence`](crate::study::Study::rurality_evidence).
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
    /// Territories of [`LinkageOptions::bridges`] by bridging, best first, those without ties left out.
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
