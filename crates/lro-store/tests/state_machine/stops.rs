//! What is asked to stop, and deadlines.

use lro_store::{
    FailureCode, Holder, Interruption, OperationName, Outcome, State, StopReason, TransitionError, View,
};
use proptest::prelude::*;

use super::strategies::{config, setups, steps};
use super::world::{Moment, START, Setup, Step, World, failure, running, seconds, walk, worker};

/// Whether it ended because of this reason.
fn ended_by(view: &View, reason: &StopReason) -> bool {
    view.outcome() == Some(&Outcome::Error(reason.failure()))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_reason_to_stop_stays_until_the_work_ends(setup in setups(), steps in steps()) {
        for Moment { before, step, answer, .. } in walk(&setup, &steps) {
            let (Some(reason), Ok(after)) = (before.stop(), answer) else { continue };
            match step {
                Step::Finish { outcome, .. } => prop_assert_eq!(after.outcome(), Some(&outcome)),
                Step::Release { .. } | Step::Reclaim(_) => {
                    prop_assert!(ended_by(&after, reason), "{after:?}");
                }
                _ => prop_assert_eq!(after.stop(), Some(reason)),
            }
        }
    }

    #[test]
    fn work_that_a_worker_does_is_asked_to_stop_and_the_rest_ends_at_once(setup in setups(), steps in steps()) {
        for Moment { now, before, step, answer } in walk(&setup, &steps) {
            let reason = match step {
                Step::Stop(reason) => reason,
                Step::Expire => StopReason::DeadlineExceeded,
                _ => {
                    prop_assert!(before.stop().is_some() || answer.ok().is_none_or(|after| after.stop().is_none()));
                    continue;
                }
            };
            let Ok(after) = answer else { continue };
            prop_assert_eq!(&after.request_stop(StopReason::Cancelled, now), &after, "the first reason stays");
            if before.is_done() || before.stop().is_some() {
                prop_assert_eq!(after, before);
            } else if matches!(before.holder(), Some(Holder::Worker(_))) {
                prop_assert_eq!(after.fence(), before.fence());
                prop_assert_eq!(after.stop(), Some(&reason));
            } else {
                prop_assert!(ended_by(&after, &reason), "{after:?}");
            }
        }
    }

    #[test]
    fn nothing_is_claimed_before_its_time_or_after_its_deadline(setup in setups(), steps in steps()) {
        for Moment { now, before, step, answer } in walk(&setup, &steps) {
            if !matches!(step, Step::Claim(_)) {
                continue;
            }
            let State::Queued { not_before, .. } = before.state() else {
                prop_assert_eq!(answer, Err(TransitionError::NotQueued));
                continue;
            };
            let is_late = before.deadline().is_some_and(|deadline| deadline <= now);
            prop_assert_eq!(before.expire(now).is_ok(), is_late, "nothing is stuck past its deadline");
            let refusal = match not_before {
                _ if is_late => Some(TransitionError::Expired),
                Some(time) if now < *time => Some(TransitionError::NotYet),
                _ => None,
            };
            prop_assert_eq!(answer.err(), refusal);
        }
    }

    #[test]
    fn a_deadline_is_met_once(setup in setups(), steps in steps()) {
        for Moment { now, before, step, answer } in walk(&setup, &steps) {
            if matches!(step, Step::Expire) && !before.is_done() {
                let is_late = before.deadline().is_some_and(|deadline| deadline <= now);
                let refused = !is_late || before.stop().is_some();
                prop_assert_eq!(answer.err(), refused.then_some(TransitionError::NotExpired));
            }
        }
    }
}

#[test]
fn a_failure_says_why_the_work_was_to_stop() {
    let newer = OperationName::parse("operations/newer").unwrap();
    for (reason, code, message, name) in [
        (StopReason::Cancelled, FailureCode::CANCELLED, "the operation was cancelled", "OPERATION_CANCELLED"),
        (
            StopReason::Preempted(newer),
            FailureCode::ABORTED,
            "the operation was pre-empted by operations/newer",
            "OPERATION_PREEMPTED",
        ),
        (
            StopReason::DeadlineExceeded,
            FailureCode::DEADLINE_EXCEEDED,
            "the operation was not done by its deadline",
            "OPERATION_DEADLINE_EXCEEDED",
        ),
    ] {
        let failure = reason.failure();
        assert_eq!((reason.code(), failure.code, failure.message.as_str()), (code, code, message));
        let [info] = &failure.details[..] else { panic!("{failure:?}") };
        assert_eq!(&*info.type_url, "type.googleapis.com/google.rpc.ErrorInfo");
        assert!(info.value.windows(name.len()).any(|bytes| bytes == name.as_bytes()), "{info:?}");
    }
}

#[test]
fn a_retry_that_comes_too_late_never_comes() {
    let running = World::new(&Setup { deadline: Some(10), ..running() });
    let retry = Interruption::retry(failure("failed"), seconds(20));
    let waits = running.view.release(&running.view.fence().unwrap(), retry, None, START).unwrap();
    let at = |time| START.saturating_add(seconds(time));
    assert_eq!(waits.claim(&worker(0), at(9)), Err(TransitionError::NotYet));
    assert_eq!(waits.expire(at(9)), Err(TransitionError::NotExpired));
    assert_eq!(waits.claim(&worker(0), at(10)), Err(TransitionError::Expired));
    assert!(ended_by(&waits.expire(at(10)).unwrap(), &StopReason::DeadlineExceeded));
}
