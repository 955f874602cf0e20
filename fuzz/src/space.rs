use super::input::*;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use rurban::labels::Labels;
use rurban::space::locate::Locator;
use rurban::space::neighbours::{Neighbour, Neighbours};
use rurban::space::{
    contiguity::*, dissolve::*, index::*, measure::*, neighbours::*, overlay::*, repair::*, simplify::*,
    tessellation::*, *,
};

fn coord(u: &mut U, mode: u8) -> Coord<f64> {
    let f = |u: &mut U, y: bool| match mode {
        0 => f64::from(u.b() % 8),
        1 => f64::from(u.b() as i8) / 4.0,
        2 => {
            let v = f64::from(u.u16() as i16) / 32768.0;
            v * if y { 90.0 } else { 180.0 }
        }
        3 => {
            if y {
                6.0e6 + f64::from(u.u16()) * 17.3
            } else {
                1.0e5 + f64::from(u.u16()) * 17.3
            }
        }
        4 => u.raw(),
        5 => u.f(2),
        6 => 1e8 + f64::from(u.b() % 16) * 2f64.powi(-24),
        _ => {
            let b = u.b();
            f64::from(b % 12) + if b & 0x80 != 0 { f64::EPSILON * f64::from(b % 12) } else { 0.0 }
        }
    };
    Coord { x: f(u, false), y: f(u, true) }
}
fn feature(u: &mut U, mode: u8) -> MultiPolygon<f64> {
    let np = [0, 1, 1, 2][u.n(4)];
    MultiPolygon(
        (0..np)
            .map(|_| {
                let nr = u.n(3);
                let ring = |u: &mut U| {
                    let n = u.n(9);
                    LineString((0..n).map(|_| coord(u, mode)).collect())
                };
                let outer = ring(u);
                Polygon::new(outer, (0..nr).map(|_| ring(u)).collect())
            })
            .collect(),
    )
}
fn plain(c: Coord<f64>) -> bool {
    let ok = |v: f64| v == 0.0 || (v.abs() > 1e-6 && v.abs() < 1e9);
    ok(c.x) && ok(c.y)
}

/// Layers of any polygons: checking, repairing, measuring, joining, locating.
pub fn any_layers(data: &[u8]) {
    let mut u = U::new(data);
    let what = u.b();
    let mode = u.b() % 8;
    layers(&mut u, mode, what)
}
/// Sound grids of rectangles, whose every answer is known.
pub fn grids(data: &[u8]) {
    grid(&mut U::new(data))
}
/// Cells round points, neighbours, distances, weights, projections.
pub fn points_and_cells(data: &[u8]) {
    let mut u = U::new(data);
    let what = u.b();
    let mode = u.b() % 8;
    match what % 4 {
        0 => tess(&mut u, mode),
        1 => crs(&mut u, mode),
        _ => points(&mut u, mode, what),
    }
}

