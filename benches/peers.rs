//! Our times of what `benches/peers.py` asks of peers, on the same inputs: `name<tab>milliseconds`.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "benches may panic and print")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use geo_types::Coord;
use rurban::Result;
use rurban::accessibility::{Catchment, CostTable, two_step};
use rurban::autocorrelation::{Islands, Test, moran};
use rurban::complementarity::complexity::{Parts, economic_complexity};
use rurban::complementarity::{ActivityTable, Presence};
use rurban::diffusion::{ArcProbability, CascadeOptions, InfluenceGraph, SpreadModel, simulate};
use rurban::labels::Labels;
use rurban::linkage::{Dyads, Effects, StandardErrors, Weighting, gravity_model, nominal_assortativity};
use rurban::matrix::Matrix;
use rurban::network::{Direction, Network, PathLength, TieWeights, betweenness, structural_holes};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::read::geojson::Reader;
use rurban::siting::{Limit, SitingCosts, SitingOptions, p_median};
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::locate::Locator;
use rurban::space::neighbours::PointSet;
use rurban::space::weights::{SpatialWeights, Transform};

struct Input {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/golden/inputs").join(name)
}

fn input(name: &str) -> Input {
    let mut reader = csv::Reader::from_path(path(name)).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
    Input { header, rows }
}

impl Input {
    fn text(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|h| h == name).unwrap();
        self.rows.iter().map(|r| r[at].as_str()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.text(name).iter().map(|v| v.parse().unwrap()).collect()
    }

    fn places(&self) -> Vec<Coord<f64>> {
        self.numbers("x").into_iter().zip(self.numbers("y")).map(|(x, y)| Coord { x, y }).collect()
    }
}

fn time<T>(name: &str, mut run: impl FnMut() -> Result<T>) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let begun = Instant::now();
        run().unwrap();
        best = best.min(begun.elapsed().as_secs_f64());
    }
    println!("{name}\t{}", best * 1e3);
}

fn main() {
    // `cargo test --benches` asks for a test run: there is none.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let (nodes, edges) = (input("net1k_nodes.csv"), input("net1k_edges.csv"));
    let ends = edges.numbers("u").into_iter().zip(edges.numbers("v")).zip(edges.numbers("w"));
    let ties: Vec<(u32, u32, f64)> = ends.map(|((u, v), w)| (u as u32, v as u32, w)).collect();
    let network = Network::from_edges(nodes.rows.len(), &ties, Direction::Undirected).unwrap().0;
    let kind = Labels::from_keys(nodes.text("kind").into_iter().map(Some)).0;
    time("assortativity", || nominal_assortativity(&network, &kind, Weighting::Edges));
    time("betweenness", || Ok(betweenness(&network, PathLength::Hops, &Silent)));
    time("constraint", || structural_holes(&network, TieWeights::Ignored));

    let (cells, _) = Reader::default().read_path(path("voronoi_1200_l93.geojson")).unwrap();
    let cells = cells.layer();
    let groups =
        Labels::new((0..cells.len() as u32).map(|i| i / 12).collect(), cells.len().div_ceil(12)).unwrap();
    let many = input("net35k_points.csv").places();
    time("locate", || Locator::new(cells)?.locate_many(&many));
    time("dissolve", || dissolve(cells, &groups));
    time("queen", || Ok(contiguity(cells, Rule::Queen)));

    let places = nodes.places();
    let set = PointSet::new(&places).unwrap();
    time("knn8", || Ok(PointSet::new(&places)?.k_nearest(8)));
    let near = set.k_nearest(8);
    let weights = SpatialWeights::binary(&near).unwrap().transformed(Transform::RowStandardised);
    let population: Vec<f64> = nodes.numbers("pop").iter().map(|p| p.log10()).collect();
    let test = Test::Permutation { permutations: 999, seed: Seed(1) };
    time("moran999", || moran(&population, weights.matrix(), test, Islands::Keep));

    let (facilities, od) = (input("acc200_facilities.csv"), input("acc200_costs.csv"));
    let triplets: Vec<(u32, u32, f64)> = (od.rows.iter())
        .map(|r| (r[0].parse().unwrap(), r[1].parse().unwrap(), r[2].parse().unwrap()))
        .collect();
    let costs = CostTable::from_triplets(nodes.rows.len(), facilities.rows.len(), &triplets).unwrap();
    let (demand, supply) = (nodes.numbers("pop"), facilities.numbers("supply"));
    let sites = SitingCosts::Planar { demands: &places[..200], candidates: &places[200..300] };
    let ten = SitingOptions::new(Limit::Places(10)).gap(0.0);
    time("p-median", || p_median(&demand[..200], &sites, &ten, &Silent));
    time("2sfca", || two_step(&costs, &demand, &supply, &Catchment::within(60.0)));

    let dyads = input("ppml_dyads.csv");
    let codes = |name| dyads.numbers(name).iter().map(|&v| v as u32).collect::<Vec<_>>();
    let (flow, origin, destination) = (dyads.numbers("flow"), codes("o"), codes("d"));
    let rows = dyads.numbers("logdist").into_iter().zip(dyads.numbers("cross_ru")).flat_map(|(d, c)| [d, c]);
    let covariates = Matrix::from_rows(flow.len(), 2, rows.collect()).unwrap();
    let dyads = Dyads { flow: &flow, covariates: &covariates, origin: &origin, destination: &destination };
    time("gravity", || gravity_model(dyads, Effects::OriginDestination, StandardErrors::Hc1));

    let influence = InfluenceGraph::from_network(&network, ArcProbability::Uniform(0.1)).unwrap();
    let (first, runs) = ((0..10).collect::<Vec<u32>>(), CascadeOptions::default().runs(100));
    time("cascade", || simulate(&influence, SpreadModel::IndependentCascade, &first, None, &runs, &Silent));

    let counts = input("rs320x88.csv");
    let cells: Vec<f64> =
        counts.rows.iter().flat_map(|r| r[1..].iter().map(|v| v.parse().unwrap())).collect();
    let table = Matrix::from_rows(counts.rows.len(), counts.header.len() - 1, cells).unwrap();
    let table = ActivityTable::from_matrix(&table).unwrap();
    time("eci", || economic_complexity(&Presence::of(&table), Parts::Largest));
}
