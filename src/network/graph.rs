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
        if direction == Direction::Undirected
            && let Some(out) = symmetric_in_order(nodes, edges)
        {
            check_sum("edge weights", out.parts().2)?;
            report.merged = edges.len() - out.entries() / 2;
            return Ok((Self::from_csr(out, direction), report));
        }
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

    /// The ties between the nodes that `keep` takes in, numbered anew in the same order, and the node of
    /// each number. O(nodes + ties).
    pub(crate) fn restricted(&self, keep: impl Fn(usize) -> bool) -> (Self, Vec<u32>) {
        let nodes: Vec<u32> = (0..self.nodes()).filter(|&i| keep(i)).map(|i| i as u32).collect();
        let mut new = vec![u32::MAX; self.nodes()];
        nodes.iter().enumerate().for_each(|(k, &i)| new[i as usize] = k as u32);
        let most: usize = nodes.iter().map(|&i| self.degree(i as usize)).sum();
        let mut offsets = Vec::with_capacity(nodes.len() + 1);
        let (mut indices, mut values) = (Vec::with_capacity(most), Vec::with_capacity(most));
        offsets.push(0);
        for &i in &nodes {
            for (j, w) in self.ties(i as usize) {
                if new[j as usize] != u32::MAX {
                    indices.push(new[j as usize]);
                    values.push(w);
                }
            }
            offsets.push(indices.len());
        }
        let out = Csr::from_sorted(nodes.len(), offsets, indices, values);
        (Self::from_csr(out, self.direction), nodes)
    }

    /// The undirected graph with its nodes in another order: node `k` is `order[k]`. O(nodes + ties).
    pub(crate) fn reordered(&self, order: &[u32]) -> Self {
        let mut new = vec![0_u32; self.nodes()];
        let mut offsets = Vec::with_capacity(self.nodes() + 1);
        offsets.push(0);
        for (k, &i) in order.iter().enumerate() {
            new[i as usize] = k as u32;
            offsets.push(offsets[k] + self.degree(i as usize));
        }
        let mut next = offsets[..self.nodes()].to_vec();
        let entries = self.out.entries();
        let (mut indices, mut values) = (vec![0_u32; entries], vec![0.0; entries]);
        // Nodes hand themselves to their neighbours in order, so that every row comes out in order.
        for (k, &i) in order.iter().enumerate() {
            for (j, w) in self.ties(i as usize) {
                let at = &mut next[new[j as usize] as usize];
                (indices[*at], values[*at]) = (k as u32, w);
                *at += 1;
            }
        }
        Self::from_csr(Csr::from_sorted(self.nodes(), offsets, indices, values), self.direction)
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

/// The symmetric matrix of ties that come in the order of their ends, the lower one first, as those of a
/// study do: every row is filled from its start, which is faster than sorting. `None` for others, and where a
/// tie is to be left out or refused.
fn symmetric_in_order(nodes: usize, edges: &[(u32, u32, f64)]) -> Option<Csr> {
    let ends = |e: &(u32, u32, f64)| (e.0, e.1);
    let fits = |e: &(u32, u32, f64)| e.0 < e.1 && (e.1 as usize) < nodes && e.2.is_finite() && e.2 > 0.0;
    if !edges.iter().all(fits) || !edges.is_sorted_by_key(ends) {
        return None;
    }
    let same = || edges.chunk_by(|a, b| ends(a) == ends(b));
    let (mut below, mut offsets) = (vec![0_u32; nodes], vec![0_usize; nodes + 1]);
    for tie in same() {
        let (a, b) = ends(&tie[0]);
        below[b as usize] += 1;
        offsets[a as usize + 1] += 1;
        offsets[b as usize + 1] += 1;
    }
    for i in 0..nodes {
        offsets[i + 1] += offsets[i];
    }
    // Where the next neighbour below and above each node goes.
    let mut lower = offsets[..nodes].to_vec();
    let mut upper: Vec<usize> = lower.iter().zip(&below).map(|(start, &n)| start + n as usize).collect();
    let entries = offsets[nodes];
    let (mut indices, mut values) = (vec![0_u32; entries], vec![0.0; entries]);
    for tie in same() {
        let (a, b) = ends(&tie[0]);
        let weight: f64 = tie.iter().map(|e| e.2).sum();
        if !weight.is_finite() {
            return None;
        }
        let (up, down) = (&mut upper[a as usize], &mut lower[b as usize]);
        (indices[*up], values[*up]) = (b, weight);
        (indices[*down], values[*down]) = (a, weight);
        *up += 1;
        *down += 1;
    }
    Some(Csr::from_sorted(nodes, offsets, indices, values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_in_order_make_the_same_graph() {
        let mut s = crate::random::Seed(9).stream(0);
        let mut edges: Vec<(u32, u32, f64)> = (0..300)
            .map(|_| (s.below(40), s.below(40), 1.0 + s.unit()))
            .filter(|e| e.0 != e.1)
            .map(|(a, b, w)| (a.min(b), a.max(b), w))
            .collect();
        edges.sort_by_key(|e| (e.0, e.1));
        assert!(symmetric_in_order(41, &edges).is_some());
        let ordered = Network::from_edges(41, &edges, Direction::Undirected).unwrap();
        // A loop in front is left out, and takes the other way.
        let with_loop: Vec<_> = [(40, 40, 1.0)].into_iter().chain(edges.iter().copied()).collect();
        assert!(symmetric_in_order(41, &with_loop).is_none());
        let (sorted, report) = Network::from_edges(41, &with_loop, Direction::Undirected).unwrap();
        assert_eq!((ordered.0, ordered.1.merged, report.self_loops), (sorted, report.merged, 1));
        assert!(ordered.1.merged > 0);
    }

    #[test]
    fn parts_of_a_graph_keep_their_ties() {
        let edges = [(0, 1, 1.0), (1, 2, 2.0), (2, 3, 3.0), (0, 3, 4.0)];
        let (g, _) = Network::from_edges(4, &edges, Direction::Undirected).unwrap();
        let (part, nodes) = g.restricted(|i| i != 1);
        assert_eq!(nodes, [0, 2, 3]);
        assert_eq!(part.edge_list().collect::<Vec<_>>(), [(0, 2, 4.0), (1, 2, 3.0)]);
        let other = g.reordered(&[3, 0, 2, 1]);
        assert_eq!(
            other.edge_list().collect::<Vec<_>>(),
            [(0, 1, 4.0), (0, 2, 3.0), (1, 3, 1.0), (2, 3, 2.0)]
        );
    }

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
