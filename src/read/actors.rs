//! Actors and their cooperations from CSV and GeoJSON into an inventory.

use std::path::Path;

use super::coordinates::to_lon_lat;
use super::csv::{self, CoordinateColumns, Row};
use super::geojson::{self, Value, in_degrees};
use super::{TieColumns, TieRecord, edges, participations};
use crate::diagnostics::{Diagnostics, Place, Strictness};
use crate::error::Result;
use crate::inventory::InventoryBuilder;
use crate::model::{
    Actor, ActorId, ActorKind, CommuneCode, Cooperation, CooperationKind, Participation, Period, ProjectId,
    ProjectRole,
};
use crate::space::LonLat;

/// Names that fields may have, the first that is there being taken; case and accents do not count.
const ID: [&str; 9] = ["id", "identifiant", "ror", "orgid", "siret", "siren", "id_territoire", "code", "uid"];
const NAME: [&str; 6] = ["name", "nom", "libelle", "lib_territoire", "raison_sociale", "lib"];
const COMMUNE: [&str; 7] =
    ["insee", "code_insee", "commune", "code_commune", "codgeo", "id_geo", "insee_com"];
const KIND: [&str; 3] = ["kind", "actor_kind", "type_acteur"];
const THEMES: [&str; 7] = ["themes", "theme", "thematiques", "capabilities", "fields", "types", "domaines"];
const CAPACITY: [&str; 5] = ["capacity", "capacite", "n_projects", "numprojects", "effectif"];

/// Reads actors from CSV (any spreadsheet's) or GeoJSON points; fields that are not named are looked
/// for under their usual names.
///
/// A row without an identifier gets `source:n`, with n its record number, so that it can be told
/// apart; a row without a name is called by its identifier.
#[derive(Debug, Clone)]
#[must_use]
pub struct ActorReader {
    kind: ActorKind,
    source: String,
    id: Vec<String>,
    name: Vec<String>,
    commune: Vec<String>,
    kind_field: Vec<String>,
    themes: Vec<String>,
    capacity: Vec<String>,
    strictness: Strictness,
}

impl ActorReader {
    /// A reader for actors of this kind (where the file does not say another one), from the data set
    /// of this name.
    pub fn new(kind: ActorKind, source: impl Into<String>) -> Self {
        let names = |usual: &[&str]| usual.iter().map(|n| (*n).to_owned()).collect();
        Self {
            kind,
            source: source.into(),
            id: names(&ID),
            name: names(&NAME),
            commune: names(&COMMUNE),
            kind_field: names(&KIND),
            themes: names(&THEMES),
            capacity: names(&CAPACITY),
            strictness: Strictness::Lenient,
        }
    }

    /// Names the field that holds the identifier.
    pub fn id(mut self, field: impl Into<String>) -> Self {
        self.id = vec![field.into()];
        self
    }

    /// Names the field that holds the name.
    pub fn name(mut self, field: impl Into<String>) -> Self {
        self.name = vec![field.into()];
        self
    }

    /// Names the field that holds the commune code.
    pub fn commune(mut self, field: impl Into<String>) -> Self {
        self.commune = vec![field.into()];
        self
    }

    /// Names the field that holds themes, separated by `;` or `|`.
    pub fn themes(mut self, field: impl Into<String>) -> Self {
        self.themes = vec![field.into()];
        self
    }

    /// Sets what to do at the first error-level finding.
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads a file into an inventory: GeoJSON when its name ends in `json`, else CSV. Actors without
    /// a place are kept and reported.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) and [`Error::Format`](crate::Error::Format) for a file that
    /// cannot be read, [`Error::Data`](crate::Error::Data) in strict mode.
    pub fn read_path(&self, path: impl AsRef<Path>, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        let path = path.as_ref();
        let json = path.extension().is_some_and(|e| e.to_string_lossy().to_lowercase().ends_with("json"));
        if json { self.read_geojson(path, inventory) } else { self.read_csv(path, inventory) }
    }

