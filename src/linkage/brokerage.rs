//! Who stands between others: the brokerage roles of Gould & Fernandez.

use serde::{Deserialize, Serialize};

use super::mixing::node_labels;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::network::Network;
use crate::parallel;

/// One number for each role a broker v can have in `a → v → c` without `a → c`, by the groups of
/// a, v and c.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Roles {
    /// A A A: between members of the own group (`w_I`).
    pub coordinator: f64,
    /// A B A: between members of one other group, also called consultant (`w_O`).
    pub itinerant: f64,
    /// A A B: from the own group outwards (`b_IO`).
    pub representative: f64,
    /// A B B: from outside into the own group (`b_OI`).
    pub gatekeeper: f64,
    /// A B C: between two other groups (`b_O`).
    pub liaison: f64,
    /// Sum of the five roles.
    pub total: f64,
}

impl Roles {
    const fn of(v: [f64; 6]) -> Self {
        let [coordinator, itinerant, representative, gatekeeper, liaison, total] = v;
        Self { coordinator, itinerant, representative, gatekeeper, liaison, total }
    }

    /// The six numbers in the order of the fields.
    #[must_use]
    pub const fn to_array(self) -> [f64; 6] {
        [self.coordinator, self.itinerant, self.representative, self.gatekeeper, self.liaison, self.total]
    }
}

/// Counts of roles against chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RoleMoments {
    /// Expected counts.
    pub expected: Roles,
    /// Standard deviations.
    pub sd: Roles,
}

impl RoleMoments {
    /// How far counts of roles are from those expected, in standard deviations.
    ///
    /// # Formula
    /// `(count − expected) / sd`, by role.
    ///
    /// # Range
    /// Any number.
    ///
    /// # Direction
    /// Above 0: more often in the role than chance gives.
    ///
    /// # Undefined
    /// NaN where chance leaves no variation.
    ///
    /// # Complexity
    /// O(1).
    #[must_use]
    pub fn z(&self, counts: Roles) -> Roles {
        let (e, sd, x) = (self.expected.to_array(), self.sd.to_array(), counts.to_array());
        Roles::of(std::array::from_fn(|r| if sd[r] > 0.0 { (x[r] - e[r]) / sd[r] } else { f64::NAN }))
    }
}

/// Result of [`brokerage`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Brokerage {
    /// Counts of every node.
    pub nodes: Vec<Roles>,
    /// z-scores of every node.
    pub z: Vec<Roles>,
    /// Moments of a node's counts, by its group (the last one is that of unlabelled nodes, if any).
    pub groups: Vec<RoleMoments>,
    /// Counts summed over all nodes.
    pub network: Roles,
    /// Moments of the sums.
    pub network_moments: RoleMoments,
    /// z-scores of the sums.
    pub network_z: Roles,
}

impl Brokerage {
    /// Counts summed over the nodes of each class of `kinds` (kinds of actor, say); nodes without one are
    /// summed in a further, last class.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one kind per node.
    ///
    /// # Complexity
    /// O(nodes + classes).
    pub fn by_kind(&self, kinds: &Labels) -> Result<Vec<Roles>> {
        if kinds.len() != self.nodes.len() {
            return Err(Error::Shape { what: "kinds", expected: self.nodes.len(), got: kinds.len() });
        }
        let kinds = kinds.with_unlabelled_class();
        let mut sums = vec![[0.0; 6]; kinds.classes()];
        for (&kind, roles) in kinds.as_slice().iter().zip(&self.nodes) {
            add(&mut sums[kind as usize], roles.to_array());
        }
        Ok(sums.into_iter().map(Roles::of).collect())
    }
}

fn add(sum: &mut [f64; 6], part: [f64; 6]) {
    sum.iter_mut().zip(part).for_each(|(s, p)| *s += p);
}

