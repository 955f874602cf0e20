//! Features merged into groups: communes to EPCI, départements, France.

use std::collections::HashMap;

use geo::{Area, unary_union};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::layer::{Bounds, Layer};
use super::measure::{Surface, areas, ring_area};
use super::topology::{NONE, Vertices, ring_starts};
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::parallel;

/// A dissolved layer.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Dissolved {
    /// One feature per class of the labels; empty for classes without geometry.
    pub layer: Layer,
    /// Classes whose features overlap or are broken, so that borders could not simply be cancelled:
    /// they were merged by a general polygon union instead.
    pub unclean: Vec<u32>,
}

/// Merges the features of each class. Borders that two features of a class share are cancelled,
/// the rest is chained into rings and holes are put into their shells; islands and enclaves stay.
/// Exact and O(coordinates) for clean layers. Classes whose remaining borders meet elsewhere
/// than at common vertices (overlaps, T-junctions) go through [`geo::unary_union`]; a feature that
/// lies wholly within the inside of another of its class is not noticed. Gaps between
/// features stay gaps; features without class are left out.
///
/// # Errors
/// [`Error::Shape`] when there is not one label per feature.
///
/// ```
/// use geo_types::polygon;
/// use rurban::{labels::Labels, space::{Layer, dissolve::dissolve, measure::{perimeters, Surface}}};
/// let square = |x: f64| polygon![(x: x, y: 0.), (x: x + 1., y: 0.), (x: x + 1., y: 1.), (x: x, y: 1.)].into();
/// let layer = Layer::from_features([&square(0.), &square(1.)]);
/// let whole = dissolve(&layer, &Labels::new(vec![0, 0], 1)?)?;
/// assert_eq!(perimeters(&whole.layer, Surface::Plane), [6.0]);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn dissolve(layer: &Layer, groups: &Labels) -> Result<Dissolved> {
    if groups.len() != layer.len() {
        return Err(Error::Shape { what: "groups", expected: layer.len(), got: groups.len() });
    }
    let vertices = Vertices::new(layer);
    let starts = ring_starts(layer);
    let mut position = vec![0u32; vertices.count];
    for (i, &v) in vertices.of.iter().enumerate() {
        position[v as usize] = i as u32;
    }
    // Directed edges with the shell to their left, in lists at their lesser end. An edge that meets
    // its reverse within the group cancels it.
    let mut head = vec![NONE; vertices.count];
    let mut edges: Vec<Edge> = Vec::with_capacity(vertices.of.len());
    for f in 0..layer.len() {
        let Some(group) = groups.get(f) else { continue };
        let mut ring_index = layer.ring_range(f).start;
        for polygon in layer.polygons(f) {
            for (k, ring) in polygon.enumerate() {
                let forward = (ring_area(ring, Surface::Plane) >= 0.0) == (k == 0);
                for e in vertices.of[starts[ring_index]..starts[ring_index + 1]].windows(2) {
                    if e[0] == e[1] {
                        continue;
                    }
                    let (from, to) = if forward { (e[0], e[1]) } else { (e[1], e[0]) };
                    let least = from.min(to) as usize;
                    let mut entry = head[least];
                    while entry != NONE {
                        let other = &mut edges[entry as usize];
                        if other.live && other.from == to && other.to == from && other.group == group as u32 {
                            other.live = false;
                            break;
                        }
                        entry = other.next;
                    }
                    if entry == NONE {
                        edges.push(Edge { from, to, group: group as u32, next: head[least], live: true });
                        head[least] = edges.len() as u32 - 1;
                    }
                }
                ring_index += 1;
            }
        }
    }
    drop(head);
    let mut by_group: Vec<Vec<(u32, u32)>> = vec![Vec::new(); groups.classes()];
    for e in edges.iter().filter(|e| e.live) {
        by_group[e.group as usize].push((e.from, e.to));
    }
    drop(edges);

    let mut members: Vec<Vec<u32>> = vec![Vec::new(); groups.classes()];
    for f in 0..layer.len() {
        if let Some(g) = groups.get(f) {
            members[g].push(f as u32);
        }
    }
    let sizes = areas(layer, Surface::Plane);
    let merged: Vec<(MultiPolygon<f64>, bool)> = parallel::map(groups.classes(), |g| {
        let place = |v: u32| layer.coords()[position[v as usize] as usize];
        let expected: f64 = members[g].iter().map(|&f| sizes[f as usize]).sum();
        let clean = !meet(&by_group[g], place);
        if let Some(result) = chain(&by_group[g], place).map(nest)
            && clean
            && (result.unsigned_area() - expected).abs() <= 1e-9 * expected.abs()
        {
            return (result, false);
        }
        let parts: Vec<MultiPolygon<f64>> =
            members[g].iter().map(|&f| layer.to_multi_polygon(f as usize)).collect();
        (unary_union(&parts), true)
    });
    let unclean = (0..groups.classes() as u32).filter(|&g| merged[g as usize].1).collect();
    Ok(Dissolved { layer: Layer::from_features(merged.iter().map(|m| &m.0)), unclean })
}

