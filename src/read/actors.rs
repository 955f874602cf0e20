//! Actors from tables and GeoJSON into an inventory.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use geo_types::Coord;

use super::codes::{CodeBook, CodeRepair, FoundCode};
use super::commune_names::{Beside, By, CommuneNames, Named};
use super::coordinates::to_lon_lat;
use super::csv::{self, CoordinateColumns};
use super::geojson::{self, FeatureTable};
use super::kinds::{actor_kind, near_actor_kind};
use super::names::{ColumnNames, Role};
use super::number::Number;
use super::records::{Records, Row};
use super::sniff::{Format, opened};
use super::totals::Filling;
use crate::atlas::{Atlas, AtlasLevel};
use crate::diagnostics::{Diagnostics, Place, Strictness, printable};
use crate::error::{Error, Result};
use crate::inventory::InventoryBuilder;
use crate::model::{Actor, ActorId, ActorKind, CommuneCode, Level, TerritoryCode};
use crate::space::LonLat;
use crate::space::measure::interior_points;

/// Reads actors from any table (delimited text, a spreadsheet, a list of JSON objects) or from GeoJSON, as the first bytes of
/// the file say; columns that are not named are looked for under their usual names, in French and
/// English, and must hold what they say.
///
/// A row without an identifier gets `source:n`, with n its record number, so that it can be told
/// apart; a row without a name is called by its identifier. Commune codes are put right as
/// [`CodeBook`] does.
#[derive(Debug, Clone)]
#[must_use]
pub struct ActorReader {
    kind: ActorKind,
    source: String,
    columns: ColumnNames,
    codes: CodeBook,
    communes: Option<Communes>,
    names: Option<CommuneNames>,
    strictness: Strictness,
}

/// The base territories, by whose codes actors are placed.
#[derive(Debug, Clone)]
struct Communes {
    level: Level,
    codes: HashSet<String>,
}

impl ActorReader {
    /// A reader for actors of this kind (where the file does not say another one), from the data set
    /// of this name.
    pub fn new(kind: ActorKind, source: impl Into<String>) -> Self {
        Self {
            kind,
            source: source.into(),
            columns: ColumnNames::default(),
            codes: CodeBook::default(),
            communes: None,
            names: None,
            strictness: Strictness::Lenient,
        }
    }

