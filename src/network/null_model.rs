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

    /// Sets the number of rewired graphs.
    #[must_use]
    pub const fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub const fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
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

/// Attempts `attempts` swaps `a–b, c–d → a–d, c–b` on the ties of a simple graph, in place; those
/// that would make a loop or a second tie are refused, which keeps the walk uniform over the
/// simple graphs with these degrees. Gives the number done.
fn swap(ties: &mut [(u32, u32)], direction: Direction, attempts: usize, random: &mut Stream) -> usize {
    if ties.len() < 2 {
        return 0;
    }
    let mut set = TieSet::new(ties.len());
    for &(a, b) in ties.iter() {
        set.insert(key(a, b, direction));
    }
    let count = ties.len() as u32;
    let mut done = 0;
    for _ in 0..attempts {
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

/// A statistic on random simple graphs in which every node keeps its degree (in- and out-degree
/// when directed), by swaps of ties' ends (Maslov & Sneppen 2002, doi:10.1126/science.1065103).
///
/// `statistic` gets the ties of each replicate, undirected ones once with ends in any order, and
/// its results are returned in the order of replicates. Weights play no part. Ten attempted swaps
/// per tie mix well; see [`Evidence::monte_carlo`](crate::evidence::Evidence::monte_carlo) for z
/// and p. O(replicates × swaps), in parallel, the same for any number of threads.
pub fn degree_preserving<T: Send>(
    network: &Network,
    options: SwapOptions,
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
