//! Who of the actors should sit together, and where.

use std::collections::BTreeMap;

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::Study;
use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::model::{Level, Rurality, TerritoryCode};
use crate::parallel;
use crate::siting::{
    FirstMeetings, Participants, SitingCosts, WorkshopOptions, Workshops, first_meetings, meeting, workshops,
};
use crate::space::crs::{Crs, projector};
use crate::space::distance::Places;

/// Who takes part in workshops, and how they are grouped.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WorkshopsOptions {
    /// Actors that take part, by index; each once.
    pub participants: Vec<u32>,
    /// Only themes of these families (`field` for `field:health`); all when empty.
    pub families: Vec<String>,
    /// Sizes and weights; travel is in metres.
    pub grouping: WorkshopOptions,
    /// Meeting places are base territories with at least this population.
    pub least_population: f64,
    /// Only meeting places in this territory.
    pub within: Option<(Level, u32)>,
}

impl WorkshopsOptions {
    /// All themes, meeting places of at least 1,000 inhabitants anywhere.
    #[must_use]
    pub const fn new(participants: Vec<u32>, grouping: WorkshopOptions) -> Self {
        Self { participants, families: Vec::new(), grouping, least_population: 1_000.0, within: None }
    }

    /// Sets [`WorkshopsOptions::families`].
    #[must_use]
    pub fn families(self, families: Vec<String>) -> Self {
        Self { families, ..self }
    }

    /// Sets [`WorkshopsOptions::least_population`].
    #[must_use]
    pub fn least_population(self, population: f64) -> Self {
        Self { least_population: population, ..self }
    }

    /// Sets [`WorkshopsOptions::within`].
    #[must_use]
    pub fn within(self, level: Level, territory: u32) -> Self {
        Self { within: Some((level, territory)), ..self }
    }
}

/// A place to meet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingSite {
    /// Code of the base territory.
    pub code: TerritoryCode,
    /// Its name.
    pub name: String,
    /// Mean way of those who come, in metres.
    pub mean_m: f64,
    /// Way of whoever comes from farthest, in metres.
    pub worst_m: f64,
}

/// The place of least mean way and the one of least worst way, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeetingSites {
    /// 1-median.
    pub median: MeetingSite,
    /// 1-centre.
    pub centre: MeetingSite,
    /// How many of those who come have a place; the others are not counted.
    pub placed: usize,
}

/// Groups of actors, their meeting places, and who meets for the first time.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[must_use]
pub struct WorkshopsReport {
    /// Actors that take part, by index.
    pub participants: Vec<u32>,
    /// How they were grouped.
    pub options: WorkshopOptions,
    /// The groups; members are positions in [`WorkshopsReport::participants`].
    pub workshops: Workshops,
    /// Meeting places of each group; `None` when nobody in it has a place.
    pub meetings: Vec<Option<MeetingSites>>,
    /// Meeting places of all together.
    pub all: Option<MeetingSites>,
    /// Who meets whom for the first time, as far as the ties of the study know.
    pub first: FirstMeetings,
    /// Participants without a place.
    pub without_place: usize,
}

impl Study {
    /// Groups of actors (those who answered a survey, say) that share themes, mix rural and urban and do not
    /// travel far; where each group and where all should meet; and who meets for the first time.
    ///
    /// Travel is the straight line between two participants ([`crate::study::ActorPlace::point`]), and to
    /// meeting places in the plane of their common zone. Rural or urban is
    /// [`crate::study::ActorPlace::rurality`].
    ///
    /// # Formula
    /// See [`workshops()`](crate::siting::workshops) and [`meeting()`](crate::siting::meeting).
    ///
    /// # Range
    /// As there; ways in metres.
    ///
    /// # Direction
    /// High scores and short ways are good.
    ///
    /// # Undefined
    /// Without participants; meeting places are `None` where nobody has a place.
    ///
    /// # Errors
    /// As [`workshops()`](crate::siting::workshops); [`Error::Value`] for an actor that is not in the study or is
    /// given twice; [`Error::Unknown`] for a level the atlas lacks.
    ///
    /// # Complexity
    /// O(participants²) for each round, and O(participants × meeting places).
    ///
    /// # Example
    /// ```
    /// # #[cfg(feature = "france-data")] {
    /// use rurban::france::EmbeddedFrance;
    /// use rurban::model::ActorKind;
    /// use rurban::progress::Silent;
    /// use rurban::siting::WorkshopOptions;
    /// use rurban::study::{Study, StudyOptions, WorkshopsOptions};
    ///
    /// let france = EmbeddedFrance::load()?;
    /// let (study, _) = Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent)?;
    /// let clusters = study.actors_of(&[ActorKind::Cluster])[..40].to_vec();
    /// let report = study.workshops(&WorkshopsOptions::new(clusters, WorkshopOptions::new(8, 12)))?;
    /// assert_eq!(report.workshops.groups.len(), 4);
    /// # }
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn workshops(&self, options: &WorkshopsOptions) -> Result<WorkshopsReport> {
        let who = &options.participants;
        let mut seen = std::collections::BTreeSet::new();
        if let Some(index) = who.iter().position(|&a| a as usize >= self.places().len() || !seen.insert(a)) {
            let value = who[index].to_string();
            let must = "must be an actor of the study, each once";
            return Err(Error::Value { what: "participants", index, value, must });
        }
        let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
        let themes: Vec<Vec<u32>> = (who.iter())
            .map(|&a| {
                let all = self.inventory().actors()[a as usize].themes.iter();
                let asked = all.filter(|t| {
                    let family = t.split_once(':').map_or("", |p| p.0);
                    options.families.is_empty() || options.families.iter().any(|f| f == family)
                });
                let mut list = Vec::new();
                for theme in asked {
                    let next = codes.len() as u32;
                    list.push(*codes.entry(theme.as_str()).or_insert(next));
                }
                list
            })
            .collect();
        let class = |&a: &u32| match self.places()[a as usize].rurality() {
            Some(Rurality::Rural) => 0,
            Some(Rurality::Urban) => 1,
            None => Labels::NONE,
        };
        let rurality = Labels::new(who.iter().map(class).collect(), 2)?;
        let travel = self.travel(who)?;
        let participants = Participants { themes: &themes, rurality: &rurality, travel: &travel };
        let found = workshops(&participants, &options.grouping)?;
        let sites = self.meeting_bases(options)?;
        let meet = |members: &mut dyn Iterator<Item = u32>| self.meet(members, &sites);
        let meetings = (found.groups.iter())
            .map(|g| meet(&mut g.members.iter().map(|&m| who[m as usize])))
            .collect::<Result<_>>()?;
        let network = self.network(|_| true)?;
        let nodes: Vec<Option<u32>> = who.iter().map(|&a| Some(a)).collect();
        Ok(WorkshopsReport {
            participants: who.clone(),
            options: options.grouping,
            meetings,
            all: meet(&mut who.iter().copied())?,
            first: first_meetings(&found, &rurality, &network, &nodes)?,
            without_place: who.iter().filter(|&&a| self.places()[a as usize].point.is_none()).count(),
            workshops: found,
        })
    }

