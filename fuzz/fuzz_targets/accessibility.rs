#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("accessibility", data, rurban_fuzz::tables::accessibility));
