//! How apart groups are: in ties (E-I, homophily, odds) and over areas (dissimilarity, entropy …).

use serde::{Deserialize, Serialize};

use super::mixing::{MixingMatrix, Weighting};
use crate::check::{check_len, check_weights};
use crate::error::{Error, Result, Undefined};
use crate::evidence::Interval;
use crate::labels::Labels;
use crate::matrix::Matrix;
use crate::network::Network;

/// E-I index of a network, its groups and its nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct EiIndex {
    /// (external − internal) / (external + internal) ties: −1 all within groups, 1 all across.
    pub network: f64,
    /// The same over the ties that touch each group, NaN without any; the last group is that of
    /// unlabelled nodes, if any.
    pub groups: Vec<f64>,
    /// The same over the (out-)ties of each node, NaN without any.
    pub nodes: Vec<f64>,
    /// Expectation when labels are dealt at random, `1 − 2 Σ n_r(n_r − 1) / n(n − 1)`.
    pub expected: f64,
    /// Least and greatest value that group sizes and number of ties admit, for simple graphs.
    pub bounds: Interval,
    /// Position between the bounds, from −1 to 1; only for counts of ties, and none when the bounds
    /// coincide.
    pub rescaled: Option<f64>,
}

/// How far ties go across groups rather than within them: the E-I index of a network, its groups and nodes.
///
/// For its variance and p see [`mixing_evidence`](super::mixing_evidence).
///
/// # Formula
/// `(E − I) / (E + I)`, E the ties across groups and I those within, by number or weight. Expected when
/// labels are dealt at random: `1 − 2 Σ_r n_r (n_r − 1) / (n (n − 1))`, `n_r` the nodes of group r of all
/// n. Rescaled: `2 (EI − min) / (max − min) − 1` between the least and greatest value that group sizes and
/// number of ties admit.
///
/// # Range
/// −1 to 1.
///
/// # Direction
/// −1: all ties within groups; 1: all across.
///
/// # Undefined
/// [`Undefined::NoTies`] on a network without ties; NaN for groups and nodes without any; no rescaled value
/// for weights or when the bounds coincide.
///
/// # Errors
/// [`Error::Undefined`] without ties; [`Error::Shape`] when there is not one label per node.
///
/// # Complexity
/// O(nodes + ties).
///
/// # References
/// Krackhardt & Stern (1988), Informal networks and organizational crises, Social Psychology Quarterly
/// 51(2), doi:10.2307/2786835.
pub fn ei_index(network: &Network, labels: &Labels, weighting: Weighting) -> Result<EiIndex> {
    let mixing = MixingMatrix::new(network, labels, weighting)?;
    if network.edges() == 0 {
        return Err(Error::undefined("E-I index", Undefined::NoTies));
    }
    let ei = |external: f64, internal: f64| (external - internal) / (external + internal);
    let partners = mixing.partners();
    let groups = partners.iter().enumerate().map(|(r, p)| ei(p.iter().sum(), mixing.ties(r, r))).collect();
    let labels = labels.with_unlabelled_class();
    let nodes = (0..network.nodes())
        .map(|i| {
            let (mut external, mut internal) = (0.0, 0.0);
            for (j, w) in network.ties(i) {
                let w = if weighting == Weighting::Edges { 1.0 } else { w };
                *(if labels.get(i) == labels.get(j as usize) { &mut internal } else { &mut external }) += w;
            }
            ei(external, internal)
        })
        .collect();
    let n = network.nodes() as f64;
    let same: f64 = labels.sizes().iter().map(|&s| s as f64 * (s as f64 - 1.0)).sum();
    // Room for ties within and across, each arc of its own when directed.
    let sides = if network.is_directed() { 1.0 } else { 2.0 };
    let m = network.edges() as f64;
    let most_internal = m.min(same / sides);
    let most_external = m.min((n * (n - 1.0) - same) / sides);
    let bounds =
        Interval { low: ei(m - most_internal, most_internal), high: ei(most_external, m - most_external) };
    let value = ei(mixing.cross(), mixing.within());
    let rescaled = (weighting == Weighting::Edges && bounds.high > bounds.low)
        .then(|| 2.0 * (value - bounds.low) / (bounds.high - bounds.low) - 1.0);
    Ok(EiIndex {
        network: value,
        groups,
        nodes,
        expected: 1.0 - 2.0 * same / (n * (n - 1.0)),
        bounds,
        rescaled,
    })
}

