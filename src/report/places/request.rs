//! Where new places would be within reach, told, as a page and as tables.

use std::path::{Path, PathBuf};

use super::{PlacesWords, forms_text, places_text, write_places};
use crate::diagnostics::Strictness;
use crate::error::{Error, Result};
use crate::france::{EmbeddedFrance, OwnBeside};
use crate::inventory::Inventory;
use crate::model::{ActorKind, Level};
use crate::read::{ActorFile, ColumnNames, OwnFiles};
use crate::report::Outlet;
use crate::report::workshops::{workshops_text, write_workshops};
use crate::siting::{Limit, WorkshopOptions};
use crate::study::{SitesOptions, SitingCandidates, SitingDemand, StudyOptions, WorkshopsOptions};

/// What of an innovation place makes its form: families of themes.
const FORM_FAMILIES: [&str; 5] = ["form", "service", "member", "success", "capability"];
/// How far around a place its surroundings are looked at.
const AROUND_M: f64 = 50e3;
/// How many places of each form are named.
const NAMED: usize = 5;

/// Whose reach counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Served {
    /// Inhabitants of rural communes.
    #[default]
    RuralPeople,
    /// All inhabitants.
    Everybody,
}

/// Which new places are looked for, for whom, among what.
///
/// ```no_run
/// use rurban::report::places::PlacesRequest;
/// use rurban::report::{Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// PlacesRequest::default().new_places(5).region(Some("Occitanie".to_owned())).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlacesRequest {
    /// How many new places.
    pub new_places: usize,
    /// Up to how many kilometres, in a straight line, a place is within reach.
    pub cover_km: f64,
    /// Only the people and communes of this région, by name or code.
    pub region: Option<String>,
    /// Who counts.
    pub served: Served,
    /// File of the existing places, instead of the embedded innovation places.
    pub existing: Option<ActorFile>,
    /// File of the candidates, instead of the communes.
    pub candidates: Option<ActorFile>,
    /// Columns of these files, given by name.
    pub columns: ColumnNames,
    /// Whether reading stops at the first error.
    pub strictness: Strictness,
    /// Communes are candidates from this population on.
    pub least_population: f64,
    /// How the existing places are grouped into workshops by what they can do; not at all when `None`.
    pub workshops: Option<WorkshopOptions>,
}

impl Default for PlacesRequest {
    /// Ten places within 30 km of rural people, in communes of 500 inhabitants or more, no workshops.
    fn default() -> Self {
        Self {
            new_places: 10,
            cover_km: 30.0,
            region: None,
            served: Served::RuralPeople,
            existing: None,
            candidates: None,
            columns: ColumnNames::default(),
            strictness: Strictness::Lenient,
            least_population: 500.0,
            workshops: None,
        }
    }
}

impl PlacesRequest {
    /// Sets how many new places.
    #[must_use]
    pub const fn new_places(mut self, places: usize) -> Self {
        self.new_places = places;
        self
    }

    /// Sets how far a place is within reach.
    #[must_use]
    pub const fn cover_km(mut self, km: f64) -> Self {
        self.cover_km = km;
        self
    }

    /// Sets the région.
    #[must_use]
    pub fn region(mut self, name_or_code: Option<String>) -> Self {
        self.region = name_or_code;
        self
    }

    /// Sets who counts.
    #[must_use]
    pub const fn served(mut self, people: Served) -> Self {
        self.served = people;
        self
    }

    /// Sets the files of existing places and of candidates.
    #[must_use]
    pub fn files(mut self, existing: Option<ActorFile>, candidates: Option<ActorFile>) -> Self {
        (self.existing, self.candidates) = (existing, candidates);
        self
    }

    /// Sets how those files are read.
    #[must_use]
    pub fn reading(mut self, columns: ColumnNames, strictness: Strictness) -> Self {
        (self.columns, self.strictness) = (columns, strictness);
        self
    }

    /// Sets from which population on communes are candidates.
    #[must_use]
    pub const fn least_population(mut self, population: f64) -> Self {
        self.least_population = population;
        self
    }

