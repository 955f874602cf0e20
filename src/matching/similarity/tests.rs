use super::*;
use crate::network::Direction;
use crate::progress::Silent;
use crate::random::Seed;

fn karate() -> Network {
    let text = include_str!("../../../fixtures/golden/inputs/karate_edges.csv");
    let edges: Vec<(u32, u32, f64)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',').map(|c| c.parse::<f64>().unwrap());
            (cells.next().unwrap() as u32, cells.next().unwrap() as u32, cells.next().unwrap())
        })
        .collect();
    Network::from_edges(34, &edges, Direction::Undirected).unwrap().0
}

const PAIRS: [(usize, usize); 5] = [(0, 33), (2, 33), (4, 16), (11, 12), (8, 0)];

#[test]
fn karate_is_as_in_networkx_and_numpy() {
    let g = karate();
    let cases = [
        (
            Similarity::AdamicAdar,
            [
                2.711_019_722_297_308_5,
                4.719_381_261_461_351,
                0.721_347_520_444_481_7,
                0.360_673_760_222_240_85,
                0.434_294_481_903_251_76,
            ],
        ),
        (Similarity::ResourceAllocation, [0.9, 1.566_666_666_666_666_7, 0.25, 0.0625, 0.1]),
        (Similarity::Jaccard, [0.137_931_034_482_758_62, 0.285_714_285_714_285_7, 0.25, 0.5, 0.05]),
        (Similarity::PreferentialAttachment, [272.0, 170.0, 6.0, 2.0, 80.0]),
        (
            Similarity::Katz { beta: 0.05 },
            [
                0.013_813_214_148_235_602,
                0.019_927_096_124_433_31,
                0.003_117_826_149_276_982,
                0.002_792_308_269_928_614_5,
                0.057_526_054_377_709_25,
            ],
        ),
        (Similarity::LOCAL_PATH, [4.14, 6.22, 1.04, 1.01, 1.30]),
        (
            Similarity::LengthThree,
            [2.335_446_445_934, 3.658_129_759_863, 0.788_675_134_595, 0.102_062_072_616, 4.038_413_654_222],
        ),
    ];
    for (kind, expected) in cases {
        for ((i, j), want) in PAIRS.into_iter().zip(expected) {
            let got = similarity(&g, kind, TieWeights::Ignored, i, j).unwrap();
            assert!((got - want).abs() < 1e-11 * want.max(1.0), "{kind:?} {i}–{j}: {got} {want}");
        }
    }
    let best = most_similar(&g, Similarity::AdamicAdar, TieWeights::Ignored, 3, TiedPairs::LeftOut, &Silent)
        .unwrap();
    assert_eq!(best[33].iter().map(|s| s.node).collect::<Vec<_>>(), [2, 0, 1]);
}

/// The same from whole matrices.
fn dense(g: &Network, kind: Similarity, used: bool) -> Vec<Vec<f64>> {
    let n = g.nodes();
    let w: Vec<Vec<f64>> = (0..n)
        .map(|i| (0..n).map(|j| g.weight(i, j as u32).map_or(0.0, |w| if used { w } else { 1.0 })).collect())
        .collect();
    let s: Vec<f64> = w.iter().map(|r| r.iter().sum()).collect();
    let product = |a: &[Vec<f64>], b: &[Vec<f64>]| -> Vec<Vec<f64>> {
        (0..n).map(|i| (0..n).map(|j| (0..n).map(|z| a[i][z] * b[z][j]).sum()).collect()).collect()
    };
    let scaled = |f: &dyn Fn(f64) -> f64| -> Vec<Vec<f64>> {
        w.iter()
            .map(|r| r.iter().zip(&s).map(|(w, s)| if *w > 0.0 { w * f(*s) } else { 0.0 }).collect())
            .collect()
    };
    match kind {
        Similarity::CommonNeighbours => product(&w, &w),
        Similarity::ResourceAllocation => product(&scaled(&|s| 1.0 / s), &w),
        Similarity::AdamicAdar => {
            product(&scaled(&|s| if used { 1.0 / s.ln_1p() } else { 1.0 / s.ln() }), &w)
        }
        Similarity::Jaccard => (0..n)
            .map(|i| {
                (0..n)
                    .map(|j| {
                        let low: f64 = (0..n).map(|z| w[i][z].min(w[j][z])).sum();
                        let high: f64 = (0..n).map(|z| w[i][z].max(w[j][z])).sum();
                        if high > 0.0 { low / high } else { 0.0 }
                    })
                    .collect()
            })
            .collect(),
        Similarity::LengthThree => {
            let half = scaled(&|s| s.sqrt().recip());
            product(&product(&half, &half), &w)
        }
        Similarity::LocalPath { epsilon } => {
            let two = product(&w, &w);
            let three = product(&two, &w);
            (0..n).map(|i| (0..n).map(|j| two[i][j] + epsilon * three[i][j]).collect()).collect()
        }
        Similarity::PreferentialAttachment | Similarity::Katz { .. } => unreachable!(),
    }
}

