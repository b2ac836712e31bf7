//! A long queue, and nobody who works on it.

use std::time::{Duration, Instant};

use chaos::event::Event;
use chaos::{Role, Scene};

use crate::copies::{Kind, Place, Template, setting};
use crate::support::{Pair, scene};

/// How many operations wait, unless `LRO_TEST_BACKLOG` says it: 100,000 take a minute where nothing is optimized.
const COUNT: usize = 20_000;

/// How many operations each worker runs at a time.
const CONCURRENCY: usize = 100;

#[tokio::test(flavor = "multi_thread")]
async fn new_workers_drain_what_dead_ones_have_left_on_postgres() {
    let Some(place) = Place::postgres() else { return };
    all_workers_die(&scene(), &place).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn new_workers_drain_what_dead_ones_have_left_on_sqlite() {
    let scene = scene();
    all_workers_die(&scene, &Place::sqlite(&scene)).await;
}

async fn all_workers_die(scene: &Scene, place: &Place) {
    let (store, count) = (place.target(), setting("LRO_TEST_BACKLOG", COUNT));
    let pair = Pair::begin(scene, &store).await;
    let template = Template::new(&pair, &store).await;
    pair.worker.drain().await.unwrap();
    template.copy("copy", count, Kind::Queued).await;
    let mut workers = Vec::new();
    for _ in 0..2 {
        workers.push(scene.begin(Role::Worker(CONCURRENCY), &store).await.unwrap());
    }
    drain(place, count * 19 / 20).await;
    // All of them die, with their hands full.
    for worker in workers.drain(..) {
        worker.kill().await;
    }
    let before = place.unfinished();
    assert!(before > count / 2, "{before} are left");
    for _ in 0..2 {
        workers.push(scene.begin(Role::Worker(CONCURRENCY), &store).await.unwrap());
    }
    let began = Instant::now();
    let mut quarters = Vec::new();
    for left in [3, 2, 1, 0] {
        let quarter = Instant::now();
        drain(place, before * left / 4).await;
        quarters.push(quarter.elapsed());
    }
    println!("{before} of {count} operations drained in {:?}, by quarters {quarters:?}", began.elapsed());
    // What the dead had in their hands comes back in the last quarter, or in the one in which their leases are over.
    let slowest = quarters.iter().max().unwrap().saturating_sub(Scene::LEASE * 2);
    assert!(slowest < quarters[0] * 5, "claims get slower: {quarters:?}");
    assert_eq!(place.finished(), count + 1);
    // Only that begins for a second time.
    let entries = scene.entries().unwrap();
    let begins = entries.iter().filter(|entry| matches!(entry.event, Event::Begin { .. })).count();
    assert!(begins <= count + 1 + 2 * CONCURRENCY, "{begins} attempts of {count} operations");
}

/// Waits until no more than so many operations are left.
async fn drain(place: &Place, left: usize) {
    let (mut least, mut changed) = (usize::MAX, Instant::now());
    loop {
        let now = place.unfinished();
        if now <= left {
            return;
        }
        if now < least {
            (least, changed) = (now, Instant::now());
        }
        let idle = changed.elapsed();
        assert!(idle < Duration::from_secs(60), "{now} operations are left, and nobody works on them");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
