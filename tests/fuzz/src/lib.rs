//! Fuzz targets of the code generator, and of lists of operations. `cargo xtask fuzz` builds and runs them; the cases that once failed are kept in `cases`.

mod harness;
mod lists;

use std::{panic, process};

pub use harness::{options, protos, request, service_config};
pub use lists::{filter, name, token};

/// Ends the process at a panic of ours. With those of prost-build and tonic-build, which are caught, bad input is reported.
pub fn watch() {
    panic::set_hook(Box::new(|panic| {
        let caught = |file: &str| file.contains("/prost-build-") || file.contains("/tonic-");
        if !panic.location().is_some_and(|location| caught(location.file())) {
            eprintln!("{panic}");
            process::abort();
        }
    }));
}
