#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]

use geo_types::Coord;
use proptest::prelude::*;
use rurban::Error;
use rurban::accessibility::{
    Access, AgentOptions, Catchment, Choice, CostTable, Decay, Nearest, balanced, cumulative_opportunities,
    nearest_k, nearest_k_geodesic, nearest_k_planar, potential, rational_agents, road_network, three_step,
    two_step,
};
use rurban::error::Undefined;
use rurban::matrix::{Csr, Matrix};
use rurban::network::{Direction, Network};
use rurban::progress::Silent;
use rurban::space::LonLat;
use rurban::space::distance::geodesic_m;

fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

fn all_near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(*a, *b))
}

/// Costs that may be missing, with demand and supply that may be zero.
#[derive(Debug)]
struct Place {
    costs: Vec<Vec<Option<f64>>>,
    demand: Vec<f64>,
    supply: Vec<f64>,
}

impl Place {
    fn table(&self) -> CostTable {
        let rows = self.costs.iter().enumerate();
        let triplets: Vec<_> = rows
            .flat_map(|(i, r)| {
                r.iter().enumerate().filter_map(move |(j, c)| Some((i as u32, j as u32, (*c)?)))
            })
            .collect();
        CostTable::from_triplets(self.demand.len(), self.supply.len(), &triplets).unwrap()
    }

    /// Dense weights, 0 for pairs without a cost.
    fn weights(&self, catchment: &Catchment) -> Vec<Vec<f64>> {
        let row = |r: &Vec<Option<f64>>| r.iter().map(|c| c.map_or(0.0, |c| catchment.weight(c))).collect();
        self.costs.iter().map(row).collect()
    }
}

fn places() -> impl Strategy<Value = Place> {
    (1..25_usize, 1..9_usize).prop_flat_map(|(n, m)| {
        let cost = prop::option::of((0..40_u8).prop_map(f64::from));
        let amounts = |n| prop::collection::vec((0..20_u8).prop_map(f64::from), n);
        (prop::collection::vec(prop::collection::vec(cost, m), n), amounts(n), amounts(m))
            .prop_map(|(costs, demand, supply)| Place { costs, demand, supply })
    })
}

fn catchments() -> impl Strategy<Value = Catchment> {
    let decay = prop_oneof![
        Just(Decay::Uniform),
        Just(Decay::luo_qi()),
        (0.0..3.0, 0.5..5.0).prop_map(|(exponent, min_cost)| Decay::Power { exponent, min_cost }),
        (0.0..0.2).prop_map(|rate| Decay::Exponential { rate }),
        (2.0..30.0).prop_map(|sigma| Decay::Gaussian { sigma }),
    ];
    (0.0..45.0, decay).prop_map(|(cutoff, decay)| Catchment::within(cutoff).decay(decay))
}

/// `A_i = Σ_j w_ij S_j / Σ_k v_kj P_k`, with dense weights.
fn brute(w: &[Vec<f64>], v: &[Vec<f64>], demand: &[f64], supply: &[f64]) -> Vec<f64> {
    let reached = |j: usize| v.iter().zip(demand).map(|(r, p)| r[j] * p).sum::<f64>();
    let offer = |j: usize| if reached(j) > 0.0 { supply[j] / reached(j) } else { 0.0 };
    w.iter().map(|r| r.iter().enumerate().map(|(j, w)| w * offer(j)).sum()).collect()
}

fn standardised(w: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let row = |r: &Vec<f64>| {
        let sum: f64 = r.iter().sum();
        r.iter().map(|w| if sum > 0.0 { w / sum } else { 0.0 }).collect()
    };
    w.iter().map(row).collect()
}

/// Supply of the facilities that demand reaches.
fn used(access: &Access, supply: &[f64]) -> f64 {
    (0..supply.len()).filter(|j| !access.unused.contains(&(*j as u32))).map(|j| supply[j]).sum()
}

