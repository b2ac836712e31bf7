//! Any text as the filter of a list.
#![no_main]

libfuzzer_sys::fuzz_target!(init: lro_fuzz::watch(), |data: &[u8]| {
    lro_fuzz::filter(data);
});
