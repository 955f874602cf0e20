use serde::{Deserialize, Serialize};

use crate::check::check_weights;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::matrix::Csr;

/// What a unit is in its functional area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaRole {
    /// Part of a core.
    Core,
    /// Sends at least the threshold of its employed residents to the core.
    Crown,
    /// Wholly surrounded by the area (only with neighbours given).
    Enclave,
    /// In no area.
    Outside,
}

/// Functional areas: cores with the units that depend on them for work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct FunctionalAreas {
    /// Area of each unit; areas are numbered by their first core.
    pub area: Labels,
    /// What each unit is in it.
    pub role: Vec<AreaRole>,
    /// Area of each core: cores with the same one have merged.
    pub area_of_core: Vec<u32>,
    /// Largest share of its employed residents that each unit outside of cores sends to one area's
    /// core; `NaN` for units without employed residents.
    pub share: Vec<f64>,
    /// Units that pass the threshold but do not touch their area (only with neighbours given):
    /// they are outside.
    pub detached: Vec<u32>,
}

/// Which territory depends on which city for work: functional areas by the commuting rule.
///
/// # Formula
/// `flows` has a row for each unit of residence and a column for each unit of work; `employed` counts the
/// employed residents of each unit; `cores` gives the core of the units that make one up. First cores merge:
/// while a core sends at least `threshold` of its employed residents to another one, the two with the largest
/// such share become one (ties: the lower indices). Then a unit belongs to the crown of the core that at
/// least `threshold` of its employed residents work in, the one with the largest share (ties: the lower
/// index). Flows to a crown do not count.
///
/// With `neighbours` (pairs of contiguous units) the areas are cleaned up: crown units that do not hang
/// together with their core are taken out, and units all of whose neighbours belong to one area join it as
/// enclaves.
///
/// # Range
/// The roles of [`AreaRole`], one for each unit, and shares in [0, ∞), at most 1 where flows add up to the
/// employed.
///
/// # Direction
/// A high share says that a unit depends on the core.
///
/// # Undefined
/// The share is NaN for units of cores and for units without employed residents, which are in no crown.
///
/// # Errors
/// [`Error::Shape`] when sizes differ, [`Error::Value`] when a flow or a number of employed residents is
/// negative or not finite or a neighbour is no unit, [`Error::Parameter`] when the threshold is not in
/// (0, 1].
///
/// # Complexity
/// O(flows + cores³).
///
/// # References
/// INSEE (2020), *aires d'attraction des villes*; Dijkstra, Poelman & Veneri (2019), The EU-OECD definition
/// of a functional urban area, doi:10.1787/d58cb34d-en.
///
/// # Example
/// ```
/// use rurban::{labels::Labels, matrix::Csr, typology::{functional_areas, AreaRole}};
/// // Unit 0 is a city; 20 % of unit 1 and 10 % of unit 2 work there.
/// let flows = Csr::from_triplets(3, 3, &[(1, 0, 20.0), (2, 0, 10.0)])?;
/// let cores = Labels::new(vec![0, Labels::NONE, Labels::NONE], 1)?;
/// let areas = functional_areas(&flows, &[100.0; 3], &cores, 0.15, None)?;
/// assert_eq!(areas.role, [AreaRole::Core, AreaRole::Crown, AreaRole::Outside]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn functional_areas(
    flows: &Csr,
    employed: &[f64],
    cores: &Labels,
    threshold: f64,
    neighbours: Option<&[(u32, u32)]>,
) -> Result<FunctionalAreas> {
    let n = cores.len();
    for (what, got) in
        [("rows of flows", flows.rows()), ("columns of flows", flows.columns()), ("employed", employed.len())]
    {
        if got != n {
            return Err(Error::Shape { what, expected: n, got });
        }
    }
    check_weights("flows", flows.parts().2)?;
    check_weights("employed", employed)?;
    if !(threshold > 0.0 && threshold <= 1.0) {
        let value = threshold.to_string();
        return Err(Error::Parameter { name: "threshold", value, must: "must be above 0 and at most 1" });
    }
    if let Some(index) =
        neighbours.into_iter().flatten().position(|&(a, b)| a as usize >= n || b as usize >= n)
    {
        return Err(Error::Value {
            what: "neighbours",
            index,
            value: "a unit that does not exist".to_owned(),
            must: "must be pairs of units",
        });
    }

    let area_of_core = merge_cores(flows, employed, cores, threshold);
    let areas = area_of_core.iter().max().map_or(0, |&m| m as usize + 1);
    let mut of = vec![Labels::NONE; n];
    let mut role = vec![AreaRole::Outside; n];
    let mut share = vec![f64::NAN; n];
    let mut sent = vec![0.0; areas];
    for i in 0..n {
        if let Some(core) = cores.get(i) {
            of[i] = area_of_core[core];
            role[i] = AreaRole::Core;
            continue;
        }
        if employed[i] == 0.0 {
            continue;
        }
        sent.fill(0.0);
        for (j, flow) in flows.row(i) {
            if let Some(core) = cores.get(j as usize) {
                sent[area_of_core[core] as usize] += flow;
            }
        }
        share[i] = 0.0;
        for (a, &flow) in sent.iter().enumerate() {
            let part = flow / employed[i];
            if part > share[i] {
                share[i] = part;
                if reaches(part, threshold) {
                    of[i] = a as u32;
                    role[i] = AreaRole::Crown;
                }
            }
        }
    }
    let mut detached = Vec::new();
    if let Some(pairs) = neighbours {
        clean_up(pairs, &mut of, &mut role, &mut detached);
    }
    Ok(FunctionalAreas { area: Labels::from_dense(of, areas), role, area_of_core, share, detached })
}

