//! Partners worth exploring on the embedded France, told, drawn and as a page.

use std::path::PathBuf;

use super::{PartnerGround, foresight_text, region_map, region_text, write_recommendations};
use crate::error::Result;
use crate::france::{EmbeddedFrance, FranceOptions, ResearchScope};
use crate::model::{CooperationKind, Level};
use crate::report::Outlet;
use crate::study::{
    ActivitySource, ComplementarityOptions, Counting, PartnerUnits, PartnersOptions, Recommendations, Study,
    StudyOptions,
};

/// How far partners are looked for in a région when no distance is given: without one the last to be served are
/// matched across the country.
const REGION_KM: f64 = 150.0;
/// Partners of a rural EPCI, and of an urban one.
const CAPACITIES: [u32; 2] = [1, 3];

/// Who looks for partners.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartnerSeeker {
    /// A PETR or Pays, by name or code.
    Territory(String),
    /// An actor, by name or identifier.
    Actor(String),
    /// All rural EPCI of a région, by name or code: one partner each, up to three for a city.
    Region(String),
}

/// Who looks for partners, and how far.
///
/// ```no_run
/// use rurban::report::partners::{PartnerSeeker, PartnersRequest};
/// use rurban::report::{Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// PartnersRequest::new(PartnerSeeker::Region("Occitanie".to_owned())).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PartnersRequest {
    /// Who looks for them.
    pub seeker: PartnerSeeker,
    /// Longest distance; 150 km for a région and no limit for others when `None`.
    pub within_km: Option<f64>,
}

impl PartnersRequest {
    /// Partners at any distance, within 150 km for a région.
    #[must_use]
    pub const fn new(seeker: PartnerSeeker) -> Self {
        Self { seeker, within_km: None }
    }

    /// Sets the longest distance.
    #[must_use]
    pub const fn within_km(mut self, km: Option<f64>) -> Self {
        self.within_km = km;
        self
    }

    fn options(&self, units: PartnerUnits) -> PartnersOptions {
        let region = matches!(self.seeker, PartnerSeeker::Region(_)).then_some(REGION_KM);
        let options = PartnersOptions::new(units);
        match self.within_km.or(region) {
            Some(km) => options.max_distance_m(km * 1e3),
            None => options,
        }
    }

    /// Says partners with their reasons, and writes `partners.html`, `partners.svg` and `partners.csv`, or for a
    /// région `partners.svg` alone. Gives what it wrote.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) for a name there is not; those of [`Study::partners`];
    /// [`Error::Io`](crate::Error::Io).
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let (land, folder) = (EmbeddedFrance::land_layer()?, outlet.folder()?);
        let ground = Some(PartnerGround::surveyed(&land));
        let (study, _) = EmbeddedFrance::load()?.into_study(StudyOptions::default(), outlet.progress)?;
        let found = match &self.seeker {
            PartnerSeeker::Territory(name) => self.of_territory(&study, name)?,
            PartnerSeeker::Actor(name) => {
                let partners = study.partners(&self.options(PartnerUnits::Actors), None)?;
                partners.recommend(partners.find(name)?)?
            }
            PartnerSeeker::Region(name) => {
                let options = self.options(PartnerUnits::Territories(Level::Epci));
                let partners = study.partners(&options, None)?;
                let region = study.atlas().level(&Level::Region)?.search(name)?;
                let rural = study.atlas().rural_within(&Level::Epci, &Level::Region, region)?;
                let [of_rural, of_urban] = CAPACITIES;
                let matched = partners.match_region(&rural, of_rural, of_urban)?;
                outlet.say(region_text(&matched, outlet.language));
                let path = folder.join("partners.svg");
                region_map(&matched, ground, outlet.language)?.write_file(&path)?;
                return Ok(vec![path]);
            }
        };
        outlet.say(super::recommendations_text(&found, outlet.language));
        let written = write_recommendations(&found, ground, &folder, outlet.language)?;
        outlet.say(format!("\n{}", written[0].display()));
        Ok(written)
    }

    fn of_territory(&self, study: &Study, name: &str) -> Result<Recommendations> {
        let fields = |level| study.profiles(level, ActivitySource::Themes("field"), Counting::Full);
        let (cities, pays) = (fields(&Level::Epci)?.0, fields(&Level::PetrPays)?.0);
        let complementarity =
            study.complementarity(&cities, Some(&pays), &ComplementarityOptions::default())?;
        let options = self.options(PartnerUnits::Territories(Level::PetrPays));
        let partners = study.partners(&options, Some(&complementarity))?;
        partners.recommend(partners.find(name)?)
    }
}

/// Says how well the scores foresee later cooperation on the embedded France: see [`foresight_text`].
///
/// # Errors
/// Those of [`foresight_text`].
pub fn deliver_foresight(outlet: &mut Outlet<'_>) -> Result<()> {
    let options = FranceOptions::default().research(ResearchScope::None);
    let france = EmbeddedFrance::load_with(&options)?;
    let kinds = CooperationKind::ALL.into_iter().filter(|k| *k != CooperationKind::ReciprocityContract);
    let options = StudyOptions::default().kinds(kinds.collect());
    let (study, _) = Study::new(france.atlas, france.inventory, &options, outlet.progress)?;
    outlet.say(foresight_text(&study, &france.agreements, outlet.language, outlet.progress)?);
    Ok(())
}
