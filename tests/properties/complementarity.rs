//! Complementarity: invariants, and fast kernels against their definitions.
#![allow(clippy::unwrap_used, reason = "the inputs are made to be valid")]

use geo_types::Coord;
use proptest::prelude::*;
use rurban::complementarity::complexity::{Parts, Stop, economic_complexity, fitness};
use rurban::complementarity::dissimilarity::{Dissimilarity, all_dissimilarities, dissimilarity};
use rurban::complementarity::interregional::{Between, Cells, Ties};
use rurban::complementarity::nomenclature::{MaskedCells, aggregate_activities};
use rurban::complementarity::relatedness::{MultipleTesting, validated_projection};
use rurban::complementarity::specialisation::{
    QuotientScale, Reference, hachman, herfindahl, hoover, krugman, location_quotient_interval, shannon,
    shrunken_location_quotient, spatial_gini, standardised_location_quotient, variety,
};
use rurban::complementarity::supply_demand::{gap_fill, michaely_pairs};
use rurban::complementarity::{
    ActivityTable, Interregional, Normalisation, Presence, SelfInclusion, location_quotient, proximity,
    relatedness, relatedness_density,
};
use rurban::labels::Labels;
use rurban::matrix::{Csr, Matrix};
use rurban::progress::Silent;
use rurban::random::Seed;

/// Whole counts, about half of them zero.
fn counts(rows: usize, columns: usize) -> impl Strategy<Value = Matrix> {
    let cell = prop_oneof![Just(0.0), (1u32..40).prop_map(f64::from)];
    (1..=rows, 1..=columns).prop_flat_map(move |(r, c)| {
        prop::collection::vec(cell.clone(), r * c).prop_map(move |v| Matrix::from_rows(r, c, v).unwrap())
    })
}

fn table(counts: &Matrix) -> ActivityTable {
    ActivityTable::from_matrix(counts).unwrap()
}

/// Rows and columns in the orders given.
fn reordered(m: &Matrix, rows: &[usize], columns: &[usize]) -> Matrix {
    let cells = rows.iter().flat_map(|&r| columns.iter().map(move |&c| m[(r, c)])).collect();
    Matrix::from_rows(rows.len(), columns.len(), cells).unwrap()
}

fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    Seed(seed).stream(0).shuffle(&mut order);
    order
}

fn near(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

fn all_near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(*a, *b))
}

fn within(values: &[f64], low: f64, high: f64) -> bool {
    values.iter().all(|v| v.is_nan() || (low - 1e-12..=high + 1e-12).contains(v))
}

/// The definition of the score, term by term.
fn naive_score(x: &Presence, phi: &Matrix, r: usize, s: usize) -> f64 {
    let n = x.activities();
    let has = |r: usize, i: usize| f64::from(x.has(r, i));
    let (mut sum, mut count) = (0.0, 0.0);
    for i in (0..n).filter(|&i| !x.has(r, i)) {
        let others = || (0..n).filter(|&j| j != i);
        let all: f64 = others().map(|j| phi[(i, j)]).sum();
        if all > 0.0 {
            let added: f64 = others().map(|j| phi[(i, j)] * (1.0 - has(r, j)) * has(s, j)).sum();
            sum += 100.0 * added / all;
            count += 1.0;
        }
    }
    sum / count
}

/// Ties of a reproducible random graph, directed and weighted.
fn random_ties(n: usize, seed: u64) -> Csr {
    let mut random = Seed(seed).stream(1);
    let mut cells = Vec::new();
    for i in 0..n as u32 {
        for j in 0..n as u32 {
            if random.below(3) == 0 {
                cells.push((i, j, f64::from(1 + random.below(5))));
            }
        }
    }
    Csr::from_triplets(n, n, &cells).unwrap()
}

fn random_labels(n: usize, seed: u64) -> Labels {
    let mut random = Seed(seed).stream(2);
    let class = |c: u32| if c == 2 { Labels::NONE } else { c };
    Labels::new((0..n).map(|_| class(random.below(3))).collect(), 2).unwrap()
}

