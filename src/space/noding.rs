//! Borders cut where they meet, so that what is inside can be told edge by edge.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use geo::Intersects;
use geo::kernels::{Kernel, Orientation, RobustKernel};
use geo_types::{Coord, Line};

use super::sweep::apart_but_for_ends;

pub(crate) type Edge = (Coord<f64>, Coord<f64>);

/// Edges by the horizontal strips that they reach.
pub(crate) struct Strips {
    low: f64,
    scale: f64,
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Strips {
    /// About four edges that start in a strip, and few strips per edge.
    pub(crate) fn new(edges: &[Edge]) -> Self {
        let (mut low, mut high, mut rise) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for (a, b) in edges {
            low = low.min(a.y.min(b.y));
            high = high.max(a.y.max(b.y));
            rise += (a.y - b.y).abs();
        }
        let n = edges.len() as f64;
        let strips = (n / 4.0).min(4.0 * n * (high - low) / rise).clamp(1.0, 1e6);
        let strips = if strips.is_finite() { strips as usize } else { 1 };
        let scale = strips as f64 / (high - low);
        let scale = if scale.is_finite() { scale } else { 0.0 };
        let mut index = Self { low, scale, starts: vec![0; strips + 1], items: Vec::new() };
        for e in edges {
            for s in index.reach(e) {
                index.starts[s + 1] += 1;
            }
        }
        for s in 0..strips {
            index.starts[s + 1] += index.starts[s];
        }
        let mut next = index.starts.clone();
        index.items = vec![0; next[strips] as usize];
        for (i, e) in edges.iter().enumerate() {
            for s in index.reach(e) {
                index.items[next[s] as usize] = i as u32;
                next[s] += 1;
            }
        }
        index
    }

    fn strip(&self, y: f64) -> usize {
        (((y - self.low) * self.scale) as usize).min(self.starts.len() - 2)
    }

    fn reach(&self, e: &Edge) -> std::ops::RangeInclusive<usize> {
        self.strip(e.0.y.min(e.1.y))..=self.strip(e.0.y.max(e.1.y))
    }

    /// Pairs of edges in the same strips.
    pub(crate) fn load(&self) -> usize {
        self.starts.windows(2).map(|w| ((w[1] - w[0]) as usize).pow(2)).sum()
    }

    /// Edges that may reach the height `y`.
    pub(crate) fn at(&self, y: f64) -> &[u32] {
        self.items(self.strip(y))
    }

    fn items(&self, s: usize) -> &[u32] {
        &self.items[self.starts[s] as usize..self.starts[s + 1] as usize]
    }
}

/// Whether the ray from `p` to the right, a hair above its height, crosses an edge: 1 for an edge
/// that goes up, −1 for one that goes down, 0 for none. With the inside to the left of edges the
/// sum over all edges is the number of shells less the number of holes around the point.
pub(crate) fn crossing(p: Coord<f64>, (a, b): Edge) -> i32 {
    let up = b.y > p.y;
    if (a.y > p.y) == up || p.x > a.x.max(b.x) {
        return 0;
    }
    let hit = p.x < a.x.min(b.x)
        || RobustKernel::orient2d(a, b, p)
            == if up { Orientation::CounterClockwise } else { Orientation::Clockwise };
    match (hit, up) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => -1,
    }
}

/// Cuts edges where they meet others elsewhere than at common ends, until none do; each round cuts
/// at rounded places. `None` when rounding does not come to an end. The flag tells whether any was cut.
pub(crate) fn node(mut edges: Vec<Edge>) -> Option<(Vec<Edge>, bool)> {
    for round in 0..8 {
        let mut cuts = meetings(&edges);
        if cuts.is_empty() {
            return Some((edges, round > 0));
        }
        // After the first round only what rounding left is cut: where that is more and more, it does not end.
        if round > 0 && cuts.len() > edges.len() {
            return None;
        }
        cuts.retain(|c| c.2.x.is_finite() && c.2.y.is_finite());
        cuts.sort_by(|p, q| p.0.cmp(&q.0).then(p.1.total_cmp(&q.1)));
        cuts.dedup_by(|p, q| p.0 == q.0 && p.2 == q.2);
        let mut cut = Vec::with_capacity(edges.len() + cuts.len());
        let mut rest = cuts.into_iter().peekable();
        for (i, &(a, b)) in edges.iter().enumerate() {
            let mut from = a;
            while let Some((_, _, place)) = rest.next_if(|c| c.0 == i as u32) {
                if place != from {
                    cut.push((from, place));
                    from = place;
                }
            }
            if from != b {
                cut.push((from, b));
            }
        }
        edges = cancel(cut);
    }
    None
}

