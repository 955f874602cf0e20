//! Inputs on which kernels have to keep their head: rounding, boundaries, extreme numbers. Expected values
//! are by hand, by enumeration or from the peers named.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use geo_types::{Coord, MultiPolygon, polygon};
use rurban::Undefined;
use rurban::accessibility::{
    AgentOptions, Catchment, Choice, CostTable, Decay, balanced, rational_agents, three_step, two_step,
};
use rurban::autocorrelation::{
    Islands, LocalInference, LocalOptions, Test, geary, general_g, gi, join_counts, lee_l, local_moran,
    moran, moran_bivariate,
};
use rurban::complementarity::complexity::{Parts, economic_complexity};
use rurban::complementarity::composite::{Shuffle, gravity_sets, tied_complementarity_evidence};
use rurban::complementarity::dissimilarity::{Dissimilarity, all_dissimilarities};
use rurban::complementarity::specialisation::{
    Reference, herfindahl, hoover, krugman, shannon, spatial_gini,
};
use rurban::complementarity::{ActivityTable, Interregional, Presence, location_quotient, proximity};
use rurban::evidence::Evidence;
use rurban::inequality::Distribution;
use rurban::labels::Labels;
use rurban::linkage::{
    MixingMatrix, NullModel, Weighting, mixing_evidence, nominal_assortativity, numeric_assortativity,
};
use rurban::matrix::{Csr, Matrix};
use rurban::network::{
    CommunityOptions, Direction, Network, PathLength, TieWeights, betweenness, closeness, coreness,
    disparity_filter, dominant_share, leiden, louvain, modularity, participation_coefficient,
    structural_holes, within_module_z,
};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::space::Layer;
use rurban::space::dissolve::dissolve;
use rurban::typology::{
    CellClass, GridRules, PopulationGrid, UnitClass, UnitRules, degurba_grid, degurba_units,
};

const KEEP: Islands = Islands::Keep;
const PERMUTATION: Test = Test::Permutation { permutations: 999, seed: Seed(1) };

fn graph(n: usize, ties: &[(u32, u32, f64)]) -> Network {
    Network::from_edges(n, ties, Direction::Undirected).unwrap().0
}

fn ring(n: u32, w: f64) -> Vec<(u32, u32, f64)> {
    (0..n).map(|i| (i, (i + 1) % n, w)).collect()
}

fn both_ways(ties: &[(u32, u32, f64)]) -> Vec<(u32, u32, f64)> {
    ties.iter().flat_map(|&(i, j, w)| [(i, j, w), (j, i, w)]).collect()
}

fn complete(n: u32, w: f64) -> Csr {
    let all: Vec<_> = (0..n).flat_map(|i| (0..n).filter(move |&j| j != i).map(move |j| (i, j, w))).collect();
    Csr::from_triplets(n as usize, n as usize, &all).unwrap()
}

fn permuted(seed: u64, strata: Option<&Labels>) -> NullModel<'_> {
    NullModel::LabelPermutationMonteCarlo { permutations: 999, seed: Seed(seed), strata }
}

fn still(e: &Evidence) -> bool {
    (e.sd, e.z, e.p) == (None, None, Some(1.0))
}

#[test]
fn what_cannot_move_has_no_p_below_one() {
    let ties = [
        (0, 1, 0.6),
        (0, 2, 0.6),
        (0, 3, 0.5),
        (0, 4, 0.9),
        (1, 2, 0.5),
        (1, 3, 0.2),
        (2, 4, 0.4),
        (3, 4, 0.9),
    ];
    let labels = Labels::new(vec![0, 1, 0, 1, 0], 2).unwrap();
    let e =
        mixing_evidence(&graph(5, &ties), &labels, Weighting::Weights, permuted(1, Some(&labels)), &Silent)
            .unwrap();
    assert!(still(&e.cross) && still(&e.ei) && e.cells.as_slice().iter().all(still), "{e:?}");
    let mut random = Seed(2).stream(0);
    for _ in 0..50 {
        let ties: Vec<_> = (0..400)
            .map(|_| (random.below(100), random.below(100), f64::from(1 + random.below(9)) / 10.0))
            .collect();
        let labels = Labels::new((0..100).map(|_| random.below(3)).collect(), 3).unwrap();
        let e = mixing_evidence(
            &graph(100, &ties),
            &labels,
            Weighting::Weights,
            permuted(3, Some(&labels)),
            &Silent,
        )
        .unwrap();
        assert!(still(&e.cross) && still(&e.ei) && e.cells.as_slice().iter().all(still));
    }
    // One node of a class: two ties of a ring cross wherever it is.
    let one = Labels::new((0..50).map(|i| u32::from(i == 7)).collect(), 2).unwrap();
    let g = graph(50, &ring(50, 0.7));
    let e = mixing_evidence(&g, &one, Weighting::Weights, permuted(4, None), &Silent).unwrap();
    assert!(still(&e.cross) && still(&e.ei), "{e:?}");
    let e = mixing_evidence(&g, &one, Weighting::Weights, NullModel::LabelPermutation, &Silent).unwrap();
    assert_eq!((e.cross.z, e.ei.z), (None, None));
}

