//! Sitings against brute force over all sets of places.

#![allow(clippy::unwrap_used, reason = "a test fails where it unwraps")]

use std::collections::BTreeSet;

use geo_types::Coord;
use proptest::prelude::*;
use rurban::accessibility::CostTable;
use rurban::labels::Labels;
use rurban::matrix::Matrix;
use rurban::network::{Direction, Network};
use rurban::progress::Silent;
use rurban::random::Seed;
use rurban::siting::{
    Limit, Participants, SitingCosts, SitingNote, SitingOptions, WorkshopOptions, capacitated,
    first_meetings, max_covering, meeting, p_centre, p_median, set_covering, workshops,
};

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

#[test]
fn coverings_and_centres_are_those_of_brute_force() {
    for seed in 0..25 {
        let (at, to) = (points(seed, 24), points(seed + 500, 9));
        let w: Vec<f64> = (0..24).map(|i| f64::from(1 + i % 3)).collect();
        let table = CostTable::planar(&at, &to, 1000.0).unwrap();
        let near = |set: u32, i: usize| {
            let open = (0..9).filter(|j| set >> j & 1 == 1);
            open.map(|j| table.get(i, j).unwrap()).fold(f64::INFINITY, f64::min)
        };
        let worst = |set: u32| (0..24).map(|i| near(set, i)).fold(0.0, f64::max);
        for existing in [vec![], vec![4]] {
            let kept: u32 = existing.iter().map(|e: &u32| 1 << e).sum();
            let sets = || (0..1_u32 << 9).filter(|s| s & kept == kept);
            let mut before = f64::INFINITY;
            for p in 1..5 {
                let options = SitingOptions::new(Limit::Places(p)).existing(existing.clone());
                let least = sets()
                    .filter(|s| (s & !kept).count_ones() as usize <= p)
                    .map(worst)
                    .fold(f64::INFINITY, f64::min);
                let found = p_centre(&w, &table, &options, &Silent).unwrap();
                assert_eq!(found.proof.value, least, "{seed} {p}");
                assert!(found.proof.bound <= least && found.proof.value <= before);
                assert!(found.proof.is_optimal(), "{seed} {p}: {:?}", found.proof);
                assert!(found.opened.len() <= p && found.existing == existing);
                before = found.proof.value;
            }
            let cutoff = before * 1.2;
            let fewest =
                sets().filter(|&s| worst(s) <= cutoff).map(|s| (s & !kept).count_ones()).min().unwrap();
            let options = SitingOptions::new(Limit::Unlimited).existing(existing);
            let found = set_covering(&w, &table, cutoff, &options, &Silent).unwrap();
            assert_eq!(
                (found.proof.value, found.proof.bound),
                (f64::from(fewest), f64::from(fewest)),
                "{seed}"
            );
            assert_eq!(found.opened.len() as u32, fewest);
            assert!(found.costs.iter().all(|c| *c <= cutoff));
        }
    }
}

