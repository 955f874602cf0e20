//! The actors of a study and what ties them: cooperations, participations in projects, practices,
//! funding lines.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::Result;
use crate::model::{
    Actor, ActorId, Cooperation, CooperationKind, FundingLine, Participation, Period, Practice, ProjectId,
    ProjectRole,
};

/// A cooperation between two actors of an inventory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tie {
    /// Index of one actor.
    pub from: u32,
    /// Index of the other.
    pub to: u32,
    /// What it consists of.
    pub kind: CooperationKind,
    /// How strong it is.
    pub weight: f64,
    /// When.
    pub period: Option<Period>,
    /// About what.
    pub themes: Vec<String>,
    /// With how much money, in euros.
    pub funding_eur: Option<f64>,
    /// Data set it comes from.
    pub source: String,
}

/// A project and who takes part in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Identifier.
    pub id: ProjectId,
    /// What kind of ties it makes.
    pub kind: CooperationKind,
    /// When.
    pub period: Option<Period>,
    /// About what.
    #[serde(default)]
    pub themes: Vec<String>,
    /// Money of the participants kept, in euros, when the source gives it for at least one.
    #[serde(default)]
    pub funding_eur: Option<f64>,
    /// Indices of its participants, each once, in the order they were given.
    pub participants: Vec<(u32, ProjectRole)>,
    /// Data set it comes from.
    pub source: String,
}

/// Finds actors by identifier; holds no identifier of its own.
#[derive(Debug, Clone, Default)]
struct ActorIndex {
    table: HashTable<u32>,
    hasher: RandomState,
}

impl ActorIndex {
    fn find(&self, actors: &[Actor], id: &str) -> Option<u32> {
        let same = |&i: &u32| actors[i as usize].id.as_str() == id;
        self.table.find(self.hasher.hash_one(id), same).copied()
    }

    /// Adds the actor of this index, whose identifier no other one has.
    fn insert(&mut self, actors: &[Actor], index: u32) {
        let hash = |i: &u32| self.hasher.hash_one(actors[*i as usize].id.as_str());
        self.table.insert_unique(hash(&index), index, hash);
    }
}

/// Actors and ties, every reference resolved.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    actors: Vec<Actor>,
    index: ActorIndex,
    ties: Vec<Tie>,
    projects: Vec<Project>,
    practices: Vec<Practice>,
    funding: Vec<FundingLine>,
}

impl Inventory {
    /// Starts an inventory.
    #[must_use]
    pub fn builder(strictness: Strictness) -> InventoryBuilder {
        InventoryBuilder {
            inventory: Self::default(),
            projects: HashMap::new(),
            diagnostics: Diagnostics::new(strictness),
        }
    }

    /// Goes on collecting: what is here stays, with its indices.
    #[must_use]
    pub fn into_builder(self, strictness: Strictness) -> InventoryBuilder {
        let projects = self.projects.iter().enumerate().map(|(i, p)| (p.id.clone(), i)).collect();
        InventoryBuilder { inventory: self, projects, diagnostics: Diagnostics::new(strictness) }
    }

    /// The actors, in the order they were added.
    #[must_use]
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// Index of an actor.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<usize> {
        self.index.find(&self.actors, id).map(|i| i as usize)
    }

    /// Cooperations given as ties.
    #[must_use]
    pub fn ties(&self) -> &[Tie] {
        &self.ties
    }

    /// Projects with their participants.
    #[must_use]
    pub fn projects(&self) -> &[Project] {
        &self.projects
    }

    /// Practices.
    #[must_use]
    pub fn practices(&self) -> &[Practice] {
        &self.practices
    }

    /// Funding lines.
    #[must_use]
    pub fn funding(&self) -> &[FundingLine] {
        &self.funding
    }
}

/// Collects an [`Inventory`]: actors first, then what refers to them.
#[derive(Debug)]
pub struct InventoryBuilder {
    inventory: Inventory,
    projects: HashMap<ProjectId, usize>,
    diagnostics: Diagnostics,
}

