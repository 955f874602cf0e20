//! Features merged into groups: communes to EPCI, départements, France.

use std::collections::HashMap;

use geo_types::{Coord, LineString, MultiPolygon, Polygon};

use super::boolean::union;
use super::layer::Layer;
use super::measure::{Surface, ring_area};
use super::noding::{Edge, Strips, crossing, node};
use super::topology::{NONE, hash};
use crate::check::check_coords;
use crate::error::{Error, Result};
use crate::labels::Labels;
use crate::parallel;

/// A dissolved layer.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Dissolved {
    /// One feature per class of the labels; empty for classes without geometry.
    pub layer: Layer,
    /// Classes whose features overlap, or whose neighbours have different vertices along what they
    /// share, so that cancelling borders was not enough; their result is the union all the same.
    pub unclean: Vec<u32>,
}

/// Merges the features of each class.
///
/// Borders that two features of a class share are cancelled, the rest is chained into rings and holes are put
/// into their shells; islands and enclaves stay. Exact for clean layers. Where the borders that remain meet
/// elsewhere than at common vertices (overlaps, T-junctions) they are cut there, at rounded places, and edges
/// inside other features of the class are dropped: only what meets is touched. Classes whose borders do not
/// close even so go through [`geo::unary_union`]. Gaps between features stay gaps; features without class are
/// left out.
///
/// # Errors
/// [`Error::Shape`] when there is not one label per feature; [`Error::Value`] for a coordinate that is not
/// finite (or beyond 10¹⁰⁰, where products overflow).
///
/// # Complexity
/// O(coordinates) for clean layers.
///
/// # Example
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
    check_coords("layer coordinates", layer.coords())?;
    let by_group = borders(layer, groups);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); groups.classes()];
    for f in 0..layer.len() {
        if let Some(g) = groups.get(f) {
            members[g].push(f as u32);
        }
    }
    let merged: Vec<(MultiPolygon<f64>, bool)> = parallel::map(groups.classes(), |g| {
        outline(&by_group[g]).unwrap_or_else(|| {
            let parts = members[g].iter().flat_map(|&f| layer.to_multi_polygon(f as usize));
            (union(&parts.collect::<Vec<Polygon<f64>>>()), true)
        })
    });
    let unclean = (0..groups.classes() as u32).filter(|&g| merged[g as usize].1).collect();
    Ok(Dissolved { layer: Layer::from_features(merged.iter().map(|m| &m.0)), unclean })
}

/// Directed edges of each group with the inside to their left, less those that meet their reverse.
fn borders(layer: &Layer, groups: &Labels) -> Vec<Vec<Edge>> {
    const BUCKETS: usize = 256;
    let coords = layer.coords();
    // Of the edge from each coordinate: its group and direction, NONE where there is none.
    let tasks = parallel::map(layer.len().div_ceil(1024), |t| {
        let mut owners = Vec::new();
        for f in t * 1024..((t + 1) * 1024).min(layer.len()) {
            let group = groups.get(f);
            for polygon in layer.polygons(f) {
                for (k, ring) in polygon.enumerate() {
                    let forward = group.is_some() && (ring_area(ring, Surface::Plane) >= 0.0) == (k == 0);
                    let owner = group.map_or(NONE, |g| (g as u32) << 1 | u32::from(forward));
                    owners.extend(ring.windows(2).map(|e| if e[0] == e[1] { NONE } else { owner }));
                    if !ring.is_empty() {
                        owners.push(NONE);
                    }
                }
            }
        }
        owners
    });
    let owners: Vec<u32> = tasks.concat();
    let mut hashes = vec![0u32; coords.len()];
    parallel::for_each_chunk(&mut hashes, 65_536, |k, chunk| {
        let at = k * 65_536;
        let mut last = hash(coords[at]);
        for (i, h) in chunk.iter_mut().enumerate() {
            let next = coords.get(at + i + 1).map_or(0, |&c| hash(c));
            // The same for both directions.
            *h = last.wrapping_add(next).wrapping_mul(0x9E37_79B1) ^ (last ^ next);
            last = next;
        }
    });
    let mut starts = vec![0u32; BUCKETS + 1];
    for (h, _) in hashes.iter().zip(&owners).filter(|(_, o)| **o != NONE) {
        starts[(h >> 24) as usize + 1] += 1;
    }
    for b in 0..BUCKETS {
        starts[b + 1] += starts[b];
    }
    let mut next = starts.clone();
    let mut order = vec![(0u32, 0u32); starts[BUCKETS] as usize];
    for (i, (h, _)) in hashes.iter().zip(&owners).enumerate().filter(|(_, (_, o))| **o != NONE) {
        let slot = &mut next[(h >> 24) as usize];
        order[*slot as usize] = (*h, i as u32);
        *slot += 1;
    }
    let directed = |i: u32| {
        let (a, b) = (coords[i as usize], coords[i as usize + 1]);
        if owners[i as usize] & 1 == 1 { (a, b) } else { (b, a) }
    };
    let live = parallel::map(BUCKETS, |b| {
        let items = &order[starts[b] as usize..starts[b + 1] as usize];
        let size = (items.len() * 2).next_power_of_two().max(2);
        // Slots keep their edge when it is cancelled, so that searches go on past it.
        let mut table = vec![(0u32, NONE, false); size];
        for &(h, i) in items {
            let (from, to) = directed(i);
            let group = owners[i as usize] >> 1;
            let mut at = h as usize & (size - 1);
            loop {
                let (other_hash, other, alive) = table[at];
                if other == NONE {
                    table[at] = (h, i, true);
                    break;
                }
                if alive
                    && other_hash == h
                    && owners[other as usize] >> 1 == group
                    && directed(other) == (to, from)
                {
                    table[at].2 = false;
                    break;
                }
                at = (at + 1) & (size - 1);
            }
        }
        table.into_iter().filter(|t| t.2).map(|t| t.1).collect::<Vec<u32>>()
    });
    let mut live: Vec<u32> = live.concat();
    live.sort_unstable();
    let mut by_group: Vec<Vec<Edge>> = vec![Vec::new(); groups.classes()];
    for i in live {
        by_group[(owners[i as usize] >> 1) as usize].push(directed(i));
    }
    by_group
}

