//! Linkage on the embedded France, told, drawn and as tables.

use std::path::PathBuf;

use super::{LinkageFiles, linkage_limits, linkage_text};
use crate::error::Result;
use crate::france::{AgreementScope, EmbeddedFrance, FranceOptions, ResearchScope};
use crate::model::{CooperationKind, Period};
use crate::random::Seed;
use crate::report::Outlet;
use crate::report::research::write_linkage_slices;
use crate::study::{LinkageOptions, RuralityDefinition, Study, StudyOptions};

/// Which embedded cooperations are set against chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum LinkageScope {
    /// Interreg projects.
    Interreg,
    /// Joint research units.
    JointUnit,
    /// All; firms and laboratories by source and period, and signed agreements, besides.
    #[default]
    All,
}

impl LinkageScope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Interreg, Self::JointUnit, Self::All];

    /// Short stable key, as on command lines.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Interreg => "interreg",
            Self::JointUnit => "joint_unit",
            Self::All => "all",
        }
    }

    fn kinds(self) -> Option<Vec<CooperationKind>> {
        match self {
            Self::Interreg => Some(vec![CooperationKind::TerritorialProject]),
            Self::JointUnit => Some(vec![CooperationKind::JointUnit]),
            Self::All => None,
        }
    }
}

keyed!(LinkageScope, "kind of cooperation", shown);

/// Which cooperations are set against chance, and what is rural.
///
/// ```no_run
/// use rurban::report::linkage::{LinkageRequest, LinkageScope};
/// use rurban::report::{Language, Outlet};
/// let mut outlet = Outlet::new("out", Language::English, |text| println!("{text}"));
/// LinkageRequest::default().scope(LinkageScope::Interreg).run(&mut outlet)?;
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct LinkageRequest {
    /// Which cooperations.
    pub scope: LinkageScope,
    /// What is rural.
    pub rurality: RuralityDefinition,
    /// Seed of all that is random.
    pub seed: Seed,
}

impl LinkageRequest {
    setters! {
        scope: LinkageScope,
        seed: Seed,
    }

    /// Sets what is rural.
    #[must_use]
    pub fn rurality(mut self, definition: RuralityDefinition) -> Self {
        self.rurality = definition;
        self
    }

    /// Says whether and how rural and urban actors are tied, beside what chance gives, and writes the tables and
    /// pictures of [`LinkageFiles`]. Gives them.
    ///
    /// # Errors
    /// Those of [`Study::linkage`]; [`Error::Io`](crate::Error::Io).
    pub fn run(&self, outlet: &mut Outlet<'_>) -> Result<Vec<PathBuf>> {
        let (l, progress) = (outlet.language, outlet.progress);
        let mut options = StudyOptions::default().rurality(self.rurality.clone());
        options.kinds = self.scope.kinds();
        let (study, _) = EmbeddedFrance::load()?.into_study(&options, progress)?;
        let options = LinkageOptions::default()
            .seed(self.seed)
            .vintage("communes of 2026; cooperations as embedded (see fixtures/README.md)");
        let report = study.linkage(&options, progress)?;
        for part in &report.parts {
            outlet.say(linkage_text(part, l)?);
        }
        outlet.say(linkage_limits(l));

        let (folder, land) = (outlet.folder()?, EmbeddedFrance::land_layer()?);
        let wording = outlet.wording().source("keep.eu").source("ROR").source("ANCT");
        let written =
            LinkageFiles::new(&land, wording).write(&study, &report, &options, &folder, progress)?;
        if self.scope == LinkageScope::All {
            self.firms_and_agreements(&options, outlet)?;
        }
        outlet.say(format!("\n{}", folder.display()));
        Ok(written)
    }

    /// Firms and laboratories by source and period, and what signed agreements tie.
    fn firms_and_agreements(&self, options: &LinkageOptions, outlet: &mut Outlet<'_>) -> Result<()> {
        let (l, progress, folder) = (outlet.language, outlet.progress, outlet.folder()?);
        let all = FranceOptions::default()
            .research(ResearchScope::FirmsWithLaboratories)
            .agreements(AgreementScope::Tied);
        let france = EmbeddedFrance::load_with(&all)?;
        let signed = france.agreements.iter().filter(|a| a.is_signed()).count();
        let rules = StudyOptions::default().rurality(self.rurality.clone());
        let (study, _) = Study::new(france.atlas, france.inventory, &rules, progress)?;
        let periods = [Period::new(2010, 2013)?, Period::new(2014, 2017)?, Period::new(2018, 2021)?];
        let said = write_linkage_slices(&study, signed, &periods, options, &folder, l, progress)?;
        outlet.say(format!("\n{said}"));
        Ok(())
    }
}
