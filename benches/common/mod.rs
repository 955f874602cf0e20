//! What several benches share: a drawn country, and the folder of real data.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "not every bench needs everything"
)]

use std::path::PathBuf;
use std::time::Instant;

use geo_types::Coord;
use rurban::Result;
use rurban::labels::Labels;
use rurban::network::{Direction, Network};
use rurban::random::{Seed, Stream};
use rurban::space::neighbours::PointSet;

/// Nodes and ties of [`country`].
pub const NODES: usize = 35_000;
const TIES: usize = 150_000;

/// Cooperation over a country of the size of France: places gather around 400 centres, three ties in
/// four are with one of the 60 nearest, and ties between rural and urban are rarer than others.
pub struct Country {
    /// Lambert-93 metres.
    pub points: Vec<Coord<f64>>,
    pub population: Vec<f64>,
    /// 0 rural, 1 urban (about one in seven).
    pub rural_urban: Labels,
    /// Seven kinds of actor.
    pub kind: Labels,
    pub ties: Vec<(u32, u32, f64)>,
}

impl Country {
    pub fn network(&self) -> Network {
        Network::from_edges(NODES, &self.ties, Direction::Undirected).unwrap().0
    }
}

fn normal(s: &mut Stream) -> f64 {
    (-2.0 * (1.0 - s.unit()).ln()).sqrt() * (std::f64::consts::TAU * s.unit()).cos()
}

/// Where the draw `unit` falls in running totals.
fn pick(totals: &[f64], unit: f64) -> usize {
    let at = unit * totals.last().unwrap();
    totals.partition_point(|t| *t <= at).min(totals.len() - 1)
}

fn running(weights: impl Iterator<Item = f64>) -> Vec<f64> {
    weights
        .scan(0.0, |sum, w| {
            *sum += w;
            Some(*sum)
        })
        .collect()
}

/// As many draws from `weights` as asked for, each place at most once, in order.
pub fn draw_distinct(weights: &[f64], n: usize, seed: Seed) -> Vec<u32> {
    let (totals, mut s) = (running(weights.iter().copied()), seed.stream(0));
    let mut drawn = std::collections::BTreeSet::new();
    while drawn.len() < n {
        drawn.insert(pick(&totals, s.unit()) as u32);
    }
    drawn.into_iter().collect()
}

/// The same country every time.
pub fn country() -> Country {
    let mut s = Seed(35).stream(0);
    let centres: Vec<(Coord<f64>, f64)> = (0..400)
        .map(|_| {
            let at = Coord { x: 150e3 + 900e3 * s.unit(), y: 6_150e3 + 900e3 * s.unit() };
            (at, (1.0 - s.unit()).powf(-1.0 / 1.1))
        })
        .collect();
    let sizes = running(centres.iter().map(|c| c.1));
    let spreads = running([0.25, 0.35, 0.40].into_iter());
    let points: Vec<Coord<f64>> = (0..NODES)
        .map(|_| {
            let centre = centres[pick(&sizes, s.unit())].0;
            let spread = [3e3, 15e3, 45e3][pick(&spreads, s.unit())];
            Coord {
                x: (centre.x + spread * normal(&mut s)).clamp(1e5, 1.24e6),
                y: (centre.y + spread * normal(&mut s)).clamp(6.05e6, 7.11e6),
            }
        })
        .collect();
    let set = PointSet::new(&points).unwrap();
    let around: Vec<f64> = set.counts_within(10_000.0).unwrap().iter().map(|&c| f64::from(c) + 1.0).collect();
    let middle = quantile(&around, 0.5);
    let population: Vec<f64> = around
        .iter()
        .map(|a| ((6.0 + 1.1 * normal(&mut s)).exp() * (1.0 + a / middle).powf(1.2)).round().max(10.0))
        .collect();
    let density: Vec<f64> = population.iter().zip(&around).map(|(p, a)| p * a).collect();
    let bar = quantile(&density, 0.85);
    let urban: Vec<u32> = density.iter().map(|d| u32::from(*d >= bar)).collect();
    let shares = running([0.12, 0.02, 0.08, 0.08, 0.2, 0.15, 0.35].into_iter());
    let kind: Vec<u32> = (0..NODES).map(|_| pick(&shares, s.unit()) as u32).collect();
    let weight = |i: usize| population[i].powf(0.7) * [1.0, 6.0, 1.0, 1.0, 1.0, 2.5, 1.0][kind[i] as usize];
    let isolated: Vec<bool> = (0..NODES).map(|_| s.unit() < 0.03).collect();
    let masses = running((0..NODES).map(|i| if isolated[i] { 0.0 } else { weight(i) }));
    let near = set.k_nearest(60);
    let mut seen = std::collections::HashSet::new();
    let mut ties = Vec::with_capacity(TIES);
    while ties.len() < TIES {
        let a = pick(&masses, s.unit());
        let b = if s.unit() < 0.75 {
            near.ids(a)[s.below(near.ids(a).len() as u32) as usize] as usize
        } else {
            pick(&masses, s.unit())
        };
        let refused = urban[a] != urban[b] && s.unit() > 0.55;
        if a != b && !isolated[b] && !refused && seen.insert((a.min(b), a.max(b))) {
            let weight = 1.0 + (0..4).filter(|_| s.unit() < 0.2).count() as f64;
            ties.push((a.min(b) as u32, a.max(b) as u32, weight));
        }
    }
    Country {
        points,
        population,
        rural_urban: Labels::new(urban, 2).unwrap(),
        kind: Labels::new(kind, 7).unwrap(),
        ties,
    }
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}

/// A file of the real data that are not in the repository, or `None` with the reason on stderr.
pub fn real_data(file: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("RURBAN_DATA") else {
        eprintln!("left out: no RURBAN_DATA names the folder with {file}");
        return None;
    };
    let path = PathBuf::from(folder).join(file);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("left out: no {}", path.display());
    None
}

/// Points and weights that the scripts of peers draw too: the same whole numbers from the same sequence.
pub fn peer_points(seed: u64, n: usize) -> (Vec<Coord<f64>>, Vec<f64>) {
    let mut x = seed;
    let mut next = || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((x >> 33) % 100_000) as f64
    };
    (0..n)
        .map(|_| {
            let at = Coord { x: next(), y: next() };
            (at, next() % 100.0 + 1.0)
        })
        .unzip()
}

/// A table of times, and how many rows it has.
pub struct Table(pub usize);

impl Table {
    /// Times `ask` and prints the row; `size` says what it was asked of.
    pub fn row<T>(&mut self, question: &str, size: &str, mut ask: impl FnMut() -> Result<T>) -> Option<T> {
        let mut best = f64::INFINITY;
        let mut answer = None;
        for _ in 0..3 {
            let begun = Instant::now();
            let given = ask();
            best = best.min(begun.elapsed().as_secs_f64());
            answer = Some(given);
            if best > 2.0 {
                break;
            }
        }
        self.0 += 1;
        match answer? {
            Ok(answer) => {
                println!("| {question} | {size} | {:.1} |", best * 1e3);
                Some(answer)
            }
            Err(why) => {
                println!("| {question} | {size} | none: {why} |");
                None
            }
        }
    }
}
