#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("complementarity", data, rurban_fuzz::tables::complementarity));