#[test]
fn edge_cases_of_covering_everybody() {
    // Nobody reaches the last demand, and two islands need a place each.
    let pairs = [(0, 0, 1.0), (1, 0, 2.0), (2, 1, 3.0), (2, 2, 1.0)];
    let table = CostTable::from_triplets(4, 3, &pairs).unwrap();
    let one = SitingOptions::new(Limit::Places(1));
    let centre = p_centre(&[1.0; 4], &table, &one, &Silent).unwrap_err();
    assert_eq!(centre.as_undefined(), Some(rurban::Undefined::Disconnected));
    let found = set_covering(&[1.0; 4], &table, f64::INFINITY, &one, &Silent).unwrap();
    assert!(found.notes.contains(&SitingNote::OutOfReach { demands: 1, weight: 1.0 }));
    assert!(
        found.notes.contains(&SitingNote::MoreNeeded { limit: 1.0, needed: 2.0, at_least: 2.0 }),
        "{found:?}"
    );
    let two = SitingOptions::new(Limit::Places(2));
    let found = p_centre(&[1.0; 4], &table, &two, &Silent).unwrap();
    assert_eq!((found.proof.value, found.opened), (2.0, vec![0, 2]));
    // Whom weight 0 leaves out needs no place.
    let found = p_centre(&[1.0, 1.0, 0.0, 0.0], &table, &one, &Silent).unwrap();
    assert_eq!((found.proof.value, found.opened), (2.0, vec![0]));
    // All at one point.
    let at = [Coord { x: 3.0, y: 4.0 }; 5];
    let table = CostTable::planar(&at, &at, 1.0).unwrap();
    assert_eq!(p_centre(&[1.0; 5], &table, &two, &Silent).unwrap().proof.value, 0.0);
    assert_eq!(set_covering(&[1.0; 5], &table, 0.0, &two, &Silent).unwrap().opened.len(), 1);
    assert_eq!(max_covering(&[1.0; 5], &table, 0.0, &two, &Silent).unwrap().sites.proof.value, 5.0);
    // Prices: two cheap ones instead of a dear one.
    let table =
        CostTable::from_triplets(2, 3, &[(0, 0, 1.0), (1, 0, 1.0), (0, 1, 1.0), (1, 2, 1.0)]).unwrap();
    let options = SitingOptions::new(Limit::Unlimited).costs(vec![5.0, 2.0, 2.0]);
    let found = set_covering(&[1.0; 2], &table, 1.0, &options, &Silent).unwrap();
    assert_eq!((found.proof.value, found.opened), (4.0, vec![1, 2]));
    assert!(set_covering(&[-1.0, 1.0], &table, 1.0, &options, &Silent).is_err());
    assert!(set_covering(&[1.0; 2], &table, f64::NAN, &options, &Silent).is_err());
}

/// The best score over all groupings, by putting one participant after the other anywhere.
fn best_grouping(n: usize, sizes: [usize; 2], groups: usize, score: &dyn Fn(&[Vec<usize>]) -> f64) -> f64 {
    fn go(
        i: usize,
        n: usize,
        sizes: [usize; 2],
        groups: usize,
        so_far: &mut Vec<Vec<usize>>,
        best: &mut f64,
        score: &dyn Fn(&[Vec<usize>]) -> f64,
    ) {
        if i == n {
            if so_far.len() == groups && so_far.iter().all(|g| g.len() >= sizes[0]) {
                *best = best.max(score(so_far));
            }
            return;
        }
        for g in 0..so_far.len() {
            if so_far[g].len() < sizes[1] {
                so_far[g].push(i);
                go(i + 1, n, sizes, groups, so_far, best, score);
                so_far[g].pop();
            }
        }
        if so_far.len() < groups {
            so_far.push(vec![i]);
            go(i + 1, n, sizes, groups, so_far, best, score);
            so_far.pop();
        }
    }
    let mut best = f64::NEG_INFINITY;
    go(0, n, sizes, groups, &mut Vec::new(), &mut best, score);
    best
}

fn people(seed: u64, n: usize) -> (Vec<Vec<u32>>, Labels, Matrix) {
    let mut stream = Seed(seed).stream(7);
    let themes = (0..n).map(|_| (0..stream.below(4)).map(|_| stream.below(6)).collect()).collect();
    let sides = (0..n).map(|_| [0, 1, Labels::NONE][stream.below(5).min(2) as usize]).collect();
    let at = points(seed, n);
    let mut travel = Matrix::filled(n, n, 0.0);
    for i in 0..n {
        for j in 0..n {
            travel[(i, j)] = (at[i].x - at[j].x).hypot(at[i].y - at[j].y);
        }
    }
    (themes, Labels::new(sides, 2).unwrap(), travel)
}

