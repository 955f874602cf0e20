//! Which firms work with laboratories: how many, where, how far, with whom, growing or not, and is it more
//! than chance gives?

mod chance;
mod count;

use serde::{Deserialize, Serialize};

use super::{Study, links};
use crate::error::Result;
use crate::evidence::{Evidence, Measured};
use crate::inventory::SourceTitle;
use crate::labels::Labels;
use crate::model::{ActorKind, CooperationKind, Level, Period, Rurality, Year};
use crate::progress::Progress;
use crate::random::Seed;
use crate::trend::Trend;

/// How firms and laboratories are studied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FirmLaboratoryOptions {
    /// Level whose territories are counted and ranked.
    pub level: Level,
    /// Coarser level around it, for what stays near.
    pub around: Level,
    /// Kind of cooperation.
    pub kind: CooperationKind,
    /// Only projects and ties of these sources; all when `None`.
    pub sources: Option<Vec<String>>,
    /// Years shown; from the first to the last one of the projects when `None`.
    pub years: Option<Period>,
    /// Years that the sources cover whole: trends stand on these alone; all when `None`.
    pub whole_years: Option<Period>,
    /// What firms could come from, by base territory (establishments …), for rates and for how many
    /// territories chance would leave without a firm.
    pub ground: Option<FirmGround>,
    /// Deals of participations; none when 0.
    pub deals: usize,
    /// Width of the bins of distance, in metres.
    pub bin_m: f64,
    /// Seed of the deals.
    pub seed: Seed,
}

/// What firms could come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FirmGround {
    /// What is counted, with its producer and year.
    pub title: SourceTitle,
    /// How many in each base territory; [`f64::NAN`] where not known.
    pub of_base: Vec<f64>,
}

impl Default for FirmLaboratoryOptions {
    /// Research projects of all sources, EPCI within régions, all years, 199 deals, bins of 25 km.
    fn default() -> Self {
        Self {
            level: Level::Epci,
            around: Level::Region,
            kind: CooperationKind::ResearchProject,
            sources: None,
            years: None,
            whole_years: None,
            ground: None,
            deals: 199,
            bin_m: 25_000.0,
            seed: Seed::default(),
        }
    }
}

impl FirmLaboratoryOptions {
    setters! {
        level: Level,
        deals: usize,
        seed: Seed,
        kind: CooperationKind,
        bin_m: f64,
    }

    /// Sets the level around it.
    #[must_use]
    pub fn around(mut self, level: Level) -> Self {
        self.around = level;
        self
    }

    /// Restricts to these sources.
    #[must_use]
    pub fn sources(mut self, sources: &[&str]) -> Self {
        self.sources = Some(sources.iter().map(|s| (*s).to_owned()).collect());
        self
    }

    /// Sets the years shown.
    #[must_use]
    pub const fn years(mut self, years: Period) -> Self {
        self.years = Some(years);
        self
    }

    /// Sets the years that the sources cover whole.
    #[must_use]
    pub const fn whole_years(mut self, years: Period) -> Self {
        self.whole_years = Some(years);
        self
    }

    /// Sets what firms could come from.
    #[must_use]
    pub fn ground(mut self, ground: FirmGround) -> Self {
        self.ground = Some(ground);
        self
    }
}

/// What the numbers stand on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct FirmLaboratoryCoverage {
    /// Projects of the kind and sources, in the period of the study.
    pub projects_seen: usize,
    /// Those in which a firm and a laboratory meet, direct ties included.
    pub projects: usize,
    /// Those without a date.
    pub undated: usize,
    /// Firms that work with a laboratory.
    pub firms: usize,
    /// Of them, those in no territory of the level.
    pub firms_without_place: usize,
    /// Laboratories that work with a firm.
    pub laboratories: usize,
    /// Of them, those in no territory of the level.
    pub laboratories_without_place: usize,
    /// Project × firm × laboratory.
    pub pairs: usize,
    /// Those with both ends in a territory of the level.
    pub pairs_placed: usize,
    /// Firm × laboratory, however many projects they share.
    pub ties: usize,
}

/// What one source holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourceCooperation {
    /// The source.
    pub source: String,
    /// Projects in which a firm and a laboratory meet.
    pub projects: usize,
    /// Project × firm × laboratory.
    pub pairs: usize,
    /// Those with both ends in a territory of the level.
    pub pairs_placed: usize,
    /// Those of rural firms among the placed.
    pub rural_pairs: usize,
    /// First and last year.
    pub years: Option<Period>,
}

