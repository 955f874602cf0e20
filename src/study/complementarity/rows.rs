//! The profiled rows on the ground: where they are, whose actors they hold, who is tied to whom.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::Study;
use crate::atlas::{Memberships, Territory, TerritoryRurality};
use crate::error::{Error, Result};
use crate::matrix::Csr;
use crate::model::Rurality;
use crate::profiles::{ProfileRows, Profiles};
use crate::space::LonLat;

/// A territory or an actor whose profile is compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfiledRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Where it is: for a territory above the base level, its most populous part.
    pub point: Option<LonLat>,
    /// Rural or urban.
    pub rurality: Option<Rurality>,
}

/// What the numbers stand on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComplementarityCoverage {
    /// Rows: territories or actors.
    pub rows: usize,
    /// Those without any activity, which lack everything.
    pub empty_rows: usize,
    /// Those of unknown rurality, which neither receive nor give between the sides.
    pub unlabelled: usize,
    /// Those without a position, which have no distance.
    pub without_point: usize,
    /// Activities.
    pub activities: usize,
    /// Those that nobody has.
    pub empty_activities: usize,
    /// Cells under statistical secrecy: neither had nor lacked.
    pub masked: usize,
    /// Links between two rows.
    pub links: usize,
    /// Links with both ends in one row.
    pub links_within: usize,
    /// Links with an end in no row.
    pub links_outside: usize,
}

/// The rows of profiles in a study.
pub(super) struct Rows {
    pub(super) list: Vec<ProfiledRow>,
    /// Rows of each actor.
    pub(super) of_actor: Vec<Vec<u32>>,
    /// Rows of each base territory; none when rows are actors.
    pub(super) of_base: Memberships,
}

impl Rows {
    pub(super) fn of(study: &Study, profiles: &Profiles) -> Result<Self> {
        let (atlas, actors) = (study.atlas(), study.inventory().actors());
        let check = |rows: usize| {
            let got = profiles.table().regions();
            if got == rows { Ok(()) } else { Err(Error::Shape { what: "profiles", expected: rows, got }) }
        };
        match profiles.rows() {
            ProfileRows::Actors => {
                check(actors.len())?;
                let row = |(i, a): (usize, &crate::model::Actor)| ProfiledRow {
                    code: a.id.to_string(),
                    name: a.name.clone(),
                    point: study.places()[i].point,
                    rurality: study.places()[i].rurality(),
                };
                Ok(Self {
                    list: actors.iter().enumerate().map(row).collect(),
                    of_actor: (0..actors.len() as u32).map(|i| vec![i]).collect(),
                    of_base: Memberships::default(),
                })
            }
            ProfileRows::Territories(level) => {
                let found = atlas.level(level)?;
                check(found.territories().len())?;
                let row = |(t, side): (&Territory, TerritoryRurality)| ProfiledRow {
                    code: t.code.to_string(),
                    name: t.name.clone(),
                    point: t.point,
                    rurality: side.class,
                };
                let memberships = found.memberships();
                // A body of a territory stands for it wherever its seat is.
                let own = |i: usize| {
                    let (of, code) = actors[i].territory.as_ref()?;
                    (of == level).then(|| found.find(code.as_str())).flatten().map(|t| vec![t as u32])
                };
                let seat = |i: usize| study.places()[i].base.map(|b| memberships.of(b as usize).to_vec());
                Ok(Self {
                    list: found.territories().iter().zip(atlas.rurality(level)?).map(row).collect(),
                    of_actor: (0..actors.len())
                        .map(|i| own(i).or_else(|| seat(i)).unwrap_or_default())
                        .collect(),
                    of_base: memberships.clone(),
                })
            }
        }
    }
}

/// Ties between the rows, both ways, and how many links make them.
pub(super) fn tie(study: &Study, ground: &Rows) -> Result<(Csr, ComplementarityCoverage)> {
    let mut coverage = ComplementarityCoverage {
        rows: 0,
        empty_rows: 0,
        unlabelled: 0,
        without_point: 0,
        activities: 0,
        empty_activities: 0,
        masked: 0,
        links: 0,
        links_within: 0,
        links_outside: 0,
    };
    let mut ties = Vec::new();
    for link in study.links() {
        let [a, b] = [link.a, link.b].map(|end| &ground.of_actor[end as usize]);
        let before = ties.len();
        for (&r, &s) in a.iter().flat_map(|r| b.iter().map(move |s| (r, s))).filter(|(r, s)| r != s) {
            ties.extend([(r, s, link.weight), (s, r, link.weight)]);
        }
        if a.is_empty() || b.is_empty() {
            coverage.links_outside += 1;
        } else if ties.len() > before {
            coverage.links += 1;
        } else {
            coverage.links_within += 1;
        }
    }
    let n = ground.list.len();
    Ok((Csr::from_triplets(n, n, &ties)?, coverage))
}

/// Links of each receiving row with each giving row, by stacked index.
pub(super) fn links_between(
    study: &Study,
    receiving: &Rows,
    giving: &Rows,
    stacked: bool,
) -> BTreeMap<(u32, u32), Vec<u32>> {
    let offset = if stacked { giving.list.len() as u32 } else { 0 };
    let mut links: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    for (index, link) in study.links().iter().enumerate() {
        for (x, y) in [(link.a, link.b), (link.b, link.a)] {
            for &r in &receiving.of_actor[x as usize] {
                for &s in &giving.of_actor[y as usize] {
                    if stacked || r != s {
                        links.entry((r + offset, s)).or_default().push(index as u32);
                    }
                }
            }
        }
    }
    links
}

/// Giving rows that share base territories with each receiving row.
pub(super) fn shared_ground(receiving: Option<&Rows>, giving: &Rows) -> Vec<Vec<u32>> {
    let Some(receiving) = receiving else {
        return (0..giving.list.len() as u32).map(|r| vec![r]).collect();
    };
    let mut shared: Vec<Vec<u32>> = vec![Vec::new(); receiving.list.len()];
    for (ours, theirs) in receiving.of_base.rows().zip(giving.of_base.rows()) {
        for &r in ours {
            shared[r as usize].extend_from_slice(theirs);
        }
    }
    for list in &mut shared {
        list.sort_unstable();
        list.dedup();
    }
    shared
}
