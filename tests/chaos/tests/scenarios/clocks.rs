//! The clock that the store goes by steps.
//!
//! For SQLite that is the clock that the store is given; for PostgreSQL it is [`server_clock`].

use chaos::event::Event;
use chaos::{Role, Scene, Script, Target, server_clock};

use crate::support::{DATABASE, Pair, assert_outcome, assert_sound, begins, begun_again, cluster, scene};

const HOUR: i64 = 3_600_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_forward_takes_nothing_away_on_sqlite() {
    let scene = scene();
    clock_steps(&scene, &scene.sqlite(), HOUR, |micros| scene.step_clock(micros).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_back_takes_nothing_away_on_sqlite() {
    let scene = scene();
    clock_steps(&scene, &scene.sqlite(), -HOUR, |micros| scene.step_clock(micros).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_forward_takes_nothing_away_on_postgres() {
    on_postgres(HOUR).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_steps_back_takes_nothing_away_on_postgres() {
    on_postgres(-HOUR).await;
}

async fn on_postgres(micros: i64) {
    let Some(cluster) = cluster() else { return };
    server_clock::prepare(&cluster, DATABASE).unwrap();
    let url = server_clock::url(&cluster.url(DATABASE));
    let scene = scene();
    clock_steps(&scene, &Target::Postgres(url), micros, |micros| {
        scene.note(Event::ClockStep { micros, took: 0 });
        server_clock::step(&cluster, DATABASE, micros).unwrap();
    })
    .await;
}

/// Whoever lives keeps its work, and whoever dies after the step is replaced.
async fn clock_steps(scene: &Scene, store: &Target, micros: i64, step: impl Fn(i64)) {
    let pair = Pair::begin(scene, store).await;
    let held = pair.held(scene, "held", "open").await;
    let second = scene.begin(Role::Worker(10), store).await.unwrap();
    // So long that the second one may take over what others leave.
    tokio::time::sleep(Scene::LEASE + Scene::LEASE / 3).await;
    step(micros);
    // Forward, all leases are over at once. Nobody is declared gone for that, in all the time in which it could be.
    tokio::time::sleep(Scene::LEASE * 2).await;
    assert_eq!(begins(scene, &held), 1);
    // By now everybody has a lease by the new time, so that who dies is replaced as ever.
    pair.worker.kill().await;
    let begun = begun_again(scene, &held).await;
    assert_eq!((begun.process, begun.checkpoint), (second.number(), Some(1_001)));
    scene.open("open").unwrap();
    assert_outcome(&pair.caller.outcome(&held).await.unwrap(), 2, &held, &second);
    let next = pair.caller.started(&Script::new("next")).await.unwrap();
    assert_outcome(&pair.caller.outcome(&next).await.unwrap(), 1, &next, &second);
    assert_sound(scene);
}
