//! A store does what the pure state machine does, whatever the order of calls.

mod call;
mod hints;
mod state;
mod step;
mod strategy;
mod write;

use std::cell::Cell;
use std::hash::{BuildHasher as _, RandomState};

use proptest::test_runner::{Config, RngSeed, TestRunner};

use self::step::Pair;
use crate::Harness;
use crate::run::{Threads, with_fixture};

/// Makes random sequences of calls to the store and to the model, and compares the answers and all that can be
/// read after each call. A sequence that finds a difference is made as short as possible.
///
/// `PROPTEST_CASES` sets how many sequences there are, and `PROPTEST_RNG_SEED` which; a failure says how to
/// repeat it.
pub(crate) fn a_store_is_the_state_machine<H: Harness>() {
    let mut config = Config::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = H::MODEL_CASES;
    }
    // A file beside these sources would be in the registry's cache.
    config.failure_persistence = None;
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(RandomState::new().hash_one(0));
    }
    let seed = config.rng_seed;
    let runtime = Threads::One.runtime();
    // Making a failure short takes many tries.
    config.max_shrink_time = 60_000;
    let patience = Cell::new(hints::SOON);
    let check = |calls: Vec<call::Call>| {
        runtime.block_on(with_fixture::<H>(async |fixture| {
            let mut pair = Pair::new(fixture.store(), &fixture.clock, H::CAPABILITIES.has_hints(), &patience);
            for call in &calls {
                pair.step(call).await;
            }
        }));
        Ok(())
    };
    if let Err(error) = TestRunner::new(config).run(&strategy::calls(), check) {
        panic!("{error}\nto see it again: PROPTEST_RNG_SEED={seed}");
    }
}