#[test]
fn tenths_are_as_good_as_whole_numbers() {
    let mut random = Seed(5).stream(0);
    for n in [400_u32, 2000] {
        let whole: Vec<_> = (0..if n == 400 { 3000 } else { 20_000 })
            .map(|_| (random.below(n), random.below(n), f64::from(1 + random.below(3))))
            .collect();
        let whole: Vec<_> = graph(n as usize, &whole).edge_list().collect();
        let labels = Labels::new((0..n).map(|i| u32::from(i == 11)).collect(), 2).unwrap();
        let p = |unit: f64| {
            let ties: Vec<_> = whole.iter().map(|&(a, b, w)| (a, b, w * unit)).collect();
            let g = graph(n as usize, &ties);
            let e = mixing_evidence(&g, &labels, Weighting::Weights, permuted(6, None), &Silent).unwrap();
            (e.cross.p, e.ei.p, e.cells.row(1).iter().map(|c| c.p).collect::<Vec<_>>())
        };
        for unit in [0.1, 1e-12, 1e80] {
            assert_eq!(p(unit), p(1.0), "{unit}");
        }
    }
}

#[test]
fn complete_graphs_leave_chance_no_room() {
    let values = [1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 3.0, 6.5];
    let k8 = complete(8, 1.0 / 7.0);
    for test in [Test::Normality, Test::Randomisation] {
        assert_eq!(moran(&values, &k8, test, KEEP).unwrap().z, None, "{test:?}");
        assert_eq!(geary(&values, &k8, test, KEEP).unwrap().z, None, "{test:?}");
    }
    assert!(still(&moran(&values, &k8, PERMUTATION, KEEP).unwrap()));
    assert!(still(&geary(&values, &k8, PERMUTATION, KEEP).unwrap()));
    assert!(still(&general_g(&values, &k8, PERMUTATION, KEEP).unwrap()));
    assert_eq!(general_g(&values, &k8, Test::Randomisation, KEEP).unwrap().z, None);
    let mut random = Seed(7).stream(0);
    for n in [27, 30] {
        let x: Vec<f64> = (0..n).map(|_| random.unit() * 1e6).collect();
        let w = complete(n, 1.0 / f64::from(n - 1));
        assert!(still(&geary(&x, &w, PERMUTATION, KEEP).unwrap()));
        for test in [Test::Normality, Test::Randomisation] {
            assert_eq!(geary(&x, &w, test, KEEP).unwrap().z, None);
        }
        let of = |inference| local_moran(&x, &w, &LocalOptions::default().inference(inference)).unwrap();
        for l in [
            of(LocalInference::ClosedForm),
            of(LocalInference::ConditionalPermutation { permutations: 99, seed: Seed(1) }),
        ] {
            assert!(l.sd.iter().all(|sd| *sd == 0.0) && l.z.iter().chain(&l.p).all(|z| z.is_nan()), "{l:?}");
        }
    }
    // All others are neighbours of the hub of a star.
    let star = Csr::from_triplets(4, 4, &both_ways(&[(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)])).unwrap();
    let l = gi(&[3.9, 3.5, 3.1, 3.8], &star, &LocalOptions::default()).unwrap();
    assert!(l.sd[0] == 0.0 && l.z[0].is_nan() && l.p[0].is_nan(), "{l:?}");
}

