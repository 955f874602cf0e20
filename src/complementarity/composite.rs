//! Complementarity of the ties that exist, against what chance would tie.

use serde::{Deserialize, Serialize};

use super::table::check_shape;
use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::evidence::{Evidence, Null, beyond_rounding};
use crate::labels::Labels;
use crate::matrix::Csr;
use crate::parallel;
use crate::progress::Progress;
use crate::random::Seed;
use crate::space::distance::Bins;

const MEASURE: &str = "complementarity of ties";

/// Complementarity of the ties between classes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct TiedComplementarity {
    /// `Σ w_ij c_ij / Σ w_ij` over ties between two classes, in the unit of the scores.
    pub value: f64,
    /// `Σ w_ij` over the same ties.
    pub weight: f64,
    /// Number of those ties.
    pub ties: usize,
    /// Ties between two classes left out of both sums because their score is undefined.
    pub undefined: usize,
}

/// What is dealt at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shuffle {
    /// Classes among the nodes that have one: are ties between classes more complementary than ties
    /// at large?
    #[default]
    Labels,
    /// Portfolios among all nodes: are ties more complementary than ties between nodes of any
    /// portfolio would be? The graph and the classes stay.
    Portfolios,
}

/// How complementary the ties between classes (rural and urban) are: the mean score of those ties, weighted
/// by the ties' weights.
///
/// # Formula
/// `CC = Σ_cross w_ij c_ij / Σ_cross w_ij`, over ties whose ends are in two different classes; `score(i, j)`
/// gives `c_ij`, what i gains from j (from [`super::Interregional::score`], Michaely's index or any other).
/// Undirected ties are stored both ways, so that both directions count; leave one way out of `ties` to see
/// what rural gains from urban alone. Ties with an end without a class, and self-ties, are not between
/// classes.
///
/// # Range
/// That of the scores, in their unit.
///
/// # Direction
/// High where classes are tied to what is complementary to them.
///
/// # Undefined
/// An error when no tie between classes has a score; ties whose score is NaN are left out and counted.
///
/// # Errors
/// [`Error::Shape`] when ties and labels do not fit; [`Error::Value`] when a weight is negative;
/// [`Error::Undefined`] with [`Undefined::NoTies`] when no tie between classes has a score.
///
/// # Complexity
/// O(ties).
///
/// # References
/// A composite of this crate's own: publish it with its components.
///
/// # Example
/// ```
/// use rurban::complementarity::composite::tied_complementarity;
/// use rurban::{labels::Labels, matrix::Csr};
/// # fn main() -> rurban::Result<()> {
/// let ties = Csr::from_triplets(3, 3, &[(0, 1, 2.0), (1, 0, 2.0), (1, 2, 1.0), (2, 1, 1.0)])?;
/// let rural_urban = Labels::new(vec![0, 1, 1], 2)?;
/// let gain = |i: usize, j: usize| if (i, j) == (0, 1) { 60.0 } else { 20.0 };
/// assert_eq!(tied_complementarity(&ties, &rural_urban, gain)?.value, 40.0);
/// # Ok(()) }
/// ```
pub fn tied_complementarity(
    ties: &Csr,
    labels: &Labels,
    score: impl Fn(usize, usize) -> f64,
) -> Result<TiedComplementarity> {
    check(ties, labels)?;
    let mut sums = Sums::default();
    for i in 0..ties.rows() {
        for (j, w) in ties.row(i).filter(|&(j, w)| w > 0.0 && is_cross(labels.as_slice(), i, j as usize)) {
            sums.add(w, score(i, j as usize));
        }
    }
    let value = sums.mean().ok_or_else(|| Error::undefined(MEASURE, Undefined::NoTies))?;
    Ok(TiedComplementarity { value, weight: sums.weight, ties: sums.ties, undefined: sums.undefined })
}

