//! Networks with attributes as GraphML, readable by igraph, `NetworkX` and Gephi.

use std::io::{self, Write};
use std::path::Path;

use crate::diagnostics::Diagnostics;
use crate::error::Result;
use crate::write::graph::{Markup, attribute_type};
use crate::write::{GraphDocument, Table, to_file};

/// Writes the graph as GraphML 1.0 in UTF-8; gives the account of what was written.
///
/// Columns become typed keys: text `string`, whole numbers `long`, numbers `double`, booleans
/// `boolean`. A missing value is left out; infinities are `Infinity` and `-Infinity`. Node ids are
/// written as they are, so that tools show them; ties are `e0`, `e1` …
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) when something is not there once for each node or tie,
/// [`Error::Value`](crate::Error::Value) for a tie to a node that does not exist or an id used twice,
/// [`Error::Parameter`](crate::Error::Parameter) when an attribute is called as one of the graph's own,
/// [`Error::Io`](crate::Error::Io) when `out` fails.
pub fn write_graphml(mut out: impl Write, graph: &GraphDocument<'_>) -> Result<Diagnostics> {
    let tables = graph.lowered()?;
    graph.in_markup(|ids, markup| document(&mut out, graph, ids, &tables, markup))
}

/// Writes the graph to a file, replacing it; see [`write_graphml`].
///
/// # Errors
/// As [`write_graphml`]; [`Error::Io`](crate::Error::Io) names the path.
pub fn write_graphml_file(path: impl AsRef<Path>, graph: &GraphDocument<'_>) -> Result<Diagnostics> {
    to_file(path.as_ref(), |out| write_graphml(out, graph))
}

fn document(
    out: &mut impl Write,
    graph: &GraphDocument<'_>,
    ids: &[String],
    [nodes, edges]: &[Table<'_>; 2],
    markup: &mut Markup,
) -> io::Result<()> {
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
          <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" \
          xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
          xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns \
          http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n",
    )?;
    for (of, prefix, table) in [("node", 'n', nodes), ("edge", 'e', edges)] {
        for (k, (name, column)) in table.columns().iter().enumerate() {
            let kind = attribute_type(column);
            let name = markup.text(name, || crate::diagnostics::Place::file(of).field(&**name));
            writeln!(
                out,
                "  <key id=\"{prefix}{k}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
            )?;
        }
    }
    let default = graph.edge_type();
    writeln!(out, "  <graph id=\"G\" edgedefault=\"{default}\">")?;
    for (i, id) in ids.iter().enumerate() {
        write!(out, "    <node id=\"{id}\"")?;
        data(out, 'n', nodes, i, "node", markup)?;
    }
    for (i, &(a, b)) in graph.edges.iter().enumerate() {
        let (source, target) = (&ids[a as usize], &ids[b as usize]);
        write!(out, "    <edge id=\"e{i}\" source=\"{source}\" target=\"{target}\"")?;
        data(out, 'e', edges, i, "edge", markup)?;
    }
    out.write_all(b"  </graph>\n</graphml>\n")
}

/// The attributes of one node or tie, and the end of its element.
fn data(
    out: &mut impl Write,
    prefix: char,
    table: &Table<'_>,
    row: usize,
    element: &str,
    markup: &mut Markup,
) -> io::Result<()> {
    let datum = |k, value: &str| format!("<data key=\"{prefix}{k}\">{value}</data>");
    let any = markup.cells(out, table, row, [">", &format!("</{element}>\n")], datum)?;
    if any { Ok(()) } else { out.write_all(b"/>\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::network::Direction;

    #[test]
    fn a_small_graph_is_written_as_meant() {
        let nodes = ["a&b".to_owned(), "c".to_owned()];
        let score = Table::new().with("kind", vec![Some("<fab>"), None]).unwrap();
        let graph = GraphDocument::new(Direction::Undirected, &nodes, &[(0, 1), (1, 1)])
            .weights(vec![0.5, 2.0])
            .node_attributes(score.with("score", vec![f64::NAN, f64::INFINITY]).unwrap())
            .edge_attributes(Table::new().with("open", vec![Some(true), None]).unwrap());
        let mut out = Vec::new();
        let found = write_graphml(&mut out, &graph).unwrap();
        assert_eq!((found.kept(), found.is_clean()), (4, true));
        let text = String::from_utf8(out.clone()).unwrap();
        for line in [
            "  <key id=\"n1\" for=\"node\" attr.name=\"score\" attr.type=\"double\"/>",
            "    <node id=\"a&amp;b\"><data key=\"n0\">&lt;fab&gt;</data></node>",
            "    <node id=\"c\"><data key=\"n1\">Infinity</data></node>",
            "    <edge id=\"e0\" source=\"a&amp;b\" target=\"c\"><data key=\"e0\">0.5</data><data key=\"e1\">true</data></edge>",
            "    <edge id=\"e1\" source=\"c\" target=\"c\"><data key=\"e0\">2</data></edge>",
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
        let mut graph = GraphDocument::new(Direction::Directed, &nodes[..1], &[(0, 1)]);
        let err = write_graphml(io::sink(), &graph).unwrap_err();
        assert!(matches!(err, Error::Value { what: "edges", index: 0, .. }), "{err}");
        graph.nodes = &nodes;
        let err = write_graphml(io::sink(), &graph).unwrap_err();
        assert!(matches!(err, Error::Value { what: "nodes", index: 1, .. }), "{err}");
        graph.nodes = &nodes[..1];
        graph.edges = &[];
        graph.node_attributes = Table::new().with("x", vec![1.0, 2.0]).unwrap();
        assert!(matches!(write_graphml(io::sink(), &graph), Err(Error::Shape { .. })));
        graph.node_attributes = Table::new().with("x", vec![1.0]).unwrap();
        assert!(write_graphml(io::sink(), &graph).is_ok());
        // What is the graph's own is not said twice.
        graph.positions = Some(vec![None]);
        assert!(matches!(write_graphml(io::sink(), &graph), Err(Error::Parameter { .. })));
    }
}