#[test]
fn small_workshops_are_those_of_brute_force() {
    for (seed, n, sizes, groups) in
        [(1, 6, [2, 3], 2), (2, 8, [2, 4], 3), (3, 9, [3, 3], 3), (4, 10, [2, 5], 3), (5, 10, [4, 6], 2)]
    {
        let (themes, rurality, travel) = people(seed, n);
        let who = Participants { themes: &themes, rurality: &rurality, travel: &travel };
        let options = WorkshopOptions::new(sizes[0], sizes[1])
            .groups(groups)
            .weights(1.0, 0.5, 2.0)
            .travel_scale(100.0);
        let sets: Vec<BTreeSet<u32>> = themes.iter().map(|t| t.iter().copied().collect()).collect();
        let score = |all: &[Vec<usize>]| {
            let mut sum = 0.0;
            for g in all {
                let (mut pairs, mut count) = (0.0, 0.0);
                for (at, &a) in g.iter().enumerate() {
                    for &b in &g[..at] {
                        let both = sets[a].intersection(&sets[b]).count() as f64;
                        let any = sets[a].union(&sets[b]).count() as f64;
                        pairs += if any > 0.0 { both / any } else { 0.0 } - 2.0 * travel[(a, b)] / 100.0;
                        count += 1.0;
                    }
                }
                let side = |s| g.iter().filter(|&&i| rurality.get(i) == Some(s)).count();
                sum += g.len() as f64 * pairs / count + 0.5 * (2 * side(0).min(side(1))) as f64;
            }
            sum / n as f64
        };
        let best = best_grouping(n, sizes, groups, &score);
        let found = workshops(&who, &options).unwrap();
        assert!(found.exact && (found.score - best).abs() < 1e-9, "{seed}: {} {best}", found.score);
        let members: Vec<Vec<usize>> =
            found.groups.iter().map(|g| g.members.iter().map(|&m| m as usize).collect()).collect();
        assert!((score(&members) - best).abs() < 1e-9);
        assert!(found.groups.iter().all(|g| (sizes[0]..=sizes[1]).contains(&g.members.len())));
    }
}

#[test]
fn many_are_grouped_within_the_sizes_and_below_the_bound() {
    let n = 61;
    let (themes, rurality, travel) = people(9, n);
    let who = Participants { themes: &themes, rurality: &rurality, travel: &travel };
    let options = WorkshopOptions::new(8, 12).travel_scale(100.0);
    let found = workshops(&who, &options).unwrap();
    assert_eq!(found.groups.len(), 6);
    assert!(found.groups.iter().all(|g| (8..=12).contains(&g.members.len())));
    assert_eq!(found.groups.iter().map(|g| g.members.len()).sum::<usize>(), n);
    assert!(found.score <= found.bound && found.bound < 3.0, "{} {}", found.score, found.bound);
    // The score is what the groups say, and better than that of people in the order they came.
    let told: f64 = found
        .groups
        .iter()
        .map(|g| g.members.len() as f64 * (g.overlap + g.mix - g.travel / 100.0))
        .sum::<f64>()
        / n as f64;
    assert!((told - found.score).abs() < 1e-9);
    assert_eq!(workshops(&who, &options).unwrap(), found);

    let none: Vec<Option<u32>> = (0..n as u32).map(Some).collect();
    let network = Network::from_edges(
        n,
        &[(found.groups[0].members[0], found.groups[0].members[1], 1.0)],
        Direction::Undirected,
    )
    .unwrap()
    .0;
    let met = first_meetings(&found, &rurality, &network, &none).unwrap();
    assert_eq!((met.tied, met.unknown, met.first), (1, 0, met.pairs - 1));
    assert!(met.first_rural_urban <= met.first && met.first_rural_urban > 0);
}

#[test]
fn sizes_that_do_not_fit_are_told_with_the_numbers() {
    let (themes, rurality, travel) = people(3, 13);
    let who = Participants { themes: &themes, rurality: &rurality, travel: &travel };
    let told = workshops(&who, &WorkshopOptions::new(8, 12)).unwrap_err().to_string();
    assert!(told.contains("13 participants (1 × 8–12 holds 8 to 12; 2 × 8–12 holds 16 to 24)"), "{told}");
    let told = workshops(&who, &WorkshopOptions::new(2, 3).groups(7)).unwrap_err().to_string();
    assert!(told.contains("7 × 2–3 holds 14 to 21"), "{told}");
    assert!(workshops(&who, &WorkshopOptions::new(1, 3)).is_err());
    let mut bad = travel.clone();
    bad[(0, 1)] = -1.0;
    let who = Participants { travel: &bad, ..who };
    assert!(workshops(&who, &WorkshopOptions::new(2, 3)).is_err());
}

