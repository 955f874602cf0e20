//! What of the embedded France is compared.

use super::Subject;
use crate::complementarity::nomenclature::MaskedCells;
use crate::diagnostics::Diagnostics;
use crate::error::Result;
#[cfg(feature = "france-data")]
use crate::france::{EmbeddedFrance, SectorCount, SectorTable};
use crate::model::Level;
use crate::profiles::Profiles;
use crate::report::Language;
use crate::study::Study;
#[cfg(feature = "france-data")]
use crate::study::{ActivitySource, Counting};

/// What of the embedded France is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Nomenclature {
    /// Employment by sector: a proxy by département.
    Sectors,
    /// Fields of research organisations, read from their names.
    Fields,
    /// What fablabs can do.
    Capabilities,
    /// Official domains of research structures (RNSR); the study must hold them.
    Domains,
    /// Establishments by size, end of 2014.
    Establishments,
    /// Kinds of bodies: research centres, innovation places, public services …
    Bodies,
}

impl Nomenclature {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Sectors, Self::Fields, Self::Capabilities, Self::Domains, Self::Establishments, Self::Bodies];

    /// Short stable key, as in files and on command lines.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sectors => "sectors",
            Self::Fields => "fields",
            Self::Capabilities => "capabilities",
            Self::Domains => "domains",
            Self::Establishments => "establishments",
            Self::Bodies => "bodies",
        }
    }

    /// What is compared, as a heading.
    #[must_use]
    pub fn title(self, language: Language) -> &'static str {
        let (french, english) = match self {
            Self::Sectors => ("secteurs d’activité", "sectors"),
            Self::Fields => ("domaines de recherche", "fields of research"),
            Self::Capabilities => ("équipements des fablabs", "capabilities of fablabs"),
            Self::Domains => {
                ("domaines officiels de recherche (RNSR)", "official domains of research (RNSR)")
            }
            Self::Establishments => ("établissements par taille", "establishments by size"),
            Self::Bodies => ("types d’organismes", "kinds of bodies"),
        };
        language.pick(french, english)
    }

    /// What the figures are not.
    #[must_use]
    pub fn limits(self, language: Language) -> &'static str {
        let (french, english) = match self {
            Self::Sectors => (
                "Limites\u{a0}: salariés concernés par des demandes d’activité partielle en juillet 2020, 17 groupes par \
                 département\u{a0}: une approximation, pas un recensement. L’agriculture, la finance et les services \
                 publics y sont sous-comptés, et un territoire a le profil de son département. De meilleurs chiffres se \
                 donnent avec --table.",
                "Limits: employees concerned by applications for short-time work in July 2020, 17 groups by \
                 département: a proxy, not a census. It under-counts farming, finance and public services, and a \
                 territory has the profile of its département. Bring better figures with --table.",
            ),
            Self::Fields => (
                "Limites\u{a0}: les domaines sont lus dans les mots du nom des organismes de ROR (six sur dix en ont un), \
                 placés à leur ville. Un organisme compte 1 quelle que soit sa taille.",
                "Limits: fields are read from words of the names of organisations in ROR (six in ten have one), \
                 which are placed by city. An organisation counts 1 whatever its size.",
            ),
            Self::Capabilities => (
                "Limites\u{a0}: les fablabs de 2017 tels qu’ils se décrivent\u{202f}; les plus récents manquent.",
                "Limits: fablabs of 2017 as they describe themselves; later ones are missing.",
            ),
            Self::Domains => (
                "Limites\u{a0}: domaines officiels du répertoire national des structures de recherche, 2022, par \
                 commune\u{202f}; une structure compte 1 quelle que soit sa taille, et les entreprises n’en ont pas.",
                "Limits: official domains of the national directory of research structures, 2022, by commune; a \
                 structure counts 1 whatever its size, and firms have none.",
            ),
            Self::Establishments => (
                "Limites\u{a0}: établissements par classe de taille à la fin de 2014, sur les communes d’aujourd’hui, \
                 sans secteur d’activité.",
                "Limits: establishments by size class at the end of 2014 on communes of today, without sector.",
            ),
            Self::Bodies => (
                "Limites\u{a0}: les organismes des listes embarquées\u{202f}; le type des partenaires Interreg est lu dans \
                 leur nom.",
                "Limits: bodies as the embedded lists have them; kinds of Interreg partners are read from names.",
            ),
        };
        language.pick(french, english)
    }

    /// Where the figures come from, as their producers name it.
    const fn source(self) -> &'static str {
        match self {
            Self::Sectors => "DGEFP/Dares, 2020",
            Self::Fields => "Research Organization Registry (ROR), 2026",
            Self::Capabilities => "fablabs.io, 2017",
            Self::Domains => "Répertoire national des structures de recherche (RNSR), 2022",
            Self::Establishments => "Insee, 2014",
            Self::Bodies => "ROR, ANCT, keep.eu, fablabs.io",
        }
    }

    /// What is asked of a receiving row under this nomenclature.
    #[must_use]
    pub fn subject(self, row: usize, radius_m: f64, language: Language) -> Subject {
        Subject {
            title: self.title(language).to_owned(),
            file: self.key().to_owned(),
            row,
            radius_m,
            limits: Some(self.limits(language).to_owned()),
            source: Some(self.source().to_owned()),
        }
    }

    /// Profiles of those that could give (départements for sectors, EPCI for the rest) and of the
    /// territories of a level.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas lacks a level.
    #[cfg(feature = "france-data")]
    pub fn sides(self, study: &Study, sectors: &SectorTable, level: &Level) -> Result<Sides> {
        let source = match self {
            Self::Sectors => {
                let (giving, found) = sectors.profiles(study.atlas(), SectorCount::Employees)?;
                return Sides::summed(study, giving, found, level);
            }
            Self::Fields => ActivitySource::Themes("field"),
            Self::Capabilities => ActivitySource::Themes("capability"),
            Self::Domains => ActivitySource::Themes("domain"),
            Self::Establishments => {
                let (communes, found) = EmbeddedFrance::establishment_profiles(study.atlas())?;
                let giving = communes.to_level(study.atlas(), &Level::Epci, MaskedCells::Propagate)?.profiles;
                let mut sides = Sides { giving, receiving: None, found, split: 0 };
                if *level != Level::Epci {
                    let sum = communes.to_level(study.atlas(), level, MaskedCells::Propagate)?;
                    (sides.receiving, sides.split) = (Some(sum.profiles), sum.split);
                }
                return Ok(sides);
            }
            Self::Bodies => ActivitySource::Kinds,
        };
        let (giving, found) = study.profiles(&Level::Epci, source, Counting::Full)?;
        let receiving = match level {
            Level::Epci => None,
            _ => Some(study.profiles(level, source, Counting::Full)?.0),
        };
        Ok(Sides { giving, receiving, found, split: 0 })
    }
}

keyed!(Nomenclature, "nomenclature", shown);

/// Profiles of those that could give and of those that could receive.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sides {
    /// Of those that could give.
    pub giving: Profiles,
    /// Of those that could receive, where they are others.
    pub receiving: Option<Profiles>,
    /// What counting or reading them found.
    pub found: Diagnostics,
    /// Giving territories whose figures are split by population among receiving ones.
    pub split: usize,
}

impl Sides {
    /// The same figures summed up for the territories of another level.
    ///
    /// # Errors
    /// [`Error::Unknown`](crate::Error::Unknown) when the atlas lacks the level.
    pub fn summed(study: &Study, giving: Profiles, found: Diagnostics, level: &Level) -> Result<Self> {
        if giving.level()? == level {
            return Ok(Self { giving, receiving: None, found, split: 0 });
        }
        let sum = giving.to_level(study.atlas(), level, MaskedCells::Propagate)?;
        Ok(Self { giving, receiving: Some(sum.profiles), found, split: sum.split })
    }
}