/// Whether ties between classes are more complementary than chance: [`tied_complementarity`] against seeded
/// Monte-Carlo replicates.
///
/// # Formula
/// `p` is two-sided, over `permutations` deals of what [`Shuffle`] names. Replicate r uses stream r of
/// `seed`: same result for any number of threads. Nodes without a class keep having none.
///
/// # Direction
/// As [`tied_complementarity`]; above the expectation, ties are more complementary than chance.
///
/// # Undefined
/// Replicates without a scored tie between classes are left out (the evidence holds the number that counted);
/// an error when none counts.
///
/// # Errors
/// As [`tied_complementarity`]; [`Error::Parameter`] when `permutations` is 0; [`Undefined::Empty`] when no
/// replicate counts.
///
/// # Complexity
/// O(permutations · ties); with [`Shuffle::Portfolios`] as many calls of `score`.
pub fn tied_complementarity_evidence(
    ties: &Csr,
    labels: &Labels,
    score: impl Fn(usize, usize) -> f64 + Sync + Send,
    shuffle: Shuffle,
    permutations: usize,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<Evidence> {
    let observed = tied_complementarity(ties, labels, &score)?;
    if permutations == 0 {
        let must = "must be at least 1";
        return Err(Error::Parameter { name: "permutations", value: permutations.to_string(), must });
    }
    let n = ties.rows();
    let labelled: Vec<u32> = (0..n as u32).filter(|&i| labels.get(i as usize).is_some()).collect();
    let edges: Vec<(u32, u32, f64)> = (0..n)
        .flat_map(|i| ties.row(i).map(move |(j, w)| (i as u32, j, w)))
        .filter(|&(i, j, w)| w > 0.0 && i != j)
        .collect();
    // The scores of ties do not change with the classes.
    let scores: Vec<f64> = match shuffle {
        Shuffle::Labels => parallel::map(edges.len(), |e| score(edges[e].0 as usize, edges[e].1 as usize)),
        Shuffle::Portfolios => Vec::new(),
    };
    progress.begin("permutations", Some(permutations as u64));
    let init = || (labels.as_slice().to_vec(), Vec::with_capacity(n));
    let replicates = parallel::map_init(permutations, init, |(classes, deal), r| {
        let mut random = seed.stream(r as u64);
        deal.clear();
        let mut sums = Sums::default();
        match shuffle {
            Shuffle::Labels => {
                deal.extend(labelled.iter().map(|&i| labels.as_slice()[i as usize]));
                random.shuffle(deal);
                labelled.iter().zip(deal.iter()).for_each(|(&i, &c)| classes[i as usize] = c);
                for (&(i, j, w), &c) in edges.iter().zip(&scores) {
                    if is_cross(classes, i as usize, j as usize) {
                        sums.add(w, c);
                    }
                }
            }
            Shuffle::Portfolios => {
                deal.extend(0..n as u32);
                random.shuffle(deal);
                for &(i, j, w) in &edges {
                    if is_cross(classes, i as usize, j as usize) {
                        sums.add(w, score(deal[i as usize] as usize, deal[j as usize] as usize));
                    }
                }
            }
        }
        progress.advance(1);
        sums.mean()
    });
    progress.end();
    let size = tied_complementarity(ties, labels, |i, j| score(i, j).abs())?.value;
    evidence(ties, labels, (observed.value, size), replicates, Null::LabelPermutation)
}

/// Whether ties between classes are more complementary than sets of ties that the caller drew: from a gravity
/// model, degree-preserving swaps, or any other null.
///
/// # Formula
/// [`tied_complementarity`] of the ties against that of every set.
///
/// # Direction
/// As [`tied_complementarity`]; above the expectation, ties are more complementary than the null's.
///
/// # Undefined
/// Sets without a scored tie between classes are left out; an error when none counts.
///
/// # Errors
/// As [`tied_complementarity`], for every set; [`Undefined::Empty`] when no set counts.
///
/// # Complexity
/// O(ties), over all sets.
pub fn tied_complementarity_evidence_from<'a>(
    ties: &Csr,
    labels: &Labels,
    score: impl Fn(usize, usize) -> f64,
    null: Null,
    sets: impl IntoIterator<Item = &'a Csr>,
) -> Result<Evidence> {
    let observed = tied_complementarity(ties, labels, &score)?;
    let mut replicates = Vec::new();
    for set in sets {
        replicates.push(match tied_complementarity(set, labels, &score) {
            Ok(replicate) => Some(replicate.value),
            Err(e) if e.as_undefined() == Some(Undefined::NoTies) => None,
            Err(e) => return Err(e),
        });
    }
    let size = tied_complementarity(ties, labels, |i, j| score(i, j).abs())?.value;
    evidence(ties, labels, (observed.value, size), replicates, null)
}

