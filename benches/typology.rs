//! Degree of urbanisation of a grid of 1,000 × 1,000 cells, made from a seed.
fn main() {}
