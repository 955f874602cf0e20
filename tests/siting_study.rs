//! Sitings against brute force over all sets of places.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use geo_types::Coord;
use rurban::accessibility::CostTable;
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::siting::{Limit, SitingCosts, SitingNote, SitingOptions, max_covering, p_median};

fn points(seed: u64, n: usize) -> Vec<Coord<f64>> {
    let mut stream = Seed(seed).stream(0);
    (0..n).map(|_| Coord { x: f64::from(stream.below(100)), y: f64::from(stream.below(100)) }).collect()
}

/// Least cost and most weight within 30 over all sets of `p` new places.
fn brute(at: &[Coord<f64>], to: &[Coord<f64>], w: &[f64], p: u32, existing: u32) -> (f64, f64) {
    let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
    for set in 0_u32..1 << to.len() {
        if set & existing != existing || (set & !existing).count_ones() != p {
            continue;
        }
        let (mut cost, mut covered) = (0.0, 0.0);
        for (a, w) in at.iter().zip(w) {
            let open = (0..to.len()).filter(|j| set >> j & 1 == 1);
            let near = open.map(|j| (a.x - to[j].x).hypot(a.y - to[j].y)).fold(f64::INFINITY, f64::min);
            cost += w * near;
            covered += if near <= 30.0 { *w } else { 0.0 };
        }
        least = least.min(cost);
        most = most.max(covered);
    }
    (least, most)
}

#[test]
fn small_sitings_are_those_of_brute_force() {
    for seed in 0..20 {
        let (at, to) = (points(seed, 25), points(seed + 1000, 9));
        let w: Vec<f64> = (0..25).map(|i| f64::from(i % 7)).collect();
        let costs = SitingCosts::Planar { demands: &at, candidates: &to };
        let table = CostTable::planar(&at, &to, 1000.0).unwrap();
        let mut before = f64::INFINITY;
        for p in 1..4 {
            let options = SitingOptions::new(Limit::Places(p)).existing(vec![3]);
            let (least, most) = brute(&at, &to, &w, p as u32, 8);
            let sites = p_median(&w, &costs, &options, &Silent).unwrap();
            let proof = sites.proof;
            assert!(proof.bound <= least * (1.0 + 1e-9), "{seed} {p}: {proof:?} {least}");
            assert!((proof.value - least).abs() <= 1e-6 * least, "{seed} {p}: {proof:?} {least}");
            assert!(proof.value <= proof.greedy && proof.value <= before);
            assert!(sites.existing == [3] && !sites.opened.contains(&3));
            before = proof.value;
            let found = max_covering(&w, &table, 30.0, &options, &Silent).unwrap();
            let proof = found.sites.proof;
            assert!((proof.value - most).abs() < 1e-9, "{seed} {p}: {proof:?} {most}");
            assert!(proof.bound >= most - 1e-9 && proof.value >= proof.greedy - 1e-9);
        }
    }
}

#[test]
fn too_many_places_open_all_and_say_so() {
    let at = points(1, 6);
    let costs = SitingCosts::Planar { demands: &at, candidates: &at };
    let sites = p_median(&[1.0; 6], &costs, &SitingOptions::new(Limit::Places(9)), &Silent).unwrap();
    assert_eq!(sites.proof.value, 0.0);
    assert!(sites.notes.contains(&SitingNote::FewerCandidates { asked: 9, candidates: 6 }));
    assert!(p_median(&[-1.0; 6], &costs, &SitingOptions::new(Limit::Places(1)), &Silent).is_err());
}