fn layers(u: &mut U, mode: u8, what: u8) {
    let n = u.n(5);
    let raw: Vec<_> = (0..n).map(|_| feature(u, mode)).collect();
    let mut layer = Layer::from_features(&raw);
    assert_eq!(layer.len(), n);
    let _finite = layer.coords().iter().all(|c| c.x.is_finite() && c.y.is_finite());
    let tame = layer.coords().iter().all(|&c| plain(c));
    let family = what & 3;
    if family == 0 {
        for f in &raw {
            let (m, faults) = check(f, None, Depth::Crossings);
            if faults.iter().all(|f| f.fault != Fault::NotFinite) {
                for c in
                    m.0.iter()
                        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
                        .flat_map(|r| &r.0)
                {
                    assert!(c.x.is_finite() && c.y.is_finite(), "repair keeps a non-finite coordinate");
                }
            }
            let (_, again) = check(&m, None, Depth::Crossings);
            if tame && faults.iter().all(|f| f.mended) {
                if let Some(a) = again.iter().find(|a| a.mended) {
                    panic!(
                        "repair not idempotent: {:?} after {:?}",
                        a.fault,
                        faults.iter().map(|f| (f.fault, f.mended)).collect::<Vec<_>>()
                    );
                }
            }
            let _ = check(f, Some(Bounds { min: [-180.0, -90.0], max: [180.0, 90.0] }), Depth::Rings);
        }
    }
    if what & 0x80 != 0 {
        let m: Vec<_> = raw.iter().map(|f| check(f, None, Depth::Crossings).0).collect();
        layer = Layer::from_features(&m);
    }
    let sound: Vec<bool> = (0..layer.len())
        .map(|f| check(&layer.to_multi_polygon(f), None, Depth::Crossings).1.is_empty())
        .collect();
    let all_sound = sound.iter().all(|s| *s);
    if family == 0 {
        for s in [Surface::Plane, Surface::Ellipsoid] {
            for (a, ok) in areas(&layer, s).into_iter().zip(&sound) {
                assert!(!ok || a >= 0.0 || a.is_nan(), "area {a} on {s:?}");
                if tame {
                    assert!(!a.is_nan(), "area NaN of tame coordinates");
                }
            }
            for a in perimeters(&layer, s) {
                assert!(a >= 0.0 || a.is_nan(), "perimeter {a}");
            }
            for a in compactness(&layer, s) {
                if tame && all_sound && !a.is_nan() {
                    assert!(a >= 0.0, "compactness {a}");
                }
            }
        }
        let _ = centroids(&layer);
        return;
    }
    let inner = interior_points(&layer);
    let lab = Labels::new(
        (0..layer.len())
            .map(|_| match u.n(4) {
                3 => Labels::NONE,
                k => k as u32,
            })
            .collect(),
        3,
    )
    .unwrap();
    if family == 1 {
        match dissolve(&layer, &lab) {
            Ok(d) => assert_eq!(d.layer.len(), 3),
            Err(e) => assert!(!tame, "dissolve refuses {e}"),
        }
        let (q, r) = (contiguity(&layer, Rule::Queen), contiguity(&layer, Rule::Rook));
        for p in &r.pairs {
            assert!(q.pairs.contains(p), "rook pair not queen");
        }
        for p in q.pairs.iter().chain(&r.pairs) {
            assert!(p.0 < p.1, "pair order");
        }
        q.to_csr().unwrap();
        for tol in [0.0, u.f(2)] {
            let (a, b) =
                (contiguity_within(&layer, Rule::Queen, tol), contiguity_within(&layer, Rule::Rook, tol));
            if let (Ok(a), Ok(b)) = (a, b) {
                if tame {
                    for p in &b.pairs {
                        assert!(a.pairs.contains(p), "rook within not queen within tol {tol}");
                    }
                    if tol == 0.0 && mode == 0 {
                        for p in &q.pairs {
                            assert!(a.pairs.contains(p), "queen pair not in contiguity_within 0");
                        }
                    }
                }
            }
            if let Ok(s) = simplify(&layer, tol) {
                assert_eq!(s.len(), layer.len(), "simplify drops features");
                assert!(s.coords().len() <= layer.coords().len(), "simplify adds vertices");
                for c in s.coords() {
                    assert!(
                        layer
                            .coords()
                            .iter()
                            .any(|d| d.x.to_bits() == c.x.to_bits() && d.y.to_bits() == c.y.to_bits()),
                        "simplify invents a vertex"
                    );
                }
            }
        }
        return;
    }
    if family == 2 {
        let others: Vec<_> = (0..u.n(4)).map(|_| feature(u, mode)).collect();
        // What rings that cross themselves hold is no number: 0 of a bow-tie, so that `of_b` is NaN.
        let sound = |f: &MultiPolygon<f64>| check(f, None, Depth::Crossings).1.is_empty();
        let all_sound = all_sound && others.iter().all(sound);
        let other = Layer::from_features(&others);
        if let Ok(o) = overlay_areas(&layer, &other) {
            for s in &o.shares {
                assert!(s.amount >= 0.0, "overlay amount {}", s.amount);
                if !(all_sound && tame) {
                    continue;
                }
                assert!(s.of_a >= 0.0 && s.of_a <= 1.0 + 1e-6, "of_a {}", s.of_a);
                assert!(s.of_b >= 0.0 && s.of_b.is_finite(), "of_b {}", s.of_b);
            }
            let _ = &o.remainder;
        }
        let _ = assign(&layer, &other);
        return;
    }
    match Locator::new(&layer) {
        Err(_) => {}
        Ok(l) => {
            assert_eq!(l.len(), layer.len());
            let mut pts: Vec<Coord<f64>> = inner.clone();
            pts.extend(layer.coords().iter().copied());
            for _ in 0..6 {
                pts.push(coord(u, mode));
                pts.push(coord(u, 5));
            }
            let many = l.locate_many(&pts);
            for (i, p) in pts.iter().enumerate() {
                let (one, all) = (l.locate(*p), l.locate_all(*p));
                assert_eq!(one, all.first().copied(), "locate != first of locate_all");
                if let Ok(m) = &many {
                    assert_eq!(m[i], one, "locate_many != locate");
                }
                // brute force: even-odd per polygon with exact-ish test on tame input, off the boundary
                if tame && mode <= 1 && plain(*p) {
                    for f in 0..layer.len() {
                        if let Some(x) = brute(&layer, f, *p) {
                            assert_eq!(
                                x,
                                all.contains(&(f as u32)),
                                "locate_all disagrees with brute force at {p:?} feature {f}"
                            );
                        }
                    }
                }
                let s = if i % 16 == 0 { l.snap(*p, 1e3) } else { continue };
                if let (Some(s), true) = (s, tame && plain(*p) && mode <= 1) {
                    assert!(s.distance >= 0.0);
                    let b = (0..layer.len()).map(|f| dist(&layer, f, *p)).fold(f64::INFINITY, f64::min);
                    // A ring without area has no edges to snap to.
                    if one.is_none() && all_sound {
                        assert!(
                            (s.distance - b).abs() <= 1e-9 * b.max(1.0),
                            "snap {} but nearest {b} at {p:?} mended {}",
                            s.distance,
                            what & 0x80
                        );
                    }
                }
                if s.is_none() && tame && mode <= 1 && plain(*p) && p.x.abs() < 500.0 && p.y.abs() < 500.0 {
                    assert!(!all_sound || layer.coords().is_empty(), "snap finds nothing");
                }
            }
            // interior points of features that need no repair are inside
            if tame && mode <= 1 {
                for f in 0..layer.len() {
                    let mp = layer.to_multi_polygon(f);
                    let (_, faults) = check(&mp, None, Depth::Crossings);
                    if faults.is_empty() && !mp.0.is_empty() {
                        let p = inner[f];
                        assert!(!p.x.is_nan(), "no interior point of a sound feature");
                        assert!(l.locate_all(p).contains(&(f as u32)), "interior point is not inside");
                    }
                }
            }
        }
    }
    if let Ok(e) = EnvelopeIndex::new(&layer) {
        for _ in 0..3 {
            let p = coord(u, mode);
            let at = e.at(p);
            for f in 0..layer.len() {
                assert_eq!(layer.bounds(f).contains(p), at.contains(&(f as u32)), "EnvelopeIndex.at");
            }
            let _ = e.nearest(p, u.n(4), |_| true);
        }
    }
}
fn brute(l: &Layer, f: usize, p: Coord<f64>) -> Option<bool> {
    let mut any = false;
    for poly in l.polygons(f) {
        let mut inside = false;
        for ring in poly {
            for e in ring.windows(2) {
                let (a, b) = (e[0], e[1]);
                let cr = (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
                if cr.abs() < 1e-6
                    && p.x >= a.x.min(b.x) - 1e-6
                    && p.x <= a.x.max(b.x) + 1e-6
                    && p.y >= a.y.min(b.y) - 1e-6
                    && p.y <= a.y.max(b.y) + 1e-6
                {
                    return None;
                }
                if (a.y > p.y) != (b.y > p.y) {
                    let x = a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x);
                    if x > p.x {
                        inside = !inside
                    }
                }
            }
        }
        any |= inside;
    }
    // several polygons overlapping: the rule may be even-odd over all
    if l.polygons(f).count() > 1 {
        return None;
    }
    Some(any)
}
fn dist(l: &Layer, f: usize, p: Coord<f64>) -> f64 {
    let mut best = f64::INFINITY;
    for ring in l.rings(f) {
        for e in ring.windows(2) {
            let (a, b) = (e[0], e[1]);
            let (dx, dy) = (b.x - a.x, b.y - a.y);
            let q = dx * dx + dy * dy;
            let t = if q > 0.0 { (((p.x - a.x) * dx + (p.y - a.y) * dy) / q).clamp(0.0, 1.0) } else { 0.0 };
            best = best.min((a.x + t * dx - p.x).hypot(a.y + t * dy - p.y));
        }
        if ring.len() == 1 {
            best = best.min((ring[0].x - p.x).hypot(ring[0].y - p.y));
        }
    }
    best
}

