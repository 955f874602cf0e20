use geo_types::Coord;

use super::*;
use crate::france::zones::ZONES;
use crate::random::Seed;

fn random_points(n: usize, bounds: Bounds) -> Vec<Coord<f64>> {
    let mut s = Seed(11).stream(0);
    let mut between = |i: usize| bounds.min[i] + s.unit() * (bounds.max[i] - bounds.min[i]);
    (0..n).map(|_| Coord { x: between(0), y: between(1) }).collect()
}

fn proj4rs_point(crs: Crs, c: Coord<f64>) -> Coord<f64> {
    let proj = |crs: Crs| proj4rs::Proj::from_proj_string(&crs.proj_string().unwrap()).unwrap();
    let (x, y) =
        proj4rs::adaptors::transform_xy(&proj(Crs::LON_LAT), &proj(crs), c.x.to_radians(), c.y.to_radians())
            .unwrap();
    Coord { x, y }
}

#[test]
fn the_own_conic_agrees_with_proj4rs() {
    for code in std::iter::once(2154).chain(3942..=3950) {
        let crs = Epsg(code).crs();
        let ours = projector(Crs::LON_LAT, crs).unwrap();
        for c in random_points(500, Bounds { min: [-6.0, 41.0], max: [10.0, 52.0] }) {
            let (a, b) = (ours.point(c).unwrap(), proj4rs_point(crs, c));
            assert!((a.x - b.x).hypot(a.y - b.y) < 2e-8, "{crs} {c:?}: {a:?} {b:?}");
        }
    }
}

#[test]
fn every_zone_returns_to_where_it_came_from() {
    for zone in ZONES.as_slice() {
        let points = random_points(2000, zone.bounds);
        let mut there = points.clone();
        projector(Crs::LON_LAT, zone.crs).unwrap().project(&mut there).unwrap();
        projector(zone.crs, Crs::LON_LAT).unwrap().project(&mut there).unwrap();
        for (a, b) in points.iter().zip(&there) {
            assert!((a.x - b.x).abs() < 1e-11 && (a.y - b.y).abs() < 1e-11, "{}: {a:?} {b:?}", zone.name);
        }
    }
}

#[test]
fn a_conic_leads_into_the_other_systems() {
    let c = Coord { x: 3.2, y: 45.1 };
    let direct = projector(Crs::LON_LAT, Epsg::LAEA_EUROPE.crs()).unwrap().point(c).unwrap();
    let lambert = projector(Crs::LON_LAT, Epsg::LAMBERT_93.crs()).unwrap().point(c).unwrap();
    let around = projector(Epsg::LAMBERT_93.crs(), Epsg::LAEA_EUROPE.crs()).unwrap().point(lambert).unwrap();
    assert!((direct.x - around.x).hypot(direct.y - around.y) < 1e-7);
}

#[test]
fn names_are_read() {
    for name in ["EPSG:2154", "epsg:2154", "urn:ogc:def:crs:EPSG::2154", "urn:ogc:def:crs:EPSG:9.1:2154"] {
        assert_eq!(name.parse::<Crs>().unwrap(), Crs::Epsg(Epsg::LAMBERT_93), "{name}");
    }
    assert_eq!("http://www.opengis.net/def/crs/EPSG/0/4326".parse::<Crs>().unwrap(), Crs::LON_LAT);
    for name in ["urn:ogc:def:crs:OGC:1.3:CRS84", "OGC:CRS84", "http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    {
        assert_eq!(name.parse::<Crs>().unwrap(), Crs::LON_LAT, "{name}");
    }
    for name in ["", "2154", "EPSG:", "EPSG:0", "EPSG:x\0", "Lambert 93"] {
        assert!(matches!(name.parse::<Crs>(), Err(Error::Crs { .. })), "{name}");
    }
}

