//! Calls that are written together: what waits is one transaction, and none fails for another.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, mpsc};

use lro_sqlite::rusqlite;
use lro_store::{Change, Store, StoreExt};
use tokio::task::JoinSet;

use crate::support::{Place, SOON, exists, name, operation};

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
    let block = lro_sqlite::in_transaction(move |_| -> rusqlite::Result<()> {
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
async fn neither_answers_nor_hints_come_before_the_commit() {
    let place = Place::new();
    let store = place.open().await;
    let ((begun, has_begun), (go_on, wait)) = (mpsc::channel::<()>(), mpsc::channel::<()>());
    let wait = Mutex::new(wait);
    let block = lro_sqlite::in_transaction(move |_| -> rusqlite::Result<()> {
        begun.send(()).unwrap();
        wait.lock().unwrap().recv_timeout(SOON).unwrap();
        Ok(())
    });
    let mut changes = store.changes();
    let call = {
        let store = store.clone();
        let batch = vec![operation("a"), operation("b").with_transaction(block)];
        tokio::spawn(async move { store.create(batch).await.unwrap() })
    };
    tokio::task::yield_now().await;
    has_begun.recv_timeout(SOON).unwrap();
    assert!(!exists(&store, "a").await, "it is written and not committed");
    assert!(!call.is_finished() && changes.try_recv().is_none());
    go_on.send(()).unwrap();
    assert_eq!(call.await.unwrap().len(), 2);
    assert!(changes.try_recv().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hint_never_comes_before_its_change_can_be_read() {
    const COUNT: usize = 200;
    let place = Place::new();
    let store = place.open().await;
    let mut changes = store.changes();
    let reader = tokio::spawn({
        let store = store.clone();
        async move {
            let mut seen = 0;
            while seen < COUNT {
                if let Some(Change::Deleted(name)) = changes.recv().await {
                    assert_eq!(store.get_one(&name).await.unwrap(), None);
                    seen += 1;
                }
            }
        }
    });
    for id in 0..COUNT {
        let id = id.to_string();
        store.create_one(operation(&id)).await.unwrap();
        store.delete_one(&name(&id)).await.unwrap();
    }
    tokio::time::timeout(SOON, reader).await.expect("all deletions are hinted").unwrap();
}

#[tokio::test]
async fn each_commit_is_synced() {
    let place = Place::new();
    let store = place.open().await;
    let look = lro_sqlite::in_transaction(|transaction| {
        let setting =
            |name| transaction.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        let (mode, synchronous) = (setting("journal_mode")?, setting("synchronous")?);
        let (wal, full) =
            (rusqlite::types::Value::Text("wal".to_owned()), rusqlite::types::Value::Integer(2));
        if (&mode, &synchronous) == (&wal, &full) {
            Ok(())
        } else {
            Err(format!("{mode:?} {synchronous:?}").into())
        }
        .map_err(|error: Box<dyn std::error::Error + Send + Sync>| {
            rusqlite::Error::ToSqlConversionFailure(error)
        })
    });
    let created = store.create_one(operation("a").with_transaction(look)).await.unwrap();
    assert!(matches!(created, lro_store::Creation::Created(_)), "{created:?}");
}

#[tokio::test]
async fn a_call_that_fails_takes_no_other_with_it() {
    let place = Place::new();
    let store = place.open().await;
    let mut calls = JoinSet::new();
    for id in 0..20 {
        let store = store.clone();
        let panics = lro_sqlite::in_transaction(|_| -> rusqlite::Result<()> { panic!("a bug") });
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
    let refused = lro_sqlite::in_transaction(|_| Err("not today"));
    let creation = store.create_one(operation("a").with_transaction(refused)).await.unwrap();
    assert!(creation.created().is_none());
    assert_eq!(changes.try_recv(), None);
    store.create(vec![operation("b")]).await.unwrap();
    assert!(changes.try_recv().is_some(), "it is there when the call returns");
}
