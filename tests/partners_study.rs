//! Partners: the evaluation of the scores on real participations.
