//! Much is removed at once, while everything goes on.

use std::collections::HashMap;
use std::time::Instant;

use chaos::event::{Event, Request};
use chaos::{Role, Scene};

use crate::copies::{Kind, Place, Template, setting};
use crate::support::{Pair, assert_sound, scene, until};
use crate::traffic::Traffic;

/// How many operations are removed, unless `LRO_TEST_PURGE` says it.
const COUNT: usize = 100_000;

const CLIENTS: usize = 4;

/// No call that waits for nothing may take longer, in microseconds.
const BOUND: u64 = 3_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_of_many_operations_keeps_nobody_waiting_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    purge(&scene(), &place).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_of_many_operations_keeps_nobody_waiting_on_sqlite() {
    let scene = scene();
    purge(&scene, &Place::sqlite(&scene)).await;
}

async fn purge(scene: &Scene, place: &Place) {
    let (store, count) = (place.target(), setting("LRO_TEST_PURGE", COUNT));
    let pair = Pair::begin(scene, &store).await;
    Template::new(&pair, &store).await.copy("old", count, Kind::Expired).await;
    let traffic = Traffic::begin(&pair.caller, CLIENTS);
    traffic.go_on(20).await;
    assert!(place.finished() > count);
    // An engine that begins looks at once for what can go.
    let (began, from) = (Instant::now(), scene.entries().unwrap().last().unwrap().at);
    let before = traffic.count();
    let _purges = scene.begin(Role::Worker(10), &store).await.unwrap();
    // The template stays, and each client may have one that it was not told of yet.
    until("all that is old is gone", || place.finished() <= traffic.count() + 1 + CLIENTS).await;
    let (took, meanwhile) = (began.elapsed(), traffic.count() - before);
    println!("{count} operations removed in {took:?}, while {meanwhile} others went through");
    traffic.go_on(20).await;
    let kept = traffic.end(scene, &pair.caller).await;
    assert_eq!(place.finished(), kept + 1);
    let slowest = slowest(scene, from);
    println!("the slowest call took {} ms", slowest / 1_000);
    assert!(slowest < BOUND, "a call has taken {slowest} us");
    assert_sound(scene);
}

/// How long the slowest call took that waits for nothing, of those since then.
fn slowest(scene: &Scene, from: u64) -> u64 {
    let (mut called, mut slowest) = (HashMap::new(), 0);
    for entry in scene.entries().unwrap() {
        match entry.event {
            Event::Call { call, request, .. }
                if entry.at > from && !matches!(request, Request::Wait { .. }) =>
            {
                called.insert(call, entry.at);
            }
            Event::Answer { call, .. } => {
                slowest = slowest.max(called.remove(&call).map_or(0, |at| entry.at - at));
            }
            _ => {}
        }
    }
    slowest
}
