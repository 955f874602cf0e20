use super::*;

fn graph(n: usize, edges: &[(u32, u32)], direction: Direction) -> Network {
    let edges: Vec<_> = edges.iter().map(|&(a, b)| (a, b, 1.0)).collect();
    Network::from_edges(n, &edges, direction).unwrap().0
}

#[test]
fn undefined_inputs_say_why() {
    let why = |n: usize, edges: &[(u32, u32)], labels: Vec<u32>| {
        let g = graph(n, edges, Direction::Undirected);
        let l = Labels::new(labels, 2).unwrap();
        nominal_assortativity(&g, &l, Weighting::Edges).unwrap_err().as_undefined()
    };
    assert_eq!(why(0, &[], vec![]), Some(Undefined::NoTies));
    assert_eq!(why(1, &[], vec![0]), Some(Undefined::NoTies));
    assert_eq!(why(3, &[], vec![0, 1, 0]), Some(Undefined::NoTies));
    assert_eq!(why(3, &[(0, 1)], vec![0, 0, 1]), Some(Undefined::SingleClass));
    let ring = graph(3, &[(0, 1), (1, 2), (2, 0)], Direction::Undirected);
    let degree = degree_assortativity(&ring, DegreeEnd::Out, DegreeEnd::In, Weighting::Edges);
    assert_eq!(degree.unwrap_err().as_undefined(), Some(Undefined::ZeroVariance));
    assert!(numeric_assortativity(&ring, &[0.1; 3], Weighting::Edges).is_err());
    assert!(numeric_assortativity(&ring, &[0.1; 2], Weighting::Edges).is_err());
}

#[test]
fn unlabelled_nodes_are_a_class_and_stars_disassort() {
    let star = graph(4, &[(0, 1), (0, 2), (0, 3)], Direction::Undirected);
    let half = Labels::new(vec![0, Labels::NONE, Labels::NONE, 0], 1).unwrap();
    let m = MixingMatrix::new(&star, &half, Weighting::Edges).unwrap();
    assert_eq!((m.classes(), m.unlabelled(), m.ties(0, 1), m.within()), (2, 2, 2.0, 1.0));
    let d = degree_assortativity(&star, DegreeEnd::Out, DegreeEnd::Out, Weighting::Edges).unwrap();
    assert!((d.r + 1.0).abs() < 1e-12);
    let some = numeric_assortativity(&star, &[2.0, 1.0, 3.0, f64::NAN], Weighting::Edges).unwrap();
    assert_eq!((some.ties, some.left_out), (2, 1));
}

#[test]
fn jackknife_is_the_one_that_leaves_each_tie_out() {
    let edges = [(0u32, 1u32), (1, 2), (2, 3), (3, 0), (0, 2), (4, 1), (3, 4), (4, 2)];
    let labels = Labels::new(vec![0, 0, 1, 1, 0], 2).unwrap();
    for direction in [Direction::Undirected, Direction::Directed] {
        for weighting in [Weighting::Edges, Weighting::Weights] {
            let weighted: Vec<_> =
                edges.iter().enumerate().map(|(e, &(a, b))| (a, b, 1.0 + e as f64)).collect();
            let measure = |ties: &[(u32, u32, f64)]| {
                let g = Network::from_edges(5, ties, direction).unwrap().0;
                nominal_assortativity(&g, &labels, weighting).unwrap()
            };
            let all = measure(&weighted);
            let squares: f64 = (0..weighted.len())
                .map(|e| {
                    let mut rest = weighted.clone();
                    rest.remove(e);
                    (measure(&rest).r - all.r).powi(2)
                })
                .sum();
            assert!((all.standard_error - squares.sqrt()).abs() < 1e-12);
        }
    }
}
