//! A graph with what its nodes and ties are said to be, for every format of graphs.

use std::borrow::Cow;
use std::io::{self, Write};

use geo_types::Coord;

use crate::diagnostics::{Diagnostics, Place};
use crate::error::{Error, Result};
use crate::model::Period;
use crate::network::Direction;
use crate::write::table::Cell;
use crate::write::{Column, Table, escape_markup, push_float, same_length, stream_error};

/// A graph to write: ids of the nodes, pairs of node indices, what is known of each, and a table of
/// further attributes for nodes and ties.
///
/// Each format writes positions, weights, kinds and periods its own way, where it has one; where it has
/// none they are attributes named `label`, `x`, `y`, `weight`, `kind`, `from_year` and `to_year`.
///
/// ```
/// use geo_types::Coord;
/// use rurban::network::Direction;
/// use rurban::write::{GraphDocument, gexf::write_gexf};
///
/// let nodes = ["Foix".to_owned(), "Toulouse".to_owned()];
/// let graph = GraphDocument::new(Direction::Undirected, &nodes, &[(0, 1)])
///     .positions(vec![Some(Coord { x: 20.5, y: -72.4 }), None])
///     .weights(vec![3.0]);
/// let mut file = Vec::new();
/// let found = write_gexf(&mut file, &graph)?;
/// assert_eq!(found.kept(), 3);
/// assert!(String::from_utf8_lossy(&file).contains("<viz:position x=\"20.5\" y=\"-72.4\" z=\"0\"/>"));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct GraphDocument<'a> {
    /// Whether ties have a direction.
    pub direction: Direction,
    /// Id of each node; unique.
    pub nodes: &'a [String],
    /// Source and target of each tie, as indices into `nodes`.
    pub edges: &'a [(u32, u32)],
    /// What programs show as the name of each node; the id where there are none.
    pub labels: Option<Vec<Cow<'a, str>>>,
    /// Where each node is drawn: x to the right, y upwards, in any one unit.
    pub positions: Option<Vec<Option<Coord<f64>>>>,
    /// How strong each tie is.
    pub weights: Option<Vec<f64>>,
    /// What each tie is; programs keep parallel ties of different kinds apart.
    pub kinds: Option<Vec<Cow<'a, str>>>,
    /// When each tie was, if that is known.
    pub periods: Option<Vec<Option<Period>>>,
    /// Attributes, one row per node; a table without columns for none.
    pub node_attributes: Table<'a>,
    /// Attributes, one row per tie; a table without columns for none.
    pub edge_attributes: Table<'a>,
}

impl<'a> GraphDocument<'a> {
    /// A graph of which nothing else is known.
    #[must_use]
    pub const fn new(direction: Direction, nodes: &'a [String], edges: &'a [(u32, u32)]) -> Self {
        Self {
            direction,
            nodes,
            edges,
            labels: None,
            positions: None,
            weights: None,
            kinds: None,
            periods: None,
            node_attributes: Table::new(),
            edge_attributes: Table::new(),
        }
    }

    /// Sets the names of the nodes.
    #[must_use]
    pub fn labels(mut self, labels: Vec<Cow<'a, str>>) -> Self {
        self.labels = Some(labels);
        self
    }

    /// Sets where the nodes are drawn.
    #[must_use]
    pub fn positions(mut self, positions: Vec<Option<Coord<f64>>>) -> Self {
        self.positions = Some(positions);
        self
    }

    /// Sets how strong the ties are.
    #[must_use]
    pub fn weights(mut self, weights: Vec<f64>) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Sets what the ties are.
    #[must_use]
    pub fn kinds(mut self, kinds: Vec<Cow<'a, str>>) -> Self {
        self.kinds = Some(kinds);
        self
    }

    /// Sets when the ties were.
    #[must_use]
    pub fn periods(mut self, periods: Vec<Option<Period>>) -> Self {
        self.periods = Some(periods);
        self
    }

    /// Sets the attributes of the nodes.
    #[must_use]
    pub fn node_attributes(mut self, attributes: Table<'a>) -> Self {
        self.node_attributes = attributes;
        self
    }