fn handed_out(access: &Access, demand: &[f64]) -> f64 {
    access.scores.iter().zip(demand).map(|(a, p)| a * p).sum()
}

proptest! {
    #[test]
    fn catchments_are_their_formulas(place in places(), catchment in catchments()) {
        let (table, w) = (place.table(), place.weights(&catchment));
        let (p, s) = (&place.demand, &place.supply);
        let two = two_step(&table, p, s, &catchment).unwrap();
        prop_assert!(all_near(&two.scores, &brute(&w, &w, p, s)));
        let hansen = potential(&table, s, &catchment).unwrap();
        let want: Vec<f64> = w.iter().map(|r| r.iter().zip(s).map(|(w, s)| w * s).sum()).collect();
        prop_assert!(all_near(&hansen.scores, &want));
        let uncovered: Vec<u32> =
            (0..w.len() as u32).filter(|&i| w[i as usize].iter().all(|w| *w == 0.0)).collect();
        prop_assert_eq!(&two.uncovered, &uncovered);
        prop_assert!(uncovered.iter().all(|&i| two.scores[i as usize] == 0.0));
        prop_assert!(near(handed_out(&two, p), used(&two, s)));

        let g = standardised(&w);
        let chosen: Vec<Vec<f64>> =
            g.iter().zip(&w).map(|(g, w)| g.iter().zip(w).map(|(g, w)| g * w).collect()).collect();
        let three = three_step(&table, p, s, &catchment, Choice::WithinCutoff).unwrap();
        prop_assert!(all_near(&three.scores, &brute(&chosen, &chosen, p, s)));
        prop_assert!(near(handed_out(&three, p), used(&three, s)));

        let columns: Vec<f64> = (0..s.len()).map(|j| w.iter().map(|r| r[j]).sum()).collect();
        let allotted: Vec<Vec<f64>> = w
            .iter()
            .map(|r| r.iter().zip(&columns).map(|(w, c)| if *c > 0.0 { w / c } else { 0.0 }).collect())
            .collect();
        let fair = balanced(&table, p, s, &catchment).unwrap();
        prop_assert!(all_near(&fair.scores, &brute(&allotted, &g, p, s)));
        prop_assert!(near(fair.scores.iter().sum(), fair.offers.iter().sum()));
    }

    #[test]
    fn the_choice_over_the_whole_table_draws_demand_off(place in places(), cutoff in 0.0..40.0) {
        let decay = Decay::Gaussian { sigma: 15.0 };
        let catchment = Catchment::within(cutoff).decay(decay.clone());
        let (w, all) = (place.weights(&catchment), place.weights(&Catchment::all().decay(decay)));
        let chosen: Vec<Vec<f64>> = w
            .iter()
            .zip(&all)
            .map(|(w, all)| {
                let sum: f64 = all.iter().sum();
                w.iter().map(|w| if *w > 0.0 { w * w / sum } else { 0.0 }).collect()
            })
            .collect();
        let got = three_step(&place.table(), &place.demand, &place.supply, &catchment, Choice::WholeTable);
        prop_assert!(all_near(&got.unwrap().scores, &brute(&chosen, &chosen, &place.demand, &place.supply)));
    }

    #[test]
    fn twice_the_supply_is_twice_the_access(place in places(), catchment in catchments()) {
        let (table, double) = (place.table(), place.supply.iter().map(|s| s * 2.0).collect::<Vec<_>>());
        let p = &place.demand;
        let run = |s: &[f64]| {
            [
                two_step(&table, p, s, &catchment),
                three_step(&table, p, s, &catchment, Choice::WholeTable),
                balanced(&table, p, s, &catchment),
                potential(&table, s, &catchment),
            ]
            .map(|a| a.unwrap().scores)
        };
        for (once, twice) in run(&place.supply).iter().zip(run(&double)) {
            prop_assert!(once.iter().zip(&twice).all(|(a, b)| a * 2.0 == *b));
        }
    }

    #[test]
    fn at_equilibrium_nobody_pays_more_than_the_least(place in places(), tau in 1.0..50.0) {
        let total: f64 = place.supply.iter().sum();
        let demand: f64 = place.demand.iter().sum();
        prop_assume!(total > 0.0 && demand > 0.0);
        let (table, capacities) = (place.table(), place.supply.len());
        let options = AgentOptions::default().tau(tau).tolerance(1e-10).max_rounds(1_000_000);
        let got = rational_agents(&table, &place.demand, &place.supply, &options, &Silent).unwrap();
        let crowding = |j: usize| got.loads[j] / (place.supply[j] * demand / total);
        for (i, row) in place.costs.iter().enumerate() {
            let least = row
                .iter()
                .enumerate()
                .filter(|&(j, _)| place.supply[j] > 0.0)
                .filter_map(|(j, c)| Some((*c)? / tau + crowding(j)))
                .fold(f64::NAN, f64::min);
            prop_assert_eq!(least.is_nan(), got.uncovered.contains(&(i as u32)));
            prop_assert!(least.is_nan() && got.costs[i].is_nan() || near(least, got.costs[i]));
        }
        // Everybody who reaches a facility is at one.
        let covered: f64 =
            (0..place.demand.len()).filter(|&i| !got.costs[i].is_nan()).map(|i| place.demand[i]).sum();
        prop_assert!(near(covered, got.loads.iter().sum()));
        // The crowding at equilibrium is where this concave function has its maximum.
        let capacity = |j: usize| place.supply[j] * demand / total;
        let dual = |level: &[f64]| {
            let least = |row: &[Option<f64>]| {
                let open = row.iter().enumerate().filter(|&(j, _)| place.supply[j] > 0.0);
                open.filter_map(|(j, c)| Some((*c)? / tau + level[j])).fold(f64::NAN, f64::min)
            };
            let paid = place.costs.iter().zip(&place.demand).map(|(row, p)| (p, least(row)));
            let charged = (0..level.len()).map(|j| capacity(j) * level[j] * level[j] / 2.0);
            paid.filter(|(_, l)| !l.is_nan()).map(|(p, l)| p * l).sum::<f64>() - charged.sum::<f64>()
        };
        let level: Vec<f64> =
            (0..capacities).map(|j| if place.supply[j] > 0.0 { crowding(j) } else { 0.0 }).collect();
        let best = dual(&level);
        for j in 0..capacities {
            for by in [-0.1, -0.001, 0.001, 0.1] {
                let mut other = level.clone();
                other[j] += by;
                prop_assert!(dual(&other) <= best + 1e-9 * demand);
            }
        }
    }

    #[test]
    fn planar_pairs_are_all_pairs_within_the_cutoff(
        from in prop::collection::vec((0..60_u8, 0..60_u8), 0..40),
        to in prop::collection::vec((0..60_u8, 0..60_u8), 0..1500),
        cutoff in 0.0..20.0,
    ) {
        let at = |v: &[(u8, u8)]| -> Vec<Coord<f64>> {
            v.iter().map(|p| Coord { x: f64::from(p.0), y: f64::from(p.1) }).collect()
        };
        let (from, to) = (at(&from), at(&to));
        let cost = |i: usize, j: usize| (from[i].x - to[j].x).hypot(from[i].y - to[j].y);
        let table = CostTable::planar(&from, &to, cutoff).unwrap();
        prop_assert_eq!((table.origins(), table.facilities()), (from.len(), to.len()));
        for i in 0..from.len() {
            let want: Vec<u32> = (0..to.len() as u32).filter(|&j| cost(i, j as usize) <= cutoff).collect();
            prop_assert_eq!(table.as_csr().indices(i), &want[..]);
            prop_assert!(table.as_csr().row(i).all(|(j, c)| near(c, cost(i, j as usize))));
        }
        let all = CostTable::planar(&from, &to, 100.0).unwrap();
        prop_assert_eq!(nearest_k(&all, 3).unwrap(), nearest_k_planar(&from, &to, 3).unwrap());
    }

    #[test]
    fn road_costs_are_shortest_paths(
        roads in prop::collection::vec((0..12_u32, 0..12_u32, 1..9_u8), 0..40),
        from in prop::collection::vec(0..12_u32, 0..20),
        to in prop::collection::vec(0..12_u32, 0..20),
        cutoff in 0.0..25.0,
        directed in any::<bool>(),
    ) {
        let roads: Vec<_> = roads.iter().map(|r| (r.0, r.1, f64::from(r.2))).collect();
        let direction = if directed { Direction::Directed } else { Direction::Undirected };
        let mut length = [[f64::INFINITY; 12]; 12];
        for &(a, b, l) in &roads {
            let (a, b) = (a as usize, b as usize);
            length[a][b] = length[a][b].min(l);
            if !directed {
                length[b][a] = length[b][a].min(l);
            }
        }
        for k in 0..12 {
            length[k][k] = 0.0;
            for i in 0..12 {
                for j in 0..12 {
                    length[i][j] = length[i][j].min(length[i][k] + length[k][j]);
                }
            }
        }
        let net = road_network(12, &roads, direction).unwrap();
        let table = CostTable::over_roads(&net, &from, &to, cutoff, &Silent).unwrap();
        for (i, &a) in from.iter().enumerate() {
            for (j, &b) in to.iter().enumerate() {
                let want = length[a as usize][b as usize];
                prop_assert_eq!(table.get(i, j as u32), (want <= cutoff).then_some(want));
            }
        }
    }
}

