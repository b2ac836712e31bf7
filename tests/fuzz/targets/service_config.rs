//! Any text as a service config.
#![no_main]

libfuzzer_sys::fuzz_target!(init: lro_fuzz::watch(), |data: &[u8]| {
    lro_fuzz::service_config(data);
});
