#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "tests use most of the room and may panic")]

use geo_types::Coord;
use rurban::labels::Labels;
use rurban::linkage::*;
use rurban::matrix::Matrix;
use rurban::network::{Direction, Network};
use rurban::progress::Silent;
use rurban::random::Seed;

use crate::support::{all_close, close, input, number, numbers, values};

fn network(file: &str, n: usize, direction: Direction) -> Network {
    let edges = input(file);
    let [a, b] = if direction == Direction::Directed { ["src", "dst"] } else { ["u", "v"] };
    let weights =
        if edges.header.iter().any(|h| h == "w") { edges.numbers("w") } else { vec![1.0; edges.rows.len()] };
    let ties: Vec<(u32, u32, f64)> = edges
        .numbers(a)
        .iter()
        .zip(edges.numbers(b))
        .zip(weights)
        .map(|((&a, b), w)| (a as u32, b as u32, w))
        .collect();
    Network::from_edges(n, &ties, direction).unwrap().0
}

struct Case {
    graph: Network,
    nodes: crate::support::Input,
}

impl Case {
    fn new(name: &str) -> Self {
        let nodes = input(&format!("{name}_nodes.csv"));
        let graph = network(&format!("{name}_edges.csv"), nodes.rows.len(), Direction::Undirected);
        Self { graph, nodes }
    }

    fn labels(&self, column: &str) -> Labels {
        Labels::from_keys(self.nodes.column(column).into_iter().map(Some)).0
    }
}

fn flat(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().flat_map(numbers).collect()
}

#[test]
fn g01_karate_mixing_and_assortativity() {
    let want = values("G01_karate_assortativity");
    let karate = Case::new("karate");
    let club = karate.labels("club");
    let (g, id) = (&karate.graph, karate.nodes.numbers("id"));
    let mixing = |w| MixingMatrix::new(g, &club, w).unwrap();
    all_close(mixing(Weighting::Edges).cells().as_slice(), &flat(&want["mixing_counts_2m"]), 1e-12);
    all_close(mixing(Weighting::Weights).cells().as_slice(), &flat(&want["mixing_weighted"]), 1e-12);
    let r = nominal_assortativity(g, &club, Weighting::Edges).unwrap();
    close(r.r, number(&want["assort_club"]), 1e-12);
    close(r.standard_error, number(&want["jackknife_sd"]), 1e-9);
    let r = nominal_assortativity(g, &club, Weighting::Weights).unwrap();
    close(r.r, number(&want["assort_club_weighted_from_mixing"]), 1e-12);
    let degree = |w| degree_assortativity(g, DegreeEnd::Out, DegreeEnd::In, w).unwrap().r;
    close(degree(Weighting::Edges), number(&want["assort_degree"]), 1e-12);
    close(degree(Weighting::Weights), number(&want["assort_degree_weighted"]), 1e-12);
    let r = numeric_assortativity(g, &id, Weighting::Edges).unwrap().r;
    close(r, number(&want["assort_numeric_id"]), 1e-12);
}

#[test]
fn g06_networks_mixing_and_assortativity() {
    for name in ["net1k", "net10k"] {
        let want = values(&format!("G06_{name}_linkage"));
        let net = Case::new(name);
        let g = &net.graph;
        let d7 = net.labels("d7");
        let mixing = |w| MixingMatrix::new(g, &d7, w).unwrap();
        all_close(mixing(Weighting::Edges).cells().as_slice(), &flat(&want["mixing_d7"]), 1e-12);
        all_close(mixing(Weighting::Weights).cells().as_slice(), &flat(&want["mixing_d7_w"]), 1e-12);
        for column in ["d7", "ru", "kind"] {
            let r = nominal_assortativity(g, &net.labels(column), Weighting::Edges).unwrap().r;
            close(r, number(&want[format!("assort_{column}")]), 1e-9);
        }
        let r = degree_assortativity(g, DegreeEnd::Out, DegreeEnd::In, Weighting::Edges).unwrap().r;
        close(r, number(&want["assort_degree"]), 1e-9);
        let pop: Vec<f64> = net.nodes.numbers("pop").iter().map(|p| p.log10()).collect();
        let r = numeric_assortativity(g, &pop, Weighting::Edges).unwrap().r;
        close(r, number(&want["assort_log10pop"]), 1e-9);
        let arcs = network(&format!("{name}_arcs.csv"), g.nodes(), Direction::Directed);
        let r = nominal_assortativity(&arcs, &net.labels("ru"), Weighting::Edges).unwrap().r;
        close(r, number(&want["assort_directed_ru"]), 1e-9);
    }
}