#[test]
fn supply_without_demand_is_named_and_not_handed_out() {
    // Facility 0 is shared, 1 has a catchment where nobody lives, 2 is in nobody's reach.
    let table = CostTable::from_triplets(2, 3, &[(0, 0, 1.0), (1, 1, 1.0), (1, 0, 9.0)]).unwrap();
    let within = Catchment::within(5.0);
    for access in [
        two_step(&table, &[10.0, 0.0], &[5.0, 7.0, 3.0], &within).unwrap(),
        three_step(&table, &[10.0, 0.0], &[5.0, 7.0, 3.0], &within, Choice::default()).unwrap(),
        balanced(&table, &[10.0, 0.0], &[5.0, 7.0, 3.0], &within).unwrap(),
    ] {
        assert_eq!((access.scores, access.offers), (vec![0.5, 0.0], vec![0.5, 0.0, 0.0]));
        assert_eq!((access.unused, access.uncovered), (vec![1, 2], vec![]));
    }
}

#[test]
fn a_power_has_a_floor_at_cost_zero() {
    let table = CostTable::from_triplets(1, 1, &[(0, 0, 0.0)]).unwrap();
    let at = |min_cost| {
        let decay = Decay::Power { exponent: 2.0, min_cost };
        potential(&table, &[1.0], &Catchment::all().decay(decay))
    };
    assert_eq!(at(0.5).unwrap().scores, [4.0]);
    for floor in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300] {
        assert!(matches!(at(floor), Err(Error::Parameter { name: "decay", .. })), "{floor}");
    }
}

