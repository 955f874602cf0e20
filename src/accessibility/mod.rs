//! Who can reach what: potential and floating-catchment measures.
