//! What tests are written with.

use std::future::Future;
use std::num::NonZeroU32;
use std::time::Duration;

use lro_store::{
    Attempt, Beginning, Claim, Clock, Creation, Error, ExclusiveKey, Failure, FailureCode, Fence,
    Interruption, ListQuery, ManualClock, NewOperation, OnConflict, OperationName, Outcome, Owner,
    ParentPattern, Payload, Record, RequestId, RequestKey, Store, StoreExt, Timestamp, View, WorkerId,
    WriteResult,
};

pub(super) const METHOD: &str = "/test.Service/Work";
pub(super) const OTHER_METHOD: &str = "/test.Service/Other";
pub(super) const LEASE: Duration = Duration::from_secs(30);
pub(super) const SECOND: Duration = Duration::from_secs(1);
pub(super) const MICRO: Duration = Duration::from_micros(1);

/// A write that took effect, to work that may go on.
pub(super) const APPLIED: WriteResult = WriteResult::Applied { stop: None };

/// How often a call may do less than it could before a test takes it for the end.
const IDLE_CALLS: usize = 4;

/// The name of an operation without a parent, by its id; or any name.
pub(super) fn name(text: &str) -> OperationName {
    let text = if text.contains('/') { text.to_owned() } else { format!("operations/{text}") };
    OperationName::parse(&text).unwrap()
}

pub(super) fn worker(id: &str) -> WorkerId {
    WorkerId::new(id)
}

pub(super) fn payload(content: &str) -> Payload {
    Payload::new("type.googleapis.com/test.Message", content.as_bytes().to_vec())
}

pub(super) fn response(content: &str) -> Outcome {
    Outcome::Response(payload(content))
}

pub(super) fn failure(message: &str) -> Failure {
    Failure::new(FailureCode::UNAVAILABLE, message)
}

/// An operation of [`METHOD`] that is queued.
pub(super) fn operation(text: &str) -> NewOperation {
    NewOperation::new(name(text), METHOD, payload("request"))
}

/// The same, but a worker claims it.
pub(super) fn claimed(text: &str, by: &str) -> NewOperation {
    operation(text).with_beginning(Beginning::ClaimedBy(worker(by)))
}

pub(super) fn done(text: &str) -> NewOperation {
    operation(text).with_beginning(Beginning::Done(response("done")))
}

pub(super) fn exclusive(new: NewOperation, key: &str, on_conflict: OnConflict) -> NewOperation {
    new.with_exclusive(ExclusiveKey::new(key).unwrap(), on_conflict)
}

pub(super) fn requested(new: NewOperation, id: &str) -> NewOperation {
    new.with_request_id(RequestId::new(id).unwrap())
}

/// What [`requested`] makes of an operation without an owner.
pub(super) fn request_key(id: &str) -> RequestKey {
    RequestKey::new(Owner::none(), METHOD, RequestId::new(id).unwrap())
}

pub(super) fn attempts(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

pub(super) fn attempt(number: u32) -> Attempt {
    Attempt::new(number).unwrap()
}

pub(super) fn fence(view: &View) -> Fence {
    view.fence().expect("the operation is running")
}

/// The code that an operation ended with.
pub(super) fn code(view: &View) -> Option<FailureCode> {
    view.outcome().and_then(Outcome::code)
}

/// The message of the error that an operation ended with.
pub(super) fn message(view: &View) -> &str {
    match view.outcome() {
        Some(Outcome::Error(failure)) => &failure.message,
        other => panic!("it did not end with an error but: {other:?}"),
    }
}

pub(super) async fn create(store: &impl Store, new: NewOperation) -> View {
    match store.create_one(new).await.unwrap() {
        Creation::Created(view) => view,
        other => panic!("it was not created: {other:?}"),
    }
}

/// The operation, if it exists.
pub(super) async fn find(store: &impl Store, text: &str) -> Option<View> {
    store.get_one(&name(text)).await.unwrap()
}

pub(super) async fn get(store: &impl Store, text: &str) -> View {
    find(store, text).await.expect("the operation exists")
}

/// A sign of life with the usual lease, of a worker that is not gone.
pub(super) async fn live(store: &impl Store, id: &str) {
    assert!(store.keep_alive(&worker(id), LEASE).await.unwrap().alive, "{id} is gone");
}

/// Creates an operation that a worker runs from the start.
pub(super) async fn begin(store: &impl Store, text: &str, by: &str) -> Fence {
    live(store, by).await;
    fence(&create(store, claimed(text, by)).await)
}

/// Claims at most `limit` operations of [`METHOD`], in as many calls as it takes.
pub(super) async fn claim(store: &impl Store, by: &str, limit: usize) -> Vec<Record> {
    let mut records = Vec::new();
    let mut idle = 0;
    while records.len() < limit && idle < IDLE_CALLS {
        let left = limit - records.len();
        let some = store.claim(&Claim::new(worker(by), left).method(METHOD, left)).await.unwrap();
        assert!(some.len() <= left, "a limit is the most");
        idle = if some.is_empty() { idle + 1 } else { 0 };
        records.extend(some);
    }
    records
}

/// Claims the one operation that there is to claim.
pub(super) async fn claim_one(store: &impl Store, by: &str) -> Record {
    claim(store, by, 1).await.pop().expect("there is work")
}

pub(super) fn names<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<&'a str> {
    records.into_iter().map(|record| record.name().id()).collect()
}