/// How far each group keeps its ties to itself: Coleman's homophily index by group.
///
/// The last group is that of unlabelled nodes, if any.
///
/// # Formula
/// `H_r = (M_rr − E_r) / (S_r − E_r)` if `M_rr ≥ E_r`, else `(M_rr − E_r) / E_r`, with `M_rr` the
/// (out-)ties of group r within it, `S_r` all of them and `E_r = S_r (n_r − 1) / (n − 1)`, `n_r` the nodes
/// of the group of all n.
///
/// # Range
/// −1 to 1.
///
/// # Direction
/// 1: all (out-)ties within the group; 0: as many as chance; −1: none.
///
/// # Undefined
/// NaN for groups without ties or when all nodes are in the group.
///
/// # Errors
/// [`Error::Shape`] when there is not one label per node.
///
/// # Complexity
/// O(nodes + ties + classes).
///
/// # References
/// Coleman (1958), Relational analysis, Human Organization 17(4).
pub fn coleman_homophily(network: &Network, labels: &Labels, weighting: Weighting) -> Result<Vec<f64>> {
    let mixing = MixingMatrix::new(network, labels, weighting)?;
    coleman_homophily_of(&mixing, &labels.with_unlabelled_class().sizes())
}

/// [`coleman_homophily`] of a mixing matrix and the number of members of each class.
///
/// # Formula
/// That of [`coleman_homophily`].
///
/// # Range
/// −1 to 1.
///
/// # Direction
/// As [`coleman_homophily`].
///
/// # Undefined
/// As [`coleman_homophily`].
///
/// # Errors
/// [`Error::Shape`] when there is not one size per class.
///
/// # Complexity
/// O(classes + cells with ties).
pub fn coleman_homophily_of(mixing: &MixingMatrix, sizes: &[usize]) -> Result<Vec<f64>> {
    check_len("sizes", sizes.len(), mixing.classes())?;
    let others = sizes.iter().sum::<usize>() as f64 - 1.0;
    let sums = mixing.margins().from;
    Ok((0..sizes.len())
        .map(|r| {
            let all = sums[r];
            let own: f64 = mixing.row(r).filter(|c| c.0 == r).map(|c| c.1).sum();
            let expected = all * (sizes[r] as f64 - 1.0) / others;
            if all == 0.0 {
                f64::NAN
            } else if own >= expected {
                (own - expected) / (all - expected)
            } else {
                (own - expected) / expected
            }
        })
        .collect())
}

/// How many fewer ties cross groups than chance would give: Freeman's segregation index.
///
/// # Formula
/// `F = 1 − X / E`, X the ties across groups and `E = W (1 − Σ_r n_r (n_r − 1) / (n (n − 1)))` those
/// expected of W ties (by number or weight), `n_r` the nodes of group r of all n.
///
/// # Range
/// Up to 1, without lower bound.
///
/// # Direction
/// 1: no tie across; 0: as many as chance; below 0: more than that.
///
/// # Undefined
/// [`Undefined::NoTies`] without ties, [`Undefined::SingleClass`] when all nodes are in one class: no tie
/// could go across.
///
/// # Errors
/// [`Error::Undefined`] without ties or with a single class; [`Error::Shape`].
///
/// # Complexity
/// O(nodes + ties + classes).
///
/// # References
/// Freeman (1978), Segregation in social networks, Sociological Methods & Research 6(4),
/// doi:10.1177/004912417800600401.
pub fn freeman_segregation(network: &Network, labels: &Labels, weighting: Weighting) -> Result<f64> {
    let mixing = MixingMatrix::new(network, labels, weighting)?;
    freeman_segregation_of(&mixing, &labels.with_unlabelled_class().sizes())
}

