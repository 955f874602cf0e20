use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::network::{Direction, Network, Participation, ProjectionRule, project};
use crate::random::Seed;

/// A project, when it began and who took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedProject {
    /// Year it began.
    pub year: i32,
    /// Nodes that took part; repeated ones (two bodies of one territory) count as two participations.
    pub participants: Vec<u32>,
}

/// Where the years are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TemporalSplit {
    /// First year of what is known; everything earlier too when `None`.
    pub from: Option<i32>,
    /// Last year of what is known.
    pub until: i32,
    /// Last year of what is to be foreseen; everything later too when `None`.
    pub test_until: Option<i32>,
    /// Years before the cut that count as recent.
    pub recent_years: i32,
    /// Projects of more distinct participants make no ties (they count as participations).
    pub largest_project: Option<usize>,
}

impl TemporalSplit {
    /// What is known up to a year against everything later; three recent years, projects of any size.
    #[must_use]
    pub const fn after(until: i32) -> Self {
        Self { from: None, until, test_until: None, recent_years: 3, largest_project: None }
    }

    /// Sets the last year of what is to be foreseen.
    #[must_use]
    pub const fn test_until(mut self, year: i32) -> Self {
        self.test_until = Some(year);
        self
    }

    /// Sets the largest project that makes ties.
    #[must_use]
    pub const fn largest_project(mut self, participants: usize) -> Self {
        self.largest_project = Some(participants);
        self
    }
}

/// New ties that no score can foresee, as an end was not there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UnpredictedTies {
    /// Nodes of the test window that were not active before.
    pub newcomers: usize,
    /// Nodes of the test window.
    pub active: usize,
    /// New ties with such an end.
    pub ties: usize,
    /// All new ties, these included.
    pub all_ties: usize,
}

impl UnpredictedTies {
    /// Which share of the new ties nobody can predict.
    ///
    /// # Formula
    /// `ties / all_ties`.
    ///
    /// # Range
    /// [0, 1].
    ///
    /// # Direction
    /// High where newcomers make the new ties.
    ///
    /// # Undefined
    /// `None` without new ties.
    ///
    /// # Complexity
    /// O(1).
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.all_ties > 0).then(|| self.ties as f64 / self.all_ties as f64)
    }
}

/// What is known, and the ties it should foresee.
#[derive(Debug, Clone)]
#[must_use]
pub struct HoldOut {
    /// The ties known.
    pub network: Network,
    /// Participations known of each node (its ties, where none are given).
    pub participations: Vec<f64>,
    /// Those of the recent years.
    pub recent: Vec<f64>,
    /// Whether a node was active before: only pairs of these are judged.
    pub eligible: Vec<bool>,
    /// Ties to foresee: pairs of eligible nodes that were not tied before, increasing.
    pub new_ties: Vec<(u32, u32)>,
    /// What nobody can foresee.
    pub unpredicted: UnpredictedTies,
}

/// Splits dated projects at a year: ties and participations up to it are known, new ties after it are
/// to be foreseen. Nodes never active before are counted, not judged; ties that repeat a known one are
/// no news.
///
/// # Errors
/// [`Error::Value`] when a participant is not below `nodes`; [`Error::Parameter`] when the test window
/// ends before it begins.
///
/// # Complexity
/// O(Σ participants²).
///
/// # References
/// Yang, Lichtenwalter & Chawla (2015), doi:10.1007/s10115-014-0789-0; Poursafaei et al. (2022), Towards
/// better evaluation for dynamic link prediction.
///
/// # Example
/// ```
/// use rurban::matching::{DatedProject, TemporalSplit, temporal_hold_out};
/// let project = |year, participants: &[u32]| DatedProject { year, participants: participants.to_vec() };
/// let projects = [project(2010, &[0, 1]), project(2011, &[1, 2]), project(2015, &[0, 1, 2, 3])];
/// let h = temporal_hold_out(&projects, 4, TemporalSplit::after(2013))?;
/// assert_eq!(h.new_ties, [(0, 2)]);
/// assert_eq!((h.unpredicted.ties, h.unpredicted.all_ties), (3, 4));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn temporal_hold_out(projects: &[DatedProject], nodes: usize, split: TemporalSplit) -> Result<HoldOut> {
    for (index, p) in projects.iter().enumerate() {
        if let Some(node) = p.participants.iter().find(|&&a| a as usize >= nodes) {
            let must = "participants must be nodes";
            return Err(Error::Value { what: "projects", index, value: node.to_string(), must });
        }
    }
    if let Some(end) = split.test_until
        && end <= split.until
    {
        let must = "the test window must end after it begins";
        return Err(Error::Parameter { name: "test_until", value: end.to_string(), must });
    }
    let before = |p: &&DatedProject| p.year <= split.until && split.from.is_none_or(|from| p.year >= from);
    let after = |p: &&DatedProject| p.year > split.until && split.test_until.is_none_or(|end| p.year <= end);
    let mut participations = vec![0.0; nodes];
    let mut recent = vec![0.0; nodes];
    for p in projects.iter().filter(before) {
        for &a in &p.participants {
            participations[a as usize] += 1.0;
            if p.year > split.until - split.recent_years {
                recent[a as usize] += 1.0;
            }
        }
    }
    let eligible: Vec<bool> = participations.iter().map(|a| *a > 0.0).collect();
    let known = ties(&mut projects.iter().filter(before), split.largest_project)?;
    let (network, _) = Network::from_edges(nodes, &known, Direction::Undirected)?;
    let mut unpredicted = UnpredictedTies::default();
    let mut active = vec![false; nodes];
    for p in projects.iter().filter(after) {
        p.participants.iter().for_each(|&a| active[a as usize] = true);
    }
    unpredicted.active = active.iter().filter(|a| **a).count();
    unpredicted.newcomers = active.iter().zip(&eligible).filter(|(a, e)| **a && !**e).count();
    let mut new_ties = Vec::new();
    for (a, b, _) in ties(&mut projects.iter().filter(after), split.largest_project)? {
        if network.weight(a as usize, b).is_some() {
            continue;
        }
        unpredicted.all_ties += 1;
        if eligible[a as usize] && eligible[b as usize] {
            new_ties.push((a, b));
        } else {
            unpredicted.ties += 1;
        }
    }
    Ok(HoldOut { network, participations, recent, eligible, new_ties, unpredicted })
}