/// Sets of ties with the same strengths and lengths, for [`tied_complementarity_evidence_from`] with
/// [`Null::Gravity`].
///
/// # Formula
/// Each tie keeps its weight and its bin of distance (`bin_m` metres wide), and falls on one of the pairs in
/// that bin with probability proportional to `s_i s_j`, s the sums of the rows. `ties` are symmetric and
/// stored both ways; `distance_m` is asked for pairs of tied nodes, and NaN (position unknown) is a bin of
/// its own. Set r uses stream r of the seed.
///
/// # Errors
/// [`Error::Shape`] when `ties` is not square; [`Error::Value`] when a weight is negative or differs from the
/// one the other way; [`Error::Parameter`] when `bin_m` is not above zero; [`Undefined::NoTies`] without
/// ties.
///
/// # Complexity
/// O(tied nodes²) time, 16 bytes for each pair in a bin that has ties; O(ties log pairs) for each set.
///
/// # References
/// The spatial null of Expert et al. (2011), PNAS, <https://doi.org/10.1073/pnas.1018962108>.
pub fn gravity_sets(
    ties: &Csr,
    distance_m: impl Fn(usize, usize) -> f64 + Sync + Send,
    bin_m: f64,
    sets: usize,
    seed: Seed,
) -> Result<Vec<Csr>> {
    let n = ties.rows();
    check_shape("ties", (n, ties.columns()), (n, n))?;
    check_weights("ties", ties.parts().2)?;
    if bin_m.is_nan() || bin_m <= 0.0 {
        let must = "must be above zero";
        return Err(Error::Parameter { name: "bin_m", value: bin_m.to_string(), must });
    }
    let reversed = ties.transposed();
    if let Some((index, _)) =
        (0..n).flat_map(|i| ties.row(i).map(move |(j, w)| (i, j, w))).enumerate().find(|&(_, (i, j, w))| {
            let back = reversed.get(i, j).unwrap_or(0.0);
            beyond_rounding(w - back, w.max(back)) != 0.0
        })
    {
        let must = "must be as large as the other way: undirected ties are stored both ways";
        return Err(Error::Value { what: "ties", index, value: ties.parts().2[index].to_string(), must });
    }
    let bins_of = Bins::of_width(bin_m);
    let bin = |i: usize, j: usize| {
        let distance = distance_m(i, j);
        if distance.is_nan() { usize::MAX } else { bins_of.of(distance) }
    };
    let observed: Vec<(usize, usize, f64)> = (0..n)
        .flat_map(|i| ties.row(i).map(move |(j, w)| (i, j as usize, w)))
        .filter(|&(i, j, w)| i < j && w > 0.0)
        .collect();
    if observed.is_empty() {
        return Err(Error::undefined(MEASURE, Undefined::NoTies));
    }
    let bins = parallel::map(observed.len(), |t| bin(observed[t].0, observed[t].1));
    let mut used = bins.clone();
    used.sort_unstable();
    used.dedup();
    let strength: Vec<f64> = (0..n).map(|i| ties.row_sum(i)).collect();
    let tied: Vec<usize> = (0..n).filter(|&i| strength[i] > 0.0).collect();
    let rows = parallel::map(tied.len(), |a| {
        let i = tied[a];
        let slot = |&j: &usize| Some((used.binary_search(&bin(i, j)).ok()?, j as u32));
        tied[a + 1..].iter().filter_map(slot).collect::<Vec<_>>()
    });
    // Pairs of each bin, with their running mass.
    let mut pairs: Vec<Vec<(u32, u32)>> = vec![Vec::new(); used.len()];
    let mut masses: Vec<Vec<f64>> = vec![Vec::new(); used.len()];
    for (&i, row) in tied.iter().zip(rows) {
        for (slot, j) in row {
            pairs[slot].push((i as u32, j));
            let before = masses[slot].last().copied().unwrap_or(0.0);
            masses[slot].push(before + strength[i] * strength[j as usize]);
        }
    }
    let draw = |r: usize| {
        let mut random = seed.stream(r as u64);
        let mut drawn = Vec::with_capacity(2 * observed.len());
        for (&(.., w), bin) in observed.iter().zip(&bins) {
            let Ok(slot) = used.binary_search(bin) else { continue };
            let (list, mass) = (&pairs[slot], &masses[slot]);
            let at = random.unit() * mass.last().copied().unwrap_or(0.0);
            let (i, j) = list[mass.partition_point(|&m| m <= at).min(list.len() - 1)];
            drawn.extend([(i, j, w), (j, i, w)]);
        }
        Csr::from_triplets(n, n, &drawn)
    };
    parallel::map(sets, draw).into_iter().collect()
}

