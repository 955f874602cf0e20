//! Research projects as funders publish them: who takes part, as what, where.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::diagnostics::Place;
use crate::error::Result;
use crate::inventory::InventoryBuilder;
use crate::model::{
    Actor, ActorId, ActorKind, CommuneCode, CooperationKind, EnterpriseSize, Participation, Period,
    ProjectId, ProjectRole,
};
use crate::space::LonLat;

/// What a participant of a research project is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantClass {
    /// Laboratory, university, research body.
    Laboratory,
    /// Enterprise.
    Firm,
    /// Association, authority, hospital, foundation …
    Other,
    /// The source does not say.
    Unknown,
}

impl ParticipantClass {
    /// The kind of actor it makes.
    #[must_use]
    pub const fn actor_kind(self) -> ActorKind {
        match self {
            Self::Laboratory => ActorKind::ResearchCentre,
            Self::Firm => ActorKind::Enterprise,
            Self::Other | Self::Unknown => ActorKind::Organisation,
        }
    }
}

/// An actor as it takes part in projects: the same actor stands here once for each class and
/// commune under which the source lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResearchParticipant {
    /// Who.
    pub actor: ActorId,
    /// Name; empty when another participant of the same actor, or another table, carries it.
    pub name: String,
    /// As what.
    pub class: ParticipantClass,
    /// How large, when it is a firm and the source says so.
    pub size: Option<EnterpriseSize>,
    /// In which commune the source puts it.
    pub commune: Option<CommuneCode>,
    /// Where it is, when the source has coordinates.
    pub position: Option<LonLat>,
}

impl ResearchParticipant {
    /// A participant of which nothing else is known; set the rest on the value.
    #[must_use]
    pub const fn new(actor: ActorId, class: ParticipantClass) -> Self {
        Self { actor, name: String::new(), class, size: None, commune: None, position: None }
    }
}

/// A participant's part in a project.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ResearchShare {
    /// Index of the participant.
    pub participant: u32,
    /// As what.
    pub role: ProjectRole,
    /// With how much money, in euros.
    pub funding_eur: Option<f64>,
}

/// A funded project with the participants that the source lists, repetitions included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResearchProject {
    /// Identifier.
    pub id: ProjectId,
    /// Short name.
    pub acronym: String,
    /// When it was funded, or ran.
    pub period: Option<Period>,
    /// Call or part of the programme, as `call:…` or `part:…`.
    pub themes: Vec<String>,
    /// Programme: `anr`, `pia`, `h2020` …
    pub source: String,
    /// Its participants in the order of the source.
    pub shares: Vec<ResearchShare>,
}

impl ResearchProject {
    /// A project without participants; set the rest on the value.
    #[must_use]
    pub const fn new(id: ProjectId, source: String) -> Self {
        Self { id, acronym: String::new(), period: None, themes: Vec::new(), source, shares: Vec::new() }
    }
}

/// Which research projects a study takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResearchScope {
    /// None, and no research structure.
    #[default]
    None,
    /// Projects in which a firm and a laboratory meet.
    FirmsWithLaboratories,
    /// All.
    All,
}

/// A firm and a laboratory of one project, as the lines of the source give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FirmLaboratoryPair {
    /// Index of the project.
    pub project: u32,
    /// Index of the firm among the participants.
    pub firm: u32,
    /// Index of the laboratory among the participants.
    pub laboratory: u32,
}

/// Projects and participants of one source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResearchProjects {
    /// Who takes part.
    pub participants: Vec<ResearchParticipant>,
    /// In what.
    pub projects: Vec<ResearchProject>,
    /// File it comes from, for findings.
    pub file: String,
}

impl ResearchProjects {
    fn class(&self, share: &ResearchShare) -> Option<ParticipantClass> {
        self.participants.get(share.participant as usize).map(|p| p.class)
    }

    /// Whether a firm and a laboratory meet in a project.
    #[must_use]
    pub fn joins_firm_and_laboratory(&self, project: &ResearchProject) -> bool {
        let has = |class| project.shares.iter().any(|s| self.class(s) == Some(class));
        has(ParticipantClass::Firm) && has(ParticipantClass::Laboratory)
    }

    /// Every firm with every laboratory of the same project, line by line: what the source repeats
    /// counts again. O(pairs).
    #[must_use]
    pub fn firm_laboratory_pairs(&self) -> Vec<FirmLaboratoryPair> {
        let mut pairs = Vec::new();
        for (p, project) in self.projects.iter().enumerate() {
            let of = |class| project.shares.iter().filter(move |s| self.class(s) == Some(class));
            for firm in of(ParticipantClass::Firm) {
                for laboratory in of(ParticipantClass::Laboratory) {
                    pairs.push(FirmLaboratoryPair {
                        project: p as u32,
                        firm: firm.participant,
                        laboratory: laboratory.participant,
                    });
                }
            }
        }
        pairs
    }

