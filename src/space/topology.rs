//! Vertex identity of a layer: equal coordinates get equal numbers, which turns questions about
//! shared borders into integer work.

use geo_types::Coord;

use super::layer::Layer;
use crate::parallel;

/// No vertex, feature or entry.
pub(crate) const NONE: u32 = u32::MAX;

/// The number of the vertex at every coordinate of the layer, and how many vertices there are.
/// Vertices are numbered by first appearance, so that neighbours on a border are neighbours in memory.
pub(crate) struct Vertices {
    pub(crate) of: Vec<u32>,
    pub(crate) count: usize,
}

impl Vertices {
    pub(crate) fn new(layer: &Layer) -> Self {
        const BUCKETS: usize = 256;
        let coords = layer.coords();
        // Coordinates go to buckets by hash; each bucket is small enough for the cache.
        let mut hashes = vec![0u32; coords.len()];
        parallel::for_each_chunk(&mut hashes, 65_536, |k, chunk| {
            for (i, h) in chunk.iter_mut().enumerate() {
                *h = hash(coords[k * 65_536 + i]);
            }
        });
        let mut starts = vec![0u32; BUCKETS + 1];
        for h in &hashes {
            starts[(h >> 24) as usize + 1] += 1;
        }
        for b in 0..BUCKETS {
            starts[b + 1] += starts[b];
        }
        let mut next = starts.clone();
        let mut order = vec![0u32; coords.len()];
        for (i, h) in hashes.iter().enumerate() {
            let slot = &mut next[(h >> 24) as usize];
            order[*slot as usize] = i as u32;
            *slot += 1;
        }
        // For every coordinate, the first coordinate with the same value.
        let firsts = parallel::map(BUCKETS, |b| {
            let items = &order[starts[b] as usize..starts[b + 1] as usize];
            let size = (items.len() * 2).next_power_of_two().max(2);
            let mut table = vec![NONE; size];
            items
                .iter()
                .map(|&i| {
                    let c = coords[i as usize];
                    let mut at = hashes[i as usize] as usize & (size - 1);
                    loop {
                        if table[at] == NONE {
                            table[at] = i;
                            return i;
                        }
                        if coords[table[at] as usize] == c {
                            return table[at];
                        }
                        at = (at + 1) & (size - 1);
                    }
                })
                .collect::<Vec<u32>>()
        });
        let mut of = vec![0u32; coords.len()];
        for (b, first) in firsts.iter().enumerate() {
            for (&i, &f) in order[starts[b] as usize..].iter().zip(first) {
                of[i as usize] = f;
            }
        }
        let mut count = 0;
        for i in 0..of.len() {
            if of[i] == i as u32 {
                of[i] = count;
                count += 1;
            } else {
                // The first coordinate lies before and has its number already.
                of[i] = of[of[i] as usize];
            }
        }
        Self { of, count: count as usize }
    }
}

/// A hash of a place, the same for −0 and 0.
pub(crate) fn hash(c: Coord<f64>) -> u32 {
    // Adding zero makes -0.0 and 0.0 the same vertex.
    let (x, y) = ((c.x + 0.0).to_bits(), (c.y + 0.0).to_bits());
    let h = (x ^ y.rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(y);
    ((h ^ (h >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 32) as u32
}

/// Range of coordinates of every ring in [`Layer::coords`].
pub(crate) fn ring_starts(layer: &Layer) -> Vec<usize> {
    let mut starts = Vec::with_capacity(layer.ring_count() + 1);
    let mut at = 0;
    starts.push(0);
    for r in 0..layer.ring_count() {
        at += layer.ring(r).len();
        starts.push(at);
    }
    starts
}
