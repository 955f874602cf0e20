//! Costs along a road network.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::CostTable;
use crate::error::{Error, Result};
use crate::matrix::Csr;
use crate::network::{Direction, Network};
use crate::parallel;
use crate::progress::Progress;
use crate::space::LonLat;
use crate::space::index::PlaceIndex;
use crate::space::neighbours::Neighbour;

/// Starts between two reports of progress.
const BATCH: usize = 1024;

/// A road network from `(from, to, length)` sections; of parallel sections only the shortest counts (a
/// [`Network`] of its own adds them up), and loops are left out.
///
/// # Errors
/// As [`Network::from_edges`], and [`Error::Value`] for a length of zero, which a network would drop: give
/// such a section a small length or make its ends one node.
///
/// # Complexity
/// O(sections log sections + nodes).
pub fn road_network(nodes: usize, roads: &[(u32, u32, f64)], direction: Direction) -> Result<Network> {
    if let Some(index) = roads.iter().position(|r| !(r.2.is_finite() && r.2 > 0.0)) {
        return Err(Error::Value {
            what: "road lengths",
            index,
            value: roads[index].2.to_string(),
            must: "must be finite and above zero",
        });
    }
    let ends = |&(a, b, length): &(u32, u32, f64)| match direction {
        Direction::Undirected => (a.min(b), a.max(b), length),
        Direction::Directed => (a, b, length),
    };
    let mut shortest: Vec<_> = roads.iter().map(ends).collect();
    shortest.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
    shortest.dedup_by_key(|r| (r.0, r.1));
    Ok(Network::from_edges(nodes, &shortest, direction)?.0)
}

/// A road network whose nodes have positions, so that places can be put on it.
///
/// ```
/// use rurban::accessibility::{Roads, road_network};
/// use rurban::network::Direction;
/// use rurban::space::LonLat;
///
/// let network = road_network(2, &[(0, 1, 5.0)], Direction::Undirected)?;
/// let roads = Roads::new(network, vec![LonLat::new(2.0, 46.0)?, LonLat::new(2.1, 46.0)?])?;
/// let places = [LonLat::new(2.09, 46.0)?, LonLat::new(3.0, 46.0)?];
/// let nearest = roads.nearest_nodes(&places, 5_000.0)?;
/// assert_eq!((nearest[0].map(|n| n.id), nearest[1]), (Some(1), None));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Roads {
    network: Network,
    index: PlaceIndex,
}

impl Roads {
    /// A network (of [`road_network`], or of any petgraph graph by [`Network::from_petgraph`], whose parallel
    /// edges add up) and the position of each node.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one position for each node.
    ///
    /// # Complexity
    /// O(nodes log nodes).
    pub fn new(network: Network, positions: Vec<LonLat>) -> Result<Self> {
        if positions.len() != network.nodes() {
            let (expected, got) = (network.nodes(), positions.len());
            return Err(Error::Shape { what: "positions of road nodes", expected, got });
        }
        Ok(Self { network, index: PlaceIndex::of(&positions)? })
    }

    /// The network.
    #[must_use]
    pub const fn network(&self) -> &Network {
        &self.network
    }

    /// The node nearest to each place (the first of equals) and how far it is, `None` where all are farther
    /// than `within_m`.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the distance is negative or NaN.
    ///
    /// # Complexity
    /// O(places log nodes), on all threads.
    pub fn nearest_nodes(&self, places: &[LonLat], within_m: f64) -> Result<Vec<Option<Neighbour>>> {
        if within_m.is_nan() || within_m < 0.0 {
            return Err(Error::Parameter {
                name: "within_m",
                value: within_m.to_string(),
                must: "must not be negative or NaN",
            });
        }
        let nearest = |i: usize| {
            let found = self.index.nearest(places[i].into(), 1, |_| true)?;
            Ok(found.first().copied().filter(|n| n.distance_m <= within_m))
        };
        parallel::map(places.len(), nearest).into_iter().collect()
    }
}

