//! Separation: dyads without flow that a covariate or effect fits perfectly at minus infinity.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use super::gravity_model::Projection;
use crate::error::Result;
use crate::network::{Direction, Network, strong_components};

/// Rounds of the rectifier at most.
const ROUNDS: usize = 2000;
/// Columns of the joint problem that are worked out at most.
const COLUMNS: usize = 400;
/// What counts as zero in directions of unit size.
const ZERO: f64 = 1e-7;

/// Dyads in the order of the fit: sorted by origin, every unit with some flow.
pub(super) struct Sample<'a> {
    pub(super) flow: &'a [f64],
    /// One column per covariate, the constant among them.
    pub(super) x: &'a [Vec<f64>],
    /// Origins and destinations, `None` without effects.
    pub(super) groups: Option<(&'a [Vec<u32>; 2], [usize; 2])>,
}

/// Which dyads are separated (Correia, Guimarães & Zylkin 2019, arXiv:1903.01633): those without flow
/// in which some combination of covariates and effects is above zero that is zero wherever flow is and
/// nowhere below zero. Its coefficient has no bound, and the other estimates are those without these
/// dyads.
///
/// # Errors
/// None on a sample that fits together.
pub(super) fn separated(sample: &Sample<'_>) -> Result<Vec<bool>> {
    let n = sample.flow.len();
    let mut out = vec![false; n];
    let parts = Parts::of(sample);
    // Effects alone: constants of parts that no flow ties.
    if let Some(parts) = &parts {
        let strong = parts.cycles()?;
        for (i, out) in out.iter_mut().enumerate().filter(|(i, _)| sample.flow[*i] == 0.0) {
            let (a, b) = parts.ends(i);
            *out = strong[a] != strong[b];
        }
    }
    let directions = directions(sample, parts.as_ref());
    if directions.is_empty() {
        return Ok(out);
    }
    let zeros: Vec<usize> = (0..n).filter(|&i| sample.flow[i] == 0.0 && !out[i]).collect();
    for (&i, yes) in zeros.iter().zip(rectify(&zeros, &directions, parts.as_ref())) {
        out[i] = yes;
    }
    Ok(out)
}

/// Parts of the graph of origins and destinations that flows tie together.
struct Parts<'a> {
    groups: &'a [Vec<u32>; 2],
    units: [usize; 2],
    of: Vec<usize>,
    count: usize,
    /// Dyads without flow.
    zeros: Vec<usize>,
    /// Dyads with flow by unit: where each unit's begin, and the dyads.
    starts: Vec<usize>,
    flows: Vec<u32>,
}

impl<'a> Parts<'a> {
    fn of(sample: &Sample<'a>) -> Option<Self> {
        let (groups, units) = sample.groups?;
        let nodes = units[0] + units[1];
        let ends = |i: usize| [groups[0][i] as usize, units[0] + groups[1][i] as usize];
        let mut starts = vec![0; nodes + 1];
        let tied: Vec<usize> = (0..sample.flow.len()).filter(|&i| sample.flow[i] > 0.0).collect();
        for end in tied.iter().flat_map(|&i| ends(i)) {
            starts[end + 1] += 1;
        }
        for v in 0..nodes {
            starts[v + 1] += starts[v];
        }
        let (mut next, mut flows) = (starts.clone(), vec![0; 2 * tied.len()]);
        for &i in &tied {
            for end in ends(i) {
                flows[next[end]] = i as u32;
                next[end] += 1;
            }
        }
        let zeros = (0..sample.flow.len()).filter(|&i| sample.flow[i] == 0.0).collect();
        let mut parts = Self { groups, units, of: vec![usize::MAX; nodes], count: 0, zeros, starts, flows };
        for start in 0..nodes {
            if parts.of[start] == usize::MAX {
                let part = parts.count;
                parts.of[start] = part;
                let mut queue = vec![start];
                while let Some(v) = queue.pop() {
                    for end in parts.flows[parts.starts[v]..parts.starts[v + 1]]
                        .iter()
                        .flat_map(|&i| ends(i as usize))
                    {
                        if parts.of[end] == usize::MAX {
                            parts.of[end] = part;
                            queue.push(end);
                        }
                    }
                }
                parts.count += 1;
            }
        }
        Some(parts)
    }

