//! Floating catchments and their kin against `PySAL access` and scipy.

use geo_types::Coord;
use rurban::accessibility::{
    Access, AgentOptions, Catchment, Choice, CostTable, Decay, cumulative_opportunities, nearest_k_planar,
    potential, rational_agents, three_step, two_step,
};
use rurban::progress::Silent;
use serde_json::Value;

use crate::support::{all_close, input, number, numbers, values};

const CASE: &str = "G16_acc200_accessibility";

struct Case {
    want: Value,
    origins: Vec<Coord<f64>>,
    demand: Vec<f64>,
    facilities: Vec<Coord<f64>>,
    supply: Vec<f64>,
    costs: CostTable,
}

fn case() -> Case {
    let want = values(CASE);
    let (nodes, fac) = (input("net1k_nodes.csv"), input("acc200_facilities.csv"));
    let origins: Vec<_> =
        nodes.numbers("x").into_iter().zip(nodes.numbers("y")).map(|(x, y)| Coord { x, y }).collect();
    let facilities: Vec<_> = fac.numbers("node").iter().map(|&n| origins[n as usize]).collect();
    let od = input("acc200_costs.csv");
    let triplets: Vec<_> = (0..od.rows.len())
        .map(|r| [0, 1, 2].map(|k| od.rows[r][k].parse::<f64>().unwrap()))
        .map(|[o, d, c]| (o as u32, d as u32, c))
        .collect();
    let costs = CostTable::from_triplets(origins.len(), facilities.len(), &triplets).unwrap();
    Case { want, demand: nodes.numbers("pop"), origins, facilities, supply: fac.numbers("supply"), costs }
}

/// Scores against the reference, and the peer's holes against the origins that nothing covers.
#[track_caller]
fn same(got: &Access, want: &Value, name: &str) {
    all_close(&got.scores, &numbers(&want[format!("{name}_ref")]), 1e-9);
    // Scores are tiny, so that the tolerance above is no test by itself.
    let relative = |(g, w): (&f64, &f64)| *g == *w || (g / w - 1.0).abs() < 1e-9;
    assert!(got.scores.iter().zip(&numbers(&want[format!("{name}_ref")])).all(relative), "{name}");
    let holes = want[name].as_array().unwrap().iter().map(number).map(f64::is_nan);
    assert!(holes.zip(&got.scores).all(|(hole, s)| !hole || *s == 0.0), "{name}");
}

#[test]
fn catchments() {
    let c = case();
    let gauss = Catchment::within(60.0).decay(Decay::Gaussian { sigma: 20.0 });
    let plain = two_step(&c.costs, &c.demand, &c.supply, &Catchment::within(60.0)).unwrap();
    same(&plain, &c.want, "2SFCA");
    let holes: Vec<u32> = (0..1000).filter(|&i| c.want["2SFCA"][i as usize].is_null()).collect();
    assert_eq!(plain.uncovered, holes);
    same(&two_step(&c.costs, &c.demand, &c.supply, &gauss).unwrap(), &c.want, "2SFCA_gauss");
    let steps = two_step(&c.costs, &c.demand, &c.supply, &Catchment::luo_qi()).unwrap();
    same(&steps, &c.want, "E2SFCA_step");
    for choice in [Choice::WithinCutoff, Choice::WholeTable] {
        same(&three_step(&c.costs, &c.demand, &c.supply, &gauss, choice).unwrap(), &c.want, "3SFCA_gauss");
    }
    same(&potential(&c.costs, &c.supply, &gauss).unwrap(), &c.want, "Hansen_gauss");
    same(&cumulative_opportunities(&c.costs, &c.supply, 60.0).unwrap(), &c.want, "cumulative");
}

#[test]
fn pairs_from_coordinates() {
    let c = case();
    let planar = CostTable::planar(&c.origins, &c.facilities, 60_000.0).unwrap().scaled(0.001).unwrap();
    assert_eq!(planar.pairs(), c.want["n_od"].as_u64().unwrap() as usize);
    let ((rows, columns, got), (want_rows, want_columns, want)) =
        (planar.as_csr().parts(), c.costs.as_csr().parts());
    assert_eq!((rows, columns), (want_rows, want_columns));
    assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 0.000_051));
}

#[test]
fn three_nearest() {
    let c = case();
    let nearest = nearest_k_planar(&c.origins, &c.facilities, 3).unwrap();
    let want: Vec<f64> = c.want["nn3_km"].as_array().unwrap().iter().flat_map(numbers).collect();
    let got: Vec<f64> = nearest.costs.as_slice().iter().map(|m| m / 1000.0).collect();
    // = distances of the three nearest
    all_close(&got, &want, 1e-12);
}

/// The peer moves whole people in 150 shrinking steps, so that it only comes near the equilibrium.
#[test]
fn equilibrium_is_near_the_peer_s_heuristic() {
    let c = case();
    let options = AgentOptions::default().tau(60.0).tolerance(1e-6);
    let access = rational_agents(&c.costs, &c.demand, &c.supply, &options, &Silent).unwrap();
    let want = numbers(&c.want["raam_tau60"]);
    let holes: Vec<u32> = (0..1000).filter(|&i| want[i as usize].is_nan()).collect();
    assert_eq!(access.uncovered, holes);
    let off: Vec<f64> =
        access.costs.iter().zip(&want).map(|(g, w)| (g / w - 1.0).abs()).filter(|o| !o.is_nan()).collect();
    assert!(off.iter().sum::<f64>() / (off.len() as f64) < 0.012);
    assert!(off.iter().all(|o| *o < 0.1));
}
