//! Values.

use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Beginning, Clock, ExclusiveKey, Failure, FailureCode, Fence, ManualClock, NewOperation,
    OnConflict, OperationName, Outcome, Owner, Payload, Record, RequestId, RequestKey, StopReason, Timestamp,
    View, WorkerId, WriteResult,
};

pub(in crate::suite) const METHOD: &str = "/test.Service/Work";
pub(in crate::suite) const OTHER_METHOD: &str = "/test.Service/Other";
pub(in crate::suite) const LEASE: Duration = Duration::from_secs(30);
pub(in crate::suite) const SECOND: Duration = Duration::from_secs(1);
pub(in crate::suite) const MICRO: Duration = Duration::from_micros(1);

/// A write that took effect, to work that may go on, whenever that was: [`timeless`].
pub(in crate::suite) const APPLIED: WriteResult =
    WriteResult::Applied { stop: None, update_time: Timestamp::UNIX_EPOCH };

/// The same, to work that is asked to stop.
pub(in crate::suite) const fn applied_to_stopping(reason: StopReason) -> WriteResult {
    WriteResult::Applied { stop: Some(reason), update_time: Timestamp::UNIX_EPOCH }
}

/// What became of writes, whenever that was.
pub(in crate::suite) fn all_timeless(results: Vec<WriteResult>) -> Vec<WriteResult> {
    results.into_iter().map(timeless).collect()
}

/// What became of a write, whenever that was.
pub(in crate::suite) fn timeless(result: WriteResult) -> WriteResult {
    match result {
        WriteResult::Applied { stop, .. } => {
            WriteResult::Applied { stop, update_time: Timestamp::UNIX_EPOCH }
        }
        other => other,
    }
}

/// The name of an operation without a parent, by its id; or any name.
pub(in crate::suite) fn name(text: &str) -> OperationName {
    let text = if text.contains('/') { text.to_owned() } else { format!("operations/{text}") };
    OperationName::parse(&text).unwrap()
}

pub(in crate::suite) fn worker(id: &str) -> WorkerId {
    WorkerId::new(id)
}

pub(in crate::suite) fn payload(content: &str) -> Payload {
    Payload::new("type.googleapis.com/test.Message", content.as_bytes().to_vec())
}

pub(in crate::suite) fn response(content: &str) -> Outcome {
    Outcome::Response(payload(content))
}

pub(in crate::suite) fn failure(message: &str) -> Failure {
    Failure::new(FailureCode::UNAVAILABLE, message)
}

/// An operation of [`METHOD`] that is queued.
pub(in crate::suite) fn operation(text: &str) -> NewOperation {
    NewOperation::new(name(text), METHOD, payload("request"))
}

/// The same, but a worker claims it.
pub(in crate::suite) fn claimed(text: &str, by: &str) -> NewOperation {
    operation(text).with_beginning(Beginning::ClaimedBy(worker(by)))
}

pub(in crate::suite) fn done(text: &str) -> NewOperation {
    operation(text).with_beginning(Beginning::Done(response("done")))
}

pub(in crate::suite) fn exclusive(new: NewOperation, key: &str, on_conflict: OnConflict) -> NewOperation {
    new.with_exclusive(ExclusiveKey::new(key).unwrap(), on_conflict)
}

pub(in crate::suite) fn requested(new: NewOperation, id: &str) -> NewOperation {
    new.with_request_id(RequestId::new(id).unwrap())
}

/// What [`requested`] makes of an operation without an owner.
pub(in crate::suite) fn request_key(id: &str) -> RequestKey {
    RequestKey::new(Owner::none(), METHOD, RequestId::new(id).unwrap())
}

pub(in crate::suite) fn attempts(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

pub(in crate::suite) fn attempt(number: u32) -> Attempt {
    Attempt::new(number).unwrap()
}

pub(in crate::suite) fn fence(view: &View) -> Fence {
    view.fence().expect("the operation is running")
}

/// The code that an operation ended with.
pub(in crate::suite) fn code(view: &View) -> Option<FailureCode> {
    view.outcome().and_then(Outcome::code)
}

/// The message of the error that an operation ended with.
pub(in crate::suite) fn message(view: &View) -> &str {
    match view.outcome() {
        Some(Outcome::Error(failure)) => &failure.message,
        other => panic!("it did not end with an error but: {other:?}"),
    }
}

pub(in crate::suite) fn names<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<&'a str> {
    records.into_iter().map(|record| record.name().id()).collect()
}

pub(in crate::suite) fn later(clock: &ManualClock, by: Duration) -> Timestamp {
    clock.now().saturating_add(by)
}
