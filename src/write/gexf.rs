//! Networks as GEXF 1.3, the format of Gephi: positions, weights, kinds and dates are its own, not attributes.

use std::io::{self, Write};
use std::path::Path;

use crate::diagnostics::{Diagnostics, Place};
use crate::error::Result;
use crate::write::graph::{GRAPH, Markup, attribute_type, number};
use crate::write::{GraphDocument, Table, to_file};

/// Writes the graph as GEXF 1.3 in UTF-8; gives the account of what was written.
///
/// Every attribute is declared once, before the nodes. A graph with periods is dynamic: ties carry the
/// first and the last day of their years, both included; ties without a period are there all the time.
/// Programs keep parallel ties apart by their kind. A missing value is left out.
///
/// # Errors
/// [`Error::Shape`](crate::Error::Shape) when something is not there once for each node or tie,
/// [`Error::Value`](crate::Error::Value) for a tie to a node that does not exist, a position or weight that
/// is not finite or an id used twice, [`Error::Io`](crate::Error::Io) when `out` fails.
pub fn write_gexf(mut out: impl Write, graph: &GraphDocument<'_>) -> Result<Diagnostics> {
    graph.in_markup(|ids, markup| document(&mut out, graph, ids, markup))
}

/// Writes the graph to a file, replacing it; see [`write_gexf`].
///
/// # Errors
/// As [`write_gexf`]; [`Error::Io`](crate::Error::Io) names the path.
pub fn write_gexf_file(path: impl AsRef<Path>, graph: &GraphDocument<'_>) -> Result<Diagnostics> {
    to_file(path.as_ref(), |out| write_gexf(out, graph))
}

fn document(
    out: &mut impl Write,
    graph: &GraphDocument<'_>,
    ids: &[String],
    markup: &mut Markup,
) -> io::Result<()> {
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
          <gexf xmlns=\"http://gexf.net/1.3\" xmlns:viz=\"http://gexf.net/1.3/viz\" \
          xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
          xsi:schemaLocation=\"http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd\" version=\"1.3\">\n",
    )?;
    let default = graph.edge_type();
    let time =
        if graph.periods.is_some() { "mode=\"dynamic\" timeformat=\"date\"" } else { "mode=\"static\"" };
    writeln!(out, "  <graph defaultedgetype=\"{default}\" {time}>")?;
    for (class, table) in [("node", &graph.node_attributes), ("edge", &graph.edge_attributes)] {
        declare(out, class, table, markup)?;
    }
    writeln!(out, "    <nodes count=\"{}\">", ids.len())?;
    for (i, id) in ids.iter().enumerate() {
        let label = graph
            .labels
            .as_ref()
            .map(|labels| markup.text(&labels[i], || Place::file(GRAPH).record(i).field("label")));
        write!(out, "      <node id=\"{id}\" label=\"{}\">", label.as_ref().unwrap_or(id))?;
        values(out, &graph.node_attributes, i, markup)?;
        if let Some(at) = graph.positions.as_ref().and_then(|p| p[i]) {
            write!(out, "<viz:position x=\"{}\" y=\"{}\" z=\"0\"/>", number(at.x), number(at.y))?;
        }
        out.write_all(b"</node>\n")?;
    }
    writeln!(out, "    </nodes>\n    <edges count=\"{}\">", graph.edges.len())?;
    for (i, &(a, b)) in graph.edges.iter().enumerate() {
        write!(out, "      <edge id=\"{i}\" source=\"{}\" target=\"{}\"", ids[a as usize], ids[b as usize])?;
        if let Some(kinds) = &graph.kinds {
            let kind = markup.text(&kinds[i], || Place::file(GRAPH).record(i).field("kind"));
            write!(out, " kind=\"{kind}\"")?;
        }
        if let Some(weights) = &graph.weights {
            write!(out, " weight=\"{}\"", number(weights[i]))?;
        }
        if let Some(period) = graph.periods.as_ref().and_then(|p| p[i]) {
            write!(out, " start=\"{:04}-01-01\" end=\"{:04}-12-31\"", period.from, period.to)?;
        }
        out.write_all(b">")?;
        values(out, &graph.edge_attributes, i, markup)?;
        out.write_all(b"</edge>\n")?;
    }
    out.write_all(b"    </edges>\n  </graph>\n</gexf>\n")
}

/// Says which attributes nodes or ties have.
fn declare(out: &mut impl Write, class: &str, table: &Table<'_>, markup: &mut Markup) -> io::Result<()> {
    if table.columns().is_empty() {
        return Ok(());
    }
    writeln!(out, "    <attributes class=\"{class}\" mode=\"static\">")?;
    for (k, (name, column)) in table.columns().iter().enumerate() {
        let kind = attribute_type(column);
        let title = markup.text(name, || Place::file(class).field(&**name));
        writeln!(out, "      <attribute id=\"{k}\" title=\"{title}\" type=\"{kind}\"/>")?;
    }
    out.write_all(b"    </attributes>\n")
}

