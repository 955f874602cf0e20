//! Inputs near the end of the range of floats, and shapes that are not sound: what fuzzing found.

use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::autocorrelation::{LocalInference, LocalOptions, SelfWeight, gi_star};
use rurban::inequality::Distribution;
use rurban::labels::Labels;
use rurban::linkage::areal_segregation;
use rurban::matrix::Csr;
use rurban::model::Contours;
use rurban::network::{CommunityOptions, Direction, Network, TieWeights, leiden, louvain};
use rurban::space::contiguity::{Rule, contiguity, contiguity_within};
use rurban::space::repair::{Depth, check};
use rurban::space::{Bounds, Layer};
use rurban::write::svg::{
    Axis, Bars, Choropleth, ClassColours, ClassMap, Colours, Coordinates, Marks, Plot, Series,
};

fn ring(corners: &[(f64, f64)]) -> LineString<f64> {
    LineString(corners.iter().map(|&(x, y)| Coord { x, y }).collect())
}

#[test]
fn negative_weights_that_cancel_the_own_one_leave_no_gi_star() {
    let weights =
        Csr::from_triplets(4, 4, &[(0, 1, 1.0), (0, 2, -2.0), (1, 0, 1.0), (2, 3, 1.0), (3, 2, 1.0)]);
    let options = LocalOptions::default().inference(LocalInference::ClosedForm);
    let local =
        gi_star(&[1.0, 2.0, 4.0, 3.0], &weights.unwrap(), SelfWeight::LargestSameSum, &options).unwrap();
    assert!(local.observed[0].is_nan() && local.z[0].is_nan());
    assert!(local.observed[1..].iter().all(|g| g.is_finite()));
    let binary = Csr::from_triplets(3, 3, &[(0, 1, 1.0), (1, 0, 1.0), (2, 1, 1.0)]).unwrap();
    let none = gi_star(&[1.0, 1.0, -2.0], &binary, SelfWeight::Largest, &options).unwrap();
    assert!(none.observed.iter().all(|g| g.is_nan()), "values that add up to 0: {:?}", none.observed);
}

#[test]
fn inequality_stays_in_its_range_or_says_why_not() {
    // A mean without digits to spare.
    assert!(Distribution::new(&[5e-324, 0.0, 1e-323]).is_err());
    assert!(Distribution::new(&[f64::MAX, f64::MAX]).is_ok_and(|d| d.gini().unwrap() == 0.0));
    // A share of heads that is next to nothing.
    assert!(Distribution::weighted(&[1.0, f64::MAX], &[1.0, 1e-305]).is_err());
    let wild = Distribution::weighted(&[1e-290, 1e300], &[1.0, 1e-299]).unwrap();
    for measure in [wild.gini(), wild.atkinson(0.5), wild.atkinson(2.0)] {
        assert!((0.0..=1.0).contains(&measure.unwrap()));
    }
    assert!(wild.theil_t().unwrap().is_finite());
    // The poorest, of whom there are next to none, count for all when inequality is hated that much.
    let hated = Distribution::weighted(&[1.0, 4.0], &[1e-20, 1.0]).unwrap().atkinson(1e300).unwrap();
    assert!((hated - 0.75).abs() < 1e-12, "{hated}");
}

/// No attribute of a picture holds what is no number.
fn numbers_only(picture: &str) {
    for tag in picture.split('<').map(|t| t.split('>').next().unwrap_or_default()) {
        for word in ["NaN", "inf"] {
            assert!(!tag.contains(&format!("\"{word}")) && !tag.contains(&format!(" {word}")), "{tag}");
            assert!(!tag.contains(&format!("-{word}")), "{tag}");
        }
    }
    assert!(picture.len() < 200_000);
}

#[test]
fn pictures_of_the_largest_and_smallest_numbers() {
    let values = [f64::MAX, f64::MIN, 5e-324, 1.0, 1e16, 1e16 + 2.0];
    let square = |x: f64, side: f64| {
        MultiPolygon(vec![Polygon::new(ring(&[(x, 0.0), (x + side, 0.0), (x, side)]), Vec::new())])
    };
    for pair in values.iter().flat_map(|&a| values.map(|b| [a, b])) {
        for axis in [Axis::Linear, Axis::Log] {
            let series = [Series { name: "s", x: &pair, y: &pair, marks: Marks::Line }];
            let plot =
                Plot { title: "t", x_label: "x", y_label: "y", x_axis: axis, y_axis: axis, series: &series };
            numbers_only(plot.render().unwrap().as_str());
        }
        let labels = ["a".to_owned(), "b".to_owned()];
        let bars = Bars { title: "t", value_label: "v", labels: &labels, values: &pair };
        numbers_only(bars.render().unwrap().as_str());
        for centre in [0.0, f64::MIN, f64::NAN, f64::INFINITY] {
            let layer = Layer::from_features([&square(0.0, 1.0), &square(2.0, 1.0)]);
            let map = Choropleth {
                title: "t",
                value_label: "v",
                layer: &layer,
                contours: Contours::Surveyed,
                values: &pair,
                colours: Colours::Diverging { centre },
                lines: &[],
                points: &[],
                coordinates: Coordinates::Metres,
                bounds: None,
            };
            numbers_only(map.render().unwrap().as_str());
        }
    }
}