/// The firms of one side.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct FirmSide {
    /// Rural, urban, or not known.
    pub rurality: Option<Rurality>,
    /// Firms.
    pub firms: usize,
    /// Micro, small or medium, large, of unknown size.
    pub by_size: [usize; 4],
    /// Firms with one project.
    pub firms_once: usize,
    /// Projects with one of them and a laboratory.
    pub projects: usize,
    /// Project × firm × laboratory.
    pub pairs: usize,
    /// Laboratories they work with.
    pub laboratories: usize,
    /// Territories of the level they are in.
    pub territories: usize,
    /// Pairs with both ends in a territory of the level.
    pub pairs_placed: usize,
    /// Those whose laboratory is in another territory of the level.
    pub elsewhere: usize,
    /// Pairs with both ends in a territory of the level around.
    pub pairs_around: usize,
    /// Those whose laboratory is in another of these.
    pub beyond: usize,
    /// Pairs whose laboratory is rural or urban.
    pub pairs_classed: usize,
    /// Those whose laboratory is urban.
    pub with_urban: usize,
    /// Quartiles of the distance of the pairs with two positions, in metres.
    pub quartiles_m: Option<[f64; 3]>,
    /// Pairs with two positions.
    pub measured: usize,
}

/// Pairs by distance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PairsByDistance {
    /// Distance from, in metres.
    pub from_m: u32,
    /// Pairs of rural firms.
    pub rural: usize,
    /// Pairs of urban firms.
    pub urban: usize,
}

/// What of the cooperation of rural firms is held against chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirmLaboratoryStatistic {
    /// Pairs of rural firms.
    RuralPairs,
    /// Pairs of a rural firm and an urban laboratory.
    RuralUrban,
    /// Share of the placed pairs of rural firms that stay in their territory of the level.
    SameTerritory,
    /// Share of the placed pairs of rural firms that stay in the level around.
    SameAround,
    /// Mean distance of the pairs of rural firms, in metres.
    MeanDistance,
}

impl FirmLaboratoryStatistic {
    /// All of them, in the order of the report.
    pub const ALL: [Self; 5] =
        [Self::RuralPairs, Self::RuralUrban, Self::SameTerritory, Self::SameAround, Self::MeanDistance];
}

/// One number against one meaning of chance ([`Evidence::null`]): degrees alone, degrees and distance
/// (both over firm × laboratory ties, as numbers of ties), or participations dealt anew.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirmLaboratoryTest {
    /// What.
    pub statistic: FirmLaboratoryStatistic,
    /// Against chance.
    pub evidence: Measured<Evidence>,
}

/// One year of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ResearchYear {
    /// The source; all of them when `None`.
    pub source: Option<String>,
    /// Year in which projects begin.
    pub year: Year,
    /// Whether the sources cover it whole.
    pub whole: bool,
    /// Projects in which a firm and a laboratory meet.
    pub projects: usize,
    /// Those with a rural firm.
    pub rural_projects: usize,
    /// Participations of firms of known rurality.
    pub participations: usize,
    /// Those of rural ones.
    pub rural_participations: usize,
    /// Pairs of rural firms.
    pub rural_pairs: usize,
}

/// Growing or not, over whole years.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ResearchTrend {
    /// The source; all of them when `None`.
    pub source: Option<String>,
    /// Participations of rural firms by year.
    pub participations: Measured<Trend>,
    /// Their share of the participations of firms of known rurality.
    pub share: Measured<Evidence>,
    /// Share over the first half of the years and over the second.
    pub halves: Option<[f64; 2]>,
    /// Years it stands on.
    pub years: usize,
}

/// One territory of the level.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TerritoryResearch {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where more than half of its people live.
    pub rurality: Option<Rurality>,
    /// Inhabitants.
    pub population: Option<f64>,
    /// What firms could come from.
    pub ground: Option<f64>,
    /// Firms that work with a laboratory.
    pub firms: usize,
    /// Those in rural base territories.
    pub rural_firms: usize,
    /// Laboratories that work with a firm.
    pub laboratories: usize,
    /// Placed pairs of its firms.
    pub pairs: usize,
    /// Of them, those whose laboratory is in another territory.
    pub elsewhere: usize,
    /// Placed pairs of its rural firms.
    pub rural_pairs: usize,
    /// Placed pairs of its laboratories with rural firms, wherever these are.
    pub pairs_with_rural: usize,
    /// Rural firms its laboratories work with.
    pub rural_partners: usize,
    /// Median distance from its firms to their laboratories, in metres.
    pub median_m: Option<f64>,
}