proptest! {
    #[test]
    fn scaling_leaves_quotients_and_their_weighted_mean_is_one(m in counts(7, 9), factor in 1e-6f64..1e6) {
        let t = table(&m);
        let lq = location_quotient(&t);
        let scaled = m.as_slice().iter().map(|v| v * factor).collect();
        let scaled = table(&Matrix::from_rows(m.rows(), m.columns(), scaled).unwrap());
        prop_assert!(all_near(lq.as_slice(), location_quotient(&scaled).as_slice()));
        for (i, total) in t.activity_totals().iter().enumerate() {
            let mean: f64 = (0..t.regions()).filter(|&r| t.region_totals()[r] > 0.0)
                .map(|r| lq[(r, i)] * t.region_totals()[r]).sum::<f64>() / t.total();
            prop_assert!(near(mean, 1.0) || (*total == 0.0 && (mean.is_nan() || t.total() == 0.0)));
        }
        prop_assert_eq!(Presence::of(&t), Presence::at_least(&lq, Presence::THRESHOLD).unwrap());
    }

    #[test]
    fn order_of_regions_and_activities_does_not_matter(m in counts(7, 9), seed: u64) {
        let (rows, columns) = (shuffled(m.rows(), seed), shuffled(m.columns(), seed ^ 1));
        let (a, b) = (table(&m), table(&reordered(&m, &rows, &columns)));
        let moved = |v: &Matrix| reordered(v, &rows, &columns);
        prop_assert!(all_near(moved(&location_quotient(&a)).as_slice(), location_quotient(&b).as_slice()));
        let at = |v: Vec<f64>| rows.iter().map(|&r| v[r]).collect::<Vec<_>>();
        prop_assert!(all_near(&at(krugman(&a, Reference::Rest)), &krugman(&b, Reference::Rest)));
        let (x, y) = (Presence::of(&a), Presence::of(&b));
        let (phi, psi) = (proximity(&x), proximity(&y));
        let density = |x, phi| relatedness_density(x, phi, SelfInclusion::Excluded).unwrap();
        prop_assert!(all_near(moved(&density(&x, &phi)).as_slice(), density(&y, &psi).as_slice()));
        let pairs = |x, phi| Interregional::new(x, phi).unwrap().all_pairs();
        prop_assert!(all_near(reordered(&pairs(&x, &phi), &rows, &rows).as_slice(), pairs(&y, &psi).as_slice()));
    }

    #[test]
    fn specialisation_stays_in_range(m in counts(7, 9), seed: u64) {
        let t = table(&m);
        for reference in [Reference::Whole, Reference::Rest] {
            prop_assert!(within(&krugman(&t, reference), 0.0, 2.0));
        }
        prop_assert!(within(&herfindahl(&t), 1.0 / m.columns() as f64, 1.0));
        prop_assert!(within(&hachman(&t), 0.0, 1.0));
        for weights in [None, Some(t.region_totals())] {
            let (gini, hoover) = (spatial_gini(&t, weights).unwrap(), hoover(&t, weights).unwrap());
            prop_assert!(within(&gini, 0.0, 1.0) && within(&hoover, 0.0, 1.0));
            // Hoover's index is the largest gap of the Lorenz curve, the Gini twice its area.
            prop_assert!(gini.iter().zip(&hoover).all(|(g, h)| g.is_nan() || h <= &(g + 1e-12)));
        }
        let entropy = shannon(&t);
        let v = variety(&t, &random_labels(m.columns(), seed)).unwrap();
        let sum: Vec<f64> = v.related.iter().zip(&v.unrelated).map(|(a, b)| a + b).collect();
        prop_assert!(all_near(&sum, &entropy));
        prop_assert!(within(&v.related, 0.0, 10.0));
    }

    #[test]
    fn krugman_of_region_and_rest_is_the_pair_index(m in counts(6, 6)) {
        let t = table(&m);
        for (r, k) in krugman(&t, Reference::Rest).into_iter().enumerate() {
            let rest: Vec<f64> = (0..m.columns())
                .map(|i| (0..m.rows()).filter(|&s| s != r).map(|s| m[(s, i)]).sum()).collect();
            let pair = dissimilarity(m.row(r), &rest, Dissimilarity::Krugman).unwrap_or(f64::NAN);
            prop_assert!(near(k, pair), "{} {}", k, pair);
        }
    }

    #[test]
    fn small_counts_are_pulled_towards_one_and_lie_in_their_interval(m in counts(8, 5)) {
        let t = table(&m);
        let (lq, shrunken) = (location_quotient(&t), shrunken_location_quotient(&t));
        let bounds = location_quotient_interval(&t, 0.95).unwrap();
        let wide = location_quotient_interval(&t, 0.99).unwrap();
        for (k, &q) in lq.as_slice().iter().enumerate() {
            let s = shrunken.values.as_slice()[k];
            let (low, high) = (bounds.lower.as_slice()[k], bounds.upper.as_slice()[k]);
            if q.is_nan() {
                prop_assert!(s.is_nan() && low.is_nan() && high.is_nan());
            } else {
                prop_assert!(q.min(1.0) - 1e-12 <= s && s <= q.max(1.0) + 1e-12);
                prop_assert!(low <= q && q < high && wide.lower.as_slice()[k] <= low && high < wide.upper.as_slice()[k]);
            }
        }
        for i in 0..m.columns() {
            let z: Vec<f64> = standardised_location_quotient(&t, QuotientScale::Linear)
                .transposed().row(i).iter().copied().filter(|v| !v.is_nan()).collect();
            prop_assert!(z.iter().sum::<f64>().abs() < 1e-9);
            let variance = z.iter().map(|v| v * v).sum::<f64>();
            prop_assert!(z.is_empty() || near(variance, z.len() as f64 - 1.0));
        }
    }

    #[test]
    fn density_and_relatedness_follow_their_definitions(m in counts(9, 70)) {
        let x = Presence::of(&table(&m));
        let phi = proximity(&x);
        let u = x.ubiquity();
        for i in 0..x.activities() {
            for j in 0..x.activities() {
                let both = (0..x.regions()).filter(|&r| x.has(r, i) && x.has(r, j)).count() as f64;
                let most = f64::from(u[i].max(u[j]));
                prop_assert!(near(phi[(i, j)], both / most.max(1.0)));
            }
        }
        for own in [SelfInclusion::Excluded, SelfInclusion::Included] {
            let density = relatedness_density(&x, &phi, own).unwrap();
            prop_assert!(within(density.as_slice(), 0.0, 100.0));
            for r in 0..x.regions() {
                for i in 0..x.activities() {
                    let used = || (0..x.activities()).filter(|&j| j != i || own == SelfInclusion::Included);
                    let near_by: f64 = used().filter(|&j| x.has(r, j)).map(|j| phi[(i, j)]).sum();
                    let all: f64 = used().map(|j| phi[(i, j)]).sum();
                    prop_assert!(near(density[(r, i)], 100.0 * near_by / all));
                }
            }
        }
        for normalisation in [Normalisation::Cosine, Normalisation::Jaccard] {
            let m = relatedness(&x.co_occurrence(), normalisation).unwrap();
            prop_assert!(within(m.as_slice(), 0.0, 1.0));
            prop_assert_eq!(m.transposed(), m);
        }
    }

    #[test]
    fn validated_pairs_hold_their_level(m in counts(12, 8)) {
        let x = Presence::of(&table(&m));
        let loose = validated_projection(&x, MultipleTesting::FalseDiscoveryRate, 0.2).unwrap();
        let strict = validated_projection(&x, MultipleTesting::Bonferroni, 0.2).unwrap();
        prop_assert!(strict.kept <= loose.kept && loose.kept <= loose.tested);
        prop_assert!(within(loose.p.as_slice(), 0.0, 1.0));
        let pairs = (0..x.activities()).flat_map(|i| (0..i).map(move |j| (i, j)));
        prop_assert_eq!(pairs.filter(|&(i, j)| loose.is_kept(i, j)).count(), loose.kept);
        let phi = proximity(&x);
        let kept = loose.restrict(&phi).unwrap();
        prop_assert!((0..x.activities()).all(|i| kept[(i, i)] == phi[(i, i)]));
    }

    #[test]
    fn fast_pairs_equal_the_formula_and_their_parts(m in counts(9, 21)) {
        let x = Presence::of(&table(&m));
        let phi = proximity(&x);
        let kernel = Interregional::new(&x, &phi).unwrap();
        let pairs = kernel.all_pairs();
        for r in 0..x.regions() {
            for s in 0..x.regions() {
                let score = kernel.score(r, s);
                prop_assert!(score.to_bits() == pairs[(r, s)].to_bits() || (score.is_nan() && pairs[(r, s)].is_nan()));
                prop_assert!(near(score, naive_score(&x, &phi, r, s)), "{} {}", score, naive_score(&x, &phi, r, s));
                prop_assert!(within(&[score], 0.0, 100.0));
                if !score.is_nan() {
                    let parts = kernel.contributions(r, s);
                    prop_assert!(near(parts.gained.iter().sum(), score) && near(parts.brought.iter().sum(), score));
                }
            }
        }
    }

    #[test]
    fn linkages_and_gains_are_weighted_sums_over_pairs(m in counts(9, 12), seed: u64) {
        let x = Presence::of(&table(&m));
        let kernel = Interregional::new(&x, &proximity(&x)).unwrap();
        let n = x.regions();
        let labels = random_labels(n, seed);
        let ties = random_ties(n, seed);
        let mut ones = Matrix::filled(n, n, 0.0);
        (0..n).for_each(|r| ones.row_mut(r).fill(1.0));
        let potential = random_ties(0, 0);
        // Between two classes and, with self-ties in the data, within one.
        for (case, w, giving) in [
            (Ties::Sparse(&ties), &ties, 0),
            (Ties::Sparse(&ties), &ties, 1),
            (Ties::Potential, &potential, 0),
            (Ties::Potential, &potential, 1),
        ] {
            let between = Between { labels: &labels, receiving: 1, giving };
            let weight = |r: usize, s: usize| if w.rows() == 0 { 1.0 } else { w.get(r, s as u32).unwrap_or(0.0) };
            let linkages = kernel.linkages(case, Some(between), Cells::Missing).unwrap();
            let (mut total, mut sum) = (0.0, 0.0);
            for r in 0..n {
                let givers = || (0..n).filter(|&s| s != r && labels.get(s) == Some(giving));
                let receives = labels.get(r) == Some(1);
                for i in 0..x.activities() {
                    let want: f64 = givers().map(|s| weight(r, s) * kernel.added_density(r, s)[i]).sum();
                    let got = linkages[(r, i)];
                    if receives && givers().next().is_some() {
                        prop_assert!(near(got, want));
                    } else {
                        prop_assert!(got.is_nan() || got == 0.0);
                    }
                }
                if receives {
                    for s in givers().filter(|&s| !kernel.score(r, s).is_nan()) {
                        total += weight(r, s) * kernel.score(r, s);
                        sum += weight(r, s);
                    }
                }
            }
            match kernel.directed_gain(case, between) {
                Ok(gain) => {
                    prop_assert!(near(gain.total, total) && near(gain.weight, sum));
                    prop_assert!(near(gain.by_activity.iter().sum(), total));
                    prop_assert!(near(gain.by_region.iter().filter(|v| !v.is_nan()).sum(), total));
                    prop_assert!(within(&[gain.mean], 0.0, 100.0));
                }
                Err(_) => prop_assert!(sum == 0.0),
            }
        }
        let dense = kernel.linkages(Ties::Dense(&ones), None, Cells::All).unwrap();
        prop_assert!(all_near(dense.as_slice(), kernel.linkages(Ties::Potential, None, Cells::All).unwrap().as_slice()));
    }

    #[test]
    fn partners_equal_an_exhaustive_search(m in counts(30, 10), seed: u64, radius in 1.0f64..15.0, k in 1usize..6) {
        let x = Presence::of(&table(&m));
        let kernel = Interregional::new(&x, &proximity(&x)).unwrap();
        let mut random = Seed(seed).stream(3);
        // Whole coordinates: many places coincide or lie exactly on the circle.
        let places: Vec<Coord<f64>> = (0..x.regions())
            .map(|_| Coord { x: f64::from(random.below(20)) - 5.0, y: f64::from(random.below(20)) }).collect();
        let radius = radius.round();
        let labels = random_labels(x.regions(), seed);
        let accept = |r: u32, s: u32| labels.get(r as usize) != labels.get(s as usize);
        let got = kernel.partners(&places, radius, k, accept, &Silent).unwrap();
        for r in 0..x.regions() {
            let distance = |s: usize| (places[r].x - places[s].x).hypot(places[r].y - places[s].y);
            let mut want: Vec<(f64, usize)> = (0..x.regions())
                .filter(|&s| s != r && accept(r as u32, s as u32) && distance(s) <= radius + 1e-12)
                .map(|s| (kernel.score(r, s), s)).filter(|(score, _)| *score > 0.0).collect();
            want.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            want.truncate(k);
            prop_assert_eq!(got[r].iter().map(|p| (p.score, p.region as usize)).collect::<Vec<_>>(), want);
            prop_assert!(got[r].iter().all(|p| near(p.distance_m, distance(p.region as usize))));
        }
    }

    #[test]
    fn complexity_solves_its_equations(m in counts(12, 10)) {
        let x = Presence::of(&table(&m));
        let Ok(c) = economic_complexity(&x, Parts::Largest) else { return Ok(()) };
        let mean = |of: &mut dyn Iterator<Item = f64>| {
            let v: Vec<f64> = of.collect();
            v.iter().sum::<f64>() / v.len() as f64
        };
        let eci: Vec<f64> = c.regions.iter().copied().filter(|v| !v.is_nan()).collect();
        prop_assert!(eci.iter().sum::<f64>().abs() < 1e-7);
        prop_assert!(near(eci.iter().map(|v| v * v).sum::<f64>() / eci.len() as f64, 1.0));
        prop_assert!((0.0..=1.0).contains(&c.singular_value) && c.next_singular_value <= c.singular_value);
        let mut offsets = Vec::new();
        for i in (0..x.activities()).filter(|&i| !c.activities[i].is_nan()) {
            let regions = mean(&mut (0..x.regions()).filter(|&r| x.has(r, i)).map(|r| c.regions[r]));
            offsets.push(regions - c.singular_value.powi(2) * c.activities[i]);
        }
        for r in (0..x.regions()).filter(|&r| !c.regions[r].is_nan()) {
            prop_assert!((mean(&mut x.present(r).map(|i| c.activities[i])) - c.regions[r]).abs() < 1e-6);
        }
        prop_assert!(offsets.iter().all(|o| (o - offsets[0]).abs() < 1e-6), "{:?}", offsets);
        let f = fitness(&x, Stop::Change(1e-10), 300).unwrap();
        prop_assert!(f.converged || f.iterations == 300);
        prop_assert!(f.regions.iter().all(|v| v.is_nan() || *v >= 0.0));
    }

    #[test]
    fn dissimilarities_are_symmetric_and_bounded(m in counts(6, 8)) {
        use Dissimilarity::{BrayCurtis, Cosine, Hellinger, Jaccard, JensenShannon, Krugman};
        for measure in [Cosine, Jaccard, BrayCurtis, Hellinger, JensenShannon, Krugman] {
            let d = all_dissimilarities(&m, measure).unwrap();
            let most = if measure == Krugman { 2.0 } else { 1.0 };
            prop_assert!(within(d.as_slice(), 0.0, most));
            for a in 0..m.rows() {
                prop_assert!(d[(a, a)].is_nan() || d[(a, a)].abs() < 1e-7);
                for b in 0..m.rows() {
                    let one = dissimilarity(m.row(a), m.row(b), measure).unwrap_or(f64::NAN);
                    prop_assert!(near(one, d[(a, b)]) && near(d[(b, a)], d[(a, b)]));
                    // These four are distances: no detour is shorter.
                    for c in 0..m.rows() {
                        let shorter = d[(a, b)] > d[(a, c)] + d[(c, b)] + 1e-7;
                        prop_assert!(!shorter || matches!(measure, Cosine | BrayCurtis));
                    }
                }
            }
        }
    }

    #[test]
    fn supply_and_demand_stay_in_range(m in counts(5, 6), seed: u64) {
        let other = reordered(&m, &shuffled(m.rows(), seed), &shuffled(m.columns(), seed ^ 9));
        prop_assert!(within(michaely_pairs(&table(&m), &table(&other)).unwrap().as_slice(), 0.0, 1.0));
        let g = gap_fill(&m, &other).unwrap();
        prop_assert!(within(g.as_slice(), 0.0, 1.0));
        prop_assert!((0..m.rows()).all(|r| g[(r, r)].is_nan() || g[(r, r)] == 0.0));
    }

    #[test]
    fn sums_up_a_nomenclature_lose_nothing(m in counts(6, 9), seed: u64) {
        let t = table(&m);
        let up = aggregate_activities(&t, &random_labels(m.columns(), seed), MaskedCells::Propagate).unwrap();
        prop_assert!(near(up.table.total() + up.unassigned + up.hidden, t.total()));
    }
}

