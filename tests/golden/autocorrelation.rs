#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "tests use most of the room and may panic")]

use geo_types::Coord;
use rurban::autocorrelation::*;
use rurban::labels::Labels;
use rurban::matrix::Csr;
use rurban::random::Seed;
use rurban::space::neighbours::PointSet;
use rurban::space::weights::{SpatialWeights, Transform};
use serde_json::Value;

use crate::support::{all_close, close, input, number, numbers, values, within};

const PERMUTATION: Test = Test::Permutation { permutations: 999, seed: Seed(12_345) };

struct Case {
    binary: SpatialWeights,
    standardised: SpatialWeights,
    y: Vec<f64>,
}

impl Case {
    fn new(binary: SpatialWeights, y: Vec<f64>) -> Self {
        let standardised = binary.transformed(Transform::RowStandardised);
        Self { binary, standardised, y }
    }

    fn above_median(&self) -> Labels {
        let mut sorted = self.y.clone();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let median = 0.5 * (sorted[(n - 1) / 2] + sorted[n / 2]);
        Labels::new(self.y.iter().map(|y| u32::from(*y > median)).collect(), 2).unwrap()
    }
}

fn columbus() -> (Case, Vec<f64>) {
    let data = input("columbus.csv");
    let pairs = input("columbus_w_pairs.csv");
    let triplets: Vec<(u32, u32, f64)> =
        pairs.numbers("i").iter().zip(pairs.numbers("j")).map(|(&i, j)| (i as u32, j as u32, 1.0)).collect();
    let n = data.rows.len();
    let w = SpatialWeights::new(Csr::from_triplets(n, n, &triplets).unwrap()).unwrap();
    (Case::new(w, data.numbers("CRIME")), data.numbers("INC"))
}

fn net1k() -> Case {
    let data = input("net1k_nodes.csv");
    let points: Vec<Coord<f64>> =
        data.numbers("x").iter().zip(data.numbers("y")).map(|(&x, y)| Coord { x, y }).collect();
    let near = PointSet::new(&points).unwrap().k_nearest(8);
    let y = data.numbers("pop").iter().map(|p| p.max(1.0).log10()).collect();
    Case::new(SpatialWeights::binary(&near).unwrap(), y)
}

fn z_of(test: rurban::evidence::Evidence) -> f64 {
    test.z.unwrap()
}

