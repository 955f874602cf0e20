//! Research structures, ANR, Horizon 2020 and i-Lab projects, agreements.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::AgreementScope;
use super::EmbeddedFrance;
use super::table::{Records, Table, number, table};
use crate::atlas::Atlas;
use crate::error::{Error, Result};
use crate::france::research::{
    ParticipantClass, ResearchParticipant, ResearchProject, ResearchProjects, ResearchScope, ResearchShare,
    ResearchStructure, Supervisor,
};
use crate::inventory::InventoryBuilder;
use crate::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, Level, Period, ProjectId,
    ProjectRole, TerritoryCode,
};

/// A signed or planned agreement between a city and a rural territory, by EPCI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Agreement {
    /// The city's side, as the source names it.
    pub urban: String,
    /// SIREN of the city's EPCI.
    pub urban_epci: TerritoryCode,
    /// The rural side, as the source names it.
    pub rural: String,
    /// SIREN of the EPCI of the rural side.
    pub rural_epci: Vec<TerritoryCode>,
    /// How the members of the rural side were found.
    pub basis: String,
    /// *Contrat de réciprocité*, *protocole de coopération* …
    pub kind: String,
    /// What the source says of its state.
    pub status: String,
    /// Date, as precise as the source.
    pub date: String,
    /// Themes.
    pub themes: Vec<String>,
    /// Page that attests it.
    pub evidence: String,
}

impl Agreement {
    /// Whether it was signed.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.status.starts_with("signed")
    }

    /// Whether the other side is a medium city and no rural territory: leave it out when rural
    /// partners are tested.
    #[must_use]
    pub fn is_with_medium_city(&self) -> bool {
        self.status.contains("medium city")
    }

    /// The pairs of EPCI it ties, city first.
    pub fn pairs(&self) -> impl Iterator<Item = [&TerritoryCode; 2]> {
        self.rural_epci.iter().map(|rural| [&self.urban_epci, rural])
    }
}

/// An i-Lab laureate that names a firm and a laboratory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IlabTie {
    /// Year of the prize.
    pub year: i16,
    /// Kind of prize.
    pub kind: String,
    /// Domain of the project.
    pub domain: String,
    /// Région of the firm, all that the source says of its place.
    pub region: String,
    /// SIREN of the firm, when the source gives it.
    pub siren: Option<String>,
    /// Name of the firm.
    pub firm: String,
    /// The one firm of that région with this name among ANR and Horizon 2020 participants.
    pub actor: Option<ActorId>,
    /// RNSR code of the laboratory.
    pub laboratory: String,
}