// a clean grid of rectangles with arbitrary cuts, T-junctions on demand
fn grid(u: &mut U) {
    let flags = u.b();
    let cuts = |u: &mut U| {
        let n = 1 + u.n(3);
        let mut v = vec![0.0];
        for _ in 0..n {
            let l = *v.last().unwrap();
            v.push(l + 1.0 + f64::from(u.b()) / 16.0);
        }
        v
    };
    let (xs, ys) = (cuts(u), cuts(u));
    let off = [0.0, 700_000.0, 1e7, -180.0][(flags & 3) as usize];
    let scale = [1.0, 1.0, 1e-3, 123.456][(flags >> 2 & 3) as usize];
    let at = |x: f64, y: f64| Coord { x: off + x * scale, y: off + y * scale };
    let mut cells = vec![];
    for j in 0..ys.len() - 1 {
        for i in 0..xs.len() - 1 {
            let mut ring =
                vec![at(xs[i], ys[j]), at(xs[i + 1], ys[j]), at(xs[i + 1], ys[j + 1]), at(xs[i], ys[j + 1])];
            if flags & 0x10 != 0 && u.bit() {
                ring.insert(1, at((xs[i] + xs[i + 1]) / 2.0, ys[j]));
            } // T-junction
            if flags & 0x20 != 0 && u.bit() {
                ring.reverse();
            }
            let k = u.n(ring.len());
            ring.rotate_left(k);
            ring.push(ring[0]);
            cells.push(MultiPolygon(vec![Polygon::new(LineString(ring), vec![])]));
        }
    }
    let layer = Layer::from_features(&cells);
    let a = areas(&layer, Surface::Plane);
    let lab = Labels::new(
        (0..cells.len())
            .map(|_| match u.n(5) {
                4 => Labels::NONE,
                k => k as u32,
            })
            .collect(),
        4,
    )
    .unwrap();
    let d = dissolve(&layer, &lab).unwrap();
    let da = areas(&d.layer, Surface::Plane);
    for c in 0..4 {
        let want: f64 = (0..cells.len()).filter(|&i| lab.get(i) == Some(c)).map(|i| a[i]).sum();
        assert!(
            (da[c] - want).abs() <= 1e-9 * want.max(1.0) * if off > 1e5 { 1e3 } else { 1.0 },
            "dissolve area {} want {want} (T {})",
            da[c],
            flags & 0x10 != 0
        );
    }
    if flags & 0x10 == 0 {
        assert!(d.unclean.is_empty(), "clean grid called unclean");
    }
    for c in 0..4 {
        let (_, faults) = check(&d.layer.to_multi_polygon(c), None, Depth::Crossings);
        assert!(
            faults.is_empty(),
            "dissolved feature is faulty: {:?}",
            faults.iter().map(|f| f.fault).collect::<Vec<_>>()
        );
    }
    let o = overlay_areas(&layer, &d.layer).unwrap();
    for (i, r) in o.remainder.iter().enumerate() {
        let want = if lab.get(i).is_some() { 0.0 } else { a[i] };
        assert!((r - want).abs() <= 1e-6 * a[i], "overlay remainder {r} want {want} of {}", a[i]);
    }
    let asg = assign(&d.layer, &layer).unwrap();
    for i in 0..cells.len() {
        assert_eq!(asg.labels.get(i), lab.get(i), "assign gives another class");
    }
    let l = Locator::new(&layer).unwrap();
    for (i, p) in interior_points(&layer).iter().enumerate() {
        assert_eq!(l.locate_all(*p), [i as u32], "interior point of a grid cell");
    }
    let s = simplify(&layer, 0.0).unwrap();
    let sa = areas(&s, Surface::Plane);
    for i in 0..a.len() {
        assert!(
            (sa[i] - a[i]).abs() <= 1e-6 * a[i],
            "simplify at 0 changes an area: {} from {}",
            sa[i],
            a[i]
        );
    }
    if flags & 0x10 == 0 {
        let q = contiguity(&layer, Rule::Queen);
        let w = contiguity_within(&layer, Rule::Queen, 0.0).unwrap();
        assert_eq!(q.pairs, w.pairs, "queen != within 0");
        let q = contiguity(&layer, Rule::Rook);
        let w = contiguity_within(&layer, Rule::Rook, 0.0).unwrap();
        assert_eq!(q.pairs, w.pairs, "rook != within 0");
    }
    let dd = dissolve(&layer, &Labels::new(vec![0; cells.len()], 1).unwrap()).unwrap();
    assert_eq!(dd.layer.coords().len() > 0, true);
}

