//! Reproducible random streams.
//!
//! Every Monte-Carlo routine takes a [`Seed`] and gives replicate `r` the stream `r` of it, so the
//! result does not depend on how replicates are spread over threads.

use rand_core::{RngCore, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// Seed of a family of random streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Seed(pub u64);

impl Default for Seed {
    /// A fixed seed: runs that do not choose one are reproducible too.
    fn default() -> Self {
        Self(0x5EED_2015_2018)
    }
}

impl Seed {
    /// The stream for replicate `index`, independent of all others.
    #[must_use]
    pub fn stream(self, index: u64) -> Stream {
        // Two rounds of the SplitMix64 finaliser decorrelate neighbouring seeds and indices.
        Stream(Xoshiro256PlusPlus::seed_from_u64(mix(
            mix(self.0).wrapping_add(index.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        )))
    }

    /// A seed for a part of a computation, different for each `tag`.
    #[must_use]
    pub const fn child(self, tag: u64) -> Self {
        Self(mix(self.0 ^ mix(tag.wrapping_add(0xA076_1D64_78BD_642F))))
    }
}

const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One random stream (xoshiro256++).
#[derive(Debug, Clone)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// Next 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform integer in `0..n`, without modulo bias (Lemire 2019); `0` when `n` is 0.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        let mut product = u64::from(self.0.next_u64() as u32) * u64::from(n);
        let mut low = product as u32;
        if low < n {
            let threshold = n.wrapping_neg() % n;
            while low < threshold {
                product = u64::from(self.0.next_u64() as u32) * u64::from(n);
                low = product as u32;
            }
        }
        (product >> 32) as u32
    }

    /// Uniform number in `[0, 1)` with 53 random bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Shuffles in place (Fisher–Yates).
    #[inline]
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_differ() {
        let a: Vec<u64> = (0..4).map(|i| Seed(1).stream(i).bits()).collect();
        let b: Vec<u64> = (0..4).map(|i| Seed(1).stream(i).bits()).collect();
        assert_eq!(a, b);
        let mut all = a;
        all.extend((0..4).map(|i| Seed(2).stream(i).bits()));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 8);
    }

    #[test]
    fn below_is_uniform() {
        let mut s = Seed(3).stream(0);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[s.below(7) as usize] += 1;
        }
        // Chi-squared with 6 degrees of freedom: 22.46 is the 0.1 % point.
        let chi2: f64 = counts.iter().map(|&c| (f64::from(c) - 1e4).powi(2) / 1e4).sum();
        assert!(chi2 < 22.46, "{counts:?}");
    }
}
