//! Hints between processes.

use std::time::Duration;

use lro_store::{Change, Changes, Store, StoreExt};

use crate::support::{METHOD, begin, claimed, client, name, open, operation, response, store};

/// Waits for a hint. Others may come before it.
async fn expect(changes: &mut Changes, wanted: &Change) {
    let wait = async { while changes.recv().await.as_ref() != Some(wanted) {} };
    tokio::time::timeout(Duration::from_secs(20), wait)
        .await
        .unwrap_or_else(|_| panic!("no hint came: {wanted:?}"));
}

#[tokio::test]
async fn many_ends_at_once_are_all_told() {
    const COUNT: usize = 600;
    let Some((store, schema)) = store().await else { return };
    let other = open(&schema).await;
    let mut changes = other.changes();
    begin(&store, "first").await;
    let batch = (0..COUNT).map(|number| claimed(&format!("a-rather-long-name-{number:040}"))).collect();
    let created = store.create(batch).await.unwrap();
    let finish = |creation: lro_store::Creation| {
        lro_store::Finish::new(creation.created().unwrap().fence().unwrap(), response())
    };
    store.finish(created.into_iter().map(finish).collect()).await.unwrap();
    let mut done = 0;
    while done < COUNT {
        let next = tokio::time::timeout(Duration::from_secs(20), changes.recv()).await.expect("hints come");
        done += usize::from(matches!(next, Some(Change::Done(_))));
    }
}

#[tokio::test]
async fn after_the_connection_for_hints_broke_everybody_looks_at_everything() {
    let Some((store, schema)) = store().await else { return };
    let other = open(&schema).await;
    let (mut near, mut far) = (store.changes(), other.changes());
    let sql = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN \"lro_{}\"'",
        schema.name()
    );
    let killed = client(schema.url()).await.query(&sql, &[]).await.unwrap();
    assert_eq!(killed.len(), 2, "each store listens");
    expect(&mut near, &Change::Resync).await;
    expect(&mut far, &Change::Resync).await;
    store.create_one(operation("a")).await.unwrap();
    expect(&mut far, &Change::Claimable(METHOD.into())).await;
}

#[tokio::test]
async fn the_end_of_the_store_is_the_end_of_its_hints_and_of_its_connections() {
    let Some((store, schema)) = store().await else { return };
    let mut changes = store.changes();
    store.get_one(&name("a")).await.unwrap();
    drop(store);
    let end = async { while changes.recv().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(20), end).await.expect("the hints end");
    let client = client(schema.url()).await;
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%{}%' AND pid <> pg_backend_pid()",
        schema.name()
    );
    let gone = async {
        while client.query_one(&sql, &[]).await.unwrap().get::<_, i64>(0) > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.expect("the connections end");
}
