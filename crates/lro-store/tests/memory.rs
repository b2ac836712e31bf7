//! What the memory store promises beyond `Store`: the room it takes, and what its lists and its clock cost. That
//! it is a store is shown by the suite in `lro-store-conformance`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lro_store::{
    Beginning, Change, Clock, Creation, Fence, Finish, ListQuery, MAX_BATCH, ManualClock, MemoryStore,
    NewOperation, OperationName, Outcome, Owner, ParentPattern, Payload, Report, Store, StoreExt,
    SystemClock, Timestamp, WorkerId, WriteResult,
};

const MIB: usize = 1024 * 1024;
const SECOND: Duration = Duration::from_secs(1);

fn name(text: &str) -> OperationName {
    OperationName::parse(text).unwrap()
}

/// Content of so many bytes, which are shared by all that is made of it.
fn payload(bytes: usize) -> Payload {
    Payload::new("type.googleapis.com/test.Message", vec![7; bytes])
}

fn operation(id: usize, request: &Payload) -> NewOperation {
    NewOperation::new(name(&format!("operations/{id}")), "/test.Service/Work", request.clone())
}

fn done(id: usize, request: &Payload) -> NewOperation {
    operation(id, request).with_beginning(Beginning::Done(Outcome::Response(payload(0))))
}

async fn exists(store: &MemoryStore, id: usize) -> bool {
    store.get_one(&name(&format!("operations/{id}"))).await.unwrap().is_some()
}

/// An operation that a worker runs.
async fn running(store: &MemoryStore, id: usize) -> Fence {
    let worker = WorkerId::new("w");
    store.keep_alive(&worker, SECOND).await.unwrap();
    let new = operation(id, &payload(0)).with_beginning(Beginning::ClaimedBy(worker));
    store.create_one(new).await.unwrap().created().unwrap().fence().unwrap()
}

#[tokio::test]
async fn unless_told_otherwise_it_has_room_for_256_mebibytes() {
    let (store, large) = (MemoryStore::new(), payload(4 * MIB));
    let mut count = 0;
    while let Creation::Created(_) = store.create_one(operation(count, &large)).await.unwrap() {
        count += 1;
    }
    assert_eq!(count, 63, "what is beside the payloads counts too");
    assert_eq!(store.create_one(operation(count, &large)).await.unwrap(), Creation::Full);
    assert!(exists(&store, 0).await, "what is not done is never forgotten");
}

#[tokio::test]
async fn what_is_larger_than_the_store_will_never_fit() {
    let store = MemoryStore::builder().capacity(MIB).build();
    let outcome = Outcome::Response(payload(2 * MIB));
    for new in [
        operation(1, &payload(2 * MIB)),
        operation(1, &payload(0)).with_metadata(payload(2 * MIB)),
        operation(1, &payload(0)).with_beginning(Beginning::Done(outcome)),
    ] {
        let answer = store.create_one(new).await.unwrap();
        let Creation::Invalid(text) = answer else { panic!("{answer:?}") };
        assert!(text.contains(&format!("the store has room for {MIB}")), "{text}");
    }
}

#[tokio::test]
async fn for_want_of_room_it_forgets_what_is_done_that_would_expire_first() {
    let clock = ManualClock::default();
    let store = MemoryStore::builder().clock(clock).capacity(10 * MIB).build();
    let mut changes = store.changes();
    let large = payload(2 * MIB);
    for (id, keep) in [(0, 30), (1, 10), (2, 20)] {
        store.create_one(done(id, &large).with_retention(SECOND * keep)).await.unwrap().created().unwrap();
    }
    store.create_one(operation(3, &large)).await.unwrap().created().unwrap();
    while changes.try_recv().is_some() {}
    for (new, gone) in [(4, 1), (5, 2), (6, 0)] {
        assert!(exists(&store, gone).await);
        store.create_one(operation(new, &large)).await.unwrap().created().expect("there is room");
        assert!(!exists(&store, gone).await);
        let hinted = std::iter::from_fn(|| changes.try_recv()).collect::<Vec<_>>();
        assert!(hinted.contains(&Change::Deleted(name(&format!("operations/{gone}")))), "{hinted:?}");
    }
    assert_eq!(store.create_one(operation(7, &large)).await.unwrap(), Creation::Full);
    for id in 3..7 {
        assert!(exists(&store, id).await, "what is not done is never forgotten");
    }
}

