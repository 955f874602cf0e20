//! A study: actors placed in their territories, their rurality settled, their cooperations tied
//! into a graph. One file per question a user asks of it.

mod access;
mod answers;
mod belonging;
mod chance;
mod complementarity;
mod definition;
mod diffusion;
mod forms;
mod funding;
mod linkage;
mod links;
mod memberships;
mod near;
mod partners;
mod places;
mod practices;
mod profiles;
mod research;
mod rurality;
mod siting;
mod spatial;
mod spread;
mod territories;
mod workshops;

use petgraph::graph::UnGraph;
use serde::{Deserialize, Serialize};

pub use access::{
    AccessCosts, AccessCoverage, AccessInequality, AccessMeasure, AccessMethod, AccessOptions, AccessReport,
    AccessSummary, Capacity, Covered, FacilityAccess, NearFacility, Offer, ReachedShare, Supply,
    TerritoryAccess,
};
pub use answers::{
    AnswerTest, AnswersOptions, AnswersReport, OptionByRurality, ResponseRate, TextAnswers, TextTerm,
};
pub use belonging::{
    ActorBelonging, BelongingChange, BelongingCore, BelongingOptions, BelongingReport, PerimeterName,
    Perimeters, TerritoryBelonging, TieSide,
};
pub use chance::TieChance;
pub use complementarity::{
    ActivityPart, Complementarity, ComplementarityCoverage, ComplementarityOptions, ComplementarityReport,
    ComplementarityTest, ComplementaryPartner, Giving, Holder, Need, Needs, PresenceRule, ProfileMeasures,
    ProfiledRow, Rank, RelatednessRule, Search, SideGain, Strength,
};
pub use definition::RuralityDefinition;
pub use diffusion::{
    Barriers, DiffusionBudget, DiffusionOptions, DiffusionReport, Objective, PracticeUptake, SeedActor,
    SeedSet, SeedSetReach, WordOfMouth, WordOfMouthOptions,
};
pub use forms::{Feature, LackedFeature, PlaceForm, PlaceForms};
pub use funding::{
    BeneficiaryFunding, FundingChange, FundingOptions, FundingReport, MeasureFunding, OutsideFarming,
    Progression, TerritoryFunding, UnplacedFunding,
};
pub use linkage::{
    ActorLinkage, BorderAgreement, Bridge, Broker, CommunityReport, DecayBin, DistanceDecay, GravityReport,
    GravityTerm, KindBrokerage, KindPair, LinkageCoverage, LinkageOptions, LinkagePart, LinkageReport,
    LinkageSlice, LinkageTest, MOST_PAIRED, PeriodLinkage, TerritoryLinkage, TieLengths,
};
pub use links::{Link, LinkSummary};
pub use memberships::{GroupOverlap, MemberGroup, MembershipReport};
pub use near::{ActorIndex, NearActor};
pub use partners::{
    Basis, CommonPartner, Constraint, JudgeOptions, JudgedScore, JudgedScores, Judgement, KnownRanks, Lack,
    PairRank, PartnerConstraints, PartnerHistory, PartnerTimes, PartnerUnit, PartnerUnits, Partners,
    PartnersOptions, ReciprocalRank, Recommendation, Recommendations, RegionMatching, RegionPair, Removal,
    Sides, TermReason,
};
pub use places::{ActorPlace, PlacedBy};
pub use practices::{
    AdoptionStep, BySide, FirstSide, Known, PracticeCount, PracticeFilter, PracticeOrder, PracticeRow,
    PracticesOptions, PracticesReport, ThemeGap,
};
pub use profiles::{ActivitySource, Counting};
pub use research::{
    FieldResearch, FirmGround, FirmLaboratoryCoverage, FirmLaboratoryOptions, FirmLaboratoryStatistic,
    FirmLaboratoryTest, FirmResearch, FirmSide, FirmsAndLaboratories, LaboratoryResearch, PairsByDistance,
    ResearchTrend, ResearchYear, RuralFlow, SourceCooperation, TerritoryResearch, WithoutFirms,
};
pub use rurality::{ClassShare, CrossTable, RuralityRules, RuralitySwitch, TerritoryClasses, Typology};
pub use siting::{
    NewSite, ReachOf, Site, SiteCosts, SitesOptions, SitingCandidates, SitingDemand, SitingGoal, SitingReport,
};
pub use spatial::{
    ClassJoins, Neighbourhood, SpatialAssociation, SpatialClass, SpatialCoverage, SpatialOptions,
    SpatialStructure, Spot, SpotCounts, TerritoryScore, TerritorySpatial,
};
pub use spread::{Amounts, GroupSpread, Spread};
pub use territories::{NEAR_M, Reach, TerritoryMeasures};
pub use workshops::{MeetingSite, MeetingSites, WorkshopsOptions, WorkshopsReport};