#[test]
fn equal_scores_are_no_evidence() {
    let path = Csr::from_triplets(
        6,
        6,
        &both_ways(&[(0, 1, 0.3), (1, 2, 0.7), (2, 3, 0.1), (3, 4, 1.1), (4, 5, 0.9)]),
    )
    .unwrap();
    let labels = Labels::new(vec![0, 1, 0, 1, 0, 1], 2).unwrap();
    for shuffle in [Shuffle::Labels, Shuffle::Portfolios] {
        let e = tied_complementarity_evidence(&path, &labels, |_, _| 0.1, shuffle, 999, Seed(8), &Silent)
            .unwrap();
        assert!(still(&e), "{e:?}");
    }
}

#[test]
fn autocorrelation_has_no_unit() {
    let mut ties = ring(5, 1.0);
    ties.push((0, 2, 1.0));
    let w = Csr::from_triplets(5, 5, &both_ways(&ties)).unwrap();
    let x = [1.0, 2.0, 4.0, 3.0, 7.0];
    let want = moran(&x, &w, Test::Randomisation, KEEP).unwrap();
    assert!((want.observed + 0.363_207_547_169_811_3).abs() < 1e-12);
    for unit in [0.1, 1e80, 1e-100, 1e160, 1e-300, 1e300] {
        let y: Vec<f64> = x.iter().map(|v| v * unit).collect();
        let heavy: Vec<_> = both_ways(&ties).iter().map(|&(i, j, v)| (i, j, v * unit)).collect();
        let heavy = Csr::from_triplets(5, 5, &heavy).unwrap();
        let close = |a: &Evidence, b: &Evidence| {
            let z = |e: &Evidence| e.z.unwrap_or(0.0);
            assert!(
                (a.observed - b.observed).abs() < 1e-9 && (z(a) - z(b)).abs() < 1e-6,
                "{unit} {a:?} {b:?}"
            );
            assert!((a.p.unwrap() - b.p.unwrap()).abs() < 1e-6, "{unit} {a:?} {b:?}");
        };
        for test in [Test::Randomisation, PERMUTATION] {
            for (y, w) in [(&y[..], &w), (&x[..], &heavy)] {
                close(&moran(y, w, test, KEEP).unwrap(), &moran(&x, &self::w(&ties), test, KEEP).unwrap());
                close(&geary(y, w, test, KEEP).unwrap(), &geary(&x, &self::w(&ties), test, KEEP).unwrap());
            }
            close(&general_g(&y, &w, test, KEEP).unwrap(), &general_g(&x, &w, test, KEEP).unwrap());
        }
        for (y, w) in [(&y[..], &w), (&x[..], &heavy)] {
            close(
                &moran_bivariate(y, &x, w, PERMUTATION, KEEP).unwrap(),
                &moran_bivariate(&x, &x, &self::w(&ties), PERMUTATION, KEEP).unwrap(),
            );
            close(
                &lee_l(y, &x, w, PERMUTATION, KEEP).unwrap(),
                &lee_l(&x, &x, &self::w(&ties), PERMUTATION, KEEP).unwrap(),
            );
        }
        let options = LocalOptions::default();
        let (a, b) = (local_moran(&y, &w, &options).unwrap(), local_moran(&x, &w, &options).unwrap());
        assert_eq!(a.p, b.p);
        assert!(a.observed.iter().zip(&b.observed).all(|(a, b)| (a - b).abs() < 1e-9));
        assert_eq!(gi(&y, &w, &options).unwrap().p, gi(&x, &w, &options).unwrap().p);
    }
}

fn w(ties: &[(u32, u32, f64)]) -> Csr {
    Csr::from_triplets(5, 5, &both_ways(ties)).unwrap()
}

#[test]
fn general_g_takes_no_large_sums_from_each_other() {
    let w = Csr::from_triplets(6, 6, &both_ways(&ring(6, 1.0))).unwrap();
    for large in [1e12, 1e16, 1e17] {
        let e = general_g(&[large, 1.0, 2.0, 1.0, 3.0, 1.0], &w, Test::Randomisation, KEEP).unwrap();
        assert!((e.observed - 0.25).abs() < 1e-9, "{e:?}");
        assert!(e.z.is_none_or(f64::is_finite), "{e:?}");
    }
}

