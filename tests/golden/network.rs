#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use rurban::evidence::{Evidence, Null};
use rurban::labels::Labels;
use rurban::network::{
    CommunityOptions, Direction, Network, PathLength, SwapOptions, TieWeights, agreement, betweenness,
    bridging_centrality, bridging_coefficient, closeness, clustering, degree_preserving, disparity_filter,
    leiden, modularity, noise_corrected, participation_coefficient, reciprocity, rich_club,
    sampled_betweenness, structural_holes, weak_components, within_module_z,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use serde_json::Value;

use crate::support::{all_close, close, input, number, numbers, values, within};

fn network(file: &str, direction: Direction) -> Network {
    let edges = input(file);
    let (a, b) = match direction {
        Direction::Undirected => ("u", "v"),
        Direction::Directed => ("src", "dst"),
    };
    let w = edges.numbers("w");
    let ends: Vec<(f64, f64)> = edges.numbers(a).into_iter().zip(edges.numbers(b)).collect();
    let list: Vec<(u32, u32, f64)> = ends.iter().zip(w).map(|(&(a, b), w)| (a as u32, b as u32, w)).collect();
    let nodes = match file.split('_').next().unwrap() {
        "karate" => 34,
        "net1k" => 1_000,
        _ => 10_000,
    };
    Network::from_edges(nodes, &list, direction).unwrap().0
}

fn undirected(name: &str) -> Network {
    network(&format!("{name}_edges.csv"), Direction::Undirected)
}

fn by_k(value: &Value) -> Vec<f64> {
    let map = value.as_object().unwrap();
    (0..map.len()).map(|k| number(&map[&k.to_string()])).collect()
}

#[test]
fn g03_karate_structural_holes_and_clustering() {
    let (v, g) = (values("G03_karate_brokerage"), undirected("karate"));
    let holes = structural_holes(&g, TieWeights::Ignored).unwrap();
    all_close(&holes.constraint, &numbers(&v["constraint"]), 1e-9);
    all_close(&holes.effective_size, &numbers(&v["effective_size"]), 1e-9);
    let weighted = structural_holes(&g, TieWeights::Used).unwrap();
    all_close(&weighted.constraint, &numbers(&v["constraint_weighted"]), 1e-9);
    // The peer gives 0 where there are fewer than two neighbours.
    let local: Vec<f64> =
        clustering(&g).unwrap().local.iter().map(|c| if c.is_nan() { 0.0 } else { *c }).collect();
    all_close(&local, &numbers(&v["local_clustering"]), 1e-9);
}

#[test]
fn g28_karate_backbone() {
    let (v, g) = (values("G28_karate_backbone"), undirected("karate"));
    let disparity = disparity_filter(&g);
    let want = v["alpha_ref"].as_array().unwrap();
    assert_eq!(disparity.len(), want.len());
    for row in want {
        let row = numbers(row);
        let tie = disparity
            .iter()
            .find(|t| (f64::from(t.source), f64::from(t.target)) == (row[0].min(row[1]), row[0].max(row[1])));
        // = p of each tie, disparity filter
        close(tie.unwrap().p, row[2], 1e-9);
    }
    let corrected = noise_corrected(&g);
    for row in v["noise_corrected_head"].as_array().unwrap() {
        let (a, b) = (number(&row["source"]), number(&row["target"]));
        let tie =
            corrected.iter().find(|t| (f64::from(t.source), f64::from(t.target)) == (a.min(b), a.max(b)));
        close(tie.unwrap().p, number(&row["p_value"]), 1e-9);
    }
}

#[test]
fn g06_structure() {
    for name in ["net1k", "net10k"] {
        let case = format!("G06_{name}_linkage");
        let (v, g) = (values(&case), undirected(name));
        let arcs = network(&format!("{name}_arcs.csv"), Direction::Directed);
        close(reciprocity(&arcs).unwrap().share, number(&v["reciprocity"]), 1e-9);
        close(clustering(&g).unwrap().transitivity.unwrap(), number(&v["transitivity"]), 1e-9);
        if !v["components"].is_null() {
            assert_eq!(weak_components(&g).unwrap().count() as f64, number(&v["components"]));
        }
        let holes = structural_holes(&g, TieWeights::Ignored).unwrap();
        for (got, key) in
            [(&holes.constraint, "constraint_summary"), (&holes.effective_size, "effsize_summary")]
        {
            let v = &v[key];
            if v.is_null() {
                all_close(got, &numbers(&values(&case)["effective_size"]), 1e-9);
                continue;
            }
            close(got.iter().filter(|c| !c.is_nan()).sum(), number(&v["sum"]), 1e-9);
            assert_eq!(got.iter().filter(|c| c.is_nan()).count() as f64, number(&v["n_nan"]));
            all_close(&got[..10], &numbers(&v["first10"]), 1e-9);
        }
    }
}

#[test]
fn g03_karate_centrality() {
    let (v, g) = (values("G03_karate_brokerage"), undirected("karate"));
    let b = betweenness(&g, PathLength::Hops, &Silent);
    all_close(&b, &numbers(&v["betweenness"]), 1e-9);
    all_close(&bridging_coefficient(&g).unwrap(), &numbers(&v["bridging_coefficient"]), 1e-9);
    all_close(&bridging_centrality(&g, &b).unwrap(), &numbers(&v["bridging_centrality"]), 1e-9);
    let near = closeness(&g, PathLength::Hops);
    all_close(&near.closeness, &numbers(&v["closeness"]), 1e-9);
    all_close(&near.harmonic, &numbers(&v["harmonic"]), 1e-9);
}

#[test]
fn g06_net1k_betweenness() {
    let (v, g) = (values("G06_net1k_linkage"), undirected("net1k"));
    let exact = betweenness(&g, PathLength::Hops, &Silent);
    all_close(&exact, &numbers(&v["betweenness"]), 1e-9);
    let sample = sampled_betweenness(&g, PathLength::Hops, 256, Seed(1), &Silent).unwrap();
    let worst = (0..1_000).map(|i| (sample.estimate[i] - exact[i]).abs()).fold(0.0, f64::max);
    assert!(worst <= sample.bound);
    // Standard errors hold where many sources count: on the nodes that matter most.
    for row in v["betweenness_top20"].as_array().unwrap() {
        let i = row[0].as_u64().unwrap() as usize;
        assert!((sample.estimate[i] - exact[i]).abs() < 4.5 * sample.standard_error[i], "node {i}");
    }
    let all = sampled_betweenness(&g, PathLength::Hops, 5_000, Seed(1), &Silent).unwrap();
    // = betweenness sampled from all sources
    all_close(&all.estimate, &exact, 1e-9);
}

#[test]
fn g06_rewiring_keeps_to_the_peers_null() {
    for (name, replicates) in [("net1k", 200), ("net10k", 20)] {
        let (v, g) = (values(&format!("G06_{name}_linkage")), undirected(name));
        let nodes = input(&format!("{name}_nodes.csv"));
        let rural: Vec<bool> = nodes.column("ru").iter().map(|r| *r == "rural").collect();
        let cross = degree_preserving(
            &g,
            &SwapOptions::default().replicates(replicates),
            |ties| ties.iter().filter(|(a, b)| rural[*a as usize] != rural[*b as usize]).count() as f64,
            &Silent,
        );
        let e = Evidence::monte_carlo(Null::DegreePreservingSwaps, 0.0, &cross, g.nodes());
        let want = numbers(&v["rewire_cross_mean_sd"]);
        let error = want[1] * (2.0 / replicates as f64).sqrt();
        // = cross ties expected under rewiring, within four standard errors
        within(e.expected, want[0], 4.0 * error);
    }
}

fn labels(file: &str, column: &str) -> Labels {
    Labels::from_keys(input(file).column(column).into_iter().map(|k| Some(k.to_owned()))).0
}

#[test]
fn g03_g04_g05_karate_groups() {
    let (v, g) = (values("G03_karate_brokerage"), undirected("karate"));
    let club = labels("karate_nodes.csv", "club");
    let part = participation_coefficient(&g, &club, TieWeights::Ignored).unwrap();
    all_close(&part, &numbers(&v["participation"]), 1e-9);
    let z = within_module_z(&g, &club, TieWeights::Ignored).unwrap();
    all_close(&z, &numbers(&v["within_module_z_ref"]), 1e-9);
    let v = values("G04_karate_richclub_linkpred");
    all_close(&rich_club(&g).unwrap(), &by_k(&v["rich_club"]), 1e-9);
    let v = values("G05_karate_leiden");
    let found = leiden(&g, &CommunityOptions::default().weights(TieWeights::Ignored).runs(10)).unwrap();
    close(found.modularity, number(&v["best_modularity"]), 1e-9);
    let a = agreement(&found.of, &club).unwrap();
    close(a.nmi, number(&v["nmi"]), 1e-9);
    close(a.ami, number(&v["ami"]), 1e-9);
    close(a.ari, number(&v["ari"]), 1e-9);
}

#[test]
fn g06_communities_are_as_good_as_the_peers() {
    for name in ["net1k", "net10k"] {
        let (v, g) = (values(&format!("G06_{name}_linkage")), undirected(name));
        let club = rich_club(&g).unwrap();
        let want = by_k(&v["rich_club"]);
        // = rich-club coefficients
        all_close(&club[..want.len()], &want, 1e-9);
        let terr = labels(&format!("{name}_nodes.csv"), "terr");
        close(modularity(&g, &terr, 1.0, TieWeights::Ignored).unwrap(), number(&v["modularity_terr"]), 1e-9);
        close(modularity(&g, &terr, 1.0, TieWeights::Used).unwrap(), number(&v["modularity_terr_w"]), 1e-9);
        let weighted = leiden(&g, &CommunityOptions::default()).unwrap();
        let plain = leiden(&g, &CommunityOptions::default().weights(TieWeights::Ignored)).unwrap();
        assert!(weighted.modularity >= number(&v["igraph_leiden_modularity"]) - 5e-4);
        assert!(plain.modularity >= number(&v["networkit_PLM_modularity_unw"]));
        for q in numbers(&v["leiden_w_modularity_seeds"]) {
            assert!(weighted.modularity >= q, "{} against {q}", weighted.modularity);
        }
    }
}
