#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("points", data, rurban_fuzz::space::points_and_cells));
