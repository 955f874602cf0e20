#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("write_pages", data, rurban_fuzz::writers::pages));
