#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("read_tables", data, rurban_fuzz::readers::csv));