/// How often each node stands between two others that are not tied, by the groups of the three.
///
/// An undirected tie counts as both arcs, so that gatekeepers are representatives; with two groups nobody
/// is a liaison. Unlabelled nodes are a group of their own.
///
/// # Formula
/// Of broker v the number of pairs (a, c) with `a → v → c`, a ≠ c and no `a → c`, by role ([`Roles`]).
/// Expected among graphs with the same nodes, group sizes and density d: triples of the role ×
/// `d² (1 − d)`; the standard deviations are the published ones, those of the network leave out some
/// covariances between brokers.
///
/// # Range
/// Counts from 0 to (n − 1)(n − 2) for a node; z any number.
///
/// # Direction
/// High: a go-between in that role.
///
/// # Undefined
/// z is NaN where chance leaves no variation.
///
/// # Errors
/// [`Error::Shape`] when there is not one label per node.
///
/// # Complexity
/// O(Σ over arcs a → v of the smaller of the out-degrees of a and v, times its logarithm), in parallel over
/// brokers: a star is linear, a complete graph of n nodes O(n³).
///
/// # References
/// Gould & Fernandez (1989), Structures of mediation, Sociological Methodology 19, doi:10.2307/270949;
/// counts and moments agree with R `sna::brokerage`.
///
/// # Example
/// ```
/// # use rurban::{labels::Labels, linkage::brokerage, network::{Direction, Network}};
/// let arcs = [(0, 1, 1.0), (1, 2, 1.0)];
/// let (graph, _) = Network::from_edges(3, &arcs, Direction::Directed)?;
/// let b = brokerage(&graph, &Labels::new(vec![0, 0, 1], 2)?)?;
/// assert_eq!((b.nodes[1].representative, b.nodes[1].total), (1.0, 1.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn brokerage(network: &Network, labels: &Labels) -> Result<Brokerage> {
    let labels = node_labels(network, labels)?.with_unlabelled_class();
    let (n, k) = (network.nodes(), labels.classes());
    let class = labels.as_slice();
    let reversed = network.is_directed().then(|| network.reversed());
    let into = reversed.as_ref().unwrap_or(network);
    let nodes: Vec<Roles> = parallel::map_init(
        n,
        || (vec![false; n], vec![0u64; k], vec![0u64; k]),
        |(is_target, sources, targets), v| {
            let (from, to) = (into.neighbours(v), network.neighbours(v));
            if from.is_empty() || to.is_empty() {
                return Roles::default();
            }
            let own = class[v];
            for &a in from {
                sources[class[a as usize] as usize] += 1;
            }
            for &c in to {
                targets[class[c as usize] as usize] += 1;
                is_target[c as usize] = true;
            }
            // All pairs first, by role; then those with a = c or a → c are taken away.
            let own_in = sources[own as usize];
            let own_out = targets[own as usize];
            let (other_in, other_out) = (from.len() as u64 - own_in, to.len() as u64 - own_out);
            let mut same = 0;
            for &a in from {
                let r = class[a as usize] as usize;
                same += std::mem::take(&mut sources[r]) * targets[r];
            }
            let same = same - own_in * own_out;
            let mut count =
                [own_in * own_out, same, own_in * other_out, other_in * own_out, other_in * other_out - same];
            let role = |a: u32, c: u32| match (a == own, c == own) {
                (true, true) => 0,
                (true, false) => 2,
                (false, true) => 3,
                (false, false) => 1 + 3 * usize::from(a != c),
            };
            for &a in from {
                let from_class = class[a as usize];
                if is_target[a as usize] {
                    count[role(from_class, from_class)] -= 1;
                }
                let of_a = network.neighbours(a as usize);
                // A hub is asked for each of few targets.
                if of_a.len() / 16 > to.len() {
                    for &c in to.iter().filter(|c| of_a.binary_search(c).is_ok()) {
                        count[role(from_class, class[c as usize])] -= 1;
                    }
                } else {
                    for &c in of_a.iter().filter(|c| is_target[**c as usize]) {
                        count[role(from_class, class[c as usize])] -= 1;
                    }
                }
            }
            for &c in to {
                targets[class[c as usize] as usize] = 0;
                is_target[c as usize] = false;
            }
            let [a, b, c, d, e] = count.map(|c| c as f64);
            Roles::of([a, b, c, d, e, a + b + c + d + e])
        },
    );
    let sizes: Vec<f64> = labels.sizes().iter().map(|&s| s as f64).collect();
    let density = if n > 1 { network.as_csr().entries() as f64 / (n as f64 * (n as f64 - 1.0)) } else { 0.0 };
    let chance = Chance { n: n as f64, sizes: &sizes, d: density };
    let groups: Vec<RoleMoments> = sizes.iter().map(|&size| chance.node(size)).collect();
    let z = nodes.iter().zip(class).map(|(roles, &c)| groups[c as usize].z(*roles)).collect();
    let mut sum = [0.0; 6];
    for roles in &nodes {
        add(&mut sum, roles.to_array());
    }
    let network_moments = chance.network();
    let total = Roles::of(sum);
    Ok(Brokerage { nodes, z, groups, network: total, network_z: network_moments.z(total), network_moments })
}

/// Graphs in which every arc exists with probability `d`.
struct Chance<'a> {
    n: f64,
    sizes: &'a [f64],
    d: f64,
}