#[test]
fn edges_of_the_domain() {
    let one = |r: usize, c: usize, v: Vec<f64>| table(&Matrix::from_rows(r, c, v).unwrap());
    // One region, one activity: it is the whole, and so is its share.
    for t in [one(1, 1, vec![4.0]), one(1, 3, vec![1.0, 2.0, 3.0]), one(3, 1, vec![1.0, 2.0, 3.0])] {
        assert!(location_quotient(&t).as_slice().iter().all(|q| *q == 1.0));
        assert!(krugman(&t, Reference::Whole).iter().all(|k| k.abs() < 1e-12));
        let x = Presence::of(&t);
        let kernel = Interregional::new(&x, &proximity(&x)).unwrap();
        assert!(kernel.all_pairs().as_slice().iter().all(|s| s.is_nan()), "nothing is lacking");
    }
    assert!(krugman(&one(1, 2, vec![1.0, 1.0]), Reference::Rest)[0].is_nan());
    // All zero.
    let nothing = one(2, 2, vec![0.0; 4]);
    assert!(location_quotient(&nothing).as_slice().iter().all(|q| q.is_nan()));
    assert!(shannon(&nothing).iter().all(|h| h.is_nan()));
    assert!(spatial_gini(&nothing, None).unwrap().iter().all(|g| g.is_nan()));
    let x = Presence::of(&nothing);
    assert!(
        relatedness_density(&x, &proximity(&x), SelfInclusion::Excluded)
            .unwrap()
            .as_slice()
            .iter()
            .all(|d| d.is_nan())
    );
    assert!(fitness(&x, Stop::Never, 10).is_err());
    // Regions, but no activities.
    let x = Presence::of(&one(2, 0, vec![]));
    let kernel = Interregional::new(&x, &proximity(&x)).unwrap();
    assert!(kernel.all_pairs()[(0, 1)].is_nan() && kernel.score(0, 1).is_nan());
    // An empty table.
    let empty = one(0, 0, vec![]);
    assert_eq!(location_quotient(&empty).rows(), 0);
    let x = Presence::of(&empty);
    let kernel = Interregional::new(&x, &proximity(&x)).unwrap();
    assert_eq!(kernel.all_pairs().rows(), 0);
    assert!(kernel.partners(&[], 1.0, 1, |_, _| true, &Silent).unwrap().is_empty());
    assert!(kernel.score(0, 0).is_nan() && kernel.added_density(0, 0).is_empty());
    assert!(economic_complexity(&x, Parts::Largest).is_err());
}

