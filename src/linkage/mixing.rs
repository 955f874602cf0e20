//! Who is tied to whom: mixing matrices and assortativity.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, Undefined};
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::network::{Direction, Network};

/// What a tie counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weighting {
    /// Every tie counts one.
    #[default]
    Edges,
    /// Every tie counts its weight.
    Weights,
}

/// How much the classes of nodes are tied to themselves and to each other (Newman 2003).
///
/// `M[r][s]` is the weight (or number) of ties from class r to class s. An undirected tie counts
/// both ways, so that the diagonal holds twice the ties within and the sum is twice the total.
/// Nodes without a label make up an explicit last class. Isolates add nothing.
///
/// ```
/// # use rurban::{labels::Labels, linkage::{MixingMatrix, Weighting}, network::{Direction, Network}};
/// let ties = [(0, 1, 2.0), (1, 2, 1.0)];
/// let (graph, _) = Network::from_edges(3, &ties, Direction::Undirected)?;
/// let labels = Labels::new(vec![0, 0, 1], 2)?;
/// let m = MixingMatrix::new(&graph, &labels, Weighting::Weights)?;
/// assert_eq!(m.cells().as_slice(), [4.0, 1.0, 1.0, 0.0]);
/// assert_eq!((m.ties(0, 0), m.ties(0, 1), m.cross()), (2.0, 1.0, 1.0));
/// # Ok::<(), rurban::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct MixingMatrix {
    cells: Matrix,
    direction: Direction,
    unlabelled: usize,
}

impl MixingMatrix {
    /// Sums the ties by the classes of their ends. O(nodes + ties + classes²).
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one label per node.
    pub fn new(network: &Network, labels: &Labels, weighting: Weighting) -> Result<Self> {
        let labels = node_labels(network, labels)?;
        let unlabelled = labels.unlabelled();
        let full;
        let labels = if unlabelled > 0 {
            full = labels.with_unlabelled_class();
            &full
        } else {
            labels
        };
        let (class, k) = (labels.as_slice(), labels.classes());
        let (offsets, targets, weights) = network.as_csr().parts();
        let cells = match weighting {
            Weighting::Edges => {
                let mut counts = vec![0u64; k * k];
                for (i, &r) in class.iter().enumerate() {
                    let row = &mut counts[r as usize * k..][..k];
                    for &j in &targets[offsets[i]..offsets[i + 1]] {
                        row[class[j as usize] as usize] += 1;
                    }
                }
                counts.into_iter().map(|c| c as f64).collect()
            }
            Weighting::Weights => {
                let mut sums = vec![0.0; k * k];
                for (i, &r) in class.iter().enumerate() {
                    let row = &mut sums[r as usize * k..][..k];
                    let span = offsets[i]..offsets[i + 1];
                    for (&j, &w) in targets[span.clone()].iter().zip(&weights[span]) {
                        row[class[j as usize] as usize] += w;
                    }
                }
                sums
            }
        };
        Ok(Self { cells: Matrix::from_rows(k, k, cells)?, direction: network.direction(), unlabelled })
    }

    /// The matrix M.
    #[must_use]
    pub const fn cells(&self) -> &Matrix {
        &self.cells
    }

    /// Number of classes, the one of unlabelled nodes included.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.cells.rows()
    }

    /// Nodes without a label; when there are any, the last class is theirs.
    #[must_use]
    pub const fn unlabelled(&self) -> usize {
        self.unlabelled
    }

    /// Ties between classes `r` and `s`, either way, each counted once; 0 when there is no such class.
    #[must_use]
    pub fn ties(&self, r: usize, s: usize) -> f64 {
        let cell = |r: usize, s: usize| self.cells.row(r).get(s).copied().unwrap_or(0.0);
        match (r == s, self.direction) {
            (true, Direction::Undirected) => cell(r, r) / 2.0,
            (true, Direction::Directed) => cell(r, r),
            (false, Direction::Undirected) => cell(r, s),
            (false, Direction::Directed) => cell(r, s) + cell(s, r),
        }
    }

    /// All ties, each counted once.
    #[must_use]
    pub fn total(&self) -> f64 {
        let sum: f64 = self.cells.as_slice().iter().sum();
        if self.direction == Direction::Undirected { sum / 2.0 } else { sum }
    }

    /// Ties within classes, each counted once.
    #[must_use]
    pub fn within(&self) -> f64 {
        (0..self.classes()).map(|r| self.ties(r, r)).sum()
    }

    /// Ties between different classes, each counted once.
    #[must_use]
    pub fn cross(&self) -> f64 {
        self.total() - self.within()
    }

    /// Row sums (ends in r of out-ties) and column sums (ends in s of in-ties).
    #[must_use]
    pub fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let k = self.classes();
        let mut columns = vec![0.0; k];
        let rows = (0..k)
            .map(|r| {
                let row = self.cells.row(r);
                columns.iter_mut().zip(row).for_each(|(c, v)| *c += v);
                row.iter().sum()
            })
            .collect();
        (rows, columns)
    }
}

