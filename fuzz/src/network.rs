use super::input::*;
use rurban::Result;
use rurban::labels::Labels;
use rurban::linkage::{self, *};
use rurban::network::{self, *};
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
fn ok<T>(r: Result<T>) -> Option<T> {
    match r {
        Ok(x) => Some(x),
        Err(e) => {
            let _ = e.to_string();
            None
        }
    }
}
fn roles(r: &Roles) -> [f64; 6] {
    [r.coordinator, r.itinerant, r.representative, r.gatekeeper, r.liaison, r.total]
}

pub fn run(data: &[u8]) {
    let mut u = U::new(data);
    let flags = u.b();
    let mode = u.b() % 5;
    let n = u.n(24);
    let dir = if flags & 1 != 0 { Direction::Directed } else { Direction::Undirected };
    let m = u.n(64);
    let family = u.b() % 10;
    let shape = u.b() % 8;
    let mut edges: Vec<(u32, u32, f64)> = vec![];
    match shape {
        0 => {
            for i in 1..n as u32 {
                edges.push((0, i, u.f(mode)));
            }
        }
        1 => {
            for i in 1..n as u32 {
                edges.push((i - 1, i, u.f(mode)));
            }
        }
        2 => {
            for i in 0..(n as u32).min(9) {
                for j in 0..i {
                    edges.push((i, j, u.f(mode)));
                }
            }
        }
        _ => {}
    }
    for _ in 0..m {
        if u.done() {
            break;
        }
        edges.push((u.n(n.max(1) + usize::from(flags & 0x80 != 0)) as u32, u.n(n.max(1)) as u32, u.f(mode)));
    }
    let Some((g, rep)) = ok(Network::from_edges(n, &edges, dir)) else { return };
    let _ = rep;
    let n = g.nodes();
    let tame = g.edge_list().all(|(_, _, w)| (1e-3..1e4).contains(&w));
    let k = 1 + u.n(4);
    let lab = Labels::new(
        (0..n)
            .map(|_| match u.n(k + 1) {
                x if x == k => {
                    if flags & 2 != 0 {
                        Labels::NONE
                    } else {
                        0
                    }
                }
                x => x as u32,
            })
            .collect(),
        k,
    )
    .unwrap();
    let values: Vec<f64> = (0..n).map(|_| u.f(mode)).collect();
    let pos: Vec<geo_types::Coord<f64>> = (0..n)
        .map(|_| (u.f(if flags & 4 != 0 { mode } else { 1 }), u.f(if flags & 4 != 0 { mode } else { 1 })).into())
        .collect();
    let bin = [1.0, 10.0, 1000.0, 0.0, -1.0, f64::NAN, 1e-3, 1e9][u.n(8)];
    let seed = Seed(u.u64());

    if family < 5 {
        let d1 = det(&g, &lab, &values, tame, family);
        // permutation invariance
        if tame && n > 1 {
            let mut perm: Vec<u32> = (0..n as u32).collect();
            seed.stream(0).shuffle(&mut perm);
            let e2: Vec<_> = g.edge_list().map(|(a, b, w)| (perm[a as usize], perm[b as usize], w)).collect();
            let g2 = Network::from_edges(n, &e2, dir).unwrap().0;
            let mut l2 = vec![0; n];
            let mut v2 = vec![0.0; n];
            for i in 0..n {
                l2[perm[i] as usize] = lab.as_slice()[i];
                v2[perm[i] as usize] = values[i];
            }
            let d2 = det(&g2, &Labels::new(l2, k).unwrap(), &v2, tame, family);
            for (x, y) in d1.scalars.iter().zip(&d2.scalars) {
                assert_eq!(x.0, y.0, "measure defined for one order only: {} {}", x.0, y.0);
                assert!(close(x.1, y.1, 1e-6), "{} depends on the order of nodes: {} {}", x.0, x.1, y.1);
            }
            assert_eq!(d1.scalars.len(), d2.scalars.len(), "scalars defined for one order only");
            for (x, y) in d1.vectors.iter().zip(&d2.vectors) {
                assert_eq!(x.0, y.0);
                for i in 0..n {
                    let (a, b) = (x.1[i], y.1[perm[i] as usize]);
                    assert!(
                        close(a, b, 1e-6) || (a - b).abs() < 1e-9,
                        "{} of a node depends on the order: {a} {b}",
                        x.0
                    );
                }
            }
        }
        // Multiplying all weights by the same number changes no index of mixing.
        if family == 4 && tame {
            let e3: Vec<_> = g.edge_list().map(|(a, b, w)| (a, b, w * 8.0)).collect();
            let g3 = Network::from_edges(n, &e3, dir).unwrap().0;
            let d3 = det(&g3, &lab, &values, tame, family);
            for (x, y) in d1.scalars.iter().zip(&d3.scalars) {
                if !["within", "cross", "total", "terr bridging"].contains(&x.0) {
                    assert!(
                        x.0 == y.0 && close(x.1, y.1, 1e-9),
                        "{} depends on the unit of weights: {} {}",
                        x.0,
                        x.1,
                        y.1
                    );
                }
            }
        }
        return;
    }
    let so = SwapOptions::default().replicates(3).swaps_per_tie(2);
    match family {
        5 => {
            let deg0: Vec<usize> = (0..n).map(|i| g.degree(i)).collect();
            let sw = degree_preserving(&g, &so, |e| e.to_vec(), &Silent);
            for e in &sw {
                assert_eq!(e.len(), g.edges(), "swaps lose ties");
                let mut d = vec![0; n];
                let mut set = std::collections::HashSet::new();
                for &(a, b) in e {
                    assert!(a != b, "swap made a loop");
                    d[a as usize] += 1;
                    if dir == Direction::Undirected {
                        d[b as usize] += 1;
                        assert!(set.insert((a.min(b), a.max(b))), "swap made a double tie");
                    } else {
                        assert!(set.insert((a, b)), "swap made a double tie");
                    }
                }
                assert_eq!(d, deg0, "swaps change degrees");
            }
            if let Some(r) = ok(rich_club(&g)) {
                fin!("rich_club", r);
            }
            if let Some(r) = ok(rich_club_normalised(&g, &so, &Silent)) {
                fin!("rich_club_normalised", r);
            }
        }
        6 => {
            for len in [PathLength::Hops, PathLength::Weight, PathLength::InverseWeight] {
                if let Some(s) = ok(sampled_betweenness(&g, len, 1 + u.n(70), seed, &Silent)) {
                    if tame {
                        fin!("sampled", s.estimate);
                        fin!("sampled se", s.standard_error);
                    }
                }
            }
            for w in [TieWeights::Ignored, TieWeights::Used] {
                let o = CommunityOptions::default().weights(w).resolution([1.0, 0.0, 1e9, u.f(2)][u.n(4)]);
                for c in [ok(leiden(&g, &o)), ok(louvain(&g, &o))].into_iter().flatten() {
                    assert_eq!(c.of.len(), n);
                    assert!(c.of.unlabelled() == 0);
                    if tame && o.resolution <= 1.0 {
                        assert!(
                            c.modularity.is_finite() && c.modularity <= 1.0 + 1e-9,
                            "modularity {}",
                            c.modularity
                        );
                        if o.resolution == 1.0 {
                            assert!(c.modularity >= -1e-9, "communities worse than one: {}", c.modularity);
                        }
                    }
                    // each community connected (leiden promise)
                    if let Some(m) = ok(modularity(&g, &c.of, o.resolution, w)) {
                        if tame && !g.is_directed() {
                            assert!(
                                close(m, c.modularity, 1e-6),
                                "modularity {m} reported {} at {} {:?}",
                                c.modularity,
                                o.resolution,
                                w
                            );
                        }
                    }
                    if let Some(a) = ok(agreement(&c.of, &lab)) {
                        fin!("agreement", [a.nmi, a.ami, a.ari]);
                    }
                }
            }
        }
        // The time of the gravity null is nodes × classes × bins, as its page says.
        7 if pos.iter().any(|p| bin > 0.0 && (p.x.abs() + p.y.abs()) / bin > 1e3) => {}
        7 => {
            for wt in [Weighting::Edges, Weighting::Weights] {
                for null in [
                    NullModel::LabelPermutation,
                    NullModel::LabelPermutationMonteCarlo { permutations: 5, seed, strata: None },
                    NullModel::LabelPermutationMonteCarlo { permutations: 5, seed, strata: Some(&lab) },
                    NullModel::Configuration,
                    NullModel::Gravity { positions_m: &pos, bin_m: bin },
                ] {
                    if let Some(e) = ok(mixing_evidence(&g, &lab, wt, null, &Silent)) {
                        if tame {
                            for r in 0..k {
                                for s in 0..k {
                                    let x = &e.cells[(r, s)];
                                    fin!("cell observed/expected", [x.observed, x.expected]);
                                    fin!(
                                        "cell sd z p",
                                        [x.sd.unwrap_or(0.0), x.z.unwrap_or(0.0), x.p.unwrap_or(0.0)]
                                    );
                                    if let Some(p) = x.p {
                                        assert!((0.0..=1.0).contains(&p), "p {p}");
                                    }
                                    if let Some(sd) = x.sd {
                                        assert!(sd >= 0.0, "sd {sd}");
                                    }
                                }
                            }
                            fin!("cross", [e.cross.observed, e.cross.expected]);
                            fin!("ei", [e.ei.observed, e.ei.expected]);
                        }
                    }
                }
                if let Some(d) = ok(deterrence(&g, &lab, wt, &pos, bin, &Silent)) {
                    if tame {
                        fin!("deterrence", d.f);
                        fin!("spatial modularity", [d.spatial_modularity]);
                    }
                }
            }
        }
        8 => {
            let parts: Vec<network::Participation> = edges
                .iter()
                .take(60)
                .map(|e| network::Participation { actor: e.0, project: e.1 % 8 })
                .collect();
            for r in [ProjectionRule::FullCount, ProjectionRule::Newman] {
                let _ = ok(project(&parts, None, r));
                let _ = ok(project(&parts, Some(&values), r));
            }
            let deal = deal_participations(&parts, &so, |p| p.len(), &Silent);
            for d in deal {
                let _ = d;
            }
        }
        _ => {
            if n > 0 {
                let cov = rurban::matrix::Matrix::from_rows(n, 1, values.clone()).unwrap();
                let o: Vec<u32> = (0..n).map(|i| (i % 3) as u32).collect();
                let dd: Vec<u32> = (0..n).map(|i| (i / 3 % 4) as u32).collect();
                let flow: Vec<f64> = pos.iter().map(|p| p.x).collect();
                for ef in [Effects::Constant, Effects::OriginDestination] {
                    for se in [StandardErrors::Model, StandardErrors::Hc1, StandardErrors::ClusteredTwoWay] {
                        if let Some(f) = ok(gravity_model(
                            Dyads { flow: &flow, covariates: &cov, origin: &o, destination: &dd },
                            ef,
                            se,
                        )) {
                            fin!("gravity coefficients", f.coefficients);
                            fin!("gravity se", f.standard_errors);
                            fin!("deviance", [f.deviance, f.pseudo_r2]);
                        }
                    }
                }
            }
            if n > 1 {
                let a = ProximityProfile {
                    activities: &values,
                    parents: &[0, 1],
                    institutions: &[Some(1), None],
                };
                let _ = ok(linkage::proximity(Some(u.f(2)), u.f(2), a, a, Some((&g, [u.n(n), u.n(n)]))));
                let _ = ok(linkage::proximity(
                    None,
                    1.0,
                    a,
                    ProximityProfile { activities: &values[1..], ..a },
                    None,
                ));
            }
            let tot: Vec<f64> = pos.iter().map(|p| p.y).collect();
            if let Some(s) = ok(areal_segregation(&values, &tot)) {
                fin!("areal", [s.dissimilarity, s.isolation, s.interaction, s.gini, s.entropy]);
                for x in [s.dissimilarity, s.isolation, s.interaction, s.gini, s.entropy] {
                    assert!(x.is_nan() || (-1e-6..=1.0 + 1e-6).contains(&x), "areal segregation {x}");
                }
            }
            if let Ok(mx) = rurban::matrix::Matrix::from_rows(n / 3, 3, values[..n / 3 * 3].to_vec()) {
                if let Some(s) = ok(multigroup_segregation(&mx)) {
                    fin!("multigroup", [s.dissimilarity, s.entropy]);
                    for x in [s.dissimilarity, s.entropy] {
                        assert!((-1e-6..=1.0 + 1e-6).contains(&x), "multigroup segregation {x}");
                    }
                }
            }
        }
    }
}
struct Det {
    scalars: Vec<(&'static str, f64)>,
    vectors: Vec<(&'static str, Vec<f64>)>,
}
fn det(g: &Network, lab: &Labels, values: &[f64], tame: bool, family: u8) -> Det {
    let mut s = vec![];
    let mut v = vec![];
    match family {
        0 => {
            for (name, len) in [
                ("hops", PathLength::Hops),
                ("weight", PathLength::Weight),
                ("inverse", PathLength::InverseWeight),
            ] {
                let b = betweenness(g, len, &Silent);
                fin!("betweenness", b.iter().copied());
                for x in &b {
                    assert!(*x >= -1e-9 || x.is_nan(), "betweenness {x}");
                }
                if name == "hops" {
                    if let Some(x) = ok(bridging_centrality(g, &b)) {
                        fin!("bridging", x.iter().copied());
                        v.push(("bridging_centrality", x));
                    }
                    v.push(("betweenness", b));
                }
                let c = closeness(g, len);
                if tame {
                    fin!("closeness", c.closeness.iter().copied());
                    fin!("harmonic", c.harmonic.iter().copied());
                }
                v.push(("closeness", c.closeness));
                v.push(("harmonic", c.harmonic));
            }
        }
        1 => {
            if let Some(x) = ok(bridging_coefficient(g)) {
                v.push(("bridging_coefficient", x));
            }
            if let Some(c) = ok(weak_components(g)) {
                assert_eq!(c.sizes.iter().sum::<usize>(), g.nodes());
                s.push(("weak", c.sizes.len() as f64));
            }
            if let Some(c) = ok(strong_components(g)) {
                assert_eq!(c.sizes.iter().sum::<usize>(), g.nodes());
                s.push(("strong", c.sizes.len() as f64));
            }
            if let Some(c) = ok(core_numbers(g)) {
                v.push(("core", c.iter().map(|x| f64::from(*x)).collect()));
                let _ = ok(k_core(g, 2));
            }
            if let Some(r) = ok(reciprocity(g)) {
                assert!((0.0..=1.0 + 1e-9).contains(&r.share), "reciprocity {}", r.share);
                if tame {
                    assert!((0.0..=1.0 + 1e-9).contains(&r.weighted), "weighted reciprocity {}", r.weighted);
                }
                s.push(("reciprocity", r.share));
                s.push(("rho", r.rho.unwrap_or(f64::NAN)));
                s.push(("wrec", r.weighted));
            }
            if let Some(c) = ok(clustering(g)) {
                fin!("clustering", c.local.iter().copied());
                if let Some(t) = c.transitivity {
                    assert!((0.0..=1.0).contains(&t));
                }
                s.push(("transitivity", c.transitivity.unwrap_or(f64::NAN)));
                v.push(("local clustering", c.local));
            }
        }
        2 => {
            for w in [TieWeights::Ignored, TieWeights::Used] {
                if let Some(h) = ok(structural_holes(g, w)) {
                    if tame {
                        fin!("constraint", h.constraint.iter().copied());
                        fin!("effective", h.effective_size.iter().copied());
                    }
                    v.push(("constraint", h.constraint));
                    v.push(("effective size", h.effective_size));
                }
                if let Some(x) = ok(participation_coefficient(g, lab, w)) {
                    if tame {
                        fin!("participation", x.iter().copied());
                        for y in &x {
                            assert!(y.is_nan() || (-1e-9..=1.0).contains(y), "participation {y}");
                        }
                    }
                    v.push(("participation", x));
                }
                if let Some(x) = ok(within_module_z(g, lab, w)) {
                    if tame {
                        fin!("within z", x.iter().copied());
                    }
                    v.push(("within z", x));
                }
                if let Some(x) = ok(modularity(g, lab, 1.0, w)) {
                    if tame {
                        fin!("modularity", [x]);
                    }
                    s.push(("modularity", x));
                }
            }
            for b in [disparity_filter(g), noise_corrected(g)] {
                for t in &b {
                    assert!(
                        t.p.is_nan() || (-1e-12..=1.0 + 1e-12).contains(&t.p),
                        "backbone p {} of {t:?}",
                        t.p
                    );
                }
                s.push(("backbone", b.len() as f64));
            }
        }
        4 => {
            for wt in [Weighting::Edges, Weighting::Weights] {
                if let Some(m) = ok(MixingMatrix::new(g, lab, wt)) {
                    s.push(("within", m.within()));
                    s.push(("cross", m.cross()));
                    s.push(("total", m.total()));
                    if tame {
                        for t in territory_bridging(&m) {
                            fin!("bridging", [t.within, t.outer, t.outward, t.herfindahl, t.bridging]);
                            s.push(("terr bridging", t.bridging));
                        }
                    }
                }
                if let Some(x) = ok(nominal_assortativity(g, lab, wt)) {
                    if tame {
                        fin!("assort", [x.r, x.r_min, x.standard_error]);
                        assert!(x.r <= 1.0 + 1e-9 && x.r >= x.r_min - 1e-9, "r {} r_min {}", x.r, x.r_min);
                    }
                    s.push(("nominal", x.r));
                    s.push(("nominal se", x.standard_error));
                }
                if values.iter().all(|x| x.abs() < 1e5 && (x.abs() > 1e-3 || *x == 0.0)) {
                    if let Some(x) = ok(numeric_assortativity(g, values, wt)) {
                        if tame {
                            fin!("numeric", [x.r]);
                            assert!(x.r.abs() <= 1.0 + 1e-9, "numeric r {}", x.r);
                        }
                        s.push(("numeric", x.r));
                    }
                } else {
                    if let Some(x) = ok(numeric_assortativity(g, values, wt)) {
                        fin!("numeric wild", [x.r]);
                    }
                }
                for a in [DegreeEnd::Out, DegreeEnd::In] {
                    for b in [DegreeEnd::Out, DegreeEnd::In] {
                        if let Some(x) = ok(degree_assortativity(g, a, b, wt)) {
                            if tame {
                                fin!("degree assort", [x.r]);
                                assert!(x.r.abs() <= 1.0 + 1e-9, "degree r {}", x.r);
                            }
                            s.push(("degree assort", x.r));
                        }
                    }
                }
                if let Some(e) = ok(ei_index(g, lab, wt)) {
                    if tame {
                        fin!("ei", e.nodes.iter().copied());
                        fin!("ei g", e.groups.iter().copied());
                        fin!(
                            "ei n",
                            [e.network, e.expected, e.bounds.low, e.bounds.high, e.rescaled.unwrap_or(0.0)]
                        );
                    }
                    assert!(e.network.is_nan() || e.network.abs() <= 1.0 + 1e-9, "EI {}", e.network);
                    s.push(("ei", e.network));
                    s.push(("ei exp", e.expected));
                    v.push(("ei nodes", e.nodes));
                }
                if let Some(x) = ok(coleman_homophily(g, lab, wt)) {
                    if tame {
                        fin!("coleman", x.iter().copied());
                        for y in &x {
                            assert!(y.is_nan() || y.abs() <= 1.0 + 1e-9, "coleman {y}");
                        }
                    }
                }
                if let Some(x) = ok(freeman_segregation(g, lab, wt)) {
                    if tame {
                        fin!("freeman", [x]);
                    }
                    s.push(("freeman", x));
                }
                for c in 0..lab.classes().min(2) {
                    if let Some(e) = ok(exposure(g, lab, 0, c, wt)) {
                        if tame {
                            fin!(
                                "exposure",
                                [e.index, e.strength, e.to_other, e.mean_over_nodes, e.share_with_any]
                            );
                        }
                        s.push(("exposure", e.index));
                    }
                }
            }
        }
        _ => {
            for c in [OddsCorrection::None, OddsCorrection::Haldane] {
                if let Some(x) = ok(odds_ratio_within(g, lab, c)) {
                    s.push(("odds", x));
                }
            }
            if let Some(b) = ok(brokerage(g, lab)) {
                for r in b.nodes.iter().chain(&b.z).chain([
                    &b.network,
                    &b.network_z,
                    &b.network_moments.expected,
                    &b.network_moments.sd,
                ]) {
                    fin!("brokerage", roles(r));
                }
                for m in &b.groups {
                    fin!("brokerage moments", roles(&m.expected));
                    fin!("brokerage sd", roles(&m.sd));
                }
                v.push(("brokerage", b.nodes.iter().map(|r| r.total).collect()));
                s.push(("brokerage net", b.network.total));
                s.push(("brokerage z", b.network_z.liaison));
            }
        }
    }
    Det { scalars: s, vectors: v }
}