#[test]
fn kernels_refuse_what_does_not_fit() {
    let x = Presence::at_least(&Matrix::filled(3, 2, 1.0), 1.0).unwrap();
    let phi = Matrix::filled(2, 2, 0.5);
    assert!(Presence::at_least(&phi, f64::NAN).is_err());
    assert!(relatedness_density(&x, &Matrix::filled(3, 3, 1.0), SelfInclusion::Excluded).is_err());
    assert!(relatedness_density(&x, &Matrix::filled(2, 2, -1.0), SelfInclusion::Excluded).is_err());
    assert!(Interregional::new(&x, &Matrix::filled(2, 2, f64::NAN)).is_err());
    let kernel = Interregional::new(&x, &phi).unwrap();
    assert!(kernel.linkages(Ties::Dense(&phi), None, Cells::All).is_err());
    assert!(kernel.linkages(Ties::Dense(&Matrix::filled(3, 3, -1.0)), None, Cells::All).is_err());
    let labels = Labels::new(vec![0, 1, 1], 2).unwrap();
    let absent = Between { labels: &labels, receiving: 0, giving: 2 };
    assert!(kernel.directed_gain(Ties::Potential, absent).is_err());
    let short = Labels::new(vec![0, 1], 2).unwrap();
    assert!(
        kernel.directed_gain(Ties::Potential, Between { labels: &short, receiving: 0, giving: 1 }).is_err()
    );
    let places = vec![Coord { x: 0.0, y: 0.0 }; 3];
    assert!(kernel.partners(&places[..2], 1.0, 1, |_, _| true, &Silent).is_err());
    assert!(kernel.partners(&places, 1.0, 0, |_, _| true, &Silent).is_err());
    assert!(kernel.partners(&places, f64::NAN, 1, |_, _| true, &Silent).is_err());
    let lost = vec![Coord { x: f64::NAN, y: 0.0 }; 3];
    assert!(kernel.partners(&lost, 1.0, 1, |_, _| true, &Silent).is_err());
    assert!(kernel.partners(&places, f64::INFINITY, 1, |_, _| true, &Silent).is_ok());
}

