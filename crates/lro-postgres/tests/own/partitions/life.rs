//! What becomes of partitions.

use lro_postgres::Mode;
use lro_store::{Store, StoreExt};

use super::{SPAN, World, done};
use crate::support::{begin, name, operation, response};

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
