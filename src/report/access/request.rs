//! Access to the actors of the embedded France or of a user, told, drawn and as tables.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::{AccessView, CostUnit, Focus, access};
use crate::diagnostics::Strictness;
use crate::error::{Error, Result};
use crate::france::{EmbeddedFrance, OwnBeside};
use crate::model::{ActorKind, Level};
use crate::read::{OwnFiles, TieCount, TravelFiles, TravelTimes};
use crate::report::Outlet;
use crate::report::own::{check_use, read_own};
use crate::study::{AccessCosts, AccessMethod, AccessOptions, Capacity, Study, StudyOptions};

/// Bands of the curve of people by way, in kilometres or minutes.
const BANDS: [f64; 4] = [10.0, 20.0, 30.0, 60.0];

/// Kinds of facilities, read from keys with commas between, or `any`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacilityKinds(pub Vec<ActorKind>);

impl FromStr for FacilityKinds {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "any" => Ok(Self(ActorKind::ALL.to_vec())),
            some => some.split(',').map(str::parse).collect::<Result<_>>().map(Self),
        }
    }
}

/// How people travel, when it is not in a straight line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Travel {
    /// Where the times come from.
    pub files: TravelFiles,
    /// How far people go, in minutes.
    pub reach_minutes: f64,
    /// How far from a road node territories and actors may be, in kilometres.
    pub snap_km: f64,
    /// How fast people get to the nearest road node, in a straight line.
    pub off_road_km_per_hour: f64,
}

impl Travel {
    /// By these files, up to half an hour; roads within 10 km, reached at 30 km/h.
    #[must_use]
    pub const fn new(files: TravelFiles) -> Self {
        Self { files, reach_minutes: 30.0, snap_km: 10.0, off_road_km_per_hour: 30.0 }
    }

    /// Sets how far people go.
    #[must_use]
    pub const fn reach_minutes(mut self, minutes: f64) -> Self {
        self.reach_minutes = minutes;
        self
    }

    /// Sets how far a road node may be.
    #[must_use]
    pub const fn snap_km(mut self, km: f64) -> Self {
        self.snap_km = km;
        self
    }

    /// Sets how fast people get to it.
    #[must_use]
    pub const fn off_road_km_per_hour(mut self, speed: f64) -> Self {
        self.off_road_km_per_hour = speed;
        self
    }

    fn costs<'a>(&self, times: &'a TravelTimes) -> AccessCosts<'a> {
        match times {
            TravelTimes::ToActors(table) => AccessCosts::ToActors(table),
            TravelTimes::ToCommunes(table) => AccessCosts::BetweenTerritories { table, own: Some(0.0) },
            TravelTimes::Roads(roads) => AccessCosts::Roads {
                roads,
                snap_m: self.snap_km * 1e3,
                off_road_cost_per_m: 60.0 / (self.off_road_km_per_hour * 1e3),
            },
        }
    }
}

/// A question about access: to whom, how people travel, how it is scored and where it is shown.
///
/// ```no_run
/// use rurban::model::ActorKind;
/// use rurban::report::access::{AccessRequest, FacilityKinds};
/// use rurban::report::{Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// let services = FacilityKinds(vec![ActorKind::PublicService]);
/// AccessRequest::default().kinds(Some(services)).reach_km(20.0).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessRequest {
    /// Kinds of facilities; research centres when `None`, or all kinds of the user's own actors.
    pub kinds: Option<FacilityKinds>,
    /// Files of the user's own actors, in place of the embedded ones.
    pub own: OwnFiles,
    /// Whether reading stops at the first error.
    pub strictness: Strictness,
    /// What each actor counts for.
    pub supply: Capacity,
    /// How access is scored.
    pub method: AccessMethod,
    /// How far people go in a straight line, in kilometres.
    pub reach_km: f64,
    /// Level of the maps and of `territory`.
    pub by: Level,
    /// The one territory to look at, by name or code.
    pub territory: Option<String>,
    /// Travel times, instead of straight lines.
    pub travel: Option<Travel>,
}

