//! Calls.

use std::future::Future;
use std::time::Duration;

use lro_store::{
    Claim, Clock, Creation, Error, Fence, Interruption, ListQuery, ManualClock, NewOperation, ParentPattern,
    Record, Report, Store, StoreExt, Sweep, View, WriteResult,
};

use super::values::{LEASE, METHOD, claimed, fence, name, response, timeless, worker};

/// How often a call may do less than it could before a test takes it for the end.
pub(in crate::suite) const IDLE_CALLS: usize = 4;

pub(in crate::suite) async fn create(store: &impl Store, new: NewOperation) -> View {
    match store.create_one(new).await.unwrap() {
        Creation::Created(created) => created.view,
        other => panic!("it was not created: {other:?}"),
    }
}

/// The operation, if it exists.
pub(in crate::suite) async fn find(store: &impl Store, text: &str) -> Option<View> {
    store.get_one(&name(text)).await.unwrap()
}

pub(in crate::suite) async fn get(store: &impl Store, text: &str) -> View {
    find(store, text).await.expect("the operation exists")
}

/// A sign of life with the usual lease, of a worker that is not gone.
pub(in crate::suite) async fn live(store: &impl Store, id: &str) {
    assert!(store.keep_alive(&worker(id), LEASE).await.unwrap().alive, "{id} is gone");
}

/// Creates an operation that a worker runs from the start.
pub(in crate::suite) async fn begin(store: &impl Store, text: &str, by: &str) -> Fence {
    live(store, by).await;
    fence(&create(store, claimed(text, by)).await)
}

/// Claims at most `limit` operations of [`METHOD`], in as many calls as it takes.
pub(in crate::suite) async fn claim(store: &impl Store, by: &str, limit: usize) -> Vec<Record> {
    claim_of(store, by, METHOD, limit).await
}

/// The same for another method.
pub(in crate::suite) async fn claim_of(
    store: &impl Store,
    by: &str,
    method: &str,
    limit: usize,
) -> Vec<Record> {
    let mut records = Vec::new();
    let mut idle = 0;
    while records.len() < limit && idle < IDLE_CALLS {
        let left = limit - records.len();
        let some = store.claim(&Claim::new(worker(by), left).method(method, left)).await.unwrap();
        assert!(some.len() <= left, "a limit is the most");
        idle = if some.is_empty() { idle + 1 } else { 0 };
        records.extend(some);
    }
    records
}

/// Claims the one operation that there is to claim.
pub(in crate::suite) async fn claim_one(store: &impl Store, by: &str) -> Record {
    claim(store, by, 1).await.pop().expect("there is work")
}

/// What calls with this limit do, until they do nothing; what each has done.
pub(in crate::suite) async fn drain<T, F>(
    limit: usize,
    call: impl Fn(usize) -> F,
    count: impl Fn(&T) -> usize,
) -> Vec<T>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut done = Vec::new();
    let mut idle = 0;
    while idle < IDLE_CALLS {
        let some = call(limit).await.unwrap();
        assert!(count(&some) <= limit, "a limit is the most");
        assert!(done.len() < 1_000, "there is no end to what it says it does");
        if count(&some) == 0 {
            idle += 1;
        } else {
            idle = 0;
            done.push(some);
        }
    }
    done
}

/// Takes back as much as there is; how much that was.
pub(in crate::suite) async fn reclaim(store: &impl Store, by: &str) -> usize {
    reclaim_all(store, by, 100).await.iter().map(|sweep| sweep.count).sum()
}

/// The same with a limit; what each call has done.
pub(in crate::suite) async fn reclaim_all(store: &impl Store, by: &str, limit: usize) -> Vec<Sweep> {
    let by = worker(by);
    drain(limit, |limit| store.reclaim(&by, limit), |sweep| sweep.count).await
}

/// Takes back one operation, of those that there are.
pub(in crate::suite) async fn reclaim_one(store: &impl Store, by: &str) {
    for _ in 0..IDLE_CALLS {
        match store.reclaim(&worker(by), 1).await.unwrap().count {
            0 => {}
            count => return assert_eq!(count, 1, "a limit is the most"),
        }
    }
    panic!("nothing was taken back");
}

pub(in crate::suite) async fn expire(store: &impl Store) -> usize {
    expire_all(store, 100).await.iter().map(|sweep| sweep.count).sum()
}

/// The same with a limit; what each call has done.
pub(in crate::suite) async fn expire_all(store: &impl Store, limit: usize) -> Vec<Sweep> {
    drain(limit, |limit| store.expire(limit), |sweep| sweep.count).await
}

/// The names of what has ended, in order.
pub(in crate::suite) fn ended_names<'a>(sweeps: impl IntoIterator<Item = &'a Sweep>) -> Vec<String> {
    let ended = sweeps.into_iter().flat_map(|sweep| &sweep.ended);
    let mut names: Vec<_> = ended.map(|view| view.name().id().to_owned()).collect();
    names.sort();
    names
}

pub(in crate::suite) async fn purge(store: &impl Store) -> usize {
    drain(100, |limit| store.purge(limit), |count| *count).await.iter().sum()
}

/// Lets time pass, in which these workers give signs of life.
pub(in crate::suite) async fn pass(store: &impl Store, clock: &ManualClock, time: Duration, alive: &[&str]) {
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
pub(in crate::suite) async fn list(store: &impl Store, query: &ListQuery) -> Vec<View> {
    let mut query = query.clone();
    let mut views = Vec::new();
    loop {
        let page = store.list(&query).await.unwrap();
        assert!(page.views.len() <= query.limit, "a limit is the most");
        views.extend(page.views);
        let Some(next) = page.next else { return views };
        assert!(query.after.as_ref().is_none_or(|after| next < *after), "each page goes on");
        query = query.after(Some(next));
        tokio::task::yield_now().await;
    }
}

/// The names of all operations, newest first.
pub(in crate::suite) async fn list_names(store: &impl Store, parent: &str) -> Vec<String> {
    let query = ListQuery::new(ParentPattern::parse(parent).unwrap(), 1_000);
    list(store, &query).await.iter().map(|view| view.name().to_string()).collect()
}

/// The names of what a worker has.
pub(in crate::suite) async fn held(store: &impl Store, by: &str) -> Vec<Fence> {
    let mut all: Vec<Fence> = Vec::new();
    loop {
        let after = all.last().map(|fence| fence.name.clone());
        let some = store.held(&worker(by), after.as_ref(), 2).await.unwrap();
        assert!(some.len() <= 2, "a limit is the most");
        if some.is_empty() {
            return all;
        }
        assert!(some.iter().all(|fence| after.as_ref() < Some(&fence.name)), "only what comes after a name");
        all.extend(some);
        // Else a store that never comes to an end would hold up the runtime, and so the limit of time.
        tokio::task::yield_now().await;
    }
}

pub(in crate::suite) async fn finish(store: &impl Store, fence: &Fence, content: &str) -> WriteResult {
    timeless(store.finish_one(fence.clone(), response(content)).await.unwrap())
}

pub(in crate::suite) async fn release(
    store: &impl Store,
    fence: &Fence,
    interruption: Interruption,
) -> WriteResult {
    timeless(store.release_one(fence.clone(), interruption).await.unwrap())
}

pub(in crate::suite) async fn report(store: &impl Store, report: Report) -> WriteResult {
    timeless(store.report_one(report).await.unwrap())
}

pub(in crate::suite) async fn cancel(store: &impl Store, text: &str) {
    assert!(store.request_cancel_one(&name(text)).await.unwrap(), "{text} does not exist");
}
