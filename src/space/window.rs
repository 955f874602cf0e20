//! Rings cut to a window, at the cost of what is near it.

use geo_types::Coord;

use super::layer::Bounds;

/// Vertices whose bounds are looked at together.
const CHUNK: usize = 64;

/// A closed ring of which many windows are asked.
pub(super) struct Window {
    ring: Vec<Coord<f64>>,
    /// Bounds of each chunk of vertices.
    chunks: Vec<Bounds>,
}

impl Window {
    pub(super) fn new(ring: Vec<Coord<f64>>) -> Self {
        let chunks = ring
            .chunks(CHUNK)
            .map(|chunk| {
                let mut bounds = Bounds::EMPTY;
                for &c in chunk {
                    bounds.include(c);
                }
                bounds
            })
            .collect();
        Self { ring, chunks }
    }

    /// The open ring within the window. Runs of vertices on one side of it count as their ends only.
    pub(super) fn clipped(&self, window: Bounds) -> Vec<Coord<f64>> {
        let mut near: Vec<Coord<f64>> = Vec::new();
        for (chunk, b) in self.ring.chunks(CHUNK).zip(&self.chunks) {
            let beyond = (0..2).any(|k| b.max[k] < window.min[k] || b.min[k] > window.max[k]);
            match (beyond, chunk) {
                (true, [first, .., last]) => near.extend([*first, *last]),
                _ => near.extend_from_slice(chunk),
            }
        }
        near.pop();
        clip_to_bounds(&near, window)
    }

    /// Whether a point is inside by the even–odd rule.
    pub(super) fn contains(&self, c: Coord<f64>) -> bool {
        let mut inside = false;
        for (k, b) in self.chunks.iter().enumerate() {
            let from = k * CHUNK;
            let to = (from + CHUNK).min(self.ring.len() - 1);
            // The edge to the next chunk belongs to this one.
            let (low, high) = (b.min[1].min(self.ring[to].y), b.max[1].max(self.ring[to].y));
            if c.y < low || c.y > high {
                continue;
            }
            for e in self.ring[from..=to].windows(2) {
                let crosses = (e[0].y > c.y) != (e[1].y > c.y)
                    && c.x < e[0].x + (c.y - e[0].y) / (e[1].y - e[0].y) * (e[1].x - e[0].x);
                inside ^= crosses;
            }
        }
        inside
    }
}

/// An open ring cut to a window after Sutherland & Hodgman (1974); parts that come apart stay joined
/// along the window.
pub(super) fn clip_to_bounds(ring: &[Coord<f64>], window: Bounds) -> Vec<Coord<f64>> {
    let mut now = ring.to_vec();
    for (axis, bound, sign) in
        [(0, window.min[0], 1.0), (0, window.max[0], -1.0), (1, window.min[1], 1.0), (1, window.max[1], -1.0)]
    {
        let over = |c: Coord<f64>| sign * (if axis == 0 { c.x } else { c.y } - bound);
        let mut next = Vec::with_capacity(now.len() + 4);
        for i in 0..now.len() {
            let (p, q) = (now[i], now[(i + 1) % now.len()]);
            let (dp, dq) = (over(p), over(q));
            if dp >= 0.0 {
                next.push(p);
            }
            if (dp >= 0.0) != (dq >= 0.0) {
                let t = dp / (dp - dq);
                next.push(if axis == 0 {
                    Coord { x: bound, y: p.y + t * (q.y - p.y) }
                } else {
                    Coord { x: p.x + t * (q.x - p.x), y: bound }
                });
            }
        }
        now = next;
    }
    now
}
