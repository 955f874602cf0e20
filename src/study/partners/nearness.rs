//! Proximity of units in what they do and where they belong.

use super::super::Study;
use super::units::UnitTable;
use crate::check::check_len;
use crate::error::Result;
use crate::linkage::{ProximityProfile, proximity};
use crate::matching::ProximityDimension;
use crate::model::Level;
use crate::profiles::Profiles;

/// Profiles and attributes of seekers and candidates.
#[derive(Debug)]
pub(super) struct Nearness {
    seekers: Side,
    candidates: Side,
}

#[derive(Debug)]
struct Side {
    activities: Vec<Vec<f64>>,
    institutions: Vec<Vec<Option<u32>>>,
}

impl Side {
    fn profile(&self, at: usize, dimension: ProximityDimension) -> ProximityProfile<'_> {
        let none = ProximityProfile::default();
        match dimension {
            ProximityDimension::Cognitive => ProximityProfile { activities: &self.activities[at], ..none },
            ProximityDimension::Institutional => {
                ProximityProfile { institutions: &self.institutions[at], ..none }
            }
        }
    }
}

impl Nearness {
    pub(super) fn new(study: &Study, units: [&UnitTable; 2], profiles: [&Profiles; 2]) -> Result<Self> {
        check_len("activities", profiles[1].activities().len(), profiles[0].activities().len())?;
        let side = |k: usize| -> Result<Side> {
            let (units, table) = (units[k], profiles[k].table());
            check_len("profiles", table.regions(), units.list.len())?;
            let activities = (0..units.list.len())
                .map(|r| (0..table.activities()).map(|i| table.count(r, i).unwrap_or(0.0)).collect())
                .collect();
            Ok(Side { activities, institutions: institutions(study, units) })
        };
        Ok(Self { seekers: side(0)?, candidates: side(1)? })
    }

    /// NaN where nothing is known.
    pub(super) fn of(&self, dimension: ProximityDimension, seeker: usize, candidate: usize) -> f64 {
        let (a, b) = (self.seekers.profile(seeker, dimension), self.candidates.profile(candidate, dimension));
        let known = proximity(None, 1.0, a, b, None).ok();
        known
            .and_then(|p| match dimension {
                ProximityDimension::Cognitive => p.cognitive,
                ProximityDimension::Institutional => p.institutional,
            })
            .unwrap_or(f64::NAN)
    }
}

/// Kind, département and région of each unit, where known; those of its first base territory.
fn institutions(study: &Study, units: &UnitTable) -> Vec<Vec<Option<u32>>> {
    let mut base: Vec<Option<usize>> = vec![None; units.list.len()];
    if units.of_base.is_empty() {
        for (list, place) in units.of_actor.iter().zip(study.places()) {
            list.iter().for_each(|&u| base[u as usize] = place.base.map(|b| b as usize));
        }
    } else {
        for (b, list) in units.of_base.rows().enumerate() {
            for &u in list {
                base[u as usize].get_or_insert(b);
            }
        }
    }
    let levels: Vec<_> = [Level::Departement, Level::Region]
        .iter()
        .filter_map(|level| study.atlas().level(level).ok())
        .map(crate::atlas::AtlasLevel::membership)
        .collect();
    units
        .list
        .iter()
        .zip(base)
        .map(|(unit, base)| {
            let inside = levels.iter().map(|of| base.and_then(|b| of.get(b)).map(|t| t as u32));
            std::iter::once(unit.kind.map(|k| k as u32)).chain(inside).collect()
        })
        .collect()
}