/// What directed edges enclose, and whether they met elsewhere than at common vertices or some lay
/// inside. `None` when they do not close.
fn outline(edges: &[Edge]) -> Option<(MultiPolygon<f64>, bool)> {
    let (mut edges, mut unclean) = node(edges.to_vec())?;
    let order = |e: &Edge, f: &Edge| {
        let key = |e: &Edge| [e.0.x, e.0.y, e.1.x, e.1.y];
        key(e).partial_cmp(&key(f)).unwrap_or(std::cmp::Ordering::Equal)
    };
    edges.sort_by(order);
    // Copies of an edge count once and weigh what they are.
    let weighted: Vec<(Edge, i32)> = edges
        .chunk_by(|e, f| e == f)
        .map(|same| (same[0], i32::try_from(same.len()).unwrap_or(i32::MAX)))
        .collect();
    let edges: Vec<Edge> = weighted.iter().map(|w| w.0).collect();

    // Vertices by place: edges are sorted by where they start, and all that start somewhere end somewhere.
    let mut places: Vec<Coord<f64>> = edges.iter().map(|e| e.0).collect();
    places.dedup();
    let compare = |p: &Coord<f64>, q: &Coord<f64>| {
        [p.x, p.y].partial_cmp(&[q.x, q.y]).unwrap_or(std::cmp::Ordering::Equal)
    };
    let numbers: Option<Vec<(u32, u32)>> = edges
        .iter()
        .map(|e| {
            let number = |c| places.binary_search_by(|p| compare(p, &c)).ok().map(|v| v as u32);
            Some((number(e.0)?, number(e.1)?))
        })
        .collect();
    let numbers = numbers?;

    // Between forks all edges of a run have the same on either side: its steepest edge tells.
    let (mut leaving, mut ending) = (vec![0u32; places.len()], vec![0u32; places.len()]);
    let mut next = vec![NONE; places.len()];
    for (i, &(p, q)) in numbers.iter().enumerate() {
        leaving[p as usize] += 1;
        ending[q as usize] += 1;
        next[p as usize] = i as u32;
    }
    let through = |v: u32| leaving[v as usize] == 1 && ending[v as usize] == 1;
    let strips = Strips::new(&edges);
    let outer = |e: usize| {
        let ((a, b), weight) = weighted[e];
        let middle = Coord { x: 0.5 * (a.x + b.x), y: 0.5 * (a.y + b.y) };
        let beside: i32 = strips
            .at(middle.y)
            .iter()
            .filter(|&&o| o as usize != e)
            .map(|&o| crossing(middle, edges[o as usize]) * weighted[o as usize].1)
            .sum();
        // The ray starts to the right of the middle, or above it when the edge is level.
        let left = b.y < a.y || (b.y == a.y && b.x > a.x);
        let right_count = if left { beside - weight } else { beside };
        right_count <= 0 && right_count + weight > 0
    };
    let mut kept = vec![false; edges.len()];
    let mut known = vec![false; edges.len()];
    let forks = (0..edges.len()).filter(|&e| !through(numbers[e].0));
    for start in forks.chain(0..edges.len()) {
        if known[start] {
            continue;
        }
        let mut run = vec![start];
        known[start] = true;
        let mut at = numbers[start].1;
        while through(at) && !known[next[at as usize] as usize] {
            let e = next[at as usize] as usize;
            known[e] = true;
            run.push(e);
            at = numbers[e].1;
        }
        let rise = |e: usize| (edges[e].0.y - edges[e].1.y).abs();
        let steepest = run.iter().copied().max_by(|&p, &q| rise(p).total_cmp(&rise(q)))?;
        if outer(steepest) {
            for &e in &run {
                kept[e] = true;
            }
        } else {
            unclean = true;
        }
    }
    let kept: Vec<(u32, u32)> = numbers.iter().zip(kept).filter(|k| k.1).map(|k| *k.0).collect();
    chain(kept, |v| places[v as usize]).map(|rings| (nest(rings), unclean))
}