/// What calls with this limit do, until they do nothing; how much each has done.
pub(super) async fn drain<F>(limit: usize, call: impl Fn(usize) -> F) -> Vec<usize>
where
    F: Future<Output = Result<usize, Error>>,
{
    let mut counts = Vec::new();
    let mut idle = 0;
    while idle < IDLE_CALLS {
        let count = call(limit).await.unwrap();
        assert!(count <= limit, "a limit is the most");
        if count == 0 {
            idle += 1;
        } else {
            idle = 0;
            counts.push(count);
        }
    }
    counts
}

/// Takes back as much as there is; how much that was.
pub(super) async fn reclaim(store: &impl Store, by: &str) -> usize {
    let by = worker(by);
    drain(100, |limit| store.reclaim(&by, limit)).await.iter().sum()
}

/// Takes back one operation, of those that there are.
pub(super) async fn reclaim_one(store: &impl Store, by: &str) {
    for _ in 0..IDLE_CALLS {
        match store.reclaim(&worker(by), 1).await.unwrap() {
            0 => {}
            count => return assert_eq!(count, 1, "a limit is the most"),
        }
    }
    panic!("nothing was taken back");
}

pub(super) async fn expire(store: &impl Store) -> usize {
    drain(100, |limit| store.expire(limit)).await.iter().sum()
}

pub(super) async fn purge(store: &impl Store) -> usize {
    drain(100, |limit| store.purge(limit)).await.iter().sum()
}

/// Lets time pass, in which these workers give signs of life.
pub(super) async fn pass(store: &impl Store, clock: &ManualClock, time: Duration, alive: &[&str]) {
    let end = clock.now().saturating_add(time);
    loop {
        for id in alive {
            live(store, id).await;
        }
        let left = end.saturating_duration_since(clock.now());
        if left.is_zero() {
            return;
        }
        clock.advance(left.min(LEASE / 3));
    }
}

/// Everything that a query selects, page by page.
pub(super) async fn list(store: &impl Store, query: &ListQuery) -> Vec<View> {
    let mut query = query.clone();
    let mut views = Vec::new();
    loop {
        let page = store.list(&query).await.unwrap();
        assert!(page.views.len() <= query.limit, "a limit is the most");
        views.extend(page.views);
        let Some(next) = page.next else { return views };
        assert!(query.after.as_ref().is_none_or(|after| next < *after), "each page goes on");
        query = query.after(Some(next));
    }
}

/// The names of all operations, newest first.
pub(super) async fn list_names(store: &impl Store, parent: &str) -> Vec<String> {
    let query = ListQuery::new(ParentPattern::parse(parent).unwrap(), 1_000);
    list(store, &query).await.iter().map(|view| view.name().to_string()).collect()
}

/// The names of what a worker has.
pub(super) async fn held(store: &impl Store, by: &str) -> Vec<Fence> {
    let mut all: Vec<Fence> = Vec::new();
    loop {
        let after = all.last().map(|fence| fence.name.clone());
        let some = store.held(&worker(by), after.as_ref(), 2).await.unwrap();
        assert!(some.len() <= 2, "a limit is the most");
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

pub(super) async fn finish(store: &impl Store, fence: &Fence, content: &str) -> WriteResult {
    store.finish_one(fence.clone(), response(content)).await.unwrap()
}

pub(super) async fn release(store: &impl Store, fence: &Fence, interruption: Interruption) -> WriteResult {
    store.release_one(fence.clone(), interruption).await.unwrap()
}

pub(super) async fn cancel(store: &impl Store, text: &str) {
    assert!(store.request_cancel_one(&name(text)).await.unwrap(), "{text} does not exist");
}

pub(super) fn later(clock: &ManualClock, by: Duration) -> Timestamp {
    clock.now().saturating_add(by)
}
