#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use rurban::diffusion::{
    Arc, ArcProbability, Bass, Budget, CascadeOptions, ContactField, HAGERSTRAND_FIELD, InfluenceGraph,
    SeedOptions, SpreadModel, celf, choose_seeds, exact_spread, simulate,
};
use rurban::matrix::Matrix;
use rurban::network::{Direction, Network};
use rurban::progress::Silent;
use serde_json::Value;

use crate::support::{all_close, close, input, number, numbers, values, within};

const IC: SpreadModel = SpreadModel::IndependentCascade;
const LT: SpreadModel = SpreadModel::LinearThreshold;

/// The seeds in a key such as `(0, 5)`.
fn seeds(key: &str) -> Vec<u32> {
    key.trim_matches(['(', ')']).split(',').filter_map(|s| s.trim().parse().ok()).collect()
}

fn graph(arcs: &Value) -> InfluenceGraph {
    let arcs: Vec<Arc> = arcs
        .as_array()
        .unwrap()
        .iter()
        .map(|a| Arc {
            from: a[0].as_u64().unwrap() as u32,
            to: a[1].as_u64().unwrap() as u32,
            probability: a[2].as_f64().unwrap(),
        })
        .collect();
    InfluenceGraph::new(6, &arcs).unwrap()
}

fn karate() -> InfluenceGraph {
    let edges = input("karate_edges.csv");
    let ties: Vec<(u32, u32, f64)> =
        edges.numbers("u").iter().zip(edges.numbers("v")).map(|(&u, v)| (u as u32, v as u32, 1.0)).collect();
    let (network, _) = Network::from_edges(34, &ties, Direction::Undirected).unwrap();
    InfluenceGraph::from_network(&network, ArcProbability::Uniform(0.1)).unwrap()
}

#[test]
fn g24_bass_curve() {
    let golden = values("G24_bass");
    let curve = Bass::new(0.03, 0.38, 1000.0).unwrap();
    for (t, want) in numbers(&golden["N"]).into_iter().enumerate() {
        // = adopters at each time
        close(curve.adopters(t as f64), want, 1e-9);
    }
    close(curve.peak_time(), number(&golden["t_peak"]), 1e-12);
}

#[test]
fn g26_exact_spread_and_greedy() {
    let golden = values("G26_diffusion_exact");
    let ic = graph(&golden["arcs"]);
    for (key, want) in golden["spread"].as_object().unwrap() {
        let got = exact_spread(&ic, IC, &seeds(key)).unwrap();
        close(got.expected, number(&want["sigma"]), 1e-12);
        all_close(&got.probability, &numbers(&want["prob"]), 1e-12);
    }
    let lt = graph(&golden["LT_arcs"]);
    for (key, want) in golden["LT_spread"].as_object().unwrap() {
        let got = exact_spread(&lt, LT, &seeds(key)).unwrap().expected;
        // = exact spread of seed sets, linear threshold
        close(got, number(want), 1e-12);
        let options = CascadeOptions::default().runs(40_000);
        let mc = simulate(&lt, LT, &seeds(key), None, &options, &Silent).unwrap();
        assert!((mc.mean - got).abs() < 4.0 * mc.standard_error.unwrap(), "{key}: {} {got}", mc.mean);
    }
    let picks = celf(6, 3, |s| Ok(exact_spread(&ic, IC, s)?.expected)).unwrap();
    for (k, want) in golden["greedy_IC"].as_array().unwrap().iter().enumerate() {
        let want_seeds: Vec<u32> = numbers(&want[0]).into_iter().map(|x| x as u32).collect();
        assert_eq!(picks[..=k].iter().map(|p| p.node).collect::<Vec<_>>(), want_seeds);
        // = reach of the greedy choice, step by step
        close(picks[k].reach, number(&want[1]), 1e-12);
    }
    // The choice for large graphs: near the best, and the exact values lie within its bounds.
    for k in 1..=3 {
        let best = &golden["optimal_sets_IC"][k.to_string()];
        let options = SeedOptions::default().epsilon(0.02);
        let choice = choose_seeds(&ic, IC, &Budget::Count(k), &options, &Silent).unwrap();
        let best = best["sigma"].as_f64().unwrap();
        let own = exact_spread(&ic, IC, &choice.seeds).unwrap().expected;
        assert!(choice.lower <= own && best <= choice.upper, "{choice:?}");
        assert!(own >= 0.95 * best, "{choice:?} {own} {best}");
        assert!(choice.is_target_reached());
    }
}

#[test]
fn g27_karate_cascades_within_four_standard_errors() {
    let golden = values("G27_karate_ic");
    let karate = karate();
    for part in ["single", "sets"] {
        for (key, want) in golden[part].as_object().unwrap() {
            let options = CascadeOptions::default().runs(40_000);
            let got = simulate(&karate, IC, &seeds(key), None, &options, &Silent).unwrap();
            let want = numbers(want);
            let error = got.standard_error.unwrap().hypot(want[1]);
            // = mean spread, within four standard errors
            within(got.mean, want[0], 4.0 * error);
            assert!((got.generations.iter().sum::<f64>() - got.mean).abs() < 1e-9);
            assert!((got.probability.iter().sum::<f64>() - got.mean).abs() < 1e-9);
        }
    }
}

#[test]
fn g33_first_generation_is_the_field() {
    let golden = values("G33_hagerstrand_mif");
    let rows: Vec<f64> = golden["mif"].as_array().unwrap().iter().flat_map(numbers).collect();
    // = the mean information field
    all_close(&HAGERSTRAND_FIELD, &rows, 0.0);
    let field = Matrix::from_rows(5, 5, HAGERSTRAND_FIELD.to_vec()).unwrap();
    let contacts = ContactField::from_grid(7, 7, &field).unwrap();
    let told = contacts.expected_tellings(&[24]).unwrap();
    for (i, want) in HAGERSTRAND_FIELD.iter().enumerate() {
        assert!((told[(i / 5 + 1) * 7 + i % 5 + 1] - want).abs() < 1e-9);
    }
    // At a corner the cells outside are drawn again.
    let corner = contacts.expected_tellings(&[0]).unwrap();
    assert!((corner.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let inside: f64 = [0.4432, 0.0547, 0.0168, 0.0547, 0.0301, 0.014, 0.0168, 0.014, 0.0096].iter().sum();
    assert!((corner[0] - 0.4432 / inside).abs() < 1e-12);
}