/// One label per node, or an error.
pub(super) fn node_labels<'a>(network: &Network, labels: &'a Labels) -> Result<&'a Labels> {
    if labels.len() == network.nodes() {
        Ok(labels)
    } else {
        Err(Error::Shape { what: "labels", expected: network.nodes(), got: labels.len() })
    }
}

/// Result of [`nominal_assortativity`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct NominalAssortativity {
    /// The coefficient, from `r_min` (ties only across) over 0 (random mixing) to 1 (only within).
    pub r: f64,
    /// The value if all ties were across with the same margins.
    pub r_min: f64,
    /// Jackknife standard error √Σ (r₋ₑ − r)² over ties; NaN when leaving out some tie leaves
    /// a graph on which r is undefined.
    pub standard_error: f64,
    /// Nodes without a label, which count as a class of their own.
    pub unlabelled: usize,
}

/// How much more ties stay within classes than random mixing with the same margins would give.
///
/// `r = (tr e − Σ aᵣbᵣ) / (1 − Σ aᵣbᵣ)` with e the mixing matrix as shares, a its row and b its
/// column sums; `r_min = −Σab / (1 − Σab)`. O(nodes + ties + classes²).
///
/// # Errors
/// [`Error::Undefined`] without ties or when all ties end in one class; [`Error::Shape`].
///
/// # References
/// Newman (2003), Mixing patterns in networks, Phys. Rev. E 67:026126.
pub fn nominal_assortativity(
    network: &Network,
    labels: &Labels,
    weighting: Weighting,
) -> Result<NominalAssortativity> {
    const MEASURE: &str = "nominal assortativity";
    let mixing = MixingMatrix::new(network, labels, weighting)?;
    let total: f64 = mixing.cells().as_slice().iter().sum();
    if network.edges() == 0 {
        return Err(Error::undefined(MEASURE, Undefined::NoTies));
    }
    let (a, b) = mixing.margins();
    if (0..a.len()).any(|r| a[r] == total && b[r] == total) {
        return Err(Error::undefined(MEASURE, Undefined::SingleClass));
    }
    let k = mixing.classes();
    let trace: f64 = (0..k).map(|r| mixing.cells().row(r)[r]).sum();
    let ab: f64 = a.iter().zip(&b).map(|(a, b)| a * b).sum();
    let coefficient = |trace: f64, ab: f64, total: f64| {
        let chance = ab / (total * total);
        (trace / total - chance) / (1.0 - chance)
    };
    let r = coefficient(trace, ab, total);
    let chance = ab / (total * total);
    let directed = network.is_directed();
    // r once a tie of weight w from class p to class q is left out, in O(1).
    let without = |p: usize, q: usize, w: f64| {
        let (sides, change) = if directed {
            (1.0, -w * (b[p] + a[q]) + if p == q { w * w } else { 0.0 })
        } else if p == q {
            (2.0, -4.0 * w * a[p] + 4.0 * w * w)
        } else {
            (2.0, -2.0 * w * (a[p] + a[q]) + 2.0 * w * w)
        };
        let trace = if p == q { trace - sides * w } else { trace };
        coefficient(trace, ab + change, total - sides * w)
    };
    let mut squares = 0.0;
    match weighting {
        Weighting::Edges => {
            for p in 0..k {
                for q in (if directed { 0 } else { p })..k {
                    let count = if directed { mixing.cells().row(p)[q] } else { mixing.ties(p, q) };
                    if count > 0.0 {
                        squares += count * (without(p, q, 1.0) - r).powi(2);
                    }
                }
            }
        }
        Weighting::Weights => {
            let class = |i: u32| labels.get(i as usize).unwrap_or(k - 1);
            for (i, j, w) in network.edge_list() {
                squares += (without(class(i), class(j), w) - r).powi(2);
            }
        }
    }
    let standard_error = if squares.is_finite() { squares.sqrt() } else { f64::NAN };
    Ok(NominalAssortativity {
        r,
        r_min: -chance / (1.0 - chance),
        standard_error,
        unlabelled: mixing.unlabelled(),
    })
}