#[test]
fn rows_are_those_of_matrices() {
    let mut random = Seed(3).stream(0);
    let edges: Vec<_> = (0..70).map(|_| (random.below(25), random.below(25), 0.2 + random.unit())).collect();
    let (g, _) = Network::from_edges(26, &edges, Direction::Undirected).unwrap();
    for kind in [
        Similarity::CommonNeighbours,
        Similarity::AdamicAdar,
        Similarity::ResourceAllocation,
        Similarity::Jaccard,
        Similarity::LOCAL_PATH,
        Similarity::LengthThree,
    ] {
        for weights in [TieWeights::Ignored, TieWeights::Used] {
            let want = dense(&g, kind, weights == TieWeights::Used);
            let similarities = Similarities::new(&g, kind, weights).unwrap();
            let mut room = Room::new(26);
            for i in 0..26 {
                let mut got = vec![0.0; 26];
                for s in similarities.row_in(i, &mut room) {
                    got[s.node as usize] = s.score;
                }
                for j in (0..26).filter(|&j| j != i) {
                    let (got, want) = (got[j], want[i][j]);
                    // A partner with a single tie is common to nobody: its infinite weight is unused.
                    assert!((got - want).abs() < 1e-12 * want.max(1.0), "{kind:?} {i} {j}: {got} {want}");
                }
            }
        }
    }
}

#[test]
fn within_a_radius_and_tied_pairs() {
    let g = karate();
    let far = |i: usize, j: usize| (j != 33).then_some(i.abs_diff(j) as f64);
    let kind = Similarity::CommonNeighbours;
    let near =
        similar_within(&g, kind, TieWeights::Ignored, TiedPairs::LeftOut, (far, 3.0), &Silent).unwrap();
    assert!(near[2].iter().all(|s| s.node <= 5 && g.weight(2, s.node).is_none()));
    let all =
        similar_within(&g, kind, TieWeights::Ignored, TiedPairs::Shown, (|_, _| Some(0.0), 0.0), &Silent);
    assert!(all.unwrap()[0].iter().any(|s| s.node == 1));
    assert!(similar_within(&g, kind, TieWeights::Ignored, TiedPairs::Shown, (far, -1.0), &Silent).is_err());
}

#[test]
fn too_large_a_beta_is_refused_with_the_eigenvalue() {
    let g = karate();
    // numpy: max eigenvalue of the adjacency matrix.
    assert!((spectral_radius(&g, TieWeights::Ignored).unwrap() - 6.725_697_727_631_72).abs() < 1e-8);
    let error = Similarities::new(&g, Similarity::Katz { beta: 0.15 }, TieWeights::Ignored).unwrap_err();
    assert!(error.to_string().contains("λ₁ = 6.725698"), "{error}");
    // A star is bipartite: its largest eigenvalues are √k and −√k.
    let star: Vec<_> = (1..5).map(|j| (0, j, 1.0)).collect();
    let (star, _) = Network::from_edges(5, &star, Direction::Undirected).unwrap();
    assert!((spectral_radius(&star, TieWeights::Used).unwrap() - 2.0).abs() < 1e-6);
    let (none, _) = Network::from_edges(3, &[], Direction::Undirected).unwrap();
    let katz = Similarity::Katz { beta: 0.5 };
    assert!(Similarities::new(&none, katz, TieWeights::Used).unwrap().row(0).is_empty());
    assert!(spectral_radius(&none, TieWeights::Used).is_err());
    let (directed, _) = Network::from_edges(2, &[(0, 1, 1.0)], Direction::Directed).unwrap();
    assert!(Similarities::new(&directed, katz, TieWeights::Used).is_err());
    assert!(similarity(&g, Similarity::Jaccard, TieWeights::Used, 0, 99).is_err());
}
