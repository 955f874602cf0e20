#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "tests use most of the room and may panic")]

use proptest::prelude::*;
use rurban::autocorrelation::*;
use rurban::error::Undefined;
use rurban::labels::Labels;
use rurban::matrix::{Csr, Matrix};
use rurban::multiple_testing::benjamini_hochberg;
use rurban::random::Seed;
use rurban::space::neighbours::PointSet;
use rurban::space::weights::SpatialWeights;

const KEEP: Islands = Islands::Keep;
const RANDOM: Test = Test::Randomisation;

type Measure = fn(&[f64], &Csr, Test, Islands) -> rurban::Result<rurban::evidence::Evidence>;

/// Values with ties, and weights without diagonal, rows of which may be empty.
fn maps() -> impl Strategy<Value = (Vec<f64>, Csr)> {
    (5_usize..12).prop_flat_map(|n| {
        let values = prop::collection::vec((0_i32..9).prop_map(f64::from), n);
        let tie = (0..n as u32, 0..n as u32, prop_oneof![Just(1.0), 0.1_f64..2.0]);
        let ties = prop::collection::vec(tie, 1..4 * n);
        (values, ties).prop_filter_map("varies", move |(values, ties)| {
            let ties: Vec<_> = ties.into_iter().filter(|t| t.0 != t.1).collect();
            let varies = values.iter().any(|v| *v != values[0]);
            (varies && !ties.is_empty()).then(|| (values, Csr::from_triplets(n, n, &ties).unwrap()))
        })
    })
}

