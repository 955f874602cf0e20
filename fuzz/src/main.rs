//! The targets for libFuzzer, one at a time: `RURBAN_FUZZ_TARGET` names it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rurban_fuzz::run(data));