    /// Where the source puts each actor most often (ties: the smallest code).
    #[must_use]
    pub fn usual_communes(&self) -> HashMap<&str, CommuneCode> {
        let mut counts: HashMap<&str, BTreeMap<CommuneCode, usize>> = HashMap::new();
        for share in self.projects.iter().flat_map(|p| &p.shares) {
            let Some(p) = self.participants.get(share.participant as usize) else { continue };
            if let Some(commune) = p.commune {
                *counts.entry(p.actor.as_str()).or_default().entry(commune).or_default() += 1;
            }
        }
        counts
            .into_iter()
            .filter_map(|(actor, of)| {
                let usual = of.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)))?;
                Some((actor, *usual.0))
            })
            .collect()
    }

    /// Adds the projects of a scope and the actors that take part in them. An actor that is there
    /// already is left as it is; a new one is put where the source puts it most often. A second line
    /// of an actor in a project is dropped and counted, as is every other participation that
    /// [`InventoryBuilder::add_participation`] does not take.
    ///
    /// # Errors
    /// In strict mode, the first error-level finding.
    pub fn add_to(&self, builder: &mut InventoryBuilder, scope: ResearchScope) -> Result<()> {
        let taken: Vec<(usize, &ResearchProject)> = self
            .projects
            .iter()
            .enumerate()
            .filter(|(_, p)| match scope {
                ResearchScope::None => false,
                ResearchScope::FirmsWithLaboratories => self.joins_firm_and_laboratory(p),
                ResearchScope::All => true,
            })
            .collect();
        if taken.len() < self.projects.len() {
            let left = self.projects.len() - taken.len();
            let message = format!("{left} research projects are outside the scope and not loaded");
            builder.diagnostics().remark("outside_scope", Place::file(self.file.as_str()), message);
        }
        let mut used = vec![false; self.participants.len()];
        for share in taken.iter().flat_map(|(_, p)| &p.shares) {
            if let Some(slot) = used.get_mut(share.participant as usize) {
                *slot = true;
            }
        }
        self.add_actors(builder, &used)?;
        for (i, project) in taken {
            let place = Place::file(self.file.as_str()).record(i);
            if project.shares.iter().all(|s| s.role != ProjectRole::Lead) && project.shares.len() > 1 {
                let message = format!("{} has no French coordinator", project.id);
                builder.diagnostics().remark("no_coordinator", place.clone(), message);
            }
            for share in &project.shares {
                let Some(participant) = self.participants.get(share.participant as usize) else { continue };
                let mut p = Participation::new(
                    participant.actor.clone(),
                    project.id.clone(),
                    CooperationKind::ResearchProject,
                );
                p.role = share.role;
                p.period = project.period;
                p.themes.clone_from(&project.themes);
                p.funding_eur = share.funding_eur;
                p.source.clone_from(&project.source);
                builder.add_participation(p, place.clone())?;
            }
        }
        Ok(())
    }

    /// The actors of the participants used that are not there yet.
    fn add_actors(&self, builder: &mut InventoryBuilder, used: &[bool]) -> Result<()> {
        let communes = self.usual_communes();
        let mut known: HashMap<&str, (&str, Option<EnterpriseSize>)> = HashMap::new();
        for p in self.participants.iter().filter(|p| !p.name.is_empty()) {
            known.entry(p.actor.as_str()).or_insert((&p.name, p.size));
        }
        let source = self.projects.first().map_or("", |p| p.source.as_str());
        for (i, p) in self.participants.iter().enumerate() {
            if used.get(i) != Some(&true) || builder.find(p.actor.as_str()).is_some() {
                continue;
            }
            let (name, size) = known.get(p.actor.as_str()).copied().unwrap_or((p.actor.as_str(), None));
            let mut actor = Actor::new(p.actor.clone(), name, p.class.actor_kind());
            actor.commune = communes.get(p.actor.as_str()).copied();
            actor.position = p.position;
            actor.size = size;
            actor.source = source.to_owned();
            builder.add_actor(actor, Place::file(self.file.as_str()).record(i))?;
        }
        Ok(())
    }
}

/// An institution that supervises research structures.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Supervisor {
    /// Name as the directory writes it.
    pub name: String,
    /// SIREN, when the directory gives it.
    pub siren: Option<String>,
    /// The same body in the Research Organization Registry, when it was found.
    pub ror: Option<ActorId>,
}

