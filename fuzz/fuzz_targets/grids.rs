#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("grids", data, rurban_fuzz::space::grids));