/// Whether a share is at least the threshold; sums of flows may miss it by their rounding.
fn reaches(share: f64, threshold: f64) -> bool {
    share >= threshold * (1.0 - 1e-12)
}

/// Area of each core after merging, numbered by first core.
fn merge_cores(flows: &Csr, employed: &[f64], cores: &Labels, threshold: f64) -> Vec<u32> {
    let k = cores.classes();
    let mut flow = vec![0.0; k * k];
    let mut jobs = vec![0.0; k];
    for (i, &own) in employed.iter().enumerate() {
        let Some(a) = cores.get(i) else { continue };
        jobs[a] += own;
        for (j, f) in flows.row(i) {
            if let Some(b) = cores.get(j as usize).filter(|&b| b != a) {
                flow[a * k + b] += f;
            }
        }
    }
    let mut group: Vec<usize> = (0..k).collect();
    loop {
        let mut best: Option<(f64, usize, usize)> = None;
        for a in (0..k).filter(|&a| group[a] == a && jobs[a] > 0.0) {
            for b in (0..k).filter(|&b| group[b] == b && b != a) {
                let part = flow[a * k + b] / jobs[a];
                if reaches(part, threshold) && best.is_none_or(|(p, ..)| part > p) {
                    best = Some((part, a, b));
                }
            }
        }
        let Some((_, a, b)) = best else { break };
        let (keep, gone) = (a.min(b), a.max(b));
        jobs[keep] += jobs[gone];
        for c in 0..k {
            flow[keep * k + c] += flow[gone * k + c];
            flow[c * k + keep] += flow[c * k + gone];
        }
        flow[keep * k + keep] = 0.0;
        group.iter_mut().filter(|g| **g == gone).for_each(|g| *g = keep);
    }
    let mut number = vec![u32::MAX; k];
    let mut next = 0;
    group
        .into_iter()
        .map(|g| {
            if number[g] == u32::MAX {
                number[g] = next;
                next += 1;
            }
            number[g]
        })
        .collect()
}

/// Takes out what does not hang together with its core, takes in what an area surrounds.
fn clean_up(pairs: &[(u32, u32)], of: &mut [u32], role: &mut [AreaRole], detached: &mut Vec<u32>) {
    let n = of.len();
    let mut beside: Vec<Vec<u32>> = vec![Vec::new(); n];
    for &(a, b) in pairs {
        beside[a as usize].push(b);
        beside[b as usize].push(a);
    }
    let mut reached: Vec<bool> = role.iter().map(|r| *r == AreaRole::Core).collect();
    let mut open: Vec<usize> = (0..n).filter(|&i| reached[i]).collect();
    while let Some(i) = open.pop() {
        for &j in &beside[i] {
            let j = j as usize;
            if !reached[j] && of[j] == of[i] {
                reached[j] = true;
                open.push(j);
            }
        }
    }
    for i in 0..n {
        if role[i] == AreaRole::Crown && !reached[i] {
            of[i] = Labels::NONE;
            role[i] = AreaRole::Outside;
            detached.push(i as u32);
        }
    }
    let enclaves: Vec<(usize, u32)> = (0..n)
        .filter(|&i| of[i] == Labels::NONE)
        .filter_map(|i| {
            let around = of[*beside[i].first()? as usize];
            let all = around != Labels::NONE && beside[i].iter().all(|&j| of[j as usize] == around);
            all.then_some((i, around))
        })
        .collect();
    for (i, around) in enclaves {
        of[i] = around;
        role[i] = AreaRole::Enclave;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_hang_together_and_take_in_their_enclaves() {
        // A line of units 0 … 5; 0 is the core, 1 and 4 send enough to it, 3 lies between 4 and 5.
        let flows = Csr::from_triplets(6, 6, &[(1, 0, 20.0), (4, 0, 20.0), (5, 0, 1.0)]).unwrap();
        let mut of = vec![Labels::NONE; 6];
        of[0] = 0;
        let cores = Labels::new(of, 1).unwrap();
        let line: Vec<(u32, u32)> = vec![(0, 1), (2, 3), (3, 4), (4, 5), (0, 2), (1, 2)];
        let areas = functional_areas(&flows, &[100.0; 6], &cores, 0.15, Some(&line[..3])).unwrap();
        assert_eq!(areas.detached, [4]);
        let areas =
            functional_areas(&flows, &[100.0; 6], &cores, 0.15, Some(&[(0, 1), (0, 2), (1, 2), (0, 4)]))
                .unwrap();
        assert_eq!(areas.role[2], AreaRole::Enclave);
        assert_eq!(areas.role[4], AreaRole::Crown);
        assert!((areas.share[5] - 0.01).abs() < 1e-15);
    }

    #[test]
    fn bad_input_and_no_cores() {
        let flows = Csr::from_triplets(2, 2, &[(0, 1, 1.0)]).unwrap();
        let none = Labels::new(vec![Labels::NONE; 2], 0).unwrap();
        let areas = functional_areas(&flows, &[1.0, 0.0], &none, 0.15, None).unwrap();
        assert_eq!(areas.role, [AreaRole::Outside; 2]);
        assert!(areas.share[1].is_nan());
        for (employed, threshold) in [(vec![1.0], 0.15), (vec![1.0, -1.0], 0.15), (vec![1.0; 2], 0.0)] {
            assert!(functional_areas(&flows, &employed, &none, threshold, None).is_err());
        }
        assert!(functional_areas(&flows, &[1.0; 2], &none, 0.15, Some(&[(0, 9)])).is_err());
    }
}
