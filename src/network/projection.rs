use serde::{Deserialize, Serialize};

use crate::check::check_weights;
use crate::error::{Error, Result};

/// Pairs that may be tied: 1 GiB.
const MOST_PAIRS: u64 = 1 << 26;

/// How much a project ties each pair of its participants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProjectionRule {
    /// Each shared project adds its weight to the tie of every pair.
    FullCount,
    /// Each shared project adds its weight / (n − 1), with n its participants: every participant
    /// then gets the project's weight in strength once, however large the project (Newman 2001,
    /// doi:10.1103/PhysRevE.64.016132).
    Newman,
}

/// That an actor takes part in a project.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Participation {
    /// The actor, a node of the one-mode graph.
    pub actor: u32,
    /// The project.
    pub project: u32,
}

/// Ties between actors that share projects.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[must_use]
pub struct Projection {
    /// `(a, b, weight)` with a < b, in increasing order, each pair once.
    pub edges: Vec<(u32, u32, f64)>,
    /// Projects with at least one participant.
    pub projects: usize,
    /// Projects with one participant, which tie nobody.
    pub single_participant_projects: usize,
    /// Participants of the largest project: thousands are a programme or a year taken for one.
    pub largest_project: usize,
    /// Participations that repeat one already seen; each counts once.
    pub duplicates: usize,
}

