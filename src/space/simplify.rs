//! Simplification of a whole layer that keeps neighbours together.

use geo_types::Coord;

use super::layer::{Bounds, Layer};
use super::noding::{Edge, meetings};
use super::topology::{NONE, Vertices, ring_starts};
use crate::error::{Error, Result};
use crate::parallel;

/// Simplifies all borders of a layer so that neighbours stay neighbours.
///
/// Borders are cut into arcs where their set of features changes, every arc is simplified once (Douglas &
/// Peucker 1973, within `tolerance` in coordinate units) and is the same in all features that share it.
/// Junctions stay, rings keep at least three corners and their winding. Distant arcs may still come to cross
/// each other, and arcs between the same two junctions to fall together, at large tolerances. Needs a clean
/// layer (equal vertices on shared borders).
///
/// # Errors
/// [`Error::Parameter`] when the tolerance is negative or not finite.
///
/// # Complexity
/// O(n log n) in the usual case, O(n²) where an arc stands out at every second vertex.
///
/// # Example
/// ```
/// use geo_types::polygon;
/// use rurban::space::{Layer, simplify::simplify};
/// let p = polygon![(x: 0., y: 0.), (x: 5., y: 0.01), (x: 10., y: 0.), (x: 10., y: 9.), (x: 0., y: 9.)].into();
/// let s = simplify(&Layer::from_features([&p]), 0.1)?;
/// assert_eq!(s.ring(0).len(), 5);
/// # Ok::<(), rurban::Error>(())
/// ```
pub fn simplify(layer: &Layer, tolerance: f64) -> Result<Layer> {
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(Error::Parameter {
            name: "tolerance",
            value: tolerance.to_string(),
            must: "must be zero or positive",
        });
    }
    let vertices = Vertices::new(layer);
    let starts = ring_starts(layer);
    let coords = layer.coords();
    // A vertex is inside an arc when all rings pass it between the same two neighbours.
    let mut sides = vec![[NONE; 2]; vertices.count];
    let mut junction = vec![false; vertices.count];
    let mut place = vec![Coord { x: 0.0, y: 0.0 }; vertices.count];
    for r in 0..layer.ring_count() {
        let ring = open(&vertices.of[starts[r]..starts[r + 1]]);
        for (i, &v) in ring.iter().enumerate() {
            place[v as usize] = coords[starts[r] + i];
            let before = ring[(i + ring.len() - 1) % ring.len()];
            let after = ring[(i + 1) % ring.len()];
            let pair = [before.min(after), before.max(after)];
            let known = &mut sides[v as usize];
            if *known == [NONE; 2] {
                *known = pair;
            } else if *known != pair {
                junction[v as usize] = true;
            }
        }
    }
    // A hole that one feature fills has no junction; nor has a lone ring. Every ring keeps its
    // least and furthest vertices and the one furthest from their line, which are the same
    // for both sides of such a border.
    let mut keep = junction.clone();
    let corners = parallel::map(layer.ring_count(), |r| {
        let ring = open(&vertices.of[starts[r]..starts[r + 1]]);
        let at = |v: u32| place[v as usize];
        let key = |v: u32| (at(v).x, at(v).y);
        let a = ring
            .iter()
            .copied()
            .min_by(|&p, &q| key(p).partial_cmp(&key(q)).unwrap_or(std::cmp::Ordering::Equal))?;
        let furthest = |measure: &dyn Fn(u32) -> f64| {
            ring.iter()
                .copied()
                .max_by(|&p, &q| measure(p).total_cmp(&measure(q)).then(p.cmp(&q)))
                .unwrap_or(a)
        };
        let b = furthest(&|v| (at(v).x - at(a).x).hypot(at(v).y - at(a).y));
        let c = furthest(&|v| {
            ((at(b).x - at(a).x) * (at(v).y - at(a).y) - (at(b).y - at(a).y) * (at(v).x - at(a).x)).abs()
        });
        Some([a, b, c])
    });
    for v in corners.into_iter().flatten().flatten() {
        keep[v as usize] = true;
    }
    let fixed = keep;
    let arcs = arcs(layer, &vertices, &starts, &fixed);
    let keep = without_crossings(&arcs, &place, &fixed, tolerance);
    let mut result = Layer::new();
    let mut r = 0;
    for f in 0..layer.len() {
        for polygon in layer.polygons(f) {
            for ring in polygon {
                for (i, c) in ring.iter().enumerate() {
                    if keep[vertices.of[starts[r] + i] as usize] {
                        result.push(c.x, c.y);
                    }
                }
                result.end_ring();
                r += 1;
            }
            result.end_polygon();
        }
        result.end_feature();
    }
    Ok(result)
}

