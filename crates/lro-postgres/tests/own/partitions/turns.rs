//! Many partitions are one store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use lro_postgres::Mode;
use lro_store::{Creation, ListQuery, NewOperation, ParentPattern, RequestId, Store, StoreExt, WriteResult};

use super::{SPAN, World, done, open};
use crate::support::{begin, name, operation, response};

fn requested(new: NewOperation, id: &str) -> NewOperation {
    new.with_request_id(RequestId::new(id).unwrap())
}

#[tokio::test]
async fn calls_reach_what_is_in_older_partitions() {
    let Some(world) = World::new().await else { return };
    let store = &world.store;
    let fence = begin(store, "runs").await;
    store.create_one(requested(operation("waits"), "1")).await.unwrap();
    store.create_one(requested(done("brief", 1), "2")).await.unwrap();
    world.pass().await;
    store.create_one(done("second", 9)).await.unwrap();
    world.pass().await;
    store.create_one(done("third", 9)).await.unwrap();
    assert_eq!(world.partitions().await, [0, 1, 2, 3]);

    for id in ["runs", "waits", "second", "third"] {
        let creation = store.create_one(operation(id)).await.unwrap();
        assert!(matches!(creation, Creation::NameTaken), "{id}: {creation:?}");
    }
    let Creation::Repeated(record) = store.create_one(requested(operation("new"), "1")).await.unwrap() else {
        panic!("the request is known")
    };
    assert_eq!(*record.name(), name("waits"));
    let again = requested(operation("brief"), "2");
    assert!(store.create_one(again).await.unwrap().created().is_some(), "both are free again");
    assert!(store.get_one(&name("brief")).await.unwrap().is_some_and(|view| !view.is_done()));

    let mut listed = Vec::new();
    let mut query = ListQuery::new(ParentPattern::all(), 2);
    loop {
        let page = store.list(&query).await.unwrap();
        listed.extend(page.views.iter().map(|view| view.name().to_string()));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let newest_first = ["third", "brief", "second", "waits", "runs"].map(|id| name(id).to_string());
    listed.sort_by_key(|name| newest_first.iter().position(|other| other == name));
    assert_eq!(listed, newest_first, "each once");

    assert!(store.finish_one(fence.clone(), response()).await.unwrap().is_applied());
    assert_eq!(store.finish_one(fence, response()).await.unwrap(), WriteResult::Done);
    assert!(store.request_cancel_one(&name("waits")).await.unwrap());
    assert!(store.get_one(&name("waits")).await.unwrap().unwrap().is_done());
    for id in ["runs", "waits", "second", "third", "brief"] {
        assert!(store.delete_one(&name(id)).await.unwrap(), "{id}");
        assert!(!store.delete_one(&name(id)).await.unwrap(), "{id}");
    }
    assert_eq!((world.count("operation").await, world.count("finished").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_that_create_the_same_while_partitions_turn_one_does() {
    const TURNS: usize = 20;
    let Some(world) = World::new().await else { return };
    let (ends, clock) = (Arc::new(AtomicBool::new(false)), world.clock.clone());
    let (stop, turner) = (Arc::clone(&ends), world.store.clone());
    let turning = tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            clock.advance(SPAN);
            turner.purge(0).await.unwrap();
        }
    });
    let mut stores = Vec::new();
    for _ in 0..3 {
        stores.push(open(&world.schema, Mode::Direct, &world.clock).await);
    }
    let keep = |new: NewOperation| new.with_retention(SPAN * 1_000_000);
    let mut rounds: i64 = 0;
    while world.partitions().await.len() < TURNS {
        let round = rounds;
        rounds += 1;
        assert!(round < 5_000, "partitions do not turn");
        let (id, request) = (format!("same-{round}"), format!("request-{round}"));
        let create = |(number, store): (usize, &lro_postgres::PostgresStore)| {
            let same = keep(done(&id, 0));
            let other = keep(requested(done(&format!("{round}-{number}"), 0), &request));
            let store = store.clone();
            tokio::spawn(async move { store.create(vec![same, other]).await.unwrap() })
        };
        let tasks: Vec<_> = stores.iter().enumerate().map(create).collect();
        let mut created = [0, 0];
        for task in tasks {
            for (count, creation) in created.iter_mut().zip(task.await.unwrap()) {
                *count += usize::from(creation.created().is_some());
            }
        }
        assert_eq!(created, [1, 1], "in round {round}");
    }
    ends.store(true, Ordering::Relaxed);
    turning.await.unwrap();
    let twice = "SELECT count(*) FROM (SELECT FROM operation GROUP BY name HAVING count(*) > 1) n";
    let twice: i64 = world.other.query_one(twice, &[]).await.unwrap().get(0);
    assert_eq!((twice, world.count("operation").await), (0, 2 * rounds));
}
