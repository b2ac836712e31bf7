//! A store fails exactly as it is told to.

use std::time::Duration;

use lro_store::{
    Change, MemoryStore, NewOperation, OperationName, Parent, Payload, Store, StoreExt, WorkerId,
};
use lro_store_conformance::{Call, CallEnd, FailureMode, Fault, FaultyStore, StoreMethod};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

fn store() -> FaultyStore<MemoryStore> {
    FaultyStore::new(MemoryStore::new())
}

fn operation() -> NewOperation {
    let name = OperationName::random(&Parent::default());
    NewOperation::new(name, "/test.Service/Work", Payload::new("", ""))
}

/// How the calls in the log ended, and what they had wrong.
fn ends<S>(store: &FaultyStore<S>) -> Vec<(StoreMethod, usize, CallEnd)> {
    store.take_log().into_iter().map(|logged| (logged.call.method, logged.call.items, logged.end)).collect()
}

#[tokio::test]
async fn a_call_that_fails_before_the_store_has_no_effect_and_one_that_fails_after_it_has() {
    let store = store();
    for (fault, exists, unavailable) in [
        (Fault::before(FailureMode::Unavailable), false, true),
        (Fault::before(FailureMode::Internal), false, false),
        (Fault::after(FailureMode::Unavailable), true, true),
        (Fault::after(FailureMode::Internal), true, false),
    ] {
        let new = operation();
        store.inject(StoreMethod::Create, fault);
        let error = store.create_one(new.clone()).await.unwrap_err();
        assert_eq!((error.is_unavailable(), error.is_internal()), (unavailable, !unavailable));
        assert_eq!(store.inner().get_one(new.name()).await.unwrap().is_some(), exists, "{fault:?}");
        assert_eq!(fault.executes(), exists);
    }
}

#[tokio::test]
async fn a_cut_connection_mends_and_others_never_notice() {
    let shared = MemoryStore::new();
    let (one, two) = (FaultyStore::new(shared.clone()), FaultyStore::new(shared));
    let clone = one.clone();
    one.cut();
    assert!(clone.purge(1).await.unwrap_err().is_unavailable(), "a clone is the same connection");
    two.purge(1).await.unwrap();
    clone.mend();
    one.purge(1).await.unwrap();
    one.lose_answers();
    let new = operation();
    one.create_one(new.clone()).await.unwrap_err();
    assert!(two.get_one(new.name()).await.unwrap().is_some());
    assert_eq!((one.calls(StoreMethod::Purge), two.calls(StoreMethod::Purge)), (2, 1));
}

#[tokio::test]
async fn the_next_calls_go_before_the_method_and_the_method_before_the_closure() {
    let store = store();
    let decided = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&decided);
    store.decide(move |call: &Call| {
        seen.lock().unwrap().push((call.number, call.method, call.items));
        if call.items == 3 { Fault::before(FailureMode::Unavailable) } else { Fault::none() }
    });
    store.inject_next(StoreMethod::Expire, 2, Fault::before(FailureMode::Internal));
    store.inject_next([StoreMethod::Expire, StoreMethod::Purge], 1, Fault::none());
    store.inject(StoreMethod::Expire, Fault::before(FailureMode::Unavailable));
    for unavailable in [Some(false), Some(false), None, Some(true), Some(true)] {
        let error = store.expire(1).await.err();
        assert_eq!(error.map(|error| error.is_unavailable()), unavailable);
    }
    assert!(store.purge(3).await.is_ok(), "its next call was said to be fine");
    assert!(store.purge(3).await.unwrap_err().is_unavailable());
    assert!(store.get(Vec::new()).await.is_ok());
    assert_eq!(*decided.lock().unwrap(), [(6, StoreMethod::Purge, 3), (7, StoreMethod::Get, 0)]);
}