impl InventoryBuilder {
    /// Adds an actor; one whose identifier is already there is dropped and reported.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add_actor(&mut self, actor: Actor, place: Place) -> Result<()> {
        if self.find(actor.id.as_str()).is_some() {
            return self.diagnostics.drop_record("duplicate_actor", place, self.clash(&actor));
        }
        self.diagnostics.keep();
        let Inventory { actors, index, .. } = &mut self.inventory;
        actors.push(actor);
        index.insert(actors, actors.len() as u32 - 1);
        Ok(())
    }

    /// What to say of an actor whose identifier is taken.
    fn clash(&self, actor: &Actor) -> String {
        let first = self.find(actor.id.as_str()).and_then(|i| self.actor(i));
        match first {
            Some(first) if first.source != actor.source => format!(
                "actor {} ({:?}) is already there: {:?} of {:?} has this identifier; the first one is kept. \
                 Where files number their rows alike, name another column for one of them",
                actor.id, actor.name, first.name, first.source
            ),
            _ => format!("actor {} is already there; the first one is kept", actor.id),
        }
    }

    /// Adds a tie; one with an unknown end, with both ends the same, or with a weight that is not
    /// positive and finite is dropped and reported.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add_cooperation(&mut self, c: Cooperation, place: Place) -> Result<()> {
        let (Some(from), Some(to)) = (self.known(&c.from), self.known(&c.to)) else {
            let unknown = if self.known(&c.from).is_none() { &c.from } else { &c.to };
            return self.unknown(unknown, place);
        };
        if from == to {
            return self.diagnostics.drop_record("self_loop", place, format!("{} is tied to itself", c.from));
        }
        if !(c.weight.is_finite() && c.weight > 0.0) {
            return self.diagnostics.drop_record(
                "bad_weight",
                place,
                format!("weight {} of {} – {} must be positive and finite", c.weight, c.from, c.to),
            );
        }
        self.diagnostics.keep();
        let Cooperation { kind, weight, period, themes, funding_eur, source, .. } = c;
        self.inventory.ties.push(Tie { from, to, kind, weight, period, themes, funding_eur, source });
        Ok(())
    }

    /// Adds a participation; one of an unknown actor, or a second one of the same actor in the
    /// same project, is dropped and reported (a second one as leader makes the first one leader).
    /// The first one gives the project its kind, period, themes and source; the amounts add up, a
    /// dropped one's and one that is negative or not finite (which is reported) left out.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add_participation(&mut self, p: Participation, place: Place) -> Result<()> {
        let Some(actor) = self.known(&p.actor) else { return self.unknown(&p.actor, place) };
        let projects = &mut self.inventory.projects;
        let at = *self.projects.entry(p.project.clone()).or_insert_with(|| {
            projects.push(Project {
                id: p.project.clone(),
                kind: p.kind,
                period: p.period,
                themes: p.themes,
                funding_eur: None,
                participants: Vec::new(),
                source: p.source.clone(),
            });
            projects.len() - 1
        });
        let participants = &mut projects[at].participants;
        if let Some(earlier) = participants.iter_mut().find(|(a, _)| *a == actor) {
            if p.role == ProjectRole::Lead {
                earlier.1 = ProjectRole::Lead;
            }
            return self.diagnostics.drop_record(
                "repeated_participation",
                place,
                format!("{} is already in project {}", p.actor, p.project),
            );
        }
        participants.push((actor, p.role));
        match p.funding_eur {
            Some(euros) if euros.is_finite() && euros >= 0.0 => {
                let total = &mut projects[at].funding_eur;
                *total = Some(total.unwrap_or(0.0) + euros);
            }
            Some(euros) => self.diagnostics.repaired(
                "bad_amount",
                place,
                format!("{euros} € of {} in {} is no amount; taken as not known", p.actor, p.project),
            ),
            None => {}
        }
        self.diagnostics.keep();
        Ok(())
    }

    /// Adds themes to an actor that is there; those it has already are not repeated. Returns whether
    /// there is such an actor.
    pub fn add_themes(&mut self, id: &str, themes: impl IntoIterator<Item = String>) -> bool {
        let Some(at) = self.find(id) else { return false };
        if let Some(actor) = self.inventory.actors.get_mut(at as usize) {
            for theme in themes {
                if !actor.themes.contains(&theme) {
                    actor.themes.push(theme);
                }
            }
        }
        true
    }

    /// Adds a practice; adoptions by unknown actors are left out and reported.
    ///
    /// # Errors
    /// In strict mode, the first finding.
    pub fn add_practice(&mut self, mut practice: Practice, place: Place) -> Result<()> {
        let mut unknown = Vec::new();
        practice.adoptions.retain(|a| {
            let known = self.find(a.actor.as_str()).is_some();
            if !known {
                unknown.push(a.actor.clone());
            }
            known
        });
        if practice.origin.as_ref().is_some_and(|o| self.find(o.as_str()).is_none()) {
            unknown.extend(practice.origin.take());
        }
        for id in unknown {
            self.diagnostics.repaired(
                "unknown_actor",
                place.clone(),
                format!("practice {:?}: actor {id} is not in the inventory; left out", practice.name),
            );
        }
        self.diagnostics.keep();
        self.inventory.practices.push(practice);
        Ok(())
    }

    /// Adds a funding line; one with an amount that is negative or not finite is dropped and reported.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add_funding(&mut self, line: FundingLine, place: Place) -> Result<()> {
        if [line.eu_eur, line.national_eur].iter().any(|a| !(a.is_finite() && *a >= 0.0)) {
            return self.diagnostics.drop_record(
                "bad_amount",
                place,
                format!(
                    "{} ({}): amounts must be finite and not negative",
                    line.programme, line.measure_name
                ),
            );
        }
        self.diagnostics.keep();
        self.inventory.funding.push(line);
        Ok(())
    }

    /// The account so far, for findings of the caller's own.
    pub const fn diagnostics(&mut self) -> &mut Diagnostics {
        &mut self.diagnostics
    }

    /// Index of an actor added so far.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<u32> {
        self.inventory.index.find(&self.inventory.actors, id)
    }

    /// The actors added so far.
    #[must_use]
    pub fn actors(&self) -> &[Actor] {
        &self.inventory.actors
    }

    /// Actor `index` of those added so far.
    #[must_use]
    pub fn actor(&self, index: u32) -> Option<&Actor> {
        self.inventory.actors.get(index as usize)
    }

    /// The inventory and the account of what it kept and dropped.
    #[must_use]
    pub fn finish(self) -> (Inventory, Diagnostics) {
        (self.inventory, self.diagnostics)
    }

    fn known(&self, id: &ActorId) -> Option<u32> {
        self.find(id.as_str())
    }

    fn unknown(&mut self, id: &ActorId, place: Place) -> Result<()> {
        self.diagnostics.drop_record(
            "unknown_actor",
            place,
            format!("actor {id} is not in the inventory; add it or mend the reference"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ActorKind;

    fn id(s: &str) -> ActorId {
        ActorId::new(s).unwrap()
    }

    fn place() -> Place {
        Place::file("t.csv").line(2)
    }

    #[test]
    fn bad_ties_are_counted_and_left_out() {
        let mut b = Inventory::builder(Strictness::Lenient);
        for a in ["a", "b", "a"] {
            b.add_actor(Actor::new(id(a), a, ActorKind::Cluster), place()).unwrap();
        }
        let tie = |from: &str, to: &str, weight: f64| {
            let mut c = Cooperation::new(id(from), id(to), CooperationKind::Other);
            c.weight = weight;
            c
        };
        for (from, to, weight) in
            [("a", "b", 1.0), ("a", "a", 1.0), ("a", "z", 1.0), ("a", "b", -1.0), ("a", "b", f64::NAN)]
        {
            b.add_cooperation(tie(from, to, weight), place()).unwrap();
        }
        let part = |a: &str| Participation::new(id(a), ProjectId::new("p").unwrap(), CooperationKind::Other);
        let mut lead = part("a");
        lead.role = ProjectRole::Lead;
        for p in [part("a"), part("b"), lead, part("z")] {
            b.add_participation(p, place()).unwrap();
        }
        let (inventory, d) = b.finish();
        assert_eq!((inventory.actors().len(), inventory.ties().len()), (2, 1));
        assert_eq!(inventory.projects()[0].participants, [(0, ProjectRole::Lead), (1, ProjectRole::Partner)]);
        assert_eq!((d.seen(), d.kept(), d.dropped()), (12, 5, 7));
        for (kind, count) in [
            ("duplicate_actor", 1),
            ("self_loop", 1),
            ("unknown_actor", 2),
            ("bad_weight", 2),
            ("repeated_participation", 1),
        ] {
            assert_eq!(d.count(kind), count, "{kind}");
        }
    }

    #[test]
    fn strict_inventories_stop() {
        let mut b = Inventory::builder(Strictness::Strict);
        let err = b
            .add_cooperation(Cooperation::new(id("a"), id("b"), CooperationKind::Other), place())
            .unwrap_err();
        assert!(err.to_string().starts_with("t.csv:2: actor a is not in the inventory"), "{err}");
    }
}