    fn read_csv(&self, path: &Path, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        let table = csv::Reader::default().strictness(self.strictness).open_path(path)?;
        let column = |names: &[String]| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            table.column(&names)
        };
        let (id, name, commune) = (column(&self.id), column(&self.name), column(&self.commune));
        let (kind, themes, capacity) =
            (column(&self.kind_field), column(&self.themes), column(&self.capacity));
        // Neither an identifier nor a name: this is no list of actors.
        if id.is_none() && name.is_none() {
            let wanted: Vec<&str> = self.id.iter().chain(&self.name).map(String::as_str).collect();
            table.require(&wanted)?;
        }
        let place = CoordinateColumns::find(&table);
        let before = counts(inventory);
        let mut found = table.for_each(|row: &Row<'_>, found| {
            let raw = RawActor {
                id: row.optional(id).map(str::to_owned),
                name: row.optional(name).map(str::to_owned),
                commune: row.optional(commune).map(str::to_owned),
                kind: row.optional(kind).map(str::to_owned),
                themes: row.optional(themes).map(str::to_owned),
                capacity: capacity.and_then(|c| row.number(c).value()),
                position: place.and_then(|p| p.locate(row, &to_lon_lat, found)),
            };
            self.add(raw, row.record(), row.place(), inventory, found)
        })?;
        settle(&mut found, before, inventory);
        Ok(found)
    }

    fn read_geojson(&self, path: &Path, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        let (table, mut found) = geojson::Reader::default().strictness(self.strictness).read_path(path)?;
        let table = in_degrees(table)?;
        let file = path.display().to_string();
        let property = |names: &[String]| {
            names.iter().find_map(|n| table.names().iter().find(|t| t.eq_ignore_ascii_case(n)))
        };
        let (id, name, commune) = (property(&self.id), property(&self.name), property(&self.commune));
        let (kind, themes, capacity) =
            (property(&self.kind_field), property(&self.themes), property(&self.capacity));
        let before = counts(inventory);
        let mut later = Diagnostics::new(self.strictness);
        for i in 0..table.len() {
            let text = |name: Option<&String>| match table.property(i, name?)? {
                Value::Null => None,
                value => Some(value.to_string().trim().to_owned()).filter(|t| !t.is_empty()),
            };
            let place = Place::file(&*file).record(table.record(i));
            let points = table.points(i);
            if points.len() > 1 {
                let message = format!("{} points; the first one counts", points.len());
                later.remark("several_points", place.clone(), message);
            }
            let raw = RawActor {
                id: text(id),
                name: text(name),
                commune: text(commune),
                kind: text(kind),
                themes: text(themes),
                capacity: capacity.and_then(|c| table.property(i, c)?.as_number()),
                position: points.first().map(|c| [c.x, c.y]),
            };
            self.add(raw, table.record(i), place, inventory, &mut later)?;
        }
        settle(&mut later, before, inventory);
        found.refine(later);
        Ok(found)
    }

    /// Makes an actor of what a record says and adds it. Whether the inventory kept it is settled
    /// from the inventory's own account afterwards.
    fn add(
        &self,
        raw: RawActor,
        record: usize,
        place: Place,
        inventory: &mut InventoryBuilder,
        found: &mut Diagnostics,
    ) -> Result<()> {
        let id = ActorId::new(raw.id.unwrap_or_else(|| format!("{}:{}", self.source, record + 1)))?;
        let kind = match raw.kind.as_deref() {
            Some(text) => ActorKind::from_key(text).unwrap_or_else(|| {
                found.remark(
                    "unknown_kind",
                    place.clone(),
                    format!("{text:?} is no kind of actor; taken as {}", self.kind),
                );
                self.kind
            }),
            None => self.kind,
        };
        let mut actor = Actor::new(id.clone(), raw.name.unwrap_or_else(|| id.to_string()), kind);
        actor.position = match raw.position.map(|[lon, lat]| LonLat::new(lon, lat)) {
            Some(Ok(position)) => Some(position),
            Some(Err(e)) => {
                found.repaired("bad_coordinates", place.clone(), format!("{id}: {e}; position left out"));
                None
            }
            None => None,
        };
        actor.commune = match raw.commune.as_deref().map(CommuneCode::new) {
            Some(Ok(code)) => Some(code),
            Some(Err(e)) => {
                found.repaired("bad_commune_code", place.clone(), format!("{id}: {e}; code left out"));
                None
            }
            None => None,
        };
        if actor.position.is_none() && actor.commune.is_none() {
            found.remark("no_place", place.clone(), format!("{id} has neither a position nor a commune"));
        }
        actor.themes = raw.themes.as_deref().map(split_themes).unwrap_or_default();
        actor.capacity = raw.capacity;
        actor.source.clone_from(&self.source);
        found.keep();
        inventory.add_actor(actor, place)
    }
}

