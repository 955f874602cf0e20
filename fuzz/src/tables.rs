use super::input::*;
use rurban::Result;
use rurban::accessibility::*;
use rurban::complementarity::{
    agglomeration::*, complexity::*, composite::*, density::*, dissimilarity::*, input_output::*,
    interregional::*, nomenclature::*, relatedness::*, specialisation::*, supply_demand::*, *,
};
use rurban::labels::Labels;
use rurban::matrix::{Csr, Matrix};
use rurban::progress::Silent;
use rurban::random::Seed;
macro_rules! fin {
    ($name:expr, $it:expr) => {
        for x in $it {
            let x: f64 = x;
            assert!(!x.is_infinite(), "{} is {}", $name, x);
        }
    };
}
macro_rules! unit {
    ($name:expr, $it:expr) => {
        for x in $it {
            let x: f64 = x;
            assert!(x.is_nan() || (-1e-6..=1.0 + 1e-6).contains(&x), "{} is {}", $name, x);
        }
    };
}
fn ok<T>(r: Result<T>) -> Option<T> {
    match r {
        Ok(x) => Some(x),
        Err(e) => {
            let _ = e.to_string();
            None
        }
    }
}
fn mat(u: &mut U, r: usize, c: usize, mode: u8) -> Matrix {
    Matrix::from_rows(r, c, (0..r * c).map(|_| u.f(mode)).collect()).unwrap()
}
fn vec(u: &mut U, n: usize, mode: u8) -> Vec<f64> {
    (0..n).map(|_| u.f(mode)).collect()
}
fn labels(u: &mut U, n: usize, k: usize) -> Labels {
    Labels::new(
        (0..n)
            .map(|_| match u.n(k + 1) {
                x if x == k => Labels::NONE,
                x => x as u32,
            })
            .collect(),
        k,
    )
    .unwrap()
}
fn sl(m: &Matrix) -> std::iter::Copied<std::slice::Iter<'_, f64>> {
    m.as_slice().iter().copied()
}