#[test]
fn bad_input_is_refused() {
    let table = CostTable::from_triplets(2, 1, &[(0, 0, 1.0)]).unwrap();
    let within = Catchment::within(5.0);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(CostTable::from_triplets(1, 1, &[(0, 0, bad)]), Err(Error::Value { .. })));
        let two = two_step(&table, &[1.0, bad], &[1.0], &within);
        assert!(matches!(two, Err(Error::Value { what: "demand", index: 1, .. })));
        let sum = cumulative_opportunities(&table, &[bad], 1.0);
        assert!(matches!(sum, Err(Error::Value { what: "supply", .. })));
        for decay in [
            Decay::Gaussian { sigma: bad },
            Decay::Exponential { rate: bad },
            Decay::Steps(vec![(1.0, bad)]),
            Decay::Power { exponent: bad, min_cost: 1.0 },
        ] {
            assert!(potential(&table, &[1.0], &within.clone().decay(decay)).is_err());
        }
    }
    let twice = CostTable::from_triplets(1, 2, &[(0, 1, 1.0), (0, 0, 1.0), (0, 1, 2.0)]);
    assert!(matches!(twice, Err(Error::Value { index: 2, .. })));
    assert!(CostTable::from_csr(Csr::from_triplets(1, 1, &[(0, 0, -1.0)]).unwrap()).is_err());
    let full = |v| CostTable::from_matrix(&Matrix::from_rows(1, 2, vec![0.0, v]).unwrap());
    assert_eq!(full(f64::INFINITY).unwrap().pairs(), 1);
    assert!(full(f64::NAN).is_err() && full(-1.0).is_err());
    assert!(potential(&table, &[1.0], &Catchment::within(f64::NAN)).is_err());
    assert!(potential(&table, &[1.0], &Catchment::within(-1.0)).is_err());
    let steps = Decay::Steps(vec![(2.0, 1.0), (1.0, 0.5)]);
    assert!(potential(&table, &[1.0], &within.clone().decay(steps)).is_err());
    assert!(matches!(two_step(&table, &[1.0], &[1.0], &within), Err(Error::Shape { .. })));
    assert!(matches!(balanced(&table, &[1.0, 1.0], &[], &within), Err(Error::Shape { .. })));
    assert!(table.clone().scaled(f64::NAN).is_err() && table.clone().scaled(-1.0).is_err());
    assert!(nearest_k(&table, 0).is_err());
    let far = Coord { x: f64::NAN, y: 0.0 };
    let here = Coord { x: 0.0, y: 0.0 };
    assert!(CostTable::planar(&[far], &[here], 1.0).is_err());
    assert!(CostTable::planar(&[here], &[far], 1.0).is_err());
    assert!(CostTable::planar(&[here], &[here], f64::NAN).is_err());
    assert!(nearest_k_planar(&[far], &[here], 1).is_err());
    assert!(road_network(2, &[(0, 1, 0.0)], Direction::Directed).is_err());
    let (net, _) = Network::from_edges(2, &[(0, 1, 1.0)], Direction::Directed).unwrap();
    assert!(CostTable::over_roads(&net, &[2], &[0], 1.0, &Silent).is_err());
    assert!(CostTable::over_roads(&net, &[0], &[0], f64::NAN, &Silent).is_err());
    let none = rational_agents(&table, &[1.0, 1.0], &[0.0], &AgentOptions::default(), &Silent);
    assert_eq!(none.unwrap_err().as_undefined(), Some(Undefined::ZeroTotal));
    for options in [AgentOptions::default().tau(0.0), AgentOptions::default().rho(f64::NAN)] {
        assert!(rational_agents(&table, &[1.0, 1.0], &[1.0], &options, &Silent).is_err());
    }
}