impl CostTable {
    /// Lengths of the shortest paths from origins to facilities that are at most `cutoff` long, the weights
    /// of ties being lengths (or minutes); origins and facilities stand on nodes, which they may share.
    ///
    /// Build the network with [`road_network`], as [`Network::from_edges`] adds parallel roads up. In a
    /// directed network paths lead from the origin to the facility.
    ///
    /// # Errors
    /// [`Error::Value`] for a node that is not in the network; [`Error::Parameter`] when the cut-off is
    /// negative or NaN (infinity is no limit).
    ///
    /// # Complexity
    /// One Dijkstra search per node with origins or per node with facilities, whichever are fewer, on all
    /// threads; each is O(t log t) in the ties `t` within the cut-off.
    ///
    /// # Example
    /// ```
    /// use rurban::accessibility::{CostTable, road_network};
    /// use rurban::network::Direction;
    /// use rurban::progress::Silent;
    ///
    /// let roads = [(0, 1, 4.0), (1, 2, 3.0), (0, 2, 9.0)];
    /// let net = road_network(3, &roads, Direction::Undirected)?;
    /// let costs = CostTable::over_roads(&net, &[0, 2], &[2], 8.0, &Silent)?;
    /// assert_eq!((costs.get(0, 0), costs.get(1, 0)), (Some(7.0), Some(0.0)));
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn over_roads(
        network: &Network,
        origins: &[u32],
        facilities: &[u32],
        cutoff: f64,
        progress: &dyn Progress,
    ) -> Result<Self> {
        if cutoff.is_nan() || cutoff < 0.0 {
            return Err(Error::Parameter {
                name: "cutoff",
                value: cutoff.to_string(),
                must: "must not be negative or NaN",
            });
        }
        let from = Places::new("origins", origins, network.nodes())?;
        let to = Places::new("facilities", facilities, network.nodes())?;
        let pairs = if from.nodes.len() <= to.nodes.len() {
            search(network, &from, &to, cutoff, progress)
        } else {
            search(&network.reversed(), &to, &from, cutoff, progress).transposed()
        };
        Ok(Self { pairs })
    }
}

/// Items on nodes.
struct Places<'a> {
    of: &'a [u32],
    /// Nodes with at least one item, increasing.
    nodes: Vec<u32>,
    /// Where the items of each node begin in `items`, and the end of the last.
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl<'a> Places<'a> {
    fn new(what: &'static str, of: &'a [u32], nodes: usize) -> Result<Self> {
        if let Some(index) = of.iter().position(|&v| v as usize >= nodes) {
            return Err(Error::Value {
                what,
                index,
                value: of[index].to_string(),
                must: "must be a node of the network",
            });
        }
        let mut starts = vec![0; nodes + 1];
        for &v in of {
            starts[v as usize + 1] += 1;
        }
        for v in 0..nodes {
            starts[v + 1] += starts[v];
        }
        let mut next = starts.clone();
        let mut items = vec![0; of.len()];
        for (item, &v) in of.iter().enumerate() {
            items[next[v as usize] as usize] = item as u32;
            next[v as usize] += 1;
        }
        let nodes = (0..nodes as u32).filter(|&v| starts[v as usize] < starts[v as usize + 1]).collect();
        Ok(Self { of, nodes, starts, items })
    }

    fn at(&self, node: u32) -> &[u32] {
        &self.items[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

/// Shortest paths from every item of `from` (rows) to the items of `to` (columns).
fn search(network: &Network, from: &Places, to: &Places, cutoff: f64, progress: &dyn Progress) -> Csr {
    progress.begin("shortest paths", Some(from.nodes.len() as u64));
    let mut by_node = Vec::with_capacity(from.nodes.len());
    for batch in from.nodes.chunks(BATCH) {
        by_node.extend(parallel::map_init(
            batch.len(),
            || Scratch::new(network.nodes()),
            |scratch, at| scratch.run(network, batch[at], to, cutoff),
        ));
        progress.advance(batch.len() as u64);
    }
    progress.end();
    let mut row_of = vec![0; network.nodes()];
    for (row, &v) in from.nodes.iter().enumerate() {
        row_of[v as usize] = row;
    }
    let mut offsets = vec![0];
    let (mut indices, mut values) = (Vec::new(), Vec::new());
    for &v in from.of {
        for &(item, cost) in &by_node[row_of[v as usize]] {
            indices.push(item);
            values.push(cost);
        }
        offsets.push(indices.len());
    }
    Csr::from_sorted(to.of.len(), offsets, indices, values)
}

/// State of a search that the next one of the same thread takes over.
struct Scratch {
    /// Infinite outside a search.
    lengths: Vec<f64>,
    touched: Vec<u32>,
    /// Lengths as bits, which order like the lengths as none is negative.
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Scratch {
    fn new(nodes: usize) -> Self {
        Self { lengths: vec![f64::INFINITY; nodes], touched: Vec::new(), heap: BinaryHeap::new() }
    }

    fn run(&mut self, network: &Network, start: u32, to: &Places, cutoff: f64) -> Vec<(u32, f64)> {
        let mut found = Vec::new();
        self.reach(start, 0.0);
        while let Some(Reverse((bits, v))) = self.heap.pop() {
            let length = f64::from_bits(bits);
            if length > self.lengths[v as usize] {
                continue;
            }
            found.extend(to.at(v).iter().map(|&item| (item, length)));
            for (u, tie) in network.ties(v as usize) {
                let there = length + tie;
                if there <= cutoff && there < self.lengths[u as usize] {
                    self.reach(u, there);
                }
            }
        }
        for v in self.touched.drain(..) {
            self.lengths[v as usize] = f64::INFINITY;
        }
        found.sort_unstable_by_key(|f| f.0);
        found
    }

    fn reach(&mut self, v: u32, length: f64) {
        if self.lengths[v as usize] == f64::INFINITY {
            self.touched.push(v);
        }
        self.lengths[v as usize] = length;
        self.heap.push(Reverse((length.to_bits(), v)));
    }
}
