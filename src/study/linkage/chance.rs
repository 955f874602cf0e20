//! Rural–urban ties against what chance would give.

use super::super::{Study, links};
use super::LinkageOptions;
use super::frame::{Frame, Ground, check_paired};
use super::report::LinkageTest;
use crate::error::{Error, Result, Undefined};
use crate::evidence::Measured;
use crate::evidence::{Evidence, Null};
use crate::labels::Labels;
use crate::linkage::{MixingEvidence, NullModel, Weighting, mixing_evidence};
use crate::model::CooperationKind;
use crate::network::{Network, Participation, SwapOptions, deal_participations, degree_preserving, project};
use crate::progress::{Progress, Silent};

impl Study {
    /// Ties between rural and urban actors against a null model, for one kind of cooperation or all: over
    /// the actors of known rurality that have such a tie, each pair counted once.
    ///
    /// # Errors
    /// [`Error::Undefined`] without ties between actors of known rurality, or when these are all rural or all
    /// urban.
    pub fn rurality_evidence(
        &self,
        kind: Option<CooperationKind>,
        null: NullModel<'_>,
    ) -> Result<MixingEvidence> {
        let network = self.network(|l| kind.is_none_or(|k| l.kind == k))?;
        let rurality = self.rurality_labels();
        let tied = |i: &usize| network.degree(*i) > 0;
        let unlabelled = (0..network.nodes()).filter(tied).filter(|&i| rurality.get(i).is_none()).count();
        let known = Ground::of(&network, |i| tied(&i) && rurality.get(i).is_some());
        let labels = known.labels(&rurality)?;
        check_two_classes(&known, &labels)?;
        let mut found = mixing_evidence(&known.network, &labels, Weighting::Edges, null, &Silent)?;
        let all = found.cells.as_mut_slice().iter_mut().chain([&mut found.cross, &mut found.ei]);
        all.for_each(|evidence| evidence.unlabelled = unlabelled);
        Ok(found)
    }
}

impl Frame<'_> {
    pub(super) fn tests(
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
        let test = |g: &Ground, labels: &Labels, null: NullModel<'_>| {
            check_two_classes(labelled, rurality)?;
            mixing_evidence(&g.network, labels, w, null, progress)
        };
        let everyone = || {
            let everyone = Ground::of(all, |i| self.rurality.get(i).is_some());
            let labels = everyone.labels(&self.rurality)?;
            mixing_evidence(&everyone.network, &labels, w, NullModel::LabelPermutation, progress)
        };
        add("labels dealt to all actors", 0, everyone())?;
        add("labels dealt to tied actors", 0, test(labelled, rurality, NullModel::LabelPermutation))?;
        if options.permutations > 0 {
            let group = self.level(&options.grouping)?;
            let within = format!("labels dealt within {}s", options.grouping);
            for (tag, against, strata) in
                [(2, "labels dealt within kinds of actor", Some(&self.kinds)), (3, &*within, group.as_ref())]
            {
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
        let is_near =
            |i: usize| all.degree(i) > 0 && self.rurality.get(i).is_some() && self.in_main_zone(i).is_some();
        let places = (0..all.nodes()).filter(|&i| is_near(i)).count();
        let by_distance = || {
            check_paired("degrees and distance", places)?;
            let near = Ground::of(all, is_near);
            let positions: Vec<_> =
                near.actors.iter().filter_map(|&a| self.in_main_zone(a as usize)).collect();
            let null = NullModel::Gravity { positions_m: &positions, bin_m: options.bin_m };
            test(&near, &near.labels(&self.rurality)?, null)
        };
        add("degrees and distance (main zone)", labelled.actors.len() - places, by_distance())?;
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
    pub(super) fn dealt(
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
        let replicates = deal_participations(&given, &deal, count, progress);
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
}

/// Refuses ties among actors of one side.
fn check_two_classes(ground: &Ground, rurality: &Labels) -> Result<()> {
    let why = if ground.network.edges() == 0 {
        Undefined::NoTies
    } else if rurality.sizes().contains(&0) {
        Undefined::SingleClass
    } else {
        return Ok(());
    };
    Err(Error::undefined("rural–urban ties against chance", why))
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
    let m = labelled.network.edges();
    if let Err(undefined) = check_two_classes(labelled, rurality) {
        let why = undefined.to_string();
        let (cross, ei) = (Measured::Undefined(why.clone()), Measured::Undefined(why));
        return LinkageTest { against, cross, ei, ratio: None, left_out: 0 };
    }
    let crosses = |a: u32, b: u32| rurality.get(a as usize) != rurality.get(b as usize);
    let observed = labelled.network.edge_list().filter(|&(a, b, _)| crosses(a, b)).count() as f64;
    let swaps = SwapOptions::default().replicates(options.swaps).seed(options.seed.child(4));
    let count = |ties: &[(u32, u32)]| ties.iter().filter(|&&(a, b)| crosses(a, b)).count() as f64;
    let replicates = degree_preserving(&labelled.network, &swaps, count, progress);
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