/// [`freeman_segregation`] of a mixing matrix and the number of members of each class.
///
/// # Formula
/// That of [`freeman_segregation`].
///
/// # Range
/// Up to 1, without lower bound.
///
/// # Direction
/// As [`freeman_segregation`].
///
/// # Undefined
/// As [`freeman_segregation`].
///
/// # Errors
/// As [`freeman_segregation`]; [`Error::Shape`] when there is not one size per class.
///
/// # Complexity
/// O(classes + cells with ties).
pub fn freeman_segregation_of(mixing: &MixingMatrix, sizes: &[usize]) -> Result<f64> {
    check_len("sizes", sizes.len(), mixing.classes())?;
    if mixing.total() == 0.0 {
        return Err(Error::undefined("Freeman segregation", Undefined::NoTies));
    }
    let n = sizes.iter().sum::<usize>() as f64;
    let same: f64 = sizes.iter().map(|&s| s as f64 * (s as f64 - 1.0)).sum();
    let expected = mixing.total() * (1.0 - same / (n * (n - 1.0)));
    if expected <= 0.0 {
        return Err(Error::undefined("Freeman segregation", Undefined::SingleClass));
    }
    Ok(1.0 - mixing.cross() / expected)
}

/// What to add to the cells of a 2 × 2 table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OddsCorrection {
    /// Nothing: empty cells give 0, infinity, or no value.
    #[default]
    None,
    /// One half to every cell (Haldane 1956).
    Haldane,
}

/// How many times greater the odds of a tie are within groups than across.
///
/// # Formula
/// `(ties within · pairs across without tie) / (ties across · pairs within without tie)`, every tie counted
/// once whatever its weight; [`OddsCorrection::Haldane`] adds ½ to each of the four.
///
/// # Range
/// 0 to infinity.
///
/// # Direction
/// Above 1: groups keep to themselves; below 1: ties rather go across.
///
/// # Undefined
/// [`Undefined::ZeroTotal`] when the ratio is 0/0. Without correction an empty cell gives 0 or infinity.
///
/// # Errors
/// [`Error::Undefined`] when the ratio is 0/0; [`Error::Shape`] when there is not one label per node.
///
/// # Complexity
/// O(nodes + ties + classes).
///
/// # References
/// Moody (2001), Race, school integration, and friendship segregation in America, American Journal of
/// Sociology 107(3), doi:10.1086/338954. Bojanowski & Corten (2014), Measuring segregation in social
/// networks, Social Networks 39, doi:10.1016/j.socnet.2014.04.001.
pub fn odds_ratio_within(network: &Network, labels: &Labels, correction: OddsCorrection) -> Result<f64> {
    let mixing = MixingMatrix::new(network, labels, Weighting::Edges)?;
    let n = network.nodes() as f64;
    let sides = if network.is_directed() { 1.0 } else { 2.0 };
    let same: f64 = labels.with_unlabelled_class().sizes().iter().map(|&s| s as f64 * (s as f64 - 1.0)).sum();
    let (within, across) = (mixing.within(), mixing.cross());
    let without_within = same / sides - within;
    let without_across = (n * (n - 1.0) - same) / sides - across;
    let add = if correction == OddsCorrection::Haldane { 0.5 } else { 0.0 };
    let ratio = (within + add) * (without_across + add) / ((across + add) * (without_within + add));
    if ratio.is_nan() {
        Err(Error::undefined("odds ratio within groups", Undefined::ZeroTotal))
    } else {
        Ok(ratio)
    }
}

/// How unevenly two groups live over areas.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct ArealSegregation {
    /// Dissimilarity D: share of the group that would have to move; 0 even, 1 apart.
    pub dissimilarity: f64,
    /// Isolation xPx: share of the own group in the area of an average member.
    pub isolation: f64,
    /// Interaction xPy: share of the others there; `1 − isolation`.
    pub interaction: f64,
    /// Gini coefficient of the shares over areas.
    pub gini: f64,
    /// Entropy index H of Theil: 0 even, 1 apart.
    pub entropy: f64,
}

/// Shares of area i in the group and in the others, and of these in area i.
struct Area {
    of_group: f64,
    of_others: f64,
    members: f64,
    others: f64,
    total: f64,
}