#[test]
fn weights_that_cancel_are_no_ties() {
    let w = Csr::from_triplets(4, 4, &[(0, 1, 0.1), (1, 2, 0.2), (2, 3, -0.3)]).unwrap();
    let x = [1.0, 2.0, 4.0, 3.0];
    let none = Some(Undefined::NoTies);
    assert_eq!(moran(&x, &w, Test::Randomisation, KEEP).unwrap_err().as_undefined(), none);
    assert_eq!(geary(&x, &w, Test::Randomisation, KEEP).unwrap_err().as_undefined(), none);
    assert_eq!(moran_bivariate(&x, &x, &w, PERMUTATION, KEEP).unwrap_err().as_undefined(), none);
}

#[test]
fn all_unlike_joins_have_their_evidence() {
    let mut random = Seed(9).stream(0);
    let ties: Vec<_> = (0..90).map(|_| (random.below(30), random.below(30), 1.0)).collect();
    let g = graph(30, &ties);
    let of: Vec<u32> = (0..30).map(|i| if i % 7 == 6 { Labels::NONE } else { i % 3 }).collect();
    let labels = Labels::new(of, 3).unwrap();
    let exact = join_counts(&labels, g.as_csr(), Test::Randomisation, KEEP).unwrap().unlike;
    let test = Test::Permutation { permutations: 20_000, seed: Seed(3) };
    let drawn = join_counts(&labels, g.as_csr(), test, KEEP).unwrap();
    let sd = exact.sd.unwrap();
    assert_eq!(exact.observed, drawn.unlike.observed);
    assert!((exact.expected - drawn.unlike.expected).abs() < 0.04 * sd);
    assert!((drawn.unlike.sd.unwrap() / sd - 1.0).abs() < 0.03);
    assert_eq!(drawn.unlike.observed, drawn.different.iter().map(|d| d.joins.observed).sum::<f64>());
}

#[test]
fn distances_of_the_library_are_within_themselves() {
    let places = [Coord { x: 0.0, y: 0.0 }, Coord { x: 2.0, y: 3.0 }];
    let r = rurban::space::distance::planar_m(places[0], places[1]);
    assert_eq!(r, 3.605_551_275_463_989);
    assert_eq!(CostTable::planar(&places, &places, r).unwrap().pairs(), 4);
    assert_eq!(CostTable::planar(&places, &places, r).unwrap().within(r).pairs(), 4);
    let portfolios = Matrix::from_rows(2, 3, vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0]).unwrap();
    let phi = Matrix::from_rows(3, 3, vec![0.0, 0.5, 0.0, 0.5, 0.0, 1.0, 0.0, 1.0, 0.0]).unwrap();
    let linkages = Interregional::new(&Presence::at_least(&portfolios, 1.0).unwrap(), &phi).unwrap();
    let partners = linkages.partners(&places, r, 1, |_, _| true, &Silent).unwrap();
    assert_eq!(partners[0][0].distance_m, r);
}

#[test]
fn communities_have_no_unit() {
    let ties = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0)];
    for unit in [1.0, 0.1, 1e-12, 1e-20, 1e80, 1e-300, 1e300] {
        let scaled: Vec<_> = ties.iter().map(|&(a, b, w)| (a, b, w * unit)).collect();
        let g = graph(6, &scaled);
        for found in [leiden(&g, &CommunityOptions::default()), louvain(&g, &CommunityOptions::default())] {
            let found = found.unwrap();
            assert_eq!(found.of.as_slice(), [0, 0, 0, 1, 1, 1], "{unit}");
            assert!((found.modularity - 5.0 / 14.0).abs() < 1e-12);
        }
        let labels = Labels::new(vec![0, 0, 0, 1, 1, 1], 2).unwrap();
        let a = nominal_assortativity(&g, &labels, Weighting::Weights).unwrap();
        assert!((a.r - 5.0 / 7.0).abs() < 1e-12 && a.standard_error.is_finite(), "{unit} {a:?}");
        let x: Vec<f64> = [1.0, 2.0, 1.5, 7.0, 8.0, 6.0].iter().map(|v| v * unit).collect();
        let r = numeric_assortativity(&g, &x, Weighting::Weights).unwrap().r;
        assert!(
            (r - numeric_assortativity(&graph(6, &ties), &[1.0, 2.0, 1.5, 7.0, 8.0, 6.0], Weighting::Edges)
                .unwrap()
                .r)
                .abs()
                < 1e-12
        );
    }
    let labels = Labels::new(vec![0; 6], 1).unwrap();
    let nan = modularity(&graph(6, &ties), &labels, f64::NAN, TieWeights::Used);
    assert!(matches!(nan, Err(rurban::Error::Parameter { .. })));
}