/// A structure of the national directory of research structures (RNSR).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResearchStructure {
    /// RNSR code: nine digits and a letter.
    pub code: String,
    /// Name.
    pub name: String,
    /// Acronym.
    pub acronym: String,
    /// *Unité mixte*, *équipe interne* …
    pub kind: String,
    /// Where it is.
    pub commune: Option<CommuneCode>,
    /// Official scientific domains.
    pub domains: Vec<String>,
    /// Institutions that run it.
    pub supervisors: Vec<Supervisor>,
    /// The same structure in the Research Organization Registry, found by name and place.
    pub ror: Option<ActorId>,
}

impl ResearchStructure {
    /// A structure of which nothing else is known; set the rest on the value.
    #[must_use]
    pub fn new(code: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            name: name.into(),
            acronym: String::new(),
            kind: String::new(),
            commune: None,
            domains: Vec::new(),
            supervisors: Vec::new(),
            ror: None,
        }
    }

    /// The actor it is: the registry's, when it is known there, else one by its RNSR code.
    ///
    /// # Errors
    /// [`crate::Error::Code`] when the code is blank.
    pub fn actor_id(&self) -> Result<ActorId> {
        match &self.ror {
            Some(id) => Ok(id.clone()),
            None => ActorId::new(format!("rnsr:{}", self.code)),
        }
    }

    /// Its domains as themes of an actor: `domain:Physique`.
    pub fn themes(&self) -> impl Iterator<Item = String> {
        self.domains.iter().map(|d| format!("domain:{d}"))
    }

    /// Its name with the acronym, when it has one.
    #[must_use]
    pub fn full_name(&self) -> String {
        if self.acronym.is_empty() || self.name.contains(&self.acronym) {
            self.name.clone()
        } else {
            format!("{} ({})", self.name, self.acronym)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Strictness;
    use crate::inventory::Inventory;
    use ParticipantClass::{Firm, Laboratory, Other};
    use ProjectRole::{Lead, Partner};

    fn projects() -> ResearchProjects {
        let participant = |id: &str, class, commune: &str| {
            let mut p = ResearchParticipant::new(ActorId::new(id).unwrap(), class);
            p.name = id.to_uppercase();
            p.commune = CommuneCode::new(commune).ok();
            p
        };
        let share = |participant, role, funding_eur| ResearchShare { participant, role, funding_eur };
        let project = |id: &str, shares: Vec<ResearchShare>| {
            let mut p = ResearchProject::new(ProjectId::new(id).unwrap(), "anr".to_owned());
            p.period = Period::new(2012, 2014).ok();
            p.themes = vec!["call:KBBE".to_owned()];
            p.shares = shares;
            p
        };
        ResearchProjects {
            participants: vec![
                participant("firm", Firm, "21346"),
                participant("lab", Laboratory, "75056"),
                participant("lab", Laboratory, "69123"),
                participant("town", Other, ""),
            ],
            projects: vec![
                project(
                    "p1",
                    vec![
                        share(0, Partner, Some(1000.0)),
                        share(1, Partner, None),
                        share(2, Lead, None),
                        share(2, Partner, Some(-5.0)),
                    ],
                ),
                project("p2", vec![share(2, Lead, None), share(3, Partner, None)]),
                project("p3", vec![share(0, Lead, None)]),
            ],
            file: "t.csv".to_owned(),
        }
    }

    #[test]
    fn pairs_are_counted_line_by_line() {
        let projects = projects();
        assert_eq!(projects.firm_laboratory_pairs().len(), 3);
        assert!(projects.firm_laboratory_pairs().iter().all(|p| p.project == 0 && p.firm == 0));
        // Three lines in Lyon (two in p1, one in p2) against one in Paris.
        assert_eq!(projects.usual_communes()["lab"].as_str(), "69123");
    }

    #[test]
    fn scopes_choose_projects_and_nothing_is_lost() {
        for (scope, kept_projects, actors) in [
            (ResearchScope::None, 0, 0),
            (ResearchScope::FirmsWithLaboratories, 1, 2),
            (ResearchScope::All, 3, 3),
        ] {
            let mut builder = Inventory::builder(Strictness::Lenient);
            projects().add_to(&mut builder, scope).unwrap();
            let (inventory, found) = builder.finish();
            assert_eq!((inventory.projects().len(), inventory.actors().len()), (kept_projects, actors));
            assert_eq!(found.seen(), found.kept() + found.dropped());
            if let Some(p) = inventory.projects().first() {
                // The two other lines of the laboratory are one participation, as leader.
                assert_eq!(p.participants, [(0, ProjectRole::Partner), (1, ProjectRole::Lead)]);
                assert_eq!((found.count("repeated_participation"), p.funding_eur), (2, Some(1000.0)));
                assert_eq!(p.themes, ["call:KBBE"]);
                assert_eq!(inventory.actors()[1].commune.unwrap().as_str(), "69123");
            }
        }
    }
}
