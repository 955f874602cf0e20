//! Outlines as borders: what two neighbours share is stored once, so that it is drawn once and stays
//! one line whatever the rounding.
//!
//! The stream, in variable-length integers: per feature the number of its rings; per ring the number of
//! its arcs; per arc 0 for a new one, else how far back an arc stored before lies, times two, plus one
//! when it is walked backwards, plus one. The first arc of a ring, when new, gives its start as steps
//! from the start of the ring before; a new arc gives the number of its vertices after the start, each as
//! steps from the one before. `assets/page.js` holds the other half.

use std::collections::HashMap;

use super::encode::{push_signed, push_varint};

/// A vertex on the grid.
pub(super) type Vertex = (i32, i32);

/// Encodes the rings of each feature; the closing vertex is left out.
pub(super) fn borders(features: &[Vec<Vec<Vertex>>]) -> Vec<u8> {
    let junctions = junctions(features);
    let mut writer = Writer { bytes: Vec::new(), known: HashMap::new(), arcs: 0, pen: (0, 0) };
    for rings in features {
        push_varint(&mut writer.bytes, rings.len() as u64);
        for ring in rings {
            writer.ring(ring, &junctions);
        }
    }
    writer.bytes
}

/// A ring without repeated vertices and without ways there and back, or nothing when no area is left.
pub(super) fn clean(ring: impl Iterator<Item = Vertex>) -> Option<Vec<Vertex>> {
    let mut kept: Vec<Vertex> = Vec::new();
    for vertex in ring {
        if kept.last() == Some(&vertex) {
            continue;
        }
        if kept.len() >= 2 && kept[kept.len() - 2] == vertex {
            kept.pop();
            continue;
        }
        kept.push(vertex);
    }
    loop {
        let n = kept.len();
        if n >= 2 && kept[0] == kept[n - 1] {
            kept.pop();
        } else if n >= 3 && kept[1] == kept[n - 1] {
            // The spike lies where the ring closes.
            kept.pop();
            kept.remove(0);
        } else if n >= 3 && kept[0] == kept[n - 2] {
            kept.pop();
            kept.pop();
        } else {
            break;
        }
    }
    let next = kept.iter().cycle().skip(1);
    let double_area: i64 = kept
        .iter()
        .zip(next)
        .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
        .sum();
    (kept.len() >= 3 && double_area != 0).then_some(kept)
}

/// Vertices where more or fewer than two different edges meet, in order: arcs end there.
fn junctions(features: &[Vec<Vec<Vertex>>]) -> Vec<Vertex> {
    let mut edges: Vec<(Vertex, Vertex)> = Vec::new();
    for ring in features.iter().flatten() {
        let next = ring.iter().cycle().skip(1);
        edges.extend(ring.iter().zip(next).map(|(&a, &b)| (a.min(b), a.max(b))));
    }
    edges.sort_unstable();
    edges.dedup();
    let mut ends: Vec<Vertex> = edges.into_iter().flat_map(|(a, b)| [a, b]).collect();
    ends.sort_unstable();
    ends.chunk_by(|a, b| a == b).filter(|same| same.len() != 2).map(|same| same[0]).collect()
}

struct Writer {
    bytes: Vec<u8>,
    /// Arc that begins with this edge, and whether it is walked backwards.
    known: HashMap<(Vertex, Vertex), Walk>,
    arcs: usize,
    pen: Vertex,
}

#[derive(Clone, Copy)]
struct Walk {
    arc: usize,
    backwards: bool,
}