#[test]
fn bad_and_overflowing_numbers_are_refused() {
    let labels = Labels::new(vec![0, 0], 1).unwrap();
    for bad in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(dominant_share(&labels, &labels, Some(&[1.0, bad])).is_err());
    }
    assert!(dominant_share(&labels, &labels, Some(&[1e308, 1e308])).is_err());
    let twice = [(0, 1, 1e308), (0, 1, 1e308)];
    assert!(Network::from_edges(2, &twice, Direction::Undirected).is_err());
    assert!(ActivityTable::from_cells(1, 2, &[(0, 0, Some(1e308)), (0, 1, Some(1e308))]).is_err());
    let costs = CostTable::from_triplets(1, 1, &[(0, 0, 1.0)]).unwrap();
    assert!(costs.with_end_costs(&[1e308], &[1e308]).is_err());
    let sound: MultiPolygon<f64> =
        polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.), (x: 0., y: 1.)].into();
    for bad in [f64::NAN, f64::INFINITY, 1e155, 1e301] {
        let odd: MultiPolygon<f64> = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: bad, y: 1.)].into();
        let layer = Layer::from_features([&odd, &sound]);
        assert!(matches!(dissolve(&layer, &labels), Err(rurban::Error::Value { .. })), "{bad}");
    }
    let one_way = Csr::from_triplets(2, 2, &[(0, 1, 1.0)]).unwrap();
    assert!(gravity_sets(&one_way, |_, _| 1.0, 5.0, 1, Seed(1)).is_err());
}

#[test]
fn far_demand_is_demand() {
    let gaussian = Catchment::all().decay(Decay::Gaussian { sigma: 20.0 });
    let costs = CostTable::from_triplets(2, 1, &[(0, 0, 760.0), (1, 0, 820.0)]).unwrap();
    let (demand, supply) = ([100.0, 1000.0], [5.0]);
    for access in [
        two_step(&costs, &demand, &supply, &gaussian),
        three_step(&costs, &demand, &supply, &gaussian, Choice::WithinCutoff),
        balanced(&costs, &demand, &supply, &gaussian),
    ] {
        let access = access.unwrap();
        assert!((access.scores[0] - 0.05).abs() < 1e-12 && access.scores[1] == 0.0, "{access:?}");
        assert!(access.offers[0].is_finite());
    }
    let exponential = Catchment::all().decay(Decay::Exponential { rate: 1.0 });
    let costs = CostTable::from_triplets(2, 1, &[(0, 0, 730.0), (1, 0, 820.0)]).unwrap();
    let access = two_step(&costs, &demand, &supply, &exponential).unwrap();
    assert!((access.scores[0] - 0.05).abs() < 1e-12 && access.scores[1] == 0.0, "{access:?}");
    let costs = CostTable::from_triplets(2, 1, &[(0, 0, 700.0), (1, 0, 740.0)]).unwrap();
    let access = balanced(&costs, &demand, &supply, &gaussian).unwrap();
    assert!((access.scores[0] - 5.0 / 1100.0).abs() < 1e-9, "{access:?}");
}

#[test]
fn very_small_supply_is_supply() {
    let costs = CostTable::from_triplets(2, 1, &[(0, 0, 0.0), (1, 0, 0.0)]).unwrap();
    let access = rational_agents(&costs, &[5.0, 1.0], &[1e-310], &AgentOptions::default(), &Silent).unwrap();
    assert_eq!((access.loads, access.costs), (vec![6.0], vec![1.0, 1.0]));
}

