//! G35 (spatial index) and G36 (geodesy).

use geo_types::Coord;
use rurban::france::zones::ZONES;
use rurban::space::Layer;
use rurban::space::crs::{self, Crs, Epsg};
use rurban::space::distance::{self, haversine_m};
use rurban::space::locate::Locator;
use rurban::space::neighbours::PointSet;
use serde_json::Value;

use crate::common::{contours::features, real_data};
use crate::support::{close, golden, input, number, numbers, values, within};

#[test]
fn g35_spatial_index() {
    let (want, nodes) = (values("G35_spatial_index"), input("net35k_points.csv"));
    let points: Vec<_> =
        nodes.numbers("x").into_iter().zip(nodes.numbers("y")).map(|(x, y)| Coord { x, y }).collect();
    let polygons = features(&golden("inputs/voronoi_1200_l93.geojson"));

    let locator = Locator::new(&Layer::from_features(&polygons)).unwrap();
    let found = locator.locate_many(&points).unwrap();
    let mut counts = vec![0.0; polygons.len()];
    for f in found.iter().flatten() {
        counts[*f as usize] += 1.0;
    }
    assert_eq!(counts[..20], numbers(&want["counts_first20"]));
    assert_eq!(counts.iter().filter(|&&c| c > 0.0).count() as f64, number(&want["n_nonempty"]));
    let first: Vec<f64> = found[..50].iter().map(|f| f.map_or(-1.0, f64::from)).collect();
    assert_eq!(first, numbers(&want["assign_first50"]));

    let set = PointSet::new(&points).unwrap();
    let nearest = set.k_nearest(8);
    // The peer's mean is over the eighth neighbours.
    let eighth: f64 = (0..points.len()).map(|i| nearest.distances_m(i)[7]).sum();
    close(eighth / points.len() as f64, number(&want["nn8_meanDist_m"]), 1e-9);
    for (i, id) in numbers(&want["nn1_first20"]).into_iter().enumerate() {
        // Coincident points may be told apart by another rule: their distances agree.
        let peer = distance::planar_m(points[i], points[id as usize]);
        // = distance of the nearest
        close(nearest.distances_m(i)[0], peer, 1e-9);
    }

    let counts = set.counts_within(20_000.0).unwrap();
    let peer = numbers(&want["radius20_first20"]);
    let own = f64::from(counts[0]) - peer[0];
    // The peer may count the point itself.
    assert!(own == 0.0 || own == -1.0, "{own}");
    for (c, want) in counts.iter().zip(&peer) {
        assert_eq!(f64::from(*c) - own, *want);
    }
    let total: f64 = counts.iter().map(|&c| f64::from(c) - own).sum();
    assert_eq!(total, number(&want["radius20_sum"]));
}

#[test]
fn g36_geodesy() {
    let want = values("G36_geodesy");
    let place = |name: &Value| {
        let c = numbers(&want["lonlat"][name.as_str().unwrap()]);
        Coord { x: c[0], y: c[1] }
    };
    let lambert = crs::projector(Crs::LON_LAT, Epsg::LAMBERT_93.crs()).unwrap();
    for (name, l93) in want["l93"].as_object().unwrap() {
        let c = lambert.point(place(&Value::from(name.as_str()))).unwrap();
        let l93 = numbers(l93);
        // = Lambert-93 x
        within(c.x, l93[0], 1e-6);
        // = Lambert-93 y
        within(c.y, l93[1], 1e-6);
    }
    let pairs = want["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 21);
    for pair in pairs {
        let (a, b) = (place(&pair[0]), place(&pair[1]));
        // = geodesic distance
        within(distance::geodesic_m(a, b).unwrap(), number(&pair[2]), 1e-3);
        // = distance in the zone's projection
        within(distance::distance_m(&ZONES, a, b).unwrap(), number(&pair[3]), 1e-3);
        // = haversine distance
        within(haversine_m(a, b).unwrap(), number(&pair[4]), 1e-3);
    }
}

#[test]
#[ignore = "needs RURBAN_DATA: contours/communes-2023.geojson, contours/communes-2022-1000m.geojson"]
fn every_commune_holds_its_own_interior_point() {
    use geo::InteriorPoint;
    for (file, mut invalid) in [("communes-2023.geojson", 0usize), ("communes-2022-1000m.geojson", 0)] {
        let features = features(&real_data("contours").join(file));
        assert!(features.len() > 34_000, "{file}");
        let locator = Locator::new(&Layer::from_features(&features)).unwrap();
        for (i, f) in features.iter().enumerate() {
            let Some(point) = f.interior_point() else { continue };
            if !locator.locate_all(point.0).contains(&(i as u32)) {
                eprintln!("{file}: feature {i} does not hold {point:?}");
                invalid += 1;
            }
        }
        assert_eq!(invalid, 0, "{file}");
    }
}