    fn nodes(&self, i: usize) -> [usize; 2] {
        [self.groups[0][i] as usize, self.units[0] + self.groups[1][i] as usize]
    }

    /// Parts of the origin and the destination of a dyad.
    fn ends(&self, i: usize) -> (usize, usize) {
        let [o, d] = self.nodes(i);
        (self.of[o], self.of[d])
    }

    /// The cycle of dyads without flow that each part is on: constants of parts on one cycle are equal.
    fn cycles(&self) -> Result<Vec<usize>> {
        let arcs: Vec<(u32, u32, f64)> = self
            .zeros
            .iter()
            .map(|&i| self.ends(i))
            .filter(|(a, b)| a != b)
            .map(|(a, b)| (a as u32, b as u32, 1.0))
            .collect();
        let (graph, _) = Network::from_edges(self.count, &arcs, Direction::Directed)?;
        let strong = strong_components(&graph)?;
        Ok((0..self.count).map(|part| strong.of.get(part).unwrap_or(part)).collect())
    }

    /// A combination of covariates less the effects that make it zero wherever flow is.
    fn less_effects(&self, v: &[f64]) -> Vec<f64> {
        let nodes = self.of.len();
        let (mut effect, mut known) = (vec![0.0; nodes], vec![false; nodes]);
        for start in 0..nodes {
            if known[start] {
                continue;
            }
            known[start] = true;
            let mut queue = vec![start];
            while let Some(u) = queue.pop() {
                for &i in &self.flows[self.starts[u]..self.starts[u + 1]] {
                    let [o, d] = self.nodes(i as usize);
                    let other = if o == u { d } else { o };
                    if !known[other] {
                        known[other] = true;
                        effect[other] = v[i as usize] - effect[u];
                        queue.push(other);
                    }
                }
            }
        }
        (0..v.len())
            .map(|i| {
                let [o, d] = self.nodes(i);
                v[i] - effect[o] - effect[d]
            })
            .collect()
    }
}

/// Combinations of covariates and effects that are zero wherever flow is, on all dyads.
fn directions(sample: &Sample<'_>, parts: Option<&Parts<'_>>) -> Vec<Vec<f64>> {
    let tied: Vec<usize> = (0..sample.flow.len()).filter(|&i| sample.flow[i] > 0.0).collect();
    let k = sample.x.len();
    let norm = |v: &[f64]| v.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    let sizes: Vec<f64> = sample.x.iter().map(|x| norm(x)).collect();
    let taken: Option<Vec<Vec<f64>>> = sample
        .x
        .iter()
        .zip(&sizes)
        .map(|(x, size)| {
            let mut column: Vec<f64> =
                tied.iter().map(|&i| if *size > 0.0 { x[i] / size } else { 0.0 }).collect();
            if let Some((groups, units)) = sample.groups {
                let of = [0, 1].map(|side| tied.iter().map(|&i| groups[side][i]).collect::<Vec<u32>>());
                let projection = Projection { groups: &of, units };
                let ones = vec![1.0; tied.len()];
                if !projection.apply(&mut column, &ones, &projection.mass(&ones)) {
                    return None;
                }
            }
            Some(column)
        })
        .collect();
    // Without convergence the fit itself will say so.
    let Some(taken) = taken else { return Vec::new() };
    let m = tied.len() as f64;
    let gram =
        DMatrix::from_fn(k, k, |a, b| taken[a].iter().zip(&taken[b]).map(|(x, y)| x * y).sum::<f64>() / m);
    let own: Vec<f64> = (0..k).map(|a| gram[(a, a)].sqrt()).collect();
    // Columns that vary little where flow is are no directions: each is held to its own size there.
    let size = |a: usize| if own[a] > ZERO { own[a] } else { 1.0 };
    let eigen = SymmetricEigen::new(DMatrix::from_fn(k, k, |a, b| gram[(a, b)] / (size(a) * size(b))));
    (0..k)
        .filter(|&e| eigen.eigenvalues[e] <= 1e-10)
        .filter_map(|e| {
            let weight = |a: usize| {
                if sizes[a] > 0.0 { eigen.eigenvectors[(a, e)] / (size(a) * sizes[a]) } else { 0.0 }
            };
            let weights: Vec<f64> = (0..k).map(weight).collect();
            let v: Vec<f64> = (0..sample.flow.len())
                .map(|i| weights.iter().zip(sample.x).map(|(w, x)| w * x[i]).sum())
                .collect();
            // A column that is next to nothing where flow is may be beyond all numbers elsewhere.
            if v.iter().any(|z| !z.is_finite()) {
                return None;
            }
            let whole = norm(&v);
            let v = parts.map_or_else(|| v.clone(), |p| p.less_effects(&v));
            let size = norm(&v);
            (size.is_finite() && size > ZERO * whole.max(f64::MIN_POSITIVE))
                .then(|| v.into_iter().map(|z| z / size).collect())
        })
        .collect()
}

