//! From the text of a file to drafted features, and from those to rows of the table.

mod document;

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::PathBuf;

use geo_types::Coord;

use super::draft::{Draft, NOT_A_NUMBER, NOT_UTF8, REPEATED};
use super::json::{Scanner, Text};
use super::rings::geometry_kind;
use super::table::{FeatureTable, GeometryKind, Stored};
use crate::diagnostics::{Diagnostics, Strictness};
use crate::error::Result;
use crate::read::shown::shown;

/// Deepest nesting of geometry collections.
const DEEPEST_COLLECTION: usize = 16;

pub(super) struct Walk<'a> {
    scan: Scanner<'a>,
    /// Whether names that are not in the table yet are left out.
    chosen: bool,
    table: FeatureTable,
    name_ids: HashMap<String, u32>,
    /// For each name, the row it was last met in and its place there; and how many rows there were.
    met: Vec<(usize, usize)>,
    rows: usize,
    /// Start of the last row in the table's entries: features mostly have the same names in order.
    last_row: usize,
    crs: Option<String>,
    diagnostics: Diagnostics,
    draft: Draft,
    key: String,
    string: String,
    record: usize,
}

/// All that a file holds.
pub(in crate::read) struct Walked {
    pub(in crate::read) table: FeatureTable,
    /// The `crs` member, as JSON text.
    pub(in crate::read) crs: Option<String>,
    pub(in crate::read) diagnostics: Diagnostics,
}

