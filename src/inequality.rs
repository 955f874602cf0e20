//! Inequality between territories, within and between groups.
