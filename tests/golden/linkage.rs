use rurban::labels::Labels;
use rurban::linkage::*;
use rurban::network::{Direction, Network};

use crate::support::{all_close, close, input, number, numbers, values};

fn network(file: &str, n: usize, direction: Direction) -> Network {
    let edges = input(file).unwrap();
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
        let nodes = input(&format!("{name}_nodes.csv")).unwrap();
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
    let Some(want) = values("G01_karate_assortativity") else { return };
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
        let Some(want) = values(&format!("G06_{name}_linkage")) else { return };
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
