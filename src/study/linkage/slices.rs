//! Rural–urban ties between two kinds of actors, by source and period.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::super::{Study, StudyOptions, links};
use super::LinkageOptions;
use crate::diagnostics::Diagnostics;
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Measured, Null};
use crate::labels::Labels;
use crate::linkage::{NullModel, TwoSidedNull, TwoSidedTies, Weighting, mixing_evidence, two_sided_evidence};
use crate::model::{ActorKind, Period};
use crate::network::{Direction, Network, Participation, SwapOptions, deal_participations};
use crate::progress::{Progress, Silent};

/// Two kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KindPair {
    /// One kind; its participations are dealt, those of the other stay. Take the kind you ask about: are
    /// *firms* tied across? With the kinds exchanged, chance is another one, and so is z.
    pub a: ActorKind,
    /// The other.
    pub b: ActorKind,
}

impl KindPair {
    /// Firms and laboratories.
    pub const FIRMS_LABORATORIES: Self = Self { a: ActorKind::Enterprise, b: ActorKind::ResearchCentre };

    /// Whether actors of these kinds are such a pair.
    #[must_use]
    pub fn joins(self, x: ActorKind, y: ActorKind) -> bool {
        (x, y) == (self.a, self.b) || (y, x) == (self.a, self.b)
    }
}

/// Rural–urban ties of one source in one period between two kinds of actors.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LinkageSlice {
    /// The source.
    pub source: String,
    /// The period; all of them when `None`.
    pub period: Option<Period>,
    /// The kinds of the ends.
    pub between: KindPair,
    /// Tied pairs of actors.
    pub ties: usize,
    /// Those of known rurality at both ends.
    pub labelled: usize,
    /// Rural–urban ones among them.
    pub cross: usize,
    /// Rural–urban ties against chance, one for each meaning ([`Evidence::null`] names it): degrees, degrees
    /// and distance, and for projects participations dealt anew (in numbers of pairs, a project at a time).
    /// Between actors of one kind: labels dealt to tied actors, and degrees. `n` counts ties, where
    /// participations are dealt the actors dealt.
    pub tests: Vec<Measured<Evidence>>,
}