/// The territories that have none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WithoutFirms {
    /// Territories of the level.
    pub territories: usize,
    /// Those without a firm that works with a laboratory.
    pub without: usize,
    /// Rural ones.
    pub rural: usize,
    /// Rural ones without.
    pub rural_without: usize,
    /// Share of the population that lives in those without.
    pub population_share: Option<f64>,
    /// How many would have none if as many firms came from the ground at random.
    pub against_ground: Option<Measured<Evidence>>,
}

/// A laboratory by what it does with rural firms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LaboratoryResearch {
    /// Index of the actor.
    pub actor: u32,
    /// Territory of the level, by index.
    pub territory: Option<u32>,
    /// Rural firms it works with.
    pub rural_firms: usize,
    /// Projects with them.
    pub rural_projects: usize,
    /// Pairs with them.
    pub rural_pairs: usize,
    /// Pairs with all firms.
    pub pairs: usize,
}

/// A rural firm and its laboratories.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FirmResearch {
    /// Index of the actor.
    pub actor: u32,
    /// Territory of the level, by index.
    pub territory: Option<u32>,
    /// Projects.
    pub projects: usize,
    /// Laboratories.
    pub laboratories: usize,
    /// Laboratories in its territory of the level.
    pub near: usize,
    /// Distance to the nearest of its laboratories, in metres.
    pub nearest_m: Option<f64>,
    /// Median distance to its laboratories, in metres.
    pub median_m: Option<f64>,
    /// First and last year.
    pub years: Option<Period>,
}

/// A field of the laboratories: with whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldResearch {
    /// Theme of the laboratories, as their source writes it.
    pub field: String,
    /// Pairs of rural firms.
    pub rural_pairs: usize,
    /// Pairs of urban firms.
    pub urban_pairs: usize,
    /// Share among the pairs of rural firms with a known field over the same of urban firms.
    pub ratio: Option<f64>,
}

/// Pairs of rural firms from one territory to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RuralFlow {
    /// Territory of the firms, by index.
    pub firms: u32,
    /// Territory of the laboratories, by index.
    pub laboratories: u32,
    /// Pairs.
    pub pairs: usize,
}

/// Firms that work with laboratories, rural ones above all.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct FirmsAndLaboratories {
    /// The options it was made with.
    pub options: FirmLaboratoryOptions,
    /// What it stands on.
    pub coverage: FirmLaboratoryCoverage,
    /// By source, in alphabetical order.
    pub sources: Vec<SourceCooperation>,
    /// Rural firms, urban ones, those of unknown rurality.
    pub sides: [FirmSide; 3],
    /// Share of the population that lives in rural base territories.
    pub rural_population_share: Option<f64>,
    /// Share of the ground that is in rural base territories.
    pub rural_ground_share: Option<f64>,
    /// Pairs by distance, in classes.
    pub distances: Vec<PairsByDistance>,
    /// Rural firms against chance.
    pub tests: Vec<FirmLaboratoryTest>,
    /// By year: all sources first, then each.
    pub years: Vec<ResearchYear>,
    /// Growing or not: all sources first, then each.
    pub trends: Vec<ResearchTrend>,
    /// Every territory of the level, in its order.
    pub territories: Vec<TerritoryResearch>,
    /// The territories that have none.
    pub without: WithoutFirms,
    /// Laboratories that work with rural firms, most pairs first.
    pub laboratories: Vec<LaboratoryResearch>,
    /// Rural firms, most projects first.
    pub firms: Vec<FirmResearch>,
    /// Fields of the laboratories (themes `domain:…`), most pairs of rural firms first.
    pub fields: Vec<FieldResearch>,
    /// Pairs of rural firms between territories, most first; within one too.
    pub flows: Vec<RuralFlow>,
}

impl FirmsAndLaboratories {
    /// The rural firms.
    #[must_use]
    pub const fn rural(&self) -> &FirmSide {
        &self.sides[0]
    }

    /// The urban firms.
    #[must_use]
    pub const fn urban(&self) -> &FirmSide {
        &self.sides[1]
    }

    /// Territories by pairs of their laboratories with rural firms, most first.
    #[must_use]
    pub fn cities(&self) -> Vec<&TerritoryResearch> {
        let mut list: Vec<_> = self.territories.iter().filter(|t| t.pairs_with_rural > 0).collect();
        list.sort_by(|a, b| b.pairs_with_rural.cmp(&a.pairs_with_rural).then(a.code.cmp(&b.code)));
        list
    }

    /// The test of a statistic against participations dealt anew, the null that counts where ties come
    /// from projects.
    #[must_use]
    pub fn dealt(&self, statistic: FirmLaboratoryStatistic) -> Option<&Evidence> {
        let tests = self.tests.iter().filter(|t| t.statistic == statistic);
        tests.filter_map(|t| t.evidence.value()).find(|e| e.null == crate::evidence::Null::TwoMode)
    }
}

