//! Parts that contradict each other.

use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, DelegateId, Holder, NewOperation, OperationName, Outcome, Payload, State, StopReason, Timestamp,
    View, ViewParts, WorkerId,
};

const CREATED: Timestamp = Timestamp::from_micros(1_000);
const LATER: Timestamp = Timestamp::from_micros(1_001);

fn attempt(number: u32) -> Attempt {
    Attempt::new(number).unwrap()
}

fn queued(last: u32) -> State {
    State::Queued { not_before: None, last_attempt: Attempt::new(last) }
}

fn running(number: u32) -> State {
    State::Running { holder: Holder::Worker(WorkerId::new("w")), attempt: attempt(number), stop: None }
}

fn done(last: u32, end_time: Timestamp) -> State {
    let outcome = Outcome::Response(Payload::new("type.googleapis.com/test.Message", ""));
    State::Done { outcome, end_time, last_attempt: Attempt::new(last) }
}

/// An operation that may begin twice.
fn parts(state: State, update_time: Timestamp, unbegun: u32) -> ViewParts {
    let name = OperationName::parse("operations/1").unwrap();
    let mut parts = ViewParts::new(name, "/test.Service/Work", CREATED, state);
    (parts.update_time, parts.unbegun) = (update_time, unbegun);
    parts.max_attempts = NonZeroU32::new(2).unwrap();
    parts
}

fn delegated(number: u32, stop: Option<StopReason>) -> State {
    let holder = Holder::Delegate(DelegateId::new("secret"));
    State::Running { holder, attempt: attempt(number), stop }
}

fn due(deadline: Timestamp) -> ViewParts {
    let mut parts = parts(queued(0), CREATED, 0);
    parts.deadline = Some(deadline);
    parts
}

fn retained(retention: Duration) -> ViewParts {
    let mut parts = parts(queued(0), CREATED, 0);
    parts.retention = retention;
    parts
}

#[test]
fn parts_that_contradict_each_other_are_refused_and_said_to_be() {
    let stop = Some(StopReason::Cancelled);
    let beyond = CREATED.saturating_add(NewOperation::MAX_DURATION).saturating_add(Duration::from_micros(1));
    for (parts, fault) in [
        (parts(running(1), Timestamp::UNIX_EPOCH, 0), "was updated before it was created"),
        (retained(Duration::MAX), "has a retention that cannot be asked for"),
        (retained(Duration::from_nanos(1)), "has a retention that cannot be asked for"),
        (parts(queued(1), LATER, 2), "has handed back more claims than there were"),
        (parts(done(0, LATER), LATER, 1), "has handed back more claims than there were"),
        (parts(running(3), LATER, 0), "has begun more often than it may"),
        (parts(queued(4), LATER, 1), "has begun more often than it may"),
        (parts(done(3, LATER), LATER, 0), "has begun more often than it may"),
        (parts(queued(2), LATER, 0), "waits for an attempt that it may not have"),
        (parts(queued(5), LATER, 3), "waits for an attempt that it may not have"),
        (parts(queued(0), LATER, 0), "changed before its first attempt"),
        (parts(running(2), LATER, 2), "runs in an attempt that does not count"),
        (parts(delegated(1, stop), LATER, 0), "asks work to stop that no worker does"),
        (parts(delegated(2, None), LATER, 0), "was given to others after it was given to a worker"),
        (due(Timestamp::UNIX_EPOCH), "has a deadline that cannot be asked for"),
        (due(beyond), "has a deadline that cannot be asked for"),
        (parts(done(0, LATER), LATER, 0), "has a response that no attempt gave"),
        (parts(done(1, CREATED), CREATED, 1), "has a response that no attempt gave"),
        (parts(done(1, CREATED), LATER, 0), "changed after it was done"),
        (parts(done(1, LATER), CREATED, 0), "changed after it was done"),
    ] {
        let refused = View::from_parts(parts).unwrap_err().to_string();
        assert_eq!(refused, format!("the stored operation operations/1 {fault}"));
    }
}

#[test]
fn their_neighbours_are_operations() {
    for parts in [
        parts(queued(0), CREATED, 0),
        parts(queued(1), LATER, 0),
        parts(queued(3), LATER, 2),
        parts(running(2), LATER, 0),
        parts(running(4), CREATED, 3),
        parts(done(0, CREATED), CREATED, 0),
        parts(done(2, LATER), LATER, 1),
        retained(NewOperation::MAX_DURATION),
        retained(Duration::ZERO),
        parts(delegated(1, None), LATER, 0),
        due(CREATED),
        due(CREATED.saturating_add(NewOperation::MAX_DURATION)),
    ] {
        View::from_parts(parts).unwrap();
    }
}
