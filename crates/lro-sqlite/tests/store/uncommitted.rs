//! Operations in transactions of the caller.

use std::time::Duration;

use lro_sqlite::SqliteStore;
use lro_sqlite::rusqlite::TransactionBehavior;
use lro_store::{Change, Finish, Store, WriteResult};

use crate::support::{METHOD, Place, exists, expect, name, operation, response, running};

#[tokio::test]
async fn they_exist_with_the_commit_and_are_hinted_when_that_is_told() {
    let place = Place::new();
    let slow = SqliteStore::builder(place.path()).watch_interval(Duration::from_secs(3_600));
    let store = slow.open().await.unwrap();
    let mut changes = store.changes();
    let mut mine = place.connect();
    mine.execute_batch("CREATE TABLE book (title TEXT) STRICT").unwrap();
    let transaction = mine.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    transaction.execute("INSERT INTO book VALUES ('Emma')", []).unwrap();
    let created = store.create_in(&transaction, &operation("a")).unwrap();
    assert!(created.answer().clone().created().is_some());
    assert!(!exists(&store, "a").await, "it is not committed");
    transaction.commit().unwrap();
    assert!(exists(&store, "a").await);
    assert_eq!(changes.try_recv(), None, "nobody has told that it is");
    created.committed();
    expect(&mut changes, &Change::Claimable(METHOD.into())).await;
}

#[tokio::test]
async fn ends_and_rows_come_together_or_not_at_all() {
    let place = Place::new();
    let store = place.open().await;
    let fence = running(&store, "a").await;
    let mut mine = place.connect();
    let finish = Finish::new(fence, response());
    let transaction = mine.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    assert!(store.finish_in(&transaction, &finish).unwrap().answer().is_applied());
    transaction.rollback().unwrap();
    let mut changes = store.changes();
    let transaction = mine.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let finished = store.finish_in(&transaction, &finish).unwrap();
    transaction.commit().unwrap();
    assert!(finished.committed().is_applied());
    expect(&mut changes, &Change::Done(name("a"))).await;
    let transaction = mine.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    assert_eq!(store.finish_in(&transaction, &finish).unwrap().committed(), WriteResult::Done);
}

#[tokio::test]
async fn a_commit_that_nobody_told_of_is_noticed() {
    let place = Place::new();
    let store = place.open().await;
    let mut changes = store.changes();
    let mut mine = place.connect();
    let transaction = mine.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    let created = store.create_in(&transaction, &operation("a")).unwrap();
    transaction.commit().unwrap();
    drop(created);
    expect(&mut changes, &Change::Resync).await;
}