#[test]
fn two_places_to_meet() {
    let at = points(5, 40);
    let w: Vec<f64> = (0..40).map(|i| f64::from(i % 4)).collect();
    let found = meeting(&w, &SitingCosts::Planar { demands: &at, candidates: &at }).unwrap();
    let table = CostTable::planar(&at, &at, 1e4).unwrap();
    assert_eq!(meeting(&w, &SitingCosts::Table { table: &table, unreached: 1e4 }).unwrap(), found);
    let one = SitingOptions::new(Limit::Places(1));
    let total: f64 = w.iter().sum();
    let median = p_median(&w, &SitingCosts::Planar { demands: &at, candidates: &at }, &one, &Silent).unwrap();
    assert!((median.proof.value / total - found.median.mean).abs() < 1e-9);
    assert_eq!(p_centre(&w, &table, &one, &Silent).unwrap().proof.value, found.centre.worst);
    let apart = CostTable::planar(&at, &at, 20.0).unwrap();
    let none = meeting(&w, &SitingCosts::Table { table: &apart, unreached: 20.0 }).unwrap_err();
    assert_eq!(none.as_undefined(), Some(rurban::Undefined::Disconnected));
}

/// Least cost to serve one unit after the other from places with so much room, by trying every way.
fn least_cost_of_units(costs: &[Vec<f64>], room: &mut [usize], unit: usize, unreached: f64) -> f64 {
    if unit == costs.len() {
        return 0.0;
    }
    let mut best = unreached + least_cost_of_units(costs, room, unit + 1, unreached);
    for j in 0..room.len() {
        if room[j] > 0 {
            room[j] -= 1;
            best = best.min(costs[unit][j] + least_cost_of_units(costs, room, unit + 1, unreached));
            room[j] += 1;
        }
    }
    best
}

