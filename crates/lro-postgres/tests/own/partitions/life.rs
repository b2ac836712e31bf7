//! What becomes of partitions.

use std::time::Duration;

use lro_postgres::{Mode, PostgresStore};
use lro_store::{ManualClock, Store, StoreExt};

use super::{SPAN, World, done};
use crate::support::{begin, client, name, operation, response};

#[tokio::test]
async fn partitions_are_there_before_they_are_needed_and_go_when_all_in_them_is_over() {
    for mode in [Mode::Direct, Mode::Pooled] {
        let Some(world) = World::with_mode(mode).await else { return };
        assert_eq!(world.partitions().await, [0, 1], "the next one is there from the start");
        for span in 0..8 {
            let batch = (0..20).map(|number| done(&format!("{span}-{number}"), 3)).collect();
            world.store.create(batch).await.unwrap();
            assert_eq!(world.pass().await, 0, "nothing is removed by itself");
            let oldest = (span - 1).max(0);
            let expected: Vec<i32> = (oldest..=span + 2).collect();
            assert_eq!(world.partitions().await, expected, "{mode:?}: in span {span}");
            for other in 0..=span {
                let is_there = world.store.get_one(&name(&format!("{other}-7"))).await.unwrap().is_some();
                assert_eq!(is_there, other >= span - 1, "{mode:?}: {other} in span {span}");
            }
        }
        // Those of the last two spans are left.
        assert_eq!((world.count("operation").await, world.count("finished").await), (40, 40));
    }
}

#[tokio::test]
async fn what_is_not_over_keeps_its_partition_and_what_is_beside_it_goes() {
    let Some(world) = World::new().await else { return };
    let fence = begin(&world.store, "runs").await;
    world.store.create((0..5).map(|number| done(&format!("brief-{number}"), 1)).collect()).await.unwrap();
    assert_eq!(world.pass().await, 5, "the partition stays for as long as an operation runs");
    world.store.create_one(done("long", 50)).await.unwrap();
    world.store.create((5..8).map(|number| done(&format!("brief-{number}"), 1)).collect()).await.unwrap();
    assert_eq!(world.pass().await, 3, "the partition stays for as long as an operation is kept");
    world.store.create_one(done("later", 1)).await.unwrap();
    for _ in 0..20 {
        assert_eq!(world.pass().await, 0);
    }
    // The one of `later` is gone.
    let current = *world.partitions().await.last().unwrap() - 1;
    assert_eq!(world.partitions().await, [0, 1, current, current + 1]);
    assert!(world.store.get_one(&name("long")).await.unwrap().is_some());

    assert!(world.store.finish_one(fence, response()).await.unwrap().is_applied());
    world.pass().await;
    assert!(world.store.get_one(&name("runs")).await.unwrap().unwrap().is_done());
    assert_eq!(world.partitions().await[0], 0, "its retention counts from its end");
    world.clock.advance(lro_store::NewOperation::DEFAULT_RETENTION);
    world.pass().await;
    assert_eq!(world.partitions().await.len(), 2);
    assert_eq!((world.count("operation").await, world.count("finished").await), (0, 0));
}

#[tokio::test]
async fn what_expires_in_the_partition_of_today_is_removed_by_itself() {
    let Some(world) = World::new().await else { return };
    let brief = |number: i32| done(&format!("brief-{number}"), 0);
    world.store.create((0..9).map(brief).collect()).await.unwrap();
    assert_eq!(world.store.purge(4).await.unwrap(), 4, "a limit is the most");
    assert_eq!(world.store.purge(100).await.unwrap(), 5);
    assert_eq!((world.count("operation").await, world.partitions().await), (0, vec![0, 1]));
}

#[tokio::test]
async fn where_nothing_is_created_no_partition_begins() {
    let Some(world) = World::new().await else { return };
    for _ in 0..3 {
        world.pass().await;
        assert_eq!(world.partitions().await, [0, 1]);
    }
    world.store.create_one(operation("first")).await.unwrap();
    world.clock.advance(SPAN / 2);
    world.store.purge(1).await.unwrap();
    assert_eq!(world.partitions().await, [0, 1], "its span began when it was seen to be empty");
    world.pass().await;
    assert_eq!(world.partitions().await, [0, 1, 2]);
}

#[tokio::test]
async fn a_batch_reads_no_more_than_it_removes() {
    const COUNT: usize = 24_000;
    let Some(cluster) = test_postgres::private() else { return };
    let Ok(cluster) = cluster.setting("shared_preload_libraries", "pg_stat_statements").start() else {
        return test_tools::skip("PostgreSQL does not count statements here");
    };
    let (clock, url) = (ManualClock::default(), cluster.url("postgres"));
    let other = client(&url).await;
    other.batch_execute("CREATE EXTENSION pg_stat_statements").await.unwrap();
    let builder = PostgresStore::builder(url).hints(false).connections(1, 1).clock(clock.clone());
    let store = builder.partition(SPAN).connect().await.unwrap();
    store.purge(1).await.unwrap();
    store.create_one(done("kept", 99)).await.unwrap();
    for batch in 0..COUNT / 500 {
        let new = |number| done(&format!("{batch}-{number}"), 4);
        store.create((0..500).map(new).collect()).await.unwrap();
        clock.advance(Duration::from_secs(1));
    }
    clock.advance(SPAN * 9);
    store.purge(0).await.unwrap();
    other.batch_execute("VACUUM ANALYZE").await.unwrap();
    let pages = async || -> i64 {
        let sql = "SELECT sum(shared_blks_hit + shared_blks_read)::bigint FROM pg_stat_statements
            WHERE query LIKE '%DELETE FROM%finished%'";
        other.query_one(sql, &[]).await.unwrap().get::<_, Option<i64>>(0).unwrap_or_default()
    };
    let before = pages().await;
    assert_eq!(store.purge(10).await.unwrap(), 10);
    let looked = pages().await - before;
    assert!((1..400).contains(&looked), "{looked} pages were looked at");
}
