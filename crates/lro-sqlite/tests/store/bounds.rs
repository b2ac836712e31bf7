//! Calls end in bounded time, and queues are bounded.

use std::time::Duration;

use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite::{self, TransactionBehavior};
use lro_store::{Store, StoreExt};

use crate::support::{Place, SOON, block, create, exists, operation, start, text, worker};

#[tokio::test]
async fn a_full_queue_refuses_but_for_signs_of_life() {
    let place = Place::new();
    let store = SqliteStore::builder(place.path()).queue(2).open().await.unwrap();
    let (block, begun, go_on) = block();
    let blocked = start(create(&store, operation("a").with_transaction(block))).await;
    begun.recv_timeout(SOON).unwrap();
    let waiting = [start(create(&store, operation("b"))).await, start(create(&store, operation("c"))).await];
    let refused = create(&store, operation("d")).await.unwrap_err();
    assert!(refused.is_unavailable() && text(&refused).contains("too many"), "{}", text(&refused));
    let alive = {
        let store = store.clone();
        start(async move { store.keep_alive(&worker(), SOON).await }).await
    };
    go_on.send(()).unwrap();
    assert!(alive.await.unwrap().unwrap().alive);
    blocked.await.unwrap().unwrap();
    for call in waiting {
        assert!(call.await.unwrap().unwrap().created().is_some());
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_fails_and_is_whole_or_absent() {
    let place = Place::new();
    let timeout = Duration::from_millis(100);
    let store = SqliteStore::builder(place.path()).timeout(timeout).open().await.unwrap();
    let (block, begun, go_on) = block();
    let blocked = start(create(&store, operation("a").with_transaction(block))).await;
    begun.recv_timeout(SOON).unwrap();
    let waiting = create(&store, operation("b")).await;
    assert!(blocked.await.unwrap().unwrap_err().is_unavailable() && waiting.unwrap_err().is_unavailable());
    go_on.send(()).unwrap();
    // Once this is through, so is whatever was before it.
    while create(&store, operation("c")).await.is_err() {}
    let store = place.open().await;
    assert!(exists(&store, "a").await, "it was on its way");
    assert!(!exists(&store, "b").await, "nobody waited for it any more");
}

#[tokio::test]
async fn settings_that_no_clock_can_add_up_are_bounded() {
    let place = Place::new();
    let store = SqliteStore::builder(place.path())
        .timeout(Duration::MAX)
        .busy_timeout(Duration::MAX)
        .watch_interval(Duration::MAX)
        .queue(usize::MAX)
        .checkpoint_pages(u32::MAX)
        .cache_kib(u32::MAX)
        .readers(0)
        .open()
        .await
        .unwrap();
    store.create_one(operation("a")).await.unwrap();
    assert!(exists(&store, "a").await);
}

#[tokio::test]
async fn a_lock_of_another_connection_is_waited_for_and_then_unavailable() {
    let place = Place::new();
    let store =
        SqliteStore::builder(place.path()).busy_timeout(Duration::from_millis(50)).open().await.unwrap();
    let mut other = place.connect();
    let lock = other.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let error = store.create_one(operation("a")).await.unwrap_err();
    assert!(error.is_unavailable() && text(&error).contains("locked"), "{}", text(&error));
    assert!(!exists(&store, "a").await, "reading goes on");
    lock.rollback().unwrap();
    store.create_one(operation("a")).await.unwrap().created().unwrap();
}

#[tokio::test]
async fn a_store_may_be_dropped_by_a_closure_of_its_own() {
    let place = Place::new();
    let store = place.open().await;
    let (block, begun, go_on) = block();
    let own = store.clone();
    let keeps = lro_sqlite::in_transaction(move |_| -> rusqlite::Result<()> {
        let _ = &own;
        Ok(())
    });
    let batch = vec![operation("a").with_transaction(block), operation("b").with_transaction(keeps)];
    let call = {
        let store = store.clone();
        start(async move { store.create(batch).await }).await
    };
    begun.recv_timeout(SOON).unwrap();
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    drop(store);
    // The job alone has the store now, and the thread that works on the job drops it.
    go_on.send(()).unwrap();
    let store = place.open().await;
    tokio::time::timeout(SOON, async {
        while !exists(&store, "b").await {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}
