//! Features merged into groups: communes to EPCI, départements, France.

use std::collections::HashMap;

use geo::{Area, unary_union};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::layer::Layer;
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
/// Exact and O(coordinates) for clean layers. Classes for which the area of the result is not the
/// sum of the areas of the features (to 10⁻⁹) go through [`geo::unary_union`]. Gaps between
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
        if let Some(result) = chain(&by_group[g], place).map(nest) {
            if (result.unsigned_area() - expected).abs() <= 1e-9 * expected.abs() {
                return (result, false);
            }
        }
        let parts: Vec<MultiPolygon<f64>> = members[g].iter().map(|&f| layer.to_multi_polygon(f as usize)).collect();
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
            let candidates = (leaving..sorted.len()).take_while(|&e| sorted[e].0 == to).filter(|&e| !used[e]);
            let back = place(from) - place(to);
            // Clockwise angle from where we came: the least keeps to the same stretch of inside.
            let turn = |e: usize| {
                let on = place(sorted[e].1) - place(to);
                (back.y.atan2(back.x) - on.y.atan2(on.x)).rem_euclid(std::f64::consts::TAU)
            };
            at = if forks {
                candidates.map(|e| (turn(e), e)).min_by(|p, q| p.0.total_cmp(&q.0))?.1
            } else {
                candidates.into_iter().next()?
            };
        }
    }
    Some(rings)
}

/// Shells (counter-clockwise) with the holes (clockwise) that lie in them.
fn nest(rings: Vec<Vec<Coord<f64>>>) -> MultiPolygon<f64> {
    let (mut shells, mut holes): (Vec<(f64, Polygon<f64>)>, Vec<Vec<Coord<f64>>>) = (Vec::new(), Vec::new());
    for ring in rings {
        let area = ring_area(&ring, Surface::Plane);
        if area > 0.0 {
            shells.push((area, Polygon::new(LineString(ring), Vec::new())));
        } else if area < 0.0 {
            holes.push(ring);
        }
    }
    shells.sort_by(|a, b| a.0.total_cmp(&b.0));
    for hole in holes {
        // The smallest shell that holds the middle of an edge of the hole: a vertex may be shared.
        let middle = Coord { x: 0.5 * (hole[0].x + hole[1].x), y: 0.5 * (hole[0].y + hole[1].y) };
        let holder = if shells.len() == 1 { Some(0) } else { shells.iter().position(|(_, s)| inside(&s.exterior().0, middle)) };
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
