#![allow(clippy::unwrap_used, reason = "tests stop on what must not happen")]
#![allow(clippy::needless_range_loop, reason = "indices are the nodes of formulas")]

use proptest::prelude::*;
use rurban::labels::Labels;
use rurban::network::{
    CommunityOptions, Direction, Network, PathLength, SwapOptions, TieWeights, agreement, betweenness,
    closeness, core_numbers, degree_preserving, disparity_filter, leiden, modularity, reciprocity, rich_club,
    strong_components, structural_holes, weak_components,
};
use rurban::progress::Silent;

const N: usize = 14;

fn ties() -> impl Strategy<Value = Vec<(u32, u32, f64)>> {
    prop::collection::vec((0..N as u32, 0..N as u32, 1..4_u8), 1..40)
        .prop_map(|v| v.into_iter().map(|(a, b, w)| (a, b, f64::from(w))).collect())
}

/// Distances and numbers of shortest paths between all pairs, by relaxation.
fn all_pairs(g: &Network) -> Vec<Vec<(f64, f64)>> {
    (0..N)
        .map(|s| {
            let mut at = vec![(f64::INFINITY, 0.0); N];
            at[s] = (0.0, 1.0);
            for depth in 0..N {
                for v in 0..N {
                    if at[v].0 == depth as f64 {
                        for &t in g.neighbours(v) {
                            let far = depth as f64 + 1.0;
                            if at[t as usize].0 >= far {
                                at[t as usize] = (far, at[t as usize].1 + at[v].1);
                            }
                        }
                    }
                }
            }
            at
        })
        .collect()
}

proptest! {
    #[test]
    fn betweenness_and_strong_components_match_brute_force(ties in ties(), directed: bool) {
        let direction = if directed { Direction::Directed } else { Direction::Undirected };
        let g = Network::from_edges(N, &ties, direction).unwrap().0;
        let d = all_pairs(&g);
        let got = betweenness(&g, PathLength::Hops, &Silent);
        for v in 0..N {
            let mut want = 0.0;
            for s in 0..N {
                for t in 0..N {
                    if s != v && t != v && s != t && d[s][t].0.is_finite() && d[s][v].0 + d[v][t].0 == d[s][t].0 {
                        want += d[s][v].1 * d[v][t].1 / d[s][t].1;
                    }
                }
            }
            let want = if directed { want } else { want / 2.0 };
            prop_assert!((got[v] - want).abs() < 1e-9, "{} {}", got[v], want);
        }
        let strong = strong_components(&g).unwrap();
        for s in 0..N {
            for t in 0..N {
                let both = d[s][t].0.is_finite() && d[t][s].0.is_finite();
                prop_assert_eq!(strong.of.get(s) == strong.of.get(t), both);
            }
        }
    }

    #[test]
    fn unit_lengths_are_hops(ties in ties()) {
        let ties: std::collections::BTreeSet<_> = ties.into_iter().map(|(a, b, _)| (a.min(b), a.max(b))).collect();
        let ties: Vec<_> = ties.into_iter().map(|(a, b)| (a, b, 1.0)).collect();
        let g = Network::from_edges(N, &ties, Direction::Undirected).unwrap().0;
        prop_assert_eq!(
            betweenness(&g, PathLength::Weight, &Silent).iter().map(|b| (b * 1e6).round()).collect::<Vec<_>>(),
            betweenness(&g, PathLength::Hops, &Silent).iter().map(|b| (b * 1e6).round()).collect::<Vec<_>>()
        );
    }

    #[test]
    fn leiden_communities_are_connected(ties in ties(), seed: u64) {
        let g = Network::from_edges(N, &ties, Direction::Undirected).unwrap().0;
        prop_assume!(g.edges() > 0);
        let options = CommunityOptions::default().seed(rurban::random::Seed(seed));
        let found = leiden(&g, &options).unwrap();
        let inside: Vec<_> = g.edge_list().filter(|t| found.of.get(t.0 as usize) == found.of.get(t.1 as usize)).collect();
        let split = weak_components(&Network::from_edges(N, &inside, Direction::Undirected).unwrap().0).unwrap();
        prop_assert_eq!(split.count(), found.of.classes());
        let alone = Labels::new((0..N as u32).collect(), N).unwrap();
        prop_assert!(found.modularity >= modularity(&g, &alone, 1.0, TieWeights::Used).unwrap() - 1e-12);
    }

    #[test]
    fn swaps_keep_degrees_and_simplicity(ties in ties(), directed: bool) {
        let direction = if directed { Direction::Directed } else { Direction::Undirected };
        let g = Network::from_edges(N, &ties, direction).unwrap().0;
        let options = SwapOptions::default().replicates(3);
        for random in degree_preserving(&g, &options, <[_]>::to_vec, &Silent) {
            let list: Vec<_> = random.iter().map(|&(a, b)| (a, b, 1.0)).collect();
            let (h, report) = Network::from_edges(N, &list, direction).unwrap();
            prop_assert_eq!(report.merged + report.self_loops, 0);
            let (back, other) = (g.reversed(), h.reversed());
            for i in 0..N {
                prop_assert_eq!((g.degree(i), back.degree(i)), (h.degree(i), other.degree(i)));
            }
        }
    }

    #[test]
    fn cores_have_their_degrees(ties in ties()) {
        let g = Network::from_edges(N, &ties, Direction::Undirected).unwrap().0;
        let core = core_numbers(&g).unwrap();
        for k in 0..6 {
            let mut inside = [true; N];
            while let Some(i) = (0..N).find(|&i| inside[i] && g.neighbours(i).iter().filter(|&&j| inside[j as usize]).count() < k) {
                inside[i] = false;
            }
            for i in 0..N {
                prop_assert_eq!(core[i] as usize >= k, inside[i]);
            }
        }
    }
}

#[test]
fn empty_and_tieless_graphs() {
    for n in [0, 1, 3] {
        for direction in [Direction::Undirected, Direction::Directed] {
            let g = Network::from_edges(n, &[], direction).unwrap().0;
            assert_eq!(weak_components(&g).unwrap().count(), n);
            assert_eq!(strong_components(&g).unwrap().count(), n);
            assert_eq!(core_numbers(&g).unwrap(), vec![0; n]);
            assert_eq!(betweenness(&g, PathLength::Hops, &Silent), vec![0.0; n]);
            assert!(closeness(&g, PathLength::Hops).closeness.iter().all(|c| c.is_nan()));
            assert!(structural_holes(&g, TieWeights::Used).unwrap().constraint.iter().all(|c| c.is_nan()));
            assert!(rich_club(&g).unwrap().is_empty() && disparity_filter(&g).is_empty());
            assert!(reciprocity(&g).is_err() && leiden(&g, &CommunityOptions::default()).is_err());
            let none = Labels::new(vec![Labels::NONE; n], 0).unwrap();
            assert_eq!(agreement(&none, &none).unwrap().ari, 1.0);
        }
    }
}
