//! Who is tied to whom: mixing matrices and assortativity.

use serde::{Deserialize, Serialize};

use crate::check::{check_len, check_sum, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{beyond_rounding, unit_scale};
use crate::labels::Labels;
use crate::matrix::{Csr, Matrix};
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
///
/// Only the cells that hold ties are stored, so that tens of thousands of classes (communes) are no
/// burden; a published table is taken by [`MixingMatrix::from_cells`]. In text formats it is the whole
/// table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Table", into = "Table")]
#[must_use]
pub struct MixingMatrix {
    cells: Csr,
    direction: Direction,
    unlabelled: usize,
}

/// A mixing matrix as it is written down.
#[derive(Serialize, Deserialize)]
struct Table {
    cells: Matrix,
    direction: Direction,
    unlabelled: usize,
}

impl From<MixingMatrix> for Table {
    fn from(mixing: MixingMatrix) -> Self {
        Self { cells: mixing.cells(), direction: mixing.direction, unlabelled: mixing.unlabelled }
    }
}

impl TryFrom<Table> for MixingMatrix {
    type Error = Error;

    fn try_from(table: Table) -> Result<Self> {
        let mixing = Self::from_cells(&table.cells, table.direction)?;
        Ok(Self { unlabelled: table.unlabelled, ..mixing })
    }
}

/// Sums of a mixing matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Margins {
    /// Of each row: ends of (out-)ties in the class.
    pub from: Vec<f64>,
    /// Of each column: ends of (in-)ties in the class; as `from` when ties have no direction.
    pub into: Vec<f64>,
}