/// How unevenly a group of `group[i]` among `total[i]` people (or actors) in area i lives over areas.
///
/// # Formula
/// With `q_i = group[i] / total[i]`, `t_i = total[i]`, T their sum, p the group's share of T, and the
/// entropy `h(x) = −x ln x − (1 − x) ln(1 − x)`: `D = Σ t_i |q_i − p| / (2 T p (1 − p))`; isolation
/// `xPx = Σ t_i q_i² / (T p)`; interaction `1 − xPx`; `Gini = Σ_ij t_i t_j |q_i − q_j| / (2 T² p (1 − p))`;
/// `H = 1 − Σ t_i h(q_i) / (T h(p))`. Areas without anybody are left out.
///
/// # Range
/// All in [0, 1]; isolation is p or more.
///
/// # Direction
/// High: apart; low: evenly spread. Interaction the other way round.
///
/// # Undefined
/// [`Undefined::Empty`] when nobody is there, [`Undefined::SingleClass`] when nobody or everybody is in the
/// group, or all but a share of 10⁻³⁰⁰, with which p has too few digits for a ratio.
///
/// # Errors
/// [`Error::Value`] unless `0 ≤ group ≤ total`, both finite; [`Error::Undefined`] when nobody or everybody
/// is in the group; [`Error::Shape`].
///
/// # Complexity
/// O(areas × log areas).
///
/// # References
/// Duncan & Duncan (1955), A methodological analysis of segregation indexes, American Sociological Review
/// 20(2), doi:10.2307/2088328. Massey & Denton (1988), The dimensions of residential segregation, Social
/// Forces 67(2), doi:10.1093/sf/67.2.281.
///
/// # Example
/// ```
/// let s = rurban::linkage::areal_segregation(&[10.0, 0.0], &[10.0, 10.0])?;
/// assert_eq!((s.dissimilarity, s.isolation, s.entropy), (1.0, 1.0, 1.0));
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn areal_segregation(group: &[f64], total: &[f64]) -> Result<ArealSegregation> {
    if group.len() != total.len() {
        return Err(Error::Shape { what: "total", expected: group.len(), got: total.len() });
    }
    for (index, (x, t)) in group.iter().zip(total).enumerate() {
        if !(*x >= 0.0 && x <= t && t.is_finite()) {
            let value = format!("{x} of {t}");
            return Err(Error::Value {
                what: "group",
                index,
                value,
                must: "must lie between 0 and the total",
            });
        }
    }
    // In a unit, a power of two, in which no sum overflows and no small number loses digits.
    let unit = total.iter().fold(0.0f64, |most, t| most.max(*t));
    let in_unit = |x: &f64| libm::ldexp(*x, -libm::frexp(unit).1);
    let (group, total): (Vec<f64>, Vec<f64>) =
        (group.iter().map(in_unit).collect(), total.iter().map(in_unit).collect());
    // The others are counted, not taken as 1 − p: where they are few, that has lost its digits.
    let others: Vec<f64> = total.iter().zip(&group).map(|(t, x)| t - x).collect();
    let sum = |counts: &[f64]| counts.iter().sum::<f64>();
    let (all, members, rest) = (sum(&total), sum(&group), sum(&others));
    if all == 0.0 {
        return Err(Error::undefined("areal segregation", Undefined::Empty));
    }
    if members / all < LEAST_SHARE || rest / all < LEAST_SHARE {
        return Err(Error::undefined("areal segregation", Undefined::SingleClass));
    }
    let mut areas: Vec<Area> = (0..total.len())
        .filter(|&i| total[i] > 0.0)
        .map(|i| Area {
            of_group: group[i] / members,
            of_others: others[i] / rest,
            members: group[i] / total[i],
            others: others[i] / total[i],
            total: total[i],
        })
        .collect();
    areas.sort_by(|a, b| a.members.total_cmp(&b.members).then(b.others.total_cmp(&a.others)));
    // Σ_ij t_i t_j |q_i − q_j| / (2 T² p (1 − p)) over areas in order of q.
    let (mut gini, mut group_below, mut others_below) = (0.0, 0.0, 0.0);
    for area in &areas {
        gini += area.of_group * others_below - area.of_others * group_below;
        group_below += area.of_group;
        others_below += area.of_others;
    }
    let inner: f64 = areas.iter().map(|a| a.total * entropy(&[a.members, a.others])).sum();
    let isolation: f64 = areas.iter().map(|a| a.of_group * a.members).sum();
    Ok(ArealSegregation {
        dissimilarity: areas.iter().map(|a| (a.of_group - a.of_others).abs()).sum::<f64>() / 2.0,
        isolation,
        interaction: 1.0 - isolation,
        gini,
        entropy: 1.0 - inner / (all * entropy(&[members / all, rest / all])),
    })
}

