//! Invariants and brute force on random input.

mod network;