impl Default for AccessRequest {
    /// Research centres counting one each, 2SFCA within 30 km in a straight line, by EPCI.
    fn default() -> Self {
        Self {
            kinds: None,
            own: OwnFiles::default(),
            strictness: Strictness::Lenient,
            supply: Capacity::One,
            method: AccessMethod::TwoStep,
            reach_km: 30.0,
            by: Level::Epci,
            territory: None,
            travel: None,
        }
    }
}

impl AccessRequest {
    setters! {
        kinds: Option<FacilityKinds>,
        method: AccessMethod,
        travel: Option<Travel>,
    }

    /// Sets the files of the user's own actors.
    #[must_use]
    pub fn own(mut self, files: OwnFiles, strictness: Strictness) -> Self {
        (self.own, self.strictness) = (files, strictness);
        self
    }

    /// Sets what each actor counts for.
    #[must_use]
    pub const fn supply(mut self, capacity: Capacity) -> Self {
        self.supply = capacity;
        self
    }

    /// Sets how far people go in a straight line.
    #[must_use]
    pub const fn reach_km(mut self, km: f64) -> Self {
        self.reach_km = km;
        self
    }

    /// Sets the level of the maps and of the territory.
    #[must_use]
    pub fn by(mut self, level: Level) -> Self {
        self.by = level;
        self
    }

    /// Sets the one territory to look at.
    #[must_use]
    pub fn territory(mut self, name_or_code: Option<String>) -> Self {
        self.territory = name_or_code;
        self
    }

    /// Answers it on the embedded France, with the user's own actors where there are files of them. Gives the
    /// files it wrote.
    ///
    /// # Errors
    /// Those of the readers; [`Error::Request`] when none of the user's actors has a place; [`Error::Unknown`]
    /// for a level or territory there is not; those of [`Study::access`]; [`Error::Io`].
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let mut france = EmbeddedFrance::load()?;
        if let Some(text) = &self.territory {
            // Before the minutes that reading and drawing may take.
            Focus::of(&france.atlas, &self.by, text)?;
        }
        france.draw_approximate_outlines(outlet.progress)?;
        let own = !self.own.is_empty();
        if own {
            read_own(&mut france, &self.own, OwnBeside::Nothing, self.strictness, outlet)?;
        }
        let (study, found) = france.into_study(&StudyOptions::default(), outlet.progress)?;
        if own {
            outlet.account("PLACING", &found);
            check_use(&study, TieCount::default(), 0, outlet)?;
        }
        self.answer(&study, outlet)
    }

    /// Answers it on any study, whose actors it takes as they are.
    ///
    /// # Errors
    /// As [`AccessRequest::run`].
    pub fn answer(&self, study: &Study, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let kinds = match (&self.kinds, self.own.is_empty()) {
            (Some(kinds), _) => kinds.0.clone(),
            (None, true) => vec![ActorKind::ResearchCentre],
            (None, false) => ActorKind::ALL.to_vec(),
        };
        let supply = study.supply(&kinds, self.supply);
        let mut on_file = |what: &str, path: &Path, found: &_| outlet.on_file(what, path, found);
        let read = |travel: &Travel| travel.files.read(study.atlas(), study.inventory(), &mut on_file);
        let times = self.travel.as_ref().map(read).transpose()?;
        let (costs, unit, reach) = match self.travel.as_ref().zip(times.as_ref()) {
            Some((travel, times)) => (travel.costs(times), CostUnit::Minutes, travel.reach_minutes),
            None => (AccessCosts::StraightLine, CostUnit::Kilometres, self.reach_km),
        };
        let options = AccessOptions::new(supply?)
            .costs(costs)
            .method(self.method, reach * unit.size())
            .bands(BANDS.map(|band| band * unit.size()).to_vec());
        let report = study.access(&options, outlet.progress)?;
        let focus = self.territory.as_ref().map(|text| Focus::of(study.atlas(), &self.by, text));
        let view =
            AccessView::new(kinds, self.method, reach, unit).by(self.by.clone()).focus(focus.transpose()?);
        outlet.deliver(&access(study, &report, &view, &outlet.wording())?)
    }
}