/// An actor as a record gives it.
struct RawActor {
    id: Option<String>,
    name: Option<String>,
    commune: Option<String>,
    kind: Option<String>,
    themes: Option<String>,
    capacity: Option<f64>,
    position: Option<[f64; 2]>,
}

fn split_themes(text: &str) -> Vec<String> {
    text.split([';', '|']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

/// Records the inventory has dropped so far.
fn counts(inventory: &mut InventoryBuilder) -> usize {
    inventory.diagnostics().dropped()
}

/// Moves the records that the inventory dropped meanwhile from kept to dropped; its own account
/// says why.
fn settle(found: &mut Diagnostics, before: usize, inventory: &mut InventoryBuilder) {
    found.drop_kept(inventory.diagnostics().dropped() - before);
}

/// Reads a list of edges between actors of an inventory into it; `kind` is for those whose kind the
/// file does not say.
///
/// # Errors
/// As [`edges`], and in strict mode the inventory's findings.
pub fn read_cooperations(
    path: impl AsRef<Path>,
    columns: &TieColumns<'_>,
    kind: CooperationKind,
    source: &str,
    inventory: &mut InventoryBuilder,
) -> Result<Diagnostics> {
    let path = path.as_ref();
    let table = csv::Reader::default().open_path(path)?;
    let (records, mut found) = edges(table, columns, &|id| inventory.find(id))?;
    let before = counts(inventory);
    for record in records {
        let ends = [record.source, record.target].map(|i| inventory.actor(i).map(|a| a.id.clone()));
        let [Some(from), Some(to)] = ends else { continue };
        let place = Place::file(path.display().to_string()).record(record.tie.record);
        let mut c = Cooperation::new(from, to, kind_of(&record.tie, kind));
        c.weight = record.tie.weight;
        c.period = period_of(&record.tie);
        c.themes = record.tie.themes;
        source.clone_into(&mut c.source);
        inventory.add_cooperation(c, place)?;
    }
    settle(&mut found, before, inventory);
    Ok(found)
}

/// Reads a list of participations of actors of an inventory into it; `kind` is for those whose kind
/// the file does not say.
///
/// # Errors
/// As [`participations`], and in strict mode the inventory's findings.
pub fn read_participations(
    path: impl AsRef<Path>,
    columns: &TieColumns<'_>,
    kind: CooperationKind,
    source: &str,
    inventory: &mut InventoryBuilder,
) -> Result<Diagnostics> {
    let path = path.as_ref();
    let table = csv::Reader::default().open_path(path)?;
    let (list, mut found) = participations(table, columns, &|id| inventory.find(id))?;
    let before = counts(inventory);
    for record in list.records {
        let Some(actor) = inventory.actor(record.actor).map(|a| a.id.clone()) else { continue };
        let place = Place::file(path.display().to_string()).record(record.tie.record);
        let name = &list.projects[record.project as usize];
        let mut p = Participation::new(actor, ProjectId::new(name)?, kind_of(&record.tie, kind));
        p.role = if record.lead == Some(true) { ProjectRole::Lead } else { ProjectRole::Partner };
        p.period = period_of(&record.tie).or_else(|| Period::find(name));
        source.clone_into(&mut p.source);
        inventory.add_participation(p, place)?;
    }
    settle(&mut found, before, inventory);
    Ok(found)
}

fn kind_of(tie: &TieRecord, otherwise: CooperationKind) -> CooperationKind {
    tie.kind.as_deref().and_then(CooperationKind::from_key).unwrap_or(otherwise)
}

/// The years a record's dates name.
fn period_of(tie: &TieRecord) -> Option<Period> {
    let start = tie.start.as_deref().and_then(Period::find)?;
    let end = tie.end.as_deref().and_then(Period::find).unwrap_or(start);
    Period::new(start.from, end.to.max(start.to)).ok()
}