fn evidence(net: &Network, labels: &Labels, weighting: Weighting, null: NullModel<'_>) -> MixingEvidence {
    mixing_evidence(net, labels, weighting, null, &Silent).unwrap()
}

/// Compares the upper triangle with `obs`, `exp` and `var` matrices of a peer.
fn check_cells(
    e: &MixingEvidence,
    obs: &serde_json::Value,
    exp: &serde_json::Value,
    var: &serde_json::Value,
) {
    for r in 0..e.cells.rows() {
        for s in r..e.cells.rows() {
            let cell = e.cells.row(r)[s];
            // = ties of each pair of classes
            close(cell.observed, number(&obs[r][s]), 1e-12);
            // = expected ties of each pair of classes
            close(cell.expected, number(&exp[r][s]), 1e-9);
            // = variance of ties of each pair of classes
            close(cell.sd.unwrap().powi(2), number(&var[r][s]), 1e-9);
        }
    }
}

#[test]
fn g02_karate_join_counts() {
    let want = values("G02_karate_EI_coleman_joincount");
    let karate = Case::new("karate");
    let e = evidence(&karate.graph, &karate.labels("club"), Weighting::Edges, NullModel::LabelPermutation);
    check_cells(&e, &want["jc_obs"], &want["jc_expected"], &want["jc_var"]);
    close(e.ei.expected, number(&want["EI_expected_perm"]), 1e-9);
    let r = values("G02R_karate_joincount");
    for (at, cell) in [e.cells.row(0)[0], e.cells.row(1)[1], e.cells.row(0)[1], e.cross].iter().enumerate() {
        close(cell.observed, number(&r["Joincount"][at]), 1e-12);
        close(cell.sd.unwrap().powi(2), number(&r["Variance"][at]), 1e-9);
        close(cell.z.unwrap(), number(&r["z"][at]), 1e-9);
    }
}

#[test]
fn g06_g39_permutation_moments() {
    for name in ["net1k", "net10k"] {
        let want = values(&format!("G06_{name}_linkage"));
        let net = Case::new(name);
        let ru = net.labels("ru");
        let e = evidence(&net.graph, &ru, Weighting::Edges, NullModel::LabelPermutation);
        check_cells(&e, &want["ru_obs"], &want["ru_exp"], &want["ru_var"]);
        close(e.cross.z.unwrap(), number(&want["ru_z"][0][1]), 1e-9);
        close(e.ei.observed, number(&want["EI_ru"]), 1e-9);
        close(e.ei.expected, number(&want["EI_ru_expected"]), 1e-9);
        let seed = Seed(1);
        let null = NullModel::LabelPermutationMonteCarlo { permutations: 1999, seed, strata: None };
        let mc = evidence(&net.graph, &ru, Weighting::Edges, null).cross;
        let sd = e.cross.sd.unwrap();
        assert!((mc.expected - e.cross.expected).abs() < 4.0 * sd / 1999f64.sqrt());
        assert!((mc.sd.unwrap() / sd - 1.0).abs() < 0.08);
        assert!((mc.p.unwrap() - e.cross.p.unwrap()).abs() < 0.03);
    }
    let want = values("G39_net1k_weighted_joincount");
    let net = Case::new("net1k");
    for column in ["ru", "d7"] {
        let e = evidence(&net.graph, &net.labels(column), Weighting::Weights, NullModel::LabelPermutation);
        let at = |what: &str| &want[format!("{column}_{what}")];
        check_cells(&e, at("obs"), at("exp"), at("var"));
    }
}