/// Every stretch of border between fixed vertices once, the same way round whichever ring it was
/// met in.
fn arcs(layer: &Layer, vertices: &Vertices, starts: &[usize], fixed: &[bool]) -> Vec<Vec<u32>> {
    let mut arcs: Vec<Vec<u32>> = Vec::new();
    let mut done = vec![false; vertices.count];
    for r in 0..layer.ring_count() {
        let ring = open(&vertices.of[starts[r]..starts[r + 1]]);
        let Some(first) = ring.iter().position(|&v| fixed[v as usize]) else { continue };
        let mut arc: Vec<u32> = Vec::new();
        for k in 0..=ring.len() {
            let v = ring[(first + k) % ring.len()];
            arc.push(v);
            if fixed[v as usize] && k > 0 {
                if arc[arc.len() - 1] < arc[0] {
                    arc.reverse();
                }
                // The inner vertices of an arc belong to it alone: once is enough. Straight arcs
                // of both sides are told apart below.
                if arc.len() == 2 || !done[arc[1] as usize] {
                    for &v in &arc[1..arc.len() - 1] {
                        done[v as usize] = true;
                    }
                    arcs.push(std::mem::take(&mut arc));
                }
                arc.clear();
                arc.push(v);
            }
        }
    }
    arcs.sort_unstable();
    arcs.dedup();
    arcs
}

/// Vertices to keep so that no arc is further than the tolerance from its simplification and none
/// crosses another one: arcs that would cross are given back their detail step by step. (Arcs that
/// cross in the layer itself stay as they are.)
fn without_crossings(arcs: &[Vec<u32>], place: &[Coord<f64>], fixed: &[bool], tolerance: f64) -> Vec<bool> {
    /// Arcs made into edges by one task.
    const BLOCK: usize = 4096;
    let mut keep = fixed.to_vec();
    let mut tolerances = vec![tolerance; arcs.len()];
    let mut todo: Vec<usize> = (0..arcs.len()).collect();
    let mut edges: Vec<(usize, Edge)> = Vec::new();
    for finer in [0.25, 0.25, 0.0] {
        for &i in &todo {
            for &v in &arcs[i][1..arcs[i].len() - 1] {
                keep[v as usize] = false;
            }
        }
        let kept = parallel::map(todo.len(), |t| douglas_peucker(&arcs[todo[t]], place, tolerances[todo[t]]));
        for v in kept.into_iter().flatten() {
            keep[v as usize] = true;
        }
        // Arcs that were not changed keep their edges.
        let mut changed = vec![false; arcs.len()];
        for &i in &todo {
            changed[i] = true;
        }
        edges.retain(|&(i, _)| !changed[i]);
        edges.extend(
            parallel::map(todo.len().div_ceil(BLOCK), |block| {
                let mut edges = Vec::new();
                for &i in todo.iter().skip(block * BLOCK).take(BLOCK) {
                    let mut kept = arcs[i].iter().filter(|&&v| keep[v as usize]).map(|&v| place[v as usize]);
                    let Some(mut from) = kept.next() else { continue };
                    for to in kept {
                        edges.push((i, (from, to)));
                        from = to;
                    }
                }
                edges
            })
            .into_iter()
            .flatten(),
        );
        // Two arcs that were not changed meet as they did in the round before, which is settled.
        let (of, tested): (Vec<usize>, Vec<Edge>) = if todo.len() < arcs.len() {
            near(&edges, &changed).into_iter().unzip()
        } else {
            edges.iter().copied().unzip()
        };
        todo = meetings(&tested).into_iter().map(|(edge, ..)| of[edge as usize]).collect();
        todo.retain(|&i| arcs[i].len() > 2 && tolerances[i] > 0.0);
        todo.sort_unstable();
        todo.dedup();
        if todo.is_empty() {
            return keep;
        }
        for &i in &todo {
            tolerances[i] *= finer;
        }
    }
    for &i in &todo {
        for &v in &arcs[i] {
            keep[v as usize] = true;
        }
    }
    keep
}