fn dense(w: &Csr) -> Matrix {
    let mut m = Matrix::filled(w.rows(), w.columns(), 0.0);
    for i in 0..w.rows() {
        for (j, v) in w.row(i) {
            m[(i, j as usize)] = v;
        }
    }
    m
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

/// Calls `f` with every order of `values`.
fn every_order(values: &mut Vec<f64>, from: usize, f: &mut impl FnMut(&[f64])) {
    if from == values.len() {
        f(values);
    }
    for i in from..values.len() {
        values.swap(from, i);
        every_order(values, from + 1, f);
        values.swap(from, i);
    }
}

fn mean_and_variance(all: &[f64]) -> (f64, f64) {
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    (mean, all.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / all.len() as f64)
}

proptest! {
    #[test]
    fn global_values_are_the_definitions((x, w) in maps()) {
        let (n, m) = (x.len(), dense(&w));
        let mean = x.iter().sum::<f64>() / n as f64;
        let ss: f64 = x.iter().map(|v| (v - mean).powi(2)).sum();
        let s0: f64 = m.as_slice().iter().sum();
        let (mut i_sum, mut c_sum, mut g_top, mut g_bottom) = (0.0, 0.0, 0.0, 0.0);
        for i in 0..n {
            for j in (0..n).filter(|&j| j != i) {
                i_sum += m[(i, j)] * (x[i] - mean) * (x[j] - mean);
                c_sum += m[(i, j)] * (x[i] - x[j]).powi(2);
                g_top += m[(i, j)] * x[i] * x[j];
                g_bottom += x[i] * x[j];
            }
        }
        let n = n as f64;
        prop_assert!(close(moran(&x, &w, RANDOM, KEEP).unwrap().observed, n / s0 * i_sum / ss));
        prop_assert!(close(geary(&x, &w, RANDOM, KEEP).unwrap().observed, (n - 1.0) / (2.0 * s0) * c_sum / ss));
        if g_bottom > 0.0 {
            prop_assert!(close(general_g(&x, &w, RANDOM, KEEP).unwrap().observed, g_top / g_bottom));
        }
        let test = Test::Permutation { permutations: 3, seed: Seed(1) };
        let same = moran_bivariate(&x, &x, &w, test, KEEP).unwrap();
        prop_assert!(close(same.observed, n / s0 * i_sum / ss));
    }

    #[test]
    fn moran_and_geary_ignore_origin_and_unit((x, w) in maps(), a in 0.1_f64..9.0, b in -9.0_f64..9.0) {
        let moved: Vec<f64> = x.iter().map(|v| a * v + b).collect();
        for measure in [moran, geary] {
            let (old, new) = (measure(&x, &w, RANDOM, KEEP).unwrap(), measure(&moved, &w, RANDOM, KEEP).unwrap());
            prop_assert!(close(new.observed, old.observed));
            prop_assert!(close(new.z.unwrap_or(0.0), old.z.unwrap_or(0.0)));
        }
    }

    #[test]
    fn local_moran_adds_up((x, w) in maps()) {
        let options = LocalOptions::default()
            .inference(LocalInference::ClosedForm)
            .divisor(LocalMoranDivisor::N);
        let local = local_moran(&x, &w, &options).unwrap();
        let s0: f64 = w.parts().2.iter().sum();
        let total: f64 = local.observed.iter().filter(|v| !v.is_nan()).sum();
        prop_assert!(close(total, s0 * moran(&x, &w, RANDOM, KEEP).unwrap().observed));
        let islands = (0..w.rows()).filter(|&i| w.row_len(i) == 0).count();
        prop_assert_eq!(local.isolates, islands);
        prop_assert_eq!(local.observed.iter().filter(|v| v.is_nan()).count(), islands);
    }

    #[test]
    fn excluded_islands_are_as_if_never_there((x, w) in maps()) {
        let n = x.len();
        // One more place, without neighbours and with an extreme value.
        let mut triplets = Vec::new();
        for i in 0..n {
            triplets.extend(w.row(i).map(|(j, v)| (i as u32, j, v)));
        }
        let wider = Csr::from_triplets(n + 1, n + 1, &triplets).unwrap();
        let mut more = x.clone();
        more.push(1e3);
        let alone = moran(&x, &w, RANDOM, Islands::Exclude);
        let with = moran(&more, &wider, RANDOM, Islands::Exclude);
        match (alone, with) {
            (Ok(a), Ok(b)) => {
                prop_assert_eq!((a.observed, a.z, a.n), (b.observed, b.z, b.n));
                prop_assert_eq!(a.isolates + 1, b.isolates);
            }
            (a, b) => prop_assert_eq!(a.unwrap_err().to_string(), b.unwrap_err().to_string()),
        }
        prop_assert!(moran(&more, &wider, RANDOM, Islands::Refuse).is_err());
    }

    #[test]
    fn adjusted_p_values_are_those_of_the_step_up_rule(p in prop::collection::vec(0.0_f64..1.0, 1..30), q in 0.01_f64..0.5) {
        let adjusted = benjamini_hochberg(&p).unwrap();
        let mut sorted = p.clone();
        sorted.sort_by(f64::total_cmp);
        let m = p.len() as f64;
        let rejected = (1..=p.len()).filter(|&k| sorted[k - 1] * m / k as f64 <= q).max().unwrap_or(0);
        prop_assert_eq!(adjusted.iter().filter(|a| **a <= q).count(), rejected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn closed_forms_are_the_moments_over_all_orders((x, w) in maps()) {
        // 7! orders at most.
        let n = x.len().min(7);
        let mut values = x[..n].to_vec();
        let triplets: Vec<_> = (0..n)
            .flat_map(|i| w.row(i).filter(|e| (e.0 as usize) < n).map(move |(j, v)| (i as u32, j, v)))
            .collect();
        prop_assume!(!triplets.is_empty() && values.iter().any(|v| *v != values[0]));
        prop_assume!(values.iter().filter(|v| **v > 0.0).count() > 1);
        let w = Csr::from_triplets(n, n, &triplets).unwrap();
        for measure in [moran as Measure, geary, general_g] {
            let mut all = Vec::new();
            every_order(&mut values, 0, &mut |x| all.push(measure(x, &w, RANDOM, KEEP).unwrap().observed));
            let (mean, variance) = mean_and_variance(&all);
            let exact = measure(&values, &w, RANDOM, KEEP).unwrap();
            prop_assert!(close(exact.expected, mean), "{} {mean}", exact.expected);
            prop_assert!((exact.sd.unwrap_or(0.0).powi(2) - variance).abs() < 1e-9, "{:?} {variance}", exact.sd);
        }
        // Join counts of three classes, the third one unlabelled.
        let class = |v: &f64| if *v < 3.0 { 0 } else if *v < 6.0 { 1 } else { Labels::NONE };
        let labels = |x: &[f64]| Labels::new(x.iter().map(class).collect(), 2).unwrap();
        if labels(&values).as_slice().iter().any(|c| *c != class(&values[0])) {
            let mut all = [Vec::new(), Vec::new(), Vec::new()];
            every_order(&mut values, 0, &mut |x| {
                let j = join_counts(&labels(x), &w, RANDOM, KEEP).unwrap();
                all[0].push(j.same[0].observed);
                all[1].push(j.same[1].observed);
                all[2].push(j.different[0].joins.observed);
            });
            let j = join_counts(&labels(&values), &w, RANDOM, KEEP).unwrap();
            for (exact, all) in [j.same[0], j.same[1], j.different[0].joins].iter().zip(&all) {
                let (mean, variance) = mean_and_variance(all);
                prop_assert!(close(exact.expected, mean));
                prop_assert!((exact.sd.unwrap_or(0.0).powi(2) - variance).abs() < 1e-9);
            }
        }
    }
}

fn lattice(side: u32) -> Csr {
    let mut triplets = Vec::new();
    for r in 0..side {
        for c in 0..side {
            let i = r * side + c;
            if c + 1 < side {
                triplets.extend([(i, i + 1, 1.0), (i + 1, i, 1.0)]);
            }
            if r + 1 < side {
                triplets.extend([(i, i + side, 1.0), (i + side, i, 1.0)]);
            }
        }
    }
    Csr::from_triplets((side * side) as usize, (side * side) as usize, &triplets).unwrap()
}

fn noise(n: usize) -> Vec<f64> {
    let mut s = Seed(9).stream(0);
    (0..n).map(|_| s.unit()).collect()
}

#[test]
fn conditional_permutation_agrees_with_the_closed_form() {
    let (w, x) = (lattice(12), noise(144));
    let closed = LocalOptions::default().inference(LocalInference::ClosedForm);
    let drawn = LocalOptions::default()
        .inference(LocalInference::ConditionalPermutation { permutations: 20_000, seed: Seed(2) });
    // A hub with more neighbours than the sampler redraws for: it swaps instead.
    let hub: Vec<_> = (1..100).map(|j| (0, j, 1.0)).chain([(1, 0, 1.0)]).collect();
    let hub = Csr::from_triplets(144, 144, &hub).unwrap();
    for w in [&w, &hub] {
        for (exact, drawn) in [
            (local_moran(&x, w, &closed).unwrap(), local_moran(&x, w, &drawn).unwrap()),
            (gi(&x, w, &closed).unwrap(), gi(&x, w, &drawn).unwrap()),
        ] {
            for i in (0..144).filter(|&i| w.row_len(i) > 0) {
                let off = (exact.expected[i] - drawn.expected[i]) / exact.sd[i];
                assert!(off.abs() < 5.0 / 20_000_f64.sqrt(), "place {i}: off by {off} sd");
                assert!((drawn.sd[i] / exact.sd[i] - 1.0).abs() < 0.05, "place {i}");
            }
        }
    }
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_change_a_byte() {
    let (w, x) = (lattice(20), noise(400));
    let y: Vec<f64> = noise(401)[1..].to_vec();
    let labels = Labels::new(x.iter().map(|v| u32::from(*v > 0.5)).collect(), 2).unwrap();
    let test = Test::Permutation { permutations: 99, seed: Seed(4) };
    let all = || {
        let options = LocalOptions::default();
        let globals = [
            moran(&x, &w, test, KEEP),
            geary(&x, &w, test, KEEP),
            general_g(&x, &w, test, KEEP),
            moran_bivariate(&x, &y, &w, test, KEEP),
            lee_l(&x, &y, &w, test, KEEP),
        ]
        .map(Result::unwrap);
        let joins = join_counts(&labels, &w, test, KEEP).unwrap();
        let local = [
            local_moran(&x, &w, &options),
            gi(&x, &w, &options),
            gi_star(&x, &w, SelfWeight::Largest, &options),
        ]
        .map(Result::unwrap);
        serde_json::to_string(&(globals, joins, local)).unwrap()
    };
    let want = all();
    for threads in [1, 2, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        assert_eq!(pool.install(all), want, "{threads} threads");
    }
}

#[test]
fn gradients_cluster_and_checkerboards_alternate() {
    let w = lattice(10);
    let gradient: Vec<f64> = (0..100).map(|i| f64::from(i / 10)).collect();
    let board: Vec<f64> = (0..100).map(|i| f64::from((i / 10 + i % 10) % 2)).collect();
    let z = |x: &[f64]| moran(x, &w, RANDOM, KEEP).unwrap().z.unwrap();
    assert!(z(&gradient) > 10.0);
    assert!(z(&board) < -10.0);
    assert!((moran(&board, &w, RANDOM, KEEP).unwrap().observed + 1.0).abs() < 1e-12);
    let local = local_moran(&gradient, &w, &LocalOptions::default()).unwrap();
    let clusters = local.clusters_fdr(0.05).unwrap();
    assert_eq!(clusters[4], Some(Quadrant::LowLow));
    assert_eq!(clusters[95], Some(Quadrant::HighHigh));
    assert_eq!(clusters[45], None);
    assert!(local.clusters(0.05).iter().flatten().count() >= clusters.iter().flatten().count());
    let hot = gi_star(&gradient, &w, SelfWeight::Largest, &LocalOptions::default()).unwrap();
    assert!(hot.z[95] > 2.0 && hot.z[4] < -2.0);
}

#[test]
fn input_without_an_answer() {
    let w = lattice(3);
    let flat = [0.1; 9];
    let undefined = |r: rurban::Result<rurban::evidence::Evidence>| r.unwrap_err().as_undefined();
    assert_eq!(undefined(moran(&flat, &w, RANDOM, KEEP)), Some(Undefined::ZeroVariance));
    assert_eq!(undefined(geary(&flat, &w, RANDOM, KEEP)), Some(Undefined::ZeroVariance));
    assert!(local_moran(&flat, &w, &LocalOptions::default()).unwrap_err().as_undefined().is_some());
    let x = noise(9);
    let none = Csr::from_triplets(9, 9, &[]).unwrap();
    assert_eq!(undefined(moran(&x, &none, RANDOM, KEEP)), Some(Undefined::NoTies));
    assert!(undefined(moran(&x, &none, RANDOM, Islands::Exclude)).is_some());
    let local = local_moran(&x, &none, &LocalOptions::default()).unwrap();
    assert!(local.p.iter().all(|p| p.is_nan()) && local.isolates == 9);
    assert!(moran(&x[..8], &w, RANDOM, KEEP).is_err());
    let mut broken = x.clone();
    broken[3] = f64::NAN;
    assert!(moran(&broken, &w, RANDOM, KEEP).is_err());
    let own = Csr::from_triplets(9, 9, &[(0, 0, 1.0), (0, 1, 1.0)]).unwrap();
    assert!(moran(&x, &own, RANDOM, KEEP).is_err());
    assert!(gi_star(&x, &own, SelfWeight::Stored, &LocalOptions::default()).is_ok());
    assert!(general_g(&[-1.0, 1., 2., 3., 4., 5., 6., 7., 8.], &w, RANDOM, KEEP).is_err());
    assert!(general_g(&x, &w, Test::Normality, KEEP).is_err());
    assert!(lee_l(&x, &x, &w, RANDOM, KEEP).is_err());
    assert!(moran(&x, &w, Test::Permutation { permutations: 0, seed: Seed(1) }, KEEP).is_err());
    let one = Labels::new(vec![0; 9], 1).unwrap();
    assert!(join_counts(&one, &w, RANDOM, KEEP).unwrap_err().as_undefined().is_some());
    assert!(benjamini_hochberg(&[1.5]).is_err());
    let q = benjamini_hochberg(&[f64::NAN, 0.02, 0.04]).unwrap();
    assert!(q[0].is_nan() && q[1] == 0.04 && q[2] == 0.04);
}

#[test]
fn coincident_and_equidistant_points() {
    // Four pairs of coincident points on a square lattice: nearest neighbours are tied.
    let points: Vec<_> =
        (0..8).map(|i| geo_types::Coord { x: f64::from(i / 2 % 2), y: f64::from(i / 4) }).collect();
    let near = PointSet::new(&points).unwrap().k_nearest(2);
    let w = SpatialWeights::binary(&near).unwrap();
    let x = noise(8);
    let test = moran(&x, w.matrix(), RANDOM, Islands::Refuse).unwrap();
    assert!(test.observed.is_finite() && test.p.is_some());
    assert_eq!(near.ids(0)[0], 1, "its twin is the nearest");
}
