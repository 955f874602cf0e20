use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::check::check_weights;
use crate::error::{Error, Result};

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
    /// Participations that repeat one already seen; each counts once.
    pub duplicates: usize,
}

/// Ties actors who take part in the same projects: a two-mode graph made one-mode.
///
/// `project_weight[p]` is the weight of project `p` (a budget, say); `None` gives every project
/// weight 1. A pair's weight is the sum over its shared projects of weight (full count) or
/// weight / (n − 1) (Newman). Repeated participations count once and are reported.
///
/// Time and memory are O(Σ n²) over the projects' sizes n.
///
/// ```
/// use rurban::network::{Participation, ProjectionRule, project};
/// let part = |actor, project| Participation { actor, project };
/// let p = project(&[part(0, 0), part(1, 0), part(2, 0), part(0, 1)], None, ProjectionRule::Newman)?;
/// assert_eq!(p.edges, [(0, 1, 0.5), (0, 2, 0.5), (1, 2, 0.5)]);
/// assert_eq!(p.single_participant_projects, 1);
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Error::Value`] when a project has no weight, or one that is negative or not finite.
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
    // Sums run over projects in increasing order, so they do not depend on the order of the input.
    let mut weight_of: HashMap<(u32, u32), f64> = HashMap::new();
    for members in pairs.chunk_by(|a, b| a.0 == b.0) {
        result.projects += 1;
        if members.len() == 1 {
            result.single_participant_projects += 1;
            continue;
        }
        let whole = project_weight.map_or(1.0, |w| w[members[0].0 as usize]);
        let share = match rule {
            ProjectionRule::FullCount => whole,
            ProjectionRule::Newman => whole / (members.len() - 1) as f64,
        };
        for (i, &(_, a)) in members.iter().enumerate() {
            for &(_, b) in &members[i + 1..] {
                *weight_of.entry((a, b)).or_insert(0.0) += share;
            }
        }
    }
    result.edges = weight_of.into_iter().map(|((a, b), w)| (a, b, w)).collect();
    result.edges.sort_unstable_by_key(|&(a, b, _)| (a, b));
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
    fn nothing_and_bad_weights() {
        assert!(project(&[], None, ProjectionRule::FullCount).unwrap().edges.is_empty());
        let p = parts(&[(0, 0), (1, 1)]);
        assert!(project(&p, Some(&[1.0]), ProjectionRule::FullCount).is_err());
        assert!(project(&p, Some(&[1.0, f64::NAN]), ProjectionRule::FullCount).is_err());
    }
}