struct Edge {
    from: u32,
    to: u32,
    group: u32,
    next: u32,
    live: bool,
}

/// Closed simple rings of directed edges with the inside to their left. Where several edges leave a
/// vertex (a bow-tie vertex) the walk keeps to the inside that it came along, so that it does not
/// cross itself, and rings are cut where they come back to a vertex. `None` when they do not close.
fn chain(edges: &[(u32, u32)], place: impl Fn(u32) -> Coord<f64>) -> Option<Vec<Vec<Coord<f64>>>> {
    let mut sorted: Vec<(u32, u32)> = edges.to_vec();
    sorted.sort_unstable();
    let forks = sorted.windows(2).any(|e| e[0].0 == e[1].0);
    let mut used = vec![false; sorted.len()];
    let mut seen: HashMap<u32, usize> = HashMap::new();
    let mut rings = Vec::new();
    for start in 0..sorted.len() {
        if used[start] {
            continue;
        }
        let first = sorted[start].0;
        let mut path = vec![first];
        seen.clear();
        seen.insert(first, 0);
        let mut at = start;
        loop {
            used[at] = true;
            let (from, to) = sorted[at];
            if forks && let Some(&back) = seen.get(&to) {
                for v in &path[back + 1..] {
                    seen.remove(v);
                }
                let mut ring: Vec<Coord<f64>> = path.drain(back + 1..).map(&place).collect();
                ring.insert(0, place(to));
                ring.push(place(to));
                rings.push(ring);
            } else if to == first {
                let mut ring: Vec<Coord<f64>> = path.iter().copied().map(&place).collect();
                ring.push(place(first));
                rings.push(ring);
            } else {
                if forks {
                    seen.insert(to, path.len());
                }
                path.push(to);
            }
            if to == first {
                break;
            }
            let leaving = sorted.partition_point(|e| e.0 < to);
            let mut candidates =
                (leaving..sorted.len()).take_while(|&e| sorted[e].0 == to).filter(|&e| !used[e]);
            let back = place(from) - place(to);
            // Clockwise angle from where we came: the least keeps to the same stretch of inside.
            let turn = |e: usize| {
                let on = place(sorted[e].1) - place(to);
                (back.y.atan2(back.x) - on.y.atan2(on.x)).rem_euclid(std::f64::consts::TAU)
            };
            at = if forks {
                candidates.map(|e| (turn(e), e)).min_by(|p, q| p.0.total_cmp(&q.0))?.1
            } else {
                candidates.next()?
            };
        }
    }
    Some(rings)
}