    /// Sets how workshops are made.
    #[must_use]
    pub fn workshops(mut self, options: Option<WorkshopOptions>) -> Self {
        self.workshops = options;
        self
    }

    /// Answers it on the embedded France: says where, writes the page and the tables. Gives what it wrote.
    ///
    /// # Errors
    /// Those of the readers; [`Error::Request`] for a file that holds no place; [`Error::Unknown`] for a région
    /// there is not; those of [`Study::siting`](crate::study::Study::siting) and
    /// [`Study::workshops`](crate::study::Study::workshops); [`Error::Io`].
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let l = outlet.language;
        let mut france = EmbeddedFrance::load()?;
        france.draw_approximate_outlines(outlet.progress)?;
        if self.existing.is_some() {
            france.inventory = Inventory::default();
        }
        let existing = self.read(self.existing.as_ref(), &mut france, outlet)?;
        let candidates = self.read(self.candidates.as_ref(), &mut france, outlet)?;
        let (study, _) = france.into_study(StudyOptions::default(), outlet.progress)?;
        let existing = existing.unwrap_or_else(|| study.actors_of(&[ActorKind::InnovationPlace]));

        let mut words = PlacesWords::new(l);
        let mut options = SitesOptions::new(Limit::Places(self.new_places))
            .existing(existing.clone())
            .candidates(match candidates {
                Some(actors) => SitingCandidates::Actors(actors),
                None => SitingCandidates::Territories { least_population: self.least_population },
            })
            .cutoff(self.cover_km * 1e3);
        match self.served {
            Served::RuralPeople => options = options.demand(SitingDemand::RuralPopulation),
            Served::Everybody => words = words.served(l.pick("habitants", "inhabitants")),
        }
        if let Some(name) = &self.region {
            let regions = study.atlas().level(&Level::Region)?;
            let region = regions.search(name)?;
            words = words.ground(regions.territories()[region].name.clone());
            options = options.within(Level::Region, region as u32);
        }
        let report = study.siting(&options, outlet.progress)?;
        outlet.say(places_text(&report, &words, l));
        let forms = study.place_forms(&existing, &FORM_FAMILIES, AROUND_M).ok();
        let folder = outlet.folder()?;
        let mut written = write_places(&report, &study, forms.as_ref(), &words, &folder, l)?;
        if let Some(forms) = &forms {
            outlet.say(format!("\n{}", forms_text(forms, &study, NAMED, l)));
        }
        if let Some(options) = self.workshops {
            let inside = |base: Option<u32>| base.is_some_and(|b| report.inside[b as usize]);
            let meets = |a: &u32| self.region.is_none() || inside(study.places()[*a as usize].base);
            let who = existing.iter().copied().filter(meets).collect();
            let found = study.workshops(&WorkshopsOptions::new(who, options))?;
            outlet.say(format!("\n{}", workshops_text(&found, &study, l)));
            written.extend(write_workshops(&found, &study, &folder, l)?);
        }
        outlet.say(format!(
            "\n{} {}",
            l.pick("Page et tableaux dans", "Page and tables are in"),
            folder.display()
        ));
        Ok(written)
    }

    /// Reads a file of places into the inventory; gives their indices.
    fn read(
        &self,
        file: Option<&ActorFile>,
        france: &mut EmbeddedFrance,
        outlet: &mut Outlet<'_>,
    ) -> Result<Option<Vec<u32>>> {
        let Some(file) = file else { return Ok(None) };
        let own =
            OwnFiles { actors: vec![file.clone()], columns: self.columns.clone(), ..OwnFiles::default() };
        let before = france.inventory.actors().len() as u32;
        let mut on_file = |what: &str, path: &Path, found: &_| outlet.on_file(what, path, found);
        france.read_own(&own, OwnBeside::Embedded, self.strictness, &mut on_file)?;
        let after = france.inventory.actors().len() as u32;
        if before == after {
            let path = file.path.display();
            return Err(Error::Request(format!("NO PLACE WAS READ from {path}. See the findings above")));
        }
        Ok(Some((before..after).collect()))
    }
}