/// What the members of an object showed it to be.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    features: bool,
    own_geometry: Option<usize>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        source: Box<dyn Read + 'a>,
        name: PathBuf,
        wanted: Option<&BTreeSet<String>>,
        strictness: Strictness,
    ) -> Self {
        let names: Vec<String> = wanted.into_iter().flatten().cloned().collect();
        Self {
            chosen: wanted.is_some(),
            met: vec![(0, 0); names.len()],
            rows: 0,
            name_ids: names.iter().cloned().zip(0..).collect(),
            table: FeatureTable { names, file: name.display().to_string(), ..FeatureTable::default() },
            scan: Scanner::new(source, name),
            last_row: 0,
            crs: None,
            diagnostics: Diagnostics::new(strictness),
            draft: Draft::default(),
            key: String::new(),
            string: String::new(),
            record: 0,
        }
    }

    /// Reads the file.
    pub(super) fn document(mut self) -> Result<Walked> {
        self.read()?;
        let Self { table, crs, diagnostics, .. } = self;
        Ok(Walked { table, crs, diagnostics })
    }

    /// Reads a feature, or (`top`) the outermost object, whatever that is.
    fn object(&mut self, top: bool) -> Result<Members> {
        self.scan.advance();
        let mut members = Members::default();
        let mut key = std::mem::take(&mut self.key);
        let mut first = true;
        while self.scan.member(first, &mut key)? {
            first = false;
            match key.as_str() {
                "type" => members.kind = self.optional_string()?,
                "geometry" => {
                    self.draft.clear_geometry();
                    self.geometry(0)?;
                }
                "properties" => self.properties()?,
                "id" => self.id()?,
                "features" if top => {
                    if self.scan.token()? == b'[' {
                        let draft = std::mem::take(&mut self.draft);
                        let closed = self.features()?;
                        self.draft = draft;
                        members.features = true;
                        if !closed {
                            members.kind.get_or_insert_with(|| "FeatureCollection".to_owned());
                            return Ok(members);
                        }
                    } else {
                        self.scan.skip()?;
                    }
                }
                "coordinates" if top => {
                    let own = *members.own_geometry.get_or_insert_with(|| self.draft.begin());
                    self.draft.geometries[own].clear();
                    self.coordinates(own)?;
                }
                "geometries" if top => {
                    members.own_geometry.get_or_insert_with(|| self.draft.begin());
                    self.geometries(0)?;
                }
                "crs" if top => self.crs_member()?,
                _ => self.scan.skip()?,
            }
        }
        self.key = key;
        Ok(members)
    }

    /// A string; anything else is skipped.
    fn optional_string(&mut self) -> Result<Option<String>> {
        if self.scan.token()? != b'"' {
            self.scan.skip()?;
            return Ok(None);
        }
        let mut text = String::new();
        self.scan.string(&mut text)?;
        Ok(Some(text))
    }

    fn geometry(&mut self, level: usize) -> Result<()> {
        match self.scan.token()? {
            b'{' => self.scan.advance(),
            b'n' => return self.scan.word("null"),
            _ => {
                self.draft.fault("malformed_geometry", "its geometry is neither an object nor null");
                return self.scan.skip();
            }
        }
        let own = self.draft.begin();
        let mut members = Members { own_geometry: Some(own), ..Members::default() };
        let mut key = String::new();
        let mut first = true;
        while self.scan.member(first, &mut key)? {
            first = false;
            match key.as_str() {
                "type" => members.kind = self.optional_string()?,
                "coordinates" => {
                    self.draft.geometries[own].clear();
                    self.coordinates(own)?;
                }
                "geometries" => self.geometries(level)?,
                _ => self.scan.skip()?,
            }
        }
        self.end_geometry(&members, level);
        Ok(())
    }

    fn geometries(&mut self, level: usize) -> Result<()> {
        if self.scan.token()? != b'[' || level >= DEEPEST_COLLECTION {
            self.draft.fault(
                "malformed_geometry",
                format!("\"geometries\" is no array, or nested deeper than {DEEPEST_COLLECTION}"),
            );
            return self.scan.skip();
        }
        self.scan.advance();
        let mut first = true;
        while self.scan.element(first)? {
            first = false;
            self.geometry(level + 1)?;
        }
        Ok(())
    }

    /// Settles what the geometry just read is, now that all its members are known.
    fn end_geometry(&mut self, members: &Members, level: usize) {
        let kind = members.kind.as_deref().and_then(geometry_kind);
        let Some((kind, depth)) = kind else {
            let named = shown(members.kind.as_deref().unwrap_or("missing"));
            return self
                .draft
                .fault("unknown_geometry_type", format!("the type of its geometry is {named:?}"));
        };
        let own = members.own_geometry.unwrap_or_else(|| self.draft.begin());
        if kind != GeometryKind::Collection {
            self.draft.used = own + 1;
            let found = self.draft.geometries[own].depth;
            if found != 0 && found != depth {
                let type_name = members.kind.as_deref().unwrap_or_default();
                self.draft.fault(
                    "malformed_geometry",
                    format!("a {type_name} nests its positions {depth} deep, this one {found}"),
                );
            }
        }
        self.draft.geometries[own].kind = Some(kind);
        if level == 0 {
            self.draft.kind = Some(kind);
        }
    }

    /// Reads `coordinates` without knowing how deep they should nest.
    fn coordinates(&mut self, own: usize) -> Result<()> {
        let Self { scan, draft, .. } = self;
        match scan.token()? {
            b'[' => scan.advance(),
            b'n' => return scan.word("null"),
            _ => {
                draft.fault("malformed_geometry", "its coordinates are no array");
                return scan.skip();
            }
        }
        let raw = &mut draft.geometries[own];
        let mut nesting = 1;
        let fault = 'values: loop {
            // A value inside `nesting` arrays is next, or the end of an empty array.
            match scan.token()? {
                b'[' if nesting + 1 == raw.depth => {
                    let coords = &mut raw.coords;
                    if scan.plain_positions(&mut |x, y| coords.push(Coord { x, y }))? == 0 {
                        scan.advance();
                        nesting += 1;
                        continue;
                    }
                }
                b'[' if nesting == 4 => break ("arrays nest too deep", true),
                b'[' => {
                    scan.advance();
                    nesting += 1;
                    continue;
                }
                b']' => {
                    scan.advance();
                    let sound = raw.end(nesting);
                    nesting -= 1;
                    if !sound {
                        break ("a position is empty", false);
                    }
                }
                b'-' | b'0'..=b'9' | b'N' | b'I' => {
                    if raw.depth != nesting && (raw.depth != 0 || !raw.set_depth(nesting)) {
                        break ("positions are at different depths", true);
                    }
                    let x = scan.number()?;
                    let mut y = None;
                    while scan.element(false)? {
                        if !matches!(scan.token()?, b'-' | b'0'..=b'9' | b'N' | b'I') {
                            break 'values ("a position holds something else than numbers", true);
                        }
                        let value = scan.number()?;
                        if y.is_some() {
                            raw.third_dimension = true;
                        } else {
                            y = Some(value);
                        }
                    }
                    nesting -= 1;
                    let Some(y) = y else { break ("a position has one number only", false) };
                    raw.coords.push(Coord { x, y });
                }
                _ => break ("positions are not numbers", true),
            }
            // After a value inside `nesting` arrays.
            while nesting > 0 {
                if scan.element(false)? {
                    continue 'values;
                }
                raw.end(nesting);
                nesting -= 1;
            }
            return Ok(());
        };
        let (message, value_next) = fault;
        draft.fault("malformed_geometry", format!("in its coordinates {message}"));
        if value_next { scan.skip_arrays(nesting) } else { scan.skip_arrays_after(nesting) }
    }

    fn properties(&mut self) -> Result<()> {
        self.draft.clear_properties();
        self.draft.has_properties = true;
        match self.scan.token()? {
            b'{' => self.scan.advance(),
            b'n' => return self.scan.word("null"),
            _ => {
                self.draft.has_properties = false;
                return self.scan.skip();
            }
        }
        self.rows += 1;
        let mut key = String::new();
        let mut first = true;
        let mut column = 0;
        while self.scan.member(first, &mut key)? {
            first = false;
            let Some(name) = self.name_id(&key, column) else {
                self.scan.skip()?;
                continue;
            };
            let value = self.value()?;
            let (row, place) = &mut self.met[name as usize];
            if *row == self.rows {
                self.draft.entries[*place].1 = value;
                self.draft.repair(REPEATED);
            } else {
                (*row, *place) = (self.rows, self.draft.entries.len());
                self.draft.entries.push((name, value));
            }
            column += 1;
        }
        Ok(())
    }

    /// The number of a property's name; `None` when it is not wanted.
    fn name_id(&mut self, key: &str, column: usize) -> Option<u32> {
        if let Some(&(name, _)) = self.table.entries.get(self.last_row + column)
            && self.table.names[name as usize] == key
        {
            return Some(name);
        }
        if let Some(&name) = self.name_ids.get(key) {
            return Some(name);
        }
        if self.chosen {
            return None;
        }
        let name = self.table.names.len() as u32;
        self.table.names.push(key.to_owned());
        self.met.push((0, 0));
        self.name_ids.insert(key.to_owned(), name);
        Some(name)
    }

    fn value(&mut self) -> Result<Stored> {
        Ok(match self.scan.token()? {
            b'"' => {
                let state = self.scan.string(&mut self.string)?;
                let (start, len) = self.store_text(state);
                Stored::Text { start, len }
            }
            b'n' => {
                self.scan.word("null")?;
                Stored::Null
            }
            b't' => {
                self.scan.word("true")?;
                Stored::Bool(true)
            }
            b'f' => {
                self.scan.word("false")?;
                Stored::Bool(false)
            }
            b'{' | b'[' => {
                let state = self.scan.skip_keeping(&mut self.string)?;
                let (start, len) = self.store_text(state);
                Stored::Json { start, len }
            }
            _ => {
                let number = self.scan.number()?;
                if number.is_finite() {
                    Stored::Number(number)
                } else {
                    self.draft.repair(NOT_A_NUMBER);
                    Stored::Null
                }
            }
        })
    }

    fn store_text(&mut self, state: Text) -> (usize, u32) {
        if state == Text::Mended {
            self.draft.repair(NOT_UTF8);
        }
        let start = self.draft.text.len();
        self.draft.text.push_str(&self.string);
        (start, self.string.len() as u32)
    }

    fn id(&mut self) -> Result<()> {
        self.draft.id = match self.value()? {
            Stored::Null => None,
            id => Some(id),
        };
        Ok(())
    }

    /// Keeps the `crs` member of GeoJSON 2008.
    fn crs_member(&mut self) -> Result<()> {
        let mut text = String::new();
        self.scan.token()?;
        self.scan.skip_keeping(&mut text)?;
        self.crs = Some(text);
        Ok(())
    }

    /// Adds the drafted feature to the table, or drops it.
    fn commit(&mut self, line: u64) -> Result<()> {
        let record = self.record;
        self.record += 1;
        let last_row = self.table.entries.len();
        let rows = self.table.len();
        self.draft.commit(&mut self.table, Some(line), record, &mut self.diagnostics)?;
        if self.table.len() > rows {
            self.last_row = last_row;
        }
        Ok(())
    }
}
