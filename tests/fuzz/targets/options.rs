//! Any text as the option string.
#![no_main]

libfuzzer_sys::fuzz_target!(init: lro_fuzz::watch(), |data: &[u8]| {
    lro_fuzz::options(data);
});