/// Closed simple rings of directed edges with the inside to their left. Where several edges leave a
/// vertex (a bow-tie vertex) the walk keeps to the inside that it came along, so that it does not
/// cross itself, and rings are cut where they come back to a vertex. `None` when they do not close.
fn chain(mut sorted: Vec<(u32, u32)>, place: impl Fn(u32) -> Coord<f64>) -> Option<Vec<Vec<Coord<f64>>>> {
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
    let mut edges: Vec<Edge> = Vec::new();
    let mut owners: Vec<usize> = Vec::new();
    for (s, (_, shell)) in shells.iter().enumerate() {
        edges.extend(shell.exterior().0.windows(2).map(|e| (e[0], e[1])));
        owners.resize(edges.len(), s);
    }
    let strips = Strips::new(&edges);
    let mut around: Vec<usize> = Vec::new();
    for hole in holes {
        // The smallest shell that holds the middle of an edge of the hole: a vertex may be shared.
        let middle = Coord { x: 0.5 * (hole[0].x + hole[1].x), y: 0.5 * (hole[0].y + hole[1].y) };
        around.clear();
        around.extend(
            strips
                .at(middle.y)
                .iter()
                .filter(|&&e| crossing(middle, edges[e as usize]) != 0)
                .map(|&e| owners[e as usize]),
        );
        around.sort_unstable();
        let holder = around.chunk_by(|p, q| p == q).find(|c| c.len() % 2 == 1).map(|c| c[0]);
        if let Some(at) = holder {
            shells[at].1.interiors_push(LineString(hole));
        }
    }
    MultiPolygon(shells.into_iter().rev().map(|(_, p)| p).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Seed;
    use crate::space::contiguity::{Rule, contiguity, contiguity_within};
    use crate::space::measure::areas;
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
        tessellate(&points, &land, &TessellationOptions::default()).unwrap().layer
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
        // A feature inside another adds nothing.
        let inner = Layer::from_features([&square(0.0, 0.0, 3.0), &square(1.0, 1.0, 1.0)]);
        let union = dissolve(&inner, &Labels::new(vec![0, 0], 1).unwrap()).unwrap();
        assert_eq!((union.unclean, union.layer.ring_count()), (vec![0], 1));
        // A vertex in the middle of the neighbour's edge leaves no trace but itself.
        let junction = Layer::from_features([&square(0.0, 0.0, 2.0), &square(2.0, 0.0, 1.0)]);
        let union = dissolve(&junction, &Labels::new(vec![0, 0], 1).unwrap()).unwrap();
        assert_eq!((union.unclean, union.layer.ring_count()), (vec![0], 1));
        assert_eq!(areas(&union.layer, Surface::Plane), [5.0]);
        // The same feature twice.
        let twice = Layer::from_features([&square(0.0, 0.0, 2.0), &square(0.0, 0.0, 2.0)]);
        let union = dissolve(&twice, &Labels::new(vec![0, 0], 1).unwrap()).unwrap();
        assert_eq!(areas(&union.layer, Surface::Plane), [4.0]);
        assert!(dissolve(&layer, &Labels::new(vec![0], 1).unwrap()).is_err());
    }

    #[test]
    fn overlapping_features_agree_with_the_general_union() {
        for seed in 0..30 {
            let mut random = Seed(seed).stream(2);
            let shapes: Vec<MultiPolygon<f64>> = (0..25)
                .map(|_| {
                    let (x, y) = (4.0 * random.unit(), 4.0 * random.unit());
                    let ring = (0..7).map(|k| {
                        let (sin, cos) = (f64::from(k) / 7.0 * std::f64::consts::TAU).sin_cos();
                        let r = 0.2 + random.unit();
                        Coord { x: x + r * cos, y: y + r * sin }
                    });
                    Polygon::new(ring.collect(), Vec::new()).into()
                })
                .collect();
            let layer = Layer::from_features(&shapes);
            let union = dissolve(&layer, &Labels::new(vec![0; 25], 1).unwrap()).unwrap();
            let want = geo::Area::unsigned_area(&geo::unary_union(&shapes));
            let got = areas(&union.layer, Surface::Plane)[0];
            assert!((got / want - 1.0).abs() < 1e-6, "{seed}: {got} {want}");
        }
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
