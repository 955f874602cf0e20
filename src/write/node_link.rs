//! Networks as node-link JSON, for `NetworkX` (`node_link_graph`), D3 and other programs.

use std::io::{self, Write};
use std::path::Path;

use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::network::Direction;
use crate::write::graph::{GRAPH, number};
use crate::write::table::Cell;
use crate::write::{Column, GraphDocument, Table, stream_error, to_file};

/// Writes the graph as node-link JSON: `directed`, `multigraph` (true), `graph`, `nodes` with their `id`,
/// `edges` with their `source`, `target` and `key` (the tie's position), one node or tie per line; gives the
/// account of what was written.
///
/// A missing value is left out. JSON has no infinities: they are `null`, and counted.
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) when something is not there once for each node or tie,
/// [`Error::Value`](crate::Error::Value) for a tie to a node that does not exist or an id used twice,
/// [`Error::Parameter`](crate::Error::Parameter) when an attribute is called as one of the graph's own,
/// [`Error::Io`](crate::Error::Io) when `out` fails.
pub fn write_node_link(mut out: impl Write, graph: &GraphDocument<'_>) -> Result<Diagnostics> {
    graph.check()?;
    graph.check_ids(graph.nodes)?;
    let tables = graph.lowered()?;
    for (table, own) in tables.iter().zip([&["id"][..], &["source", "target", "key"]]) {
        if let Some((name, _)) = table.columns().iter().find(|(name, _)| own.contains(&&**name)) {
            return Err(crate::Error::Parameter {
                name: "attribute",
                value: name.to_string(),
                must: "must have a name that node-link JSON does not need itself (id, source, target, key)",
            });
        }
    }
    let mut found = Diagnostics::default();
    document(&mut out, graph, &tables, &mut found).map_err(stream_error)?;
    (0..graph.nodes.len() + graph.edges.len()).for_each(|_| found.keep());
    Ok(found)
}

/// Writes the graph to a file, replacing it; see [`write_node_link`].
///
/// # Errors
/// As [`write_node_link`]; [`Error::Io`](crate::Error::Io) names the path.
pub fn write_node_link_file(path: impl AsRef<Path>, graph: &GraphDocument<'_>) -> Result<Diagnostics> {
    to_file(path.as_ref(), |out| write_node_link(out, graph))
}

fn document(
    out: &mut impl Write,
    graph: &GraphDocument<'_>,
    [nodes, edges]: &[Table<'_>; 2],
    found: &mut Diagnostics,
) -> io::Result<()> {
    let directed = graph.direction == Direction::Directed;
    write!(out, "{{\"directed\":{directed},\"multigraph\":true,\"graph\":{{}},\"nodes\":[")?;
    let ids: Vec<String> = graph.nodes.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    for (i, id) in ids.iter().enumerate() {
        write!(out, "{}{{\"id\":{id}", if i == 0 { "\n" } else { ",\n" })?;
        members(out, nodes, i, found)?;
    }
    out.write_all(b"\n],\"edges\":[")?;
    for (i, &(a, b)) in graph.edges.iter().enumerate() {
        let (start, source, target) = (if i == 0 { "\n" } else { ",\n" }, &ids[a as usize], &ids[b as usize]);
        write!(out, "{start}{{\"source\":{source},\"target\":{target},\"key\":{i}")?;
        members(out, edges, i, found)?;
    }
    out.write_all(b"\n]}\n")
}

/// The attributes of one node or tie, and the end of its object.
fn members(out: &mut impl Write, table: &Table<'_>, row: usize, found: &mut Diagnostics) -> io::Result<()> {
    for (name, column) in table.columns() {
        let value = value(name, column, row, found)?;
        if let Some(value) = value {
            write!(out, ",{}:{value}", serde_json::to_string(name)?)?;
        }
    }
    out.write_all(b"}")
}

fn value(name: &str, column: &Column<'_>, row: usize, found: &mut Diagnostics) -> io::Result<Option<String>> {
    Ok(Some(match column.cell(row) {
        Cell::Missing => return Ok(None),
        Cell::Text(t) => serde_json::to_string(t)?,
        Cell::Integer(i) => i.to_string(),
        Cell::Number(x) if x.is_finite() => number(x),
        Cell::Number(x) => {
            let place = Place::file(GRAPH).record(row).field(name);
            found.repaired(
                "infinite_number",
                place,
                format!("{x} is written as null: JSON has no infinities"),
            );
            "null".to_owned()
        }
        Cell::Boolean(b) => b.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::model::Period;

    #[test]
    fn a_json_library_reads_it_back() {
        let nodes = ["01\"é\u{1}".to_owned(), "b".to_owned()];
        let graph = GraphDocument::new(Direction::Undirected, &nodes, &[(0, 1), (1, 0)])
            .weights(vec![2.5, 1.0])
            .periods(vec![Some(Period { from: 2014, to: 2016 }), None])
            .node_attributes(Table::new().with("score", vec![f64::INFINITY, f64::NAN]).unwrap());
        let mut out = Vec::new();
        let found = write_node_link(&mut out, &graph).unwrap();
        assert_eq!((found.kept(), found.count("infinite_number")), (4, 1));
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["nodes"][0], serde_json::json!({"id": nodes[0], "score": null}));
        assert_eq!(read["nodes"][1], serde_json::json!({"id": "b"}));
        let tie = serde_json::json!({"source": nodes[0], "target": "b", "key": 0, "weight": 2.5,
            "from_year": 2014, "to_year": 2016});
        assert_eq!(read["edges"][0], tie);
        assert_eq!(
            read["edges"][1],
            serde_json::json!({"source": "b", "target": nodes[0], "key": 1, "weight": 1})
        );
    }

    #[test]
    fn names_the_format_needs_are_refused() {
        let nodes = ["a".to_owned()];
        let graph = GraphDocument::new(Direction::Directed, &nodes, &[])
            .node_attributes(Table::new().with("id", vec!["x"]).unwrap());
        assert!(matches!(write_node_link(io::sink(), &graph), Err(Error::Parameter { .. })));
        let empty = GraphDocument::new(Direction::Directed, &[], &[]);
        let mut out = Vec::new();
        write_node_link(&mut out, &empty).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["nodes"], serde_json::json!([]));
    }
}
