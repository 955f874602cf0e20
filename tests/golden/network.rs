use rurban::network::{
    Direction, Network, TieWeights, clustering, disparity_filter, noise_corrected, reciprocity,
    structural_holes, weak_components,
};
use serde_json::Value;

use crate::support::{all_close, close, input, number, numbers, values};

fn network(file: &str, direction: Direction) -> Option<Network> {
    let edges = input(file)?;
    let (a, b) = match direction {
        Direction::Undirected => ("u", "v"),
        Direction::Directed => ("src", "dst"),
    };
    let w = edges.numbers("w");
    let ends: Vec<(f64, f64)> = edges.numbers(a).into_iter().zip(edges.numbers(b)).collect();
    let list: Vec<(u32, u32, f64)> = ends.iter().zip(w).map(|(&(a, b), w)| (a as u32, b as u32, w)).collect();
    let nodes = match file.split('_').next()? {
        "karate" => 34,
        "net1k" => 1_000,
        _ => 10_000,
    };
    Some(Network::from_edges(nodes, &list, direction).unwrap().0)
}

fn undirected(name: &str) -> Option<Network> {
    network(&format!("{name}_edges.csv"), Direction::Undirected)
}

fn by_k(value: &Value) -> Vec<f64> {
    let map = value.as_object().unwrap();
    (0..map.len()).map(|k| number(&map[&k.to_string()])).collect()
}

#[test]
fn g03_karate_structural_holes_and_clustering() {
    let (Some(v), Some(g)) = (values("G03_karate_brokerage"), undirected("karate")) else { return };
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
    let (Some(v), Some(g)) = (values("G28_karate_backbone"), undirected("karate")) else { return };
    let disparity = disparity_filter(&g);
    let want = v["alpha_ref"].as_array().unwrap();
    assert_eq!(disparity.len(), want.len());
    for row in want {
        let row = numbers(row);
        let tie = disparity
            .iter()
            .find(|t| (f64::from(t.source), f64::from(t.target)) == (row[0].min(row[1]), row[0].max(row[1])));
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
        let (Some(v), Some(g)) = (values(&case), undirected(name)) else { return };
        let arcs = network(&format!("{name}_arcs.csv"), Direction::Directed).unwrap();
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
            close(got.iter().filter(|c| !c.is_nan()).sum(), number(&v["sum"]), 1e-9);
            assert_eq!(got.iter().filter(|c| c.is_nan()).count() as f64, number(&v["n_nan"]));
            all_close(&got[..10], &numbers(&v["first10"]), 1e-9);
        }
    }
}
