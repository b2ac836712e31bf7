//! Calls that are written together: what waits is one transaction, and none fails for another.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, mpsc};

use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite;
use lro_store::{Store, StoreExt};
use tokio::task::JoinSet;

use crate::support::{Place, SOON, exists, operation};

/// How often the database was committed to: how many frames of its write-ahead log end a transaction.
fn commits(path: &Path) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4_096;
    let log = fs::read(path.with_extension("db-wal")).unwrap();
    log[HEADER..].chunks(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test]
async fn what_waits_is_written_in_one_transaction() {
    let place = Place::new();
    let store = place.open().await;
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let block = SqliteStore::in_transaction(move |_| -> rusqlite::Result<()> {
        wait.lock().unwrap().recv_timeout(SOON).unwrap();
        Ok(())
    });
    let before = commits(&place.path());
    let mut calls = JoinSet::new();
    for id in 0..=100 {
        let store = store.clone();
        let new = operation(&id.to_string());
        let new = if id == 0 { new.with_transaction(block.clone()) } else { new };
        calls.spawn(async move { store.create_one(new).await.unwrap().created().unwrap() });
        // Each is in the queue before the next one, and all are before the first one is through.
        tokio::task::yield_now().await;
    }
    go_on.send(()).unwrap();
    calls.join_all().await;
    let transactions = commits(&place.path()) - before;
    assert!((1..=2).contains(&transactions), "{transactions} transactions");
}

#[tokio::test]
async fn a_call_that_fails_takes_no_other_with_it() {
    let place = Place::new();
    let store = place.open().await;
    let mut calls = JoinSet::new();
    for id in 0..20 {
        let store = store.clone();
        let panics = SqliteStore::in_transaction(|_| -> rusqlite::Result<()> { panic!("a bug") });
        let new = operation(&id.to_string());
        let new = if id % 5 == 2 { new.with_transaction(panics) } else { new };
        calls.spawn(async move { (id, store.create_one(new).await) });
    }
    for (id, created) in calls.join_all().await {
        assert_eq!(created.is_err(), id % 5 == 2, "{id}");
        assert_eq!(exists(&store, &id.to_string()).await, id % 5 != 2, "{id}");
    }
}

#[tokio::test]
async fn hints_come_after_the_commit_and_none_for_what_was_undone() {
    let place = Place::new();
    let store = place.open().await;
    let mut changes = store.changes();
    let refused = SqliteStore::in_transaction(|_| Err("not today"));
    let creation = store.create_one(operation("a").with_transaction(refused)).await.unwrap();
    assert!(creation.created().is_none());
    assert_eq!(changes.try_recv(), None);
    store.create(vec![operation("b")]).await.unwrap();
    assert!(changes.try_recv().is_some(), "it is there when the call returns");
}
