#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run("layers", data, rurban_fuzz::space::any_layers));
