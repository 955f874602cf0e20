//! Ties between rural and urban actors against what chance, degree and distance would give.