#[test]
fn nothing_is_no_error() {
    let none = CostTable::from_triplets(0, 0, &[]).unwrap();
    assert!(two_step(&none, &[], &[], &Catchment::all()).unwrap().scores.is_empty());
    let no_facility = CostTable::planar(&[Coord { x: 0.0, y: 0.0 }], &[], 5.0).unwrap();
    let access = balanced(&no_facility, &[3.0], &[], &Catchment::all()).unwrap();
    assert_eq!((access.scores, access.uncovered), (vec![0.0], vec![0]));
    assert_eq!(nearest_k(&no_facility, 2).unwrap().uncovered, [0]);
    let short = CostTable::from_triplets(1, 2, &[(0, 1, 4.0)]).unwrap();
    assert_eq!(nearest_k(&short, 2).unwrap().facilities.row(0), [1, Nearest::NONE]);
}

/// Whole degrees, so that places coincide, poles and the antimeridian among them.
fn globe() -> impl Strategy<Value = Vec<LonLat>> {
    let place = prop_oneof![
        (-180..=180_i16, -90..=90_i16),
        (0..4_i16, 44..48_i16),
        (prop_oneof![Just(-180_i16), Just(180), Just(179)], -2..2_i16)
    ];
    let place = place.prop_map(|(lon, lat)| LonLat::new(f64::from(lon), f64::from(lat)).unwrap());
    prop::collection::vec(place, 0..30)
}

