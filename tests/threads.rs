//! Results are the same bytes whatever the number of threads.

#![cfg(feature = "parallel")]
#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use std::fmt::Debug;

use geo_types::Coord;
use rurban::accessibility::{
    AgentOptions, Catchment, Choice, CostTable, Decay, rational_agents, three_step, two_step,
};
use rurban::autocorrelation::{
    Islands, LocalOptions, SelfWeight, Test, general_g, gi_star, local_moran, moran,
};
use rurban::complementarity::interregional::{Between, Cells, Ties};
use rurban::complementarity::{Interregional, Presence, SelfInclusion, proximity, relatedness_density};
use rurban::labels::Labels;
use rurban::linkage::{NullModel, Weighting, mixing_evidence};
use rurban::matrix::{Csr, Matrix};
use rurban::network::{
    CommunityOptions, Direction, Network, PathLength, SwapOptions, betweenness, degree_preserving, leiden,
    louvain, sampled_betweenness,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::contiguity::{Rule, contiguity};
use rurban::space::dissolve::dissolve;
use rurban::space::neighbours::PointSet;
use rurban::space::simplify::simplify;
use rurban::space::tessellation::{TessellationOptions, tessellate};
use rurban::space::weights::SpatialWeights;
use rurban::typology::{Degurba, GridRules, PopulationGrid, degurba_grid};

/// Enough places that every kernel has work for several threads.
const N: usize = 3000;
const SEED: Seed = Seed(11);

struct Case {
    places: Vec<Coord<f64>>,
    values: Vec<f64>,
    labels: Labels,
    network: Network,
    weights: Csr,
    costs: CostTable,
    supply: Vec<f64>,
    grid: PopulationGrid,
    presence: Presence,
    relatedness: Matrix,
}

fn case() -> Case {
    let mut s = SEED.stream(0);
    let places: Vec<Coord<f64>> = (0..N).map(|_| Coord { x: 1e5 * s.unit(), y: 1e5 * s.unit() }).collect();
    // Amounts that floating point cannot add exactly, so that the order of sums would show.
    let values: Vec<f64> = places.iter().map(|p| 0.1 + s.unit() + p.x / 3e5).collect();
    let labels = Labels::new((0..N).map(|_| s.below(4)).collect(), 4).unwrap();
    let tie = |_| {
        let a = s.below(N as u32);
        (a, (a + 1 + s.below(if a.is_multiple_of(5) { N as u32 - 1 } else { 40 })) % N as u32, 0.1 + s.unit())
    };
    let ties: Vec<(u32, u32, f64)> = (0..4 * N).map(tie).collect();
    let network = Network::from_edges(N, &ties, Direction::Undirected).unwrap().0;
    let near = PointSet::new(&places).unwrap().k_nearest(8);
    let weights = SpatialWeights::binary(&near).unwrap().matrix().clone();
    let costs = CostTable::planar(&places, &places[..N / 10], 20_000.0).unwrap();
    let supply: Vec<f64> = (0..N / 10).map(|_| 0.3 + s.unit()).collect();
    let side = 200;
    let people = (0..side * side).map(|_| (4000.0 * s.unit().powi(6)).floor()).collect();
    let grid = PopulationGrid::new(side, side, 1.0, people).unwrap();
    let scores = Matrix::from_rows(400, 50, (0..400 * 50).map(|_| s.unit()).collect()).unwrap();
    let presence = Presence::at_least(&scores, 0.8).unwrap();
    let relatedness = proximity(&presence);
    Case { places, values, labels, network, weights, costs, supply, grid, presence, relatedness }
}

/// All digits of a result: numbers print so that they read back the same.
fn digits(result: impl Debug) -> String {
    format!("{result:?}")
}

type Kernel = (&'static str, fn(&Case) -> String);

const KERNELS: &[Kernel] = &[
    ("leiden", |c| digits(leiden(&c.network, &CommunityOptions::default().runs(3)))),
    ("louvain", |c| digits(louvain(&c.network, &CommunityOptions::default().runs(3)))),
    ("betweenness", |c| digits(betweenness(&c.network, PathLength::Hops, &Silent))),
    ("betweenness_weighted", |c| digits(betweenness(&c.network, PathLength::InverseWeight, &Silent))),
    ("sampled_betweenness", |c| {
        digits(sampled_betweenness(&c.network, PathLength::Hops, 200, SEED, &Silent))
    }),
    ("degree_preserving", |c| {
        let options = SwapOptions::default().replicates(12).seed(SEED);
        digits(degree_preserving(&c.network, &options, <[_]>::to_vec, &Silent))
    }),
    ("mixing_evidence", |c| {
        let null = NullModel::LabelPermutationMonteCarlo { permutations: 99, seed: SEED, strata: None };
        digits(mixing_evidence(&c.network, &c.labels, Weighting::Weights, null, &Silent))
    }),
    ("mixing_evidence_gravity", |c| {
        let null = NullModel::Gravity { positions_m: &c.places, bin_m: 5_000.0 };
        digits(mixing_evidence(&c.network, &c.labels, Weighting::Weights, null, &Silent))
    }),
    ("moran", |c| digits(moran(&c.values, &c.weights, permutations(), Islands::Keep))),
    ("general_g", |c| digits(general_g(&c.values, &c.weights, permutations(), Islands::Keep))),
    ("local_moran", |c| digits(local_moran(&c.values, &c.weights, &LocalOptions::default()))),
    ("gi_star", |c| digits(gi_star(&c.values, &c.weights, SelfWeight::Largest, &LocalOptions::default()))),
    ("degurba_grid", |c| digits(degurba_grid(&c.grid, &GridRules::default()))),
    ("degurba_units", |c| {
        let cells = c.grid.rows() * c.grid.columns();
        let units = Labels::new((0..cells as u32).map(|i| i / 100).collect(), cells / 100).unwrap();
        digits(Degurba::default().classify(&c.grid, &units))
    }),
    ("cost_table", |c| digits(&c.costs)),
    ("two_step", |c| digits(two_step(&c.costs, &c.values, &c.supply, &catchment()))),
    ("three_step", |c| {
        digits(three_step(&c.costs, &c.values, &c.supply, &catchment(), Choice::WithinCutoff))
    }),
    ("rational_agents", |c| {
        let options = AgentOptions::default().tau(20_000.0).tolerance(1e-2);
        digits(rational_agents(&c.costs, &c.values, &c.supply, &options, &Silent))
    }),
    ("relatedness", |c| digits(&c.relatedness)),
    ("relatedness_density", |c| {
        digits(relatedness_density(&c.presence, &c.relatedness, SelfInclusion::Excluded))
    }),
    ("interregional", |c| {
        let scores = Interregional::new(&c.presence, &c.relatedness).unwrap();
        let labels = Labels::new((0..scores.regions() as u32).map(|r| r % 2).collect(), 2).unwrap();
        let between = Between { labels: &labels, receiving: 0, giving: 1 };
        let places = &c.places[..scores.regions()];
        digits((
            scores.all_pairs(),
            scores.linkages(Ties::Potential, Some(between), Cells::All),
            scores.directed_gain(Ties::Potential, between),
            scores.partners(places, 3e4, 5, |_, _| true, &Silent),
        ))
    }),
    ("topology", |c| {
        let land = geo_types::Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 1e5, y: 1e5 });
        let cells = tessellate(&c.places, &land.to_polygon().into(), &TessellationOptions::default());
        let layer = cells.unwrap().layer;
        digits((contiguity(&layer, Rule::Queen), dissolve(&layer, &c.labels), simplify(&layer, 800.0)))
    }),
];

const fn permutations() -> Test {
    Test::Permutation { permutations: 199, seed: SEED }
}

fn catchment() -> Catchment {
    Catchment::within(20_000.0).decay(Decay::Gaussian { sigma: 7_000.0 })
}

#[test]
fn threads_do_not_change_a_byte() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let case = case();
            KERNELS.iter().map(|(_, kernel)| kernel(&case)).collect::<Vec<_>>()
        })
    };
    let one = on(1);
    for threads in [2, 7] {
        for (((name, _), a), b) in KERNELS.iter().zip(&one).zip(on(threads)) {
            assert!(!a.contains("Err("), "{name}: {}", &a[..a.len().min(200)]);
            assert!(*a == b, "{name} differs on {threads} threads");
        }
    }
}
