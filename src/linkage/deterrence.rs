//! How distance weakens ties: pairs of nodes by bins of distance, deterrence, spatial modularity.

use geo_types::Coord;
use serde::{Deserialize, Serialize};

use super::mixing::{MixingMatrix, Weighting};
use crate::error::{Error, Result, Undefined};
use crate::evidence::beyond_rounding;
use crate::labels::Labels;
use crate::network::Network;
use crate::parallel;
use crate::progress::Progress;
use crate::space::distance::Bins;

/// Strength products and ties by bin of distance.
pub(super) struct Pairs {
    pub(super) bins: usize,
    /// `Σ s_i s_j` over unordered pairs, by bin.
    pub(super) mass: Vec<f64>,
    /// The same by pair of classes: `[(r * k + s) * bins + b]`.
    pub(super) by_cell: Vec<f64>,
    /// Σ w over ties, by bin.
    pub(super) tied: Vec<f64>,
    /// Σ w² over ties, by bin.
    pub(super) tied_squares: Vec<f64>,
}

impl Pairs {
    pub(super) fn new(
        network: &Network,
        labels: &Labels,
        weighting: Weighting,
        positions_m: &[Coord<f64>],
        bin_m: f64,
        progress: &dyn Progress,
    ) -> Result<Self> {
        const BLOCK: usize = 256;
        let (n, k) = (network.nodes(), labels.classes());
        if network.is_directed() {
            return Err(Error::Parameter {
                name: "null",
                value: "Gravity".to_owned(),
                must: "needs an undirected graph",
            });
        }
        if positions_m.len() != n {
            return Err(Error::Shape { what: "positions", expected: n, got: positions_m.len() });
        }
        if let Some(index) = positions_m.iter().position(|p| !(p.x.abs() <= 1e100 && p.y.abs() <= 1e100)) {
            return Err(Error::Value {
                what: "positions",
                index,
                value: format!("{:?}", positions_m[index]),
                must: "must be finite",
            });
        }
        let parameter = |must| Error::Parameter { name: "bin_m", value: bin_m.to_string(), must };
        if !(bin_m.is_finite() && bin_m > 0.0) {
            return Err(parameter("must be positive"));
        }
        let amount = |w: f64| if weighting == Weighting::Edges { 1.0 } else { w };
        let strength = |i: usize| network.weights(i).iter().map(|&w| amount(w)).sum::<f64>();
        // Nodes in order of class: partners of one class are consecutive. Isolates have no mass.
        let mut order: Vec<usize> = (0..n).filter(|&i| network.degree(i) > 0).collect();
        order.sort_by_key(|&i| labels.get(i));
        let s: Vec<f64> = order.iter().map(|&i| strength(i)).collect();
        let x: Vec<f64> = order.iter().map(|&i| positions_m[i].x).collect();
        let y: Vec<f64> = order.iter().map(|&i| positions_m[i].y).collect();
        let class: Vec<usize> = order.iter().map(|&i| labels.as_slice()[i] as usize).collect();
        let ends: Vec<usize> = (0..k).map(|c| class.partition_point(|&d| d <= c)).collect();
        let extent = |v: &[f64]| {
            let (low, high) =
                v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &v| (a.min(v), b.max(v)));
            high - low
        };
        let reach = extent(&x).hypot(extent(&y)) / bin_m;
        if reach * (k * k) as f64 > f64::from(1 << 24) {
            return Err(parameter("too narrow for the extent and the number of classes"));
        }
        let bins = (reach * (1.0 + 1e-9)) as usize + 2;
        let of = Bins::of_width(bin_m);
        let m = order.len();
        progress.begin("pairs by distance", Some(m.div_ceil(BLOCK) as u64));
        let bin = |dx: f64, dy: f64| of.of((dx * dx + dy * dy).sqrt());
        let one_block = |block: usize| {
            let mut by_cell = vec![0.0; k * k * bins];
            for i in block * BLOCK..((block + 1) * BLOCK).min(m) {
                let mut from = i + 1;
                for (c, &end) in ends.iter().enumerate().skip(class[i]) {
                    let sums = &mut by_cell[(class[i] * k + c) * bins..][..bins];
                    for ((&xj, &yj), &sj) in x[from..end].iter().zip(&y[from..end]).zip(&s[from..end]) {
                        sums[bin(xj - x[i], yj - y[i])] += s[i] * sj;
                    }
                    from = end;
                }
            }
            progress.advance(1);
            by_cell
        };
        // Blocks are summed in order, a wave of them at a time, so that their tables take at most
        // 64 MB (or one table) together.
        let mut by_cell = vec![0.0; k * k * bins];
        let blocks = m.div_ceil(BLOCK);
        let wave = ((1 << 23) / by_cell.len().max(1)).clamp(1, 64);
        for first in (0..blocks).step_by(wave) {
            for block in parallel::map(wave.min(blocks - first), |i| one_block(first + i)) {
                by_cell.iter_mut().zip(block).for_each(|(sum, part)| *sum += part);
            }
        }
        progress.end();
        let mut mass = vec![0.0; bins];
        for cell in by_cell.chunks(bins) {
            mass.iter_mut().zip(cell).for_each(|(sum, part)| *sum += part);
        }
        let (mut tied, mut tied_squares) = (vec![0.0; bins], vec![0.0; bins]);
        for (i, j, w) in network.edge_list() {
            let (a, b) = (positions_m[i as usize], positions_m[j as usize]);
            let at = bin(b.x - a.x, b.y - a.y);
            tied[at] += amount(w);
            tied_squares[at] += amount(w).powi(2);
        }
        Ok(Self { bins, mass, by_cell, tied, tied_squares })
    }
}

