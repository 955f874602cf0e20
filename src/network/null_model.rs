use super::{Direction, Network};
use crate::parallel;
use crate::progress::Progress;
use crate::random::{Seed, Stream};

/// Options of [`degree_preserving`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SwapOptions {
    /// Attempted swaps per tie.
    pub swaps_per_tie: usize,
    /// Number of rewired graphs.
    pub replicates: usize,
    /// Replicate r uses stream r of this seed.
    pub seed: Seed,
}

impl Default for SwapOptions {
    fn default() -> Self {
        Self { swaps_per_tie: 10, replicates: 99, seed: Seed::default() }
    }
}

impl SwapOptions {
    /// Sets the attempted swaps per tie.
    #[must_use]
    pub const fn swaps_per_tie(mut self, swaps: usize) -> Self {
        self.swaps_per_tie = swaps;
        self
    }

    setters! {
        replicates: usize,
        seed: Seed,
    }
}

/// A set of ties with linear probing; half of the slots or more stay free.
struct TieSet {
    slots: Vec<u64>,
    mask: usize,
    shift: u32,
}

const FREE: u64 = u64::MAX;

impl TieSet {
    fn new(ties: usize) -> Self {
        let size = (ties * 2).next_power_of_two().max(4);
        Self { slots: vec![FREE; size], mask: size - 1, shift: 64 - size.trailing_zeros() }
    }

    fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> self.shift) as usize
    }

    fn find(&self, key: u64) -> Result<usize, usize> {
        let mut at = self.home(key);
        loop {
            match self.slots[at] {
                k if k == key => return Ok(at),
                FREE => return Err(at),
                _ => at = (at + 1) & self.mask,
            }
        }
    }

    fn insert(&mut self, key: u64) {
        if let Err(at) = self.find(key) {
            self.slots[at] = key;
        }
    }

    /// Removes without tombstones: later keys of the run move back into the gap.
    fn remove(&mut self, key: u64) {
        let Ok(mut gap) = self.find(key) else { return };
        let mut at = gap;
        loop {
            at = (at + 1) & self.mask;
            let k = self.slots[at];
            if k == FREE {
                break;
            }
            let home = self.home(k);
            if (at.wrapping_sub(home) & self.mask) >= (at.wrapping_sub(gap) & self.mask) {
                self.slots[gap] = k;
                gap = at;
            }
        }
        self.slots[gap] = FREE;
    }
}

fn key(a: u32, b: u32, direction: Direction) -> u64 {
    let (a, b) = if direction == Direction::Undirected && a > b { (b, a) } else { (a, b) };
    u64::from(a) << 32 | u64::from(b)
}

/// Ties by their source, which no swap and no reversal changes.
struct Sources {
    starts: Vec<u32>,
    ties: Vec<u32>,
}

