//! Input that once made the generator fail, the seeds from which fuzzing begins, and some more of what fuzzing tries.

use std::fs;
use std::path::Path;

use crate::support::Random;

#[expect(unreachable_pub, reason = "the fuzz targets name these from outside")]
#[path = "../../../../tests/fuzz/src/harness/mod.rs"]
mod harness;

/// Runs a target on each of its cases, if it has any; a case that is wrong panics. Returns of how many code was generated.
fn replay(target: &str, run: fn(&[u8]) -> bool) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/cases").join(target);
    let Ok(cases) = fs::read_dir(folder) else { return 0 };
    cases.filter(|case| run(&fs::read(case.as_ref().unwrap().path()).unwrap())).count()
}

#[test]
fn cases_are_answered_and_each_target_has_a_seed_that_generates_code() {
    assert!(replay("request", harness::request) > 0);
    assert!(replay("options", harness::options) > 0);
    assert!(replay("service_config", harness::service_config) > 0);
    // Any bytes are a seed of this one, and none that someone could read.
    replay("protos", harness::protos);
}

#[test]
fn any_choice_of_descriptors_is_answered_and_many_of_them_with_code() {
    let mut random = Random(0xf022);
    let generated = (0..200)
        .filter(|_| {
            let bytes: Vec<u8> =
                (0..random.below(3000)).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
            harness::protos(&bytes)
        })
        .count();
    assert!((50..150).contains(&generated), "{generated} of 200");
}