#[cfg(feature = "parallel")]
#[test]
fn threads_do_not_change_a_byte() {
    use rurban::complementarity::composite::{Shuffle, tied_complementarity_evidence};

    let cells: Vec<f64> = (0..60 * 40).map(|k| f64::from(k * k % 97 % 13 * u32::from(k % 3 > 0))).collect();
    let x = Presence::of(&table(&Matrix::from_rows(60, 40, cells).unwrap()));
    let ties = random_ties(60, 4);
    let labels = random_labels(60, 4);
    let places: Vec<Coord<f64>> =
        (0..60).map(|k| Coord { x: f64::from(k % 8), y: f64::from(k / 8) }).collect();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let kernel = Interregional::new(&x, &proximity(&x)).unwrap();
            let score = |i: usize, j: usize| kernel.score(i, j);
            let between = Between { labels: &labels, receiving: 0, giving: 1 };
            let tests = [Shuffle::Labels, Shuffle::Portfolios].map(|s| {
                tied_complementarity_evidence(&ties, &labels, score, s, 99, Seed(1), &Silent).unwrap()
            });
            (
                kernel.all_pairs(),
                kernel.directed_gain(Ties::Sparse(&ties), between).unwrap(),
                kernel.partners(&places, 3.0, 4, |_, _| true, &Silent).unwrap(),
                tests,
            )
        })
    };
    let one = format!("{:?}", run(1));
    for threads in [2, 8] {
        assert_eq!(one, format!("{:?}", run(threads)));
    }
}