fn analytic(case: &Case, want: &Value) {
    let (w, b, y) = (case.standardised.matrix(), case.binary.matrix(), &case.y);
    let keep = Islands::Keep;
    let m = &want["moran"];
    let normal = moran(y, w, Test::Normality, keep).unwrap();
    let random = moran(y, w, Test::Randomisation, keep).unwrap();
    close(normal.observed, number(&m["I"]), 1e-9);
    close(normal.expected, number(&m["EI"]), 1e-12);
    close(normal.sd.unwrap().powi(2), number(&m["VI_norm"]), 1e-12);
    close(random.sd.unwrap().powi(2), number(&m["VI_rand"]), 1e-12);
    close(z_of(normal), number(&m["z_norm"]), 1e-9);
    close(z_of(random), number(&m["z_rand"]), 1e-9);
    close(random.p.unwrap() / number(&m["p_rand"]), 1.0, 1e-6);
    let drawn = moran(y, w, PERMUTATION, keep).unwrap();
    close(drawn.p.unwrap(), number(&m["p_sim"]), 1e-12);
    // = standard deviation of Moran's I, permuted over that in closed form
    close(drawn.sd.unwrap() / random.sd.unwrap(), 1.0, 0.1);

    let g = &want["geary"];
    let normal = geary(y, w, Test::Normality, keep).unwrap();
    let random = geary(y, w, Test::Randomisation, keep).unwrap();
    close(normal.observed, number(&g["C"]), 1e-9);
    close(normal.sd.unwrap().powi(2), number(&g["VC_norm"]), 1e-12);
    close(random.sd.unwrap().powi(2), number(&g["VC_rand"]), 1e-12);
    close(z_of(normal), number(&g["z_norm"]), 1e-9);
    close(z_of(random), number(&g["z_rand"]), 1e-9);
    let drawn = geary(y, w, PERMUTATION, keep).unwrap();
    close(drawn.p.unwrap(), number(&g["p_sim"]), 1e-12);
    // = standard deviation of Geary's c, permuted over that in closed form
    close(drawn.sd.unwrap() / random.sd.unwrap(), 1.0, 0.1);

    let o = &want["getis_ord_G_on_y_minus_min_plus1"];
    let least = y.iter().copied().fold(f64::INFINITY, f64::min);
    let shifted: Vec<f64> = y.iter().map(|v| v - least + 1.0).collect();
    let random = general_g(&shifted, b, Test::Randomisation, keep).unwrap();
    close(random.observed, number(&o["G"]), 1e-12);
    close(random.expected, number(&o["EG"]), 1e-12);
    close(random.sd.unwrap().powi(2) / number(&o["VG"]), 1.0, 1e-7);
    close(z_of(random), number(&o["z_norm"]), 1e-7);
    let drawn = general_g(&shifted, b, PERMUTATION, keep).unwrap();
    close(drawn.p.unwrap(), number(&o["p_sim"]), 1e-12);
    // = standard deviation of G, permuted over that in closed form
    close(drawn.sd.unwrap() / random.sd.unwrap(), 1.0, 0.1);

    let j = &want["join_counts_y_gt_median"];
    let counts = join_counts(&case.above_median(), b, Test::Randomisation, keep).unwrap();
    close(counts.same[0].observed, number(&j["ww"]), 1e-12);
    close(counts.same[1].observed, number(&j["bb"]), 1e-12);
    close(counts.unlike.observed, number(&j["bw"]), 1e-12);
    close(counts.total, number(&j["J"]), 1e-12);
    let drawn = join_counts(&case.above_median(), b, PERMUTATION, keep).unwrap();
    for (drawn, exact) in
        [(drawn.same[0], counts.same[0]), (drawn.different[0].joins, counts.different[0].joins)]
    {
        // = expected join counts, permuted over closed form
        close(drawn.expected / exact.expected, 1.0, 0.02);
        // = standard deviation of join counts, permuted over closed form
        close(drawn.sd.unwrap() / exact.sd.unwrap(), 1.0, 0.1);
    }

    let l = &want["local_moran"];
    let drawn = local_moran(y, w, &LocalOptions::default()).unwrap();
    all_close(&drawn.observed, &numbers(&l["Is"]), 1e-9);
    close(drawn.observed.iter().sum(), number(&l["sum"]), 1e-9);
    let quadrant: Vec<f64> = drawn.quadrant.iter().map(|q| f64::from(q.unwrap().number())).collect();
    all_close(&quadrant, &numbers(&l["q"]), 0.0);
    let exact_options =
        LocalOptions::default().inference(LocalInference::ClosedForm).divisor(LocalMoranDivisor::N);
    let exact = local_moran(y, w, &exact_options).unwrap();
    all_close(&exact.expected[..10], &numbers(&l["EIc"]), 1e-12);
    let variance: Vec<f64> = exact.sd.iter().map(|s| s * s).collect();
    all_close(&variance[..10], &numbers(&l["VIc"]), 1e-12);
    for (got, want) in drawn.p_directed.iter().zip(numbers(&l["p_sim"])) {
        // Both sides are Monte-Carlo with 999 replicates: five standard errors of the difference.
        let error = (2.0 * want * (1.0 - want) / 999.0).sqrt();
        // = p of local Moran, each side permuted
        within(*got, want, 5.0 * error + 0.002);
    }

    let star = &want["G_star_local"];
    let closed = LocalOptions::default().inference(LocalInference::ClosedForm);
    let got = gi_star(y, b, SelfWeight::Largest, &closed).unwrap();
    all_close(&got.z, &numbers(&star["Zs"]), 1e-9);
    all_close(&got.observed, &numbers(&star["Gs"]), 1e-9);
    // z does not depend on the scale of a row.
    let same_sum = gi_star(y, w, SelfWeight::LargestSameSum, &closed).unwrap();
    all_close(&same_sum.z, &numbers(&star["Zs"]), 1e-9);
    let drawn = gi_star(y, w, SelfWeight::LargestSameSum, &LocalOptions::default()).unwrap();
    for (got, want) in drawn.z.iter().zip(numbers(&star["z_sim"])) {
        // = z of Gi*, each side permuted
        within(*got, want, 0.25 + 0.15 * want.abs());
    }
    let plain = gi(y, b, &closed).unwrap();
    all_close(&plain.z, &numbers(&want["G_local"]["Zs"]), 1e-9);
    all_close(&plain.observed, &numbers(&want["G_local"]["Gs"]), 1e-9);
}