#[tokio::test]
async fn work_that_runs_never_finds_the_store_full() {
    let store = MemoryStore::builder().capacity(MIB).build();
    let fence = running(&store, 1).await;
    store.create_one(done(2, &payload(0))).await.unwrap();
    let large = || payload(2 * MIB);
    let report = Report::new(fence.clone()).metadata(large()).checkpoint(large());
    assert!(store.report_one(report).await.unwrap().is_applied());
    assert!(!exists(&store, 2).await, "what is done makes room");
    assert!(exists(&store, 1).await);
    assert_eq!(store.create_one(operation(3, &payload(0))).await.unwrap(), Creation::Full);
    let finish = Finish::new(fence.clone(), Outcome::Response(payload(0))).metadata(Some(payload(0)));
    assert!(store.finish(vec![finish.clone()]).await.unwrap()[0].is_applied());
    let again = store.finish(vec![finish]).await.unwrap().remove(0);
    assert_eq!(again, WriteResult::Deleted, "its checkpoint alone is too large to be kept");
    assert!(store.create_one(operation(3, &payload(0))).await.unwrap().created().is_some());
}

#[tokio::test]
async fn a_list_of_one_parent_looks_at_no_other() {
    let store = MemoryStore::new();
    let empty = payload(0);
    for thousand in 0..100 {
        let new = |number: usize| {
            let text = format!("shelves/{}/operations/{number}", number % 7);
            NewOperation::new(name(&text), "/test.Service/Work", empty.clone())
        };
        let batch = (thousand * 1_000..(thousand + 1) * 1_000).map(new).collect();
        store.create(batch).await.unwrap();
    }
    let other = NewOperation::new(name("shelves/last/operations/1"), "/test.Service/Work", empty.clone());
    store.create_one(other).await.unwrap();
    let list = async |pattern: &str, after| {
        let query = ListQuery::new(ParentPattern::parse(pattern).unwrap(), 10).after(after);
        store.list(&query).await.unwrap()
    };
    for (parent, count) in [("shelves/none", 0), ("shelves/last", 1), ("shelves", 0), ("shelves/7", 0)] {
        let page = list(parent, None).await;
        assert_eq!((page.views.len(), page.next), (count, None), "one call came to the end of {parent}");
    }
    // What cannot be looked up is bounded by call: this is how the end above is known to be found without looking.
    let (mut page, mut calls) = (list("rows/-", None).await, 1);
    while page.next.is_some() {
        page = list("rows/-", page.next).await;
        calls += 1;
    }
    assert!(calls >= 100_000 / 2_010, "{calls}");
}

#[tokio::test]
async fn clones_are_one_store_and_hints_end_with_the_last() {
    let store = MemoryStore::new();
    let (clone, mut changes) = (store.clone(), store.changes());
    clone.create_one(done(1, &payload(0))).await.unwrap();
    drop(clone);
    assert!(exists(&store, 1).await);
    store.delete_one(&name("operations/1")).await.unwrap();
    drop(store);
    assert_eq!(changes.recv().await, Some(Change::Deleted(name("operations/1"))));
    assert_eq!(changes.recv().await, None);
}

/// A clock that fails while it is told to.
#[derive(Debug, Clone, Default)]
struct BrokenClock(Arc<AtomicBool>);

impl Clock for BrokenClock {
    fn now(&self) -> Timestamp {
        assert!(!self.0.load(Ordering::SeqCst), "the clock stands still");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_clock_that_panics_spoils_only_its_own_call() {
    let clock = BrokenClock::default();
    let store = MemoryStore::with_clock(clock.clone());
    clock.0.store(true, Ordering::SeqCst);
    let call = tokio::spawn({
        let store = store.clone();
        async move { store.purge(1).await }
    });
    assert!(call.await.unwrap_err().is_panic());
    clock.0.store(false, Ordering::SeqCst);
    assert_eq!(store.purge(1).await.unwrap(), 0);
}

/// A caller who sees only what is their own is told of it at once, however much others have.
#[tokio::test]
async fn a_list_of_one_owner_looks_at_nothing_else() {
    let store = MemoryStore::new();
    let request = payload(10);
    let belonging_to = |owner: &str, id: String| {
        let name = name(&format!("shelves/1/operations/{id}"));
        NewOperation::new(name, "/test.Service/Work", request.clone()).with_owner(Owner::new(owner).unwrap())
    };
    store.create((0..5).map(|id| belonging_to("alice", format!("own-{id}"))).collect()).await.unwrap();
    for batch in 0..6 {
        let owner = if batch % 2 == 0 { "alicf" } else { "alic" };
        store
            .create((0..MAX_BATCH).map(|id| belonging_to(owner, format!("{batch}-{id}"))).collect())
            .await
            .unwrap();
    }
    for parent in [ParentPattern::all(), ParentPattern::parse("shelves/1").unwrap()] {
        let mut query = ListQuery::new(parent, 3);
        query.owner = Some(Owner::new("alice").unwrap());
        let first = store.list(&query).await.unwrap();
        let second = store.list(&query.after(first.next.clone())).await.unwrap();
        assert_eq!((first.views.len(), second.views.len(), second.next), (3, 2, None));
    }
}
