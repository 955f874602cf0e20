//! Whether rural and urban actors are tied, through whom, how far, and against which chance.

mod chance;
mod distance;
mod frame;
mod positions;
mod report;
mod slices;

use serde::Serialize;

use super::{Link, Study, StudyOptions, links};
use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::evidence::Measured;
use crate::labels::Labels;
use crate::linkage::{
    MixingMatrix, Weighting, brokerage, exposure, mixing_evidence_among, nominal_assortativity,
};
use crate::model::{CooperationKind, Level, Period};
use crate::network::{
    Direction, Network, PathLength, StructuralHoles, TieWeights, betweenness, participation_coefficient,
    sampled_betweenness, structural_holes,
};
use crate::progress::{Progress, Silent};
use crate::random::Seed;
pub use frame::MOST_PAIRED;
use frame::{Frame, Ground};
pub(super) use frame::{check_paired, communities};
use positions::bridging;

pub use report::*;
pub use slices::{KindPair, LinkageSlice};

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
    /// Random permutations within kinds of actor and within territories of `grouping`; none when 0.
    pub permutations: usize,
    /// Graphs rewired with degrees kept, and deals of participations; none when 0.
    pub swaps: usize,
    /// Width of the bins of distance, in metres.
    pub bin_m: f64,
    /// Level whose territories the gravity model ties, and that communities are held against: by default the
    /// départements; set it for another country.
    pub units: Level,
    /// Level above it: same or not in the gravity model, strata of permutations, borders of communities. By
    /// default the régions; left out where the atlas does not have it.
    pub grouping: Level,
    /// Levels whose territories are ranked as bridges: by default EPCI and PETR/Pays; those the atlas does
    /// not have are left out.
    pub bridges: Vec<Level>,
    /// Number of top brokers kept.
    pub brokers: usize,
    /// Seed of all that is random.
    pub seed: Seed,
    /// What to say of the state of the data (dates of the sources); copied into the report.
    pub vintage: String,
}

impl Default for LinkageOptions {
    /// Counts of ties, 999 permutations, 199 rewired graphs, bins of 25 km, 20 brokers, and the levels of
    /// France.
    fn default() -> Self {
        Self {
            weighting: Weighting::Edges,
            permutations: 999,
            swaps: 199,
            bin_m: 25_000.0,
            units: Level::Departement,
            grouping: Level::Region,
            bridges: vec![Level::Epci, Level::PetrPays],
            brokers: 20,
            seed: Seed::default(),
            vintage: String::new(),
        }
    }
}

impl LinkageOptions {
    setters! {
        weighting: Weighting,
        permutations: usize,
        swaps: usize,
        bin_m: f64,
        brokers: usize,
        seed: Seed,
        units: Level,
        grouping: Level,
    }

    /// Sets the level of the gravity model and the one above it.
    #[must_use]
    pub fn levels(mut self, units: Level, grouping: Level) -> Self {
        self.units = units;
        self.grouping = grouping;
        self
    }

    /// Sets the levels whose territories are ranked as bridges.
    #[must_use]
    pub fn bridges(mut self, levels: Vec<Level>) -> Self {
        self.bridges = levels;
        self
    }

    /// Sets what is said of the state of the data.
    #[must_use]
    pub fn vintage(mut self, vintage: impl Into<String>) -> Self {
        self.vintage = vintage.into();
        self
    }
}

impl Frame<'_> {
    fn part(
        &self,
        kind: Option<CooperationKind>,
        links: &[Link],
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<LinkagePart> {
        let links = links.iter().filter(|l| kind.is_none_or(|k| l.kind == k));
        let edges: Vec<(u32, u32, f64)> = links.map(|l| (l.a, l.b, l.weight)).collect();
        let links = edges.len();
        let (all, _) = Network::from_edges(self.rurality.len(), &edges, Direction::Undirected)?;
        drop(edges);
        let tied = Ground::of(&all, |i| all.degree(i) > 0);
        let known = |i: usize| self.rurality.get(i).is_some();
        let labelled = Ground::of(&all, |i| all.degree(i) > 0 && known(i));
        let tied_rurality = tied.labels(&self.rurality)?;
        let coverage = LinkageCoverage {
            actors: all.nodes(),
            tied: tied.actors.len(),
            isolates: all.nodes() - tied.actors.len(),
            unlabelled: self.rurality.unlabelled(),
            tied_unlabelled: tied_rurality.unlabelled(),
            links,
            ties: all.edges(),
            labelled_ties: labelled.network.edges(),
            vintage: options.vintage.clone(),
        };
        let labelled_rurality = labelled.labels(&self.rurality)?;
        let labelled_density = labelled.labels(&self.density)?;
        let w = options.weighting;
        let place = |i: usize| self.study.places[tied.actors[i] as usize].point;
        let communities = communities(&tied.network, options.seed.child(1), place);
        let (brokerage, brokers) = self.brokers(&tied, &tied_rurality, options.brokers)?;
        let (communities, decay) = match Measured::of(communities)? {
            Measured::Undefined(why) => (Measured::Undefined(why.clone()), Measured::Undefined(why)),
            Measured::Value(c) => (
                Measured::of(self.communities(&tied, &c.of, c.modularity, options))?,
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
            gravity: match self.level(&options.units)? {
                Some(of_actor) => Measured::of(self.gravity(&all, &of_actor, options))?,
                None => Measured::Undefined(self.no_level(&options.units)),
            },
        })
    }
}

