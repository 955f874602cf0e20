//! Spatial autocorrelation of values and of node-level scores.
