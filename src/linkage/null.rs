//! Mixing against chance: permuted labels, degrees alone, strengths and distance.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::deterrence::Pairs;
use super::mixing::{Margins, MixingMatrix, Weighting, node_labels};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null, beyond_rounding};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::network::Network;
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;

/// What chance means when mixing is tested.
///
/// Degree-preserving swaps make replicate graphs: measure each of them and hand the values to
/// [`Evidence::monte_carlo`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum NullModel<'a> {
    /// Labels dealt to nodes at random, exact moments in closed form. O(nodes + ties + classes²).
    ///
    /// With p₂, p₃, p₄ the probabilities that one tie, two ties that share a node and two disjoint
    /// ties fall in the cell, `E = W p₂`, `Var = Q p₂ + S p₃ + D p₄ − E²`, `Q = Σ wₑ²`,
    /// `S = Σᵢ (sᵢ² − Σₑ∋ᵢ wₑ²)`, `D = W² − Q − S`. Isolates count among the nodes. Moran (1948);
    /// Cliff & Ord (1981), join counts without free sampling, here with weights.
    LabelPermutation,
    /// Labels dealt at random `permutations` times, within the classes of `strata` if given
    /// (unlabelled nodes make up a stratum). Replicate r uses stream r of `seed`.
    LabelPermutationMonteCarlo {
        /// Number of random permutations.
        permutations: usize,
        /// Seed of the random streams.
        seed: Seed,
        /// Classes within which labels are exchanged: kind of actor, région …
        strata: Option<&'a Labels>,
    },
    /// Ends of ties matched at random, degrees kept, multi-ties and loops allowed: exact moments in
    /// closed form for counts of ties. With weights only the expectation `s_r s_s / 2W` is known.
    /// Bender & Canfield (1978), Bollobás (1980).
    Configuration,
    /// Ties as likely as the strengths of both ends and their distance make them (Expert et al.
    /// 2011): `P_ij = s_i s_j f(d_ij)`, f the deterrence by bins of distance. The variance is that of
    /// drawing the pair of each tie anew, independently, among the pairs in its bin with probability
    /// proportional to `s_i s_j`; exact for that draw, no simulation. O(nodes²) time, O(nodes + bins
    /// × classes²) memory per block of nodes. For undirected graphs.
    Gravity {
        /// Projected coordinates (x, y) of each node, in metres.
        positions_m: &'a [Coord<f64>],
        /// Width of the bins of distance, in metres.
        bin_m: f64,
    },
}

/// Every cell of a mixing matrix, and its sums, against one null model.
///
/// Values count each tie once; both directions of a directed pair of classes are added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct MixingEvidence {
    /// Ties between classes r and s (symmetric). The last class is that of unlabelled nodes, if any.
    pub cells: Matrix<Evidence>,
    /// All ties between different classes; unlabelled nodes are one more class. Between two classes alone:
    /// their cell.
    pub cross: Evidence,
    /// The E-I index (cross − within) / (cross + within).
    pub ei: Evidence,
}