    /// Sets the attributes of the ties.
    #[must_use]
    pub fn edge_attributes(mut self, attributes: Table<'a>) -> Self {
        self.edge_attributes = attributes;
        self
    }

    /// Checks that everything is there once for each node and tie.
    pub(super) fn check(&self) -> Result<()> {
        let (n, m) = (self.nodes.len(), self.edges.len());
        let length =
            |what, expected, got: Option<usize>| got.map_or(Ok(()), |got| same_length(what, expected, got));
        length("labels", n, self.labels.as_ref().map(Vec::len))?;
        length("positions", n, self.positions.as_ref().map(Vec::len))?;
        length("weights", m, self.weights.as_ref().map(Vec::len))?;
        length("kinds", m, self.kinds.as_ref().map(Vec::len))?;
        length("periods", m, self.periods.as_ref().map(Vec::len))?;
        self.node_attributes.check_rows("node attributes", n)?;
        self.edge_attributes.check_rows("edge attributes", m)?;
        if let Some(index) = self.edges.iter().position(|&(a, b)| a.max(b) as usize >= n) {
            return Err(Error::Value {
                what: "edges",
                index,
                value: format!("{:?}", self.edges[index]),
                must: "must join nodes of the graph",
            });
        }
        let bad = |p: &Option<Coord<f64>>| p.is_some_and(|c| !(c.x.is_finite() && c.y.is_finite()));
        if let Some(index) = self.positions.iter().flatten().position(bad) {
            return Err(Error::Value {
                what: "positions",
                index,
                value: format!("{:?}", self.positions.as_ref().and_then(|p| p[index])),
                must: "must be finite; a node without a place has none",
            });
        }
        if let Some(index) = self.weights.iter().flatten().position(|w| !w.is_finite()) {
            return Err(Error::Value {
                what: "weights",
                index,
                value: self.weights.as_ref().map_or(f64::NAN, |w| w[index]).to_string(),
                must: "must be finite",
            });
        }
        Ok(())
    }

    /// The attributes of nodes and of ties, with what a format has no own place for before them.
    ///
    /// # Errors
    /// [`Error::Parameter`] when an attribute has the name of one of these.
    pub(super) fn lowered(&self) -> Result<[Table<'_>; 2]> {
        let (mut nodes, mut edges) = (Table::new(), Table::new());
        let text =
            |values: &'_ [Cow<'a, str>]| -> Vec<String> { values.iter().map(ToString::to_string).collect() };
        if let Some(labels) = &self.labels {
            nodes.push("label", text(labels))?;
        }
        if let Some(positions) = &self.positions {
            let axis = |of: fn(Coord<f64>) -> f64| -> Vec<Option<f64>> {
                positions.iter().map(|p| p.map(of)).collect()
            };
            nodes.push("x", axis(|c| c.x))?;
            nodes.push("y", axis(|c| c.y))?;
        }
        if let Some(weights) = &self.weights {
            edges.push("weight", weights.as_slice())?;
        }
        if let Some(kinds) = &self.kinds {
            edges.push("kind", text(kinds))?;
        }
        if let Some(periods) = &self.periods {
            let year = |of: fn(Period) -> i16| -> Vec<Option<i64>> {
                periods.iter().map(|p| p.map(|p| i64::from(of(p)))).collect()
            };
            edges.push("from_year", year(|p| p.from))?;
            edges.push("to_year", year(|p| p.to))?;
        }
        for (own, further) in [(&mut nodes, &self.node_attributes), (&mut edges, &self.edge_attributes)] {
            for (name, column) in further.columns() {
                own.push(name.clone(), column.clone())?;
            }
        }
        Ok([nodes, edges])
    }

    /// Checks the graph and has it written in a format of XML; gives the account of its nodes and ties.
    pub(super) fn in_markup(
        &self,
        write: impl FnOnce(&[String], &mut Markup) -> io::Result<()>,
    ) -> Result<Diagnostics> {
        self.check()?;
        let mut markup = Markup::default();
        let ids = markup.ids(self.nodes);
        self.check_ids(&ids)?;
        write(&ids, &mut markup).map_err(stream_error)?;
        (0..self.nodes.len() + self.edges.len()).for_each(|_| markup.found.keep());
        Ok(markup.found)
    }

    /// Whether ties have a direction, as formats of XML say it.
    pub(super) const fn edge_type(&self) -> &'static str {
        match self.direction {
            Direction::Directed => "directed",
            Direction::Undirected => "undirected",
        }
    }

    /// [`Error::Value`] for the first id that is there twice; `ids` are the nodes' as they are written.
    pub(super) fn check_ids(&self, ids: &[impl AsRef<str>]) -> Result<()> {
        let id = |i: usize| ids[i].as_ref();
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by(|&a, &b| id(a).cmp(id(b)).then(a.cmp(&b)));
        match order.windows(2).find(|w| id(w[0]) == id(w[1])) {
            Some(twice) => Err(Error::Value {
                what: "nodes",
                index: twice[1],
                value: self.nodes[twice[1]].clone(),
                must: "must have an id that no other node has, also without characters XML cannot hold",
            }),
            None => Ok(()),
        }
    }
}

