use petgraph::EdgeType;
use petgraph::graph::Graph;
use petgraph::visit::{EdgeRef, IntoEdgeReferences, NodeIndexable};
use serde::{Deserialize, Serialize};

use crate::check::check_sum;
use crate::error::{Error, Result};
use crate::matrix::Csr;

/// Whether ties have a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// `i – j` is the same tie as `j – i`.
    Undirected,
    /// `i → j` is not `j → i`.
    Directed,
}

/// A frozen weighted graph in compressed-row form, on which all network kernels run.
///
/// It is simple: parallel ties are added up into one, self-loops and ties of weight zero are left
/// out, and [`BuildReport`] counts each. Weights are finite and positive. An undirected tie is
/// stored in both directions.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    out: Csr,
    direction: Direction,
    edges: usize,
    total_weight: f64,
}

/// What was merged or left out when a [`Network`] was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BuildReport {
    /// Ties from a node to itself, left out.
    pub self_loops: usize,
    /// Ties of weight zero, left out.
    pub zero_weights: usize,
    /// Ties added to an earlier tie between the same nodes.
    pub merged: usize,
}

impl Network {
    /// Builds from `(source, target, weight)` ties between nodes `0..nodes`.
    ///
    /// # Errors
    /// [`Error::Value`] when an end is not a node, a weight is negative or not finite, or the sum of
    /// weights is not.
    ///
    /// # Complexity
    /// O(nodes + ties).
    pub fn from_edges(
        nodes: usize,
        edges: &[(u32, u32, f64)],
        direction: Direction,
    ) -> Result<(Self, BuildReport)> {
        let mut report = BuildReport::default();
        let mut triplets = Vec::with_capacity(edges.len() * 2);
        for (index, &(a, b, w)) in edges.iter().enumerate() {
            if a as usize >= nodes || b as usize >= nodes {
                return Err(Error::Value {
                    what: "edges",
                    index,
                    value: format!("({a}, {b})"),
                    must: "both ends must be nodes of the graph",
                });
            }
            if !(w.is_finite() && w >= 0.0) {
                return Err(Error::Value {
                    what: "edge weights",
                    index,
                    value: w.to_string(),
                    must: "must be finite and not negative",
                });
            }
            if a == b {
                report.self_loops += 1;
            } else if w == 0.0 {
                report.zero_weights += 1;
            } else {
                triplets.push((a, b, w));
                if direction == Direction::Undirected {
                    triplets.push((b, a, w));
                }
            }
        }
        let out = Csr::from_triplets(nodes, nodes, &triplets)?;
        check_sum("edge weights", out.parts().2)?;
        let per_edge = if direction == Direction::Undirected { 2 } else { 1 };
        report.merged = (triplets.len() - out.entries()) / per_edge;
        Ok((Self::from_csr(out, direction), report))
    }

    /// Takes over a matrix that already is simple (and symmetric when undirected).
    pub(crate) fn from_csr(out: Csr, direction: Direction) -> Self {
        let per_edge = if direction == Direction::Undirected { 2 } else { 1 };
        let edges = out.entries() / per_edge;
        let total_weight = out.parts().2.iter().sum::<f64>() / per_edge as f64;
        Self { out, direction, edges, total_weight }
    }

    /// A snapshot of a petgraph graph, with `weight` giving each edge its weight.
    ///
    /// # Errors
    /// As [`Network::from_edges`].
    ///
    /// # Complexity
    /// As [`Network::from_edges`].
    pub fn from_petgraph<G>(
        graph: G,
        mut weight: impl FnMut(G::EdgeRef) -> f64,
        direction: Direction,
    ) -> Result<(Self, BuildReport)>
    where
        G: IntoEdgeReferences + NodeIndexable,
    {
        let edges: Vec<(u32, u32, f64)> = graph
            .edge_references()
            .map(|e| (graph.to_index(e.source()) as u32, graph.to_index(e.target()) as u32, weight(e)))
            .collect();
        Self::from_edges(graph.node_bound(), &edges, direction)
    }

    /// The network as a petgraph graph with its weights on the edges, for petgraph's own algorithms.
    ///
    /// Ties of an undirected network are there once; give the type that says so:
    /// `to_petgraph::<Undirected>()`.
    ///
    /// # Complexity
    /// O(nodes + ties).
    #[must_use]
    pub fn to_petgraph<D: EdgeType>(&self) -> Graph<(), f64, D> {
        let mut graph = Graph::with_capacity(self.nodes(), self.edges());
        (0..self.nodes()).for_each(|_| {
            graph.add_node(());
        });
        for (a, b, weight) in self.edge_list() {
            graph.add_edge(a.into(), b.into(), weight);
        }
        graph
    }

    /// Number of nodes.
    #[must_use]
    pub const fn nodes(&self) -> usize {
        self.out.rows()
    }

