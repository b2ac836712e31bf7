//! Servers whose commits wait for a standby.

use std::time::Duration;

use lro_postgres::PostgresStore;
use lro_store::{Creation, RequestId, Store as _, StoreExt, WorkerId};

use crate::support::{begin, name, operation, response};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_standby_has_not_got_is_not_seen_when_who_has_written_it_gives_up() {
    let Some(builder) = test_postgres::private() else { return };
    let cluster = builder.start().unwrap();
    let url = cluster.url("postgres");
    let store = PostgresStore::builder(url).timeout(Duration::from_millis(600)).connect().await.unwrap();
    let fence = begin(&store, "a").await;
    let standby = cluster.standby(true).unwrap();
    let primary = standby.execute("postgres", "SHOW primary_conninfo").unwrap();
    standby.set("primary_conninfo", "").unwrap();
    while cluster.execute("postgres", "SELECT count(*) FROM pg_stat_replication").unwrap() != "0" {}

    let new = |id| operation(id).with_request_id(RequestId::new(id).unwrap());
    // One is a statement alone, the other a transaction.
    assert!(store.finish_one(fence.clone(), response()).await.unwrap_err().is_unavailable());
    assert!(store.create_one(new("b")).await.unwrap_err().is_unavailable());
    // Whatever the store has asked of the server for these has come to it before this one ends.
    assert!(store.create_one(new("c")).await.unwrap_err().is_unavailable());
    // A standby that is away ends no leases.
    assert!(store.keep_alive(&WorkerId::new("w"), Duration::from_secs(60)).await.unwrap().alive);
    assert!(!store.get_one(&name("a")).await.unwrap().unwrap().is_done());
    assert!(store.get_one(&name("b")).await.unwrap().is_none());
    // Who tries again is not told of it either.
    assert!(store.create_one(new("b")).await.unwrap_err().is_unavailable());

    standby.set("primary_conninfo", &primary).unwrap();
    while !store.get_one(&name("a")).await.unwrap().unwrap().is_done() {}
    let again = loop {
        match store.create_one(new("b")).await {
            Ok(again) => break again,
            Err(error) => assert!(error.is_unavailable(), "{error:?}"),
        }
    };
    assert!(matches!(again, Creation::Repeated(_)), "{again:?}");
}