fn evidence(
    ties: &Csr,
    labels: &Labels,
    (observed, size): (f64, f64),
    replicates: Vec<Option<f64>>,
    null: Null,
) -> Result<Evidence> {
    let counted: Vec<f64> = replicates.into_iter().flatten().collect();
    if counted.is_empty() {
        return Err(Error::undefined(MEASURE, Undefined::Empty));
    }
    let mut tied = vec![false; ties.rows()];
    for i in 0..ties.rows() {
        for (j, _) in ties.row(i).filter(|&(j, w)| w > 0.0 && j as usize != i) {
            tied[i] = true;
            tied[j as usize] = true;
        }
    }
    let isolates = tied.iter().filter(|t| !**t).count();
    // A mean of scores of either sign is rounded as the scores are.
    Ok(Evidence::monte_carlo_of(null, observed, &counted, ties.rows(), size)
        .with_counts(isolates, labels.unlabelled()))
}

fn check(ties: &Csr, labels: &Labels) -> Result<()> {
    check_shape("ties", (ties.rows(), ties.columns()), (labels.len(), labels.len()))?;
    check_len("labels", labels.len(), ties.rows())?;
    check_weights("ties", ties.parts().2)
}

fn is_cross(classes: &[u32], i: usize, j: usize) -> bool {
    i != j && classes[i] != classes[j] && classes[i] != Labels::NONE && classes[j] != Labels::NONE
}

/// Running sums over ties between classes.
#[derive(Default)]
struct Sums {
    scored: f64,
    weight: f64,
    ties: usize,
    undefined: usize,
}

impl Sums {
    fn add(&mut self, weight: f64, score: f64) {
        if score.is_nan() {
            self.undefined += 1;
        } else {
            self.scored += weight * score;
            self.weight += weight;
            self.ties += 1;
        }
    }

