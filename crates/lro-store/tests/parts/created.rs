//! What an operation is as it is created.

use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Beginning, Cursor, DelegateId, ExclusiveKey, Failure, FailureCode, Fence, Holder, Labels,
    NewOperation, OnConflict, OperationName, Outcome, Owner, Payload, Record, RequestId, RequestKey, Retry,
    State, StateKind, Timestamp, View, ViewParts, WorkerId,
};

const NOW: Timestamp = Timestamp::from_micros(1_000_000);
const METHOD: &str = "/test.Service/Work";

fn name() -> OperationName {
    OperationName::parse("shelves/1/operations/1").unwrap()
}

fn payload(value: &'static str) -> Payload {
    Payload::new("type.googleapis.com/test.Message", value)
}

fn new() -> NewOperation {
    NewOperation::new(name(), METHOD, payload("request"))
}

fn created(new: NewOperation) -> View {
    new.into_record(NOW, true).view
}

#[test]
fn one_that_asks_for_nothing_has_the_defaults() {
    let record = new().into_record(NOW, false);
    let queued = State::Queued { not_before: None, last_attempt: None };
    let parts = ViewParts::new(name(), METHOD, NOW, queued);
    assert_eq!(record, Record::new(View::from_parts(parts).unwrap(), payload("request"), None));
    let view = record.view;
    assert_eq!((view.owner(), view.request_key(), view.exclusive()), (&Owner::none(), None, None));
    assert_eq!((view.priority(), view.max_attempts(), view.retry()), (0, 25, Retry::default()));
    assert_eq!((view.metadata(), view.deadline(), view.labels()), (None, None, &Labels::new()));
    assert_eq!((view.create_time(), view.update_time(), view.end_time()), (NOW, NOW, None));
    assert_eq!((view.kind(), view.attempts(), view.last_attempt()), (StateKind::Queued, 0, None));
    assert_eq!((view.outcome(), view.holder(), view.stop(), view.fence()), (None, None, None, None));
}

#[test]
fn one_has_what_was_asked_for() {
    let (owner, id) = (Owner::new("alice").unwrap(), RequestId::new("r").unwrap());
    let key = ExclusiveKey::new("shelves/1").unwrap();
    let labels = Labels::new().with("tenant", "acme").unwrap();
    let retry = Retry::default().multiplier(3.0);
    let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
    let new = new()
        .with_owner(owner.clone())
        .with_request_id(id.clone())
        .with_metadata(payload("metadata"))
        .with_exclusive(key.clone(), OnConflict::Queue)
        .with_labels(labels.clone())
        .with_priority(-7)
        .with_max_attempts(NonZeroU32::new(3).unwrap())
        .with_retry(retry)
        .with_deadline(minute)
        .with_delay(second)
        .with_retention(second);
    let request = RequestKey::new(owner.clone(), METHOD, id);
    assert_eq!((new.name(), &**new.method(), new.request()), (&name(), METHOD, &payload("request")));
    assert_eq!((new.request_key(), new.payload_size()), (Some(request.clone()), 2 * 32 + 7 + 8));
    assert_eq!((new.exclusive(), new.on_conflict()), (Some(&key), Some(OnConflict::Queue)));
    let view = created(new);
    assert_eq!((view.name(), &**view.method(), view.owner()), (&name(), METHOD, &owner));
    assert_eq!((view.request_key(), view.metadata()), (Some(request), Some(&payload("metadata"))));
    assert_eq!((view.exclusive(), view.labels(), view.priority()), (Some(&key), &labels, -7));
    assert_eq!((view.max_attempts(), view.retry()), (3, retry));
    assert_eq!(view.deadline(), Some(NOW.saturating_add(minute)));
    let not_before = Some(NOW.saturating_add(second));
    assert_eq!(*view.state(), State::Queued { not_before, last_attempt: None });
    assert_eq!((view.expire_time(), view.is_expired(NOW)), (None, false));
    assert_eq!(view.parts().retention, second);
}