/// Result of [`numeric_assortativity`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct NumericAssortativity {
    /// Correlation of the values at both ends of ties, from −1 to 1.
    pub r: f64,
    /// Ties that have a value at both ends.
    pub ties: usize,
    /// Ties left out because an end has no value.
    pub left_out: usize,
}

/// Correlation, over ties, of a value at both ends: high when alike places cooperate.
///
/// Pearson's correlation of `(xᵢ, xⱼ)` over ties, undirected ones taken both ways, each counted
/// once or by weight. NaN means "no value": ties that touch such a node are left out and counted.
/// O(nodes + ties).
///
/// # Errors
/// [`Error::Undefined`] without ties or when the values at the ends do not vary; [`Error::Value`]
/// on infinite values; [`Error::Shape`].
///
/// # References
/// Newman (2003), Phys. Rev. E 67:026126.
pub fn numeric_assortativity(
    network: &Network,
    values: &[f64],
    weighting: Weighting,
) -> Result<NumericAssortativity> {
    correlation(network, values, values, weighting, "numeric assortativity")
}

/// The degree of a node taken at one end of a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DegreeEnd {
    /// Ties that leave the node.
    Out,
    /// Ties that arrive at the node.
    In,
}

/// Correlation, over ties, of the degrees of both ends; directed ties have `source` at their
/// source and `target` at their target, undirected ones have one degree whatever is asked for.
///
/// `weighting` says what the degree is: number of ties, or their weight. Each tie counts once.
/// O(nodes + ties).
///
/// # Errors
/// [`Error::Undefined`] without ties or when the degrees at the ends do not vary.
///
/// # References
/// Newman (2002), Assortative mixing in networks, Phys. Rev. Lett. 89:208701.
pub fn degree_assortativity(
    network: &Network,
    source: DegreeEnd,
    target: DegreeEnd,
    weighting: Weighting,
) -> Result<NumericAssortativity> {
    let n = network.nodes();
    let amount = |w: f64| if weighting == Weighting::Edges { 1.0 } else { w };
    let degrees = |end: DegreeEnd| {
        let mut degrees = vec![0.0; n];
        for i in 0..n {
            for (j, w) in network.ties(i) {
                degrees[if end == DegreeEnd::Out { i } else { j as usize }] += amount(w);
            }
        }
        degrees
    };
    if network.is_directed() && source != target {
        correlation(network, &degrees(source), &degrees(target), Weighting::Edges, "degree assortativity")
    } else {
        let d = degrees(source);
        correlation(network, &d, &d, Weighting::Edges, "degree assortativity")
    }
}