    fn mean(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.scored / self.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn path(n: u32) -> Csr {
        let both = (1..n).flat_map(|i| [(i - 1, i, 1.0), (i, i - 1, 1.0)]).collect::<Vec<_>>();
        Csr::from_triplets(n as usize, n as usize, &both).unwrap()
    }

    #[test]
    fn without_ties_between_classes_there_is_no_value() {
        let one = Labels::new(vec![0; 4], 2).unwrap();
        let reason = tied_complementarity(&path(4), &one, |_, _| 1.0).unwrap_err().as_undefined();
        assert_eq!(reason, Some(Undefined::NoTies));
        let two = Labels::new(vec![0, 1, 0, Labels::NONE], 2).unwrap();
        assert!(tied_complementarity(&path(4), &two, |_, _| f64::NAN).is_err());
        let c = tied_complementarity(&path(4), &two, |i, _| if i == 0 { f64::NAN } else { 3.0 }).unwrap();
        assert_eq!((c.value, c.ties, c.undefined), (3.0, 3, 1));
        assert!(tied_complementarity(&path(3), &two, |_, _| 1.0).is_err());
    }

    #[test]
    fn permutation_expectation_is_the_mean_over_all_ties_when_every_pair_is_alike() {
        // On a path of four with classes 2 + 2, each tie is between classes equally often.
        let labels = Labels::new(vec![0, 0, 1, 1], 2).unwrap();
        let score = |i: usize, j: usize| (i + j) as f64;
        for shuffle in [Shuffle::Labels, Shuffle::Portfolios] {
            let run = || {
                tied_complementarity_evidence(&path(4), &labels, score, shuffle, 4_000, Seed(5), &Silent)
                    .unwrap()
            };
            let e = run();
            assert_eq!((e.observed, e.n, e.isolates), (3.0, 4, 0));
            assert!((e.expected - 3.0).abs() < 0.1, "{e:?}");
            assert_eq!(e, run());
        }
    }

    #[test]
    fn gravity_keeps_weights_and_lengths() {
        // Places on a line, 10 m apart; the ties are 10, 20 and 50 m long.
        let observed = [(0, 1, 2.0), (2, 4, 1.0), (0, 5, 3.0)];
        let both: Vec<_> = observed.iter().flat_map(|&(i, j, w)| [(i, j, w), (j, i, w)]).collect();
        let ties = Csr::from_triplets(7, 7, &both).unwrap();
        let distance = |i: usize, j: usize| 10.0 * i.abs_diff(j) as f64;
        let sets = gravity_sets(&ties, distance, 5.0, 50, Seed(3)).unwrap();
        let mut moved = 0;
        for set in &sets {
            let lengths: Vec<(usize, f64)> = (0..7)
                .flat_map(|i| set.row(i).map(move |(j, w)| (i, j as usize, w)))
                .filter(|t| t.0 < t.1)
                .map(|(i, j, w)| (j - i, w))
                .collect();
            let of = |length: usize| lengths.iter().filter(|l| l.0 == length).map(|l| l.1).sum::<f64>();
            assert_eq!((of(1), of(2), of(5)), (2.0, 1.0, 3.0));
            // Nodes without ties attract none.
            assert_eq!(set.row_len(3) + set.row_len(6), 0);
            assert_eq!(*set, set.transposed());
            moved += usize::from(*set != ties);
        }
        assert!(moved > 25, "{moved}");
        assert_eq!(sets, gravity_sets(&ties, distance, 5.0, 50, Seed(3)).unwrap());
        let none = Csr::from_triplets(7, 7, &[]).unwrap();
        let reason = gravity_sets(&none, distance, 5.0, 1, Seed(3)).unwrap_err().as_undefined();
        assert_eq!(reason, Some(Undefined::NoTies));
        assert!(gravity_sets(&ties, distance, 0.0, 1, Seed(3)).is_err());
        // Pairs of unknown distance are drawn among their like.
        let unknown = gravity_sets(&ties, |_, _| f64::NAN, 5.0, 3, Seed(3)).unwrap();
        assert!(unknown.iter().all(|s| (0..7).map(|i| s.row_sum(i)).sum::<f64>() == 12.0));
    }

    #[test]
    fn callers_replicates_are_a_null_too() {
        let labels = Labels::new(vec![0, 0, 1, 1], 2).unwrap();
        let sets = [
            path(4),
            Csr::from_triplets(4, 4, &[(0, 2, 1.0)]).unwrap(),
            Csr::from_triplets(4, 4, &[]).unwrap(),
        ];
        let score = |i: usize, j: usize| (i * j) as f64;
        let e = tied_complementarity_evidence_from(&path(4), &labels, score, Null::Gravity, &sets).unwrap();
        assert_eq!((e.observed, e.expected), (2.0, 1.0));
        assert_eq!(e.null, Null::Gravity);
        assert!(tied_complementarity_evidence_from(&path(4), &labels, score, Null::Gravity, []).is_err());
    }
}