fn tess(u: &mut U, mode: u8) {
    let n = u.n(12);
    let pts: Vec<_> = (0..n).map(|_| coord(u, mode)).collect();
    let land = match u.b() % 3 {
        0 => feature(u, mode),
        1 => MultiPolygon(vec![Polygon::new(
            LineString(vec![
                Coord { x: -50.0, y: -50.0 },
                Coord { x: 50.0, y: -50.0 },
                Coord { x: 50.0, y: 50.0 },
                Coord { x: -50.0, y: 50.0 },
                Coord { x: -50.0, y: -50.0 },
            ]),
            vec![],
        )]),
        _ => {
            let c = coord(u, mode);
            MultiPolygon(vec![Polygon::new(
                LineString(vec![c, Coord { x: c.x + 5.0, y: c.y }, Coord { x: c.x + 5.0, y: c.y + 7.0 }, c]),
                vec![],
            )])
        }
    };
    let square =
        land.0.len() == 1 && land.0[0].exterior().0.len() == 5 && land.0[0].exterior().0[0].x == -50.0;
    let g = [TessellationOptions::default().grid, 1e-3, 0.5, 1e-9, 10.0, u.f(2)][u.n(6)];
    let o = TessellationOptions::default().grid(g);
    let Ok(t) = tessellate(&pts, &land, &o) else { return };
    assert_eq!(t.layer.len(), n, "one feature per point");
    let a = areas(&t.layer, Surface::Plane);
    for x in &a {
        assert!(*x >= 0.0 || x.is_nan(), "cell area {x}");
    }
    for (i, c) in t.coincident.iter().map(|c| (c.0, c.1)) {
        assert!(c < i, "coincident order");
    }
    if square && mode <= 1 && g <= 1e-3 && g >= 1e-6 && n > 0 {
        // cells of points with land add up to the land
        let off: Vec<u32> = t.without_land.clone();
        let sum: f64 = a.iter().enumerate().filter(|(i, _)| !off.contains(&(*i as u32))).map(|x| x.1).sum();
        assert!((sum - 10_000.0).abs() < 1.0, "cells add up to {sum} of 10000");
        let l = Locator::new(&t.layer).unwrap();
        for (i, p) in pts.iter().enumerate() {
            if t.coincident.iter().any(|c| c.0 == i as u32) || t.off_land.contains(&(i as u32)) {
                continue;
            }
            if p.x.abs() >= 50.0 || p.y.abs() >= 50.0 {
                continue;
            }
            assert!(l.locate_all(*p).contains(&(i as u32)), "a point is not in its cell");
        }
    }
}