fn correlation(
    network: &Network,
    x: &[f64],
    y: &[f64],
    weighting: Weighting,
    measure: &'static str,
) -> Result<NumericAssortativity> {
    if x.len() != network.nodes() {
        return Err(Error::Shape { what: "values", expected: network.nodes(), got: x.len() });
    }
    if let Some(index) = x.iter().position(|v| v.is_infinite()) {
        return Err(Error::Value {
            what: "values",
            index,
            value: x[index].to_string(),
            must: "must be finite, or NaN for no value",
        });
    }
    let amount = |w: f64| if weighting == Weighting::Edges { 1.0 } else { w };
    // Every stored tie, so that undirected ones come both ways.
    let ends = || {
        (0..network.nodes()).flat_map(move |i| {
            network.ties(i).filter_map(move |(j, w)| {
                let (a, b) = (x[i], y[j as usize]);
                (!a.is_nan() && !b.is_nan()).then_some((a, b, amount(w)))
            })
        })
    };
    let (mut count, mut total, mut sx, mut sy) = (0usize, 0.0, 0.0, 0.0);
    for (a, b, w) in ends() {
        count += 1;
        total += w;
        sx += w * a;
        sy += w * b;
    }
    if count == 0 {
        return Err(Error::undefined(measure, Undefined::NoTies));
    }
    let (mx, my) = (sx / total, sy / total);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b, w) in ends() {
        let (a, b) = (a - mx, b - my);
        xx += w * a * a;
        yy += w * b * b;
        xy += w * a * b;
    }
    // Rounding of the mean leaves constants a variance of the order of (ε·mean)².
    let constant = |ss: f64, m: f64| ss <= total * (m * 1e-14).powi(2);
    if constant(xx, mx) || constant(yy, my) {
        return Err(Error::undefined(measure, Undefined::ZeroVariance));
    }
    let ties = if network.is_directed() { count } else { count / 2 };
    let r = (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0);
    Ok(NumericAssortativity { r, ties, left_out: network.edges() - ties })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(n: usize, edges: &[(u32, u32)], direction: Direction) -> Network {
        let edges: Vec<_> = edges.iter().map(|&(a, b)| (a, b, 1.0)).collect();
        Network::from_edges(n, &edges, direction).unwrap().0
    }

    #[test]
    fn undefined_inputs_say_why() {
        let why = |n: usize, edges: &[(u32, u32)], labels: Vec<u32>| {
            let g = graph(n, edges, Direction::Undirected);
            let l = Labels::new(labels, 2).unwrap();
            nominal_assortativity(&g, &l, Weighting::Edges).unwrap_err().as_undefined()
        };
        assert_eq!(why(0, &[], vec![]), Some(Undefined::NoTies));
        assert_eq!(why(1, &[], vec![0]), Some(Undefined::NoTies));
        assert_eq!(why(3, &[], vec![0, 1, 0]), Some(Undefined::NoTies));
        assert_eq!(why(3, &[(0, 1)], vec![0, 0, 1]), Some(Undefined::SingleClass));
        let ring = graph(3, &[(0, 1), (1, 2), (2, 0)], Direction::Undirected);
        let degree = degree_assortativity(&ring, DegreeEnd::Out, DegreeEnd::In, Weighting::Edges);
        assert_eq!(degree.unwrap_err().as_undefined(), Some(Undefined::ZeroVariance));
        assert!(numeric_assortativity(&ring, &[0.1; 3], Weighting::Edges).is_err());
        assert!(numeric_assortativity(&ring, &[0.1; 2], Weighting::Edges).is_err());
    }

    #[test]
    fn unlabelled_nodes_are_a_class_and_stars_disassort() {
        let star = graph(4, &[(0, 1), (0, 2), (0, 3)], Direction::Undirected);
        let half = Labels::new(vec![0, Labels::NONE, Labels::NONE, 0], 1).unwrap();
        let m = MixingMatrix::new(&star, &half, Weighting::Edges).unwrap();
        assert_eq!((m.classes(), m.unlabelled(), m.ties(0, 1), m.within()), (2, 2, 2.0, 1.0));
        let d = degree_assortativity(&star, DegreeEnd::Out, DegreeEnd::Out, Weighting::Edges).unwrap();
        assert!((d.r + 1.0).abs() < 1e-12);
        let some = numeric_assortativity(&star, &[2.0, 1.0, 3.0, f64::NAN], Weighting::Edges).unwrap();
        assert_eq!((some.ties, some.left_out), (2, 1));
    }

    #[test]
    fn jackknife_is_the_one_that_leaves_each_tie_out() {
        let edges = [(0u32, 1u32), (1, 2), (2, 3), (3, 0), (0, 2), (4, 1), (3, 4), (4, 2)];
        let labels = Labels::new(vec![0, 0, 1, 1, 0], 2).unwrap();
        for direction in [Direction::Undirected, Direction::Directed] {
            for weighting in [Weighting::Edges, Weighting::Weights] {
                let weighted: Vec<_> =
                    edges.iter().enumerate().map(|(e, &(a, b))| (a, b, 1.0 + e as f64)).collect();
                let measure = |ties: &[(u32, u32, f64)]| {
                    let g = Network::from_edges(5, ties, direction).unwrap().0;
                    nominal_assortativity(&g, &labels, weighting).unwrap()
                };
                let all = measure(&weighted);
                let squares: f64 = (0..weighted.len())
                    .map(|e| {
                        let mut rest = weighted.clone();
                        rest.remove(e);
                        (measure(&rest).r - all.r).powi(2)
                    })
                    .sum();
                assert!((all.standard_error - squares.sqrt()).abs() < 1e-12);
            }
        }
    }
}