#[test]
fn bad_coordinates_are_refused_with_their_place() {
    let p = PureRust::new(Crs::LON_LAT, Epsg::LAMBERT_93.crs()).unwrap();
    for bad in [(f64::NAN, 1.0), (1.0, f64::INFINITY), (180.1, 0.0), (652_469.0, 6_862_035.0)] {
        let mut coords = [Coord { x: 2.0, y: 46.0 }, Coord { x: bad.0, y: bad.1 }];
        assert!(matches!(p.project(&mut coords), Err(Error::Value { index: 1, .. })), "{bad:?}");
    }
    // The pole opposite to the cone's apex is at infinity.
    let south = p.point(Coord { x: 0.0, y: -90.0 });
    assert!(matches!(south, Err(Error::Crs { .. })), "{south:?}");
    assert!(p.project(&mut []).is_ok());
}

#[cfg(not(feature = "proj"))]
#[test]
fn unknown_systems_are_named() {
    let e = projector(Crs::LON_LAT, Epsg(29_902).crs()).unwrap_err();
    assert!(e.to_string().contains("EPSG:29902") && e.to_string().contains("proj"), "{e}");
    assert!(projector(Epsg(99).crs(), Epsg(99).crs()).is_err());
}

#[test]
fn local_projections_suit_their_extent() {
    let local = |min, max| match Crs::local(Bounds { min, max }).unwrap() {
        Crs::Local(l) => l,
        Crs::Epsg(_) => unreachable!(),
    };
    let noumea = local([166.0, -22.5], [167.0, -22.0]);
    assert!(!noumea.is_equal_area());
    assert_eq!(noumea.origin(), [166.5, -22.25]);
    assert!(local([-10.0, 36.0], [30.0, 70.0]).is_equal_area());
    assert_eq!(local([178.0, -20.0], [183.0, -15.0]).origin(), [-179.5, -17.5]);
    // One degree of longitude at the centre keeps its length on the ellipsoid.
    for crs in [Crs::Local(noumea), Crs::local(Bounds { min: [160.0, -30.0], max: [173.0, -14.5] }).unwrap()]
    {
        let p = projector(Crs::LON_LAT, crs).unwrap();
        let (a, b) = (Coord { x: 166.45, y: -22.25 }, Coord { x: 166.55, y: -22.25 });
        let (pa, pb) = (p.point(a).unwrap(), p.point(b).unwrap());
        let geodesic = crate::space::distance::geodesic_m(a, b).unwrap();
        assert!(((pa.x - pb.x).hypot(pa.y - pb.y) / geodesic - 1.0).abs() < 1e-6);
    }
    assert!(Crs::local(Bounds::EMPTY).is_err());
    assert!(Crs::local(Bounds { min: [f64::NAN, 0.0], max: [1.0, 1.0] }).is_err());
}

#[test]
fn points_find_their_common_system() {
    let c = |x, y| Coord { x, y };
    assert_eq!(ZONES.common(&[c(2.35, 48.86), c(8.74, 41.92)]), Some(Epsg::LAMBERT_93.crs()));
    assert!(matches!(ZONES.common(&[c(2.35, 48.86), c(55.5, -21.1)]), Some(Crs::Local(_))));
    assert_eq!(ZONES.common(&[]), None);
    assert_eq!(ZONES.common(&[c(f64::NAN, 0.0)]), None);
}