    /// Metres between any two actors, NaN where one has no place.
    fn travel(&self, who: &[u32]) -> Result<Matrix> {
        let points: Vec<Option<Coord<f64>>> =
            who.iter().map(|&a| self.places()[a as usize].point.map(Coord::from)).collect();
        let at: Vec<Option<usize>> = points
            .iter()
            .scan(0, |next, p| {
                let own = p.map(|_| *next);
                *next += usize::from(p.is_some());
                Some(own)
            })
            .collect();
        let places = Places::new(&self.atlas().zones(), points.into_iter().flatten().collect())?;
        let n = who.len();
        let rows: Result<Vec<Vec<f64>>> = parallel::map(n, |i| {
            let way = |j: usize| match (at[i], at[j]) {
                (Some(a), Some(b)) => places.distance_m(a, b),
                _ => Ok(f64::NAN),
            };
            (0..i).map(way).collect()
        })
        .into_iter()
        .collect();
        let mut travel = Matrix::filled(n, n, 0.0);
        for (i, row) in rows?.into_iter().enumerate() {
            for (j, d) in row.into_iter().enumerate() {
                (travel[(i, j)], travel[(j, i)]) = (d, d);
            }
        }
        Ok(travel)
    }

    /// Base territories in which one may meet.
    fn meeting_bases(&self, options: &WorkshopsOptions) -> Result<Vec<u32>> {
        let inside = self.inside(options.within.as_ref())?;
        let base = self.atlas().base().territories().iter().enumerate();
        let fits = base.filter(|(b, t)| {
            inside[*b] && t.point.is_some() && t.population.unwrap_or(0.0) >= options.least_population
        });
        Ok(fits.map(|p| p.0 as u32).collect())
    }

    fn meet(&self, members: &mut dyn Iterator<Item = u32>, bases: &[u32]) -> Result<Option<MeetingSites>> {
        let all = self.atlas().base().territories();
        let from: Vec<Coord<f64>> =
            members.filter_map(|a| self.places()[a as usize].point.map(Coord::from)).collect();
        let zones = self.atlas().zones();
        let Some(crs) = zones.common(&from) else { return Ok(None) };
        // Nobody goes to another zone to meet, and its places have no image in this one.
        let zone = from.first().and_then(|&p| zones.zone_of(p));
        let near: Vec<u32> = (bases.iter().copied())
            .filter(|&b| all[b as usize].point.is_some_and(|p| zones.zone_of(p.into()) == zone))
            .collect();
        let to: Vec<Coord<f64>> =
            near.iter().filter_map(|&b| all[b as usize].point.map(Coord::from)).collect();
        let project = |mut points: Vec<Coord<f64>>| -> Result<Vec<Coord<f64>>> {
            projector(Crs::LON_LAT, crs)?.project(&mut points)?;
            Ok(points)
        };
        let (placed, from, to) = (from.len(), project(from)?, project(to)?);
        let found =
            match meeting(&vec![1.0; placed], &SitingCosts::Planar { demands: &from, candidates: &to }) {
                Ok(found) => found,
                Err(Error::Undefined { reason: Undefined::Empty, .. }) => return Ok(None),
                Err(e) => return Err(e),
            };
        let site = |p: crate::siting::MeetingPlace| {
            let t = &all[near[p.candidate as usize] as usize];
            MeetingSite { code: t.code.clone(), name: t.name.clone(), mean_m: p.mean, worst_m: p.worst }
        };
        Ok(Some(MeetingSites { median: site(found.median), centre: site(found.centre), placed }))
    }
}
