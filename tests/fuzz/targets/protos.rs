//! Whole descriptors, as no compiler would pass them on.
#![no_main]

libfuzzer_sys::fuzz_target!(init: lro_fuzz::watch(), |data: &[u8]| {
    lro_fuzz::protos(data);
});
