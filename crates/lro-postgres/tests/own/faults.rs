//! Servers that stop, and a way to them that breaks.

use std::time::{Duration, Instant};

use lro_postgres::PostgresStore;
use lro_store::{Creation, RequestId, Store, StoreExt, WorkerId, WriteResult};
use test_postgres::{Cluster, Direction, Mode, PoolMode, Proxy, contains};

use crate::support::{begin, claimed, name, operation, response};

fn cluster() -> Option<Cluster> {
    Some(test_postgres::private()?.start().unwrap())
}

async fn open(url: String) -> PostgresStore {
    PostgresStore::builder(url).timeout(Duration::from_secs(4)).connect().await.unwrap()
}

/// Creates an operation, again where the server was away; how often it was.
async fn create(store: &PostgresStore, id: &str) -> usize {
    let begin = Instant::now();
    for failures in 0.. {
        let new = operation(id).with_request_id(RequestId::new(id).unwrap());
        match store.create_one(new).await {
            Ok(Creation::Created(_) | Creation::Repeated(_)) => return failures,
            Ok(other) => panic!("{other:?}"),
            Err(error) => assert!(error.is_unavailable(), "{error:?}"),
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "the store does not come back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    unreachable!("it ends with an operation")
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_acknowledged_is_lost_when_the_server_restarts() {
    let Some(cluster) = cluster() else { return };
    let store = open(cluster.url("postgres")).await;
    let cluster = std::sync::Arc::new(cluster);
    for mode in [Mode::Fast, Mode::Immediate] {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut failures = 0;
                    let mut number = 0;
                    while failures == 0 || number < 40 {
                        failures += create(&store, &format!("{mode:?}-{writer}-{number}")).await;
                        number += 1;
                    }
                    number
                })
            })
            .collect();
        let server = std::sync::Arc::clone(&cluster);
        let restart = move || {
            server.stop(mode).unwrap();
            server.start().unwrap();
        };
        tokio::task::spawn_blocking(restart).await.unwrap();
        for (writer, task) in writers.into_iter().enumerate() {
            for number in 0..task.await.unwrap() {
                let id = format!("{mode:?}-{writer}-{number}");
                assert!(store.get_one(&name(&id)).await.unwrap().is_some(), "{id} is lost");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smart_stop_waits_for_the_store_and_is_not_held_up_by_its_end() {
    let Some(cluster) = cluster() else { return };
    let store = open(cluster.url("postgres")).await;
    create(&store, "a").await;
    let server = std::sync::Arc::new(cluster);
    let stopping = std::sync::Arc::clone(&server);
    let stop = tokio::task::spawn_blocking(move || stopping.stop(Mode::Smart).unwrap());
    create(&store, "b").await;
    drop(store);
    stop.await.unwrap();
    server.start().unwrap();
    let store = open(server.url("postgres")).await;
    assert!(store.get_one(&name("b")).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_found_again() {
    let Some(cluster) = cluster() else { return };
    let proxy = Proxy::start(cluster.address()).unwrap();
    let store = open(proxy.url("postgres")).await;
    store.keep_alive(&WorkerId::new("w"), Duration::from_secs(60)).await.unwrap();
    let new = || claimed("a").with_request_id(RequestId::new("1").unwrap());
    proxy.cut_when(Direction::ToClient, contains(b"COMMIT\0"));
    let error = store.create_one(new()).await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    let again = store.create_one(new()).await.unwrap();
    let Creation::Repeated(record) = again else { panic!("{again:?}") };

    let fence = record.view.fence().unwrap();
    // This statement is a transaction of its own.
    proxy.cut_when(Direction::ToClient, contains(b"INSERT 0\0"));
    proxy.mend();
    let first = store.finish_one(fence.clone(), response()).await;
    let again = store.finish_one(fence, response()).await.unwrap();
    match first {
        Ok(first) => assert_eq!((first.is_applied(), again), (true, WriteResult::Done)),
        Err(error) => assert!(
            error.is_unavailable() && matches!(again, WriteResult::Done | WriteResult::Applied { .. })
        ),
    }
    assert!(store.get_one(&name("a")).await.unwrap().unwrap().is_done());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_fails_the_calls_on_it_and_no_other() {
    let Some(cluster) = cluster() else { return };
    let proxy = Proxy::start(cluster.address()).unwrap();
    let store = open(proxy.url("postgres")).await;
    for round in 0..5 {
        create(&store, &round.to_string()).await;
        proxy.cut();
        assert!(create(&store, &format!("{round}-again")).await <= 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_waits_for_another_ends_in_its_time() {
    let Some(cluster) = cluster() else { return };
    let url = cluster.url("postgres");
    let store = PostgresStore::builder(&url).timeout(Duration::from_millis(600)).connect().await.unwrap();
    let fence = begin(&store, "a").await;
    let mut other = crate::support::client(&url).await;
    let transaction = other.transaction().await.unwrap();
    transaction.batch_execute("SELECT FROM lro.unfinished FOR UPDATE").await.unwrap();
    let begin = Instant::now();
    let error = store.finish_one(fence.clone(), response()).await.unwrap_err();
    assert!(error.is_unavailable() && begin.elapsed() < Duration::from_secs(10), "{error:?}");
    transaction.rollback().await.unwrap();
    assert!(
        store.finish_one(fence, response()).await.unwrap().is_applied(),
        "the first has left nothing behind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stands_still_holds_nobody_up_for_ever() {
    let Some(cluster) = cluster() else { return };
    let store = PostgresStore::builder(cluster.url("postgres")).timeout(Duration::from_millis(600));
    let store = store.connect().await.unwrap();
    create(&store, "a").await;
    cluster.pause();
    let begin = Instant::now();
    let error = store.get_one(&name("a")).await.unwrap_err();
    assert!(error.is_unavailable() && begin.elapsed() < Duration::from_secs(10), "{error:?}");
    cluster.resume();
    create(&store, "b").await;
    assert!(store.get_one(&name("a")).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_by_sessions_is_as_good_as_the_server() {
    let Some((cluster, pooler)) = cluster().zip(test_postgres::pooler()) else { return };
    let pooler = pooler.pool_mode(PoolMode::Session).start(cluster.address()).unwrap();
    let (store, other) = (open(pooler.url("postgres")).await, open(pooler.url("postgres")).await);
    let mut changes = other.changes();
    let fence = begin(&store, "a").await;
    assert!(store.finish_one(fence, response()).await.unwrap().is_applied());
    while changes.recv().await != Some(lro_store::Change::Done(name("a"))) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_url_sets_holds() {
    let Some(cluster) = cluster() else { return };
    let url = format!("{}?options=-c%20statement_timeout%3D300", cluster.url("postgres"));
    let store = PostgresStore::builder(url).timeout(Duration::from_secs(60)).connect().await.unwrap();
    let fence = begin(&store, "a").await;
    let mut other = crate::support::client(&cluster.url("postgres")).await;
    let transaction = other.transaction().await.unwrap();
    transaction.batch_execute("SELECT FROM lro.unfinished FOR UPDATE").await.unwrap();
    let begin = Instant::now();
    let error = store.finish_one(fence, response()).await.unwrap_err();
    assert!(error.is_unavailable() && begin.elapsed() < Duration::from_secs(30), "{error:?}");
}