    /// Names the field that holds the identifier.
    pub fn id(mut self, field: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Id, field);
        self
    }

    /// Names the field that holds the name.
    pub fn name(mut self, field: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Name, field);
        self
    }

    /// Names the field that holds the commune code.
    pub fn commune(mut self, field: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Commune, field);
        self
    }

    /// Names the field that holds themes, separated by `;` or `|`.
    pub fn themes(mut self, field: impl Into<String>) -> Self {
        self.columns = self.columns.with(Role::Themes, field);
        self
    }

    /// Names columns by what they tell.
    pub fn columns(mut self, names: ColumnNames) -> Self {
        self.columns = names;
        self
    }

    /// Puts commune codes right by this book.
    pub fn codes(mut self, book: CodeBook) -> Self {
        self.codes = book;
        self
    }

    /// Says which communes there are, or what takes their place in another country: codes of others are
    /// looked up as former ones, and reported.
    pub fn communes(mut self, level: &AtlasLevel) -> Self {
        let codes = level.territories().iter().map(|t| t.code.to_string()).collect();
        self.communes = Some(Communes { level: level.level().clone(), codes });
        self
    }

    /// Says which communes there are, and reads their names in rows without a code: what a postcode or a
    /// département beside them contradicts is left out. With [`CodeBook::with_postcodes`], old names are
    /// found in the new ones of the postcode, and postcodes of one commune place by themselves.
    pub fn places(mut self, atlas: &Atlas) -> Self {
        self.names = Some(CommuneNames::of(atlas));
        self.communes(atlas.base())
    }

    /// Sets what to do at the first error-level finding.
    pub const fn strictness(mut self, strictness: Strictness) -> Self {
        self.strictness = strictness;
        self
    }

    /// Reads a file into an inventory. Actors without a place are kept and reported.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Format`] for a file that cannot be read, [`Error::Unknown`] when
    /// there is neither a column of identifiers nor of names, [`Error::Data`] in strict mode.
    pub fn read_path(&self, path: impl AsRef<Path>, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        self.read_from(file, path, inventory)
    }

    /// Reads text in memory; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`ActorReader::read_path`].
    pub fn read_str(&self, text: &str, name: &str, inventory: &mut InventoryBuilder) -> Result<Diagnostics> {
        self.read_from(text.as_bytes(), Path::new(name), inventory)
    }

    /// Reads bytes from anywhere; `name` stands for the file in findings and errors.
    ///
    /// # Errors
    /// As [`ActorReader::read_path`].
    pub fn read_from(
        &self,
        source: impl Read + Send,
        name: impl AsRef<Path>,
        inventory: &mut InventoryBuilder,
    ) -> Result<Diagnostics> {
        let path = name.as_ref();
        let opened = opened(Box::new(source));
        let (format, source) = opened.map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let json = path.extension().is_some_and(|e| e.to_string_lossy().to_lowercase().contains("json"));
        if format == Format::GeoJson || (json && format == Format::Text) {
            let reader = geojson::Reader::default().strictness(self.strictness);
            let (table, mut found) = reader.read_from(source, path)?;
            let inside = interior_points(table.layer());
            let records = Records::of_features(&table, path, self.strictness);
            let later =
                self.read(records, Some((&table, &inside)), inventory).map_err(|e| e.after(&found))?;
            found.refine(later);
            return Ok(found);
        }
        let records = csv::Reader::default().strictness(self.strictness).open_from(source, path)?;
        self.read(records, None, inventory)
    }

    fn read(
        &self,
        mut table: Records<'_>,
        features: Option<(&FeatureTable, &[Coord<f64>])>,
        inventory: &mut InventoryBuilder,
    ) -> Result<Diagnostics> {
        // Names of communes are read where nothing holds their codes.
        let posts = self.names.is_some() && self.codes.has_postcodes();
        let named = self.names.is_some()
            && !table.has(Role::Commune, &self.columns)
            && (table.has(Role::CommuneName, &self.columns)
                || posts && table.has(Role::Postcode, &self.columns));
        let mut find = |role: Role| table.find(role, role.names(), &self.columns);
        let mut fields = Fields {
            commune: if named { None } else { find(Role::Commune)? },
            commune_name: if named { find(Role::CommuneName)? } else { None },
            postcode: if named { find(Role::Postcode)? } else { None },
            departement: if named { find(Role::Departement)? } else { None },
            id: find(Role::Id)?,
            name: find(Role::Name)?,
            kind: find(Role::Kind)?,
            themes: find(Role::Themes)?,
            capacity: find(Role::Capacity)?,
            filling: Filling::default(),
        };
        let places = [fields.commune, fields.commune_name, fields.postcode, fields.departement];
        let places = places.into_iter().flatten().collect();
        fields.filling = Filling::of(&table, fields.name, fields.id, places);
        let empty = |c: Option<usize>| c.is_none_or(|c| table.sample(c).all(str::is_empty));
        let sampled = table.sample(0).next().is_some();
        // Neither an identifier nor a name: this is no list of actors.
        let somewhere =
            fields.commune.is_some() || fields.commune_name.is_some() || posts && fields.postcode.is_some();
        let nameless =
            fields.id.is_none() && fields.name.is_none() || sampled && empty(fields.id) && empty(fields.name);
        if nameless && somewhere {
            let place = Place::file(table.file().to_owned());
            let message =
                format!("no column of identifiers or names: actors are called {}:1, 2 …", self.source);
            table.diagnostics().remark("no_identifier", place, message);
        } else if nameless {
            let wanted: Vec<&str> = Role::Id.names().iter().chain(Role::Name.names()).copied().collect();
            return Err(super::names::no_column(table.header(), &wanted, table.file()));
        }
        let columns = if features.is_some() && self.columns.get(Role::X).is_none() {
            None
        } else {
            CoordinateColumns::find(&mut table, &self.columns)?
        };
        if columns.is_none() && features.is_none() && !somewhere {
            let place = Place::file(table.file().to_owned());
            let message = "no column of coordinates, positions, commune codes, names or postcodes was found: nobody \
                           is placed; name one with commune=, commune_name=, postcode=, position= or x= and y=";
            table.diagnostics().repaired("no_place_column", place, message);
        }
        // Rows without a code, or with a wrong one, may have a name or a postcode all the same.
        if self.names.is_some() && fields.commune.is_some() {
            let mut find = |role: Role| table.find(role, role.names(), &self.columns);
            fields.commune_name = find(Role::CommuneName)?;
            fields.postcode = find(Role::Postcode)?;
            fields.departement = find(Role::Departement)?;
        }
        if let Some(capacity) = fields.capacity {
            table.judge_numbers(&[capacity]);
        }
        let before = inventory.diagnostics().dropped();
        let mut at = 0;
        let mut found = table.for_each(|row, found| {
            let position = match features {
                Some((table, inside)) => {
                    let feature = at;
                    at += 1;
                    located(table, inside, feature, row, found)
                        .or_else(|| columns.as_ref()?.locate(row, &to_lon_lat, found))
                }
                None => columns.as_ref().and_then(|c| c.locate(row, &to_lon_lat, found)),
            };
            let actor = self.actor(&fields, row, position, found)?;
            let Some(actor) = actor else { return Ok(()) };
            found.keep();
            inventory.add_actor(actor, row.place())
        })?;
        // Whether the inventory kept them is settled by its own account.
        found.drop_kept(inventory.diagnostics().dropped() - before);
        Ok(found)
    }

    /// The actor of a row; `None` when the row is none and was dropped.
    fn actor(
        &self,
        fields: &Fields,
        row: &Row<'_>,
        position: Option<[f64; 2]>,
        found: &mut Diagnostics,
    ) -> Result<Option<Actor>> {
        let place = || row.place();
        let written = fields.id.map(|c| row.id(c)).filter(|id| !id.is_empty());
        let name = row.optional(fields.name);
        if position.is_none()
            && let Some(what) = fields.filling.of_row(row)
        {
            found.drop_record(what.kind(), place(), what.message())?;
            return Ok(None);
        }
        let id = match written {
            Some(id) if is_rounded(id) => {
                let message =
                    format!("{id:?} is a number that a spreadsheet has rounded; not taken as identifier");
                found.repaired("rounded_id", place(), message);
                None
            }
            id => id.map(str::to_owned),
        };
        let id = ActorId::new(id.unwrap_or_else(|| format!("{}:{}", self.source, row.record() + 1)))?;
        let kind = match row.optional(fields.kind) {
            Some(text) => actor_kind(text).unwrap_or_else(|| {
                let message = format!(
                    "{:?} is no kind of actor; taken as {}{}",
                    printable(text, 60),
                    self.kind,
                    near_actor_kind(text)
                );
                found.remark("unknown_kind", place(), message);
                self.kind
            }),
            None => self.kind,
        };
        let mut actor = Actor::new(id.clone(), name.unwrap_or(id.as_str()), kind);
        actor.position = match position.map(|[lon, lat]| LonLat::new(lon, lat)) {
            Some(Ok(position)) => Some(position),
            Some(Err(e)) => {
                found.repaired("bad_coordinates", place(), format!("{id}: {e}; position left out"));
                None
            }
            None => None,
        };
        let code = match (fields.commune, &self.names) {
            (Some(c), Some(names)) if actor.position.is_none() => {
                self.commune_by_all(row, c, fields, names, found)
            }
            (Some(c), _) => self.commune_of(row, c, found),
            (None, Some(names)) => {
                let placed = actor.position.is_some();
                self.commune_called(row, fields.commune_name, &fields.beside(row), placed, names, found)
            }
            (None, None) => None,
        };
        if let Some(code) = code {
            actor.commune = CommuneCode::new(&code).ok();
            if let (None, Some(communes)) = (actor.commune, &self.communes) {
                actor.territory = Some((communes.level.clone(), TerritoryCode::new(&code)?));
            }
        }
        if actor.position.is_none() && actor.commune.is_none() && actor.territory.is_none() {
            found.remark("no_place", place(), format!("{id} has neither a position nor a commune"));
        }
        actor.themes = row.optional(fields.themes).map(split_themes).unwrap_or_default();
        actor.capacity = fields.capacity.and_then(|c| match row.number(c) {
            Number::Value(v) if v >= 0.0 => Some(v),
            Number::Blank | Number::Secret => None,
            _ => {
                let message = format!("{:?} is no capacity; left out", printable(row.get(c), 60));
                found.repaired("bad_capacity", row.place_of(c), message);
                None
            }
        });
        actor.source.clone_from(&self.source);
        Ok(Some(actor))
    }

    fn commune_of(&self, row: &Row<'_>, column: usize, found: &mut Diagnostics) -> Option<String> {
        let written = row.get(column);
        if written.is_empty() {
            return None;
        }
        let known = self.known(written);
        let place = || row.place_of(column);
        let code = known.clone().or_else(|| self.codes.commune(written));
        let Some(code) = code else {
            let message = format!("{:?} is no commune code; left out", printable(written, 60));
            found.repaired("bad_commune_code", place(), message);
            return None;
        };
        match code.repair {
            Some(repair @ CodeRepair::Unglued) => {
                found.remark(repair.kind(), place(), repair.message(written, &code.code));
            }
            Some(repair) => found.repaired(repair.kind(), place(), repair.message(written, &code.code)),
            None => {}
        }
        if self.communes.is_some() && known.is_none() {
            let message = format!("{} is no commune of the territories", code.code);
            found.remark("unknown_commune", place(), message);
        }
        Some(code.code)
    }

    /// The code among the communes there are that a text stands for.
    fn known(&self, written: &str) -> Option<FoundCode> {
        let communes = self.communes.as_ref()?;
        self.codes.find(written, |c| communes.codes.contains(c))
    }

    /// By its code, else by its name and what stands beside: lists have codes for some rows only, and
    /// postcodes in the column of codes.
    fn commune_by_all(
        &self,
        row: &Row<'_>,
        column: usize,
        fields: &Fields,
        names: &CommuneNames,
        found: &mut Diagnostics,
    ) -> Option<String> {
        let written = row.get(column);
        let is_blank = |cell: &str| Number::parse(cell) == Number::Blank;
        // The name beside, else the cell itself: `32600 L'ISLE-JOURDAIN`.
        let own = fields.commune_name.filter(|c| !is_blank(row.get(*c)));
        let named_by = own.or(Some(column).filter(|_| CommuneNames::has_words(written)));
        let known = self.known(written);
        let posted = names.is_postcode(written, known.as_ref(), row.optional(named_by), &self.codes);
        let mut beside = fields.beside(row);
        if posted {
            let message = format!("{:?} has no code of a commune but a postcode", printable(written, 60));
            found.remark("postcode_as_code", row.place_of(column), message);
            beside.postcode = Some(written);
        } else if known.is_some() {
            return self.commune_of(row, column, found);
        } else if !is_blank(written) {
            let cell = row.optional(named_by).unwrap_or_default();
            if !matches!(names.find(cell, beside, &self.codes), Named::One(..)) {
                return self.commune_of(row, column, found);
            }
            if own.is_some() {
                let shown = printable(written, 60);
                let message =
                    format!("{shown:?} is no code of the communes there are; the name beside counts");
                found.repaired("bad_commune_code", row.place_of(column), message);
            }
        }
        self.commune_called(
            row,
            named_by.filter(|_| !is_blank(written)).or(own),
            &beside,
            false,
            names,
            found,
        )
    }

    /// By its name, held against what stands beside; without a name by its postcode, unless the actor is
    /// `placed`.
    fn commune_called(
        &self,
        row: &Row<'_>,
        column: Option<usize>,
        beside: &Beside<'_>,
        placed: bool,
        names: &CommuneNames,
        found: &mut Diagnostics,
    ) -> Option<String> {
        let name = row.optional(column).filter(|c| Number::parse(c) != Number::Blank);
        let (written, named) = match (name, beside.postcode) {
            (Some(written), _) => {
                // Codes abroad have any form, so that a column of them may pass for one of names.
                if let Some(communes) = &self.communes
                    && communes.codes.contains(written)
                {
                    return Some(written.to_owned());
                }
                (written, names.find(written, *beside, &self.codes))
            }
            (None, Some(postcode)) if !placed && self.codes.has_postcodes() => {
                (postcode, names.at_postcode(postcode, beside.departement, &self.codes))
            }
            (None, _) => return None,
        };
        let shown = printable(written, 60);
        let place = column.map_or_else(|| row.place(), |c| row.place_of(c));
        match named {
            Named::One(code, by) => {
                let (kind, message) = match by {
                    By::Name => ("commune_by_name", format!("{shown:?} is taken for the commune {code}")),
                    By::Guess(kind, message) => (kind, message),
                };
                found.remark(kind, place, message);
                Some(code.to_string())
            }
            Named::Several(codes) => {
                let few: Vec<&str> = codes.iter().take(3).map(TerritoryCode::as_str).collect();
                let message = format!(
                    "{} communes are called {shown:?} ({} …); left out: give codes, postcodes or départements",
                    codes.len(),
                    few.join(", ")
                );
                found.repaired("ambiguous_commune", place, message);
                None
            }
            Named::NotThere(kind, message) => {
                let message = format!("{message}; left out: give the code of the commune");
                found.repaired(kind, place, message);
                None
            }
            Named::None(few) => {
                let message = format!(
                    "no commune is called {shown:?}{few}; left out: give its code or a postcode beside"
                );
                found.repaired("unknown_commune_name", place, message);
                None
            }
        }
    }
}

