use super::*;
use crate::network::Direction;
use crate::progress::Silent;

fn read(text: &str, nodes: usize) -> Network {
    let edges: Vec<(u32, u32, f64)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',').map(|c| c.parse::<f64>().unwrap());
            (cells.next().unwrap() as u32, cells.next().unwrap() as u32, cells.next().unwrap())
        })
        .collect();
    Network::from_edges(nodes, &edges, Direction::Undirected).unwrap().0
}

fn karate() -> Network {
    read(include_str!("../../../fixtures/golden/inputs/karate_edges.csv"), 34)
}

fn net1k() -> Network {
    read(include_str!("../../../fixtures/golden/inputs/net1k_edges.csv"), 1_000)
}

fn random(n: u32, m: usize, seed: u64) -> Network {
    let mut s = Seed(seed).stream(0);
    let ties: Vec<_> = (0..m).map(|_| (s.below(n), s.below(n), 1.0)).collect();
    Network::from_edges(n as usize, &ties, Direction::Undirected).unwrap().0
}

#[test]
fn known_cores() {
    let karate = karate();
    let lip = lip_core(&karate).unwrap();
    assert_eq!((lip.errors, lip.core), (23, vec![33, 0, 32, 2, 1, 3]));
    let lip = lip_core(&net1k()).unwrap();
    assert_eq!((lip.errors, lip.core.len()), (3_662, 36));
    // cpnet's Borgatti–Everett: .4315 and .0879.
    let pattern = pattern_core(&karate).unwrap();
    assert!(pattern.correlation >= 0.431_47, "{}", pattern.correlation);
    assert_eq!(pattern.core, [0, 1, 2, 32, 33]);
    let pattern = pattern_core(&net1k()).unwrap();
    assert!(pattern.correlation >= 0.0879, "{}", pattern.correlation);
}

#[test]
fn the_best_of_all_cores_of_a_small_graph() {
    for seed in 0..20 {
        let g = random(9, 14, seed);
        let n = g.nodes();
        let (mut errors, mut correlation) = (u64::MAX, f64::NEG_INFINITY);
        for set in 0_u32..1 << n {
            let inside = |i: usize| set >> i & 1 == 1;
            let (mut wrong, mut sums) = (0_u64, [0.0_f64; 4]);
            for i in 0..n {
                for j in i + 1..n {
                    let tied = g.weight(i, j as u32).is_some();
                    wrong += u64::from(inside(i) && inside(j) && !tied);
                    wrong += u64::from(!inside(i) && !inside(j) && tied);
                    let (a, d) = (f64::from(u8::from(tied)), f64::from(u8::from(inside(i) || inside(j))));
                    sums.iter_mut().zip([a, d, a * d, 1.0]).for_each(|(s, x)| *s += x);
                }
            }
            errors = errors.min(wrong);
            let [a, d, both, pairs] = sums;
            let (p, q) = (a / pairs, d / pairs);
            if q > 0.0 && q < 1.0 {
                correlation =
                    correlation.max((both / pairs - p * q) / (p * (1.0 - p) * q * (1.0 - q)).sqrt());
            }
        }
        assert_eq!(lip_core(&g).unwrap().errors, errors);
        let found = pattern_core(&g).unwrap().correlation;
        assert!(found <= correlation + 1e-12 && found >= correlation - 0.12, "{found} {correlation}");
    }
}

#[test]
fn coreness_is_where_residuals_are_least() {
    let g = karate();
    let residual = |c: &[f64]| -> f64 {
        (0..34)
            .flat_map(|i| (0..34).map(move |j| (i, j)))
            .filter(|(i, j)| i != j)
            .map(|(i, j)| (g.weight(i, j as u32).unwrap_or(0.0) - c[i] * c[j]).powi(2))
            .sum()
    };
    let c = coreness(&g).unwrap();
    let least = residual(&c.of);
    let squares: f64 = g.edge_list().map(|(_, _, w)| 2.0 * w * w).sum();
    assert!((c.explained - (1.0 - least / squares)).abs() < 1e-9);
    for i in 0..34 {
        for step in [-1e-3, 1e-3] {
            let mut moved = c.of.clone();
            moved[i] += step;
            assert!(residual(&moved) > least);
        }
    }
}