/// Activity tables: quotients, relatedness, complementarity.
pub fn complementarity(data: &[u8]) {
    let mut u = U::new(data);
    let mode = u.b() % 5;
    comp(&mut u, mode)
}
/// Cost tables: catchments, nearest, agents.
pub fn accessibility(data: &[u8]) {
    let mut u = U::new(data);
    let mode = u.b() % 5;
    access(&mut u, mode)
}
/// Values on neighbours, distributions, typologies.
pub fn values(data: &[u8]) {
    let mut u = U::new(data);
    let what = u.b();
    let mode = u.b() % 5;
    match what % 3 {
        0 => auto(&mut u, mode),
        1 => ineq(&mut u, mode),
        _ => typo(&mut u, mode),
    }
}
fn comp(u: &mut U, mode: u8) {
    let (r, c) = (u.n(7), u.n(7));
    let t = if u.bit() {
        ok(ActivityTable::from_matrix(&mat(u, r, c, mode)))
    } else {
        let m = u.n(60);
        let cells: Vec<_> = (0..m)
            .map(|_| {
                (u.n(r.max(1)) as u32, u.n(c.max(1)) as u32, if u.n(8) == 0 { None } else { Some(u.f(mode)) })
            })
            .collect();
        ok(ActivityTable::from_cells(r, c, &cells))
    };
    let thr = u.f(2);
    let seed = Seed(u.u64());
    let m1 = mat(u, r, c, mode);
    let sq = mat(u, c, c, mode);
    let lr = labels(u, r, 2);
    let la = labels(u, c, 3);
    let vr = vec(u, r, mode);
    let va = vec(u, c, mode);
    let Some(t) = t else {
        let _ = ok(input_output_relatedness(&sq));
        let _ = ok(gap_fill(&m1, &m1));
        return;
    };
    let tame = t.counts().parts().2.iter().all(|x| (1e-3..1e6).contains(x));
    let lq = location_quotient(&t);
    if tame {
        fin!("lq", sl(&lq));
    }
    let _ = lq;
    let sh = shrunken_location_quotient(&t);
    if tame {
        fin!("shrunk", sl(&sh.values));
        fin!("shrunk var", sh.variance.iter().copied());
    }
    for lv in [0.95, thr] {
        if let Some(q) = ok(location_quotient_interval(&t, lv)) {
            if tame {
                for i in 0..r {
                    for j in 0..c {
                        let (a, b) = (q.lower[(i, j)], q.upper[(i, j)]);
                        assert!(a.is_nan() || b.is_nan() || a <= b, "interval {a} > {b}");
                    }
                }
            }
        }
    }
    for s in [QuotientScale::Linear, QuotientScale::Logarithmic] {
        let z = standardised_location_quotient(&t, s);
        if tame {
            fin!("slq", sl(&z));
        }
    }
    for f in [Reference::Whole, Reference::Rest] {
        let k = krugman(&t, f);
        fin!("krugman", k.iter().copied());
        if tame {
            for x in &k {
                assert!(x.is_nan() || (-1e-9..=2.0 + 1e-9).contains(x), "krugman {x}");
            }
        }
        let k = specialisation_coefficient(&t, f);
        if tame {
            unit!("specialisation", k);
        }
    }
    let h = herfindahl(&t);
    if tame {
        unit!("herfindahl", h);
    }
    let h = shannon(&t);
    if tame {
        fin!("shannon", h.iter().copied());
        for x in h {
            assert!(x.is_nan() || x >= -1e-9, "shannon {x}");
        }
    }
    let h = hachman(&t);
    if tame {
        unit!("hachman", h);
    }
    if let Some(v) = ok(variety(&t, &la)) {
        if tame {
            for x in v.unrelated.iter().chain(&v.related) {
                assert!(x.is_nan() || *x >= -1e-9, "variety {x}");
            }
        }
    }
    for w in [None, Some(&vr[..])] {
        if let Some(g) = ok(spatial_gini(&t, w)) {
            if tame {
                fin!("gini", g.iter().copied());
                if w.is_none() {
                    unit!("gini", g);
                }
            }
        }
        if let Some(g) = ok(hoover(&t, w)) {
            if tame {
                fin!("hoover", g.iter().copied());
                if w.is_none() {
                    unit!("hoover", g);
                }
            }
        }
    }
    let _ = ok(prody(&t, &vr));
    let _ = ok(expy(&t, &vr));
    if let Some(a) = ok(ellison_glaeser(&t, &va)) {
        if tame && va.iter().all(|x| x.abs() < 1e3) {
            fin!("eg", a.gamma);
        }
    }
    let co = coagglomeration(&t);
    if tame {
        fin!("coagg", sl(&co));
    }
    let p = Presence::of(&t);
    for p in [Some(p), ok(Presence::at_least(&m1, thr))].into_iter().flatten() {
        assert_eq!(p.diversity().iter().map(|x| *x as usize).sum::<usize>(), p.count());
        let px = rurban::complementarity::relatedness::proximity(&p);
        unit!("proximity", sl(&px));
        let cooc = p.co_occurrence();
        for n in [
            Normalisation::Probability,
            Normalisation::Association,
            Normalisation::Cosine,
            Normalisation::Jaccard,
        ] {
            if let Some(x) = ok(relatedness(&cooc, n)) {
                fin!("relatedness", sl(&x));
            }
            if let Some(x) = ok(relatedness(&sq, n)) {
                let _ = x;
            }
        }
        for own in [SelfInclusion::Excluded, SelfInclusion::Included] {
            if let Some(d) = ok(relatedness_density(&p, &px, own)) {
                for x in sl(&d) {
                    assert!(x.is_nan() || (-1e-6..=100.0 + 1e-6).contains(&x), "density {x}");
                }
            }
            let _ = ok(relatedness_density(&p, &sq, own));
        }
        for b in [MultipleTesting::FalseDiscoveryRate, MultipleTesting::Bonferroni] {
            if let Some(v) = ok(validated_projection(&p, b, 0.05)) {
                unit!("validated p", sl(&v.p));
            }
            let _ = ok(validated_projection(&p, b, thr));
        }
        for pa in [Parts::Refuse, Parts::Largest] {
            if let Some(e) = ok(economic_complexity(&p, pa)) {
                fin!("eci", e.regions.iter().copied());
                fin!("pci", e.activities.iter().copied());
                assert!(e.singular_value.is_finite() && e.next_singular_value.is_finite());
            }
        }
        for st in [Stop::Change(1e-6), Stop::Change(thr), Stop::StableRanks(u.n(5)), Stop::Never] {
            if let Some(f) = ok(fitness(&p, st, [0, 1, 50, 500][u.n(4)])) {
                fin!("fitness", f.regions);
                fin!("complexity", f.activities);
            }
        }
        for rel in [&px, &sq] {
            let unk: Vec<(u32, u32)> = t.masked().to_vec();
            for ir in [ok(Interregional::new(&p, rel)), ok(Interregional::with_unknown(&p, rel, &unk))]
                .into_iter()
                .flatten()
            {
                let n = ir.regions();
                let all = ir.all_pairs();
                for i in 0..n.min(5) {
                    for j in 0..n.min(5) {
                        let s = ir.score(i, j);
                        assert!(close(s, all[(i, j)], 1e-6), "score {s} all_pairs {}", all[(i, j)]);
                        let d = ir.added_density(i, j);
                        let _ = d;
                        let x = ir.contributions(i, j);
                        let _ = (x.gained.len(), x.brought.len());
                        if rel.as_slice() == px.as_slice() {
                            assert!(!s.is_infinite(), "score {s}");
                        }
                    }
                }
                let cs = csr(u, n, n, mode);
                let mm = mat(u, n, n, mode);
                if lr.len() == n {
                    for ti in [Ties::Potential, Ties::Dense(&mm)] {
                        let _ = ok(ir.linkages(
                            ti,
                            Some(Between { labels: &lr, receiving: 0, giving: 1 }),
                            Cells::All,
                        ));
                    }
                    let _ = ok(ir.directed_gain(
                        Ties::Potential,
                        Between { labels: &lr, receiving: u.n(3), giving: u.n(3) },
                    ));
                }
                if let Some(cs) = &cs {
                    let _ = ok(ir.linkages(Ties::Sparse(cs), None, Cells::Missing));
                    let _ = ok(tied_complementarity(cs, &lr, |a, b| ir.score(a, b)));
                    for sh in [Shuffle::Labels, Shuffle::Portfolios] {
                        let _ = ok(tied_complementarity_evidence(
                            cs,
                            &lr,
                            |a, b| ir.score(a, b),
                            sh,
                            5,
                            seed,
                            &Silent,
                        ));
                    }
                    for bm in [1.0, thr] {
                        let _ = ok(gravity_sets(cs, |a, b| (a as f64 - b as f64).abs() * 10.0, bm, 2, seed));
                    }
                }
                let pl: Vec<_> = (0..n).map(|_| geo_types::Coord { x: u.f(mode), y: u.f(mode) }).collect();
                if let Some(ps) = ok(ir.partners(&pl, u.f(2), u.n(5), |a, b| a != b, &Silent)) {
                    assert_eq!(ps.len(), n);
                }
            }
        }
    }
    for d in [
        Dissimilarity::Cosine,
        Dissimilarity::Jaccard,
        Dissimilarity::BrayCurtis,
        Dissimilarity::Hellinger,
        Dissimilarity::JensenShannon,
        Dissimilarity::Krugman,
    ] {
        if let Some(x) = ok(dissimilarity(&vr, &vr, d)) {
            assert!(x.is_nan() || x.abs() < 1e-6, "{d:?} of a profile with itself {x}");
        }
        if let Some(x) = ok(all_dissimilarities(&m1, d)) {
            fin!("dissimilarity", sl(&x));
            for i in 0..x.rows() {
                for j in 0..x.columns() {
                    let (a, b) = (x[(i, j)], x[(j, i)]);
                    assert!(close(a, b, 1e-9), "not symmetric");
                    assert!(a.is_nan() || (-1e-9..=2.0 + 1e-9).contains(&a), "{d:?} {a}");
                }
            }
        }
    }
    if let Some(x) = ok(input_output_relatedness(&sq)) {
        fin!("io", sl(&x));
        if let Some(y) = ok(input_output_complementarity(&t, &x)) {
            if tame {
                fin!("io comp", sl(&y));
            }
        }
    }
    if let Some(x) = ok(michaely(&vr, &vr)) {
        unit!("michaely", [x]);
    }
    if let Some(x) = ok(michaely_pairs(&t, &t)) {
        if tame {
            unit!("michaely pairs", sl(&x));
        }
    }
    if let Some(x) = ok(gap_fill(&m1, &m1)) {
        fin!("gap", sl(&x));
    }
    for m in [MaskedCells::Propagate, MaskedCells::LowerBound] {
        if let Some(a) = ok(aggregate_activities(&t, &la, m)) {
            if tame {
                assert!(a.table.total() <= t.total() * (1.0 + 1e-9), "aggregate grows");
                if t.masked().is_empty() {
                    assert!(
                        close(a.table.total() + a.unassigned, t.total(), 1e-9),
                        "aggregate loses {} + {} of {}",
                        a.table.total(),
                        a.unassigned,
                        t.total()
                    );
                }
            }
        }
        if let Some(a) = ok(aggregate_regions(&t, &lr, m)) {
            if tame && t.masked().is_empty() {
                assert!(close(a.table.total() + a.unassigned, t.total(), 1e-9), "aggregate regions loses");
            }
        }
    }
    let codes: Vec<String> = (0..u.n(12)).map(|_| u.text()).collect();
    let cr: Vec<&str> = codes.iter().map(String::as_str).collect();
    let ls: Vec<usize> = (0..u.n(4)).map(|_| u.n(8)).collect();
    let _ = mixed_levels(&cr);
    if let Some((n, names)) = ok(Nomenclature::from_prefixes(&cr, &ls)) {
        let _ = names;
        for a in 0..=n.depth() {
            for b in 0..=n.depth() {
                let _ = ok(n.parents(a, b));
            }
        }
    }
}
fn csr(u: &mut U, r: usize, c: usize, mode: u8) -> Option<Csr> {
    let m = u.n(40);
    let t: Vec<_> = (0..m).map(|_| (u.n(r.max(1)) as u32, u.n(c.max(1)) as u32, u.f(mode))).collect();
    ok(Csr::from_triplets(r, c, &t))
}
fn decay(u: &mut U) -> Decay {
    match u.n(6) {
        0 => Decay::Uniform,
        1 => Decay::Steps((0..u.n(4)).map(|_| (u.f(2), u.f(2))).collect()),
        2 => Decay::Power { exponent: u.f(2), min_cost: u.f(2) },
        3 => Decay::Exponential { rate: u.f(2) },
        4 => Decay::Gaussian { sigma: u.f(2) },
        _ => Decay::luo_qi(),
    }
}
fn access(u: &mut U, mode: u8) {
    let (r, c) = (u.n(10), u.n(8));
    let ct = if u.bit() {
        ok(CostTable::from_matrix(&mat(u, r, c, mode)))
    } else {
        csr(u, r, c, mode).and_then(|x| ok(CostTable::from_csr(x)))
    };
    let (dem, sup) = (vec(u, r, mode), vec(u, c, mode));
    let Some(ct) = ct else { return };
    let cut = u.f(2);
    let tame = ct.as_csr().parts().2.iter().all(|x| *x == 0.0 || (1e-3..1e6).contains(x))
        && dem.iter().chain(&sup).all(|x| *x == 0.0 || (1e-3..1e6).contains(x));
    let tame0 = tame;
    for ca in [
        Catchment::all(),
        Catchment::within(cut),
        Catchment::luo_qi(),
        Catchment::within(cut).decay(decay(u)),
        Catchment::all().decay(decay(u)),
    ] {
        let tame = tame0
            && ct.as_csr().parts().2.iter().all(|c| {
                let w = ca.weight(*c);
                w == 0.0 || (1e-12..1e12).contains(&w)
            });
        let chk = |a: Access, name: &str| {
            assert_eq!(a.scores.len(), r);
            if tame {
                for x in a.scores.iter().chain(&a.offers) {
                    assert!(!x.is_infinite(), "{name} {x} {ca:?}");
                    assert!(x.is_nan() || *x >= 0.0, "{name} {x} negative {ca:?}");
                }
            }
        };
        if let Some(a) = ok(potential(&ct, &sup, &ca)) {
            chk(a, "potential")
        }
        if let Some(a) = ok(two_step(&ct, &dem, &sup, &ca)) {
            if tame {
                let got: f64 =
                    a.scores.iter().zip(&dem).filter(|(s, _)| !s.is_nan()).map(|(s, d)| s * d).sum();
                let tot: f64 = sup.iter().sum();
                assert!(got <= tot * (1.0 + 1e-6) + 1e-9, "two_step hands out {got} of {tot} {ca:?}");
            }
            chk(a, "two_step")
        }
        for ch in [Choice::WithinCutoff, Choice::WholeTable] {
            if let Some(a) = ok(three_step(&ct, &dem, &sup, &ca, ch)) {
                chk(a, "three_step")
            }
        }
        if let Some(a) = ok(balanced(&ct, &dem, &sup, &ca)) {
            if tame {
                let got: f64 = a.scores.iter().filter(|x| !x.is_nan()).sum();
                let want: f64 = a.offers.iter().sum();
                assert!(got <= want * (1.0 + 1e-6) + 1e-9, "balanced: scores {got} offers {want} {ca:?}");
            }
            chk(a, "balanced")
        }
    }
    let _ = ok(cumulative_opportunities(&ct, &sup, cut));
    for k in [0, 1, 3, 1000] {
        if let Some(n) = ok(nearest_k(&ct, k)) {
            for i in 0..n.costs.rows() {
                let v: Vec<f64> = n.costs.row(i).iter().copied().filter(|x| !x.is_nan()).collect();
                assert!(v.windows(2).all(|w| w[0] <= w[1]), "nearest_k not sorted");
            }
        }
    }
    for o in [
        AgentOptions::default().max_rounds(50),
        AgentOptions::default().tau(u.f(2)).rho(u.f(2)).tolerance(u.f(2)).max_rounds(u.n(60)),
    ] {
        if let Some(a) = ok(rational_agents(&ct, &dem, &sup, &o, &Silent)) {
            if tame && o.tau > 1e-3 && o.tau < 1e6 && o.rho.is_none_or(|r| r > 1e-3 && r < 1e6) {
                fin!("raam cost", a.costs.iter().copied());
                fin!("raam load", a.loads.iter().copied());
            }
        }
    }
    let os: Vec<u32> = (0..u.n(5)).map(|_| u.n(r + 1) as u32).collect();
    let fs: Vec<u32> = (0..u.n(5)).map(|_| u.n(c + 1) as u32).collect();
    let _ = ok(ct.select(&os, &fs));
    let _ = ct.within(cut);
    let _ = ok(ct.clone().with_end_costs(&dem, &sup));
    let _ = ok(ct.with_own_costs(cut));
    let _ = ok(ct.clone().scaled(u.f(2)));
    let pts = |u: &mut U, n: usize| -> Vec<geo_types::Coord<f64>> {
        (0..n).map(|_| geo_types::Coord { x: u.f(mode), y: u.f(mode) }).collect()
    };
    let (a, b) = (pts(u, 5), pts(u, 6));
    let _ = ok(CostTable::planar(&a, &b, cut));
    let _ = ok(nearest_k_planar(&a, &b, 3));
    let ll = |v: &[geo_types::Coord<f64>]| -> Vec<rurban::space::LonLat> {
        v.iter().filter_map(|c| rurban::space::LonLat::new(c.x, c.y).ok()).collect()
    };
    if let Some(t) = ok(CostTable::geodesic(&ll(&a), &ll(&b), cut)) {
        fin!("geodesic", t.as_csr().parts().2.iter().copied());
    }
    let _ = ok(nearest_k_geodesic(&ll(&a), &ll(&b), 2));
}
fn auto(u: &mut U, mode: u8) {
    use rurban::autocorrelation::*;
    use rurban::multiple_testing::benjamini_hochberg;
    let n = u.n(9);
    let wm = if u.bit() { mode } else { 0 };
    let Some(w) = csr(u, n, n, wm) else { return };
    let (x, y) = (vec(u, n, mode), vec(u, n, mode));
    let tame = x.iter().chain(&y).chain(w.parts().2).all(|v| *v == 0.0 || (1e-3..1e5).contains(&v.abs()));
    let seed = Seed(u.u64());
    let lab = labels(u, n, 3);
    let chk = |e: rurban::evidence::Evidence, name: &str| {
        if tame {
            fin!(name, [e.observed, e.expected, e.sd.unwrap_or(0.0), e.z.unwrap_or(0.0)]);
        }
        if let Some(p) = e.p {
            assert!(p.is_nan() || (0.0..=1.0).contains(&p), "{name} p {p}");
        }
    };
    for test in [
        Test::Normality,
        Test::Randomisation,
        Test::Permutation { permutations: 5, seed },
        Test::Permutation { permutations: 0, seed },
    ] {
        for isl in [Islands::Keep, Islands::Exclude, Islands::Refuse] {
            if let Some(e) = ok(moran(&x, &w, test, isl)) {
                chk(e, "moran")
            }
            if let Some(e) = ok(geary(&x, &w, test, isl)) {
                if tame {
                    assert!(
                        e.observed >= -1e-9 || w.parts().2.iter().any(|v| *v < 0.0),
                        "geary {}",
                        e.observed
                    );
                }
                chk(e, "geary")
            }
            if let Some(e) = ok(general_g(&x, &w, test, isl)) {
                chk(e, "g")
            }
            if let Some(e) = ok(moran_bivariate(&x, &y, &w, test, isl)) {
                chk(e, "bivariate")
            }
            if let Some(e) = ok(lee_l(&x, &y, &w, test, isl)) {
                chk(e, "lee")
            }
            if let Some(j) = ok(join_counts(&lab, &w, test, isl)) {
                for e in j.same {
                    chk(e, "join")
                }
                for e in j.different {
                    chk(e.joins, "join diff")
                }
            }
        }
    }
    for inf in [LocalInference::ClosedForm, LocalInference::ConditionalPermutation { permutations: 5, seed }]
    {
        for isl in [Islands::Keep, Islands::Exclude] {
            for div in [LocalMoranDivisor::N, LocalMoranDivisor::NMinusOne] {
                let mut o = LocalOptions::default();
                o.inference = inf;
                o.islands = isl;
                o.divisor = div;
                let chk = |l: Local, name: &str| {
                    assert_eq!(l.observed.len(), n, "{name} length");
                    for p in &l.p {
                        assert!(p.is_nan() || (0.0..=1.0).contains(p), "{name} p {p}");
                    }
                    if tame {
                        fin!(name, l.observed.iter().chain(&l.z).chain(&l.sd).copied());
                    }
                };
                if let Some(l) = ok(local_moran(&x, &w, &o)) {
                    chk(l, "local moran")
                }
                if let Some(l) = ok(local_moran_bivariate(&x, &y, &w, &o)) {
                    chk(l, "local biv")
                }
                if let Some(l) = ok(gi(&x, &w, &o)) {
                    chk(l, "gi")
                }
                for s in [SelfWeight::Stored, SelfWeight::Largest, SelfWeight::LargestSameSum] {
                    if let Some(l) = ok(gi_star(&x, &w, s, &o)) {
                        chk(l, "gi*")
                    }
                }
            }
        }
    }
    let _ = ok(benjamini_hochberg(&x));
    let p: Vec<f64> = x.iter().map(|v| (v.abs() / 20.0).fract()).collect();
    if let Some(q) = ok(benjamini_hochberg(&p)) {
        for (a, b) in p.iter().zip(&q) {
            assert!(a.is_nan() || (*b >= a * (1.0 - 1e-12) && *b <= 1.0), "q {b} p {a}");
        }
    }
}
fn ineq(u: &mut U, mode: u8) {
    use rurban::inequality::*;
    let n = u.n(24);
    let (v, w) = (vec(u, n, mode), vec(u, n, mode));
    let g = labels(u, n, 3);
    for d in
        [ok(Distribution::new(&v)), ok(Distribution::weighted(&v, &w)), ok(Distribution::per_capita(&v, &w))]
            .into_iter()
            .flatten()
    {
        let tame = v.iter().chain(&w).all(|x| *x == 0.0 || (1e-3..1e6).contains(x));
        for (x, name) in [
            (ok(d.theil_t()), "theil t"),
            (ok(d.theil_l()), "theil l"),
            (ok(d.gini()), "gini"),
            (ok(d.atkinson(0.5)), "atkinson"),
            (ok(d.atkinson(1.0)), "atkinson 1"),
            (ok(d.atkinson(2.0)), "atkinson 2"),
            (ok(d.atkinson(u.f(2))), "atkinson x"),
        ] {
            if let Some(x) = x {
                assert!(!x.is_infinite(), "{name} {x}");
                if tame {
                    assert!(x >= -1e-9, "{name} {x}");
                }
                if name == "gini" || name.starts_with("atk") {
                    assert!(x.is_nan() || x <= 1.0 + 1e-9, "{name} {x}");
                }
                if x.is_nan() && tame {
                    panic!("{name} NaN without an error");
                }
                if x.is_nan() {
                    panic!("{name} NaN without an error (wild)");
                }
            }
        }
        for (x, name) in [(ok(d.theil_t_by(&g)), "T"), (ok(d.theil_l_by(&g)), "L")] {
            if let Some(x) = x {
                if tame {
                    fin!(name, [x.total, x.between, x.within]);
                }
                if tame {
                    assert!(
                        close(x.total, x.between + x.within, 1e-6)
                            || (x.total - x.between - x.within).abs() < 1e-9,
                        "{name} {} != {} + {}",
                        x.total,
                        x.between,
                        x.within
                    );
                    assert!(x.between >= -1e-9, "between {}", x.between);
                }
            }
        }
        if let Some(l) = ok(d.lorenz()) {
            assert!(l.population.windows(2).all(|w| w[0] <= w[1] + 1e-12), "Lorenz population");
            if tame {
                assert!(l.value.windows(2).all(|w| w[0] <= w[1] + 1e-12), "Lorenz value");
                assert!(
                    l.value.last().is_none_or(|x| (x - 1.0).abs() < 1e-9),
                    "Lorenz ends at {:?}",
                    l.value.last()
                );
            }
        }
        for a in 0..4 {
            for b in 0..3 {
                let _ = ok(d.ratio(&g, a, b));
            }
        }
    }
}
fn typo(u: &mut U, mode: u8) {
    use rurban::typology::*;
    let (r, c) = (u.n(9), u.n(9));
    let mode2 = if u.bit() { mode } else { 1 };
    let pop: Vec<f64> = (0..r * c).map(|_| u.f(mode2) * 20.0).collect();
    let area = [1.0, 0.25, u.f(2)][u.n(3)];
    if let Some(mut g) = ok(PopulationGrid::new(r, c, area, pop)) {
        if u.bit() {
            if let Some(x) = ok(g.clone().with_land((0..r * c).map(|_| f64::from(u.b() % 5) / 4.0).collect()))
            {
                g = x;
            }
        }
        if u.bit() {
            if let Some(x) =
                ok(g.clone().with_built_up((0..r * c).map(|_| f64::from(u.b() % 5) / 4.0).collect()))
            {
                g = x;
            }
        }
        let mut rules = GridRules::default()
            .smoothing([EdgeSmoothing::None, EdgeSmoothing::R2022A, EdgeSmoothing::R2023A][u.n(3)])
            .buffer_cells([0, 1, 2, 100, 1_000_000][u.n(5)])
            .max_gap_km2(u.f(2));
        if u.bit() {
            rules = rules
                .built_up(Some(u.f(2)))
                .urban_centre(ClusterRule::new(u.f(2), u.f(2)))
                .rural_cluster(ClusterRule::new(u.f(2), u.f(2)))
                .low_density_per_km2(u.f(2));
        }
        if let Some(k) = ok(degurba_grid(&g, &rules)) {
            assert_eq!(k.classes.len(), r * c);
            let un = labels(u, r * c, 3);
            if let Some(s) = ok(unit_shares(&g, &k, &un)) {
                for i in 0..s.shares.rows() {
                    for x in s.shares.row(i) {
                        assert!(x.is_nan() || (-1e-9..=1.0 + 1e-9).contains(x), "share {x}");
                    }
                }
                for ru in [UnitRules::July2024, UnitRules::Manual2021] {
                    let _ = ok(degurba_units(&s.shares, &ru));
                }
            }
            let d = Degurba { grid: rules, units: UnitRules::July2024 };
            let _ = ok(d.classify(&g, &un));
        }
        let _ = ok({
            let k = [3, 7, 8][u.n(3)];
            degurba_units(&mat(u, 4, k, mode), &UnitRules::Manual2021)
        });
    }
    let n = u.n(12);
    if let Some(f) = csr(u, n, n, mode) {
        let e = vec(u, n, mode);
        let co = labels(u, n, 3);
        let nb: Vec<(u32, u32)> = (0..u.n(10)).map(|_| (u.n(n + 1) as u32, u.n(n.max(1)) as u32)).collect();
        for th in [0.15, 0.4, u.f(2)] {
            for b in [None, Some(&nb[..])] {
                if let Some(a) = ok(functional_areas(&f, &e, &co, th, b)) {
                    assert_eq!(a.role.len(), n);
                }
            }
        }
    }
    let rg: Vec<RegionPopulation> = (0..u.n(6))
        .map(|_| RegionPopulation {
            total: u.f(mode),
            rural: u.f(mode),
            largest_centre: u.f(mode),
            largest_centre_within: u.f(mode),
        })
        .collect();
    let _ = ok(regional_typology(&rg, &RegionRules::default()));
    let mut a = [0.0; 7];
    for x in &mut a {
        *x = u.f(mode);
    }
    let _ = ok(epci_typology(&a));
    let _ = ok(rural_setting(Some(u.f(2)), u.f(2)));
}