fn texts(cell: &str) -> Vec<String> {
    cell.split(';').filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

fn text(cell: &str) -> Option<String> {
    Some(cell.to_owned()).filter(|t| !t.is_empty())
}

/// The labels of one kind in a table of labels, by index.
fn labels(table: &Records, name: &str) -> Vec<String> {
    table.rows.iter().filter(|r| &r[0] == name).map(|r| r[2].to_owned()).collect()
}

fn label(labels: &[String], index: &str) -> String {
    index.parse::<usize>().ok().and_then(|i| labels.get(i).cloned()).unwrap_or_default()
}

fn damaged(table: &Records, row: usize, message: String) -> Error {
    Error::Format { path: table.file.into(), line: row as u64 + 2, message }
}

impl EmbeddedFrance {
    /// The national directory of research structures (RNSR, 2022): domains, supervisors, joins to ROR.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn research_structures() -> Result<Vec<ResearchStructure>> {
        let names = table!("research_labels").read()?;
        let (types, domains) = (labels(&names, "type"), labels(&names, "domain"));
        let supervisors: Vec<Supervisor> = names
            .rows
            .iter()
            .filter(|r| &r[0] == "supervisor")
            .map(|r| Supervisor { name: r[2].to_owned(), siren: text(&r[3]), ror: ActorId::new(&r[4]).ok() })
            .collect();
        let table = table!("research_structures").read()?;
        let [code, name, acronym, commune, kind, fields, bodies, ror] =
            table.columns(["code", "name", "acronym", "commune", "type", "domains", "supervisors", "ror"])?;
        Ok(table
            .rows
            .iter()
            .map(|r| ResearchStructure {
                acronym: r[acronym].to_owned(),
                kind: label(&types, &r[kind]),
                commune: CommuneCode::new(&r[commune]).ok(),
                domains: r[fields].split(';').map(|i| label(&domains, i)).filter(|d| !d.is_empty()).collect(),
                supervisors: r[bodies]
                    .split(';')
                    .filter_map(|i| supervisors.get(i.parse::<usize>().ok()?).cloned())
                    .collect(),
                ror: ActorId::new(&r[ror]).ok(),
                ..ResearchStructure::new(&r[code], &r[name])
            })
            .collect())
    }

    /// Projects of the ANR and of its *Investissements d'avenir* arm (`pia`), 2010–2022, all of them,
    /// with the lines of the source as they are.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn anr_projects() -> Result<ResearchProjects> {
        anr(&Self::research_structures()?)
    }

    /// Horizon 2020 projects with their French participants, all of them.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn h2020_projects() -> Result<ResearchProjects> {
        let table = table!("h2020_participants").read()?;
        let mut participants = Vec::with_capacity(table.rows.len());
        for r in &table.rows {
            let class = match &r[2] {
                "HES" | "REC" => ParticipantClass::Laboratory,
                "PRC" => ParticipantClass::Firm,
                _ => ParticipantClass::Other,
            };
            let known = if r[1].is_empty() { format!("h2020:{}", &r[0]) } else { r[1].to_owned() };
            let mut p = ResearchParticipant::new(ActorId::new(known)?, class);
            p.commune = CommuneCode::new(&r[3]).ok();
            p.name = r[4].to_owned();
            participants.push(p);
        }
        let table = table!("h2020_projects").read()?;
        let mut projects = Vec::with_capacity(table.rows.len());
        for (i, r) in table.rows.iter().enumerate() {
            let mut p = ResearchProject::new(ProjectId::new(format!("h2020:{}", &r[0]))?, "h2020".to_owned());
            p.period =
                r[1].parse().ok().zip(r[2].parse().ok()).and_then(|(from, to)| Period::new(from, to).ok());
            p.themes = r[3].split(';').filter(|t| !t.is_empty()).map(|t| format!("part:{t}")).collect();
            p.shares = shares(&table, i, &r[6])?;
            projects.push(p);
        }
        Ok(ResearchProjects { participants, projects, file: table.file.to_owned() })
    }

    /// i-Lab laureates 1999–2025 that name a firm and a laboratory.
    ///
    /// # Errors
    /// Only when the fixtures of the build are damaged.
    pub fn ilab_ties() -> Result<Vec<IlabTie>> {
        let names = table!("ilab_labels").read()?;
        let (kinds, domains) = (labels(&names, "kind"), labels(&names, "domain"));
        let table = table!("ilab").read()?;
        table
            .rows
            .iter()
            .enumerate()
            .map(|(i, r)| {
                Ok(IlabTie {
                    year: r[0].parse().map_err(|_| damaged(&table, i, format!("no year {:?}", &r[0])))?,
                    kind: label(&kinds, &r[1]),
                    domain: label(&domains, &r[2]),
                    region: r[3].to_owned(),
                    siren: text(&r[4]),
                    firm: r[5].to_owned(),
                    actor: ActorId::new(&r[6]).ok(),
                    laboratory: r[7].to_owned(),
                })
            })
            .collect()
    }
}

