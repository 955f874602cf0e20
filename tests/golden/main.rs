//! Values computed by peers, held to their stated tolerance. Skipped, with the reason printed, when
//! the folder of golden cases is absent.

mod inequality;
mod support;
