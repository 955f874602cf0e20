//! What each side has, lacks and could use, given how activities relate.