#[test]
fn maps_refuse_places_beyond_all_numbers_and_cut_off_those_far_out() {
    let shape =
        |x: f64| MultiPolygon(vec![Polygon::new(ring(&[(0.0, 0.0), (x, 0.0), (0.0, x)]), Vec::new())]);
    let (classes, labels) = (["c".to_owned()], Labels::new(vec![0], 1).unwrap());
    let draw = |x: f64, bounds: Option<Bounds>| {
        let layer = Layer::from_features([&shape(x)]);
        let map = ClassMap {
            title: "t",
            legend: "l",
            layer: &layer,
            contours: Contours::Surveyed,
            classes: &classes,
            labels: &labels,
            colours: ClassColours::Unordered,
            coordinates: Coordinates::Degrees,
            bounds,
        };
        map.render()
    };
    assert!(draw(1e300, None).is_err());
    assert!(draw(1.0, Some(Bounds { min: [0.0; 2], max: [f64::INFINITY; 2] })).is_err());
    for (x, side) in [(1e99, 1e-9), (1e99, 1e99), (1e-300, 1.0), (5e-324, 5e-324)] {
        numbers_only(draw(x, None).unwrap().as_str());
        numbers_only(draw(x, Some(Bounds { min: [0.0; 2], max: [side; 2] })).unwrap().as_str());
    }
}

#[test]
fn a_ring_that_is_one_place_is_touched_by_either_contiguity() {
    let place = Polygon::new(ring(&[(1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]), Vec::new());
    let square = Polygon::new(ring(&[(1.0, 1.0), (2.0, 1.0), (2.0, 2.0)]), Vec::new());
    let layer = Layer::from_features([&MultiPolygon(vec![place]), &MultiPolygon(vec![square])]);
    assert_eq!(contiguity(&layer, Rule::Queen).pairs, [(0, 1)]);
    assert_eq!(contiguity_within(&layer, Rule::Queen, 0.0).unwrap().pairs, [(0, 1)]);
    assert!(contiguity_within(&layer, Rule::Rook, 0.0).unwrap().pairs.is_empty());
}

#[test]
fn a_repaired_shape_needs_no_repair() {
    let shapes = [
        // Crosses itself at the end of the range of floats.
        vec![(0.0, 0.0), (1e300, 1e300), (1e300, 0.0), (0.0, 1e300)],
        vec![(0.0, 0.0), (1e-300, 1e-300), (1e-300, 0.0), (-1e-300, 1e-300)],
        vec![(5.0, 3.0), (0.0, 4.0), (6.0, 1.0), (6.0, 6.0), (2.0, 0.0), (4.0, 2.0), (7.0, 7.0)],
    ];
    for shape in shapes {
        let feature = MultiPolygon(vec![Polygon::new(ring(&shape), Vec::new())]);
        let (mended, found) = check(&feature, None, Depth::Crossings);
        if found.iter().all(|f| f.mended) {
            assert_eq!(check(&mended, None, Depth::Crossings).1, [], "{shape:?}");
        }
    }
}

#[test]
fn communities_end_whatever_the_weights_and_the_resolution() {
    let weights = [1e300, 1e-300, 5e-324, 1e154, 1.0, 1e16, 3.0, 1e-15];
    let ties: Vec<(u32, u32, f64)> = (0..9)
        .flat_map(|a| (0..a).map(move |b| (a, b, weights[(a * 5 + b * 3) as usize % weights.len()])))
        .collect();
    let (network, _) = Network::from_edges(14, &ties, Direction::Undirected).unwrap();
    for weights in [TieWeights::Ignored, TieWeights::Used] {
        for resolution in [1e-9, 1.0, 1e9, 1e300] {
            let options = CommunityOptions::default().weights(weights).resolution(resolution);
            for found in [leiden(&network, &options), louvain(&network, &options)] {
                assert_eq!(found.unwrap().of.len(), 14);
            }
        }
    }
}

#[test]
fn segregation_is_the_same_of_a_group_of_nearly_everybody_and_of_the_few_others() {
    let total = [1e15, 3e15, 2e15];
    let few = [0.0, 1.0, 2.0];
    let nearly_all: Vec<f64> = total.iter().zip(few).map(|(t, x)| t - x).collect();
    let (few, most) =
        (areal_segregation(&few, &total).unwrap(), areal_segregation(&nearly_all, &total).unwrap());
    // By hand: shares (0, 1/3, 2/3) of the few, (1/6, 1/2, 1/3) of the others.
    for s in [few, most] {
        assert!((s.dissimilarity - 1.0 / 3.0).abs() < 1e-12, "{s:?}");
        assert!((0.0..=1.0).contains(&s.entropy) && (s.gini - few.gini).abs() < 1e-12, "{s:?}");
    }
    assert!((few.entropy - most.entropy).abs() < 1e-12, "{few:?} {most:?}");
}
