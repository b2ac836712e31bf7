//! What holds of an operation whatever happens to it in whatever order.

use lro_store::{Beginning, Holder, State, StopReason, TransitionError, View, ViewParts};
use proptest::prelude::*;

use super::strategies::{config, setups, steps};
use super::world::{Moment, START, Setup, Step, World, walk, worker};

/// The operation without what may change.
fn identity(view: &View) -> ViewParts {
    let mut parts = view.clone().into_parts();
    parts.metadata = None;
    parts.unbegun = 0;
    parts.update_time = START;
    parts.state = State::Queued { not_before: None, last_attempt: None };
    parts
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn done_is_the_end(setup in setups(), steps in steps()) {
        for Moment { before, step, answer, .. } in walk(&setup, &steps) {
            if before.is_done() {
                prop_assert_eq!(answer, match step {
                    Step::Stop(_) => Ok(before),
                    Step::Claim(_) => Err(TransitionError::NotQueued),
                    Step::Reclaim(_) => Err(TransitionError::NotHeld),
                    _ => Err(TransitionError::Done),
                });
            }
        }
    }

    #[test]
    fn time_never_runs_backwards(setup in setups(), steps in steps()) {
        for Moment { now, before, answer, .. } in walk(&setup, &steps) {
            let Ok(after) = answer else { continue };
            if after != before {
                prop_assert_eq!(after.update_time(), before.update_time().max(now));
            }
            let ended = after.is_done().then_some(after.update_time());
            prop_assert_eq!(after.end_time(), ended);
        }
    }

    #[test]
    fn who_it_is_never_changes_and_whatever_comes_out_reads_back(setup in setups(), steps in steps()) {
        let created = World::new(&setup).view;
        prop_assert_eq!(View::from_parts(created.clone().into_parts()), Ok(created.clone()));
        for Moment { answer, .. } in walk(&setup, &steps) {
            let Ok(after) = answer else { continue };
            prop_assert_eq!(identity(&after), identity(&created));
            prop_assert_eq!(View::from_parts(after.clone().into_parts()), Ok(after));
        }
    }

    #[test]
    fn the_latest_metadata_is_kept(setup in setups(), steps in steps()) {
        for Moment { before, step, answer, .. } in walk(&setup, &steps) {
            let Ok(after) = answer else { continue };
            let given = match &step {
                Step::Report { metadata, .. } | Step::Finish { metadata, .. } | Step::Release { metadata, .. } => {
                    metadata.as_ref()
                }
                _ => None,
            };
            prop_assert_eq!(after.metadata(), given.or(before.metadata()));
        }
    }

    #[test]
    fn whatever_it_went_through_an_operation_can_be_ended(setup in setups(), steps in steps()) {
        let mut world = World::new(&setup);
        for step in &steps {
            world.step(step);
        }
        let stopped = world.view.request_stop(StopReason::Cancelled, world.now);
        let ended = match stopped.holder() {
            Some(Holder::Worker(worker)) => stopped.reclaim(worker, world.now).unwrap(),
            _ => stopped,
        };
        prop_assert!(ended.is_done());
    }
}

#[test]
fn one_that_is_created_for_a_worker_is_as_if_that_worker_had_claimed_it() {
    for (delay, deadline) in [(0, None), (1, None), (0, Some(1)), (0, Some(0)), (1, Some(1))] {
        let created = |beginning, may_run| {
            let setup = Setup { beginning, may_run, max_attempts: 1, delay, deadline };
            World::new(&setup).view
        };
        let queued = created(Beginning::Queued, true);
        let claimed = queued.claim(&worker(0), START).unwrap_or_else(|_| queued.clone());
        assert_eq!(created(Beginning::ClaimedBy(worker(0)), true), claimed, "{delay} {deadline:?}");
        assert_eq!(created(Beginning::ClaimedBy(worker(0)), false), queued);
    }
}