#[test]
fn halves_of_units_fall_on_the_side_of_the_rule() {
    let of = |cells: [f64; 7], rules| {
        let total: f64 = cells.iter().sum();
        let shares = Matrix::from_rows(1, 7, cells.iter().map(|c| c / total).collect()).unwrap();
        degurba_units(&shares, rules).unwrap()[0].unwrap()
    };
    assert_eq!(of([0., 0., 6., 1., 1., 4., 0.], &UnitRules::July2024), UnitClass::Suburb);
    // Whole cells decide all units of up to 16 cells.
    for total in 1..=16_i32 {
        for suburban in 0..=total {
            for cluster in 0..=total - suburban {
                for low in 0..=total - suburban - cluster {
                    let semi = total - suburban - cluster - low;
                    let cells = [
                        0.,
                        0.,
                        f64::from(semi),
                        f64::from(suburban),
                        f64::from(cluster),
                        f64::from(low),
                        0.,
                    ];
                    let rural = cluster + low;
                    let want = if 2 * rural > total {
                        if 2 * (total - low) >= total {
                            UnitClass::Village
                        } else {
                            UnitClass::DispersedRural
                        }
                    } else if 2 * (suburban + rural) >= total {
                        UnitClass::Suburb
                    } else {
                        UnitClass::SemiDenseTown
                    };
                    assert_eq!(of(cells, &UnitRules::July2024), want, "{cells:?}");
                }
            }
        }
    }
}

#[test]
fn densities_at_the_threshold_reach_it() {
    for percent in 1..=100_u32 {
        let share = f64::from(percent) / 100.0;
        let people = f64::from(15 * percent);
        let cells = 50_000_usize.div_ceil(15 * percent as usize);
        let grid = PopulationGrid::new(1, cells, 1.0, vec![people; cells]).unwrap();
        let grid = grid.with_land(vec![share; cells]).unwrap();
        let classes = degurba_grid(&grid, &GridRules::default()).unwrap().classes;
        assert!(classes.iter().all(|c| *c == Some(CellClass::UrbanCentre)), "{percent} %");
    }
}

#[test]
fn fractions_reach_a_location_quotient_of_one() {
    let table = Matrix::from_rows(3, 2, vec![0.1, 0.2, 0.3, 0.6, 0.7, 1.4]).unwrap();
    let table = ActivityTable::from_matrix(&table).unwrap();
    assert_eq!(Presence::of(&table).count(), 6);
    assert_eq!(Presence::at_least(&location_quotient(&table), 1.0).unwrap().count(), 6);
}

#[test]
fn complexity_of_a_ring_is_not_unique() {
    // Three regions, each with two of three activities.
    let rows = Matrix::from_rows(3, 3, vec![1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0]).unwrap();
    let presence = Presence::at_least(&rows, 1.0).unwrap();
    let reason = economic_complexity(&presence, Parts::Refuse).unwrap_err().as_undefined();
    assert_eq!(reason, Some(Undefined::Tied));
}

#[test]
fn mixing_of_tens_of_thousands_of_classes_is_sparse() {
    let n = 40_000;
    let g = graph(n as usize, &ring(n, 2.0));
    let own = Labels::new((0..n).collect(), n as usize).unwrap();
    let m = MixingMatrix::new(&g, &own, Weighting::Weights).unwrap();
    assert_eq!((m.total(), m.cross(), m.row(0).count()), (80_000.0, 80_000.0, 2));
    let b = rurban::linkage::territory_bridging(&m);
    assert_eq!((b[5].outer, b[5].herfindahl, b[5].bridging), (4.0, 0.5, 2.0));
    assert!(nominal_assortativity(&g, &own, Weighting::Edges).unwrap().r < 0.0);
}

/// Numbers that must not depend on the unit: equal up to rounding, and undefined together.
fn same(what: &str, unit: f64, got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        let equal = a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-8 * (1e-6 + b.abs());
        assert!(equal, "{what}[{i}] in the unit {unit}: {a} instead of {b}");
    }
}

