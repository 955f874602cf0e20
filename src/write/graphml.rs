//! Networks with attributes as GraphML, readable by igraph, `NetworkX` and Gephi.

use std::io::{self, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::network::Direction;
use crate::write::table::Cell;
use crate::write::{Column, Table, escape_markup, push_float, stream_error, to_file};

/// A graph to write: ids of the nodes, pairs of node indices, and a table of attributes for each.
#[derive(Debug, Clone)]
pub struct GraphDocument<'a> {
    /// Whether ties have a direction.
    pub direction: Direction,
    /// Id of each node; unique.
    pub nodes: &'a [String],
    /// Attributes, one row per node; a table without columns for none.
    pub node_attributes: Table<'a>,
    /// Source and target of each tie, as indices into `nodes`.
    pub edges: &'a [(u32, u32)],
    /// Attributes, one row per tie; a table without columns for none.
    pub edge_attributes: Table<'a>,
}

/// Writes the graph as GraphML 1.0 in UTF-8.
///
/// Columns become typed keys: text `string`, whole numbers `long`, numbers `double`, booleans
/// `boolean`. A missing value is left out; infinities are `Infinity` and `-Infinity`. Node ids are
/// written as they are, so that tools show them.
///
/// # Errors
/// [`Error::Shape`] when a table has another number of rows than its nodes or ties,
/// [`Error::Value`] for a tie to a node that does not exist or an id used twice, [`Error::Io`] when
/// `out` fails.
pub fn write_graphml(mut out: impl Write, graph: &GraphDocument<'_>) -> Result<()> {
    let n = graph.nodes.len();
    graph.node_attributes.check_rows("node attributes", n)?;
    graph.edge_attributes.check_rows("edge attributes", graph.edges.len())?;
    if let Some(index) = graph.edges.iter().position(|&(a, b)| a.max(b) as usize >= n) {
        return Err(Error::Value {
            what: "edges",
            index,
            value: format!("{:?}", graph.edges[index]),
            must: "must join nodes of the graph",
        });
    }
    // As written: characters that XML cannot hold are all one there.
    let ids: Vec<String> = graph.nodes.iter().map(|id| escape_markup(id)).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| ids[a].cmp(&ids[b]).then(a.cmp(&b)));
    if let Some(w) = order.windows(2).find(|w| ids[w[0]] == ids[w[1]]) {
        return Err(Error::Value {
            what: "nodes",
            index: w[1],
            value: graph.nodes[w[1]].clone(),
            must: "must have an id that no other node has",
        });
    }
    document(&mut out, graph, &ids).map_err(stream_error)
}

/// Writes the graph to a file, replacing it; see [`write_graphml`].
///
/// # Errors
/// As [`write_graphml`]; [`Error::Io`] names the path.
pub fn write_graphml_file(path: impl AsRef<Path>, graph: &GraphDocument<'_>) -> Result<()> {
    to_file(path.as_ref(), |out| write_graphml(out, graph))
}

fn document(out: &mut impl Write, graph: &GraphDocument<'_>, ids: &[String]) -> io::Result<()> {
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
          <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" \
          xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
          xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns \
          http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n",
    )?;
    for (of, prefix, table) in [("node", 'n', &graph.node_attributes), ("edge", 'e', &graph.edge_attributes)]
    {
        for (k, (name, column)) in table.columns().iter().enumerate() {
            let kind = match column {
                Column::Text(_) => "string",
                Column::Integer(_) => "long",
                Column::Number(_) => "double",
                Column::Boolean(_) => "boolean",
            };
            let name = escape_markup(name);
            writeln!(
                out,
                "  <key id=\"{prefix}{k}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
            )?;
        }
    }
    let default = match graph.direction {
        Direction::Directed => "directed",
        Direction::Undirected => "undirected",
    };
    writeln!(out, "  <graph id=\"G\" edgedefault=\"{default}\">")?;
    for (i, id) in ids.iter().enumerate() {
        write!(out, "    <node id=\"{id}\"")?;
        data(out, 'n', &graph.node_attributes, i, "node")?;
    }
    for (i, &(a, b)) in graph.edges.iter().enumerate() {
        let (source, target) = (&ids[a as usize], &ids[b as usize]);
        write!(out, "    <edge source=\"{source}\" target=\"{target}\"")?;
        data(out, 'e', &graph.edge_attributes, i, "edge")?;
    }
    out.write_all(b"  </graph>\n</graphml>\n")
}