/// A project (or a direct tie) with its firms and laboratories.
struct Meeting<'a> {
    source: &'a str,
    period: Option<Period>,
    firms: Vec<u32>,
    laboratories: Vec<u32>,
}

impl Meeting<'_> {
    fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.firms.iter().flat_map(|&f| self.laboratories.iter().map(move |&l| (f, l)))
    }

    fn has_both(&self) -> bool {
        !self.firms.is_empty() && !self.laboratories.is_empty()
    }
}

/// The projects and direct ties of the study with what is known of the ends.
struct Meetings<'a> {
    study: &'a Study,
    all: Vec<Meeting<'a>>,
    level: Labels,
    around: Labels,
    seen: usize,
}

impl<'a> Meetings<'a> {
    fn of(study: &'a Study, options: &FirmLaboratoryOptions) -> Result<Self> {
        let actors = study.inventory.actors();
        let wanted = |kind, source: &str, period| {
            kind == options.kind
                && links::is_taken(&study.options, kind, period)
                && options.sources.as_ref().is_none_or(|list| list.iter().any(|s| s == source))
        };
        let of_kind = |list: &[u32], kind| -> Vec<u32> {
            list.iter().copied().filter(|&a| actors[a as usize].kind == kind).collect()
        };
        let meeting = |source, period, members: &[u32]| Meeting {
            source,
            period,
            firms: of_kind(members, ActorKind::Enterprise),
            laboratories: of_kind(members, ActorKind::ResearchCentre),
        };
        let (mut all, mut seen) = (Vec::new(), 0);
        for p in study.inventory.projects().iter().filter(|p| wanted(p.kind, &p.source, p.period)) {
            seen += 1;
            let members: Vec<u32> = p.participants.iter().map(|(actor, _)| *actor).collect();
            all.push(meeting(p.source.as_str(), p.period, &members));
        }
        for t in study.inventory.ties().iter().filter(|t| wanted(t.kind, &t.source, t.period)) {
            seen += 1;
            all.push(meeting(t.source.as_str(), t.period, &[t.from, t.to]));
        }
        all.retain(Meeting::has_both);
        let level = study.territory_labels(&options.level)?;
        let around = study.territory_labels(&options.around)?;
        Ok(Self { study, all, level, around, seen })
    }

    fn rurality(&self, actor: u32) -> Option<Rurality> {
        self.study.places[actor as usize].rurality()
    }

    fn is_rural(&self, actor: u32) -> bool {
        self.rurality(actor) == Some(Rurality::Rural)
    }

    fn same(labels: &Labels, a: u32, b: u32) -> Option<bool> {
        Some(labels.get(a as usize)? == labels.get(b as usize)?)
    }
}

impl Study {
    /// The state of cooperation between firms and laboratories, rural firms above all.
    ///
    /// Firms are the actors of kind enterprise, laboratories those of kind research centre; they meet in
    /// projects of a kind (and in direct ties of that kind), and a *pair* is a firm and a laboratory in one
    /// project. A pair counts once however often the source repeats it.
    ///
    /// # Formula
    /// Chance by degrees and by degrees and distance as
    /// [`two_sided_evidence`](crate::linkage::two_sided_evidence), over distinct firm × laboratory ties. The
    /// null that counts deals the participations of firms anew ([`deal_participations`](crate::network::deal_participations)):
    /// firms keep their number of projects, projects their number of firms and all their laboratories.
    /// Growth: [`mann_kendall`](crate::trend::mann_kendall) on participations of rural firms by year,
    /// [`share_trend`](crate::trend::share_trend) on their share. Territories without: `Σ (1 − w)^N` for N
    /// firms drawn from the ground with shares w, variance with all pairs of territories.
    ///
    /// # Undefined
    /// What has no value keeps its reason.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas lacks a level;
    /// [`Error::Shape`](crate::Error::Shape) when the ground is of another atlas;
    /// [`Error::Parameter`](crate::Error::Parameter) on a bin that does not serve.
    ///
    /// # Complexity
    /// O(firms × laboratories + deals × pairs + territories²).
    pub fn firms_and_laboratories(
        &self,
        options: &FirmLaboratoryOptions,
        progress: &dyn Progress,
    ) -> Result<FirmsAndLaboratories> {
        if let Some(ground) = &options.ground {
            crate::check::check_len("ground", ground.of_base.len(), self.atlas.base().territories().len())?;
        }
        let meetings = Meetings::of(self, options)?;
        let tests = meetings.tests(options, progress)?;
        meetings.count(options, tests)
    }
}