/// The same amounts in tenths and in units that are very small or very large: what is a matter of rounding
/// in one is none in another, so that no value, p, community, rank or convergence changes.
#[test]
fn no_measure_of_a_network_has_a_unit() {
    for seed in 0..10 {
        let mut random = Seed(100 + seed).stream(0);
        let n = 24;
        let drawn: Vec<_> =
            (0..70).map(|_| (random.below(n), random.below(n), f64::from(1 + random.below(9)))).collect();
        let plain = graph(n as usize, &drawn);
        let ties: Vec<_> = plain.edge_list().collect();
        let labels = Labels::new((0..n).map(|_| random.below(3)).collect(), 3).unwrap();
        let values: Vec<f64> = (0..n).map(|_| f64::from(random.below(50))).collect();
        let measures = |g: &Network| {
            let used = TieWeights::Used;
            let holes = structural_holes(g, used).unwrap();
            let near = closeness(g, PathLength::InverseWeight);
            let mixing = nominal_assortativity(g, &labels, Weighting::Weights).unwrap();
            vec![
                (
                    "communities",
                    leiden(g, &CommunityOptions::default())
                        .unwrap()
                        .of
                        .as_slice()
                        .iter()
                        .map(|&c| f64::from(c))
                        .collect(),
                ),
                (
                    "louvain",
                    louvain(g, &CommunityOptions::default())
                        .unwrap()
                        .of
                        .as_slice()
                        .iter()
                        .map(|&c| f64::from(c))
                        .collect(),
                ),
                ("modularity", vec![modularity(g, &labels, 1.0, used).unwrap()]),
                ("betweenness", betweenness(g, PathLength::Weight, &Silent)),
                ("betweenness of strengths", betweenness(g, PathLength::InverseWeight, &Silent)),
                ("order of closeness", ranks(&near.closeness)),
                ("constraint", holes.constraint),
                ("effective size", holes.effective_size),
                ("backbone", disparity_filter(g).iter().map(|t| t.p).collect()),
                ("participation", participation_coefficient(g, &labels, used).unwrap()),
                ("within module", within_module_z(g, &labels, used).unwrap()),
                ("assortativity", vec![mixing.r]),
                ("of numbers", vec![numeric_assortativity(g, &values, Weighting::Weights).unwrap().r]),
                ("coreness", coreness(g).map_or(vec![f64::NAN], |c| ranks(&c.of))),
            ]
        };
        let evidence = |g: &Network| {
            let e = mixing_evidence(g, &labels, Weighting::Weights, permuted(seed, None), &Silent).unwrap();
            let cells = (0..3).flat_map(|r| e.cells.row(r).iter().map(|c| c.p).collect::<Vec<_>>());
            [e.cross.p, e.ei.p].into_iter().chain(cells).collect::<Vec<_>>()
        };
        let (want, p) = (measures(&plain), evidence(&plain));
        for unit in [0.1, 1e-12, 1e80] {
            let scaled: Vec<_> = ties.iter().map(|&(a, b, w)| (a, b, w * unit)).collect();
            let g = graph(n as usize, &scaled);
            for ((what, got), (_, want)) in measures(&g).into_iter().zip(&want) {
                same(what, unit, &got, want);
            }
            assert_eq!(evidence(&g), p, "{unit}");
        }
    }
}

/// Ranks from 0, ties within rounding sharing one; NaN has none.
fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |v: f64| values.iter().filter(|w| **w < v - 1e-9 * v.abs()).count() as f64;
    values.iter().map(|&v| if v.is_nan() { f64::NAN } else { below(v) }).collect()
}