/// Ties actors who take part in the same projects: a two-mode graph made one-mode.
///
/// `project_weight[p]` is the weight of project `p` (a budget, say); `None` gives every project weight 1.
/// Repeated participations count once and are reported.
///
/// # Formula
/// The weight of a pair is the sum, over the projects it shares, of the project's weight
/// ([`ProjectionRule::FullCount`]) or of weight / (n − 1), n its participants ([`ProjectionRule::Newman`]).
///
/// # Errors
/// [`Error::Value`] when a project has no weight, or one that is negative or not finite, and when projects
/// tie more than 2²⁶ pairs (11,500 participants in one), which would take over a gigabyte: 16 bytes each.
///
/// # Complexity
/// O(Σ n²) over the projects' sizes n, memory 16 bytes for each pair.
///
/// # References
/// Newman (2001), Scientific collaboration networks II, doi:10.1103/PhysRevE.64.016132.
///
/// # Example
/// ```
/// use rurban::network::{Participation, ProjectionRule, project};
/// let part = |actor, project| Participation { actor, project };
/// let p = project(&[part(0, 0), part(1, 0), part(2, 0), part(0, 1)], None, ProjectionRule::Newman)?;
/// assert_eq!(p.edges, [(0, 1, 0.5), (0, 2, 0.5), (1, 2, 0.5)]);
/// assert_eq!(p.single_participant_projects, 1);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn project(
    participations: &[Participation],
    project_weight: Option<&[f64]>,
    rule: ProjectionRule,
) -> Result<Projection> {
    if let Some(weights) = project_weight {
        check_weights("project weights", weights)?;
        if let Some(index) = participations.iter().position(|p| p.project as usize >= weights.len()) {
            return Err(Error::Value {
                what: "participations",
                index,
                value: format!("project {}", participations[index].project),
                must: "every project must have a weight",
            });
        }
    }
    let mut pairs: Vec<(u32, u32)> = participations.iter().map(|p| (p.project, p.actor)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut result = Projection { duplicates: participations.len() - pairs.len(), ..Projection::default() };
    let projects: Vec<&[(u32, u32)]> = pairs.chunk_by(|a, b| a.0 == b.0).collect();
    result.projects = projects.len();
    result.single_participant_projects = projects.iter().filter(|members| members.len() == 1).count();
    let largest = projects.iter().copied().max_by_key(|members| members.len()).unwrap_or_default();
    result.largest_project = largest.len();
    let tied = |members: &&[(u32, u32)]| members.len() as u64 * (members.len() as u64 - 1) / 2;
    let bound: u64 = projects.iter().map(tied).sum();
    if bound > MOST_PAIRS {
        return Err(Error::Value {
            what: "participations",
            index: largest
                .first()
                .and_then(|m| participations.iter().position(|p| p.project == m.0))
                .unwrap_or(0),
            value: format!("project {} with {} participants", largest[0].0, largest.len()),
            must: "projects must tie at most 2^26 pairs: is the project a programme or a year?",
        });
    }
    // Projects of each actor, increasing, and the actor's place among the members.
    let mut of_actor: Vec<(u32, u32, u32)> = Vec::with_capacity(pairs.len());
    for (p, members) in projects.iter().enumerate() {
        of_actor.extend(members.iter().zip(0..).map(|(m, at)| (m.1, p as u32, at)));
    }
    of_actor.sort_unstable();
    let actors = of_actor.last().map_or(0, |last| last.0 as usize + 1);
    let (mut sums, mut met) = (vec![0.0; actors], vec![false; actors]);
    let mut touched: Vec<u32> = Vec::new();
    result.edges.reserve_exact(bound as usize);
    // Sums run over projects in increasing order, so they do not depend on the order of the input.
    for own in of_actor.chunk_by(|a, b| a.0 == b.0) {
        for &(_, p, at) in own {
            let members = projects[p as usize];
            let whole = project_weight.map_or(1.0, |w| w[members[0].0 as usize]);
            let share = match rule {
                ProjectionRule::FullCount => whole,
                ProjectionRule::Newman => whole / (members.len() as f64 - 1.0),
            };
            for &(_, b) in &members[at as usize + 1..] {
                if !met[b as usize] {
                    met[b as usize] = true;
                    touched.push(b);
                }
                sums[b as usize] += share;
            }
        }
        // Members of one project come in order.
        if own.len() > 1 {
            touched.sort_unstable();
        }
        let a = own[0].0;
        for b in touched.drain(..) {
            met[b as usize] = false;
            result.edges.push((a, b, std::mem::take(&mut sums[b as usize])));
        }
    }
    // Projects that share pairs leave room unused.
    if result.edges.len() < result.edges.capacity() / 2 {
        result.edges.shrink_to_fit();
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(of: &[(u32, u32)]) -> Vec<Participation> {
        of.iter().map(|&(actor, project)| Participation { actor, project }).collect()
    }

    #[test]
    fn rules_weigh_projects() {
        let p = parts(&[(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (1, 1), (4, 7)]);
        let full = project(&p, None, ProjectionRule::FullCount).unwrap();
        assert_eq!(full.edges, [(0, 1, 2.0), (0, 2, 1.0), (1, 2, 1.0)]);
        assert_eq!((full.projects, full.single_participant_projects, full.duplicates), (3, 1, 1));
        let weights = [4.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 9.0];
        let newman = project(&p, Some(&weights), ProjectionRule::Newman).unwrap();
        assert_eq!(newman.edges, [(0, 1, 3.0), (0, 2, 2.0), (1, 2, 2.0)]);
    }

    #[test]
    fn one_large_project_is_cheap_and_a_huge_one_refused() {
        let of = |n: u32| {
            project(&parts(&(0..n).map(|i| (i, 3)).collect::<Vec<_>>()), None, ProjectionRule::Newman)
        };
        let p = of(3000).unwrap();
        assert_eq!((p.edges.len(), p.largest_project), (3000 * 2999 / 2, 3000));
        assert_eq!((p.edges[0], p.edges[2999]), ((0, 1, 1.0 / 2999.0), (1, 2, 1.0 / 2999.0)));
        let refused = of(30_000).unwrap_err().to_string();
        assert!(refused.contains("project 3 with 30000 participants"), "{refused}");
    }

    #[test]
    fn nothing_and_bad_weights() {
        assert!(project(&[], None, ProjectionRule::FullCount).unwrap().edges.is_empty());
        let p = parts(&[(0, 0), (1, 1)]);
        assert!(project(&p, Some(&[1.0]), ProjectionRule::FullCount).is_err());
        assert!(project(&p, Some(&[1.0, f64::NAN]), ProjectionRule::FullCount).is_err());
    }
}
