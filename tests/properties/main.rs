//! Invariants and brute-force comparisons on random inputs.

mod complementarity;