#[tokio::test(start_paused = true)]
async fn delays_come_before_and_after_the_store() {
    let store = store();
    store.inject(StoreMethod::Create, Fault::none().delay(SECOND).delay_answer(SECOND * 2));
    let (new, began) = (operation(), Instant::now());
    let call = store.create_one(new.clone());
    let look = async {
        tokio::time::sleep(SECOND / 2).await;
        let before = store.inner().get_one(new.name()).await.unwrap();
        tokio::time::sleep(SECOND).await;
        (before.is_some(), store.inner().get_one(new.name()).await.unwrap().is_some())
    };
    let (answer, seen) = tokio::join!(call, look);
    answer.unwrap();
    assert_eq!((seen, began.elapsed()), ((false, true), SECOND * 3));
}

#[tokio::test(start_paused = true)]
async fn calls_hang_or_panic_and_the_log_tells() {
    let store = store();
    store.inject_next(StoreMethod::Purge, 1, Fault::before(FailureMode::Panic));
    let panics = tokio::spawn({
        let store = store.clone();
        async move { store.purge(1).await }
    });
    assert!(panics.await.unwrap_err().is_panic());
    store.inject(StoreMethod::Create, Fault::after(FailureMode::Hang));
    let new = operation();
    let answer = tokio::time::timeout(SECOND, store.create(vec![new.clone(), operation()])).await;
    assert!(answer.is_err());
    assert!(store.get_one(new.name()).await.unwrap().is_some(), "it hangs after it took effect");
    store.inject(StoreMethod::Leave, Fault::before(FailureMode::Internal));
    store.leave(&WorkerId::random()).await.unwrap_err();

    let mut hangs = Box::pin(store.create(vec![operation()]));
    let poll = poll_once(&mut hangs).await;
    assert!(poll.is_pending());
    assert_eq!(store.log().last().unwrap().end, CallEnd::Pending);
    assert_eq!(store.log().last().unwrap().fault, Fault::after(FailureMode::Hang));
    assert_eq!(
        ends(&store),
        [
            (StoreMethod::Purge, 1, CallEnd::Panicked),
            (StoreMethod::Create, 2, CallEnd::Dropped),
            (StoreMethod::Get, 1, CallEnd::Answered),
            (StoreMethod::Leave, 1, CallEnd::Internal),
            (StoreMethod::Create, 1, CallEnd::Pending),
        ]
    );
    store.cut();
    store.purge(7).await.unwrap_err();
    drop(hangs);
    assert_eq!(
        ends(&store),
        [(StoreMethod::Purge, 7, CallEnd::Unavailable)],
        "the new log has the new calls"
    );
}

/// Polls a future once.
async fn poll_once<F: Future + Unpin>(future: &mut F) -> std::task::Poll<F::Output> {
    std::future::poll_fn(|context| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context)))
        .await
}

#[tokio::test]
async fn a_deaf_connection_hears_of_nothing_but_lost_hints() {
    let shared = MemoryStore::new();
    let (deaf, hears) = (FaultyStore::deaf(shared.clone()), FaultyStore::new(shared));
    let (mut silent, mut changes) = (deaf.changes(), hears.changes());
    hears.create_one(operation()).await.unwrap();
    let work = Change::Claimable("/test.Service/Work".into());
    assert_eq!((silent.try_recv(), changes.try_recv()), (None, Some(work.clone())));
    deaf.resync();
    assert_eq!((silent.recv().await, changes.try_recv()), (Some(Change::Resync), None));

    deaf.mend_hints();
    assert_eq!(silent.try_recv(), None, "what was lost stays lost");
    deaf.create_one(operation()).await.unwrap();
    assert_eq!(silent.recv().await, Some(work.clone()));
    let mut number = 0;
    deaf.decide_hints(move |_| {
        number += 1;
        number % 2 == 0
    });
    for comes in [false, true, false] {
        deaf.create_one(operation()).await.unwrap();
        assert_eq!(silent.try_recv(), comes.then(|| work.clone()));
    }
}