fn ties(
    projects: &mut dyn Iterator<Item = &DatedProject>,
    largest: Option<usize>,
) -> Result<Vec<(u32, u32, f64)>> {
    let mut parts = Vec::new();
    for (project, p) in projects.enumerate() {
        let mut actors = p.participants.clone();
        actors.sort_unstable();
        actors.dedup();
        if largest.is_none_or(|most| actors.len() <= most) {
            parts.extend(actors.into_iter().map(|actor| Participation { actor, project: project as u32 }));
        }
    }
    Ok(project(&parts, None, ProjectionRule::FullCount)?.edges)
}

/// Hides a share of the ties of an undirected graph at random; the rest is known.
///
/// Every node that has a tie is eligible, also when all of its ties were hidden. Participations are the
/// numbers of ties known.
///
/// # Errors
/// [`Error::Parameter`] when the share is not in (0, 1) or the graph is directed.
///
/// # Complexity
/// O(nodes + ties).
pub fn random_hold_out(network: &Network, share: f64, seed: Seed) -> Result<HoldOut> {
    if !(share > 0.0 && share < 1.0) {
        let must = "must be above 0 and below 1";
        return Err(Error::Parameter { name: "share", value: share.to_string(), must });
    }
    if network.is_directed() {
        let must = "hidden ties are for undirected graphs";
        return Err(Error::Parameter { name: "network", value: "directed".to_owned(), must });
    }
    let nodes = network.nodes();
    let mut edges: Vec<(u32, u32, f64)> = network.edge_list().collect();
    seed.stream(0).shuffle(&mut edges);
    let hidden = ((edges.len() as f64 * share).round() as usize).min(edges.len());
    let mut new_ties: Vec<(u32, u32)> = edges[..hidden].iter().map(|e| (e.0, e.1)).collect();
    new_ties.sort_unstable();
    let (known, _) = Network::from_edges(nodes, &edges[hidden..], Direction::Undirected)?;
    let participations: Vec<f64> = (0..nodes).map(|i| known.degree(i) as f64).collect();
    let eligible: Vec<bool> = (0..nodes).map(|i| network.degree(i) > 0).collect();
    let active = eligible.iter().filter(|e| **e).count();
    let unpredicted = UnpredictedTies { newcomers: 0, active, ties: 0, all_ties: hidden };
    Ok(HoldOut {
        network: known,
        recent: participations.clone(),
        participations,
        eligible,
        new_ties,
        unpredicted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_kept_apart() {
        let project = |year, p: &[u32]| DatedProject { year, participants: p.to_vec() };
        let projects = [
            project(2000, &[0, 1]),
            project(2012, &[2, 3, 3]),
            project(2013, &[4]),
            project(2014, &[0, 1, 2]),
            project(2020, &[0, 4]),
            project(2016, &[0, 2, 3, 4]),
        ];
        let split = TemporalSplit::after(2013).test_until(2018).largest_project(3);
        let h = temporal_hold_out(&projects, 6, split).unwrap();
        assert_eq!(h.participations, [1.0, 1.0, 1.0, 2.0, 1.0, 0.0]);
        assert_eq!(h.recent, [0.0, 0.0, 1.0, 2.0, 1.0, 0.0]);
        // 0–1 is no news, 2016 has too many participants, 2020 lies after the test window.
        assert_eq!(h.new_ties, [(0, 2), (1, 2)]);
        assert_eq!(h.unpredicted, UnpredictedTies { newcomers: 0, active: 5, ties: 0, all_ties: 2 });
        assert!(temporal_hold_out(&projects, 3, split).is_err());
        assert!(temporal_hold_out(&projects, 6, split.test_until(2013)).is_err());
        let later = temporal_hold_out(&projects, 6, TemporalSplit::after(2030)).unwrap();
        assert!(later.new_ties.is_empty() && later.unpredicted.share().is_none());
    }

    #[test]
    fn a_share_is_hidden() {
        let edges: Vec<_> = (0..50).map(|i| (i, i + 1, 1.0)).collect();
        let (g, _) = Network::from_edges(52, &edges, Direction::Undirected).unwrap();
        let h = random_hold_out(&g, 0.2, Seed(1)).unwrap();
        assert_eq!((h.new_ties.len(), h.network.edges()), (10, 40));
        assert!(h.new_ties.iter().all(|&(a, b)| h.network.weight(a as usize, b).is_none()));
        assert!(!h.eligible[51] && h.eligible[0]);
        assert_eq!(random_hold_out(&g, 0.2, Seed(1)).unwrap().new_ties, h.new_ties);
        assert!(random_hold_out(&g, 1.0, Seed(1)).is_err());
    }
}