impl Writer {
    fn ring(&mut self, ring: &[Vertex], junctions: &[Vertex]) {
        let is_junction = |v: &Vertex| junctions.binary_search(v).is_ok();
        // A ring without junctions is one arc; its least vertex starts it, so that the ring and the
        // hole it fills are the same arc.
        let start = ring
            .iter()
            .position(is_junction)
            .unwrap_or_else(|| (0..ring.len()).min_by_key(|&i| ring[i]).unwrap_or(0));
        let n = ring.len();
        let vertex = |k: usize| ring[(start + k) % n];
        let mut cuts: Vec<usize> = (0..n).filter(|&k| k == 0 || is_junction(&vertex(k))).collect();
        cuts.push(n);
        push_varint(&mut self.bytes, cuts.len() as u64 - 1);
        let mut from = self.pen;
        for cut in cuts.windows(2) {
            let arc: Vec<Vertex> = (cut[0]..=cut[1]).map(vertex).collect();
            let last = arc.len() - 1;
            if let Some(&walk) = self.known.get(&(arc[0], arc[1])) {
                let code = 2 * (self.arcs - 1 - walk.arc) as u64 + u64::from(walk.backwards) + 1;
                push_varint(&mut self.bytes, code);
            } else {
                push_varint(&mut self.bytes, 0);
                if cut[0] == 0 {
                    self.step(from, arc[0]);
                }
                self.known.insert((arc[0], arc[1]), Walk { arc: self.arcs, backwards: false });
                self.known
                    .entry((arc[last], arc[last - 1]))
                    .or_insert(Walk { arc: self.arcs, backwards: true });
                self.arcs += 1;
                let straight = straightened(&arc);
                push_varint(&mut self.bytes, straight.len() as u64 - 1);
                for pair in straight.windows(2) {
                    self.step(pair[0], pair[1]);
                }
            }
            from = arc[last];
        }
        self.pen = vertex(0);
    }

    fn step(&mut self, from: Vertex, to: Vertex) {
        push_signed(&mut self.bytes, i64::from(to.0) - i64::from(from.0));
        push_signed(&mut self.bytes, i64::from(to.1) - i64::from(from.1));
    }
}

/// The way without vertices on the straight line to the next one.
fn straightened(arc: &[Vertex]) -> Vec<Vertex> {
    let mut kept: Vec<Vertex> = Vec::with_capacity(arc.len());
    for &c in arc {
        if let [.., a, b] = kept[..] {
            let step =
                |p: Vertex, q: Vertex| (i64::from(q.0) - i64::from(p.0), i64::from(q.1) - i64::from(p.1));
            let ((ux, uy), (vx, vy)) = (step(a, b), step(b, c));
            if ux * vy == uy * vx && ux * vx + uy * vy > 0 {
                kept.pop();
            }
        }
        kept.push(c);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: [Vertex; 5] = [(0, 0), (4, 0), (4, 2), (4, 4), (0, 4)];
    const RIGHT: [Vertex; 5] = [(4, 0), (8, 0), (8, 4), (4, 4), (4, 2)];

    #[test]
    fn a_shared_border_is_stored_once() {
        let bytes = borders(&[vec![LEFT.to_vec()], vec![RIGHT.to_vec()]]);
        // One ring of two arcs: from (4, 0) up to (4, 4), where (4, 2) lies on a straight way, and round
        // the left; then the right round and the first arc backwards.
        let expected = [
            1, 2, 0, 8, 0, 1, 0, 8, 0, 3, 7, 0, 0, 7, 8, 0, //
            1, 2, 0, 0, 0, 3, 8, 0, 0, 8, 7, 0, 6,
        ];
        assert_eq!(bytes, expected);
    }

    #[test]
    fn an_enclave_is_one_arc() {
        let hole = vec![(2, 1), (1, 2), (1, 1)];
        let enclave = vec![(1, 1), (1, 2), (2, 1)];
        let around = vec![(0, 0), (4, 0), (4, 4), (0, 4)];
        let bytes = borders(&[vec![around, hole], vec![enclave]]);
        // The last feature: one ring, one arc, the newest one walked forwards or backwards.
        let end = &bytes[bytes.len() - 3..];
        assert!(end[..2] == [1, 1] && (end[2] == 1 || end[2] == 2), "{end:?}");
    }

    #[test]
    fn ways_there_and_back_go() {
        let ring = [(0, 0), (4, 0), (6, 0), (4, 0), (4, 4), (4, 4), (0, 0), (-3, 0)];
        assert_eq!(clean(ring.into_iter()), Some(vec![(0, 0), (4, 0), (4, 4)]));
        assert_eq!(clean([(0, 0), (1, 1), (0, 0), (1, 1)].into_iter()), None);
        assert_eq!(clean([(0, 0), (1, 1), (2, 2)].into_iter()), None);
    }
}