/// How the ties between classes compare with those that chance, as `null` has it, would give.
///
/// # Formula
/// Observed: the ties `X_rs` between classes r and s, each counted once, their sum X over different
/// classes, and the E-I index `(2 X − W) / W` of W ties. Expectation and variance are told at each
/// [`NullModel`]; `z = (observed − expected) / sd`.
///
/// # Range
/// Ties 0 to W; E-I index −1 to 1; z any number.
///
/// # Direction
/// Above the expectation (z > 0): more ties between these classes than chance gives.
///
/// # Undefined
/// [`Undefined::NoTies`] on a graph without ties; no `sd`, `z` and `p` where chance leaves no variation, and
/// for weights under [`NullModel::Configuration`].
///
/// # Errors
/// [`Error::Undefined`] on a graph without ties; [`Error::Shape`] when labels, strata or positions do not
/// match the nodes; [`Error::Parameter`] on a bin that is not positive, a number of permutations of 0, too
/// many classes for the memory a test needs, or a directed graph with [`NullModel::Gravity`];
/// [`Error::Value`] on positions that are not finite.
///
/// # Complexity
/// Closed forms O(nodes + ties + classes²); permutations each as much, in parallel, and classes² numbers of
/// memory each; gravity O(nodes²) time.
///
/// # References
/// Moran (1948), The interpretation of statistical maps, J. R. Stat. Soc. B 10(2),
/// doi:10.1111/j.2517-6161.1948.tb00012.x. Cliff & Ord (1981), Spatial processes. Expert, Evans, Blondel &
/// Lambiotte (2011), PNAS 108(19), doi:10.1073/pnas.1018962108.
///
/// # Example
/// ```
/// # use rurban::{labels::Labels, linkage::*, network::{Direction, Network}, progress::Silent};
/// let ties = [(0, 1, 1.0), (2, 3, 1.0)];
/// let (graph, _) = Network::from_edges(4, &ties, Direction::Undirected)?;
/// let labels = Labels::new(vec![0, 0, 1, 1], 2)?;
/// let e = mixing_evidence(&graph, &labels, Weighting::Edges, NullModel::LabelPermutation, &Silent)?;
/// assert_eq!(e.cross.observed, 0.0);
/// assert!((e.cross.expected - 4.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn mixing_evidence(
    network: &Network,
    labels: &Labels,
    weighting: Weighting,
    null: NullModel<'_>,
    progress: &dyn Progress,
) -> Result<MixingEvidence> {
    let observed = MixingMatrix::new(network, labels, weighting)?;
    if network.edges() == 0 {
        return Err(Error::undefined("mixing against chance", Undefined::NoTies));
    }
    let labels = labels.with_unlabelled_class();
    let test = Test { network, labels: &labels, weighting, observed: &observed, bystanders: &[] };
    match null {
        NullModel::LabelPermutation => Ok(test.permutation_moments()),
        NullModel::LabelPermutationMonteCarlo { permutations, seed, strata } => {
            test.permutations(permutations, seed, strata, progress)
        }
        NullModel::Configuration => Ok(test.configuration()),
        NullModel::Gravity { positions_m, bin_m } => test.gravity(positions_m, bin_m, progress),
    }
}

/// As [`mixing_evidence`] with [`NullModel::LabelPermutation`] of a graph with `bystanders` more nodes of each
/// class that have no tie: labels are dealt to them too, and none of them costs anything.
pub(crate) fn mixing_evidence_among(
    network: &Network,
    labels: &Labels,
    weighting: Weighting,
    bystanders: &[usize],
) -> Result<MixingEvidence> {
    let observed = MixingMatrix::new(network, labels, weighting)?;
    if network.edges() == 0 {
        return Err(Error::undefined("mixing against chance", Undefined::NoTies));
    }
    Ok(Test { network, labels, weighting, observed: &observed, bystanders }.permutation_moments())
}

struct Test<'a> {
    network: &'a Network,
    labels: &'a Labels,
    weighting: Weighting,
    observed: &'a MixingMatrix,
    /// Nodes without ties that are not in `network`, by class.
    bystanders: &'a [usize],
}

/// Mean and, where known, variance.
type Moments = (f64, Option<f64>);

