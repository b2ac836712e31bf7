//! Work goes on while partitions are changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lro_postgres::PostgresStore;
use lro_store::{Store, StoreExt};

use super::{SPAN, World, done};
use crate::support::{name, operation};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_at_work_is_waited_for_in_vain_and_keeps_nobody_waiting() {
    let Some(world) = World::new().await else { return };
    let store = &world.store;
    store.create_one(done("old", 2)).await.unwrap();
    world.pass().await;
    assert_eq!(world.partitions().await, [0, 1, 2]);
    // Like a dump: it reads, and stays.
    world.other.batch_execute("BEGIN; SELECT FROM operation LIMIT 1").await.unwrap();
    world.clock.advance(SPAN);
    let ends = Arc::new(AtomicBool::new(false));
    let traffic: Vec<_> = (0..2)
        .map(|client| {
            let (store, ends) = (store.clone(), Arc::clone(&ends));
            tokio::spawn(async move {
                let (mut longest, mut count) = (Duration::ZERO, 0);
                while !ends.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    let id = format!("{client}-{count}");
                    store.create_one(operation(&id)).await.unwrap().created().unwrap();
                    assert!(store.get_one(&name(&id)).await.unwrap().is_some());
                    longest = longest.max(began.elapsed());
                    count += 1;
                }
                longest
            })
        })
        .collect();
    for _ in 0..5 {
        assert_eq!(world.store.purge(9).await.unwrap(), 0, "it is no error");
    }
    assert_eq!(world.partitions().await[0], 0, "nothing was dropped");
    world.other.batch_execute("COMMIT").await.unwrap();
    // Calls are short, so there is a moment for it among them.
    for _ in 0..100 {
        world.store.purge(9).await.unwrap();
        if world.partitions().await[0] > 0 {
            break;
        }
    }
    assert_eq!(world.partitions().await[0], 1);
    ends.store(true, Ordering::Relaxed);
    for task in traffic {
        let longest = task.await.unwrap();
        // Far more than a tenth of a second, as the machine may be busy, and far less than the time of a call.
        assert!(longest < Duration::from_secs(4), "a call has taken {longest:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_creates_delays_the_next_partition_and_nothing_else() {
    let Some(mut world) = World::new().await else { return };
    world.store.create_one(operation("a")).await.unwrap();
    let transaction = world.other.transaction().await.unwrap();
    let created = world.store.create_in(&transaction, operation("b")).await.unwrap();
    world.clock.advance(SPAN);
    world.store.purge(9).await.unwrap();
    world.store.create_one(operation("c")).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(created.committed().created().is_some());
    assert_eq!(world.partitions().await, [0, 1], "the span goes on");
    world.store.purge(9).await.unwrap();
    assert_eq!(world.partitions().await, [0, 1, 2]);
    world.store.create_one(operation("d")).await.unwrap();
    let sql = "SELECT name::text, (id >> 40)::integer FROM operation ORDER BY name";
    let rows = world.other.query(sql, &[]).await.unwrap();
    let places: Vec<(String, i32)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("a", 0), ("b", 0), ("c", 0), ("d", 1)];
    assert_eq!(places, expected.map(|(id, number)| (name(id).to_string(), number)));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_look_after_partitions_at_once_do_each_thing_once() {
    let Some(world) = World::new().await else { return };
    for span in 0..6 {
        world.store.create_one(done(&span.to_string(), 2)).await.unwrap();
        world.clock.advance(SPAN);
        let purges: Vec<_> = (0..6)
            .map(|_| {
                let store = world.store.clone();
                tokio::spawn(async move { store.purge(9).await.unwrap() })
            })
            .collect();
        for purge in purges {
            assert_eq!(purge.await.unwrap(), 0);
        }
    }
    assert_eq!(world.partitions().await, [5, 6, 7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_purges_may_come_at_once() {
    let Some(server) = test_postgres::shared() else { return };
    for _ in 0..8 {
        let schema = server.schema();
        let builder = PostgresStore::builder(schema.url()).schema(schema.name()).connections(6, 1);
        let store = builder.partition(SPAN).connect().await.unwrap();
        let purge = |_| {
            let store = store.clone();
            tokio::spawn(async move { store.purge(9).await.unwrap() })
        };
        for purge in (0..6).map(purge).collect::<Vec<_>>() {
            purge.await.unwrap();
        }
    }
}