impl MixingMatrix {
    /// How much the classes of nodes are tied to each other: the ties summed by the classes of their ends.
    ///
    /// # Formula
    /// `M_rs = Σ w_ij` over ties from a node i of class r to a node j of class s, `w_ij` being 1 with
    /// [`Weighting::Edges`]; undirected ties count both ways.
    ///
    /// # Range
    /// 0 to twice the total of ties, or the total when directed.
    ///
    /// # Direction
    /// High: the two classes are much tied; compare with chance by
    /// [`mixing_evidence`](super::mixing_evidence).
    ///
    /// # Errors
    /// [`Error::Shape`] when there is not one label per node.
    ///
    /// # Complexity
    /// O(nodes + ties + classes), and the cells with ties sorted.
    ///
    /// # References
    /// Newman (2003), Mixing patterns in networks, Phys. Rev. E 67:026126, doi:10.1103/PhysRevE.67.026126.
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
        let mut members = vec![Vec::new(); k];
        for (i, &c) in class.iter().enumerate() {
            members[c as usize].push(i);
        }
        let (mut sums, mut touched) = (vec![0.0; k], Vec::new());
        let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
        for members in members {
            for i in members {
                for (j, w) in network.ties(i) {
                    let c = class[j as usize];
                    // Weights are positive: a sum of 0 is a class not met yet.
                    if sums[c as usize] == 0.0 {
                        touched.push(c);
                    }
                    sums[c as usize] += if weighting == Weighting::Edges { 1.0 } else { w };
                }
            }
            touched.sort_unstable();
            values.extend(touched.iter().map(|&c| std::mem::take(&mut sums[c as usize])));
            indices.append(&mut touched);
            offsets.push(indices.len());
        }
        let cells = Csr::from_sorted(k, offsets, indices, values);
        Ok(Self { cells, direction: network.direction(), unlabelled })
    }

    /// A mixing matrix that was published or counted elsewhere, in the convention of this type: undirected
    /// ties both ways, so that the diagonal holds twice the ties within.
    ///
    /// # Errors
    /// [`Error::Shape`] when it is not square; [`Error::Value`] for a cell that is negative or not finite,
    /// or one that differs from its mirror image in an undirected matrix.
    ///
    /// # Complexity
    /// O(classes²).
    ///
    /// # Example
    /// ```
    /// use rurban::{linkage::MixingMatrix, matrix::Matrix, network::Direction};
    /// let table = Matrix::from_rows(2, 2, vec![6.0, 2.0, 2.0, 4.0])?;
    /// let m = MixingMatrix::from_cells(&table, Direction::Undirected)?;
    /// assert_eq!((m.total(), m.cross()), (7.0, 2.0));
    /// assert!((m.assortativity()?.r - 5.0 / 12.0).abs() < 1e-12);
    /// # Ok::<(), rurban::Error>(())
    /// ```
    pub fn from_cells(cells: &Matrix, direction: Direction) -> Result<Self> {
        let k = cells.rows();
        check_len("columns of the mixing matrix", cells.columns(), k)?;
        check_weights("cells", cells.as_slice())?;
        if direction == Direction::Undirected {
            let uneven = |r: usize, s: usize| {
                let (a, b) = (cells.row(r)[s], cells.row(s)[r]);
                beyond_rounding(a - b, a.max(b)) != 0.0
            };
            if let Some((r, s)) =
                (0..k).flat_map(|r| (0..r).map(move |s| (r, s))).find(|&(r, s)| uneven(r, s))
            {
                return Err(Error::Value {
                    what: "cells",
                    index: r * k + s,
                    value: cells.row(r)[s].to_string(),
                    must: "must equal its mirror image: undirected ties count both ways",
                });
            }
        }
        let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
        for r in 0..k {
            for (s, &v) in cells.row(r).iter().enumerate().filter(|c| *c.1 > 0.0) {
                indices.push(s as u32);
                values.push(v);
            }
            offsets.push(indices.len());
        }
        let mixing = Self { cells: Csr::from_sorted(k, offsets, indices, values), direction, unlabelled: 0 };
        check_sum("cells", mixing.cells.parts().2)?;
        Ok(mixing)
    }

    /// The matrix M as a whole table. O(classes²) memory: [`MixingMatrix::row`] needs none.
    #[must_use]
    pub fn cells(&self) -> Matrix {
        let mut all = Matrix::filled(self.classes(), self.classes(), 0.0);
        for r in 0..self.classes() {
            for (s, v) in self.row(r) {
                all.row_mut(r)[s] = v;
            }
        }
        all
    }

    /// The cells of row `r` that hold ties, by class; none when there is no such class.
    pub fn row(&self, r: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let row = (r < self.classes()).then(|| self.cells.row(r));
        row.into_iter().flatten().map(|(s, v)| (s as usize, v))
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
        if r.max(s) >= self.classes() {
            return 0.0;
        }
        let cell = |r: usize, s: usize| self.cells.get(r, s as u32).unwrap_or(0.0);
        match (r == s, self.direction) {
            (true, Direction::Undirected) => cell(r, r) / 2.0,
            (true, Direction::Directed) => cell(r, r),
            (false, Direction::Undirected) => cell(r, s),
            (false, Direction::Directed) => cell(r, s) + cell(s, r),
        }
    }

    /// For every class, the others it has ties with and their amount, either way.
    pub(super) fn partners(&self) -> Vec<Vec<f64>> {
        let back = (self.direction == Direction::Directed).then(|| self.cells.transposed());
        (0..self.classes())
            .map(|r| {
                let mut others: Vec<(usize, f64)> = self.row(r).collect();
                if let Some(back) = &back {
                    others.extend(back.row(r).map(|(s, v)| (s as usize, v)));
                    others.sort_by_key(|o| o.0);
                }
                others
                    .chunk_by(|a, b| a.0 == b.0)
                    .filter(|same| same[0].0 != r)
                    .map(|same| same.iter().map(|s| s.1).sum())
                    .collect()
            })
            .collect()
    }

    /// All ties, each counted once.
    #[must_use]
    pub fn total(&self) -> f64 {
        let sum: f64 = self.cells.parts().2.iter().sum();
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
        let total = self.total();
        beyond_rounding(total - self.within(), total)
    }

    /// Row and column sums.
    pub fn margins(&self) -> Margins {
        let mut columns = vec![0.0; self.classes()];
        let rows = (0..self.classes())
            .map(|r| {
                self.row(r).for_each(|(s, v)| columns[s] += v);
                self.cells.row_sum(r)
            })
            .collect();
        Margins { from: rows, into: columns }
    }

    /// How much more ties stay within classes than random mixing with the same margins would give.
    ///
    /// # Formula
    /// That of [`nominal_assortativity`], of a table of counts: the standard error leaves out one tie at a
    /// time, every unit of a cell being one.
    ///
    /// # Range
    /// −1 to 1.
    ///
    /// # Direction
    /// As [`nominal_assortativity`].
    ///
    /// # Undefined
    /// As [`nominal_assortativity`].
    ///
    /// # Errors
    /// [`Error::Undefined`] without ties or when all ties end in one class.
    ///
    /// # Complexity
    /// O(classes + cells with ties).
    pub fn assortativity(&self) -> Result<NominalAssortativity> {
        Ok(Assortativity::new(self)?.by_counts(self))
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
/// # Formula
/// `r = (tr e − Σ aᵣbᵣ) / (1 − Σ aᵣbᵣ)` with e the mixing matrix as shares, a its row and b its column
/// sums; `r_min = −Σ aᵣbᵣ / (1 − Σ aᵣbᵣ)`; standard error `√Σ (r₋ₑ − r)²` over ties e left out.
///
/// # Range
/// −1 to 1.
///
/// # Direction
/// 1: ties only within classes; 0: random mixing; `r_min`: only across.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties, [`Undefined::SingleClass`] when all ties end in one class; the
/// standard error is NaN when leaving out some tie leaves a graph without r.
///
/// # Errors
/// [`Error::Undefined`] without ties or when all ties end in one class; [`Error::Shape`].
///
/// # Complexity
/// O(nodes + ties + classes).
///
/// # References
/// Newman (2003), Mixing patterns in networks, Phys. Rev. E 67:026126, doi:10.1103/PhysRevE.67.026126.
pub fn nominal_assortativity(
    network: &Network,
    labels: &Labels,
    weighting: Weighting,
) -> Result<NominalAssortativity> {
    let mixing = MixingMatrix::new(network, labels, weighting)?;
    let terms = Assortativity::new(&mixing)?;
    if weighting == Weighting::Edges {
        return Ok(terms.by_counts(&mixing));
    }
    let class = |i: u32| labels.get(i as usize).unwrap_or(mixing.classes() - 1);
    let ties = network.edge_list().map(|(i, j, w)| (class(i), class(j), w, 1.0));
    Ok(terms.result(ties, mixing.unlabelled()))
}

/// What the coefficient and its jackknife are made of, in a unit in which squares are finite.
struct Assortativity {
    a: Vec<f64>,
    b: Vec<f64>,
    unit: i32,
    total: f64,
    trace: f64,
    ab: f64,
    direction: Direction,
}

impl Assortativity {
    fn new(mixing: &MixingMatrix) -> Result<Self> {
        const MEASURE: &str = "nominal assortativity";
        if mixing.cells.entries() == 0 {
            return Err(Error::undefined(MEASURE, Undefined::NoTies));
        }
        let mut scaled = mixing.clone();
        let unit = unit_scale(scaled.cells.values_mut());
        let total: f64 = scaled.cells.parts().2.iter().sum();
        let Margins { from: a, into: b } = scaled.margins();
        let all = |part: f64| beyond_rounding(total - part, total) == 0.0;
        if (0..a.len()).any(|r| all(a[r]) && all(b[r])) {
            return Err(Error::undefined(MEASURE, Undefined::SingleClass));
        }
        let trace = (0..a.len()).filter_map(|r| scaled.cells.get(r, r as u32)).sum();
        let ab = a.iter().zip(&b).map(|(a, b)| a * b).sum();
        Ok(Self { a, b, unit, total, trace, ab, direction: mixing.direction })
    }

    /// Every unit of a cell is a tie.
    fn by_counts(&self, mixing: &MixingMatrix) -> NominalAssortativity {
        let directed = self.direction == Direction::Directed;
        let ties = (0..mixing.classes()).flat_map(|p| {
            mixing.row(p).filter(move |&(q, _)| directed || q >= p).map(move |(q, v)| {
                let count = if p == q && !directed { v / 2.0 } else { v };
                (p, q, 1.0, count)
            })
        });
        self.result(ties, mixing.unlabelled())
    }

    fn coefficient(trace: f64, ab: f64, total: f64) -> f64 {
        let chance = ab / (total * total);
        // 0 when all is in one class, where there is no coefficient.
        (trace / total - chance) / beyond_rounding(1.0 - chance, 1.0)
    }

    /// From ties by class of their ends, weight and number.
    fn result(
        &self,
        ties: impl Iterator<Item = (usize, usize, f64, f64)>,
        unlabelled: usize,
    ) -> NominalAssortativity {
        let r = Self::coefficient(self.trace, self.ab, self.total);
        let mut squares = 0.0;
        for (p, q, w, count) in ties {
            squares +=
                count * beyond_rounding(self.without(p, q, libm::ldexp(w, -self.unit)) - r, 1.0).powi(2);
        }
        let chance = self.ab / (self.total * self.total);
        NominalAssortativity {
            r,
            r_min: -chance / (1.0 - chance),
            standard_error: if squares.is_finite() { squares.sqrt() } else { f64::NAN },
            unlabelled,
        }
    }

    /// r once a tie of weight w from class p to class q is left out, in O(1).
    fn without(&self, p: usize, q: usize, w: f64) -> f64 {
        let Self { a, b, .. } = self;
        let (sides, change) = if self.direction == Direction::Directed {
            (1.0, -w * (b[p] + a[q]) + if p == q { w * w } else { 0.0 })
        } else if p == q {
            (2.0, -4.0 * w * a[p] + 4.0 * w * w)
        } else {
            (2.0, -2.0 * w * (a[p] + a[q]) + 2.0 * w * w)
        };
        let trace = if p == q { self.trace - sides * w } else { self.trace };
        let total = beyond_rounding(self.total - sides * w, self.total);
        Self::coefficient(trace, self.ab + change, total)
    }
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

/// How alike the two ends of ties are in a value.
///
/// # Formula
/// Pearson's correlation of `(xᵢ, xⱼ)` over ties, undirected ones taken both ways, each counted once or by
/// weight. NaN means "no value": ties that touch such a node are left out and counted.
///
/// # Range
/// −1 to 1.
///
/// # Direction
/// High when alike places cooperate; below 0 when unlike ones do.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties that have a value at both ends, [`Undefined::ZeroVariance`] when the
/// values at the ends do not vary.
///
/// # Errors
/// [`Error::Undefined`] without ties or when the values at the ends do not vary; [`Error::Value`] on
/// infinite values; [`Error::Shape`].
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Newman (2003), Mixing patterns in networks, Phys. Rev. E 67:026126, doi:10.1103/PhysRevE.67.026126.
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

/// How alike the two ends of ties are in their degree.
///
/// Directed ties have `source` at their source and `target` at their target, undirected ones have one
/// degree whatever is asked for. `weighting` says what the degree is: number of ties, or their weight.
///
/// # Formula
/// Pearson's correlation of the degrees at both ends of ties, undirected ones taken both ways; each tie
/// counts once.
///
/// # Range
/// −1 to 1.
///
/// # Direction
/// High when the well tied are tied to each other, below 0 when hubs serve the periphery.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties, [`Undefined::ZeroVariance`] when the degrees at the ends do not
/// vary.
///
/// # Errors
/// [`Error::Undefined`] without ties or when the degrees at the ends do not vary.
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Newman (2002), Assortative mixing in networks, Phys. Rev. Lett. 89:208701,
/// doi:10.1103/PhysRevLett.89.208701.
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
    let (mut x, mut y) = (x.to_vec(), y.to_vec());
    unit_scale(&mut x);
    unit_scale(&mut y);
    let (x, y) = (&x, &y);
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
    let constant = |ss: f64, m: f64| ss <= total * (m * 1e-13).powi(2);
    if constant(xx, mx) || constant(yy, my) {
        return Err(Error::undefined(measure, Undefined::ZeroVariance));
    }
    let ties = if network.is_directed() { count } else { count / 2 };
    let r = (xy / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0);
    Ok(NumericAssortativity { r, ties, left_out: network.edges() - ties })
}

#[cfg(test)]
mod tests;
