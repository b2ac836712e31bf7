//! Processes are stopped for longer than their lease, and go on.

use std::time::Duration;

use chaos::event::{Answer, Event, Reached, Seen};
use chaos::{Actor, Role, Scene, Script, Target};
use lro_sqlite::rusqlite::Connection;

use crate::support::{
    Pair, assert_outcome, assert_sound, begun_again, begun_times, checkpointed, cluster, postgres, reached,
    scene,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_slept_changes_nothing_on_sqlite() {
    let scene = scene();
    let file = scene.folder().join("operations.db");
    // One that is stopped while it writes keeps all others from it, and then nobody takes anything over.
    let may_write = || {
        let connection = Connection::open(&file).unwrap();
        connection.busy_timeout(Duration::from_secs(1)).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok()
    };
    worker_sleeps(&scene, &scene.sqlite(), may_write).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_slept_changes_nothing_on_postgres() {
    let Some(cluster) = cluster() else { return };
    worker_sleeps(&scene(), &postgres(&cluster), || true).await;
}

async fn worker_sleeps(scene: &Scene, store: &Target, may_write: impl Fn() -> bool) {
    let pair = Pair::begin(scene, store).await;
    let (caller, first) = (&pair.caller, &pair.worker);
    let script = Script::new("reports").checkpoint().gate("report").checkpoint().gate("end");
    let reports = caller.started(&script).await.unwrap();
    let ends = caller.started(&Script::new("ends").gate("end")).await.unwrap();
    checkpointed(scene, &reports, 1_001).await;
    begun_times(scene, &ends, 1).await;
    let second = scene.begin(Role::Worker(10), store).await.unwrap();
    pause(first, may_write).await;
    let begun = begun_again(scene, &reports).await;
    assert_eq!((begun.process, begun.checkpoint), (second.number(), Some(1_001)));
    begun_again(scene, &ends).await;
    scene.open_for("report", &second).unwrap();
    checkpointed(scene, &reports, 3_002).await;

    // Now the first one goes on as if nothing had happened, while the second one is still at work. It writes a checkpoint
    // and an outcome, before it can learn that it has lost both.
    scene.open_for("report", first).unwrap();
    scene.open_for("end", first).unwrap();
    first.resume().await;
    let ended = reached(scene, &reports, first.number()).await;
    assert!(matches!(ended, None | Some(Reached::Stopped | Reached::Lost)), "{ended:?}");
    reached(scene, &ends, first.number()).await;
    let meanwhile = caller.wait(&ends, Duration::from_secs(1)).await;
    assert!(matches!(meanwhile, Answer::Operation(Seen { outcome: None, .. })), "{meanwhile:?}");
    scene.open_for("end", &second).unwrap();
    for name in [&reports, &ends] {
        assert_outcome(&caller.outcome(name).await.unwrap(), 2, name, &second);
    }
    let is_stored = |event: &Event| matches!(event, Event::Checkpointed { number: 3_001, .. });
    assert!(!scene.entries().unwrap().iter().any(|entry| is_stored(&entry.event)));

    // The one that slept works again.
    second.drain().await.unwrap();
    let next = caller.started(&Script::new("next")).await.unwrap();
    assert_outcome(&caller.outcome(&next).await.unwrap(), 1, &next, first);
    assert_sound(scene);
}

async fn pause(worker: &Actor, may_write: impl Fn() -> bool) {
    loop {
        worker.pause().await;
        if may_write() {
            return;
        }
        worker.resume().await;
    }
}
