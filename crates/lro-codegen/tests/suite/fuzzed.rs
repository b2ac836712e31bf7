//! Input that once made the generator fail, and the seeds from which fuzzing begins.

use std::fs;
use std::path::Path;

#[expect(unreachable_pub, reason = "the fuzz targets name these from outside")]
#[path = "../../../../tests/fuzz/src/harness/mod.rs"]
mod harness;

/// Runs a target on each of its cases; a case that is wrong panics.
fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/cases").join(target);
    let mut replayed = 0;
    for case in fs::read_dir(&folder).unwrap() {
        run(&fs::read(case.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed > 0, "{} is empty", folder.display());
}

#[test]
fn requests() {
    replay("request", harness::request);
}

#[test]
fn protos() {
    replay("protos", harness::protos);
}

#[test]
fn options() {
    replay("options", harness::options);
}

#[test]
fn service_configs() {
    replay("service_config", harness::service_config);
}