fn anr(structures: &[ResearchStructure]) -> Result<ResearchProjects> {
    let ror: HashMap<&str, &ActorId> =
        structures.iter().filter_map(|s| Some((s.code.as_str(), s.ror.as_ref()?))).collect();
    let table = table!("anr_participants").read()?;
    let mut participants = Vec::with_capacity(table.rows.len());
    for (i, r) in table.rows.iter().enumerate() {
        let class = match &r[1] {
            "research" => ParticipantClass::Laboratory,
            "firm" => ParticipantClass::Firm,
            "other" => ParticipantClass::Other,
            "" => ParticipantClass::Unknown,
            other => return Err(damaged(&table, i, format!("no class of participants {other:?}"))),
        };
        let registered = r[0].strip_prefix("rnsr:").and_then(|code| ror.get(code));
        let actor = registered.map_or_else(|| ActorId::new(&r[0]), |id| Ok((*id).clone()))?;
        let mut p = ResearchParticipant::new(actor, class);
        p.commune = CommuneCode::new(&r[2]).ok();
        p.size = r[3].parse().ok();
        p.name = r[4].to_owned();
        participants.push(p);
    }
    let table = table!("anr_projects").read()?;
    let mut projects = Vec::with_capacity(table.rows.len());
    for (i, r) in table.rows.iter().enumerate() {
        let mut p = ResearchProject::new(ProjectId::new(&r[0])?, r[2].to_lowercase());
        p.acronym = r[3].to_owned();
        p.period = r[1].parse().ok().and_then(|year| Period::new(year, year).ok());
        p.themes = r[0].split('-').nth(2).map(|call| format!("call:{call}")).into_iter().collect();
        p.shares = shares(&table, i, &r[4])?;
        projects.push(p);
    }
    Ok(ResearchProjects { participants, projects, file: table.file.to_owned() })
}

/// `12*:754250;7`: participant, `*` for the coordinator, euros.
fn shares(table: &Records, row: usize, cell: &str) -> Result<Vec<ResearchShare>> {
    cell.split(';')
        .map(|part| {
            let (who, euros) = part.split_once(':').map_or((part, None), |(who, euros)| (who, number(euros)));
            let role = if who.ends_with('*') { ProjectRole::Lead } else { ProjectRole::Partner };
            let participant = who
                .trim_end_matches('*')
                .parse()
                .map_err(|_| damaged(table, row, format!("no participant {part:?}")))?;
            Ok(ResearchShare { participant, role, funding_eur: euros })
        })
        .collect()
}

/// Structures as actors, then the projects of the scope, then i-Lab.
pub(super) fn add_research(builder: &mut InventoryBuilder, scope: ResearchScope) -> Result<()> {
    let structures = EmbeddedFrance::research_structures()?;
    let anr = anr(&structures)?;
    add_structures(builder, &structures, &anr)?;
    anr.add_to(builder, scope)?;
    EmbeddedFrance::h2020_projects()?.add_to(builder, scope)?;
    add_ilab(builder, &structures)
}

/// A structure that ROR knows adds its domains to that actor; the others are actors of their own. One
/// that has no commune in the directory is where projects put it most often, else left out.
fn add_structures(
    builder: &mut InventoryBuilder,
    structures: &[ResearchStructure],
    projects: &ResearchProjects,
) -> Result<()> {
    let communes = projects.usual_communes();
    let Table(file, _) = table!("research_structures");
    for (i, s) in structures.iter().enumerate() {
        let id = s.actor_id()?;
        if builder.add_themes(id.as_str(), s.themes()) {
            continue;
        }
        let place = crate::diagnostics::Place::file(file).line(i as u64 + 2);
        let Some(commune) = s.commune.or_else(|| communes.get(id.as_str()).copied()) else {
            let message = format!("{} has no commune in the directory and in no project", s.full_name());
            builder.diagnostics().drop_record("structure_without_place", place, message)?;
            continue;
        };
        let mut actor = Actor::new(id, s.full_name(), ActorKind::ResearchCentre);
        actor.commune = Some(commune);
        actor.themes = s.themes().collect();
        actor.source = "rnsr".to_owned();
        builder.add_actor(actor, place)?;
    }
    Ok(())
}