/// How unevenly several groups live over areas.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct MultigroupSegregation {
    /// Multigroup dissimilarity (Morgan 1975, Sakoda 1981): 0 even, 1 apart.
    pub dissimilarity: f64,
    /// Multigroup entropy index H (Theil & Finizza 1971): 0 even, 1 apart.
    pub entropy: f64,
}

/// How unevenly several groups live over areas, from counts by area (row) and group (column).
///
/// # Formula
/// With `t_i` the people of area i, T their sum, `q_ig` the share of group g in area i and `p_g` its share
/// of T: `D = Σ_i t_i Σ_g |q_ig − p_g| / (2 T Σ_g p_g (1 − p_g))`; `H = 1 − Σ_i t_i h(q_i) / (T h(p))` with
/// the entropy `h(p) = −Σ_g p_g ln p_g`.
///
/// # Range
/// [0, 1].
///
/// # Direction
/// 0: every area has the shares of the whole; 1: every area has one group.
///
/// # Undefined
/// [`Undefined::Empty`] when nobody is there, [`Undefined::SingleClass`] when all, but for a share of
/// 10⁻³⁰⁰, are in one group.
///
/// # Errors
/// [`Error::Value`] on counts that are negative or not finite; [`Error::Undefined`] when nobody is there or
/// all are in one group.
///
/// # Complexity
/// O(areas × groups).
///
/// # References
/// Reardon & Firebaugh (2002), Measures of multigroup segregation, Sociological Methodology 32,
/// doi:10.1111/1467-9531.00110.
pub fn multigroup_segregation(counts: &Matrix) -> Result<MultigroupSegregation> {
    check_weights("counts", counts.as_slice())?;
    let all: f64 = counts.as_slice().iter().sum();
    if all == 0.0 {
        return Err(Error::undefined("multigroup segregation", Undefined::Empty));
    }
    let mut shares = vec![0.0; counts.columns()];
    for i in 0..counts.rows() {
        shares.iter_mut().zip(counts.row(i)).for_each(|(s, x)| *s += x / all);
    }
    if shares.iter().filter(|s| **s >= LEAST_SHARE).count() < 2 {
        return Err(Error::undefined("multigroup segregation", Undefined::SingleClass));
    }
    // Of the largest group, whose share may be 1 but for rounding, all is said by the others.
    let largest = largest(&shares);
    let smaller = || (0..shares.len()).filter(|&g| g != largest);
    let (mut deviation, mut inner) = (0.0, 0.0);
    for i in 0..counts.rows() {
        let total: f64 = counts.row(i).iter().sum();
        if total > 0.0 {
            let local: Vec<f64> = counts.row(i).iter().map(|x| x / total).collect();
            let gap = |g: usize| local[g] - shares[g];
            let of_largest = smaller().map(gap).sum::<f64>().abs();
            deviation += total * (of_largest + smaller().map(|g| gap(g).abs()).sum::<f64>());
            inner += total * entropy(&local);
        }
    }
    let of_largest = shares[largest] * smaller().map(|g| shares[g]).sum::<f64>();
    let interaction = of_largest + smaller().map(|g| shares[g] * (1.0 - shares[g])).sum::<f64>();
    Ok(MultigroupSegregation {
        dissimilarity: deviation / (2.0 * all * interaction),
        entropy: 1.0 - inner / (all * entropy(&shares)),
    })
}

/// Least share of a group: with less, its products with shares of areas may have lost their digits.
const LEAST_SHARE: f64 = 1e-300;

/// `−Σ p ln p` of shares that add up to one; the largest, whose logarithm is lost in rounding where it is
/// near one, by what it leaves to the others.
fn entropy(shares: &[f64]) -> f64 {
    let largest = largest(shares);
    let (mut rest, mut sum) = (0.0, 0.0);
    for (_, &p) in shares.iter().enumerate().filter(|&(g, &p)| g != largest && p > 0.0) {
        rest += p;
        sum -= p * p.ln();
    }
    sum - shares[largest] * (-rest).ln_1p()
}

/// Where the largest share is.
fn largest(shares: &[f64]) -> usize {
    (0..shares.len()).reduce(|a, b| if shares[b] > shares[a] { b } else { a }).unwrap_or(0)
}
