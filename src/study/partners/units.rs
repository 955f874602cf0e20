//! The actors or territories that look for partners, and those they may find.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::super::Study;
use super::super::links::is_taken;
use crate::atlas::Memberships;
use crate::error::Result;
use crate::matching::DatedProject;
use crate::model::{ActorKind, CooperationKind, Level, Rurality};
use crate::space::LonLat;

/// Who is a partner: actors, or territories for all that is in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartnerUnits {
    /// The actors of the study.
    Actors,
    /// The territories of a level.
    Territories(Level),
}

/// One actor or territory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PartnerUnit {
    /// Its code or identifier.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its kind, when it is an actor.
    pub kind: Option<ActorKind>,
    /// Where it is.
    pub point: Option<LonLat>,
    /// Its rurality.
    pub rurality: Option<Rurality>,
    /// Projects its actors took part in, and cooperations between two they have part in. Standing
    /// structures (joint units, shared places, memberships) are ties and no participations.
    pub participations: f64,
}

impl PartnerUnit {
    /// A unit of this code and name, nothing else known.
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            kind: None,
            point: None,
            rurality: None,
            participations: 0.0,
        }
    }

    /// Sets where it is.
    #[must_use]
    pub const fn at(mut self, point: Option<LonLat>) -> Self {
        self.point = point;
        self
    }

    /// Sets its rurality.
    #[must_use]
    pub const fn rurality(mut self, rurality: Option<Rurality>) -> Self {
        self.rurality = rurality;
        self
    }
}

/// The rows of one kind of units, and which units each actor stands for.
#[derive(Debug, Clone)]
pub(super) struct UnitTable {
    pub list: Vec<PartnerUnit>,
    pub of_actor: Vec<Vec<u32>>,
    /// Units of each base territory; none for actors.
    pub of_base: Memberships,
}

impl UnitTable {
    pub(super) fn of(study: &Study, units: &PartnerUnits) -> Result<Self> {
        let actors = study.inventory().actors();
        let mut table = match units {
            PartnerUnits::Actors => Self {
                list: actors
                    .iter()
                    .zip(study.places())
                    .map(|(a, place)| PartnerUnit {
                        code: a.id.to_string(),
                        name: a.name.clone(),
                        kind: Some(a.kind),
                        point: place.point,
                        rurality: place.rurality(),
                        participations: 0.0,
                    })
                    .collect(),
                of_actor: (0..actors.len() as u32).map(|i| vec![i]).collect(),
                of_base: Memberships::default(),
            },
            PartnerUnits::Territories(level) => {
                let found = study.atlas().level(level)?;
                let memberships = found.memberships();
                // A body of a territory stands for it wherever its seat is.
                let own = |i: usize| {
                    let (of, code) = actors[i].territory.as_ref()?;
                    (of == level).then(|| found.find(code.as_str())).flatten().map(|t| vec![t as u32])
                };
                let seat = |i: usize| study.places()[i].base.map(|b| memberships.of(b as usize).to_vec());
                Self {
                    list: found
                        .territories()
                        .iter()
                        .zip(study.atlas().rurality(level)?)
                        .map(|(t, side)| PartnerUnit {
                            code: t.code.to_string(),
                            name: t.name.clone(),
                            kind: None,
                            point: t.point,
                            rurality: side.class,
                            participations: 0.0,
                        })
                        .collect(),
                    of_actor: (0..actors.len())
                        .map(|i| own(i).or_else(|| seat(i)).unwrap_or_default())
                        .collect(),
                    of_base: memberships.clone(),
                }
            }
        };
        let options = study.options();
        for p in study.inventory().projects().iter().filter(|p| is_taken(options, p.kind, p.period)) {
            for unit in table.participants(p.participants.iter().map(|x| x.0)) {
                table.list[unit as usize].participations += 1.0;
            }
        }
        let standing = |kind| {
            matches!(
                kind,
                CooperationKind::JointUnit | CooperationKind::SharedPlace | CooperationKind::Membership
            )
        };
        let ties = study.inventory().ties().iter();
        for t in ties.filter(|t| is_taken(options, t.kind, t.period) && !standing(t.kind)) {
            for unit in table.participants([t.from, t.to].into_iter()) {
                table.list[unit as usize].participations += 1.0;
            }
        }
        Ok(table)
    }

    /// Units of some actors, each as often as it has actors there.
    fn participants(&self, actors: impl Iterator<Item = u32>) -> Vec<u32> {
        actors.flat_map(|a| self.of_actor[a as usize].iter().copied()).collect()
    }

    pub(super) fn points(&self) -> (Vec<Option<usize>>, Vec<Coord<f64>>) {
        let mut points = Vec::new();
        let place_of = self
            .list
            .iter()
            .map(|u| {
                points.push(Coord::from(u.point?));
                Some(points.len() - 1)
            })
            .collect();
        (place_of, points)
    }
}

/// Projects of a study with the units that took part, for hold-outs over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct PartnerHistory {
    /// The units: the nodes of the hold-outs.
    pub units: Vec<PartnerUnit>,
    /// The projects that have a date; a unit counts once for each of its actors.
    pub projects: Vec<DatedProject>,
    /// Projects without a date, left out.
    pub undated: usize,
    /// Participations of actors in no unit, left out.
    pub outside: usize,
}

impl Study {
    /// The dated projects of the study among actors or territories: what
    /// [`temporal_hold_out`](crate::matching::temporal_hold_out) splits. A project counts in the year it
    /// began; the kinds and the period of the study decide which are taken.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas has no such level.
    pub fn partner_history(&self, units: &PartnerUnits) -> Result<PartnerHistory> {
        let table = UnitTable::of(self, units)?;
        let mut history =
            PartnerHistory { units: table.list.clone(), projects: Vec::new(), undated: 0, outside: 0 };
        let options = self.options();
        for p in self.inventory().projects().iter().filter(|p| is_taken(options, p.kind, p.period)) {
            let Some(period) = p.period else {
                history.undated += 1;
                continue;
            };
            history.outside +=
                p.participants.iter().filter(|x| table.of_actor[x.0 as usize].is_empty()).count();
            let participants = table.participants(p.participants.iter().map(|x| x.0));
            history.projects.push(DatedProject { year: i32::from(period.from), participants });
        }
        Ok(history)
    }
}