/// Whether edges meet elsewhere than at common ends: features of the group overlap, or neighbours
/// have different vertices. A sweep over x; O(n log n + n × edges over the same x).
fn meet(edges: &[(u32, u32)], place: impl Fn(u32) -> Coord<f64>) -> bool {
    let cross =
        |o: Coord<f64>, p: Coord<f64>, q: Coord<f64>| (p.x - o.x) * (q.y - o.y) - (p.y - o.y) * (q.x - o.x);
    let mut spans: Vec<(f64, f64, u32, u32)> =
        edges.iter().map(|&(p, q)| (place(p).x.min(place(q).x), place(p).x.max(place(q).x), p, q)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (i, &(_, right, p, q)) in spans.iter().enumerate() {
        let (a, b) = (place(p), place(q));
        for &(_, _, r, s) in spans[i + 1..].iter().take_while(|e| e.0 <= right) {
            let (c, d) = (place(r), place(s));
            if c.y.max(d.y) < a.y.min(b.y) || c.y.min(d.y) > a.y.max(b.y) {
                continue;
            }
            let common = if p == r || p == s { Some((a, b)) } else { (q == r || q == s).then_some((b, a)) };
            let touches = if let Some((at, end)) = common {
                let other = if c == at { d } else { c };
                let along = (end.x - at.x) * (other.x - at.x) + (end.y - at.y) * (other.y - at.y);
                along > 0.0 && cross(at, end, other) == 0.0
            } else {
                cross(a, b, c) * cross(a, b, d) <= 0.0 && cross(c, d, a) * cross(c, d, b) <= 0.0
            };
            if touches {
                return true;
            }
        }
    }
    false
}

/// Shells (counter-clockwise) with the holes (clockwise) that lie in them.
fn nest(rings: Vec<Vec<Coord<f64>>>) -> MultiPolygon<f64> {
    let mut shells: Vec<(f64, Polygon<f64>)> = Vec::new();
    let mut holes: Vec<Vec<Coord<f64>>> = Vec::new();
    for ring in rings {
        let area = ring_area(&ring, Surface::Plane);
        if area > 0.0 {
            shells.push((area, Polygon::new(LineString(ring), Vec::new())));
        } else if area < 0.0 {
            holes.push(ring);
        }
    }
    shells.sort_by(|a, b| a.0.total_cmp(&b.0));
    let bounds: Vec<Bounds> = shells
        .iter()
        .map(|(_, s)| {
            let mut b = Bounds::EMPTY;
            s.exterior().0.iter().for_each(|&c| b.include(c));
            b
        })
        .collect();
    for hole in holes {
        // The smallest shell that holds the middle of an edge of the hole: a vertex may be shared.
        let middle = Coord { x: 0.5 * (hole[0].x + hole[1].x), y: 0.5 * (hole[0].y + hole[1].y) };
        let holder = if shells.len() == 1 {
            Some(0)
        } else {
            (0..shells.len())
                .find(|&s| bounds[s].contains(middle) && inside(&shells[s].1.exterior().0, middle))
        };
        if let Some(at) = holder {
            shells[at].1.interiors_push(LineString(hole));
        }
    }
    MultiPolygon(shells.into_iter().rev().map(|(_, p)| p).collect())
}

fn inside(ring: &[Coord<f64>], c: Coord<f64>) -> bool {
    ring.windows(2).fold(false, |inside, e| {
        let crosses = (e[0].y > c.y) != (e[1].y > c.y)
            && c.x < e[0].x + (c.y - e[0].y) / (e[1].y - e[0].y) * (e[1].x - e[0].x);
        inside != crosses
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::space::contiguity::{Rule, contiguity, contiguity_within};
    use crate::space::simplify::simplify;
    use crate::space::tessellation::{TessellationOptions, tessellate};
    use geo::Relate;
    use geo::coordinate_position::CoordPos;
    use geo::dimensions::Dimensions;
    use geo_types::Rect;

    fn cells(seed: u64, n: usize) -> Layer {
        let mut random = Seed(seed).stream(0);
        let points: Vec<Coord<f64>> = (0..n).map(|_| Coord { x: random.unit(), y: random.unit() }).collect();
        let land = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: 1.0, y: 1.0 }).to_polygon().into();
        tessellate(&points, &land, TessellationOptions::default()).unwrap().layer
    }

    #[test]
    fn area_is_kept_for_any_grouping() {
        for seed in 0..20 {
            let layer = cells(seed, 120);
            let mut random = Seed(seed).stream(1);
            let groups = Labels::new((0..120).map(|_| random.below(4)).collect(), 4).unwrap();
            let merged = dissolve(&layer, &groups).unwrap();
            assert!(merged.unclean.is_empty(), "{seed}");
            let mut expected = [0.0; 4];
            for (i, a) in areas(&layer, Surface::Plane).iter().enumerate() {
                expected[groups.get(i).unwrap()] += a;
            }
            for (a, e) in areas(&merged.layer, Surface::Plane).iter().zip(expected) {
                assert!((a - e).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn bow_ties_enclaves_and_overlaps() {
        let square = |x: f64, y: f64, s: f64| -> MultiPolygon<f64> {
            Rect::new(Coord { x, y }, Coord { x: x + s, y: y + s }).to_polygon().into()
        };
        let grid: Vec<_> = (0..9).map(|k| square(f64::from(k % 3), f64::from(k / 3), 1.0)).collect();
        let layer = Layer::from_features(&grid);
        let ring = Labels::new(vec![0, 0, 0, 0, 1, 0, 0, 0, 0], 2).unwrap();
        let merged = dissolve(&layer, &ring).unwrap();
        assert_eq!(merged.layer.ring_range(0).len(), 2);
        let diagonal = Labels::new(vec![0, 1, 1, 1, 0, 1, 1, 1, 1], 2).unwrap();
        assert_eq!(dissolve(&layer, &diagonal).unwrap().layer.polygons(0).count(), 2);
        let overlapping = Layer::from_features([&square(0.0, 0.0, 2.0), &square(1.0, 0.0, 2.0)]);
        let union = dissolve(&overlapping, &Labels::new(vec![0, 0], 1).unwrap()).unwrap();
        // Two squares of side 2 that share a strip of 1 by 2.
        assert_eq!(union.unclean, [0]);
        assert!((areas(&union.layer, Surface::Plane)[0] - 6.0).abs() < 1e-6);
        assert!(dissolve(&layer, &Labels::new(vec![0], 1).unwrap()).is_err());
    }

    #[test]
    fn contiguity_is_that_of_the_relate_matrix() {
        for seed in 0..4 {
            let layer = cells(seed, 40);
            let shapes: Vec<_> = (0..40).map(|i| layer.to_multi_polygon(i)).collect();
            let (mut queen, mut rook) = (Vec::new(), Vec::new());
            for i in 0..40 {
                for j in i + 1..40 {
                    match shapes[i].relate(&shapes[j]).get(CoordPos::OnBoundary, CoordPos::OnBoundary) {
                        Dimensions::Empty => {}
                        d => {
                            queen.push((i as u32, j as u32));
                            if d == Dimensions::OneDimensional {
                                rook.push((i as u32, j as u32));
                            }
                        }
                    }
                }
            }
            assert_eq!(contiguity(&layer, Rule::Queen).pairs, queen);
            assert_eq!(contiguity(&layer, Rule::Rook).pairs, rook);
            assert_eq!(contiguity_within(&layer, Rule::Queen, 1e-9).unwrap().pairs, queen);
            assert_eq!(contiguity_within(&layer, Rule::Rook, 1e-9).unwrap().pairs, rook);
        }
    }

    #[test]
    fn simplified_neighbours_stay_neighbours() {
        let layer = cells(9, 300);
        let groups = Labels::new((0..300).map(|i| i % 5).collect(), 5).unwrap();
        let merged = dissolve(&layer, &groups).unwrap().layer;
        let simple = simplify(&merged, 0.01).unwrap();
        assert!(simple.coords().len() < merged.coords().len());
        assert_eq!(contiguity(&simple, Rule::Rook).pairs, contiguity(&merged, Rule::Rook).pairs);
        // Neither gaps nor overlaps: the whole keeps its area.
        let whole: f64 =
            (0..simple.len()).flat_map(|f| simple.rings(f)).map(|r| ring_area(r, Surface::Plane)).sum();
        assert!((whole - 1.0).abs() < 1e-9, "{whole}");
        assert!(simplify(&merged, -1.0).is_err());
    }
}
