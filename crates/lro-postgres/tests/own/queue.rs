//! Long queues.

use std::collections::BTreeSet;
use std::time::Duration;

use lro_store::{Claim, Store, StoreExt, WorkerId};

use crate::support::{METHOD, client, operation, store};

#[tokio::test]
async fn a_long_queue_is_emptied_also_if_an_old_snapshot_keeps_what_was_claimed() {
    const COUNT: usize = 6_000;
    let Some((store, schema)) = store().await else { return };
    let mut other = client(schema.url()).await;
    let pinned = other.build_transaction().isolation_level(tokio_postgres::IsolationLevel::RepeatableRead);
    let pinned = pinned.start().await.unwrap();
    pinned.batch_execute("SELECT FROM pg_class").await.unwrap();
    let worker = WorkerId::new("w");
    store.keep_alive(&worker, Duration::from_secs(60)).await.unwrap();
    for thousand in 0..COUNT / 1_000 {
        let batch = (0..1_000).map(|number| operation(&format!("{thousand}-{number}"))).collect();
        store.create(batch).await.unwrap();
    }
    let claim = Claim::new(worker, 400).method(METHOD, 400);
    let mut names = BTreeSet::new();
    while names.len() < COUNT - 2_000 {
        let records = store.claim(&claim).await.unwrap();
        assert_eq!(records.len(), 400, "there is more");
        names.extend(records.into_iter().map(|record| record.name().clone()));
    }
    // It goes before all that claims have passed by now.
    store.create_one(operation("urgent").with_priority(5)).await.unwrap();
    loop {
        let records = store.claim(&claim).await.unwrap();
        if records.is_empty() {
            break;
        }
        for record in records {
            assert!(names.insert(record.name().clone()), "{} is claimed twice", record.name());
        }
    }
    assert_eq!(names.len(), COUNT + 1, "nothing is passed over for good");
    pinned.rollback().await.unwrap();
}