impl Test<'_> {
    fn amount(&self, w: f64) -> f64 {
        if self.weighting == Weighting::Edges { 1.0 } else { w }
    }

    fn counted(&self, e: Evidence) -> Evidence {
        let isolates = self.network.isolates() + self.bystanders.iter().sum::<usize>();
        e.with_counts(isolates, self.observed.unlabelled())
    }

    fn nodes(&self) -> usize {
        self.network.nodes() + self.bystanders.iter().sum::<usize>()
    }

    fn closed_form(
        &self,
        null: Null,
        cell: impl Fn(usize, usize) -> Moments,
        cross: Moments,
    ) -> MixingEvidence {
        let (k, n) = (self.observed.classes(), self.nodes());
        let base = self.counted(Evidence::closed_form(null, 0.0, 0.0, None, n));
        let evidence = |observed, (mean, variance): Moments| {
            Evidence::closed_form(null, observed, mean, variance, n)
                .with_counts(base.isolates, base.unlabelled)
        };
        let mut cells = Matrix::filled(k, k, base);
        for r in 0..k {
            for s in r..k {
                let e = evidence(self.observed.ties(r, s), cell(r, s));
                cells.row_mut(r)[s] = e;
                cells.row_mut(s)[r] = e;
            }
        }
        let total = self.observed.total();
        let ei = |x: f64| (2.0 * x - total) / total;
        let observed = self.observed.cross();
        MixingEvidence {
            cells,
            cross: evidence(observed, cross),
            ei: evidence(ei(observed), (ei(cross.0), cross.1.map(|v| v * 4.0 / (total * total)))),
        }
    }

    fn permutation_moments(&self) -> MixingEvidence {
        let n = self.network.nodes();
        // A directed pair of opposite arcs moves as one tie.
        let mut strengths = vec![0.0; n];
        let mut squares = vec![0.0; n];
        let (mut total, mut q) = (0.0, 0.0);
        let backward = self.network.is_directed().then(|| self.network.reversed());
        let mut add = |i: usize, j: usize, w: f64| {
            total += w;
            q += w * w;
            for v in [i, j] {
                strengths[v] += w;
                squares[v] += w * w;
            }
        };
        for (i, j, w) in self.network.edge_list() {
            let (a, b) = (i as usize, j as usize);
            let back = backward.as_ref().and_then(|g| g.weight(a, j));
            match back {
                Some(_) if i > j => {}
                Some(v) => add(a, b, self.amount(w) + self.amount(v)),
                None => add(a, b, self.amount(w)),
            }
        }
        let s: f64 = strengths.iter().zip(&squares).map(|(s, q)| s * s - q).sum();
        let d = total * total - q - s;
        let falling = |x: f64, k: usize| (0..k).map(|i| (x - i as f64).max(0.0)).product::<f64>();
        let n = self.nodes() as f64;
        let share = |x: f64, k: usize| if x > 0.0 { x / falling(n, k) } else { 0.0 };
        let moments = |x2: f64, x3: f64, x4: f64| {
            let (p2, p3, p4) = (share(x2, 2), share(x3, 3), share(x4, 4));
            let mean = total * p2;
            let second = q * p2 + s * p3 + d * p4;
            (mean, Some(beyond_rounding(second - mean * mean, second.abs() + mean * mean)))
        };
        let more = self.bystanders.iter().copied().chain(std::iter::repeat(0));
        let sizes: Vec<f64> = self.labels.sizes().iter().zip(more).map(|(&n, m)| (n + m) as f64).collect();
        let cell = |r: usize, c: usize| {
            let (a, b) = (sizes[r], sizes[c]);
            if r == c {
                moments(falling(a, 2), falling(a, 3), falling(a, 4))
            } else {
                moments(2.0 * a * b, a * b * (a + b - 2.0), 4.0 * falling(a, 2) * falling(b, 2))
            }
        };
        let sum = |k: usize| sizes.iter().map(|&a| falling(a, k)).sum::<f64>();
        let within2 = sum(2);
        let x4 =
            sizes.iter().map(|&a| falling(a, 4) - falling(a, 2).powi(2)).sum::<f64>() + within2 * within2;
        let (within, variance) = moments(within2, sum(3), x4);
        self.closed_form(Null::LabelPermutation, cell, (total - within, variance))
    }

    fn configuration(&self) -> MixingEvidence {
        let directed = self.network.is_directed();
        let Margins { from: out, into } = self.observed.margins();
        let total = self.observed.total();
        let exact = self.weighting == Weighting::Edges;
        // Expected number of pairs of stubs, and of ordered disjoint pairs of such pairs.
        let (first, second) = match (directed, exact) {
            (true, _) => (1.0 / total, 1.0 / (total * (total - 1.0))),
            (false, true) => {
                let m = 2.0 * total;
                (1.0 / (m - 1.0), 1.0 / ((m - 1.0) * (m - 3.0)))
            }
            (false, false) => (0.5 / total, f64::NAN),
        };
        let moments = |pairs: f64, disjoint: f64| {
            let mean = pairs * first;
            // A single tie has no second pair.
            let again = if disjoint > 0.0 { disjoint * second } else { 0.0 };
            (mean, exact.then_some(beyond_rounding(mean + again - mean * mean, mean + again)))
        };
        let two = |x: f64| x * (x - 1.0);
        let within = |r: usize| {
            let x = out[r];
            match (directed, exact) {
                (true, _) => (x * into[r], two(x) * two(into[r])),
                (false, true) => (two(x) / 2.0, two(x) * (x - 2.0) * (x - 3.0) / 4.0),
                (false, false) => (x * x / 2.0, f64::NAN),
            }
        };
        let cell = |r: usize, s: usize| {
            if r == s {
                let (pairs, disjoint) = within(r);
                return moments(pairs, disjoint);
            }
            if directed {
                let (a, b) = (out[r] * into[s], out[s] * into[r]);
                moments(a + b, two(out[r]) * two(into[s]) + two(out[s]) * two(into[r]) + 2.0 * a * b)
            } else {
                moments(out[r] * out[s], two(out[r]) * two(out[s]))
            }
        };
        let (mut pairs, mut disjoint, mut squares) = (0.0, 0.0, 0.0);
        for r in 0..out.len() {
            let (p, d) = within(r);
            pairs += p;
            disjoint += d;
            squares += p * p;
        }
        let (mean, variance) = moments(pairs, disjoint + pairs * pairs - squares);
        self.closed_form(Null::Configuration, cell, (total - mean, variance))
    }

    fn permutations(
        &self,
        permutations: usize,
        seed: Seed,
        strata: Option<&Labels>,
        progress: &dyn Progress,
    ) -> Result<MixingEvidence> {
        let (k, n) = (self.observed.classes(), self.network.nodes());
        let parameter = |name, value: usize, must| Error::Parameter { name, value: value.to_string(), must };
        if permutations == 0 {
            return Err(parameter("permutations", 0, "must be at least 1"));
        }
        if k > 256 || k * k * permutations > 1 << 27 {
            return Err(parameter(
                "classes",
                k,
                "too many classes to permute; group them or use the closed form",
            ));
        }
        // Nodes in order of stratum, so that each stratum is shuffled in one piece.
        let strata = strata.map(|s| node_labels(self.network, s)).transpose()?;
        let (order, sizes) = match strata {
            None => ((0..n).collect::<Vec<_>>(), vec![n]),
            Some(strata) => {
                let all = strata.with_unlabelled_class();
                let mut order: Vec<usize> = (0..n).collect();
                order.sort_by_key(|&i| all.get(i));
                (order, all.sizes())
            }
        };
        let dealt: Vec<u8> = order.iter().map(|&i| self.labels.as_slice()[i] as u8).collect();
        let csr = self.network.as_csr();
        let (offsets, targets, weights) = csr.parts();
        // Each undirected tie once: the part of each row above the diagonal.
        let rows: Vec<(usize, usize)> = (0..n)
            .map(|i| {
                let (from, to) = (offsets[i], offsets[i + 1]);
                let skip = if self.network.is_directed() {
                    0
                } else {
                    targets[from..to].partition_point(|&j| j as usize <= i)
                };
                (from + skip, to)
            })
            .collect();
        progress.begin("permutations", Some(permutations as u64));
        let replicates = parallel::map_init(
            permutations,
            || (dealt.clone(), vec![0u8; n]),
            |(shuffled, class), r| {
                shuffled.copy_from_slice(&dealt);
                let mut stream = seed.stream(r as u64);
                let mut rest = &mut shuffled[..];
                for &size in &sizes {
                    let (stratum, after) = rest.split_at_mut(size);
                    stream.shuffle(stratum);
                    rest = after;
                }
                if strata.is_some() {
                    order.iter().zip(&*shuffled).for_each(|(&i, &c)| class[i] = c);
                } else {
                    class.copy_from_slice(shuffled);
                }
                let sums = match self.weighting {
                    Weighting::Edges => {
                        let mut counts = vec![0u32; k * k];
                        for (&c, &(from, to)) in class.iter().zip(&rows) {
                            let (row, ends) = (&mut counts[c as usize * k..][..k], &targets[from..to]);
                            if k == 2 {
                                // Adding up class indices waits for no counter in memory.
                                let ones: u32 = ends.iter().map(|&j| u32::from(class[j as usize])).sum();
                                row[0] += ends.len() as u32 - ones;
                                row[1] += ones;
                            } else {
                                for &j in ends {
                                    row[class[j as usize] as usize] += 1;
                                }
                            }
                        }
                        counts.into_iter().map(f64::from).collect()
                    }
                    Weighting::Weights => {
                        let mut sums = vec![0.0; k * k];
                        for (&c, &(from, to)) in class.iter().zip(&rows) {
                            let row = &mut sums[c as usize * k..][..k];
                            for (&j, &w) in targets[from..to].iter().zip(&weights[from..to]) {
                                row[class[j as usize] as usize] += w;
                            }
                        }
                        sums
                    }
                };
                progress.advance(1);
                sums
            },
        );
        progress.end();
        let null = if strata.is_some() { Null::StratifiedPermutation } else { Null::LabelPermutation };
        let isolates = self.network.isolates();
        let evidence = |observed: f64, values: &[f64], size: f64| {
            Evidence::monte_carlo_of(null, observed, values, n, size)
                .with_counts(isolates, self.observed.unlabelled())
        };
        let values = |f: &dyn Fn(&Vec<f64>) -> f64| replicates.iter().map(f).collect::<Vec<f64>>();
        let total = self.observed.total();
        let cross = values(&|m| total - (0..k).map(|r| m[r * k + r]).sum::<f64>());
        let ei: Vec<f64> = cross.iter().map(|x| (2.0 * x - total) / total).collect();
        let observed = self.observed.cross();
        let cross = evidence(observed, &cross, total);
        let mut cells = Matrix::filled(k, k, cross);
        for r in 0..k {
            for s in r..k {
                let both = |m: &Vec<f64>| m[r * k + s] + if r == s { 0.0 } else { m[s * k + r] };
                let e = evidence(self.observed.ties(r, s), &values(&both), 0.0);
                cells.row_mut(r)[s] = e;
                cells.row_mut(s)[r] = e;
            }
        }
        Ok(MixingEvidence { cells, cross, ei: evidence((2.0 * observed - total) / total, &ei, 1.0) })
    }

    fn gravity(
        &self,
        positions_m: &[Coord<f64>],
        bin_m: f64,
        progress: &dyn Progress,
    ) -> Result<MixingEvidence> {
        let fit = Pairs::new(self.network, self.labels, self.weighting, positions_m, bin_m, progress)?;
        let k = self.observed.classes();
        let moments = |inside: &dyn Fn(usize) -> f64| {
            let (mut mean, mut variance) = (0.0, 0.0);
            for b in 0..fit.bins {
                if fit.mass[b] > 0.0 {
                    let q = inside(b) / fit.mass[b];
                    mean += fit.tied[b] * q;
                    variance += fit.tied_squares[b] * q * beyond_rounding(1.0 - q, 1.0);
                }
            }
            (mean, Some(variance))
        };
        let cell = |r: usize, s: usize| {
            moments(&|b| {
                fit.by_cell[(r * k + s) * fit.bins + b]
                    + if r == s { 0.0 } else { fit.by_cell[(s * k + r) * fit.bins + b] }
            })
        };
        let cross =
            moments(&|b| fit.mass[b] - (0..k).map(|r| fit.by_cell[(r * k + r) * fit.bins + b]).sum::<f64>());
        Ok(self.closed_form(Null::Gravity, cell, cross))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Direction;
    use crate::progress::Silent;

    fn random_graph(n: u32, m: usize, direction: Direction) -> Network {
        let mut s = Seed(5).stream(1);
        let ties: Vec<_> = (0..m).map(|_| (s.below(n), s.below(n), 1.0 + s.unit())).collect();
        Network::from_edges(n as usize, &ties, direction).unwrap().0
    }

    #[test]
    fn closed_moments_are_those_of_permutations() {
        for direction in [Direction::Directed, Direction::Undirected] {
            let g = random_graph(40, 120, direction);
            let of = (0..40).map(|i| if i % 5 == 4 { Labels::NONE } else { i % 3 }).collect();
            let labels = Labels::new(of, 3).unwrap();
            let test = |null| mixing_evidence(&g, &labels, Weighting::Weights, null, &Silent).unwrap();
            let exact = test(NullModel::LabelPermutation);
            let mc =
                NullModel::LabelPermutationMonteCarlo { permutations: 20_000, seed: Seed(2), strata: None };
            let random = test(mc);
            assert_eq!(exact.cross.unlabelled, 8);
            let pairs = exact.cells.as_slice().iter().zip(random.cells.as_slice());
            for (a, b) in pairs.chain([(&exact.cross, &random.cross), (&exact.ei, &random.ei)]) {
                let sd = a.sd.unwrap();
                assert!((a.observed - b.observed).abs() < 1e-9);
                assert!((a.expected - b.expected).abs() < 0.04 * sd);
                assert!((b.sd.unwrap() / sd - 1.0).abs() < 0.03);
            }
        }
    }

    #[test]
    fn configuration_moments_are_those_of_matched_stubs() {
        for direction in [Direction::Directed, Direction::Undirected] {
            let g = random_graph(12, 30, direction);
            let labels = Labels::new((0..12).map(|i| i % 3).collect(), 3).unwrap();
            let test = |w| mixing_evidence(&g, &labels, w, NullModel::Configuration, &Silent).unwrap();
            let exact = test(Weighting::Edges);
            let class = |v: u32| v as usize % 3;
            let (tails, heads): (Vec<_>, Vec<_>) =
                g.edge_list().map(|(a, b, _)| (class(a), class(b))).unzip();
            let mut stream = Seed(8).stream(0);
            let mut draws = vec![vec![]; 10];
            for _ in 0..20_000 {
                let pairs: Vec<(usize, usize)> = if direction == Direction::Directed {
                    let mut ends = heads.clone();
                    stream.shuffle(&mut ends);
                    tails.iter().copied().zip(ends).collect()
                } else {
                    let mut stubs = [&tails[..], &heads[..]].concat();
                    stream.shuffle(&mut stubs);
                    stubs.chunks(2).map(|p| (p[0], p[1])).collect()
                };
                let mut counts = [0.0; 10];
                for (a, b) in pairs {
                    counts[a * 3 + b] += 1.0;
                    if a != b {
                        counts[b * 3 + a] += 1.0;
                        counts[9] += 1.0;
                    }
                }
                draws.iter_mut().zip(counts).for_each(|(d, c)| d.push(c));
            }
            for (e, values) in exact.cells.as_slice().iter().chain([&exact.cross]).zip(&draws) {
                let mean = values.iter().sum::<f64>() / 20_000.0;
                let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 19_999.0).sqrt();
                assert!((e.expected - mean).abs() < 0.04 * sd);
                assert!((e.sd.unwrap() / sd - 1.0).abs() < 0.03);
            }
            let weighted = test(Weighting::Weights);
            assert!(weighted.cells.as_slice().iter().all(|e| e.sd.is_none() && e.p.is_none()));
            assert_eq!((weighted.cross.sd, weighted.ei.sd), (None, None));
        }
    }

    #[test]
    #[cfg(feature = "parallel")]
    fn threads_do_not_matter() {
        let g = random_graph(600, 2000, Direction::Undirected);
        let labels = Labels::new((0..600).map(|i| i * i % 4).collect(), 4).unwrap();
        let strata = Labels::new((0..600).map(|i| i % 7).collect(), 7).unwrap();
        let mut s = Seed(9).stream(0);
        let at: Vec<_> = (0..600).map(|_| Coord { x: s.unit() * 1e5, y: s.unit() * 1e5 }).collect();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mc = NullModel::LabelPermutationMonteCarlo {
                    permutations: 99,
                    seed: Seed(3),
                    strata: Some(&strata),
                };
                let gravity = NullModel::Gravity { positions_m: &at, bin_m: 5e3 };
                [mc, gravity]
                    .map(|null| mixing_evidence(&g, &labels, Weighting::Weights, null, &Silent).unwrap())
            })
        };
        let one = run(1);
        assert_eq!(one, run(2));
        assert_eq!(one, run(8));
        // Labels that are the strata cannot move.
        let fixed =
            NullModel::LabelPermutationMonteCarlo { permutations: 9, seed: Seed(3), strata: Some(&labels) };
        let e = mixing_evidence(&g, &labels, Weighting::Edges, fixed, &Silent).unwrap().cross;
        assert_eq!((e.sd, e.p), (None, Some(1.0)));
    }

    #[test]
    fn bad_input_is_refused() {
        let g = random_graph(10, 20, Direction::Undirected);
        let l = Labels::new(vec![0; 10], 1).unwrap();
        let at = vec![Coord { x: 0.0, y: 0.0 }; 10];
        let test = |null| mixing_evidence(&g, &l, Weighting::Edges, null, &Silent);
        assert!(test(NullModel::Gravity { positions_m: &at, bin_m: 0.0 }).is_err());
        assert!(test(NullModel::Gravity { positions_m: &at[1..], bin_m: 1.0 }).is_err());
        assert_eq!(test(NullModel::Gravity { positions_m: &at, bin_m: 1.0 }).unwrap().cross.expected, 0.0);
        let none = NullModel::LabelPermutationMonteCarlo { permutations: 0, seed: Seed(1), strata: None };
        assert!(test(none).is_err());
        assert_eq!(test(NullModel::LabelPermutation).unwrap().cross.z, None);
        let empty = Network::from_edges(0, &[], Direction::Undirected).unwrap().0;
        let l = Labels::new(vec![], 1).unwrap();
        assert!(mixing_evidence(&empty, &l, Weighting::Edges, NullModel::Configuration, &Silent).is_err());
    }
}
