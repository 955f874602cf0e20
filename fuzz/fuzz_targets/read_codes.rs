#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("read_codes", data, rurban_fuzz::readers::codes));