use crate::atlas::Atlas;
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, Strictness};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::labels::Labels;
use crate::model::{ActorId, ActorKind, CooperationKind, DensityLevel, Level, Period, Rurality};
use crate::network::{Direction, Network, ProjectionRule};
use crate::progress::Progress;
use crate::space::{Layer, LonLat};

/// What a study is made of besides its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StudyOptions {
    /// How projects become ties between their participants.
    pub projection: ProjectionRule,
    /// Only cooperations that share a year with this period; those without a date are left out
    /// then, and counted.
    pub period: Option<Period>,
    /// Only cooperations of these kinds; all when `None`.
    pub kinds: Option<Vec<CooperationKind>>,
    /// Actors outside all territories are put into the nearest one within this distance (points
    /// just off a generalised coast), and reported.
    pub snap_m: f64,
    /// What is rural and what is urban; every measure follows.
    pub rurality: RuralityDefinition,
    /// What to do at the first error-level finding.
    pub strictness: Strictness,
}

impl Default for StudyOptions {
    /// Full counts, all periods and kinds, 5 km of snapping, the density grid, lenient.
    fn default() -> Self {
        Self {
            projection: ProjectionRule::FullCount,
            period: None,
            kinds: None,
            snap_m: 5_000.0,
            rurality: RuralityDefinition::default(),
            strictness: Strictness::Lenient,
        }
    }
}

impl StudyOptions {
    setters! {
        strictness: Strictness,
    }

    /// Sets the projection rule.
    #[must_use]
    pub const fn projection(mut self, rule: ProjectionRule) -> Self {
        self.projection = rule;
        self
    }

    /// Restricts to a period.
    #[must_use]
    pub const fn period(mut self, period: Period) -> Self {
        self.period = Some(period);
        self
    }

    /// Restricts to kinds of cooperation.
    #[must_use]
    pub fn kinds(mut self, kinds: Vec<CooperationKind>) -> Self {
        self.kinds = Some(kinds);
        self
    }

    /// Sets what is rural and what is urban.
    #[must_use]
    pub fn rurality(mut self, definition: RuralityDefinition) -> Self {
        self.rurality = definition;
        self
    }

    /// Sets the snapping distance in metres.
    #[must_use]
    pub const fn snap_m(mut self, distance_m: f64) -> Self {
        self.snap_m = distance_m;
        self
    }
}

/// An actor as a node of [`Study::graph`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ActorNode<'a> {
    /// Identifier.
    pub id: &'a ActorId,
    /// Name.
    pub name: &'a str,
    /// Kind.
    pub kind: ActorKind,
    /// Where it is taken to be.
    pub position: Option<LonLat>,
    /// Rural or urban, as the study defines it.
    pub rurality: Option<Rurality>,
}

/// Actors in their territories and the graph of what ties them.
#[derive(Debug, Clone)]
pub struct Study {
    atlas: Atlas,
    inventory: Inventory,
    options: StudyOptions,
    places: Vec<ActorPlace>,
    links: Vec<Link>,
}

impl Study {
    /// Locates every actor, settles its rurality and ties the graph.
    ///
    /// Nothing is lost: actors outside all territories stay as unlabelled nodes, actors without
    /// ties as isolates; the diagnostics count both. O(actors log territories + ties).
    ///
    /// # Errors
    /// In strict mode the first error-level finding; otherwise only when a parameter is out of
    /// its domain.
    pub fn new(
        mut atlas: Atlas,
        inventory: Inventory,
        options: &StudyOptions,
        progress: &dyn Progress,
    ) -> Result<(Self, Diagnostics)> {
        let mut diagnostics = Diagnostics::new(options.strictness);
        let labels = options.rurality.labels(&atlas)?;
        if !labels.is_empty() && labels.iter().all(Option::is_none) {
            let message = format!(
                "no territory is rural or urban under `{}`: another definition of rurality may suit these data",
                options.rurality
            );
            diagnostics.report(Finding {
                severity: Severity::Warning,
                kind: "no_rurality",
                place: Place::file("atlas"),
                message,
                outcome: Outcome::Kept,
            })?;
        }
        atlas.set_rurality(labels)?;
        let places = places::place(&atlas, &inventory, options, progress, &mut diagnostics)?;
        let links = links::tie(&inventory, &places, options, progress, &mut diagnostics)?;
        Ok((Self { atlas, inventory, options: options.clone(), places, links }, diagnostics))
    }