impl Study {
    /// Linkage of rural and urban actors: mixing, tests against chance, degree and distance,
    /// brokers, communities, distance and gravity, for all cooperations and for each kind.
    ///
    /// The tests use ties between actors of known rurality; every part says how many are left out.
    /// What is undefined keeps its reason. O(tied actors²) for the gravity null and the decay with distance,
    /// which are undefined above [`MOST_PAIRED`] tied actors; otherwise O(actors + ties log ties).
    ///
    /// # Errors
    /// [`Error::Parameter`](crate::Error::Parameter) on options out of their domain.
    pub fn linkage(&self, options: &LinkageOptions, progress: &dyn Progress) -> Result<LinkageReport> {
        let frame = Frame::new(self)?;
        let present = CooperationKind::ALL.into_iter().filter(|k| self.links.iter().any(|l| l.kind == *k));
        let kinds: Vec<_> = std::iter::once(None).chain(present.map(Some)).collect();
        let parts: Result<Vec<LinkagePart>> = if self.links.len() <= frame::MANY_TIES {
            kinds.into_iter().map(|kind| frame.part(kind, &self.links, options, progress)).collect()
        } else {
            // Much of a part goes through its ties one after the other: parts of a large study are worked out
            // side by side.
            progress.begin("linkage by kind", Some(kinds.len() as u64));
            let parts = crate::parallel::map(kinds.len(), |k| {
                let part = frame.part(kinds[k], &self.links, options, &Silent);
                progress.advance(1);
                part
            });
            progress.end();
            parts.into_iter().collect()
        };
        let parts = parts?;
        let network = self.network(|_| true)?;
        let mut bridges = Vec::new();
        for level in &options.bridges {
            let Some(labels) = frame.level(level)? else { continue };
            let units = self.atlas.level(level)?.territories();
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
    /// uses the first one. O(territories + actors + ties log ties).
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas has no such level; [`Error::Parameter`](crate::Error::Parameter) when more than
    /// 8,192 of its territories have ties.
    pub fn linkage_by(&self, level: &Level) -> Result<Vec<TerritoryLinkage>> {
        let units = self.atlas.level(level)?.territories();
        let mut of_base: Vec<Vec<u32>> = vec![Vec::new(); self.atlas.base().territories().len()];
        for (b, u) in self.atlas.level(level)?.memberships().iter() {
            of_base[b as usize].push(u);
        }
        let of = |actor: usize| self.places[actor].base.map_or(&[][..], |b| &of_base[b as usize]);
        let rurality = self.rurality_labels();
        let network = self.network(|_| true)?;
        let bridges = bridging(&network, &self.territory_labels(level)?, Weighting::Edges)?;
        let labelled = Ground::of(&network, |i| network.degree(i) > 0 && rurality.get(i).is_some());
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
        let sizes = labels.sizes();
        crate::parallel::map(units.len(), |u| {
            // Only actors with a tie here are gone through: there are many territories.
            let tested = || {
                let mut here: Vec<u32> = ties[u].iter().flat_map(|t| [t.0, t.1]).collect();
                here.sort_unstable();
                here.dedup();
                let number = |i: u32| here.binary_search(&i).map_or(u32::MAX, |k| k as u32);
                let own: Vec<_> = ties[u].iter().map(|&(a, b, w)| (number(a), number(b), w)).collect();
                let (own, _) = Network::from_edges(here.len(), &own, Direction::Undirected)?;
                let classes = here.iter().map(|&i| labels.as_slice()[i as usize]).collect();
                let classes = Labels::new(classes, labels.classes())?;
                let elsewhere: Vec<usize> =
                    sizes.iter().zip(classes.sizes()).map(|(all, here)| all - here).collect();
                mixing_evidence_among(&own, &classes, Weighting::Edges, &elsewhere)
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
        let tied = Ground::of(&network, |i| network.degree(i) > 0);
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
        let place = |i: usize| self.places[tied.actors[i] as usize].point;
        let communities = communities(&tied.network, options.seed.child(1), place)?.of;
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