/// With isolates among the nodes (G09b) the moments agree with the 40,000 permutations of G39 and
/// with our own; spdep's default (G09) takes the 59 isolates out of n but leaves them in the class
/// sizes, so its moments belong to no permutation and are not reproduced.
#[test]
fn g09_join_counts_count_isolates() {
    let wrong = values("G09_net1k_joincount");
    let right = values("G09b_net1k_joincount_adjustnFALSE");
    let net = Case::new("net1k");
    for column in ["ru", "d7"] {
        let e = evidence(&net.graph, &net.labels(column), Weighting::Edges, NullModel::LabelPermutation);
        let case = &right[column];
        let (_, names) = Labels::from_keys(net.nodes.column(column).into_iter().map(Some));
        let class = |name: &str| names.iter().position(|n| *n == name).unwrap();
        for (at, row) in case["rows"].as_array().unwrap().iter().enumerate() {
            let cell = match row.as_str().unwrap().split_once(':') {
                Some((r, s)) => e.cells.row(class(r))[class(s)],
                None => e.cross,
            };
            close(cell.observed, number(&case["Joincount"][at]), 1e-12);
            close(cell.expected, number(&case["Expected"][at]), 1e-9);
            close(cell.sd.unwrap().powi(2), number(&case["Variance"][at]), 1e-6);
        }
        assert!((e.cross.expected - number(&wrong["ru"]["Expected"][3])).abs() > 1.0);
    }
}

#[test]
fn g32_configuration_moments() {
    let want = values("G32_net1k_configuration_moments");
    let net = Case::new("net1k");
    let e = evidence(&net.graph, &net.labels("d7"), Weighting::Edges, NullModel::Configuration);
    let got: Vec<f64> = e.cells.as_slice().iter().map(|c| c.expected).collect();
    all_close(&got, &flat(&want["expected_d7"]), 1e-9);
    let e = evidence(&net.graph, &net.labels("ru"), Weighting::Edges, NullModel::Configuration);
    for cross in [e.cells.row(0)[1], e.cross] {
        close(cross.expected, number(&want["cross_mean"]), 1e-9);
        close(cross.sd.unwrap().powi(2), number(&want["cross_var"]), 1e-9);
        close(cross.z.unwrap(), number(&want["z"]), 1e-9);
    }
}

#[test]
fn g38_gravity_null() {
    let want = values("G38_net1k_gravity_null");
    let net = Case::new("net1k");
    let positions: Vec<Coord<f64>> =
        net.nodes.numbers("x").into_iter().zip(net.nodes.numbers("y")).map(Coord::from).collect();
    let ru = net.labels("ru");
    let null = NullModel::Gravity { positions_m: &positions, bin_m: 20e3 };
    let e = evidence(&net.graph, &ru, Weighting::Weights, null).cross;
    close(e.observed, number(&want["observed_cross"]), 1e-12);
    close(e.expected, number(&want["expected_cross_gravity"]), 1e-9);
    close(e.ratio().unwrap(), number(&want["ratio_gravity"]), 1e-9);
    let e = evidence(&net.graph, &ru, Weighting::Weights, NullModel::Configuration).cross;
    close(e.expected, number(&want["expected_cross_configuration"]), 1e-9);
    let terr = net.labels("terr");
    let d = deterrence(&net.graph, &terr, Weighting::Weights, &positions, 20e3, &Silent).unwrap();
    let f = numbers(&want["f"]);
    // = deterrence by distance
    all_close(&d.f[..f.len()], &f, 1e-9);
    close(d.spatial_modularity, number(&want["Q_spatial_terr"]), 1e-9);
}

fn roles(rows: &[Roles]) -> Vec<f64> {
    rows.iter().flat_map(|r| r.to_array()).collect()
}

fn check_brokerage(b: &Brokerage, class: &Labels, want: &serde_json::Value) {
    all_close(&roles(&b.nodes), &flat(&want["raw"]), 1e-12);
    let of = |f: fn(&RoleMoments) -> Roles| -> Vec<f64> {
        class.as_slice().iter().flat_map(|&c| f(&b.groups[c as usize]).to_array()).collect()
    };
    all_close(&of(|m| m.expected), &flat(&want["exp"]), 1e-9);
    all_close(&of(|m| m.sd), &flat(&want["sd"]), 1e-9);
    all_close(&roles(&b.z), &flat(&want["z"]), 1e-9);
    all_close(&b.network.to_array(), &numbers(&want["raw_g"]), 1e-12);
    all_close(&b.network_moments.expected.to_array(), &numbers(&want["exp_g"]), 1e-9);
    all_close(&b.network_moments.sd.to_array(), &numbers(&want["sd_g"]), 1e-9);
    all_close(&b.network_z.to_array(), &numbers(&want["z_g"]), 1e-9);
}