/// What a graph is called in findings.
pub(super) const GRAPH: &str = "graph";

/// Text on its way into XML: what XML 1.0 cannot hold is replaced and reported.
#[derive(Debug, Default)]
pub(super) struct Markup {
    pub(super) found: Diagnostics,
}

impl Markup {
    /// The text, escaped; `place` says whose it is.
    pub(super) fn text(&mut self, text: &str, place: impl FnOnce() -> Place) -> String {
        let unwritable =
            |c: char| matches!(c, '\u{fffe}' | '\u{ffff}') || (c < ' ' && !matches!(c, '\t' | '\n' | '\r'));
        if text.chars().any(unwritable) {
            let message = "control characters, which XML cannot hold, are written as U+FFFD";
            self.found.repaired("control_character", place(), message);
        }
        let text = escape_markup(text);
        // Readers take tabs and line ends in attributes for spaces.
        if text.contains(['\t', '\n']) { text.replace('\t', "&#9;").replace('\n', "&#10;") } else { text }
    }

    /// Ids of all nodes, escaped.
    pub(super) fn ids(&mut self, nodes: &[String]) -> Vec<String> {
        let id = |(i, id): (usize, &String)| self.text(id, || Place::file(GRAPH).record(i).field("id"));
        nodes.iter().enumerate().map(id).collect()
    }

    /// Writes the elements of the attributes that a node or tie has, between `open` and `close`; nothing where it
    /// has none. Says whether it has one.
    pub(super) fn cells(
        &mut self,
        out: &mut impl Write,
        table: &Table<'_>,
        row: usize,
        [open, close]: [&str; 2],
        element: impl Fn(usize, &str) -> String,
    ) -> io::Result<bool> {
        let mut any = false;
        for (k, (name, column)) in table.columns().iter().enumerate() {
            let Some(value) = self.cell(name, column, row) else { continue };
            if !any {
                out.write_all(open.as_bytes())?;
                any = true;
            }
            out.write_all(element(k, &value).as_bytes())?;
        }
        if any {
            out.write_all(close.as_bytes())?;
        }
        Ok(any)
    }

    /// The value in a row, escaped; `None` where it is missing.
    fn cell(&mut self, name: &str, column: &Column<'_>, row: usize) -> Option<String> {
        Some(match column.cell(row) {
            Cell::Missing => return None,
            Cell::Text(t) => self.text(t, || Place::file(GRAPH).record(row).field(name)),
            Cell::Integer(i) => i.to_string(),
            Cell::Number(x) if x.is_infinite() => if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            Cell::Number(x) => number(x),
            Cell::Boolean(b) => b.to_string(),
        })
    }
}

/// What an attribute is, as XML Schema calls it.
pub(super) const fn attribute_type(column: &Column<'_>) -> &'static str {
    match column {
        Column::Text(_) => "string",
        Column::Integer(_) => "long",
        Column::Number(_) => "double",
        Column::Boolean(_) => "boolean",
    }
}

/// A finite number as text.
pub(super) fn number(value: f64) -> String {
    let mut text = String::new();
    push_float(&mut text, value);
    text
}