fn points(u: &mut U, mode: u8, what: u8) {
    let n = u.n(24);
    let mut pts: Vec<_> = (0..n).map(|_| coord(u, mode)).collect();
    if u.bit() && n > 2 {
        let k = u.n(n);
        let c = pts[k];
        for _ in 0..u.n(20) {
            pts.push(c);
        }
    }
    let k = [0, 1, 2, 5, 1000, usize::MAX][u.n(6)];
    let rad = u.f(2);
    let at = coord(u, mode);
    let tame = pts.iter().all(|&c| plain(c)) && plain(at);
    if what & 4 == 0 {
        if let Ok(s) = PointSet::new(&pts) {
            let kn = s.k_nearest(k);
            assert_eq!(kn.len(), pts.len());
            for i in 0..pts.len() {
                assert_eq!(kn.ids(i).len(), k.min(pts.len() - 1), "k_nearest gives another number");
                assert!(kn.distances_m(i).windows(2).all(|w| w[0] <= w[1]), "not sorted");
                assert!(!kn.ids(i).contains(&(i as u32)), "own neighbour");
            }
            if let Ok(ne) = s.nearest(at, k) {
                assert_eq!(ne.len(), k.min(pts.len()));
                if tame {
                    let mut d: Vec<f64> = pts.iter().map(|p| (p.x - at.x).hypot(p.y - at.y)).collect();
                    d.sort_by(f64::total_cmp);
                    for (x, y) in ne.iter().zip(&d) {
                        assert!(close(x.distance_m, *y, 1e-9), "nearest {} want {y}", x.distance_m);
                    }
                }
            }
            if let (Ok(w), Ok(c), Ok(x)) = (s.within_each(rad), s.counts_within(rad), s.within(at, rad)) {
                for i in 0..pts.len() {
                    assert_eq!(
                        w.ids(i).len(),
                        c[i] as usize,
                        "within_each and counts_within differ (own point?)"
                    );
                }
                if tame {
                    let b =
                        pts.iter().filter(|p| (p.x - at.x).hypot(p.y - at.y) <= rad * (1.0 - 1e-12)).count();
                    let b2 =
                        pts.iter().filter(|p| (p.x - at.x).hypot(p.y - at.y) <= rad * (1.0 + 1e-12)).count();
                    assert!((b..=b2).contains(&x.len()), "within finds {} want {b}..{b2}", x.len());
                    for i in 0..pts.len() {
                        for j in w.ids(i) {
                            assert!(w.ids(*j as usize).contains(&(i as u32)), "within_each not symmetric");
                        }
                    }
                }
            }
        } else {
            assert!(!tame, "PointSet refuses tame points");
        }
        return;
    }
    if let Ok(ix) = PlaceIndex::new(&pts) {
        if let Ok(ne) = ix.nearest(at, k.min(100), |_| true) {
            assert_eq!(ne.len(), k.min(100).min(pts.len()));
            let mut d: Vec<f64> =
                pts.iter().map(|p| rurban::space::distance::geodesic_m(*p, at).unwrap()).collect();
            for x in &d {
                assert!(x.is_finite() && *x >= 0.0 && *x < 2.01e7, "geodesic {x}");
            }
            d.sort_by(f64::total_cmp);
            for (x, y) in ne.iter().zip(&d) {
                assert!((x.distance_m - y).abs() < 1e-3, "PlaceIndex nearest {} want {y}", x.distance_m);
            }
            if let Ok(w) = ix.within(at, rad) {
                let c = d.iter().filter(|x| **x <= rad).count();
                assert_eq!(w.len(), c, "PlaceIndex within");
            }
        }
    }
    if let Ok(p) = rurban::space::distance::Places::new(&rurban::france::zones::ZONES, pts.clone()) {
        for i in 0..p.len().min(5) {
            for j in 0..p.len().min(5) {
                let (d, e) = (p.distance_m(i, j), p.distance_m(j, i));
                if let (Ok(d), Ok(e)) = (d, e) {
                    assert!(d.is_finite() && d >= 0.0, "distance {d}");
                    assert!(close(d, e, 1e-9), "distance not symmetric {d} {e}");
                    if i == j {
                        assert_eq!(d, 0.0);
                    }
                }
                let _ = p.method(i, j);
            }
        }
    }
    for (x, y) in pts.iter().zip(pts.iter().skip(1)) {
        if let (Ok(g), Ok(h)) =
            (rurban::space::distance::geodesic_m(*x, *y), rurban::space::distance::haversine_m(*x, *y))
        {
            assert!(
                (g - h).abs() <= 0.006 * h.max(1.0) + 60_000.0 * f64::from(u8::from(h > 1.9e7)),
                "geodesic {g} haversine {h}"
            );
        }
    }
    let near = |u: &mut U| Neighbour { id: u.n(n.max(1)) as u32, distance_m: u.f(2) };
    let nb: Vec<Vec<Neighbour>> = (0..n).map(|_| (0..u.n(4)).map(|_| near(u)).collect()).collect();
    let nb = Neighbours::from_lists(&nb);
    use rurban::space::weights::*;
    for w in [
        SpatialWeights::binary(&nb),
        SpatialWeights::kernel(&nb, Kernel::Gaussian, Bandwidth::Adaptive),
        SpatialWeights::kernel(&nb, Kernel::Bisquare, Bandwidth::Fixed(rad)),
        SpatialWeights::inverse_distance(&nb, u.f(2)),
        SpatialWeights::from_neighbours(&nb, |_, d| d),
    ] {
        if let Ok(w) = w {
            for i in 0..w.matrix().rows() {
                for (_, v) in w.matrix().row(i) {
                    assert!(v.is_finite(), "weight {v}");
                }
            }
            for t in [Transform::Binary, Transform::RowStandardised, Transform::VarianceStabilising] {
                let x = w.transformed(t);
                for i in 0..x.matrix().rows() {
                    for (_, v) in x.matrix().row(i) {
                        assert!(v.is_finite(), "transformed weight {v}");
                    }
                    if matches!(t, Transform::RowStandardised) && x.matrix().row_len(i) > 0 {
                        let s = x.matrix().row_sum(i);
                        assert!(s == 0.0 || (s - 1.0).abs() < 1e-9, "row sum {s}");
                    }
                }
            }
            let _ = w.symmetrised();
        }
    }
}

