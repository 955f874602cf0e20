#![allow(missing_docs)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum ProjectionRule {
    FullCount,
    Newman,
}
pub fn project_participations(actors: &[u32], rule: ProjectionRule) -> Vec<(u32, u32, f64)> {
    let w = match rule {
        ProjectionRule::FullCount => 1.0,
        ProjectionRule::Newman => 1.0 / (actors.len().max(2) - 1) as f64,
    };
    let mut out = Vec::new();
    for (i, &a) in actors.iter().enumerate() {
        for &b in &actors[i + 1..] {
            out.push((a, b, w));
        }
    }
    out
}
