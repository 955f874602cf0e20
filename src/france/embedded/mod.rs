//! France as the crate carries it.

mod actors;
mod atlas;
mod figures;
mod own;
mod research;
mod sectors;
mod table;

use geo_types::MultiPolygon;
use serde::{Deserialize, Serialize};

pub use figures::{
    AccessIndicators, EmploymentZone, EpciKind, Establishments, Flow, LeaderGroups, Postcode, StateGrant,
};
pub use own::OwnBeside;
pub use research::{Agreement, IlabTie};
pub use sectors::{SectorCount, SectorTable};

use super::research::ResearchScope;
use super::sources::SOURCES;
use crate::atlas::Atlas;
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::{Error, Result};
use crate::france::zones::ZONES;
use crate::inventory::{Inventory, SourceTitle};
use crate::model::{ActorId, CommuneCode};
use crate::parallel;
use crate::progress::Progress;
use crate::read::CodeBook;
use table::table;

/// A *contrat de réciprocité* between a city and a rural territory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReciprocityContract {
    /// The city.
    pub urban: ActorId,
    /// The rural territory.
    pub rural: ActorId,
    /// Whether it was signed.
    pub signed: bool,
    /// What the source says of its state.
    pub status: String,
    /// Date, as precise as the source.
    pub date: String,
    /// Themes.
    pub themes: Vec<String>,
    /// What attests it.
    pub evidence: String,
}

/// France as the crate carries it: communes of 2026 with their levels, actors, cooperations, EAFRD
/// amounts and sectors by département. `fixtures/README.md` gives sources, licences and limits.
#[derive(Debug, Clone)]
pub struct EmbeddedFrance {
    /// Communes, EPCI, PETR/Pays, départements, régions, attraction areas.
    pub atlas: Atlas,
    /// Actors, ties, projects, funding.
    pub inventory: Inventory,
    /// Employees by département and sector.
    pub sectors: SectorTable,
    /// The *contrats de réciprocité*, those never signed included.
    pub reciprocity_contracts: Vec<ReciprocityContract>,
    /// Agreements between cities and rural territories, by EPCI, those never signed included.
    pub agreements: Vec<Agreement>,
    /// What was kept and dropped, and why.
    pub diagnostics: Diagnostics,
}

/// What of the embedded France is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FranceOptions {
    /// Which research projects become part of the inventory.
    pub research: ResearchScope,
    /// Whether agreements between cities and rural territories become ties.
    pub agreements: AgreementScope,
}

/// What becomes of the agreements between cities and rural territories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementScope {
    /// They are listed in [`EmbeddedFrance::agreements`] alone.
    #[default]
    Listed,
    /// Those signed also tie EPCI in the inventory.
    Tied,
}

impl FranceOptions {
    /// Sets which research projects are loaded.
    #[must_use]
    pub const fn research(mut self, scope: ResearchScope) -> Self {
        self.research = scope;
        self
    }

    /// Sets whether agreements become ties.
    #[must_use]
    pub const fn agreements(mut self, scope: AgreementScope) -> Self {
        self.agreements = scope;
        self
    }
}

impl EmbeddedFrance {
    /// Loads it with the options' defaults: without research projects, agreements listed alone.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn load() -> Result<Self> {
        Self::load_with(&FranceOptions::default())
    }

    /// Loads it.
    ///
    /// Research organisations that ROR lists as closed or withdrawn are dropped and counted;
    /// contracts and agreements that were not signed make no tie. An agreement ties EPCI (source
    /// `agreements`), a *contrat de réciprocité* its two parties (source `reciprocity`): most
    /// contracts are in both lists, so one of the two sources is to be chosen for counting.
    ///
    /// ```
    /// use rurban::france::{EmbeddedFrance, FranceOptions, ResearchScope};
    /// let france = EmbeddedFrance::load_with(&FranceOptions::default().research(ResearchScope::None))?;
    /// let interreg = france.inventory.projects().iter().filter(|p| p.source == "interreg");
    /// assert_eq!(interreg.count(), 1_818);
    /// # Ok::<(), rurban::Error>(())
    /// ```
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn load_with(options: &FranceOptions) -> Result<Self> {
        // Territories and actors come from different tables and meet only in the agreements.
        let territories = || {
            let mut found = Diagnostics::default();
            let atlas = atlas::read_atlas(&mut found)?;
            Ok::<_, Error>((atlas, found))
        };
        let bodies = || {
            let mut builder = Inventory::builder(Strictness::Lenient);
            actors::read_actors(&mut builder)?;
            let contracts = actors::read_cooperations(&mut builder)?;
            actors::read_funding(&mut builder)?;
            if options.research != ResearchScope::None {
                research::add_research(&mut builder, options.research)?;
            }
            Ok::<_, Error>((builder, contracts, sectors::read_sectors()?))
        };
        let (territories, bodies) = parallel::join(territories, bodies);
        let (mut atlas, mut diagnostics) = territories?;
        let (mut builder, reciprocity_contracts, sectors) = bodies?;
        atlas.set_zones(ZONES.clone());
        let agreements = research::read_agreements(&mut builder, &atlas, options.agreements)?;
        for (key, french, english) in SOURCES {
            let title = SourceTitle { french: french.to_owned(), english: english.to_owned() };
            builder.title_source(key, title);
        }
        let (inventory, found) = builder.finish();
        diagnostics.merge(found);
        Ok(Self { atlas, inventory, sectors, reciprocity_contracts, agreements, diagnostics })
    }

    /// Gives every level approximate outlines (see [`Atlas::draw_approximate_outlines`]) within the
    /// embedded land outline, and takes their account into the diagnostics.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn draw_approximate_outlines(&mut self, progress: &dyn Progress) -> Result<()> {
        let found = self.atlas.draw_approximate_outlines(&Self::land()?, &ZONES, progress)?;
        self.diagnostics.merge(found);
        Ok(())
    }

    /// The land outline of France in longitude and latitude.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn land() -> Result<MultiPolygon<f64>> {
        let damaged = |message: String| Error::Format { path: "land.geojson".into(), line: 1, message };
        let document: geojson::FeatureCollection =
            Self::LAND_GEOJSON.parse().map_err(|e: geojson::Error| damaged(e.to_string()))?;
        let mut polygons = Vec::new();
        for geometry in document.features.into_iter().filter_map(|f| f.geometry) {
            match geo_types::Geometry::<f64>::try_from(geometry).map_err(|e| damaged(e.to_string()))? {
                geo_types::Geometry::Polygon(p) => polygons.push(p),
                geo_types::Geometry::MultiPolygon(m) => polygons.extend(m),
                _ => {}
            }
        }
        Ok(MultiPolygon(polygons))
    }

    /// The land outline of France (GeoJSON, longitude and latitude, 1:10 000 000, Natural Earth).
    pub const LAND_GEOJSON: &'static str = include_str!("../../../fixtures/france/land.geojson");

    /// What puts communes right: codes of the past become the present ones, postcodes are known.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn code_book() -> Result<CodeBook> {
        let postcodes = Self::postcodes()?.into_iter().map(|p| (p.code, p.communes));
        Ok(CodeBook::new(&Self::commune_code_history()?).with_postcodes(postcodes))
    }

    /// Communes whose code has changed: `(old code, code in 2025)`.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn commune_code_history() -> Result<Vec<(CommuneCode, CommuneCode)>> {
        let history = table!("commune_code_history").read()?;
        history.rows.iter().map(|r| Ok((CommuneCode::new(&r[0])?, CommuneCode::new(&r[1])?))).collect()
    }
}

#[cfg(test)]
mod tests;
