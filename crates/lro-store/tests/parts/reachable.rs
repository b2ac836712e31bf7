//! In a small world, the parts that are accepted are exactly those that some sequence of transitions leads to.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Beginning, DelegateId, Failure, FailureCode, Holder, Interruption, NewOperation, OperationName,
    Outcome, Payload, State, StopReason, Timestamp, View, ViewParts, WorkerId,
};

/// The operation is created at 1; the clock shows any of these, in any order.
const TIMES: [i64; 3] = [0, 1, 2];
const CREATED: i64 = 1;
const MOST_CLAIMS: u32 = 3;

fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn response() -> Outcome {
    Outcome::Response(Payload::new("type.googleapis.com/test.Message", ""))
}

/// All ways to fail look alike here.
fn error() -> Outcome {
    Outcome::Error(Failure::new(FailureCode::UNKNOWN, ""))
}

fn holders() -> [Holder; 2] {
    [Holder::Worker(WorkerId::new("w")), Holder::Delegate(DelegateId::new("d"))]
}

/// A view as text, with one failure for all.
fn look(view: &View) -> String {
    let mut parts = view.clone().into_parts();
    if let State::Done { outcome: outcome @ Outcome::Error(_), .. } = &mut parts.state {
        *outcome = error();
    }
    let ViewParts { unbegun, update_time, deadline, state, .. } = &parts;
    let holder = view.holder().map(|holder| matches!(holder, Holder::Worker(_)));
    format!("{unbegun} {update_time:?} {deadline:?} {state:?} {holder:?}")
}

fn created(max_attempts: NonZeroU32) -> Vec<View> {
    let worker = WorkerId::new("w");
    let mut views = Vec::new();
    for beginning in [
        Beginning::Queued,
        Beginning::ClaimedBy(worker),
        Beginning::Delegated(DelegateId::new("d")),
        Beginning::Done(response()),
        Beginning::Done(error()),
    ] {
        for deadline in [None, Some(0), Some(1)] {
            let name = OperationName::parse("operations/1").unwrap();
            let mut new = NewOperation::new(name, "/test.Service/Work", Payload::new("", ""))
                .with_beginning(beginning.clone())
                .with_max_attempts(max_attempts);
            if let Some(deadline) = deadline {
                new = new.with_deadline(Duration::from_micros(deadline));
            }
            views.push(new.into_record(time(CREATED), true).view);
        }
    }
    views
}

/// What comes next, whatever comes next.
fn next(view: &View) -> Vec<View> {
    let mut views = Vec::new();
    for now in TIMES.map(time) {
        views.extend(view.claim(&WorkerId::new("w"), now));
        views.extend(view.reclaim(&WorkerId::new("w"), now));
        for reason in [StopReason::Cancelled, StopReason::DeadlineExceeded] {
            views.push(view.request_stop(reason, now));
        }
        views.extend(view.expire(now));
        let Some(fence) = view.fence() else { continue };
        views.extend(view.report(&fence, None, now));
        for outcome in [response(), error()] {
            views.extend(view.finish(&fence, outcome, None, now));
        }
        for interruption in [Interruption::begun(), Interruption::not_begun()] {
            views.extend(view.release(&fence, interruption, None, now));
        }
    }
    views
}

/// The looks of all views that transitions lead to, up to a number of claims.
fn reachable(max_attempts: NonZeroU32) -> BTreeSet<String> {
    let mut todo = created(max_attempts);
    let mut known = BTreeSet::new();
    while let Some(view) = todo.pop() {
        if view.last_attempt().map_or(0, Attempt::number) <= MOST_CLAIMS && known.insert(look(&view)) {
            todo.extend(next(&view));
        }
    }
    known
}

fn states() -> Vec<State> {
    let mut states = Vec::new();
    for last_attempt in (0..=MOST_CLAIMS).map(Attempt::new) {
        states.push(State::Queued { not_before: None, last_attempt });
        for end_time in TIMES.map(time) {
            for outcome in [response(), error()] {
                states.push(State::Done { outcome, end_time, last_attempt });
            }
        }
        let Some(attempt) = last_attempt else { continue };
        for holder in holders() {
            for stop in [None, Some(StopReason::Cancelled), Some(StopReason::DeadlineExceeded)] {
                states.push(State::Running { holder: holder.clone(), attempt, stop });
            }
        }
    }
    states
}

/// The looks of all parts that are accepted, of all that there are.
fn accepted(max_attempts: NonZeroU32) -> BTreeSet<String> {
    let mut looks = BTreeSet::new();
    for state in states() {
        for update_time in TIMES.map(time) {
            for unbegun in 0..=MOST_CLAIMS + 1 {
                for deadline in [None, Some(0), Some(1), Some(2)] {
                    let name = OperationName::parse("operations/1").unwrap();
                    let created = time(CREATED);
                    let mut parts = ViewParts::new(name, "/test.Service/Work", created, state.clone());
                    (parts.update_time, parts.unbegun) = (update_time, unbegun);
                    (parts.deadline, parts.max_attempts) = (deadline.map(time), max_attempts);
                    looks.extend(View::from_parts(parts).ok().as_ref().map(look));
                }
            }
        }
    }
    looks
}

#[test]
fn what_is_accepted_is_what_transitions_lead_to() {
    for max_attempts in [1, 2] {
        let max_attempts = NonZeroU32::new(max_attempts).unwrap();
        let (reachable, accepted) = (reachable(max_attempts), accepted(max_attempts));
        let only = |one: &BTreeSet<String>, other| one.difference(other).cloned().collect::<Vec<_>>();
        assert_eq!(only(&reachable, &accepted), [""; 0], "transitions lead to it and it is refused");
        assert_eq!(only(&accepted, &reachable), [""; 0], "it is accepted and nothing leads to it");
    }
}
