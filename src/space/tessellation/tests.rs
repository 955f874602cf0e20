use super::*;
use crate::random::Seed;
use crate::space::measure::{Surface, areas};
use geo_types::polygon;

fn land() -> MultiPolygon<f64> {
    MultiPolygon(vec![
        polygon!(
            exterior: [(x: 0., y: 0.), (x: 10., y: 1.), (x: 6., y: 5.), (x: 9., y: 10.), (x: 0., y: 9.)],
            interiors: [[(x: 2., y: 2.), (x: 3., y: 2.), (x: 3., y: 3.), (x: 2., y: 3.)]],
        ),
        polygon![(x: 12., y: 12.), (x: 13., y: 12.), (x: 13., y: 13.)],
    ])
}

#[test]
fn points_on_a_line_make_strips() {
    let land: MultiPolygon<f64> =
        polygon![(x: 0., y: -1.), (x: 20., y: -1.), (x: 20., y: 1.), (x: 0., y: 1.)].into();
    for slope in [0.0, 0.04] {
        let points: Vec<Coord<f64>> =
            (0..20_000).map(|i| f64::from(i) * 1e-3 + 5e-4).map(|x| Coord { x, y: slope * x }).collect();
        let t = tessellate(&points, &land, &TessellationOptions::default()).unwrap();
        let areas = areas(&t.layer, Surface::Plane);
        assert!((areas.iter().sum::<f64>() - 40.0).abs() < 1e-6);
        assert!(areas[1000..19_000].iter().all(|a| (a - 2e-3).abs() < 1e-4), "{slope}");
    }
}

#[test]
fn cells_partition_the_land_and_hold_their_points() {
    use geo::{Area, Contains};
    let land = land();
    let mut random = Seed(5).stream(0);
    let points: Vec<Coord<f64>> =
        (0..400).map(|_| Coord { x: random.unit() * 11.0, y: random.unit() * 10.0 }).collect();
    let t = tessellate(&points, &land, &TessellationOptions::default()).unwrap();
    let sizes = areas(&t.layer, Surface::Plane);
    let on_land: f64 =
        (0..points.len()).filter(|&i| !t.without_land.contains(&(i as u32))).map(|i| sizes[i]).sum();
    assert!((on_land - land.unsigned_area()).abs() < 1e-4, "{on_land} {}", land.unsigned_area());
    for (i, &p) in points.iter().enumerate() {
        let inside = t.layer.to_multi_polygon(i).contains(&snap(p, 1e-6));
        assert_eq!(inside, !t.off_land.contains(&(i as u32)) || t.without_land.contains(&(i as u32)), "{i}");
    }
    assert!(!t.off_land.is_empty() && !t.without_land.is_empty() && t.coincident.is_empty());
}

#[test]
fn coincident_points_and_one_point() {
    let p = Coord { x: 1.0, y: 1.0 };
    let t = tessellate(&[p, p], &land(), &TessellationOptions::default()).unwrap();
    assert_eq!(t.coincident, [(1, 0)]);
    assert_eq!(t.layer.polygons(0).count(), 2);
    assert_eq!(t.layer.polygons(1).count(), 0);
    assert!(tessellate(&[], &land(), &TessellationOptions::default()).unwrap().layer.is_empty());
    let bad = Coord { x: f64::NAN, y: 0.0 };
    assert!(tessellate(&[bad], &land(), &TessellationOptions::default()).is_err());
    assert!(tessellate(&[p], &MultiPolygon(vec![]), &TessellationOptions::default()).is_err());
    assert!(tessellate(&[p], &land(), &TessellationOptions::default().grid(0.0)).is_err());
}
