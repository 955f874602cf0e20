//! From files to records, with an account of everything kept, repaired and dropped.