/// Edges that may meet one of a changed arc.
fn near(edges: &[(usize, Edge)], changed: &[bool]) -> Vec<(usize, Edge)> {
    const SIDE: usize = 1024;
    let mut all = Bounds::EMPTY;
    for &(_, (a, b)) in edges {
        all.include(a);
        all.include(b);
    }
    let cell = |v: f64, k: usize| {
        (((v - all.min[k]) / (all.max[k] - all.min[k]) * SIDE as f64) as usize).min(SIDE - 1)
    };
    let cells = |(a, b): Edge| {
        let columns = cell(a.x.min(b.x), 0)..=cell(a.x.max(b.x), 0);
        let rows = cell(a.y.min(b.y), 1)..=cell(a.y.max(b.y), 1);
        rows.flat_map(move |row| columns.clone().map(move |column| row * SIDE + column))
    };
    let mut marked = vec![false; SIDE * SIDE];
    for &(_, edge) in edges.iter().filter(|e| changed[e.0]) {
        cells(edge).for_each(|c| marked[c] = true);
    }
    edges.iter().copied().filter(|&(_, edge)| cells(edge).any(|c| marked[c])).collect()
}

/// A ring without its closing vertex.
fn open(ring: &[u32]) -> &[u32] {
    &ring[..ring.len().saturating_sub(1)]
}

/// The vertices between the ends of an arc that are to be kept.
fn douglas_peucker(arc: &[u32], place: &[Coord<f64>], tolerance: f64) -> Vec<u32> {
    let mut kept = Vec::new();
    let mut stack = vec![(0, arc.len() - 1)];
    while let Some((from, to)) = stack.pop() {
        let (a, b) = (place[arc[from] as usize], place[arc[to] as usize]);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length2 = dx * dx + dy * dy;
        // Of vertices equally far the one nearest to the middle: teeth of a comb would else be taken off
        // one by one, in quadratic time.
        let middle = usize::midpoint(from, to);
        let mut furthest: (f64, Option<usize>) = (tolerance * tolerance, None);
        for i in from + 1..to {
            let c = place[arc[i] as usize];
            let (px, py) = (c.x - a.x, c.y - a.y);
            let t = if length2 > 0.0 { ((px * dx + py * dy) / length2).clamp(0.0, 1.0) } else { 0.0 };
            let (ex, ey) = (px - t * dx, py - t * dy);
            let d2 = ex * ex + ey * ey;
            let farther = match furthest.1 {
                Some(best) if d2 >= furthest.0 * (1.0 - 1e-12) => {
                    d2 > furthest.0 * (1.0 + 1e-12) || i.abs_diff(middle) < best.abs_diff(middle)
                }
                Some(_) => false,
                None => d2 > furthest.0,
            };
            if farther {
                furthest = (d2.max(furthest.0), Some(i));
            }
        }
        if let Some(i) = furthest.1 {
            kept.push(arc[i]);
            stack.push((from, i));
            stack.push((i, to));
        }
    }
    kept
}