impl Study {
    /// Rural–urban ties between two kinds of actors, for every source of the study that has some, over all
    /// time and in each period.
    ///
    /// # Formula
    /// [`two_sided_evidence`] over tied pairs; [`deal_participations`] of the actors of the first kind, those
    /// of the second staying in their projects.
    ///
    /// # Undefined
    /// What has no value keeps its reason.
    ///
    /// # Errors
    /// [`Error::Parameter`] on a bin that does not serve.
    ///
    /// # Complexity
    /// O((actors of the one × of the other + deals × pairs) × sources × periods).
    pub fn linkage_slices(
        &self,
        between: KindPair,
        periods: &[Period],
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<LinkageSlice>> {
        let mut slices = Vec::new();
        for period in std::iter::once(None).chain(periods.iter().copied().map(Some)) {
            let own = StudyOptions { period: period.or(self.options.period), ..self.options.clone() };
            let retied;
            let all = if period.is_some() {
                let mut found = Diagnostics::new(self.options.strictness);
                retied = links::tie(&self.inventory, &self.places, &own, &Silent, &mut found)?;
                &retied
            } else {
                &self.links
            };
            let kind = |i: u32| self.inventory.actors()[i as usize].kind;
            let mut ties: Vec<(&str, [u32; 2])> = all
                .iter()
                .filter(|l| between.joins(kind(l.a), kind(l.b)))
                .map(|l| {
                    let ends = if kind(l.a) == between.a { [l.a, l.b] } else { [l.b, l.a] };
                    (l.source.as_str(), ends)
                })
                .collect();
            ties.sort_unstable();
            ties.dedup();
            for list in ties.chunk_by(|x, y| x.0 == y.0) {
                let source = list[0].0;
                let pairs: Vec<[u32; 2]> = list.iter().map(|t| t.1).collect();
                slices.push(self.slice(source, period, between, &pairs, &own, options, progress)?);
            }
        }
        slices.sort_by(|x, y| x.source.cmp(&y.source));
        Ok(slices)
    }

    #[allow(clippy::too_many_arguments, reason = "one cell of a table of sources and periods")]
    fn slice(
        &self,
        source: &str,
        period: Option<Period>,
        between: KindPair,
        ties: &[[u32; 2]],
        own: &StudyOptions,
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Result<LinkageSlice> {
        let rurality = self.rurality_labels();
        let class = |i: u32| rurality.get(i as usize);
        let labelled: Vec<[u32; 2]> =
            ties.iter().copied().filter(|t| t.iter().all(|&i| class(i).is_some())).collect();
        let cross = labelled.iter().filter(|[a, b]| class(*a) != class(*b)).count();
        let mut tests = Vec::new();
        if between.a == between.b {
            for null in [NullModel::LabelPermutation, NullModel::Configuration] {
                tests.push(Measured::of(Self::among(&labelled, &rurality, null))?);
            }
        } else {
            let placed: Vec<[u32; 2]> = labelled
                .iter()
                .copied()
                .filter(|t| t.iter().all(|&i| self.places[i as usize].point.is_some()))
                .collect();
            tests.push(Measured::of(self.two_sides(&labelled, &rurality, None))?);
            tests.push(Measured::of(self.two_sides(&placed, &rurality, Some(options.bin_m)))?);
            if options.swaps > 0 {
                tests.extend(self.dealt_between(source, between, &rurality, own, options, progress));
            }
        }
        Ok(LinkageSlice {
            source: source.to_owned(),
            period,
            between,
            ties: ties.len(),
            labelled: labelled.len(),
            cross,
            tests,
        })
    }

    fn among(ties: &[[u32; 2]], rurality: &Labels, null: NullModel<'_>) -> Result<Evidence> {
        let actors = numbered(ties.iter().flatten().copied());
        let at = |i: u32| actors.binary_search(&i).unwrap_or(0) as u32;
        let edges: Vec<(u32, u32, f64)> = ties.iter().map(|&[a, b]| (at(a), at(b), 1.0)).collect();
        let (network, _) = Network::from_edges(actors.len(), &edges, Direction::Undirected)?;
        let of = actors.iter().map(|&i| rurality.as_slice()[i as usize]).collect();
        let labels = Labels::new(of, rurality.classes())?;
        if labels.sizes().contains(&0) && network.edges() > 0 {
            return Err(Error::undefined("rural–urban ties against chance", Undefined::SingleClass));
        }
        Ok(mixing_evidence(&network, &labels, Weighting::Edges, null, &Silent)?.cross)
    }

    fn two_sides(&self, ties: &[[u32; 2]], rurality: &Labels, bin_m: Option<f64>) -> Result<Evidence> {
        let (rows, columns) = (numbered(ties.iter().map(|t| t[0])), numbered(ties.iter().map(|t| t[1])));
        let at = |list: &[u32], i: u32| list.binary_search(&i).unwrap_or(0) as u32;
        let ends: Vec<(u32, u32)> = ties.iter().map(|&[a, b]| (at(&rows, a), at(&columns, b))).collect();
        let points = |list: &[u32]| -> Vec<Coord<f64>> {
            list.iter().filter_map(|&i| self.places[i as usize].point).map(Coord::from).collect()
        };
        let of =
            |list: &[u32]| -> Vec<Option<usize>> { list.iter().map(|&i| rurality.get(i as usize)).collect() };
        let (row_class, column_class) = (of(&rows), of(&columns));
        let (row_at, column_at) = (points(&rows), points(&columns));
        let null = bin_m.map_or(TwoSidedNull::Degrees, |bin_m| TwoSidedNull::DegreesAndDistance {
            rows: &row_at,
            columns: &column_at,
            bin_m,
        });
        let given = TwoSidedTies { rows: rows.len(), columns: columns.len(), ties: &ends };
        two_sided_evidence(given, |r, c| row_class[r] != column_class[c], null)
    }

    /// Rural–urban pairs when the participations of the first kind are dealt anew; `None` without projects.
    fn dealt_between(
        &self,
        source: &str,
        between: KindPair,
        rurality: &Labels,
        own: &StudyOptions,
        options: &LinkageOptions,
        progress: &dyn Progress,
    ) -> Option<Measured<Evidence>> {
        let actors = self.inventory.actors();
        let is = |i: u32, kind| actors[i as usize].kind == kind;
        let (mut given, mut others) = (Vec::new(), Vec::new());
        let taken = self.inventory.projects().iter().filter(|p| p.source == source);
        for p in taken.filter(|p| links::is_taken(own, p.kind, p.period)) {
            let of = |kind| p.participants.iter().map(|(i, _)| *i).filter(move |&i| is(i, kind));
            let stay: Vec<Option<usize>> = of(between.b).map(|i| rurality.get(i as usize)).collect();
            if stay.is_empty() || of(between.a).next().is_none() {
                continue;
            }
            let project = others.len() as u32;
            given.extend(of(between.a).map(|actor| Participation { actor, project }));
            others.push(stay);
        }
        if given.is_empty() {
            return None;
        }
        let cross = |parts: &[Participation]| -> f64 {
            let pairs = parts.iter().filter_map(|p| Some((rurality.get(p.actor as usize)?, p.project)));
            pairs
                .map(|(class, project)| {
                    others[project as usize].iter().flatten().filter(|c| **c != class).count() as f64
                })
                .sum()
        };
        let deal =
            SwapOptions::default().swaps_per_tie(5).replicates(options.swaps).seed(options.seed.child(6));
        let replicates = deal_participations(&given, &deal, cross, progress);
        let dealt = numbered(given.iter().map(|p| p.actor));
        let unlabelled = dealt.iter().filter(|i| rurality.get(**i as usize).is_none()).count();
        let evidence = Evidence::monte_carlo(Null::TwoMode, cross(&given), &replicates, dealt.len());
        Some(Measured::Value(evidence.with_counts(0, unlabelled)))
    }
}

/// Sorted, each once.
fn numbered(actors: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut list: Vec<u32> = actors.collect();
    list.sort_unstable();
    list.dedup();
    list
}