#[test]
fn g17_columbus_esda() {
    let want = values("G17_columbus_spatial");
    let (case, income) = columbus();
    analytic(&case, &want);
    let w = case.standardised.matrix();
    let both = moran_bivariate(&case.y, &income, w, PERMUTATION, Islands::Keep).unwrap();
    close(both.observed, number(&want["moran_bv"]["I"]), 1e-9);
    assert!(both.p.unwrap() <= 0.002);
}

#[test]
fn g19_net1k_esda() {
    let want = values("G19_net1k_spatial");
    analytic(&net1k(), &want);
}

#[test]
fn g17r_columbus_spdep() {
    let want = values("G17R_columbus_spdep");
    let (case, income) = columbus();
    let (w, b, y) = (case.standardised.matrix(), case.binary.matrix(), &case.y);
    let keep = Islands::Keep;
    let estimates = |name: &str| numbers(&want[name]["est"]);
    let test = moran(y, w, Test::Randomisation, keep).unwrap();
    all_close(&[test.observed, test.expected, test.sd.unwrap().powi(2)], &estimates("moran_rand"), 1e-9);
    let test = moran(y, w, Test::Normality, keep).unwrap();
    all_close(&[test.observed, test.expected, test.sd.unwrap().powi(2)], &estimates("moran_norm"), 1e-9);
    let test = geary(y, w, Test::Randomisation, keep).unwrap();
    all_close(&[test.observed, test.expected, test.sd.unwrap().powi(2)], &estimates("geary"), 1e-9);
    close(z_of(test), -number(&want["geary"]["z"]), 1e-9);
    let test = general_g(y, b, Test::Randomisation, keep).unwrap();
    all_close(&[test.observed, test.expected, test.sd.unwrap().powi(2)], &estimates("globalG"), 1e-9);
    close(z_of(test), number(&want["globalG"]["z"][0][0]), 1e-9);
    let closed = LocalOptions::default().inference(LocalInference::ClosedForm).divisor(LocalMoranDivisor::N);
    let local = local_moran(y, w, &closed).unwrap();
    all_close(&local.observed, &numbers(&want["localmoran_Ii"]), 1e-9);
    all_close(&local.z, &numbers(&want["localmoran_Z"]), 1e-9);
    all_close(&gi(y, b, &closed).unwrap().z, &numbers(&want["G_Z"]), 1e-9);
    let star = gi_star(y, b, SelfWeight::Largest, &closed).unwrap();
    all_close(&star.z, &numbers(&want["Gstar_Z"]), 1e-9);
    let lee = lee_l(y, &income, w, PERMUTATION, keep).unwrap();
    close(lee.observed, number(&want["lee_L"]), 1e-9);
    let joins = join_counts(&case.above_median(), b, Test::Randomisation, keep).unwrap();
    for (got, want) in joins.same.iter().zip(want["joincount"].as_array().unwrap()) {
        let parts = [got.observed, got.expected, got.sd.unwrap().powi(2)];
        all_close(&parts, &numbers(&want["est"]), 1e-9);
        close(got.z.unwrap(), number(&want["z"]), 1e-9);
    }
}
