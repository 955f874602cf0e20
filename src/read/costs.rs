//! Costs of the user's own: travel times from place to place, and roads to compute them on.

use std::collections::HashMap;
use std::fmt::Display;

use super::codes::CodeBook;
use super::coordinates::to_lon_lat;
use super::names::{ColumnNames, Role};
use super::number::Number;
use super::place::CoordinateColumns;
use super::records::Records;
use crate::accessibility::{CostTable, Roads, road_network};
use crate::atlas::AtlasLevel;
use crate::diagnostics::{Diagnostics, Finding, Outcome, Place, Severity, printable};
use crate::error::Result;
use crate::inventory::Inventory;
use crate::network::Direction;
use crate::space::LonLat;

/// Names that the columns of a table of costs may have, the first that is there being taken.
///
/// ```
/// let columns = rurban::read::CostColumns::default().cost(&["duree_voiture"]);
/// # let _ = columns;
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CostColumns<'a> {
    /// Where the way begins.
    pub origin: Vec<&'a str>,
    /// Where it ends.
    pub destination: Vec<&'a str>,
    /// What it costs.
    pub cost: Vec<&'a str>,
    /// Columns given by name, which must be there.
    pub given: ColumnNames,
}

impl Default for CostColumns<'_> {
    fn default() -> Self {
        Self {
            origin: Role::Origin.names().to_vec(),
            destination: Role::Destination.names().to_vec(),
            cost: Role::Cost.names().to_vec(),
            given: ColumnNames::default(),
        }
    }
}

impl<'a> CostColumns<'a> {
    column_setters!(origin, destination, cost);

    /// Names columns by what they tell.
    #[must_use]
    pub fn given(mut self, names: ColumnNames) -> Self {
        self.given = names;
        self
    }

    fn find(&self, table: &mut Records<'_>) -> Result<(usize, usize, usize)> {
        let origin = table.need(Role::Origin, &self.origin, &self.given)?;
        let destination = table.need(Role::Destination, &self.destination, &self.given)?;
        Ok((origin, destination, table.need(Role::Cost, &self.cost, &self.given)?))
    }
}

/// Finds the index that a code in a file stands for.
type Find<'a> = Box<dyn Fn(&str) -> Option<u32> + 'a>;

/// What the origins or the destinations of a table of costs stand for.
pub struct CostEnds<'a> {
    kind: &'static str,
    count: usize,
    resolve: Find<'a>,
    codes: CodeBook,
}

impl std::fmt::Debug for CostEnds<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CostEnds")
            .field("kind", &self.kind)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl<'a> CostEnds<'a> {
    /// `count` of some kind (`commune`, `station` …); `resolve` gives the index, below `count`, of the
    /// one that a code in the file stands for.
    pub fn new(kind: &'static str, count: usize, resolve: impl Fn(&str) -> Option<u32> + 'a) -> Self {
        Self { kind, count, resolve: Box::new(resolve), codes: CodeBook::default() }
    }

    /// The territories of a level, by code.
    #[must_use]
    pub fn territories(level: &'a AtlasLevel) -> Self {
        Self::new("territory", level.territories().len(), |code| level.find(code).map(|i| i as u32))
    }

    /// The actors of an inventory, by identifier.
    #[must_use]
    pub fn actors(inventory: &'a Inventory) -> Self {
        Self::new("actor", inventory.actors().len(), |id| inventory.find(id).map(|i| i as u32))
    }

    /// Puts codes right by this book.
    #[must_use]
    pub fn codes(mut self, book: CodeBook) -> Self {
        self.codes = book;
        self
    }

    /// The end of a way in a column; `None` when the row was dropped because there is none.
    pub(super) fn find(
        &self,
        code: &str,
        place: impl FnOnce() -> Place,
        unknown: &'static str,
        found: &mut Diagnostics,
    ) -> Result<Option<u32>> {
        if let Some(end) = (self.resolve)(code) {
            return Ok(Some(end));
        }
        if let Some(right) = self.codes.find(code, |c| (self.resolve)(c).is_some()) {
            if let Some(repair) = right.repair {
                found.repaired(repair.kind(), place(), repair.message(code, &right.code));
            }
            return Ok((self.resolve)(&right.code));
        }
        let message = format!("there is no {} {:?}", self.kind, printable(code, 80));
        found.drop_record(unknown, place(), message)?;
        Ok(None)
    }
}