#[test]
fn capacities_hold_and_small_cases_are_those_of_brute_force() {
    for seed in 0..12 {
        let (at, to) = (points(seed, 6), points(seed + 77, 5));
        let table = CostTable::planar(&at, &to, 1000.0).unwrap();
        let costs: Vec<Vec<f64>> =
            (0..6).map(|i| (0..5).map(|j| table.get(i, j).unwrap()).collect()).collect();
        let room = [3, 1, 2, 2, 4];
        let mut least = f64::INFINITY;
        for set in (0_u32..32).filter(|s| s.count_ones() == 2) {
            let mut open: Vec<usize> = (0..5).map(|j| if set >> j & 1 == 1 { room[j] } else { 0 }).collect();
            least = least.min(least_cost_of_units(&costs, &mut open, 0, 1000.0));
        }
        let capacities = room.map(|r| r as f64);
        let options = SitingOptions::new(Limit::Places(2));
        let found = capacitated(&[1.0; 6], &table, 1000.0, &capacities, &options, &Silent).unwrap();
        assert!((found.proof.value - least).abs() < 1e-6 * least, "{seed}: {:?} {least}", found.proof);
        assert!(found.proof.is_optimal());
        // The search alone keeps the capacities, and its bound is below the optimum.
        let searched =
            capacitated(&[1.0; 6], &table, 1000.0, &capacities, &options.exact_below(0), &Silent).unwrap();
        assert!(searched.proof.bound <= least + 1e-9 && least <= searched.proof.value + 1e-9);
        for found in [found, searched] {
            assert!(found.opened.len() <= 2);
            let mut used = [0.0; 5];
            found.flows.iter().for_each(|f| used[f.candidate as usize] += f.amount);
            assert!(used.iter().zip(capacities).all(|(u, c)| *u <= c + 1e-9));
            assert!(found.flows.iter().all(|f| found.opened.contains(&f.candidate)));
            let served: f64 = used.iter().sum();
            assert!((served + found.unserved - 6.0).abs() < 1e-9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn more_places_are_never_worse_and_bounds_hold(seed in 0_u64..10_000, n in 5_usize..60, m in 2_usize..14) {
        let (at, to) = (points(seed, n), points(seed + 1, m));
        let w: Vec<f64> = (0..n).map(|i| ((i * 7 + seed as usize) % 5) as f64).collect();
        let costs = SitingCosts::Planar { demands: &at, candidates: &to };
        let table = CostTable::planar(&at, &to, 60.0).unwrap();
        let (mut cost, mut covered, mut worst) = (f64::INFINITY, 0.0, f64::INFINITY);
        for p in 1..=m.min(5) {
            let options = SitingOptions::new(Limit::Places(p)).existing(vec![0]).gap(0.0);
            let sites = p_median(&w, &costs, &options, &Silent).unwrap();
            prop_assert!(sites.proof.bound <= sites.proof.value && sites.proof.value <= sites.proof.greedy);
            prop_assert!(sites.proof.value <= cost * (1.0 + 1e-9));
            prop_assert!(sites.existing == [0] && !sites.opened.contains(&0));
            cost = sites.proof.value;
            let found = max_covering(&w, &table, 30.0, &options, &Silent).unwrap();
            prop_assert!(found.sites.proof.bound >= found.sites.proof.value);
            prop_assert!(found.sites.proof.value >= covered - 1e-9);
            covered = found.sites.proof.value;
            if let Ok(found) = p_centre(&w, &table, &options, &Silent) {
                prop_assert!(found.proof.bound <= found.proof.value && found.proof.value <= worst);
                worst = found.proof.value;
            }
        }
    }
}

#[cfg(feature = "france-data")]
mod of_a_study {
    use rurban::accessibility::CostTable;
    use rurban::france::EmbeddedFrance;
    use rurban::model::{ActorKind, Level, Rurality};
    use rurban::progress::Silent;
    use rurban::report::Language;
    use rurban::report::places::{PlacesWords, forms_text, new_places_table, places_text, reach_table};
    use rurban::report::workshops::{workshops_page, workshops_table, workshops_text};
    use rurban::siting::{Limit, SitingNote, WorkshopOptions};
    use rurban::space::distance::geodesic_m;
    use rurban::study::{
        SiteCosts, SitesOptions, SitingCandidates, SitingDemand, SitingGoal, Study, StudyOptions,
        WorkshopsOptions,
    };

    fn france() -> Study {
        let france = EmbeddedFrance::load().unwrap();
        Study::new(france.atlas, france.inventory, &StudyOptions::default(), &Silent).unwrap().0
    }

    #[test]
    fn places_of_a_region() {
        let study = france();
        let base = study.atlas().base().territories();
        let existing = study.actors_of(&[ActorKind::InnovationPlace]);
        let region = study.atlas().level(&Level::Region).unwrap().search("Bourgogne").unwrap() as u32;
        let options = SitesOptions::new(Limit::Places(3))
            .existing(existing.clone())
            .candidates(SitingCandidates::Territories { least_population: 500.0 })
            .demand(SitingDemand::RuralPopulation)
            .cutoff(20e3)
            .within(Level::Region, region);
        let found = study.siting(&options, &Silent).unwrap();
        // People within 20 km of a place, counted here again from points alone.
        let places: Vec<_> = found.existing.iter().chain(found.opened.iter().map(|n| &n.site)).collect();
        let (mut before, mut after) = ([0.0; 2], [0.0; 2]);
        for (b, t) in base.iter().enumerate().filter(|(b, _)| found.inside[*b]) {
            let near = |sites: &[&rurban::study::Site]| {
                let within = |s: &&rurban::study::Site| {
                    let (a, b) = (t.point.unwrap(), s.point);
                    (a.lat() - b.lat()).abs() < 0.2 && geodesic_m(a.into(), b.into()).unwrap() <= 20e3
                };
                sites.iter().any(within)
            };
            let side = usize::from(study.atlas().base_rurality(b) != Some(Rurality::Rural));
            before[side] += if near(&places[..found.existing.len()]) { t.population.unwrap() } else { 0.0 };
            after[side] += if near(&places) { t.population.unwrap() } else { 0.0 };
        }
        for side in 0..2 {
            assert!((found.by_rurality[side].before - before[side]).abs() < 0.5, "{side}");
            assert!((found.by_rurality[side].after - after[side]).abs() < 0.5, "{side}");
        }
        assert!((found.demand_before - before[0]).abs() < 0.5 && (found.demand_after - after[0]).abs() < 0.5);
        assert!(
            (found.proof.value - found.demand_after).abs() < 0.5 && found.proof.bound >= found.proof.value
        );
        let gains: f64 = found.opened.iter().map(|n| n.gain).sum();
        assert!((gains - (found.demand_after - found.demand_before)).abs() < 0.5);
        assert!(found.opened.windows(2).all(|n| n[0].gain >= n[1].gain));
        let [total, after] =
            [&found.inequality_before, &found.inequality_after].map(|i| i.as_ref().unwrap().total);
        assert!(total > 0.0 && after > 0.0);
        // One more is never worse, and nothing is left for a place where everybody is.
        let more = study.siting(&options.clone().limit(Limit::Places(4)), &Silent).unwrap();
        assert!(more.demand_after >= found.demand_after);
        let far = study.siting(&options.clone().cutoff(400e3), &Silent).unwrap();
        assert!(far.opened.is_empty() && far.notes.contains(&SitingNote::NothingToGain { opened: 0 }));
        assert_eq!(far.demand_after, far.demand);

        for language in Language::ALL {
            let words = PlacesWords::new(language).ground("Bourgogne-Franche-Comté");
            let text = places_text(&found, &words, language);
            assert!(
                text.contains(&found.opened[0].site.name) && !text.contains("NaN") && !text.contains("inf"),
                "{text}"
            );
            assert_eq!(new_places_table(&found, &words).unwrap().rows(), 3);
            let rows = found.inside.iter().filter(|i| **i).count();
            assert_eq!(reach_table(&found, &study, &words).unwrap().rows(), rows);
        }
        #[cfg(feature = "html")]
        {
            let words = PlacesWords::new(Language::French);
            let page =
                rurban::report::places::places_page(&found, &study, None, &words, Language::French, None);
            let html = page.unwrap().to_html().unwrap();
            assert!(html.contains("<html lang=\"fr\"") && html.contains("Lieux nouveaux"));
        }
    }

    #[test]
    fn goals_and_costs_of_a_study() {
        let study = france();
        let corse = study.atlas().level(&Level::Region).unwrap().search("Corse").unwrap() as u32;
        let existing = study.actors_of(&[ActorKind::InnovationPlace]);
        let options = SitesOptions::new(Limit::Places(3))
            .existing(existing)
            .demand(SitingDemand::Population)
            .within(Level::Region, corse)
            .candidates(SitingCandidates::Thousand);
        let longest = |o: &SitesOptions<'_>| {
            let found = study.siting(o, &Silent).unwrap();
            let costs = found.cost_after.iter().zip(&found.inside).filter(|p| *p.1).map(|p| *p.0);
            (costs.fold(0.0, f64::max), found)
        };
        let (worst, centre) = longest(&options.clone().goal(SitingGoal::Centre));
        let (other, median) = longest(&options.clone().goal(SitingGoal::Median));
        assert!((worst - centre.proof.value).abs() < 1e-6 && worst <= other);
        let ways = |r: &rurban::study::SitingReport| {
            let base = study.atlas().base().territories();
            (0..base.len())
                .filter(|&b| r.inside[b])
                .map(|b| base[b].population.unwrap() * r.cost_after[b])
                .sum::<f64>()
        };
        assert!(
            ways(&median) <= ways(&centre)
                && (ways(&median) - median.proof.value).abs() < 1e-3 * ways(&median)
        );
        let all = study.siting(&options.clone().goal(SitingGoal::CoverAll).cutoff(worst), &Silent).unwrap();
        assert!(all.proof.bound <= 3.0 && all.demand_after == all.demand);

        // A table between communes that knows no way at all: nobody is reached, and that is said.
        let n = study.atlas().base().territories().len();
        let own: Vec<(u32, u32, f64)> = (0..n as u32).map(|i| (i, i, 1.0)).collect();
        let table = CostTable::from_triplets(n, n, &own).unwrap();
        let apart = options.clone().costs(SiteCosts::BetweenTerritories(&table)).cutoff(5.0).farthest(10.0);
        let found = study.siting(&apart, &Silent).unwrap();
        assert!(found.opened.iter().all(|o| o.territories_reached == 1) && found.demand_after < found.demand);
        let values = vec![-1.0; n];
        assert!(study.siting(&options.clone().demand(SitingDemand::Values(&values)), &Silent).is_err());
        let none = vec![0.0; n];
        assert!(study.siting(&options.demand(SitingDemand::Values(&none)), &Silent).is_err());
    }

    #[test]
    fn workshops_and_forms_of_a_study() {
        let study = france();
        let who = study.actors_of(&[ActorKind::Cluster, ActorKind::PetrPays]);
        let options = WorkshopsOptions::new(who.clone(), WorkshopOptions::new(8, 12));
        let report = study.workshops(&options).unwrap();
        assert!(report.workshops.groups.iter().all(|g| (8..=12).contains(&g.members.len())));
        assert!(report.workshops.score <= report.workshops.bound);
        for meeting in report.meetings.iter().chain([&report.all]).flatten() {
            assert!(meeting.median.mean_m <= meeting.centre.mean_m + 1e-6);
            assert!(meeting.centre.worst_m <= meeting.median.worst_m + 1e-6);
        }
        let first = report.first;
        assert_eq!(first.pairs, first.tied + first.first + first.unknown);
        for language in Language::ALL {
            let text = workshops_text(&report, &study, language);
            assert!(!text.contains("NaN") && text.lines().count() > 2 * report.workshops.groups.len());
            let page = workshops_page(&report, &study, language).to_html().unwrap();
            let actors = study.inventory().actors();
            assert_eq!(page.matches("<caption").count(), report.workshops.groups.len());
            let plain = |name: &&String| !name.contains(['&', '<', '>', '"', '\'']);
            let mut names = who.iter().map(|&a| &actors[a as usize].name).filter(plain);
            assert!(names.all(|name| page.contains(name.as_str())));
        }
        assert_eq!(workshops_table(&report, &study).unwrap().rows(), who.len());
        let twice = WorkshopsOptions::new(vec![1, 1], WorkshopOptions::new(2, 3));
        assert!(study.workshops(&twice).is_err());

        let places = study.actors_of(&[ActorKind::InnovationPlace]);
        let forms = study.place_forms(&places, &["capability"], 30e3).unwrap();
        assert_eq!(forms.places.len() + forms.without_features + forms.without_place, places.len());
        for place in &forms.places {
            assert_eq!(place.shared.len() + place.alone.len(), place.features.len());
            let holds = |a: u32, f: &rurban::study::Feature| {
                let theme = format!("{}:{}", f.family, f.name);
                study.inventory().actors()[a as usize].themes.contains(&theme)
            };
            for lack in &place.lacks {
                assert!(!holds(place.actor, &lack.feature));
                assert!(lack.holders.iter().all(|&h| place.near.contains(&h) && holds(h, &lack.feature)));
            }
        }
        assert!(!forms_text(&forms, &study, 5, Language::French).is_empty());
        assert!(study.place_forms(&places, &["no such family"], 30e3).is_err());
    }
}
