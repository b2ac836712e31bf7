//! How operations are created, and what happens to them: anything, in any order.

use std::time::Duration;

use lro_store::{Beginning, DelegateId, Interruption, OperationName, Outcome, StopReason};
use proptest::prelude::*;

use super::world::{Setup, Step, Writer, failure, operation, payload, seconds, worker};

/// Failures are printed and not written into the tree.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

pub(crate) fn setups() -> impl Strategy<Value = Setup> {
    let beginning = prop_oneof![
        4 => Just(Beginning::Queued),
        2 => Just(Beginning::ClaimedBy(worker(0))),
        2 => Just(Beginning::Delegated(DelegateId::new("secret"))),
        1 => outcomes().prop_map(Beginning::Done),
    ];
    let delay = prop_oneof![3 => Just(0), 1 => 1..20_u64];
    (beginning, any::<bool>(), 1..4_u32, delay, prop::option::of(0..60_u64))
        .prop_map(|(beginning, may_run, max_attempts, delay, deadline)| Setup {
            beginning,
            may_run,
            max_attempts,
            delay,
            deadline,
        })
        .prop_filter("a store refuses these", |setup| operation(setup).fault().is_none())
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let worker = || (0..3_u8).prop_map(worker);
    let writer = || prop_oneof![2 => Just(Writer::Holder), 1 => (0..12_usize).prop_map(Writer::Any)];
    let metadata = || prop::option::of(any::<u8>().prop_map(payload));
    let step = prop_oneof![
        4 => (-15..25_i64).prop_map(Step::Tick),
        6 => worker().prop_map(Step::Claim),
        2 => worker().prop_map(Step::Reclaim),
        2 => (writer(), metadata()).prop_map(|(by, metadata)| Step::Report { by, metadata }),
        1 => (writer(), outcomes(), metadata())
            .prop_map(|(by, outcome, metadata)| Step::Finish { by, outcome, metadata }),
        6 => (writer(), interruptions(), metadata())
            .prop_map(|(by, interruption, metadata)| Step::Release { by, interruption, metadata }),
        1 => stop_reasons().prop_map(Step::Stop),
        1 => Just(Step::Expire),
    ];
    prop::collection::vec(step, 0..60)
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        any::<u8>().prop_map(|byte| Outcome::Response(payload(byte))),
        Just(Outcome::Error(failure("the work has failed"))),
    ]
}

fn interruptions() -> impl Strategy<Value = Interruption> {
    let delay = prop_oneof![Just(Duration::ZERO), (1..20_u64).prop_map(seconds)];
    let failure = prop::option::of(Just(failure("the last try has failed")));
    (any::<bool>(), delay, failure).prop_map(|(begun, delay, failure)| {
        let mut interruption = Interruption::not_begun();
        (interruption.begun, interruption.delay, interruption.failure) = (begun, delay, failure);
        interruption
    })
}

fn stop_reasons() -> impl Strategy<Value = StopReason> {
    prop_oneof![
        Just(StopReason::Cancelled),
        Just(StopReason::Preempted(OperationName::parse("operations/newer").unwrap())),
        Just(StopReason::DeadlineExceeded),
    ]
}
