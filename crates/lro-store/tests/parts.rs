//! What a store reads back is a record or is refused.

use std::time::Duration;

use lro_store::{
    Attempt, Delivery, Failure, FailureCode, Lease, NewOperation, OperationName, Outcome, Parent, Payload,
    Record, RecordParts, RequestKey, State, Timestamp, WorkerId,
};

fn payload() -> Payload {
    Payload::new("type.googleapis.com/test.Message", "content")
}

fn outcome(fails: bool) -> Outcome {
    if fails {
        Outcome::Error(Failure::new(FailureCode::INTERNAL, "broken"))
    } else {
        Outcome::Response(payload())
    }
}

fn created(delivery: Delivery, now: Timestamp) -> Record {
    let name = OperationName::random(&Parent::default());
    NewOperation::new(name, "/test.Service/Work", payload()).delivery(delivery).into_record(now)
}

#[test]
fn parts_that_contradict_each_other_are_no_record() {
    let now = Timestamp::from_micros(1_000);
    let sound = created(Delivery::AtMostOnce, now).into_parts();
    let edited = |edit: &dyn Fn(&mut RecordParts)| {
        let mut parts = sound.clone();
        edit(&mut parts);
        parts
    };
    let done = |fails: bool, last_attempt: Option<Attempt>| {
        edited(&|parts| {
            parts.state = State::Done { outcome: outcome(fails), end_time: now, last_attempt };
        })
    };
    let (first, second) = (Attempt::FIRST, Attempt::FIRST.next());
    let later = Timestamp::from_micros(1_001);
    let lease = Lease { worker: WorkerId::new("w"), attempt: second, expires_at: now };
    let running = State::Running { lease, cancel_requested: false };
    Record::from_parts(done(true, Some(first))).expect("a run may fail");

    let mut touched = done(false, Some(first));
    touched.update_time = later;
    let never_ran = "ended without a run, and not by being cancelled";
    let twice = "ran a second time, which its delivery rules out";
    for (parts, fault) in [
        (edited(&|parts| parts.update_time = Timestamp::UNIX_EPOCH), "was updated before it was created"),
        (
            edited(&|parts| parts.request_key = Some(RequestKey::new("", "/other", "1").unwrap())),
            "has a request key of another method",
        ),
        (edited(&|parts| parts.update_time = later), "changed before its first run"),
        (edited(&|parts| parts.retention = Duration::MAX), "has a retention that cannot be asked for"),
        (
            edited(&|parts| parts.state = State::Queued { last_attempt: Some(first) }),
            "waits for a second run, which its delivery rules out",
        ),
        (edited(&|parts| parts.state = running.clone()), twice),
        (done(true, Some(second)), twice),
        (done(true, None), never_ran),
        (done(false, None), never_ran),
        (touched, "changed after it was done"),
    ] {
        let expected = format!("the stored operation {} {fault}", parts.name);
        assert_eq!(Record::from_parts(parts).unwrap_err().to_string(), expected);
    }
}

#[test]
fn a_record_is_put_together_from_what_every_operation_has() {
    let record = created(Delivery::AtLeastOnce, Timestamp::UNIX_EPOCH);
    let RecordParts { name, method, request, create_time, state, .. } = record.clone().into_parts();
    let parts = RecordParts::new(name, method, request, create_time, state);
    assert_eq!(Record::from_parts(parts), Ok(record));

    let named = OperationName::random(&Parent::default());
    let new = NewOperation::new(named, "/test.Service/Work", payload()).request_id("alice", "1").unwrap();
    let record = new.into_record(Timestamp::UNIX_EPOCH);
    assert_eq!(Record::from_parts(record.clone().into_parts()), Ok(record));
}
