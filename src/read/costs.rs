//! Costs of the user's own: travel times from place to place, and roads to compute them on.

use std::collections::HashMap;

use super::Resolve;
use super::csv::{CoordinateColumns, Row, Table, ToLonLat};
use super::number::Number;
use crate::accessibility::{CostTable, Roads, road_network};
use crate::diagnostics::{Diagnostics, Finding, Outcome, Severity};
use crate::error::Result;
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
}

impl Default for CostColumns<'_> {
    fn default() -> Self {
        Self {
            origin: vec!["origin", "from", "origine", "depart", "source", "idsrc", "commune", "code_insee"],
            destination: vec!["destination", "to", "arrivee", "target", "iddst", "actor", "acteur", "facility"],
            cost: vec![
                "minutes", "cost", "duration", "duree", "temps", "time", "length", "longueur", "distance",
                "metres", "km",
            ],
        }
    }
}

macro_rules! setters {
    ($($field:ident),*) => {$(
        #[doc = concat!("Sets the names for `", stringify!($field), "`.")]
        #[must_use]
        pub fn $field(mut self, names: &[&'a str]) -> Self {
            self.$field = names.to_vec();
            self
        }
    )*};
}

impl<'a> CostColumns<'a> {
    setters!(origin, destination, cost);

    fn find(&self, table: &Table<'_>) -> Result<[usize; 3]> {
        Ok([table.require(&self.origin)?, table.require(&self.destination)?, table.require(&self.cost)?])
    }
}

/// What the origins or the destinations of a table of costs stand for.
#[derive(Clone, Copy)]
pub struct CostEnds<'a> {
    /// What they are, for findings: `commune`, `actor` …
    pub kind: &'static str,
    /// How many there are; what `resolve` gives is less.
    pub count: usize,
    /// Finds the one that a code in the file stands for.
    pub resolve: Resolve<'a>,
}

impl std::fmt::Debug for CostEnds<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CostEnds").field("kind", &self.kind).field("count", &self.count).finish_non_exhaustive()
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
/// let actor = |id: &str| (id == "A").then_some(0);
/// let (costs, found) = travel_costs(
///     Reader::default().open_str(text, "times.csv")?,
///     &CostColumns::default(),
///     CostEnds { kind: "commune", count: codes.len(), resolve: &commune },
///     CostEnds { kind: "actor", count: 1, resolve: &actor },
/// )?;
/// assert_eq!((costs.pairs(), costs.get(0, 0)), (1, Some(10.0)));
/// assert_eq!((found.seen(), found.kept(), found.dropped()), (5, 1, 4));
/// let kinds = ["repeated_way", "blank_cost", "negative_cost", "unknown_origin"];
/// assert_eq!(kinds.map(|k| found.count(k)), [1; 4]);
/// # Ok::<(), rurban::Error>(())
/// ```
///
/// # Errors
/// [`Unknown`](crate::Error::Unknown) when a column is missing; those of [`Table::for_each`];
/// [`Value`](crate::Error::Value) when a `resolve` gives an index that is not below its count.
pub fn travel_costs(
    table: Table<'_>,
    columns: &CostColumns<'_>,
    origins: CostEnds<'_>,
    destinations: CostEnds<'_>,
) -> Result<(CostTable, Diagnostics)> {
    let [from, to, cost] = columns.find(&table)?;
    let mut ways: Vec<Way> = Vec::new();
    let mut found = table.for_each(|row, found| {
        let Some(origin) = end(row, from, origins, "unknown_origin", found)? else { return Ok(()) };
        let Some(destination) = end(row, to, destinations, "unknown_destination", found)? else {
            return Ok(());
        };
        let Some(cost) = cost_of(row, cost, found)? else { return Ok(()) };
        ways.push(Way { origin, destination, cost, place: (row.line(), row.record()) });
        found.keep();
        Ok(())
    })?;
    ways.sort_unstable_by(|a, b| {
        (a.origin, a.destination)
            .cmp(&(b.origin, b.destination))
            .then(a.cost.total_cmp(&b.cost))
            .then(a.place.cmp(&b.place))
    });
    let mut triplets: Vec<(u32, u32, f64)> = Vec::with_capacity(ways.len());
    todo!()
}