/// The iterative rectifier: which of `zeros` some combination of the directions and of constants of
/// parts makes positive without making any negative.
fn rectify(zeros: &[usize], directions: &[Vec<f64>], parts: Option<&Parts<'_>>) -> Vec<bool> {
    let own = directions.len();
    if own == 1 && parts.is_none_or(|p| zeros.iter().all(|&i| p.ends(i).0 == p.ends(i).1)) {
        let of = |i: usize| directions[0][i];
        let (up, down) = (zeros.iter().any(|&i| of(i) > ZERO), zeros.iter().any(|&i| of(i) < -ZERO));
        return zeros.iter().map(|&i| up != down && of(i).abs() > ZERO).collect();
    }
    let between: usize = parts.map_or(0, |p| if p.count > 1 { p.count } else { 0 });
    // Constants of very many parts are held fixed: what they would add is left to the fit.
    let between = if own + between > COLUMNS { 0 } else { between };
    let columns = own + between;
    let design = DMatrix::from_fn(zeros.len(), columns, |row, c| {
        if c < own {
            return directions[c][zeros[row]];
        }
        let (a, b) = parts.map_or((0, 0), |p| p.ends(zeros[row]));
        f64::from(u8::from(a == c - own)) - f64::from(u8::from(b == c - own))
    });
    let eigen = SymmetricEigen::new(design.tr_mul(&design));
    let largest = eigen.eigenvalues.iter().copied().fold(0.0, f64::max);
    let kept: Vec<usize> = (0..columns).filter(|&e| eigen.eigenvalues[e] > 1e-12 * largest).collect();
    // An orthonormal basis of the combinations.
    let basis = DMatrix::from_columns(
        &kept
            .iter()
            .map(|&e| &design * eigen.eigenvectors.column(e) / eigen.eigenvalues[e].sqrt())
            .collect::<Vec<DVector<f64>>>(),
    );
    if kept.is_empty() {
        return vec![false; zeros.len()];
    }
    let mut wanted = DVector::from_element(zeros.len(), 1.0);
    for _ in 0..ROUNDS {
        let fitted = &basis * basis.tr_mul(&wanted);
        let worst = fitted.iter().zip(wanted.iter()).map(|(f, w)| (f - w).abs()).fold(0.0, f64::max);
        let size = fitted.amax();
        if size <= 1e-6 {
            break;
        }
        if worst <= 1e-9 * size {
            return fitted.iter().map(|f| *f > 1e-5 * size).collect();
        }
        wanted = fitted.map(|f| f.max(0.0));
    }
    let size = wanted.amax();
    let fitted = &basis * basis.tr_mul(&wanted);
    // Rounds ran out: what is found is only taken when it is a certificate.
    let certain = size > 1e-6 && fitted.iter().all(|f| *f >= -1e-5 * size);
    fitted.iter().map(|f| certain && *f > 1e-3 * size).collect()
}
