//! Any text as the name in a request.
#![no_main]

libfuzzer_sys::fuzz_target!(init: lro_fuzz::watch(), |data: &[u8]| {
    lro_fuzz::name(data);
});