/// The values of the attributes of one node or tie.
fn values(out: &mut impl Write, table: &Table<'_>, row: usize, markup: &mut Markup) -> io::Result<()> {
    let element = |k, value: &str| format!("<attvalue for=\"{k}\" value=\"{value}\"/>");
    markup.cells(out, table, row, ["<attvalues>", "</attvalues>"], element).map(drop)
}

#[cfg(test)]
mod tests {
    use geo_types::Coord;

    use super::*;
    use crate::error::Error;
    use crate::model::Period;
    use crate::network::Direction;

    fn text(graph: &GraphDocument<'_>) -> (String, Diagnostics) {
        let mut out = Vec::new();
        let found = write_gexf(&mut out, graph).unwrap();
        (String::from_utf8(out).unwrap(), found)
    }

    #[test]
    fn positions_weights_kinds_and_dates_are_gexf_s_own() {
        let nodes = ["01001".to_owned(), "b".to_owned()];
        let graph = GraphDocument::new(Direction::Undirected, &nodes, &[(0, 1), (0, 1)])
            .labels(vec!["L'Abergement \"x\"".into(), "B & Cie".into()])
            .positions(vec![Some(Coord { x: 1.5, y: -2.0 }), None])
            .weights(vec![2.5, 1.0])
            .kinds(vec!["project".into(), "contract".into()])
            .periods(vec![Some(Period { from: 2014, to: 2016 }), None])
            .node_attributes(Table::new().with("communes", vec![Some(3_i64), None]).unwrap());
        let (text, found) = text(&graph);
        assert!(found.is_clean() && found.kept() == 4);
        for line in [
            "  <graph defaultedgetype=\"undirected\" mode=\"dynamic\" timeformat=\"date\">",
            "      <attribute id=\"0\" title=\"communes\" type=\"long\"/>",
            "      <node id=\"01001\" label=\"L&#39;Abergement &quot;x&quot;\"><attvalues><attvalue for=\"0\" \
             value=\"3\"/></attvalues><viz:position x=\"1.5\" y=\"-2\" z=\"0\"/></node>",
            "      <node id=\"b\" label=\"B &amp; Cie\"></node>",
            "      <edge id=\"0\" source=\"01001\" target=\"b\" kind=\"project\" weight=\"2.5\" \
             start=\"2014-01-01\" end=\"2016-12-31\"></edge>",
            "      <edge id=\"1\" source=\"01001\" target=\"b\" kind=\"contract\" weight=\"1\"></edge>",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\nnot in\n{text}");
        }
        assert_eq!(text.matches("<attributes").count(), 1);
    }

    #[test]
    fn control_characters_are_replaced_and_counted() {
        let nodes = ["a\u{1}".to_owned(), "b".to_owned()];
        let graph = GraphDocument::new(Direction::Directed, &nodes, &[])
            .labels(vec!["x\u{0}y".into(), "tab\tand\nline".into()])
            .node_attributes(Table::new().with("note", vec!["\u{ffff}", "fine"]).unwrap());
        let (text, found) = text(&graph);
        assert_eq!((found.count("control_character"), found.kept()), (3, 2));
        assert!(text.contains("id=\"a\u{fffd}\" label=\"x\u{fffd}y\""), "{text}");
        assert!(text.contains("label=\"tab&#9;and&#10;line\""), "{text}");
        assert_eq!(found.findings()[0].place.to_string(), "graph, record 0, field \"id\"");
    }

    #[test]
    fn ids_that_become_equal_are_refused() {
        let nodes = ["a\u{1}".to_owned(), "a\u{2}".to_owned()];
        let graph = GraphDocument::new(Direction::Directed, &nodes, &[]);
        let err = write_gexf(io::sink(), &graph).unwrap_err();
        assert!(matches!(err, Error::Value { what: "nodes", index: 1, .. }), "{err}");
        let far = GraphDocument::new(Direction::Directed, &nodes[..1], &[])
            .positions(vec![Some(Coord { x: f64::NAN, y: 0.0 })]);
        assert!(matches!(write_gexf(io::sink(), &far), Err(Error::Value { what: "positions", .. })));
        let heavy =
            GraphDocument::new(Direction::Directed, &nodes[..1], &[(0, 0)]).weights(vec![f64::INFINITY]);
        assert!(matches!(write_gexf(io::sink(), &heavy), Err(Error::Value { what: "weights", .. })));
    }
}
