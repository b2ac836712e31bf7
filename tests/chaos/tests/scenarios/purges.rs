//! Much is removed at once, while everything goes on.

use std::collections::HashMap;
use std::time::Instant;

use chaos::event::{Event, Request};
use chaos::{Role, Scene, Script};

use crate::backlog::{copy, setting};
use crate::support::{Pair, assert_sound, cluster, number, postgres, scene, until};
use crate::traffic::Traffic;

/// How many operations are removed, unless `LRO_TEST_PURGE` says it.
const COUNT: usize = 100_000;

/// No call that waits for nothing may take longer, in microseconds.
const BOUND: u64 = 3_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_of_many_operations_keeps_nobody_waiting() {
    let Some(cluster) = cluster() else { return };
    let (scene, store) = (scene(), postgres(&cluster));
    let count = setting("LRO_TEST_PURGE", COUNT);
    let pair = Pair::begin(&scene, &store).await;
    let template = pair.caller.started(&Script::new("template")).await.unwrap();
    pair.caller.outcome(&template).await.unwrap();
    copy(&cluster, &template, "operations/old-", count, false);
    let traffic = Traffic::begin(&pair.caller, 4);
    traffic.go_on(20).await;
    // An engine that begins looks at once for what can go.
    let (began, from) = (Instant::now(), scene.entries().unwrap().last().unwrap().at);
    let _purges = scene.begin(Role::Worker(10), &store).await.unwrap();
    let old = "SELECT count(*) FROM lro.operation WHERE starts_with(name, 'operations/old-')";
    let (before, left) = (traffic.count(), || number(&cluster, old));
    until("all that is old is gone", || left() == 0).await;
    println!(
        "{count} operations removed in {:?}, while {} others went through",
        began.elapsed(),
        traffic.count() - before
    );
    traffic.go_on(20).await;
    let kept = traffic.end(&scene, &pair.caller).await;
    assert!(number(&cluster, "SELECT count(*) FROM lro.finished") > kept);
    let slowest = slowest(&scene, from);
    println!("the slowest call took {} ms", slowest / 1_000);
    assert!(slowest < BOUND, "a call has taken {slowest} us");
    assert_sound(&scene);
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