impl Sources {
    fn new(nodes: usize, ties: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for t in ties {
            starts[t.0 as usize + 1] += 1;
        }
        for i in 0..nodes {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut by_source = vec![0; ties.len()];
        for (at, t) in ties.iter().enumerate() {
            by_source[next[t.0 as usize] as usize] = at as u32;
            next[t.0 as usize] += 1;
        }
        Self { starts, ties: by_source }
    }

    fn of(&self, node: u32) -> &[u32] {
        &self.ties[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }
}

/// Attempts to turn round a directed triangle `a → b → c → a` without ties the other way: drawn by a
/// tie and one that follows it, so that a triangle and its reverse come up equally often.
fn reverse_triangle(
    ties: &mut [(u32, u32)],
    set: &mut TieSet,
    sources: &Sources,
    random: &mut Stream,
) -> bool {
    let x = random.below(ties.len() as u32) as usize;
    let (a, b) = ties[x];
    let following = sources.of(b);
    if following.is_empty() {
        return false;
    }
    let y = following[random.below(following.len() as u32) as usize] as usize;
    let c = ties[y].1;
    let arc = |a, b| key(a, b, Direction::Directed);
    if c == a
        || set.find(arc(c, a)).is_err()
        || [(b, a), (c, b), (a, c)].iter().any(|&(p, q)| set.find(arc(p, q)).is_ok())
    {
        return false;
    }
    let Some(&z) = sources.of(c).iter().find(|&&z| ties[z as usize].1 == a) else { return false };
    for (at, old, new) in [(x, (a, b), (a, c)), (y, (b, c), (b, a)), (z as usize, (c, a), (c, b))] {
        set.remove(arc(old.0, old.1));
        set.insert(arc(new.0, new.1));
        ties[at] = new;
    }
    true
}

/// Attempts `attempts` swaps `a–b, c–d → a–d, c–b` on the ties of a simple graph, in place; those
/// that would make a loop or a second tie are refused, which keeps the walk uniform over the
/// simple graphs with these degrees. One attempt in four on a directed graph turns round a triangle
/// instead: swaps alone do not reach all directed graphs (Rao, Jana & Bandyopadhyay 1996).
/// Gives the number done.
fn swap(ties: &mut [(u32, u32)], direction: Direction, attempts: usize, random: &mut Stream) -> usize {
    if ties.len() < 2 {
        return 0;
    }
    let mut set = TieSet::new(ties.len());
    for &(a, b) in ties.iter() {
        set.insert(key(a, b, direction));
    }
    let count = ties.len() as u32;
    let nodes = ties.iter().map(|t| t.0.max(t.1) as usize + 1).max().unwrap_or(0);
    let sources = (direction == Direction::Directed).then(|| Sources::new(nodes, ties));
    let mut done = 0;
    for _ in 0..attempts {
        if let Some(sources) = &sources
            && random.bits() >> 62 == 0
        {
            done += usize::from(reverse_triangle(ties, &mut set, sources, random));
            continue;
        }
        let (x, y) = (random.below(count) as usize, random.below(count) as usize);
        let ((a, b), (mut c, mut d)) = (ties[x], ties[y]);
        if direction == Direction::Undirected && random.bits() >> 63 == 1 {
            (c, d) = (d, c);
        }
        if x == y || a == d || b == c {
            continue;
        }
        let (first, second) = (key(a, d, direction), key(c, b, direction));
        if first == second || set.find(first).is_ok() || set.find(second).is_ok() {
            continue;
        }
        set.remove(key(a, b, direction));
        set.remove(key(c, d, direction));
        set.insert(first);
        set.insert(second);
        ties[x] = (a, d);
        ties[y] = (c, b);
        done += 1;
    }
    done
}

/// A statistic on random simple graphs in which every node keeps its degree (in- and out-degree when
/// directed).
///
/// Ends of ties are swapped and, when directed, triangles reversed: every such graph is reached, each with
/// the same probability in the long run. `statistic` gets the ties of each replicate, undirected ones once
/// with ends in any order, and its results are returned in the order of replicates. Weights play no part.
/// Ten attempted swaps per tie mix well; see
/// [`Evidence::monte_carlo`](crate::evidence::Evidence::monte_carlo) for z and p.
///
/// # Complexity
/// O(replicates × swaps), in parallel, the same for any number of threads.
///
/// # References
/// Maslov & Sneppen (2002), Specificity and stability in topology of protein networks,
/// doi:10.1126/science.1065103. Rao, Jana & Bandyopadhyay (1996), A Markov chain Monte Carlo method for
/// generating random (0, 1)-matrices with given marginals.
pub fn degree_preserving<T: Send>(
    network: &Network,
    options: &SwapOptions,
    statistic: impl Fn(&[(u32, u32)]) -> T + Sync + Send,
    progress: &dyn Progress,
) -> Vec<T> {
    let ties: Vec<(u32, u32)> = network.edge_list().map(|(a, b, _)| (a, b)).collect();
    progress.begin("degree-preserving swaps", Some(options.replicates as u64));
    let results = parallel::map(options.replicates, |r| {
        let mut own = ties.clone();
        let attempts = own.len() * options.swaps_per_tie;
        swap(&mut own, network.direction(), attempts, &mut options.seed.stream(r as u64));
        let result = statistic(&own);
        progress.advance(1);
        result
    });
    progress.end();
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn reached(nodes: usize, ties: &[(u32, u32)]) -> Vec<(Vec<(u32, u32)>, usize)> {
        let edges: Vec<_> = ties.iter().map(|&(a, b)| (a, b, 1.0)).collect();
        let (g, _) = Network::from_edges(nodes, &edges, Direction::Directed).unwrap();
        let options = SwapOptions::default().replicates(600);
        let mut graphs = degree_preserving(
            &g,
            &options,
            |ties| {
                let mut own = ties.to_vec();
                own.sort_unstable();
                own
            },
            &Silent,
        );
        graphs.sort();
        graphs.chunk_by(|a, b| a == b).map(|same| (same[0].clone(), same.len())).collect()
    }

    #[test]
    fn directed_triangles_turn_round() {
        let found = reached(3, &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|f| f.1.abs_diff(300) < 60), "{found:?}");
    }

    #[test]
    fn all_directed_graphs_are_reached_equally_often() {
        // All simple graphs with the degrees of this one, by trying all.
        let ties = [(0, 1), (1, 2), (2, 0), (3, 0), (1, 3)];
        let degrees = |ties: &[(u32, u32)]| {
            let mut d = [[0; 4]; 2];
            for &(a, b) in ties {
                d[0][a as usize] += 1;
                d[1][b as usize] += 1;
            }
            d
        };
        let all: Vec<(u32, u32)> =
            (0..4).flat_map(|a| (0..4).filter(move |&b| b != a).map(move |b| (a, b))).collect();
        let wanted = (0u32..1 << 12)
            .filter(|m| m.count_ones() == 5)
            .filter(|m| {
                let own: Vec<_> = (0..12).filter(|k| m >> k & 1 == 1).map(|k| all[k]).collect();
                degrees(&own) == degrees(&ties)
            })
            .count();
        let found = reached(4, &ties);
        assert_eq!(found.len(), wanted);
        let mean = 600 / wanted;
        assert!(found.iter().all(|f| f.1.abs_diff(mean) < mean / 2), "{found:?}");
    }
}