/// How distance weakens ties (Expert et al. 2011).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Deterrence {
    /// Width of the bins, in metres: bin b holds distances from `b·bin_m` to below `(b + 1)·bin_m`.
    pub bin_m: f64,
    /// `f(b) = Σ w_ij / Σ s_i s_j` over the pairs in bin b; 0 in a bin without pairs.
    pub f: Vec<f64>,
    /// `Q = (1/2W) Σ_{i≠j} (w_ij − s_i s_j f(d_ij)) δ(c_i, c_j)`: how much more weight is inside the
    /// classes than strengths and distance give; up to 1, 0 for no more.
    pub spatial_modularity: f64,
}

/// How distance weakens the ties of an undirected graph, and how far a partition holds ties beyond that.
///
/// Unlabelled nodes make up a class.
///
/// # Formula
/// `f(b) = Σ w_ij / Σ s_i s_j` over the pairs in bin b of distance, s the strengths; spatial modularity
/// `Q = (1/2W) Σ_{i≠j} (w_ij − s_i s_j f(d_ij)) δ(c_i, c_j)`, W the total of ties, c the classes.
///
/// # Range
/// f 0 or more, 0 in a bin without pairs; Q up to 1.
///
/// # Direction
/// Q above 0: more ties within classes than strengths and distance give.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties.
///
/// # Errors
/// As [`mixing_evidence`](crate::linkage::mixing_evidence) with
/// [`NullModel::Gravity`](crate::linkage::NullModel::Gravity).
///
/// # Complexity
/// O(nodes²) time, in parallel.
///
/// # References
/// Expert, Evans, Blondel & Lambiotte (2011), Uncovering space-independent communities in spatial networks,
/// PNAS 108(19), doi:10.1073/pnas.1018962108. From the formula; no peer package.
pub fn deterrence(
    network: &Network,
    partition: &Labels,
    weighting: Weighting,
    positions_m: &[Coord<f64>],
    bin_m: f64,
    progress: &dyn Progress,
) -> Result<Deterrence> {
    let mixing = MixingMatrix::new(network, partition, weighting)?;
    if network.edges() == 0 {
        return Err(Error::undefined("deterrence", Undefined::NoTies));
    }
    let partition = partition.with_unlabelled_class();
    let one = Labels::new(vec![0; network.nodes()], 1)?;
    let pairs = Pairs::new(network, &one, weighting, positions_m, bin_m, progress)?;
    let f: Vec<f64> =
        pairs.tied.iter().zip(&pairs.mass).map(|(w, m)| if *m > 0.0 { w / m } else { 0.0 }).collect();
    let mut members = vec![Vec::new(); partition.classes()];
    for (i, &c) in partition.as_slice().iter().enumerate() {
        let s = match weighting {
            Weighting::Edges => network.degree(i) as f64,
            Weighting::Weights => network.strength(i),
        };
        members[c as usize].push((positions_m[i], s));
    }
    let of = Bins::of_width(bin_m);
    let expected: f64 = parallel::map(members.len(), |c| {
        let class = &members[c];
        let mut sum = 0.0;
        for (i, &(at, s)) in class.iter().enumerate() {
            for &(other, t) in &class[i + 1..] {
                let d: Coord<f64> = other - at;
                let bin = of.of((d.x * d.x + d.y * d.y).sqrt());
                sum += s * t * f.get(bin).copied().unwrap_or(0.0);
            }
        }
        sum
    })
    .into_iter()
    .sum();
    let last = pairs.mass.iter().rposition(|m| *m > 0.0).map_or(0, |b| b + 1);
    Ok(Deterrence {
        bin_m,
        f: f[..last].to_vec(),
        spatial_modularity: beyond_rounding(mixing.within() - expected, mixing.total()) / mixing.total(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Direction;
    use crate::progress::Silent;

    fn of(places: &[(f64, f64)], ties: &[(u32, u32, f64)], classes: Vec<u32>, bin_m: f64) -> Deterrence {
        let (g, _) = Network::from_edges(places.len(), ties, Direction::Undirected).unwrap();
        let count = classes.iter().max().unwrap() + 1;
        let partition = Labels::new(classes, count as usize).unwrap();
        let places: Vec<Coord<f64>> = places.iter().map(|&p| p.into()).collect();
        deterrence(&g, &partition, Weighting::Edges, &places, bin_m, &Silent).unwrap()
    }

    #[test]
    fn whole_widths_start_a_bin() {
        let path = [(0, 1, 1.0), (1, 2, 1.0)];
        for (step, bin_m) in [(49.0, 49.0), (50.0, 50.0), (0.1, 0.1), (98.0, 98.0), (1e6 / 3.0, 1e6 / 3.0)] {
            let d = of(&[(0.0, 0.0), (step, 0.0), (2.0 * step, 0.0)], &path, vec![0; 3], bin_m);
            assert_eq!((&d.f[..], d.spatial_modularity), (&[0.0, 0.5, 0.0][..], 0.0), "{bin_m}");
        }
        let d = of(&[(0.0, 0.0), (1700.0, 0.0)], &[(0, 1, 1.0)], vec![0; 2], 1700.0);
        assert_eq!((&d.f[..], d.spatial_modularity), (&[0.0, 1.0][..], 0.0));
        // One class holds all ties whatever the bins are.
        let places: Vec<_> = (0..12).map(|i| (49.0 * f64::from(i), 0.0)).collect();
        let ties: Vec<_> = (0..11).map(|i| (i, i + 1, 1.0)).chain([(0, 8, 1.0), (3, 11, 1.0)]).collect();
        for bin_m in [98.0, 0.1, 49.0, 7.0] {
            assert_eq!(of(&places, &ties, vec![0; 12], bin_m).spatial_modularity, 0.0, "{bin_m}");
        }
    }
}
