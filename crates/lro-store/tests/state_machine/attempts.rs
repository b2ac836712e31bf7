//! How often work may begin, and what becomes of work that is interrupted.

use std::time::Duration;

use lro_store::{
    Attempt, FailureCode, Holder, Interruption, NewOperation, OperationName, Outcome, State, View, ViewParts,
};
use proptest::prelude::*;

use super::strategies::{config, setups, steps};
use super::world::{Moment, START, Setup, Step, World, failure, running, walk, worker};

fn claims(view: &View) -> u32 {
    view.last_attempt().map_or(0, Attempt::number)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_claim_makes_one_attempt_and_nothing_else_does(setup in setups(), steps in steps()) {
        for Moment { before, step, answer, .. } in walk(&setup, &steps) {
            let Ok(after) = answer else { continue };
            let made = u32::from(matches!(step, Step::Claim(_)));
            prop_assert_eq!(claims(&after), claims(&before) + made);
        }
    }

    #[test]
    fn attempts_that_begin_count_and_are_limited(setup in setups(), steps in steps()) {
        let mut unbegun = 0;
        for Moment { step, answer, .. } in walk(&setup, &steps) {
            let Ok(after) = answer else { continue };
            if let Step::Release { interruption, .. } = step && !interruption.begun {
                unbegun += 1;
            }
            prop_assert_eq!(after.attempts(), claims(&after) - unbegun);
            prop_assert!(after.attempts() <= setup.max_attempts);
            prop_assert!(after.attempts() > 0 || after.fence().is_none(), "what runs counts");
        }
    }

    #[test]
    fn interrupted_work_waits_for_its_next_attempt_or_ends(setup in setups(), steps in steps()) {
        for Moment { now, before, step, answer } in walk(&setup, &steps) {
            let interruption = match step {
                Step::Release { interruption, .. } => interruption,
                Step::Reclaim(_) => Interruption::begun(),
                _ => continue,
            };
            let Ok(after) = answer else { continue };
            let is_for_others = matches!(before.holder(), Some(Holder::Delegate(_)));
            let is_last = is_for_others || interruption.begun && before.attempts() == before.max_attempts();
            match after.state() {
                State::Queued { not_before, .. } => {
                    prop_assert!(before.stop().is_none() && !is_last);
                    let delay = interruption.delay;
                    prop_assert_eq!(*not_before, (!delay.is_zero()).then(|| now.saturating_add(delay)));
                }
                State::Done { outcome: Outcome::Error(error), .. } => match (before.stop(), interruption.failure) {
                    (Some(reason), _) => prop_assert_eq!(error, &reason.failure()),
                    (None, Some(last)) => prop_assert!(is_last && *error == last),
                    (None, None) => prop_assert!(is_last && error.code == FailureCode::ABORTED),
                },
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

/// An operation that waits after so many claims, none of which began.
fn waits_after(claims: u32) -> ViewParts {
    let name = OperationName::parse("operations/1").unwrap();
    let queued = State::Queued { not_before: None, last_attempt: Attempt::new(claims) };
    let mut parts = ViewParts::new(name, "/test.Service/Work", START, queued);
    parts.unbegun = claims;
    parts
}

#[test]
fn numbers_of_claims_end_before_one_is_given_twice() {
    assert!(View::from_parts(waits_after(u32::MAX)).is_err());
    let last = View::from_parts(waits_after(u32::MAX - 1)).unwrap().claim(&worker(0), START).unwrap();
    assert_eq!((last.attempts(), claims(&last)), (1, u32::MAX));
    for interruption in [Interruption::begun(), Interruption::not_begun()] {
        let ended = last.release(&last.fence().unwrap(), interruption, None, START).unwrap();
        assert_eq!(ended.outcome().and_then(Outcome::code), Some(FailureCode::ABORTED));
    }
}

#[test]
fn a_delay_is_what_every_store_can_keep() {
    let running = World::new(&running());
    let fence = running.view.fence().unwrap();
    for (delay, kept) in [
        (Duration::MAX, Some(NewOperation::MAX_DURATION)),
        (Duration::from_nanos(1_999), Some(Duration::from_micros(1))),
        (Duration::from_nanos(999), None),
    ] {
        let interruption = Interruption::retry(failure("failed"), delay);
        let waits = running.view.release(&fence, interruption, None, START).unwrap();
        let not_before = kept.map(|delay| START.saturating_add(delay));
        assert_eq!(*waits.state(), State::Queued { not_before, last_attempt: Some(Attempt::FIRST) });
    }
}

#[test]
fn work_that_was_interrupted_too_often_says_how_often_it_was_begun() {
    for (max_attempts, begun) in
        [(1, "interrupted and may not begin twice"), (2, "begun 2 times and interrupted")]
    {
        let setup = Setup { max_attempts, ..running() };
        let mut view = World::new(&setup).view;
        for _ in 1..max_attempts {
            view = view.reclaim(&worker(0), START).unwrap().claim(&worker(0), START).unwrap();
        }
        let ended = view.reclaim(&worker(0), START).unwrap();
        let Some(Outcome::Error(failure)) = ended.outcome() else { panic!("{ended:?}") };
        assert!(failure.message.contains(begun), "{failure:?}");
    }
}