#[test]
fn g07_g08_gould_fernandez() {
    let want = values("G07_toy8_gould_fernandez");
    let groups = Labels::from_keys(input("toy8_nodes.csv").column("grp").into_iter().map(Some)).0;
    let toy = network("toy8_arcs.csv", 8, Direction::Directed);
    check_brokerage(&brokerage(&toy, &groups).unwrap(), &groups, &want);
    let want = values("G08_net1k_gould_fernandez");
    let net = Case::new("net1k");
    let arcs = network("net1k_arcs.csv", net.graph.nodes(), Direction::Directed);
    let ru = net.labels("ru");
    check_brokerage(&brokerage(&arcs, &ru).unwrap(), &ru, &want["ru"]);
    let kind = net.labels("kind");
    let b = brokerage(&arcs, &kind).unwrap();
    all_close(&roles(&b.nodes), &flat(&want["kind_raw"]), 1e-12);
    all_close(&b.network.to_array(), &numbers(&want["kind_raw_g"]), 1e-12);
    let sums: f64 = b.by_kind(&kind).unwrap().iter().map(|r| r.total).sum();
    // = brokerage roles of nodes add up to the network's
    close(sums, b.network.total, 1e-12);
}

#[test]
fn g02_g06_ei_and_coleman() {
    let want = values("G02_karate_EI_coleman_joincount");
    let karate = Case::new("karate");
    let (g, club) = (&karate.graph, karate.labels("club"));
    let ei = ei_index(g, &club, Weighting::Edges).unwrap();
    close(ei.network, number(&want["EI"]), 1e-12);
    close(ei.expected, number(&want["EI_expected_perm"]), 1e-12);
    all_close(&[ei.bounds.low, ei.bounds.high], &numbers(&want["EI_min_max"]), 1e-12);
    close(ei.rescaled.unwrap(), number(&want["EI_rescaled"]), 1e-12);
    all_close(&ei.nodes, &numbers(&want["node_EI"]), 1e-12);
    close(ei_index(g, &club, Weighting::Weights).unwrap().network, number(&want["EI_weighted"]), 1e-12);
    let h = coleman_homophily(g, &club, Weighting::Edges).unwrap();
    all_close(&h, &numbers(&want["coleman"]), 1e-12);
    for name in ["net1k", "net10k"] {
        let want = values(&format!("G06_{name}_linkage"));
        let net = Case::new(name);
        let ei = ei_index(&net.graph, &net.labels("ru"), Weighting::Edges).unwrap();
        if !want["node_EI"].is_null() {
            all_close(&ei.nodes, &numbers(&want["node_EI"]), 1e-9);
        }
        let w = ei_index(&net.graph, &net.labels("ru"), Weighting::Weights).unwrap().network;
        close(w, number(&want["EI_ru_w"]), 1e-9);
        for column in ["ru", "d7"] {
            if want[format!("coleman_{column}")].is_null() {
                continue;
            }
            let h = coleman_homophily(&net.graph, &net.labels(column), Weighting::Edges).unwrap();
            all_close(&h, &numbers(&want[format!("coleman_{column}")]), 1e-9);
        }
    }
}

#[test]
fn g25_areal_segregation() {
    let want = values("G25_net1k_segregation");
    let areas = input("net1k_terr_counts.csv");
    let s = areal_segregation(&areas.numbers("rural"), &areas.numbers("total")).unwrap();
    close(s.dissimilarity, number(&want["D"]), 1e-9);
    close(s.isolation, number(&want["isolation"]), 1e-9);
    close(s.interaction, number(&want["interaction"]), 1e-9);
    close(s.gini, number(&want["gini"]), 1e-9);
    close(s.entropy, number(&want["entropy"]), 1e-9);
    let kinds: Vec<Vec<f64>> = areas.header[3..].iter().map(|k| areas.numbers(k)).collect();
    let counts = (0..areas.rows.len()).flat_map(|i| kinds.iter().map(move |k| k[i])).collect();
    let m =
        multigroup_segregation(&Matrix::from_rows(areas.rows.len(), kinds.len(), counts).unwrap()).unwrap();
    close(m.entropy, number(&want["multi_H"]), 1e-9);
    close(m.dissimilarity, number(&want["multi_D"]), 1e-9);
}