#[test]
fn a_planted_core_is_found_against_both_nulls() {
    let mut s = Seed(6).stream(0);
    let mut ties: Vec<(u32, u32, f64)> = (0..8).flat_map(|i| (0..i).map(move |j| (i, j, 1.0))).collect();
    ties.extend((8..80).flat_map(|i| [(i, s.below(8), 1.0), (i, s.below(8), 1.0)]));
    let (g, _) = Network::from_edges(80, &ties, Direction::Undirected).unwrap();
    let at: Vec<Coord<f64>> = (0..80).map(|_| Coord { x: s.unit() * 1e5, y: s.unit() * 1e5 }).collect();
    let distance = CoreNull::Distance { positions_m: &at, bin_m: 2e4 };
    for null in [CoreNull::Density, distance] {
        let lip = core_evidence(&g, CoreMeasure::LipErrors, null, 199, Seed(1), &Silent).unwrap();
        let pattern =
            core_evidence(&g, CoreMeasure::PatternCorrelation, null, 199, Seed(1), &Silent).unwrap();
        assert!(lip.z.unwrap() < -5.0 && pattern.z.unwrap() > 5.0);
        assert_eq!(pattern.p, Some(1.0 / 200.0));
    }
    // A random graph has no core beyond its density.
    let flat = random(80, 200, 3);
    let e = core_evidence(&flat, CoreMeasure::PatternCorrelation, CoreNull::Density, 199, Seed(1), &Silent);
    assert!(e.unwrap().z.unwrap().abs() < 3.0);
}

#[test]
fn draws_are_even_and_pairs_in_order() {
    let mut expected = Vec::new();
    for a in 0..7 {
        for b in a + 1..7 {
            expected.push((a, b));
        }
    }
    assert_eq!((0..21).map(|k| pair_at(7, k)).collect::<Vec<_>>(), expected);
    assert_eq!(pair_at(35_000, 35_000 * 34_999 / 2 - 1), (34_998, 34_999));
    for (all, m) in [(10, 2), (10, 7)] {
        let mut counts = [0_u32; 10];
        for r in 0..5_000 {
            let mut chosen = Vec::new();
            draw(all, m, &mut Seed(1).stream(r), |k| chosen.push(k));
            assert_eq!(chosen.len(), m);
            chosen.iter().for_each(|&k| counts[k as usize] += 1);
        }
        let mean = 5_000.0 * m as f64 / 10.0;
        assert!(counts.iter().all(|&c| (f64::from(c) - mean).abs() < 5.0 * mean.sqrt()), "{counts:?}");
    }
}

#[test]
fn stars_empty_and_full_graphs() {
    let full: Vec<_> = (0..4).flat_map(|i| (0..i).map(move |j| (i, j, 1.0))).collect();
    let (full, _) = Network::from_edges(4, &full, Direction::Undirected).unwrap();
    assert_eq!(lip_core(&full).unwrap().errors, 0);
    assert_eq!(pattern_core(&full).unwrap_err().as_undefined(), Some(Undefined::ZeroVariance));
    let (none, _) = Network::from_edges(3, &[], Direction::Undirected).unwrap();
    assert_eq!(lip_core(&none).unwrap_err().as_undefined(), Some(Undefined::NoTies));
    assert!(coreness(&none).is_err() && pattern_core(&none).is_err());
    let star: Vec<_> = (1..6).map(|j| (0, j, 1.0)).collect();
    let (star, _) = Network::from_edges(6, &star, Direction::Undirected).unwrap();
    // The residuals of a star fall for ever as its centre grows: there is no least one.
    assert!(matches!(coreness(&star).unwrap_err().as_undefined(), Some(Undefined::NoConvergence { .. })));
    let (directed, _) = Network::from_edges(2, &[(0, 1, 1.0)], Direction::Directed).unwrap();
    assert!(lip_core(&directed).is_err());
    let bad = CoreNull::Distance { positions_m: &[Coord { x: 0.0, y: 0.0 }; 6], bin_m: 0.0 };
    assert!(core_evidence(&star, CoreMeasure::LipErrors, bad, 9, Seed(1), &Silent).is_err());
    assert!(core_evidence(&star, CoreMeasure::LipErrors, CoreNull::Density, 0, Seed(1), &Silent).is_err());
}