/// The columns of a table of actors.
struct Fields {
    id: Option<usize>,
    name: Option<usize>,
    commune: Option<usize>,
    commune_name: Option<usize>,
    postcode: Option<usize>,
    departement: Option<usize>,
    kind: Option<usize>,
    themes: Option<usize>,
    capacity: Option<usize>,
    filling: Filling,
}

impl Fields {
    fn beside<'a>(&self, row: &Row<'a>) -> Beside<'a> {
        let cell = |column| row.optional(column).filter(|c| Number::parse(c) != Number::Blank);
        Beside { postcode: cell(self.postcode), departement: cell(self.departement) }
    }
}

/// Where a feature is: its point, or a point inside its polygons.
fn located(
    table: &FeatureTable,
    inside: &[Coord<f64>],
    i: usize,
    row: &Row<'_>,
    found: &mut Diagnostics,
) -> Option<[f64; 2]> {
    let points = table.points(i);
    if points.len() > 1 {
        let message = format!("{} points; the first one counts", points.len());
        found.remark("several_points", row.place(), message);
    }
    let position = if let Some(c) = points.first() {
        [c.x, c.y]
    } else {
        let c = inside.get(i).filter(|c| c.x.is_finite() && c.y.is_finite())?;
        found.remark("point_inside", row.place(), "the actor is a polygon; it is placed inside it");
        [c.x, c.y]
    };
    if position == [0.0, 0.0] {
        found.repaired("null_island", row.place(), "0, 0 stands for no coordinates");
        return None;
    }
    Some(position)
}

/// Whether an identifier is a number in the notation of science, digits of which are lost.
fn is_rounded(id: &str) -> bool {
    let Some((mantissa, exponent)) = id.split_once(['e', 'E']) else { return false };
    let Some(exponent) = exponent.strip_prefix('+').and_then(|e| e.parse::<u32>().ok()) else { return false };
    mantissa.contains(['.', ',']) && exponent >= 8 && matches!(Number::parse(mantissa), Number::Value(_))
}

fn split_themes(text: &str) -> Vec<String> {
    text.split([';', '|']).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}
