//! The actors of a study and what ties them: cooperations, participations in projects, practices,
//! funding lines.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::{Error, Result};
use crate::model::{
    Actor, ActorId, Adoption, Cooperation, CooperationKind, FundingLine, FundingStatus, Measure,
    Participation, Period, Practice, PracticeId, ProjectId, ProjectRole,
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

/// An index follows from the actors it is of.
impl PartialEq for ActorIndex {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a source is called where sources are named: producer, vintage, licence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTitle {
    /// In French.
    pub french: String,
    /// In English.
    pub english: String,
}

/// Actors and ties, every reference resolved. Written and read back with serde; what is read is checked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Inventory {
    actors: Vec<Actor>,
    #[serde(skip)]
    index: ActorIndex,
    ties: Vec<Tie>,
    projects: Vec<Project>,
    practices: Vec<Practice>,
    funding: Vec<FundingLine>,
    source_titles: BTreeMap<String, SourceTitle>,
}

/// An inventory as it is written.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Stored {
    actors: Vec<Actor>,
    ties: Vec<Tie>,
    projects: Vec<Project>,
    practices: Vec<Practice>,
    funding: Vec<FundingLine>,
    source_titles: BTreeMap<String, SourceTitle>,
}

impl TryFrom<Stored> for Inventory {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let Stored { actors, ties, projects, practices, funding, source_titles } = stored;
        let mut index = ActorIndex::default();
        for (i, actor) in actors.iter().enumerate() {
            if index.find(&actors, actor.id.as_str()).is_some() {
                let (value, must) = (actor.id.to_string(), "must be an identifier that no other actor has");
                return Err(Error::Value { what: "actors", index: i, value, must });
            }
            index.insert(&actors, i as u32);
        }
        let must = "must be the position of an actor";
        let known = |i: u32| (i as usize) < actors.len();
        for (i, tie) in ties.iter().enumerate() {
            if let Some(end) = [tie.from, tie.to].into_iter().find(|&end| !known(end)) {
                return Err(Error::Value { what: "ties", index: i, value: end.to_string(), must });
            }
        }
        for (i, project) in projects.iter().enumerate() {
            if let Some((end, _)) = project.participants.iter().find(|(end, _)| !known(*end)) {
                return Err(Error::Value { what: "projects", index: i, value: end.to_string(), must });
            }
        }
        Ok(Self { actors, index, ties, projects, practices, funding, source_titles })
    }
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

    /// What a source is called where sources are named: the title its data came with. A source without
    /// one stands for itself.
    #[must_use]
    pub fn source_title(&self, source: &str) -> Option<&SourceTitle> {
        self.source_titles.get(source)
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
        let Cooperation { kind, weight, period, themes, funding_eur, source, .. } = c;
        self.add_tie(Tie { from, to, kind, weight, period, themes, funding_eur, source }, place)
    }

    /// Adds a tie between actors known by their position, as [`InventoryBuilder::add_cooperation`] does between
    /// actors known by their identifier.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add_tie(&mut self, tie: Tie, place: Place) -> Result<()> {
        let id = |i: u32| self.inventory.actors.get(i as usize).map(|a| &a.id);
        let (Some(from), Some(to)) = (id(tie.from), id(tie.to)) else {
            let message =
                format!("{} – {}: there are {} actors", tie.from, tie.to, self.inventory.actors.len());
            return self.diagnostics.drop_record("unknown_actor", place, message);
        };
        if tie.from == tie.to {
            let message = format!("{from} is tied to itself");
            return self.diagnostics.drop_record("self_loop", place, message);
        }
        if !(tie.weight.is_finite() && tie.weight > 0.0) {
            let message = format!("weight {} of {from} – {to} must be positive and finite", tie.weight);
            return self.diagnostics.drop_record("bad_weight", place, message);
        }
        self.diagnostics.keep();
        self.inventory.ties.push(tie);
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

    /// Adds a practice; one whose identifier is already there is dropped and reported. An origin that is
    /// no actor of the inventory is left out and reported, a practice without origin is remarked; its
    /// adoptions go through [`InventoryBuilder::add_adoption`].
    ///
    /// # Errors
    /// In strict mode, the first finding.
    pub fn add_practice(&mut self, mut practice: Practice, place: Place) -> Result<()> {
        if self.inventory.practices.iter().any(|p| p.id == practice.id) {
            let message = format!("practice {} is already there; the first one is kept", practice.id);
            return self.diagnostics.drop_record("duplicate_practice", place, message);
        }
        if let Some(unknown) = practice.origin.take_if(|o| self.inventory.find(o.as_str()).is_none()) {
            let message = format!(
                "practice {:?}: actor {unknown} is not in the inventory; the origin is left out",
                practice.name
            );
            self.diagnostics.repaired("unknown_actor", place.clone(), message);
        }
        if practice.origin.is_none() {
            let message =
                format!("practice {:?} has no known origin: it is in no rural or urban class", practice.name);
            self.diagnostics.remark("no_origin", place.clone(), message);
        }
        let adoptions = std::mem::take(&mut practice.adoptions);
        let id = practice.id.clone();
        self.inventory.practices.push(practice);
        self.diagnostics.keep();
        for adoption in adoptions {
            self.add_adoption(&id, adoption, place.clone())?;
        }
        Ok(())
    }

    /// Adds an adoption to a practice that is there. One by an actor not in the inventory, by the
    /// origin itself, or by an actor that has the practice already is left out and reported; a year
    /// before the practice began is left out (the adoption stays), and so is a source that is unknown
    /// or the adopter itself. Returns whether the adoption is in the inventory.
    ///
    /// # Errors
    /// [`Error::Unknown`] when there is no such practice.
    pub fn add_adoption(
        &mut self,
        practice: &PracticeId,
        mut adoption: Adoption,
        place: Place,
    ) -> Result<bool> {
        let Self { inventory, diagnostics, .. } = self;
        let Some(to) = inventory.practices.iter_mut().find(|p| p.id == *practice) else {
            return Err(crate::error::Error::Unknown {
                kind: "practice",
                value: practice.to_string(),
                hint: None,
            });
        };
        let name = &to.name;
        let actor = &adoption.actor;
        let refused = if inventory.index.find(&inventory.actors, actor.as_str()).is_none() {
            Some((
                "unknown_actor",
                format!("practice {name:?}: actor {actor} is not in the inventory; left out"),
            ))
        } else if to.origin.as_ref() == Some(actor) {
            Some((
                "adopted_by_origin",
                format!("{actor} is the origin of {name:?}; left out of its adopters"),
            ))
        } else if to.adoptions.iter().any(|a| a.actor == *actor) {
            let message = format!("{actor} has adopted {name:?} already; the first adoption is kept");
            Some(("repeated_adoption", message))
        } else {
            None
        };
        if let Some((kind, message)) = refused {
            diagnostics.repaired(kind, place, message);
            return Ok(false);
        }
        if let (Some(year), Some(period)) = (adoption.year, to.period)
            && year < period.from
        {
            let message = format!(
                "{actor} adopted {name:?} in {year}, before it began in {}; the year is left out",
                period.from
            );
            diagnostics.repaired("adoption_before_creation", place.clone(), message);
            adoption.year = None;
        }
        if let Some(from) = &adoption.from
            && (from == actor || inventory.index.find(&inventory.actors, from.as_str()).is_none())
        {
            let message = format!("{name:?}: {from} is no one {actor} can have it from; left out");
            diagnostics.repaired("unknown_source", place, message);
            adoption.from = None;
        }
        to.adoptions.push(adoption);
        Ok(true)
    }

    /// Adds a funding line. An amount that is not finite, and a planned one that is negative, is dropped
    /// and reported; a negative commitment or payment is a correction: kept, and reported.
    ///
    /// # Errors
    /// In strict mode, the finding.
    pub fn add_funding(&mut self, line: FundingLine, place: Place) -> Result<()> {
        let what = || format!("{} {}, {}", line.programme_id, line.programme, line.code_name);
        if !line.amount_eur.is_finite() || (line.amount_eur < 0.0 && line.status == FundingStatus::Planned) {
            let message = format!("{}: {} is no planned amount", what(), line.amount_eur);
            return self.diagnostics.drop_record("bad_amount", place, message);
        }
        if line.amount_eur < 0.0 {
            let message = format!("{}: {} € is taken as a correction", what(), line.amount_eur);
            self.diagnostics.remark("negative_amount", place, message);
        }
        self.diagnostics.keep();
        self.inventory.funding.push(line);
        Ok(())
    }

    /// Says what a source is called. Titles travel with the data, so that a user's file that happens to
    /// have the same name is not credited to that producer.
    pub fn title_source(&mut self, source: impl Into<String>, title: SourceTitle) {
        self.inventory.source_titles.insert(source.into(), title);
    }

    /// A name for the source of a file: the first of these that no titled source has, else the last one
    /// marked as a file.
    #[must_use]
    pub fn free_source(&self, names: &[String]) -> String {
        let taken = |name: &&String| self.inventory.source_titles.contains_key(*name);
        let free = names.iter().find(|name| !taken(name)).cloned();
        free.unwrap_or_else(|| format!("{} (file)", names.last().map_or("", String::as_str)))
    }

    /// Makes ties of co-funding: the beneficiaries of one operation that are actors of the inventory take
    /// part in it together, and so do the funders that have an actor's name. Operations of LEADER (M19,
    /// 77.05) are [`CooperationKind::LeaderCooperation`]. Returns how many participations were added;
    /// operations with fewer than two actors make none.
    ///
    /// # Errors
    /// None on lines that were added.
    pub fn add_co_funding(&mut self) -> Result<usize> {
        let mut by_name: HashMap<&str, Option<&ActorId>> = HashMap::new();
        for actor in &self.inventory.actors {
            // A name that several have stands for none of them.
            by_name.entry(&actor.name).and_modify(|one| *one = None).or_insert(Some(&actor.id));
        }
        let mut operations: BTreeMap<&ProjectId, Vec<(&FundingLine, &ActorId)>> = BTreeMap::new();
        for line in &self.inventory.funding {
            let Some(operation) = &line.operation else { continue };
            let receives = line.beneficiary.as_ref().and_then(|b| b.actor.as_ref());
            let gives = line.funder.as_deref().and_then(|f| by_name.get(f).copied().flatten());
            operations.entry(operation).or_default().extend(
                receives
                    .into_iter()
                    .chain(gives)
                    .filter(|a| self.inventory.find(a.as_str()).is_some())
                    .map(|a| (line, a)),
            );
        }
        let mut wanted = Vec::new();
        for (operation, mut members) in operations {
            members.sort_by(|a, b| a.1.cmp(b.1));
            members.dedup_by(|a, b| a.1 == b.1);
            for (line, actor) in members.iter().filter(|_| members.len() > 1) {
                let leader = line.measure() == Some(Measure::LEADER)
                    || line.code.is_some_and(|c| c.to_string() == "77.05");
                let kind = if leader { CooperationKind::LeaderCooperation } else { CooperationKind::Other };
                let mut p = Participation::new((*actor).clone(), operation.clone(), kind);
                p.period = line.year.map(|y| Period { from: y, to: y });
                p.source = "co-funding".to_owned();
                wanted.push(p);
            }
        }
        for (i, p) in wanted.iter().enumerate() {
            self.add_participation(p.clone(), Place::file("co-funding").record(i))?;
        }
        Ok(wanted.len())
    }

    /// The account so far, for findings of the caller's own.
    pub const fn diagnostics(&mut self) -> &mut Diagnostics {
        &mut self.diagnostics
    }

    /// The practices added so far.
    #[must_use]
    pub fn practices(&self) -> &[Practice] {
        &self.inventory.practices
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
    fn titles_travel_with_their_data_alone() {
        let mut b = Inventory::builder(Strictness::Lenient);
        let names = ["h2020".to_owned(), "h2020.csv".to_owned()];
        assert_eq!(b.free_source(&names), "h2020");
        let title = SourceTitle { french: "CORDIS".to_owned(), english: "CORDIS".to_owned() };
        b.title_source("h2020", title.clone());
        assert_eq!(b.free_source(&names), "h2020.csv");
        assert_eq!(b.free_source(&names[..1]), "h2020 (file)");
        let inventory = b.finish().0;
        assert_eq!((inventory.source_title("h2020"), inventory.source_title("mine")), (Some(&title), None));
        assert_eq!(Inventory::default().source_title("h2020"), None);
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