/// The attributes of one node or tie, and the end of its element.
fn data(out: &mut impl Write, prefix: char, table: &Table<'_>, row: usize, element: &str) -> io::Result<()> {
    let mut open = false;
    for (k, (_, column)) in table.columns().iter().enumerate() {
        let value = match column.cell(row) {
            Cell::Missing => continue,
            Cell::Text(t) => escape_markup(t),
            Cell::Integer(i) => i.to_string(),
            Cell::Number(x) if x.is_infinite() => if x > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
            Cell::Number(x) => {
                let mut text = String::new();
                push_float(&mut text, x);
                text
            }
            Cell::Boolean(b) => b.to_string(),
        };
        if !open {
            out.write_all(b">")?;
            open = true;
        }
        write!(out, "<data key=\"{prefix}{k}\">{value}</data>")?;
    }
    if open { writeln!(out, "</{element}>") } else { out.write_all(b"/>\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_xml_cannot_tell_apart_are_refused() {
        let nodes = ["a\u{0}".to_owned(), "a\u{1}".to_owned()];
        let graph = GraphDocument {
            direction: Direction::Undirected,
            nodes: &nodes,
            node_attributes: Table::new(),
            edges: &[],
            edge_attributes: Table::new(),
        };
        assert!(matches!(write_graphml(Vec::new(), &graph), Err(Error::Value { index: 1, .. })));
    }

    #[test]
    fn a_small_graph_is_written_as_meant() {
        let nodes = ["a&b".to_owned(), "c".to_owned()];
        let graph = GraphDocument {
            direction: Direction::Undirected,
            nodes: &nodes,
            node_attributes: Table::new()
                .with("kind", vec![Some("<fab>"), None])
                .unwrap()
                .with("score", vec![f64::NAN, f64::INFINITY])
                .unwrap(),
            edges: &[(0, 1), (1, 1)],
            edge_attributes: Table::new()
                .with("weight", vec![0.5, f64::NAN])
                .unwrap()
                .with("open", vec![Some(true), None])
                .unwrap(),
        };
        let mut out = Vec::new();
        write_graphml(&mut out, &graph).unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        for line in [
            "  <key id=\"n1\" for=\"node\" attr.name=\"score\" attr.type=\"double\"/>",
            "    <node id=\"a&amp;b\"><data key=\"n0\">&lt;fab&gt;</data></node>",
            "    <node id=\"c\"><data key=\"n1\">Infinity</data></node>",
            "    <edge source=\"a&amp;b\" target=\"c\"><data key=\"e0\">0.5</data><data key=\"e1\">true</data></edge>",
            "    <edge source=\"c\" target=\"c\"/>",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\nnot in\n{text}");
        }
        let mut again = Vec::new();
        write_graphml(&mut again, &graph).unwrap();
        assert_eq!(out, again);
    }

    #[test]
    fn bad_graphs_are_named() {
        let nodes = ["a".to_owned(), "a".to_owned()];
        let mut graph = GraphDocument {
            direction: Direction::Directed,
            nodes: &nodes[..1],
            node_attributes: Table::new(),
            edges: &[(0, 1)],
            edge_attributes: Table::new(),
        };
        let err = write_graphml(io::sink(), &graph).unwrap_err();
        assert!(matches!(err, Error::Value { what: "edges", index: 0, .. }), "{err}");
        graph.nodes = &nodes;
        let err = write_graphml(io::sink(), &graph).unwrap_err();
        assert!(matches!(err, Error::Value { what: "nodes", index: 1, .. }), "{err}");
        graph.nodes = &nodes[..1];
        graph.edges = &[];
        graph.node_attributes = Table::new().with("x", vec![1.0, 2.0]).unwrap();
        assert!(matches!(write_graphml(io::sink(), &graph), Err(Error::Shape { .. })));
        graph.node_attributes = Table::new();
        assert!(write_graphml(io::sink(), &graph).is_ok());
    }
}