/// Reads travel times (or any costs), one way per row: origin, destination, cost.
///
/// The table may be incomplete (what is not in it cannot be travelled) and asymmetric. Rows with an
/// unknown end, without a cost, or with a cost that is negative or no number are dropped; of several
/// rows of the same way the least cost is kept and the others are dropped. All are counted and
/// reported. O(rows log rows).
///
/// ```
/// use rurban::read::csv::Reader;
/// use rurban::read::{CostColumns, CostEnds, travel_costs};
///
/// let text = "origin,destination,minutes\n01001,A,12\n01001,A,10\n01002,A,\n01003,A,-1\n09999,A,5\n";
/// let codes = ["01001", "01002", "01003"];
/// let commune = |code: &str| codes.iter().position(|c| *c == code).map(|i| i as u32);
/// let (costs, found) = travel_costs(
///     Reader::default().open_str(text, "times.csv")?,
///     &CostColumns::default(),
///     &CostEnds::new("commune", codes.len(), commune),
///     &CostEnds::new("actor", 1, |id| (id == "A").then_some(0)),
/// )?;
/// assert_eq!((costs.pairs(), costs.get(0, 0)), (1, Some(10.0)));
/// assert_eq!((found.seen(), found.kept(), found.dropped()), (5, 1, 4));
/// let kinds = ["repeated_way", "blank_cost", "negative_cost", "unknown_origin"];
/// assert_eq!(kinds.map(|k| found.count(k)), [1; 4]);
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Unknown`](crate::Error::Unknown) when a column is missing; those of [`Records::for_each`] (in
/// strict mode also for a repeated way); [`Value`](crate::Error::Value) when an end resolves to an
/// index that is not below its count.
pub fn travel_costs(
    mut table: Records<'_>,
    columns: &CostColumns<'_>,
    origins: &CostEnds<'_>,
    destinations: &CostEnds<'_>,
) -> Result<(CostTable, Diagnostics)> {
    let (from, to, cost) = columns.find(&mut table)?;
    let file = Place::file(table.file());
    let mut ways = Ways::new(origins, destinations);
    let found = table.for_each(|row, found| {
        let place = |end| row.place_of([from, to, cost][end]);
        ways.add(
            [row.get(from), row.get(to)],
            row.number(cost),
            row.get(cost),
            row.line().unwrap_or(0),
            place,
            found,
        )
    })?;
    ways.finish(found, |line| file.clone().line(line))
}

/// Costs of a table read row by row.
pub(super) struct Ways<'a> {
    ends: [&'a CostEnds<'a>; 2],
    ways: Vec<Way>,
}

/// A row of a table of costs.
struct Way {
    ends: (u32, u32),
    cost: f64,
    /// Line or record it stands at.
    at: u64,
}

impl<'a> Ways<'a> {
    pub(super) const fn new(origins: &'a CostEnds<'a>, destinations: &'a CostEnds<'a>) -> Self {
        Self { ends: [origins, destinations], ways: Vec::new() }
    }

    /// Takes a row, or drops it; `place` says where its origin (0), destination (1) and cost (2) stand.
    pub(super) fn add(
        &mut self,
        codes: [&str; 2],
        cost: Number,
        shown: impl Display,
        at: u64,
        place: impl Fn(usize) -> Place,
        found: &mut Diagnostics,
    ) -> Result<()> {
        let [origins, destinations] = self.ends;
        let origin = origins.find(codes[0], || place(0), "unknown_origin", found)?;
        let Some(origin) = origin else { return Ok(()) };
        let destination = destinations.find(codes[1], || place(1), "unknown_destination", found)?;
        let Some(destination) = destination else { return Ok(()) };
        if let Some(cost) = cost_of(cost, shown, || place(2), found)? {
            self.ways.push(Way { ends: (origin, destination), cost, at });
            found.keep();
        }
        Ok(())
    }

    /// Keeps the least cost of every way.
    pub(super) fn finish(
        mut self,
        mut found: Diagnostics,
        place: impl Fn(u64) -> Place,
    ) -> Result<(CostTable, Diagnostics)> {
        self.ways.sort_unstable_by(|a, b| {
            a.ends.cmp(&b.ends).then(a.cost.total_cmp(&b.cost)).then(a.at.cmp(&b.at))
        });
        let mut triplets: Vec<(u32, u32, f64)> = Vec::with_capacity(self.ways.len());
        for way in self.ways {
            match triplets.last() {
                Some(&(origin, destination, least)) if (origin, destination) == way.ends => {
                    let message =
                        format!("this way is there at {least} too, which is kept; {} is left out", way.cost);
                    found.drop_kept(1);
                    found.report(Finding {
                        severity: Severity::Error,
                        kind: "repeated_way",
                        place: place(way.at),
                        message,
                        outcome: Outcome::Dropped,
                    })?;
                }
                _ => triplets.push((way.ends.0, way.ends.1, way.cost)),
            }
        }
        let [origins, destinations] = self.ends.map(|e| e.count);
        Ok((CostTable::from_triplets(origins, destinations, &triplets)?, found))
    }
}

/// The cost in a cell; `None` when the row was dropped for it.
fn cost_of(
    cost: Number,
    shown: impl Display,
    place: impl FnOnce() -> Place,
    found: &mut Diagnostics,
) -> Result<Option<f64>> {
    let (kind, message) = match cost {
        Number::Value(cost) if cost >= 0.0 => return Ok(Some(cost)),
        Number::Value(cost) => ("negative_cost", format!("a cost of {cost} is negative")),
        Number::Blank | Number::Secret => {
            ("blank_cost", "no cost is given; the way counts as closed".to_owned())
        }
        Number::Invalid => ("bad_cost", format!("\"{shown}\" is no cost")),
    };
    found.drop_record(kind, place(), message)?;
    Ok(None)
}

/// Reads a road network: nodes with an identifier (`id`, `node`, `noeud`) and coordinates, and
/// sections with two nodes and a cost, in the columns that tables of costs have.
///
/// Nodes without coordinates or with an identifier already met, and sections with an unknown node,
/// without a cost above zero or from a node to itself are dropped and reported. Of parallel sections
/// the least cost counts (see [`road_network`]). O(nodes + sections log sections).
///
/// ```
/// use rurban::network::Direction;
/// use rurban::read::csv::Reader;
/// use rurban::read::{CostColumns, roads};
///
/// let nodes = Reader::default().open_str("id,lon,lat\na,2.0,46.0\nb,2.1,46.0\n", "nodes.csv")?;
/// let sections = Reader::default().open_str("from,to,minutes\na,b,6\na,c,2\n", "roads.csv")?;
/// let (roads, found) = roads(nodes, sections, &CostColumns::default(), Direction::Undirected)?;
/// assert_eq!((roads.network().nodes(), roads.network().edges()), (2, 1));
/// assert_eq!((found.kept(), found.count("unknown_node")), (3, 1));
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Unknown`](crate::Error::Unknown) when a column is missing; those of [`Records::for_each`].
pub fn roads(
    mut nodes: Records<'_>,
    mut sections: Records<'_>,
    columns: &CostColumns<'_>,
    direction: Direction,
) -> Result<(Roads, Diagnostics)> {
    let id = nodes.need(Role::Id, &["id", "node", "noeud"], &columns.given)?;
    let Some(coordinates) = CoordinateColumns::find(&mut nodes, &columns.given)? else {
        return Err(super::names::no_column(nodes.header(), &["longitude and latitude"], nodes.file()));
    };
    let (from, to, cost) = columns.find(&mut sections)?;
    let mut index: HashMap<String, u32> = HashMap::new();
    let mut positions: Vec<LonLat> = Vec::new();
    let mut found = nodes.for_each(|row, found| {
        let name = row.get(id);
        if name.is_empty() {
            return found.drop_record("no_node", row.place_of(id), "the node has no identifier");
        }
        if index.contains_key(name) {
            let message = format!("node {name:?} is already there; the first one is kept");
            return found.drop_record("duplicate_node", row.place_of(id), message);
        }
        let position = coordinates.locate(row, &to_lon_lat, found).and_then(|[x, y]| LonLat::new(x, y).ok());
        let Some(position) = position else {
            let message = format!("node {name:?} has no position");
            return found.drop_record("node_without_position", row.place_of(id), message);
        };
        index.insert(name.to_owned(), positions.len() as u32);
        positions.push(position);
        found.keep();
        Ok(())
    })?;
    let ends = CostEnds::new("road node", positions.len(), |name| index.get(name).copied());
    let mut lengths: Vec<(u32, u32, f64)> = Vec::new();
    found.merge(sections.for_each(|row, found| {
        let mut end = |column| ends.find(row.get(column), || row.place_of(column), "unknown_node", found);
        let Some(a) = end(from)? else { return Ok(()) };
        let Some(b) = end(to)? else { return Ok(()) };
        let length = cost_of(row.number(cost), row.get(cost), || row.place_of(cost), found)?;
        let Some(length) = length else { return Ok(()) };
        if a == b {
            return found.drop_record("loop", row.place_of(to), "the section leads from a node to itself");
        }
        if length == 0.0 {
            let message = "a cost of zero; give a small one or make both ends one node";
            return found.drop_record("zero_cost", row.place_of(cost), message);
        }
        lengths.push((a, b, length));
        found.keep();
        Ok(())
    })?);
    let network = road_network(positions.len(), &lengths, direction)?;
    Ok((Roads::new(network, positions)?, found))
}