#[test]
fn g31_territory_bridging_and_exposure() {
    let want = values("G31_net1k_territory_bridging");
    let net = Case::new("net1k");
    let terr: Vec<u32> = net.nodes.numbers("terr").iter().map(|&t| t as u32).collect();
    let (labels, names) = Labels::from_keys(terr.into_iter().map(Some));
    let b = territory_bridging(&MixingMatrix::new(&net.graph, &labels, Weighting::Weights).unwrap());
    for (at, code) in numbers(&want["territories"]).iter().enumerate() {
        let t = b[names.iter().position(|n| f64::from(*n) == *code).unwrap()];
        close(t.within, number(&want["within"][at]), 1e-12);
        close(t.outer, number(&want["outer"][at]), 1e-12);
        if t.outer > 0.0 {
            close(t.outward, number(&want["outward"][at]), 1e-12);
            close(t.herfindahl, number(&want["herfindahl"][at]), 1e-12);
            close(t.bridging, number(&want["bridging"][at]), 1e-9);
        } else {
            // The peer divides 0 by 0; a territory without outer ties bridges nothing.
            assert_eq!(t.bridging, 0.0);
        }
    }
    let ru = net.labels("ru");
    let e = exposure(&net.graph, &ru, 0, 1, Weighting::Weights).unwrap();
    close(e.strength, number(&want["rural_strength"]), 1e-12);
    close(e.to_other, number(&want["rural_to_urban_strength"]), 1e-12);
    close(e.index, number(&want["urban_exposure_of_rural"]), 1e-12);
    close(e.share_with_any, number(&want["share_rural_nodes_with_urban_link"]), 1e-12);
    let back = exposure(&net.graph, &ru, 1, 0, Weighting::Weights).unwrap().index;
    close(back, number(&want["rural_exposure_of_urban"]), 1e-12);
}

#[test]
fn g21_gravity_model() {
    let want = values("G21_ppml_gravity");
    let file = input("ppml_dyads.csv");
    let flow = file.numbers("flow");
    let code = |c| file.numbers(c).iter().map(|&v| v as u32).collect::<Vec<_>>();
    let (origin, destination) = (code("o"), code("d"));
    let fit = |names: &[&str], effects, errors| {
        let columns: Vec<Vec<f64>> = names.iter().map(|n| file.numbers(n)).collect();
        let data = (0..flow.len()).flat_map(|i| columns.iter().map(move |c| c[i])).collect();
        let covariates = Matrix::from_rows(flow.len(), names.len(), data).unwrap();
        let dyads =
            Dyads { flow: &flow, covariates: &covariates, origin: &origin, destination: &destination };
        gravity_model(dyads, effects, errors).unwrap()
    };
    let named = |key: &str, names: &[&str]| names.iter().map(|n| number(&want[key][*n])).collect::<Vec<_>>();
    let names = ["logmass_o", "logmass_d", "logdist", "cross_ru"];
    let all = ["Intercept", "logmass_o", "logmass_d", "logdist", "cross_ru"];
    let plain = fit(&names, Effects::Constant, StandardErrors::Model);
    all_close(&plain.coefficients, &named("nonfe_coef", &all), 1e-6);
    all_close(&plain.standard_errors, &named("nonfe_se", &all), 1e-7);
    close(plain.deviance, number(&want["deviance"]), 1e-9);
    let robust = fit(&names, Effects::Constant, StandardErrors::Hc0);
    all_close(&robust.standard_errors, &named("nonfe_se_HC0", &all), 1e-7);
    let fe = fit(&names[2..], Effects::OriginDestination, StandardErrors::Hc1);
    assert_eq!(fe.n as f64, number(&want["fe_nobs"]));
    all_close(&fe.coefficients, &named("fe_coef", &names[2..]), 1e-6);
    all_close(&fe.standard_errors, &named("fe_se_hetero", &names[2..]), 1e-6);
    // From pyfixest 0.60.0 on the same dyads: CRV1 by o, by d, by o + d.
    let clustered = [
        (StandardErrors::ClusteredOrigin, 0.006_219_670_743, 0.083_464_691_797, 0.016_177_332_483),
        (StandardErrors::ClusteredDestination, 0.008_797_028_953, 0.028_584_340_102, 0.014_401_889_376),
        (StandardErrors::ClusteredTwoWay, 0.008_206_463_594, 0.046_030_326_608, 0.013_024_925_052),
    ];
    for (errors, distance, cross, cross_plain) in clustered {
        let fe = fit(&names[2..], Effects::OriginDestination, errors);
        // = clustered standard errors with fixed effects
        all_close(&fe.standard_errors, &[distance, cross], 1e-6);
        let plain = fit(&names, Effects::Constant, errors);
        // = clustered standard errors without fixed effects
        close(plain.standard_errors[4], cross_plain, 1e-6);
    }
}