    /// Number of ties, undirected ones counted once.
    #[must_use]
    pub const fn edges(&self) -> usize {
        self.edges
    }

    /// Sum of the weights of all ties, undirected ones counted once.
    #[must_use]
    pub const fn total_weight(&self) -> f64 {
        self.total_weight
    }

    /// Whether ties have a direction.
    #[must_use]
    pub const fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether ties have a direction.
    #[must_use]
    pub const fn is_directed(&self) -> bool {
        matches!(self.direction, Direction::Directed)
    }

    /// (Out-)neighbours of `i`, increasing.
    #[inline]
    #[must_use]
    pub fn neighbours(&self, i: usize) -> &[u32] {
        self.out.indices(i)
    }

    /// Weights of the ties to [`Network::neighbours`].
    #[inline]
    #[must_use]
    pub fn weights(&self, i: usize) -> &[f64] {
        self.out.values(i)
    }

    /// `(neighbour, weight)` of the (out-)ties of `i`.
    #[inline]
    pub fn ties(&self, i: usize) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
        self.out.row(i)
    }

    /// Number of (out-)ties of `i`.
    #[inline]
    #[must_use]
    pub fn degree(&self, i: usize) -> usize {
        self.out.row_len(i)
    }

    /// Sum of the weights of the (out-)ties of `i`.
    #[inline]
    #[must_use]
    pub fn strength(&self, i: usize) -> f64 {
        self.out.row_sum(i)
    }

    /// Weight of the tie from `i` to `j`, if there is one. O(log degree).
    #[must_use]
    pub fn weight(&self, i: usize, j: u32) -> Option<f64> {
        self.out.get(i, j)
    }

    /// Every tie once, as `(source, target, weight)`; undirected ones with source < target.
    pub fn edge_list(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        (0..self.nodes()).flat_map(move |i| {
            self.out
                .row(i)
                .filter(move |&(j, _)| self.is_directed() || (i as u32) < j)
                .map(move |(j, w)| (i as u32, j, w))
        })
    }

    /// The adjacency matrix: all out-ties by node.
    #[must_use]
    pub const fn as_csr(&self) -> &Csr {
        &self.out
    }

    /// The graph with all ties reversed (itself when undirected). O(nodes + ties).
    #[must_use]
    pub fn reversed(&self) -> Self {
        if self.is_directed() { Self::from_csr(self.out.transposed(), self.direction) } else { self.clone() }
    }

    /// Number of nodes without any tie, in either direction.
    #[must_use]
    pub fn isolates(&self) -> usize {
        let mut tied = vec![false; self.nodes()];
        for i in 0..self.nodes() {
            if self.degree(i) > 0 {
                tied[i] = true;
                if self.is_directed() {
                    for &j in self.neighbours(i) {
                        tied[j as usize] = true;
                    }
                }
            }
        }
        tied.iter().filter(|&&t| !t).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graphs_are_made_simple_and_say_so() {
        let edges = [(0, 1, 1.0), (1, 0, 2.0), (1, 1, 1.0), (1, 2, 0.0)];
        let (g, report) = Network::from_edges(4, &edges, Direction::Undirected).unwrap();
        assert_eq!(report, BuildReport { self_loops: 1, zero_weights: 1, merged: 1 });
        assert_eq!((g.nodes(), g.edges(), g.total_weight(), g.isolates()), (4, 1, 3.0, 2));
        assert_eq!(g.edge_list().collect::<Vec<_>>(), [(0, 1, 3.0)]);
        let (d, report) = Network::from_edges(4, &edges, Direction::Directed).unwrap();
        assert_eq!((d.edges(), report.merged, d.reversed().weight(0, 1)), (2, 0, Some(2.0)));
    }

    #[test]
    fn bad_edges_are_refused() {
        for bad in [(0, 9, 1.0), (0, 1, -1.0), (0, 1, f64::NAN), (0, 1, f64::INFINITY)] {
            assert!(Network::from_edges(2, &[bad], Direction::Undirected).is_err());
        }
        for far in [1, 2] {
            let both = [(0, 1, 1e308), (0, far, 1e308)];
            assert!(Network::from_edges(3, &both, Direction::Directed).is_err());
        }
    }

    #[test]
    fn petgraph_graphs_are_read() {
        let g = petgraph::graph::UnGraph::<(), f64>::from_edges([(0, 1, 2.0), (1, 2, 3.0)]);
        let (n, _) = Network::from_petgraph(&g, |e| *e.weight(), Direction::Undirected).unwrap();
        let back = n.to_petgraph::<petgraph::Undirected>();
        assert_eq!(Network::from_petgraph(&back, |e| *e.weight(), Direction::Undirected).unwrap().0, n);
        assert_eq!((n.edges(), n.total_weight()), (2, 5.0));
    }
}