/// i-Lab ties whose firm and laboratory are both actors.
fn add_ilab(builder: &mut InventoryBuilder, structures: &[ResearchStructure]) -> Result<()> {
    let by_code: HashMap<&str, &ResearchStructure> =
        structures.iter().map(|s| (s.code.as_str(), s)).collect();
    let Table(file, _) = table!("ilab");
    for (i, tie) in EmbeddedFrance::ilab_ties()?.into_iter().enumerate() {
        let place = crate::diagnostics::Place::file(file).line(i as u64 + 2);
        let laboratory = by_code.get(tie.laboratory.as_str()).map(|s| s.actor_id()).transpose()?;
        let here = |id: &ActorId| builder.find(id.as_str()).is_some();
        let ends = tie.actor.filter(&here).zip(laboratory.filter(&here));
        let Some((firm, laboratory)) = ends else {
            let message =
                format!("i-Lab {}: firm or laboratory {} without a place", tie.firm, tie.laboratory);
            builder.diagnostics().drop_record("unlocated_tie", place, message)?;
            continue;
        };
        let mut c = Cooperation::new(firm, laboratory, CooperationKind::ResearchProject);
        c.period = Period::new(tie.year, tie.year).ok();
        c.themes = text(&tie.domain).map(|d| format!("domain:{d}")).into_iter().collect();
        c.source = "ilab".to_owned();
        builder.add_cooperation(c, place)?;
    }
    Ok(())
}

/// Agreements; those signed tie the EPCI, which become actors at their most populous commune.
pub(super) fn read_agreements(
    builder: &mut InventoryBuilder,
    atlas: &Atlas,
    scope: AgreementScope,
) -> Result<Vec<Agreement>> {
    let table = table!("agreements").read()?;
    let epci = atlas.level(&Level::Epci)?;
    let base = atlas.base().territories();
    let mut seats: Vec<Option<usize>> = vec![None; epci.territories().len()];
    for commune in 0..base.len() {
        let Some(slot) = epci.membership().get(commune).and_then(|at| seats.get_mut(at)) else { continue };
        let population = |i: usize| base[i].population.unwrap_or(0.0);
        if slot.is_none_or(|seat| population(commune) > population(seat)) {
            *slot = Some(commune);
        }
    }
    let mut list = Vec::new();
    for (i, r) in table.rows.iter().enumerate() {
        let agreement = Agreement {
            urban: r[0].to_owned(),
            urban_epci: TerritoryCode::new(&r[1])?,
            rural: r[2].to_owned(),
            rural_epci: r[3]
                .split(';')
                .filter(|c| !c.is_empty())
                .map(TerritoryCode::new)
                .collect::<Result<_>>()?,
            basis: r[4].to_owned(),
            kind: r[5].to_owned(),
            status: r[6].to_owned(),
            date: r[7].to_owned(),
            themes: texts(&r[8]),
            evidence: r[9].to_owned(),
        };
        if scope == AgreementScope::Listed {
            list.push(agreement);
            continue;
        }
        if agreement.is_signed() {
            for pair in agreement.pairs() {
                for code in pair {
                    if builder.find(&format!("epci:{code}")).is_some() {
                        continue;
                    }
                    let Some(at) = epci.find(code.as_str()) else { continue };
                    let id = ActorId::new(format!("epci:{code}"))?;
                    let mut actor = Actor::new(id, &epci.territories()[at].name, ActorKind::Epci);
                    let seat = seats[at].map(|c| &base[c]);
                    actor.commune = seat.and_then(|c| CommuneCode::new(c.code.as_str()).ok());
                    actor.position = seat.and_then(|c| c.point);
                    actor.territory = Some((Level::Epci, code.clone()));
                    actor.source = "agreements".to_owned();
                    builder.add_actor(actor, table.place(i))?;
                }
                let [urban, rural] = pair.map(|code| ActorId::new(format!("epci:{code}")));
                let mut c = Cooperation::new(urban?, rural?, CooperationKind::ReciprocityContract);
                c.period = Period::find(&agreement.date);
                c.themes.clone_from(&agreement.themes);
                c.source = "agreements".to_owned();
                builder.add_cooperation(c, table.place(i))?;
            }
        } else {
            let message =
                format!("{} – {} makes no tie: {}", agreement.urban, agreement.rural, agreement.status);
            builder.diagnostics().drop_record("agreement_not_signed", table.place(i), message)?;
        }
        list.push(agreement);
    }
    Ok(list)
}