/// Both backends, over every system that French data name, inside its area.
#[cfg(feature = "proj")]
#[test]
fn both_backends_agree() {
    let europe = Bounds { min: [-5.0, 41.0], max: [10.0, 52.0] };
    let mut cases: Vec<(Crs, Bounds)> = ZONES.as_slice().iter().map(|z| (z.crs, z.bounds)).collect();
    for code in [4171, 3857, 3035].into_iter().chain(3942..=3950) {
        cases.push((Epsg(code).crs(), europe));
    }
    let wide = Bounds { min: [-30.0, 30.0], max: [40.0, 70.0] };
    let noumea = Bounds { min: [164.0, -22.6], max: [167.5, -20.0] };
    cases.extend([wide, noumea].map(|b| (Crs::local(b).unwrap(), b)));
    for (crs, bounds) in cases {
        let points = random_points(5000, bounds);
        for (from, to) in [(Crs::LON_LAT, crs), (crs, Crs::LON_LAT)] {
            let mut coords = points.clone();
            if from != Crs::LON_LAT {
                projector(Crs::LON_LAT, crs).unwrap().project(&mut coords).unwrap();
            }
            let (mut ours, mut theirs) = (coords.clone(), coords);
            PureRust::new(from, to).unwrap().project(&mut ours).unwrap();
            ProjLibrary::new(from, to).unwrap().project(&mut theirs).unwrap();
            // proj4rs ends the authalic latitude's series early: up to 1.4 mm on the way back.
            let equal_area = from.proj_string().is_some_and(|s| s.contains("+proj=laea"));
            let tolerance = match (to.is_geographic(), equal_area) {
                (true, true) => 2e-8,
                (true, false) => 1e-11,
                (false, _) => 1e-6,
            };
            let worst =
                ours.iter().zip(&theirs).map(|(a, b)| (a.x - b.x).hypot(a.y - b.y)).fold(0.0, f64::max);
            assert!(worst <= tolerance, "{from} → {to}: {worst:e}");
        }
    }
    assert!(matches!(ProjLibrary::new(Crs::LON_LAT, Epsg(99).crs()), Err(Error::Crs { .. })));
    // Lambert II étendu is one that only PROJ knows; proj4rs, given its definition and the three-parameter
    // shift of its datum, must come within the metres by which that shift and PROJ's grid differ.
    let paris = Coord { x: 2.3522, y: 48.8566 };
    let old = projector(Crs::LON_LAT, Epsg(27_572).crs()).unwrap().point(paris).unwrap();
    let shifted = proj4rs::Proj::from_proj_string(
        "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=2200000 \
         +a=6378249.2 +b=6356515 +towgs84=-168,-60,320,0,0,0,0 +pm=paris +units=m +no_defs",
    );
    let wgs84 = proj4rs::Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").unwrap();
    let (lon, lat) = (paris.x.to_radians(), paris.y.to_radians());
    let (x, y) = proj4rs::adaptors::transform_xy(&wgs84, &shifted.unwrap(), lon, lat).unwrap();
    assert!((old.x - x).hypot(old.y - y) < 5.0, "{old:?} {x} {y}");
}

#[test]
fn further_systems_agree_with_proj() {
    // PROJ's own values.
    let (paris, tolerance) = (Coord { x: 2.3522, y: 48.8566 }, 1e-3);
    for (code, c, x, y, within) in [
        (27_572, paris, 601_152.299_3, 2_428_695.897, 5.0),
        (3034, paris, 3_458_733.126, 2_490_341.730_1, tolerance),
        (9794, paris, 652_469.022_7, 6_862_035.259_4, tolerance),
        (9793, paris, 652_469.022_7, 6_862_035.259_4, tolerance),
        (3163, Coord { x: 166.4, y: -22.2 }, 441_245.367_5, 222_443.684_3, tolerance),
        (4467, Coord { x: -56.2, y: 46.8 }, 561_046.921_4, 5_183_249.912_9, tolerance),
        (4559, Coord { x: -61.5, y: 16.2 }, 660_342.312_4, 1_791_644.131_5, tolerance),
    ] {
        let there = projector(Crs::LON_LAT, Epsg(code).crs()).unwrap().point(c).unwrap();
        assert!((there.x - x).hypot(there.y - y) < within, "{code}: {there:?}");
        let back = projector(Epsg(code).crs(), Crs::LON_LAT).unwrap().point(there).unwrap();
        assert!((back.x - c.x).hypot(back.y - c.y) < 1e-8, "{code}: {back:?}");
    }
    for code in [4258, 4624, 4627, 4470, 4463, 5489, 9777, 9782] {
        let same = projector(Epsg(code).crs(), Crs::LON_LAT).unwrap().point(paris).unwrap();
        assert_eq!(same, paris, "{code}");
    }
}