fn crs(u: &mut U, mode: u8) {
    let codes = [
        4326, 2154, 3857, 4171, 3035, 2972, 2975, 5490, 4471, 3942, 3950, 32631, 32740, 4258, 27572, 0, 1, 2,
    ];
    use rurban::space::crs::{Crs, Epsg, projector};
    let pick = |u: &mut U| {
        let k = u.n(20);
        if k < 18 {
            Crs::Epsg(Epsg(codes[k]))
        } else if k == 18 {
            Crs::Epsg(Epsg(u.u32()))
        } else {
            let (a, b) = (coord(u, mode), coord(u, mode));
            let mut e = Bounds { min: [a.x, a.y], max: [a.x, a.y] };
            e.include(b);
            Crs::local(e).unwrap_or(Crs::LON_LAT)
        }
    };

    let (a, b) = (pick(u), pick(u));
    let _ = (a.to_string(), a.proj_string(), a.is_geographic());
    let Ok(p) = projector(a, b) else { return };
    let n = 1 + u.n(6);
    let mut c: Vec<_> = (0..n).map(|_| coord(u, mode)).collect();
    let before = c.clone();
    if p.project(&mut c).is_ok() {
        for x in &c {
            assert!(x.x.is_finite() && x.y.is_finite(), "projected to {x:?}");
        }
        if a == b {
            assert_eq!(before, c);
        }
    }
    let z = &rurban::france::zones::ZONES;
    let _ = z.common(&before);
    for x in &before {
        let _ = z.zone_of(*x);
    }
}