proptest! {
    #[test]
    fn geodesic_tables_are_those_of_all_pairs(from in globe(), to in globe(), cutoff_m in 0.0..2e7) {
        let table = CostTable::geodesic(&from, &to, cutoff_m).unwrap();
        let mut pairs = 0;
        for (i, &a) in from.iter().enumerate() {
            for (j, &b) in to.iter().enumerate() {
                let want = Some(geodesic_m(a.into(), b.into()).unwrap()).filter(|d| *d <= cutoff_m);
                prop_assert_eq!(table.get(i, j as u32), want);
                pairs += usize::from(want.is_some());
            }
        }
        prop_assert_eq!(table.pairs(), pairs);
        let whole = CostTable::geodesic(&from, &to, 3e7).unwrap();
        prop_assert_eq!(nearest_k_geodesic(&from, &to, 3).unwrap(), nearest_k(&whole, 3).unwrap());
    }

    #[test]
    fn selected_tables_have_the_costs_of_their_places(
        place in places(),
        rows in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        columns in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let table = place.table();
        let rows: Vec<u32> = rows.iter().map(|r| r.index(table.origins()) as u32).collect();
        let columns: Vec<u32> = columns.iter().map(|c| c.index(table.facilities()) as u32).collect();
        let selected = table.select(&rows, &columns).unwrap();
        for (i, &row) in rows.iter().enumerate() {
            for (j, &column) in columns.iter().enumerate() {
                prop_assert_eq!(selected.get(i, j as u32), table.get(row as usize, column));
            }
        }
        prop_assert!(table.select(&[table.origins() as u32], &[]).is_err());
        prop_assert!(table.select(&[], &[table.facilities() as u32]).is_err());
        let everything: Vec<u32> = (0..table.facilities() as u32).collect();
        let n = table.facilities().min(table.origins());
        let square = table.select(&everything[..n], &everything[..n]).unwrap();
        let own = square.with_own_costs(2.5).unwrap();
        let near = square.within(20.0);
        for i in 0..n {
            for j in 0..n as u32 {
                prop_assert_eq!(near.get(i, j), square.get(i, j).filter(|c| *c <= 20.0));
                let given = if i == j as usize { Some(2.5) } else { None };
                prop_assert_eq!(own.get(i, j), square.get(i, j).or(given));
            }
        }
    }
}

#[cfg(feature = "parallel")]
#[test]
fn threads_change_nothing() {
    let grid = |n: u32, step: f64| -> Vec<Coord<f64>> {
        (0..n * n).map(|k| Coord { x: f64::from(k % n) * step, y: f64::from(k / n) * step * 1.1 }).collect()
    };
    let (from, to) = (grid(60, 1.0), grid(12, 4.7));
    let demand: Vec<f64> = (0..from.len()).map(|i| 1.0 + (i % 7) as f64 / 3.0).collect();
    let supply: Vec<f64> = (0..to.len()).map(|j| 1.0 + (j % 5) as f64).collect();
    let decay = Catchment::within(15.0).decay(Decay::Gaussian { sigma: 6.0 });
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let table = CostTable::planar(&from, &to, 15.0).unwrap();
            let two = two_step(&table, &demand, &supply, &decay).unwrap();
            let fair = balanced(&table, &demand, &supply, &decay).unwrap();
            [two.scores, fair.scores].concat().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
        })
    };
    assert_eq!(run(1), run(2));
    assert_eq!(run(1), run(8));
}