    /// The same study under another definition of what is rural: what changes, changes for that reason
    /// alone.
    ///
    /// # Errors
    /// Those of [`RuralityDefinition::labels`] and of [`Study::new`].
    pub fn under(&self, definition: RuralityDefinition, progress: &dyn Progress) -> Result<Self> {
        let options = self.options.clone().rurality(definition);
        Ok(Self::new(self.atlas.clone(), self.inventory.clone(), &options, progress)?.0)
    }

    /// The study with outlines changed for display (simplified, say) at the base level and joined
    /// anew at the levels above; where actors are stays as it was found in the outlines given.
    ///
    /// # Errors
    /// Those of `change`; [`Error::Unknown`](crate::Error::Unknown) when the base level has no outlines.
    pub fn with_display_outlines(
        mut self,
        change: impl Fn(&Layer) -> Result<Layer>,
        progress: &dyn Progress,
    ) -> Result<Self> {
        self.atlas.change_outlines(change)?;
        self.atlas.join_outlines(progress)?;
        Ok(self)
    }

    /// The territories.
    #[must_use]
    pub const fn atlas(&self) -> &Atlas {
        &self.atlas
    }

    /// The actors and what was recorded of their cooperations.
    #[must_use]
    pub const fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// The options it was made with.
    #[must_use]
    pub const fn options(&self) -> &StudyOptions {
        &self.options
    }

    /// Where each actor is, in the order of the actors.
    #[must_use]
    pub fn places(&self) -> &[ActorPlace] {
        &self.places
    }

    /// The ties between actors: one for each pair, kind of cooperation and source.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The cooperation graph for petgraph: node `i` is actor `i` and says who it is, parallel edges are
    /// different kinds or sources and say what they are. O(actors + links).
    ///
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use petgraph::algo::connected_components;
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::progress::Silent;
    /// use rurban::study::{Study, StudyOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let graph = study.graph();
    /// assert_eq!(graph.node_count(), study.inventory().actors().len());
    /// assert!(connected_components(&graph) > 1);
    /// let first = &graph[petgraph::graph::NodeIndex::new(0)];
    /// assert_eq!(first.id, &study.inventory().actors()[0].id);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    #[must_use]
    pub fn graph(&self) -> UnGraph<ActorNode<'_>, &Link> {
        let mut graph = UnGraph::with_capacity(self.places.len(), self.links.len());
        for (actor, place) in self.inventory.actors().iter().zip(&self.places) {
            graph.add_node(ActorNode {
                id: &actor.id,
                name: &actor.name,
                kind: actor.kind,
                position: place.point,
                rurality: place.rurality(),
            });
        }
        for link in &self.links {
            graph.add_edge(link.a.into(), link.b.into(), link);
        }
        graph
    }

    /// A frozen graph of the links that pass `keep`, over all actors; parallel links add up.
    ///
    /// # Errors
    /// None on the links of a study.
    pub fn network(&self, keep: impl Fn(&Link) -> bool) -> Result<Network> {
        let edges: Vec<(u32, u32, f64)> =
            self.links.iter().filter(|l| keep(l)).map(|l| (l.a, l.b, l.weight)).collect();
        Ok(Network::from_edges(self.places.len(), &edges, Direction::Undirected)?.0)
    }

    /// Rural (class 0) or urban (class 1) for each actor.
    #[must_use]
    pub fn rurality_labels(&self) -> Labels {
        self.labels(2, |p| p.rurality().map(|r| usize::from(r == Rurality::Urban)))
    }

    /// Density level (0 densest to 6) of each actor's commune.
    #[must_use]
    pub fn density_labels(&self) -> Labels {
        self.labels(DensityLevel::ALL.len(), |p| p.density.map(DensityLevel::rank))
    }

    /// Position in [`ActorKind::ALL`] of each actor's kind.
    #[must_use]
    pub fn kind_labels(&self) -> Labels {
        let of = self
            .inventory
            .actors()
            .iter()
            .map(|a| ActorKind::ALL.iter().position(|k| *k == a.kind).map_or(Labels::NONE, |k| k as u32));
        Labels::from_dense(of.collect(), ActorKind::ALL.len())
    }

    /// Territory of each actor at a level (the first one where perimeters overlap).
    ///
    /// # Errors
    /// [`crate::Error::Unknown`] when the atlas has no such level.
    pub fn territory_labels(&self, level: &Level) -> Result<Labels> {
        let level = self.atlas.level(level)?;
        let membership = level.membership();
        Ok(self.labels(level.territories().len(), |p| p.base.and_then(|b| membership.get(b as usize))))
    }

    fn labels(&self, classes: usize, class: impl Fn(&ActorPlace) -> Option<usize>) -> Labels {
        let of = self.places.iter().map(|p| class(p).map_or(Labels::NONE, |c| c as u32)).collect();
        Labels::from_dense(of, classes)
    }
}