/// Removes pairs of opposite edges.
fn cancel(edges: Vec<Edge>) -> Vec<Edge> {
    let key = |e: &Edge| {
        let (p, q) = ([e.0.x, e.0.y], [e.1.x, e.1.y]);
        if p <= q { [p[0], p[1], q[0], q[1]] } else { [q[0], q[1], p[0], p[1]] }
    };
    let order = |e: &Edge, f: &Edge| {
        let (p, q) = (key(e), key(f));
        (0..4).map(|i| p[i].total_cmp(&q[i])).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    let mut sorted = edges;
    sorted.sort_by(order);
    let mut left = Vec::with_capacity(sorted.len());
    for same in sorted.chunk_by(|e, f| key(e) == key(f)) {
        let onward = same.iter().filter(|e| **e == same[0]).count();
        let back = same.len() - onward;
        let (edge, n) =
            if onward >= back { (same[0], onward - back) } else { ((same[0].1, same[0].0), back - onward) };
        left.extend(std::iter::repeat_n(edge, n));
    }
    left
}

/// Edge, position along it and place of a cut.
type Cut = (u32, f64, Coord<f64>);

/// Every cut. O(n log n + pairs in the same strips and columns), and O(n log n) where no edge is cut
/// however many share a strip (stars, fans).
pub(crate) fn meetings(edges: &[Edge]) -> Vec<Cut> {
    let few = 1_000_000 + 64 * edges.len();
    match pairs(edges, few, |i, j, cuts| meeting(numbered(edges, i), numbered(edges, j), cuts)) {
        Some(cuts) => cuts,
        None if apart_but_for_ends(edges) => Vec::new(),
        None => pairs_meeting(edges),
    }
}

/// Every cut, by looking at all pairs in the same strips and columns.
pub(super) fn pairs_meeting(edges: &[Edge]) -> Vec<Cut> {
    pairs(edges, usize::MAX, |i, j, cuts| meeting(numbered(edges, i), numbered(edges, j), cuts))
        .unwrap_or_default()
}

/// Whether two edges meet elsewhere than at common ends or all along.
pub(super) fn meet(e: Edge, f: Edge) -> bool {
    let mut cuts = Vec::new();
    meeting((0, e.0, e.1), (1, f.0, f.1), &mut cuts);
    !cuts.is_empty()
}

fn numbered(edges: &[Edge], i: u32) -> Numbered {
    (i, edges[i as usize].0, edges[i as usize].1)
}

/// Pairs of edges of closed rings that meet elsewhere than where one ends and the next starts: none when
/// every ring is simple and touches no other.
pub(crate) fn touching(edges: &[Edge]) -> Vec<[u32; 2]> {
    pairs(edges, usize::MAX, |i, j, found| {
        if touch(edges[i as usize], edges[j as usize]) {
            found.push([i, j]);
        }
    })
    .unwrap_or_default()
}

fn touch((a, b): Edge, (c, d): Edge) -> bool {
    // A vertex passed twice is where two edges start.
    if a == c || b == d {
        return true;
    }
    match fork((a, b), (c, d)) {
        // One after the other: only a spike turns back on itself.
        Some([q, p, r]) => collinear(q, p, r) && (within(q, p, r) || within(r, p, q)),
        None => Line::new(a, b).intersects(&Line::new(c, d)),
    }
}

/// The other end of the first edge, the end that both share and the other end of the second.
fn fork((a, b): Edge, (c, d): Edge) -> Option<[Coord<f64>; 3]> {
    if a == c {
        Some([b, a, d])
    } else if a == d {
        Some([b, a, c])
    } else if b == c {
        Some([a, b, d])
    } else if b == d {
        Some([a, b, c])
    } else {
        None
    }
}

fn collinear(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> bool {
    RobustKernel::orient2d(a, b, c) == Orientation::Collinear
}

/// Whether `p` is in the box of `a` and `b`.
fn within(p: Coord<f64>, a: Coord<f64>, b: Coord<f64>) -> bool {
    p.x >= a.x.min(b.x) && p.x <= a.x.max(b.x) && p.y >= a.y.min(b.y) && p.y <= a.y.max(b.y)
}

/// What `f` adds for the pairs of edges whose boxes meet, each pair once; `None` when more than `most`
/// pairs share a strip and a column.
fn pairs<T: Clone + Send>(
    edges: &[Edge],
    most: usize,
    f: impl Fn(u32, u32, &mut Vec<T>) + Sync + Send,
) -> Option<Vec<T>> {
    let strips = Strips::new(edges);
    // The sum does not depend on the order in which it grows, so nor does whether it is passed.
    let looked_at = AtomicUsize::new(0);
    let found = crate::parallel::map((strips.starts.len() - 1).div_ceil(64), |block| {
        let mut found = Vec::new();
        let mut own = 0;
        let mut sorted: Vec<(f64, u32)> = Vec::new();
        for s in block * 64..((block + 1) * 64).min(strips.starts.len() - 1) {
            sorted.clear();
            sorted.extend(strips.items(s).iter().map(|&i| {
                let (a, b) = edges[i as usize];
                (a.x.min(b.x), i)
            }));
            sorted.sort_unstable_by(|p, q| p.0.total_cmp(&q.0).then(p.1.cmp(&q.1)));
            for (k, &(_, i)) in sorted.iter().enumerate() {
                let (a, b) = edges[i as usize];
                let right = a.x.max(b.x);
                for &(_, j) in sorted[k + 1..].iter().take_while(|e| e.0 <= right) {
                    own += 1;
                    let (c, d) = edges[j as usize];
                    // Each pair in the lowest strip that both reach.
                    let low = a.y.min(b.y).max(c.y.min(d.y));
                    if low <= a.y.max(b.y).min(c.y.max(d.y)) && strips.strip(low) == s {
                        f(i, j, &mut found);
                    }
                }
                if own > 100_000 && looked_at.fetch_add(std::mem::take(&mut own), Relaxed) > most {
                    return found;
                }
            }
        }
        looked_at.fetch_add(own, Relaxed);
        found
    });
    (looked_at.into_inner() <= most).then(|| found.concat())
}

type Numbered = (u32, Coord<f64>, Coord<f64>);

fn meeting((i, a, b): Numbered, (j, c, d): Numbered, cuts: &mut Vec<Cut>) {
    use Orientation::Collinear;
    if (a == c && b == d) || (a == d && b == c) {
        return;
    }
    let mut cut = |edge: u32, from: Coord<f64>, to: Coord<f64>, place: Coord<f64>| {
        if place != from && place != to {
            let along = (place.x - from.x) * (to.x - from.x) + (place.y - from.y) * (to.y - from.y);
            cuts.push((edge, along, place));
        }
    };
    // Most pairs follow each other on a border; zero, which the end they share would give below, is what
    // costs the kernel most.
    if let Some([q, p, r]) = fork((a, b), (c, d)) {
        if collinear(q, p, r) {
            if within(r, a, b) {
                cut(i, a, b, r);
            }
            if within(q, c, d) {
                cut(j, c, d, q);
            }
        }
        return;
    }
    let of_first = [c, d].map(|p| RobustKernel::orient2d(a, b, p));
    let of_second = [a, b].map(|p| RobustKernel::orient2d(c, d, p));
    for (p, side) in [c, d].into_iter().zip(of_first) {
        if side == Collinear && within(p, a, b) {
            cut(i, a, b, p);
        }
    }
    for (p, side) in [a, b].into_iter().zip(of_second) {
        if side == Collinear && within(p, c, d) {
            cut(j, c, d, p);
        }
    }
    let across = |s: [Orientation; 2]| s[0] != s[1] && !s.contains(&Collinear);
    if across(of_first) && across(of_second) {
        let (u, v, w) = (b - a, d - c, c - a);
        let t = (w.x * v.y - w.y * v.x) / (u.x * v.y - u.y * v.x);
        let place = a + u * t.clamp(0.0, 1.0);
        cut(i, a, b, place);
        cut(j, c, d, place);
    }
}