impl Chance<'_> {
    /// Moments from the number of triples of each role and the terms for pairs of triples.
    fn moments(&self, triples: [f64; 6], pairs: [f64; 6]) -> RoleMoments {
        let p = self.d * self.d * (1.0 - self.d);
        RoleMoments {
            expected: Roles::of(triples.map(|t| t * p)),
            sd: Roles::of(std::array::from_fn(|r| (triples[r] * p * (1.0 - p) + pairs[r]).max(0.0).sqrt())),
        }
    }

    /// Of a broker in a group of `own` nodes: triples that share one arc covary by d³(1 − d)³.
    fn node(&self, own: f64) -> RoleMoments {
        let (n, q) = (self.n, (self.d * (1.0 - self.d)).powi(3));
        let fellows = own - 1.0;
        let strangers = n - own;
        // Sums over all groups, with the own one taken out again.
        let others = |f: &dyn Fn(f64) -> f64| self.sizes.iter().map(|&s| f(s)).sum::<f64>() - f(own);
        let two = |x: f64| x * (x - 1.0);
        let three = |x: f64| two(x) * (x - 2.0);
        let across = fellows * strangers;
        let across_pairs = fellows * two(strangers) + strangers * two(fellows);
        let rest = |s: f64| strangers - s;
        let triples = [two(fellows), others(&two), across, across, others(&|s| s * rest(s)), two(n - 1.0)];
        let pairs = [
            2.0 * three(fellows),
            2.0 * others(&three),
            across_pairs,
            across_pairs,
            2.0 * others(&|s| s * two(rest(s))),
            2.0 * three(n - 1.0),
        ];
        self.moments(triples, pairs.map(|x| x * q))
    }

    /// Of the sums over all brokers.
    fn network(&self) -> RoleMoments {
        let (n, d) = (self.n, self.d);
        let e = 1.0 - d;
        let (shared, opposed, closed) = ((d * e).powi(3), d.powi(4) * e * e, d.powi(5) * e);
        let three = |x: f64| x * (x - 1.0) * (x - 2.0);
        let sum = |f: &dyn Fn(f64) -> f64| self.sizes.iter().map(|&s| f(s)).sum::<f64>();
        let full =
            |x: f64| three(x) * ((4.0 * x - 10.0) * shared - 4.0 * (x - 3.0) * opposed + (x - 3.0) * closed);
        let (s2, s3) = (sum(&|x| x * x), sum(&|x| x.powi(3)));
        // Over ordered triples of different groups: Σ abc and Σ a²bc.
        let abc = n.powi(3) - 3.0 * n * s2 + 2.0 * s3;
        let aabc = sum(&|x| x * x * ((n - x).powi(2) - (s2 - x * x)));
        let across = sum(&|x| x * (x - 1.0) * (n - x));
        // Σ over pairs of different groups of xy(x − 1)(2x + 2y − 6), with Σ y and Σ y² over the others.
        let itinerant = sum(&|x| {
            x * (x - 1.0)
                * (((2.0 * x - 6.0) * (n - x) + 2.0 * (s2 - x * x)) * shared
                    + (n - x) * (n - x - 1.0) * closed)
        });
        let one_way = sum(&|x| x * (n - x) * (x - 1.0) * ((n - 3.0) * shared + (x - 2.0) * closed));
        let wide = (4.0 * n - 2.0) * abc - 8.0 * aabc;
        let liaison = wide * shared - wide * opposed + ((n - 1.0) * abc - 2.0 * aabc) * closed;
        self.moments(
            [sum(&three), across, across, across, abc, three(n)],
            [sum(&full), itinerant, one_way, one_way, liaison, full(n)],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Direction;
    use crate::random::Seed;

    #[test]
    fn counts_are_those_of_all_triples() {
        let mut random = Seed(7).stream(0);
        for direction in [Direction::Directed, Direction::Undirected] {
            let arcs: Vec<(u32, u32, f64)> =
                (0..160).map(|_| (random.below(24), random.below(24), 1.0)).collect();
            let g = Network::from_edges(24, &arcs, direction).unwrap().0;
            let of: Vec<u32> =
                (0..24).map(|_| random.below(5)).map(|c| if c == 4 { Labels::NONE } else { c }).collect();
            let b = brokerage(&g, &Labels::new(of.clone(), 4).unwrap()).unwrap();
            let arc = |a: usize, c: usize| g.weight(a, c as u32).is_some();
            for v in 0..24 {
                let mut want = [0.0; 6];
                for a in 0..24 {
                    for c in 0..24 {
                        if a != c && arc(a, v) && arc(v, c) && !arc(a, c) {
                            let role = match (of[a] == of[v], of[v] == of[c], of[a] == of[c]) {
                                (true, true, _) => 0,
                                (true, false, _) => 2,
                                (false, true, _) => 3,
                                (false, false, true) => 1,
                                (false, false, false) => 4,
                            };
                            want[role] += 1.0;
                            want[5] += 1.0;
                        }
                    }
                }
                assert_eq!(b.nodes[v].to_array(), want);
            }
        }
    }

    #[test]
    fn small_and_complete_graphs() {
        let none = Network::from_edges(0, &[], Direction::Directed).unwrap().0;
        assert!(brokerage(&none, &Labels::new(vec![], 2).unwrap()).unwrap().nodes.is_empty());
        let one = Network::from_edges(1, &[], Direction::Directed).unwrap().0;
        let b = brokerage(&one, &Labels::new(vec![0], 1).unwrap()).unwrap();
        assert_eq!(b.network, Roles::default());
        assert!(b.network_z.total.is_nan());
        let all: Vec<_> = (0..4).flat_map(|i| (0..i).map(move |j| (i, j, 1.0))).collect();
        let full = Network::from_edges(4, &all, Direction::Undirected).unwrap().0;
        let b = brokerage(&full, &Labels::new(vec![0, 0, 1, 1], 2).unwrap()).unwrap();
        assert_eq!(b.network, Roles::default());
        assert!(brokerage(&full, &Labels::new(vec![0], 1).unwrap()).is_err());
    }
}