#[test]
fn one_begins_as_it_was_asked_to() {
    let worker = WorkerId::new("worker");
    let first =
        |holder: &Holder| State::Running { holder: holder.clone(), attempt: Attempt::FIRST, stop: None };
    let claimed = || new().with_beginning(Beginning::ClaimedBy(worker.clone()));
    assert_eq!((claimed().claimed_by(), claimed().is_delegated()), (Some(&worker), false));
    let view = created(claimed());
    let holder = Holder::Worker(worker.clone());
    assert_eq!((view.state(), view.kind(), view.attempts()), (&first(&holder), StateKind::Running, 1));
    assert_eq!(view.fence(), Some(Fence { name: name(), holder: holder.clone(), attempt: Attempt::FIRST }));
    assert_eq!(view.fence(), Some(Fence::of_worker(name(), worker.clone(), Attempt::FIRST)));
    for waits in
        [claimed().into_record(NOW, false).view, created(claimed().with_delay(Duration::from_secs(1)))]
    {
        assert_eq!(waits.kind(), StateKind::Queued);
    }

    let secret = DelegateId::new("secret");
    let delegated = new().with_beginning(Beginning::Delegated(secret.clone()));
    assert_eq!((delegated.is_delegated(), delegated.is_done(), delegated.claimed_by()), (true, false, None));
    let view = delegated.into_record(NOW, false).view;
    assert_eq!(*view.state(), first(&Holder::Delegate(secret)));

    let key = ExclusiveKey::new("shelves/1").unwrap();
    let outcome = Outcome::Response(payload("response"));
    let done = new()
        .with_beginning(Beginning::Done(outcome.clone()))
        .with_exclusive(key, OnConflict::Abort)
        .with_retention(Duration::from_secs(1));
    assert_eq!((done.is_done(), done.exclusive(), done.on_conflict()), (true, None, None));
    let view = created(done);
    assert_eq!((view.outcome(), view.end_time(), view.exclusive()), (Some(&outcome), Some(NOW), None));
    let over = NOW.saturating_add(Duration::from_secs(1));
    assert_eq!((view.kind(), view.expire_time()), (StateKind::Done, Some(over)));
    assert!(view.is_expired(over) && !view.is_expired(NOW));
}

#[test]
fn work_that_others_finish_can_not_wait() {
    let delegated = || new().with_beginning(Beginning::Delegated(DelegateId::new("secret")));
    let key = || ExclusiveKey::new("shelves/1").unwrap();
    let second = Duration::from_secs(1);
    for sound in [
        delegated(),
        delegated().with_exclusive(key(), OnConflict::Abort),
        new().with_exclusive(key(), OnConflict::Queue).with_delay(second),
    ] {
        assert_eq!(sound.fault(), None);
    }
    for waits in [
        delegated().with_exclusive(key(), OnConflict::Queue),
        delegated().with_exclusive(key(), OnConflict::Preempt),
        delegated().with_delay(second),
    ] {
        assert!(waits.fault().is_some_and(|fault| fault.contains("can neither wait")));
    }
}

#[test]
fn the_size_of_a_view_is_that_of_what_is_read() {
    let base = name().as_str().len();
    assert_eq!(created(new()).size(), base);
    let response = Outcome::Response(payload("12345"));
    let mut failure = Failure::new(FailureCode::INTERNAL, "1234");
    failure.details = vec![payload("1"), payload("12")];
    for (outcome, size) in [(response, 32 + 5), (Outcome::Error(failure), 4 + 2 * 32 + 3)] {
        assert_eq!(outcome.size(), size);
        let done = new().with_metadata(payload("123")).with_beginning(Beginning::Done(outcome));
        assert_eq!(created(done).size(), base + 32 + 3 + size);
    }
}

#[test]
fn a_place_in_a_list_is_the_time_and_then_the_name() {
    let view = created(new());
    assert_eq!(Cursor::from(&view), Cursor { create_time: NOW, name: name() });
}