#[test]
fn no_measure_of_a_table_has_a_unit() {
    for seed in 0..10 {
        let mut random = Seed(200 + seed).stream(0);
        let (rows, columns) = (9, 6);
        let counts: Vec<f64> = (0..rows * columns).map(|_| f64::from(random.below(9))).collect();
        let people: Vec<f64> = (0..rows).map(|_| f64::from(1 + random.below(900))).collect();
        let groups = Labels::new((0..rows as u32).map(|r| r % 3).collect(), 3).unwrap();
        let measures = |unit: f64| {
            let cells = Matrix::from_rows(rows, columns, counts.iter().map(|c| c * unit).collect()).unwrap();
            let table = ActivityTable::from_matrix(&cells).unwrap();
            let quotients = location_quotient(&table);
            let presence = Presence::at_least(&quotients, 1.0).unwrap();
            let complexity = economic_complexity(&presence, Parts::Refuse);
            let totals: Vec<f64> = people.iter().map(|p| p * unit).collect();
            let spread = Distribution::weighted(&totals, &people).unwrap();
            let theil = spread.theil_t_by(&groups).unwrap();
            let far = |m| all_dissimilarities(&cells, m).unwrap().as_slice().to_vec();
            vec![
                ("quotients", quotients.as_slice().to_vec()),
                ("proximity", proximity(&presence).as_slice().to_vec()),
                ("complexity", complexity.map_or(vec![f64::NAN], |c| ranks(&c.regions))),
                ("krugman", krugman(&table, Reference::Whole)),
                ("herfindahl", herfindahl(&table)),
                ("shannon", shannon(&table)),
                ("hoover", hoover(&table, Some(&totals)).unwrap()),
                ("spatial gini", spatial_gini(&table, Some(&totals)).unwrap()),
                (
                    "gini",
                    vec![spread.gini().unwrap(), spread.theil_t().unwrap(), spread.atkinson(0.5).unwrap()],
                ),
                ("theil", vec![theil.within, theil.between]),
                ("cosine", far(Dissimilarity::Cosine)),
                ("bray", far(Dissimilarity::BrayCurtis)),
                ("jensen", far(Dissimilarity::JensenShannon)),
            ]
        };
        let want = measures(1.0);
        for unit in [0.1, 1e-12, 1e80] {
            for ((what, got), (_, want)) in measures(unit).into_iter().zip(&want) {
                same(what, unit, &got, want);
            }
        }
    }
}

#[test]
fn access_and_gravity_have_no_unit() {
    let mut random = Seed(300).stream(0);
    let (towns, places) = (12_u32, 5_u32);
    let ways: Vec<_> = (0..towns)
        .flat_map(|t| (0..places).map(move |p| (t, p)))
        .map(|(t, p)| (t, p, 1.0 + f64::from(random.below(40))))
        .collect();
    let demand: Vec<f64> = (0..towns).map(|_| f64::from(1 + random.below(5000))).collect();
    let supply: Vec<f64> = (0..places).map(|_| f64::from(1 + random.below(9))).collect();
    let costs = CostTable::from_triplets(towns as usize, places as usize, &ways).unwrap();
    let scores = |unit: f64| {
        let people: Vec<f64> = demand.iter().map(|d| d * unit).collect();
        let seats: Vec<f64> = supply.iter().map(|s| s * unit).collect();
        let reach = Catchment::all().decay(Decay::Gaussian { sigma: 20.0 });
        vec![
            two_step(&costs, &people, &seats, &reach).unwrap().scores,
            three_step(&costs, &people, &seats, &reach, Choice::WithinCutoff).unwrap().scores,
            balanced(&costs, &people, &seats, &reach).unwrap().scores,
        ]
    };
    let want = scores(1.0);
    for unit in [0.1, 1e-12, 1e80] {
        for (got, want) in scores(unit).iter().zip(&want) {
            same("access", unit, got, want);
        }
    }
}

#[test]
fn the_gap_of_an_unrolled_cone_is_nowhere() {
    use rurban::space::crs::{Crs, Epsg, projector};
    let back = projector(Epsg::LAMBERT_93.crs(), Crs::LON_LAT).unwrap();
    for (x, y) in [(1.0e6, 1.3e7), (7.0e5, 1.27e7)] {
        assert!(back.point(Coord { x, y }).is_err(), "{x} {y}");
    }
    // Short of the gap, longitudes stay within half a turn.
    let there = projector(Crs::LON_LAT, Epsg::LAMBERT_93.crs()).unwrap();
    for lon in [-176.5, 179.9, -120.0, 182.0 - 360.0] {
        let c = there.point(Coord { x: lon, y: 70.0 }).unwrap();
        let again = back.point(c).unwrap();
        assert!((again.x - lon).abs() < 1e-9 && (again.y - 70.0).abs() < 1e-9, "{lon} {again:?}");
    }
}
